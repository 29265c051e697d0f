//! To which of what waits for an officer one key goes next, in whichever session.
//!
//! Never here: what waits, or what is put on record of it.

use std::cmp::Reverse;

use bytes::Bytes;

use super::end::{at_the_end, beside, is_whole_there};
use super::rows::{is_left, is_text, is_unread_here};
use super::state::{Effect, Session, State, View};
use super::waits::{NOTHING_UNREAD, is_flash};
use crate::codec::proto::detente::evidence::v1::Traffic;
use crate::codec::proto::detente::v1 as calls;

/// How soon something asks for an officer, the soonest first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Soon {
    /// A FLASH text that nobody here has read, or the FLASH opening of a session that nobody has acknowledged.
    Flash,
    /// A FLASH that is said beside the lines.
    FlashBeside,
    /// Any other text that nobody here has read.
    Unread,
    /// A text that this officer has not read.
    UnreadByYou,
    /// What else nobody here has acknowledged.
    ToAcknowledge,
    /// What is acknowledged by another command, where all of it stands.
    Elsewhere,
    /// An opening that is acknowledged and not accepted: it hides nothing that is unread.
    ToAccept,
}

impl State {
    /// Goes to what comes next, in whichever session.
    pub fn next_unread(&mut self) -> Vec<Effect> {
        match self.comes_next() {
            Some((thread, at)) => self.open(thread, Some(at)),
            None => self.notice = NOTHING_UNREAD.into(),
        }
        Vec::new()
    }

    /// Which comes next: in which session, and where in it, behind the last line for its end. Of what asks as soon the
    /// fastest, of these what is real, of these what is of the session that is looked at, of these what is of a session
    /// that goes on, and of these the oldest.
    pub fn comes_next(&self) -> Option<(Bytes, usize)> {
        let drill = Traffic::Drill as i32;
        let all = self.sessions.iter().flat_map(|(thread, session)| {
            let is_elsewhere = self.view == View::List || *thread != self.thread;
            let place = (is_elsewhere, session.is_closed());
            let lines = session.lines.iter().enumerate().filter_map(move |(at, line)| {
                let soon = self.asks(session, line)?;
                let asks =
                    (soon, Reverse(line.precedence), line.traffic == drill, place, line.recorded_at_ms);
                Some((asks, thread, at))
            });
            let end = session.lines.len();
            let ends = at_the_end(session).map(move |one| {
                let soon = match (is_whole_there(one), is_flash(one)) {
                    (true, true) => Soon::FlashBeside,
                    (true, false) => Soon::ToAcknowledge,
                    (false, _) => Soon::Elsewhere,
                };
                let asks = (soon, Reverse(one.precedence), one.traffic == drill, place, one.recorded_at_ms);
                (asks, thread, end)
            });
            lines.chain(ends)
        });
        all.min_by_key(|(asks, _, _)| *asks).map(|(_, thread, at)| (thread.clone(), at))
    }

