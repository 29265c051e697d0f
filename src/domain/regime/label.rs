//! What a regime calls things, in the languages that it has.
//!
//! Never here: a translation. A label that is not in the reader's language is shown in English, else
//! the bare name is.

use std::collections::BTreeMap;

use crate::domain::text::shown;

/// A text by language (BCP 47, such as `fr`). May be empty.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Labels(pub BTreeMap<String, String>);

/// The language that is fallen back to.
pub const FALLBACK: &str = "en";

impl Labels {
    /// The text in that language, else in its main language (`fr` for `fr-CA`), else in English, else
    /// the name. Safe to show.
    pub fn say(&self, language: &str, name: &str) -> String {
        let main = language.split('-').next().unwrap_or_default();
        let found = [language, main, FALLBACK].into_iter().find_map(|language| self.0.get(language));
        shown(found.map_or(name, String::as_str))
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}
