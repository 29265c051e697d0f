//! What follows from one command of an officer: commands under ids of their own that follow from its id, so that the
//! same call, given again, has the same answer.
//!
//! Never here: a command that its officer did not ask for.

use tonic::Status;

use crate::domain::board::Denied;
use crate::domain::command::{Command, Origin};
use crate::domain::digest::{CommandId, Digest, DraftId};
use crate::domain::event::Stamp;
use crate::registrar::Registrar;
use crate::rpc::status;

/// The release of a draft by who wrote it.
pub(super) fn release(stamp: Stamp) -> Stamp {
    follows(b"hotline release", stamp)
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
