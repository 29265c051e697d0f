//! A TOML table that is read key by key: a key that such a table never has is refused first, what is asked for is
//! taken out, and what is left over is refused at the end.
//!
//! Every refusal names the line. Never here: what a key means.

use std::collections::BTreeMap;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::keys::{self, Keys};
use crate::domain::text::{lines_hide, shown};
use crate::limits;

/// What is wrong with a regime file, and where. Safe to show.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("line {line}: {what}")]
pub struct NotARegime {
    /// From 1.
    pub line: usize,
    pub what: String,
}

/// A place in the file: the byte at which something begins.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct At(pub usize);

/// The text of a file, for lines.
#[derive(Clone, Copy)]
pub struct Text<'t>(pub &'t str);

impl Text<'_> {
    pub fn fault(&self, at: At, what: impl Into<String>) -> NotARegime {
        let before = self.0.as_bytes().get(..at.0).unwrap_or(self.0.as_bytes());
        let line = before.iter().filter(|byte| **byte == b'\n').count().saturating_add(1);
        NotARegime { line, what: what.into() }
    }
}

/// Why a text is refused that shows as something else than it is.
pub const HIDES: &str = "holds a character that can't be seen or that turns its direction";

/// A value, and where it stands.
#[derive(Clone, Copy)]
pub struct Value<'t> {
    pub at: At,
    value: &'t DeValue<'t>,
    text: Text<'t>,
}

/// A table whose keys are taken out one by one.
pub struct Table<'t> {
    pub at: At,
    /// What it is, for refusals, and what it may have.
    known: Keys,
    keys: BTreeMap<&'t str, Value<'t>>,
    text: Text<'t>,
}

type Read<T> = Result<T, NotARegime>;

impl<'t> Table<'t> {
    pub fn whole(table: &'t DeTable<'t>, text: Text<'t>) -> Table<'t> {
        Table { at: At(0), known: keys::REGIME, keys: by_key(table, text), text }
    }

    /// Refuses a key that such a table never has: the first of the file. A key that is misspelt is told as that, and
    /// not as one that is missing.
    pub fn without_unknown(self) -> Read<Table<'t>> {
        let known = self.known.keys;
        match self.first(|key| !known.contains(&key)) {
            None => Ok(self),
            Some((key, at)) => Err(self.text.fault(
                at,
                format!("{} has no key {}; it may have: {}", self.known.what, quoted(key), known.join(", ")),
            )),
        }
    }

    fn first(&self, is_meant: impl Fn(&str) -> bool) -> Option<(&'t str, At)> {
        let meant = self.keys.iter().filter(|(key, _)| is_meant(key));
        meant.min_by_key(|(_, value)| value.at.0).map(|(key, value)| (*key, value.at))
    }

    pub fn fault(&self, at: At, what: impl Into<String>) -> NotARegime {
        self.text.fault(at, what)
    }

    pub fn take(&mut self, key: &str) -> Option<Value<'t>> {
        self.keys.remove(key)
    }

    pub fn has(&self, key: &str) -> bool {
        self.keys.contains_key(key)
    }

    /// Where a key stands; where the table does, if it is not there.
    pub fn place(&self, key: &str) -> At {
        self.keys.get(key).map_or(self.at, |value| value.at)
    }

    pub fn need(&mut self, key: &str) -> Read<Value<'t>> {
        match self.take(key) {
            Some(value) => Ok(value),
            None => Err(self.fault(self.at, format!("{} needs {key}", self.known.what))),
        }
    }

    pub fn text(&mut self, key: &str) -> Read<&'t str> {
        self.need(key)?.text(key)
    }

    /// Empty if it is not there.
    pub fn text_if_any(&mut self, key: &str) -> Read<&'t str> {
        self.take(key).map_or(Ok(""), |value| value.text(key))
    }

    pub fn number(&mut self, key: &str, most: u64) -> Read<u64> {
        self.need(key)?.number(key, most)
    }

    /// Empty if it is not there.
    pub fn list(&mut self, key: &str) -> Read<Vec<Value<'t>>> {
        self.take(key).map_or(Ok(Vec::new()), |value| value.list(key))
    }

    /// Texts by name, such as labels by language. Empty if it is not there.
    pub fn texts_by_name(&mut self, key: &str) -> Read<BTreeMap<String, String>> {
        let Some(value) = self.take(key) else { return Ok(BTreeMap::new()) };
        let text = |(name, value): (&str, Value<'t>)| Ok((name.to_owned(), value.text(name)?.to_owned()));
        value.by_name("a list of texts by name")?.into_iter().map(text).collect()
    }

    /// Refuses what nobody asked for: the first such key of the file.
    pub fn end(self) -> Read<()> {
        match self.first(|_| true) {
            None => Ok(()),
            Some((key, at)) => {
                let what = format!("{} has no key {} beside what else it says", self.known.what, quoted(key));
                Err(self.text.fault(at, what))
            }
        }
    }
}

