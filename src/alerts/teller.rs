//! Tells one webhook of what waits for it, one alert at a time: each is on record as delivered before the next is
//! begun, so that a crash tells no more than one twice.
//!
//! What waits follows from the journal alone. Never here: what is told (`cloud_event.rs`), or how (`call.rs`).

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::{Instant as Moment, sleep, timeout_at};

use super::call::Caller;
use super::cloud_event;
use crate::clock::moment_after;
use crate::domain::alarm::{Failure, Hook, Noted, Outcome, Waiting, Webhook};
use crate::domain::board::Denied;
use crate::domain::command::{Command, Origin};
use crate::domain::precedence::Precedence;
use crate::domain::refusal::NotNow;
use crate::domain::time::Instant;
use crate::limits;
use crate::registrar::{Head, Registrar};

const HOUR_MS: i64 = 3_600_000;

/// One webhook's task.
pub(super) struct Teller {
    registrar: Registrar,
    webhook: Webhook,
    /// How often each was tried by this process.
    tries: BTreeMap<u64, u32>,
    calls: Calls,
    failing: Option<Backing>,
}

/// Calls of this process in an hour, those that failed among them.
#[derive(Default)]
struct Calls {
    hour: i64,
    flash: u64,
    lower: u64,
}

/// That the last call failed.
struct Backing {
    why: Failure,
    failures: u32,
    until: Moment,
    /// The newest alert that waited then.
    newest: u64,
}

/// What to do next.
enum Next {
    Tell(u64, Waiting),
    GiveUp(u64, Failure),
    /// Until then at the latest.
    Rest(Moment),
    /// The calls of the hour are spent.
    HourSpent,
    Nothing,
}

/// The Registrar has ended.
struct Ended;

impl Teller {
    pub(super) fn new(registrar: Registrar, webhook: Webhook) -> Teller {
        let (tries, calls) = (BTreeMap::new(), Calls::default());
        Teller { registrar, webhook, tries, calls, failing: None }
    }

    /// Until the Registrar ends.
    pub(super) async fn run(mut self) {
        let Some(caller) = Caller::of(&self.webhook, &self.registrar.clock) else {
            tracing::warn!(
                "a webhook on record can't be called; two custodians can put another in its place"
            );
            return;
        };
        let mut heads = self.registrar.heads();
        while self.turn(&caller, &mut heads).await.is_ok() {}
    }

    async fn turn(&mut self, caller: &Caller, heads: &mut watch::Receiver<Arc<Head>>) -> Result<(), Ended> {
        let head = heads.borrow_and_update().clone();
        let hook = head.board.hooks.get(&self.webhook.name).cloned().unwrap_or_default();
        self.tries.retain(|alert, _| hook.waiting.contains_key(alert));
        let now = self.registrar.clock.now();
        match self.next(&hook, now) {
            Next::Tell(alert, waiting) => self.tell(caller, &head, &hook, (alert, waiting)).await,
            Next::GiveUp(alert, why) => self.note(alert, Outcome::GivenUp(why)).await,
            Next::Rest(until) => {
                let changed = timeout_at(until, self.changed(heads, &hook)).await;
                changed.unwrap_or(Ok(()))
            }
            Next::HourSpent => {
                let hour = now.hour();
                if hook.held.is_none_or(|held| held < hour) {
                    let waiting = hook.waiting.len() as u64;
                    let webhook = self.webhook.name.clone();
                    self.give(Noted::Held { webhook, hour, waiting }).await?;
                }
                let clock = self.registrar.clock.clone();
                let next = Instant(hour.saturating_add(1).saturating_mul(HOUR_MS));
                tokio::select! {
                    changed = self.changed(heads, &hook) => changed,
                    () = clock.wait_until(next) => Ok(()),
                }
            }
            Next::Nothing => self.changed(heads, &hook).await,
        }
    }

