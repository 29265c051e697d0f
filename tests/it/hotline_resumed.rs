//! A console's stream that is cut and begun again after the last position seen, as any client may do it.

use bytes::Bytes;
use detente::codec::proto::detente::v1 as calls;
use detente::codec::proto::detente::v1::join_response::What;
use tonic::Code;

use crate::exported::{copy, covered_to_the_end, stop_and_settle};
use crate::hotline_console_put_back::put_back;
use crate::hotline_nodes::{Console, accept, line_of, officer, officers, open, say};
use crate::officer::{arrived, size};
use crate::world::World;

#[tokio::test(flavor = "multi_thread")]
async fn what_is_told_of_one_record_is_told_again_to_whom_was_cut_amid_it() {
    let world = officers(&["BY", "PL"]).await;
    let thread = open(&world, "BY", &["PL"]).await.thread;
    arrived(&world, "BY", &accept(&world, "PL", &thread).await.message_digest).await;
    let pl = officer(&world, "PL");
    let mut console = Console::begin(&pl, size(&world, "PL")).await;
    console.told_of(|told| matches!(told.what, Some(What::Live(_))).then_some(())).await;
    say(&world, "BY", &thread, "Answer at once").await;
    // How the session stands comes first, and the text after that; it is cut between them.
    let first =
        console.told_of(|told| matches!(told.what, Some(What::Session(_))).then(|| told.clone())).await;
    drop(console);

    let mut console = Console::begin(&pl, first.position).await;
    let line = console.told_of(|told| line_of(told, "Answer at once").map(|_| told.position)).await;
    assert!(line > first.position);
    drop(console);

    // Whoever was told all of it is not told the text as a new one.
    let mut console = Console::begin(&pl, line).await;
    let lines = |told: &calls::JoinResponse| match told.what {
        Some(What::Line(_)) => Some("a line"),
        Some(What::Live(_)) => Some("all on record"),
        _ => None,
    };
    assert_eq!(console.told_of(lines).await, "all on record");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_position_that_no_record_here_has_is_refused_and_not_waited_for() {
    let world = officers(&["BY", "PL"]).await;
    let mut console = Console::begin(&officer(&world, "PL"), size(&world, "PL") + 1_000).await;
    let refused = console.told.message().await.unwrap_err();
    assert_eq!(refused.code(), Code::InvalidArgument);
    assert!(refused.message().contains("begin.after"), "{refused:?}");
}

/// From where it is begun next, once all on record at PL was told.
async fn told_to_the_end(world: &World, begin: calls::JoinBegin) -> calls::JoinBegin {
    let mut console = Console::begin_with(&officer(world, "PL"), begin).await;
    let is_live = |told: &calls::JoinResponse| matches!(told.what, Some(What::Live(_))).then(|| told.clone());
    let live = console.told_of(is_live).await;
    calls::JoinBegin { after: live.position, after_digest: live.position_digest }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_position_that_an_older_copy_has_grown_beyond_is_refused_by_the_digest_that_was_told_with_it() {
    let mut world = officers(&["BY", "PL"]).await;
    let thread = open(&world, "BY", &["PL"]).await.thread;
    arrived(&world, "BY", &accept(&world, "PL", &thread).await.message_digest).await;
    // Nobody tells the node meanwhile that it is an older copy.
    world.state_mut("BY").stop().await;
    covered_to_the_end(world.state("PL")).await;
    stop_and_settle(world.state_mut("PL")).await;
    let directory = world.state("PL").directory.clone();
    let kept = tempfile::tempdir().unwrap();
    let older = kept.path().join("older");
    copy(&directory, &older);
    world.state_mut("PL").start().await;
    say(&world, "PL", &thread, "On record in one of both").await;
    let seen = told_to_the_end(&world, calls::JoinBegin::default()).await;
    assert_eq!(seen.after_digest.len(), 32);
    // Where nothing was put back it goes on, told more or not.
    assert!(told_to_the_end(&world, seen.clone()).await.after >= seen.after);
    say(&world, "PL", &thread, "And more of it").await;
    assert!(told_to_the_end(&world, seen.clone()).await.after > seen.after);

    covered_to_the_end(world.state("PL")).await;
    stop_and_settle(world.state_mut("PL")).await;
    put_back(&directory, &older);
    world.state_mut("PL").start().await;
    while size(&world, "PL") <= seen.after {
        say(&world, "PL", &thread, "On record in the other").await;
    }
    let mut console = Console::begin_with(&officer(&world, "PL"), seen.clone()).await;
    let refused = console.told.message().await.unwrap_err();
    assert_eq!(refused.code(), Code::InvalidArgument);
    assert!(refused.message().contains("begin.after_digest"), "{refused:?}");
    // Nor is anything taken for a digest that is none; and who names none is not asked.
    let none = calls::JoinBegin { after_digest: Bytes::from_static(b"none"), ..seen.clone() };
    let mut console = Console::begin_with(&officer(&world, "PL"), none).await;
    assert_eq!(console.told.message().await.unwrap_err().code(), Code::InvalidArgument);
    let unnamed = calls::JoinBegin { after_digest: Bytes::new(), ..seen };
    assert!(told_to_the_end(&world, unnamed).await.after_digest.len() == 32);
}
