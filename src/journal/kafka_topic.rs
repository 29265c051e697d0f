//! The topic of a Kafka journal: its name, making it right, and naming each setting that is wrong.
//!
//! Never here: a record; a change to a topic that exists, since who may repair settings may also have
//! broken them.

use std::time::{Duration, Instant};

use rdkafka::admin::{AdminClient, AdminOptions, NewTopic, ResourceSpecifier, TopicReplication};
use rdkafka::client::{Client, ClientContext, DefaultClientContext};
use rdkafka::config::FromClientConfig as _;
use rdkafka::consumer::{BaseConsumer, Consumer as _};
use rdkafka::error::{KafkaError, RDKafkaErrorCode};

use super::kafka_settings::{KafkaConfig, Quiet, connection};
use super::{OpenFault, ms};
use crate::domain::party::{Incarnation, Party};
use crate::limits;

/// A setting of the topic that could lose records.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WrongSetting {
    /// Kafka's name for it.
    pub setting: String,
    /// As it is.
    pub found: String,
    /// As it must be.
    pub right: String,
}

/// The faults in one line, as an operator reads them.
pub(super) fn list_wrong(wrong: &[WrongSetting]) -> String {
    let one = |w: &WrongSetting| format!("{} is {}, it must be {}", w.setting, w.found, w.right);
    wrong.iter().map(one).collect::<Vec<_>>().join("; ")
}

/// The topic of one life of one Party's journal.
pub fn topic_of(party: &Party, incarnation: Incarnation) -> String {
    format!("detente.{}.journal.{incarnation}", party.as_str().to_ascii_lowercase())
}

/// What must be exactly so. Kafka's own defaults would delete after seven days, or let a replica that
/// lacks acknowledged records become the leader.
const EXACTLY: [(&str, &str); 5] = [
    ("cleanup.policy", "delete"),
    ("retention.ms", "-1"),
    ("retention.bytes", "-1"),
    ("unclean.leader.election.enable", "false"),
    ("remote.storage.enable", "false"),
];

