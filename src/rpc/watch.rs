//! The watch's calls: what came in, read and acknowledged by a named officer.
//!
//! Never here: a queue that a slow watch could fill. Each stream reads the journal for itself, at its
//! own pace, from the position that it was told.

use std::pin::Pin;

use tokio::sync::{mpsc, watch};
use tokio_stream::Stream;
use tokio_stream::wrappers::ReceiverStream;
use tonic::{Request, Response, Status};

use super::acknowledgement::acknowledge;
use super::command::{self, digest_in, person, refused};
use super::held::{HeldRegimes, reader_in};
use super::hotline::checks;
use super::originals::Originals;
use super::thread::{marks_of, waits_too_long};
use super::{
    alarms, became, became_copies, came_by_file, faults, part, status, translated, watch_card,
    watch_hand_over, watch_now,
};
use crate::codec::content;
use crate::codec::message::{precedence_to_proto, traffic_to_proto};
use crate::codec::proto::detente::v1 as calls;
use crate::codec::proto::detente::v1::watch_service_server::{WatchService, WatchServiceServer};
use crate::domain::alarm::Noted;
use crate::domain::board::Board;
use crate::domain::digest::Digest;
use crate::domain::event::{AcceptedKeyList, Event, Received, Record};
use crate::domain::people::Person;
use crate::domain::refusal::Refusal;
use crate::domain::thread::{Acknowledged, Whereabouts};
use crate::journal::Journal;
use crate::limits;
use crate::peers::exchange::Exchange;
use crate::registrar::{Head, Registrar};
use crate::replay::records::StoredMessage;

/// Reads from heads, gives commands to the Registrar.
pub struct WatchCalls {
    pub registrar: Registrar,
    /// When each peer was last heard, and the certificate of this node.
    exchange: Exchange,
}

type Notices = mpsc::Sender<Result<calls::FollowResponse, Status>>;

#[tonic::async_trait]
impl WatchService for WatchCalls {
    type FollowStream = Pin<Box<dyn Stream<Item = Result<calls::FollowResponse, Status>> + Send>>;

    async fn follow(
        &self,
        call: Request<calls::FollowRequest>,
    ) -> Result<Response<Self::FollowStream>, Status> {
        let next = command::position_in("after", call.get_ref().after, &self.registrar.head())?;
        let (notices, stream) = mpsc::channel(limits::NOTICES_AHEAD_MAX);
        let offices = if call.get_ref().all_offices { Told::All } else { Told::Desk(caller_of(&call)?) };
        let follower = Follower {
            offices,
            heads: self.registrar.heads(),
            journal: self.registrar.journal.clone(),
            next,
            notices,
        };
        let until = if call.get_ref().once { Until::Now } else { Until::NobodyListens };
        tokio::spawn(follower.run(until));
        Ok(Response::new(Box::pin(ReceiverStream::new(stream))))
    }

    async fn read(&self, call: Request<calls::ReadRequest>) -> Result<Response<calls::ReadResponse>, Status> {
        let digest = digest_in(&call.get_ref().digest)?;
        let reader = reader_in(&call.get_ref().language)?;
        let (_, stored) = self.stored(&digest).await?;
        let told = if call.get_ref().all_offices { Told::All } else { Told::Desk(caller_of(&call)?) };
        if !told.is_told(&self.registrar.head().board, &digest) {
            let rule = "this message went to another office alone; it is read by asking for all offices \
                        (`--all-offices`)";
            return Err(status::field("all_offices", rule));
        }
        let said = content::said(&stored.message.draft.kind, &stored.message.draft.content);
        let mut marks = marks_on_record(&stored.record, &digest);
        let head = self.registrar.head();
        marks.extend(marks_of(&head.board, &stored.message, &said, None));
        marks.extend(waits_too_long(&head.board, &digest, &stored.message));
        let message = &stored.message;
        let records = head.records(&self.registrar.journal);
        let came = came_by_file::mark(&records, &stored.record, &digest).await;
        marks.extend(came.map_err(status::record)?);
        let most = limits::LATER_WORDS_READ_MAX;
        let became = became::marks(&head, &records, (&digest, message), most).await;
        marks.extend(became.map_err(status::record)?);
        let copies = became_copies::tell(&head, &records, message, &mut marks).await;
        copies.map_err(status::record)?;
        let translated = translated::marks(&head, &records, (&digest, message), most).await;
        marks.extend(translated.map_err(status::record)?);
        let originals = Originals::at(&head, records, None);
        let mut regimes = HeldRegimes::at(&head, &self.registrar.journal)
            .read_in(reader)
            .judged_at(self.registrar.clock.now());
        let faults = faults::of_received(&originals, &regimes, &digest, message, &said)
            .await
            .map_err(status::record)?;
        let check = regimes.check_message(digest, message, said.content()).await.map_err(status::record)?;
        Ok(Response::new(calls::ReadResponse {
            message: stored.signed,
            recorded_at_ms: stored.record.at.0,
            marks,
            faults,
            parts: part::held(&head.board, &stored.message.draft.parts),
            check,
        }))
    }

