//! Officers' calls: drafts, their release by another person, and threads.
//!
//! Never here: a rule between persons (the Board has them), a draft's body on the Board (read by index).

use std::sync::Arc;

use tonic::{Request, Response, Status};

use super::access;
use super::caller::{Caller, PersonCaller};
use super::held::HeldRegimes;
use super::thread::thread_as_of;
use super::thread_list::threads_from;
use super::{command, faults, part, status};
use crate::codec::content::{self, Said};
use crate::codec::heading::{self, Given};
use crate::codec::message::{decode_draft, person_to_proto, precedence_to_proto};
use crate::codec::proto::detente::v1 as calls;
use crate::codec::proto::detente::v1::exercise_service_server::{ExerciseService, ExerciseServiceServer};
use crate::domain::board::{Board, Denied};
use crate::domain::command::{AsIs, Command, Origin};
use crate::domain::digest::{Digest, DraftId, ThreadId};
use crate::domain::event::{Event, Record};
use crate::domain::message::Outgoing;
use crate::domain::refusal::{FaultNamed, NotNow, Refusal};
use crate::domain::time::Instant;
use crate::limits;
use crate::registrar::{Done, Head, Registrar};

/// Reads from heads, gives commands to the Registrar.
pub struct ExerciseCalls {
    pub registrar: Registrar,
}

#[tonic::async_trait]
impl ExerciseService for ExerciseCalls {
    async fn draft(
        &self,
        call: Request<calls::DraftRequest>,
    ) -> Result<Response<calls::DraftResponse>, Status> {
        let caller = person(&call)?.clone();
        let asked = call.into_inner();
        let origin = command::origin("ExerciseService/Draft", asked.command.as_ref(), &asked, &caller)?;
        let content = asked.content.map(Given::from);
        let draft = draft_id(&asked.draft)?;
        let (digest, faults) =
            put_draft(&self.registrar, origin, &caller, draft, asked.heading, content).await?;
        Ok(Response::new(calls::DraftResponse { digest: digest.0.to_vec().into(), faults }))
    }

    async fn return_draft(
        &self,
        call: Request<calls::ReturnDraftRequest>,
    ) -> Result<Response<calls::ReturnDraftResponse>, Status> {
        let caller = person(&call)?.clone();
        let asked = call.into_inner();
        let origin = command::origin("ExerciseService/ReturnDraft", asked.command.as_ref(), &asked, &caller)?;
        let (draft, digest) = (draft_id(&asked.draft)?, digest_in(&asked.digest)?);
        if asked.reason.trim().is_empty() {
            return Err(status::field("reason", "must be given"));
        }
        if asked.reason.len() > limits::REASON_BYTES_MAX {
            return Err(status::field("reason", "longer than the limit"));
        }
        self.give(Command::ReturnDraft { draft, digest, reason: asked.reason }, origin).await?;
        Ok(Response::new(calls::ReturnDraftResponse {}))
    }

    async fn withdraw_draft(
        &self,
        call: Request<calls::WithdrawDraftRequest>,
    ) -> Result<Response<calls::WithdrawDraftResponse>, Status> {
        let caller = person(&call)?.clone();
        let asked = call.into_inner();
        let origin =
            command::origin("ExerciseService/WithdrawDraft", asked.command.as_ref(), &asked, &caller)?;
        let draft = draft_id(&asked.draft)?;
        self.give(Command::WithdrawDraft { draft }, origin).await?;
        Ok(Response::new(calls::WithdrawDraftResponse {}))
    }

    async fn list_drafts(
        &self,
        _call: Request<calls::ListDraftsRequest>,
    ) -> Result<Response<calls::ListDraftsResponse>, Status> {
        let head = self.registrar.head();
        let mut drafts = Vec::with_capacity(head.board.drafts.len());
        for (id, open) in &head.board.drafts {
            let body = self.body(&head, *id, open.index).await?;
            drafts.push(calls::DraftLine {
                draft: id.0.to_vec().into(),
                digest: open.digest.0.to_vec().into(),
                kind: body.outgoing.kind,
                subject: body.outgoing.subject,
                drafter: Some(person_to_proto(&open.drafter)),
                precedence: precedence_to_proto(body.outgoing.precedence),
                returned: open.returned.clone().unwrap_or_default(),
            });
        }
        Ok(Response::new(calls::ListDraftsResponse { drafts }))
    }

    async fn show_draft(
        &self,
        call: Request<calls::ShowDraftRequest>,
    ) -> Result<Response<calls::ShowDraftResponse>, Status> {
        let draft = draft_id(&call.get_ref().draft)?;
        let head = self.registrar.head();
        let open = head.board.draft(draft).ok_or(Refusal::NoSuchDraft).map_err(refused)?;
        let body = self.body(&head, draft, open.index).await?;
        let faults = faults::of_draft(&head.board, &body.outgoing, &body.said);
        let own = head.board.own.ok_or_else(|| status::denied(NotNow::Journal.into()))?;
        let check = HeldRegimes::at(&head, &self.registrar.journal)
            .check(&body.outgoing, body.said.content(), own.party, self.registrar.clock.now())
            .await
            .map_err(status::record)?;
        Ok(Response::new(calls::ShowDraftResponse {
            digest: body.digest.0.to_vec().into(),
            message: body.bytes,
            faults: faults::to_proto(faults),
            returned: open.returned.clone().unwrap_or_default(),
            parts: part::held(&head.board, &body.outgoing.parts),
            check,
        }))
    }

