//! Checks of links that wait for an officer, on the page of `watch now` and as JSON.
//!
//! Never here: which of them wait (the node's). What a cut may take stands last on its line.

use serde_json::{Value, json};

use super::page::{both, line};
use crate::codec::proto::detente::v1 as calls;
use crate::domain::official::Line;
use crate::domain::text::shown;
use crate::domain::time::Instant;
use crate::domain::watch::ON_WATCH;
use crate::limits;

const MINUTE_MS: i64 = 60_000;

/// For each since when it waits, the next step and by when, whom to telephone where no node carries it, and the command
/// that does it.
pub(super) fn lines(now: &calls::NowResponse) -> Vec<Line> {
    let shown_here = now.checks.iter().take(limits::CHECKS_ON_PAGE_MAX);
    let mut lines: Vec<Line> = shown_here
        .flat_map(|check| {
            let reached = reached(check).into_iter().collect();
            [vec![since(now, check), next(now, check)], reached, command(now, check)].concat()
        })
        .map(|text| line(0, &text))
        .collect();
    let behind = now.checks.len().saturating_sub(limits::CHECKS_ON_PAGE_MAX) as u64;
    let more = behind.saturating_add(now.checks_more);
    if more > 0 {
        lines.push(line(0, &format!("CHECKS {more} more wait: detente watch now --json")));
    }
    lines
}

fn since(now: &calls::NowResponse, check: &calls::CheckWaiting) -> String {
    let with = shown(&check.party);
    let what = match (check.act.as_str(), check.line.as_str()) {
        ("answer", _) => format!("CHECK from {with}"),
        ("make", _) => format!("CHECK to {with}"),
        (_, line) => format!("CHECK by {} with {with}", shown(line)),
    };
    let by =
        if check.officer == ON_WATCH { String::new() } else { format!(", for {}", shown(&check.officer)) };
    format!("{what} since {}{by}: {}", both(now, check.since_ms), shown(&check.check))
}

fn next(now: &calls::NowResponse, check: &calls::CheckWaiting) -> String {
    let act = match check.act.as_str() {
        "answer" => "answer it",
        "make" => "make it",
        _ => "record it",
    };
    let until = both(now, check.until_ms);
    let left = check.until_ms.saturating_sub(now.now_ms);
    if check.missed || left < 0 {
        return format!("  next: {act}, late: in time until {until}");
    }
    // Rounded up: nobody is told of more time than there is not.
    let minutes = left.saturating_add(MINUTE_MS - 1).div_euclid(MINUTE_MS);
    format!("  next: {act} by {until}, in {minutes} min; then missed")
}

/// How the other end is reached, of a line that no node carries.
fn reached(check: &calls::CheckWaiting) -> Option<String> {
    if check.act != "record" {
        return None;
    }
    let contacts = check.contacts.iter().map(|text| shown(text)).collect::<Vec<_>>().join(", ");
    let contacts = if contacts.is_empty() { "its key list names none".into() } else { contacts };
    // Before the number: what stands last is cut first.
    let whose = if check.unconfirmed_by.is_empty() { "" } else { " (uncompared file)" };
    let what = if check.line == "telephone" { "telephone" } else { "contacts" };
    Some(format!("  {what}{whose}: {contacts}"))
}

/// With no more in it than tells this check from the others that wait; a name has a line of its own, so that it is not
/// cut.
fn command(now: &calls::NowResponse, check: &calls::CheckWaiting) -> Vec<String> {
    let due = Instant(check.due_ms).to_the_second();
    let with = shown(&check.party);
    let name = format!("      --check {}", quoted(&check.check));
    if check.act == "record" {
        return vec![format!("  detente hotline checked {with} --due {due} --at TIME \\"), name];
    }
    let is_same = |other: &&calls::CheckWaiting| {
        other.party == check.party && other.due_ms == check.due_ms && other.act != "record"
    };
    let first = format!("  detente hotline check {with} --due {due}");
    if now.checks.iter().filter(is_same).count() > 1 {
        return vec![format!("{first} \\"), name];
    }
    vec![first]
}

