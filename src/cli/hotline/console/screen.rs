//! The console drawn from what it knows: heading, list or session, what is written, and the keys.
//!
//! Never here: a change to what is drawn, a colour, or text from outside that was not made safe to show.

use bytes::Bytes;
use ratatui_core::buffer::Buffer;
use ratatui_core::layout::Rect;
use ratatui_core::style::{Modifier, Style};

use super::drafts::{Draft, precedence};
use super::head::{HEAD_ROWS, head, listed};
use super::rows::{Look, Piece, Row, Weight, is_text, rows};
use super::scroll::Window;
use super::state::{Link, State, View};
use crate::codec::message::traffic_mark;
use crate::codec::proto::detente::v1 as calls;
use crate::domain::official::wrap::{cut, wrapped};
use crate::domain::official::{direction, isolates};
use crate::domain::text::shown;
use crate::limits;

/// Of what is written no more rows are shown at once.
const WRITING_ROWS_MAX: usize = 7;
const NOTICE_ROWS_MAX: usize = 4;

const LIST_HELP: &str = "Up Down PgUp PgDn  Enter open  n next unread  Ctrl-L redraw  q leave";
const SESSION_HELP: &str = "r read  Enter answer  w write  a accept  n next  PgUp PgDn  Esc list  q leave";
const WRITING_HELP: &str = "Ctrl-S send  Esc keep the draft  Ctrl-P precedence  Ctrl-N language  PgUp PgDn";

/// What stands on the screen once it is drawn.
pub struct Drawn {
    pub cursor: Option<(u16, u16)>,
    /// The digests of the texts of which something is there.
    pub stood: Vec<Bytes>,
}

pub fn draw(state: &State, buffer: &mut Buffer) -> Drawn {
    buffer.reset();
    let wide = usize::from(state.size.0);
    let mut y = 0;
    for row in head(state, wide) {
        put(buffer, &mut y, &row);
    }
    let end = y.saturating_add(body_height(state));
    let mut stood = Vec::new();
    match state.view {
        View::List => {
            let rows = with_list(state, |window| of_list(state, window, wide));
            rows.iter().for_each(|row| put(buffer, &mut y, row));
        }
        View::Session | View::Writing => {
            let rows = with_session(state, |window| of_session(state, window, wide));
            for (digest, row) in rows {
                stood.extend(digest.filter(|digest| stood.last() != Some(digest)));
                put(buffer, &mut y, &row);
            }
        }
    }
    y = end;
    let (written, cursor) = writing(state, wide);
    let cursor = cursor.map(|(row, column)| (column, y.saturating_add(row)));
    for row in written.iter().chain(&notice(state, wide)) {
        put(buffer, &mut y, row);
    }
    let help = match state.view {
        View::List => LIST_HELP,
        View::Session => SESSION_HELP,
        View::Writing => WRITING_HELP,
    };
    put(buffer, &mut y, &Row::of(cut(help, wide), Weight::Bold));
    let is_there = |column: usize, row: usize| Some((u16::try_from(column).ok()?, u16::try_from(row).ok()?));
    Drawn { cursor: cursor.and_then(|(column, row)| is_there(column, row)), stood }
}

