//! Makes a bundle's parts of what was gathered: dispatches and receipts of our own signed again, paths
//! to the heads that cover them.
//!
//! Never here: which parts belong to the thread.

use std::collections::BTreeMap;

use bytes::Bytes;

use super::item::{Cover, Item, ReceiptFound, bears};
use crate::codec::bundle::{BundleDispatch, BundleParty, DispatchBytes};
use crate::codec::dispatch::{self, ProvenReceipt};
use crate::codec::signed;
use crate::domain::board::{Board, Own};
use crate::domain::keys::{KeyList, Purpose};
use crate::domain::message::Dispatch;
use crate::domain::party::Party;
use crate::evidence::checkpoint::{Checkpoint, SignedCheckpoint};
use crate::evidence::keys::{KeyRing, PublicKey, SigningKey};
use crate::evidence::merkle::Tree;
use crate::evidence::names;
use crate::evidence::note::{Note, NoteAlgorithm, NoteKey};
use crate::evidence::proof::Proof;
use crate::evidence::signed::{PayloadType, Signed};

/// Makes again what we sign.
pub(super) struct Maker<'a> {
    pub own: Own,
    pub board: &'a Board,
    pub ring: &'a KeyRing,
}

impl Maker<'_> {
    pub fn party(&self, party: Party) -> BundleParty {
        let known = self.board.roster.parties.get(&party);
        let lists = known.map_or(&[][..], |known| &known.key_lists);
        BundleParty {
            party,
            key_lists: lists.iter().map(|list| list.signed.clone()).collect(),
            introduced_by: known.and_then(|known| known.unconfirmed(None)),
        }
    }

    pub fn dispatch(&self, item: Item, trees: &BTreeMap<Party, (Tree, Tree)>) -> BundleDispatch {
        let ours = item.signed.is_none();
        let other = item.other_end();
        let trees = trees.get(&other);
        let sender_tree = trees.map(|(our, their)| if ours { our } else { their });
        let dispatch = match item.signed {
            Some(signed) => DispatchBytes::Signed(signed),
            None => self.sign(&item.dispatch),
        };
        let covered = item.covered.and_then(|cover| {
            let path = sender_tree?.inclusion_path(item.dispatch.leaf_index, cover.size).ok()?;
            let note = if ours {
                self.with_our_signature(&cover, sender_tree?, other)
            } else {
                self.with_our_cosignature(&cover, other)?
            };
            let checkpoint = String::from_utf8(note.to_vec()).ok()?;
            let proof = Proof { index: item.dispatch.leaf_index, path, extra: None, checkpoint };
            Some(Bytes::from(proof.to_text()))
        });
        let receipt = item.receipt.and_then(|found| match found {
            ReceiptFound::Theirs { proven, leaf_index, at, covered } => {
                let place = covered.zip(trees.map(|(_, their)| their));
                let anew = place
                    .and_then(|(cover, tree)| self.proven_anew(&proven, leaf_index, &cover, tree, other));
                Some((anew.unwrap_or(proven), at))
            }
            ReceiptFound::Ours { body, leaf_index, at, covered } => {
                let tree = &trees?.0;
                let (size, note) = match covered {
                    Some(cover) => (cover.size, self.with_our_signature(&cover, tree, other)),
                    None => self.checkpoint(tree, leaf_index.checked_add(1)?, other)?,
                };
                let inclusion_path = tree.inclusion_path(leaf_index, size).ok()?;
                let proven = ProvenReceipt { receipt: body, inclusion_path, checkpoint: note };
                Some((dispatch::encode_proven(&proven), at))
            }
        });
        BundleDispatch {
            dispatch,
            receipt,
            covered,
            refused: item.refused,
            disputed: item.disputed,
            contradicted_by: item.contradicted_by,
            other_leaves: item.other_leaves,
        }
    }

    fn sign(&self, dispatch: &Dispatch) -> DispatchBytes {
        let payload = dispatch::encode_dispatch(dispatch);
        let known = self.board.roster.parties.get(&self.own.party);
        let list = known.and_then(|known| known.numbered(dispatch.key_list));
        match list.and_then(|list| self.key(&list.list, Purpose::Message)) {
            Some(key) => {
                let signed = Signed::sign(PayloadType::Dispatch, payload, &[key]);
                DispatchBytes::Signed(signed::encode(&signed))
            }
            None => DispatchBytes::Bare(payload),
        }
    }

    /// A head of our ledger of the link, signed now.
    fn checkpoint(&self, tree: &Tree, size: u64, other: Party) -> Option<(u64, Bytes)> {
        let key = self.key(self.newest()?, Purpose::Ledger)?;
        let origin = self.origin(self.own.party, other)?;
        let checkpoint = Checkpoint::new(origin, size, tree.root_at(size).ok()?);
        let signed =
            SignedCheckpoint::sign(checkpoint, &names::ledger_key_name(&self.own.party), key).ok()?;
        Some((size, signed.note().to_string().into()))
    }

    /// Their receipt, where they replaced the key that signed the head with which it came: under a head of theirs
    /// that we followed, with our cosignature.
    fn proven_anew(
        &self,
        proven: &Bytes,
        leaf_index: u64,
        cover: &Cover,
        tree: &Tree,
        other: Party,
    ) -> Option<Bytes> {
        let came = dispatch::decode_proven(proven.clone()).ok()?;
        if bears(&came.checkpoint, self.note_key(other, Purpose::Ledger).as_ref()) {
            return None;
        }
        let inclusion_path = tree.inclusion_path(leaf_index, cover.size).ok()?;
        let checkpoint = self.with_our_cosignature(cover, other)?;
        Some(dispatch::encode_proven(&ProvenReceipt { inclusion_path, checkpoint, ..came }))
    }

    /// A head of ours that they cosigned, signed with the key in force: the text is the same, and so is what they
    /// cosigned. Without that key, as it was.
    fn with_our_signature(&self, cover: &Cover, tree: &Tree, other: Party) -> Bytes {
        let signed = || {
            let (_, ours) = self.checkpoint(tree, cover.size, other)?;
            let (mut ours, before) = (Note::parse(&ours).ok()?, Note::parse(&cover.note).ok()?);
            let name = names::ledger_key_name(&self.own.party);
            for line in before.signatures().iter().filter(|line| line.name() != name) {
                ours.add(line.clone()).ok()?;
            }
            (ours.text() == before.text()).then(|| Bytes::from(ours.to_string()))
        };
        signed().unwrap_or_else(|| cover.note.clone())
    }

    /// Their head with the cosignature that we gave it when we followed it: the same bytes again, as long
    /// as the key is the same. Without the key, their head alone.
    fn with_our_cosignature(&self, cover: &Cover, other: Party) -> Option<Bytes> {
        let bare = Some(cover.note.clone());
        let origin = self.origin(other, self.own.party)?;
        let opened = self.board.roster.parties.get(&other)?.key_lists.iter().rev().find_map(|list| {
            let key = PublicKey::from_bytes(list.list.key_for(Purpose::Ledger)?).ok()?;
            let keeper = NoteKey::new(&names::ledger_key_name(&other), NoteAlgorithm::Ed25519, key).ok()?;
            SignedCheckpoint::open(&cover.note, &origin, &keeper).ok()
        });
        let (Some(mut opened), Some(key)) = (opened, self.key(self.newest()?, Purpose::Witness)) else {
            return bare;
        };
        let name = names::witness_key_name(&self.own.party);
        let witness = NoteKey::new(&name, NoteAlgorithm::Cosignature, key.public_key()).ok()?;
        let Ok(line) = opened.cosign(&name, key, cover.at) else { return bare };
        match opened.add_cosignature(&witness, line) {
            Ok(_) => Some(opened.note().to_string().into()),
            Err(_) => bare,
        }
    }

    /// The key by which a Party signs heads, or cosigns them, by its newest list.
    pub fn note_key(&self, party: Party, purpose: Purpose) -> Option<NoteKey> {
        let list = &self.board.roster.parties.get(&party)?.newest()?.list;
        let key = PublicKey::from_bytes(list.key_for(purpose)?).ok()?;
        let (name, algorithm) = match purpose {
            Purpose::Ledger => (names::ledger_key_name(&party), NoteAlgorithm::Ed25519),
            Purpose::Witness => (names::witness_key_name(&party), NoteAlgorithm::Cosignature),
            Purpose::List | Purpose::Tls | Purpose::Message | Purpose::Record => return None,
        };
        NoteKey::new(&name, algorithm, key).ok()
    }

    fn origin(&self, keeper: Party, other: Party) -> Option<String> {
        Some(names::ledger_origin(self.board.ledger_end(keeper)?, self.board.ledger_end(other)?))
    }

    fn newest(&self) -> Option<&KeyList> {
        Some(&self.board.roster.parties.get(&self.own.party)?.newest()?.list)
    }

    fn key(&self, list: &KeyList, purpose: Purpose) -> Option<&SigningKey> {
        self.ring.key(list.key_for(purpose)?)
    }
}
