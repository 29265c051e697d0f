//! A node that uses a new TLS key before its peer holds the list that names it: they meet again by
//! themselves, and whoever has a key that no list names comes no further.

use std::sync::Arc;

use bytes::Bytes;
use detente::cli::custody::{Custody, Issued};
use detente::codec::proto::detente::v1::exchange_service_client::ExchangeServiceClient;
use detente::codec::proto::detente::v1::party_service_client::PartyServiceClient;
use detente::codec::proto::detente::v1::{
    BeatRequest, HandInKeyListsRequest, HandInRevocationListRequest, KeyListsRequest,
    SubmitRevocationListRequest, propose_request::Change,
};
use detente::domain::keys::Purpose;
use detente::limits;
use detente::peers::dial::{Dialler, fault_under};
use detente::peers::stranger::Stranger;
use detente::peers::trust::Reach;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tonic::transport::Channel;
use tonic::{Code, Status};
use tonic_types::StatusExt as _;

use crate::authority::{LIMIT, chain, pair};
use crate::links_lists::{lists_held, next_list, publish, say};
use crate::officer::reason;
use crate::places::without_a_body;
use crate::talk::{both_settled, until};
use crate::world::{World, beginning};

/// In force at its own node, which answers and calls with the new key from then on.
async fn renew_tls_and_restart(world: &mut World, code: &str) {
    let list = next_list(world, code, &[Purpose::Tls]).await;
    world.state(code).change(Change::OwnKeyList(list), Bytes::new()).await;
    let before = world.node(code).dialler.certificate.borrow().key_digest();
    world.state_mut(code).stop().await;
    world.state_mut(code).start().await;
    assert_ne!(world.node(code).dialler.certificate.borrow().key_digest(), before);
}

/// Each end holds both lists of those that were renewed, and everything goes both ways.
async fn meet(world: &World, renewed: &[&str]) {
    for (here, there) in [("BY", "PL"), ("PL", "BY")] {
        let lists = if renewed.contains(&there) { 2 } else { 1 };
        let party = world.state(there).party;
        until(world.node(here), "the list is here", |board| {
            board.roster.parties[&party].key_lists.len() == lists
        })
        .await;
        say(world, here, there, "and everything goes on").await;
    }
    both_settled(world, "BY", "PL").await;
}

#[tokio::test]
async fn a_node_that_renewed_its_tls_key_while_the_peer_was_down_meets_it_again() {
    let mut world = World::new(&["BY", "PL"]).await;
    say(&world, "PL", "BY", "before").await;
    both_settled(&world, "BY", "PL").await;
    world.state_mut("PL").stop().await;
    renew_tls_and_restart(&mut world, "BY").await;
    say(&world, "BY", "PL", "meanwhile").await;
    world.state_mut("PL").start().await;
    meet(&world, &["BY"]).await;
}

#[tokio::test]
async fn two_nodes_that_both_renewed_while_the_other_was_down_meet_again() {
    let mut world = World::new(&["BY", "PL"]).await;
    both_settled(&world, "BY", "PL").await;
    world.state_mut("PL").stop().await;
    renew_tls_and_restart(&mut world, "BY").await;
    world.state_mut("BY").stop().await;
    world.state_mut("PL").start().await;
    renew_tls_and_restart(&mut world, "PL").await;
    world.state_mut("BY").start().await;
    meet(&world, &["BY", "PL"]).await;
}

#[tokio::test]
async fn they_meet_again_where_only_one_can_be_dialled_whichever_renewed() {
    for renewed in [&["BY"][..], &["PL"], &["BY", "PL"]] {
        let mut world = World::with_one_unreachable("PL", "BY").await;
        both_settled(&world, "BY", "PL").await;
        for code in ["BY", "PL"] {
            let other = if code == "BY" { "PL" } else { "BY" };
            if renewed.contains(&code) {
                if world.is_running(other) {
                    world.state_mut(other).stop().await;
                }
                if !world.is_running(code) {
                    world.state_mut(code).start().await;
                }
                renew_tls_and_restart(&mut world, code).await;
            }
        }
        for code in ["BY", "PL"] {
            if !world.is_running(code) {
                world.state_mut(code).start().await;
            }
        }
        meet(&world, renewed).await;
    }
}

/// What somebody has whom the Party's authority gave a node's certificate once, by mistake or by theft.
fn unlisted(world: &World, code: &str) -> Issued {
    let state = world.state(code);
    let mut custody = Custody::open(&state.directory.join("custody"), &state.party).unwrap();
    custody.issue_node(beginning(), beginning().plus_ms(365 * 24 * 3_600_000)).unwrap()
}

/// A node of the Party, as its peer sees it, with this key.
fn channel_with(world: &World, of: &str, at: &str, key: &Issued) -> Channel {
    let dialler = Dialler {
        clock: world.clock.clone(),
        trust: world.node(of).trust.clone(),
        certificate: watch::channel(Arc::new(pair(key))).1,
    };
    let (party, address) = (world.state(at).party, world.state(at).address.clone());
    dialler.dial(party, address, Reach::Everything)
}

fn thief(world: &World, of: &str, at: &str, key: &Issued) -> ExchangeServiceClient<Channel> {
    ExchangeServiceClient::new(channel_with(world, of, at, key))
}

fn refused<T: std::fmt::Debug>(answer: Result<T, Status>) -> (Code, String) {
    let status = answer.unwrap_err();
    assert!(fault_under(&status).is_none(), "{status:?}");
    (status.code(), reason(&status))
}

