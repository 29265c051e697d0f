//! How a message is said on the stage: drafted by one person, shown to and released by another, delivered,
//! receipted, and, where a watch reads it, acknowledged by name.
//!
//! Never here: what is said (`c1.rs`, `c2.rs`, `c4.rs` and the forms beside them).

use std::time::Duration;

use bytes::Bytes;

use super::adopt;
use super::say::Say;
use super::stage::{Actor, Stage};
use crate::cli::desk::{answer, fresh_id};
use crate::cli::fault::Fault;
use crate::cli::form::{self, Syntax};
use crate::cli::message::{named, put_draft};
use crate::codec::proto::detente::v1::message_service_client::MessageServiceClient;
use crate::codec::proto::detente::v1::watch_service_client::WatchServiceClient;
use crate::codec::proto::detente::v1::{
    AcknowledgeRequest, CheckLine, ReadRequest, RegimeCheck, ReleaseRequest, ShowDraftRequest,
};
use crate::domain::board::Board;
use crate::domain::content::{Content, Kind};
use crate::domain::digest::{Digest, DraftId, ThreadId};
use crate::domain::message::{Addressee, Outgoing, Reference};
use crate::domain::party::Party;
use crate::domain::precedence::Precedence;
use crate::domain::thread::Acknowledged;
use crate::domain::time::Instant;

/// What was played of a case, for the checks and for the commands to paste.
pub struct Played {
    pub thread: ThreadId,
    /// The hotline session about it, where one was held.
    pub session: Option<ThreadId>,
    /// Each step's message, with its number and its author.
    said: Vec<(&'static str, Released, Party)>,
}

/// A message of a case.
pub struct Step {
    /// By which later steps name it.
    pub name: &'static str,
    pub form: &'static str,
    pub kind: Kind,
    /// Fields of the form that name an earlier step's message.
    pub about: &'static [(&'static str, &'static str)],
    pub by: &'static str,
    pub to: &'static [&'static str],
    pub information: &'static [&'static str],
    /// Under which part of the regime; under none where it is empty.
    pub provision: &'static str,
    pub subject: &'static str,
    pub drafted: &'static str,
    pub released: &'static str,
    pub read: &'static str,
    /// Whose officers on watch read and acknowledge it.
    pub read_by: &'static [&'static str],
    /// In a thread of its own, not in that of the case.
    pub apart: bool,
}

/// A message that somebody drafts and somebody else releases.
pub struct Spoken {
    pub subject: &'static str,
    pub drafted: &'static str,
    pub released: &'static str,
}

/// What came of it.
pub struct Released {
    pub digest: Digest,
    pub number: String,
}

impl Played {
    pub fn new() -> Result<Played, Fault> {
        Ok(Played { thread: ThreadId(fresh_id()?.0), session: None, said: Vec::new() })
    }

    /// The message of an earlier step.
    pub fn message(&self, name: &str) -> Result<Digest, Fault> {
        self.said
            .iter()
            .find(|(known, ..)| *known == name)
            .map(|(_, released, _)| released.digest)
            .ok_or_else(|| Fault::new(format!("nothing called {name} was said yet")))
    }
}

/// One step, to its end: what the regime that it cites says of it, as its releaser was shown.
pub async fn speak(
    stage: &Stage,
    played: &mut Played,
    step: &Step,
    say: &Say,
) -> Result<Option<RegimeCheck>, Fault> {
    let author = stage.actor(step.by)?;
    let spoken = Spoken { subject: step.subject, drafted: step.drafted, released: step.released };
    let outgoing = outgoing(stage, step, author, played)?;
    let (released, check) = release(stage, author, &spoken, outgoing, say).await?;
    let digest = released.digest;
    played.said.push((step.name, released, author.party));
    let others: Vec<&Actor> =
        step.to.iter().chain(step.information).map(|code| stage.actor(code)).collect::<Result<_, _>>()?;
    deliver(stage, author, &others, digest, say).await?;
    for code in step.read_by {
        let reader = stage.actor(code)?;
        let told = read_and_acknowledge(stage, step, reader, digest, say).await?;
        if lines(told.as_ref()) != lines(check.as_ref()) {
            return Err(Fault::new(format!("{} is told otherwise by the same rules", reader.party)));
        }
    }
    for other in others {
        settle(author, other).await?;
    }
    Ok(check)
}

