//! Agreed phrases as two custodians write them, TOML, and as records hold them.
//!
//! Never here: whether they are well made (the Board).

use std::collections::BTreeMap;

use serde::Deserialize;

use super::dispatch::party;
use super::fault::DecodeFault;
use super::journal_v1 as proto;
use crate::domain::hotline::phrases::{LinkPhrases, Phrase, PhraseText};
use crate::limits;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PhrasesFile {
    party: String,
    #[serde(default, rename = "phrase")]
    phrases: Vec<PhraseFile>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PhraseFile {
    number: u64,
    /// By language, in the order of their tags.
    texts: BTreeMap<String, String>,
}

/// Why a text is no list of phrases.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("line {line}: {what}")]
pub struct NotPhrases {
    /// From 1 on.
    pub line: usize,
    pub what: String,
}

/// Reads a list.
///
/// # Errors
/// The first thing that is wrong, with its line.
pub fn read(text: &str) -> Result<LinkPhrases, NotPhrases> {
    let first = |what: String| NotPhrases { line: 1, what };
    if text.len() > limits::LINK_PHRASES_BYTES_MAX {
        return Err(first(format!("agreed phrases take at most {} bytes", limits::LINK_PHRASES_BYTES_MAX)));
    }
    let file: PhrasesFile = toml::from_str(text).map_err(|fault| {
        let before = fault.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
        let line = before.matches('\n').count().saturating_add(1);
        NotPhrases { line, what: fault.message().to_owned() }
    })?;
    let party = file.party.parse().map_err(|_| first("party: the code of the other Party".into()))?;
    let phrase = |one: PhraseFile| Phrase {
        number: one.number,
        texts: one.texts.into_iter().map(|(language, text)| PhraseText { language, text }).collect(),
    };
    Ok(LinkPhrases { party, phrases: file.phrases.into_iter().map(phrase).collect() })
}

pub(super) fn to_proto(new: &LinkPhrases) -> proto::LinkPhrases {
    let text =
        |one: &PhraseText| proto::PhraseText { language: one.language.clone(), text: one.text.clone() };
    let phrase = |phrase: &Phrase| proto::Phrase {
        number: phrase.number,
        texts: phrase.texts.iter().map(text).collect(),
    };
    proto::LinkPhrases { party: new.party.to_string(), phrases: new.phrases.iter().map(phrase).collect() }
}

pub(super) fn from_proto(wire: proto::LinkPhrases) -> Result<LinkPhrases, DecodeFault> {
    let text = |one: proto::PhraseText| PhraseText { language: one.language, text: one.text };
    let phrase =
        |one: proto::Phrase| Phrase { number: one.number, texts: one.texts.into_iter().map(text).collect() };
    Ok(LinkPhrases {
        party: party(&wire.party, "change.link_phrases.party")?,
        phrases: wire.phrases.into_iter().map(phrase).collect(),
    })
}
