//! The names that stand in notes: origins of trees, and names of the keys that sign them. In one place,
//! because both ends of a link must spell them alike.
//!
//! Never here: keys themselves. A Party's code holds no space and no plus sign, so neither do these.

use crate::domain::party::{Incarnation, Party};

/// The origin of the ledger that `keeper` keeps for its link with `other`: its dispatches to the other,
/// and its receipts for the other's.
pub fn ledger_origin(keeper: (&Party, Incarnation), other: (&Party, Incarnation)) -> String {
    format!("detente/{}.{}/ledger/{}.{}", keeper.0, keeper.1, other.0, other.1)
}

/// The origin of the tree over all records of a Party's own journal.
pub fn journal_origin(keeper: (&Party, Incarnation)) -> String {
    format!("detente/{}.{}/journal", keeper.0, keeper.1)
}

/// The note key name of a Party's ledger key.
pub fn ledger_key_name(party: &Party) -> String {
    format!("detente/{party}/ledger")
}

/// The note key name of a Party's witness key.
pub fn witness_key_name(party: &Party) -> String {
    format!("detente/{party}/witness")
}
