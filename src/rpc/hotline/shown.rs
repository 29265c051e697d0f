//! The message that tells an author that a console here shows its text. Nobody is said to have read it.
//!
//! Never here: a second one for the same text, whichever console says so and however often.

use tonic::Status;

use crate::codec::content;
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
use crate::domain::thread::Entry;
use crate::registrar::{Head, Registrar};
use crate::rpc::caller::PersonCaller;
use crate::rpc::command::refused;
use crate::rpc::status;

/// Puts on record, and tells the author, that this officer's console shows a text.
///
/// # Errors
/// It is no text of another Party's in a session; or it could not be put on record now.
pub(super) async fn put(registrar: &Registrar, caller: &PersonCaller, of: Digest) -> Result<(), Status> {
    let head = registrar.head();
    let there = head.board.messages.get(&of).ok_or(Refusal::NoSuchMessage).map_err(refused)?;
    let records = head.records(&registrar.journal);
    let stored = records.message(there.index, &of).await.map_err(status::record)?;
    let read = &stored.message;
    let own = head.board.own.map(|own| own.party);
    if read.draft.kind != Kind::SessionText.name() || Some(read.author) == own {
        return Err(status::field("shown", "is no text of another Party's in a session"));
    }
    if is_told(registrar, &head, read, there.index, &of).await? {
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

/// Whether the author was told already, also longer ago than ids of commands are kept.
async fn is_told(
    registrar: &Registrar,
    head: &Head,
    read: &Message,
    since: u64,
    of: &Digest,
) -> Result<bool, Status> {
    let (Some(own), Some(thread)) = (head.board.own, head.board.thread(read.draft.thread)) else {
        return Ok(false);
    };
    let records = head.records(&registrar.journal);
    let ours = |entry: &&Entry| entry.author == own.party && entry.index > since;
    let ours: Vec<Entry> = thread.entries().filter(ours).copied().collect();
    for entry in ours {
        let stored = records.message(entry.index, &entry.digest).await.map_err(status::record)?;
        let draft = &stored.message.draft;
        if draft.kind != Kind::SessionShown.name() {
            continue;
        }
        if let Some(Content::SessionShown(form)) = content::said(&draft.kind, &draft.content).content()
            && form.shown.message_digest.is_some_and(|shown| shown.0 == *of)
        {
            return Ok(true);
        }
    }
    Ok(false)
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
