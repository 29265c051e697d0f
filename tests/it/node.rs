//! Nodes as programs: begun, started, stopped, and when they must not start.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use detente::cli::doctor::{self, Finding};
use detente::cli::init::{InitFault, init};
use detente::cli::node::{Node, StartFault, Stop};
use detente::clock::Clock;
use detente::domain::board::Denied;
use detente::domain::command::{Command, Origin};
use detente::domain::digest::Digest;
use detente::domain::people::Role;
use detente::domain::refusal::NotNow;
use detente::registrar::CheckpointFile;

use crate::world::{Medium, State, World, beginning, plan};

/// Longer than anything here takes, so that a test that hangs fails instead.
const LIMIT: Duration = Duration::from_secs(120);

async fn world_of_one() -> World {
    World::apart(Medium::Embedded, &["PL"]).await
}

/// The sentence with which a node refuses to start.
async fn refusal(state: &State) -> String {
    match Node::start(&state.directory, Clock::standing_at(beginning()), None).await {
        Ok(_) => panic!("the node started"),
        Err(fault) => fault.to_string(),
    }
}

async fn wrong_lines(state: &State) -> Vec<String> {
    let lines = doctor::examine(&state.directory, beginning()).await;
    lines
        .into_iter()
        .filter_map(|line| match line.finding {
            Finding::Wrong { why, .. } => Some(format!("{}: {why}", line.what)),
            Finding::Ok | Finding::Warning(_) => None,
        })
        .collect()
}

fn journal_of(state: &State) -> PathBuf {
    state.directory.join("journal/journal.sqlite")
}

/// Runs a statement on the stopped node's journal, as a hostile operator would.
fn tamper(journal: &Path, statement: &str) {
    let connection = rusqlite::Connection::open(journal).unwrap();
    connection.execute_batch(statement).unwrap();
}

fn copy_folder(from: &Path, to: &Path) {
    let _ = fs::remove_dir_all(to);
    fs::create_dir(to).unwrap();
    for file in fs::read_dir(from).unwrap() {
        let file = file.unwrap();
        fs::copy(file.path(), to.join(file.file_name())).unwrap();
    }
}

