//! Key lists and revocation lists, both ways: each end fetches what it lacks and hands in what the other
//! lacks, since it may not be able to dial us.
//!
//! Never here: whether a list takes force (the Board), or the judgement of a revocation list (`trust.rs`).

use bytes::Bytes;
use tonic::Request;

use super::beat::{NoUse, call, give};
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
    accept_key_lists(link, lists).await
}

/// Takes later key lists of the peer's, each verified under the one before.
pub(super) async fn accept_key_lists(link: &Link, lists: Vec<Bytes>) -> Result<(), NoUse> {
    let head = link.head();
    let mut before =
        head.board.roster.parties.get(&link.peer).and_then(|known| known.newest()).cloned().ok_or(NoUse)?;
    for bytes in lists.into_iter().take(limits::PARTY_FILE_KEY_LISTS_MAX) {
        // What a wrapping holds beside list and signatures is signed by nobody, and is not kept.
        if bytes.len() > limits::KEY_LIST_SIGNED_BYTES_MAX {
            return Err(NoUse);
        }
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
pub(super) async fn hand_in_where_nothing_else_is_let_in(link: &Link, turn: usize) {
    let head = link.head();
    let own =
        head.board.own.and_then(|own| head.board.roster.parties.get(&own.party)?.revocation_list.clone());
    if let (Some(own), Some(mut peer)) = (own, link.dial(turn, Reach::HandInListOnly)) {
        let _ = exchange_revocation_lists(link, &mut peer, own.der).await;
    }
}
