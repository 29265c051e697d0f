//! A few fields that an officer fills in before something is said: one way for all that needs more than a key.
//!
//! Never here: how it is read (`filled.rs`), what of it has stood on the screen (`words.rs`), or a thing said by a letter:
//! what is filled in goes by one key that is none.

use std::collections::{BTreeMap, BTreeSet};

use bytes::Bytes;

use super::composer::Written;
use super::keys::Key;
use super::looks::{Look, Note};
use super::scroll::Scroll;
use super::state::Session;
use super::words::Noted;
use crate::codec::proto::detente::v1 as calls;
use crate::domain::digest::CommandId;
use crate::limits;

/// What it is filled in for.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Purpose {
    Open,
    Add,
    Phrase,
    /// The translation itself is written like a text.
    Translate,
    Close,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Field {
    pub label: &'static str,
    pub written: Written,
    /// What stood in it as it was begun.
    begun: String,
}

/// Fields, and what is to be seen beside them.
#[derive(Clone, PartialEq, Debug)]
pub struct Dialogue {
    pub purpose: Purpose,
    pub fields: Vec<Field>,
    /// The field that is written in.
    pub at: usize,
    /// Digest of the text that is translated; empty elsewhere.
    pub translates: Bytes,
    pub look: Option<Look>,
    /// `None` while the node has not answered.
    pub seen: Option<Result<Vec<Note>, String>>,
    /// Which of that stood on the screen whole, by its place in it.
    pub stood: BTreeSet<usize>,
    /// Of which some rows did, by their place as well.
    pub partly: BTreeMap<usize, Noted>,
    /// Where its rows are gone through by pages; `None` where they follow the field that is written in.
    pub scroll: Option<Scroll>,
    /// It was given to the node under this id, and has no answer yet: nothing of it changes.
    pub given: Option<CommandId>,
}

pub const TO: &str = "To, such as PL LT:Watch";
pub const SUBJECT: &str = "Subject";
pub const LANGUAGES: &str = "Languages, such as en ru";
pub const PRECEDENCE: &str = "Precedence";
pub const TRAFFIC: &str = "real or drill";
pub const ABOUT: &str = "About thread, or nothing";
pub const PARTY: &str = "Party, such as LT";
pub const SEES: &str = "Sees: now on, or all";
pub const NUMBER: &str = "Number";
pub const LANGUAGE: &str = "Language";
pub const TRANSLATOR: &str = "Translator, if not you";
pub const REMARKS: &str = "Remarks, or nothing";

pub const FROM_NOW_ON: &str = "now on";
pub const ALL: &str = "all";

impl Purpose {
    /// What stands above the fields.
    pub fn title(self) -> &'static str {
        match self {
            Purpose::Open => "OPEN A SESSION",
            Purpose::Add => "AGREE THAT A PARTY COMES IN",
            Purpose::Phrase => "SAY AN AGREED PHRASE",
            Purpose::Translate => "TRANSLATE",
            Purpose::Close => "CLOSE, and sign the transcript",
        }
    }
}

impl Dialogue {
    pub fn open() -> Dialogue {
        let fields = [
            (TO, ""),
            (SUBJECT, ""),
            (LANGUAGES, ""),
            (PRECEDENCE, "immediate"),
            (TRAFFIC, "real"),
            (ABOUT, ""),
        ];
        Dialogue::of(Purpose::Open, &fields)
    }

    pub fn add() -> Dialogue {
        Dialogue::of(Purpose::Add, &[(PARTY, ""), (SEES, FROM_NOW_ON)])
    }

    /// In the language that a text goes out with, unless another is filled in.
    pub fn phrase(session: &Session, own: &str) -> Dialogue {
        let look = others(session, own).into_iter().next().map(Look::Phrases);
        Dialogue { look, ..Dialogue::of(Purpose::Phrase, &[(NUMBER, ""), (LANGUAGE, session.language())]) }
    }

    /// Into a language of the session that the text is not in.
    pub fn translate(session: &Session, line: &calls::SessionLine) -> Dialogue {
        let other = session.stands.languages.iter().find(|one| !one.eq_ignore_ascii_case(&line.language));
        let fields = [(LANGUAGE, other.map_or("", String::as_str)), (TRANSLATOR, "")];
        Dialogue { translates: line.digest.clone(), ..Dialogue::of(Purpose::Translate, &fields) }
    }

