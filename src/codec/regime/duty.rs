//! The duties of a regime file.
//!
//! Never here: whether one is owed.

use std::collections::BTreeSet;

use super::common::{
    Reading, Wanted, documents_at, documents_if_any, ground, labels, named_zone, place_in, place_within,
    unit, zone,
};
use super::condition::{when_at, when_if_any};
use super::rules::month_and_day;
use super::table::{NotARegime, Table, Value};
use crate::domain::regime::duty::{Anchor, DutyRule, DutyTerm, Each, Joined, Side, Trigger, Weight};
use crate::domain::regime::lead::{Unit, Zone};
use crate::domain::regime::place::Place;
use crate::domain::regime::{Document, Ground};
use crate::limits;

type Documents = BTreeSet<Document>;

pub fn duty(table: &mut Table, reading: &mut Reading) -> Result<DutyRule, NotARegime> {
    let (label, ground) = (labels(table, "label")?, ground(table)?);
    let met_by = documents_at(&table.need("met_by")?, "met_by", reading)?;
    let trigger = trigger(table, &ground, reading)?;
    let (owed_by, owed_to) = sides(table, &trigger)?;
    let joined = joined(table, &trigger, &met_by, reading)?;
    let term = term(table, &trigger, reading)?;
    let alarm = match table.take("alarm") {
        Some(value) => value.flag("alarm")?,
        None => false,
    };
    Ok(DutyRule {
        label,
        owed_by,
        owed_to,
        met_when: when_at(table, "met_when", &ground, reading)?,
        met_by,
        joined,
        term,
        judged_by: documents_if_any(table, "judged_by", reading)?,
        judged_when: when_at(table, "judged_when", &ground, reading)?,
        cancelled_by: documents_if_any(table, "cancelled_by", reading)?,
        force_majeure_by: documents_if_any(table, "force_majeure_by", reading)?,
        follows: labels(table, "follows")?,
        weight: if alarm { Weight::Alarm } else { Weight::Duty },
        trigger,
        ground,
    })
}

fn trigger(table: &mut Table, ground: &Ground, reading: &mut Reading) -> Result<Trigger, NotARegime> {
    match (table.take("for"), table.has("by")) {
        (Some(value), false) => {
            let documents = documents_at(&value, "for", reading)?;
            let each = each(table, &documents, reading)?;
            Ok(Trigger::Message { documents, when: when_if_any(table, ground, reading)?, each })
        }
        (None, true) => Ok(Trigger::DayOfYear),
        (Some(value), true) => Err(value.fault("what a day of the year brings about names no documents")),
        (None, false) => Err(table.fault(table.at, "a duty needs for, or by: a day of the year")),
    }
}

/// The list whose entries bring about a duty each, and by which numbers they are named.
fn each(table: &mut Table, documents: &Documents, reading: &mut Reading) -> Result<Option<Each>, NotARegime> {
    let Some(value) = table.take("each") else { return Ok(None) };
    let list = place_in(&value, "each", documents, Wanted::Entries, reading)?;
    let entry = place_within(&table.need("entry")?, "entry", (documents, &list), Wanted::Number)?;
    let of = place_in(&table.need("entry_of")?, "entry_of", documents, Wanted::Number, reading)?;
    Ok(Some(Each { list, entry, of }))
}

fn sides(table: &mut Table, trigger: &Trigger) -> Result<(Side, Side), NotARegime> {
    if *trigger == Trigger::DayOfYear {
        return Ok((Side::EveryBoundParty, Side::EveryBoundParty));
    }
    let mut side = |key: &str| {
        let value = table.need(key)?;
        let side = Side::from_word(value.text(key)?).filter(|side| *side != Side::EveryBoundParty);
        let words = || Side::ALL.map(Side::word)[..3].join(", ");
        side.map(|side| (side, value)).ok_or_else(|| value.fault(format!("{key} is one of: {}", words())))
    };
    let ((owed_by, _), (owed_to, at)) = (side("owed_by")?, side("owed_to")?);
    if (owed_by == Side::Author) == (owed_to == Side::Author) {
        return Err(at.fault("the author owes those addressed, or they owe the author"));
    }
    Ok((owed_by, owed_to))
}

