//! What is given to the node: readings, acceptances, texts, translations and what was filled in, each under an id.
//!
//! Never here: what a key is, or a reading of a text that never stood on the screen.

use bytes::Bytes;

use super::answers::answer_ms;
use super::dialogue::{Dialogue, Purpose};
use super::drafts::{Draft, DraftOf, Given};
use super::keys::At;
use super::rows::{is_text, is_unread_here};
use super::state::{Effect, Link, Session, State, View};
use super::waits::{ALL_READ, GOES_LATER, NEXT_LEFT, NEXT_UNREAD};
use crate::codec::proto::detente::v1 as calls;
use crate::codec::proto::detente::v1::join_request::What as Said;
use crate::domain::hotline::too_long;

/// The question before a closed session is opened again.
const REOPENS: &str =
    "NOT SENT: all have closed this session; the same key again sends it, and opens the session again";

impl State {
    /// What is selected, once all of it has stood on the screen: a text, or what else nobody here has acknowledged, and
    /// then what stands beside it. Where none of it waits, nothing goes on record, the next one is selected, and the
    /// officer is told: once every text is read, what else nobody here has acknowledged.
    pub fn read(&mut self, at: At) -> Vec<Effect> {
        let Some((digest, stands)) = self.readable() else {
            match (self.first_waiting(), self.first_left()) {
                (Some(next), _) => self.goes_on_to(next, NEXT_UNREAD),
                (None, Some(next)) => self.goes_on_to(next, NEXT_LEFT),
                (None, None) => self.notice = ALL_READ.into(),
            }
            return Vec::new();
        };
        if let Some(stands) = stands.filter(|stands| !self.seen.contains(stands)) {
            let missing = self.partly.get(&stands).map_or(0, |partly| partly.missing);
            let missing = (self.scroll.selected, missing);
            // Which takes rows itself: the end is to stand above it.
            self.notice = "PgDn, then r: not all of it has stood on the screen".into();
            self.moved(|scroll, window| {
                if missing < (scroll.top, scroll.row) {
                    (scroll.top, scroll.row) = missing;
                    scroll.settle(window);
                } else {
                    scroll.page_down(window);
                }
            });
            return Vec::new();
        }
        let is_same = |said: &Said| matches!(said, Said::Read(asked) if asked.digest == digest);
        if self.waiting.values().any(|(said, _)| is_same(said)) {
            self.notice = "your reading waits for the node".into();
            return Vec::new();
        }
        let asked = calls::ReadTextRequest { command: Some(header(at)), digest };
        self.said(Said::Read(asked), at)
    }

    /// What is told takes rows itself: the one that is selected stands above it.
    fn goes_on_to(&mut self, next: usize, told: &str) {
        self.notice = told.into();
        self.moved(|scroll, window| scroll.select(next, window));
    }

    pub fn accept(&mut self, at: At, was_asked: bool) -> Vec<Effect> {
        let Some(session) = self.session() else { return Vec::new() };
        let (opening, thread) = (session.stands.opening.clone(), self.thread.clone());
        let is_same = |said: &Said| matches!(said, Said::Accept(asked) if asked.thread == thread);
        if self.waiting.values().any(|(said, _)| is_same(said)) {
            self.notice = "your acceptance waits for the node".into();
            return Vec::new();
        }
        let reopen = self.session().is_some_and(Session::is_closed);
        if reopen && !was_asked {
            return self.asks_to_reopen();
        }
        let asked = calls::AcceptSessionRequest {
            command: Some(header(at)),
            thread,
            opening,
            seen_before: self.told_before,
            reopen,
            ..Default::default()
        };
        self.said(Said::Accept(asked), at)
    }

    /// What goes opens a closed session again, and does so only by the same key once more.
    fn asks_to_reopen(&mut self) -> Vec<Effect> {
        self.is_reopening = true;
        self.notice = REOPENS.into();
        Vec::new()
    }

    /// It goes now or, without a link, when the node is joined again.
    fn said(&mut self, said: Said, at: At) -> Vec<Effect> {
        self.waiting.insert(at.id, (said.clone(), at.now.plus_ms(answer_ms())));
        if self.link == Link::Live {
            return vec![Effect::Say(said)];
        }
        self.notice = GOES_LATER.into();
        Vec::new()
    }

