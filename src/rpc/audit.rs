//! The auditor's calls: exact records, the head, bundles, the list of threads, a thread as it was known.
//!
//! What an auditor reads is itself on record, once a command, before anything is given. Never here: a
//! buffer that a slow auditor could fill, or what the evidence says.

use std::pin::Pin;
use std::sync::Arc;

use bytes::Bytes;
use prost::Message;
use tokio::sync::mpsc;
use tokio_stream::Stream;
use tokio_stream::wrappers::ReceiverStream;
use tonic::{Request, Response, Status};

use super::command::person;
use super::held::reader_in;
use super::thread::thread_as_of;
use super::thread_list::threads_from;
use super::{command, status};
use crate::codec::proto::detente::v1::audit_service_server::{AuditService, AuditServiceServer};
use crate::codec::proto::detente::v1::{self as calls, CommandHeader};
use crate::domain::board::FOLD_VERSION;
use crate::domain::command::{Command, Origin};
use crate::domain::digest::ThreadId;
use crate::domain::language::Language;
use crate::domain::time::Instant;
use crate::evidence::keys::KeyRing;
use crate::journal::{Entry, Journal, ReadFault};
use crate::limits;
use crate::registrar::{Done, Head, Registrar, signed_checkpoint};
use crate::replay::bundle::{self, BundleFault, Source};
use crate::replay::records::RecordFault;

/// Reads from heads; the Registrar puts on record that somebody read.
pub struct AuditCalls {
    pub registrar: Registrar,
    /// The keys by which the head is signed, and our own part of a bundle is made again.
    pub ring: Arc<KeyRing>,
}

type Pieces<T> = Pin<Box<dyn Stream<Item = Result<T, Status>> + Send>>;

impl AuditCalls {
    /// With its bounds, to be added to the routes.
    pub fn service(self) -> AuditServiceServer<AuditCalls> {
        AuditServiceServer::new(self)
            .max_decoding_message_size(limits::CALL_BYTES_MAX)
            .max_encoding_message_size(limits::ANSWER_BYTES_MAX)
    }

    async fn on_record<T: Message>(
        &self,
        name: &'static str,
        header: impl FnOnce(&T) -> Option<&CommandHeader>,
        call: &Request<T>,
        what: String,
    ) -> Result<Arc<Head>, Status> {
        let asked = call.get_ref();
        let origin = command::origin(name, header(asked), asked, person(call)?)?;
        on_record(&self.registrar, origin, what).await
    }

    fn checkpoint(&self, head: &Head) -> Result<Bytes, Status> {
        signed_checkpoint(head, &self.ring).map(Bytes::from).ok_or_else(|| {
            status::ours("KEY_MISSING", "the ledger key is not here, so the head is not signed")
        })
    }
}

/// Puts a reading on record, before anything is given. Given again under its id it is the same reading, for a while
/// only: else one record would stand for whatever was read since.
pub(super) async fn on_record(
    registrar: &Registrar,
    origin: Origin,
    what: String,
) -> Result<Arc<Head>, Status> {
    let given = registrar.give(Command::ReadForAudit { what }, origin.clone()).await;
    if let before @ Done::Before { .. } = given.map_err(status::denied)? {
        let first = command::answer(registrar, before, &origin).await?;
        if registrar.clock.now().ms_since(first.at) > limits::AUDIT_AGAIN_MS_MAX {
            let rule = "it stands for a reading of more than an hour ago; a fresh id is a new reading";
            return Err(status::field("command.id", rule));
        }
    }
    Ok(registrar.head())
}

#[tonic::async_trait]
impl AuditService for AuditCalls {
    type ExportStream = Pieces<calls::ExportResponse>;
    type ExportThreadStream = Pieces<calls::ExportThreadResponse>;
    type ThreadsStream = Pieces<calls::ThreadsResponse>;
    type ReplayThreadStream = Pieces<calls::ReplayThreadResponse>;

    async fn export(
        &self,
        call: Request<calls::ExportRequest>,
    ) -> Result<Response<Self::ExportStream>, Status> {
        let head = self
            .on_record(
                "AuditService/Export",
                |asked| asked.command.as_ref(),
                &call,
                "the whole journal".into(),
            )
            .await?;
        let checkpoint = self.checkpoint(&head)?;
        let (pieces, stream) = mpsc::channel(limits::EXPORT_PIECES_AHEAD_MAX);
        let journal = self.registrar.journal.clone();
        tokio::spawn(async move {
            if let Err(fault) = export(&journal, head.positions.next(), checkpoint, &pieces).await {
                // Whoever has gone is not told.
                let _ = pieces.send(Err(status::record(fault.into()))).await;
            }
        });
        Ok(Response::new(Box::pin(ReceiverStream::new(stream))))
    }

    async fn head(&self, call: Request<calls::HeadRequest>) -> Result<Response<calls::HeadResponse>, Status> {
        let head = self
            .on_record("AuditService/Head", |asked| asked.command.as_ref(), &call, "the head".into())
            .await?;
        let own = head.board.own.ok_or_else(|| status::not_found("journal"))?;
        Ok(Response::new(calls::HeadResponse {
            party: own.party.to_string(),
            incarnation: own.incarnation.0,
            size: head.chain.size,
            void: head.void,
            epoch: head.chain.epoch,
            root: Bytes::copy_from_slice(&head.root().0),
            checkpoint: self.checkpoint(&head)?,
            board: Bytes::copy_from_slice(&head.board.digest().0),
            fold_version: FOLD_VERSION,
        }))
    }

