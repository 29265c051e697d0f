//! Messages that are to be considered for duties, and those that wait until they can be: for a receipt, or for word
//! that their Parties are bound.
//!
//! Never here: what a message says, a clock.

use std::ops::Bound;

use super::{Awaited, Duties, There};
use crate::domain::digest::Digest;
use crate::domain::party::Party;
use crate::domain::time::Instant;

impl Duties {
    /// Messages to be considered, the oldest first.
    pub fn pending(&self) -> impl Iterator<Item = (u64, Digest)> + '_ {
        self.pending.keys().copied()
    }

    /// As many as may be looked at together, so that no author keeps the others waiting: the oldest of each.
    pub fn pending_by_turns(&self, most: usize) -> Vec<There> {
        let mut firsts = Vec::new();
        let mut from = self.pending_of.get_min().copied();
        while let Some(first) = from {
            firsts.push(first);
            let beyond = (first.0, u64::MAX, Digest::HIGHEST);
            let next = self.pending_of.range((Bound::Excluded(beyond), Bound::Unbounded));
            from = next.into_iter().next().copied();
        }
        let each = (most / firsts.len().max(1)).max(1);
        let of = |first: There| {
            self.pending_of.range(first..=(first.0, u64::MAX, Digest::HIGHEST)).take(each).copied()
        };
        firsts.into_iter().flat_map(of).collect()
    }

    /// Where this message stands, if it is to be considered.
    pub fn pending_at(&self, index: u64, message: &Digest) -> bool {
        self.pending.contains_key(&(index, *message))
    }

    pub fn is_idle(&self) -> bool {
        self.pending.is_empty()
    }

    pub fn consider(&mut self, there: There) {
        let (author, index, message) = there;
        self.pending.insert((index, message), author);
        self.pending_of.insert(there);
    }

    pub(super) fn waits_no_more(&mut self, unbound: Vec<(Party, u64, Digest)>) {
        for key in unbound {
            if let Some((author, _)) = self.unbound.remove(&key) {
                self.consider((author, key.1, key.2));
            }
        }
    }

    /// A message refers to one that is not in its thread.
    pub fn refers(&mut self, there: There, to: Digest) {
        self.referring.entry(to).or_default().insert(there);
    }

    /// Messages outside its thread that refer to one.
    pub fn referring_to(&self, to: &Digest) -> impl Iterator<Item = There> + '_ {
        self.referring.get(to).into_iter().flatten().copied()
    }

    /// A receipt is on record: what waited for it is to be considered.
    pub fn receipted(&mut self, of: Awaited) {
        if let Some(there) = self.receipts.remove(&of) {
            self.consider(there);
        }
    }

    /// Something was handed over: if more depends on its receipt, it may depend on that as well.
    pub fn handed_over(&mut self, message: &Digest, party: Party) {
        let waits = self.receipts.iter().find(|(of, (_, _, digest))| of.party == party && digest == message);
        if let Some(there) = waits.map(|(_, there)| *there) {
            self.consider(there);
        }
    }

    /// Words of a Party, or to it, took effect. `is_bound` says whether the two are bound at an instant by a text
    /// that is held here.
    pub fn bound(&mut self, party: Party, is_bound: impl Fn(&str, Instant) -> bool) {
        if self.unbound.is_empty() {
            return;
        }
        let these = (party, 0, Digest::ZERO)..=(party, u64::MAX, Digest::HIGHEST);
        let now: Vec<(Party, u64, Digest)> = self
            .unbound
            .range(these)
            .filter(|(_, (_, waits))| is_bound(&waits.regime, waits.at))
            .map(|(key, _)| *key)
            .collect();
        self.waits_no_more(now);
    }
}
