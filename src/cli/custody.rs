//! `DIR/custody/`: a Party's certification authority. `serve` never opens it; it can be kept on another
//! machine, and only its certificates and revocation list be carried over.
//!
//! `ca.key`, `ca.crt` (PEM), `list.key` (the Ed25519 key that signs key lists; one that a later list put in
//! its place is in `list-2/`, `list-3/` …), `register` (every
//! certificate issued or revoked, and every list), `revoked.crl` (the newest list, DER). Never here: a
//! clock. Each instant is an argument.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rcgen::{
    BasicConstraints, Certificate, CertificateParams, CertificateRevocationListParams, DistinguishedName,
    DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyIdMethod, KeyPair, KeyUsagePurpose, RevocationReason,
    RevokedCertParams, SerialNumber, date_time_ymd,
};

use crate::cli::files::{self, FileFault, Readers};
use crate::cli::keys::{self, KeyFault, Purpose};
use crate::cli::register::{Entry, Kind, Register};
use crate::domain::digest::Digest;
use crate::domain::party::Party;
use crate::domain::time::Instant;
use crate::limits;
use crate::peers::certificate::{self, ListRead, NotAnAuthority};
use crate::peers::tls;

/// Why the authority did not do what was asked. Nothing was issued or revoked.
#[derive(Debug, thiserror::Error)]
pub enum CustodyFault {
    #[error(transparent)]
    File(#[from] FileFault),
    #[error(transparent)]
    Key(#[from] KeyFault),
    #[error(
        "{field}: 1 to {} characters, none of them a control character, and no space at either end",
        limits::CERTIFICATE_NAME_CHARS_MAX
    )]
    Name { field: &'static str },
    #[error(transparent)]
    NotOurs(#[from] NotAnAuthority),
    #[error(
        "no custody lies in {}: put it back there from where it is kept, or run this where it is; nothing was made",
        .0.display()
    )]
    Away(PathBuf),
    #[error("{} can't be used as an authority's key or certificate", .0.display())]
    BadAuthority(PathBuf),
    #[error("line {line} of {} can't be read; the register is not guessed at", path.display())]
    BadRegister { path: PathBuf, line: usize },
    #[error("this authority issued no certificate with that serial number")]
    UnknownSerial,
    #[error("a certificate and a list must end after they begin")]
    EndsBeforeItBegins,
    #[error("making the certificate or list failed: {0}")]
    Making(#[from] rcgen::Error),
    #[error("the system gave no random numbers; nothing was made")]
    NoRandomness,
}

/// An open authority. Two of one directory can't be open at once: the second waits.
pub struct Custody {
    directory: PathBuf,
    party: Party,
    issuer: Issuer<'static, KeyPair>,
    authority_der: Vec<u8>,
    register: Register,
    _lock: File,
}

/// A certificate with its fresh private key.
pub struct Issued {
    pub certificate_pem: String,
    /// PKCS#8. To be kept by its holder alone.
    pub key_pem: String,
    /// 32 hexadecimal digits, as the register has it and `revoke` takes it.
    pub serial: String,
    /// SHA-256 of the subject public key info, for the roster or the key list.
    pub key_digest: Digest,
}

impl Custody {
    /// Makes a new authority, its list key and its first, empty revocation list.
    pub fn make(
        directory: &Path,
        party: &Party,
        from: Instant,
        list_until: Instant,
    ) -> Result<Custody, CustodyFault> {
        files::private_directory(directory)?;
        let key = KeyPair::generate()?;
        let certificate = own_certificate(party, &key, from, from.plus_ms(limits::AUTHORITY_LIFE_MS))?;
        files::write_new(&directory.join("ca.key"), key.serialize_pem().as_bytes(), Readers::OwnerOnly)?;
        keys::make_signing_key(directory, Purpose::List)?;
        files::write_new(&directory.join("register"), b"", Readers::OwnerOnly)?;
        // Last: an authority without its certificate is not one, and `open` says so.
        files::write_new(&directory.join("ca.crt"), certificate.pem().as_bytes(), Readers::Anyone)?;
        let mut custody = Custody::open(directory, party)?;
        custody.publish_list(from, list_until)?;
        Ok(custody)
    }

    pub fn open(directory: &Path, party: &Party) -> Result<Custody, CustodyFault> {
        let certificate_file = directory.join("ca.crt");
        // Neither the directory nor its lock is made where the custody is away.
        match certificate_file.try_exists() {
            Ok(true) => {}
            Ok(false) => return Err(CustodyFault::Away(directory.to_owned())),
            Err(fault) => return Err(FileFault::Io { path: certificate_file, fault }.into()),
        }
        files::private_directory(directory)?;
        let lock = files::lock(&directory.join("lock"))?;
        let key_file = directory.join("ca.key");
        let certificate_pem = files::read_public(&certificate_file)?;
        let key_pem = files::read_private(&key_file)?;
        let bad_key = || CustodyFault::BadAuthority(key_file.clone());
        let bad_certificate = || CustodyFault::BadAuthority(certificate_file.clone());
        let key_text = std::str::from_utf8(&key_pem).map_err(|_| bad_key())?;
        let key = KeyPair::from_pem(key_text).map_err(|_| bad_key())?;
        let authority_der = certificate::from_pem(&certificate_pem).map_err(|_| bad_certificate())?;
        certificate::check_authority(&authority_der, party)?;
        if certificate::key_digest(&authority_der).ok() != Some(key_digest(&key)) {
            return Err(bad_certificate());
        }
        let issuer =
            Issuer::from_ca_cert_der(&authority_der.as_slice().into(), key).map_err(|_| bad_certificate())?;
        let register = Register::read(&directory.join("register"))?;
        Ok(Custody {
            directory: directory.to_owned(),
            party: *party,
            issuer,
            authority_der,
            register,
            _lock: lock,
        })
    }

