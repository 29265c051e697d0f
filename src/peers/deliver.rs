//! One lane of one link, outbound: dispatches in the order of their serials, until each has a receipt
//! on record here.
//!
//! All state is on the Board: what is owed is what was fixed by a record and has no receipt. So a crash
//! at any point loses nothing, and nothing is ever sent again by hand.

use std::time::Duration;

use bytes::Bytes;
use tonic::Request;

use super::exchange::{Link, Peer};
use super::receipts;
use super::spread::spread;
use crate::codec::proto::detente::v1::delivery_answer::Answer;
use crate::codec::proto::detente::v1::{DeliverRequest, Delivery};
use crate::codec::{dispatch as dispatch_codec, signed};
use crate::domain::command::{Command, Origin};
use crate::domain::event::Event;
use crate::domain::keys::Purpose;
use crate::domain::message::Dispatch;
use crate::domain::party::Party;
use crate::domain::precedence::Precedence;
use crate::evidence::keys::KeyRing;
use crate::evidence::signed::{PayloadType, Signed};
use crate::limits;
use crate::peers::trust::Reach;
use crate::registrar::{Head, Standing, own_key};
use crate::replay::records::{RecordFault, Records};

/// How one round on a lane went.
pub(super) enum Round {
    /// Nothing is owed.
    Idle,
    /// At least one receipt is on record.
    Went,
    /// Nothing came of it; wait before the next.
    Failed,
}

/// Runs until the Registrar ends.
pub(super) async fn run(link: Link, lane: Precedence) {
    let mut heads = link.exchange.registrar.heads();
    let mut peer: Option<Peer> = None;
    let (mut failures, mut turn) = (0, 0);
    loop {
        heads.borrow_and_update();
        let round = match peer.take().or_else(|| link.dial(turn, Reach::Everything)) {
            Some(mut dialled) => {
                let round = deliver(&link, lane, &mut dialled).await;
                peer = Some(dialled);
                round
            }
            None => Round::Idle,
        };
        match round {
            Round::Went => failures = 0,
            Round::Idle => {
                if heads.changed().await.is_err() {
                    return;
                }
            }
            Round::Failed => {
                link.state.back_off(failures).await;
                failures = failures.saturating_add(1);
                // Another address may answer; a key list may have brought new ones.
                turn += 1;
                peer = None;
                if heads.has_changed().is_err() {
                    return;
                }
            }
        }
    }
}

async fn deliver(link: &Link, lane: Precedence, peer: &mut Peer) -> Round {
    let head = link.head();
    if head.standing != Standing::Writes {
        return Round::Idle;
    }
    let records = head.records(&link.exchange.registrar.journal);
    let owed = match make(&head, &records, &link.exchange.ring, link.peer, lane).await {
        Ok(owed) if owed.is_empty() => return Round::Idle,
        Ok(owed) => owed,
        Err(fault) => {
            tracing::warn!(peer = %link.peer, %lane, %fault, "what is owed can't be read; trying again");
            return Round::Failed;
        }
    };
    let deliveries = owed.iter().map(|(_, delivery)| delivery.clone()).collect();
    let call = peer.deliver(Request::new(DeliverRequest { deliveries }));
    let answers = match tokio::time::timeout(Duration::from_millis(limits::PEER_CALL_MS_MAX), call).await {
        Ok(Ok(response)) => response.into_inner().answers,
        Ok(Err(status)) => {
            tracing::debug!(peer = %link.peer, %lane, code = ?status.code(), "not delivered; trying again");
            return Round::Failed;
        }
        Err(_) => return Round::Failed,
    };
    link.state.hear(link.exchange.registrar.clock.now());
    take_answers(link, lane, &owed, answers.into_iter().map(|one| one.answer)).await
}

