//! Figures, facts and conditions of a regime, in words.
//!
//! Never here: whole rules (`describe.rs`), or raw text from outside.

use super::Ground;
use super::condition::{Condition, Measure, Over};
use super::fact::{Is, Test};
use super::figure::{Count, Entries, FigureRule};
use crate::domain::text::shown;

pub(super) fn paragraph(ground: &Ground) -> String {
    let words = ground.standing.words();
    let stop = if words.is_empty() { "" } else { "; " };
    format!("paragraph: {}{stop}{words}", shown(&ground.paragraph))
}

pub(super) fn figure(rule: &FigureRule) -> Vec<String> {
    rule.counts.iter().map(count).collect()
}

fn count(count: &Count) -> String {
    let mut text = format!("counts {} in {}", shown(&count.value), count.list);
    for (field, is_what) in &count.of {
        text.push_str(&format!(", {} {}", shown(field), is(is_what)));
    }
    if let Entries::Things { without_number, single } = &count.entries {
        text.push_str(", entries are things");
        if let Some(number) = without_number {
            text.push_str(&format!(", at least {number} without a number"));
        }
        if let Some(field) = single {
            text.push_str(&format!(", one where {} is stated", shown(field)));
        }
    }
    for (field, is_what) in &count.others {
        text.push_str(&format!(", something else where {} {}", shown(field), is(is_what)));
    }
    let divisions =
        [("Party", &count.by_party), ("territory", &count.by_territory), ("kind", &count.by_kind)];
    for (division, field) in divisions {
        if let Some(field) = field {
            text.push_str(&format!(", by {division} in {}", shown(field)));
        }
    }
    for (all, place) in [("Parties", &count.all_parties), ("territories", &count.all_territories)] {
        if let Some(place) = place {
            text.push_str(&format!(", all {all} in {place}"));
        }
    }
    if let Some((phases, inside)) = &count.phases {
        text.push_str(&format!(", phases in {phases}, within them {inside}"));
    }
    text
}

fn is(is: &Is) -> String {
    let all = |words: &[String]| {
        words.iter().map(|word| format!("\"{}\"", shown(word))).collect::<Vec<_>>().join(" or ")
    };
    match is {
        Is::Given => "is given".into(),
        Is::OneOf(words) => format!("is {}", all(words)),
        Is::Word(words) => format!("has the word {}", all(words)),
        Is::Only { word, beside } if beside.is_empty() => format!("has no word but {}", all(word)),
        Is::Only { word, beside } => format!("has no word but {}, and beside it {}", all(word), all(beside)),
    }
}

pub(super) fn tests(what: &str, tests: &[Test]) -> Option<String> {
    let each: Vec<String> = tests.iter().map(|test| format!("{} {}", test.place, is(&test.is))).collect();
    (!each.is_empty()).then(|| format!("{what} {}", each.join(", or ")))
}

pub(super) fn when(condition: Option<&Condition>) -> Vec<String> {
    let mut lines = Vec::new();
    if let Some(condition) = condition {
        outline(condition, 0, &mut lines);
    }
    lines
}

fn outline(condition: &Condition, depth: usize, lines: &mut Vec<String>) {
    let indent = "  ".repeat(depth);
    let when = if depth == 0 { "when " } else { "" };
    let mut several = |word: &str, parts: &[Condition]| {
        lines.push(format!("{indent}{when}{word}:"));
        for part in parts {
            outline(part, depth.saturating_add(1), lines);
        }
    };
    let one = match condition {
        Condition::All(parts) => return several("all of", parts),
        Condition::Any(parts) => return several("any of", parts),
        Condition::None(parts) => return several("none of", parts),
        Condition::Fact(name) => format!("fact {}", shown(name)),
        Condition::Class(name) => format!("class {}", shown(name)),
        Condition::Threshold(name) => format!("threshold {}", shown(name)),
        Condition::Figure(measure) => measured(measure),
        Condition::Lasting(lasting) => format!(
            "from {} to {} {} {} hours, {}",
            lasting.from,
            lasting.to,
            lasting.bound.word(),
            lasting.hours,
            paragraph(&lasting.ground)
        ),
    };
    lines.push(format!("{indent}{when}{one}"));
}

fn measured(measure: &Measure) -> String {
    let names: Vec<String> = measure.figures.iter().map(|name| shown(name)).collect();
    let over = match measure.over {
        Over::Whole => String::new(),
        over => format!(", {}", over.word()),
    };
    let (bound, number) = (measure.bound.word(), measure.number);
    format!("{}{over} {bound} {number}, {}", names.join(" + "), paragraph(&measure.ground))
}
