//! What a changed node shows of leaves, heads and its clock that is not so: it is held against nobody who did not sign
//! it, and puts off nothing.

use std::sync::Arc;

use bytes::Bytes;
use detente::codec::dispatch::encode_dispatch;
use detente::codec::event;
use detente::codec::proto::detente::v1::delivery_answer::Answer;
use detente::codec::proto::detente::v1::{HandInLeavesRequest, propose_request::Change};
use detente::domain::event::Event;
use detente::domain::keys::Purpose;
use detente::domain::ledger::{Edge, leaf_hash};
use detente::domain::link::Followed;
use detente::domain::message::Dispatch;
use detente::domain::precedence::Precedence;
use detente::domain::time::Instant;
use detente::limits;
use detente::peers::heads;
use detente::replay::Broken;

use crate::hostile::{Hostile, count};
use crate::links_forked::stopped;
use crate::links_lists::next_list;
use crate::talk::until;
use crate::world::{World, beginning};

const ROUTINE: Precedence = Precedence::Routine;

/// Handed in with the head that it signs over its ledger.
async fn hand_in(by: &mut Hostile, from: u64, leaf: &Bytes) {
    let checkpoint = heads::sign_own(&by.board, &by.ring, by.you, &by.edge).unwrap();
    let leaves = vec![leaf.clone()];
    by.calls.hand_in_leaves(HandInLeavesRequest { from, leaves, checkpoint }).await.unwrap();
}

#[tokio::test]
async fn a_leaf_of_another_link_is_held_against_a_peer_only_where_its_head_covers_it() {
    let mut world = World::new(&["BY", "OSCE", "PL"]).await;
    let osce = world.state("OSCE").party;
    let mut by = Hostile::in_place_of(&mut world, "BY", "PL").await;
    let node = world.node("PL");
    let me = by.me;
    let followed = || node.registrar.head().board.link(me).unwrap().theirs.edge.size();
    let rejected = || count(node, |event| matches!(event, Event::HeadRejected { .. }));

    let text = by.text(ROUTINE, "announced by its leaf alone");
    let (dispatch, _) = by.good(&text);
    let before = node.exchange.links.of(by.me).seen().not_taken;
    // Somebody's bytes in the place of the leaf that it signed for: no word of the peer's.
    hand_in(&mut by, 0, &encode_dispatch(&Dispatch { to: osce, ..dispatch.clone() })).await;
    assert_eq!((rejected().await, followed()), (0, 0));
    assert_eq!(node.exchange.links.of(by.me).seen().not_taken, before + 1);
    hand_in(&mut by, 0, &encode_dispatch(&dispatch)).await;
    assert_eq!(followed(), 1);

    // Under a head that it signed over it, it is.
    let whole = by.edge.clone();
    let foreign = encode_dispatch(&Dispatch { to: osce, leaf_index: 1, ..dispatch });
    by.edge.push(leaf_hash(&foreign));
    for _ in 0..3 {
        hand_in(&mut by, 1, &foreign).await;
    }
    assert_eq!(rejected().await, 1);

    // Of a kind that nobody knows it is a leaf like any other, up to a bound.
    by.edge = whole;
    for (bytes, size) in [(limits::LEAF_BYTES_MAX + 1, 1), (limits::LEAF_BYTES_MAX, 2)] {
        let unknown = Bytes::from(vec![0xff; bytes]);
        let before = by.edge.clone();
        by.edge.push(leaf_hash(&unknown));
        hand_in(&mut by, 1, &unknown).await;
        assert_eq!(followed(), size);
        by.edge = before;
    }
    assert_eq!(rejected().await, 1);
}

/// A head of PL's ledger as BY would show it: with its cosignature.
fn cosigned(by: &Hostile, note: Bytes) -> Bytes {
    let mut at_by = (*by.board).clone();
    let head = event::head(by.you.as_str(), note).unwrap();
    let link = Arc::make_mut(at_by.links.get_mut(&by.you).unwrap());
    link.theirs.followed = Some(Followed { head, at_seconds: by.now.seconds() });
    heads::cosign_theirs(&at_by, &by.ring, by.you).unwrap()
}