    /// The authority's certificate, DER: it goes into the Party's key list.
    pub fn authority_der(&self) -> &[u8] {
        &self.authority_der
    }

    /// Makes the authority's own certificate anew, under the key and the name that it has, good for ten years from now
    /// and from when the one before was: what was issued stays good wherever either of the two is known.
    pub fn renew_authority(&mut self, now: Instant) -> Result<(), CustodyFault> {
        let file = self.directory.join("ca.crt");
        let bad = || CustodyFault::BadAuthority(file.clone());
        let from = certificate::valid_from(&self.authority_der).ok_or_else(bad)?;
        let until = now.plus_ms(limits::AUTHORITY_LIFE_MS);
        let fresh = own_certificate(&self.party, self.issuer.key(), from, until)?;
        // One that was brought from elsewhere may have another name: all that it issued would be strangers'.
        if !certificate::is_same_authority(&self.authority_der, fresh.der()) {
            return Err(bad());
        }
        files::replace(&file, fresh.pem().as_bytes(), Readers::Anyone)?;
        self.authority_der = fresh.der().to_vec();
        Ok(())
    }

    /// The newest revocation list, DER.
    pub fn revocation_list(&self) -> Result<Vec<u8>, CustodyFault> {
        Ok(files::read_public(&self.directory.join("revoked.crl"))?)
    }

    /// Everything issued, revoked and published so far.
    pub fn register(&self) -> &[Entry] {
        self.register.entries()
    }

    /// A certificate for the Party's own node: it answers (serverAuth) and dials (clientAuth).
    pub fn issue_node(&mut self, from: Instant, until: Instant) -> Result<Issued, CustodyFault> {
        let mut params = CertificateParams::new(vec![tls::NODE_NAME.to_owned()])?;
        params.distinguished_name =
            name(&[(DnType::OrganizationName, self.party.as_str()), (DnType::CommonName, tls::NODE_NAME)]);
        params.extended_key_usages =
            vec![ExtendedKeyUsagePurpose::ServerAuth, ExtendedKeyUsagePurpose::ClientAuth];
        self.issue(params, Kind::Node, tls::NODE_NAME, from, until)
    }

    /// A certificate for a person of this Party: it calls (clientAuth) and can't answer. The office may
    /// be empty, the name not.
    pub fn issue_person(
        &mut self,
        person: &str,
        office: &str,
        from: Instant,
        until: Instant,
    ) -> Result<Issued, CustodyFault> {
        check_name("name", person)?;
        let mut parts = vec![(DnType::OrganizationName, self.party.as_str())];
        if !office.is_empty() {
            check_name("office", office)?;
            parts.push((DnType::OrganizationalUnitName, office));
        }
        parts.push((DnType::CommonName, person));
        let mut params = CertificateParams::new(Vec::new())?;
        params.distinguished_name = name(&parts);
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
        self.issue(params, Kind::Person, person, from, until)
    }

    fn issue(
        &mut self,
        mut params: CertificateParams,
        kind: Kind,
        holder: &str,
        from: Instant,
        until: Instant,
    ) -> Result<Issued, CustodyFault> {
        if from >= until {
            return Err(CustodyFault::EndsBeforeItBegins);
        }
        let key = KeyPair::generate()?;
        let serial = fresh_serial()?;
        params.is_ca = IsCa::ExplicitNoCa;
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.use_authority_key_identifier_extension = true;
        params.not_before = date_time_ymd(1970, 1, 1).saturating_add(since_1970(from));
        params.not_after = date_time_ymd(1970, 1, 1).saturating_add(since_1970(until));
        params.serial_number = Some(serial.clone());
        let certificate = params.signed_by(&key, &self.issuer)?;
        // On the register before it leaves here: what is not on it could never be revoked.
        self.register.add(Entry::Issued {
            serial: serial.to_bytes(),
            kind,
            key_digest: key_digest(&key),
            until,
            holder: holder.to_owned(),
        })?;
        Ok(Issued {
            certificate_pem: certificate.pem(),
            key_pem: key.serialize_pem(),
            serial: hex::encode(serial.to_bytes()),
            key_digest: key_digest(&key),
        })
    }

