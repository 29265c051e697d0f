//! The auditor at a running node, and with what was exported from it, with no node: the commands as they
//! are typed.

use std::path::Path;

use clap::Parser as _;
use detente::cli::Cli;
use detente::cli::node::Stop;
use detente::codec::party_file::Fingerprint;
use detente::codec::proto::detente::v1 as calls;
use detente::codec::proto::detente::v1::audit_service_client::AuditServiceClient;
use detente::domain::digest::Digest;
use detente::domain::event::Event;
use detente::evidence::note::Note;
use detente::limits;
use detente::replay::Broken;
use tokio_stream::StreamExt as _;
use tonic::Code;

use crate::officer::{PATIENCE, arrived, notify, receipted};
use crate::world::{Medium, World};

/// Runs a command line. What it prints goes to the test's output.
pub async fn detente(words: &[&str]) -> Result<(), String> {
    let all = ["detente"].iter().chain(words);
    let cli = Cli::try_parse_from(all).map_err(|fault| fault.to_string())?;
    cli.run().await.map_err(|fault| fault.to_string())
}

/// Two nodes, a notification delivered and receipted in a thread of its own, and another thread.
async fn world_with_threads() -> (World, calls::ReleaseResponse) {
    // The commands go by the machine's clock.
    let world = World::on_real_time(Medium::Embedded, &["BY", "PL"]).await;
    let sent = notify(&world, 1).await;
    let other = notify(&world, 2).await;
    for message in [&sent.message_digest, &other.message_digest] {
        arrived(&world, "PL", message).await;
    }
    receipted(&world, "BY", "PL").await;
    (world, sent)
}