fn over(leaves: u64) -> Edge {
    let mut edge = Edge::new();
    for number in 0..leaves {
        edge.push(leaf_hash(&number.to_be_bytes()));
    }
    edge
}

#[tokio::test]
async fn a_ledger_key_that_was_replaced_stops_no_node_and_the_one_in_force_does() {
    let mut world = World::new(&["BY", "PL"]).await;
    let pl = world.state("PL").party;
    // PL's ledger key is stolen, and replaced.
    let before = world.node("PL").registrar.head().board.clone();
    let list = next_list(&world, "PL", &[Purpose::Ledger]).await;
    world.node("PL").reload().await.unwrap();
    world.state("PL").change(Change::OwnKeyList(list), Bytes::new()).await;
    until(world.node("BY"), "the list is here", |board| board.roster.parties[&pl].key_lists.len() == 2).await;
    let ring = world.node("PL").ring.clone();
    let mut by = Hostile::in_place_of(&mut world, "BY", "PL").await;
    let node = world.node("PL");
    let link = node.exchange.links.of(by.me);

    let text = by.text(ROUTINE, "its receipt is a leaf of PL's ledger");
    let (_, delivery) = by.good(&text);
    assert!(matches!(by.deliver_one(&delivery).await, Answer::Receipt(_)));
    let true_head = by.beat(&by.edge.clone()).await.checkpoint;
    let own = heads::sign_own(&by.board, &by.ring, by.you, &by.edge).unwrap();
    by.beat_with(own.clone(), cosigned(&by, true_head)).await;
    let board = node.registrar.head().board.clone();
    assert_eq!(board.link(by.me).unwrap().ours.cosigned.as_ref().unwrap().size, 1);

    // By the old key: of more than there is, and of the same size over something else.
    let size = node.registrar.head().chain.size;
    for leaves in [5, 1] {
        let forged = heads::sign_own(&before, &ring, by.me, &over(leaves)).unwrap();
        by.beat_with(own.clone(), cosigned(&by, forged)).await;
        assert!(link.is_held() && !link.is_compared(), "{leaves}");
        assert_eq!(node.registrar.head().chain.size, size, "nothing is on record of it");
        // It takes it back, and all goes on.
        by.beat(&by.edge.clone()).await;
        assert!(link.is_compared(), "{leaves}");
    }
    let text = by.text(ROUTINE, "all goes on");
    let (_, delivery) = by.good(&text);
    assert!(matches!(by.deliver_one(&delivery).await, Answer::Receipt(_)));

    let lost = heads::sign_own(&board, &ring, by.me, &over(5)).unwrap();
    let _ = by.try_beat(own, cosigned(&by, lost), Vec::new()).await;
    assert!(matches!(stopped(node).await, Broken::HeldByPeer { size: 5, .. }));
}

#[tokio::test]
async fn whoever_misstates_its_clock_keeps_nothing_under_way_by_it() {
    let mut world = World::new(&["BY", "PL"]).await;
    let mut by = Hostile::in_place_of(&mut world, "BY", "PL").await;
    let node = world.node("PL");
    let link = node.exchange.links.of(by.me);
    let later = beginning().plus_ms(3_600_000);
    world.clock.set(later);
    by.now = Instant(0);
    // The first may have been on the way since the one before it came.
    by.beat(&by.edge.clone()).await;
    assert_eq!(link.seen().all_came([0; 4]), Some(beginning()));
    by.beat(&by.edge.clone()).await;
    let call_ms = i64::try_from(limits::CALL_MS_MAX).unwrap();
    assert_eq!(link.seen().all_came([0; 4]), Some(later.plus_ms(-call_ms)));
}
