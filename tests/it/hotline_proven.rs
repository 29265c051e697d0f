//! What a bundle proves of a session rests on what is signed in it, and not on the order in which it was put together.

use bytes::Bytes;
use detente::cli::form::{self, Syntax};
use detente::cli::keys;
use detente::codec::bundle::{Bundle, BundleMessage};
use detente::codec::proto::detente::v1 as calls;
use detente::codec::{form as form_codec, key_list, message, signed};
use detente::domain::content::{Content, Kind};
use detente::domain::forwarded::{Enclosed, Forwarded};
use detente::domain::keys::{KeyList, Purpose};
use detente::domain::message::Message;
use detente::evidence::keys::SigningKey;
use detente::evidence::signed::{PayloadType, Signed};
use detente::registrar::own_key;
use detente::replay::verify::Weight;

use crate::by_hand::{proven, proven_after, sentences};
use crate::hotline_nodes::{accept, close, officers, open, say};
use crate::officer::arrived;
use crate::world::World;

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

/// As whoever has a Party's message key of its first list signs it.
fn signed_by(world: &World, code: &str, said: &Message) -> Bytes {
    let node = world.node(code);
    let key = own_key(&node.registrar.head().board, &node.ring, 1, Purpose::Message).unwrap();
    signed::encode(&Signed::sign(PayloadType::Message, message::encode(said), &[key]))
}

/// Its next list, of tomorrow, with another message key.
fn replaced_tomorrow(world: &World, code: &str) -> Bytes {
    let state = world.state(code);
    let board = world.node(code).registrar.head().board.clone();
    let newest = board.roster.parties[&state.party].newest().unwrap().clone();
    let mut list = KeyList {
        number: newest.list.number + 1,
        previous: newest.digest,
        made_at: world.clock.now().plus_ms(86_400_000),
        ..newest.list
    };
    let fresh = SigningKey::from_seed(&[201; 32]);
    for key in list.keys.iter_mut().filter(|key| key.purpose == Purpose::Message) {
        key.public_key = *fresh.public_key().as_bytes();
    }
    let key = keys::read_signing_key(&state.directory.join("custody"), Purpose::List).unwrap();
    signed::encode(&Signed::sign(PayloadType::KeyList, key_list::encode(&list), &[&key]))
}

fn said_by(bundle: &Bundle, code: &str, kind: Kind) -> Message {
    let read = |one: &BundleMessage| message::decode(&signed::decode(one.message.clone()).unwrap().payload);
    let mut all = bundle.messages.iter().map(|one| read(one).unwrap());
    all.find(|one| one.author.as_str() == code && one.draft.kind == kind.name()).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_replaced_key_signed_and_another_party_hands_on_accuses_its_author_of_nothing() {
    let world = officers(&["BY", "LT", "PL"]).await;
    let thread = open(&world, "BY", &["LT", "PL"]).await.thread;
    let accepted = accept(&world, "LT", &thread).await.message_digest;
    for code in ["BY", "PL"] {
        arrived(&world, code, &accepted).await;
    }
    let text = say(&world, "LT", &thread, "We stay").await.message_digest;
    arrived(&world, "PL", &text).await;
    let found = proven_after(&world, "PL", &thread, |bundle| {
        let mut forged = said_by(bundle, "LT", Kind::SessionText);
        forged.draft.subject = "What was never said".into();
        let original = Some(Enclosed(signed_by(&world, "LT", &forged)));
        let form = Content::Forwarded(Forwarded { original, ..Forwarded::default() });
        let mut carrier = said_by(bundle, "BY", Kind::SessionOpening);
        carrier.number = "BY/2025/LT+PL/0077".into();
        carrier.draft.kind = form.kind().name().into();
        carrier.draft.content = form_codec::encode(&form).unwrap().into();
        let message = signed_by(&world, "BY", &carrier);
        let recorded_at = world.clock.now();
        bundle.messages.push(BundleMessage { message, recorded_at, taken_by: None });
        let lt = bundle.parties.iter_mut().find(|one| one.party.as_str() == "LT").unwrap();
        lt.key_lists.push(replaced_tomorrow(&world, "LT"));
    })
    .await;
    assert!(found.holds(), "{}", sentences(&found, Weight::False));
    let stated = sentences(&found, Weight::Stated);
    assert!(stated.contains("it came there by way of BY, within BY/2025/LT+PL/0077"), "{stated}");
    let unproven = sentences(&found, Weight::NotProven);
    assert!(unproven.contains("which of two messages with this number is LT's"), "{unproven}");
    for weight in [Weight::Proven, Weight::False] {
        assert!(!sentences(&found, weight).contains("to more than one message"));
    }
}
