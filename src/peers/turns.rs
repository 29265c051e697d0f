//! Calls of deliveries on one lane, inbound: two may be under way at once, so that the second is looked at
//! while the first is put on record; they are taken one after the other, in the order of their serials.
//!
//! A flood waits for itself and for nobody else. Never here: which serial comes next (the Board).

use std::time::Duration;

use tokio::sync::{Mutex, MutexGuard, Notify, Semaphore, SemaphorePermit};

use crate::limits;

/// The turns of one lane.
pub(super) struct Turns {
    places: Semaphore,
    taking: Mutex<()>,
    /// Rung when a call's turn has ended.
    ended: Notify,
}

/// Held while one call is taken. What comes after it on the lane comes after it on record.
pub(super) struct Turn<'a> {
    _taking: MutexGuard<'a, ()>,
    ended: &'a Notify,
}

impl Default for Turns {
    fn default() -> Turns {
        Turns {
            places: Semaphore::new(limits::DELIVERY_CALLS_PER_LANE_MAX),
            taking: Mutex::default(),
            ended: Notify::default(),
        }
    }
}

impl Turns {
    /// A place among the calls under way, held until the call is answered.
    pub async fn place(&self) -> Option<SemaphorePermit<'_>> {
        // Nobody closes it.
        self.places.acquire().await.ok()
    }

    /// The turn of a call. One that overtook another on the way lets it go first: `is_ahead` says whether
    /// serials before its own are still missing. When a turn has ended, or none came in time, it is judged
    /// as it is: the one before it may have been refused.
    pub async fn take(&self, is_ahead: impl Fn() -> bool) -> Turn<'_> {
        // From here on no end is missed.
        let other_ended = self.ended.notified();
        let mut taking = self.taking.lock().await;
        if is_ahead() {
            drop(taking);
            let patience = Duration::from_millis(limits::DELIVERY_AHEAD_MS_MAX);
            let _ = tokio::time::timeout(patience, other_ended).await;
            taking = self.taking.lock().await;
        }
        Turn { _taking: taking, ended: &self.ended }
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        self.ended.notify_waiters();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU64, Ordering};
    use std::time::Instant;

    use super::*;

    const BOUND: Duration = Duration::from_millis(limits::DELIVERY_AHEAD_MS_MAX);

    #[tokio::test]
    async fn a_call_that_overtook_another_waits_for_its_turn_to_end_and_no_longer_than_the_bound() {
        let turns = Turns::default();
        let taken = AtomicU64::new(0);
        let first = async {
            let turn = turns.take(|| false).await;
            taken.store(1, Ordering::SeqCst);
            drop(turn);
        };
        let second = async {
            let _turn = turns.take(|| taken.load(Ordering::SeqCst) < 1).await;
            taken.load(Ordering::SeqCst)
        };
        let began = Instant::now();
        // The second is polled first.
        let (seen, ()) = tokio::join!(biased; second, first);
        assert_eq!(seen, 1);
        assert!(began.elapsed() < BOUND);

        // Nobody comes before it.
        drop(turns.take(|| true).await);
        assert!(began.elapsed() >= BOUND);
    }

    #[tokio::test]
    async fn a_call_behind_one_that_was_not_taken_is_judged_at_once() {
        let turns = Turns::default();
        let began = Instant::now();
        let first = turns.take(|| false).await;
        let second = turns.take(|| true);
        tokio::pin!(second);
        tokio::select! {
            biased;
            _ = &mut second => panic!("two turns at once"),
            () = tokio::task::yield_now() => {}
        }
        drop(first);
        drop(second.await);
        assert!(began.elapsed() < BOUND);
    }

    #[tokio::test]
    async fn no_more_calls_than_the_window_are_under_way() {
        let turns = Turns::default();
        let mut held = Vec::new();
        for _ in 0..limits::DELIVERY_CALLS_PER_LANE_MAX {
            held.push(turns.place().await);
        }
        let further = turns.place();
        tokio::pin!(further);
        tokio::select! {
            biased;
            _ = &mut further => panic!("one too many"),
            () = tokio::task::yield_now() => {}
        }
        held.pop();
        assert!(further.await.is_some());
    }
}
