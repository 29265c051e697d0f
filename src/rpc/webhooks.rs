//! Webhooks as persons see them: what two custodians agreed on, and how telling them goes.
//!
//! Never here: a call of one (`alerts/`).

use crate::codec::proto::detente::v1 as calls;
use crate::domain::alarm::{Hook, Webhook};
use crate::domain::board::Board;
use crate::domain::digest::Digest;

pub(super) fn from_proto(wire: &calls::Webhook) -> Webhook {
    Webhook {
        name: wire.name.clone(),
        url: wire.url.clone(),
        authority: wire.authority.clone(),
        offices: wire.offices.clone(),
        calls_per_hour: wire.calls_per_hour,
    }
}

fn to_proto(webhook: &Webhook) -> calls::Webhook {
    calls::Webhook {
        name: webhook.name.clone(),
        url: webhook.url.clone(),
        authority: webhook.authority.clone(),
        offices: webhook.offices.clone(),
        calls_per_hour: webhook.calls_per_hour,
    }
}

/// What decides comes first, and what somebody wrote last and in quotation marks.
pub(super) fn sentence(webhook: &Webhook) -> String {
    let offices: Vec<String> = webhook.offices.iter().map(|code| format!("{code:?}")).collect();
    let of = if offices.is_empty() { "all offices".into() } else { format!("office {}", offices.join(", ")) };
    format!(
        "tell alerts of {of} to a webhook, at most {} an hour below FLASH, whose certificate chains to the \
         authorities in a text with SHA-256 digest {}: {:?} at {:?}",
        webhook.calls_per_hour,
        Digest::of(webhook.authority.as_bytes()),
        webhook.name,
        webhook.url
    )
}

/// By name.
pub(super) fn lines(board: &Board) -> Vec<calls::WebhookLine> {
    let line = |webhook: &Webhook| {
        let hook = hook(board, &webhook.name);
        calls::WebhookLine {
            webhook: Some(to_proto(webhook)),
            waiting: hook.waiting.len() as u64,
            failing_since_ms: hook.failing.map_or(0, |failing| failing.since.0),
            failure: hook.failing.map(|failing| failing.why.reason()).unwrap_or_default(),
            given_up: hook.given_up,
            passed_over: hook.passed_over,
            delivered: hook.delivered,
            delivered_at_ms: hook.delivered_at.map_or(0, |at| at.0),
        }
    };
    board.roster.webhooks.values().map(line).collect()
}

/// Those that could not be told at the last attempt.
pub(super) fn failing(board: &Board) -> Vec<calls::WebhookFailing> {
    let failing = |(name, hook): (&String, &Hook)| {
        let failing = hook.failing?;
        Some(calls::WebhookFailing {
            name: name.clone(),
            since_ms: failing.since.0,
            failure: failing.why.reason(),
            waiting: hook.waiting.len() as u64,
        })
    };
    board.hooks.iter().filter_map(failing).collect()
}

fn hook(board: &Board, name: &str) -> Hook {
    board.hooks.get(name).cloned().unwrap_or_default()
}
