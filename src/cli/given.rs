//! What is given on the command line: kinds, addressees, digests, instants.
//!
//! Never here: a guess. A shortened digest is taken only where the command shows what it stands for.

use std::collections::BTreeSet;

use bytes::Bytes;

use crate::cli::fault::Fault;
use crate::codec::regime::built_in;
use crate::domain::content::Kind;
use crate::domain::digest::{Digest, ThreadId};
use crate::domain::language::{Language, NotALanguage};
use crate::domain::message::{Addressee, Reference, RegimeCitation, Relation};
use crate::domain::precedence::Precedence;
use crate::domain::text::shown;
use crate::domain::time::Instant;
use crate::limits;

/// Those that are called so.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Kinds(Vec<Kind>);

impl Kinds {
    /// The only one, or among several that of this noun.
    pub fn of(&self, noun: &str) -> Option<Kind> {
        match self.0[..] {
            [one] => Some(one),
            [..] => self.0.iter().copied().find(|kind| kind.noun() == noun),
        }
    }
}

/// By a whole name, or by the last part of it.
pub fn kinds(text: &str) -> Result<Kinds, String> {
    let all: Vec<Kind> =
        Kind::ALL.into_iter().filter(|kind| kind.word() == text || kind.name() == text).collect();
    if all.is_empty() {
        let words: BTreeSet<&str> = Kind::ALL.into_iter().map(Kind::word).collect();
        Err(format!("one of: {}", words.into_iter().collect::<Vec<_>>().join(", ")))
    } else {
        Ok(Kinds(all))
    }
}

/// One of a noun's own.
pub fn kind_of(noun: &str, text: &str) -> Result<Kind, String> {
    let kinds: Vec<Kind> = Kind::ALL.into_iter().filter(|kind| kind.noun() == noun).collect();
    let found = kinds.iter().copied().find(|kind| kind.word() == text || kind.name() == text);
    found.ok_or_else(|| {
        let words: Vec<&str> = kinds.iter().map(|kind| kind.word()).collect();
        format!("one of: {}", words.join(", "))
    })
}

pub fn addressee(text: &str) -> Result<Addressee, String> {
    let (party, office) = text.split_once(':').unwrap_or((text, ""));
    let party = party.parse().map_err(|fault: crate::domain::party::NotAParty| fault.to_string())?;
    Ok(Addressee { party, office: office.into() })
}

pub fn precedence(text: &str) -> Result<Precedence, String> {
    Precedence::from_name(text).ok_or_else(|| "one of: flash, immediate, priority, routine".into())
}

pub fn regime(text: &str) -> Result<RegimeCitation, String> {
    let (name, rest) = text.split_once(':').unwrap_or((text, ""));
    let (first, after) = rest.split_once(':').unwrap_or((rest, ""));
    if let Some(digest) = Digest::from_hex(first) {
        return Ok(RegimeCitation { name: name.into(), digest, provision: after.into() });
    }
    // Without a digest it is the text that comes with the program.
    let text = built_in::file(name).ok_or_else(|| {
        format!(
            "{} is not built in: write NAME:DIGEST:PROVISION, with the digest that `detente regime check` prints; \
             and `detente regime hold` puts its text on record, so that it is checked",
            shown(name)
        )
    })?;
    Ok(RegimeCitation { name: name.into(), digest: Digest::of(text), provision: rest.into() })
}

/// Where a node is reached: "host:port", a port from 1 on.
pub fn address(text: &str) -> Result<String, String> {
    let port =
        text.rsplit_once(':').filter(|(host, _)| !host.is_empty()).map(|(_, port)| port.parse::<u16>());
    match port {
        Some(Ok(1..)) => Ok(text.into()),
        Some(Ok(0) | Err(_)) | None => {
            Err("HOST:PORT, such as node.example.org:7443; the port is from 1 to 65535".into())
        }
    }
}

pub fn digest(text: &str) -> Result<Digest, String> {
    Digest::from_hex(text).ok_or_else(|| "a digest is 64 hexadecimal digits".into())
}

/// Another message: by its digest, or by author and number where there is no digest, as for a note on paper.
pub fn reference(text: &str) -> Result<Reference, String> {
    let by = |message, author: &str, number: &str| Reference {
        message,
        number: number.into(),
        author: author.into(),
        relation: Relation::RefersTo,
    };
    if let Some(digest) = Digest::from_hex(text) {
        return Ok(by(Some(digest), "", ""));
    }
    match text.split_once(':') {
        Some((author, number)) if !author.is_empty() && !number.is_empty() => Ok(by(None, author, number)),
        Some(_) | None => Err("a digest of 64 hexadecimal digits, or AUTHOR:NUMBER".into()),
    }
}

/// Tags whose first subtag is longer could be registered, and none is (RFC 5646, 2.2.1): it is a language's name.
const LANGUAGE_LETTERS_MAX: usize = 3;

/// Of a reader, or of what is written.
pub fn language(text: &str) -> Result<Language, String> {
    if text.split('-').next().is_some_and(|first| first.len() > LANGUAGE_LETTERS_MAX) {
        return Err(NotALanguage.to_string());
    }
    text.parse().map_err(|fault: NotALanguage| fault.to_string())
}

pub fn thread(text: &str) -> Result<ThreadId, String> {
    ThreadId::from_hex(text).ok_or_else(|| "a thread is 32 hexadecimal digits".into())
}

pub fn instant(text: &str) -> Result<Instant, String> {
    Instant::from_rfc3339(text).ok_or_else(|| "an instant is written as 2025-07-31T09:00:00Z".into())
}

/// An id or digest, or the first digits of one.
pub fn beginning(text: &str) -> Result<String, String> {
    if text.len() < limits::DIGEST_DIGITS_MIN
        || text.len() > 64
        || !text.bytes().all(|byte| byte.is_ascii_hexdigit())
    {
        return Err(format!("hexadecimal digits, at least the first {}", limits::DIGEST_DIGITS_MIN));
    }
    Ok(text.to_ascii_lowercase())
}

/// The one that begins so, among all.
pub fn only_one<'a>(
    what: &str,
    beginning: &str,
    all: impl Iterator<Item = &'a Bytes>,
) -> Result<Bytes, Fault> {
    let mut found: Option<&Bytes> = None;
    for one in all.filter(|one| hex::encode(one).starts_with(beginning)) {
        if found.is_some_and(|other| other != one) {
            return Err(Fault::new(format!(
                "more than one {what} begins with {beginning}; give more digits"
            )));
        }
        found = Some(one);
    }
    found.cloned().ok_or_else(|| Fault::new(format!("no {what} here begins with {beginning}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_word_for_a_kind_is_listed_once() {
        let told = kinds("nothing").unwrap_err();
        assert_eq!(told.split(", ").filter(|word| *word == "withdrawal").count(), 1, "{told}");
    }

    #[test]
    fn the_name_of_a_language_is_not_taken_for_its_tag() {
        assert!(["en", "ru", "be-tarask", "zh-Hant-TW", "yue"].into_iter().all(|tag| language(tag).is_ok()));
        assert!(language("english").unwrap_err().contains("such as en or ru"));
    }
}
