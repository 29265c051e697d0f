//! A document as lines that a person reads: label and value.
//!
//! Never here: raw text from outside. All that leaves is safe to show.

use super::faults::Following;
use super::outline::{Field, Leaf, Part, Path, Shape, Value};
use crate::domain::content::Content;
use crate::domain::formatted;
use crate::domain::regime::{Languages, Regime};
use crate::domain::text::{shown, shown_lines};
use crate::domain::transcription::Filled;

/// One line.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Line {
    /// How far it is indented: 0 for the document's own fields.
    pub depth: usize,
    pub label: String,
    /// Empty for the head of a group.
    pub value: String,
    /// The field that it is of; the form itself for a line that is of none.
    pub path: Path,
    pub whose: Whose,
}

/// Who says what stands in a line.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Whose {
    Author,
    /// It stands under the author's text, and does not count.
    Translator,
    /// Another one, whose message the author hands on. It has paragraphs of its own.
    Another,
}

impl Line {
    pub(in crate::domain) fn of(at: &Path, depth: usize, label: impl Into<String>, value: String) -> Line {
        Line { depth, label: label.into(), value, path: at.clone(), whose: Whose::Author }
    }
}

/// What stands where a value will follow.
pub const TO_FOLLOW: &str = "not available, to follow";
/// What stands where the author does not know a value.
pub const NOT_KNOWN: &str = "not known";

/// All that is stated, said to follow or said not to be known, in the order of the fields. What is neither is left out.
pub fn lines(content: &Content) -> Vec<Line> {
    let mut out = declared(content);
    if let Content::Formatted(form) = content {
        formatted::lines(&form.fields, None, "".into(), &Following::of(content), &mut out);
    }
    within(content, lines, &mut out);
    out
}

/// The same with the labels of the regime that lays the format down, in the reader's language as far as it
/// has it.
pub fn lines_under<'a>(
    content: &Content,
    regime: Option<&Regime>,
    languages: impl Into<Languages<'a>>,
) -> Vec<Line> {
    let languages = languages.into();
    if let Content::Transcription(_) = content {
        let mut out = declared(content);
        within(content, |form| lines_under(form, regime, languages), &mut out);
        return out;
    }
    let (Content::Formatted(form), Some(regime)) = (content, regime) else { return lines(content) };
    let Some(format) = regime.formats.get(&form.format) else { return lines(content) };
    let following = Following::of(content);
    let title = format.title.say(languages, &form.format);
    let mut out = vec![Line::of(&Path::root(), 0, format!("Format {}", shown(&form.format)), title)];
    formatted::lines(&form.fields, Some(&format.fields), languages, &following, &mut out);
    out
}

fn declared(content: &Content) -> Vec<Line> {
    let (form, mut out) = (content.form(), Vec::new());
    group(&Path::root(), 0, form.fields(), &form.parts(), &Following::of(content), &mut out);
    out
}

/// The form within a transcription, one step further in.
fn within(content: &Content, lines: impl Fn(&Content) -> Vec<Line>, out: &mut Vec<Line>) {
    let Content::Transcription(form) = content else { return };
    let Filled::Form(form) = &form.form else { return };
    let kind = form.kind().name().to_owned();
    out.push(Line::of(&Path::root().field("kind"), 0, "Said to be", kind));
    let at = Path::root().field("form");
    out.extend(lines(form).into_iter().map(|line| {
        let path = if line.path == Path::root() { at.clone() } else { at.field(line.path.as_str()) };
        Line { depth: line.depth.saturating_add(1), path, ..line }
    }));
}

pub(in crate::domain) fn group(
    at: &Path,
    depth: usize,
    fields: &'static [Field],
    parts: &[Part],
    following: &Following,
    out: &mut Vec<Line>,
) {
    for field in fields.iter().filter(|field| !field.is_of_fields()) {
        let value =
            parts.iter().find(|part| part.name == field.name).map_or(&Value::Absent, |part| &part.value);
        one(&at.field(field.name), (depth, field.label), field.shape, value, following, out);
    }
}

/// The lines of one field.
pub(in crate::domain) fn one(
    at: &Path,
    (depth, label): (usize, &str),
    shape: Shape,
    value: &Value,
    following: &Following,
    out: &mut Vec<Line>,
) {
    match (value, shape) {
        (Value::Absent, Shape::Group(inner)) if following.instead(at).is_none() => {
            // Something may be said of single fields of a group that is otherwise empty.
            let mut below = Vec::new();
            group(at, depth.saturating_add(1), inner, &[], following, &mut below);
            if !below.is_empty() {
                out.push(head(at, depth, label));
                out.append(&mut below);
            }
        }
        (Value::Absent, _) => {
            out.extend(following.instead(at).map(|word| Line::of(at, depth, label, word.to_owned())));
        }
        // Bytes for a program: what they hold is shown by whoever reads them.
        (Value::Leaf(digits), Shape::Leaf(Leaf::Enclosed)) => {
            let value = format!("a signed message of {} bytes", digits.len() / 2);
            out.push(Line::of(at, depth, label, value));
        }
        (Value::Leaf(text), _) => leaf(at, depth, label, text, out),
        (Value::Group(parts), Shape::Group(inner)) => {
            out.push(head(at, depth, label));
            group(at, depth.saturating_add(1), inner, parts, following, out);
        }
        (Value::List(items), shape) => {
            for (index, item) in items.iter().enumerate() {
                let label = format!("{label} {}", index.saturating_add(1));
                if let Some(line) = &item.line {
                    out.push(Line::of(&at.item(index), depth, label, shown(line)));
                    continue;
                }
                match (&item.value, shape) {
                    (Value::Group(parts), Shape::Groups(inner)) => {
                        out.push(Line::of(&at.item(index), depth, label, shown(&item.key)));
                        group(&at.item(index), depth.saturating_add(1), inner, parts, following, out);
                    }
                    (Value::Leaf(text), _) => leaf(&at.item(index), depth, &label, text, out),
                    (Value::Absent | Value::Group(_) | Value::List(_), _) => {}
                }
            }
            if let Some(word) = following.instead(at) {
                out.push(Line::of(at, depth, format!("{label}, the rest"), word.to_owned()));
            }
        }
        // Those stand behind the rest, by the names that their format gives them.
        (Value::Group(_), Shape::Leaf(_) | Shape::Leaves(_) | Shape::Groups(_) | Shape::OfFormat) => {}
    }
}

pub(in crate::domain) fn head(at: &Path, depth: usize, label: &str) -> Line {
    Line::of(at, depth, label, String::new())
}

/// A longer text takes a line for each of its own; only the first has the label.
pub(in crate::domain) fn leaf(at: &Path, depth: usize, label: &str, text: &str, out: &mut Vec<Line>) {
    for (index, value) in shown_lines(text).into_iter().enumerate() {
        let label = if index == 0 { label.to_owned() } else { String::new() };
        out.push(Line::of(at, depth, label, value));
    }
}
