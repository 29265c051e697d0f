//! Duties on the Board: what may be put on record about them, and which messages are to be considered.
//!
//! What a duty rests on that the Board holds is asked here again: that both Parties are bound by that very text
//! when the message was released, that nothing reserves or suspends the paragraph, that it is past due before
//! anything is said to have lapsed. Never here: what a form says, or a count of days.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::decide::{Decision, happened};
use super::{Board, Own};
use crate::domain::digest::Digest;
use crate::domain::duty::{
    Applies, Cause, DutiesNoted, Duty, Lifting, OfAuthor, Opened, Reserved, Rule, Step, TakenBack, reserved,
};
use crate::domain::event::{Event, Record};
use crate::domain::fact::Gist;
use crate::domain::kind::Kind;
use crate::domain::message::{Message, Outcome, Receipt};
use crate::domain::party::Party;
use crate::domain::refusal::Refusal;
use crate::domain::time::Instant;
use crate::limits;

impl Board {
    pub(super) fn note_duties(&self, own: Own, noted: &DutiesNoted, now: Instant) -> Decision {
        let refused = |field: &'static str, rule: &str| Refusal::Field { field, rule: rule.into() };
        match noted.about {
            Some(about) => {
                let there = self.messages.get(&about).ok_or(Refusal::NoSuchMessage)?;
                if !self.duties.pending_at(there.index, &about) {
                    return Err(refused("about", "is not to be considered, or was").into());
                }
                // So that it ends.
                if noted.once_more && !noted.leaves_more() {
                    return Err(refused("once_more", "nothing is brought about or undone").into());
                }
                if noted.is_unreadable && noted.says_more() {
                    return Err(refused("is_unreadable", "nothing follows from what can't be read").into());
                }
            }
            None if noted.opened.is_empty() && noted.steps.is_empty() => {
                return Err(refused("about", "nothing is noted").into());
            }
            None if noted.is_of_a_message() => {
                return Err(refused("about", "must be given where more is awaited").into());
            }
            None => {}
        }
        let mut bonds = Bonds::of(self, own.party);
        for opened in &noted.opened {
            self.check_opened(own, noted.about, opened, (now, &mut bonds))?;
        }
        let mut taken = BTreeSet::new();
        for (number, step) in &noted.steps {
            let duty = self.duties.get(*number).ok_or(refused("steps", "there is no such duty"))?;
            if !duty.may(step) || !taken.insert(*number) {
                return Err(refused("steps", "this may not come next").into());
            }
            match step {
                Step::Lapsed | Step::Alarmed | Step::Doubted { .. } if now <= duty.opened.due => {
                    return Err(refused("steps", "it is not past due").into());
                }
                Step::Lifted(Lifting::Suspended { by })
                    if bonds.applies(duty, now) != Applies::SuspendedBy(*by) =>
                {
                    return Err(refused("steps", "this word does not suspend it").into());
                }
                Step::Resumed if bonds.applies(duty, now) != Applies::Yes => {
                    return Err(refused("steps", "it does not apply between the two").into());
                }
                Step::Answered { message } | Step::Met { message, .. } | Step::TakenBack { message, .. }
                    if !self.messages.contains_key(message) =>
                {
                    return Err(Refusal::NoSuchMessage.into());
                }
                Step::TakenBack { why: TakenBack::Withdrawn { by }, .. }
                    if !self.messages.contains_key(by) =>
                {
                    return Err(Refusal::NoSuchMessage.into());
                }
                Step::Answered { .. }
                | Step::Met { .. }
                | Step::JudgedInsufficient { .. }
                | Step::Lapsed
                | Step::Alarmed
                | Step::Doubted { .. }
                | Step::Lifted(_)
                | Step::Resumed
                | Step::TakenBack { .. } => {}
            }
        }
        happened(Event::DutiesNoted(Box::new(noted.clone())))
    }

    /// Whether the rule of a duty applies between the two: now, or when it fell due, if that was before.
    pub fn applies(&self, own: Party, duty: &Duty, now: Instant) -> Applies {
        Bonds::of(self, own).applies(duty, now)
    }