/// Makes the topic, right from the start. Never an existing one.
pub async fn create(config: &KafkaConfig, topic: &str) -> Result<(), OpenFault> {
    let (config, topic) = (config.clone(), topic.to_owned());
    on_a_thread(topic.clone(), move || {
        let replication = i32::try_from(config.replication).unwrap_or(i32::MAX);
        let min_insync = config.min_insync.to_string();
        let message_bytes = limits::KAFKA_MESSAGE_BYTES_MAX.to_string();
        let mut wanted = NewTopic::new(&topic, 1, TopicReplication::Fixed(replication))
            .set("min.insync.replicas", &min_insync)
            .set("max.message.bytes", &message_bytes);
        for (setting, right) in EXACTLY {
            wanted = wanted.set(setting, right);
        }
        let admin = admin(&config, &topic)?;
        let made = wait_for(admin.create_topics([&wanted], &options()), &topic)?;
        for outcome in made {
            match outcome {
                Ok(_) => {}
                Err((_, RDKafkaErrorCode::TopicAlreadyExists)) => {
                    return Err(OpenFault::AlreadyThere { place: topic });
                }
                Err((_, code)) => return Err(unusable(&topic, &code)),
            }
        }
        let begun = Instant::now();
        while let Err(fault) = shape(admin.inner(), &topic) {
            // The brokers learn of a new topic one after the other.
            if begun.elapsed() > ms(limits::KAFKA_OPEN_MS_MAX) {
                return Err(fault);
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        Ok(())
    })
    .await
}

/// Every wrong setting of a topic that exists, with its right value; none if all is well.
pub async fn check(config: &KafkaConfig, topic: &str) -> Result<Vec<WrongSetting>, OpenFault> {
    let (config, topic) = (config.clone(), topic.to_owned());
    on_a_thread(topic.clone(), move || {
        let admin = admin(&config, &topic)?;
        let shape = shape(admin.inner(), &topic)?;
        let resource = ResourceSpecifier::Topic(&topic);
        let described = wait_for(admin.describe_configs([&resource], &options()), &topic)?;
        let Some(Ok(found)) = described.into_iter().next() else {
            return Err(unusable(&topic, &"the brokers do not tell its settings"));
        };
        let value = |name: &str| found.get(name).and_then(|entry| entry.value.clone());

        let mut wrong = Vec::new();
        let mut expect = |setting: &str, found: Option<String>, right: String, holds: bool| {
            if !holds {
                let found = found.unwrap_or_else(|| "not told by the brokers".into());
                wrong.push(WrongSetting { setting: setting.into(), found, right });
            }
        };
        let partitions = shape.partitions;
        expect("partitions", Some(partitions.to_string()), "1".into(), partitions == 1);
        let copies = shape.replicas;
        let enough = copies >= config.replication as usize;
        expect("replication factor", Some(copies.to_string()), at_least(config.replication), enough);
        let (name, least) = ("min.insync.replicas", u64::from(config.min_insync));
        expect(name, value(name), at_least(least), number(value(name)) >= Some(least));
        let (name, least) = ("max.message.bytes", limits::KAFKA_MESSAGE_BYTES_MAX as u64);
        expect(name, value(name), at_least(least), number(value(name)) >= Some(least));
        for (name, right) in EXACTLY {
            expect(name, value(name), right.into(), value(name).as_deref() == Some(right));
        }
        Ok(wrong)
    })
    .await
}

fn at_least(bound: impl std::fmt::Display) -> String {
    format!("{bound} or more")
}

fn number(text: Option<String>) -> Option<u64> {
    text?.parse().ok()
}

struct Shape {
    partitions: usize,
    /// Of the partition that has the fewest.
    replicas: usize,
}

/// What the brokers say of the topic. One that they do not know, or that has no leader, is a fault:
/// `describe_configs` alone would answer for a missing topic that all is well.
fn shape<C: ClientContext>(client: &Client<C>, topic: &str) -> Result<Shape, OpenFault> {
    let told = client
        .fetch_metadata(Some(topic), ms(limits::KAFKA_OPEN_MS_MAX))
        .map_err(|error| unusable(topic, &error))?;
    let absent = || OpenFault::Absent { place: topic.into() };
    let found = told.topics().iter().find(|found| found.name() == topic).ok_or_else(absent)?;
    match found.error().map(RDKafkaErrorCode::from) {
        None => {}
        Some(RDKafkaErrorCode::UnknownTopicOrPartition | RDKafkaErrorCode::UnknownTopic) => {
            return Err(absent());
        }
        Some(code) => return Err(unusable(topic, &code)),
    }
    if found.partitions().is_empty() {
        return Err(absent());
    }
    if found.partitions().iter().any(|partition| partition.leader() < 0) {
        return Err(unusable(topic, &"it has no leader"));
    }
    let replicas = found.partitions().iter().map(|partition| partition.replicas().len()).min().unwrap_or(0);
    Ok(Shape { partitions: found.partitions().len(), replicas })
}

/// The first position that is there and one past the last, as the leader tells.
pub(super) fn bounds(consumer: &BaseConsumer<Quiet>, topic: &str) -> Result<(u64, u64), KafkaError> {
    let (low, high) = consumer.fetch_watermarks(topic, 0, ms(limits::KAFKA_SOCKET_MS_MAX))?;
    Ok((u64::try_from(low).unwrap_or(0), u64::try_from(high).unwrap_or(0)))
}

/// Refuses a topic that the brokers do not know, or that has no leader.
pub(super) fn is_there(consumer: &BaseConsumer<Quiet>, topic: &str) -> Result<(), OpenFault> {
    shape(consumer.client(), topic).map(|_| ())
}

/// Whether the brokers know the topic; `None` if none of them answers.
pub(super) fn is_known(consumer: &BaseConsumer<Quiet>, topic: &str) -> Option<bool> {
    match shape(consumer.client(), topic) {
        Ok(_) => Some(true),
        Err(OpenFault::Absent { .. }) => Some(false),
        Err(_) => None,
    }
}

// ---- asking ------------------------------------------------------------------------------------

pub(super) fn unusable(topic: &str, why: &dyn std::fmt::Display) -> OpenFault {
    OpenFault::Unusable { place: topic.into(), why: why.to_string() }
}

fn admin(config: &KafkaConfig, topic: &str) -> Result<AdminClient<DefaultClientContext>, OpenFault> {
    AdminClient::from_config(&connection(config)).map_err(|error| unusable(topic, &error))
}

fn options() -> AdminOptions {
    let limit = Some(ms(limits::KAFKA_OPEN_MS_MAX));
    AdminOptions::new().request_timeout(limit).operation_timeout(limit)
}

fn wait_for<T>(answer: impl Future<Output = Result<T, KafkaError>>, topic: &str) -> Result<T, OpenFault> {
    tokio::runtime::Handle::current().block_on(answer).map_err(|error| unusable(topic, &error))
}

/// librdkafka's questions block: they are put on a thread where that harms nobody.
pub(super) async fn on_a_thread<T: Send + 'static>(
    topic: String,
    work: impl FnOnce() -> Result<T, OpenFault> + Send + 'static,
) -> Result<T, OpenFault> {
    match tokio::task::spawn_blocking(work).await {
        Ok(outcome) => outcome,
        Err(error) => Err(unusable(&topic, &error)),
    }
}
