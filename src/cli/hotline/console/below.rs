//! What stands below the list or the session: what is written or filled in, what the officer is told, and the keys.
//!
//! Never here: a key that is not named where it does something.

use bytes::Bytes;

use super::composer::Written;
use super::dialogue::{Dialogue, Purpose};
use super::drafts::{Draft, DraftOf, precedence};
use super::head::{HEAD_ROWS, TEXT_COLUMNS_MIN};
use super::notices::notices;
use super::rows::{Piece, Row, Weight};
use super::scroll::{Scroll, Window};
use super::state::{Link, State, View};
use super::words::{Noted, Word, noted};
use crate::codec::message::traffic_mark;
use crate::domain::official::direction;
use crate::domain::official::wrap::{columns, cut};
use crate::domain::text::shown;
use crate::limits;

/// Of what is written no more rows are shown at once.
const WRITING_ROWS_MAX: usize = 7;
/// Blank before what is written: what turns the direction of a row hangs on a cell before it (`cells.rs`).
const WRITING_MARGIN: usize = 1;
/// Of one field.
const FIELD_ROWS_MAX: usize = 2;
/// Of what is to be seen beside the fields.
const NOTE_ROWS_MAX: usize = 7;
const KEY_ROWS_MAX: usize = 3;
/// What is typed has these before the keys are named: what it is, and two rows of it.
const INPUT_ROWS_MIN: usize = 3;
/// A field has these at least beside its label, and else stands below it.
const FIELD_COLUMNS_MIN: usize = 16;
/// On a lower screen the keys have one row.
const KEYS_WHOLE_ROWS_MIN: usize = 12;

const LIST_KEYS: &[&str] = &[
    "Enter look",
    "n next unread",
    "o open a session",
    "w write",
    "Up Down PgUp PgDn",
    "Ctrl-L redraw",
    "q leave",
];
const SESSION_KEYS: &[&str] = &[
    "r read",
    "Enter answer",
    "w write",
    "t translate",
    "p phrase",
    "a accept",
    "+ add",
    "c close",
    "n next unread",
    "o open another",
    "Up Down PgUp PgDn Home End",
    "Esc list",
    "q leave",
];
const WRITING_KEYS: &[&str] =
    &["Ctrl-S send", "Esc keep", "Ctrl-P precedence", "Ctrl-N language", "Ctrl-U cut", "PgUp PgDn"];
const DIALOGUE_KEYS: &[&str] =
    &["Ctrl-S send", "Enter Up Down other field", "Ctrl-U cut", "PgUp PgDn", "Esc back"];
const TRANSLATE_KEYS: &[&str] =
    &["Ctrl-S write it", "Enter Up Down other field", "Ctrl-U cut", "PgUp PgDn", "Esc back"];

/// The rows below.
pub struct Below {
    pub rows: Vec<Row>,
    /// Where the cursor stands in them: row and column.
    pub cursor: Option<(usize, usize)>,
    /// What is to be seen beside the fields, where something of it is among them.
    pub notes: Vec<Noted>,
    /// The first row of what the officer is told and has no room among them; `None` where it all has.
    pub told_next: Option<usize>,
    /// What of a dialogue is among them.
    pub part: Part,
}

/// What is typed, in rows, and where its cursor stands in them: row and column.
struct Input {
    rows: Vec<Word>,
    cursor: Option<(usize, usize)>,
    /// No more of the rows stand there at once.
    most: usize,
}

/// Which rows of what is typed stand there.
pub struct Part {
    /// The first one, which says what it is: none or one.
    firsts: usize,
    /// Of those behind it, how many there are, which is the first that stands there, and how many do.
    pub things: usize,
    pub top: usize,
    pub height: usize,
}

