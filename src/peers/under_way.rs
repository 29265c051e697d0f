//! What of the other end's is under way to us by what its heartbeats say that it sent, and by when all of it came.
//!
//! Never here: anything that evidence rests on. The other end's word puts off what is past due, within bounds.

use crate::domain::time::Instant;
use crate::limits;

/// Serials by lane, ROUTINE first.
type ByLane = [u64; 4];

/// What is under way from the other end, by lane.
#[derive(Clone, Copy, Default, Debug)]
pub struct UnderWay {
    /// By lane: the last serial taken while the other end said that it gave more, and since when that was so.
    awaited: [Option<(u64, Instant)>; 4],
    /// When the other end had last sent what has all come since, and what it had sent at a later time, all of which
    /// has not.
    came: Option<Instant>,
    sent: Option<Sent>,
}

/// What the other end had sent by a heartbeat, and since when that is waited for while it is heard.
#[derive(Clone, Copy, Debug)]
struct Sent {
    serials: ByLane,
    at: Instant,
    since: Instant,
}

impl UnderWay {
    /// The newest of the instants at which all that the other end had sent is known to have come; `said` is what it had
    /// sent by its newest heartbeat, and when that came.
    pub fn all_came(
        &self,
        said: Option<(ByLane, Instant)>,
        heard_at: Option<Instant>,
        taken: ByLane,
    ) -> Option<Instant> {
        let newest = said.zip(heard_at).filter(|((sent, _), heard)| self.is_all(*sent, *heard, taken));
        let since = self.sent.filter(|sent| is_within(&sent.serials, &taken)).map(|sent| sent.at);
        [self.came, since, newest.map(|((_, at), _)| at)].into_iter().flatten().max()
    }

    /// Whether nothing that it says to have sent is under way.
    fn is_all(&self, sent: ByLane, heard_at: Instant, taken: ByLane) -> bool {
        let waits = |awaited: Option<(u64, Instant)>, taken: u64| match awaited {
            Some((before, since)) if before == taken => heard_at.ms_since(since) <= limits::UNDER_WAY_MS_MAX,
            Some(_) | None => true,
        };
        let mut lanes = self.awaited.into_iter().zip(sent).zip(taken);
        !lanes.any(|((awaited, sent), taken)| sent > taken && waits(awaited, taken))
    }

    /// A heartbeat said at `at` what was sent; `now` is by our own clock. `was_away`: since the heartbeat before there
    /// was a day in which the other end was not heard at all.
    pub fn note(
        &mut self,
        sent_by_now: ByLane,
        taken: ByLane,
        (was_away, at): (bool, Instant),
        now: Instant,
    ) {
        // Nothing comes while the link is down: what is under way is waited for from then on.
        let day = limits::UNDER_WAY_MS_MAX;
        match self.sent {
            // What it had sent then is waited for before what it sent since.
            Some(sent) if !is_within(&sent.serials, &taken) && was_away => {
                self.sent = Some(Sent { since: at, ..sent });
            }
            Some(sent) if !is_within(&sent.serials, &taken) && at.ms_since(sent.since) <= day => {}
            before => {
                self.came = before.map(|sent| sent.at).max(self.came);
                self.sent = Some(Sent { serials: sent_by_now, at, since: at });
            }
        }
        for ((awaited, sent), taken) in self.awaited.iter_mut().zip(sent_by_now).zip(taken) {
            *awaited = match *awaited {
                _ if sent <= taken => None,
                Some((before, since)) if before == taken && !was_away => Some((before, since.min(now))),
                Some(_) | None => Some((taken, now)),
            };
        }
    }
}

