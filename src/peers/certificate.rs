//! Certificates, authorities and revocation lists, parsed and checked once into plain values.
//!
//! Never here: whether one is trusted (`trust.rs`). Everything in a certificate was written by
//! somebody else: nothing of it goes into an error.

use std::collections::BTreeMap;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::server::ParsedCertificate;
use x509_parser::prelude::*;

use crate::domain::digest::Digest;
use crate::domain::party::Party;
use crate::domain::time::Instant;
use crate::limits;

/// First and last instant of a certificate or list, both included.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Validity {
    pub from: Instant,
    pub until: Instant,
}

/// A serial number without leading zero bytes, so that both encodings of one number are equal.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Serial(Box<[u8]>);

impl Serial {
    pub fn from_bytes(bytes: &[u8]) -> Serial {
        let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
        Serial(bytes.iter().skip(zeros).copied().collect())
    }
}

/// What a leaf certificate says, with the authority whose key was found to have signed it. Made by
/// `Trust::read` alone.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PeerCertificate {
    /// The Party whose authority signed it. The subject has no say in this.
    pub(super) party: Party,
    /// SHA-256 of that authority's subject public key info.
    pub(super) authority: Digest,
    pub(super) serial: Serial,
    pub(super) validity: Validity,
    /// SHA-256 of the subject public key info: by it a person is found in the roster, a node in its
    /// Party's key list.
    pub(super) key_digest: Digest,
    pub(super) common_name: String,
    /// Extended key usage clientAuth is present (RFC 5280, 4.2.1.12).
    pub(super) may_call: bool,
    /// Extended key usage serverAuth is present.
    pub(super) may_answer: bool,
}

impl PeerCertificate {
    /// The Party whose authority signed it.
    pub fn party(&self) -> &Party {
        &self.party
    }
}

/// A certificate that can't be read: bad DER, bytes left over, or over its limit.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("the certificate can't be read")]
pub struct Unreadable;

/// A leaf as it says of itself, before any authority was found for it.
pub(super) struct Leaf<'a> {
    parsed: X509Certificate<'a>,
}

impl<'a> Leaf<'a> {
    pub(super) fn parse(der: &'a [u8]) -> Result<Leaf<'a>, Unreadable> {
        // TLS checks the handshake by its own reading of the certificate. What only one of the two
        // parsers can read is not read at all, so that they never see two different keys.
        ParsedCertificate::try_from(&CertificateDer::from(der)).map_err(|_| Unreadable)?;
        Ok(Leaf { parsed: parse_certificate(der)? })
    }

    pub(super) fn is_signed_by(&self, authority: &Authority) -> bool {
        self.parsed.issuer().as_raw() == authority.subject.as_slice()
            && SubjectPublicKeyInfo::from_der(&authority.key)
                .is_ok_and(|(_, key)| self.parsed.verify_signature(Some(&key)).is_ok())
    }

    pub(super) fn under(&self, party: &Party, authority: &Authority) -> Result<PeerCertificate, Unreadable> {
        let usage = self.parsed.extended_key_usage().map_err(|_| Unreadable)?;
        let is_leaf = !self.parsed.is_ca();
        Ok(PeerCertificate {
            party: *party,
            authority: authority.key_digest,
            serial: Serial::from_bytes(self.parsed.raw_serial()),
            validity: validity(&self.parsed),
            key_digest: Digest::of(self.parsed.public_key().raw),
            common_name: only_text(self.parsed.subject().iter_common_name()).unwrap_or_default(),
            may_call: is_leaf && usage.as_ref().is_some_and(|usage| usage.value.client_auth),
            may_answer: is_leaf && usage.as_ref().is_some_and(|usage| usage.value.server_auth),
        })
    }

    /// Extended key usage serverAuth is present, and this is no authority.
    pub(super) fn may_answer(&self) -> bool {
        !self.parsed.is_ca()
            && self.parsed.extended_key_usage().ok().flatten().is_some_and(|usage| usage.value.server_auth)
    }
}

/// A Party's certification authority: a self-signed certificate.
#[derive(Clone, Debug)]
pub(super) struct Authority {
    pub(super) der: Vec<u8>,
    /// The subject's name, DER.
    subject: Vec<u8>,
    /// The subject public key info, DER.
    key: Vec<u8>,
    pub(super) key_digest: Digest,
    pub(super) validity: Validity,
}

/// Why a certificate is not taken as a Party's authority. Its leaves are then strangers.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum NotAnAuthority {
    #[error("an authority's certificate can't be read")]
    Unreadable,
    #[error("an authority's certificate does not allow it to sign certificates and lists")]
    MayNotSign,
    #[error("an authority's certificate is not signed by its own key")]
    NotSelfSigned,
    #[error("an authority's certificate names another organisation than the Party that lists it")]
    OtherOrganisation,
}

