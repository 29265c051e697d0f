//! Where this node can't be dialled, it asks each peer over its own connection which part of our messages
//! the peer wants, and hands that in: nobody could come and fetch it.
//!
//! Idle where our newest key list names an address: then peers dial us. Never here: a part that no message
//! to this peer names; that is told by `parts.rs`, whoever asks.

use std::time::Duration;

use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tonic::Request;

use super::exchange::{Link, Peer};
use super::links::Patience;
use crate::codec::proto::detente::v1::hand_in_part_request::Piece;
use crate::codec::proto::detente::v1::{HandInPartRequest, PartHandedIn, WantedPartRequest};
use crate::domain::digest::Digest;
use crate::journal::parts::Reading;
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
        let patience = match ask_and_give(&link, &mut peer).await {
            Given::Taken => {
                failures = 0;
                // A peer that always wants something, or never waits, is not asked all the time.
                tokio::time::sleep(Duration::from_millis(limits::BACK_OFF_MS_MIN)).await;
                continue;
            }
            Given::NotTaken => Patience::ToTheEnd,
            Given::NoAnswer => {
                turn += 1;
                Patience::UntilHeard
            }
        };
        link.state.back_off(failures, patience).await;
        failures = failures.saturating_add(1);
    }
}

enum Given {
    /// Or nothing is wanted, or it can't be had here and the peer was told.
    Taken,
    NotTaken,
    NoAnswer,
}

async fn ask_and_give(link: &Link, peer: &mut Peer) -> Given {
    let patience = Duration::from_millis(limits::COLLECT_WAIT_MS + limits::PEER_CALL_MS_MAX);
    let call = peer.wanted_part(Request::new(WantedPartRequest {}));
    let Ok(Ok(answer)) = tokio::time::timeout(patience, call).await else { return Given::NoAnswer };
    link.state.hear(link.exchange.registrar.clock.now());
    let wanted = answer.into_inner();
    if wanted.salted_digest.is_empty() {
        return Given::Taken;
    }
    let Some(part) = Digest::from_slice(&wanted.salted_digest) else { return Given::NotTaken };
    let Some(_turn) = link.state.try_give() else { return Given::NotTaken };
    let header = PartHandedIn { salted_digest: wanted.salted_digest, from_byte: wanted.from_byte };
    match link.exchange.part_for(link.peer, &part, wanted.from_byte).await {
        Some(reading) => hand_in(peer, header, Some(reading)).await,
        // The peer hears that it does not come, and goes on with another.
        None => match hand_in(peer, header, None).await {
            Given::Taken | Given::NotTaken => Given::Taken,
            Given::NoAnswer => Given::NoAnswer,
        },
    }
}

async fn hand_in(peer: &mut Peer, header: PartHandedIn, reading: Option<Reading>) -> Given {
    let (pieces, stream) = mpsc::channel(limits::PART_CHUNKS_AHEAD_MAX);
    let feeding = feed(header, reading, pieces);
    let calling = peer.hand_in_part(Request::new(ReceiverStream::new(stream)));
    tokio::pin!(calling);
    let answer = tokio::select! {
        answer = &mut calling => answer,
        () = feeding => {
            let patience = Duration::from_millis(limits::PEER_CALL_MS_MAX);
            match tokio::time::timeout(patience, calling).await {
                Ok(answer) => answer,
                Err(_) => return Given::NoAnswer,
            }
        }
    };
    match answer {
        Ok(_) => Given::Taken,
        Err(status) if matches!(super::taking::short(&status), super::taking::Short::Cut) => Given::NoAnswer,
        Err(_) => Given::NotTaken,
    }
}

/// Until all was taken, or the peer has gone or takes too long. What can't be read any more ends early:
/// that is not the whole part, and the peer sees it.
async fn feed(header: PartHandedIn, reading: Option<Reading>, pieces: mpsc::Sender<HandInPartRequest>) {
    let patience = Duration::from_millis(limits::PART_CHUNK_MS_MAX);
    let mut piece = Piece::Header(header);
    let mut reading = reading;
    loop {
        if pieces.send_timeout(HandInPartRequest { piece: Some(piece) }, patience).await.is_err() {
            return;
        }
        let Some(reading) = &mut reading else { return };
        match reading.next().await {
            Ok(Some(chunk)) => piece = Piece::Chunk(chunk),
            Ok(None) => return,
            Err(fault) => {
                tracing::error!(%fault, "a part that is on record as kept can't be read to its end");
                return;
            }
        }
    }
}
