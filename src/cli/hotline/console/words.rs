//! What is to be seen beside the fields of a dialogue, in rows, and which of it has stood on the screen: it counts as
//! seen only once all of it has, row by row, as a text does.
//!
//! Never here: a row counted that was not on the screen, or a page that passes one which has to stand and has not.

use std::collections::BTreeSet;
use std::ops::Range;

use super::below::below;
use super::dialogue::{Dialogue, NUMBER};
use super::head::too_small;
use super::looks::{Look, Note};
use super::rows::{Piece, Row, Weight, put};
use super::scroll::{Scroll, Window};
use super::state::State;
use crate::domain::official::direction;
use crate::domain::official::wrap::wrapped;
use crate::domain::text::shown;

const UNSEEN: &str = "PgDn, then Ctrl-S: not all of it has stood on the screen";
/// Where what is to be seen begins.
const COLUMN: usize = 4;

/// A row, and of what it is: of which of the things to be seen, by its place in what the node answered, and which row
/// of that.
pub type Word = (Row, Option<(usize, usize)>);

/// A thing to be seen of which something stands on the screen.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Noted {
    /// Its place in what the node answered.
    pub place: usize,
    /// How many rows it takes on a screen of so many columns: on another one it begins again.
    pub rows: usize,
    pub wide: usize,
    /// Those that stand there.
    pub there: BTreeSet<usize>,
}

/// What of these rows stands on the screen.
pub fn noted(words: &[Word], there: Range<usize>, wide: usize) -> Vec<Noted> {
    let mut noted: Vec<Noted> = Vec::new();
    for (place, row) in words.get(there).unwrap_or_default().iter().filter_map(|(_, of)| *of) {
        match noted.last_mut().filter(|last| last.place == place) {
            Some(last) => {
                last.there.insert(row);
            }
            None => {
                let is_of_it = |(_, of): &&Word| of.is_some_and(|(one, _)| one == place);
                let rows = words.iter().filter(is_of_it).count();
                noted.push(Noted { place, rows, wide, there: BTreeSet::from([row]) });
            }
        }
    }
    noted
}

impl Dialogue {
    /// What the node answered, or why not: none of it has stood yet.
    pub fn sees(&mut self, seen: Option<Result<Vec<Note>, String>>) {
        self.seen = seen;
        self.stood.clear();
        self.partly.clear();
        self.scroll = None;
    }

    /// The number that is filled in, as numbers are written.
    fn number(&self) -> &str {
        self.text(NUMBER).trim_start_matches(['+', '0'])
    }

    /// What is seen of it now, not safe to show, each with its place in what the node answered: of phrases those whose
    /// number begins as it is filled in, the number itself first.
    pub fn told(&self) -> Vec<(usize, String)> {
        let Some(Ok(notes)) = &self.seen else { return Vec::new() };
        let typed = self.number();
        let mut told: Vec<(u64, usize, String)> = Vec::new();
        for (place, note) in notes.iter().enumerate() {
            match note {
                Note::Phrase { number, text } if number.to_string().starts_with(typed) => {
                    told.push((*number, place, format!("{number} [{}] {}", text.language, text.text)));
                }
                Note::Phrase { .. } => {}
                Note::Transcript { with, digest } => {
                    told.push((0, place, format!("{with}  {digest}")));
                }
            }
        }
        told.sort_by_key(|(number, ..)| *number);
        told.into_iter().map(|(_, place, text)| (place, text)).collect()
    }

    /// All rows of that, and above them whose it is.
    pub fn words(&self, wide: usize) -> Vec<Word> {
        let mut above = Vec::new();
        match (&self.look, &self.seen) {
            (None, _) => return Vec::new(),
            (Some(_), None) => put(&mut above, 2, "asking the node", wide, Weight::Plain),
            (Some(_), Some(Err(why))) => {
                put(&mut above, 2, &format!("not known here: {}", shown(why)), wide, Weight::Plain);
            }
            (Some(Look::Phrases(party)), Some(Ok(_))) => {
                put(&mut above, 2, &format!("agreed with {}:", shown(party)), wide, Weight::Plain);
            }
            (Some(Look::Transcripts { .. }), Some(Ok(_))) => {
                put(&mut above, 2, "signs, of what is here now:", wide, Weight::Plain);
            }
        }
        let mut words: Vec<Word> = above.into_iter().map(|row| (row, None)).collect();
        let room = wide.saturating_sub(COLUMN).max(1);
        for (place, text) in self.told() {
            let text = shown(&text);
            let turned = direction(&text);
            for (number, part) in wrapped(&text, room, room).into_iter().enumerate() {
                let piece = Piece { column: COLUMN, direction: turned, text: part.to_owned() };
                let row = Row { pieces: vec![piece], weight: Weight::Plain };
                words.push((row, Some((place, number))));
            }
        }
        words
    }

