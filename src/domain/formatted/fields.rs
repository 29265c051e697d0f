//! Fields by name, each with one value of a type that formats may have.
//!
//! A name is of small letters, digits and `_`, as regimes name fields, and within a bound: it can stand as
//! a label where no regime says a better one. Never here: which fields there should be.

use std::collections::BTreeSet;

use crate::domain::form::faults::{Faults, Refused};
use crate::domain::form::outline::{Entry, Item, Part, Path, Shape, Value, bound_len};
use crate::domain::form::{Area, Figure, MessageReference, Prose, When};
use crate::domain::party::Party;
use crate::limits;

/// The fields of a message or of an entry of a list, in the author's order.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Fields(pub Vec<Field>);

/// One field: the name that the regime gives it, and what is stated there.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Field {
    pub name: String,
    pub stated: Stated,
}

/// What is stated in a field.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Stated {
    /// Nothing, or a value of a type that only a newer program knows.
    Nothing,
    Text(Prose),
    Number(u64),
    /// One of the words that the format has, or should be.
    Choice(String),
    Date(When),
    Area(Area),
    /// A Party's code, or should be.
    Party(String),
    Texts(Vec<String>),
    Figures(Vec<Figure>),
    Reference(MessageReference),
    Entries(Vec<Fields>),
}

impl Stated {
    /// How the value is laid out; `None` for entries, which have names of their own.
    pub fn shape(&self) -> Option<Shape> {
        match self {
            Stated::Nothing | Stated::Text(_) => Some(Prose::SHAPE),
            Stated::Number(_) => Some(Option::<u64>::SHAPE),
            Stated::Choice(_) | Stated::Party(_) => Some(String::SHAPE),
            Stated::Date(_) => Some(When::SHAPE),
            Stated::Area(_) => Some(Area::SHAPE),
            Stated::Texts(_) => Some(Vec::<String>::SHAPE),
            Stated::Figures(_) => Some(Vec::<Figure>::SHAPE),
            Stated::Reference(_) => Some(MessageReference::SHAPE),
            Stated::Entries(_) => None,
        }
    }

    pub fn value(&self) -> Value {
        match self {
            Stated::Nothing => Value::Absent,
            Stated::Text(text) => text.value(),
            Stated::Number(number) => Some(*number).value(),
            Stated::Choice(text) | Stated::Party(text) => text.value(),
            Stated::Date(when) => when.value(),
            Stated::Area(area) => area.value(),
            Stated::Texts(texts) => texts.value(),
            Stated::Figures(figures) => figures.value(),
            Stated::Reference(reference) => reference.value(),
            Stated::Entries(entries) if entries.is_empty() => Value::Absent,
            Stated::Entries(entries) => {
                let item = |fields: &Fields| Item {
                    key: String::new(),
                    line: None,
                    value: Value::Group(fields.parts()),
                };
                Value::List(entries.iter().map(item).collect())
            }
        }
    }

    pub fn is_absent(&self) -> bool {
        matches!(self.value(), Value::Absent)
    }

    fn check(&self, at: &Path, faults: &mut Faults) {
        match self {
            Stated::Nothing => {
                faults.add(at, "holds no value, or one of a type that this program does not know");
            }
            absent if absent.is_absent() => faults.add(at, "holds no value"),
            Stated::Text(text) => text.check(at, faults),
            Stated::Number(number) => Some(*number).check(at, faults),
            Stated::Choice(word) => word.check(at, faults),
            Stated::Date(when) => when.check(at, faults),
            Stated::Area(area) => area.check(at, faults),
            Stated::Party(code) => {
                if code.parse::<Party>().is_err() {
                    faults.add(at, "is not a Party's code");
                }
            }
            Stated::Texts(texts) => texts.check(at, faults),
            Stated::Figures(figures) => figures.check(at, faults),
            Stated::Reference(reference) => reference.check(at, faults),
            Stated::Entries(entries) => {
                for (index, fields) in entries.iter().enumerate() {
                    fields.check(&at.item(index), faults);
                }
            }
        }
    }

    fn bound(&self, at: &Path, depth: usize) -> Result<(), Refused> {
        match self {
            Stated::Nothing => Ok(()),
            Stated::Text(text) => text.bound(at),
            Stated::Number(number) => Some(*number).bound(at),
            Stated::Choice(text) | Stated::Party(text) => text.bound(at),
            Stated::Date(when) => when.bound(at),
            Stated::Area(area) => area.bound(at),
            Stated::Texts(texts) => texts.bound(at),
            Stated::Figures(figures) => figures.bound(at),
            Stated::Reference(reference) => reference.bound(at),
            Stated::Entries(entries) => {
                bound_len(entries.len(), at)?;
                let mut each = entries.iter().enumerate();
                each.try_for_each(|(index, fields)| fields.bound_at(&at.item(index), depth.saturating_add(1)))
            }
        }
    }