    /// What is over is given up first; then what `first` names.
    fn next(&self, hook: &Hook, now: Instant) -> Next {
        if hook.waiting.is_empty() {
            return Next::Nothing;
        }
        let is_over = |waiting: &Waiting| now.ms_since(waiting.at) > limits::WEBHOOK_PATIENCE_MS;
        let flash = self.calls.flash_in(now.hour()) < limits::WEBHOOK_FLASH_CALLS_PER_HOUR_MAX;
        let lower = self.calls.lower_in(now.hour()).max(hook.calls_in(now.hour()))
            < u64::from(self.webhook.calls_per_hour);
        let may = |waiting: &Waiting| if waiting.is_flash() { flash } else { lower };
        if let Some(over) = hook.waiting.iter().find(|(_, waiting)| is_over(waiting)) {
            match &self.failing {
                Some(failing) => return Next::GiveUp(*over.0, failing.why),
                None if !may(over.1) => return Next::GiveUp(*over.0, Failure::Budget),
                // It was not tried since this process began.
                None => {}
            }
        }
        let Some((alert, waiting)) = first(hook, &self.tries, may) else { return Next::HourSpent };
        let newest = newest(hook);
        match &self.failing {
            Some(failing) if Moment::now() < failing.until && newest <= failing.newest => {
                Next::Rest(failing.until)
            }
            Some(_) | None => Next::Tell(alert, waiting),
        }
    }

    async fn tell(
        &mut self,
        caller: &Caller,
        head: &Head,
        hook: &Hook,
        (alert, waiting): (u64, Waiting),
    ) -> Result<(), Ended> {
        let event = match cloud_event::of(head, &self.registrar.journal, alert).await {
            Ok(event) => event,
            // The next in turn is not held up.
            Err(fault) if fault.is_lasting() => {
                tracing::error!(%fault, "an alert can't be read, and no webhook is told of it");
                return self.note(alert, Outcome::GivenUp(Failure::Unreadable)).await;
            }
            Err(fault) => {
                tracing::warn!(%fault, "an alert can't be read for a webhook; trying again");
                sleep(Duration::from_millis(limits::ALERT_REST_MS)).await;
                return Ok(());
            }
        };
        let tries = self.tries.entry(alert).or_default();
        *tries = tries.saturating_add(1);
        self.calls.count(self.registrar.clock.now().hour(), waiting.precedence);
        match caller.tell(event).await {
            Ok(()) => {
                self.failing = None;
                self.note(alert, Outcome::Delivered).await
            }
            Err(why) => {
                let failures = self.failing.as_ref().map_or(0, |failing| failing.failures);
                let until = moment_after(back_off(failures));
                let (failures, newest) = (failures.saturating_add(1), newest(hook));
                self.failing = Some(Backing { why, failures, until, newest });
                // Once for each reason in a row.
                if hook.failing.is_none_or(|failing| failing.why != why) {
                    tracing::warn!(webhook = %self.webhook.name, reason = why.reason(), "a webhook is not told");
                    return self.note(alert, Outcome::Failed(why)).await;
                }
                Ok(())
            }
        }
    }

    async fn note(&self, alert: u64, outcome: Outcome) -> Result<(), Ended> {
        self.give(Noted::Told { webhook: self.webhook.name.clone(), alert, outcome }).await
    }

    /// Until it is on record, or needs not be.
    async fn give(&self, noted: Noted) -> Result<(), Ended> {
        loop {
            match self.registrar.give(Command::NoteAlarm(noted.clone()), Origin::Node).await {
                Ok(_) | Err(Denied::Refused(_) | Denied::AlreadyDone { .. }) => return Ok(()),
                Err(Denied::NotNow(NotNow::Stopped)) => return Err(Ended),
                Err(Denied::NotNow(_)) => sleep(Duration::from_millis(limits::ALERT_REST_MS)).await,
            }
        }
    }

    /// Until something else waits than did.
    async fn changed(&self, heads: &mut watch::Receiver<Arc<Head>>, seen: &Hook) -> Result<(), Ended> {
        let is_other = |head: &Arc<Head>| match head.board.hooks.get(&self.webhook.name) {
            Some(hook) => !hook.waiting.ptr_eq(&seen.waiting),
            None => !seen.waiting.is_empty(),
        };
        heads.wait_for(is_other).await.map(|_| ()).map_err(|_| Ended)
    }
}

