//! Who gets a connection and who does not; how long it lasts. Real sockets, real TLS.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use detente::cli::custody::Issued;
use detente::cli::keys::{self, Purpose};
use detente::clock::Clock;
use detente::domain::people::Role;
use detente::peers::dial::{DialFault, fault_under};
use detente::peers::tls::{NODE_NAME, OwnCertificate, provider};
use detente::peers::trust::{Identity, PartyKeys, Reach, Roster, Stranger, Trust};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::{ClientConfig, HandshakeKind, NamedGroup, RootCertStore};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_client::HealthClient;

use crate::authority::{
    CHECK, Fate, HAND_IN, LIMIT, Node, Realm, at, beginning, call, end, fate, on_roster, pair, present,
};

const WATCH: &[Role] = &[Role::Watch];

fn chain(issued: &Issued) -> Vec<Vec<u8>> {
    vec![CertificateDer::from_pem_slice(issued.certificate_pem.as_bytes()).unwrap().to_vec()]
}

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

#[test]
fn a_caller_is_judged_by_its_authority_its_time_its_use_its_list_and_its_key() {
    let (mut pl, mut by, mut xx) = (Realm::new("PL"), Realm::new("BY"), Realm::new("XX"));
    let anna = pl.person("Anna Kowalska");
    let revoked = pl.person("Anna Kowalska");
    pl.revoke(&revoked.serial);
    let stray = by.custody.issue_node(beginning(), end()).unwrap();
    let officer = by.person("Anna Kowalska");
    let unknown = xx.person("Anna Kowalska");
    let mut roster = on_roster("Anna Kowalska", anna.key_digest, WATCH);
    roster.extend(on_roster("Anna Kowalska", revoked.key_digest, WATCH));
    let trust = Trust::new(pl.keys(), vec![by.keys()], roster.clone());
    assert_eq!(trust.faults(), []);
    let who = |issued, now| trust.identify(&chain(issued), now);

    let identity = who(&anna, present()).unwrap();
    assert!(matches!(&identity, Identity::Person { person, .. } if person.name == "Anna Kowalska"));
    assert_eq!(who(&by.node, present()), Ok(Identity::Peer { party: by.party.clone() }));
    assert_eq!(who(&unknown, present()), Err(Stranger::UnknownAuthority));
    assert_eq!(who(&anna, beginning().plus_ms(-1)), Err(Stranger::NotYetValid));
    assert_eq!(who(&anna, end().plus_ms(1_000)), Err(Stranger::Expired));
    assert_eq!(who(&revoked, present()), Err(Stranger::Revoked));
    // Another Party's officer, or a node of theirs that is not in their key list, is nobody here.
    assert_eq!(who(&officer, present()), Err(Stranger::NotInKeyList));
    assert_eq!(who(&stray, present()), Err(Stranger::NotInKeyList));
    // Our own node's key is on no roster, and so is no person.
    assert_eq!(who(&pl.node, present()), Err(Stranger::NotOnRoster));
    assert_eq!(trust.identify::<Vec<u8>>(&[], present()), Err(Stranger::NoCertificate));
    assert_eq!(trust.identify(&[b"not a certificate"], present()), Err(Stranger::Unreadable));
    // The authority itself is no caller.
    assert_eq!(trust.identify(&[by.custody.authority_der()], present()), Err(Stranger::WrongPurpose));

    let renamed = on_roster("Maria Nowak", anna.key_digest, WATCH);
    let trust = Trust::new(pl.keys(), vec![], renamed);
    assert_eq!(trust.identify(&chain(&anna), present()), Err(Stranger::OtherName));
}

#[test]
fn a_list_that_is_absent_or_expired_leaves_a_peer_one_method_and_a_person_none() {
    let (mut pl, mut by) = (Realm::new("PL"), Realm::new("BY"));
    let anna = pl.person("Anna Kowalska");
    let roster = on_roster("Anna Kowalska", anna.key_digest, WATCH);
    let stale = Ok(Identity::PeerWithStaleList { party: by.party.clone() });

    let trust = Trust::new(pl.without_list(), vec![by.without_list()], roster.clone());
    assert_eq!(trust.identify(&chain(&by.node), present()), stale);
    assert_eq!(trust.identify(&chain(&anna), present()), Err(Stranger::StaleList));

    by.custody.publish_list(beginning(), at("2025-07-31T09:00:00Z")).unwrap();
    let trust = Trust::new(pl.keys(), vec![by.keys()], roster.clone());
    let fresh = Ok(Identity::Peer { party: by.party.clone() });
    assert_eq!(trust.identify(&chain(&by.node), present()), fresh);
    assert_eq!(trust.identify(&chain(&by.node), present().plus_ms(1)), stale);

    // An older list does not come back into force beside the newer one, in whatever order.
    let old = by.custody.revocation_list().unwrap();
    by.revoke(&by.node.serial.clone());
    let new = by.custody.revocation_list().unwrap();
    for lists in [vec![old.clone(), new.clone()], vec![new.clone(), old.clone()]] {
        let keys = PartyKeys { revocation_lists: lists, ..by.keys() };
        let trust = Trust::new(pl.keys(), vec![keys], roster.clone());
        assert_eq!(trust.identify(&chain(&by.node), present()), Err(Stranger::Revoked));
        // An expired list still revokes.
        assert_eq!(trust.identify(&chain(&by.node), end()), Err(Stranger::Revoked));
    }
}

