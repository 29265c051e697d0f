//! How a form is laid out: each field's name, label and meaning, said once. Faults, differences,
//! readable lines and the printed templates are all computed from this.
//!
//! Never here: a particular form. Those are declared with `form!` in the files beside this one.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::fmt;

use super::faults::{Faults, Refused};
use crate::limits;

/// One field of a form. Its name is the same in the signed content, in TOML and JSON, and in paths.
#[derive(Debug)]
pub struct Field {
    pub name: &'static str,
    /// For a person to read, in front of the value.
    pub label: &'static str,
    /// What is to be written there; printed in templates.
    pub meaning: &'static str,
    pub asked: Asked,
    pub shape: Shape,
}

impl Field {
    /// Whether it says something of other fields: that they will follow, or are not known.
    pub fn is_of_fields(&self) -> bool {
        matches!(self.name, "to_follow" | "not_known")
    }
}

/// Whether a form without the field, and without the word that it follows, is marked.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Asked {
    Always,
    IfAny,
}

/// What a field holds.
#[derive(Clone, Copy, Debug)]
pub enum Shape {
    Leaf(Leaf),
    Leaves(Leaf),
    Group(&'static [Field]),
    Groups(&'static [Field]),
    /// Fields that no form of ours declares in this place: those that a regime's format names, or those of the
    /// form within a transcription.
    OfFormat,
}

/// What a single value is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Leaf {
    Text,
    Prose,
    Number,
    Choice(&'static [&'static str]),
    When,
    Point,
    Digest,
    Thread,
    /// Bytes of a signed message, as hexadecimal digits.
    Enclosed,
}

/// A form's content without its types, in the order of its fields.
#[derive(Clone, Debug)]
pub enum Value {
    Absent,
    /// As a form states it. Not safe to show.
    Leaf(String),
    Group(Vec<Part>),
    List(Vec<Item>),
}

/// A field and what it holds.
#[derive(Clone, Debug)]
pub struct Part {
    pub name: Cow<'static, str>,
    pub value: Value,
}

/// An entry of a list, and the name by which it is known again in another version of the list.
#[derive(Clone, Debug)]
pub struct Item {
    pub key: String,
    /// All of it in one line, if it fits.
    pub line: Option<String>,
    pub value: Value,
}

/// Where a field stands: names joined by full stops, entries of lists by their position from 1. The
/// same notation as `to_follow` in the signed content.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Path(String);

impl Path {
    /// The form itself.
    pub fn root() -> Path {
        Path::default()
    }

    pub fn field(&self, name: &str) -> Path {
        if self.0.is_empty() { Path(name.to_owned()) } else { Path(format!("{}.{name}", self.0)) }
    }

    /// The entry at `index`, counted from 0 here and written from 1.
    pub fn item(&self, index: usize) -> Path {
        Path(format!("{}[{}]", self.0, index.saturating_add(1)))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Whatever may stand in a field.
pub trait Entry {
    const SHAPE: Shape;

    fn value(&self) -> Value;
    /// Marks what is wrong with it. Never decides.
    fn check(&self, at: &Path, faults: &mut Faults);
    /// Whether it is within the hard limits, on its way out and on its way in alike.
    fn bound(&self, at: &Path) -> Result<(), Refused>;
    fn is_absent(&self) -> bool;

    /// How many entries its lists of groups have, all together.
    fn entries(&self) -> usize {
        0
    }
}

/// Several fields that belong together. Written by `form!`.
pub trait Group: Rules {
    const FIELDS: &'static [Field];

    fn parts(&self) -> Vec<Part>;
    fn check_fields(&self, at: &Path, faults: &mut Faults);
    fn bound_fields(&self, at: &Path) -> Result<(), Refused>;
    fn all_absent(&self) -> bool;
    fn entries_within(&self) -> usize;
}

/// What a group knows beyond its single fields.
pub trait Rules {
    /// The name by which an entry of a list is known again in another version; empty if it has none.
    fn key(&self) -> String {
        String::new()
    }

    /// All that it states in one line, where that is easier to read. Not safe to show.
    fn line(&self) -> Option<String> {
        None
    }

    fn rules(&self, _at: &Path, _faults: &mut Faults) {}
}

impl<G: Group> Entry for Vec<G> {
    const SHAPE: Shape = Shape::Groups(G::FIELDS);

    fn value(&self) -> Value {
        if self.is_empty() {
            return Value::Absent;
        }
        let item =
            |entry: &G| Item { key: entry.key(), line: entry.line(), value: Value::Group(entry.parts()) };
        Value::List(self.iter().map(item).collect())
    }

    fn check(&self, at: &Path, faults: &mut Faults) {
        check_len(self.len(), at, faults);
        let mut keys = BTreeSet::new();
        for (index, entry) in self.iter().enumerate() {
            let at = at.item(index);
            entry.check_fields(&at, faults);
            entry.rules(&at, faults);
            let key = entry.key();
            if !key.is_empty() && !keys.insert(key) {
                faults.add(
                    &at,
                    "an entry before it in the same list has the same name: the two can't be told apart",
                );
            }
        }
    }

    fn bound(&self, at: &Path) -> Result<(), Refused> {
        bound_len(self.len(), at)?;
        self.iter().enumerate().try_for_each(|(index, entry)| entry.bound_fields(&at.item(index)))
    }

    fn is_absent(&self) -> bool {
        self.is_empty()
    }

    fn entries(&self) -> usize {
        self.iter().map(G::entries_within).fold(self.len(), usize::saturating_add)
    }
}

/// Where a form is over a limit, that is told beside its other faults.
pub(in crate::domain) fn check_len(entries: usize, at: &Path, faults: &mut Faults) {
    if let Err(over) = bound_len(entries, at) {
        faults.add(at, over.rule);
    }
}

/// A list within its limit.
pub(in crate::domain) fn bound_len(entries: usize, at: &Path) -> Result<(), Refused> {
    if entries <= limits::FORM_LIST_ENTRIES_MAX {
        return Ok(());
    }
    Err(Refused {
        field: at.to_string(),
        rule: format!("a list holds at most {} entries", limits::FORM_LIST_ENTRIES_MAX),
    })
}
