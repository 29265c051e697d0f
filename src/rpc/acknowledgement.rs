//! The message that tells an author, by name, who read its own.
//!
//! Never here: the call by which an officer says so (`watch.rs`), or a reader's assent.

use crate::codec::message::encode_acknowledgement;
use crate::domain::digest::Digest;
use crate::domain::message::{
    ACKNOWLEDGEMENT, Acknowledgement, Addressee, Message, Outgoing, Reference, Relation,
};
use crate::domain::people::Person;
use crate::domain::time::Instant;

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
