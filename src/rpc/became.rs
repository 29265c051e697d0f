//! What became of a message, and of one that it hands on, by later words of its own author, read from its thread.
//!
//! Never here: which word does what to it (`domain/became.rs`).

use std::collections::BTreeSet;

use crate::codec::content;
use crate::codec::forwarded::{self, Opened, Original};
use crate::domain::became::{OF_HANDED_ON, became, withdrawn_by};
use crate::domain::content::{Content, Kind};
use crate::domain::digest::{Digest, ThreadId};
use crate::domain::duty::OfAuthor;
use crate::domain::message::Message;
use crate::domain::said::Said;
use crate::domain::thread::{Entry, Thread};
use crate::registrar::Head;
use crate::replay::records::{RecordFault, Records};

/// Lines of marks, safe to show; none where it stands as it is. Of an author's later messages in the thread the newest
/// are read, as many as `most` says; what takes this one or one of them back is found however far back it stands. How
/// many were not looked at is the last line. Then the same of a message that it hands on.
///
/// # Errors
/// The journal does not answer, or is not what it was.
pub(super) async fn marks(
    head: &Head,
    records: &Records,
    (digest, message): (&Digest, &Message),
    most: usize,
) -> Result<Vec<String>, RecordFault> {
    let mut marks = of_one(head, records, (digest, message), most).await?;
    let left = most.saturating_sub(later_words_of(head, digest, message));
    marks.extend(of_handed_on(head, records, message, left).await?.0);
    Ok(marks)
}

/// Of the message that this one hands on, if it does: lines of marks, and in how many messages they were looked for.
///
/// # Errors
/// The journal does not answer, or is not what it was.
pub(super) async fn of_handed_on(
    head: &Head,
    records: &Records,
    message: &Message,
    most: usize,
) -> Result<(Vec<String>, usize), RecordFault> {
    let Some(original) = handed_on(message) else { return Ok((Vec::new(), 0)) };
    let (digest, message) = (&original.digest, &original.message);
    let marks = of_one(head, records, (digest, message), most).await?;
    let marks = marks.iter().map(|mark| format!("{OF_HANDED_ON}{mark}"));
    Ok((marks.collect(), later_words_of(head, digest, message).min(most)))
}

pub(super) fn handed_on(message: &Message) -> Option<Box<Original>> {
    if message.draft.kind != Kind::Forwarded.name() {
        return None;
    }
    let said = content::said(&message.draft.kind, &message.draft.content);
    let Some(Content::Forwarded(form)) = said.content() else { return None };
    match forwarded::open(form) {
        Opened::Message(original) => Some(original),
        Opened::Forwarding | Opened::Unreadable => None,
    }
}

/// The message may be on record here, or only handed on.
///
/// # Errors
/// The journal does not answer, or is not what it was.
pub(super) async fn of_one(
    head: &Head,
    records: &Records,
    (digest, message): (&Digest, &Message),
    most: usize,
) -> Result<Vec<String>, RecordFault> {
    let Some(thread) = head.board.thread(message.draft.thread) else { return Ok(Vec::new()) };
    let Some(this) = self::said(digest, message) else {
        return of_no_form(head, records, (digest, message)).await;
    };
    let mut newest: Vec<Entry> = later(thread, digest, message).copied().collect();
    let unread: Vec<Entry> = newest.drain(..newest.len().saturating_sub(most)).collect();
    let mut not_read = unread.len();
    let mut said: Vec<Said> = vec![this];
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
            named.is_none_or(|named| named.author == message.author)
        }
        _ => true,
    });
    let named = named(head, records, (thread, digest, message), (&said, most)).await?;
    said.splice(0..0, named);
    let mut marks: Vec<String> = became(digest, &said).into_iter().collect();
    if not_read > 0 {
        marks.push(format!("{not_read} later messages of its author were not looked at"));
    }
    Ok(marks)
}

/// Of what is no form, such as an acknowledgement: whether its author took it back.
async fn of_no_form(
    head: &Head,
    records: &Records,
    (digest, message): (&Digest, &Message),
) -> Result<Vec<String>, RecordFault> {
    let Some((index, word)) = head.board.taken_back_by(digest, message) else { return Ok(Vec::new()) };
    Ok(vec![withdrawn_by(&records.message(index, &word).await?.message.number)])
}

/// How many messages of its author came after it in its thread, and after the one that it hands on in that one's: for
/// whoever shares out what is read.
pub(super) fn later_words(head: &Head, digest: &Digest, message: &Message) -> usize {
    let original = handed_on(message);
    let of_original =
        original.map_or(0, |original| later_words_of(head, &original.digest, &original.message));
    later_words_of(head, digest, message).saturating_add(of_original)
}

fn later_words_of(head: &Head, digest: &Digest, message: &Message) -> usize {
    let thread = head.board.thread(message.draft.thread);
    thread.map_or(0, |thread| later(thread, digest, message).count())
}

/// By its place in its thread. Of one that is only handed on here the place is not known, and when it was released
/// decides.
fn later<'t>(thread: &'t Thread, digest: &Digest, message: &Message) -> impl Iterator<Item = &'t Entry> {
    let (author, released_at, digest) = (message.author, message.released_at, *digest);
    let place = thread.entry(&digest).map(|own| own.place);
    thread.entries().filter(move |entry| {
        let is_after = match place {
            Some(place) => entry.place > place,
            None => entry.released_at >= released_at && entry.digest != digest,
        };
        entry.author == author && is_after
    })
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
    (thread, digest, message): (&Thread, &Digest, &Message),
    (said, most): (&[Said], usize),
) -> Result<Vec<Said>, RecordFault> {
    let mut there: Vec<(u64, Digest)> = Vec::new();
    let mut is_by_number = false;
    for one in said {
        let Content::Cancellation(form) = &one.content else { continue };
        if said.iter().any(|other| other.is_meant(&form.cancels, message.author)) {
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
        let later: BTreeSet<Digest> = later(thread, digest, message).map(|entry| entry.digest).collect();
        let is_earlier = |entry: &&Entry| {
            entry.author == message.author && entry.digest != *digest && !later.contains(&entry.digest)
        };
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

pub(super) fn said(digest: &Digest, message: &Message) -> Option<Said> {
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
