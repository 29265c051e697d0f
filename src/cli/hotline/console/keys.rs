//! What each key does.
//!
//! Never here: a key that says something to the other side by mistake. A reading is put on record only of a text that
//! stood on the screen, and a text goes only by a key that is no letter.

use bytes::Bytes;

use super::composer::Edit;
use super::dialogue::Dialogue;
use super::screen;
use super::scroll::{Scroll, Window};
use super::state::{Effect, State, View};
use crate::domain::digest::CommandId;
use crate::domain::time::Instant;

/// What was pressed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Key {
    Character(char),
    Control(char),
    Enter,
    Tab,
    BackTab,
    Escape,
    Up,
    Down,
    PageUp,
    PageDown,
    Edit(Edit),
    Pasted(String),
}

const NO_SESSION: &str = "there is no session here: o opens one";
const PASTED: &str = "NOT TAKEN: what is pasted is text, and no text is written here: w first";
const IN_SESSION: &str =
    "NOT DONE: Enter first, which looks at the session that is selected; this key is for one";

/// When it was pressed, and an id that no command has yet.
#[derive(Clone, Copy, Debug)]
pub struct At {
    pub now: Instant,
    pub id: CommandId,
}

impl State {
    pub fn press(&mut self, key: Key, at: At) -> Vec<Effect> {
        if key == Key::Control('l') {
            return vec![Effect::Redraw];
        }
        if key == Key::PageDown && self.goes_on_in_notices() {
            return Vec::new();
        }
        let was_told = std::mem::take(&mut self.is_leaving);
        let was_asked = std::mem::take(&mut self.is_reopening);
        self.notice.clear();
        self.refused.pressed(at.now);
        let leaves = key == Key::Control('c') || key == Key::Character('q') && !self.is_typed_in();
        if leaves {
            return self.leave(was_told);
        }
        if self.dialogue.is_some() {
            return self.in_dialogue(key, at, was_asked);
        }
        match self.view {
            View::List => self.in_list(key),
            View::Session => self.in_session(key, at, was_asked),
            View::Writing => self.in_writing(key, at, was_asked),
        }
    }

    fn in_list(&mut self, key: Key) -> Vec<Effect> {
        let step: fn(&mut Scroll, &Window<'_>) = match key {
            Key::Character('n') => return self.next_unread(),
            Key::Character('o') => return self.ask(Dialogue::open()),
            Key::Enter | Key::Character('w') => {
                if self.session().is_some() {
                    self.open(self.thread.clone(), None);
                    if key == Key::Character('w') {
                        self.write(Bytes::new());
                    }
                } else {
                    self.notice = NO_SESSION.into();
                }
                return Vec::new();
            }
            Key::Character('r' | 'a' | 't' | 'p' | '+' | 'c') => {
                self.notice = IN_SESSION.into();
                return Vec::new();
            }
            Key::Up => Scroll::up,
            Key::Down => Scroll::down,
            Key::PageUp => Scroll::page_up,
            Key::PageDown => Scroll::page_down,
            Key::Edit(Edit::Home) => |scroll, window| scroll.select(0, window),
            Key::Edit(Edit::End) => |scroll, window| scroll.select(usize::MAX, window),
            Key::Pasted(_) => {
                self.notice = PASTED.into();
                return Vec::new();
            }
            _ => return Vec::new(),
        };
        let listed = screen::with_list(self, |window| {
            let mut listed = screen::scroll_of_list(self, window);
            step(&mut listed, window);
            listed
        });
        self.listed = listed;
        let thread = self.list().get(listed.selected).map(|(thread, _)| (*thread).clone());
        self.thread = thread.unwrap_or_default();
        Vec::new()
    }

