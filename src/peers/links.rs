//! What this process knows of each link beside the journal: when the other end was last heard, and a
//! bell for whoever waits to try again.
//!
//! Never here: anything that must survive the process.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;

use crate::domain::party::Party;
use crate::domain::time::Instant;
use crate::limits;

/// Cheap to clone; all clones show the same links.
#[derive(Clone, Default)]
pub struct Links(Arc<Mutex<BTreeMap<Party, Arc<LinkState>>>>);

/// One link as this process sees it.
#[derive(Default)]
pub struct LinkState {
    seen: Mutex<Seen>,
    /// Rung when the other end is heard: waits after failed calls end.
    heard: Notify,
    /// Rung when a heartbeat should be sent before its time.
    beat: Notify,
    /// Held while a part is given to the other end: one at a time.
    giving: Arc<tokio::sync::Mutex<()>>,
}

/// What the process has seen of the other end since it started.
#[derive(Clone, Copy, Default, Debug)]
pub struct Seen {
    pub heard_at: Option<Instant>,
    /// What the other end sent that it had not validly signed, or that was not of this link.
    pub not_taken: u64,
    /// What was answered "not now".
    pub not_now: u64,
    /// Parts that came and were not what its messages say.
    pub parts_discarded: u64,
}

impl Links {
    pub fn of(&self, party: Party) -> Arc<LinkState> {
        let mut links = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        links.entry(party).or_default().clone()
    }
}

impl LinkState {
    pub fn seen(&self) -> Seen {
        *self.lock()
    }

    /// The other end called, or answered.
    pub fn hear(&self, now: Instant) {
        self.lock().heard_at = Some(now);
        self.heard.notify_waiters();
    }

    pub fn count_not_taken(&self) {
        let mut seen = self.lock();
        seen.not_taken = seen.not_taken.saturating_add(1);
    }

    pub fn count_not_now(&self) {
        let mut seen = self.lock();
        seen.not_now = seen.not_now.saturating_add(1);
    }

    pub fn count_part_discarded(&self) {
        let mut seen = self.lock();
        seen.parts_discarded = seen.parts_discarded.saturating_add(1);
    }

    /// For whoever gives the other end a part: `None` while another is being given.
    pub fn try_give(&self) -> Option<tokio::sync::OwnedMutexGuard<()>> {
        self.giving.clone().try_lock_owned().ok()
    }

    /// Asks for a heartbeat before its time.
    pub fn ask_for_beat(&self) {
        self.beat.notify_one();
    }

    pub async fn asked_for_beat(&self) {
        self.beat.notified().await;
    }

    /// Waits after the `failures`th failure in a row; ends early when the other end is heard.
    pub async fn back_off(&self, failures: u32) {
        let doubled = limits::BACK_OFF_MS_MIN.saturating_mul(1 << failures.min(16));
        let most = doubled.min(limits::BACK_OFF_MS_MAX);
        let wait = Duration::from_millis(most / 2 + chance(most / 2));
        let _ = tokio::time::timeout(wait, self.heard.notified()).await;
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Seen> {
        // Only whole numbers are set under the lock: a panic elsewhere leaves nothing half done.
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A number from 0 to `most`, so that nodes that failed together do not come back together.
fn chance(most: u64) -> u64 {
    getrandom::u64().map_or(most, |number| number % most.saturating_add(1))
}
