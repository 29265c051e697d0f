//! The console drawn from what it knows: heading, list or session, and what stands below.
//!
//! Never here: a change to what is drawn, a colour, or text from outside that was not made safe to show.

use ratatui_core::buffer::Buffer;

use super::below::below;
use super::cells::put;
use super::drafts::DraftOf;
use super::end::{beside, end, end_of, has_end};
use super::head::{HEAD_ROWS, head, head_alone, listed, too_small};
use super::read_over::Typed;
use super::rows::{Look, Row, is_left, is_text, rows};
use super::scroll::{Scroll, Window};
use super::state::{State, View};
use super::stood::Laid;
use super::waits::is_flash;
use super::words::Noted;
use crate::codec::proto::detente::v1 as calls;

/// What stands on the screen once it is drawn.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Drawn {
    pub cursor: Option<(u16, u16)>,
    /// The texts of which something is there.
    pub laid: Vec<Laid>,
    /// What is to be seen beside the fields of a dialogue, where something of it is there.
    pub notes: Vec<Noted>,
    /// The pieces of what is typed that are there.
    pub typed: Vec<Typed>,
}

pub fn draw(state: &State, buffer: &mut Buffer) -> Drawn {
    buffer.reset();
    let wide = usize::from(state.size.0);
    let mut y = 0;
    if let Some(too_small) = too_small(state.size) {
        head_alone(state, &too_small, wide).iter().for_each(|row| put(buffer, &mut y, row));
        return Drawn::default();
    }
    let below = below(state);
    for row in head(state, wide) {
        put(buffer, &mut y, &row);
    }
    let end = y.saturating_add(body_height(state));
    let mut laid = Vec::new();
    match state.view {
        View::List => {
            let rows = with_list(state, |window| of_list(state, window, wide));
            rows.iter().for_each(|row| put(buffer, &mut y, row));
        }
        View::Session | View::Writing => {
            let (rows, texts) = with_session(state, |window| of_session(state, window, wide));
            rows.iter().for_each(|row| put(buffer, &mut y, row));
            laid = texts;
        }
    }
    y = end;
    let cursor = below.cursor.map(|(row, column)| (column, y.saturating_add(row)));
    for row in &below.rows {
        put(buffer, &mut y, row);
    }
    let is_there = |column: usize, row: usize| Some((u16::try_from(column).ok()?, u16::try_from(row).ok()?));
    // Where the screen took another size meanwhile, it is drawn again before anything counts as shown.
    if (buffer.area().width, buffer.area().height) != state.size {
        return Drawn::default();
    }
    let cursor = cursor.filter(|(column, row)| *column < wide && *row < usize::from(state.size.1));
    let cursor = cursor.and_then(|(column, row)| is_there(column, row));
    Drawn { cursor, laid, notes: below.notes, typed: below.typed }
}

