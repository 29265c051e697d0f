//! What a message of a session refers to, in its envelope and in its form.
//!
//! Never here: what is said.

use super::told::Told;
use crate::codec::proto::detente::evidence::v1 as evidence;
use crate::domain::content::Content;
use crate::domain::digest::Digest;
use crate::domain::form::{MessageDigest, MessageReference};
use crate::domain::hotline::session::seen_in;

/// What the envelope refers to: the text that is answered or translated, and all that was seen, so that whoever
/// lacks one of these is told that it waits for it.
pub(super) fn references(told: &Told, content: &Content) -> Vec<evidence::Reference> {
    let mut found: Vec<evidence::Reference> = Vec::new();
    let mut add = |digest: Digest, relation: evidence::Relation| {
        let bytes = digest.0.to_vec();
        if found.iter().any(|one| one.message_digest == bytes) {
            return;
        }
        let known = told.message(&digest);
        found.push(evidence::Reference {
            message_digest: bytes.into(),
            number: known.map(|message| message.number.clone()).unwrap_or_default(),
            author: known.map(|message| message.author.to_string()).unwrap_or_default(),
            relation: relation as i32,
        });
    };
    let answered = match content {
        Content::SessionText(form) => form.answers.message_digest,
        _ => None,
    };
    if let Some(answered) = answered {
        add(answered.0, evidence::Relation::Answers);
    }
    if let Content::Translation(form) = content
        && let Some(of) = form.of.message_digest
    {
        add(of.0, evidence::Relation::RefersTo);
    }
    // What an addressee can't have it would wait for in vain.
    for seen in seen_in(content).iter().filter(|seen| seen.not_to.is_empty()) {
        if let Some(message) = seen.message {
            add(message.0, evidence::Relation::RefersTo);
        }
    }
    found
}

pub(super) fn reference(told: &Told, digest: Digest) -> MessageReference {
    let author = told.message(&digest).map(|message| message.author);
    let author = author.filter(|author| *author != told.own).map(|author| author.to_string());
    MessageReference {
        message_digest: Some(MessageDigest(digest)),
        author: author.unwrap_or_default(),
        ..MessageReference::default()
    }
}