fn joined(
    table: &mut Table,
    trigger: &Trigger,
    met_by: &Documents,
    reading: &mut Reading,
) -> Result<Joined, NotARegime> {
    if *trigger == Trigger::DayOfYear {
        let year = place_in(&table.need("year")?, "year", met_by, Wanted::Number, reading)?;
        let years_before = match table.take("years_before") {
            Some(value) => value.number("years_before", 100)?,
            None => 0,
        };
        return Ok(Joined::ByYear { year, years_before });
    }
    let is_each = matches!(trigger, Trigger::Message { each: Some(_), .. });
    let value = match table.take("joined") {
        None if is_each => return Err(table.fault(table.at, "a duty of each entry is joined \"by entry\"")),
        None => return Ok(Joined::ByReference),
        Some(value) => value,
    };
    match value.text("joined")? {
        "by entry" if is_each => {
            let entry = place_in(&table.need("names")?, "names", met_by, Wanted::Number, reading)?;
            let value = table.need("names_of")?;
            let of = place_in(&value, "names_of", met_by, Wanted::Number, reading)?;
            // Else the first of one list would go with the first of another.
            if !of.shares_rows_with(&entry) {
                return Err(value.fault(format!(
                    "names_of must stand in the same list as names: {of} does not, by {entry}"
                )));
            }
            Ok(Joined::ByEntry { entry, of })
        }
        "by entry" => Err(value.fault("by entry needs each: the list whose entries are meant")),
        _ if is_each => Err(value.fault("a duty of each entry is joined \"by entry\"")),
        "by reference" => Ok(Joined::ByReference),
        "by thread" => Ok(Joined::ByThread),
        "by itself" => Ok(Joined::ByItself),
        _ => Err(value.fault("joined is \"by reference\", \"by thread\", \"by itself\" or \"by entry\"")),
    }
}

fn term(table: &mut Table, trigger: &Trigger, reading: &mut Reading) -> Result<DutyTerm, NotARegime> {
    let Trigger::Message { documents, each, .. } = trigger else {
        let (month, day) = month_and_day(&table.need("by")?)?;
        return Ok(DutyTerm::ByDay { month, day, zone: named_zone(table)? });
    };
    match (table.take("within"), table.take("before")) {
        (Some(within), None) => {
            let most = within.number("within", limits::REGIME_TIME_MAX)?;
            let unit = unit(table, reading)?;
            let anchor = table.need("anchor")?;
            let anchor = match anchor.text("anchor")? {
                "issue" => Anchor::Issue,
                "receipt" => Anchor::Receipt,
                _ => Anchor::Date(date(&anchor, documents, each.as_ref(), reading)?),
            };
            let zone_at = table.at;
            let zone = zone_for(table, &unit)?;
            let has_own = matches!(anchor, Anchor::Date(_)) || unit == Unit::Hours;
            if zone == Zone::OfTheAnchor && !has_own {
                return Err(table.fault(zone_at, "days after an instant need a zone by name, or \"UTC\""));
            }
            Ok(DutyTerm::Within { most, unit, zone, anchor })
        }
        (None, Some(before)) => {
            let least = before.number("before", limits::REGIME_TIME_MAX)?;
            let unit = unit(table, reading)?;
            let date = table.need("anchor")?;
            let date = self::date(&date, documents, each.as_ref(), reading)?;
            Ok(DutyTerm::Before { least, zone: zone_for(table, &unit)?, unit, date })
        }
        (None, None) => Err(table.fault(table.at, "a duty needs within, before or by")),
        (Some(_), Some(value)) => Err(value.fault("a duty has one of: within, before")),
    }
}

/// In the entry, where entries bring it about and have it; else in the form.
fn date(
    value: &Value,
    documents: &Documents,
    each: Option<&Each>,
    reading: &mut Reading,
) -> Result<Place, NotARegime> {
    let within = each.map(|each| place_within(value, "anchor", (documents, &each.list), Wanted::Date));
    match within {
        Some(Ok(place)) => Ok(place),
        Some(Err(_)) | None => place_in(value, "anchor", documents, Wanted::Date, reading),
    }
}

/// Hours need none.
fn zone_for(table: &mut Table, unit: &Unit) -> Result<Zone, NotARegime> {
    match unit {
        Unit::Hours => match table.take("zone") {
            Some(value) => Err(Value::fault(&value, "hours go by no zone")),
            None => Ok(Zone::OfTheAnchor),
        },
        Unit::CalendarDays | Unit::WorkingDays(_) => zone(table),
    }
}
