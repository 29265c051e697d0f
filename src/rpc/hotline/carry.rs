//! Carry files, out and in, piece by piece: what goes by another path while the line is cut, and who took it there.
//!
//! Never here: a look into a file (`codec/carry.rs`), or what becomes of what it holds (`peers/carry.rs`).

use std::time::Duration;

use bytes::{Bytes, BytesMut};
use tokio::sync::OwnedSemaphorePermit;
use tonic::{Response, Status, Streaming};

use super::HotlineCalls;
use super::carry_given::given;
use crate::codec::message::{person_to_proto, precedence_to_proto};
use crate::codec::proto::detente::v1 as calls;
use crate::codec::proto::detente::v1::carry_in_request::Piece as In;
use crate::codec::proto::detente::v1::carry_in_response::Piece as Answered;
use crate::codec::proto::detente::v1::carry_out_response::Piece as Out;
use crate::domain::board::Denied;
use crate::domain::carry::{CarryNoted, Done, NotCompared};
use crate::domain::command::Command;
use crate::domain::digest::Digest;
use crate::domain::event::{Event, Record};
use crate::domain::party::Party;
use crate::domain::people::Role;
use crate::domain::refusal::NotNow;
use crate::limits;
use crate::peers::carry::Made;
use crate::peers::carry_in::{CarryFault, Stopped, Taken};
use crate::peers::carry_parts::Left;
use crate::peers::serve::ServeFault;
use crate::rpc::audit::on_record;
use crate::rpc::caller::PersonCaller;
use crate::rpc::command::{self, give};
use crate::rpc::part::{Pieces, next_piece};
use crate::rpc::status;

/// So long a file may take to come in, or to be read.
const WITHIN: Duration = Duration::from_millis(limits::CALL_MS_MAX);

impl HotlineCalls {
    pub(super) async fn carried_out(
        &self,
        caller: &PersonCaller,
        mut asked: calls::CarryOutRequest,
    ) -> Result<Response<Pieces<calls::CarryOutResponse>>, Status> {
        let to: Party = asked.to.parse().map_err(|_| status::field("to", "must be a Party's code"))?;
        let header = asked.command.take();
        let origin = command::origin("HotlineService/CarryOut", header.as_ref(), &asked, caller)?;
        let parts = parts_in(&asked.parts)?;
        let place = self.place()?;
        let _turn = self.carrying.try_acquire().map_err(|_| status::denied(NotNow::Inbox.into()))?;
        let not_compared = NotCompared::said(asked.although_not_compared);
        let made = self.exchange.carry_out(to, &parts, not_compared).await.map_err(served)?;
        if made.parts_left.iter().any(|left| left.why == Left::NotNamed && parts.contains(&left.part)) {
            return Err(status::field("parts", Left::NotNamed));
        }
        // On record before it leaves the node; what the same command made before was another file.
        let noted = made.noted(not_compared, asked.way);
        let record = give(&self.registrar, Command::NoteCarry(Box::new(noted.clone())), origin).await?;
        if carry_in(&record) != Some(&noted) {
            let rule = "a file was made under this id before, and this would be another: choose a fresh id";
            return Err(status::field("command.id", rule));
        }
        let answer = |piece| calls::CarryOutResponse { piece: Some(piece) };
        let first = answer(Out::Made(made_told(&made)));
        let piece = move |chunk| answer(Out::Chunk(chunk));
        Ok(Response::new(given(first, made.file, place, WITHIN, piece)))
    }

    pub(super) async fn carried_in(
        &self,
        caller: &PersonCaller,
        mut pieces: Streaming<calls::CarryInRequest>,
    ) -> Result<Response<Pieces<calls::CarryInResponse>>, Status> {
        let place = self.place()?;
        let _turn = self.carrying.try_acquire().map_err(|_| status::denied(NotNow::Inbox.into()))?;
        // Whoever sends it in drops keeps it from others for no longer.
        let read = tokio::time::timeout(WITHIN, read(&mut pieces)).await;
        let (mut header, file) = read.map_err(|_| status::carry_stalled())??;
        let command = header.command.take();
        let fault = |fault| match fault {
            CarryFault::Field(fault) => status::decode(fault),
            CarryFault::Serve(fault) => served(fault),
        };
        let not_compared = NotCompared::said(header.although_not_compared);
        let opened = self.exchange.open_carried(file, not_compared).await.map_err(fault)?;
        let asked = TakeCarried { header: Some(header.clone()), file: opened.digest.0.to_vec() };
        let origin = command::origin("HotlineService/CarryIn", command.as_ref(), &asked, caller)?;
        // On record before anything that it holds: who took it, whatever becomes of that.
        let noted = opened.noted(not_compared, header.way);
        let record = give(&self.registrar, Command::NoteCarry(Box::new(noted)), origin).await?;
        let mut taken = self.exchange.take_carried(opened, record.index).await.map_err(fault)?;
        let back = taken.back.take().unwrap_or_default();
        let answer = |piece| calls::CarryInResponse { piece: Some(piece) };
        let first = answer(Answered::Taken(told(taken)));
        Ok(Response::new(given(first, back, place, WITHIN, move |chunk| answer(Answered::Chunk(chunk)))))
    }

