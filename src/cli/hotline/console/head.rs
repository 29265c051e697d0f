//! The rows above a session, and a session in the list: what it is, who is on, and what waits for an officer.
//!
//! Never here: a row of a session that does not say whether it is real or a drill.

use std::collections::BTreeSet;

use bytes::Bytes;

use super::rows::{Row, Weight, put, seconds};
use super::state::{Link, Session, State, View};
use crate::cli::hotline::links::not_heard;
use crate::codec::message::{precedence_name, traffic_mark};
use crate::codec::proto::detente::v1 as calls;
use crate::domain::official::wrap::{columns, cut};
use crate::domain::text::shown;

pub const HEAD_ROWS: usize = 3;
/// On a narrower screen no text is shown, so that none passes for one that was.
pub const TEXT_COLUMNS_MIN: usize = 16;
/// On a narrower screen a session is listed by what it is about.
const LIST_COLUMNS_MIN: usize = 40;
/// While another console of this officer runs.
pub const NOT_KEPT: &str = "another console of yours keeps the drafts: what is written here is NOT KEPT";

pub fn head(state: &State, wide: usize) -> [Row; HEAD_ROWS] {
    let unread = state.sessions.values().map(|one| state.unread(one)).fold(0, usize::saturating_add);
    let flashes = state.sessions.values().filter(|one| state.alarms_in(one)).count();
    let left = state.sessions.values().map(|one| one.stands.to_acknowledge);
    let left = left.fold(0, u32::saturating_add);
    let is_only_left = (flashes, unread) == (0, 0) && left > 0;
    let mut waits = match (flashes, unread) {
        (0, 0) if is_only_left => format!("TO ACKNOWLEDGE {left}"),
        (0, 0) => String::new(),
        (0, unread) => format!("UNREAD {unread}"),
        (flashes, unread) => format!("FLASH in {flashes} session(s), UNREAD {unread}"),
    };
    // What stands of the link whole, and the rest of it.
    let (mut link, more, weight) = match &state.link {
        Link::Joining => ("joining the node".to_owned(), String::new(), Weight::Bold),
        Link::Live => ("linked to the node".to_owned(), String::new(), Weight::Plain),
        Link::Lost(since, why) => {
            let since = seconds(since.0);
            // The hour first: a link is seldom lost for days.
            let (day, hour) = since.split_once('T').unwrap_or(("", since.as_str()));
            let lost = format!("LINK TO NODE LOST since {hour}");
            (lost, format!(" {day}, trying again: {why}"), Weight::Reverse)
        }
    };
    if flashes > 0 || is_only_left {
        let keys = if state.is_typed_in() { ": Esc, then n" } else { ": press n" };
        let needed = [waits.as_str(), keys, "  ", link.as_str()];
        let needed = needed.into_iter().map(columns).fold(0, usize::saturating_add);
        // Where the two have no room together, since when the node is lost comes before the keys.
        if more.is_empty() || needed < wide {
            waits.push_str(keys);
        }
    }
    link.push_str(&more);
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
        let kept = if state.keeps { String::new() } else { NOT_KEPT.to_owned() };
        let links = links(state, state.sessions.values());
        let second: Vec<String> = [kept, links].into_iter().filter(|one| !one.is_empty()).collect();
        let second = second.join("  ");
        return [Row::of(cut(&first, wide), Weight::Bold), Row::of(cut(&second, wide), Weight::Bold), last];
    };
    let stands = &session.stands;
    let first = format!(
        "{}  {}  {}  {}{}  {}",
        traffic_mark(stands.traffic),
        precedence_name(stands.precedence),
        stands.state,
        state.not_released.mark(&state.thread),
        present(stands),
        shown(&stands.subject)
    );
    let links = links(state, std::iter::once(session));
    let weight = if links.is_empty() { Weight::Plain } else { Weight::Bold };
    let second = if wide < TEXT_COLUMNS_MIN {
        "too narrow".to_owned()
    } else {
        // Whom nothing reaches comes first, then who is on: a narrow screen takes the rest.
        let gap = if links.is_empty() { "" } else { "  " };
        let on = on(stands, &state.own);
        format!("{links}{gap}on: {on}{}  languages: {}", elsewhere(session), languages(stands))
    };
    [Row::of(cut(&first, wide), Weight::Bold), Row::of(cut(&second, wide), weight), last]
}