    /// A text of one's own, that answers this one or, where it is empty, none. What was begun goes on as it was begun.
    pub fn write(&mut self, answers: Bytes) {
        let opening = self.session().map(|session| session.stands.opening.clone());
        let Some(opening) = opening else { return };
        self.translates = Bytes::new();
        let of = self.writes();
        let draft = self.drafts.entry(of).or_insert_with(|| Draft { opening, ..Draft::default() });
        if draft.is_empty() {
            draft.answers = answers.clone();
        }
        let goes_on = draft.given.is_none() && draft.answers != answers;
        let begun = draft.answers.clone();
        self.go_on_writing();
        if goes_on {
            self.notice = self.as_begun(&begun);
        }
    }

    /// What was begun answers the text for which it was begun, whichever key goes on with it.
    fn as_begun(&self, answers: &Bytes) -> String {
        let lines = self.session().map(|session| &session.lines[..]).unwrap_or_default();
        let what = match lines.iter().find(|line| line.digest == *answers) {
            Some(line) => line.position.to_string(),
            None if answers.is_empty() => "none".into(),
            None => hex::encode(answers).get(..12).unwrap_or_default().to_owned(),
        };
        format!("the draft goes on as it was begun, and answers {what}: empty it to begin another")
    }

    /// The translation of the selected text: what was begun goes on, and else it is asked into which language.
    pub fn translate(&mut self) -> Vec<Effect> {
        if self.session().is_none() {
            return Vec::new();
        }
        let line = self.selected().filter(|line| is_text(line));
        let Some((session, line)) = self.session().zip(line) else {
            self.notice = "only a text is translated".into();
            return Vec::new();
        };
        let of = DraftOf { thread: self.thread.clone(), translates: line.digest.clone() };
        if self.drafts.contains_key(&of) {
            self.translates = of.translates;
            self.go_on_writing();
            return Vec::new();
        }
        let dialogue = Dialogue::translate(session, line);
        self.ask(dialogue)
    }

    fn go_on_writing(&mut self) {
        let given = self.drafts.get(&self.writes()).and_then(|draft| draft.given);
        if given.is_some_and(|given| given.again.is_none()) {
            self.notice =
                "it was given before this console ended: Ctrl-S gives it again, and it is said once".into();
        }
        self.view = View::Writing;
    }

    /// Fields are to be filled in, of what is said in the session that is looked at.
    pub fn ask_in(&mut self, dialogue: impl FnOnce(&Session, &str) -> Dialogue) -> Vec<Effect> {
        match self.session().map(|session| dialogue(session, &self.own)) {
            Some(dialogue) => self.ask(dialogue),
            None => Vec::new(),
        }
    }

    /// What was filled in goes to the node; a translation is written next.
    pub fn give_dialogue(&mut self, at: At, was_asked: bool) -> Vec<Effect> {
        if !self.fields_are_read_over() {
            return Vec::new();
        }
        let Some(dialogue) = self.dialogue.take() else { return Vec::new() };
        if dialogue.purpose == Purpose::Translate {
            match (dialogue.translation(), self.session()) {
                (Ok((language, translator)), Some(session)) => {
                    let opening = session.stands.opening.clone();
                    self.translates = dialogue.translates;
                    let draft = Draft { opening, language, translator, ..Draft::default() };
                    let of = self.writes();
                    self.drafts.entry(of).or_insert(draft);
                    self.go_on_writing();
                }
                (Err(rule), _) => {
                    self.notice = format!("NOT TAKEN: {rule}");
                    self.dialogue = Some(dialogue);
                }
                (Ok(_), None) => {}
            }
            return Vec::new();
        }
        if let Some(place) = dialogue.unseen() {
            self.dialogue = Some(dialogue);
            self.show_unseen(place);
            return Vec::new();
        }
        let said = dialogue.said(self.session(), header(at), self.told_before);
        match said.and_then(|said| self.is_signed_read(dialogue.purpose).map(|()| said)) {
            Ok(mut said) => {
                let is_closed = self.session().is_some_and(Session::is_closed);
                let reopens = is_closed && matches!(dialogue.purpose, Purpose::Phrase | Purpose::Add);
                if reopens && !was_asked {
                    self.dialogue = Some(dialogue);
                    return self.asks_to_reopen();
                }
                match &mut said {
                    Said::Say(asked) => asked.reopen = reopens,
                    Said::Add(asked) => asked.reopen = reopens,
                    _ => {}
                }
                self.dialogue = Some(Dialogue { given: Some(at.id), ..dialogue });
                self.said(said, at)
            }
            Err(rule) => {
                self.notice = format!("NOT SENT: {rule}");
                self.dialogue = Some(dialogue);
                Vec::new()
            }
        }
    }

