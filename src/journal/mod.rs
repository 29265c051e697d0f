//! A node's journal: append bytes durably, read them in order, follow the end. One contract, written
//! on [`Journal`], and two media that keep it: `embedded` (SQLite) and `kafka` (Apache Kafka).
//!
//! Never here: what the bytes mean, a decision which records count (`replay` has that rule), a skipped
//! entry, a retry without end. One test suite (`tests/it/journal.rs`) is run against both media.
//!
//! What stands where:
//!
//! - the contract: this file, `fault.rs`; what lies beside a journal: `parts/`
//! - the embedded journal: `embedded.rs`, `embedded_reads.rs`, `embedded_untouched.rs`
//! - the Kafka journal: `kafka.rs`, `kafka_reads.rs`, `kafka_settings.rs`, `kafka_topic.rs`, `kafka_untouched.rs`
//! - either, only looked at: `untouched.rs`, `untouched_readers.rs`

pub mod embedded;
mod embedded_reads;
pub mod embedded_untouched;
mod fault;
pub mod kafka;
mod kafka_reads;
pub mod kafka_settings;
pub mod kafka_topic;
pub mod kafka_untouched;
pub mod parts;
pub mod untouched;
pub mod untouched_readers;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use bytes::Bytes;
use tokio::sync::{mpsc, oneshot, watch};

pub use self::fault::{AppendFault, OpenFault, ReadFault};

use crate::limits;

/// One entry as the medium holds it: a record, if `replay` finds that it counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Where the medium keeps it: the first is 0, every later one is higher. Private to this journal;
    /// it is neither the record's index nor the same on another medium.
    pub position: u64,
    /// Exactly the bytes that were appended.
    /// May lie in one piece with those of the other entries of its batch: who keeps some of it copies it.
    pub bytes: Bytes,
}

/// A journal that is open. Clones share it.
///
/// What both media MUST do:
///
/// - `append` answers `Ok` only when **every** entry of the batch would survive the loss of power
///   (embedded: committed with `synchronous=FULL`) or of a broker (Kafka: acknowledged by all in-sync
///   replicas). The entries of one batch stand in their order, though others' may stand between them.
/// - `append` ends within [`limits::JOURNAL_APPEND_MS_MAX`], whatever the medium does.
/// - A reader sees every entry from its position on, once, in the order of positions, the same for
///   every reader at any time, whoever appended it: another process too.
/// - A position that once held an entry and holds none now is [`ReadFault::Gone`].
///
/// What they MUST NOT do:
///
/// - say `Ok` for what may be lost; or, after a failed write to the disk, go on writing;
/// - retry for ever, or after the answer was given;
/// - skip, merge, reorder or look into entries; or take a missing history for an empty one.
///
/// What callers MUST know: an `Err` from `append` says nothing of the batch. All of it, none of it or (on
/// Kafka) some of it may be there, or may yet come. Only reading tells. Being read is not being durable:
/// on Kafka a reader may see what a failed leader then loses, so "done" takes the read-back *and* the `Ok`.
#[derive(Clone)]
pub enum Journal {
    /// One file on this machine.
    Embedded(embedded::Embedded),
    /// One partition of one topic.
    Kafka(kafka::Kafka),
}

/// Whether more may stand behind the end that a reader was told of, at the time it was told.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum End {
    Exact,
    /// A leader that has just taken over may not know its own end.
    Claimed,
}

impl Journal {
    /// Appends a batch in order, and returns when it is durable.
    pub async fn append(&self, batch: Vec<Bytes>) -> Result<(), AppendFault> {
        refuse_over_limit(&batch)?;
        match self {
            Journal::Embedded(journal) => journal.appends.append(batch).await,
            Journal::Kafka(journal) => journal.appends.append(batch).await,
        }
    }

    /// A reader whose first entry is the one at `from`, or the first to be appended if `from` is the end.
    pub fn reader(&self, from: u64) -> Result<Reader, ReadFault> {
        let reader = match self {
            Journal::Embedded(journal) => journal.reader(from),
            Journal::Kafka(journal) => journal.reader(from),
        };
        self.losses().see(reader)
    }

