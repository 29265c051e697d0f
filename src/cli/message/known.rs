//! Which draft, message or thread is meant, where only the first digits are given: those on record at the node.
//!
//! Never here: a choice among several.

use std::collections::BTreeSet;

use bytes::Bytes;
use tonic::transport::Channel;

use crate::cli::desk::{Desk, answer};
use crate::cli::fault::Fault;
use crate::cli::given::only_one;
use crate::codec::proto::detente::v1 as calls;
use crate::codec::proto::detente::v1::message_service_client::MessageServiceClient;
use crate::codec::{message, signed};
use crate::domain::digest::{Digest, DraftId, ThreadId};
use crate::domain::language::Language;
use crate::domain::message::Message;
use crate::limits;

pub fn service(desk: &Desk) -> MessageServiceClient<Channel> {
    MessageServiceClient::new(desk.channel.clone()).max_decoding_message_size(limits::ANSWER_BYTES_MAX)
}

/// The open draft that is meant.
pub async fn open_draft(desk: &Desk, beginning: &str) -> Result<DraftId, Fault> {
    if let Some(whole) = DraftId::from_hex(beginning) {
        return Ok(whole);
    }
    let drafts = answer(service(desk).list_drafts(calls::ListDraftsRequest {})).await?.drafts;
    let found = only_one("open draft", beginning, drafts.iter().map(|line| &line.draft))?;
    DraftId::from_slice(&found).ok_or_else(|| Fault::new("the node names a draft that has no id"))
}

/// A message that a node gave: its exact bytes, and what has the digest.
pub struct Known {
    pub signed: Bytes,
    pub digest: Digest,
    pub message: Message,
    /// What the node tells beside it.
    pub marks: Vec<String>,
}

/// How a call names the reader's language: empty for none.
pub fn tag(reader: Option<&Language>) -> String {
    reader.map(Language::to_string).unwrap_or_default()
}

/// The message that is meant. What is read is what has this digest: computed here, not taken on the node's word.
pub async fn known_message(desk: &Desk, beginning: &str) -> Result<Known, Fault> {
    let asked = calls::ShowMessageRequest { beginning: beginning.to_owned() };
    let calls::ShowMessageResponse { message: signed, marks, .. } =
        answer(service(desk).show_message(asked)).await?;
    let wrapping = signed::decode(signed.clone())?;
    let digest = wrapping.digest();
    if !digest.to_string().starts_with(beginning) {
        return Err(Fault::new("the node gave another message than the one asked for"));
    }
    Ok(Known { signed, digest, message: message::decode(&wrapping.payload)?, marks })
}

/// The thread that is meant.
pub async fn known_thread(desk: &Desk, beginning: &str) -> Result<ThreadId, Fault> {
    if let Some(whole) = ThreadId::from_hex(beginning) {
        return Ok(whole);
    }
    let lines = all_threads(desk).await?;
    let found = only_one("thread", beginning, lines.iter().map(|line| &line.thread))?;
    ThreadId::from_slice(&found).ok_or_else(|| Fault::new("the node names a thread that has no id"))
}

pub async fn all_threads(desk: &Desk) -> Result<Vec<calls::ThreadLine>, Fault> {
    let mut lines: Vec<calls::ThreadLine> = Vec::new();
    let mut from = Bytes::new();
    loop {
        let answered = answer(service(desk).list_threads(calls::ListThreadsRequest { from })).await?;
        lines.extend(answered.threads);
        if answered.next.is_empty() {
            break;
        }
        from = answered.next;
    }
    // Of one that came again the later line is the true one.
    let mut known = BTreeSet::new();
    lines.reverse();
    lines.retain(|line| known.insert(line.thread.clone()));
    lines.reverse();
    Ok(lines)
}
