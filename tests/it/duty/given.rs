//! When something counts as given: at its receipt, or before, where a head covers it that the other end cosigned.

use bytes::Bytes;
use detente::codec::proto::detente::v1 as calls;
use detente::codec::proto::detente::v1::propose_request::Change as Wire;
use detente::domain::board::Board;
use detente::domain::content::Kind;
use detente::domain::digest::Digest;
use detente::domain::duty::{GivenBy, InTime, State, Step};
use detente::domain::event::{Head, Leaf};
use detente::domain::link::Link;
use detente::domain::message::{Outcome, Receipt};
use detente::domain::precedence::Precedence;
use detente::domain::time::Instant;

use super::nodes::{
    ask, both_hear_until, both_until, bound, hear_until, is, later, same_at_both_ends, until,
};
use super::nodes::{list, to};
use crate::officer::{form, receipted, send};
use crate::party::{LIFE, delivery, peer, theirs, thread, us};
use crate::world::World;

const LANE: Precedence = Precedence::Routine;

fn head(size: u64, cosigned_at: Option<i64>) -> Head {
    Head { party: peer(), size, root: Digest::ZERO, note: Bytes::new(), cosigned_at }
}

fn receipt(serial: u64, received_at: i64) -> Receipt {
    Receipt {
        from: us(),
        from_incarnation: LIFE,
        to: peer(),
        to_incarnation: LIFE,
        lane: LANE,
        serial,
        dispatch: Digest::ZERO,
        message: Digest::ZERO,
        outcome: Outcome::Taken,
        received_at: Instant::from_seconds(received_at),
        judged_by_key_list: 1,
        leaf_index: serial,
    }
}

/// A link on which so many dispatches of ours are fixed.
fn dispatched(many: u64) -> Link {
    let mut link = Link::new(LIFE);
    for serial in 1..=many {
        let made = delivery(&theirs(LANE, thread(1), "message", &[]), serial, serial, serial - 1).dispatch;
        link.dispatched(&made, Digest::of(&serial.to_be_bytes()), 40 + serial);
    }
    link
}

#[test]
fn what_the_first_cosigned_head_covers_before_its_receipt_is_kept_with_its_time_and_nothing_else() {
    let mut link = dispatched(3);
    link.cosigned(&head(1, Some(100)));
    link.cosigned(&head(2, Some(200)));
    let covered = |link: &Link| link.lane(LANE).covered.clone().into_iter().collect::<Vec<_>>();
    assert_eq!(covered(&link), [(1, 100), (2, 200)]);
    // Receipted later than it was cosigned, and in the same second.
    link.receipted(&receipt(1, 101), Digest::ZERO, 90);
    link.receipted(&receipt(2, 200), Digest::ZERO, 91);
    link.receipted(&receipt(3, 300), Digest::ZERO, 92);
    link.cosigned(&head(3, Some(400)));
    assert_eq!(covered(&link), [(1, 100)]);
    assert!(link.ours.beyond.is_empty());
}

#[test]
fn what_we_cosigned_before_it_came_is_kept_with_that_time() {
    let mut link = Link::new(LIFE);
    let leaf = |index: u64| {
        let body = Bytes::copy_from_slice(&index.to_be_bytes());
        Leaf { index, hash: Digest::of(&body), body }
    };
    link.followed(&head(2, None), &[leaf(0), leaf(1)], 500);
    let came = |link: &mut Link, serial: u64| {
        link.received(leaf(serial - 1).hash, serial - 1, &receipt(serial, 600), Digest::ZERO, 90 + serial);
    };
    came(&mut link, 1);
    // The third came before any head of ours covered it.
    came(&mut link, 3);
    link.followed(&head(3, None), &[], 700);
    came(&mut link, 2);
    let announced: Vec<(u64, i64)> = link.lane(LANE).announced.clone().into_iter().collect();
    assert_eq!(announced, [(1, 500), (2, 500)]);
    assert!(link.theirs.announced.is_empty());
}

/// What one hour may bring from PL.
fn bytes_of_an_hour(bytes: Option<u64>) -> Wire {
    let limit = calls::LinkAllowance { party: "PL".into(), records_per_hour: None, bytes_per_hour: bytes };
    Wire::LinkAllowance(limit)
}

fn is_covered(board: &Board) -> bool {
    board.links.values().any(|link| !link.lane(LANE).covered.is_empty())
}

/// So long until PL's node holds a head that covers what BY has not taken.
async fn until_covered(world: &World) {
    let mut heads = world.node("PL").registrar.heads();
    for _ in 0..60 {
        let wait = heads.wait_for(|head| is_covered(&head.board));
        if tokio::time::timeout(std::time::Duration::from_secs(1), wait).await.is_ok() {
            return;
        }
        world.clock.set(world.clock.now().plus_ms(11_000));
    }
    panic!("BY never cosigned a head over the answer");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_that_was_not_taken_in_time_is_given_by_the_head_that_its_addressee_cosigned() {
    let (world, digest) = bound().await;
    let question = ask(&world, digest, 1).await;
    both_until(&world, is("answer", State::Open)).await;
    receipted(&world, "BY", "PL").await;
    // Heads still come, and what is as long as this does not.
    world.state("BY").change(bytes_of_an_hour(Some(8_000)), Bytes::new()).await;
    later(&world, 1);
    let long = form(
        Kind::Answer,
        &format!(
            "[to]\nmessage_digest = \"{}\"\n[[answers]]\nnumber = 1\nhow = \"answered\"\ntext = \"{}\"\n",
            hex::encode(&question),
            "No. ".repeat(3_000)
        ),
    );
    send(&world, "PL", 2, to("BY", 1), &long).await;
    until(&world, "PL", is("answer", State::Answered)).await;
    until_covered(&world).await;
    later(&world, 48);
    hear_until(&world, "PL", is("answer", State::Met(InTime::InTime))).await;
    hear_until(&world, "BY", is("answer", State::Unknown)).await;

    world.state("BY").change(bytes_of_an_hour(None), Bytes::new()).await;
    both_hear_until(&world, is("answer", State::Met(InTime::InTime))).await;
    both_until(&world, is("prompt answer", State::Met(InTime::InTime))).await;
    same_at_both_ends(&world, "BY", "PL");
    let mut given = Vec::new();
    for code in ["BY", "PL"] {
        let duties = world.node(code).registrar.head().board.duties.clone();
        let answered = duties.all().find(|duty| duty.opened.rule.name == "answer").unwrap();
        let met = answered.story.iter().find_map(|told| match told.step {
            Step::Met { given, by: GivenBy::CosignedHead, .. } => Some(given),
            _ => None,
        });
        given.push(met);
        let lines = list(&world, code, calls::DutiesThat::AreAny, 0).await;
        let line = lines.iter().find(|line| line.rule == "answer").unwrap();
        assert!(line.sentence.ends_with("by a head that BY cosigned"), "{}", line.sentence);
    }
    assert!(given[0].is_some() && given[0] == given[1], "{given:?}");
}
