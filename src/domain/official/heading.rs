//! The rows of the heading: what the envelope states, numbered from the message's own number on.
//!
//! Never here: the content, whose paragraphs are lettered (`content.rs`).

use super::labels::{self, Label};
use super::{Region, Row, numbering, stated};
use crate::domain::form::MessageDigest;
use crate::domain::message::{Addressee, Holds, Message, Part, Reference, RegimeCitation, Relation};
use crate::domain::party::Party;
use crate::domain::people::Person;
use crate::domain::text::shown;
use crate::domain::time::Instant;
use crate::domain::translation::{self, Beside};

/// A Party, with its office where one is named: whatever that is called, it can't be taken for another Party, nor two
/// for one. Safe to show.
pub fn addressed(addressee: &Addressee) -> String {
    let office = shown(&addressee.office);
    let is_plain = |one: char| one.is_alphanumeric() || " -_./&'".contains(one);
    match office.as_str() {
        "" => addressee.party.to_string(),
        plain if plain.chars().all(is_plain) => format!("{} (office {plain})", addressee.party),
        other => {
            let quoted = other.replace('\\', "\\\\").replace('"', "\\\"");
            format!("{} (office \"{quoted}\")", addressee.party)
        }
    }
}

/// The rows as they come, numbered paragraphs counted.
#[derive(Default)]
pub struct Rows {
    pub rows: Vec<Row>,
    numbered: usize,
}

impl Rows {
    fn put(&mut self, depth: usize, mark: String, label: &str, field: &'static str, text: Vec<String>) {
        let region = Region::Heading;
        self.rows.push(Row { field, region, depth, mark, label: label.to_owned(), text });
    }

    /// An outermost row of the heading. Makes its text safe to show.
    pub fn head(&mut self, label: Label, text: &str) {
        self.put(0, String::new(), label.words, label.field, vec![shown(text)]);
    }

    /// The same of text that is safe to show.
    pub fn said(&mut self, label: Label, text: String) {
        self.put(0, String::new(), label.words, label.field, vec![text]);
    }

    /// A numbered paragraph, of text that is safe to show.
    pub fn numbered(&mut self, label: Label, text: Vec<String>) {
        self.numbered = self.numbered.saturating_add(1);
        self.put(0, format!("{}.", self.numbered), label.words, label.field, text);
    }

    /// A row that belongs to one of the outermost. Makes its text safe to show.
    fn below(&mut self, label: Label, text: &str) {
        self.put(1, String::new(), label.words, label.field, vec![shown(text)]);
    }

    /// A row that belongs to an entry of a list. Makes its text safe to show.
    fn within(&mut self, label: Label, text: &str) {
        self.put(2, String::new(), label.words, label.field, vec![shown(text)]);
    }

    /// One row each, so that none can be taken for two.
    pub fn addressees(&mut self, label: Label, addressees: &[Addressee]) {
        if addressees.is_empty() {
            self.head(label, labels::NONE);
        }
        for (index, addressee) in addressees.iter().enumerate() {
            let words = if index == 0 { label.words } else { "" };
            self.put(0, String::new(), words, label.field, vec![addressed(addressee)]);
        }
    }

    pub fn releasable(&mut self, parties: &[Party]) {
        let codes: Vec<&str> = parties.iter().map(Party::as_str).collect();
        self.head(labels::RELEASABLE_TO, stated(&codes.join(", ")));
    }

    /// What translations say for the row before.
    pub fn translated(&mut self, all: &[Beside], path: &str) {
        for (label, text) in translation::in_heading(all, path) {
            self.put(1, String::new(), &label, labels::TRANSLATION.field, text);
        }
    }

    /// Whose the translations are that stand beside the text.
    pub fn translations(&mut self, all: &[Beside]) {
        for one in all {
            self.head(labels::TRANSLATION, &translation::saying(one));
            for part in &one.form.parts {
                let digest =
                    |digest: Option<MessageDigest>| digest.map(|one| one.to_string()).unwrap_or_default();
                let (original, translated) = (digest(part.original), digest(part.translation));
                let text = format!("{} is translated by {}", stated(&original), stated(&translated));
                self.below(labels::TRANSLATED_PART, &text);
            }
        }
    }

