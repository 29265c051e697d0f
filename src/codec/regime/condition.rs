//! Conditions, figures and facts of a regime file.
//!
//! Never here: their answer.

use std::collections::BTreeMap;

use super::common::{
    EntryValue, Reading, Use, Wanted, checked_name, choices_at, entry_field, labels, own_ground,
    place_anywhere,
};
use super::keys;
use super::table::{NotARegime, Table, Value, quoted};
use crate::domain::form::outline::{Field, Leaf, Shape};
use crate::domain::regime::Ground;
use crate::domain::regime::condition::{Bound, Condition, Lasting, Measure, Over};
use crate::domain::regime::fact::{FactRule, Is, Test};
use crate::domain::regime::figure::{Count, Entries, FigureRule};
use crate::domain::regime::place::Place;
use crate::limits;

/// A condition that need not be there.
pub fn when_if_any(
    table: &mut Table,
    of_rule: &Ground,
    reading: &mut Reading,
) -> Result<Option<Condition>, NotARegime> {
    when_at(table, "when", of_rule, reading)
}

/// The same under another key.
pub fn when_at(
    table: &mut Table,
    key: &str,
    of_rule: &Ground,
    reading: &mut Reading,
) -> Result<Option<Condition>, NotARegime> {
    table.take(key).map(|value| whole(&value, of_rule, reading)).transpose()
}

pub fn when(table: &mut Table, of_rule: &Ground, reading: &mut Reading) -> Result<Condition, NotARegime> {
    whole(&table.need("when")?, of_rule, reading)
}

fn whole(value: &Value, of_rule: &Ground, reading: &mut Reading) -> Result<Condition, NotARegime> {
    let mut parts = 0;
    condition(value, of_rule, reading, 1, &mut parts)
}

fn condition(
    value: &Value,
    of_rule: &Ground,
    reading: &mut Reading,
    depth: usize,
    parts: &mut usize,
) -> Result<Condition, NotARegime> {
    *parts = parts.saturating_add(1);
    if depth > limits::CONDITION_DEPTH_MAX || *parts > limits::CONDITION_PARTS_MAX {
        return Err(value.fault(format!(
            "a condition is at most {} deep and has at most {} parts",
            limits::CONDITION_DEPTH_MAX,
            limits::CONDITION_PARTS_MAX
        )));
    }
    let mut table = value.table(keys::CONDITION)?;
    let mut several = |key: &str, list: Value, reading: &mut Reading| {
        let entries = list.list(key)?;
        if entries.is_empty() {
            return Err(list.fault(format!("{key} names at least one condition")));
        }
        let below = depth.saturating_add(1);
        entries.iter().map(|entry| condition(entry, of_rule, reading, below, parts)).collect::<Result<_, _>>()
    };
    let read = if let Some(list) = table.take("all") {
        Condition::All(several("all", list, reading)?)
    } else if let Some(list) = table.take("any") {
        Condition::Any(several("any", list, reading)?)
    } else if let Some(list) = table.take("none") {
        Condition::None(several("none", list, reading)?)
    } else if let Some(name) = table.take("fact") {
        Condition::Fact(used(&name, "fact", Use::Fact, reading)?)
    } else if let Some(name) = table.take("class") {
        Condition::Class(used(&name, "class", Use::Class, reading)?)
    } else if let Some(name) = table.take("threshold") {
        Condition::Threshold(used(&name, "threshold", Use::Threshold, reading)?)
    } else if let Some(name) = table.take("figure") {
        measure(vec![name], &mut table, of_rule, reading)?
    } else if let Some(list) = table.take("sum") {
        let names = list.list("sum")?;
        if names.is_empty() {
            return Err(list.fault("sum names at least one figure"));
        }
        measure(names, &mut table, of_rule, reading)?
    } else if let Some(from) = table.take("from") {
        lasting(&from, &mut table, of_rule)?
    } else {
        return Err(table.fault(
            table.at,
            "a condition has one of: all, any, none, fact, class, threshold, figure, sum, from",
        ));
    };
    table.end()?;
    Ok(read)
}

fn used(
    value: &Value,
    key: &str,
    what: fn(String) -> Use,
    reading: &mut Reading,
) -> Result<String, NotARegime> {
    let name = checked_name(value, key)?;
    reading.uses(value.at, what(name.clone()));
    Ok(name)
}

fn measure(
    names: Vec<Value>,
    table: &mut Table,
    of_rule: &Ground,
    reading: &mut Reading,
) -> Result<Condition, NotARegime> {
    let over = match table.take("over") {
        None => Over::Whole,
        Some(value) => Over::from_word(value.text("over")?).ok_or_else(|| {
            value.fault(format!("over is one of: {}", Over::ALL.map(Over::word).join(", ")))
        })?,
    };
    let mut figures = Vec::new();
    for value in &names {
        let name = used(value, "figure", Use::Figure, reading)?;
        reading.uses(value.at, Use::Divided(name.clone(), over));
        figures.push(name);
    }
    let (bound, number) = bounded(table, "at_least", "more_than", limits::FORM_NUMBER_MAX)?;
    let ground = own_ground(table, of_rule)?;
    Ok(Condition::Figure(Measure { figures, over, bound, number, ground }))
}

