//! Cosignatures (C2SP tlog-cosignature 1.0.1, Ed25519): a witness says that at a time it knew a
//! checkpoint, and none larger, of that origin.
//!
//! Never here: whether that is true. Whoever cosigns first recomputes the root (`domain/board/decide_link.rs`), and
//! cosigns only what grew.

use super::checkpoint::SignedCheckpoint;
use super::keys::{PublicKey, SigningKey};
use super::note::{NoteAlgorithm, NoteFault, NoteKey, NoteSignature};
use crate::domain::time::Instant;

/// Why a cosignature can't be made, or does not hold.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CosignatureFault {
    #[error(transparent)]
    Note(#[from] NoteFault),
    #[error("the cosignature's time is before 1970")]
    Time,
    #[error("the checkpoint carries no cosignature by {name}")]
    Missing { name: String },
    #[error("the cosignature by {name} does not verify")]
    Wrong { name: String },
}

const SIGNATURE_BYTES: usize = 64;

/// The time that a signature line states, in seconds since 1970, if it is a cosignature. Not verified here.
pub fn time_of(line: &NoteSignature) -> Option<i64> {
    let (time, signature) = line.value.split_first_chunk()?;
    if signature.len() != SIGNATURE_BYTES {
        return None;
    }
    i64::try_from(u64::from_be_bytes(*time)).ok()
}

impl SignedCheckpoint {
    /// Makes the signature line by which a witness vouches for this checkpoint at a time (to the
    /// second). It is not added here: it goes back to the keeper.
    pub fn cosign(
        &self,
        name: &str,
        key: &SigningKey,
        at: Instant,
    ) -> Result<NoteSignature, CosignatureFault> {
        let time = u64::try_from(at.seconds()).ok().filter(|time| *time > 0).ok_or(CosignatureFault::Time)?;
        let note_key = NoteKey::new(name, NoteAlgorithm::Cosignature, key.public_key())?;
        let signature = key.sign(&signed_bytes(time, self.note().text()));
        let value = [&time.to_be_bytes()[..], &signature].concat();
        Ok(NoteSignature { name: name.into(), key_id: note_key.id(), value })
    }

    /// Takes in a cosignature after verifying it, and says when it was made.
    pub fn add_cosignature(
        &mut self,
        witness: &NoteKey,
        signature: NoteSignature,
    ) -> Result<Instant, CosignatureFault> {
        let at = self.verify_cosignature(witness, &signature)?;
        self.note_mut().add(signature)?;
        Ok(at)
    }

    /// When this witness cosigned: the earliest time if it did so more than once. One wrong line of it
    /// makes the whole wrong.
    pub fn cosigned_at(&self, witness: &NoteKey) -> Result<Instant, CosignatureFault> {
        let mut earliest: Option<Instant> = None;
        for signature in self.note().signatures().iter().filter(|line| witness.is_named_by(line)) {
            let at = self.verify_cosignature(witness, signature)?;
            earliest = Some(earliest.map_or(at, |before| before.min(at)));
        }
        earliest.ok_or_else(|| CosignatureFault::Missing { name: witness.name().into() })
    }

    fn verify_cosignature(
        &self,
        witness: &NoteKey,
        signature: &NoteSignature,
    ) -> Result<Instant, CosignatureFault> {
        if witness.algorithm() != NoteAlgorithm::Cosignature || !witness.is_named_by(signature) {
            return Err(CosignatureFault::Missing { name: witness.name().into() });
        }
        verify_value(witness.public_key(), self.note().text(), &signature.value)
            .ok_or_else(|| CosignatureFault::Wrong { name: witness.name().into() })
    }
}

/// When it was cosigned, if the value (eight bytes of time, then the signature) verifies. A time of 0
/// or beyond 2^63 - 1 does not.
pub(super) fn verify_value(key: &PublicKey, text: &str, value: &[u8]) -> Option<Instant> {
    let (time, signature) = value.split_first_chunk::<8>()?;
    let time = u64::from_be_bytes(*time);
    let seconds = i64::try_from(time).ok().filter(|seconds| *seconds > 0)?;
    key.verify(&signed_bytes(time, text), signature).ok()?;
    Some(Instant::from_seconds(seconds))
}

fn signed_bytes(time: u64, text: &str) -> Vec<u8> {
    format!("cosignature/v1\ntime {time}\n{text}").into_bytes()
}
