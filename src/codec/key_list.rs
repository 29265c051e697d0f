//! Key lists from and to their payloads.
//!
//! Never here: the rules of a list (`evidence/key_list.rs`). `open_first` and `open_successor` read and
//! verify the same bytes, so that no list is believed that was read from others.

use bytes::Bytes;
use prost::Message as _;

use super::evidence_v1 as proto;
use super::fault::DecodeFault;
use super::repeated::check_count;
use crate::domain::digest::Digest;
use crate::domain::keys::{Key, KeyList, Purpose};
use crate::domain::party::Incarnation;
use crate::domain::time::Instant;
use crate::evidence::key_list::{self, KeyListFault, ListTime};
use crate::evidence::signed::Signed;
use crate::limits;

/// Why a signed key list is not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OpenFault {
    #[error(transparent)]
    Unreadable(#[from] DecodeFault),
    #[error(transparent)]
    Refused(#[from] KeyListFault),
}

/// Reads and verifies a first list. That it is the Party's is for people to compare.
pub fn open_first(signed: &Signed) -> Result<KeyList, OpenFault> {
    let list = decode(&signed.payload)?;
    key_list::verify_first(signed, &list)?;
    Ok(list)
}

/// Reads and verifies the list after `before`, whose payload has the digest `before_digest`.
pub fn open_successor(
    before: &KeyList,
    before_digest: &Digest,
    signed: &Signed,
) -> Result<(KeyList, ListTime), OpenFault> {
    let list = decode(&signed.payload)?;
    let time = key_list::verify_successor(before, before_digest, signed, &list)?;
    Ok((list, time))
}

/// Reads a payload. Keys of a purpose or algorithm that this program does not know are left out: a
/// newer peer may have them, and they stand in the bytes.
pub fn decode(payload: &Bytes) -> Result<KeyList, DecodeFault> {
    if payload.len() > limits::KEY_LIST_BYTES_MAX {
        return Err(DecodeFault::at_most("key_list", limits::KEY_LIST_BYTES_MAX, "bytes"));
    }
    let too_many = DecodeFault::at_most("key_list.keys", limits::KEY_LIST_KEYS_MAX, "keys");
    check_count(payload.clone(), 7, limits::KEY_LIST_KEYS_MAX, too_many)?;
    let list = proto::KeyList::decode(payload.clone())
        .map_err(|_| DecodeFault::new("key_list", "not a key list at all"))?;
    let keys = list.keys.iter().filter_map(key_from_proto).collect::<Result<_, _>>()?;
    Ok(KeyList {
        party: list.party.parse().map_err(|_| DecodeFault::new("key_list.party", "not a Party's code"))?,
        incarnation: Incarnation(list.incarnation),
        number: list.number,
        previous: Digest::from_slice(&list.previous)
            .ok_or(DecodeFault::new("key_list.previous", "32 bytes"))?,
        made_at: Instant(list.made_at_ms),
        name: list.name,
        keys,
        ca_certificates: list.ca_certificates,
        addresses: list.addresses,
        contacts: list.contacts,
    })
}

/// Makes the payload of a list of our own, to be signed.
pub fn encode(list: &KeyList) -> Bytes {
    let keys = list.keys.iter().map(|key| proto::Key {
        purpose: purpose_to_proto(key.purpose) as i32,
        algorithm: proto::Algorithm::Ed25519 as i32,
        public_key: Bytes::copy_from_slice(&key.public_key),
    });
    let list = proto::KeyList {
        party: list.party.as_str().into(),
        incarnation: list.incarnation.0,
        number: list.number,
        previous: Bytes::copy_from_slice(&list.previous.0),
        made_at_ms: list.made_at.0,
        name: list.name.clone(),
        keys: keys.collect(),
        ca_certificates: list.ca_certificates.clone(),
        addresses: list.addresses.clone(),
        contacts: list.contacts.clone(),
    };
    list.encode_to_vec().into()
}

fn key_from_proto(key: &proto::Key) -> Option<Result<Key, DecodeFault>> {
    let purpose = match purpose_from_proto(key.purpose)? {
        Ok(purpose) => purpose,
        Err(fault) => return Some(Err(fault)),
    };
    let public_key = match proto::Algorithm::try_from(key.algorithm) {
        Ok(proto::Algorithm::Ed25519) => <[u8; 32]>::try_from(key.public_key.as_ref())
            .map_err(|_| DecodeFault::new("key_list.keys.public_key", "32 bytes")),
        Ok(proto::Algorithm::Unspecified) => Err(DecodeFault::new("key_list.keys.algorithm", "not stated")),
        Err(_) => return None,
    };
    Some(public_key.map(|public_key| Key { purpose, public_key }))
}

fn purpose_from_proto(purpose: i32) -> Option<Result<Purpose, DecodeFault>> {
    Some(Ok(match proto::Purpose::try_from(purpose).ok()? {
        proto::Purpose::Unspecified => {
            return Some(Err(DecodeFault::new("key_list.keys.purpose", "not stated")));
        }
        proto::Purpose::List => Purpose::List,
        proto::Purpose::Tls => Purpose::Tls,
        proto::Purpose::Message => Purpose::Message,
        proto::Purpose::Record => Purpose::Record,
        proto::Purpose::Ledger => Purpose::Ledger,
        proto::Purpose::Witness => Purpose::Witness,
    }))
}

fn purpose_to_proto(purpose: Purpose) -> proto::Purpose {
    match purpose {
        Purpose::List => proto::Purpose::List,
        Purpose::Tls => proto::Purpose::Tls,
        Purpose::Message => proto::Purpose::Message,
        Purpose::Record => proto::Purpose::Record,
        Purpose::Ledger => proto::Purpose::Ledger,
        Purpose::Witness => proto::Purpose::Witness,
    }
}
