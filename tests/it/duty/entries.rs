//! Each entry of a list owes for itself: by its own date, under its own condition, met by what names it.

use bytes::Bytes;
use detente::domain::content::{Content, Kind};
use detente::domain::digest::{Digest, ThreadId};
use detente::domain::duty::{
    Duty, GivenBy, InTime, Lifting, ListEntry, Opening, Settled, Settling, State, Stated, Step, openings,
    settle,
};
use detente::domain::regime::place::Place;

use super::nodes::{adopts, both_until, bound, citing, hold, list, same_at_both_ends, to};
use super::{at, code, dunes, duty, rule, stated};
use crate::officer::{form, send};
use crate::talk::both_settled;
use crate::world::World;

const RULE: &str = "notice of an entry";

/// A calendar of 2025 with these entries: number, kind, start.
fn calendar(entries: &[(u64, &str, &str)]) -> Content {
    calendar_of(2025, entries)
}

fn calendar_of(year: u16, entries: &[(u64, &str, &str)]) -> Content {
    let mut text = format!("year = {year}\nholds = \"entries\"\n");
    for (number, kind, start) in entries {
        text += &format!("[[entries]]\nnumber = {number}\nkind = \"{kind}\"\n");
        text += &if start.is_empty() {
            "period = \"summer\"\n".to_owned()
        } else {
            format!("start = \"{start}\"\n")
        };
    }
    form(Kind::Calendar, &text)
}

/// A notification or a cancellation that names these entries of that year.
fn naming(kind: Kind, year: u16, entries: &[u64]) -> Content {
    let rows = entries
        .iter()
        .map(|entry| format!("[[references]]\ncalendar_year = {year}\ncalendar_entry = {entry}\n"));
    form(kind, &rows.collect::<String>())
}

fn opens(content: &Content) -> Vec<Duty> {
    let regime = dunes();
    let stated = stated("calendar", content, at("2024-11-01T00:00:00Z"));
    let made = openings(&regime, rule(&regime, RULE), &stated, code("PL"), None);
    let opened = made.into_iter().filter_map(|made| match made {
        Opening::Opens(opened) => Some(duty(opened)),
        Opening::Nothing | Opening::AwaitsReceipt => None,
    });
    opened.collect()
}

fn numbers(duties: &[Duty]) -> Vec<(u64, String)> {
    let one = |duty: &Duty| (duty.opened.entry.unwrap().number, duty.opened.due.to_string());
    duties.iter().map(one).collect()
}

#[test]
fn each_entry_with_a_day_and_under_the_condition_opens_a_duty_that_is_due_by_its_own_wall() {
    let found = opens(&calendar(&[
        (1, "field exercise", "2025-09-15 Europe/Minsk"),
        (2, "map exercise", "2025-09-15 Europe/Minsk"),
        (3, "field exercise", ""),
        (4, "field exercise", "2025-03-10 Europe/London"),
        (4, "field exercise", "2025-05-10 Europe/London"),
    ]));
    let wanted = [(1, "2025-08-04T20:59:59.999Z"), (4, "2025-01-27T23:59:59.999Z")];
    assert_eq!(numbers(&found), wanted.map(|(number, due)| (number, due.to_owned())));
    assert!(found.iter().all(|duty| duty.opened.entry.unwrap().of == 2025));
    assert_eq!((found[0].opened.owed_by, found[0].opened.owed_to), (code("BY"), code("PL")));
    assert!(opens(&form(Kind::Calendar, "year = 2025\nholds = \"nil\"\n")).is_empty());
}

/// What BY's message in another thread does to the duty of one entry.
fn does(duty: &Duty, content: &Content, refers_to: &[&str], is_in_place_of_cause: bool) -> Settled {
    let regime = dunes();
    let given = at("2025-06-01T00:00:00Z");
    let stated = Stated {
        thread: ThreadId([9; 16]),
        refers_to: refers_to.iter().map(|name| Digest::of(name.as_bytes())).collect(),
        ..stated("said", content, given)
    };
    let rule = &regime.duties[RULE];
    let given = Some((given, GivenBy::Receipt));
    let message = Settling {
        regime: &regime,
        rule,
        stated: &stated,
        is_in_place_of_cause,
        takes_back: None,
        taken_back: None,
        given,
    };
    settle(duty, &message)
}

#[test]
fn what_names_an_entry_of_that_year_meets_or_lifts_the_duty_of_that_entry_and_of_no_other() {
    let start = "2025-09-15 Europe/Minsk";
    let found = opens(&calendar(&[(1, "field exercise", start), (2, "field exercise", start)]));
    let [one, two] = &found[..] else { panic!("{found:?}") };
    let notice = naming(Kind::Notification, 2025, &[7, 2]);
    assert_eq!(does(one, &notice, &["calendar"], false), Settled::Nothing);
    assert!(matches!(
        does(two, &notice, &[], false),
        Settled::Step(Step::Met { in_time: InTime::InTime, .. })
    ));
    assert_eq!(does(two, &naming(Kind::Notification, 2026, &[2]), &["calendar"], false), Settled::Nothing);
    // That it names no entry, and only the calendar, meets none.
    assert_eq!(does(two, &naming(Kind::Notification, 2025, &[]), &["calendar"], false), Settled::Nothing);

    let cancelled = Settled::Step(Step::Lifted(Lifting::Cancelled { by: Digest::of(b"said") }));
    let off = naming(Kind::Cancellation, 2025, &[1]);
    assert_eq!(does(one, &off, &["calendar"], false), cancelled);
    assert_eq!(does(two, &off, &["calendar"], false), Settled::Nothing);
    // The calendar as a whole, or another one in its place.
    let all = naming(Kind::Cancellation, 2025, &[]);
    assert_eq!(does(two, &all, &["calendar"], false), cancelled);
    assert_eq!(does(two, &calendar(&[]), &[], true), cancelled);
}

