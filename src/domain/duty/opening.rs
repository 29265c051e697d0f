//! Which duties a message, or a day of the year, brings about between two Parties.
//!
//! All that is asked here both ends hold in signed form: the message, the two adoptions with what they reserve,
//! the receipt. So both open the same duties, due at the same instant. Never here: a clock.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::{Cause, Force, ListEntry, Opened, Rule, RunsFrom};
use crate::domain::adoption::{Adopted, Bond, Nature};
use crate::domain::content::Content;
use crate::domain::digest::{Digest, ThreadId};
use crate::domain::form::Following;
use crate::domain::form::outline::Part;
use crate::domain::message::Traffic;
use crate::domain::party::Party;
use crate::domain::regime::due::{Due, due_after, due_by_form, due_next, number_in};
use crate::domain::regime::duty::{Anchor, DutyRule, DutyTerm, Side, Trigger, Weight};
use crate::domain::regime::judge::judge_in;
use crate::domain::regime::lead::Unit;
use crate::domain::regime::paragraphs::covers;
use crate::domain::regime::subject::Subject;
use crate::domain::regime::{Answer, Document, Regime, Standing};
use crate::domain::time::Instant;

/// A message, as far as duties go by it.
pub struct Stated<'m> {
    pub digest: Digest,
    pub thread: ThreadId,
    pub author: Party,
    pub traffic: Traffic,
    pub released_at: Instant,
    /// Whom it addresses for action.
    pub action: Vec<Party>,
    pub addressees: Vec<Party>,
    pub document: Document,
    pub content: &'m Content,
    /// Messages that it refers to, in its envelope and in its form.
    pub refers_to: Vec<Digest>,
}

/// That a message reached an addressee.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Reached {
    pub at: Instant,
    /// By receipt or by hand.
    pub by: RunsFrom,
}

/// What a rule makes of a message.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Opening {
    Nothing,
    /// Its time runs from a receipt that is not here.
    AwaitsReceipt,
    Opens(Opened),
}

/// What a rule makes of a message between its author and one addressee, `reached` then.
pub fn opening(
    regime: &Regime,
    (name, rule): (&str, &DutyRule),
    stated: &Stated,
    addressee: Party,
    reached: Option<Reached>,
) -> Opening {
    let made = openings(regime, (name, rule), stated, addressee, reached);
    made.into_iter().next().unwrap_or(Opening::Nothing)
}

/// The same where the entries of a list bring about a duty each: in their order. One that has no number to be named
/// by, or shares it with an earlier one, brings about none.
pub fn openings(
    regime: &Regime,
    (name, rule): (&str, &DutyRule),
    stated: &Stated,
    addressee: Party,
    reached: Option<Reached>,
) -> Vec<Opening> {
    let Trigger::Message { each, .. } = &rule.trigger else { return Vec::new() };
    let parts: Vec<Part> = stated.content.form().parts();
    let following = Following::of(stated.content);
    let form = Subject::of(stated.content, &parts, &following);
    let made = |subject: &Subject, entry| {
        opening_of(regime, (name, rule), stated, (addressee, reached), (subject, entry))
    };
    let Some(each) = each else { return vec![made(&form, None)] };
    let Some(of) = number_in(&form, &each.of) else { return Vec::new() };
    let mut numbered = BTreeSet::new();
    let entries = form.entries(&each.list).into_iter();
    let entries = entries.filter_map(|(_, entry)| Some((number_in(&entry, &each.entry)?, entry)));
    let once = entries.filter(|(number, _)| numbered.insert(*number));
    once.map(|(number, entry)| made(&entry, Some(ListEntry { of, number }))).collect()
}

