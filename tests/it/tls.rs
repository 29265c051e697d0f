//! Who gets a connection and who does not; how long it lasts. Real sockets, real TLS.

use std::collections::BTreeSet;
use std::io::ErrorKind;
use std::sync::Arc;
use std::time::Duration;

use detente::cli::custody::Issued;
use detente::cli::keys;
use detente::clock::Clock;
use detente::domain::people::Role;
use detente::limits;
use detente::peers::dial::{DialFault, Dialler, fault_under};
use detente::peers::guarded::Guarded;
use detente::peers::stranger::{HandshakeFault, Stranger};
use detente::peers::tls::{NODE_NAME, provider};
use detente::peers::trust::{PartyKeys, Reach, Roster, Trust};
use detente::rpc::accept::Lives;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::{ClientConfig, HandshakeKind, NamedGroup, RootCertStore};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio::time::timeout;
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_client::HealthClient;

use crate::authority::{
    CHECK, Fate, HAND_IN, LIMIT, Node, Realm, beginning, call, chain, end, fate, on_roster, pair, present,
};

const WATCH: &[Role] = &[Role::Watch];

/// PL's node, which knows BY, with one person on its roster.
async fn node_of(pl: &Realm, peers: Vec<PartyKeys>, person: &Issued) -> Node {
    let roster = on_roster("Anna Kowalska", person.key_digest, WATCH);
    Node::start(&pl.node, Trust::new(pl.keys(), peers, roster)).await
}

#[tokio::test]
async fn a_person_on_the_roster_and_a_peer_in_the_key_list_get_through() {
    let (mut pl, by) = (Realm::new("PL"), Realm::new("BY"));
    let anna = pl.person("Anna Kowalska");
    let node = node_of(&pl, vec![by.keys()], &anna).await;
    assert_eq!(fate(node.desk(&pl, &anna), CHECK).await, Fate::Admitted);
    let view = Trust::new(by.keys(), vec![pl.keys()], Roster::new());
    let channel = node.dialled(&by.node, view, &pl.party, Reach::Everything);
    assert_eq!(fate(channel, CHECK).await, Fate::Admitted);
}

#[tokio::test]
async fn who_is_refused_by_the_handshake_hears_nothing_from_the_node() {
    let (mut pl, mut by) = (Realm::new("PL"), Realm::new("BY"));
    let anna = pl.person("Anna Kowalska");
    let node = node_of(&pl, vec![by.keys()], &anna).await;
    let officer = by.person("Anna Kowalska");
    assert_eq!(fate(node.desk(&pl, &officer), CHECK).await, Fate::NotConnected);
    node.clock.set(beginning().plus_ms(-1_000));
    assert_eq!(fate(node.desk(&pl, &anna), CHECK).await, Fate::NotConnected);
    node.clock.set(end().plus_ms(1_000));
    assert_eq!(fate(node.desk(&pl, &anna), CHECK).await, Fate::NotConnected);
    node.clock.set(present());
    assert_eq!(fate(node.desk(&pl, &anna), CHECK).await, Fate::Admitted);

    // No certificate at all, over TLS that is otherwise right.
    let config = client_config(&pl, None);
    let reached = async {
        let mut tls = connect_raw(&node, config).await?;
        tls.write_all(PREFACE).await?;
        tls.read_u8().await
    };
    assert!(timeout(LIMIT, reached).await.unwrap().is_err());
}

#[tokio::test]
async fn a_peer_whose_list_has_expired_can_hand_in_a_fresh_one_and_do_nothing_else() {
    let (pl, mut by) = (Realm::new("PL"), Realm::new("BY"));
    by.custody.publish_list(beginning(), present().plus_ms(-1_000)).unwrap();
    let node = Node::start(&pl.node, Trust::new(pl.keys(), vec![by.keys()], Roster::new())).await;
    let view = || Trust::new(by.keys(), vec![pl.keys()], Roster::new());
    let channel = node.dialled(&by.node, view(), &pl.party, Reach::Everything);
    assert_eq!(fate(channel.clone(), CHECK).await, Fate::Refused("STALE_REVOCATION_LIST".into()));
    assert_eq!(fate(channel.clone(), HAND_IN).await, Fate::Admitted);
    // On the same connection, once the node has the fresh list, everything is open.
    by.custody.publish_list(beginning(), end()).unwrap();
    node.publish(Trust::new(pl.keys(), vec![by.keys()], Roster::new()));
    assert_eq!(fate(channel, CHECK).await, Fate::Admitted);
}

