//! Records read again by index: bodies are not on the Board.
//!
//! Never here: an entry that the fold did not count. Indexes and positions come from a head that the
//! Registrar announced.

use std::sync::Arc;

use crate::codec::fault::DecodeFault;
use crate::codec::record::{self, Check};
use crate::domain::digest::Digest;
use crate::domain::event::{Event, Record};
use crate::domain::message::Message;
use crate::journal::{Journal, ReadFault};
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
        let position = self.positions.of(index).ok_or(RecordFault::NoSuchRecord { index })?;
        let entry = self.journal.read_at(position).await?.ok_or(RecordFault::NoSuchRecord { index })?;
        let unreadable = |fault| RecordFault::Unreadable { index, fault };
        record::open(&entry.bytes, Check::CoveredByCheckpoint)
            .map_err(unreadable)?
            .record()
            .map_err(unreadable)
    }

    fn newest_with(&self, index: u64) -> Option<&Record> {
        let place = index.checked_sub(self.newest.first()?.index)?;
        self.newest.get(usize::try_from(place).ok()?).map(Arc::as_ref)
    }

    /// Records from this index on, before `end`, as many as one read gives: at least one if there is one.
    pub async fn range(&self, from: u64, end: u64) -> Result<Vec<Record>, RecordFault> {
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
            let opened = record::open(&entry.bytes, Check::CoveredByCheckpoint).map_err(unreadable)?;
            records.push(opened.record().map_err(unreadable)?);
            index = index.saturating_add(1);
        }
        if records.is_empty() { Err(RecordFault::NoSuchRecord { index: from }) } else { Ok(records) }
    }

    /// The message with this digest in the record with this index.
    pub async fn message(&self, index: u64, digest: &Digest) -> Result<StoredMessage, RecordFault> {
        let record = Arc::new(self.record(index).await?);
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
