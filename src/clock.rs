//! The one place that asks what time it is. Deciding, certificates and lists are all judged by this
//! clock; tests and the demo set it.
//!
//! Never here: a meaning of time. Instants and date-time groups are in `domain/time.rs`.

use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use rustls::pki_types::UnixTime;
use rustls::time_provider::TimeProvider;
use tokio::sync::watch;

use crate::domain::time::Instant;
use crate::limits;

/// Cheap to clone; all clones show the same time.
#[derive(Clone, Debug)]
pub struct Clock {
    reading: Arc<watch::Sender<Reading>>,
}

#[derive(Clone, Copy, Debug)]
enum Reading {
    System,
    Set(Instant),
}

impl Reading {
    fn now(self) -> Instant {
        match self {
            Reading::System => system_now(),
            Reading::Set(at) => at,
        }
    }
}

impl Clock {
    /// The machine's own clock.
    pub fn system() -> Clock {
        Clock { reading: Arc::new(watch::Sender::new(Reading::System)) }
    }

    /// A clock that stands at `at` until it is set.
    pub fn standing_at(at: Instant) -> Clock {
        Clock { reading: Arc::new(watch::Sender::new(Reading::Set(at))) }
    }

    pub fn now(&self) -> Instant {
        let reading = *self.reading.borrow();
        reading.now()
    }

    /// Sets the clock, forward or back, and lets it stand there. Wakes whoever waits.
    pub fn set(&self, at: Instant) {
        self.reading.send_replace(Reading::Set(at));
    }

    /// From here on the machine's own clock is followed.
    pub fn follow_system(&self) {
        self.reading.send_replace(Reading::System);
    }

    /// Returns once the clock shows `at` or later.
    pub async fn wait_until(&self, at: Instant) {
        let mut readings = self.reading.subscribe();
        loop {
            let reading = *readings.borrow_and_update();
            let left_ms = at.ms_since(reading.now());
            if left_ms <= 0 {
                return;
            }
            // `changed` can't fail: `self` holds the sender.
            match reading {
                Reading::System => {
                    let nap_ms = left_ms.unsigned_abs().min(limits::CLOCK_RECHECK_MS);
                    let _ = tokio::time::timeout(Duration::from_millis(nap_ms), readings.changed()).await;
                }
                Reading::Set(_) => {
                    let _ = readings.changed().await;
                }
            }
        }
    }
}

/// Where a wait from now on ends, by the clock that no one sets: for how long to wait, never for what time it is.
pub fn moment_after(wait: Duration) -> tokio::time::Instant {
    let now = tokio::time::Instant::now();
    // None is so long that it has no end there.
    now.checked_add(wait).unwrap_or(now)
}

fn system_now() -> Instant {
    let ms = |duration: Duration| i64::try_from(duration.as_millis()).unwrap_or(i64::MAX);
    match SystemTime::now().duration_since(UNIX_EPOCH) {
        Ok(after) => Instant(ms(after)),
        Err(before) => Instant(ms(before.duration()).saturating_neg()),
    }
}

/// Certificates and lists are judged by this clock too. Before 1970 there is no time for TLS.
impl TimeProvider for Clock {
    fn current_time(&self) -> Option<UnixTime> {
        let seconds = u64::try_from(self.now().seconds()).ok()?;
        Some(UnixTime::since_unix_epoch(Duration::from_secs(seconds)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn who_waits_on_a_standing_clock_is_woken_when_it_is_set_past_the_instant() {
        let clock = Clock::standing_at(Instant(1_000));
        let waiting = tokio::spawn({
            let clock = clock.clone();
            async move { clock.wait_until(Instant(3_000)).await }
        });
        tokio::task::yield_now().await;
        clock.set(Instant(2_999));
        tokio::task::yield_now().await;
        assert!(!waiting.is_finished());
        clock.set(Instant(3_000));
        waiting.await.unwrap();
    }

    #[tokio::test]
    async fn a_clock_that_goes_on_with_the_system_is_past_any_instant_of_last_century() {
        let clock = Clock::standing_at(Instant(0));
        clock.follow_system();
        clock.wait_until(Instant::from_rfc3339("1999-12-31T23:59:59Z").unwrap()).await;
    }
}
