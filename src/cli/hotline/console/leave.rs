//! Leaving: a dialogue, which then waits to be gone on with, and the console, where what would be lost by it is said
//! first.
//!
//! Never here: what was typed thrown away without a word.

use bytes::Bytes;

use super::dialogue::{Dialogue, Purpose};
use super::drafts::Draft;
use super::state::{Effect, State};

/// Which dialogue it is: what for, in which session, of which text.
pub type Of = (Purpose, Bytes, Bytes);

impl State {
    fn of(&self, dialogue: &Dialogue) -> Of {
        let thread = if dialogue.purpose == Purpose::Open { Bytes::new() } else { self.thread.clone() };
        (dialogue.purpose, thread, dialogue.translates.clone())
    }

    /// Fields are to be filled in: those of before go on, where some were.
    pub fn ask(&mut self, dialogue: Dialogue) -> Vec<Effect> {
        let before = self.aside.remove(&self.of(&dialogue));
        let is_given = before.as_ref().is_some_and(|before| before.given.is_some());
        self.dialogue = Some(before.unwrap_or(dialogue));
        if is_given { Vec::new() } else { self.look_anew() }
    }

    /// What is to be seen beside the fields is asked for, as it is now.
    pub fn look_anew(&mut self) -> Vec<Effect> {
        let closes = self.session().map(|session| Dialogue::close(session, &self.own).look);
        let Some(dialogue) = &mut self.dialogue else { return Vec::new() };
        if let (Purpose::Close, Some(look)) = (dialogue.purpose, closes) {
            dialogue.look = look;
        }
        dialogue.sees(None);
        dialogue.look.clone().map(Effect::Look).into_iter().collect()
    }

    /// Its fields stay for as long as the console runs.
    pub fn leave_dialogue(&mut self) {
        let Some(dialogue) = self.dialogue.take() else { return };
        if dialogue.given.is_some() || dialogue.is_filled_in() {
            self.notice =
                "what is filled in stays until the console ends: the same key goes on with it".into();
            self.aside.insert(self.of(&dialogue), dialogue);
        }
    }

    /// At once, where nothing is lost by it or the officer was told what.
    pub fn leave(&mut self, was_told: bool) -> Vec<Effect> {
        let is_lost = |one: &&Dialogue| one.is_filled_in() && one.given.is_none();
        let filled_in = self.aside.values().chain(&self.dialogue).filter(is_lost).count();
        let written = self.drafts.values().filter(|one| !one.written.text.is_empty()).count();
        // What waits for the officer's key alone goes by that, whichever console it is pressed in.
        let goes_by_itself = |draft: &&Draft| draft.given.is_some_and(|given| given.again.is_some());
        let given = self.drafts.values().filter(goes_by_itself).count();
        let kinds = [
            (self.waiting.len(), "said and not answered by the node"),
            (filled_in, "filled in and not sent"),
            (if self.keeps { self.not_kept } else { written }, "written and kept by no file"),
            (given, "given and not gone: it does not go while no console runs"),
        ];
        let lost: Vec<String> = kinds
            .iter()
            .filter(|(count, _)| *count > 0)
            .map(|(count, what)| format!("{count} {what}"))
            .collect();
        if was_told || lost.is_empty() {
            return vec![Effect::Leave];
        }
        self.is_leaving = true;
        self.notice = format!("NOT LEFT: {}; the same key again leaves all the same", lost.join(", "));
        Vec::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::hotline::console::composer::Edit;
    use crate::cli::hotline::console::drafts::Given;
    use crate::cli::hotline::console::keys::{At, Key};
    use crate::cli::hotline::console::screen::{console, live, text};
    use crate::cli::hotline::console::stood::drawn;
    use crate::domain::digest::CommandId;
    use crate::domain::time::Instant;

    #[test]
    fn a_text_that_the_disk_did_not_take_is_not_left_without_a_word() {
        let mut state = console(&[]);
        let leave = |state: &mut State| {
            state.press(Key::Control('c'), At { now: Instant(1), id: CommandId([1; 16]) })
        };
        state.not_kept = 1;
        assert!(leave(&mut state).is_empty());
        assert!(state.notice.starts_with("NOT LEFT: 1 written and kept by no file;"), "{}", state.notice);
        assert_eq!(leave(&mut state), [Effect::Leave]);
        let mut state = console(&[]);
        assert_eq!(leave(&mut state), [Effect::Leave]);
    }

    /// Each once all before was drawn.
    fn press(state: &mut State, keys: &[Key]) -> Vec<Effect> {
        let at = At { now: Instant(1), id: CommandId([1; 16]) };
        keys.iter().fold(Vec::new(), |_, key| {
            drawn(state);
            state.press(key.clone(), at)
        })
    }

    #[test]
    fn a_text_that_goes_once_the_node_is_there_is_not_left_without_a_word() {
        let mut state = console(&[text(1, "BY", "one")]);
        state.lost("it is away".into(), Instant(1));
        let keys = [Key::Enter, Key::Character('w'), Key::Character('x'), Key::Control('s'), Key::Escape];
        press(&mut state, &keys);
        assert!(press(&mut state, &[Key::Character('q')]).is_empty());
        let told = "NOT LEFT: 1 given and not gone: it does not go while no console runs; the same key again";
        assert!(state.notice.starts_with(told), "{}", state.notice);
        assert_eq!(press(&mut state, &[Key::Character('q')]), [Effect::Leave]);

        // After a restart it waits for its officer's key, and nothing is lost by leaving.
        for draft in state.drafts.values_mut() {
            draft.given = draft.given.map(|given| Given { again: None, ..given });
        }
        state.told(live(), Instant(2));
        assert_eq!(press(&mut state, &[Key::Character('q')]), [Effect::Leave]);
    }

    #[test]
    fn fields_that_were_emptied_again_are_not_filled_in() {
        let mut state = console(&[text(1, "BY", "one")]);
        let keys = [Key::Enter, Key::Character('o'), Key::Character('B'), Key::Escape];
        press(&mut state, &keys);
        assert_eq!(state.aside.len(), 1);
        press(&mut state, &[Key::Character('o'), Key::Edit(Edit::Backspace), Key::Escape]);
        assert!(state.aside.is_empty() && state.notice.is_empty(), "{}", state.notice);
        assert_eq!(press(&mut state, &[Key::Character('q')]), [Effect::Leave]);
    }
}