    async fn export_thread(
        &self,
        call: Request<calls::ExportThreadRequest>,
    ) -> Result<Response<Self::ExportThreadStream>, Status> {
        let thread = thread_in(&call.get_ref().thread)?;
        let head = self
            .on_record(
                "AuditService/ExportThread",
                |asked| asked.command.as_ref(),
                &call,
                format!("the evidence of thread {thread}"),
            )
            .await?;
        let records = head.records(&self.registrar.journal);
        let source = Source { records: &records, board: &head.board, ring: &self.ring };
        let made = bundle::make(&source, thread, self.registrar.clock.now()).await;
        let file = made.map_err(|fault| match fault {
            BundleFault::NoSuchThread => status::not_found("thread"),
            BundleFault::TooLarge => status::field("thread", fault),
            BundleFault::Record(fault) => status::record(fault),
        })?;
        let pieces = (0..file.len()).step_by(limits::EXPORT_PIECE_BYTES).map(move |from| {
            let to = from.saturating_add(limits::EXPORT_PIECE_BYTES).min(file.len());
            Ok(calls::ExportThreadResponse { piece: file.slice(from..to) })
        });
        Ok(Response::new(Box::pin(tokio_stream::iter(pieces))))
    }

    async fn threads(
        &self,
        call: Request<calls::ThreadsRequest>,
    ) -> Result<Response<Self::ThreadsStream>, Status> {
        let what = "the list of threads".to_owned();
        let head =
            self.on_record("AuditService/Threads", |asked| asked.command.as_ref(), &call, what).await?;
        let (pages, stream) = mpsc::channel(limits::EXPORT_PIECES_AHEAD_MAX);
        let journal = self.registrar.journal.clone();
        tokio::spawn(async move {
            if let Err(status) = list(&head, &journal, &pages).await {
                let _ = pages.send(Err(status)).await;
            }
        });
        Ok(Response::new(Box::pin(ReceiverStream::new(stream))))
    }

    async fn replay_thread(
        &self,
        call: Request<calls::ReplayThreadRequest>,
    ) -> Result<Response<Self::ReplayThreadStream>, Status> {
        let thread = thread_in(&call.get_ref().thread)?;
        let as_of = command::as_of(call.get_ref().as_of_ms, self.registrar.clock.now())?;
        let reader = reader_in(&call.get_ref().language)?;
        let what = match as_of {
            Some(at) => format!("thread {thread} as of {at}"),
            None => format!("thread {thread}"),
        };
        let head =
            self.on_record("AuditService/ReplayThread", |asked| asked.command.as_ref(), &call, what).await?;
        if head.board.thread(thread).is_none() {
            return Err(status::not_found("thread"));
        }
        let (pages, stream) = mpsc::channel(limits::EXPORT_PIECES_AHEAD_MAX);
        let journal = self.registrar.journal.clone();
        let at = (as_of, self.registrar.clock.now());
        tokio::spawn(async move {
            if let Err(fault) = replay(&head, &journal, thread, at, reader, &pages).await {
                let _ = pages.send(Err(status::record(fault))).await;
            }
        });
        Ok(Response::new(Box::pin(ReceiverStream::new(stream))))
    }
}

fn thread_in(bytes: &[u8]) -> Result<ThreadId, Status> {
    ThreadId::from_slice(bytes).ok_or_else(|| status::field("thread", "16 bytes"))
}

/// Every entry before `end`, then the checkpoint. Ends early if nobody listens.
async fn export(
    journal: &Journal,
    end: u64,
    checkpoint: Bytes,
    pieces: &mpsc::Sender<Result<calls::ExportResponse, Status>>,
) -> Result<(), ReadFault> {
    let mut reader = journal.reader(0)?;
    let mut next = 0;
    let mut piece = calls::ExportResponse::default();
    let mut bytes = 0_usize;
    while next < end {
        for Entry { position, bytes: entry } in reader.next().await? {
            if position >= end {
                break;
            }
            next = position.saturating_add(1);
            bytes = bytes.saturating_add(entry.len());
            piece.entries.push(entry);
            let full = bytes >= limits::EXPORT_PIECE_BYTES || piece.entries.len() >= limits::READ_ENTRIES_MAX;
            if full {
                bytes = 0;
                if pieces.send(Ok(std::mem::take(&mut piece))).await.is_err() {
                    return Ok(());
                }
            }
        }
    }
    piece.checkpoint = checkpoint;
    let _ = pieces.send(Ok(piece)).await;
    Ok(())
}

async fn list(
    head: &Head,
    journal: &Journal,
    pages: &mpsc::Sender<Result<calls::ThreadsResponse, Status>>,
) -> Result<(), Status> {
    let mut from = Bytes::new();
    loop {
        let page = threads_from(head, journal, &from).await?;
        from = page.next.clone();
        let page = calls::ThreadsResponse { page: page.encode_to_vec().into() };
        if pages.send(Ok(page)).await.is_err() || from.is_empty() {
            return Ok(());
        }
    }
}

async fn replay(
    head: &Head,
    journal: &Journal,
    thread: ThreadId,
    at: (Option<Instant>, Instant),
    reader: Option<Language>,
    pages: &mpsc::Sender<Result<calls::ReplayThreadResponse, Status>>,
) -> Result<(), RecordFault> {
    let mut from = 0;
    loop {
        let page = thread_as_of(head, journal, thread, at, from, reader.clone()).await?;
        let next = usize::try_from(page.next).unwrap_or(0);
        let page = calls::ReplayThreadResponse { page: page.encode_to_vec().into() };
        if pages.send(Ok(page)).await.is_err() || next <= from {
            return Ok(());
        }
        from = next;
    }
}
