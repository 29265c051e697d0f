//! Accepting: TCP, then TLS 1.3 with both sides authenticated, then a stream for the gRPC server.
//!
//! Never here: what a caller may do (`access.rs`). Nobody gets past here without a certificate that
//! stands; nobody unknown can hold more than a place among the handshakes.

use std::collections::{BTreeMap, VecDeque};
use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use rustls::server::NoServerSessionStorage;
use rustls::sign::SingleCertAndKey;
use rustls::{ServerConfig, version};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{mpsc, watch};
use tokio::task::AbortHandle;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;
use tokio_stream::StreamExt;
use tokio_stream::wrappers::ReceiverStream;
use tonic::transport::Server;
use tonic::transport::server::{Connected, TcpIncoming};

use crate::clock::Clock;
use crate::domain::party::Party;
use crate::limits;
use crate::peers::certificate::PeerCertificate;
use crate::peers::guarded::Guarded;
use crate::peers::identity::Identity;
use crate::peers::stranger::{HandshakeFault, Stranger};
use crate::peers::tls::{self, OwnCertificate};
use crate::peers::trust::Trust;
use crate::peers::verify::CallerVerifier;

/// What accepting needs. Trust and own certificate are followed: each change makes a whole new TLS
/// configuration, so that nothing of an old one (tickets, sessions, lists) can outlive it.
#[derive(Clone, Debug)]
pub struct Acceptor {
    pub clock: Clock,
    pub trust: watch::Receiver<Arc<Trust>>,
    pub certificate: watch::Receiver<Arc<OwnCertificate>>,
    pub lives: Lives,
}

/// How old a connection gets at the most, by whose it is (milliseconds).
#[derive(Clone, Copy, Debug)]
pub struct Lives {
    pub listed_ms: u64,
    pub unlisted_key_ms: u64,
}

impl Default for Lives {
    fn default() -> Lives {
        Lives {
            listed_ms: limits::CONNECTION_AGE_MS_MAX.saturating_add(limits::CONNECTION_GRACE_MS),
            unlisted_key_ms: limits::UNLISTED_KEY_CONNECTION_MS_MAX,
        }
    }
}

impl Lives {
    fn of(&self, identity: &Identity) -> u64 {
        match identity {
            Identity::PeerWithUnlistedKey { .. } => self.unlisted_key_ms,
            Identity::Person { .. }
            | Identity::PersonWithStaleList { .. }
            | Identity::Peer { .. }
            | Identity::PeerWithStaleList { .. } => self.listed_ms,
        }
    }
}

/// Who is at the other end of a connection. In the extensions of each call that comes over it; by
/// itself it permits nothing.
#[derive(Clone, Debug)]
pub struct Connection {
    pub certificate: Arc<PeerCertificate>,
    pub remote: SocketAddr,
}

/// A connection whose caller is known, for `serve_with_incoming`.
pub struct Accepted {
    stream: Guarded<TlsStream<TcpStream>>,
    connection: Connection,
    _seat: Seat,
}

/// The gRPC server's own bounds. Age: at its age a connection is asked to end (GOAWAY); what stays
/// beyond the grace is cut by `Guarded`, since tonic 0.14 gives either the one or the other.
pub fn server() -> Server {
    Server::builder()
        .http2_keepalive_interval(Some(Duration::from_millis(limits::KEEPALIVE_INTERVAL_MS)))
        .http2_keepalive_timeout(Some(Duration::from_millis(limits::KEEPALIVE_TIMEOUT_MS)))
        .max_concurrent_streams(limits::CALLS_PER_CONNECTION_MAX)
        .http2_max_header_list_size(limits::HEADER_BYTES_MAX)
        .max_connection_age(Duration::from_millis(limits::CONNECTION_AGE_MS_MAX))
}

impl Acceptor {
    /// Accepts on `listener` until the stream is dropped. Each handshake runs in a task of its own.
    pub fn accept(self, listener: TcpListener) -> ReceiverStream<Result<Accepted, Infallible>> {
        let (out, accepted) = mpsc::channel(limits::ACCEPTED_WAITING_MAX);
        tokio::spawn(self.run(listener, out));
        ReceiverStream::new(accepted)
    }

