//! One call of a webhook: HTTP/1.1 over TLS 1.3, whose certificate must chain to the authority that two custodians
//! agreed on, within bounds of time and size.
//!
//! Never here: a system's authorities, a redirect that is followed, a body that is read, another try.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::Full;
use hyper::client::conn::http1;
use hyper::{Method, Request, header};
use hyper_util::rt::TokioIo;
use rustls::client::Resumption;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore, version};
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio_rustls::TlsConnector;

use crate::clock::Clock;
use crate::domain::alarm::{Address, Failure, Webhook};
use crate::domain::refusal::Refusal;
use crate::limits;
use crate::peers::tls;

/// CloudEvents 1.0, HTTP protocol binding, 3.2: structured mode, JSON.
const CONTENT_TYPE: &str = "application/cloudevents+json; charset=utf-8";
const ALPN: &[u8] = b"http/1.1";

/// The text holds no certificates that can be trusted.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("certificates of authorities, PEM, each of which can be used")]
pub struct BadAuthorities;

/// Certificates to one of which another must chain.
#[derive(Clone, Debug)]
pub struct Authorities(RootCertStore);

impl Authorities {
    /// # Errors
    /// There is none, or one that can't be read.
    pub fn from_pem(pem: &[u8]) -> Result<Authorities, BadAuthorities> {
        let mut roots = RootCertStore::empty();
        for der in CertificateDer::pem_slice_iter(pem) {
            roots.add(der.map_err(|_| BadAuthorities)?).map_err(|_| BadAuthorities)?;
        }
        if roots.is_empty() { Err(BadAuthorities) } else { Ok(Authorities(roots)) }
    }
}

/// Whether a webhook can be called at all.
///
/// # Errors
/// The field that can't be used.
pub fn check(webhook: &Webhook) -> Result<(), Refusal> {
    let field = |field, rule: String| Refusal::Field { field, rule };
    let address = Address::read(&webhook.url).map_err(|rule| field("webhook.url", rule.into()))?;
    let request = request(&address, Bytes::new());
    request.map_err(|_| field("webhook.url", "one that HTTP can carry".into()))?;
    ServerName::try_from(address.host)
        .map_err(|_| field("webhook.url", "names a host, or an address".into()))?;
    let authorities = Authorities::from_pem(webhook.authority.as_bytes());
    authorities.map(|_| ()).map_err(|bad| field("webhook.authority", bad.to_string()))
}

/// How one webhook is called.
pub(super) struct Caller {
    address: Address,
    name: ServerName<'static>,
    tls: TlsConnector,
}

impl Caller {
    /// `None` for what `check` does not let pass.
    pub(super) fn of(webhook: &Webhook, clock: &Clock) -> Option<Caller> {
        let address = Address::read(&webhook.url).ok()?;
        let name = ServerName::try_from(address.host.clone()).ok()?;
        let Authorities(roots) = Authorities::from_pem(webhook.authority.as_bytes()).ok()?;
        let mut config = ClientConfig::builder_with_details(tls::provider(), Arc::new(clock.clone()))
            .with_protocol_versions(&[&version::TLS13])
            .ok()?
            .with_root_certificates(roots)
            .with_no_client_auth();
        config.alpn_protocols = vec![ALPN.to_vec()];
        config.resumption = Resumption::disabled();
        Some(Caller { address, name, tls: TlsConnector::from(Arc::new(config)) })
    }

    /// # Errors
    /// It was not told, or nobody knows: telling it again is safe, by the same id.
    pub(super) async fn tell(&self, event: Bytes) -> Result<(), Failure> {
        let limit = Duration::from_millis(limits::WEBHOOK_CALL_MS_MAX);
        tokio::time::timeout(limit, self.call(event)).await.unwrap_or(Err(Failure::TimedOut))
    }

    async fn call(&self, event: Bytes) -> Result<(), Failure> {
        let request = request(&self.address, event).map_err(|_| Failure::Protocol)?;
        let tcp = TcpStream::connect((self.address.host.as_str(), self.address.port)).await;
        let tcp = tcp.map_err(|_| Failure::Unreachable)?;
        let stream = self.tls.connect(self.name.clone(), tcp).await.map_err(|fault| of_handshake(&fault))?;
        let (mut sender, connection) = http1::Builder::new()
            .max_buf_size(limits::WEBHOOK_ANSWER_BYTES_MAX)
            .handshake(TokioIo::new(stream))
            .await
            .map_err(|_| Failure::Protocol)?;
        // It ends when this is dropped: once there is a status, nothing more is read.
        let mut driving = JoinSet::new();
        driving.spawn(connection);
        let answer = sender.send_request(request).await.map_err(|_| Failure::Protocol)?;
        match answer.status() {
            status if status.is_success() => Ok(()),
            status if status.is_redirection() => Err(Failure::Redirected),
            status => Err(Failure::Status(status.as_u16())),
        }
    }
}

fn request(address: &Address, event: Bytes) -> Result<Request<Full<Bytes>>, hyper::http::Error> {
    Request::builder()
        .method(Method::POST)
        .uri(&address.path)
        .header(header::HOST, &address.authority)
        .header(header::CONTENT_TYPE, CONTENT_TYPE)
        .header(header::CONNECTION, "close")
        .body(Full::new(event))
}

fn of_handshake(fault: &io::Error) -> Failure {
    match fault.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>()) {
        Some(rustls::Error::InvalidCertificate(_) | rustls::Error::NoCertificatesPresented) => {
            Failure::Certificate
        }
        Some(_) => Failure::Handshake,
        None => Failure::Unreachable,
    }
}
