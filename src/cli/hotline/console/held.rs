//! A key that is held down: the terminal gives it again and again, as if it were pressed each time.
//!
//! Never here: a key that only moves, or a letter of a text.

use super::came::Came;
use super::keys::{At, Key};
use super::state::{Effect, State};
use crate::domain::time::Instant;
use crate::limits;

const TOO_SOON: &str = "TOO SOON: let the key go, look at what stands here, and press it again";

/// The key that came last, if it is one that puts something on record or leaves.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LastKey {
    key: Key,
    came: Instant,
    /// When it was taken: what it showed, asked or did is looked at before it is taken again.
    taken: Instant,
}

impl State {
    /// As it came, unless it comes again only because it is held down: then nothing is done, and what was asked stays
    /// asked.
    pub fn press_unless_held(&mut self, key: Key, came: Came, at: At) -> Vec<Effect> {
        let last = self.last_key.take().filter(|last| last.key == key);
        if let Some(last) = last.filter(|last| came == Came::Alone && is_held(last, at.now)) {
            self.last_key = Some(LastKey { came: at.now, ..last });
            self.refused.tell_once(TOO_SOON, at.now);
            return Vec::new();
        }
        let counts = self.does_what_is_not_taken_back(&key).then(|| key.clone());
        let effects = self.press_as_it_came(key, came, at);
        self.last_key = counts.map(|key| LastKey { key, came: at.now, taken: at.now });
        effects
    }

    fn does_what_is_not_taken_back(&self, key: &Key) -> bool {
        match key {
            Key::Control('c' | 's') => true,
            Key::Character('r' | 'a' | 'q') => !self.is_typed_in(),
            _ => false,
        }
    }
}

fn is_held(last: &LastKey, now: Instant) -> bool {
    // A clock that was set back holds no key.
    let is_within = |since: Instant, most: i64| (0..most).contains(&now.ms_since(since));
    is_within(last.came, limits::CONSOLE_HELD_MS) || is_within(last.taken, limits::CONSOLE_LOOKED_MS)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::hotline::console::screen::{console, text};
    use crate::cli::hotline::console::stood::drawn;
    use crate::codec::proto::detente::v1::join_request::What as Said;
    use crate::domain::digest::CommandId;

    /// Each once all before was drawn.
    fn press(state: &mut State, key: &Key, now: i64) -> Vec<Effect> {
        drawn(state);
        let at = At { now: Instant(now), id: CommandId([1; 16]) };
        state.press_unless_held(key.clone(), Came::Alone, at)
    }

    /// Pressed at this instant and held for two seconds: after half a second it comes again, and then every 30 ms.
    fn hold(state: &mut State, key: &Key, from: i64) -> Vec<Effect> {
        let comes = std::iter::once(0).chain((500..2_000).step_by(30));
        comes.flat_map(|after| press(state, key, from + after)).collect()
    }

    fn told(state: &State) -> Option<String> {
        state.refused.stands(&state.thread)
    }

    #[test]
    fn a_key_that_is_held_down_reads_one_text_and_the_next_one_only_once_it_was_let_go() {
        let mut state = console(&[text(1, "BY", "one"), text(2, "BY", "two"), text(3, "BY", "three")]);
        press(&mut state, &Key::Enter, 0);
        let read = |state: &mut State, now| {
            let effects = press(state, &Key::Character('r'), now);
            let said = effects.iter().any(|one| matches!(one, Effect::Say(Said::Read(_))));
            if said {
                let (thread, at) = (state.thread.clone(), state.scroll.selected);
                let line = &mut state.sessions.get_mut(&thread).unwrap().lines[at];
                (line.states[0].read_at_ms, line.read_by_caller) = (9, true);
                state.waiting.clear();
            }
            said
        };
        let comes = std::iter::once(1_000).chain((1_500..3_000).step_by(30));
        let many = comes.filter(|now| read(&mut state, *now)).count();
        assert_eq!((many, state.scroll.selected), (1, 0));
        assert_eq!(told(&state).as_deref(), Some(TOO_SOON), "once");
        // Let go, it goes to the next one, and then reads that.
        assert!(!read(&mut state, 3_150) && state.scroll.selected == 1);
        assert!(read(&mut state, 4_000));
    }

    #[test]
    fn a_key_that_is_held_down_takes_part_once_and_a_clock_that_is_set_back_holds_none() {
        let mut state = console(&[text(1, "BY", "one")]);
        press(&mut state, &Key::Enter, 0);
        let takes_part = |state: &mut State, now| {
            let effects = press(state, &Key::Character('a'), now);
            state.waiting.clear();
            effects.iter().any(|one| matches!(one, Effect::Say(Said::Accept(_))))
        };
        let comes = std::iter::once(10_000).chain((10_500..12_000).step_by(30));
        assert_eq!(comes.filter(|now| takes_part(&mut state, *now)).count(), 1);
        assert!(takes_part(&mut state, 5_000));
    }

    #[test]
    fn a_key_that_is_held_down_answers_no_question_that_it_asked_and_once_let_go_it_does() {
        let send = Key::Control('s');
        let mut state = console(&[text(1, "BY", "one")]);
        state.sessions.get_mut(&state.thread).unwrap().stands.state = "closed".into();
        for key in [Key::Enter, Key::Character('w'), Key::Character('x')] {
            press(&mut state, &key, 0);
        }
        assert!(hold(&mut state, &send, 1_000).is_empty());
        assert!(state.is_reopening && told(&state).as_deref() == Some(TOO_SOON));
        let effects = press(&mut state, &send, 3_200);
        let is_sent = |one: &Effect| matches!(one, Effect::Say(Said::Say(asked)) if asked.reopen);
        assert!(effects.iter().any(is_sent), "{effects:?}");

        for leaves in [Key::Control('c'), Key::Character('q')] {
            let mut state = console(&[]);
            state.not_kept = 1;
            assert!(hold(&mut state, &leaves, 1_000).is_empty());
            assert!(state.notice.starts_with("NOT LEFT: "), "{}", state.notice);
            assert_eq!(press(&mut state, &leaves, 3_200), [Effect::Leave]);
        }
    }

    #[test]
    fn keys_that_only_move_and_letters_of_a_text_are_taken_as_fast_as_they_come() {
        let mut state = console(&[text(1, "BY", "one"), text(2, "BY", "two"), text(3, "BY", "three")]);
        press(&mut state, &Key::Enter, 0);
        for now in [30, 60] {
            press(&mut state, &Key::Down, now);
        }
        assert_eq!(state.scroll.selected, 2);
        press(&mut state, &Key::Character('w'), 90);
        hold(&mut state, &Key::Character('r'), 120);
        assert_eq!(state.drafts[&state.writes()].written.text, "r".repeat(51));
        assert_eq!(told(&state), None);
    }
}
