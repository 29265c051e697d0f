//! How much a console keeps of what it is told: what is said next has room, whoever floods.
//!
//! Never here: a session or a text that is left out without a word. The node has all, and the console says so.

use std::collections::BTreeMap;

use bytes::Bytes;
use prost::Message as _;

use super::state::{Session, State};
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

    /// Leaves out the first half of the lines, but not this one. Their digests.
    fn halve(&mut self, but: Option<&Bytes>) -> Vec<Bytes> {
        let half = self.lines.len().div_ceil(2);
        let mut left_out = Vec::new();
        let mut at: usize = 0;
        self.lines.retain(|line| {
            at = at.saturating_add(1);
            let stays = at > half || Some(&line.digest) == but;
            if !stays {
                left_out.push(line.digest.clone());
            }
            stays
        });
        self.bytes = self.lines.iter().map(takes).fold(0, usize::saturating_add);
        self.partial = true;
        left_out
    }
}

fn takes(line: &calls::SessionLine) -> usize {
    size_of::<calls::SessionLine>().saturating_add(line.encoded_len())
}

impl State {
    /// Of too many sessions the oldest goes; of too much text the session that takes most loses its first lines, so
    /// that whoever floods one takes the room of no other.
    pub fn make_room(&mut self) {
        while self.sessions.len() > limits::CONSOLE_SESSIONS_MAX {
            let others = self.sessions.iter().filter(|(thread, _)| **thread != self.thread);
            let oldest =
                others.min_by_key(|(_, session)| (session.stands.unread > 0, session.stands.newest_at_ms));
            let Some(oldest) = oldest.map(|(thread, _)| thread.clone()) else { return };
            let gone = self.sessions.remove(&oldest).unwrap_or_default();
            self.forget(gone.lines.into_iter().map(|line| line.digest));
            self.left_out.insert(oldest);
        }
        let bytes =
            |state: &State| state.sessions.values().map(|one| one.bytes).fold(0, usize::saturating_add);
        while bytes(self) > limits::CONSOLE_BYTES_MAX {
            let largest = self.sessions.iter().max_by_key(|(_, session)| session.bytes);
            let Some(thread) = largest.map(|(thread, _)| thread.clone()) else { return };
            let selected = self.selected().map(|line| line.digest.clone());
            let mut gone = Vec::new();
            self.keeping_place(&thread, |sessions| {
                let session = sessions.entry(thread.clone()).or_default();
                gone = session.halve(selected.as_ref());
            });
            if gone.is_empty() {
                return;
            }
            self.forget(gone.into_iter());
        }
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
    use crate::cli::hotline::console::screen::{console, text, told};
    use crate::domain::time::Instant;

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
