//! Why somebody is nobody here, and why a handshake failed: in our words and in TLS's.
//!
//! Never here: the judgement itself (`trust.rs`), or a word of what the other end sent.

use std::io;
use std::sync::Arc;

use rustls::{CertificateError, Error, OtherError};

/// Why a certificate opens nothing. Each is final until the certificate, a list or the roster changes.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum Stranger {
    #[error("no certificate was shown")]
    NoCertificate,
    #[error("the certificate can't be read")]
    Unreadable,
    #[error("the certificate was not signed by the authority of any Party known here")]
    UnknownAuthority,
    #[error("the certificate was signed by the authority of another Party than the one called")]
    OtherParty,
    #[error("the certificate, or the authority that signed it, has expired")]
    Expired,
    #[error("the certificate, or the authority that signed it, is not valid yet")]
    NotYetValid,
    #[error("the certificate is not made for this use: clientAuth to call, serverAuth to answer")]
    WrongPurpose,
    #[error("the certificate was revoked by its authority")]
    Revoked,
    #[error("the authority's revocation list is absent or expired: a fresh one is needed")]
    StaleList,
    #[error("the certificate's key is not on the roster")]
    NotOnRoster,
    #[error("the certificate names another person than the roster has for its key")]
    OtherName,
    #[error("the certificate's key is not a TLS key in the Party's key list")]
    NotInKeyList,
}

/// Why a revocation list that was handed in is not taken.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum BadList {
    #[error(
        "the revocation list is not a whole list, or is over {} bytes, or was not signed by an authority \
         in the Party's key list",
        crate::limits::REVOCATION_LIST_BYTES_MAX
    )]
    NotTheirs,
    #[error("the revocation list has expired")]
    Expired,
    #[error(
        "the revocation list begins more than {} minutes ahead of this node's clock: check the clock where it was made",
        crate::limits::CLOCKS_MAY_DIFFER_MS / 60_000
    )]
    FromTheFuture,
    /// Its number, and that of the one held.
    #[error(
        "the revocation list is number {number}, and not newer than number {held}, which is held here; where it was \
         only just made, its custody is an older copy: `detente party export --as DESK --out FILE`, then `detente \
         party publish-revocation-list DIRECTORY --after FILE` makes one that is newer and revokes what both do"
    )]
    NotNewer { number: u64, held: u64 },
}

/// The nearest TLS alert for what the caller can mend; the exact reason goes along for our own eyes.
pub(super) fn refused(stranger: Stranger) -> Error {
    let fault = match stranger {
        Stranger::NoCertificate => return Error::NoCertificatesPresented,
        Stranger::Unreadable => CertificateError::BadEncoding,
        Stranger::UnknownAuthority => CertificateError::UnknownIssuer,
        Stranger::Expired => CertificateError::Expired,
        Stranger::NotYetValid => CertificateError::NotValidYet,
        Stranger::WrongPurpose => CertificateError::InvalidPurpose,
        Stranger::Revoked => CertificateError::Revoked,
        Stranger::OtherParty
        | Stranger::StaleList
        | Stranger::NotOnRoster
        | Stranger::OtherName
        | Stranger::NotInKeyList => CertificateError::Other(OtherError(Arc::new(stranger))),
    };
    Error::InvalidCertificate(fault)
}

/// Why a TLS handshake failed, told without a word of what the other end sent.
#[derive(Debug, thiserror::Error)]
pub enum HandshakeFault {
    #[error("{0}")]
    Stranger(#[from] Stranger),
    #[error("the other end refused us: TLS alert {0:?}")]
    RefusedUs(rustls::AlertDescription),
    #[error("the other end speaks no TLS that is spoken here: 1.3 is needed")]
    NoCommonTls,
    #[error("the other end does not keep to TLS, or its certificate is malformed")]
    Protocol,
    #[error("the connection failed: {0}")]
    Io(io::ErrorKind),
}

impl From<io::Error> for HandshakeFault {
    fn from(fault: io::Error) -> HandshakeFault {
        match fault.get_ref().and_then(|inner| inner.downcast_ref::<Error>()) {
            Some(Error::NoCertificatesPresented) => HandshakeFault::Stranger(Stranger::NoCertificate),
            Some(Error::InvalidCertificate(fault)) => {
                stranger(fault).map_or(HandshakeFault::Protocol, HandshakeFault::Stranger)
            }
            Some(Error::AlertReceived(alert)) => HandshakeFault::RefusedUs(*alert),
            Some(Error::PeerIncompatible(_)) => HandshakeFault::NoCommonTls,
            Some(_) => HandshakeFault::Protocol,
            None => HandshakeFault::Io(fault.kind()),
        }
    }
}

/// The way back from `refused`, and from what the TLS library's own checks say.
fn stranger(fault: &CertificateError) -> Option<Stranger> {
    Some(match fault {
        CertificateError::Other(other) => *other.0.downcast_ref::<Stranger>()?,
        CertificateError::BadEncoding => Stranger::Unreadable,
        CertificateError::UnknownIssuer | CertificateError::BadSignature => Stranger::UnknownAuthority,
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => Stranger::Expired,
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => Stranger::NotYetValid,
        CertificateError::InvalidPurpose | CertificateError::InvalidPurposeContext { .. } => {
            Stranger::WrongPurpose
        }
        CertificateError::Revoked => Stranger::Revoked,
        CertificateError::UnknownRevocationStatus
        | CertificateError::ExpiredRevocationList
        | CertificateError::ExpiredRevocationListContext { .. } => Stranger::StaleList,
        // The library's list of faults is open-ended, and the rest are malformations.
        _ => return None,
    })
}
