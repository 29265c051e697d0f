//! Counts what a quota counts: how many there were in a period, this one with them, by what is held here.
//!
//! Never here: a refusal, or a claim about what others hold. What was released after this one is not
//! counted, so that both ends come to the same number where they hold the same.

use std::collections::BTreeMap;

use super::Regime;
use super::asked::Asked;
use super::beside::{Beside, Held, Looked, threads};
use super::days::{civil_day, first_at};
use super::finding::{Answer, Verdict};
use super::judge::Judge;
use super::lack::Lack;
use super::place::Place;
use super::quantity::Quantity;
use super::rules::{CountedBy, CountedFor, Period, Quota};
use super::subject::Subject;
use crate::domain::content::{Content, Kind};
use crate::domain::digest::Digest;
use crate::domain::form::Following;
use crate::domain::party::Party;
use crate::domain::time::Instant;
use crate::limits;

/// One count.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Tally {
    pub of: TallyOf,
    pub window: Window,
    /// This one with them.
    pub together: Quantity,
    pub kept: Kept,
    /// Official numbers of those that count, or may count. Not safe to show.
    pub numbers: Vec<String>,
    /// How many more there are that are not named.
    pub more: usize,
}

/// Whose count it is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum TallyOf {
    Sender(Party),
    Receiver(Party),
    Pair(Party, Party),
}

/// In which time.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Window {
    /// Both included.
    Years {
        first: i64,
        last: i64,
    },
    /// Both included, as dates.
    Days {
        first: String,
        last: String,
    },
    AtOneTime,
    /// When this one is can't be told.
    Unknown(Lack),
}

/// Whether the number is kept. It informs, and no more.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kept {
    Within,
    Exceeded,
    CantBeJudged,
}

/// When something is: by years or days from the first to the last, or in seconds from its start to its end.
/// The narrow one is what is certain.
#[derive(Clone, Copy)]
struct When {
    wide: (i64, i64),
    narrow: (i64, i64),
}

/// Another one that counts, or may count.
struct Other<'h> {
    held: &'h Held,
    is_certain: bool,
    when: Option<When>,
}

/// One tally for each Party or pair that the quota is counted for. `None` if nobody looked.
pub(super) fn tallies(
    regime: &Regime,
    rule: &Quota,
    applies: &Verdict,
    subject: &Subject,
    content: &Content,
    asked: &Asked,
) -> Option<Vec<Tally>> {
    let (beside, author) = asked.beside.as_ref().zip(asked.author)?;
    let released = asked.released_at?;
    let receivers = || asked.addressed.iter().flat_map(|addressed| addressed.action.iter().copied());
    let counted_for: Vec<TallyOf> = match rule.counted_for {
        CountedFor::Sender => vec![TallyOf::Sender(author)],
        CountedFor::Receiver => receivers().map(TallyOf::Receiver).collect(),
        CountedFor::Pair => receivers().map(|receiver| TallyOf::Pair(author, receiver)).collect(),
    };
    let own = match when(rule, subject, released) {
        Ok(own) => own,
        Err(lack) => {
            let unknown = |of| Tally {
                of,
                window: Window::Unknown(lack.clone()),
                together: Quantity::UNKNOWN,
                kept: Kept::CantBeJudged,
                numbers: Vec::new(),
                more: 0,
            };
            return Some(counted_for.into_iter().map(unknown).collect());
        }
    };
    let others = others(regime, rule, content, (author, released, own), beside);
    let tally = |of: TallyOf| {
        let these: Vec<&Other> = others.iter().filter(|other| of.counts(other.held)).collect();
        let (window, found, within) = match rule.unit {
            Period::AtOneTime => at_one_time(own, &these),
            Period::CalendarYears | Period::Days => in_a_period(rule, own.wide.0, &these),
        };
        let this_one = match applies.answer {
            Answer::Reached => Quantity::exactly(1),
            Answer::NotReached => Quantity::NONE,
            Answer::CantBeJudged => Quantity { low: 0, high: Some(1) },
        };
        let together = found.plus(this_one);
        let together = if beside.looked == Looked::AtAll { together } else { together.unbounded() };
        let kept = match together.high {
            _ if together.low > rule.at_most => Kept::Exceeded,
            Some(high) if high <= rule.at_most => Kept::Within,
            Some(_) | None => Kept::CantBeJudged,
        };
        let named = |other: &&Other| format!("{} {}", other.held.said.author, other.held.said.number);
        let more = within.len().saturating_sub(limits::TALLY_NAMED_MAX);
        let numbers = within.iter().take(limits::TALLY_NAMED_MAX).map(named).collect();
        Tally { of, window, together, kept, numbers, more }
    };
    Some(counted_for.into_iter().map(tally).collect())
}

