//! Reads what the clock of a reply rests on: requests, replies to them, and the receipts for both.
//!
//! Never here: when a reply is due, or whether it is in time (`domain/regime/reply.rs`). Of a receipt that only
//! two others hold nothing is known here.

use std::collections::BTreeSet;

use super::beside::Shelf;
use crate::codec::content;
use crate::domain::content::Content;
use crate::domain::digest::Digest;
use crate::domain::duty::OfAuthor;
use crate::domain::event::{Event, Record};
use crate::domain::formatted::Formatted;
use crate::domain::message::{Dispatch, Outcome, Outgoing, Receipt};
use crate::domain::party::Party;
use crate::domain::regime::beside::taken_back;
use crate::domain::regime::reply::{Answer, OwedBy, Replies, Request};
use crate::domain::regime::{Held, Regime};
use crate::domain::said::takes_back;
use crate::domain::time::Instant;
use crate::limits;
use crate::registrar::Head;
use crate::replay::records::{RecordFault, Records, StoredMessage};

/// Who reads at one head as of one instant, and judges at one.
pub struct Reading<'h> {
    pub head: &'h Head,
    pub records: Records,
    pub as_of: Option<Instant>,
    pub at: Instant,
}

/// A message in a format, or a draft of one.
#[derive(Clone, Copy)]
pub struct About<'m> {
    pub author: Party,
    pub outgoing: &'m Outgoing,
    pub form: &'m Formatted,
    /// `None` for a draft.
    pub message: Option<Digest>,
}

