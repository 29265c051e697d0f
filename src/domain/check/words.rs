//! What a check, its answer and a service message say, as far as the fold goes by it; and whether a check or an answer
//! says what was agreed on.
//!
//! Never here: a message that is held up. What does not say it is a message like any other, marked, and counts as
//! neither. [`LinkPlan::counts`] asks no zone but UTC, for the rules of zones change from edition to edition: what the
//! fold keeps does not hang on them.

use super::plan::{Due, Line, LinkPlan, MINUTE_MS, Rule, Times, Turn};
use super::state::{Part, Said};
use super::thread_of;
use crate::domain::correspondence::ServiceMessage;
use crate::domain::digest::{Digest, ThreadId};
use crate::domain::party::Party;
use crate::domain::time::Instant;
use crate::limits;

/// Read from a message's content, never written.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum OfLink {
    Check(CheckWords),
    Outage(Outage),
}

/// What a check, or its answer, says.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CheckWords {
    pub part: Part,
    /// Its name.
    pub check: String,
    /// `None` where it is no instant: a date in a named zone, or none at all.
    pub due: Option<Instant>,
    /// Of a check: the number of its text, and the text without space around it.
    pub number: Option<u64>,
    pub text: String,
    /// Of an answer: the check that it says it answers, and who does so.
    pub answers: Option<Digest>,
    pub officer: String,
    /// Who drafted it, as the message names its drafter.
    pub drafter: String,
    /// Of an answer: whatever is said of which message it answers.
    pub called: Vec<Called>,
    /// The field in which it says something beside these, if it does.
    pub more: Option<&'static str>,
}

/// What one place of an answer says of the message that it answers. What is empty says nothing.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Called {
    /// Where it says so.
    pub field: &'static str,
    pub message: Option<Digest>,
    /// Its official number.
    pub number: String,
    /// The code of its author.
    pub author: String,
}

impl Called {
    /// Whether nothing of it is about another message than this check, by the Party that asked.
    fn is_of(&self, check: &Said, asks: Party) -> bool {
        let is_numbered = || Digest::of(self.number.as_bytes()) == check.number;
        self.message.is_none_or(|message| message == check.message)
            && (self.number.is_empty() || is_numbered())
            && (self.author.is_empty() || self.author == asks.as_str())
    }
}

/// Between these something is out of service, whatever the rules of its zone are.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Outage {
    pub from: Instant,
    /// The first instant after.
    pub until: Instant,
}

impl Outage {
    /// What a service message announces. `None` where it does not say from when until when, or that is longer than an
    /// outage may be that excuses anything.
    pub fn of(form: &ServiceMessage) -> Option<Outage> {
        Outage::said(form).filter(|one| !one.is_too_long())
    }

    /// However long it is.
    pub fn said(form: &ServiceMessage) -> Option<Outage> {
        let ((from, _), (_, until)) = (form.from.bounds()?, form.until.bounds()?);
        Some(Outage { from, until })
    }

    /// Whether it excuses no missed check.
    pub fn is_too_long(&self) -> bool {
        self.until.ms_since(self.from) > limits::OUTAGE_MS_MAX
    }
}

impl Part {
    /// The subject of its message: nothing is told by it.
    pub fn subject(self) -> &'static str {
        match self {
            Part::Check => "Check",
            Part::Answer => "Check answered",
        }
    }
}

impl CheckWords {
    /// With what stands around them in a message: its subject, and which other fields say something. Threads of checks
    /// are listed nowhere, and nothing is to be said there unheard.
    pub fn under(self, subject: &str, around: &[(&'static str, bool)]) -> CheckWords {
        let is_other = ("heading.subject", subject != self.part.subject());
        let mut all = std::iter::once(&is_other).chain(around);
        let more = all.find_map(|(field, says)| says.then_some(*field));
        CheckWords { more: self.more.or(more), ..self }
    }
}

/// A check or an answer as a message from one end of a link to the other.
#[derive(Clone, Copy, Debug)]
pub struct CheckSaid<'m> {
    pub words: &'m CheckWords,
    pub author: Party,
    pub to: Party,
    pub thread: ThreadId,
    /// By the author's clock.
    pub released_at: Instant,
    /// By the other end's receipt; `None` before that is here.
    pub received_at: Option<Instant>,
    /// The check of this thread that counts and that the author of an answer has to answer.
    pub asked: Option<Said>,
}

impl CheckSaid<'_> {
    /// Who made the check, or is said to have made it.
    fn asks(&self) -> Party {
        match self.words.part {
            Part::Check => self.author,
            Part::Answer => self.to,
        }
    }
}

/// Why a message does not count as a check, or as the answer to one.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct NotAgreed {
    pub field: &'static str,
    pub rule: &'static str,
}

impl NotAgreed {
    /// For whoever reads the message.
    pub fn mark(self) -> String {
        format!("does not count as a check, or as the answer to one: {}: {}", self.field, self.rule)
    }
}

const WHEN_DUE: &str = "an instant at which a check of this name is due";
const WHOSE_TURN: &str = "made by the Party whose turn it is, and answered by the other";

/// What is due may come so much earlier: as far as clocks may differ.
pub fn earliest(due: Instant) -> Instant {
    due.plus_ms(-limits::CLOCKS_MAY_DIFFER_MS)
}

fn unless(holds: bool, field: &'static str, rule: &'static str) -> Result<(), NotAgreed> {
    if holds { Ok(()) } else { Err(NotAgreed { field, rule }) }
}

