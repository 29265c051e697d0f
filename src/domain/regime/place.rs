//! Where in a form something stands, as a regime names it: `land.figures`, or `phases[].start` for each
//! entry of a list. It is followed through the form's own layout, so that a regime can name any field
//! of any form and no code names one for it.
//!
//! Never here: what the value means.

use std::fmt;
use std::str::FromStr;

use crate::domain::form::outline::{Field, Part, Path, Shape, Value};

/// A path through a form. What it names may be there many times, or not at all.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Place(Vec<Step>);

#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
struct Step {
    name: String,
    /// Goes on in each entry of the list.
    each: bool,
}

/// What is wrong with the writing of a place.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error(
    "a place in a form is written as names joined by full stops, [] behind a list, such as phases[].start"
)]
pub struct NotAPlace;

/// One thing found at a place.
#[derive(Clone, Debug)]
pub struct Found<'a> {
    pub at: Path,
    /// The names of the list entries on the way, the last one only; empty if there was none.
    pub entry: String,
    pub value: &'a Value,
}

impl FromStr for Place {
    type Err = NotAPlace;

    fn from_str(text: &str) -> Result<Place, NotAPlace> {
        let step = |part: &str| {
            let (name, each) = part.strip_suffix("[]").map_or((part, false), |name| (name, true));
            let allowed = |c: u8| c.is_ascii_lowercase() || c.is_ascii_digit() || c == b'_';
            let named = !name.is_empty() && name.bytes().all(allowed);
            named.then(|| Step { name: name.to_owned(), each }).ok_or(NotAPlace)
        };
        Ok(Place(text.split('.').map(step).collect::<Result<_, _>>()?))
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, step) in self.0.iter().enumerate() {
            let stop = if index == 0 { "" } else { "." };
            write!(f, "{stop}{}{}", step.name, if step.each { "[]" } else { "" })?;
        }
        Ok(())
    }
}

impl Place {
    /// What a form of this layout has there; `None` if it has no such field.
    pub fn shape(&self, fields: &'static [Field]) -> Option<Shape> {
        let mut fields = fields;
        let mut steps = self.0.iter().peekable();
        while let Some(step) = steps.next() {
            let shape = fields.iter().find(|field| field.name == step.name)?.shape;
            let last = steps.peek().is_none();
            match (shape, step.each) {
                (Shape::OfFormat, _) => return None,
                (Shape::Leaf(_) | Shape::Group(_), true) => return None,
                (Shape::Groups(_), false) | (Shape::Leaf(_), false) | (Shape::Leaves(_), false) if !last => {
                    return None;
                }
                (Shape::Leaves(_), true) if !last => return None,
                (Shape::Leaves(leaf), true) => return Some(Shape::Leaf(leaf)),
                (Shape::Groups(inner), true) if last => return Some(Shape::Group(inner)),
                (Shape::Group(inner) | Shape::Groups(inner), _) if !last => fields = inner,
                (shape, false) => return Some(shape),
                (Shape::Groups(_), true) => return None,
            }
        }
        None
    }

    /// Whether two places stand in the same rows: in the entries of one list, or both in none.
    pub fn shares_rows_with(&self, other: &Place) -> bool {
        self.rows() == other.rows()
    }

    /// The way to the innermost list whose entries it goes through.
    fn rows(&self) -> &[Step] {
        let end = self.0.iter().rposition(|step| step.each).map_or(0, |last| last.saturating_add(1));
        self.0.get(..end).unwrap_or_default()
    }

    /// All that stands there. Where something on the way is not stated, that place is found, absent.
    pub fn find<'a>(&self, parts: &'a [Part], at: &Path) -> Vec<Found<'a>> {
        let mut found = Vec::new();
        follow(&self.0, parts, at, "", &mut found);
        found
    }
}

/// Nothing is stated there.
const ABSENT: &Value = &Value::Absent;

fn follow<'a>(steps: &[Step], parts: &'a [Part], at: &Path, entry: &str, found: &mut Vec<Found<'a>>) {
    let Some((step, rest)) = steps.split_first() else { return };
    let at = at.field(&step.name);
    let value = parts.iter().find(|part| part.name == step.name).map_or(ABSENT, |part| &part.value);
    let entry = entry.to_owned();
    match (value, step.each, rest.is_empty()) {
        (Value::List(items), true, last) => {
            for (index, item) in items.iter().enumerate() {
                let at = at.item(index);
                match &item.value {
                    Value::Group(parts) if !last => follow(rest, parts, &at, &item.key, found),
                    value => found.push(Found { at, entry: item.key.clone(), value }),
                }
            }
        }
        (Value::Group(parts), false, false) => follow(rest, parts, &at, &entry, found),
        // The whole of the way is named, so that the reader knows what would have to be stated.
        (Value::Absent, false, false) => {
            found.push(Found { at: written(at, rest), entry, value: ABSENT });
        }
        (value, _, _) => found.push(Found { at, entry, value }),
    }
}

/// The rest of a way on which nothing is stated, up to the first list.
fn written(mut at: Path, rest: &[Step]) -> Path {
    for step in rest {
        at = at.field(&step.name);
        if step.each {
            break;
        }
    }
    at
}
