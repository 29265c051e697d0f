//! The message that tells an author, by name, who read its own.
//!
//! Never here: the call by which an officer says so (`watch.rs`), or a reader's assent.

use tonic::Status;

use super::caller::PersonCaller;
use super::command::{answer, not_what_was_asked, refused};
use super::status;
use crate::codec::heading;
use crate::codec::message::encode_acknowledgement;
use crate::domain::board::Denied;
use crate::domain::command::{Command, Origin};
use crate::domain::digest::Digest;
use crate::domain::event::Event;
use crate::domain::message::{
    ACKNOWLEDGEMENT, ACKNOWLEDGEMENT_SUBJECT, Acknowledgement, Message, Outgoing, Relation,
};
use crate::domain::people::Person;
use crate::domain::refusal::Refusal;
use crate::domain::thread::Acknowledged;
use crate::domain::time::Instant;
use crate::registrar::Registrar;

/// "I have read this": to its author, in its thread, on its lane. The subject quotes nothing, since a
/// number may be as long as a subject.
fn acknowledgement(of: Digest, read: &Message, officer: &Person, at: Instant) -> Outgoing {
    let content = Acknowledgement { message: of, officer: officer.clone(), read_at: at };
    Outgoing {
        content: encode_acknowledgement(&content),
        subject: ACKNOWLEDGEMENT_SUBJECT.into(),
        ..Outgoing::to_author(ACKNOWLEDGEMENT, of, read, Relation::Acknowledges, officer)
    }
}

/// Puts on record, and tells the author, that the caller read a message.
pub(super) async fn acknowledge(
    registrar: &Registrar,
    caller: &PersonCaller,
    origin: Origin,
    of: Digest,
) -> Result<(Digest, String), Status> {
    let head = registrar.head();
    let there = head.board.messages.get(&of).ok_or(Refusal::NoSuchMessage).map_err(refused)?;
    if there.acknowledged == Acknowledged::NotOwed {
        return Err(refused(Refusal::OwnMessage));
    }
    let records = head.records(&registrar.journal);
    let stored = records.message(there.index, &of).await.map_err(status::record)?;
    let Origin::Person(stamp) = &origin else { return Err(not_what_was_asked()) };
    let outgoing = acknowledgement(of, &stored.message, caller.person(), stamp.at);
    // What can't be read again must not be put on record.
    heading::whole(&outgoing).map_err(status::decode)?;
    let done = match registrar.give(Command::Acknowledge { of, outgoing }, origin.clone()).await {
        Ok(done) => done,
        Err(fault) => return Err(denied(registrar, fault).await),
    };
    let record = answer(registrar, done, &origin).await?;
    let acknowledged = record.events.iter().find_map(|event| match event {
        Event::Released(released) => Some((released.digest, released.message.number.clone())),
        _ => None,
    });
    acknowledged.ok_or_else(not_what_was_asked)
}

/// Why an acknowledgement was not put on record; of a second one by the same officer, with the number of the
/// first.
async fn denied(registrar: &Registrar, fault: Denied) -> Status {
    let Denied::Refused(Refusal::AcknowledgedBefore { index }) = fault else { return status::denied(fault) };
    let head = registrar.head();
    let record = head.records(&registrar.journal).record(index).await;
    let released = record.iter().flat_map(|record| &record.events).find_map(|event| match event {
        Event::Released(released) => Some(&released.message.number),
        _ => None,
    });
    match released {
        Some(number) => status::acknowledged_before(number),
        None => status::denied(fault),
    }
}
