//! Alerts and alarms beyond the watch itself: to which webhooks they go (`webhook.rs`), what waits for each of these
//! (`hooks.rs`), what ends unless it is renewed (`expiry.rs`), and what a Party sets for itself (`own.rs`). The same nouns
//! as in `proto/detente/journal/v1/alarm.proto`.
//!
//! Never here: a call, a clock, or what a message says.

pub mod expiry;
pub mod hooks;
pub mod own;
pub mod webhook;

pub use expiry::{Expiries, Near, Thing};
pub use hooks::{Failing, Hook, Hooks, Waiting};
pub use own::{OwnAlarm, OwnAlarms, Running, Spoken};
pub use webhook::{Address, Webhook};

use super::digest::{Digest, ThreadId};

/// What the node puts on record about alerts and alarms.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Noted {
    /// What came of telling a webhook of an alert.
    Told { webhook: String, alert: u64, outcome: Outcome },
    /// That the calls of an hour are spent, and how many alerts waited then.
    Held { webhook: String, hour: i64, waiting: u64 },
    /// That something comes to its end.
    Expires(Near),
    /// That an alarm which this Party set for itself is past due.
    PastDue { thread: ThreadId, message: Digest, alarm: String },
}

/// What came of telling a webhook of one alert.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Outcome {
    Delivered,
    /// It is tried again.
    Failed(Failure),
    /// It is tried no more: its time is over, or nothing of it can be told.
    GivenUp(Failure),
}

/// Why a webhook was not told.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum Failure {
    #[error("nobody answers there, or the name can't be resolved")]
    Unreachable,
    #[error("it did not take the alert in time")]
    TimedOut,
    #[error(
        "its certificate does not chain to the authority agreed on, is not valid now, or is of another name"
    )]
    Certificate,
    #[error("TLS 1.3 did not come about")]
    Handshake,
    #[error("what answers there does not keep to HTTP, or to its bounds")]
    Protocol,
    #[error("it sends us on to another address, which is not followed")]
    Redirected,
    #[error("it answers with status {0}")]
    Status(u16),
    #[error("its calls of the hour were spent until the time was over")]
    Budget,
    #[error("what is on record of the alert can't be read")]
    Unreadable,
}

impl Failure {
    /// A stable word for programs.
    pub fn reason(self) -> String {
        let word = match self {
            Failure::Unreachable => "UNREACHABLE",
            Failure::TimedOut => "TIMED_OUT",
            Failure::Certificate => "CERTIFICATE",
            Failure::Handshake => "HANDSHAKE",
            Failure::Protocol => "PROTOCOL",
            Failure::Redirected => "REDIRECTED",
            Failure::Status(status) => return format!("STATUS {status}"),
            Failure::Budget => "BUDGET",
            Failure::Unreadable => "UNREADABLE",
        };
        word.to_owned()
    }
}