/// On a low screen what is typed comes first, then what the officer is told, then the keys.
pub fn below(state: &State) -> Below {
    let wide = usize::from(state.size.0);
    let input = match &state.dialogue {
        Some(dialogue) => filled_in(state, dialogue, wide),
        None => writing(state, wide),
    };
    let taken = input.rows.len().min(input.most);
    // Where nothing is typed, a row of what is looked at stays.
    let room = usize::from(state.size.1).saturating_sub(HEAD_ROWS);
    let room = room.saturating_sub(usize::from(input.cursor.is_none()));
    let told = notices(state, room.saturating_sub(taken.min(1)), wide);
    let room = room.saturating_sub(told.rows.len());
    let keys = match (&state.dialogue, state.view) {
        (Some(dialogue), _) if dialogue.purpose == Purpose::Translate => TRANSLATE_KEYS,
        (Some(_), _) => DIALOGUE_KEYS,
        (None, View::List) => LIST_KEYS,
        (None, View::Session) => SESSION_KEYS,
        (None, View::Writing) => WRITING_KEYS,
    };
    let most = if usize::from(state.size.1) < KEYS_WHOLE_ROWS_MIN { 1 } else { KEY_ROWS_MAX };
    let most = most.min(room.saturating_sub(taken.min(INPUT_ROWS_MIN)));
    let mut keys = named(keys, wide);
    keys.truncate(most);
    let room = room.saturating_sub(keys.len());
    let part = part(&input, room, state.dialogue.as_ref().and_then(|dialogue| dialogue.scroll));
    let first = part.top.saturating_add(1);
    let there = first..first.saturating_add(part.height);
    // So that no text passes for one that was shown.
    let notes = if wide < TEXT_COLUMNS_MIN { Vec::new() } else { noted(&input.rows, there.clone(), wide) };
    let cursor = input.cursor.filter(|(row, _)| there.contains(row));
    let moved =
        |(row, column): (usize, usize)| (row.saturating_sub(first).saturating_add(part.firsts), column);
    let cursor = cursor.map(moved);
    let mut rows = Vec::new();
    for (at, (row, _)) in input.rows.into_iter().enumerate() {
        if at < part.firsts || there.contains(&at) {
            rows.push(row);
        }
    }
    let is_cut = part.firsts > 0 && part.height < part.things;
    if let (Some(dialogue), Some(first)) = (&state.dialogue, rows.first_mut().filter(|_| is_cut)) {
        *first = Row::of(titled(&title(state, dialogue), &part, wide), Weight::Reverse);
    }
    rows.extend(told.rows);
    rows.extend(keys);
    Below { rows, cursor, notes, told_next: told.next, part }
}

/// No more rows than have room: the first one, and behind it those up to the cursor or, where the officer went through
/// them by pages, those that were gone to.
fn part(input: &Input, room: usize, scroll: Option<Scroll>) -> Part {
    let most = room.min(input.most);
    let things = input.rows.len().saturating_sub(1);
    if input.rows.len() <= most {
        return Part { firsts: input.rows.len().min(1), things, top: 0, height: things };
    }
    let firsts = usize::from(most > 1);
    let height = most.saturating_sub(firsts);
    let top = match scroll {
        Some(mut scroll) => {
            let one = |_: usize| 1_usize;
            scroll.settle(&Window { things, height, rows: &one });
            scroll.top
        }
        None => input.cursor.map_or(0, |(row, _)| row).saturating_sub(height),
    };
    Part { firsts, things, top, height }
}

/// As many on a row as it takes, none of them broken.
fn named(keys: &[&str], wide: usize) -> Vec<Row> {
    let mut lines: Vec<String> = Vec::new();
    for key in keys {
        match lines.last_mut().filter(|line| columns(line).saturating_add(2 + columns(key)) <= wide) {
            Some(line) => line.extend(["  ", *key]),
            None => lines.push((*key).to_owned()),
        }
    }
    lines.into_iter().map(|line| Row::of(cut(&line, wide), Weight::Bold)).collect()
}

/// What is written.
fn writing(state: &State, wide: usize) -> Input {
    let none = Input { rows: Vec::new(), cursor: None, most: 0 };
    let of = match state.view {
        View::List => return none,
        // A translation that is begun is told of at its text.
        View::Session => DraftOf { translates: Bytes::new(), ..state.writes() },
        View::Writing => state.writes(),
    };
    let Some(draft) = state.drafts.get(&of) else { return none };
    let mut rows = vec![(Row::of(cut(&bar(state, &of, draft), wide), Weight::Reverse), None)];
    if state.view != View::Writing {
        return Input { rows, cursor: None, most: 1 };
    }
    let (text, (row, column)) = around(&draft.written, WRITING_MARGIN, wide, WRITING_ROWS_MAX);
    rows.extend(text.into_iter().map(|row| (row, None)));
    Input { most: rows.len(), rows, cursor: Some((row.saturating_add(1), column)) }
}

