//! The reading threads of the Kafka journal: following from an explicit position, and single reads.
//!
//! Never here: a position chosen by the broker, a group, a commit. What looks like an end is handed over
//! only when it was asked for, and is never taken for the end by anybody who decides.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use bytes::Bytes;
use rdkafka::ClientConfig;
use rdkafka::config::FromClientConfigAndContext as _;
use rdkafka::consumer::{BaseConsumer, Consumer as _};
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::message::{BorrowedMessage, Message as _};
use rdkafka::topic_partition_list::{Offset, TopicPartitionList};
use tokio::sync::mpsc;

use super::kafka_settings::{self, KafkaConfig, Quiet};
use super::kafka_topic;
use super::{Entry, Item, Medium, MediumSeen, ReadAsk, ReadFault, ms};
use crate::limits;

/// What is read from.
#[derive(Clone)]
pub(super) struct Source {
    pub(super) config: Arc<KafkaConfig>,
    pub(super) topic: Arc<str>,
}

pub(super) type Consumer = BaseConsumer<Quiet>;
type Sink = mpsc::Sender<Result<Item, ReadFault>>;

impl Source {
    fn consumer(&self, settings: &ClientConfig) -> Result<Consumer, KafkaError> {
        Consumer::from_config_and_context(settings, Quiet)
    }

    pub(super) fn single_reader(&self) -> Result<Consumer, KafkaError> {
        self.consumer(&kafka_settings::single_reader(&self.config))
    }

    pub(super) fn untouched_reader(&self) -> Result<Consumer, KafkaError> {
        self.consumer(&kafka_settings::untouched_reader(&self.config))
    }

    fn assign(&self, consumer: &Consumer, from: u64) -> Result<(), KafkaError> {
        let mut list = TopicPartitionList::with_capacity(1);
        let offset = Offset::Offset(i64::try_from(from).unwrap_or(i64::MAX));
        list.add_partition_offset(&self.topic, 0, offset)?;
        consumer.assign(&list)
    }
}

/// What an error on the consumer means.
enum Trouble {
    /// Brokers come and go: librdkafka dials them again by itself.
    Passing,
    /// The broker has no such position.
    OutOfRange,
    /// The broker does not know the topic; it may just be starting.
    NoTopic,
    /// The node may not read, or the client is beyond use.
    Final,
    /// No entry is left, as far as the leader knows.
    End,
}

fn judge(error: &KafkaError) -> Trouble {
    match error {
        KafkaError::PartitionEOF(_) => Trouble::End,
        KafkaError::MessageConsumptionFatal(_) => Trouble::Final,
        other => match other.rdkafka_error_code() {
            Some(RDKafkaErrorCode::AutoOffsetReset | RDKafkaErrorCode::OffsetOutOfRange) => {
                Trouble::OutOfRange
            }
            Some(
                RDKafkaErrorCode::UnknownTopicOrPartition
                | RDKafkaErrorCode::UnknownTopic
                | RDKafkaErrorCode::UnknownPartition,
            ) => Trouble::NoTopic,
            Some(
                RDKafkaErrorCode::TopicAuthorizationFailed | RDKafkaErrorCode::ClusterAuthorizationFailed,
            ) => Trouble::Final,
            Some(_) | None => Trouble::Passing,
        },
    }
}

fn gone(position: u64, why: &str) -> ReadFault {
    ReadFault::Gone { position, why: why.into() }
}

fn unreadable(error: &KafkaError) -> ReadFault {
    ReadFault::Unreadable { why: error.to_string() }
}

fn entry(message: &BorrowedMessage<'_>) -> Entry {
    Entry {
        position: u64::try_from(message.offset()).unwrap_or(0),
        // A stranger's record without a value is an entry too: which ones count is not decided here.
        bytes: message.payload().map_or_else(Bytes::new, Bytes::copy_from_slice),
    }
}

