//! Calls about hotline sessions: open, accept, say, read, translate, close; lists and transcripts; and a console's
//! stream.
//!
//! Never here: the order of a session or its close (`domain/hotline/`), who may release (the Board). What is done by
//! a call of its own and what a console says over its stream is the same.
//!
//! What stands where:
//!
//! - calls: this file; a console's stream: `join.rs`, `known.rs`, `moved.rs`; what both say: `desk.rs`, `speak.rs`,
//!   `follows.rs`, `releasing.rs`, `shown.rs`
//! - a session read from its thread: `told.rs`, `ahead.rs`, `bare.rs`, `rooms.rs`, `references.rs`, `named.rs`; what
//!   came in another way: `by_way.rs`, `handed_on.rs`, `heard.rs`; kept for the next who asks: `kept.rs`,
//!   `folded.rs`, `touched.rs`
//! - a session told: `lines.rs`, `between.rs`, `about.rs`, `states.rs`, `receipts.rs`, `awaited.rs`,
//!   `translations.rs`, `not_shown.rs`, `not_to.rs`, `closed_by.rs`, `beside.rs`, `open_drafts.rs`
//! - phrases, and links: `phrases.rs`, `checks.rs`, `check_keeper.rs`, `check_messages.rs`, `check_waiting.rs`,
//!   `carry.rs`, `carry_given.rs`

mod about;
mod ahead;
mod awaited;
mod bare;
mod beside;
mod between;
mod by_way;
mod carry;
mod carry_given;
mod check_keeper;
mod check_messages;
pub(in crate::rpc) mod check_waiting;
pub(in crate::rpc) mod checks;
mod closed_by;
mod desk;
mod folded;
mod follows;
mod handed_on;
mod heard;
mod join;
mod kept;
mod known;
mod lines;
mod moved;
mod named;
mod not_shown;
mod not_to;
pub(in crate::rpc) mod open_drafts;
mod phrases;
mod receipts;
mod references;
pub(in crate::rpc) mod releasing;
mod rooms;
mod shown;
mod speak;
mod states;
mod told;
mod touched;
mod translations;

use std::sync::Arc;

use tokio::sync::{Semaphore, mpsc};
use tokio_stream::wrappers::ReceiverStream;
use tonic::{Request, Response, Status, Streaming};

pub use self::check_keeper::CheckKeeper;
use self::desk::{Desk, opening_in, thread_in};
pub use self::kept::Kept;
use self::told::Told;
use crate::codec::heading::Given;
use crate::codec::proto::detente::v1 as calls;
use crate::codec::proto::detente::v1::hotline_service_server::{HotlineService, HotlineServiceServer};
use crate::domain::board::ThreadsFrom;
use crate::domain::digest::Digest;
use crate::limits;
use crate::peers::exchange::Exchange;
use crate::registrar::Registrar;
use crate::rpc::command::{self, draft_id, person};
use crate::rpc::part::Pieces;
use crate::rpc::{draft, status};

/// The path of what is said in a text, for its translation.
const TEXT: &str = "text";

/// Reads from heads, gives commands to the Registrar.
pub struct HotlineCalls {
    registrar: Registrar,
    exchange: Exchange,
    kept: Kept,
    /// One carry file is made or taken at a time.
    carrying: Semaphore,
    /// One for each carry file that is on its way to an officer.
    giving: Arc<Semaphore>,
}

#[tonic::async_trait]
impl HotlineService for HotlineCalls {
    type JoinStream = Pieces<calls::JoinResponse>;
    type CarryOutStream = Pieces<calls::CarryOutResponse>;
    type CarryInStream = Pieces<calls::CarryInResponse>;

    async fn draft(
        &self,
        call: Request<calls::HotlineServiceDraftRequest>,
    ) -> Result<Response<calls::HotlineServiceDraftResponse>, Status> {
        let caller = person(&call)?.clone();
        let asked = call.into_inner();
        let origin = command::origin("HotlineService/Draft", asked.command.as_ref(), &asked, &caller)?;
        let content = asked.content.map(Given::from);
        let id = draft_id(&asked.draft)?;
        let (digest, faults) =
            draft::put(&self.registrar, origin, &caller, id, asked.heading, content).await?;
        Ok(Response::new(calls::HotlineServiceDraftResponse { digest: digest.0.to_vec().into(), faults }))
    }

    async fn open_session(
        &self,
        call: Request<calls::OpenSessionRequest>,
    ) -> Result<Response<calls::OpenSessionResponse>, Status> {
        let desk = self.desk(&call)?;
        let spoken = Some(desk.open(call.into_inner()).await?);
        Ok(Response::new(calls::OpenSessionResponse { spoken }))
    }

