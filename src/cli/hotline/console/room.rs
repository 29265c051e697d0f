//! How much a console keeps of what it is told: what is said next has room, whoever floods.
//!
//! Never here: a session or a text that is left out without a word. The node has all, and the console says so.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use bytes::Bytes;
use prost::Message as _;

use super::end::beside;
use super::rows::is_left;
use super::state::{Session, State};
use super::waits::is_flash;
use crate::codec::proto::detente::v1 as calls;
use crate::limits;

impl Session {
    /// In its place; what was there of the same message goes.
    pub fn put(&mut self, line: calls::SessionLine) {
        if let Some(at) = self.lines.iter().position(|one| one.digest == line.digest) {
            let before = self.lines.remove(at);
            self.bytes = self.bytes.saturating_sub(takes(&before));
        }
        self.bytes = self.bytes.saturating_add(takes(&line));
        self.lines.push(line);
        self.sort();
    }

    /// Gives each of these that is here its new place. What was left out stays left out.
    pub fn place(&mut self, moved: calls::MovedLines) {
        let moved = moved.lines.into_iter().map(|one| (one.digest.clone(), one));
        let mut moved: BTreeMap<Bytes, calls::MovedLine> = moved.collect();
        for line in &mut self.lines {
            let Some(one) = moved.remove(&line.digest) else { continue };
            let before = takes(line);
            (line.position, line.unseen) = (one.position, one.unseen);
            if let Some(names) = one.names {
                (line.unseen_texts, line.missing) = (names.unseen_texts, names.missing);
            }
            self.bytes = self.bytes.saturating_sub(before).saturating_add(takes(line));
        }
        self.sort();
    }

    /// The sort is stable: what has no part in the session stays as it came.
    fn sort(&mut self) {
        self.lines.sort_by_key(|one| match one.position {
            0 => u32::MAX,
            position => position,
        });
    }

    /// These lines go.
    fn leave_out(&mut self, digests: &BTreeSet<Bytes>) {
        self.lines.retain(|line| !digests.contains(&line.digest));
        self.bytes = self.lines.iter().map(takes).fold(0, usize::saturating_add);
        self.partial = true;
    }

    /// The Party that opened it or, where this Party came in later, whose addition that was; empty where it is not here.
    fn begun_by(&self) -> &str {
        if !self.stands.opened_by.is_empty() {
            return &self.stands.opened_by;
        }
        let begins = self.lines.iter().find(|line| line.digest == self.stands.opening);
        begins.map(|line| line.author.as_str()).unwrap_or_default()
    }
}

/// How soon an officer is asked for: what asks for nobody goes first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Asks {
    Nobody,
    ToRead,
    AtOnce,
}

fn takes(line: &calls::SessionLine) -> usize {
    size_of::<calls::SessionLine>().saturating_add(line.encoded_len())
}

impl State {
    /// Of too many sessions one of the Party that began most of them goes, and of too much text the first lines of the
    /// Party whose lines take most, so that whoever floods takes the room of no other. Of what is that Party's, what asks
    /// for nobody goes first, and what asks for an officer at once goes last.
    pub fn make_room(&mut self) {
        while self.sessions.len() > limits::CONSOLE_SESSIONS_MAX {
            let Some(first) = self.session_to_go() else { return };
            let gone = self.sessions.remove(&first).unwrap_or_default();
            self.forget(gone.lines.into_iter().map(|line| line.digest));
            self.left_out.insert(first);
        }
        let bytes =
            |state: &State| state.sessions.values().map(|one| one.bytes).fold(0, usize::saturating_add);
        while bytes(self) > limits::CONSOLE_BYTES_MAX {
            let Some((thread, lines)) = self.lines_to_go() else { return };
            self.keeping_place(&thread, |sessions| {
                sessions.entry(thread.clone()).or_default().leave_out(&lines);
            });
            self.forget(lines.into_iter());
        }
    }

    /// Never the one that is looked at.
    fn session_to_go(&self) -> Option<Bytes> {
        let mut begun: BTreeMap<&str, usize> = BTreeMap::new();
        for session in self.sessions.values() {
            let many = begun.entry(session.begun_by()).or_default();
            *many = many.saturating_add(1);
        }
        let others = self.sessions.iter().filter(|(thread, _)| **thread != self.thread);
        let first = others.min_by_key(|(_, session)| {
            let many = begun.get(session.begun_by()).copied();
            (Reverse(many), self.asked_in(session), session.stands.newest_at_ms)
        });
        first.map(|(thread, _)| thread.clone())
    }

