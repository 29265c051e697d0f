//! What is replied to a request, question by question, and what a requester thinks of each answer.
//!
//! Never here: a judgement of ours. Silence about an answer is neither of the two words.

use super::Request;
use crate::domain::correspondence::Answered;
use crate::domain::form::choice::choice;
use crate::domain::form::declare::form;
use crate::domain::form::faults::Faults;
use crate::domain::form::leaf::Prose;
use crate::domain::form::outline::{Entry as _, Path, Rules};
use crate::domain::form::{FigureAccount, MessageReference};
use crate::domain::refusal::FaultNamed;

form! {
    /// Answers to the questions of one request.
    pub struct Reply {
        request: MessageReference, Always, "Replies to", "the request that holds the questions";
        answers: Vec<Answered>, Always, "Answer", "one for each question that it answers or declines to";
        statement: Prose, IfAny, "Statement", "what you say beside the answers";
        figure_accounts: Vec<FigureAccount>, IfAny, "Figures", "figures that you give: one entry for each source";
        in_place_of: MessageReference, IfAny, "In place of", "your own reply whose place this one takes, where it corrects one";
        remarks: Prose, IfAny, "Remarks", "anything else";
        to_follow: Vec<String>, IfAny, "To follow", "paths of fields that are not available yet and will follow";
        not_known: Vec<String>, IfAny, "Not known", "paths of fields that are not known to you, and are not to follow";
    }
}

choice! {
    /// What a requester thinks of an answer.
    pub enum Sufficiency {
        Sufficient = 1, "sufficient";
        Insufficient = 2, "insufficient";
    }
}

form! {
    /// What the author thinks of a reply, for itself alone.
    pub struct Judgement {
        reply: MessageReference, Always, "Judges", "the reply that you judge";
        answers: Vec<Judged>, IfAny, "Answer", "one for each question of which you judge the answer, or that there is none";
        as_a_whole: Option<Sufficiency>, IfAny, "As a whole", "\"sufficient\" or \"insufficient\", of the reply as a whole";
        grounds: Prose, IfAny, "Grounds", "why, of the reply as a whole";
        in_place_of: MessageReference, IfAny, "In place of", "your own judgement whose place this one takes, where it corrects one";
        remarks: Prose, IfAny, "Remarks", "anything else";
        to_follow: Vec<String>, IfAny, "To follow", "paths of fields that are not available yet and will follow";
        not_known: Vec<String>, IfAny, "Not known", "paths of fields that are not known to you, and are not to follow";
    }
}

form! {
    /// What the author thinks of one answer.
    pub struct Judged {
        number: Option<u64>, Always, "Number", "the question's";
        how: Option<Sufficiency>, Always, "How", "\"sufficient\" or \"insufficient\"";
        grounds: Prose, IfAny, "Grounds", "what is lacking, or why it suffices";
    }
}

impl Rules for Reply {}

impl Rules for Judgement {
    fn rules(&self, at: &Path, faults: &mut Faults) {
        if self.answers.is_absent() && self.as_a_whole.is_absent() {
            faults.missing(&["answers", "as_a_whole"].map(|name| at.field(name)));
        }
    }
}

impl Rules for Judged {
    fn key(&self) -> String {
        self.number.map(|number| number.to_string()).unwrap_or_default()
    }
}

const NO_QUESTION: &str = "is the number of no question that was asked";

impl Reply {
    /// What is wrong with it beside the message that it replies to; `None` if that is no request.
    pub fn against(&self, request: Option<&Request>) -> Vec<FaultNamed> {
        let Some(request) = request else {
            return vec![FaultNamed::new("request", "the message is no request")];
        };
        not_asked(request, self.answers.iter().map(|one| one.number))
    }
}

impl Judgement {
    /// What is wrong with it beside the request that was replied to.
    pub fn against(&self, request: &Request) -> Vec<FaultNamed> {
        not_asked(request, self.answers.iter().map(|one| one.number))
    }
}

fn not_asked(request: &Request, numbers: impl Iterator<Item = Option<u64>>) -> Vec<FaultNamed> {
    let asked = |number: u64| request.questions.iter().any(|one| one.number == Some(number));
    numbers
        .enumerate()
        .filter(|(_, number)| number.is_some_and(|number| !asked(number)))
        .map(|(index, _)| {
            FaultNamed::new(format!("answers[{}].number", index.saturating_add(1)), NO_QUESTION)
        })
        .collect()
}
