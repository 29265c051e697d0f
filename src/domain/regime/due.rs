//! When something falls due: from an anchor and a term to one instant, by civil days of a zone or by hours.
//!
//! A day counts to its end: who gives something in its last millisecond is in time. The rules of named zones
//! are those of the edition that is built in; so an instant is worked out once, and stands on record.
//!
//! Never here: an instant of now.

use jiff::Timestamp;
use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;

use super::Regime;
use super::duty::{DutyRule, DutyTerm};
use super::lead::{Calendar, Unit, Zone};
use super::moment::{Moment, zone_named};
use super::place::Place;
use super::subject::Subject;
use crate::domain::content::Content;
use crate::domain::form::outline::{Part, Value};
use crate::domain::form::{Following, When};
use crate::domain::time::Instant;

/// The first and the last instant at which a date of a form may be, and the zone that it is in.
struct Dated {
    from: Instant,
    /// The last one of it: for a whole day its last millisecond.
    to: Instant,
    zone: TimeZone,
}

/// When a duty falls due whose time runs from this instant.
pub fn due_after(regime: &Regime, rule: &DutyRule, anchor: Instant) -> Option<Instant> {
    let DutyTerm::Within { most, unit, zone, .. } = &rule.term else { return None };
    let zone = match zone {
        // An instant has no zone of its own.
        Zone::OfTheAnchor => TimeZone::UTC,
        Zone::Named(name) => zone_named(name)?,
    };
    ends(regime, (*most, unit), anchor, &zone)
}

/// When a time ends that runs from an instant: so many hours later, or with the so-many-th day by a wall.
pub(super) fn ends(
    regime: &Regime,
    (most, unit): (u64, &Unit),
    from: Instant,
    zone: &TimeZone,
) -> Option<Instant> {
    let most = i64::try_from(most).ok()?;
    let day = match unit {
        Unit::Hours => return Some(from.plus_ms(most.saturating_mul(3_600_000))),
        Unit::CalendarDays => date_of(from, zone)?.checked_add(days(most)?).ok()?,
        Unit::WorkingDays(name) => {
            working_day(date_of(from, zone)?, most, Step::Forward, regime.calendars.get(name)?)?
        }
    };
    end_of(day, zone)
}

/// The last instant at which a date may be: of a whole day its last millisecond.
pub(super) fn last_of(moment: &Moment) -> Instant {
    let latest = instant(moment.latest);
    if moment.is_day() { latest.plus_ms(-1) } else { latest }
}

/// When a duty falls due that is counted from a date of the message's form, or of an entry in it. `None` where that
/// does not state it to the day, or its zone is not known.
pub fn due_by_form(regime: &Regime, rule: &DutyRule, subject: &Subject) -> Option<Due> {
    match &rule.term {
        DutyTerm::Within { anchor: super::duty::Anchor::Date(place), zone, unit, most } => {
            let dated = dated(subject, place)?;
            let runs_from = dated.to;
            // By the wall of the date itself, unless another one is named.
            let in_zone = match (zone, unit) {
                (Zone::OfTheAnchor, Unit::CalendarDays | Unit::WorkingDays(_)) => Some(&dated.zone),
                (Zone::OfTheAnchor, Unit::Hours) | (Zone::Named(_), _) => None,
            };
            let due = match in_zone {
                Some(zone) => ends(regime, (*most, unit), runs_from, zone)?,
                None => due_after(regime, rule, runs_from)?,
            };
            Some(Due { runs_from, due })
        }
        DutyTerm::Before { least, unit, zone, date } => {
            let dated = dated(subject, date)?;
            let runs_from = dated.from;
            let zone = match zone {
                Zone::OfTheAnchor => dated.zone,
                Zone::Named(name) => zone_named(name)?,
            };
            let least = i64::try_from(*least).ok()?;
            let due = match unit {
                Unit::Hours => runs_from.plus_ms(least.saturating_mul(-3_600_000)),
                Unit::CalendarDays => {
                    end_of(date_of(runs_from, &zone)?.checked_sub(days(least)?).ok()?, &zone)?
                }
                Unit::WorkingDays(name) => {
                    let calendar = regime.calendars.get(name)?;
                    let day = working_day(date_of(runs_from, &zone)?, least, Step::Back, calendar)?;
                    end_of(day, &zone)?
                }
            };
            Some(Due { runs_from, due })
        }
        DutyTerm::Within { .. } | DutyTerm::ByDay { .. } => None,
    }
}

/// From when it runs and when it falls due.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Due {
    pub runs_from: Instant,
    pub due: Instant,
}

