//! What each key does.
//!
//! Never here: a key that says something to the other side by mistake. A reading is put on record only of a text that
//! stood on the screen, and a text goes only by a key that is no letter.

use bytes::Bytes;

use super::composer::Edit;
use super::drafts::{Draft, Given};
use super::rows::is_unread;
use super::screen;
use super::scroll::{Scroll, Window};
use super::state::{Effect, Link, State, View, answer_ms};
use crate::codec::proto::detente::v1 as calls;
use crate::codec::proto::detente::v1::join_request::What as Said;
use crate::domain::digest::CommandId;
use crate::domain::hotline::too_long;
use crate::domain::precedence::Precedence;
use crate::domain::time::Instant;

/// What was pressed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Key {
    Character(char),
    Control(char),
    Enter,
    Escape,
    Up,
    Down,
    PageUp,
    PageDown,
    Edit(Edit),
    Pasted(String),
}

/// When it was pressed, and an id that no command has yet.
#[derive(Clone, Copy, Debug)]
pub struct At {
    pub now: Instant,
    pub id: CommandId,
}

impl State {
    pub fn press(&mut self, key: Key, at: At) -> Vec<Effect> {
        match key {
            Key::Control('c') => return vec![Effect::Leave],
            Key::Control('l') => return vec![Effect::Redraw],
            _ => self.notice.clear(),
        }
        match self.view {
            View::List => self.in_list(key),
            View::Session => self.in_session(key, at),
            View::Writing => self.in_writing(key, at),
        }
    }

    fn in_list(&mut self, key: Key) -> Vec<Effect> {
        let step = match key {
            Key::Character('q') => return vec![Effect::Leave],
            Key::Character('n') => return self.next_unread(),
            Key::Enter => {
                if self.session().is_some() {
                    self.open(self.thread.clone(), None);
                }
                return Vec::new();
            }
            Key::Up => Scroll::up,
            Key::Down => Scroll::down,
            Key::PageUp => Scroll::page_up,
            Key::PageDown => Scroll::page_down,
            _ => return Vec::new(),
        };
        let mut listed = self.listed;
        // The list may have another order since.
        let selected = self.list().iter().position(|(thread, _)| **thread == self.thread);
        listed.selected = selected.unwrap_or(0);
        screen::with_list(self, |window| step(&mut listed, window));
        self.listed = listed;
        let thread = self.list().get(listed.selected).map(|(thread, _)| (*thread).clone());
        self.thread = thread.unwrap_or_default();
        Vec::new()
    }

    fn in_session(&mut self, key: Key, at: At) -> Vec<Effect> {
        match key {
            Key::Character('q') => return vec![Effect::Leave],
            Key::Character('n') => return self.next_unread(),
            Key::Character('r') => return self.read(at),
            Key::Character('a') => return self.accept(at),
            Key::Character('w') => self.write(Bytes::new()),
            Key::Enter => self.answer(),
            Key::Escape => self.view = View::List,
            Key::Up => self.moved(Scroll::up),
            Key::Down => self.moved(Scroll::down),
            Key::PageUp => self.moved(Scroll::page_up),
            Key::PageDown => self.moved(Scroll::page_down),
            Key::Edit(Edit::Home) => self.moved(|scroll, window| scroll.select(0, window)),
            Key::Edit(Edit::End) => self.moved(|scroll, window| scroll.select(usize::MAX, window)),
            _ => {}
        }
        Vec::new()
    }

