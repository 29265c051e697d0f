//! The iCalendar file, read by a reader that is not ours.

use detente::cli::duty::{Calendar, Entry, Span};
use detente::domain::message::Traffic;
use icalendar::parser::{read_calendar, unfold};
use proptest::prelude::*;

use super::at;

fn read(text: &str) -> Vec<Vec<(String, String)>> {
    let unfolded = unfold(text);
    let calendar = read_calendar(&unfolded).unwrap();
    let property = |one: &icalendar::parser::Property| (one.name.to_string(), one.val.to_string());
    let events = calendar.components.iter().filter(|one| one.name == "VEVENT");
    events.map(|event| event.properties.iter().map(property).collect()).collect()
}

fn value<'e>(event: &'e [(String, String)], name: &str) -> &'e str {
    &event.iter().find(|(key, _)| key == name).unwrap_or_else(|| panic!("no {name}")).1
}

fn duty(summary: &str, description: &str) -> Entry {
    Entry {
        uid: "duty-0-PL-BY@detente".into(),
        summary: summary.into(),
        description: description.into(),
        category: "DUTY",
        traffic: Traffic::Real,
        span: Span::At(at("2025-08-01T20:59:59.999Z")),
    }
}

#[test]
fn a_duty_and_an_exercise_are_read_as_what_they_are() {
    let exercise = Entry {
        uid: "exercise-01-BY@detente".into(),
        summary: "BY: Zapad-2025".into(),
        description: "notified in BY/2025/PL/0002".into(),
        category: "EXERCISE",
        traffic: Traffic::Real,
        span: Span::Days { first: "2025-09-12".into(), last: "2025-09-16".into() },
    };
    let calendar =
        Calendar { entries: vec![duty("PL owes BY: an answer", "open\nmet by: answer"), exercise] };
    let events = read(&calendar.write(at("2025-07-31T09:00:00Z")));
    assert_eq!(events.len(), 2);
    assert_eq!(value(&events[0], "DTSTART"), "20250801T205959Z");
    assert!(events[0].iter().all(|(key, _)| key != "DTEND"), "an end is later than its beginning");
    assert_eq!(value(&events[0], "DTSTAMP"), "20250731T090000Z");
    assert_eq!(value(&events[0], "SUMMARY"), "PL owes BY: an answer");
    assert_eq!((value(&events[1], "DTSTART"), value(&events[1], "DTEND")), ("20250912", "20250917"));
    assert_eq!(value(&events[1], "CATEGORIES"), "EXERCISE");
}

#[test]
fn no_line_is_longer_than_75_octets_and_what_drives_a_terminal_is_harmless() {
    let long = "Протокол о учениях, ".repeat(20);
    let file =
        Calendar { entries: vec![duty(&long, "a\u{1b}[2Jb\u{202e}c")] }.write(at("2025-07-31T09:00:00Z"));
    assert!(file.split("\r\n").all(|line| line.len() <= 75), "{file}");
    assert!(!file.contains('\u{1b}') && !file.contains('\u{202e}'));
}

#[test]
fn a_drill_says_so_at_the_head_of_each_text_and_in_its_category() {
    let drill = Entry { traffic: Traffic::Drill, ..duty("PL owes BY: an answer", "open") };
    let events = read(&Calendar { entries: vec![drill] }.write(at("2025-07-31T09:00:00Z")));
    assert_eq!(value(&events[0], "SUMMARY"), "DRILL PL owes BY: an answer");
    assert_eq!(value(&events[0], "DESCRIPTION"), "DRILL open");
    assert_eq!(value(&events[0], "CATEGORIES"), "DUTY,DRILL");
}

proptest! {
    /// Whatever stands in a label: there is one event, and nothing of it becomes a line of its own.
    #[test]
    fn no_text_breaks_out_of_its_line(summary in ".{0,120}", description in "(?s).{0,200}") {
        let calendar = Calendar { entries: vec![duty(&summary, &description)] };
        let events = read(&calendar.write(at("2025-07-31T09:00:00Z")));
        prop_assert_eq!(events.len(), 1);
        prop_assert_eq!(events[0].len(), 8);
    }
}
