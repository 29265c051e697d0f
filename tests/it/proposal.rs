//! What a second custodian confirms is what they were shown: on a Board, at a real node, and by the program.

use std::io::Write as _;

use bytes::Bytes;
use detente::codec::change::digest_of;
use detente::codec::proto::detente::evidence::v1 as evidence;
use detente::codec::proto::detente::v1 as calls;
use detente::codec::proto::detente::v1::party_service_client::PartyServiceClient;
use detente::codec::proto::detente::v1::propose_request::Change as Wire;
use detente::domain::command::{Command, ShownChange};
use detente::domain::event::Change;
use detente::domain::precedence::Precedence;
use detente::domain::refusal::Refusal;
use tonic::Code;

use crate::board::refusal;
use crate::officer::PATIENCE;
use crate::officer_program::{object, printed, refused};
use crate::party::{Folded, anna, at, by, id, jan};
use crate::pseudo_terminal::program_at_a_terminal;
use crate::world::{Medium, World};

const DAY: i64 = 24 * 3_600;

fn read() -> Change {
    Change::ReleaseRule { one_person: Vec::new() }
}

fn another() -> Change {
    Change::ReleaseRule { one_person: vec![Precedence::Flash] }
}

/// Proposed under this id by a custodian who says that it was seven days ago; a day later the id is forgotten.
fn proposed_long_ago(folded: &mut Folded, number: u64) {
    let proposed = by(&anna(), number, "read", at(3 * DAY));
    folded.given(Command::Propose(read()), proposed, at(10 * DAY)).unwrap();
}

fn a_day_later(folded: &mut Folded, number: u64) {
    let audit = Command::ReadForAudit { what: String::new() };
    let now = at(11 * DAY + 1);
    folded.given(audit, by(&anna(), number, "", now), now).unwrap();
}

#[test]
fn an_open_proposal_is_replaced_by_none_under_its_id_though_the_id_is_forgotten() {
    let mut folded = Folded::with_peer();
    proposed_long_ago(&mut folded, 1);
    a_day_later(&mut folded, 2);
    assert!(!folded.board.commands.contains_key(&id(1)), "the id is forgotten");
    let now = at(12 * DAY);
    let again = folded.given(Command::Propose(another()), by(&anna(), 1, "another", now), now);
    assert_eq!(refusal(again), Refusal::IdReused);
    assert_eq!(folded.board.roster.proposals[&id(1)].change, read());
}

#[test]
fn what_is_proposed_under_an_id_that_was_dropped_is_not_what_was_shown_before() {
    let mut folded = Folded::with_peer();
    proposed_long_ago(&mut folded, 1);
    folded.given(Command::Drop(id(1)), by(&anna(), 2, "", at(10 * DAY)), at(10 * DAY)).unwrap();
    a_day_later(&mut folded, 3);
    let now = at(12 * DAY);
    folded.given(Command::Propose(another()), by(&anna(), 1, "another", now), now).unwrap();
    let mut confirm = |number, shown| {
        folded.given(Command::Confirm { proposal: id(1), shown }, by(&jan(), number, "", now), now)
    };
    for (number, shown) in [(10, ShownChange::Is(Box::new(read()))), (11, ShownChange::IsAnother)] {
        let refused = refusal(confirm(number, shown));
        assert!(matches!(refused, Refusal::Field { field: "change_digest", .. }), "{refused}");
    }
    confirm(12, ShownChange::Is(Box::new(another()))).unwrap();
    assert_eq!(folded.board.roster.one_person, [Precedence::Flash]);
}

#[test]
fn two_changes_that_differ_in_anything_have_two_digests() {
    assert_eq!(digest_of(&read()), digest_of(&read()));
    assert_ne!(digest_of(&read()), digest_of(&another()));
}

#[tokio::test]
async fn whoever_names_the_digest_of_another_change_confirms_nothing() {
    let world = World::apart(Medium::Embedded, &["PL"]).await;
    let state = world.state("PL");
    let rule = calls::ReleaseRule { one_person: vec![evidence::Precedence::Flash as i32] };
    let proposal = state.try_propose(Wire::ReleaseRule(rule)).await.unwrap();
    let second = state.desk("second custodian");
    let mut calls_of_second = PartyServiceClient::new(second.channel.clone());
    let open = calls_of_second.list_proposals(calls::ListProposalsRequest {}).await.unwrap().into_inner();
    let shown = open.proposals[0].change_digest.clone();
    let command = |change_digest: Bytes| calls::ConfirmRequest {
        command: Some(second.command(None).unwrap()),
        proposal: proposal.clone(),
        change_digest,
    };
    for wrong in [Bytes::from_static(&[7; 32]), shown.slice(..8)] {
        let refused = calls_of_second.confirm(command(wrong)).await.unwrap_err();
        assert_eq!(refused.code(), Code::InvalidArgument);
        assert!(refused.message().starts_with("field change_digest: "), "{refused:?}");
    }
    assert!(state.node().registrar.head().board.roster.one_person.is_empty());
    let right = command(shown);
    // Given again it is answered again, though nothing is open by then.
    for _ in 0..2 {
        calls_of_second.confirm(right.clone()).await.unwrap();
    }
    assert_eq!(state.node().registrar.head().board.roster.one_person, [Precedence::Flash]);
}

