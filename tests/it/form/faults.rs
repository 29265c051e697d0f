//! The rules, each with a form that breaks it and one that does not.

use detente::cli::form::{self, Syntax};
use detente::domain::content::{Content, Kind};
use detente::domain::exercise::{Notification, Statement};
use detente::domain::form::outline::Shape;
use detente::domain::form::{Figure, NOT_KNOWN, faults, lines};

use super::notification;

struct Row {
    kind: Kind,
    /// The field that is marked, and words of the rule.
    field: &'static str,
    rule: &'static str,
    broken: &'static str,
    kept: &'static str,
}

#[rustfmt::skip]
const ROWS: &[Row] = &[
    Row { kind: Kind::Notification, field: "end", rule: "the end comes before the start",
        broken: "start = \"2025-09-12 Europe/Minsk\"\nend = \"2025-09-11 Europe/Minsk\"",
        kept:   "start = \"2025-09-12 Europe/Minsk\"\nend = \"2025-09-12 Europe/Minsk\"" },
    Row { kind: Kind::Notification, field: "end", rule: "the end comes before the start",
        broken: "start = \"2025-09-12T10:00 +03:00\"\nend = \"2025-09-12T06:58 Z\"",
        kept:   "start = \"2025-09-12T10:00 +03:00\"\nend = \"2025-09-12T07:00 Z\"" },
    Row { kind: Kind::Notification, field: "end", rule: "the end comes before the start",
        broken: "start = \"2025-09-12 Europe/Minsk\"\nend = \"2025-09-09 Asia/Tokyo\"",
        kept:   "start = \"2025-09-12 Europe/Minsk\"\nend = \"2025-09-11 Asia/Tokyo\"" },
    Row { kind: Kind::Notification, field: "start", rule: "is not a date",
        broken: "start = \"2025-02-29 Z\"", kept: "start = \"2024-02-29 Z\"" },
    Row { kind: Kind::Notification, field: "start", rule: "is not a date",
        broken: "start = \"soon Z\"", kept: "start = \"2025-09 Z\"" },
    Row { kind: Kind::Notification, field: "start", rule: "is not a date",
        broken: "start = \"2025-09-12T24:00 Z\"", kept: "start = \"2025-09-12T23:59:59 Z\"" },
    Row { kind: Kind::Notification, field: "start", rule: "states no zone",
        broken: "start = \"2025-09-12\"", kept: "start = \"2025-09-12 +03:00\"" },
    Row { kind: Kind::Notification, field: "start", rule: "the zone is neither",
        broken: "start = \"2025-09-12 Minsk\"", kept: "start = \"2025-09-12 Europe/Minsk\"" },
    Row { kind: Kind::Notification, field: "start", rule: "this program does not know it",
        broken: "start = \"2031-09-15 Europe/Nowhere\"", kept: "start = \"2031-09-15 Europe/Warsaw\"" },
    Row { kind: Kind::Notification, field: "start", rule: "this program does not know it",
        broken: "start = \"2031-09-15T06:00 Mars/X\"", kept: "start = \"2031-09-15T06:00 +03:00\"" },
    Row { kind: Kind::Notification, field: "start", rule: "clocks are put forward over it",
        broken: "start = \"2025-03-30T02:30 Europe/Warsaw\"", kept: "start = \"2025-03-30T03:00 Europe/Warsaw\"" },
    Row { kind: Kind::Notification, field: "start", rule: "clocks are put forward over it",
        broken: "start = \"2011-12-30 Pacific/Apia\"", kept: "start = \"2011-12-31 Pacific/Apia\"" },
    Row { kind: Kind::Notification, field: "areas[1].radius_metres", rule: "half the Earth's circumference",
        broken: "[[areas]]\ncentre = \"1 N 1 E\"\nradius_metres = 99999999999", kept: "[[areas]]\ncentre = \"1 N 1 E\"\nradius_metres = 20037508" },
    Row { kind: Kind::Notification, field: "references[1].calendar_year", rule: "is not a calendar year",
        broken: "[[references]]\ncalendar_year = 0\ncalendar_entry = 1", kept: "[[references]]\ncalendar_year = 2031\ncalendar_entry = 1" },
    Row { kind: Kind::Notification, field: "phases[1].start", rule: "starts outside",
        broken: "start = \"2025-09-12 Z\"\nend = \"2025-09-16 Z\"\n[[phases]]\nstart = \"2025-09-11 Z\"",
        kept:   "start = \"2025-09-12 Z\"\nend = \"2025-09-16 Z\"\n[[phases]]\nstart = \"2025-09-12T08:00 Z\"" },
    Row { kind: Kind::Notification, field: "phases[2].end", rule: "ends outside",
        broken: "start = \"2025-09-12 Z\"\nend = \"2025-09-16 Z\"\n[[phases]]\n[[phases]]\nend = \"2025-09-17 Z\"",
        kept:   "start = \"2025-09-12 Z\"\nend = \"2025-09-16 Z\"\n[[phases]]\n[[phases]]\nend = \"2025-09-16 Z\"" },
    Row { kind: Kind::Notification, field: "phases[1].figures[1].number", rule: "more than the total of 7000",
        broken: "[[land.figures]]\nwhat = \"t\"\nnumber = 7000\n[[phases]]\n[[phases.figures]]\nwhat = \"t\"\nnumber = 9500",
        kept:   "[[land.figures]]\nwhat = \"t\"\nnumber = 7000\n[[phases]]\n[[phases.figures]]\nwhat = \"t\"\nnumber = 7000\n[[phases]]\n[[phases.figures]]\nwhat = \"t\"\nnumber = 7000" },
    Row { kind: Kind::Notification, field: "phases[1].end", rule: "the end comes before the start",
        broken: "[[phases]]\nstart = \"2025-09-12 Z\"\nend = \"2025-09-11 Z\"",
        kept:   "[[phases]]\nstart = \"2025-09-12 Z\"\nend = \"2025-09-12 Z\"" },
    Row { kind: Kind::Notification, field: "areas[1].centre", rule: "the latitude is beyond",
        broken: "[[areas]]\ncentre = \"90.000001 N 0 E\"", kept: "[[areas]]\ncentre = \"90 N 180 W\"" },
    Row { kind: Kind::Notification, field: "areas[1].outline[2]", rule: "the longitude is beyond",
        broken: "[[areas]]\noutline = [\"1 N 1 E\", \"1 N 180.000001 W\"]", kept: "[[areas]]\noutline = [\"1 N 1 E\", \"1 N 180 W\"]" },
    Row { kind: Kind::Notification, field: "areas[1].outline", rule: "at least three corners",
        broken: "[[areas]]\noutline = [\"1 N 1 E\", \"1 N 2 E\"]", kept: "[[areas]]\noutline = [\"1 N 1 E\", \"1 N 2 E\", \"2 N 2 E\"]" },
    Row { kind: Kind::Notification, field: "areas[1].outline", rule: "twice in a row",
        broken: "[[areas]]\noutline = [\"1 N 1 E\", \"1 N 2 E\", \"2 N 2 E\", \"1 N 1 E\"]", kept: "[[areas]]\noutline = [\"1 N 1 E\", \"1 N 2 E\", \"2 N 2 E\"]" },
    Row { kind: Kind::Notification, field: "areas[1].radius_metres", rule: "is required",
        broken: "[[areas]]\ncentre = \"1 N 1 E\"", kept: "[[areas]]\ncentre = \"1 N 1 E\"\nradius_metres = 5" },
    Row { kind: Kind::Notification, field: "areas[1].centre", rule: "is required",
        broken: "[[areas]]\nradius_metres = 5", kept: "to_follow = [\"areas[1].centre\"]\n[[areas]]\nradius_metres = 5" },
    Row { kind: Kind::Notification, field: "areas[1].radius_metres", rule: "above zero",
        broken: "[[areas]]\ncentre = \"1 N 1 E\"\nradius_metres = 0", kept: "[[areas]]\ncentre = \"1 N 1 E\"\nradius_metres = 1" },
    Row { kind: Kind::Notification, field: "areas[1].features", rule: "is required",
        broken: "[[areas]]\nname = \"a\"", kept: "[[areas]]\nfeatures = \"a\"" },
    Row { kind: Kind::Notification, field: "land.figures[1].number", rule: "by Party add up to 12, not to the total of 10",
        broken: "[[land.figures]]\nwhat = \"t\"\nnumber = 10\n[[land.figures]]\nwhat = \"t\"\nparty = \"A\"\nnumber = 12",
        kept:   "[[land.figures]]\nwhat = \"t\"\nnumber = 10\n[[land.figures]]\nwhat = \"t\"\nparty = \"A\"\nnumber = 3" },
    Row { kind: Kind::Notification, field: "land.figures[1].number", rule: "by Party add up to 7, not to the total of 10",
        broken: "[[land.figures]]\nwhat = \"t\"\nnumber = 10\n[[land.figures]]\nwhat = \"t\"\nparty = \"A\"\nnumber = 3\n[[land.figures]]\nwhat = \"t\"\nparty = \"B\"\nnumber = 4",
        kept:   "[[land.figures]]\nwhat = \"t\"\nnumber = 10\n[[land.figures]]\nwhat = \"t\"\nparty = \"A\"\nnumber = 3\n[[land.figures]]\nwhat = \"t\"\nparty = \"B\"\nnumber = 7" },
    Row { kind: Kind::Notification, field: "transfer.figures[1].number", rule: "by territory add up to 11, not to the total of 10",
        broken: "[[transfer.figures]]\nwhat = \"t\"\nparty = \"A\"\nnumber = 10\n[[transfer.figures]]\nwhat = \"t\"\nparty = \"A\"\nterritory = \"B\"\nnumber = 11",
        kept:   "[[transfer.figures]]\nwhat = \"t\"\nparty = \"A\"\nnumber = 10\n[[transfer.figures]]\nwhat = \"t\"\nparty = \"X\"\nterritory = \"B\"\nnumber = 11" },
    Row { kind: Kind::Notification, field: "landing.figures[1].number", rule: "by kind add up to 11, not to the total of 10",
        broken: "[[landing.figures]]\nwhat = \"t\"\nnumber = 10\n[[landing.figures]]\nwhat = \"t\"\nkind = \"k\"\nnumber = 11",
        kept:   "[[landing.figures]]\nwhat = \"t\"\nnumber = 10\n[[landing.figures]]\nwhat = \"u\"\nkind = \"k\"\nnumber = 11" },
    Row { kind: Kind::Notification, field: "land.figures[2]", rule: "has the same name",
        broken: "[[land.figures]]\nwhat = \"t\"\nnumber = 1\n[[land.figures]]\nwhat = \"t\"\nnumber = 2",
        kept:   "[[land.figures]]\nwhat = \"t\"\nnumber = 1\n[[land.figures]]\nwhat = \"u\"\nnumber = 2" },
    Row { kind: Kind::Notification, field: "land.figures[1].party", rule: "not among the participating",
        broken: "participating_parties = [\"Norland\"]\n[[land.figures]]\nparty = \"Suthria\"", kept: "participating_parties = [\"Norland\"]\n[[land.figures]]\nparty = \"Norland\"" },
    Row { kind: Kind::Notification, field: "transfer.figures[1].territory", rule: "not among the territorial",
        broken: "territorial_parties = [\"Norland\"]\n[[transfer.figures]]\nterritory = \"Suthria\"", kept: "[[transfer.figures]]\nterritory = \"Suthria\"" },
    Row { kind: Kind::Calendar, field: "entries[1].figures[1].party", rule: "not among the participating",
        broken: "[[entries]]\nparticipating_parties = [\"Norland\"]\n[[entries.figures]]\nparty = \"Suthria\"", kept: "[[entries]]\nparticipating_parties = [\"Suthria\"]\n[[entries.figures]]\nparty = \"Suthria\"" },
    Row { kind: Kind::Notification, field: "land.figures", rule: "is required",
        broken: "designation = \"x\"", kept: "to_follow = [\"landing\"]" },
    Row { kind: Kind::Notification, field: "designation", rule: "is required",
        broken: "", kept: "to_follow = [\"designation\"]" },
    Row { kind: Kind::Notification, field: "phases[1].tactical_purpose", rule: "is required",
        broken: "to_follow = [\"phases[1].description\"]\n[[phases]]\nname = \"a\"", kept: "to_follow = [\"phases\"]\n[[phases]]\nname = \"a\"" },
    Row { kind: Kind::Notification, field: "to_follow[1]", rule: "names no field",
        broken: "to_follow = [\"land.tanks\"]", kept: "to_follow = [\"land.figures\"]" },
    Row { kind: Kind::Notification, field: "to_follow[1]", rule: "names no field",
        broken: "to_follow = [\"phases[2].end\"]\n[[phases]]", kept: "to_follow = [\"phases[1].end\"]\n[[phases]]" },
    Row { kind: Kind::Notification, field: "to_follow[1]", rule: "names no field",
        broken: "to_follow = [\"phases[01].end\"]\n[[phases]]", kept: "to_follow = [\"phases[1]\"]\n[[phases]]" },
    Row { kind: Kind::Notification, field: "to_follow[1]", rule: "names a field that is given",
        broken: "designation = \"x\"\nto_follow = [\"designation\"]", kept: "designation = \"x\"\nto_follow = [\"end\"]" },
    Row { kind: Kind::Notification, field: "designation", rule: "nothing but space",
        broken: "designation = \"  \"", kept: "designation = \" x \"" },
    Row { kind: Kind::Notification, field: "designation", rule: "can't be seen",
        broken: "designation = \"a\\u202eb\"", kept: "designation = \"Запад-2025 می\\u200Cشود\"" },
    Row { kind: Kind::Notification, field: "general_purpose", rule: "can't be seen",
        broken: "general_purpose = \"a\\u0007b\"", kept: "general_purpose = \"a\\nb\\tc\"" },
    Row { kind: Kind::Notification, field: "land.formations[1].designation", rule: "is required",
        broken: "[[land.formations]]\nnumber = 1", kept: "[[land.formations]]\nkind = \"brigade\"" },
    Row { kind: Kind::Notification, field: "references[1].message", rule: "is required",
        broken: "[[references]]\nrelation = \"r\"", kept: "[[references]]\ncalendar_year = 2025" },
    Row { kind: Kind::Notification, field: "references[1].calendar_year", rule: "is required",
        broken: "[[references]]\ncalendar_entry = 3", kept: "[[references]]\ncalendar_year = 2025\ncalendar_entry = 3" },
    Row { kind: Kind::Calendar, field: "holds", rule: "nothing to report, beside entries",
        broken: "holds = \"nil\"\n[[entries]]", kept: "holds = \"nil\"" },
    Row { kind: Kind::Calendar, field: "entries", rule: "is required",
        broken: "holds = \"entries\"", kept: "holds = \"nil\"" },
    Row { kind: Kind::Calendar, field: "holds", rule: "is required",
        broken: "year = 2025", kept: "year = 2025\nholds = \"nil\"" },
    Row { kind: Kind::Calendar, field: "year", rule: "is not a calendar year",
        broken: "year = 25", kept: "year = 2025" },
    Row { kind: Kind::Calendar, field: "entries[1].start", rule: "another year",
        broken: "year = 2025\n[[entries]]\nstart = \"2026-01-01 Europe/Minsk\"", kept: "year = 2025\n[[entries]]\nstart = \"2025-12-31 Europe/Minsk\"" },
    Row { kind: Kind::Calendar, field: "entries[1].start", rule: "is required",
        broken: "[[entries]]\nnumber = 1", kept: "[[entries]]\nperiod = \"September\"" },
    Row { kind: Kind::Calendar, field: "entries[2]", rule: "has the same name",
        broken: "[[entries]]\nnumber = 1\n[[entries]]\nnumber = 1", kept: "[[entries]]\nnumber = 1\n[[entries]]\nnumber = 2" },
    Row { kind: Kind::Calendar, field: "entries[1].planned_duration_days", rule: "at least one day",
        broken: "[[entries]]\nplanned_duration_days = 0", kept: "[[entries]]\nplanned_duration_days = 1" },
    Row { kind: Kind::Invitation, field: "answer_by", rule: "after the exercise has started",
        broken: "answer_by = \"2025-09-13 Europe/Minsk\"\nexercise_start = \"2025-09-12 Europe/Minsk\"",
        kept:   "answer_by = \"2025-08-20 Europe/Minsk\"\nexercise_start = \"2025-09-12 Europe/Minsk\"" },
    Row { kind: Kind::Invitation, field: "answer_by", rule: "after the observers assemble",
        broken: "answer_by = \"2025-09-13 Z\"\nassembly_time = \"2025-09-12T10:00 Z\"",
        kept:   "answer_by = \"2025-09-11 Z\"\nassembly_time = \"2025-09-12T10:00 Z\"" },
    Row { kind: Kind::Invitation, field: "programme_end", rule: "the end comes before the start",
        broken: "programme_start = \"2025-09-14 Z\"\nprogramme_end = \"2025-09-13 Z\"",
        kept:   "programme_start = \"2025-09-14 Z\"\nprogramme_end = \"2025-09-14 Z\"" },
    Row { kind: Kind::Invitation, field: "assembly_place.name", rule: "is required",
        broken: "[assembly_place]\nterritory = \"x\"", kept: "[assembly_place]\nname = \"x\"" },
    Row { kind: Kind::Conclusion, field: "actual_end", rule: "the end comes before the start",
        broken: "actual_start = \"2025-09-14 Z\"\nactual_end = \"2025-09-13 Z\"",
        kept:   "actual_start = \"2025-09-14 Z\"\nactual_end = \"2025-09-14 Z\"" },
    Row { kind: Kind::Statement, field: "source", rule: "is required",
        broken: "statement = \"x\"", kept: "source = \"x\"" },
    Row { kind: Kind::Statement, field: "figures", rule: "is required",
        broken: "source = \"x\"", kept: "statement = \"x\"" },
    Row { kind: Kind::Statement, field: "exercise", rule: "is required",
        broken: "source = \"x\"", kept: "[exercise]\nnumber = \"x\"" },
    Row { kind: Kind::Cancellation, field: "reason", rule: "is required",
        broken: "", kept: "reason = \"x\"" },
    Row { kind: Kind::Cancellation, field: "cancels.message_digest", rule: "is required",
        broken: "[cancels]\nauthor = \"x\"", kept: "[cancels]\nnumber = \"x\"" },
    Row { kind: Kind::SameActivity, field: "position", rule: "is required",
        broken: "", kept: "position = \"contested\"" },
    Row { kind: Kind::Amendment, field: "notification.end", rule: "the end comes before the start",
        broken: "[notification]\nstart = \"2025-09-12 Z\"\nend = \"2025-09-11 Z\"", kept: "[notification]\nstart = \"2025-09-12 Z\"\nend = \"2025-09-12 Z\"" },
    Row { kind: Kind::Amendment, field: "notification.designation", rule: "is required",
        broken: "[notification]\nstart = \"2025-09-12 Z\"", kept: "[notification]\nto_follow = [\"designation\"]" },
    Row { kind: Kind::Amendment, field: "notification.to_follow[1]", rule: "names no field",
        broken: "[notification]\nto_follow = [\"why\"]", kept: "to_follow = [\"why\", \"notification.start\"]\n[notification]\nto_follow = [\"designation\"]" },
    Row { kind: Kind::Judgement, field: "answers", rule: "is required",
        broken: "", kept: "as_a_whole = \"sufficient\"" },
    Row { kind: Kind::Judgement, field: "answers[2]", rule: "has the same name",
        broken: "[[answers]]\nnumber = 1\nhow = \"sufficient\"\n[[answers]]\nnumber = 1\nhow = \"insufficient\"",
        kept:   "[[answers]]\nnumber = 1\nhow = \"sufficient\"\n[[answers]]\nnumber = 2\nhow = \"insufficient\"" },
    Row { kind: Kind::Request, field: "questions[2]", rule: "has the same name",
        broken: "[[questions]]\nnumber = 1\n[[questions]]\nnumber = 1", kept: "[[questions]]\nnumber = 1\n[[questions]]\nnumber = 2" },
    Row { kind: Kind::Reply, field: "answers[1].text", rule: "is required",
        broken: "[[answers]]\nnumber = 1\nhow = \"partly\"", kept: "[[answers]]\nnumber = 1\nhow = \"declined\"" },
    Row { kind: Kind::MeetingRequest, field: "with", rule: "is required",
        broken: "scope = \"bilateral\"", kept: "scope = \"all Parties\"" },
    Row { kind: Kind::MeetingRequest, field: "with", rule: "beside a meeting of all",
        broken: "scope = \"all Parties\"\nwith = \"x\"", kept: "scope = \"bilateral\"\nwith = \"x\"" },
    Row { kind: Kind::Meeting, field: "absent[1]", rule: "attended as well",
        broken: "attended = [\"x\"]\nabsent = [\"x\"]", kept: "attended = [\"x\"]\nabsent = [\"y\"]" },
    Row { kind: Kind::Meeting, field: "attended", rule: "is required",
        broken: "held = \"held\"", kept: "held = \"not held\"" },
    Row { kind: Kind::Meeting, field: "attended", rule: "beside the word that it was not held",
        broken: "held = \"not held\"\nattended = [\"x\"]", kept: "held = \"held\"\nattended = [\"x\"]" },
    Row { kind: Kind::Meeting, field: "came_of_it", rule: "is required",
        broken: "outcome = \"something\"", kept: "outcome = \"nothing\"" },
    Row { kind: Kind::Meeting, field: "outcome", rule: "is required",
        broken: "", kept: "outcome = \"nothing\"" },
    Row { kind: Kind::Observers, field: "observers", rule: "is required",
        broken: "reply = \"observers\"", kept: "reply = \"no observers\"" },
    Row { kind: Kind::Observers, field: "observers", rule: "says that none come",
        broken: "reply = \"observers\"\nobservers = 0", kept: "reply = \"observers\"\nobservers = 1" },
    Row { kind: Kind::Observers, field: "observers", rule: "beside \"no observers\"",
        broken: "reply = \"no observers\"\nobservers = 1", kept: "reply = \"no observers\"\nobservers = 0" },
    Row { kind: Kind::ObserverReport, field: "observed_until", rule: "the end comes before the start",
        broken: "observed_from = \"2025-09-15 Z\"\nobserved_until = \"2025-09-14 Z\"",
        kept:   "observed_from = \"2025-09-15 Z\"\nobserved_until = \"2025-09-15 Z\"" },
    Row { kind: Kind::ObserverReport, field: "figure_accounts[1].source", rule: "is required",
        broken: "[[figure_accounts]]\nbasis = \"observed\"", kept: "[[figure_accounts]]\nbasis = \"observed\"\nsource = \"x\"" },
    Row { kind: Kind::ObserverReport, field: "figure_accounts[1].basis", rule: "is required",
        broken: "[[figure_accounts]]\nsource = \"x\"", kept: "[[figure_accounts]]\nbasis = \"estimated\"" },
    Row { kind: Kind::Amendment, field: "why", rule: "is required",
        broken: "", kept: "to_follow = [\"why\"]" },
];

