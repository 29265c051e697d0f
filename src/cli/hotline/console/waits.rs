//! What waits for an officer in the sessions of a console, and what of it one key acknowledges.
//!
//! Never here: what is put on record of it.

use bytes::Bytes;

use super::end::{at_the_end, beside, end_of, is_whole_there};
use super::rows::{is_left, is_text, is_unread};
use super::state::{Effect, Link, State};
use crate::cli::hotline::way::to_read;
use crate::codec::proto::detente::evidence::v1::Precedence;
use crate::codec::proto::detente::v1 as calls;

/// What is told of what waits: it goes once it is so no more, without a key.
pub const NOTHING_UNREAD: &str = "nothing is unread";
pub const ALL_READ: &str = "every text of this session is read";
/// Of what was selected nothing waits: something else is, and the key is pressed again for it.
pub const NEXT_UNREAD: &str = "nothing waits at that one: this is the next, r";
pub const NEXT_LEFT: &str = "nobody here has acknowledged this one: r";
pub const GOES_LATER: &str = "it goes, once, when the node is there again";

/// Whether it asks for an officer at once.
pub fn is_flash(one: &calls::SaidBeside) -> bool {
    one.precedence == Precedence::Flash as i32
}

impl State {
    /// In the session that is looked at.
    pub fn first_waiting(&self) -> Option<usize> {
        let session = self.session()?;
        session.lines.iter().position(|line| self.waits(session, line))
    }

    /// The first that waits for an acknowledgement and is no unread text: behind the last line the end of the session.
    pub fn first_left(&self) -> Option<usize> {
        let session = self.session()?;
        let is_it =
            |line: &calls::SessionLine| is_left(line, &self.own) || beside(session, line).next().is_some();
        let end = at_the_end(session).any(is_whole_there).then_some(session.lines.len());
        session.lines.iter().position(is_it).or(end)
    }

    /// What is acknowledged where the officer is, and what has to have stood on the screen for that.
    pub fn readable(&self) -> Option<(Bytes, Option<Bytes>)> {
        let session = self.session()?;
        let Some(line) = session.lines.get(self.scroll.selected) else {
            let one = at_the_end(session).find(|one| is_whole_there(one))?;
            return Some((one.digest.clone(), end_of(session)));
        };
        let is_left = is_left(line, &self.own);
        let digest = if is_unread(line, &self.own) || is_left {
            to_read(line)
        } else {
            &beside(session, line).next()?.digest
        };
        Some((digest.clone(), (is_text(line) || is_left).then(|| line.digest.clone())))
    }

    /// Once for each FLASH that is said beside the lines of a session.
    pub fn ring_beside(&mut self, thread: &Bytes) -> Option<Effect> {
        let all = &self.sessions.get(thread)?.stands.beside;
        let flashes: Vec<Bytes> =
            all.iter().filter(|one| is_flash(one)).map(|one| one.digest.clone()).collect();
        let new = flashes.into_iter().filter(|digest| self.rung.insert(digest.clone())).count();
        (new > 0).then_some(Effect::Bell)
    }

