//! `DIR/keys/`: the keys of a serving node. Never here: the authority's key (`custody.rs`).
//!
//! `tls.crt` and `tls.key` are PEM. `message.key`, `record.key`, `ledger.key` and `witness.key` hold an
//! Ed25519 seed (RFC 8032) each, in one line of text: `detente-key-1 message 9f86d0…`, the purpose and
//! 64 hexadecimal digits; so do the files in `retired/`. The purpose stands inside so that no key is ever taken for another.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use tokio::sync::watch;

use crate::cli::files::{self, FileFault, Readers};
use crate::evidence::keys::SigningKey;
use crate::limits;
use crate::peers::tls::{BadPair, OwnCertificate};

const FORMAT: &str = "detente-key-1";

/// What an Ed25519 key signs. Keys are apart, so that one that is lost or stolen is replaced alone.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Purpose {
    /// The next key list. In `DIR/custody/`, not here.
    List,
    Message,
    Record,
    Ledger,
    Witness,
}

impl Purpose {
    /// Those that a serving node needs.
    pub const SERVING: [Purpose; 4] = [Purpose::Message, Purpose::Record, Purpose::Ledger, Purpose::Witness];

    pub fn name(self) -> &'static str {
        match self {
            Purpose::List => "list",
            Purpose::Message => "message",
            Purpose::Record => "record",
            Purpose::Ledger => "ledger",
            Purpose::Witness => "witness",
        }
    }

    pub fn file_in(self, directory: &Path) -> PathBuf {
        directory.join(format!("{}.key", self.name()))
    }
}

/// Why a key was not read or made.
#[derive(Debug, thiserror::Error)]
pub enum KeyFault {
    #[error(transparent)]
    File(#[from] FileFault),
    #[error("{} does not hold a {purpose} key: one line \"{FORMAT} {purpose} \" and 64 hexadecimal digits",
        path.display())]
    NotThatKey { path: PathBuf, purpose: &'static str },
    #[error("{} and {}: {fault}", certificate.display(), key.display())]
    Pair { certificate: PathBuf, key: PathBuf, fault: BadPair },
    #[error("the system gave no random numbers; no key was made")]
    NoRandomness,
}

/// The keys of a serving node, all read and found usable.
pub struct NodeKeys {
    pub tls: OwnCertificate,
    pub message: SigningKey,
    pub record: SigningKey,
    pub ledger: SigningKey,
    pub witness: SigningKey,
    /// Keys in `DIR/keys/retired/`: those of earlier key lists, as long as something signed under these is
    /// owed, and those of a list that is to come.
    pub retired: Vec<SigningKey>,
}

impl NodeKeys {
    pub fn read(directory: &Path) -> Result<NodeKeys, KeyFault> {
        Ok(NodeKeys {
            tls: read_tls(directory)?,
            message: read_signing_key(directory, Purpose::Message)?,
            record: read_signing_key(directory, Purpose::Record)?,
            ledger: read_signing_key(directory, Purpose::Ledger)?,
            witness: read_signing_key(directory, Purpose::Witness)?,
            retired: read_retired(&directory.join("retired"))?,
        })
    }
}

/// A fresh Ed25519 key, written to its file. A key that is there already is never overwritten.
pub fn make_signing_key(directory: &Path, purpose: Purpose) -> Result<SigningKey, KeyFault> {
    files::private_directory(directory)?;
    let mut seed = [0; 32];
    getrandom::fill(&mut seed).map_err(|_| KeyFault::NoRandomness)?;
    let line = format!("{FORMAT} {} {}\n", purpose.name(), hex::encode(seed));
    files::write_new(&purpose.file_in(directory), line.as_bytes(), Readers::OwnerOnly)?;
    Ok(SigningKey::from_seed(&seed))
}

pub fn read_signing_key(directory: &Path, purpose: Purpose) -> Result<SigningKey, KeyFault> {
    let path = purpose.file_in(directory);
    let bytes = files::read_private(&path)?;
    parse_seed(&bytes, purpose)
        .map(|seed| SigningKey::from_seed(&seed))
        .ok_or(KeyFault::NotThatKey { path, purpose: purpose.name() })
}

