//! Who has the watch of which desk. It goes from one officer to another by the word of both on one digest of
//! what is open.
//!
//! Never here: who may have it (the roster).

use imbl::OrdMap;

use crate::domain::digest::Digest;
use crate::domain::office::OfficeKey;
use crate::domain::people::Person;
use crate::domain::time::Instant;

/// By desk; the central one is empty.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct HoldersOfWatch {
    pub holders: OrdMap<OfficeKey, Holder>,
    pub offers: OrdMap<OfficeKey, Offer>,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Holder {
    pub person: Person,
    pub since: Instant,
    /// The record by which it was offered.
    pub offered: u64,
}

/// A hand-over that waits for the second officer.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Offer {
    pub by: Person,
    pub to: Person,
    pub digest: Digest,
    pub at: Instant,
    /// The record that holds it: what comes after was not named by who leaves.
    pub index: u64,
}

/// What the first officer puts on record.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct OfferedOnRecord {
    pub desk: String,
    pub to: Person,
    pub digest: Digest,
    /// What is open, by digest.
    pub open: Vec<Digest>,
    /// How much more is open than is named.
    pub open_more: u64,
}
