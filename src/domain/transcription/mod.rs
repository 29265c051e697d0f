//! What came to a Party outside any link, written down by that Party: whose word it is said to be, how and
//! when it came, and what it says, as a form of the kind that it would be or in words.
//!
//! Its author vouches for having written it down so. Never here: a word of whoever is said to have sent
//! it. No fold reads what is transcribed: it adopts nothing, acknowledges nothing, takes no notice's place,
//! and no figure of it stands among figures.

mod filled;

pub use filled::{Filled, may_be_filled};

use super::form::declare::form;
use super::form::faults::Faults;
use super::form::leaf::Prose;
use super::form::outline::{Entry as _, Field, Group as _, Part, Path, Rules};
use super::form::when::When;
use super::form::{Refused, bound_whole};
use super::hotline::beginning;
use super::party::Party;
use super::text::shown;
use crate::limits;

form! {
    /// What came, as its author wrote it down.
    pub struct Transcription {
        origin_party: String, IfAny, "Said to be from", "the code of the Party that is said to have sent it";
        origin_name: String, IfAny, "Called", "or who is said to have sent it, in your words";
        came_at: When, Always, "Came", "when it came to you, with its zone";
        came_by: String, Always, "By", "by what means, such as \"note verbale, handed to our embassy\"";
        channel: String, IfAny, "Channel", "the channel by the name that the regime cited has for it";
        note_number: String, IfAny, "Note number", "the number that it bears";
        note_date: When, IfAny, "Note date", "the date that it bears, with its zone";
        kind: String, IfAny, "Would be", "the kind of message that it would be, such as exercise.notification";
        form: Filled, IfAny, "Form", "the form of that kind as far as you read it so: [form.notification] with the fields of a notification";
        text: Prose, IfAny, "Text", "what it says, in its own words or in your translation";
        read_by: String, IfAny, "Read by", "where it came by word of mouth, who read it out there";
        written_by: String, IfAny, "Written by", "and who wrote it down here";
        check_words: String, IfAny, "Check words", "the six check words that were read out with it";
        remarks: Prose, IfAny, "Remarks", "anything else";
        to_follow: Vec<String>, IfAny, "To follow", "paths of fields that are not available yet and will follow, such as \"text\"";
        not_known: Vec<String>, IfAny, "Not known", "paths of fields that are not known to you, and are not to follow";
    }
}

impl Rules for Transcription {
    fn rules(&self, at: &Path, faults: &mut Faults) {
        if self.origin_party.is_empty() && self.origin_name.is_empty() {
            faults.missing(&[at.field("origin_party"), at.field("origin_name")]);
        }
        if !self.origin_party.is_empty() && self.origin_party.parse::<Party>().is_err() {
            faults
                .add(&at.field("origin_party"), "is not a Party's code: another name stands in origin_name");
        }
        if !self.check_words.is_empty()
            && let Err(rule) = beginning(&self.check_words)
        {
            faults.add(&at.field("check_words"), rule);
        }
        if self.form.is_absent() && self.text.is_absent() {
            faults.missing(&[at.field("text"), at.field("form")]);
        }
    }
}

impl super::form::Form for Transcription {
    fn fields(&self) -> &'static [Field] {
        Transcription::FIELDS
    }

    fn parts(&self) -> Vec<Part> {
        super::form::outline::Group::parts(self)
    }

    fn to_follow(&self) -> &[String] {
        &self.to_follow
    }

    fn not_known(&self) -> &[String] {
        &self.not_known
    }

    fn check(&self, faults: &mut Faults) {
        super::form::outline::Entry::check(self, &Path::root(), faults);
    }

    /// The kind says how the form within is read, so the two can't differ.
    fn bound(&self) -> Result<(), Refused> {
        bound_whole(self)?;
        match &self.form {
            Filled::Form(content) if content.kind().name() != self.kind => Err(Refused {
                field: "kind".to_owned(),
                rule: format!("is that of the form filled in: {}", content.kind().name()),
            }),
            Filled::Form(_) | Filled::Unknown(_) | Filled::Nothing => Ok(()),
        }
    }
}

impl Transcription {
    /// Whose word it is said to be, safe to show: a code if one is given, and a name in quotation marks.
    pub fn origin(&self) -> String {
        let code = self.origin_party.parse::<Party>().ok();
        let name = match (code, self.origin_party.as_str(), self.origin_name.as_str()) {
            (Some(_), _, "") => None,
            (None, "", "") => return NO_ORIGIN.into(),
            (None, text, "") | (Some(_) | None, _, text) => Some(quoted(text)),
        };
        match (code, name) {
            (Some(code), Some(name)) => format!("{code} ({name})"),
            (Some(code), None) => code.to_string(),
            (None, name) => name.unwrap_or_default(),
        }
    }

