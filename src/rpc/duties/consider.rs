//! What one message does: which duties it brings about, and what it does to those that there are.
//!
//! Never here: a clock.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::reading::{Delivered, delivered, refers_to};
use super::records::in_records;
use super::taken_back::{Words, may_be_taken_back, takes_back};
use crate::codec::content;
use crate::domain::digest::Digest;
use crate::domain::duty::{
    Back, DutiesNoted, Duty, DutyNumber, ListEntry, Opened, Opening, Settled, Settling, State, Stated, Step,
    Unbound, entries_named, groundless, is_for_good, openings, reserved, settle,
};
use crate::domain::party::Party;
use crate::domain::regime::Regime;
use crate::domain::regime::due::number_at;
use crate::domain::regime::duty::{DutyRule, Joined, Side, Trigger};
use crate::domain::time::Instant;
use crate::journal::Journal;
use crate::limits;
use crate::registrar::Head;
use crate::replay::records::{RecordFault, StoredMessage};
use crate::rpc::held::HeldRegimes;

/// What follows from a message, to be put on record in this order. Where it can't be read, that.
///
/// # Errors
/// The journal does not answer now.
pub(super) async fn consider(
    head: &Head,
    journal: &Journal,
    own: Party,
    (index, digest): (u64, Digest),
) -> Result<Vec<DutiesNoted>, RecordFault> {
    let seen = head.chain.size;
    match worked_out(head, journal, own, (index, digest)).await {
        Ok(noted) => Ok(in_records(DutiesNoted { seen, ..noted })),
        Err(fault) if fault.is_lasting() => {
            tracing::error!(%fault, "no duty is worked out of a message that can't be read");
            let about = Some(digest);
            Ok(vec![DutiesNoted { about, is_unreadable: true, seen, ..DutiesNoted::default() }])
        }
        Err(fault) => Err(fault),
    }
}

async fn worked_out(
    head: &Head,
    journal: &Journal,
    own: Party,
    (index, digest): (u64, Digest),
) -> Result<DutiesNoted, RecordFault> {
    let mut noted = DutiesNoted { about: Some(digest), ..DutiesNoted::default() };
    let stored = head.records(journal).message(index, &digest).await?;
    let draft = &stored.message.draft;
    let said = content::said(&draft.kind, &draft.content);
    // What this program can't read moves no duty.
    let (Some(content), Some(document)) = (said.content(), draft.document()) else {
        return Ok(noted);
    };
    let stated = Stated {
        digest,
        thread: draft.thread,
        author: stored.message.author,
        traffic: draft.traffic,
        released_at: stored.message.released_at,
        action: draft.action.iter().map(|addressee| addressee.party).collect(),
        addressees: draft.parties(),
        document,
        content,
        refers_to: refers_to(draft, content),
    };
    let considering = Considering { head, journal, own, stored: &stored, stated: &stated };
    for other in considering.others() {
        considering.bring_about(other, &mut noted).await?;
        considering.settle(other, &mut noted).await?;
    }
    Ok(noted)
}

struct Considering<'c> {
    head: &'c Head,
    journal: &'c Journal,
    own: Party,
    stored: &'c StoredMessage,
    stated: &'c Stated<'c>,
}

