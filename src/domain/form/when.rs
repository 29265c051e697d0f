//! Dates as a form states them: what a calendar and a clock on a wall show, and the zone of that wall.
//!
//! Never here: an order of two dates that hangs on the rules of time zones. They change from edition to
//! edition: for that a named zone is taken for any offset that exists. The edition that is built in is asked only
//! whether it knows a zone, and whether its clocks ever show an hour. Never an instant.

use std::fmt;
use std::str::FromStr;

use jiff::tz::{AmbiguousOffset, TimeZone};

use super::faults::{Faults, Refused};
use super::leaf::{Expected, as_text, bound_text};
use super::outline::{Entry, Leaf, Path, Shape, Value};
use crate::domain::time::Instant;
use crate::limits;

/// A date, a date and time, or only a month, with its zone, as written. In a form one text:
/// `2025-09-12 Europe/Minsk`, `2025-09-12T06:00 +03:00`, `2025-09-12T06:00Z`.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct When {
    /// ISO 8601: `2025-09`, `2025-09-12`, `2025-09-12T06:00` or with seconds. Kept as written.
    pub civil: String,
    /// An IANA name, `Z`, or an offset such as `+03:00`. Kept as written.
    pub zone: String,
}

const A_DATE: &str = "a date in quotation marks with its zone, such as \"2025-09-12 Europe/Minsk\"";

/// The least and greatest offsets of any zone in use, in seconds east of UTC.
const WEST_MOST: i64 = -12 * 3600;
const EAST_MOST: i64 = 14 * 3600;

/// Whole seconds, as if the wall stood in UTC; `end` is the first second after.
#[derive(Clone, Copy)]
struct Span {
    start: i64,
    end: i64,
}

impl When {
    pub fn new(civil: &str, zone: &str) -> When {
        When { civil: civil.to_owned(), zone: zone.to_owned() }
    }

    /// An instant, to the second in which it is.
    pub fn at(instant: Instant) -> When {
        let text = instant.to_string();
        When::new(text.split('.').next().unwrap_or(&text), "Z")
    }

    /// The instant at which it begins, where its zone is Z or an offset. `None` in a named zone, whose rules
    /// may differ from reader to reader, and where it is no date.
    pub fn instant(&self) -> Option<Instant> {
        let offset = if self.zone == "Z" { 0 } else { fixed_offset(&self.zone)? };
        Some(Instant::from_seconds(civil_span(&self.civil)?.start.saturating_sub(offset)))
    }

    /// The first instant that it may cover, and the first one after all that it may, whatever the zone's rules are.
    /// `None` where it is no date.
    pub fn bounds(&self) -> Option<(Instant, Instant)> {
        let (span, (west, east)) = (civil_span(&self.civil)?, offsets(&self.zone)?);
        let (first, after) = (span.start.saturating_sub(east), span.end.saturating_sub(west));
        Some((Instant::from_seconds(first), Instant::from_seconds(after)))
    }

    fn is_empty(&self) -> bool {
        self.civil.is_empty() && self.zone.is_empty()
    }

    /// Whether it is an hour, or a whole day, over which the clocks of a zone leap. False where the zone is not known.
    fn is_leapt_over(&self) -> bool {
        let span = civil_span(&self.civil).filter(|span| span.end.saturating_sub(span.start) <= 24 * 3600);
        let (Some(zone), Some(span)) = (rules_of(&self.zone), span) else { return false };
        let epoch = jiff::civil::date(1970, 1, 1).at(0, 0, 0, 0);
        let leaps = |seconds: i64| {
            let shown = epoch.checked_add(jiff::SignedDuration::from_secs(seconds)).ok();
            let offset = shown.map(|at| zone.to_ambiguous_timestamp(at).offset());
            matches!(offset, Some(AmbiguousOffset::Gap { .. }))
        };
        leaps(span.start) && leaps(span.end.saturating_sub(1))
    }

