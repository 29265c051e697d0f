//! `DIR/keys/`: the keys of a serving node. Never here: the authority's key (`custody.rs`).
//!
//! `tls.crt` and `tls.key` are PEM. `message.key`, `record.key`, `ledger.key` and `witness.key` hold an
//! Ed25519 seed (RFC 8032) each, in one line of text: `detente-key-1 message 9f86d0…`, the purpose and
//! 64 hexadecimal digits. The purpose stands inside so that no key is ever taken for another. Those that
//! were made for a later key list lie in `list-2/`, `list-3/` …, under the same names.

use std::path::{Path, PathBuf};

use crate::cli::files::{self, FileFault, Readers};
pub use crate::domain::keys::Purpose;
use crate::evidence::keys::SigningKey;
use crate::limits;
use crate::peers::tls::{BadPair, OwnCertificate};

const FORMAT: &str = "detente-key-1";

/// Those of the Ed25519 keys that a serving node needs. The list key, which signs the next key list, is in
/// `DIR/custody/`.
pub const SERVING: [Purpose; 4] = [Purpose::Message, Purpose::Record, Purpose::Ledger, Purpose::Witness];

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

/// The keys of a serving node, those of all its key lists, each found usable. Which of them is in force, the
/// newest list on record says.
pub struct NodeKeys {
    pub signing: Vec<SigningKey>,
    /// In the order of the lists that they were made for.
    pub tls: Vec<OwnCertificate>,
}

impl NodeKeys {
    pub fn read(directory: &Path) -> Result<NodeKeys, KeyFault> {
        // Without it no key would be found, and none be called missing.
        std::fs::metadata(directory).map_err(|fault| FileFault::Io { path: directory.to_owned(), fault })?;
        let mut keys = NodeKeys { signing: Vec::new(), tls: Vec::new() };
        for place in places(directory) {
            for purpose in SERVING {
                if file_in(&place, purpose).exists() {
                    keys.signing.push(read_signing_key(&place, purpose)?);
                }
            }
            if place.join("tls.crt").exists() {
                keys.tls.push(read_tls(&place)?);
            }
        }
        Ok(keys)
    }
}

/// Where keys of a purpose may lie: the directory itself, for the first list, and a directory of its own for
/// each later list that brought new ones. A key stays where it was made as long as something is owed under it.
pub fn places(directory: &Path) -> impl Iterator<Item = PathBuf> {
    let later = (2..=limits::PARTY_FILE_KEY_LISTS_MAX).map(|number| directory.join(format!("list-{number}")));
    std::iter::once(directory.to_owned()).chain(later.filter(|place| place.exists()))
}

pub fn file_in(directory: &Path, purpose: Purpose) -> PathBuf {
    directory.join(format!("{}.key", purpose.name()))
}

/// A fresh Ed25519 key, written to its file: for any purpose but TLS, whose key comes with its certificate.
/// A key that is there already is never overwritten.
pub fn make_signing_key(directory: &Path, purpose: Purpose) -> Result<SigningKey, KeyFault> {
    files::private_directory(directory)?;
    let mut seed = [0; 32];
    getrandom::fill(&mut seed).map_err(|_| KeyFault::NoRandomness)?;
    let line = format!("{FORMAT} {} {}\n", purpose.name(), hex::encode(seed));
    files::write_new(&file_in(directory, purpose), line.as_bytes(), Readers::OwnerOnly)?;
    Ok(SigningKey::from_seed(&seed))
}

pub fn read_signing_key(directory: &Path, purpose: Purpose) -> Result<SigningKey, KeyFault> {
    let path = file_in(directory, purpose);
    let bytes = files::read_private(&path)?;
    parse_seed(&bytes, purpose)
        .map(|seed| SigningKey::from_seed(&seed))
        .ok_or(KeyFault::NotThatKey { path, purpose: purpose.name() })
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_read_back_for_its_own_purpose_and_no_other() {
        let directory = tempfile::tempdir().unwrap();
        let keys = directory.path().join("keys");
        let made = make_signing_key(&keys, Purpose::Message).unwrap().public_key();
        assert_eq!(read_signing_key(&keys, Purpose::Message).unwrap().public_key(), made);
        let kept = std::fs::read(keys.join("message.key")).unwrap();
        std::fs::rename(keys.join("message.key"), keys.join("record.key")).unwrap();
        let fault = read_signing_key(&keys, Purpose::Record).err().unwrap();
        assert!(matches!(fault, KeyFault::NotThatKey { .. }), "{fault}");
        let seed = hex::encode(parse_seed(&kept, Purpose::Message).unwrap());
        assert!(!fault.to_string().contains(&seed));
    }

    #[test]
    fn a_key_that_is_there_is_never_overwritten() {
        let directory = tempfile::tempdir().unwrap();
        let keys = directory.path().join("keys");
        let first = make_signing_key(&keys, Purpose::Ledger).unwrap().public_key();
        let fault = make_signing_key(&keys, Purpose::Ledger).err().unwrap();
        assert!(matches!(fault, KeyFault::File(FileFault::Exists(_))), "{fault}");
        assert_eq!(read_signing_key(&keys, Purpose::Ledger).unwrap().public_key(), first);
    }
}