fn is_marked(row: &Row, text: &str) -> bool {
    let content = form::read(row.kind, Syntax::Toml, text)
        .unwrap_or_else(|error| panic!("{}, {}: {error}", row.field, row.rule));
    faults(&content).iter().any(|fault| fault.field == row.field && fault.rule.contains(row.rule))
}

#[test]
fn each_rule_marks_what_breaks_it_and_nothing_else() {
    for row in ROWS {
        assert!(is_marked(row, row.broken), "not marked: {} ({}) in\n{}", row.field, row.rule, row.broken);
        assert!(!is_marked(row, row.kept), "marked: {} ({}) in\n{}", row.field, row.rule, row.kept);
    }
}

#[test]
fn all_faults_are_told_at_once() {
    let content = notification(
        "designation = \" \"\nstart = \"2025-09-12 Z\"\nend = \"2025-09-11 Z\"\n[[areas]]\noutline = [\"91 N 1 E\"]",
    );
    let fields: Vec<String> = faults(&content).into_iter().map(|fault| fault.field).collect();
    for field in
        ["designation", "end", "areas[1].outline", "areas[1].outline[1]", "phases", "general_purpose"]
    {
        assert!(fields.iter().any(|found| found == field), "{field}: {fields:?}");
    }
}

#[test]
fn what_is_no_date_and_states_a_zone_is_told_that_it_is_no_date_and_nothing_of_the_zone() {
    for text in ["2026-13-01T00:00Z", "2026-13-01T00:00+03:00"] {
        let found = faults(&notification(&format!("start = \"{text}\"")));
        let rules: Vec<&str> =
            found.iter().filter(|one| one.field == "start").map(|one| one.rule.as_str()).collect();
        assert_eq!(rules, ["is not a date: write year-month-day, with or without T and the time"], "{text}");
    }
}

