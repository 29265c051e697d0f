//! How many drafts of each session are not released, as the node told the console last: it stands over the session for
//! as long as they wait.
//!
//! Never here: what is being written at this console, which is no draft at the node yet.

use std::collections::BTreeMap;

use bytes::Bytes;

use crate::codec::proto::detente::v1 as calls;

#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct NotReleased {
    of: BTreeMap<Bytes, u64>,
    /// What stands here was told before the node was lost: what is told next takes the place of all of it.
    is_old: bool,
}

impl NotReleased {
    pub fn lost(&mut self) {
        self.is_old = true;
    }

    /// The node is there again, and tells of each session in which there are any.
    pub fn live(&mut self) {
        if std::mem::take(&mut self.is_old) {
            self.of.clear();
        }
    }

    pub fn told(&mut self, thread: Bytes, drafts: &calls::OpenDrafts) {
        self.live();
        match (drafts.drafts.len() as u64).saturating_add(drafts.more.into()) {
            0 => self.of.remove(&thread),
            many => self.of.insert(thread, many),
        };
    }

    /// What stands between two others in a row about a session: nothing where nothing waits.
    pub fn mark(&self, thread: &Bytes) -> String {
        self.of.get(thread).map(|many| format!("{many} DRAFT(S) NOT RELEASED  ")).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::hotline::console::head::{head, listed};
    use crate::cli::hotline::console::screen::{console, live, text};
    use crate::cli::hotline::console::state::{State, View};
    use crate::codec::proto::detente::v1::join_response::What;
    use crate::domain::time::Instant;

    fn told(state: &mut State, many: usize) {
        let drafts = calls::OpenDrafts { drafts: vec![calls::OpenDraft::default(); many], more: 0 };
        let (thread, what) = (state.thread.clone(), Some(What::Drafts(drafts)));
        state.told(calls::JoinResponse { thread, what, ..Default::default() }, Instant(1));
    }

    fn rows(state: &State) -> [String; 2] {
        let (thread, session) = state.sessions.first_key_value().unwrap();
        let all = [head(state, 80)[0].clone(), listed(state, thread, session, 80)[0].clone()];
        all.map(|row| row.pieces[0].text.clone())
    }

    #[test]
    fn drafts_that_are_not_released_stand_over_the_session_and_in_the_list_until_they_are() {
        let mut state = console(&[text(1, "BY", "one")]);
        state.view = View::Session;
        let mark = |state: &State, words: &str| rows(state).iter().all(|row| row.contains(words));
        assert!(!rows(&state).iter().any(|row| row.contains("NOT RELEASED")), "{:?}", rows(&state));
        told(&mut state, 2);
        state.told(live(), Instant(2));
        assert!(mark(&state, "2 DRAFT(S) NOT RELEASED"), "{:?}", rows(&state));
        told(&mut state, 1);
        state.lost("cut".into(), Instant(3));
        assert!(mark(&state, "1 DRAFT(S) NOT RELEASED"), "{:?}", rows(&state));
        // Released while the node could not be heard: it tells of none.
        state.told(live(), Instant(4));
        assert!(!rows(&state).iter().any(|row| row.contains("NOT RELEASED")), "{:?}", rows(&state));
    }
}
