//! Writes a form as TOML with a comment at each field. The empty one is the template, a filled one is
//! what a person revises: the same lines either way.
//!
//! Never here: the meaning of a field; that stands with its declaration in `domain/exercise`.

use std::fmt::Write as _;

use super::{format, transcription};
use crate::domain::content::{Content, Kind};
use crate::domain::form::WELL_KNOWN;
use crate::domain::form::outline::{Asked, Field, Leaf, Part, Shape, Value};
use crate::domain::text::{Safety, with_safety};

/// Whether lines are active, or stand behind a `#` to be taken away.
#[derive(Clone, Copy)]
pub(super) enum Lines {
    Active,
    ToUncomment,
}

impl Lines {
    fn mark(self) -> &'static str {
        match self {
            Lines::Active => "",
            Lines::ToUncomment => "#",
        }
    }
}

pub(super) fn commented(content: &Content) -> String {
    let mut out = introduced(content);
    if let Content::Formatted(form) = content {
        format::fields(&mut out, form);
    }
    if let Content::Transcription(form) = content {
        transcription::form(&mut out, form);
    }
    out
}

/// All but the fields that a format names, and a form within.
pub(super) fn introduced(content: &Content) -> String {
    let mut out = String::new();
    let kind = content.kind();
    comment(&mut out, &format!("{}: {}.", kind.name(), purpose(kind)));
    comment(&mut out, "");
    comment(
        &mut out,
        "Fill in what applies. Fields marked * are required: where one is not available yet, name its",
    );
    comment(
        &mut out,
        "path in to_follow; where you do not know it, in not_known: that may be said of any field.",
    );
    comment(&mut out, "A line with # directly before its name is not in force: take the # away.");
    comment(
        &mut out,
        "Dates: year-month-day, with or without T and the time, then the zone: an IANA name, Z or an",
    );
    comment(
        &mut out,
        "offset. Coordinates: decimal degrees with N or S and E or W. Numbers: whole, without quotation marks.",
    );
    let form = content.form();
    if has_figures(form.fields()) {
        comment(&mut out, "");
        comment(
            &mut out,
            "Figures are one entry for each number: what is counted, and of what kind, whose and where; blank",
        );
        comment(&mut out, "means all together. Any words will do; well known are:");
        for (what, kinds) in WELL_KNOWN {
            comment(&mut out, &format!("  \"{what}\" (kinds: {kinds})"));
        }
    }
    out.push('\n');
    table(&mut out, "", form.fields(), &form.parts(), Lines::Active);
    out
}

