//! What this process knows of "not now" on a link: since when the other end says it on a lane, and how often in this hour
//! it was said to the other end because the hour's bounds were used up.
//!
//! Never here: why the other end says it, which it does not tell, or anything that must survive the process.

use super::links::{LinkState, Seen};
use crate::domain::precedence::Precedence;
use crate::domain::time::Instant;

/// By lane, ROUTINE first, since when; and by hour.
#[derive(Clone, Copy, Default, Debug)]
pub(super) struct Waits {
    since: [Option<Instant>; 4],
    hour: i64,
    over_bounds: u64,
}

impl Seen {
    /// Since when the other end takes nothing of this lane and says "not now".
    pub fn told_not_now_since(&self, lane: Precedence) -> Option<Instant> {
        *lane.of(&self.waits.since)
    }

    /// How often in this hour the other end was told "not now" because its bounds were used up.
    pub fn over_bounds_in(&self, hour: i64) -> u64 {
        if self.waits.hour == hour { self.waits.over_bounds } else { 0 }
    }
}

impl LinkState {
    /// What came of one call of deliveries: whether receipts, and whether "not now" behind them.
    pub(super) fn note_answers(&self, lane: Precedence, went: bool, not_now: bool, now: Instant) {
        let mut seen = self.lock();
        if not_now {
            seen.told_not_now = seen.told_not_now.saturating_add(1);
        }
        let since = lane.of_mut(&mut seen.waits.since);
        if went {
            *since = None;
        }
        if not_now {
            since.get_or_insert(now);
        }
    }

    pub(super) fn count_over_bounds(&self, hour: i64) {
        let mut seen = self.lock();
        if seen.waits.hour != hour {
            seen.waits = Waits { hour, over_bounds: 0, ..seen.waits };
        }
        seen.waits.over_bounds = seen.waits.over_bounds.saturating_add(1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn since_when_the_other_end_says_not_now_is_told_of_the_lane_until_something_goes_there() {
        let link = LinkState::default();
        let since = |lane| link.seen().told_not_now_since(lane);
        let (routine, flash) = (Precedence::Routine, Precedence::Flash);
        for at in [100, 200] {
            link.note_answers(routine, false, true, Instant(at));
        }
        link.note_answers(flash, true, false, Instant(250));
        assert_eq!((since(routine), since(flash)), (Some(Instant(100)), None));
        // Some went, and what is behind them waits anew.
        link.note_answers(routine, true, true, Instant(300));
        assert_eq!(since(routine), Some(Instant(300)));
        link.note_answers(routine, true, false, Instant(400));
        assert_eq!((since(routine), link.seen().told_not_now), (None, 3));
    }

    #[test]
    fn what_was_over_the_bounds_is_counted_by_the_hour() {
        let link = LinkState::default();
        for hour in [7, 7, 8] {
            link.count_over_bounds(hour);
        }
        assert_eq!([7, 8, 9].map(|hour| link.seen().over_bounds_in(hour)), [0, 1, 0]);
    }
}
