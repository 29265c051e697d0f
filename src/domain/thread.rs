//! A thread: messages joined by reference. Folded by each author's places, not by arrival, so that
//! every order in which the lanes bring them gives the same thread.
//!
//! Never here: what the messages say (`exercise/`), and any use of the order in which they came.

use super::digest::Digest;
use super::party::Party;
use super::precedence::Precedence;
use super::time::Instant;

/// What the Board keeps of one thread. Threads are many and short, so plain sorted lists.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Thread {
    /// By author, place and digest. Our own messages have places by the order of their release.
    entries: Vec<Entry>,
    /// How many messages of this thread we dispatched to each Party, by code.
    dispatched: Vec<(Party, u64)>,
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
    fn key(&self) -> (Party, u64, Digest) {
        (self.author, self.place, self.digest)
    }
}

impl Thread {
    pub fn add(&mut self, entry: Entry) {
        let at = self.entries.partition_point(|other| other.key() < entry.key());
        if self.entries.len() == self.entries.capacity() {
            // A Board holds so many threads that doubling each would leave much of its memory empty.
            self.entries.reserve_exact(1 + self.entries.len() / 8);
        }
        self.entries.insert(at, entry);
    }

    /// What was on record here by then. Only for reading: what was dispatched is left out.
    pub fn as_of(&self, at: Instant) -> Thread {
        let entries = self.entries.iter().filter(|entry| entry.recorded_at <= at).copied().collect();
        Thread { entries, dispatched: Vec::new() }
    }

    /// A message that its author dispatched more than once stands at the lowest of its places, so that
    /// the order of arrival makes no difference.
    pub fn lower_place(&mut self, author: Party, digest: &Digest, place: u64) {
        let same = |entry: &Entry| entry.author == author && entry.digest == *digest;
        if let Some(at) = self.entries.iter().position(|entry| same(entry) && entry.place > place) {
            let entry = self.entries.remove(at);
            self.add(Entry { place, ..entry });
        }
    }

    /// Sorted by author, place and digest.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
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
            Ok(at) => self.dispatched[at].1 = place,
            Err(at) => {
                self.dispatched.reserve_exact(1);
                self.dispatched.insert(at, (party, place));
            }
        }
    }

    /// The place that the author's next message has for a reader here; used for our own messages.
    pub fn next_place_of(&self, author: Party) -> u64 {
        let after = self.entries.partition_point(|entry| entry.author <= author);
        let last = self.entries[..after].last().filter(|entry| entry.author == author);
        last.map_or(1, |entry| entry.place.saturating_add(1))
    }

    pub fn holds_place(&self, author: Party, place: u64) -> bool {
        self.entries.binary_search_by_key(&(author, place), |entry| (entry.author, entry.place)).is_ok()
    }

    pub fn holds_message(&self, digest: &Digest) -> bool {
        self.entries.iter().any(|entry| entry.digest == *digest)
    }

    /// All messages, each author's own in the order of their places, authors woven together by the
    /// date-time group and, where it is equal, by code.
    pub fn in_order(&self) -> Vec<Entry> {
        let mut by_author: Vec<&[Entry]> = self.entries.chunk_by(|a, b| a.author == b.author).collect();
        let mut woven = Vec::with_capacity(self.entries.len());
        while let Some(earliest) = by_author
            .iter_mut()
            .filter(|entries| !entries.is_empty())
            .min_by_key(|entries| (entries[0].released_at, entries[0].author))
        {
            let (first, rest) = earliest.split_first().expect("empty ones were filtered out");
            woven.push(*first);
            *earliest = rest;
        }
        woven
    }

    /// Authors of whom a place is missing before their newest one, with the first missing place.
    pub fn gaps(&self) -> Vec<(Party, u64)> {
        let mut gaps = Vec::new();
        for of_author in self.entries.chunk_by(|a, b| a.author == b.author) {
            let mut next = 1;
            for entry in of_author {
                if entry.place > next {
                    gaps.push((entry.author, next));
                    break;
                }
                next = entry.place.saturating_add(1);
            }
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
