//! Alerts on the Board beyond the watch: which wait for which webhook, and what came of telling it.
//!
//! Never here: a call, or a clock of its own.

use super::Board;
use super::decide::{Decision, happened};
use crate::domain::alarm::{Noted, Waiting};
use crate::domain::event::{Change, Event, Record};
use crate::domain::office::OfficeKey;
use crate::domain::refusal::Refusal;
use crate::domain::time::Instant;

impl Board {
    /// An alert is on record: every webhook that is for one of these offices is to be told; none: for all.
    pub(super) fn for_webhooks(&mut self, alert: u64, waiting: Waiting, offices: &[OfficeKey]) {
        for (name, webhook) in &self.roster.webhooks {
            if webhook.is_for(offices) {
                self.hooks.entry(name.clone()).or_default().add(alert, waiting);
            }
        }
    }

    /// A webhook that is known no more is told nothing that waits.
    pub(super) fn webhooks_anew(&mut self, change: &Change) {
        if let Change::WebhookRemoved(name) = change {
            self.hooks.remove(name);
        }
    }

    pub(super) fn note_alarm(&self, noted: &Noted, now: Instant) -> Decision {
        let may = match noted {
            Noted::Told { webhook, alert, outcome } => {
                self.hooks.get(webhook).is_some_and(|hook| hook.may(*alert, *outcome, now))
            }
            Noted::Held { webhook, hour, .. } => {
                *hour == now.hour()
                    && self.hooks.get(webhook).is_some_and(|hook| hook.held.is_none_or(|held| held < *hour))
            }
        };
        if !may {
            return Err(Refusal::NothingToNote.into());
        }
        happened(Event::AlarmNoted(noted.clone()))
    }

    pub(super) fn alarm_noted(&mut self, record: &Record, noted: &Noted) {
        match noted {
            Noted::Told { webhook, alert, outcome } => {
                if let Some(hook) = self.hooks.get_mut(webhook) {
                    hook.told(*alert, *outcome, record.at);
                }
            }
            Noted::Held { webhook, hour, .. } => {
                if let Some(hook) = self.hooks.get_mut(webhook) {
                    hook.held = Some(*hour);
                }
            }
        }
    }
}
