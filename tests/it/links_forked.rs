//! History that was lost or written twice: caught at the start by the checkpoint, or at the next exchange
//! by what the peer holds.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use bytes::Bytes;
use detente::cli::node::{Node, StartFault, Stop};
use detente::codec::proto::detente::v1::propose_request::Change;
use detente::domain::digest::{Digest, ThreadId};
use detente::domain::event::Event;
use detente::domain::keys::Purpose;
use detente::domain::people::Role;
use detente::domain::precedence::Precedence;
use detente::registrar::CheckpointFile;
use detente::replay::Broken;

use crate::hostile::count;
use crate::links_lists::next_list;
use crate::talk::{both_settled, fresh, outgoing, release, until};
use crate::world::{State, World};

const LIMIT: Duration = Duration::from_secs(120);

async fn say(world: &World, from: &str, to: &str, subject: &str) -> Digest {
    let to = world.state(to).party;
    let message = outgoing(ThreadId(fresh()), &[to], Precedence::Routine, subject);
    release(&world.node(from).registrar, message).await
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

/// As an operator with a backup would.
fn copy(from: &Path, to: &Path) {
    let _ = std::fs::remove_dir_all(to);
    assert!(Command::new("cp").arg("-a").arg(from).arg(to).status().unwrap().success());
}

pub async fn stopped(node: &Node) -> Broken {
    match tokio::time::timeout(LIMIT, node.ended()).await.expect("it stops by itself") {
        Stop::Broken(broken) => broken,
        Stop::Asked => panic!("nobody asked it to stop"),
    }
}

async fn blamed(world: &World, code: &str) -> (usize, usize) {
    let node = world.node(code);
    (
        count(node, |event| matches!(event, Event::HeadRejected { .. })).await,
        count(node, |event| matches!(event, Event::Equivocated { .. })).await,
    )
}

/// BY with one message at PL, a copy of its directory as of then, and two messages more. BY is stopped.
async fn with_yesterdays_copy() -> (World, PathBuf, tempfile::TempDir) {
    let mut world = World::new(&["BY", "PL"]).await;
    say(&world, "BY", "PL", "before the copy").await;
    both_settled(&world, "BY", "PL").await;
    stop_with_checkpoint(world.state_mut("BY")).await;
    let folder = tempfile::tempdir().unwrap();
    let yesterday = folder.path().join("yesterday");
    copy(&world.state("BY").directory, &yesterday);
    world.state_mut("BY").start().await;
    for subject in ["after the copy", "and one more"] {
        say(&world, "BY", "PL", subject).await;
    }
    both_settled(&world, "BY", "PL").await;
    stop_with_checkpoint(world.state_mut("BY")).await;
    (world, yesterday, folder)
}

#[tokio::test]
async fn yesterdays_journal_beside_todays_checkpoint_is_refused_at_start() {
    let (world, yesterday, _folder) = with_yesterdays_copy().await;
    let state = world.state("BY");
    copy(&yesterday.join("journal"), &state.directory.join("journal"));
    let fault = Node::start(&state.directory, world.clock.clone(), None).await.err().expect("refused");
    assert!(fault.to_string().contains("This may be an older copy"), "{fault}");
}

#[tokio::test]
async fn yesterdays_copy_with_its_checkpoint_stops_at_the_next_exchange_and_has_said_nothing() {
    let (mut world, yesterday, _folder) = with_yesterdays_copy().await;
    let directory = world.state("BY").directory.clone();
    copy(&yesterday, &directory);
    let before = world.node("PL").registrar.head().chain.size;
    world.state_mut("BY").start().await;
    // An officer is quick: it is on record here, and must not leave the node.
    let registrar = world.node("BY").registrar.clone();
    let drafter = crate::talk::member(&registrar, Role::Drafter);
    let mut message =
        outgoing(ThreadId(fresh()), &[world.state("PL").party], Precedence::Flash, "from the older copy");
    message.drafter = drafter.clone();
    let bytes = detente::codec::message::encode_draft(&message);
    let draft = detente::domain::command::Command::Draft {
        draft: detente::domain::digest::DraftId(fresh()),
        outgoing: message,
        bytes,
    };
    // It may be too late for that already.
    let _ = registrar.give(draft, crate::talk::stamp(&registrar, drafter)).await;
    drop(registrar);

    let broken = stopped(world.node("BY")).await;
    let pl = world.state("PL").party;
    assert_eq!(broken, Broken::HeldByPeer { party: pl, size: 3 });
    assert!(broken.to_string().contains("PL holds a head of our ledger with it, over 3 leaves"), "{broken}");
    assert_eq!(world.node("PL").registrar.head().chain.size, before, "PL has heard nothing that it records");
    world.state_mut("BY").stop().await;
    let fault = Node::start(&directory, world.clock.clone(), None).await.err().expect("refused");
    assert!(
        matches!(&fault, StartFault::MarkedBroken { why, .. } if why.contains("over 3 leaves")),
        "{fault}"
    );
}

#[tokio::test]
async fn an_older_copy_without_any_checkpoint_is_caught_by_the_peer() {
    let (mut world, yesterday, _folder) = with_yesterdays_copy().await;
    let directory = world.state("BY").directory.clone();
    copy(&yesterday, &directory);
    std::fs::remove_file(directory.join("checkpoint")).unwrap();
    // With a message that the copy releases before it can reach the peer.
    world.state_mut("PL").stop().await;
    world.state_mut("BY").start().await;
    say(&world, "BY", "PL", "the second message once more, with other words").await;
    world.state_mut("PL").start().await;
    assert!(matches!(stopped(world.node("BY")).await, Broken::HeldByPeer { size: 3, .. }));
    let by = world.state("BY").party;
    let taken = world.node("PL").registrar.head().board.link(by).unwrap().lane(Precedence::Routine).taken;
    assert_eq!(taken, 3, "nothing of it was taken");
}

/// BY's ledger key replaced, and both ends know; the list, and the directory with its keys. BY is stopped.
async fn with_another_ledger_key(world: &mut World) -> (Bytes, PathBuf) {
    world.state_mut("BY").start().await;
    let list = next_list(world, "BY", &[Purpose::Ledger]).await;
    world.node("BY").reload().await.unwrap();
    world.state("BY").change(Change::OwnKeyList(list.clone()), Bytes::new()).await;
    let by = world.state("BY").party;
    until(world.node("PL"), "the list is here", |board| board.roster.parties[&by].key_lists.len() == 2).await;
    both_settled(world, "BY", "PL").await;
    stop_with_checkpoint(world.state_mut("BY")).await;
    (list, world.state("BY").directory.join("keys/list-2"))
}

#[tokio::test]
async fn an_older_copy_of_before_a_key_was_replaced_is_caught_by_what_that_key_signed() {
    let (mut world, yesterday, _folder) = with_yesterdays_copy().await;
    with_another_ledger_key(&mut world).await;
    copy(&yesterday, &world.state("BY").directory);
    world.state_mut("BY").start().await;
    assert!(matches!(stopped(world.node("BY")).await, Broken::HeldByPeer { size: 3, .. }));
}

#[tokio::test]
async fn a_key_list_put_in_force_a_second_time_over_an_older_copy_opens_no_link() {
    let (mut world, yesterday, folder) = with_yesterdays_copy().await;
    let (list, keys) = with_another_ledger_key(&mut world).await;
    let kept = folder.path().join("list-2");
    copy(&keys, &kept);
    let before = world.node("PL").registrar.head().board.messages.iter().count();
    world.state_mut("PL").stop().await;
    copy(&yesterday, &world.state("BY").directory);
    copy(&kept, &keys);
    world.state_mut("BY").start().await;
    world.state("BY").change(Change::OwnKeyList(list), Bytes::new()).await;
    say(&world, "BY", "PL", "the second message once more, with other words").await;
    world.state_mut("PL").start().await;
    let link = world.node("BY").exchange.links.of(world.state("PL").party);
    let held = async {
        while !link.is_held() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(LIMIT, held).await.expect("the link is held");
    assert!(!link.is_compared());
    assert_eq!(world.node("PL").registrar.head().board.messages.iter().count(), before, "nothing was given");
}

#[tokio::test]
async fn two_histories_under_one_partys_keys_are_caught_within_one_exchange() {
    let mut world = World::new(&["BY", "OSCE", "PL"]).await;
    let by = world.state("BY").party;
    say(&world, "BY", "PL", "what both histories hold").await;
    both_settled(&world, "BY", "PL").await;
    stop_with_checkpoint(world.state_mut("BY")).await;
    let folder = tempfile::tempdir().unwrap();
    let fork = folder.path().join("fork");
    copy(&world.state("BY").directory, &fork);
    world.state_mut("BY").start().await;
    say(&world, "BY", "PL", "one history").await;
    both_settled(&world, "BY", "PL").await;

    // The other history is made while nobody can hear it.
    world.state_mut("PL").stop().await;
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let second = Node::start(&fork, world.clock.clone(), Some(listener)).await.unwrap();
    let to = world.state("PL").party;
    let words = outgoing(ThreadId(fresh()), &[to], Precedence::Routine, "another history");
    let never = release(&second.registrar, words).await;
    world.state_mut("PL").start().await;

    assert_eq!(stopped(&second).await, Broken::HeldByPeer { party: to, size: 2 });
    until(world.node("PL"), "the second head is on record", |board| {
        board.link(by).unwrap().theirs.rejected.is_some()
    })
    .await;
    assert_eq!(blamed(&world, "PL").await, (1, 0));
    assert!(!world.node("PL").registrar.head().board.messages.contains_key(&never));
    second.shutdown().await;
    // The first history goes on, and so does the peer with others.
    say(&world, "BY", "PL", "one history goes on").await;
    say(&world, "OSCE", "PL", "others go on").await;
    both_settled(&world, "BY", "PL").await;
    both_settled(&world, "OSCE", "PL").await;
    assert_eq!(blamed(&world, "PL").await, (1, 0));
}
