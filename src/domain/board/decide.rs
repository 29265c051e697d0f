//! What may happen. A command comes in, events or a refusal come out; the Board is not changed.
//!
//! The access table (`rpc/access.rs`) lets nobody near a call that is not theirs; that a person still has
//! the role when the command is decided is asked here again, since the roster may have changed meanwhile.
//! An audit asks the same of every record.

use super::decide_release::{check_acknowledges, check_shown};
use super::roles::may_give;
use super::{Board, Noted, Own};
use crate::domain::command::{Command, Decided, Origin, ShownChange};
use crate::domain::event::{Change, Event, Stamp};
use crate::domain::link::Link;
use crate::domain::party::Party;
use crate::domain::precedence::Precedence;
use crate::domain::refusal::{NotNow, Refusal};
use crate::domain::thread::Acknowledged;
use crate::domain::time::Instant;
use crate::limits;

/// Every answer other than yes.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum Denied {
    #[error(transparent)]
    Refused(#[from] Refusal),
    #[error(transparent)]
    NotNow(#[from] NotNow),
    /// The same id with the same content: the answer stands in this record.
    #[error("this command is on record already")]
    AlreadyDone { index: u64 },
}

pub(super) type Decision = Result<Vec<Decided>, Denied>;

impl Board {
    /// Decides one command as of `now`.
    pub fn decide(&self, command: &Command, origin: &Origin, now: Instant) -> Decision {
        let own = self.own.ok_or(NotNow::Journal)?;
        match origin {
            Origin::Person(stamp) => {
                self.check_id(stamp, now)?;
                self.roster.permits(&stamp.by, may_give(command))?;
                self.decide_for_person(own, command, stamp, now)
            }
            Origin::Node => self.decide_for_node(own, command, now),
        }
    }

    fn check_id(&self, stamp: &Stamp, now: Instant) -> Result<(), Denied> {
        match self.commands.get(&stamp.id) {
            Some(done) if done.content == stamp.content => Err(Denied::AlreadyDone { index: done.index }),
            Some(_) => Err(Refusal::IdReused.into()),
            None if self.forgotten.is_some_and(|forgotten| stamp.at <= forgotten) => {
                Err(Refusal::IdTooOld.into())
            }
            None if now.ms_since(stamp.at) > limits::COMMAND_AGE_MS_MAX => Err(Refusal::IdTooOld.into()),
            None if stamp.at.ms_since(now) > limits::CLOCKS_MAY_DIFFER_MS => {
                Err(Refusal::IdFromTheFuture.into())
            }
            None => Ok(()),
        }
    }

    fn decide_for_person(&self, own: Own, command: &Command, stamp: &Stamp, now: Instant) -> Decision {
        let by = &stamp.by;
        match command {
            Command::Propose(change) => {
                // Ids are forgotten after some days; an open proposal is what another custodian may have read by now.
                if self.roster.proposals.contains_key(&stamp.id) {
                    return Err(Refusal::IdReused.into());
                }
                self.roster.check(change)?;
                check_own(own, change)?;
                self.check_code_is_free(change)?;
                self.check_taken_back(change)?;
                if self.roster.proposals.len() >= limits::PROPOSALS_OPEN_MAX {
                    return Err(
                        Refusal::TooMany { what: "proposals", most: limits::PROPOSALS_OPEN_MAX }.into()
                    );
                }
                happened(Event::ChangeProposed(change.clone()))
            }
            Command::Confirm { proposal, shown } => {
                let change = self.roster.may_confirm(*proposal, by)?;
                check_shown_change(shown, change)?;
                self.check_taken_back(change)?;
                self.check_code_is_free(change)?;
                happened(Event::ChangeConfirmed { proposal: *proposal })
            }
            Command::Drop(proposal) if self.roster.proposals.contains_key(proposal) => {
                happened(Event::ChangeDropped { proposal: *proposal })
            }
            Command::Drop(_) => Err(Refusal::NoSuchProposal.into()),
            Command::Draft { draft, outgoing, bytes } => {
                self.may_draft(draft, outgoing, by)?;
                self.check_addressees(own, outgoing)?;
                self.check_drafter(outgoing, by)?;
                self.may_handle(draft, by)?;
                if outgoing.precedence == Precedence::Flash {
                    // At the release it would be refused anyway.
                    self.flash.check(now.hour(), &by.key_digest)?;
                }
                self.has_room_for_draft(draft, by)?;
                happened(Event::Drafted { draft: *draft, outgoing: outgoing.clone(), bytes: bytes.clone() })
            }
            Command::ReturnDraft { draft, digest, reason } => {
                self.open_draft(draft, digest)?;
                self.may_handle(draft, by)?;
                happened(Event::DraftReturned { draft: *draft, digest: *digest, reason: reason.clone() })
            }
            Command::WithdrawDraft { draft } if self.drafts.contains_key(draft) => {
                self.may_handle(draft, by)?;
                happened(Event::DraftWithdrawn { draft: *draft })
            }
            Command::WithdrawDraft { .. } => Err(Refusal::NoSuchDraft.into()),
            Command::Release { draft, digest, outgoing, faults, as_is } => {
                self.may_release(draft, digest, outgoing, by, faults, *as_is)?;
                self.check_flash(draft, outgoing, now)?;
                self.release(own, Some(*draft), outgoing, by, now)
            }
            Command::Acknowledge { of, outgoing } => {
                let there = self.messages.get(of).ok_or(Refusal::NoSuchMessage)?;
                match there.acknowledged {
                    Acknowledged::NotOwed => return Err(Refusal::OwnMessage.into()),
                    // A second officer may read it too: each acknowledgement is a message of its own.
                    Acknowledged::NotYet | Acknowledged::InRecord(_) => {}
                }
                self.roster.offices.may_acknowledge(by, self.offices_of(of))?;
                if let Some(index) = self.watch.acknowledged.record(there.index, &by.key_digest) {
                    return Err(Refusal::AcknowledgedBefore { index }.into());
                }
                check_acknowledges(of, outgoing)?;
                self.check_drafter(outgoing, by)?;
                self.release(own, None, outgoing, by, now)
            }
            Command::Shown { of, outgoing } => {
                let there = self.messages.get(of).ok_or(Refusal::NoSuchMessage)?;
                if there.acknowledged == Acknowledged::NotOwed {
                    return Err(Refusal::OwnMessage.into());
                }
                check_shown(of, outgoing)?;
                self.check_drafter(outgoing, by)?;
                self.release(own, None, outgoing, by, now)
            }
            Command::ReadForAudit { what } => happened(Event::AuditRead { what: what.clone() }),
            Command::HoldRegime(held) => self.hold_regime(held),
            Command::RecordByHand(said) => self.record_by_hand(own, said, stamp.id, now),
            Command::OfferWatch { to, digest } => self.offer_watch(to, *digest, by),
            Command::TakeWatch { digest } => self.take_watch(*digest, by),
            Command::StorePart { salted_digest, bytes } => self.store_part(*salted_digest, *bytes),
            Command::ErasePart { salted_digest, reason } => self.erase_part(*salted_digest, reason),
            Command::SendCheck(sent) => self.send_check(own, sent, &Origin::Person(stamp.clone()), now),
            Command::NoteCheck(noted) => self.note_check(own, noted, &Origin::Person(stamp.clone()), now),
            Command::NoteCarry(noted) => self.note_carry(noted),
            Command::Receive(_)
            | Command::TakeReceipt(_)
            | Command::DisputeReceipt { .. }
            | Command::FollowHead(..)
            | Command::RejectHead { .. }
            | Command::TakeCosignature(_)
            | Command::Contradict { .. }
            | Command::AcceptKeyList(_)
            | Command::AcceptRevocationList(_)
            | Command::TurnAway { .. }
            | Command::NoteMissing { .. }
            | Command::NoteDuties(_)
            | Command::Alert(_)
            | Command::NoteAlarm(_) => self.decide_for_node(own, command, now),
        }
    }

    /// What a peer makes us put on record without giving us anything is bounded by the hour.
    pub(super) fn check_oddity(&self, party: Party, now: Instant) -> Result<(), Denied> {
        match self.link(party) {
            Some(link) if !link.has_room_for_oddity(now.hour()) => Err(NotNow::Budget.into()),
            Some(_) | None => Ok(()),
        }
    }

    fn decide_for_node(&self, own: Own, command: &Command, now: Instant) -> Decision {
        match command {
            Command::Receive(delivery) => self.receive(own, delivery, now),
            Command::TakeReceipt(receipted) => self.take_receipt(own, receipted),
            Command::DisputeReceipt { party, lane, serial, receipt, reason, judged_by_key_list } => {
                let on_lane = self.known_link(*party)?.lane(*lane);
                if !on_lane.owed.contains_key(serial) {
                    return Err(Refusal::NotOwed.into());
                }
                // Once for each dispatch, however often it comes.
                if let Some(index) = on_lane.disputed.get(serial) {
                    return Err(Denied::AlreadyDone { index: *index });
                }
                // Under a list that came meanwhile it may verify.
                let newest = self.roster.parties.get(party).and_then(|known| known.newest());
                if newest.map(|newest| newest.list.number) != Some(*judged_by_key_list) {
                    return Err(NotNow::KeyList.into());
                }
                self.check_oddity(*party, now)?;
                happened(Event::ReceiptDisputed {
                    party: *party,
                    lane: *lane,
                    serial: *serial,
                    receipt: receipt.clone(),
                    reason: reason.clone(),
                })
            }
            Command::FollowHead(head, leaves) => self.follow(head, leaves, now),
            Command::RejectHead { head, reason } => {
                if self.known_link(head.party)?.theirs.rejected == Some((head.size, head.root)) {
                    return Err(Refusal::HeadNotNew.into());
                }
                self.check_oddity(head.party, now)?;
                happened(Event::HeadRejected { head: head.clone(), reason: reason.clone() })
            }
            Command::TakeCosignature(head) => {
                let link = self.known_link(head.party)?;
                if link.ours.cosigned.as_ref().is_some_and(|newest| newest.size >= head.size) {
                    return Err(Refusal::HeadNotNew.into());
                }
                happened(Event::HeadCosigned(head.clone()))
            }
            Command::Contradict { party, proof } => self.accuse(own, *party, proof, now),
            Command::AcceptKeyList(next) => {
                if next.list.party == own.party {
                    let rule = "our own takes two custodians".into();
                    return Err(Refusal::Field { field: "key_list", rule }.into());
                }
                self.roster.follows(next)?;
                self.check_oddity(next.list.party, now)?;
                happened(Event::KeyListAccepted(next.clone()))
            }
            Command::AcceptRevocationList(list) => {
                let known = self.roster.parties.get(&list.party).ok_or(Refusal::NoSuchParty(list.party))?;
                if known.revocation_list.as_ref() == Some(list) {
                    return Err(Refusal::NothingToNote.into());
                }
                self.check_oddity(list.party, now)?;
                happened(Event::RevocationListAccepted(list.clone()))
            }
            Command::TurnAway { party, hour } => {
                let link = self.known_link(*party)?;
                // An hour that is over is not begun again: its budget would be, too.
                if *hour != now.hour() || (link.budget.hour == *hour && link.budget.turned_away) {
                    return Err(Refusal::NothingToNote.into());
                }
                happened(Event::TurnedAway { party: *party, hour: *hour })
            }
            Command::StorePart { salted_digest, bytes } => self.store_wanted_part(*salted_digest, *bytes),
            Command::NoteMissing { message, missing } => {
                let noted = self.waiting.get(missing).and_then(|waiting| {
                    waiting.iter().find(|one| one.message == *message).map(|one| one.noted)
                });
                if noted != Some(Noted::NotYet) {
                    return Err(Refusal::NoSuchMessage.into());
                }
                happened(Event::ReferenceMissing { message: *message, missing: *missing })
            }
            Command::Alert(due) => self.alert(due, now),
            Command::NoteDuties(noted) => self.note_duties(own, noted, now),
            Command::NoteAlarm(noted) => self.note_alarm(noted, now),
            Command::SendCheck(sent) => self.send_check(own, sent, &Origin::Node, now),
            Command::NoteCheck(noted) => self.note_check(own, noted, &Origin::Node, now),
            Command::Propose(_)
            | Command::Confirm { .. }
            | Command::Drop(_)
            | Command::Draft { .. }
            | Command::ReturnDraft { .. }
            | Command::WithdrawDraft { .. }
            | Command::Release { .. }
            | Command::Acknowledge { .. }
            | Command::Shown { .. }
            | Command::ReadForAudit { .. }
            | Command::ErasePart { .. }
            | Command::HoldRegime(_)
            | Command::RecordByHand(_)
            | Command::OfferWatch { .. }
            | Command::TakeWatch { .. }
            | Command::NoteCarry(_) => {
                Err(Refusal::Field { field: "command", rule: "only a person may give it".into() }.into())
            }
        }
    }

    pub(super) fn known_link(&self, party: Party) -> Result<&Link, Refusal> {
        self.link(party).ok_or(Refusal::NoSuchParty(party))
    }

    /// A Party that proves to be another than the one introduced under its code takes that one's place, if
    /// neither end has signed anything on their link. Dispatches and ledgers name whom they were made out to; but
    /// threads with their places, words on rules and what a bundle is gathered from go by code: all these would
    /// begin a second time, under the same name.
    fn check_code_is_free(&self, change: &Change) -> Result<(), Refusal> {
        let Change::PartyAdded { key_lists, .. } = change else { return Ok(()) };
        let party = key_lists.first().map(|first| first.list.party);
        match party.and_then(|party| self.link(party)) {
            Some(link) if link.is_spoken_on() => Err(Refusal::CodeSpokenFor),
            Some(_) | None => Ok(()),
        }
    }
}

/// Who names what they were shown confirms that, and nothing that stands under its id since.
fn check_shown_change(shown: &ShownChange, open: &Change) -> Result<(), Refusal> {
    match shown {
        ShownChange::NotSaid => Ok(()),
        ShownChange::Is(change) if **change == *open => Ok(()),
        ShownChange::Is(_) | ShownChange::IsAnother => Err(Refusal::Field {
            field: "change_digest",
            rule: "what is open under this id is another change than the one that was shown".into(),
        }),
    }
}

/// Lists of others come from them, not from our custodians; and introductions not from ourselves.
fn check_own(own: Own, change: &Change) -> Result<(), Refusal> {
    match change {
        Change::OwnKeyList(next) if next.list.party != own.party => {
            Err(Refusal::Field { field: "own_key_list", rule: "it is the list of another Party".into() })
        }
        Change::PartyIntroduced { by, .. } if *by == own.party => {
            let rule = "a Party is introduced by another; what you know yourself, you import".into();
            Err(Refusal::Field { field: "introduced_by", rule })
        }
        Change::LinkAllowance(new) if new.party == own.party => {
            Err(Refusal::Field { field: "link_allowance", rule: "there is no link with oneself".into() })
        }
        Change::CheckSchedule(plan) => plan.check_turns(own.party),
        Change::OwnKeyList(_)
        | Change::LinkAllowance(_)
        | Change::PartyIntroduced { .. }
        | Change::PartyConfirmed { .. }
        | Change::MemberAdded(_)
        | Change::MemberRemoved(_)
        | Change::PartyAdded { .. }
        | Change::ReleaseRule { .. }
        | Change::PartyWithoutNode(_)
        | Change::PartyTakenBack(_)
        | Change::OfficeAdded(_)
        | Change::OfficeRemoved(_)
        | Change::FunctionTerm(_)
        | Change::WatchPlan(_)
        | Change::WebhookAdded(_)
        | Change::WebhookRemoved(_)
        | Change::OwnAlarmSet(_)
        | Change::OwnAlarmRemoved(_)
        | Change::WatchCards(_)
        | Change::LinkPhrases(_)
        | Change::FlashDrafts(_) => Ok(()),
    }
}

pub(super) fn happened(event: Event) -> Decision {
    Ok(vec![Decided::Event(event)])
}
