//! The present picture of a thread about an unusual activity, as a person reads it and as a program does.
//!
//! Never here: what stands (`domain/activity/picture.rs`), meetings (`meetings.rs`).

use serde_json::{Value, json};

use super::meetings;
use crate::cli::json;
use crate::cli::message::rows::{by, form_lines, row, said_by_json, text, withdrawal};
use crate::cli::message::{History, clarification};
use crate::cli::out::say;
use crate::domain::activity::picture::{Asked, InReply, Picture, Replied, Requested};
use crate::domain::activity::{Judged, Sufficiency};
use crate::domain::correspondence::Answered;
use crate::domain::party::Party;
use crate::domain::said::Said;

/// Requests, question by question.
pub fn print(picture: &Picture<'_>, history: &History, said: &[Said]) {
    for (message, word) in &picture.withdrawn {
        if let Some(taken_back) = said.iter().find(|one| one.message == *message) {
            say!("\nWithdrawn: {}", by(taken_back));
            withdrawal("by", word);
            form_lines(1, &taken_back.content);
        }
    }
    for request in &picture.requests {
        say!("\nREQUEST");
        whose(0, request.said, picture, history);
        form_lines(1, &request.said.content);
        parties(request, picture, history);
        for reply in &request.replies {
            print_reply(reply, picture, history);
        }
        if request.replies.is_empty() {
            say!("\n{}.", history.none("No reply", &request.said.message, request.said.author));
        }
        say!("\nQUESTION BY QUESTION");
        for asked in &request.questions {
            print_asked(picture, request, asked, history);
        }
        for reply in &request.replies {
            print_not_asked(picture, request, reply);
        }
    }
}

pub fn print_elsewhere(picture: &Picture<'_>) {
    for said in &picture.elsewhere {
        say!("\nAbout a message that is not here, or was taken back: {}", by(said));
        form_lines(1, &said.content);
    }
}

/// Who says it and when; that its place was taken; that nobody here confirmed whose word it is.
pub fn whose(depth: usize, said: &Said, picture: &Picture<'_>, history: &History) {
    row(depth, &by(said), "");
    replaced(depth.saturating_add(1), said, picture);
    if let Some(mark) = history.unconfirmed(&said.message) {
        row(depth.saturating_add(1), "Mark", &mark);
    }
}

/// It stands as what it said, and not as what its author says now.
fn replaced(depth: usize, said: &Said, picture: &Picture<'_>) {
    if let Some(word) = picture.corrected.get(&said.message) {
        row(depth, "its place was taken by", &by(word));
    }
}

/// The requesters, each by its own message. Who is only named is none.
fn parties(request: &Requested<'_>, picture: &Picture<'_>, history: &History) {
    let codes: Vec<String> = request.requesters().iter().map(ToString::to_string).collect();
    row(1, "Requesters", &codes.join(", "));
    for joined in &request.joined {
        row(2, "joined by its own message", "");
        whose(3, joined, picture, history);
        form_lines(4, &joined.content);
    }
}

fn print_reply(reply: &Replied<'_>, picture: &Picture<'_>, history: &History) {
    say!("\nREPLY");
    whose(0, reply.said, picture, history);
    form_lines(1, &reply.said.content);
    for answer in &reply.beside {
        row(1, &number("Question", answer.number), "was not asked in the request");
    }
    for (said, _) in &reply.judgements {
        row(1, "Judged", "");
        whose(2, said, picture, history);
        form_lines(3, &said.content);
    }
    if reply.judgements.is_empty() {
        let is_ours = history.hears(reply.said.author, reply.said.author);
        row(1, if is_ours { "Judged by nobody" } else { "No judgement is on record here" }, "");
    }
}

fn print_asked(picture: &Picture<'_>, request: &Requested<'_>, asked: &Asked<'_>, history: &History) {
    text(0, &number("Question", asked.question.number), &asked.question.text.0);
    for in_reply in &asked.in_replies {
        row(1, "Reply", &by(in_reply.reply));
        replaced(2, in_reply.reply, picture);
        if in_reply.answers.is_empty() {
            row(2, "not answered in it", "");
        }
        for answer in &in_reply.answers {
            print_answer(2, answer);
        }
        for (said, judged) in &in_reply.judged {
            print_judged(picture, request, said, judged);
        }
        for party in picture.silent(request, in_reply) {
            row(2, &format!("{party}:"), silence(request, in_reply, party, history));
        }
    }
    if asked.in_replies.is_empty() {
        row(1, &history.none("no reply", &request.said.message, request.said.author), "");
    }
}

/// What is known here of a requester that says nothing of a question: its judgement of the reply may be here all the
/// same.
fn silence(request: &Requested<'_>, in_reply: &InReply<'_>, party: Party, history: &History) -> &'static str {
    if history.hears(party, in_reply.reply.author) {
        return "says nothing of it";
    }
    let of_reply = request.replies.iter().filter(|one| one.said.message == in_reply.reply.message);
    let is_judged = of_reply.flat_map(|one| &one.judgements).any(|(said, _)| said.author == party);
    if is_judged {
        "what is on record here says nothing of it"
    } else {
        "not known here: nothing is on record"
    }
}

/// What is answered or judged under a number that the request asks nothing under.
fn print_not_asked(picture: &Picture<'_>, request: &Requested<'_>, reply: &Replied<'_>) {
    for answer in &reply.beside {
        row(0, &number("Question", answer.number), "not on record as asked, and answered");
        row(1, "Reply", &by(reply.said));
        replaced(2, reply.said, picture);
        print_answer(2, answer);
    }
    for (said, judged) in &reply.judged_beside {
        row(0, &number("Question", judged.number), "not on record as asked, and judged");
        row(1, "Reply", &by(reply.said));
        replaced(2, reply.said, picture);
        print_judged(picture, request, said, judged);
    }
}

