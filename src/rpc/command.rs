//! From a call to a command and to the record that answers it: who gives it, under which id, the digest of
//! what was asked, and what every call reads alike.
//!
//! Never here: what a command says.

use std::sync::Arc;

use prost::Message;
use tonic::{Request, Status};

use super::caller::{Caller, PersonCaller};
use super::{access, status};
use crate::codec::proto::detente::v1::CommandHeader;
use crate::domain::board::Denied;
use crate::domain::command::{Command, Origin};
use crate::domain::digest::{CommandId, Digest, DraftId};
use crate::domain::event::{Record, Stamp};
use crate::domain::refusal::Refusal;
use crate::domain::time::Instant;
use crate::registrar::{Done, Head, Registrar};

/// The stamp of a person's command. `call` names it, such as "WatchService/Acknowledge"; `whole` is the
/// call's message, whose field 1 is the header: the same id with another one, in another call, or of another
/// person, is refused.
pub fn origin<M: Message>(
    call: &'static str,
    header: Option<&CommandHeader>,
    whole: &M,
    caller: &PersonCaller,
) -> Result<Origin, Status> {
    let header = header.ok_or_else(|| status::field("command", "must be given"))?;
    let id = CommandId::from_slice(&header.id).ok_or_else(|| status::field("command.id", "16 bytes"))?;
    Ok(Origin::Person(Stamp {
        id,
        content: content_of(call, header, whole),
        at: Instant(header.at_ms),
        by: caller.person().clone(),
    }))
}

/// The digest of what is asked, under the name of its call. The header is left out: the id stands beside
/// the digest, and whoever asks again may do so at another time.
fn content_of<M: Message>(call: &str, header: &CommandHeader, whole: &M) -> Digest {
    let mut header_field = Vec::new();
    prost::encoding::message::encode(1, header, &mut header_field);
    let whole = whole.encode_to_vec();
    let asked = whole.strip_prefix(header_field.as_slice()).unwrap_or(&whole);
    Digest::of_all(&[call.as_bytes(), &[0], asked])
}

/// Gives a command; the record that answers it.
pub(super) async fn give(
    registrar: &Registrar,
    command: Command,
    origin: Origin,
) -> Result<Arc<Record>, Status> {
    let by = origin.clone();
    let done = registrar.give(command, origin).await.map_err(status::denied)?;
    answer(registrar, done, &by).await
}

/// The record that answers this command already, where the very same was given before; `None` where none was.
///
/// # Errors
/// Something else was asked under its id, or somebody else asked.
pub(super) async fn answered_before(
    registrar: &Registrar,
    head: &Head,
    origin: &Origin,
) -> Result<Option<Arc<Record>>, Status> {
    let Origin::Person(stamp) = origin else { return Ok(None) };
    match head.board.commands.get(&stamp.id) {
        Some(done) if done.content == stamp.content => {
            answer(registrar, Done::Before { index: done.index }, origin).await.map(Some)
        }
        Some(_) => Err(refused(Refusal::IdReused)),
        None => Ok(None),
    }
}

/// The record that answers a command. What another person did under the same id is no answer: of whoever took it for
/// one nothing would be on record.
pub(super) async fn answer(registrar: &Registrar, done: Done, by: &Origin) -> Result<Arc<Record>, Status> {
    let record = registrar.record_of(done).await.map_err(status::record)?;
    let is_anothers = match (by, &record.command) {
        (Origin::Person(asks), Some(gave)) => !gave.by.is_same_person(&asks.by),
        (Origin::Person(_) | Origin::Node, _) => false,
    };
    if is_anothers { Err(refused(Refusal::IdReused)) } else { Ok(record) }
}

/// The person who calls. The access table lets nobody else in; it is asked again here.
pub(super) fn person<T>(call: &Request<T>) -> Result<&PersonCaller, Status> {
    match access::caller(call)? {
        Caller::Person(person) => Ok(person),
        other @ (Caller::PersonWithStaleList(_)
        | Caller::Peer(_)
        | Caller::PeerWithStaleList(_)
        | Caller::PeerWithUnlistedKey(_)) => Err(status::not_permitted(other, &[])),
    }
}

