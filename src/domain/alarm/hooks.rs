//! What waits for each webhook, and how telling it goes, as the journal has it.
//!
//! Never here: who is told first, and when (`alerts/`).

use imbl::OrdMap;

use super::{Failure, Outcome};
use crate::domain::party::Party;
use crate::domain::precedence::Precedence;
use crate::domain::time::Instant;
use crate::limits;

/// By the webhook's name.
pub type Hooks = OrdMap<String, Hook>;

/// An alert that a webhook was not told of yet.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Waiting {
    /// When it was put on record.
    pub at: Instant,
    pub precedence: Precedence,
    /// The author of the message; none where it is about this Party itself.
    pub author: Option<Party>,
}

impl Waiting {
    pub fn is_flash(&self) -> bool {
        self.precedence == Precedence::Flash
    }
}

/// That it was not told at the last attempt, and since when it was not.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Failing {
    pub since: Instant,
    pub why: Failure,
}

/// How telling one webhook goes.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Hook {
    /// By the record that holds the alert.
    pub waiting: OrdMap<u64, Waiting>,
    pub failing: Option<Failing>,
    /// The hour in which one below FLASH was last put on record as told or not, and how many in it.
    pub hour: i64,
    pub calls: u64,
    /// The hour for which it is on record that alerts wait.
    pub held: Option<i64>,
    pub delivered: u64,
    pub delivered_at: Option<Instant>,
    pub given_up: u64,
    /// How many came while as many waited as may, or waited when the webhook was no more for their offices.
    pub passed_over: u64,
}

impl Hook {
    /// How many calls below FLASH are on record for an hour.
    pub fn calls_in(&self, hour: i64) -> u64 {
        if self.hour == hour { self.calls } else { 0 }
    }

    /// Those below FLASH keep no FLASH out, and those of one author none of another.
    pub(in crate::domain) fn add(&mut self, alert: u64, waiting: Waiting) {
        let like_it = self.waiting.values().filter(|other| other.is_flash() == waiting.is_flash());
        let (mut all, mut of_one) = (0_usize, 0_usize);
        for other in like_it {
            all = all.saturating_add(1);
            of_one = of_one.saturating_add(usize::from(other.author == waiting.author));
        }
        if all >= limits::WEBHOOK_ALERTS_WAITING_MAX || of_one >= limits::WEBHOOK_ALERTS_WAITING_OF_ONE_MAX {
            self.passed_over = self.passed_over.saturating_add(1);
        } else {
            self.waiting.insert(alert, waiting);
        }
    }

    /// Of what waits it is told nothing; that is counted.
    pub(in crate::domain) fn clear(&mut self) {
        self.passed_over = self.passed_over.saturating_add(self.waiting.len() as u64);
        self.waiting = OrdMap::new();
    }

    /// Whether that may be put on record now.
    pub(in crate::domain) fn may(&self, alert: u64, outcome: Outcome, now: Instant) -> bool {
        let Some(waiting) = self.waiting.get(&alert) else { return false };
        match outcome {
            Outcome::Delivered => true,
            Outcome::Failed(why) => self.failing.is_none_or(|failing| failing.why != why),
            // It would be the same again.
            Outcome::GivenUp(Failure::Unreadable) => true,
            Outcome::GivenUp(_) => now.ms_since(waiting.at) > limits::WEBHOOK_PATIENCE_MS,
        }
    }

    pub(in crate::domain) fn told(&mut self, alert: u64, outcome: Outcome, at: Instant) {
        let waiting = match outcome {
            Outcome::Failed(_) => self.waiting.get(&alert).copied(),
            Outcome::Delivered | Outcome::GivenUp(_) => self.waiting.remove(&alert),
        };
        let Some(waiting) = waiting else { return };
        if !waiting.is_flash() && !matches!(outcome, Outcome::GivenUp(_)) {
            let hour = at.hour();
            self.calls = self.calls_in(hour).saturating_add(1);
            self.hour = hour;
        }
        match outcome {
            Outcome::Delivered => {
                self.failing = None;
                self.delivered = self.delivered.saturating_add(1);
                self.delivered_at = Some(at);
            }
            Outcome::Failed(why) => {
                let since = self.failing.map_or(at, |failing| failing.since);
                self.failing = Some(Failing { since, why });
            }
            Outcome::GivenUp(_) => self.given_up = self.given_up.saturating_add(1),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn waiting(precedence: Precedence, author: &str) -> Waiting {
        Waiting { at: Instant(0), precedence, author: Some(author.parse().unwrap()) }
    }

    #[test]
    fn one_author_s_alerts_keep_out_neither_another_s_nor_their_own_flash() {
        let mut hook = Hook::default();
        let most = limits::WEBHOOK_ALERTS_WAITING_OF_ONE_MAX as u64;
        for alert in 0..most + 7 {
            hook.add(alert, waiting(Precedence::Routine, "BY"));
        }
        assert_eq!((hook.waiting.len() as u64, hook.passed_over), (most, 7));
        hook.add(10_001, waiting(Precedence::Routine, "UA"));
        hook.add(10_002, waiting(Precedence::Flash, "BY"));
        assert_eq!((hook.waiting.len() as u64, hook.passed_over), (most + 2, 7));
    }

    #[test]
    fn what_can_t_be_read_is_given_up_at_once_and_all_else_after_its_time() {
        let mut hook = Hook::default();
        hook.add(1, waiting(Precedence::Flash, "BY"));
        hook.add(2, waiting(Precedence::Flash, "BY"));
        let unreadable = Outcome::GivenUp(Failure::Unreadable);
        assert!(!hook.may(1, Outcome::GivenUp(Failure::Unreachable), Instant(1)));
        assert!(hook.may(1, unreadable, Instant(1)));
        hook.told(1, unreadable, Instant(1));
        assert!(!hook.may(1, unreadable, Instant(1)));
        assert_eq!((hook.waiting.len(), hook.given_up, hook.failing), (1, 1, None));
    }

    #[test]
    fn alerts_below_flash_however_many_authors_they_have_keep_no_flash_out() {
        let mut hook = Hook::default();
        let authors = ["BY", "UA", "LT", "DE", "FR"];
        for (alert, author) in (0..).zip(authors.iter().cycle()).take(limits::WEBHOOK_ALERTS_WAITING_MAX + 5)
        {
            hook.add(alert, waiting(Precedence::Immediate, author));
        }
        assert_eq!((hook.waiting.len(), hook.passed_over), (limits::WEBHOOK_ALERTS_WAITING_MAX, 5));
        hook.add(10_000, waiting(Precedence::Flash, "PL"));
        assert!(hook.waiting.contains_key(&10_000));
    }
}
