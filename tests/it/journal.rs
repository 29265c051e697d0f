//! The journal's contract, the same tests on both media.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use bytes::Bytes;
use detente::journal::kafka_settings::KafkaConfig;
use detente::journal::{AppendFault, Entry, Journal, OpenFault, ReadFault, Reader, embedded, kafka};
use detente::limits;

use crate::broker;

/// Where a test's journal lies.
pub enum Place {
    Embedded(tempfile::TempDir),
    Kafka(KafkaConfig, String),
}

impl Place {
    pub fn embedded() -> Place {
        Place::Embedded(tempfile::tempdir().unwrap())
    }

    pub fn kafka() -> Place {
        Place::Kafka(broker::shared(), broker::fresh_topic())
    }

    pub fn file(&self) -> PathBuf {
        match self {
            Place::Embedded(folder) => folder.path().join("journal"),
            Place::Kafka(..) => panic!("a topic is no file"),
        }
    }

    pub fn topic(&self) -> &str {
        match self {
            Place::Embedded(_) => panic!("a file is no topic"),
            Place::Kafka(_, topic) => topic,
        }
    }

    pub async fn create(&self) -> Result<Journal, OpenFault> {
        match self {
            Place::Embedded(_) => embedded::create(&self.file()),
            Place::Kafka(config, topic) => kafka::create(config, topic).await,
        }
    }

    pub async fn open(&self) -> Result<Journal, OpenFault> {
        match self {
            Place::Embedded(_) => embedded::open(&self.file()),
            Place::Kafka(config, topic) => kafka::open(config, topic).await,
        }
    }
}

