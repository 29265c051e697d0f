//! What duties go by, read from the journal: a message with what it refers to, and whether it reached a Party.
//!
//! Never here: which duty follows.

use crate::domain::board::Board;
use crate::domain::by_hand::{Says, Standing};
use crate::domain::content::Content;
use crate::domain::digest::Digest;
use crate::domain::duty::{Awaited, GivenBy, Reached, RunsFrom};
use crate::domain::event::{Event, Record};
use crate::domain::form::outline::{Part, Value};
use crate::domain::message::{Outcome, Outgoing};
use crate::domain::party::Party;
use crate::domain::regime::Regime;
use crate::domain::regime::rules::Weight;
use crate::domain::time::Instant;
use crate::journal::Journal;
use crate::limits;
use crate::registrar::Head;
use crate::replay::records::{RecordFault, StoredMessage};

/// Every message that one refers to by its digest, in its envelope and in its form.
pub(super) fn refers_to(draft: &Outgoing, content: &Content) -> Vec<Digest> {
    let mut found: Vec<Digest> = draft.references.iter().filter_map(|reference| reference.message).collect();
    in_parts(&content.form().parts(), &mut found);
    found.sort_unstable();
    found.dedup();
    found
}

/// The field of a form by which a message is named.
const NAMED_BY: &str = "message_digest";

fn in_parts(parts: &[Part], found: &mut Vec<Digest>) {
    for part in parts {
        match &part.value {
            Value::Leaf(text) if part.name == NAMED_BY => found.extend(Digest::from_hex(text)),
            Value::Group(parts) => in_parts(parts, found),
            Value::List(items) => {
                for item in items {
                    if let Value::Group(parts) = &item.value {
                        in_parts(parts, found);
                    }
                }
            }
            Value::Leaf(_) | Value::Absent => {}
        }
    }
}

/// How a message came to an addressee, as far as it is known here.
pub(super) enum Delivered {
    /// With the instant by which a head covered it that the addressee cosigned, where that was before its receipt.
    Reached(Reached, Option<Instant>),
    /// This receipt is not here yet; a head may cover it.
    Awaits(Awaited, Option<Instant>),
    /// It was refused, or is delivered by nothing that would tell.
    Never,
}

impl Delivered {
    /// Its receipt, or what counts as one: from then on it can be read.
    pub fn reached(&self) -> Option<Reached> {
        match self {
            Delivered::Reached(reached, _) => Some(*reached),
            Delivered::Awaits(..) | Delivered::Never => None,
        }
    }

    /// By when it counts as given, and what says so: whichever is earlier, once it was receipted.
    pub fn given(&self) -> Option<(Instant, GivenBy)> {
        let Delivered::Reached(reached, covered) = self else { return None };
        let by = match reached.by {
            RunsFrom::ByHand => GivenBy::ByHand,
            RunsFrom::Receipt | RunsFrom::Issue | RunsFrom::Date | RunsFrom::Year => GivenBy::Receipt,
        };
        let covered = covered.filter(|covered| *covered < reached.at);
        Some(covered.map_or((reached.at, by), |covered| (covered, GivenBy::CosignedHead)))
    }
}

