//! Heartbeats, outbound: heads, serials, numbers of lists and the time, both ways; then whatever they
//! show to be missing is fetched, recomputed and put on record.
//!
//! A heartbeat makes no record unless something changed. Two idle nodes can beat for a year.

use std::time::Duration;

use bytes::Bytes;
use tonic::Request;

use super::exchange::{Link, Peer};
use super::heads;
use crate::codec::proto::detente::v1::{
    Beat, BeatRequest, HandInKeyListsRequest, HandInRevocationListRequest, KeyListsRequest, LaneState,
    LeavesRequest,
};
use crate::codec::{change, key_list, message, signed};
use crate::domain::board::{Board, Denied};
use crate::domain::command::{Command, Origin};
use crate::domain::digest::Digest;
use crate::domain::event::{Head as LedgerHead, Leaf, RevocationList};
use crate::domain::ledger::leaf_hash;
use crate::domain::party::Party;
use crate::domain::precedence::Precedence;
use crate::domain::refusal::Refusal;
use crate::evidence::keys::KeyRing;
use crate::limits;
use crate::peers::stranger::BadList;
use crate::peers::trust::Reach;
use crate::registrar::Standing;
use crate::replay::Broken;

/// The peer did not answer, or not with anything of use. The next heartbeat tries again.
pub(super) struct NoUse;

/// Runs until the Registrar ends.
pub(super) async fn run(link: Link) {
    let mut heads = link.exchange.registrar.heads();
    let mut peer: Option<Peer> = None;
    let (mut failures, mut turn) = (0, 0);
    loop {
        let beaten = match peer.take().or_else(|| link.dial(turn, Reach::Everything)) {
            Some(mut dialled) => {
                let beaten = beat(&link, &mut dialled).await;
                peer = Some(dialled);
                beaten
            }
            None => Ok(()),
        };
        match beaten {
            Ok(()) => failures = 0,
            Err(NoUse) => {
                hand_in_where_nothing_else_is_let_in(&link, turn).await;
                link.state.back_off(failures).await;
                failures = failures.saturating_add(1);
                turn += 1;
                peer = None;
                if heads.has_changed().is_err() {
                    return;
                }
                continue;
            }
        }
        if !wait(&link, &mut heads).await {
            return;
        }
    }
}

/// Until the clock says so, the peer has shown something new, or our own ledger has grown and settled.
async fn wait(
    link: &Link,
    heads: &mut tokio::sync::watch::Receiver<std::sync::Arc<crate::registrar::Head>>,
) -> bool {
    let clock = &link.exchange.registrar.clock;
    let due = clock.now().plus_ms(limits::HEARTBEAT_MS);
    let size = |head: &crate::registrar::Head| {
        let newest =
            head.board.link(link.peer).map_or((0, 0), |one| (one.ours.edge.size(), one.theirs.edge.size()));
        (newest, head.board.roster.parties.get(&link.peer).map(|known| known.key_lists.len()))
    };
    let before = size(&heads.borrow_and_update());
    loop {
        tokio::select! {
            () = clock.wait_until(due) => return true,
            () = link.state.asked_for_beat() => return true,
            changed = heads.changed() => {
                if changed.is_err() {
                    return false;
                }
                if size(&heads.borrow_and_update()) != before {
                    tokio::time::sleep(Duration::from_millis(limits::HEARTBEAT_SETTLE_MS)).await;
                    return true;
                }
            }
        }
    }
}

async fn beat(link: &Link, peer: &mut Peer) -> Result<(), NoUse> {
    let head = link.head();
    if head.standing != Standing::Writes {
        return Ok(());
    }
    let ours = make(&head.board, &link.exchange.ring, link.peer, link.exchange.registrar.clock.now())
        .ok_or(NoUse)?;
    let theirs = call(peer.beat(Request::new(BeatRequest { beat: Some(ours) }))).await?.beat.ok_or(NoUse)?;
    link.state.hear(link.exchange.registrar.clock.now());
    take_key_lists(link, peer, &theirs).await?;
    hand_in_key_lists(link, peer, &theirs).await?;
    take_revocation_list(link, peer, &theirs).await?;
    take_cosignature(link, &theirs.cosigned).await;
    follow(link, peer, &theirs.checkpoint).await
}

