//! Links between real nodes: over real TLS, with real journals.

use detente::domain::digest::ThreadId;
use detente::domain::message::Outcome;
use detente::domain::precedence::Precedence;
use detente::domain::time::Instant;

use crate::talk::{fresh, outgoing, release, settled, until};
use crate::world::{World, beginning};

#[tokio::test]
async fn a_message_is_on_record_at_both_ends_with_its_receipt_and_both_ledgers_agree() {
    let world = World::new(&["BY", "PL"]).await;
    let (by, pl) = (world.node("BY"), world.node("PL"));
    let (by_code, pl_code) = (world.state("BY").party, world.state("PL").party);
    let thread = ThreadId(fresh());
    let digest = release(&by.registrar, outgoing(thread, &[pl_code], Precedence::Routine, "first")).await;
    until(pl, "PL has the message", |board| board.messages.contains_key(&digest)).await;
    until(by, "BY's ledger is cosigned", |board| settled(board, pl_code)).await;
    until(pl, "PL's ledger is cosigned", |board| settled(board, by_code)).await;

    let (at_by, at_pl) = (by.registrar.head().board.clone(), pl.registrar.head().board.clone());
    let (by_link, pl_link) = (at_by.link(pl_code).expect("link"), at_pl.link(by_code).expect("link"));
    assert_eq!(by_link.ours.edge.root(), pl_link.theirs.edge.root());
    assert_eq!(pl_link.ours.edge.root(), by_link.theirs.edge.root());
    assert_eq!(by_link.ours.edge.size(), 1, "one dispatch");
    assert_eq!(pl_link.ours.edge.size(), 1, "one receipt");
    let given = pl_link.lane(Precedence::Routine).given.get(&1).expect("a receipt");
    assert_eq!(given.message, digest);
    let record =
        pl.registrar.head().records(&pl.registrar.journal).message(given.index, &digest).await.expect("it");
    assert!(record.record.events.iter().any(|event| matches!(event,
        detente::domain::event::Event::Received(received) if received.receipt.outcome == Outcome::Taken)));
}

#[tokio::test]
async fn two_idle_nodes_make_no_more_records_in_a_month_of_heartbeats() {
    let world = World::new(&["BY", "PL"]).await;
    let (by, pl) = (world.node("BY"), world.node("PL"));
    let (by_code, pl_code) = (world.state("BY").party, world.state("PL").party);
    let digest =
        release(&by.registrar, outgoing(ThreadId(fresh()), &[pl_code], Precedence::Flash, "one")).await;
    until(pl, "PL has the message", |board| board.messages.contains_key(&digest)).await;
    until(by, "BY settled", |board| settled(board, pl_code)).await;
    until(pl, "PL settled", |board| settled(board, by_code)).await;

    let sizes = || (by.registrar.head().chain.size, pl.registrar.head().chain.size);
    let before = sizes();
    let heard = |node: &detente::cli::node::Node, other| node.exchange.links.of(other).seen().heard_at;
    // A month, an hour at a time: at each step both ends must have heard the other at the new time.
    for hour in 1..=24 * 30 {
        let now = Instant(beginning().0 + hour * 3_600_000);
        world.clock.set(now);
        let limit = std::time::Duration::from_secs(120);
        tokio::time::timeout(limit, async {
            while heard(by, pl_code) < Some(now) || heard(pl, by_code) < Some(now) {
                tokio::task::yield_now().await;
            }
        })
        .await
        .expect("a heartbeat within the step");
    }
    assert_eq!(sizes(), before, "heartbeats make no record");
}