    /// In the session in which most of them are, the first half. Never the line that is selected, nor the one with which
    /// a session begins.
    fn lines_to_go(&self) -> Option<(Bytes, BTreeSet<Bytes>)> {
        let selected = self.selected().map(|line| &line.digest);
        let mut all: Vec<(&Bytes, &Session, &calls::SessionLine)> = Vec::new();
        for (thread, session) in &self.sessions {
            for line in &session.lines {
                if Some(&line.digest) != selected && line.digest != session.stands.opening {
                    all.push((thread, session, line));
                }
            }
        }
        let mut of_each: BTreeMap<&str, usize> = BTreeMap::new();
        for (_, _, line) in &all {
            let bytes = of_each.entry(line.author.as_str()).or_default();
            *bytes = bytes.saturating_add(takes(line));
        }
        let (most, _) = of_each.into_iter().max_by_key(|(_, bytes)| *bytes)?;
        let mut theirs: Vec<(Asks, &Bytes, &calls::SessionLine)> = Vec::new();
        for (thread, session, line) in all {
            if line.author.as_str() == most {
                theirs.push((self.asked_at(session, line), thread, line));
            }
        }
        let least = theirs.iter().map(|(asks, _, _)| *asks).min()?;
        let mut in_each: BTreeMap<&Bytes, (usize, Vec<&Bytes>)> = BTreeMap::new();
        for (asks, thread, line) in theirs {
            if asks == least {
                let (bytes, lines) = in_each.entry(thread).or_default();
                *bytes = bytes.saturating_add(takes(line));
                lines.push(&line.digest);
            }
        }
        let (thread, (_, lines)) = in_each.into_iter().max_by_key(|(_, (bytes, _))| *bytes)?;
        let half = lines.len().div_ceil(2);
        Some((thread.clone(), lines.into_iter().take(half).cloned().collect()))
    }

    fn asked_at(&self, session: &Session, line: &calls::SessionLine) -> Asks {
        if self.alarms(session, line) || beside(session, line).any(is_flash) {
            return Asks::AtOnce;
        }
        let is_asked = self.waits(session, line) || is_left(line, &self.own);
        if is_asked || beside(session, line).next().is_some() { Asks::ToRead } else { Asks::Nobody }
    }

    /// Of one none of whose lines is here the first may be told next.
    fn asked_in(&self, session: &Session) -> Asks {
        if session.lines.is_empty() || self.alarms_in(session) {
            return Asks::AtOnce;
        }
        let is_asked = self.unread(session) > 0 || session.stands.to_acknowledge > 0;
        if is_asked { Asks::ToRead } else { Asks::Nobody }
    }

