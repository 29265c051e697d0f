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

    /// Takes in what one record adds to the ledgers of the link with `party`.
    pub fn take(&mut self, party: Party, record: &Record) {
        for event in &record.events {
            match event {
                Event::Released(released) => {
                    let here = released.dispatches.iter().filter(|(dispatch, _)| dispatch.to == party);
                    self.ours.extend(here.map(|(dispatch, _)| dispatch::encode_dispatch(dispatch)));
                }
                Event::Received(received) if received.dispatch.from == party => {
                    self.ours.push(received.receipt_bytes.clone());
                    if let Ok(wrapping) = signed::decode(received.dispatch_signed.clone()) {
                        self.theirs.insert(received.dispatch.leaf_index, wrapping.payload);
                    }
                }
                Event::Receipted(receipted) if receipted.party == party => {
                    if let Ok(proven) = dispatch::decode_proven(receipted.proven.clone()) {
                        self.theirs.insert(receipted.receipt.leaf_index, proven.receipt);
                    }
                }
                Event::HeadFollowed(head, leaves) if head.party == party => {
                    self.theirs.extend(leaves.iter().map(|leaf| (leaf.index, leaf.body.clone())));
                }
                Event::Received(_)
                | Event::Receipted(_)
                | Event::HeadFollowed(..)
                | Event::JournalOpened { .. }
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
}

/// The leaves of the link with `party`, from the first `size` records that count.
pub async fn ledger_leaves(
    journal: &Journal,
    positions: &Positions,
    size: u64,
    party: Party,
) -> Result<LinkLeaves, RecordFault> {
    let mut leaves = LinkLeaves::default();
    each_record(journal, positions, size, |record| leaves.take(party, &record)).await?;
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