    /// # Errors
    /// How many texts, of those that a close signs, no officer of the own Party has read.
    fn is_signed_read(&self, purpose: Purpose) -> Result<(), String> {
        let Some(session) = self.session().filter(|_| purpose == Purpose::Close) else { return Ok(()) };
        // What has no place in the session is no part of what is signed.
        let is_it = |line: &&calls::SessionLine| line.position > 0 && is_unread_here(line, &self.own);
        match session.lines.iter().filter(is_it).count() {
            0 => Ok(()),
            unread => Err(format!("{unread} text(s) unread: Esc, then n and r")),
        }
    }

    pub fn answer(&mut self) {
        match self.selected() {
            Some(line) if is_text(line) => self.write(line.digest.clone()),
            Some(_) | None => self.notice = "only a text is answered; w writes one that answers none".into(),
        }
    }

    /// Under a new id only where it is known that nothing became of it under the one before.
    pub fn give(&mut self, at: At, was_asked: bool) -> Vec<Effect> {
        let of = self.writes();
        // A translation has no part in what was signed.
        let reopens = of.translates.is_empty() && self.session().is_some_and(Session::is_closed);
        let is_live = self.link == Link::Live;
        let Some(draft) = self.drafts.get(&of) else { return Vec::new() };
        if draft.written.text.trim().is_empty() {
            self.notice = "there is nothing to send".into();
            return Vec::new();
        }
        if let Some(rule) = too_long(&draft.written.text).filter(|_| of.translates.is_empty()) {
            self.notice = format!("NOT SENT: {rule}");
            return Vec::new();
        }
        if !self.is_read_over() {
            return Vec::new();
        }
        let Some(draft) = self.drafts.get_mut(&of) else { return Vec::new() };
        if reopens && !was_asked && draft.given.is_none() {
            return self.asks_to_reopen();
        }
        let again = Some(at.now.plus_ms(answer_ms()));
        if draft.given.is_none() {
            draft.reopen = reopens;
        }
        // It is put in the place of that one, which what was told before names.
        self.refused.gone(&draft.replaces, at.now);
        let given = match draft.given {
            Some(given) => Given { again, ..given },
            None => Given { id: at.id, at: at.now, again, seen_before: self.told_before },
        };
        draft.given = Some(given);
        let said = draft.said(&of, &given);
        let mut effects = vec![Effect::Keep(of)];
        if is_live {
            effects.push(Effect::Say(said));
        } else {
            self.notice = GOES_LATER.into();
        }
        effects
    }
}

