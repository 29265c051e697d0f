//! How it stands with a reply, in words.
//!
//! Never here: raw text from outside. All that leaves is safe to show.

use super::beside::Looked;
use super::reply::{Answer, Clock, Due, State};
use crate::domain::text::shown;

/// Beside the request: who owes it, until when, and what came.
pub(super) fn owed(clock: &Clock) -> String {
    let came = match (&clock.answer, clock.state) {
        (Some(answer), state) => {
            format!("answered {}by {}, {}", how(state, " "), shown(&answer.number), when(answer, state))
        }
        (None, _) if clock.looked == Looked::AtSome => {
            "no answer among the newest messages that a check reads; more are held".into()
        }
        (None, State::Overdue) => "overdue, not answered".into(),
        (None, _) => "not answered yet".into(),
    };
    format!("{}: {}; {came}", clock.of, due(clock.due))
}

/// Beside the reply itself.
pub(super) fn reply(clock: &Clock) -> String {
    let came = match (&clock.answer, clock.state) {
        (Some(answer), state) => format!("{}{}", how(state, ", "), when(answer, state)),
        (None, State::Overdue) => "overdue".into(),
        (None, _) => "not released yet".into(),
    };
    format!("{}; {came}", due(clock.due))
}

fn due(due: Due) -> String {
    match due {
        Due::At(at) => format!("due {at}"),
        Due::NoReceipt => "its time does not run, no receipt is held here".into(),
        Due::NotTold => "when it is due is not told to the instant".into(),
    }
}

/// With what stands behind it, where anything is said.
fn how(state: State, behind: &str) -> String {
    let how = match state {
        State::InTime => "in time",
        State::InTimeByItsAuthor => "in time by its author's account alone",
        State::Late => "late",
        State::Answered | State::NotYet | State::Overdue => return String::new(),
    };
    format!("{how}{behind}")
}

fn when(answer: &Answer, state: State) -> String {
    let released = answer.released_at;
    match answer.received_at {
        Some(received) if state == State::InTimeByItsAuthor => {
            format!("released {released}, received later, at {received}")
        }
        Some(received) => format!("released {released}, received {received}"),
        None => format!("released {released}, no receipt for it held here"),
    }
}