    async fn release(
        &self,
        call: Request<calls::ReleaseRequest>,
    ) -> Result<Response<calls::ReleaseResponse>, Status> {
        let caller = person(&call)?.clone();
        let asked = call.into_inner();
        let origin = command::origin("ExerciseService/Release", asked.command.as_ref(), &asked, &caller)?;
        let (draft, digest) = (draft_id(&asked.draft)?, digest_in(&asked.digest)?);
        let record = match self.done_before(&origin)? {
            Some(done) => self.registrar.record_of(done).await.map_err(status::record)?,
            None => {
                let (outgoing, faults) = self.to_release(draft, &digest).await?;
                let as_is = if asked.as_is { AsIs::AsItIs } else { AsIs::OnlyWithoutFaults };
                self.give(Command::Release { draft, digest, outgoing, faults, as_is }, origin).await?
            }
        };
        released_in(&record).map(Response::new).ok_or_else(not_what_was_asked)
    }

    async fn list_threads(
        &self,
        call: Request<calls::ListThreadsRequest>,
    ) -> Result<Response<calls::ListThreadsResponse>, Status> {
        let head = self.registrar.head();
        let page = threads_from(&head, &self.registrar.journal, &call.get_ref().from).await?;
        Ok(Response::new(page))
    }

    async fn show_thread(
        &self,
        call: Request<calls::ShowThreadRequest>,
    ) -> Result<Response<calls::ShowThreadResponse>, Status> {
        let asked = call.get_ref();
        let thread =
            ThreadId::from_slice(&asked.thread).ok_or_else(|| status::field("thread", "16 bytes"))?;
        let as_of = (asked.as_of_ms != 0).then_some(Instant(asked.as_of_ms));
        let from = usize::try_from(asked.from).unwrap_or(usize::MAX);
        let head = self.registrar.head();
        if head.board.thread(thread).is_none() {
            return Err(status::not_found("thread"));
        }
        let page = thread_as_of(&head, &self.registrar.journal, thread, as_of, from).await;
        page.map(Response::new).map_err(status::record)
    }

    async fn show_message(
        &self,
        call: Request<calls::ShowMessageRequest>,
    ) -> Result<Response<calls::ShowMessageResponse>, Status> {
        let head = self.registrar.head();
        let (digest, index) = only_message(&head.board, &call.get_ref().beginning)?;
        let records = head.records(&self.registrar.journal);
        let stored = records.message(index, &digest).await.map_err(status::record)?;
        Ok(Response::new(calls::ShowMessageResponse {
            digest: digest.0.to_vec().into(),
            message: stored.signed,
        }))
    }
}

impl ExerciseCalls {
    /// For the node to serve behind the access table.
    pub fn service(self) -> ExerciseServiceServer<ExerciseCalls> {
        ExerciseServiceServer::new(self)
            .max_decoding_message_size(limits::CALL_BYTES_MAX)
            .max_encoding_message_size(limits::ANSWER_BYTES_MAX)
    }

    async fn give(&self, command: Command, origin: Origin) -> Result<Arc<Record>, Status> {
        give(&self.registrar, command, origin).await
    }

    /// Whether this command is on record already. A release removes its draft, so that the draft can't
    /// be asked for a second time.
    fn done_before(&self, origin: &Origin) -> Result<Option<Done>, Status> {
        let Origin::Person(stamp) = origin else { return Ok(None) };
        match self.registrar.head().board.commands.get(&stamp.id) {
            Some(answered) if answered.content == stamp.content => {
                Ok(Some(Done::Before { index: answered.index }))
            }
            Some(_) => Err(refused(Refusal::IdReused)),
            None => Ok(None),
        }
    }

    /// What the bytes with this digest say, if they are the draft's present ones, and what is wrong.
    async fn to_release(
        &self,
        draft: DraftId,
        digest: &Digest,
    ) -> Result<(Outgoing, Vec<FaultNamed>), Status> {
        let head = self.registrar.head();
        let open = head.board.draft(draft).ok_or(Refusal::NoSuchDraft).map_err(refused)?;
        let body = self.body(&head, draft, open.index).await?;
        if body.digest != *digest {
            return Err(refused(Refusal::DraftChanged));
        }
        if !matches!(body.said, Said::Form(_)) {
            return Err(status::field("content", faults::UNREADABLE));
        }
        let faults = faults::of_draft(&head.board, &body.outgoing, &body.said);
        Ok((body.outgoing, faults))
    }

