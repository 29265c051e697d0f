//! Questions of a thread with their answers, as a person reads them and as a program does: of every noun's threads.
//!
//! Never here: which answer belongs to which question (`domain/correspondence/asked.rs`), whether it suffices.

use serde_json::{Value, json};

use super::History;
use super::rows::{by, form_lines, row, said_by_json, text};
use crate::cli::out::say;
use crate::domain::correspondence::asked::{Asked, Clarification, Given};
use crate::domain::text::shown;

/// Nothing where nothing was asked.
pub fn print(clarification: &Clarification<'_>, history: &History) {
    if clarification.is_empty() {
        return;
    }
    say!("\nQUESTIONS");
    for asked in &clarification.asked {
        print_asked(asked, history);
    }
    for said in &clarification.elsewhere {
        say!("Answers to what is not asked here: {}", by(said));
        form_lines(1, &said.content);
    }
}

fn print_asked(asked: &Asked<'_>, history: &History) {
    let none = history.none("no answer", &asked.said.message, asked.said.author);
    say!("Asked: {}", by(asked.said));
    if !asked.form.answer_by.to_string().is_empty() {
        row(1, "Answer asked by", &shown(&asked.form.answer_by.to_string()));
    }
    for one in &asked.questions {
        let number = one.question.number.map(|number| number.to_string()).unwrap_or_default();
        text(1, &format!("Question {number}"), &one.question.text.0);
        if !one.question.field.is_empty() {
            row(2, "about the field", &shown(&one.question.field));
        }
        for given in &one.answers {
            print_given(given);
        }
        if one.answers.is_empty() {
            row(2, &none, "");
        }
    }
    for given in &asked.beside {
        let number = given.answer.number.map(|number| number.to_string()).unwrap_or_default();
        row(1, &format!("Question {number}"), "was not asked in this message");
        print_given(given);
    }
}

fn print_given(given: &Given<'_>) {
    row(2, &how(given), &by(given.said));
    if !given.answer.text.0.is_empty() {
        text(3, "", &given.answer.text.0);
    }
}

fn how(given: &Given<'_>) -> String {
    given.answer.how.map_or_else(|| "said, unclear how".to_owned(), |how| how.to_string())
}

pub fn to_json(clarification: &Clarification<'_>) -> Value {
    let given = |given: &Given<'_>| {
        json!({
            "number": given.answer.number,
            "how": given.answer.how.map(|how| how.to_string()),
            "text": given.answer.text.0,
            "by": given.said.author.as_str(),
            "message": given.said.message.to_string(),
        })
    };
    let asked: Vec<Value> = clarification
        .asked
        .iter()
        .map(|asked| {
            let questions: Vec<Value> = asked
                .questions
                .iter()
                .map(|one| {
                    json!({
                        "number": one.question.number,
                        "text": one.question.text.0,
                        "field": one.question.field,
                        "answers": one.answers.iter().map(given).collect::<Vec<_>>(),
                    })
                })
                .collect();
            json!({
                "by": asked.said.author.as_str(),
                "message": asked.said.message.to_string(),
                "about": asked.form.about.message_digest.map(|digest| digest.to_string()),
                "questions": questions,
                "beside": asked.beside.iter().map(given).collect::<Vec<_>>(),
            })
        })
        .collect();
    let elsewhere: Vec<Value> = clarification.elsewhere.iter().map(|said| said_by_json(said)).collect();
    json!({"asked": asked, "elsewhere": elsewhere})
}
