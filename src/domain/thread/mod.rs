//! A thread: messages joined by reference. Folded by each author's places, not by arrival, so that
//! every order in which the lanes bring them gives the same thread.
//!
//! Never here: what the messages say (`exercise/`), and any use of the order in which they came.

mod entries;

use super::digest::Digest;
use super::party::Party;
use super::precedence::Precedence;
use super::time::Instant;
use entries::{Entries, Key};

/// What the Board keeps of one thread.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Thread {
    /// Our own messages have places by the order of their release.
    entries: Entries,
    /// How many messages of this thread we dispatched to each Party, by code.
    dispatched: Vec<(Party, u64)>,
    /// Whether a hotline session may begin with a message of it, wherever that stands.
    is_session: bool,
}

/// One message in a thread. Its body is read by index.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Entry {
    pub author: Party,
    pub place: u64,
    pub digest: Digest,
    /// The record that holds the message.
    pub index: u64,
    pub precedence: Precedence,
    /// The author's own statement of when it was released.
    pub released_at: Instant,
    /// When this node put it on record.
    pub recorded_at: Instant,
}

impl Entry {
    fn key(&self) -> Key {
        (self.author, self.place, self.digest)
    }
}

impl Thread {
    pub fn add(&mut self, entry: Entry) {
        self.entries.add(entry);
    }

    /// What was on record here by then. Only for reading: what was dispatched is left out.
    pub fn as_of(&self, at: Instant) -> Thread {
        let entries = self.entries().filter(|entry| entry.recorded_at <= at).copied().collect();
        Thread { entries, dispatched: Vec::new(), is_session: self.is_session }
    }

    pub fn begins_session(&mut self) {
        self.is_session = true;
    }

    pub fn is_session(&self) -> bool {
        self.is_session
    }

    /// A message that its author dispatched more than once stands at the lowest of its places, so that
    /// the order of arrival makes no difference.
    pub fn lower_place(&mut self, author: Party, digest: &Digest, place: u64) {
        let there = self.entries.get(digest).copied();
        if let Some(entry) = there.filter(|entry| entry.author == author && entry.place > place) {
            self.entries.move_to(&entry, place);
        }
    }

    /// Sorted by author, place and digest.
    pub fn entries(&self) -> impl Iterator<Item = &Entry> {
        self.entries.iter()
    }

    /// How many messages it has.
    pub fn messages(&self) -> usize {
        self.entries.len()
    }

    pub fn dispatched(&self) -> &[(Party, u64)] {
        &self.dispatched
    }

    /// The last place given to a message for this Party; 0 before the first.
    pub fn last_place_for(&self, party: Party) -> u64 {
        self.dispatched.iter().find(|(to, _)| *to == party).map_or(0, |(_, place)| *place)
    }

    pub fn dispatched_to(&mut self, party: Party, place: u64) {
        match self.dispatched.binary_search_by_key(&party, |(to, _)| *to) {
            Ok(at) => {
                if let Some(known) = self.dispatched.get_mut(at) {
                    known.1 = place;
                }
            }
            Err(at) => {
                self.dispatched.reserve_exact(1);
                self.dispatched.insert(at, (party, place));
            }
        }
    }

    /// The place that the author's next message has for a reader here; used for our own messages.
    pub fn next_place_of(&self, author: Party) -> u64 {
        let last = self.entries.last_up_to((author, u64::MAX, Digest::HIGHEST));
        last.filter(|(other, ..)| *other == author).map_or(1, |(_, place, _)| place.saturating_add(1))
    }

    pub fn holds_place(&self, author: Party, place: u64) -> bool {
        let last = self.entries.last_up_to((author, place, Digest::HIGHEST));
        last.is_some_and(|(other, its, _)| (other, its) == (author, place))
    }

    /// The message with this digest.
    pub fn entry(&self, digest: &Digest) -> Option<&Entry> {
        self.entries.get(digest)
    }

    pub fn holds_message(&self, digest: &Digest) -> bool {
        self.entries.get(digest).is_some()
    }

    /// All messages, each author's own in the order of their places, authors woven together by the
    /// date-time group and, where it is equal, by code.
    pub fn in_order(&self) -> Vec<Entry> {
        Thread::woven(self.entries().copied().collect())
    }

    /// The same of some messages of a thread, in whatever order they are given.
    pub fn woven(mut all: Vec<Entry>) -> Vec<Entry> {
        all.sort_by_key(Entry::key);
        let mut by_author: Vec<&[Entry]> = all.chunk_by(|a, b| a.author == b.author).collect();
        let mut woven = Vec::with_capacity(all.len());
        while let Some((earliest, first, rest)) = by_author
            .iter_mut()
            .filter_map(|entries| {
                let (first, rest) = entries.split_first()?;
                Some((entries, first, rest))
            })
            .min_by_key(|(_, first, _)| (first.released_at, first.author))
        {
            woven.push(*first);
            *earliest = rest;
        }
        woven
    }

    /// The first of them in that order. Costs as many looks as there are authors.
    pub fn first(&self) -> Option<&Entry> {
        let mut first: Option<&Entry> = None;
        let mut one = self.entries.first_above(None);
        while let Some(entry) = one {
            let is_earlier =
                |known: &Entry| (entry.released_at, entry.author) < (known.released_at, known.author);
            if first.is_none_or(is_earlier) {
                first = Some(entry);
            }
            one = self.entries.first_above(Some((entry.author, u64::MAX, Digest::HIGHEST)));
        }
        first
    }

