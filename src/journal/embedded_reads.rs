//! The reading threads of the embedded journal: following from a position, single reads, and the bell
//! that wakes them.
//!
//! Never here: a write; an end that is handed over without having been asked for.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Condvar, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use rusqlite::{Connection, ErrorCode};
use tokio::sync::mpsc;

use super::{Entry, Item, ReadAsk, ReadFault, ms};
use crate::limits;

fn read_batch(connection: &Connection, from: u64, entries_max: usize) -> Result<Vec<Entry>, ReadFault> {
    let start = i64::try_from(from).unwrap_or(i64::MAX);
    // One piece of memory for all of it: an entry for itself is given back by another thread than took it, one by
    // one, and the two wait for each other.
    let mut bytes: Vec<u8> = Vec::new();
    let mut ends: Vec<(u64, usize)> = Vec::new();
    let mut whole = || -> rusqlite::Result<()> {
        let mut select = connection
            .prepare_cached("SELECT position, bytes FROM entries WHERE position >= ?1 ORDER BY position")?;
        let mut rows = select.query([start])?;
        while ends.len() < entries_max && bytes.len() < limits::READ_BYTES_MAX {
            let Some(row) = rows.next()? else { break };
            let position = u64::try_from(row.get::<_, i64>(0)?).unwrap_or(0);
            bytes.extend_from_slice(row.get_ref(1)?.as_blob()?);
            ends.push((position, bytes.len()));
        }
        Ok(())
    };
    whole().map_err(|error| {
        let why = error.to_string();
        match error.sqlite_error_code() {
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => ReadFault::Unanswered { why },
            Some(_) | None => ReadFault::Unreadable { why },
        }
    })?;
    let (mut left, mut taken) = (Bytes::from(bytes), 0);
    let entry = |(position, end): (u64, usize)| {
        let bytes = left.split_to(end.saturating_sub(taken));
        taken = end;
        Entry { position, bytes }
    };
    let batch: Vec<Entry> = ends.into_iter().map(entry).collect();
    // Positions are given without gaps, so that a row taken out of the file is named at once.
    let hole = batch.iter().zip(from..).find(|(entry, expected)| entry.position != *expected);
    match hole {
        Some((_, position)) => Err(ReadFault::Gone { position, why: "its row has been removed".into() }),
        None => Ok(batch),
    }
}

/// Hands over everything from `from` on, until nobody listens any more.
///
/// Rows taken off the end are not looked for here. An append that comes between would stand in the first of their
/// places, and the look name another; and one look must not settle it (`limits::HEAD_LOOKS`). They show to the writer,
/// at its next append, and at every start.
pub(super) fn follow(
    connection: &Connection,
    from: u64,
    sink: &mpsc::Sender<Result<Item, ReadFault>>,
    questions: &AtomicU64,
    bell: &Bell,
) {
    let mut next = from;
    let mut answered: u64 = 0;
    while !sink.is_closed() {
        // Both before reading: what comes after the question or the ring is then seen by it or by the next.
        let asked = questions.load(Ordering::SeqCst);
        let rung = bell.rung();
        let item = match read_batch(connection, next, limits::READ_ENTRIES_MAX) {
            Ok(batch) if batch.is_empty() && asked > answered => {
                answered = asked;
                Ok(Item::End(asked))
            }
            Ok(batch) if batch.is_empty() => {
                bell.wait(rung, ms(limits::EMBEDDED_LOOK_MS));
                continue;
            }
            Ok(batch) => {
                next = batch.last().map_or(next, |last| last.position.saturating_add(1));
                Ok(Item::Batch(batch))
            }
            // Another process holds the file for long: as with a broker that is away, wait.
            Err(ReadFault::Unanswered { .. }) => continue,
            Err(fault) => Err(fault),
        };
        let over = item.is_err();
        if sink.blocking_send(item).is_err() || over {
            return;
        }
    }
}

/// Single reads and short ranges, one after the other.
pub(super) fn read_singles(connection: &Connection, mut inbox: mpsc::Receiver<ReadAsk>) {
    while let Some(ask) = inbox.blocking_recv() {
        let _ = ask.reply.send(read_batch(connection, ask.from, ask.entries_max));
    }
}

/// Tells this process's reading threads that something was appended. Other processes' appends are
/// found by looking.
#[derive(Default)]
pub struct Bell {
    rings: Mutex<u64>,
    rang: Condvar,
}

impl Bell {
    /// Something was appended, or asked.
    pub fn ring(&self) {
        let mut rings = self.rings.lock().unwrap_or_else(PoisonError::into_inner);
        *rings = rings.wrapping_add(1);
        self.rang.notify_all();
    }

    fn rung(&self) -> u64 {
        *self.rings.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Until it rings again after `rung`, or `limit` is over.
    fn wait(&self, rung: u64, limit: Duration) {
        let rings = self.rings.lock().unwrap_or_else(PoisonError::into_inner);
        drop(self.rang.wait_timeout_while(rings, limit, |rings| *rings == rung));
    }
}
