//! Which of several adoptions of one text has no effect towards a Party: one that was not in force when that Party
//! took another, released later. That other stands in its place, with what it reserves, even if it is left again.
//!
//! Counted by release and receipt, which are signed and at both ends, so that both name the same. Never here: of two
//! that are both in force, which counts (`bond.rs`).

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::{Said, Word, Words};
use crate::domain::digest::Digest;
use crate::domain::party::Party;
use crate::domain::time::Instant;

/// An adoption that a Party was told of.
pub(super) struct Heard {
    pub(super) text: Digest,
    pub(super) message: Digest,
    released_at: Instant,
    heard_at: Instant,
    /// From when it would be in force.
    pub(super) from: Instant,
}

impl Words {
    /// Of the adoptions of a regime that `told` took by an instant those that are replaced, each with the one that
    /// replaced it first. Two that were released at the same instant do not replace each other.
    pub fn replaced(&self, regime: &str, told: Party, at: Instant) -> BTreeMap<Digest, Digest> {
        let mut all: Vec<Heard> = self
            .said()
            .filter(|(_, said)| matches!(&said.word, Word::Adopts { regime: name, .. } if name == regime))
            .filter_map(|(message, said)| Heard::of(message, said, told))
            .filter(|one| one.heard_at <= at)
            .collect();
        replaced_among(&mut all)
    }
}

impl Heard {
    /// `None` for any other word, and for what `told` did not take.
    pub(super) fn of(message: &Digest, said: &Said, told: Party) -> Option<Heard> {
        let Word::Adopts { digest: text, .. } = &said.word else { return None };
        Some(Heard {
            text: *text,
            message: *message,
            released_at: said.released_at,
            heard_at: said.heard_at(told)?,
            from: said.in_force_from(told)?,
        })
    }
}

/// Of the adoptions of one regime that a Party took.
pub(super) fn replaced_among(all: &mut [Heard]) -> BTreeMap<Digest, Digest> {
    all.sort_by_key(|one| (one.text, Reverse(one.released_at)));
    let mut replaced = BTreeMap::new();
    for of_text in all.chunk_by(|one, next| one.text == next.text) {
        // Of those that were released later the one that was heard first.
        let mut later: Option<(Instant, Digest)> = None;
        for together in of_text.chunk_by(|one, next| one.released_at == next.released_at) {
            if let Some((heard_at, by)) = later {
                let not_in_force = together.iter().filter(|one| heard_at <= one.from);
                replaced.extend(not_in_force.map(|one| (one.message, by)));
            }
            let first = together.iter().map(|one| (one.heard_at, one.message)).min();
            later = later.into_iter().chain(first).min();
        }
    }
    replaced
}