impl Reading<'_> {
    /// Replies to a message, and what it replies to, under a regime.
    ///
    /// # Errors
    /// The journal does not answer, or is not what it was.
    pub async fn replies(
        &self,
        shelf: &mut Shelf<'_>,
        regime: &Regime,
        about: About<'_>,
    ) -> Result<Replies, RecordFault> {
        let owed = self.owed(shelf, regime, about).await?;
        Ok(Replies { at: self.at, owed, requests: self.requests(shelf, regime, about).await? })
    }

    async fn owed(
        &self,
        shelf: &mut Shelf<'_>,
        regime: &Regime,
        about: About<'_>,
    ) -> Result<Vec<OwedBy>, RecordFault> {
        let rule = regime.formats.get(&about.form.format).and_then(|format| format.reply.as_ref());
        let (Some(rule), Some(digest)) = (rule, about.message) else { return Ok(Vec::new()) };
        let Some(stored) = self.stored(&digest).await? else { return Ok(Vec::new()) };
        let own = self.head.board.own.map(|own| own.party);
        let asked: BTreeSet<Party> = about.outgoing.action.iter().map(|to| to.party).collect();
        let known = |party: &Party| own == Some(about.author) || own == Some(*party);
        let mut owed = Vec::new();
        for party in asked.into_iter().filter(|party| *party != about.author && known(party)) {
            let mut answers = Vec::new();
            let (cited, looked) = shelf.cited(&regime.head.name, Some(party)).await?;
            let taken_back = self.taken_back(&cited, about.author).await?;
            for held in cited.iter().filter(|held| !taken_back.contains(&held.said.message)) {
                let is_one = matches!(&held.said.content, Content::Formatted(form) if form.format == rule.format)
                    && held.said.traffic == about.outgoing.traffic
                    && held.references.contains(&digest);
                if is_one && let Some(answer) = self.stored(&held.said.message).await? {
                    answers.extend(self.answer(&held.said.message, &answer, about.author).await?);
                }
            }
            let taken_at = self.taken_at(&stored.record, &digest, party).await?;
            let withdrawn_by = self.request_withdrawn_by(&digest, &stored, party).await?;
            owed.push(OwedBy { party, taken_at, answers, withdrawn_by, looked });
        }
        Ok(owed)
    }

    /// The number of the first message by which its author took a request back, and told this Party so.
    async fn request_withdrawn_by(
        &self,
        digest: &Digest,
        request: &StoredMessage,
        told: Party,
    ) -> Result<Option<String>, RecordFault> {
        let (author, draft) = (request.message.author, &request.message.draft);
        let of = OfAuthor { thread: draft.thread, author, traffic: draft.traffic };
        let words = self.head.board.duties.withdrawals.of(of, digest, &request.message.number, Some(told));
        let Some((_, word)) = words.first() else { return Ok(None) };
        Ok(self.stored(word).await?.map(|word| word.message.number))
    }

    /// What its author took back, and told the asker so: either end knows of the same.
    async fn taken_back(&self, cited: &[Held], asker: Party) -> Result<BTreeSet<Digest>, RecordFault> {
        let mut told = Vec::with_capacity(cited.len());
        for held in cited {
            if matches!(held.said.content, Content::MessageWithdrawal(_)) {
                let word = self.stored(&held.said.message).await?;
                if !word.is_some_and(|word| word.message.draft.parties().contains(&asker)) {
                    continue;
                }
            }
            told.push(held);
        }
        Ok(taken_back(told.into_iter()))
    }

    /// What asks for a message of this format, and is referred to.
    async fn requests(
        &self,
        shelf: &mut Shelf<'_>,
        regime: &Regime,
        about: About<'_>,
    ) -> Result<Vec<Request>, RecordFault> {
        let asks = |code: &str| {
            let reply = regime.formats.get(code).and_then(|format| format.reply.as_ref());
            reply.is_some_and(|reply| reply.format == about.form.format)
        };
        if !regime.formats.keys().any(|code| asks(code)) {
            return Ok(Vec::new());
        }
        let mut requests = Vec::new();
        for digest in references(about.outgoing, about.form).into_iter().take(limits::FORMAT_REFERENCES_MAX) {
            let Some(stored) = self.stored(&digest).await? else { continue };
            let (asker, draft) = (stored.message.author, &stored.message.draft);
            let read = content::said(&draft.kind, &draft.content);
            let Some(Content::Formatted(form)) = read.content() else { continue };
            // Another text may set another time.
            let under = draft.regime.as_ref().is_some_and(|cited| cited.digest == regime.head.digest);
            let owes = draft.action.iter().any(|to| to.party == about.author);
            let of_one_traffic = draft.traffic == about.outgoing.traffic;
            if !(under && owes && of_one_traffic && asks(&form.format) && asker != about.author) {
                continue;
            }
            let answer = match about.message {
                Some(message) => match self.stored(&message).await? {
                    Some(own) => self.answer(&message, &own, asker).await?,
                    None => None,
                },
                None => None,
            };
            if about.message.is_some() && answer.is_none() {
                continue;
            }
            let withdrawn_by = match about.message {
                Some(message) => {
                    let (said, _) = shelf.cited(&regime.head.name, Some(about.author)).await?;
                    self.withdrawn_by(&said, &message, asker).await?
                }
                None => None,
            };
            requests.push(Request {
                author: stored.message.author,
                number: stored.message.number.clone(),
                released_at: stored.message.released_at,
                form: form.clone(),
                taken_at: self.taken_at(&stored.record, &digest, about.author).await?,
                answer,
                withdrawn_by,
            });
        }
        Ok(requests)
    }

    /// The number of the message by which its author took one back, and told the asker so.
    async fn withdrawn_by(
        &self,
        said: &[Held],
        message: &Digest,
        asker: Party,
    ) -> Result<Option<String>, RecordFault> {
        let Some(own) = said.iter().find(|held| held.said.message == *message) else { return Ok(None) };
        for word in said.iter().filter(|held| held.thread == own.thread) {
            if !takes_back(&word.said, &own.said) {
                continue;
            }
            let stored = self.stored(&word.said.message).await?;
            if stored.is_some_and(|stored| stored.message.draft.parties().contains(&asker)) {
                return Ok(Some(word.said.number.clone()));
            }
        }
        Ok(None)
    }

    /// `None` for what did not go to the asker.
    async fn answer(
        &self,
        digest: &Digest,
        stored: &StoredMessage,
        asker: Party,
    ) -> Result<Option<Answer>, RecordFault> {
        if !stored.message.draft.parties().contains(&asker) {
            return Ok(None);
        }
        Ok(Some(Answer {
            message: *digest,
            number: stored.message.number.clone(),
            released_at: stored.message.released_at,
            received_at: self.taken_at(&stored.record, digest, asker).await?,
        }))
    }

    /// A message that was on record here by then.
    async fn stored(&self, digest: &Digest) -> Result<Option<StoredMessage>, RecordFault> {
        let Some(there) = self.head.board.messages.get(digest) else { return Ok(None) };
        let stored = self.records.message(there.index, digest).await?;
        let was_here = self.as_of.is_none_or(|as_of| stored.record.at <= as_of);
        Ok(was_here.then_some(stored))
    }

    /// When a Party's receipt took a message, by the record that holds the message: of several the earliest.
    async fn taken_at(
        &self,
        record: &Record,
        message: &Digest,
        by: Party,
    ) -> Result<Option<Instant>, RecordFault> {
        let mut earliest: Option<Instant> = None;
        let mut take = |receipt: &Receipt| {
            if receipt.message == *message && receipt.from == by && receipt.outcome == Outcome::Taken {
                earliest = Some(earliest.map_or(receipt.received_at, |known| known.min(receipt.received_at)));
            }
        };
        for event in &record.events {
            match event {
                Event::Received(received) => take(&received.receipt),
                Event::Released(released) if released.digest == *message => {
                    for (dispatch, _) in released.dispatches.iter().filter(|(dispatch, _)| dispatch.to == by)
                    {
                        if let Some(receipt) = self.receipt(dispatch).await? {
                            take(&receipt);
                        }
                    }
                }
                _ => {}
            }
        }
        Ok(earliest)
    }

    async fn receipt(&self, dispatch: &Dispatch) -> Result<Option<Receipt>, RecordFault> {
        let lane = self.head.board.link(dispatch.to).map(|link| link.lane(dispatch.lane));
        let Some(index) = lane.and_then(|lane| lane.receipted.get(&dispatch.serial)).copied() else {
            return Ok(None);
        };
        let record = self.records.record(index).await?;
        if self.as_of.is_some_and(|as_of| record.at > as_of) {
            return Ok(None);
        }
        Ok(record.events.iter().find_map(|event| match event {
            Event::Receipted(receipted) if receipted.receipt.message == dispatch.message => {
                Some(receipted.receipt.clone())
            }
            _ => None,
        }))
    }
}

/// The messages that a formatted one refers to by digest, in its envelope and in its fields.
pub fn references(outgoing: &Outgoing, form: &Formatted) -> BTreeSet<Digest> {
    let in_envelope = outgoing.references.iter().filter_map(|reference| reference.message);
    let in_form = form.references().into_iter().filter_map(|(_, reference)| reference.message_digest);
    in_envelope.chain(in_form.map(|digest| digest.0)).collect()
}
