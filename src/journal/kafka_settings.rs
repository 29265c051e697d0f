//! The settings of our connections to the Kafka brokers, each with its reason.
//!
//! Never here: the topic's own settings (`kafka_topic`), nor a setting that may be changed from outside:
//! all of them belong to the journal's promise.

use std::path::PathBuf;

use rdkafka::ClientConfig;
use rdkafka::client::ClientContext;
use rdkafka::config::RDKafkaLogLevel;
use rdkafka::error::KafkaError;

use crate::limits;

/// Where the brokers are, and how safe their topic must be.
#[derive(Debug, Clone)]
pub struct KafkaConfig {
    /// `HOST:PORT`, more than one separated by commas.
    pub brokers: String,
    /// How they are reached.
    pub transport: Transport,
    /// Copies of each record: 3 or more in production.
    pub replication: u32,
    /// Copies that must be there before a record is acknowledged: 2 or more in production.
    pub min_insync: u32,
}

/// How the brokers are reached.
#[derive(Debug, Clone)]
pub enum Transport {
    /// TLS, both sides authenticated. The files are PEM, read once when the journal is opened.
    Tls {
        /// The CA that signed the brokers' certificates.
        ca: PathBuf,
        /// This node's certificate for the brokers.
        certificate: PathBuf,
        /// Its key.
        key: PathBuf,
    },
    /// In the clear: for tests, and for a broker on the same machine.
    Plaintext,
}

/// librdkafka writes nothing to the terminal: its own words go to diagnostics.
#[derive(Clone, Copy)]
pub(super) struct Quiet;

impl ClientContext for Quiet {
    fn log(&self, _level: RDKafkaLogLevel, part: &str, text: &str) {
        tracing::debug!(target: "detente::kafka", part, text);
    }

    fn error(&self, error: KafkaError, why: &str) {
        tracing::debug!(target: "detente::kafka", %error, why);
    }
}

impl rdkafka::consumer::ConsumerContext for Quiet {}

/// What every connection has.
pub(super) fn connection(config: &KafkaConfig) -> ClientConfig {
    let mut all = ClientConfig::new();
    all.set("bootstrap.servers", &config.brokers)
        .set("client.id", "detente")
        .set("allow.auto.create.topics", "false")
        .set("reconnect.backoff.ms", "50")
        .set("reconnect.backoff.max.ms", "500")
        .set("socket.timeout.ms", limits::KAFKA_SOCKET_MS_MAX.to_string())
        .set("socket.connection.setup.timeout.ms", limits::KAFKA_SOCKET_MS_MAX.to_string())
        .set("socket.nagle.disable", "true")
        .set("socket.keepalive.enable", "true");
    match &config.transport {
        Transport::Tls { ca, certificate, key } => all
            .set("security.protocol", "ssl")
            .set("ssl.endpoint.identification.algorithm", "https")
            .set("enable.ssl.certificate.verification", "true")
            .set("ssl.ca.location", ca.to_string_lossy())
            .set("ssl.certificate.location", certificate.to_string_lossy())
            .set("ssl.key.location", key.to_string_lossy()),
        Transport::Plaintext => all.set("security.protocol", "plaintext"),
    };
    all
}

/// Acknowledged by all in-sync replicas, at once, in order, never beyond the limit in time.
pub(super) fn producer(config: &KafkaConfig) -> ClientConfig {
    let mut all = connection(config);
    all.set("acks", "all")
        .set("enable.idempotence", "true")
        .set("linger.ms", "0")
        .set("message.timeout.ms", limits::KAFKA_DELIVERY_MS_MAX.to_string())
        .set("request.timeout.ms", limits::KAFKA_DELIVERY_MS_MAX.to_string())
        .set("topic.metadata.propagation.max.ms", limits::KAFKA_GONE_MS.to_string())
        .set("queue.buffering.max.kbytes", limits::KAFKA_QUEUE_KIB_MAX.to_string());
    all
}

/// Follows one partition from an explicit position: no group, no commit, never "earliest" or "latest".
/// Read uncommitted, since a stranger's open transaction must not hold the journal back.
pub(super) fn follower(config: &KafkaConfig) -> ClientConfig {
    let mut all = connection(config);
    all.set("group.id", "detente-has-no-group")
        .set("enable.auto.commit", "false")
        .set("enable.auto.offset.store", "false")
        .set("auto.offset.reset", "error")
        .set("isolation.level", "read_uncommitted")
        .set("check.crcs", "true")
        .set("fetch.min.bytes", "1")
        .set("fetch.wait.max.ms", limits::KAFKA_PARKED_MS_MAX.to_string())
        .set("fetch.queue.backoff.ms", "5")
        .set("fetch.error.backoff.ms", "50")
        .set("max.partition.fetch.bytes", limits::READ_BYTES_MAX.to_string())
        .set("queued.max.messages.kbytes", limits::KAFKA_AHEAD_KIB_MAX.to_string());
    all
}

/// Reads single entries, one assignment after the other: a parked fetch must not hold up the next one.
pub(super) fn single_reader(config: &KafkaConfig) -> ClientConfig {
    let mut all = follower(config);
    all.set("enable.partition.eof", "true")
        .set("fetch.wait.max.ms", "10")
        .set("max.partition.fetch.bytes", limits::RECORD_BYTES_MAX.to_string());
    all
}

/// Reads all there is, also what is not as it was written any more: whoever looks at it later says so.
pub(super) fn untouched_reader(config: &KafkaConfig) -> ClientConfig {
    let mut all = follower(config);
    all.set("enable.partition.eof", "true").set("fetch.wait.max.ms", "10").set("check.crcs", "false");
    all
}
