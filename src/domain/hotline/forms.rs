//! The forms of a session: opening, acceptance, text, addition of a Party, close, and that a console shows a text.
//!
//! Never here: an order among them (`order.rs`), or what they add up to (`session.rs`).

use crate::domain::form::MessageReference;
use crate::domain::form::choice::choice;
use crate::domain::form::declare::form;
use crate::domain::form::faults::Faults;
use crate::domain::form::leaf::{MessageDigest, OtherThread, Prose};
use crate::domain::form::outline::{Path, Rules};
use crate::domain::language::is_language;
use crate::limits;

choice! {
    /// What of the session a Party that comes in later is given.
    pub enum Sees {
        FromNowOn = 1, "from now on";
        All = 2, "all";
    }
}

form! {
    /// A session, with the addressees of the message.
    pub struct SessionOpening {
        languages: Vec<String>, Always, "Language", "in which it is held, each by its tag such as en";
        about: Option<OtherThread>, IfAny, "About the thread", "the thread that it is about, 32 hexadecimal digits; none is needed";
        remarks: Prose, IfAny, "Remarks", "anything else";
        to_follow: Vec<String>, IfAny, "To follow", "paths of fields that will follow";
        not_known: Vec<String>, IfAny, "Not known", "paths of fields that are not known to you, and are not to follow";
    }
}

form! {
    /// That its author takes part, and who is on for it.
    pub struct SessionAcceptance {
        officer: String, Always, "Officer", "the name of the officer who is on";
        seen: Vec<SeenLast>, IfAny, "Seen", "the last messages of the session that you had seen";
        remarks: Prose, IfAny, "Remarks", "anything else";
        to_follow: Vec<String>, IfAny, "To follow", "paths of fields that will follow";
        not_known: Vec<String>, IfAny, "Not known", "paths of fields that are not known to you, and are not to follow";
    }
}

form! {
    /// What is said.
    pub struct SessionText {
        text: Prose, Always, "Text", "what you say, in the language of the heading";
        seen: Vec<SeenLast>, IfAny, "Seen", "the last messages of the session that you had seen";
        answers: MessageReference, IfAny, "Answers", "the text that you answer";
        phrase: Option<u64>, IfAny, "Agreed phrase", "its number, if the text is a phrase that is agreed on this link";
        remarks: Prose, IfAny, "Remarks", "anything else";
        to_follow: Vec<String>, IfAny, "To follow", "paths of fields that will follow";
        not_known: Vec<String>, IfAny, "Not known", "paths of fields that are not known to you, and are not to follow";
    }
}

form! {
    /// A message that an author had seen, with all on which it builds.
    pub struct SeenLast {
        author: String, Always, "Author", "the Party that wrote it";
        message: Option<MessageDigest>, Always, "Message", "its digest, 64 hexadecimal digits";
        not_to: Vec<String>, IfAny, "Not addressed to", "the addressees of yours to whom it was not addressed";
    }
}

form! {
    /// That its author agrees that a further Party comes in.
    pub struct SessionAddition {
        party: String, Always, "Party", "the code of the Party that comes in";
        sees: Option<Sees>, Always, "Sees", "\"from now on\", or \"all\": what was said before is handed on to it";
        seen: Vec<SeenLast>, IfAny, "Seen", "the last messages of the session that you had seen";
        remarks: Prose, IfAny, "Remarks", "anything else";
        to_follow: Vec<String>, IfAny, "To follow", "paths of fields that will follow";
        not_known: Vec<String>, IfAny, "Not known", "paths of fields that are not known to you, and are not to follow";
    }
}

form! {
    /// That its author regards the session as over, and what it holds to have been said.
    pub struct SessionClose {
        agreed: Vec<AgreedWith>, Always, "Transcript with", "one for each other Party present";
        seen: Vec<SeenLast>, IfAny, "Seen", "the last messages of the session that you had seen";
        remarks: Prose, IfAny, "Remarks", "anything else";
        to_follow: Vec<String>, IfAny, "To follow", "paths of fields that will follow";
        not_known: Vec<String>, IfAny, "Not known", "paths of fields that are not known to you, and are not to follow";
    }
}

form! {
    /// The transcript of what its author and another Party both have.
    pub struct AgreedWith {
        party: String, Always, "Party", "the code of the other Party";
        transcript: Option<MessageDigest>, Always, "Digest", "of the transcript's bytes, 64 hexadecimal digits";
        messages: Option<u64>, Always, "Messages", "how many stand in it";
    }
}

form! {
    /// That a console of its author's shows a text. Nobody is said to have read it.
    pub struct SessionShown {
        shown: MessageReference, Always, "Shown", "the text that a console was given";
        console: String, Always, "Console of", "the name of the officer whose console it is";
        remarks: Prose, IfAny, "Remarks", "anything else";
        to_follow: Vec<String>, IfAny, "To follow", "paths of fields that will follow";
        not_known: Vec<String>, IfAny, "Not known", "paths of fields that are not known to you, and are not to follow";
    }
}

impl Rules for SessionOpening {
    fn rules(&self, at: &Path, faults: &mut Faults) {
        for (index, language) in self.languages.iter().enumerate() {
            if !is_language(language) {
                faults.add(&at.field("languages").item(index), "is no BCP 47 tag such as en or ru");
            }
        }
    }
}

impl Rules for SessionAcceptance {}

impl Rules for SessionText {
    fn rules(&self, at: &Path, faults: &mut Faults) {
        if let Some(rule) = too_long(&self.text.0) {
            faults.add(&at.field("text"), rule);
        }
    }
}

/// Why a text is too long to be read out, translated and answered at once; it is then said in several.
pub fn too_long(text: &str) -> Option<String> {
    if text.len() > limits::HOTLINE_TEXT_BYTES_MAX {
        return Some(format!(
            "one text takes at most {} bytes: say it in several",
            limits::HOTLINE_TEXT_BYTES_MAX
        ));
    }
    let words = text.split_whitespace().count();
    (words > limits::HOTLINE_TEXT_WORDS_MAX).then(|| {
        format!("one text takes at most {} words: say it in several", limits::HOTLINE_TEXT_WORDS_MAX)
    })
}

impl Rules for SeenLast {
    fn key(&self) -> String {
        self.message.map(|digest| digest.to_string()).unwrap_or_default()
    }

    fn rules(&self, _at: &Path, _faults: &mut Faults) {}
}

impl Rules for SessionAddition {}

impl Rules for SessionClose {}

impl Rules for AgreedWith {
    fn key(&self) -> String {
        self.party.clone()
    }

    fn rules(&self, _at: &Path, _faults: &mut Faults) {}
}

impl Rules for SessionShown {}
