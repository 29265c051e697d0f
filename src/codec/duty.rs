//! Duties from and to the form in which records hold them.
//!
//! Never here: whether one is owed, or may take a step (the Board decides).

use std::sync::Arc;

use bytes::Bytes;
use prost::Message;

use super::dispatch::{digest, party, thread};
use super::fault::DecodeFault;
use super::journal_v1 as proto;
use super::message::{precedence_from_proto, precedence_to_proto};
use crate::domain::digest::Digest;
use crate::domain::duty::{
    Awaited, Cause, Doubt, DutiesNoted, DutyNumber, Force, GivenBy, InTime, Lifting, ListEntry, Opened, Rule,
    RunsFrom, Step, TakenBack, Unbound,
};
use crate::domain::message::Traffic;
use crate::domain::time::Instant;
use crate::limits;
use proto::duty_step::Step as Wire;

/// What it takes in a record (bytes).
pub fn size(noted: &DutiesNoted) -> usize {
    to_proto(noted).encoded_len()
}

pub(super) fn to_proto(noted: &DutiesNoted) -> proto::DutiesNoted {
    proto::DutiesNoted {
        about: noted.about.map(bytes).unwrap_or_default(),
        opened: noted.opened.iter().map(opened_to_proto).collect(),
        steps: noted.steps.iter().map(step_to_proto).collect(),
        awaits: noted.receipts.iter().map(awaited_to_proto).collect(),
        unbound: noted.unbound.iter().map(unbound_to_proto).collect(),
        once_more: noted.once_more,
        left_out: noted.left_out,
        unreadable: noted.is_unreadable,
        seen: noted.seen,
        not_read: noted.not_read,
    }
}

pub(super) fn from_proto(wire: proto::DutiesNoted) -> Result<DutiesNoted, DecodeFault> {
    let many = [wire.opened.len(), wire.steps.len(), wire.awaits.len(), wire.unbound.len()];
    if many.into_iter().any(|many| many > limits::DUTIES_PER_RECORD_MAX) {
        return Err(DecodeFault::at_most("duties_noted", limits::DUTIES_PER_RECORD_MAX, "of each"));
    }
    Ok(DutiesNoted {
        about: if wire.about.is_empty() { None } else { Some(digest(&wire.about, "duties_noted.about")?) },
        opened: wire.opened.into_iter().map(opened_from_proto).collect::<Result<_, _>>()?,
        steps: wire.steps.into_iter().map(step_from_proto).collect::<Result<_, _>>()?,
        receipts: wire.awaits.into_iter().map(awaited_from_proto).collect::<Result<_, _>>()?,
        unbound: wire.unbound.into_iter().map(unbound_from_proto).collect::<Result<_, _>>()?,
        once_more: wire.once_more,
        left_out: wire.left_out,
        is_unreadable: wire.unreadable,
        seen: wire.seen,
        not_read: wire.not_read,
    })
}

fn bytes(digest: Digest) -> Bytes {
    Bytes::copy_from_slice(&digest.0)
}

fn opened_to_proto(opened: &Opened) -> proto::DutyOpened {
    let (message, thread, year) = match opened.cause {
        Cause::Message { digest, thread } => (bytes(digest), Bytes::copy_from_slice(&thread.0), 0),
        Cause::Year(year) => (Bytes::new(), Bytes::new(), i32::from(year)),
    };
    let force = match opened.rule.force {
        Force::Duty => proto::DutyForce::Duty,
        Force::Unchecked => proto::DutyForce::Unchecked,
        Force::Alarm => proto::DutyForce::Alarm,
    };
    let runs_from = match opened.runs_from {
        RunsFrom::Issue => proto::DutyRunsFrom::Issue,
        RunsFrom::Receipt => proto::DutyRunsFrom::Receipt,
        RunsFrom::ByHand => proto::DutyRunsFrom::ByHand,
        RunsFrom::Date => proto::DutyRunsFrom::Date,
        RunsFrom::Year => proto::DutyRunsFrom::Year,
    };
    proto::DutyOpened {
        regime: opened.rule.regime.clone(),
        regime_digest: bytes(opened.rule.digest),
        rule: opened.rule.name.clone(),
        paragraph: opened.rule.paragraph.clone(),
        force: force as i32,
        owed_by: opened.owed_by.to_string(),
        owed_to: opened.owed_to.to_string(),
        message_digest: message,
        thread,
        year,
        runs_from: runs_from as i32,
        runs_from_ms: opened.from.0,
        due_ms: opened.due.0,
        drill: opened.traffic == Traffic::Drill,
        entry: opened.entry.map(|entry| proto::DutyListEntry { of: entry.of, number: entry.number }),
    }
}