/// The list, as it is scrolled through.
pub fn with_list<T>(state: &State, look: impl FnOnce(&Window<'_>) -> T) -> T {
    let list = state.list();
    let wide = usize::from(state.size.0);
    let count = |at: usize| list.get(at).map_or(0, |(thread, one)| listed(state, thread, one, wide).len());
    look(&Window { things: list.len(), height: body_height(state), rows: &count })
}

/// The session that is looked at, as it is scrolled through.
pub fn with_session<T>(state: &State, look: impl FnOnce(&Window<'_>) -> T) -> T {
    let lines = state.session().map(|session| &session.lines[..]).unwrap_or_default();
    let wide = usize::from(state.size.0);
    let count = |at: usize| lines.get(at).map_or(0, |line| of_line(state, line, wide).len());
    look(&Window { things: lines.len(), height: body_height(state), rows: &count })
}

fn body_height(state: &State) -> usize {
    let (wide, high) = (usize::from(state.size.0), usize::from(state.size.1));
    let below = writing(state, wide).0.len().saturating_add(notice(state, wide).len()).saturating_add(1);
    high.saturating_sub(HEAD_ROWS).saturating_sub(below)
}

fn of_list(state: &State, window: &Window<'_>, wide: usize) -> Vec<Row> {
    let list = state.list();
    let mut scroll = state.listed;
    let selected = list.iter().position(|(thread, _)| **thread == state.thread);
    scroll.select(selected.unwrap_or(0), window);
    let row = |(at, row): (usize, usize)| {
        let (thread, session) = list.get(at)?;
        listed(state, thread, session, wide).into_iter().nth(row)
    };
    scroll.visible(window).into_iter().filter_map(row).collect()
}

fn of_session(state: &State, window: &Window<'_>, wide: usize) -> Vec<(Option<Bytes>, Row)> {
    let lines = state.session().map(|session| &session.lines[..]).unwrap_or_default();
    let mut scroll = state.scroll;
    scroll.settle(window);
    let mut out = Vec::new();
    let (mut at, mut laid) = (usize::MAX, Vec::new());
    for (thing, row) in scroll.visible(window) {
        let Some(line) = lines.get(thing) else { continue };
        if thing != at {
            (at, laid) = (thing, of_line(state, line, wide));
        }
        let digest = is_text(line).then(|| line.digest.clone());
        out.extend(laid.get(row).map(|row| (digest, row.clone())));
    }
    out
}

fn of_line(state: &State, line: &calls::SessionLine, wide: usize) -> Vec<Row> {
    let place = |digest: &[u8]| {
        let lines = &state.session()?.lines;
        lines.iter().find(|one| one.digest == digest).map(|one| one.position).filter(|place| *place > 0)
    };
    let selected = state.selected().is_some_and(|selected| selected.digest == line.digest);
    let alarms = state.session().is_some_and(|session| state.alarms(session, line));
    rows(line, &Look { own: &state.own, columns: wide, place: &place, selected, alarms })
}

/// What is written, and where its cursor stands: row and column.
fn writing(state: &State, wide: usize) -> (Vec<Row>, Option<(usize, usize)>) {
    let Some(draft) = state.drafts.get(&state.thread).filter(|_| state.view != View::List) else {
        return (Vec::new(), None);
    };
    let bar = Row::of(cut(&bar(state, draft), wide), Weight::Reverse);
    let (rows, (row, column)) = draft.rows(wide);
    if state.view != View::Writing {
        return (vec![bar], None);
    }
    // The rows around the cursor.
    let first = row.saturating_add(1).saturating_sub(WRITING_ROWS_MAX);
    let text = rows.into_iter().skip(first).take(WRITING_ROWS_MAX);
    let mut out = vec![bar];
    out.extend(text.map(|text| Row {
        pieces: vec![Piece { column: 0, direction: direction(&text), text }],
        weight: Weight::Plain,
    }));
    (out, Some((row.saturating_sub(first).saturating_add(1), column)))
}

fn bar(state: &State, draft: &Draft) -> String {
    let session = state.session();
    let stands = session.map(|session| &session.stands);
    let mark = stands.map_or("REAL?", |stands| traffic_mark(stands.traffic));
    let opening = stands.map_or(0, |stands| stands.precedence);
    let speed = precedence(draft, opening).map(|one| one.name()).unwrap_or_default();
    let first = || stands.and_then(|stands| stands.languages.first().cloned()).unwrap_or_default();
    let language = if draft.language.is_empty() { first() } else { draft.language.clone() };
    let place = session.and_then(|session| {
        let answered = session.lines.iter().find(|line| line.digest == draft.answers);
        answered.map(|line| format!("  answers {}", line.position))
    });
    let what = match draft.given {
        None => "DRAFT",
        Some(given) if given.again.is_none() => "GIVEN BEFORE, Ctrl-S gives it again",
        Some(_) if state.link == Link::Live => "GIVEN TO THE NODE",
        Some(_) => "GOES WHEN THE NODE IS THERE",
    };
    let words = draft.text.split_whitespace().count();
    format!(
        "{mark}  {what}  {speed}  [{}]{}  {}/{} bytes  {words}/{} words",
        shown(&language),
        place.unwrap_or_default(),
        draft.text.len(),
        limits::HOTLINE_TEXT_BYTES_MAX,
        limits::HOTLINE_TEXT_WORDS_MAX
    )
}

fn notice(state: &State, wide: usize) -> Vec<Row> {
    if state.notice.is_empty() {
        return Vec::new();
    }
    let parts = wrapped(&state.notice, wide.max(1), wide.max(1));
    parts.into_iter().take(NOTICE_ROWS_MAX).map(|part| Row::of(part, Weight::Bold)).collect()
}

fn put(buffer: &mut Buffer, y: &mut usize, row: &Row) {
    let area = *buffer.area();
    let at = u16::try_from(*y).ok().map(|y| area.y.saturating_add(y)).filter(|y| *y < area.bottom());
    *y = y.saturating_add(1);
    let Some(at) = at else { return };
    for piece in &row.pieces {
        let column = u16::try_from(piece.column).unwrap_or(u16::MAX);
        let x = area.x.saturating_add(column);
        if x >= area.right() {
            continue;
        }
        let room = usize::from(area.right().saturating_sub(x));
        let (end, _) = buffer.set_stringn(x, at, &piece.text, room, Style::new());
        // Directions stay within the piece, as everywhere else in print.
        if let Some((before, after)) = isolates(&piece.text, piece.direction) {
            mark(buffer, x, at, |symbol| format!("{before}{symbol}"));
            if end < area.right() {
                mark(buffer, end, at, |symbol| format!("{after}{symbol}"));
            } else {
                mark(buffer, end.saturating_sub(1), at, |symbol| format!("{symbol}{after}"));
            }
        }
    }
    let modifier = match row.weight {
        Weight::Plain => return,
        Weight::Bold => Modifier::BOLD,
        Weight::Reverse => Modifier::REVERSED,
    };
    let whole = Rect { y: at, height: 1, ..area };
    buffer.set_style(whole, Style::new().add_modifier(modifier));
}

fn mark(buffer: &mut Buffer, x: u16, y: u16, change: impl FnOnce(&str) -> String) {
    if let Some(cell) = buffer.cell_mut((x, y)) {
        let changed = change(cell.symbol());
        cell.set_symbol(&changed);
    }
}

#[cfg(test)]
pub use tests::{answer, console, live, text, told};

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::codec::proto::detente::evidence::v1::{Precedence, Traffic};
    use crate::codec::proto::detente::v1::join_answer::How;
    use crate::codec::proto::detente::v1::join_response::What;
    use crate::domain::time::Instant;

    /// A FLASH text to PL.
    pub fn text(position: u32, author: &str, text: &str) -> calls::SessionLine {
        let state = calls::TextState { party: "PL".into(), on_record_ms: 1, ..Default::default() };
        calls::SessionLine {
            position,
            digest: vec![u8::try_from(position).unwrap(); 32].into(),
            kind: crate::domain::content::Kind::SessionText.name().into(),
            author: author.into(),
            text: text.into(),
            language: "en".into(),
            precedence: Precedence::Flash as i32,
            traffic: Traffic::Real as i32,
            states: vec![state],
            ..Default::default()
        }
    }

    fn of(what: What) -> calls::JoinResponse {
        calls::JoinResponse { thread: vec![7; 16].into(), what: Some(what), ..Default::default() }
    }

    pub fn told(line: calls::SessionLine) -> calls::JoinResponse {
        of(What::Line(line))
    }

    pub fn live() -> calls::JoinResponse {
        of(What::Live(true))
    }

    pub fn answer(id: u8, how: How) -> calls::JoinResponse {
        of(What::Answer(calls::JoinAnswer { command: vec![id; 16].into(), how: Some(how) }))
    }

    /// PL's, live, with one session of these lines.
    pub fn console(lines: &[calls::SessionLine]) -> State {
        let mut state = State::new("PL".into(), BTreeMap::new(), (80, 24));
        let stands = calls::Session {
            subject: "Aircraft \u{1b}[2J off course".into(),
            state: "open".into(),
            traffic: Traffic::Real as i32,
            precedence: Precedence::Flash as i32,
            ..Default::default()
        };
        state.told(of(What::Session(stands)), Instant(0));
        for line in lines {
            state.told(told(line.clone()), Instant(0));
        }
        state.told(live(), Instant(0));
        state
    }

    fn drawn(state: &State) -> Vec<String> {
        let (columns, rows) = state.size;
        let mut buffer = Buffer::empty(Rect::new(0, 0, columns, rows));
        draw(state, &mut buffer);
        let cells = |y| (0..columns).map(move |x| (x, y));
        let row = |y| cells(y).filter_map(|at| buffer.cell(at)).map(|cell| cell.symbol()).collect::<String>();
        (0..rows).map(|y| row(y).trim_end().to_owned()).collect()
    }

    #[test]
    fn a_session_stands_on_80_by_24_with_each_state_its_own_mark_and_a_flash_in_reverse() {
        let mut answered = text(2, "PL", "Мы видим");
        answered.answers = vec![1; 32].into();
        let mut first = text(1, "BY", "Is he \u{1b}[2J\u{202e} armed?");
        let by = calls::TextTranslation { language: "ru".into(), text: "Он?".into(), ..Default::default() };
        first.translations = vec![by];
        let mut state = console(&[first, answered]);
        state.view = View::Session;
        let rows = drawn(&state);
        assert_eq!(rows.len(), 24);
        assert!(rows[0].starts_with("REAL  FLASH  open  "), "{rows:#?}");
        assert!(rows[2].starts_with("FLASH in 1 session(s)"), "{rows:#?}");
        assert!(rows[3].starts_with(">REAL    1 FLASH  BY  "), "{rows:#?}");
        let all = rows.join("\n");
        assert!(all.contains("Is he \\u{1b}[2J\\u{202e} armed?"), "{all}");
        assert!(
            all.contains("PL: on record here") && all.contains("; not shown; not read; not answered"),
            "{all}"
        );
        assert!(all.contains(" | [ru] by") && all.contains("answers 1"), "{all}");
        assert!(!all.contains(['\u{1b}', '\u{202e}']));
        let mut buffer = Buffer::empty(Rect::new(0, 0, 80, 24));
        let stood = draw(&state, &mut buffer).stood;
        assert_eq!(stood.len(), 2);
        let is_reverse =
            |y| buffer.cell((0, y)).is_some_and(|cell| cell.modifier.contains(Modifier::REVERSED));
        assert!(is_reverse(3) && !is_reverse(4));
    }

    #[test]
    fn text_from_right_to_left_turns_nothing_beside_it() {
        let mut state = console(&[text(1, "BY", "هل هو مسلح؟")]);
        state.view = View::Session;
        let row = drawn(&state).into_iter().find(|row| row.contains('ه')).unwrap();
        assert_eq!(row, "  | \u{2067}هل هو مسلح؟\u{2069}");
    }

    #[test]
    fn any_size_is_drawn_and_a_lost_link_is_said_since_when() {
        let mut state = console(&[text(1, "BY", &"long ".repeat(200)), text(2, "PL", "short")]);
        state.lost("it is away".into(), Instant(0));
        state.notice = "notice".into();
        for view in [View::List, View::Session, View::Writing] {
            state.view = view;
            for size in [(0, 0), (1, 1), (3, 2), (20, 5), (80, 24), (200, 60)] {
                state.size = size;
                state
                    .drafts
                    .insert(vec![7; 16].into(), Draft { text: "大演習\n".into(), ..Draft::default() });
                assert_eq!(drawn(&state).len(), usize::from(size.1));
            }
        }
        assert!(drawn(&state)[2].contains("LINK TO NODE LOST since 1970-01-01T00:00:00Z"));
        for help in [LIST_HELP, SESSION_HELP, WRITING_HELP] {
            assert!(help.len() <= 80, "{help}");
        }
    }
}
