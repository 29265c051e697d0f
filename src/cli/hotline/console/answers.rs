//! What becomes of what was said: given again under its id until the node answers, and what the answer changes.
//!
//! Never here: a thing said twice under two ids.

use bytes::Bytes;

use super::dialogue::{Dialogue, Purpose};
use super::drafts::{DraftOf, Given};
use super::state::{Effect, Link, State, View};
use crate::cli::hotline::speak::answered_not_to;
use crate::cli::hotline::way::to_read;
use crate::codec::proto::detente::v1 as calls;
use crate::codec::proto::detente::v1::join_answer::How;
use crate::codec::proto::detente::v1::join_request::What as Said;
use crate::domain::digest::CommandId;
use crate::domain::text::shown;
use crate::domain::time::Instant;
use crate::limits;

impl State {
    /// Whatever has waited for long enough is given again.
    pub fn tick(&mut self, now: Instant) -> Vec<Effect> {
        if self.link != Link::Live {
            return Vec::new();
        }
        let mut effects = Vec::new();
        for (said, again) in self.waiting.values_mut().filter(|(_, again)| *again <= now) {
            *again = now.plus_ms(answer_ms());
            effects.push(Effect::Say(said.clone()));
        }
        effects.extend(self.given_again(now, |again| again <= now));
        effects
    }

    pub fn given_again(&mut self, now: Instant, due: impl Fn(Instant) -> bool) -> Vec<Effect> {
        let mut effects = Vec::new();
        for (of, draft) in &mut self.drafts {
            let Some(given) = draft.given else { continue };
            if given.again.is_some_and(&due) {
                let given = Given { again: Some(now.plus_ms(answer_ms())), ..given };
                draft.given = Some(given);
                effects.push(Effect::Say(draft.said(of, &given)));
            }
        }
        effects
    }

    pub fn answered(&mut self, answer: calls::JoinAnswer, now: Instant) -> Vec<Effect> {
        let Some(id) = CommandId::from_slice(&answer.command) else {
            // What is answered by a digest is that a text is shown; it is said again when the node is joined again.
            return Vec::new();
        };
        let again =
            |refused: &calls::JoinRefused| refused.again.then(|| now.plus_ms(limits::CONSOLE_AGAIN_MS));
        let found = self.drafts.iter().find(|(_, draft)| draft.given.is_some_and(|given| given.id == id));
        let Some(of) = found.map(|(of, _)| of.clone()) else {
            match &answer.how {
                Some(How::Refused(refused)) if refused.again => {
                    if let (Some((_, at)), Some(later)) = (self.waiting.get_mut(&id), again(refused)) {
                        *at = later;
                    }
                    self.notice = again_later(refused);
                }
                _ => {
                    let Some((said, _)) = self.waiting.remove(&id) else { return Vec::new() };
                    self.tell(&said, answer.how.as_ref(), now);
                    if let (Said::Read(asked), Some(How::Read(_))) = (said, &answer.how) {
                        self.is_read(&asked.digest);
                    }
                }
            }
            return self.dialogue_answered(id, answer.how.as_ref());
        };
        if let Some((given, draft)) = self.drafts.get(&of).and_then(|draft| Some((draft.given?, draft))) {
            let said = draft.said(&of, &given);
            self.tell(&said, answer.how.as_ref(), now);
        }
        match &answer.how {
            Some(How::Refused(refused)) => {
                if let Some(draft) = self.drafts.get_mut(&of) {
                    draft.given = draft.given.filter(|_| refused.again);
                    if let (Some(given), Some(later)) = (&mut draft.given, again(refused)) {
                        given.again = Some(later);
                    }
                }
            }
            // Its writer mends it, which replaces the draft at the node, or has that released as it is.
            Some(How::Spoken(spoken)) if !spoken.released && !spoken.faults.is_empty() => {
                if let Some(draft) = self.drafts.get_mut(&of) {
                    draft.given = None;
                    draft.replaces = spoken.draft.clone();
                }
            }
            Some(How::Spoken(_)) => {
                self.drafts.remove(&of);
                if self.view == View::Writing && self.writes() == of {
                    self.view = View::Session;
                }
            }
            // Nothing says that it is on record: it stays, and is given again under its id by the officer's key.
            Some(How::Read(_)) | None => {
                if let Some(draft) = self.drafts.get_mut(&of) {
                    draft.given = draft.given.map(|given| Given { again: None, ..given });
                }
            }
        }
        vec![Effect::Keep(of)]
    }

