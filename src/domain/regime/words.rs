//! The words for what a check is made of: labels, quantities, lengths of time, what is lacking.
//!
//! Never here: raw text from outside. All that leaves is safe to show.

use super::finding::{Open, OpenState, Span, SpanUnit};
use super::lack::Lack;
use super::quantity::Quantity;
use super::{Languages, Regime};
use crate::domain::form::Instead;
use crate::domain::text::shown;

/// What the regime calls one of its rules.
pub(super) fn label(regime: &Regime, table: &str, name: &str, languages: Languages<'_>) -> String {
    let labels = match table {
        "figure" => regime.figures.get(name).map(|rule| &rule.label),
        "fact" => regime.facts.get(name).map(|rule| &rule.label),
        "class" => regime.classes.get(name).map(|rule| &rule.label),
        "threshold" => regime.thresholds.get(name).map(|rule| &rule.label),
        "lead" => regime.leads.get(name).map(|rule| &rule.label),
        "required" => regime.required.get(name).map(|rule| &rule.label),
        "addressees" => regime.addressees.get(name).map(|rule| &rule.label),
        "silence" => regime.silences.get(name).map(|rule| &rule.label),
        "function" => regime.functions.get(name).map(|rule| &rule.label),
        _ => None,
    };
    labels.map_or_else(|| shown(name), |labels| labels.say(languages, name))
}

/// What is lacking.
pub fn lack(regime: &Regime, lack: &Lack, languages: Languages<'_>) -> String {
    let figure = |name: &str| {
        let names = name.split(" + ").map(|name| label(regime, "figure", name, languages));
        names.collect::<Vec<_>>().join(" + ")
    };
    match lack {
        Lack::NotDeclared { figure: name, at } => {
            format!("{}: nothing is declared ({})", figure(name), shown(at))
        }
        Lack::NoPlaceFor { figure: name } => format!("{}: this form has no place for it", figure(name)),
        Lack::NoNumber { figure: name, at } => format!("{}: no number ({})", figure(name), shown(at)),
        Lack::Said { figure: name, at, instead } => {
            format!("{}: {} ({})", figure(name), said(*instead), shown(at))
        }
        Lack::NoTotal { figure: name, at } => {
            format!("{}: neither the total nor all of its parts ({})", figure(name), shown(at))
        }
        Lack::Unclear { figure: name, at, stated } if stated.is_empty() => {
            format!("{}: whether this entry is meant ({})", figure(name), shown(at))
        }
        Lack::Unclear { figure: name, at, stated } => format!(
            "{}: the regime does not know whether \"{}\" is meant ({})",
            figure(name),
            shown(stated),
            shown(at)
        ),
        Lack::NotDivided { figure: name, over } => {
            format!("{}: not wholly told apart for {}", figure(name), over.word())
        }
        Lack::NoCell { figure: name, party, territory } => {
            let cell = match (shown(party), shown(territory)) {
                (party, territory) if territory.is_empty() => format!("of Party {party}"),
                (party, territory) if party.is_empty() => format!("on territory {territory}"),
                (party, territory) => format!("of Party {party} on territory {territory}"),
            };
            format!("{}: nothing is declared {cell}", figure(name))
        }
        Lack::NotTogether { figure: name, over } => {
            format!("{}: whether the most of each falls together ({})", figure(name), over.word())
        }
        Lack::Contradiction { figure: name, least, most } => format!(
            "{}: what is declared contradicts itself, {least} by one account and {most} by another",
            figure(name)
        ),
        Lack::InNotice { figure: name, notice } => {
            let notice = if notice.is_empty() { "this one".to_owned() } else { shown(notice) };
            format!("{}: not wholly declared in {notice}", figure(name))
        }
        Lack::OtherNotices => "other notices may belong to the activity than are held and read here".into(),
        Lack::Fact { fact, at, instead } => {
            let instead = instead.map_or("not stated", said);
            format!("{}: {instead} ({})", label(regime, "fact", fact, languages), shown(at))
        }
        Lack::FactContradiction { fact } => {
            format!("{}: stated and denied", label(regime, "fact", fact, languages))
        }
        Lack::NoDate { at } => format!("no date ({})", shown(at)),
        Lack::DateSaid { at, instead } => {
            format!("the date {} ({})", said_instead(*instead), shown(at))
        }
        Lack::NotADate { at } => format!("what is stated is not a date ({})", shown(at)),
        Lack::OnlyMonth { at } => format!("the day; only the month is stated ({})", shown(at)),
        Lack::NoHour { at } => format!("the hour; it depends on it ({})", shown(at)),
        Lack::NoZone { at } => format!("the zone of the date ({})", shown(at)),
        Lack::UnknownZone { at } => format!("a zone that this program knows ({})", shown(at)),
        Lack::NoYear { at } => format!("the year ({})", shown(at)),
        Lack::NotInOrder { at } => format!("the end comes before the start ({})", shown(at)),
        Lack::NoRelease => "when it is released".into(),
    }
}

/// What an author says in place of a value.
fn said(instead: Instead) -> &'static str {
    match instead {
        Instead::ToFollow => "said to follow",
        Instead::NotKnown => "said not to be known",
    }
}

/// The same, to be read after the name of a field.
pub(super) fn said_instead(instead: Instead) -> &'static str {
    match instead {
        Instead::ToFollow => "is said to follow",
        Instead::NotKnown => "is said not to be known",
    }
}

/// That none of the fields is missing that are owed and not given.
pub(super) fn none_missing(open: &[Open]) -> &'static str {
    if open.iter().any(|open| open.state == OpenState::Said(Instead::NotKnown)) {
        "all given, or said to follow or not to be known"
    } else {
        "all given or said to follow"
    }
}

/// As far as it is declared.
pub(super) fn quantity(declared: Quantity) -> String {
    match (declared.low, declared.high) {
        (0, None) => "not declared".into(),
        (low, None) => format!("at least {low} declared"),
        (low, Some(high)) if low == high => format!("{low} declared"),
        (low, Some(high)) => format!("between {low} and {high} declared"),
    }
}

/// A length of time.
pub(super) fn span(span: Span) -> String {
    let one = |number: u64| match span.of {
        SpanUnit::Minutes => minutes(number),
        SpanUnit::Days if number == 1 => "1 day".into(),
        SpanUnit::Days => format!("{number} days"),
        SpanUnit::WorkingDays if number == 1 => "1 working day".into(),
        SpanUnit::WorkingDays => format!("{number} working days"),
    };
    if span.least == span.most {
        one(span.least)
    } else {
        format!("{} to {}", one(span.least), one(span.most))
    }
}

fn minutes(number: u64) -> String {
    let of = |number: u64, word: &str| format!("{number} {word}{}", if number == 1 { "" } else { "s" });
    match (number / 60, number % 60) {
        (0, minutes) => of(minutes, "minute"),
        (hours, 0) => of(hours, "hour"),
        (hours, minutes) => format!("{} {}", of(hours, "hour"), of(minutes, "minute")),
    }
}