macro_rules! on_both_media {
    ($($(#[$doc:meta])* async fn $name:ident($place:ident: &Place) $body:block)*) => {
        $($(#[$doc])* async fn $name($place: &Place) $body)*

        mod on_the_embedded_journal {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $name() {
                super::$name(&super::Place::embedded()).await;
            })*
        }

        mod on_kafka {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $name() {
                super::$name(&super::Place::kafka()).await;
            })*
        }
    };
}

pub(crate) use on_both_media;

fn entry(text: impl ToString) -> Bytes {
    Bytes::from(text.to_string())
}

fn numbered(numbers: std::ops::Range<u32>) -> Vec<Bytes> {
    numbers.map(entry).collect()
}

async fn read(reader: &mut Reader, entries: usize) -> Vec<Entry> {
    let mut all = Vec::new();
    while all.len() < entries {
        let batch =
            tokio::time::timeout(Duration::from_secs(60), reader.next()).await.expect("in time").unwrap();
        assert!(!batch.is_empty());
        all.extend(batch);
    }
    all
}

fn bytes_of(entries: &[Entry]) -> Vec<Bytes> {
    entries.iter().map(|entry| entry.bytes.clone()).collect()
}

async fn read_to_end(reader: &mut Reader) -> Vec<Entry> {
    let mut all = Vec::new();
    while let Some(batch) =
        tokio::time::timeout(Duration::from_secs(60), reader.next_or_end()).await.expect("in time").unwrap()
    {
        all.extend(batch);
    }
    all
}

on_both_media! {
    async fn what_was_appended_is_read_in_order_by_every_reader(place: &Place) {
        let journal = place.create().await.unwrap();
        for start in [0, 7, 14] {
            journal.append(numbered(start..start + 7)).await.unwrap();
        }
        let mut one = journal.reader(0).unwrap();
        let mut other = journal.reader(0).unwrap();
        let read_by_one = read(&mut one, 21).await;
        assert_eq!(bytes_of(&read_by_one), numbered(0..21));
        assert_eq!(read(&mut other, 21).await, read_by_one);
    }

    async fn positions_begin_at_nought_and_strictly_increase(place: &Place) {
        let journal = place.create().await.unwrap();
        journal.append(numbered(0..5)).await.unwrap();
        let entries = read(&mut journal.reader(0).unwrap(), 5).await;
        assert_eq!(entries[0].position, 0);
        assert!(entries.windows(2).all(|two| two[0].position < two[1].position));
    }

    async fn a_reader_starts_at_its_position(place: &Place) {
        let journal = place.create().await.unwrap();
        journal.append(numbered(0..10)).await.unwrap();
        let position = read(&mut journal.reader(0).unwrap(), 10).await[6].position;
        let entries = read(&mut journal.reader(position).unwrap(), 4).await;
        assert_eq!(bytes_of(&entries), numbered(6..10));
        assert_eq!(entries[0].position, position);
    }

    async fn a_reader_at_the_end_waits_for_what_comes(place: &Place) {
        let journal = place.create().await.unwrap();
        journal.append(numbered(0..3)).await.unwrap();
        let mut reader = journal.reader(0).unwrap();
        let end = read(&mut reader, 3).await[2].position + 1;
        let mut at_end = journal.reader(end).unwrap();
        // Giving up the wait loses nothing.
        assert!(tokio::time::timeout(Duration::from_millis(150), reader.next()).await.is_err());
        journal.append(numbered(3..4)).await.unwrap();
        assert_eq!(bytes_of(&read(&mut reader, 1).await), numbered(3..4));
        assert_eq!(bytes_of(&read(&mut at_end, 1).await), numbered(3..4));
    }

    async fn a_reader_sees_what_another_server_appends(place: &Place) {
        let ours = place.create().await.unwrap();
        let theirs = place.open().await.unwrap();
        let mut reader = ours.reader(0).unwrap();
        for number in 0..20 {
            theirs.append(numbered(number..number + 1)).await.unwrap();
            assert_eq!(bytes_of(&read(&mut reader, 1).await), numbered(number..number + 1));
        }
    }

    async fn batches_of_two_servers_keep_their_order_and_all_are_there(place: &Place) {
        let ours = place.create().await.unwrap();
        let theirs = place.open().await.unwrap();
        let write = |journal: Journal, name: &'static str| async move {
            for batch in 0..30u32 {
                let entries = (0..10u32).map(|n| entry(format!("{name} {:04}", batch * 10 + n))).collect();
                journal.append(entries).await.unwrap();
            }
        };
        tokio::join!(
            async { tokio::spawn(write(ours.clone(), "ours")).await.unwrap() },
            async { tokio::spawn(write(theirs, "theirs")).await.unwrap() },
        );
        let all = bytes_of(&read(&mut ours.reader(0).unwrap(), 600).await);
        for name in ["ours", "theirs"] {
            let written: Vec<Bytes> = (0..300u32).map(|n| entry(format!("{name} {n:04}"))).collect();
            let found: Vec<Bytes> = all.iter().filter(|e| e.starts_with(name.as_bytes())).cloned().collect();
            assert_eq!(found, written);
        }
    }

    async fn many_appends_at_once_are_each_there_once(place: &Place) {
        let journal = place.create().await.unwrap();
        let mut tasks = tokio::task::JoinSet::new();
        for number in 0..200u32 {
            let journal = journal.clone();
            tasks.spawn(async move { journal.append(vec![entry(format!("{number:03}"))]).await.unwrap() });
        }
        tasks.join_all().await;
        let mut found = bytes_of(&read(&mut journal.reader(0).unwrap(), 200).await);
        found.sort();
        assert_eq!(found, (0..200u32).map(|n| entry(format!("{n:03}"))).collect::<Vec<_>>());
    }

    async fn the_end_is_told_to_who_asks(place: &Place) {
        let journal = place.create().await.unwrap();
        let mut reader = journal.reader(0).unwrap();
        assert_eq!(reader.next_or_end().await.unwrap(), None);
        journal.append(numbered(0..5)).await.unwrap();
        assert_eq!(bytes_of(&read_to_end(&mut reader).await), numbered(0..5));
        // What was confirmed before the question is never left out of the answer.
        for number in 5..30 {
            journal.append(numbered(number..number + 1)).await.unwrap();
            assert_eq!(bytes_of(&read_to_end(&mut reader).await), numbered(number..number + 1));
        }
    }

    async fn one_entry_and_a_range_are_read_by_position(place: &Place) {
        let journal = place.create().await.unwrap();
        assert_eq!(journal.read_at(0).await.unwrap(), None);
        journal.append(numbered(0..10)).await.unwrap();
        let all = read(&mut journal.reader(0).unwrap(), 10).await;
        for known in [&all[9], &all[0], &all[4]] {
            assert_eq!(journal.read_at(known.position).await.unwrap().as_ref(), Some(known));
        }
        let end = all[9].position + 1;
        for beyond in [end, end + 1, u64::MAX] {
            assert_eq!(journal.read_at(beyond).await.unwrap(), None);
        }
        let range = journal.read_range(all[3].position, 4).await.unwrap();
        assert_eq!(range, all[3..7]);
        let rest = journal.read_range(all[8].position, 100).await.unwrap();
        assert_eq!(rest, all[8..]);
        assert_eq!(journal.read_range(0, 0).await.unwrap(), []);
    }

    async fn the_largest_and_the_smallest_entries_come_back_whole(place: &Place) {
        let journal = place.create().await.unwrap();
        let large = Bytes::from(vec![0xA5; limits::RECORD_BYTES_MAX]);
        let small = Bytes::new();
        journal.append(vec![large.clone(), small.clone(), large.clone()]).await.unwrap();
        let entries = read(&mut journal.reader(0).unwrap(), 3).await;
        assert!(bytes_of(&entries) == [large.clone(), small, large.clone()], "the bytes differ");
        assert!(journal.read_at(entries[2].position).await.unwrap().unwrap().bytes == large);
    }

    async fn the_largest_batches_come_back_whole(place: &Place) {
        let journal = place.create().await.unwrap();
        let many = numbered(0..limits::BATCH_RECORDS_MAX as u32);
        journal.append(many.clone()).await.unwrap();
        let large = vec![Bytes::from(vec![7; limits::BATCH_BYTES_MAX / 8]); 8];
        journal.append(large.clone()).await.unwrap();
        let entries = read(&mut journal.reader(0).unwrap(), many.len() + large.len()).await;
        assert!(bytes_of(&entries) == [many, large].concat(), "the bytes differ");
    }

    async fn what_is_over_a_limit_is_refused_and_nothing_is_appended(place: &Place) {
        let journal = place.create().await.unwrap();
        let too_large = vec![entry("first"), Bytes::from(vec![0; limits::RECORD_BYTES_MAX + 1])];
        let too_many = vec![entry("x"); limits::BATCH_RECORDS_MAX + 1];
        let too_heavy = vec![Bytes::from(vec![0; limits::BATCH_BYTES_MAX / 8 + 1]); 8];
        for batch in [Vec::new(), too_large, too_many, too_heavy] {
            let fault = journal.append(batch).await.unwrap_err();
            assert!(matches!(fault, AppendFault::OverLimit { .. }), "{fault}");
        }
        assert_eq!(journal.reader(0).unwrap().next_or_end().await.unwrap(), None);
    }

    async fn entries_are_there_after_opening_anew(place: &Place) {
        let journal = place.create().await.unwrap();
        journal.append(numbered(0..4)).await.unwrap();
        drop(journal);
        let journal = place.open().await.unwrap();
        journal.append(numbered(4..6)).await.unwrap();
        assert_eq!(bytes_of(&read(&mut journal.reader(0).unwrap(), 6).await), numbered(0..6));
    }

    async fn a_journal_that_is_not_there_is_not_taken_for_an_empty_one(place: &Place) {
        for _ in 0..2 {
            let fault = place.open().await.err().expect("refused");
            assert!(matches!(fault, OpenFault::Absent { .. }), "{fault}");
        }
    }

    async fn a_journal_is_never_made_over_another(place: &Place) {
        place.create().await.unwrap().append(numbered(0..1)).await.unwrap();
        let fault = place.create().await.err().expect("refused");
        assert!(matches!(fault, OpenFault::AlreadyThere { .. }), "{fault}");
        let journal = place.open().await.unwrap();
        assert_eq!(bytes_of(&read(&mut journal.reader(0).unwrap(), 1).await), numbered(0..1));
    }

    async fn a_reader_from_beyond_the_end_is_told_that_history_is_missing(place: &Place) {
        let journal = place.create().await.unwrap();
        journal.append(numbered(0..3)).await.unwrap();
        let fault = match journal.reader(9) {
            Ok(mut reader) => reader.next().await.unwrap_err(),
            Err(fault) => fault,
        };
        assert!(matches!(fault, ReadFault::Gone { .. }), "{fault}");
    }

    async fn a_long_journal_is_read_in_bounded_batches(place: &Place) {
        let journal = place.create().await.unwrap();
        let batch = vec![Bytes::from(vec![1; 8000]); 500];
        for _ in 0..10 {
            journal.append(batch.clone()).await.unwrap();
        }
        let mut reader = journal.reader(0).unwrap();
        let mut entries = 0;
        while entries < 5000 {
            let batch = reader.next().await.unwrap();
            let bytes: usize = batch.iter().map(|entry| entry.bytes.len()).sum();
            assert!(batch.len() <= limits::READ_ENTRIES_MAX);
            assert!(bytes <= limits::READ_BYTES_MAX + limits::RECORD_BYTES_MAX);
            entries += batch.len();
        }
    }

    async fn an_append_ends_in_time_when_nothing_else_happens(place: &Place) {
        let journal = place.create().await.unwrap();
        let since = Instant::now();
        journal.append(numbered(0..1)).await.unwrap();
        assert!(since.elapsed() < Duration::from_millis(limits::JOURNAL_APPEND_MS_MAX));
    }
}
