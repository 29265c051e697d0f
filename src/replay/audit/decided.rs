//! Each record held against what the Board itself decides of the command that it answers: who may, two
//! different persons where it takes two, a draft that was open and says what was signed.
//!
//! The Board of just before the record, its time and its stamp give the same decision that was given
//! then; no rule is written twice. What an older fold decided of duties, checks, alarms, the watch or FLASH and this
//! one would not is counted, and told apart from faults. Never here: signatures and proofs (`events.rs` hands them
//! out), and what was "not now" or over a limit, which another program may have judged by other bounds.

use super::events::Seen;
use crate::codec::{content, message, signed};
use crate::domain::board::{Board, Denied};
use crate::domain::check::{CheckToSend, OfLink};
use crate::domain::command::{AsIs, Command, Decided, Delivery, Origin, ReceivePlan, ReleasePlan};
use crate::domain::content::{Content, Kind};
use crate::domain::digest::Digest;
use crate::domain::event::{Event, Received, Record, Released};
use crate::domain::message::{Outcome, Outgoing, Relation};
use crate::domain::party::Party;
use crate::domain::precedence::Precedence;
use crate::domain::refusal::Refusal;
use crate::domain::roster::enough_custodians;
use crate::domain::time::Instant;
use crate::domain::watch::AlertDue;

pub(super) fn record(board: &Board, record: &Record, fold_version: u32, seen: &mut Seen) {
    if record.index == 0 {
        return opening(record, seen);
    }
    seen.must(record.events.len() == 1, "a record holds what more than one command brings about");
    for event in &record.events {
        match command_of(board, event) {
            Some(command) => decide(board, record, (event, fold_version), &command, seen),
            None => seen.must(
                record.command.is_none(),
                "a person is named behind what the node alone puts on record, or behind nothing",
            ),
        }
    }
}

/// The first record answers nobody: it names the first custodians, and our own lists.
fn opening(record: &Record, seen: &mut Seen) {
    seen.must(record.command.is_none(), "the first record names a person behind it");
    let mut own = None;
    let mut lists = 0_u64;
    for event in &record.events {
        match event {
            Event::JournalOpened { party, members, .. } => {
                own = Some(*party);
                let enough = enough_custodians(members.iter()).is_ok();
                seen.must(enough, "the journal was opened without two different custodians");
            }
            Event::KeyListAccepted(list) if own == Some(list.list.party) => {
                lists = lists.saturating_add(1);
            }
            Event::RevocationListAccepted(list) if own == Some(list.party) => {}
            _ => seen.fault("the first record holds more than opens a journal"),
        }
    }
    seen.must(lists == 1, "the first record does not hold one key list of our own");
}

fn decide(
    board: &Board,
    record: &Record,
    (event, fold_version): (&Event, u32),
    command: &Command,
    seen: &mut Seen,
) {
    let origin = match &record.command {
        Some(stamp) => Origin::Person(stamp.clone()),
        None => Origin::Node,
    };
    match (board.decide(command, &origin, record.at), event) {
        (Ok(decided), Event::Released(released)) => match decided.first() {
            Some(Decided::Release(plan)) => planned(plan, released, seen),
            Some(Decided::Event(_) | Decided::Receive(_)) | None => seen.fault(ANOTHER),
        },
        (Ok(decided), Event::Received(received)) => match decided.first() {
            Some(Decided::Receive(plan)) => judged(plan, received, fold_version, seen),
            Some(Decided::Event(_) | Decided::Release(_)) | None => seen.fault(ANOTHER),
        },
        // Whom a step names, and what a hand-over lists, the rules say alone. By an older fold two spellings of a name
        // were two names.
        (Ok(decided), Event::Alerted(_) | Event::WatchOffered(_) | Event::WatchTaken { .. }) => {
            let same = matches!(decided.first(), Some(Decided::Event(decided)) if decided == event);
            if !same && fold_version < WATCH_SINCE {
                seen.is_by_older_rules = true;
            } else {
                seen.must(same, ANOTHER);
            }
        }
        (Ok(_), _) => {}
        (Err(Denied::Refused(Refusal::DraftChanged)), Event::Released(_)) => {
            seen.fault("a message was released that is not what its draft on record says")
        }
        // Another program may have had another bound, or more room at the time.
        (Err(Denied::NotNow(_) | Denied::Refused(Refusal::TooMany { .. })), _) => {}
        // Another edition of the time zones may have known one that this one does not.
        (Err(Denied::Refused(Refusal::Field { field: "check_schedule.link.check.zone", .. })), _) => {}
        // What two custodians set is no program's.
        (Err(Denied::Refused(Refusal::FlashDrafts { .. })), _) if board.flash.set.is_none() => {}
        // By an older fold drafts were counted, and not their releases; and a hand-over named no duties.
        (Err(Denied::Refused(Refusal::FlashDrafts { .. })), _) if fold_version < FLASH_SINCE => {
            seen.is_by_older_rules = true;
        }
        (Err(Denied::Refused(Refusal::WatchChanged)), Event::WatchOffered(_) | Event::WatchTaken { .. })
            if fold_version < WATCH_SINCE =>
        {
            seen.is_by_older_rules = true;
        }
        // An older fold had other messages considered or counted, and other steps taken; what it put on record stands.
        (Err(_), event) if fold_version < as_today_since(event) => seen.is_by_older_rules = true,
        (Err(denied), _) => seen.fault(format!("it stands against a rule: {denied}")),
    }
}

