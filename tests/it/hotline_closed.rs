//! The end of a session between real nodes: signed over the same transcript by both, disputed, and opened again.

use bytes::Bytes;
use detente::cli::form::{self, Syntax};
use detente::codec::proto::detente::v1 as calls;
use detente::domain::content::{Content, Kind};

use crate::hotline_nodes::{accept, close, officer, officers, open, page, say, say_call, show};
use crate::officer::{arrived, hotlines, violations};
use crate::world::World;

/// A session that PL has closed, and a close in which BY is to sign the digest of something else.
pub async fn forged_close() -> (World, Bytes, calls::Heading, Content) {
    let world = officers(&["BY", "PL"]).await;
    let thread = open(&world, "BY", &["PL"]).await.thread;
    let accepted = accept(&world, "PL", &thread).await;
    arrived(&world, "BY", &accepted.message_digest).await;
    let closed = close(&world, "PL", &thread).await;
    arrived(&world, "BY", &closed.message_digest).await;
    let toml = format!("[[agreed]]\nparty = \"PL\"\ntranscript = \"{}\"\nmessages = 2\n", "55".repeat(32));
    let content = form::read(Kind::SessionClose, Syntax::Toml, &toml).unwrap();
    let heading = calls::Heading { thread: thread.clone(), ..crate::officer::heading(1) };
    (world, thread, heading, content)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_close_over_another_transcript_is_shown_as_disputed_and_the_session_stays_open() {
    let (world, thread, heading, content) = forged_close().await;
    let forged = crate::officer::send(&world, "BY", 9, heading, &content).await;
    arrived(&world, "PL", &forged.message_digest).await;
    for at in ["BY", "PL"] {
        let session = show(&world, at, &thread).await;
        assert_eq!(session.session.unwrap().state, "disputed");
        let told = session.closed[0].differences.join("\n");
        assert!(told.contains(&"55".repeat(32)) && told.contains("only PL counts the acceptance "), "{told}");
    }
    assert!(say(&world, "BY", &thread, "we go on").await.released);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_both_closed_is_opened_again_only_by_who_says_that_it_is_meant() {
    let world = officers(&["BY", "PL"]).await;
    let thread = open(&world, "BY", &["PL"]).await.thread;
    let accepted = accept(&world, "PL", &thread).await;
    arrived(&world, "BY", &accepted.message_digest).await;
    let closed = close(&world, "BY", &thread).await;
    arrived(&world, "PL", &closed.message_digest).await;
    let closed = close(&world, "PL", &thread).await;
    arrived(&world, "BY", &closed.message_digest).await;
    let signed = show(&world, "BY", &thread).await.closed[0].agreed.clone();
    let desk = officer(&world, "BY");
    let call = say_call(&desk, &thread, "One word more").await;
    let refused = hotlines(&desk).say(call).await.unwrap_err();
    let [(field, rule)] = &violations(&refused)[..] else { panic!("{refused:?}") };
    assert_eq!(field, "reopen");
    assert!(rule.contains("all have closed this session and signed the same transcript"), "{rule}");
    let session = show(&world, "BY", &thread).await;
    assert_eq!((session.session.unwrap().state.as_str(), &session.closed[0].agreed), ("closed", &signed));
    // What both signed is proven to whoever never was there, with the order of what was said.
    for maker in ["BY", "PL"] {
        let found = crate::by_hand::proven(&world, maker, &thread).await;
        let says = |words: &str| {
            let is_it = |one: &&detente::replay::verify::Finding| one.sentence.contains(words);
            found.findings.iter().find(is_it).map(|one| one.weight)
        };
        use detente::replay::verify::Weight;
        assert!(found.holds());
        let same =
            format!("BY and PL signed the same transcript {}, and the 2 messages", hex::encode(&signed));
        assert_eq!(says(&same), Some(Weight::Proven), "{:#?}", found.findings);
        assert_eq!(says("it stands 2 of 2 in the session's order"), Some(Weight::Proven));
        assert_eq!(says("PL regards the session as over, and signed the transcript"), Some(Weight::Proven));
    }
    let call = calls::SayRequest { reopen: true, ..say_call(&desk, &thread, "One word more").await };
    let said = hotlines(&desk).say(call).await.unwrap().into_inner().spoken.unwrap();
    arrived(&world, "PL", &said.message_digest).await;
    assert_eq!(show(&world, "PL", &thread).await.session.unwrap().state, "closing");
    let found = crate::by_hand::proven(&world, "PL", &thread).await;
    let unseen = "that BY and PL hold the same to have been said: 1 message(s) that the close of one of them";
    assert!(found.findings.iter().any(|one| one.sentence.starts_with(unseen)), "{:#?}", found.findings);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_opening_after_both_closed_makes_nobodys_signature_look_forged_and_both_close_again() {
    let world = officers(&["BY", "PL"]).await;
    let thread = open(&world, "BY", &["PL"]).await.thread;
    let accepted = accept(&world, "PL", &thread).await;
    arrived(&world, "BY", &accepted.message_digest).await;
    let close_both = async || {
        let closed = close(&world, "BY", &thread).await;
        arrived(&world, "PL", &closed.message_digest).await;
        let closed = close(&world, "PL", &thread).await;
        arrived(&world, "BY", &closed.message_digest).await;
    };
    close_both().await;
    assert_eq!(show(&world, "PL", &thread).await.session.unwrap().state, "closed");

    let content = form::read(Kind::SessionOpening, Syntax::Toml, "languages = [\"en\"]\n").unwrap();
    let heading = calls::Heading { thread: thread.clone(), ..crate::officer::heading(1) };
    let late = crate::officer::send(&world, "BY", 9, heading, &content).await;
    arrived(&world, "PL", &late.message_digest).await;
    for at in ["BY", "PL"] {
        let shown = show(&world, at, &thread).await;
        let with = &shown.closed[0];
        assert_eq!(shown.session.unwrap().state, "closing", "{at}");
        assert_eq!((with.since, with.agreed.len(), with.differences.len()), (1, 0, 0), "{at}: {with:?}");
        let printed = page(&world, at, &thread).await;
        assert!(printed.contains("1 message(s) that the close of one of you does not cover"), "{printed}");
        assert!(!printed.contains("Disputed"), "{printed}");
        let found = crate::by_hand::proven(&world, at, &thread).await;
        assert!(found.holds());
        let says = |words: &str| found.findings.iter().any(|one| one.sentence.contains(words));
        assert!(says("1 message(s) that the close of one of them does not cover"), "{:#?}", found.findings);
        assert!(!says("and the messages that it names give"), "{:#?}", found.findings);
    }
    close_both().await;
    for at in ["BY", "PL"] {
        let shown = show(&world, at, &thread).await;
        assert_eq!(shown.session.unwrap().state, "closed", "{at}: {:?}", shown.closed);
    }
}
