//! What waits for an officer in the sessions of a console, and to which of it the keys go next.
//!
//! Never here: what is put on record of it.

use super::rows::{is_left, is_unread_here};
use super::state::{Effect, State};
use crate::codec::proto::detente::evidence::v1::Traffic;

impl State {
    /// In the session that is looked at.
    pub fn first_waiting(&self) -> Option<usize> {
        let session = self.session()?;
        session.lines.iter().position(|line| self.waits(session, line))
    }

    /// The first that is no text and waits for an acknowledgement.
    pub fn first_left(&self) -> Option<usize> {
        self.session()?.lines.iter().position(|line| is_left(line, &self.own))
    }

    /// What nobody here has read comes first; then the fastest, of these what is real, and of these the oldest.
    pub fn next_unread(&mut self) -> Vec<Effect> {
        let lines = self.sessions.iter().flat_map(|(thread, session)| {
            session.lines.iter().enumerate().map(move |(at, line)| (thread, session, at, line))
        });
        let asks =
            lines.filter(|(_, session, _, line)| self.waits(session, line) || self.alarms(session, line));
        let next = asks.min_by_key(|(_, session, _, line)| {
            let is_read = !is_unread_here(line, &self.own) && !self.alarms(session, line);
            let is_drill = line.traffic == Traffic::Drill as i32;
            (is_read, std::cmp::Reverse(line.precedence), is_drill, line.recorded_at_ms)
        });
        match next.map(|(thread, _, at, _)| (thread.clone(), at)) {
            Some((thread, at)) => self.open(thread, Some(at)),
            None => self.notice = "nothing is unread".into(),
        }
        Vec::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::hotline::console::keys::{At, Key};
    use crate::cli::hotline::console::screen::{console, text};
    use crate::codec::proto::detente::v1 as calls;
    use crate::codec::proto::detente::v1::join_response::What;
    use crate::domain::digest::CommandId;
    use crate::domain::time::Instant;

    fn press(state: &mut State, key: Key) -> Vec<Effect> {
        state.press(key, At { now: Instant(1), id: CommandId([1; 16]) })
    }

    #[test]
    fn what_is_real_comes_before_a_drill_of_the_same_precedence_in_the_list_and_by_the_key() {
        let mut state = console(&[text(1, "BY", "one")]);
        let drill = Traffic::Drill as i32;
        let thread = vec![6_u8; 16];
        let stands = calls::Session { traffic: drill, newest_at_ms: 99, ..Default::default() };
        let line = calls::SessionLine { traffic: drill, ..text(2, "BY", "two") };
        for what in [What::Session(stands), What::Line(line)] {
            let thread = thread.clone().into();
            let told = calls::JoinResponse { thread, what: Some(what), ..Default::default() };
            state.told(told, Instant(1));
        }
        let threads: Vec<u8> = state.list().iter().map(|(thread, _)| thread[0]).collect();
        assert_eq!(threads, [7, 6], "though the drill is the newer one");
        press(&mut state, Key::Character('n'));
        assert_eq!(state.thread[..], [7; 16]);
    }
}
