//! What a message of a session refers to, in its envelope and in its form.
//!
//! Never here: what is said.

use super::told::Told;
use crate::codec::proto::detente::evidence::v1 as evidence;
use crate::domain::content::Content;
use crate::domain::digest::Digest;
use crate::domain::form::{MessageDigest, MessageReference};
use crate::domain::hotline::session::seen_in;
use crate::domain::party::Party;
use crate::rpc::draft;

/// What the envelope of a message to these refers to: the text that is answered or translated, and all that was seen, so
/// that whoever lacks one of these is told that it waits for it. What an addressee can't have it would wait for in vain.
pub(super) fn references(told: &Told, to: &[Party], content: &Content) -> Vec<evidence::Reference> {
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
    if let Some(answered) = answered.filter(|answered| not_to(told, &answered.0, to).is_empty()) {
        add(answered.0, evidence::Relation::Answers);
    }
    if let Content::Translation(form) = content
        && let Some(of) = form.of.message_digest
    {
        add(of.0, evidence::Relation::RefersTo);
    }
    for seen in seen_in(content).iter().filter(|seen| seen.not_to.is_empty()) {
        // What its author did not bring here this node would wait for itself.
        let is_brought = |message: &MessageDigest| !told.by_way.contains_key(&message.0);
        if let Some(message) = seen.message.filter(is_brought) {
            add(message.0, evidence::Relation::RefersTo);
        }
    }
    found
}

/// The codes of the addressees of a draft to whom the text that it answers was not addressed.
pub(super) fn answered_not_to(told: &Told, body: &draft::Body) -> Vec<String> {
    let Some(Content::SessionText(form)) = body.said.content() else { return Vec::new() };
    let Some(answered) = form.answers.message_digest else { return Vec::new() };
    not_to(told, &answered.0, &body.outgoing.parties()).iter().map(Party::to_string).collect()
}

/// To whom of these a message of the session was not addressed, as to a Party that came in later. Of a message that is
/// not here nothing is known.
fn not_to(told: &Told, message: &Digest, to: &[Party]) -> Vec<Party> {
    let Some(spoken) = told.spoken.iter().find(|one| one.said.message == *message) else { return Vec::new() };
    to.iter().copied().filter(|party| !spoken.is_had_by(*party)).collect()
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