    fn in_writing(&mut self, key: Key, at: At) -> Vec<Effect> {
        match key {
            Key::Escape => {
                self.view = View::Session;
                return vec![Effect::Keep(self.thread.clone())];
            }
            Key::Control('s') => return self.give(at),
            Key::PageUp => self.moved(Scroll::page_up),
            Key::PageDown => self.moved(Scroll::page_down),
            key => {
                let languages = self.session().map(|session| session.stands.languages.clone());
                let Some(draft) = self.drafts.get_mut(&self.thread) else { return Vec::new() };
                if draft.given.is_some() {
                    self.notice =
                        "it was given to the node, and stays as it is until the node answers".into();
                    return Vec::new();
                }
                let taken = match key {
                    Key::Character(character) => draft.insert(character.encode_utf8(&mut [0; 4])),
                    Key::Enter => draft.insert("\n"),
                    Key::Pasted(text) => draft.insert(&text.replace("\r\n", "\n").replace('\r', "\n")),
                    Key::Edit(edit) => {
                        draft.edit(edit);
                        Ok(())
                    }
                    Key::Control('p') => {
                        draft.precedence = next_precedence(draft.precedence);
                        Ok(())
                    }
                    Key::Control('n') => {
                        draft.language = next_language(&draft.language, &languages.unwrap_or_default());
                        Ok(())
                    }
                    _ => return Vec::new(),
                };
                if let Err(rule) = taken {
                    self.notice = format!("NOT TAKEN: {rule}");
                }
                return vec![Effect::Keep(self.thread.clone())];
            }
        }
        Vec::new()
    }

    /// Opens a session at a line or, where none is named, at the first that is unread, or its last.
    fn open(&mut self, thread: Bytes, at: Option<usize>) {
        self.thread = thread;
        self.view = View::Session;
        let lines = self.session().map(|session| &session.lines[..]).unwrap_or_default();
        let unread = || lines.iter().position(|line| is_unread(line, &self.own));
        let line = at.or_else(unread).unwrap_or(lines.len().saturating_sub(1));
        self.scroll = Scroll::default();
        self.moved(|scroll, window| scroll.select(line, window));
    }

    /// The fastest first, and of these the oldest.
    fn next_unread(&mut self) -> Vec<Effect> {
        let lines = self.sessions.iter().flat_map(|(thread, session)| {
            session.lines.iter().enumerate().map(move |(at, line)| (thread, session, at, line))
        });
        let asks =
            lines.filter(|(_, session, _, line)| is_unread(line, &self.own) || self.alarms(session, line));
        let next =
            asks.min_by_key(|(_, _, _, line)| (std::cmp::Reverse(line.precedence), line.recorded_at_ms));
        match next.map(|(thread, _, at, _)| (thread.clone(), at)) {
            Some((thread, at)) => self.open(thread, Some(at)),
            None => self.notice = "nothing is unread".into(),
        }
        Vec::new()
    }

    /// The selected text; where that is not unread, the next one is selected, and nothing is said.
    fn read(&mut self, at: At) -> Vec<Effect> {
        let own = self.own.clone();
        match self.selected() {
            Some(line) if is_unread(line, &own) && self.seen.contains(&line.digest) => {
                let digest = line.digest.clone();
                let is_same = |said: &Said| matches!(said, Said::Read(asked) if asked.digest == digest);
                if self.waiting.values().any(|(said, _)| is_same(said)) {
                    self.notice = "your reading waits for the node".into();
                    return Vec::new();
                }
                let asked = calls::ReadTextRequest { command: header(at), digest };
                self.said(Said::Read(asked), at)
            }
            _ => {
                let lines = self.session().map(|session| &session.lines[..]).unwrap_or_default();
                match lines.iter().position(|line| is_unread(line, &own)) {
                    Some(unread) => self.moved(|scroll, window| scroll.select(unread, window)),
                    None => self.notice = "every text of this session is read".into(),
                }
                Vec::new()
            }
        }
    }

    fn accept(&mut self, at: At) -> Vec<Effect> {
        let Some(session) = self.session() else { return Vec::new() };
        let (opening, thread) = (session.stands.opening.clone(), self.thread.clone());
        let is_same = |said: &Said| matches!(said, Said::Accept(asked) if asked.thread == thread);
        if self.waiting.values().any(|(said, _)| is_same(said)) {
            self.notice = "your acceptance waits for the node".into();
            return Vec::new();
        }
        let asked =
            calls::AcceptSessionRequest { command: header(at), thread, opening, ..Default::default() };
        self.said(Said::Accept(asked), at)
    }