    /// How many of these rows, the first ones, hold what the very number that is filled in says.
    pub fn chosen(&self, words: &[Word]) -> usize {
        let Some(Ok(notes)) = &self.seen else { return 0 };
        let typed = self.number();
        let is_it = |place: usize| match notes.get(place) {
            Some(Note::Phrase { number, .. }) => number.to_string() == typed,
            Some(Note::Transcript { .. }) | None => false,
        };
        let last = words.iter().rposition(|(_, of)| of.is_some_and(|(place, _)| is_it(place)));
        last.map_or(0, |last| last.saturating_add(1))
    }

    /// This stands on the screen.
    pub fn noted(&mut self, noted: Vec<Noted>) {
        for Noted { place, rows, wide, mut there } in noted {
            if let Some(before) = self.partly.remove(&place).filter(|before| before.wide == wide) {
                there.extend(before.there);
            }
            if there.len() >= rows {
                self.stood.insert(place);
            } else {
                self.partly.insert(place, Noted { place, rows, wide, there });
            }
        }
    }

    /// The first of these rows, of the thing in this place, that has not stood on a screen of so many columns.
    fn missing(&self, place: usize, words: &[Word], wide: usize) -> Option<usize> {
        let partly = self.partly.get(&place).filter(|partly| partly.wide == wide);
        let has_stood = |row: usize| partly.is_some_and(|partly| partly.there.contains(&row));
        words.iter().position(|(_, of)| of.is_some_and(|(one, row)| one == place && !has_stood(row)))
    }
}

