//! A regime by its name or from its file.
//!
//! Never here: a guess which one is meant. What looks like a path is a file, anything else a name.

use std::path::{Path, PathBuf};

use crate::cli::fault::Fault;
use crate::cli::files;
use crate::codec::regime::{NotARegime, built_in, read};
use crate::domain::digest::Digest;
use crate::domain::regime::Regime;
use crate::domain::text::shown;
use crate::limits;

/// Why a regime file can't be read, and which.
pub struct Unreadable {
    pub file: String,
    pub fault: NotARegime,
}

impl From<Unreadable> for Fault {
    fn from(unreadable: Unreadable) -> Fault {
        Fault::new(format!("{}: {}", unreadable.file, unreadable.fault))
    }
}

/// A built-in one, or a file.
pub fn named(name: &str) -> Result<Regime, Fault> {
    Ok(named_text(name)?.0)
}

/// The same, with its exact text.
pub fn named_text(name: &str) -> Result<(Regime, Vec<u8>), Fault> {
    if let Some(bytes) = built_in::file(name) {
        return Ok((parsed(name, bytes, None)?, bytes.to_vec()));
    }
    let path = Path::new(name);
    if !name.ends_with(".toml") && !name.contains('/') && !path.exists() {
        let names: Vec<&str> = built_in::FILES.iter().map(|(name, _)| *name).collect();
        return Err(Fault::new(format!(
            "no regime {} is built in, and it is no file; built in are: {}",
            shown(name),
            names.join(", ")
        )));
    }
    let bytes = files::read_up_to(path, limits::REGIME_FILE_BYTES_MAX)?;
    Ok((parsed(&path.display().to_string(), &bytes, path.parent())?, bytes))
}

/// The file's own faults apart, for whoever tells them to a program.
pub fn judged(path: &Path) -> Result<Result<Regime, Unreadable>, Fault> {
    let bytes = files::read_up_to(path, limits::REGIME_FILE_BYTES_MAX)?;
    Ok(parsed(&path.display().to_string(), &bytes, path.parent()))
}

/// What is inherited from is built in, or stands beside the file under its own name.
fn parsed(name: &str, bytes: &[u8], beside: Option<&Path>) -> Result<Regime, Unreadable> {
    let parents = |parent: &str, digest: Digest| {
        built_in::parent(parent, digest).or_else(|| {
            let path: PathBuf = beside?.join(format!("{parent}.toml"));
            files::read_up_to(&path, limits::REGIME_FILE_BYTES_MAX).ok()
        })
    };
    read(bytes, &parents).map_err(|fault| Unreadable { file: shown(name), fault })
}
