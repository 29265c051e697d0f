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
use crate::domain::official::wrap::columns;
use crate::domain::text::shown;
use crate::domain::time::Instant;
use crate::limits;

pub(super) const LINES_OF_ITEM: usize = 4;
const MINUTE_MS: i64 = 60_000;
/// Columns behind REAL or DRILL.
const ROOM: usize = limits::OFFICIAL_FORM_COLUMNS - TEXT;
/// So many are left for who is alerted, before the words around a number are shown.
const NAME_COLUMNS: usize = 18;

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
    let subject = subject(item);
    let second = match item.session_waiting {
        0 => format!("{digest}  {subject}"),
        // The number first: where the line ends, a subject may be cut.
        _ => {
            let thread = hex::encode(&item.thread);
            let thread = thread.get(..limits::DIGEST_DIGITS_MIN).unwrap_or_default();
            format!("{digest}  hotline session {thread}, {}: {subject}", waiting(item))
        }
    };
    [first, second, next(now, item), link(now, item)].map(|text| marked(traffic, &text))
}

/// What became of it, and its subject in quotation marks: no subject can pass for what the node says of it.
pub(super) fn subject(item: &calls::NowItem) -> String {
    let became = item.marks.iter().find(|mark| is_of_what_became(mark));
    let became = became.map_or_else(String::new, |mark| format!("{}: ", shown(mark)));
    format!("{became}\"{}\"", shown(&item.subject))
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
