//! The same for a journal on Kafka: read with no epoch, up to the end that the brokers claim.

use std::fs::{self, File};
use std::os::unix::fs::FileExt as _;
use std::path::Path;
use std::time::Duration;

use detente::cli::doctor::{self, Finding};
use detente::cli::init::init;
use detente::cli::node::Node;
use detente::cli::node_directory::{JournalSettings, KafkaSettings, NodeDirectory, TransportSettings};
use detente::clock::Clock;
use rdkafka::ClientConfig;
use rdkafka::admin::{AdminClient, AdminOptions};
use rdkafka::client::DefaultClientContext;
use rdkafka::topic_partition_list::{Offset, TopicPartitionList};

use crate::broker::{self, Broker};
use crate::exported::{covered, entries, export, lagging, report, run, said, sentences, text};
use crate::world::{Medium, beginning, plan};

fn kafka_of(directory: &Path) -> KafkaSettings {
    match NodeDirectory::at(directory).read_settings().unwrap().journal {
        JournalSettings::Kafka(kafka) => kafka,
        JournalSettings::Embedded { .. } => panic!("it lies on Kafka"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_topic_is_copied_with_no_epoch_and_its_end_is_said_to_be_claimed() {
    let (world, covered, size) = lagging(Medium::Kafka).await;
    let folder = tempfile::tempdir().unwrap();
    let (directory, file) = (&world.state("PL").directory, folder.path().join("one"));
    let told = export(directory, &file);
    assert!(told.contains("as the brokers claim it, no epoch was opened to find it"), "{told}");
    assert_eq!(entries(&file).len() as u64, size);
    let report = report(&file);
    assert_eq!((&report["ok"], &report["covered_records"]), (&true.into(), &covered.into()));
    assert!(said(&file).contains(&format!("records {covered} to {}", size - 1)));
    let again = folder.path().join("two");
    export(directory, &again);
    assert_eq!(fs::read(&file).unwrap(), fs::read(&again).unwrap(), "nothing was written to the topic");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_topic_whose_first_records_were_deleted_is_copied_from_what_is_left() {
    let (world, ..) = lagging(Medium::Kafka).await;
    let folder = tempfile::tempdir().unwrap();
    let (directory, file) = (&world.state("PL").directory, folder.path().join("beheaded"));
    let kafka = kafka_of(directory);
    let admin: AdminClient<DefaultClientContext> =
        ClientConfig::new().set("bootstrap.servers", &kafka.brokers).create().unwrap();
    let mut upto = TopicPartitionList::new();
    upto.add_partition_offset(&kafka.topic, 0, Offset::Offset(3)).unwrap();
    admin.delete_records(&upto, &AdminOptions::new()).await.unwrap();

    let lines = doctor::examine(directory, beginning()).await;
    assert!(
        lines.iter().any(|line| matches!(&line.finding, Finding::Wrong { why, mend }
            if why.contains("begins at position 3") && mend.contains("history lacks what stood there"))),
        "{lines:#?}"
    );
    let refused = run(&["serve", text(directory)]);
    assert!(String::from_utf8_lossy(&refused.stderr).contains("detente doctor"));
    let told = export(directory, &file);
    assert!(told.contains("MISSING      positions 0 to 2"), "{told}");
    let report = report(&file);
    assert_eq!(report["first_failing"], 0);
    assert!(sentences(&report).iter().any(|sentence| sentence.contains("positions 0 to 2")), "{report:#}");
}

/// A stopped node on a broker of its own.
async fn on_its_own(broker: &Broker, folder: &Path) -> detente::cli::init::InitPlan {
    let config = broker.config();
    let mut plan = plan("PL", folder, "127.0.0.1:0", Medium::Embedded);
    plan.journal = JournalSettings::Kafka(KafkaSettings {
        brokers: config.brokers,
        topic: broker::fresh_topic(),
        replication: 1,
        min_insync: 1,
        transport: TransportSettings::Plaintext,
    });
    init(&plan, beginning()).await.unwrap();
    for _ in 0..3 {
        let node = Node::start(&plan.directory, Clock::standing_at(beginning()), None).await.unwrap();
        covered(&node, &plan.directory).await;
        node.shutdown().await;
    }
    plan
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bit_flipped_on_a_broker_s_disk_is_copied_and_named_and_records_lost_there_are_missed() {
    let folder = tempfile::tempdir().unwrap();
    let mut broker = Broker::start();
    let plan = on_its_own(&broker, folder.path()).await;
    let topic = kafka_of(&plan.directory).topic;
    let whole = folder.path().join("whole");
    export(&plan.directory, &whole);
    let all = entries(&whole);
    // An epoch that came late is opened again: on a slow machine there may be more.
    assert!(all.len() >= 4, "the beginning, and three epochs at least");
    assert!(report(&whole)["ok"].as_bool().unwrap());

    let log = broker.folder().join("data").join(format!("{topic}-0/00000000000000000000.log"));
    let bytes = fs::read(&log).unwrap();
    let record = &all[2][..];
    let at = bytes.windows(record.len()).position(|window| window == record).unwrap() + record.len() / 2;
    let segment = File::options().write(true).open(&log).unwrap();
    segment.write_at(&[bytes[at] ^ 1], at as u64).unwrap();
    let flipped = folder.path().join("flipped");
    export(&plan.directory, &flipped);
    let found = entries(&flipped);
    assert_eq!(found.len(), all.len());
    assert_eq!(found.iter().zip(&all).position(|(found, before)| found != before), Some(2));
    assert_eq!(report(&flipped)["first_failing"], 2);
    let looking = doctor::examine(&plan.directory, beginning());
    let lines = tokio::time::timeout(Duration::from_secs(60), looking).await.expect("doctor comes to an end");
    assert!(lines.iter().any(|line| matches!(&line.finding, Finding::Wrong { .. })), "{lines:#?}");
    segment.write_at(&[bytes[at]], at as u64).unwrap();

    fs::write(plan.directory.join("checkpoint"), {
        let mut reader =
            detente::codec::export::ExportReader::begin(fs::File::open(&whole).unwrap()).unwrap();
        let detente::codec::export::Piece::Kept(note) = reader.next_piece().unwrap() else { panic!() };
        note
    })
    .unwrap();
    broker.kill();
    broker.lose(&topic, 1);
    broker.restart();
    let lost = folder.path().join("lost");
    export(&plan.directory, &lost);
    assert_eq!(entries(&lost).len(), 1);
    assert_eq!(report(&lost)["first_failing"], 1);
}
