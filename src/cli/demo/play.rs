//! Case C1, step by step at its real dates: calendar, notification, invitation, conclusion, and the
//! host's later statement. All figures and forms are in `c1/`; here is only who does what, when.

use std::time::Duration;

use bytes::Bytes;

use super::adopt;
use super::say::Say;
use super::stage::{Actor, Stage};
use crate::cli::desk::answer;
use crate::cli::fault::Fault;
use crate::cli::form::{self, Syntax};
use crate::cli::message::put_draft;
use crate::codec::content::{Said, said};
use crate::codec::proto::detente::v1::message_service_client::MessageServiceClient;
use crate::codec::proto::detente::v1::watch_service_client::WatchServiceClient;
use crate::codec::proto::detente::v1::{
    AcknowledgeRequest, CheckLine, ReadRequest, RegimeCheck, ReleaseRequest, ShowDraftRequest,
};
use crate::domain::board::Board;
use crate::domain::content::{Content, Kind};
use crate::domain::digest::{Digest, DraftId, ThreadId};
use crate::domain::form::{Figure, MessageDigest};
use crate::domain::message::{Addressee, Outgoing, Reference, Relation, Traffic};
use crate::domain::party::Party;
use crate::domain::people::Person;
use crate::domain::precedence::Precedence;
use crate::domain::thread::Acknowledged;
use crate::domain::time::Instant;

/// What was played, for the checks and for the commands to paste.
pub struct Played {
    pub exercise: ThreadId,
    pub notification: Digest,
    /// Messages that BY released, with their numbers.
    pub released: Vec<(Digest, String)>,
}

/// A message that the host releases.
struct Step {
    form: &'static str,
    kind: Kind,
    subject: &'static str,
    /// Under which chapter of the regime.
    provision: &'static str,
    drafted: &'static str,
    released: &'static str,
    read: &'static str,
}

/// A message that somebody drafts and somebody else releases.
pub(super) struct Spoken {
    pub subject: &'static str,
    pub drafted: &'static str,
    pub released: &'static str,
}

/// What came of it.
pub(super) struct Released {
    pub digest: Digest,
    pub number: String,
    /// What the regime that it cites says, as its releaser was shown.
    pub check: Option<RegimeCheck>,
}

const STEPS: [Step; 5] = [
    Step {
        form: include_str!("c1/calendar.toml"),
        kind: Kind::Calendar,
        subject: "Annual calendar of exercises, 2025",
        provision: "chapter VII",
        drafted: "2024-11-13T09:00:00Z",
        released: "2024-11-14T09:00:00Z",
        read: "2024-11-14T09:25:00Z",
    },
    Step {
        form: include_str!("c1/notification.toml"),
        kind: Kind::Notification,
        subject: "Zapad-2025: prior notification",
        provision: "chapter V",
        drafted: "2025-07-31T06:30:00Z",
        released: "2025-07-31T09:00:00Z",
        read: "2025-07-31T09:20:00Z",
    },
    Step {
        form: include_str!("c1/invitation.toml"),
        kind: Kind::Invitation,
        subject: "Zapad-2025: invitation of observers",
        provision: "chapter VI",
        drafted: "2025-08-12T07:00:00Z",
        released: "2025-08-12T10:00:00Z",
        read: "2025-08-12T10:40:00Z",
    },
    Step {
        form: include_str!("c1/conclusion.toml"),
        kind: Kind::Conclusion,
        subject: "Zapad-2025: conclusion",
        provision: "chapter V",
        drafted: "2025-09-16T15:00:00Z",
        released: "2025-09-16T16:30:00Z",
        read: "2025-09-16T16:50:00Z",
    },
    Step {
        form: include_str!("c1/statement.toml"),
        kind: Kind::Statement,
        subject: "Zapad-2025: figures stated afterwards",
        provision: "chapter VI",
        drafted: "2025-09-17T08:00:00Z",
        released: "2025-09-17T10:00:00Z",
        read: "2025-09-17T10:15:00Z",
    },
];

