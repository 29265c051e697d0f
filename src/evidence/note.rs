//! Signed notes (C2SP signed-note 1.0.0, as Go's `golang.org/x/mod/sumdb/note` reads them): a text, a
//! blank line, a line for each signature.
//!
//! Never here: what the text says (`checkpoint.rs`). Base64 is taken in its one canonical form only,
//! which is stricter than Go, so that no byte of a note can change unnoticed.

use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;

use super::cosignature;
use super::keys::{PublicKey, SigningKey};
use crate::domain::digest::Digest;
use crate::limits;

const SIGNATURE_LINE_START: &str = "\u{2014} ";

/// What kind of signature a note key makes: the signature type byte of C2SP signed-note.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum NoteAlgorithm {
    /// 0x01: Ed25519 over the text.
    Ed25519,
    /// 0x04: an Ed25519 cosignature with a time (C2SP tlog-cosignature).
    Cosignature,
}

impl NoteAlgorithm {
    fn byte(self) -> u8 {
        match self {
            NoteAlgorithm::Ed25519 => 0x01,
            NoteAlgorithm::Cosignature => 0x04,
        }
    }
}

/// A public key under the name by which notes call it. Written as a verifier key,
/// `name+hash+base64(type || key)`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NoteKey {
    name: String,
    algorithm: NoteAlgorithm,
    key: PublicKey,
}

/// What is wrong with a note, or with a verifier key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoteFault {
    #[error("the note is larger than {} bytes", limits::NOTE_BYTES_MAX)]
    TooLarge,
    #[error("the note has more than {} signature lines", limits::NOTE_SIGNATURES_MAX)]
    TooManySignatures,
    #[error("the note is not UTF-8, or holds control characters")]
    Characters,
    #[error("the note has no blank line before its signatures, or does not end with a line feed")]
    NoSignatures,
    #[error("signature line {line} is not an em dash, a key name and base64")]
    SignatureLine { line: usize },
    #[error("the text of a note ends with a line feed and has no control characters")]
    Text,
    #[error(
        "a key name is not empty, without spaces and plus signs, of at most {} bytes",
        limits::NOTE_NAME_BYTES_MAX
    )]
    Name,
    #[error("the verifier key is not name, hash and key of a known type")]
    VerifierKey,
    #[error("no known key signed the note")]
    Unsigned,
    #[error("the note's signature by {name} does not verify")]
    WrongSignature { name: String },
}

impl NoteKey {
    pub fn new(name: &str, algorithm: NoteAlgorithm, key: PublicKey) -> Result<NoteKey, NoteFault> {
        if is_name(name) { Ok(NoteKey { name: name.into(), algorithm, key }) } else { Err(NoteFault::Name) }
    }

    pub fn name(&self) -> &str {
        &self.name
    }

    pub fn algorithm(&self) -> NoteAlgorithm {
        self.algorithm
    }

    pub(super) fn public_key(&self) -> &PublicKey {
        &self.key
    }

    /// The first four bytes of SHA-256 over name, line feed, type and key: it finds a key, and proves
    /// nothing.
    pub fn id(&self) -> [u8; 4] {
        let digest =
            Digest::of_all(&[self.name.as_bytes(), b"\n", &[self.algorithm.byte()], self.key.as_bytes()]);
        let [a, b, c, d, ..] = digest.0;
        [a, b, c, d]
    }

    /// Whether a signature line says that it is by this key.
    pub fn is_named_by(&self, signature: &NoteSignature) -> bool {
        self.name == signature.name && self.id() == signature.key_id
    }

    fn verifies(&self, text: &str, value: &[u8]) -> bool {
        match self.algorithm {
            NoteAlgorithm::Ed25519 => self.key.verify(text.as_bytes(), value).is_ok(),
            NoteAlgorithm::Cosignature => cosignature::verify_value(&self.key, text, value).is_some(),
        }
    }
}

impl fmt::Display for NoteKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut key = vec![self.algorithm.byte()];
        key.extend_from_slice(self.key.as_bytes());
        write!(f, "{}+{}+{}", self.name, hex::encode(self.id()), BASE64.encode(key))
    }
}

impl FromStr for NoteKey {
    type Err = NoteFault;

    fn from_str(text: &str) -> Result<NoteKey, NoteFault> {
        let mut parts = text.splitn(3, '+');
        let (Some(name), Some(id), Some(key)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(NoteFault::VerifierKey);
        };
        let key = BASE64.decode(key).map_err(|_| NoteFault::VerifierKey)?;
        let (algorithm, key) = match key.split_first() {
            Some((0x01, key)) => (NoteAlgorithm::Ed25519, key),
            Some((0x04, key)) => (NoteAlgorithm::Cosignature, key),
            _ => return Err(NoteFault::VerifierKey),
        };
        let key = PublicKey::from_bytes(key).map_err(|_| NoteFault::VerifierKey)?;
        let key = NoteKey::new(name, algorithm, key)?;
        if id.eq_ignore_ascii_case(&hex::encode(key.id())) { Ok(key) } else { Err(NoteFault::VerifierKey) }
    }
}

