//! Keys that came at once: many over a slow line, or a paste that the terminal does not mark as one.
//!
//! Never here: what a key does (`keys.rs`), or a guess by the time between two keys.

use super::head::too_small;
use super::keys::{At, Key};
use super::state::{Effect, State, View};

/// How a key came.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Came {
    Alone,
    /// With others, of which some stand behind it.
    Within,
    /// The last of what came at once.
    Last,
}

const NOT_ALONE: &str = "NOT DONE: several keys came at once: press the one that you mean by itself";
const NOT_SEEN: &str = "NOT SENT: more came at once with Ctrl-S: look at it, and press it again";
const TOO_SMALL: &str = "NOT DONE: on a screen that is too small nothing is said";

impl State {
    /// Nothing is put on record by a letter, nothing goes, no text or fields are begun and nothing is left, by what
    /// nobody may have pressed; and nothing goes that was not drawn before it was sent, or where nothing can be seen.
    pub fn press_as_it_came(&mut self, key: Key, came: Came, at: At) -> Vec<Effect> {
        self.is_in_midst = came == Came::Within;
        let is_looked_at = self.view == View::Session && !self.is_typed_in();
        let leaves = matches!(key, Key::Control('c') | Key::Character('q'));
        let acts = match key {
            Key::Control('c') => true,
            Key::Character('o' | 'q' | 'w') => !self.is_typed_in(),
            Key::Enter | Key::Character('r' | 'a' | 't' | 'p' | '+' | 'c') => is_looked_at,
            _ => false,
        };
        let is_unseen = too_small(self.size).is_some();
        let sends = self.is_typed_in() && key == Key::Control('s');
        let rule = match came {
            Came::Within | Came::Last if acts => NOT_ALONE,
            Came::Within | Came::Last if sends => NOT_SEEN,
            Came::Alone if sends && self.is_undrawn => NOT_SEEN,
            Came::Alone if is_unseen && (sends || acts && !leaves) => TOO_SMALL,
            Came::Alone | Came::Within | Came::Last => {
                self.is_undrawn |= self.is_typed_in();
                return self.press(key, at);
            }
        };
        (self.is_leaving, self.is_reopening) = (false, false);
        self.notice.clear();
        self.refused.pressed(at.now);
        self.refused.tell_once(rule, at.now);
        Vec::new()
    }

