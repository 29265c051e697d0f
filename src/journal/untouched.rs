//! A medium read as it stands, with no journal opened: for keeping and auditing what no node may serve any
//! more. Whatever it holds is given, entry by entry; where it holds nothing that can be read, that is said.
//!
//! Never here: a write of any kind, a lock that could keep a running node from anything, a thread, a
//! judgement which entries count. The calls block.

use std::collections::VecDeque;

use bytes::Bytes;

use super::embedded_untouched::File;
use super::kafka_untouched::Topic;
use super::{End, Entry, ReadFault};
use crate::limits;

/// A medium under way of being read, up to the end that it had at the beginning.
pub struct Untouched {
    medium: Medium,
    next: u64,
    /// One past the last position; `None` if the medium could not tell.
    end: Option<u64>,
    ready: VecDeque<Found>,
    /// Read one by one up to here, since something before it could not be read.
    singly_until: u64,
    unreadable_in_a_row: u64,
}

/// One thing found.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Found {
    Entry(Entry),
    /// So many positions from `first` on hold no entry that could be read.
    Nothing {
        first: u64,
        positions: u64,
    },
}

pub(super) enum Medium {
    File(File),
    Topic(Topic),
}

/// What one reading of a medium gave.
pub(super) enum Rows {
    /// In order; none at the end.
    Some(Vec<Entry>),
    /// There is nothing before this position.
    NothingBefore(u64),
    /// The first of them is there and can't be read, or one of them; nobody says which.
    Damaged,
}

impl Untouched {
    pub(super) fn new(medium: Medium, end: Option<u64>) -> Untouched {
        let ready = VecDeque::new();
        Untouched { medium, next: 0, end, ready, singly_until: 0, unreadable_in_a_row: 0 }
    }

    /// Goes back to the first position. The end stays where it was.
    pub(super) fn begin_again(&mut self) {
        (self.next, self.singly_until, self.unreadable_in_a_row) = (0, 0, 0);
        self.ready.clear();
    }

    /// What the end is worth up to which it is read.
    pub fn end(&self) -> End {
        match self.medium {
            Medium::File(_) => End::Exact,
            Medium::Topic(_) => End::Claimed,
        }
    }

    /// The next thing; `None` at the end. After an error nothing more is to be asked for.
    pub fn next_found(&mut self) -> Result<Option<Found>, ReadFault> {
        while self.ready.is_empty() {
            if self.end.is_some_and(|end| self.next >= end) || !self.read_on()? {
                self.still_untouched()?;
                return Ok(None);
            }
        }
        Ok(self.ready.pop_front())
    }

    /// Reads some more; `false` if there is no more.
    fn read_on(&mut self) -> Result<bool, ReadFault> {
        let entries_max = if self.next < self.singly_until { 1 } else { limits::READ_ENTRIES_MAX };
        let rows = match &mut self.medium {
            Medium::File(file) => file.rows(self.next, entries_max)?,
            Medium::Topic(topic) => topic.rows(self.next, entries_max)?,
        };
        match rows {
            Rows::Some(entries) if entries.is_empty() => Ok(false),
            Rows::Some(entries) => {
                self.unreadable_in_a_row = 0;
                for Entry { position, bytes } in entries {
                    if self.end.is_some_and(|end| position >= end) {
                        self.next = position;
                        break;
                    }
                    self.take(position, bytes);
                }
                Ok(true)
            }
            Rows::NothingBefore(position) => {
                self.skip_to(position);
                Ok(true)
            }
            Rows::Damaged if entries_max > 1 => {
                self.singly_until = self.next.saturating_add(limits::READ_ENTRIES_MAX as u64);
                Ok(true)
            }
            Rows::Damaged => {
                self.unreadable_in_a_row = self.unreadable_in_a_row.saturating_add(1);
                if self.unreadable_in_a_row >= limits::EXPORT_UNREADABLE_MAX {
                    let end = self.end.unwrap_or(self.next).max(self.next.saturating_add(1));
                    self.skip_to(end);
                    self.end = Some(end);
                } else {
                    self.skip_to(self.next.saturating_add(1));
                    self.singly_until = self.next.saturating_add(1);
                }
                Ok(true)
            }
        }
    }

    fn take(&mut self, position: u64, bytes: Bytes) {
        // Kafka's own marks take positions too: there a gap says nothing.
        if matches!(self.medium, Medium::File(_)) {
            self.skip_to(position);
        }
        if bytes.len() > limits::EXPORT_ENTRY_BYTES_MAX {
            self.next = position;
            self.skip_to(position.saturating_add(1));
        } else {
            self.ready.push_back(Found::Entry(Entry { position, bytes }));
            self.next = position.saturating_add(1);
        }
    }

    fn skip_to(&mut self, position: u64) {
        let positions = position.saturating_sub(self.next);
        if positions > 0 {
            self.ready.push_back(Found::Nothing { first: self.next, positions });
            self.next = position;
        }
    }

    /// Where nothing was locked, whether it is still as it was.
    fn still_untouched(&self) -> Result<(), ReadFault> {
        match &self.medium {
            Medium::File(file) => file.still_untouched(),
            Medium::Topic(_) => Ok(()),
        }
    }
}
