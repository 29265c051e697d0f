//! The rules of a regime file, one table at a time.
//!
//! Never here: conditions and figures (`condition.rs`), formats (`format.rs`).

use std::collections::{BTreeMap, BTreeSet};

use super::common::{
    Reading, Wanted, addressed, documents, ground, labels, named_zone, place_in, unit, zone,
};
use super::condition::{when, when_if_any};
use super::keys;
use super::table::{NotARegime, Table, Value};
use crate::domain::regime::Ground;
use crate::domain::regime::lead::{Calendar, Lead, Term, Zone};
use crate::domain::regime::numbering::{Mark, Numbering, Pattern, is_word};
use crate::domain::regime::rules::{
    Addressees, Channel, Class, Confidentiality, CountedBy, CountedFor, Function, Number, Period, Quota,
    Required, Sender, Silence, Threshold, Weight,
};
use crate::limits;

pub fn class(table: &mut Table, reading: &mut Reading) -> Result<Class, NotARegime> {
    let (label, ground) = (labels(table, "label")?, ground(table)?);
    Ok(Class { label, when: when(table, &ground, reading)?, ground })
}

pub fn threshold(table: &mut Table, reading: &mut Reading) -> Result<Threshold, NotARegime> {
    let (label, ground) = (labels(table, "label")?, ground(table)?);
    let documents = documents(table, reading)?;
    let each = match table.take("each") {
        Some(value) => Some(place_in(&value, "each", &documents, Wanted::Entries, reading)?),
        None => None,
    };
    let when = when(table, &ground, reading)?;
    Ok(Threshold { label, documents, each, when, follows: labels(table, "follows")?, ground })
}

pub fn lead(table: &mut Table, reading: &mut Reading) -> Result<Lead, NotARegime> {
    let (label, ground) = (labels(table, "label")?, ground(table)?);
    let documents = documents(table, reading)?;
    let when = when_if_any(table, &ground, reading)?;
    let anchors = |table: &mut Table, reading: &mut Reading| {
        let value = table.need("anchor")?;
        let each = if value.is_list() { value.list("anchor")? } else { vec![value] };
        if each.is_empty() {
            return Err(value.fault("anchor names at least one date"));
        }
        each.iter().map(|one| place_in(one, "anchor", &documents, Wanted::Date, reading)).collect()
    };
    let term = match (table.take("agreed"), table.take("told"), table.take("by")) {
        (Some(agreed), None, None) => match agreed.flag("agreed")? {
            false => Term::NoneAgreed,
            true => return Err(agreed.fault("agreed is only ever false: else say what is agreed")),
        },
        (None, Some(told), None) => match told.text("told")? {
            "at the start" => Term::AtTheStart { anchors: anchors(table, reading)?, zone: zone(table)? },
            _ => return Err(told.fault("told is \"at the start\"")),
        },
        (None, None, Some(by)) => by_day(&by, table, &documents, reading)?,
        (None, None, None) => {
            let anchors = anchors(table, reading)?;
            let at_least = table.number("at_least", limits::REGIME_TIME_MAX)?;
            let unit = unit(table, reading)?;
            Term::Before { anchors, at_least, unit, zone: zone(table)? }
        }
        (Some(value), _, _) | (None, Some(value), _) => {
            return Err(value.fault("a lead rule has one of: agreed, told, by, or at_least with its unit"));
        }
    };
    Ok(Lead { label, documents, when, term, ground })
}

fn by_day(
    by: &Value,
    table: &mut Table,
    documents: &BTreeSet<crate::domain::regime::Document>,
    reading: &mut Reading,
) -> Result<Term, NotARegime> {
    let (month, day) = month_and_day(by)?;
    let year = place_in(&table.need("year")?, "year", documents, Wanted::Number, reading)?;
    let years_before = match table.take("years_before") {
        Some(value) => value.number("years_before", 100)?,
        None => 0,
    };
    let zone = Zone::Named(named_zone(table)?);
    Ok(Term::ByDay { year, years_before, month, day, zone })
}

