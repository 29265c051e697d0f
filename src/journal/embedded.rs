//! The journal in one SQLite file: one writing thread with group commit, reading threads with their own
//! connections.
//!
//! Never here: a commit that is not synced, a write after one that failed, a deletion. SQLite's own
//! checkpoints at commit and at close are off, because they swallow a failed sync: the writing thread
//! makes them, and sees the error.

use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use bytes::Bytes;
use rusqlite::config::DbConfig;
use rusqlite::{Connection, ErrorCode, OpenFlags, TransactionBehavior, params};
use rustix::fs::Access;
use tokio::sync::mpsc;

use super::embedded_reads::{Bell, follow, read_singles};
use super::{
    AppendAsk, AppendFault, Appends, Journal, Losses, MediumSeen, OpenFault, ReadAsk, ReadFault, Reader, ms,
    thread,
};
use crate::limits;

/// "DTNJ", in SQLite's own header field for it.
const APPLICATION_ID: i64 = 0x4454_4E4A;
/// Raised when the table changes; another one is refused.
const USER_VERSION: i64 = 1;

/// An open file. Its threads end by themselves once the last clone and reader are dropped.
#[derive(Clone)]
pub struct Embedded {
    pub(super) appends: Appends,
    pub(super) reads: mpsc::Sender<ReadAsk>,
    pub(super) losses: Losses,
    pub(super) medium: MediumSeen,
    path: Arc<Path>,
    bell: Arc<Bell>,
}

/// Makes an empty journal, readable by its owner only. Never over anything that is there.
pub fn create(path: &Path) -> Result<Journal, OpenFault> {
    let made = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path);
    match made {
        Ok(_) => {}
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {
            return Err(OpenFault::AlreadyThere { place: shown(path) });
        }
        Err(error) => return Err(unusable(path, &error)),
    }
    lay_out(path).map_err(|error| unusable(path, &error))?;
    sync_folder(path).map_err(|error| unusable(path, &error))?;
    open(path)
}

/// Opens a journal that `create` made. What is absent, or something else, is refused.
pub fn open(path: &Path) -> Result<Journal, OpenFault> {
    std::fs::metadata(path).map_err(|error| of_system(path, &error))?;
    permitted(path)?;
    let writer = connect(path).map_err(|error| not_opened(path, error))?;
    check(path, &writer)?;
    // After a crash the file of writes ahead may hold what was never synced: moving it over syncs it.
    move_ahead(&writer, "TRUNCATE").map_err(|error| not_opened(path, error))?;
    let single = connect(path).map_err(|error| not_opened(path, error))?;

    let bell = Arc::new(Bell::default());
    let (appends, to_write) = mpsc::channel(limits::APPENDS_WAITING_MAX);
    let (reads, to_read) = mpsc::channel(limits::READS_WAITING_MAX);
    let rings = bell.clone();
    thread("journal-writes", move || write_all(writer, to_write, &rings)).map_err(|e| unusable(path, &e))?;
    thread("journal-reads", move || read_singles(&single, to_read)).map_err(|e| unusable(path, &e))?;
    let losses = Losses::default();
    let (path, medium) = (path.into(), MediumSeen::default());
    Ok(Journal::Embedded(Embedded { appends: Appends(appends), reads, losses, medium, path, bell }))
}

impl Embedded {
    pub(super) fn reader(&self, from: u64) -> Result<Reader, ReadFault> {
        let unreadable = |why: String| ReadFault::Unreadable { why };
        let connection = connect(&self.path).map_err(|error| unreadable(error.to_string()))?;
        let end = end_of(&connection).map_err(|error| unreadable(error.to_string()))?;
        let end = u64::try_from(end).unwrap_or(0);
        if from > end {
            return Err(ReadFault::Gone { position: end, why: format!("the file ends before {from}") });
        }
        let (sink, items) = mpsc::channel(limits::READ_BATCHES_AHEAD_MAX);
        let asked = Arc::new(AtomicU64::new(0));
        let (questions, bell) = (asked.clone(), self.bell.clone());
        thread("journal-follows", move || follow(&connection, from, &sink, &questions, &bell))
            .map_err(|error| unreadable(error.to_string()))?;
        Ok(Reader { items, asked, bell: Some(self.bell.clone()), losses: self.losses.clone() })
    }
}

// ---- opening -----------------------------------------------------------------------------------

