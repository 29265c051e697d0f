//! What does not fit together: receipts that did not hold, a second dispatch, another leaf in the place of
//! one. Who signed both halves of a contradiction is named.
//!
//! Never here: who is right. A contradiction is its signer's own.

use super::Weight::{False, Proven, Stated};
use super::dispatch::{payload, proof};
use super::thread::Checker;
use crate::codec::bundle::{BundleDispatch, DispatchBytes, OtherLeaf};
use crate::codec::{dispatch, signed};
use crate::domain::ledger::leaf_hash;
use crate::domain::message::{Dispatch, Receipt};
use crate::domain::party::Party;
use crate::domain::text::shown;
use crate::evidence::merkle;
use crate::evidence::signed::PayloadType;

impl Checker<'_> {
    pub(super) fn oddities(&mut self, about: &str, dispatch: &Dispatch, one: &BundleDispatch) {
        let from = dispatch.from;
        for disputed in &one.disputed {
            let file = self.file();
            self.add(
                about,
                Stated,
                format!(
                    "by {file}: {} sent a receipt that does not hold: {}",
                    dispatch.to,
                    shown(&disputed.reason)
                ),
            );
        }
        for other in &one.contradicted_by {
            let read = signed::decode(other.clone())
                .and_then(|wrapping| Ok((dispatch::decode_dispatch(wrapping.payload.clone())?, wrapping)));
            let contradicts = read.is_ok_and(|(other, wrapping)| {
                let same = (other.lane, other.serial) == (dispatch.lane, dispatch.serial)
                    || other.leaf_index == dispatch.leaf_index;
                let link = (other.from, other.from_incarnation, other.to, other.to_incarnation)
                    == (from, dispatch.from_incarnation, dispatch.to, dispatch.to_incarnation);
                same && link
                    && other.to_fingerprint == dispatch.to_fingerprint
                    && wrapping.payload != payload(&one.dispatch)
                    && self.is_signed(&wrapping, PayloadType::Dispatch, from, other.key_list)
            });
            match (contradicts, &one.dispatch) {
                (true, DispatchBytes::Signed(_)) => self.signed(about, Proven, &[from], format!(
                    "{from} CONTRADICTED itself: it signed another dispatch to {} under the same serial or leaf", dispatch.to
                )),
                (true, DispatchBytes::Bare(_)) | (false, _) => {
                    self.add(about, False, format!("a second dispatch is shown that {from} did not sign, or that contradicts nothing"));
                }
            }
        }
    }

    /// `receipt` is the one in the bundle, if it verified.
    pub(super) fn other_leaves(
        &mut self,
        about: &str,
        dispatch: &Dispatch,
        one: &BundleDispatch,
        receipt: Option<&Receipt>,
    ) {
        for other in &one.other_leaves {
            match self.displaced(dispatch, one, receipt, other) {
                Some((keeper, what)) => self.signed(about, Proven, &[keeper], format!(
                    "{keeper} CONTRADICTED itself: a head of its ledger that it signed has another leaf in the place of {what}"
                )),
                None => self.add(
                    about,
                    False,
                    "another leaf is shown in its place that no signed head has, or that contradicts nothing",
                ),
            }
        }
    }

    /// In whose ledger another leaf stands in the place of what.
    fn displaced(
        &self,
        dispatch: &Dispatch,
        one: &BundleDispatch,
        receipt: Option<&Receipt>,
        other: &OtherLeaf,
    ) -> Option<(Party, &'static str)> {
        let proof = proof(&other.proof)?;
        let sender = (dispatch.from, dispatch.from_incarnation);
        let receiver = (dispatch.to, dispatch.to_incarnation);
        // A bare dispatch proves nothing of its sender's.
        let dispatched = match one.dispatch {
            DispatchBytes::Signed(_) => Some((dispatch.leaf_index, leaf_hash(&payload(&one.dispatch)))),
            DispatchBytes::Bare(_) => None,
        };
        let receipted = receipt.zip(one.receipt.as_ref()).and_then(|(receipt, (proven, _))| {
            let proven = dispatch::decode_proven(proven.clone()).ok()?;
            Some((receipt.leaf_index, leaf_hash(&proven.receipt)))
        });
        let places =
            [(sender, receiver, dispatched, "its dispatch"), (receiver, sender, receipted, "its receipt")];
        places.into_iter().find_map(|(keeper, far_end, stood, what)| {
            let (index, hash) = stood?;
            let head = self.keys.checkpoint(proof.checkpoint.as_bytes(), keeper, far_end)?;
            let (size, root) = (head.checkpoint().size, head.checkpoint().root);
            let stands = merkle::verify_inclusion(&other.hash, index, size, &proof.path, &root).is_ok();
            (stands && proof.index == index && other.hash != hash).then_some((keeper.0, what))
        })
    }
}