    fn in_session(&mut self, key: Key, at: At, was_asked: bool) -> Vec<Effect> {
        match key {
            Key::Character('n') => return self.next_unread(),
            Key::Character('r') => return self.read(at),
            Key::Character('a') => return self.accept(at, was_asked),
            Key::Character('w') => self.write(Bytes::new()),
            Key::Character('t') => return self.translate(),
            Key::Character('o') => return self.ask(Dialogue::open()),
            Key::Character('p') => return self.ask_in(Dialogue::phrase),
            Key::Character('+') => return self.ask_in(|_, _| Dialogue::add()),
            Key::Character('c') => return self.ask_in(Dialogue::close),
            Key::Enter => self.answer(),
            Key::Escape => self.view = View::List,
            Key::Up => self.moved(Scroll::up),
            Key::Down => self.moved(Scroll::down),
            Key::PageUp => self.moved(Scroll::page_up),
            Key::PageDown => self.moved(Scroll::page_down),
            Key::Edit(Edit::Home) => self.moved(|scroll, window| scroll.select(0, window)),
            Key::Edit(Edit::End) => self.moved(|scroll, window| scroll.select(usize::MAX, window)),
            Key::Pasted(_) => self.notice = PASTED.into(),
            _ => {}
        }
        Vec::new()
    }

    fn in_dialogue(&mut self, key: Key, at: At, was_asked: bool) -> Vec<Effect> {
        let Some(dialogue) = &mut self.dialogue else { return Vec::new() };
        match key {
            // What was given to the node stays given, and its answer is told.
            Key::Escape => self.leave_dialogue(),
            Key::PageUp => self.page_dialogue(Scroll::page_up),
            Key::PageDown => self.page_dialogue(Scroll::page_down),
            _ if dialogue.given.is_some() => {
                self.notice = "it was given to the node, and stays as it is until the node answers".into();
            }
            Key::Control('s') => return self.give_dialogue(at, was_asked),
            key => {
                if let Err(rule) = dialogue.press(key) {
                    self.notice = format!("NOT TAKEN: {rule}");
                }
            }
        }
        Vec::new()
    }

    /// Opens a session at a line or, where none is named, at the first that is unread, or its last.
    pub fn open(&mut self, thread: Bytes, at: Option<usize>) {
        self.thread = thread;
        self.translates = Bytes::new();
        self.view = View::Session;
        let last = self.session().map_or(0, |session| session.lines.len().saturating_sub(1));
        let line = at.or_else(|| self.first_waiting()).unwrap_or(last);
        self.scroll = Scroll::default();
        self.moved(|scroll, window| scroll.select(line, window));
    }