impl Calls {
    fn flash_in(&self, hour: i64) -> u64 {
        if self.hour == hour { self.flash } else { 0 }
    }

    fn lower_in(&self, hour: i64) -> u64 {
        if self.hour == hour { self.lower } else { 0 }
    }

    fn count(&mut self, hour: i64, precedence: Precedence) {
        if self.hour != hour {
            *self = Calls { hour, ..Calls::default() };
        }
        let calls = if precedence == Precedence::Flash { &mut self.flash } else { &mut self.lower };
        *calls = calls.saturating_add(1);
    }
}

/// FLASH before all below it, whatever was tried how often; of one precedence what was tried least, and of these what
/// came first.
fn first(hook: &Hook, tries: &BTreeMap<u64, u32>, may: impl Fn(&Waiting) -> bool) -> Option<(u64, Waiting)> {
    let may_now = hook.waiting.iter().filter(|(_, waiting)| may(waiting));
    let first = may_now.min_by_key(|(alert, waiting)| {
        (Reverse(waiting.precedence), tries.get(alert).copied().unwrap_or(0), **alert)
    });
    first.map(|(alert, waiting)| (*alert, *waiting))
}

fn newest(hook: &Hook) -> u64 {
    hook.waiting.get_max().map_or(0, |(alert, _)| *alert)
}

/// How long to wait after so many failures before, half of it by chance.
fn back_off(failures: u32) -> Duration {
    let doubled = limits::BACK_OFF_MS_MIN.saturating_mul(1 << failures.min(16));
    let most = doubled.min(limits::WEBHOOK_BACK_OFF_MS_MAX);
    let half = most / 2;
    let chance = getrandom::u64().ok().and_then(|number| number.checked_rem(half.saturating_add(1)));
    Duration::from_millis(half.saturating_add(chance.unwrap_or(half)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rest_doubles_up_to_its_bound_and_half_of_it_is_chance() {
        for failures in [0, 1, 5, 9, 40, u32::MAX] {
            let most = limits::BACK_OFF_MS_MIN.saturating_mul(1 << failures.min(16));
            let most = Duration::from_millis(most.min(limits::WEBHOOK_BACK_OFF_MS_MAX));
            let rest = back_off(failures);
            assert!(rest >= most / 2 && rest <= most, "{failures}: {rest:?}");
        }
    }

    #[test]
    fn a_flash_that_failed_is_tried_before_what_is_lower_and_was_never_tried() {
        let mut hook = Hook::default();
        for (alert, precedence) in [
            (1, Precedence::Routine),
            (2, Precedence::Flash),
            (3, Precedence::Flash),
            (4, Precedence::Routine),
        ] {
            hook.waiting.insert(alert, Waiting { at: Instant(0), precedence, author: None });
        }
        let first = |tries: &[(u64, u32)], may: fn(&Waiting) -> bool| {
            first(&hook, &tries.iter().copied().collect(), may).map(|(alert, _)| alert)
        };
        assert_eq!(first(&[], |_| true), Some(2));
        assert_eq!(first(&[(2, 1)], |_| true), Some(3), "the other FLASH in turn");
        assert_eq!(first(&[(2, 7), (3, 7)], |_| true), Some(2));
        assert_eq!(first(&[(2, 7), (3, 7), (1, 1)], |waiting| !waiting.is_flash()), Some(4));
    }

    #[test]
    fn calls_are_counted_by_the_hour_and_flash_apart() {
        let mut calls = Calls::default();
        for precedence in [Precedence::Flash, Precedence::Routine, Precedence::Priority] {
            calls.count(7, precedence);
        }
        assert_eq!((calls.flash_in(7), calls.lower_in(7), calls.lower_in(8)), (1, 2, 0));
        calls.count(8, Precedence::Routine);
        assert_eq!((calls.flash_in(8), calls.lower_in(8)), (0, 1));
    }
}
