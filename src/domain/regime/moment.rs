//! A date as a form states it, put on the line of time: from its first instant to its last.
//!
//! Never here: a choice where a wall shows an hour twice. Both are kept.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime, Time};
use jiff::tz::{Offset, TimeZone};

use super::lack::Lack;
use crate::domain::form::When;

/// A stretch of time that a date stands for.
pub struct Moment {
    pub earliest: Timestamp,
    /// For a date without an hour, the end of its day; else the same instant, unless the wall showed it
    /// twice.
    pub latest: Timestamp,
    pub zone: TimeZone,
    pub zone_name: String,
    /// As written, for a date; that of the wall, for an hour.
    date: Date,
    is_day: bool,
}

impl Moment {
    /// # Errors
    /// What keeps it from being told to the day.
    pub fn of(when: &When, at: &str) -> Result<Moment, Lack> {
        let at = || at.to_owned();
        let (date, time) = civil(&when.civil).ok_or_else(|| {
            if is_month(&when.civil) { Lack::OnlyMonth { at: at() } } else { Lack::NotADate { at: at() } }
        })?;
        if when.zone.is_empty() {
            return Err(Lack::NoZone { at: at() });
        }
        let zone = zone_named(&when.zone).ok_or_else(|| Lack::UnknownZone { at: at() })?;
        let not_a_date = || Lack::NotADate { at: at() };
        let (earliest, latest) = match time {
            Some(time) => both(&zone, date.to_datetime(time)),
            None => {
                let next = date.tomorrow().map_err(|_| not_a_date())?;
                let midnight = |date: Date| date.to_datetime(Time::midnight());
                let (first, last) = (both(&zone, midnight(date)), both(&zone, midnight(next)));
                (first.0, last.0)
            }
        };
        let (earliest, latest) = earliest.zip(latest).ok_or_else(not_a_date)?;
        Ok(Moment { earliest, latest, zone, zone_name: when.zone.clone(), date, is_day: time.is_none() })
    }

    pub fn is_day(&self) -> bool {
        self.is_day
    }

    /// The dates on which it may fall by another wall; the same twice by its own.
    pub fn dates_in(&self, zone: &TimeZone) -> (Date, Date) {
        if *zone == self.zone {
            return (self.date, self.date);
        }
        let last = if self.is_day {
            // The end of a day is not in it.
            Timestamp::from_second(self.latest.as_second().saturating_sub(1)).unwrap_or(self.latest)
        } else {
            self.latest
        };
        (zone.to_datetime(self.earliest).date(), zone.to_datetime(last).date())
    }
}

/// The instants at which a wall shows that time: two in an hour that comes twice.
fn both(zone: &TimeZone, civil: DateTime) -> (Option<Timestamp>, Option<Timestamp>) {
    let ambiguous = zone.to_ambiguous_timestamp(civil);
    (ambiguous.earlier().ok(), ambiguous.later().ok())
}

/// `Z`, `UTC`, an offset, or a name that the built-in edition of the database has.
pub fn zone_named(name: &str) -> Option<TimeZone> {
    if name == "Z" || name == "UTC" {
        return Some(TimeZone::UTC);
    }
    let signed = name.strip_prefix('+').map(|rest| (1, rest));
    if let Some((sign, rest)) = signed.or_else(|| name.strip_prefix('-').map(|rest| (-1, rest))) {
        let (hours, minutes) = rest.split_once(':')?;
        let hours = i32::from(digits(hours, 2)?).checked_mul(3600)?;
        let minutes = i32::from(digits(minutes, 2)?).checked_mul(60)?;
        let seconds = hours.checked_add(minutes)?.checked_mul(sign)?;
        return Some(TimeZone::fixed(Offset::from_seconds(seconds).ok()?));
    }
    jiff::tz::db().get(name).ok()
}

/// A date, with the time if there is one. `None` for a month alone, and for what is neither.
fn civil(text: &str) -> Option<(Date, Option<Time>)> {
    let (date, time) = match text.split_once(['T', ' ']) {
        Some((date, time)) => (date, Some(time)),
        None => (text, None),
    };
    let mut numbers = date.split('-');
    let year = digits(numbers.next()?, 4)?;
    let month = i8::try_from(digits(numbers.next()?, 2)?).ok()?;
    let day = i8::try_from(digits(numbers.next()?, 2)?).ok()?;
    if numbers.next().is_some() {
        return None;
    }
    let date = Date::new(year, month, day).ok()?;
    let Some(time) = time else { return Some((date, None)) };
    let mut numbers = time.split(':').map(|text| digits(text, 2).and_then(|n| i8::try_from(n).ok()));
    let hour = numbers.next()??;
    let minute = numbers.next()??;
    let second = numbers.next().unwrap_or(Some(0))?;
    if numbers.next().is_some() {
        return None;
    }
    Some((date, Some(Time::new(hour, minute, second, 0).ok()?)))
}

fn is_month(text: &str) -> bool {
    text.split_once('-').is_some_and(|(year, month)| {
        digits(year, 4).is_some() && digits(month, 2).is_some_and(|month| (1..=12).contains(&month))
    })
}

fn digits(text: &str, length: usize) -> Option<i16> {
    let all = text.len() == length && text.bytes().all(|byte| byte.is_ascii_digit());
    if all { text.parse().ok() } else { None }
}