    async fn acknowledge(
        &self,
        call: Request<calls::AcknowledgeRequest>,
    ) -> Result<Response<calls::AcknowledgeResponse>, Status> {
        let caller = person(&call)?.clone();
        let asked = call.into_inner();
        let origin = command::origin("WatchService/Acknowledge", asked.command.as_ref(), &asked, &caller)?;
        let of = digest_in(&asked.digest)?;
        let (digest, number) = acknowledge(&self.registrar, &caller, origin, of).await?;
        let acknowledgement_digest = digest.0.to_vec().into();
        Ok(Response::new(calls::AcknowledgeResponse { acknowledgement_digest, number }))
    }

    async fn now(&self, call: Request<calls::NowRequest>) -> Result<Response<calls::NowResponse>, Status> {
        let caller = caller_of(&call)?;
        let calls::NowRequest { skip, all_offices, hand_over } = *call.get_ref();
        let told = if all_offices { Told::All } else { Told::Desk(caller.clone()) };
        let head = self.registrar.head();
        let is_told = |message: &Digest| told.is_told(&head.board, message);
        let mut page = watch_now::page(&self.exchange, &head, &caller, skip, is_told).await?;
        if hand_over {
            (page.duties, page.duties_more) = watch_hand_over::duties(&self.exchange, &head).await?;
            if let Some(waiting) = &mut page.offered {
                watch_hand_over::list_named(&self.exchange, &head, &caller, waiting).await?;
            }
        }
        Ok(Response::new(page))
    }

    async fn hand_over(
        &self,
        call: Request<calls::HandOverRequest>,
    ) -> Result<Response<calls::HandOverResponse>, Status> {
        watch_hand_over::hand_over(&self.registrar, call).await
    }

    async fn take_over(
        &self,
        call: Request<calls::TakeOverRequest>,
    ) -> Result<Response<calls::TakeOverResponse>, Status> {
        watch_hand_over::take_over(&self.exchange, call).await
    }

    async fn card(&self, call: Request<calls::CardRequest>) -> Result<Response<calls::CardResponse>, Status> {
        watch_card::card(&self.registrar, call).await
    }

    async fn draft_holding_reply(
        &self,
        call: Request<calls::DraftHoldingReplyRequest>,
    ) -> Result<Response<calls::DraftHoldingReplyResponse>, Status> {
        watch_card::draft_holding_reply(&self.registrar, call).await
    }
}

impl WatchCalls {
    pub fn new(exchange: Exchange) -> WatchCalls {
        WatchCalls { registrar: exchange.registrar.clone(), exchange }
    }

    /// For the node to serve behind the access table.
    pub fn service(self) -> WatchServiceServer<WatchCalls> {
        WatchServiceServer::new(self)
            .max_decoding_message_size(limits::CALL_BYTES_MAX)
            .max_encoding_message_size(limits::ANSWER_BYTES_MAX)
    }

