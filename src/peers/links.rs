//! What this process knows of each link beside the journal: when the other end was last heard, and a
//! bell for whoever waits to try again.
//!
//! Never here: anything that must survive the process.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{Notify, Semaphore, watch};

use super::not_now::Waits;
use super::silence::Silence;
use super::taking::Wants;
use super::turns::Turns;
use super::under_way::UnderWay;
use crate::domain::party::Party;
use crate::domain::precedence::Precedence;
use crate::domain::time::Instant;
use crate::limits;

/// Cheap to clone; all clones show the same links.
#[derive(Clone, Default)]
pub struct Links(Arc<Mutex<BTreeMap<Party, Arc<LinkState>>>>);

/// One link as this process sees it.
pub struct LinkState {
    seen: Mutex<Seen>,
    /// Rung when the other end is heard: waits after calls without an answer end.
    heard: Notify,
    /// Rung when a heartbeat should be sent before its time.
    beat: Notify,
    /// Held while a part is given to the other end: one at a time.
    giving: Arc<tokio::sync::Mutex<()>>,
    /// Whether the other end has shown what it holds of our ledger since this process started. Until then
    /// we might be an older copy of ourselves, and give and take nothing.
    compared: watch::Sender<bool>,
    turns: [Turns; 4],
    pub(super) collecting: Semaphore,
    pub(super) asking_for_parts: Semaphore,
    /// Held while leaves of ours are read for the other end, and while receipts are taken that it hands in,
    /// for which what is owed is made again: one call of either at a time. Each is asked for in a few bytes,
    /// and reads a thousand records or signs dozens of dispatches; all links share the thread that reads.
    pub(super) reading_leaves: tokio::sync::Mutex<()>,
    pub(super) taking_receipts: tokio::sync::Mutex<()>,
    /// Held while a part is taken from the other end: one at a time.
    pub(super) wants: tokio::sync::Mutex<Wants>,
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
    /// How often the other end answered "not now".
    pub told_not_now: u64,
    pub(super) waits: Waits,
    /// Heartbeats in a row without an answer.
    pub unanswered: u64,
    /// What the other end's newest heartbeat said, and when it came.
    pub said: Option<Said>,
    pub said_at: Option<Instant>,
    /// When its newest own heartbeat came.
    called_at: Option<Instant>,
    /// Whether it was not heard for a day (`limits::UNDER_WAY_MS_MAX`) since its newest heartbeat.
    was_away: bool,
    silence: Silence,
    under_way: UnderWay,
    doubts: [u32; 4],
    /// Whether the other end last claimed more than we gave.
    held: bool,
    /// How often it began to claim that since it was told last, and in which hour that was.
    holds: u64,
    hold_told: Option<i64>,
    /// The lists that a heartbeat was asked for already.
    asked_about: Option<(u32, [u8; 32])>,
    /// From which leaf on the other end was handed what it lacked.
    handed_from: Option<u64>,
}

/// What a heartbeat says beside what is signed. It is for those who watch the link, and for what is past due: while
/// what the other end said then to be under way has not come, nothing of its is said to have lapsed (`all_came`). No
/// evidence rests on it.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Said {
    /// The other end's clock.
    pub at: Instant,
    /// The last serials that it gave and took, by lane, ROUTINE first.
    pub sent: [u64; 4],
    pub taken: [u64; 4],
}

/// Whether the other end is heard.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Heard {
    /// Within the time in which a heartbeat brings a word from it.
    Up { at: Instant },
    /// Not since then; `None`: not since this process started.
    Silent { since: Option<Instant> },
}

impl Seen {
    /// A link that is silent and one that is dead are told apart by its heartbeats: they bring a word at least every
    /// `silent_after_ms`, while the other end lives.
    pub fn heard(&self, now: Instant, silent_after_ms: i64) -> Heard {
        match self.heard_at {
            Some(at) if now.ms_since(at) <= silent_after_ms => Heard::Up { at },
            since => Heard::Silent { since },
        }
    }

    /// Whether the other end was heard since an instant. One that was heard before it only, no longer ago than
    /// `silent_after_ms`, may have gone before that instant or after.
    ///
    /// # Errors
    /// It can't be told yet: by then it can, for the heartbeats bring a word, or there was none for so long.
    pub fn heard_since(&self, then: Instant, now: Instant, silent_after_ms: i64) -> Result<Heard, Instant> {
        match self.heard_at {
            Some(at) if at >= then => Ok(Heard::Up { at }),
            Some(at) if now.ms_since(at) <= silent_after_ms => {
                Err(at.plus_ms(silent_after_ms.saturating_add(1)))
            }
            since => Ok(Heard::Silent { since }),
        }
    }