/// The list, as it is scrolled through.
pub fn with_list<T>(state: &State, look: impl FnOnce(&Window<'_>) -> T) -> T {
    let list = state.list();
    let wide = usize::from(state.size.0);
    let count = |at: usize| list.get(at).map_or(0, |(thread, one)| listed(state, thread, one, wide).len());
    look(&Window { things: list.len(), height: body_height(state), rows: &count })
}

/// The session that is looked at, as it is scrolled through: its lines, and behind them its end.
pub fn with_session<T>(state: &State, look: impl FnOnce(&Window<'_>) -> T) -> T {
    let lines = state.session().map(|session| &session.lines[..]).unwrap_or_default();
    let has_end = state.session().is_some_and(has_end);
    let wide = usize::from(state.size.0);
    let count = |at: usize| of_thing(state, at, wide).len();
    let things = lines.len().saturating_add(usize::from(has_end));
    look(&Window { things, height: body_height(state), rows: &count })
}

fn body_height(state: &State) -> usize {
    if too_small(state.size).is_some() {
        return 0;
    }
    usize::from(state.size.1).saturating_sub(HEAD_ROWS).saturating_sub(below(state).rows.len())
}

/// Where the list is scrolled to: it may have another order since. Whoever pages through the rows of the session that is
/// selected stays there.
pub fn scroll_of_list(state: &State, window: &Window<'_>) -> Scroll {
    let selected = state.list().iter().position(|(thread, _)| **thread == state.thread);
    let mut scroll = Scroll { selected: selected.unwrap_or(0), ..state.listed };
    scroll.settle(window);
    if !scroll.visible(window).iter().any(|(at, _)| *at == scroll.selected) {
        scroll.select(scroll.selected, window);
    }
    scroll
}

fn of_list(state: &State, window: &Window<'_>, wide: usize) -> Vec<Row> {
    let (list, scroll) = (state.list(), scroll_of_list(state, window));
    let row = |(at, row): (usize, usize)| {
        let (thread, session) = list.get(at)?;
        listed(state, thread, session, wide).into_iter().nth(row)
    };
    scroll.visible(window).into_iter().filter_map(row).collect()
}

/// The rows of a session that stand on the screen, and the texts of which they are.
fn of_session(state: &State, window: &Window<'_>, wide: usize) -> (Vec<Row>, Vec<Laid>) {
    let lines = state.session().map(|session| &session.lines[..]).unwrap_or_default();
    let mut scroll = state.scroll;
    scroll.settle(window);
    let (mut shown, mut texts) = (Vec::new(), Vec::<Laid>::new());
    let (mut at, mut laid) = (usize::MAX, Vec::new());
    for (thing, row) in scroll.visible(window) {
        let text = match lines.get(thing) {
            Some(line) => (is_text(line) || is_left(line, &state.own)).then(|| line.digest.clone()),
            None => state.session().and_then(end_of),
        };
        if thing != at {
            (at, laid) = (thing, of_thing(state, thing, wide));
            texts.extend(text.clone().map(|digest| Laid::of(digest, &laid, wide)));
        }
        if let Some(last) = texts.last_mut().filter(|last| Some(&last.text) == text.as_ref()) {
            last.there.insert(row);
        }
        shown.extend(laid.get(row).cloned());
    }
    (shown, texts)
}

fn of_thing(state: &State, at: usize, wide: usize) -> Vec<Row> {
    let Some(session) = state.session() else { return Vec::new() };
    let place = |digest: &[u8]| {
        let line = session.lines.iter().find(|one| one.digest == digest);
        line.map(|one| one.position).filter(|place| *place > 0)
    };
    let selected = state.scroll.selected == at;
    let Some(line) = session.lines.get(at) else {
        return end(session, wide, &place, selected);
    };
    let beside: Vec<&calls::SaidBeside> = beside(session, line).collect();
    let of = DraftOf { thread: state.thread.clone(), translates: line.digest.clone() };
    rows(
        line,
        &Look {
            own: &state.own,
            columns: wide,
            place: &place,
            selected,
            alarms: state.alarms(session, line) || beside.iter().any(|one| is_flash(one)),
            drafted: state.drafts.contains_key(&of),
            beside,
        },
    )
}

#[cfg(test)]
pub use super::made::{answer, console, live, text, told};

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use ratatui_core::layout::Rect;
    use ratatui_core::style::Modifier;

    use super::*;
    use crate::cli::hotline::console::composer::Written;
    use crate::cli::hotline::console::dialogue::Dialogue;
    use crate::cli::hotline::console::drafts::Draft;
    use crate::cli::hotline::console::head::{COLUMNS_MIN, ROWS_MIN};
    use crate::cli::hotline::console::keys::{At, Key};
    use crate::cli::hotline::console::looks::Note;
    use crate::cli::hotline::console::state::Effect;
    use crate::codec::proto::detente::v1::join_request::What as Said;
    use crate::domain::digest::{CommandId, Digest};
    use crate::domain::time::Instant;

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
        // What this Party's own writer sees begins with its own record.
        assert!(all.contains("on record here 00:00:00Z; PL: on record here"), "{all}");
        assert!(all.contains(" | [ru] by") && all.contains("answers 1"), "{all}");
        assert!(!all.contains(['\u{1b}', '\u{202e}']));
        let mut buffer = Buffer::empty(Rect::new(0, 0, 80, 24));
        let drawn = draw(&state, &mut buffer);
        assert!(drawn.laid.len() == 2 && drawn.laid.iter().all(|text| text.needed.is_subset(&text.there)));
        let is_reverse =
            |y| buffer.cell((0, y)).is_some_and(|cell| cell.modifier.contains(Modifier::REVERSED));
        assert!(is_reverse(3) && !is_reverse(4));
    }

    #[test]
    fn a_text_that_its_author_took_back_says_so_below_it() {
        let line = calls::SessionLine { withdrawn_by: "BY/0009".into(), ..text(1, "BY", "It is armed.") };
        let mut state = console(&[line]);
        state.view = View::Session;
        let rows = drawn(&state);
        let at = |words: &str| rows.iter().position(|row| row.contains(words)).expect("it is there");
        assert_eq!(at("  WITHDRAWN by BY/0009"), at("It is armed.") + 1, "{rows:#?}");
    }

    #[test]
    fn text_from_right_to_left_turns_nothing_beside_it() {
        let mut state = console(&[text(1, "BY", "هل هو مسلح؟")]);
        state.view = View::Session;
        let row = drawn(&state).into_iter().find(|row| row.contains('ه')).unwrap();
        assert_eq!(row, "  | \u{2067}هل هو مسلح؟\u{2069}");
    }

    #[test]
    fn a_text_that_is_longer_than_the_screen_is_read_once_all_of_it_stood_there() {
        let mut state = console(&[text(1, "BY", &"word ".repeat(900))]);
        let at = |id: u8| At { now: Instant(i64::from(id)), id: CommandId([id; 16]) };
        state.press(Key::Enter, at(1));
        let mut buffer = Buffer::empty(Rect::new(0, 0, 80, 24));
        let mut pages = 0;
        let read = loop {
            let drawn = draw(&state, &mut buffer);
            assert_eq!(drawn.laid.len(), 1);
            state.stood(drawn);
            pages += 1;
            let said = state.press(Key::Character('r'), at(2));
            match &said[..] {
                [] => assert!(state.notice.contains("PgDn"), "{}", state.notice),
                [one] => break one.clone(),
                more => panic!("{more:?}"),
            }
        };
        assert!(matches!(read, Effect::Say(Said::Read(_))) && pages > 3, "{pages}");
    }

    #[test]
    fn what_is_between_two_others_is_not_called_missing_and_each_difference_names_its_text() {
        let mut line = text(1, "BY", "one");
        let elsewhere = calls::TextState { party: "LT".into(), not_known_here: true, ..Default::default() };
        line.states.push(elsewhere);
        let mut state = console(&[line]);
        let session = state.sessions.get_mut(&Bytes::from(vec![7; 16])).unwrap();
        let differs = format!("only BY counts the text {} of BY", "01".repeat(32));
        let with = |differences| calls::ClosedWith { party: "BY".into(), differences, ..Default::default() };
        session.closed = vec![with(vec![differs])];
        state.view = View::Session;
        let all = drawn(&state).join("\n");
        assert!(all.contains("LT: not known here, its author has the receipt"), "{all}");
        assert!(
            !all.contains("NOT on record there")
                && !all.contains("LT: not known here, its author has the receipt;")
        );
        assert!(all.contains("Disputed with BY: only BY counts the text 1 (010101010101) of BY"), "{all}");
    }

    #[test]
    fn on_a_low_and_narrow_screen_stands_what_is_typed_and_nothing_is_signed_that_did_not_stand_there() {
        let at = |id: u8| At { now: Instant(i64::from(id)), id: CommandId([id; 16]) };
        let mut state = console(&[text(1, "BY", "one")]);
        state.size = (20, 5);
        state.press(Key::Character('o'), at(1));
        for field in ["BY", "why", "en"] {
            for key in [Key::Pasted(field.into()), Key::Tab] {
                assert!(drawn(&state)[3].starts_with("OPEN A SE"));
                state.press(key, at(2));
            }
            state.press(Key::BackTab, at(2));
            assert_eq!(drawn(&state)[4], format!("  {field}"));
            state.press(Key::Tab, at(2));
        }
        for key in [Key::Escape, Key::Enter, Key::Character('w'), Key::Pasted("x".repeat(300))] {
            state.press(key, at(3));
        }
        let rows = drawn(&state);
        assert!(rows[3].starts_with("REAL  DRAFT") && rows[4] == format!(" {}", "x".repeat(12)), "{rows:#?}");
        // A close needs more room than there is.
        state.press(Key::Escape, at(4));
        state.press(Key::Character('c'), at(4));
        let look = state.dialogue.as_ref().unwrap().look.clone().unwrap();
        let note = Note::Transcript { with: "BY".into(), digest: Digest([5; 32]) };
        state.looked((look, Ok(vec![note])));
        let notes = |state: &State| {
            let (columns, rows) = state.size;
            draw(state, &mut Buffer::empty(Rect::new(0, 0, columns, rows))).notes
        };
        assert!(notes(&state).is_empty());
        state.size = (80, 24);
        assert_eq!(notes(&state).len(), 1);
        // Where the terminal is smaller by now than it was, nothing counts as shown.
        assert_eq!(draw(&state, &mut Buffer::empty(Rect::new(0, 0, 79, 24))), Drawn::default());
        // Nor on one that is too small for any text: what stands there is that, and what waits.
        state.dialogue = None;
        for size in [(COLUMNS_MIN as u16 - 1, 24), (COLUMNS_MIN as u16, ROWS_MIN as u16 - 1)] {
            state.size = size;
            let mut buffer = Buffer::empty(Rect::new(0, 0, size.0, size.1));
            assert_eq!(draw(&state, &mut buffer), Drawn::default());
            let rows = drawn(&state).join(" ");
            assert_eq!(rows.trim_end(), "screen too small: at least 20x5 FLASH 1 UNREAD 1");
        }
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
                    .insert(state.writes(), Draft { written: Written::of("大演習\n"), ..Draft::default() });
                assert_eq!(drawn(&state).len(), usize::from(size.1));
            }
        }
        assert!(drawn(&state)[2].contains("LINK TO NODE LOST since 00:00:00Z 1970-01-01"));
        for dialogue in [Dialogue::open(), Dialogue::add(), Dialogue::close(state.session().unwrap(), "PL")] {
            state.dialogue = Some(dialogue);
            for size in [(0, 0), (1, 1), (3, 2), (20, 5), (80, 24)] {
                state.size = size;
                assert_eq!(drawn(&state).len(), usize::from(size.1));
            }
        }
    }
}
