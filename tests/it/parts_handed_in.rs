//! Parts of a Party that can't be dialled: it hands them in over its own connection, by the rules by which
//! others' are fetched.

use std::sync::atomic::Ordering;
use std::time::Duration;

use bytes::Bytes;
use detente::cli::node::Node;
use detente::codec::proto::detente::v1::exchange_service_client::ExchangeServiceClient;
use detente::codec::proto::detente::v1::hand_in_part_request::Piece;
use detente::codec::proto::detente::v1::{HandInPartRequest, PartHandedIn, WantedPartRequest};
use detente::domain::digest::{Digest, ThreadId};
use detente::domain::message::Part;
use detente::domain::precedence::Precedence;
use detente::peers::trust::Reach;
use tonic::Status;
use tonic::transport::Channel;

use crate::officer::{PATIENCE, reason};
use crate::parts::{Proxy, Way, erase, file, files, holds_on_replay, is_kept, kept_at, read, store};
use crate::talk::{both_settled, fresh, outgoing, release};
use crate::world::World;

/// BY can't be dialled.
async fn world() -> World {
    World::with_one_unreachable("PL", "BY").await
}

/// A message that names the parts, taken at the other end.
async fn tell(world: &World, from: &str, to: &str, parts: &[&Part]) {
    let mut message = outgoing(ThreadId(fresh()), &[world.state(to).party], Precedence::Routine, "parts");
    message.parts = parts.iter().map(|part| (*part).clone()).collect();
    release(&world.node(from).registrar, message).await;
    both_settled(world, "BY", "PL").await;
}

/// The author's own file is not what was kept, until it is written again as it was.
fn spoil(world: &World, part: &Part) -> Vec<u8> {
    let path = file(world, "BY", part);
    let right = std::fs::read(&path).unwrap();
    std::fs::write(&path, b"else").unwrap();
    right
}

