//! Parts as the Board knows them: which are kept here, and what one link's messages name.
//!
//! Never here: content, or a file. Those lie beside the journal (`journal/parts/`).

use imbl::{OrdMap, OrdSet};

use super::digest::Digest;
use crate::limits;

/// What became of a part at this node. One that is merely named stands in no list of these.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum PartState {
    /// On record as kept. `bytes` is the size of its content, without the salt.
    Kept { bytes: u64 },
    /// By an act on record: it is never fetched again.
    Erased,
}

/// The parts that the messages of one link name, by salted digest.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct LinkParts {
    /// Named by messages that we dispatched to the other end: what it may fetch, and nothing else.
    pub given: OrdSet<Digest>,
    /// Named by its messages and neither kept nor erased here: what is fetched, with the size stated.
    pub wanted: OrdMap<Digest, u64>,
    /// What was fetched from it and is kept here, with its size.
    pub taken: OrdMap<Digest, u64>,
    /// All of `taken` together.
    pub taken_bytes: u64,
}

impl LinkParts {
    pub(super) fn give(&mut self, parts: &[(Digest, u64)]) {
        self.given.extend(parts.iter().map(|(part, _)| *part));
    }

    /// A part that can't be taken for its size, or one too many, is shown as not here.
    pub(super) fn want(&mut self, part: Digest, bytes: u64) {
        if bytes <= limits::PART_BYTES_MAX && self.wanted.len() < limits::PARTS_WANTED_PER_LINK_MAX {
            self.wanted.entry(part).or_insert(bytes);
        }
    }

    pub(super) fn concerns(&self, part: &Digest) -> bool {
        self.wanted.contains_key(part) || self.taken.contains_key(part)
    }

    pub(super) fn take(&mut self, part: &Digest, bytes: u64) {
        if self.wanted.remove(part).is_some() {
            self.taken.insert(*part, bytes);
            self.taken_bytes = self.taken_bytes.saturating_add(bytes);
        }
    }

    pub(super) fn erase(&mut self, part: &Digest) {
        self.wanted.remove(part);
        if let Some(bytes) = self.taken.remove(part) {
            self.taken_bytes = self.taken_bytes.saturating_sub(bytes);
        }
    }

    /// Whether a part of this size may still be taken from the other end.
    pub fn has_room_for(&self, bytes: u64) -> bool {
        self.taken_bytes.saturating_add(bytes) <= limits::PARTS_BYTES_PER_LINK_MAX
    }
}