    async fn accept_session(
        &self,
        call: Request<calls::AcceptSessionRequest>,
    ) -> Result<Response<calls::AcceptSessionResponse>, Status> {
        let desk = self.desk(&call)?;
        let spoken = Some(desk.accept(call.into_inner()).await?);
        Ok(Response::new(calls::AcceptSessionResponse { spoken }))
    }

    async fn say(&self, call: Request<calls::SayRequest>) -> Result<Response<calls::SayResponse>, Status> {
        let desk = self.desk(&call)?;
        let spoken = Some(desk.say(call.into_inner()).await?);
        Ok(Response::new(calls::SayResponse { spoken }))
    }

    async fn add_party(
        &self,
        call: Request<calls::AddPartyRequest>,
    ) -> Result<Response<calls::AddPartyResponse>, Status> {
        let desk = self.desk(&call)?;
        let spoken = Some(desk.add(call.into_inner()).await?);
        Ok(Response::new(calls::AddPartyResponse { spoken }))
    }

    async fn translate_text(
        &self,
        call: Request<calls::TranslateTextRequest>,
    ) -> Result<Response<calls::TranslateTextResponse>, Status> {
        let desk = self.desk(&call)?;
        let spoken = Some(desk.translate(call.into_inner()).await?);
        Ok(Response::new(calls::TranslateTextResponse { spoken }))
    }

    async fn close_session(
        &self,
        call: Request<calls::CloseSessionRequest>,
    ) -> Result<Response<calls::CloseSessionResponse>, Status> {
        let desk = self.desk(&call)?;
        let spoken = Some(desk.close(call.into_inner()).await?);
        Ok(Response::new(calls::CloseSessionResponse { spoken }))
    }

    async fn read_text(
        &self,
        call: Request<calls::ReadTextRequest>,
    ) -> Result<Response<calls::ReadTextResponse>, Status> {
        let desk = self.desk(&call)?;
        desk.read(call.into_inner()).await.map(Response::new)
    }

    async fn list_sessions(
        &self,
        call: Request<calls::ListSessionsRequest>,
    ) -> Result<Response<calls::ListSessionsResponse>, Status> {
        let from = match &call.get_ref().from[..] {
            [] => None,
            given => {
                let read = ThreadsFrom::from_bytes(given);
                Some(read.ok_or_else(|| status::field("from", "empty, or the `next` of the page before"))?)
            }
        };
        let caller = person(&call)?.person();
        let head = self.registrar.head();
        let page = head.board.threads_page(from, limits::HOTLINE_THREADS_PER_PAGE);
        let mut sessions = Vec::new();
        for id in page.threads {
            let Some(thread) = head.board.thread(id) else { continue };
            if !thread.is_session() {
                continue;
            }
            let look = |told: &Told| told.session().map(|session| lines::head(told, session, caller));
            let session = self.kept.of(&head, &self.registrar.journal, id, look).await?;
            sessions.extend(session.map(|session| self.with_links(session)));
        }
        let next = page.next.map(|next| next.to_bytes().to_vec().into()).unwrap_or_default();
        Ok(Response::new(calls::ListSessionsResponse { sessions, next }))
    }

    async fn show_session(
        &self,
        call: Request<calls::ShowSessionRequest>,
    ) -> Result<Response<calls::ShowSessionResponse>, Status> {
        let (asked, caller) = (call.get_ref(), person(&call)?.person());
        let head = self.registrar.head();
        // What waits here is no part of what two have.
        let drafts = match asked.with.is_empty() {
            true => Some(open_drafts::of(&head.board, thread_in(&asked.thread)?)),
            false => None,
        };
        let look = |told: &Told| between::shown(told, &head.board, asked, caller);
        let shown = self.look(&asked.thread, look).await??;
        let mut session = shown.session.map(|session| self.with_links(session));
        if let Some(head) = session.as_mut().filter(|_| !asked.with.is_empty()) {
            head.not_heard.retain(|one| one.party == asked.with);
        }
        Ok(Response::new(calls::ShowSessionResponse { session, drafts, ..shown }))
    }

    async fn transcript(
        &self,
        call: Request<calls::TranscriptRequest>,
    ) -> Result<Response<calls::TranscriptResponse>, Status> {
        let with = &call.get_ref().with;
        let look = |told: &Told| {
            let session = told.some_session()?;
            let other = between::other(told, session, with)?;
            let transcript = session.transcript(told.thread, told.own, other);
            let closes = session.closes_over(told.thread, told.own, other);
            Ok::<_, Status>((transcript.into_bytes(), closes.into_bytes(), other.to_string()))
        };
        let (transcript, mut closes, with) = self.look(&call.get_ref().thread, look).await??;
        if closes == transcript {
            closes.clear();
        }
        let digest = Digest::of(&transcript).0.to_vec().into();
        let (transcript, closes) = (transcript.into(), closes.into());
        Ok(Response::new(calls::TranscriptResponse { transcript, digest, closes, with }))
    }

