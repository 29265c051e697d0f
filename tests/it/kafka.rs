//! What only Kafka can do to a journal: brokers that freeze and die, topics that are set wrong, deleted
//! or cut, TLS to the brokers, and a reader of another make.

use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use bytes::Bytes;
use detente::cli::doctor::{self, Finding};
use detente::cli::init::init;
use detente::cli::node::Node;
use detente::clock::Clock;
use detente::domain::party::Incarnation;
use detente::journal::kafka_settings::{KafkaConfig, Transport};
use detente::journal::{self, AppendFault, Journal, OpenFault, ReadFault, Reader, kafka, kafka_topic};
use detente::limits;
use rdkafka::ClientConfig;
use rdkafka::admin::{AdminClient, AdminOptions, NewTopic, TopicReplication};
use rdkafka::client::DefaultClientContext;
use rdkafka::config::FromClientConfig as _;
use rdkafka::topic_partition_list::{Offset, TopicPartitionList};

use crate::broker::{self, Broker};
use crate::world::{Medium, plan};

fn entry(text: impl ToString) -> Vec<Bytes> {
    vec![Bytes::from(text.to_string())]
}

/// So late a machine with much else to do may be.
const LATE: Duration = Duration::from_secs(20);

/// Reads until the entry comes; gives all that came, in order.
async fn read_until(reader: &mut Reader, last: &str) -> Vec<String> {
    let mut all = Vec::new();
    let whole = async {
        while all.last().map(String::as_str) != Some(last) {
            for entry in reader.next().await.unwrap() {
                all.push(String::from_utf8(entry.bytes.to_vec()).unwrap());
            }
        }
    };
    tokio::time::timeout(Duration::from_secs(60), whole).await.expect("it comes in time");
    all
}

/// Appends until it is confirmed: what came before may have landed or not.
async fn append_at_last(journal: &Journal, text: &str) -> usize {
    let since = Instant::now();
    let mut tries = 0;
    loop {
        tries += 1;
        match journal.append(entry(text)).await {
            Ok(()) => return tries,
            Err(fault) => assert!(since.elapsed() < Duration::from_secs(60), "{fault}"),
        }
    }
}

