//! What is done with a peer by one call: the call within its time, what its answer says beside what is signed, and the
//! command that comes of it.
//!
//! Never here: which call (`beat.rs`, `lists.rs`, `follow.rs`), or whether it is made again.

use std::time::Duration;

use super::exchange::Link;
use super::links::Said;
use crate::codec::message;
use crate::codec::proto::detente::v1::Beat;
use crate::domain::board::Denied;
use crate::domain::command::{Command, Origin};
use crate::domain::time::Instant;
use crate::limits;

/// The peer did not answer, or not with anything of use. The next heartbeat tries again.
pub(super) struct NoUse;

/// The answer, where it comes within the time that a call may take.
pub(super) async fn call<T>(
    calling: impl Future<Output = Result<tonic::Response<T>, tonic::Status>>,
) -> Result<T, NoUse> {
    match tokio::time::timeout(Duration::from_millis(limits::PEER_CALL_MS_MAX), calling).await {
        Ok(Ok(response)) => Ok(response.into_inner()),
        Ok(Err(_)) | Err(_) => Err(NoUse),
    }
}

/// What the other end says beside what is signed.
pub(super) fn said(theirs: &Beat) -> Said {
    let mut said = Said { at: Instant(theirs.at_ms), ..Said::default() };
    for one in &theirs.lanes {
        if let Ok(lane) = message::precedence_from_proto(one.lane, "lane") {
            *lane.of_mut(&mut said.sent) = one.sent;
            *lane.of_mut(&mut said.taken) = one.taken;
        }
    }
    said
}

/// As the node's own command.
pub(super) async fn give(link: &Link, command: Command) -> Result<(), Denied> {
    link.exchange.registrar.give(command, Origin::Node).await.map(|_| ())
}
