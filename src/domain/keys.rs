//! A Party's key list: which keys speak for it, for what, from which list on.
//!
//! Never here: signatures, and whether a list follows from the one before (`evidence/key_list.rs`).

use bytes::Bytes;

use super::digest::Digest;
use super::party::{Incarnation, Party};
use super::time::Instant;

/// What a key may be used for. No key serves two purposes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Purpose {
    /// Signs the next key list. Kept with the authority's key, never on a serving node.
    List,
    /// The node's own TLS key. The only purpose that may have several keys, for a change of
    /// certificate without a gap.
    Tls,
    /// Signs messages and dispatches.
    Message,
    /// Signs the records of the Party's own journal.
    Record,
    /// Signs checkpoints of ledgers and of the journal.
    Ledger,
    /// Cosigns the ledgers of others.
    Witness,
}

impl Purpose {
    pub const ALL: [Purpose; 6] =
        [Purpose::List, Purpose::Tls, Purpose::Message, Purpose::Record, Purpose::Ledger, Purpose::Witness];

    pub fn name(self) -> &'static str {
        match self {
            Purpose::List => "list",
            Purpose::Tls => "TLS",
            Purpose::Message => "message",
            Purpose::Record => "record",
            Purpose::Ledger => "ledger",
            Purpose::Witness => "witness",
        }
    }
}

/// One key of a list.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Key {
    pub purpose: Purpose,
    /// The 32 bytes of an Ed25519 key (RFC 8032); for `Purpose::Tls` instead the SHA-256 digest of the
    /// node's subject public key info.
    pub public_key: [u8; 32],
}

/// A Party's keys, certificates and addresses, numbered. What was signed are the bytes that it was
/// read from, never these fields encoded again.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct KeyList {
    pub party: Party,
    pub incarnation: Incarnation,
    /// 1, 2, 3 … without a gap.
    pub number: u32,
    /// The digest of the payload of the list before; `Digest::ZERO` for number 1.
    pub previous: Digest,
    pub made_at: Instant,
    /// The Party's name as people write it.
    pub name: String,
    pub keys: Vec<Key>,
    /// The Party's own certification authority, DER (RFC 5280).
    pub ca_certificates: Vec<Bytes>,
    /// Where the Party's node answers, "host:port"; empty if it can't be dialled.
    pub addresses: Vec<String>,
    /// Whom to call when nothing else works.
    pub contacts: Vec<String>,
}

impl KeyList {
    /// The keys for a purpose, in the order of the list.
    pub fn keys_for(&self, purpose: Purpose) -> impl Iterator<Item = &[u8; 32]> {
        self.keys.iter().filter(move |key| key.purpose == purpose).map(|key| &key.public_key)
    }

    /// What is other than in the list before, in words. Never the words that stand there.
    pub fn changes_since(&self, before: &KeyList) -> Vec<&'static str> {
        let is_other = [
            ("name", self.name != before.name),
            ("addresses", self.addresses != before.addresses),
            ("contacts", self.contacts != before.contacts),
            ("keys", self.keys != before.keys),
            ("authorities", self.ca_certificates != before.ca_certificates),
        ];
        is_other.into_iter().filter(|(_, other)| *other).map(|(what, _)| what).collect()
    }

    /// The first key for a purpose. In a list that was verified it is the only one, except for TLS.
    pub fn key_for(&self, purpose: Purpose) -> Option<&[u8; 32]> {
        self.keys_for(purpose).next()
    }
}
