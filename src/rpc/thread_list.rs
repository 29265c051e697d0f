//! A page of the threads that are on record here, a line each.
//!
//! Never here: their order (the Board has it), or what is in them (`thread.rs`).

use tonic::Status;

use super::status;
use crate::codec::message::traffic_to_proto;
use crate::codec::proto::detente::v1 as calls;
use crate::domain::board::ThreadsFrom;
use crate::domain::digest::ThreadId;
use crate::journal::Journal;
use crate::limits;
use crate::registrar::Head;

/// The page that begins at `from`, as the page before named it; the first where that is empty.
///
/// # Errors
/// `from` was given by no page; or the journal does not answer, or is not what it was.
pub async fn threads_from(
    head: &Head,
    journal: &Journal,
    from: &[u8],
) -> Result<calls::ListThreadsResponse, Status> {
    let from = match from {
        [] => None,
        given => {
            let read = ThreadsFrom::from_bytes(given);
            Some(read.ok_or_else(|| status::field("from", "empty, or the `next` of the page before"))?)
        }
    };
    let page = head.board.threads_page(from, limits::THREADS_PER_PAGE);
    let mut threads = Vec::with_capacity(page.threads.len());
    for id in page.threads {
        threads.push(line(head, journal, id).await?);
    }
    let next = page.next.map(|next| next.to_bytes().to_vec().into()).unwrap_or_default();
    Ok(calls::ListThreadsResponse { threads, next })
}

async fn line(head: &Head, journal: &Journal, id: ThreadId) -> Result<calls::ThreadLine, Status> {
    let mut line = calls::ThreadLine { thread: id.0.to_vec().into(), ..Default::default() };
    let Some(thread) = head.board.thread(id) else { return Ok(line) };
    line.messages = u32::try_from(thread.messages()).unwrap_or(u32::MAX);
    line.newest_at_ms = thread.newest().map_or(0, |newest| newest.recorded_at.0);
    if let Some(first) = thread.first() {
        let stored = head.records(journal).message(first.index, &first.digest).await;
        let stored = stored.map_err(status::record)?;
        line.opened_by = stored.message.author.to_string();
        line.traffic = traffic_to_proto(stored.message.draft.traffic);
        line.parties = stored.message.draft.parties().iter().map(ToString::to_string).collect();
        line.number = stored.message.number;
        line.first_at_ms = first.recorded_at.0;
        line.subject = stored.message.draft.subject;
        line.kind = stored.message.draft.kind;
    }
    Ok(line)
}
