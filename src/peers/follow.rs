//! The two ledgers of a link, held against what the other end shows: our own head with its cosignature
//! against our history, its head against the leaves that we hold or ask for.
//!
//! Never here: whether a head adds up (`domain/board/decide_link.rs`), and no cosignature is made here.

use bytes::Bytes;
use tonic::Request;

use super::call::{NoUse, call, give, said};
use super::exchange::{Link, Peer};
use super::heads;
use super::outcome::Way;
use crate::codec::carry::CarriedLeaves;
use crate::codec::dispatch;
use crate::codec::proto::detente::v1::{Beat, HandInLeavesRequest, LeavesRequest, LeavesResponse};
use crate::domain::board::Denied;
use crate::domain::command::Command;
use crate::domain::event::{Head as LedgerHead, Leaf};
use crate::domain::ledger::leaf_hash;
use crate::domain::link::Link as BoardLink;
use crate::domain::precedence::Precedence;
use crate::domain::refusal::Refusal;
use crate::limits;
use crate::registrar::{Head, Standing};
use crate::replay::Broken;

/// Why a head is rejected that its maker can't have signed beside the one that was followed.
pub(super) const DIFFERS: &str = "it differs from one of the same size that was followed before";

/// What our history says about a head that we signed.
enum History {
    Contains,
    Lacks,
    /// It can't be read now: that proves nothing.
    Unread,
}

/// Our head with the peer's cosignature, from a heartbeat: what the peer holds now.
pub(super) async fn compare(link: &Link, theirs: &Beat) {
    let note = &theirs.cosigned;
    if note.is_empty() {
        // The first exchange of all: the peer has nothing of ours yet.
        compared(link, theirs);
        return;
    }
    if let Some(cosigned) = held_by_peer(link, Way::Link, note).await {
        compared(link, theirs);
        let _ = give(link, Command::TakeCosignature(cosigned)).await;
    }
}

/// A head of ours with the peer's cosignature, where our history contains it. Its own signature is ours: if it says
/// more than our history holds, our history is what is wrong, and this node stops.
pub(super) async fn held_by_peer(link: &Link, way: Way, note: &Bytes) -> Option<LedgerHead> {
    let mut head = link.head();
    let Ok(cosigned) = heads::verify_cosigned(&head.board, link.peer, note) else {
        way.count_not_taken(link);
        return None;
    };
    let mut history = look(link, &head, &cosigned).await;
    if matches!(history, History::Lacks) && heads::is_by_key_in_force(&head.board, link.peer, note) {
        // Another process with our keys may have written meanwhile. An epoch opened now shows it.
        (head, history) = match link.exchange.registrar.renew().await {
            Some(newest) if newest.standing == Standing::Writes => {
                let history = look(link, &newest, &cosigned).await;
                (newest, history)
            }
            Some(_) | None => (head, History::Unread),
        };
    }
    match history {
        History::Contains => Some(cosigned),
        // All that we signed by a key that is replaced stands on record before the list that replaced it. Whoever has
        // such a key can sign with it what we never did: that stops nobody. If it is true all the same, the list was
        // put in force a second time, after an older copy: nothing goes over this link then.
        History::Lacks if !heads::is_by_key_in_force(&head.board, link.peer, note) => {
            way.count_not_taken(link);
            let now = link.exchange.registrar.clock.now();
            if way == Way::Link
                && let Some(times) = link.state.hold(now)
            {
                tracing::error!(
                    peer = %link.peer, times,
                    "the peer holds a head that this node does not have, signed by a key of ours that was replaced: \
                     this link is held (told once an hour)"
                );
            }
            None
        }
        History::Lacks => {
            tracing::error!(peer = %link.peer, "the peer holds a head that we signed and do not have: stopping");
            link.exchange.report_broken(Broken::HeldByPeer { party: link.peer, size: cosigned.size });
            None
        }
        History::Unread => None,
    }
}

/// What the peer holds and we signed is in our history. What it says beside that is unsigned: it proves
/// nothing and stops nobody. But if it says that it took more than we gave, and is right, this is an older
/// copy of our journal, and what it would dispatch next was dispatched before, otherwise.
fn compared(link: &Link, theirs: &Beat) {
    if claims_more_than_we_gave(link, theirs) {
        if let Some(times) = link.state.hold(link.exchange.registrar.clock.now()) {
            tracing::error!(
                peer = %link.peer, times,
                "the peer says that it took more than we gave: this link is held (told once an hour)"
            );
        }
    } else {
        link.state.compare();
    }
}

/// Whether the peer says that it took serials, or holds leaves, beyond the last that we gave.
fn claims_more_than_we_gave(link: &Link, theirs: &Beat) -> bool {
    let head = link.head();
    let Some(ours) = head.board.link(link.peer) else { return false };
    let taken = said(theirs).taken;
    let beyond = |lane: Precedence| *lane.of(&taken) > ours.lane(lane).sent;
    theirs.leaves_held > ours.ours.edge.size() || Precedence::FASTEST_FIRST.into_iter().any(beyond)
}