pub(super) fn shown(path: &Path) -> String {
    path.display().to_string()
}

pub(super) fn unusable(path: &Path, error: &dyn std::error::Error) -> OpenFault {
    OpenFault::Unusable { place: shown(path), why: error.to_string() }
}

/// What the system said of the file itself.
pub(super) fn of_system(path: &Path, error: &std::io::Error) -> OpenFault {
    use std::io::ErrorKind;
    match error.kind() {
        ErrorKind::NotFound => OpenFault::Absent { place: shown(path) },
        ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => {
            OpenFault::NotPermitted { place: shown(path), why: error.to_string() }
        }
        _ => unusable(path, error),
    }
}

/// Whether the file may be read and written, and those be made that SQLite puts beside it: it says the same of this as
/// of a disk that fails. Nothing is opened: closing it would end the locks that this process has on it.
fn permitted(path: &Path) -> Result<(), OpenFault> {
    let (file, folder) = (Access::READ_OK | Access::WRITE_OK, Access::WRITE_OK | Access::EXEC_OK);
    // SQLite puts them beside the file itself, wherever a link to it lies.
    let path = &std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    for (place, needed) in [(Some(path.as_path()), file), (path.parent(), folder)] {
        let Some(place) = place.filter(|place| !place.as_os_str().is_empty()) else { continue };
        let fault = rustix::fs::access(place, needed).err().map(|error| of_system(place, &error.into()));
        // Whatever else it is, opening it says better.
        if let Some(fault @ OpenFault::NotPermitted { .. }) = fault {
            return Err(fault);
        }
    }
    Ok(())
}

pub(super) fn not_opened(path: &Path, error: rusqlite::Error) -> OpenFault {
    match error.sqlite_error_code() {
        Some(ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt) => {
            OpenFault::NotAJournal { place: shown(path), why: error.to_string() }
        }
        Some(_) | None => unusable(path, &error),
    }
}

fn connect(path: &Path) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(ms(limits::EMBEDDED_LOCK_MS_MAX))?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    connection.pragma_update(None, "wal_autocheckpoint", 0)?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "trusted_schema", false)?;
    Ok(connection)
}

fn lay_out(path: &Path) -> rusqlite::Result<()> {
    let mut connection = connect(path)?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    let whole = connection.transaction()?;
    whole.execute_batch("CREATE TABLE entries(position INTEGER PRIMARY KEY, bytes BLOB NOT NULL) STRICT")?;
    whole.pragma_update(None, "application_id", APPLICATION_ID)?;
    whole.pragma_update(None, "user_version", USER_VERSION)?;
    whole.commit()?;
    move_ahead(&connection, "TRUNCATE")
}

/// A file is found again after a loss of power only once its folder is synced too.
fn sync_folder(path: &Path) -> std::io::Result<()> {
    let folder = path.parent().filter(|folder| *folder != Path::new("")).unwrap_or(Path::new("."));
    std::fs::File::open(folder)?.sync_all()
}

fn check(path: &Path, connection: &Connection) -> Result<(), OpenFault> {
    let not_a_journal = |why| OpenFault::NotAJournal { place: shown(path), why };
    of_this_layout(connection).map_err(|error| not_opened(path, error))?.map_err(not_a_journal)?;
    let mode: String = connection
        .pragma_query_value(None, "journal_mode", |row| row.get(0))
        .map_err(|error| not_opened(path, error))?;
    if mode == "wal" {
        Ok(())
    } else {
        Err(not_a_journal(format!("its journal_mode is {mode}, it must be wal")))
    }
}

/// Whether it says of itself that it is a journal of this program and version; if not, what differs.
pub(super) fn of_this_layout(connection: &Connection) -> rusqlite::Result<Result<(), String>> {
    let number = |name: &str| connection.pragma_query_value(None, name, |row| row.get::<_, i64>(0));
    let (id, version) = (number("application_id")?, number("user_version")?);
    Ok(if id != APPLICATION_ID {
        Err("its application id is another's".into())
    } else if version != USER_VERSION {
        Err(format!("its layout is version {version}, this program knows {USER_VERSION}"))
    } else {
        Ok(())
    })
}