/// A message of ours: by the other end's receipt, or by an account of a path that the regime counts, whichever
/// is earlier. One of another Party: by our own receipt. Both ends hold the cosigned heads.
pub(super) async fn delivered(
    head: &Head,
    journal: &Journal,
    (digest, stored): (&Digest, &StoredMessage),
    addressee: Party,
    regime: &Regime,
) -> Result<Delivered, RecordFault> {
    let board = &head.board;
    if board.own.is_some_and(|own| own.party == addressee) {
        return Ok(received(board, &stored.record, digest));
    }
    let by_hand = by_hand(head, journal, digest, addressee, regime).await?;
    let by_hand = by_hand.map(|at| Reached { at, by: RunsFrom::ByHand });
    let Some(dispatch) = dispatched(&stored.record, digest, addressee) else {
        return Ok(by_hand.map_or(Delivered::Never, |by_hand| Delivered::Reached(by_hand, None)));
    };
    let lane = board.link(dispatch.party).map(|link| link.lane(dispatch.lane));
    let covered = lane.and_then(|lane| lane.covered.get(&dispatch.serial)).copied().map(end_of_second);
    let receipt = match lane.and_then(|lane| lane.receipted.get(&dispatch.serial)).copied() {
        None => {
            let awaits = Delivered::Awaits(dispatch, covered);
            return Ok(by_hand.map_or(awaits, |by_hand| Delivered::Reached(by_hand, covered)));
        }
        Some(index) => {
            let record = head.records(journal).record(index).await?;
            // Whoever owes something from its receipt on gains nothing by a receipt from the future.
            let latest = record.at.plus_ms(limits::CLOCKS_MAY_DIFFER_MS);
            received_at(&record, &dispatch).map(|at| at.min(latest))
        }
    };
    let receipt = receipt.map(|at| Reached { at, by: RunsFrom::Receipt });
    let first = receipt.iter().copied().chain(by_hand).min_by_key(|reached| reached.at);
    // What was refused for good no head makes up for.
    let covered = covered.filter(|_| receipt.is_some());
    Ok(first.map_or(Delivered::Never, |first| Delivered::Reached(first, covered)))
}

fn received(board: &Board, record: &Record, digest: &Digest) -> Delivered {
    let found = record.events.iter().find_map(|event| match event {
        Event::Received(received) if received.dispatch.message == *digest => Some(received),
        _ => None,
    });
    let Some(received) = found else { return Delivered::Never };
    let dispatch = &received.dispatch;
    let link = board.link(dispatch.from);
    let covered = link.and_then(|link| link.lane(dispatch.lane).announced.get(&dispatch.serial)).copied();
    let reached = Reached { at: received.receipt.received_at, by: RunsFrom::Receipt };
    Delivered::Reached(reached, covered.map(end_of_second))
}

/// A cosignature states whole seconds: it was made before that one was over.
fn end_of_second(seconds: i64) -> Instant {
    Instant::from_seconds(seconds).plus_ms(999)
}

fn dispatched(record: &Record, digest: &Digest, to: Party) -> Option<Awaited> {
    record.events.iter().find_map(|event| match event {
        Event::Released(released) if released.digest == *digest => {
            let (dispatch, _) = released.dispatches.iter().find(|(dispatch, _)| dispatch.to == to)?;
            Some(Awaited { party: to, lane: dispatch.lane, serial: dispatch.serial })
        }
        _ => None,
    })
}

fn received_at(record: &Record, of: &Awaited) -> Option<Instant> {
    record.events.iter().find_map(|event| match event {
        Event::Receipted(receipted)
            if receipted.party == of.party
                && (receipted.receipt.lane, receipted.receipt.serial) == (of.lane, of.serial) =>
        {
            (receipted.receipt.outcome == Outcome::Taken).then_some(receipted.receipt.received_at)
        }
        _ => None,
    })
}

/// The earliest hand-over by a path that counts, of the accounts that stand.
async fn by_hand(
    head: &Head,
    journal: &Journal,
    digest: &Digest,
    addressee: Party,
    regime: &Regime,
) -> Result<Option<Instant>, RecordFault> {
    let Some(item) = head.board.by_hand.item(addressee, digest) else { return Ok(None) };
    let mut first: Option<Instant> = None;
    for account in item.accounts.iter().filter(|account| account.standing == Standing::Stands) {
        let record = head.records(journal).record(account.index).await?;
        for event in &record.events {
            let Event::DeliveredByHand(said) = event else { continue };
            let Says::HandedOver(handed) = &said.says else { continue };
            let counts = regime.channels.get(&handed.channel);
            if counts.is_some_and(|channel| channel.weight == Weight::Counts) {
                first = Some(first.map_or(handed.at, |known| known.min(handed.at)));
            }
        }
    }
    Ok(first)
}