    /// The lowest position of which any reader of this journal has found that what stood there is gone. Whoever
    /// writes must stop then, whoever it was that read.
    pub fn lost(&self) -> watch::Receiver<Option<u64>> {
        self.losses().0.subscribe()
    }

    fn losses(&self) -> &Losses {
        match self {
            Journal::Embedded(journal) => &journal.losses,
            Journal::Kafka(journal) => &journal.losses,
        }
    }

    /// Whether the medium answers, as whoever follows this journal finds out, also while nothing is appended.
    pub fn medium(&self) -> watch::Receiver<Medium> {
        match self {
            Journal::Embedded(journal) => journal.medium.0.subscribe(),
            Journal::Kafka(journal) => journal.medium.0.subscribe(),
        }
    }

    /// What the end is worth that [`Reader::next_or_end`] tells.
    pub fn end(&self) -> End {
        match self {
            Journal::Embedded(_) => End::Exact,
            Journal::Kafka(_) => End::Claimed,
        }
    }

    /// The entry at `position`; `None` if there is none at that place or beyond it yet.
    pub async fn read_at(&self, position: u64) -> Result<Option<Entry>, ReadFault> {
        let found = self.read_range(position, 1).await?;
        Ok(found.into_iter().next().filter(|entry| entry.position == position))
    }

    /// The entries from `from` on, at most `entries_max` of them, bounded as a batch is: fewer do not
    /// mean that the end was reached, none does (and on Kafka only as far as its leader knows).
    pub async fn read_range(&self, from: u64, entries_max: usize) -> Result<Vec<Entry>, ReadFault> {
        let reads = match self {
            Journal::Embedded(journal) => &journal.reads,
            Journal::Kafka(journal) => &journal.reads,
        };
        let (reply, answer) = oneshot::channel();
        let ask = ReadAsk { from, entries_max: entries_max.min(limits::READ_ENTRIES_MAX), reply };
        let whole = async {
            reads.send(ask).await.map_err(|_| ReadFault::ended())?;
            answer.await.map_err(|_| ReadFault::ended())?
        };
        let read = tokio::time::timeout(ms(limits::JOURNAL_READ_MS_MAX), whole)
            .await
            .unwrap_or_else(|_| Err(ReadFault::Unanswered { why: "no answer in time".into() }));
        self.losses().see(read)
    }
}

/// Whether the medium of a journal answers. While it does not, nothing can be put on record; once it does
/// again, all goes on by itself.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Medium {
    #[default]
    Answers,
    /// No broker has answered for a while: [`limits::KAFKA_SILENT_TOLD_MS`] at most. A file always answers.
    Silent,
}

/// What readers found out of the medium. Clones share it.
#[derive(Clone, Default)]
struct MediumSeen(watch::Sender<Medium>);

impl MediumSeen {
    fn see(&self, found: Medium) {
        self.0.send_if_modified(|known| {
            let is_new = *known != found;
            *known = found;
            is_new
        });
    }
}

/// Where readers found that something is gone. Clones share it.
#[derive(Clone, Default)]
struct Losses(watch::Sender<Option<u64>>);

impl Losses {
    /// Hands on what was read, and remembers the lowest position that is gone.
    fn see<T>(&self, read: Result<T, ReadFault>) -> Result<T, ReadFault> {
        if let Err(ReadFault::Gone { position, .. }) = &read {
            self.0.send_if_modified(|lowest| {
                let is_lower = lowest.is_none_or(|known| *position < known);
                if is_lower {
                    *lowest = Some(*position);
                }
                is_lower
            });
        }
        read
    }
}

fn ms(bound: u64) -> Duration {
    Duration::from_millis(bound)
}

/// All that a medium does is done on threads of its own, which end by themselves and are never joined.
fn thread(name: &str, work: impl FnOnce() + Send + 'static) -> std::io::Result<()> {
    std::thread::Builder::new().name(name.into()).spawn(work).map(|_| ())
}

