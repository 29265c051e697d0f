//! What stands below the list or the session: what is written or filled in, what the officer is told, and the keys.
//!
//! Never here: a key that is not named where it does something.

use bytes::Bytes;

use super::composer::Written;
use super::dialogue::{Dialogue, Purpose};
use super::drafts::{Draft, DraftOf, precedence};
use super::head::HEAD_ROWS;
use super::looks::Look;
use super::rows::{Piece, Row, Weight, put};
use super::state::{Link, State, View};
use crate::codec::message::traffic_mark;
use crate::domain::official::direction;
use crate::domain::official::wrap::{columns, cut, wrapped};
use crate::domain::text::shown;
use crate::limits;

/// Of what is written no more rows are shown at once.
const WRITING_ROWS_MAX: usize = 7;
/// Of one field.
const FIELD_ROWS_MAX: usize = 2;
/// Of what is to be seen beside the fields.
const NOTE_ROWS_MAX: usize = 7;
const NOTICE_ROWS_MAX: usize = 4;
const KEY_ROWS_MAX: usize = 3;
/// What is typed has these before the keys are named: what it is, and two rows of it.
const INPUT_ROWS_MIN: usize = 3;
/// A field has these at least beside its label, and else stands below it.
const FIELD_COLUMNS_MIN: usize = 16;
/// On a lower screen the keys have one row.
const KEYS_WHOLE_ROWS_MIN: usize = 12;

const LIST_KEYS: &[&str] =
    &["Enter look", "n next unread", "o open a session", "Up Down PgUp PgDn", "Ctrl-L redraw", "q leave"];
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
    &["Ctrl-S send", "Esc keep the draft", "Ctrl-P precedence", "Ctrl-N language", "PgUp PgDn"];
const DIALOGUE_KEYS: &[&str] = &["Ctrl-S send", "Enter Up Down other field", "Esc back"];
const TRANSLATE_KEYS: &[&str] = &["Ctrl-S write it", "Enter Up Down other field", "Esc back"];

/// The rows below.
pub struct Below {
    pub rows: Vec<Row>,
    /// Where the cursor stands in them: row and column.
    pub cursor: Option<(usize, usize)>,
    /// How many of what is to be seen beside the fields, the first ones, are among them whole.
    pub notes: usize,
}

/// On a low screen what is typed comes first, then what the officer is told, then the keys.
pub fn below(state: &State) -> Below {
    let wide = usize::from(state.size.0);
    let (input, cursor, notes) = match &state.dialogue {
        Some(dialogue) => filled_in(state, dialogue, wide),
        None => {
            let (rows, cursor) = writing(state, wide);
            (rows, cursor, 0)
        }
    };
    // Where nothing is typed, a row of what is looked at stays.
    let room = usize::from(state.size.1).saturating_sub(HEAD_ROWS);
    let room = room.saturating_sub(usize::from(cursor.is_none()));
    let mut told = notice(state, wide);
    told.truncate(room.saturating_sub(input.len().min(1)));
    let room = room.saturating_sub(told.len());
    let keys = match (&state.dialogue, state.view) {
        (Some(dialogue), _) if dialogue.purpose == Purpose::Translate => TRANSLATE_KEYS,
        (Some(_), _) => DIALOGUE_KEYS,
        (None, View::List) => LIST_KEYS,
        (None, View::Session) => SESSION_KEYS,
        (None, View::Writing) => WRITING_KEYS,
    };
    let most = if usize::from(state.size.1) < KEYS_WHOLE_ROWS_MIN { 1 } else { KEY_ROWS_MAX };
    let most = most.min(room.saturating_sub(input.len().min(INPUT_ROWS_MIN)));
    let mut keys = named(keys, wide);
    keys.truncate(most);
    let room = room.saturating_sub(keys.len());
    let notes = if input.len() <= room { notes } else { 0 };
    let (mut rows, cursor) = windowed(input, cursor, room);
    rows.extend(told);
    rows.extend(keys);
    Below { rows, cursor, notes }
}

