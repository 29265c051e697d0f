//! The entries of one thread, sorted, and cheap to copy however many they are.
//!
//! Never here: what an entry means, and any order but that of the keys.

use std::ops::Bound;

use imbl::{OrdMap, OrdSet};

use super::Entry;
use crate::domain::digest::Digest;
use crate::domain::party::Party;
use crate::limits;

/// By this the entries of a thread are sorted.
pub(super) type Key = (Party, u64, Digest);

/// The entries of one thread. Nearly all threads are short, and a Board holds many of them; but how long one
/// gets, a peer decides, and each batch that touches one changes a copy of it beside the one that readers
/// hold. Which of the two it is follows from the number of entries alone.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Entries {
    /// Sorted by key, and at most `limits::THREAD_LISTED_MAX` of them.
    Few(Vec<Entry>),
    /// A copy shares all that does not change.
    Many {
        by_digest: OrdMap<Digest, Entry>,
        in_order: OrdSet<Key>,
        /// Of the entry whose record is the newest.
        newest: Digest,
    },
}

impl Default for Entries {
    fn default() -> Entries {
        Entries::Few(Vec::new())
    }
}

impl FromIterator<Entry> for Entries {
    fn from_iter<I: IntoIterator<Item = Entry>>(all: I) -> Entries {
        let mut entries = Entries::default();
        for entry in all {
            entries.add(entry);
        }
        entries
    }
}

impl Entries {
    pub(super) fn len(&self) -> usize {
        match self {
            Entries::Few(list) => list.len(),
            Entries::Many { in_order, .. } => in_order.len(),
        }
    }

    pub(super) fn iter(&self) -> Box<dyn Iterator<Item = &Entry> + '_> {
        match self {
            Entries::Few(list) => Box::new(list.iter()),
            Entries::Many { by_digest, in_order, .. } => {
                Box::new(in_order.iter().filter_map(|(_, _, digest)| by_digest.get(digest)))
            }
        }
    }

    pub(super) fn add(&mut self, entry: Entry) {
        match self {
            Entries::Few(list) if list.len() < limits::THREAD_LISTED_MAX => {
                let at = list.partition_point(|other| other.key() < entry.key());
                if list.len() == list.capacity() {
                    // A Board holds so many threads that doubling each would leave much of its memory empty.
                    list.reserve_exact((list.len() / 8).saturating_add(1));
                }
                list.insert(at, entry);
            }
            Entries::Few(list) => {
                let all = list.iter().chain([&entry]);
                let newest = all.clone().max_by_key(|entry| entry.index).unwrap_or(&entry).digest;
                *self = Entries::Many {
                    by_digest: all.clone().map(|entry| (entry.digest, *entry)).collect(),
                    in_order: all.map(Entry::key).collect(),
                    newest,
                };
            }
            Entries::Many { by_digest, in_order, newest } => {
                if by_digest.get(newest).is_none_or(|known| known.index <= entry.index) {
                    *newest = entry.digest;
                }
                in_order.insert(entry.key());
                by_digest.insert(entry.digest, entry);
            }
        }
    }

    pub(super) fn get(&self, digest: &Digest) -> Option<&Entry> {
        match self {
            Entries::Few(list) => list.iter().find(|entry| entry.digest == *digest),
            Entries::Many { by_digest, .. } => by_digest.get(digest),
        }
    }

    /// Gives an entry another place.
    pub(super) fn move_to(&mut self, entry: &Entry, place: u64) {
        let moved = Entry { place, ..*entry };
        match self {
            Entries::Few(list) => {
                list.retain(|other| other.key() != entry.key());
                self.add(moved);
            }
            Entries::Many { by_digest, in_order, .. } => {
                in_order.remove(&entry.key());
                in_order.insert(moved.key());
                by_digest.insert(moved.digest, moved);
            }
        }
    }

    /// The entry whose record is the newest.
    pub(super) fn newest(&self) -> Option<&Entry> {
        match self {
            Entries::Few(list) => list.iter().max_by_key(|entry| entry.index),
            Entries::Many { by_digest, newest, .. } => by_digest.get(newest),
        }
    }

    /// The entry with the lowest key above this one; the first of all for `None`.
    pub(super) fn first_above(&self, key: Option<Key>) -> Option<&Entry> {
        match self {
            Entries::Few(list) => {
                list.get(list.partition_point(|entry| key.is_some_and(|key| entry.key() <= key)))
            }
            Entries::Many { by_digest, in_order, .. } => {
                let from = key.map_or(Bound::Unbounded, Bound::Excluded);
                let (_, _, digest) = in_order.range((from, Bound::Unbounded)).next()?;
                by_digest.get(digest)
            }
        }
    }

    /// The highest key up to this one.
    pub(super) fn last_up_to(&self, key: Key) -> Option<Key> {
        match self {
            Entries::Few(list) => {
                let after = list.partition_point(|entry| entry.key() <= key);
                list.get(after.checked_sub(1)?).map(Entry::key)
            }
            Entries::Many { in_order, .. } => in_order.range(..=key).next_back().copied(),
        }
    }
}
