//! An item of the watch on a page: in the lines of `watch now`, and in one.
//!
//! What somebody else wrote stands last on its line, safe to show. Never here: how much of it a page has room for
//! (`page.rs`).

use super::page::{TEXT, both, marked};
use super::telephone;
use crate::codec::message;
use crate::codec::proto::detente::v1 as calls;
use crate::domain::became::is_of_what_became;
use crate::domain::official::Line;
use crate::domain::official::wrap::{columns, cut};
use crate::domain::text::shown;
use crate::domain::time::Instant;
use crate::limits;

pub(super) const LINES_OF_ITEM: usize = 4;
const MINUTE_MS: i64 = 60_000;
/// Columns behind REAL or DRILL.
const ROOM: usize = limits::OFFICIAL_FORM_COLUMNS - TEXT;
/// So many are left for who is alerted, before the words around a number are shown.
const NAME_COLUMNS: usize = 18;
/// So many has the number, and so many the subject, of what a withdrawal takes back.
const WITHDRAWN_COLUMNS: usize = 20;

pub(super) fn of_item(now: &calls::NowResponse, item: &calls::NowItem, key: &str) -> [Line; LINES_OF_ITEM] {
    let traffic = message::traffic_mark(item.traffic);
    let digest = hex::encode(&item.digest);
    let digest = digest.get(..limits::DIGEST_DIGITS_MIN).unwrap_or_default();
    let first = format!(
        "{key}{} from {}{} since {} in {}",
        message::precedence_name(item.precedence),
        shown(&item.from),
        if item.unconfirmed_by.is_empty() { "" } else { " (unconfirmed)" },
        both(now, item.since_ms),
        shown(&item.language),
    );
    let second = match item.session_waiting {
        0 => with_subject(&format!("{digest}  "), item),
        // The number first: where the line ends, a subject may be cut.
        _ => {
            let thread = hex::encode(&item.thread);
            let thread = thread.get(..limits::DIGEST_DIGITS_MIN).unwrap_or_default();
            with_subject(&format!("{digest}  hotline session {thread}, {}: ", waiting(item)), item)
        }
    };
    [first, second, next(now, item), link(now, item)].map(|text| marked(traffic, &text))
}

/// Behind what stands before it that it came by file, what it takes back, what became of it, and as much of its subject as
/// the line has room for, between quotation marks: no subject can pass for what the node says of it.
pub(super) fn with_subject(before: &str, item: &calls::NowItem) -> String {
    let became = item.marks.iter().find(|mark| is_of_what_became(mark));
    let became = became.map_or_else(String::new, |mark| format!("{}: ", shown(mark)));
    // Who took the file, and when, has no room here: reading the message tells it.
    let came = if item.came_by_file.is_empty() { "" } else { "came by file: " };
    let before = format!("{before}{came}{}{became}", withdraws(item));
    let room = ROOM.saturating_sub(columns(&before)).saturating_sub(2);
    format!("{before}\"{}\"", cut(&shown(&item.subject), room))
}

/// Of a withdrawal, which message it takes back; empty for all else.
fn withdraws(item: &calls::NowItem) -> String {
    if item.withdraws_number.is_empty() {
        return String::new();
    }
    let part = |text: &str| cut(&shown(text), WITHDRAWN_COLUMNS);
    let subject = match item.withdraws_subject.as_str() {
        "" => String::new(),
        subject => format!(" \"{}\"", part(subject)),
    };
    format!("withdrawal of {}{subject}: ", part(&item.withdraws_number))
}

/// How many wait of a session, and how many of those were taken back.
pub(super) fn waiting(item: &calls::NowItem) -> String {
    let waiting = format!("{} waiting", item.session_waiting);
    match item.session_withdrawn {
        0 => waiting,
        withdrawn => format!("{waiting}, {withdrawn} withdrawn"),
    }
}

