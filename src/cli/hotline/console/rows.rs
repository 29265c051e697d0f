//! A message of a session as rows of the screen: its heading, what it says with the translation beside it, and what
//! became of it at each Party.
//!
//! Never here: a text from outside that was not made safe to show, one that was cut, or one sign for two things.

use crate::cli::hotline::beside::beside as words_beside;
use crate::cli::hotline::mixed;
use crate::cli::hotline::not_to::not_to;
use crate::cli::hotline::officer::officer;
use crate::cli::hotline::page;
use crate::cli::hotline::unseen::{not_here, unseen};
use crate::codec::message::{precedence_name, traffic_mark};
use crate::codec::proto::detente::v1 as calls;
use crate::domain::content::Kind;
use crate::domain::official::wrap::{columns, wrapped};
use crate::domain::official::{Direction, direction};
use crate::domain::text::{shown, shown_lines};
use crate::domain::time::Instant;

/// Where what a Party wrote begins: nothing of it can pass for a heading.
const MARGIN: usize = 4;
/// Between a text and its translation.
const GAP: &str = " | ";
/// On a narrower screen a translation stands below its text.
const BESIDE_COLUMNS_MIN: usize = 60;

/// Text that is set by itself, so that no direction of writing in it moves what stands beside it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Piece {
    pub column: usize,
    pub direction: Direction,
    /// Safe to show.
    pub text: String,
}

/// What makes a row stand out, on a terminal without colours as well.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Weight {
    Plain,
    Bold,
    Reverse,
}

/// One row of the screen.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Row {
    pub pieces: Vec<Piece>,
    pub weight: Weight,
}

impl Row {
    pub fn of(text: impl Into<String>, weight: Weight) -> Row {
        Row { pieces: vec![piece(0, text.into())], weight }
    }
}

/// How a line of a session is looked at.
pub struct Look<'l> {
    /// The code of the own Party.
    pub own: &'l str,
    pub columns: usize,
    /// The place of a text in the session.
    pub place: &'l dyn Fn(&[u8]) -> Option<u32>,
    pub selected: bool,
    /// It asks for an officer at once.
    pub alarms: bool,
    /// A translation of it is begun here, and not on record yet.
    pub drafted: bool,
    /// What stands at it and waits for an acknowledgement of its own.
    pub beside: Vec<&'l calls::SaidBeside>,
}

/// All rows of one message.
pub fn rows(line: &calls::SessionLine, look: &Look<'_>) -> Vec<Row> {
    let mut rows = Vec::new();
    let weight = match (look.alarms, look.selected) {
        (true, _) => Weight::Reverse,
        (false, true) => Weight::Bold,
        (false, false) => Weight::Plain,
    };
    let sign = if look.selected { '>' } else { ' ' };
    let place = if line.position == 0 { "-".to_owned() } else { line.position.to_string() };
    let heading = format!(
        "{sign}{:<5} {place:>3} {}  {}  {}  {}",
        traffic_mark(line.traffic),
        precedence_name(line.precedence),
        shown(&line.author),
        seconds(line.released_at_ms),
        shown(&line.number)
    );
    put(&mut rows, 0, &heading, look.columns, weight);
    let mut told = |text: &str| put(&mut rows, 2, text, look.columns, Weight::Plain);
    if is_unread_here(line, look.own) {
        told("UNREAD");
    } else if is_unread(line, look.own) {
        told("not read by you");
    } else if is_left(line, look.own) {
        told("NOT ACKNOWLEDGED: r");
    }
    for one in &look.beside {
        let what = if one.kind == Kind::Translation.name() { "the translation" } else { "the withdrawal" };
        told(&format!("{what} {} is NOT ACKNOWLEDGED: r", shown(&one.number)));
    }
    if look.drafted {
        told("TRANSLATION BEGUN: t goes on with it");
    }
    if !line.not_taken.is_empty() {
        told(&format!("not taken: {}", shown(&line.not_taken)));
    }
    if !line.answers.is_empty() {
        let end = if (look.place)(&line.answers).is_some() { "" } else { not_here(line) };
        told(&format!("answers {}{end}", named(look, &line.answers)));
    }
    if let Some(unseen) = unseen(line, |digest| named(look, digest)) {
        told(&unseen);
    }
    if !line.missing.is_empty() {
        told(&format!("waits for {} message(s) not on record here", line.missing.len()));
    }
    if let Some(not_to) = not_to(line) {
        told(&not_to);
    }
    if !line.phrase_differs.is_empty() {
        let with: Vec<String> = line.phrase_differs.iter().map(|party| shown(party)).collect();
        told(&format!(
            "said to be agreed phrase {}: the list agreed with {} has other words",
            line.phrase,
            with.join(", ")
        ));
    }
    said(&mut rows, line, look.columns);
    for mark in mixed::of(line) {
        put(&mut rows, 2, &mark, look.columns, Weight::Bold);
    }
    if let Some(withdrawn) = page::withdrawn(line) {
        put(&mut rows, 2, &withdrawn, look.columns, Weight::Bold);
        below(&mut rows, &page::shown_given(&line.withdrawal_reason), look.columns);
    }
    let way = [&line.came_by_way, &line.read_as_handed_on].map(|came| (came, Weight::Bold));
    for (came, weight) in [(&line.came_by_file, Weight::Plain)].into_iter().chain(way) {
        if !came.is_empty() {
            put(&mut rows, 2, &shown(came), look.columns, weight);
        }
    }
    for heard in &line.heard {
        let is_same = heard.differences.is_empty() && !heard.not_compared;
        let weight = if is_same { Weight::Plain } else { Weight::Bold };
        put(&mut rows, 2, &page::heard_as(heard), look.columns, weight);
    }
    for (at, state) in line.states.iter().enumerate() {
        let mut words = became(line, state, look);
        // What its own writer is told of it begins here.
        if at == 0 && line.author == look.own {
            words.insert(0, format!("on record here {}", hour(line.recorded_at_ms, line.released_at_ms)));
        }
        fill(&mut rows, &words, look.columns);
    }
    rows
}

