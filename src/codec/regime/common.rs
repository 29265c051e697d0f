//! What many rules of a regime file have in common: names, labels, grounds, documents, addressees, and
//! what must still be known when the whole file is read.
//!
//! Never here: a single rule.

use std::collections::{BTreeMap, BTreeSet};

use super::table::{At, NotARegime, Table, Value, quoted};
use crate::domain::content::Kind;
use crate::domain::form::outline::{Field, Leaf, Shape};
use crate::domain::language::Language;
use crate::domain::regime::condition::Over;
use crate::domain::regime::lead::{Unit, Zone};
use crate::domain::regime::place::Place;
use crate::domain::regime::rules::Addressed;
use crate::domain::regime::{Document, Ground, Labels, Standing, shape_in, zone_named};
use crate::limits;

/// What was used by name, to be looked up once the whole regime is there.
#[derive(Default)]
pub struct Reading {
    pub uses: Vec<(At, Use)>,
    /// Where each rule of this file begins, by table and name.
    pub rules: BTreeMap<(&'static str, String), At>,
}

pub enum Use {
    Figure(String),
    /// The figure must be told apart that way.
    Divided(String, Over),
    Fact(String),
    Class(String),
    Threshold(String),
    Calendar(String),
    Function(String),
    Format(String),
    /// A place in a message of that format.
    InFormat(String, Place),
}

impl Reading {
    pub fn uses(&mut self, at: At, what: Use) {
        self.uses.push((at, what));
    }
}

/// A rule's own name: letters and digits of any script, with single signs within.
pub fn name<'t>(table: &mut Table<'t>, key: &str) -> Result<(String, At), NotARegime> {
    let value = table.need(key)?;
    Ok((checked_name(&value, key)?, value.at))
}

pub fn checked_name(value: &Value, key: &str) -> Result<String, NotARegime> {
    let text = value.text(key)?;
    let allowed = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | ',' | ' ');
    let starts = text.chars().next().is_some_and(char::is_alphanumeric) && !text.ends_with(' ');
    if !starts || !text.chars().all(allowed) || text.len() > limits::REGIME_NAME_BYTES_MAX {
        return Err(value.fault(format!(
            "{key} is a name: letters, digits, hyphens, stops, commas and spaces, at most {} bytes",
            limits::REGIME_NAME_BYTES_MAX
        )));
    }
    Ok(text.to_owned())
}

pub fn labels(table: &mut Table, key: &str) -> Result<Labels, NotARegime> {
    let at = table.place(key);
    let texts = table.texts_by_name(key)?;
    match texts.keys().find(|tag| tag.parse::<Language>().is_err()) {
        Some(tag) => Err(table.fault(at, format!("{} is not a language, such as en or fr-CA", quoted(tag)))),
        None => Ok(Labels(texts)),
    }
}

/// Where a rule stands. Every rule says so: its numbers are nobody's without.
pub fn ground(table: &mut Table) -> Result<Ground, NotARegime> {
    let paragraph = table.text("paragraph")?.to_owned();
    let checked = table.need("checked")?;
    Ok(Ground { paragraph, standing: standing(checked.flag("checked")?) })
}

/// Where a number within a rule stands; where the rule does, if it does not say.
pub fn own_ground(table: &mut Table, of_rule: &Ground) -> Result<Ground, NotARegime> {
    match (table.take("paragraph"), table.take("checked")) {
        (None, None) => Ok(of_rule.clone()),
        (Some(paragraph), Some(checked)) => Ok(Ground {
            paragraph: paragraph.text("paragraph")?.to_owned(),
            standing: standing(checked.flag("checked")?),
        }),
        (Some(value), None) => Err(value.fault("a paragraph needs checked = true or false beside it")),
        (None, Some(value)) => Err(value.fault("checked needs the paragraph beside it")),
    }
}

fn standing(checked: bool) -> Standing {
    if checked { Standing::Checked } else { Standing::Unchecked }
}

pub fn documents(table: &mut Table, reading: &mut Reading) -> Result<BTreeSet<Document>, NotARegime> {
    documents_at(&table.need("for")?, "for", reading)
}

/// None where the key is not there.
pub fn documents_if_any(
    table: &mut Table,
    key: &str,
    reading: &mut Reading,
) -> Result<BTreeSet<Document>, NotARegime> {
    table.take(key).map_or_else(|| Ok(BTreeSet::new()), |value| documents_at(&value, key, reading))
}