/// Since which fold version duties, checks, alarms of one's own, what the watch does, and how much FLASH goes out, are
/// decided as today.
const DUTIES_SINCE: u32 = 3;
const CHECKS_SINCE: u32 = 3;
const ALARMS_SINCE: u32 = 3;
const WATCH_SINCE: u32 = 3;
const FLASH_SINCE: u32 = 3;

/// The fold version since which such an event is decided as today.
fn as_today_since(event: &Event) -> u32 {
    match event {
        Event::DutiesNoted(_) => DUTIES_SINCE,
        Event::CheckNoted(_) => CHECKS_SINCE,
        Event::AlarmNoted(_) => ALARMS_SINCE,
        Event::Alerted(_) => WATCH_SINCE,
        Event::Released(released) if released.draft.is_none() && says_check(&released.message.draft) => {
            CHECKS_SINCE
        }
        _ => 0,
    }
}

fn says_check(outgoing: &Outgoing) -> bool {
    matches!(outgoing.of_link.as_deref(), Some(OfLink::Check(_)))
}

const ANOTHER: &str = "the rules make something else of the command than is on record";

fn planned(plan: &ReleasePlan, released: &Released, seen: &mut Seen) {
    let (planned, message) = (&plan.message, &released.message);
    seen.must(
        message.author == planned.author && message.incarnation == planned.incarnation,
        "a message that was released is not by this Party in this incarnation",
    );
    seen.must(message.releaser == planned.releaser, "a message names another releaser than gave the command");
    seen.must(message.number == planned.number, "a message's number is not the next of its series");
    seen.must(
        message.released_at == planned.released_at,
        "a message states another time of release than its record",
    );
    // What reads the signed bytes passes over fields that it does not know.
    let payload = signed::decode(released.signed.clone()).map(|wrapping| wrapping.payload);
    seen.must(
        payload == Ok(message::encode(message)),
        "a message was signed that holds more than was drafted",
    );
    let newest = released.dispatches.iter().all(|(dispatch, _)| dispatch.key_list == plan.key_list);
    seen.must(newest, "a dispatch names a key list that was not the newest of our own");
    if released.draft.is_none() && message.draft.kind == Kind::SessionShown.name() {
        let said = content::said(&message.draft.kind, &message.draft.content);
        let fits = matches!(said.content(), Some(Content::SessionShown(form))
            if form.shown.message_digest.map(|digest| digest.0) == referred(released, Relation::RefersTo)
                && form.console == message.releaser.name);
        seen.must(
            fits,
            "that a console shows a text does not name what its message refers to, or its officer",
        );
    } else if released.draft.is_none() && check_in(&message.draft).is_some() {
        let said = content::said(&message.draft.kind, &message.draft.content);
        let fits = match said.content() {
            Some(Content::CheckAnswer(form)) => {
                form.answers.message_digest.map(|digest| digest.0) == referred(released, Relation::Answers)
            }
            _ => true,
        };
        seen.must(fits, "the answer to a check does not name what its message refers to");
    } else if released.draft.is_none() {
        let read = message::decode_acknowledgement(&message.draft.content);
        let fits = read.is_ok_and(|read| {
            referred(released, Relation::Acknowledges) == Some(read.message)
                && read.officer == message.releaser
        });
        seen.must(
            fits,
            "an acknowledgement does not say what its message refers to, or is another officer's",
        );
    }
}

fn judged(plan: &ReceivePlan, received: &Received, fold_version: u32, seen: &mut Seen) {
    seen.must(
        plan.receipt == received.receipt,
        "a receipt of ours is not what the rules make of its dispatch",
    );
    // An older fold told of no check that it did not count.
    let is_check = received.message.as_ref().is_some_and(|message| says_check(&message.draft));
    if plan.marks != received.marks && is_check && fold_version < CHECKS_SINCE {
        seen.is_by_older_rules = true;
        return;
    }
    seen.must(plan.marks == received.marks, "a message received bears other marks than the rules give it");
}

/// What a message without a draft is about.
fn referred(released: &Released, as_what: Relation) -> Option<Digest> {
    let mut references = released.message.draft.references.iter();
    references.find(|one| one.relation == as_what)?.message
}