fn opened_from_proto(wire: proto::DutyOpened) -> Result<Opened, DecodeFault> {
    let force = match proto::DutyForce::try_from(wire.force) {
        Ok(proto::DutyForce::Duty) => Force::Duty,
        Ok(proto::DutyForce::Unchecked) => Force::Unchecked,
        Ok(proto::DutyForce::Alarm) => Force::Alarm,
        Ok(proto::DutyForce::Unspecified) | Err(_) => return Err(unknown("duties_noted.opened.force")),
    };
    let runs_from = match proto::DutyRunsFrom::try_from(wire.runs_from) {
        Ok(proto::DutyRunsFrom::Issue) => RunsFrom::Issue,
        Ok(proto::DutyRunsFrom::Receipt) => RunsFrom::Receipt,
        Ok(proto::DutyRunsFrom::ByHand) => RunsFrom::ByHand,
        Ok(proto::DutyRunsFrom::Date) => RunsFrom::Date,
        Ok(proto::DutyRunsFrom::Year) => RunsFrom::Year,
        Ok(proto::DutyRunsFrom::Unspecified) | Err(_) => {
            return Err(unknown("duties_noted.opened.runs_from"));
        }
    };
    let cause = if wire.message_digest.is_empty() {
        let year = i16::try_from(wire.year);
        Cause::Year(year.map_err(|_| DecodeFault::new("duties_noted.opened.year", "a year"))?)
    } else {
        Cause::Message {
            digest: digest(&wire.message_digest, "duties_noted.opened.message_digest")?,
            thread: thread(&wire.thread, "duties_noted.opened.thread")?,
        }
    };
    Ok(Opened {
        rule: Arc::new(Rule {
            regime: wire.regime,
            digest: digest(&wire.regime_digest, "duties_noted.opened.regime_digest")?,
            name: wire.rule,
            paragraph: wire.paragraph,
            force,
        }),
        owed_by: party(&wire.owed_by, "duties_noted.opened.owed_by")?,
        owed_to: party(&wire.owed_to, "duties_noted.opened.owed_to")?,
        cause,
        entry: wire.entry.map(|entry| ListEntry { of: entry.of, number: entry.number }),
        traffic: if wire.drill { Traffic::Drill } else { Traffic::Real },
        runs_from,
        from: Instant(wire.runs_from_ms),
        due: Instant(wire.due_ms),
    })
}

fn step_to_proto((duty, step): &(DutyNumber, Step)) -> proto::DutyStep {
    let wire = match step {
        Step::Answered { message } => Wire::Answered(proto::DutyAnswered { message_digest: bytes(*message) }),
        Step::Met { message, given, by, in_time } => {
            let by = match by {
                GivenBy::Receipt => proto::DutyGivenBy::Receipt,
                GivenBy::ByHand => proto::DutyGivenBy::Hand,
                GivenBy::CosignedHead => proto::DutyGivenBy::CosignedHead,
            };
            let in_time = match in_time {
                InTime::InTime => proto::DutyInTime::InTime,
                InTime::BySendersAccount => proto::DutyInTime::BySendersAccount,
                InTime::Late => proto::DutyInTime::Late,
            };
            Wire::Met(proto::DutyMet {
                message_digest: bytes(*message),
                given_ms: given.0,
                by: by as i32,
                in_time: in_time as i32,
            })
        }
        Step::JudgedInsufficient { by } => Wire::JudgedInsufficient(bytes(*by)),
        Step::Lapsed => Wire::PastDue(proto::DutyPastDue { lapsed: true }),
        Step::Alarmed => Wire::PastDue(proto::DutyPastDue { lapsed: false }),
        Step::Doubted { since, doubt } => {
            Wire::Doubted(proto::DutyDoubted { since_ms: since.0, not_reached: *doubt == Doubt::NotReached })
        }
        Step::Lifted(lifting) => Wire::Lifted(lifted_to_proto(*lifting)),
        Step::Resumed => Wire::Resumed(proto::DutyResumed {}),
        Step::TakenBack { message, why } => Wire::TakenBack(proto::DutyTakenBack {
            message_digest: bytes(*message),
            withdrawn_by: match why {
                TakenBack::Withdrawn { by } => bytes(*by),
                TakenBack::Account => Bytes::new(),
            },
        }),
    };
    proto::DutyStep { duty: duty.0, step: Some(wire) }
}

fn lifted_to_proto(lifting: Lifting) -> proto::DutyLifted {
    let (why, message) = match lifting {
        Lifting::Cancelled { by } => (proto::DutyLifting::Cancelled, Some(by)),
        Lifting::Suspended { by } => (proto::DutyLifting::Suspended, Some(by)),
        Lifting::ForceMajeure { claimed_in } => (proto::DutyLifting::ForceMajeure, Some(claimed_in)),
        Lifting::NotBound => (proto::DutyLifting::NotBound, None),
        Lifting::CameTooLate => (proto::DutyLifting::CameTooLate, None),
        Lifting::AccountTakenBack => (proto::DutyLifting::AccountTakenBack, None),
    };
    proto::DutyLifted { why: why as i32, message_digest: message.map(bytes).unwrap_or_default() }
}

