//! Which messages of a session were written without sight of which of those that stand before them.
//!
//! Never here: a mark that is left out unsaid. What is not looked at says so.

use std::collections::BTreeMap;

use super::session::Spoken;
use crate::domain::digest::Digest;
use crate::limits;

const BITS: usize = 64;

/// Of each how many stand before it on which it does not build, and the first of them. Of those behind the first
/// `limits::HOTLINE_COMPARED_MAX` nothing: it takes room by the square.
pub(super) fn unseen(order: &[&Spoken]) -> Vec<(usize, Vec<Digest>)> {
    let order = order.get(..limits::HOTLINE_COMPARED_MAX).unwrap_or(order);
    let places: BTreeMap<Digest, usize> = (0..).zip(order).map(|(at, one)| (one.said.message, at)).collect();
    let mut known: Vec<Vec<u64>> = Vec::with_capacity(order.len());
    let mut found = Vec::with_capacity(order.len());
    for (at, spoken) in order.iter().enumerate() {
        let names = spoken.names();
        // Of those before it.
        let mut bits = vec![0_u64; at.div_ceil(BITS)];
        let named = names.seen.iter().filter_map(|seen| places.get(seen).copied());
        // An opening builds on nothing, whatever it names.
        for one in named.filter(|one| *one < at && !names.is_opening) {
            // Whatever builds on it has brought all that it builds on.
            if is_set(&bits, one) {
                continue;
            }
            for (mine, theirs) in bits.iter_mut().zip(&known[one]) {
                *mine |= theirs;
            }
            bits[one / BITS] |= 1 << (one % BITS);
        }
        let seen: usize = bits.iter().map(|word| usize::try_from(word.count_ones()).unwrap_or(BITS)).sum();
        let unseen = at.saturating_sub(seen);
        let told = unseen.min(limits::HOTLINE_UNSEEN_TOLD);
        let first = (0..at).filter(|one| !is_set(&bits, *one)).take(told);
        let first = first.map(|one| order[one].said.message).collect();
        found.push((unseen, first));
        known.push(bits);
    }
    found
}

fn is_set(bits: &[u64], at: usize) -> bool {
    bits.get(at / BITS).is_some_and(|word| word >> (at % BITS) & 1 == 1)
}
