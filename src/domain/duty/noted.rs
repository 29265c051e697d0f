//! What a node puts on record about duties at once.
//!
//! Never here: whether it may be.

use super::{DutyNumber, Opened, Step};
use crate::domain::digest::Digest;
use crate::domain::party::Party;
use crate::domain::precedence::Precedence;
use crate::domain::time::Instant;

/// What a node puts on record about duties at once.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct DutiesNoted {
    /// The message that was considered for it; `None` for what the clock brings about.
    pub about: Option<Digest>,
    pub opened: Vec<Opened>,
    pub steps: Vec<(DutyNumber, Step)>,
    /// Receipts for that message, our own, or for words that take it back, on which more depends.
    pub receipts: Vec<Awaited>,
    /// Parties that are not known to be bound yet: once they are, it is considered again.
    pub unbound: Vec<Unbound>,
    /// It is considered once more: it may meet what it has just brought about, or bring about more.
    pub once_more: bool,
    /// Duties that it brings about and that are not opened, over the limit.
    pub left_out: u64,
    /// Further words by which its author takes it back that were not read, over the limit.
    pub not_read: u64,
    /// It can't be read here, or what its duties rest on can't: they were not worked out.
    pub is_unreadable: bool,
    /// How many records had been taken in when the message was considered; 0 where that was not noted. What is in
    /// later ones may be about it, and has it considered again.
    pub seen: u64,
}

impl DutiesNoted {
    /// Whether it says what only a message brings.
    pub fn is_of_a_message(&self) -> bool {
        let awaits = !self.receipts.is_empty() || !self.unbound.is_empty();
        awaits || self.once_more || self.left_out > 0 || self.not_read > 0 || self.is_unreadable
    }

    /// Whether more may follow once this is on record: a duty may be brought about anew, or met otherwise.
    pub fn leaves_more(&self) -> bool {
        !self.opened.is_empty() || self.steps.iter().any(|(_, step)| step.leaves_more())
    }

    /// Whether a duty is opened, or changed.
    pub fn moves_any(&self) -> bool {
        !self.opened.is_empty() || !self.steps.is_empty()
    }

    /// Whether anything follows.
    pub fn says_more(&self) -> bool {
        let is_empty = self.opened.is_empty() && self.steps.is_empty();
        !is_empty
            || !self.receipts.is_empty()
            || !self.unbound.is_empty()
            || self.left_out > 0
            || self.not_read > 0
    }
}

/// A Party that is not known to be bound by the text that a message cites, or is and the text is not held here.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Unbound {
    pub party: Party,
    pub regime: String,
    /// The text that the message cites. `None` as an older program noted it: any text of the regime.
    pub text: Option<Digest>,
    /// When the message was released.
    pub at: Instant,
}

/// One receipt, by the dispatch that it is for.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Awaited {
    pub party: Party,
    pub lane: Precedence,
    pub serial: u64,
}