fn step_from_proto(wire: proto::DutyStep) -> Result<(DutyNumber, Step), DecodeFault> {
    let step = match wire.step.ok_or(unknown("duties_noted.steps"))? {
        Wire::Answered(answered) => {
            Step::Answered { message: digest(&answered.message_digest, "duties_noted.steps.answered")? }
        }
        Wire::Met(met) => Step::Met {
            message: digest(&met.message_digest, "duties_noted.steps.met")?,
            given: Instant(met.given_ms),
            by: match proto::DutyGivenBy::try_from(met.by) {
                Ok(proto::DutyGivenBy::Receipt) => GivenBy::Receipt,
                Ok(proto::DutyGivenBy::Hand) => GivenBy::ByHand,
                Ok(proto::DutyGivenBy::CosignedHead) => GivenBy::CosignedHead,
                Ok(proto::DutyGivenBy::Unspecified) | Err(_) => {
                    return Err(unknown("duties_noted.steps.met.by"));
                }
            },
            in_time: match proto::DutyInTime::try_from(met.in_time) {
                Ok(proto::DutyInTime::InTime) => InTime::InTime,
                Ok(proto::DutyInTime::BySendersAccount) => InTime::BySendersAccount,
                Ok(proto::DutyInTime::Late) => InTime::Late,
                Ok(proto::DutyInTime::Unspecified) | Err(_) => {
                    return Err(unknown("duties_noted.steps.met.in_time"));
                }
            },
        },
        Wire::JudgedInsufficient(by) => {
            Step::JudgedInsufficient { by: digest(&by, "duties_noted.steps.judged_insufficient")? }
        }
        Wire::PastDue(past) => {
            if past.lapsed {
                Step::Lapsed
            } else {
                Step::Alarmed
            }
        }
        Wire::Doubted(doubted) => Step::Doubted {
            since: Instant(doubted.since_ms),
            doubt: if doubted.not_reached { Doubt::NotReached } else { Doubt::MayBeUnderWay },
        },
        Wire::Lifted(lifted) => Step::Lifted(lifted_from_proto(&lifted)?),
        Wire::Resumed(proto::DutyResumed {}) => Step::Resumed,
        Wire::TakenBack(taken) => {
            let by = &taken.withdrawn_by;
            let message = digest(&taken.message_digest, "duties_noted.steps.taken_back.message_digest")?;
            let why = if by.is_empty() {
                TakenBack::Account
            } else {
                TakenBack::Withdrawn { by: digest(by, "duties_noted.steps.taken_back.withdrawn_by")? }
            };
            Step::TakenBack { message, why }
        }
    };
    Ok((DutyNumber(wire.duty), step))
}

fn lifted_from_proto(lifted: &proto::DutyLifted) -> Result<Lifting, DecodeFault> {
    let message = || digest(&lifted.message_digest, "duties_noted.steps.lifted.message_digest");
    Ok(match proto::DutyLifting::try_from(lifted.why) {
        Ok(proto::DutyLifting::Cancelled) => Lifting::Cancelled { by: message()? },
        Ok(proto::DutyLifting::Suspended) => Lifting::Suspended { by: message()? },
        Ok(proto::DutyLifting::ForceMajeure) => Lifting::ForceMajeure { claimed_in: message()? },
        Ok(proto::DutyLifting::NotBound) => Lifting::NotBound,
        Ok(proto::DutyLifting::CameTooLate) => Lifting::CameTooLate,
        Ok(proto::DutyLifting::AccountTakenBack) => Lifting::AccountTakenBack,
        Ok(proto::DutyLifting::Unspecified) | Err(_) => {
            return Err(unknown("duties_noted.steps.lifted.why"));
        }
    })
}

fn awaited_to_proto(awaited: &Awaited) -> proto::AwaitedReceipt {
    proto::AwaitedReceipt {
        party: awaited.party.to_string(),
        lane: precedence_to_proto(awaited.lane),
        serial: awaited.serial,
    }
}

fn awaited_from_proto(wire: proto::AwaitedReceipt) -> Result<Awaited, DecodeFault> {
    Ok(Awaited {
        party: party(&wire.party, "duties_noted.receipts.party")?,
        lane: precedence_from_proto(wire.lane, "duties_noted.receipts.lane")?,
        serial: wire.serial,
    })
}

fn unbound_to_proto(unbound: &Unbound) -> proto::NotYetBound {
    proto::NotYetBound {
        party: unbound.party.to_string(),
        regime: unbound.regime.clone(),
        released_at_ms: unbound.at.0,
        regime_digest: unbound.text.map(bytes).unwrap_or_default(),
    }
}

fn unbound_from_proto(wire: proto::NotYetBound) -> Result<Unbound, DecodeFault> {
    let text = &wire.regime_digest;
    let text = if text.is_empty() { None } else { Some(digest(text, "duties_noted.unbound.regime_digest")?) };
    Ok(Unbound {
        party: party(&wire.party, "duties_noted.unbound.party")?,
        regime: wire.regime,
        text,
        at: Instant(wire.released_at_ms),
    })
}

fn unknown(field: &'static str) -> DecodeFault {
    DecodeFault::new(field, "a value that this program knows")
}
