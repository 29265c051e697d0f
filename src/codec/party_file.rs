//! Party files: what two Parties hand each other once, by hand, as text that can be mailed.
//!
//! Never here: trust. A file proves only that its lists follow from the first; that the first is the
//! Party's, people compare by its fingerprint, over another channel. So the file does not show it.

use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use bytes::Bytes;
use prost::Message as _;

use super::fault::DecodeFault;
use super::key_list::{OpenFault, open_first, open_successor};
use super::repeated::check_count;
use super::{evidence_v1 as proto, signed};
use crate::domain::digest::Digest;
use crate::domain::keys::KeyList;
use crate::evidence::signed::Signed;
use crate::limits;

// RFC 7468, so that mail programs, editors and other tools take the text for what it is.
const BEGIN: &str = "-----BEGIN DETENTE PARTY FILE-----";
const END: &str = "-----END DETENTE PARTY FILE-----";
const LINE_CHARS: usize = 64;

/// The lists of a Party from number 1 on, and the newest revocation list of its authority.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PartyFile {
    first: Signed,
    later: Vec<Signed>,
    revocation_list: Bytes,
}

/// A key list that was verified, with the digest of its payload.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct VerifiedList {
    pub list: KeyList,
    pub digest: Digest,
    pub signed: Signed,
}

/// Why a party file is not taken: which list of it, counted from 1.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("party file, list {place}: {fault}")]
pub struct PartyFileFault {
    pub place: usize,
    pub fault: OpenFault,
}

impl PartyFile {
    /// `revocation_list` is DER (RFC 5280).
    pub fn new(first: Signed, later: Vec<Signed>, revocation_list: Bytes) -> PartyFile {
        PartyFile { first, later, revocation_list }
    }

    pub fn revocation_list(&self) -> &Bytes {
        &self.revocation_list
    }

    /// What people compare before they take the file.
    pub fn fingerprint(&self) -> Fingerprint {
        Fingerprint(self.first.digest())
    }

    /// All lists in order, at least one, each verified under the one before. The first under itself.
    pub fn verified_lists(&self) -> Result<Vec<VerifiedList>, PartyFileFault> {
        let list = open_first(&self.first).map_err(|fault| PartyFileFault { place: 1, fault })?;
        let mut before = VerifiedList { list, digest: self.first.digest(), signed: self.first.clone() };
        let mut verified = Vec::new();
        for (place, signed) in (2..).zip(&self.later) {
            let (list, _) = open_successor(&before.list, &before.digest, signed)
                .map_err(|fault| PartyFileFault { place, fault })?;
            let next = VerifiedList { list, digest: signed.digest(), signed: signed.clone() };
            verified.push(std::mem::replace(&mut before, next));
        }
        verified.push(before);
        Ok(verified)
    }

    pub fn decode(bytes: Bytes) -> Result<PartyFile, DecodeFault> {
        if bytes.len() > limits::PARTY_FILE_BYTES_MAX {
            return Err(DecodeFault::at_most("party_file", limits::PARTY_FILE_BYTES_MAX, "bytes"));
        }
        let too_many =
            DecodeFault::at_most("party_file.key_lists", limits::PARTY_FILE_KEY_LISTS_MAX, "key lists");
        check_count(bytes.clone(), 1, limits::PARTY_FILE_KEY_LISTS_MAX, too_many)?;
        let file = proto::PartyFile::decode(bytes)
            .map_err(|_| DecodeFault::new("party_file", "not a party file at all"))?;
        if file.revocation_list.len() > limits::REVOCATION_LIST_BYTES_MAX {
            return Err(DecodeFault::at_most(
                "party_file.revocation_list",
                limits::REVOCATION_LIST_BYTES_MAX,
                "bytes",
            ));
        }
        let mut lists = file.key_lists.into_iter().map(signed::from_proto);
        let first = lists.next().ok_or(DecodeFault::new("party_file.key_lists", "at least one"))??;
        let later = lists.collect::<Result<_, _>>()?;
        Ok(PartyFile { first, later, revocation_list: file.revocation_list })
    }

    pub fn encode(&self) -> Bytes {
        let lists = std::iter::once(&self.first).chain(&self.later);
        let file = proto::PartyFile {
            key_lists: lists.map(signed::to_proto).collect(),
            revocation_list: self.revocation_list.clone(),
        };
        file.encode_to_vec().into()
    }

    /// The text between its two marks. Text before and after, such as of a mail, does no harm, nor do
    /// line ends and spaces that mail programs change.
    pub fn from_text(text: &str) -> Result<PartyFile, DecodeFault> {
        if text.len() > limits::PARTY_FILE_BYTES_MAX {
            return Err(DecodeFault::at_most("party_file", limits::PARTY_FILE_BYTES_MAX, "bytes"));
        }
        let mut lines = text.lines().map(str::trim);
        if !lines.any(|line| line == BEGIN) {
            return Err(DecodeFault::new("party_file", "its first line is missing"));
        }
        let mut base64 = String::new();
        loop {
            match lines.next() {
                Some(END) => break,
                Some(line) => base64.push_str(line),
                None => return Err(DecodeFault::new("party_file", "its last line is missing")),
            }
        }
        let bytes = BASE64.decode(base64).map_err(|_| DecodeFault::new("party_file", "not base64"))?;
        PartyFile::decode(bytes.into())
    }
}

/// The text file.
impl fmt::Display for PartyFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{BEGIN}")?;
        let base64 = BASE64.encode(self.encode());
        let mut rest = base64.as_str();
        while let Some((line, after)) = rest.split_at_checked(LINE_CHARS) {
            writeln!(f, "{line}")?;
            rest = after;
        }
        if !rest.is_empty() {
            writeln!(f, "{rest}")?;
        }
        writeln!(f, "{END}")
    }
}

/// The SHA-256 digest of the payload of a Party's first key list, written in groups of four
/// hexadecimal digits, to be read out and compared.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Fingerprint(pub Digest);

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (group, bytes) in self.0.0.chunks(2).enumerate() {
            let space = if group == 0 { "" } else { " " };
            write!(f, "{space}{}", hex::encode(bytes))?;
        }
        Ok(())
    }
}

/// What was typed is not a fingerprint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a fingerprint is 64 hexadecimal digits, in groups or not")]
pub struct NotAFingerprint;

/// As a person types it: in groups or not, in any letter case.
impl FromStr for Fingerprint {
    type Err = NotAFingerprint;

    fn from_str(text: &str) -> Result<Fingerprint, NotAFingerprint> {
        let digits: String = text.chars().filter(|c| !c.is_whitespace() && !matches!(c, ':' | '-')).collect();
        Digest::from_hex(&digits).map(Fingerprint).ok_or(NotAFingerprint)
    }
}