/// Whether it is a text of another Party's that this officer has not read.
pub fn is_unread(line: &calls::SessionLine, own: &str) -> bool {
    is_text(line) && line.author != own && !line.read_by_caller
}

/// Whether it is a text of another Party's that no officer of the own Party has read.
pub fn is_unread_here(line: &calls::SessionLine, own: &str) -> bool {
    let unread = |state: &calls::TextState| state.party == own && state.read_at_ms == 0;
    is_text(line) && line.author != own && line.states.iter().any(unread)
}

/// Whether it is no text, and no officer of the own Party has acknowledged it: an opening of another Party's, an
/// acceptance.
pub fn is_left(line: &calls::SessionLine, own: &str) -> bool {
    let unread = |state: &calls::TextState| state.party == own && state.read_at_ms == 0;
    !is_text(line) && line.author != own && !line.read_by_caller && line.states.iter().any(unread)
}

/// Whether something is said in it that can be read and answered.
pub fn is_text(line: &calls::SessionLine) -> bool {
    line.kind == Kind::SessionText.name()
}

/// Whether it is a row of what a Party wrote: no other one begins so.
pub fn is_said(row: &Row) -> bool {
    row.pieces.first() == Some(&bar(MARGIN))
}

/// To the second: what an officer compares with the clock on the wall.
pub fn seconds(at_ms: i64) -> String {
    let text = Instant(at_ms).to_string();
    text.split_once('.').map_or_else(|| text.clone(), |(whole, _)| format!("{whole}Z"))
}

/// The hour alone where the day is that of `beside`.
fn hour(at_ms: i64, beside: i64) -> String {
    let (one, other) = (seconds(at_ms), seconds(beside));
    match (one.split_once('T'), other.split_once('T')) {
        (Some((day, hour)), Some((same, _))) if day == same => hour.to_owned(),
        _ => one,
    }
}

fn named(look: &Look<'_>, digest: &[u8]) -> String {
    match (look.place)(digest) {
        Some(place) => place.to_string(),
        None => hex::encode(digest).get(..12).unwrap_or_default().to_owned(),
    }
}

fn said(rows: &mut Vec<Row>, line: &calls::SessionLine, wide: usize) {
    let language = shown(&line.language);
    let original: Vec<String> = shown_lines(&line.text);
    let others = words_beside(line);
    if others.is_empty() {
        let original = marked(&language, original);
        below(rows, &original, wide);
        return;
    }
    for (whose, text) in others {
        let translated: Vec<String> = std::iter::once(whose).chain(shown_lines(text)).collect();
        let original: Vec<String> =
            std::iter::once(format!("[{language}]")).chain(original.iter().cloned()).collect();
        if wide < BESIDE_COLUMNS_MIN {
            below(rows, &original, wide);
            below(rows, &translated, wide);
        } else {
            beside(rows, &original, &translated, wide);
        }
    }
    if line.more_translations > 0 {
        put(rows, 2, &format!("and {} more translation(s)", line.more_translations), wide, Weight::Plain);
    }
}

fn marked(language: &str, mut lines: Vec<String>) -> Vec<String> {
    match lines.first_mut() {
        Some(first) if direction(first) == Direction::LeftToRight => *first = format!("[{language}] {first}"),
        Some(_) | None => lines.insert(0, format!("[{language}]")),
    }
    lines
}

/// What a Party wrote, behind its margin.
pub fn below(rows: &mut Vec<Row>, lines: &[String], wide: usize) {
    let room = wide.saturating_sub(MARGIN).max(1);
    for line in lines {
        let turned = direction(line);
        for text in wrapped(line, room, room) {
            let piece = Piece { column: MARGIN, direction: turned, text: text.to_owned() };
            rows.push(Row { pieces: vec![bar(MARGIN), piece], weight: Weight::Plain });
        }
    }
}

