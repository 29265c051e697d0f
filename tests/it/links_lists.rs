//! Lists that change while messages are under way, and a Party that can't be dialled.

use std::path::Path;

use bytes::Bytes;
use detente::cli::custody::Custody;
use detente::cli::desk::answer;
use detente::cli::key_list;
use detente::codec::proto::detente::v1::party_service_client::PartyServiceClient;
use detente::codec::proto::detente::v1::{
    ListPartiesRequest, SubmitRevocationListRequest, propose_request::Change,
};
use detente::codec::signed;
use detente::domain::digest::{Digest, ThreadId};
use detente::domain::event::Event;
use detente::domain::keys::Purpose;
use detente::domain::party::Party;
use detente::domain::precedence::Precedence;
use detente::domain::time::Instant;
use detente::evidence::keys::PublicKey;
use detente::evidence::signed::PayloadType;

use crate::talk::{both_settled, fresh, outgoing, release, until};
use crate::world::{World, beginning};

pub async fn say(world: &World, from: &str, to: &str, subject: &str) -> Digest {
    let to = world.state(to).party;
    let message = outgoing(ThreadId(fresh()), &[to], Precedence::Routine, subject);
    release(&world.node(from).registrar, message).await
}

/// The next key list of a Party, with another message key, put in force by its custodians. The key that
/// was is kept, as long as something is owed under it.
pub async fn replace_message_key(world: &World, code: &str) {
    let list = next_list(world, code, &[Purpose::Message]).await;
    world.node(code).reload().await.unwrap();
    world.state(code).change(Change::OwnKeyList(list), Bytes::new()).await;
}

pub async fn next_list(world: &World, code: &str, renewed: &[Purpose]) -> Bytes {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str| folder.path().join(name);
    std::fs::write(file("party"), world.state(code).party_file().await).unwrap();
    let next = key_list::Next {
        directory: world.state(code).directory.clone(),
        after: file("party"),
        renewed: renewed.to_vec(),
        authority_certificate: false,
        addresses: Vec::new(),
        contacts: Vec::new(),
        out: file("list"),
        json: false,
    };
    key_list::next(&next, world.clock.now()).unwrap().signed
}

pub fn lists_held(world: &World, at: &str, of: &str) -> usize {
    let board = world.node(at).registrar.head().board.clone();
    board.roster.parties.get(&of.parse::<Party>().unwrap()).unwrap().key_lists.len()
}

/// Every message on record at a node, with the list that its dispatch named, verified by that list.
async fn verified(world: &World, at: &str, from: &str) -> Vec<(u32, Digest)> {
    let node = world.node(at);
    let head = node.registrar.head();
    let known = head.board.roster.parties.get(&from.parse::<Party>().unwrap()).unwrap();
    let mut all = Vec::new();
    for record in head.records(&node.registrar.journal).range(0, head.chain.size).await.unwrap() {
        for event in &record.events {
            let Event::Received(one) = event else { continue };
            let list = &known.numbered(one.receipt.judged_by_key_list).unwrap().list;
            let key = PublicKey::from_bytes(list.key_for(Purpose::Message).unwrap()).unwrap();
            let dispatch = signed::decode(one.dispatch_signed.clone()).unwrap();
            dispatch.verify(PayloadType::Dispatch, &key).unwrap();
            all.push((list.number, one.receipt.message));
        }
    }
    all
}

#[tokio::test]
async fn what_is_owed_under_a_replaced_message_key_comes_and_verifies_and_both_ends_hold_both_lists() {
    let mut world = World::new(&["BY", "PL"]).await;
    let first = say(&world, "PL", "BY", "under the first list").await;
    both_settled(&world, "BY", "PL").await;
    world.state_mut("BY").stop().await;
    let owed = say(&world, "PL", "BY", "owed under the first list").await;
    replace_message_key(&world, "PL").await;
    let second = say(&world, "PL", "BY", "under the second list").await;
    world.state_mut("BY").start().await;
    both_settled(&world, "BY", "PL").await;
    assert_eq!(verified(&world, "BY", "PL").await, [(1, first), (1, owed), (2, second)]);
    assert_eq!((lists_held(&world, "BY", "PL"), lists_held(&world, "PL", "PL")), (2, 2));
}

#[tokio::test]
async fn a_party_that_can_not_be_dialled_talks_both_ways_over_its_own_connection() {
    let mut world = World::with_one_unreachable("PL", "BY").await;
    for turn in 0..3 {
        say(&world, "BY", "PL", &format!("there {turn}")).await;
        say(&world, "PL", "BY", &format!("back {turn}")).await;
    }
    both_settled(&world, "BY", "PL").await;
    // And after either of them was away.
    for away in ["PL", "BY"] {
        let here = if away == "PL" { "BY" } else { "PL" };
        world.state_mut(away).stop().await;
        say(&world, here, away, "meanwhile").await;
        world.state_mut(away).start().await;
        both_settled(&world, "BY", "PL").await;
    }
    let (by, pl) = (world.state("BY").party, world.state("PL").party);
    let (at_by, at_pl) =
        (world.node("BY").registrar.head().board.clone(), world.node("PL").registrar.head().board.clone());
    assert_eq!(at_by.link(pl).unwrap().ours.edge, at_pl.link(by).unwrap().theirs.edge);
    assert_eq!(at_pl.link(by).unwrap().ours.edge, at_by.link(pl).unwrap().theirs.edge);
    assert_eq!(at_by.link(pl).unwrap().ours.edge.size(), 8);
}

