//! The message formats of a regime file.
//!
//! Never here: a message.

use std::collections::BTreeSet;

use super::common::{Reading, Use, addressed, checked_name, ground, labels, own_ground, unit, zone};
use super::keys;
use super::table::{NotARegime, Table, Value, quoted};
use crate::domain::regime::format::{Format, FormatField, Holds, Owed, Reply, ReplyAnchor};
use crate::domain::regime::lead::{Unit, Zone};
use crate::domain::regime::{Ground, Labels};
use crate::limits;

pub fn format(table: &mut Table, reading: &mut Reading) -> Result<Format, NotARegime> {
    let (title, ground) = (labels(table, "title")?, ground(table)?);
    let sent_by = addressed(table, "sent_by", reading)?;
    let to = addressed(table, "to", reading)?;
    let mut after = BTreeSet::new();
    for entry in table.list("after")? {
        let code = checked_name(&entry, "after")?;
        reading.uses(entry.at, Use::Format(code.clone()));
        after.insert(code);
    }
    let laid_down = table.take("laid_down");
    let given = table.take("field");
    let fields = match (laid_down, given) {
        (None, Some(list)) => fields(&list, 1)?,
        (Some(value), None) => match value.flag("laid_down")? {
            false => Vec::new(),
            true => return Err(value.fault("laid_down is only ever false: else give the fields")),
        },
        (Some(value), Some(_)) => return Err(value.fault("a format that is not laid down has no fields")),
        (None, None) => {
            return Err(table.fault(table.at, "a format needs its fields, or laid_down = false"));
        }
    };
    let reply = match table.take("reply") {
        Some(value) => Some(reply(&value, &fields, &ground, reading)?),
        None => None,
    };
    Ok(Format { title, fields, sent_by, to, after, reply, ground })
}

fn fields(list: &Value, depth: usize) -> Result<Vec<FormatField>, NotARegime> {
    if depth > limits::FORMAT_DEPTH_MAX {
        return Err(list.fault(format!("fields are nested at most {} deep", limits::FORMAT_DEPTH_MAX)));
    }
    let mut names = BTreeSet::new();
    let mut all = Vec::new();
    for entry in list.list("field")? {
        let field = field(&entry, depth)?;
        if !names.insert(field.name.clone()) {
            return Err(entry.fault(format!("there are two fields {}", quoted(&field.name))));
        }
        all.push(field);
    }
    if all.is_empty() {
        return Err(list.fault("field names at least one field"));
    }
    Ok(all)
}

fn field(value: &Value, depth: usize) -> Result<FormatField, NotARegime> {
    let mut table = value.table(keys::FIELD)?;
    let name = table.need("name")?;
    let text = name.text("name")?;
    let allowed = |c: u8| c.is_ascii_lowercase() || c.is_ascii_digit() || c == b'_';
    if text.len() > limits::REGIME_NAME_BYTES_MAX || !text.bytes().all(allowed) {
        return Err(name.fault("a field's name is of small letters, digits and _, such as flight_date"));
    }
    let label = labels(&mut table, "label")?;
    let kind = table.need("type")?;
    let choices = table.take("choices");
    let inner = table.take("field");
    let holds = match (kind.text("type")?, choices, inner) {
        ("choice", Some(words), None) => Holds::Choice(self::choices(&words)?),
        ("choice", None, _) => return Err(kind.fault("a choice needs its choices")),
        ("list", None, Some(inner)) => Holds::List(fields(&inner, depth.saturating_add(1))?),
        ("list", _, None) => return Err(kind.fault("a list needs the fields of its entries")),
        (_, Some(value), _) => return Err(value.fault("only a choice has choices")),
        (_, None, Some(value)) => return Err(value.fault("only a list has fields")),
        ("text", None, None) => Holds::Text,
        ("number", None, None) => Holds::Number,
        ("date", None, None) => Holds::Date,
        ("area", None, None) => Holds::Area,
        ("Party", None, None) => Holds::Party,
        ("texts", None, None) => Holds::Texts,
        ("figures", None, None) => Holds::Figures,
        ("reference", None, None) => Holds::Reference,
        (_, None, None) => {
            return Err(kind.fault(
                "type is one of: text, number, choice, date, area, Party, texts, list, figures, reference",
            ));
        }
    };
    let owed = match table.take("owed") {
        Some(value) if !value.flag("owed")? => Owed::IfAny,
        Some(_) | None => Owed::Always,
    };
    let name = text.to_owned();
    table.end()?;
    Ok(FormatField { name, label, holds, owed })
}

/// Words, or tables of a word and its labels.
fn choices(list: &Value) -> Result<Vec<(String, Labels)>, NotARegime> {
    let mut all: Vec<(String, Labels)> = Vec::new();
    for entry in list.list("choices")? {
        let (word, label) = if entry.is_text() {
            (checked_name(&entry, "choices")?, Labels::default())
        } else {
            let mut table = entry.table(keys::CHOICE)?;
            let word = checked_name(&table.need("word")?, "word")?;
            let label = labels(&mut table, "label")?;
            table.end()?;
            (word, label)
        };
        if all.iter().any(|(known, _)| *known == word) {
            return Err(entry.fault(format!("there are two choices {}", quoted(&word))));
        }
        all.push((word, label));
    }
    if all.is_empty() {
        return Err(list.fault("choices names at least one"));
    }
    Ok(all)
}

fn reply(
    value: &Value,
    fields: &[FormatField],
    of_rule: &Ground,
    reading: &mut Reading,
) -> Result<Reply, NotARegime> {
    let mut table = value.table(keys::REPLY)?;
    let code = table.need("format")?;
    let format = checked_name(&code, "format")?;
    reading.uses(code.at, Use::Format(format.clone()));
    let within = table.number("within", limits::REGIME_TIME_MAX)?;
    let unit = unit(&mut table, reading)?;
    let anchor = table.need("anchor")?;
    let anchor = match anchor.text("anchor")? {
        "issue" => ReplyAnchor::Issue,
        "receipt" => ReplyAnchor::Receipt,
        name => {
            let is_date = |field: &&FormatField| field.name == name && field.holds == Holds::Date;
            match fields.iter().find(is_date) {
                Some(field) => ReplyAnchor::Field(field.name.clone()),
                None => return Err(anchor.fault("anchor is \"issue\", \"receipt\" or a date of the format")),
            }
        }
    };
    let zone = reply_zone(&mut table, &unit, &anchor)?;
    let ground = own_ground(&mut table, of_rule)?;
    table.end()?;
    Ok(Reply { format, within, unit, zone, anchor, ground })
}

/// UTC, unless another one is named: the end of a day must be one instant for both ends.
fn reply_zone(table: &mut Table, unit: &Unit, anchor: &ReplyAnchor) -> Result<Zone, NotARegime> {
    if !table.has("zone") {
        return Ok(Zone::Named("UTC".to_owned()));
    }
    if *unit == Unit::Hours {
        return Err(table.need("zone")?.fault("hours go by no zone"));
    }
    let at = table.at;
    match (zone(table)?, anchor) {
        (Zone::OfTheAnchor, ReplyAnchor::Issue | ReplyAnchor::Receipt) => {
            Err(table.fault(at, "days after an instant need a zone by name, or \"UTC\""))
        }
        (zone, _) => Ok(zone),
    }
}
