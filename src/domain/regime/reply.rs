//! The clock of a reply that a format asks for: when it is due from whom, and whether it came in time.
//!
//! It rests on nothing but what both ends hold: the request, the receipt of whoever owes the reply, the reply, and
//! the asker's receipt for it. So both give the same answer at one instant. A reply was given when the asker's
//! receipt took it; what was released in time and received later is in time by its author's account alone. Never
//! here: whether it says enough, which is the asker's to judge.

use super::beside::Looked;
use super::format::{Reply, ReplyAnchor};
use super::lead::Unit;
use crate::domain::digest::Digest;
use crate::domain::formatted::{Formatted, Stated};
use crate::domain::party::Party;
use crate::domain::time::Instant;

/// What is held here of the replies to a message, and of what it replies to.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Replies {
    /// The instant that it is asked for.
    pub at: Instant,
    /// Of each that is asked to act, as far as it can be known here.
    pub owed: Vec<OwedBy>,
    /// What it replies to.
    pub requests: Vec<Request>,
}

/// One that is asked to act, and what came of it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct OwedBy {
    pub party: Party,
    /// By its own receipt for the request, if one is held here.
    pub taken_at: Option<Instant>,
    pub answers: Vec<Answer>,
    /// Whether all was read that it said under the regime.
    pub looked: Looked,
}

/// A message that asks for a reply.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Request {
    /// Its official number: not safe to show.
    pub number: String,
    pub released_at: Instant,
    pub form: Formatted,
    /// By the receipt of the Party that replies.
    pub taken_at: Option<Instant>,
    /// The reply to it that is looked at; `None` for a draft.
    pub answer: Option<Answer>,
}

/// A message that is a reply.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Answer {
    pub message: Digest,
    /// Its official number: not safe to show.
    pub number: String,
    /// By its author.
    pub released_at: Instant,
    /// By the asker's receipt, if one is held here.
    pub received_at: Option<Instant>,
}

/// How it stands with one reply.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Clock {
    /// Who owes it.
    pub of: Party,
    /// Where not all was read, an answer may be held that was not found.
    pub looked: Looked,
    pub due: Due,
    pub answer: Option<Answer>,
    pub state: State,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Due {
    At(Instant),
    /// Its time runs from a receipt, and none is held here.
    NoReceipt,
    /// Its time runs from a date that is not told to the instant, or is counted in days of no zone.
    NotTold,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum State {
    InTime,
    /// Released in time, and not received in time as far as is held here.
    InTimeByItsAuthor,
    Late,
    /// When it was due is not known.
    Answered,
    NotYet,
    Overdue,
}

impl Clock {
    /// Of several answers the one that was received first counts.
    pub fn of(
        of: Party,
        rule: &Reply,
        (form, released_at): (&Formatted, Instant),
        taken_at: Option<Instant>,
        answers: &[Answer],
        at: Instant,
    ) -> Clock {
        let due = due(rule, form, released_at, taken_at);
        let key = |answer: &&Answer| {
            (answer.received_at.map_or(i64::MAX, |at| at.0), answer.released_at, answer.message)
        };
        let answer = answers.iter().min_by_key(key).cloned();
        let state = state(due, answer.as_ref(), at);
        Clock { of, looked: Looked::AtAll, due, answer, state }
    }
}

fn due(rule: &Reply, form: &Formatted, released_at: Instant, taken_at: Option<Instant>) -> Due {
    let from = match &rule.anchor {
        ReplyAnchor::Issue => Some(released_at),
        ReplyAnchor::Receipt => match taken_at {
            // Who states that it was there before it was sent has no less time for that.
            Some(taken_at) => Some(taken_at.max(released_at)),
            None => return Due::NoReceipt,
        },
        ReplyAnchor::Field(name) => match form.fields.get(name).map(|field| &field.stated) {
            Some(Stated::Date(when)) => when.instant(),
            Some(_) | None => None,
        },
    };
    match from.and_then(|from| ends(rule, from)) {
        Some(due) => Due::At(due),
        None => Due::NotTold,
    }
}

/// When the time of a reply that runs from an instant ends. `None` where days are counted: the rule names no zone.
pub(super) fn ends(rule: &Reply, from: Instant) -> Option<Instant> {
    let hours = match rule.unit {
        Unit::Hours => i64::try_from(rule.within).ok()?,
        Unit::CalendarDays | Unit::WorkingDays(_) => return None,
    };
    Some(from.plus_ms(hours.saturating_mul(3_600_000)))
}

fn state(due: Due, answer: Option<&Answer>, at: Instant) -> State {
    match (due, answer) {
        (Due::At(due), None) if at > due => State::Overdue,
        (_, None) => State::NotYet,
        (Due::NoReceipt | Due::NotTold, Some(_)) => State::Answered,
        (Due::At(due), Some(answer)) => {
            if answer.released_at > due {
                State::Late
            } else if answer.received_at.is_some_and(|received| received <= due) {
                State::InTime
            } else {
                State::InTimeByItsAuthor
            }
        }
    }
}
