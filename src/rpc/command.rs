//! From a call to a command: who gives it, under which id, and the digest of what was asked.

use prost::Message;
use tonic::Status;

use super::caller::PersonCaller;
use super::status;
use crate::codec::proto::detente::v1::CommandHeader;
use crate::domain::command::Origin;
use crate::domain::digest::{CommandId, Digest};
use crate::domain::event::Stamp;
use crate::domain::time::Instant;

/// The stamp of a person's command. `whole` is the call's message: the same id with another one is
/// refused.
pub fn origin<M: Message>(
    header: Option<&CommandHeader>,
    whole: &M,
    caller: &PersonCaller,
) -> Result<Origin, Status> {
    let header = header.ok_or_else(|| status::field("command", "must be given"))?;
    let id = CommandId::from_slice(&header.id).ok_or_else(|| status::field("command.id", "16 bytes"))?;
    Ok(Origin::Person(Stamp {
        id,
        content: Digest::of(&whole.encode_to_vec()),
        at: Instant(header.at_ms),
        by: caller.person().clone(),
    }))
}
