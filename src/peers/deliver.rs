//! One lane of one link, outbound: dispatches in the order of their serials, until each has a receipt
//! on record here.
//!
//! All state is on the Board: what is owed is what was fixed by a record and has no receipt. So a crash
//! at any point loses nothing, and nothing is ever sent again by hand.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tonic::Request;

use super::exchange::{Link, Peer};
use super::links::Patience;
use super::spread::spread;
use super::{owed, receipts};
use crate::codec::proto::detente::v1::delivery_answer::Answer;
use crate::codec::proto::detente::v1::{DeliverRequest, Delivery, DeliveryAnswer};
use crate::domain::board::Denied;
use crate::domain::command::{Command, Origin};
use crate::domain::message::Dispatch;
use crate::domain::party::Party;
use crate::domain::precedence::Precedence;
use crate::domain::refusal::Refusal;
use crate::limits;
use crate::peers::trust::Reach;
use crate::registrar::{Head, Standing};

/// How one round on a lane went.
pub(super) enum Round {
    /// Nothing is owed.
    Idle,
    /// At least one receipt is on record.
    Went,
    /// The peer answered, and took nothing, or gave no receipt that can be believed.
    Held,
    /// No answer, or nothing could be sent.
    Unheard,
}

/// A call under way. It ends when this is dropped; whatever came of it is found out by sending again.
struct UnderWay {
    owed: Vec<(Dispatch, Delivery)>,
    call: JoinSet<Option<Vec<DeliveryAnswer>>>,
}

/// Runs until the Registrar ends.
pub(super) async fn run(link: Link, lane: Precedence) {
    let mut heads = link.exchange.registrar.heads();
    let mut peer: Option<Peer> = None;
    let (mut failures, mut turn) = (0, 0_usize);
    loop {
        link.state.until_compared().await;
        heads.borrow_and_update();
        let round = match peer.take().or_else(|| link.dial(turn, Reach::Everything)) {
            Some(dialled) => {
                let round = deliver(&link, lane, &dialled, &mut heads, &mut failures).await;
                peer = Some(dialled);
                round
            }
            None => Round::Idle,
        };
        let patience = match round {
            Round::Went => continue,
            Round::Idle => {
                if heads.changed().await.is_err() {
                    return;
                }
                continue;
            }
            Round::Held => Patience::ToTheEnd,
            Round::Unheard => {
                // Another address may answer; a key list may have brought new ones.
                turn = turn.wrapping_add(1);
                peer = None;
                Patience::UntilHeard
            }
        };
        link.state.back_off(failures, patience).await;
        failures = failures.saturating_add(1);
    }
}

/// Delivers until nothing is owed, or not all that one call brought got its receipt. Then what is under way
/// behind that call is let go: the serials after one that waits are not taken.
async fn deliver(
    link: &Link,
    lane: Precedence,
    peer: &Peer,
    heads: &mut watch::Receiver<Arc<Head>>,
    failures: &mut u32,
) -> Round {
    let mut window: VecDeque<UnderWay> = VecDeque::new();
    let mut last = 0;
    loop {
        while window.len() < limits::DELIVERY_CALLS_PER_LANE_MAX {
            match owed_behind(link, lane, last).await {
                Ok(owed) => {
                    let Some((newest, _)) = owed.last() else { break };
                    last = newest.serial;
                    window.push_back(send(peer.clone(), link.peer, lane, owed));
                }
                Err(_) if !window.is_empty() => break,
                Err(round) => return round,
            }
        }
        let has_room = window.len() < limits::DELIVERY_CALLS_PER_LANE_MAX;
        let Some(oldest) = window.front_mut() else { return Round::Idle };
        let answers = tokio::select! {
            answers = oldest.call.join_next() => answers,
            Ok(()) = heads.changed(), if has_room => continue,
        };
        let Some(Ok(Some(answers))) = answers else { return Round::Unheard };
        let Some(UnderWay { owed, .. }) = window.pop_front() else { return Round::Unheard };
        link.state.hear(link.exchange.registrar.clock.now());
        match take_answers(link, lane, &owed, answers.into_iter().map(|one| one.answer)).await {
            Round::Went => *failures = 0,
            round @ (Round::Idle | Round::Held | Round::Unheard) => return round,
        }
        if owes_one_of(link, lane, &owed) {
            return Round::Went;
        }
    }
}

/// What is owed behind a serial, as much as one call takes; or how the round ends.
async fn owed_behind(link: &Link, lane: Precedence, last: u64) -> Result<Vec<(Dispatch, Delivery)>, Round> {
    let head = link.head();
    if head.standing != Standing::Writes || link.exchange.is_broken() {
        return Err(Round::Idle);
    }
    if !link.state.is_compared() {
        return Err(Round::Held);
    }
    let records = head.records(&link.exchange.registrar.journal);
    owed::make(&head, &records, &link.exchange.ring, link.peer, lane, last).await.map_err(|fault| {
        tracing::warn!(peer = %link.peer, %lane, %fault, "what is owed can't be made; trying again");
        Round::Unheard
    })
}

