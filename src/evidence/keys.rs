//! Ed25519 keys (RFC 8032), verified strictly.
//!
//! Never here: where a seed comes from or where it is kept, and what a key may be used for
//! (`domain/keys.rs`). No secret is printed, and none is copied out of its key.

use std::fmt;
use std::sync::OnceLock;

use ed25519_dalek::Signer as _;

use crate::domain::digest::Digest;

/// A private key. Wiped from memory when dropped; it has no `Debug`, so that it can't be printed by
/// being a field of something that is.
pub struct SigningKey(ed25519_dalek::SigningKey);

impl SigningKey {
    /// The seed is 32 bytes of a cryptographic random source, or as kept in a key file.
    pub fn from_seed(seed: &[u8; 32]) -> SigningKey {
        SigningKey(ed25519_dalek::SigningKey::from_bytes(seed))
    }

    pub fn public_key(&self) -> PublicKey {
        PublicKey(self.0.verifying_key())
    }

    /// Signs the message as it is. Whoever calls this adds what sets one use of a key apart from
    /// another (`signed.rs`, `note.rs`, `cosignature.rs`).
    pub fn sign(&self, message: &[u8]) -> [u8; 64] {
        self.0.sign(message).to_bytes()
    }
}

/// The private keys that a node holds: those in force, those that still owe a signature, and those of a list
/// to come. Which one is meant, a key list says by its public half. A ring grows and never shrinks, so that
/// what it lent stays good.
pub struct KeyRing {
    keys: Vec<SigningKey>,
    more: OnceLock<Box<KeyRing>>,
}

impl KeyRing {
    pub fn new(keys: Vec<SigningKey>) -> KeyRing {
        KeyRing { keys, more: OnceLock::new() }
    }

    /// Takes in those that it does not have yet.
    pub fn add(&self, mut keys: Vec<SigningKey>) {
        keys.retain(|key| self.key(key.public_key().as_bytes()).is_none());
        if keys.is_empty() {
            return;
        }
        let mut rest = Box::new(KeyRing::new(keys));
        for part in self.parts() {
            match part.more.set(rest) {
                Ok(()) => return,
                // More were added before; these come behind.
                Err(back) => rest = back,
            }
        }
    }

    /// The private half of a public key, if the ring has it.
    pub fn key(&self, public_key: &[u8; 32]) -> Option<&SigningKey> {
        self.parts().flat_map(|part| &part.keys).find(|key| key.public_key().as_bytes() == public_key)
    }

    /// The public halves of all that it has.
    pub fn public_keys(&self) -> impl Iterator<Item = PublicKey> {
        self.parts().flat_map(|part| &part.keys).map(SigningKey::public_key)
    }

    fn parts(&self) -> impl Iterator<Item = &KeyRing> {
        std::iter::successors(Some(self), |part| part.more.get().map(Box::as_ref))
    }
}

/// A public key that is neither weak nor written in a second way.
///
/// For a key of small order anybody can make signatures that verify for almost any message. Whoever
/// owns such a key has signed everything, and so can deny everything: what it signed proves nothing. A
/// point written in a second way would be the same key under another digest.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct PublicKey(ed25519_dalek::VerifyingKey);

/// Why bytes are not a public key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeyFault {
    #[error("a public key is 32 bytes")]
    Length,
    #[error("the public key is not a point of the curve")]
    NotOnCurve,
    #[error("the public key is not in its one canonical encoding")]
    NotCanonical,
    #[error("the public key has small order, so that it would verify what nobody signed")]
    SmallOrder,
}

/// The signature is not one by this key over these bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the signature does not verify")]
pub struct BadSignature;

impl PublicKey {
    pub fn from_bytes(bytes: &[u8]) -> Result<PublicKey, KeyFault> {
        let bytes: &[u8; 32] = bytes.try_into().map_err(|_| KeyFault::Length)?;
        if !is_canonical(bytes) {
            return Err(KeyFault::NotCanonical);
        }
        let key = ed25519_dalek::VerifyingKey::from_bytes(bytes).map_err(|_| KeyFault::NotOnCurve)?;
        if key.is_weak() {
            return Err(KeyFault::SmallOrder);
        }
        Ok(PublicKey(key))
    }

    pub fn as_bytes(&self) -> &[u8; 32] {
        self.0.as_bytes()
    }

    /// SHA-256 of the 32 bytes. By this a signature names its key.
    pub fn key_digest(&self) -> Digest {
        Digest::of(self.as_bytes())
    }

    /// Verifies strictly: no second encoding of a signature, no point of small order in it. One
    /// signature at a time, since checking many together follows a laxer equation.
    pub fn verify(&self, message: &[u8], signature: &[u8]) -> Result<(), BadSignature> {
        let signature = ed25519_dalek::Signature::from_slice(signature).map_err(|_| BadSignature)?;
        self.0.verify_strict(message, &signature).map_err(|_| BadSignature)
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.as_bytes()))
    }
}

/// Whether the y coordinate, little-endian without the sign bit, is below 2^255 - 19. The only other
/// second writings are of points of small order, which are refused anyway.
fn is_canonical(bytes: &[u8; 32]) -> bool {
    let [first, middle @ .., last] = bytes;
    let all_ones_above = middle.iter().all(|byte| *byte == 0xff) && last & 0x7f == 0x7f;
    !(all_ones_above && *first >= 0xed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ring_that_grew_has_every_key_once_and_what_it_lent_before_stays_good() {
        let key = |seed| SigningKey::from_seed(&[seed; 32]);
        let public = |seed| *key(seed).public_key().as_bytes();
        let ring = KeyRing::new(vec![key(1)]);
        let lent = ring.key(&public(1)).unwrap();
        for more in [vec![key(2), key(1)], vec![], vec![key(2)], vec![key(3), key(4)]] {
            ring.add(more);
        }
        assert_eq!(lent.public_key(), key(1).public_key());
        for seed in 1..5 {
            assert_eq!(ring.key(&public(seed)).unwrap().public_key(), key(seed).public_key());
        }
        assert!(ring.key(&public(5)).is_none());
        let counts: Vec<usize> = ring.parts().map(|part| part.keys.len()).collect();
        assert_eq!(counts, [1, 1, 2]);
    }
}
