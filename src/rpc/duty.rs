//! Officers' calls about duties: a list by when they fall due, and a stream of what becomes of them.
//!
//! Never here: whether one lapsed. That is on record before anybody is told.

use std::pin::Pin;

use bytes::Bytes;
use tokio::sync::mpsc;
use tokio_stream::Stream;
use tokio_stream::wrappers::ReceiverStream;
use tonic::{Request, Response, Status};

pub use super::duties::DutyKeeper;
use super::duties::lines::Lines;
use super::{alarms, command, status};
use crate::codec::proto::detente::v1 as calls;
use crate::codec::proto::detente::v1::duty_service_server::{DutyService, DutyServiceServer};
use crate::domain::alarm::Running;
use crate::domain::board::Board;
use crate::domain::digest::Digest;
use crate::domain::duty::{Duty, DutyNumber, LeftOut, State};
use crate::domain::event::{Event, Record};
use crate::domain::message::Traffic;
use crate::domain::party::Party;
use crate::domain::time::Instant;
use crate::limits;
use crate::peers::exchange::Exchange;
use crate::peers::links::Links;
use crate::registrar::{Head, Registrar};

/// Reads from heads.
pub struct DutyCalls(pub Exchange);

type Told = mpsc::Sender<Result<calls::FollowDutiesResponse, Status>>;

#[tonic::async_trait]
impl DutyService for DutyCalls {
    type FollowDutiesStream = Pin<Box<dyn Stream<Item = Result<calls::FollowDutiesResponse, Status>> + Send>>;

    async fn list_duties(
        &self,
        call: Request<calls::ListDutiesRequest>,
    ) -> Result<Response<calls::ListDutiesResponse>, Status> {
        let asked = call.into_inner();
        let wanted = Wanted::of(&asked, self.0.registrar.clock.now())?;
        let head = self.0.registrar.head();
        let mut found = wanted.find(&head.board, limits::DUTIES_PER_PAGE.saturating_add(1));
        let mut page = calls::ListDutiesResponse::default();
        if found.len() > limits::DUTIES_PER_PAGE {
            found.truncate(limits::DUTIES_PER_PAGE);
            page.next = found.last().map(|duty| place_bytes(place_of(duty))).unwrap_or_default();
        }
        let lines = Lines::at(&head, &self.0.registrar.journal, &self.0.links, &asked.language, wanted.as_of);
        if wanted.after.is_none() {
            left_out(&head.board, wanted.as_of, &mut page);
        }
        for duty in found {
            page.duties.push(lines.line(duty).await.map_err(status::record)?);
        }
        if wanted.with_alarms() {
            let own = head.board.own.map(|own| own.party);
            let wants = |_: &_, running: &Running| wanted.wants_alarm(running, own);
            let listed = alarms::lines(&self.0.registrar, &head, wants).await?;
            (page.alarms, page.alarms_more) = (listed.lines, listed.more);
        }
        Ok(Response::new(page))
    }

    async fn follow_duties(
        &self,
        call: Request<calls::FollowDutiesRequest>,
    ) -> Result<Response<Self::FollowDutiesStream>, Status> {
        let asked = call.into_inner();
        let next = command::position_in("after", asked.after, &self.0.registrar.head())?;
        let (told, stream) = mpsc::channel(limits::NOTICES_AHEAD_MAX);
        let follower = Follower {
            registrar: self.0.registrar.clone(),
            links: self.0.links.clone(),
            next,
            language: asked.language,
            told,
        };
        tokio::spawn(follower.run(asked.once));
        Ok(Response::new(Box::pin(ReceiverStream::new(stream))))
    }
}

impl DutyCalls {
    /// For the node to serve behind the access table.
    pub fn service(self) -> DutyServiceServer<DutyCalls> {
        DutyServiceServer::new(self)
            .max_decoding_message_size(limits::CALL_BYTES_MAX)
            .max_encoding_message_size(limits::ANSWER_BYTES_MAX)
    }
}

