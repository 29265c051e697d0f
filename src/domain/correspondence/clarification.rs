//! Questions about a message, each with a number, and answers by those numbers.
//!
//! Never here: whether an answer suffices. A question that nobody answers stays one.

use crate::domain::form::MessageReference;
use crate::domain::form::choice::choice;
use crate::domain::form::declare::form;
use crate::domain::form::faults::Faults;
use crate::domain::form::leaf::Prose;
use crate::domain::form::outline::{Entry as _, Path, Rules};
use crate::domain::form::when::When;
use crate::domain::refusal::FaultNamed;

form! {
    /// Questions about a message of any kind, of any Party.
    pub struct Question {
        about: MessageReference, Always, "About", "the message that is asked about";
        questions: Vec<Questioned>, Always, "Question", "one for each";
        answer_by: When, IfAny, "Answer asked by", "the day by which you ask for an answer, with the zone";
        remarks: Prose, IfAny, "Remarks", "anything else";
        to_follow: Vec<String>, IfAny, "To follow", "paths of fields that are not available yet and will follow";
        not_known: Vec<String>, IfAny, "Not known", "paths of fields that are not known to you, and are not to follow";
    }
}

form! {
    /// One question.
    pub struct Questioned {
        number: Option<u64>, Always, "Number", "by which it is answered";
        text: Prose, Always, "Asks", "the question";
        field: String, IfAny, "Field", "the field of the message that it is about, such as phases[1].areas";
    }
}

choice! {
    /// What the author says it does with a question.
    pub enum HowAnswered {
        Answered = 1, "answered";
        Partly = 2, "partly";
        Declined = 3, "declined";
    }
}

form! {
    /// Answers to the questions of one message.
    pub struct Answer {
        to: MessageReference, Always, "Answers", "the message that holds the questions";
        answers: Vec<Answered>, Always, "Answer", "one for each question that it answers or declines to";
        remarks: Prose, IfAny, "Remarks", "anything else";
        to_follow: Vec<String>, IfAny, "To follow", "paths of fields that are not available yet and will follow";
        not_known: Vec<String>, IfAny, "Not known", "paths of fields that are not known to you, and are not to follow";
    }
}

form! {
    /// The answer to one question.
    pub struct Answered {
        number: Option<u64>, Always, "Number", "the question's";
        how: Option<HowAnswered>, Always, "How", "\"answered\", \"partly\", or \"declined\"";
        text: Prose, IfAny, "Says", "the answer; where it is declined, why, if you say so";
    }
}

impl Rules for Question {}

impl Rules for Answer {}

impl Rules for Questioned {
    fn key(&self) -> String {
        self.number.map(|number| number.to_string()).unwrap_or_default()
    }
}

impl Rules for Answered {
    fn key(&self) -> String {
        self.number.map(|number| number.to_string()).unwrap_or_default()
    }

    fn rules(&self, at: &Path, faults: &mut Faults) {
        let says_something = matches!(self.how, Some(HowAnswered::Answered | HowAnswered::Partly));
        if says_something && self.text.is_absent() {
            faults.missing(&[at.field("text")]);
        }
    }
}

impl Answer {
    /// What is wrong with it beside the message that it answers; `None` if that holds no questions.
    pub fn against(&self, question: Option<&Question>) -> Vec<FaultNamed> {
        let Some(question) = question else {
            return vec![FaultNamed::new("to", "the message holds no questions")];
        };
        let asked = |number: u64| question.questions.iter().any(|one| one.number == Some(number));
        let mut found = Vec::new();
        for (index, one) in self.answers.iter().enumerate() {
            if one.number.is_some_and(|number| !asked(number)) {
                let field = format!("answers[{}].number", index.saturating_add(1));
                found.push(FaultNamed::new(field, "is the number of no question that was asked"));
            }
        }
        found
    }
}
