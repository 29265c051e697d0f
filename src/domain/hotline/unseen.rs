//! Which messages of a session were written without sight of which of those that stand before them.
//!
//! Never here: a mark that is left out unsaid. What is not looked at says so.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::session::Spoken;
use crate::domain::content::Content;
use crate::domain::digest::Digest;
use crate::limits;

const BITS: usize = 64;

/// Of each how many stand before it on which it does not build, and the first of them. Of those behind the first
/// `limits::HOTLINE_COMPARED_MAX` nothing: it takes room by the square.
pub(super) fn unseen(order: &[&Arc<Spoken>]) -> Vec<(usize, Vec<Digest>)> {
    let order = order.get(..limits::HOTLINE_COMPARED_MAX).unwrap_or(order);
    let places: BTreeMap<Digest, usize> = (0..).zip(order).map(|(at, one)| (one.said.message, at)).collect();
    let mut known: Vec<Vec<u64>> = Vec::with_capacity(order.len());
    let mut found = Vec::with_capacity(order.len());
    for (at, spoken) in order.iter().enumerate() {
        let is_opening = matches!(spoken.said.content, Content::SessionOpening(_));
        // Of those before it.
        let mut bits = vec![0_u64; at.div_ceil(BITS)];
        let named = spoken.seen().filter_map(|seen| places.get(&seen).copied());
        // An opening builds on nothing, whatever it names.
        for one in named.filter(|one| *one < at && !is_opening) {
            // Whatever builds on it has brought all that it builds on.
            if is_set(&bits, one) {
                continue;
            }
            let brought = known.get(one).map(Vec::as_slice).unwrap_or_default();
            for (mine, theirs) in bits.iter_mut().zip(brought) {
                *mine |= theirs;
            }
            if let Some(word) = bits.get_mut(one / BITS) {
                *word |= 1 << (one % BITS);
            }
        }
        let seen: usize = bits.iter().map(|word| usize::try_from(word.count_ones()).unwrap_or(BITS)).sum();
        let unseen = at.saturating_sub(seen);
        let told = unseen.min(limits::HOTLINE_UNSEEN_TOLD);
        let first = not_set(&bits).take(told);
        let first = first.filter_map(|one| Some(order.get(one)?.said.message)).collect();
        found.push((unseen, first));
        known.push(bits);
    }
    found
}

fn is_set(bits: &[u64], at: usize) -> bool {
    bits.get(at / BITS).is_some_and(|word| word >> (at % BITS) & 1 == 1)
}

/// The places of those that are not set, the first first. Words in which all are set are passed as a whole.
fn not_set(bits: &[u64]) -> impl Iterator<Item = usize> {
    let words = (0..).step_by(BITS).zip(bits).filter(|(_, word)| **word != u64::MAX);
    words.flat_map(|(from, word)| {
        (0..BITS).filter(move |at| word >> at & 1 == 0).map(move |at| at.saturating_add(from))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_set_is_found_beyond_words_in_which_all_are() {
        let all = u64::MAX;
        let found = |bits: &[u64]| not_set(bits).take(3).collect::<Vec<_>>();
        assert_eq!(found(&[all, all ^ 0b101, all ^ (1 << 63)]), [64, 66, 191]);
        assert_eq!(found(&[0]), [0, 1, 2]);
        assert!(found(&[all, all]).is_empty());
    }
}
