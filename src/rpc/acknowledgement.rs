//! The message that tells an author, by name, who read its own.
//!
//! Never here: the call by which an officer says so (`watch.rs`), or a reader's assent.

use tonic::Status;

use super::status;
use crate::codec::content::{self, Said};
use crate::codec::message::encode_acknowledgement;
use crate::domain::digest::Digest;
use crate::domain::event::Stamp;
use crate::domain::message::{
    ACKNOWLEDGEMENT, Acknowledgement, Addressee, Message, Outgoing, Reference, Relation,
};
use crate::domain::people::Person;
use crate::domain::thread::{Acknowledged, Entry, Whereabouts};
use crate::domain::time::Instant;
use crate::registrar::Registrar;

/// "I have read this": to its author, in its thread, on its lane. The subject quotes nothing, since a
/// number may be as long as a subject.
pub(super) fn acknowledgement(of: Digest, read: &Message, officer: &Person, at: Instant) -> Outgoing {
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

/// The number of the message by which this very person, known by their key, acknowledged another. `None` also
/// for a command that is on record already: it has its answer.
pub(super) async fn acknowledged_by(
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
