//! A session as it stands between two of those who are present: what both have of it, in the order of their transcript.
//!
//! Never here: anything that one of the two has not, not even that there is such.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::lines::{answered, lines, may_be_had};
use super::session::{Session, Spoken, State, seen_in};
use crate::domain::content::Content;
use crate::domain::digest::Digest;
use crate::domain::party::Party;

impl Session {
    /// As `own` reads it, of what it and the other both have: present are those whom that names, and it stands as these
    /// two hold it to stand. `None` where they have nothing in common.
    pub fn between(&self, own: Party, other: Party) -> Option<Session> {
        let both = self.common(own, other);
        let first = both.first().copied()?;
        let comes_in = |one: &&Arc<Spoken>| matches!(&one.said.content, Content::SessionAddition(form) if form.party == other.as_str());
        let begins = if self.begins.is_had_by(other) {
            &self.begins
        } else {
            both.iter().copied().find(comes_in).unwrap_or(first)
        };
        let begins = begins.clone();
        let missing: BTreeMap<Digest, &[Digest]> =
            self.lines.iter().map(|line| (line.spoken.said.message, &line.missing[..])).collect();
        let mut lines = lines(&both, own);
        for line in &mut lines {
            let seen = seen_in(&line.spoken.said.content).iter();
            let may_have = seen.filter(|one| may_be_had(one, other));
            let may_have: BTreeSet<Digest> = may_have.filter_map(|one| Some(one.message?.0)).collect();
            let missing = missing.get(&line.spoken.said.message).copied().unwrap_or_default();
            line.missing = missing.iter().filter(|digest| may_have.contains(*digest)).copied().collect();
        }
        let mut on = BTreeMap::new();
        for one in both.iter().copied() {
            if matches!(&one.said.content, Content::SessionAcceptance(_)) {
                on.insert(one.said.author, one.clone());
            }
        }
        let closes = self.closes.iter().filter(|(party, _)| [own, other].contains(*party));
        let closes = closes.map(|(party, close)| (*party, close.clone()));
        let closes = closes.filter(|(_, close)| close.is_had_by(own) && close.is_had_by(other)).collect();
        let is_theirs = |one: (Party, Party)| one == (own, other) || one == (other, own);
        let pairs = self.pairs.iter().filter(|pair| is_theirs(pair.between)).cloned().collect();
        let is_had = |addition: &Arc<Spoken>| addition.is_had_by(own) && addition.is_had_by(other);
        let came_in = self.came_in.iter().map(|(party, addition)| (*party, addition.clone()));
        let came_in = came_in.filter(|(_, addition)| is_had(addition)).collect();
        let (apart, present, state) = (Vec::new(), vec![own, other], State::Offered);
        let (answered, said_since) = (answered(&lines), self.said_since.clone());
        let mut two = Session {
            begins,
            present,
            came_in,
            on,
            lines,
            answered,
            apart,
            closes,
            said_since,
            pairs,
            state,
        };
        two.state = two.state_now();
        let is_named = |party: &&Party| both.iter().any(|one| one.is_had_by(**party));
        two.present = self.present.iter().filter(is_named).copied().collect();
        Some(two)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::digest::ThreadId;
    use crate::domain::form::{MessageDigest, Prose};
    use crate::domain::hotline::made::{digest, party, spoken};
    use crate::domain::hotline::{SeenLast, SessionOpening, SessionText};

    const THREAD: ThreadId = ThreadId([7; 16]);

    #[test]
    fn between_two_a_session_stands_by_what_these_two_have_and_signed() {
        let mut all = vec![
            spoken(0, "BY", &["LT", "PL"], Content::SessionOpening(SessionOpening::default())),
            spoken(1, "LT", &["PL"], {
                let message = Some(MessageDigest(digest(0)));
                let seen = vec![SeenLast { message, ..SeenLast::default() }];
                Content::SessionText(SessionText {
                    text: Prose("Stop.".into()),
                    seen,
                    ..SessionText::default()
                })
            }),
        ];
        for (at, by, to) in [(2, "BY", ["LT", "PL"]), (3, "PL", ["BY", "LT"])] {
            let close = Session::of(THREAD, &all, party(by)).unwrap().close_by(THREAD, party(by));
            all.push(spoken(at, by, &to, Content::SessionClose(close)));
        }
        let session = Session::of(THREAD, &all, party("PL")).unwrap();
        assert_ne!(session.state, State::Closed, "LT has not closed");
        let with_by = session.between(party("PL"), party("BY")).unwrap();
        assert_eq!(with_by.lines.len(), 1);
        assert_eq!(with_by.state, State::Closed, "{:?}", with_by.pairs);
        let with_lt = session.between(party("PL"), party("LT")).unwrap();
        assert_eq!((with_lt.lines.len(), with_lt.state), (2, State::Closing));
        assert_eq!(with_lt.closes.keys().copied().collect::<Vec<_>>(), [party("PL")]);
        for two in [with_by, with_lt] {
            assert_eq!(two.present, session.present, "the opening names all three");
        }
    }
}