/// Lane by lane.
fn is_within(sent: &ByLane, taken: &ByLane) -> bool {
    sent.iter().zip(taken).all(|(sent, taken)| sent <= taken)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::peers::links::{LinkState, Said};

    fn said(link: &LinkState, sent: u64, taken: u64, ms: i64) -> Option<Instant> {
        link.hear(Instant(ms));
        link.note_said(Said { sent: [sent, 0, 0, 0], ..Said::default() }, [taken, 0, 0, 0], Instant(ms));
        link.seen().all_came([taken, 0, 0, 0])
    }

    #[test]
    fn what_is_claimed_to_be_under_way_and_does_not_come_for_a_day_counts_no_more() {
        let link = LinkState::default();
        let day = limits::UNDER_WAY_MS_MAX;
        assert_eq!(said(&link, u64::MAX, 7, 2), None);
        // Another claim, with nothing that came, is not another wait.
        assert_eq!(said(&link, u64::MAX - 1, 7, 2 + day), None);
        assert_eq!(said(&link, u64::MAX, 7, 3 + day), Some(Instant(3 + day)));
        // What comes shows that more may.
        assert_eq!(said(&link, u64::MAX, 8, 4 + day), Some(Instant(2)));
        let came = said(&link, u64::MAX, 8, 4 + 2 * day);
        assert!(came < Some(Instant(4 + day)), "{came:?}");
        assert_eq!(said(&link, u64::MAX, 8, 5 + 2 * day), Some(Instant(5 + 2 * day)));
    }

    #[test]
    fn whoever_says_another_time_than_it_is_is_taken_at_its_word_no_further_than_a_call_lasts() {
        let link = LinkState::default();
        let (call, hour) = (limits::CALL_MS_MAX as i64, 3_600_000);
        let called = |at: i64, now: i64| link.note_called(Instant(at), Instant(now)).0;
        assert_eq!([called(100, 105), called(200, 205)], [100, 200]);
        // It was on the way while the clock here leapt, or while this machine slept.
        assert_eq!(called(300, hour), 300);
        assert_eq!([called(0, hour + 9), called(i64::MIN, hour + 10)], [hour + 9 - call, hour + 10 - call]);
        assert_eq!(called(i64::MAX, hour + 11), hour + 11);
        // However late it comes, it was made after the one before it.
        assert_eq!(called(0, 2 * hour), hour + 11);
    }

    #[test]
    fn what_was_under_way_when_the_link_went_down_is_waited_for_once_it_is_back() {
        let link = LinkState::default();
        let day = limits::UNDER_WAY_MS_MAX;
        assert_eq!(said(&link, 9, 8, 1), None);
        assert_eq!(said(&link, 9, 8, 2 + 2 * day), None);
        assert_eq!(said(&link, 9, 8, 3 + 2 * day), None);
        assert_eq!(said(&link, 9, 9, 4 + 2 * day), Some(Instant(4 + 2 * day)));
    }

    #[test]
    fn whoever_is_heard_all_along_puts_off_nothing_by_heartbeats_that_are_rare() {
        let link = LinkState::default();
        let (day, hour) = (limits::UNDER_WAY_MS_MAX, 3_600_000);
        assert_eq!(said(&link, u64::MAX, 7, 1), None);
        // Deliveries go on.
        link.hear(Instant(day / 2));
        link.hear(Instant(day));
        assert_eq!(said(&link, u64::MAX, 7, day + hour), Some(Instant(day + hour)));
    }

    #[test]
    fn whoever_goes_on_sending_is_waited_for_only_until_what_it_had_sent_has_come() {
        let link = LinkState::default();
        assert_eq!(said(&link, 9, 3, 1), None);
        assert_eq!(said(&link, 15, 8, 2), None);
        // By the first heartbeat it had sent nine.
        assert_eq!(link.seen().all_came([9, 0, 0, 0]), Some(Instant(1)));
        assert_eq!(said(&link, 20, 12, 3), Some(Instant(1)));
        assert_eq!(said(&link, 30, 19, 4), Some(Instant(1)));
        assert_eq!(said(&link, 40, 25, 5), Some(Instant(3)));
        assert_eq!(said(&link, 40, 40, 6), Some(Instant(6)));
    }
}