    pub fn person(&mut self, label: Label, person: &Person) {
        self.head(label, stated(&person.name));
        self.below(labels::PERSON_OFFICE, stated(&person.office));
        self.below(labels::PERSON_KEY, &person.key_digest.to_string());
    }

    pub fn parts(&mut self, parts: &[Part]) {
        self.head(
            labels::PARTS,
            &if parts.is_empty() { labels::NONE.to_owned() } else { parts.len().to_string() },
        );
        for (index, part) in parts.iter().enumerate() {
            let mark = numbering::mark(0, index.saturating_add(1));
            let name = vec![shown(stated(&part.name))];
            self.put(1, mark, labels::PART_NAME.words, labels::PART_NAME.field, name);
            self.within(labels::PART_TYPE, stated(&part.media_type));
            self.within(labels::PART_BYTES, &format!("{} bytes", part.bytes));
            let holds = match part.holds {
                Holds::PersonalData => "personal data",
                Holds::NoPersonalData => "no personal data",
            };
            self.within(labels::PART_HOLDS, holds);
            self.within(labels::PART_DIGEST, &part.salted_digest.to_string());
        }
    }

    pub fn number(&mut self, message: Option<&Message>) {
        match message {
            Some(message) => {
                self.numbered(labels::NUMBER, vec![shown(stated(&message.number))]);
                self.below(labels::INCARNATION, &message.incarnation.to_string());
            }
            None => self.numbered(labels::NUMBER, vec![labels::NOT_RELEASED.to_owned()]),
        }
    }

    pub fn group(&mut self, message: Option<&Message>, zone: &str) {
        match message {
            Some(message) => {
                let at = message.released_at;
                self.numbered(labels::GROUP, vec![at.date_time_group().to_string()]);
                let written = vec![as_written(at, zone)];
                self.put(1, String::new(), labels::AS_WRITTEN.words, labels::AS_WRITTEN.field, written);
                self.below(labels::INSTANT, &at.to_string());
            }
            None => {
                self.numbered(labels::GROUP, vec![labels::NOT_RELEASED.to_owned()]);
                self.below(labels::AS_WRITTEN, stated(zone));
            }
        }
    }

    pub fn regime(&mut self, regime: Option<&RegimeCitation>) {
        let Some(regime) = regime else {
            return self.numbered(labels::REGIME, vec![labels::NONE_STATED.to_owned()]);
        };
        self.numbered(labels::REGIME, vec![shown(stated(&regime.name))]);
        self.below(labels::PROVISION, stated(&regime.provision));
        self.below(labels::REGIME_DIGEST, &regime.digest.to_string());
    }

    pub fn references(&mut self, references: &[Reference]) {
        let none = if references.is_empty() { vec![labels::NONE.to_owned()] } else { Vec::new() };
        self.numbered(labels::REFERENCES, none);
        for (index, reference) in references.iter().enumerate() {
            let mark = numbering::mark(0, index.saturating_add(1));
            self.put(1, mark, relation(reference.relation), labels::REFERENCES.field, Vec::new());
            self.within(labels::REFERENCE_NUMBER, stated(&reference.number));
            self.within(labels::REFERENCE_AUTHOR, stated(&reference.author));
            let digest = reference.message.map(|digest| digest.to_string()).unwrap_or_default();
            self.within(labels::REFERENCE_DIGEST, stated(&digest));
        }
    }
}

fn relation(relation: Relation) -> &'static str {
    match relation {
        Relation::RefersTo => "Refers to",
        Relation::Amends => "Amends",
        Relation::Answers => "Answers",
        Relation::Acknowledges => "Acknowledges",
    }
}

/// The date-time group in the zone that the author wrote it in.
fn as_written(at: Instant, zone: &str) -> String {
    let known = if zone == "Z" { Some(jiff::tz::TimeZone::UTC) } else { jiff::tz::db().get(zone).ok() };
    let timestamp = jiff::Timestamp::from_millisecond(at.0).ok();
    match (known, timestamp) {
        (Some(known), Some(timestamp)) => {
            let there = jiff::ZonedDateTime::new(timestamp, known);
            format!("{}, {} ({})", there.strftime("%d%H%M %^b %Y"), shown(zone), there.strftime("%:z"))
        }
        (_, None) => at.to_string(),
        (None, Some(_)) => {
            format!("in a zone that this program does not know: {}", shown(stated(zone)))
        }
    }
}