    /// Takes away what the officer was told of what waits, where it is so no more.
    pub fn settle_notice(&mut self) {
        let is_over = match self.notice.as_str() {
            NOTHING_UNREAD => self.comes_next().is_some(),
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
    use crate::cli::hotline::console::composer::Edit;
    use crate::cli::hotline::console::keys::{At, Key};
    use crate::cli::hotline::console::rows::{Look, rows};
    use crate::cli::hotline::console::screen::{console, live, text, told};
    use crate::cli::hotline::console::state::View;
    use crate::cli::hotline::console::stood::drawn;
    use crate::codec::proto::detente::evidence::v1::Traffic;
    use crate::codec::proto::detente::v1::join_request::What as Said;
    use crate::codec::proto::detente::v1::join_response::What;
    use crate::domain::digest::CommandId;
    use crate::domain::time::Instant;

    fn press(state: &mut State, key: Key) -> Vec<Effect> {
        state.press(key, At { now: Instant(1), id: CommandId([1; 16]) })
    }

    #[test]
    fn a_translation_is_acknowledged_at_its_text_once_it_has_stood_there_as_well() {
        let mut read = text(1, "BY", "one");
        (read.states[0].read_at_ms, read.read_by_caller) = (9, true);
        let (of, digest) = (read.digest.clone(), Bytes::from(vec![9; 32]));
        let mut state = console(&[read.clone()]);
        press(&mut state, Key::Enter);
        state.seen.insert(of.clone());
        let beside = calls::SaidBeside {
            digest: digest.clone(),
            kind: crate::domain::content::Kind::Translation.name().into(),
            precedence: Precedence::Flash as i32,
            about: of.clone(),
            ..Default::default()
        };
        let thread = state.thread.clone();
        state.sessions.get_mut(&thread).unwrap().stands.beside.push(beside);
        // It is known of, and does not stand at its text yet: that is no place to acknowledge it.
        assert_eq!(state.readable(), None);
        assert!(state.alarms_in(state.session().unwrap()));
        read.translations = vec![calls::TextTranslation { digest: digest.clone(), ..Default::default() }];
        let what = Some(What::Changed(read));
        state.told(calls::JoinResponse { thread, what, ..Default::default() }, Instant(2));
        press(&mut state, Key::Character('n'));
        assert!(press(&mut state, Key::Character('r')).is_empty() && state.notice.starts_with("PgDn"));
        state.seen.insert(of);
        let effects = press(&mut state, Key::Character('r'));
        assert!(matches!(&effects[..], [Effect::Say(Said::Read(asked))] if asked.digest == digest));
    }

    #[test]
    fn a_flash_translation_of_an_own_text_hides_no_unread_flash_text_from_the_key_for_the_next() {
        let own = text(1, "PL", "of our own");
        let of = own.digest.clone();
        let mut state = console(&[own, text(2, "BY", "two")]);
        let beside = calls::SaidBeside {
            digest: vec![9; 32].into(),
            kind: crate::domain::content::Kind::Translation.name().into(),
            precedence: Precedence::Flash as i32,
            about: of,
            ..Default::default()
        };
        let thread = state.thread.clone();
        let session = state.sessions.get_mut(&thread).unwrap();
        session.lines[0].translations =
            vec![calls::TextTranslation { digest: beside.digest.clone(), ..Default::default() }];
        session.stands.beside.push(beside);
        press(&mut state, Key::Character('n'));
        assert_eq!(state.scroll.selected, 1);
        state.sessions.get_mut(&thread).unwrap().lines[1].read_by_caller = true;
        state.sessions.get_mut(&thread).unwrap().lines[1].states[0].read_at_ms = 9;
        press(&mut state, Key::Character('n'));
        assert_eq!(state.scroll.selected, 0, "and then that");
    }

    #[test]
    fn a_text_that_comes_is_not_selected_while_older_ones_are_unread() {
        let mut state = console(&[text(1, "BY", "one"), text(2, "PL", "of our own")]);
        press(&mut state, Key::Enter);
        press(&mut state, Key::Edit(Edit::End));
        state.told(told(text(3, "BY", "three")), Instant(2));
        assert_eq!(state.scroll.selected, 1, "the first is unread");
        let line = &mut state.sessions.get_mut(&state.thread).unwrap().lines;
        for read in [0, 2] {
            (line[read].states[0].read_at_ms, line[read].read_by_caller) = (9, true);
        }
        press(&mut state, Key::Edit(Edit::End));
        state.told(told(text(4, "BY", "four")), Instant(3));
        assert_eq!(state.scroll.selected, 3);
    }

    #[test]
    fn what_is_selected_is_acknowledged_whatever_text_of_the_session_is_unread_and_else_it_is_said_why_not() {
        let kind = crate::domain::content::Kind::SessionOpening.name().to_owned();
        let opening = calls::SessionLine { kind, ..text(1, "BY", "") };
        let mut state = console(&[opening.clone(), text(2, "BY", "two")]);
        press(&mut state, Key::Enter);
        state.scroll.selected = 0;
        assert!(press(&mut state, Key::Character('r')).is_empty(), "it stood nowhere yet");
        assert!(state.notice.starts_with("PgDn, then r:") && state.scroll.selected == 0, "{}", state.notice);
        state.seen.insert(opening.digest.clone());
        let effects = press(&mut state, Key::Character('r'));
        assert!(matches!(&effects[..], [Effect::Say(Said::Read(asked))] if asked.digest == opening.digest));
        assert_eq!(state.scroll.selected, 0);
        // Acknowledged, it waits no more: the unread text is gone to, and that is said.
        let session = state.sessions.get_mut(&state.thread).unwrap();
        (session.lines[0].states[0].read_at_ms, session.lines[0].read_by_caller) = (9, true);
        assert!(press(&mut state, Key::Character('r')).is_empty());
        assert_eq!((state.scroll.selected, state.notice.as_str()), (1, NEXT_UNREAD));
    }

    #[test]
    fn an_opening_that_is_acknowledged_and_not_accepted_hides_no_unread_flash_of_another_session() {
        let kind = crate::domain::content::Kind::SessionOpening.name().to_owned();
        let mut opening = calls::SessionLine { kind, ..text(1, "BY", "") };
        let mut state = console(&[opening.clone()]);
        let says = |state: &State| {
            let (own, line) = (state.own.as_str(), &state.session().unwrap().lines[0]);
            let place = |_: &[u8]| None::<u32>;
            let (columns, selected, alarms, drafted, beside) = (80, false, true, false, Vec::new());
            let look = Look { own, columns, place: &place, selected, alarms, drafted, beside };
            rows(line, &look).iter().any(|row| row.pieces[0].text == "NOT ACKNOWLEDGED: r")
        };
        let thread = Bytes::from(vec![6_u8; 16]);
        let stands = calls::Session { traffic: Traffic::Real as i32, ..Default::default() };
        let later = calls::SessionLine { recorded_at_ms: 9, ..text(2, "BY", "two") };
        for what in [What::Session(stands), What::Line(later)] {
            let told = calls::JoinResponse { thread: thread.clone(), what: Some(what), ..Default::default() };
            state.told(told, Instant(1));
        }
        press(&mut state, Key::Character('n'));
        assert_eq!(state.thread[..], [7; 16], "nobody here has acknowledged it, and it is the older one");
        assert!(says(&state));
        (opening.states[0].read_at_ms, opening.read_by_caller) = (9, true);
        let what = Some(What::Changed(opening));
        let changed = calls::JoinResponse { thread: state.thread.clone(), what, ..Default::default() };
        state.told(changed, Instant(2));
        assert!(!says(&state));
        press(&mut state, Key::Character('n'));
        assert_eq!(state.thread, thread);
        // It is offered still, and comes once nothing else does.
        state.sessions.get_mut(&thread).unwrap().lines[0].states[0].read_at_ms = 9;
        state.sessions.get_mut(&thread).unwrap().lines[0].read_by_caller = true;
        press(&mut state, Key::Character('n'));
        assert_eq!(state.thread[..], [7; 16]);
    }

    #[test]
    fn a_flash_that_is_handed_on_rings_and_is_gone_to_and_not_acknowledged_where_its_text_does_not_stand() {
        let mut read = text(1, "BY", "one");
        (read.states[0].read_at_ms, read.read_by_caller) = (9, true);
        let mut state = console(&[read]);
        let handed_on = calls::SaidBeside {
            digest: vec![9; 32].into(),
            kind: crate::domain::content::Kind::Forwarded.name().into(),
            precedence: Precedence::Flash as i32,
            ..Default::default()
        };
        let stands = calls::Session { beside: vec![handed_on], ..state.session().unwrap().stands.clone() };
        let (thread, what) = (state.thread.clone(), Some(What::Session(stands)));
        let told = calls::JoinResponse { thread, what, ..Default::default() };
        assert_eq!(state.told(told, Instant(2)), [Effect::Bell]);
        assert!(state.alarms_in(state.session().unwrap()));
        press(&mut state, Key::Character('n'));
        assert_eq!((state.view, state.scroll.selected), (View::Session, 1), "at the end of the session");
        assert!(press(&mut state, Key::Character('r')).is_empty() && state.waiting.is_empty());
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
            drawn(&mut state);
            press(&mut state, key);
        }
        assert_eq!(state.notice, GOES_LATER);
        state.told(live(), Instant(5));
        assert_eq!(state.notice, "");
    }
}
