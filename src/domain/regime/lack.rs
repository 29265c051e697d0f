//! Why something can't be judged: what would have to be stated, or to agree.
//!
//! Never here: sentences (`words.rs`).

use super::condition::Over;
use crate::domain::form::Instead;

/// Why something can't be judged. Paths are those of the form.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Lack {
    /// Nothing is declared where this figure would stand.
    NotDeclared {
        figure: String,
        at: String,
    },
    /// A form of this kind has no place for the figure.
    NoPlaceFor {
        figure: String,
    },
    /// An entry without a number.
    NoNumber {
        figure: String,
        at: String,
    },
    /// Said to follow, or not to be known.
    Said {
        figure: String,
        at: String,
        instead: Instead,
    },
    /// Parts are declared, but neither a total nor all the parts.
    NoTotal {
        figure: String,
        at: String,
    },
    /// Whether an entry is meant is not told, or in words that the regime does not know; empty without any.
    Unclear {
        figure: String,
        at: String,
        stated: String,
    },
    /// Not divided in the way that is asked about, or not wholly.
    NotDivided {
        figure: String,
        over: Over,
    },
    /// Of a Party on a territory nothing is declared, or of a Party or a territory as a whole where the other is empty.
    NoCell {
        figure: String,
        party: String,
        territory: String,
    },
    /// Of several numbers that are added up, whether the greatest of each is of one phase or name.
    NotTogether {
        figure: String,
        over: Over,
    },
    /// What is declared contradicts itself, on either side of the number.
    Contradiction {
        figure: String,
        least: u64,
        most: u64,
    },
    /// Of several notices taken together this one does not say it all.
    InNotice {
        figure: String,
        /// Not safe to show.
        notice: String,
    },
    /// Of several notices taken together: more may belong with them than are held and read here.
    OtherNotices,
    /// The fact is neither stated nor denied.
    Fact {
        fact: String,
        at: String,
        /// `None` where nothing is said of it at all.
        instead: Option<Instead>,
    },
    FactContradiction {
        fact: String,
    },
    NoDate {
        at: String,
    },
    DateSaid {
        at: String,
        instead: Instead,
    },
    NotADate {
        at: String,
    },
    OnlyMonth {
        at: String,
    },
    NoHour {
        at: String,
    },
    NoZone {
        at: String,
    },
    UnknownZone {
        at: String,
    },
    NoYear {
        at: String,
    },
    NotInOrder {
        at: String,
    },
    /// Nobody said when it is released.
    NoRelease,
}
