//! Proven receipts: made again from the Board as often as they are asked for, and verified before they
//! are put on record.

use bytes::Bytes;

use super::heads::{self, HeadFault};
use crate::codec::dispatch::{self, ProvenReceipt};
use crate::domain::board::Board;
use crate::domain::digest::Digest;
use crate::domain::event::{Event, Receipted};
use crate::domain::ledger::leaf_hash;
use crate::domain::message::Dispatch;
use crate::domain::party::Party;
use crate::domain::precedence::Precedence;
use crate::evidence::keys::KeyRing;
use crate::evidence::merkle::verify_inclusion;
use crate::replay::records::{RecordFault, Records};

/// Why a receipt is not taken. It is put on record as that, and shown.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReceiptFault {
    #[error("it can't be decoded: {0}")]
    Unreadable(#[from] crate::codec::fault::DecodeFault),
    #[error("it is not about this dispatch")]
    OtherDispatch,
    #[error("its checkpoint: {0}")]
    Checkpoint(#[from] HeadFault),
    #[error("its leaf is not in the tree of its checkpoint")]
    NotIncluded,
}

/// The receipt that we gave under this serial, with its proof: the same bytes each time. `None` if none
/// was given, or so long ago that the other end has no use for it.
pub async fn given(
    board: &Board,
    records: &Records,
    ring: &KeyRing,
    peer: Party,
    lane: Precedence,
    serial: u64,
) -> Result<Option<Bytes>, RecordFault> {
    let Some(given) = board.link(peer).and_then(|link| link.lane(lane).given.get(&serial)) else {
        return Ok(None);
    };
    let record = records.record(given.index).await?;
    let receipt = record.events.iter().find_map(|event| match event {
        Event::Received(received) if received.receipt.serial == serial && received.receipt.lane == lane => {
            Some(received.receipt_bytes.clone())
        }
        _ => None,
    });
    let Some(receipt) = receipt else { return Err(RecordFault::NoSuchMessage { index: given.index }) };
    Ok(prove(board, ring, peer, &given.edge, receipt))
}

/// Proves a receipt that is the newest leaf at this edge of our ledger.
pub fn prove(
    board: &Board,
    ring: &KeyRing,
    peer: Party,
    edge: &crate::domain::ledger::Edge,
    receipt: Bytes,
) -> Option<Bytes> {
    let checkpoint = heads::sign_own(board, ring, peer, edge).ok()?;
    let proven = ProvenReceipt { receipt, inclusion_path: edge.newest_leaf_path(), checkpoint };
    Some(dispatch::encode_proven(&proven))
}

/// Verifies a receipt for one of our dispatches.
pub fn verify(board: &Board, dispatch: &Dispatch, proven_bytes: &Bytes) -> Result<Receipted, ReceiptFault> {
    let proven = dispatch::decode_proven(proven_bytes.clone())?;
    let receipt = dispatch::decode_receipt(proven.receipt.clone())?;
    let about_it = receipt.from == dispatch.to
        && receipt.from_incarnation == dispatch.to_incarnation
        && receipt.to == dispatch.from
        && receipt.to_incarnation == dispatch.from_incarnation
        && receipt.lane == dispatch.lane
        && receipt.serial == dispatch.serial
        && receipt.message == dispatch.message
        && receipt.dispatch == Digest::of(&dispatch::encode_dispatch(dispatch));
    if !about_it {
        return Err(ReceiptFault::OtherDispatch);
    }
    let head = heads::verify_theirs(board, dispatch.to, &proven.checkpoint)?;
    let leaf = leaf_hash(&proven.receipt);
    verify_inclusion(&leaf, receipt.leaf_index, head.size, &proven.inclusion_path, &head.root)
        .map_err(|_| ReceiptFault::NotIncluded)?;
    Ok(Receipted { party: dispatch.to, receipt, leaf, proven: proven_bytes.clone() })
}
