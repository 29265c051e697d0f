//! A medium that is read as it stands, handed over as an open journal is: for whoever folds it and must not
//! change it.
//!
//! Never here: a write, forgiveness. Where something is missing or can't be read, the reader ends there.

use std::sync::atomic::AtomicU64;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::mpsc;

use super::untouched::{Found, Untouched};
use super::{Entry, Item, Losses, ReadFault, Reader, thread};
use crate::limits;

/// Readers from the first position to the end that the medium had when it was opened, as many as are asked for,
/// one after the other.
pub struct Readers(Arc<Mutex<Untouched>>);

impl Readers {
    pub fn of(medium: Untouched) -> Readers {
        Readers(Arc::new(Mutex::new(medium)))
    }

    /// One more, from the beginning. It waits for the one before to be dropped or to end.
    ///
    /// # Errors
    /// The system has no thread left.
    pub fn begin(&self) -> Result<Reader, ReadFault> {
        let (sink, items) = mpsc::channel(limits::READ_BATCHES_AHEAD_MAX);
        let medium = self.0.clone();
        thread("journal-looks", move || {
            let mut medium = medium.lock().unwrap_or_else(PoisonError::into_inner);
            medium.begin_again();
            hand_over(&mut medium, &sink);
        })
        .map_err(|error| ReadFault::Unreadable { why: error.to_string() })?;
        Ok(Reader { items, asked: Arc::new(AtomicU64::new(0)), bell: None, losses: Losses::default() })
    }
}

fn hand_over(medium: &mut Untouched, sink: &mpsc::Sender<Result<Item, ReadFault>>) {
    loop {
        let item = match batch(medium) {
            // Nothing is appended to what was there at the beginning: one end answers every question.
            Ok(batch) if batch.is_empty() => Ok(Item::End(u64::MAX)),
            Ok(batch) => Ok(Item::Batch(batch)),
            Err(fault) => Err(fault),
        };
        let goes_on = matches!(item, Ok(Item::Batch(_)));
        if sink.blocking_send(item).is_err() || !goes_on {
            return;
        }
    }
}

/// Empty at the end.
fn batch(medium: &mut Untouched) -> Result<Vec<Entry>, ReadFault> {
    let (mut batch, mut bytes) = (Vec::new(), 0_usize);
    while batch.len() < limits::READ_ENTRIES_MAX && bytes < limits::READ_BYTES_MAX {
        match medium.next_found()? {
            Some(Found::Entry(entry)) => {
                bytes = bytes.saturating_add(entry.bytes.len());
                batch.push(entry);
            }
            Some(Found::Nothing { first, positions }) => return Err(gone(first, positions)),
            None => break,
        }
    }
    Ok(batch)
}

fn gone(first: u64, positions: u64) -> ReadFault {
    let next = first.saturating_add(positions);
    let why = match first {
        0 => format!("what is left begins at position {next}"),
        _ => "no entry that could be read stands there".into(),
    };
    ReadFault::Gone { position: first, why }
}
