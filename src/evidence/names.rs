//! The names that stand in notes: origins of trees, and names of the keys that sign them. In one place,
//! because both ends of a link must spell them alike.
//!
//! Never here: keys themselves. A Party's code holds no space and no plus sign, so neither do these.

use crate::domain::party::{Incarnation, LedgerEnd, Party};

/// The origin of the ledger that `keeper` keeps for its link with `other`: its dispatches to the other,
/// and its receipts for the other's. Each end by code, incarnation and fingerprint, the latter in full: whoever
/// carries the same code at another time, or at another node, has another ledger. No
/// longer than 192 characters.
pub fn ledger_origin(keeper: LedgerEnd, other: LedgerEnd) -> String {
    format!("detente/{}/ledger/{}", end(keeper), end(other))
}

fn end(end: LedgerEnd) -> String {
    format!("{}.{}.{}", end.party, end.incarnation, end.fingerprint)
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
