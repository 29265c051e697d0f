//! What waits for an officer in the sessions of a console, and to which of it the keys go next.
//!
//! Never here: what is put on record of it.

use bytes::Bytes;

use super::rows::{is_left, is_unread_here};
use super::state::{Effect, Link, State};
use crate::codec::proto::detente::evidence::v1::Traffic;

/// What is told of what waits: it goes once it is so no more, without a key.
pub const NOTHING_UNREAD: &str = "nothing is unread";
pub const ALL_READ: &str = "every text of this session is read";
pub const GOES_LATER: &str = "it goes, once, when the node is there again";

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

    pub fn next_unread(&mut self) -> Vec<Effect> {
        match self.next() {
            Some((thread, at)) => self.open(thread, Some(at)),
            None => self.notice = NOTHING_UNREAD.into(),
        }
        Vec::new()
    }

    /// What nobody here has read comes first; then the fastest, of these what is real, and of these the oldest: in which
    /// session, and where in it.
    fn next(&self) -> Option<(Bytes, usize)> {
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
        next.map(|(thread, _, at, _)| (thread.clone(), at))
    }

    /// Takes away what the officer was told of what waits, where it is so no more.
    pub fn settle_notice(&mut self) {
        let is_over = match self.notice.as_str() {
            NOTHING_UNREAD => self.next().is_some(),
            ALL_READ => self.first_waiting().or_else(|| self.first_left()).is_some(),
            GOES_LATER => self.link == Link::Live,
            _ => false,
        };
        if is_over {
            self.notice.clear();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::hotline::console::keys::{At, Key};
    use crate::cli::hotline::console::screen::{console, live, text, told};
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

    #[test]
    fn what_is_told_of_what_waits_goes_once_it_is_so_no_more() {
        let mut read = text(1, "BY", "one");
        (read.states[0].read_at_ms, read.read_by_caller) = (9, true);
        let mut state = console(&[read]);
        press(&mut state, Key::Enter);
        for (key, notice) in [('n', NOTHING_UNREAD), ('r', ALL_READ)] {
            press(&mut state, Key::Character(key));
            assert_eq!(state.notice, notice);
            let own = text(if key == 'n' { 2 } else { 3 }, "PL", "of our own");
            state.told(told(own), Instant(2));
            assert_eq!(state.notice, notice, "what is ours waits for nobody here");
        }
        state.told(told(text(4, "BY", "two")), Instant(3));
        assert_eq!(state.notice, "");
        state.lost("cut".into(), Instant(4));
        for key in [Key::Character('w'), Key::Character('x'), Key::Control('s')] {
            press(&mut state, key);
        }
        assert_eq!(state.notice, GOES_LATER);
        state.told(live(), Instant(5));
        assert_eq!(state.notice, "");
    }
}
