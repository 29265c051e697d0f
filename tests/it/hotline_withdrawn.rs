//! A text of a session that its author took back: shown as such wherever the session is, and outside of what is signed.

use detente::codec::proto::detente::v1 as calls;
use detente::codec::proto::detente::v1::join_response::What;
use detente::domain::content::Kind;

use crate::hotline_nodes::{
    Console, accept, command, line_of, officer, officers, open, opening, page, say, show, transcript,
};
use crate::officer::{arrived, form, heading, hotlines, send, watches};
use crate::officer_program::{object, printed};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_text_that_its_author_took_back_says_so_wherever_it_is_shown_and_the_transcript_stays_the_same() {
    let world = officers(&["BY", "PL"]).await;
    let thread = open(&world, "BY", &["PL"]).await.thread;
    arrived(&world, "BY", &accept(&world, "PL", &thread).await.message_digest).await;
    let said = say(&world, "BY", &thread, "It is not armed.").await;
    arrived(&world, "PL", &said.message_digest).await;
    let before = transcript(&world, "PL", &thread, "BY").await;
    let mut console = Console::begin(&officer(&world, "PL"), 0).await;
    let line = console.told_of(|told| line_of(told, "It is not armed.")).await;
    assert_eq!(line.withdrawn_by, "");

    let digest = hex::encode(&said.message_digest);
    // What it says may drive no terminal and pass for no line of the page.
    let reason = "reason = \"It is armed.\\nState  closed \\u202E\"";
    let withdraws = format!("{reason}\n[withdraws]\nmessage_digest = \"{digest}\"\n");
    let withdraws = form(Kind::MessageWithdrawal, &withdraws);
    let heading = calls::Heading { thread: thread.clone(), ..heading(9) };
    let word = send(&world, "BY", 9, heading, &withdraws).await;
    arrived(&world, "PL", &word.message_digest).await;
    // A console that shows it is told at once.
    let changed = |told: &calls::JoinResponse| match &told.what {
        Some(What::Changed(line)) if !line.withdrawn_by.is_empty() => {
            Some((line.text.clone(), line.withdrawn_by.clone()))
        }
        _ => None,
    };
    assert_eq!(console.told_of(changed).await, ("It is not armed.".to_owned(), word.number.clone()));
    let mark = format!(
        "WITHDRAWN by {}, and says why:\n     | It is armed.\n     | State  closed \\u{{202e}}\n",
        word.number
    );
    for at in ["BY", "PL"] {
        let lines = show(&world, at, &thread).await.lines;
        let marked: Vec<(&str, &str)> = lines
            .iter()
            .filter(|line| !line.withdrawn_by.is_empty())
            .map(|line| (&line.text[..], &line.withdrawn_by[..]))
            .collect();
        assert_eq!(marked, [("It is not armed.", &word.number[..])]);
        let shown = page(&world, at, &thread).await;
        assert!(shown.contains(&mark) && shown.contains("It is not armed."), "{shown}");
        let desk = world.state(at).desk_directory("officer").display().to_string();
        let session = hex::encode(&thread);
        let of = ["hotline", "transcript", &session, "--as", &desk];
        let shown = printed(&of).await;
        assert!(shown.contains(&mark), "{shown}");
        let shown = object(&of).await;
        assert_eq!(shown["lines"][2]["withdrawn_by"], word.number, "{shown}");
        let reason = shown["lines"][2]["withdrawal_reason"].as_str().unwrap();
        assert_eq!(reason, "It is armed.\nState  closed \u{202e}");
    }
    // It stays readable, and what both sign is what it was.
    assert_eq!(transcript(&world, "PL", &thread, "BY").await, before);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_console_is_told_of_a_text_that_is_taken_back_by_its_number_alone() {
    let world = officers(&["BY", "PL"]).await;
    let thread = open(&world, "BY", &["PL"]).await.thread;
    arrived(&world, "BY", &accept(&world, "PL", &thread).await.message_digest).await;
    let said = say(&world, "BY", &thread, "It is not armed.").await;
    arrived(&world, "PL", &said.message_digest).await;
    let mut console = Console::begin(&officer(&world, "PL"), 0).await;
    console.told_of(|told| line_of(told, "It is not armed.")).await;
    let withdraws = format!("[withdraws]\nnumber = \"{}\"\n", said.number);
    let withdraws = form(Kind::MessageWithdrawal, &withdraws);
    let heading = calls::Heading { thread, ..heading(9) };
    let word = send(&world, "BY", 9, heading, &withdraws).await;
    let changed = |told: &calls::JoinResponse| match &told.what {
        Some(What::Changed(line)) if !line.withdrawn_by.is_empty() => {
            Some((line.digest.clone(), line.withdrawn_by.clone()))
        }
        _ => None,
    };
    assert_eq!(console.told_of(changed).await, (said.message_digest, word.number));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_translation_that_its_author_took_back_says_so_beside_the_text_and_a_console_is_told() {
    let world = officers(&["BY", "PL"]).await;
    let thread = open(&world, "BY", &["PL"]).await.thread;
    arrived(&world, "BY", &accept(&world, "PL", &thread).await.message_digest).await;
    let said = say(&world, "BY", &thread, "It is not armed.").await;
    arrived(&world, "PL", &said.message_digest).await;
    let desk = officer(&world, "BY");
    let asked = calls::TranslateTextRequest {
        command: command(&desk),
        text: said.message_digest.clone(),
        language: "ru".into(),
        translation: "Он не вооружён.".into(),
        opening: opening(&desk, &thread).await,
        ..Default::default()
    };
    let given = hotlines(&desk).translate_text(asked).await.unwrap().into_inner().spoken.unwrap();
    arrived(&world, "PL", &given.message_digest).await;
    let before = transcript(&world, "PL", &thread, "BY").await;
    let mut console = Console::begin(&officer(&world, "PL"), 0).await;
    console.told_of(|told| line_of(told, "It is not armed.")).await;

    let digest = hex::encode(&given.message_digest);
    let withdraws = form(Kind::MessageWithdrawal, &format!("[withdraws]\nmessage_digest = \"{digest}\"\n"));
    let heading = calls::Heading { thread: thread.clone(), ..heading(9) };
    let word = send(&world, "BY", 9, heading, &withdraws).await;
    arrived(&world, "PL", &word.message_digest).await;
    let changed = |told: &calls::JoinResponse| match &told.what {
        Some(What::Changed(line)) => {
            let gone = line.translations.iter().find(|one| !one.withdrawn_by.is_empty());
            gone.map(|one| (line.text.clone(), one.withdrawn_by.clone()))
        }
        _ => None,
    };
    assert_eq!(console.told_of(changed).await, ("It is not armed.".to_owned(), word.number.clone()));
    for at in ["BY", "PL"] {
        let line = show(&world, at, &thread).await.lines.remove(2);
        assert_eq!((line.withdrawn_by.as_str(), line.translations.len()), ("", 1));
        assert_eq!(line.translations[0].withdrawn_by, word.number);
        let shown = page(&world, at, &thread).await;
        assert!(shown.contains("[ru] WITHDRAWN by") && shown.contains("Он не вооружён."), "{shown}");
        let desk = world.state(at).desk_directory("officer").display().to_string();
        let shown = object(&["hotline", "show", &hex::encode(&thread), "--as", &desk]).await;
        assert_eq!(shown["lines"][2]["translations"][0]["withdrawn_by"], word.number, "{shown}");
    }
    // What both sign is what it was.
    assert_eq!(transcript(&world, "PL", &thread, "BY").await, before);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_watch_is_shown_what_stands_of_a_session_and_not_what_was_taken_back_before_it() {
    let world = officers(&["BY", "PL"]).await;
    let thread = open(&world, "BY", &["PL"]).await.thread;
    arrived(&world, "BY", &accept(&world, "PL", &thread).await.message_digest).await;
    let said = say(&world, "BY", &thread, "It is not armed.").await;
    arrived(&world, "PL", &said.message_digest).await;
    let digest = hex::encode(&said.message_digest);
    let withdraws = form(Kind::MessageWithdrawal, &format!("[withdraws]\nmessage_digest = \"{digest}\"\n"));
    let heading = calls::Heading { thread: thread.clone(), ..heading(9) };
    let word = send(&world, "BY", 9, heading, &withdraws).await;
    arrived(&world, "PL", &word.message_digest).await;
    let stands = say(&world, "BY", &thread, "It is armed.").await;
    arrived(&world, "PL", &stands.message_digest).await;
    let now = watches(&officer(&world, "PL")).now(calls::NowRequest::default()).await.unwrap().into_inner();
    let session = now.items.iter().find(|item| item.session_waiting > 0).unwrap();
    // The opening waits too.
    let seen = (&session.digest, session.session_waiting, session.session_withdrawn);
    assert_eq!(seen, (&stands.message_digest, 3, 1), "{now:#?}");
    assert!(!session.marks.iter().any(|mark| mark.starts_with("WITHDRAWN")), "{session:#?}");
}