pub async fn play(stage: &Stage, say: &Say) -> Result<Played, Fault> {
    let host = stage.actor("BY")?;
    let guests = [stage.actor("PL")?, stage.actor("OSCE")?];
    adopt::adopt(stage, say).await?;
    let calendar_thread = ThreadId(crate::cli::desk::fresh_id()?.0);
    let mut played = Played {
        exercise: ThreadId(crate::cli::desk::fresh_id()?.0),
        notification: Digest::ZERO,
        released: Vec::new(),
    };
    for step in &STEPS {
        let thread = if step.kind == Kind::Calendar { calendar_thread } else { played.exercise };
        let spoken = Spoken { subject: step.subject, drafted: step.drafted, released: step.released };
        let outgoing = outgoing(step, thread, &guests, &played)?;
        let Released { digest, number, check } = release(stage, host, &spoken, outgoing, say).await?;
        if step.kind == Kind::Notification {
            played.notification = digest;
        }
        played.released.push((digest, number));
        if matches!(step.kind, Kind::Notification | Kind::Invitation) {
            say.rules(stage.clock.now(), host, check.as_ref());
        }
        for guest in guests {
            deliver(stage, host, guest, digest, say).await?;
        }
        for guest in guests {
            let told = read_and_acknowledge(stage, step, guest, digest, say).await?;
            if lines(told.as_ref()) != lines(check.as_ref()) {
                return Err(Fault::new(format!("{} is told otherwise by the same rules", guest.party)));
            }
        }
        for guest in guests {
            settle(host, guest).await?;
        }
    }
    let (notified, stated) = figures(guests[0], &played).await?;
    say.figures(stage.clock.now(), guests[0], notified, stated);
    Ok(played)
}

/// The troops that were notified and those that were stated afterwards, as a guest holds both.
async fn figures(guest: &Actor, played: &Played) -> Result<(u64, u64), Fault> {
    let head = guest.node.registrar.head();
    let records = head.records(&guest.node.registrar.journal);
    let (mut notified, mut stated) = (None, None);
    for entry in head.board.thread(played.exercise).map(|thread| thread.in_order()).unwrap_or_default() {
        let draft = records.message(entry.index, &entry.digest).await?.message.draft;
        match said(&draft.kind, &draft.content) {
            Said::Form(Content::Notification(form)) => notified = troops(&form.land.figures),
            Said::Form(Content::Statement(form)) => stated = troops(&form.figures),
            Said::Form(_) | Said::Acknowledgement(_) | Said::Unknown | Said::Unreadable(_) => {}
        }
    }
    notified.zip(stated).ok_or_else(|| Fault::new("the guest does not hold both figures"))
}

/// Of all kinds, Parties and territories together.
fn troops(figures: &[Figure]) -> Option<u64> {
    let whole = |figure: &&Figure| {
        figure.what == "troops"
            && figure.kind.is_empty()
            && figure.party.is_empty()
            && figure.territory.is_empty()
    };
    figures.iter().find(whole)?.number
}

fn outgoing(
    step: &Step,
    thread: ThreadId,
    guests: &[&Actor],
    played: &Played,
) -> Result<(Outgoing, Content), Fault> {
    let mut content = form::read(step.kind, Syntax::Toml, step.form)?;
    match &mut content {
        Content::Conclusion(form) => form.exercise.message_digest = Some(MessageDigest(played.notification)),
        Content::Statement(form) => form.exercise.message_digest = Some(MessageDigest(played.notification)),
        Content::Calendar(_)
        | Content::Notification(_)
        | Content::Amendment(_)
        | Content::Invitation(_)
        | Content::Cancellation(_)
        | Content::SameActivity(_)
        | Content::Adoption(_)
        | Content::Suspension(_)
        | Content::Resumption(_)
        | Content::Withdrawal(_)
        | Content::Formatted(_)
        | Content::Transcription(_)
        | Content::Translation(_)
        | Content::Forwarded(_)
        | Content::Report(_)
        | Content::Update(_)
        | Content::Finding(_)
        | Content::Closing(_)
        | Content::SameIncident(_)
        | Content::Question(_)
        | Content::Answer(_)
        | Content::Text(_)
        | Content::ServiceMessage(_)
        | Content::MessageWithdrawal(_)
        | Content::Request(_)
        | Content::Joining(_)
        | Content::Reply(_)
        | Content::Judgement(_)
        | Content::MeetingRequest(_)
        | Content::Convening(_)
        | Content::Meeting(_)
        | Content::MeetingReport(_)
        | Content::Observers(_)
        | Content::ObserverReport(_)
        | Content::SessionOpening(_)
        | Content::SessionAcceptance(_)
        | Content::SessionText(_)
        | Content::SessionAddition(_)
        | Content::SessionClose(_)
        | Content::SessionShown(_) => {}
    }
    let references = played.released.last().map(|(digest, number)| Reference {
        message: Some(*digest),
        number: number.clone(),
        author: "BY".into(),
        relation: Relation::RefersTo,
    });
    let outgoing = Outgoing {
        zone: "Europe/Minsk".into(),
        regime: Some(adopt::cited(step.provision)?),
        references: references.into_iter().collect(),
        remarks: "Synthetic: figures from the press.".into(),
        ..heading(step.kind, thread, step.subject, guests)
    };
    Ok((outgoing, content))
}