    async fn body(&self, head: &Head, draft: DraftId, index: u64) -> Result<Body, Status> {
        let record = head.records(&self.registrar.journal).record(index).await.map_err(status::record)?;
        drafted_in(&record, draft).ok_or_else(not_what_was_asked)
    }
}

/// The body of a draft, as its record holds it.
struct Body {
    bytes: bytes::Bytes,
    digest: Digest,
    outgoing: Outgoing,
    said: Said,
}

fn drafted_in(record: &Record, wanted: DraftId) -> Option<Body> {
    record.events.iter().find_map(|event| match event {
        Event::Drafted { draft, bytes, .. } if *draft == wanted => {
            let outgoing = decode_draft(bytes).ok()?;
            let said = content::said(&outgoing.kind, &outgoing.content);
            Some(Body { bytes: bytes.clone(), digest: Digest::of(bytes), outgoing, said })
        }
        _ => None,
    })
}

/// Puts a draft on record, whatever its kind; its digest, and all that is wrong with it.
pub(super) async fn put_draft(
    registrar: &Registrar,
    origin: Origin,
    caller: &PersonCaller,
    draft: DraftId,
    heading: Option<calls::Heading>,
    content: Option<Given>,
) -> Result<(Digest, Vec<calls::Fault>), Status> {
    let drafted = heading::draft(heading, content, caller.person())
        .map_err(|fault| status::field(&fault.field(), &fault))?;
    let command = Command::Draft { draft, outgoing: drafted.outgoing, bytes: drafted.bytes };
    let record = give(registrar, command, origin).await?;
    // By the record, so that the same command has the same digest for its answer.
    let body = drafted_in(&record, draft).ok_or_else(not_what_was_asked)?;
    let faults = faults::of_draft(&registrar.head().board, &body.outgoing, &body.said);
    Ok((body.digest, faults::to_proto(faults)))
}

fn released_in(record: &Record) -> Option<calls::ReleaseResponse> {
    record.events.iter().find_map(|event| match event {
        Event::Released(released) => Some(calls::ReleaseResponse {
            message_digest: released.digest.0.to_vec().into(),
            number: released.message.number.clone(),
            thread: released.message.draft.thread.0.to_vec().into(),
            released_at_ms: released.message.released_at.0,
        }),
        _ => None,
    })
}

/// The one message whose digest begins so, and the record that holds it.
fn only_message(board: &Board, beginning: &str) -> Result<(Digest, u64), Status> {
    let digits = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
    if beginning.len() < limits::DIGEST_DIGITS_MIN || !beginning.bytes().all(digits) {
        return Err(status::field("beginning", "lower-case hexadecimal digits, the first 8 at least"));
    }
    // The first that could begin so; none at all if there are too many digits.
    let first =
        Digest::from_hex(&format!("{beginning:0<64}")).ok_or(Refusal::NoSuchMessage).map_err(refused)?;
    let mut found =
        board.messages.not_below(first).take_while(|(digest, _)| digest.to_string().starts_with(beginning));
    let (digest, there) = found.next().ok_or(Refusal::NoSuchMessage).map_err(refused)?;
    match found.next() {
        None => Ok((*digest, there.index)),
        Some(_) => Err(status::field("beginning", "more than one message begins so; give more digits")),
    }
}

/// Gives a command; the record that answers it.
pub(super) async fn give(
    registrar: &Registrar,
    command: Command,
    origin: Origin,
) -> Result<Arc<Record>, Status> {
    let done = registrar.give(command, origin).await.map_err(status::denied)?;
    registrar.record_of(done).await.map_err(status::record)
}

/// The person who calls. The access table lets nobody else in; it is asked again here.
pub(super) fn person<T>(call: &Request<T>) -> Result<&PersonCaller, Status> {
    match access::caller(call)? {
        Caller::Person(person) => Ok(person),
        other @ (Caller::PersonWithStaleList(_)
        | Caller::Peer(_)
        | Caller::PeerWithStaleList(_)
        | Caller::PeerWithUnlistedKey(_)) => Err(status::not_permitted(other)),
    }
}

pub(super) fn draft_id(bytes: &[u8]) -> Result<DraftId, Status> {
    DraftId::from_slice(bytes).ok_or_else(|| status::field("draft", "16 bytes"))
}

pub(super) fn digest_in(bytes: &[u8]) -> Result<Digest, Status> {
    Digest::from_slice(bytes).ok_or_else(|| status::field("digest", "32 bytes"))
}

pub(super) fn refused(refusal: Refusal) -> Status {
    status::denied(Denied::Refused(refusal))
}

/// The record under a command's id holds something else than that command brings about.
pub(super) fn not_what_was_asked() -> Status {
    status::ours(
        "RECORD_UNEXPECTED",
        "the record that should answer this holds something else; nothing was done now; \
         run `detente audit verify`",
    )
}
