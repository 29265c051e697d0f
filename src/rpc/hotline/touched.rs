//! What a record does to messages of sessions: brings one, or tells what became of one.
//!
//! Never here: whether a console is told of it (`join.rs`).

use crate::codec::content;
use crate::domain::content::{Content, Kind};
use crate::domain::digest::{Digest, ThreadId};
use crate::domain::event::{Event, Record};
use crate::domain::message::{Message, Relation, tells_of_another};
use crate::registrar::Head;

/// What a record does to a message of a session.
pub(super) struct Touched {
    /// `None` where the message's own record says it.
    pub thread: Option<ThreadId>,
    pub message: Digest,
    pub is_new: bool,
    /// The message takes back another one, which it names by its number alone, or is what was written down of one as
    /// heard: that one is what is touched. Or it hands one on, which the session then says.
    pub by_number: bool,
    /// Its author takes it back: of a translation what is touched is the text that it is of.
    pub is_taken_back: bool,
}

/// Whether it stands in the order of a session.
pub(super) fn is_ordered(message: &Message) -> bool {
    Kind::from_name(&message.draft.kind).is_some_and(Kind::has_place_in_session)
}

/// What an event says of messages: itself, if it stands in a session; else those that it is about.
pub(super) fn touched(head: &Head, record: &Record, event: &Event) -> Vec<Touched> {
    let (message, digest) = match event {
        Event::Released(released) => (&released.message, released.digest),
        Event::Received(received) => match &received.message {
            // Only the record that brought it first is news.
            Some(message) if is_where(head, &received.dispatch.message, record.index) => {
                (message, received.dispatch.message)
            }
            Some(_) | None => return Vec::new(),
        },
        Event::Receipted(receipted) => {
            return vec![changed(None, receipted.receipt.message)];
        }
        _ => return Vec::new(),
    };
    let thread = Some(message.draft.thread);
    let kind = message.draft.kind.as_str();
    let mut touched = Vec::new();
    // A close has no line: it is told as how the session stands.
    if is_ordered(message) || kind == Kind::SessionClose.name() {
        touched.push(Touched { is_new: true, ..changed(thread, digest) });
    }
    if is_ordered(message) || tells_of_another(kind) || kind == Kind::Translation.name() {
        let about = message.draft.references.iter().filter_map(|reference| match reference.relation {
            Relation::RefersTo if is_ordered(message) => None,
            _ => reference.message,
        });
        touched.extend(about.map(|message| changed(thread, message)));
    }
    if let Some(answered) = answered(message)
        && touched.iter().all(|one| one.message != answered)
    {
        touched.push(changed(thread, answered));
    }
    // It waits itself, whether its original is here or not.
    if kind == Kind::Translation.name() {
        touched.push(changed(thread, digest));
    }
    if kind == Kind::Transcription.name() || kind == Kind::Forwarded.name() {
        touched.push(Touched { by_number: true, ..changed(thread, digest) });
    }
    // What it takes back is what its form names.
    if kind == Kind::MessageWithdrawal.name()
        && let Some(Content::MessageWithdrawal(form)) = content::said(kind, &message.draft.content).content()
    {
        touched.push(match form.withdraws.message_digest {
            Some(of) => Touched { is_taken_back: true, ..changed(thread, of.0) },
            None => Touched { by_number: true, ..changed(thread, digest) },
        });
        // It waits itself, whatever it names.
        touched.push(changed(thread, digest));
    }
    touched
}

/// What a text answers, by its form: its envelope leaves out what an addressee can't have.
fn answered(message: &Message) -> Option<Digest> {
    let kind = message.draft.kind.as_str();
    if kind != Kind::SessionText.name() {
        return None;
    }
    let said = content::said(kind, &message.draft.content);
    let Some(Content::SessionText(form)) = said.content() else { return None };
    form.answers.message_digest.map(|digest| digest.0)
}

fn changed(thread: Option<ThreadId>, message: Digest) -> Touched {
    Touched { thread, message, is_new: false, by_number: false, is_taken_back: false }
}

fn is_where(head: &Head, message: &Digest, index: u64) -> bool {
    head.board.messages.get(message).is_some_and(|there| there.index == index)
}