    /// Revokes by serial number. It takes force with the next list that is published.
    pub fn revoke(&mut self, serial: &str, at: Instant) -> Result<(), CustodyFault> {
        let serial = hex::decode(serial).map_err(|_| CustodyFault::UnknownSerial)?;
        if !self.register.issued(&serial) {
            return Err(CustodyFault::UnknownSerial);
        }
        if self.register.revoked().any(|(revoked, _)| revoked == serial) {
            return Ok(());
        }
        self.register.add(Entry::Revoked { serial, at })
    }

    /// What a revocation list (DER) says; `None` unless this authority signed it.
    pub fn read_list(&self, der: &[u8]) -> Option<ListRead> {
        certificate::read_list(der, &self.authority_der, &self.party)
    }

    /// Puts on the register what a list of this authority says and the register does not: it is an older copy then. The
    /// next list revokes all of that too, and is numbered after it.
    pub fn take_over(&mut self, list: &ListRead) -> Result<(), CustodyFault> {
        for (serial, at) in &list.revoked {
            if !self.register.revoked().any(|(revoked, _)| revoked == serial.as_slice()) {
                self.register.add(Entry::Revoked { serial: serial.clone(), at: *at })?;
            }
        }
        if list.number > self.register.last_list() {
            self.register.add(Entry::List { number: list.number, from: list.from, until: list.until })?;
        }
        Ok(())
    }

    /// Makes the next revocation list, numbered one higher, and returns it (DER). `until` is its next
    /// update: beyond it the list proves nothing, and who relies on it is stopped.
    pub fn publish_list(&mut self, from: Instant, until: Instant) -> Result<Vec<u8>, CustodyFault> {
        if from >= until {
            return Err(CustodyFault::EndsBeforeItBegins);
        }
        let number = self.register.last_list().saturating_add(1);
        let list = CertificateRevocationListParams {
            this_update: date_time_ymd(1970, 1, 1).saturating_add(since_1970(from)),
            next_update: date_time_ymd(1970, 1, 1).saturating_add(since_1970(until)),
            crl_number: SerialNumber::from(number),
            issuing_distribution_point: None,
            revoked_certs: self
                .register
                .revoked()
                .map(|(serial, at)| RevokedCertParams {
                    serial_number: SerialNumber::from_slice(serial),
                    revocation_time: date_time_ymd(1970, 1, 1).saturating_add(since_1970(at)),
                    reason_code: Some(RevocationReason::Unspecified),
                    invalidity_date: None,
                })
                .collect(),
            key_identifier_method: KeyIdMethod::Sha256,
        }
        .signed_by(&self.issuer)?;
        self.register.add(Entry::List { number, from, until })?;
        files::replace(&self.directory.join("revoked.crl"), list.der(), Readers::Anyone)?;
        Ok(list.der().to_vec())
    }
}

/// An authority's certificate of itself.
fn own_certificate(
    party: &Party,
    key: &KeyPair,
    from: Instant,
    until: Instant,
) -> Result<Certificate, CustodyFault> {
    let mut params = CertificateParams::new(Vec::new())?;
    params.distinguished_name = name(&[
        (DnType::OrganizationName, party.as_str()),
        (DnType::CommonName, &format!("{party} certification authority")),
    ]);
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    params.serial_number = Some(fresh_serial()?);
    params.not_before = date_time_ymd(1970, 1, 1).saturating_add(since_1970(from));
    params.not_after = date_time_ymd(1970, 1, 1).saturating_add(since_1970(until));
    Ok(params.self_signed(key)?)
}

fn name(parts: &[(DnType, &str)]) -> DistinguishedName {
    let mut name = DistinguishedName::new();
    for (kind, value) in parts {
        name.push(kind.clone(), *value);
    }
    name
}

fn check_name(field: &'static str, value: &str) -> Result<(), CustodyFault> {
    let fits = (1..=limits::CERTIFICATE_NAME_CHARS_MAX).contains(&value.chars().count());
    if fits && !value.chars().any(char::is_control) && value.trim() == value {
        Ok(())
    } else {
        Err(CustodyFault::Name { field })
    }
}

/// 16 random bytes, positive and without a leading zero (RFC 5280, 4.1.2.2).
fn fresh_serial() -> Result<SerialNumber, CustodyFault> {
    let mut bytes = [0_u8; 16];
    getrandom::fill(&mut bytes).map_err(|_| CustodyFault::NoRandomness)?;
    bytes[0] = (bytes[0] & 0x7f) | 0x40;
    Ok(SerialNumber::from_slice(&bytes))
}

fn key_digest(key: &KeyPair) -> Digest {
    use rcgen::PublicKeyData as _;
    Digest::of(&key.subject_public_key_info())
}

/// As certificates write time: whole seconds, from 1970 to the end of the year 9999 (RFC 5280, 4.1.2.5).
fn since_1970<D: TryFrom<Duration> + Default>(at: Instant) -> D {
    const END_OF_9999: i64 = 253_402_300_799;
    let since = Duration::from_secs(at.seconds().clamp(0, END_OF_9999).unsigned_abs());
    D::try_from(since).unwrap_or_default()
}
