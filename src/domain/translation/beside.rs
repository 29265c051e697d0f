//! The original with translations under its texts, for a person to read.
//!
//! Never here: a text of the original left out or moved; an order among several translations but the given one.

use super::{Translation, texts};
use crate::domain::digest::Digest;
use crate::domain::form::{Line, Whose};
use crate::domain::party::Party;
use crate::domain::text::{shown, shown_lines};

/// A translation, and whose it is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Beside {
    pub by: Party,
    /// Official number and digest of the message that holds it.
    pub number: String,
    pub message: Digest,
    pub form: Translation,
    /// Official number of the message by which its author took it back, if that is on record. Not safe to show.
    pub withdrawn_by: Option<String>,
}

impl Beside {
    /// Whether it is a translation of this message.
    pub fn is_of(&self, message: &Digest) -> bool {
        self.form.of.message_digest.is_some_and(|of| of.0 == *message)
    }
}

/// Who translated it, that it does not count, and that its author took it back, if so. Safe to show.
pub fn saying(one: &Beside) -> String {
    let certified = match one.form.certified_by.as_str() {
        "" => String::new(),
        name => format!(", certified by {}", shown(name)),
    };
    let withdrawn = match &one.withdrawn_by {
        Some(word) => format!("WITHDRAWN by {}; ", shown(word)),
        None => String::new(),
    };
    format!(
        "{}: {withdrawn}translation by {}{certified}, given by {} in {} ({}); the original counts",
        shown(&one.form.language),
        shown(&one.form.translator),
        one.by,
        shown(&one.number),
        one.message
    )
}

/// What translations say for one text of the envelope, each with what it is called. Safe to show.
pub fn in_heading(all: &[Beside], path: &str) -> Vec<(String, Vec<String>)> {
    all.iter()
        .flat_map(|one| {
            let lines = one.form.lines.iter().filter(|line| line.path == path && !line.text.0.is_empty());
            lines.map(|line| (label(one), shown_lines(&line.text.0)))
        })
        .collect()
}

/// Puts each translated text under the line of the original that it is of; what is of no line stands at the
/// end, named by its path.
pub fn beside(mut lines: Vec<Line>, all: &[Beside]) -> Vec<Line> {
    for one in all {
        for text in &one.form.lines {
            if text.text.0.is_empty() || [texts::SUBJECT, texts::REMARKS].contains(&text.path.as_str()) {
                continue;
            }
            match place(&lines, &text.path) {
                Some((at, depth)) => put(&mut lines, at, depth, &label(one), &text.text.0),
                None => {
                    let at = lines.len();
                    let label = format!("{} of {}", label(one), shown(&text.path));
                    put(&mut lines, at, 0, &label, &text.text.0);
                }
            }
        }
    }
    lines
}

fn label(one: &Beside) -> String {
    let withdrawn = if one.withdrawn_by.is_some() { ", WITHDRAWN" } else { "" };
    format!("Translation ({}{withdrawn})", shown(&one.form.language))
}

/// Behind the last line of the text with this path, or of what it stands in; and how deep.
fn place(lines: &[Line], path: &str) -> Option<(usize, usize)> {
    let is_within = |outer: &str| {
        !outer.is_empty()
            && path.strip_prefix(outer).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
    };
    let mut found: Option<(usize, &Line)> = None;
    for (index, line) in lines.iter().enumerate().filter(|(_, line)| is_within(line.path.as_str())) {
        let nearer = found.is_none_or(|(_, best)| line.path.as_str().len() >= best.path.as_str().len());
        if nearer {
            found = Some((index, line));
        }
    }
    found.map(|(index, line)| {
        let depth = match line.whose {
            Whose::Author | Whose::Another => line.depth.saturating_add(1),
            Whose::Translator => line.depth,
        };
        (index.saturating_add(1), depth)
    })
}

fn put(lines: &mut Vec<Line>, at: usize, depth: usize, label: &str, text: &str) {
    let path = at.checked_sub(1).and_then(|before| lines.get(before)).map(|line| line.path.clone());
    let of = |(index, value): (usize, String)| Line {
        depth,
        label: if index == 0 { label.to_owned() } else { String::new() },
        value,
        path: path.clone().unwrap_or_default(),
        whose: Whose::Translator,
    };
    let new: Vec<Line> = shown_lines(text).into_iter().enumerate().map(of).collect();
    lines.splice(at..at, new);
}
