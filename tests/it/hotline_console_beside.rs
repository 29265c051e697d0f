//! What is said of a session beside its lines, at a real pseudo-terminal: a translation and a close wait for an officer,
//! and are acknowledged by the keys of `hotline join` until nothing of the session waits.

use detente::codec::proto::detente::v1 as calls;
use tokio::task::block_in_place;

use crate::hotline_console::{CONTROL_C, asked, console};
use crate::hotline_console_held::opened;
use crate::hotline_nodes::{close, command, officer, opening, show};
use crate::officer::{arrived, hotlines, watches};

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_translation_and_a_close_wait_at_the_console_as_at_the_watch_until_they_are_acknowledged_there() {
    let (world, thread, said) = asked().await;
    let desk = officer(&world, "PL");
    let translation = calls::TranslateTextRequest {
        command: command(&desk),
        text: said.message_digest,
        language: "ru".into(),
        translation: "Вы его видите?".into(),
        opening: opening(&desk, &thread).await,
        ..Default::default()
    };
    let translated = hotlines(&desk).translate_text(translation).await.unwrap().into_inner().spoken.unwrap();
    arrived(&world, "BY", &translated.message_digest).await;
    let closed = close(&world, "PL", &thread).await;
    arrived(&world, "BY", &closed.message_digest).await;
    let desk = officer(&world, "BY");
    let waiting = async || {
        let now = watches(&desk).now(calls::NowRequest::default()).await.unwrap().into_inner();
        now.items.iter().map(|item| item.session_waiting).sum::<u64>()
    };
    let listed = async || {
        let listed = hotlines(&desk).list_sessions(calls::ListSessionsRequest::default()).await.unwrap();
        let session = listed.into_inner().sessions.remove(0);
        (session.unread, session.to_acknowledge, session.beside.len())
    };
    // The acceptance too.
    assert_eq!((waiting().await, listed().await), (3, (0, 3, 2)));
    block_in_place(|| {
        let mut by = console(&world, "BY");
        by.until_it_says(">REAL  FLASH     closing");
        by.until_it_says("linked to the node");
        by.until_it_rang(1);
        by.until("a FLASH waits", |rows| rows[2].starts_with("FLASH in 1 session(s), UNREAD 0: press n"));
        by.press("n");
        by.until_it_says(&format!("the translation {} is NOT ACKNOWLEDGED: r", translated.number));
        by.until_it_says(">REAL    3 FLASH  BY");
        by.press("r");
        by.until_it_says("your reading is on record");
        by.press("n");
        by.until_it_says(">REAL    - FLASH  PL");
        by.until_it_says("closes the session; NOT ACKNOWLEDGED: r");
        by.press("r");
        by.until_it_says("your reading is on record");
        by.until("no FLASH waits", |rows| rows[2].starts_with("TO ACKNOWLEDGE 1: press n"));
        by.press("n");
        by.until_it_says(">REAL    2 FLASH  PL");
        by.press("r");
        by.until_it_says("your reading is on record");
        by.until("nothing waits", |rows| rows[2].starts_with("linked to the node"));
        by.press("n");
        by.until_it_says("nothing is unread");
        assert_eq!(by.bells, 1);
        by.press(CONTROL_C);
        by.ended();
    });
    assert_eq!((waiting().await, listed().await), (0, (0, 0, 0)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn one_key_acknowledges_the_opening_that_is_selected_while_a_text_of_the_session_is_unread() {
    const HOME: &str = "\u{1b}[H";
    let (world, thread, _) = asked().await;
    block_in_place(|| {
        let mut pl = opened(console(&world, "PL"));
        pl.until_it_says(">REAL    3 FLASH  BY");
        pl.press(HOME);
        pl.until_it_says(">REAL    1 FLASH  BY");
        pl.until_it_says("NOT ACKNOWLEDGED: r");
        pl.press("r");
        pl.until_it_says("your reading is on record");
        pl.until("it is acknowledged", |rows| {
            let says = |words: &str| rows.iter().any(|row| row.contains(words));
            says(">REAL    1 FLASH  BY") && !says("NOT ACKNOWLEDGED") && rows[2].contains("UNREAD 1")
        });
        // Nothing waits there any more, and that is said.
        pl.press("r");
        pl.until_it_says("nothing waits at that one: this is the next, r");
        pl.until_it_says(">REAL    3 FLASH  BY");
        pl.press("r");
        pl.until("nothing is unread", |rows| !rows[2].contains("UNREAD"));
        pl.press(CONTROL_C);
        pl.ended();
    });
    let lines = show(&world, "PL", &thread).await.lines;
    assert!(lines[0].read_by_caller && lines[2].read_by_caller);
}