fn opening_of(
    regime: &Regime,
    (name, rule): (&str, &DutyRule),
    stated: &Stated,
    (addressee, reached): (Party, Option<Reached>),
    (subject, entry): (&Subject, Option<ListEntry>),
) -> Opening {
    let Trigger::Message { documents, when, .. } = &rule.trigger else { return Opening::Nothing };
    let is_meant = |side: Side| match side {
        Side::Author => true,
        Side::ActionAddressees => stated.action.contains(&addressee),
        Side::Addressees => stated.addressees.contains(&addressee),
        Side::EveryBoundParty => false,
    };
    if !documents.contains(&stated.document) || !is_meant(rule.owed_by) || !is_meant(rule.owed_to) {
        return Opening::Nothing;
    }
    let verdict = judge_in(regime, when.as_ref(), subject);
    if verdict.answer == Answer::NotReached {
        return Opening::Nothing;
    }
    let (runs_from, due) = match &rule.term {
        DutyTerm::Within { anchor: Anchor::Issue, .. } => {
            (RunsFrom::Issue, after(regime, rule, stated.released_at))
        }
        DutyTerm::Within { anchor: Anchor::Receipt, .. } => match reached {
            None => return Opening::AwaitsReceipt,
            Some(reached) => (reached.by, after(regime, rule, reached.at)),
        },
        DutyTerm::Within { anchor: Anchor::Date(_), .. } | DutyTerm::Before { .. } => {
            (RunsFrom::Date, due_by_form(regime, rule, subject))
        }
        DutyTerm::ByDay { .. } => return Opening::Nothing,
    };
    let Some(due) = due else { return Opening::Nothing };
    let (owed_by, owed_to) = match rule.owed_by {
        Side::Author => (stated.author, addressee),
        Side::ActionAddressees | Side::Addressees | Side::EveryBoundParty => (addressee, stated.author),
    };
    // Who leaves open whether it is owed does not escape it, and is not blamed either.
    let weight = match verdict.answer {
        Answer::Reached => rule.weight,
        Answer::CantBeJudged | Answer::NotReached => Weight::Alarm,
    };
    let rule = recorded(regime, name, rule, Force::of(standing(regime, rule).and(verdict.standing), weight));
    let cause = Cause::Message { digest: stated.digest, thread: stated.thread };
    let (traffic, from, due) = (stated.traffic, due.runs_from, due.due);
    Opening::Opens(Opened { rule, owed_by, owed_to, cause, entry, traffic, runs_from, from, due })
}

/// What one Party owes another by the next such day.
pub fn opening_of_year(
    regime: &Regime,
    (name, rule): (&str, &DutyRule),
    (owed_by, owed_to): (Party, Party),
    now: Instant,
) -> Option<Opened> {
    let (year, due) = due_next(rule, now)?;
    let force = Force::of(rule.ground.standing, rule.weight);
    Some(Opened {
        rule: recorded(regime, name, rule, force),
        owed_by,
        owed_to,
        cause: Cause::Year(year),
        entry: None,
        traffic: Traffic::Real,
        runs_from: RunsFrom::Year,
        from: due.runs_from,
        due: due.due,
    })
}

fn after(regime: &Regime, rule: &DutyRule, from: Instant) -> Option<Due> {
    Some(Due { runs_from: from, due: due_after(regime, rule, from)? })
}

fn recorded(regime: &Regime, name: &str, rule: &DutyRule, force: Force) -> Arc<Rule> {
    Arc::new(Rule {
        regime: regime.head.name.clone(),
        digest: regime.head.digest,
        name: name.to_owned(),
        paragraph: rule.ground.paragraph.clone(),
        force,
    })
}

/// Days that go by a calendar rest on it too.
fn standing(regime: &Regime, rule: &DutyRule) -> Standing {
    let (DutyTerm::Within { unit, .. } | DutyTerm::Before { unit, .. }) = &rule.term else {
        return rule.ground.standing;
    };
    let calendar = match unit {
        Unit::WorkingDays(name) => regime.calendars.get(name),
        Unit::Hours | Unit::CalendarDays => None,
    };
    rule.ground.standing.and(calendar.map_or(Standing::Checked, |calendar| calendar.ground.standing))
}

/// Why two Parties that are bound to each other owe nothing by this paragraph.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Reserved {
    /// One of them takes part of its own will only, or reserved it.
    ByAdoption,
    /// By a word that suspends it for a time.
    BySuspension(Digest),
}

/// Whether a rule applies between two Parties.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Applies {
    Yes,
    /// By this word, for a time.
    SuspendedBy(Digest),
    /// They are not bound by that text, or one of them reserved it.
    No,
}

/// A reservation or suspension frees both ends: what one does not owe, it is not owed either.
pub fn reserved(bond: &Bond, paragraph: &str) -> Option<Reserved> {
    let of = |adopted: &Adopted| {
        if adopted.nature == Nature::Voluntary
            || adopted.reservations.iter().any(|one| covers(one, paragraph))
        {
            return Some(Reserved::ByAdoption);
        }
        let suspends = adopted.suspended.iter().find(|one| {
            one.provisions.is_empty() || one.provisions.iter().any(|one| covers(one, paragraph))
        })?;
        Some(Reserved::BySuspension(suspends.message))
    };
    of(&bond.one).or_else(|| of(&bond.other))
}
