//! Exact bytes with signatures over them: DSSE 1.0 pre-authentication encoding, Ed25519.
//!
//! Never here: a look into the payload, or a second encoding of it. The type is inside what is signed,
//! so that no dispatch can be passed off as a key list.
//! Source: github.com/secure-systems-lab/dsse, protocol.md, version 1.0.

use bytes::Bytes;

use super::keys::{PublicKey, SigningKey};
use crate::domain::digest::Digest;
use crate::limits;

/// What the payload is.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum PayloadType {
    Message,
    Dispatch,
    KeyList,
    Record,
}

impl PayloadType {
    pub const ALL: [PayloadType; 4] =
        [PayloadType::Message, PayloadType::Dispatch, PayloadType::KeyList, PayloadType::Record];

    /// The string that stands in the signed bytes.
    pub fn as_str(self) -> &'static str {
        match self {
            PayloadType::Message => "application/vnd.detente.message.v1",
            PayloadType::Dispatch => "application/vnd.detente.dispatch.v1",
            PayloadType::KeyList => "application/vnd.detente.key-list.v1",
            PayloadType::Record => "application/vnd.detente.record.v1",
        }
    }

    pub fn from_name(name: &str) -> Option<PayloadType> {
        PayloadType::ALL.into_iter().find(|kind| kind.as_str() == name)
    }
}

/// By which algorithm a signature was made, numbered as in the wrapping.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Algorithm {
    Ed25519,
    /// One that this program does not know: carried, never verified.
    Unknown(i32),
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Signature {
    /// Which key: SHA-256 of the public key's bytes.
    pub key_digest: Digest,
    pub algorithm: Algorithm,
    pub value: Bytes,
}

/// A payload and the signatures over it. Nothing of it is believed before `verify`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Signed {
    pub payload: Bytes,
    pub payload_type: PayloadType,
    pub signatures: Vec<Signature>,
}

/// Why a payload is not what the key is said to have signed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SignatureFault {
    #[error("it is {}, where {} was expected", found.as_str(), expected.as_str())]
    OtherType { expected: PayloadType, found: PayloadType },
    #[error("it carries more than {} signatures", limits::SIGNATURES_MAX)]
    TooManySignatures,
    #[error("it carries no signature by the key {}", key_digest.short())]
    Missing { key_digest: Digest },
    #[error("it carries two signatures by the key {}", key_digest.short())]
    Repeated { key_digest: Digest },
    #[error("the signature by the key {} does not verify", key_digest.short())]
    Wrong { key_digest: Digest },
}

impl Signed {
    /// Signs a payload with each of the keys.
    pub fn sign(payload_type: PayloadType, payload: Bytes, keys: &[&SigningKey]) -> Signed {
        let encoding = pre_authentication_encoding(payload_type.as_str(), &payload);
        let signatures = keys
            .iter()
            .map(|key| Signature {
                key_digest: key.public_key().key_digest(),
                algorithm: Algorithm::Ed25519,
                value: Bytes::copy_from_slice(&key.sign(&encoding)),
            })
            .collect();
        Signed { payload, payload_type, signatures }
    }

    /// The payload, if it is of the expected type and this key signed it. Signatures by other keys or
    /// algorithms are neither looked at nor in the way.
    pub fn verify(&self, expected: PayloadType, key: &PublicKey) -> Result<&Bytes, SignatureFault> {
        let found = self.payload_type;
        if found != expected {
            return Err(SignatureFault::OtherType { expected, found });
        }
        if self.signatures.len() > limits::SIGNATURES_MAX {
            return Err(SignatureFault::TooManySignatures);
        }
        let key_digest = key.key_digest();
        let mut by_this_key = self.signatures.iter().filter(|signature| {
            signature.key_digest == key_digest && signature.algorithm == Algorithm::Ed25519
        });
        let signature = by_this_key.next().ok_or(SignatureFault::Missing { key_digest })?;
        if by_this_key.next().is_some() {
            return Err(SignatureFault::Repeated { key_digest });
        }
        let encoding = pre_authentication_encoding(found.as_str(), &self.payload);
        key.verify(&encoding, &signature.value).map_err(|_| SignatureFault::Wrong { key_digest })?;
        Ok(&self.payload)
    }

    /// The identity of what was signed: the digest of the payload.
    pub fn digest(&self) -> Digest {
        Digest::of(&self.payload)
    }
}

/// `"DSSEv1" SP LEN(type) SP type SP LEN(payload) SP payload`, lengths as ASCII decimals.
pub fn pre_authentication_encoding(payload_type: &str, payload: &[u8]) -> Vec<u8> {
    let head = format!("DSSEv1 {} {payload_type} {} ", payload_type.len(), payload.len());
    let mut encoding = Vec::with_capacity(head.len().saturating_add(payload.len()));
    encoding.extend_from_slice(head.as_bytes());
    encoding.extend_from_slice(payload);
    encoding
}
