//! Parties with authorities of their own, and a node that serves health behind the access table, for
//! the tests of TLS and access. Real sockets, real TLS; the clock stands until a test sets it.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use detente::cli::custody::{Custody, Issued};
use detente::clock::Clock;
use detente::domain::digest::Digest;
use detente::domain::party::Party;
use detente::domain::people::{Person, Role};
use detente::domain::time::Instant;
use detente::limits;
use detente::peers::dial::{Desk, Dialler};
use detente::peers::tls::OwnCertificate;
use detente::peers::trust::{PartyKeys, Reach, Roster, Trust};
use detente::rpc::accept::{Acceptor, Lives, server};
use detente::rpc::access::Access;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tonic::codegen::http::uri::PathAndQuery;
use tonic::transport::Channel;
use tonic::{Request, Status};

/// Longer than anything here takes, so that a test that hangs fails instead.
pub const LIMIT: Duration = Duration::from_secs(120);
pub const CHECK: &str = "/grpc.health.v1.Health/Check";
pub const HAND_IN: &str = "/detente.v1.ExchangeService/HandInRevocationList";

pub fn at(text: &str) -> Instant {
    Instant::from_rfc3339(text).unwrap()
}

/// The tests' present.
pub fn present() -> Instant {
    at("2025-07-31T09:00:00Z")
}

pub fn beginning() -> Instant {
    at("2024-11-01T00:00:00Z")
}

pub fn end() -> Instant {
    at("2025-12-31T00:00:00Z")
}

/// A Party with its authority and its node's certificate.
pub struct Realm {
    pub party: Party,
    pub custody: Custody,
    pub node: Issued,
    directory: tempfile::TempDir,
}

impl Realm {
    pub fn new(code: &str) -> Realm {
        let party: Party = code.parse().unwrap();
        let directory = tempfile::tempdir().unwrap();
        let mut custody =
            Custody::make(&directory.path().join("custody"), &party, beginning(), end()).unwrap();
        let node = custody.issue_node(beginning(), end()).unwrap();
        Realm { party, custody, node, directory }
    }

    pub fn directory(&self) -> &std::path::Path {
        self.directory.path()
    }

    pub fn keys(&self) -> PartyKeys {
        PartyKeys {
            party: self.party,
            authorities: vec![self.custody.authority_der().to_vec()],
            tls_keys: [self.node.key_digest].into(),
            revocation_lists: vec![self.custody.revocation_list().unwrap()],
        }
    }

    pub fn without_list(&self) -> PartyKeys {
        PartyKeys { revocation_lists: Vec::new(), ..self.keys() }
    }

    pub fn person(&mut self, name: &str) -> Issued {
        self.custody.issue_person(name, "Arms Control", beginning(), end()).unwrap()
    }

    pub fn revoke(&mut self, serial: &str) {
        self.custody.revoke(serial, present()).unwrap();
        self.custody.publish_list(present(), end()).unwrap();
    }

    pub fn authority_pem(&self) -> Vec<u8> {
        std::fs::read(self.directory.path().join("custody/ca.crt")).unwrap()
    }
}

pub fn pair(issued: &Issued) -> OwnCertificate {
    OwnCertificate::from_pem(issued.certificate_pem.as_bytes(), issued.key_pem.as_bytes()).unwrap()
}

pub fn on_roster(name: &str, key_digest: Digest, roles: &[Role]) -> Roster {
    let person = Person { name: name.into(), office: "Arms Control".into(), key_digest };
    [(key_digest, (person, roles.iter().copied().collect()))].into()
}

/// A running node: health, behind the access table, behind our own acceptor.
pub struct Node {
    pub address: SocketAddr,
    pub clock: Clock,
    pub trust: watch::Sender<Arc<Trust>>,
    pub certificate: watch::Sender<Arc<OwnCertificate>>,
}

impl Node {
    pub async fn start(own: &Issued, trust: Trust) -> Node {
        let patience = Duration::from_millis(limits::CALL_MS_MAX);
        Node::start_with(own, trust, patience, Lives::default()).await
    }

    /// One that is patient with slow calls, and lets connections live, for so long.
    pub async fn start_with(own: &Issued, trust: Trust, patience: Duration, lives: Lives) -> Node {
        let clock = Clock::standing_at(present());
        let (trust, trust_seen) = watch::channel(Arc::new(trust));
        let (certificate, certificate_seen) = watch::channel(Arc::new(pair(own)));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let mut access = Access::new(clock.clone(), trust_seen.clone());
        access.patience = patience;
        let acceptor =
            Acceptor { clock: clock.clone(), trust: trust_seen, certificate: certificate_seen, lives };
        let (_, health) = tonic_health::server::health_reporter();
        let serving =
            server().layer(access).add_service(health).serve_with_incoming(acceptor.accept(listener));
        tokio::spawn(serving);
        Node { address, clock, trust, certificate }
    }

    pub fn publish(&self, trust: Trust) {
        self.trust.send_replace(Arc::new(trust));
    }

    /// A channel as a person's desk makes it.
    pub fn desk(&self, realm: &Realm, person: &Issued) -> Channel {
        let desk = Desk::new(self.clock.clone(), &realm.authority_pem(), pair(person)).unwrap();
        desk.dial(self.address.to_string())
    }

    /// A channel as another Party's node makes it, which trusts `trust` and wants `to`.
    pub fn dialled(&self, caller: &Issued, trust: Trust, to: &Party, reach: Reach) -> Channel {
        let dialler = Dialler {
            clock: self.clock.clone(),
            trust: watch::channel(Arc::new(trust)).1,
            certificate: watch::channel(Arc::new(pair(caller))).1,
        };
        dialler.dial(*to, self.address.to_string(), reach)
    }
}

/// Calls a method by its path with an empty message, and takes the first answer.
pub async fn call(channel: Channel, path: &'static str) -> Result<(), Status> {
    let calling = async {
        let mut grpc = tonic::client::Grpc::new(channel);
        grpc.ready().await.map_err(|fault| Status::from_error(Box::new(fault)))?;
        let codec = tonic_prost::ProstCodec::<(), ()>::default();
        let path = PathAndQuery::from_static(path);
        let mut answers = grpc.server_streaming(Request::new(()), path, codec).await?.into_inner();
        answers.message().await.map(|_| ())
    };
    tokio::time::timeout(LIMIT, calling).await.expect("the node answers")
}

/// What became of a call.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Fate {
    /// It came through the table (whether or not anything serves it here).
    Admitted,
    /// The node refused the call, with this reason.
    Refused(String),
    /// There was no connection: TLS refused it.
    NotConnected,
}

pub async fn fate(channel: Channel, path: &'static str) -> Fate {
    use tonic_types::StatusExt as _;
    match call(channel, path).await {
        Ok(()) => Fate::Admitted,
        Err(status) if status.code() == tonic::Code::Unimplemented => Fate::Admitted,
        Err(status) => match status.get_details_error_info() {
            Some(info) => Fate::Refused(info.reason),
            None => Fate::NotConnected,
        },
    }
}

/// The chain that a holder shows: the leaf alone.
pub fn chain(issued: &Issued) -> Vec<Vec<u8>> {
    vec![CertificateDer::from_pem_slice(issued.certificate_pem.as_bytes()).unwrap().to_vec()]
}
