//! The messages that a form names by their digest, read from its signed bytes with nothing built from them: a message
//! is found by what its form names as it is by what its envelope refers to, and start-up reads every one of them.
//!
//! Never here: a refusal, or what a name is for. What can't be taken apart names nothing from there on.

use prost::encoding::{DecodeContext, WireType, decode_key, decode_varint, skip_field};

use super::form;
use crate::domain::content::{Content, Kind};
use crate::domain::digest::Digest;
use crate::domain::form::MessageReference;
use crate::domain::message::Message;
use crate::domain::named::NamedInForm;
use crate::limits;

/// Field numbers from a form down to a `MessageReference`.
type Way = &'static [u32];

/// `MessageReference.message_digest`.
const DIGEST: u32 = 1;

/// What the form of this message names.
pub fn of(message: &Message) -> NamedInForm {
    in_form(&message.draft.kind, &message.draft.content)
}

/// What the content of a message of this kind names.
pub fn in_form(kind: &str, content: &[u8]) -> NamedInForm {
    let Some(kind) = Kind::from_name(kind) else { return NamedInForm::default() };
    let mut messages = Vec::new();
    of_kind(kind, content, &mut messages);
    NamedInForm { messages, withdraws: withdraws(kind, content).map(Box::new) }
}

/// `None` where it is no message withdrawal, or can't be read: then it takes nothing back.
fn withdraws(kind: Kind, content: &[u8]) -> Option<MessageReference> {
    if kind != Kind::MessageWithdrawal {
        return None;
    }
    match form::decode(kind, content) {
        Ok(Content::MessageWithdrawal(form)) => Some(form.withdraws),
        Ok(_) | Err(_) => None,
    }
}

fn of_kind(kind: Kind, content: &[u8], found: &mut Vec<Digest>) {
    if kind == Kind::Formatted {
        // RegimeFormatted.fields
        each(content, 4, &mut |field| formatted(field, limits::FORMAT_DEPTH_MAX, found));
    } else if kind == Kind::Transcription {
        transcribed(content, found);
    } else {
        ways(kind).iter().for_each(|way| along(content, way, found));
    }
}

/// Where a form of this kind may name messages.
fn ways(kind: Kind) -> &'static [Way] {
    match kind {
        Kind::Calendar => &[&[3, 18, 1]],
        Kind::Notification => &[&[42, 1]],
        Kind::Amendment => &[&[1], &[3, 42, 1]],
        Kind::Invitation => &[&[2, 1]],
        Kind::Cancellation => &[&[1], &[3, 1]],
        Kind::SameActivity | Kind::SameIncident => &[&[4]],
        Kind::Request => &[&[11, 1], &[12]],
        Kind::Joining
        | Kind::Reply
        | Kind::Judgement
        | Kind::MeetingRequest
        | Kind::Convening
        | Kind::Meeting
        | Kind::MeetingReport
        | Kind::Observers
        | Kind::ObserverReport => &[&[1], &[12]],
        Kind::Conclusion
        | Kind::Statement
        | Kind::Suspension
        | Kind::Resumption
        | Kind::Withdrawal
        | Kind::Translation
        | Kind::Update
        | Kind::Finding
        | Kind::Closing
        | Kind::Question
        | Kind::Answer
        | Kind::MessageWithdrawal
        | Kind::SessionShown => &[&[1]],
        Kind::Text => &[&[2]],
        Kind::SessionText | Kind::CheckAnswer => &[&[3]],
        Kind::Adoption
        | Kind::Formatted
        | Kind::Transcription
        | Kind::Forwarded
        | Kind::Report
        | Kind::ServiceMessage
        | Kind::SessionOpening
        | Kind::SessionAcceptance
        | Kind::SessionAddition
        | Kind::SessionClose
        | Kind::Check => &[],
    }
}

fn along(bytes: &[u8], way: Way, found: &mut Vec<Digest>) {
    match way {
        [] => each(bytes, DIGEST, &mut |digest| add(digest, found)),
        [first, rest @ ..] => each(bytes, *first, &mut |inner| along(inner, rest, found)),
    }
}

/// A field of a format: a reference, or entries with fields of their own.
fn formatted(field: &[u8], depth: usize, found: &mut Vec<Digest>) {
    // FormattedField.reference
    along(field, &[10], found);
    let Some(depth) = depth.checked_sub(1) else { return };
    // FormattedField.entries, FormattedEntries.entries, FormattedEntry.fields
    each(field, 11, &mut |entries| {
        each(entries, 1, &mut |entry| each(entry, 1, &mut |field| formatted(field, depth, found)));
    });
}

/// What is transcribed names what it would by itself. A transcription holds none.
fn transcribed(content: &[u8], found: &mut Vec<Digest>) {
    let mut kind = None;
    // Transcription.kind
    each(content, 8, &mut |name| kind = std::str::from_utf8(name).ok().and_then(Kind::from_name));
    if let Some(kind) = kind.filter(|kind| *kind != Kind::Transcription) {
        // Transcription.content
        each(content, 9, &mut |content| of_kind(kind, content, found));
    }
}

fn add(digest: &[u8], found: &mut Vec<Digest>) {
    if found.len() < limits::NAMED_IN_FORM_MAX {
        found.extend(Digest::from_slice(digest).filter(|digest| !found.contains(digest)));
    }
}

/// Every field of this number that holds bytes, as far as the message can be taken apart.
fn each<'b>(bytes: &'b [u8], number: u32, act: &mut dyn FnMut(&'b [u8])) {
    let mut rest = bytes;
    while !rest.is_empty() {
        let Ok((tag, wire_type)) = decode_key(&mut rest) else { return };
        if tag == number && wire_type == WireType::LengthDelimited {
            let length = decode_varint(&mut rest).ok().and_then(|length| usize::try_from(length).ok());
            let split = length.and_then(|length| rest.split_at_checked(length));
            let Some((field, after)) = split else { return };
            act(field);
            rest = after;
        } else if skip_field(wire_type, tag, &mut rest, DecodeContext::default()).is_err() {
            return;
        }
    }
}