/// The form, with the messages that it names written into it, and its heading.
fn outgoing(
    stage: &Stage,
    step: &Step,
    author: &Actor,
    played: &Played,
) -> Result<(Outgoing, Content), Fault> {
    let mut text = step.form.to_owned();
    for (field, of) in step.about {
        text.push_str(&format!("\n[{field}]\nmessage_digest = \"{}\"\n", played.message(of)?));
    }
    let content = form::read(step.kind, Syntax::Toml, &text)?;
    let mut references = Vec::new();
    for (reference, relation) in named(&content) {
        let named = reference.message_digest.map(|digest| digest.0);
        let said = played.said.iter().find(|(_, released, _)| Some(released.digest) == named);
        references.extend(said.map(|(_, released, author)| Reference {
            message: Some(released.digest),
            number: released.number.clone(),
            author: author.to_string(),
            relation,
        }));
    }
    let regime = match step.provision {
        "" => None,
        provision => Some(adopt::cited(provision)?),
    };
    let parties = |codes: &[&str]| -> Result<Vec<Addressee>, Fault> {
        codes.iter().map(|code| Ok(addressee(stage.actor(code)?))).collect()
    };
    let thread = if step.apart { ThreadId(fresh_id()?.0) } else { played.thread };
    let outgoing = Outgoing {
        information: parties(step.information)?,
        precedence: match step.kind {
            Kind::Report | Kind::Update => Precedence::Immediate,
            _ => Precedence::Routine,
        },
        zone: author.casting.zone.into(),
        regime,
        references,
        remarks: "Synthetic.".into(),
        ..heading(step.kind, thread, step.subject, parties(step.to)?)
    };
    Ok((outgoing, content))
}

pub fn addressee(actor: &Actor) -> Addressee {
    Addressee { party: actor.party, office: String::new() }
}

/// Routine, real, with nothing cited.
pub fn heading(kind: Kind, thread: ThreadId, subject: &str, action: Vec<Addressee>) -> Outgoing {
    Outgoing {
        action,
        marking: "synthetic".into(),
        subject: subject.into(),
        remarks: "Synthetic.".into(),
        ..Outgoing::blank(kind.name(), thread)
    }
}

/// Drafted by one person, shown to and released by another, who reads there what the rules say.
pub async fn release(
    stage: &Stage,
    author: &Actor,
    spoken: &Spoken,
    said: (Outgoing, Content),
    say: &Say,
) -> Result<(Released, Option<RegimeCheck>), Fault> {
    let draft = draft(stage, author, spoken, said, say).await?;
    release_draft(stage, author, spoken, draft, say).await
}

/// The first half of it: the draft's id.
pub async fn draft(
    stage: &Stage,
    author: &Actor,
    spoken: &Spoken,
    (outgoing, content): (Outgoing, Content),
    say: &Say,
) -> Result<DraftId, Fault> {
    set_clock(stage, spoken.drafted)?;
    let drafter = author.desk("drafter", &stage.clock)?;
    let draft = DraftId(fresh_id()?.0);
    let header = drafter.command(None)?;
    let drafted = put_draft(&drafter, header, draft, &outgoing, &content).await?;
    say.drafted(stage.clock.now(), author, author.person("drafter"), spoken.subject, drafted.faults.len());
    Ok(draft)
}

