//! Threads on the Board in the order in which they were last written to, in pages.
//!
//! A page costs what it shows, however many threads there are. Never here: what a thread says.

use std::sync::Arc;

use super::Board;
use crate::domain::digest::ThreadId;
use crate::domain::thread::Entry;

/// One page of threads.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ThreadsPage {
    pub threads: Vec<ThreadId>,
    /// `None` where nothing is left.
    pub next: Option<ThreadsFrom>,
}

/// Where a page begins. Pages go down from the thread that was written to last; what was written to since
/// the first page was made has gone up, out of the way of those that follow, and comes after the last of
/// them. So none is lost, and one that comes twice has changed between.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ThreadsFrom {
    /// Only threads whose newest record is below this one.
    below: u64,
    /// And not below this one: those were shown.
    not_below: u64,
    /// The Board's size when the first page was made: what was written to from here on is still to come.
    size: u64,
}

impl ThreadsFrom {
    pub const BYTES: usize = 24;

    pub fn to_bytes(self) -> [u8; ThreadsFrom::BYTES] {
        let mut bytes = [0; ThreadsFrom::BYTES];
        for (place, number) in bytes.chunks_exact_mut(8).zip([self.below, self.not_below, self.size]) {
            place.copy_from_slice(&number.to_be_bytes());
        }
        bytes
    }

    /// `None` for what is not 24 bytes. Others make a page that shows less.
    pub fn from_bytes(bytes: &[u8]) -> Option<ThreadsFrom> {
        let bytes: &[u8; ThreadsFrom::BYTES] = bytes.try_into().ok()?;
        let mut numbers = bytes
            .chunks_exact(8)
            .map(|eight| eight.iter().fold(0_u64, |sum, byte| sum << 8 | u64::from(*byte)));
        Some(ThreadsFrom { below: numbers.next()?, not_below: numbers.next()?, size: numbers.next()? })
    }
}

/// Whether a message brings its thread before whoever lists threads.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Listed {
    Yes,
    /// As a check of a link, of which there is one every hour: it has a list of its own.
    No,
}

impl Board {
    /// At most `most` threads, the one written to last first; from the first page on for `None`.
    pub fn threads_page(&self, from: Option<ThreadsFrom>, most: usize) -> ThreadsPage {
        let from = from.unwrap_or(ThreadsFrom { below: self.size, not_below: 0, size: self.size });
        let lowest = (from.not_below, ThreadId([0; 16]));
        let end = (from.below, ThreadId([0; 16]));
        let mut threads = Vec::new();
        let mut left =
            if lowest < end { Some(self.threads_by_newest.range(lowest..end).rev()) } else { None };
        let mut below = from.below;
        for (index, thread) in left.iter_mut().flatten().take(most) {
            threads.push(*thread);
            below = *index;
        }
        let next = if left.is_some_and(|mut left| left.next().is_some()) {
            Some(ThreadsFrom { below, ..from })
        } else {
            // What was written to while the pages were read.
            let came = self.threads_by_newest.get_max().is_some_and(|(newest, _)| *newest >= from.size);
            came.then_some(ThreadsFrom { below: self.size, not_below: from.size, size: self.size })
        };
        ThreadsPage { threads, next }
    }

    /// Puts a message into its thread. One that holds nothing but what is not listed is on no page.
    pub(super) fn add_entry(&mut self, id: ThreadId, entry: Entry, listed: Listed) {
        let thread = Arc::make_mut(self.threads.entry(id).or_default());
        let before = thread.newest().map(|newest| newest.index);
        thread.add(entry);
        let after = before.max(Some(entry.index));
        let was_listed = before.is_some_and(|before| self.threads_by_newest.contains(&(before, id)));
        if before != after && (was_listed || listed == Listed::Yes) {
            before.map(|before| self.threads_by_newest.remove(&(before, id)));
            after.map(|after| self.threads_by_newest.insert((after, id)));
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;
    use crate::domain::digest::Digest;
    use crate::domain::precedence::Precedence;
    use crate::domain::time::Instant;

    /// A message more in this thread, as the next record brings it.
    fn write(board: &mut Board, thread: u8) {
        let entry = Entry {
            author: "PL".parse().unwrap(),
            place: board.size + 1,
            digest: Digest::of(&board.size.to_be_bytes()),
            index: board.size,
            precedence: Precedence::Routine,
            released_at: Instant(0),
            // Clocks run backwards.
            recorded_at: Instant(-(board.size as i64)),
        };
        board.add_entry(ThreadId([thread; 16]), entry, Listed::Yes);
        board.size += 1;
    }

    /// The index of each thread's newest record.
    fn newest(board: &Board) -> BTreeMap<ThreadId, u64> {
        board.threads.iter().map(|(id, thread)| (*id, thread.newest().unwrap().index)).collect()
    }

    #[test]
    fn the_thread_that_was_written_to_last_comes_first() {
        let mut board = Board::default();
        assert_eq!(board.threads_page(None, 2), ThreadsPage { threads: Vec::new(), next: None });
        [1, 2, 3, 1].into_iter().for_each(|thread| write(&mut board, thread));
        let page = board.threads_page(None, 2);
        assert_eq!(page.threads, [1, 3].map(|thread| ThreadId([thread; 16])));
        let page = board.threads_page(page.next, 2);
        assert_eq!(page, ThreadsPage { threads: vec![ThreadId([2; 16])], next: None });
        let all = board.threads_page(None, 3);
        assert_eq!((all.threads.len(), all.next), (3, None));
    }

    #[test]
    fn where_a_page_begins_is_read_again_from_its_bytes_and_nothing_else_is() {
        let from = ThreadsFrom { below: 7, not_below: u64::MAX, size: 1 << 40 };
        assert_eq!(ThreadsFrom::from_bytes(&from.to_bytes()), Some(from));
        assert_eq!(ThreadsFrom::from_bytes(&[0; 23]), None);
        let mut board = Board::default();
        write(&mut board, 1);
        assert!(board.threads_page(Some(from), 1).threads.is_empty());
    }

    proptest! {
        /// Whatever is written between the pages.
        #[test]
        fn no_thread_is_lost_and_none_comes_twice_that_did_not_change(
            before in prop::collection::vec(0..30u8, 0..60),
            between in prop::collection::vec(prop::collection::vec(0..40u8, 0..6), 0..20),
            most in 1..7usize,
        ) {
            let mut board = Board::default();
            before.into_iter().for_each(|thread| write(&mut board, thread));
            let mut between = between.into_iter();
            let mut shown: BTreeMap<ThreadId, u64> = BTreeMap::new();
            let mut from = None;
            loop {
                let page = board.threads_page(from, most);
                prop_assert!(page.threads.len() <= most);
                let now = newest(&board);
                for thread in page.threads {
                    let before = shown.insert(thread, now[&thread]);
                    prop_assert!(before.is_none_or(|before| before < now[&thread]));
                }
                if page.next.is_none() {
                    prop_assert_eq!(shown, now);
                    break;
                }
                from = page.next;
                between.next().into_iter().flatten().for_each(|thread| write(&mut board, thread));
            }
        }

        #[test]
        fn bytes_of_a_page_that_nobody_gave_do_no_harm(bytes in prop::collection::vec(any::<u8>(), 24)) {
            let mut board = Board::default();
            [1, 2, 3, 1].into_iter().for_each(|thread| write(&mut board, thread));
            let page = board.threads_page(ThreadsFrom::from_bytes(&bytes), 2);
            prop_assert!(page.threads.len() <= 2);
        }
    }
}
