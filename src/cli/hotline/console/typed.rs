//! What is typed, in rows of the screen: a text that is written, and the fields of a dialogue with what is to be seen
//! beside them.
//!
//! Never here: how many of these rows have room on the screen (`below.rs`).

use std::ops::Range;

use bytes::Bytes;

use super::composer::Written;
use super::dialogue::{Dialogue, Purpose};
use super::drafts::{Draft, DraftOf, precedence};
use super::read_over::Typed;
use super::rows::{Piece, Row, Weight};
use super::state::{Link, State, View};
use super::words::Word;
use crate::codec::message::traffic_mark;
use crate::domain::official::wrap::{columns, cut};
use crate::domain::official::{Direction, direction};
use crate::domain::text::shown;
use crate::limits;

/// Of what is written no more rows are shown at once, or half of those of the screen.
const WRITING_ROWS_MIN: usize = 7;
/// Blank before what is written: what turns the direction of a row hangs on a cell before it (`cells.rs`).
pub const WRITING_MARGIN: usize = 1;
/// Of one field.
const FIELD_ROWS_MAX: usize = 2;
/// Of what is to be seen beside the fields.
const NOTE_ROWS_MAX: usize = 7;
/// A field has these at least beside its label, and else stands below it.
const FIELD_COLUMNS_MIN: usize = 16;
/// Where it stands then.
const FIELD_MARGIN: usize = 2;

/// What is typed, in rows.
pub struct Input {
    pub rows: Vec<Word>,
    /// Where the cursor stands in them: row and column; `None` where it is not among them.
    pub cursor: Option<(usize, usize)>,
    /// Which of them has to stand on the screen: that of the cursor, or one that was gone to; `None` where nothing is
    /// typed.
    pub follows: Option<usize>,
    /// In which row a piece of what is typed stands.
    pub typed: Vec<(usize, Typed)>,
    /// No more of the rows stand there at once.
    pub most: usize,
}

/// What is written.
pub fn writing(state: &State, wide: usize) -> Input {
    let none = Input { rows: Vec::new(), cursor: None, follows: None, typed: Vec::new(), most: 0 };
    let of = match state.view {
        View::List => return none,
        // A translation that is begun stands at its text.
        View::Session => DraftOf { thread: state.thread.clone(), translates: Bytes::new() },
        View::Writing => state.writes(),
    };
    let Some(draft) = state.drafts.get(&of) else { return none };
    let bar = bar(state, &of, draft);
    if state.view != View::Writing {
        return Input { rows: vec![(title_row(&bar, wide), None)], most: 1, ..none };
    }
    let most = WRITING_ROWS_MIN.max(usize::from(state.size.1) / 2);
    let around = around(&draft.written, WRITING_MARGIN, wide, most);
    let more = if around.rows.len() < around.all { format!("  {} rows", around.all) } else { String::new() };
    let mut rows = vec![(title_row(&format!("{bar}{more}"), wide), None)];
    let mut typed = Vec::new();
    for (row, bytes) in around.rows {
        typed.push((rows.len(), Typed { field: 0, bytes }));
        rows.push((row, None));
    }
    let cursor = around.cursor.map(|(row, column)| (row.saturating_add(1), column));
    Input { cursor, follows: Some(around.follows.saturating_add(1)), typed, most: rows.len(), rows }
}

fn title_row(text: &str, wide: usize) -> Row {
    Row::of(cut(text, wide), Weight::Reverse)
}

/// The rows of what is written that have room: those around the cursor, or from the one on that was gone to.
struct Around {
    /// With the bytes that stand in each.
    rows: Vec<(Row, Range<usize>)>,
    /// Row and column; `None` where it is not among them.
    cursor: Option<(usize, usize)>,
    follows: usize,
    /// How many there are, those that have no room among them.
    all: usize,
}

fn around(written: &Written, at: usize, wide: usize, most: usize) -> Around {
    let page = written.page(wide.saturating_sub(at));
    let (row, column) = page.cursor;
    let all = page.rows.len();
    let (first, follows) = match written.gone_to() {
        Some(gone_to) => {
            let gone_to = gone_to.min(all.saturating_sub(1));
            (gone_to.min(all.saturating_sub(most)), gone_to)
        }
        None => (row.saturating_add(1).saturating_sub(most), row),
    };
    let piece = |text: &str| Piece { column: at, direction: direction(text), text: text.to_owned() };
    let row_of = |text: &str| Row { pieces: vec![piece(text)], weight: Weight::Plain };
    let there = page.rows.iter().enumerate().skip(first).take(most);
    let rows = there.map(|(number, text)| (row_of(text), page.bytes(number))).collect();
    let cursor = row.checked_sub(first).filter(|row| *row < most);
    let cursor = cursor.map(|row| (row, column.saturating_add(at)));
    Around { rows, cursor, follows: follows.saturating_sub(first), all }
}

/// What stands above the fields.
pub fn title(state: &State, dialogue: &Dialogue) -> String {
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

/// In which column the fields begin, and whether their labels stand beside them.
fn fields_begin(dialogue: &Dialogue, wide: usize) -> (usize, bool) {
    let labels = dialogue.fields.iter().map(|field| columns(field.label)).max().unwrap_or(0);
    let beside = labels.saturating_add(4);
    let is_beside = beside.saturating_add(FIELD_COLUMNS_MIN) <= wide;
    (if is_beside { beside } else { FIELD_MARGIN }, is_beside)
}

/// How many columns a field has.
pub fn field_columns(dialogue: &Dialogue, wide: usize) -> usize {
    wide.saturating_sub(fields_begin(dialogue, wide).0)
}

/// What is filled in, and what is to be seen beside it.
pub fn filled_in(state: &State, dialogue: &Dialogue, wide: usize) -> Input {
    let mut rows = vec![title_row(&title(state, dialogue), wide)];
    let (at, is_beside) = fields_begin(dialogue, wide);
    let (mut cursor, mut follows, mut typed) = (None, None, Vec::new());
    for (number, field) in dialogue.fields.iter().enumerate() {
        let is_here = number == dialogue.at;
        let around = around(&field.written, at, wide, FIELD_ROWS_MAX);
        let (mut text, bytes): (Vec<Row>, Vec<Range<usize>>) = around.rows.into_iter().unzip();
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
        let first = rows.len();
        if is_here {
            cursor = around.cursor.map(|(row, column)| (first.saturating_add(row), column));
            follows = Some(first.saturating_add(around.follows));
        }
        let stand = (first..).zip(bytes);
        typed.extend(stand.map(|(row, bytes)| (row, Typed { field: number, bytes })));
        rows.extend(text);
    }
    let words = dialogue.words(wide);
    // What is chosen has more room.
    let most = rows.len().saturating_add(words.len().min(NOTE_ROWS_MAX.max(dialogue.chosen(&words))));
    let rows = rows.into_iter().map(|row| (row, None)).chain(words).collect();
    Input { rows, cursor, follows, typed, most }
}

fn label(text: String) -> Piece {
    Piece { column: 0, direction: Direction::LeftToRight, text }
}

/// What stands above a text that is written.
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
        let line = session.and_then(|one| one.lines.iter().find(|line| line.digest == *digest));
        // It may have been left out for want of room.
        let digits = || hex::encode(digest).get(..12).unwrap_or_default().to_owned();
        let place = line.map_or_else(digits, |line| line.position.to_string());
        (!digest.is_empty()).then(|| format!("  {does} {place}"))
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
