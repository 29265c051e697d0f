//! What a regime calls things, in the languages that it has.
//!
//! Never here: a translation. A label that is not in the reader's language is shown in the message's, else in
//! English, else the bare name is.

use std::collections::BTreeMap;

use crate::domain::language::Language;
use crate::domain::text::shown;

/// A text by language (BCP 47, such as `fr`). May be empty.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Labels(pub BTreeMap<String, String>);

/// The language that is fallen back to.
pub const FALLBACK: &str = "en";

/// In which languages a label is looked for before English: the reader's, then the message's.
#[derive(Clone, Copy, Debug)]
pub struct Languages<'a> {
    reader: Option<&'a str>,
    message: &'a str,
}

impl<'a> Languages<'a> {
    /// `None` for a reader who names none: the message's comes first then.
    pub fn of(reader: Option<&'a Language>, message: &'a str) -> Languages<'a> {
        Languages { reader: reader.map(Language::as_str), message }
    }
}

/// One alone, where no message is read.
impl<'a, T: AsRef<str> + ?Sized> From<&'a T> for Languages<'a> {
    fn from(language: &'a T) -> Languages<'a> {
        Languages { reader: None, message: language.as_ref() }
    }
}

impl Labels {
    /// The text in the first of these languages that it has, else in English, else the name. Safe to show.
    pub fn say<'a>(&self, languages: impl Into<Languages<'a>>, name: &str) -> String {
        let Languages { reader, message } = languages.into();
        let found = reader.into_iter().chain([message, FALLBACK]).find_map(|language| self.text(language));
        shown(found.unwrap_or(name))
    }

    /// In that language, else in a wider one of it (`zh-Hant`, then `zh` for `zh-Hant-TW`; RFC 4647, 3.4).
    fn text(&self, language: &str) -> Option<&str> {
        let exact = |wanted: &str| self.0.iter().find(|(tag, _)| tag.eq_ignore_ascii_case(wanted));
        let mut wanted = language;
        loop {
            if let Some((_, text)) = exact(wanted) {
                return Some(text);
            }
            (wanted, _) = wanted.rsplit_once('-')?;
        }
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}
