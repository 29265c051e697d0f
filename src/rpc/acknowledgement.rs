//! The message that tells an author, by name, who read its own.
//!
//! Never here: the call by which an officer says so (`watch.rs`), or a reader's assent.

use tonic::Status;

use super::caller::PersonCaller;
use super::command::{give, not_what_was_asked, refused};
use super::status;
use crate::codec::content::{self, Said};
use crate::codec::heading;
use crate::codec::message::encode_acknowledgement;
use crate::domain::command::{Command, Origin};
use crate::domain::digest::Digest;
use crate::domain::event::{Event, Stamp};
use crate::domain::message::{
    ACKNOWLEDGEMENT, Acknowledgement, Addressee, Message, Outgoing, Reference, Relation,
};
use crate::domain::people::Person;
use crate::domain::refusal::Refusal;
use crate::domain::thread::{Acknowledged, Entry, Whereabouts};
use crate::domain::time::Instant;
use crate::registrar::Registrar;

/// "I have read this": to its author, in its thread, on its lane. The subject quotes nothing, since a
/// number may be as long as a subject.
fn acknowledgement(of: Digest, read: &Message, officer: &Person, at: Instant) -> Outgoing {
    let content = Acknowledgement { message: of, officer: officer.clone(), read_at: at };
    Outgoing {
        word: None,
        format: String::new(),
        forwards: None,
        releasable_to: Vec::new(),
        thread: read.draft.thread,
        kind: ACKNOWLEDGEMENT.into(),
        content: encode_acknowledgement(&content),
        action: vec![Addressee { party: read.author, office: String::new() }],
        information: Vec::new(),
        precedence: read.draft.precedence,
        zone: "Z".into(),
        drafter: officer.clone(),
        regime: None,
        marking: String::new(),
        language: "en".into(),
        references: vec![Reference {
            message: Some(of),
            number: read.number.clone(),
            author: read.author.to_string(),
            relation: Relation::Acknowledges,
        }],
        traffic: read.draft.traffic,
        parts: Vec::new(),
        subject: "Acknowledgement".into(),
        remarks: String::new(),
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
    let before = acknowledged_by(registrar, caller.person(), &of, there, &stored.message, stamp).await?;
    if let Some(number) = before {
        return Err(refused(Refusal::AcknowledgedBefore { number }));
    }
    let outgoing = acknowledgement(of, &stored.message, caller.person(), stamp.at);
    // What can't be read again must not be put on record.
    heading::whole(&outgoing).map_err(status::decode)?;
    let record = give(registrar, Command::Acknowledge { of, outgoing }, origin).await?;
    let answer = record.events.iter().find_map(|event| match event {
        Event::Released(released) => Some((released.digest, released.message.number.clone())),
        _ => None,
    });
    answer.ok_or_else(not_what_was_asked)
}

/// The number of the message by which this very person, known by their key, acknowledged another. `None` also
/// for a command that is on record already: it has its answer.
async fn acknowledged_by(
    registrar: &Registrar,
    person: &Person,
    of: &Digest,
    there: Whereabouts,
    read: &Message,
    stamp: &Stamp,
) -> Result<Option<String>, Status> {
    let head = registrar.head();
    let Acknowledged::InRecord(_) = there.acknowledged else { return Ok(None) };
    let (Some(own), Some(thread)) = (head.board.own, head.board.thread(read.draft.thread)) else {
        return Ok(None);
    };
    if head.board.commands.contains_key(&stamp.id) {
        return Ok(None);
    }
    let records = head.records(&registrar.journal);
    let since = |entry: &&Entry| entry.author == own.party && entry.index > there.index;
    let since: Vec<Entry> = thread.entries().filter(since).copied().collect();
    for entry in since {
        let stored = records.message(entry.index, &entry.digest).await.map_err(status::record)?;
        let draft = &stored.message.draft;
        if let Said::Acknowledgement(said) = content::said(&draft.kind, &draft.content)
            && said.message == *of
            && said.officer.key_digest == person.key_digest
        {
            return Ok(Some(stored.message.number));
        }
    }
    Ok(None)
}