#[tokio::test]
async fn a_list_that_expires_is_noticed_on_an_open_connection() {
    let (pl, mut by) = (Realm::new("PL"), Realm::new("BY"));
    by.custody.publish_list(beginning(), present().plus_ms(1_000)).unwrap();
    let node = Node::start(&pl.node, Trust::new(pl.keys(), vec![by.keys()], Roster::new())).await;
    let view = Trust::new(by.keys(), vec![pl.keys()], Roster::new());
    let channel = node.dialled(&by.node, view, &pl.party, Reach::Everything);
    assert_eq!(fate(channel.clone(), CHECK).await, Fate::Admitted);
    node.clock.set(present().plus_ms(1_000));
    // Judged on the call, whether or not the connection was cut by then and made anew.
    let again = async {
        loop {
            match fate(channel.clone(), CHECK).await {
                Fate::NotConnected => {}
                other => return other,
            }
        }
    };
    assert_eq!(timeout(LIMIT, again).await.unwrap(), Fate::Refused("STALE_REVOCATION_LIST".into()));
    assert_eq!(timeout(LIMIT, handed_in(channel)).await, Ok(()));
}

async fn handed_in(channel: tonic::transport::Channel) {
    while fate(channel.clone(), HAND_IN).await != Fate::Admitted {}
}

#[tokio::test]
async fn a_dialler_takes_only_the_node_of_the_party_it_wants() {
    let (mut pl, by, lt) = (Realm::new("PL"), Realm::new("BY"), Realm::new("LT"));
    let node = Node::start(&pl.node, Trust::new(pl.keys(), vec![by.keys()], Roster::new())).await;
    let refused = async |peers: Vec<PartyKeys>, to: &Realm, reach| {
        let view = Trust::new(by.keys(), peers, Roster::new());
        stranger(&call(node.dialled(&by.node, view, &to.party, reach), CHECK).await)
    };
    let everything = Reach::Everything;
    assert_eq!(refused(vec![pl.keys(), lt.keys()], &lt, everything).await, Some(Stranger::OtherParty));
    assert_eq!(refused(vec![lt.keys()], &pl, everything).await, Some(Stranger::UnknownAuthority));
    let unlisted = PartyKeys { tls_keys: BTreeSet::new(), ..pl.keys() };
    assert_eq!(refused(vec![unlisted], &pl, everything).await, Some(Stranger::NotInKeyList));
    assert_eq!(refused(vec![pl.without_list()], &pl, everything).await, Some(Stranger::StaleList));
    pl.revoke(&pl.node.serial.clone());
    for reach in [Reach::Everything, Reach::ListsOnly] {
        assert_eq!(refused(vec![pl.keys()], &pl, reach).await, Some(Stranger::Revoked));
    }
}

#[tokio::test]
async fn a_node_whose_key_is_not_listed_is_dialled_for_lists_and_nothing_else() {
    let (mut pl, by) = (Realm::new("PL"), Realm::new("BY"));
    let next = pl.custody.issue_node(beginning(), end()).unwrap();
    let node = Node::start(&next, Trust::new(pl.keys(), vec![by.keys()], Roster::new())).await;
    let view = |pl: &Realm| Trust::new(by.keys(), vec![pl.keys()], Roster::new());
    let party = pl.party;
    let dialled = |view, reach| node.dialled(&by.node, view, &party, reach);
    let everything = call(dialled(view(&pl), Reach::Everything), CHECK).await;
    assert_eq!(stranger(&everything), Some(Stranger::NotInKeyList));
    assert_eq!(fate(dialled(view(&pl), Reach::ListsOnly), HAND_IN).await, Fate::Admitted);
    let stale = Trust::new(by.keys(), vec![pl.without_list()], Roster::new());
    assert_eq!(fate(dialled(stale, Reach::ListsOnly), HAND_IN).await, Fate::Admitted);
    pl.revoke(&next.serial);
    let channel = node.dialled(&by.node, view(&pl), &pl.party, Reach::ListsOnly);
    assert_eq!(stranger(&call(channel, HAND_IN).await), Some(Stranger::Revoked));
}