    /// How soon a line does.
    fn asks(&self, session: &Session, line: &calls::SessionLine) -> Option<Soon> {
        let waits = self.waits(session, line);
        let is_left = is_left(line, &self.own);
        let alarms = self.alarms(session, line);
        if alarms && (is_left || is_text(line)) {
            return Some(Soon::Flash);
        }
        if beside(session, line).any(is_flash) {
            return Some(Soon::FlashBeside);
        }
        let is_unread_here = is_unread_here(line, &self.own);
        match (waits, is_left || beside(session, line).next().is_some()) {
            (true, _) if is_unread_here => Some(Soon::Unread),
            (true, _) => Some(Soon::UnreadByYou),
            (false, true) => Some(Soon::ToAcknowledge),
            (false, false) => alarms.then_some(Soon::ToAccept),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::hotline::console::keys::{At, Key};
    use crate::cli::hotline::console::screen::{console, text};
    use crate::codec::proto::detente::evidence::v1::Precedence;
    use crate::codec::proto::detente::v1::join_response::What;
    use crate::domain::content::Kind;
    use crate::domain::digest::CommandId;
    use crate::domain::time::Instant;

    fn press(state: &mut State, key: Key) -> Vec<Effect> {
        state.press(key, At { now: Instant(1), id: CommandId([1; 16]) })
    }

    /// A session with one line, told after all others.
    fn begins(state: &mut State, thread: u8, line: calls::SessionLine) {
        let stands = calls::Session { traffic: line.traffic, ..Default::default() };
        for what in [What::Session(stands), What::Line(line)] {
            let thread = vec![thread; 16].into();
            let told = calls::JoinResponse { thread, what: Some(what), ..Default::default() };
            state.told(told, Instant(1));
        }
    }

    /// The sessions to which the key goes one after the other, so many at most, once what waits there is read.
    fn gone_through(state: &mut State, most: usize) -> Vec<u8> {
        let mut threads = Vec::new();
        while threads.len() < most && state.comes_next().is_some() {
            press(state, Key::Character('n'));
            threads.push(state.thread[0]);
            let (thread, at) = (state.thread.clone(), state.scroll.selected);
            let line = &mut state.sessions.get_mut(&thread).unwrap().lines[at];
            (line.states[0].read_at_ms, line.read_by_caller) = (9, true);
        }
        threads
    }

    #[test]
    fn the_key_goes_to_the_fastest_first_to_what_is_real_before_drills_and_to_the_oldest_of_these() {
        let (real, drill) = (Traffic::Real as i32, Traffic::Drill as i32);
        let line = |number: u32, precedence: Precedence, traffic: i32, recorded_at_ms: i64| {
            let precedence = precedence as i32;
            calls::SessionLine { precedence, traffic, recorded_at_ms, ..text(number, "BY", "one") }
        };
        // In the order of their digests none of them stands as it is gone to.
        let mut state = console(&[]);
        state.sessions.clear();
        begins(&mut state, 1, line(1, Precedence::Routine, real, 1));
        begins(&mut state, 2, line(2, Precedence::Immediate, drill, 1));
        begins(&mut state, 3, line(3, Precedence::Flash, drill, 1));
        begins(&mut state, 4, line(4, Precedence::Immediate, real, 9));
        begins(&mut state, 5, line(5, Precedence::Immediate, real, 3));
        begins(&mut state, 6, line(6, Precedence::Flash, real, 9));
        begins(&mut state, 7, line(7, Precedence::Priority, real, 1));
        let mut read_by_another = line(8, Precedence::Flash, real, 1);
        read_by_another.states[0].read_at_ms = 9;
        begins(&mut state, 8, read_by_another);
        let kind = Kind::SessionOpening.name().to_owned();
        begins(&mut state, 9, calls::SessionLine { kind, ..line(9, Precedence::Immediate, real, 1) });
        assert_eq!(gone_through(&mut state, 99), [6, 3, 5, 4, 2, 7, 1, 8, 9]);
    }

    #[test]
    fn what_is_of_the_session_that_is_looked_at_comes_before_what_is_older_and_as_urgent_elsewhere() {
        let later = |number| calls::SessionLine { recorded_at_ms: 9, ..text(number, "BY", "one") };
        let mut state = console(&[later(1), later(2)]);
        let kind = Kind::SessionOpening.name().to_owned();
        begins(&mut state, 6, calls::SessionLine { kind, recorded_at_ms: 1, ..text(3, "BY", "") });
        assert_eq!(state.view, View::List);
        press(&mut state, Key::Enter);
        assert_eq!(state.thread[0], 7);
        // What is of a drill comes behind what is real elsewhere.
        let lines = &mut state.sessions.get_mut(&state.thread).unwrap().lines;
        lines[1].traffic = Traffic::Drill as i32;
        assert_eq!(gone_through(&mut state, 3), [7, 6, 7]);
        // From the list it is the oldest.
        let mut state = console(&[later(1)]);
        begins(&mut state, 6, text(2, "BY", "one"));
        press(&mut state, Key::Character('n'));
        assert_eq!(state.thread[0], 6);
    }

    #[test]
    fn a_flash_that_is_said_beside_comes_before_an_unread_text_that_is_slower() {
        let slower = calls::SessionLine { precedence: Precedence::Immediate as i32, ..text(2, "BY", "two") };
        let mut state = console(&[text(1, "PL", "of our own"), slower]);
        let thread = state.thread.clone();
        let close = calls::SaidBeside {
            digest: vec![9; 32].into(),
            kind: Kind::SessionClose.name().into(),
            precedence: Precedence::Flash as i32,
            ..Default::default()
        };
        state.sessions.get_mut(&thread).unwrap().stands.beside.push(close);
        press(&mut state, Key::Character('n'));
        assert_eq!(state.scroll.selected, 2, "the end of the session");
        state.sessions.get_mut(&thread).unwrap().stands.beside.clear();
        press(&mut state, Key::Character('n'));
        assert_eq!(state.scroll.selected, 1);
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
    fn what_waits_in_a_session_that_goes_on_comes_before_what_is_older_in_a_closed_one() {
        let mut state = console(&[text(1, "BY", "one")]);
        let (closed, open) = (state.thread.clone(), Bytes::from(vec![6_u8; 16]));
        state.sessions.get_mut(&closed).unwrap().stands.state = "closed".into();
        let stands = calls::Session { traffic: Traffic::Real as i32, ..Default::default() };
        let later = calls::SessionLine { recorded_at_ms: 9, ..text(2, "BY", "two") };
        for what in [What::Session(stands), What::Line(later)] {
            let told = calls::JoinResponse { thread: open.clone(), what: Some(what), ..Default::default() };
            state.told(told, Instant(1));
        }
        press(&mut state, Key::Character('n'));
        assert_eq!(state.thread, open);
        let line = &mut state.sessions.get_mut(&open).unwrap().lines[0];
        (line.states[0].read_at_ms, line.read_by_caller) = (9, true);
        press(&mut state, Key::Character('n'));
        assert_eq!(state.thread, closed, "and then that");
    }
}