/// The keys of a directory that need not be there: `message-1.key` or any other name that ends so.
fn read_retired(directory: &Path) -> Result<Vec<SigningKey>, KeyFault> {
    let there = match std::fs::read_dir(directory) {
        Ok(there) => there,
        Err(fault) if fault.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(fault) => return Err(FileFault::Io { path: directory.to_owned(), fault }.into()),
    };
    let mut keys = Vec::new();
    for entry in there.take(limits::RETIRED_KEYS_MAX) {
        let path = entry.map_err(|fault| FileFault::Io { path: directory.to_owned(), fault })?.path();
        if path.extension().is_none_or(|extension| extension != "key") {
            continue;
        }
        let bytes = files::read_private(&path)?;
        let seed = Purpose::SERVING.into_iter().find_map(|purpose| parse_seed(&bytes, purpose));
        let seed = seed.ok_or(KeyFault::NotThatKey { path, purpose: "retired" })?;
        keys.push(SigningKey::from_seed(&seed));
    }
    Ok(keys)
}

fn parse_seed(bytes: &[u8], purpose: Purpose) -> Option<[u8; 32]> {
    let line = std::str::from_utf8(bytes).ok()?;
    let mut words = line.trim_end().split(' ');
    let (format, name, seed) = (words.next()?, words.next()?, words.next()?);
    if format != FORMAT || name != purpose.name() || words.next().is_some() {
        return None;
    }
    hex::decode(seed).ok()?.try_into().ok()
}

/// Writes a TLS certificate and its key, both PEM. Those that were there are replaced, the key first:
/// between the two a reload finds a pair that does not match, and keeps the old one.
pub fn write_tls(directory: &Path, certificate_pem: &str, key_pem: &str) -> Result<(), KeyFault> {
    files::private_directory(directory)?;
    files::replace(&directory.join("tls.key"), key_pem.as_bytes(), Readers::OwnerOnly)?;
    files::replace(&directory.join("tls.crt"), certificate_pem.as_bytes(), Readers::Anyone)?;
    Ok(())
}

pub fn read_tls(directory: &Path) -> Result<OwnCertificate, KeyFault> {
    read_pair(&directory.join("tls.crt"), &directory.join("tls.key"))
}

/// Reads a certificate and its private key (a node's or a person's), and checks that they match.
pub fn read_pair(certificate: &Path, key: &Path) -> Result<OwnCertificate, KeyFault> {
    let certificate_pem = files::read_public(certificate)?;
    let key_pem = files::read_private(key)?;
    OwnCertificate::from_pem(&certificate_pem, &key_pem).map_err(|fault| KeyFault::Pair {
        certificate: certificate.to_owned(),
        key: key.to_owned(),
        fault,
    })
}

/// Reads the pair again and puts it in force without a restart. On a fault the old pair stays in
/// force, and the fault says which file and why.
pub fn reload_tls(directory: &Path, in_force: &watch::Sender<Arc<OwnCertificate>>) -> Result<(), KeyFault> {
    in_force.send_replace(Arc::new(read_tls(directory)?));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_read_back_for_its_own_purpose_and_no_other() {
        let directory = tempfile::tempdir().unwrap();
        let keys = directory.path().join("keys");
        let made = make_signing_key(&keys, Purpose::Message).unwrap();
        assert_eq!(read_signing_key(&keys, Purpose::Message).unwrap().seed(), made.seed());
        std::fs::rename(keys.join("message.key"), keys.join("record.key")).unwrap();
        let fault = read_signing_key(&keys, Purpose::Record).err().unwrap();
        assert!(matches!(fault, KeyFault::NotThatKey { .. }), "{fault}");
        assert!(!fault.to_string().contains(&hex::encode(made.seed())));
    }

    #[test]
    fn a_key_that_is_there_is_never_overwritten() {
        let directory = tempfile::tempdir().unwrap();
        let keys = directory.path().join("keys");
        let first = make_signing_key(&keys, Purpose::Ledger).unwrap();
        let fault = make_signing_key(&keys, Purpose::Ledger).err().unwrap();
        assert!(matches!(fault, KeyFault::File(FileFault::Exists(_))), "{fault}");
        assert_eq!(read_signing_key(&keys, Purpose::Ledger).unwrap().seed(), first.seed());
    }
}
