//! Counts from a release to a date of the form: in hours, or in civil days of the zone that a rule names.
//!
//! A date without an hour is a whole day of its zone: what depends on the hour can't be judged. The rules
//! of named zones are those of the edition that is built in; they decide how many days are counted, never
//! what is sent.
//!
//! Never here: an instant of now.

use std::collections::BTreeSet;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::condition::{Bound, Lasting};
use super::finding::{Answer, Outcome, Span, SpanUnit, Start};
use super::lack::Lack;
use super::lead::{Calendar, Zone};
use super::moment::{Moment, zone_named};
use super::place::Place;
use super::subject::Subject;
use crate::domain::form::When;
use crate::domain::form::outline::{Path, Value};
use crate::domain::time::Instant;

/// Days, and by which days they go.
#[derive(Clone, Copy)]
pub enum DaysOf<'a> {
    All,
    Working(&'a Calendar),
}

/// How a release stands to a moment, in civil days: `needed` before it, at the least.
pub fn by_days(
    released: Instant,
    moment: &Moment,
    zone: &TimeZone,
    needed: u64,
    days: DaysOf,
    at: &str,
) -> Outcome {
    let Some(told) = timestamp(released) else { return Outcome::CantBeJudged(Lack::NoRelease) };
    let told_on = zone.to_datetime(told).date();
    let (first, last) = moment.dates_in(zone);
    let needed = i64::try_from(needed).unwrap_or(i64::MAX);
    let margin = |date| between(told_on, date, days).saturating_sub(needed);
    let start = if told >= moment.latest { Start::Past } else { Start::Ahead };
    let of = match days {
        DaysOf::All => SpanUnit::Days,
        DaysOf::Working(_) => SpanUnit::WorkingDays,
    };
    outcome(margin(first), margin(last), of, start, at)
}

/// How a release stands to a moment, in minutes.
pub fn by_minutes(released: Instant, moment: &Moment, needed_minutes: u64, at: &str) -> Outcome {
    let Some(told) = timestamp(released) else { return Outcome::CantBeJudged(Lack::NoRelease) };
    let needed = i64::try_from(needed_minutes).unwrap_or(i64::MAX);
    // Rounded towards late: a second too late is late.
    let minutes = |to: Timestamp| to.as_second().saturating_sub(ceiling(told)).div_euclid(60);
    let margin = |to| minutes(to).saturating_sub(needed);
    let start = if told >= moment.latest { Start::Past } else { Start::Ahead };
    outcome(margin(moment.earliest), margin(moment.latest), SpanUnit::Minutes, start, at)
}

fn ceiling(at: Timestamp) -> i64 {
    let more = i64::from(at.subsec_nanosecond() > 0);
    at.as_second().saturating_add(more)
}

fn outcome(first: i64, last: i64, of: SpanUnit, start: Start, at: &str) -> Outcome {
    let (low, high) = (first.min(last), first.max(last));
    if low >= 0 {
        Outcome::OnTime { spare: Span { least: low.unsigned_abs(), most: high.unsigned_abs(), of } }
    } else if high < 0 {
        Outcome::Late { by: Span { least: high.unsigned_abs(), most: low.unsigned_abs(), of }, start }
    } else {
        Outcome::CantBeJudged(Lack::NoHour { at: at.to_owned() })
    }
}

/// Days from one date to another, negative if the other comes first. Calendar days: the first is not
/// counted, the other is. Working days: from the first on, up to the day before the other.
fn between(from: Date, to: Date, days: DaysOf) -> i64 {
    match days {
        DaysOf::All => days_since_epoch(to).saturating_sub(days_since_epoch(from)),
        DaysOf::Working(calendar) if from <= to => working(from, to, calendar),
        DaysOf::Working(calendar) => working(to, from, calendar).saturating_neg(),
    }
}

/// The number of a civil day: 0 for 1 January 1970.
pub fn days_since_epoch(date: Date) -> i64 {
    let since = date.since((jiff::Unit::Day, jiff::civil::date(1970, 1, 1)));
    since.map_or(0, |span| i64::from(span.get_days()))
}

