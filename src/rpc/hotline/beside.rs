//! What other Parties say of a session that is no line of it, and waits for an officer all the same: translations,
//! closes, words that take a message back, messages that hand on what was said before; and what is not read as part of it.
//!
//! Never here: what a line says, or a text that was cut.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use super::told::Told;
use crate::codec::message::{precedence_to_proto, traffic_to_proto};
use crate::codec::proto::detente::v1 as calls;
use crate::domain::content::{Content, Kind};
use crate::domain::digest::Digest;
use crate::domain::hotline::session::begins;
use crate::domain::message::Message;
use crate::domain::party::Party;
use crate::domain::precedence::Precedence;
use crate::domain::said::Said;
use crate::domain::thread::Entry;
use crate::domain::time::Instant;
use crate::limits;

/// One of another Party's.
pub(super) struct Beside {
    message: Digest,
    precedence: Precedence,
    /// What it translates, as far as it says so.
    translates: Option<Digest>,
    told: calls::SaidBeside,
}

impl Beside {
    /// `None` for one of our own, and for what is of another kind.
    pub fn of(
        own: Party,
        digest: Digest,
        at: Instant,
        message: &Message,
        content: &Content,
    ) -> Option<Beside> {
        if message.author == own {
            return None;
        }
        let (translates, remarks) = match content {
            Content::Translation(form) => (form.of.message_digest.map(|of| of.0), String::new()),
            Content::SessionClose(form) => (None, whole_or_none(&form.remarks.0)),
            Content::MessageWithdrawal(form) => (None, whole_or_none(&form.reason.0)),
            Content::Forwarded(_) => (None, String::new()),
            _ => return None,
        };
        let told = calls::SaidBeside {
            digest: digest.0.to_vec().into(),
            kind: content.kind().name().into(),
            author: message.author.to_string(),
            number: message.number.clone(),
            precedence: precedence_to_proto(message.draft.precedence),
            traffic: traffic_to_proto(message.draft.traffic),
            released_at_ms: message.released_at.0,
            recorded_at_ms: at.0,
            remarks,
            ..Default::default()
        };
        Some(Beside { message: digest, precedence: message.draft.precedence, translates, told })
    }

    /// One beyond the room of its author: what it is, the message alone says. It counts as what the session is, real or a
    /// drill.
    fn beyond(entry: &Entry, traffic: i32) -> Beside {
        let told = calls::SaidBeside {
            digest: entry.digest.0.to_vec().into(),
            author: entry.author.to_string(),
            precedence: precedence_to_proto(entry.precedence),
            traffic,
            released_at_ms: entry.released_at.0,
            recorded_at_ms: entry.recorded_at.0,
            ..Default::default()
        };
        Beside { message: entry.digest, precedence: entry.precedence, translates: None, told }
    }

    fn told(&self, told: &Told) -> calls::SaidBeside {
        let about = self.translates.or_else(|| told.taken_back_by(&self.message));
        let about = about.map(|digest| digest.0.to_vec().into()).unwrap_or_default();
        let came_by_file = told.came_by_file(&self.message);
        calls::SaidBeside { about, came_by_file, ..self.told.clone() }
    }
}

pub(super) fn whole_or_none(text: &str) -> String {
    if text.len() > limits::HOTLINE_NAME_BYTES_TOLD {
        return "(too long to be told here: detente message show)".into();
    }
    text.to_owned()
}

/// Why this word takes a message back, as it says; empty where it does not say, or no word does.
pub(super) fn reason(word: Option<&Said>) -> String {
    match word.map(|word| &word.content) {
        Some(Content::MessageWithdrawal(form)) => whole_or_none(&form.reason.0),
        Some(_) | None => String::new(),
    }
}

/// Those that no officer of ours has acknowledged, the first ones, and how many there are.
pub(super) fn waiting(told: &Told, is_read: &BTreeSet<Digest>) -> (Vec<calls::SaidBeside>, usize) {
    // Whatever else is handed on in the thread is a message like any other.
    let handed_on: BTreeSet<Digest> = told.handed_on.iter().map(|one| one.in_message).collect();
    let is_of_it =
        |one: &&Beside| one.told.kind != Kind::Forwarded.name() || handed_on.contains(&one.message);
    let traffic = begins(&told.spoken, told.own).map_or(0, |one| traffic_to_proto(one.said.traffic));
    let (beyond, many) = &told.about.beyond;
    let beyond: Vec<Beside> = beyond.iter().map(|entry| Beside::beyond(entry, traffic)).collect();
    let all = told.beside.iter().filter(is_of_it).chain(&beyond);
    let mut all: Vec<&Beside> = all.filter(|one| !is_read.contains(&one.message)).collect();
    // The sort is stable: of one precedence they stay as they came.
    all.sort_by_key(|one| Reverse(one.precedence));
    let first = all.iter().take(limits::HOTLINE_BESIDE_TOLD);
    let many = all.len().saturating_sub(beyond.len()).saturating_add(*many);
    (first.map(|one| one.told(told)).collect(), many)
}
