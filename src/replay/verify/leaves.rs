//! Whether a dispatch, or its receipt, stands in the ledger of its keeper, under a head that this one signed.
//!
//! Never here: what follows from it (`dispatch.rs`), or what it dates (`dated.rs`).

use bytes::Bytes;

use super::keys::{Head, Keys, Said};
use crate::codec::bundle::{BundleDispatch, DispatchBytes};
use crate::codec::{dispatch, signed};
use crate::domain::digest::Digest;
use crate::domain::ledger::leaf_hash;
use crate::domain::message::{Dispatch, Receipt};
use crate::domain::party::Party;
use crate::evidence::merkle;
use crate::evidence::proof::Proof;

impl Keys {
    /// The head of the sender's ledger that covers a dispatch by this proof, and which leaf it is there.
    ///
    /// # Errors
    /// What is to be said of a proof that does not hold.
    pub(super) fn cover(
        &self,
        dispatch: &Dispatch,
        one: &BundleDispatch,
        text: &Bytes,
    ) -> Result<(Head, u64), Said> {
        let from = dispatch.from;
        let unreadable = || Said::wrong("the proof that a head covers it can't be read");
        let proof = proof(text).ok_or_else(unreadable)?;
        let (keeper, other) = ((from, dispatch.from_incarnation), (dispatch.to, dispatch.to_incarnation));
        let note = proof.checkpoint.as_bytes();
        let unsigned = || self.unsigned(note, from, "the head that is said to cover it");
        let head = self.checkpoint(note, keeper, other).ok_or_else(unsigned)?;
        let (size, root) = (head.signed.checkpoint().size, head.signed.checkpoint().root);
        let leaf = leaf_hash(&payload(&one.dispatch));
        let proves = proof.index == dispatch.leaf_index
            && merkle::verify_inclusion(&leaf, proof.index, size, &proof.path, &root).is_ok();
        if proves {
            Ok((head, proof.index))
        } else {
            Err(Said::wrong_by(from, format!("it is not in the ledger of {from} as the proof says")))
        }
    }

    /// The receipt for a dispatch, and the head of the receiver's ledger in which it stands.
    ///
    /// # Errors
    /// What is to be said of a receipt that does not hold.
    pub(super) fn receipt(
        &self,
        dispatch: &Dispatch,
        one: &BundleDispatch,
        proven: &Bytes,
    ) -> Result<(Receipt, Head), Said> {
        let (from, to) = (dispatch.from, dispatch.to);
        let read = dispatch::decode_proven(proven.clone())
            .and_then(|proven| Ok((dispatch::decode_receipt(proven.receipt.clone())?, proven)));
        let (receipt, proven) =
            read.map_err(|fault| Said::wrong(format!("the receipt can't be read: {fault}")))?;
        let fits = (receipt.from, receipt.from_incarnation) == (to, dispatch.to_incarnation)
            && (receipt.to, receipt.to_incarnation) == (from, dispatch.from_incarnation)
            && (receipt.lane, receipt.serial) == (dispatch.lane, dispatch.serial)
            && receipt.message == dispatch.message
            && receipt.dispatch == Digest::of(&payload(&one.dispatch));
        if !fits {
            return Err(Said::wrong("the receipt is for another dispatch"));
        }
        let (keeper, other) = ((to, dispatch.to_incarnation), (from, dispatch.from_incarnation));
        let unsigned = || self.unsigned(&proven.checkpoint, to, "the receipt's head");
        let head = self.checkpoint(&proven.checkpoint, keeper, other).ok_or_else(unsigned)?;
        let (size, root) = (head.signed.checkpoint().size, head.signed.checkpoint().root);
        let leaf = leaf_hash(&proven.receipt);
        match merkle::verify_inclusion(&leaf, receipt.leaf_index, size, &proven.inclusion_path, &root) {
            Ok(()) => Ok((receipt, head)),
            Err(_) => Err(Said::wrong_by(to, format!("the receipt is not in the ledger of {to} as it says"))),
        }
    }

    /// What is to be said of a head that no key of its keeper's in here signed.
    fn unsigned(&self, note: &[u8], keeper: Party, head: &str) -> Said {
        if self.is_head_by_no_list(note, keeper) {
            return Said::not_proven(format!(
                "that {head} is {keeper}'s: the ledger key that it names is in no key list of {keeper}'s in here"
            ));
        }
        Said::wrong_by(keeper, format!("{head} is not signed by {keeper}"))
    }
}

pub(super) fn payload(dispatch: &DispatchBytes) -> Bytes {
    match dispatch {
        DispatchBytes::Signed(bytes) => {
            signed::decode(bytes.clone()).map(|one| one.payload).unwrap_or_default()
        }
        DispatchBytes::Bare(bytes) => bytes.clone(),
    }
}

/// A proof whose text says nothing beside it.
pub(super) fn proof(text: &Bytes) -> Option<Proof> {
    let text = std::str::from_utf8(text).ok()?;
    Proof::from_text(text).ok().filter(|proof| proof.to_text() == text)
}
