//! Duties that a regime lays down: what brings one about, who owes whom, what meets it, by when, and what
//! follows when it is not met.
//!
//! Never here: a duty of anybody's (`domain/duty/`), a count of days (`due.rs`), a clock.

use std::collections::BTreeSet;

use super::condition::Condition;
use super::lead::{Unit, Zone};
use super::place::Place;
use super::{Document, Ground, Labels};

/// What a regime says of one kind of duty.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DutyRule {
    pub label: Labels,
    pub trigger: Trigger,
    pub owed_by: Side,
    pub owed_to: Side,
    pub met_by: BTreeSet<Document>,
    /// What must be true of the form that meets it. None: a nil return counts as any other.
    pub met_when: Option<Condition>,
    pub joined: Joined,
    pub term: DutyTerm,
    /// Documents by which whom it is owed to says that what met it does not suffice.
    pub judged_by: BTreeSet<Document>,
    /// What such a document must certainly say to say so. None: that it comes says so.
    pub judged_when: Option<Condition>,
    /// Documents of whoever brought it about after which it is owed no more.
    pub cancelled_by: BTreeSet<Document>,
    /// Documents by which whoever owes it claims force majeure.
    pub force_majeure_by: BTreeSet<Document>,
    /// What follows when it lapses.
    pub follows: Labels,
    pub weight: Weight,
    pub ground: Ground,
}

/// What brings a duty about.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Trigger {
    /// A message of one of these that cites the regime. Where there is a condition, one that meets it.
    /// Where each entry of a list brings one about for itself, the condition and the date are looked for in it first.
    Message { documents: BTreeSet<Document>, when: Option<Condition>, each: Option<Each> },
    /// A day of each year.
    DayOfYear,
}

/// That each entry of a list brings about a duty of its own.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Each {
    pub list: Place,
    /// The number within an entry by which it is named.
    pub entry: Place,
    /// The number of the form by which the list is named, such as its year.
    pub of: Place,
}

/// Who is meant, seen from the message that brings a duty about.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Side {
    Author,
    /// Those whom the message addresses for action.
    ActionAddressees,
    Addressees,
    /// Of a day of the year: each towards each other.
    EveryBoundParty,
}

impl Side {
    pub const ALL: [Side; 4] =
        [Side::Author, Side::ActionAddressees, Side::Addressees, Side::EveryBoundParty];

    pub fn word(self) -> &'static str {
        match self {
            Side::Author => "author",
            Side::ActionAddressees => "action addressees",
            Side::Addressees => "addressees",
            Side::EveryBoundParty => "every bound Party",
        }
    }

    pub fn from_word(word: &str) -> Option<Side> {
        Side::ALL.into_iter().find(|side| side.word() == word)
    }
}

/// How what meets a duty is joined to what brought it about.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Joined {
    /// It refers to that message, in its envelope or in its form.
    ByReference,
    /// It stands in the same thread.
    ByThread,
    /// It is that message itself: what is owed is that it comes in time.
    ByItself,
    /// It names the entry: at these places, row by row of one list, the number of the entry and of its list.
    ByEntry { entry: Place, of: Place },
    /// It states the year that the day is about, so many years after that of the day.
    ByYear { year: Place, years_before: u64 },
}

/// By when.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum DutyTerm {
    /// So long after an anchor, at the most.
    Within { most: u64, unit: Unit, zone: Zone, anchor: Anchor },
    /// So long before a date of the form, at the least.
    Before { least: u64, unit: Unit, zone: Zone, date: Place },
    /// By the end of that day of each year, in a zone by its name.
    ByDay { month: u8, day: u8, zone: String },
}

/// From which instant the time runs. Each is signed, and at both ends.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Anchor {
    /// The release of the message, by its date-time group.
    Issue,
    /// Whoever owes it: by that Party's receipt. Whoever is owed: by its own.
    Receipt,
    /// A date that the message's form states.
    Date(Place),
}

/// Whether it is a duty that can lapse.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Weight {
    Duty,
    /// For "promptly" and the like: no more than an alarm.
    Alarm,
}
