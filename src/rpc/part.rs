//! Parts: officers' attachments and personal data, kept, read and erased; and how the calls of officers
//! and peers alike hand a part on.
//!
//! Never here: an unsalted digest of content, on record or in an answer: whoever had it could test guesses
//! at what was erased. So a command's stamp covers a part's size and not its content; that the same id
//! came with the same content is found out by comparing.

use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use tokio::sync::{Semaphore, mpsc};
use tokio_stream::Stream;
use tokio_stream::wrappers::ReceiverStream;
use tonic::{Request, Response, Status, Streaming};

use super::command::{self, digest_in, give as give_command, not_what_was_asked, person, refused};
use super::{beginning, status};
use crate::codec::proto::detente::evidence::v1 as evidence;
use crate::codec::proto::detente::v1 as calls;
use crate::codec::proto::detente::v1::part_service_server::{PartService, PartServiceServer};
use crate::codec::proto::detente::v1::store_request::Piece;
use crate::domain::board::{Board, Denied};
use crate::domain::command::{Command, Origin};
use crate::domain::digest::Digest;
use crate::domain::event::{Event, Record};
use crate::domain::message::Part;
use crate::domain::part::PartState;
use crate::domain::refusal::Refusal;
use crate::journal::parts::{Arriving, PartFault, Parts, Reading, SALT_BYTES};
use crate::limits;
use crate::registrar::Registrar;

pub(super) type Pieces<T> = Pin<Box<dyn Stream<Item = Result<T, Status>> + Send>>;

/// Keeps files, and gives commands to the Registrar.
pub struct PartCalls {
    registrar: Registrar,
    parts: Parts,
    /// One for each part that is read or taken.
    places: Arc<Semaphore>,
}

impl PartCalls {
    pub fn new(registrar: Registrar, parts: Parts) -> PartCalls {
        PartCalls { registrar, parts, places: Arc::new(Semaphore::new(limits::PARTS_AT_ONCE_MAX)) }
    }

    /// For the node to serve behind the access table.
    pub fn service(self) -> PartServiceServer<PartCalls> {
        PartServiceServer::new(self)
            .max_decoding_message_size(limits::CALL_BYTES_MAX)
            .max_encoding_message_size(limits::ANSWER_BYTES_MAX)
    }

    /// The part of a command that is on record already, if it came with this content.
    async fn stored_before(
        &self,
        origin: &Origin,
        arriving: &Arriving,
    ) -> Result<Option<(Digest, u64)>, Status> {
        let head = self.registrar.head();
        let before = command::answered_before(&self.registrar, &head, origin).await?;
        let Some(record) = before else { return Ok(None) };
        let (part, bytes) = stored_in(&record).ok_or_else(not_what_was_asked)?;
        match arriving.is_content_of(&part).await {
            // What was erased can't be compared any more.
            Ok(true) | Err(PartFault::Absent) => Ok(Some((part, bytes))),
            Ok(false) => Err(refused(Refusal::IdReused)),
            Err(fault) => Err(status::part(&fault)),
        }
    }

    /// The file first, durable and verified; then the record that it is kept.
    async fn put_on_record(&self, arriving: Arriving, origin: Origin) -> Result<(Digest, u64), Status> {
        if let Some(before) = self.stored_before(&origin, &arriving).await? {
            return Ok(before);
        }
        let kept = arriving.finish(None).await;
        let (part, bytes) = kept.map_err(|fault| status::part(&fault))?;
        let store = Command::StorePart { salted_digest: part, bytes };
        let given = self.registrar.give(store, origin.clone()).await;
        // Where it is not known whether it is on record, the file stays; the next start sees.
        if let Err(Denied::Refused(_)) = &given
            && let Err(fault) = self.parts.erase(&part).await
        {
            tracing::warn!(%fault, "a part that was refused is still in the directory of parts");
        }
        let record = command::answer(&self.registrar, given.map_err(status::denied)?, &origin).await?;
        stored_in(&record).ok_or_else(not_what_was_asked)
    }
}

#[tonic::async_trait]
impl PartService for PartCalls {
    type ReadStream = Pieces<calls::PartServiceReadResponse>;

    async fn store(
        &self,
        call: Request<Streaming<calls::StoreRequest>>,
    ) -> Result<Response<calls::StoreResponse>, Status> {
        let caller = person(&call)?.clone();
        let _place = self.places.clone().try_acquire_owned().map_err(|_| status::parts_busy())?;
        let mut pieces = call.into_inner();
        let mut header = match next_piece(&mut pieces, |one| one.piece, status::part_stalled).await? {
            Some(Piece::Header(header)) => header,
            Some(Piece::Chunk(_)) | None => return Err(status::field("header", "must come first")),
        };
        check(&header)?;
        let mut arriving = self.parts.begin().await.map_err(|fault| status::part(&fault))?;
        while let Some(piece) = next_piece(&mut pieces, |one| one.piece, status::part_stalled).await? {
            match piece {
                Piece::Chunk(chunk) if chunk.is_empty() => {
                    return Err(status::field("chunk", "must not be empty"));
                }
                Piece::Chunk(chunk) => {
                    arriving.append(&chunk).await.map_err(|fault| status::part(&fault))?;
                }
                Piece::Header(_) => return Err(status::field("header", "must come once")),
            }
        }
        let asked = StorePart {
            command: header.command.take(),
            header: Some(header.clone()),
            bytes: arriving.length().saturating_sub(SALT_BYTES),
        };
        let origin = command::origin("PartService/Store", asked.command.as_ref(), &asked, &caller)?;
        let (part, bytes) = self.put_on_record(arriving, origin).await?;
        Ok(Response::new(calls::StoreResponse {
            part: Some(evidence::Part {
                salted_digest: part.0.to_vec().into(),
                bytes,
                media_type: header.media_type,
                name: header.name,
                personal: header.personal,
            }),
        }))
    }

