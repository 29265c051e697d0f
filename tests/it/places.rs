//! What one peer, or one person, may hold open: calls under way, bodies that come in drops, answers that it does not read.

use std::time::Duration;

use detente::domain::people::Role;
use detente::limits;
use detente::peers::trust::{Reach, Roster, Trust};
use detente::rpc::accept::Lives;
use tokio::task::JoinSet;
use tonic::codegen::http::uri::PathAndQuery;
use tonic::transport::Channel;
use tonic::{Code, Request, Status};
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_client::HealthClient;

use crate::authority::{CHECK, Fate, LIMIT, Node, Realm, fate, on_roster};

/// A call whose body never comes.
pub async fn without_a_body(channel: Channel, path: &'static str) -> Result<(), Status> {
    let mut grpc = tonic::client::Grpc::new(channel);
    grpc.ready().await.map_err(|fault| Status::from_error(Box::new(fault)))?;
    let codec = tonic_prost::ProstCodec::<(), ()>::default();
    let body = Request::new(tokio_stream::pending());
    grpc.client_streaming(body, PathAndQuery::from_static(path), codec).await.map(|_| ())
}

/// PL's node and two peers' ways to it.
async fn node_with_two_peers(patience: Duration) -> (Node, [(Realm, Channel); 2], Realm) {
    let pl = Realm::new("PL");
    let (by, lv) = (Realm::new("BY"), Realm::new("LV"));
    let trust = Trust::new(pl.keys(), vec![by.keys(), lv.keys()], Roster::new());
    let node = Node::start_with(&pl.node, trust, patience, Lives::default()).await;
    let dialled = |realm: &Realm| {
        let view = Trust::new(realm.keys(), vec![pl.keys()], Roster::new());
        node.dialled(&realm.node, view, &pl.party, Reach::Everything)
    };
    let ways = (dialled(&by), dialled(&lv));
    (node, [(by, ways.0), (lv, ways.1)], pl)
}

/// Until one more call finds no place.
async fn until_full(channel: &Channel) {
    while fate(channel.clone(), CHECK).await == Fate::Admitted {
        tokio::task::yield_now().await;
    }
}

async fn until_room(channel: &Channel) {
    while fate(channel.clone(), CHECK).await != Fate::Admitted {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_peer_has_no_more_calls_under_way_than_its_places_and_others_have_theirs() {
    let (_node, [(_by, first), (_lv, second)], _pl) = node_with_two_peers(LIMIT * 10).await;
    let mut calls = JoinSet::new();
    for _ in 0..limits::CALLS_PER_PEER_MAX - 1 {
        calls.spawn(without_a_body(first.clone(), CHECK));
    }
    // The last place is free for one that ends.
    assert_eq!(fate(first.clone(), CHECK).await, Fate::Admitted);
    calls.spawn(without_a_body(first.clone(), CHECK));
    tokio::time::timeout(LIMIT, until_full(&first)).await.unwrap();
    assert_eq!(fate(first.clone(), CHECK).await, Fate::Refused("INBOX".into()));
    assert_eq!(fate(second, CHECK).await, Fate::Admitted);
    calls.shutdown().await;
    tokio::time::timeout(LIMIT, until_room(&first)).await.unwrap();
}

#[tokio::test]
async fn answers_that_are_not_read_keep_their_places() {
    let (_node, [(_by, first), _lv], _pl) = node_with_two_peers(LIMIT * 10).await;
    let mut kept = Vec::new();
    for _ in 0..limits::CALLS_PER_PEER_MAX {
        let mut health = HealthClient::new(first.clone());
        kept.push(health.watch(HealthCheckRequest::default()).await.unwrap());
    }
    assert_eq!(fate(first.clone(), CHECK).await, Fate::Refused("INBOX".into()));
    drop(kept);
    tokio::time::timeout(LIMIT, until_room(&first)).await.unwrap();
}

#[tokio::test]
async fn a_person_has_no_more_calls_under_way_than_their_places_over_all_connections_and_others_have_theirs()
{
    let mut pl = Realm::new("PL");
    let (anna, jan) = (pl.person("Anna Kowalska"), pl.person("Jan Nowak"));
    let mut roster = on_roster("Anna Kowalska", anna.key_digest, &[Role::Watch]);
    roster.extend(on_roster("Jan Nowak", jan.key_digest, &[Role::Watch]));
    let trust = Trust::new(pl.keys(), Vec::new(), roster);
    let node = Node::start_with(&pl.node, trust, LIMIT * 10, Lives::default()).await;
    let (first, second) = (node.desk(&pl, &anna), node.desk(&pl, &anna));
    let mut kept = Vec::new();
    for number in 0..limits::CALLS_PER_PERSON_MAX {
        let mut health = HealthClient::new(if number % 2 == 0 { first.clone() } else { second.clone() });
        kept.push(health.watch(HealthCheckRequest::default()).await.unwrap());
    }
    for channel in [&first, &second] {
        assert_eq!(fate(channel.clone(), CHECK).await, Fate::Refused("INBOX".into()));
    }
    assert_eq!(fate(node.desk(&pl, &jan), CHECK).await, Fate::Admitted);
    drop(kept);
    tokio::time::timeout(LIMIT, until_room(&first)).await.unwrap();
}

#[tokio::test]
async fn a_call_whose_body_does_not_come_is_cut_and_a_stream_of_answers_goes_on() {
    let patience = Duration::from_secs(2);
    let mut pl = Realm::new("PL");
    let by = Realm::new("BY");
    let anna = pl.person("Anna Kowalska");
    let roster = on_roster("Anna Kowalska", anna.key_digest, &[Role::Watch]);
    let trust = Trust::new(pl.keys(), vec![by.keys()], roster);
    let node = Node::start_with(&pl.node, trust, patience, Lives::default()).await;
    let view = Trust::new(by.keys(), vec![pl.keys()], Roster::new());
    let peer = node.dialled(&by.node, view, &pl.party, Reach::Everything);
    let person = node.desk(&pl, &anna);
    let mut health = HealthClient::new(person.clone());
    let mut watched = health.watch(HealthCheckRequest::default()).await.unwrap().into_inner();
    assert!(watched.message().await.unwrap().is_some());
    for channel in [peer, person] {
        let cut =
            tokio::time::timeout(LIMIT, without_a_body(channel.clone(), CHECK)).await.expect("cut in time");
        assert_eq!(cut.unwrap_err().code(), Code::DeadlineExceeded);
        assert_eq!(fate(channel, CHECK).await, Fate::Admitted);
    }
    // Twice as old as a call may be that has not begun to be answered.
    assert!(tokio::time::timeout(patience, watched.message()).await.is_err(), "it neither ends nor fails");
}
