//! The rows above a session, and a session in the list: what it is, who is on, and what waits for an officer.
//!
//! Never here: a row of a session that does not say whether it is real or a drill.

use std::collections::BTreeSet;

use bytes::Bytes;

use super::drafts::{Draft, DraftOf};
use super::last_row::{Waits, waits_and_link};
use super::rows::{Row, Weight, put};
use super::state::{Link, Session, State, View};
use crate::cli::hotline::links::not_heard;
use crate::codec::message::{precedence_name, traffic_mark};
use crate::codec::proto::detente::v1 as calls;
use crate::domain::official::wrap::{cut, wrapped};
use crate::domain::text::shown;

pub const HEAD_ROWS: usize = 3;
/// On a narrower screen, or a lower one, nothing is shown but that, so that nothing passes for what was.
pub const COLUMNS_MIN: usize = 20;
pub const ROWS_MIN: usize = 5;
/// On a narrower screen a session is listed by what it is about, and what stands above is said in fewer words.
const LIST_COLUMNS_MIN: usize = 40;
/// While another console of this officer runs, or what is kept can't be read.
const NOT_KEPT: &str = "NOT KEPT here: another console of yours keeps the drafts, or they can't be read";

/// That no work is done on a screen of so many columns and rows; `None` where it has room.
pub fn too_small((columns, rows): (u16, u16)) -> Option<String> {
    let has_room = usize::from(columns) >= COLUMNS_MIN && usize::from(rows) >= ROWS_MIN;
    (!has_room).then(|| format!("screen too small: at least {COLUMNS_MIN}x{ROWS_MIN}"))
}

/// All that stands on a screen that is too small: that it is, and then what waits.
pub fn head_alone(state: &State, too_small: &str, wide: usize) -> Vec<Row> {
    let waits = Waits::of(state);
    let rows = [too_small.to_owned(), waits.narrow()];
    let rows = rows.iter().filter(|row| !row.is_empty());
    let room = wide.max(1);
    let rows = rows.flat_map(|row| wrapped(row, room, room));
    rows.map(|row| Row::of(row, waits.weight(Weight::Bold))).collect()
}

pub fn head(state: &State, wide: usize) -> [Row; HEAD_ROWS] {
    let (last, link) = waits_and_link(state, wide);
    let is_narrow = wide < LIST_COLUMNS_MIN;
    let session = state.session().filter(|_| state.view != View::List);
    let (first, second) = match session {
        None => of_list(state, is_narrow),
        Some(session) => of_session(state, session, is_narrow),
    };
    let weight = if second.is_urgent { Weight::Bold } else { Weight::Plain };
    let second = link.unwrap_or_else(|| Row::of(cut(&second.text, wide), weight));
    [Row::of(cut(&first, wide), Weight::Bold), second, last]
}

/// The second row: it stands out where somebody is not heard, and above the list.
struct Second {
    text: String,
    is_urgent: bool,
}

fn of_list(state: &State, is_narrow: bool) -> (String, Second) {
    let count = state.sessions.len();
    let more = match state.left_out.len() {
        0 => String::new(),
        more => format!(" and {more} older: detente hotline list"),
    };
    let hotline = if is_narrow { "" } else { "HOTLINE  " };
    let first = format!("{hotline}{}  {count} session(s){more}", state.own);
    let kept = if state.keeps { "" } else { NOT_KEPT };
    let links = links(state, state.sessions.values());
    let all = [kept.to_owned(), links, elsewhere_written(state)];
    let all: Vec<String> = all.into_iter().filter(|one| !one.is_empty()).collect();
    (first, Second { text: all.join("  "), is_urgent: true })
}

/// What is written in sessions that are not listed, as the node told none or they were left out: it is not lost.
fn elsewhere_written(state: &State) -> String {
    let is_it =
        |(of, draft): &(&DraftOf, &Draft)| !draft.is_empty() && !state.sessions.contains_key(&of.thread);
    match state.drafts.iter().filter(is_it).count() {
        some @ 1.. if state.link == Link::Live => format!("{some} DRAFT(S) of sessions not listed"),
        _ => String::new(),
    }
}