    fn check_opened(
        &self,
        own: Own,
        about: Option<Digest>,
        opened: &Opened,
        (now, bonds): (Instant, &mut Bonds),
    ) -> Result<(), Refusal> {
        let refused = |rule: &str| Err(Refusal::Field { field: "opened", rule: rule.into() });
        let other = match (opened.owed_by == own.party, opened.owed_to == own.party) {
            (true, false) => opened.owed_to,
            (false, true) => opened.owed_by,
            (true, true) | (false, false) => return refused("is not between this Party and another"),
        };
        self.known_link(other)?;
        let released = match opened.cause {
            Cause::Message { digest, thread } if about == Some(digest) => {
                let entry = self.thread(thread).and_then(|thread| thread.entry(&digest));
                entry.ok_or(Refusal::NoSuchMessage)?.released_at
            }
            Cause::Year(_) if about.is_none() => now,
            Cause::Message { .. } | Cause::Year(_) => return refused("is of another message"),
        };
        match bonds.between(other, &opened.rule, released) {
            Between::Unbound => return refused("the two are not bound to each other by that text"),
            Between::Bound(Some(_)) => {
                return refused("the paragraph is reserved, suspended, or voluntary between the two");
            }
            Between::Bound(None) => {}
        }
        if self.duties.has(opened) {
            return refused("is on record already");
        }
        if self.duties.open_with(other, opened.traffic) >= limits::DUTIES_OPEN_PER_PARTY_MAX {
            let most = usize::try_from(limits::DUTIES_OPEN_PER_PARTY_MAX).unwrap_or(usize::MAX);
            return Err(Refusal::TooMany { what: "open duties with one Party", most });
        }
        Ok(())
    }

    pub(super) fn duties_noted(&mut self, record: &Record, noted: &DutiesNoted) {
        let Some(own) = self.own else { return };
        let there = noted.about.and_then(|about| self.messages.get(&about)).map(|there| there.index);
        let mut duties = std::mem::take(&mut self.duties);
        duties.note(noted, (record.index, record.at), own.party, there, |awaited| {
            self.link(awaited.party)
                .is_some_and(|link| link.lane(awaited.lane).owed.contains_key(&awaited.serial))
        });
        self.consider_again(&mut duties, own.party, noted, (record.index, record.at));
        self.duties = duties;
    }

    /// A regime with duties is held: all in threads that cite it is to be considered.
    pub(super) fn duties_held(&mut self, regime: &str, record: u64) {
        let was_held = self.duties.is_held(regime);
        self.duties.hold(regime, record);
        let Some(own) = self.own.map(|own| own.party) else { return };
        // Of another edition only what waited for it.
        if was_held {
            return;
        }
        for (_, thread) in self.cited_in(regime, None) {
            let Some(thread) = self.threads.get(&thread) else { continue };
            let ours = thread.dispatched().iter().map(|(party, _)| *party);
            for entry in thread.entries() {
                let there = (entry.author, entry.index, entry.digest);
                if entry.author == own {
                    self.duties.consider(there, ours.clone(), record);
                } else {
                    self.duties.consider(there, [entry.author], record);
                }
            }
        }
    }

    pub(super) fn for_duties(&mut self, index: u64, message: &Gist, digest: Digest) {
        if self.is_unheard(message, digest) {
            return;
        }
        let there = (message.author, index, digest);
        let in_envelope = message.references.iter().map(|(referred, _)| *referred);
        let named: BTreeSet<Digest> = in_envelope.chain(message.named.messages.iter().copied()).collect();
        let thread = self.threads.get(&message.thread);
        let outside = |referred: &&Digest| thread.is_none_or(|thread| thread.entry(referred).is_none());
        for referred in named.iter().filter(outside) {
            self.duties.refers(there, *referred);
        }
        if let Some(taken_back) = &message.named.withdraws {
            let of = OfAuthor { thread: message.thread, author: message.author, traffic: message.traffic };
            self.duties.withdrawals.add(of, taken_back, (index, digest), &message.parties);
        }
        let cited = message.cites.as_ref().map(|(said, text)| self.name_of_cited(said, text));
        // What it takes back may have met a duty of another thread, and by its number alone.
        let concerns = self.duties.concerns(cited, message.thread, named.into_iter())
            || (message.kind == Some(Kind::MessageWithdrawal) && self.duties.count().0 > 0);
        if concerns {
            let is_ours = self.own.is_some_and(|own| own.party == message.author);
            let with =
                if is_ours { message.parties.as_slice() } else { std::slice::from_ref(&message.author) };
            let linked = with.iter().copied().filter(|party| self.links.contains_key(party));
            self.duties.consider(there, linked, index);
        }
    }

    /// Whether a word on record already takes a message of these bytes back from a Party. Of a message of which the
    /// number is not read, only what names its digest.
    pub(super) fn is_taken_back(&self, message: &Gist, digest: Digest, to: Party) -> bool {
        let of = OfAuthor { thread: message.thread, author: message.author, traffic: message.traffic };
        self.duties.withdrawals.is_any(of, &digest, message.number, to)
    }

    /// The first word on record by which its author takes a message back, whoever is told of it, and its record. `None`
    /// where it stands, and of kinds of which none is taken back; one of a kind that is not known here may be.
    pub fn taken_back_by(&self, digest: &Digest, message: &Message) -> Option<(u64, Digest)> {
        let draft = &message.draft;
        let of = OfAuthor { thread: draft.thread, author: message.author, traffic: draft.traffic };
        let may_be = Kind::from_name(&draft.kind).is_none_or(Kind::may_be_taken_back);
        let words = may_be.then(|| self.duties.withdrawals.of(of, digest, &message.number, None));
        words?.first().copied()
    }