#[test]
fn a_text_over_its_limit_is_marked_at_the_edge() {
    use detente::limits;
    let marked = |form: Notification, field: &str| {
        let content = Content::Notification(Box::new(form));
        faults(&content).iter().any(|fault| fault.field == field && fault.rule.contains("more than"))
    };
    let named = |chars| Notification { designation: "ж".repeat(chars), ..Notification::default() };
    assert!(!marked(named(limits::FORM_NAME_CHARS), "designation"));
    assert!(marked(named(limits::FORM_NAME_CHARS + 1), "designation"));
    let told =
        |chars: usize| Notification { remarks: "x".repeat(chars).as_str().into(), ..Notification::default() };
    assert!(!marked(told(limits::FORM_PROSE_CHARS), "remarks"));
    assert!(marked(told(limits::FORM_PROSE_CHARS + 1), "remarks"));
}

#[test]
fn sums_of_any_numbers_do_not_overflow() {
    let figure = |party: &str, number| Figure {
        what: "t".to_owned(),
        party: party.to_owned(),
        number: Some(number),
        ..Figure::default()
    };
    let figures = vec![figure("", 1), figure("A", u64::MAX), figure("B", u64::MAX)];
    let content = Content::Statement(Statement { figures, ..Statement::default() });
    assert!(faults(&content).iter().any(|fault| fault.rule.contains("add up to 18446744073709551615")));
}