/// Moves what was written ahead into the main file and syncs that. Being kept from it by another
/// process or by a reader is no fault: it is done later.
fn move_ahead(connection: &Connection, mode: &str) -> rusqlite::Result<()> {
    let moved = connection.query_row(&format!("PRAGMA wal_checkpoint({mode})"), [], |_| Ok(()));
    match moved {
        Err(error) if error.sqlite_error_code() == Some(ErrorCode::DatabaseBusy) => Ok(()),
        other => other,
    }
}

/// One past the last position.
fn end_of(connection: &Connection) -> rusqlite::Result<i64> {
    let last: Option<i64> =
        connection.prepare_cached("SELECT max(position) FROM entries")?.query_row([], |row| row.get(0))?;
    Ok(last.map_or(0, |last| last.saturating_add(1)))
}

// ---- writing -----------------------------------------------------------------------------------

fn write_all(mut connection: Connection, mut inbox: mpsc::Receiver<AppendAsk>, bell: &Bell) {
    let mut stopped: Option<AppendFault> = None;
    let mut ahead_bytes: u64 = 0;
    while let Some(first) = inbox.blocking_recv() {
        let group = gather(first, &mut inbox);
        let outcome = match &stopped {
            Some(fault) => Err(fault.clone()),
            None => commit(&mut connection, &group),
        };
        match &outcome {
            Ok(bytes) => {
                ahead_bytes = ahead_bytes.saturating_add(*bytes);
                bell.ring();
            }
            Err(fault @ AppendFault::Stopped { .. }) => stopped = Some(fault.clone()),
            Err(AppendFault::Unknown { .. } | AppendFault::OverLimit { .. }) => {}
        }
        let answer = outcome.map(|_| ());
        for ask in group {
            // Whoever no longer listens has been answered "not known" already.
            let _ = ask.reply.send(answer.clone());
        }
        if stopped.is_none() && ahead_bytes >= limits::EMBEDDED_AHEAD_BYTES {
            ahead_bytes = 0;
            stopped = move_ahead(&connection, "PASSIVE").err().map(|error| judge(&error)).filter(is_stop);
        }
    }
    if stopped.is_none() {
        // A failure here loses nothing: what was written ahead is synced, and is moved at the next start.
        let _ = move_ahead(&connection, "TRUNCATE");
    }
}

fn is_stop(fault: &AppendFault) -> bool {
    matches!(fault, AppendFault::Stopped { .. })
}

/// What waits is committed together, up to the bounds of one batch.
fn gather(first: AppendAsk, inbox: &mut mpsc::Receiver<AppendAsk>) -> Vec<AppendAsk> {
    let mut entries = first.batch.len();
    let mut bytes: usize = first.batch.iter().map(Bytes::len).sum();
    let mut group = vec![first];
    while entries < limits::BATCH_RECORDS_MAX && bytes < limits::BATCH_BYTES_MAX {
        let Ok(ask) = inbox.try_recv() else { break };
        entries = entries.saturating_add(ask.batch.len());
        bytes = bytes.saturating_add(ask.batch.iter().map(Bytes::len).sum());
        group.push(ask);
    }
    // Nothing is written after its caller was told "not known" without need.
    group.retain(|ask| !ask.reply.is_closed());
    group
}

/// Commits the group as one transaction; gives the bytes written ahead, about.
fn commit(connection: &mut Connection, group: &[AppendAsk]) -> Result<u64, AppendFault> {
    let mut whole = || -> rusqlite::Result<u64> {
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let mut position = end_of(&transaction)?;
        let mut bytes: u64 = 0;
        {
            let mut insert =
                transaction.prepare_cached("INSERT INTO entries(position, bytes) VALUES(?1, ?2)")?;
            for entry in group.iter().flat_map(|ask| &ask.batch) {
                insert.execute(params![position, entry.as_ref()])?;
                position = position.saturating_add(1);
                bytes = bytes.saturating_add(entry.len() as u64).saturating_add(PAGE_BYTES);
            }
        }
        transaction.commit()?;
        Ok(bytes)
    };
    whole().map_err(|error| judge(&error))
}

/// SQLite's page: each commit writes at least one ahead.
const PAGE_BYTES: u64 = 4096;

/// Only a lock not had and a full disk leave the file as it was; after all else nothing is sure.
fn judge(error: &rusqlite::Error) -> AppendFault {
    let why = error.to_string();
    match error.sqlite_error_code() {
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked | ErrorCode::DiskFull) => {
            AppendFault::Unknown { why }
        }
        Some(_) | None => AppendFault::Stopped { why },
    }
}
