//! An audited history held against a checkpoint that the node signed: of the whole, as a running node gives
//! it, or the one that was kept beside the journal, over a beginning.
//!
//! Never here: a checkpoint that is believed before its signature was verified.

use bytes::Bytes;

use super::{Audit, Covered};
use crate::domain::digest::Digest;
use crate::domain::keys::Purpose;
use crate::evidence::checkpoint::{Checkpoint, CheckpointFault, SignedCheckpoint};
use crate::evidence::keys::PublicKey;
use crate::evidence::names;
use crate::evidence::note::{Note, NoteAlgorithm, NoteKey};
use crate::replay::Fold;
use crate::replay::audit::checks::open;

const FORKED: &str = "it, or a record before it, is not the one that was signed: the root is another";

/// The checkpoint kept beside the journal, with what was found where it ends.
pub(super) struct Kept {
    /// Empty if there was none.
    note: Bytes,
    /// How many records it claims to cover, before its signature is verified.
    claims: Option<u64>,
    /// Over as many records here.
    root: Option<Digest>,
}

impl Kept {
    pub(super) fn new(note: Bytes, fold: &Fold) -> Kept {
        let text = Note::parse(&note).ok();
        let claimed = text.and_then(|note| Checkpoint::from_text(note.text()).ok());
        let mut kept = Kept { note, claims: claimed.map(|checkpoint| checkpoint.size), root: None };
        kept.look(fold);
        kept
    }

    /// Notes the root where the history is as long as what the checkpoint covers.
    pub(super) fn look(&mut self, fold: &Fold) {
        if self.claims == Some(fold.chain.size) {
            self.root = Some(fold.tree.root());
        }
    }
}

impl Audit {
    /// A checkpoint of the whole: neither more nor fewer records may be here.
    pub(super) fn compare(&mut self, note: &[u8]) -> Covered {
        let size = self.fold.chain.size;
        match self.signed_by_us(note) {
            None => return Covered::ByNothing,
            Some(Ok(signed)) if signed.size > size => {
                let covers = signed.size;
                self.found.ends_early = true;
                self.found
                    .fault(size, format!("it is missing or changed: the checkpoint covers {covers} records"));
            }
            Some(Ok(signed)) if signed.size < size => {
                let sentence = "it and what follows stand beyond the checkpoint that should cover them";
                self.found.fault(signed.size, sentence.into());
            }
            Some(Ok(signed)) if signed.root != self.fold.tree.root() => {
                self.found.fault(size.saturating_sub(1), FORKED.into());
            }
            Some(Ok(_)) => return Covered::ByCheckpoint { size },
            Some(Err(fault)) => {
                self.found.fault(size, format!("the checkpoint of the whole does not hold: {fault}"));
            }
        }
        Covered::ByNothing
    }

    /// The one that was kept: what it covers must be here as it was signed, and more may follow.
    pub(super) fn hold_against_kept(&mut self, kept: &Kept) -> Covered {
        let size = self.fold.chain.size;
        if kept.note.is_empty() {
            return Covered::ByNothingKept;
        }
        match self.signed_by_us(&kept.note) {
            None => {}
            Some(Ok(signed)) if signed.size > size => {
                let covers = signed.size;
                let sentence = format!(
                    "it is missing or changed: the checkpoint kept beside the journal covers {covers} records"
                );
                self.found.ends_early = true;
                self.found.fault(size, sentence);
            }
            Some(Ok(signed)) if kept.root != Some(signed.root) => {
                self.found.fault(signed.size.saturating_sub(1), FORKED.into());
            }
            Some(Ok(signed)) => return Covered::ByKept { size: signed.size },
            // Where history fails before the key that signed it is on record, nobody can tell.
            Some(Err(_)) if self.found.first_failing.is_some() => {}
            Some(Err(fault)) => {
                let sentence =
                    format!("the checkpoint kept beside the journal is not one of this journal's: {fault}");
                self.found.fault(size, sentence);
            }
        }
        Covered::ByKeptNot
    }

    /// The checkpoint, if one of our own ledger keys signed it; `None` if the journal has no beginning.
    fn signed_by_us(&self, note: &[u8]) -> Option<Result<Checkpoint, CheckpointFault>> {
        let own = self.fold.board.own?;
        let lists = self.fold.board.roster.parties.get(&own.party).map_or(&[][..], |known| &known.key_lists);
        let name = names::ledger_key_name(&own.party);
        let keys: Vec<NoteKey> = lists
            .iter()
            .rev()
            .filter_map(|accepted| PublicKey::from_bytes(accepted.list.key_for(Purpose::Ledger)?).ok())
            .filter_map(|key| NoteKey::new(&name, NoteAlgorithm::Ed25519, key).ok())
            .collect();
        let origin = names::journal_origin((&own.party, own.incarnation));
        let opened: Result<SignedCheckpoint, _> = open(note, &origin, &keys);
        Some(opened.map(|opened| opened.checkpoint().clone()))
    }
}
