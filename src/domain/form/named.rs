//! Reads the names of fields in a form, each at most once and none that the form does not have.
//!
//! Forms are read by name alone: a list of bare values in place of a group would be read by position,
//! and a value could end up under the wrong name in what is signed.
//!
//! Never here: what a field holds.

use std::collections::BTreeSet;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, Visitor};

/// The names of one group, and those already seen.
pub struct NameAmong {
    names: &'static [&'static str],
    seen: BTreeSet<&'static str>,
}

impl NameAmong {
    pub fn new(names: &'static [&'static str]) -> NameAmong {
        NameAmong { names, seen: BTreeSet::new() }
    }
}

impl<'de> DeserializeSeed<'de> for &mut NameAmong {
    type Value = &'static str;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<&'static str, D::Error> {
        deserializer.deserialize_identifier(self)
    }
}

impl Visitor<'_> for &mut NameAmong {
    type Value = &'static str;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the name of a field")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<&'static str, E> {
        let Some(name) = self.names.iter().find(|name| **name == text) else {
            return Err(E::unknown_field(text, self.names));
        };
        if !self.seen.insert(name) {
            return Err(E::duplicate_field(name));
        }
        Ok(name)
    }
}