/// One signature line. The key that it names may be one that nobody here knows.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NoteSignature {
    pub(super) name: String,
    pub(super) key_id: [u8; 4],
    /// What follows the key id; its form depends on the key's algorithm.
    pub(super) value: Vec<u8>,
}

impl NoteSignature {
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Reads one line, without its line feed.
    pub fn from_line(line: &str) -> Option<NoteSignature> {
        let (name, value) = line.strip_prefix(SIGNATURE_LINE_START)?.split_once(' ')?;
        let value = BASE64.decode(value).ok()?;
        let (key_id, value) = value.split_first_chunk::<4>()?;
        if !is_name(name) || value.is_empty() {
            return None;
        }
        Some(NoteSignature { name: name.into(), key_id: *key_id, value: value.into() })
    }
}

/// The line, without its line feed.
impl fmt::Display for NoteSignature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let value = [&self.key_id[..], &self.value].concat();
        write!(f, "{SIGNATURE_LINE_START}{} {}", self.name, BASE64.encode(value))
    }
}

/// A text and its signature lines, in their order. Nothing of it is believed before `verify`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Note {
    text: String,
    signatures: Vec<NoteSignature>,
}

impl Note {
    /// Signs a text with an Ed25519 key under a name.
    pub fn sign(text: String, name: &str, key: &SigningKey) -> Result<Note, NoteFault> {
        if !text.ends_with('\n') || !has_only_note_characters(&text) {
            return Err(NoteFault::Text);
        }
        let note_key = NoteKey::new(name, NoteAlgorithm::Ed25519, key.public_key())?;
        let value = key.sign(text.as_bytes()).to_vec();
        let signature = NoteSignature { name: name.into(), key_id: note_key.id(), value };
        Ok(Note { text, signatures: vec![signature] })
    }

    pub fn parse(bytes: &[u8]) -> Result<Note, NoteFault> {
        if bytes.len() > limits::NOTE_BYTES_MAX {
            return Err(NoteFault::TooLarge);
        }
        let whole = std::str::from_utf8(bytes).map_err(|_| NoteFault::Characters)?;
        if !has_only_note_characters(whole) {
            return Err(NoteFault::Characters);
        }
        // The last blank line: the text may have others.
        let (text, lines) = whole.rsplit_once("\n\n").ok_or(NoteFault::NoSignatures)?;
        let lines = lines.strip_suffix('\n').ok_or(NoteFault::NoSignatures)?;
        let mut signatures = Vec::new();
        for (index, line) in lines.split('\n').enumerate() {
            if index >= limits::NOTE_SIGNATURES_MAX {
                return Err(NoteFault::TooManySignatures);
            }
            let signature = NoteSignature::from_line(line);
            signatures.push(signature.ok_or(NoteFault::SignatureLine { line: index.saturating_add(1) })?);
        }
        Ok(Note { text: format!("{text}\n"), signatures })
    }

    /// The signed text, with the line feed at its end.
    pub fn text(&self) -> &str {
        &self.text
    }

    pub fn signatures(&self) -> &[NoteSignature] {
        &self.signatures
    }

    /// Adds a signature line made elsewhere. The same line twice is added once.
    pub fn add(&mut self, signature: NoteSignature) -> Result<(), NoteFault> {
        if self.signatures.contains(&signature) {
            return Ok(());
        }
        if self.signatures.len() >= limits::NOTE_SIGNATURES_MAX {
            return Err(NoteFault::TooManySignatures);
        }
        self.signatures.push(signature);
        Ok(())
    }

    /// The known keys that signed the note, in the order of their lines. Lines of unknown keys are
    /// ignored; one wrong line of a known key makes the whole note wrong.
    pub fn verify<'k>(&self, known: &[&'k NoteKey]) -> Result<Vec<&'k NoteKey>, NoteFault> {
        let mut signed_by: Vec<&NoteKey> = Vec::new();
        for signature in &self.signatures {
            let Some(key) = known.iter().find(|key| key.is_named_by(signature)) else { continue };
            if !key.verifies(&self.text, &signature.value) {
                return Err(NoteFault::WrongSignature { name: key.name.clone() });
            }
            if !signed_by.contains(key) {
                signed_by.push(key);
            }
        }
        if signed_by.is_empty() { Err(NoteFault::Unsigned) } else { Ok(signed_by) }
    }
}

/// The note, byte for byte as it was read or signed.
impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.text)?;
        self.signatures.iter().try_for_each(|signature| writeln!(f, "{signature}"))
    }
}

fn is_name(name: &str) -> bool {
    (1..=limits::NOTE_NAME_BYTES_MAX).contains(&name.len())
        && !name.contains(|c: char| c.is_whitespace() || c == '+')
        && has_only_note_characters(name)
}

/// Any character but the ASCII controls below U+0020 other than the line feed.
fn has_only_note_characters(text: &str) -> bool {
    text.bytes().all(|byte| byte >= 0x20 || byte == b'\n')
}