/// What this node says of itself and of the link.
pub(super) fn make(
    board: &Board,
    ring: &KeyRing,
    peer: Party,
    now: crate::domain::time::Instant,
) -> Option<Beat> {
    let own = board.own?;
    let link = board.link(peer)?;
    let us = board.roster.parties.get(&own.party)?;
    let them = board.roster.parties.get(&peer)?;
    let list_digest = |list: Option<&RevocationList>| {
        list.map(|list| Bytes::copy_from_slice(&Digest::of(&list.der).0)).unwrap_or_default()
    };
    Some(Beat {
        party: own.party.to_string(),
        incarnation: own.incarnation.0,
        at_ms: now.0,
        checkpoint: heads::sign_own(board, ring, peer, &link.ours.edge).ok()?,
        cosigned: heads::cosign_theirs(board, ring, peer).unwrap_or_default(),
        lanes: Precedence::FASTEST_FIRST
            .into_iter()
            .map(|lane| LaneState {
                lane: message::precedence_to_proto(lane),
                sent: link.lane(lane).sent,
                taken: link.lane(lane).taken,
            })
            .collect(),
        key_list: us.newest()?.list.number,
        key_list_held: them.newest()?.list.number,
        revocation_list: list_digest(us.revocation_list.as_ref()),
        revocation_list_held: list_digest(them.revocation_list.as_ref()),
        leaves_held: link.theirs.edge.size(),
    })
}

/// The peer's later key lists, each verified under the one before.
async fn take_key_lists(link: &Link, peer: &mut Peer, theirs: &Beat) -> Result<(), NoUse> {
    let held = |board: &Board| board.roster.parties.get(&link.peer).and_then(|known| known.newest()).cloned();
    let newest = held(&link.head().board).ok_or(NoUse)?;
    if theirs.key_list <= newest.list.number {
        return Ok(());
    }
    let from = newest.list.number.saturating_add(1);
    let lists = call(peer.key_lists(Request::new(KeyListsRequest { from }))).await?.key_lists;
    let mut before = newest;
    for bytes in lists {
        let wrapping = signed::decode(bytes.clone()).map_err(|_| NoUse)?;
        key_list::open_successor(&before.list, &before.digest, &wrapping).map_err(|_| NoUse)?;
        let next = change::key_list(bytes).map_err(|_| NoUse)?;
        give(link, Command::AcceptKeyList(next.clone())).await.map_err(|_| NoUse)?;
        before = next;
    }
    Ok(())
}

/// Our own later key lists, where the peer holds older ones: it may not be able to dial us.
async fn hand_in_key_lists(link: &Link, peer: &mut Peer, theirs: &Beat) -> Result<(), NoUse> {
    let from = theirs.key_list_held.saturating_add(1);
    let lists = link.exchange.own_key_lists(from).ok_or(NoUse)?;
    if !lists.is_empty() {
        call(peer.hand_in_key_lists(Request::new(HandInKeyListsRequest { key_lists: lists }))).await?;
    }
    Ok(())
}

/// Hands in our revocation list where the peer holds another, and takes the peer's newer one.
async fn take_revocation_list(link: &Link, peer: &mut Peer, theirs: &Beat) -> Result<(), NoUse> {
    let head = link.head();
    let list_of = |party: Party| head.board.roster.parties.get(&party)?.revocation_list.clone();
    let own = list_of(head.board.own.ok_or(NoUse)?.party).ok_or(NoUse)?;
    let held = list_of(link.peer);
    let they_hold_ours = theirs.revocation_list_held[..] == Digest::of(&own.der).0;
    let we_hold_theirs = held.is_some_and(|held| theirs.revocation_list[..] == Digest::of(&held.der).0);
    if they_hold_ours && we_hold_theirs {
        return Ok(());
    }
    exchange_revocation_lists(link, peer, own.der).await
}

async fn exchange_revocation_lists(link: &Link, peer: &mut Peer, own: Bytes) -> Result<(), NoUse> {
    let call_in =
        peer.hand_in_revocation_list(Request::new(HandInRevocationListRequest { revocation_list: own }));
    let der = call(call_in).await?.revocation_list;
    accept_revocation_list(link, der).await
}

/// Takes a revocation list that the Party's own authority signed and that is newer than the one held.
pub(super) async fn accept_revocation_list(link: &Link, der: Bytes) -> Result<(), NoUse> {
    let exchange = &link.exchange;
    let checked =
        exchange.dialler.trust.borrow().check_list(&link.peer, &der, exchange.registrar.clock.now());
    match checked {
        Ok(()) => {}
        Err(BadList::NotNewer) => return Ok(()),
        Err(BadList::NotTheirs | BadList::Expired) => return Err(NoUse),
    }
    match give(link, Command::AcceptRevocationList(RevocationList { party: link.peer, der })).await {
        Ok(()) | Err(Denied::Refused(_)) => Ok(()),
        Err(_) => Err(NoUse),
    }
}

/// Where the peer lets us in to nothing else, or its own list has run out here, lists are handed in.
async fn hand_in_where_nothing_else_is_let_in(link: &Link, turn: usize) {
    let head = link.head();
    let own =
        head.board.own.and_then(|own| head.board.roster.parties.get(&own.party)?.revocation_list.clone());
    if let (Some(own), Some(mut peer)) = (own, link.dial(turn, Reach::HandInListOnly)) {
        let _ = exchange_revocation_lists(link, &mut peer, own.der).await;
    }
}

