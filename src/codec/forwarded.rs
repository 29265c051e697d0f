//! The message within a forwarding: its exact bytes opened, and under which key list its signature verifies.
//!
//! Never here: a refusal. What can't be opened or verified is carried all the same, and said to be so; and a
//! forwarding within a forwarding is not opened, so that nothing goes deeper than one.

use super::content::{Said, said};
use super::{message, signed};
use crate::domain::content::Kind;
use crate::domain::digest::Digest;
use crate::domain::event::AcceptedKeyList;
use crate::domain::forwarded::{Forwarded, Forwards};
use crate::domain::keys::Purpose;
use crate::domain::message::Message;
use crate::evidence::keys::PublicKey;
use crate::evidence::signed::{PayloadType, Signed};

/// What a forwarding holds.
#[derive(Clone, PartialEq, Debug)]
pub enum Opened {
    Message(Box<Original>),
    /// Another forwarding: its original is forwarded by itself.
    Forwarding,
    /// No signed message, or none that this program can read.
    Unreadable,
}

/// A message that was handed on. That its author signed it is not said: see [`verified_under`].
#[derive(Clone, PartialEq, Debug)]
pub struct Original {
    pub wrapping: Signed,
    pub digest: Digest,
    pub message: Message,
    pub said: Said,
}

impl Original {
    /// What a release turns on.
    pub(super) fn forwards(&self) -> Forwards {
        let mut releasable_to = self.message.draft.releasable_to.clone();
        if !releasable_to.is_empty() {
            releasable_to.push(self.message.author);
        }
        Forwards { message: self.digest, author: self.message.author, releasable_to }
    }
}

impl Opened {
    /// What a reader must be told. Holds nothing that a Party wrote.
    pub fn mark(&self) -> Option<&'static str> {
        match self {
            Opened::Message(_) => None,
            Opened::Forwarding => {
                Some("what it hands on is a forwarding itself: that is kept, and not opened here")
            }
            Opened::Unreadable => {
                Some("what it hands on is no signed message that can be read here: kept as it is")
            }
        }
    }
}

/// Opens what was handed on.
pub fn open(form: &Forwarded) -> Opened {
    let Some(enclosed) = &form.original else { return Opened::Unreadable };
    let wrapping = match signed::decode(enclosed.0.clone()) {
        Ok(wrapping) if wrapping.payload_type == PayloadType::Message => wrapping,
        Ok(_) | Err(_) => return Opened::Unreadable,
    };
    match message::kind_of(&wrapping.payload) {
        Some(kind) if kind == Kind::Forwarded.name() => return Opened::Forwarding,
        Some(_) => {}
        None => return Opened::Unreadable,
    }
    let Ok(message) = message::decode(&wrapping.payload) else { return Opened::Unreadable };
    let said = said(&message.draft.kind, &message.draft.content);
    Opened::Message(Box::new(Original { digest: wrapping.digest(), wrapping, message, said }))
}

/// The number of the newest of these key lists, all of the message's author, under whose message key its
/// signature verifies.
pub fn verified_under(wrapping: &Signed, lists: &[AcceptedKeyList]) -> Option<u32> {
    let verifies = |accepted: &&AcceptedKeyList| {
        let key = accepted.list.key_for(Purpose::Message).and_then(|key| PublicKey::from_bytes(key).ok());
        key.is_some_and(|key| wrapping.verify(PayloadType::Message, &key).is_ok())
    };
    lists.iter().rev().find(verifies).map(|accepted| accepted.list.number)
}
