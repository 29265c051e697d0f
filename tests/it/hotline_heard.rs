//! What was heard by telephone, as a console is told of it and shows it: beside its signed original where that is here,
//! and else at the end of the session.

use detente::codec::proto::detente::v1 as calls;
use detente::codec::proto::detente::v1::join_response::What;
use detente::domain::digest::Digest;
use detente::domain::hotline::check_words;
use tokio::task::block_in_place;

use crate::hotline_console::{CONTROL_C, accepted, console};
use crate::hotline_console_held::opened;
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

    // One whose original is not here has no line of its own: it is told with how the session stands, word for word.
    hotlines(&desk).enter_heard(enter("we are coming back", String::new())).await.unwrap();
    let alone = |told: &calls::JoinResponse| match &told.what {
        Some(What::Session(stands)) if stands.heard_alone > 0 => Some(stands.clone()),
        _ => None,
    };
    let stands = console.told_of(alone).await;
    assert_eq!((stands.heard_alone, stands.heard.len(), stands.more_heard), (1, 1, 0));
    assert_eq!((&*stands.heard[0].text, &*stands.heard[0].from), ("we are coming back", "BY"));
    // Of many sessions only how many there are is listed.
    let listed = hotlines(&desk).list_sessions(calls::ListSessionsRequest::default()).await.unwrap();
    let listed = listed.into_inner().sessions.remove(0);
    assert_eq!((listed.heard_alone, listed.heard.len()), (1, 0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn what_was_heard_by_telephone_stands_at_the_console_until_its_original_does() {
    let (mut world, thread) = accepted().await;
    let said = say(&world, "BY", &thread, "We are coming back.").await;
    arrived(&world, "PL", &said.message_digest).await;
    world.state_mut("PL").stop().await;
    let away = say(&world, "BY", &thread, "We land at ten.").await;
    world.state_mut("BY").stop().await;
    world.state_mut("PL").start().await;
    let desk = officer(&world, "PL");
    let enter = calls::EnterHeardRequest {
        command: command(&desk),
        thread: thread.clone(),
        opening: opening(&desk, &thread).await,
        from: "BY".into(),
        text: "we land at ten".into(),
        read_by: "Officer of BY".into(),
        written_by: "Officer of PL".into(),
        at: "2025-09-12T06:00Z".into(),
        check_words: check_words(&Digest::from_slice(&away.message_digest).unwrap()).join(" "),
        ..Default::default()
    };
    hotlines(&desk).enter_heard(enter).await.unwrap();
    let mut pl = block_in_place(|| {
        let mut pl = opened(console(&world, "PL"));
        pl.at_the_end_it_says("HEARD BY TELEPHONE, no original yet: said to be of BY;");
        pl.until_it_says("| we land at ten");
        pl
    });
    world.state_mut("BY").start().await;
    arrived(&world, "PL", &away.message_digest).await;
    block_in_place(|| {
        pl.until_it_says("[en] We land at ten.");
        pl.until_it_says("as heard: same; read out by Officer of BY");
        pl.until("it is no more alone", |rows| !rows.iter().any(|row| row.contains("HEARD BY TELEPHONE")));
        pl.press(CONTROL_C);
        pl.ended();
    });
}