#[tokio::test]
async fn callers_with_unlisted_keys_take_no_connection_of_their_partys_node() {
    let (pl, mut by) = (Realm::new("PL"), Realm::new("BY"));
    let unlisted = by.custody.issue_node(beginning(), end()).unwrap();
    let node = Node::start(&pl.node, Trust::new(pl.keys(), vec![by.keys()], Roster::new())).await;
    let config = client_config(&pl, Some(&unlisted));
    let open = async || {
        let mut tls = connect_raw(&node, config.clone()).await?;
        tls.write_all(PREFACE).await?;
        tls.read_u8().await?;
        Ok::<_, std::io::Error>(tls)
    };
    let mut held = Vec::new();
    for _ in 0..limits::CONNECTIONS_WITH_UNLISTED_KEY_MAX {
        held.push(timeout(LIMIT, open()).await.unwrap().unwrap());
    }
    assert!(timeout(LIMIT, open()).await.unwrap().is_err());
    let view = Trust::new(by.keys(), vec![pl.keys()], Roster::new());
    let channel = node.dialled(&by.node, view, &pl.party, Reach::Everything);
    assert_eq!(fate(channel, CHECK).await, Fate::Admitted);
}

#[tokio::test]
async fn callers_with_unlisted_keys_are_cut_at_their_age_whatever_they_do_and_their_places_are_free_again() {
    let (pl, mut by) = (Realm::new("PL"), Realm::new("BY"));
    let unlisted = by.custody.issue_node(beginning(), end()).unwrap();
    assert_eq!(Lives::default().unlisted_key_ms, limits::UNLISTED_KEY_CONNECTION_MS_MAX);
    let lives = Lives { unlisted_key_ms: 2_000, ..Lives::default() };
    let trust = Trust::new(pl.keys(), vec![by.keys()], Roster::new());
    let node = Node::start_with(&pl.node, trust, LIMIT, lives).await;
    let view = Trust::new(by.keys(), vec![pl.keys()], Roster::new());
    let listed = node.dialled(&by.node, view, &pl.party, Reach::Everything);
    let mut live = HealthClient::new(listed).watch(HealthCheckRequest::default()).await.unwrap().into_inner();
    live.message().await.unwrap().unwrap();
    let config = client_config(&pl, Some(&unlisted));
    for _ in 0..2 {
        let mut held = Vec::new();
        for _ in 0..limits::CONNECTIONS_WITH_UNLISTED_KEY_MAX {
            let mut tls = timeout(LIMIT, connect_raw(&node, config.clone())).await.unwrap().unwrap();
            tls.write_all(PREFACE).await.unwrap();
            held.push(tls);
        }
        for mut tls in held {
            // Whatever the node says first, it ends.
            let _ = timeout(LIMIT, tls.read_to_end(&mut Vec::new())).await.unwrap();
        }
    }
    // The Party's own node is not cut with them.
    assert!(timeout(Duration::from_millis(1), live.message()).await.is_err());
}

#[tokio::test]
async fn a_live_stream_is_cut_when_the_key_behind_it_leaves_the_key_list() {
    let (pl, by) = (Realm::new("PL"), Realm::new("BY"));
    let node = Node::start(&pl.node, Trust::new(pl.keys(), vec![by.keys()], Roster::new())).await;
    let view = Trust::new(by.keys(), vec![pl.keys()], Roster::new());
    let channel = node.dialled(&by.node, view, &pl.party, Reach::Everything);
    let mut health = HealthClient::new(channel.clone());
    let mut stream = health.watch(HealthCheckRequest::default()).await.unwrap().into_inner();
    stream.message().await.unwrap().unwrap();
    let replaced = PartyKeys { tls_keys: BTreeSet::new(), ..by.keys() };
    node.publish(Trust::new(pl.keys(), vec![replaced], Roster::new()));
    assert!(timeout(LIMIT, stream.message()).await.unwrap().is_err());
    assert_eq!(fate(channel, CHECK).await, Fate::Refused("KEY_NOT_LISTED".into()));
}

/// What the dialler found wrong with the node that answered.
fn stranger(called: &Result<(), tonic::Status>) -> Option<Stranger> {
    match fault_under(called.as_ref().err()?)? {
        DialFault::Handshake(HandshakeFault::Stranger(stranger)) => Some(*stranger),
        DialFault::Handshake(_) | DialFault::Unreachable(_) | DialFault::TimedOut => None,
    }
}

