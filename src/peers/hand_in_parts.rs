//! Where this node can't be dialled, it asks each peer over its own connection which part of our messages
//! the peer wants, and hands that in: nobody could come and fetch it.
//!
//! Never here: when, and how often (`errands.rs`); a part that no message to this peer names: that is told by
//! `parts.rs`, whoever asks.

use std::time::Duration;

use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tonic::Request;

use super::errand::Done;
use super::exchange::{Link, Peer};
use crate::codec::proto::detente::v1::hand_in_part_request::Piece;
use crate::codec::proto::detente::v1::{HandInPartRequest, PartHandedIn, WantedPartRequest};
use crate::domain::digest::Digest;
use crate::journal::parts::Reading;
use crate::limits;

pub(super) async fn ask_and_give(link: &Link, peer: &mut Peer) -> Done {
    let patience = Duration::from_millis(limits::COLLECT_WAIT_MS + limits::PEER_CALL_MS_MAX);
    let call = peer.wanted_part(Request::new(WantedPartRequest {}));
    let Ok(Ok(answer)) = tokio::time::timeout(patience, call).await else { return Done::NoAnswer };
    link.state.hear(link.exchange.registrar.clock.now());
    let wanted = answer.into_inner();
    if wanted.salted_digest.is_empty() {
        return Done::Rest;
    }
    let Some(part) = Digest::from_slice(&wanted.salted_digest) else { return Done::NotTaken };
    let Some(_turn) = link.state.try_give() else { return Done::NotTaken };
    let header = PartHandedIn { salted_digest: wanted.salted_digest, from_byte: wanted.from_byte };
    match link.exchange.part_for(link.peer, &part, wanted.from_byte).await {
        Some(reading) => hand_in(peer, header, Some(reading)).await,
        // The peer hears that it does not come, and goes on with another.
        None => match hand_in(peer, header, None).await {
            Done::Well | Done::Rest | Done::NotTaken => Done::Rest,
            Done::NoAnswer => Done::NoAnswer,
        },
    }
}

async fn hand_in(peer: &mut Peer, header: PartHandedIn, reading: Option<Reading>) -> Done {
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
                Err(_) => return Done::NoAnswer,
            }
        }
    };
    match answer {
        Ok(_) => Done::Rest,
        Err(status) if matches!(super::taking::short(&status), super::taking::Short::Cut) => Done::NoAnswer,
        Err(_) => Done::NotTaken,
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
