//! A console that is made up, for tests of what it shows and does: PL's, with a session of BY.
//!
//! Never here: what a node would tell otherwise.

use super::state::State;
use crate::codec::proto::detente::evidence::v1::{Precedence, Traffic};
use crate::codec::proto::detente::v1 as calls;
use crate::codec::proto::detente::v1::join_answer::How;
use crate::codec::proto::detente::v1::join_response::What;
use crate::domain::content::Kind;
use crate::domain::time::Instant;

/// A FLASH text to PL.
pub fn text(position: u32, author: &str, text: &str) -> calls::SessionLine {
    let state =
        calls::TextState { party: "PL".into(), on_record: true, on_record_ms: 1, ..Default::default() };
    calls::SessionLine {
        position,
        digest: vec![position.to_le_bytes()[0]; 32].into(),
        kind: Kind::SessionText.name().into(),
        author: author.into(),
        text: text.into(),
        language: "en".into(),
        precedence: Precedence::Flash as i32,
        traffic: Traffic::Real as i32,
        states: vec![state],
        ..Default::default()
    }
}

fn of(what: What) -> calls::JoinResponse {
    calls::JoinResponse { thread: vec![7; 16].into(), what: Some(what), ..Default::default() }
}

pub fn told(line: calls::SessionLine) -> calls::JoinResponse {
    of(What::Line(line))
}

pub fn live() -> calls::JoinResponse {
    of(What::Live(true))
}

pub fn answer(id: u8, how: How) -> calls::JoinResponse {
    of(What::Answer(calls::JoinAnswer { command: vec![id; 16].into(), how: Some(how) }))
}

/// PL's, live, with one session of these lines.
pub fn console(lines: &[calls::SessionLine]) -> State {
    let mut state = State { keeps: true, ..State::new("PL".into(), (80, 24)) };
    let stands = calls::Session {
        thread: vec![7; 16].into(),
        present: vec!["BY".into(), "PL".into()],
        languages: vec!["en".into(), "ru".into()],
        subject: "Aircraft \u{1b}[2J off course".into(),
        state: "open".into(),
        traffic: Traffic::Real as i32,
        precedence: Precedence::Flash as i32,
        ..Default::default()
    };
    state.told(of(What::Session(stands)), Instant(0));
    for line in lines {
        state.told(told(line.clone()), Instant(0));
    }
    state.told(live(), Instant(0));
    state
}