impl Authority {
    /// The subject's organisation must be the Party's code, and the authority's own key must have
    /// signed that. It does not decide who a Party is (the key list does); it stops a Party from
    /// listing another's authority as its own, and so from being taken for it, or it for them.
    pub(super) fn parse(der: &[u8], party: &Party) -> Result<Authority, NotAnAuthority> {
        let parsed = parse_certificate(der).map_err(|_| NotAnAuthority::Unreadable)?;
        let may_sign = match parsed.key_usage() {
            Ok(usage) => usage.is_none_or(|usage| usage.value.key_cert_sign() && usage.value.crl_sign()),
            Err(_) => false,
        };
        if !parsed.is_ca() || !may_sign {
            return Err(NotAnAuthority::MayNotSign);
        }
        if parsed.issuer().as_raw() != parsed.subject().as_raw() || parsed.verify_signature(None).is_err() {
            return Err(NotAnAuthority::NotSelfSigned);
        }
        if only_text(parsed.subject().iter_organization()).as_deref() != Some(party.as_str()) {
            return Err(NotAnAuthority::OtherOrganisation);
        }
        Ok(Authority {
            der: der.to_vec(),
            subject: parsed.subject().as_raw().to_vec(),
            key: parsed.public_key().raw.to_vec(),
            key_digest: Digest::of(parsed.public_key().raw),
            validity: validity(&parsed),
        })
    }
}

/// An authority's revocation list (RFC 5280, 5), its signature checked.
#[derive(Clone, Debug)]
pub(super) struct RevocationList {
    pub(super) der: Vec<u8>,
    /// By number first, and by date among equal numbers: the newest compares greatest.
    pub(super) age: (usize, Vec<u8>, i64),
    /// As it is told: what is larger than any that we make is told as the largest.
    pub(super) number: u64,
    pub(super) from: Instant,
    pub(super) next_update: Instant,
    /// With the instant of its revocation.
    revoked: BTreeMap<Serial, Instant>,
}

/// What a revocation list says, for the authority that signed it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ListRead {
    pub number: u64,
    pub from: Instant,
    pub until: Instant,
    /// Serial numbers, without leading zero bytes, with the instants of their revocation.
    pub revoked: Vec<(Vec<u8>, Instant)>,
}

impl RevocationList {
    /// `None` unless it is a whole list (no delta, no part of a scope) with a next update, signed by
    /// this authority. What is `None` here proves nothing about any certificate.
    pub(super) fn parse(der: &[u8], authority: &Authority) -> Option<RevocationList> {
        if der.len() > limits::REVOCATION_LIST_BYTES_MAX {
            return None;
        }
        let (rest, parsed) = CertificateRevocationList::from_der(der).ok()?;
        let (_, key) = SubjectPublicKeyInfo::from_der(&authority.key).ok()?;
        let is_whole = !parsed.extensions().iter().any(|extension| extension.critical);
        let is_theirs =
            parsed.issuer().as_raw() == authority.subject.as_slice() && parsed.verify_signature(&key).is_ok();
        if !rest.is_empty() || !is_whole || !is_theirs {
            return None;
        }
        let number = parsed.crl_number().map(|number| number.to_bytes_be()).unwrap_or_default();
        let told = parsed.crl_number().map_or(0, |number| u64::try_from(number).unwrap_or(u64::MAX));
        let from = parsed.last_update().timestamp();
        Some(RevocationList {
            der: der.to_vec(),
            age: (number.len(), number, from),
            number: told,
            from: Instant::from_seconds(from),
            next_update: Instant::from_seconds(parsed.next_update()?.timestamp()),
            revoked: parsed
                .iter_revoked_certificates()
                .map(|entry| {
                    let at = Instant::from_seconds(entry.revocation_date.timestamp());
                    (Serial::from_bytes(entry.raw_serial()), at)
                })
                .collect(),
        })
    }