/// Stops the node once the checkpoint beside the journal covers all of it.
async fn stop_with_checkpoint(state: &mut State) {
    let size = state.node().registrar.head().chain.size;
    let file = CheckpointFile::new(&state.directory.join("checkpoint"));
    let covered = async {
        while file.claimed().unwrap().is_none_or(|(covered, _)| covered < size) {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(LIMIT, covered).await.expect("the checkpoint follows the journal");
    state.stop().await;
}

#[tokio::test]
async fn nodes_know_each_other_once_two_custodians_took_the_party_files() {
    let world = World::new(&["BY", "PL"]).await;
    for (one, other) in [("BY", "PL"), ("PL", "BY")] {
        let board = world.node(one).registrar.head().board.clone();
        assert!(board.link(other.parse().unwrap()).is_some());
        assert_eq!(board.roster.members.len(), 7);
    }
}

#[tokio::test]
async fn nodes_on_kafka_are_the_same() {
    let mut world = World::on(Medium::Kafka, &["BY", "PL"]).await;
    let before = world.node("BY").registrar.head().board.digest();
    world.state_mut("BY").stop().await;
    world.state_mut("BY").start().await;
    let head = world.node("BY").registrar.head();
    assert!(head.board.link("PL".parse().unwrap()).is_some());
    // An epoch leaves no trace on the Board but the record's index and time.
    assert_ne!(head.board.digest(), before);
    assert_eq!(wrong_lines(world.state("BY")).await, Vec::<String>::new());
}

#[tokio::test]
async fn a_node_is_never_made_over_another() {
    let folder = tempfile::tempdir().unwrap();
    let plan = plan("PL", folder.path(), "127.0.0.1:7443", Medium::Embedded);
    let made = init(&plan, beginning()).await.unwrap();
    let before = fs::read(plan.directory.join("custody/ca.crt")).unwrap();
    let fault = init(&plan, beginning()).await.unwrap_err();
    assert!(matches!(fault, InitFault::NotEmpty(_)), "{fault}");
    assert_eq!(fs::read(plan.directory.join("custody/ca.crt")).unwrap(), before);
    assert!(made.desks.iter().all(|desk| desk.join("desk.toml").exists()));
}

#[tokio::test]
async fn where_nothing_can_be_begun_nothing_is_left_behind() {
    let folder = tempfile::tempdir().unwrap();
    let mut plan = plan("PL", folder.path(), "127.0.0.1:7443", Medium::Embedded);
    plan.name = "State\u{1b}[2J".into();
    let fault = init(&plan, beginning()).await.unwrap_err();
    assert!(matches!(fault, InitFault::KeyList(_)), "{fault}");
    assert_eq!(fs::read_dir(&plan.directory).unwrap().count(), 0);
    plan.name = "State of PL".into();
    init(&plan, beginning()).await.unwrap();
}

#[tokio::test]
async fn one_person_can_not_be_both_first_custodians() {
    let folder = tempfile::tempdir().unwrap();
    let mut plan = plan("PL", folder.path(), "127.0.0.1:7443", Medium::Embedded);
    plan.custodians[1].name = plan.custodians[0].name.to_uppercase();
    let fault = init(&plan, beginning()).await.unwrap_err();
    assert!(matches!(fault, InitFault::SamePerson), "{fault}");
    assert!(!plan.directory.exists());
}

#[tokio::test]
async fn a_restarted_node_knows_what_it_knew() {
    let mut world = world_of_one().await;
    let state = world.state_mut("PL");
    let before = state.node().registrar.head();
    state.stop().await;
    state.start().await;
    let after = state.node().registrar.head();
    assert_eq!(after.board.roster, before.board.roster);
    assert_eq!(after.chain.size, before.chain.size + 1);
    assert_eq!(after.chain.epoch, before.chain.epoch + 1);
}

#[tokio::test]
async fn an_absent_an_empty_and_a_foreign_journal_are_refused_each_with_its_sentence() {
    let mut world = World::apart(Medium::Embedded, &["BY", "PL"]).await;
    stop_with_checkpoint(world.state_mut("BY")).await;
    stop_with_checkpoint(world.state_mut("PL")).await;
    let (theirs, ours) = (world.state("BY").directory.clone(), world.state("PL"));

    fs::remove_dir_all(ours.directory.join("journal")).unwrap();
    fs::create_dir(ours.directory.join("journal")).unwrap();
    assert!(refusal(ours).await.contains("there is no journal at"));

    drop(detente::journal::embedded::create(&journal_of(ours)).unwrap());
    assert!(refusal(ours).await.contains("the journal is empty"));
    assert!(wrong_lines(ours).await.iter().any(|line| line.contains("the journal is empty")));

    copy_folder(&theirs.join("journal"), &ours.directory.join("journal"));
    let sentence = refusal(ours).await;
    assert!(sentence.contains("not of the expected Party"), "{sentence}");
    assert!(wrong_lines(ours).await.iter().any(|line| line.contains("not of the expected Party")));
}

#[tokio::test]
async fn an_older_copy_than_the_last_checkpoint_is_refused() {
    let mut world = world_of_one().await;
    let state = world.state_mut("PL");
    stop_with_checkpoint(state).await;
    let (journal, copy) = (state.directory.join("journal"), state.directory.join("parts/copy"));
    copy_folder(&journal, &copy);
    state.start().await;
    state.take_person("second watch", "second watch of PL", &[Role::Watch]).await;
    stop_with_checkpoint(state).await;
    copy_folder(&copy, &journal);
    let sentence = refusal(state).await;
    assert!(sentence.contains("This may be an older copy"), "{sentence}");
    assert!(wrong_lines(state).await.iter().any(|line| line.contains("This may be an older copy")));
}

#[tokio::test]
async fn a_flipped_bit_is_reported_by_index() {
    let mut world = world_of_one().await;
    let state = world.state_mut("PL");
    stop_with_checkpoint(state).await;
    let journal = journal_of(state);
    let connection = rusqlite::Connection::open(&journal).unwrap();
    let mut bytes: Vec<u8> =
        connection.query_row("SELECT bytes FROM entries WHERE position = 4", [], |row| row.get(0)).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    connection.execute("UPDATE entries SET bytes = ?1 WHERE position = 4", [bytes]).unwrap();
    drop(connection);
    let sentence = refusal(state).await;
    assert!(sentence.contains("record 4 can't be read"), "{sentence}");
    assert!(wrong_lines(state).await.iter().any(|line| line.contains("record 4 can't be read")));
}

#[tokio::test]
async fn settings_and_keys_that_are_not_as_they_must_be_are_refused() {
    let mut world = world_of_one().await;
    let state = world.state_mut("PL");
    state.stop().await;
    let file = state.directory.join("node.toml");
    let right = fs::read_to_string(&file).unwrap();
    fs::write(&file, right.replace("listen", "lisen")).unwrap();
    let sentence = refusal(state).await;
    assert!(sentence.contains("unknown field `lisen`"), "{sentence}");
    fs::write(&file, right).unwrap();

    let key = state.directory.join("keys/record.key");
    let kept = fs::read(&key).unwrap();
    fs::set_permissions(&key, fs::Permissions::from_mode(0o640)).unwrap();
    let sentence = refusal(state).await;
    assert!(sentence.contains("can be read or entered by others") && sentence.contains("chmod 600"));
    assert!(wrong_lines(state).await.iter().any(|line| line.contains("keys/record.key")));
    fs::set_permissions(&key, fs::Permissions::from_mode(0o600)).unwrap();

    // Another record key than the one on record.
    fs::remove_file(&key).unwrap();
    detente::cli::keys::make_signing_key(&state.directory.join("keys"), detente::cli::keys::Purpose::Record)
        .unwrap();
    assert!(
        wrong_lines(state)
            .await
            .iter()
            .any(|line| line.contains("does not hold the record key of the newest"))
    );
    let sentence = refusal(state).await;
    assert!(
        sentence.contains("the record key of the key list in force is not in this node's key directory"),
        "{sentence}"
    );
    fs::write(&key, kept).unwrap();
    assert_eq!(wrong_lines(state).await, Vec::<String>::new());
    world.state_mut("PL").start().await;
}

#[tokio::test]
async fn serving_never_opens_the_custody() {
    let mut world = world_of_one().await;
    let state = world.state_mut("PL");
    state.stop().await;
    fs::remove_dir_all(state.directory.join("custody")).unwrap();
    state.start().await;
    assert_eq!(wrong_lines(world.state("PL")).await, Vec::<String>::new());
}

#[tokio::test]
async fn a_second_server_by_mistake_takes_no_epoch_from_the_first() {
    let world = world_of_one().await;
    let state = world.state("PL");
    let before = state.node().registrar.head().chain.epoch;
    let fault = Node::start(&state.directory, Clock::standing_at(beginning()), None).await.err().unwrap();
    assert!(matches!(fault, StartFault::Listen { .. }), "{fault}");
    state
        .change(crate::world::member_added("one more", Digest::of(b"k"), &[Role::Watch]), bytes::Bytes::new())
        .await;
    assert_eq!(state.node().registrar.head().chain.epoch, before);
}

#[tokio::test]
async fn a_journal_found_broken_stops_the_node_and_keeps_it_from_starting() {
    let mut world = world_of_one().await;
    let state = world.state_mut("PL");
    tamper(&journal_of(state), "DELETE FROM entries WHERE position >= 8");
    let registrar = state.node().registrar.clone();
    let command = Command::TurnAway { party: "BY".parse().unwrap(), hour: 1 };
    // Refused by the Board before anything is written: nothing is noticed yet.
    assert!(registrar.give(command, Origin::Node).await.is_err());
    let change = crate::world::member_added("one more", Digest::of(b"k"), &[Role::Watch]);
    let answer = state.try_propose(change).await.unwrap_err();
    assert!(answer.to_string().contains(&NotNow::Journal.to_string()), "{answer}");
    let why = tokio::time::timeout(LIMIT, state.node().ended()).await.unwrap();
    let Stop::Broken(broken) = why else { panic!("{why:?}") };
    let denied =
        registrar.give(Command::TurnAway { party: "BY".parse().unwrap(), hour: 1 }, Origin::Node).await;
    assert!(matches!(denied, Err(Denied::NotNow(_))));
    drop(registrar);
    state.stop().await;
    let sentence = refusal(state).await;
    assert!(sentence.contains(&broken.to_string()) && sentence.contains("detente doctor"), "{sentence}");
    let lines = doctor::examine(&state.directory, beginning()).await;
    let marker = lines.iter().find(|line| line.what == "marker of a broken journal").unwrap();
    assert!(matches!(&marker.finding, Finding::Wrong { mend, .. } if mend.contains("audit verify")));
}

#[tokio::test]
async fn what_is_absent_or_another_in_the_directory_is_named_by_serve_and_by_doctor() {
    let mut world = world_of_one().await;
    let state = world.state_mut("PL");
    state.stop().await;
    assert_eq!(wrong_lines(state).await, Vec::<String>::new());
    let directory = state.directory.clone();
    let both = async |state: &State, word: &str| {
        let refused = refusal(state).await;
        assert!(refused.contains(word), "{refused}");
        let wrong = wrong_lines(state).await;
        assert!(wrong.iter().any(|line| line.contains(word)), "{wrong:?}");
    };

    let settings = fs::read_to_string(directory.join("node.toml")).unwrap();
    fs::write(directory.join("node.toml"), settings.replace("\"PL\"", "\"DE\"")).unwrap();
    both(state, "DE's node, and the journal is PL's").await;
    fs::write(directory.join("node.toml"), settings).unwrap();

    fs::remove_dir(directory.join("parts")).unwrap();
    both(state, "mkdir -m 700").await;
    fs::create_dir(directory.join("parts")).unwrap();

    fs::rename(directory.join("keys"), directory.join("elsewhere")).unwrap();
    both(state, "keys: No such file").await;
    let wrong = wrong_lines(state).await;
    assert!(wrong.iter().any(|line| line.starts_with("keys: ")), "{wrong:?}");
    fs::rename(directory.join("elsewhere"), directory.join("keys")).unwrap();
    assert_eq!(wrong_lines(state).await, Vec::<String>::new());
}

#[tokio::test]
async fn doctor_warns_of_an_absent_checkpoint_and_of_a_journal_that_others_may_read() {
    let mut world = world_of_one().await;
    let state = world.state_mut("PL");
    state.stop().await;
    let warnings = async |state: &State| {
        let lines = doctor::examine(&state.directory, beginning()).await;
        let warnings = lines.into_iter().filter_map(|line| match line.finding {
            Finding::Warning(why) => Some(format!("{}: {why}", line.what)),
            Finding::Ok | Finding::Wrong { .. } => None,
        });
        warnings.collect::<Vec<_>>()
    };
    let [plan] = &warnings(state).await[..] else { panic!("one warning") };
    assert!(
        plan.starts_with("watch plan: none is in force, or one without a rule: nobody is alerted"),
        "{plan}"
    );
    fs::remove_file(state.directory.join("checkpoint")).unwrap();
    let open = std::os::unix::fs::PermissionsExt::from_mode(0o644);
    fs::set_permissions(journal_of(state), open).unwrap();
    let [others, absent, _] = &warnings(state).await[..] else { panic!("three warnings") };
    assert!(others.contains("others than its owner may read"), "{others}");
    assert!(absent.starts_with("checkpoint: absent: an older copy of the journal can't be told"), "{absent}");
}

#[tokio::test]
async fn doctor_warns_weeks_before_certificates_and_lists_end() {
    let world = World::new(&["BY", "PL"]).await;
    let state = world.state("PL");
    let lines = doctor::examine(&state.directory, beginning()).await;
    let mut but_the_plan = lines.iter().filter(|line| line.what != "watch plan");
    assert!(but_the_plan.all(|line| line.finding == Finding::Ok), "{lines:#?}");
    let end = beginning().plus_ms(crate::world::lives().certificate_ms);
    const WEEK_MS: i64 = 7 * 24 * 3_600_000;
    let lines = doctor::examine(&state.directory, end.plus_ms(-2 * WEEK_MS)).await;
    let finding = |what: &str| &lines.iter().find(|line| line.what == what).unwrap().finding;
    assert!(matches!(finding("the node's certificate"), Finding::Warning(_)));
    assert!(matches!(finding("revocation list of PL"), Finding::Warning(_)));
    let lines = doctor::examine(&state.directory, end.plus_ms(WEEK_MS)).await;
    let finding = |what: &str| &lines.iter().find(|line| line.what == what).unwrap().finding;
    assert!(matches!(finding("the node's certificate"), Finding::Wrong { .. }));
    assert!(matches!(finding("revocation list of PL"), Finding::Wrong { .. }));
    assert!(matches!(finding("revocation list of BY"), Finding::Warning(_)));
}
