//! How fields stand in a form file: a name, and one value under the word for its type.
//!
//! Never here: a guess of a type from what is written, a value read by its position.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, Visitor};
use serde::ser::{Serialize, SerializeMap as _, Serializer};

use super::fields::{Field, Fields, Stated};
use crate::domain::form::named::NameAmong;

const NAMES: &[&str] = &[
    "name",
    "text",
    "number",
    "choice",
    "date",
    "area",
    "party",
    "texts",
    "figures",
    "reference",
    "entries",
];

impl Serialize for Fields {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(&self.0)
    }
}

impl<'de> Deserialize<'de> for Fields {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Fields, D::Error> {
        Vec::deserialize(deserializer).map(Fields)
    }
}

impl Serialize for Field {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("name", &self.name)?;
        match &self.stated {
            Stated::Nothing => {}
            Stated::Text(text) => map.serialize_entry("text", text)?,
            Stated::Number(number) => map.serialize_entry("number", number)?,
            Stated::Choice(word) => map.serialize_entry("choice", word)?,
            Stated::Date(when) => map.serialize_entry("date", when)?,
            Stated::Area(area) => map.serialize_entry("area", area)?,
            Stated::Party(code) => map.serialize_entry("party", code)?,
            Stated::Texts(texts) => map.serialize_entry("texts", texts)?,
            Stated::Figures(figures) => map.serialize_entry("figures", figures)?,
            Stated::Reference(reference) => map.serialize_entry("reference", reference)?,
            Stated::Entries(entries) => {
                let entries: Vec<Written<'_>> = entries.iter().map(Written).collect();
                map.serialize_entry("entries", &entries)?;
            }
        }
        map.end()
    }
}

/// An entry of a list, as it is written.
struct Written<'f>(&'f Fields);

impl Serialize for Written<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(1))?;
        map.serialize_entry("fields", self.0)?;
        map.end()
    }
}

/// An entry of a list, as it is read.
struct Read(Fields);

impl<'de> Deserialize<'de> for Read {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Read, D::Error> {
        struct OfEntry;
        impl<'de> Visitor<'de> for OfEntry {
            type Value = Read;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an entry with its fields")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Read, A::Error> {
                let mut names = NameAmong::new(&["fields"]);
                let mut fields = Fields::default();
                while map.next_key_seed(&mut names)?.is_some() {
                    fields = map.next_value()?;
                }
                Ok(Read(fields))
            }
        }
        deserializer.deserialize_struct("entry", &["fields"], OfEntry)
    }
}

impl<'de> Deserialize<'de> for Field {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Field, D::Error> {
        struct OfField;
        impl<'de> Visitor<'de> for OfField {
            type Value = Field;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a field with its name and what is stated")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Field, A::Error> {
                let mut names = NameAmong::new(NAMES);
                let mut field = Field { name: String::new(), stated: Stated::Nothing };
                while let Some(name) = map.next_key_seed(&mut names)? {
                    if name == "name" {
                        field.name = map.next_value()?;
                        continue;
                    }
                    if field.stated != Stated::Nothing {
                        return Err(A::Error::custom("a field holds one value, of one type"));
                    }
                    field.stated = match name {
                        "text" => Stated::Text(map.next_value()?),
                        "number" => Stated::Number(map.next_value()?),
                        "choice" => Stated::Choice(map.next_value()?),
                        "date" => Stated::Date(map.next_value()?),
                        "area" => Stated::Area(map.next_value()?),
                        "party" => Stated::Party(map.next_value()?),
                        "texts" => Stated::Texts(map.next_value()?),
                        "figures" => Stated::Figures(map.next_value()?),
                        "reference" => Stated::Reference(map.next_value()?),
                        "entries" => {
                            let entries: Vec<Read> = map.next_value()?;
                            Stated::Entries(entries.into_iter().map(|entry| entry.0).collect())
                        }
                        _ => return Err(A::Error::unknown_field(name, NAMES)),
                    };
                }
                Ok(field)
            }
        }
        deserializer.deserialize_struct("field", NAMES, OfField)
    }
}
