//! What is typed, read over before it goes: all of it has stood on the screen since it was typed or pasted.
//!
//! Never here: which of it stands there now (`typed.rs`, `below.rs`), or a row that is called seen by a guess.

use std::ops::Range;

use super::state::State;
use super::typed::{WRITING_MARGIN, field_columns};

/// A piece of what is typed that stands on the screen.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Typed {
    /// Of which field of a dialogue; 0 of a text.
    pub field: usize,
    pub bytes: Range<usize>,
}

impl State {
    /// These stand on the screen; but what is drawn for a moment, while more of what came at once waits, is seen by
    /// nobody.
    pub fn typed_stands(&mut self, typed: Vec<Typed>) {
        if self.is_in_midst {
            return;
        }
        let of = self.writes();
        for Typed { field, bytes } in typed {
            let written = match &mut self.dialogue {
                Some(dialogue) => dialogue.fields.get_mut(field).map(|field| &mut field.written),
                None => self.drafts.get_mut(&of).map(|draft| &mut draft.written),
            };
            if let Some(written) = written {
                written.stands(bytes);
            }
        }
    }

    /// Whether all of what is written has stood; where it has not, its first rows that have not are gone to, and the
    /// officer is told. What was given to the node before had.
    pub fn is_read_over(&mut self) -> bool {
        let columns = usize::from(self.size.0).saturating_sub(WRITING_MARGIN);
        let of = self.writes();
        let draft = self.drafts.get_mut(&of).filter(|draft| draft.given.is_none());
        let Some(written) = draft.map(|draft| &mut draft.written) else { return true };
        let unseen = written.unseen(columns);
        let Some(first) = unseen.first() else { return true };
        written.go_to(*first);
        self.notice = not_seen(unseen.len());
        false
    }

    /// The same of the fields that take more than one row: of one that does not, all stood there as it was filled in.
    pub fn fields_are_read_over(&mut self) -> bool {
        let wide = usize::from(self.size.0);
        let Some(dialogue) = &mut self.dialogue else { return true };
        let columns = field_columns(dialogue, wide);
        for (number, field) in dialogue.fields.iter_mut().enumerate() {
            let is_long = field.written.page(columns).rows.len() > 1;
            let unseen = field.written.unseen(columns);
            if let Some(first) = unseen.first().filter(|_| is_long) {
                field.written.go_to(*first);
                (dialogue.at, dialogue.scroll) = (number, None);
                self.notice = not_seen(unseen.len());
                return false;
            }
        }
        true
    }
}

