//! What both halves of a TLS connection share: the cryptography, and our own certificate.
//!
//! Never here: who the other side is (`trust.rs`, `verify.rs`), or reading key files (`cli/keys.rs`).

use std::sync::Arc;

use rustls::crypto::{CryptoProvider, aws_lc_rs};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::sign::CertifiedKey;

use crate::domain::digest::Digest;
use crate::peers::certificate;

/// The one name in every node's certificate and the one that every dialler asks for. Host names
/// play no role: a Party is known by its authority and its key list, and a name that an operator or a
/// name server can change must not be able to help or hinder.
pub const NODE_NAME: &str = "node.detente.internal";

/// HTTP/2, the only protocol spoken (RFC 7301).
pub const ALPN: &[u8] = b"h2";

/// TLS 1.3 suites only; the post-quantum hybrid first, X25519 and P-256 for stock callers.
pub fn provider() -> Arc<CryptoProvider> {
    let mut provider = aws_lc_rs::default_provider();
    provider.cipher_suites.retain(|suite| suite.tls13().is_some());
    provider.kx_groups = vec![
        aws_lc_rs::kx_group::X25519MLKEM768,
        aws_lc_rs::kx_group::X25519,
        aws_lc_rs::kx_group::SECP256R1,
    ];
    Arc::new(provider)
}

/// A certificate with its private key, known to belong together.
#[derive(Clone, Debug)]
pub struct OwnCertificate {
    certified: Arc<CertifiedKey>,
    key_digest: Digest,
}

/// Why a certificate and key are not taken. The pair in force before stays in force.
#[derive(Debug, thiserror::Error)]
pub enum BadPair {
    #[error("the certificate file holds no certificate that can be read: it must be PEM")]
    NoCertificate,
    #[error("the key file holds no private key that can be read: it must be PEM, PKCS#8")]
    NoKey,
    #[error("the private key is of a kind that can't be used: ECDSA P-256 is made by `detente init`")]
    KeyKind,
    #[error("the private key does not belong to the certificate")]
    Mismatch,
}

impl OwnCertificate {
    /// Reads a PEM certificate (the leaf first) and its PEM private key, and checks one against the
    /// other.
    pub fn from_pem(certificate_pem: &[u8], key_pem: &[u8]) -> Result<OwnCertificate, BadPair> {
        let chain: Vec<CertificateDer<'static>> = CertificateDer::pem_slice_iter(certificate_pem)
            .collect::<Result<_, _>>()
            .map_err(|_| BadPair::NoCertificate)?;
        let key = PrivateKeyDer::from_pem_slice(key_pem).map_err(|_| BadPair::NoKey)?;
        let leaf = chain.first().ok_or(BadPair::NoCertificate)?;
        let key_digest = certificate::key_digest(leaf).map_err(|_| BadPair::NoCertificate)?;
        let signing = aws_lc_rs::sign::any_supported_type(&key).map_err(|_| BadPair::KeyKind)?;
        let certified = CertifiedKey::new(chain, signing);
        certified.keys_match().map_err(|_| BadPair::Mismatch)?;
        Ok(OwnCertificate { certified: Arc::new(certified), key_digest })
    }

    /// SHA-256 of the subject public key info, as it stands in a key list or roster.
    pub fn key_digest(&self) -> Digest {
        self.key_digest
    }

    pub(crate) fn certified(&self) -> Arc<CertifiedKey> {
        self.certified.clone()
    }
}
