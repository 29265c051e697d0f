//! Heartbeats, outbound: heads, serials, numbers of lists and the time, both ways; then whatever they
//! show to be missing is fetched (`lists.rs`, `follow.rs`).
//!
//! A heartbeat makes no record unless something changed. Two idle nodes can beat for a year.

use std::time::Duration;

use bytes::Bytes;
use tonic::Request;

use super::call::{NoUse, call, said};
use super::exchange::{Link, Peer};
use super::links::Patience;
use super::{follow, heads, lists};
use crate::codec::message;
use crate::codec::proto::detente::v1::{Beat, BeatRequest, LaneState};
use crate::domain::board::Board;
use crate::domain::digest::Digest;
use crate::domain::event::RevocationList;
use crate::domain::party::Party;
use crate::domain::precedence::Precedence;
use crate::domain::time::Instant;
use crate::evidence::keys::KeyRing;
use crate::limits;
use crate::peers::trust::Reach;
use crate::registrar::{Head, Standing};

/// Runs until the Registrar ends.
pub(super) async fn run(link: Link) {
    let mut heads = link.exchange.registrar.heads();
    let mut peer: Option<Peer> = None;
    let (mut failures, mut turn) = (0, 0_usize);
    let mut lists_let_in = false;
    loop {
        // What changes while the heartbeat is under way is news for the next one.
        let before = News::at(&link.head(), &link);
        let begun = tokio::time::Instant::now();
        let beaten = match peer.take().or_else(|| link.dial(turn, Reach::Everything)) {
            Some(mut dialled) => {
                let beaten = beat(&link, &mut dialled).await;
                peer = Some(dialled);
                note(&link, beaten.is_ok());
                beaten
            }
            None => Ok(()),
        };
        match beaten {
            Ok(()) => {
                failures = 0;
                lists_let_in = false;
                if !wait(&link, &mut heads, before, begun).await {
                    return;
                }
            }
            Err(NoUse) => {
                let before = lists_let_in;
                lists_let_in = lists::exchange_where_nothing_else_is_let_in(&link, turn).await;
                // Everything else may be let in now. Once: it may be something else that is wrong.
                if lists_let_in && !before {
                    failures = 0;
                }
                link.state.back_off(failures, Patience::UntilHeard).await;
                failures = failures.saturating_add(1);
                turn = turn.wrapping_add(1);
                peer = None;
            }
        }
    }
}

/// Silence is said once, and so is its end.
fn note(link: &Link, answered: bool) {
    let silent_after = silent_after_ms(&link.head().board, link.peer);
    let unanswered = link.state.note_beat(answered, link.exchange.registrar.clock.now(), silent_after);
    if answered && unanswered > 0 {
        tracing::info!(peer = %link.peer, unanswered, "the peer answers heartbeats again");
    } else if !answered && unanswered == 0 {
        tracing::warn!(peer = %link.peer, "the peer does not answer heartbeats");
    }
}

/// What the other end should hear of at once when it changes: the ledgers' sizes, and lists.
#[derive(PartialEq, Default)]
struct News {
    ours: u64,
    theirs: u64,
    /// Leaves of theirs that no head covers yet, where the other end can't call to show one.
    uncovered: usize,
    lists: [(usize, Option<RevocationList>); 2],
}

impl News {
    fn at(head: &Head, at: &Link) -> News {
        let (board, peer) = (&head.board, at.peer);
        let Some((link, own)) = board.link(peer).zip(board.own) else { return News::default() };
        let lists = |party: Party| {
            let known = board.roster.parties.get(&party);
            known.map(|known| (known.key_lists.len(), known.revocation_list.clone())).unwrap_or_default()
        };
        News {
            ours: link.ours.edge.size(),
            theirs: link.theirs.edge.size(),
            uncovered: if at.exchange.can_be_dialled() { 0 } else { link.theirs.held.len() },
            lists: [lists(own.party), lists(peer)],
        }
    }
}

/// How often a heartbeat is sent on a link (ms): as the check schedule in force says, or as the program does by itself.
pub fn interval_ms(board: &Board, peer: Party) -> i64 {
    let link = board.check_schedule().and_then(|known| known.plan.with(peer));
    let seconds = link.and_then(|link| link.heartbeat_seconds);
    seconds.map_or(limits::HEARTBEAT_MS, |seconds| i64::from(seconds).saturating_mul(1_000))
}

/// After so long without a word from the other end a link is called down (ms).
pub fn silent_after_ms(board: &Board, peer: Party) -> i64 {
    interval_ms(board, peer).saturating_add(limits::HEARTBEAT_ANSWER_MS_MAX)
}

/// Until the clock says so, the peer has shown something new, or there is news since `before`, the last heartbeat
/// having `begun` then.
async fn wait(
    link: &Link,
    heads: &mut tokio::sync::watch::Receiver<std::sync::Arc<Head>>,
    before: News,
    begun: tokio::time::Instant,
) -> bool {
    let clock = &link.exchange.registrar.clock;
    let due = clock.now().plus_ms(interval_ms(&link.head().board, link.peer));
    let news = async {
        loop {
            let head = heads.borrow_and_update().clone();
            if News::at(&head, link) != before {
                return true;
            }
            if heads.changed().await.is_err() {
                return false;
            }
        }
    };
    let goes_on = tokio::select! {
        () = clock.wait_until(due) => return true,
        () = link.state.asked_for_beat() => true,
        goes_on = news => goes_on,
    };
    // Whoever has news, or rings, all the time is not called all the time: each exchange of heads is a record or two
    // at both ends, which messages under way would have to wait for.
    let apart = Duration::from_millis(limits::HEARTBEAT_APART_MS).saturating_sub(begun.elapsed());
    tokio::time::sleep(apart.max(Duration::from_millis(limits::HEARTBEAT_SETTLE_MS))).await;
    goes_on
}

async fn beat(link: &Link, peer: &mut Peer) -> Result<(), NoUse> {
    let head = link.head();
    if head.standing != Standing::Writes || link.exchange.is_broken() {
        return Ok(());
    }
    let followed_before = head.board.link(link.peer).map_or(0, |one| one.theirs.edge.size());
    let now = link.exchange.registrar.clock.now();
    let ours = make(&head.board, &link.exchange.ring, link.peer, now).ok_or(NoUse)?;
    let theirs = call(peer.beat(Request::new(BeatRequest { beat: Some(ours) }))).await?.beat.ok_or(NoUse)?;
    link.state.hear(link.exchange.registrar.clock.now());
    // What it says was true no earlier than it was asked.
    link.state.note_said(said(&theirs), link.last_taken(&head.board), now);
    // Each stands for itself: a peer whose lists are of no use is still compared with and followed.
    let lists = lists::exchange(link, peer, &theirs).await;
    follow::compare(link, &theirs).await;
    let followed = follow::follow(link, peer, &theirs.checkpoint, followed_before).await;
    let handed_in = follow::hand_in_leaves(link, peer, theirs.leaves_held).await;
    lists.and(followed).and(handed_in)
}

/// What this node says of itself and of the link.
pub(super) fn make(board: &Board, ring: &KeyRing, peer: Party, now: Instant) -> Option<Beat> {
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