fn refuse_over_limit(batch: &[Bytes]) -> Result<(), AppendFault> {
    let bytes: usize = batch.iter().map(Bytes::len).sum();
    let rule = if batch.is_empty() {
        "a batch holds at least one record".into()
    } else if batch.len() > limits::BATCH_RECORDS_MAX {
        format!("a batch holds no more than {} records", limits::BATCH_RECORDS_MAX)
    } else if batch.iter().any(|entry| entry.len() > limits::RECORD_BYTES_MAX) {
        format!("a record is no larger than {} bytes", limits::RECORD_BYTES_MAX)
    } else if bytes > limits::BATCH_BYTES_MAX {
        format!("a batch is no larger than {} bytes", limits::BATCH_BYTES_MAX)
    } else {
        return Ok(());
    };
    Err(AppendFault::OverLimit { rule })
}

/// Follows the journal on a thread of its own, a bounded number of batches ahead. Dropping it ends that.
pub struct Reader {
    items: mpsc::Receiver<Result<Item, ReadFault>>,
    /// How often the end has been asked for: the number of the newest question.
    asked: Arc<AtomicU64>,
    /// Wakes an embedded reading thread, so that it sees the question.
    bell: Option<Arc<embedded_reads::Bell>>,
    losses: Losses,
}

/// What a reading thread hands over.
enum Item {
    /// Never empty; bounded by `READ_ENTRIES_MAX` and about `READ_BYTES_MAX`.
    Batch(Vec<Entry>),
    /// Everything there was when the question of this number was put has been handed over.
    End(u64),
}

impl Reader {
    /// The next entries, at least one; waits at the end until more are appended, by whomever. After an
    /// error nothing more comes. Dropping the future loses nothing.
    pub async fn next(&mut self) -> Result<Vec<Entry>, ReadFault> {
        loop {
            match self.items.recv().await {
                Some(Ok(Item::Batch(entries))) => return Ok(entries),
                Some(Ok(Item::End(_))) => {}
                Some(Err(fault)) => return self.losses.see(Err(fault)),
                None => return Err(ReadFault::ended()),
            }
        }
    }

    /// As `next`, but `None` where no entry was left when this was called.
    ///
    /// Embedded: exact. Kafka: the end that the leader claims, which may be stale after a change of
    /// leader: for showing, never for deciding. Who must know the end appends a marker and reads to it.
    pub async fn next_or_end(&mut self) -> Result<Option<Vec<Entry>>, ReadFault> {
        let asked = self.asked.fetch_add(1, Ordering::SeqCst).saturating_add(1);
        if let Some(bell) = &self.bell {
            bell.ring();
        }
        loop {
            match self.items.recv().await {
                Some(Ok(Item::Batch(entries))) => return Ok(Some(entries)),
                Some(Ok(Item::End(number))) if number >= asked => return Ok(None),
                Some(Ok(Item::End(_))) => {}
                Some(Err(fault)) => return self.losses.see(Err(fault)),
                None => return Err(ReadFault::ended()),
            }
        }
    }
}

/// A single read, put to the thread that does them.
struct ReadAsk {
    from: u64,
    entries_max: usize,
    reply: oneshot::Sender<Result<Vec<Entry>, ReadFault>>,
}

/// A batch, put to the thread that writes.
struct AppendAsk {
    batch: Vec<Bytes>,
    reply: oneshot::Sender<Result<(), AppendFault>>,
}

/// The way to the writing thread: a bounded inbox and a limit in time, the same for both media.
#[derive(Clone)]
struct Appends(mpsc::Sender<AppendAsk>);

impl Appends {
    async fn append(&self, batch: Vec<Bytes>) -> Result<(), AppendFault> {
        let unknown = |why: &str| AppendFault::Unknown { why: why.into() };
        let (reply, answer) = oneshot::channel();
        let whole = async {
            let ended = || unknown("the writing thread has ended");
            self.0.send(AppendAsk { batch, reply }).await.map_err(|_| ended())?;
            answer.await.map_err(|_| ended())?
        };
        tokio::time::timeout(ms(limits::JOURNAL_APPEND_MS_MAX), whole)
            .await
            .unwrap_or_else(|_| Err(unknown("no answer in time")))
    }
}
