//! Calls about hotline sessions: open, accept, say, read, translate, close; lists and transcripts; and a console's
//! stream.
//!
//! Never here: the order of a session or its close (`domain/hotline/`), who may release (the Board). What is done by
//! a call of its own and what a console says over its stream is the same.

mod join;
mod kept;
mod lines;
mod shown;
mod speak;
mod told;

use std::pin::Pin;

use bytes::Bytes;
use tokio::sync::mpsc;
use tokio_stream::Stream;
use tokio_stream::wrappers::ReceiverStream;
use tonic::{Request, Response, Status, Streaming};

use self::kept::Kept;
use self::speak::{Speaker, Wanted, precedence};
use self::told::Told;
use crate::codec::heading::Given;
use crate::codec::proto::detente::v1 as calls;
use crate::codec::proto::detente::v1::hotline_service_server::{HotlineService, HotlineServiceServer};
use crate::domain::board::ThreadsFrom;
use crate::domain::command::Origin;
use crate::domain::digest::{Digest, ThreadId};
use crate::domain::hotline::{Sees, SessionAddition};
use crate::domain::party::Party;
use crate::domain::refusal::Refusal;
use crate::limits;
use crate::registrar::Registrar;
use crate::rpc::acknowledgement;
use crate::rpc::caller::PersonCaller;
use crate::rpc::command::{self, digest_in, draft_id, not_what_was_asked, person, refused};
use crate::rpc::{draft, status};

const NOUN: &str = "hotline";
/// The path of what is said in a text, for its translation.
const TEXT: &str = "text";

/// Reads from heads, gives commands to the Registrar.
pub struct HotlineCalls {
    registrar: Registrar,
    kept: Kept,
}

/// An officer at the hotline, by call or by stream.
#[derive(Clone)]
struct Desk {
    registrar: Registrar,
    kept: Kept,
    caller: PersonCaller,
}

#[tonic::async_trait]
impl HotlineService for HotlineCalls {
    type JoinStream = Pin<Box<dyn Stream<Item = Result<calls::JoinResponse, Status>> + Send>>;

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
        let head = self.registrar.head();
        let page = head.board.threads_page(from, limits::HOTLINE_THREADS_PER_PAGE);
        let mut sessions = Vec::new();
        for id in page.threads {
            let Some(thread) = head.board.thread(id) else { continue };
            // One that is longer than a session may be is a thread like any other.
            if !thread.is_session() || thread.messages() > limits::HOTLINE_THREAD_MAX {
                continue;
            }
            let look = |told: &Told| told.session().map(|session| lines::head(told, &session));
            sessions.extend(self.kept.of(&head, &self.registrar.journal, id, look).await?);
        }
        let next = page.next.map(|next| next.to_bytes().to_vec().into()).unwrap_or_default();
        Ok(Response::new(calls::ListSessionsResponse { sessions, next }))
    }

    async fn show_session(
        &self,
        call: Request<calls::ShowSessionRequest>,
    ) -> Result<Response<calls::ShowSessionResponse>, Status> {
        let from = call.get_ref().from;
        let look = |told: &Told| Ok(lines::shown(told, &told.some_session()?, from));
        self.look(&call.get_ref().thread, look).await?.map(Response::new)
    }

    async fn transcript(
        &self,
        call: Request<calls::TranscriptRequest>,
    ) -> Result<Response<calls::TranscriptResponse>, Status> {
        let with = &call.get_ref().with;
        let look = |told: &Told| {
            let session = told.some_session()?;
            let others: Vec<Party> =
                session.present.iter().filter(|one| **one != told.own).copied().collect();
            let other = match &others[..] {
                [only] if with.is_empty() => *only,
                all => *all.iter().find(|party| party.as_str() == with).ok_or_else(|| {
                    status::field("with", "is asked for: the code of another Party that is in the session")
                })?,
            };
            Ok::<_, Status>(session.transcript(told.thread, told.own, other).into_bytes())
        };
        let transcript = self.look(&call.get_ref().thread, look).await??;
        let digest = Digest::of(&transcript).0.to_vec().into();
        Ok(Response::new(calls::TranscriptResponse { transcript: transcript.into(), digest }))
    }

    async fn join(
        &self,
        call: Request<Streaming<calls::JoinRequest>>,
    ) -> Result<Response<Self::JoinStream>, Status> {
        let desk = self.desk(&call)?;
        let (answers, stream) = mpsc::channel(limits::NOTICES_AHEAD_MAX);
        let heads = self.registrar.heads();
        let console = join::Console::new(desk, heads, answers);
        tokio::spawn(console.run(call.into_inner()));
        Ok(Response::new(Box::pin(ReceiverStream::new(stream))))
    }
}

