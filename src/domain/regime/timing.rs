//! How a lead rule stands against the dates of a form, one by one.
//!
//! Never here: whether the rule applies (`check.rs`).

use super::Regime;
use super::days::{DaysOf, by_days, by_minutes, moment_at, zone_of};
use super::finding::{Outcome, Start, Timing};
use super::lack::Lack;
use super::lead::{Term, Unit, Zone};
use super::moment::Moment;
use super::place::{Found, Place};
use super::subject::Subject;
use crate::domain::form::When;
use crate::domain::form::outline::Value;
use crate::domain::time::Instant;

/// One timing for each date that the rule counts from.
pub fn timings(regime: &Regime, term: &Term, released: Option<Instant>, subject: &Subject) -> Vec<Timing> {
    match term {
        Term::Before { anchors, at_least, unit, zone } => {
            each(anchors, subject, |found| before(regime, found, *at_least, unit, zone, released, subject))
        }
        Term::AtTheStart { anchors, zone } => {
            each(anchors, subject, |found| at_the_start(found, zone, released, subject))
        }
        Term::ByDay { year, years_before, month, day, zone } => {
            each(std::slice::from_ref(year), subject, |found| {
                by_day(found, *years_before, *month, *day, zone, released).map_err(|(stated, lack)| {
                    let instead = subject.following.said(&found.at).filter(|_| stated.is_empty());
                    let at = found.at.to_string();
                    (stated, instead.map_or(lack, |instead| Lack::DateSaid { at, instead }))
                })
            })
        }
        Term::NoneAgreed => vec![Timing {
            at: String::new(),
            entry: String::new(),
            stated: String::new(),
            zone: String::new(),
            outcome: Outcome::NoneAgreed,
        }],
    }
}

/// What is known of one date before it is counted from.
type Counted = Result<(String, String, Outcome), (String, Lack)>;

fn each(anchors: &[Place], subject: &Subject, count: impl Fn(&Found) -> Counted) -> Vec<Timing> {
    let mut timings = Vec::new();
    for place in anchors {
        for found in subject.find(place).unwrap_or_default() {
            let (stated, zone, outcome) = match count(&found) {
                Ok(counted) => counted,
                Err((stated, lack)) => (stated, String::new(), Outcome::CantBeJudged(lack)),
            };
            timings.push(Timing {
                at: found.at.to_string(),
                entry: found.entry.clone(),
                stated,
                zone,
                outcome,
            });
        }
    }
    timings
}

fn before(
    regime: &Regime,
    found: &Found,
    at_least: u64,
    unit: &Unit,
    zone: &Zone,
    released: Option<Instant>,
    subject: &Subject,
) -> Counted {
    let (moment, stated) = read(found, subject)?;
    let released = released.ok_or((stated.clone(), Lack::NoRelease))?;
    let at = found.at.as_str();
    let days = match unit {
        Unit::Hours => {
            let minutes = at_least.saturating_mul(60);
            return Ok((stated, String::new(), by_minutes(released, &moment, minutes, at)));
        }
        Unit::CalendarDays => DaysOf::All,
        Unit::WorkingDays(calendar) => match regime.calendars.get(calendar) {
            Some(calendar) => DaysOf::Working(calendar),
            None => return Err((stated, Lack::UnknownZone { at: at.to_owned() })),
        },
    };
    in_days(&moment, stated, zone, at, |zone| by_days(released, &moment, zone, at_least, days, at))
}

fn at_the_start(found: &Found, zone: &Zone, released: Option<Instant>, subject: &Subject) -> Counted {
    let (moment, stated) = read(found, subject)?;
    let released = released.ok_or((stated.clone(), Lack::NoRelease))?;
    let at = found.at.as_str();
    if !moment.is_day() {
        // Told in the minute in which it starts is told at the start.
        let minute = Instant::from_seconds(released.seconds().div_euclid(60).saturating_mul(60));
        return Ok((stated, String::new(), by_minutes(minute, &moment, 0, at)));
    }
    in_days(&moment, stated, zone, at, |zone| by_days(released, &moment, zone, 0, DaysOf::All, at))
}

fn by_day(
    found: &Found,
    years_before: u64,
    month: u8,
    day: u8,
    zone: &Zone,
    released: Option<Instant>,
) -> Counted {
    let at = found.at.to_string();
    let year = match found.value {
        Value::Leaf(text) => text.parse::<u64>().ok().and_then(|year| year.checked_sub(years_before)),
        Value::Absent | Value::Group(_) | Value::List(_) => None,
    };
    let no_year = || (String::new(), Lack::NoYear { at: at.clone() });
    let year = year.ok_or_else(no_year)?;
    let Zone::Named(zone_name) = zone else { return Err(no_year()) };
    let due = When::new(&format!("{year:04}-{month:02}-{day:02}"), zone_name);
    let stated = match found.value {
        Value::Leaf(text) => format!("{text}, that is by {due}"),
        Value::Absent | Value::Group(_) | Value::List(_) => due.to_string(),
    };
    let moment = Moment::of(&due, &at).map_err(|lack| (stated.clone(), lack))?;
    let released = released.ok_or((stated.clone(), Lack::NoRelease))?;
    in_days(&moment, stated, zone, &at, |zone| {
        match by_days(released, &moment, zone, 0, DaysOf::All, &at) {
            // That day is when it was due: nothing begins on it.
            Outcome::Late { by, start: Start::Ahead | Start::Past } => {
                Outcome::Late { by, start: Start::Ahead }
            }
            outcome @ (Outcome::OnTime { .. } | Outcome::CantBeJudged(_) | Outcome::NoneAgreed) => outcome,
        }
    })
}

fn read(found: &Found, subject: &Subject) -> Result<(Moment, String), (String, Lack)> {
    let stated = match found.value {
        Value::Leaf(text) => text.clone(),
        Value::Absent | Value::Group(_) | Value::List(_) => String::new(),
    };
    moment_at(found.value, &found.at, subject).map_err(|lack| (stated, lack))
}

fn in_days(
    moment: &Moment,
    stated: String,
    zone: &Zone,
    at: &str,
    count: impl Fn(&jiff::tz::TimeZone) -> Outcome,
) -> Counted {
    match zone_of(zone, moment) {
        Some((zone, name)) => Ok((stated, name, count(&zone))),
        None => Err((stated, Lack::UnknownZone { at: at.to_owned() })),
    }
}