#[test]
fn everything_may_follow_and_then_nothing_is_missing() {
    for kind in Kind::ALL {
        let mut content = Content::empty(kind);
        let names: Vec<String> = content
            .form()
            .fields()
            .iter()
            .map(|field| field.name.to_owned())
            .filter(|name| name != "to_follow" && name != "not_known")
            .collect();
        assert!(!faults(&content).is_empty() && !content.is_incomplete(), "{kind:?}");
        match &mut content {
            Content::Calendar(form) => form.to_follow = names,
            Content::Notification(form) => form.to_follow = names,
            Content::Amendment(form) => form.to_follow = names,
            Content::Invitation(form) => form.to_follow = names,
            Content::Conclusion(form) => form.to_follow = names,
            Content::Statement(form) => form.to_follow = names,
            Content::Cancellation(form) => form.to_follow = names,
            Content::SameActivity(form) => form.to_follow = names,
            Content::Adoption(form) => form.to_follow = names,
            Content::Suspension(form) => form.to_follow = names,
            Content::Resumption(form) => form.to_follow = names,
            Content::Withdrawal(form) => form.to_follow = names,
            Content::Formatted(form) => form.to_follow = names,
            Content::Transcription(form) => form.to_follow = names,
            Content::Translation(form) => form.to_follow = names,
            Content::Forwarded(form) => form.to_follow = names,
            Content::Report(form) => form.to_follow = names,
            Content::Update(form) => form.to_follow = names,
            Content::Finding(form) => form.to_follow = names,
            Content::Closing(form) => form.to_follow = names,
            Content::SameIncident(form) => form.to_follow = names,
            Content::Question(form) => form.to_follow = names,
            Content::Answer(form) => form.to_follow = names,
            Content::Text(form) => form.to_follow = names,
            Content::ServiceMessage(form) => form.to_follow = names,
            Content::MessageWithdrawal(form) => form.to_follow = names,
            Content::Request(form) => form.to_follow = names,
            Content::Joining(form) => form.to_follow = names,
            Content::Reply(form) => form.to_follow = names,
            Content::Judgement(form) => form.to_follow = names,
            Content::MeetingRequest(form) => form.to_follow = names,
            Content::Convening(form) => form.to_follow = names,
            Content::Meeting(form) => form.to_follow = names,
            Content::MeetingReport(form) => form.to_follow = names,
            Content::Observers(form) => form.to_follow = names,
            Content::ObserverReport(form) => form.to_follow = names,
            Content::SessionOpening(form) => form.to_follow = names,
            Content::SessionAcceptance(form) => form.to_follow = names,
            Content::SessionText(form) => form.to_follow = names,
            Content::SessionAddition(form) => form.to_follow = names,
            Content::SessionClose(form) => form.to_follow = names,
            Content::SessionShown(form) => form.to_follow = names,
            Content::Check(form) => form.to_follow = names,
            Content::CheckAnswer(form) => form.to_follow = names,
        }
        assert_eq!(faults(&content), [], "{kind:?}");
        assert!(content.is_incomplete(), "{kind:?}");
    }
}

