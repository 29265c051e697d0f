//! Translations: texts of a message in another language, each tied to where it stands there.
//!
//! Never here: a judgement of the wording. The original alone counts: nothing of a translation enters a check, a
//! figure, a word on rules or what a release names.

mod beside;
mod texts;

pub use beside::{Beside, beside, in_heading, saying};
pub use texts::{REMARKS, SUBJECT, Text, texts};

use super::content::Content;
use super::form::declare::form;
use super::form::faults::Faults;
use super::form::leaf::{MessageDigest, Prose};
use super::form::outline::{Entry as _, Path, Rules};
use super::form::{MessageReference, whole};
use super::language::is_language;
use super::message::{Outgoing, Part};
use super::refusal::FaultNamed;
use super::text::shown;

form! {
    /// Texts of a message in another language.
    pub struct Translation {
        of: MessageReference, Always, "Translation of", "the original, by its digest";
        language: String, Always, "Language", "what it is translated into, by its tag such as ru";
        translator: String, Always, "Translator", "who translated it";
        certified_by: String, IfAny, "Certified by", "who certified the translation, if anybody did";
        lines: Vec<TranslatedText>, IfAny, "Text", "one for each text of the original that is translated";
        parts: Vec<TranslatedPart>, IfAny, "Part", "one for each attachment of the original that is translated; the translation is attached to this message";
        remarks: Prose, IfAny, "Remarks", "anything else";
        to_follow: Vec<String>, IfAny, "To follow", "paths of fields that will follow";
        not_known: Vec<String>, IfAny, "Not known", "paths of fields that are not known to you, and are not to follow";
    }
}

form! {
    /// One text of the original.
    pub struct TranslatedText {
        path: String, Always, "Where", "its place in the original, such as phases[1].name, fields.name of a format, heading.subject or heading.remarks";
        text: Prose, Always, "Says", "the text in the other language";
    }
}

form! {
    /// One attachment of the original.
    pub struct TranslatedPart {
        original: Option<MessageDigest>, Always, "Original part", "its salted digest, 64 hexadecimal digits";
        translation: Option<MessageDigest>, Always, "Translated part", "salted digest of the part of this message that translates it";
    }
}

whole!(Translation);

impl Rules for Translation {
    fn rules(&self, at: &Path, faults: &mut Faults) {
        if self.of.message_digest.is_none() && !self.of.is_absent() {
            let rule = "a translation is of exact bytes: the original is named by its digest";
            faults.add(&at.field("of").field("message_digest"), rule);
        }
        if !self.language.is_empty() && !is_language(&self.language) {
            faults.add(&at.field("language"), "is no BCP 47 tag such as en or ru");
        }
        if self.lines.is_empty() && self.parts.is_empty() {
            faults.missing(&[at.field("lines"), at.field("parts")]);
        }
    }
}

impl Rules for TranslatedText {
    fn key(&self) -> String {
        self.path.clone()
    }

    fn rules(&self, _at: &Path, _faults: &mut Faults) {}
}

impl Rules for TranslatedPart {
    fn key(&self) -> String {
        self.original.map(|digest| digest.to_string()).unwrap_or_default()
    }

    fn rules(&self, _at: &Path, _faults: &mut Faults) {}
}

impl Translation {
    /// The same without texts that were left empty, as a form that was not filled in has them.
    pub fn filled(mut self) -> Translation {
        self.lines.retain(|line| !line.text.is_absent());
        self
    }

    /// What is wrong with it beside the original. `parts`: those of the translation's own envelope.
    pub fn against(&self, parts: &[Part], original: &Outgoing, content: Option<&Content>) -> Vec<FaultNamed> {
        let mut found = Vec::new();
        let mut add = |field: String, rule: &str| found.push(FaultNamed::new(field, rule));
        if self.language.eq_ignore_ascii_case(&original.language) {
            add("language".into(), "is the language of the original");
        }
        let there = texts(original, content);
        for (index, line) in self.lines.iter().enumerate() {
            if !line.path.is_empty() && there.iter().all(|text| text.path.as_str() != line.path) {
                let at = format!("lines[{}].path", index.saturating_add(1));
                add(at, &format!("{} is no text of the original", shown(&line.path)));
            }
        }
        for (index, part) in self.parts.iter().enumerate() {
            let at = format!("parts[{}]", index.saturating_add(1));
            let among = |digest: Option<MessageDigest>, parts: &[Part]| {
                digest.is_none_or(|digest| parts.iter().any(|part| part.salted_digest == digest.0))
            };
            if !among(part.original, &original.parts) {
                add(format!("{at}.original"), "is no part of the original");
            }
            if !among(part.translation, parts) {
                add(format!("{at}.translation"), "is no part of this message");
            }
        }
        found
    }
}