#[test]
fn a_party_can_not_list_another_partys_authority_as_its_own() {
    let (pl, by, mut thief) = (Realm::new("PL"), Realm::new("BY"), Realm::new("ZZ"));
    let stolen = PartyKeys {
        authorities: vec![by.custody.authority_der().to_vec(), thief.custody.authority_der().to_vec()],
        tls_keys: [by.node.key_digest, thief.node.key_digest].into(),
        ..thief.keys()
    };
    let trust = Trust::new(pl.keys(), vec![stolen, by.keys()], Roster::new());
    assert_eq!(trust.faults().len(), 1);
    assert_eq!(trust.identify(&chain(&by.node), present()), Ok(Identity::Peer { party: by.party.clone() }));
    // Nor does naming itself so in a certificate help: the authority decides.
    let posing = thief.person("Anna Kowalska");
    assert_eq!(trust.identify(&chain(&posing), present()), Err(Stranger::NotInKeyList));
}

#[test]
fn a_list_signed_by_another_authority_of_the_same_name_counts_for_nothing() {
    let (pl, by, mut impostor) = (Realm::new("PL"), Realm::new("BY"), Realm::new("BY"));
    impostor.custody.publish_list(beginning(), end()).unwrap();
    let keys = PartyKeys {
        revocation_lists: vec![impostor.custody.revocation_list().unwrap(), b"no list".to_vec()],
        ..by.keys()
    };
    let trust = Trust::new(pl.keys(), vec![keys], Roster::new());
    let stale = Identity::PeerWithStaleList { party: by.party.clone() };
    assert_eq!(trust.identify(&chain(&by.node), present()), Ok(stale));
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
async fn a_list_that_expires_is_noticed_on_the_next_call_of_an_open_connection() {
    let (pl, mut by) = (Realm::new("PL"), Realm::new("BY"));
    let node = Node::start(&pl.node, Trust::new(pl.keys(), vec![by.keys()], Roster::new())).await;
    let view = Trust::new(by.keys(), vec![pl.keys()], Roster::new());
    let channel = node.dialled(&by.node, view, &pl.party, Reach::Everything);
    assert_eq!(fate(channel.clone(), CHECK).await, Fate::Admitted);
    by.custody.publish_list(beginning(), present().plus_ms(-1_000)).unwrap();
    node.publish(Trust::new(pl.keys(), vec![by.keys()], Roster::new()));
    // The connection that was admitted in good standing is cut; the next one is the one for lists.
    let refused = Fate::Refused("STALE_REVOCATION_LIST".into());
    let again = async {
        loop {
            match fate(channel.clone(), CHECK).await {
                Fate::NotConnected => {}
                other => return other,
            }
        }
    };
    assert_eq!(timeout(LIMIT, again).await.unwrap(), refused);
    assert_eq!(fate(channel, HAND_IN).await, Fate::Admitted);
}

#[tokio::test]
async fn a_dialler_takes_only_the_node_of_the_party_it_wants() {
    let (mut pl, by, lt) = (Realm::new("PL"), Realm::new("BY"), Realm::new("LT"));
    let node = Node::start(&pl.node, Trust::new(pl.keys(), vec![by.keys()], Roster::new())).await;
    let fault = async |peers: Vec<PartyKeys>, to: &Realm, reach| {
        let view = Trust::new(by.keys(), peers, Roster::new());
        let status = call(node.dialled(&by.node, view, &to.party, reach), CHECK).await.unwrap_err();
        fault_under(&status).unwrap_or_else(|| panic!("{status:?}")).to_string()
    };
    let everything = Reach::Everything;

    let wanted_other = fault(vec![pl.keys(), lt.keys()], &lt, everything).await;
    assert!(wanted_other.contains("another Party"), "{wanted_other}");
    let unknown = fault(vec![lt.keys()], &pl, everything).await;
    assert!(unknown.contains("UnknownIssuer"), "{unknown}");
    let unlisted = fault(vec![PartyKeys { tls_keys: BTreeSet::new(), ..pl.keys() }], &pl, everything).await;
    assert!(unlisted.contains("key list"), "{unlisted}");
    let stale = fault(vec![pl.without_list()], &pl, everything).await;
    assert!(stale.contains("fresh one is needed"), "{stale}");
    pl.revoke(&pl.node.serial.clone());
    for reach in [Reach::Everything, Reach::HandInListOnly] {
        let revoked = fault(vec![pl.keys()], &pl, reach).await;
        assert!(revoked.contains("Revoked"), "{revoked}");
    }
}

#[tokio::test]
async fn two_nodes_that_were_both_away_for_long_can_still_hand_in_their_lists() {
    let (pl, by) = (Realm::new("PL"), Realm::new("BY"));
    let stale = Trust::new(pl.keys(), vec![by.without_list()], Roster::new());
    let node = Node::start(&pl.node, stale).await;
    let view = Trust::new(by.keys(), vec![pl.without_list()], Roster::new());
    let channel = node.dialled(&by.node, view, &pl.party, Reach::HandInListOnly);
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
    let status = call(node.desk(&pl, &anna), CHECK).await.unwrap_err();
    assert!(fault_under(&status).is_some_and(|fault| matches!(fault, DialFault::Tls(_))), "{status:?}");

    let by = Realm::new("BY");
    let keys = PartyKeys { tls_keys: [anna.key_digest].into(), ..pl.keys() };
    let view = Trust::new(by.keys(), vec![keys], Roster::new());
    let status = call(node.dialled(&by.node, view, &pl.party, Reach::Everything), CHECK).await.unwrap_err();
    assert!(fault_under(&status).is_some_and(|fault| matches!(fault, DialFault::Tls(_))), "{status:?}");
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
    let cut = timeout(Duration::from_secs(5), revoked.message()).await.expect("cut in time");
    assert!(cut.is_err(), "{cut:?}");
    assert_eq!(fate(node.desk(&pl, &anna), CHECK).await, Fate::NotConnected);
    // Nobody else is disturbed.
    assert!(timeout(Duration::from_secs(2), other.message()).await.is_err());
    assert_eq!(fate(node.desk(&pl, &maria), CHECK).await, Fate::Admitted);
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
    assert!(timeout(Duration::from_secs(5), stream.message()).await.unwrap().is_err());
    let mut stream = follow().await;
    node.clock.set(end().plus_ms(1_000));
    assert!(timeout(Duration::from_secs(5), stream.message()).await.unwrap().is_err());
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
    let good = timeout(Duration::from_secs(3), fate(node.desk(&pl, &anna), CHECK));
    assert_eq!(good.await.expect("before any silent socket has timed out"), Fate::Admitted);
    drop(silent);
}

#[tokio::test]
async fn a_certificate_whose_key_does_not_match_is_not_reloaded_and_the_old_one_serves_on() {
    let mut pl = Realm::new("PL");
    let anna = pl.person("Anna Kowalska");
    let node = node_of(&pl, vec![], &anna).await;
    let shown = async || {
        let tls = connect_raw(&node, client_config(&pl, Some(&anna))).await.unwrap();
        tls.get_ref().1.peer_certificates().unwrap()[0].to_vec()
    };
    let keys_directory = pl.directory().join("keys");
    assert_eq!(vec![shown().await], chain(&pl.node));
    let other = Realm::new("PL").node;
    keys::write_tls(&keys_directory, &other.certificate_pem, &pl.node.key_pem).unwrap();
    let fault = keys::reload_tls(&keys_directory, &node.certificate).unwrap_err().to_string();
    assert!(fault.contains("does not belong to the certificate"), "{fault}");
    assert_eq!(vec![shown().await], chain(&pl.node));
}

#[tokio::test]
async fn a_reloaded_certificate_serves_the_next_caller_without_a_restart() {
    let mut pl = Realm::new("PL");
    let anna = pl.person("Anna Kowalska");
    let next = pl.custody.issue_node(beginning(), end()).unwrap();
    let node = node_of(&pl, vec![], &anna).await;
    let keys_directory = pl.directory().join("keys");
    keys::write_tls(&keys_directory, &next.certificate_pem, &next.key_pem).unwrap();
    keys::reload_tls(&keys_directory, &node.certificate).unwrap();
    let tls = connect_raw(&node, client_config(&pl, Some(&anna))).await.unwrap();
    assert_eq!(tls.get_ref().1.peer_certificates().unwrap()[0].to_vec(), chain(&next)[0]);
}

#[test]
fn a_key_that_others_can_read_is_refused_with_the_chmod_that_mends_it() {
    use std::os::unix::fs::PermissionsExt as _;
    let pl = Realm::new("PL");
    let directory = pl.directory().join("keys");
    let mode = |path: &std::path::Path, mode| {
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
    };
    keys::write_tls(&directory, &pl.node.certificate_pem, &pl.node.key_pem).unwrap();
    for purpose in Purpose::SERVING {
        keys::make_signing_key(&directory, purpose).unwrap();
    }
    keys::NodeKeys::read(&directory).unwrap();
    for (file, open, closed) in [
        (directory.join("tls.key"), 0o640, 0o600),
        (directory.join("message.key"), 0o604, 0o600),
        (directory.clone(), 0o750, 0o700),
    ] {
        mode(&file, open);
        let fault = keys::NodeKeys::read(&directory).err().unwrap().to_string();
        assert!(fault.contains(&format!("chmod {closed:o} '{}'", file.display())), "{fault}");
        mode(&file, closed);
    }
    keys::NodeKeys::read(&directory).unwrap();
}

#[test]
fn a_key_of_another_certificate_is_refused() {
    let (pl, by) = (Realm::new("PL"), Realm::new("BY"));
    let mixed = OwnCertificate::from_pem(pl.node.certificate_pem.as_bytes(), by.node.key_pem.as_bytes());
    assert!(mixed.unwrap_err().to_string().contains("does not belong"));
    pair(&pl.node);
}