/// Working days from `from` on, before `to`, which is not earlier.
fn working(from: Date, to: Date, calendar: &Calendar) -> i64 {
    let is_weekend = |weekday: i64| u8::try_from(weekday).is_ok_and(|day| calendar.weekend.contains(&day));
    let length = days_since_epoch(to).saturating_sub(days_since_epoch(from));
    let free = i64::try_from(calendar.weekend.len()).unwrap_or(7);
    let first = i64::from(from.weekday().to_monday_zero_offset());
    let weekday = |day: i64| first.saturating_add(day).rem_euclid(7).saturating_add(1);
    let rest = (0..length.rem_euclid(7)).filter(|day| !is_weekend(weekday(*day)));
    let rest = i64::try_from(rest.count()).unwrap_or(0);
    let holidays = calendar.holidays.iter().filter(|(year, month, day)| {
        let month_day = i8::try_from(*month).ok().zip(i8::try_from(*day).ok());
        let date = month_day.and_then(|(month, day)| Date::new(*year, month, day).ok());
        date.is_some_and(|date| {
            from <= date && date < to && !is_weekend(i64::from(date.weekday().to_monday_one_offset()))
        })
    });
    let holidays = i64::try_from(holidays.count()).unwrap_or(0);
    let of_weeks = length.div_euclid(7).saturating_mul(7_i64.saturating_sub(free));
    of_weeks.saturating_add(rest).saturating_sub(holidays)
}

fn timestamp(at: Instant) -> Option<Timestamp> {
    Timestamp::from_millisecond(at.0).ok()
}

/// The zone by which a rule counts, and what it is called.
pub fn zone_of(zone: &Zone, moment: &Moment) -> Option<(TimeZone, String)> {
    match zone {
        Zone::OfTheAnchor => Some((moment.zone.clone(), moment.zone_name.clone())),
        Zone::Named(name) => Some((zone_named(name)?, name.clone())),
    }
}

/// A date of the form, as a stretch of time.
pub fn moment_at(value: &Value, at: &Path, subject: &Subject) -> Result<(Moment, String), Lack> {
    let Value::Leaf(text) = value else {
        let (instead, at) = (subject.following.said(at), at.to_string());
        return Err(match instead {
            Some(instead) => Lack::DateSaid { at, instead },
            None => Lack::NoDate { at },
        });
    };
    let when: When = text.parse().map_err(|_| Lack::NotADate { at: at.to_string() })?;
    Ok((Moment::of(&when, at.as_str())?, when.to_string()))
}

/// Whether it lasts as long as that, as far as its dates tell: from the first start to the last end, where
/// several notices are of one activity.
pub fn lasting(wanted: &Lasting, subjects: &[&Subject]) -> (Answer, BTreeSet<Lack>) {
    let mut lacking = BTreeSet::new();
    let mut moments = |place: &Place| {
        let each = subjects.iter().map(|subject| first_at(place, subject));
        let mut stretches = Vec::new();
        for one in each {
            match one {
                Ok(moment) => stretches.push((moment.earliest, moment.latest)),
                Err(lack) => {
                    lacking.insert(lack);
                }
            }
        }
        (stretches.len() == subjects.len()).then_some(stretches)
    };
    let (from, to) = (moments(&wanted.from), moments(&wanted.to));
    let first =
        from.and_then(|all| Some((all.iter().map(|one| one.0).min()?, all.iter().map(|one| one.1).min()?)));
    let last =
        to.and_then(|all| Some((all.iter().map(|one| one.0).max()?, all.iter().map(|one| one.1).max()?)));
    let (Some(from), Some(to)) = (first, last) else { return (Answer::CantBeJudged, lacking) };
    let seconds = |from: Timestamp, to: Timestamp| to.as_second().saturating_sub(from.as_second());
    if seconds(from.0, to.1) < 0 {
        // It lasts no time at all by these dates: nothing is known of how long it does.
        lacking.insert(Lack::NotInOrder { at: format!("{}, {}", wanted.from, wanted.to) });
        return (Answer::CantBeJudged, lacking);
    }
    let needed = i64::try_from(wanted.hours).unwrap_or(i64::MAX).saturating_mul(3600);
    let reaches = |seconds: i64| match wanted.bound {
        Bound::AtLeast => seconds >= needed,
        Bound::MoreThan => seconds > needed,
    };
    let shortest = reaches(seconds(from.1, to.0));
    let longest = reaches(seconds(from.0, to.1));
    match (shortest, longest) {
        (true, true) => (Answer::Reached, lacking),
        (false, false) => (Answer::NotReached, lacking),
        (_, _) => {
            lacking.insert(Lack::NoHour { at: format!("{}, {}", wanted.from, wanted.to) });
            (Answer::CantBeJudged, lacking)
        }
    }
}

/// The first date at a place.
pub fn first_at(place: &Place, subject: &Subject) -> Result<Moment, Lack> {
    let found = subject.find(place).unwrap_or_default();
    let Some(found) = found.first() else { return Err(Lack::NoDate { at: place.to_string() }) };
    moment_at(found.value, &found.at, subject).map(|(moment, _)| moment)
}

/// A day by its number since 1970-01-01, as a date.
pub fn civil_day(days: i64) -> String {
    let epoch = jiff::civil::date(1970, 1, 1);
    let span = jiff::Span::new().try_days(days);
    let date = span.and_then(|span| epoch.checked_add(span));
    date.map_or_else(|_| format!("day {days}"), |date| date.to_string())
}
