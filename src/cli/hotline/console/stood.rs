//! What has stood on the screen: a text counts as one that can be read only once all of it has, row by row.
//!
//! Never here: what is drawn. What is laid out in other rows, as on a screen of another width, has not stood yet.

use std::collections::BTreeSet;

use bytes::Bytes;

use super::rows::{Row, is_said, is_text};
use super::screen::Drawn;
use super::state::{Effect, Link, State};
use crate::codec::proto::detente::v1 as calls;
use crate::codec::proto::detente::v1::join_request::What as Said;
use crate::domain::digest::Digest;

/// A text of which something stands on the screen.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Laid {
    /// Digest of the text.
    pub text: Bytes,
    /// Of what is said in it as it is laid out, row by row, each with its number: where one of them moves, none has
    /// stood.
    pub words: Digest,
    /// The rows that have to stand: the first one, those of what is said, the last one.
    pub needed: BTreeSet<usize>,
    /// Those that do now.
    pub there: BTreeSet<usize>,
}

/// A text that has not stood whole yet.
#[derive(Debug)]
pub struct Partly {
    words: Digest,
    rows: BTreeSet<usize>,
    /// The first row that has not stood.
    pub missing: usize,
}

impl Laid {
    /// In these rows, on a screen of so many columns; none of them stands yet.
    pub fn of(text: Bytes, rows: &[Row], wide: usize) -> Laid {
        let said = || (0..).zip(rows).filter(|(_, row)| is_said(row));
        // What is safe to show holds no line break.
        let mut words = wide.to_string();
        for (at, row) in said() {
            words.push_str(&format!("\n{at}"));
            for piece in &row.pieces {
                words.push('\n');
                words.push_str(&piece.text);
            }
        }
        let mut needed: BTreeSet<usize> = said().map(|(at, _)| at).collect();
        needed.extend([0, rows.len().saturating_sub(1)]);
        Laid { text, words: Digest::of(words.as_bytes()), needed, there: BTreeSet::new() }
    }
}

impl State {
    /// This stands on the screen: the authors of the texts are to be told, once, as soon as all of a text has stood there.
    pub fn stood(&mut self, drawn: Drawn) -> Vec<Effect> {
        self.is_undrawn = false;
        self.typed_stands(drawn.typed);
        if let Some(dialogue) = &mut self.dialogue {
            dialogue.noted(drawn.notes);
        }
        let mut effects = Vec::new();
        for laid in drawn.laid {
            let digest = laid.text.clone();
            self.stands(laid);
            let line =
                self.session().and_then(|session| session.lines.iter().find(|one| one.digest == digest));
            let is_told = |line: &calls::SessionLine| {
                line.author == self.own
                    || !is_text(line)
                    // Its author did not bring it, and is told nothing.
                    || !line.came_by_way.is_empty()
                    || line.states.iter().any(|state| state.party == self.own && state.shown_at_ms != 0)
            };
            let is_new = line.is_some_and(|line| !is_told(line))
                && self.link == Link::Live
                && self.seen.contains(&digest);
            if is_new && self.told_shown.insert(digest.clone()) {
                effects.push(Effect::Say(Said::Shown(digest)));
            }
        }
        effects
    }

    fn stands(&mut self, laid: Laid) {
        if self.seen.contains(&laid.text) {
            return;
        }
        let nothing = || Partly { words: laid.words, rows: BTreeSet::new(), missing: 0 };
        let partly = self.partly.entry(laid.text.clone()).or_insert_with(nothing);
        if partly.words != laid.words {
            *partly = nothing();
        }
        partly.rows.extend(&laid.there);
        match laid.needed.iter().find(|row| !partly.rows.contains(*row)) {
            Some(row) => partly.missing = *row,
            None => {
                self.partly.remove(&laid.text);
                self.seen.insert(laid.text);
            }
        }
    }
}

#[cfg(test)]
pub use tests::drawn;

#[cfg(test)]
mod tests {
    use ratatui_core::buffer::Buffer;
    use ratatui_core::layout::Rect;

    use super::*;
    use crate::cli::hotline::console::composer::Edit;
    use crate::cli::hotline::console::keys::{At, Key};
    use crate::cli::hotline::console::rows::{Weight, below};
    use crate::cli::hotline::console::screen::{console, draw, text};
    use crate::domain::digest::CommandId;
    use crate::domain::time::Instant;

    /// Draws it, so that what is drawn has stood there: its rows.
    pub fn drawn(state: &mut State) -> Vec<String> {
        let (columns, rows) = state.size;
        let mut buffer = Buffer::empty(Rect::new(0, 0, columns, rows));
        let there = draw(state, &mut buffer);
        state.stood(there);
        let row = |y: u16| -> String {
            (0..columns).filter_map(|x| buffer.cell((x, y))).map(|cell| cell.symbol()).collect()
        };
        (0..rows).map(|y| row(y).trim_end().to_owned()).collect()
    }

    /// Draws it, and presses a key.
    fn press(state: &mut State, key: Key) -> Vec<Effect> {
        drawn(state);
        state.press(key, At { now: Instant(1), id: CommandId([1; 16]) })
    }

