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
mod waiting;
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
pub use settling::{Settled, Settling, entries_named, settle};

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
    /// The two were not bound to each other any more when it fell due.
    NotBound,
    /// What brought it about came only after it fell due.
    CameTooLate,
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

/// Where a duty stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum State {
    Open,
    Answered,
    Met(InTime),
    Insufficient,
    Lapsed,
    Alarmed,
    Unknown,
    Lifted,
}

impl State {
    /// Whether what is owed is still awaited, in time or not.
    pub fn is_open(self) -> bool {
        match self {
            State::Open | State::Answered | State::Unknown => true,
            State::Met(_) | State::Insufficient | State::Lapsed | State::Alarmed | State::Lifted => false,
        }
    }

    /// For a person to read, and for programs: it never changes.
    pub fn word(self) -> &'static str {
        match self {
            State::Open => "open",
            State::Answered => "answered, not receipted",
            State::Met(InTime::InTime) => "met in time",
            State::Met(InTime::BySendersAccount) => "met in time by the sender's account",
            State::Met(InTime::Late) => "met late",
            State::Insufficient => "met, judged insufficient",
            State::Lapsed => "lapsed",
            State::Alarmed => "past due, an alarm",
            State::Unknown => "unknown",
            State::Lifted => "lifted",
        }
    }
}

impl Step {
    /// Whether both say that the same message met it, or judged what did.
    pub(super) fn is_same_word(&self, other: &Step) -> bool {
        match (self, other) {
            (Step::Met { message: one, .. }, Step::Met { message: other, .. })
            | (Step::JudgedInsufficient { by: one }, Step::JudgedInsufficient { by: other }) => one == other,
            _ => false,
        }
    }
}

impl Duty {
    pub fn state(&self) -> State {
        self.state_after(self.story.iter())
    }

    /// As it was on record here at an instant.
    pub fn state_as_of(&self, at: Instant) -> State {
        self.state_after(self.story.iter().filter(|told| told.at <= at))
    }

    fn state_after<'t>(&self, story: impl DoubleEndedIterator<Item = &'t Told>) -> State {
        let mut back = story.rev().map(|told| &told.step);
        match back.next() {
            None => State::Open,
            // As it was before.
            Some(Step::Resumed) if back.any(|step| matches!(step, Step::Answered { .. })) => State::Answered,
            Some(Step::Resumed) => State::Open,
            Some(Step::Answered { .. }) => State::Answered,
            Some(Step::Met { in_time, .. }) => State::Met(*in_time),
            Some(Step::JudgedInsufficient { .. }) => State::Insufficient,
            Some(Step::Lapsed) => State::Lapsed,
            Some(Step::Alarmed) => State::Alarmed,
            Some(Step::Doubted { .. }) => State::Unknown,
            Some(Step::Lifted(_)) => State::Lifted,
        }
    }

    /// The message that answered it last, whether it was given or not.
    pub fn answer(&self) -> Option<Digest> {
        self.story.iter().rev().find_map(|told| match &told.step {
            Step::Answered { message } | Step::Met { message, .. } => Some(*message),
            Step::JudgedInsufficient { .. }
            | Step::Lapsed
            | Step::Alarmed
            | Step::Doubted { .. }
            | Step::Lifted(_)
            | Step::Resumed => None,
        })
    }

    /// Whether this may come next.
    pub fn may(&self, step: &Step) -> bool {
        let state = self.state();
        match step {
            // What comes late is told once it was given.
            Step::Answered { .. } => matches!(state, State::Open | State::Unknown),
            // Nothing is late that is not owed.
            Step::Met { in_time, .. } => self.waits() && !(self.is_suspended() && *in_time == InTime::Late),
            Step::JudgedInsufficient { .. } => matches!(state, State::Met(_)),
            Step::Lapsed => state.is_open() && self.opened.rule.force == Force::Duty,
            Step::Alarmed => state.is_open() && self.opened.rule.force != Force::Duty,
            Step::Doubted { .. } => matches!(state, State::Open | State::Answered),
            Step::Lifted(Lifting::Suspended { .. }) => state.is_open(),
            Step::Lifted(_) => state.is_open() || self.is_suspended(),
            Step::Resumed => self.is_suspended(),
        }
    }

    /// Whether it is lifted only as long as a suspension lasts.
    pub fn is_suspended(&self) -> bool {
        matches!(self.story.last(), Some(Told { step: Step::Lifted(Lifting::Suspended { .. }), .. }))
    }

    /// Whether what meets it would be told. What is said while it is suspended meets it too.
    pub(super) fn waits(&self) -> bool {
        !matches!(self.state(), State::Met(_) | State::Lifted) || self.is_suspended()
    }

    /// Whichever of the two is not this Party.
    pub fn other_than(&self, own: Party) -> Party {
        if self.opened.owed_by == own { self.opened.owed_to } else { self.opened.owed_by }
    }
}