    /// Whether its author's word in a record before this one takes a message back.
    pub fn is_taken_back_before(&self, index: u64, digest: &Digest, message: &Message) -> bool {
        self.taken_back_by(digest, message).is_some_and(|(record, _)| record < index)
    }

    /// An account of a delivery by hand is on record.
    pub(super) fn account_for_duties(&mut self, message: &Digest, party: Party, record: u64) {
        let there = self.messages.get(message).map(|there| there.index);
        if let Some((own, index)) = self.own.zip(there) {
            self.duties.by_hand((own.party, index, *message), party, record);
        }
    }

    /// A receipt is on record. Where an account of a delivery by hand counts meanwhile, whichever is earlier does from
    /// now on: the other end counts from its receipt.
    pub(super) fn receipt_for_duties(&mut self, party: Party, receipt: &Receipt, record: u64) {
        let message = &receipt.message;
        let mut resting = self.duties.of_causing(message).chain(self.duties.of_answer(message));
        let rests = |duty: &Arc<Duty>| {
            let is_with = duty.opened.owed_by == party || duty.opened.owed_to == party;
            is_with && duty.rests_on_account(message)
        };
        let is_any = receipt.outcome == Outcome::Taken && resting.any(rests);
        drop(resting);
        if is_any {
            self.account_for_duties(message, party, record);
        }
    }
}

/// What a paragraph comes to between this Party and others, each asked once in a note: an answer goes through all
/// words of both, a note may ask a thousand times, and the writer waits.
struct Bonds<'b> {
    board: &'b Board,
    own: Party,
    asked: BTreeMap<(Party, Instant, String, Digest, String), Between>,
}

#[derive(Clone, Copy)]
enum Between {
    /// They are not bound by that very text.
    Unbound,
    Bound(Option<Reserved>),
}

impl Bonds<'_> {
    fn of(board: &Board, own: Party) -> Bonds<'_> {
        Bonds { board, own, asked: BTreeMap::new() }
    }

    fn between(&mut self, other: Party, rule: &Rule, at: Instant) -> Between {
        let (board, own) = (self.board, self.own);
        let asked = (other, at, rule.regime.clone(), rule.digest, rule.paragraph.clone());
        *self.asked.entry(asked).or_insert_with(|| {
            let bond = board.bond_by_text(own, other, (rule.regime.as_str(), &rule.digest), at);
            bond.map_or(Between::Unbound, |bond| Between::Bound(reserved(&bond, &rule.paragraph)))
        })
    }

    fn applies(&mut self, duty: &Duty, now: Instant) -> Applies {
        let opened = &duty.opened;
        match self.between(duty.other_than(self.own), &opened.rule, now.min(opened.due)) {
            Between::Bound(None) => Applies::Yes,
            Between::Unbound | Between::Bound(Some(Reserved::ByAdoption)) => Applies::No,
            Between::Bound(Some(Reserved::BySuspension(by))) => Applies::SuspendedBy(by),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::digest::ThreadId;
    use crate::domain::form::{MessageDigest, MessageReference};
    use crate::domain::message::{ACKNOWLEDGEMENT, Outgoing};
    use crate::domain::party::Incarnation;
    use crate::domain::time::Instant;

    #[test]
    fn what_is_no_form_and_what_a_newer_program_says_is_taken_back_as_any_and_a_withdrawal_is_not() {
        let (thread, digest, word) = (ThreadId([1; 16]), Digest([7; 32]), (5, Digest([8; 32])));
        for (kind, taken_back_by) in [
            (Kind::Text.name(), Some(word)),
            (ACKNOWLEDGEMENT, Some(word)),
            ("newer.kind", Some(word)),
            (Kind::MessageWithdrawal.name(), None),
        ] {
            let draft = Outgoing::blank(kind, thread);
            let message = Message {
                author: "BY".parse().unwrap(),
                incarnation: Incarnation(1),
                number: "BY/31/7".into(),
                released_at: Instant(0),
                releaser: draft.drafter.clone(),
                draft,
            };
            let mut board = Board::default();
            let of = OfAuthor { thread, author: message.author, traffic: message.draft.traffic };
            let named =
                MessageReference { message_digest: Some(MessageDigest(digest)), ..Default::default() };
            board.duties.withdrawals.add(of, &named, word, &[]);
            assert_eq!(board.taken_back_by(&digest, &message), taken_back_by, "{kind}");
            let before = |index| board.is_taken_back_before(index, &digest, &message);
            assert_eq!((before(5), before(6)), (false, taken_back_by.is_some()), "{kind}");
        }
    }
}
