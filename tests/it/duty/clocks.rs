//! When a duty falls due: hours, calendar days, working days, days of the year, by the walls of many zones.

use detente::domain::regime::due::{due_after, due_next};
use proptest::prelude::*;

use super::{DUNES, at, dunes, notification, opened, rule};
use crate::duty::question;

fn after(name: &str, from: &str) -> String {
    let regime = dunes();
    due_after(&regime, rule(&regime, name).1, at(from)).unwrap().to_string()
}

fn next(name: &str, now: &str) -> (i16, String) {
    let regime = dunes();
    let (year, due) = due_next(rule(&regime, name).1, at(now)).unwrap();
    (year, due.due.to_string())
}

#[test]
fn hours_run_through_nights_weekends_and_changes_of_the_clock() {
    // The clocks of Europe go forward in the night to 30 March 2031.
    assert_eq!(after("answer", "2031-03-29T22:30:00Z"), "2031-03-31T22:30:00.000Z");
    assert_eq!(after("answer", "2031-12-31T00:00:01Z"), "2032-01-02T00:00:01.000Z");
}

#[test]
fn calendar_days_end_with_the_last_millisecond_of_a_day_of_the_zone_in_winter_and_in_summer() {
    assert_eq!(after("prompt answer", "2031-01-10T12:00:00Z"), "2031-01-13T22:59:59.999Z");
    // From winter into summer: the day that is due is one of summer.
    assert_eq!(after("prompt answer", "2031-03-28T12:00:00Z"), "2031-03-31T21:59:59.999Z");
    // And back.
    assert_eq!(after("prompt answer", "2031-10-24T12:00:00Z"), "2031-10-27T22:59:59.999Z");
    // Half past eleven in London is the next day in Warsaw.
    assert_eq!(after("prompt answer", "2031-01-10T23:30:00Z"), "2031-01-14T22:59:59.999Z");
}

#[test]
fn calendar_days_go_over_the_leap_day_and_the_end_of_the_year() {
    assert_eq!(after("prompt answer", "2032-02-27T12:00:00Z"), "2032-03-01T22:59:59.999Z");
    assert_eq!(after("prompt answer", "2031-02-26T12:00:00Z"), "2031-03-01T22:59:59.999Z");
    assert_eq!(after("prompt answer", "2031-12-30T12:00:00Z"), "2032-01-02T22:59:59.999Z");
}

#[test]
fn working_days_leave_out_weekends_and_holidays() {
    // Thursday, and a holiday on the Thursday after: Friday, Monday, Tuesday.
    assert_eq!(after("working days", "2031-04-24T10:00:00Z"), "2031-04-29T21:59:59.999Z");
    // Tuesday: Wednesday, then 1 May is free: Friday, then Monday.
    assert_eq!(after("working days", "2031-04-29T10:00:00Z"), "2031-05-05T21:59:59.999Z");
    // On a Saturday the counting begins on Monday.
    assert_eq!(after("working days", "2031-05-10T10:00:00Z"), "2031-05-14T21:59:59.999Z");
}

#[test]
fn days_before_a_date_are_days_of_the_wall_of_that_date() {
    let notice = notification("2031-09-15 Europe/Minsk", "2031-09-20 Europe/Minsk", "owed");
    let due = opened("invitation", &notice, at("2031-07-01T00:00:00Z"));
    assert_eq!(due.due.to_string(), "2031-08-04T20:59:59.999Z");
    let notice = notification("2031-09-15T01:00 +03:00", "2031-09-20 Europe/Minsk", "owed");
    let due = opened("invitation", &notice, at("2031-07-01T00:00:00Z"));
    assert_eq!(due.due.to_string(), "2031-08-04T20:59:59.999Z");
}

#[test]
fn days_before_a_date_go_over_the_change_to_summer_time_the_leap_day_and_the_end_of_the_year() {
    let due = |start: &str| {
        let notice = notification(start, "2033-01-01 Z", "owed");
        opened("invitation", &notice, at("2031-01-01T00:00:00Z")).due.to_string()
    };
    // The day that is due is one of winter, the date one of summer; and the other way round.
    assert_eq!(due("2031-04-20 Europe/Warsaw"), "2031-03-09T22:59:59.999Z");
    assert_eq!(due("2031-11-20 Europe/Warsaw"), "2031-10-09T21:59:59.999Z");
    assert_eq!(due("2032-04-10 Z"), "2032-02-28T23:59:59.999Z");
    assert_eq!(due("2031-04-10 Z"), "2031-02-27T23:59:59.999Z");
    assert_eq!(due("2032-01-20 Z"), "2031-12-09T23:59:59.999Z");
}