#[tokio::test]
async fn two_nodes_that_were_both_away_for_long_can_still_hand_in_their_lists() {
    let (pl, by) = (Realm::new("PL"), Realm::new("BY"));
    let stale = Trust::new(pl.keys(), vec![by.without_list()], Roster::new());
    let node = Node::start(&pl.node, stale).await;
    let view = Trust::new(by.keys(), vec![pl.without_list()], Roster::new());
    let channel = node.dialled(&by.node, view, &pl.party, Reach::ListsOnly);
    assert_eq!(fate(channel, HAND_IN).await, Fate::Admitted);
}

#[tokio::test]
async fn a_persons_certificate_does_not_pass_for_a_node() {
    let mut pl = Realm::new("PL");
    let anna = pl.person("Anna Kowalska");
    // The thief serves with a person's certificate of the very Party that is called.
    let node =
        Node::start(&anna, Trust::new(pl.keys(), vec![], on_roster("Anna Kowalska", anna.key_digest, WATCH)))
            .await;
    let called = call(node.desk(&pl, &anna), CHECK).await;
    assert_eq!(stranger(&called), Some(Stranger::WrongPurpose));

    let by = Realm::new("BY");
    let keys = PartyKeys { tls_keys: [anna.key_digest].into(), ..pl.keys() };
    let view = Trust::new(by.keys(), vec![keys], Roster::new());
    let called = call(node.dialled(&by.node, view, &pl.party, Reach::Everything), CHECK).await;
    assert_eq!(stranger(&called), Some(Stranger::WrongPurpose));
}

/// The opening bytes of HTTP/2 with an empty SETTINGS frame (RFC 9113, 3.4).
const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0";

/// A stock caller's TLS, with resumption on.
fn client_config(realm: &Realm, issued: Option<&Issued>) -> Arc<ClientConfig> {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from(realm.custody.authority_der().to_vec())).unwrap();
    let clock = Arc::new(Clock::standing_at(present()));
    let builder = ClientConfig::builder_with_details(provider(), clock)
        .with_protocol_versions(&[&rustls::version::TLS13])
        .unwrap()
        .with_root_certificates(roots);
    let mut config = match issued {
        Some(issued) => {
            let key = PrivateKeyDer::from_pem_slice(issued.key_pem.as_bytes()).unwrap();
            let chain = chain(issued).into_iter().map(CertificateDer::from).collect();
            builder.with_client_auth_cert(chain, key).unwrap()
        }
        None => builder.with_no_client_auth(),
    };
    config.alpn_protocols = vec![b"h2".to_vec()];
    Arc::new(config)
}

async fn connect_raw(
    node: &Node,
    config: Arc<ClientConfig>,
) -> std::io::Result<tokio_rustls::client::TlsStream<TcpStream>> {
    let tcp = TcpStream::connect(node.address).await?;
    let name = ServerName::try_from(NODE_NAME).unwrap();
    tokio_rustls::TlsConnector::from(config).connect(name, tcp).await
}

#[tokio::test]
async fn our_own_ends_agree_on_the_post_quantum_hybrid_and_never_resume() {
    let mut pl = Realm::new("PL");
    let anna = pl.person("Anna Kowalska");
    let node = node_of(&pl, vec![], &anna).await;
    let config = client_config(&pl, Some(&anna));
    for _ in 0..3 {
        let mut tls = connect_raw(&node, config.clone()).await.unwrap();
        tls.write_all(PREFACE).await.unwrap();
        // The node's SETTINGS come after any ticket would have.
        timeout(LIMIT, tls.read_u8()).await.unwrap().unwrap();
        let (_, session) = tls.get_ref();
        assert_eq!(session.handshake_kind(), Some(HandshakeKind::Full));
        let group = session.negotiated_key_exchange_group().unwrap().name();
        assert_eq!(group, NamedGroup::X25519MLKEM768);
        assert_eq!(session.tls13_tickets_received(), 0);
    }
}