fn print_answer(depth: usize, answer: &Answered) {
    let how = answer.how.map_or_else(|| "said, unclear how".to_owned(), |how| how.to_string());
    if answer.text.0.is_empty() { row(depth, &how, "") } else { text(depth, &how, &answer.text.0) }
}

fn print_judged(picture: &Picture<'_>, request: &Requested<'_>, said: &Said, judged: &Judged) {
    let asked = if request.requesters().contains(&said.author) { "" } else { " (no requester)" };
    let how = judged.how.map_or_else(|| "said, unclear how".to_owned(), how);
    row(2, &format!("{}{asked}: {how}", said.author), &by(said));
    replaced(3, said, picture);
    text(3, "", &judged.grounds.0);
}

fn how(word: Sufficiency) -> String {
    word.to_string()
}

fn number(label: &str, number: Option<u64>) -> String {
    number.map_or_else(|| label.to_owned(), |number| format!("{label} {number}"))
}

pub fn to_json(picture: &Picture<'_>) -> Value {
    let one = |said: &Said| {
        json::with(said_by_json(said), json!({ "corrected_by": corrected_json(picture, said) }))
    };
    let requests: Vec<Value> = picture
        .requests
        .iter()
        .map(|request| {
            let replies: Vec<Value> = request
                .replies
                .iter()
                .map(|reply| {
                    let judgements: Vec<Value> = reply.judgements.iter().map(|(said, _)| one(said)).collect();
                    let not_asked = not_asked_json(picture, request, reply);
                    json::with(one(reply.said), json!({ "judgements": judgements, "not_asked": not_asked }))
                })
                .collect();
            let questions = request.questions.iter().map(|asked| asked_json(picture, request, asked));
            let more = json!({
                "requesters": request.requesters().iter().map(ToString::to_string).collect::<Vec<_>>(),
                "joined": request.joined.iter().map(|said| one(said)).collect::<Vec<_>>(),
                "replies": replies,
                "questions": questions.collect::<Vec<_>>(),
            });
            json::with(one(request.said), more)
        })
        .collect();
    json!({
        "requests": requests,
        "meetings": meetings::to_json(picture, &one),
        "elsewhere": picture.elsewhere.iter().map(|said| one(said)).collect::<Vec<_>>(),
        "questions": clarification::to_json(&picture.clarification),
        "withdrawn": picture.withdrawn.keys().map(ToString::to_string).collect::<Vec<_>>(),
    })
}

/// What is not on record here and may have been said all the same: by whom, and about which message.
pub fn not_known_here_json(picture: &Picture<'_>, history: &History) -> Value {
    let mut all: Vec<Value> = Vec::new();
    for request in &picture.requests {
        let mut add = |about: &Said, parties: Vec<Party>, what: &str| {
            let one = |party: Party| json!({"about": about.message.to_string(), "party": party.as_str(), "what": what});
            all.extend(parties.into_iter().map(one));
        };
        if request.replies.is_empty() {
            add(request.said, history.unheard(&request.said.message, request.said.author), "reply");
        }
        for reply in &request.replies {
            let spoke = |party: &Party| reply.judgements.iter().any(|(said, _)| said.author == *party);
            let mut unheard = request.requesters();
            unheard.retain(|party| !spoke(party) && !history.hears(*party, reply.said.author));
            add(reply.said, unheard, "judgement");
        }
    }
    all.into()
}

/// The message that took its place; null where it stands.
fn corrected_json(picture: &Picture<'_>, said: &Said) -> Value {
    picture.corrected.get(&said.message).map(|word| word.message.to_string()).into()
}

/// What is answered or judged under a number that the request asks nothing under.
fn not_asked_json(picture: &Picture<'_>, request: &Requested<'_>, reply: &Replied<'_>) -> Value {
    let answers = reply.beside.iter().map(|answer| numbered(answer.number, answer_json(answer)));
    let judged = reply.judged_beside.iter();
    let judged =
        judged.map(|(said, judged)| numbered(judged.number, judged_json(picture, request, said, judged)));
    json!({ "answers": answers.collect::<Vec<_>>(), "judged": judged.collect::<Vec<_>>() })
}

fn numbered(number: Option<u64>, object: Value) -> Value {
    json::with(object, json!({ "number": number }))
}

fn answer_json(answer: &Answered) -> Value {
    json!({"how": answer.how.map(|how| how.to_string()), "text": answer.text.0})
}

fn judged_json(picture: &Picture<'_>, request: &Requested<'_>, said: &Said, judged: &Judged) -> Value {
    json!({
        "by": said.author.as_str(),
        "requester": request.requesters().contains(&said.author),
        "how": judged.how.map(how),
        "grounds": judged.grounds.0,
        "message": said.message.to_string(),
        "corrected_by": corrected_json(picture, said),
    })
}

fn asked_json(picture: &Picture<'_>, request: &Requested<'_>, asked: &Asked<'_>) -> Value {
    let in_reply = |one: &InReply<'_>| {
        let answers: Vec<Value> = one.answers.iter().map(|answer| answer_json(answer)).collect();
        let judged = one.judged.iter().map(|(said, judged)| judged_json(picture, request, said, judged));
        json!({
            "by": one.reply.author.as_str(),
            "message": one.reply.message.to_string(),
            "corrected_by": corrected_json(picture, one.reply),
            "answers": answers,
            "judged": judged.collect::<Vec<_>>(),
            "says_nothing": picture.silent(request, one).iter().map(ToString::to_string).collect::<Vec<_>>(),
        })
    };
    json!({
        "number": asked.question.number,
        "text": asked.question.text.0,
        "replies": asked.in_replies.iter().map(in_reply).collect::<Vec<_>>(),
    })
}
