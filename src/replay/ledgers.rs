//! The records that count, read once more in order, and the leaves of a link's two ledgers in them.
//!
//! Never here: an entry that the fold did not count, or a signature. The positions come from a fold
//! that has judged every entry; leaves become trees where proofs of older ones are asked for.

use std::collections::BTreeMap;

use bytes::Bytes;

use super::positions::Positions;
use super::records::RecordFault;
use crate::codec::record::{self, Check};
use crate::codec::{dispatch, signed};
use crate::domain::event::{Event, Record};
use crate::domain::ledger::leaf_hash;
use crate::domain::party::Party;
use crate::evidence::merkle::Tree;
use crate::journal::{Journal, ReadFault};

/// What one link's ledgers hold, as exact bytes of a Dispatch or a Receipt each.
#[derive(Clone, Default, Debug)]
pub struct LinkLeaves {
    /// Of the ledger that we keep: leaf 0 first, without a gap.
    pub ours: Vec<Bytes>,
    /// Of the one that the other end keeps, by leaf index: all that came here, in whatever way.
    pub theirs: BTreeMap<u64, Bytes>,
}

impl LinkLeaves {
    /// Our ledger's tree.
    pub fn our_tree(&self) -> Tree {
        self.ours.iter().map(|body| leaf_hash(body)).collect()
    }

    /// The other end's tree, up to the first leaf that is not here.
    pub fn their_tree(&self) -> Tree {
        let unbroken = (0u64..).zip(&self.theirs).take_while(|(expected, (index, _))| expected == *index);
        unbroken.map(|(_, (_, body))| leaf_hash(body)).collect()
    }

    fn take(&mut self, leaf: LinkLeaf) {
        match leaf.place {
            LeafPlace::OursNext => self.ours.push(leaf.body),
            LeafPlace::Theirs(index) => {
                self.theirs.insert(index, leaf.body);
            }
        }
    }
}

/// A leaf that a record adds to one of the two ledgers of a link.
pub(super) struct LinkLeaf {
    /// The other end of the link.
    pub party: Party,
    pub place: LeafPlace,
    /// Exact bytes of a Dispatch or a Receipt.
    pub body: Bytes,
}

pub(super) enum LeafPlace {
    /// The next leaf of the ledger that we keep.
    OursNext,
    /// A leaf of the other end's.
    Theirs(u64),
}

/// The leaves that one record adds, in order.
pub(super) fn leaves_in(record: &Record, mut see: impl FnMut(LinkLeaf)) {
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
            | Event::PartErased { .. } => {}
        }
    }
}

/// The leaves of the link with `party`, from the first `size` records that count.
pub async fn ledger_leaves(
    journal: &Journal,
    positions: &Positions,
    size: u64,
    party: Party,
) -> Result<LinkLeaves, RecordFault> {
    let mut leaves = LinkLeaves::default();
    let mut take = |leaf: LinkLeaf| {
        if leaf.party == party {
            leaves.take(leaf);
        }
    };
    each_record(journal, positions, size, |record| leaves_in(&record, &mut take)).await?;
    Ok(leaves)
}

/// Shows the first `size` records that count, in order.
pub async fn each_record(
    journal: &Journal,
    positions: &Positions,
    size: u64,
    mut see: impl FnMut(Record),
) -> Result<(), RecordFault> {
    if size == 0 {
        return Ok(());
    }
    let mut index = 0;
    let mut reader = journal.reader(positions.of(0).unwrap_or(0))?;
    loop {
        for entry in reader.next().await? {
            let position = positions.of(index).ok_or(RecordFault::NoSuchRecord { index })?;
            if entry.position < position {
                continue;
            }
            if entry.position > position {
                let why = "it counted when it was read".into();
                return Err(ReadFault::Gone { position, why }.into());
            }
            let unreadable = |fault| RecordFault::Unreadable { index, fault };
            let opened = record::open(&entry.bytes, Check::CoveredByCheckpoint).map_err(unreadable)?;
            see(opened.record().map_err(unreadable)?);
            index = index.saturating_add(1);
            if index == size {
                return Ok(());
            }
        }
    }
}