/// At least one.
pub fn documents_at(
    value: &Value,
    key: &str,
    reading: &mut Reading,
) -> Result<BTreeSet<Document>, NotARegime> {
    let mut documents = BTreeSet::new();
    for entry in value.list(key)? {
        let text = entry.text(key)?;
        // A formatted message is named by its format; of what is transcribed nothing is judged.
        let named = |kind: &Kind| !matches!(kind, Kind::Formatted | Kind::Transcription);
        let kinds = Kind::ALL.into_iter().filter(named);
        // By its whole name where two kinds have one word; those of the hotline always, so that they take none from
        // texts that were written before there were any.
        let is_said = |kind: &Kind, word: &str| kind.word() == word && !kind.is_of_the_hotline();
        let has = |word: &str| kinds.clone().filter(|kind| is_said(kind, word)).count();
        let short = |kind: Kind| {
            if has(kind.word()) == 1 && !kind.is_of_the_hotline() { kind.word() } else { kind.name() }
        };
        let kind = kinds.clone().find(|kind| short(*kind) == text || kind.name() == text);
        let document = match (kind, text.strip_prefix("format ")) {
            (Some(kind), _) => Document::Kind(kind),
            (None, Some(code)) => {
                reading.uses(entry.at, Use::Format(code.to_owned()));
                Document::Format(code.to_owned())
            }
            (None, None) => {
                let words = kinds.clone().map(short).collect::<Vec<_>>().join(", ");
                let wrong = quoted(text);
                return Err(entry.fault(format!(
                    "{key} names one of {words}, or format and its code; {wrong} is none of them"
                )));
            }
        };
        if !documents.insert(document) {
            return Err(entry.fault(format!("{key} names {} twice", quoted(text))));
        }
    }
    if documents.is_empty() {
        return Err(value.fault(format!("{key} names what the rule is for")));
    }
    Ok(documents)
}

pub fn addressed(
    table: &mut Table,
    key: &str,
    reading: &mut Reading,
) -> Result<BTreeSet<Addressed>, NotARegime> {
    let mut all = BTreeSet::new();
    for entry in table.list(key)? {
        let text = entry.text(key)?;
        let who = match (text, text.strip_prefix("function "), text.parse()) {
            ("every bound Party", _, _) => Addressed::EveryBoundParty,
            (_, Some(name), _) => {
                reading.uses(entry.at, Use::Function(name.to_owned()));
                Addressed::Function(name.to_owned())
            }
            (_, None, Ok(party)) => Addressed::Party(party),
            (_, None, Err(_)) => {
                return Err(entry.fault(format!(
                    "{key} names \"every bound Party\", \"function\" and its name, or a Party's code"
                )));
            }
        };
        all.insert(who);
    }
    Ok(all)
}

/// A place in a form, not yet held against any.
pub fn place(value: &Value, key: &str) -> Result<Place, NotARegime> {
    value
        .text(key)?
        .parse()
        .map_err(|fault: crate::domain::regime::place::NotAPlace| value.fault(format!("{key}: {fault}")))
}

/// A place that every document of a rule must have, and what must be there.
pub fn place_in(
    value: &Value,
    key: &str,
    documents: &BTreeSet<Document>,
    wanted: Wanted,
    reading: &mut Reading,
) -> Result<Place, NotARegime> {
    let place = place(value, key)?;
    for document in documents {
        match document {
            Document::Kind(kind) => match shape_in(*kind, &place) {
                Some(shape) if wanted.is(shape) => {}
                Some(_) => {
                    return Err(value.fault(format!("{place} is not {} in {document}", wanted.words())));
                }
                None => return Err(value.fault(format!("{document} has no field {place}"))),
            },
            Document::Format(code) => reading.uses(value.at, Use::InFormat(code.clone(), place.clone())),
        }
    }
    Ok(place)
}

/// A place that the entries of a list have, in every document of a rule. Formats have none that is known here.
pub fn place_within(
    value: &Value,
    key: &str,
    (documents, list): (&BTreeSet<Document>, &Place),
    wanted: Wanted,
) -> Result<Place, NotARegime> {
    let place = place(value, key)?;
    for document in documents {
        let shape = match document {
            Document::Kind(kind) => match shape_in(*kind, list) {
                Some(Shape::Groups(inner)) => place.shape(inner),
                Some(Shape::Leaf(_) | Shape::Leaves(_) | Shape::Group(_) | Shape::OfFormat) | None => None,
            },
            Document::Format(_) => None,
        };
        if !shape.is_some_and(|shape| wanted.is(shape)) {
            let what = format!("{list} of {document} has no {place} that is {}", wanted.words());
            return Err(value.fault(what));
        }
    }
    Ok(place)
}

/// A place that some form has, at its top or in an entry of one of its lists.
pub fn place_anywhere(value: &Value, key: &str, wanted: Wanted) -> Result<(Place, Shape), NotARegime> {
    let place = place(value, key)?;
    let found = anywhere(&place).find(|shape| wanted.is(*shape));
    match found {
        Some(shape) => Ok((place, shape)),
        None => Err(value.fault(format!("no form has {place} as {}", wanted.words()))),
    }
}

