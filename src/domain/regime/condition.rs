//! When a rule applies: an expression over declared figures and facts, as data.
//!
//! Never here: its answer (`judge.rs`), or a language. What can't be written with these few words is
//! for the treaty office to say in a rule's text.

use std::collections::BTreeSet;

use super::Ground;
use super::place::Place;

/// An expression with three answers: reached, not reached, can't be judged.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Condition {
    All(Vec<Condition>),
    Any(Vec<Condition>),
    /// None of these.
    None(Vec<Condition>),
    Fact(String),
    Class(String),
    Threshold(String),
    Figure(Measure),
    Lasting(Lasting),
}

/// A declared figure, or the sum of several, against a number.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Measure {
    /// At least one; several are added up.
    pub figures: Vec<String>,
    pub over: Over,
    pub bound: Bound,
    pub number: u64,
    /// Where the number stands; by default where the rule does.
    pub ground: Ground,
}

/// What a figure is taken over.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Over {
    Whole,
    AnyParty,
    AnyTerritory,
    AnyKind,
    /// The most at one time: the greatest of the phases.
    PeakOfPhases,
}

/// Whether the bound itself counts as reached.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Bound {
    AtLeast,
    MoreThan,
}

/// The time from one date of the form to another.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Lasting {
    pub from: Place,
    pub to: Place,
    pub bound: Bound,
    pub hours: u64,
    pub ground: Ground,
}

impl Over {
    pub const ALL: [Over; 5] =
        [Over::Whole, Over::AnyParty, Over::AnyTerritory, Over::AnyKind, Over::PeakOfPhases];

    pub fn word(self) -> &'static str {
        match self {
            Over::Whole => "whole",
            Over::AnyParty => "any Party",
            Over::AnyTerritory => "any territory",
            Over::AnyKind => "any kind",
            Over::PeakOfPhases => "peak of phases",
        }
    }

    pub fn from_word(word: &str) -> Option<Over> {
        Over::ALL.into_iter().find(|over| over.word() == word)
    }
}

impl Bound {
    pub fn word(self) -> &'static str {
        match self {
            Bound::AtLeast => "at least",
            Bound::MoreThan => "more than",
        }
    }

    /// The least number that reaches it.
    pub fn least(self, number: u64) -> u64 {
        match self {
            Bound::AtLeast => number,
            Bound::MoreThan => number.saturating_add(1),
        }
    }
}

/// A name that a condition stands on.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Named<'a> {
    Fact(&'a str),
    Class(&'a str),
    Threshold(&'a str),
    Figure(&'a str),
}

impl Condition {
    /// All names that it stands on, directly.
    pub fn names(&self) -> BTreeSet<Named<'_>> {
        let mut names = BTreeSet::new();
        self.collect(&mut names);
        names
    }

    fn collect<'a>(&'a self, names: &mut BTreeSet<Named<'a>>) {
        match self {
            Condition::All(parts) | Condition::Any(parts) | Condition::None(parts) => {
                for part in parts {
                    part.collect(names);
                }
            }
            Condition::Fact(name) => {
                names.insert(Named::Fact(name));
            }
            Condition::Class(name) => {
                names.insert(Named::Class(name));
            }
            Condition::Threshold(name) => {
                names.insert(Named::Threshold(name));
            }
            Condition::Figure(measure) => {
                names.extend(measure.figures.iter().map(|name| Named::Figure(name)));
            }
            Condition::Lasting(_) => {}
        }
    }
}