    /// Whether all of `self` comes before all of `other`, whatever the zones' rules are. False where
    /// either is not a date: that is a fault of its own.
    pub fn is_certainly_before(&self, other: &When) -> bool {
        let (Some(this), Some(that)) = (civil_span(&self.civil), civil_span(&other.civil)) else {
            return false;
        };
        if self.zone == other.zone {
            return this.end <= that.start;
        }
        let (Some((west, _)), Some((_, east))) = (offsets(&self.zone), offsets(&other.zone)) else {
            return false;
        };
        this.end.saturating_sub(west) <= that.start.saturating_sub(east)
    }
}

/// The seconds that a civil date or time covers. `None` if it is not one.
fn civil_span(civil: &str) -> Option<Span> {
    let (date, time) = match civil.split_once(['T', ' ']) {
        Some((date, time)) => (date, Some(time)),
        None => (civil, None),
    };
    let mut numbers = date.split('-');
    let year = digits(numbers.next()?, 4)?;
    let month = digits(numbers.next()?, 2)?;
    let day = numbers.next().map(|text| digits(text, 2));
    if numbers.next().is_some() {
        return None;
    }
    match (day, time) {
        (None, None) => {
            let first = midnight(year, month, 1)?;
            let (year, month) =
                if month == 12 { (year.saturating_add(1), 1) } else { (year, month.saturating_add(1)) };
            Some(Span { start: first, end: midnight(year, month, 1)? })
        }
        (None, Some(_)) => None,
        (Some(day), None) => {
            let start = midnight(year, month, day?)?;
            Some(Span { start, end: start.saturating_add(24 * 3600) })
        }
        (Some(day), Some(time)) => {
            let (seconds, width) = clock(time)?;
            let start = midnight(year, month, day?)?.saturating_add(seconds);
            Some(Span { start, end: start.saturating_add(width) })
        }
    }
}

/// Seconds since midnight, and how many the text stands for: a minute or a second.
fn clock(time: &str) -> Option<(i64, i64)> {
    let mut numbers = time.split(':');
    let hour = digits(numbers.next()?, 2).filter(|hour| *hour < 24)?;
    let minute = digits(numbers.next()?, 2).filter(|minute| *minute < 60)?;
    let second = match numbers.next() {
        Some(text) => Some(digits(text, 2).filter(|second| *second < 60)?),
        None => None,
    };
    if numbers.next().is_some() {
        return None;
    }
    Some((seconds(hour, minute, second.unwrap_or(0)), if second.is_some() { 1 } else { 60 }))
}

#[expect(clippy::arithmetic_side_effects, reason = "an i64 has room for any three i16")]
fn seconds(hours: i16, minutes: i16, seconds: i16) -> i64 {
    i64::from(hours) * 3600 + i64::from(minutes) * 60 + i64::from(seconds)
}

fn digits(text: &str, length: usize) -> Option<i16> {
    let all = text.len() == length && text.bytes().all(|b| b.is_ascii_digit());
    if all { text.parse().ok() } else { None }
}

/// Seconds from 1970-01-01 to the start of that day in the Gregorian calendar.
fn midnight(year: i16, month: i16, day: i16) -> Option<i64> {
    let date = jiff::civil::Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()?;
    let epoch = jiff::civil::date(1970, 1, 1);
    let days = date.since((jiff::Unit::Day, epoch)).ok()?.get_days();
    Some(i64::from(days).saturating_mul(24 * 3600))
}

/// The least and the greatest offset that a zone may have, in seconds east of UTC.
fn offsets(zone: &str) -> Option<(i64, i64)> {
    if zone == "Z" || zone == "UTC" {
        return Some((0, 0));
    }
    if let Some(offset) = fixed_offset(zone) {
        return Some((offset, offset));
    }
    if is_zone_name(zone) { Some((WEST_MOST, EAST_MOST)) } else { None }
}

fn fixed_offset(zone: &str) -> Option<i64> {
    let (sign, rest) = match (zone.strip_prefix('+'), zone.strip_prefix('-')) {
        (Some(rest), _) => (1, rest),
        (None, Some(rest)) => (-1, rest),
        (None, None) => return None,
    };
    let (hours, minutes) = rest.split_once(':')?;
    let hours = digits(hours, 2).filter(|hours| *hours <= 14)?;
    let minutes = digits(minutes, 2).filter(|minutes| *minutes < 60)?;
    Some(seconds(hours, minutes, 0).saturating_mul(sign))
}