    async fn read(
        &self,
        call: Request<calls::PartServiceReadRequest>,
    ) -> Result<Response<Self::ReadStream>, Status> {
        let board = self.registrar.head().board.clone();
        let found =
            beginning::only_one("part", &call.get_ref().beginning, |first| board.parts.range(first..))?;
        let place = self.places.clone().try_acquire_owned().map_err(|_| status::parts_busy())?;
        let (part, bytes) = match found {
            Some((part, PartState::Kept { bytes })) => (part, *bytes),
            Some((_, PartState::Erased)) => return Err(status::part_erased()),
            None => return Err(status::not_found("part")),
        };
        match self.parts.read_kept(&part, bytes).await {
            Ok(reading) => Ok(give(reading, place, |chunk| calls::PartServiceReadResponse { chunk })),
            // On record as kept: that the file is gone is damage.
            Err(PartFault::Absent) => Err(status::part(&PartFault::Damaged)),
            Err(fault) => Err(status::part(&fault)),
        }
    }

    async fn erase(
        &self,
        call: Request<calls::EraseRequest>,
    ) -> Result<Response<calls::EraseResponse>, Status> {
        let caller = person(&call)?.clone();
        let asked = call.into_inner();
        let origin = command::origin("PartService/Erase", asked.command.as_ref(), &asked, &caller)?;
        let part = digest_in(&asked.salted_digest)?;
        if asked.reason.trim().is_empty() {
            return Err(status::field("reason", "must be given"));
        }
        if asked.reason.len() > limits::REASON_BYTES_MAX {
            return Err(status::at_most("reason", limits::REASON_BYTES_MAX, "bytes"));
        }
        let command = Command::ErasePart { salted_digest: part, reason: asked.reason };
        give_command(&self.registrar, command, origin).await?;
        // On record first. Where the file then can't be removed, the same command again tries again, and
        // so does the next start.
        self.parts.erase(&part).await.map_err(|_| status::part_not_removed())?;
        Ok(Response::new(calls::EraseResponse {}))
    }
}

/// What a command of storing asks, but for the content itself. By its name and bytes the command is known
/// again.
#[derive(prost::Message)]
struct StorePart {
    #[prost(message, optional, tag = "1")]
    command: Option<calls::CommandHeader>,
    /// Without the command's.
    #[prost(message, optional, tag = "2")]
    header: Option<calls::PartHeader>,
    #[prost(uint64, tag = "3")]
    bytes: u64,
}

fn check(header: &calls::PartHeader) -> Result<(), Status> {
    for (field, text) in [("header.media_type", &header.media_type), ("header.name", &header.name)] {
        if text.trim().is_empty() {
            return Err(status::field(field, "must be given"));
        }
        if text.len() > limits::LINE_BYTES_MAX {
            return Err(status::at_most(field, limits::LINE_BYTES_MAX, "bytes"));
        }
    }
    Ok(())
}

/// The next piece of a call that comes in pieces; `None` at its end.
pub(super) async fn next_piece<C, P>(
    calls: &mut Streaming<C>,
    piece: impl FnOnce(C) -> Option<P>,
    stalled: fn() -> Status,
) -> Result<Option<P>, Status> {
    let patience = Duration::from_millis(limits::PART_CHUNK_MS_MAX);
    let next = tokio::time::timeout(patience, calls.message()).await;
    let Some(next) = next.map_err(|_| stalled())?? else { return Ok(None) };
    piece(next).map(Some).ok_or_else(|| status::field("piece", "must be given"))
}

fn stored_in(record: &Record) -> Option<(Digest, u64)> {
    record.events.iter().find_map(|event| match event {
        Event::PartStored { salted_digest, bytes } => Some((*salted_digest, *bytes)),
        _ => None,
    })
}

/// Hands on a part piece by piece. `held` is kept until all of it was taken, or whoever takes it has gone
/// or takes too long.
pub(super) fn give<T: Send + 'static>(
    mut reading: Reading,
    held: impl Send + 'static,
    piece: impl Fn(Bytes) -> T + Send + Sync + 'static,
) -> Response<Pieces<T>> {
    let (pieces, stream) = mpsc::channel(limits::PART_CHUNKS_AHEAD_MAX);
    tokio::spawn(async move {
        let _held = held;
        let patience = Duration::from_millis(limits::PART_CHUNK_MS_MAX);
        loop {
            let next = match reading.next().await {
                Ok(Some(chunk)) => Ok(piece(chunk)),
                Ok(None) => return,
                Err(fault) => Err(status::part(&fault)),
            };
            let ends = next.is_err();
            if pieces.send_timeout(next, patience).await.is_err() || ends {
                return;
            }
        }
    });
    Response::new(Box::pin(ReceiverStream::new(stream)))
}

/// What this node holds of parts that a message names.
pub(super) fn held(board: &Board, parts: &[Part]) -> Vec<calls::PartHeld> {
    let held = |part: &Part| {
        let state = match board.part(&part.salted_digest) {
            Some(PartState::Kept { .. }) => calls::PartState::Kept,
            Some(PartState::Erased) => calls::PartState::Erased,
            None => calls::PartState::NotHere,
        };
        calls::PartHeld { salted_digest: part.salted_digest.0.to_vec().into(), state: state as i32 }
    };
    parts.iter().map(held).collect()
}
