//! What is wrong with the writing of a form, in plain words: which field, where it stands, and what is expected.
//!
//! Never here: a judgement of what is stated. The words of the libraries that read TOML and JSON are translated
//! as far as they are known, and else given as they are.

use serde::de::DeserializeOwned;

use crate::domain::text::shown;
use crate::limits;

/// What is wrong with the writing of a form, and where. Safe to show.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("line {line}, column {column}: {what}{}", rest(.more))]
pub struct NotAForm {
    /// From 1.
    pub line: usize,
    /// From 1, in characters.
    pub column: usize,
    pub what: String,
    /// What is wrong further on, as far as it can be told while this is.
    pub more: Vec<NotAForm>,
}

fn rest(more: &[NotAForm]) -> String {
    more.iter().map(|one| format!("\n  {one}")).collect()
}

impl NotAForm {
    pub(super) fn new(line: usize, column: usize, what: String) -> NotAForm {
        NotAForm { line, column, what, more: Vec::new() }
    }
}

/// So many are told at once.
const TOLD_MAX: usize = 20;

/// Reads TOML. Where a line is at fault that is a field of its own, the rest is read without it.
pub(super) fn toml<T: DeserializeOwned>(text: &str) -> Result<T, NotAForm> {
    let mut first = match toml::from_str(text) {
        Ok(form) => return Ok(form),
        Err(error) => of_toml(text, &error),
    };
    let mut left = text.to_owned();
    let mut line = first.line;
    while first.more.len() < TOLD_MAX && blank(&mut left, line) {
        let Err(error) = toml::from_str::<T>(&left) else { break };
        let next = of_toml(&left, &error);
        line = next.line;
        first.more.push(next);
    }
    Err(first)
}

/// Takes a field that stands on one line out of a form. False where the line is none, or what is left is no TOML.
fn blank(text: &mut String, line: usize) -> bool {
    let Some(index) = line.checked_sub(1) else { return false };
    let mut lines: Vec<&str> = text.split('\n').collect();
    let Some(at) = lines.get_mut(index).filter(|at| !at.trim_start().starts_with(['[', '#'])) else {
        return false;
    };
    if !at.contains('=') {
        return false;
    }
    *at = "";
    let left = lines.join("\n");
    let is_toml = toml::from_str::<toml::Table>(&left).is_ok();
    *text = left;
    is_toml
}

fn of_toml(text: &str, error: &toml::de::Error) -> NotAForm {
    let (line, column) = place(text, error.span().map_or(0, |span| span.start));
    let what = plain(error.message(), &field_at(text, line));
    NotAForm::new(line, column, shown(&what))
}

/// Reads JSON, as far as the first fault.
pub(super) fn json<T: DeserializeOwned>(text: &str) -> Result<T, NotAForm> {
    serde_json::from_str(text).map_err(|error| {
        let whole = error.to_string();
        let what = whole.rsplit_once(" at line ").map_or(whole.as_str(), |(what, _)| what);
        let (line, column) = (error.line().max(1), error.column().max(1));
        let on_line = text.split('\n').nth(line.saturating_sub(1)).unwrap_or_default();
        let field = on_line.split_once("\":").and_then(|(before, _)| before.rsplit_once('"'));
        let what = plain(what, field.map_or("", |(_, name)| name));
        NotAForm::new(line, column, shown(&what))
    })
}

/// Line and column of a byte in a text.
fn place(text: &str, byte: usize) -> (usize, usize) {
    let before = text.get(..byte).unwrap_or(text);
    let line = before.matches('\n').count().saturating_add(1);
    let last = before.rsplit('\n').next().unwrap_or(before);
    (line, last.chars().count().saturating_add(1))
}

/// The field that a line gives, with the group in which it stands: `land.figures.number`. Empty where it gives none.
fn field_at(text: &str, line: usize) -> String {
    let lines: Vec<&str> = text.split('\n').take(line).collect();
    let Some((name, _)) = lines.last().and_then(|last| last.split_once('=')) else { return String::new() };
    let header = lines.iter().rev().map(|line| line.trim()).find(|line| line.starts_with('['));
    let group = header.map(|header| header.trim_matches(['[', ']'])).filter(|_| !name.contains(['[', '"']));
    match group {
        Some(group) => format!("{group}.{}", name.trim()),
        None => name.trim().to_owned(),
    }
}

/// serde's words as ours.
fn plain(words: &str, field: &str) -> String {
    if let Some(rest) = words.strip_prefix("unknown field `")
        && let Some((name, known)) = rest.split_once('`')
    {
        let known = known.trim_start_matches([',', ' ']).replace('`', "");
        let known = known.trim_start_matches("expected ").trim_start_matches("one of ");
        return format!("there is no field {name} here; the fields are: {known}");
    }
    let of = if field.is_empty() { String::new() } else { format!("{field}: ") };
    let wrong = words.strip_prefix("invalid type: ").or_else(|| words.strip_prefix("invalid value: "));
    match wrong.and_then(|rest| rest.rsplit_once(", expected ")) {
        Some((given, "u64")) if given.contains("` as ") => {
            format!("{of}expected a whole number from 0 to {}, not {}", limits::FORM_NUMBER_MAX, value(given))
        }
        Some((given, expected)) => format!("{of}expected {}, not {}", kind(expected), value(given)),
        None => format!("{of}{words}"),
    }
}

fn kind(expected: &str) -> &str {
    match expected.trim() {
        "u64" => "a whole number, 0 or more, without quotation marks",
        "a string" => "a text in quotation marks",
        "a sequence" => "a list in square brackets",
        "a boolean" => "true or false, without quotation marks",
        other => other,
    }
}

/// What was given instead: serde's word for its type, and the value.
fn value(given: &str) -> String {
    let words = [
        ("string ", "the text "),
        ("integer ", "the number "),
        ("floating point ", "the number "),
        ("boolean ", "the value "),
    ];
    let known = words.iter().find_map(|(theirs, ours)| Some((ours, given.strip_prefix(theirs)?)));
    match (known, given) {
        // Behind a number that is too large for the library stands which type it took it for.
        (Some((ours, value)), _) => {
            let value = value.split_once("` as ").map_or(value, |(value, _)| value);
            format!("{ours}{}", value.trim_matches('`'))
        }
        (None, "sequence") => "a list".into(),
        (None, "map") => "a group of fields".into(),
        (None, other) => other.to_owned(),
    }
}
