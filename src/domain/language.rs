//! A language by its tag, BCP 47.
//!
//! Never here: whether there is such a language. What it is for is the reader's own affair.

use std::fmt;
use std::str::FromStr;

use crate::limits;

/// A reader's, such as `fr` or `zh-Hant-TW`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Language(String);

/// Why a text names no language.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("is no BCP 47 tag such as en or ru, of {} bytes at most", limits::LANGUAGE_TAG_BYTES_MAX)]
pub struct NotALanguage;

impl Language {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Language {
    type Err = NotALanguage;

    fn from_str(text: &str) -> Result<Language, NotALanguage> {
        if text.len() <= limits::LANGUAGE_TAG_BYTES_MAX && is_language(text) {
            Ok(Language(text.to_owned()))
        } else {
            Err(NotALanguage)
        }
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The shape of a language tag, RFC 5646 2.1: subtags of letters and digits, the first of letters.
pub(crate) fn is_language(tag: &str) -> bool {
    let well_formed = |subtag: &str| {
        (1..=8).contains(&subtag.len()) && subtag.bytes().all(|byte| byte.is_ascii_alphanumeric())
    };
    let primary = tag.split('-').next().unwrap_or_default();
    (2..=8).contains(&primary.len())
        && primary.bytes().all(|byte| byte.is_ascii_alphabetic())
        && tag.split('-').all(well_formed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_tag_or_too_long_names_no_language() {
        for tag in ["fr", "FR", "be-tarask", "zh-Hant-TW"] {
            assert_eq!(tag.parse::<Language>().map(|language| language.to_string()), Ok(tag.to_owned()));
        }
        let long = format!("fr{}", "-abcdefgh".repeat(4));
        for text in
            ["", "f", "fr_CA", "fr-", "1n", "english language", "fr\u{202e}", "français", long.as_str()]
        {
            assert_eq!(text.parse::<Language>(), Err(NotALanguage), "{text}");
        }
    }
}
