//! The clock of a reply that a format asks for: when it is due from whom, and whether it came in time.
//!
//! It rests on nothing but what both ends hold: the request, the receipt of whoever owes the reply, the reply, and
//! the asker's receipt for it. So both give the same answer at one instant. A reply was given when the asker's
//! receipt took it; what was released in time and received later is in time by its author's account alone. Never
//! here: whether it says enough, which is the asker's to judge.

use jiff::tz::TimeZone;

use super::beside::Looked;
use super::format::{Reply, ReplyAnchor};
use super::lead::{Unit, Zone};
use super::moment::{Moment, zone_named};
use super::{Regime, due};
use crate::domain::digest::Digest;
use crate::domain::form::When;
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
    /// The official number of the message by which its author took the request back, and told this Party so: not safe
    /// to show.
    pub withdrawn_by: Option<String>,
    /// Whether all was read that it said under the regime.
    pub looked: Looked,
}

/// A message that asks for a reply.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Request {
    /// Who asks.
    pub author: Party,
    /// Its official number: not safe to show.
    pub number: String,
    pub released_at: Instant,
    pub form: Formatted,
    /// By the receipt of the Party that replies.
    pub taken_at: Option<Instant>,
    /// The reply to it that is looked at; `None` for a draft.
    pub answer: Option<Answer>,
    /// The official number of the message by which its author took that reply back, and told the asker so: not safe to
    /// show.
    pub withdrawn_by: Option<String>,
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
    /// The official number of the message that took back what asks for it: none is awaited any more. Not safe to show.
    pub withdrawn_by: Option<String>,
}

/// When a reply is due.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Due {
    At(Instant),
    /// Its time runs from a receipt, and none is held here.
    NoReceipt,
    /// Its time runs from a date that is not told as closely as it counts: to the instant, or to the day.
    NotTold,
}

/// How it stands with a reply.
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
        (regime, rule): (&Regime, &Reply),
        (form, released_at): (&Formatted, Instant),
        taken_at: Option<Instant>,
        answers: &[Answer],
        at: Instant,
    ) -> Clock {
        let due = due(regime, rule, form, released_at, taken_at);
        let key = |answer: &&Answer| {
            (answer.received_at.map_or(i64::MAX, |at| at.0), answer.released_at, answer.message)
        };
        let answer = answers.iter().min_by_key(key).cloned();
        let state = state(due, answer.as_ref(), at);
        Clock { of, looked: Looked::AtAll, due, answer, state, withdrawn_by: None }
    }
}

fn due(
    regime: &Regime,
    rule: &Reply,
    form: &Formatted,
    released_at: Instant,
    taken_at: Option<Instant>,
) -> Due {
    if rule.anchor == ReplyAnchor::Receipt {
        return match taken_at {
            // Who states that it was there before it was sent has no less time for that.
            Some(taken_at) => ends(regime, rule, taken_at.max(released_at)).map_or(Due::NotTold, Due::At),
            None => Due::NoReceipt,
        };
    }
    due_by_message(regime, rule, form, Some(released_at)).map_or(Due::NotTold, Due::At)
}

/// When a reply is due as far as the message alone says it: not where its time runs from a receipt.
pub(super) fn due_by_message(
    regime: &Regime,
    rule: &Reply,
    form: &Formatted,
    released_at: Option<Instant>,
) -> Option<Instant> {
    match &rule.anchor {
        ReplyAnchor::Issue => ends(regime, rule, released_at?),
        ReplyAnchor::Receipt => None,
        ReplyAnchor::Field(name) => match form.fields.get(name).map(|field| &field.stated) {
            Some(Stated::Date(when)) => after_date(regime, rule, when, name),
            Some(_) | None => None,
        },
    }
}

fn ends(regime: &Regime, rule: &Reply, from: Instant) -> Option<Instant> {
    let zone = match &rule.zone {
        // An instant has no zone of its own.
        Zone::OfTheAnchor => TimeZone::UTC,
        Zone::Named(name) => zone_named(name)?,
    };
    due::ends(regime, (rule.within, &rule.unit), from, &zone)
}

/// Hours run from an instant; days also from a date that is told to the day.
fn after_date(regime: &Regime, rule: &Reply, when: &When, name: &str) -> Option<Instant> {
    if rule.unit == Unit::Hours {
        return ends(regime, rule, when.instant()?);
    }
    let moment = Moment::of(when, name).ok()?;
    let from = due::last_of(&moment);
    match &rule.zone {
        Zone::OfTheAnchor => due::ends(regime, (rule.within, &rule.unit), from, &moment.zone),
        Zone::Named(_) => ends(regime, rule, from),
    }
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