fn beside(rows: &mut Vec<Row>, left: &[String], right: &[String], wide: usize) {
    let half = (wide.saturating_sub(MARGIN).saturating_sub(GAP.len()) / 2).max(1);
    let at = MARGIN.saturating_add(half);
    let narrow = |lines: &[String], column: usize| -> Vec<Piece> {
        let mut pieces = Vec::new();
        for line in lines {
            let turned = direction(line);
            let parts = wrapped(line, half, half).into_iter();
            pieces.extend(parts.map(|text| Piece { column, direction: turned, text: text.to_owned() }));
        }
        pieces
    };
    let (left, right) = (narrow(left, MARGIN), narrow(right, at.saturating_add(GAP.len())));
    for row in 0..left.len().max(right.len()) {
        let mut pieces = vec![bar(MARGIN)];
        pieces.extend(left.get(row).cloned());
        pieces.push(piece(at, GAP.to_owned()));
        pieces.extend(right.get(row).cloned());
        rows.push(Row { pieces, weight: Weight::Plain });
    }
}

/// What became of it at one Party: each thing by itself, and what has not come about is said as well.
fn became(line: &calls::SessionLine, state: &calls::TextState, look: &Look<'_>) -> Vec<String> {
    let here = state.party == look.own;
    let at = |at_ms: i64| hour(at_ms, line.released_at_ms);
    let mut words = vec![match (state.refused.as_str(), state.on_record) {
        ("", false) if state.not_known_here => "not known here, its author has the receipt".to_owned(),
        ("", false) => "NOT on record there".to_owned(),
        ("", true) if here => format!("on record here {}", at(state.on_record_ms)),
        ("", true) => "on record there, proven".to_owned(),
        (refused, _) => shown(refused),
    }];
    // What is proven is that it is on record there: the time is theirs.
    if !here && state.refused.is_empty() && state.on_record {
        words.push(format!("{} by its own clock", at(state.on_record_ms)));
        if !state.on_record_disputed.is_empty() {
            words.push(shown(&state.on_record_disputed));
        }
    }
    if is_text(line) {
        // Of what is between two others nothing is known that they do not tell.
        let unknown = state.not_known_here;
        if state.shown_at_ms != 0 {
            words.push(format!("shown to {} {}", officer(&state.shown_to), at(state.shown_at_ms)));
        } else if !unknown {
            words.push("not shown".to_owned());
        }
        if state.read_at_ms != 0 {
            words.push(format!("read by {} {}", officer(&state.read_by), at(state.read_at_ms)));
        } else if !unknown {
            words.push("not read".to_owned());
        }
        if !state.answered_by.is_empty() {
            words.push(format!("answered in {}", named(look, &state.answered_by)));
        } else if !unknown {
            words.push("not answered".to_owned());
        }
    }
    if let Some(first) = words.first_mut() {
        *first = format!("{}: {first}", shown(&state.party));
    }
    words
}

/// As many on a row as it takes, none of them broken that fits.
fn fill(rows: &mut Vec<Row>, words: &[String], wide: usize) {
    let (mut row, mut column) = (String::new(), 2_usize);
    for (at, word) in words.iter().enumerate() {
        let end = if at.saturating_add(1) < words.len() { ";" } else { "" };
        let with = [&row, word.as_str(), end].concat();
        if !row.is_empty() && column.saturating_add(columns(&with)) >= wide {
            put(rows, column, &row, wide, Weight::Plain);
            (row, column) = (String::new(), 6);
        }
        if !row.is_empty() {
            row.push(' ');
        }
        row.push_str(word);
        row.push_str(end);
    }
    put(rows, column, &row, wide, Weight::Plain);
}

/// A text from a column on, gone on in further rows where it is too wide.
pub fn put(rows: &mut Vec<Row>, column: usize, text: &str, wide: usize, weight: Weight) {
    let room = wide.saturating_sub(column).max(1);
    for (at, part) in wrapped(text, room, room.saturating_sub(4).max(1)).into_iter().enumerate() {
        let column = if at == 0 { column } else { column.saturating_add(4) };
        rows.push(Row { pieces: vec![piece(column, part.to_owned())], weight });
    }
}

fn bar(margin: usize) -> Piece {
    piece(margin.saturating_sub(2), "|".to_owned())
}

fn piece(column: usize, text: String) -> Piece {
    Piece { column, direction: Direction::LeftToRight, text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_proven_is_that_it_is_on_record_there_and_a_time_that_is_disputed_says_so() {
        let look = Look {
            own: "BY",
            columns: 80,
            place: &|_| None,
            selected: false,
            alarms: false,
            drafted: false,
            beside: Vec::new(),
        };
        let line = calls::SessionLine::default();
        let at = |party: &str, on_record_ms: i64| calls::TextState {
            party: party.into(),
            on_record: true,
            on_record_ms,
            ..Default::default()
        };
        let mut state = at("PL", 1_000);
        let theirs = ["PL: on record there, proven", "00:00:01Z by its own clock"];
        assert_eq!(became(&line, &state, &look), theirs);
        state.on_record_disputed = "when it was received is disputed".into();
        assert_eq!(became(&line, &state, &look)[..2], theirs);
        assert_eq!(became(&line, &state, &look)[2], "when it was received is disputed");
        assert_eq!(became(&line, &at("BY", 1_000), &look), ["BY: on record here 00:00:01Z"]);
        // A receipt may state any time: it is one.
        assert_eq!(became(&line, &at("PL", 0), &look)[0], theirs[0]);
    }
}