fn purpose(kind: Kind) -> &'static str {
    match kind {
        Kind::Calendar => "the planned activities of one calendar year, or that there are none",
        Kind::Notification => "prior notification of an exercise, the full form",
        Kind::Amendment => "the whole form as it now stands, in place of an earlier one",
        Kind::Invitation => "an invitation to observe an exercise",
        Kind::Conclusion => "that an exercise is over, and what it was",
        Kind::Statement => "figures said later, beside what was notified; to change a notice, amend it",
        Kind::Cancellation => "that an exercise will not take place, or is broken off",
        Kind::SameActivity => "that another Party's thread is about the same activity, or that it is not",
        Kind::Adoption => "that you take part in rules between States, and from when",
        Kind::Suspension => "that you do not apply rules, or provisions of them, for a time",
        Kind::Resumption => "that you apply again what you suspended",
        Kind::Withdrawal => "that you no longer take part in rules",
        Kind::Formatted => "a message in a format that a regime lays down",
        Kind::Transcription => "what came outside any link, written down by you; its origin is not proven",
        Kind::Translation => "texts of a message in another language; the original counts",
        Kind::Forwarded => "a message handed on to a further Party, byte for byte",
        Kind::Report => "that a hazardous incident happened: what, when and where is enough",
        Kind::Update => "the whole report of an incident as it now stands, in place of an earlier one",
        Kind::Finding => "cause and harm of an incident as found, measures taken, promises",
        Kind::Closing => "that you regard an incident as closed; for yourself alone",
        Kind::SameIncident => "that another Party's thread is about the same incident, or that it is not",
        Kind::Question => "numbered questions about a message of any kind",
        Kind::Answer => "answers to questions, by their numbers",
        Kind::Text => "a message in free format",
        Kind::ServiceMessage => "notice of a planned outage, and whom to telephone meanwhile",
        Kind::MessageWithdrawal => "that you take back a message of your own; it stays readable",
        Kind::Request => "that you ask another Party to explain an unusual military activity",
        Kind::Joining => "that another Party's request is yours as well",
        Kind::Reply => "answers to a request, by the numbers of its questions",
        Kind::Judgement => "what you think of each answer of a reply; for yourself alone",
        Kind::MeetingRequest => "that you ask for a meeting about an activity",
        Kind::Convening => "that a meeting will be held, where and when",
        Kind::Meeting => "the record of a meeting: who was there, who was not, what came of it",
        Kind::MeetingReport => "the report of a meeting",
        Kind::Observers => "the answer to an invitation: whether you send observers",
        Kind::ObserverReport => "what your observers saw of an exercise",
        Kind::SessionOpening => "that a hotline session is opened, and in which languages",
        Kind::SessionAcceptance => "that you take part in a hotline session, and who is on",
        Kind::SessionText => "what you say in a hotline session",
        Kind::SessionAddition => "that a further Party comes into a hotline session",
        Kind::SessionClose => "that a hotline session is over, and what was said in it",
        Kind::SessionShown => "that a console of yours shows a text; nobody is said to have read it",
        Kind::Check => "a check of the link, with an agreed text, to be answered",
        Kind::CheckAnswer => "the answer to a check of the link",
    }
}

fn has_figures(fields: &[Field]) -> bool {
    fields.iter().any(|field| match field.shape {
        Shape::Groups(_) if field.name == "figures" => true,
        Shape::Group(inner) | Shape::Groups(inner) => has_figures(inner),
        Shape::Leaf(_) | Shape::Leaves(_) | Shape::OfFormat => false,
    })
}

pub(super) fn comment(out: &mut String, text: &str) {
    out.push_str(if text.is_empty() { "#" } else { "# " });
    out.push_str(text);
    out.push('\n');
}

/// TOML wants the single values of a table before the tables within it.
pub(super) fn table(out: &mut String, path: &str, fields: &'static [Field], parts: &[Part], lines: Lines) {
    let value_of = |field: &Field| {
        parts.iter().find(|part| part.name == field.name).map_or(&Value::Absent, |part| &part.value)
    };
    for field in fields {
        match field.shape {
            Shape::Leaf(leaf) => {
                explain(out, field);
                single(out, field.name, leaf, value_of(field), lines);
            }
            Shape::Leaves(_) => {
                explain(out, field);
                several(out, field.name, value_of(field), lines);
            }
            Shape::Group(_) | Shape::Groups(_) | Shape::OfFormat => {}
        }
    }
    for field in fields {
        let path = if path.is_empty() { field.name.to_owned() } else { format!("{path}.{}", field.name) };
        match (field.shape, value_of(field)) {
            // Written behind all else: their types stand in the content alone.
            (Shape::Leaf(_) | Shape::Leaves(_) | Shape::OfFormat, _) => {}
            (Shape::Group(inner), value) => {
                out.push('\n');
                explain(out, field);
                line(out, lines, &format!("[{path}]"));
                table(out, &path, inner, group_parts(value), lines);
            }
            (Shape::Groups(inner), Value::List(items)) => {
                for item in items {
                    out.push('\n');
                    explain(out, field);
                    line(out, lines, &format!("[[{path}]]"));
                    table(out, &path, inner, group_parts(&item.value), lines);
                }
            }
            (Shape::Groups(inner), Value::Absent | Value::Leaf(_) | Value::Group(_)) => {
                out.push('\n');
                explain(out, field);
                line(out, Lines::ToUncomment, &format!("[[{path}]]"));
                table(out, &path, inner, &[], Lines::ToUncomment);
            }
        }
    }
}