    /// What is written here and was not released for its faults is said in this new line, word for word and by its own
    /// writer, who had it released by another command. It is no draft any more, and what names it is told no longer.
    pub fn released_elsewhere(
        &mut self,
        thread: &Bytes,
        line: &calls::SessionLine,
        now: Instant,
    ) -> Option<Effect> {
        let of = DraftOf { thread: thread.clone(), translates: Bytes::new() };
        let draft = self.drafts.get(&of)?;
        let was_refused = draft.given.is_none() && !draft.replaces.is_empty();
        let is_same = line.text == draft.written.text && line.answers == draft.answers;
        let is_own = line.author == self.own && line.drafted_by_caller;
        // What is told while the console joins may be older than the draft.
        if !was_refused || !is_same || !is_own || self.link != Link::Live {
            return None;
        }
        let replaced = draft.replaces.clone();
        self.refused.gone(&replaced, now);
        self.drafts.remove(&of);
        if self.view == View::Writing && self.writes() == of {
            self.view = View::Session;
        }
        self.notice = format!("your draft was released by another command: {}", shown(&line.number));
        Some(Effect::Keep(of))
    }

    /// The same key reads the next one, before the line itself is told anew.
    fn is_read(&mut self, digest: &Bytes) {
        for session in self.sessions.values_mut() {
            session.stands.beside.retain(|one| one.digest != *digest);
            let lines = session.lines.iter_mut().filter(|line| to_read(line) == digest);
            lines.for_each(|line| line.read_by_caller = true);
        }
    }

    /// What was refused, or has an answer that says nothing of it, is the officer's again, and what is to be seen beside
    /// it is asked for anew; what is on record is done, and a session that was opened is looked at.
    fn dialogue_answered(&mut self, id: CommandId, how: Option<&How>) -> Vec<Effect> {
        let is_it = |dialogue: &Dialogue| dialogue.given == Some(id);
        let is_looked_at = self.dialogue.as_ref().is_some_and(is_it);
        let left = self.aside.values_mut().find(|dialogue| is_it(dialogue));
        let Some(dialogue) = self.dialogue.as_mut().filter(|_| is_looked_at).or(left) else {
            return Vec::new();
        };
        match how {
            Some(How::Refused(refused)) if refused.again => return Vec::new(),
            Some(How::Refused(_)) | None => {
                dialogue.given = None;
                return if is_looked_at { self.look_anew() } else { Vec::new() };
            }
            Some(How::Spoken(_) | How::Read(_)) => {}
        }
        let opens = is_looked_at && dialogue.purpose == Purpose::Open;
        if is_looked_at {
            self.dialogue = None;
        } else {
            self.aside.retain(|_, dialogue| !is_it(dialogue));
        }
        if let Some(How::Spoken(spoken)) = how.filter(|_| opens)
            && spoken.released
        {
            self.open(spoken.thread.clone(), None);
        }
        Vec::new()
    }
}

/// No answer by then: it is given again, under the same id.
pub fn answer_ms() -> i64 {
    i64::try_from(limits::DESK_CALL_MS_MAX).unwrap_or(i64::MAX)
}

fn again_later(refused: &calls::JoinRefused) -> String {
    format!("not on record yet, it is given again: {}", shown(&refused.sentence))
}

/// What was said, in a word.
fn word(said: &Said) -> &'static str {
    match said {
        Said::Begin(_) | Said::Shown(_) => "what is shown",
        Said::Say(asked) if asked.phrase > 0 => "your phrase",
        Said::Say(_) => "your text",
        Said::Read(_) => "your reading",
        Said::Accept(_) => "your taking part",
        Said::Open(_) => "your opening",
        Said::Add(_) => "your agreeing",
        Said::Translate(_) => "your translation",
        Said::Close(_) => "your close",
    }
}

impl State {
    /// What went well until the next key; anything else for as long as it takes to read.
    fn tell(&mut self, said: &Said, how: Option<&How>, now: Instant) {
        let sentence = sentence(word(said), how);
        let is_done = match how {
            Some(How::Spoken(spoken)) => {
                spoken.released && spoken.not_addressed.is_empty() && spoken.answered_not_to.is_empty()
            }
            Some(How::Read(_)) => true,
            Some(How::Refused(refused)) => refused.again,
            None => false,
        };
        if is_done {
            self.notice = sentence;
        } else {
            self.refused.tell_of(sentence, of(said, how), now);
        }
    }
}

/// In which session it was said, and which draft of it is at the node and not released; each is empty where it is not
/// known, or none.
fn of(said: &Said, how: Option<&How>) -> (Bytes, Bytes) {
    let thread = match said {
        Said::Say(asked) => asked.thread.clone(),
        Said::Accept(asked) => asked.thread.clone(),
        Said::Add(asked) => asked.thread.clone(),
        Said::Close(asked) => asked.thread.clone(),
        Said::Begin(_) | Said::Shown(_) | Said::Read(_) | Said::Open(_) | Said::Translate(_) => Bytes::new(),
    };
    let draft = match how {
        Some(How::Spoken(spoken)) if !spoken.released => spoken.draft.clone(),
        _ => Bytes::new(),
    };
    (thread, draft)
}