    #[test]
    fn the_author_of_what_came_by_way_of_another_is_told_nothing_and_what_brought_it_is_read() {
        let came_by_way = "came by way of LT at noon, not from BY".to_owned();
        let read_as = Bytes::from(vec![9; 32]);
        let line =
            calls::SessionLine { came_by_way, read_as: read_as.clone(), ..text(1, "BY", "It is armed.") };
        let mut state = console(&[line]);
        press(&mut state, Key::Enter);
        let (columns, rows) = state.size;
        let mut buffer = Buffer::empty(Rect::new(0, 0, columns, rows));
        let drawn = draw(&state, &mut buffer);
        let effects = state.stood(drawn);
        assert!(!effects.iter().any(|effect| matches!(effect, Effect::Say(Said::Shown(_)))));
        let row = |y: u16| {
            let cells = (0..columns).filter_map(|x| buffer.cell((x, y)));
            cells.map(|cell| cell.symbol()).collect::<String>()
        };
        assert!((0..rows).any(|y| row(y).contains("came by way of LT at noon, not from BY")));
        let effects = press(&mut state, Key::Character('r'));
        assert!(matches!(&effects[..], [Effect::Say(Said::Read(asked))] if asked.digest == read_as));
    }

    fn long() -> State {
        console(&[text(1, "BY", &"word ".repeat(900)), text(2, "BY", "short")])
    }

    #[test]
    fn a_text_of_which_the_end_alone_has_stood_is_gone_back_to_its_beginning_before_it_is_read() {
        let mut state = long();
        for key in [Key::Enter, Key::Edit(Edit::End), Key::PageUp] {
            press(&mut state, key);
        }
        assert_eq!(state.scroll.selected, 0);
        assert!(state.scroll.row > 0, "its end stands there");
        // What was drawn before the end was selected is its beginning: that is forgotten here.
        state.partly.clear();
        press(&mut state, Key::PageDown);
        state.scroll.selected = 0;
        assert!(press(&mut state, Key::Character('r')).is_empty());
        assert_eq!((state.scroll.top, state.scroll.row), (0, 0));
        assert!(state.notice.contains("not all of it has stood on the screen"), "{}", state.notice);
        let mut pages = 0;
        let read = loop {
            pages += 1;
            let said = press(&mut state, Key::Character('r'));
            if let Some(said) = said.into_iter().next() {
                break said;
            }
        };
        let Effect::Say(Said::Read(asked)) = &read else { panic!("{read:?}") };
        assert_eq!(asked.digest[..], [1; 32]);
        assert!(pages > 1, "{pages}");
        assert!(state.partly.is_empty());
    }

    #[test]
    fn a_text_is_told_as_shown_once_all_of_it_has_stood_on_the_screen_and_not_by_its_heading() {
        let mut state = console(&[text(1, "BY", "one"), text(2, "BY", "two")]);
        state.size = (20, 5);
        state.press(Key::Enter, At { now: Instant(1), id: CommandId([1; 16]) });
        let shows = |state: &mut State| {
            let drawn = draw(state, &mut Buffer::empty(Rect::new(0, 0, 20, 5)));
            let told = state.stood(drawn);
            told.into_iter()
                .any(|effect| matches!(effect, Effect::Say(Said::Shown(text)) if text[..] == [1; 32]))
        };
        assert!(!shows(&mut state), "its heading alone stands there");
        let mut pages = 0;
        while !shows(&mut state) {
            pages += 1;
            assert!(pages < 40, "all of it has stood there");
            state.press(Key::PageDown, At { now: Instant(1), id: CommandId([1; 16]) });
        }
        assert!(pages > 0 && state.seen.contains(&Bytes::from(vec![1; 32])));
    }

    #[test]
    fn what_is_said_has_not_stood_where_a_row_of_it_moves_or_is_broken_elsewhere() {
        let lines = |all: &[&str]| {
            let mut rows = Vec::new();
            below(&mut rows, &all.iter().map(|line| (*line).to_owned()).collect::<Vec<_>>(), 80);
            rows
        };
        let words = |rows: &[Row]| Laid::of(Bytes::from_static(b"text"), rows, 80).words;
        let rows = lines(&["It is", "armed."]);
        // Something that nobody said comes to stand between two rows, below the first one.
        let mut between = rows.clone();
        between.insert(1, Row::of("  WITHDRAWN by BY/0009", Weight::Bold));
        assert_ne!(words(&between), words(&rows));
        assert_ne!(words(&lines(&["It is ", "armed."])), words(&lines(&["It is", " armed."])));
        // Below all that is said it moves nothing.
        let mut below_it = rows.clone();
        below_it.push(Row::of("  BY: not read", Weight::Plain));
        assert_eq!(words(&below_it), words(&rows));
    }

    #[test]
    fn on_a_screen_of_another_width_it_begins_again() {
        let mut state = long();
        for key in [Key::Enter, Key::PageDown, Key::PageDown] {
            press(&mut state, key);
        }
        let text = Bytes::from(vec![1; 32]);
        let missing = state.partly[&text].missing;
        assert!(missing > 20, "{missing}");
        state.size = (79, 24);
        press(&mut state, Key::PageDown);
        assert_eq!(state.partly[&text].missing, 0);
    }
}