    /// It goes now or, without a link, when the node is joined again.
    fn said(&mut self, said: Said, at: At) -> Vec<Effect> {
        self.waiting.insert(at.id, (said.clone(), at.now.plus_ms(answer_ms())));
        if self.link == Link::Live {
            return vec![Effect::Say(said)];
        }
        self.notice = "it goes when the node is there again".into();
        Vec::new()
    }

    fn write(&mut self, answers: Bytes) {
        let Some(session) = self.session() else { return };
        if session.too_long {
            self.notice = "the thread is too long to be a session".into();
            return;
        }
        let opening = session.stands.opening.clone();
        let draft =
            self.drafts.entry(self.thread.clone()).or_insert_with(|| Draft { opening, ..Draft::default() });
        if draft.given.is_none() && !answers.is_empty() {
            draft.answers = answers;
        }
        if draft.given.is_some_and(|given| given.again.is_none()) {
            self.notice =
                "it was given before this console ended: Ctrl-S gives it again, and it is said once".into();
        }
        self.view = View::Writing;
    }

    fn answer(&mut self) {
        match self.selected() {
            Some(line) if super::rows::is_text(line) => self.write(line.digest.clone()),
            Some(_) | None => self.notice = "only a text is answered; w writes one that answers none".into(),
        }
    }

    /// Under a new id only where it is known that nothing became of it under the one before.
    fn give(&mut self, at: At) -> Vec<Effect> {
        let thread = self.thread.clone();
        let is_live = self.link == Link::Live;
        let Some(draft) = self.drafts.get_mut(&thread) else { return Vec::new() };
        if draft.text.trim().is_empty() {
            self.notice = "there is nothing to send".into();
            return Vec::new();
        }
        if let Some(rule) = too_long(&draft.text) {
            self.notice = format!("NOT SENT: {rule}");
            return Vec::new();
        }
        let again = Some(at.now.plus_ms(answer_ms()));
        let given = match draft.given {
            Some(given) => Given { again, ..given },
            None => Given { id: at.id, at: at.now, again },
        };
        draft.given = Some(given);
        let call = draft.call(&thread, &given);
        let mut effects = vec![Effect::Keep(thread)];
        if is_live {
            effects.push(Effect::Say(Said::Say(call)));
        } else {
            self.notice = "it goes, once, when the node is there again".into();
        }
        effects
    }