    pub fn moved(&mut self, how: impl FnOnce(&mut Scroll, &Window<'_>)) {
        let mut scroll = self.scroll;
        screen::with_session(self, |window| how(&mut scroll, window));
        self.scroll = scroll;
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::cli::hotline::console::composer::Written;
    use crate::cli::hotline::console::drafts::{Draft, DraftOf, Given};
    use crate::cli::hotline::console::screen::{Drawn, answer, console, live, text, told};
    use crate::cli::hotline::console::stood::{Laid, drawn};
    use crate::codec::proto::detente::v1 as calls;
    use crate::codec::proto::detente::v1::join_answer::How;
    use crate::codec::proto::detente::v1::join_request::What as Said;
    use crate::codec::proto::detente::v1::join_response::What;
    use crate::domain::digest::Digest;

    fn at(id: u8) -> At {
        At { now: Instant(i64::from(id)), id: CommandId([id; 16]) }
    }

    fn read_of(effects: &[Effect]) -> Option<&[u8]> {
        match effects {
            [Effect::Say(Said::Read(asked))] => Some(&asked.digest),
            _ => None,
        }
    }

    fn whole(digests: &[u8]) -> Drawn {
        let rows = BTreeSet::from([0]);
        let laid = |one: &u8| Laid {
            text: vec![*one; 32].into(),
            words: Digest([0; 32]),
            needed: rows.clone(),
            there: rows.clone(),
        };
        Drawn { laid: digests.iter().map(laid).collect(), ..Drawn::default() }
    }

    #[test]
    fn one_key_reads_the_text_that_is_shown_and_never_one_that_came_under_the_finger() {
        let mut state = console(&[text(1, "BY", "one"), text(2, "BY", "two")]);
        state.press(Key::Enter, at(1));
        assert!(state.press(Key::Character('r'), at(2)).is_empty(), "it never stood on the screen");
        state.stood(whole(&[1, 2]));
        // What comes meanwhile does not move the selection off a text that is unread.
        state.told(told(text(3, "BY", "three")), Instant(3));
        let effects = state.press(Key::Character('r'), at(4));
        assert_eq!(read_of(&effects), Some(&[1; 32][..]));
        assert!(state.press(Key::Character('r'), at(5)).is_empty(), "once");
        // All read: what comes is selected, and the same key reads it.
        for read in [1, 2, 3] {
            let mut line = text(read, "BY", "read");
            (line.states[0].read_at_ms, line.read_by_caller) = (9, true);
            state.told(told(line), Instant(6));
        }
        state.press(Key::Edit(Edit::End), at(6));
        state.told(told(text(4, "BY", "four")), Instant(7));
        state.stood(whole(&[4]));
        assert_eq!(read_of(&state.press(Key::Character('r'), at(8))), Some(&[4; 32][..]));
    }

    #[test]
    fn unread_is_what_this_officer_has_not_read_and_what_nobody_has_comes_first() {
        let mut by_another = text(1, "BY", "one");
        by_another.states[0].read_at_ms = 9;
        let mut state = console(&[by_another.clone(), text(2, "BY", "two")]);
        assert_eq!(state.unread(state.session().unwrap()), 2);
        assert!(!state.alarms(state.session().unwrap(), &by_another), "somebody here has read it");
        state.press(Key::Character('n'), at(1));
        assert_eq!(state.scroll.selected, 1);
        state.stood(whole(&[1, 2]));
        state.press(Key::Up, at(2));
        assert_eq!(read_of(&state.press(Key::Character('r'), at(3))), Some(&[1; 32][..]));
        // What is over waits for nobody who came later.
        let session = state.sessions.get_mut(&state.thread).unwrap();
        session.stands.state = "closed".into();
        assert_eq!(state.unread(state.session().unwrap()), 1);
    }

    #[test]
    fn a_text_goes_by_one_key_under_one_id_until_the_node_answers() {
        let mut state = console(&[text(1, "BY", "one")]);
        for key in [Key::Enter, Key::Enter, Key::Pasted("We\r\nsee".into()), Key::Character('!')] {
            state.press(key, at(1));
        }
        state.told(calls::JoinResponse { position: 4, ..told(text(1, "BY", "one")) }, Instant(2));
        state.lost("cut".into(), Instant(2));
        drawn(&mut state);
        assert_eq!(state.press(Key::Control('s'), at(3)), [Effect::Keep(state.writes())]);
        // What comes before it goes was not seen when it was sent.
        state.told(calls::JoinResponse { position: 9, ..told(text(2, "BY", "two")) }, Instant(4));
        // What is given does not change, and goes under its id once the node is there.
        state.press(Key::Character('?'), at(4));
        let asked = |effects: Vec<Effect>| {
            effects.into_iter().find_map(|effect| match effect {
                Effect::Say(Said::Say(asked)) => Some(asked),
                _ => None,
            })
        };
        let first = asked(state.told(live(), Instant(5))).unwrap();
        assert_eq!((first.text.as_str(), &first.answers[..]), ("We\nsee!", &[1; 32][..]));
        assert_eq!((&first.command.as_ref().unwrap().id[..], first.seen_before), (&[3; 16][..], 4));
        state.lost("cut".into(), Instant(6));
        assert_eq!(asked(state.told(live(), Instant(7))), Some(first.clone()));
        // Not yet: the same again. Refused: it is the officer's again, and goes under another id.
        let refused =
            |again| How::Refused(calls::JoinRefused { again, sentence: "no".into(), ..Default::default() });
        state.told(answer(3, refused(true)), Instant(8));
        assert_eq!(asked(state.tick(Instant(99_999))), Some(first));
        state.told(answer(3, refused(false)), Instant(9));
        state.press(Key::Edit(Edit::End), at(10));
        let refused = state.refused.stands(&state.thread).unwrap();
        assert!(refused.starts_with("REFUSED, your text"), "{refused}");
        state.press(Key::Character('?'), at(10));
        drawn(&mut state);
        let second = asked(state.press(Key::Control('s'), at(11))).unwrap();
        assert_eq!((second.text.as_str(), &second.command.unwrap().id[..]), ("We\nsee!?", &[11; 16][..]));
        assert_eq!(second.seen_before, 9);
        let spoken = calls::Spoken { released: true, number: "PL/1".into(), ..Default::default() };
        state.told(answer(11, How::Spoken(spoken)), Instant(12));
        assert!(state.drafts.is_empty() && state.view == View::Session);
    }

    #[test]
    fn what_the_node_finds_fault_with_stays_with_its_writer_and_an_empty_draft_is_none() {
        let mut state = console(&[text(1, "BY", "one")]);
        for key in [Key::Enter, Key::Character('w'), Key::Escape] {
            state.press(key, at(1));
        }
        assert!(state.drafts.is_empty());
        for key in [Key::Character('w'), Key::Tab, Key::Character('x'), Key::Control('s')] {
            drawn(&mut state);
            state.press(key, at(2));
        }
        let faults = vec![calls::Fault { field: "text".into(), rule: "no".into(), ..Default::default() }];
        let draft = vec![8; 16].into();
        let spoken = calls::Spoken { released: false, faults, draft, ..Default::default() };
        state.told(answer(2, How::Spoken(spoken)), Instant(3));
        assert_eq!(state.drafts[&state.writes()].written.text, " x");
        assert!(state.refused.stands(&state.thread).unwrap().starts_with("NOT SENT, your text: text: no"));
        let effects = state.press(Key::Control('s'), at(4));
        assert!(
            matches!(&effects[..], [_, Effect::Say(Said::Say(asked))] if asked.replaces[..] == [8; 16]),
            "under another id, in the place of what was refused: {effects:?}"
        );
    }

    #[test]
    fn on_the_smallest_screen_each_row_of_a_listed_session_stands_there_by_pages_and_two_keys_go_to_the_ends()
    {
        let mut state = console(&[text(1, "BY", "one")]);
        let (thread, what) = (vec![6; 16].into(), Some(What::Session(calls::Session::default())));
        state.told(calls::JoinResponse { thread, what, ..Default::default() }, Instant(1));
        state.size = (20, 5);
        let mut stood = BTreeSet::new();
        while state.thread[0] == 7 {
            stood.extend(drawn(&mut state).iter().map(|row| row.trim().to_owned()));
            assert!(stood.len() < 20, "{stood:?}");
            state.press(Key::PageDown, at(1));
        }
        assert!(stood.contains("FLASH open 1"), "{stood:?}");
        assert!(stood.iter().any(|row| row.contains("BY+PL")), "{stood:?}");
        state.press(Key::Edit(Edit::Home), at(2));
        assert_eq!(state.thread[0], 7);
        assert!(drawn(&mut state).iter().any(|row| row.starts_with(">REAL Aircraft")));
        state.press(Key::Edit(Edit::End), at(3));
        assert_eq!(state.thread[0], 6);
    }

    #[test]
    fn what_was_given_before_a_restart_is_given_again_by_the_officer_alone() {
        let mut state = console(&[text(1, "BY", "one")]);
        let given = Some(Given { id: CommandId([5; 16]), at: Instant(1), again: None, seen_before: 0 });
        let draft = Draft { written: Written::of("kept"), given, ..Draft::default() };
        state.drafts.insert(DraftOf { thread: vec![7; 16].into(), ..DraftOf::default() }, draft);
        assert!(state.told(live(), Instant(2)).is_empty());
        for key in [Key::Enter, Key::Character('w')] {
            state.press(key, at(3));
        }
        let effects = state.press(Key::Control('s'), at(4));
        assert!(matches!(&effects[1], Effect::Say(Said::Say(asked))
            if asked.command.as_ref().is_some_and(|one| one.id[..] == [5; 16])));
    }
}