fn lasting(from: &Value, table: &mut Table, of_rule: &Ground) -> Result<Condition, NotARegime> {
    let (from, _) = place_anywhere(from, "from", Wanted::Date)?;
    let (to, _) = place_anywhere(&table.need("to")?, "to", Wanted::Date)?;
    let (bound, hours) = bounded(table, "at_least_hours", "more_than_hours", limits::REGIME_TIME_MAX)?;
    let ground = own_ground(table, of_rule)?;
    Ok(Condition::Lasting(Lasting { from, to, bound, hours, ground }))
}

fn bounded(
    table: &mut Table,
    at_least: &str,
    more_than: &str,
    most: u64,
) -> Result<(Bound, u64), NotARegime> {
    match (table.take(at_least), table.take(more_than)) {
        (Some(value), None) => Ok((Bound::AtLeast, value.number(at_least, most)?)),
        (None, Some(value)) => Ok((Bound::MoreThan, value.number(more_than, most)?)),
        (Some(_), Some(value)) => Err(value.fault(format!("either {at_least} or {more_than}"))),
        (None, None) => Err(table.fault(table.at, format!("it needs {at_least} or {more_than}"))),
    }
}

pub fn figure(table: &mut Table) -> Result<FigureRule, NotARegime> {
    let label = labels(table, "label")?;
    let counts = table.need("counts")?;
    let each = counts.list("counts")?;
    if each.is_empty() {
        return Err(counts.fault("counts names at least one place"));
    }
    Ok(FigureRule { label, counts: each.iter().map(count).collect::<Result<_, _>>()? })
}

fn count(value: &Value) -> Result<Count, NotARegime> {
    let mut table = value.table(keys::COUNT)?;
    let (list, shape) = place_anywhere(&table.need("in")?, "in", Wanted::Entries)?;
    let fields: &[Field] = match shape {
        Shape::Groups(fields) => fields,
        Shape::Leaf(_) | Shape::Leaves(_) | Shape::Group(_) | Shape::OfFormat => &[],
    };
    let of = asked_of_entry(&mut table, "where", fields)?;
    let others_at = table.has("others").then(|| table.place("others"));
    let others = asked_of_entry(&mut table, "others", fields)?;
    let field = |table: &mut Table, key: &str| {
        table.take(key).map(|value| entry_field(&value, key, fields, EntryValue::Text)).transpose()
    };
    let texts = |table: &mut Table, key: &str| {
        let place = table.take(key).map(|value| place_anywhere(&value, key, Wanted::Texts));
        place.transpose().map(|found| found.map(|(place, _)| place))
    };
    let count = Count {
        list,
        of,
        others,
        value: entry_field(&table.need("value")?, "value", fields, EntryValue::Number)?,
        entries: entries(&mut table, fields)?,
        by_party: field(&mut table, "by_party")?,
        by_territory: field(&mut table, "by_territory")?,
        by_kind: field(&mut table, "by_kind")?,
        all_parties: texts(&mut table, "all_parties")?,
        all_territories: texts(&mut table, "all_territories")?,
        phases: phases(&mut table)?,
    };
    if let Some(at) = others_at
        && (count.others.is_empty() || count.of.is_empty() || count.entries == Entries::Figures)
    {
        let what = "others tells by which words an entry is something else than where asks for: it stands beside where, \
                    of entries that are things";
        return Err(table.fault(at, what));
    }
    table.end()?;
    Ok(count)
}

/// What single values of an entry have to be, by the names of their fields. Empty if it is not there.
fn asked_of_entry(
    table: &mut Table,
    key: &str,
    fields: &[Field],
) -> Result<BTreeMap<String, Is>, NotARegime> {
    let mut asked = BTreeMap::new();
    let Some(value) = table.take(key) else { return Ok(asked) };
    for (name, what) in value.by_name(key)? {
        let is_single = |field: &&Field| matches!(field.shape, Shape::Leaf(_));
        let Some(field) = fields.iter().filter(is_single).find(|field| field.name == name) else {
            let names: Vec<&str> = fields.iter().filter(is_single).map(|field| field.name).collect();
            return Err(what.fault(format!(
                "{key} names a single value of the entries, and {} is none: they have {}",
                quoted(name),
                names.join(", ")
            )));
        };
        let is_what = is(&what, key)?;
        if let Shape::Leaf(Leaf::Choice(choices)) = field.shape {
            possible(&what, &is_what, name, choices)?;
        }
        asked.insert(name.to_owned(), is_what);
    }
    Ok(asked)
}