fn of_entries(world: &World) -> Vec<(ListEntry, String, State)> {
    let board = world.node("PL").registrar.head().board.clone();
    let these = board.duties.all().filter(|duty| duty.opened.rule.name == RULE);
    these.map(|duty| (duty.opened.entry.unwrap(), duty.opened.due.to_string(), duty.state())).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_notification_of_each_entry_is_owed_and_a_later_calendar_takes_the_place_of_what_is_still_open() {
    let (world, digest) = bound().await;
    let cites = |thread| citing("dunes", digest, to("PL", thread));
    let first = calendar(&[
        (1, "field exercise", "2025-09-15 Europe/Minsk"),
        (2, "field exercise", "2025-06-20 Europe/Minsk"),
    ]);
    send(&world, "BY", 1, cites(1), &first).await;
    let open = |many: usize| {
        move |duties: &detente::domain::duty::Duties| {
            let these = duties.all().filter(|duty| duty.opened.rule.name == RULE);
            these.filter(|duty| duty.state() == State::Open).count() == many
        }
    };
    both_until(&world, open(2)).await;
    // In a thread of its own, and naming the calendar by its year alone.
    send(&world, "BY", 2, cites(2), &naming(Kind::Notification, 2025, &[1])).await;
    both_until(&world, open(1)).await;

    super::nodes::later(&world, 1);
    let second = calendar(&[
        (1, "field exercise", "2025-09-15 Europe/Minsk"),
        (2, "field exercise", "2025-07-20 Europe/Minsk"),
    ]);
    send(&world, "BY", 3, cites(1), &second).await;
    let moved = |duties: &detente::domain::duty::Duties| {
        duties
            .all()
            .any(|duty| duty.opened.due == at("2025-06-08T20:59:59.999Z") && duty.state() == State::Open)
    };
    both_until(&world, moved).await;
    both_settled(&world, "BY", "PL").await;
    both_until(&world, |_| true).await;
    same_at_both_ends(&world, "BY", "PL");
    let entry = |number| ListEntry { of: 2025, number };
    assert_eq!(
        of_entries(&world),
        [
            (entry(1), "2025-08-04T20:59:59.999Z".into(), State::Met(InTime::InTime)),
            (entry(2), "2025-05-09T20:59:59.999Z".into(), State::Lifted),
            (entry(2), "2025-06-08T20:59:59.999Z".into(), State::Open),
        ]
    );
    let lines = list(&world, "BY", detente::codec::proto::detente::v1::DutiesThat::Unspecified, 0).await;
    let line = lines.iter().find(|line| line.rule == RULE).unwrap();
    assert_eq!((line.entry, line.entry_of), (Some(2), Some(2025)));
    assert_ne!(line.message_digest, Bytes::new());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_list_of_another_number_or_under_another_regime_takes_no_lists_place() {
    let (world, digest) = bound().await;
    let other = super::DUNES.replacen("regime = \"dunes\"", "regime = \"heath\"", 1);
    let heath = hold(&world, "BY", &other).await;
    hold(&world, "PL", &other).await;
    send(&world, "BY", 203, to("PL", 203), &adopts("heath", heath, "political", "")).await;
    send(&world, "PL", 204, to("BY", 204), &adopts("heath", heath, "political", "")).await;
    both_settled(&world, "BY", "PL").await;
    let open = |many: usize| {
        move |duties: &detente::domain::duty::Duties| {
            let these = duties.all().filter(|duty| duty.opened.rule.name == RULE);
            these.filter(|duty| duty.state() == State::Open).count() == many
        }
    };
    let entries = [(1, "field exercise", "2026-09-15 Europe/Minsk")];
    let first = citing("dunes", digest, to("PL", 1));
    send(&world, "BY", 1, first.clone(), &calendar(&entries)).await;
    both_until(&world, open(1)).await;
    super::nodes::later(&world, 1);
    send(&world, "BY", 2, first, &calendar_of(2026, &entries)).await;
    both_until(&world, open(2)).await;
    super::nodes::later(&world, 1);
    send(&world, "BY", 3, citing("heath", heath, to("PL", 1)), &calendar(&entries)).await;
    both_until(&world, open(3)).await;
    let found: Vec<_> = of_entries(&world).into_iter().map(|(entry, _, state)| (entry.of, state)).collect();
    assert_eq!(found, [2025, 2026, 2025].map(|year| (year, State::Open)));
}

#[test]
fn a_file_that_names_an_entry_and_its_list_in_two_lists_is_refused() {
    for (one, other, shares) in [
        ("references[].calendar_entry", "references[].calendar_year", true),
        ("year", "land.number", true),
        ("references[].calendar_entry", "land.figures[].number", false),
        ("references[].calendar_entry", "year", false),
        ("areas[].rows[].number", "areas[].number", false),
    ] {
        let (one, other): (Place, Place) = (one.parse().unwrap(), other.parse().unwrap());
        assert_eq!(
            (one.shares_rows_with(&other), other.shares_rows_with(&one)),
            (shares, shares),
            "{one} {other}"
        );
    }
    let apart = super::DUNES
        .replace("names_of = \"references[].calendar_year\"", "names_of = \"land.figures[].number\"");
    let fault = detente::codec::regime::read(apart.as_bytes(), &|_, _| None).unwrap_err().to_string();
    assert!(fault.contains("names_of must stand in the same list as names"), "{fault}");
}
