//! What a message refers to and does not come: on record after the stated hour, once, at both ends.

use bytes::Bytes;
use detente::codec::message;
use detente::codec::proto::detente::evidence::v1 as evidence;
use detente::codec::proto::detente::v1 as calls;
use detente::codec::proto::detente::v1::delivery_answer::Answer;
use detente::domain::board::{Board, Noted};
use detente::domain::content::Kind;
use detente::domain::digest::{Digest, ThreadId};
use detente::domain::event::Event;
use detente::domain::message::{Reference, Relation};
use detente::domain::precedence::Precedence;
use detente::limits;
use tokio_stream::StreamExt as _;

use crate::hostile::{Hostile, count};
use crate::officer::{arrived, filled, heading, notify, send, show, watches};
use crate::talk::{both_settled, fresh, until};
use crate::world::{World, beginning};

/// How many references are on record as missing.
async fn noted(world: &World, party: &str) -> usize {
    count(world.node(party), |event| matches!(event, Event::ReferenceMissing { .. })).await
}

fn is_noted(board: &Board, missing: &Digest) -> bool {
    board.waiting.get(missing).is_some_and(|waiting| waiting.iter().any(|one| one.noted == Noted::OnRecord))
}

/// What the watch was told that is no message.
async fn news(world: &World, party: &str) -> Vec<String> {
    let call = calls::FollowRequest { after: 0, once: true, all_offices: false };
    let stream = watches(&world.desk(party, "watch")).follow(call).await.unwrap().into_inner();
    let news = stream.map(|notice| notice.unwrap().news);
    news.filter(|news| !news.is_empty()).collect().await
}

/// A notification of BY to PL that refers to a message which nobody ever sends.
async fn refer_to(world: &World, missing: &Digest) -> calls::ReleaseResponse {
    let reference = evidence::Reference {
        message_digest: Bytes::copy_from_slice(&missing.0),
        relation: evidence::Relation::RefersTo as i32,
        ..Default::default()
    };
    let refers = calls::Heading { references: vec![reference], ..heading(1) };
    send(world, "BY", 1, refers, &filled(Kind::Notification)).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reference_that_never_comes_is_on_record_after_an_hour_once_and_told_also_after_a_restart() {
    let mut world = World::new(&["BY", "PL"]).await;
    let missing = Digest::of(b"never sent");
    let sent = refer_to(&world, &missing).await;
    both_settled(&world, "BY", "PL").await;
    // To the last instant it is not overdue. The Boards say so: whoever puts it on record need not have looked yet.
    let last = beginning().plus_ms(limits::REFERENCE_PATIENCE_MS);
    world.clock.set(last);
    notify(&world, 2).await;
    both_settled(&world, "BY", "PL").await;
    for party in ["BY", "PL"] {
        let board = world.node(party).registrar.head().board.clone();
        assert!(board.overdue_references(last).is_empty());
        assert_eq!(board.next_overdue_reference(), Some(last.plus_ms(1)));
    }
    let shown = show(&world, "PL", &sent.thread, 0).await;
    assert!(!shown.messages[0].marks.iter().any(|mark| mark.contains("has not come")), "{shown:?}");

    // One node is down when the hour has passed, and finds the same when it is back.
    world.state_mut("PL").stop().await;
    world.clock.set(beginning().plus_ms(limits::REFERENCE_PATIENCE_MS + 1));
    world.state_mut("PL").start().await;
    for party in ["BY", "PL"] {
        until(world.node(party), "it is on record", |board| is_noted(board, &missing)).await;
    }
    world.state_mut("PL").stop().await;
    world.clock.set(beginning().plus_ms(2 * limits::REFERENCE_PATIENCE_MS + 2));
    world.state_mut("PL").start().await;
    let last = notify(&world, 3).await;
    arrived(&world, "PL", &last.message_digest).await;
    assert_eq!((noted(&world, "BY").await, noted(&world, "PL").await), (1, 1));

    let mark = format!("what it refers to has not come since {}: that is on record", beginning());
    let shown = show(&world, "PL", &sent.thread, 0).await;
    assert!(shown.messages[0].marks.contains(&mark), "{:?}", shown.messages[0].marks);
    let read = calls::ReadRequest { digest: sent.message_digest.clone(), ..Default::default() };
    let read = watches(&world.desk("PL", "watch")).read(read).await.unwrap().into_inner();
    assert!(read.marks.contains(&mark), "{:?}", read.marks);
    let message = hex::encode(&sent.message_digest);
    let told = format!(
        "ALARM: message {message} refers to message {missing}, which has not come since {}",
        beginning()
    );
    assert_eq!(news(&world, "PL").await, [told]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reference_that_comes_within_the_hour_is_never_on_record_as_missing() {
    let mut world = World::new(&["BY", "PL"]).await;
    let mut by = Hostile::in_place_of(&mut world, "BY", "PL").await;
    let thread = ThreadId(fresh());
    let mut first = by.text(Precedence::Routine, "first");
    first.draft.thread = thread;
    let missing = Digest::of(&message::encode(&first));
    let mut second = by.text(Precedence::Flash, "second");
    second.draft.thread = thread;
    second.draft.references = vec![Reference {
        message: Some(missing),
        number: String::new(),
        author: String::new(),
        relation: Relation::RefersTo,
    }];
    let (_, overtakes) = by.good(&second);
    assert!(matches!(by.deliver_one(&overtakes).await, Answer::Receipt(_)));
    until(world.node("PL"), "it waits", |board| board.waiting.contains_key(&missing)).await;
    world.clock.set(beginning().plus_ms(limits::REFERENCE_PATIENCE_MS));
    let (_, comes) = by.good(&first);
    assert!(matches!(by.deliver_one(&comes).await, Answer::Receipt(_)));
    until(world.node("PL"), "nothing waits", |board| board.waiting.is_empty()).await;
    world.clock.set(beginning().plus_ms(2 * limits::REFERENCE_PATIENCE_MS));
    let third = by.text(Precedence::Routine, "third");
    let (_, later) = by.good(&third);
    assert!(matches!(by.deliver_one(&later).await, Answer::Receipt(_)));
    assert_eq!(noted(&world, "PL").await, 0);
    assert_eq!(news(&world, "PL").await, Vec::<String>::new());
}
