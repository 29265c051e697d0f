//! The message that tells an author, by name, who read its own.
//!
//! Never here: the call by which an officer says so (`watch.rs`), or a reader's assent.

use tonic::Status;

use super::status;
use crate::codec::message::encode_acknowledgement;
use crate::domain::board::Denied;
use crate::domain::digest::Digest;
use crate::domain::event::Event;
use crate::domain::message::{
    ACKNOWLEDGEMENT, Acknowledgement, Addressee, Message, Outgoing, Reference, Relation,
};
use crate::domain::people::Person;
use crate::domain::refusal::Refusal;
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

/// Why an acknowledgement was not put on record; of a second one by the same officer, with the number of the
/// first.
pub(super) async fn denied(registrar: &Registrar, fault: Denied) -> Status {
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
