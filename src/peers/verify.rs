//! The two certificate verifiers that TLS calls: one for who calls us, one for who answers us.
//!
//! `Trust` judges first and names the fault; then the TLS library's own checks run for that one
//! authority, as a second opinion. One authority at a time: with all in one pot, a Party could name
//! its authority like another's and confuse the search for lists and issuers.
//!
//! Never here: a rule of trust. A certificate that `Trust` refuses is refused.

use std::sync::Arc;

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::pki_types::{CertificateDer, CertificateRevocationListDer, ServerName, UnixTime};
use rustls::server::WebPkiClientVerifier;
use rustls::server::danger::{ClientCertVerified, ClientCertVerifier};
use rustls::{DigitallySignedStruct, DistinguishedName, Error, RootCertStore, SignatureScheme};

use crate::domain::party::Party;
use crate::domain::time::Instant;
use crate::peers::certificate::Leaf;
use crate::peers::identity::Identity;
use crate::peers::stranger::{Stranger, refused};
use crate::peers::tls;
use crate::peers::trust::{Reach, Trust};

/// The TLS library's checks for one authority, with its revocation list enforced and without it.
#[derive(Clone, Debug)]
pub(super) struct Verifiers {
    caller: Option<Arc<dyn ClientCertVerifier>>,
    caller_without_list: Arc<dyn ClientCertVerifier>,
    answerer: Option<Arc<WebPkiServerVerifier>>,
    answerer_without_list: Arc<WebPkiServerVerifier>,
}

impl Verifiers {
    /// `None` if the library can't use the authority's certificate.
    pub(super) fn new(authority_der: &[u8], list_der: Option<&[u8]>) -> Option<Verifiers> {
        let roots = roots(authority_der)?;
        let provider = tls::provider();
        let list = list_der.map(|der| CertificateRevocationListDer::from(der.to_vec()));
        let caller = |list: Option<CertificateRevocationListDer<'static>>| {
            WebPkiClientVerifier::builder_with_provider(roots.clone(), provider.clone())
                .with_crls(list)
                .enforce_revocation_expiration()
                .build()
                .ok()
        };
        let answerer = |list: Option<CertificateRevocationListDer<'static>>| {
            WebPkiServerVerifier::builder_with_provider(roots.clone(), provider.clone())
                .with_crls(list)
                .enforce_revocation_expiration()
                .build()
                .ok()
        };
        // With a list, an unknown status is refused: that is the library's default.
        Some(Verifiers {
            caller: list.clone().and_then(|list| caller(Some(list))),
            caller_without_list: caller(None)?,
            answerer: list.and_then(|list| answerer(Some(list))),
            answerer_without_list: answerer(None)?,
        })
    }

    /// Whether the library can use this list, so that `Trust` and it never differ about its being there.
    pub(super) fn can_use(authority_der: &[u8], list_der: &[u8]) -> bool {
        Verifiers::new(authority_der, Some(list_der)).is_some_and(|verifiers| verifiers.caller.is_some())
    }
}

fn roots(authority_der: &[u8]) -> Option<Arc<RootCertStore>> {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from(authority_der.to_vec())).ok()?;
    Some(Arc::new(roots))
}

/// Judges whoever calls. A whole new one is made for each new `Trust`.
#[derive(Debug)]
pub struct CallerVerifier {
    trust: Arc<Trust>,
    hints: Vec<DistinguishedName>,
}

impl CallerVerifier {
    pub fn new(trust: Arc<Trust>) -> CallerVerifier {
        // Stock callers with several certificates choose by these names.
        let hints = trust.authorities_der().filter_map(roots).flat_map(|roots| roots.subjects()).collect();
        CallerVerifier { trust, hints }
    }
}

impl ClientCertVerifier for CallerVerifier {
    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        &self.hints
    }

    fn verify_client_cert(
        &self,
        leaf: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        now: UnixTime,
    ) -> Result<ClientCertVerified, Error> {
        let certificate = self.trust.read(leaf).map_err(refused)?;
        let identity = self.trust.judge_caller(&certificate, instant(now)).map_err(refused)?;
        let verifiers =
            self.trust.verifiers(&certificate).ok_or_else(|| refused(Stranger::UnknownAuthority))?;
        let second = match identity {
            Identity::Person { .. } | Identity::Peer { .. } => {
                verifiers.caller.as_ref().ok_or_else(|| refused(Stranger::StaleList))?
            }
            Identity::PersonWithStaleList { .. }
            | Identity::PeerWithStaleList { .. }
            | Identity::PeerWithUnlistedKey { .. } => &verifiers.caller_without_list,
        };
        second.verify_client_cert(leaf, &[], now)
    }

    fn verify_tls12_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Err(only_tls13())
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        leaf: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        tls13_signature(message, leaf, signature)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        tls::provider().signature_verification_algorithms.supported_schemes()
    }
}

/// Whom a dialler wants to find at the other end.
#[derive(Debug)]
pub enum AnswererVerifier {
    /// A node dials a peer's.
    Peer { trust: Arc<Trust>, party: Party, reach: Reach },
    /// A person dials the own Party's node, knowing nothing but the authority (DER). The desk holds
    /// no key list and no revocation list; the node holds both about the person.
    OwnNode { second: Arc<WebPkiServerVerifier> },
}

impl AnswererVerifier {
    /// For a person's desk. `None` if the authority's certificate can't be used.
    pub fn own_node(authority_der: &[u8]) -> Option<AnswererVerifier> {
        Some(AnswererVerifier::OwnNode { second: Verifiers::new(authority_der, None)?.answerer_without_list })
    }
}

impl ServerCertVerifier for AnswererVerifier {
    fn verify_server_cert(
        &self,
        leaf: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        _ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let second = match self {
            AnswererVerifier::Peer { trust, party, reach } => {
                let certificate = trust.read(leaf).map_err(refused)?;
                trust.judge_answerer(&certificate, party, *reach, instant(now)).map_err(refused)?;
                let verifiers =
                    trust.verifiers(&certificate).ok_or_else(|| refused(Stranger::UnknownAuthority))?;
                match reach {
                    Reach::Everything => {
                        verifiers.answerer.as_ref().ok_or_else(|| refused(Stranger::StaleList))?
                    }
                    Reach::ListsOnly => &verifiers.answerer_without_list,
                }
            }
            AnswererVerifier::OwnNode { second } => {
                let parsed = Leaf::parse(leaf).map_err(|_| refused(Stranger::Unreadable))?;
                if !parsed.may_answer() {
                    return Err(refused(Stranger::WrongPurpose));
                }
                second
            }
        };
        second.verify_server_cert(leaf, &[], name, &[], now)
    }

    fn verify_tls12_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Err(only_tls13())
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        leaf: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        tls13_signature(message, leaf, signature)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        tls::provider().signature_verification_algorithms.supported_schemes()
    }
}

fn tls13_signature(
    message: &[u8],
    leaf: &CertificateDer<'_>,
    signature: &DigitallySignedStruct,
) -> Result<HandshakeSignatureValid, Error> {
    let algorithms = tls::provider().signature_verification_algorithms;
    rustls::crypto::verify_tls13_signature(message, leaf, signature, &algorithms)
}

fn only_tls13() -> Error {
    Error::General("only TLS 1.3 is spoken here".into())
}

fn instant(now: UnixTime) -> Instant {
    Instant::from_seconds(i64::try_from(now.as_secs()).unwrap_or(i64::MAX))
}