/// Whose node is not heard, of those who are present in one of these sessions, and since when; by code.
fn links<'s>(state: &State, sessions: impl Iterator<Item = &'s Session>) -> String {
    let present: BTreeSet<&str> =
        sessions.flat_map(|session| session.stands.present.iter().map(String::as_str)).collect();
    let silent = state.not_heard.iter().filter(|(party, _)| present.contains(party.as_str()));
    silent.map(|(party, at)| not_heard(party, *at)).collect::<Vec<_>>().join(", ")
}

/// What of it does not stand at the console, and how it is seen.
fn elsewhere(session: &Session) -> String {
    let stands = &session.stands;
    let counted = |what: &str, many: u32| (many > 0).then(|| format!("{what} {many}"));
    let all = [
        session.partial.then(|| "EARLIER TEXTS LEFT OUT".to_owned()),
        counted("HEARD BY TELEPHONE", stands.heard_alone),
        counted("HANDED ON", stands.handed_on),
        counted("NOT READ HERE", stands.not_read),
    ];
    let all: Vec<String> = all.into_iter().flatten().collect();
    if all.is_empty() { String::new() } else { format!("  {}: detente hotline show", all.join(", ")) }
}

/// What a Party that came in later was not told.
const NOT_KNOWN: &str = "not known here";

/// Who is on for each Party that is present, by name; also for one that came in later. Who opened it may have said no
/// more.
fn on(stands: &calls::Session, own: &str) -> String {
    let officers = stands.on.iter().map(|on| format!("{} {}", shown(&on.party), shown(&on.officer)));
    let is_on = |party: &str| stands.on.iter().any(|on| on.party == party);
    let others = stands.present.iter().filter(|party| !is_on(party));
    let others = others.map(|party| {
        let opened = match party {
            _ if stands.came_in_later && *party != own => NOT_KNOWN,
            _ if *party == stands.opened_by => "opened it",
            _ => "nobody yet",
        };
        format!("{} {opened}", shown(party))
    });
    officers.chain(others).collect::<Vec<_>>().join(", ")
}

fn present(stands: &calls::Session) -> String {
    stands.present.iter().map(|party| shown(party)).collect::<Vec<_>>().join("+")
}

