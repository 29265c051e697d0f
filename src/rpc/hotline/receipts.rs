//! What the receipt of an addressee says of a message of ours: that it is on record there is proven, the time is theirs.
//!
//! Never here: a clock that is taken for right.

use crate::codec::proto::detente::v1 as calls;
use crate::domain::message::{Outcome, Receipt};
use crate::domain::time::Instant;
use crate::rpc::thread::disputed_time;

/// What is kept of a verified receipt.
pub(super) struct Receipted {
    outcome: Outcome,
    /// In what the time in it can't be; empty where it can.
    disputed: Box<str>,
    /// By the clock there.
    at: Instant,
}

impl Receipted {
    /// `sent` is when the message was released, `None` where that is not known; `heard` when the receipt came on record
    /// here.
    pub fn of(receipt: &Receipt, sent: Option<Instant>, heard: Instant) -> Receipted {
        let disputed = sent.and_then(|sent| disputed_time(receipt, sent, Some(heard)));
        Receipted {
            outcome: receipt.outcome,
            disputed: disputed.unwrap_or_default().into(),
            at: receipt.received_at,
        }
    }

    pub fn tell(&self, state: &mut calls::TextState) {
        if self.outcome == Outcome::Taken {
            (state.on_record, state.on_record_ms) = (true, self.at.0);
            state.on_record_disputed = self.disputed.to_string();
        } else {
            state.refused = self.outcome.sentence().into();
        }
    }
}