    pub fn moved(&mut self, how: impl FnOnce(&mut Scroll, &Window<'_>)) {
        let mut scroll = self.scroll;
        screen::with_session(self, |window| how(&mut scroll, window));
        self.scroll = scroll;
    }
}

fn header(at: At) -> Option<calls::CommandHeader> {
    Some(calls::CommandHeader { id: Bytes::copy_from_slice(&at.id.0), at_ms: at.now.0 })
}

/// From that of the opening through all, the fastest first.
fn next_precedence(now: Option<Precedence>) -> Option<Precedence> {
    let all = Precedence::FASTEST_FIRST;
    match now {
        None => all.first().copied(),
        Some(now) => all.iter().skip_while(|one| **one != now).nth(1).copied(),
    }
}

fn next_language(now: &str, languages: &[String]) -> String {
    let at = languages.iter().position(|one| one == now).unwrap_or(0);
    let next = languages.get(at.saturating_add(1)).or(languages.first());
    next.cloned().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::hotline::console::screen::{answer, console, live, text, told};
    use crate::codec::proto::detente::v1::join_answer::How;

    fn at(id: u8) -> At {
        At { now: Instant(i64::from(id)), id: CommandId([id; 16]) }
    }

    fn read_of(effects: &[Effect]) -> Option<&[u8]> {
        match effects {
            [Effect::Say(Said::Read(asked))] => Some(&asked.digest),
            _ => None,
        }
    }

    #[test]
    fn one_key_reads_the_text_that_is_shown_and_never_one_that_came_under_the_finger() {
        let mut state = console(&[text(1, "BY", "one"), text(2, "BY", "two")]);
        state.press(Key::Enter, at(1));
        assert!(state.press(Key::Character('r'), at(2)).is_empty(), "it never stood on the screen");
        state.stood(vec![vec![1; 32].into(), vec![2; 32].into()]);
        // What comes meanwhile does not move the selection off a text that is unread.
        state.told(told(text(3, "BY", "three")), Instant(3));
        let effects = state.press(Key::Character('r'), at(4));
        assert_eq!(read_of(&effects), Some(&[1; 32][..]));
        assert!(state.press(Key::Character('r'), at(5)).is_empty(), "once");
        // All read: what comes is selected, and the same key reads it.
        for read in [1, 2, 3] {
            let mut line = text(read, "BY", "read");
            line.states[0].read_at_ms = 9;
            state.told(told(line), Instant(6));
        }
        state.press(Key::Edit(Edit::End), at(6));
        state.told(told(text(4, "BY", "four")), Instant(7));
        state.stood(vec![vec![4; 32].into()]);
        assert_eq!(read_of(&state.press(Key::Character('r'), at(8))), Some(&[4; 32][..]));
    }

    #[test]
    fn a_text_goes_by_one_key_under_one_id_until_the_node_answers() {
        let mut state = console(&[text(1, "BY", "one")]);
        for key in [Key::Enter, Key::Enter, Key::Pasted("We\r\nsee".into()), Key::Character('!')] {
            state.press(key, at(1));
        }
        state.lost("cut".into(), Instant(2));
        assert_eq!(state.press(Key::Control('s'), at(3)), [Effect::Keep(vec![7; 16].into())]);
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
        assert_eq!(first.command.as_ref().unwrap().id[..], [3; 16]);
        state.lost("cut".into(), Instant(6));
        assert_eq!(asked(state.told(live(), Instant(7))), Some(first.clone()));
        // Not yet: the same again. Refused: it is the officer's again, and goes under another id.
        let refused =
            |again| How::Refused(calls::JoinRefused { again, sentence: "no".into(), ..Default::default() });
        state.told(answer(3, refused(true)), Instant(8));
        assert_eq!(asked(state.tick(Instant(99_999))), Some(first));
        state.told(answer(3, refused(false)), Instant(9));
        assert!(state.notice.contains("REFUSED"));
        state.press(Key::Character('?'), at(10));
        let second = asked(state.press(Key::Control('s'), at(11))).unwrap();
        assert_eq!((second.text.as_str(), &second.command.unwrap().id[..]), ("We\nsee!?", &[11; 16][..]));
        let spoken = calls::Spoken { released: true, number: "PL/1".into(), ..Default::default() };
        state.told(answer(11, How::Spoken(spoken)), Instant(12));
        assert!(state.drafts.is_empty() && state.view == View::Session);
    }

    #[test]
    fn what_was_given_before_a_restart_is_given_again_by_the_officer_alone() {
        let mut state = console(&[text(1, "BY", "one")]);
        let given = Some(Given { id: CommandId([5; 16]), at: Instant(1), again: None });
        let draft = Draft { text: "kept".into(), given, ..Draft::default() };
        state.drafts.insert(vec![7; 16].into(), draft);
        assert!(state.told(live(), Instant(2)).is_empty());
        for key in [Key::Enter, Key::Character('w')] {
            state.press(key, at(3));
        }
        let effects = state.press(Key::Control('s'), at(4));
        assert!(matches!(&effects[1], Effect::Say(Said::Say(asked))
            if asked.command.as_ref().is_some_and(|one| one.id[..] == [5; 16])));
    }
}
