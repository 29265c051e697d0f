//! A document as lines that a person reads: label and value.
//!
//! Never here: raw text from outside. All that leaves is safe to show.

use super::faults::Following;
use super::outline::{Field, Part, Path, Shape, Value};
use crate::domain::content::Content;
use crate::domain::text::{shown, shown_lines};

/// One line.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Line {
    /// How far it is indented: 0 for the document's own fields.
    pub depth: usize,
    pub label: String,
    /// Empty for the head of a group.
    pub value: String,
}

/// What stands where a value will follow.
pub const TO_FOLLOW: &str = "not available, to follow";

/// All that is stated or said to follow, in the order of the fields. What is neither is left out.
pub fn lines(content: &Content) -> Vec<Line> {
    let form = content.form();
    let following = Following::of(content);
    let mut out = Vec::new();
    group(&Path::root(), 0, form.fields(), &form.parts(), &following, &mut out);
    out
}

fn group(
    at: &Path,
    depth: usize,
    fields: &'static [Field],
    parts: &[Part],
    following: &Following,
    out: &mut Vec<Line>,
) {
    for field in fields.iter().filter(|field| field.name != "to_follow") {
        let at = at.field(field.name);
        let value = parts
            .iter()
            .find(|part| part.field.name == field.name)
            .map_or(&Value::Absent, |part| &part.value);
        match (value, field.shape) {
            (Value::Absent, Shape::Group(inner)) if !following.covers(&at) => {
                // Single fields of a group that is otherwise empty may follow.
                let mut below = Vec::new();
                group(&at, depth.saturating_add(1), inner, &[], following, &mut below);
                if !below.is_empty() {
                    out.push(head(depth, field.label));
                    out.append(&mut below);
                }
            }
            (Value::Absent, _) if following.covers(&at) => {
                out.push(Line { depth, label: field.label.to_owned(), value: TO_FOLLOW.to_owned() });
            }
            (Value::Absent, _) => {}
            (Value::Leaf(text), _) => leaf(depth, field.label, text, out),
            (Value::Group(parts), Shape::Group(inner)) => {
                out.push(head(depth, field.label));
                group(&at, depth.saturating_add(1), inner, parts, following, out);
            }
            (Value::List(items), shape) => {
                for (index, item) in items.iter().enumerate() {
                    let label = format!("{} {}", field.label, index.saturating_add(1));
                    if let Some(line) = &item.line {
                        out.push(Line { depth, label, value: shown(line) });
                        continue;
                    }
                    match (&item.value, shape) {
                        (Value::Group(parts), Shape::Groups(inner)) => {
                            out.push(Line { depth, label, value: shown(&item.key) });
                            let at = at.item(index);
                            group(&at, depth.saturating_add(1), inner, parts, following, out);
                        }
                        (Value::Leaf(text), _) => leaf(depth, &label, text, out),
                        (Value::Absent | Value::Group(_) | Value::List(_), _) => {}
                    }
                }
                if following.covers(&at) {
                    let label = format!("{}, the rest", field.label);
                    out.push(Line { depth, label, value: TO_FOLLOW.to_owned() });
                }
            }
            (Value::Group(_), Shape::Leaf(_) | Shape::Leaves(_) | Shape::Groups(_)) => {}
        }
    }
}

fn head(depth: usize, label: &str) -> Line {
    Line { depth, label: label.to_owned(), value: String::new() }
}

/// A longer text takes a line for each of its own; only the first has the label.
fn leaf(depth: usize, label: &str, text: &str, out: &mut Vec<Line>) {
    for (index, value) in shown_lines(text).into_iter().enumerate() {
        let label = if index == 0 { label.to_owned() } else { String::new() };
        out.push(Line { depth, label, value });
    }
}