fn languages(stands: &calls::Session) -> String {
    if stands.came_in_later {
        return NOT_KNOWN.into();
    }
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
    let is_begun = state.drafts.iter().any(|(of, draft)| of.thread == *thread && !draft.is_empty());
    let draft = format!("{}{}", if is_begun { "DRAFT  " } else { "" }, state.not_released.mark(thread));
    let left = match stands.to_acknowledge {
        0 => String::new(),
        left => format!("  {left} to acknowledge"),
    };
    let (traffic, precedence) = (traffic_mark(stands.traffic), precedence_name(stands.precedence));
    let standing = &stands.state;
    let (unread, present, subject) = (state.unread(session), present(stands), shown(&stands.subject));
    let mut rows = Vec::new();
    if wide < LIST_COLUMNS_MIN {
        // Which session it is stands in its first row: the screen may have room for no other.
        rows.push(Row::of(cut(&format!("{sign}{traffic} {subject}"), wide), weight));
        let told = format!("{precedence} {standing} {unread} unread  {draft}{present}{left}");
        put(&mut rows, 2, &told, wide, weight);
        return rows;
    }
    let told = format!(
        "{sign}{traffic:<5} {precedence:<9} {standing:<8} {unread:>3} unread  {present}  {draft}{subject}{left}"
    );
    put(&mut rows, 0, &told, wide, weight);
    rows
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::hotline::console::screen::{console, text};
    use crate::domain::time::Instant;

    #[test]
    fn what_a_party_that_came_in_later_was_not_told_is_not_known_there_and_not_denied() {
        let stands = calls::Session {
            present: vec!["BY".into(), "LT".into(), "PL".into()],
            on: vec![calls::OfficerOn { party: "PL".into(), officer: "Maj".into(), since_ms: 0 }],
            came_in_later: true,
            ..Default::default()
        };
        assert_eq!(on(&stands, "LT"), "PL Maj, BY not known here, LT nobody yet");
        assert_eq!(languages(&stands), "not known here");
        let (opened_by, languages_of_it) = ("BY".to_owned(), vec!["en".to_owned()]);
        let there = calls::Session { opened_by, languages: languages_of_it, came_in_later: false, ..stands };
        assert_eq!(on(&there, "PL"), "PL Maj, BY opened it, LT nobody yet");
        assert_eq!(languages(&there), "en");
    }

    #[test]
    fn what_was_heard_by_telephone_and_has_no_original_here_is_told_above_the_session() {
        let mut state = console(&[]);
        state.view = View::Session;
        let stands = |state: &State| head(state, 80)[1].pieces[0].text.clone();
        assert!(stands(&state).starts_with("on: "), "{}", stands(&state));
        state.sessions.values_mut().for_each(|one| one.stands.heard_alone = 2);
        assert!(stands(&state).starts_with("on: BY nobody yet, PL nobody yet  HEARD BY TELEPHONE 2: "));
        // Who is on stands there whatever else does.
        state.sessions.values_mut().for_each(|one| (one.stands.handed_on, one.partial) = (1, true));
        let told = "on: BY nobody yet, PL nobody yet  EARLIER TEXTS LEFT OUT, HEARD BY TELEPHONE 2";
        assert!(stands(&state).starts_with(told), "{}", stands(&state));
    }

    #[test]
    fn since_when_a_party_of_the_session_is_not_heard_stands_above_it_and_above_the_list() {
        let mut state = console(&[text(1, "BY", "one")]);
        state.not_heard = [("BY".to_owned(), 45_154_000), ("LT".to_owned(), 0)].into();
        for view in [View::List, View::Session, View::Writing] {
            state.view = view;
            let second = head(&state, 80)[1].pieces[0].text.clone();
            assert!(second.starts_with("BY NOT HEARD since 1970-01-01T12:32:34Z"), "{second}");
            assert!(!second.contains("LT") && second.contains("  on: ") == (view != View::List), "{second}");
        }
        state.sessions.values_mut().for_each(|one| one.stands.present.push("LT".into()));
        state.view = View::List;
        let second = head(&state, 120)[1].pieces[0].text.clone();
        assert!(second.ends_with(", LT NOT HEARD since this node started"), "{second}");
        state.not_heard.clear();
        assert!(head(&state, 80)[1].pieces.iter().all(|piece| piece.text.is_empty()));
    }

    #[test]
    fn on_a_narrow_screen_the_first_row_of_a_listed_session_says_which_it_is() {
        let state = console(&[text(1, "BY", "one")]);
        let (thread, session) = state.sessions.first_key_value().unwrap();
        let rows = listed(&state, thread, session, 20);
        assert_eq!(rows[0].pieces[0].text, ">REAL Aircraft \\u{1…");
        assert_eq!(rows[1].pieces[0].text, "FLASH open 1");
        let rows = listed(&state, thread, session, 80);
        assert!(rows[0].pieces[0].text.starts_with(">REAL  FLASH     open       1 unread  BY+PL  Aircraft "));
    }

    #[test]
    fn since_when_the_node_is_lost_stands_whole_at_80_columns_while_a_flash_is_unread() {
        for unread in [1, 200] {
            let lines: Vec<calls::SessionLine> = (1..=unread).map(|place| text(place, "BY", "one")).collect();
            let mut state = console(&lines);
            state.lost("it is away".into(), Instant(45_154_000));
            for view in [View::List, View::Session, View::Writing] {
                state.view = view;
                let [_, _, last] = head(&state, 80);
                let row = &last.pieces[0].text;
                assert!(row.starts_with(&format!("FLASH in 1 session(s), UNREAD {unread}")), "{row}");
                assert!(row.contains("  LINK TO NODE LOST since 12:32:34Z"), "{row}");
                assert_eq!(row.contains("then n"), unread == 1 && view == View::Writing, "{row}");
            }
        }
    }
}
