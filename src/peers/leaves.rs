//! The leaves of our own ledgers, for a peer that asks for them from some index on, and the edge of such
//! a ledger at an earlier size.
//!
//! The Board keeps only the right edge of each tree. Which record holds which leaf is found by reading
//! the journal once, and kept as one number a leaf, with an edge every so many leaves.

use std::collections::BTreeMap;

use bytes::Bytes;

use super::exchange::Exchange;
use crate::domain::event::Record;
use crate::domain::ledger::{Edge, leaf_hash};
use crate::domain::party::Party;
use crate::limits;
use crate::registrar::Head;
use crate::replay::ledgers::{LeafPlace, leaves_in};
use crate::replay::records::{RecordFault, Records};

/// Where the leaves of each of our ledgers are, up to some record.
#[derive(Default)]
pub struct LeafIndex {
    by_link: BTreeMap<Party, OurLeaves>,
    /// The first record that was not looked at.
    next: u64,
}

/// The leaves of one ledger of ours.
#[derive(Default)]
struct OurLeaves {
    /// The record of each leaf.
    records: Vec<u64>,
    /// Over all of them.
    edge: Edge,
    /// After each `limits::LEAVES_PER_CALL_MAX` leaves, so that no edge is far from one that is kept.
    edges: Vec<Edge>,
}

impl OurLeaves {
    fn push(&mut self, index: u64, body: &Bytes) {
        self.records.push(index);
        self.edge.push(leaf_hash(body));
        if self.records.len().is_multiple_of(limits::LEAVES_PER_CALL_MAX) {
            self.edges.push(self.edge.clone());
        }
    }

    /// The largest edge kept that is not over `size` leaves.
    fn edge_before(&self, size: u64) -> Edge {
        let kept = self.edges.partition_point(|edge| edge.size() <= size);
        kept.checked_sub(1).and_then(|at| self.edges.get(at)).cloned().unwrap_or_default()
    }

    /// The records of the leaves from `from` on, no more than `most`, and how many leaves of the first of
    /// them come before.
    fn part(&self, from: u64, most: usize) -> (Vec<u64>, usize) {
        let start = usize::try_from(from).unwrap_or(usize::MAX).min(self.records.len());
        let part: Vec<u64> = self.records.iter().skip(start).take(most).copied().collect();
        let first_of = |record: &u64| self.records.partition_point(|other| other < record);
        let passed_over = part.first().map_or(0, |record| start.saturating_sub(first_of(record)));
        (part, passed_over)
    }
}

impl LeafIndex {
    /// Looks at the records up to `size`.
    async fn catch_up(&mut self, records: &Records, size: u64) -> Result<(), RecordFault> {
        while self.next < size {
            let read = records.range(self.next, size).await?;
            if read.is_empty() {
                return Err(RecordFault::NoSuchRecord { index: self.next });
            }
            for record in read {
                for (party, body) in own_leaves(&record) {
                    self.by_link.entry(party).or_default().push(record.index, &body);
                }
                self.next = record.index.saturating_add(1);
            }
        }
        Ok(())
    }
}

impl Exchange {
    /// Bodies of our leaves for this link from `from` on, no more than fit one answer.
    pub(super) async fn our_leaves(
        &self,
        party: Party,
        head: &Head,
        from: u64,
    ) -> Result<Vec<Bytes>, RecordFault> {
        let records = head.records(&self.registrar.journal);
        let (part, passed_over) = {
            let mut index = self.leaves.lock().await;
            index.catch_up(&records, head.chain.size).await?;
            let all = index.by_link.get(&party);
            all.map(|all| all.part(from, limits::LEAVES_PER_CALL_MAX)).unwrap_or_default()
        };
        read(&records, party, &part, passed_over, limits::LEAVES_BYTES_PER_CALL_MAX).await
    }

    /// The edge of our ledger for this link when it had `size` leaves.
    pub(super) async fn our_edge_at(
        &self,
        party: Party,
        head: &Head,
        size: u64,
    ) -> Result<Edge, RecordFault> {
        let records = head.records(&self.registrar.journal);
        let (mut edge, (part, passed_over)) = {
            let mut index = self.leaves.lock().await;
            index.catch_up(&records, head.chain.size).await?;
            let Some(all) = index.by_link.get(&party) else { return Ok(Edge::new()) };
            let edge = all.edge_before(size);
            let more = usize::try_from(size.saturating_sub(edge.size())).unwrap_or(usize::MAX);
            let part = all.part(edge.size(), more.min(limits::LEAVES_PER_CALL_MAX));
            (edge, part)
        };
        for body in read(&records, party, &part, passed_over, usize::MAX).await? {
            edge.push(leaf_hash(&body));
        }
        Ok(edge)
    }
}

/// Reads the leaves that stand in these records, one for each, until `bytes_max` are read.
async fn read(
    records: &Records,
    party: Party,
    part: &[u64],
    mut passed_over: usize,
    bytes_max: usize,
) -> Result<Vec<Bytes>, RecordFault> {
    let mut bodies = Vec::new();
    let mut bytes = 0usize;
    let mut part = part.iter().peekable();
    // Several leaves may stand in one record.
    while let Some(index) = part.next() {
        let mut wanted = 1_usize;
        while part.next_if(|next| *next == index).is_some() {
            wanted = wanted.saturating_add(1);
        }
        let record = records.record(*index).await?;
        let here: Vec<Bytes> = own_leaves(&record)
            .into_iter()
            .filter(|(to, _)| *to == party)
            .map(|(_, body)| body)
            .skip(std::mem::take(&mut passed_over))
            .take(wanted)
            .collect();
        if here.len() < wanted {
            return Err(RecordFault::NoSuchMessage { index: *index });
        }
        for body in here {
            bytes = bytes.saturating_add(body.len());
            bodies.push(body);
            if bytes >= bytes_max {
                return Ok(bodies);
            }
        }
    }
    Ok(bodies)
}

/// What this record adds to our ledgers, in order: dispatches of ours and receipts for theirs.
fn own_leaves(record: &Record) -> Vec<(Party, Bytes)> {
    let mut leaves = Vec::new();
    leaves_in(record, |leaf| match leaf.place {
        LeafPlace::OursNext => leaves.push((leaf.party, leaf.body)),
        LeafPlace::Theirs(_) => {}
    });
    leaves
}
