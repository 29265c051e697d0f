//! The questions of a thread, each with the answers that were given to it.
//!
//! Never here: an order of arrival that matters. An answer that came before its question stands at it all the same.

use super::{Answered, Question, Questioned};
use crate::domain::content::Content;
use crate::domain::said::{Said, withdrawn};

/// All that is asked and answered in a thread, but for what was taken back.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Clarification<'s> {
    pub asked: Vec<Asked<'s>>,
    /// Answers to what is not in this thread, or not here yet.
    pub elsewhere: Vec<&'s Said>,
}

/// The questions of one message.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Asked<'s> {
    pub said: &'s Said,
    pub form: &'s Question,
    pub questions: Vec<One<'s>>,
    /// Answers with a number under which nothing was asked.
    pub beside: Vec<Given<'s>>,
}

/// One question. Without an answer it is not answered.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct One<'s> {
    pub question: &'s Questioned,
    /// In the order of the thread; an earlier one stays beside a later one.
    pub answers: Vec<Given<'s>>,
}

/// One answer, and in which message.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Given<'s> {
    pub said: &'s Said,
    pub answer: &'s Answered,
}

impl<'s> Clarification<'s> {
    pub fn of(said: &'s [Said]) -> Clarification<'s> {
        let withdrawn = withdrawn(said);
        let mut whole = Clarification::default();
        let standing = || said.iter().filter(|one| !withdrawn.contains_key(&one.message));
        for one in standing() {
            if let Content::Question(form) = &one.content {
                let questions =
                    form.questions.iter().map(|question| One { question, answers: Vec::new() }).collect();
                whole.asked.push(Asked { said: one, form, questions, beside: Vec::new() });
            }
        }
        for one in standing() {
            let Content::Answer(form) = &one.content else { continue };
            let asked = whole
                .asked
                .iter_mut()
                .find(|asked| asked.said.traffic == one.traffic && asked.said.is_meant(&form.to, one.author));
            match asked {
                Some(asked) => form.answers.iter().for_each(|answer| asked.take(Given { said: one, answer })),
                None => whole.elsewhere.push(one),
            }
        }
        whole
    }

    pub fn is_empty(&self) -> bool {
        self.asked.is_empty() && self.elsewhere.is_empty()
    }
}

impl<'s> Asked<'s> {
    fn take(&mut self, given: Given<'s>) {
        let number = given.answer.number;
        let asked = self.questions.iter_mut().find(|one| number.is_some() && one.question.number == number);
        match asked {
            Some(one) => one.answers.push(given),
            None => self.beside.push(given),
        }
    }
}