    async fn run(mut self, listener: TcpListener, out: mpsc::Sender<Result<Accepted, Infallible>>) {
        let keepalive = Some(Duration::from_millis(limits::TCP_KEEPALIVE_MS));
        let mut incoming = TcpIncoming::from(listener).with_nodelay(Some(true)).with_keepalive(keepalive);
        let mut handshakes = Handshakes(VecDeque::new());
        let seats = Seats::default();
        let mut config = self.config();
        loop {
            let tcp = tokio::select! {
                () = out.closed() => return,
                tcp = incoming.next() => tcp,
            };
            let tcp = match tcp {
                Some(Ok(tcp)) => tcp,
                Some(Err(fault)) => {
                    tracing::warn!(fault = %fault.kind(), "can't accept connections; trying on");
                    tokio::time::sleep(Duration::from_millis(limits::ACCEPT_REST_MS)).await;
                    continue;
                }
                None => return,
            };
            if self.has_news() {
                config = self.config();
            }
            let shaking = self.clone().shake_hands(tcp, config.clone(), seats.clone(), out.clone());
            handshakes.begin(tokio::spawn(shaking).abort_handle());
        }
    }

    /// A sender that is gone leaves its last word in force.
    fn has_news(&self) -> bool {
        self.trust.has_changed().unwrap_or(false) || self.certificate.has_changed().unwrap_or(false)
    }

    fn config(&mut self) -> Arc<ServerConfig> {
        let trust = self.trust.borrow_and_update().clone();
        let certificate = self.certificate.borrow_and_update().clone();
        Arc::new(config(&self.clock, trust, &certificate))
    }

    async fn shake_hands(
        self,
        tcp: TcpStream,
        config: Arc<ServerConfig>,
        seats: Seats,
        out: mpsc::Sender<Result<Accepted, Infallible>>,
    ) {
        let limit = Duration::from_millis(limits::HANDSHAKE_MS_MAX);
        let outcome = tokio::time::timeout(limit, async {
            let accepted = self.admit(tcp, config, seats).await?;
            // The server has stopped if this fails; then there is nobody to tell.
            let _ = out.send(Ok(accepted)).await;
            Ok::<(), NotAdmitted>(())
        });
        match outcome.await {
            Ok(Ok(())) => {}
            // Known to TLS, refused by us: somebody may have to mend a certificate, a list or the roster.
            Ok(Err(fault @ (NotAdmitted::Full | NotAdmitted::PartyFull(_)))) => {
                tracing::warn!(%fault, "a caller was not admitted");
            }
            Ok(Err(NotAdmitted::Handshake(fault @ HandshakeFault::Stranger(_)))) => {
                tracing::info!(%fault, "a caller was not admitted");
            }
            // Whatever knocks on an open port.
            Ok(Err(NotAdmitted::Handshake(fault))) => tracing::debug!(%fault, "a handshake failed"),
            Err(_) => tracing::debug!("a handshake took too long"),
        }
    }

    async fn admit(
        self,
        tcp: TcpStream,
        config: Arc<ServerConfig>,
        seats: Seats,
    ) -> Result<Accepted, NotAdmitted> {
        let remote = tcp.peer_addr().map_err(HandshakeFault::from)?;
        let stream = TlsAcceptor::from(config).accept(tcp).await.map_err(HandshakeFault::from)?;
        let leaf = stream.get_ref().1.peer_certificates().and_then(<[_]>::first);
        // By the trust of now: the configuration may be of a moment ago.
        let trust = self.trust.borrow().clone();
        let read = leaf.ok_or(Stranger::NoCertificate).and_then(|leaf| trust.read(leaf));
        let certificate = Arc::new(read.map_err(HandshakeFault::Stranger)?);
        let identity =
            trust.judge_caller(&certificate, self.clock.now()).map_err(HandshakeFault::Stranger)?;
        let seat = seats.take(certificate.party(), &identity)?;
        let life_ms_max = self.lives.of(&identity);
        let standing = {
            let certificate = certificate.clone();
            Box::new(move |trust: &Trust, now| {
                trust.judge_caller(&certificate, now).is_ok_and(|today| today.covers(&identity))
            })
        };
        let stream = Guarded::new(stream, self.clock, self.trust, Some(life_ms_max), standing);
        Ok(Accepted { stream, connection: Connection { certificate, remote }, _seat: seat })
    }
}