/// Puts on record what the peer answered, up to the first that is not a receipt.
pub(super) async fn take_answers(
    link: &Link,
    lane: Precedence,
    owed: &[(Dispatch, Delivery)],
    answers: impl Iterator<Item = Option<Answer>>,
) -> Round {
    let board = link.head().board.clone();
    let dispatches = owed.iter().map(|(dispatch, _)| dispatch.clone());
    let verify = move |(dispatch, answer): (Dispatch, Option<Answer>)| {
        let receipt = match &answer {
            Some(Answer::Receipt(proven)) => Some(receipts::verify(&board, &dispatch, proven)),
            Some(Answer::NotNow(_) | Answer::ExpectedSerial(_) | Answer::NotTaken(_)) | None => None,
        };
        (dispatch, answer, receipt)
    };
    let mut commands = Vec::new();
    for (dispatch, answer, receipt) in spread(dispatches.zip(answers).collect(), verify).await {
        match answer {
            Some(Answer::Receipt(proven)) => match receipt {
                Some(Ok(receipted)) => commands.push(Command::TakeReceipt(receipted)),
                Some(Err(fault)) => {
                    tracing::warn!(peer = %link.peer, %lane, serial = dispatch.serial, %fault, "receipt disputed");
                    commands.push(disputed(link.peer, &dispatch, proven, fault.to_string()));
                    break;
                }
                None => break,
            },
            Some(Answer::NotNow(_)) => {
                tracing::info!(peer = %link.peer, %lane, serial = dispatch.serial, "the peer says not now");
                break;
            }
            Some(Answer::ExpectedSerial(expected)) => {
                tracing::warn!(peer = %link.peer, %lane, serial = dispatch.serial, expected, "serials differ");
                link.state.ask_for_beat();
                break;
            }
            Some(Answer::NotTaken(_)) | None => {
                tracing::warn!(peer = %link.peer, %lane, serial = dispatch.serial, "the peer did not take it");
                break;
            }
        }
    }
    let answered = link.exchange.registrar.give_all(commands, Origin::Node).await;
    if answered.iter().any(Result::is_ok) { Round::Went } else { Round::Failed }
}

fn disputed(party: Party, dispatch: &Dispatch, receipt: Bytes, reason: String) -> Command {
    let kept = receipt.len().min(limits::PROVEN_RECEIPT_BYTES_MAX);
    Command::DisputeReceipt {
        party,
        lane: dispatch.lane,
        serial: dispatch.serial,
        receipt: receipt.slice(..kept),
        reason,
    }
}

/// Makes the deliveries that are owed on a lane, as many as one call takes: the same bytes each time.
pub(super) async fn make(
    head: &Head,
    records: &Records,
    ring: &KeyRing,
    peer: Party,
    lane: Precedence,
) -> Result<Vec<(Dispatch, Delivery)>, OwedFault> {
    let mut made = Vec::new();
    let mut bytes = 0;
    let Some(link) = head.board.link(peer) else { return Ok(made) };
    for (serial, index) in link.lane(lane).owed.iter().take(limits::DELIVERIES_PER_CALL_MAX) {
        let record = records.record(*index).await?;
        let found = record.events.iter().find_map(|event| match event {
            Event::Released(released) => released
                .dispatches
                .iter()
                .find(|(one, _)| one.to == peer && one.lane == lane && one.serial == *serial)
                .map(|(dispatch, _)| (dispatch.clone(), released.signed.clone())),
            _ => None,
        });
        let (dispatch, message) = found.ok_or(RecordFault::NoSuchMessage { index: *index })?;
        let key = own_key(&head.board, ring, dispatch.key_list, Purpose::Message)?;
        let payload = dispatch_codec::encode_dispatch(&dispatch);
        let dispatch_signed = signed::encode(&Signed::sign(PayloadType::Dispatch, payload, &[key]));
        bytes += dispatch_signed.len() + message.len();
        made.push((dispatch, Delivery { dispatch: dispatch_signed, message }));
        if bytes >= limits::DELIVERIES_BYTES_PER_CALL {
            break;
        }
    }
    Ok(made)
}

/// Why what is owed can't be made. It stays owed.
#[derive(Debug, thiserror::Error)]
pub(super) enum OwedFault {
    #[error(transparent)]
    Record(#[from] RecordFault),
    #[error(transparent)]
    Key(#[from] crate::registrar::KeyMissing),
}
