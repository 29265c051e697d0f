//! A console's stream that is cut and begun again after the last position seen, as any client may do it.

use detente::codec::proto::detente::v1 as calls;
use detente::codec::proto::detente::v1::join_response::What;
use tonic::Code;

use crate::hotline_nodes::{Console, accept, line_of, officer, officers, open, say};
use crate::officer::{arrived, size};

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
