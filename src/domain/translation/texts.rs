//! The texts of a message, each with the path by which a translation names it.
//!
//! Never here: numbers, dates, choices and identities, which are the same in every language.

use crate::domain::content::Content;
use crate::domain::form::outline::{Field, Leaf, Part, Path, Shape, Value};
use crate::domain::formatted::{Fields, Stated};
use crate::domain::message::Outgoing;

/// One text that an author wrote.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Text {
    pub path: Path,
    /// For a person to read. Where a format names the field, that name: not safe to show.
    pub label: String,
    /// As it was written. Not safe to show.
    pub text: String,
}

/// The subject's path.
pub const SUBJECT: &str = "heading.subject";
/// The path of the envelope's remarks.
pub const REMARKS: &str = "heading.remarks";

/// Those of the envelope, then those of the content in the order of its fields. Content that can't be read has
/// none.
pub fn texts(outgoing: &Outgoing, content: Option<&Content>) -> Vec<Text> {
    let heading = Path::root().field("heading");
    let mut found = Vec::new();
    put(&heading.field("subject"), "Subject", &outgoing.subject, &mut found);
    put(&heading.field("remarks"), "Remarks", &outgoing.remarks, &mut found);
    if let Some(content) = content {
        let form = content.form();
        group(&Path::root(), form.fields(), &form.parts(), &mut found);
        if let Content::Formatted(form) = content {
            named(&Path::root().field("fields"), &form.fields, &mut found);
        }
    }
    found
}

fn put(at: &Path, label: &str, text: &str, found: &mut Vec<Text>) {
    if !text.is_empty() {
        found.push(Text { path: at.clone(), label: label.to_owned(), text: text.to_owned() });
    }
}

fn group(at: &Path, fields: &'static [Field], parts: &[Part], found: &mut Vec<Text>) {
    for field in fields.iter().filter(|field| field.name != "to_follow") {
        if let Some(part) = parts.iter().find(|part| part.name == field.name) {
            one(&at.field(field.name), field.label, field.shape, &part.value, found);
        }
    }
}

fn one(at: &Path, label: &str, shape: Shape, value: &Value, found: &mut Vec<Text>) {
    match (shape, value) {
        (Shape::Leaf(Leaf::Text | Leaf::Prose), Value::Leaf(text)) => put(at, label, text, found),
        (Shape::Leaves(Leaf::Text | Leaf::Prose), Value::List(items)) => {
            for (index, item) in items.iter().enumerate() {
                if let Value::Leaf(text) = &item.value {
                    put(&at.item(index), label, text, found);
                }
            }
        }
        (Shape::Group(inner), Value::Group(parts)) => group(at, inner, parts, found),
        (Shape::Groups(inner), Value::List(items)) => {
            for (index, item) in items.iter().enumerate() {
                if let Value::Group(parts) = &item.value {
                    group(&at.item(index), inner, parts, found);
                }
            }
        }
        // Those of a format stand in the content alone, by the names that the format gives them.
        (Shape::OfFormat, _) => {}
        (Shape::Leaf(_) | Shape::Leaves(_) | Shape::Group(_) | Shape::Groups(_), _) => {}
    }
}

fn named(at: &Path, fields: &Fields, found: &mut Vec<Text>) {
    for field in &fields.0 {
        let at = at.field(&field.name);
        match &field.stated {
            Stated::Entries(entries) => {
                for (index, inner) in entries.iter().enumerate() {
                    named(&at.item(index), inner, found);
                }
            }
            Stated::Text(_) | Stated::Texts(_) | Stated::Area(_) | Stated::Figures(_) => {
                if let Some(shape) = field.stated.shape() {
                    one(&at, &field.name, shape, &field.stated.value(), found);
                }
            }
            Stated::Nothing | Stated::Number(_) | Stated::Choice(_) | Stated::Date(_) => {}
            Stated::Party(_) | Stated::Reference(_) => {}
        }
    }
}
