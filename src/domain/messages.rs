//! Which messages are on record, and where. A Board holds one such entry for every message there ever was,
//! so they lie packed, in sorted runs of some dozens behind one persistent map.
//!
//! Never here: what a message is or says, or its thread (`thread.rs`).

use std::sync::Arc;

use imbl::OrdMap;

use super::digest::Digest;
use super::thread::{Acknowledged, Whereabouts};

/// A run holds no more; then it becomes two.
const RUN_MAX: usize = 64;
/// A run grows by so many places at once: doubling would leave half of it empty.
const RUN_GROWS: usize = 4;

/// By digest. A clone is cheap.
#[derive(Clone, Default, Debug)]
pub struct Messages {
    /// Each run by a digest that none of its own is below, and all of the run before it are; the first by
    /// zero.
    runs: OrdMap<Digest, Arc<Vec<Packed>>>,
}

#[derive(Clone, Copy, PartialEq, Debug)]
struct Packed {
    digest: Digest,
    index: u64,
    /// The record that acknowledges it, or one of the two numbers that no record has.
    acknowledged: u64,
}

const NOT_OWED: u64 = u64::MAX;
const NOT_YET: u64 = u64::MAX - 1;

impl Packed {
    fn of(digest: Digest, there: Whereabouts) -> Packed {
        let acknowledged = match there.acknowledged {
            Acknowledged::NotOwed => NOT_OWED,
            Acknowledged::NotYet => NOT_YET,
            Acknowledged::InRecord(index) => index,
        };
        Packed { digest, index: there.index, acknowledged }
    }

    fn whereabouts(&self) -> Whereabouts {
        let acknowledged = match self.acknowledged {
            NOT_OWED => Acknowledged::NotOwed,
            NOT_YET => Acknowledged::NotYet,
            index => Acknowledged::InRecord(index),
        };
        Whereabouts { index: self.index, acknowledged }
    }
}

impl Messages {
    pub fn get(&self, digest: &Digest) -> Option<Whereabouts> {
        let (_, run) = self.runs.get_prev(digest)?;
        let at = place_of(run, digest).ok()?;
        run.get(at).map(Packed::whereabouts)
    }

    pub fn contains_key(&self, digest: &Digest) -> bool {
        self.get(digest).is_some()
    }

    /// In the order of their digests.
    pub fn iter(&self) -> impl Iterator<Item = (&Digest, Whereabouts)> {
        self.runs.values().flat_map(|run| run.iter()).map(|one| (&one.digest, one.whereabouts()))
    }

    /// In the order of their digests, from the first that is not below this one.
    pub fn not_below(&self, first: Digest) -> impl Iterator<Item = (&Digest, Whereabouts)> {
        let from = self.runs.get_prev(&first).map_or(first, |(run, _)| *run);
        let all = self.runs.range(from..).flat_map(|(_, run)| run.iter());
        all.skip_while(move |one| one.digest < first).map(|one| (&one.digest, one.whereabouts()))
    }

    /// In the place of what was known of it, if anything.
    pub(super) fn insert(&mut self, digest: Digest, there: Whereabouts) {
        if self.runs.is_empty() {
            self.runs.insert(Digest::ZERO, Arc::default());
        }
        let Some((_, run)) = self.runs.get_prev_mut(&digest) else { return };
        let run = Arc::make_mut(run);
        let packed = Packed::of(digest, there);
        match place_of(run, &digest) {
            Ok(at) => {
                if let Some(known) = run.get_mut(at) {
                    *known = packed;
                }
            }
            Err(at) => {
                if run.len() == run.capacity() {
                    run.reserve_exact(RUN_GROWS);
                }
                run.insert(at, packed);
                if run.len() > RUN_MAX {
                    let upper = run.split_off(RUN_MAX / 2);
                    run.shrink_to_fit();
                    if let Some(first) = upper.first() {
                        self.runs.insert(first.digest, Arc::new(upper));
                    }
                }
            }
        }
    }
}

fn place_of(run: &[Packed], digest: &Digest) -> Result<usize, usize> {
    run.binary_search_by(|one| one.digest.cmp(digest))
}

/// The same messages, however they came into their runs.
impl PartialEq for Messages {
    fn eq(&self, other: &Messages) -> bool {
        self.iter().eq(other.iter())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn there(index: u64) -> Whereabouts {
        let acknowledged = match index % 3 {
            0 => Acknowledged::NotOwed,
            1 => Acknowledged::NotYet,
            _ => Acknowledged::InRecord(index + 1),
        };
        Whereabouts { index, acknowledged }
    }

    #[test]
    fn every_message_is_found_again_in_order_whatever_order_they_came_in() {
        let digests: Vec<Digest> = (0..2_000u64).map(|number| Digest::of(&number.to_be_bytes())).collect();
        let mut sorted = BTreeMap::from([(Digest::ZERO, there(7)), (Digest([0xff; 32]), there(8))]);
        sorted.extend(digests.iter().zip(0..).map(|(digest, index)| (*digest, there(index))));
        let (mut up, mut down) = (Messages::default(), Messages::default());
        for (digest, there) in &sorted {
            up.insert(*digest, *there);
        }
        for (digest, there) in sorted.iter().rev() {
            down.insert(*digest, *there);
        }
        let mut mixed = Messages::default();
        for (place, digest) in digests.iter().enumerate() {
            mixed.insert(*digest, there(0));
            assert_eq!(mixed.iter().count(), place + 1);
        }
        for (digest, there) in &sorted {
            mixed.insert(*digest, *there);
            assert_eq!(mixed.get(digest), Some(*there));
        }
        assert!(up.iter().eq(sorted.iter().map(|(digest, there)| (digest, *there))));
        for first in
            digests.iter().step_by(50).chain([&Digest::ZERO, &Digest([0x80; 32]), &Digest([0xff; 32])])
        {
            let expected = sorted.range(first..).map(|(digest, there)| (digest, *there));
            assert!(mixed.not_below(*first).eq(expected));
        }
        assert_eq!(Messages::default().not_below(Digest::ZERO).count(), 0);
        assert_eq!((&up, &up), (&down, &mixed));
        assert!(up.runs.values().all(|run| run.len() <= RUN_MAX && run.capacity() <= RUN_MAX + RUN_GROWS));
        assert!(!up.contains_key(&Digest::of(b"none of them")));
        assert!(!Messages::default().contains_key(&Digest::ZERO));
    }

    #[test]
    fn a_clone_keeps_what_it_was() {
        let mut messages = Messages::default();
        messages.insert(Digest::of(b"one"), there(1));
        let before = messages.clone();
        messages.insert(Digest::of(b"one"), there(2));
        messages.insert(Digest::of(b"two"), there(3));
        assert_eq!(before.get(&Digest::of(b"one")), Some(there(1)));
        assert_eq!(before.get(&Digest::of(b"two")), None);
        assert_ne!(before, messages);
    }
}
