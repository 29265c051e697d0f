//! What follows from one command of an officer: commands under ids of their own that follow from its id, so that the
//! same call, given again, has the same answer.
//!
//! Never here: a command that its officer did not ask for.

use std::sync::Arc;

use tonic::Status;

use crate::codec::proto::detente::v1 as calls;
use crate::domain::board::Denied;
use crate::domain::command::{AsIs, Command, Origin};
use crate::domain::digest::{CommandId, Digest, DraftId};
use crate::domain::event::{Event, Record, Stamp};
use crate::registrar::{Done, Registrar};
use crate::rpc::command;
use crate::rpc::draft::{self, Body};
use crate::rpc::status;

/// What is given to the Registrar, and by whom.
type Ask = (Command, Origin);

/// The stamp of the release of a draft by who wrote it.
pub(super) fn stamp_of_release(stamp: Stamp) -> Stamp {
    follows(b"hotline release", stamp)
}

/// Releases a draft without faults.
pub(super) fn release(draft: DraftId, body: &Body) -> Command {
    let (digest, outgoing) = (body.digest, body.outgoing.clone());
    Command::Release { draft, digest, outgoing, faults: Vec::new(), as_is: AsIs::OnlyWithoutFaults }
}

/// Puts a draft and its release on record in one batch: who talks waits for one append, not for two. The body, as its
/// record holds it, and the record of its release.
pub(super) async fn drafted_and_released(
    registrar: &Registrar,
    drafts: Ask,
    draft: DraftId,
    body: Body,
    stamp: &Stamp,
) -> Result<(Body, Option<Arc<Record>>), Status> {
    let releases = (release(draft, &body), Origin::Person(stamp_of_release(stamp.clone())));
    let by = Origin::Person(stamp.clone());
    let (drafted, released) = registrar.give_both(drafts, releases).await;
    match drafted.map_err(status::denied)? {
        // The same call came first: what that drafted is what is released.
        before @ Done::Before { .. } => {
            let record = command::answer(registrar, before, &by).await?;
            Ok((draft::drafted_in(&record, draft).ok_or_else(command::not_what_was_asked)?, None))
        }
        Done::Now(_) => {
            let done = released.map_err(status::denied)?;
            let record = registrar.record_of(done).await.map_err(status::record)?;
            Ok((body, Some(record)))
        }
    }
}

/// What came of a release.
pub(super) fn told_released(record: &Record, answer: &mut calls::Spoken) {
    for event in &record.events {
        if let Event::Released(released) = event {
            answer.released = true;
            answer.message_digest = released.digest.0.to_vec().into();
            answer.number.clone_from(&released.message.number);
            answer.released_at_ms = released.message.released_at.0;
        }
    }
}

/// Withdraws an open draft of this officer's in whose place another one is on record now. One that was released,
/// withdrawn or taken over by somebody else meanwhile stays as it is.
pub(super) async fn replace(registrar: &Registrar, stamp: &Stamp, draft: DraftId) -> Result<(), Status> {
    let head = registrar.head();
    let is_theirs = head.board.draft(draft).is_some_and(|open| open.drafter.is_same_person(&stamp.by));
    if !is_theirs || draft == DraftId(stamp.id.0) {
        return Ok(());
    }
    let origin = Origin::Person(follows(b"hotline replaced", stamp.clone()));
    match registrar.give(Command::WithdrawDraft { draft }, origin).await {
        Ok(_) | Err(Denied::Refused(_) | Denied::AlreadyDone { .. }) => Ok(()),
        Err(fault @ Denied::NotNow(_)) => Err(status::denied(fault)),
    }
}

fn follows(what: &[u8], stamp: Stamp) -> Stamp {
    let Digest(bytes) = Digest::of_all(&[what, &stamp.id.0]);
    let mut first = [0; 16];
    first.copy_from_slice(&bytes[..16]);
    Stamp { id: CommandId(first), content: Digest::of_all(&[what, &stamp.content.0]), ..stamp }
}