#[tokio::test]
async fn a_party_that_can_not_be_dialled_hands_in_its_lists_and_what_it_owes_under_the_old_one() {
    let mut world = World::with_one_unreachable("PL", "BY").await;
    say(&world, "BY", "PL", "under the first list").await;
    both_settled(&world, "BY", "PL").await;
    world.state_mut("PL").stop().await;
    say(&world, "BY", "PL", "owed under the first list").await;
    replace_message_key(&world, "BY").await;
    say(&world, "BY", "PL", "under the second list").await;
    world.state_mut("PL").start().await;
    both_settled(&world, "BY", "PL").await;
    let numbers: Vec<_> = verified(&world, "PL", "BY").await.into_iter().map(|(list, _)| list).collect();
    assert_eq!(numbers, [1, 1, 2]);
    assert_eq!(lists_held(&world, "PL", "BY"), 2);
}

#[tokio::test]
async fn heartbeats_say_serials_and_time_both_ways_and_the_list_of_parties_says_when_one_was_heard() {
    let world = World::new(&["BY", "PL"]).await;
    say(&world, "BY", "PL", "one").await;
    both_settled(&world, "BY", "PL").await;
    let (by, pl) = (world.state("BY").party, world.state("PL").party);
    let now = Instant(beginning().0 + 60_000);
    world.clock.set(now);
    for (here, there, sent, taken) in [("BY", pl, 0, 1), ("PL", by, 1, 0)] {
        let links = &world.node(here).exchange.links;
        let said = async {
            while links.of(there).seen().said.is_none_or(|said| said.at < now) {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(std::time::Duration::from_secs(120), said).await.expect("a heartbeat");
        let said = links.of(there).seen().said.unwrap();
        let routine = Precedence::Routine as usize;
        assert_eq!((said.sent[routine], said.taken[routine], said.at), (sent, taken, now));
        let desk = world.desk(here, "operator");
        let mut parties = PartyServiceClient::new(desk.channel);
        let lines = answer(parties.list_parties(ListPartiesRequest {})).await.unwrap().parties;
        let line = lines.iter().find(|line| line.party == there.as_str()).unwrap();
        assert_eq!(line.heard_at_ms, now.0);
    }
}

pub async fn publish(world: &World, code: &str, from: Instant, until: Instant) -> Bytes {
    let state = world.state(code);
    let mut custody = Custody::open(&state.directory.join("custody"), &state.party).unwrap();
    Bytes::from(custody.publish_list(from, until).unwrap())
}

fn list_held(world: &World, at: &str, of: &str) -> Bytes {
    let board = world.node(at).registrar.head().board.clone();
    board.roster.parties.get(&of.parse::<Party>().unwrap()).unwrap().revocation_list.clone().unwrap().der
}

#[tokio::test]
async fn fresh_revocation_lists_reach_the_peer_also_after_the_one_it_held_has_expired() {
    let mut world = World::new(&["BY", "PL"]).await;
    const WEEK_MS: i64 = 7 * 24 * 3_600_000;
    // A list for a week, which the peer takes.
    let short = publish(&world, "BY", beginning(), beginning().plus_ms(WEEK_MS)).await;
    let submit = async |world: &World, list: &Bytes| {
        let desk = world.desk("BY", "operator");
        let call = SubmitRevocationListRequest { revocation_list: list.clone() };
        answer(PartyServiceClient::new(desk.channel).submit_revocation_list(call)).await.unwrap();
    };
    submit(&world, &short).await;
    until(world.node("PL"), "PL has the short list", |board| {
        let known = board.roster.parties.get(&"BY".parse::<Party>().unwrap()).unwrap();
        known.revocation_list.as_ref().is_some_and(|list| list.der == short)
    })
    .await;
    // Both are away until it has expired; then BY has a fresh one, and PL lets it in to nothing else.
    world.state_mut("BY").stop().await;
    world.state_mut("PL").stop().await;
    let later = beginning().plus_ms(2 * WEEK_MS);
    world.clock.set(later);
    let fresh = publish(&world, "BY", later, later.plus_ms(WEEK_MS)).await;
    write(&world.state("BY").directory.join("revoked.crl"), &fresh);
    world.state_mut("PL").start().await;
    world.state_mut("BY").start().await;
    let at_by = list_held(&world, "BY", "BY");
    until(world.node("PL"), "PL has the fresh list", |board| {
        let known = board.roster.parties.get(&"BY".parse::<Party>().unwrap()).unwrap();
        known.revocation_list.as_ref().is_some_and(|list| list.der == fresh)
    })
    .await;
    assert_eq!(at_by, fresh);
    say(&world, "BY", "PL", "and everything goes on").await;
    both_settled(&world, "BY", "PL").await;
}

fn write(path: &Path, bytes: &[u8]) {
    std::fs::write(path, bytes).unwrap();
}