impl TallyOf {
    fn counts(self, held: &Held) -> bool {
        match self {
            TallyOf::Sender(author) => held.said.author == author,
            TallyOf::Receiver(receiver) => held.action.contains(&receiver),
            TallyOf::Pair(author, receiver) => held.said.author == author && held.action.contains(&receiver),
        }
    }
}

/// All that stood when this one was released, and may count.
fn others<'h>(
    regime: &Regime,
    rule: &Quota,
    content: &Content,
    (author, released, own): (Party, Instant, When),
    beside: &'h Beside,
) -> Vec<Other<'h>> {
    let stands = beside.stands;
    let before = beside.cited.iter().filter(|held| came_before(held, released, beside));
    let is_notice = matches!(content.kind(), Kind::Notification | Kind::Amendment);
    let mut counted: BTreeMap<Digest, (bool, Option<When>)> = BTreeMap::new();
    for thread in threads(before) {
        for held in thread.standing(&rule.documents) {
            let is_same = is_notice
                && held.thread == stands.thread
                && held.said.author == author
                && matches!(held.said.content.kind(), Kind::Notification | Kind::Amendment);
            // A notice is one as it was amended, whatever that cites. What else took the place of something that cites
            // the regime, and does not cite it itself, is said under other rules.
            let is_one = matches!(held.said.content.kind(), Kind::Notification | Kind::Amendment);
            if is_same || !(is_one || held.cites.as_deref() == Some(regime.head.name.as_str())) {
                continue;
            }
            let parts = held.said.content.form().parts();
            let following = Following::of(&held.said.content);
            let subject = Subject::of(&held.said.content, &parts, &following);
            let when = when(rule, &subject, held.said.released_at).ok();
            if when.is_some_and(|when| !may_meet(rule, own, when)) {
                continue;
            }
            let answer = Judge::new(regime, &subject).applies(rule.when.as_ref()).answer;
            if answer != Answer::NotReached {
                counted.insert(held.said.message, (answer == Answer::Reached, when));
            }
        }
    }
    let other = |held: &'h Held| {
        let (is_certain, when) = counted.remove(&held.said.message)?;
        Some(Other { held, is_certain, when })
    };
    beside.cited.iter().filter_map(other).collect()
}

/// Whether some period that holds this one holds the other too.
fn may_meet(rule: &Quota, own: When, other: When) -> bool {
    match rule.unit {
        Period::AtOneTime => other.wide.0 < own.wide.1 && own.wide.0 < other.wide.1,
        Period::CalendarYears | Period::Days => own.wide.0.abs_diff(other.wide.0) < rule.period,
    }
}

fn came_before(held: &Held, released: Instant, beside: &Beside) -> bool {
    let said = &held.said;
    let is_this = Some(said.message) == beside.stands.message;
    // Of two in one instant both ends must take the same for the first.
    let before = match beside.stands.message {
        Some(message) => (said.released_at, said.message) < (released, message),
        None => said.released_at <= released,
    };
    said.traffic == beside.stands.traffic && !is_this && before
}