    pub fn close(session: &Session, own: &str) -> Dialogue {
        let (thread, with) = (session.stands.thread.clone(), others(session, own));
        let look = Some(Look::Transcripts { thread, with });
        Dialogue { look, ..Dialogue::of(Purpose::Close, &[(REMARKS, "")]) }
    }

    fn of(purpose: Purpose, fields: &[(&'static str, &str)]) -> Dialogue {
        let field = |&(label, text): &(&'static str, &str)| {
            let (written, begun) = (Written::of(text), text.to_owned());
            Field { label, written, begun }
        };
        Dialogue {
            purpose,
            fields: fields.iter().map(field).collect(),
            at: 0,
            translates: Bytes::new(),
            look: None,
            seen: None,
            stood: BTreeSet::new(),
            partly: BTreeMap::new(),
            scroll: None,
            given: None,
        }
    }

    /// # Errors
    /// Why nothing came of the key.
    pub fn press(&mut self, key: Key) -> Result<(), String> {
        self.scroll = None;
        if let Some(field) = self.fields.get_mut(self.at) {
            field.written.follow_cursor();
        }
        let last = self.fields.len().saturating_sub(1);
        let taken = |field: &mut Field, text: &str| {
            if text.contains(['\n', '\r']) {
                return Err(format!("{}: one line has room here", field.label));
            }
            field.written.insert(text, limits::HOTLINE_TEXT_BYTES_MAX)
        };
        match (key, self.fields.get_mut(self.at)) {
            (Key::Enter | Key::Down | Key::Tab, _) => self.at = self.at.saturating_add(1).min(last),
            (Key::Up | Key::BackTab, _) => self.at = self.at.saturating_sub(1),
            (Key::Character(character), Some(field)) => {
                return taken(field, character.encode_utf8(&mut [0; 4]));
            }
            (Key::Pasted(text), Some(field)) => return taken(field, &text),
            (Key::Edit(edit), Some(field)) => field.written.edit(edit),
            _ => {}
        }
        Ok(())
    }

    /// Whether something stands in it that did not as it was begun.
    pub fn is_filled_in(&self) -> bool {
        self.fields.iter().any(|field| field.written.text != field.begun)
    }

    pub fn text(&self, label: &str) -> &str {
        let field = self.fields.iter().find(|field| field.label == label);
        field.map_or("", |field| field.written.text.trim())
    }
}

/// Whoever is present beside the own Party.
fn others(session: &Session, own: &str) -> Vec<String> {
    session.stands.present.iter().filter(|party| *party != own).cloned().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::hotline::console::composer::Edit;
    use crate::cli::hotline::console::keys::At;
    use crate::cli::hotline::console::screen::{Drawn, answer, console, text};
    use crate::cli::hotline::console::state::{Effect, State, View};
    use crate::codec::proto::detente::v1::join_answer::How;
    use crate::codec::proto::detente::v1::join_request::What as Said;
    use crate::domain::digest::Digest;
    use crate::domain::time::Instant;

    fn press(state: &mut State, keys: &[Key]) -> Vec<Effect> {
        let at = |id: usize| At { now: Instant(1), id: CommandId([u8::try_from(id).unwrap(); 16]) };
        let mut effects = Vec::new();
        for (number, key) in keys.iter().enumerate() {
            effects = state.press(key.clone(), at(number));
        }
        effects
    }

    fn words(text: &str) -> Key {
        Key::Pasted(text.into())
    }

    const SEND: Key = Key::Control('s');

    /// All of what is in this place.
    fn stands(place: usize) -> Drawn {
        let noted = Noted { place, rows: 1, wide: 80, there: BTreeSet::from([0]) };
        Drawn { notes: vec![noted], ..Drawn::default() }
    }

    #[test]
    fn a_session_is_opened_by_what_is_filled_in_and_each_field_that_is_wrong_is_named() {
        let mut state = console(&[]);
        assert!(press(&mut state, &[Key::Character('o'), SEND]).is_empty());
        assert!(
            state.notice.starts_with("NOT SENT: To, such as PL LT:Watch: one at least"),
            "{}",
            state.notice
        );
        let keys = [words("BY LT:Watch"), Key::Enter, words("q"), Key::Enter, words("en 9"), SEND];
        assert!(
            press(&mut state, &keys).is_empty() && state.notice.contains("Languages"),
            "{}",
            state.notice
        );
        assert!(press(&mut state, &[words("two\nlines")]).is_empty() && state.notice.contains("one line"));
        let effects = press(&mut state, &[Key::Edit(Edit::Backspace), words("ru"), SEND]);
        let [Effect::Say(Said::Open(asked))] = &effects[..] else { panic!("{effects:?}") };
        assert_eq!((asked.to[1].party.as_str(), asked.to[1].office.as_str()), ("LT", "Watch"));
        assert_eq!(
            (asked.subject.as_str(), &asked.languages[..]),
            ("q", &["en".to_owned(), "ru".to_owned()][..])
        );
        // What is given does not change; refused, it is the officer's again; on record, it is done.
        press(&mut state, &[words("x")]);
        assert!(state.notice.contains("stays as it is"));
        let id = asked.command.as_ref().unwrap().id[0];
        state.told(answer(id, How::Refused(calls::JoinRefused::default())), Instant(2));
        let effects = press(&mut state, &[Key::Up, Key::Up, Key::Down, SEND]);
        let [Effect::Say(Said::Open(asked))] = &effects[..] else { panic!("{effects:?}") };
        let id = asked.command.as_ref().unwrap().id[0];
        let spoken = calls::Spoken { released: true, thread: vec![8; 16].into(), ..Default::default() };
        state.told(answer(id, How::Spoken(spoken)), Instant(3));
        assert!(state.dialogue.is_none() && state.view == View::Session);
        assert_eq!(state.thread[..], [8; 16]);
    }

    #[test]
    fn a_phrase_goes_by_its_number_beside_what_it_says_and_nothing_goes_once_it_was_left() {
        let mut state = console(&[text(1, "BY", "one")]);
        let effects = press(&mut state, &[Key::Enter, Key::Character('p')]);
        let look = Look::Phrases("BY".into());
        assert_eq!(effects, [Effect::Look(look.clone())]);
        let note = |number, text: &str| {
            let text = calls::AgreedText { language: "en".into(), text: text.into() };
            Note::Phrase { number, text }
        };
        let seen = [note(12, "Wait."), note(7, "Stop."), note(1, "We hear you.")].to_vec();
        state.looked((look.clone(), Ok(seen)));
        press(&mut state, &[Key::Character('1')]);
        let told = state.dialogue.as_ref().unwrap().told();
        assert_eq!(told, [(2, "1 [en] We hear you.".to_owned()), (0, "12 [en] Wait.".to_owned())]);
        assert!(press(&mut state, &[Key::Character('3'), SEND]).is_empty());
        assert!(state.notice.contains("no phrase 13 is agreed in en"), "{}", state.notice);
        press(&mut state, &[Key::Edit(Edit::Backspace)]);
        assert!(press(&mut state, &[SEND]).is_empty(), "it is agreed, and stood nowhere yet");
        assert!(state.notice.starts_with("PgDn, then Ctrl-S: not all of it"), "{}", state.notice);
        state.stood(stands(2));
        press(&mut state, &[Key::Character('2')]);
        assert!(press(&mut state, &[SEND]).is_empty(), "another one stood there");
        press(&mut state, &[Key::Edit(Edit::Backspace)]);
        let effects = press(&mut state, &[SEND]);
        let [Effect::Say(Said::Say(asked))] = &effects[..] else { panic!("{effects:?}") };
        assert_eq!((asked.phrase, asked.language.as_str(), asked.text.as_str()), (1, "en", ""));
        // Another dialogue is told nothing of it.
        press(&mut state, &[Key::Escape, Key::Character('+')]);
        state.looked((look, Ok(Vec::new())));
        assert_eq!(state.dialogue.as_ref().unwrap().seen, None);
        assert!(press(&mut state, &[words("LT"), Key::Escape, SEND]).is_empty() && state.dialogue.is_none());
    }

    #[test]
    fn fields_that_were_left_go_on_by_the_same_key_and_nothing_of_them_is_left_without_a_word() {
        let leave = Key::Control('c');
        let mut state = console(&[text(1, "BY", "one")]);
        press(&mut state, &[Key::Character('o'), Key::Escape]);
        assert!(state.aside.is_empty(), "nothing was filled in");
        press(&mut state, &[Key::Character('o'), words("BY"), Key::Escape, Key::Enter, Key::Character('+')]);
        assert_eq!(state.dialogue.as_ref().unwrap().text(PARTY), "");
        assert!(press(&mut state, &[Key::Escape, leave.clone()]).is_empty());
        assert!(state.notice.starts_with("NOT LEFT: 1 filled in and not sent;"), "{}", state.notice);
        press(&mut state, &[Key::Character('o')]);
        assert_eq!(state.dialogue.as_ref().unwrap().text(TO), "BY");
        // What was given and left is refused: it is there to be mended.
        let keys = [Key::Tab, words("q"), Key::Tab, words("en"), SEND];
        let effects = press(&mut state, &keys);
        let [Effect::Say(Said::Open(asked))] = &effects[..] else { panic!("{effects:?}") };
        let id = asked.command.as_ref().unwrap().id[0];
        assert!(press(&mut state, &[Key::Escape, leave.clone()]).is_empty());
        assert!(state.notice.starts_with("NOT LEFT: 1 said and not answered"), "{}", state.notice);
        let refused = How::Refused(calls::JoinRefused::default());
        assert!(state.told(answer(id, refused), Instant(2)).is_empty());
        assert!(state.refused.stands(&state.thread).unwrap().starts_with("REFUSED, your opening"));
        let effects = press(&mut state, &[Key::Character('o'), Key::BackTab, SEND]);
        let [Effect::Say(Said::Open(asked))] = &effects[..] else { panic!("{effects:?}") };
        // On record after it was left: nothing is left of it, and the officer is not taken elsewhere.
        let id = asked.command.as_ref().unwrap().id[0];
        press(&mut state, &[Key::Escape]);
        let spoken = calls::Spoken { released: true, thread: vec![8; 16].into(), ..Default::default() };
        state.told(answer(id, How::Spoken(spoken)), Instant(3));
        assert!(state.aside.is_empty() && state.thread[..] == [7; 16]);
        assert_eq!(press(&mut state, &[leave]), [Effect::Leave]);
    }

    #[test]
    fn a_close_signs_what_stood_there_and_asks_anew_where_that_is_another_by_now() {
        let mut read = text(1, "BY", "one");
        (read.states[0].read_at_ms, read.read_by_caller) = (9, true);
        let mut state = console(&[read]);
        let effects = press(&mut state, &[Key::Enter, Key::Character('c')]);
        let look = Look::Transcripts { thread: vec![7; 16].into(), with: vec!["BY".into()] };
        assert_eq!(effects, [Effect::Look(look.clone())]);
        assert!(press(&mut state, &[SEND]).is_empty());
        assert!(state.notice.contains("what it signs has to stand here first"), "{}", state.notice);
        let note = Note::Transcript { with: "BY".into(), digest: Digest([5; 32]) };
        state.looked((look.clone(), Ok(vec![note])));
        assert!(press(&mut state, &[SEND]).is_empty(), "it is known, and stood nowhere yet");
        state.stood(stands(0));
        let effects = press(&mut state, &[SEND]);
        let [Effect::Say(Said::Close(asked))] = &effects[..] else { panic!("{effects:?}") };
        assert_eq!((asked.shown[0].party.as_str(), &asked.shown[0].digest[..]), ("BY", &[5; 32][..]));
        let id = asked.command.as_ref().unwrap().id[0];
        let refused = How::Refused(calls::JoinRefused::default());
        assert_eq!(state.told(answer(id, refused), Instant(2)), [Effect::Look(look)]);
        assert!(press(&mut state, &[SEND]).is_empty());
    }

    #[test]
    fn a_close_does_not_go_over_a_text_that_nobody_here_has_read_and_says_how_many_there_are() {
        let mut state = console(&[text(1, "BY", "one"), text(2, "PL", "of our own"), text(3, "BY", "two")]);
        press(&mut state, &[Key::Enter, Key::Character('c'), words("nothing remains")]);
        let look = state.dialogue.as_ref().unwrap().look.clone().unwrap();
        let note = Note::Transcript { with: "BY".into(), digest: Digest([5; 32]) };
        state.looked((look, Ok(vec![note])));
        state.stood(stands(0));
        assert!(press(&mut state, &[SEND]).is_empty());
        assert_eq!(state.notice, "NOT SENT: 2 text(s) unread: Esc, then n and r");
        let session = state.sessions.get_mut(&state.thread).unwrap();
        session.lines.iter_mut().for_each(|line| line.states[0].read_at_ms = 9);
        let effects = press(&mut state, &[SEND]);
        assert!(
            matches!(&effects[..], [Effect::Say(Said::Close(asked))] if asked.remarks == "nothing remains")
        );
    }
}