#[tokio::test]
async fn a_thief_of_an_unlisted_key_can_deliver_lists_that_prove_themselves_and_nothing_else() {
    let mut world = World::new(&["BY", "PL"]).await;
    both_settled(&world, "BY", "PL").await;
    let key = unlisted(&world, "BY");
    let first = world.node("BY").registrar.head().board.clone();
    let first = first.roster.parties[&world.state("BY").party].key_lists[0].signed.clone();
    let second = next_list(&world, "BY", &[Purpose::Message]).await;
    let foreign = next_list(&world, "PL", &[Purpose::Message]).await;
    let mut thief = thief(&world, "BY", "PL", &key);
    let by = world.state("BY").party;
    world.state_mut("BY").stop().await;
    let (before, heard) = {
        let node = world.node("PL");
        (node.registrar.head().chain.size, node.exchange.links.of(by).seen().heard_at)
    };
    world.clock.set(beginning().plus_ms(60_000));

    let closed = (Code::PermissionDenied, "KEY_NOT_LISTED".to_owned());
    assert_eq!(refused(thief.beat(BeatRequest::default()).await), closed);
    assert_eq!(refused(thief.key_lists(KeyListsRequest { from: 1 }).await), closed);
    let mut flipped = second.to_vec();
    *flipped.last_mut().unwrap() ^= 1;
    for bad in [Bytes::from(flipped), foreign, Bytes::from_static(b"\xff"), vec![0; 100_000].into()] {
        let lists = HandInKeyListsRequest { key_lists: vec![first.clone(), bad, second.clone()] };
        thief.hand_in_key_lists(lists).await.unwrap_err();
    }
    let junk = HandInRevocationListRequest { revocation_list: Bytes::from_static(b"no list") };
    thief.hand_in_revocation_list(junk).await.unwrap_err();
    // What is held already changes nothing, and is no sign of life.
    let held = HandInKeyListsRequest { key_lists: vec![first.clone(); 3] };
    thief.hand_in_key_lists(held).await.unwrap();
    let seen = world.node("PL").exchange.links.of(by).seen();
    assert_eq!((world.node("PL").registrar.head().chain.size, seen.heard_at), (before, heard));

    // The Party's own next list is its own whoever carries it.
    thief.hand_in_key_lists(HandInKeyListsRequest { key_lists: vec![first, second] }).await.unwrap();
    assert_eq!(lists_held(&world, "PL", "BY"), 2);
    assert_eq!(refused(thief.beat(BeatRequest::default()).await), closed);
}

#[tokio::test]
async fn a_revoked_certificate_with_an_unlisted_key_gets_no_connection() {
    let world = World::new(&["BY", "PL"]).await;
    let key = unlisted(&world, "BY");
    let state = world.state("BY");
    let mut custody = Custody::open(&state.directory.join("custody"), &state.party).unwrap();
    custody.revoke(&key.serial, beginning()).unwrap();
    drop(custody);
    let list = publish(&world, "BY", beginning(), beginning().plus_ms(7 * 24 * 3_600_000)).await;
    let call = SubmitRevocationListRequest { revocation_list: list.clone() };
    let desk = world.desk("BY", "operator");
    PartyServiceClient::new(desk.channel).submit_revocation_list(call).await.unwrap();
    until(world.node("PL"), "the list is here", |board| {
        board.roster.parties[&state.party].revocation_list.as_ref().is_some_and(|held| held.der == list)
    })
    .await;
    let (mut trust, chain) = (world.node("PL").trust.clone(), chain(&key));
    let revokes = trust.wait_for(|trust| trust.identify(&chain, world.clock.now()) == Err(Stranger::Revoked));
    tokio::time::timeout(LIMIT, revokes).await.unwrap().unwrap();
    let mut thief = thief(&world, "BY", "PL", &key);
    let refused = thief.hand_in_key_lists(HandInKeyListsRequest::default()).await.unwrap_err();
    assert!(refused.get_error_details().error_info().is_none(), "{refused:?}");
}

#[tokio::test]
async fn callers_with_unlisted_keys_have_few_places_and_take_none_of_their_partys_node() {
    const HAND_IN: &str = "/detente.v1.ExchangeService/HandInKeyLists";
    let world = World::new(&["BY", "PL"]).await;
    let thief = channel_with(&world, "BY", "PL", &unlisted(&world, "BY"));
    let mut calls = JoinSet::new();
    for _ in 0..=limits::CALLS_WITH_UNLISTED_KEY_MAX {
        calls.spawn(without_a_body(thief.clone(), HAND_IN));
    }
    let one_too_many = tokio::time::timeout(LIMIT, calls.join_next()).await.unwrap().unwrap().unwrap();
    assert_eq!(refused(one_too_many), (Code::ResourceExhausted, "INBOX".to_owned()));
    // The node goes on as if nobody had called.
    say(&world, "BY", "PL", "there").await;
    say(&world, "PL", "BY", "and back").await;
    both_settled(&world, "BY", "PL").await;
    assert_eq!(calls.len(), limits::CALLS_WITH_UNLISTED_KEY_MAX);
    // And a place given back can be taken again; whoever gives none back is cut (`tls.rs`).
    calls.shutdown().await;
    let mut thief = ExchangeServiceClient::new(thief);
    let again = async {
        let nothing = HandInKeyListsRequest::default();
        while thief.hand_in_key_lists(nothing.clone()).await.is_err_and(|status| reason(&status) == "INBOX") {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(LIMIT, again).await.unwrap();
}