    fn forget(&mut self, digests: impl Iterator<Item = Bytes>) {
        for digest in digests {
            self.seen.remove(&digest);
            self.partly.remove(&digest);
            self.told_shown.remove(&digest);
            self.rung.remove(&digest);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::hotline::console::screen::{console, live, text, told};
    use crate::cli::hotline::console::state::Effect;
    use crate::codec::proto::detente::evidence::v1::Precedence;
    use crate::codec::proto::detente::v1::join_response::What;
    use crate::domain::content::Kind;
    use crate::domain::time::Instant;

    /// A session that this Party began, as it is told while the console joins.
    fn begins(state: &mut State, number: u16, by: &str, line: calls::SessionLine) -> Bytes {
        let thread = Bytes::from(u128::from(number).to_be_bytes().to_vec());
        let stands = calls::Session {
            opened_by: by.into(),
            newest_at_ms: i64::from(number),
            opening: line.digest.clone(),
            unread: 1,
            ..Default::default()
        };
        for what in [What::Session(stands), What::Line(line)] {
            let (thread, what) = (thread.clone(), Some(what));
            state.told(calls::JoinResponse { thread, what, ..Default::default() }, Instant(0));
        }
        thread
    }

    #[test]
    fn a_flash_opening_is_here_and_rings_however_many_sessions_another_party_begins() {
        let many = u16::try_from(limits::CONSOLE_SESSIONS_MAX).unwrap() + 100;
        let floods = [("BY", Precedence::Routine), ("BY", Precedence::Flash), ("LT", Precedence::Routine)];
        for (by, precedence) in floods {
            let mut state = State::new("PL".into(), (80, 24));
            // It is the one that is looked at.
            begins(&mut state, 0, "BY", text(2, "BY", "one"));
            let opening =
                calls::SessionLine { kind: Kind::SessionOpening.name().into(), ..text(1, "LT", "") };
            let flash = begins(&mut state, 1, "LT", opening);
            for number in 2..many {
                let digest = Bytes::from(u128::from(number).to_be_bytes().repeat(2));
                let precedence = precedence as i32;
                begins(
                    &mut state,
                    number,
                    by,
                    calls::SessionLine { digest, precedence, ..text(1, by, "one") },
                );
            }
            assert_eq!(state.sessions.len(), limits::CONSOLE_SESSIONS_MAX);
            assert_eq!(state.sessions.get(&flash).map(|session| session.lines.len()), Some(1), "{by}");
            assert!(state.told(live(), Instant(1)).contains(&Effect::Bell));
        }
    }

    #[test]
    fn much_text_takes_no_line_of_another_party_and_none_of_its_own_that_waits_while_others_are_read() {
        let long = "x".repeat(limits::CONSOLE_BYTES_MAX / 16);
        let mut state = console(&[text(1, "PL", "ours"), text(2, "LT", &long), text(3, "BY", "unread")]);
        for number in 4..40 {
            let mut read = text(number, "BY", &long);
            (read.states[0].read_at_ms, read.read_by_caller) = (9, true);
            state.told(told(read), Instant(1));
        }
        let session = state.session().unwrap();
        assert!(session.partial && session.bytes <= limits::CONSOLE_BYTES_MAX);
        let places: Vec<u32> = session.lines.iter().map(|line| line.position).collect();
        assert_eq!((&places[..3], places.last()), (&[1, 2, 3][..], Some(&39)));
    }

    #[test]
    fn a_flood_takes_the_room_of_its_own_session_alone_and_what_was_left_out_is_said() {
        let mut state = console(&[text(1, "BY", "one"), text(2, "BY", "two")]);
        let long = "x".repeat(limits::CONSOLE_BYTES_MAX / 8);
        for number in 1..30_u8 {
            let mut flood = told(text(1, "LT", &long));
            flood.thread = vec![9; 16].into();
            if let Some(calls::join_response::What::Line(line)) = &mut flood.what {
                line.position = u32::from(number);
                line.digest = vec![100 + number; 32].into();
            }
            state.told(flood, Instant(i64::from(number)));
            let bytes: usize = state.sessions.values().map(|one| one.bytes).sum();
            assert!(bytes <= limits::CONSOLE_BYTES_MAX, "{bytes}");
        }
        let flooded = &state.sessions[&Bytes::from(vec![9; 16])];
        assert!(flooded.partial && flooded.lines.last().is_some_and(|line| line.position == 29));
        let other = state.session().unwrap();
        assert!(!other.partial && other.lines.len() == 2);
        // What becomes of a line that was left out brings it back as nothing new.
        let mut changed = told(text(1, "LT", "again"));
        changed.thread = vec![9; 16].into();
        changed.what = changed.what.map(|what| match what {
            calls::join_response::What::Line(line) => calls::join_response::What::Changed(line),
            other => other,
        });
        let before = flooded.lines.len();
        state.told(changed, Instant(99));
        assert_eq!(state.sessions[&Bytes::from(vec![9; 16])].lines.len(), before);
    }

    #[test]
    fn lines_that_moved_take_their_new_places_at_once_and_what_is_selected_stays_selected() {
        let named = Bytes::from(vec![77; 32]);
        let mut third = text(3, "BY", "three");
        third.missing = vec![named.clone()];
        let mut state = console(&[text(1, "BY", "one"), text(2, "BY", "two"), third]);
        state.scroll.selected = 1;
        let moved = |number: u8, position: u32, names: Option<calls::MovedNames>| calls::MovedLine {
            digest: vec![number; 32].into(),
            position,
            unseen: 1,
            names,
        };
        let names = calls::MovedNames { unseen_texts: vec![named], missing: Vec::new() };
        // One that was left out here is among them.
        let lines = vec![moved(2, 4, None), moved(3, 2, Some(names)), moved(50, 3, None)];
        let what = Some(calls::join_response::What::Moved(calls::MovedLines { lines }));
        let thread = state.thread.clone();
        state.told(calls::JoinResponse { thread, what, ..Default::default() }, Instant(1));
        let session = state.session().unwrap();
        let seen: Vec<(u32, &str, u32, usize, usize)> = session
            .lines
            .iter()
            .map(|line| {
                let (unseen, missing) = (line.unseen_texts.len(), line.missing.len());
                (line.position, line.text.as_str(), line.unseen, unseen, missing)
            })
            .collect();
        assert_eq!(seen, [(1, "one", 0, 0, 0), (2, "three", 1, 1, 0), (4, "two", 1, 0, 0)]);
        assert_eq!(session.bytes, session.lines.iter().map(takes).sum::<usize>());
        assert_eq!(state.selected().unwrap().text, "two");
        // Of a session that is not here nothing begins to be.
        let what = Some(calls::join_response::What::Moved(calls::MovedLines::default()));
        state
            .told(calls::JoinResponse { thread: vec![9; 16].into(), what, ..Default::default() }, Instant(2));
        assert_eq!(state.sessions.len(), 1);
    }
}