async fn append_is_unknown_in_time(journal: &Journal, text: &str) {
    let since = Instant::now();
    let fault = journal.append(entry(text)).await.unwrap_err();
    assert!(matches!(fault, AppendFault::Unknown { .. }), "{fault}");
    assert!(since.elapsed() < Duration::from_millis(limits::JOURNAL_APPEND_MS_MAX) + LATE);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_broker_leaves_an_append_unknown_and_both_go_on_when_it_is_back() {
    let mut broker = Broker::start();
    let journal = kafka::create(&broker.config(), "detente.t.journal.1").await.unwrap();
    let mut reader = journal.reader(0).unwrap();
    journal.append(entry("before")).await.unwrap();
    assert_eq!(read_until(&mut reader, "before").await, ["before"]);
    broker.kill();
    append_is_unknown_in_time(&journal, "during").await;
    assert!(matches!(journal.read_at(0).await, Err(ReadFault::Unanswered { .. })));
    broker.restart();
    append_at_last(&journal, "after").await;
    let seen = read_until(&mut reader, "after").await;
    // Whether "during" landed only reading tells; it is there at most once, and in its place.
    assert!(seen.iter().filter(|text| *text == "during").count() <= 1, "{seen:?}");
    let mut again = journal.reader(0).unwrap();
    assert_eq!(read_until(&mut again, "after").await, [vec!["before".to_owned()], seen].concat());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_frozen_broker_leaves_an_append_unknown_and_reading_tells_what_became_of_it() {
    let broker = Broker::start();
    let journal = kafka::create(&broker.config(), "detente.t.journal.1").await.unwrap();
    let mut reader = journal.reader(0).unwrap();
    for round in 0..2 {
        journal.append(entry(format!("before {round}"))).await.unwrap();
        broker.freeze();
        append_is_unknown_in_time(&journal, &format!("during {round}")).await;
        // Nothing else waits: the runtime runs, and a reader can be given up.
        assert!(
            tokio::time::timeout(Duration::from_millis(100), async {
                loop {
                    reader.next().await.unwrap();
                }
            })
            .await
            .is_err()
        );
        broker.thaw();
        append_at_last(&journal, &format!("after {round}")).await;
        let mut again = journal.reader(0).unwrap();
        let seen = read_until(&mut again, &format!("after {round}")).await;
        let places: Vec<_> = ["before", "after"]
            .map(|t| seen.iter().position(|s| *s == format!("{t} {round}")).unwrap())
            .into();
        assert!(places[0] < places[1]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_confirmed_is_there_after_the_broker_was_killed_again_and_again() {
    let mut broker = Broker::start();
    let journal = kafka::create(&broker.config(), "detente.t.journal.1").await.unwrap();
    let mut confirmed = Vec::new();
    for round in 0..2 {
        let stop = Arc::new(AtomicBool::new(false));
        let writing = tokio::spawn({
            let (journal, stop) = (journal.clone(), stop.clone());
            async move {
                let mut confirmed = Vec::new();
                let mut number = 0;
                while !stop.load(Ordering::SeqCst) {
                    let text = format!("{round}.{number}");
                    if journal.append(entry(&text)).await.is_ok() {
                        confirmed.push(text);
                    }
                    number += 1;
                }
                confirmed
            }
        });
        // Until it is well under way.
        let mut reader = journal.reader(0).unwrap();
        let under_way = format!("{round}.200");
        while !reader.next().await.unwrap().iter().any(|entry| entry.bytes == under_way) {}
        broker.kill();
        broker.restart();
        stop.store(true, Ordering::SeqCst);
        confirmed.extend(writing.await.unwrap());
    }
    append_at_last(&journal, "end").await;
    let seen = read_until(&mut journal.reader(0).unwrap(), "end").await;
    let mut rest = seen.iter();
    for text in &confirmed {
        assert!(rest.any(|seen| seen == text), "{text} was confirmed and is not there, or not in its order");
    }
}

fn admin(config: &KafkaConfig) -> AdminClient<DefaultClientContext> {
    AdminClient::from_config(ClientConfig::new().set("bootstrap.servers", &config.brokers)).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn each_wrong_setting_is_named_with_its_right_value() {
    let config = broker::shared();
    let topic = broker::fresh_topic();
    let wanted = NewTopic::new(&topic, 2, TopicReplication::Fixed(1))
        .set("cleanup.policy", "compact")
        .set("retention.ms", "604800000")
        .set("retention.bytes", "1000000")
        .set("unclean.leader.election.enable", "true")
        .set("max.message.bytes", "1000");
    for made in admin(&config).create_topics([&wanted], &AdminOptions::new()).await.unwrap() {
        made.unwrap();
    }
    let strict = KafkaConfig { replication: 3, min_insync: 2, ..config };
    let fault = kafka::open(&strict, &topic).await.err().expect("refused");
    let OpenFault::WrongSettings { wrong, .. } = &fault else { panic!("{fault}") };
    let told: Vec<_> =
        wrong.iter().map(|w| (w.setting.as_str(), w.found.as_str(), w.right.as_str())).collect();
    assert_eq!(
        told,
        [
            ("partitions", "2", "1"),
            ("replication factor", "1", "3 or more"),
            ("min.insync.replicas", "1", "2 or more"),
            ("max.message.bytes", "1000", "1048588 or more"),
            ("cleanup.policy", "compact", "delete"),
            ("retention.ms", "604800000", "-1"),
            ("retention.bytes", "1000000", "-1"),
            ("unclean.leader.election.enable", "true", "false"),
        ]
    );
    assert!(fault.to_string().contains("retention.ms is 604800000, it must be -1"), "{fault}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_topic_that_was_made_here_has_no_wrong_setting() {
    let (config, topic) = (broker::shared(), broker::fresh_topic());
    kafka_topic::create(&config, &topic).await.unwrap();
    assert_eq!(kafka_topic::check(&config, &topic).await.unwrap(), []);
}

#[tokio::test(flavor = "multi_thread")]
async fn more_copies_than_there_are_brokers_are_refused() {
    let config = KafkaConfig { replication: 3, min_insync: 2, ..broker::shared() };
    let fault = kafka::create(&config, &broker::fresh_topic()).await.err().expect("refused");
    assert!(matches!(fault, OpenFault::Unusable { .. }), "{fault}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broker_that_is_not_there_is_told_in_time() {
    let config = broker::config("127.0.0.1:1", Transport::Plaintext);
    let since = Instant::now();
    let fault = kafka::open(&config, "detente.t.journal.1").await.err().expect("refused");
    assert!(matches!(fault, OpenFault::Unusable { .. }), "{fault}");
    assert!(since.elapsed() < Duration::from_millis(limits::KAFKA_OPEN_MS_MAX) + LATE);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deleted_topic_is_gone_for_readers_and_is_not_made_anew_by_appending() {
    let (config, topic) = (broker::shared(), broker::fresh_topic());
    let journal = kafka::create(&config, &topic).await.unwrap();
    journal.append(entry("one")).await.unwrap();
    let mut reader = journal.reader(0).unwrap();
    read_until(&mut reader, "one").await;
    for deleted in admin(&config).delete_topics(&[&topic], &AdminOptions::new()).await.unwrap() {
        deleted.unwrap();
    }
    let fault =
        tokio::time::timeout(Duration::from_secs(60), reader.next()).await.expect("in time").unwrap_err();
    assert!(matches!(fault, ReadFault::Gone { position: 1, .. }), "{fault}");
    append_is_unknown_in_time(&journal, "two").await;
    let fault = kafka::open(&config, &topic).await.err().expect("refused");
    assert!(matches!(fault, OpenFault::Absent { .. }), "{fault}");
}

/// Also a broker that has just started may not know its topics: whoever reads once can't tell the two apart, and
/// what is called gone stops a node for good.
#[tokio::test(flavor = "multi_thread")]
async fn where_brokers_do_not_know_the_topic_a_single_read_is_unanswered_and_nothing_is_called_lost() {
    let (config, topic) = (broker::shared(), broker::fresh_topic());
    let journal = kafka::create(&config, &topic).await.unwrap();
    journal.append(entry("one")).await.unwrap();
    for deleted in admin(&config).delete_topics(&[&topic], &AdminOptions::new()).await.unwrap() {
        deleted.unwrap();
    }
    let fault = journal.read_at(0).await.unwrap_err();
    assert!(matches!(fault, ReadFault::Unanswered { .. }), "{fault}");
    assert_eq!(*journal.lost().borrow(), None);
    let mut reader = journal.reader(0).unwrap();
    let followed = tokio::time::timeout(Duration::from_secs(60), reader.next()).await.expect("in time");
    assert!(matches!(followed, Err(ReadFault::Gone { position: 0, .. })), "{followed:?}");
    assert_eq!(*journal.lost().borrow(), Some(0), "whoever follows it tells");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_topic_made_anew_under_its_name_is_not_taken_for_the_old_one() {
    let (config, topic) = (broker::shared(), broker::fresh_topic());
    let journal = kafka::create(&config, &topic).await.unwrap();
    for text in ["one", "two"] {
        journal.append(entry(text)).await.unwrap();
    }
    for deleted in admin(&config).delete_topics(&[&topic], &AdminOptions::new()).await.unwrap() {
        deleted.unwrap();
    }
    let since = Instant::now();
    let journal = loop {
        match kafka::create(&config, &topic).await {
            Ok(journal) => break journal,
            Err(fault) => assert!(since.elapsed() < Duration::from_secs(60), "{fault}"),
        }
    };
    let mut reader = journal.reader(2).unwrap();
    let fault =
        tokio::time::timeout(Duration::from_secs(60), reader.next()).await.expect("in time").unwrap_err();
    // All that was there is missing, from the first on.
    assert!(matches!(fault, ReadFault::Gone { position: 0, .. }), "{fault}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_topic_whose_first_records_were_deleted_does_not_look_like_a_shorter_one() {
    let (config, topic) = (broker::shared(), broker::fresh_topic());
    let journal = kafka::create(&config, &topic).await.unwrap();
    for text in ["one", "two", "three"] {
        journal.append(entry(text)).await.unwrap();
    }
    for (cut, offset) in [(2, Offset::Offset(2)), (3, Offset::End)] {
        let mut list = TopicPartitionList::new();
        list.add_partition_offset(&topic, 0, offset).unwrap();
        admin(&config).delete_records(&list, &AdminOptions::new()).await.unwrap();
        let mut reader = journal.reader(0).unwrap();
        let fault =
            tokio::time::timeout(Duration::from_secs(60), reader.next()).await.expect("in time").unwrap_err();
        assert!(matches!(fault, ReadFault::Gone { position: 0, .. }), "{fault}");
        let fault = journal.read_at(0).await.unwrap_err();
        assert!(matches!(fault, ReadFault::Gone { position: 0, .. }), "{fault}");
        let fault = kafka::open(&config, &topic).await.err().expect("refused");
        assert!(matches!(fault, OpenFault::Beheaded { first, .. } if first == cut), "{fault}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn brokers_are_reached_over_tls_and_only_with_the_right_certificates() {
    let broker = Broker::start_with_tls();
    let journal = kafka::create(&broker.config(), "detente.t.journal.1").await.unwrap();
    journal.append(entry("over TLS")).await.unwrap();
    read_until(&mut journal.reader(0).unwrap(), "over TLS").await;
    let tls = |ca: &str, name: &str| {
        let file = |name: String| broker.folder().join(name);
        Transport::Tls {
            ca: file(ca.into()),
            certificate: file(format!("{name}.pem")),
            key: file(format!("{name}.key")),
        }
    };
    for transport in [
        tls("stranger-ca.pem", "node"),
        tls("ca.pem", "stranger"),
        tls("ca.pem", "missing"),
        Transport::Plaintext,
    ] {
        let config = broker::config(&broker.config().brokers, transport);
        let fault = kafka::open(&config, "detente.t.journal.1").await.err().expect("refused");
        assert!(matches!(fault, OpenFault::Unusable { .. }), "{fault}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reader_of_another_make_sees_the_value_the_headers_and_a_key_of_its_own() {
    let (config, topic) = (broker::shared(), broker::fresh_topic());
    let journal = kafka::create(&config, &topic).await.unwrap();
    for _ in 0..2 {
        journal.append(entry("the same bytes")).await.unwrap();
    }
    let read = Command::new("kcat")
        .args(["-b", &config.brokers, "-t", &topic, "-C", "-e", "-q", "-o", "beginning", "-f", "%s|%S|%h\n"])
        .output()
        .expect("kcat is installed by ./tests/run");
    let told = String::from_utf8(read.stdout).unwrap();
    let lines: Vec<&str> = told.lines().collect();
    assert_eq!(lines.len(), 2, "{told}");
    for line in &lines {
        assert!(line.starts_with("the same bytes|14|ce_specversion=1.0,ce_id="), "{line}");
        assert!(
            line.contains(&format!(",ce_source=/{topic},ce_type=detente.record,content-type=")),
            "{line}"
        );
    }
    assert_ne!(lines[0], lines[1], "the keys, told as ce_id, must differ");
}

#[test]
fn the_topic_names_party_and_incarnation() {
    let topic = kafka_topic::topic_of(&"OSCE".parse().unwrap(), Incarnation(2));
    assert_eq!(topic, "detente.osce.journal.2");
}

#[test]
fn the_tests_find_their_folder_of_jars() {
    let jars = std::env::var("DETENTE_KAFKA_JARS").expect("start the tests with ./tests/run");
    assert!(Path::new(&jars).is_dir());
}

/// Nobody appends, and nobody is told by a time-out.
#[tokio::test(flavor = "multi_thread")]
async fn an_idle_node_says_that_its_broker_is_gone_and_goes_on_by_itself_when_it_is_back() {
    let folder = tempfile::tempdir().unwrap();
    let mut broker = Broker::start();
    let plan = plan("PL", folder.path(), "127.0.0.1:0", Medium::KafkaAt(broker.port()));
    init(&plan, Clock::system().now()).await.unwrap();
    let node = Node::start(&plan.directory, Clock::system(), None).await.unwrap();
    let mut medium = node.registrar.journal.medium();
    let told = Duration::from_millis(limits::KAFKA_SILENT_TOLD_MS) + LATE;
    for stopped in ["killed", "frozen"] {
        match stopped {
            "killed" => broker.kill(),
            _ => broker.freeze(),
        }
        let silent = medium.wait_for(|found| *found == journal::Medium::Silent);
        tokio::time::timeout(told, silent).await.unwrap_or_else(|_| panic!("{stopped}")).unwrap();
        let lines = doctor::examine(&plan.directory, Clock::system().now()).await;
        assert!(
            lines.iter().any(
                |line| matches!(&line.finding, Finding::Wrong { .. }) && line.what.starts_with("journal")
            ),
            "{lines:?}"
        );
        match stopped {
            "killed" => broker.restart(),
            _ => broker.thaw(),
        }
        let answers = medium.wait_for(|found| *found == journal::Medium::Answers);
        tokio::time::timeout(Duration::from_secs(60), answers).await.expect("it goes on").unwrap();
    }
    let still_runs = tokio::time::timeout(Duration::from_millis(100), node.ended()).await;
    assert!(still_runs.is_err(), "{still_runs:?}");
    node.shutdown().await;
}