impl Considering<'_> {
    /// The Parties with whom it may do something to a duty of ours or towards us.
    fn others(&self) -> Vec<Party> {
        let (board, stated) = (&self.head.board, self.stated);
        let own = self.own;
        let known = |party: &Party| board.link(*party).is_some();
        if stated.author == own {
            stated.addressees.iter().copied().filter(known).collect()
        } else if stated.addressees.contains(&own) {
            Some(stated.author).into_iter().filter(known).collect()
        } else {
            Vec::new()
        }
    }

    fn addressee(&self, other: Party) -> Party {
        if self.stated.author == other { self.own } else { other }
    }

    async fn delivered(&self, other: Party, regime: &Regime) -> Result<Delivered, RecordFault> {
        let message = (&self.stated.digest, self.stored);
        delivered(self.head, self.journal, message, self.addressee(other), regime).await
    }

    async fn bring_about(&self, other: Party, noted: &mut DutiesNoted) -> Result<(), RecordFault> {
        let (board, stated) = (&self.head.board, self.stated);
        let Some((name, text)) = self.cites().filter(|(name, _)| board.duties.is_held(name)) else {
            return Ok(());
        };
        let at = stated.released_at;
        // Neither may be known yet that they are bound by it, nor what it says.
        let later = Unbound { party: other, regime: name.to_owned(), text: Some(text), at };
        // Whatever other text binds the two as well.
        let Some(bond) = board.bond_by_text(self.own, other, (name, &text), at) else {
            noted.unbound.push(later);
            return Ok(());
        };
        let held = HeldRegimes::at(self.head, self.journal);
        let Some(regime) = held.regime(bond.regime).await? else {
            noted.unbound.push(later);
            return Ok(());
        };
        let open = board.duties.open_with(other, stated.traffic);
        let mut room = limits::DUTIES_OPEN_PER_PARTY_MAX.saturating_sub(open);
        let delivered = self.delivered(other, &regime).await?;
        let reached = delivered.reached();
        for (name, rule) in &regime.duties {
            if reserved(&bond, &rule.ground.paragraph).is_some() {
                continue;
            }
            for made in openings(&regime, (name, rule), stated, self.addressee(other), reached) {
                match made {
                    Opening::Nothing => {}
                    Opening::AwaitsReceipt => {
                        if let Delivered::Awaits(awaited, _) = delivered {
                            noted.receipts.push(awaited);
                        }
                    }
                    Opening::Opens(opened) if board.duties.has(&opened) => {}
                    Opening::Opens(opened) if self.was_owed_before(other, &opened) => {}
                    Opening::Opens(_) if room == 0 => noted.left_out = noted.left_out.saturating_add(1),
                    Opening::Opens(opened) => {
                        room = room.saturating_sub(1);
                        noted.once_more |= rule.joined == Joined::ByItself;
                        noted.opened.push(opened);
                    }
                }
            }
        }
        Ok(())
    }

    /// Whether the same entry stands in a list that this one takes the place of, and what was owed by it then was
    /// given, or fell due by the same day; or in a list that took the place of this one.
    fn was_owed_before(&self, other: Party, opened: &Opened) -> bool {
        let Some(entry) = opened.entry else { return false };
        let same = |duty: &&Arc<Duty>| {
            let known = &duty.opened;
            (known.owed_by, known.owed_to, known.traffic) == (opened.owed_by, opened.owed_to, opened.traffic)
                && (&known.rule.regime, &known.rule.name) == (&opened.rule.regime, &opened.rule.name)
                && known.cause.thread() == opened.cause.thread()
        };
        self.head.board.duties.of_entry(other, entry).filter(same).any(|duty| match duty.state() {
            State::Met(_) | State::Insufficient => true,
            State::Lapsed | State::Alarmed => opened.due <= duty.opened.due,
            State::Open | State::Answered | State::Unknown | State::Lifted => {
                self.caused_at(duty).is_some_and(|at| at > self.stated.released_at)
            }
        })
    }

    /// When what brought it about was released.
    fn caused_at(&self, duty: &Duty) -> Option<Instant> {
        let (digest, thread) = (duty.opened.cause.message()?, duty.opened.cause.thread()?);
        Some(self.head.board.thread(thread)?.entry(&digest)?.released_at)
    }

    /// Whether it is the list anew, an entry of which brought the duty about: of the same number, under the same
    /// regime, by a text of it that binds the two.
    fn is_in_place_of_cause(&self, duty: &Duty, rule: &DutyRule) -> bool {
        let (opened, stated) = (&duty.opened, self.stated);
        let Trigger::Message { documents, each: Some(each), .. } = &rule.trigger else { return false };
        let author = if rule.owed_by == Side::Author { opened.owed_by } else { opened.owed_to };
        opened.cause.thread() == Some(stated.thread)
            && stated.author == author
            && stated.traffic == opened.traffic
            && documents.contains(&stated.document)
            && opened.entry.map(|entry| entry.of) == number_at(stated.content, &each.of)
            && self.is_bound_by_cited(duty)
            && self.caused_at(duty).is_some_and(|at| at < stated.released_at)
    }

    /// Whether the message cites a text of the duty's regime that bound the two when it was released.
    fn is_bound_by_cited(&self, duty: &Duty) -> bool {
        let (board, at) = (&self.head.board, self.stated.released_at);
        let cited = self.cites().filter(|(name, _)| *name == duty.opened.rule.regime);
        let other = duty.other_than(self.own);
        cited.is_some_and(|(name, text)| board.bond_by_text(self.own, other, (name, &text), at).is_some())
    }

    /// The regime that the message cites: its name, as the text that it cites is called, and that text.
    fn cites(&self) -> Option<(&str, Digest)> {
        let cited = self.stored.message.draft.regime.as_ref()?;
        Some((self.head.board.name_of_cited(&cited.name, &cited.digest), cited.digest))
    }

    async fn settle(&self, other: Party, noted: &mut DutiesNoted) -> Result<(), RecordFault> {
        let held = HeldRegimes::at(self.head, self.journal);
        let concerned = self.concerned(other).await?;
        let at = (self.head, self.journal);
        let words = Words::of(&self.head.board, self.stored, self.stated, self.addressee(other));
        let mut given_back: BTreeMap<Digest, Option<Back>> = BTreeMap::new();
        for duty in concerned.values() {
            let Some(regime) = held.regime(duty.opened.rule.digest).await? else { continue };
            let Some(rule) = regime.duties.get(&duty.opened.rule.name) else { continue };
            let delivered = self.delivered(other, &regime).await?;
            let given = delivered.given();
            if let Some(step) = groundless(duty, self.stated, delivered.reached(), given) {
                noted.steps.push((duty.number, step));
                // What stands now is looked for then.
                noted.once_more = true;
                continue;
            }
            let takes_back = takes_back(at, self.stated, duty).await?;
            let taken_back = match given_back.get(&regime.head.digest) {
                _ if !is_for_good(duty, rule, self.stated) => words.first(),
                Some(known) => *known,
                None => {
                    let (back, awaits) = words.given(at, self.addressee(other), &regime).await?;
                    noted.receipts.extend(awaits);
                    noted.not_read = words.more;
                    given_back.insert(regime.head.digest, back);
                    back
                }
            };
            let is_in_place_of_cause = self.is_in_place_of_cause(duty, rule);
            let message = Settling {
                regime: &regime,
                rule,
                stated: self.stated,
                is_in_place_of_cause,
                takes_back,
                taken_back,
                given,
            };
            match settle(duty, &message) {
                Settled::Nothing => {}
                Settled::Step(step) => {
                    // It may lift what it has freed.
                    noted.once_more |= matches!(step, Step::TakenBack { .. });
                    noted.steps.push((duty.number, step));
                }
                Settled::AwaitsReceipt(step) => {
                    noted.steps.extend(step.map(|step| (duty.number, step)));
                    if let Delivered::Awaits(awaited, _) = delivered {
                        noted.receipts.push(awaited);
                    }
                }
            }
        }
        Ok(())
    }

    /// Duties with that Party to which the message may do something, each once.
    async fn concerned(&self, other: Party) -> Result<BTreeMap<DutyNumber, Arc<Duty>>, RecordFault> {
        let named = self.entries_named().await?;
        let (duties, stated) = (&self.head.board.duties, self.stated);
        let referred = stated
            .refers_to
            .iter()
            .flat_map(|digest| duties.of_causing(digest).chain(duties.resting_on(digest)));
        let taken_back = may_be_taken_back(&self.head.board, stated);
        Ok(duties
            .of_thread(stated.thread)
            .chain(referred)
            .chain(taken_back.iter().flat_map(|digest| duties.resting_on(digest)))
            .chain(duties.of_years())
            .chain(named.iter().flat_map(|entry| duties.of_entry(other, *entry)))
            .filter(|duty| duty.other_than(self.own) == other)
            .map(|duty| (duty.number, duty.clone()))
            .collect())
    }

    /// Entries of lists that it names, by any rule by which such are owed anything.
    async fn entries_named(&self) -> Result<BTreeSet<ListEntry>, RecordFault> {
        let held = HeldRegimes::at(self.head, self.journal);
        let mut named = BTreeSet::new();
        for digest in self.head.board.duties.entry_regimes() {
            let Some(regime) = held.regime(digest).await? else { continue };
            for rule in regime.duties.values() {
                named.extend(entries_named(rule, self.stated.content));
            }
        }
        Ok(named)
    }
}
