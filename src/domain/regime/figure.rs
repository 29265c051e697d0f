//! Figures: how a regime counts, and where in a form it looks.
//!
//! Never here: the counting (`measure.rs`).

use std::collections::BTreeMap;

use super::Labels;
use super::fact::Is;
use super::place::Place;

/// A named measure.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FigureRule {
    pub label: Labels,
    /// The places where it may be declared. Those that a form has are added up.
    pub counts: Vec<Count>,
}

/// One place where a figure is declared.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Count {
    /// A list of entries.
    pub list: Place,
    /// Which entries are meant: what each named field of the entry has to be.
    pub of: BTreeMap<String, Is>,
    /// Of things: by what one that is not meant is known to be something else. One that is neither may be meant.
    pub others: BTreeMap<String, Is>,
    /// The entry's field that holds the number.
    pub value: String,
    /// What the entries are.
    pub entries: Entries,
    pub by_party: Option<String>,
    pub by_territory: Option<String>,
    pub by_kind: Option<String>,
    /// The form's lists of all Parties and all territories: parts that cover such a list are the whole.
    pub all_parties: Option<Place>,
    pub all_territories: Option<Place>,
    /// Where the phases are, and the list of entries within a phase.
    pub phases: Option<(Place, Place)>,
}

/// What the entries of a list are to each other.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Entries {
    /// Totals and their divisions: a blank field means all together.
    Figures,
    /// Things, one beside the other: what is not in a list that is given is not there.
    Things {
        /// What an entry without a number stands for at the least.
        without_number: Option<u64>,
        /// An entry that states this field, and no number, is exactly one.
        single: Option<String>,
    },
}

impl Count {
    /// The entry's field by which this division is told.
    pub fn axis(&self, axis: Axis) -> Option<&str> {
        match axis {
            Axis::Party => self.by_party.as_deref(),
            Axis::Territory => self.by_territory.as_deref(),
            Axis::Kind => self.by_kind.as_deref(),
        }
    }
}

/// The ways in which a figure may be divided.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Axis {
    Party,
    Territory,
    Kind,
}

impl Axis {
    pub const ALL: [Axis; 3] = [Axis::Party, Axis::Territory, Axis::Kind];
}