/// As a shell takes it for one word.
fn quoted(name: &str) -> String {
    format!("'{}'", shown(name).replace('\'', "'\\''"))
}

pub(super) fn as_json(check: &calls::CheckWaiting) -> Value {
    json!({
        "party": check.party,
        "check": check.check,
        "due_ms": check.due_ms,
        "act": check.act,
        "line": check.line,
        "since_ms": check.since_ms,
        "until_ms": check.until_ms,
        "missed": check.missed,
        "officer": check.officer,
        "contacts": check.contacts,
        "unconfirmed_by": (!check.unconfirmed_by.is_empty()).then_some(&check.unconfirmed_by),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::official::{self, Page};

    const NOW_MS: i64 = 1_700_000_000_000;

    fn check(act: &str, line: &str) -> calls::CheckWaiting {
        calls::CheckWaiting {
            party: "BY".into(),
            check: "liaison".into(),
            due_ms: NOW_MS,
            act: act.into(),
            line: line.into(),
            since_ms: NOW_MS + 1_000,
            until_ms: NOW_MS + 10 * MINUTE_MS,
            missed: false,
            officer: ON_WATCH.into(),
            contacts: vec!["Watch of BY, +00 000".into()],
            unconfirmed_by: String::new(),
        }
    }

    fn told(checks: Vec<calls::CheckWaiting>) -> Vec<String> {
        let zone = "Europe/Warsaw".into();
        let now = calls::NowResponse { checks, now_ms: NOW_MS + MINUTE_MS, zone, ..Default::default() };
        official::text(&[Page(lines(&now))]).lines().map(str::to_owned).collect()
    }

    #[test]
    fn a_check_that_waits_says_since_when_what_is_next_when_it_is_missed_and_by_which_command() {
        let answer = [
            "CHECK from BY since 142213Z NOV 2023 = 23:13: liaison",
            "  next: answer it by 142223Z NOV 2023 = 23:23, in 9 min; then missed",
            "  detente hotline check BY --due 2023-11-14T22:13:20Z",
        ];
        assert_eq!(told(vec![check("answer", "link")]), answer);
        let late =
            calls::CheckWaiting { missed: true, officer: "Col. Maj".into(), ..check("answer", "link") };
        let late = told(vec![late]);
        assert_eq!(late[0], "CHECK from BY since 142213Z NOV 2023 = 23:13, for Col. Maj: liaison");
        assert_eq!(late[1], "  next: answer it, late: in time until 142223Z NOV 2023 = 23:23");
        let by_hand = calls::CheckWaiting { check: "the chief's".into(), ..check("record", "telephone") };
        let fax = calls::CheckWaiting {
            line: "fax".into(),
            contacts: Vec::new(),
            unconfirmed_by: "LT".into(),
            ..by_hand.clone()
        };
        let by_hand = told(vec![by_hand]);
        assert_eq!(by_hand[0], "CHECK by telephone with BY since 142213Z NOV 2023 = 23:13: the chief's");
        assert_eq!(by_hand[2], "  telephone: Watch of BY, +00 000");
        assert_eq!(by_hand[3], "  detente hotline checked BY --due 2023-11-14T22:13:20Z --at TIME \\");
        assert_eq!(by_hand[4], "      --check 'the chief'\\''s'");
        assert_eq!(told(vec![fax])[2], "  contacts (uncompared file): its key list names none");
    }

    #[test]
    fn of_two_that_are_due_at_once_the_command_names_each_and_what_does_not_fit_is_counted() {
        let other = calls::CheckWaiting { check: "military".into(), ..check("answer", "link") };
        let all = told(vec![check("answer", "link"), other.clone(), other]);
        assert_eq!(all[2], "  detente hotline check BY --due 2023-11-14T22:13:20Z \\");
        assert_eq!(all[3], "      --check 'liaison'");
        assert_eq!(all[8], "CHECKS 1 more wait: detente watch now --json");
    }
}