/// No more rows than these: the first one, which says what it is, and those up to the cursor.
fn windowed(
    rows: Vec<Row>,
    cursor: Option<(usize, usize)>,
    most: usize,
) -> (Vec<Row>, Option<(usize, usize)>) {
    if rows.len() <= most {
        return (rows, cursor);
    }
    let at = cursor.map_or(0, |(row, _)| row);
    let firsts = usize::from(most > 1);
    let start = at.saturating_add(1).saturating_sub(most.saturating_sub(firsts)).max(firsts);
    let mut rows = rows.into_iter();
    let mut shown: Vec<Row> = rows.by_ref().take(firsts).collect();
    shown.extend(rows.skip(start.saturating_sub(firsts)).take(most.saturating_sub(firsts)));
    let moved = |(row, column): (usize, usize)| (row.saturating_sub(start).saturating_add(firsts), column);
    (shown, cursor.filter(|_| most > 0).map(moved))
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

/// What is written, and where its cursor stands: row and column.
fn writing(state: &State, wide: usize) -> (Vec<Row>, Option<(usize, usize)>) {
    let of = match state.view {
        View::List => return (Vec::new(), None),
        // A translation that is begun is told of at its text.
        View::Session => DraftOf { translates: Bytes::new(), ..state.writes() },
        View::Writing => state.writes(),
    };
    let Some(draft) = state.drafts.get(&of) else { return (Vec::new(), None) };
    let mut rows = vec![Row::of(cut(&bar(state, &of, draft), wide), Weight::Reverse)];
    if state.view != View::Writing {
        return (rows, None);
    }
    let (text, (row, column)) = around(&draft.written, 0, wide, WRITING_ROWS_MAX);
    rows.extend(text);
    (rows, Some((row.saturating_add(1), column)))
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

/// What is filled in, where its cursor stands, row and column, and how many of what is to be seen beside it are there.
fn filled_in(state: &State, dialogue: &Dialogue, wide: usize) -> (Vec<Row>, Option<(usize, usize)>, usize) {
    let stands = state.session().map(|session| &session.stands);
    let title = match (dialogue.purpose, stands) {
        (Purpose::Open, _) | (_, None) => dialogue.purpose.title().to_owned(),
        (purpose, Some(stands)) => {
            format!("{}  {}  {}", traffic_mark(stands.traffic), purpose.title(), shown(&stands.subject))
        }
    };
    let title = match (dialogue.given, &state.link) {
        (None, _) => title,
        (Some(_), Link::Live) => format!("GIVEN TO THE NODE  {title}"),
        (Some(_), _) => format!("GOES WHEN THE NODE IS THERE  {title}"),
    };
    let mut rows = vec![Row::of(cut(&title, wide), Weight::Reverse)];
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
    let (notes, whole) = notes(dialogue, wide);
    rows.extend(notes);
    (rows, cursor, whole)
}

/// And how many of them, the first ones, are there whole. What is chosen is, whatever rows it takes.
fn notes(dialogue: &Dialogue, wide: usize) -> (Vec<Row>, usize) {
    let mut rows = Vec::new();
    match (&dialogue.look, &dialogue.seen) {
        (None, _) => return (rows, 0),
        (Some(_), None) => put(&mut rows, 2, "asking the node", wide, Weight::Plain),
        (Some(_), Some(Err(why))) => {
            put(&mut rows, 2, &format!("not known here: {}", shown(why)), wide, Weight::Plain);
        }
        (Some(Look::Phrases(party)), Some(Ok(_))) => {
            put(&mut rows, 2, &format!("agreed with {}:", shown(party)), wide, Weight::Plain);
        }
        (Some(Look::Transcripts { .. }), Some(Ok(_))) => {
            put(&mut rows, 2, "signs, of what is here now:", wide, Weight::Plain);
        }
    }
    let mut ends = Vec::new();
    for note in dialogue.notes() {
        let text = shown(&note);
        let turned = direction(&text);
        for part in wrapped(&text, wide.saturating_sub(4).max(1), wide.saturating_sub(4).max(1)) {
            let piece = Piece { column: 4, direction: turned, text: part.to_owned() };
            rows.push(Row { pieces: vec![piece], weight: Weight::Plain });
        }
        ends.push(rows.len());
    }
    let chosen = dialogue.chosen().checked_sub(1).and_then(|last| ends.get(last)).copied().unwrap_or(0);
    if rows.len() > NOTE_ROWS_MAX.max(chosen) {
        let most = NOTE_ROWS_MAX.saturating_sub(1).max(chosen);
        rows.truncate(most);
        put(&mut rows, 2, "and more", wide, Weight::Plain);
        ends.retain(|end| *end <= most);
    }
    (rows, ends.len())
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

/// What went wrong first.
fn notice(state: &State, wide: usize) -> Vec<Row> {
    let mut rows = Vec::new();
    for sentence in state.refused.stands().iter().chain([&state.notice]).filter(|one| !one.is_empty()) {
        let parts = wrapped(sentence, wide.max(1), wide.max(1));
        let count = parts.len();
        rows.extend(parts.into_iter().take(NOTICE_ROWS_MAX).map(|part| Row::of(part, Weight::Bold)));
        if count > NOTICE_ROWS_MAX
            && let Some(last) = rows.last_mut()
        {
            *last = Row::of(cut("and more: a larger screen shows it", wide), Weight::Bold);
        }
    }
    rows
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