impl State {
    /// Goes through a dialogue by pages, and passes no row that has to stand before it goes and has not.
    pub fn page_dialogue(&mut self, how: impl FnOnce(&mut Scroll, &Window<'_>)) {
        let (part, size) = (below(self).part, self.size);
        let wide = usize::from(size.0);
        let Some(dialogue) = &mut self.dialogue else { return };
        let one = |_: usize| 1_usize;
        let window = Window { things: part.things, height: part.height, rows: &one };
        let mut scroll = Scroll { selected: 0, top: part.top, row: 0 };
        how(&mut scroll, &window);
        if let Some(place) = dialogue.unseen().filter(|_| too_small(size).is_none()) {
            let words = dialogue.words(wide);
            let above = part.things.saturating_sub(words.len());
            let missing = dialogue.missing(place, &words, wide).map(|row| above.saturating_add(row));
            if let Some(missing) = missing.filter(|missing| *missing >= part.top) {
                scroll.top = scroll.top.min(missing);
            }
        }
        dialogue.scroll = (part.things > part.height).then_some(scroll);
    }

    /// Goes to what has to stand on the screen first, of the thing in this place, and says so.
    pub fn show_unseen(&mut self, place: usize) {
        let wide = usize::from(self.size.0);
        // Said first: it takes rows itself.
        self.notice = too_small(self.size).unwrap_or_else(|| UNSEEN.into());
        let part = below(self).part;
        let Some(dialogue) = &mut self.dialogue else { return };
        let words = dialogue.words(wide);
        let above = part.things.saturating_sub(words.len());
        let missing = dialogue.missing(place, &words, wide).map(|row| above.saturating_add(row));
        let scroll = missing.map(|top| Scroll { selected: 0, top, row: 0 });
        dialogue.scroll = scroll.filter(|_| part.things > part.height);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::hotline::console::composer::Edit;
    use crate::cli::hotline::console::keys::{At, Key};
    use crate::cli::hotline::console::screen::{console, text};
    use crate::cli::hotline::console::state::Effect;
    use crate::cli::hotline::console::stood::drawn;
    use crate::codec::proto::detente::v1 as calls;
    use crate::codec::proto::detente::v1::join_request::What as Said;
    use crate::domain::digest::{CommandId, Digest};
    use crate::domain::time::Instant;

    const SEND: Key = Key::Control('s');

    /// Draws it, and presses a key.
    fn press(state: &mut State, key: Key) -> Vec<Effect> {
        drawn(state);
        state.press(key, At { now: Instant(1), id: CommandId([1; 16]) })
    }

    fn words(many: usize) -> String {
        (0..many).map(|number| format!("word{number}")).collect::<Vec<_>>().join(" ")
    }

    /// Asked for a phrase whose number is filled in, and which has so many words in each of two languages.
    fn phrase(size: (u16, u16), many: usize) -> State {
        let mut state = console(&[text(1, "BY", "one")]);
        state.size = size;
        press(&mut state, Key::Enter);
        press(&mut state, Key::Character('p'));
        let note = |language: &str| {
            let text = calls::AgreedText { language: language.into(), text: words(many) };
            Note::Phrase { number: 1, text }
        };
        state.looked((Look::Phrases("BY".into()), Ok(vec![note("en"), note("ru")])));
        press(&mut state, Key::Character('1'));
        state
    }

    #[test]
    fn a_phrase_of_more_words_than_the_screen_holds_goes_once_each_of_its_rows_stood_there() {
        for (size, many) in [((80, 24), 400), ((20, 5), 8), ((40, 12), 60)] {
            let mut state = phrase(size, many);
            assert!(press(&mut state, SEND).is_empty());
            assert_eq!(state.notice, UNSEEN);
            let last = format!("word{}", many - 1);
            let mut seen = String::new();
            while !seen.contains(&last) {
                let rows = drawn(&mut state);
                // What is told is gone through first.
                let is_told = !state.notice.is_empty();
                assert!(is_told || rows.iter().any(|row| row.contains("PgDn")), "{rows:#?}");
                press(&mut state, Key::PageDown);
                seen = drawn(&mut state).join("\n");
            }
            let effects = press(&mut state, SEND);
            let [Effect::Say(Said::Say(asked))] = &effects[..] else { panic!("{size:?} {effects:?}") };
            assert_eq!((asked.phrase, asked.language.as_str()), (1, "en"));
        }
    }

    #[test]
    fn pages_that_are_turned_before_anything_is_drawn_pass_no_row_that_has_to_stand() {
        let mut state = phrase((20, 5), 30);
        drawn(&mut state);
        for _ in 0..200 {
            state.press(Key::PageDown, At { now: Instant(1), id: CommandId([1; 16]) });
        }
        assert!(drawn(&mut state)[4].contains("1 [en] word0"), "{:#?}", drawn(&mut state));
        assert!(press(&mut state, SEND).is_empty());
    }

    #[test]
    fn what_has_stood_on_a_screen_of_another_width_begins_again_and_nothing_that_was_typed_is_lost() {
        let mut state = phrase((80, 24), 400);
        press(&mut state, Key::PageDown);
        state.size = (79, 24);
        assert!(press(&mut state, SEND).is_empty());
        assert!(drawn(&mut state).iter().any(|row| row.contains("1 [en] word0 ")), "from its beginning");
        state.size = (20, 5);
        press(&mut state, Key::Edit(Edit::End));
        let rows = drawn(&mut state);
        assert!(rows[3].ends_with(" PgDn") && rows[4] == "  1", "the field again: {rows:#?}");
    }

    #[test]
    fn what_a_close_signs_is_gone_through_on_a_low_screen_and_signed_once_all_of_it_stood() {
        let mut read = text(1, "BY", "one");
        (read.states[0].read_at_ms, read.read_by_caller) = (9, true);
        let mut state = console(&[read]);
        state.size = (20, 5);
        press(&mut state, Key::Enter);
        press(&mut state, Key::Character('c'));
        let look = state.dialogue.as_ref().unwrap().look.clone().unwrap();
        let note = Note::Transcript { with: "BY".into(), digest: Digest([5; 32]) };
        state.looked((look, Ok(vec![note])));
        let mut pages = 0;
        let said = loop {
            pages += 1;
            if let Some(said) = press(&mut state, SEND).into_iter().next() {
                break said;
            }
            assert_eq!(state.notice, UNSEEN);
        };
        assert!(matches!(said, Effect::Say(Said::Close(_))) && pages > 4, "{pages}");
        // On a screen that is too small for any text nothing counts as seen.
        let mut state = phrase((19, 24), 1);
        assert!(press(&mut state, SEND).is_empty() && press(&mut state, SEND).is_empty());
        assert_eq!(Some(state.notice), too_small(state.size));
    }
}
