//! Whether a message that only tells what became of another one, that it was read or is shown, holds more than its
//! author's node writes there by itself.
//!
//! Its number, that of the other, and the names and offices of its persons are whatever its author writes, within
//! `limits::LINE_BYTES_MAX` each: how another Party names and numbers is its own affair.
//!
//! Never here: whether anybody is to read it, which is for the Board (`domain/board/apply.rs`); what a check says, which
//! its schedule judges.

use bytes::Bytes;

use super::form;
use super::message::{decode_acknowledgement, encode_acknowledgement};
use crate::domain::content::{Content, Kind};
use crate::domain::digest::Digest;
use crate::domain::form::{MessageDigest, MessageReference};
use crate::domain::hotline::SessionShown;
use crate::domain::message::{ACKNOWLEDGEMENT, ACKNOWLEDGEMENT_SUBJECT, Outgoing, Relation, SHOWN_SUBJECT};
use crate::domain::party::Party;

/// What such a message may say, and whether it says anything else.
pub(super) struct Told<'m> {
    pub kind: &'m str,
    pub content: &'m [u8],
    /// `None` unless it addresses just one Party, for action, and no office of it.
    pub to: Option<Party>,
    /// Name, office, and the digest of the key.
    pub drafter: (&'m str, &'m str, Digest),
    pub subject: &'m str,
    /// What it refers to, in which relation, and the author's code as written. `None` unless that is just one message,
    /// by its digest.
    pub about: Option<(Digest, Relation, &'m str)>,
    /// Some other field says something, or one that this program does not know.
    pub has_other: bool,
}

impl<'m> Told<'m> {
    /// `has_unknown`: its bytes are more than those that were read.
    pub fn of(outgoing: &'m Outgoing, has_unknown: bool) -> Told<'m> {
        let to = match outgoing.action.as_slice() {
            [one] if one.office.is_empty() && outgoing.information.is_empty() => Some(one.party),
            _ => None,
        };
        let about = match outgoing.references.as_slice() {
            [one] => one.message.map(|message| (message, one.relation, one.author.as_str())),
            _ => None,
        };
        let drafter = &outgoing.drafter;
        Told {
            kind: &outgoing.kind,
            content: &outgoing.content,
            to,
            drafter: (drafter.name.as_str(), drafter.office.as_str(), drafter.key_digest),
            subject: &outgoing.subject,
            about,
            has_other: has_unknown
                || !is_as_written(&outgoing.zone, &outgoing.language)
                || !outgoing.marking.is_empty()
                || !outgoing.remarks.is_empty()
                || outgoing.regime.is_some()
                || !outgoing.parts.is_empty()
                || !outgoing.releasable_to.is_empty(),
        }
    }

    /// False of every other kind.
    pub fn says_more(&self) -> bool {
        let (relation, subject) = if self.kind == ACKNOWLEDGEMENT {
            (Relation::Acknowledges, ACKNOWLEDGEMENT_SUBJECT)
        } else if self.kind == Kind::SessionShown.name() {
            (Relation::RefersTo, SHOWN_SUBJECT)
        } else {
            return false;
        };
        let (Some(to), Some((of, as_what, author))) = (self.to, self.about) else { return true };
        let is_just_that = !self.has_other
            && as_what == relation
            && (author.is_empty() || author == to.as_str())
            && (self.subject.is_empty() || self.subject == subject);
        !is_just_that || !self.is_content_of(of, to)
    }

    /// Whether its content is, byte for byte, what the drafter's node writes of that message.
    fn is_content_of(&self, of: Digest, to: Party) -> bool {
        if self.kind == ACKNOWLEDGEMENT {
            let content = Bytes::copy_from_slice(self.content);
            return decode_acknowledgement(&content).is_ok_and(|read| {
                let officer = &read.officer;
                read.message == of
                    && (officer.name.as_str(), officer.office.as_str(), officer.key_digest) == self.drafter
                    && encode_acknowledgement(&read) == content
            });
        }
        let shown = MessageReference {
            message_digest: Some(MessageDigest(of)),
            author: to.to_string(),
            ..MessageReference::default()
        };
        let (console, _, _) = self.drafter;
        let wanted = SessionShown { shown, console: console.to_owned(), ..SessionShown::default() };
        form::encode(&Content::SessionShown(wanted)).is_ok_and(|bytes| bytes == self.content)
    }
}

/// The zone and the language that a node gives it, as `Outgoing::blank` has them.
pub(super) fn is_as_written(zone: &str, language: &str) -> bool {
    zone == "Z" && language == "en"
}