#[tokio::test]
async fn tls_1_2_is_refused_by_name() {
    let mut pl = Realm::new("PL");
    let anna = pl.person("Anna Kowalska");
    let node = node_of(&pl, vec![], &anna).await;
    // A ClientHello of TLS 1.2 (RFC 5246, 7.4.1.2) without supported_versions.
    let extensions = [
        &[0x00, 0x0a, 0x00, 0x04, 0x00, 0x02, 0x00, 0x1d][..],
        &[0x00, 0x0d, 0x00, 0x04, 0x00, 0x02, 0x04, 0x03],
    ]
    .concat();
    let mut body = vec![0x03, 0x03];
    body.extend([7; 32]);
    body.extend([0x00, 0x00, 0x02, 0xc0, 0x2b, 0x01, 0x00, 0x00, extensions.len() as u8]);
    body.extend(extensions);
    let mut hello = vec![0x16, 0x03, 0x01, 0x00, body.len() as u8 + 4, 0x01, 0x00, 0x00, body.len() as u8];
    hello.extend(body);
    let mut tcp = TcpStream::connect(node.address).await.unwrap();
    tcp.write_all(&hello).await.unwrap();
    let mut answer = Vec::new();
    timeout(LIMIT, tcp.read_to_end(&mut answer)).await.unwrap().unwrap();
    // A fatal alert, protocol_version (RFC 8446, 6.2).
    assert_eq!(answer.get(5..), Some(&[0x02, 0x46][..]), "{answer:?}");
}

#[tokio::test]
async fn a_revoked_callers_live_stream_is_cut_within_five_seconds() {
    let mut pl = Realm::new("PL");
    let (anna, maria) = (pl.person("Anna Kowalska"), pl.person("Maria Nowak"));
    let roster = || {
        let mut roster = on_roster("Anna Kowalska", anna.key_digest, WATCH);
        roster.extend(on_roster("Maria Nowak", maria.key_digest, WATCH));
        roster
    };
    let node = Node::start(&pl.node, Trust::new(pl.keys(), vec![], roster())).await;
    let follow = async |issued: &Issued, pl: &Realm| {
        let mut health = HealthClient::new(node.desk(pl, issued));
        let mut stream = health.watch(HealthCheckRequest::default()).await.unwrap().into_inner();
        stream.message().await.unwrap().unwrap();
        stream
    };
    let mut revoked = follow(&anna, &pl).await;
    let mut other = follow(&maria, &pl).await;
    pl.revoke(&anna.serial);
    node.publish(Trust::new(pl.keys(), vec![], roster()));
    let cut = timeout(LIMIT, revoked.message()).await.expect("cut in time");
    assert!(cut.is_err(), "{cut:?}");
    assert_eq!(fate(node.desk(&pl, &anna), CHECK).await, Fate::NotConnected);
    // Nobody else is disturbed: that stream is still there, with nothing to say.
    assert_eq!(fate(node.desk(&pl, &maria), CHECK).await, Fate::Admitted);
    assert!(timeout(Duration::ZERO, other.message()).await.is_err());
}

#[tokio::test]
async fn a_dialled_connection_is_cut_when_the_node_at_its_end_is_revoked() {
    let (mut pl, by) = (Realm::new("PL"), Realm::new("BY"));
    let node = Node::start(&pl.node, Trust::new(pl.keys(), vec![by.keys()], Roster::new())).await;
    let view = |pl: &Realm| Arc::new(Trust::new(by.keys(), vec![pl.keys()], Roster::new()));
    let trust = watch::Sender::new(view(&pl));
    let dialler = Dialler {
        clock: node.clock.clone(),
        trust: trust.subscribe(),
        certificate: watch::channel(Arc::new(pair(&by.node))).1,
    };
    let channel = dialler.dial(pl.party, node.address.to_string(), Reach::Everything);
    let mut health = HealthClient::new(channel.clone());
    let mut stream = health.watch(HealthCheckRequest::default()).await.unwrap().into_inner();
    stream.message().await.unwrap().unwrap();
    pl.revoke(&pl.node.serial.clone());
    trust.send_replace(view(&pl));
    assert!(timeout(LIMIT, stream.message()).await.unwrap().is_err());
    assert_eq!(stranger(&call(channel, CHECK).await), Some(Stranger::Revoked));
}

#[tokio::test]
async fn one_party_that_takes_all_its_connections_leaves_the_others_theirs() {
    let mut pl = Realm::new("PL");
    let (by, anna) = (Realm::new("BY"), pl.person("Anna Kowalska"));
    let node = node_of(&pl, vec![by.keys()], &anna).await;
    let config = client_config(&pl, Some(&by.node));
    let open = async || {
        let mut tls = connect_raw(&node, config.clone()).await?;
        tls.write_all(PREFACE).await?;
        tls.read_u8().await?;
        Ok::<_, std::io::Error>(tls)
    };
    let mut held = Vec::new();
    for _ in 0..limits::CONNECTIONS_PER_PEER_MAX {
        held.push(timeout(LIMIT, open()).await.unwrap().unwrap());
    }
    assert!(timeout(LIMIT, open()).await.unwrap().is_err());
    assert_eq!(fate(node.desk(&pl, &anna), CHECK).await, Fate::Admitted);
    // A place given back can be taken again.
    held.pop();
    let again = async { while open().await.is_err() {} };
    timeout(LIMIT, again).await.unwrap();
}