/// The rows around the cursor of what is written, from a column on, and where the cursor stands in them.
fn around(written: &Written, at: usize, wide: usize, most: usize) -> (Vec<Row>, (usize, usize)) {
    let (rows, (row, column)) = written.rows(wide.saturating_sub(at));
    let first = row.saturating_add(1).saturating_sub(most);
    let piece = |text: String| Piece { column: at, direction: direction(&text), text };
    let row_of = |text: String| Row { pieces: vec![piece(text)], weight: Weight::Plain };
    let shown = rows.into_iter().skip(first).take(most).map(row_of).collect();
    (shown, (row.saturating_sub(first), column.saturating_add(at)))
}

/// What stands above the fields.
fn title(state: &State, dialogue: &Dialogue) -> String {
    let stands = state.session().map(|session| &session.stands);
    let title = match (dialogue.purpose, stands) {
        (Purpose::Open, _) | (_, None) => dialogue.purpose.title().to_owned(),
        (purpose, Some(stands)) => {
            format!("{}  {}  {}", traffic_mark(stands.traffic), purpose.title(), shown(&stands.subject))
        }
    };
    match (dialogue.given, &state.link) {
        (None, _) => title,
        (Some(_), Link::Live) => format!("GIVEN TO THE NODE  {title}"),
        (Some(_), _) => format!("GOES WHEN THE NODE IS THERE  {title}"),
    }
}

/// With how many rows stand above and below those that are there, and the key that goes to them.
fn titled(title: &str, part: &Part, wide: usize) -> String {
    let end = part.top.saturating_add(part.height).min(part.things);
    let more = [(part.top, "above: PgUp"), (part.things.saturating_sub(end), "below: PgDn")];
    let more = more.iter().filter(|(rows, _)| *rows > 0);
    let whole = more.map(|(rows, way)| format!("{rows} {way}")).collect::<Vec<_>>().join(", ");
    // A narrow screen has room for how far it is.
    let more = if columns(&whole).saturating_mul(2) <= wide {
        whole
    } else {
        format!("{end}/{} {}", part.things, if end < part.things { "PgDn" } else { "PgUp" })
    };
    let room = wide.saturating_sub(columns(&more)).saturating_sub(1);
    cut(&format!("{} {more}", cut(title, room)), wide)
}

/// What is filled in, and what is to be seen beside it.
fn filled_in(state: &State, dialogue: &Dialogue, wide: usize) -> Input {
    let mut rows = vec![Row::of(cut(&title(state, dialogue), wide), Weight::Reverse)];
    let labels = dialogue.fields.iter().map(|field| columns(field.label)).max().unwrap_or(0);
    let beside = labels.saturating_add(4);
    let is_beside = beside.saturating_add(FIELD_COLUMNS_MIN) <= wide;
    let (at, mut cursor) = (if is_beside { beside } else { 2 }, None);
    for (number, field) in dialogue.fields.iter().enumerate() {
        let is_here = number == dialogue.at;
        let (mut text, (row, column)) = around(&field.written, at, wide, FIELD_ROWS_MAX);
        let sign = if is_here { "> " } else { "  " };
        let called = label(cut(&[sign, field.label].concat(), wide));
        let weight = if is_here { Weight::Bold } else { Weight::Plain };
        match text.first_mut().filter(|_| is_beside) {
            Some(first) => {
                first.pieces.insert(0, called);
                first.weight = weight;
            }
            None => rows.push(Row { pieces: vec![called], weight }),
        }
        if is_here {
            cursor = Some((rows.len().saturating_add(row), column));
        }
        rows.extend(text);
    }
    let words = dialogue.words(wide);
    // What is chosen has more room.
    let most = rows.len().saturating_add(words.len().min(NOTE_ROWS_MAX.max(dialogue.chosen(&words))));
    let rows = rows.into_iter().map(|row| (row, None)).chain(words).collect();
    Input { rows, cursor, most }
}

fn label(text: String) -> Piece {
    Piece { column: 0, direction: crate::domain::official::Direction::LeftToRight, text }
}