impl<'t> Value<'t> {
    pub fn fault(&self, what: impl Into<String>) -> NotARegime {
        self.text.fault(self.at, what)
    }

    pub fn text(&self, key: &str) -> Read<&'t str> {
        let text = self.value.as_str().ok_or_else(|| self.fault(format!("{key} is a text")))?;
        if text.is_empty() || text.len() > limits::REGIME_TEXT_BYTES_MAX {
            let most = limits::REGIME_TEXT_BYTES_MAX;
            return Err(self.fault(format!("{key} is a text of 1 to {most} bytes")));
        }
        // Written out in the file, such as \u202e, it stands only in what is read from it.
        if lines_hide(text) {
            return Err(self.fault(format!("{key} {HIDES}")));
        }
        Ok(text)
    }

    pub fn number(&self, key: &str, most: u64) -> Read<u64> {
        let number = self.value.as_integer().and_then(|number| {
            u64::from_str_radix(number.as_str(), number.radix()).ok().filter(|number| *number <= most)
        });
        number.ok_or_else(|| self.fault(format!("{key} is a whole number from 0 to {most}")))
    }

    pub fn flag(&self, key: &str) -> Read<bool> {
        self.value.as_bool().ok_or_else(|| self.fault(format!("{key} is true or false")))
    }

    pub fn is_list(&self) -> bool {
        self.value.is_array()
    }

    pub fn is_text(&self) -> bool {
        self.value.is_str()
    }

    pub fn list(&self, key: &str) -> Read<Vec<Value<'t>>> {
        let list = self.value.as_array().ok_or_else(|| self.fault(format!("{key} is a list")))?;
        if list.len() > limits::REGIME_LIST_ENTRIES_MAX {
            let most = limits::REGIME_LIST_ENTRIES_MAX;
            return Err(self.fault(format!("{key} is a list of at most {most} entries")));
        }
        Ok(list.iter().map(|entry| value(entry, self.text)).collect())
    }

    /// A table that has none but these keys.
    pub fn table(&self, known: Keys) -> Read<Table<'t>> {
        self.table_with_others(known)?.without_unknown()
    }

    /// The same, whatever else is in it.
    pub fn table_with_others(&self, known: Keys) -> Read<Table<'t>> {
        let keys = self.keys(known.what)?;
        Ok(Table { at: self.at, known, keys, text: self.text })
    }

    /// All keys with their values, of a table whose keys are names.
    pub fn by_name(&self, what: &str) -> Read<Vec<(&'t str, Value<'t>)>> {
        Ok(self.keys(what)?.into_iter().collect())
    }

    fn keys(&self, what: &str) -> Read<BTreeMap<&'t str, Value<'t>>> {
        let table = self.value.as_table().ok_or_else(|| self.fault(format!("{what} is a table")))?;
        Ok(by_key(table, self.text))
    }
}

/// Text from the file, within quotation marks and safe to show.
pub fn quoted(text: &str) -> String {
    let short: String = text.chars().take(limits::REGIME_NAME_BYTES_MAX).collect();
    format!("\"{}\"", shown(&short))
}

fn value<'t>(spanned: &'t Spanned<DeValue<'t>>, text: Text<'t>) -> Value<'t> {
    Value { at: At(spanned.span().start), value: spanned.get_ref(), text }
}

fn by_key<'t>(table: &'t DeTable<'t>, text: Text<'t>) -> BTreeMap<&'t str, Value<'t>> {
    let key_value = |(key, spanned): (&'t Spanned<std::borrow::Cow<'t, str>>, &'t Spanned<DeValue<'t>>)| {
        // The key's place: that is where a person looks.
        let at = At(key.span().start);
        (key.get_ref().as_ref(), Value { at, ..value(spanned, text) })
    };
    table.iter().map(key_value).collect()
}