fn of_session(state: &State, session: &Session, is_narrow: bool) -> (String, Second) {
    let stands = &session.stands;
    let (traffic, precedence) = (traffic_mark(stands.traffic), precedence_name(stands.precedence));
    let (drafts, present) = (state.not_released.mark(&state.thread), present(stands));
    let (how, subject) = (&stands.state, shown(&stands.subject));
    let first = if is_narrow {
        // A narrow screen takes the rest.
        format!("{traffic} {how} {} unread {precedence}  {drafts}{present}  {subject}", state.unread(session))
    } else {
        format!("{traffic}  {precedence}  {how}  {drafts}{present}  {subject}")
    };
    let links = links(state, std::iter::once(session));
    // Whom nothing reaches comes first, then who is on: a narrow screen takes the rest.
    let gap = if links.is_empty() { "" } else { "  " };
    let on = on(stands, &state.own);
    let text = format!("{links}{gap}on: {on}{}  languages: {}", elsewhere(session), languages(stands));
    (first, Second { text, is_urgent: !links.is_empty() })
}

/// Whose node is not heard, of those who are present in one of these sessions, and since when; by code.
fn links<'s>(state: &State, sessions: impl Iterator<Item = &'s Session>) -> String {
    let present: BTreeSet<&str> =
        sessions.flat_map(|session| session.stands.present.iter().map(String::as_str)).collect();
    let silent = state.not_heard.iter().filter(|(party, _)| present.contains(party.as_str()));
    silent.map(|(party, at)| not_heard(party, *at)).collect::<Vec<_>>().join(", ")
}

