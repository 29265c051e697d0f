//! Duties: what a regime lays down, by which clock, between whom; and what becomes of them.

mod accounts;
mod again;
pub mod audited;
mod calendar;
mod cancelled;
mod cases;
mod clocks;
mod days;
mod drills;
mod entries;
mod given;
mod handed_over;
mod jumps;
mod left_out;
mod made_up;
pub mod nodes;
mod opening;
mod settling;
mod suspended;
mod taken_back;
mod texts;

use std::sync::Arc;

use detente::codec::regime::read;
use detente::domain::content::{Content, Kind};
use detente::domain::digest::{Digest, ThreadId};
use detente::domain::duty::{Duty, DutyNumber, Opened, Opening, Reached, RunsFrom, Stated, opening};
use detente::domain::message::Traffic;
use detente::domain::party::Party;
use detente::domain::regime::duty::DutyRule;
use detente::domain::regime::{Document, Regime};
use detente::domain::time::Instant;

use crate::officer::{filled, form};

/// A regime that no State has.
pub const DUNES: &str = include_str!("../cases/duty/dunes.toml");

fn dunes() -> Regime {
    read(DUNES.as_bytes(), &|_, _| None).unwrap_or_else(|fault| panic!("{fault}"))
}

fn rule<'r>(regime: &'r Regime, name: &'r str) -> (&'r str, &'r DutyRule) {
    (name, &regime.duties[name])
}

fn at(text: &str) -> Instant {
    Instant::from_rfc3339(text).unwrap_or_else(|| panic!("no instant: {text}"))
}

fn code(code: &str) -> Party {
    code.parse().unwrap()
}

/// Of BY to PL, in thread 1.
fn stated<'c>(name: &str, content: &'c Content, released_at: Instant) -> Stated<'c> {
    Stated {
        digest: Digest::of(name.as_bytes()),
        thread: ThreadId([1; 16]),
        author: code("BY"),
        traffic: Traffic::Real,
        released_at,
        action: vec![code("PL")],
        addressees: vec![code("PL"), code("OSCE")],
        document: Document::Kind(content.kind()),
        content,
        refers_to: Vec::new(),
    }
}

/// What PL owes BY for its questions, or is owed for its notice.
fn opened(name: &str, content: &Content, released_at: Instant) -> Opened {
    opened_by(&dunes(), name, content, released_at)
}

fn opened_by(regime: &Regime, name: &str, content: &Content, released_at: Instant) -> Opened {
    let reached = Reached { at: released_at, by: RunsFrom::Receipt };
    match opening(
        regime,
        rule(regime, name),
        &stated("cause", content, released_at),
        code("PL"),
        Some(reached),
    ) {
        Opening::Opens(opened) => opened,
        other => panic!("{name}: {other:?}"),
    }
}

fn duty(opened: Opened) -> Duty {
    Duty { number: DutyNumber(0), opened, index: 7, at: Instant(0), story: Vec::new() }
}

fn notification(start: &str, end: &str, basis: &str) -> Content {
    let toml = detente::cli::form::example(Kind::Notification);
    let mut lines: Vec<String> = Vec::new();
    let mut top = true;
    for line in toml.lines() {
        top &= !line.starts_with('[');
        let key = line.split(' ').next().unwrap_or_default();
        match key {
            "start" if top => lines.push(format!("start = \"{start}\"")),
            "end" if top => lines.push(format!("end = \"{end}\"")),
            "basis" if top => lines.push(format!("basis = \"{basis}\"")),
            _ => lines.push(line.to_owned()),
        }
    }
    if !toml.contains("\nbasis") {
        lines.insert(0, format!("basis = \"{basis}\""));
    }
    form(Kind::Notification, &lines.join("\n"))
}

fn question() -> Content {
    filled(Kind::Question)
}

/// So that a test reads: the duty with what became of it.
fn told(duty: &mut Duty, step: detente::domain::duty::Step) {
    assert!(duty.may(&step), "{step:?} after {:?}", duty.state());
    duty.story.push(detente::domain::duty::Told { index: 8, at: Instant(0), step });
}

fn kept(regime: Regime) -> Arc<Regime> {
    Arc::new(regime)
}
