//! Alerts and alarms on the Board beyond the watch: which wait for which webhook, what came of telling it, what comes
//! to its end, and what the Party's own alarms wait for.
//!
//! Never here: a call, or a clock of its own.

use super::Board;
use super::decide::{Decision, happened};
use crate::domain::alarm::{Near, Noted, Spoken, Waiting};
use crate::domain::digest::Digest;
use crate::domain::event::{Change, Event, Record};
use crate::domain::fact::Gist;
use crate::domain::office::OfficeKey;
use crate::domain::people::Role;
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

    /// Before the roster takes a change: a webhook that is to be known no more, or no more for all offices that it was
    /// for, is told nothing that waits; an alarm that is set no more runs for nothing.
    pub(super) fn alarms_before(&mut self, change: &Change) {
        match change {
            Change::WebhookAdded(new) => {
                let before = self.roster.webhooks.get(&new.name);
                if before.is_some_and(|before| !new.is_for_all_of(before))
                    && let Some(hook) = self.hooks.get_mut(&new.name)
                {
                    hook.clear();
                }
            }
            Change::WebhookRemoved(name) => {
                self.hooks.remove(name);
            }
            Change::OwnAlarmRemoved(name) => self.own_alarms.drop_all(name),
            _ => {}
        }
    }

    /// A message is on record: it meets what waits in its thread for its side, and may begin what waits for the
    /// other. That it was read says nothing.
    pub(super) fn for_own_alarms(&mut self, message: &Gist, digest: Digest, at: Instant) {
        let Some(own) = self.own.filter(|_| !self.is_unheard(message, digest)) else { return };
        let spoken = Spoken {
            thread: message.thread,
            digest,
            author: message.author,
            traffic: message.traffic,
            precedence: message.precedence,
            at,
        };
        self.own_alarms.meet(own.party, &spoken);
        for alarm in self.roster.own_alarms.values().filter(|alarm| message.kind == Some(alarm.kind)) {
            self.own_alarms.begin(alarm, &spoken);
        }
    }

    /// The desks of those who run the node; none where one of them stands at the central desk: then it is for all.
    fn operators_desks(&self) -> Vec<OfficeKey> {
        let members = self.roster.members.values();
        let operators = members.filter(|member| member.roles.contains(&Role::Operator));
        let desks: Vec<OfficeKey> =
            operators.map(|member| self.roster.offices.desk_of(&member.person)).collect();
        if desks.iter().any(|desk| desk.is_empty()) { Vec::new() } else { desks }
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
            Noted::Expires(near) => {
                Near::at(near.thing, near.ends, now) == Some(*near) && self.expiries.is_news(near)
            }
            Noted::PastDue { thread, message, alarm } => {
                let running = self.own_alarms.get(&(*thread, *message, alarm.clone()));
                running.is_some_and(|running| running.due <= now && running.raised.is_none())
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
            Noted::Expires(near) => {
                self.expiries.noted(near);
                let desks = self.operators_desks();
                let waiting = Waiting { at: record.at, precedence: near.precedence(), author: None };
                self.for_webhooks(record.index, waiting, &desks);
            }
            Noted::PastDue { thread, message, alarm } => {
                let key = (*thread, *message, alarm.clone());
                let of = self.own_alarms.get(&key).map(|running| (running.precedence, running.author));
                self.own_alarms.raised(&key, record.at);
                if let Some((precedence, author)) = of {
                    let offices = self.roster.offices.still_listed(self.offices_of(message)).to_vec();
                    let waiting = Waiting { at: record.at, precedence, author: Some(author) };
                    self.for_webhooks(record.index, waiting, &offices);
                }
            }
        }
    }
}
