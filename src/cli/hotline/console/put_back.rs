//! A node that was put back to another copy of its record: what it told before may stand there no more, so that all is
//! told anew.
//!
//! Never here: what is written or filled in lost by that, or a text that is given again without its officer.

use super::drafts::Given;
use super::state::{State, View};
use crate::domain::time::Instant;

const PUT_BACK: &str = "the node was put back to another copy: everything is read anew, and what was said before may \
                        not be on record there";

impl State {
    /// What the officer typed stays as it is. A text that was given and has no answer may be on record in that copy,
    /// and may not: it is given again under its id, by the officer's key alone.
    pub fn put_back(&mut self, now: Instant) {
        let nothing = State::new(String::new(), self.size);
        let before = std::mem::replace(self, nothing);
        let is_typed_in = before.is_typed_in();
        *self = State {
            not_heard: before.not_heard,
            view: if is_typed_in { before.view } else { View::List },
            thread: before.thread,
            drafts: before.drafts,
            translates: before.translates,
            dialogue: before.dialogue,
            aside: before.aside,
            keeps: before.keeps,
            not_kept: before.not_kept,
            is_undrawn: true,
            last_key: before.last_key,
            refused: before.refused,
            waiting: before.waiting,
            ..State::new(before.own, before.size)
        };
        for draft in self.drafts.values_mut() {
            draft.given = draft.given.map(|given| Given { again: None, ..given });
        }
        // What stands beside the fields was of that record as well.
        if let Some(dialogue) = &mut self.dialogue {
            dialogue.sees(None);
        }
        self.refused.tell_once(PUT_BACK, now);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::hotline::console::keys::{At, Key};
    use crate::cli::hotline::console::screen::{console, live, text, told};
    use crate::cli::hotline::console::state::{Effect, Link};
    use crate::cli::hotline::console::stood::drawn;
    use crate::codec::proto::detente::v1::join_request::What as Said;
    use crate::domain::digest::CommandId;

    fn said(effects: Vec<Effect>) -> Vec<Said> {
        let said = effects.into_iter().filter_map(|effect| match effect {
            Effect::Say(said) => Some(said),
            _ => None,
        });
        said.collect()
    }

    #[test]
    fn all_is_told_anew_and_what_is_written_stays_and_is_given_again_by_its_officer_alone() {
        let at = |id: u8| At { now: Instant(i64::from(id)), id: CommandId([id; 16]) };
        let mut state = console(&[text(1, "BY", "one")]);
        let keys =
            [Key::Enter, Key::Character('r'), Key::Character('w'), Key::Character('x'), Key::Control('s')];
        for (id, key) in (1..).zip(keys) {
            drawn(&mut state);
            state.press(key, at(id));
        }
        state.told_before = 9;
        state.put_back(Instant(6));
        assert!(state.sessions.is_empty() && state.seen.is_empty() && state.rung.is_empty());
        assert_eq!((state.told_before, state.view, &state.link), (0, View::Writing, &Link::Joining));
        assert_eq!(state.refused.stands(&state.thread).as_deref(), Some(PUT_BACK));
        assert!(drawn(&mut state).iter().any(|row| row == " x"), "what is written stands there");

        state.told(told(text(1, "BY", "one")), Instant(7));
        let effects = state.told(live(), Instant(8));
        assert!(effects.contains(&Effect::Bell), "it is unread there");
        assert!(matches!(&said(effects)[..], [Said::Read(_)]));
        let again = said(state.press(Key::Control('s'), at(9)));
        let is_same = |asked: &crate::codec::proto::detente::v1::SayRequest| {
            asked.text == "x" && asked.command.as_ref().is_some_and(|one| one.id[..] == [5; 16])
        };
        assert!(matches!(&again[..], [Said::Say(asked)] if is_same(asked)), "{again:?}");
    }

    #[test]
    fn where_nothing_is_typed_the_list_stands_there_until_all_is_told() {
        let mut state = console(&[text(1, "BY", "one")]);
        state.press(Key::Enter, At { now: Instant(1), id: CommandId([1; 16]) });
        state.put_back(Instant(2));
        assert_eq!(state.view, View::List);
        state.told(told(text(1, "BY", "one")), Instant(3));
        state.told(live(), Instant(4));
        assert_eq!((state.link, state.sessions.len()), (Link::Live, 1));
    }
}
