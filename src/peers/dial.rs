//! Dialling: a gRPC channel to one Party's node, whose certificate must be that Party's.
//!
//! Never here: when to dial again, or what to say (`peers` delivers; this only connects).

use std::error::Error as _;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use hyper_util::rt::TokioIo;
use rustls::client::Resumption;
use rustls::client::danger::ServerCertVerifier;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::sign::SingleCertAndKey;
use rustls::{ClientConfig, version};
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tonic::codegen::http::Uri;
use tonic::transport::{Channel, Endpoint};

use crate::clock::Clock;
use crate::domain::party::Party;
use crate::limits;
use crate::peers::guarded::Guarded;
use crate::peers::stranger::{HandshakeFault, Stranger};
use crate::peers::tls::{self, OwnCertificate};
use crate::peers::trust::{Reach, Trust};
use crate::peers::verify::AnswererVerifier;

/// Why no connection came about. Nothing was said to anybody: it is safe to try again.
#[derive(Debug, thiserror::Error)]
pub enum DialFault {
    /// Nobody answers there, or the name can't be resolved.
    #[error("the address does not answer: {0}")]
    Unreachable(io::ErrorKind),
    #[error("the address did not finish connecting within {} ms", limits::DIAL_MS_MAX)]
    TimedOut,
    /// Somebody answers, who is not the node that was wanted, or does not take us.
    #[error("{0}")]
    Handshake(#[from] HandshakeFault),
}

/// Dials peers' nodes with this node's certificate. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Dialler {
    pub clock: Clock,
    pub trust: watch::Receiver<Arc<Trust>>,
    pub certificate: watch::Receiver<Arc<OwnCertificate>>,
}

impl Dialler {
    /// A channel to `party` at `address` ("host:port"). It connects on first use and again by itself;
    /// every connection is made with the trust and certificate in force at that moment, and is cut
    /// when a later trust no longer admits the other end.
    pub fn dial(&self, party: Party, address: String, reach: Reach) -> Channel {
        let dialler = self.clone();
        channel(move || {
            let (dialler, address) = (dialler.clone(), address.clone());
            async move { dialler.connect(party, &address, reach).await }
        })
    }

    async fn connect(
        self,
        party: Party,
        address: &str,
        reach: Reach,
    ) -> Result<Guarded<TlsStream<TcpStream>>, DialFault> {
        let trust = self.trust.borrow().clone();
        let certificate = self.certificate.borrow().clone();
        let verifier = AnswererVerifier::Peer { trust: trust.clone(), party, reach };
        let stream = connect(address, config(&self.clock, Arc::new(verifier), &certificate)).await?;
        let shown = stream.get_ref().1.peer_certificates().and_then(<[_]>::first);
        let shown = shown.ok_or(Stranger::NoCertificate).and_then(|leaf| trust.read(leaf));
        let shown = shown.map_err(HandshakeFault::Stranger)?;
        let standing =
            Box::new(move |trust: &Trust, now| trust.judge_answerer(&shown, &party, reach, now).is_ok());
        Ok(Guarded::new(stream, self.clock, self.trust, None, standing))
    }
}

/// A person's desk dials the own Party's node, knowing its authority (PEM).
#[derive(Clone, Debug)]
pub struct Desk {
    clock: Clock,
    verifier: Arc<AnswererVerifier>,
    certificate: Arc<OwnCertificate>,
}

/// The authority's file holds no certificate that can be used.
#[derive(Debug, thiserror::Error)]
#[error("the authority's certificate file can't be used: it must be PEM, as `detente init` wrote it")]
pub struct BadAuthority;

impl Desk {
    pub fn new(
        clock: Clock,
        authority_pem: &[u8],
        certificate: OwnCertificate,
    ) -> Result<Desk, BadAuthority> {
        let authority = CertificateDer::from_pem_slice(authority_pem).map_err(|_| BadAuthority)?;
        let verifier = AnswererVerifier::own_node(&authority).ok_or(BadAuthority)?;
        Ok(Desk { clock, verifier: Arc::new(verifier), certificate: Arc::new(certificate) })
    }

    /// A channel to the own Party's node at `address` ("host:port").
    pub fn dial(&self, address: String) -> Channel {
        let desk = self.clone();
        channel(move || {
            let (desk, address) = (desk.clone(), address.clone());
            async move { connect(&address, config(&desk.clock, desk.verifier, &desk.certificate)).await }
        })
    }
}

/// The reason that lies under a failed call, if the call failed for want of a connection.
pub fn fault_under(status: &tonic::Status) -> Option<&DialFault> {
    let mut source = status.source();
    while let Some(error) = source {
        if let Some(fault) = error.downcast_ref::<DialFault>() {
            return Some(fault);
        }
        source = error.source();
    }
    None
}

#[expect(clippy::expect_used, reason = "what the constant is hangs on no input")]
fn node_name() -> ServerName<'static> {
    ServerName::try_from(tls::NODE_NAME).expect("the constant is a DNS name")
}

async fn connect(address: &str, config: ClientConfig) -> Result<TlsStream<TcpStream>, DialFault> {
    let connecting = async {
        let tcp = TcpStream::connect(address).await.map_err(|fault| DialFault::Unreachable(fault.kind()))?;
        tcp.set_nodelay(true).map_err(|fault| DialFault::Unreachable(fault.kind()))?;
        let connecting = TlsConnector::from(Arc::new(config)).connect(node_name(), tcp).await;
        connecting.map_err(|fault| DialFault::Handshake(fault.into()))
    };
    match tokio::time::timeout(Duration::from_millis(limits::DIAL_MS_MAX), connecting).await {
        Ok(result) => result,
        Err(_) => Err(DialFault::TimedOut),
    }
}

/// TLS 1.3 only, no resumption: each connection is a whole handshake, judged anew.
#[expect(clippy::expect_used, reason = "which versions the provider has hangs on no input")]
fn config(clock: &Clock, verifier: Arc<dyn ServerCertVerifier>, own: &OwnCertificate) -> ClientConfig {
    let mut config = ClientConfig::builder_with_details(tls::provider(), Arc::new(clock.clone()))
        .with_protocol_versions(&[&version::TLS13])
        .expect("the provider has TLS 1.3 suites")
        .dangerous()
        .with_custom_certificate_verifier(verifier)
        .with_client_cert_resolver(Arc::new(SingleCertAndKey::from(own.certified())));
    config.alpn_protocols = vec![tls::ALPN.to_vec()];
    config.resumption = Resumption::disabled();
    config
}

fn channel<C, F, S>(connect: C) -> Channel
where
    C: Fn() -> F + Send + 'static,
    F: Future<Output = Result<S, DialFault>> + Send + 'static,
    S: tokio::io::AsyncRead + tokio::io::AsyncWrite + Send + Unpin + 'static,
{
    let connector = tower::service_fn(move |_: Uri| {
        let connecting = connect();
        async move { Ok::<_, DialFault>(TokioIo::new(connecting.await?)) }
    });
    Endpoint::from(Uri::from_static("https://node.detente.internal"))
        .http2_keep_alive_interval(Duration::from_millis(limits::KEEPALIVE_INTERVAL_MS))
        .keep_alive_timeout(Duration::from_millis(limits::KEEPALIVE_TIMEOUT_MS))
        .keep_alive_while_idle(true)
        .http2_max_header_list_size(limits::ANSWER_HEADER_BYTES_MAX)
        .connect_with_connector_lazy(connector)
}