/// The command that an event answers. `None` where it is the writer's own, or where `events.rs` compares
/// more than a decision would.
fn command_of(board: &Board, event: &Event) -> Option<Command> {
    Some(match event {
        Event::KeyListAccepted(list) => Command::AcceptKeyList(list.clone()),
        Event::RevocationListAccepted(list) => Command::AcceptRevocationList(list.clone()),
        Event::ChangeProposed(change) => Command::Propose(change.clone()),
        // What was shown to who confirmed it is not on record, and breaks no rule.
        Event::ChangeConfirmed { proposal } => Command::confirm(*proposal),
        Event::ChangeDropped { proposal } => Command::Drop(*proposal),
        Event::Drafted { draft, outgoing, bytes } => {
            Command::Draft { draft: *draft, outgoing: outgoing.clone(), bytes: bytes.clone() }
        }
        Event::DraftReturned { draft, digest, reason } => {
            Command::ReturnDraft { draft: *draft, digest: *digest, reason: reason.clone() }
        }
        Event::DraftWithdrawn { draft } => Command::WithdrawDraft { draft: *draft },
        Event::Released(released) => release(released),
        Event::Received(received) => Command::Receive(Box::new(delivery(received))),
        Event::Receipted(receipted) => Command::TakeReceipt(receipted.clone()),
        Event::ReceiptDisputed { party, lane, serial, receipt, reason } => Command::DisputeReceipt {
            party: *party,
            lane: *lane,
            serial: *serial,
            receipt: receipt.clone(),
            reason: reason.clone(),
            judged_by_key_list: board.roster.newest_list_of(*party),
        },
        Event::HeadCosigned(head) => Command::TakeCosignature(head.clone()),
        Event::HeadRejected { head, reason } => {
            Command::RejectHead { head: head.clone(), reason: reason.clone() }
        }
        Event::Equivocated { party, proof } => Command::Contradict { party: *party, proof: proof.clone() },
        Event::TurnedAway { party, hour } => Command::TurnAway { party: *party, hour: *hour },
        Event::ReferenceMissing { message, missing } => {
            Command::NoteMissing { message: *message, missing: *missing }
        }
        Event::AuditRead { what } => Command::ReadForAudit { what: what.clone() },
        Event::PartStored { salted_digest, bytes } => {
            Command::StorePart { salted_digest: *salted_digest, bytes: *bytes }
        }
        Event::PartErased { salted_digest, reason } => {
            Command::ErasePart { salted_digest: *salted_digest, reason: reason.clone() }
        }
        Event::RegimeHeld(held) => Command::HoldRegime(held.clone()),
        Event::DeliveredByHand(said) => Command::RecordByHand(said.clone()),
        Event::Alerted(alerted) => Command::Alert(AlertDue {
            message: alerted.message,
            step: alerted.step,
            // It only decides in which queue the command waits.
            precedence: Precedence::Flash,
        }),
        Event::WatchOffered(offered) => {
            Command::OfferWatch { to: offered.to.clone(), digest: offered.digest }
        }
        Event::WatchTaken { digest, .. } => Command::TakeWatch { digest: *digest },
        Event::DutiesNoted(noted) => Command::NoteDuties(noted.clone()),
        Event::AlarmNoted(noted) => Command::NoteAlarm(noted.clone()),
        Event::CheckNoted(noted) => Command::NoteCheck(noted.clone()),
        Event::CarryNoted(noted) => Command::NoteCarry(noted.clone()),
        Event::JournalOpened { .. } | Event::EpochOpened { .. } | Event::HeadFollowed(..) => return None,
    })
}

/// With the digest of what was signed in place of the one that the releaser named: they must be one.
fn release(released: &Released) -> Command {
    let outgoing = released.message.draft.clone();
    if let Some((with, check, due)) = check_in(&outgoing).filter(|_| released.draft.is_none()) {
        return Command::SendCheck(Box::new(CheckToSend { with, check, due, outgoing }));
    }
    match released.draft {
        Some(draft) => {
            let digest = Digest::of(&message::encode_draft(&outgoing));
            // Whether the releaser insisted is not on record, and breaks no rule.
            Command::Release { draft, digest, outgoing, faults: Vec::new(), as_is: AsIs::AsItIs }
        }
        None if outgoing.kind == Kind::SessionShown.name() => {
            Command::Shown { of: referred(released, Relation::RefersTo).unwrap_or(Digest::ZERO), outgoing }
        }
        None => Command::Acknowledge {
            of: referred(released, Relation::Acknowledges).unwrap_or(Digest::ZERO),
            outgoing,
        },
    }
}

/// The check that a message makes or answers, and with whom.
fn check_in(outgoing: &Outgoing) -> Option<(Party, String, Instant)> {
    let said = content::said(&outgoing.kind, &outgoing.content);
    let (check, due) = match said.content()? {
        Content::Check(form) => (form.check.clone(), form.due.instant()?),
        Content::CheckAnswer(form) => (form.check.clone(), form.due.instant()?),
        _ => return None,
    };
    Some((*outgoing.parties().first()?, check, due))
}

fn delivery(received: &Received) -> Delivery {
    let outcome = match received.receipt.outcome {
        // It can't be read, which `events.rs` says.
        Outcome::Taken => Outcome::RefusedUnreadable,
        refused => refused,
    };
    Delivery {
        peer: received.dispatch.from,
        dispatch: received.dispatch.clone(),
        dispatch_digest: received.receipt.dispatch,
        dispatch_signed: received.dispatch_signed.clone(),
        dispatch_leaf: received.dispatch_leaf,
        message_signed: received.message_signed.clone(),
        message: received.message.clone().ok_or(outcome),
        judged_by_key_list: received.receipt.judged_by_key_list,
        carried_by: received.carried_by,
    }
}
