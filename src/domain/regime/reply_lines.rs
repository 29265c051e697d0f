//! How it stands with a reply, in words.
//!
//! Never here: raw text from outside. All that leaves is safe to show.

use super::beside::Looked;
use super::format::{Reply, ReplyAnchor};
use super::lead::{Unit, Zone};
use super::phrases::paragraph;
use super::reply::{Answer, Clock, Due, State, due_by_message};
use super::terms::unit;
use super::{Languages, Regime};
use crate::domain::formatted::Formatted;
use crate::domain::text::shown;
use crate::domain::time::Instant;

/// The reply that a rule asks for: in which format, within what, and until when, where that is known.
pub(super) fn asked_for(rule: &Reply, format: &str, by: Option<Instant>) -> String {
    let from = match &rule.anchor {
        ReplyAnchor::Issue => "its release".into(),
        ReplyAnchor::Receipt => "receipt".into(),
        ReplyAnchor::Field(name) => shown(name),
    };
    let by = by.map_or_else(String::new, |by| format!(", by {by}"));
    let (within, unit, days) = (rule.within, unit(&rule.unit), days(rule));
    format!("a reply in format {format} within {within} {unit} from {from}{days}{by}")
}

/// By whose wall its days end.
pub(super) fn days(rule: &Reply) -> String {
    match (&rule.unit, &rule.zone) {
        (Unit::Hours, _) => String::new(),
        (Unit::CalendarDays | Unit::WorkingDays(_), Zone::OfTheAnchor) => ", days of the date's zone".into(),
        (Unit::CalendarDays | Unit::WorkingDays(_), Zone::Named(name)) => {
            format!(", days of {}", shown(name))
        }
    }
}

/// What the format of a message asks for in reply, as far as the message alone says it: no receipt is looked at, so
/// that it is the same for everybody who holds the regime. With the format's title in the reader's language.
pub fn asked_by(
    regime: &Regime,
    form: &Formatted,
    released_at: Option<Instant>,
    languages: Languages<'_>,
) -> Option<String> {
    let rule = regime.formats.get(&form.format)?.reply.as_ref()?;
    let code = shown(&rule.format);
    let title = regime.formats.get(&rule.format).map(|format| format.title.say(languages, &rule.format));
    let format = match title.filter(|title| *title != code) {
        Some(title) => format!("{code}, {title},"),
        None => code,
    };
    let by = due_by_message(regime, rule, form, released_at);
    let paragraph = paragraph(&rule.ground);
    Some(format!("the format asks for {}; {paragraph}", asked_for(rule, &format, by)))
}

/// Beside the request: who owes it, until when, and what came.
pub(super) fn owed(clock: &Clock) -> String {
    if let Some(number) = &clock.withdrawn_by {
        let (number, of) = (shown(number), clock.of);
        let then = clock.answer.as_ref().map(|answer| format!("; answered by {}", shown(&answer.number)));
        let then = then.unwrap_or_default();
        return format!(
            "{of}: the request was withdrawn by {number}, and a reply is no longer awaited{then}"
        );
    }
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

/// What came where no time ran.
pub(super) fn came(clock: &Clock) -> String {
    match &clock.answer {
        Some(answer) => format!("replied with {}, {}", shown(&answer.number), when(answer, State::Answered)),
        None => "not released yet".into(),
    }
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