/// Whether it went well, and all that stood there, once this was typed where it asks.
fn typed(words: &[&str], answer: &str) -> (bool, String) {
    let (mut program, mut keys, bytes) = program_at_a_terminal(words);
    let mut seen = Vec::new();
    while !String::from_utf8_lossy(&seen).contains("and nothing else: ") {
        let so_far = String::from_utf8_lossy(&seen).into_owned();
        seen.extend(bytes.recv_timeout(PATIENCE).unwrap_or_else(|_| panic!("it does not ask: {so_far}")));
    }
    keys.write_all(format!("{answer}\n").as_bytes()).unwrap();
    keys.flush().unwrap();
    while let Ok(piece) = bytes.recv_timeout(PATIENCE) {
        seen.extend(piece);
    }
    (program.wait().unwrap().success(), String::from_utf8_lossy(&seen).into_owned())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_command_line_shows_what_it_confirms_and_asks_where_somebody_sits() {
    let world = World::on_real_time(Medium::Embedded, &["PL"]).await;
    let at = |role: &str| world.state("PL").desk_directory(role).display().to_string();
    let (one, other) = (at("custodian"), at("second custodian"));
    let propose = async |precedence: &str| {
        let rule = ["proposal", "release-rule", "--one-person", precedence, "--as", &one];
        object(&rule).await["proposal"].as_str().unwrap().to_owned()
    };
    let rule = || world.node("PL").registrar.head().board.roster.one_person.clone();

    let flash = propose("flash").await;
    let (words, by) = (flash.clone(), other.clone());
    let asked = move |answer: &'static str| {
        let (words, by) = (words.clone(), by.clone());
        tokio::task::spawn_blocking(move || typed(&["proposal", "confirm", &words, "--as", &by], answer))
    };
    let (went_well, seen) = asked("no").await.unwrap();
    assert!(!went_well && seen.contains("nothing was confirmed"), "{seen}");
    assert!(seen.contains("change     let one person both draft and release: "), "{seen}");
    assert!(rule().is_empty());
    let (went_well, seen) = asked("yes").await.unwrap();
    assert!(went_well && seen.contains(&format!("confirmed  {flash}")), "{seen}");
    assert_eq!(rule(), [Precedence::Flash]);

    // Where nobody sits it says what it confirmed.
    let immediate = propose("immediate").await;
    let said = printed(&["proposal", "confirm", &immediate, "--as", &other]).await;
    assert!(
        said.starts_with(&format!("confirmed  {immediate}\nby         first custodian of PL\n")),
        "{said}"
    );
    assert!(said.contains("\nchange     let one person both draft and release: "), "{said}");
    assert_eq!(rule(), [Precedence::Immediate]);

    // So it does to a program; and who sits there is asked, whatever it is printed for.
    let two = propose("flash,immediate").await;
    let (words, by) = (two.clone(), other.clone());
    let as_json = move || typed(&["proposal", "confirm", &words, "--json", "--as", &by], "no");
    let (went_well, seen) = tokio::task::spawn_blocking(as_json).await.unwrap();
    assert!(!went_well && seen.contains("nothing was confirmed"), "{seen}");
    assert_eq!(rule(), [Precedence::Immediate]);
    let listed = object(&["proposal", "list", "--as", &other]).await;
    let told = object(&["proposal", "confirm", &two, "--as", &other]).await;
    for field in ["proposal", "change", "by", "digest"] {
        assert!(told[field].is_string() && told[field] == listed[field], "{field}: {told} {listed}");
    }
    assert_eq!(rule().len(), 2);

    // By the digest that was listed, and by no other.
    let none = propose("none").await;
    let listed = printed(&["proposal", "list", "--json", "--as", &other]).await;
    let listed: serde_json::Value = serde_json::from_str(listed.trim()).unwrap();
    let (digest, wrong) = (listed["digest"].as_str().unwrap(), "ab".repeat(32));
    let by_digest = |digest| ["proposal", "confirm", &none, "--digest", digest, "--as", &other];
    let why = refused(&by_digest(&wrong)).await;
    assert!(why.contains("another change is, than was shown"), "{why}");
    printed(&by_digest(digest)).await;
    assert!(rule().is_empty());
    let why = refused(&["proposal", "confirm", &none, "--as", &other]).await;
    assert!(why.contains("no proposal with this id is open"), "{why}");
}