/// By when it falls due, then by number.
type Place = (Instant, DutyNumber);

fn place_of(duty: &Duty) -> Place {
    (duty.opened.due, duty.number)
}

fn place_bytes((due, number): Place) -> Bytes {
    [due.0.to_be_bytes(), number.0.to_be_bytes()].concat().into()
}

fn place(bytes: &[u8]) -> Option<Place> {
    let (due, rest) = bytes.split_first_chunk()?;
    let number: &[u8; 8] = rest.try_into().ok()?;
    Some((Instant(i64::from_be_bytes(*due)), DutyNumber(u64::from_be_bytes(*number))))
}

/// What is asked for.
struct Wanted {
    party: Option<Party>,
    that: calls::DutiesThat,
    due_until: Option<Instant>,
    as_of: Option<Instant>,
    after: Option<Place>,
}

impl Wanted {
    fn of(asked: &calls::ListDutiesRequest, now: Instant) -> Result<Wanted, Status> {
        let party = match asked.party.as_str() {
            "" => None,
            code => Some(code.parse().map_err(|_| status::field("party", "is no Party's code"))?),
        };
        let that = calls::DutiesThat::try_from(asked.that)
            .map_err(|_| status::field("that", "is none that this program knows"))?;
        let after = match &asked.from[..] {
            [] => None,
            given => {
                let read = place(given);
                Some(read.ok_or_else(|| status::field("from", "empty, or the `next` of the page before"))?)
            }
        };
        Ok(Wanted {
            party,
            that,
            due_until: asked.due_until_ms.map(Instant),
            as_of: command::as_of(asked.as_of_ms, now)?,
            after,
        })
    }

    /// Alarms are no duties: they have no story, and can't lapse.
    fn with_alarms(&self) -> bool {
        self.after.is_none() && self.as_of.is_none() && self.that != calls::DutiesThat::Lapsed
    }

    /// To whom one of ours went, an alarm does not say: it is shown whichever Party is asked about.
    fn wants_alarm(&self, running: &Running, own: Option<Party>) -> bool {
        let is_ours = own == Some(running.author);
        let of_party = self.party.is_none_or(|party| is_ours || party == running.author);
        of_party && self.due_until.is_none_or(|until| running.due <= until)
    }

    fn wants(&self, duty: &Duty) -> bool {
        let opened = &duty.opened;
        let state = self.as_of.map_or_else(|| duty.state(), |as_of| duty.state_as_of(as_of));
        let that = match self.that {
            calls::DutiesThat::Unspecified => state.is_open(),
            calls::DutiesThat::Lapsed => state == State::Lapsed,
            calls::DutiesThat::AreAny => true,
        };
        that && self.party.is_none_or(|party| party == opened.owed_by || party == opened.owed_to)
            && self.due_until.is_none_or(|until| opened.due <= until)
            && self.as_of.is_none_or(|as_of| duty.at <= as_of)
            && self.after.is_none_or(|after| after < place_of(duty))
    }

    /// The first of them. Of those that are open now it costs what is found, however many there are.
    fn find<'b>(&self, board: &'b Board, most: usize) -> Vec<&'b Duty> {
        let duties = &board.duties;
        let mut found: Vec<&Duty> = match (self.that, self.as_of) {
            (calls::DutiesThat::Unspecified, None) => {
                let first = (Instant(i64::MIN), DutyNumber(0));
                let running = duties.running_after(self.after.unwrap_or(first));
                let running =
                    running.take_while(|duty| self.due_until.is_none_or(|until| duty.opened.due <= until));
                let doubted = duties.doubted().map(|(_, duty)| duty);
                running
                    .filter(|duty| self.wants(duty))
                    .take(most)
                    .chain(doubted.filter(|duty| self.wants(duty)))
                    .map(AsRef::as_ref)
                    .collect()
            }
            (calls::DutiesThat::Unspecified | calls::DutiesThat::Lapsed | calls::DutiesThat::AreAny, _) => {
                duties.all().filter(|duty| self.wants(duty)).map(AsRef::as_ref).collect()
            }
        };
        found.sort_by_key(|duty| place_of(duty));
        found.truncate(most);
        found
    }
}

