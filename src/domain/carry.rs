//! That a carry file was made or taken here, as it stands on record: by whom stands in the record's stamp.
//!
//! Never here: what is in a file (`codec/carry.rs`). What it brought is on record for itself, each proven by its own
//! signature; what it went through on its way is only what the officer says.

use super::digest::Digest;
use super::party::Party;
use super::time::Instant;

/// One file. Of one that is taken, `with`, `made_at` and `holds` are as its header and fields say; nobody signed that.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CarryNoted {
    /// The other Party.
    pub with: Party,
    pub done: Done,
    /// SHA-256 of the file.
    pub file: Digest,
    /// By its maker's clock.
    pub made_at: Instant,
    pub holds: Holds,
    pub not_compared: NotCompared,
    /// By which way it goes or came, in the officer's own words; may be empty.
    pub way: String,
}

/// What was done with a file.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Done {
    /// It was made here, for the other Party.
    Made,
    /// It says that it is the other Party's, and what it holds was taken from here on, as far as that is proven.
    Taken,
}

/// How much a file holds, as far as it can be read.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Holds {
    pub dispatches: u64,
    pub receipts: u64,
    pub parts: u64,
}

/// Whether a file is made or taken though the other end has not shown since this process started what it holds of
/// our ledger. An older copy of our journal could then contradict what was signed before: over the link nothing is
/// given or taken, and by hand only where somebody says so.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum NotCompared {
    Refused,
    Accepted,
}

impl NotCompared {
    /// By whether somebody says so.
    pub fn said(although: bool) -> NotCompared {
        if although { NotCompared::Accepted } else { NotCompared::Refused }
    }
}