#[test]
fn a_day_ends_at_its_midnight_where_that_comes_twice_and_at_the_next_hour_where_it_never_comes() {
    // In Havana the clocks change at midnight.
    let havana = DUNES.replace("Europe/Warsaw", "America/Havana");
    let regime = detente::codec::regime::read(havana.as_bytes(), &|_, _| None).unwrap();
    let due =
        |from: &str| due_after(&regime, rule(&regime, "prompt answer").1, at(from)).unwrap().to_string();
    assert_eq!(due("2031-03-05T12:00:00Z"), "2031-03-09T04:59:59.999Z");
    assert_eq!(due("2031-10-29T12:00:00Z"), "2031-11-02T03:59:59.999Z");
}

#[test]
fn working_days_go_over_the_end_of_the_year_and_back_before_a_date() {
    // Tuesday the 30th: Wednesday, Thursday (a working day here), Friday.
    assert_eq!(after("working days", "2031-12-30T10:00:00Z"), "2032-01-02T22:59:59.999Z");
    let back = DUNES.replace(
        "before = 42\nunit = \"calendar days\"",
        "before = 3\nunit = \"working days\"\ncalendar = \"office\"",
    );
    let regime = detente::codec::regime::read(back.as_bytes(), &|_, _| None).unwrap();
    let due = |start: &str| {
        let notice = notification(start, "2033-01-01 Z", "owed");
        let stated = super::stated("cause", &notice, at("2031-01-01T00:00:00Z"));
        let made = detente::domain::duty::opening(
            &regime,
            rule(&regime, "invitation"),
            &stated,
            super::code("PL"),
            None,
        );
        let detente::domain::duty::Opening::Opens(opened) = made else { panic!("{made:?}") };
        opened.due.to_string()
    };
    // Monday the 5th: Friday the 2nd, then 1 May is free, Wednesday, Tuesday.
    assert_eq!(due("2031-05-05 Z"), "2031-04-29T23:59:59.999Z");
    // Thursday the 1st: Wednesday, Tuesday, Monday.
    assert_eq!(due("2032-01-01 Z"), "2031-12-29T23:59:59.999Z");
}

#[test]
fn days_after_a_date_begin_with_its_last_instant() {
    let notice = notification("2031-09-15 Europe/Minsk", "2031-09-20 Europe/Minsk", "owed");
    let due = opened("conclusion", &notice, at("2031-07-01T00:00:00Z"));
    assert_eq!(
        (due.from.to_string(), due.due.to_string()),
        ("2031-09-20T20:59:59.999Z".into(), "2031-09-30T20:59:59.999Z".into(),)
    );
}

#[test]
fn a_day_of_the_year_is_due_at_its_end_and_the_next_one_a_year_later() {
    assert_eq!(next("calendar", "2031-11-14T00:00:00Z"), (2031, "2031-11-15T22:59:59.999Z".into()));
    assert_eq!(next("calendar", "2031-11-15T22:59:59.999Z"), (2031, "2031-11-15T22:59:59.999Z".into()));
    assert_eq!(next("calendar", "2031-11-15T23:00:00Z"), (2032, "2032-11-15T22:59:59.999Z".into()));
}

#[test]
fn the_29th_of_february_is_the_28th_where_there_is_none() {
    assert_eq!(next("entries", "2031-02-01T00:00:00Z"), (2031, "2031-02-28T23:59:59.999Z".into()));
    assert_eq!(next("entries", "2032-02-01T00:00:00Z"), (2032, "2032-02-29T23:59:59.999Z".into()));
}

#[test]
fn a_date_that_is_only_a_month_brings_nothing_about() {
    let regime = dunes();
    let notice = notification("2031-09 Europe/Minsk", "2031-09-20 Europe/Minsk", "owed");
    let stated = super::stated("cause", &notice, at("2031-07-01T00:00:00Z"));
    let made = detente::domain::duty::opening(
        &regime,
        rule(&regime, "invitation"),
        &stated,
        super::code("PL"),
        None,
    );
    assert_eq!(made, detente::domain::duty::Opening::Nothing);
}

proptest! {
    /// Whatever the instant: nothing is due before it began, later anchors are never due earlier, and a day ends
    /// one millisecond before the next.
    #[test]
    fn a_later_anchor_is_never_due_earlier(one in 0..4_000_000_000_000i64, more in 0..400_000_000i64) {
        let regime = dunes();
        for name in ["answer", "unchecked answer", "prompt answer", "working days"] {
            let due = |ms| due_after(&regime, rule(&regime, name).1, detente::domain::time::Instant(ms)).unwrap();
            prop_assert!(due(one).0 >= one);
            prop_assert!(due(one) <= due(one + more));
        }
        prop_assert!(question().kind() == detente::domain::content::Kind::Question);
    }

    #[test]
    fn the_next_day_of_the_year_is_never_past_and_less_than_a_year_and_a_day_away(now in 0..4_000_000_000_000i64) {
        let regime = dunes();
        for name in ["calendar", "entries"] {
            let (_, due) = due_next(rule(&regime, name).1, detente::domain::time::Instant(now)).unwrap();
            prop_assert!(due.due.0 >= now && due.runs_from.0 < now);
            prop_assert!(due.due.0 - now <= 367 * 86_400_000);
        }
    }
}