/// Whether a text that could not be read as a date states a zone all the same, directly behind it.
fn is_zone_behind(text: &str) -> bool {
    let offset = text.len().checked_sub(6).and_then(|at| text.split_at_checked(at));
    text.ends_with('Z') || offset.is_some_and(|(_, zone)| fixed_offset(zone).is_some())
}

/// The rules of a zone by its IANA name, where the edition of the database that is built in has them.
fn rules_of(zone: &str) -> Option<TimeZone> {
    if is_zone_name(zone) { jiff::tz::db().get(zone).ok() } else { None }
}

/// The shape of an IANA name, such as `Europe/Minsk`.
fn is_zone_name(zone: &str) -> bool {
    let allowed = |c: u8| c.is_ascii_alphanumeric() || matches!(c, b'_' | b'-' | b'+');
    let part = |part: &str| !part.is_empty() && part.bytes().all(allowed);
    zone.contains('/')
        && zone.len() <= limits::ZONE_NAME_BYTES
        && zone.as_bytes().first().is_some_and(u8::is_ascii_uppercase)
        && zone.split('/').all(part)
}

impl FromStr for When {
    type Err = Expected;

    /// Takes any text: what is not a date is a fault, so that a form can say "as soon as known".
    fn from_str(text: &str) -> Result<When, Expected> {
        let text = text.trim();
        if let Some((civil, zone)) = text.rsplit_once(char::is_whitespace) {
            let (civil, zone) = (civil.trim_end(), zone.trim_start());
            if offsets(zone).is_some() || civil_span(civil).is_some() && clock(zone).is_none() {
                return Ok(When::new(civil, zone));
            }
        }
        // RFC 3339 has the offset directly behind the time.
        if let Some(civil) = text.strip_suffix('Z').filter(|civil| civil_span(civil).is_some()) {
            return Ok(When::new(civil, "Z"));
        }
        if let Some((civil, zone)) = text.len().checked_sub(6).and_then(|at| text.split_at_checked(at))
            && fixed_offset(zone).is_some()
            && civil.contains('T')
            && civil_span(civil).is_some()
        {
            return Ok(When::new(civil, zone));
        }
        Ok(When::new(text, ""))
    }
}

impl fmt::Display for When {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.civil)?;
        if self.zone.is_empty() { Ok(()) } else { write!(f, " {}", self.zone) }
    }
}

as_text!(When, A_DATE);

impl Entry for When {
    const SHAPE: Shape = Shape::Leaf(Leaf::When);

    fn value(&self) -> Value {
        if self.is_empty() { Value::Absent } else { Value::Leaf(self.to_string()) }
    }

    fn check(&self, at: &Path, faults: &mut Faults) {
        if civil_span(&self.civil).is_none() {
            faults.add(at, "is not a date: write year-month-day, with or without T and the time");
            if self.zone.is_empty() && is_zone_behind(&self.civil) {
                return;
            }
        }
        if self.zone.is_empty() {
            faults.add(at, "states no zone: write an IANA name, Z, or an offset such as +03:00");
        } else if offsets(&self.zone).is_none() {
            faults.add(at, "the zone is neither an IANA name nor Z nor an offset such as +03:00");
        } else if is_zone_name(&self.zone) && rules_of(&self.zone).is_none() {
            faults.add(at, "the zone has the form of an IANA name, but this program does not know it");
        } else if self.is_leapt_over() {
            faults.add(at, "is no time in that zone: its clocks are put forward over it");
        }
    }

    fn bound(&self, at: &Path) -> Result<(), Refused> {
        bound_text(&self.civil, at)?;
        bound_text(&self.zone, at)
    }

    fn is_absent(&self) -> bool {
        self.is_empty()
    }
}

/// Marks an end that comes before its start.
pub(in crate::domain) fn check_order(start: &When, end: &When, end_at: &Path, faults: &mut Faults) {
    if end.is_certainly_before(start) {
        faults.add(end_at, "the end comes before the start");
    }
}
