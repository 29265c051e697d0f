//! The fates of an append: lost, landed but failed, late, never shown, overtaken, seen and then lost. Whatever
//! the caller hears, the same id has one answer and one record.

use detente::domain::board::Denied;
use detente::domain::refusal::NotNow;
use detente::journal::{Journal, kafka};
use detente::registrar::{CheckpointFile, Done, OpenFault, Registrar, Standing, signed_checkpoint};
use detente::replay::Broken;
use rusqlite::Connection;

use crate::between::{Between, Passage};
use crate::broker::{self, Broker};
use crate::journal::Place;
use crate::party;
use crate::registrar::{
    PATIENCE, Running, begun, entries, folded, index_of, open, opening, read, read_until_done, until,
};

async fn hears_not_now(registrar: &Registrar, number: u64) {
    assert_eq!(read(registrar, number).await.unwrap_err(), Denied::NotNow(NotNow::Journal));
}

/// As often as it takes; the answer, and how many records it has.
async fn settled(registrar: &Registrar, journal: &Journal, number: u64) -> Done {
    let index = tokio::time::timeout(PATIENCE, read_until_done(std::slice::from_ref(registrar), number))
        .await
        .unwrap();
    let again = read(registrar, number).await.unwrap();
    assert_eq!(index_of(&again), index);
    let records = crate::registrar::records(journal).await;
    let its =
        records.iter().filter(|one| one.command.as_ref().is_some_and(|stamp| stamp.id == party::id(number)));
    assert_eq!(its.map(|record| record.index).collect::<Vec<_>>(), [index]);
    assert_eq!(folded(journal).await.board, *registrar.head().board);
    again
}

/// How often the journal holds the command, counting or not.
async fn copies(journal: &Journal, number: u64) -> usize {
    let id = party::id(number).0;
    entries(journal).await.iter().filter(|entry| entry.windows(16).any(|window| window == id)).count()
}

