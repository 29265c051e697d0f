//! The last silence of a link that its heartbeats told for sure: whoever asks later, when the other end is heard again,
//! is told that it was down then.
//!
//! Never here: why it was silent, or anything that must survive the process.

use super::links::Heard;
use crate::domain::time::Instant;

/// When the other end was heard last before it, `None` where it never was, and until when it is known to have lasted.
#[derive(Clone, Copy, Default, Debug)]
pub(super) struct Silence(Option<(Option<Instant>, Instant)>);

impl Silence {
    pub fn goes_on(&mut self, since: Option<Instant>, now: Instant) {
        self.0 = Some((since, now));
    }

    /// The other end is heard; `before` is when it was heard last.
    pub fn ends(&mut self, before: Option<Instant>, now: Instant) {
        if let Some((since, until)) = &mut self.0
            && *since == before
        {
            *until = now;
        }
    }

    /// `None` where it is not known to have been silent at that instant.
    pub fn at(&self, then: Instant) -> Option<Heard> {
        let (since, until) = self.0?;
        let lasts = since.is_none_or(|since| since < then) && then < until;
        lasts.then_some(Heard::Silent { since })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::peers::links::LinkState;

    const SILENT_AFTER_MS: i64 = 50;

    #[test]
    fn a_link_that_was_down_at_an_instant_was_so_also_once_it_is_heard_again() {
        let link = LinkState::default();
        let down_at = |ms: i64| link.seen().down_at(Instant(ms));
        link.hear(Instant(100));
        for now in [160, 170] {
            link.note_beat(false, Instant(now), SILENT_AFTER_MS);
        }
        assert_eq!(down_at(150), None, "one or two heartbeats that came to nothing tell nothing for sure");
        link.note_beat(false, Instant(180), SILENT_AFTER_MS);
        let down = Some(Heard::Silent { since: Some(Instant(100)) });
        assert_eq!([down_at(100), down_at(101), down_at(179), down_at(190)], [None, down, down, None]);
        link.hear(Instant(200));
        link.note_beat(true, Instant(201), SILENT_AFTER_MS);
        link.hear(Instant(230));
        assert_eq!([down_at(100), down_at(101), down_at(199), down_at(200)], [None, down, down, None]);
    }

    #[test]
    fn a_link_whose_other_end_calls_is_not_down_though_it_answers_no_call() {
        let link = LinkState::default();
        for now in 1..=9 {
            link.hear(Instant(now * 40));
            link.note_beat(false, Instant(now * 40 + 30), SILENT_AFTER_MS);
        }
        assert_eq!(link.seen().down_at(Instant(300)), None);
    }

    #[test]
    fn a_link_was_up_at_an_instant_where_it_was_heard_since_and_down_only_after_the_whole_silence() {
        let heard_since = |heard_at: Option<i64>, now: i64, silent_after_ms: i64| {
            let link = LinkState::default();
            if let Some(at) = heard_at {
                link.hear(Instant(at));
            }
            link.seen().heard_since(Instant(100), Instant(now), silent_after_ms)
        };
        let silent = |since: Option<i64>| -> Result<Heard, Instant> {
            Ok(Heard::Silent { since: since.map(Instant) })
        };
        assert_eq!(heard_since(Some(100), 101, 50), Ok(Heard::Up { at: Instant(100) }));
        assert_eq!(heard_since(Some(120), 900, 50), Ok(Heard::Up { at: Instant(120) }));
        assert_eq!(heard_since(Some(99), 130, 50), Err(Instant(150)));
        assert_eq!(heard_since(Some(99), 149, 50), Err(Instant(150)));
        assert_eq!(heard_since(Some(99), 150, 50), silent(Some(99)));
        assert_eq!(heard_since(None, 101, 50), silent(None));
        // The heartbeats may be agreed on anew meanwhile.
        assert_eq!(heard_since(Some(99), 130, 20), silent(Some(99)));
        assert_eq!(heard_since(Some(99), 150, 80), Err(Instant(180)));
    }
}