/// TLS 1.3 only, callers authenticated, nothing to resume.
#[expect(clippy::expect_used, reason = "which versions the provider has hangs on no input")]
fn config(clock: &Clock, trust: Arc<Trust>, own: &OwnCertificate) -> ServerConfig {
    let mut config = ServerConfig::builder_with_details(tls::provider(), Arc::new(clock.clone()))
        .with_protocol_versions(&[&version::TLS13])
        .expect("the provider has TLS 1.3 suites")
        .with_client_cert_verifier(Arc::new(CallerVerifier::new(trust)))
        .with_cert_resolver(Arc::new(SingleCertAndKey::from(own.certified())));
    config.send_tls13_tickets = 0;
    config.session_storage = Arc::new(NoServerSessionStorage {});
    config.alpn_protocols = vec![tls::ALPN.to_vec()];
    config
}

/// Why a connection was dropped before any call. For diagnostics: the other end hears a TLS alert.
#[derive(Debug, thiserror::Error)]
enum NotAdmitted {
    #[error("{0}")]
    Handshake(#[from] HandshakeFault),
    #[error("all {} connections are taken", limits::CONNECTIONS_MAX)]
    Full,
    #[error("{0} has all the connections it may hold")]
    PartyFull(Party),
}

/// Handshakes under way, oldest first.
struct Handshakes(VecDeque<AbortHandle>);

impl Handshakes {
    /// One more. When all places are taken the oldest goes: see `limits::HANDSHAKES_MAX`.
    fn begin(&mut self, task: AbortHandle) {
        self.0.retain(|earlier| !earlier.is_finished());
        while self.0.len() >= limits::HANDSHAKES_MAX {
            if let Some(oldest) = self.0.pop_front() {
                oldest.abort();
            }
        }
        self.0.push_back(task);
    }
}

/// Connections held, by the Party whose authority stands behind them; those with unlisted keys apart.
#[derive(Clone, Default)]
struct Seats(Arc<Mutex<BTreeMap<(Party, Row), usize>>>);

/// Whoever has an unlisted key takes no seat of the Party's node.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Row {
    Listed,
    Unlisted,
}

/// A place among the connections, given back when dropped.
struct Seat {
    seats: Seats,
    at: (Party, Row),
}

impl Seats {
    fn take(&self, party: &Party, identity: &Identity) -> Result<Seat, NotAdmitted> {
        let (row, row_max) = match identity {
            Identity::Person { .. } | Identity::PersonWithStaleList { .. } => {
                (Row::Listed, limits::CONNECTIONS_OWN_MAX)
            }
            Identity::Peer { .. } | Identity::PeerWithStaleList { .. } => {
                (Row::Listed, limits::CONNECTIONS_PER_PEER_MAX)
            }
            Identity::PeerWithUnlistedKey { .. } => {
                (Row::Unlisted, limits::CONNECTIONS_WITH_UNLISTED_KEY_MAX)
            }
        };
        let at = (*party, row);
        // A panic elsewhere can't leave a count half changed.
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if held.values().sum::<usize>() >= limits::CONNECTIONS_MAX {
            return Err(NotAdmitted::Full);
        }
        let count = held.entry(at).or_default();
        if *count >= row_max {
            return Err(NotAdmitted::PartyFull(*party));
        }
        *count = count.saturating_add(1);
        Ok(Seat { seats: self.clone(), at })
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut held = self.seats.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = held.get_mut(&self.at) {
            *count = count.saturating_sub(1);
        }
    }
}

impl Connected for Accepted {
    type ConnectInfo = Connection;

    fn connect_info(&self) -> Connection {
        self.connection.clone()
    }
}

impl AsyncRead for Accepted {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buf)
    }
}

impl AsyncWrite for Accepted {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, buf)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(cx, bufs)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