#[tokio::test]
async fn a_connection_past_its_age_and_grace_is_cut_whatever_it_does() {
    let pl = Realm::new("PL");
    let trust = watch::Sender::new(Arc::new(Trust::new(pl.keys(), vec![], Roster::new())));
    let (near, mut far) = tokio::io::duplex(64);
    let clock = Clock::standing_at(present());
    let mut guarded = Guarded::new(near, clock, trust.subscribe(), Some(50), Box::new(|_, _| true));
    far.write_all(b"x").await.unwrap();
    assert_eq!(guarded.read_u8().await.unwrap(), b'x');
    assert!(timeout(LIMIT, guarded.read_u8()).await.unwrap().is_err());
    assert!(guarded.write_all(b"x").await.is_err());
}

#[tokio::test]
async fn a_role_taken_away_or_a_certificate_run_out_ends_live_streams_too() {
    let mut pl = Realm::new("PL");
    let anna = pl.person("Anna Kowalska");
    let trust =
        |roles: &[Role]| Trust::new(pl.keys(), vec![], on_roster("Anna Kowalska", anna.key_digest, roles));
    let node = Node::start(&pl.node, trust(&[Role::Watch, Role::Drafter])).await;
    let follow = async || {
        let mut health = HealthClient::new(node.desk(&pl, &anna));
        let mut stream = health.watch(HealthCheckRequest::default()).await.unwrap().into_inner();
        stream.message().await.unwrap().unwrap();
        stream
    };
    let mut stream = follow().await;
    node.publish(trust(&[Role::Drafter]));
    assert!(timeout(LIMIT, stream.message()).await.unwrap().is_err());
    let mut stream = follow().await;
    node.clock.set(end().plus_ms(1_000));
    assert!(timeout(LIMIT, stream.message()).await.unwrap().is_err());
}

#[tokio::test(flavor = "multi_thread")]
async fn five_hundred_silent_sockets_do_not_keep_a_good_caller_out() {
    let mut pl = Realm::new("PL");
    let anna = pl.person("Anna Kowalska");
    let node = node_of(&pl, vec![], &anna).await;
    let mut silent = Vec::new();
    for _ in 0..500 {
        silent.push(TcpStream::connect(node.address).await.unwrap());
    }
    let good = timeout(LIMIT, fate(node.desk(&pl, &anna), CHECK));
    assert_eq!(good.await.expect("it is answered"), Fate::Admitted);
    let newest = silent.last().unwrap();
    let silence = newest.try_read(&mut [0]).map_err(|fault| fault.kind());
    assert_eq!(silence, Err(ErrorKind::WouldBlock), "before the silent sockets have timed out");
    drop(silent);
}

#[test]
fn a_certificate_whose_key_does_not_match_is_not_read() {
    let pl = Realm::new("PL");
    let keys_directory = pl.directory().join("keys");
    let other = Realm::new("PL").node;
    keys::write_tls(&keys_directory, &other.certificate_pem, &pl.node.key_pem).unwrap();
    let fault = keys::read_tls(&keys_directory).unwrap_err().to_string();
    assert!(fault.contains("does not belong to the certificate"), "{fault}");
}

#[tokio::test]
async fn a_reloaded_certificate_serves_the_next_caller_without_a_restart() {
    let mut pl = Realm::new("PL");
    let anna = pl.person("Anna Kowalska");
    let next = pl.custody.issue_node(beginning(), end()).unwrap();
    let node = node_of(&pl, vec![], &anna).await;
    let keys_directory = pl.directory().join("keys");
    keys::write_tls(&keys_directory, &next.certificate_pem, &next.key_pem).unwrap();
    node.certificate.send_replace(Arc::new(keys::read_tls(&keys_directory).unwrap()));
    let tls = connect_raw(&node, client_config(&pl, Some(&anna))).await.unwrap();
    assert_eq!(tls.get_ref().1.peer_certificates().unwrap()[0].to_vec(), chain(&next)[0]);
}