/// Every word that a choice at this place has, in whichever form has it. `None` where some form has anything else
/// there than a choice.
pub fn choices_at(place: &Place) -> Option<Vec<&'static str>> {
    let mut words = Vec::new();
    for shape in anywhere(place) {
        let Shape::Leaf(Leaf::Choice(choices)) = shape else { return None };
        words.extend(choices);
    }
    Some(words).filter(|words| !words.is_empty())
}

fn anywhere(place: &Place) -> impl Iterator<Item = Shape> {
    Kind::ALL.into_iter().flat_map(move |kind| {
        let fields = crate::domain::content::Content::empty(kind).form().fields();
        let within = fields.iter().filter_map(|field| match field.shape {
            Shape::Groups(inner) => place.shape(inner),
            Shape::Leaf(_) | Shape::Leaves(_) | Shape::Group(_) | Shape::OfFormat => None,
        });
        shape_in(kind, place).into_iter().chain(within).collect::<Vec<_>>()
    })
}

/// What a rule needs at a place.
#[derive(Clone, Copy)]
pub enum Wanted {
    Anything,
    Date,
    Number,
    Entries,
    Texts,
}

impl Wanted {
    fn is(self, shape: Shape) -> bool {
        match self {
            Wanted::Anything => true,
            Wanted::Date => matches!(shape, Shape::Leaf(Leaf::When)),
            Wanted::Number => matches!(shape, Shape::Leaf(Leaf::Number)),
            Wanted::Entries => matches!(shape, Shape::Groups(_)),
            Wanted::Texts => matches!(shape, Shape::Leaves(Leaf::Text)),
        }
    }

    fn words(self) -> &'static str {
        match self {
            Wanted::Anything => "a field",
            Wanted::Date => "a date",
            Wanted::Number => "a number",
            Wanted::Entries => "a list of entries",
            Wanted::Texts => "a list of texts",
        }
    }
}

/// A single value of an entry, by its name: a number, or a text.
pub fn entry_field(
    value: &Value,
    key: &str,
    fields: &[Field],
    wanted: EntryValue,
) -> Result<String, NotARegime> {
    let text = value.text(key)?;
    match fields.iter().find(|field| field.name == text).map(|field| field.shape) {
        Some(Shape::Leaf(leaf)) if wanted.is(leaf) => Ok(text.to_owned()),
        Some(Shape::Leaf(_)) => Err(value.fault(format!(
            "{key} is {} of the entries, and {} is none",
            wanted.words(),
            quoted(text)
        ))),
        Some(_) | None => Err(value.fault(format!("the entries have no single value {}", quoted(text)))),
    }
}

/// What a single value of an entry must be.
#[derive(Clone, Copy)]
pub enum EntryValue {
    Number,
    Text,
}

impl EntryValue {
    fn is(self, leaf: Leaf) -> bool {
        match self {
            EntryValue::Number => matches!(leaf, Leaf::Number),
            EntryValue::Text => matches!(leaf, Leaf::Text | Leaf::Prose | Leaf::Choice(_)),
        }
    }

    fn words(self) -> &'static str {
        match self {
            EntryValue::Number => "a number",
            EntryValue::Text => "a text",
        }
    }
}

pub fn zone(table: &mut Table) -> Result<Zone, NotARegime> {
    let value = table.need("zone")?;
    match value.text("zone")? {
        "of the anchor" => Ok(Zone::OfTheAnchor),
        name if zone_named(name).is_some() => Ok(Zone::Named(name.to_owned())),
        _ => Err(value.fault("zone is \"of the anchor\", \"UTC\" or an IANA name that this program knows")),
    }
}

/// A zone that is nobody's date's.
pub fn named_zone(table: &mut Table) -> Result<String, NotARegime> {
    let at = table.at;
    match zone(table)? {
        Zone::OfTheAnchor => Err(table.fault(at, "a day of a year needs a zone by name, or \"UTC\"")),
        Zone::Named(name) => Ok(name),
    }
}

/// A unit of time, with the calendar that working days go by.
pub fn unit(table: &mut Table, reading: &mut Reading) -> Result<Unit, NotARegime> {
    let value = table.need("unit")?;
    let calendar = table.take("calendar");
    match (value.text("unit")?, calendar) {
        ("hours", None) => Ok(Unit::Hours),
        ("calendar days", None) => Ok(Unit::CalendarDays),
        ("working days", Some(calendar)) => {
            let name = checked_name(&calendar, "calendar")?;
            reading.uses(calendar.at, Use::Calendar(name.clone()));
            Ok(Unit::WorkingDays(name))
        }
        ("working days", None) => Err(value.fault("working days need a calendar")),
        ("hours" | "calendar days", Some(calendar)) => {
            Err(calendar.fault("only working days go by a calendar"))
        }
        (_, _) => Err(value.fault("unit is \"hours\", \"calendar days\" or \"working days\"")),
    }
}
