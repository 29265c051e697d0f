//! What a record says of a link's two ledgers: receipts, heads, cosignatures, and what does not fit together.
//!
//! Never here: messages and dispatches (`events.rs`), or whether the Board would have decided so
//! (`decided.rs`).

use std::sync::Arc;

use bytes::Bytes;

use super::checks::Check;
use super::events::{Inspector, NO_SUCH_LIST, Seen, Sent};
use super::keys::{NoteUse, key_in, newest, origin};
use crate::codec::dispatch;
use crate::domain::board::Board;
use crate::domain::event::{Contradiction, Head, Leaf, Receipted};
use crate::domain::keys::Purpose;
use crate::domain::ledger::leaf_hash;
use crate::domain::party::Party;
use crate::evidence::note::NoteKey;
use crate::evidence::signed::PayloadType;

impl Inspector {
    pub(super) fn receipted(&mut self, board: &Board, receipted: &Receipted, seen: &mut Seen) {
        let receipt = &receipted.receipt;
        let (Some(own), Some(link)) = (board.own, board.link(receipted.party)) else {
            return seen.fault("a receipt came from a Party that was not known here");
        };
        let this_link = (receipt.from, receipt.from_incarnation) == (receipted.party, link.incarnation)
            && (receipt.to, receipt.to_incarnation) == (own.party, own.incarnation);
        seen.must(this_link, "a receipt on record is not of this link");
        match self.owed.remove(&(receipted.party, receipt.lane, receipt.serial)) {
            Some(sent) => seen.must(
                sent == (receipt.dispatch, receipt.message),
                "a receipt on record is for another dispatch than was sent under its serial",
            ),
            None => seen.fault("a receipt on record is for a dispatch that was not owed one"),
        }
        if let Some((origin, keepers)) = self.their_ledger(board, receipted.party) {
            let (proven, leaf_index) = (receipted.proven.clone(), receipt.leaf_index);
            seen.checks.push(Check::Receipt { proven, leaf_index, origin, keepers });
        }
    }

    /// What was put on record as not verifying must not verify: it can't be read, is not about the dispatch,
    /// stands where another leaf stood before, or is not proven under the newest key list of then.
    pub(super) fn disputed(&mut self, board: &Board, sent: Sent, proven: &Bytes, seen: &mut Seen) {
        let (party, lane, serial) = sent;
        let (Some(own), Some(link), Some(owed)) = (board.own, board.link(party), self.owed.get(&sent)) else {
            return seen.fault("a receipt was disputed for a dispatch that was not owed one");
        };
        let read = dispatch::decode_proven(proven.clone())
            .and_then(|read| Ok((dispatch::decode_receipt(read.receipt.clone())?, leaf_hash(&read.receipt))));
        let Ok((receipt, leaf)) = read else { return };
        let about_it = (receipt.from, receipt.from_incarnation) == (party, link.incarnation)
            && (receipt.to, receipt.to_incarnation) == (own.party, own.incarnation)
            && (receipt.lane, receipt.serial) == (lane, serial)
            && (receipt.dispatch, receipt.message) == *owed;
        if about_it
            && link.leaf_is_free(receipt.leaf_index, leaf)
            && let Some(origin) = origin(board, party, own.party)
        {
            seen.checks.push(Check::DisputedReceipt {
                proven: proven.clone(),
                leaf_index: receipt.leaf_index,
                origin,
                keeper: newest(board, party, NoteUse::Ledger),
            });
        }
    }

    pub(super) fn followed(&mut self, board: &Board, head: &Head, leaves: &[Leaf], seen: &mut Seen) {
        let Some(link) = board.link(head.party) else {
            return seen.fault("a head was followed of a Party that was not known here");
        };
        let grew = head.size > link.theirs.edge.size();
        let root = link.grown(head.size, leaves).ok().filter(|_| grew).map(|edge| edge.root());
        seen.must(
            root == Some(head.root),
            "a head of the other end's ledger was followed that the leaves here do not add up to",
        );
        seen.checks.extend(self.their_head(board, head));
    }

    pub(super) fn cosigned(&mut self, board: &Board, head: &Head, seen: &mut Seen) {
        let known = board.own.and_then(|own| Some((own, origin(board, own.party, head.party)?)));
        let Some((own, origin)) = known else {
            return seen.fault("a head was cosigned by a Party that was not known here");
        };
        let ledger = self.own_ledgers.entry(head.party).or_default();
        while ledger.cosigned.size() < head.size
            && let Some(leaf) = ledger.since.pop_front()
        {
            ledger.cosigned.push(leaf);
        }
        let ours = ledger.cosigned.size() == head.size && ledger.cosigned.root() == head.root;
        seen.must(ours, "the other end cosigned a head that is not our ledger's at that size");
        seen.checks.push(Check::Cosignature {
            note: head.note.clone(),
            origin,
            keepers: self.keys.of(board, own.party, NoteUse::Ledger),
            witnesses: self.keys.of(board, head.party, NoteUse::Witness),
            at: head.cosigned_at,
        });
    }

    pub(super) fn equivocated(
        &mut self,
        board: &Board,
        party: Party,
        proof: &Contradiction,
        seen: &mut Seen,
    ) {
        match proof {
            Contradiction::Dispatch { dispatch, signed: wrapping, .. } => {
                match key_in(board, party, dispatch.key_list, Purpose::Message) {
                    Some(key) => seen.checks.push(Check::Signed {
                        what: "the dispatch that contradicts an earlier one",
                        wrapping: wrapping.clone(),
                        kind: PayloadType::Dispatch,
                        key,
                    }),
                    None => seen.fault(NO_SUCH_LIST),
                }
            }
            Contradiction::Leaf { leaf, inclusion_path, checkpoint } => {
                let Some((origin, keepers)) = self.their_ledger(board, party) else { return };
                seen.checks.push(Check::Leaf {
                    leaf: leaf.hash,
                    leaf_index: leaf.index,
                    path: inclusion_path.clone(),
                    note: checkpoint.clone(),
                    origin,
                    keepers,
                });
            }
        }
    }

    pub(super) fn their_head(&mut self, board: &Board, head: &Head) -> Option<Check> {
        let (origin, keepers) = self.their_ledger(board, head.party)?;
        Some(Check::Checkpoint { what: "the other end's head", note: head.note.clone(), origin, keepers })
    }

    /// The origin of the ledger that the other end keeps for this link, and the keys that may sign it.
    fn their_ledger(&mut self, board: &Board, party: Party) -> Option<(String, Arc<[NoteKey]>)> {
        let origin = origin(board, party, board.own?.party)?;
        Some((origin, self.keys.of(board, party, NoteUse::Ledger)))
    }
}
