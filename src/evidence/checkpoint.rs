//! Checkpoints (C2SP tlog-checkpoint 1.0.0): the head of a Merkle tree as a signed note.
//!
//! Never here: whether one checkpoint continues another (`merkle.rs`), or which origin belongs to whom
//! (`names.rs`).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;

use super::keys::SigningKey;
use super::note::{Note, NoteFault, NoteKey};
use crate::domain::digest::Digest;
use crate::domain::ledger::empty_root;
use crate::limits;

/// The head of a tree: what its keeper says that the tree holds.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Checkpoint {
    /// Which tree; `names.rs` spells it.
    pub origin: String,
    /// How many leaves.
    pub size: u64,
    pub root: Digest,
    /// Further lines, signed but without a meaning here. We write none.
    pub extensions: Vec<String>,
}

/// Why bytes are not a checkpoint of the expected tree by the expected key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CheckpointFault {
    #[error(transparent)]
    Note(#[from] NoteFault),
    #[error("the checkpoint's origin is empty, or another than expected")]
    Origin,
    #[error("the checkpoint's size is not a decimal number up to {}", limits::TREE_LEAVES_MAX)]
    Size,
    #[error("the checkpoint's root is not 32 bytes in base64")]
    Root,
    #[error("the checkpoint has no leaves, but not the root of the empty tree")]
    EmptyRoot,
    #[error("an extension line is empty, or there are more than {}", limits::CHECKPOINT_EXTENSIONS_MAX)]
    Extensions,
}

impl Checkpoint {
    pub fn new(origin: String, size: u64, root: Digest) -> Checkpoint {
        Checkpoint { origin, size, root, extensions: Vec::new() }
    }

    /// The note text: origin, size, root, extensions, a line each.
    pub fn text(&self) -> String {
        let mut text = format!("{}\n{}\n{}\n", self.origin, self.size, BASE64.encode(self.root.0));
        for extension in &self.extensions {
            text.push_str(extension);
            text.push('\n');
        }
        text
    }

    /// Reads a note text. It is the only text that `text` gives for the result.
    pub fn from_text(text: &str) -> Result<Checkpoint, CheckpointFault> {
        let mut lines = text.strip_suffix('\n').ok_or(NoteFault::Text)?.split('\n');
        let origin = lines.next().filter(|line| !line.is_empty()).ok_or(CheckpointFault::Origin)?;
        let size = lines.next().and_then(decimal).ok_or(CheckpointFault::Size)?;
        let root = lines.next().and_then(|line| BASE64.decode(line).ok());
        let root = root.and_then(|bytes| Digest::from_slice(&bytes)).ok_or(CheckpointFault::Root)?;
        let extensions: Vec<String> = lines.map(String::from).collect();
        let checkpoint = Checkpoint { origin: origin.into(), size, root, extensions };
        checkpoint.check()?;
        Ok(checkpoint)
    }

    fn check(&self) -> Result<(), CheckpointFault> {
        if self.origin.is_empty() || self.origin.contains('\n') {
            return Err(CheckpointFault::Origin);
        }
        if self.size > limits::TREE_LEAVES_MAX {
            return Err(CheckpointFault::Size);
        }
        if self.size == 0 && self.root != empty_root() {
            return Err(CheckpointFault::EmptyRoot);
        }
        let too_many = self.extensions.len() > limits::CHECKPOINT_EXTENSIONS_MAX;
        if too_many || self.extensions.iter().any(|line| line.is_empty() || line.contains('\n')) {
            return Err(CheckpointFault::Extensions);
        }
        Ok(())
    }
}

/// A checkpoint whose keeper's signature was made or verified here, with its note.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SignedCheckpoint {
    checkpoint: Checkpoint,
    note: Note,
}

impl SignedCheckpoint {
    /// Signs with the keeper's ledger key under its note key name.
    pub fn sign(
        checkpoint: Checkpoint,
        name: &str,
        key: &SigningKey,
    ) -> Result<SignedCheckpoint, CheckpointFault> {
        checkpoint.check()?;
        let note = Note::sign(checkpoint.text(), name, key)?;
        Ok(SignedCheckpoint { checkpoint, note })
    }

    /// Reads a note, verifies the keeper's signature, then reads the checkpoint in it. Lines of other
    /// keys, such as cosignatures, are kept and not looked at.
    pub fn open(bytes: &[u8], origin: &str, keeper: &NoteKey) -> Result<SignedCheckpoint, CheckpointFault> {
        let note = Note::parse(bytes)?;
        note.verify(&[keeper])?;
        let checkpoint = Checkpoint::from_text(note.text())?;
        if checkpoint.origin != origin {
            return Err(CheckpointFault::Origin);
        }
        Ok(SignedCheckpoint { checkpoint, note })
    }

    pub fn checkpoint(&self) -> &Checkpoint {
        &self.checkpoint
    }

    /// The note, whose `to_string` are the exact bytes.
    pub fn note(&self) -> &Note {
        &self.note
    }

    pub(super) fn note_mut(&mut self) -> &mut Note {
        &mut self.note
    }
}

/// Digits without a sign or leading zeroes.
pub(super) fn decimal(text: &str) -> Option<u64> {
    let canonical = text == "0" || !text.starts_with('0');
    if canonical && text.bytes().all(|byte| byte.is_ascii_digit()) { text.parse().ok() } else { None }
}
