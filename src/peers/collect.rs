//! Where this node can't be dialled, it fetches what a peer owes it and hands in its receipts.
//!
//! Never here: when, and how often (`errands.rs`).

use std::time::Duration;

use tonic::Request;

use super::errand::Done;
use super::exchange::{Link, Peer};
use super::receive;
use crate::codec::message;
use crate::codec::proto::detente::v1::delivery_answer::Answer;
use crate::codec::proto::detente::v1::{CollectRequest, HandInReceiptsRequest};
use crate::domain::precedence::Precedence;
use crate::limits;

/// What is owed on one of these lanes.
pub(super) async fn collect(link: &Link, peer: &mut Peer, lanes: &[Precedence]) -> Done {
    let patience = Duration::from_millis(limits::COLLECT_WAIT_MS + limits::PEER_CALL_MS_MAX);
    let lanes = lanes.iter().map(|lane| message::precedence_to_proto(*lane)).collect();
    let call = peer.collect(Request::new(CollectRequest { lanes }));
    let Ok(Ok(answer)) = tokio::time::timeout(patience, call).await else { return Done::NoAnswer };
    link.state.hear(link.exchange.registrar.clock.now());
    let deliveries = answer.into_inner().deliveries;
    let Some(first) = deliveries.first() else { return Done::Rest };
    let Some((lane, first_serial)) = receive::claimed(&first.dispatch) else { return Done::NotTaken };
    let lane = message::precedence_to_proto(lane);
    let answers = link.exchange.take_deliveries(link.peer, deliveries).await;
    let all_taken = answers.iter().all(|one| matches!(one.answer, Some(Answer::Receipt(_))));
    let call = peer.hand_in_receipts(Request::new(HandInReceiptsRequest { answers, lane, first_serial }));
    match tokio::time::timeout(Duration::from_millis(limits::PEER_CALL_MS_MAX), call).await {
        Ok(Ok(_)) if all_taken => {
            // The peer can follow our ledger now, receipts and all, and can't say so by itself.
            link.state.ask_for_beat();
            Done::Well
        }
        Ok(Ok(_)) => Done::NotTaken,
        Ok(Err(_)) | Err(_) => Done::NoAnswer,
    }
}