/// Such as `06-01`.
pub fn month_and_day(by: &Value) -> Result<(u8, u8), NotARegime> {
    let not_a_day = || by.fault("by is a month and a day, such as \"06-01\"");
    let (month, day) = by.text("by")?.split_once('-').ok_or_else(not_a_day)?;
    // A leap year has every day that there is.
    date_parts(&format!("2024-{month}-{day}")).map(|(_, m, d)| (m, d)).ok_or_else(not_a_day)
}

/// Year, month and day of a date that exists.
fn date_parts(text: &str) -> Option<(i16, u8, u8)> {
    let shape = text.len() == 10 && text.bytes().all(|c| c.is_ascii_digit() || c == b'-');
    let date: jiff::civil::Date = shape.then(|| text.parse().ok())??;
    Some((date.year(), u8::try_from(date.month()).ok()?, u8::try_from(date.day()).ok()?))
}

pub fn calendar(table: &mut Table) -> Result<Calendar, NotARegime> {
    const DAYS: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
    let (label, ground) = (labels(table, "label")?, ground(table)?);
    let mut weekend = BTreeSet::new();
    let value = table.need("weekend")?;
    for entry in value.list("weekend")? {
        let text = entry.text("weekend")?;
        let day = DAYS.iter().zip(1_u8..).find(|(day, _)| **day == text).map(|(_, number)| number);
        weekend.insert(day.ok_or_else(|| entry.fault(format!("weekend names days: {}", DAYS.join(", "))))?);
    }
    if weekend.len() >= DAYS.len() {
        return Err(value.fault("a week has at least one working day"));
    }
    let mut holidays = BTreeSet::new();
    for entry in table.list("holidays")? {
        let date = date_parts(entry.text("holidays")?);
        holidays.insert(date.ok_or_else(|| entry.fault("a holiday is a date, such as \"2031-06-01\""))?);
    }
    Ok(Calendar { label, weekend, holidays, ground })
}

pub fn required(table: &mut Table, reading: &mut Reading) -> Result<Required, NotARegime> {
    let (label, ground) = (labels(table, "label")?, ground(table)?);
    let documents = documents(table, reading)?;
    let when = when_if_any(table, &ground, reading)?;
    let value = table.need("fields")?;
    let fields = value.list("fields")?;
    if fields.is_empty() {
        return Err(value.fault("fields names at least one field"));
    }
    let mut field = |field: &Value| place_in(field, "fields", &documents, Wanted::Anything, reading);
    let fields = fields.iter().map(&mut field).collect::<Result<_, _>>()?;
    Ok(Required { label, documents, when, fields, ground })
}

pub fn addressees(table: &mut Table, reading: &mut Reading) -> Result<Addressees, NotARegime> {
    let (label, ground) = (labels(table, "label")?, ground(table)?);
    let documents = documents(table, reading)?;
    let when = when_if_any(table, &ground, reading)?;
    let action = addressed(table, "action", reading)?;
    let information = addressed(table, "information", reading)?;
    if action.is_empty() && information.is_empty() {
        return Err(table.fault(table.at, "addressees are named for action, for information, or for both"));
    }
    Ok(Addressees { label, documents, when, action, information, ground })
}

pub fn sender(table: &mut Table, reading: &mut Reading) -> Result<Sender, NotARegime> {
    let (label, ground) = (labels(table, "label")?, ground(table)?);
    let documents = documents(table, reading)?;
    let when = when_if_any(table, &ground, reading)?;
    let sent_by = addressed(table, "sent_by", reading)?;
    if sent_by.is_empty() {
        return Err(table.fault(table.at, "sent_by names at least one who may send it"));
    }
    Ok(Sender { label, documents, when, sent_by, ground })
}

pub fn silence(table: &mut Table, reading: &mut Reading) -> Result<Silence, NotARegime> {
    let (label, ground) = (labels(table, "label")?, ground(table)?);
    let documents = documents(table, reading)?;
    let after = place_in(&table.need("after")?, "after", &documents, Wanted::Date, reading)?;
    let counts_as = labels(table, "counts_as")?;
    if counts_as.is_empty() {
        return Err(table.fault(table.at, "a silence needs counts_as: what it counts as"));
    }
    Ok(Silence { label, documents, after, counts_as, ground })
}

