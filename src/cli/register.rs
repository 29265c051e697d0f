//! The authority's register: every certificate it issued or revoked, every list it published.
//!
//! Text, a line each, only ever added to: `issued SERIAL node|person KEY-DIGEST UNTIL HOLDER`, `revoked
//! SERIAL AT`, `list NUMBER FROM UNTIL`. Never here: keys. A line that can't be read stops everything:
//! with a guess, a revoked certificate could come back.

use std::path::{Path, PathBuf};

use crate::cli::custody::CustodyFault;
use crate::cli::files::{self, Readers};
use crate::domain::digest::Digest;
use crate::domain::time::Instant;

/// What a certificate was made for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    Node,
    Person,
}

impl Kind {
    fn name(self) -> &'static str {
        match self {
            Kind::Node => "node",
            Kind::Person => "person",
        }
    }

    fn from_name(name: &str) -> Option<Kind> {
        [Kind::Node, Kind::Person].into_iter().find(|kind| kind.name() == name)
    }
}

/// One line.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Entry {
    Issued { serial: Vec<u8>, kind: Kind, key_digest: Digest, until: Instant, holder: String },
    Revoked { serial: Vec<u8>, at: Instant },
    List { number: u64, from: Instant, until: Instant },
}

/// The whole register, in memory as on disk.
pub struct Register {
    path: PathBuf,
    entries: Vec<Entry>,
}

impl Register {
    pub fn read(path: &Path) -> Result<Register, CustodyFault> {
        let bytes = files::read_private(path)?;
        let bad = |line| CustodyFault::BadRegister { path: path.to_owned(), line };
        let text = std::str::from_utf8(&bytes).map_err(|_| bad(1))?;
        let entries = text
            .lines()
            .enumerate()
            .map(|(at, line)| parse(line).ok_or_else(|| bad(at.saturating_add(1))))
            .collect::<Result<_, _>>()?;
        Ok(Register { path: path.to_owned(), entries })
    }

    /// On disk when this returns.
    pub fn add(&mut self, entry: Entry) -> Result<(), CustodyFault> {
        let lines = self.entries.iter().chain([&entry]).map(write).collect::<String>();
        files::replace(&self.path, lines.as_bytes(), Readers::OwnerOnly)?;
        self.entries.push(entry);
        Ok(())
    }

    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    pub fn issued(&self, wanted: &[u8]) -> bool {
        self.entries.iter().any(|entry| matches!(entry, Entry::Issued { serial, .. } if serial == wanted))
    }

    /// Serial numbers with the instant of their revocation, in the order of revoking.
    pub fn revoked(&self) -> impl Iterator<Item = (&[u8], Instant)> {
        self.entries.iter().filter_map(|entry| match entry {
            Entry::Revoked { serial, at } => Some((serial.as_slice(), *at)),
            Entry::Issued { .. } | Entry::List { .. } => None,
        })
    }

    /// The highest number of a list; 0 before the first.
    pub fn last_list(&self) -> u64 {
        let number = |entry: &Entry| match entry {
            Entry::List { number, .. } => Some(*number),
            Entry::Issued { .. } | Entry::Revoked { .. } => None,
        };
        self.entries.iter().filter_map(number).max().unwrap_or(0)
    }
}

fn write(entry: &Entry) -> String {
    match entry {
        Entry::Issued { serial, kind, key_digest, until, holder } => {
            format!("issued {} {} {key_digest} {until} {holder}\n", hex::encode(serial), kind.name())
        }
        Entry::Revoked { serial, at } => format!("revoked {} {at}\n", hex::encode(serial)),
        Entry::List { number, from, until } => format!("list {number} {from} {until}\n"),
    }
}

fn parse(line: &str) -> Option<Entry> {
    let mut words = line.splitn(6, ' ');
    let entry = match words.next()? {
        "issued" => Entry::Issued {
            serial: hex::decode(words.next()?).ok()?,
            kind: Kind::from_name(words.next()?)?,
            key_digest: Digest::from_hex(words.next()?)?,
            until: Instant::from_rfc3339(words.next()?)?,
            holder: words.next()?.to_owned(),
        },
        "revoked" => Entry::Revoked {
            serial: hex::decode(words.next()?).ok()?,
            at: Instant::from_rfc3339(words.next()?)?,
        },
        "list" => Entry::List {
            number: words.next()?.parse().ok()?,
            from: Instant::from_rfc3339(words.next()?)?,
            until: Instant::from_rfc3339(words.next()?)?,
        },
        _ => return None,
    };
    words.next().is_none().then_some(entry)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_back_and_a_spoilt_line_is_named() {
        let directory = tempfile::tempdir().unwrap();
        let custody = directory.path().join("custody");
        files::private_directory(&custody).unwrap();
        let path = custody.join("register");
        files::write_new(&path, b"", Readers::OwnerOnly).unwrap();
        let entries = [
            Entry::Issued {
                serial: vec![0x40, 1],
                kind: Kind::Person,
                key_digest: Digest::of(b"key"),
                until: Instant(1_000),
                holder: "Anna Maria Kowalska".into(),
            },
            Entry::Revoked { serial: vec![0x40, 1], at: Instant(2_000) },
            Entry::List { number: 7, from: Instant(3_000), until: Instant(4_000) },
        ];
        let mut register = Register::read(&path).unwrap();
        for entry in &entries {
            register.add(entry.clone()).unwrap();
        }
        assert_eq!(Register::read(&path).unwrap().entries(), entries);
        let text = String::from_utf8(files::read_private(&path).unwrap()).unwrap();
        files::replace(&path, text.replace("revoked", "revoke").as_bytes(), Readers::OwnerOnly).unwrap();
        let fault = Register::read(&path).err().unwrap();
        assert!(matches!(fault, CustodyFault::BadRegister { line: 2, .. }), "{fault}");
    }
}
