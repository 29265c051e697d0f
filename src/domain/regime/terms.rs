//! What a rule asks for by its documents, its time and its number, in words.
//!
//! Never here: whole rules (`describe.rs`), or raw text from outside.

use std::collections::BTreeSet;

use super::Document;
use super::lead::{Term, Unit, Zone};
use super::place::Place;
use super::rules::{CountedBy, Period, Quota};
use crate::domain::text::shown;

pub(super) fn names(documents: &BTreeSet<Document>) -> String {
    documents.iter().map(Document::to_string).collect::<Vec<_>>().join(", ")
}

pub(super) fn unit(unit: &Unit) -> String {
    match unit {
        Unit::Hours => "hours".into(),
        Unit::CalendarDays => "calendar days".into(),
        Unit::WorkingDays(calendar) => format!("working days of calendar {}", shown(calendar)),
    }
}

/// What a lead rule asks for, in one line.
pub(super) fn term(term: &Term) -> String {
    let places =
        |places: &[Place]| places.iter().map(|place| place.to_string()).collect::<Vec<_>>().join(", ");
    let wall = |zone: &Zone| match zone {
        Zone::OfTheAnchor => "zone of the date".to_owned(),
        Zone::Named(name) => format!("zone {}", shown(name)),
    };
    match term {
        Term::Before { anchors, at_least, unit: of, zone } => {
            let zone = if *of == Unit::Hours { String::new() } else { format!(", {}", wall(zone)) };
            format!("at least {at_least} {} before {}{zone}", unit(of), places(anchors))
        }
        Term::AtTheStart { anchors, zone } => {
            format!("told no later than {}, {}", places(anchors), wall(zone))
        }
        Term::ByDay { year, years_before, month, day, zone } => {
            format!("by {day} {}, {}, {}", month_name(*month), in_year(*years_before, year), wall(zone))
        }
        Term::NoneAgreed => "no time is agreed".into(),
    }
}

fn in_year(years_before: u64, year: &Place) -> String {
    match years_before {
        0 => format!("in {year}"),
        1 => format!("1 year before {year}"),
        years => format!("{years} years before {year}"),
    }
}

fn month_name(month: u8) -> &'static str {
    const NAMES: [&str; 12] = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ];
    NAMES.get(usize::from(month).saturating_sub(1)).copied().unwrap_or("of a month that is none")
}

/// How a quota counts, in a few words.
pub(super) fn counted(quota: &Quota) -> String {
    let (at_most, period, whose) = (quota.at_most, quota.period, quota.counted_for.word());
    let by = match &quota.counted_by {
        CountedBy::Release => "release".to_owned(),
        CountedBy::Date(place) => place.to_string(),
        CountedBy::Span { from, to } => format!("{from} to {to}"),
    };
    match quota.unit {
        Period::AtOneTime => format!("at most {at_most} at one time, for each {whose}, by {by}"),
        Period::CalendarYears | Period::Days => {
            let unit = quota.unit.word();
            let unit = if period == 1 { unit.trim_end_matches('s') } else { unit };
            format!("at most {at_most} in {period} {unit}, for each {whose}, by {by}")
        }
    }
}
