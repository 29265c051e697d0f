//! How documents name each other: messages by digest or number, calendar entries by year and number.
//!
//! Never here: a search for what is named. Any document may name any number of others, and each side
//! names those that it knows of.

use super::declare::form;
use super::faults::Faults;
use super::leaf::MessageDigest;
use super::outline::{Entry as _, Path, Rules};
use crate::domain::digest::Digest;
use crate::domain::party::Party;
use crate::limits;

form! {
    /// A message, by its digest or by its official number.
    pub struct MessageReference {
        message_digest: Option<MessageDigest>, IfAny, "Digest", "the message's digest, 64 hexadecimal digits";
        number: String, IfAny, "Number", "or its official number";
        author: String, IfAny, "Author", "the Party that wrote it, if it is not your own";
    }
}

form! {
    /// An entry of a yearly calendar, or a message, that belongs with this one.
    pub struct ActivityReference {
        message: MessageReference, IfAny, "Message", "the message that is meant, or the one that holds the calendar";
        calendar_year: Option<u64>, IfAny, "Calendar year", "the year that the calendar is about";
        calendar_entry: Option<u64>, IfAny, "Calendar entry", "the entry's number in that document";
        relation: String, IfAny, "Relation", "what joins them, in your words";
    }
}

impl MessageReference {
    /// Whether it names this message of this author, where it stands in a document of `by`: by digest, or where it
    /// has none by number.
    pub fn means(&self, message: &Digest, number: &str, author: Party, by: Party) -> bool {
        match self.message_digest {
            Some(digest) => digest.0 == *message,
            None => {
                let of = if self.author.is_empty() { by.as_str() } else { &self.author };
                !self.number.is_empty() && self.number == number && of == author.as_str()
            }
        }
    }
}

impl Rules for MessageReference {
    fn rules(&self, at: &Path, faults: &mut Faults) {
        if self.message_digest.is_none() && self.number.is_empty() {
            faults.missing(&[at.field("message_digest"), at.field("number")]);
        }
    }
}

impl Rules for ActivityReference {
    fn key(&self) -> String {
        let mut words = Vec::new();
        if let Some(year) = self.calendar_year {
            words.push(format!("calendar {year}"));
        }
        if let Some(entry) = self.calendar_entry {
            words.push(format!("entry {entry}"));
        }
        if !self.message.author.is_empty() {
            words.push(format!("of {}", self.message.author));
        }
        if !self.message.number.is_empty() {
            words.push(self.message.number.clone());
        } else if let Some(digest) = self.message.message_digest {
            words.push(digest.0.short());
        }
        words.join(" ")
    }

    fn rules(&self, at: &Path, faults: &mut Faults) {
        if self.message.is_absent() && self.calendar_year.is_none() {
            faults.missing(&[at.field("message"), at.field("calendar_year")]);
        }
        if self.calendar_entry.is_some() && self.calendar_year.is_none() {
            faults.missing(&[at.field("calendar_year")]);
        }
        if self.calendar_year.is_some_and(|year| !limits::CALENDAR_YEARS.contains(&year)) {
            faults.add(&at.field("calendar_year"), "is not a calendar year in four digits");
        }
    }
}
