//! Two calls of deliveries under way on one lane: whatever happens to the first, nothing is taken out of
//! order and nothing twice.

use detente::codec::proto::detente::v1::delivery_answer::Answer;
use detente::codec::proto::detente::v1::{DeliverRequest, Delivery};
use detente::domain::digest::ThreadId;
use detente::domain::event::Event;
use detente::domain::party::Party;
use detente::domain::precedence::Precedence;
use detente::limits;

use crate::hostile::{Hostile, count};
use crate::links_down::received;
use crate::talk::{both_settled, fresh, outgoing, release, until};
use crate::world::World;

const ROUTINE: Precedence = Precedence::Routine;

/// Calls that are made at the same time, in this order; their answers in the same order.
async fn at_once(by: &Hostile, calls: [Vec<Delivery>; 2]) -> Vec<Vec<Answer>> {
    let mut under_way = Vec::new();
    for deliveries in calls {
        let mut client = by.calls.clone();
        under_way.push(tokio::spawn(async move {
            let answer = client.deliver(DeliverRequest { deliveries }).await.unwrap().into_inner();
            answer.answers.into_iter().map(|one| one.answer.unwrap()).collect::<Vec<_>>()
        }));
        // On its way before the next one.
        tokio::task::yield_now().await;
    }
    let mut answers = Vec::new();
    for call in under_way {
        answers.push(call.await.unwrap());
    }
    answers
}

fn good(by: &mut Hostile, many: usize) -> Vec<Delivery> {
    (0..many)
        .map(|number| {
            let text = by.text(ROUTINE, &number.to_string());
            by.good(&text).1
        })
        .collect()
}

fn receipts(answers: &[Answer]) -> usize {
    answers.iter().filter(|one| matches!(one, Answer::Receipt(_))).count()
}

/// The serials on the lane, as they stand on record.
async fn serials(world: &World, from: Party) -> Vec<u64> {
    let all = received(world, "PL", from).await;
    all.into_iter().filter(|one| one.0 == ROUTINE).map(|one| one.1).collect()
}

#[tokio::test]
async fn a_call_that_overtook_the_one_before_it_is_taken_after_it() {
    let mut world = World::new(&["BY", "PL"]).await;
    let mut by = Hostile::in_place_of(&mut world, "BY", "PL").await;
    for _ in 0..5 {
        let (first, second) = (good(&mut by, 3), good(&mut by, 3));
        let answers = at_once(&by, [second, first]).await;
        assert_eq!(answers.iter().map(|call| receipts(call)).collect::<Vec<_>>(), [3, 3]);
    }
    assert_eq!(serials(&world, by.me).await, (1..=30).collect::<Vec<_>>());
}

#[tokio::test]
async fn behind_a_call_that_is_refused_or_not_now_nothing_is_taken_until_it_comes_again() {
    let mut world = World::new(&["BY", "PL"]).await;
    let mut by = Hostile::in_place_of(&mut world, "BY", "PL").await;
    let mut expected = 0;
    for turn in 0..4 {
        let whole = good(&mut by, 4);
        let (first, second) = (whole[..2].to_vec(), whole[2..].to_vec());
        // Of the first call the first dispatch is one that is not taken, or not now.
        let mut dispatch = by.next(ROUTINE, detente::domain::digest::Digest::ZERO);
        dispatch.serial = expected + 1;
        if turn % 2 == 0 {
            dispatch.key_list = 7;
        } else {
            dispatch.to = by.me;
        }
        let bad = Delivery { dispatch: by.sign_dispatch(&dispatch), message: first[0].message.clone() };
        let answers = at_once(&by, [vec![bad, first[1].clone()], second.clone()]).await;
        match &answers[0][..] {
            [Answer::NotNow(_)] => assert_eq!(turn % 2, 0),
            [Answer::NotTaken(_)] => assert_eq!(turn % 2, 1),
            other => panic!("{other:?}"),
        }
        assert!(matches!(answers[1][..], [Answer::ExpectedSerial(next)] if next == expected + 1));
        let again = at_once(&by, [first.clone(), second.clone()]).await;
        assert_eq!(again.iter().map(|call| receipts(call)).collect::<Vec<_>>(), [2, 2]);
        // And once more: each gets its first receipt.
        assert_eq!(at_once(&by, [first, second]).await, again);
        expected += 4;
    }
    assert_eq!(serials(&world, by.me).await, (1..=16).collect::<Vec<_>>());
}