#[tokio::test(flavor = "multi_thread")]
async fn on_kafka_every_fate_leaves_one_record_and_one_answer() {
    let mut between = Between::new().await;
    let broker = Broker::start_behind(|port| {
        between.serve(port);
        between.port()
    });
    let config = broker::config(&format!("127.0.0.1:{}", between.port()), broker.config().transport);
    let topic = broker::fresh_topic();
    let journal = kafka::create(&config, &topic).await.unwrap();
    journal.append(vec![party::first_entry()]).await.unwrap();
    let (registrar, _task) = open(&journal, 1).await;
    read(&registrar, 1).await.unwrap();

    // Lost: it never reached the broker.
    between.set(Passage::WritesLost);
    hears_not_now(&registrar, 2).await;
    between.set(Passage::Free);
    settled(&registrar, &journal, 2).await;
    assert_eq!(copies(&journal, 2).await, 1);

    // Failed, but it happened: the broker has it, and its answer was lost.
    between.set(Passage::AnswersLost);
    hears_not_now(&registrar, 3).await;
    assert_eq!(copies(&journal, 3).await, 1, "it is there all the same");
    between.set(Passage::Free);
    settled(&registrar, &journal, 3).await;
    assert_eq!(copies(&journal, 3).await, 1, "and was not written again");

    // Late: on its way so long that another server has opened the journal, and the same command was given
    // to that one.
    between.set(Passage::WritesHeld);
    let late = tokio::spawn({
        let registrar = registrar.clone();
        async move { read(&registrar, 4).await }
    });
    between.until_held().await;
    between.set(Passage::Free);
    let (other, _task) = open(&kafka::open(&config, &topic).await.unwrap(), 2).await;
    settled(&other, &journal, 4).await;
    let void = other.head().void;
    between.release();
    until(&other, |head| head.void > void).await;
    assert_eq!(late.await.unwrap().unwrap_err(), Denied::NotNow(NotNow::Journal));
    until(&registrar, |head| head.standing == Standing::StandsBy).await;
    settled(&other, &journal, 4).await;
    assert_eq!(copies(&journal, 4).await, 2, "the late one is there, and void");

    // Acknowledged, but never shown: nobody hears "done".
    between.set(Passage::ReadsHidden);
    hears_not_now(&other, 5).await;
    between.set(Passage::Free);
    settled(&other, &journal, 5).await;
    assert_eq!(copies(&journal, 5).await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broker_that_freezes_or_dies_loses_nothing_and_doubles_nothing() {
    let mut broker = Broker::start();
    let journal = kafka::create(&broker.config(), &broker::fresh_topic()).await.unwrap();
    journal.append(vec![party::first_entry()]).await.unwrap();
    let (registrar, _task) = open(&journal, 1).await;
    read(&registrar, 1).await.unwrap();
    broker.freeze();
    hears_not_now(&registrar, 2).await;
    broker.thaw();
    settled(&registrar, &journal, 2).await;
    let asked = tokio::spawn({
        let registrar = registrar.clone();
        async move { read_until_done(&[registrar], 3).await }
    });
    broker.kill();
    broker.restart();
    tokio::time::timeout(PATIENCE, asked).await.expect("in time").unwrap();
    for number in 1..4 {
        settled(&registrar, &journal, number).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_append_that_the_embedded_journal_could_not_make_is_made_once_when_it_can() {
    let place = Place::embedded();
    let journal = begun(&place).await;
    let (registrar, _task) = open(&journal, 1).await;
    let other = Connection::open(place.file()).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    hears_not_now(&registrar, 1).await;
    assert_eq!(copies(&journal, 1).await, 0);
    other.execute_batch("ROLLBACK").unwrap();
    settled(&registrar, &journal, 1).await;
    assert_eq!(copies(&journal, 1).await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_entry_that_stands_in_the_journal_without_being_shown_is_not_done() {
    let place = Place::embedded();
    let journal = begun(&place).await;
    let (registrar, _task) = open(&journal, 1).await;
    // Whatever is appended stands far behind where readers look.
    let other = Connection::open(place.file()).unwrap();
    other
        .execute_batch(
            "CREATE TRIGGER astray AFTER INSERT ON entries BEGIN \
             UPDATE entries SET bytes = x'00' WHERE position = NEW.position; END",
        )
        .unwrap();
    hears_not_now(&registrar, 1).await;
    other.execute_batch("DROP TRIGGER astray").unwrap();
    settled(&registrar, &journal, 1).await;
}

async fn ends_broken(task: tokio::task::JoinHandle<Result<(), Broken>>) -> Broken {
    tokio::time::timeout(PATIENCE, task).await.expect("in time").unwrap().unwrap_err()
}

/// A journal of six records, each read back, acknowledged and answered.
async fn six_seen(place: &Place) -> Running {
    let running = open(&begun(place).await, 1).await;
    for number in 0..4 {
        read(&running.0, number).await.unwrap();
    }
    running
}

/// What it had applied is gone from this index on.
async fn is_broken_from(first: u64, (registrar, task): Running) {
    // A reader may have found it before the command came.
    let first_to_ask = read(&registrar, 9).await.unwrap_err();
    assert!(matches!(first_to_ask, Denied::NotNow(NotNow::Journal | NotNow::Stopped)), "{first_to_ask}");
    assert_eq!(ends_broken(task).await, Broken::Missing { index: first });
    // It stays stopped, and says so instead of "ask again".
    let stopped = read(&registrar, 10).await.unwrap_err();
    assert_eq!(stopped, Denied::NotNow(NotNow::Stopped));
    assert!(stopped.to_string().contains("detente doctor"), "{stopped}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_seen_and_then_lost_is_broken_by_its_first_index_and_nobody_hears_done() {
    let lost = async |first: u64| {
        let place = Place::embedded();
        let running = six_seen(&place).await;
        let other = Connection::open(place.file()).unwrap();
        other.execute("DELETE FROM entries WHERE position >= ?1", [first as i64]).unwrap();
        is_broken_from(first, running).await;
    };
    tokio::join!(lost(2), lost(4), lost(5));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_broker_showed_and_then_lost_is_broken_by_its_first_index_and_nobody_hears_done() {
    let mut broker = Broker::start();
    let folder = tempfile::tempdir().unwrap();
    let mut seen = Vec::new();
    for first in [2, 4, 5] {
        let place = Place::Kafka(broker.config(), broker::fresh_topic());
        let running = six_seen(&place).await;
        let checkpoint = folder.path().join(first.to_string());
        std::fs::write(&checkpoint, signed_checkpoint(&running.0.head(), &party::ring()).unwrap()).unwrap();
        seen.push((first, place, CheckpointFile::new(&checkpoint), running));
    }
    broker.kill();
    for (first, place, ..) in &seen {
        broker.lose(place.topic(), *first);
    }
    broker.restart();
    for (first, place, checkpoint, running) in seen {
        is_broken_from(first, running).await;
        // Nor does a process that was down meanwhile take it for whole.
        let mut again = opening(&place.open().await.unwrap(), 2);
        again.checkpoint = Some(checkpoint);
        match again.open().await {
            Err(
                OpenFault::OlderThanCheckpoint { expected: 6, found: lost }
                // What was appended meanwhile follows what was lost.
                | OpenFault::Changed { index: lost, signed: 6 },
            ) => assert_eq!(lost, first),
            other => panic!("{:?}", other.err()),
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_row_taken_out_of_the_middle_is_broken_at_the_next_start_by_its_index() {
    let place = Place::embedded();
    let journal = begun(&place).await;
    let (registrar, _task) = open(&journal, 1).await;
    for number in 0..4 {
        read(&registrar, number).await.unwrap();
    }
    let other = Connection::open(place.file()).unwrap();
    other.execute("DELETE FROM entries WHERE position = 3", []).unwrap();
    let fault = crate::registrar::opening(&place.open().await.unwrap(), 2).open().await.err().unwrap();
    assert!(fault.to_string().contains('3'), "{fault}");
}