#[test]
fn of_any_field_of_any_form_it_may_be_said_that_it_is_not_known() {
    for kind in Kind::ALL {
        let fields = Content::empty(kind).form().fields();
        let names: Vec<&str> =
            fields.iter().filter(|field| !field.is_of_fields()).map(|field| field.name).collect();
        let content = form::read(kind, Syntax::Toml, &format!("not_known = {names:?}")).unwrap();
        assert_eq!(faults(&content), [], "{kind:?}");
        // Said, and no promise.
        assert!(!content.is_incomplete(), "{kind:?}");
        let shown = lines(&content);
        assert!(shown.iter().all(|line| line.value == NOT_KNOWN), "{kind:?}: {shown:?}");
        let of_ours = fields.iter().filter(|field| !matches!(field.shape, Shape::OfFormat)).count();
        assert!(shown.len() + 2 >= of_ours, "{kind:?}: {shown:?}");
    }
}

#[test]
fn a_value_not_known_to_follow_and_silence_are_four_things() {
    let shown = |text: &str| {
        let content = form::read(Kind::Report, Syntax::Toml, text).unwrap();
        let line = lines(&content).into_iter().find(|line| line.label == "Cause");
        (
            line.map(|line| line.value),
            faults(&content).iter().any(|fault| fault.field.starts_with("not_known")),
        )
    };
    assert_eq!(shown("cause = \"A latch\""), (Some("A latch".into()), false));
    assert_eq!(shown("not_known = [\"cause\"]"), (Some("not known".into()), false));
    assert_eq!(shown("to_follow = [\"cause\"]"), (Some("not available, to follow".into()), false));
    assert_eq!(shown(""), (None, false));
    // It is one of them.
    assert!(shown("cause = \"A latch\"\nnot_known = [\"cause\"]").1);
    assert!(shown("to_follow = [\"cause\"]\nnot_known = [\"cause\"]").1);
    assert!(shown("not_known = [\"kause\"]").1);
}

#[test]
fn a_form_full_of_faults_is_marked_and_cut_short() {
    use detente::limits;
    let text = "[[phases]]\n".repeat(limits::FORM_LIST_ENTRIES_MAX);
    let found = faults(&notification(&text));
    assert_eq!(found.len(), limits::FAULTS_MAX + 1);
    assert_eq!(found.last().map(|fault| fault.field.as_str()), Some("content"));
}
