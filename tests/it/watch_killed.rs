//! Escalation when things break: a node killed at each step, paused, or unplugged; on Kafka as on the embedded journal.
//! No step is lost, and none is on record twice.

use std::time::Duration;

use bytes::Bytes;
use detente::clock::Clock;
use detente::codec::proto::detente::v1 as calls;
use detente::codec::proto::detente::v1::propose_request::Change;
use detente::domain::content::Kind;
use detente::domain::event::Event;
use detente::domain::people::Role;
use detente::domain::thread::Acknowledged;
use detente::domain::time::Instant;
use detente::domain::watch::{Alerted, Reach};

use crate::links_killed::{LIMIT, Serving, insist};
use crate::officer::{filled, receipted, send, watches};
use crate::talk::until;
use crate::watch_nodes::{PLAN, acknowledge, alerts, flash, of_flash, planned, steps, watched_on};
use crate::world::{Medium, World};

const MINUTE_MS: i64 = 60_000;
/// At each step of the escalation.
const KILLS: u64 = 8;
/// From a start to a kill, at most: before, while and after the step comes on record.
const LIFE_MS_MAX: u64 = 900;

/// When the steps of `PLAN` are due, in minutes after the message.
const DUE: [i64; 3] = [0, 5, 8];

/// How many steps are on record, by the node's own answer.
async fn steps_told(world: &World) -> u32 {
    let desk = world.desk("PL", "watch");
    let now = insist(|| {
        let mut calls_of = watches(&desk);
        async move { calls_of.now(calls::NowRequest { all_offices: false, ..Default::default() }).await }
    });
    now.await.items.first().map_or(0, |item| item.alerted)
}

