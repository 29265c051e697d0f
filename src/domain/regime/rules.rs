//! The other rules of a regime: classes, thresholds, required fields, addressees, senders, what silence counts as,
//! confidentiality, channels, official numbers, quotas, functions.
//!
//! Never here: whether one is met.

use std::collections::BTreeSet;

use super::condition::Condition;
use super::numbering::Numbering;
use super::place::Place;
use super::{Document, Ground, Labels};
use crate::domain::party::Party;

/// A named class of activities.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Class {
    pub label: Labels,
    pub when: Condition,
    pub ground: Ground,
}

/// From where on something follows.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Threshold {
    pub label: Labels,
    pub documents: BTreeSet<Document>,
    /// A list of the form: each entry is judged for itself.
    pub each: Option<Place>,
    pub when: Condition,
    /// What follows if it is reached.
    pub follows: Labels,
    pub ground: Ground,
}

/// Fields that are owed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Required {
    pub label: Labels,
    pub documents: BTreeSet<Document>,
    pub when: Option<Condition>,
    pub fields: Vec<Place>,
    pub ground: Ground,
}

/// Who is told.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Addressees {
    pub label: Labels,
    pub documents: BTreeSet<Document>,
    pub when: Option<Condition>,
    pub action: BTreeSet<Addressed>,
    pub information: BTreeSet<Addressed>,
    pub ground: Ground,
}

/// Who may send it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Sender {
    pub label: Labels,
    pub documents: BTreeSet<Document>,
    pub when: Option<Condition>,
    pub sent_by: BTreeSet<Addressed>,
    pub ground: Ground,
}

/// What it counts as if nobody answers. Without such a rule silence is silence.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Silence {
    pub label: Labels,
    pub documents: BTreeSet<Document>,
    /// The date of the form by which an answer was asked.
    pub after: Place,
    pub counts_as: Labels,
    pub ground: Ground,
}

/// Whom a rule names.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Addressed {
    EveryBoundParty,
    /// Whoever holds it then.
    Function(String),
    Party(Party),
}

/// How what is said under the regime is kept.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Confidentiality {
    pub label: Labels,
    /// What the message is to be marked with; empty if nothing is laid down.
    pub marking: String,
    pub ground: Ground,
}

/// A way in which a notice may come, and whether it counts.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Channel {
    pub label: Labels,
    pub weight: Weight,
    /// From when on what came this way counts as given.
    pub from: Labels,
    pub ground: Ground,
}

/// Whether what comes through a channel counts.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Weight {
    Counts,
    DoesNotCount,
}

/// How official numbers are made.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Number {
    pub numbering: Numbering,
    pub ground: Ground,
}

/// No more than so many in a period. Informs, and never blocks.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Quota {
    pub label: Labels,
    pub documents: BTreeSet<Document>,
    /// What of these counts; all, if there is no condition.
    pub when: Option<Condition>,
    pub at_most: u64,
    pub period: u64,
    pub unit: Period,
    /// Whose count it is.
    pub counted_for: CountedFor,
    /// Which date of it decides.
    pub counted_by: CountedBy,
    pub ground: Ground,
}

/// In what a quota counts its period.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Period {
    CalendarYears,
    Days,
    /// At any one moment.
    AtOneTime,
}

impl Period {
    pub const ALL: [Period; 3] = [Period::CalendarYears, Period::Days, Period::AtOneTime];

    pub fn word(self) -> &'static str {
        match self {
            Period::CalendarYears => "calendar years",
            Period::Days => "days",
            Period::AtOneTime => "at one time",
        }
    }

    pub fn from_word(word: &str) -> Option<Period> {
        Period::ALL.into_iter().find(|period| period.word() == word)
    }
}

/// Which date of a form, or of its release, decides when it counts.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum CountedBy {
    /// By UTC.
    Release,
    /// By the zone of the date.
    Date(Place),
    /// As long as it lasts.
    Span { from: Place, to: Place },
}

/// For whom a quota is counted.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum CountedFor {
    Sender,
    Receiver,
    /// By sender and receiver.
    Pair,
}

impl CountedFor {
    pub const ALL: [CountedFor; 3] = [CountedFor::Sender, CountedFor::Receiver, CountedFor::Pair];

    pub fn word(self) -> &'static str {
        match self {
            CountedFor::Sender => "sender",
            CountedFor::Receiver => "receiver",
            CountedFor::Pair => "pair",
        }
    }

    pub fn from_word(word: &str) -> Option<CountedFor> {
        CountedFor::ALL.into_iter().find(|counted| counted.word() == word)
    }
}

/// An office that some Party holds for a time, such as a chair or a depositary. Who holds it is kept
/// apart from the regime.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Function {
    pub label: Labels,
    pub ground: Ground,
}