/// Hands over everything from `from` on, until nobody listens any more.
pub(super) fn follow(source: &Source, from: u64, sink: &Sink, questions: &AtomicU64, medium: &MediumSeen) {
    let mut following =
        Following { source, next: from, answered: 0, unknown_since: None, medium, unanswered_since: None };
    while !sink.is_closed() {
        if let Err(fault) = following.one_consumer(sink, questions) {
            // Nobody listens: then nobody misses it.
            let _ = sink.blocking_send(Err(fault));
            return;
        }
    }
}

struct Following<'a> {
    source: &'a Source,
    next: u64,
    answered: u64,
    unknown_since: Option<Instant>,
    medium: &'a MediumSeen,
    /// Since when no broker has answered a question.
    unanswered_since: Option<Instant>,
}

impl Following<'_> {
    fn is_answered(&mut self) {
        self.unanswered_since = None;
        self.medium.see(Medium::Answers);
    }

    /// A single question without an answer may be a change of leader.
    fn is_not_answered(&mut self) {
        let since = *self.unanswered_since.get_or_insert_with(Instant::now);
        if since.elapsed() > ms(limits::KAFKA_SILENT_MS) {
            self.medium.see(Medium::Silent);
        }
    }

    /// Reads with one consumer, until nobody listens or a fresh one is needed (both `Ok`).
    fn one_consumer(&mut self, sink: &Sink, questions: &AtomicU64) -> Result<(), ReadFault> {
        let settings = kafka_settings::follower(&self.source.config);
        let consumer = self.source.consumer(&settings).map_err(|error| unreadable(&error))?;
        self.source.assign(&consumer, self.next).map_err(|error| unreadable(&error))?;
        let mut quiet_since = Instant::now();
        while !sink.is_closed() {
            let trouble = match consumer.poll(ms(limits::KAFKA_POLL_MS)) {
                Some(Ok(message)) => {
                    quiet_since = Instant::now();
                    self.unknown_since = None;
                    self.is_answered();
                    let (batch, trouble) = gather(&consumer, entry(&message), limits::READ_ENTRIES_MAX);
                    self.next = batch.last().map_or(self.next, |last| last.position.saturating_add(1));
                    if sink.blocking_send(Ok(Item::Batch(batch))).is_err() {
                        return Ok(());
                    }
                    trouble
                }
                Some(Err(error)) => Some(error),
                None => None,
            };
            if let Some(error) = trouble {
                match judge(&error) {
                    Trouble::Passing | Trouble::End => {}
                    Trouble::OutOfRange => return Err(self.out_of_range(&consumer)),
                    Trouble::Final => return Err(unreadable(&error)),
                    Trouble::NoTopic => return self.wait_for_topic(&consumer),
                }
            }
            let asked = questions.load(Ordering::SeqCst);
            let quiet = quiet_since.elapsed() > ms(limits::KAFKA_QUIET_MS_MAX);
            if asked > self.answered || quiet {
                let bounds = kafka_topic::bounds(&consumer, &self.source.topic);
                match &bounds {
                    Ok(_) => self.is_answered(),
                    Err(_) => self.is_not_answered(),
                }
                match bounds {
                    Ok((low, _)) if low > self.next => {
                        return Err(gone(self.next, "records have been deleted"));
                    }
                    Ok((_, high)) if high > self.next => {
                        if quiet {
                            // A consumer can stop without a word: start over from here.
                            return Ok(());
                        }
                    }
                    Ok(_) => {
                        quiet_since = Instant::now();
                        if asked > self.answered && sink.blocking_send(Ok(Item::End(asked))).is_err() {
                            return Ok(());
                        }
                        self.answered = asked;
                    }
                    Err(error) => match judge(&error) {
                        Trouble::NoTopic => return self.wait_for_topic(&consumer),
                        Trouble::Passing | Trouble::End | Trouble::OutOfRange | Trouble::Final => {}
                    },
                }
            }
        }
        Ok(())
    }

    /// Where the log ends before what was read, the first that is missing is the one at its end, and not
    /// the one that comes next.
    fn out_of_range(&self, consumer: &Consumer) -> ReadFault {
        match kafka_topic::bounds(consumer, &self.source.topic) {
            Ok((_, high)) if high < self.next => gone(high, "what was read from there on is no longer there"),
            Ok(_) | Err(_) => gone(self.next, "the broker has no such position"),
        }
    }

    /// A broker that has just started may not know its topics yet; one that goes on not knowing it has
    /// lost it. One made anew under its name has no such position, which shows here, or other records
    /// there, which shows to `replay`.
    fn wait_for_topic(&mut self, consumer: &Consumer) -> Result<(), ReadFault> {
        let since = *self.unknown_since.get_or_insert_with(Instant::now);
        let known = kafka_topic::is_known(consumer, &self.source.topic);
        if known == Some(false) && since.elapsed() > ms(limits::KAFKA_GONE_MS) {
            return Err(gone(self.next, "the topic is not there"));
        }
        std::thread::sleep(ms(limits::KAFKA_POLL_MS));
        Ok(())
    }
}

