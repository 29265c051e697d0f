//! What changed from one version of a document to the next, as a person reads it and as a program does: of every
//! noun's documents.
//!
//! Never here: which version stands (`domain/said.rs`).

use serde_json::{Value, json};

use super::rows::{by, row, said_by_json};
use crate::cli::out::say;
use crate::domain::form::{Change, instead, lines, told_once};
use crate::domain::said::{Said, Versions};

/// Of each, all steps; whether there was any.
pub fn print_changes<'a, 's: 'a>(all: impl Iterator<Item = &'a Versions<'s>>) -> bool {
    let mut any = false;
    for versions in all {
        for step in versions.steps() {
            any = true;
            say!("{}  against  {}", by(step.to), by(step.from));
            own_lines(step.to);
            for change in told_once(&step.changes) {
                let old = side(change, &change.old, step.from);
                let new = side(change, &change.new, step.to);
                row(1, &change.field, &format!("{old} -> {new}"));
            }
            if step.changes.is_empty() {
                row(1, "nothing", "");
            }
        }
    }
    any
}

/// What a document says beside the form that it puts in the place of another: why, and remarks.
fn own_lines(said: &Said) {
    let Some((field, _)) = said.content.within() else { return };
    let below = format!("{field}.");
    for line in lines(&said.content) {
        let path = line.path.as_str();
        if path != field && !path.starts_with(&below) {
            row(line.depth.saturating_add(1), &line.label, &line.value);
        }
    }
}

/// What one version states, with who said so and when: a reader of one line needs no other.
fn side(change: &Change, value: &Option<String>, said: &Said) -> String {
    let by = format!("{}, {}", said.author, said.released_at.date_time_group());
    match value {
        Some(value) => format!("\"{value}\" ({by})"),
        None => format!("{} ({by})", instead(&said.content, &change.field).unwrap_or("not stated")),
    }
}

pub fn to_json(versions: &Versions<'_>) -> Value {
    let steps: Vec<Value> = versions
        .steps()
        .iter()
        .map(|step| {
            json!({
                "from": step.from.message.to_string(),
                "to": step.to.message.to_string(),
                "by": step.to.author.as_str(),
                "released_at_ms": step.to.released_at.0,
                "changes": step.changes.iter().map(|change| json!({
                    "field": change.field,
                    "old": change.old,
                    "old_by": step.from.author.as_str(),
                    "old_released_at_ms": step.from.released_at.0,
                    "new": change.new,
                    "new_by": step.to.author.as_str(),
                    "new_released_at_ms": step.to.released_at.0,
                })).collect::<Vec<_>>(),
            })
        })
        .collect();
    json!({
        "present": said_by_json(versions.present()),
        "earlier": versions.earlier().iter().map(|said| said.message.to_string()).collect::<Vec<_>>(),
        "differences": steps,
    })
}
