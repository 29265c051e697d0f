//! Phrases that two Parties agreed on, numbered, in the languages of both: what can be said at once and is
//! understood without a translator.
//!
//! Never here: a phrase of ours. Each end puts on record what was agreed; where the two lists differ, the text that was
//! said is what counts, and a reader is told.

use std::collections::BTreeSet;

use super::forms::too_long;
use crate::domain::heading::is_language;
use crate::domain::party::Party;
use crate::domain::refusal::Refusal;
use crate::limits;

/// All that is agreed on one link; none once it is empty.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LinkPhrases {
    /// The other end.
    pub party: Party,
    pub phrases: Vec<Phrase>,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Phrase {
    /// By which it is sent, from 1 on.
    pub number: u64,
    /// The same in each language, by its tag.
    pub texts: Vec<PhraseText>,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PhraseText {
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

    /// # Errors
    /// Too many, a number twice or 0, fewer than two languages, a language twice, a text that is none or too long.
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
                if !is_language(&one.language) || !languages.insert(one.language.to_lowercase()) {
                    return refused(format!(
                        "phrase {number}: each text has a language of its own, such as en"
                    ));
                }
                if one.text.trim().is_empty() || too_long(&one.text).is_some() {
                    return refused(format!("phrase {number}: a text is empty or too long"));
                }
            }
            if languages.len() < 2 {
                return refused(format!("phrase {number}: it is written in two languages at least"));
            }
        }
        Ok(())
    }
}
