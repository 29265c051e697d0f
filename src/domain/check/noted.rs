//! What is put on record of a check, and what a check or its answer is sent by.
//!
//! Never here: a guess. Each word says what this end knows, and none says why.

use std::fmt;

use crate::domain::digest::Digest;
use crate::domain::message::Outgoing;
use crate::domain::party::Party;
use crate::domain::time::Instant;

/// One step of one check.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CheckNoted {
    /// The other Party.
    pub with: Party,
    /// Its name in the schedule.
    pub check: String,
    pub due: Instant,
    /// Whose turn it was.
    pub asks: Party,
    pub what: What,
}

/// What came of a check.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum What {
    /// Since `at` the check is on record at the end that has to answer it, by that end's receipt.
    Made { at: Instant },
    /// Since `at` the answer is on record at the end that asked, by that end's receipt, and in time.
    Answered { at: Instant },
    /// The same, after the time that the schedule leaves for it.
    Late { at: Instant },
    /// It was not answered in time, as far as this end knows.
    Missed(Known),
    /// An officer's word on a line that no node carries.
    ByHand(Account),
}

/// What is known of a check that was missed. Never why.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Known {
    /// The other end has not been heard since then; `None`: not since this node started.
    LinkDown { since: Option<Instant> },
    /// The link was up, and no answer came. Up: the other end was heard since the answer's time was over.
    Unanswered,
    /// The link was up, and no check came that this end would have had to answer.
    NoCheckCame,
    /// The link was up, this end answered, and no receipt proves that the answer arrived.
    AnswerNotProven,
    /// This end did not send what it was its turn to send.
    NotSentByUs,
    /// This service message of one of the two had announced that something would be out of service.
    PlannedOutage { message: Digest },
    /// Nobody put on record here what came of it on a line that no node carries.
    NotRecorded,
    /// The process that says so was started only after the answer's time was over.
    NotRunning,
}

/// What an officer puts on record of a check by telephone or fax.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Account {
    /// Whether the other end answered.
    pub answered: bool,
    /// When, by the officer's account.
    pub at: Instant,
    /// Who spoke there, and what else is to be said; may be empty.
    pub note: String,
}

/// A check that it is our turn to make, or to answer, as the message that does so.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CheckToSend {
    pub with: Party,
    pub check: String,
    pub due: Instant,
    pub outgoing: Outgoing,
}

impl What {
    /// In one word, in capitals.
    pub fn word(&self) -> &'static str {
        match self {
            What::Made { .. } => "MADE",
            What::Answered { .. } => "ANSWERED",
            What::Late { .. } => "LATE",
            What::Missed(_) => "MISSED",
            What::ByHand(Account { answered: true, .. }) => "ANSWERED BY HAND",
            What::ByHand(Account { answered: false, .. }) => "NOT ANSWERED BY HAND",
        }
    }

    /// The instant that it states. `None` where it states none.
    pub fn at(&self) -> Option<Instant> {
        match self {
            What::Made { at } | What::Answered { at } | What::Late { at } => Some(*at),
            What::ByHand(account) => Some(account.at),
            What::Missed(_) => None,
        }
    }
}

impl fmt::Display for Known {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Known::LinkDown { since: Some(since) } => write!(f, "link down since {since}"),
            Known::LinkDown { since: None } => f.write_str("link down since this node started"),
            Known::Unanswered => f.write_str("link up, nobody answered"),
            Known::NoCheckCame => f.write_str("link up, no check that counts came from there"),
            Known::AnswerNotProven => f.write_str("link up, answered by us, not yet receipted as taken"),
            Known::NotSentByUs => f.write_str("not sent by us"),
            Known::PlannedOutage { message } => write!(f, "planned outage, message {}", message.short()),
            Known::NotRecorded => f.write_str("nobody put on record here what came of it"),
            Known::NotRunning => f.write_str("this node was started after its time was over"),
        }
    }
}