/// What has arrived already, after `first`, up to the bounds of a batch; and the error that ended it.
fn gather(consumer: &Consumer, first: Entry, entries_max: usize) -> (Vec<Entry>, Option<KafkaError>) {
    let mut bytes = first.bytes.len();
    let mut batch = vec![first];
    while batch.len() < entries_max && bytes < limits::READ_BYTES_MAX {
        match consumer.poll(std::time::Duration::ZERO) {
            Some(Ok(message)) => {
                let entry = entry(&message);
                bytes = bytes.saturating_add(entry.bytes.len());
                batch.push(entry);
            }
            Some(Err(error)) => return (batch, Some(error)),
            None => break,
        }
    }
    (batch, None)
}

/// Single reads and short ranges, one after the other, with one consumer.
pub(super) fn read_singles(source: &Source, consumer: Consumer, mut inbox: mpsc::Receiver<ReadAsk>) {
    while let Some(ask) = inbox.blocking_recv() {
        if !ask.reply.is_closed() {
            let found = read_range(source, &consumer, ask.from, ask.entries_max);
            // Else its fetch would be parked at the broker, and the next one wait for it.
            let _ = consumer.unassign();
            let _ = ask.reply.send(found);
        }
    }
}

pub(super) fn read_range(
    source: &Source,
    consumer: &Consumer,
    from: u64,
    entries_max: usize,
) -> Result<Vec<Entry>, ReadFault> {
    source.assign(consumer, from).map_err(|error| unreadable(&error))?;
    let begun = Instant::now();
    let mut batch: Vec<Entry> = Vec::new();
    let mut bytes: usize = 0;
    while batch.len() < entries_max && bytes < limits::READ_BYTES_MAX {
        match consumer.poll(ms(limits::KAFKA_POLL_MS)) {
            Some(Ok(message)) => {
                let entry = entry(&message);
                bytes = bytes.saturating_add(entry.bytes.len());
                batch.push(entry);
            }
            Some(Err(error)) => match judge(&error) {
                Trouble::End => break,
                // A broker that has just started may not know its topics yet. That one is gone says whoever
                // follows it: what is called gone stops the node for good.
                Trouble::Passing | Trouble::NoTopic => {}
                Trouble::OutOfRange => return beyond_or_gone(source, consumer, from),
                Trouble::Final => return Err(unreadable(&error)),
            },
            None if begun.elapsed() > ms(limits::JOURNAL_READ_MS_MAX) => {
                return Err(ReadFault::Unanswered { why: "no broker answers".into() });
            }
            None => {}
        }
    }
    Ok(batch)
}

fn beyond_or_gone(source: &Source, consumer: &Consumer, from: u64) -> Result<Vec<Entry>, ReadFault> {
    match kafka_topic::bounds(consumer, &source.topic) {
        Ok((low, _)) if low > from => Err(gone(from, "records have been deleted")),
        Ok(_) => Ok(Vec::new()),
        Err(error) => Err(ReadFault::Unanswered { why: error.to_string() }),
    }
}