#[tokio::test]
async fn parts_go_both_ways_over_the_connection_of_the_one_that_can_not_be_dialled() {
    let mut world = world().await;
    let content = vec![7; 300_000];
    let there = store(&world, "BY", &content).await;
    tell(&world, "BY", "PL", &[&there]).await;
    kept_at(&world, "PL", &there).await;
    assert_eq!(read(&world, "PL", "watch", &there).await.unwrap()[32..], content);
    let back = store(&world, "PL", b"and back").await;
    tell(&world, "PL", "BY", &[&back]).await;
    kept_at(&world, "BY", &back).await;

    // And what was named while its author was away, or away right after.
    let (second, empty) = (store(&world, "BY", b"second").await, store(&world, "BY", b"").await);
    world.state_mut("PL").stop().await;
    let mut message =
        outgoing(ThreadId(fresh()), &[world.state("PL").party], Precedence::Routine, "meanwhile");
    message.parts = vec![second.clone(), empty.clone()];
    release(&world.node("BY").registrar, message).await;
    world.state_mut("BY").stop().await;
    world.state_mut("PL").start().await;
    world.state_mut("BY").start().await;
    kept_at(&world, "PL", &second).await;
    kept_at(&world, "PL", &empty).await;
    for party in ["BY", "PL"] {
        holds_on_replay(world.node(party)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_part_whose_handing_in_was_cut_goes_on_where_it_was() {
    const BYTES: u64 = 8 * 1024 * 1024;
    const CUT_AFTER: u64 = 4 * 1024 * 1024;
    let mut world = world().await;
    // The peer behind a proxy that stands where its key list says the node is.
    let (directory, address) = (world.state("PL").directory.clone(), world.state("PL").address.clone());
    world.state_mut("PL").stop().await;
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let pl = Node::start(&directory, world.clock.clone(), Some(listener)).await.unwrap();
    let proxy = Proxy::start(&address, pl.address, Way::There, CUT_AFTER).await;
    assert_eq!(proxy.address.to_string(), address);

    let content: Vec<u8> = (0..BYTES).map(|at| (at % 251) as u8).collect();
    let part = store(&world, "BY", &content).await;
    let mut message = outgoing(ThreadId(fresh()), &[world.state("PL").party], Precedence::Routine, "large");
    message.parts.push(part.clone());
    release(&world.node("BY").registrar, message).await;
    crate::talk::until(&pl, "the part is kept", |board| is_kept(board, &part)).await;
    let second = proxy.largest_after.load(Ordering::Acquire);
    assert!(second > 0, "it was cut");
    assert!(second < BYTES - CUT_AFTER / 2, "the second time {second} bytes went");
    assert_eq!(read(&world, "PL", "watch", &part).await.unwrap()[32..], content);
    holds_on_replay(&pl).await;
    pl.shutdown().await;
}

#[tokio::test]
async fn one_that_its_author_does_not_have_holds_up_no_other_and_comes_when_it_is_back() {
    let world = world().await;
    let mut parts = Vec::new();
    for content in ["one", "two", "three"] {
        parts.push(store(&world, "BY", content.as_bytes()).await);
    }
    // In the order in which they are wanted.
    parts.sort_by_key(|part| part.salted_digest);
    let [late, gone, early] = parts.try_into().unwrap();
    let right = spoil(&world, &late);
    spoil(&world, &gone);
    tell(&world, "BY", "PL", &[&late, &gone, &early]).await;
    kept_at(&world, "PL", &early).await;
    erase(&world, "BY", &gone).await.unwrap();
    std::fs::write(file(&world, "BY", &late), right).unwrap();
    kept_at(&world, "PL", &late).await;
    assert!(!is_kept(&world.node("PL").registrar.head().board, &gone));
}

#[tokio::test]
async fn one_found_damaged_is_asked_for_once_more() {
    let world = world().await;
    let part = store(&world, "BY", b"a list of names").await;
    tell(&world, "BY", "PL", &[&part]).await;
    kept_at(&world, "PL", &part).await;
    let path = file(&world, "PL", &part);
    let right = std::fs::read(&path).unwrap();
    std::fs::remove_file(&path).unwrap();
    assert_eq!(reason(&read(&world, "PL", "drafter", &part).await.unwrap_err()), "PART_DAMAGED");
    let mut missed = world.node("PL").exchange.parts.missed();
    let back = missed.wait_for(std::collections::BTreeSet::is_empty);
    tokio::time::timeout(Duration::from_secs(60), back).await.expect("it comes").unwrap();
    assert_eq!(read(&world, "PL", "drafter", &part).await.unwrap(), right);
}

async fn wanted(calls: &mut ExchangeServiceClient<Channel>) -> (Bytes, u64) {
    let answer = tokio::time::timeout(PATIENCE, calls.wanted_part(WantedPartRequest {})).await.unwrap();
    let wanted = answer.unwrap().into_inner();
    (wanted.salted_digest, wanted.from_byte)
}

async fn hand_in(
    calls: &mut ExchangeServiceClient<Channel>,
    part: &Digest,
    from_byte: u64,
    chunks: &[&[u8]],
) -> Result<(), Status> {
    let header = PartHandedIn { salted_digest: Bytes::copy_from_slice(&part.0), from_byte };
    let chunks = chunks.iter().map(|chunk| Piece::Chunk(Bytes::copy_from_slice(chunk)));
    let pieces = std::iter::once(Piece::Header(header)).chain(chunks);
    let pieces: Vec<_> = pieces.map(|piece| HandInPartRequest { piece: Some(piece) }).collect();
    calls.hand_in_part(tokio_stream::iter(pieces)).await.map(|_| ())
}

#[tokio::test]
async fn nothing_is_taken_but_the_part_that_is_wanted_from_where_it_is_wanted() {
    let mut world = world().await;
    let part = store(&world, "BY", &[5; 1000]).await;
    let unnamed = store(&world, "BY", b"named by no message").await;
    let right = spoil(&world, &part);
    let unnamed_bytes = std::fs::read(file(&world, "BY", &unnamed)).unwrap();
    tell(&world, "BY", "PL", &[&part]).await;
    let (by, pl) = (world.state("BY").party, world.state("PL").party);
    let dialler = world.node("BY").dialler.clone();
    world.state_mut("BY").stop().await;
    let channel = dialler.dial(pl, world.state("PL").address.clone(), Reach::Everything);
    let mut calls = ExchangeServiceClient::new(channel);
    let digest = part.salted_digest;
    let whole: &[u8] = &right;

    assert_eq!(wanted(&mut calls).await, (Bytes::copy_from_slice(&digest.0), 0));
    assert_eq!(
        reason(&hand_in(&mut calls, &unnamed.salted_digest, 0, &[&unnamed_bytes]).await.unwrap_err()),
        "UNUSABLE"
    );
    assert_eq!(reason(&hand_in(&mut calls, &digest, 5, &[&whole[5..]]).await.unwrap_err()), "UNUSABLE");
    let twice = [None, Some(Piece::Chunk(Bytes::from_static(b"x")))];
    for first in twice {
        let pieces = tokio_stream::iter(vec![HandInPartRequest { piece: first }]);
        assert_eq!(reason(&calls.hand_in_part(pieces).await.unwrap_err()), "FIELD");
    }
    // Half of it stays, and it goes on from there. What comes after its end is not looked at.
    let seen = || world.node("PL").exchange.links.of(by).seen().parts_discarded;
    let before = seen();
    let half = whole.len() / 2;
    hand_in(&mut calls, &digest, 0, &[&whole[..half], b""]).await.unwrap_err();
    assert_eq!(wanted(&mut calls).await.1, half as u64);
    hand_in(&mut calls, &digest, half as u64, &[&whole[half..], b"x"]).await.unwrap();
    kept_at(&world, "PL", &part).await;
    assert_eq!((seen(), files(&world, "PL")), (before, 1));
    assert_eq!(read(&world, "PL", "watch", &part).await.unwrap(), whole);
}

#[tokio::test]
async fn other_bytes_than_those_named_are_counted_and_nothing_of_them_is_left() {
    let mut world = world().await;
    let part = store(&world, "BY", &[5; 1000]).await;
    let right = spoil(&world, &part);
    tell(&world, "BY", "PL", &[&part]).await;
    let (by, pl) = (world.state("BY").party, world.state("PL").party);
    let dialler = world.node("BY").dialler.clone();
    world.state_mut("BY").stop().await;
    let channel = dialler.dial(pl, world.state("PL").address.clone(), Reach::Everything);
    let mut calls = ExchangeServiceClient::new(channel);
    let junk = vec![1; right.len()];
    let long = vec![1; right.len() + 1];
    for (turn, wrong) in [junk, long].iter().enumerate() {
        wanted(&mut calls).await;
        hand_in(&mut calls, &part.salted_digest, 0, &[wrong]).await.unwrap_err();
        let seen = world.node("PL").exchange.links.of(by).seen();
        assert_eq!((seen.parts_discarded, files(&world, "PL")), (turn as u64 + 1, 0));
    }
    // It is not wanted again at once, and taken when it is.
    assert_eq!(
        reason(&hand_in(&mut calls, &part.salted_digest, 0, &[&right]).await.unwrap_err()),
        "UNUSABLE"
    );
    assert_eq!(wanted(&mut calls).await.1, 0);
    hand_in(&mut calls, &part.salted_digest, 0, &[&right]).await.unwrap();
    kept_at(&world, "PL", &part).await;
}
