//! What stands in records, one of each: duties, plans, cards, accounts of deliveries and the like.

use std::sync::Arc;

use detente::domain::alarm::{OwnAlarm, Webhook};
use detente::domain::by_hand::{DeliveredByHand, HandedOver, Says};
use detente::domain::digest::{CommandId, Digest};
use detente::domain::duty::{
    Awaited, Cause, Doubt, DutiesNoted, DutyNumber, Force, GivenBy, InTime, Lifting, ListEntry, Opened, Rule,
    RunsFrom, Step, TakenBack, Unbound,
};
use detente::domain::function::Term;
use detente::domain::hotline::phrases::{LinkPhrases, Phrase, PhraseText};
use detente::domain::message::Traffic;
use detente::domain::precedence::Precedence;
use detente::domain::regime::Document;
use detente::domain::regime::numbering::{Mark, Numbering, Pattern};
use detente::domain::time::Instant;
use detente::domain::watch::{self, Alerted, HandedDuty, OwedAs, Reach, WatchCards, WatchPlan};

use crate::party::{self, anna, at, peer, thread, us};

pub fn webhook(number: u64, text: &str) -> Webhook {
    Webhook {
        name: text.into(),
        url: format!("https://{text}"),
        authority: text.into(),
        offices: vec![text.into(), String::new()],
        calls_per_hour: number as u32,
    }
}

pub fn own_alarm(number: u64, text: &str) -> OwnAlarm {
    let kind = detente::domain::content::Kind::Question;
    OwnAlarm { name: text.into(), kind, hours: number as u32, label: text.into() }
}

pub fn owed(cause: Cause, runs_from: RunsFrom, force: Force, number: u64, text: &str) -> Opened {
    let rule = Rule {
        regime: text.into(),
        digest: Digest::of(text.as_bytes()),
        name: text.into(),
        paragraph: text.into(),
        force,
    };
    Opened {
        rule: Arc::new(rule),
        owed_by: us(),
        owed_to: peer(),
        cause,
        entry: None,
        traffic: Traffic::Real,
        runs_from,
        from: Instant(number as i64 >> 1),
        due: Instant((number as i64 >> 1).saturating_add(7)),
    }
}

/// Every kind of step, and every field that an event of duties has.
pub fn duties(digest: Digest, number: u64, text: &str) -> DutiesNoted {
    let cause = Cause::Message { digest, thread: thread(3) };
    let given = Instant(number as i64 >> 1);
    let met = |by, in_time| Step::Met { message: digest, given, by, in_time };
    let steps = vec![
        Step::Answered { message: digest },
        met(GivenBy::Receipt, InTime::InTime),
        met(GivenBy::Receipt, InTime::BySendersAccount),
        met(GivenBy::ByHand, InTime::Late),
        Step::JudgedInsufficient { by: digest },
        Step::Lapsed,
        Step::Alarmed,
        Step::Doubted { since: given, doubt: Doubt::NotReached },
        Step::Doubted { since: given, doubt: Doubt::MayBeUnderWay },
        Step::Lifted(Lifting::Cancelled { by: digest }),
        Step::Lifted(Lifting::Suspended { by: digest }),
        Step::Lifted(Lifting::ForceMajeure { claimed_in: digest }),
        Step::Lifted(Lifting::NotBound),
        Step::Lifted(Lifting::CameTooLate),
        met(GivenBy::CosignedHead, InTime::InTime),
        Step::Resumed,
        Step::Lifted(Lifting::AccountTakenBack),
        Step::TakenBack { message: digest, why: TakenBack::Withdrawn { by: digest } },
        Step::TakenBack { message: digest, why: TakenBack::Account },
    ];
    let drilled = owed(cause, RunsFrom::Date, Force::Duty, number, text);
    let entry = Some(ListEntry { of: number, number });
    DutiesNoted {
        about: Some(digest),
        opened: vec![
            owed(cause, RunsFrom::Issue, Force::Duty, number, text),
            owed(cause, RunsFrom::Receipt, Force::Unchecked, number, text),
            owed(cause, RunsFrom::ByHand, Force::Alarm, number, text),
            owed(cause, RunsFrom::Date, Force::Duty, number, text),
            Opened { entry, traffic: Traffic::Drill, ..drilled },
        ],
        steps: (0..).map(DutyNumber).zip(steps).collect(),
        receipts: vec![Awaited { party: peer(), lane: Precedence::Flash, serial: number }],
        unbound: vec![Unbound { party: peer(), regime: text.into(), text: None, at: given }],
        once_more: true,
        left_out: number,
        not_read: number,
        is_unreadable: true,
        seen: number,
    }
}