/// To the others, routine, real, with nothing cited.
pub(super) fn heading(kind: Kind, thread: ThreadId, subject: &str, to: &[&Actor]) -> Outgoing {
    let addressee = |actor: &&Actor| Addressee { party: actor.party, office: String::new() };
    Outgoing {
        word: None,
        format: String::new(),
        forwards: None,
        releasable_to: Vec::new(),
        thread,
        kind: kind.name().into(),
        content: Bytes::new(),
        action: to.iter().map(addressee).collect(),
        information: Vec::new(),
        precedence: Precedence::Routine,
        zone: "Z".into(),
        // The node puts in who calls.
        drafter: Person { name: String::new(), office: String::new(), key_digest: Digest::ZERO },
        regime: None,
        marking: "synthetic".into(),
        language: "en".into(),
        references: Vec::new(),
        traffic: Traffic::Real,
        parts: Vec::new(),
        subject: subject.into(),
        remarks: "Synthetic.".into(),
    }
}

/// Drafted by one person, shown to and released by another.
pub(super) async fn release(
    stage: &Stage,
    author: &Actor,
    spoken: &Spoken,
    (outgoing, content): (Outgoing, Content),
    say: &Say,
) -> Result<Released, Fault> {
    set_clock(stage, spoken.drafted)?;
    let drafter = author.desk("drafter", &stage.clock)?;
    let draft = DraftId(crate::cli::desk::fresh_id()?.0);
    let header = drafter.command(None)?;
    let drafted = put_draft(&drafter, header, draft, &outgoing, &content).await?;
    say.drafted(stage.clock.now(), author, author.person("drafter"), spoken.subject, drafted.faults.len());

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
    Ok(Released { digest, number: released.number, check: shown.check })
}

/// Waits until the guest has it on record and the host has the guest's receipt on record.
pub(super) async fn deliver(
    stage: &Stage,
    host: &Actor,
    guest: &Actor,
    digest: Digest,
    say: &Say,
) -> Result<(), Fault> {
    until(guest, "the message came", |board| board.messages.contains_key(&digest)).await?;
    until(host, "the receipt came", |board| nothing_owed(board, guest.party)).await?;
    say.receipted(stage.clock.now(), host, guest);
    Ok(())
}

/// What the rules say, without who is bound: of that each end knows its own.
fn lines(check: Option<&RegimeCheck>) -> &[CheckLine] {
    check.map_or(&[], |check| &check.lines)
}

async fn read_and_acknowledge(
    stage: &Stage,
    step: &Step,
    guest: &Actor,
    digest: Digest,
    say: &Say,
) -> Result<Option<RegimeCheck>, Fault> {
    set_clock(stage, step.read)?;
    let desk = guest.desk("watch", &stage.clock)?;
    let named = Bytes::copy_from_slice(&digest.0);
    let mut calls = WatchServiceClient::new(desk.channel.clone());
    let read = answer(calls.read(ReadRequest { digest: named.clone(), ..Default::default() })).await?;
    let acknowledge = AcknowledgeRequest { command: Some(desk.command(None)?), digest: named };
    answer(calls.acknowledge(acknowledge)).await?;
    until(guest, "the acknowledgement is on record", |board| {
        board.messages.get(&digest).is_some_and(|there| there.acknowledged != Acknowledged::NotYet)
    })
    .await?;
    say.acknowledged(stage.clock.now(), guest, guest.person("watch"), step.subject);
    Ok(read.check)
}

/// Waits until both ends owe each other nothing and have cosigned all of each other's ledger.
pub(super) async fn settle(one: &Actor, other: &Actor) -> Result<(), Fault> {
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

fn set_clock(stage: &Stage, at: &str) -> Result<(), Fault> {
    let at = Instant::from_rfc3339(at).ok_or_else(|| Fault::new("no such instant"))?;
    stage.clock.set(at);
    Ok(())
}
