//! The Kafka broker that the command line names. It must run already; `tests/run` shows how one is started.

use std::sync::OnceLock;

use detente::journal::kafka_settings::{KafkaConfig, Transport};

static ADDRESS: OnceLock<String> = OnceLock::new();

pub fn set(address: String) {
    ADDRESS.set(address).expect("--kafka is given once");
}

/// One broker: one copy of each record.
pub fn shared() -> KafkaConfig {
    config(ADDRESS.get().expect("--kafka was given"), Transport::Plaintext)
}

pub fn config(brokers: &str, transport: Transport) -> KafkaConfig {
    KafkaConfig { brokers: brokers.into(), transport, replication: 1, min_insync: 1 }
}

/// A name that nothing else has.
pub fn fresh_topic() -> String {
    let mut random = [0u8; 6];
    getrandom::fill(&mut random).expect("the system has randomness");
    format!("detente.bench{}.journal.1", hex::encode(random))
}
