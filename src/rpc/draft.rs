//! Drafts of every kind: put on record, and read again from there.
//!
//! Never here: a call. What a draft says comes by the service for it; what is done with it afterwards is the
//! same for all (`message.rs`).

use bytes::Bytes;
use tonic::Status;

use super::caller::PersonCaller;
use super::command::{give, not_what_was_asked};
use super::held::HeldRegimes;
use super::originals::Originals;
use super::originals_named::never_given;
use super::{faults, status};
use crate::codec::content::{self, Said};
use crate::codec::heading::{self, Drafted, Given};
use crate::codec::message::decode_draft;
use crate::codec::proto::detente::v1 as calls;
use crate::domain::command::{Command, Origin};
use crate::domain::digest::{Digest, DraftId};
use crate::domain::event::{Event, Record};
use crate::domain::message::{Outgoing, Relation};
use crate::domain::refusal::FaultNamed;
use crate::registrar::{Head, Registrar};

/// The body of a draft, as its record holds it.
pub(super) struct Body {
    pub bytes: Bytes,
    pub digest: Digest,
    pub outgoing: Outgoing,
    pub said: Said,
}

impl Body {
    /// Puts it on record.
    pub fn command(&self, draft: DraftId) -> Command {
        Command::Draft { draft, outgoing: self.outgoing.clone(), bytes: self.bytes.clone() }
    }
}

/// What a record drafts under this id.
pub(super) fn drafted_in(record: &Record, wanted: DraftId) -> Option<Body> {
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
pub(super) async fn put(
    registrar: &Registrar,
    origin: Origin,
    caller: &PersonCaller,
    draft: DraftId,
    heading: Option<calls::Heading>,
    content: Option<Given>,
) -> Result<(Digest, Vec<calls::Fault>), Status> {
    let body = put_body(registrar, origin, caller, draft, heading, content).await?;
    let faults = faults(registrar, &registrar.head(), &body).await?;
    Ok((body.digest, faults::to_proto(faults)))
}

/// Puts a draft on record; its body as its record holds it, so that the same command has the same answer.
async fn put_body(
    registrar: &Registrar,
    origin: Origin,
    caller: &PersonCaller,
    draft: DraftId,
    heading: Option<calls::Heading>,
    content: Option<Given>,
) -> Result<Body, Status> {
    let record = give(registrar, made(caller, heading, content)?.command(draft), origin).await?;
    drafted_in(&record, draft).ok_or_else(not_what_was_asked)
}

/// What a draft would say that is not on record yet.
pub(super) fn made(
    caller: &PersonCaller,
    heading: Option<calls::Heading>,
    content: Option<Given>,
) -> Result<Body, Status> {
    let drafted = heading::draft(heading, content, caller.person())
        .map_err(|fault| status::field(&fault.field(), &fault))?;
    let Drafted { outgoing, bytes, content } = drafted;
    if let Some(fault) = acknowledges(&outgoing) {
        return Err(status::field(&fault.field, fault.rule));
    }
    Ok(Body { digest: Digest::of(&bytes), bytes, outgoing, said: Said::Form(content) })
}

/// That a message was read is for an officer of the watch to say, by name and of one message: with it ends the watch's
/// list and its escalation.
fn acknowledges(outgoing: &Outgoing) -> Option<FaultNamed> {
    let rule = "no draft acknowledges a message: an officer of the watch does, by `detente watch acknowledge` \
                (WatchService/Acknowledge); a draft answers it or refers to it";
    let wrong = outgoing.references.iter().any(|one| one.relation == Relation::Acknowledges);
    wrong.then(|| FaultNamed::that_stops("heading.references.relation", rule))
}

/// All that is wrong with a draft, beside the message that it is about too.
pub(super) async fn faults(
    registrar: &Registrar,
    head: &Head,
    body: &Body,
) -> Result<Vec<FaultNamed>, Status> {
    let regimes = HeldRegimes::at(head, &registrar.journal);
    let mut found =
        faults::of_draft(&regimes, &head.board, &body.outgoing, &body.said).await.map_err(status::record)?;
    // An earlier version of the program put such on record.
    found.extend(acknowledges(&body.outgoing));
    found.extend(never_given(&head.board, &body.outgoing));
    if let Some(content) = body.said.content() {
        let originals = Originals::at(head, head.records(&registrar.journal), None);
        let own = head.board.own.map(|own| own.party);
        found.extend(originals.faults(own, &body.outgoing, content, None).await.map_err(status::record)?);
        found.extend(faults::beside_release(content, registrar.clock.now()));
        found.extend(faults::of_check(&head.board, &body.outgoing, registrar.clock.now()));
    }
    Ok(found)
}

/// The body of an open draft, by the index of its record.
pub(super) async fn body(
    registrar: &Registrar,
    head: &Head,
    draft: DraftId,
    index: u64,
) -> Result<Body, Status> {
    let record = head.records(&registrar.journal).record(index).await.map_err(status::record)?;
    drafted_in(&record, draft).ok_or_else(not_what_was_asked)
}
