//! An exported journal read with no node: audited piece by piece, or laid out again for reading a thread
//! in it.
//!
//! Never here: a check (`replay/audit/`).

use std::fs::{self, File};
use std::io::BufReader;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use bytes::Bytes;

use crate::cli::fault::Fault;
use crate::cli::files::FileFault;
use crate::cli::{audit_report, desk, files};
use crate::codec::export::{ExportFault, ExportReader, Piece};
use crate::journal::{Journal, embedded};
use crate::limits;
use crate::registrar::{Head, Standing};
use crate::replay::audit::{Audit, Covered, Report};
use crate::replay::{Fold, TrustRoot};

/// Audits a file. A file that can't be read to its end is a fault of the report's, at the first record
/// that is lacking.
pub fn audit(path: &Path, root: TrustRoot) -> Result<Report, Fault> {
    Ok(read(path, root, |_| Ok(()))?.0)
}

/// The journal of a file, laid out in a directory that only its owner may enter; it is removed at the end.
pub struct Scratch {
    pub journal: Journal,
    pub head: Head,
    pub report: Report,
    _folder: Folder,
}

impl Scratch {
    /// Audits the file while laying it out; what does not hold is not read.
    pub async fn of(path: &Path, root: TrustRoot) -> Result<Scratch, Fault> {
        let folder = Folder::make()?;
        let journal = embedded::create(&folder.0.join("journal"))?;
        let (batches, mut coming) = tokio::sync::mpsc::channel::<Vec<Bytes>>(limits::READ_BATCHES_AHEAD_MAX);
        let path = path.to_owned();
        let reading = tokio::task::spawn_blocking(move || {
            read(&path, root, |batch| {
                batches.blocking_send(batch).map_err(|_| Fault::new("the journal can't be laid out"))
            })
        });
        while let Some(batch) = coming.recv().await {
            journal.append(batch).await?;
        }
        let (report, fold) = reading.await??;
        if let Some(index) = report.first_failing {
            let sentence =
                "the file does not hold, so nothing is shown of it: see `detente audit verify --file FILE`";
            return Err(Fault::new(format!("record {index}: {sentence}")));
        }
        Ok(Scratch { journal, head: head_of(fold), report, _folder: folder })
    }
}

/// An exported journal, ready to be read. What nobody vouches for in it is said first.
pub async fn laid_out(file: &Path, root: TrustRoot, as_json: bool) -> Result<Scratch, Fault> {
    let scratch = Scratch::of(file, root).await?;
    let vouched = matches!(scratch.report.covered, Covered::ByCheckpoint { .. });
    if !vouched && !as_json {
        audit_report::print_covered(&scratch.report);
    }
    Ok(scratch)
}

fn head_of(fold: Fold) -> Head {
    Head {
        chain: fold.chain,
        board: Arc::new(fold.board),
        tree: fold.tree,
        positions: Arc::new(fold.positions),
        message_keys: fold.message_keys,
        void: fold.voids.count,
        standing: Standing::StandsBy,
        newest: [].into(),
    }
}

/// Reads a file through an audit, and shows each batch on the way.
fn read(
    path: &Path,
    root: TrustRoot,
    mut see: impl FnMut(Vec<Bytes>) -> Result<(), Fault>,
) -> Result<(Report, Fold), Fault> {
    let mut reader = ExportReader::begin(BufReader::new(opened(path)?))?;
    let mut audit = Audit::new(root);
    let (mut position, mut batch, mut bytes, mut nothing) = (0_u64, Vec::new(), 0_usize, 0_u64);
    let ended = loop {
        let ended = match reader.next_piece() {
            Ok(Piece::Entry(entry)) => {
                bytes = bytes.saturating_add(entry.len());
                batch.push(entry);
                None
            }
            Ok(Piece::Kept(note)) => {
                audit.keep(note);
                None
            }
            Ok(Piece::Nothing(positions)) => {
                nothing = positions;
                None
            }
            Ok(Piece::Checkpoint(note)) => Some(Ok(Some(note))),
            Ok(Piece::End) => Some(Ok(None)),
            Err(ExportFault::Io(fault)) => return Err(fault.into()),
            Err(fault) => Some(Err(fault)),
        };
        let largest = limits::BATCH_BYTES_MAX - limits::RECORD_BYTES_MAX;
        let full = bytes >= largest || batch.len() >= limits::BATCH_RECORDS_MAX;
        if ended.is_some() || nothing > 0 || full {
            let entries: Vec<Bytes> = std::mem::take(&mut batch);
            bytes = 0;
            let first = position;
            position = position.saturating_add(entries.len() as u64);
            audit.take((first..).zip(entries.iter().cloned()));
            if !entries.is_empty() {
                see(entries)?;
            }
        }
        if nothing > 0 {
            audit.nothing_at(position, nothing);
            position = position.saturating_add(std::mem::take(&mut nothing));
        }
        if let Some(ended) = ended {
            break ended;
        }
    };
    Ok(match ended {
        Ok(note) => audit.finish_with_fold(note.as_deref()),
        Err(fault) => {
            audit.broken_off(fault.to_string());
            audit.finish_with_fold(None)
        }
    })
}

fn opened(path: &Path) -> Result<File, FileFault> {
    File::open(path).map_err(|fault| FileFault::Io { path: path.to_owned(), fault })
}

/// A private directory that goes when this goes.
struct Folder(PathBuf);

impl Folder {
    fn make() -> Result<Folder, Fault> {
        let path = std::env::temp_dir().join(format!("detente-{}", desk::fresh_id()?));
        files::private_directory(&path)?;
        Ok(Folder(path))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // Nothing can be done about what can't be removed.
        let _ = fs::remove_dir_all(&self.0);
    }
}
