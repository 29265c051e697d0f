//! Start-up replay of a big journal, covered by its checkpoint as at any start, over a bare scan of the
//! same bytes. Embedded with a warm and with a cold page cache; on Kafka by a bare consumer.

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use bytes::Bytes;
use detente::journal::Journal;
use detente::limits;
use detente::registrar::replay_checked;
use detente::replay::TrustRoot;
use rdkafka::config::{ClientConfig, FromClientConfig as _};
use rdkafka::consumer::{BaseConsumer, Consumer as _};
use rdkafka::{Message as _, Offset, TopicPartitionList};
use rusqlite::{Connection, OpenFlags};

use crate::Asked;
use crate::broker;
use crate::figures::{Aim, Ratio, median, per_second, print};
use crate::made::{Made, made};
use crate::world::{Medium, plan};

const RUNS: usize = 5;
pub const RECORDS: u64 = 1_000_000;

pub async fn run(asked: &Asked) {
    let made = made(asked.sized(RECORDS)).await;
    for medium in &asked.media {
        match medium {
            Medium::Embedded => {
                embedded(&made, "warm", |_| {}).await;
                embedded(&made, "cold", forget).await;
            }
            Medium::Kafka | Medium::KafkaAt(_) => kafka(&made).await,
        }
    }
}

async fn embedded(made: &Made, cache: &str, prepare: impl Fn(&Path)) {
    let file = made.file();
    scan(&file);
    let mut times = Times::default();
    for _ in 0..RUNS {
        prepare(&file);
        let (bytes, floor) = scan(&file);
        prepare(&file);
        times.add(bytes, floor, replay(&made.journal, made).await);
    }
    times.print(&format!("start over a bare scan, embedded, {cache} cache"), made);
}

#[derive(Default)]
struct Times {
    bytes: u64,
    floors: Vec<Duration>,
    replays: Vec<Duration>,
}

impl Times {
    fn add(&mut self, bytes: u64, floor: Duration, replay: Duration) {
        self.bytes = bytes;
        self.floors.push(floor);
        self.replays.push(replay);
    }

    fn print(self, what: &str, made: &Made) {
        let ratio = |(replay, floor): (&Duration, &Duration)| Ratio::of(replay.as_nanos(), floor.as_nanos());
        let ratios = self.replays.iter().zip(&self.floors).map(ratio).collect();
        print(what, ratios, &Aim::AtMost("2.00"));
        let (replay, floor) = (median(self.replays), median(self.floors));
        println!(
            "  {} records of {} bytes on average: {} ms ({}/s); the scan {} ms ({}/s)",
            made.checkpoint.0,
            self.bytes / made.checkpoint.0,
            replay.as_millis(),
            per_second(made.checkpoint.0, replay),
            floor.as_millis(),
            per_second(made.checkpoint.0, floor),
        );
    }
}

async fn replay(journal: &Journal, made: &Made) -> Duration {
    let start = Instant::now();
    let root = TrustRoot::FirstKeyList(made.fingerprint);
    let fold = replay_checked(journal, root, Some(made.checkpoint)).await.expect("it holds");
    let took = start.elapsed();
    assert!(fold.chain.size >= made.checkpoint.0);
    took
}

/// Every row, its bytes copied out.
fn scan(file: &Path) -> (u64, Duration) {
    let start = Instant::now();
    let connection = Connection::open_with_flags(file, OpenFlags::SQLITE_OPEN_READ_ONLY).expect("it opens");
    let mut select =
        connection.prepare("SELECT position, bytes FROM entries ORDER BY position").expect("a select");
    let mut rows = select.query([]).expect("rows");
    let (mut copy, mut bytes) = (Vec::new(), 0);
    while let Some(row) = rows.next().expect("a row") {
        let entry = row.get_ref(1).and_then(|value| Ok(value.as_blob()?)).expect("a blob");
        copy.clear();
        copy.extend_from_slice(entry);
        bytes += std::hint::black_box(&copy).len() as u64;
    }
    (bytes, start.elapsed())
}

/// Asks the system to drop what it holds of the file.
fn forget(file: &Path) {
    let out = format!("of={}", file.display());
    let dd = Command::new("dd").args([&out, "oflag=nocache", "conv=notrunc,fdatasync", "count=0"]).output();
    assert!(dd.expect("dd runs").status.success());
}

async fn kafka(made: &Made) {
    let folder = tempfile::tempdir().expect("a folder");
    let plan = plan("KBY", folder.path(), "127.0.0.1:1", Medium::Kafka);
    let directory = detente::cli::node_directory::NodeDirectory::at(&plan.directory);
    let journal = plan.journal.create(&directory).await.expect("a topic");
    copy(made, &journal).await;
    let topic = match &plan.journal {
        detente::cli::node_directory::JournalSettings::Kafka(settings) => settings.topic.clone(),
        other => panic!("not Kafka: {other:?}"),
    };
    let mut times = Times::default();
    for _ in 0..RUNS {
        let (bytes, floor) = consume(&topic, made.checkpoint.0);
        times.add(bytes, floor, replay(&journal, made).await);
    }
    times.print("start over a bare consumer, Kafka", made);
}

async fn copy(made: &Made, to: &Journal) {
    let mut reader = made.journal.reader(0).expect("a reader");
    while let Some(entries) = reader.next_or_end().await.expect("read") {
        let entries: Vec<Bytes> = entries.into_iter().map(|entry| entry.bytes).collect();
        for batch in entries.chunks(limits::BATCH_RECORDS_MAX) {
            to.append(batch.to_vec()).await.expect("appended");
        }
    }
}

/// Every record, its bytes copied out.
fn consume(topic: &str, count: u64) -> (u64, Duration) {
    let start = Instant::now();
    let mut settings = ClientConfig::new();
    settings
        .set("bootstrap.servers", broker::shared().brokers)
        .set("group.id", "bench")
        .set("enable.auto.commit", "false");
    let consumer = BaseConsumer::from_config(&settings).expect("a consumer");
    let mut from = TopicPartitionList::new();
    from.add_partition_offset(topic, 0, Offset::Beginning).expect("an offset");
    consumer.assign(&from).expect("assigned");
    let (mut copy, mut bytes, mut read) = (Vec::new(), 0, 0);
    while read < count {
        let Some(polled) = consumer.poll(Duration::from_secs(10)) else { panic!("nothing more comes") };
        let message = polled.expect("a message");
        copy.clear();
        copy.extend_from_slice(message.payload().expect("bytes"));
        bytes += std::hint::black_box(&copy).len() as u64;
        read += 1;
    }
    (bytes, start.elapsed())
}