    async fn stored(&self, digest: &Digest) -> Result<(Whereabouts, StoredMessage), Status> {
        let head = self.registrar.head();
        let there = head.board.messages.get(digest).ok_or(Refusal::NoSuchMessage).map_err(refused)?;
        let records = head.records(&self.registrar.journal);
        let stored = records.message(there.index, digest).await.map_err(status::record)?;
        Ok((there, stored))
    }
}

/// The offices to which alone a message went, as they are listed.
pub(super) fn offices_of(board: &Board, message: &Digest) -> Vec<String> {
    let to = board.offices_of(message).iter();
    to.filter_map(|key| board.roster.offices.get(key)).map(|office| office.code.clone()).collect()
}

fn marks_on_record(record: &Record, digest: &Digest) -> Vec<String> {
    let marks = record.events.iter().find_map(|event| match event {
        Event::Received(received) if received.dispatch.message == *digest => Some(received.marks.clone()),
        _ => None,
    });
    marks.unwrap_or_default()
}

fn caller_of<T>(call: &Request<T>) -> Result<Person, Status> {
    Ok(person(call)?.person().clone())
}

/// Of what went to which offices a watch wants to be told.
enum Told {
    All,
    /// What goes to this person's desk.
    Desk(Person),
}

impl Told {
    fn is_told(&self, board: &Board, message: &Digest) -> bool {
        match self {
            Told::All => true,
            Told::Desk(person) => board.roster.offices.is_told(person, board.offices_of(message)),
        }
    }
}

/// One watch, from its position on.
struct Follower {
    offices: Told,
    heads: watch::Receiver<std::sync::Arc<Head>>,
    journal: Journal,
    /// The index of the next record to look at: a position is the index of the record after.
    next: u64,
    notices: Notices,
}

impl Follower {
    async fn notice(
        &self,
        record: &Record,
        event: &Event,
        head: &Head,
        originals: &Originals<'_>,
    ) -> Result<Option<calls::FollowResponse>, Status> {
        let board = &head.board;
        match event {
            // What was refused was never read, and is for all.
            Event::Received(received)
                if received.message.is_none() || self.offices.is_told(board, &received.dispatch.message) =>
            {
                let mut notice = notice(record, received.as_ref(), board);
                let digest = &received.dispatch.message;
                let came = came_by_file::mark(&head.records(&self.journal), record, digest).await;
                notice.came_by_file = came.map_err(status::record)?.unwrap_or_default();
                if let Some(message) = &received.message {
                    let said = content::said(&message.draft.kind, &message.draft.content);
                    let regimes = HeldRegimes::at(head, &self.journal);
                    let faults = faults::of_received(originals, &regimes, digest, message, &said)
                        .await
                        .map_err(status::record)?;
                    notice.fault_count = u32::try_from(faults.len()).unwrap_or(u32::MAX);
                }
                Ok(Some(notice))
            }
            Event::KeyListAccepted(next) => Ok(news(record, next, board)),
            Event::AlarmNoted(Noted::PastDue { message, .. }) if !self.offices.is_told(board, message) => {
                Ok(None)
            }
            Event::AlarmNoted(noted) => Ok(alarms::news(record, noted, board)),
            Event::CheckNoted(noted) => Ok(checks::news(record, noted, board)),
            Event::Alerted(alerted) if self.offices.is_told(board, &alerted.message) => {
                watch_now::alert(record, alerted, head, &self.journal).await.map(Some)
            }
            Event::ReferenceMissing { message, missing } if self.offices.is_told(board, message) => {
                watch_now::missing(record, (message, missing), head, &self.journal).await.map(Some)
            }
            _ => Ok(None),
        }
    }

    async fn run(mut self, until: Until) {
        loop {
            let head = self.heads.borrow_and_update().clone();
            match self.catch_up(&head).await {
                Ok(()) => {}
                Err(Stop::Gone) => return,
                Err(Stop::Journal(status)) => {
                    let _ = self.notices.send(Err(status)).await;
                    return;
                }
            }
            if until == Until::Now {
                return;
            }
            tokio::select! {
                changed = self.heads.changed() => if changed.is_err() { return },
                () = self.notices.closed() => return,
            }
        }
    }

