//! Checks of links from and to the form in which records hold them.
//!
//! Never here: a schedule as two custodians write it (`check_schedule.rs`): a record holds just that text.

use std::sync::Arc;

use bytes::Bytes;

use super::check_schedule;
use super::dispatch::{digest, party};
use super::fault::DecodeFault;
use super::journal_v1 as proto;
use crate::domain::check::{Account, CheckNoted, CheckPlan, Known, What};
use crate::domain::time::Instant;
use proto::check_missed::Known as WireKnown;
use proto::check_noted::What as Wire;

pub(super) fn schedule_to_proto(plan: &CheckPlan) -> proto::CheckSchedule {
    proto::CheckSchedule { text: check_schedule::write(plan) }
}

pub(super) fn schedule_from_proto(wire: &proto::CheckSchedule) -> Result<Arc<CheckPlan>, DecodeFault> {
    let read = check_schedule::stored(&wire.text);
    read.map(Arc::new).map_err(|_| DecodeFault::new("change.check_schedule", "a check schedule"))
}

pub(super) fn to_proto(noted: &CheckNoted) -> proto::CheckNoted {
    let what = match &noted.what {
        What::Made { at } => Wire::MadeAtMs(at.0),
        What::Answered { at } => Wire::AnsweredAtMs(at.0),
        What::Late { at } => Wire::LateAtMs(at.0),
        What::Missed(known) => Wire::Missed(proto::CheckMissed {
            known: Some(match known {
                Known::LinkDown { since } => WireKnown::LinkDownSinceMs(since.map_or(0, |since| since.0)),
                Known::Unanswered => WireKnown::Unanswered(true),
                Known::NotSentByUs => WireKnown::NotSentByUs(true),
                Known::PlannedOutage { message } => {
                    WireKnown::PlannedOutage(Bytes::copy_from_slice(&message.0))
                }
                Known::NotRecorded => WireKnown::NotRecorded(true),
                Known::NotRunning => WireKnown::NotRunning(true),
                Known::AnswerNotProven => WireKnown::AnswerNotProven(true),
                Known::NoCheckCame => WireKnown::NoCheckCame(true),
            }),
        }),
        What::ByHand(account) => Wire::ByHand(proto::CheckByHand {
            answered: account.answered,
            at_ms: account.at.0,
            note: account.note.clone(),
        }),
    };
    proto::CheckNoted {
        with: noted.with.to_string(),
        check: noted.check.clone(),
        due_ms: noted.due.0,
        asks: noted.asks.to_string(),
        what: Some(what),
    }
}

pub(super) fn from_proto(wire: proto::CheckNoted) -> Result<CheckNoted, DecodeFault> {
    let what = match wire.what.ok_or(DecodeFault::new("check_noted", "a step that this program knows"))? {
        Wire::MadeAtMs(at) => What::Made { at: Instant(at) },
        Wire::AnsweredAtMs(at) => What::Answered { at: Instant(at) },
        Wire::LateAtMs(at) => What::Late { at: Instant(at) },
        Wire::Missed(missed) => What::Missed(known(missed)?),
        Wire::ByHand(account) => What::ByHand(Account {
            answered: account.answered,
            at: Instant(account.at_ms),
            note: account.note,
        }),
    };
    Ok(CheckNoted {
        with: party(&wire.with, "check_noted.with")?,
        check: wire.check,
        due: Instant(wire.due_ms),
        asks: party(&wire.asks, "check_noted.asks")?,
        what,
    })
}

fn known(wire: proto::CheckMissed) -> Result<Known, DecodeFault> {
    let known = wire.known.ok_or(DecodeFault::new("check_noted.missed", "what this program knows"))?;
    Ok(match known {
        WireKnown::LinkDownSinceMs(since) => {
            Known::LinkDown { since: (since != 0).then_some(Instant(since)) }
        }
        WireKnown::Unanswered(_) => Known::Unanswered,
        WireKnown::NotSentByUs(_) => Known::NotSentByUs,
        WireKnown::PlannedOutage(message) => {
            Known::PlannedOutage { message: digest(&message, "check_noted.missed.planned_outage")? }
        }
        WireKnown::NotRecorded(_) => Known::NotRecorded,
        WireKnown::NotRunning(_) => Known::NotRunning,
        WireKnown::AnswerNotProven(_) => Known::AnswerNotProven,
        WireKnown::NoCheckCame(_) => Known::NoCheckCame,
    })
}
