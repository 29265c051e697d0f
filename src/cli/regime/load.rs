//! A regime by its name or from its file.
//!
//! Never here: a guess which one is meant. What looks like a path is a file, anything else a name.

use std::cell::RefCell;
use std::path::Path;

use crate::cli::fault::Fault;
use crate::cli::files;
use crate::codec::regime::{self, NotARegime, built_in, read};
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
    named_beside(name, None)
}

fn named_beside(name: &str, at_hand: Option<&[u8]>) -> Result<Regime, Fault> {
    match built_in::file(name) {
        Some(bytes) => Ok(parsed(name, bytes, None, at_hand)?),
        None => {
            let path = Path::new(name);
            let (place, bytes) = (path.display().to_string(), bytes_of(path, name)?);
            Ok(parsed(&place, &bytes, Some(folder_of(path)), at_hand)?)
        }
    }
}

/// Two to compare. The later may inherit from the earlier, which then need not lie beside it.
pub fn both(earlier: &str, later: &str) -> Result<(Regime, Regime), Fault> {
    let before = named(earlier)?;
    let bytes = match built_in::file(earlier) {
        Some(bytes) => bytes.to_vec(),
        None => bytes_of(Path::new(earlier), earlier)?,
    };
    Ok((before, named_beside(later, Some(&bytes))?))
}

/// The exact text of one that a node is to hold, with the name and edition that it states. Whether it is whole is
/// for the node to say, which may hold what it inherits from.
pub fn to_hold(name: &str) -> Result<(String, u64, Vec<u8>), Fault> {
    let bytes = match built_in::file(name) {
        Some(bytes) => bytes.to_vec(),
        None => bytes_of(Path::new(name), name)?,
    };
    match regime::named(&bytes) {
        Some((regime, edition)) => Ok((regime, edition, bytes)),
        // What is wrong with it, with the line.
        None => named(name).map(|regime| (regime.head.name, regime.head.edition, bytes)),
    }
}

fn bytes_of(path: &Path, name: &str) -> Result<Vec<u8>, Fault> {
    if !name.ends_with(".toml") && !name.contains('/') && !path.exists() {
        let names: Vec<&str> = built_in::FILES.iter().map(|(name, _)| *name).collect();
        return Err(Fault::new(format!(
            "no regime {} is built in, and it is no file; built in are: {}",
            shown(name),
            names.join(", ")
        )));
    }
    Ok(files::read_up_to(path, limits::REGIME_FILE_BYTES_MAX)?)
}

/// The file's own faults apart, for whoever tells them to a program.
pub fn judged(path: &Path) -> Result<Result<Regime, Unreadable>, Fault> {
    let bytes = files::read_up_to(path, limits::REGIME_FILE_BYTES_MAX)?;
    Ok(parsed(&path.display().to_string(), &bytes, Some(folder_of(path)), None))
}

fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// What is inherited from is built in, at hand, or stands beside the file, under its own name or another.
fn parsed(
    name: &str,
    bytes: &[u8],
    beside: Option<&Path>,
    at_hand: Option<&[u8]>,
) -> Result<Regime, Unreadable> {
    let missing = RefCell::new(None);
    let parents = |parent: &str, digest: Digest| {
        let given = || at_hand.filter(|bytes| Digest::of(bytes) == digest).map(<[u8]>::to_vec);
        let found =
            built_in::parent(parent, digest).or_else(given).or_else(|| with_digest(beside?, parent, digest));
        if found.is_none() {
            *missing.borrow_mut() = Some((parent.to_owned(), digest));
        }
        found
    };
    read(bytes, &parents).map_err(|fault| {
        let what = match (missing.into_inner(), beside) {
            (Some((parent, digest)), Some(folder)) => {
                format!("{}; {}", fault.what, looked_for(folder, &parent, digest))
            }
            (_, _) => fault.what.clone(),
        };
        Unreadable { file: shown(name), fault: NotARegime { what, ..fault } }
    })
}

fn with_digest(folder: &Path, parent: &str, digest: Digest) -> Option<Vec<u8>> {
    let read = |path: &Path| {
        let bytes = files::read_up_to(path, limits::REGIME_FILE_BYTES_MAX).ok()?;
        (Digest::of(&bytes) == digest).then_some(bytes)
    };
    read(&folder.join(format!("{parent}.toml"))).or_else(|| {
        let entries = std::fs::read_dir(folder).ok()?.filter_map(Result::ok).map(|entry| entry.path());
        let is_regime = |path: &std::path::PathBuf| {
            path.extension().is_some_and(|extension| extension == "toml") && path.is_file()
        };
        entries.filter(is_regime).take(limits::REGIME_FILES_BESIDE_MAX).find_map(|path| read(&path))
    })
}

/// Where it was looked for, and what to do.
fn looked_for(folder: &Path, parent: &str, digest: Digest) -> String {
    let path = folder.join(format!("{parent}.toml"));
    let there = match files::read_up_to(&path, limits::REGIME_FILE_BYTES_MAX) {
        Ok(bytes) => format!("has the digest {}", Digest::of(&bytes)),
        Err(_) => "is not there, or can't be read".to_owned(),
    };
    format!(
        "{} {there}, and no other .toml file beside it has {digest}: put that very text there; a node that holds it \
         takes this file without (`detente regime hold`)",
        shown(&path.display().to_string())
    )
}
