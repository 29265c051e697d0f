//! Parts: what may be put on record about them, and what that changes.
//!
//! Never here: whether the file is there and whole. Whoever gives the command has verified it.

use std::sync::Arc;

use super::Board;
use super::decide::{Decision, happened};
use crate::domain::digest::Digest;
use crate::domain::event::Event;
use crate::domain::fact::Gist;
use crate::domain::message::Dispatch;
use crate::domain::part::PartState;
use crate::domain::party::Party;
use crate::domain::refusal::Refusal;

impl Board {
    /// What is known here of a part that a message names; `None` if it is not here, or not yet.
    pub fn part(&self, part: &Digest) -> Option<PartState> {
        self.parts.get(part).copied()
    }

    /// A drafter's: freshly salted, so it can't have been here before.
    pub(super) fn store_part(&self, part: Digest, bytes: u64) -> Decision {
        if self.parts.contains_key(&part) {
            return Err(not_again());
        }
        happened(Event::PartStored { salted_digest: part, bytes })
    }

    /// The node's own: only what a peer's message names, in the size that it states.
    pub(super) fn store_wanted_part(&self, part: Digest, bytes: u64) -> Decision {
        let wanted = self.links.values().any(|link| link.parts.wanted.get(&part) == Some(&bytes));
        if self.parts.contains_key(&part) || !wanted {
            return Err(not_again());
        }
        happened(Event::PartStored { salted_digest: part, bytes })
    }

    /// One that has not come yet can be erased too: then it is never taken.
    pub(super) fn erase_part(&self, part: Digest, reason: &str) -> Decision {
        let known = match self.part(&part) {
            Some(PartState::Kept { .. }) => true,
            Some(PartState::Erased) => false,
            None => self.links.values().any(|link| link.parts.concerns(&part)),
        };
        if !known {
            let rule = "no such part is kept here, or expected".into();
            return Err(Refusal::Field { field: "salted_digest", rule }.into());
        }
        happened(Event::PartErased { salted_digest: part, reason: reason.into() })
    }

    pub(super) fn part_stored(&mut self, part: Digest, bytes: u64) {
        self.parts.insert(part, PartState::Kept { bytes });
        self.each_link_concerned(&part, |parts| parts.take(&part, bytes));
    }

    pub(super) fn part_erased(&mut self, part: Digest) {
        self.parts.insert(part, PartState::Erased);
        self.each_link_concerned(&part, |parts| parts.erase(&part));
    }

    fn each_link_concerned(&mut self, part: &Digest, change: impl Fn(&mut crate::domain::part::LinkParts)) {
        let concerned: Vec<_> = self
            .links
            .iter()
            .filter(|(_, link)| link.parts.concerns(part))
            .map(|(party, _)| *party)
            .collect();
        for party in concerned {
            if let Some(link) = self.links.get_mut(&party) {
                change(&mut Arc::make_mut(link).parts);
            }
        }
    }

    /// Each addressee may fetch what the message names.
    pub(super) fn parts_given(&mut self, message: &Gist, dispatches: &[(Dispatch, Digest)]) {
        if message.parts.is_empty() {
            return;
        }
        for (dispatch, _) in dispatches {
            if let Some(link) = self.links.get_mut(&dispatch.to) {
                Arc::make_mut(link).parts.give(&message.parts);
            }
        }
    }

    /// What a peer's message names is wanted, unless it is here or was erased.
    pub(super) fn parts_named(&mut self, from: Party, message: &Gist) {
        for (part, bytes) in &message.parts {
            if !self.parts.contains_key(part)
                && let Some(link) = self.links.get_mut(&from)
            {
                Arc::make_mut(link).parts.want(*part, *bytes);
            }
        }
    }
}

fn not_again() -> super::Denied {
    let rule = "is kept here already, was erased, or is not expected from a peer".into();
    Refusal::Field { field: "salted_digest", rule }.into()
}