pub(super) fn draft_id(bytes: &[u8]) -> Result<DraftId, Status> {
    DraftId::from_slice(bytes).ok_or_else(|| status::field("draft", "16 bytes"))
}

pub(super) fn digest_in(bytes: &[u8]) -> Result<Digest, Status> {
    Digest::from_slice(bytes).ok_or_else(|| status::field("digest", "32 bytes"))
}

pub(super) fn refused(refusal: Refusal) -> Status {
    status::denied(Denied::Refused(refusal))
}

/// Said of an instant as of which a past picture is asked for.
pub const NOT_YET: &str = "has not come yet: what is on record then can't be told";

/// The instant as of which a picture is asked for; `None` for now.
///
/// # Errors
/// By the node's clock it has not come yet.
pub(super) fn as_of(ms: Option<i64>, now: Instant) -> Result<Option<Instant>, Status> {
    let at = ms.map(Instant);
    if at.is_some_and(|at| at > now) {
        return Err(status::field("as_of_ms", NOT_YET));
    }
    Ok(at)
}

/// The position after which a stream goes on, as it was told before; 0 for all that is on record.
///
/// # Errors
/// No record here has a later one: what would be told from there on is not what the caller has not seen.
pub(super) fn position_in(field: &str, position: u64, head: &Head) -> Result<u64, Status> {
    let size = head.chain.size;
    if position > size {
        let rule = format!(
            "at most {size}: no record here has a later position; a node that was put back to an older copy is \
             begun with anew, from 0"
        );
        return Err(status::field(field, rule));
    }
    Ok(position)
}

/// Whether the record before a position is that of which the caller was told there, by the leaf hash that was told with
/// it. Where the caller names none, nothing is asked.
///
/// # Errors
/// It is another one: what was told before it may not be on record here, and what is may not have been told.
pub(super) fn goes_on_from(field: &str, told: &[u8], before: &Digest) -> Result<(), Status> {
    if told.is_empty() || Digest::from_slice(told).ok_or_else(|| status::field(field, "32 bytes"))? == *before
    {
        return Ok(());
    }
    let rule = "the record before this position is another one here than was told: a node that was put back to another \
                copy of its journal is begun with anew, from 0";
    Err(status::field(field, rule))
}

/// The record under a command's id holds something else than that command brings about.
pub(super) fn not_what_was_asked() -> Status {
    status::ours(
        "RECORD_UNEXPECTED",
        "the record that should answer this holds something else; nothing was done now; \
         tell whoever runs the node to audit the journal: `detente audit export --from DIRECTORY --out FILE`, then \
         `detente audit verify --file FILE`",
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codec::proto::detente::v1::{ConfirmRequest, DropProposalRequest};

    #[test]
    fn the_same_asked_later_is_the_same_and_asked_of_another_call_is_not() {
        let header = |at_ms| CommandHeader { id: vec![1; 16].into(), at_ms };
        let confirm = |at_ms| {
            let (command, proposal) = (Some(header(at_ms)), vec![2; 16].into());
            let whole = ConfirmRequest { command, proposal, change_digest: Vec::new().into() };
            content_of("PartyService/Confirm", &header(at_ms), &whole)
        };
        assert_eq!(confirm(1), confirm(2));
        let whole = DropProposalRequest { command: Some(header(1)), proposal: vec![2; 16].into() };
        assert_ne!(content_of("PartyService/DropProposal", &header(1), &whole), confirm(1));
        let (command, proposal) = (Some(header(1)), vec![3; 16].into());
        let other = ConfirmRequest { command, proposal, change_digest: Vec::new().into() };
        assert_ne!(content_of("PartyService/Confirm", &header(1), &other), confirm(1));
    }
}
