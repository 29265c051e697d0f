//! The watch, from and to the form in which records hold it: plan, cards, alerts and hand-overs.
//!
//! Never here: plan and cards as two custodians write them (`watch_plan.rs`, `watch_cards.rs`).

use std::sync::Arc;

use bytes::Bytes;

use super::dispatch::digest;
use super::fault::DecodeFault;
use super::journal_v1 as proto;
use super::message::{person_from_proto, person_to_proto, precedence_from_proto, precedence_to_proto};
use crate::domain::digest::Digest;
use crate::domain::duty::DutyNumber;
use crate::domain::time::Instant;
use crate::domain::watch::{
    Alerted, Card, HandedDuty, HoldingReply, OfferedOnRecord, OwedAs, Reach, Rule, Step, WatchCards,
    WatchPlan,
};

pub(super) fn plan_to_proto(plan: &WatchPlan) -> proto::WatchPlan {
    let step = |step: &Step| proto::WatchStep {
        alert: step.alert.clone(),
        within_minutes: step.within_minutes,
        telephone: step.telephone.clone(),
    };
    let rule = |rule: &Rule| proto::WatchRule {
        precedence: precedence_to_proto(rule.precedence),
        office: rule.office.clone(),
        steps: rule.steps.iter().map(step).collect(),
    };
    proto::WatchPlan { zone: plan.zone.clone(), rules: plan.rules.iter().map(rule).collect() }
}

pub(super) fn plan_from_proto(wire: proto::WatchPlan) -> Result<Arc<WatchPlan>, DecodeFault> {
    let step = |wire: proto::WatchStep| Step {
        alert: wire.alert,
        within_minutes: wire.within_minutes,
        telephone: wire.telephone,
    };
    let rule = |wire: proto::WatchRule| {
        Ok(Rule {
            precedence: precedence_from_proto(wire.precedence, "change.watch_plan.rules.precedence")?,
            office: wire.office,
            steps: wire.steps.into_iter().map(step).collect(),
        })
    };
    let rules = wire.rules.into_iter().map(rule).collect::<Result<_, _>>()?;
    Ok(Arc::new(WatchPlan { zone: wire.zone, rules }))
}

pub(super) fn cards_to_proto(cards: &WatchCards) -> proto::WatchCards {
    let reply = |reply: &HoldingReply| proto::HoldingReply {
        language: reply.language.clone(),
        subject: reply.subject.clone(),
        lines: reply.lines.clone(),
    };
    let card = |card: &Card| proto::WatchCard {
        name: card.name.clone(),
        kinds: card.kinds.clone(),
        precedences: card.precedences.iter().map(|one| precedence_to_proto(*one)).collect(),
        office: card.office.clone(),
        steps: card.steps.clone(),
        telephones: card.telephones.clone(),
        languages: card.languages.clone(),
        holding: card.holding.iter().map(reply).collect(),
    };
    proto::WatchCards { cards: cards.cards.iter().map(card).collect() }
}

pub(super) fn cards_from_proto(wire: proto::WatchCards) -> Result<Arc<WatchCards>, DecodeFault> {
    let reply = |wire: proto::HoldingReply| HoldingReply {
        language: wire.language,
        subject: wire.subject,
        lines: wire.lines,
    };
    let precedence = |wire: &i32| precedence_from_proto(*wire, "change.watch_cards.cards.precedences");
    let card = |wire: proto::WatchCard| {
        Ok(Card {
            name: wire.name,
            kinds: wire.kinds,
            precedences: wire.precedences.iter().map(precedence).collect::<Result<_, _>>()?,
            office: wire.office,
            steps: wire.steps,
            telephones: wire.telephones,
            languages: wire.languages,
            holding: wire.holding.into_iter().map(reply).collect(),
        })
    };
    Ok(Arc::new(WatchCards { cards: wire.cards.into_iter().map(card).collect::<Result<_, _>>()? }))
}