/// What of it stands at none of its lines, and how it is seen.
fn elsewhere(session: &Session) -> String {
    let stands = &session.stands;
    let counted = |what: &str, many: u32| (many > 0).then(|| format!("{what} {many}"));
    let heard = counted("HEARD BY TELEPHONE", stands.heard_alone).map(|one| format!("  {one}: End"));
    let all = [
        session.partial.then(|| "EARLIER TEXTS LEFT OUT".to_owned()),
        counted("HANDED ON", stands.handed_on),
        counted("NOT READ HERE", stands.not_read),
    ];
    let all: Vec<String> = all.into_iter().flatten().collect();
    let all =
        if all.is_empty() { String::new() } else { format!("  {}: detente hotline show", all.join(", ")) };
    heard.unwrap_or_default() + &all
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

/// That something is written in a session; and that something was given before a restart, and goes by the officer's key
/// alone.
fn begun(state: &State, thread: &Bytes) -> &'static str {
    let is_given_before = |draft: &Draft| draft.given.is_some_and(|given| given.again.is_none());
    let here = state.drafts.iter().filter(|(of, draft)| of.thread == *thread && !draft.is_empty());
    let (before, others): (Vec<_>, Vec<_>) = here.partition(|(_, draft)| is_given_before(draft));
    match (before.is_empty(), others.is_empty()) {
        (true, true) => "",
        (true, false) => "DRAFT  ",
        (false, true) => "GIVEN BEFORE  ",
        (false, false) => "GIVEN BEFORE  DRAFT  ",
    }
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
    let draft = format!("{}{}", begun(state, thread), state.not_released.mark(thread));
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
    use crate::cli::hotline::console::composer::Written;
    use crate::cli::hotline::console::drafts::Given;
    use crate::cli::hotline::console::screen::{console, text};
    use crate::domain::digest::CommandId;
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
        assert!(stands(&state).starts_with("on: BY nobody yet, PL nobody yet  HEARD BY TELEPHONE 2: End  "));
        // Who is on stands there whatever else does.
        state.sessions.values_mut().for_each(|one| (one.stands.handed_on, one.partial) = (1, true));
        let told = "on: BY nobody yet, PL nobody yet  HEARD BY TELEPHONE 2: End  EARLIER TEXTS LEFT…";
        assert_eq!(stands(&state), told);
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

    /// The rows of its head, as they stand in so many columns.
    fn above(state: &State, wide: usize) -> [String; HEAD_ROWS] {
        head(state, wide).map(|row| row.pieces[0].text.clone())
    }

    #[test]
    fn on_a_small_screen_stand_what_the_session_is_and_what_waits_and_what_has_no_room_is_marked() {
        let mut state = console(&[text(1, "BY", "one"), text(2, "BY", "two")]);
        state.view = View::Session;
        assert_eq!(
            above(&state, 20),
            ["REAL open 2 unread …", "on: BY nobody yet, …", "FLASH 1 UNREAD 2: n…"]
        );
        let at_40 = [
            "REAL  FLASH  open  BY+PL  Aircraft \\u{1…",
            "on: BY nobody yet, PL nobody yet  langu…",
            "FLASH 1 UNREAD 2: n  linked",
        ];
        assert_eq!(above(&state, 40), at_40);
        let at_80 = "FLASH in 1 session(s), UNREAD 2: press n  linked to the node";
        assert_eq!(above(&state, 80)[2], at_80);
        state.view = View::Writing;
        assert_eq!(above(&state, 40)[2], "FLASH 1 UNREAD 2: Esc n  linked");

        // The node is lost: that comes before who is on.
        state.lost("it is away".into(), Instant(45_154_000));
        assert_eq!(above(&state, 20)[1..], ["LINK LOST 12:32:34Z…", "FLASH 1 UNREAD 2"]);
        assert_eq!(above(&state, 40)[2], "FLASH 1 UNREAD 2  LINK LOST 12:32:34Z 1…");

        let mut state = console(&[]);
        (state.view, state.keeps) = (View::List, false);
        assert_eq!(above(&state, 20), ["PL  1 session(s)", "NOT KEPT here: anot…", "linked to the node"]);
    }

    #[test]
    fn a_draft_of_a_session_that_is_not_listed_is_told_of_above_the_list() {
        let mut state = console(&[]);
        let of = DraftOf { thread: vec![9; 16].into(), ..DraftOf::default() };
        let written = Written::of("We see it.");
        state.drafts.insert(of, Draft { written, ..Draft::default() });
        assert_eq!(above(&state, 80)[1], "1 DRAFT(S) of sessions not listed");
        // While the node has not told all it may come yet.
        state.link = Link::Joining;
        assert_eq!(above(&state, 80)[1], "");
    }

    #[test]
    fn what_was_given_before_a_restart_and_what_is_only_written_stand_in_the_list_by_themselves() {
        let mut state = console(&[text(1, "BY", "one")]);
        let mut write = |translates: u8, given| {
            let of = DraftOf { thread: vec![7; 16].into(), translates: vec![translates; 32].into() };
            state.drafts.insert(of, Draft { written: Written::of("x"), given, ..Draft::default() });
            let (thread, session) = state.sessions.first_key_value().unwrap();
            listed(&state, thread, session, 80)[0].pieces[0].text.clone()
        };
        let given = Given { id: CommandId([1; 16]), at: Instant(1), again: None, seen_before: 1 };
        let row = write(1, Some(given));
        assert!(row.contains("BY+PL  GIVEN BEFORE  Aircraft"), "{row}");
        let row = write(2, None);
        assert!(row.contains("BY+PL  GIVEN BEFORE  DRAFT  Aircraft"), "{row}");
        // What goes by itself is no more than a draft there.
        write(2, Some(Given { again: Some(Instant(9)), ..given }));
        let row = write(1, None);
        assert!(row.contains("BY+PL  DRAFT  Aircraft"), "{row}");
    }
}
