//! Duties: what one Party owes another by an instant, with the paragraph that says so, and what became of it.
//! The same nouns as in `proto/detente/journal/v1/duty.proto`.
//!
//! A duty is put on record with the instant at which it falls due, which is worked out once. Each step of its
//! story is put on record too, and points at messages. Never here: a rule (`regime/duty.rs`), a clock.

mod duties;
mod left_out;
mod noted;
mod opening;
mod settling;
mod story;
mod waiting;
mod withdrawals;
mod words;

use std::sync::Arc;

use super::digest::{Digest, ThreadId};
use super::message::Traffic;
use super::party::Party;
use super::regime::Standing;
use super::regime::duty::Weight;
use super::time::Instant;

pub use duties::{Duties, There};
pub use left_out::{AllLeftOut, LeftOut};
pub use noted::{Awaited, DutiesNoted, Unbound};
pub use opening::{
    Applies, Opening, Reached, Reserved, Stated, opening, opening_of_year, openings, reserved,
};
pub use settling::{Back, Settled, Settling, entries_named, groundless, is_for_good, settle};
pub use story::State;
pub use waiting::Pending;
pub use withdrawals::{OfAuthor, Withdrawals};

/// By which a duty is known at this node, in the order in which they were put on record. The other end has
/// another number for it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Default)]
pub struct DutyNumber(pub u64);

/// The rule that a duty rests on, as it was when the duty was put on record.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Rule {
    /// The regime's name, and the digest of its text.
    pub regime: String,
    pub digest: Digest,
    pub name: String,
    pub paragraph: String,
    pub force: Force,
}

/// Whether it can lapse.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Force {
    Duty,
    /// It rests on a number that nobody compared with the text.
    Unchecked,
    /// An alarm by the regime's own word, or one whose condition can't be judged from what is stated.
    Alarm,
}

impl Force {
    pub fn of(standing: Standing, weight: Weight) -> Force {
        match (weight, standing) {
            (Weight::Alarm, _) => Force::Alarm,
            (Weight::Duty, Standing::Unchecked) => Force::Unchecked,
            (Weight::Duty, Standing::Checked) => Force::Duty,
        }
    }
}

/// A duty as it is put on record.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Opened {
    pub rule: Arc<Rule>,
    pub owed_by: Party,
    pub owed_to: Party,
    pub cause: Cause,
    /// Where an entry of a list in that message brought it about: which one.
    pub entry: Option<ListEntry>,
    /// Of what brought it about. A drill's duty is met by drills alone, and a real one by none.
    pub traffic: Traffic,
    pub runs_from: RunsFrom,
    /// The instant from which it runs.
    pub from: Instant,
    /// The last instant at which it is met in time.
    pub due: Instant,
}

#[cfg(test)]
impl Opened {
    /// By a made-up rule, for tests that are about something else.
    pub(crate) fn made(owed_by: Party, owed_to: Party, cause: Cause) -> Opened {
        let rule = Rule {
            regime: "dunes".into(),
            digest: Digest::ZERO,
            name: "answer".into(),
            paragraph: "1".into(),
            force: Force::Duty,
        };
        let (traffic, runs_from) = (Traffic::Real, RunsFrom::Issue);
        let (from, due) = (Instant(0), Instant(1));
        Opened { rule: Arc::new(rule), owed_by, owed_to, cause, entry: None, traffic, runs_from, from, due }
    }
}

/// What brought it about.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Cause {
    Message {
        digest: Digest,
        thread: ThreadId,
    },
    /// The day of this year.
    Year(i16),
}

/// An entry of a list, by its number and that of the list, such as the year of a calendar.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct ListEntry {
    pub of: u64,
    pub number: u64,
}

impl Cause {
    pub fn message(self) -> Option<Digest> {
        match self {
            Cause::Message { digest, .. } => Some(digest),
            Cause::Year(_) => None,
        }
    }

    pub fn thread(self) -> Option<ThreadId> {
        match self {
            Cause::Message { thread, .. } => Some(thread),
            Cause::Year(_) => None,
        }
    }
}

/// From what it runs.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum RunsFrom {
    Issue,
    Receipt,
    /// By the account of an officer of whoever is owed it: only that Party holds it.
    ByHand,
    /// A date that the form states.
    Date,
    /// The same day of the year before.
    Year,
}

/// What becomes of a duty.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Step {
    /// What meets it was released; the other end's receipt is not here yet.
    Answered {
        message: Digest,
    },
    Met {
        message: Digest,
        given: Instant,
        by: GivenBy,
        in_time: InTime,
    },
    /// By a message of whom it is owed to.
    JudgedInsufficient {
        by: Digest,
    },
    Lapsed,
    /// It is past due and can't lapse.
    Alarmed,
    /// Whether it lapsed can't be known here.
    Doubted {
        since: Instant,
        doubt: Doubt,
    },
    Lifted(Lifting),
    /// The suspension that lifted it is over, and it is not past due.
    Resumed,
    /// What rests on this message rests on nothing any more: the duty stands as without it.
    TakenBack {
        message: Digest,
        why: TakenBack,
    },
}

/// Why a message counts no more, or not as delivered by hand.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum TakenBack {
    /// By its own author, in this message.
    Withdrawn { by: Digest },
    /// Another account of its delivery by hand took the place of the one that counted.
    Account,
}

/// What says when something was given.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum GivenBy {
    Receipt,
    /// An officer's account of a delivery by a path that counts.
    ByHand,
    /// The cosignature of whom it is owed to, under a head of the ledger that its dispatch is in: the whole second
    /// that it states. Each end goes by the first such head that it holds.
    CosignedHead,
}

/// Whether what meets a duty came in time.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum InTime {
    InTime,
    /// It was released in time and given later.
    BySendersAccount,
    Late,
}

impl InTime {
    pub fn of(given: Instant, released: Instant, due: Instant) -> InTime {
        if given <= due {
            InTime::InTime
        } else if released <= due {
            InTime::BySendersAccount
        } else {
            InTime::Late
        }
    }
}

/// Why it can't be known.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Doubt {
    /// What brought it about has not reached whoever owes it.
    NotReached,
    /// The link is down: the answer may be under way.
    MayBeUnderWay,
}

/// Why it is owed no more.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Lifting {
    Cancelled {
        by: Digest,
    },
    /// Suspended by this word, which is in force. Once it is not any more, before the duty falls due, it is owed again.
    Suspended {
        by: Digest,
    },
    /// Claimed by whoever owes it.
    ForceMajeure {
        claimed_in: Digest,
    },
    /// When it fell due its paragraph did not bind the two to each other any more; of a day of the year also that
    /// another text of the regime had come to bind them later.
    NotBound,
    /// What brought it about came only after it fell due.
    CameTooLate,
    /// The account of a delivery by hand from which it ran was taken back, or another one took its place. What
    /// then stands may bring it about anew.
    AccountTakenBack,
}

/// A step on record.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Told {
    /// The record that holds it, and its time.
    pub index: u64,
    pub at: Instant,
    pub step: Step,
}

/// A duty on the Board.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Duty {
    pub number: DutyNumber,
    pub opened: Opened,
    /// The record that put it on record, and its time.
    pub index: u64,
    pub at: Instant,
    /// Oldest first.
    pub story: Vec<Told>,
}
