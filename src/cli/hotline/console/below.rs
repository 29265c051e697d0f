//! What stands below the list or the session: what is written or filled in, what the officer is told, and the keys.
//!
//! Never here: a key that is not named where it does something.

use bytes::Bytes;

use super::composer::Written;
use super::dialogue::{Dialogue, Purpose};
use super::drafts::{Draft, DraftOf, precedence};
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
const DIALOGUE_KEYS: &[&str] = &["Ctrl-S send", "Enter Up Down other field", "Esc leave it"];
const TRANSLATE_KEYS: &[&str] = &["Ctrl-S write it", "Enter Up Down other field", "Esc leave it"];

/// The rows below.
pub struct Below {
    pub rows: Vec<Row>,
    /// Where the cursor stands in them: row and column.
    pub cursor: Option<(usize, usize)>,
}

pub fn below(state: &State) -> Below {
    let wide = usize::from(state.size.0);
    let (mut rows, cursor) = match &state.dialogue {
        Some(dialogue) => filled_in(state, dialogue, wide),
        None => writing(state, wide),
    };
    rows.extend(notice(state, wide));
    let keys = match (&state.dialogue, state.view) {
        (Some(dialogue), _) if dialogue.purpose == Purpose::Translate => TRANSLATE_KEYS,
        (Some(_), _) => DIALOGUE_KEYS,
        (None, View::List) => LIST_KEYS,
        (None, View::Session) => SESSION_KEYS,
        (None, View::Writing) => WRITING_KEYS,
    };
    let most = if usize::from(state.size.1) < KEYS_WHOLE_ROWS_MIN { 1 } else { KEY_ROWS_MAX };
    rows.extend(named(keys, wide).into_iter().take(most));
    Below { rows, cursor }
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

/// What is filled in, and where its cursor stands: row and column.
fn filled_in(state: &State, dialogue: &Dialogue, wide: usize) -> (Vec<Row>, Option<(usize, usize)>) {
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
    let (at, mut cursor) = (labels.saturating_add(4), None);
    for (number, field) in dialogue.fields.iter().enumerate() {
        let is_here = number == dialogue.at;
        let (mut text, (row, column)) = around(&field.written, at, wide, FIELD_ROWS_MAX);
        if is_here {
            cursor = Some((rows.len().saturating_add(row), column));
        }
        if let Some(first) = text.first_mut() {
            let sign = if is_here { "> " } else { "  " };
            first.pieces.insert(0, label([sign, field.label].concat()));
            first.weight = if is_here { Weight::Bold } else { Weight::Plain };
        }
        rows.extend(text);
    }
    rows.extend(notes(dialogue, wide));
    (rows, cursor)
}

fn notes(dialogue: &Dialogue, wide: usize) -> Vec<Row> {
    let mut rows = Vec::new();
    match (&dialogue.look, &dialogue.seen) {
        (None, _) => return rows,
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
    for note in dialogue.notes() {
        let text = shown(&note);
        let turned = direction(&text);
        for part in wrapped(&text, wide.saturating_sub(4).max(1), wide.saturating_sub(4).max(1)) {
            let piece = Piece { column: 4, direction: turned, text: part.to_owned() };
            rows.push(Row { pieces: vec![piece], weight: Weight::Plain });
        }
    }
    if rows.len() > NOTE_ROWS_MAX {
        rows.truncate(NOTE_ROWS_MAX.saturating_sub(1));
        put(&mut rows, 2, "and more", wide, Weight::Plain);
    }
    rows
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
    let first = || stands.and_then(|stands| stands.languages.first().cloned()).unwrap_or_default();
    let language = if draft.language.is_empty() { first() } else { draft.language.clone() };
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
    format!("{mark}  {what}  {speed}  [{}]{}{by}  {room}", shown(&language), place.unwrap_or_default())
}

fn notice(state: &State, wide: usize) -> Vec<Row> {
    if state.notice.is_empty() {
        return Vec::new();
    }
    let parts = wrapped(&state.notice, wide.max(1), wide.max(1));
    parts.into_iter().take(NOTICE_ROWS_MAX).map(|part| Row::of(part, Weight::Bold)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

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
