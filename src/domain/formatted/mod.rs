//! Messages in a format that a regime lays down: their fields have the names that the regime gives them,
//! and types that this program knows.
//!
//! Never here: a field of any treaty, or what a format asks for (`regime/formatted.rs`).

mod fields;
mod lines;
mod written;

pub use fields::{Field, Fields, Stated};
pub use lines::lines;

use super::form::declare::form;
use super::form::faults::Faults;
use super::form::leaf::MessageDigest;
use super::form::outline::{Path, Rules};
use super::form::{MessageReference, whole};
use super::message::RegimeCitation;

form! {
    /// A message in a format of a regime.
    pub struct Formatted {
        regime: String, Always, "Regime", "the name that stands in the regime's text";
        regime_digest: Option<MessageDigest>, Always, "Digest of the regime", "of the regime's exact text, 64 hexadecimal digits";
        format: String, Always, "Format", "its code in that text";
        fields: Fields, IfAny, "Field", "one for each field of the format, in its order: its name and what you state, as text, number, choice, date, area, party, texts, figures, reference or entries";
        to_follow: Vec<String>, IfAny, "To follow", "paths of fields that will follow, such as fields.name";
        not_known: Vec<String>, IfAny, "Not known", "paths of fields that are not known to you, and are not to follow";
    }
}

whole!(Formatted);

impl Rules for Formatted {
    fn rules(&self, _at: &Path, _faults: &mut Faults) {}
}

impl Formatted {
    /// The sentence to be marked where the envelope cites another regime than the one whose format it is.
    pub fn other_regime(&self, cited: Option<&RegimeCitation>) -> Option<&'static str> {
        match (cited, self.regime_digest) {
            (None, _) => Some("cites no regime: a formatted message cites the one that lays its format down"),
            (Some(cited), Some(named)) if cited.digest == named.0 => None,
            (Some(_), _) => Some("cites another regime than the one that the content names"),
        }
    }

    /// Every message that its fields refer to, each with its place.
    pub fn references(&self) -> Vec<(Path, &MessageReference)> {
        let mut found = Vec::new();
        self.fields.references(&Path::root().field("fields"), &mut found);
        found
    }

    /// The same without fields in which nothing is stated, as a form that was not filled in has them.
    pub fn filled(mut self) -> Formatted {
        self.fields = self.fields.filled();
        self
    }
}