fn bar(state: &State, of: &DraftOf, draft: &Draft) -> String {
    let session = state.session();
    let stands = session.map(|session| &session.stands);
    let mark = stands.map_or("REAL?", |stands| traffic_mark(stands.traffic));
    let opening = stands.map_or(0, |stands| stands.precedence);
    let speed = precedence(draft, opening).map(|one| one.name()).unwrap_or_default();
    // What the node says it in, where the draft names none.
    let begins = session.map(|session| session.language()).unwrap_or_default();
    let language = if draft.language.is_empty() { begins } else { draft.language.as_str() };
    let about = |digest: &Bytes, does: &str| {
        let line = session?.lines.iter().find(|line| line.digest == *digest)?;
        Some(format!("  {does} {}", line.position))
    };
    let place = about(&of.translates, "of").or_else(|| about(&draft.answers, "answers"));
    let by =
        if draft.translator.is_empty() { String::new() } else { format!(" by {}", shown(&draft.translator)) };
    let what = match draft.given {
        None if !of.translates.is_empty() => "TRANSLATION",
        None => "DRAFT",
        Some(given) if given.again.is_none() => "GIVEN BEFORE, Ctrl-S gives it again",
        Some(_) if state.link == Link::Live => "GIVEN TO THE NODE",
        Some(_) => "GOES WHEN THE NODE IS THERE",
    };
    let (bytes, words) = (draft.written.text.len(), draft.written.text.split_whitespace().count());
    let room = if of.translates.is_empty() {
        format!(
            "{bytes}/{} bytes  {words}/{} words",
            limits::HOTLINE_TEXT_BYTES_MAX,
            limits::HOTLINE_TEXT_WORDS_MAX
        )
    } else {
        format!("{bytes}/{} bytes", limits::FORM_TEXT_BYTES_MAX)
    };
    let kept = if state.keeps { "" } else { "NOT KEPT  " };
    format!("{mark}  {kept}{what}  {speed}  [{}]{}{by}  {room}", shown(language), place.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::hotline::console::keys::{At, Key};
    use crate::cli::hotline::console::screen::{console, text};
    use crate::codec::proto::detente::v1 as calls;
    use crate::domain::digest::CommandId;
    use crate::domain::time::Instant;

    fn press(state: &mut State, key: Key) {
        state.press(key, At { now: Instant(1), id: CommandId([1; 16]) });
    }

    #[test]
    fn a_draft_says_in_which_language_it_goes_out_also_where_those_of_the_session_are_not_told() {
        let begins = calls::SessionLine { language: "ru".into(), ..text(1, "BY", "") };
        let mut state = console(&[begins]);
        let bar = |state: &State| below(state).rows[0].pieces[0].text.clone();
        for key in [Key::Enter, Key::Character('w')] {
            press(&mut state, key);
        }
        assert!(bar(&state).contains("  [en]  0/"), "the first of the session's: {}", bar(&state));
        let session = state.sessions.get_mut(&state.thread).unwrap();
        session.stands.opening = vec![1; 32].into();
        assert!(bar(&state).contains("  [ru]  0/"), "{}", bar(&state));
        state.sessions.get_mut(&state.thread).unwrap().stands.languages.clear();
        assert!(bar(&state).contains("  [ru]  0/"), "{}", bar(&state));
    }

    #[test]
    fn what_is_told_and_has_no_room_on_a_low_screen_says_that_there_is_more_of_it() {
        let mut state = console(&[text(1, "BY", "one")]);
        state.size = (20, 5);
        press(&mut state, Key::Enter);
        state.notice = "it was given before this console ended".into();
        let rows = below(&state).rows;
        assert_eq!((rows.len(), rows[0].pieces[0].text.as_str()), (1, "it was given before…"));
    }

    #[test]
    fn every_key_is_named_on_rows_of_80_columns_and_none_is_broken() {
        for keys in [LIST_KEYS, SESSION_KEYS, WRITING_KEYS, DIALOGUE_KEYS, TRANSLATE_KEYS] {
            let rows = named(keys, 80);
            assert!(rows.len() <= 2, "{rows:?}");
            let all: Vec<&str> = rows.iter().map(|row| row.pieces[0].text.as_str()).collect();
            assert!(keys.iter().all(|key| all.iter().any(|row| row.contains(key) && columns(row) <= 80)));
        }
        assert_eq!(named(LIST_KEYS, 3).len(), LIST_KEYS.len());
    }
}
