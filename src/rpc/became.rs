//! What became of a message by later words of its own author, read from its thread.
//!
//! Never here: which word does what to it (`domain/became.rs`).

use crate::codec::content;
use crate::domain::became::became;
use crate::domain::content::Content;
use crate::domain::digest::Digest;
use crate::domain::message::Message;
use crate::domain::said::Said;
use crate::domain::thread::Entry;
use crate::limits;
use crate::registrar::Head;
use crate::replay::records::{RecordFault, Records};

/// Lines of marks, safe to show; none where it stands as it is. Of an author's later messages in the thread the newest
/// are read, as many as the limit says.
///
/// # Errors
/// The journal does not answer, or is not what it was.
pub(super) async fn marks(
    head: &Head,
    records: &Records,
    digest: &Digest,
    message: &Message,
) -> Result<Vec<String>, RecordFault> {
    let Some(thread) = head.board.thread(message.draft.thread) else { return Ok(Vec::new()) };
    let Some(own) = thread.entry(digest) else { return Ok(Vec::new()) };
    let is_later = |entry: &&Entry| entry.author == own.author && entry.place > own.place;
    let mut later: Vec<Entry> = thread.entries().filter(is_later).copied().collect();
    let beyond = later.len().saturating_sub(limits::LATER_WORDS_READ_MAX);
    let mut said: Vec<Said> = self::said(digest, message).into_iter().collect();
    for entry in later.drain(beyond..) {
        let stored = records.message(entry.index, &entry.digest).await?;
        said.extend(self::said(&entry.digest, &stored.message));
    }
    // Another Party's notice is nothing for it to cancel.
    said.retain(|one| match &one.content {
        Content::Cancellation(form) => {
            let named = form.cancels.message_digest.and_then(|named| thread.entry(&named.0));
            named.is_none_or(|named| named.author == own.author)
        }
        _ => true,
    });
    Ok(became(digest, &said).into_iter().collect())
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
