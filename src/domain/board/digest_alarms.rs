//! What the Board's digest (`digest.rs`) takes of webhooks, and of what waits for each.
//!
//! Never here: what follows from these.

use super::digest::Sum;
use crate::domain::alarm::{Failure, Hooks, Webhook};

pub(super) fn of(sum: &mut Sum, hooks: &Hooks) {
    sum.list(hooks.iter(), |sum, (name, hook)| {
        sum.bytes(name.as_bytes());
        sum.list(hook.waiting.iter(), |sum, (alert, waiting)| {
            sum.number(*alert);
            sum.signed_number(waiting.at.0);
            sum.precedence(waiting.precedence);
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
}