impl LinkPlan {
    /// Whether it says what was agreed on, in its thread, not before its time, and from whose turn it may be; and when
    /// its check is due. Both ends come to the same by the same schedule: all of it stands in the signed message, in
    /// its receipt, and in what it answers.
    ///
    /// # Errors
    /// The first field that is wrong.
    pub fn counts(&self, said: &CheckSaid<'_>) -> Result<Instant, NotAgreed> {
        let words = said.words;
        let none =
            NotAgreed { field: "check", rule: "the name of a check over the link in the schedule in force" };
        let rule = self.rule(&words.check).filter(|rule| rule.line == Line::Link).ok_or(none)?;
        let not_an_instant = NotAgreed { field: "due", rule: "an instant, with Z" };
        let due = words.due.ok_or(not_an_instant)?;
        unless(rule.may_be_due(due), "due", WHEN_DUE)?;
        unless(rule.may_ask(said.asks(), due), "check", WHOSE_TURN)?;
        let of_check = thread_of(said.author, said.to, &words.check, due);
        unless(said.thread == of_check, "thread", "that of the check of this name that is due then")?;
        match words.part {
            Part::Check => {
                let is_agreed = self.texts.iter().any(|text| text.trim() == words.text);
                unless(is_agreed, "text", "one of the agreed check texts of the link")?;
                let numbered = |number: u64| {
                    let place = usize::try_from(number).ok()?.checked_sub(1)?;
                    self.texts.get(place)
                };
                let is_its = |number| numbered(number).is_some_and(|text| text.trim() == words.text);
                unless(
                    words.number.is_none_or(is_its),
                    "number",
                    "that of the agreed check text that it has",
                )?;
                let is_early = |at: Instant| at < earliest(due);
                unless(
                    !is_early(said.released_at) && !said.received_at.is_some_and(is_early),
                    "due",
                    "it came before it was due, by more than clocks may differ",
                )?;
            }
            Part::Answer => {
                let wrong = NotAgreed { field: "answers", rule: "the check of this thread that counts" };
                let check = said.asked.filter(|check| words.answers == Some(check.message)).ok_or(wrong)?;
                if let Some(other) = words.called.iter().find(|called| !called.is_of(&check, said.asks())) {
                    let rule = "the check that it answers, by its own digest, official number and author";
                    return Err(NotAgreed { field: other.field, rule });
                }
                let is_drafter = words.officer.is_empty() || words.officer == words.drafter;
                unless(is_drafter, "officer", "who drafted the answer; none where a node does so by itself")?;
            }
        }
        if let Some(field) = words.more {
            let rule = "nothing but what was agreed on, on the lane of checks: the subject is \"Check\", or \"Check answered\"";
            return Err(NotAgreed { field, rule });
        }
        Ok(due)
    }

    /// Whether, beside that, a check of this name is due then, and it is its author's turn, by the zone of its times:
    /// for who is about to release it. Nothing on record is held against this. What `counts` alone lets pass takes a
    /// place that no step looks at.
    ///
    /// # Errors
    /// As `counts`.
    pub fn counts_when_due(&self, said: &CheckSaid<'_>) -> Result<(), NotAgreed> {
        let at = self.counts(said)?;
        let due = self.rule(&said.words.check).and_then(|rule| rule.due_at(at));
        let due = due.ok_or(NotAgreed { field: "due", rule: WHEN_DUE })?;
        unless(due.asks == said.asks(), "check", WHOSE_TURN)
    }
}

impl Rule {
    /// Whether when one is due, or whose turn it is, hangs on the rules of a time zone.
    pub fn asks_zone(&self) -> bool {
        matches!(&self.times, Times::OfDay { zone, .. } if zone != "Z")
    }

    /// The check for which this Party may ask at this very instant, whatever the rules of its zone are: what is put on
    /// record is held against no more than this, by programs with any edition of them. Its number is known only where
    /// no zone is asked.
    pub fn may_be(&self, at: Instant, asks: Party) -> Option<Due> {
        if !self.asks_zone() {
            return self.due_at(at).filter(|due| due.asks == asks);
        }
        (self.may_be_due(at) && self.may_ask(asks, at)).then_some(Due { at, number: 0, asks })
    }

    /// Whether one may be due at this very instant, whatever the rules of its zone are: no zone in use is off by
    /// anything but quarters of an hour.
    pub fn may_be_due(&self, at: Instant) -> bool {
        const QUARTER: i64 = 15;
        let Times::OfDay { at: times, .. } = &self.times else { return self.due_at(at).is_some() };
        if !self.asks_zone() {
            return self.due_at(at).is_some();
        }
        let minute = at.0.div_euclid(MINUTE_MS);
        let fits = |time: &u16| i64::from(*time).rem_euclid(QUARTER) == minute.rem_euclid(QUARTER);
        times.iter().any(fits) && at.0.rem_euclid(MINUTE_MS) == 0
    }

    /// Whether it may be this Party's turn to ask at an instant at which one may be due. Where turns change with the
    /// day of a zone, it may be either's.
    pub fn may_ask(&self, party: Party, at: Instant) -> bool {
        match &self.turn {
            Turn::Always(asks) => *asks == party,
            Turn::ByDay(_) | Turn::ByCheck(_) if !self.asks_zone() => {
                self.due_at(at).is_some_and(|due| due.asks == party)
            }
            Turn::ByDay(both) | Turn::ByCheck(both) => both.contains(&party),
        }
    }
}