fn next(now: &calls::NowResponse, item: &calls::NowItem) -> String {
    if item.everyone {
        if item.alerted_telephones.is_empty() {
            return "next: nobody is left: everyone of the watch was alerted".into();
        }
        let before = "next: nobody is left, all were alerted: ";
        let room = ROOM.saturating_sub(columns(before));
        return format!("{before}{}", telephone::within(&item.alerted_telephones, room, 0));
    }
    if item.next_due_ms == 0 {
        let why =
            if now.has_plan { "the watch plan has no rule for it" } else { "no watch plan is in force" };
        return format!("next: nobody is alerted: {why}");
    }
    let left = item.next_due_ms.saturating_sub(now.now_ms);
    // Rounded up: nobody is told of more time than there is not.
    let minutes = left.saturating_add(MINUTE_MS - 1).div_euclid(MINUTE_MS);
    let when = if left <= 0 { "now".to_owned() } else { format!("in {minutes} min") };
    let due = both(now, item.next_due_ms);
    // Where the next step names no number, those of whom was alerted last are still to be dialled.
    let (alerted, all, then) = match item.next_telephones.is_empty() {
        true => ("alerted: ", &item.alerted_telephones, "; then "),
        false => ("", &item.next_telephones, ", "),
    };
    let (names, telephones) = (texts(&item.next), texts(all));
    if telephones.is_empty() {
        return format!("next: {due}, {when}: {names}");
    }
    // The number first: where the line ends, a name may be cut, and a number is to be dialled.
    let whole = format!("next: {due}, {when}: {alerted}{telephones}{then}{names}");
    if columns(&whole) <= ROOM {
        return whole;
    }
    // It is due within the day: month and year make room.
    let due = match due.split_once(" = ") {
        Some((group, local)) => format!("{} = {local}", clock_of(group)),
        None => clock_of(&due).to_owned(),
    };
    let before = format!("next: {due}, {when}: {alerted}");
    let room = ROOM.saturating_sub(columns(&before));
    format!("{before}{}{then}{names}", telephone::within(all, room, NAME_COLUMNS))
}

fn link(now: &calls::NowResponse, item: &calls::NowItem) -> String {
    // In few words: the number is to be dialled when the link is down.
    let state = match (item.heard_at_ms, item.unanswered) {
        (0, _) => "not heard yet".to_owned(),
        (at, 0) => format!("heard {} s ago", now.now_ms.saturating_sub(at).max(0) / 1_000),
        (at, _) => format!("DOWN since {}", clock_of(&Instant(at).date_time_group().to_string())),
    };
    let whose = if item.unconfirmed_by.is_empty() { "" } else { " (uncompared file)" };
    let before = format!("link: {state}; telephone{whose}: ");
    if item.contacts.is_empty() {
        return format!("{before}its key list names none");
    }
    let room = ROOM.saturating_sub(columns(&before));
    format!("{before}{}", telephone::within(&item.contacts, room, 0))
}

fn texts(all: &[String]) -> String {
    all.iter().map(|text| shown(text)).collect::<Vec<_>>().join(", ")
}

/// Day, time and Z of a date-time group.
fn clock_of(group: &str) -> &str {
    group.split(' ').next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_subject_that_is_cut_keeps_its_closing_quotation_mark() {
        let item = calls::NowItem { subject: "Harvest ".repeat(20), ..Default::default() };
        let told = with_subject("abababab  hotline session 1f1f1f1f, 3 waiting: ", &item);
        assert!(told.ends_with("…\""), "{told}");
        assert_eq!(columns(&told), ROOM);
    }

    #[test]
    fn a_message_that_came_by_file_says_so_before_its_subject() {
        let came_by_file = "came by file: Col. Anna Maj took the carry file here at noon".into();
        let item = calls::NowItem { came_by_file, subject: "Harvest".into(), ..Default::default() };
        assert_eq!(with_subject("abababab  ", &item), "abababab  came by file: \"Harvest\"");
    }

    #[test]
    fn a_withdrawal_names_what_it_takes_back_and_neither_drives_the_terminal_nor_fills_the_line() {
        let word = |number: &str, subject: &str| calls::NowItem {
            subject: "Withdrawal of a message".into(),
            withdraws_number: number.into(),
            withdraws_subject: subject.into(),
            ..Default::default()
        };
        let told = |number: &str, subject: &str| with_subject("abababab  ", &word(number, subject));
        assert_eq!(
            told("BY/25/0002", "Autumn Harvest"),
            "abababab  withdrawal of BY/25/0002 \"Autumn Harvest\": \"Withdrawal of a me…\""
        );
        assert_eq!(told("BY/25/0002", ""), "abababab  withdrawal of BY/25/0002: \"Withdrawal of a message\"");
        assert_eq!(
            told("", ""),
            "abababab  \"Withdrawal of a message\"",
            "what is not held and has no number"
        );
        let long = told(&"9".repeat(200), &"\u{1b}[2J".repeat(40));
        assert!(columns(&long) <= ROOM && long.ends_with("…\"") && !long.contains('\u{1b}'), "{long}");
    }
}