/// One of each as which it may be owed.
pub fn handed_duties(number: u64) -> Vec<HandedDuty> {
    let due = Instant(number as i64 >> 1);
    let all = [
        OwedAs::Awaited,
        OwedAs::Unknown,
        OwedAs::Lapsed,
        OwedAs::PastDue,
        OwedAs::Suspended,
        OwedAs::JudgedInsufficient,
    ];
    all.map(|owed_as| HandedDuty { number: DutyNumber(number), due, owed_as }).to_vec()
}

pub fn watch_plan(number: u64, text: &str) -> Arc<WatchPlan> {
    let step = watch::Step {
        alert: vec!["watch".into(), text.to_owned()],
        within_minutes: number as u32,
        telephone: text.to_owned(),
    };
    let rule = watch::Rule { precedence: Precedence::Immediate, office: text.to_owned(), steps: vec![step] };
    Arc::new(WatchPlan { zone: text.to_owned(), rules: vec![rule] })
}

pub fn watch_cards(number: u64, text: &str) -> Arc<WatchCards> {
    let some = || vec![text.to_owned(); number as usize % 3];
    let reply = |language: &str| watch::HoldingReply {
        language: language.into(),
        subject: text.into(),
        lines: vec!["{reference}".into(), text.into()],
    };
    let card = watch::Card {
        name: text.into(),
        kinds: some(),
        precedences: vec![Precedence::Flash, Precedence::Routine],
        office: text.into(),
        steps: vec![text.into(), "two".into()],
        telephones: some(),
        languages: some(),
        holding: vec![reply("en"), reply("be-tarask")],
    };
    Arc::new(WatchCards { cards: vec![card] })
}

pub fn link_phrases(number: u64, text: &str) -> Arc<LinkPhrases> {
    let said = |language: &str| PhraseText { language: language.into(), text: text.into() };
    let phrase = Phrase { number, texts: vec![said("en"), said("be-tarask")] };
    Arc::new(LinkPhrases { party: peer(), phrases: vec![phrase] })
}

pub fn alerted(number: u64, text: &str, reach: Reach) -> Alerted {
    Alerted {
        message: Digest::of(text.as_bytes()),
        step: number as u32,
        due: at(number as i64 % 1_000_000),
        persons: vec![anna(), party::person(text)],
        reach,
        next: (reach == Reach::Named).then(|| at(-(number as i64 % 1_000_000) - 1)),
    }
}

pub fn by_hand(message: Digest, says: Says, corrects: Option<CommandId>) -> DeliveredByHand {
    DeliveredByHand { message, thread: thread(3), party: peer(), says, corrects }
}

pub fn handed_over(number: u64, text: &str) -> Says {
    let one = |name: &str| format!("{name} {text}");
    Says::HandedOver(HandedOver {
        means: one("means"),
        channel: one("channel"),
        note_number: one("note"),
        by: one("by"),
        to: one("to"),
        at: detente::domain::time::Instant(number as i64),
        zone: "Europe/Minsk".into(),
        scan: number.is_multiple_of(2).then(|| Digest::of(text.as_bytes())),
    })
}

pub fn term(number: u64, text: &str, until: Option<detente::domain::time::Instant>) -> Term {
    Term {
        regime: text.to_owned(),
        function: format!("function {number}"),
        party: peer(),
        from: at(-(number as i64 % 1_000_000) - 1),
        until,
        source: text.to_owned(),
    }
}

/// With something in every place.
pub fn numbering() -> Numbering {
    let marks = [
        (Document::Kind(detente::domain::content::Kind::Notification), "25", "O"),
        (Document::Format("A 1".into()), "", "Q"),
    ];
    let mark = |(document, format, kind): (Document, &str, &str)| {
        (document, Mark { format: format.into(), kind: kind.into() })
    };
    Numbering {
        pattern: Pattern::read("МД/{party}/{yy}/{serial}/F{format}/{kind}").unwrap(),
        marks: marks.into_iter().map(mark).collect(),
    }
}