fn entries(table: &mut Table, fields: &[Field]) -> Result<Entries, NotARegime> {
    let without_number = table.take("else");
    let single = table.take("single");
    let things = match table.take("entries") {
        None => without_number.is_some() || single.is_some(),
        Some(value) => match value.text("entries")? {
            "figures" => false,
            "things" => true,
            _ => return Err(value.fault("entries are \"figures\" or \"things\"")),
        },
    };
    match (things, without_number, single) {
        (true, number, single) => Ok(Entries::Things {
            without_number: number.map(|value| value.number("else", limits::FORM_NUMBER_MAX)).transpose()?,
            single: single
                .map(|value| entry_field(&value, "single", fields, EntryValue::Text))
                .transpose()?,
        }),
        (false, None, None) => Ok(Entries::Figures),
        (false, Some(value), _) | (false, None, Some(value)) => {
            Err(value.fault("else and single are for entries that are things"))
        }
    }
}

/// The list of phases, and the list of figures within each of them.
fn phases(table: &mut Table) -> Result<Option<(Place, Place)>, NotARegime> {
    match (table.take("phases"), table.take("in_phase")) {
        (None, None) => Ok(None),
        (Some(phases), Some(inside)) => {
            let (list, shape) = place_anywhere(&phases, "phases", Wanted::Entries)?;
            let place = super::common::place(&inside, "in_phase")?;
            let found = match shape {
                Shape::Groups(fields) => place.shape(fields),
                Shape::Leaf(_) | Shape::Leaves(_) | Shape::Group(_) | Shape::OfFormat => None,
            };
            match found {
                Some(Shape::Groups(_)) => Ok(Some((list, place))),
                Some(Shape::Leaf(_) | Shape::Leaves(_) | Shape::Group(_) | Shape::OfFormat) | None => {
                    Err(inside.fault(format!("{list} has no list of entries {place}")))
                }
            }
        }
        (Some(value), None) | (None, Some(value)) => {
            Err(value.fault("phases and in_phase go together: the list of phases, and the list in each"))
        }
    }
}

pub fn fact(table: &mut Table) -> Result<FactRule, NotARegime> {
    let label = labels(table, "label")?;
    let mut tests = |key: &str| match table.take(key) {
        None => Ok(Vec::new()),
        Some(value) if value.is_list() => value.list(key)?.iter().map(test).collect::<Result<Vec<_>, _>>(),
        Some(value) => Ok(vec![test(&value)?]),
    };
    let (yes, no) = (tests("yes")?, tests("no")?);
    if yes.is_empty() {
        return Err(table.fault(table.at, "a fact needs yes: what a form states if it is so"));
    }
    Ok(FactRule { label, yes, no })
}

fn test(value: &Value) -> Result<Test, NotARegime> {
    let mut table = value.table(keys::TEST)?;
    let test = match table.take("given") {
        Some(place) => Test { place: place_anywhere(&place, "given", Wanted::Anything)?.0, is: Is::Given },
        None => {
            let (place, _) = place_anywhere(&table.need("field")?, "field", Wanted::Anything)?;
            let (given, is) = match (table.take("is"), table.take("word")) {
                (Some(words), None) => (words, Is::OneOf(words_of(&words, "is")?)),
                (None, Some(words)) => (words, Is::Word(words_of(&words, "word")?)),
                (_, _) => return Err(table.fault(table.at, "a test has either is or word")),
            };
            if let Some(choices) = choices_at(&place) {
                possible(&given, &is, &place.to_string(), &choices)?;
            }
            Test { place, is }
        }
    };
    table.end()?;
    Ok(test)
}

/// Of a choice it is asked whether it is what it can be.
fn possible(given: &Value, is: &Is, place: &str, choices: &[&str]) -> Result<(), NotARegime> {
    let (Is::OneOf(words) | Is::Word(words) | Is::Only { word: words, .. }) = is else { return Ok(()) };
    let alone = |word: &String| match is {
        Is::OneOf(_) | Is::Given => Is::OneOf(vec![word.clone()]),
        Is::Word(_) | Is::Only { .. } => Is::Word(vec![word.clone()]),
    };
    let can_be = |word: &&String| choices.iter().any(|choice| alone(word).holds(choice));
    match words.iter().find(|word| !can_be(word)) {
        None => Ok(()),
        Some(word) => Err(given.fault(format!(
            "{place} is a choice that is never {}: it is one of {}",
            quoted(word),
            choices.join(", ")
        ))),
    }
}

/// A list of whole texts, or a table with words that must be among them. By others an entry is known to be something
/// else, and so a text with a word that the table does not have is none of them.
fn is(value: &Value, key: &str) -> Result<Is, NotARegime> {
    if value.is_list() {
        return Ok(Is::OneOf(words_of(value, key)?));
    }
    let mut table = value.table(keys::WORDS)?;
    let word = words_of(&table.need("word")?, "word")?;
    let is = if key == "others" {
        let beside = table.take("beside").map(|words| words_of(&words, "beside")).transpose()?;
        Is::Only { word, beside: beside.unwrap_or_default() }
    } else {
        Is::Word(word)
    };
    table.end()?;
    Ok(is)
}

fn words_of(value: &Value, key: &str) -> Result<Vec<String>, NotARegime> {
    let words: Vec<String> =
        value.list(key)?.iter().map(|entry| entry.text(key).map(str::to_owned)).collect::<Result<_, _>>()?;
    if words.is_empty() {
        return Err(value.fault(format!("{key} names at least one text")));
    }
    Ok(words)
}
