//! What a bundle proves of a session rests on what is signed in it, and not on the order in which it was put together.

use detente::cli::form::{self, Syntax};
use detente::codec::proto::detente::v1 as calls;
use detente::domain::content::Kind;
use detente::replay::verify::Weight;

use crate::by_hand::{proven, proven_after, sentences};
use crate::hotline_nodes::{accept, close, officers, open, say};
use crate::officer::arrived;

#[tokio::test(flavor = "multi_thread")]
async fn the_last_close_of_a_bundles_maker_follows_from_its_places_and_not_from_the_order_in_there() {
    let world = officers(&["BY", "PL"]).await;
    let thread = open(&world, "BY", &["PL"]).await.thread;
    let accepted = accept(&world, "PL", &thread).await;
    arrived(&world, "BY", &accepted.message_digest).await;
    let closed = close(&world, "PL", &thread).await;
    arrived(&world, "BY", &closed.message_digest).await;
    let said = say(&world, "BY", &thread, "One word more").await;
    arrived(&world, "PL", &said.message_digest).await;
    for (at, to) in [("PL", "BY"), ("BY", "PL")] {
        let closed = close(&world, at, &thread).await;
        arrived(&world, to, &closed.message_digest).await;
    }
    let found = proven_after(&world, "PL", &thread, |bundle| bundle.messages.reverse()).await;
    let proven = sentences(&found, Weight::Proven);
    assert!(proven.contains("BY and PL signed the same transcript"), "{proven}");
    let unproven = sentences(&found, Weight::NotProven);
    assert!(!unproven.contains("hold the same to have been said"), "{unproven}");
    assert!(!unproven.contains("that the session begins with it"), "{unproven}");
}

#[tokio::test(flavor = "multi_thread")]
async fn of_several_openings_a_bundle_does_not_prove_with_which_the_session_begins() {
    let world = officers(&["BY", "PL"]).await;
    let thread = open(&world, "BY", &["PL"]).await.thread;
    let opening = form::read(Kind::SessionOpening, Syntax::Toml, "languages = [\"en\"]\n").unwrap();
    let heading = calls::Heading { thread: thread.clone(), ..crate::officer::heading(1) };
    let another = crate::officer::send(&world, "BY", 9, heading, &opening).await;
    arrived(&world, "PL", &another.message_digest).await;
    for maker in ["BY", "PL"] {
        let unproven = sentences(&proven(&world, maker, &thread).await, Weight::NotProven);
        let sentence = "that the session begins with it: 1 other opening(s) are in here";
        assert_eq!(unproven.matches(sentence).count(), 1, "{unproven}");
    }
}