fn sentence(said: &str, how: Option<&How>) -> String {
    match how {
        Some(How::Spoken(spoken)) if spoken.released => {
            let not_to: Vec<String> = spoken.not_addressed.iter().map(|party| shown(party)).collect();
            let not_to = match &not_to[..] {
                [] => String::new(),
                some => format!(", NOT to {}, with which this node has no link", some.join(", ")),
            };
            let answers = answered_not_to(spoken).map(|rule| format!("; answers {rule}")).unwrap_or_default();
            format!("released {}{not_to}{answers}", shown(&spoken.number))
        }
        Some(How::Spoken(spoken)) => {
            let draft = hex::encode(&spoken.draft);
            let faults: Vec<String> = spoken
                .faults
                .iter()
                .map(|fault| format!("{}: {}", shown(&fault.field), shown(&fault.rule)))
                .collect();
            let why = if faults.is_empty() { "waits for a second person".into() } else { faults.join("; ") };
            format!("NOT SENT, {said}: {why}. Draft {draft}: see `detente message show-draft`, `release`")
        }
        Some(How::Read(read)) => format!("your reading is on record: {}", shown(&read.number)),
        Some(How::Refused(refused)) if refused.again => again_later(refused),
        Some(How::Refused(refused)) => format!("REFUSED, {said}: {}", shown(&refused.sentence)),
        None => format!("the node did not say what became of {said}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::hotline::console::keys::{At, Key};
    use crate::cli::hotline::console::screen::{answer, console, text, told};
    use crate::cli::hotline::console::stood::drawn;

    #[test]
    fn a_draft_that_another_command_released_is_none_here_and_what_names_one_that_is_gone_is_told_no_longer()
    {
        let at = |id: u8| At { now: Instant(i64::from(id)), id: CommandId([id; 16]) };
        let stands = |state: &State| state.refused.stands(&state.thread);
        let mut state = console(&[text(1, "BY", "one")]);
        for key in [Key::Enter, Key::Character('w'), Key::Character('x'), Key::Control('s')] {
            drawn(&mut state);
            state.press(key, at(1));
        }
        let not_released = |draft: u8| {
            let faults = vec![calls::Fault { field: "text".into(), rule: "no".into(), ..Default::default() }];
            How::Spoken(calls::Spoken { faults, draft: vec![draft; 16].into(), ..Default::default() })
        };
        state.told(answer(1, not_released(8)), Instant(2));
        assert!(stands(&state).is_some_and(|told| told.contains(&"08".repeat(16))));
        state.press(Key::Control('s'), at(3));
        assert_eq!(stands(&state), None, "it is given again");
        state.told(answer(3, not_released(9)), Instant(4));
        let told_of = stands(&state).unwrap();
        assert!(told_of.contains(&"09".repeat(16)) && !told_of.contains("more)"), "{told_of}");
        state.told(told(text(2, "PL", "y")), Instant(5));
        state.told(told(text(3, "PL", "x")), Instant(5));
        assert_eq!(
            (state.view, state.drafts.len()),
            (View::Writing, 1),
            "those are others, one a colleague's"
        );
        let own = calls::SessionLine { drafted_by_caller: true, ..text(4, "PL", "x") };
        let effects = state.told(told(own), Instant(6));
        assert_eq!(effects, [Effect::Keep(state.writes())]);
        assert!(state.drafts.is_empty() && state.view == View::Session && stands(&state).is_none());
        assert!(state.notice.starts_with("your draft was released"), "{}", state.notice);
    }

    #[test]
    fn an_answer_that_does_not_say_what_became_of_a_text_takes_nothing_of_it() {
        let at = |id: u8| At { now: Instant(i64::from(id)), id: CommandId([id; 16]) };
        let mut state = console(&[text(1, "BY", "one")]);
        for key in [Key::Enter, Key::Character('w'), Key::Character('x'), Key::Control('s')] {
            drawn(&mut state);
            state.press(key, at(1));
        }
        let nothing = |id: u8| calls::JoinAnswer { command: vec![id; 16].into(), how: None };
        assert_eq!(state.answered(nothing(1), Instant(2)), [Effect::Keep(state.writes())]);
        assert!(stood_as_said(&state, "the node did not say what became of your text"));
        assert_eq!(state.drafts[&state.writes()].written.text, "x");
        let effects = state.press(Key::Control('s'), at(3));
        let [_, Effect::Say(Said::Say(asked))] = &effects[..] else { panic!("{effects:?}") };
        assert_eq!(asked.command.as_ref().unwrap().id[..], [1; 16]);

        let mut state = console(&[]);
        let keys = ["BY", "why", "en"].map(|field| [Key::Pasted(field.into()), Key::Tab]);
        state.press(Key::Character('o'), at(4));
        for key in keys.into_iter().flatten().chain([Key::Control('s')]) {
            state.press(key, at(5));
        }
        assert!(state.answered(nothing(5), Instant(6)).is_empty());
        let dialogue = state.dialogue.as_ref().expect("what is filled in stays");
        assert_eq!(dialogue.given, None);
    }

    fn stood_as_said(state: &State, sentence: &str) -> bool {
        state.refused.stands(&state.thread).as_deref() == Some(sentence)
    }
}
