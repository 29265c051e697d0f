//! Key lists and revocation lists, both ways: each end fetches what it lacks and hands in what the other
//! lacks, since it may not be able to dial us.
//!
//! Never here: whether a list takes force (the Board), or the judgement of a revocation list (`trust.rs`).

use std::time::Duration;

use bytes::Bytes;
use tonic::Request;

use super::call::{NoUse, call, give};
use super::exchange::{Link, Peer};
use crate::codec::proto::detente::v1::{
    Beat, HandInKeyListsRequest, HandInRevocationListRequest, KeyListsRequest,
};
use crate::codec::{change, key_list, signed};
use crate::domain::board::Denied;
use crate::domain::command::Command;
use crate::domain::digest::Digest;
use crate::domain::event::RevocationList;
use crate::domain::party::Party;
use crate::limits;
use crate::peers::dial::fault_under;
use crate::peers::stranger::BadList;
use crate::peers::trust::Reach;

/// All that the peer's heartbeat shows one of the two to lack.
pub(super) async fn exchange(link: &Link, peer: &mut Peer, theirs: &Beat) -> Result<(), NoUse> {
    let taken = take_key_lists(link, peer, theirs).await;
    let handed_in = hand_in_key_lists(link, peer, theirs).await;
    let revocation = take_revocation_list(link, peer, theirs).await;
    taken.and(handed_in).and(revocation)
}

/// The peer's later key lists, where it says that it has some.
async fn take_key_lists(link: &Link, peer: &mut Peer, theirs: &Beat) -> Result<(), NoUse> {
    let head = link.head();
    let newest = head.board.roster.parties.get(&link.peer).and_then(|known| known.newest()).ok_or(NoUse)?;
    if theirs.key_list <= newest.list.number {
        return Ok(());
    }
    let from = newest.list.number.saturating_add(1);
    let lists = call(peer.key_lists(Request::new(KeyListsRequest { from }))).await?.key_lists;
    accept_key_lists(link, lists).await.map(|_| ())
}

/// What became of a list that could be taken.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Taken {
    /// It was not here before, and is on record.
    Newer,
    HeldBefore,
}

/// Takes later key lists of the peer's, each verified under the one before. Those held already are passed
/// over: who was let in to nothing else can't know which they are. Nothing rests on who hands them in.
pub(super) async fn accept_key_lists(link: &Link, lists: Vec<Bytes>) -> Result<Taken, NoUse> {
    let head = link.head();
    let known = head.board.roster.parties.get(&link.peer).ok_or(NoUse)?;
    let mut before = known.newest().cloned().ok_or(NoUse)?;
    let mut taken = Taken::HeldBefore;
    for bytes in lists.into_iter().take(limits::PARTY_FILE_KEY_LISTS_MAX) {
        // What a wrapping holds beside list and signatures is signed by nobody, and is not kept.
        if bytes.len() > limits::KEY_LIST_SIGNED_BYTES_MAX {
            return Err(NoUse);
        }
        let wrapping = signed::decode(bytes.clone()).map_err(|_| NoUse)?;
        let digest = wrapping.digest();
        if known.key_lists.iter().any(|held| held.digest == digest) {
            continue;
        }
        key_list::open_successor(&before.list, &before.digest, &wrapping).map_err(|_| NoUse)?;
        let next = change::key_list(bytes).map_err(|_| NoUse)?;
        give(link, Command::AcceptKeyList(next.clone())).await.map_err(|_| NoUse)?;
        before = next;
        taken = Taken::Newer;
    }
    Ok(taken)
}

/// Our own later key lists, where the peer holds older ones: it may not be able to dial us.
async fn hand_in_key_lists(link: &Link, peer: &mut Peer, theirs: &Beat) -> Result<(), NoUse> {
    hand_in_key_lists_from(link, peer, theirs.key_list_held.saturating_add(1)).await.map(|_| ())
}

/// In as many calls as it takes. How many lists there were.
async fn hand_in_key_lists_from(link: &Link, peer: &mut Peer, from: u32) -> Result<u32, NoUse> {
    let mut handed_in: u32 = 0;
    loop {
        let key_lists = link.exchange.own_key_lists(from.saturating_add(handed_in)).ok_or(NoUse)?;
        if key_lists.is_empty() {
            return Ok(handed_in);
        }
        handed_in = handed_in.saturating_add(u32::try_from(key_lists.len()).unwrap_or(u32::MAX));
        call(peer.hand_in_key_lists(Request::new(HandInKeyListsRequest { key_lists }))).await?;
    }
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
    accept_revocation_list(link, der).await.map(|_| ())
}

/// Takes a revocation list that the Party's own authority signed and that is newer than the one held.
pub(super) async fn accept_revocation_list(link: &Link, der: Bytes) -> Result<Taken, NoUse> {
    let exchange = &link.exchange;
    let trust = exchange.dialler.trust.borrow().clone();
    match trust.check_list(&link.peer, &der, exchange.registrar.clock.now()) {
        Ok(()) => {}
        Err(BadList::NotNewer) => return Ok(Taken::HeldBefore),
        Err(BadList::NotTheirs | BadList::Expired) => return Err(NoUse),
    }
    match give(link, Command::AcceptRevocationList(RevocationList { party: link.peer, der })).await {
        Ok(()) => Ok(Taken::Newer),
        Err(Denied::Refused(_)) => Ok(Taken::HeldBefore),
        Err(_) => Err(NoUse),
    }
}

/// Where one end lets the other in to nothing else, since a key is new there or a list has run out: lists
/// are asked for and handed in over a connection that is used for nothing else. Whether the peer let any
/// in.
pub(super) async fn exchange_where_nothing_else_is_let_in(link: &Link, turn: usize) -> bool {
    let head = link.head();
    let list_of = |party: Party| head.board.roster.parties.get(&party);
    let newest = list_of(link.peer).and_then(|known| known.newest());
    let own = head.board.own.and_then(|own| list_of(own.party)?.revocation_list.clone());
    let (Some(newest), Some(own)) = (newest, own) else { return false };
    let Some(mut peer) = link.dial(turn, Reach::ListsOnly) else { return false };
    let from = newest.list.number.saturating_add(1);
    let asked = timed(peer.key_lists(Request::new(KeyListsRequest { from }))).await;
    let given = match asked {
        Ok(lists) => accept_key_lists(link, lists.into_inner().key_lists).await.is_ok(),
        // Who is let in to less can still hand in; who does not answer at all is not asked twice more.
        Err(Some(status)) if fault_under(&status).is_none() => false,
        Err(_) => return false,
    };
    // Which of ours it holds, it has not told us: it passes over those.
    let handed_in = hand_in_key_lists_from(link, &mut peer, SECOND_LIST).await.is_ok_and(|lists| lists > 0);
    let revocation = exchange_revocation_lists(link, &mut peer, own.der).await.is_ok();
    given || handed_in || revocation
}

/// The first that can be news to a Party that knows us at all.
const SECOND_LIST: u32 = 2;

/// `None` where the answer did not come in time.
async fn timed<T>(
    calling: impl Future<Output = Result<T, tonic::Status>>,
) -> Result<T, Option<tonic::Status>> {
    let patience = Duration::from_millis(limits::PEER_CALL_MS_MAX);
    tokio::time::timeout(patience, calling).await.map_err(|_| None)?.map_err(Some)
}
