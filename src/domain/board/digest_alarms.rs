//! What the Board's digest (`digest.rs`) takes of webhooks with what waits for each, of what comes to its end, and of
//! the alarms that the Party set for itself.
//!
//! Never here: what follows from these.

use super::Board;
use super::digest::Sum;
use crate::domain::alarm::{Failure, OwnAlarm, Thing, Webhook};
use crate::domain::message::Traffic;

pub(super) fn of(sum: &mut Sum, board: &Board) {
    sum.list(board.hooks.iter(), |sum, (name, hook)| {
        sum.bytes(name.as_bytes());
        sum.list(hook.waiting.iter(), |sum, (alert, waiting)| {
            sum.number(*alert);
            sum.signed_number(waiting.at.0);
            sum.precedence(waiting.precedence);
            sum.optional(waiting.author.as_ref(), |sum, author| sum.party(*author));
        });
        sum.optional(hook.failing.as_ref(), |sum, failing| {
            sum.signed_number(failing.since.0);
            failure(sum, failing.why);
        });
        sum.signed_number(hook.hour);
        sum.number(hook.calls);
        sum.optional(hook.held.as_ref(), |sum, hour| sum.signed_number(*hour));
        sum.number(hook.delivered);
        sum.optional(hook.delivered_at.as_ref(), |sum, at| sum.signed_number(at.0));
        sum.number(hook.given_up);
        sum.number(hook.passed_over);
    });
    sum.list(board.expiries.iter(), |sum, (what, (ends, step))| {
        thing(sum, what);
        sum.signed_number(ends.0);
        sum.number(u64::from(*step));
    });
    sum.list(board.own_alarms.iter(), |sum, ((thread, message, name), running)| {
        sum.bytes(&thread.0);
        sum.bytes(&message.0);
        sum.bytes(name.as_bytes());
        sum.party(running.author);
        sum.number(match running.traffic {
            Traffic::Real => 0,
            Traffic::Drill => 1,
        });
        sum.precedence(running.precedence);
        sum.signed_number(running.since.0);
        sum.signed_number(running.due.0);
        sum.optional(running.raised.as_ref(), |sum, at| sum.signed_number(at.0));
    });
    sum.number(board.own_alarms.not_begun);
}

fn thing(sum: &mut Sum, thing: &Thing) {
    match thing {
        Thing::NodeCertificate => sum.number(0),
        Thing::Authority(party, digest) => {
            sum.number(1);
            sum.party(*party);
            sum.bytes(&digest.0);
        }
        Thing::RevocationList(party) => {
            sum.number(2);
            sum.party(*party);
        }
    }
}

fn failure(sum: &mut Sum, failure: Failure) {
    let (number, status) = match failure {
        Failure::Unreachable => (1, 0),
        Failure::TimedOut => (2, 0),
        Failure::Certificate => (3, 0),
        Failure::Handshake => (4, 0),
        Failure::Protocol => (5, 0),
        Failure::Redirected => (6, 0),
        Failure::Status(status) => (7, status),
        Failure::Budget => (8, 0),
        Failure::Unreadable => (9, 0),
    };
    sum.number(number);
    sum.number(u64::from(status));
}

impl Sum {
    pub(super) fn webhook(&mut self, webhook: &Webhook) {
        for text in [&webhook.name, &webhook.url, &webhook.authority] {
            self.bytes(text.as_bytes());
        }
        self.list(webhook.offices.iter(), |sum, code| sum.bytes(code.as_bytes()));
        self.number(u64::from(webhook.calls_per_hour));
    }

    pub(super) fn own_alarm(&mut self, alarm: &OwnAlarm) {
        for text in [alarm.name.as_str(), alarm.kind.name(), &alarm.label] {
            self.bytes(text.as_bytes());
        }
        self.number(u64::from(alarm.hours));
    }
}
