//! A withdrawal that was handed on in the same thread as the message that it takes back: whoever holds both only as
//! copies is told beside the one what the other says.
//!
//! Never here: what does not verify. Whoever hands on words of their own making takes nothing of another's back.

use super::became::{handed_on, said};
use super::originals::is_signed;
use crate::domain::became::{OF_HANDED_ON, WITHDRAWN, withdrawn_by};
use crate::domain::content::Kind;
use crate::domain::digest::ThreadId;
use crate::domain::message::Message;
use crate::domain::party::Party;
use crate::domain::said::{Said, takes_back};
use crate::domain::thread::Entry;
use crate::limits;
use crate::registrar::Head;
use crate::replay::records::{RecordFault, Records};

/// A withdrawal that was handed on, whose signature verifies under a key list of its author that is on record here.
pub(super) struct CopiedWord {
    word: Said,
    /// In which its author gave it.
    thread: ThreadId,
    /// Who hands it on.
    by: Party,
}

/// Those in a thread, among the messages that were put on record last: no more are looked at than when it is looked
/// for what became of one.
///
/// # Errors
/// The journal does not answer, or is not what it was.
pub(super) async fn withdrawals(
    head: &Head,
    records: &Records,
    thread: ThreadId,
) -> Result<Vec<CopiedWord>, RecordFault> {
    let Some(thread) = head.board.thread(thread) else { return Ok(Vec::new()) };
    let mut entries: Vec<Entry> = thread.entries().copied().collect();
    entries.sort_by_key(|entry| (entry.index, entry.digest));
    let newest = entries.split_off(entries.len().saturating_sub(limits::LATER_WORDS_READ_MAX));
    let mut found = Vec::new();
    for entry in newest {
        let stored = match records.message(entry.index, &entry.digest).await {
            Ok(stored) => stored,
            // What can't be read is not known.
            Err(fault) if fault.is_lasting() => continue,
            Err(fault) => return Err(fault),
        };
        let Some(original) = handed_on(&stored.message) else { continue };
        let of = &original.message;
        if of.draft.kind != Kind::MessageWithdrawal.name() || !is_signed(&head.board, &original) {
            continue;
        }
        if let Some(word) = said(&original.digest, of) {
            found.push(CopiedWord { word, thread: of.draft.thread, by: stored.message.author });
        }
    }
    Ok(found)
}

/// Marks a message that hands on what one of these takes back, unless that is marked already.
pub(super) fn mark(marks: &mut Vec<String>, message: &Message, copies: &[CopiedWord]) {
    let Some(original) = handed_on(message) else { return };
    let Some(this) = said(&original.digest, &original.message) else { return };
    let thread = original.message.draft.thread;
    let is_it = |one: &&CopiedWord| one.thread == thread && takes_back(&one.word, &this);
    let Some(copy) = copies.iter().find(is_it) else { return };
    if !marks.iter().any(|mark| mark.starts_with(&format!("{OF_HANDED_ON}{WITHDRAWN}"))) {
        marks.push(format!("{OF_HANDED_ON}{}, handed on by {}", withdrawn_by(&copy.word.number), copy.by));
    }
}

/// The same of one message, where it hands one on.
///
/// # Errors
/// As for `withdrawals`.
pub(super) async fn tell(
    head: &Head,
    records: &Records,
    message: &Message,
    marks: &mut Vec<String>,
) -> Result<(), RecordFault> {
    if handed_on(message).is_some() {
        mark(marks, message, &withdrawals(head, records, message.draft.thread).await?);
    }
    Ok(())
}
