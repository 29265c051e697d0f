//! Where this node can't be dialled, its own connection serves both ways: it fetches what peers owe it
//! and hands in its receipts.
//!
//! Idle where our newest key list names an address: then peers dial us.

use std::time::Duration;

use tonic::Request;

use super::exchange::{Link, Peer};
use crate::codec::proto::detente::v1::{CollectRequest, HandInReceiptsRequest};
use crate::codec::{dispatch, message, signed};
use crate::limits;
use crate::peers::trust::Reach;

/// Runs until the Registrar ends.
pub(super) async fn run(link: Link) {
    let mut heads = link.exchange.registrar.heads();
    let (mut failures, mut turn) = (0, 0);
    loop {
        let dialled = if can_be_dialled(&link) { None } else { link.dial(turn, Reach::Everything) };
        heads.borrow_and_update();
        match dialled {
            None => {
                if heads.changed().await.is_err() {
                    return;
                }
            }
            Some(mut peer) => match collect(&link, &mut peer).await {
                Some(()) => failures = 0,
                None => {
                    link.state.back_off(failures).await;
                    failures = failures.saturating_add(1);
                    turn += 1;
                }
            },
        }
        if heads.has_changed().is_err() {
            return;
        }
    }
}

fn can_be_dialled(link: &Link) -> bool {
    let board = &link.head().board;
    let own = board.own.and_then(|own| board.roster.parties.get(&own.party)?.newest());
    own.is_none_or(|newest| !newest.list.addresses.is_empty())
}

async fn collect(link: &Link, peer: &mut Peer) -> Option<()> {
    let patience = Duration::from_millis(limits::COLLECT_WAIT_MS + limits::PEER_CALL_MS_MAX);
    let call = peer.collect(Request::new(CollectRequest {}));
    let deliveries = tokio::time::timeout(patience, call).await.ok()?.ok()?.into_inner().deliveries;
    let Some(first) = deliveries.first() else { return Some(()) };
    let claimed = dispatch::decode_dispatch(signed::decode(first.dispatch.clone()).ok()?.payload).ok()?;
    let answers = link.exchange.take_deliveries(link.peer, deliveries).await;
    let call = peer.hand_in_receipts(Request::new(HandInReceiptsRequest {
        answers,
        lane: message::precedence_to_proto(claimed.lane),
        first_serial: claimed.serial,
    }));
    tokio::time::timeout(Duration::from_millis(limits::PEER_CALL_MS_MAX), call).await.ok()?.ok()?;
    Some(())
}