    /// That it was down at an instant, where its heartbeats told so for sure, whether it is heard again or not. Only the
    /// last silence is known.
    pub fn down_at(&self, then: Instant) -> Option<Heard> {
        self.silence.at(then)
    }

    /// By when all that the other end had sent us is known to have come: `taken` are the last serials taken, by lane,
    /// ROUTINE first. `None` before that was so once. Whoever goes on sending puts it off no longer than what it had
    /// sent takes to come; and what was said to be under way for a day (`limits::UNDER_WAY_MS_MAX`) counts no more:
    /// else whoever claims enough never lets anything lapse.
    pub fn all_came(&self, taken: [u64; 4]) -> Option<Instant> {
        self.under_way.all_came(self.said.map(|said| said.sent).zip(self.said_at), self.heard_at, taken)
    }
}

/// What ends a wait before its time.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Patience {
    /// The other end did not answer: when it is heard, it is time to try again.
    UntilHeard,
    /// The other end answered, and that is all for now.
    ToTheEnd,
}

impl Links {
    pub fn of(&self, party: Party) -> Arc<LinkState> {
        let mut links = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        links.entry(party).or_default().clone()
    }
}

impl Default for LinkState {
    fn default() -> LinkState {
        LinkState {
            seen: Mutex::default(),
            heard: Notify::new(),
            beat: Notify::new(),
            giving: Arc::default(),
            compared: watch::Sender::new(false),
            turns: Default::default(),
            collecting: Semaphore::new(limits::COLLECTS_PER_LINK_MAX),
            asking_for_parts: Semaphore::new(limits::COLLECTS_PER_LINK_MAX),
            reading_leaves: tokio::sync::Mutex::default(),
            taking_receipts: tokio::sync::Mutex::default(),
            wants: tokio::sync::Mutex::default(),
        }
    }
}

impl LinkState {
    pub fn seen(&self) -> Seen {
        *self.lock()
    }

