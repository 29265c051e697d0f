//! Who took a carry file, as a record says it.
//!
//! Never here: what came of the file, or that one was made here (`carry.rs`).

use super::carry::Done;
use super::event::{Event, Record};
use super::party::Party;
use super::people::Person;
use super::time::Instant;

/// Who took a file of another Party's, and when that was put on record.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TakenBy {
    pub by: Person,
    pub at: Instant,
}

impl TakenBy {
    /// As a record says that a file of this Party's was taken; `None` where it says no such thing.
    pub fn of(record: &Record, of: Party) -> Option<TakenBy> {
        let is_taken = |event: &Event| match event {
            Event::CarryNoted(noted) => noted.done == Done::Taken && noted.with == of,
            _ => false,
        };
        let by = record.command.as_ref()?.by.clone();
        record.events.iter().any(is_taken).then_some(TakenBy { by, at: record.at })
    }
}
