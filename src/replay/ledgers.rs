//! The records that count, read once more in order, and what each adds to the two ledgers of a link.
//!
//! Never here: an entry that the fold did not count, or a signature. The positions come from a fold
//! that has judged every entry.

use bytes::Bytes;

use super::records::{RecordFault, Records};
use crate::codec::{dispatch, signed};
use crate::domain::event::{Event, Record};
use crate::domain::party::Party;

/// Shows the first `size` records that count, in order.
pub async fn each_record(
    records: &Records,
    size: u64,
    mut see: impl FnMut(Record),
) -> Result<(), RecordFault> {
    let mut next = 0;
    while next < size {
        for record in records.range(next, size).await? {
            next = record.index.saturating_add(1);
            see(record);
        }
    }
    Ok(())
}

/// A leaf that a record adds to one of the two ledgers of a link.
pub struct LinkLeaf {
    /// The other end of the link.
    pub party: Party,
    pub place: LeafPlace,
    /// Exact bytes of a Dispatch or a Receipt.
    pub body: Bytes,
}

/// In whose ledger, and where.
pub enum LeafPlace {
    /// The next leaf of the ledger that we keep.
    OursNext,
    /// A leaf of the other end's.
    Theirs(u64),
}

/// The leaves that one record adds, in order.
pub fn leaves_in(record: &Record, mut see: impl FnMut(LinkLeaf)) {
    use LeafPlace::{OursNext, Theirs};
    for event in &record.events {
        match event {
            Event::Released(released) => {
                for (one, _) in &released.dispatches {
                    see(LinkLeaf { party: one.to, place: OursNext, body: dispatch::encode_dispatch(one) });
                }
            }
            Event::Received(received) => {
                let party = received.dispatch.from;
                see(LinkLeaf { party, place: OursNext, body: received.receipt_bytes.clone() });
                if let Ok(wrapping) = signed::decode(received.dispatch_signed.clone()) {
                    let place = Theirs(received.dispatch.leaf_index);
                    see(LinkLeaf { party, place, body: wrapping.payload });
                }
            }
            Event::Receipted(receipted) => {
                if let Ok(proven) = dispatch::decode_proven(receipted.proven.clone()) {
                    let place = Theirs(receipted.receipt.leaf_index);
                    see(LinkLeaf { party: receipted.party, place, body: proven.receipt });
                }
            }
            Event::HeadFollowed(head, leaves) => {
                for leaf in leaves {
                    let place = Theirs(leaf.index);
                    see(LinkLeaf { party: head.party, place, body: leaf.body.clone() });
                }
            }
            Event::JournalOpened { .. }
            | Event::EpochOpened { .. }
            | Event::KeyListAccepted(_)
            | Event::RevocationListAccepted(_)
            | Event::ChangeProposed(_)
            | Event::ChangeConfirmed { .. }
            | Event::ChangeDropped { .. }
            | Event::Drafted { .. }
            | Event::DraftReturned { .. }
            | Event::DraftWithdrawn { .. }
            | Event::ReceiptDisputed { .. }
            | Event::HeadCosigned(_)
            | Event::HeadRejected { .. }
            | Event::Equivocated { .. }
            | Event::TurnedAway { .. }
            | Event::ReferenceMissing { .. }
            | Event::AuditRead { .. }
            | Event::PartStored { .. }
            | Event::PartErased { .. }
            | Event::RegimeHeld(_)
            | Event::DeliveredByHand(_)
            | Event::DutiesNoted(_)
            | Event::Alerted(_)
            | Event::WatchOffered(_)
            | Event::WatchTaken { .. }
            | Event::AlarmNoted(_)
            | Event::CheckNoted(_)
            | Event::CarryNoted(_) => {}
        }
    }
}
