//! The message that tells an author that a console here shows its text. Nobody is said to have read it.
//!
//! Never here: a second one for the same text, whichever console says so and however often.

use tonic::Status;

use super::kept::Kept;
use super::told::Told;
use crate::codec::{form, heading};
use crate::domain::command::{Command, Origin};
use crate::domain::content::{Content, Kind};
use crate::domain::digest::{CommandId, Digest};
use crate::domain::event::Stamp;
use crate::domain::form::{MessageDigest, MessageReference};
use crate::domain::hotline::SessionShown;
use crate::domain::message::{Message, Outgoing, Relation, SHOWN_SUBJECT};
use crate::domain::people::Person;
use crate::domain::refusal::Refusal;
use crate::registrar::Registrar;
use crate::rpc::caller::PersonCaller;
use crate::rpc::command::refused;
use crate::rpc::status;

/// Puts on record, and tells the author, that this officer's console shows a text.
///
/// # Errors
/// It is no text of another Party's in a session; or it could not be put on record now.
pub(super) async fn put(
    registrar: &Registrar,
    kept: &Kept,
    caller: &PersonCaller,
    of: Digest,
) -> Result<(), Status> {
    let head = registrar.head();
    let there = head.board.messages.get(&of).ok_or(Refusal::NoSuchMessage).map_err(refused)?;
    let records = head.records(&registrar.journal);
    let stored = records.message(there.index, &of).await.map_err(status::record)?;
    let read = &stored.message;
    let own = head.board.own.map(|own| own.party);
    if read.draft.kind != Kind::SessionText.name() || Some(read.author) == own {
        return Err(status::field("shown", "is no text of another Party's in a session"));
    }
    // Its author may have been told longer ago than ids of commands are kept.
    let look = |told: &Told| told.is_shown_here(&of);
    if kept.of(&head, &registrar.journal, read.draft.thread, look).await? {
        return Ok(());
    }
    let outgoing = shown(of, read, caller.person())?;
    heading::whole(&outgoing).map_err(status::decode)?;
    // The same for every console, so that two at once are one.
    let content = Digest::of_all(&[b"hotline shown", &of.0]);
    let mut id = [0; 16];
    id.copy_from_slice(&content.0[..16]);
    let at = registrar.clock.now();
    let stamp = Stamp { id: CommandId(id), content, at, by: caller.person().clone() };
    let given = registrar.give(Command::Shown { of, outgoing }, Origin::Person(stamp)).await;
    // Whichever officer's console says it first: it is said once.
    given.map(|_| ()).map_err(status::denied)
}

/// To its author, in its thread, on its lane.
fn shown(of: Digest, read: &Message, officer: &Person) -> Result<Outgoing, Status> {
    let message_digest = Some(MessageDigest(of));
    let author = read.author.to_string();
    let form = SessionShown {
        shown: MessageReference { message_digest, author, ..MessageReference::default() },
        console: officer.name.clone(),
        ..SessionShown::default()
    };
    let content = form::encode(&Content::SessionShown(form)).map_err(|over| status::field("shown", over))?;
    let kind = Kind::SessionShown.name();
    Ok(Outgoing {
        content: content.into(),
        subject: SHOWN_SUBJECT.into(),
        ..Outgoing::to_author(kind, of, read, Relation::RefersTo, officer)
    })
}