pub(super) fn group_parts(value: &Value) -> &[Part] {
    match value {
        Value::Group(parts) => parts,
        Value::Absent | Value::Leaf(_) | Value::List(_) => &[],
    }
}

pub(super) fn explain(out: &mut String, field: &Field) {
    let star = match field.asked {
        Asked::Always => " *",
        Asked::IfAny => "",
    };
    comment(out, &format!("{}{star}: {}", field.label, field.meaning));
    if let Shape::Leaf(Leaf::Choice(words)) = field.shape {
        let words: Vec<String> = words.iter().map(|word| quoted(word)).collect();
        comment(out, &format!("  one of: {}", words.join(", ")));
    }
}

pub(super) fn line(out: &mut String, lines: Lines, text: &str) {
    out.push_str(lines.mark());
    out.push_str(text);
    out.push('\n');
}

pub(super) fn single(out: &mut String, name: &str, leaf: Leaf, value: &Value, lines: Lines) {
    match (value, leaf) {
        (Value::Leaf(text), Leaf::Number) => line(out, lines, &format!("{name} = {text}")),
        (Value::Leaf(text), Leaf::Prose) if text.contains('\n') => {
            line(out, lines, &format!("{name} = {}", quoted_lines(text)));
        }
        (Value::Leaf(text), _) => line(out, lines, &format!("{name} = {}", quoted(text))),
        (_, Leaf::Text | Leaf::Prose | Leaf::When) => line(out, lines, &format!("{name} = \"\"")),
        // Nothing stands for "not stated" here: the line is out of force until it is filled in.
        (_, Leaf::Number) => line(out, Lines::ToUncomment, &format!("{name} = 0")),
        (_, Leaf::Choice(words)) => {
            let first = words.first().copied().unwrap_or_default();
            line(out, Lines::ToUncomment, &format!("{name} = {}", quoted(first)));
        }
        (_, Leaf::Point) => line(out, Lines::ToUncomment, &format!("{name} = \"0.000000 N 0.000000 E\"")),
        (_, Leaf::Digest | Leaf::Thread | Leaf::Enclosed) => {
            line(out, Lines::ToUncomment, &format!("{name} = \"\""))
        }
    }
}

pub(super) fn several(out: &mut String, name: &str, value: &Value, lines: Lines) {
    let Value::List(items) = value else {
        line(out, lines, &format!("{name} = []"));
        return;
    };
    line(out, lines, &format!("{name} = ["));
    for item in items {
        if let Value::Leaf(text) = &item.value {
            line(out, lines, &format!("    {},", quoted(text)));
        }
    }
    line(out, lines, "]");
}

/// A TOML basic string. What can't be seen is written as an escape, so that a form is safe to print.
pub(super) fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for (character, safety) in with_safety(text) {
        if character == '\n' { out.push_str("\\n") } else { escaped(&mut out, character, safety) }
    }
    out.push('"');
    out
}

/// A TOML multi-line basic string; the line break behind the opening marks is not part of it.
fn quoted_lines(text: &str) -> String {
    let mut out = String::from("\"\"\"\n");
    for (character, safety) in with_safety(text) {
        if character == '\n' { out.push('\n') } else { escaped(&mut out, character, safety) }
    }
    out.push_str("\"\"\"");
    out
}

fn escaped(out: &mut String, character: char, safety: Safety) {
    match (character, safety) {
        ('"', _) => out.push_str("\\\""),
        ('\\', _) => out.push_str("\\\\"),
        ('\t', _) => out.push_str("\\t"),
        ('\r', _) => out.push_str("\\r"),
        (_, Safety::Unsafe) => {
            // Writing to a String does not fail.
            let _ = write!(out, "\\U{:08X}", u32::from(character));
        }
        (_, Safety::Safe) => out.push(character),
    }
}
