//! Single checks of signatures and proofs that stand in a journal, each complete in itself, so that
//! they can be done on any core.
//!
//! Never here: which checks a record needs (`events.rs`), or what follows from one that fails.

use std::sync::Arc;

use bytes::Bytes;

use crate::codec::{dispatch, signed};
use crate::domain::digest::Digest;
use crate::domain::ledger::leaf_hash;
use crate::evidence::checkpoint::{CheckpointFault, SignedCheckpoint};
use crate::evidence::keys::PublicKey;
use crate::evidence::merkle;
use crate::evidence::note::NoteKey;
use crate::evidence::signed::PayloadType;

/// What is checked of one record.
pub(super) enum Check {
    /// A wrapping that one key must have signed.
    Signed { what: &'static str, wrapping: Bytes, kind: PayloadType, key: PublicKey },
    /// What a record says was refused for its signature: it must not verify.
    RefusedSignature { wrapping: Bytes, key: PublicKey, digest: Digest },
    /// A checkpoint that one of these keys must have signed.
    Checkpoint { what: &'static str, note: Bytes, origin: String, keepers: Arc<[NoteKey]> },
    /// A cosignature by one of the witness keys, over a checkpoint by one of the keepers, at the time (seconds since
    /// 1970) that counts on the Board.
    Cosignature {
        note: Bytes,
        origin: String,
        keepers: Arc<[NoteKey]>,
        witnesses: Arc<[NoteKey]>,
        at: Option<i64>,
    },
    /// A leaf that stands accused of not being the one sent before, in the tree of a checkpoint by one of the
    /// keepers.
    Leaf {
        leaf: Digest,
        leaf_index: u64,
        path: Vec<Digest>,
        note: Bytes,
        origin: String,
        keepers: Arc<[NoteKey]>,
    },
    /// A receipt's leaf in the tree of a checkpoint by one of the keepers.
    Receipt { proven: Bytes, leaf_index: u64, origin: String, keepers: Arc<[NoteKey]> },
    /// What a record says does not verify, under the one key by which it was judged: it must not.
    DisputedReceipt { proven: Bytes, leaf_index: u64, origin: String, keeper: Option<NoteKey> },
}

/// What a check came to. The sentence names no content.
pub(super) type Verdict = Result<(), String>;

impl Check {
    pub(super) fn run(&self) -> Verdict {
        match self {
            Check::Signed { what, wrapping, kind, key } => {
                let wrapping =
                    signed::decode(wrapping.clone()).map_err(|fault| format!("{what}: {fault}"))?;
                wrapping.verify(*kind, key).map(|_| ()).map_err(|fault| format!("{what}: {fault}"))
            }
            Check::RefusedSignature { wrapping, key, digest } => match signed::decode(wrapping.clone()) {
                Ok(wrapping)
                    if wrapping.digest() == *digest && wrapping.verify(PayloadType::Message, key).is_ok() =>
                {
                    Err("the message was refused for its signature, which verifies".into())
                }
                Ok(_) | Err(_) => Ok(()),
            },
            Check::Checkpoint { what, note, origin, keepers } => {
                open(note, origin, keepers).map(|_| ()).map_err(|fault| format!("{what}: {fault}"))
            }
            Check::Cosignature { note, origin, keepers, witnesses, at } => {
                let opened =
                    open(note, origin, keepers).map_err(|fault| format!("the cosigned head: {fault}"))?;
                let mut times =
                    witnesses.iter().filter_map(|witness| opened.cosigned_at(witness).ok()).peekable();
                if times.peek().is_none() {
                    return Err(
                        "the cosignature of our head does not verify under the other end's key lists".into(),
                    );
                }
                if times.any(|time| Some(time.seconds()) == *at) {
                    Ok(())
                } else {
                    Err("the time of the cosignature of our head is not the one that was signed".into())
                }
            }
            Check::Leaf { leaf, leaf_index, path, note, origin, keepers } => {
                let what = "the leaf that contradicts an earlier one";
                let opened = open(note, origin, keepers).map_err(|fault| format!("{what}: {fault}"))?;
                let head = opened.checkpoint();
                merkle::verify_inclusion(leaf, *leaf_index, head.size, path, &head.root)
                    .map_err(|fault| format!("{what}: {fault}"))
            }
            Check::DisputedReceipt { proven, leaf_index, origin, keeper } => {
                match receipt(proven, *leaf_index, origin, keeper.as_slice()) {
                    Ok(()) => {
                        Err("a receipt is on record as one that does not verify, and it verifies".into())
                    }
                    Err(_) => Ok(()),
                }
            }
            Check::Receipt { proven, leaf_index, origin, keepers } => {
                receipt(proven, *leaf_index, origin, keepers).map_err(|fault| format!("the receipt: {fault}"))
            }
        }
    }
}

/// Opens a checkpoint under the first of the keys that signed it: newest list first, since a note of an
/// older list may have been under way when the newer one came.
pub(super) fn open(
    note: &[u8],
    origin: &str,
    keepers: &[NoteKey],
) -> Result<SignedCheckpoint, CheckpointFault> {
    let mut first_fault = None;
    for keeper in keepers {
        match SignedCheckpoint::open(note, origin, keeper) {
            Ok(opened) => return Ok(opened),
            Err(fault) => first_fault = first_fault.or(Some(fault)),
        }
    }
    Err(first_fault.unwrap_or(CheckpointFault::Note(crate::evidence::note::NoteFault::Unsigned)))
}

fn receipt(proven: &Bytes, leaf_index: u64, origin: &str, keepers: &[NoteKey]) -> Verdict {
    let proven = dispatch::decode_proven(proven.clone()).map_err(|fault| fault.to_string())?;
    let opened = open(&proven.checkpoint, origin, keepers).map_err(|fault| fault.to_string())?;
    let head = opened.checkpoint();
    let leaf = leaf_hash(&proven.receipt);
    merkle::verify_inclusion(&leaf, leaf_index, head.size, &proven.inclusion_path, &head.root)
        .map_err(|fault| fault.to_string())
}