fn header(at: At) -> calls::CommandHeader {
    calls::CommandHeader { id: Bytes::copy_from_slice(&at.id.0), at_ms: at.now.0 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::hotline::console::composer::Edit;
    use crate::cli::hotline::console::keys::Key;
    use crate::cli::hotline::console::screen::{console, text};
    use crate::cli::hotline::console::stood::drawn;
    use crate::domain::digest::CommandId;
    use crate::domain::time::Instant;

    /// Each once all before was drawn.
    fn press(state: &mut State, keys: &[Key]) -> Vec<Effect> {
        let at = At { now: Instant(1), id: CommandId([1; 16]) };
        keys.iter().fold(Vec::new(), |_, key| {
            drawn(state);
            state.press(key.clone(), at)
        })
    }

    fn said(effects: &[Effect]) -> Option<&calls::SayRequest> {
        effects.iter().find_map(|effect| match effect {
            Effect::Say(Said::Say(asked)) => Some(asked),
            _ => None,
        })
    }

    const SEND: Key = Key::Control('s');

    #[test]
    fn what_is_written_answers_the_text_for_which_it_was_begun_and_another_key_says_that_it_goes_on() {
        let mut state = console(&[text(1, "BY", "one"), text(2, "BY", "two")]);
        // It is begun at the second, and gone on with by the key for one that answers none, and at the first.
        press(&mut state, &[Key::Enter, Key::Edit(Edit::End), Key::Enter, Key::Character('x'), Key::Escape]);
        for keys in [&[Key::Character('w')][..], &[Key::Up, Key::Enter]] {
            press(&mut state, keys);
            assert!(state.notice.contains("as it was begun, and answers 2: empty it"), "{}", state.notice);
            assert_eq!(
                (state.view, &state.drafts[&state.writes()].answers[..]),
                (View::Writing, &[2; 32][..])
            );
            press(&mut state, &[Key::Escape]);
        }
        // Emptied, it is begun anew; and what answers none is made no answer.
        press(&mut state, &[Key::Enter, Key::Edit(Edit::End), Key::Edit(Edit::Backspace), Key::Escape]);
        press(&mut state, &[Key::Character('w'), Key::Character('y'), Key::Escape, Key::Enter]);
        assert!(state.notice.contains("and answers none: empty it"), "{}", state.notice);
        let effects = press(&mut state, &[SEND]);
        assert!(said(&effects).is_some_and(|asked| asked.answers.is_empty()), "{effects:?}");
    }

    #[test]
    fn in_a_closed_session_the_same_key_once_more_sends_and_opens_it_again_and_any_other_takes_that_back() {
        let mut state = console(&[text(1, "BY", "one")]);
        state.sessions.get_mut(&state.thread).unwrap().stands.state = "closed".into();
        press(&mut state, &[Key::Enter, Key::Character('w'), Key::Character('x')]);
        for keys in [vec![SEND], vec![Key::Character('y'), SEND]] {
            let effects = press(&mut state, &keys);
            assert!(said(&effects).is_none() && state.notice == REOPENS, "{effects:?} {}", state.notice);
        }
        let effects = press(&mut state, &[SEND]);
        assert!(said(&effects).is_some_and(|asked| asked.reopen && asked.text == "xy"), "{effects:?}");

        // So it is with what else has a place in its order; and what is not closed asks for nothing.
        press(&mut state, &[Key::Escape]);
        assert!(press(&mut state, &[Key::Character('a')]).is_empty() && state.notice == REOPENS);
        let effects = press(&mut state, &[Key::Character('a')]);
        assert!(matches!(&effects[..], [Effect::Say(Said::Accept(asked))] if asked.reopen), "{effects:?}");
        state.waiting.clear();
        press(&mut state, &[Key::Character('+'), Key::Pasted("LT".into())]);
        assert!(press(&mut state, &[SEND]).is_empty() && state.notice == REOPENS);
        let effects = press(&mut state, &[SEND]);
        assert!(matches!(&effects[..], [Effect::Say(Said::Add(asked))] if asked.reopen), "{effects:?}");
        state.waiting.clear();
        press(&mut state, &[Key::Escape]);
        state.sessions.get_mut(&state.thread).unwrap().stands.state = "open".into();
        let effects = press(&mut state, &[Key::Character('a')]);
        assert!(matches!(&effects[..], [Effect::Say(Said::Accept(asked))] if !asked.reopen), "{effects:?}");
    }

    #[test]
    fn in_the_list_the_key_that_writes_does_so_in_the_session_that_is_selected_and_no_key_does_nothing_unsaid()
     {
        let mut state = console(&[text(1, "BY", "one")]);
        for key in ['r', 'a', 't', 'p', '+', 'c'] {
            assert!(press(&mut state, &[Key::Character(key)]).is_empty());
            assert!(state.view == View::List && state.notice.starts_with("NOT DONE: Enter first"), "{key}");
        }
        press(&mut state, &[Key::Character('w'), Key::Character('o'), Key::Character('q')]);
        assert_eq!((state.view, state.drafts[&state.writes()].written.text.as_str()), (View::Writing, "oq"));
        let mut empty = console(&[]);
        empty.sessions.clear();
        press(&mut empty, &[Key::Character('w')]);
        assert_eq!(
            (empty.view, empty.notice.as_str()),
            (View::List, "there is no session here: o opens one")
        );
    }
}
