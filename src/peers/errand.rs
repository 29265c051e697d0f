//! What this node does on its own connection where peers can't call it, and what became of one try.
//!
//! Never here: when it is done (`errands.rs`), or how (`collect.rs`, `hand_in_parts.rs`).

/// What peers would otherwise come for.
#[derive(Clone, Copy)]
pub(super) enum Errand {
    /// Fetching what the peer owes us as FLASH, and handing in our receipts: over a connection of its own, so that
    /// it waits for nothing lower.
    CollectFlash,
    /// The same of all that is lower.
    Collect,
    /// Asking which part of our messages the peer wants, and handing that in.
    HandInParts,
}

/// What became of one.
pub(super) enum Done {
    /// All was taken: once more, at once.
    Well,
    /// There was nothing to do, or it is enough for now. The peer waits before it says that there is nothing;
    /// one that does not, or that always wants something, is not asked all the time.
    Rest,
    /// The peer answered, and not all of it was taken.
    NotTaken,
    NoAnswer,
}
