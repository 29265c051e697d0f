//! Takes the entries that a figure means out of a list of a form, each with its number as far as stated.
//!
//! Never here: their sum (`measure.rs`). An entry that does not say whether it is meant leaves the list open, and so
//! does one that says it in words that the regime knows neither for what is meant nor for something else, or for both.

use super::fact::Is;
use super::figure::{Axis, Count, Entries};
use super::lack::Lack;
use super::measure::Measuring;
use super::quantity::Quantity;
use crate::domain::form::outline::{Item, Part, Path, Value};
use crate::limits;

/// One entry that is counted.
pub(super) struct Row<'a> {
    pub party: &'a str,
    pub territory: &'a str,
    pub kind: &'a str,
    pub number: Quantity,
    pub extent: Extent,
}

/// Whether an entry stands for all that its Party, territory and kind leave open.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Extent {
    All,
    /// It states something more, by which the regime does not divide: it is a part, and a total never.
    Part,
}

impl Row<'_> {
    pub fn on(&self, axis: Axis) -> &str {
        match axis {
            Axis::Party => self.party,
            Axis::Territory => self.territory,
            Axis::Kind => self.kind,
        }
    }
}

/// The entries of one place.
pub(super) struct Rows<'a> {
    pub rows: Vec<Row<'a>>,
    /// Whether all entries are there, and it is clear which are meant.
    pub all_there: bool,
    pub at: String,
}

impl Measuring<'_, '_> {
    /// Takes the entries that are meant out of a list.
    pub(super) fn collect<'v>(&mut self, count: &Count, list: &'v Value, at: &Path, rows: &mut Rows<'v>) {
        if let Some(instead) = self.subject.following.said(at) {
            rows.all_there = false;
            self.said(at, instead);
        }
        let Value::List(items) = list else {
            rows.all_there = false;
            return;
        };
        if let Some(instead) = self.subject.following.behind(at, items.len()) {
            rows.all_there = false;
            self.said(at, instead);
        }
        for (index, item) in items.iter().enumerate() {
            self.entry(count, item, &at.item(index), rows);
        }
    }

    fn entry<'v>(&mut self, count: &Count, item: &'v Item, at: &Path, rows: &mut Rows<'v>) {
        let Value::Group(parts) = &item.value else { return };
        match (is_meant(count, parts), &count.entries) {
            (Some(true), Entries::Figures) => {}
            (Some(true), Entries::Things { .. }) if names_another(count, parts).is_none() => {}
            (Some(false) | None, Entries::Figures) => return,
            (Some(false), Entries::Things { .. }) if is_another(count, parts) => return,
            (Some(_) | None, Entries::Things { .. }) => {
                rows.all_there = false;
                let (at, stated) = not_meant(count, parts)
                    .or_else(|| names_another(count, parts))
                    .map_or_else(|| (at.clone(), ""), |(field, text)| (at.field(field), text));
                let stated = stated.chars().take(limits::REGIME_NAME_BYTES_MAX).collect();
                self.add(Lack::Unclear { figure: self.name.to_owned(), at: at.to_string(), stated });
                return;
            }
        }
        let on = |axis: Axis| count.axis(axis).map_or("", |field| stated(parts, field).unwrap_or_default());
        let number = self.number(count, parts, at);
        rows.rows.push(Row {
            party: on(Axis::Party),
            territory: on(Axis::Territory),
            kind: on(Axis::Kind),
            number,
            extent: extent(count, parts),
        });
    }

    fn number(&mut self, count: &Count, parts: &[Part], at: &Path) -> Quantity {
        let at = at.field(&count.value);
        let said = stated(parts, &count.value).and_then(|text| text.parse().ok());
        if let Some(number) = said
            && self.subject.following.instead_by_name(&at).is_none()
        {
            return Quantity::exactly(number);
        }
        let instead = self.subject.following.said(&at);
        if let Entries::Things { single: Some(field), .. } = &count.entries
            && stated(parts, field).is_some()
            && instead.is_none()
        {
            return Quantity::exactly(1);
        }
        match instead {
            Some(instead) => self.said(&at, instead),
            None => self.lacks(|figure, at| Lack::NoNumber { figure, at }, at.as_str()),
        }
        match &count.entries {
            Entries::Things { without_number: Some(number), .. } if said.is_none() => {
                Quantity::at_least(*number)
            }
            Entries::Things { .. } | Entries::Figures => Quantity::UNKNOWN,
        }
    }
}

/// Whether an entry is one of those meant; `None` if it does not say.
fn is_meant(count: &Count, parts: &[Part]) -> Option<bool> {
    let mut meant = Some(true);
    for (field, is) in &count.of {
        match (stated(parts, field), is) {
            (Some(text), is) if !is.holds(text) => return Some(false),
            (Some(_), _) => {}
            (None, Is::Given | Is::OneOf(_) | Is::Word(_) | Is::Only { .. }) => meant = None,
        }
    }
    meant
}

/// Whether an entry that is not meant is known to be something else.
fn is_another(count: &Count, parts: &[Part]) -> bool {
    count.others.iter().any(|(field, is)| stated(parts, field).is_some_and(|text| is.holds(text)))
}

/// The field in which an entry speaks of something else, whether or not it speaks of what is meant as well, and what it
/// states there: a company of a division is none.
fn names_another<'c, 'v>(count: &'c Count, parts: &'v [Part]) -> Option<(&'c str, &'v str)> {
    count.others.iter().find_map(|(field, is)| {
        let text = stated(parts, field).filter(|text| is.is_named_in(text))?;
        Some((field.as_str(), text))
    })
}

/// The field by which an entry is none of those meant, and what it states there.
fn not_meant<'c, 'v>(count: &'c Count, parts: &'v [Part]) -> Option<(&'c str, &'v str)> {
    count.of.iter().find_map(|(field, is)| {
        let text = stated(parts, field).filter(|text| !is.holds(text))?;
        Some((field.as_str(), text))
    })
}

fn extent(count: &Count, parts: &[Part]) -> Extent {
    let is_known = |name: &str| {
        name == count.value
            || count.of.contains_key(name)
            || Axis::ALL.into_iter().any(|axis| count.axis(axis) == Some(name))
    };
    let states_more = |part: &Part| matches!(part.value, Value::Leaf(_)) && !is_known(&part.name);
    if parts.iter().any(states_more) { Extent::Part } else { Extent::All }
}

/// A single value of an entry, if it is stated.
fn stated<'v>(parts: &'v [Part], field: &str) -> Option<&'v str> {
    parts.iter().find(|part| part.name == field).and_then(|part| match &part.value {
        Value::Leaf(text) => Some(text.trim()),
        Value::Absent | Value::Group(_) | Value::List(_) => None,
    })
}
