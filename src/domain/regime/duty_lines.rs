//! A duty of a regime as lines: who owes whom, what meets it, by when.
//!
//! Never here: raw text from outside. All that leaves is safe to show.

use super::duty::{Anchor, DutyRule, DutyTerm, Joined, Trigger, Weight};
use super::lead::{Unit, Zone};
use super::phrases::when;
use super::terms::{names, unit};
use crate::domain::text::shown;

pub(super) fn owing(rule: &DutyRule) -> Vec<String> {
    let mut lines = Vec::new();
    match &rule.trigger {
        Trigger::Message { documents, when: condition, each } => {
            let each = each.as_ref().map(|each| format!(", each of {} for itself", each.list));
            lines.push(format!("brought about by: {}{}", names(documents), each.unwrap_or_default()));
            lines.extend(when(condition.as_ref()));
            lines.push(format!("owed by the {}, to the {}", rule.owed_by.word(), rule.owed_to.word()));
        }
        Trigger::DayOfYear => lines.push("owed by every bound Party, to each other one".into()),
    }
    let joined = match &rule.joined {
        Joined::ByReference => "that refers to it".to_owned(),
        Joined::ByThread => "of the same thread".to_owned(),
        Joined::ByEntry { entry, .. } => format!("that names it by {entry}"),
        Joined::ByItself => "by that message itself".to_owned(),
        Joined::ByYear { year, years_before: 0 } => format!("whose {year} is that year"),
        Joined::ByYear { year, years_before } => {
            format!("whose {year} is that year and {years_before} more")
        }
    };
    lines.push(format!("met by: {}, {joined}", names(&rule.met_by)));
    lines.extend(when(rule.met_when.as_ref()).into_iter().map(|line| format!("counts {line}")));
    lines.push(term(&rule.term));
    for (what, documents) in [
        ("judged insufficient by", &rule.judged_by),
        ("cancelled by", &rule.cancelled_by),
        ("force majeure claimed by", &rule.force_majeure_by),
    ] {
        if !documents.is_empty() {
            lines.push(format!("{what}: {}", names(documents)));
        }
    }
    lines.extend(
        when(rule.judged_when.as_ref()).into_iter().map(|line| format!("judged insufficient {line}")),
    );
    if rule.weight == Weight::Alarm {
        lines.push("an alarm, and no duty".into());
    }
    lines
}

/// By when, in words. Safe to show.
pub fn term(term: &DutyTerm) -> String {
    let wall = |zone: &Zone, of: &Unit| match (zone, of) {
        (_, Unit::Hours) => String::new(),
        (Zone::OfTheAnchor, _) => ", zone of the date".to_owned(),
        (Zone::Named(name), _) => format!(", zone {}", shown(name)),
    };
    match term {
        DutyTerm::Within { most, unit: of, zone, anchor } => {
            let anchor = match anchor {
                Anchor::Issue => "its release".to_owned(),
                Anchor::Receipt => "its receipt".to_owned(),
                Anchor::Date(place) => place.to_string(),
            };
            format!("within {most} {} of {anchor}{}", unit(of), wall(zone, of))
        }
        DutyTerm::Before { least, unit: of, zone, date } => {
            format!("at least {least} {} before {date}{}", unit(of), wall(zone, of))
        }
        DutyTerm::ByDay { month, day, zone } => {
            format!("by {month:02}-{day:02} of each year, zone {}", shown(zone))
        }
    }
}
