//! The forms of a check of a link, and of its answer.
//!
//! Never here: whether a check was due (`plan.rs`).

use super::state::Part;
use super::words::{Called, CheckWords};
use crate::domain::form::MessageReference;
use crate::domain::form::declare::form;
use crate::domain::form::faults::Faults;
use crate::domain::form::leaf::Prose;
use crate::domain::form::outline::{Path, Rules};
use crate::domain::form::when::When;

form! {
    /// A check of the link: an agreed text, to be answered.
    pub struct Check {
        check: String, Always, "Check", "its name in the check schedule of the link";
        due: When, Always, "Due", "when it is due, with Z";
        number: Option<u64>, IfAny, "Text number", "the number of the agreed check text";
        text: Prose, Always, "Text", "the agreed check text";
        remarks: Prose, IfAny, "Remarks", "anything else";
        to_follow: Vec<String>, IfAny, "To follow", "paths of fields that will follow";
        not_known: Vec<String>, IfAny, "Not known", "paths of fields that are not known to you, and are not to follow";
    }
}

form! {
    /// The answer to a check.
    pub struct CheckAnswer {
        check: String, Always, "Check", "its name in the check schedule of the link";
        due: When, Always, "Due", "when it was due, with Z";
        answers: MessageReference, Always, "Answers", "the check that you answer";
        officer: String, IfAny, "Officer", "the name of the officer who answers; none if your node does so by itself";
        remarks: Prose, IfAny, "Remarks", "anything else";
        to_follow: Vec<String>, IfAny, "To follow", "paths of fields that will follow";
        not_known: Vec<String>, IfAny, "Not known", "paths of fields that are not known to you, and are not to follow";
    }
}

impl Check {
    pub fn words(&self) -> CheckWords {
        CheckWords {
            part: Part::Check,
            check: self.check.clone(),
            due: self.due.instant(),
            number: self.number,
            text: self.text.0.trim().to_owned(),
            answers: None,
            officer: String::new(),
            drafter: String::new(),
            called: Vec::new(),
            more: more(&self.remarks, &self.to_follow, &self.not_known),
        }
    }
}

impl CheckAnswer {
    pub fn words(&self) -> CheckWords {
        let answers = self.answers.message_digest.map(|digest| digest.0);
        let called = Called {
            field: "answers",
            message: answers,
            number: self.answers.number.clone(),
            author: self.answers.author.clone(),
        };
        CheckWords {
            part: Part::Answer,
            check: self.check.clone(),
            due: self.due.instant(),
            number: None,
            text: String::new(),
            answers,
            officer: self.officer.clone(),
            drafter: String::new(),
            called: vec![called],
            more: more(&self.remarks, &self.to_follow, &self.not_known),
        }
    }
}

/// The field that says more than belongs into either.
fn more(remarks: &Prose, to_follow: &[String], not_known: &[String]) -> Option<&'static str> {
    let fields = [
        ("remarks", !remarks.0.trim().is_empty()),
        ("to_follow", !to_follow.is_empty()),
        ("not_known", !not_known.is_empty()),
    ];
    fields.into_iter().find_map(|(field, says)| says.then_some(field))
}

impl Rules for Check {
    fn rules(&self, _at: &Path, _faults: &mut Faults) {}
}

impl Rules for CheckAnswer {
    fn rules(&self, _at: &Path, _faults: &mut Faults) {}
}
