//! What was not worked out, by message: duties over the limit, and what can't be read here.
//!
//! Each stands on record. Never here: a duty.

use imbl::OrdMap;

use super::DutiesNoted;
use crate::domain::digest::Digest;
use crate::domain::time::Instant;
use crate::limits;

/// What was not worked out of a message, and is on record as that.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct LeftOut {
    /// The record that says so, and its time.
    pub index: u64,
    pub at: Instant,
    /// How many duties were not opened, over the limit.
    pub duties: u64,
    pub is_unreadable: bool,
}

impl LeftOut {
    /// In a sentence.
    pub fn says(&self) -> String {
        if self.is_unreadable {
            return "no duty was worked out: the message, or what its duties rest on, can't be read here"
                .into();
        }
        format!(
            "{} further duties not opened: limit of {} open with one Party",
            self.duties,
            limits::DUTIES_OPEN_PER_PARTY_MAX
        )
    }
}

/// Of all messages, as far as it is kept.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct AllLeftOut {
    kept: OrdMap<Digest, LeftOut>,
    more: u64,
}

impl AllLeftOut {
    pub fn of(&self, message: &Digest) -> Option<&LeftOut> {
        self.kept.get(message)
    }

    pub fn kept(&self) -> impl Iterator<Item = (&Digest, &LeftOut)> {
        self.kept.iter()
    }

    /// Of how many more messages it stands on record, and is not kept here.
    pub fn more(&self) -> u64 {
        self.more
    }

    /// What is said of a message last holds.
    pub(super) fn note(&mut self, message: Digest, noted: &DutiesNoted, (index, at): (u64, Instant)) {
        let was_kept = self.kept.remove(&message).is_some();
        if noted.left_out == 0 && !noted.is_unreadable {
            return;
        }
        if was_kept || self.kept.len() < limits::DUTIES_LEFT_OUT_KEPT {
            let (duties, is_unreadable) = (noted.left_out, noted.is_unreadable);
            self.kept.insert(message, LeftOut { index, at, duties, is_unreadable });
        } else {
            self.more = self.more.saturating_add(1);
        }
    }
}
