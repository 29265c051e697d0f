//! What became of a message by later words of its own author, read from its thread.
//!
//! Never here: which word does what to it (`domain/became.rs`).

use std::collections::BTreeSet;

use crate::codec::content;
use crate::domain::became::became;
use crate::domain::content::Content;
use crate::domain::digest::{Digest, ThreadId};
use crate::domain::duty::OfAuthor;
use crate::domain::message::Message;
use crate::domain::said::Said;
use crate::domain::thread::{Entry, Thread};
use crate::registrar::Head;
use crate::replay::records::{RecordFault, Records};

/// Lines of marks, safe to show; none where it stands as it is. Of an author's later messages in the thread the newest
/// are read, as many as `most` says; what takes this one or one of them back is found however far back it stands. How
/// many were not looked at is the last line.
///
/// # Errors
/// The journal does not answer, or is not what it was.
pub(super) async fn marks(
    head: &Head,
    records: &Records,
    (digest, message): (&Digest, &Message),
    most: usize,
) -> Result<Vec<String>, RecordFault> {
    let Some(thread) = head.board.thread(message.draft.thread) else { return Ok(Vec::new()) };
    let Some(own) = thread.entry(digest) else { return Ok(Vec::new()) };
    let mut newest: Vec<Entry> = later(thread, own).copied().collect();
    let unread: Vec<Entry> = newest.drain(..newest.len().saturating_sub(most)).collect();
    let mut not_read = unread.len();
    let mut said: Vec<Said> = self::said(digest, message).into_iter().collect();
    for entry in &newest {
        let stored = records.message(entry.index, &entry.digest).await?;
        said.extend(self::said(&entry.digest, &stored.message));
    }
    if not_read > 0 {
        let found = withdrawals(head, records, (message.draft.thread, &unread), &said).await?;
        not_read = not_read.saturating_sub(found.len());
        said.extend(found);
    }
    // Another Party's notice is nothing for it to cancel.
    said.retain(|one| match &one.content {
        Content::Cancellation(form) => {
            let named = form.cancels.message_digest.and_then(|named| thread.entry(&named.0));
            named.is_none_or(|named| named.author == own.author)
        }
        _ => true,
    });
    let named = named(head, records, (thread, own), (&said, most)).await?;
    said.splice(0..0, named);
    let mut marks: Vec<String> = became(digest, &said).into_iter().collect();
    if not_read > 0 {
        marks.push(format!("{not_read} later messages of its author were not looked at"));
    }
    Ok(marks)
}

/// How many messages of its author came after it in its thread: for whoever shares out what is read.
pub(super) fn later_words(head: &Head, digest: &Digest, message: &Message) -> usize {
    let thread = head.board.thread(message.draft.thread);
    let both = thread.and_then(|thread| Some((thread, thread.entry(digest)?)));
    both.map_or(0, |(thread, own)| later(thread, own).count())
}

fn later<'t>(thread: &'t Thread, own: &'t Entry) -> impl Iterator<Item = &'t Entry> {
    thread.entries().filter(|entry| entry.author == own.author && entry.place > own.place)
}

/// Of what takes back anything that was read, what stands among what was not: of each the first word.
async fn withdrawals(
    head: &Head,
    records: &Records,
    (thread, unread): (ThreadId, &[Entry]),
    said: &[Said],
) -> Result<Vec<Said>, RecordFault> {
    let unread: BTreeSet<Digest> = unread.iter().map(|entry| entry.digest).collect();
    let mut there: BTreeSet<(u64, Digest)> = BTreeSet::new();
    for one in said {
        let of = OfAuthor { thread, author: one.author, traffic: one.traffic };
        let words = head.board.duties.withdrawals.of(of, &one.message, &one.number, None);
        there.extend(words.into_iter().take(1).filter(|(_, word)| unread.contains(word)));
    }
    let mut found = Vec::new();
    for (index, digest) in there {
        let stored = records.message(index, &digest).await?;
        found.extend(self::said(&digest, &stored.message));
    }
    Ok(found)
}

/// What cancellations name that is not among what was read: by digest wherever it stands, by number of the messages of
/// their author before this one, the newest, no more than `most`.
async fn named(
    head: &Head,
    records: &Records,
    (thread, own): (&Thread, &Entry),
    (said, most): (&[Said], usize),
) -> Result<Vec<Said>, RecordFault> {
    let mut there: Vec<(u64, Digest)> = Vec::new();
    let mut is_by_number = false;
    for one in said {
        let Content::Cancellation(form) = &one.content else { continue };
        if said.iter().any(|other| other.is_meant(&form.cancels, own.author)) {
            continue;
        }
        match form.cancels.message_digest {
            Some(named) => {
                there.extend(head.board.messages.get(&named.0).map(|found| (found.index, named.0)));
            }
            None => is_by_number = true,
        }
    }
    if is_by_number {
        let is_earlier = |entry: &&Entry| entry.author == own.author && entry.place < own.place;
        let mut earlier: Vec<Entry> = thread.entries().filter(is_earlier).copied().collect();
        let newest = earlier.split_off(earlier.len().saturating_sub(most));
        there.extend(newest.iter().map(|entry| (entry.index, entry.digest)));
    }
    let mut found = Vec::new();
    for (index, digest) in there {
        match records.message(index, &digest).await {
            Ok(stored) => found.extend(self::said(&digest, &stored.message)),
            // What can't be read is not known.
            Err(fault) if fault.is_lasting() => {}
            Err(fault) => return Err(fault),
        }
    }
    Ok(found)
}

fn said(digest: &Digest, message: &Message) -> Option<Said> {
    let content = content::said(&message.draft.kind, &message.draft.content).content().cloned()?;
    Some(Said {
        message: *digest,
        number: message.number.clone(),
        author: message.author,
        traffic: message.draft.traffic,
        released_at: message.released_at,
        content,
    })
}
