//! What was heard by telephone, as a console is told of it: beside its signed original where that is here, and else as
//! a number above the session.

use detente::codec::proto::detente::v1 as calls;
use detente::codec::proto::detente::v1::join_response::What;
use detente::domain::digest::Digest;
use detente::domain::hotline::check_words;

use crate::hotline_nodes::{Console, accept, command, line_of, officer, officers, open, opening, say};
use crate::officer::{arrived, hotlines};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_console_is_told_of_a_text_that_was_heard_by_telephone_and_whether_its_original_says_the_same() {
    let world = officers(&["BY", "PL"]).await;
    let thread = open(&world, "BY", &["PL"]).await.thread;
    arrived(&world, "BY", &accept(&world, "PL", &thread).await.message_digest).await;
    let said = say(&world, "BY", &thread, "Two persons are on board.").await;
    arrived(&world, "PL", &said.message_digest).await;
    let desk = officer(&world, "PL");
    let mut console = Console::begin(&desk, 0).await;
    let line = console.told_of(|told| line_of(told, "Two persons are on board.")).await;
    assert!(line.heard.is_empty(), "{line:?}");

    let begins = opening(&desk, &thread).await;
    let enter = |text: &str, check_words: String| calls::EnterHeardRequest {
        command: command(&desk),
        thread: thread.clone(),
        opening: begins.clone(),
        from: "BY".into(),
        text: text.into(),
        read_by: "Officer of BY".into(),
        written_by: "Officer of PL".into(),
        at: "2025-09-12T06:00Z".into(),
        check_words,
        ..Default::default()
    };
    let words = check_words(&Digest::from_slice(&said.message_digest).unwrap()).join(" ");
    hotlines(&desk).enter_heard(enter("ten persons are on board", words)).await.unwrap();
    let changed = |told: &calls::JoinResponse| match &told.what {
        Some(What::Changed(line)) if !line.heard.is_empty() => Some(line.clone()),
        _ => None,
    };
    let line = console.told_of(changed).await;
    assert_eq!(line.digest, said.message_digest);
    let differences = &line.heard[0].differences;
    assert_eq!((differences.len(), &*differences[0].heard), (1, "ten"), "{differences:?}");

    // One whose original is not here has no line of its own.
    hotlines(&desk).enter_heard(enter("we are coming back", String::new())).await.unwrap();
    let alone = |told: &calls::JoinResponse| match &told.what {
        Some(What::Session(stands)) if stands.heard_alone > 0 => Some(stands.heard_alone),
        _ => None,
    };
    assert_eq!(console.told_of(alone).await, 1);
}