    /// The same with its kind filled in, where the form within says it.
    pub fn filled(mut self) -> Transcription {
        if let (Filled::Form(content), true) = (&self.form, self.kind.is_empty()) {
            self.kind = content.kind().name().into();
        }
        self
    }
}

const NO_ORIGIN: &str = "AN ORIGIN NOT STATED";
/// What stands for the origin where the content can't be read.
pub const UNREAD_ORIGIN: &str = "AN ORIGIN THAT CAN'T BE READ";

/// A name in its author's words, which can't be taken for a code or for words of ours.
fn quoted(text: &str) -> String {
    let mut name: String = text.chars().take(limits::ORIGIN_SHOWN_CHARS).collect();
    if name.len() < text.len() {
        name.push('…');
    }
    format!("\"{}\"", shown(&name).replace('"', "'"))
}

/// What stands wherever a transcription is shown, in place of its author alone. `author`: a code, or what
/// stands for one.
pub fn mark(origin: &str, author: &str) -> String {
    format!("FROM {}", from(origin, author))
}

/// The same behind a label that says "from".
pub fn from(origin: &str, author: &str) -> String {
    format!("{origin}, TRANSCRIBED BY {author}, ORIGIN NOT PROVEN")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::content::{Content, Kind};
    use crate::domain::form::faults;

    fn transcription(origin_party: &str, origin_name: &str) -> Transcription {
        Transcription {
            origin_party: origin_party.into(),
            origin_name: origin_name.into(),
            came_at: When::new("2025-08-01T10:00", "Z"),
            came_by: "note verbale".into(),
            text: "We will hold an exercise.".into(),
            ..Transcription::default()
        }
    }

    #[test]
    fn a_name_is_quoted_so_that_it_passes_for_no_code_and_no_word_of_ours() {
        let table = [
            ("PL", "", "PL"),
            ("PL", "Republic of Poland", "PL (\"Republic of Poland\")"),
            ("", "PL", "\"PL\""),
            ("pl", "", "\"pl\""),
            ("pl", "Poland", "\"Poland\""),
            ("", "", "AN ORIGIN NOT STATED"),
            ("", "PL\", ORIGIN PROVEN \"", "\"PL', ORIGIN PROVEN '\""),
            ("", "a\u{202e}b\nc", "\"a\\u{202e}b\\nc\""),
        ];
        for (code, name, origin) in table {
            assert_eq!(transcription(code, name).origin(), origin);
        }
        let long = transcription("", &"x".repeat(10_000)).origin();
        assert!(long.chars().count() <= limits::ORIGIN_SHOWN_CHARS + 3 && long.ends_with("…\""), "{long}");
        assert_eq!(mark("PL", "BY"), "FROM PL, TRANSCRIBED BY BY, ORIGIN NOT PROVEN");
    }

    #[test]
    fn origin_and_text_are_asked_for_in_either_of_their_two_forms() {
        let fields = |form: Transcription| -> Vec<String> {
            faults(&Content::Transcription(Box::new(form))).into_iter().map(|fault| fault.field).collect()
        };
        assert_eq!(fields(transcription("PL", "")), [""; 0]);
        assert_eq!(fields(transcription("", "Poland")), [""; 0]);
        assert_eq!(fields(transcription("", "")), ["origin_party"]);
        assert_eq!(fields(transcription("poland", "")), ["origin_party"]);
        assert_eq!(fields(Transcription { text: "".into(), ..transcription("PL", "") }), ["text"]);
        let filled = Filled::Form(Box::new(Content::empty(Kind::Cancellation)));
        let form = Transcription { text: "".into(), form: filled, ..transcription("PL", "") }.filled();
        assert_eq!(form.kind, "exercise.cancellation");
        assert_eq!(fields(form), ["form.cancels", "form.reason"]);
    }

    #[test]
    fn the_kind_and_the_form_within_never_differ_and_nothing_is_transcribed_twice_over() {
        let with = |kind: &str, content: Content| {
            let form = Filled::Form(Box::new(content));
            let form = Transcription { kind: kind.into(), form, ..transcription("PL", "") };
            Content::Transcription(Box::new(form)).bound()
        };
        with("exercise.cancellation", Content::empty(Kind::Cancellation)).unwrap();
        assert_eq!(with("regime.adoption", Content::empty(Kind::Cancellation)).unwrap_err().field, "kind");
        let within = Content::Transcription(Box::new(transcription("PL", "")));
        assert_eq!(with("transcription", within).unwrap_err().field, "form");
    }
}
