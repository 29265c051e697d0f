//! Messages that are to be considered for duties, and those that wait until they can be: for a receipt, or for word
//! that their Parties are bound.
//!
//! Each waits in a queue with every Party with which it may be about a duty, so that what one sends keeps nothing
//! of another waiting. Never here: what a message says, a clock.

use std::collections::BTreeSet;
use std::ops::Bound;

use imbl::OrdSet;

use super::{Awaited, Duties, DutiesNoted, There, Unbound};
use crate::domain::digest::Digest;
use crate::domain::party::Party;
use crate::domain::time::Instant;
use crate::limits;

/// A message that is to be considered.
#[derive(Clone, PartialEq, Debug)]
pub struct Pending {
    pub author: Party,
    /// The Parties with which it may be about a duty: its author, or of a message of ours those whom it concerns.
    pub with: OrdSet<Party>,
    /// The record by which it came to wait: its turn.
    pub since: u64,
    /// The record by which it was to be considered last: whoever considered it before has to do so again.
    pub again: u64,
}

impl Duties {
    /// Messages to be considered, the oldest first.
    pub fn pending(&self) -> impl Iterator<Item = (&(u64, Digest), &Pending)> + '_ {
        self.pending.iter()
    }

    /// As many as may be looked at together, each once, so that no Party keeps the others waiting: the first in
    /// the queue with each.
    pub fn pending_by_turns(&self, most: usize) -> Vec<(There, OrdSet<Party>)> {
        let mut parties = Vec::new();
        let mut from = self.queues.get_min().map(|first| first.0);
        while let Some(party) = from {
            parties.push(party);
            let beyond = (party, u64::MAX, (u64::MAX, Digest::HIGHEST));
            let next = self.queues.range((Bound::Excluded(beyond), Bound::Unbounded));
            from = next.into_iter().next().map(|first| first.0);
        }
        let each = most.checked_div(parties.len()).unwrap_or(most).max(1);
        let mut taken = BTreeSet::new();
        let keys = parties.into_iter().flat_map(|party| self.queue(party).take(each));
        let once = keys.filter(|key| taken.insert(*key));
        let with = |key: (u64, Digest)| {
            let pending = self.pending.get(&key)?;
            Some(((pending.author, key.0, key.1), pending.with.clone()))
        };
        once.filter_map(with).collect()
    }

    fn queue(&self, party: Party) -> impl Iterator<Item = (u64, Digest)> + '_ {
        let these = (party, 0, (0, Digest::ZERO))..=(party, u64::MAX, (u64::MAX, Digest::HIGHEST));
        self.queues.range(these).map(|(_, _, key)| *key)
    }

    /// By which record the first message came to wait that may be about a duty with this Party.
    pub fn waiting_since(&self, party: Party) -> Option<u64> {
        let these = (party, 0, (0, Digest::ZERO))..;
        self.queues.range(these).next().filter(|first| first.0 == party).map(|first| first.1)
    }

    /// Where this message stands, if it is to be considered.
    pub fn pending_at(&self, index: u64, message: &Digest) -> bool {
        self.pending.contains_key(&(index, *message))
    }

    pub fn is_idle(&self) -> bool {
        self.pending.is_empty()
    }

    /// A message may be about duties with these Parties, by what is in this record. One that waits keeps its turn.
    pub fn consider(&mut self, there: There, with: impl IntoIterator<Item = Party>, record: u64) {
        let (author, index, message) = there;
        let key = (index, message);
        let new = Pending { author, with: OrdSet::new(), since: record, again: record };
        let mut pending = self.pending.get(&key).cloned().unwrap_or(new);
        pending.again = record;
        pending.with.extend(with);
        for party in &pending.with {
            self.queues.insert((*party, pending.since, key));
        }
        if !pending.with.is_empty() {
            self.pending.insert(key, pending);
        }
    }

    /// A message was considered, as what was noted says. `is_owed` says whether a receipt is still out.
    pub(super) fn considered(
        &mut self,
        noted: &DutiesNoted,
        key: (u64, Digest),
        (index, at): (u64, Instant),
        is_owed: impl Fn(&Awaited) -> bool,
    ) {
        let Some(pending) = self.pending.get(&key).cloned() else { return };
        let there = (pending.author, key.0, key.1);
        // What came between is not seen by whoever considered it before.
        let is_again = noted.seen > 0 && pending.again >= noted.seen;
        if !noted.once_more {
            for party in &pending.with {
                self.queues.remove(&(*party, pending.since, key));
            }
            self.pending.remove(&key);
            if is_again {
                self.consider(there, pending.with, pending.again);
            }
        }
        let mut is_full = false;
        for awaited in &noted.receipts {
            if is_owed(awaited) {
                self.receipts.insert(*awaited, there);
            } else {
                // It came meanwhile.
                self.consider(there, [awaited.party], index);
            }
        }
        for waits in &noted.unbound {
            let woken = self.woken.get(&waits.party).copied().unwrap_or_default().max(self.all_woken);
            if noted.seen > 0 && woken >= noted.seen {
                // They may have come to be bound meanwhile.
                self.consider(there, [waits.party], index);
                continue;
            }
            let waiting = self.unbound.entry(waits.party).or_default();
            if waiting.len() < limits::DUTY_MESSAGES_UNBOUND_PER_PARTY_MAX || waiting.contains_key(&key) {
                waiting.insert(key, (pending.author, waits.clone()));
            } else {
                is_full = true;
            }
        }
        self.left_out.note(key.1, noted, is_full, (index, at));
    }

    /// Those that wait for a Party to be bound, and do so no more.
    pub(super) fn wake(&mut self, party: Party, record: u64, is_over: impl Fn(&Unbound) -> bool) {
        let Some(waiting) = self.unbound.get(&party) else { return };
        let over = waiting.iter().filter(|(_, (_, waits))| is_over(waits));
        let over: Vec<There> =
            over.map(|((index, message), (author, _))| (*author, *index, *message)).collect();
        for there in over {
            if let Some(waiting) = self.unbound.get_mut(&party) {
                waiting.remove(&(there.1, there.2));
            }
            self.consider(there, [party], record);
        }
        if self.unbound.get(&party).is_some_and(|waiting| waiting.is_empty()) {
            self.unbound.remove(&party);
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
    pub fn receipted(&mut self, of: Awaited, record: u64) {
        if let Some(there) = self.receipts.remove(&of) {
            self.consider(there, [of.party], record);
        }
    }

    /// An officer gave an account of how a message of ours came to a Party, or took one back: what rests on it is
    /// to be looked at.
    pub fn by_hand(&mut self, there: There, party: Party, record: u64) {
        let (_, index, message) = there;
        let awaits = || self.receipts.iter().any(|(of, known)| of.party == party && *known == there);
        let concerns = self.of_message(&message) || self.is_answer(&message);
        if concerns || self.pending_at(index, &message) || awaits() {
            self.consider(there, [party], record);
        }
    }

    /// Words of a Party, or to it, took effect with this record. `is_bound` says whether the two are bound by what one
    /// waits for, and its text is held here.
    pub fn bound(&mut self, party: Party, record: u64, is_bound: impl Fn(&Unbound) -> bool) {
        self.woken.insert(party, record);
        self.wake(party, record, is_bound);
    }
}