/// What was not worked out, and what will not be.
fn left_out(board: &Board, as_of: Option<Instant>, page: &mut calls::ListDutiesResponse) {
    let duties = &board.duties;
    let then = duties.left_out.kept().filter(|(_, left)| as_of.is_none_or(|as_of| left.at <= as_of));
    let mut all: Vec<_> = then.collect();
    all.sort_by_key(|(_, left)| left.index);
    let shown = all.iter().take(limits::DUTIES_PER_PAGE);
    page.left_out = shown.map(|(message, left)| left_out_line(message, left)).collect();
    let more = all.len().saturating_sub(limits::DUTIES_PER_PAGE) as u64;
    page.left_out_more = duties.left_out.more().saturating_add(more);
    let says = |(party, traffic): (Party, Traffic)| {
        let kind = match traffic {
            Traffic::Real => "duties",
            Traffic::Drill => "DRILL duties",
        };
        let most = limits::DUTIES_OPEN_PER_PARTY_MAX;
        format!("{most} {kind} are open with {party}, as many as may be: no further one is opened")
    };
    page.full = duties.full_with().map(says).collect();
}

fn left_out_line(message: &Digest, left: &LeftOut) -> calls::DutiesLeftOut {
    calls::DutiesLeftOut {
        message_digest: message.0.to_vec().into(),
        says: left.says(),
        duties: left.duties,
        unreadable: left.is_unreadable,
        record: left.index,
        recorded_at_ms: left.at.0,
    }
}

/// One listener, from its position on.
struct Follower {
    registrar: Registrar,
    links: Links,
    next: u64,
    language: String,
    told: Told,
}

impl Follower {
    async fn run(mut self, once: bool) {
        let mut heads = self.registrar.heads();
        loop {
            let head = heads.borrow_and_update().clone();
            if let Err(status) = self.catch_up(&head).await {
                if let Some(status) = status {
                    let _ = self.told.send(Err(status)).await;
                }
                return;
            }
            if once {
                return;
            }
            tokio::select! {
                changed = heads.changed() => if changed.is_err() { return },
                () = self.told.closed() => return,
            }
        }
    }

    /// `None` where nobody listens any more.
    async fn catch_up(&mut self, head: &Head) -> Result<(), Option<Status>> {
        let records = head.records(&self.registrar.journal);
        let lines = Lines::at(head, &self.registrar.journal, &self.links, &self.language, None);
        while self.next < head.chain.size {
            let end = head.chain.size.min(self.next.saturating_add(limits::NOTICE_RECORDS_MAX as u64));
            let some = records.range(self.next, end).await.map_err(|fault| Some(status::record(fault)))?;
            for record in some {
                let position = record.index.saturating_add(1);
                for duty in touched(&record, &head.board) {
                    let line = lines.line(duty).await.map_err(|fault| Some(status::record(fault)))?;
                    let answer = calls::FollowDutiesResponse { position, duty: Some(line) };
                    self.told.send(Ok(answer)).await.map_err(|_| None)?;
                }
                self.next = position;
            }
        }
        Ok(())
    }
}

/// The duties that a record puts on record, or of which it tells a step.
fn touched<'b>(record: &Record, board: &'b Board) -> Vec<&'b Duty> {
    let mut found = Vec::new();
    for event in &record.events {
        let Event::DutiesNoted(noted) = event else { continue };
        found.extend(noted.opened.iter().filter_map(|opened| board.duties.find(opened)));
        found.extend(noted.steps.iter().filter_map(|(number, _)| board.duties.get(*number)));
    }
    found.into_iter().map(AsRef::as_ref).collect()
}
