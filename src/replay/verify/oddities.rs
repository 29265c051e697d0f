//! What does not fit together: receipts that did not hold, a second dispatch, another leaf in the place of
//! one. Who signed both halves of a contradiction is named.
//!
//! Never here: who is right. A contradiction is its signer's own.

use super::Weight::{False, NotProven, Proven, Stated};
use super::dated::Weighed;
use super::leaves::{payload, proof};
use super::thread::Checker;
use crate::codec::bundle::{BundleDispatch, DispatchBytes, OtherLeaf};
use crate::codec::{dispatch, signed};
use crate::domain::ledger::leaf_hash;
use crate::domain::message::Dispatch;
use crate::domain::party::Party;
use crate::domain::text::shown;
use crate::evidence::merkle;
use crate::evidence::signed::{PayloadType, Signed};

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
            let contradicts = |(other, wrapping): &(Dispatch, Signed)| {
                let same = (other.lane, other.serial) == (dispatch.lane, dispatch.serial)
                    || other.leaf_index == dispatch.leaf_index;
                let link = (other.from, other.from_incarnation, other.to, other.to_incarnation)
                    == (from, dispatch.from_incarnation, dispatch.to, dispatch.to_incarnation);
                same && link
                    && other.to_fingerprint == dispatch.to_fingerprint
                    && wrapping.payload != payload(&one.dispatch)
                    && self.is_signed(wrapping, PayloadType::Dispatch, from, other.key_list)
            };
            let (word, to) = (self.weigh_dispatch(dispatch, one), dispatch.to);
            let left_out = read.as_ref().ok().map(|(other, _)| other.key_list);
            let left_out = left_out.filter(|list| !self.keys.numbers(from).contains(list));
            match (read.ok().filter(contradicts), &one.dispatch) {
                (None, _) if left_out.is_some() => self.add(
                    about,
                    NotProven,
                    format!("that {from} signed the second dispatch that is shown: its key list is not in here"),
                ),
                (Some((other, _)), DispatchBytes::Signed(_))
                    if word.is_proven() && self.keys.is_newest(from, other.key_list) =>
                {
                    let sentence = format!(
                        "{from} CONTRADICTED itself: it signed another dispatch to {to} under the same serial or leaf{}",
                        word.told()
                    );
                    self.signed(about, Proven, &word.by, sentence);
                }
                (Some(_), DispatchBytes::Signed(_)) => self.signed(about, NotProven, &[from], format!(
                    "whether {from} CONTRADICTED itself: another dispatch to {to} under the same serial or leaf is in \
                     here; one of the two is signed with a message key of {from}'s that was replaced since, and \
                     nothing dates it"
                )),
                (Some(_), DispatchBytes::Bare(_)) | (None, _) => {
                    self.add(about, False, format!("a second dispatch is shown that {from} did not sign, or that contradicts nothing"));
                }
            }
        }
    }

    pub(super) fn other_leaves(&mut self, about: &str, dispatch: &Dispatch, one: &BundleDispatch) {
        for other in &one.other_leaves {
            match self.displaced(dispatch, one, other) {
                Some((keeper, what, word)) if word.is_proven() => {
                    let sentence = format!(
                        "{keeper} CONTRADICTED itself: a head of its ledger that it signed has another leaf in the \
                         place of {what}{}",
                        word.told()
                    );
                    self.signed(about, Proven, &word.by, sentence);
                }
                Some((keeper, what, _)) => self.signed(about, NotProven, &[keeper], format!(
                    "whether {keeper} CONTRADICTED itself: a head of its ledger has another leaf in the place of {what}; \
                     one of the two is signed with a key of {keeper}'s that was replaced since, and nothing dates it"
                )),
                None => self.add(
                    about,
                    False,
                    "another leaf is shown in its place that no signed head has, or that contradicts nothing",
                ),
            }
        }
    }

    /// In whose ledger another leaf stands in the place of what, and what the signatures on both prove.
    fn displaced(
        &self,
        dispatch: &Dispatch,
        one: &BundleDispatch,
        other: &OtherLeaf,
    ) -> Option<(Party, &'static str, Weighed)> {
        let proof = proof(&other.proof)?;
        let sender = (dispatch.from, dispatch.from_incarnation);
        let receiver = (dispatch.to, dispatch.to_incarnation);
        // A bare dispatch proves nothing of its sender's.
        let dispatched = match one.dispatch {
            DispatchBytes::Signed(_) => {
                let leaf = leaf_hash(&payload(&one.dispatch));
                Some((dispatch.leaf_index, leaf, self.weigh_dispatch(dispatch, one)))
            }
            DispatchBytes::Bare(_) => None,
        };
        let receipted = one.receipt.as_ref().and_then(|(proven, _)| {
            let (receipt, head) = self.keys.receipt(dispatch, one, proven).ok()?;
            let leaf = leaf_hash(&dispatch::decode_proven(proven.clone()).ok()?.receipt);
            Some((receipt.leaf_index, leaf, Weighed::under(receiver.0, head.is_newest)))
        });
        let places =
            [(sender, receiver, dispatched, "its dispatch"), (receiver, sender, receipted, "its receipt")];
        places.into_iter().find_map(|(keeper, far_end, stood, what)| {
            let (index, hash, word) = stood?;
            let head = self.keys.checkpoint(proof.checkpoint.as_bytes(), keeper, far_end)?;
            let (size, root) = (head.signed.checkpoint().size, head.signed.checkpoint().root);
            let stands = merkle::verify_inclusion(&other.hash, index, size, &proof.path, &root).is_ok();
            let word = word.and(&Weighed::under(keeper.0, head.is_newest));
            (stands && proof.index == index && other.hash != hash).then_some((keeper.0, what, word))
        })
    }
}