    /// For a file that goes to an officer.
    fn place(&self) -> Result<OwnedSemaphorePermit, Status> {
        let place = self.giving.clone().try_acquire_owned();
        place.map_err(|_| status::denied(NotNow::Inbox.into()))
    }

    pub(super) async fn carried(
        &self,
        caller: &PersonCaller,
        asked: &calls::ListCarriedRequest,
    ) -> Result<calls::ListCarriedResponse, Status> {
        let head = if [Role::Drafter, Role::Releaser, Role::Watch].iter().any(|role| caller.has(*role)) {
            self.registrar.head()
        } else {
            // An auditor's reading is itself on record.
            let origin =
                command::origin("HotlineService/ListCarried", asked.command.as_ref(), asked, caller)?;
            on_record(&self.registrar, origin, "the list of carry files".into()).await?
        };
        let records = head.records(&self.registrar.journal);
        let mut files = Vec::new();
        for index in head.board.carried.iter().rev() {
            let record = records.record(*index).await.map_err(status::record)?;
            files.extend(listed(&record));
        }
        Ok(calls::ListCarriedResponse { files })
    }
}

/// What a command of taking a file asks. By the file's digest it is known again.
#[derive(prost::Message)]
struct TakeCarried {
    /// Without the command's.
    #[prost(message, optional, tag = "1")]
    header: Option<calls::CarryInHeader>,
    #[prost(bytes = "vec", tag = "2")]
    file: Vec<u8>,
}

fn parts_in(given: &[Bytes]) -> Result<Vec<Digest>, Status> {
    if given.len() > limits::PARTS_MAX {
        return Err(status::at_most("parts", limits::PARTS_MAX, "parts"));
    }
    let mut parts = Vec::new();
    for bytes in given {
        let part = Digest::from_slice(bytes).ok_or_else(|| status::field("parts", "32 bytes each"))?;
        if !parts.contains(&part) {
            parts.push(part);
        }
    }
    Ok(parts)
}

fn carry_in(record: &Record) -> Option<&CarryNoted> {
    record.events.iter().find_map(|event| match event {
        Event::CarryNoted(noted) => Some(&**noted),
        _ => None,
    })
}

fn listed(record: &Record) -> Option<calls::CarriedFile> {
    let noted = carry_in(record)?;
    Some(calls::CarriedFile {
        with: noted.with.to_string(),
        made: noted.done == Done::Made,
        by: record.command.as_ref().map(|stamp| person_to_proto(&stamp.by)),
        recorded_at_ms: record.at.0,
        file: noted.file.0.to_vec().into(),
        made_at_ms: noted.made_at.0,
        dispatches: noted.holds.dispatches,
        receipts: noted.holds.receipts,
        parts: noted.holds.parts,
        although_not_compared: noted.not_compared == NotCompared::Accepted,
        way: noted.way.clone(),
    })
}

fn made_told(made: &Made) -> calls::CarryMade {
    let most = limits::CARRY_PARTS_LEFT_TOLD;
    let left = made.parts_left.iter().take(most).map(|left| calls::CarryPartLeft {
        salted_digest: left.part.0.to_vec().into(),
        why: left.why.to_string(),
    });
    calls::CarryMade {
        dispatches: made.holds.dispatches,
        left: made.left as u64,
        parts: made.holds.parts,
        parts_left: left.collect(),
        more_parts_left: made.parts_left.len().saturating_sub(most) as u64,
    }
}

/// What the header says, and the file.
async fn read(
    pieces: &mut Streaming<calls::CarryInRequest>,
) -> Result<(calls::CarryInHeader, Bytes), Status> {
    let header = match next_piece(pieces, |one| one.piece, status::carry_stalled).await? {
        Some(In::Header(header)) => header,
        Some(In::Chunk(_)) | None => return Err(status::field("header", "must come first")),
    };
    let mut file = BytesMut::new();
    while let Some(piece) = next_piece(pieces, |one| one.piece, status::carry_stalled).await? {
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
    Ok((header, file.freeze()))
}

/// Whoever asks is a person, and can say that it is to be done all the same.
fn served(fault: ServeFault) -> Status {
    match fault {
        ServeFault::Denied(Denied::NotNow(NotNow::NotCompared)) => status::carry_not_compared(),
        fault => status::serve(fault),
    }
}

fn told(taken: Taken) -> calls::CarryTaken {
    let most = limits::CARRY_STOPPED_TOLD;
    calls::CarryTaken {
        from: taken.from.to_string(),
        put_on_record: taken.dispatches.put_on_record as u64,
        on_record_before: taken.dispatches.before as u64,
        receipts_put_on_record: taken.receipts.put_on_record as u64,
        receipts_before: taken.receipts.before as u64,
        more_stopped: taken.stopped.len().saturating_sub(most) as u64,
        stopped: taken.stopped.into_iter().take(most).map(stopped).collect(),
        parts_put_on_record: taken.parts.put_on_record as u64,
        parts_before: taken.parts.before as u64,
        parts_missing: taken.parts_missing as u64,
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
