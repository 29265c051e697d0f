//! The journal in one partition of Apache Kafka: the writing thread, and how a record stands there.
//!
//! Never here: a transaction, a consumer group, a call that blocks the async runtime, a conclusion from
//! a send that failed: whether the record is there, only reading tells. Nothing is read back from headers.

use std::sync::{Arc, Mutex, PoisonError};

use rdkafka::client::ClientContext;
use rdkafka::config::{FromClientConfigAndContext as _, RDKafkaLogLevel};
use rdkafka::error::KafkaError;
use rdkafka::message::{Header, OwnedHeaders};
use rdkafka::producer::{BaseRecord, DeliveryResult, Producer as _, ProducerContext, ThreadedProducer};
use tokio::sync::{mpsc, oneshot};

use super::kafka_reads::{self, Source};
use super::kafka_settings::{self, KafkaConfig, Quiet};
use super::kafka_topic::{self, on_a_thread, unusable};
use super::{
    AppendAsk, AppendFault, Appends, Journal, Losses, MediumSeen, OpenFault, ReadAsk, ReadFault, Reader, ms,
    thread,
};
use crate::limits;

/// An open topic. Its threads end by themselves once the last clone and reader are dropped; nobody waits
/// for them, so that a broker that hangs can't hold up the end of the process.
#[derive(Clone)]
pub struct Kafka {
    pub(super) appends: Appends,
    pub(super) reads: mpsc::Sender<ReadAsk>,
    pub(super) losses: Losses,
    pub(super) medium: MediumSeen,
    source: Source,
}

/// Makes the topic and opens it. Never over one that is there.
pub async fn create(config: &KafkaConfig, topic: &str) -> Result<Journal, OpenFault> {
    kafka_topic::create(config, topic).await?;
    open(config, topic).await
}

/// Opens a topic that `create` made: refuses a missing one, one that has lost its first records, and
/// one with a setting by which it could lose more.
pub async fn open(config: &KafkaConfig, topic: &str) -> Result<Journal, OpenFault> {
    let wrong = kafka_topic::check(config, topic).await?;
    if !wrong.is_empty() {
        return Err(OpenFault::WrongSettings { place: topic.into(), wrong });
    }
    let source = Source { config: Arc::new(config.clone()), topic: topic.into() };
    let place = topic.to_owned();
    on_a_thread(place.clone(), move || {
        let single = source.single_reader().map_err(|error| unusable(&place, &error))?;
        let (first, _) = kafka_topic::bounds(&single, &place).map_err(|error| unusable(&place, &error))?;
        if first > 0 {
            return Err(OpenFault::Beheaded { place, first });
        }
        let producer = warm_producer(&source).map_err(|error| unusable(&place, &error))?;
        let (appends, to_write) = mpsc::channel(limits::APPENDS_WAITING_MAX);
        let (reads, to_read) = mpsc::channel(limits::READS_WAITING_MAX);
        let (writes, singles) = (source.clone(), source.clone());
        thread("journal-writes", move || write_all(&writes, producer, to_write))
            .map_err(|error| unusable(&place, &error))?;
        thread("journal-reads", move || kafka_reads::read_singles(&singles, single, to_read))
            .map_err(|error| unusable(&place, &error))?;
        let (losses, medium) = (Losses::default(), MediumSeen::default());
        Ok(Journal::Kafka(Kafka { appends: Appends(appends), reads, losses, medium, source }))
    })
    .await
}

impl Kafka {
    pub(super) fn reader(&self, from: u64) -> Result<Reader, ReadFault> {
        let (sink, items) = mpsc::channel(limits::READ_BATCHES_AHEAD_MAX);
        let asked = Arc::new(std::sync::atomic::AtomicU64::new(0));
        let (source, questions, medium) = (self.source.clone(), asked.clone(), self.medium.clone());
        thread("journal-follows", move || kafka_reads::follow(&source, from, &sink, &questions, &medium))
            .map_err(|error| ReadFault::Unreadable { why: error.to_string() })?;
        Ok(Reader { items, asked, bell: None, losses: self.losses.clone() })
    }
}

// ---- writing -----------------------------------------------------------------------------------

type Writing = ThreadedProducer<Deliveries>;