fn send(mut peer: Peer, to: Party, lane: Precedence, owed: Vec<(Dispatch, Delivery)>) -> UnderWay {
    let deliveries = owed.iter().map(|(_, delivery)| delivery.clone()).collect();
    let mut call = JoinSet::new();
    call.spawn(async move {
        let call = peer.deliver(Request::new(DeliverRequest { deliveries }));
        match tokio::time::timeout(Duration::from_millis(limits::PEER_CALL_MS_MAX), call).await {
            Ok(Ok(response)) => Some(response.into_inner().answers),
            Ok(Err(status)) => {
                tracing::debug!(peer = %to, %lane, code = ?status.code(), "not delivered; trying again");
                None
            }
            Err(_) => None,
        }
    });
    UnderWay { owed, call }
}

/// Whether one of these still has no receipt on record.
fn owes_one_of(link: &Link, lane: Precedence, owed: &[(Dispatch, Delivery)]) -> bool {
    let head = link.head();
    let still = head.board.link(link.peer).map(|one| &one.lane(lane).owed);
    still.is_some_and(|still| owed.iter().any(|(dispatch, _)| still.contains_key(&dispatch.serial)))
}

/// Puts on record what the peer answered, up to the first that is not a receipt.
///
/// A receipt that does not verify holds up nothing behind it: its dispatch stays owed, and is offered
/// again until a good one comes. It may only be signed with a key whose list is still under way, so it is
/// put on record, once for each dispatch, when it has come a few times in a row.
pub(super) async fn take_answers(
    link: &Link,
    lane: Precedence,
    owed: &[(Dispatch, Delivery)],
    answers: impl Iterator<Item = Option<Answer>>,
) -> Round {
    let board = link.head().board.clone();
    let judged_by_key_list = board.roster.newest_list_of(link.peer);
    let verify = move |(dispatch, answer): (Dispatch, Option<Answer>)| {
        let verdict = match &answer {
            Some(Answer::Receipt(proven)) => Some(receipts::verify(&board, &dispatch, proven)),
            Some(Answer::NotNow(_) | Answer::ExpectedSerial(_) | Answer::NotTaken(_)) | None => None,
        };
        (answer, verdict)
    };
    let answered = owed.iter().map(|(dispatch, _)| dispatch.clone()).zip(answers).collect();
    let mut taken = Vec::new();
    let mut commands = Vec::new();
    let mut doubtful = Vec::new();
    let mut not_now = false;
    for ((dispatch, _), (answer, verdict)) in owed.iter().zip(spread(answered, verify).await) {
        match answer {
            Some(Answer::Receipt(proven)) => match verdict {
                Some(Ok(receipted)) => {
                    taken.push((dispatch, proven));
                    commands.push(Command::TakeReceipt(receipted));
                }
                Some(Err(fault)) => doubtful.push((dispatch, proven, fault.to_string())),
                None => break,
            },
            Some(Answer::NotNow(_)) => {
                tracing::warn!(peer = %link.peer, %lane, serial = dispatch.serial, "the peer says not now");
                not_now = true;
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
    let went = answered.iter().any(Result::is_ok);
    link.state.note_answers(lane, went, not_now, link.exchange.registrar.clock.now());
    for ((dispatch, proven), answer) in taken.into_iter().zip(answered) {
        if let Err(Denied::Refused(Refusal::Equivocation)) = answer {
            doubtful.push((dispatch, proven, "its leaf was another one before".into()));
        }
    }
    weigh(link, lane, doubtful, judged_by_key_list).await;
    if went { Round::Went } else { Round::Held }
}

async fn weigh(
    link: &Link,
    lane: Precedence,
    doubtful: Vec<(&Dispatch, Bytes, String)>,
    judged_by_key_list: u32,
) {
    if doubtful.is_empty() {
        link.state.believe(lane);
        return;
    }
    // It brings the key lists that we may lack.
    link.state.ask_for_beat();
    if link.state.doubt(lane) < limits::DOUBTS_BEFORE_DISPUTE {
        return;
    }
    let mut commands = Vec::with_capacity(doubtful.len());
    for (dispatch, receipt, reason) in doubtful {
        tracing::warn!(peer = %link.peer, %lane, serial = dispatch.serial, reason, "receipt disputed");
        let kept = receipt.len().min(limits::PROVEN_RECEIPT_BYTES_MAX);
        commands.push(Command::DisputeReceipt {
            party: link.peer,
            lane: dispatch.lane,
            serial: dispatch.serial,
            receipt: receipt.slice(..kept),
            reason,
            judged_by_key_list,
        });
    }
    // What was disputed before is not put on record again.
    let _ = link.exchange.registrar.give_all(commands, Origin::Node).await;
}