/// Our head with the peer's cosignature. Its own signature is ours: if it says more than our history
/// holds, our history is what is wrong.
pub(super) async fn take_cosignature(link: &Link, note: &Bytes) {
    if note.is_empty() {
        return;
    }
    let head = link.head();
    let Ok(cosigned) = heads::verify_cosigned(&head.board, link.peer, note) else {
        link.state.count_not_taken();
        return;
    };
    let Some(board_link) = head.board.link(link.peer) else { return };
    let ours = &board_link.ours;
    if ours.cosigned.as_ref().is_some_and(|newest| newest.size >= cosigned.size && *note == newest.note) {
        return;
    }
    if cosigned.size > ours.edge.size() || !matches_our_history(link, &head, &cosigned).await {
        tracing::error!(peer = %link.peer, "the peer holds a head that we signed and do not have: stopping");
        // A record that could be older than what is announced: look once more at the newest head.
        let newest = link.head();
        let size = newest.board.link(link.peer).map_or(0, |one| one.ours.edge.size());
        if cosigned.size > size || !matches_our_history(link, &newest, &cosigned).await {
            link.exchange.report_broken(Broken::Missing { index: newest.chain.size });
        }
        return;
    }
    let _ = give(link, Command::TakeCosignature(cosigned)).await;
}

async fn matches_our_history(link: &Link, head: &crate::registrar::Head, cosigned: &LedgerHead) -> bool {
    let Some(board_link) = head.board.link(link.peer) else { return false };
    if board_link.ours.edge.size() == cosigned.size {
        return board_link.ours.edge.root() == cosigned.root;
    }
    let records = head.records(&link.exchange.registrar.journal);
    let mut leaves = link.exchange.leaves.lock().await;
    match leaves.catch_up(&records, head.chain.size).await {
        Ok(()) => match leaves.edge_at(&records, link.peer, cosigned.size).await {
            Ok(edge) => edge.root() == cosigned.root,
            // Not being able to read proves nothing against us.
            Err(_) => true,
        },
        Err(_) => true,
    }
}

/// Recomputes the peer's head from what we hold and what we ask for, and puts on record that we did.
async fn follow(link: &Link, peer: &mut Peer, note: &Bytes) -> Result<(), NoUse> {
    for _ in 0..limits::LEAVES_CALLS_PER_BEAT_MAX {
        let head = link.head();
        let board_link = head.board.link(link.peer).ok_or(NoUse)?;
        let theirs = heads::verify_theirs(&head.board, link.peer, note).map_err(|_| {
            link.state.count_not_taken();
            NoUse
        })?;
        let followed = board_link.theirs.edge.size();
        if theirs.size == followed && theirs.root == board_link.theirs.edge.root() {
            return Ok(());
        }
        if theirs.size <= followed {
            // An older or another history than the one we cosigned. On record once.
            let reason =
                "it is not larger than the head that was followed before, and differs from it".into();
            let _ = give(link, Command::RejectHead { head: theirs, reason }).await;
            return Err(NoUse);
        }
        let (goal, leaves) = match board_link.first_leaf_missing(theirs.size) {
            None => (theirs.clone(), Vec::new()),
            Some(from) => {
                let answer = call(peer.leaves(Request::new(LeavesRequest { from }))).await?;
                let goal =
                    heads::verify_theirs(&head.board, link.peer, &answer.checkpoint).map_err(|_| NoUse)?;
                let leaves = (from..)
                    .zip(answer.leaves)
                    .map(|(index, body)| Leaf { index, hash: leaf_hash(&body), body })
                    .collect();
                (goal, leaves)
            }
        };
        let whole = goal.size >= theirs.size;
        match give(link, Command::FollowHead(goal, leaves)).await {
            Ok(()) if whole => return Ok(()),
            Ok(()) | Err(Denied::Refused(Refusal::HeadNotNew)) => {}
            Err(_) => return Err(NoUse),
        }
    }
    Ok(())
}

async fn give(link: &Link, command: Command) -> Result<(), Denied> {
    link.exchange.registrar.give(command, Origin::Node).await.map(|_| ())
}

async fn call<T>(
    calling: impl Future<Output = Result<tonic::Response<T>, tonic::Status>>,
) -> Result<T, NoUse> {
    match tokio::time::timeout(Duration::from_millis(limits::PEER_CALL_MS_MAX), calling).await {
        Ok(Ok(response)) => Ok(response.into_inner()),
        Ok(Err(_)) | Err(_) => Err(NoUse),
    }
}