/// The first send of a cold idempotent producer takes half a second: asking for metadata warms it.
fn warm_producer(source: &Source) -> Result<Writing, KafkaError> {
    let producer = Writing::from_config_and_context(&kafka_settings::producer(&source.config), Deliveries)?;
    // A broker that is away now may be back for the first append, which has its own limit.
    let _ = producer.client().fetch_metadata(Some(&source.topic), ms(limits::KAFKA_SOCKET_MS_MAX));
    Ok(producer)
}

fn write_all(source: &Source, mut producer: Writing, mut inbox: mpsc::Receiver<AppendAsk>) {
    while let Some(ask) = inbox.blocking_recv() {
        if ask.reply.is_closed() {
            // Its caller was told "not known" already; it is not sent without need.
            continue;
        }
        if let Some((_, why)) = producer.client().fatal_error() {
            tracing::warn!(target: "detente::kafka", why, "the producer is made anew");
            match warm_producer(source) {
                Ok(fresh) => {
                    let old = std::mem::replace(&mut producer, fresh);
                    // Closing may hang.
                    let _ = thread("journal-closes", move || drop(old));
                }
                Err(error) => {
                    let _ = ask.reply.send(Err(AppendFault::Unknown { why: error.to_string() }));
                    continue;
                }
            }
        }
        send(source, &producer, ask);
    }
}

fn send(source: &Source, producer: &Writing, ask: AppendAsk) {
    let entries = ask.batch.len();
    let pending = Arc::new(Pending(Mutex::new(State { left: entries, fault: None, reply: Some(ask.reply) })));
    for (sent, entry) in ask.batch.iter().enumerate() {
        let mut key = [0u8; 16];
        let given = getrandom::fill(&mut key).map_err(|error| error.to_string()).and_then(|()| {
            let record = BaseRecord::with_opaque_to(&source.topic, pending.clone())
                .partition(0)
                .key(&key[..])
                .payload(entry.as_ref())
                .headers(headers(&source.topic, &key));
            producer.send(record).map_err(|(error, _)| error.to_string())
        });
        if let Err(why) = given {
            // This entry and those after it were not given to the producer: the batch stays in order.
            pending.settle(entries.saturating_sub(sent), Some(why));
            return;
        }
    }
}

/// CloudEvents 1.0, binary mode (Kafka protocol binding): for other readers of the topic. The time is
/// Kafka's own time stamp.
fn headers(topic: &str, key: &[u8]) -> OwnedHeaders {
    fn header<'a>(key: &'a str, value: &'a str) -> Header<'a, &'a str> {
        Header { key, value: Some(value) }
    }
    OwnedHeaders::new_with_capacity(5)
        .insert(header("ce_specversion", "1.0"))
        .insert(header("ce_id", &hex::encode(key)))
        .insert(header("ce_source", &format!("/{topic}")))
        .insert(header("ce_type", "detente.record"))
        .insert(header("content-type", "application/octet-stream"))
}

/// A batch of which not every entry is acknowledged.
struct Pending(Mutex<State>);

struct State {
    left: usize,
    fault: Option<String>,
    reply: Option<oneshot::Sender<Result<(), AppendFault>>>,
}

impl Pending {
    /// So many entries have been acknowledged, or have failed; answers when it was the last of the batch.
    fn settle(&self, entries: usize, fault: Option<String>) {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        state.left = state.left.saturating_sub(entries);
        if state.fault.is_none() {
            state.fault = fault;
        }
        if state.left == 0
            && let Some(reply) = state.reply.take()
        {
            let answer = match state.fault.take() {
                None => Ok(()),
                Some(why) => Err(AppendFault::Unknown { why }),
            };
            // Whoever no longer listens has been answered "not known" already.
            let _ = reply.send(answer);
        }
    }
}

/// Hears of each entry's fate, on the producer's own thread.
struct Deliveries;

impl ClientContext for Deliveries {
    fn log(&self, level: RDKafkaLogLevel, part: &str, text: &str) {
        Quiet.log(level, part, text);
    }

    fn error(&self, error: KafkaError, why: &str) {
        Quiet.error(error, why);
    }
}

impl ProducerContext for Deliveries {
    type DeliveryOpaque = Arc<Pending>;

    fn delivery(&self, result: &DeliveryResult<'_>, pending: Arc<Pending>) {
        let fault = result.as_ref().err().map(|(error, _)| error.to_string());
        pending.settle(1, fault);
    }
}