async fn readings(world: &World, party: &str) -> Vec<String> {
    let head = world.node(party).registrar.head();
    let records = head.records(&world.node(party).registrar.journal);
    let mut readings = Vec::new();
    for index in 0..head.chain.size {
        for event in records.record(index).await.unwrap().events {
            if let Event::AuditRead { what } = event {
                readings.push(what);
            }
        }
    }
    readings
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_journal_is_verified_over_the_network_and_from_its_export_with_no_node() {
    let (mut world, _) = world_with_threads().await;
    let auditor = world.state("BY").desk_directory("auditor").to_owned();
    let fingerprint = world.node("BY").settings.fingerprint.to_string();
    detente(&["audit", "verify", "--as", text(&auditor), "--fingerprint", &fingerprint]).await.unwrap();
    detente(&["audit", "verify", "--as", text(&auditor), "--json"]).await.unwrap();
    let wrong = Fingerprint(Digest::of(b"another")).to_string();
    let foreign = detente(&["audit", "verify", "--as", text(&auditor), "--fingerprint", &wrong]).await;
    assert!(foreign.unwrap_err().contains("record 0 is the first that fails"));

    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("by.journal");
    detente(&["audit", "export", "--as", text(&auditor), "--out", text(&file)]).await.unwrap();
    let again = detente(&["audit", "export", "--as", text(&auditor), "--out", text(&file)]).await;
    assert!(again.unwrap_err().contains("is not overwritten"));
    // Three verifications, and two exports of which the second had no place to go.
    assert_eq!(readings(&world, "BY").await, ["the whole journal"; 5]);

    world.state_mut("BY").stop().await;
    detente(&["audit", "verify", "--file", text(&file), "--fingerprint", &fingerprint]).await.unwrap();
    let whole = std::fs::read(&file).unwrap();
    for at in [30, whole.len() / 2, whole.len() - 400] {
        let mut damaged = whole.clone();
        damaged[at] ^= 4;
        let path = folder.path().join(format!("damaged-{at}"));
        std::fs::write(&path, damaged).unwrap();
        let fault = detente(&["audit", "verify", "--file", text(&path)]).await.unwrap_err();
        assert!(fault.contains("is the first that fails"), "{fault}");
    }
    let short = folder.path().join("short");
    std::fs::write(&short, &whole[..whole.len() - 1]).unwrap();
    let fault = detente(&["audit", "verify", "--file", text(&short)]).await.unwrap_err();
    let missing = "no record that is here fails; records are missing from ";
    assert!(fault.contains(missing), "{fault}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_evidence_of_one_thread_is_exported_and_verified_with_no_node() {
    let (world, sent) = world_with_threads().await;
    let folder = tempfile::tempdir().unwrap();
    let thread = hex::encode(&sent.thread);
    let mut trust = Vec::new();
    for party in ["BY", "PL"] {
        trust.push("--trust".to_owned());
        trust.push(format!("{party}={}", world.node(party).settings.fingerprint));
    }
    for party in ["BY", "PL"] {
        let auditor = world.state(party).desk_directory("auditor").to_owned();
        let file = folder.path().join(format!("{party}.bundle"));
        let words = ["audit", "export", "--as", text(&auditor), "--out", text(&file), "--thread", &thread];
        detente(&words).await.unwrap();
        assert_eq!(readings(&world, party).await, [format!("the evidence of thread {thread}")]);
        let words: Vec<&str> =
            ["verify", text(&file)].into_iter().chain(trust.iter().map(String::as_str)).collect();
        detente(&words).await.unwrap();
        for words in [&["verify", text(&file), "--json"][..], &["verify", text(&file), &trust[0], &trust[1]]]
        {
            let fault = detente(words).await.unwrap_err();
            assert!(fault.contains("nothing is false, and nobody vouched for the keys called "), "{fault}");
            assert_eq!(fault.contains("BY's and PL's"), words.len() == 3);
        }
        let program = |trust: &[String]| {
            let all = ["verify", text(&file)].into_iter().chain(trust.iter().map(String::as_str));
            let output =
                std::process::Command::new(env!("CARGO_BIN_EXE_detente")).args(all).output().unwrap();
            (output.status.code(), String::from_utf8(output.stdout).unwrap())
        };
        let (code, said) = program(&trust);
        assert_eq!(code, Some(0));
        assert!(said.contains("BY    vouched for by you") && !said.contains("only if  "), "{said}");
        let (code, said) = program(&trust[..2]);
        assert_eq!(code, Some(3));
        assert!(said.contains("PL    NOBODY VOUCHED") && said.contains("only if     the key list"), "{said}");
        let swapped = format!("BY={}", world.node("PL").settings.fingerprint);
        assert_eq!(program(&["--trust".into(), swapped.clone()]).0, Some(1));
        let fault = detente(&["verify", text(&file), "--trust", &swapped]).await.unwrap_err();
        assert!(
            fault.contains("you gave for BY is of no key list in the bundle: the one that it calls BY's has")
        );
        let absent = format!("LT={}", world.node("PL").settings.fingerprint);
        let fault = detente(&["verify", text(&file), "--trust", &absent]).await.unwrap_err();
        assert!(fault.contains("it holds none of LT"), "{fault}");
        let twice = ["verify", text(&file), "--trust", &trust[1], "--trust", &swapped];
        assert!(detente(&twice).await.unwrap_err().contains("--trust is given twice for BY"));
    }
    let auditor = world.state("BY").desk_directory("auditor").to_owned();
    let absent = folder.path().join("absent.bundle");
    let words =
        ["audit", "export", "--as", text(&auditor), "--out", text(&absent), "--thread", &"f".repeat(32)];
    assert!(detente(&words).await.unwrap_err().contains("no such thread"));
    assert!(!absent.exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_thread_is_replayed_as_of_an_instant_over_the_network_and_from_a_file() {
    let (world, sent) = world_with_threads().await;
    let auditor = world.state("BY").desk_directory("auditor").to_owned();
    let thread = hex::encode(&sent.thread);
    let by = ["--as", text(&auditor), "--thread", &thread];
    detente(&[&["audit", "replay"], &by[..]].concat()).await.unwrap();
    detente(&[&["audit", "replay", "--as-of", "2024-11-01T10:00:00Z", "--json"], &by[..]].concat())
        .await
        .unwrap();
    let readings = readings(&world, "BY").await;
    let expected = [format!("thread {thread}"), format!("thread {thread} as of 2024-11-01T10:00:00.000Z")];
    assert_eq!(readings, expected);
    // What has not come yet is refused by the node, which then has read nothing, and of a file.
    let not_come = ["audit", "replay", "--as-of", "2199-01-01T00:00:00Z", "--thread", &thread];
    let refused = detente(&[&not_come[..], &["--as", text(&auditor)]].concat()).await.unwrap_err();
    assert!(refused.contains("as_of_ms: has not come yet"), "{refused}");
    assert_eq!(self::readings(&world, "BY").await, expected);

    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("by.journal");
    detente(&["audit", "export", "--as", text(&auditor), "--out", text(&file)]).await.unwrap();
    detente(&["audit", "replay", "--file", text(&file), "--thread", &thread]).await.unwrap();
    let refused = detente(&[&not_come[..], &["--file", text(&file)]].concat()).await.unwrap_err();
    assert!(refused.contains("--as-of: has not come yet"), "{refused}");

    // The same pages from the node, now and from before anything was known.
    let mut calls = AuditServiceClient::new(world.desk("BY", "auditor").channel);
    let mut shown = Vec::new();
    let desk = world.desk("BY", "auditor");
    for as_of_ms in [None, Some(1), Some(0)] {
        let command = Some(desk.command(None).unwrap());
        let asked = calls::ReplayThreadRequest {
            command,
            thread: sent.thread.clone(),
            as_of_ms,
            ..Default::default()
        };
        let pages: Vec<_> = calls.replay_thread(asked).await.unwrap().into_inner().collect().await;
        let page = pages.into_iter().next().unwrap().unwrap().page;
        let page: calls::ShowThreadResponse = prost::Message::decode(page).unwrap();
        shown.push(page.messages.len());
    }
    assert_eq!(shown, [1, 0, 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_auditor_finds_a_thread_by_its_list_which_is_itself_on_record() {
    let (world, sent) = world_with_threads().await;
    let auditor = world.state("BY").desk_directory("auditor").to_owned();
    detente(&["audit", "threads", "--as", text(&auditor)]).await.unwrap();
    let listed = std::process::Command::new(env!("CARGO_BIN_EXE_detente"))
        .args(["audit", "threads", "--as", text(&auditor), "--json"])
        .output()
        .unwrap();
    assert_eq!(readings(&world, "BY").await, ["the list of threads"; 2]);
    let lines = String::from_utf8(listed.stdout).unwrap();
    let lines: Vec<serde_json::Value> =
        lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), 2, "{lines:?}");
    let line = lines.iter().find(|line| line["thread"] == hex::encode(&sent.thread)).unwrap();
    assert_eq!(line["number"], sent.number);
    assert_eq!((&line["opened_by"], &line["parties"][0]), (&"BY".into(), &"PL".into()));
    assert!(line["first_at_ms"].as_i64() > Some(0));

    // From an export, with no node; and officers' own list stays theirs, with the roles that it takes.
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("by.journal");
    detente(&["audit", "export", "--as", text(&auditor), "--out", text(&file)]).await.unwrap();
    detente(&["audit", "threads", "--file", text(&file)]).await.unwrap();
    let refused = detente(&["message", "list", "--as", text(&auditor)]).await.unwrap_err();
    assert!(refused.contains("it takes drafter or releaser or watch"), "{refused}");
    let not_a_bundle = detente(&["verify", text(&file)]).await.unwrap_err();
    assert!(not_a_bundle.contains("`detente audit verify --file` checks it"), "{not_a_bundle}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_row_taken_out_that_only_an_auditor_comes_upon_stops_the_node_for_good() {
    let (world, _) = world_with_threads().await;
    let state = world.state("BY");
    let auditor = state.desk_directory("auditor").to_owned();
    let journal = rusqlite::Connection::open(state.directory.join("journal/journal.sqlite")).unwrap();
    journal.execute("DELETE FROM entries WHERE position = 3", []).unwrap();
    let fault = detente(&["audit", "verify", "--as", text(&auditor)]).await.unwrap_err();
    assert!(fault.contains("position 3"), "{fault}");
    let why = tokio::time::timeout(PATIENCE, state.node().ended()).await.unwrap();
    assert_eq!(why, Stop::Broken(Broken::Missing { index: 3 }));
    assert!(state.directory.join("broken").exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_head_is_told_with_a_signed_checkpoint_and_the_reading_is_in_it() {
    let (world, _) = world_with_threads().await;
    let before = world.node("BY").registrar.head().chain.size;
    let desk = world.desk("BY", "auditor");
    let asked = calls::HeadRequest { command: Some(desk.command(None).unwrap()) };
    let mut calls = AuditServiceClient::new(desk.channel);
    let head = calls.head(asked.clone()).await.unwrap().into_inner();
    assert!(head.size > before);
    assert_eq!(head.party, "BY");
    let note = Note::parse(&head.checkpoint).unwrap();
    assert!(note.text().starts_with(&format!("detente/BY.1/journal\n{}\n", head.size)), "{}", note.text());
    assert_eq!(readings(&world, "BY").await, ["the head"]);

    let mut refused = AuditServiceClient::new(world.desk("BY", "drafter").channel);
    let status = refused.head(asked).await.unwrap_err();
    assert_eq!(status.code(), Code::PermissionDenied);
    assert_eq!(readings(&world, "BY").await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reading_given_again_under_its_id_is_on_record_once_and_for_an_hour() {
    let (world, sent) = world_with_threads().await;
    let auditor = world.state("BY").desk_directory("auditor").to_owned();
    let (id, thread) = ("5e".repeat(16), hex::encode(&sent.thread));
    let by = ["--as", text(&auditor), "--command-id", &id];
    let verify = [&["audit", "verify", "--json"], &by[..]].concat();
    detente(&verify).await.unwrap();
    detente(&verify).await.unwrap();
    assert_eq!(readings(&world, "BY").await, ["the whole journal"]);
    // Another reading is none of the same, and neither is the same one much later.
    let other = [&["audit", "replay", "--thread", &thread], &by[..]].concat();
    assert!(detente(&other).await.unwrap_err().contains("was used before for other content"));
    world.clock.set(world.clock.now().plus_ms(limits::AUDIT_AGAIN_MS_MAX + 1));
    let fault = detente(&verify).await.unwrap_err();
    assert!(fault.contains("a reading of more than an hour ago") && fault.contains(&id), "{fault}");
    assert_eq!(readings(&world, "BY").await.len(), 1);
    let file = ["audit", "verify", "--file", "journal", "--command-id", &id];
    assert!(detente(&file).await.unwrap_err().contains("--command-id goes with --as"));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_auditor_who_goes_away_in_the_middle_leaves_the_node_as_it_was() {
    let (world, _) = world_with_threads().await;
    let desk = world.desk("BY", "auditor");
    let asked = calls::ExportRequest { command: Some(desk.command(None).unwrap()) };
    let mut calls = AuditServiceClient::new(desk.channel);
    drop(calls.export(asked).await.unwrap());
    let sent = notify(&world, 3).await;
    tokio::time::timeout(PATIENCE, arrived(&world, "PL", &sent.message_digest)).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn an_auditor_lists_what_was_carried_by_file_which_is_itself_on_record_and_an_officers_look_is_not() {
    let (world, _) = world_with_threads().await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("there");
    let desk = |role: &str| world.state("BY").desk_directory(role).to_owned();
    let (watch, auditor) = (desk("watch"), desk("auditor"));
    let out = ["hotline", "carry", "--to", "PL", "--out", text(&file), "--as", text(&watch)];
    detente(&out).await.unwrap();
    let listed = async |desk: &Path| {
        let list = ["hotline", "carry", "--list", "--as", text(desk)];
        crate::officer_program::printed(&list).await
    };
    let shown = listed(&auditor).await;
    assert!(shown.contains("made for PL by watch of BY"), "{shown}");
    assert_eq!(readings(&world, "BY").await, ["the list of carry files"]);
    assert_eq!(listed(&watch).await, shown);
    assert_eq!(readings(&world, "BY").await.len(), 1);

    let mut hotline = crate::officer::hotlines(&world.desk("BY", "auditor"));
    let unnamed = hotline.list_carried(calls::ListCarriedRequest::default()).await.unwrap_err();
    assert_eq!(unnamed.code(), Code::InvalidArgument);
}
