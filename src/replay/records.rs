//! Records read again by index: bodies are not on the Board.
//!
//! Never here: an entry that the fold did not count. Indexes and positions come from a head that the
//! Registrar announced.

use std::sync::Arc;

use bytes::Bytes;

use crate::codec::fault::DecodeFault;
use crate::codec::record::{self, Check};
use crate::domain::digest::Digest;
use crate::domain::event::{Event, Record};
use crate::domain::ledger::leaf_hash;
use crate::domain::message::Message;
use crate::journal::{Journal, ReadFault};
use crate::limits;
use crate::replay::positions::Positions;

/// Reads what stands in the journal up to one head.
#[derive(Clone)]
pub struct Records {
    journal: Journal,
    positions: Arc<Positions>,
    newest: Newest,
}

/// The records of the batch that was put on record last, in order: whoever acts on them at once need not
/// read them again.
pub type Newest = Arc<[Arc<Record>]>;

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RecordFault {
    #[error("there is no record {index}")]
    NoSuchRecord { index: u64 },
    #[error(transparent)]
    Journal(#[from] ReadFault),
    #[error("record {index} has changed since it was read: {fault}")]
    Unreadable { index: u64, fault: DecodeFault },
    #[error("record {index} holds no such message")]
    NoSuchMessage { index: u64 },
}

impl RecordFault {
    /// Whether it would be the same again: what is on record can't be read. Else the journal does not answer now.
    pub fn is_lasting(&self) -> bool {
        match self {
            RecordFault::Journal(ReadFault::Gone { .. }) => true,
            RecordFault::Journal(_) => false,
            RecordFault::NoSuchRecord { .. }
            | RecordFault::Unreadable { .. }
            | RecordFault::NoSuchMessage { .. } => true,
        }
    }
}

/// The newest records after a batch: those of the batch, and of those before as many as the bounds allow.
/// A link that is a few batches behind then need not read one record after the other.
pub fn kept_newest(before: &Newest, batch: &Newest) -> Newest {
    let next = |last: &Arc<Record>| last.index.saturating_add(1);
    let follows = before.last().zip(batch.first()).is_some_and(|(last, first)| next(last) == first.index);
    let mut bytes: usize = batch.iter().map(|record| weight(record)).sum();
    let mut room = limits::NEWEST_RECORDS_KEPT.saturating_sub(batch.len());
    let earlier = before.iter().rev().take_while(|record| {
        bytes = bytes.saturating_add(weight(record));
        let fits = follows && room > 0 && bytes <= limits::NEWEST_BYTES_KEPT;
        room = room.saturating_sub(1);
        fits
    });
    let mut kept: Vec<Arc<Record>> = earlier.cloned().collect();
    kept.reverse();
    kept.extend(batch.iter().cloned());
    kept.into()
}

/// About the bytes that a record holds in memory.
fn weight(record: &Record) -> usize {
    const REST: usize = 1_024;
    let signed = record.events.iter().map(|event| match event {
        Event::Released(released) => released.signed.len(),
        Event::Received(received) => {
            received.message_signed.len().saturating_add(received.dispatch_signed.len())
        }
        Event::Receipted(receipted) => receipted.proven.len(),
        Event::Drafted { bytes, .. } => bytes.len(),
        Event::HeadFollowed(_, leaves) => leaves.iter().map(|leaf| leaf.body.len()).sum(),
        _ => 0,
    });
    // Once as exact bytes, once as what was read from them.
    signed.sum::<usize>().saturating_mul(2).saturating_add(REST)
}

/// A message as a record holds it.
#[derive(Clone, Debug)]
pub struct StoredMessage {
    pub message: Message,
    /// Exact bytes of the Signed.
    pub signed: bytes::Bytes,
    pub record: Arc<Record>,
}

impl Records {
    pub fn new(journal: Journal, positions: Arc<Positions>) -> Records {
        Records { journal, positions, newest: Newest::from([]) }
    }

    /// Answers for these records without reading them again.
    pub fn with_newest(self, newest: Newest) -> Records {
        Records { newest, ..self }
    }

    pub async fn record(&self, index: u64) -> Result<Record, RecordFault> {
        if let Some(record) = self.newest_with(index) {
            return Ok(record.clone());
        }
        let unreadable = |fault| RecordFault::Unreadable { index, fault };
        record::open(&self.entry(index).await?, Check::CoveredByCheckpoint)
            .map_err(unreadable)?
            .record()
            .map_err(unreadable)
    }

    /// SHA-256 of a record's exact bytes, the signature of its writer among them: always the same, and not to be
    /// guessed by who knows what the record says.
    pub async fn digest_of(&self, index: u64) -> Result<Digest, RecordFault> {
        Ok(Digest::of(&self.entry(index).await?))
    }

    /// By which the record with this index names the one before it; zero before the first.
    pub async fn leaf_before(&self, index: u64) -> Result<Digest, RecordFault> {
        match index.checked_sub(1) {
            Some(before) => Ok(leaf_hash(&self.entry(before).await?)),
            None => Ok(Digest::ZERO),
        }
    }

    async fn entry(&self, index: u64) -> Result<Bytes, RecordFault> {
        let position = self.positions.of(index).ok_or(RecordFault::NoSuchRecord { index })?;
        let entry = self.journal.read_at(position).await?.ok_or(RecordFault::NoSuchRecord { index })?;
        Ok(entry.bytes)
    }

    fn newest_with(&self, index: u64) -> Option<&Record> {
        let place = index.checked_sub(self.newest.first()?.index)?;
        self.newest.get(usize::try_from(place).ok()?).map(Arc::as_ref)
    }

    /// Records from this index on, before `end`, as many as one read gives: at least one if there is one.
    pub async fn range(&self, from: u64, end: u64) -> Result<Vec<Record>, RecordFault> {
        let read = self.range_with_leaves(from, end).await?;
        Ok(read.into_iter().map(|(record, _)| record).collect())
    }

    /// The same, and by which leaf hash the record after it names each.
    pub async fn range_with_leaves(&self, from: u64, end: u64) -> Result<Vec<(Record, Digest)>, RecordFault> {
        let position = self.positions.of(from).ok_or(RecordFault::NoSuchRecord { index: from })?;
        let wanted = usize::try_from(end.saturating_sub(from)).unwrap_or(usize::MAX);
        let mut records = Vec::new();
        let mut index = from;
        for entry in self.journal.read_range(position, wanted).await? {
            // Entries that do not count lie between; which ones, the fold found out.
            if index >= end || self.positions.of(index) != Some(entry.position) {
                continue;
            }
            let unreadable = |fault| RecordFault::Unreadable { index, fault };
            // Whoever keeps one of them keeps no other.
            let bytes = Bytes::copy_from_slice(&entry.bytes);
            let opened = record::open(&bytes, Check::CoveredByCheckpoint).map_err(unreadable)?;
            let leaf = opened.leaf;
            records.push((opened.record().map_err(unreadable)?, leaf));
            index = index.saturating_add(1);
        }
        if records.is_empty() { Err(RecordFault::NoSuchRecord { index: from }) } else { Ok(records) }
    }

    /// The message with this digest in the record with this index.
    pub async fn message(&self, index: u64, digest: &Digest) -> Result<StoredMessage, RecordFault> {
        StoredMessage::of(Arc::new(self.record(index).await?), digest)
    }

    /// Whether it is answered for without a look at the journal.
    pub fn is_newest(&self, index: u64) -> bool {
        self.newest_with(index).is_some()
    }
}

impl StoredMessage {
    /// The message with this digest in a record that was read.
    pub fn of(record: Arc<Record>, digest: &Digest) -> Result<StoredMessage, RecordFault> {
        let index = record.index;
        let found = record.events.iter().find_map(|event| match event {
            Event::Released(released) if released.digest == *digest => {
                Some((released.message.clone(), released.signed.clone()))
            }
            Event::Received(received) if received.dispatch.message == *digest => {
                Some((received.message.clone()?, received.message_signed.clone()))
            }
            _ => None,
        });
        let (message, signed) = found.ok_or(RecordFault::NoSuchMessage { index })?;
        Ok(StoredMessage { message, signed, record })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::time::Instant;

    fn records(indexes: std::ops::Range<u64>) -> Newest {
        let record = |index| Record { index, at: Instant(0), command: None, events: Vec::new() };
        indexes.map(|index| Arc::new(record(index))).collect()
    }

    #[test]
    fn the_newest_records_are_kept_without_a_gap_and_within_their_bounds() {
        let indexes = |newest: &Newest| newest.iter().map(|record| record.index).collect::<Vec<_>>();
        let first = kept_newest(&records(0..0), &records(3..5));
        assert_eq!(indexes(&first), [3, 4]);
        assert_eq!(indexes(&kept_newest(&first, &records(5..7))), [3, 4, 5, 6]);
        assert_eq!(indexes(&kept_newest(&first, &records(6..7))), [6], "what does not follow is let go");
        let most = limits::NEWEST_RECORDS_KEPT as u64;
        let full = kept_newest(&records(0..most), &records(most..most + 1));
        assert_eq!(indexes(&full), (1..=most).collect::<Vec<_>>());
    }
}
