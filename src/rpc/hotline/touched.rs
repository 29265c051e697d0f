//! What a record does to messages of sessions: brings one, or tells what became of one.
//!
//! Never here: whether a console is told of it (`join.rs`), or more than the one message that a kind is about: an
//! envelope refers to as many others as its author likes.

use crate::codec::content::{self, Said};
use crate::domain::content::{Content, Kind};
use crate::domain::digest::{Digest, ThreadId};
use crate::domain::event::{Event, Record};
use crate::domain::message::{ACKNOWLEDGEMENT, Message};
use crate::registrar::Head;

/// What a record does to a message of a session.
pub(super) struct Touched {
    /// In which thread it is said; `None` of a receipt, which does not say.
    pub thread: Option<ThreadId>,
    pub message: Digest,
    pub is_new: bool,
    /// The message takes back another one, or is what was written down of one as heard: that one is what is touched, and
    /// the session says which. Or it hands one on, which the session then says.
    pub is_word: bool,
}

/// What an event says of messages: itself, if it stands in a session, and the one that it is about.
pub(super) fn touched(head: &Head, record: &Record, event: &Event) -> Vec<Touched> {
    match event {
        Event::Released(released) => of_message(&released.message, released.digest),
        Event::Received(received) => match &received.message {
            // Only the record that brought it first is news.
            Some(message) if is_where(head, &received.dispatch.message, record.index) => {
                of_message(message, received.dispatch.message)
            }
            Some(_) | None => Vec::new(),
        },
        Event::Receipted(receipted) => vec![changed(None, receipted.receipt.message)],
        _ => Vec::new(),
    }
}

fn of_message(message: &Message, digest: Digest) -> Vec<Touched> {
    let thread = Some(message.draft.thread);
    let kind = Kind::from_name(&message.draft.kind);
    let mut touched = Vec::new();
    // A close has no line: it is told as how the session stands.
    if kind.is_some_and(|kind| kind.has_place_in_session() || kind == Kind::SessionClose) {
        touched.push(Touched { is_new: true, ..changed(thread, digest) });
    }
    touched.extend(about(message).filter(|about| *about != digest).map(|about| changed(thread, about)));
    if let Some(Kind::Transcription | Kind::Forwarded | Kind::MessageWithdrawal) = kind {
        touched.push(Touched { is_word: true, ..changed(thread, digest) });
    }
    // It waits itself, whether what it is about is here or not.
    if let Some(Kind::Translation | Kind::MessageWithdrawal) = kind {
        touched.push(changed(thread, digest));
    }
    touched
}

/// The message that this one is about, by its form: of which a line tells something by it.
fn about(message: &Message) -> Option<Digest> {
    let kind = message.draft.kind.as_str();
    let is_about_one = [Kind::SessionText, Kind::SessionShown, Kind::Translation];
    if kind != ACKNOWLEDGEMENT && is_about_one.iter().all(|one| one.name() != kind) {
        return None;
    }
    match content::said(kind, &message.draft.content) {
        Said::Acknowledgement(read) => Some(read.message),
        Said::Form(Content::SessionText(form)) => form.answers.message_digest.map(|digest| digest.0),
        Said::Form(Content::SessionShown(form)) => form.shown.message_digest.map(|digest| digest.0),
        Said::Form(Content::Translation(form)) => form.of.message_digest.map(|digest| digest.0),
        Said::Form(_) | Said::Unknown | Said::Unreadable(_) => None,
    }
}

fn changed(thread: Option<ThreadId>, message: Digest) -> Touched {
    Touched { thread, message, is_new: false, is_word: false }
}

fn is_where(head: &Head, message: &Digest, index: u64) -> bool {
    head.board.messages.get(message).is_some_and(|there| there.index == index)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codec::form::encode;
    use crate::codec::message::encode_acknowledgement;
    use crate::domain::form::{MessageDigest, MessageReference};
    use crate::domain::hotline::SessionText;
    use crate::domain::message::{Acknowledgement, Outgoing, Reference, Relation};
    use crate::domain::party::Incarnation;
    use crate::domain::people::Person;
    use crate::domain::time::Instant;

    const ITSELF: Digest = Digest([1; 32]);
    const ABOUT: Digest = Digest([2; 32]);

    /// In whose envelope as many messages are named as have room, each with every relation.
    fn message(kind: &str, content: Vec<u8>) -> Message {
        let mut draft = Outgoing::blank(kind, ThreadId([7; 16]));
        draft.content = content.into();
        let relations = [Relation::RefersTo, Relation::Amends, Relation::Answers, Relation::Acknowledges];
        for number in 0..32_u8 {
            draft.references.extend(relations.iter().map(|relation| Reference {
                message: Some(Digest([number; 32])),
                number: String::new(),
                author: String::new(),
                relation: *relation,
            }));
        }
        Message {
            author: "BY".parse().unwrap(),
            incarnation: Incarnation(1),
            number: "BY/1".into(),
            released_at: Instant(0),
            releaser: draft.drafter.clone(),
            draft,
        }
    }

    fn touched_by(message: &Message) -> Vec<(Digest, bool)> {
        of_message(message, ITSELF).iter().map(|one| (one.message, one.is_new)).collect()
    }

    #[test]
    fn whatever_an_envelope_refers_to_a_message_touches_itself_and_the_one_that_its_form_is_about() {
        let about = MessageReference { message_digest: Some(MessageDigest(ABOUT)), ..Default::default() };
        let text = SessionText { answers: about, ..SessionText::default() };
        let text = encode(&Content::SessionText(text)).unwrap();
        let said = touched_by(&message(Kind::SessionText.name(), text));
        assert_eq!(said, [(ITSELF, true), (ABOUT, false)]);
        let text = encode(&Content::SessionText(SessionText::default())).unwrap();
        assert_eq!(touched_by(&message(Kind::SessionText.name(), text)), [(ITSELF, true)]);
        let officer =
            Person { name: "Officer of BY".into(), office: String::new(), key_digest: Digest::ZERO };
        let read = Acknowledgement { message: ABOUT, officer, read_at: Instant(0) };
        let read = encode_acknowledgement(&read).to_vec();
        assert_eq!(touched_by(&message(ACKNOWLEDGEMENT, read)), [(ABOUT, false)]);
        assert!(touched_by(&message(Kind::Check.name(), Vec::new())).is_empty());
    }
}
