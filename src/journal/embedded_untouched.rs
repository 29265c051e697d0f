//! The embedded journal's file read without touching it.
//!
//! Never here: a connection that may write, or make one of the files beside it. SQLite would make them, and
//! move what was written ahead, for any ordinary reader: those files too are what somebody will look at.

use std::io::Read as _;
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};
use std::time::Instant;

use bytes::Bytes;
use rusqlite::{Connection, ErrorCode, OpenFlags};

use super::embedded::{not_opened, of_system, of_this_layout, shown};
use super::untouched::{Medium, Rows, Untouched};
use super::{Entry, OpenFault, ReadFault, ms};
use crate::limits;

/// An open file.
pub(super) struct File {
    connection: Connection,
    /// What is written ahead, where it held nothing when this began: no lock was taken then.
    unlocked: Option<PathBuf>,
}

/// Opens the file that lies there, whatever it holds.
pub fn open(path: &Path) -> Result<Untouched, OpenFault> {
    std::fs::metadata(path).map_err(|error| of_system(path, &error))?;
    let (ahead, index) = (beside(path, "-wal"), beside(path, "-shm"));
    // Both are there while a node runs and after it died; a tool that was the last to close it removes them.
    let (mode, unlocked) = match (holds_something(&ahead), index.exists()) {
        (true, true) => ("mode=ro&readonly_shm=1", None),
        (true, false) => {
            let why = format!(
                "what was written ahead ({}) has no index ({}) beside it; make a copy of the directory, an empty \
                 file of that name in the copy, and have that copy read",
                shown(&ahead),
                shown(&index)
            );
            return Err(OpenFault::Unusable { place: shown(path), why });
        }
        (false, true) if ahead.exists() => ("mode=ro&readonly_shm=1", None),
        (false, _) => ("mode=ro&immutable=1", Some(ahead)),
    };
    let flags =
        OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let open = || {
        let connection = Connection::open_with_flags(format!("file:{}?{mode}", escaped(path)), flags)?;
        connection.busy_timeout(ms(limits::EMBEDDED_LOCK_MS_MAX))?;
        connection.pragma_update(None, "trusted_schema", false)?;
        Ok(connection)
    };
    let connection = open().map_err(|error| not_opened(path, error))?;
    let file = File { connection, unlocked };
    let layout = file.patiently(of_this_layout).map_err(|error| not_opened(path, error))?;
    layout.map_err(|why| OpenFault::NotAJournal { place: shown(path), why })?;
    let last = file.patiently(|connection| {
        connection.query_row("SELECT max(position) FROM entries", [], |row| row.get::<_, Option<i64>>(0))
    });
    let end = match last {
        Ok(last) => Some(last.map_or(0, |last| u64::try_from(last.saturating_add(1)).unwrap_or(0))),
        // Then it is read as far as anything can be read.
        Err(_) => None,
    };
    Ok(Untouched::new(Medium::File(file), end))
}

/// What a node asks of the file beyond what reading it takes: that it may be written, and that what is written
/// goes ahead of it. Nothing is written to find out.
///
/// # Errors
/// Either is not so, with the reason.
pub fn check(path: &Path) -> Result<(), OpenFault> {
    let mut head = [0; WRITTEN_AHEAD_AT + WRITTEN_AHEAD.len()];
    let mut read = || {
        let mut file = std::fs::OpenOptions::new().read(true).write(true).open(path)?;
        file.read_exact(&mut head)
    };
    match read() {
        Ok(()) if head.ends_with(&WRITTEN_AHEAD) => Ok(()),
        Ok(()) => {
            let why = "its journal_mode must be wal, and is another".into();
            Err(OpenFault::NotAJournal { place: shown(path), why })
        }
        Err(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => {
            Err(OpenFault::NotAJournal { place: shown(path), why: "it is too short".into() })
        }
        Err(error) => Err(of_system(path, &error)),
    }
}

/// SQLite database file format, section 1.3: write and read version, 2 for a write-ahead log.
const WRITTEN_AHEAD_AT: usize = 18;
const WRITTEN_AHEAD: [u8; 2] = [2, 2];

fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

fn holds_something(path: &Path) -> bool {
    std::fs::metadata(path).is_ok_and(|found| found.len() > 0)
}

/// A path as SQLite takes it in a URI.
fn escaped(path: &Path) -> String {
    let is_plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"/._-".contains(byte);
    let one = |byte: &u8| {
        if is_plain(byte) { char::from(*byte).to_string() } else { format!("%{byte:02x}") }
    };
    path.as_os_str().as_bytes().iter().map(one).collect()
}

impl File {
    pub(super) fn rows(&mut self, from: u64, entries_max: usize) -> Result<Rows, ReadFault> {
        let Ok(start) = i64::try_from(from) else { return Ok(Rows::Some(Vec::new())) };
        match self.patiently(|connection| some(connection, start, entries_max)) {
            Ok(entries) => Ok(Rows::Some(entries)),
            Err(error) if is_passing(&error) => Err(ReadFault::Unanswered { why: error.to_string() }),
            Err(_) => Ok(Rows::Damaged),
        }
    }

    /// What a node that runs beside us is doing just now is over soon.
    fn patiently<T>(&self, read: impl Fn(&Connection) -> rusqlite::Result<T>) -> rusqlite::Result<T> {
        let begun = Instant::now();
        loop {
            match read(&self.connection) {
                Err(error) if is_passing(&error) && begun.elapsed() < ms(limits::EMBEDDED_LOCK_MS_MAX) => {
                    std::thread::sleep(ms(limits::EMBEDDED_LOOK_MS));
                }
                outcome => return outcome,
            }
        }
    }

    pub(super) fn still_untouched(&self) -> Result<(), ReadFault> {
        match &self.unlocked {
            Some(ahead) if holds_something(ahead) => Err(ReadFault::Unanswered {
                why: "a node was started on it meanwhile, so that what was read may be of two times; read it again"
                    .into(),
            }),
            Some(_) | None => Ok(()),
        }
    }
}

/// Beside a running node the index may be one that a reader who writes nothing can't use yet.
fn is_passing(error: &rusqlite::Error) -> bool {
    matches!(
        error.sqlite_error_code(),
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked | ErrorCode::ReadOnly)
    )
}

fn some(connection: &Connection, start: i64, entries_max: usize) -> rusqlite::Result<Vec<Entry>> {
    let mut select = connection
        .prepare_cached("SELECT position, bytes FROM entries WHERE position >= ?1 ORDER BY position")?;
    let mut rows = select.query([start])?;
    let (mut entries, mut bytes) = (Vec::new(), 0_usize);
    while entries.len() < entries_max && bytes < limits::READ_BYTES_MAX {
        let Some(row) = rows.next()? else { break };
        let position = u64::try_from(row.get::<_, i64>(0)?).unwrap_or(0);
        let entry = Bytes::copy_from_slice(row.get_ref(1)?.as_blob()?);
        bytes = bytes.saturating_add(entry.len());
        entries.push(Entry { position, bytes: entry });
    }
    Ok(entries)
}