/// A day of the year: the first that ends at `now` or later, and the year that it is of. It runs from the end
/// of the one before. On 29 February in leap years only; in others on the day before.
pub fn due_next(rule: &DutyRule, now: Instant) -> Option<(i16, Due)> {
    let DutyTerm::ByDay { month, day, zone } = &rule.term else { return None };
    let zone = zone_named(zone)?;
    let year = date_of(now, &zone)?.year();
    let end = |year: i16| end_of(day_of(year, *month, *day)?, &zone);
    let years = [year, year.checked_add(1)?];
    let next = years.into_iter().find(|year| end(*year).is_some_and(|due| due >= now))?;
    Some((next, Due { runs_from: end(next.checked_sub(1)?)?, due: end(next)? }))
}

/// A date that exists: the last of its month where the month is shorter.
fn day_of(year: i16, month: u8, day: u8) -> Option<Date> {
    let (month, day) = (i8::try_from(month).ok()?, i8::try_from(day).ok()?);
    let first = Date::new(year, month, 1).ok()?;
    Date::new(year, month, day.min(first.days_in_month())).ok()
}

fn dated(subject: &Subject, place: &Place) -> Option<Dated> {
    let found = subject.find(place)?;
    let found = found.first()?;
    let Value::Leaf(text) = found.value else { return None };
    let when: When = text.parse().ok()?;
    let moment = Moment::of(&when, found.at.as_str()).ok()?;
    Some(Dated { from: instant(moment.earliest), to: last_of(&moment), zone: moment.zone })
}

/// The first number that stands at a place, such as a year.
pub fn number_at(content: &Content, place: &Place) -> Option<u64> {
    let parts: Vec<Part> = content.form().parts();
    let following = Following::of(content);
    number_in(&Subject::of(content, &parts, &following), place)
}

/// The same in a form, or in an entry of a list.
pub fn number_in(subject: &Subject, place: &Place) -> Option<u64> {
    number(subject.find(place)?.first()?.value)
}

fn number(value: &Value) -> Option<u64> {
    let Value::Leaf(text) = value else { return None };
    text.parse().ok()
}

/// The numbers that stand at two places, row by row of the list that both go through; rows that lack one of the
/// two left out.
pub fn numbers_by_row(content: &Content, (one, other): (&Place, &Place)) -> Vec<(u64, u64)> {
    let parts: Vec<Part> = content.form().parts();
    let following = Following::of(content);
    let subject = Subject::of(content, &parts, &following);
    let (Some(ones), Some(others)) = (subject.find(one), subject.find(other)) else { return Vec::new() };
    let rows = ones.iter().zip(&others);
    rows.filter_map(|(one, other)| Some((number(one.value)?, number(other.value)?))).collect()
}

fn instant(at: Timestamp) -> Instant {
    Instant(at.as_millisecond())
}

fn date_of(at: Instant, zone: &TimeZone) -> Option<Date> {
    Some(zone.to_datetime(Timestamp::from_millisecond(at.0).ok()?).date())
}

fn days(number: i64) -> Option<jiff::Span> {
    jiff::Span::new().try_days(number).ok()
}

/// The last millisecond of a day by a wall, also where its midnight comes twice or never.
fn end_of(day: Date, zone: &TimeZone) -> Option<Instant> {
    let midnight = day.tomorrow().ok()?.to_datetime(Time::midnight());
    let next = zone.to_ambiguous_timestamp(midnight).compatible().ok()?;
    Some(instant(next).plus_ms(-1))
}

#[derive(Clone, Copy)]
enum Step {
    Forward,
    Back,
}

/// The so-many-th working day after a day, or before it; with none to count, the day itself.
fn working_day(from: Date, count: i64, step: Step, calendar: &Calendar) -> Option<Date> {
    let is_worked = |date: Date| {
        let weekday = u8::try_from(date.weekday().to_monday_one_offset()).unwrap_or(0);
        let month_day = (u8::try_from(date.month()).unwrap_or(0), u8::try_from(date.day()).unwrap_or(0));
        !calendar.weekend.contains(&weekday)
            && !calendar.holidays.contains(&(date.year(), month_day.0, month_day.1))
    };
    let next = |date: Date| match step {
        Step::Forward => date.tomorrow().ok(),
        Step::Back => date.yesterday().ok(),
    };
    // A calendar without a working day has no end.
    if calendar.weekend.len() >= 7 {
        return None;
    }
    let mut date = from;
    let mut left = count;
    while left > 0 {
        date = next(date)?;
        left = left.saturating_sub(i64::from(is_worked(date)));
    }
    Some(date)
}
