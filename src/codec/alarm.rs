//! Webhooks, alarms that a Party sets for itself, and what is noted of alerts and alarms, from and to the form in which
//! records hold them.
//!
//! Never here: what a webhook is told (`alerts/`).

use bytes::Bytes;

use super::dispatch::{digest, party};
use super::fault::DecodeFault;
use super::journal_v1 as proto;
use crate::domain::alarm::{Failure, Near, Noted, Outcome, OwnAlarm, Thing, Webhook};
use crate::domain::content::Kind;
use crate::domain::digest::ThreadId;
use crate::domain::event::Change;
use crate::domain::time::Instant;
use proto::alarm_noted::Noted as Wire;
use proto::expires::Thing as ThingWire;
use proto::own_alarm_change::Change as AlarmWire;
use proto::webhook_change::Change as WebhookWire;
use proto::{WebhookFailure, WebhookOutcome};

pub(super) fn added(webhook: &Webhook) -> proto::WebhookChange {
    let webhook = proto::Webhook {
        name: webhook.name.clone(),
        url: webhook.url.clone(),
        authority: webhook.authority.clone(),
        offices: webhook.offices.clone(),
        calls_per_hour: webhook.calls_per_hour,
    };
    proto::WebhookChange { change: Some(WebhookWire::Added(webhook)) }
}

pub(super) fn removed(name: &str) -> proto::WebhookChange {
    proto::WebhookChange { change: Some(WebhookWire::Removed(name.to_owned())) }
}

pub(super) fn webhook_change(wire: proto::WebhookChange) -> Result<Change, DecodeFault> {
    Ok(match wire.change {
        Some(WebhookWire::Added(wire)) => Change::WebhookAdded(Webhook {
            name: wire.name,
            url: wire.url,
            authority: wire.authority,
            offices: wire.offices,
            calls_per_hour: wire.calls_per_hour,
        }),
        Some(WebhookWire::Removed(name)) => Change::WebhookRemoved(name),
        None => return Err(DecodeFault::new("change.webhook", "added or removed")),
    })
}

pub(super) fn alarm_set(alarm: &OwnAlarm) -> proto::OwnAlarmChange {
    let alarm = proto::OwnAlarm {
        name: alarm.name.clone(),
        kind: alarm.kind.name().to_owned(),
        hours: alarm.hours,
        label: alarm.label.clone(),
    };
    proto::OwnAlarmChange { change: Some(AlarmWire::Set(alarm)) }
}

pub(super) fn alarm_removed(name: &str) -> proto::OwnAlarmChange {
    proto::OwnAlarmChange { change: Some(AlarmWire::Removed(name.to_owned())) }
}

pub(super) fn alarm_change(wire: proto::OwnAlarmChange) -> Result<Change, DecodeFault> {
    Ok(match wire.change {
        Some(AlarmWire::Set(wire)) => Change::OwnAlarmSet(OwnAlarm {
            kind: Kind::from_name(&wire.kind)
                .ok_or(DecodeFault::new("change.own_alarm.kind", "one that this program knows"))?,
            name: wire.name,
            hours: wire.hours,
            label: wire.label,
        }),
        Some(AlarmWire::Removed(name)) => Change::OwnAlarmRemoved(name),
        None => return Err(DecodeFault::new("change.own_alarm", "set or removed")),
    })
}

pub(super) fn to_proto(noted: &Noted) -> proto::AlarmNoted {
    let wire = match noted {
        Noted::Told { webhook, alert, outcome } => {
            let (outcome, failure) = match outcome {
                Outcome::Delivered => (WebhookOutcome::Delivered, None),
                Outcome::Failed(why) => (WebhookOutcome::Failed, Some(*why)),
                Outcome::GivenUp(why) => (WebhookOutcome::GivenUp, Some(*why)),
            };
            let (failure, status) = failure.map_or((WebhookFailure::Unspecified, 0), failure_to_proto);
            Wire::WebhookTold(proto::WebhookTold {
                webhook: webhook.clone(),
                alert: *alert,
                outcome: outcome as i32,
                failure: failure as i32,
                status,
            })
        }
        Noted::Expires(near) => {
            let thing = match near.thing {
                Thing::NodeCertificate => ThingWire::NodeCertificate(true),
                Thing::Authority(party, digest) => ThingWire::Authority(proto::AuthorityCertificate {
                    party: party.to_string(),
                    digest: Bytes::copy_from_slice(&digest.0),
                }),
                Thing::RevocationList(party) => ThingWire::RevocationList(party.to_string()),
            };
            Wire::Expires(proto::Expires { thing: Some(thing), ends_ms: near.ends.0, step: near.step })
        }
        Noted::PastDue { thread, message, alarm } => Wire::OwnAlarmPastDue(proto::OwnAlarmPastDue {
            thread: Bytes::copy_from_slice(&thread.0),
            message_digest: Bytes::copy_from_slice(&message.0),
            alarm: alarm.clone(),
        }),
        Noted::Held { webhook, hour, waiting } => {
            Wire::WebhookHeld(proto::WebhookHeld { webhook: webhook.clone(), hour: *hour, waiting: *waiting })
        }
    };
    proto::AlarmNoted { noted: Some(wire) }
}

