//! The iCalendar file, read by a reader that is not ours.

use detente::cli::duty::{Calendar, Entry, Span, Standing, exercises_of};
use detente::cli::form::{self, Syntax};
use detente::domain::content::{Content, Kind};
use detente::domain::correspondence::MessageWithdrawal;
use detente::domain::digest::{Digest, ThreadId};
use detente::domain::exercise::Cancellation;
use detente::domain::form::{MessageDigest, MessageReference};
use detente::domain::message::Traffic;
use detente::domain::said::Said;
use detente::domain::time::Instant;
use icalendar::parser::{read_calendar, unfold};
use proptest::prelude::*;

use super::at;
use crate::officer_program::printed;
use crate::world::{Medium, World};

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
        sequence: 0,
        standing: Standing::Stands,
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
        sequence: 2,
        standing: Standing::Cancelled,
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
    assert_eq!((value(&events[0], "SEQUENCE"), value(&events[1], "SEQUENCE")), ("0", "2"));
    assert_eq!((value(&events[0], "STATUS"), value(&events[1], "STATUS")), ("CONFIRMED", "CANCELLED"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn where_nothing_is_open_no_calendar_without_an_entry_is_written() {
    let world = World::on_real_time(Medium::Embedded, &["BY", "PL"]).await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("duties.ics");
    let desk = world.state("PL").desk_directory("watch").display().to_string();
    let path = file.display().to_string();
    let said = printed(&["duty", "export", "--ics", &path, "--as", &desk]).await;
    assert!(said.contains("nothing is open, and no exercise was notified: not written"), "{said}");
    assert!(!file.exists());
}

/// In the thread of one exercise of BY.
fn said(place: u8, content: Content) -> Said {
    Said {
        message: Digest([place; 32]),
        number: format!("BY/25/{place:04}"),
        author: "BY".parse().unwrap(),
        traffic: Traffic::Real,
        released_at: Instant(i64::from(place)),
        content,
    }
}

fn named(place: u8) -> MessageReference {
    MessageReference {
        message_digest: Some(MessageDigest(Digest([place; 32]))),
        ..MessageReference::default()
    }
}

fn taken_back(place: u8, of: u8) -> Said {
    let form = MessageWithdrawal { withdraws: named(of), ..MessageWithdrawal::default() };
    said(place, Content::MessageWithdrawal(form))
}

/// Of the one exercise in the file: its UID, SEQUENCE, STATUS and SUMMARY.
fn exported(said: &[Said]) -> [String; 4] {
    let entries = exercises_of(ThreadId([7; 16]), said);
    let events = read(&Calendar { entries }.write(at("2025-07-31T09:00:00Z")));
    let [event] = &events[..] else { panic!("one event: {events:?}") };
    ["UID", "SEQUENCE", "STATUS", "SUMMARY"].map(|name| value(event, name).to_owned())
}

#[test]
fn an_exercise_that_is_called_off_is_cancelled_in_the_calendar_and_stands_again_once_that_is_taken_back() {
    let text = "designation = \"Zapad-2025\"\nstart = \"2025-09-12 Europe/Minsk\"\nend = \"2025-09-16 Europe/Minsk\"\n";
    let notice = form::read(Kind::Notification, Syntax::Toml, text).unwrap();
    let cancellation = Cancellation { cancels: named(1), ..Cancellation::default() };
    let mut all = vec![said(1, notice)];
    let [uid, first, status, summary] = exported(&all);
    assert_eq!([&first, &status, &summary], ["1", "CONFIRMED", "BY: Zapad-2025"]);
    let mut next = |word: Said| {
        all.push(word);
        let [known, sequence, status, summary] = exported(&all);
        assert_eq!(known, uid, "a calendar program knows it again");
        [sequence, status, summary]
    };
    let cancelled = next(said(2, Content::Cancellation(cancellation)));
    assert_eq!(cancelled, ["2", "CANCELLED", "Cancelled: BY: Zapad-2025"]);
    assert_eq!(next(taken_back(3, 2)), ["3", "CONFIRMED", "BY: Zapad-2025"]);
    // All notice of it is taken back: whoever knows it from an earlier file learns of that.
    assert_eq!(next(taken_back(4, 1)), ["4", "CANCELLED", "Cancelled: BY: Zapad-2025"]);
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
        prop_assert_eq!(events[0].len(), 9);
    }
}
