//! Links while one end is away: what was released meanwhile comes once, in order, with nothing sent again
//! by hand.

use std::time::Duration;

use detente::codec::dispatch::encode_dispatch;
use detente::domain::digest::{Digest, ThreadId};
use detente::domain::event::Event;
use detente::domain::message::Outcome;
use detente::domain::party::Party;
use detente::domain::precedence::Precedence;
use detente::limits;

use crate::in_time::in_time;
use crate::talk::{both_settled, fresh, outgoing, release, until};
use crate::world::{Medium, World};

/// What a node has received from a Party: lane, serial, message and outcome, in the order of its records.
pub async fn received(world: &World, code: &str, from: Party) -> Vec<(Precedence, u64, Digest, Outcome)> {
    let node = world.node(code);
    let head = node.registrar.head();
    let mut received = Vec::new();
    let mut next = 0;
    while next < head.chain.size {
        for record in head.records(&node.registrar.journal).range(next, head.chain.size).await.unwrap() {
            for event in &record.events {
                if let Event::Received(one) = event
                    && one.dispatch.from == from
                {
                    let receipt = &one.receipt;
                    received.push((receipt.lane, receipt.serial, receipt.message, receipt.outcome));
                }
            }
            next = record.index + 1;
        }
    }
    received
}

async fn all_lanes_come_once_and_in_order(medium: Medium) {
    let mut world = World::on(medium, &["BY", "PL"]).await;
    let (by_code, pl_code) = (world.state("BY").party, world.state("PL").party);
    world.state_mut("PL").stop().await;
    let mut sent = Vec::new();
    for turn in 0..5 {
        for lane in Precedence::FASTEST_FIRST {
            let message = outgoing(ThreadId(fresh()), &[pl_code], lane, &format!("{lane} {turn}"));
            sent.push((lane, turn + 1, release(&world.node("BY").registrar, message).await, Outcome::Taken));
        }
    }
    // The sender goes down too, with everything fixed by records and nothing delivered.
    world.state_mut("BY").stop().await;
    world.state_mut("BY").start().await;
    world.state_mut("PL").start().await;
    both_settled(&world, "BY", "PL").await;

    let came = received(&world, "PL", by_code).await;
    for lane in Precedence::FASTEST_FIRST {
        let of = |all: &[(Precedence, u64, Digest, Outcome)]| -> Vec<_> {
            all.iter().filter(|one| one.0 == lane).copied().collect()
        };
        assert_eq!(of(&came), of(&sent), "{lane}");
    }
    assert_eq!(came.len(), sent.len());
}

#[tokio::test]
async fn what_was_released_while_the_peer_was_down_comes_once_and_in_order_on_all_lanes() {
    all_lanes_come_once_and_in_order(Medium::Embedded).await;
}

#[tokio::test]
async fn what_was_released_while_the_peer_was_down_comes_once_and_in_order_on_kafka() {
    all_lanes_come_once_and_in_order(Medium::Kafka).await;
}

#[tokio::test]
async fn the_wait_ends_as_soon_as_the_peer_is_heard() {
    let mut world = World::new(&["BY", "PL"]).await;
    let (by_code, pl_code) = (world.state("BY").party, world.state("PL").party);
    world.state_mut("PL").stop().await;
    let digest = release(
        &world.node("BY").registrar,
        outgoing(ThreadId(fresh()), &[pl_code], Precedence::Routine, "while down"),
    )
    .await;
    // Long enough for the wait to have doubled past what follows: by itself it does not end sooner than this.
    let failures = 7;
    let doubled = in_time("calls that nobody answers", async {
        while world.node("BY").exchange.links.of(pl_code).seen().unanswered < failures {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        Duration::from_millis((limits::BACK_OFF_MS_MIN << failures) / 2)
    })
    .await;
    let since = std::time::Instant::now();
    world.state_mut("PL").start().await;
    until(world.node("PL"), "PL has it", |board| board.messages.contains_key(&digest)).await;
    assert!(since.elapsed() < doubled, "{:?}", since.elapsed());
    assert!(world.node("PL").exchange.links.of(by_code).seen().heard_at.is_some());
}

#[tokio::test]
async fn a_third_node_learns_nothing_of_messages_to_others() {
    let world = World::new(&["BY", "OSCE", "PL"]).await;
    let code = |text: &str| world.state(text).party;
    let thread = ThreadId(fresh());
    for (turn, to) in [(0, vec!["PL"]), (1, vec!["PL", "OSCE"]), (2, vec!["PL"]), (3, vec!["OSCE"])] {
        let to: Vec<_> = to.into_iter().map(code).collect();
        release(
            &world.node("BY").registrar,
            outgoing(thread, &to, Precedence::Priority, &format!("message {turn}")),
        )
        .await;
    }
    both_settled(&world, "BY", "PL").await;
    both_settled(&world, "BY", "OSCE").await;
    let board = world.node("OSCE").registrar.head().board.clone();
    assert_eq!(board.messages.iter().count(), 2);
    assert_eq!(board.link(code("BY")).unwrap().theirs.edge.size(), 2);
    assert!(board.links.get(&code("PL")).is_some_and(|link| link.theirs.edge.size() == 0));
    let node = world.node("OSCE");
    let head = node.registrar.head();
    let mut seen = Vec::new();
    for record in head.records(&node.registrar.journal).range(0, head.chain.size).await.unwrap() {
        for event in &record.events {
            if let Event::Received(one) = event {
                seen.push((one.dispatch.serial, one.dispatch.place, one.dispatch.leaf_index));
                assert!(!encode_dispatch(&one.dispatch).windows(2).any(|pair| pair == b"PL"));
            }
        }
    }
    assert_eq!(seen, [(1, 1, 0), (2, 2, 1)]);
}