/// Until so many steps are on record.
async fn told_of(world: &World, wanted: u32) {
    let on_record = async {
        while steps_told(world).await < wanted {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(LIMIT, on_record).await.expect("the step comes on record");
}

/// A node as a process, killed again and again around a step that is due; then left alone until it is on record.
async fn killed_around(world: &World, wanted: u32) {
    let directory = world.state("PL").directory.clone();
    for kill in 0..KILLS {
        let mut serving = Serving::start(&directory);
        tokio::time::sleep(Duration::from_millis(LIFE_MS_MAX * kill / KILLS)).await;
        serving.kill();
    }
    let _serving = Serving::start(&directory);
    told_of(world, wanted).await;
}

/// The message comes in, and the first step is due, while the node is killed.
async fn killed_at_the_first_step(medium: Medium) {
    let mut world = World::on_real_time(medium, &["BY", "PL"]).await;
    planned(&mut world).await;
    world.state_mut("PL").stop().await;
    let heading = of_flash(1, "Autumn Harvest", traffic());
    let sent = send(&world, "BY", 1, heading, &filled(Kind::Notification)).await;
    killed_around(&world, 1).await;
    world.state_mut("PL").start().await;
    let all = recorded(&world).await;
    assert_eq!(all.iter().map(|(_, one)| one.step).collect::<Vec<_>>(), [0], "{all:?}");
    let (_, first) = &all[0];
    assert_eq!(first.message.0[..], sent.message_digest[..]);
    let since = world.node("PL").registrar.head().board.watch.open.get(&first.message).map(|item| item.since);
    assert_eq!(Some(first.due), since, "when it came in, not when the node was back");
}

/// The steps before `step` are put on record in good order; then the node is killed around this one.
async fn killed_at(medium: Medium, step: u32) {
    let mut world = watched_on(medium).await;
    let begun = world.clock.now();
    let digest = flash(&world, 1, "Autumn Harvest", traffic()).await;
    for (before, minutes) in (0..step).zip(DUE) {
        world.clock.set(begun.plus_ms(minutes * MINUTE_MS));
        steps(&world, before + 1).await;
    }
    world.state_mut("PL").stop().await;
    // By the machine's own clock the step has been due for long, and the one after it is not for minutes.
    killed_around(&world, step + 1).await;
    world.clock.follow_system();
    world.state_mut("PL").start().await;
    let all = alerts(&world).await;
    let seen: Vec<_> = all.iter().map(|one| one.step).collect();
    assert_eq!(seen, (0..=step).collect::<Vec<_>>(), "each once, in order: {all:?}");
    assert!(all.iter().all(|one| one.message.0[..] == digest[..]));
    for (one, minutes) in all.iter().zip(DUE) {
        let due = begun.plus_ms(minutes * MINUTE_MS);
        assert_eq!(one.due, due, "when it was due, not when the node was back");
    }
}

fn traffic() -> detente::codec::proto::detente::evidence::v1::Traffic {
    detente::codec::proto::detente::evidence::v1::Traffic::Real
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_node_killed_at_any_step_of_an_escalation_loses_none_and_doubles_none() {
    killed_at_the_first_step(Medium::Embedded).await;
    for step in 1..3 {
        killed_at(Medium::Embedded, step).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_node_on_kafka_killed_at_any_step_of_an_escalation_loses_none_and_doubles_none() {
    killed_at_the_first_step(Medium::Kafka).await;
    for step in 1..3 {
        killed_at(Medium::Kafka, step).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn on_kafka_each_step_comes_on_record_once_and_an_acknowledgement_ends_them() {
    let mut world = watched_on(Medium::Kafka).await;
    let begun = world.clock.now();
    let digest = flash(&world, 1, "Autumn Harvest", traffic()).await;
    for (wanted, minutes) in (1..).zip(DUE) {
        world.state_mut("PL").stop().await;
        world.clock.set(begun.plus_ms(minutes * MINUTE_MS));
        world.state_mut("PL").start().await;
        steps(&world, wanted).await;
    }
    let all = alerts(&world).await;
    let seen: Vec<_> = all.iter().map(|one| (one.step, one.reach)).collect();
    assert_eq!(seen, [(0, Reach::Named), (1, Reach::Named), (2, Reach::Everyone)]);
    acknowledge(&world.desk("PL", "watch"), &digest).await;
    assert!(world.node("PL").registrar.head().board.watch.open.is_empty());
}

/// When each step came on record.
async fn recorded(world: &World) -> Vec<(Instant, Alerted)> {
    let node = world.node("PL");
    let head = node.registrar.head();
    let records = head.records(&node.registrar.journal).range(0, head.chain.size).await.unwrap();
    let of = |record: &detente::domain::event::Record| {
        let at = record.at;
        record.events.clone().into_iter().filter_map(move |event| match event {
            Event::Alerted(alerted) => Some((at, alerted)),
            _ => None,
        })
    };
    records.iter().flat_map(|record| of(record).collect::<Vec<_>>()).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_node_that_stood_still_for_thirty_seconds_puts_the_step_due_meanwhile_on_record_once() {
    const PAUSE_MS: i64 = 30_000;
    let mut world = World::new(&["BY", "PL"]).await;
    world.state_mut("PL").take_person("night officer", "night officer", &[Role::Watch]).await;
    let plan = PLAN.replace("within_minutes = 5", "within_minutes = 1");
    world.state("PL").change(Change::WatchPlan(plan), Bytes::new()).await;
    // The next step falls due within the pause.
    let system = Clock::system();
    let begun = system.now().plus_ms(PAUSE_MS - 5_000 - MINUTE_MS);
    world.clock.set(begun);
    flash(&world, 1, "Autumn Harvest", traffic()).await;
    steps(&world, 1).await;
    world.state_mut("PL").stop().await;
    let serving = Serving::start(&world.state("PL").directory);
    assert_eq!(steps_told(&world).await, 1);
    serving.freeze();
    let thawed = system.now().plus_ms(PAUSE_MS);
    system.wait_until(thawed).await;
    serving.thaw();
    told_of(&world, 2).await;
    drop(serving);
    world.clock.follow_system();
    world.state_mut("PL").start().await;
    let all = recorded(&world).await;
    assert_eq!(all.iter().map(|(_, one)| one.step).collect::<Vec<_>>(), [0, 1], "{all:?}");
    let (at, second) = &all[1];
    assert_eq!(second.due, begun.plus_ms(MINUTE_MS));
    assert!(*at >= thawed && at.ms_since(thawed) < 20_000, "{at} after {thawed}");
    assert_eq!(second.next, Some(at.plus_ms(3 * MINUTE_MS)), "its minutes run from the alert");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_party_that_unplugs_right_after_a_request_gains_nothing() {
    // Who was asked unplugs as soon as its node has given the receipt.
    let mut world = watched_on(Medium::Embedded).await;
    let begun = world.clock.now();
    let asked = flash(&world, 1, "Request", traffic()).await;
    receipted(&world, "BY", "PL").await;
    steps(&world, 1).await;
    world.state_mut("PL").stop().await;
    let hours = begun.plus_ms(5 * 60 * MINUTE_MS);
    world.clock.set(hours);
    let digest = detente::domain::digest::Digest::from_slice(&asked).unwrap();
    let pl = world.state("PL").party;
    let lane = detente::domain::precedence::Precedence::Flash;
    let at_by = world.node("BY").registrar.head().board.clone();
    assert!(at_by.link(pl).unwrap().lane(lane).receipted.contains_key(&1), "the receipt stands");
    world.state_mut("PL").start().await;
    until(world.node("PL"), "the steps go on", |board| {
        board.watch.open.items().all(|(_, item)| item.alerted >= 2)
    })
    .await;
    let all = alerts(&world).await;
    assert_eq!(all.iter().map(|one| one.step).collect::<Vec<_>>(), [0, 1], "one at a time: {all:?}");
    assert_eq!((all[0].due, all[1].due), (begun, begun.plus_ms(5 * MINUTE_MS)));

    // Who asked unplugs right after: at the other end the steps go on all the same, and the officer's word waits.
    let second = flash(&world, 2, "Another request", traffic()).await;
    world.state_mut("BY").stop().await;
    steps(&world, 1).await;
    world.clock.set(hours.plus_ms(5 * MINUTE_MS));
    let acknowledged = |world: &World, code: &str| {
        let board = world.node(code).registrar.head().board.clone();
        [&asked, &second].iter().all(|digest| {
            let digest = detente::domain::digest::Digest::from_slice(digest).unwrap();
            matches!(
                board.messages.get(&digest).map(|there| there.acknowledged),
                Some(Acknowledged::InRecord(_))
            )
        })
    };
    until(world.node("PL"), "all are woken", |board| {
        board.watch.open.items().map(|(_, item)| item.alerted).sum::<u32>() == 5
    })
    .await;
    for digest in [&asked, &second] {
        acknowledge(&world.desk("PL", "watch"), digest).await;
    }
    assert!(acknowledged(&world, "PL"));
    assert_eq!(alerts(&world).await.len(), 5, "while the other end was away");
    world.state_mut("BY").start().await;
    until(world.node("BY"), "both words come", |board| {
        board.threads.values().filter(|thread| thread.messages() == 2).count() == 2
    })
    .await;
    assert!(world.node("BY").registrar.head().board.messages.contains_key(&digest));
}