    fn entries(&self) -> usize {
        match self {
            Stated::Nothing | Stated::Text(_) | Stated::Number(_) | Stated::Choice(_) => 0,
            Stated::Date(_) | Stated::Party(_) | Stated::Texts(_) => 0,
            Stated::Area(area) => area.entries(),
            Stated::Figures(figures) => figures.entries(),
            Stated::Reference(reference) => reference.entries(),
            Stated::Entries(entries) => {
                entries.iter().map(Entry::entries).fold(entries.len(), usize::saturating_add)
            }
        }
    }
}

impl Fields {
    pub fn get(&self, name: &str) -> Option<&Field> {
        self.0.iter().find(|field| field.name == name)
    }

    fn parts(&self) -> Vec<Part> {
        let part = |field: &Field| Part { name: field.name.clone().into(), value: field.stated.value() };
        self.0.iter().map(part).collect()
    }

    pub(super) fn references<'f>(&'f self, at: &Path, found: &mut Vec<(Path, &'f MessageReference)>) {
        for field in &self.0 {
            let at = at.field(&field.name);
            match &field.stated {
                Stated::Reference(reference) => found.push((at, reference)),
                Stated::Entries(entries) => {
                    for (index, fields) in entries.iter().enumerate() {
                        fields.references(&at.item(index), found);
                    }
                }
                Stated::Nothing | Stated::Text(_) | Stated::Number(_) | Stated::Choice(_) => {}
                Stated::Date(_) | Stated::Area(_) | Stated::Party(_) => {}
                Stated::Texts(_) | Stated::Figures(_) => {}
            }
        }
    }

    pub(super) fn filled(self) -> Fields {
        let filled = self.0.into_iter().map(|field| match field.stated {
            Stated::Entries(entries) => {
                let entries = entries.into_iter().map(Fields::filled).filter(|entry| !entry.is_absent());
                Field { name: field.name, stated: Stated::Entries(entries.collect()) }
            }
            Stated::Figures(mut figures) => {
                figures.retain(|figure| !figure.is_absent());
                Field { name: field.name, stated: Stated::Figures(figures) }
            }
            stated => Field { name: field.name, stated },
        });
        Fields(filled.filter(|field| !field.stated.is_absent()).collect())
    }

    fn bound_at(&self, at: &Path, depth: usize) -> Result<(), Refused> {
        bound_len(self.0.len(), at)?;
        if depth > limits::FORMAT_DEPTH_MAX {
            let rule = format!("fields are nested at most {} deep", limits::FORMAT_DEPTH_MAX);
            return Err(Refused { field: at.to_string(), rule });
        }
        for (index, field) in self.0.iter().enumerate() {
            if !is_name(&field.name) {
                let rule = "a field's name is of small letters, digits and _, and short".to_owned();
                return Err(Refused { field: at.item(index).to_string(), rule });
            }
            field.stated.bound(&at.field(&field.name), depth)?;
        }
        Ok(())
    }
}

/// As regimes name fields.
pub(super) fn is_name(text: &str) -> bool {
    let allowed = |c: u8| c.is_ascii_lowercase() || c.is_ascii_digit() || c == b'_';
    (1..=limits::REGIME_NAME_BYTES_MAX).contains(&text.len()) && text.bytes().all(allowed)
}

impl Entry for Fields {
    const SHAPE: Shape = Shape::OfFormat;

    fn value(&self) -> Value {
        if self.0.is_empty() { Value::Absent } else { Value::Group(self.parts()) }
    }

    fn check(&self, at: &Path, faults: &mut Faults) {
        let mut names = BTreeSet::new();
        for field in &self.0 {
            let at = at.field(&field.name);
            if !names.insert(field.name.as_str()) {
                faults.add(&at, "stands twice: the two can't be told apart");
            }
            field.stated.check(&at, faults);
        }
    }

    fn bound(&self, at: &Path) -> Result<(), Refused> {
        self.bound_at(at, 1)
    }

    fn is_absent(&self) -> bool {
        self.0.is_empty()
    }

    fn entries(&self) -> usize {
        self.0.iter().map(|field| field.stated.entries()).fold(self.0.len(), usize::saturating_add)
    }
}