fn not_seen(rows: usize) -> String {
    format!("NOT SENT: {rows} row(s) have not stood here yet: see these, then Ctrl-S again")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::hotline::console::composer::Edit;
    use crate::cli::hotline::console::keys::{At, Key};
    use crate::cli::hotline::console::screen::{console, text};
    use crate::cli::hotline::console::state::Effect;
    use crate::cli::hotline::console::stood::drawn;
    use crate::codec::proto::detente::v1::join_request::What as Said;
    use crate::domain::digest::CommandId;
    use crate::domain::time::Instant;

    const SEND: Key = Key::Control('s');

    /// Presses a key once all before was drawn: what is said by it.
    fn press(state: &mut State, key: Key) -> Option<Said> {
        drawn(state);
        let effects = state.press(key, At { now: Instant(1), id: CommandId([1; 16]) });
        effects.into_iter().find_map(|effect| match effect {
            Effect::Say(said) => Some(said),
            _ => None,
        })
    }

    /// A console of such a size, at which a text is written.
    fn writing(size: (u16, u16)) -> State {
        let mut state = console(&[text(1, "BY", "one")]);
        state.size = size;
        for key in [Key::Enter, Key::Character('w')] {
            press(&mut state, key);
        }
        state
    }

    fn lines(many: usize) -> String {
        (1..=many).map(|number| format!("line {number}")).collect::<Vec<_>>().join("\n")
    }

    /// How often the key that sends is pressed until it does; each row has stood on the screen by then.
    fn presses(state: &mut State, rows: usize) -> (usize, Said) {
        let (mut presses, mut seen) = (0, String::new());
        loop {
            seen.push_str(&drawn(state).join("\n"));
            seen.push('\n');
            presses += 1;
            assert!(presses < 200, "{}", state.notice);
            let Some(said) = press(state, SEND) else {
                assert!(state.notice.starts_with("NOT SENT: "), "{}", state.notice);
                continue;
            };
            let stood = |number: usize| seen.contains(&format!("line {number}\n"));
            assert!((1..=rows).all(stood), "{seen}");
            return (presses, said);
        }
    }

    #[test]
    fn a_text_that_has_room_on_the_screen_goes_by_one_key_and_a_longer_one_once_each_row_stood_there() {
        for (rows, most) in [(1, 1), (12, 1), (13, 2), (60, 5)] {
            let mut state = writing((80, 24));
            press(&mut state, Key::Pasted(lines(rows)));
            let (presses, said) = presses(&mut state, rows);
            assert_eq!(presses, most, "{rows} rows");
            assert!(matches!(said, Said::Say(asked) if asked.text == lines(rows)));
        }
        for size in [(20, 5), (40, 10)] {
            let mut state = writing(size);
            press(&mut state, Key::Pasted(lines(20)));
            let (presses, _) = presses(&mut state, 20);
            assert!(presses > 2 && presses <= 20, "{size:?} {presses}");
        }
    }

    #[test]
    fn what_was_typed_and_so_stood_at_the_cursor_is_not_gone_through_again_and_what_is_pasted_between_is() {
        let mut state = writing((80, 24));
        for _ in 0..40 {
            press(&mut state, Key::Character('x'));
            press(&mut state, Key::Enter);
        }
        press(&mut state, Key::Character('y'));
        assert!(press(&mut state, SEND).is_some(), "{}", state.notice);

        let mut state = writing((80, 24));
        for _ in 0..40 {
            press(&mut state, Key::Character('x'));
            press(&mut state, Key::Enter);
        }
        press(&mut state, Key::Pasted(lines(20)));
        for _ in 0..40 {
            press(&mut state, Key::Character('x'));
            press(&mut state, Key::Enter);
        }
        assert!(press(&mut state, SEND).is_none());
        assert_eq!(state.notice, not_seen(8), "of the twenty the last twelve stood there");
        assert!(drawn(&mut state).iter().any(|row| row == " line 1"));
        assert!(press(&mut state, SEND).is_some(), "{}", state.notice);
    }

    #[test]
    fn rows_are_gone_through_by_two_keys_as_well_and_a_letter_goes_in_where_the_cursor_is() {
        let mut state = writing((80, 24));
        press(&mut state, Key::Pasted(lines(60)));
        for _ in 0..60 {
            press(&mut state, Key::Up);
        }
        assert!(press(&mut state, SEND).is_some(), "{}", state.notice);

        let mut state = writing((80, 24));
        press(&mut state, Key::Pasted(lines(60)));
        assert!(press(&mut state, SEND).is_none());
        assert!(drawn(&mut state).iter().any(|row| row == " line 1"), "its beginning");
        press(&mut state, Key::Character('!'));
        assert!(drawn(&mut state).iter().any(|row| row == " line 60!"));
        assert!(state.drafts[&state.writes()].written.text.ends_with("line 60!"));
    }

    #[test]
    fn a_screen_of_another_size_takes_nothing_of_what_has_stood_and_keeps_nothing_from_going() {
        let mut state = writing((80, 24));
        press(&mut state, Key::Pasted("word ".repeat(100)));
        drawn(&mut state);
        state.size = (20, 5);
        assert!(press(&mut state, SEND).is_some(), "it stood there before");

        let mut state = writing((20, 5));
        press(&mut state, Key::Pasted("word ".repeat(100)));
        assert!(press(&mut state, SEND).is_none());
        state.size = (80, 24);
        assert!(press(&mut state, SEND).is_some(), "{}", state.notice);
    }

    #[test]
    fn a_field_that_takes_more_rows_than_it_has_goes_once_each_of_them_stood_there() {
        let mut state = console(&[]);
        press(&mut state, Key::Character('o'));
        let subject = "a long subject ".repeat(30);
        for field in ["BY", subject.as_str(), "en"] {
            press(&mut state, Key::Pasted(field.into()));
            press(&mut state, Key::Tab);
        }
        assert!(press(&mut state, SEND).is_none());
        assert!(state.notice.starts_with("NOT SENT: "), "{}", state.notice);
        let at = state.dialogue.as_ref().map(|dialogue| dialogue.at);
        assert_eq!(at, Some(1), "the field is gone to");
        let mut presses = 1;
        while press(&mut state, SEND).is_none() {
            presses += 1;
            assert!(presses < 20, "{}", state.notice);
        }
        assert!(presses > 2, "{presses}");
        // A letter goes in behind the end of it.
        let mut state = console(&[]);
        press(&mut state, Key::Character('o'));
        press(&mut state, Key::Pasted("B Y ".repeat(60)));
        assert!(press(&mut state, SEND).is_none());
        press(&mut state, Key::Edit(Edit::Backspace));
        press(&mut state, Key::Character('Z'));
        let last = drawn(&mut state).into_iter().rfind(|row| row.contains("B Y"));
        assert!(last.is_some_and(|row| row.ends_with("YZ")), "{:#?}", drawn(&mut state));
    }
}
