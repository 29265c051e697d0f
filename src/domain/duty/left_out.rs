//! What was not worked out, by message: duties over the limit, what can't be read here, what is not kept until its
//! Parties are bound, and what is not considered once more.
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
    /// How many further words by which its author takes it back were not read, over the limit.
    pub not_read: u64,
    pub is_unreadable: bool,
    /// It is not kept for the case that its Parties come to be bound, over the limit.
    pub waits_no_more: bool,
    /// How many messages that may be about a duty of it were not considered once more, over the limit.
    pub not_again: u64,
}

impl LeftOut {
    /// In a sentence.
    pub fn says(&self) -> String {
        if self.is_unreadable {
            return "no duty was worked out: the message, or what its duties rest on, can't be read here"
                .into();
        }
        let mut says = Vec::new();
        if self.duties > 0 {
            let most = limits::DUTIES_OPEN_PER_PARTY_MAX;
            says.push(format!(
                "{} further duties not opened: limit of {most} open with one Party",
                self.duties
            ));
        }
        if self.waits_no_more {
            let most = limits::DUTY_MESSAGES_UNBOUND_PER_PARTY_MAX;
            says.push(format!(
                "opens no duty should its Parties come to be bound: limit of {most} kept with one Party"
            ));
        }
        if self.not_again > 0 {
            let most = limits::DUTY_MESSAGES_AGAIN_MAX;
            says.push(format!(
                "{} later messages not considered once more for its duties: limit of {most} of each author",
                self.not_again
            ));
        }
        if self.not_read > 0 {
            let most = limits::DUTY_WITHDRAWALS_READ_MAX;
            says.push(format!("{} further words that take it back not read: limit of {most}", self.not_read));
        }
        says.join("; ")
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

    /// What is said of a message last holds; what was not considered once more stays so. `is_full`: it is not kept
    /// until its Parties are bound.
    pub(super) fn note(
        &mut self,
        message: Digest,
        noted: &DutiesNoted,
        is_full: bool,
        (index, at): (u64, Instant),
    ) {
        let before = self.kept.remove(&message);
        let left = LeftOut {
            index,
            at,
            duties: noted.left_out,
            not_read: noted.not_read,
            is_unreadable: noted.is_unreadable,
            waits_no_more: is_full,
            not_again: before.map_or(0, |before| before.not_again),
        };
        let many = left.duties > 0 || left.not_read > 0 || left.not_again > 0;
        if many || left.is_unreadable || left.waits_no_more {
            self.keep(message, left, before.is_some());
        }
    }

    /// So many messages were not considered once more for what this one brought about or met.
    pub fn not_again(&mut self, message: Digest, many: u64, (index, at): (u64, Instant)) {
        let before = self.kept.get(&message).copied();
        let new = LeftOut {
            index,
            at,
            duties: 0,
            not_read: 0,
            is_unreadable: false,
            waits_no_more: false,
            not_again: 0,
        };
        let left = before.unwrap_or(new);
        let not_again = left.not_again.saturating_add(many);
        self.keep(message, LeftOut { not_again, ..left }, before.is_some());
    }

    fn keep(&mut self, message: Digest, left: LeftOut, was_kept: bool) {
        if was_kept || self.kept.len() < limits::DUTIES_LEFT_OUT_KEPT {
            self.kept.insert(message, left);
        } else {
            self.more = self.more.saturating_add(1);
        }
    }
}