    /// The other end called, or answered.
    pub fn hear(&self, now: Instant) {
        let mut seen = self.lock();
        let before = seen.heard_at.replace(now);
        seen.silence.ends(before, now);
        seen.was_away |= before.is_some_and(|before| now.ms_since(before) > limits::UNDER_WAY_MS_MAX);
        drop(seen);
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

    /// Until the other end was heard since an instant.
    pub async fn until_heard_since(&self, then: Instant) {
        loop {
            let heard = self.heard.notified();
            if self.seen().heard_at.is_some_and(|at| at >= then) {
                return;
            }
            heard.await;
        }
    }

    /// A heartbeat had an answer, or none; how many in a row had none before.
    pub fn note_beat(&self, answered: bool, now: Instant, silent_after_ms: i64) -> u64 {
        let mut seen = self.lock();
        let before = seen.unanswered;
        seen.unanswered = if answered { 0 } else { before.saturating_add(1) };
        let heard = seen.heard(now, silent_after_ms);
        if let Heard::Silent { since } = heard
            && seen.unanswered >= limits::HEARTBEATS_MISSED_FOR_SURE
        {
            seen.silence.goes_on(since, now);
        }
        before
    }

    /// A heartbeat of the other end's own came in now, and says that it was made at `at`: the instant of which it is
    /// taken to speak. It was made after the one before it had come, or was on the way no longer than a call lasts:
    /// whoever says another time than it is puts off nothing by that.
    pub fn note_called(&self, at: Instant, now: Instant) -> Instant {
        let call_ms = i64::try_from(limits::CALL_MS_MAX).unwrap_or(i64::MAX);
        let before = self.lock().called_at.replace(now);
        let earliest = before.map_or(at, |before| before.min(now.plus_ms(call_ms.saturating_neg())));
        at.max(earliest).min(now)
    }

    /// A heartbeat said this, when these were the last serials taken, by lane, ROUTINE first.
    pub fn note_said(&self, said: Said, taken: [u64; 4], at: Instant) {
        let mut seen = self.lock();
        seen.said_at = Some(at);
        seen.said = Some(said);
        let was_away = std::mem::take(&mut seen.was_away);
        // Waits are measured by our own clock, whatever the other end says of its.
        let now = seen.heard_at.unwrap_or(at);
        seen.under_way.note(said.sent, taken, (was_away, at), now);
    }

    /// A receipt on this lane did not verify. How often in a row that has happened.
    pub fn doubt(&self, lane: Precedence) -> u32 {
        let mut seen = self.lock();
        let doubts = lane.of_mut(&mut seen.doubts);
        *doubts = doubts.saturating_add(1);
        *doubts
    }

    pub fn believe(&self, lane: Precedence) {
        *lane.of_mut(&mut self.lock().doubts) = 0;
    }

    /// Asks for a heartbeat before its time.
    pub fn ask_for_beat(&self) {
        self.beat.notify_one();
    }

    /// Asks for a heartbeat because of lists that are not held here: once for the same ones, lest two ends
    /// that can't agree ring for each other without end.
    pub fn ask_about(&self, key_list: u32, revocation_list: [u8; 32]) {
        let about = Some((key_list, revocation_list));
        let before = std::mem::replace(&mut self.lock().asked_about, about);
        if before != about {
            self.ask_for_beat();
        }
    }

    /// Asks for a heartbeat after leaves were handed in: once for the same ones, should they not be taken.
    pub fn ask_after_leaves(&self, from: u64) {
        let before = self.lock().handed_from.replace(from);
        if before != Some(from) {
            self.ask_for_beat();
        }
    }

    pub async fn asked_for_beat(&self) {
        self.beat.notified().await;
    }

    /// The other end has shown what it holds of our ledger, and our history contains it.
    pub fn compare(&self) {
        self.lock().held = false;
        self.compared.send_if_modified(|compared| !std::mem::replace(compared, true));
    }

    /// Until it shows otherwise, nothing is given to or taken from the other end. Where that is news, how often it came
    /// to that since it was told last: the other end may claim it, and take it back, as often as it likes, and is told
    /// of once an hour.
    pub fn hold(&self, now: Instant) -> Option<u64> {
        self.compared.send_if_modified(|compared| std::mem::replace(compared, false));
        let mut seen = self.lock();
        if std::mem::replace(&mut seen.held, true) {
            return None;
        }
        seen.holds = seen.holds.saturating_add(1);
        let told = seen.hold_told.replace(now.hour());
        if told == Some(now.hour()) { None } else { Some(std::mem::take(&mut seen.holds)) }
    }

    /// Whether it said last that it has more of ours than we gave.
    pub fn is_held(&self) -> bool {
        self.lock().held
    }

    pub fn is_compared(&self) -> bool {
        *self.compared.borrow()
    }

    pub async fn until_compared(&self) {
        // The sender is our own: it does not go away.
        let _ = self.compared.subscribe().wait_for(|compared| *compared).await;
    }

    /// In which order calls of deliveries on this lane are taken.
    pub(super) fn turns(&self, lane: Precedence) -> &Turns {
        lane.of(&self.turns)
    }

    /// Waits after the `failures`th failure in a row.
    pub async fn back_off(&self, failures: u32, patience: Patience) {
        let doubled = limits::BACK_OFF_MS_MIN.saturating_mul(1 << failures.min(16));
        let most = doubled.min(limits::BACK_OFF_MS_MAX);
        let wait = (most / 2).saturating_add(chance(most / 2)).max(limits::BACK_OFF_MS_MIN);
        let wait = Duration::from_millis(wait);
        match patience {
            Patience::ToTheEnd => tokio::time::sleep(wait).await,
            Patience::UntilHeard => {
                let heard = self.heard.notified();
                // Whoever is heard all the time is not called all the time.
                let least = Duration::from_millis(limits::BACK_OFF_MS_MIN);
                tokio::time::sleep(least).await;
                let _ = tokio::time::timeout(wait.saturating_sub(least), heard).await;
            }
        }
    }

    pub(super) fn lock(&self) -> std::sync::MutexGuard<'_, Seen> {
        // Only whole numbers are set under the lock: a panic elsewhere leaves nothing half done.
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A number from 0 to `most`, so that nodes that failed together do not come back together.
fn chance(most: u64) -> u64 {
    getrandom::u64().map_or(most, |number| number.checked_rem(most.saturating_add(1)).unwrap_or(most))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn that_a_link_is_held_is_told_once_an_hour_with_how_often_it_came_to_that() {
        let link = LinkState::default();
        let minute = |minutes: i64| Instant(minutes * 60_000);
        assert_eq!([link.hold(minute(0)), link.hold(minute(0))], [Some(1), None]);
        assert!(link.is_held() && !link.is_compared());
        for again in 1..=50 {
            link.compare();
            assert!(link.is_compared() && !link.is_held());
            assert_eq!(link.hold(minute(again)), None);
            assert!(link.is_held() && !link.is_compared());
        }
        // It goes on being held: that is no news.
        assert_eq!(link.hold(minute(61)), None);
        link.compare();
        assert_eq!(link.hold(minute(62)), Some(51));
    }
}
