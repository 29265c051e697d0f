//! The Kafka journal's topic read without touching it, up to the end that its leader claims.
//!
//! Never here: a producer, an epoch, a group, a look at how the topic is set.

use std::sync::Arc;
use std::time::Instant;

use rdkafka::consumer::Consumer as _;

use super::kafka_reads::{self, Consumer, Source};
use super::kafka_settings::KafkaConfig;
use super::kafka_topic::{self, on_a_thread, unusable};
use super::untouched::{Medium, Rows, Untouched};
use super::{OpenFault, ReadFault, ms};
use crate::limits;

/// An open topic.
pub(super) struct Topic {
    source: Source,
    consumer: Consumer,
    first: u64,
}

/// Opens the topic that is there, however it is set and whatever it still holds.
pub async fn open(config: &KafkaConfig, topic: &str) -> Result<Untouched, OpenFault> {
    let source = Source { config: Arc::new(config.clone()), topic: topic.into() };
    let place = topic.to_owned();
    on_a_thread(place.clone(), move || {
        let consumer = source.untouched_reader().map_err(|error| unusable(&place, &error))?;
        let (first, end) = patiently(|| {
            kafka_topic::is_there(&consumer, &place)?;
            kafka_topic::bounds(&consumer, &place).map_err(|error| unusable(&place, &error))
        })?;
        Ok(Untouched::new(Medium::Topic(Topic { source, consumer, first }), Some(end)))
    })
    .await
}

/// Brokers that have just started need a while until one of them leads.
fn patiently<T>(ask: impl Fn() -> Result<T, OpenFault>) -> Result<T, OpenFault> {
    let begun = Instant::now();
    loop {
        match ask() {
            Err(OpenFault::Unusable { .. }) if begun.elapsed() < ms(limits::KAFKA_OPEN_MS_MAX) => {
                std::thread::sleep(ms(limits::KAFKA_POLL_MS));
            }
            outcome => return outcome,
        }
    }
}

impl Topic {
    pub(super) fn rows(&mut self, from: u64, entries_max: usize) -> Result<Rows, ReadFault> {
        if from < self.first {
            return Ok(Rows::NothingBefore(self.first));
        }
        let found = kafka_reads::read_range(&self.source, &self.consumer, from, entries_max);
        let _ = self.consumer.unassign();
        found.map(Rows::Some)
    }
}