#[tokio::test]
async fn whichever_of_two_calls_is_cut_what_is_sent_again_is_on_record_once() {
    let mut world = World::new(&["BY", "PL"]).await;
    let mut by = Hostile::in_place_of(&mut world, "BY", "PL").await;
    let mut sent = 0;
    for turn in 0..30u64 {
        let (first, second) = (good(&mut by, 5), good(&mut by, 5));
        let mut calls = Vec::new();
        for deliveries in [first.clone(), second.clone()] {
            let mut client = by.calls.clone();
            calls.push(tokio::spawn(async move { client.deliver(DeliverRequest { deliveries }).await }));
        }
        tokio::time::sleep(std::time::Duration::from_micros(turn * turn * 50)).await;
        calls[turn as usize % 2].abort();
        for call in calls {
            let _ = call.await;
        }
        let answers = at_once(&by, [first, second]).await;
        assert_eq!(answers.iter().map(|call| receipts(call)).collect::<Vec<_>>(), [5, 5], "{turn}");
        sent += 10;
    }
    assert_eq!(serials(&world, by.me).await, (1..=sent).collect::<Vec<_>>());
}

#[tokio::test]
async fn more_than_a_window_comes_once_and_in_order_though_the_peer_goes_down_meanwhile() {
    let mut world = World::new(&["BY", "PL"]).await;
    let (by_code, pl_code) = (world.state("BY").party, world.state("PL").party);
    world.state_mut("PL").stop().await;
    let many = 5 * limits::DELIVERIES_PER_CALL_MAX as u64 / 2;
    for number in 0..many {
        let message = outgoing(ThreadId(fresh()), &[pl_code], ROUTINE, &format!("{number}"));
        release(&world.node("BY").registrar, message).await;
    }
    // Down again as soon as the first have come.
    for turn in 1..=2 {
        world.state_mut("PL").start().await;
        let at_least = turn * limits::DELIVERIES_PER_CALL_MAX as u64 / 2;
        let came = |board: &detente::domain::board::Board| {
            board.link(by_code).is_some_and(|link| link.lane(ROUTINE).taken >= at_least)
        };
        until(world.node("PL"), "some have come", came).await;
        world.state_mut("PL").stop().await;
    }
    world.state_mut("PL").start().await;
    both_settled(&world, "BY", "PL").await;
    assert_eq!(serials(&world, by_code).await, (1..=many).collect::<Vec<_>>());
    let receipted = count(world.node("BY"), |event| matches!(event, Event::Receipted(_))).await;
    assert_eq!(receipted as u64, many);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flooding_peer_does_not_stop_the_flash_of_another_link() {
    let mut world = World::new(&["BY", "OSCE", "PL"]).await;
    let by = Hostile::in_place_of(&mut world, "BY", "PL").await;
    // As many calls as a peer may have, on every lane, all the time: repeated dispatches, and heads.
    let lanes = Precedence::FASTEST_FIRST;
    let mut floods = tokio::task::JoinSet::new();
    for number in 0..limits::CALLS_PER_PEER_MAX {
        let lane = lanes[number % lanes.len()];
        let text = by.text(lane, "flood");
        let mut dispatch = by.next(lane, detente::domain::digest::Digest::of(b"none"));
        dispatch.serial += 1 + number as u64 / 4;
        let message = by.sign_message(detente::codec::message::encode(&text));
        let delivery = Delivery { dispatch: by.sign_dispatch(&dispatch), message };
        let mut client = by.calls.clone();
        floods.spawn(async move {
            loop {
                let deliveries = vec![delivery.clone(); limits::DELIVERIES_PER_CALL_MAX];
                let _ = client.deliver(DeliverRequest { deliveries }).await;
            }
        });
    }
    let (osce, pl) = (world.state("OSCE").party, world.state("PL").party);
    for number in 0..5 {
        let message = outgoing(ThreadId(fresh()), &[pl], Precedence::Flash, &format!("{number}"));
        let digest = release(&world.node("OSCE").registrar, message).await;
        until(world.node("PL"), "FLASH comes", |board| board.messages.contains_key(&digest)).await;
    }
    until(world.node("OSCE"), "and is receipted", |board| {
        board.link(pl).is_some_and(|link| link.lane(Precedence::Flash).receipted.len() == 5)
    })
    .await;
    assert!(floods.try_join_next().is_none(), "the flood went on all the while");
    let told = world.node("OSCE").exchange.links.of(pl).seen().told_not_now;
    assert_eq!(told, 0, "the link of {osce} was never told not now");
}