    async fn list_phrases(
        &self,
        call: Request<calls::ListPhrasesRequest>,
    ) -> Result<Response<calls::ListPhrasesResponse>, Status> {
        phrases::lists(&self.registrar.head(), call.get_ref()).map(Response::new)
    }

    async fn join(
        &self,
        call: Request<Streaming<calls::JoinRequest>>,
    ) -> Result<Response<Self::JoinStream>, Status> {
        let desk = self.desk(&call)?;
        let (answers, stream) = mpsc::channel(limits::NOTICES_AHEAD_MAX);
        let heads = self.registrar.heads();
        let drafts = open_drafts::follow(heads.clone(), answers.clone());
        let console = join::Console::new(desk, heads, answers).run(call.into_inner());
        // The stream ends with whichever of both ends first.
        tokio::spawn(async move {
            tokio::select! {
                () = console => {}
                () = drafts => {}
            }
        });
        Ok(Response::new(Box::pin(ReceiverStream::new(stream))))
    }

    async fn list_checks(
        &self,
        call: Request<calls::ListChecksRequest>,
    ) -> Result<Response<calls::ListChecksResponse>, Status> {
        self.checks(call.get_ref()).map(Response::new)
    }

    async fn send_check(
        &self,
        call: Request<calls::SendCheckRequest>,
    ) -> Result<Response<calls::SendCheckResponse>, Status> {
        let desk = self.desk(&call)?;
        desk.send_check(call.into_inner()).await.map(Response::new)
    }

    async fn record_check(
        &self,
        call: Request<calls::RecordCheckRequest>,
    ) -> Result<Response<calls::RecordCheckResponse>, Status> {
        let desk = self.desk(&call)?;
        desk.record_check(call.into_inner()).await.map(Response::new)
    }

    async fn ping_links(
        &self,
        call: Request<calls::PingLinksRequest>,
    ) -> Result<Response<calls::PingLinksResponse>, Status> {
        self.ping(call.into_inner()).await.map(Response::new)
    }

    async fn carry_out(
        &self,
        call: Request<calls::CarryOutRequest>,
    ) -> Result<Response<Self::CarryOutStream>, Status> {
        let caller = person(&call)?.clone();
        self.carried_out(&caller, call.into_inner()).await
    }

    async fn carry_in(
        &self,
        call: Request<Streaming<calls::CarryInRequest>>,
    ) -> Result<Response<Self::CarryInStream>, Status> {
        let caller = person(&call)?.clone();
        self.carried_in(&caller, call.into_inner()).await
    }

    async fn enter_heard(
        &self,
        call: Request<calls::EnterHeardRequest>,
    ) -> Result<Response<calls::EnterHeardResponse>, Status> {
        let desk = self.desk(&call)?;
        let spoken = Some(desk.heard(call.into_inner()).await?);
        Ok(Response::new(calls::EnterHeardResponse { spoken }))
    }

    async fn list_carried(
        &self,
        call: Request<calls::ListCarriedRequest>,
    ) -> Result<Response<calls::ListCarriedResponse>, Status> {
        let caller = person(&call)?.clone();
        self.carried(&caller, &call.into_inner()).await.map(Response::new)
    }
}

impl HotlineCalls {
    pub fn new(exchange: Exchange, kept: Kept) -> HotlineCalls {
        let registrar = exchange.registrar.clone();
        let giving = Arc::new(Semaphore::new(limits::CARRIES_GIVEN_AT_ONCE_MAX));
        HotlineCalls { registrar, exchange, kept, carrying: Semaphore::new(1), giving }
    }

    /// For the node to serve behind the access table.
    pub fn service(self) -> HotlineServiceServer<HotlineCalls> {
        HotlineServiceServer::new(self)
            .max_decoding_message_size(limits::CALL_BYTES_MAX)
            .max_encoding_message_size(limits::ANSWER_BYTES_MAX)
    }

    fn desk<T>(&self, call: &Request<T>) -> Result<Desk, Status> {
        let (registrar, kept) = (self.registrar.clone(), self.kept.clone());
        Ok(Desk { registrar, kept, caller: person(call)?.clone() })
    }

    async fn look<T>(&self, thread: &[u8], look: impl FnOnce(&Told) -> T) -> Result<T, Status> {
        self.kept.of(&self.registrar.head(), &self.registrar.journal, thread_in(thread)?, look).await
    }
}
