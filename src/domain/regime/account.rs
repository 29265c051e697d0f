//! The ways in which a figure as a whole is declared: a total that is stated, what its parts come to, one phase.
//!
//! Never here: which of them is right.

use super::figure::Axis;
use super::quantity::Quantity;
use super::words;

/// One way in which a figure as a whole is declared.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Account {
    pub by: By,
    pub quantity: Quantity,
}

/// What an account of the whole is made from.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum By {
    /// A total that is stated.
    Total,
    /// The parts that are told apart in this way, added up here.
    Parts(Axis),
    /// One phase alone, where it is declared to be more than the whole is by any other account.
    Phase,
}

impl Account {
    /// For a person to read.
    pub(super) fn words(self) -> String {
        let quantity = words::quantity(self.quantity);
        match self.by {
            By::Total => format!("{quantity} as the total"),
            By::Parts(Axis::Party) => format!("{quantity} by Party, added up here"),
            By::Parts(Axis::Territory) => format!("{quantity} by territory, added up here"),
            By::Parts(Axis::Kind) => format!("{quantity} by kind, added up here"),
            By::Phase => format!("{quantity} in one phase"),
        }
    }
}