/// The second half: shown to the releaser, and released.
pub async fn release_draft(
    stage: &Stage,
    author: &Actor,
    spoken: &Spoken,
    draft: DraftId,
    say: &Say,
) -> Result<(Released, Option<RegimeCheck>), Fault> {
    set_clock(stage, spoken.released)?;
    let releaser = author.desk("releaser", &stage.clock)?;
    let mut calls = MessageServiceClient::new(releaser.channel.clone());
    let draft = Bytes::copy_from_slice(&draft.0);
    let shown =
        answer(calls.show_draft(ShowDraftRequest { draft: draft.clone(), ..Default::default() })).await?;
    let releasing =
        ReleaseRequest { command: Some(releaser.command(None)?), draft, digest: shown.digest, as_is: false };
    let released = answer(calls.release(releasing)).await?;
    let digest =
        Digest::from_slice(&released.message_digest).ok_or_else(|| Fault::new("no digest in the answer"))?;
    say.released(stage.clock.now(), author, author.person("releaser"), spoken.subject, &released.number);
    Ok((Released { digest, number: released.number }, shown.check))
}

/// Waits until all others have it on record, and the author has their receipts on record.
pub async fn deliver(
    stage: &Stage,
    author: &Actor,
    others: &[&Actor],
    digest: Digest,
    say: &Say,
) -> Result<(), Fault> {
    for other in others {
        until(other, "the message came", |board| board.messages.contains_key(&digest)).await?;
        until(author, "the receipt came", |board| nothing_owed(board, other.party)).await?;
        say.receipted(stage.clock.now(), author, other);
    }
    Ok(())
}

/// What the rules say, without who is bound: of that each end knows its own.
fn lines(check: Option<&RegimeCheck>) -> &[CheckLine] {
    check.map_or(&[], |check| &check.lines)
}

async fn read_and_acknowledge(
    stage: &Stage,
    step: &Step,
    reader: &Actor,
    digest: Digest,
    say: &Say,
) -> Result<Option<RegimeCheck>, Fault> {
    set_clock(stage, step.read)?;
    let desk = reader.desk("watch", &stage.clock)?;
    let named = Bytes::copy_from_slice(&digest.0);
    let mut calls = WatchServiceClient::new(desk.channel.clone());
    let read = answer(calls.read(ReadRequest { digest: named.clone(), ..Default::default() })).await?;
    let acknowledge = AcknowledgeRequest { command: Some(desk.command(None)?), digest: named };
    answer(calls.acknowledge(acknowledge)).await?;
    until(reader, "the acknowledgement is on record", |board| {
        board.messages.get(&digest).is_some_and(|there| there.acknowledged != Acknowledged::NotYet)
    })
    .await?;
    say.acknowledged(stage.clock.now(), reader, reader.person("watch"), step.subject);
    Ok(read.check)
}

/// Waits until both ends owe each other nothing and have cosigned all of each other's ledger.
pub async fn settle(one: &Actor, other: &Actor) -> Result<(), Fault> {
    until(one, "the ledgers are cosigned", |board| settled(board, other.party)).await?;
    until(other, "the ledgers are cosigned", |board| settled(board, one.party)).await
}

fn settled(board: &Board, other: Party) -> bool {
    board.link(other).is_some_and(|link| {
        let cosigned = link.ours.cosigned.as_ref().map_or(0, |head| head.size);
        nothing_owed(board, other) && cosigned == link.ours.edge.size()
    })
}

fn nothing_owed(board: &Board, other: Party) -> bool {
    board
        .link(other)
        .is_some_and(|link| Precedence::FASTEST_FIRST.iter().all(|lane| link.lane(*lane).owed.is_empty()))
}

async fn until(actor: &Actor, what: &str, holds: impl Fn(&Board) -> bool) -> Result<(), Fault> {
    let mut heads = actor.node.registrar.heads();
    let patience = Duration::from_millis(crate::limits::DEMO_STEP_MS_MAX);
    let waited = tokio::time::timeout(patience, heads.wait_for(|head| holds(&head.board))).await;
    match waited {
        Ok(Ok(_)) => Ok(()),
        Ok(Err(_)) | Err(_) => {
            Err(Fault::new(format!("{}: this did not come about in time: {what}", actor.party)))
        }
    }
}

pub fn set_clock(stage: &Stage, at: &str) -> Result<(), Fault> {
    let at = Instant::from_rfc3339(at).ok_or_else(|| Fault::new("no such instant"))?;
    stage.clock.set(at);
    Ok(())
}
