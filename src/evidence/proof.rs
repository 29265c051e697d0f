//! Inclusion proofs as text files (C2SP tlog-proof, v1): index, path and signed checkpoint of one leaf,
//! which verify offline.
//!
//! Never here: the leaf itself, or trust in the extra data, which nothing signs.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;

use super::checkpoint::{CheckpointFault, SignedCheckpoint, decimal};
use super::merkle::{self, ProofFault};
use super::note::NoteKey;
use crate::domain::digest::Digest;
use crate::domain::ledger::leaf_hash;
use crate::limits;

const FIRST_LINE: &str = "c2sp.org/tlog-proof@v1";

/// The proof that one leaf stands in a tree.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Proof {
    /// The leaf's index: 0, 1, 2 …
    pub index: u64,
    /// Nearest sibling first.
    pub path: Vec<Digest>,
    /// Data beside the proof, which nothing signs. We write none.
    pub extra: Option<Vec<u8>>,
    /// The signed checkpoint, byte for byte, with the cosignatures it has.
    pub checkpoint: String,
}

/// Why a text is not a proof, or proves nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProofFileFault {
    #[error("the proof's {line} line is not as C2SP tlog-proof lays down")]
    Line { line: &'static str },
    #[error("the proof is longer than {} bytes", limits::PROOF_FILE_BYTES_MAX)]
    TooLarge,
    #[error("the proof's extra data is longer than {} bytes", limits::PROOF_EXTRA_BYTES_MAX)]
    ExtraTooLong,
    #[error(transparent)]
    Checkpoint(#[from] CheckpointFault),
    #[error(transparent)]
    Proof(#[from] ProofFault),
}

impl Proof {
    /// The text file, to be named `*.tlog-proof`.
    pub fn to_text(&self) -> String {
        let mut text = format!("{FIRST_LINE}\n");
        if let Some(extra) = &self.extra {
            let _ = writeln!(text, "extra {}", BASE64.encode(extra));
        }
        let _ = writeln!(text, "index {}", self.index);
        for hash in &self.path {
            let _ = writeln!(text, "{}", BASE64.encode(hash.0));
        }
        text.push('\n');
        text.push_str(&self.checkpoint);
        text
    }

    /// Reads the form; what it says is believed only after `verify`.
    pub fn from_text(text: &str) -> Result<Proof, ProofFileFault> {
        let fault = |line| ProofFileFault::Line { line };
        if text.len() > limits::PROOF_FILE_BYTES_MAX {
            return Err(ProofFileFault::TooLarge);
        }
        let (head, checkpoint) = text.split_once("\n\n").ok_or(fault("blank"))?;
        let mut lines = head.split('\n').peekable();
        if lines.next() != Some(FIRST_LINE) {
            return Err(fault("first"));
        }
        let extra = lines.peek().and_then(|line| line.strip_prefix("extra ")).map(read_extra).transpose()?;
        if extra.is_some() {
            lines.next();
        }
        let index = lines.next().and_then(|line| line.strip_prefix("index ")).and_then(decimal);
        let index = index.ok_or(fault("index"))?;
        let mut path = Vec::new();
        for line in lines {
            if path.len() >= limits::PROOF_HASHES_MAX {
                return Err(ProofFault::PathTooLong.into());
            }
            let hash = BASE64.decode(line).ok().and_then(|bytes| Digest::from_slice(&bytes));
            path.push(hash.ok_or(fault("hash"))?);
        }
        Ok(Proof { index, path, extra, checkpoint: checkpoint.into() })
    }

    /// The verified checkpoint, if the leaf with these bytes stands at `index` of its tree.
    pub fn verify(
        &self,
        leaf: &[u8],
        origin: &str,
        keeper: &NoteKey,
    ) -> Result<SignedCheckpoint, ProofFileFault> {
        let signed = SignedCheckpoint::open(self.checkpoint.as_bytes(), origin, keeper)?;
        let head = signed.checkpoint();
        merkle::verify_inclusion(&leaf_hash(leaf), self.index, head.size, &self.path, &head.root)?;
        Ok(signed)
    }
}

fn read_extra(base64: &str) -> Result<Vec<u8>, ProofFileFault> {
    let extra = BASE64.decode(base64).map_err(|_| ProofFileFault::Line { line: "extra" })?;
    if extra.len() > limits::PROOF_EXTRA_BYTES_MAX { Err(ProofFileFault::ExtraTooLong) } else { Ok(extra) }
}