    /// Something that is no key came: what is drawn behind the last of what came at once stands there.
    pub fn no_key_came(&mut self, came: Came) {
        self.is_in_midst = came == Came::Within;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::hotline::console::screen::{console, text};
    use crate::cli::hotline::console::stood::drawn;
    use crate::codec::proto::detente::v1::join_request::What as Said;
    use crate::domain::digest::CommandId;
    use crate::domain::time::Instant;

    const AT: At = At { now: Instant(1), id: CommandId([1; 16]) };

    /// As the terminal gives what it does not mark as a paste.
    fn at_once(state: &mut State, text: &str) -> Vec<Effect> {
        let last = text.chars().count() - 1;
        let mut effects = Vec::new();
        for (number, character) in text.chars().enumerate() {
            let key = match character {
                '\r' => Key::Enter,
                '\u{13}' => Key::Control('s'),
                '\u{3}' => Key::Control('c'),
                character => Key::Character(character),
            };
            let came = if number == last { Came::Last } else { Came::Within };
            effects.extend(state.press_as_it_came(key, came, AT));
        }
        effects
    }

    #[test]
    fn of_what_comes_at_once_no_letter_puts_anything_on_record_and_no_newline_sends() {
        let mut state = console(&[text(1, "BY", "one")]);
        state.press(Key::Enter, AT);
        assert!(at_once(&mut state, "radar a").is_empty());
        assert_eq!(state.refused.stands(&state.thread).as_deref(), Some(NOT_ALONE));
        assert!(state.waiting.is_empty(), "{:?}", state.waiting);
        let effects = state.press_as_it_came(Key::Character('a'), Came::Alone, AT);
        assert!(matches!(&effects[..], [Effect::Say(Said::Accept(_))]), "{effects:?}");

        // In a text all of it is text, and it does not go in the midst of it.
        let lines = format!("{}\r", "ar".repeat(32)).repeat(20);
        assert!(lines.len() > 1_024);
        state.press(Key::Character('w'), AT);
        let effects = at_once(&mut state, &format!("{lines}\u{13}{lines}"));
        assert!(effects.iter().all(|effect| matches!(effect, Effect::Keep(_))), "{effects:?}");
        let draft = &state.drafts[&state.writes()];
        assert_eq!(draft.written.text, lines.replace('\r', "\n").repeat(2));
        assert!(draft.given.is_none());
        // Nor behind it: nobody has seen what would go. It goes once all of that has stood there.
        state.refused = Default::default();
        let send = |state: &mut State, came| state.press_as_it_came(Key::Control('s'), came, AT);
        for came in [Came::Last, Came::Alone] {
            assert!(send(&mut state, came).is_empty());
            assert_eq!(state.refused.stands(&state.thread).as_deref(), Some(NOT_SEEN));
        }
        let mut presses = 0;
        let said = |effects: Vec<Effect>| effects.iter().any(|one| matches!(one, Effect::Say(Said::Say(_))));
        while !said(send(&mut state, Came::Alone)) {
            drawn(&mut state);
            presses += 1;
            assert!(presses < 20, "{}", state.notice);
        }
        assert!(presses > 1, "{presses}");
    }

    #[test]
    fn of_what_comes_at_once_no_letter_opens_fields_or_leaves_the_console() {
        let mut state = console(&[text(1, "BY", "one")]);
        for typed in ["Iq", "Iraq rca", "potc+q"] {
            assert!(at_once(&mut state, typed).is_empty(), "{typed}");
            assert!(state.dialogue.is_none());
            assert_eq!(state.refused.stands(&state.thread).as_deref(), Some(NOT_ALONE));
            state.view = View::Session;
        }
        // Nor is a text begun, or anything typed into one.
        assert!(at_once(&mut state, "we wait\rat once\u{3}").is_empty());
        assert_eq!((state.view, state.drafts.len()), (View::Session, 0));
        // Where a text is written, all of it is text, but the key by which the console is left: pressed alone it is.
        state.press(Key::Character('w'), AT);
        let effects = at_once(&mut state, "potc+q\u{3}w");
        assert!(!effects.contains(&Effect::Leave));
        assert_eq!(state.drafts[&state.writes()].written.text, "potc+qw");
        assert_eq!(state.press_as_it_came(Key::Control('c'), Came::Alone, AT), [Effect::Leave]);
    }

    #[test]
    fn where_the_screen_is_too_small_to_see_anything_nothing_is_put_on_record_and_what_is_typed_stays() {
        let mut state = console(&[text(1, "BY", "one")]);
        state.press(Key::Enter, AT);
        state.size = (19, 24);
        assert!(state.press_as_it_came(Key::Character('a'), Came::Alone, AT).is_empty());
        assert_eq!(state.refused.stands(&state.thread).as_deref(), Some(TOO_SMALL));
        state.press(Key::Character('w'), AT);
        state.press_as_it_came(Key::Character('x'), Came::Alone, AT);
        drawn(&mut state);
        assert!(state.press_as_it_came(Key::Control('s'), Came::Alone, AT).is_empty());
        assert_eq!(state.drafts[&state.writes()].written.text, "x");
        assert_eq!(state.press_as_it_came(Key::Control('c'), Came::Alone, AT), [Effect::Leave]);
    }

    #[test]
    fn what_was_drawn_for_a_moment_in_the_midst_of_what_came_at_once_has_not_stood_on_the_screen() {
        let mut state = console(&[text(1, "BY", "one")]);
        state.press(Key::Enter, AT);
        state.press(Key::Character('w'), AT);
        for _ in 0..40 {
            state.press_as_it_came(Key::Character('x'), Came::Within, AT);
            drawn(&mut state);
            state.press_as_it_came(Key::Enter, Came::Within, AT);
            drawn(&mut state);
        }
        state.press_as_it_came(Key::Character('x'), Came::Last, AT);
        drawn(&mut state);
        let send = |state: &mut State| state.press_as_it_came(Key::Control('s'), Came::Alone, AT);
        assert!(send(&mut state).is_empty());
        assert!(state.notice.starts_with("NOT SENT: 29 row(s)"), "{}", state.notice);
    }

    #[test]
    fn what_came_at_once_and_ended_with_no_key_has_stood_once_it_was_drawn_behind_that() {
        let mut state = console(&[text(1, "BY", "one")]);
        state.press(Key::Enter, AT);
        state.press(Key::Character('w'), AT);
        state.press_as_it_came(Key::Character('x'), Came::Within, AT);
        state.no_key_came(Came::Last);
        drawn(&mut state);
        let effects = state.press_as_it_came(Key::Control('s'), Came::Alone, AT);
        let is_sent = |effect: &Effect| matches!(effect, Effect::Say(Said::Say(_)));
        assert!(effects.iter().any(is_sent), "{} {effects:?}", state.notice);
    }

    #[test]
    fn what_is_refused_of_what_came_at_once_is_told_once() {
        let mut state = console(&[text(1, "BY", "one")]);
        state.press(Key::Enter, AT);
        at_once(&mut state, &"ra".repeat(600));
        assert_eq!(state.refused.stands(&state.thread).as_deref(), Some(NOT_ALONE));
    }
}
