//! To whom of a session a message of it did not go: as one that was written before a Party came in, and released after.
//!
//! Never here: a Party that came in after the message was on record, which could not have it.

use std::sync::Arc;

use super::references::answered_not_to;
use super::speak::{Speaker, knows};
use super::told::Told;
use crate::domain::hotline::session::{Session, Spoken};
use crate::domain::party::Party;
use crate::registrar::Head;
use crate::rpc::draft;

/// By code, those who were in the session when this one was put on record here, and to whom it is not addressed.
pub(super) fn of(session: &Session, spoken: &Spoken, own: Party) -> Vec<String> {
    let others = session.present.iter().filter(|party| **party != own && !spoken.is_had_by(**party));
    others.filter(|party| is_in_before(session, **party, spoken.recorded)).map(Party::to_string).collect()
}

/// Whether a Party is in by what records before this one hold. An addition to which not all agree brings nobody in.
fn is_in_before(session: &Session, party: Party, record: u64) -> bool {
    let is_before = |addition: &Arc<Spoken>| addition.recorded < record;
    session.begins.is_had_by(party) || session.came_in.get(&party).is_some_and(is_before)
}

impl Speaker<'_> {
    /// Parties of the session to whom it does not go, since they are not known here; and those to whom it does, and
    /// what it answers did not.
    pub async fn not_addressed(&self, head: &Head, body: &draft::Body) -> (Vec<String>, Vec<String>) {
        if self.opening.is_none() {
            return Default::default();
        }
        // What is on record has its answer also where the thread can't be read as a session any more.
        let addressed = body.outgoing.parties();
        let unknown = |told: &Told| {
            let Some(session) = told.session() else { return Vec::new() };
            let is_unknown =
                |party: &&Party| **party != told.own && !addressed.contains(party) && !knows(head, **party);
            session.present.iter().filter(is_unknown).map(Party::to_string).collect()
        };
        let look = |told: &Told| (unknown(told), answered_not_to(told, body));
        self.kept.of(head, &self.registrar.journal, self.thread, look).await.unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::content::Content;
    use crate::domain::digest::ThreadId;
    use crate::domain::form::MessageDigest;
    use crate::domain::hotline::made::{digest, party, spoken};
    use crate::domain::hotline::{SeenLast, Sees, SessionAddition, SessionOpening, SessionText};

    #[test]
    fn what_did_not_go_to_a_party_that_was_in_by_then_says_so_and_what_was_said_before_does_not() {
        // Each was written with sight of the one before.
        let seen = |before: u64| {
            let message = Some(MessageDigest(digest(before)));
            vec![SeenLast { message, not_to: vec!["LT".into()], ..Default::default() }]
        };
        let text =
            |before: u64| Content::SessionText(SessionText { seen: seen(before), ..SessionText::default() });
        let addition = |before: u64| {
            let (party, sees, seen) = ("LT".into(), Some(Sees::FromNowOn), seen(before));
            Content::SessionAddition(SessionAddition { party, sees, seen, ..SessionAddition::default() })
        };
        let all = [
            spoken(0, "BY", &["PL"], Content::SessionOpening(SessionOpening::default())),
            spoken(1, "PL", &["BY"], text(0)),
            spoken(2, "PL", &["BY"], addition(1)),
            spoken(3, "BY", &["PL", "LT"], addition(2)),
            spoken(4, "PL", &["BY"], text(3)),
            spoken(5, "PL", &["BY", "LT"], text(4)),
        ];
        for own in ["BY", "PL"] {
            let session = Session::of(ThreadId([7; 16]), &all, party(own)).unwrap();
            let not_to: Vec<Vec<String>> = all.iter().map(|one| of(&session, one, party(own))).collect();
            let none: Vec<String> = Vec::new();
            let expected = [none.clone(), none.clone(), none.clone(), none.clone(), vec!["LT".into()], none];
            assert_eq!(not_to, expected, "{own}: {:?}", session.present);
        }
    }

    #[test]
    fn an_addition_to_which_not_all_agree_brings_nobody_in_and_what_is_said_after_it_leaves_nobody_out() {
        let seen = |before: u64| {
            let message = Some(MessageDigest(digest(before)));
            vec![SeenLast { message, not_to: vec!["LT".into()], ..Default::default() }]
        };
        let addition = |before: u64| {
            let (party, sees, seen) = ("LT".into(), Some(Sees::FromNowOn), seen(before));
            Content::SessionAddition(SessionAddition { party, sees, seen, ..SessionAddition::default() })
        };
        let text = Content::SessionText(SessionText { seen: seen(1), ..SessionText::default() });
        let all = [
            spoken(0, "BY", &["PL"], Content::SessionOpening(SessionOpening::default())),
            // BY has not said so yet.
            spoken(1, "PL", &["BY", "LT"], addition(0)),
            spoken(2, "PL", &["BY"], text),
            spoken(3, "BY", &["PL", "LT"], addition(2)),
        ];
        let session = Session::of(ThreadId([7; 16]), &all, party("BY")).unwrap();
        assert!(session.is_present("LT"), "{:?}", session.present);
        let none: Vec<String> = Vec::new();
        assert_eq!(of(&session, &all[2], party("BY")), none);
    }
}
