//! Delivery outside any link, on the Board: what may be put on record about it, and what that changes.
//!
//! Never here: a place, a serial or a receipt. What an officer states moves none of them, and no link waits
//! for it.

use super::decide::{Decision, happened};
use super::{Board, Own};
use crate::domain::by_hand::{DeliveredByHand, Says};
use crate::domain::digest::{CommandId, Digest};
use crate::domain::event::{Change, Event, Record};
use crate::domain::fact::Gist;
use crate::domain::message::Dispatch;
use crate::domain::part::PartState;
use crate::domain::refusal::Refusal;
use crate::domain::time::Instant;
use crate::limits;

impl Board {
    pub(super) fn record_by_hand(
        &self,
        own: Own,
        said: &DeliveredByHand,
        id: CommandId,
        now: Instant,
    ) -> Decision {
        let field = |field: &'static str, rule: &str| Refusal::Field { field, rule: rule.into() };
        said.check()?;
        let thread = self.thread(said.thread).ok_or(Refusal::NoSuchMessage)?;
        let entry = thread
            .entry(&said.message)
            .filter(|entry| entry.author == own.party)
            .ok_or(Refusal::NoSuchMessage)?;
        let item = self.by_hand.item(said.party, &said.message);
        if item.is_none() && thread.last_place_for(said.party) == 0 {
            return Err(field("party", "is no addressee of this message").into());
        }
        if let Some(corrects) = said.corrects
            && item.and_then(|item| item.standing_account(corrects)).is_none()
        {
            let rule = "no account of this message and addressee with this id stands";
            return Err(field("corrects", rule).into());
        }
        // The Board forgets the ids of old commands; an account is known by its own for ever.
        if item.is_some_and(|item| item.accounts.iter().any(|account| account.id == id)) {
            return Err(Refusal::IdReused.into());
        }
        if item.is_some_and(|item| item.accounts.len() >= limits::BY_HAND_ACCOUNTS_MAX) {
            let most = limits::BY_HAND_ACCOUNTS_MAX;
            return Err(Refusal::TooMany { what: "accounts of one delivery", most }.into());
        }
        match &said.says {
            Says::HandedOver(handed) => {
                if handed.at.ms_since(now) > limits::CLOCKS_MAY_DIFFER_MS {
                    return Err(field("at", "lies in the future").into());
                }
                if entry.released_at.ms_since(handed.at) > limits::CLOCKS_MAY_DIFFER_MS {
                    return Err(field("at", "lies before the message was released").into());
                }
                if let Some(scan) = handed.scan
                    && !matches!(self.part(&scan), Some(PartState::Kept { .. }))
                {
                    return Err(field("scan", "no such part is kept here").into());
                }
            }
            Says::TakenBack { .. } => {}
        }
        happened(Event::DeliveredByHand(said.clone()))
    }

    /// A Party to which something was addressed stays known: the record names it.
    pub(super) fn check_taken_back(&self, change: &Change) -> Result<(), Refusal> {
        match change {
            Change::PartyTakenBack(party) if self.by_hand.names(*party) => Err(Refusal::Field {
                field: "taken_back",
                rule: "a message was released to this Party: it stays known, and may get another name".into(),
            }),
            Change::PartyTakenBack(_)
            | Change::PartyWithoutNode(_)
            | Change::MemberAdded(_)
            | Change::MemberRemoved(_)
            | Change::PartyAdded { .. }
            | Change::PartyIntroduced { .. }
            | Change::PartyConfirmed { .. }
            | Change::OfficeAdded(_)
            | Change::OfficeRemoved(_)
            | Change::FunctionTerm(_)
            | Change::LinkAllowance(_)
            | Change::WatchPlan(_)
            | Change::WebhookAdded(_)
            | Change::WebhookRemoved(_)
            | Change::OwnAlarmSet(_)
            | Change::OwnAlarmRemoved(_)
            | Change::WatchCards(_)
            | Change::LinkPhrases(_)
            | Change::CheckSchedule(_)
            | Change::FlashDrafts(_)
            | Change::ReleaseRule { .. }
            | Change::OwnKeyList(_) => Ok(()),
        }
    }

    /// Whom a message addresses and no dispatch goes to: that one is owed by hand.
    pub(super) fn owed_by_hand(
        &mut self,
        index: u64,
        message: &Gist,
        digest: Digest,
        dispatches: &[(Dispatch, Digest)],
    ) {
        for party in &message.parties {
            if dispatches.iter().all(|(dispatch, _)| dispatch.to != *party) {
                let cites = message.cites.as_ref().map(|(_, text)| *text);
                self.by_hand.owe(*party, digest, index, cites);
            }
        }
    }

    pub(super) fn delivered_by_hand(&mut self, record: &Record, said: &DeliveredByHand) {
        if let (Some(stamp), Some(there)) = (&record.command, self.messages.get(&said.message)) {
            self.by_hand.take(said, there.index, stamp.id, record.index);
        }
    }
}
