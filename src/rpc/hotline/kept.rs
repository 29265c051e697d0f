//! Sessions as they were last read, for all consoles and calls of a node: from the journal comes only what is new since.
//!
//! Never here: a truth of its own. What is let go is read again, and who looks at one waits for nobody but those who
//! look at the same one.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tonic::Status;

use super::told::Told;
use crate::domain::digest::ThreadId;
use crate::domain::party::Party;
use crate::journal::Journal;
use crate::limits;
use crate::registrar::Head;
use crate::rpc::status;

/// Cheap to clone; all clones share what was read.
#[derive(Clone, Default)]
pub struct Kept(Arc<Mutex<All>>);

#[derive(Default)]
struct All {
    sessions: BTreeMap<ThreadId, One>,
    /// Counts the looks, to find the one that was looked at longest ago.
    looks: u64,
}

#[derive(Default)]
struct One {
    /// `None` before it was read, and after a reading that did not come to its end.
    told: Arc<tokio::sync::Mutex<Option<Told>>>,
    bytes: usize,
    /// Who takes most of it.
    of: Option<Party>,
    looked: u64,
}

impl Kept {
    /// A look at a session as it stands at this head, or at a later one.
    ///
    /// # Errors
    /// As `Told::read_on`.
    pub(super) async fn of<T>(
        &self,
        head: &Head,
        journal: &Journal,
        thread: ThreadId,
        look: impl FnOnce(&Told) -> T,
    ) -> Result<T, Status> {
        // Whoever asks for threads that nobody has takes no place.
        head.board.thread(thread).ok_or_else(|| status::not_found("session"))?;
        let place = self.place(thread);
        let mut held = place.lock().await;
        let told = match held.take() {
            Some(told) => Ok(told),
            None => Told::nothing(head, thread),
        };
        let read = async {
            let mut told = told?;
            told.read_on(head, journal).await.map(|()| told)
        };
        let told = read.await.inspect_err(|_| self.let_go(thread))?;
        let seen = look(&told);
        self.make_room(thread, told.bytes(), told.rooms.taken_most_by());
        *held = Some(told);
        Ok(seen)
    }

    fn place(&self, thread: ThreadId) -> Arc<tokio::sync::Mutex<Option<Told>>> {
        let mut all = self.lock();
        all.looks = all.looks.saturating_add(1);
        let looked = all.looks;
        let one = all.sessions.entry(thread).or_default();
        one.looked = looked;
        one.told.clone()
    }

    /// What could not be read has no place either.
    fn let_go(&self, thread: ThreadId) {
        self.lock().sessions.remove(&thread);
    }

    /// Until all that are kept have room, those are let go first that are of the Party whose sessions take most, so that
    /// whoever fills many pushes out its own; of these, the one that was looked at longest ago. The one that is looked at
    /// stays, however large: it would be read anew for each record. `rooms.rs` has its bound.
    fn make_room(&self, thread: ThreadId, bytes: usize, of: Party) {
        let mut all = self.lock();
        if let Some(one) = all.sessions.get_mut(&thread) {
            (one.bytes, one.of) = (bytes, Some(of));
        }
        loop {
            let mut takes: BTreeMap<Option<Party>, usize> = BTreeMap::new();
            for one in all.sessions.values() {
                let bytes = takes.entry(one.of).or_default();
                *bytes = bytes.saturating_add(one.bytes);
            }
            if takes.values().sum::<usize>() <= limits::HOTLINE_KEPT_BYTES {
                return;
            }
            let others = all.sessions.iter().filter(|(other, _)| **other != thread);
            let oldest = others.min_by_key(|(_, one)| (Reverse(takes.get(&one.of)), one.looked));
            let oldest = oldest.map(|(other, _)| *other);
            let Some(oldest) = oldest else { return };
            all.sessions.remove(&oldest);
        }
    }

    fn lock(&self) -> MutexGuard<'_, All> {
        // Nothing can be half done under this lock.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_looked_at_longest_ago_makes_room_and_what_is_looked_at_is_kept_however_large() {
        let kept = Kept::default();
        let thread = |number| ThreadId([number; 16]);
        let look = |number, bytes| {
            drop(kept.place(thread(number)));
            kept.make_room(thread(number), bytes, "BY".parse().unwrap());
        };
        let third = limits::HOTLINE_KEPT_BYTES / 3;
        for number in 1..=3 {
            look(number, third);
        }
        look(1, third);
        look(4, third);
        let threads = || kept.lock().sessions.keys().copied().collect::<Vec<_>>();
        assert_eq!(threads(), [thread(1), thread(3), thread(4)]);
        look(5, limits::HOTLINE_KEPT_BYTES + 1);
        assert_eq!(threads(), [thread(5)]);
        look(1, third);
        assert_eq!(threads(), [thread(1)]);
    }

    #[test]
    fn a_party_that_fills_many_sessions_pushes_out_its_own_and_nobody_elses() {
        let kept = Kept::default();
        let thread = |number| ThreadId([number; 16]);
        let look = |number, of: &str, bytes| {
            drop(kept.place(thread(number)));
            kept.make_room(thread(number), bytes, of.parse().unwrap());
        };
        let eighth = limits::HOTLINE_KEPT_BYTES / 8;
        for number in 1..=2 {
            look(number, "LT", eighth);
        }
        for number in 3..=40 {
            look(number, "BY", eighth);
        }
        let threads = || kept.lock().sessions.keys().copied().collect::<Vec<_>>();
        assert_eq!(threads(), [1, 2, 35, 36, 37, 38, 39, 40].map(thread));
        // Who takes less makes room once nothing else does.
        look(1, "LT", 8 * eighth);
        assert_eq!(threads(), [thread(1)]);
    }

    #[test]
    fn what_could_not_be_read_keeps_no_place() {
        let kept = Kept::default();
        for number in 1..=3 {
            drop(kept.place(ThreadId([number; 16])));
            kept.let_go(ThreadId([number; 16]));
        }
        assert!(kept.lock().sessions.is_empty());
    }
}