pub(super) fn from_proto(wire: proto::AlarmNoted) -> Result<Noted, DecodeFault> {
    let unknown = DecodeFault::new("alarm_noted", "one of those that this program knows");
    Ok(match wire.noted.ok_or(unknown)? {
        Wire::WebhookTold(told) => {
            let why = || failure_from_proto(told.failure, told.status);
            let outcome = match WebhookOutcome::try_from(told.outcome) {
                Ok(WebhookOutcome::Delivered) => Outcome::Delivered,
                Ok(WebhookOutcome::Failed) => Outcome::Failed(why()?),
                Ok(WebhookOutcome::GivenUp) => Outcome::GivenUp(why()?),
                Ok(WebhookOutcome::Unspecified) | Err(_) => {
                    return Err(DecodeFault::new(
                        "alarm_noted.webhook_told.outcome",
                        "one that this program knows",
                    ));
                }
            };
            Noted::Told { webhook: told.webhook, alert: told.alert, outcome }
        }
        Wire::Expires(wire) => {
            let thing = match wire.thing {
                Some(ThingWire::NodeCertificate(_)) => Thing::NodeCertificate,
                Some(ThingWire::Authority(one)) => Thing::Authority(
                    party(&one.party, "alarm_noted.expires.authority.party")?,
                    digest(&one.digest, "alarm_noted.expires.authority.digest")?,
                ),
                Some(ThingWire::RevocationList(code)) => {
                    Thing::RevocationList(party(&code, "alarm_noted.expires.revocation_list")?)
                }
                None => {
                    return Err(DecodeFault::new("alarm_noted.expires", "a thing that this program knows"));
                }
            };
            Noted::Expires(Near { thing, ends: Instant(wire.ends_ms), step: wire.step })
        }
        Wire::OwnAlarmPastDue(wire) => Noted::PastDue {
            thread: ThreadId::from_slice(&wire.thread)
                .ok_or(DecodeFault::new("alarm_noted.own_alarm_past_due.thread", "16 bytes"))?,
            message: digest(&wire.message_digest, "alarm_noted.own_alarm_past_due.message_digest")?,
            alarm: wire.alarm,
        },
        Wire::WebhookHeld(held) => {
            Noted::Held { webhook: held.webhook, hour: held.hour, waiting: held.waiting }
        }
    })
}

fn failure_to_proto(failure: Failure) -> (WebhookFailure, u32) {
    match failure {
        Failure::Unreachable => (WebhookFailure::Unreachable, 0),
        Failure::TimedOut => (WebhookFailure::TimedOut, 0),
        Failure::Certificate => (WebhookFailure::Certificate, 0),
        Failure::Handshake => (WebhookFailure::Handshake, 0),
        Failure::Protocol => (WebhookFailure::Protocol, 0),
        Failure::Redirected => (WebhookFailure::Redirected, 0),
        Failure::Status(status) => (WebhookFailure::Status, u32::from(status)),
        Failure::Budget => (WebhookFailure::Budget, 0),
        Failure::Unreadable => (WebhookFailure::Unreadable, 0),
    }
}

fn failure_from_proto(failure: i32, status: u32) -> Result<Failure, DecodeFault> {
    let field = "alarm_noted.webhook_told.failure";
    Ok(match WebhookFailure::try_from(failure) {
        Ok(WebhookFailure::Unreachable) => Failure::Unreachable,
        Ok(WebhookFailure::TimedOut) => Failure::TimedOut,
        Ok(WebhookFailure::Certificate) => Failure::Certificate,
        Ok(WebhookFailure::Handshake) => Failure::Handshake,
        Ok(WebhookFailure::Protocol) => Failure::Protocol,
        Ok(WebhookFailure::Redirected) => Failure::Redirected,
        Ok(WebhookFailure::Status) => {
            let status = u16::try_from(status).map_err(|_| DecodeFault::new(field, "an HTTP status"))?;
            Failure::Status(status)
        }
        Ok(WebhookFailure::Budget) => Failure::Budget,
        Ok(WebhookFailure::Unreadable) => Failure::Unreadable,
        Ok(WebhookFailure::Unspecified) | Err(_) => {
            return Err(DecodeFault::new(field, "one that this program knows"));
        }
    })
}
