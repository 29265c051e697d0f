//! Phrases that two Parties agreed on, numbered, in the languages of both: what can be said at once and is
//! understood without a translator.
//!
//! Never here: a phrase of ours, or one that is looked up by its number alone. Each end puts on record what was agreed;
//! where the two lists differ, the text that was said is what counts, and a reader is told.

use std::collections::BTreeSet;

use super::forms::too_long;
use crate::domain::digest::Digest;
use crate::domain::language::Language;
use crate::domain::party::Party;
use crate::domain::refusal::Refusal;
use crate::domain::text::lines_hide;
use crate::limits;

/// All that is agreed on one link; an empty list ends what was agreed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LinkPhrases {
    /// The other end.
    pub party: Party,
    pub phrases: Vec<Phrase>,
}

/// One agreed phrase.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Phrase {
    /// By which it is sent, from 1 on.
    pub number: u64,
    /// The same in each language.
    pub texts: Vec<PhraseText>,
}

/// A phrase in one language.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PhraseText {
    /// BCP 47.
    pub language: String,
    pub text: String,
}

impl Phrase {
    /// What it says in this language.
    pub fn text_in(&self, language: &str) -> Option<&str> {
        let found = self.texts.iter().find(|one| one.language.eq_ignore_ascii_case(language));
        found.map(|one| one.text.as_str())
    }
}

impl LinkPhrases {
    pub fn phrase(&self, number: u64) -> Option<&Phrase> {
        self.phrases.iter().find(|phrase| phrase.number == number)
    }

    /// The phrase of this number, if what it says in this language is the very same text.
    pub fn same(&self, number: u64, language: &str, text: &str) -> Option<&Phrase> {
        self.phrase(number).filter(|phrase| phrase.text_in(language) == Some(text))
    }

    /// Of all that the list says, in the order of numbers and of language tags: the same at both ends of a link where
    /// both agreed on the same.
    pub fn digest(&self) -> Digest {
        fn put(out: &mut Vec<u8>, text: &str) {
            out.extend_from_slice(&(text.len() as u64).to_be_bytes());
            out.extend_from_slice(text.as_bytes());
        }
        let mut out = b"detente agreed phrases 1\n".to_vec();
        let mut phrases: Vec<&Phrase> = self.phrases.iter().collect();
        phrases.sort_by_key(|phrase| phrase.number);
        for phrase in phrases {
            out.extend_from_slice(&phrase.number.to_be_bytes());
            out.extend_from_slice(&(phrase.texts.len() as u64).to_be_bytes());
            let mut texts: Vec<(String, &str)> =
                phrase.texts.iter().map(|one| (one.language.to_lowercase(), one.text.as_str())).collect();
            texts.sort();
            for (language, text) in texts {
                put(&mut out, &language);
                put(&mut out, text);
            }
        }
        Digest::of(&out)
    }

    /// # Errors
    /// Too many, a number twice or 0, fewer than two languages or too many, a language twice, a text that is empty, too
    /// long or not what it seems.
    pub fn check(&self) -> Result<(), Refusal> {
        let refused = |rule: String| Err(Refusal::Field { field: "link_phrases", rule });
        if self.phrases.len() > limits::LINK_PHRASES_MAX {
            return Err(Refusal::TooMany { what: "phrases of one link", most: limits::LINK_PHRASES_MAX });
        }
        let mut numbers = BTreeSet::new();
        for phrase in &self.phrases {
            let number = phrase.number;
            if number == 0 || number > limits::FORM_NUMBER_MAX || !numbers.insert(number) {
                return refused(format!("phrase {number}: each has a number of its own, from 1 on"));
            }
            let mut languages = BTreeSet::new();
            for one in &phrase.texts {
                let is_new = languages.insert(one.language.to_lowercase());
                if one.language.parse::<Language>().is_err() || !is_new {
                    return refused(format!(
                        "phrase {number}: each text has a language of its own, such as en"
                    ));
                }
                if one.text.trim().is_empty() {
                    return refused(format!("phrase {number}: a text is empty"));
                }
                if let Some(rule) = too_long(&one.text) {
                    return refused(format!("phrase {number}: {rule}"));
                }
                if lines_hide(&one.text) {
                    return refused(format!("phrase {number}: a text holds characters that are not shown"));
                }
            }
            if !(2..=limits::PHRASE_LANGUAGES_MAX).contains(&languages.len()) {
                let most = limits::PHRASE_LANGUAGES_MAX;
                return refused(format!(
                    "phrase {number}: it is written in two languages at least, {most} at most"
                ));
            }
        }
        Ok(())
    }
}
