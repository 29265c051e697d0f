//! Officers' calls about messages of every kind: drafts, their release by another person, threads.
//!
//! Never here: a rule between persons (the Board has them), a draft's body on the Board (read by index), what a
//! draft says (each noun has a service of its own by which its forms are drafted, and only what carries another
//! message is drafted here).

use std::sync::Arc;

use tonic::{Request, Response, Status};

use super::command::{self, digest_in, draft_id, not_what_was_asked, person, refused};
use super::held::{HeldRegimes, reader_in};
use super::hotline::{Kept, releasing};
use super::thread::{thread_as_of, unconfirmed, unconfirmed_addressees};
use super::thread_list::threads_from;
use super::{became, became_copies, beginning, by_hand, draft, faults, originals, part, status};
use crate::codec::content::{self, Said};
use crate::codec::heading::Given;
use crate::codec::message::{person_to_proto, precedence_to_proto, traffic_to_proto};
use crate::codec::proto::detente::v1 as calls;
use crate::codec::proto::detente::v1::message_service_server::{MessageService, MessageServiceServer};
use crate::domain::board::Board;
use crate::domain::command::{AsIs, Command, Origin};
use crate::domain::content::Content;
use crate::domain::digest::{Digest, DraftId, ThreadId};
use crate::domain::duty::LeftOut;
use crate::domain::event::{Event, Record};
use crate::domain::message::Outgoing;
use crate::domain::party::Party;
use crate::domain::refusal::{FaultNamed, NotNow, Refusal};
use crate::limits;
use crate::registrar::{Head, Registrar};

/// Reads from heads, gives commands to the Registrar.
pub struct MessageCalls {
    pub registrar: Registrar,
    /// What consoles look at: whoever releases into a session reads none anew.
    pub kept: Kept,
}

#[tonic::async_trait]
impl MessageService for MessageCalls {
    async fn draft_message(
        &self,
        call: Request<calls::DraftMessageRequest>,
    ) -> Result<Response<calls::DraftMessageResponse>, Status> {
        let caller = person(&call)?.clone();
        let asked = call.into_inner();
        let origin = command::origin("MessageService/DraftMessage", asked.command.as_ref(), &asked, &caller)?;
        let content = asked.content.map(Given::from);
        let id = draft_id(&asked.draft)?;
        let (digest, faults) =
            draft::put(&self.registrar, origin, &caller, id, asked.heading, content).await?;
        Ok(Response::new(calls::DraftMessageResponse { digest: digest.0.to_vec().into(), faults }))
    }

    async fn return_draft(
        &self,
        call: Request<calls::ReturnDraftRequest>,
    ) -> Result<Response<calls::ReturnDraftResponse>, Status> {
        let caller = person(&call)?.clone();
        let asked = call.into_inner();
        let origin = command::origin("MessageService/ReturnDraft", asked.command.as_ref(), &asked, &caller)?;
        let (draft, digest) = (draft_id(&asked.draft)?, digest_in(&asked.digest)?);
        if asked.reason.trim().is_empty() {
            return Err(status::field("reason", "must be given"));
        }
        if asked.reason.len() > limits::REASON_BYTES_MAX {
            return Err(status::at_most("reason", limits::REASON_BYTES_MAX, "bytes"));
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
            command::origin("MessageService/WithdrawDraft", asked.command.as_ref(), &asked, &caller)?;
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
            let body = draft::body(&self.registrar, &head, *id, open.index).await?;
            drafts.push(calls::DraftLine {
                draft: id.0.to_vec().into(),
                digest: open.digest.0.to_vec().into(),
                kind: body.outgoing.kind,
                subject: body.outgoing.subject,
                drafter: Some(person_to_proto(&open.drafter)),
                precedence: precedence_to_proto(body.outgoing.precedence),
                traffic: traffic_to_proto(body.outgoing.traffic),
                returned: open.returned.clone().unwrap_or_default(),
                office: head.board.roster.offices.of_draft(&open.drafter).to_owned(),
            });
        }
        Ok(Response::new(calls::ListDraftsResponse { drafts }))
    }

    async fn show_draft(
        &self,
        call: Request<calls::ShowDraftRequest>,
    ) -> Result<Response<calls::ShowDraftResponse>, Status> {
        let draft = draft_id(&call.get_ref().draft)?;
        let reader = reader_in(&call.get_ref().language)?;
        let head = self.registrar.head();
        let open = head.board.draft(draft).ok_or(Refusal::NoSuchDraft).map_err(refused)?;
        let body = draft::body(&self.registrar, &head, draft, open.index).await?;
        let faults = self.faults(&head, &body).await?;
        let own = head.board.own.ok_or_else(|| status::denied(NotNow::Journal.into()))?;
        let by_hand = by_hand::without_node(&head.board, body.outgoing.parties());
        let now = self.registrar.clock.now();
        let mut regimes = HeldRegimes::at(&head, &self.registrar.journal).read_in(reader).judged_at(now);
        let mut check = regimes
            .check(&body.outgoing, body.said.content(), own.party, now)
            .await
            .map_err(status::record)?;
        let channels = regimes.channels(&body.outgoing, &by_hand).await.map_err(status::record)?;
        check.iter_mut().for_each(|check| check.lines.extend(channels.clone()));
        Ok(Response::new(calls::ShowDraftResponse {
            digest: body.digest.0.to_vec().into(),
            message: body.bytes,
            faults: faults::to_proto(faults),
            returned: open.returned.clone().unwrap_or_default(),
            parts: part::held(&head.board, &body.outgoing.parts),
            check,
            by_hand: by_hand.iter().map(Party::to_string).collect(),
            marks: unconfirmed_addressees(&head.board, &body.outgoing, None)
                .into_iter()
                .chain(whose(&head.board, &body.said))
                .collect(),
        }))
    }