    pub(super) fn revokes(&self, serial: &Serial) -> bool {
        self.revoked.contains_key(serial)
    }
}

fn parse_certificate(der: &[u8]) -> Result<X509Certificate<'_>, Unreadable> {
    if der.len() > limits::CERTIFICATE_BYTES_MAX {
        return Err(Unreadable);
    }
    match X509Certificate::from_der(der) {
        Ok(([], parsed)) => Ok(parsed),
        Ok(_) | Err(_) => Err(Unreadable),
    }
}

fn validity(parsed: &X509Certificate<'_>) -> Validity {
    Validity {
        from: Instant::from_seconds(parsed.validity().not_before.timestamp()),
        until: Instant::from_seconds(parsed.validity().not_after.timestamp()).plus_ms(999),
    }
}

/// The attribute's text if it is there exactly once: with two, each reader could pick another.
fn only_text<'a>(mut attributes: impl Iterator<Item = &'a AttributeTypeAndValue<'a>>) -> Option<String> {
    let first = attributes.next()?.as_str().ok()?.to_owned();
    attributes.next().is_none().then_some(first)
}

/// Whether `der` can stand in this Party's key list as its authority.
pub fn check_authority(der: &[u8], party: &Party) -> Result<(), NotAnAuthority> {
    Authority::parse(der, party).map(|_| ())
}

/// SHA-256 of a certificate's subject public key info (DER).
pub fn key_digest(der: &[u8]) -> Result<Digest, Unreadable> {
    Ok(Digest::of(parse_certificate(der)?.public_key().raw))
}

/// Whether the certificates (DER) of two authorities have one name and one key: what was issued under one of them is
/// good under the other.
pub fn is_same_authority(one: &[u8], other: &[u8]) -> bool {
    let (Ok(one), Ok(other)) = (parse_certificate(one), parse_certificate(other)) else { return false };
    one.subject().as_raw() == other.subject().as_raw() && one.public_key().raw == other.public_key().raw
}

/// When a certificate (DER) begins to be good; `None` if it can't be read.
pub fn valid_from(der: &[u8]) -> Option<Instant> {
    Some(validity(&parse_certificate(der).ok()?).from)
}

/// When a certificate (DER) ends; `None` if it can't be read.
pub fn valid_until(der: &[u8]) -> Option<Instant> {
    Some(validity(&parse_certificate(der).ok()?).until)
}

/// What a revocation list (DER) says, if the authority of this certificate (DER) signed it.
pub fn read_list(der: &[u8], authority_der: &[u8], party: &Party) -> Option<ListRead> {
    let list = RevocationList::parse(der, &Authority::parse(authority_der, party).ok()?)?;
    let revoked = list.revoked.into_iter().map(|(serial, at)| (serial.0.into_vec(), at));
    Some(ListRead {
        number: list.number,
        from: list.from,
        until: list.next_update,
        revoked: revoked.collect(),
    })
}

/// When a revocation list (DER) must be followed by the next, as it says of itself.
pub fn list_until(der: &[u8]) -> Option<Instant> {
    let (_, parsed) = CertificateRevocationList::from_der(der).ok()?;
    Some(Instant::from_seconds(parsed.next_update()?.timestamp()))
}

/// The first certificate of a PEM file, DER.
pub fn from_pem(pem: &[u8]) -> Result<Vec<u8>, Unreadable> {
    Ok(CertificateDer::from_pem_slice(pem).map_err(|_| Unreadable)?.to_vec())
}