impl HotlineCalls {
    pub fn new(registrar: Registrar) -> HotlineCalls {
        HotlineCalls { registrar, kept: Kept::default() }
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

impl Desk {
    async fn open(&self, asked: calls::OpenSessionRequest) -> Result<calls::Spoken, Status> {
        let origin =
            command::origin("HotlineService/OpenSession", asked.command.as_ref(), &asked, &self.caller)?;
        let Origin::Person(stamp) = &origin else { return Err(not_what_was_asked()) };
        // The same command opens the same session.
        let Digest(bytes) = Digest::of_all(&[b"hotline thread", &stamp.id.0]);
        let thread = thread_in(&bytes[..16])?;
        if !asked.about.is_empty() {
            thread_in(&asked.about).map_err(|_| status::field("about", "16 bytes, or none"))?;
        }
        self.speak(origin, (thread, None), asked.precedence)?.say(Wanted::Open(asked)).await
    }

    async fn accept(&self, asked: calls::AcceptSessionRequest) -> Result<calls::Spoken, Status> {
        let origin =
            command::origin("HotlineService/AcceptSession", asked.command.as_ref(), &asked, &self.caller)?;
        self.speak(origin, (thread_in(&asked.thread)?, Some(opening_in(&asked.opening)?)), asked.precedence)?
            .say(Wanted::Accept)
            .await
    }

    async fn say(&self, asked: calls::SayRequest) -> Result<calls::Spoken, Status> {
        let origin = command::origin("HotlineService/Say", asked.command.as_ref(), &asked, &self.caller)?;
        let answers = match &asked.answers[..] {
            [] => None,
            given => Some(digest_in(given).map_err(|_| status::field("answers", "32 bytes, or none"))?),
        };
        let speaker = self.speak(
            origin,
            (thread_in(&asked.thread)?, Some(opening_in(&asked.opening)?)),
            asked.precedence,
        )?;
        speaker.say(Wanted::Say { text: asked.text, language: asked.language, answers }).await
    }

    async fn add(&self, asked: calls::AddPartyRequest) -> Result<calls::Spoken, Status> {
        let origin =
            command::origin("HotlineService/AddParty", asked.command.as_ref(), &asked, &self.caller)?;
        let sees = match Sees::from_number(asked.sees) {
            Some(sees @ (Sees::FromNowOn | Sees::All)) => sees,
            Some(Sees::Other(_)) | None => {
                return Err(status::field("sees", "from now on, or all"));
            }
        };
        let form = SessionAddition { party: asked.party, sees: Some(sees), ..SessionAddition::default() };
        let speaker = self.speak(
            origin,
            (thread_in(&asked.thread)?, Some(opening_in(&asked.opening)?)),
            asked.precedence,
        )?;
        speaker.say(Wanted::Add(form)).await
    }

    async fn translate(&self, asked: calls::TranslateTextRequest) -> Result<calls::Spoken, Status> {
        let origin =
            command::origin("HotlineService/TranslateText", asked.command.as_ref(), &asked, &self.caller)?;
        let of = digest_in(&asked.text).map_err(|_| status::field("text", "32 bytes"))?;
        let opening = opening_in(&asked.opening)?;
        let head = self.registrar.head();
        let there = head.board.messages.get(&of).ok_or(Refusal::NoSuchMessage).map_err(refused)?;
        let records = head.records(&self.registrar.journal);
        let thread = records.message(there.index, &of).await.map_err(status::record)?.message.draft.thread;
        let (language, translation, translator) = (asked.language, asked.translation, asked.translator);
        let speaker = self.speak(origin, (thread, Some(opening)), asked.precedence)?;
        speaker.say(Wanted::Translate { of, language, translation, translator }).await
    }

    async fn close(&self, asked: calls::CloseSessionRequest) -> Result<calls::Spoken, Status> {
        let origin =
            command::origin("HotlineService/CloseSession", asked.command.as_ref(), &asked, &self.caller)?;
        let speaker = self.speak(
            origin,
            (thread_in(&asked.thread)?, Some(opening_in(&asked.opening)?)),
            asked.precedence,
        )?;
        speaker.say(Wanted::Close { remarks: asked.remarks }).await
    }

    async fn read(&self, asked: calls::ReadTextRequest) -> Result<calls::ReadTextResponse, Status> {
        let origin =
            command::origin("HotlineService/ReadText", asked.command.as_ref(), &asked, &self.caller)?;
        let of = digest_in(&asked.digest)?;
        let (digest, number) =
            acknowledgement::acknowledge(&self.registrar, &self.caller, origin, of).await?;
        let acknowledgement_digest: Bytes = digest.0.to_vec().into();
        Ok(calls::ReadTextResponse { acknowledgement_digest, number })
    }

    fn speak(
        &self,
        origin: Origin,
        (thread, opening): (ThreadId, Option<Digest>),
        wire: i32,
    ) -> Result<Speaker<'_>, Status> {
        let precedence = precedence(wire)?;
        let Desk { registrar, kept, caller } = self;
        Ok(Speaker { registrar, kept, caller, origin, thread, opening, precedence })
    }
}

fn opening_in(bytes: &[u8]) -> Result<Digest, Status> {
    digest_in(bytes).map_err(|_| status::field("opening", "32 bytes: the digest that Session.opening tells"))
}

fn thread_in(bytes: &[u8]) -> Result<ThreadId, Status> {
    ThreadId::from_slice(bytes).ok_or_else(|| status::field("thread", "16 bytes"))
}
