//! Where an officer is in a session, as that changes.
//!
//! Never here: a selection that moves off what was selected because something else came.

use std::collections::BTreeMap;

use bytes::Bytes;

use super::state::{Session, State, View};
use crate::codec::proto::detente::v1 as calls;

impl State {
    /// Changes the sessions, and what is selected stays selected, wherever it stands then.
    pub fn keeping_place(&mut self, thread: &Bytes, change: impl FnOnce(&mut BTreeMap<Bytes, Session>)) {
        let digest =
            |session: Option<&Session>, at: usize| session?.lines.get(at).map(|line| line.digest.clone());
        let is_looked_at = *thread == self.thread;
        let before = (digest(self.session(), self.scroll.selected), digest(self.session(), self.scroll.top));
        change(&mut self.sessions);
        if let (true, Some(session)) = (is_looked_at, self.sessions.get(thread)) {
            let at = |digest: Option<Bytes>| {
                session.lines.iter().position(|line| Some(&line.digest) == digest.as_ref())
            };
            let (selected, top) = (at(before.0), at(before.1));
            self.scroll.selected = selected.unwrap_or(self.scroll.selected);
            self.scroll.top = top.unwrap_or(self.scroll.top);
        }
        if self.thread.is_empty() {
            self.thread = thread.clone();
        }
    }

    /// Lines of a session have other places.
    pub fn moves(&mut self, thread: &Bytes, moved: calls::MovedLines) {
        if !self.sessions.contains_key(thread) {
            return;
        }
        self.keeping_place(thread, |sessions| {
            if let Some(session) = sessions.get_mut(thread) {
                session.place(moved);
            }
        });
        self.show_all_of_selected(thread);
        self.make_room();
    }

    /// Where its beginning stands on the screen, what was told of the selected one since stands there as well.
    pub fn show_all_of_selected(&mut self, thread: &Bytes) {
        let begins = (self.scroll.top, self.scroll.row) <= (self.scroll.selected, 0);
        if begins && *thread == self.thread && self.view != View::List {
            self.moved(|scroll, window| scroll.select(scroll.selected, window));
        }
    }
}
