//! The leaves of our own ledgers, for a peer that asks for them from some index on.
//!
//! The Board keeps only the right edge of each tree. Which record holds which leaf is found by reading
//! the journal once, and kept as one number a leaf.

use std::collections::BTreeMap;

use bytes::Bytes;

use crate::codec::dispatch;
use crate::domain::event::{Event, Record};
use crate::domain::ledger::{Edge, leaf_hash};
use crate::domain::party::Party;
use crate::limits;
use crate::replay::records::{RecordFault, Records};

/// Which record holds which leaf of each of our ledgers, up to some record.
#[derive(Default)]
pub struct LeafIndex {
    by_link: BTreeMap<Party, Vec<u64>>,
    /// The first record that was not looked at.
    next: u64,
}

impl LeafIndex {
    /// Looks at the records up to `size`.
    pub async fn catch_up(&mut self, records: &Records, size: u64) -> Result<(), RecordFault> {
        while self.next < size {
            for record in records.range(self.next, size).await? {
                for (party, _) in own_leaves(&record) {
                    self.by_link.entry(party).or_default().push(record.index);
                }
                self.next = record.index.saturating_add(1);
            }
        }
        Ok(())
    }

    /// Bodies of our leaves for this link from `from` on, no more than fit one answer.
    pub async fn bodies(
        &self,
        records: &Records,
        party: Party,
        from: u64,
    ) -> Result<Vec<Bytes>, RecordFault> {
        let mut bodies = Vec::new();
        let mut bytes = 0;
        self.walk(records, party, from, |body| {
            bytes += body.len();
            bodies.push(body);
            bodies.len() < limits::LEAVES_PER_CALL_MAX && bytes < limits::LEAVES_BYTES_PER_CALL_MAX
        })
        .await?;
        Ok(bodies)
    }

    /// The edge of our ledger for this link when it had `size` leaves.
    pub async fn edge_at(&self, records: &Records, party: Party, size: u64) -> Result<Edge, RecordFault> {
        let mut edge = Edge::new();
        if size > 0 {
            self.walk(records, party, 0, |body| {
                edge.push(leaf_hash(&body));
                edge.size() < size
            })
            .await?;
        }
        Ok(edge)
    }

    /// Goes through our leaves for this link from `from` on, while `go_on` says so.
    async fn walk(
        &self,
        records: &Records,
        party: Party,
        from: u64,
        mut go_on: impl FnMut(Bytes) -> bool,
    ) -> Result<(), RecordFault> {
        let Some(indexes) = self.by_link.get(&party) else { return Ok(()) };
        let start = usize::try_from(from).unwrap_or(usize::MAX).min(indexes.len());
        // Several leaves may stand in one record: the leaves of that record before `from` are passed over.
        let mut at = start;
        while let Some(index) = indexes.get(at) {
            let first_here = indexes.partition_point(|other| other < index);
            let record = records.record(*index).await?;
            let here: Vec<Bytes> =
                own_leaves(&record).filter(|(to, _)| *to == party).map(|(_, body)| body).collect();
            let passed_over = at - first_here;
            if here.len() <= passed_over {
                return Err(RecordFault::NoSuchMessage { index: *index });
            }
            for body in here.into_iter().skip(passed_over) {
                at += 1;
                if !go_on(body) {
                    return Ok(());
                }
            }
        }
        Ok(())
    }
}

/// What this record adds to our ledgers, in order: dispatches of ours and receipts for theirs.
fn own_leaves(record: &Record) -> impl Iterator<Item = (Party, Bytes)> + '_ {
    record.events.iter().flat_map(|event| match event {
        Event::Released(released) => released
            .dispatches
            .iter()
            .map(|(one, _)| (one.to, dispatch::encode_dispatch(one)))
            .collect::<Vec<_>>(),
        Event::Received(received) => vec![(received.dispatch.from, received.receipt_bytes.clone())],
        _ => Vec::new(),
    })
}
