//! What its own author takes back, and which duties rest on it.
//!
//! A withdrawal has the one meaning of `message.withdrawal`: of a message of the same author in the same thread, a
//! drill's of a drill's. Never here: what follows.

use crate::codec::content;
use crate::domain::board::Board;
use crate::domain::content::Content;
use crate::domain::digest::Digest;
use crate::domain::duty::{Duty, Stated};
use crate::domain::form::MessageReference;
use crate::journal::Journal;
use crate::limits;
use crate::registrar::Head;
use crate::replay::records::{RecordFault, StoredMessage};

/// Of a withdrawal that names what it takes back by its number alone: the messages that it may mean, the newest of its
/// author in the thread, as many as the limit says. What it names by digest it refers to.
pub(super) fn may_be_taken_back(board: &Board, stated: &Stated<'_>) -> Vec<Digest> {
    let Content::MessageWithdrawal(form) = stated.content else { return Vec::new() };
    let Some(thread) = board.thread(stated.thread) else { return Vec::new() };
    if form.withdraws.message_digest.is_some() {
        return Vec::new();
    }
    let of_author = thread.entries().filter(|entry| entry.author == stated.author);
    let mut all: Vec<Digest> = of_author.map(|entry| entry.digest).collect();
    let beyond = all.len().saturating_sub(limits::DUTY_WITHDRAWAL_LOOKS_BACK_MAX);
    all.split_off(beyond)
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

/// Whether a withdrawal that is on record here takes this message back.
pub(super) async fn is_taken_back(
    (head, journal): (&Head, &Journal),
    stored: &StoredMessage,
    stated: &Stated<'_>,
) -> Result<bool, RecordFault> {
    if !stated.content.kind().may_be_taken_back() {
        return Ok(false);
    }
    let words = head.board.duties.withdrawals(stated.thread, stated.author);
    for (index, word) in words.take(limits::DUTY_WITHDRAWALS_READ_MAX) {
        let withdrawal = match head.records(journal).message(index, &word).await {
            // What can't be read takes nothing back.
            Err(fault) if fault.is_lasting() => continue,
            withdrawal => withdrawal?,
        };
        let draft = &withdrawal.message.draft;
        let said = content::said(&draft.kind, &draft.content);
        let Some(Content::MessageWithdrawal(form)) = said.content() else { continue };
        if draft.traffic == stated.traffic && means(&form.withdraws, &stated.digest, stored) {
            return Ok(true);
        }
    }
    Ok(false)
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