pub(super) fn alerted_to_proto(alerted: &Alerted) -> proto::Alerted {
    proto::Alerted {
        message_digest: Bytes::copy_from_slice(&alerted.message.0),
        step: alerted.step,
        due_ms: alerted.due.0,
        persons: alerted.persons.iter().map(person_to_proto).collect(),
        everyone: alerted.reach == Reach::Everyone,
        next_due_ms: alerted.next.map(|at| at.0),
    }
}

pub(super) fn alerted_from_proto(wire: proto::Alerted) -> Result<Alerted, DecodeFault> {
    let person = |wire| person_from_proto(Some(wire), "alerted.persons");
    Ok(Alerted {
        message: digest(&wire.message_digest, "alerted.message_digest")?,
        step: wire.step,
        due: Instant(wire.due_ms),
        persons: wire.persons.into_iter().map(person).collect::<Result<_, _>>()?,
        reach: if wire.everyone { Reach::Everyone } else { Reach::Named },
        next: wire.next_due_ms.map(Instant),
    })
}

pub(super) fn offered_to_proto(offered: &OfferedOnRecord) -> proto::WatchOffered {
    proto::WatchOffered {
        desk: offered.desk.clone(),
        to: Some(person_to_proto(&offered.to)),
        digest: Bytes::copy_from_slice(&offered.digest.0),
        open: offered.open.iter().map(|message| Bytes::copy_from_slice(&message.0)).collect(),
        open_more: offered.open_more,
        open_steps: offered.steps.clone(),
        duties: offered.duties.iter().map(handed_to_proto).collect(),
        duties_more: offered.duties_more,
    }
}

fn handed_to_proto(duty: &HandedDuty) -> proto::DutyHandedOver {
    let owed_as = match duty.owed_as {
        OwedAs::Awaited => proto::OwedAs::Awaited,
        OwedAs::Unknown => proto::OwedAs::Unknown,
        OwedAs::Lapsed => proto::OwedAs::Lapsed,
        OwedAs::PastDue => proto::OwedAs::PastDue,
        OwedAs::Suspended => proto::OwedAs::Suspended,
        OwedAs::JudgedInsufficient => proto::OwedAs::JudgedInsufficient,
    };
    proto::DutyHandedOver { number: duty.number.0, due_ms: duty.due.0, owed_as: owed_as as i32 }
}

fn handed_from_proto(wire: proto::DutyHandedOver) -> Result<HandedDuty, DecodeFault> {
    let owed_as = match proto::OwedAs::try_from(wire.owed_as) {
        Ok(proto::OwedAs::Awaited) => OwedAs::Awaited,
        Ok(proto::OwedAs::Unknown) => OwedAs::Unknown,
        Ok(proto::OwedAs::Lapsed) => OwedAs::Lapsed,
        Ok(proto::OwedAs::PastDue) => OwedAs::PastDue,
        Ok(proto::OwedAs::Suspended) => OwedAs::Suspended,
        Ok(proto::OwedAs::JudgedInsufficient) => OwedAs::JudgedInsufficient,
        Ok(proto::OwedAs::Unspecified) | Err(_) => {
            return Err(DecodeFault::new("watch_offered.duties.owed_as", "must be one that is known"));
        }
    };
    Ok(HandedDuty { number: DutyNumber(wire.number), due: Instant(wire.due_ms), owed_as })
}

pub(super) fn offered_from_proto(wire: proto::WatchOffered) -> Result<OfferedOnRecord, DecodeFault> {
    let open = wire.open.iter().map(|message| digest(message, "watch_offered.open"));
    Ok(OfferedOnRecord {
        desk: wire.desk,
        to: person_from_proto(wire.to, "watch_offered.to")?,
        digest: digest(&wire.digest, "watch_offered.digest")?,
        open: open.collect::<Result<_, _>>()?,
        open_more: wire.open_more,
        steps: wire.open_steps,
        duties: wire.duties.into_iter().map(handed_from_proto).collect::<Result<_, _>>()?,
        duties_more: wire.duties_more,
    })
}

pub(super) fn taken_to_proto(desk: &str, digest: &Digest) -> proto::WatchTaken {
    proto::WatchTaken { desk: desk.into(), digest: Bytes::copy_from_slice(&digest.0) }
}
