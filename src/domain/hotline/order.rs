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

use std::collections::BTreeSet;

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
    let graph = Graph::of(all);
    let placed = |(height, at): (u64, usize)| Some(Placed { message: graph.all.get(at)?.message, height });
    graph.by_height().into_iter().filter_map(placed).collect()
}

/// Those of `all` that are in `from`, and all on which they build. An opening that none of these names is not among
/// them.
#[expect(clippy::indexing_slicing, reason = "places are of `all`, and each list is as long as it")]
pub fn past(all: &[Names], from: &[Digest]) -> BTreeSet<Digest> {
    let graph = Graph::of(all);
    let mut is_found = vec![false; graph.all.len()];
    let mut next: Vec<usize> = from.iter().filter_map(|one| graph.place(one)).collect();
    while let Some(at) = next.pop() {
        if !std::mem::replace(&mut is_found[at], true) {
            next.extend(&graph.before[at]);
        }
    }
    let found = graph.all.iter().zip(is_found).filter(|(_, is_found)| *is_found);
    found.map(|(one, _)| one.message).collect()
}

/// Those on which no other one builds, openings too: who has seen all names these. Highest first.
pub fn heads(all: &[Names]) -> Vec<Digest> {
    heads_among(all, |_| true)
}

/// Of some of `all` those on which no other of these builds, be it by way of one that is none of them. Highest first.
#[expect(clippy::indexing_slicing, reason = "places are of `all`, and each list is as long as it")]
pub fn heads_among(all: &[Names], is_among: impl Fn(&Digest) -> bool) -> Vec<Digest> {
    let graph = Graph::of(all);
    let mut is_built_on = vec![false; graph.all.len()];
    let mut found = Vec::new();
    // Each stands behind those that it names, so that whatever builds on it was looked at before.
    for (_, at) in graph.by_height().into_iter().rev() {
        let message = graph.all[at].message;
        let is_one = is_among(&message);
        if is_one && !is_built_on[at] {
            found.push(message);
        }
        if is_one || is_built_on[at] {
            graph.before[at].iter().for_each(|before| is_built_on[*before] = true);
        }
    }
    found
}

/// Which builds on which, by their places in the order of their digests.
struct Graph<'n> {
    /// Each once, by digest.
    all: Vec<&'n Names>,
    /// Those that each names and that are here. An opening builds on nothing.
    before: Vec<Vec<usize>>,
}

impl<'n> Graph<'n> {
    fn of(names: &'n [Names]) -> Graph<'n> {
        let mut all: Vec<&Names> = names.iter().collect();
        all.sort_by_key(|one| one.message);
        all.dedup_by_key(|one| one.message);
        let mut graph = Graph { all, before: Vec::new() };
        let before = |(at, one): (usize, &&Names)| {
            let seen = if one.is_opening { &[][..] } else { &one.seen[..] };
            let mut before: Vec<usize> = seen.iter().filter_map(|seen| graph.place(seen)).collect();
            before.sort_unstable();
            before.dedup();
            before.retain(|seen| *seen != at);
            before
        };
        graph.before = graph.all.iter().enumerate().map(before).collect();
        graph
    }

    fn place(&self, message: &Digest) -> Option<usize> {
        self.all.binary_search_by_key(message, |one| one.message).ok()
    }

    #[expect(clippy::indexing_slicing, reason = "places are of `all`, and each list is as long as it")]
    fn heights(&self) -> Vec<u64> {
        let mut after: Vec<Vec<usize>> = vec![Vec::new(); self.all.len()];
        for (at, before) in self.before.iter().enumerate() {
            before.iter().for_each(|one| after[*one].push(at));
        }
        let lowest = if self.all.iter().any(|one| one.is_opening) { 2 } else { 1 };
        let mut waits: Vec<usize> = self.before.iter().map(Vec::len).collect();
        let mut ready: Vec<usize> = (0..waits.len()).filter(|at| waits[*at] == 0).collect();
        let mut heights: Vec<Option<u64>> = vec![None; waits.len()];
        while let Some(at) = ready.pop() {
            let highest = self.before[at].iter().filter_map(|one| heights[*one]).max();
            let above = highest.map_or(1, |highest| highest.saturating_add(1));
            heights[at] = Some(if self.all[at].is_opening { 1 } else { above.max(lowest) });
            for next in &after[at] {
                waits[*next] = waits[*next].saturating_sub(1);
                if waits[*next] == 0 {
                    ready.push(*next);
                }
            }
        }
        // Names that run in a circle can't be signed: a digest covers those that it names. They would come last.
        let last = heights.iter().flatten().max().map_or(1, |highest| highest.saturating_add(1));
        heights.into_iter().map(|height| height.unwrap_or(last)).collect()
    }

    /// The place of each behind its height: lower heights first, and of one height the lower digest.
    fn by_height(&self) -> Vec<(u64, usize)> {
        let mut order: Vec<(u64, usize)> = self.heights().into_iter().zip(0..).collect();
        order.sort_unstable();
        order
    }
}
