//! Where this node can't be dialled, its own connection serves both ways: it fetches what peers owe it
//! and hands in its receipts.
//!
//! Idle where our newest key list names an address: then peers dial us.

use std::time::Duration;

use tonic::Request;

use super::exchange::{Link, Peer};
use super::links::Patience;
use super::receive;
use crate::codec::message;
use crate::codec::proto::detente::v1::delivery_answer::Answer;
use crate::codec::proto::detente::v1::{CollectRequest, HandInReceiptsRequest};
use crate::limits;
use crate::peers::trust::Reach;

/// Runs until the Registrar ends.
pub(super) async fn run(link: Link) {
    let mut heads = link.exchange.registrar.heads();
    let (mut failures, mut turn) = (0, 0);
    link.state.until_compared().await;
    loop {
        heads.borrow_and_update();
        let dialled = if link.exchange.can_be_dialled() { None } else { link.dial(turn, Reach::Everything) };
        let Some(mut peer) = dialled else {
            if heads.changed().await.is_err() {
                return;
            }
            continue;
        };
        let patience = match collect(&link, &mut peer).await {
            Collected::Taken => {
                failures = 0;
                continue;
            }
            Collected::NotTaken => Patience::ToTheEnd,
            Collected::NoAnswer => {
                turn += 1;
                Patience::UntilHeard
            }
        };
        link.state.back_off(failures, patience).await;
        failures = failures.saturating_add(1);
    }
}

enum Collected {
    /// Everything, or there was nothing.
    Taken,
    NotTaken,
    NoAnswer,
}

async fn collect(link: &Link, peer: &mut Peer) -> Collected {
    let patience = Duration::from_millis(limits::COLLECT_WAIT_MS + limits::PEER_CALL_MS_MAX);
    let call = peer.collect(Request::new(CollectRequest {}));
    let Ok(Ok(answer)) = tokio::time::timeout(patience, call).await else { return Collected::NoAnswer };
    link.state.hear(link.exchange.registrar.clock.now());
    let deliveries = answer.into_inner().deliveries;
    let Some(first) = deliveries.first() else {
        // The peer waits before it says so; one that does not is not asked all the time.
        tokio::time::sleep(Duration::from_millis(limits::BACK_OFF_MS_MIN)).await;
        return Collected::Taken;
    };
    let Some((lane, first_serial)) = receive::claimed(&first.dispatch) else { return Collected::NotTaken };
    let lane = message::precedence_to_proto(lane);
    let answers = link.exchange.take_deliveries(link.peer, deliveries).await;
    let all_taken = answers.iter().all(|one| matches!(one.answer, Some(Answer::Receipt(_))));
    let call = peer.hand_in_receipts(Request::new(HandInReceiptsRequest { answers, lane, first_serial }));
    match tokio::time::timeout(Duration::from_millis(limits::PEER_CALL_MS_MAX), call).await {
        Ok(Ok(_)) if all_taken => {
            // The peer can follow our ledger now, receipts and all, and can't say so by itself.
            link.state.ask_for_beat();
            Collected::Taken
        }
        Ok(Ok(_)) => Collected::NotTaken,
        Ok(Err(_)) | Err(_) => Collected::NoAnswer,
    }
}
