//! The order of a session's messages, from what they name and from nothing else.
//!
//! The rule (as in `proto/detente/evidence/v1/hotline.proto`): a message stands after every one that it names as
//! seen, and after every opening. Its height is 1 if it is an opening, otherwise one more than the highest of
//! these. Lower heights come first; at the same height the lower digest. A digest is no clock: who makes one
//! smaller by trying comes first only among texts that were written without sight of each other, where coming
//! first means nothing and is shown to mean nothing.
//!
//! To stand after an opening is not to have seen it: a message builds on what it names and on nothing else, or one
//! more opening, sent when all is said, would change what was signed before it.
//!
//! Never here: a date-time group, a place, a serial, or the order of arrival.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::digest::Digest;

/// One message, and those that it names.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Names {
    pub message: Digest,
    /// Everything else stands after it, and builds on it only by naming it.
    pub is_opening: bool,
    /// Named as seen; those that are not here count for nothing until they come.
    pub seen: Vec<Digest>,
}

/// A message where it stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Placed {
    pub message: Digest,
    pub height: u64,
}

/// Where each stands. The same messages in any order give the same answer; one given twice stands once.
pub fn ordered(all: &[Names]) -> Vec<Placed> {
    let before = before(all);
    let openings = openings(all);
    let lowest = if openings.is_empty() { 1 } else { 2 };
    let mut after: BTreeMap<Digest, Vec<Digest>> = BTreeMap::new();
    let mut waits: BTreeMap<Digest, usize> = BTreeMap::new();
    for (message, named) in &before {
        waits.insert(*message, named.len());
        for one in named {
            after.entry(*one).or_default().push(*message);
        }
    }
    let mut heights: BTreeMap<Digest, u64> = BTreeMap::new();
    let mut ready: Vec<Digest> =
        waits.iter().filter(|(_, count)| **count == 0).map(|(message, _)| *message).collect();
    while let Some(message) = ready.pop() {
        let highest = before[&message].iter().filter_map(|one| heights.get(one)).max();
        let above = highest.map_or(1, |highest| highest.saturating_add(1));
        heights.insert(message, if openings.contains(&message) { 1 } else { above.max(lowest) });
        for next in after.remove(&message).unwrap_or_default() {
            if let Some(count) = waits.get_mut(&next) {
                *count = count.saturating_sub(1);
                if *count == 0 {
                    ready.push(next);
                }
            }
        }
    }
    // Names that run in a circle can't be signed: a digest covers those that it names. They would come last.
    let last = heights.values().max().map_or(1, |highest| highest.saturating_add(1));
    let place = |message: &Digest| Placed {
        message: *message,
        height: heights.get(message).copied().unwrap_or(last),
    };
    let mut placed: Vec<Placed> = before.keys().map(place).collect();
    placed.sort_by_key(|one| (one.height, one.message));
    placed
}

/// Those of `all` that are in `from`, and all on which they build. An opening that none of these names is not among
/// them.
pub fn past(all: &[Names], from: &[Digest]) -> BTreeSet<Digest> {
    let before = before(all);
    let mut found = BTreeSet::new();
    let mut next: Vec<Digest> = from.iter().filter(|one| before.contains_key(one)).copied().collect();
    while let Some(message) = next.pop() {
        if found.insert(message) {
            next.extend(&before[&message]);
        }
    }
    found
}

/// Those on which no other one builds, openings too: who has seen all names these. Highest first.
pub fn heads(all: &[Names]) -> Vec<Digest> {
    let named: BTreeSet<Digest> = before(all).into_values().flatten().collect();
    let is_head = |one: &Digest| !named.contains(one);
    ordered(all).into_iter().rev().map(|one| one.message).filter(is_head).collect()
}

fn openings(all: &[Names]) -> BTreeSet<Digest> {
    all.iter().filter(|one| one.is_opening).map(|one| one.message).collect()
}

/// Those that each names and that are here. An opening builds on nothing.
fn before(all: &[Names]) -> BTreeMap<Digest, BTreeSet<Digest>> {
    let here: BTreeSet<Digest> = all.iter().map(|one| one.message).collect();
    let named = |one: &Names| -> BTreeSet<Digest> {
        let seen = one.seen.iter().filter(|seen| here.contains(seen) && **seen != one.message);
        if one.is_opening { BTreeSet::new() } else { seen.copied().collect() }
    };
    all.iter().map(|one| (one.message, named(one))).collect()
}