fn when(rule: &Quota, subject: &Subject, released: Instant) -> Result<When, Lack> {
    let at = |one: i64| When { wide: (one, one), narrow: (one, one) };
    match &rule.counted_by {
        CountedBy::Release => match rule.unit {
            Period::CalendarYears => Ok(at(i64::from(released.year()))),
            Period::Days => Ok(at(released.hour().div_euclid(24))),
            Period::AtOneTime => Ok(at(released.seconds())),
        },
        CountedBy::Date(place) => date(rule.unit, place, subject).map(at),
        CountedBy::Span { from, to } => {
            let (from, to) = (first_at(from, subject)?, first_at(to, subject)?);
            Ok(When {
                wide: (from.earliest.as_second(), to.latest.as_second()),
                narrow: (from.latest.as_second(), to.earliest.as_second()),
            })
        }
    }
}

fn date(unit: Period, place: &Place, subject: &Subject) -> Result<i64, Lack> {
    let moment = first_at(place, subject)?;
    let (date, _) = moment.dates_in(&moment.zone);
    Ok(match unit {
        Period::CalendarYears => i64::from(date.year()),
        Period::Days | Period::AtOneTime => super::days::days_since_epoch(date),
    })
}

/// The fullest period that holds this one.
fn in_a_period<'o, 'h>(
    rule: &Quota,
    own: i64,
    others: &[&'o Other<'h>],
) -> (Window, Quantity, Vec<&'o Other<'h>>) {
    let length = i64::try_from(rule.period).unwrap_or(i64::MAX).max(1);
    let first_of = |last: i64| last.saturating_sub(length.saturating_sub(1));
    let is_in = |other: &Other, last: i64| {
        other.when.is_none_or(|when| (first_of(last)..=last).contains(&when.wide.0))
    };
    let count = |last: i64| {
        let all = || others.iter().filter(|other| is_in(other, last));
        let certain = all().filter(|other| other.is_certain && other.when.is_some()).count() as u64;
        Quantity { low: certain, high: Some(all().count() as u64) }
    };
    let mut lasts: Vec<i64> = others.iter().filter_map(|other| other.when.map(|when| when.wide.0)).collect();
    lasts.retain(|last| *last > own && first_of(*last) <= own);
    lasts.sort_unstable();
    lasts.dedup();
    let (mut last, mut fullest) = (own, count(own));
    for one in lasts {
        let found = count(one);
        if (found.low, found.high) > (fullest.low, fullest.high) {
            (last, fullest) = (one, found);
        }
    }
    let window = match rule.unit {
        Period::CalendarYears => Window::Years { first: first_of(last), last },
        Period::Days | Period::AtOneTime => {
            Window::Days { first: civil_day(first_of(last)), last: civil_day(last) }
        }
    };
    (window, fullest, others.iter().filter(|other| is_in(other, last)).copied().collect())
}

/// The most at one moment within this one.
fn at_one_time<'o, 'h>(own: When, others: &[&'o Other<'h>]) -> (Window, Quantity, Vec<&'o Other<'h>>) {
    let most = |of: fn(&When) -> (i64, i64), counts: &dyn Fn(&Other) -> bool| {
        let (from, to) = of(&own);
        let these: Vec<(i64, i64)> = others
            .iter()
            .filter(|other| counts(other))
            .filter_map(|other| other.when.as_ref().map(of))
            .collect();
        let starts = these.iter().map(|(start, _)| *start).filter(|start| (from..to).contains(start));
        let moments = starts.chain([from]).filter(|moment| *moment < to);
        let under_way =
            |moment: i64| these.iter().filter(|(start, end)| (*start..*end).contains(&moment)).count();
        moments.map(under_way).max().unwrap_or(0) as u64
    };
    let undated = others.iter().filter(|other| other.when.is_none()).count() as u64;
    let low = most(|when| when.narrow, &|other| other.is_certain);
    let high = most(|when| when.wide, &|_| true).saturating_add(undated);
    // Those that can't meet it were left out before.
    let these = others.to_vec();
    (Window::AtOneTime, Quantity { low: low.min(high), high: Some(high) }, these)
}