    async fn release(
        &self,
        call: Request<calls::ReleaseRequest>,
    ) -> Result<Response<calls::ReleaseResponse>, Status> {
        let caller = person(&call)?.clone();
        let asked = call.into_inner();
        let origin = command::origin("MessageService/Release", asked.command.as_ref(), &asked, &caller)?;
        let (draft, digest) = (draft_id(&asked.draft)?, digest_in(&asked.digest)?);
        // A release removes its draft, so that the draft can't be asked for a second time.
        let head = self.registrar.head();
        let record = match command::answered_before(&self.registrar, &head, &origin).await? {
            Some(record) => record,
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
        let as_of = command::as_of(asked.as_of_ms, self.registrar.clock.now())?;
        let reader = reader_in(&asked.language)?;
        let from = usize::try_from(asked.from).unwrap_or(usize::MAX);
        let head = self.registrar.head();
        if head.board.thread(thread).is_none() {
            return Err(status::not_found("thread"));
        }
        let at = (as_of, self.registrar.clock.now());
        let page = thread_as_of(&head, &self.registrar.journal, thread, at, from, reader).await;
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
        let draft = &stored.message.draft;
        let said = content::said(&draft.kind, &draft.content);
        let mut marks = unconfirmed(&head.board, &stored.message, None);
        marks.extend(whose(&head.board, &said));
        marks.extend(head.board.duties.left_out.of(&digest).map(LeftOut::says));
        let most = limits::LATER_WORDS_READ_MAX;
        let became = became::marks(&head, &records, (&digest, &stored.message), most).await;
        marks.extend(became.map_err(status::record)?);
        let copies = became_copies::tell(&head, &records, &stored.message, &mut marks).await;
        copies.map_err(status::record)?;
        Ok(Response::new(calls::ShowMessageResponse {
            digest: digest.0.to_vec().into(),
            message: stored.signed,
            marks,
        }))
    }
}

impl MessageCalls {
    /// For the node to serve behind the access table.
    pub fn service(self) -> MessageServiceServer<MessageCalls> {
        MessageServiceServer::new(self)
            .max_decoding_message_size(limits::CALL_BYTES_MAX)
            .max_encoding_message_size(limits::ANSWER_BYTES_MAX)
    }

    async fn give(&self, command: Command, origin: Origin) -> Result<Arc<Record>, Status> {
        command::give(&self.registrar, command, origin).await
    }

    /// What the bytes with this digest say, if they are the draft's present ones, and what is wrong.
    async fn to_release(
        &self,
        draft: DraftId,
        digest: &Digest,
    ) -> Result<(Outgoing, Vec<FaultNamed>), Status> {
        let head = self.registrar.head();
        let open = head.board.draft(draft).ok_or(Refusal::NoSuchDraft).map_err(refused)?;
        let body = draft::body(&self.registrar, &head, draft, open.index).await?;
        if body.digest != *digest {
            return Err(refused(Refusal::DraftChanged));
        }
        if !matches!(body.said, Said::Form(_)) {
            return Err(status::field("content", faults::UNREADABLE));
        }
        let faults = self.faults(&head, &body).await?;
        Ok((body.outgoing, faults))
    }

    /// All that a releaser is told of a draft, beside the session that it is of as well.
    async fn faults(&self, head: &Head, body: &draft::Body) -> Result<Vec<FaultNamed>, Status> {
        let mut found = draft::faults(&self.registrar, head, body).await?;
        found.extend(releasing::faults(&self.registrar, &self.kept, head, body).await?);
        Ok(found)
    }
}

/// Of a message that hands on another: whose that is, by the key lists here.
fn whose(board: &Board, said: &Said) -> Option<String> {
    let Some(Content::Forwarded(form)) = said.content() else { return None };
    originals::signature_mark(board, form, None)
}

fn released_in(record: &Record) -> Option<calls::ReleaseResponse> {
    record.events.iter().find_map(|event| match event {
        Event::Released(released) => Some(calls::ReleaseResponse {
            message_digest: released.digest.0.to_vec().into(),
            number: released.message.number.clone(),
            thread: released.message.draft.thread.0.to_vec().into(),
            released_at_ms: released.message.released_at.0,
            by_hand: by_hand::owed_of(released).iter().map(Party::to_string).collect(),
        }),
        _ => None,
    })
}

/// The one message whose digest begins so, and the record that holds it.
fn only_message(board: &Board, beginning: &str) -> Result<(Digest, u64), Status> {
    let found = beginning::only_one("message", beginning, |first| board.messages.not_below(first))?;
    let (digest, there) = found.ok_or(Refusal::NoSuchMessage).map_err(refused)?;
    Ok((digest, there.index))
}
