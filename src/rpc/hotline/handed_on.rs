//! Messages of a session that a Party handed on in it: what was said before another one came in, as all who were present
//! agreed.
//!
//! Never here: a place in the order, or a part in what is signed. Whoever hands it on says that its author said it; next
//! to that stands whether the author's signature verifies here. What is addressed to this Party may count as its author's
//! own all the same (`by_way.rs`).

use prost::Message as _;

use super::lines;
use super::told::{self, Told};
use crate::codec::forwarded::{self, Opened, Original};
use crate::codec::message::{precedence_to_proto, traffic_to_proto};
use crate::codec::proto::detente::v1 as calls;
use crate::domain::board::Board;
use crate::domain::content::Kind;
use crate::domain::digest::Digest;
use crate::domain::forwarded::Forwarded;
use crate::domain::party::Party;
use crate::domain::said::Said;
use crate::domain::time::Instant;
use crate::limits;
use crate::rpc::originals;

/// A message of the session within a message of another Party's, or of a later day.
pub(super) struct HandedOn {
    pub by: Party,
    pub in_message: Digest,
    /// The record that holds that one, and when it was put on record.
    pub recorded: u64,
    pub recorded_at: Instant,
    pub form: Forwarded,
    pub original: Box<Original>,
    /// It is its author's word by the key that was in force here by then; and of what is said in a session this Party is
    /// one to whom it is addressed.
    pub may_count: bool,
}

impl HandedOn {
    /// What its author says in it, where that can be read.
    pub fn said(&self) -> Option<Said> {
        let original = &self.original;
        Some(told::said(original.digest, &original.message, original.said.content()?.clone()))
    }

    /// About what it takes in memory: the bytes as they came and, opened, once more.
    pub fn bytes(&self) -> usize {
        let enclosed = self.form.original.as_ref().map_or(0, |enclosed| enclosed.0.len());
        enclosed.saturating_mul(2).saturating_add(told::REST_BYTES)
    }
}

impl Told {
    /// Each by each Party once, as it came first; one that may count takes the place of one that may not. Whatever else is
    /// handed on in the thread is a message like any other.
    pub(super) fn hand_on(
        &mut self,
        (in_message, recorded, recorded_at): (Digest, u64, Instant),
        by: Party,
        form: Forwarded,
    ) {
        let Opened::Message(original) = forwarded::open(&form) else { return };
        let draft = &original.message.draft;
        let kind = Kind::from_name(&draft.kind).filter(|_| draft.thread == self.thread);
        let most = match kind {
            Some(kind) if kind.has_place_in_session() => usize::MAX,
            Some(Kind::MessageWithdrawal) => limits::HOTLINE_HANDED_ON_TOLD,
            Some(_) | None => return,
        };
        let may_count = self.may_count(by, &original, recorded);
        let is_word = kind == Some(Kind::MessageWithdrawal);
        let one = HandedOn { by, in_message, recorded, recorded_at, form, original, may_count };
        let all = if is_word { &mut self.words_handed_on } else { &mut self.handed_on };
        let is_it = |other: &&mut HandedOn| other.by == by && other.original.digest == one.original.digest;
        if let Some(before) = all.iter_mut().find(is_it) {
            if one.may_count && !before.may_count {
                *before = one;
            }
            return;
        }
        if all.iter().filter(|one| one.by == by).count() < most {
            let bytes = one.bytes();
            all.push(one);
            self.count(bytes);
        }
    }
}

/// Of whoever hands on, or of one Party alone: by their authors' date-time groups, as many as one answer has room for,
/// those that were on record here first; and how many more there are. Whoever hands on more, or what nobody signed, pushes
/// none out by a date of their own.
pub(super) fn of(told: &Told, board: &Board, by: Option<Party>) -> (Vec<calls::HandedOn>, u32) {
    let mut all: Vec<&HandedOn> =
        told.handed_on_alone().filter(|one| by.is_none_or(|by| one.by == by)).collect();
    all.sort_by_key(|one| (one.recorded_at, one.original.digest, one.by));
    let (mut given, mut bytes, mut more) = (Vec::new(), 0_usize, 0_u32);
    for one in all {
        // One that is too long hides none of the others.
        let whole = one.form.original.as_ref().map_or(0, |enclosed| enclosed.0.len());
        let has_room = bytes.saturating_add(whole) <= limits::HOTLINE_HANDED_ON_BYTES;
        if has_room && given.len() < limits::HOTLINE_HANDED_ON_TOLD {
            let next = line(told, one, board);
            let with = bytes.saturating_add(next.encoded_len());
            if with <= limits::HOTLINE_HANDED_ON_BYTES {
                bytes = with;
                given.push(next);
                continue;
            }
        }
        more = more.saturating_add(1);
    }
    given.sort_by_key(|one: &calls::HandedOn| one.released_at_ms);
    (given, more)
}

fn line(told: &Told, one: &HandedOn, board: &Board) -> calls::HandedOn {
    let message = &one.original.message;
    let content = one.original.said.content();
    let in_thread = told.handed_on_withdrawn_by(one).map(|word| &word.number);
    let withdrawn_by = in_thread.or_else(|| {
        let mut words = told.words_handed_on(one);
        words
            .find(|word| originals::is_signed(board, &word.original))
            .map(|word| &word.original.message.number)
    });
    calls::HandedOn {
        digest: one.original.digest.0.to_vec().into(),
        in_message: one.in_message.0.to_vec().into(),
        by: one.by.to_string(),
        recorded_at_ms: one.recorded_at.0,
        kind: message.draft.kind.clone(),
        author: message.author.to_string(),
        number: message.number.clone(),
        text: content.map(|content| lines::what(content).0).unwrap_or_default(),
        language: message.draft.language.clone(),
        precedence: precedence_to_proto(message.draft.precedence),
        traffic: traffic_to_proto(message.draft.traffic),
        released_at_ms: message.released_at.0,
        signature: originals::signature_mark(board, &one.form, None).unwrap_or_default(),
        withdrawn_by: withdrawn_by.cloned().unwrap_or_default(),
        came_by_file: told.came_by_file(&one.in_message),
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;
    use crate::codec::content::Said;
    use crate::domain::digest::ThreadId;
    use crate::domain::forwarded::Enclosed;
    use crate::domain::message::{Message, Outgoing};
    use crate::domain::party::Incarnation;
    use crate::evidence::signed::{PayloadType, Signed};

    #[test]
    fn what_is_handed_on_is_counted_as_it_came_and_opened() {
        let bytes = Bytes::from(vec![b'x'; 100_000]);
        let draft = Outgoing { content: bytes.clone(), ..Outgoing::blank("test.text", ThreadId([1; 16])) };
        let message = Message {
            author: "BY".parse().unwrap(),
            incarnation: Incarnation(1),
            number: "BY/2031/PL/0001".into(),
            released_at: Instant(0),
            releaser: draft.drafter.clone(),
            draft,
        };
        let payload_type = PayloadType::Message;
        let wrapping = Signed { payload: bytes.clone(), payload_type, signatures: Vec::new() };
        let one = HandedOn {
            by: "PL".parse().unwrap(),
            in_message: Digest::ZERO,
            recorded: 0,
            recorded_at: Instant(0),
            form: Forwarded { original: Some(Enclosed(bytes)), ..Forwarded::default() },
            original: Box::new(Original { digest: Digest::ZERO, wrapping, message, said: Said::Unknown }),
            may_count: false,
        };
        assert!(one.bytes() > 2 * 100_000, "{}", one.bytes());
    }
}