    /// Its authors, by code.
    pub fn authors(&self) -> impl Iterator<Item = Party> {
        let first = self.entries.first_above(None).map(|entry| entry.author);
        std::iter::successors(first, move |author: &Party| {
            let next = self.entries.first_above(Some((*author, u64::MAX, Digest::HIGHEST)));
            next.map(|entry| entry.author)
        })
    }

    /// The messages of one author, by their places.
    pub fn entries_of(&self, author: Party) -> impl Iterator<Item = &Entry> {
        let first = self.entries.first_above(Some((author, 0, Digest::ZERO)));
        let all =
            std::iter::successors(first, move |entry: &&Entry| self.entries.first_above(Some(entry.key())));
        all.take_while(move |entry| entry.author == author)
    }

    /// The message that this node put on record last.
    pub fn newest(&self) -> Option<&Entry> {
        self.entries.newest()
    }

    /// Authors of whom a place is missing before their newest one, with the first missing place.
    pub fn gaps(&self) -> Vec<(Party, u64)> {
        let mut gaps: Vec<(Party, u64)> = Vec::new();
        let mut next = (None, 1);
        for entry in self.entries() {
            let expected = if next.0 == Some(entry.author) { next.1 } else { 1 };
            let is_first = gaps.last().is_none_or(|(author, _)| *author != entry.author);
            if entry.place > expected && is_first {
                gaps.push((entry.author, expected));
            }
            next = (Some(entry.author), entry.place.saturating_add(1));
        }
        gaps
    }
}

/// Where a message is, for whoever knows its digest.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Whereabouts {
    pub index: u64,
    pub acknowledged: Acknowledged,
}

/// Whether the second clock has stopped for a message that came in.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Acknowledged {
    /// It is one of ours, or an acknowledgement itself.
    NotOwed,
    NotYet,
    /// By the message in this record.
    InRecord(u64),
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::limits;

    fn entry(author: u8, place: u64, number: u64) -> Entry {
        Entry {
            author: ["BY", "OSCE", "PL"][usize::from(author % 3)].parse().unwrap(),
            place,
            digest: Digest::of(&number.to_be_bytes()),
            index: number,
            precedence: Precedence::Routine,
            released_at: Instant((number % 5) as i64),
            recorded_at: Instant(0),
        }
    }

    fn long() -> Thread {
        let mut thread = Thread::default();
        for number in 0..=limits::THREAD_LISTED_MAX as u64 {
            thread.add(entry(0, number + 1, number));
        }
        thread
    }

    #[test]
    fn a_copy_of_a_long_thread_shares_all_of_it_and_changes_by_itself() {
        let before = long();
        let mut after = before.clone();
        let shares = |one: &Thread, other: &Thread| match (&one.entries, &other.entries) {
            (
                Entries::Many { by_digest, in_order, .. },
                Entries::Many { by_digest: their_digests, in_order: their_order, .. },
            ) => by_digest.ptr_eq(their_digests) && in_order.ptr_eq(their_order),
            (Entries::Few(_), _) | (_, Entries::Few(_)) => false,
        };
        assert!(shares(&before, &after));
        after.add(entry(1, 1, u64::MAX));
        assert_eq!((before.messages() + 1, before), (after.messages(), long()));
    }

    proptest! {
        /// Across the bound at which a thread is kept in the other way: places used twice, and messages
        /// that come again with another place.
        #[test]
        fn a_thread_is_a_sorted_list_however_long_it_is(
            steps in prop::collection::vec((0..3u8, 1..40u64, 0..3u8), 0..3 * limits::THREAD_LISTED_MAX),
        ) {
            let mut thread = Thread::default();
            let mut list: Vec<Entry> = Vec::new();
            for (number, (author, place, step)) in steps.into_iter().enumerate() {
                let again = list.iter_mut().find(|other| other.digest.0[0] & 3 == step);
                match again.filter(|_| step == 0) {
                    Some(again) => {
                        thread.lower_place(again.author, &again.digest, place);
                        again.place = again.place.min(place);
                    }
                    None => {
                        let new = entry(author, place, number as u64);
                        thread.add(new);
                        list.push(new);
                    }
                }
                list.sort_by_key(Entry::key);
            }
            prop_assert_eq!(thread.messages(), list.len());
            prop_assert!(thread.entries().eq(list.iter()));
            let by_author = thread.authors().flat_map(|author| thread.entries_of(author));
            prop_assert!(by_author.eq(list.iter()));
            let backwards: Vec<Entry> = list.iter().rev().copied().collect();
            prop_assert_eq!(Thread::woven(backwards), thread.in_order());
            prop_assert_eq!(thread.first().copied(), thread.in_order().first().copied());
            prop_assert_eq!(thread.newest().copied(), list.iter().max_by_key(|entry| entry.index).copied());
            for author in 0..3 {
                let author = entry(author, 0, 0).author;
                let places: Vec<u64> =
                    list.iter().filter(|one| one.author == author).map(|one| one.place).collect();
                prop_assert_eq!(thread.next_place_of(author), places.last().map_or(1, |last| last + 1));
                for place in 0..41 {
                    prop_assert_eq!(thread.holds_place(author, place), places.contains(&place));
                }
                let gap = (1..41).find(|place| !places.contains(place));
                let gap = gap.filter(|gap| places.last().is_some_and(|last| last > gap));
                let found = thread.gaps().into_iter().find(|(of, _)| *of == author).map(|(_, gap)| gap);
                prop_assert_eq!(found, gap);
            }
            for number in 0..limits::THREAD_LISTED_MAX as u64 {
                let digest = Digest::of(&number.to_be_bytes());
                prop_assert_eq!(thread.holds_message(&digest), list.iter().any(|one| one.digest == digest));
            }
        }
    }
}