    async fn catch_up(&mut self, head: &Head) -> Result<(), Stop> {
        let records = head.records(&self.journal);
        let originals = Originals::at(head, records.clone(), None);
        while self.next < head.chain.size {
            let end = head.chain.size.min(self.next.saturating_add(limits::NOTICE_RECORDS_MAX as u64));
            let some =
                records.range(self.next, end).await.map_err(|fault| Stop::Journal(status::record(fault)))?;
            for record in some {
                for event in &record.events {
                    let notice = self.notice(&record, event, head, &originals).await;
                    if let Some(notice) = notice.map_err(Stop::Journal)? {
                        self.notices.send(Ok(notice)).await.map_err(|_| Stop::Gone)?;
                    }
                }
                self.next = record.index.saturating_add(1);
            }
        }
        Ok(())
    }
}

/// What is put in force under a Party's new list is everybody's to see: at its address, or by its keys,
/// somebody else may answer from now on.
fn news(record: &Record, next: &AcceptedKeyList, board: &Board) -> Option<calls::FollowResponse> {
    let party = next.list.party;
    let known = board.roster.parties.get(&party)?;
    let before = next.list.number.checked_sub(1).filter(|before| *before > 0)?;
    let changed = match known.numbered(before).filter(|list| list.digest == next.list.previous) {
        Some(list) => next.list.changes_since(&list.list),
        None => vec!["no longer known"],
    };
    let changed = if changed.is_empty() { "nothing in it".into() } else { changed.join(", ") };
    let news = format!(
        "{party} put its key list {} in force, signed under its list {before}; changed: {changed}",
        next.list.number
    );
    let marks = known.unconfirmed(None).map(|by| format!("unconfirmed: introduced by {by}"));
    Some(calls::FollowResponse {
        position: record.index.saturating_add(1),
        from: party.to_string(),
        recorded_at_ms: record.at.0,
        marks: marks.into_iter().collect(),
        news,
        ..Default::default()
    })
}

/// How long a watch follows.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Until {
    Now,
    NobodyListens,
}

/// Why a watch's stream ends early.
enum Stop {
    /// Nobody listens any more.
    Gone,
    Journal(Status),
}

/// What was refused for good is told as well, by the sentence why: it was never read.
fn notice(record: &Record, received: &Received, board: &Board) -> calls::FollowResponse {
    let dispatch = &received.dispatch;
    let acknowledged = board.messages.get(&dispatch.message).map(|there| there.acknowledged);
    let mut notice = calls::FollowResponse {
        position: record.index.saturating_add(1),
        digest: dispatch.message.0.to_vec().into(),
        thread: dispatch.thread.0.to_vec().into(),
        from: dispatch.from.to_string(),
        precedence: precedence_to_proto(dispatch.lane),
        recorded_at_ms: record.at.0,
        acknowledged: matches!(acknowledged, Some(Acknowledged::InRecord(_))),
        marks: received.marks.clone(),
        offices: offices_of(board, &dispatch.message),
        ..Default::default()
    };
    match &received.message {
        Some(message) => {
            let draft = &message.draft;
            notice.acknowledgement_owed = acknowledged.is_some_and(|there| there != Acknowledged::NotOwed);
            notice.thread = draft.thread.0.to_vec().into();
            notice.number = message.number.clone();
            notice.kind = draft.kind.clone();
            notice.subject = draft.subject.clone();
            notice.precedence = precedence_to_proto(draft.precedence);
            notice.traffic = traffic_to_proto(draft.traffic);
            notice.released_at_ms = message.released_at.0;
            let said = content::said(&draft.kind, &draft.content);
            notice.marks.extend(marks_of(board, message, &said, None));
        }
        None => notice.marks.push(received.receipt.outcome.sentence().into()),
    }
    notice
}
