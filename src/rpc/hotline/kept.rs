//! Sessions as they were last read and folded, for all consoles and calls of a node: from the journal comes only what is
//! new since, and only that is a reason to fold one again.
//!
//! Never here: a truth of its own. What is let go is read again. Who looks at one waits for nobody while nothing of it is
//! new, whatever else is put on record; what is new is read once for all, behind those who look by then.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::runtime::{Handle, RuntimeFlavor};
use tokio::sync::{OwnedRwLockWriteGuard, RwLock};
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

/// All who look at it as it is do so at once.
type Place = Arc<RwLock<Option<Told>>>;

#[derive(Default)]
struct One {
    /// `None` before it was read, and after a reading that did not come to its end.
    told: Place,
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
        loop {
            let held = place.read().await;
            if let Some(told) = held.as_ref().filter(|told| told.stands_at(head)) {
                return Ok(aside(told.is_long(), || look(told)));
            }
            drop(held);
            self.read_on(&place, head, journal, thread).await?;
        }
    }

    /// Reads and folds what is new, to its end, though whoever asked leaves meanwhile: what was read before would be lost
    /// with it. Of one session it is done once at a time.
    async fn read_on(
        &self,
        place: &Place,
        head: &Head,
        journal: &Journal,
        thread: ThreadId,
    ) -> Result<(), Status> {
        let held = place.clone().write_owned().await;
        if held.as_ref().is_some_and(|told| told.stands_at(head)) {
            return Ok(());
        }
        let (kept, head, journal) = (self.clone(), head.clone(), journal.clone());
        let reading = tokio::spawn(async move { kept.read(held, &head, &journal, thread).await });
        let broken_off = "the session was not read to its end; ask again";
        reading.await.unwrap_or_else(|_| Err(status::ours("SESSION_NOT_READ", broken_off)))
    }

    /// Where that does not come to its end, all of it is let go.
    async fn read(
        &self,
        mut held: OwnedRwLockWriteGuard<Option<Told>>,
        head: &Head,
        journal: &Journal,
        thread: ThreadId,
    ) -> Result<(), Status> {
        let told = match held.take() {
            Some(told) => Ok(told),
            None => Told::nothing(head, thread),
        };
        let read = async {
            let mut told = told?;
            told.read_on(head, journal).await.map(|is_new| (told, is_new))
        };
        let (mut told, is_new) = read.await.inspect_err(|_| self.let_go(thread))?;
        if is_new {
            aside(told.is_long(), || told.fold());
        }
        self.make_room(thread, told.bytes(), told.rooms.taken_most_by());
        *held = Some(told);
        Ok(())
    }

    fn place(&self, thread: ThreadId) -> Place {
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

/// What takes long is done beside the runtime: its threads carry what comes over all links meanwhile.
fn aside<T>(is_long: bool, work: impl FnOnce() -> T) -> T {
    let has_threads =
        Handle::try_current().is_ok_and(|runtime| runtime.runtime_flavor() == RuntimeFlavor::MultiThread);
    if is_long && has_threads { tokio::task::block_in_place(work) } else { work() }
}

#[cfg(test)]
mod tests {
    use std::pin::{Pin, pin};
    use std::sync::mpsc;
    use std::task::{Context, Waker};
    use std::time::Duration;

    use super::*;
    use crate::domain::board::{Board, Own};
    use crate::domain::chain::Chain;
    use crate::domain::ledger::Edge;
    use crate::domain::party::Incarnation;
    use crate::domain::thread::Thread;
    use crate::journal::embedded;
    use crate::registrar::Standing;
    use crate::replay::message_keys::MessageKeys;

    const THREAD: ThreadId = ThreadId([7; 16]);

    /// Of so many records, with this thread alone.
    fn head(size: u64, thread: &Arc<Thread>) -> Head {
        let mut board = Board::default();
        board.own = Some(Own { party: "PL".parse().unwrap(), incarnation: Incarnation(1) });
        board.threads.insert(THREAD, thread.clone());
        Head {
            chain: Chain { size, ..Chain::empty(Incarnation(1)) },
            board: Arc::new(board),
            tree: Edge::new(),
            positions: Arc::default(),
            message_keys: MessageKeys::default(),
            void: 0,
            standing: Standing::Writes,
            newest: [].into(),
        }
    }

    /// Whether it waits for nobody.
    fn is_done(call: Pin<&mut impl Future>) -> bool {
        call.poll(&mut Context::from_waker(Waker::noop())).is_ready()
    }

    #[tokio::test]
    async fn what_is_read_for_a_caller_is_read_to_its_end_though_the_caller_leaves() {
        let folder = tempfile::tempdir().unwrap();
        let journal = embedded::create(&folder.path().join("journal")).unwrap();
        let (kept, head) = (Kept::default(), head(1, &Arc::default()));
        let mut call = Box::pin(kept.of(&head, &journal, THREAD, |_| ()));
        assert!(!is_done(call.as_mut()), "it is being read");
        drop(call);
        assert!(kept.place(THREAD).read().await.is_some());
    }

    #[tokio::test]
    async fn who_looks_at_a_session_of_which_nothing_is_new_waits_for_nobody_whatever_else_is_on_record() {
        let folder = tempfile::tempdir().unwrap();
        let journal = embedded::create(&folder.path().join("journal")).unwrap();
        let (kept, thread) = (Kept::default(), Arc::new(Thread::default()));
        kept.of(&head(1, &thread), &journal, THREAD, |_| ()).await.unwrap();
        let place = kept.place(THREAD);
        let looks = place.read().await;
        let later = head(2, &thread);
        assert!(is_done(pin!(kept.of(&later, &journal, THREAD, |_| ()))));
        // What is new of it is read behind that look.
        let mut changed = Thread::default();
        changed.begins_session();
        let changed = head(3, &Arc::new(changed));
        let mut call = pin!(kept.of(&changed, &journal, THREAD, |told| told.here.is_session()));
        assert!(!is_done(call.as_mut()));
        drop(looks);
        assert!(call.await.unwrap());
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 1)]
    async fn what_takes_long_keeps_the_runtime_from_nothing_else() {
        let long = tokio::spawn(async {
            let (done, waits) = mpsc::channel();
            tokio::spawn(async move { done.send(()) });
            aside(true, || waits.recv_timeout(Duration::from_secs(60)))
        });
        assert_eq!(long.await.unwrap(), Ok(()));
    }

    #[tokio::test]
    async fn what_takes_long_is_done_where_the_runtime_has_no_other_thread() {
        assert_eq!(aside(true, || 7), 7);
    }

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