pub fn confidentiality(table: &mut Table) -> Result<Confidentiality, NotARegime> {
    let (label, ground) = (labels(table, "label")?, ground(table)?);
    Ok(Confidentiality { label, marking: table.text_if_any("marking")?.to_owned(), ground })
}

pub fn channel(table: &mut Table) -> Result<Channel, NotARegime> {
    let (label, ground) = (labels(table, "label")?, ground(table)?);
    let weight = match table.need("counts")?.flag("counts")? {
        true => Weight::Counts,
        false => Weight::DoesNotCount,
    };
    Ok(Channel { label, weight, from: labels(table, "from")?, ground })
}

pub fn number(table: &mut Table, reading: &mut Reading) -> Result<Number, NotARegime> {
    let ground = ground(table)?;
    let value = table.need("pattern")?;
    let pattern = Pattern::read(value.text("pattern")?).map_err(|what| value.fault(what))?;
    let mut marks = BTreeMap::new();
    for entry in table.list("mark")? {
        let mut rule = entry.table(keys::MARK)?;
        let of = documents(&mut rule, reading)?;
        let mark = Mark { format: mark_word(&mut rule, "format")?, kind: mark_word(&mut rule, "kind")? };
        if mark == Mark::default() {
            return Err(entry.fault("a mark needs its format, its kind, or both"));
        }
        rule.end()?;
        for document in of {
            if marks.insert(document, mark.clone()).is_some() {
                return Err(entry.fault("a document has one mark"));
            }
        }
    }
    Ok(Number { numbering: Numbering { pattern, marks }, ground })
}

/// Empty if it is not there.
fn mark_word(table: &mut Table, key: &str) -> Result<String, NotARegime> {
    let Some(value) = table.take(key) else { return Ok(String::new()) };
    let text = value.text(key)?;
    if is_word(text) {
        return Ok(text.to_owned());
    }
    let most = limits::NUMBER_WORD_BYTES_MAX;
    Err(value.fault(format!(
        "{key} is 1 to {most} bytes of letters, digits and stops that are written from left to right"
    )))
}

pub fn quota(table: &mut Table, reading: &mut Reading) -> Result<Quota, NotARegime> {
    let (label, ground): (_, Ground) = (labels(table, "label")?, ground(table)?);
    let documents = documents(table, reading)?;
    let when = when_if_any(table, &ground, reading)?;
    let at_most = table.number("at_most", limits::REGIME_TIME_MAX)?;
    let words = table.need("unit")?;
    let unit = Period::from_word(words.text("unit")?).ok_or_else(|| {
        words.fault(format!("unit is one of: {}", Period::ALL.map(Period::word).join(", ")))
    })?;
    let period = match (unit, table.take("in")) {
        (Period::AtOneTime, None) => 1,
        (Period::AtOneTime, Some(value)) => return Err(value.fault("at one time there is no period")),
        (Period::CalendarYears | Period::Days, Some(value)) => {
            match value.number("in", limits::REGIME_TIME_MAX)? {
                0 => return Err(value.fault("in is at least 1: of how many years or days")),
                several => several,
            }
        }
        (Period::CalendarYears | Period::Days, None) => {
            return Err(table.fault(table.at, "a quota needs in: of how many years or days"));
        }
    };
    let mut date = |table: &mut Table, key: &str| {
        let value = table.need(key)?;
        place_in(&value, key, &documents, Wanted::Date, reading)
    };
    let counted_by = match unit {
        Period::AtOneTime => CountedBy::Span { from: date(table, "from")?, to: date(table, "to")? },
        Period::CalendarYears | Period::Days => match table.has("anchor") {
            true => CountedBy::Date(date(table, "anchor")?),
            false => CountedBy::Release,
        },
    };
    let counted = table.need("counted_for")?;
    let counted_for = CountedFor::from_word(counted.text("counted_for")?).ok_or_else(|| {
        counted.fault(format!("counted_for is one of: {}", CountedFor::ALL.map(CountedFor::word).join(", ")))
    })?;
    Ok(Quota { label, documents, when, at_most, period, unit, counted_for, counted_by, ground })
}

pub fn function(table: &mut Table) -> Result<Function, NotARegime> {
    Ok(Function { label: labels(table, "label")?, ground: ground(table)? })
}
