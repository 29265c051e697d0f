//! Exporting what stands in the journal of a node's directory, with no node: of one that is stopped, or that
//! is refused. Nothing is checked and nothing is written there; what is missing is left out, and said.
//!
//! Never here: an epoch, a check (`replay/audit`).

use std::io::BufWriter;
use std::path::{Path, PathBuf};

use crate::cli::audit::not_written;
use crate::cli::fault::Fault;
use crate::cli::files::{FileFault, NewFile, Readers};
use crate::cli::node_directory::{NodeDirectory, NodeSettings};
use crate::cli::out::say;
use crate::codec::export::CopyWriter;
use crate::domain::text::shown;
use crate::journal::End;
use crate::journal::untouched::{Found, Untouched};
use crate::limits;

/// What is said of one export.
struct Copied {
    entries: u64,
    /// Where nothing was found: the first ranges of positions, and how many there are.
    nothing: Vec<(u64, u64)>,
    nothing_count: u64,
    end: End,
    kept: Kept,
}

/// The checkpoint beside the journal.
enum Kept {
    None,
    Copied,
    /// Too long to be one: only its beginning was copied.
    Beginning,
}

/// Writes the export to a new file outside the directory, and says what it holds and what to do next.
pub async fn export(from: &Path, out: &Path) -> Result<(), Fault> {
    let directory = NodeDirectory::at(from);
    let settings = directory.read_settings()?;
    refuse_inside(directory.root(), out)?;
    // Before the journal: whatever this covers stands there already.
    let (note, kept) = kept(&directory.checkpoint())?;
    let journal = settings.journal.untouched(&directory).await?;
    let new = NewFile::begin(out, Readers::OwnerOnly)?;
    let to = out.to_owned();
    let copied =
        tokio::task::spawn_blocking(move || copy(journal, &note, kept, (new, to.as_path()))).await??;
    print(&copied, &settings, out);
    Ok(())
}

/// The directory of a node that may be broken stays as it is.
fn refuse_inside(directory: &Path, out: &Path) -> Result<(), Fault> {
    let parent = match out.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        Some(_) | None => Path::new("."),
    };
    let real = |path: &Path| -> Result<PathBuf, Fault> {
        path.canonicalize().map_err(|fault| FileFault::Io { path: path.to_owned(), fault }.into())
    };
    let (directory, parent) = (real(directory)?, real(parent)?);
    if parent.starts_with(&directory) {
        return Err(Fault::new(
            "--out lies in the node's directory, where nothing is written: name a place outside it",
        ));
    }
    Ok(())
}

fn kept(path: &Path) -> Result<(Vec<u8>, Kept), Fault> {
    if !path.exists() {
        return Ok((Vec::new(), Kept::None));
    }
    let mut note = crate::cli::files::read_up_to(path, limits::NOTE_BYTES_MAX)?;
    let kept = if note.len() > limits::NOTE_BYTES_MAX { Kept::Beginning } else { Kept::Copied };
    note.truncate(limits::NOTE_BYTES_MAX);
    Ok((note, kept))
}

fn copy(
    mut journal: Untouched,
    note: &[u8],
    kept: Kept,
    (mut new, out): (NewFile, &Path),
) -> Result<Copied, Fault> {
    let not_written = |fault| not_written(out, fault);
    let mut copied = Copied { entries: 0, nothing: Vec::new(), nothing_count: 0, end: journal.end(), kept };
    let mut writer = CopyWriter::begin(BufWriter::new(&mut new.file), note).map_err(not_written)?;
    while let Some(found) = journal.next_found()? {
        match found {
            Found::Entry(entry) => {
                writer.entry(&entry.bytes).map_err(not_written)?;
                copied.entries = copied.entries.saturating_add(1);
            }
            Found::Nothing { first, positions } => {
                writer.nothing(positions).map_err(not_written)?;
                copied.add_nothing(first, positions);
            }
        }
    }
    writer.end().map_err(not_written)?;
    new.finish()?;
    Ok(copied)
}

impl Copied {
    fn add_nothing(&mut self, first: u64, positions: u64) {
        match self.nothing.last_mut() {
            Some((before, count)) if before.saturating_add(*count) == first => {
                *count = count.saturating_add(positions);
            }
            Some(_) | None => {
                self.nothing_count = self.nothing_count.saturating_add(1);
                if self.nothing.len() < limits::AUDIT_FAULTS_SHOWN_MAX {
                    self.nothing.push((first, positions));
                }
            }
        }
    }
}

fn print(copied: &Copied, settings: &NodeSettings, out: &Path) {
    say!("entries      {}, each as it stands; nothing was checked", copied.entries);
    for (first, positions) in &copied.nothing {
        match positions {
            1 => say!("MISSING      position {first} holds no entry that could be read"),
            _ => {
                let last = first.saturating_add(positions.saturating_sub(1));
                say!("MISSING      positions {first} to {last} hold no entry that could be read");
            }
        }
    }
    let more = copied.nothing_count.saturating_sub(copied.nothing.len() as u64);
    if more > 0 {
        say!("MISSING      and in {more} places more");
    }
    match copied.end {
        End::Exact => say!("end          the last entry that stands in the file"),
        End::Claimed => say!(
            "end          as the brokers claim it, no epoch was opened to find it: after a change of leader more \
             may stand behind it"
        ),
    }
    match copied.kept {
        Kept::Copied => say!("checkpoint   the one kept beside the journal, which may lag behind it"),
        Kept::None => say!("checkpoint   none is kept beside the journal: nothing vouches for any record"),
        Kept::Beginning => {
            say!("checkpoint   the file is too long to be one: only its beginning was copied")
        }
    }
    let out = shown(&out.display().to_string());
    say!("written to   {out}");
    say!("next         detente audit verify --file '{out}' --fingerprint '{}'", settings.fingerprint);
}
