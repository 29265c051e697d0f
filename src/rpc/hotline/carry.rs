//! Carry files, out and in, piece by piece: what goes by another path while the line is cut.
//!
//! Never here: a look into a file (`codec/carry.rs`), or what becomes of what it holds (`peers/carry.rs`).

use std::time::Duration;

use bytes::{Bytes, BytesMut};
use tokio_stream::StreamExt as _;
use tonic::{Response, Status, Streaming};

use super::HotlineCalls;
use crate::codec::message::precedence_to_proto;
use crate::codec::proto::detente::v1 as calls;
use crate::codec::proto::detente::v1::carry_in_request::Piece as In;
use crate::codec::proto::detente::v1::carry_in_response::Piece as Answered;
use crate::codec::proto::detente::v1::carry_out_response::Piece as Out;
use crate::domain::board::Denied;
use crate::domain::party::Party;
use crate::domain::refusal::NotNow;
use crate::limits;
use crate::peers::carry::{CarryFault, NotCompared, Stopped, Taken};
use crate::peers::serve::ServeFault;
use crate::rpc::part::Pieces;
use crate::rpc::status;

impl HotlineCalls {
    pub(super) async fn carried_out(
        &self,
        asked: calls::CarryOutRequest,
    ) -> Result<Response<Pieces<calls::CarryOutResponse>>, Status> {
        let to: Party = asked.to.parse().map_err(|_| status::field("to", "must be a Party's code"))?;
        let _place = self.carrying.try_acquire().map_err(|_| status::denied(NotNow::Inbox.into()))?;
        let made = self.exchange.carry_out(to, not_compared(asked.although_not_compared)).await;
        let made = made.map_err(served)?;
        let told = calls::CarryMade { dispatches: made.dispatches as u64, left: made.left as u64 };
        let pieces = std::iter::once(Out::Made(told)).chain(chunks(made.file).map(Out::Chunk));
        let pieces = pieces.map(|piece| Ok(calls::CarryOutResponse { piece: Some(piece) }));
        Ok(Response::new(Box::pin(tokio_stream::iter(pieces))))
    }

    pub(super) async fn carried_in(
        &self,
        mut pieces: Streaming<calls::CarryInRequest>,
    ) -> Result<Response<Pieces<calls::CarryInResponse>>, Status> {
        let _place = self.carrying.try_acquire().map_err(|_| status::denied(NotNow::Inbox.into()))?;
        // Whoever sends it in drops keeps the place from others for no longer.
        let whole = Duration::from_millis(limits::CALL_MS_MAX);
        let read = tokio::time::timeout(whole, read(&mut pieces)).await;
        let (although, file) = read.map_err(|_| status::carry_stalled())??;
        let taken = self.exchange.carry_in(&file, not_compared(although)).await;
        let mut taken = taken.map_err(|fault| match fault {
            CarryFault::Field(fault) => status::decode(fault),
            CarryFault::Serve(fault) => served(fault),
        })?;
        let back = taken.back.take().unwrap_or_default();
        let pieces = std::iter::once(Answered::Taken(told(taken))).chain(chunks(back).map(Answered::Chunk));
        let pieces = pieces.map(|piece| Ok(calls::CarryInResponse { piece: Some(piece) }));
        Ok(Response::new(Box::pin(tokio_stream::iter(pieces))))
    }
}

/// What the header says, and the file.
async fn read(pieces: &mut Streaming<calls::CarryInRequest>) -> Result<(bool, Bytes), Status> {
    let although = match next(pieces).await? {
        Some(In::Header(header)) => header.although_not_compared,
        Some(In::Chunk(_)) | None => return Err(status::field("header", "must come first")),
    };
    let mut file = BytesMut::new();
    while let Some(piece) = next(pieces).await? {
        match piece {
            In::Chunk(chunk) if chunk.is_empty() => {
                return Err(status::field("chunk", "must not be empty"));
            }
            In::Chunk(chunk) if file.len().saturating_add(chunk.len()) > limits::CARRY_BYTES_MAX => {
                return Err(status::at_most("carry", limits::CARRY_BYTES_MAX, "bytes"));
            }
            In::Chunk(chunk) => file.extend_from_slice(&chunk),
            In::Header(_) => return Err(status::field("header", "must come once")),
        }
    }
    Ok((although, file.freeze()))
}

async fn next(pieces: &mut Streaming<calls::CarryInRequest>) -> Result<Option<In>, Status> {
    let patience = Duration::from_millis(limits::PART_CHUNK_MS_MAX);
    let piece = tokio::time::timeout(patience, pieces.next()).await;
    match piece.map_err(|_| status::carry_stalled())?.transpose()? {
        None => Ok(None),
        Some(calls::CarryInRequest { piece: Some(piece) }) => Ok(Some(piece)),
        Some(calls::CarryInRequest { piece: None }) => Err(status::field("piece", "must be given")),
    }
}

fn chunks(file: Bytes) -> impl Iterator<Item = Bytes> + Send {
    (0..file.len()).step_by(limits::PART_CHUNK_BYTES).map(move |from| {
        let to = from.saturating_add(limits::PART_CHUNK_BYTES).min(file.len());
        file.slice(from..to)
    })
}

fn not_compared(although: bool) -> NotCompared {
    if although { NotCompared::Accepted } else { NotCompared::Refused }
}

/// Whoever asks is a person, and can say that it is to be done all the same.
fn served(fault: ServeFault) -> Status {
    match fault {
        ServeFault::Denied(Denied::NotNow(NotNow::NotCompared)) => status::carry_not_compared(),
        fault => status::serve(fault),
    }
}

fn told(taken: Taken) -> calls::CarryTaken {
    calls::CarryTaken {
        from: taken.from.to_string(),
        put_on_record: taken.dispatches.put_on_record as u64,
        on_record_before: taken.dispatches.before as u64,
        receipts_put_on_record: taken.receipts.put_on_record as u64,
        receipts_before: taken.receipts.before as u64,
        stopped: taken.stopped.into_iter().map(stopped).collect(),
    }
}

fn stopped(one: Stopped) -> calls::CarryStopped {
    calls::CarryStopped {
        lane: one.at.map(|(lane, _)| precedence_to_proto(lane)).unwrap_or_default(),
        serial: one.at.map(|(_, serial)| serial).unwrap_or_default(),
        field: one.field.into(),
        rule: one.rule,
    }
}