async fn look(link: &Link, head: &Head, cosigned: &LedgerHead) -> History {
    let Some(board_link) = head.board.link(link.peer) else { return History::Unread };
    let ours = &board_link.ours;
    let says = |holds: bool| if holds { History::Contains } else { History::Lacks };
    match &ours.cosigned {
        Some(newest) if cosigned.size == newest.size => return says(cosigned.root == newest.root),
        // A later one was compared before, and the peer made it by adding to this one.
        Some(newest) if cosigned.size < newest.size => return History::Contains,
        Some(_) | None => {}
    }
    if cosigned.size > ours.edge.size() {
        return History::Lacks;
    }
    if cosigned.size == ours.edge.size() {
        return says(cosigned.root == ours.edge.root());
    }
    match link.exchange.our_edge_at(link.peer, head, cosigned.size).await {
        Ok(edge) => says(edge.root() == cosigned.root),
        Err(_) => History::Unread,
    }
}

/// Recomputes the peer's head from what we hold and what we ask for, and puts on record that we did.
/// `followed_before` is what we had followed before we asked for the head: an older one is none that was
/// overtaken on its way.
pub(super) async fn follow(
    link: &Link,
    peer: &mut Peer,
    note: &Bytes,
    followed_before: u64,
) -> Result<(), NoUse> {
    for _ in 0..limits::LEAVES_CALLS_PER_BEAT_MAX {
        if !link.state.is_compared() {
            return Ok(());
        }
        let head = link.head();
        let board_link = head.board.link(link.peer).ok_or(NoUse)?;
        let Ok(theirs) = heads::verify_theirs(&head.board, link.peer, note) else {
            link.state.count_not_taken();
            return Ok(());
        };
        let followed = board_link.theirs.edge.size();
        if theirs.size <= followed {
            if theirs.size < followed_before {
                reject(link, theirs, "it is smaller than one that was followed before").await;
            } else if theirs.size == followed && theirs.root != board_link.theirs.edge.root() {
                reject(link, theirs, DIFFERS).await;
            }
            return Ok(());
        }
        let wanted = if is_far(link, board_link, theirs.size) {
            Some(followed)
        } else {
            board_link.first_leaf_missing(theirs.size)
        };
        let (goal, leaves) = match wanted {
            None => (theirs.clone(), Vec::new()),
            Some(from) => {
                let answer = call(peer.leaves(Request::new(LeavesRequest { from }))).await?;
                match goal_of(link, &head, from, answer.leaves, &answer.checkpoint).await {
                    Some(goal) => goal,
                    None => return Ok(()),
                }
            }
        };
        let whole = goal.size >= theirs.size;
        match give(link, Command::FollowHead(goal, leaves)).await {
            Ok(()) if whole => return Ok(()),
            Ok(()) | Err(Denied::Refused(Refusal::HeadNotNew)) => {}
            // It will be tried again; the peer has been heard all the same.
            Err(_) => return Ok(()),
        }
    }
    Ok(())
}

/// Whether a head is too far beyond the one followed before to be followed in one step.
pub(super) fn is_far(link: &Link, known: &BoardLink, size: u64) -> bool {
    let hour = link.exchange.registrar.clock.now().hour();
    size.saturating_sub(known.theirs.edge.size()) > known.leaves_followed_at_once(hour)
}

/// Leaves that the peer gave, with its head over all up to the last of them. `None` if that is none of
/// this link's, or can't be followed because leaves are missing: adding up those that are there would be
/// work for nothing. A leaf of another link is held against the peer where its head covers it: nobody signed the
/// leaves alone.
async fn goal_of(
    link: &Link,
    head: &Head,
    from: u64,
    bodies: Vec<Bytes>,
    checkpoint: &Bytes,
) -> Option<(LedgerHead, Vec<Leaf>)> {
    let (goal, leaves) = signed_over(link, Way::Link, head, from, bodies, checkpoint)?;
    let foreign = leaves.iter().filter(|leaf| !is_of_this_link(link, head, leaf));
    let foreign: Vec<u64> = foreign.map(|leaf| leaf.index).collect();
    if foreign.is_empty() {
        return Some((goal, leaves));
    }
    let known = head.board.link(link.peer)?;
    let beyond = known.theirs.edge.size()..goal.size;
    let add_up = || known.grown_as_sent(goal.size, &leaves).is_ok_and(|(edge, _)| edge.root() == goal.root);
    if foreign.iter().any(|index| beyond.contains(index)) && add_up() {
        reject(link, goal, "it covers a leaf that is not of this link").await;
    } else {
        link.state.count_not_taken();
    }
    None
}

