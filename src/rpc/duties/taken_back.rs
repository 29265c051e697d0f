//! What its own author takes back, and which duties rest on it.
//!
//! A withdrawal has the one meaning of `message.withdrawal`: of a message of the same author in the same thread, a
//! drill's of a drill's. Never here: what follows.

use super::reading::{Delivered, delivered};
use crate::codec::content;
use crate::domain::board::Board;
use crate::domain::content::Content;
use crate::domain::digest::Digest;
use crate::domain::duty::{Awaited, Back, Duty, OfAuthor, Stated};
use crate::domain::form::MessageReference;
use crate::domain::party::Party;
use crate::domain::regime::Regime;
use crate::journal::Journal;
use crate::limits;
use crate::registrar::Head;
use crate::replay::records::{RecordFault, StoredMessage};

/// Of a withdrawal that names what it takes back by its number alone: the messages of its author in the thread on which
/// any duty rests. What it names by digest it refers to.
pub(super) fn may_be_taken_back(board: &Board, stated: &Stated<'_>) -> Vec<Digest> {
    let Content::MessageWithdrawal(form) = stated.content else { return Vec::new() };
    let Some(thread) = board.thread(stated.thread) else { return Vec::new() };
    if form.withdraws.message_digest.is_some() {
        return Vec::new();
    }
    let of_author = thread.entries().filter(|entry| entry.author == stated.author);
    let rests_on = |message: &Digest| board.duties.resting_on(message).next().is_some();
    of_author.map(|entry| entry.digest).filter(rests_on).collect()
}

/// Of a withdrawal: the message that it takes back, if it brought the duty about or the duty rests on it.
pub(super) async fn takes_back(
    (head, journal): (&Head, &Journal),
    stated: &Stated<'_>,
    duty: &Duty,
) -> Result<Option<Digest>, RecordFault> {
    let Content::MessageWithdrawal(form) = stated.content else { return Ok(None) };
    let Some(thread) = head.board.thread(stated.thread) else { return Ok(None) };
    for message in duty.rests_on_messages().into_iter().chain(duty.opened.cause.message()) {
        let entry = thread.entry(&message).filter(|entry| entry.author == stated.author);
        let Some(entry) = entry.filter(|_| may_mean(&form.withdraws, &message)) else { continue };
        let stored = head.records(journal).message(entry.index, &message).await?;
        let said = content::said(&stored.message.draft.kind, &stored.message.draft.content);
        let may_be = said.content().is_some_and(|content| content.kind().may_be_taken_back());
        let is_meant = means(&form.withdraws, &message, &stored);
        if may_be && is_meant && stored.message.draft.traffic == stated.traffic {
            return Ok(Some(message));
        }
    }
    Ok(None)
}

/// Words on record here by which its own author takes a message back, and tells the other end so.
pub(super) struct Words {
    /// The first of them, as many as the limit says.
    first: Vec<(u64, Digest)>,
    /// How many more there are.
    pub more: u64,
}

impl Words {
    pub fn of(board: &Board, stored: &StoredMessage, stated: &Stated<'_>, to: Party) -> Words {
        if !stated.content.kind().may_be_taken_back() {
            return Words { first: Vec::new(), more: 0 };
        }
        let of = OfAuthor { thread: stated.thread, author: stated.author, traffic: stated.traffic };
        let (message, number) = (&stated.digest, &stored.message.number);
        let mut first = board.duties.withdrawals.of(of, message, number, Some(to));
        let more = first.len().saturating_sub(limits::DUTY_WITHDRAWALS_READ_MAX) as u64;
        first.truncate(limits::DUTY_WITHDRAWALS_READ_MAX);
        Words { first, more }
    }

    /// The first, where it need not be known when it was given.
    pub fn first(&self) -> Option<Back> {
        self.first.first().map(|(_, by)| Back { by: *by, given: None })
    }

    /// The one that was given first, with receipts for those of which that is not known yet.
    pub async fn given(
        &self,
        (head, journal): (&Head, &Journal),
        addressee: Party,
        regime: &Regime,
    ) -> Result<(Option<Back>, Vec<Awaited>), RecordFault> {
        let (mut back, mut awaits) = (self.first(), Vec::new());
        for (index, by) in &self.first {
            let withdrawal = match head.records(journal).message(*index, by).await {
                // What can't be read was not given.
                Err(fault) if fault.is_lasting() => continue,
                withdrawal => withdrawal?,
            };
            let delivered = delivered(head, journal, (by, &withdrawal), addressee, regime).await?;
            if let Delivered::Awaits(awaited, _) = delivered {
                awaits.push(awaited);
            }
            let given = delivered.given().map(|(given, _)| given);
            let before = back.and_then(|back| back.given);
            if given.is_some_and(|given| before.is_none_or(|before| given < before)) {
                back = Some(Back { by: *by, given });
            }
        }
        Ok((back, awaits))
    }
}

/// A digest that is another says so at once.
fn may_mean(reference: &MessageReference, message: &Digest) -> bool {
    reference.message_digest.is_none_or(|digest| digest.0 == *message)
}

/// By the same author.
fn means(reference: &MessageReference, digest: &Digest, stored: &StoredMessage) -> bool {
    let message = &stored.message;
    reference.means(digest, &message.number, message.author, message.author)
}
