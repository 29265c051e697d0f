//! The rows above a session, and a session in the list: what it is, who is on, and what waits for an officer.
//!
//! Never here: a row of a session that does not say whether it is real or a drill.

use bytes::Bytes;

use super::rows::{Row, Weight, put, seconds};
use super::state::{Link, Session, State, View};
use crate::codec::message::{precedence_name, traffic_mark};
use crate::codec::proto::detente::v1 as calls;
use crate::domain::official::wrap::cut;
use crate::domain::text::shown;

pub const HEAD_ROWS: usize = 3;

pub fn head(state: &State, wide: usize) -> [Row; HEAD_ROWS] {
    let unread: u32 = state.sessions.values().map(|one| one.stands.unread).fold(0, u32::saturating_add);
    let flashes = state.sessions.values().filter(|one| state.alarms_in(one)).count();
    let waits = match (flashes, unread) {
        (0, 0) => String::new(),
        (0, unread) => format!("UNREAD {unread}"),
        (flashes, unread) => format!("FLASH in {flashes} session(s), UNREAD {unread}: press n"),
    };
    let (link, weight) = match &state.link {
        Link::Joining => ("joining the node".to_owned(), Weight::Bold),
        Link::Live => ("linked to the node".to_owned(), Weight::Plain),
        Link::Lost(since, why) => {
            (format!("LINK TO NODE LOST since {}, trying again: {why}", seconds(since.0)), Weight::Reverse)
        }
    };
    let weight = if flashes > 0 { Weight::Reverse } else { weight };
    // What waits comes first: a narrow screen takes the rest.
    let words: Vec<String> = [waits, link].into_iter().filter(|one| !one.is_empty()).collect();
    let last = Row::of(cut(&words.join("  "), wide), weight);
    let session = state.session().filter(|_| state.view != View::List);
    let Some(session) = session else {
        let count = state.sessions.len();
        let more = match state.left_out.len() {
            0 => String::new(),
            more => format!(" and {more} older: detente hotline list"),
        };
        let first = format!("HOTLINE  {}  {count} session(s){more}", state.own);
        return [Row::of(cut(&first, wide), Weight::Bold), Row::of("", Weight::Plain), last];
    };
    let stands = &session.stands;
    let first = format!(
        "{}  {}  {}  {}  {}",
        traffic_mark(stands.traffic),
        precedence_name(stands.precedence),
        if session.too_long { "too long: detente message show" } else { &stands.state },
        present(stands),
        shown(&stands.subject)
    );
    let on: Vec<String> =
        stands.on.iter().map(|on| format!("{} {}", shown(&on.party), shown(&on.officer))).collect();
    let on = if on.is_empty() { "nobody".to_owned() } else { on.join(", ") };
    let partial = if session.partial { "EARLIER TEXTS LEFT OUT: detente hotline show  " } else { "" };
    let second = format!("{partial}on: {on}  languages: {}", languages(stands));
    [Row::of(cut(&first, wide), Weight::Bold), Row::of(cut(&second, wide), Weight::Plain), last]
}

fn present(stands: &calls::Session) -> String {
    stands.present.iter().map(|party| shown(party)).collect::<Vec<_>>().join("+")
}

fn languages(stands: &calls::Session) -> String {
    stands.languages.iter().map(|one| shown(one)).collect::<Vec<_>>().join(", ")
}

/// A session in the list.
pub fn listed(state: &State, thread: &Bytes, session: &Session, wide: usize) -> Vec<Row> {
    let stands = &session.stands;
    let selected = *thread == state.thread;
    let weight = match (state.alarms_in(session), selected) {
        (true, _) => Weight::Reverse,
        (false, true) => Weight::Bold,
        (false, false) => Weight::Plain,
    };
    let sign = if selected { '>' } else { ' ' };
    let draft = if state.drafts.contains_key(thread) { "DRAFT  " } else { "" };
    let told = format!(
        "{sign}{:<5} {:<9} {:<8} {:>3} unread  {}  {draft}{}",
        traffic_mark(stands.traffic),
        precedence_name(stands.precedence),
        if session.too_long { "too long" } else { &stands.state },
        stands.unread,
        present(stands),
        shown(&stands.subject)
    );
    let mut rows = Vec::new();
    put(&mut rows, 0, &told, wide, weight);
    rows
}