/// The head that the peer signed, and the leaves as they were given with it: nobody signed those one by one.
fn signed_over(
    link: &Link,
    way: Way,
    head: &Head,
    from: u64,
    bodies: Vec<Bytes>,
    checkpoint: &Bytes,
) -> Option<(LedgerHead, Vec<Leaf>)> {
    let Ok(goal) = heads::verify_theirs(&head.board, link.peer, checkpoint) else {
        way.count_not_taken(link);
        return None;
    };
    // No tree reaches so far; counting on from there would overflow.
    if from > limits::TREE_LEAVES_MAX {
        return None;
    }
    let known = head.board.link(link.peer)?;
    let (theirs, followed) = (&known.theirs, known.theirs.edge.size());
    let sent = from..from.saturating_add(bodies.len().min(limits::LEAVES_PER_CALL_MAX) as u64);
    let lacks = |index: u64| !sent.contains(&index) && !theirs.held.contains_key(&index);
    let is_too_large = |body: &Bytes| body.len() > limits::LEAF_BYTES_MAX;
    if bodies.iter().any(is_too_large) || is_far(link, known, goal.size) || (followed..goal.size).any(lacks) {
        way.count_not_taken(link);
        return None;
    }
    let leaves = (from..).zip(bodies.into_iter().take(limits::LEAVES_PER_CALL_MAX));
    Some((goal, leaves.map(|(index, body)| Leaf { index, hash: leaf_hash(&body), body }).collect()))
}

/// Leaves that a peer hands in because nobody can ask it for them.
pub(super) async fn take_leaves(link: &Link, from: u64, bodies: Vec<Bytes>, checkpoint: &Bytes) {
    let head = link.head();
    if !link.state.is_compared() {
        return;
    }
    if let Some((goal, leaves)) = goal_of(link, &head, from, bodies, checkpoint).await {
        let _ = give(link, Command::FollowHead(goal, leaves)).await;
    }
}

/// As `take_leaves`, from a file. Whoever brought it may have changed the leaves: those that do not add up to the head
/// that the peer signed are nobody's word, and are not held against the peer. Whether they do.
pub(super) async fn take_leaves_carried(
    link: &Link,
    way: Way,
    CarriedLeaves { from, leaves: bodies, checkpoint }: CarriedLeaves,
) -> bool {
    let head = link.head();
    let Some((goal, leaves)) = signed_over(link, way, &head, from, bodies, &checkpoint) else {
        return false;
    };
    let Some(known) = head.board.link(link.peer) else { return false };
    let followed = &known.theirs.edge;
    if goal.size == followed.size() && goal.root != followed.root() {
        // Both are signed, whoever brought the file.
        reject(link, goal, DIFFERS).await;
        return false;
    }
    if goal.size <= followed.size() {
        return true;
    }
    let add_up = known.grown(goal.size, &leaves).is_ok_and(|edge| edge.root() == goal.root);
    if !add_up || !leaves.iter().all(|leaf| is_of_this_link(link, &head, leaf)) {
        return false;
    }
    // What the link brought meanwhile is refused, and nothing is lost.
    let _ = give(link, Command::FollowHead(goal, leaves)).await;
    true
}

/// Our own leaves that the peer lacks, where it can't ask us for them.
pub(super) async fn hand_in_leaves(link: &Link, peer: &mut Peer, lacked_from: u64) -> Result<(), NoUse> {
    let size = link.head().board.link(link.peer).map_or(0, |one| one.ours.edge.size());
    if link.exchange.can_be_dialled() || lacked_from >= size {
        return Ok(());
    }
    let mut from = lacked_from;
    for _ in 0..limits::LEAVES_CALLS_PER_BEAT_MAX {
        let answer = link.exchange.leaves_from(link.peer, from).await.map_err(|_| NoUse)?;
        if answer.leaves.is_empty() {
            break;
        }
        let given = answer.leaves.len() as u64;
        let LeavesResponse { leaves, checkpoint } = answer;
        call(peer.hand_in_leaves(Request::new(HandInLeavesRequest { from, leaves, checkpoint }))).await?;
        from = from.saturating_add(given);
    }
    // The next one brings its cosignature.
    link.state.ask_after_leaves(lacked_from);
    Ok(())
}

/// On record once, and not cosigned.
pub(super) async fn reject(link: &Link, head: LedgerHead, reason: &str) {
    let _ = give(link, Command::RejectHead { head, reason: reason.into() }).await;
}

/// Not a dispatch or receipt of others, or one that names another place. What can't be decoded here may be
/// of a kind that a newer peer knows: it is a leaf like any other.
fn is_of_this_link(link: &Link, head: &Head, leaf: &Leaf) -> bool {
    let Some(own) = head.board.own else { return false };
    let ends = (link.peer, own.party, leaf.index);
    let fingerprint = head.board.roster.fingerprint_of(own.party);
    let dispatch = dispatch::decode_dispatch(leaf.body.clone());
    let receipt = dispatch::decode_receipt(leaf.body.clone());
    let unknown = dispatch.is_err() && receipt.is_err();
    unknown
        || dispatch.is_ok_and(|dispatch| {
            (dispatch.from, dispatch.to, dispatch.leaf_index) == ends
                && Some(dispatch.to_fingerprint) == fingerprint
        })
        || receipt.is_ok_and(|receipt| (receipt.from, receipt.to, receipt.leaf_index) == ends)
}
