//! Forms for people: TOML or JSON to content and back.
//!
//! Never here: a judgement of what is stated (`domain/form/faults.rs`), or the signed bytes
//! (`codec/form`).

mod fault;
mod format;
mod transcription;
mod translation;
mod write;

pub use fault::NotAForm;
pub use format::template as format_template;
pub use translation::{Original, template as translation_template};

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::cli::out;
use crate::domain::content::{Content, Kind};
use crate::limits;

/// How a form is written down.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Syntax {
    Toml,
    Json,
}

/// Reads a form. A field that the form does not have is an error, and so is a value of the wrong type;
/// what is merely wrong or missing is not: ask `faults` for that.
///
/// # Errors
/// The places that can't be read; of JSON the first.
pub fn read(kind: Kind, syntax: Syntax, text: &str) -> Result<Content, NotAForm> {
    if text.len() > limits::FORM_FILE_BYTES_MAX {
        let what = format!("a form takes at most {} bytes", limits::FORM_FILE_BYTES_MAX);
        return Err(NotAForm::new(1, 1, what));
    }
    Ok(match kind {
        Kind::Calendar => Content::Calendar(parse(syntax, text)?),
        Kind::Notification => Content::Notification(parse(syntax, text)?),
        Kind::Amendment => Content::Amendment(parse(syntax, text)?),
        Kind::Invitation => Content::Invitation(parse(syntax, text)?),
        Kind::Conclusion => Content::Conclusion(parse(syntax, text)?),
        Kind::Statement => Content::Statement(parse(syntax, text)?),
        Kind::Cancellation => Content::Cancellation(parse(syntax, text)?),
        Kind::SameActivity => Content::SameActivity(parse(syntax, text)?),
        Kind::Adoption => Content::Adoption(parse(syntax, text)?),
        Kind::Suspension => Content::Suspension(parse(syntax, text)?),
        Kind::Resumption => Content::Resumption(parse(syntax, text)?),
        Kind::Withdrawal => Content::Withdrawal(parse(syntax, text)?),
        Kind::Formatted => Content::Formatted(parse(syntax, text)?),
        Kind::Transcription => Content::Transcription(parse(syntax, text)?),
        Kind::Translation => Content::Translation(parse(syntax, text)?),
        Kind::Forwarded => Content::Forwarded(parse(syntax, text)?),
        Kind::Report => Content::Report(parse(syntax, text)?),
        Kind::Update => Content::Update(parse(syntax, text)?),
        Kind::Finding => Content::Finding(parse(syntax, text)?),
        Kind::Closing => Content::Closing(parse(syntax, text)?),
        Kind::SameIncident => Content::SameIncident(parse(syntax, text)?),
        Kind::Question => Content::Question(parse(syntax, text)?),
        Kind::Answer => Content::Answer(parse(syntax, text)?),
        Kind::Text => Content::Text(parse(syntax, text)?),
        Kind::ServiceMessage => Content::ServiceMessage(parse(syntax, text)?),
        Kind::MessageWithdrawal => Content::MessageWithdrawal(parse(syntax, text)?),
        Kind::Request => Content::Request(parse(syntax, text)?),
        Kind::Joining => Content::Joining(parse(syntax, text)?),
        Kind::Reply => Content::Reply(parse(syntax, text)?),
        Kind::Judgement => Content::Judgement(parse(syntax, text)?),
        Kind::MeetingRequest => Content::MeetingRequest(parse(syntax, text)?),
        Kind::Convening => Content::Convening(parse(syntax, text)?),
        Kind::Meeting => Content::Meeting(parse(syntax, text)?),
        Kind::MeetingReport => Content::MeetingReport(parse(syntax, text)?),
        Kind::Observers => Content::Observers(parse(syntax, text)?),
        Kind::ObserverReport => Content::ObserverReport(parse(syntax, text)?),
        Kind::SessionOpening => Content::SessionOpening(parse(syntax, text)?),
        Kind::SessionAcceptance => Content::SessionAcceptance(parse(syntax, text)?),
        Kind::SessionText => Content::SessionText(parse(syntax, text)?),
        Kind::SessionAddition => Content::SessionAddition(parse(syntax, text)?),
        Kind::SessionClose => Content::SessionClose(parse(syntax, text)?),
        Kind::SessionShown => Content::SessionShown(parse(syntax, text)?),
        Kind::Check => Content::Check(parse(syntax, text)?),
        Kind::CheckAnswer => Content::CheckAnswer(parse(syntax, text)?),
    })
}

/// The content as a commented form, for a person to revise. Read again, it gives the same content.
pub fn to_toml(content: &Content) -> String {
    write::commented(content)
}

/// The content as JSON, fields that are not stated left out. Read again, it gives the same content.
pub fn to_json(content: &Content) -> String {
    match content {
        Content::Calendar(form) => pretty(form),
        Content::Notification(form) => pretty(form),
        Content::Amendment(form) => pretty(form),
        Content::Invitation(form) => pretty(form),
        Content::Conclusion(form) => pretty(form),
        Content::Statement(form) => pretty(form),
        Content::Cancellation(form) => pretty(form),
        Content::SameActivity(form) => pretty(form),
        Content::Adoption(form) => pretty(form),
        Content::Suspension(form) => pretty(form),
        Content::Resumption(form) => pretty(form),
        Content::Withdrawal(form) => pretty(form),
        Content::Formatted(form) => pretty(form),
        Content::Transcription(form) => pretty(form),
        Content::Translation(form) => pretty(form),
        Content::Forwarded(form) => pretty(form),
        Content::Report(form) => pretty(form),
        Content::Update(form) => pretty(form),
        Content::Finding(form) => pretty(form),
        Content::Closing(form) => pretty(form),
        Content::SameIncident(form) => pretty(form),
        Content::Question(form) => pretty(form),
        Content::Answer(form) => pretty(form),
        Content::Text(form) => pretty(form),
        Content::ServiceMessage(form) => pretty(form),
        Content::MessageWithdrawal(form) => pretty(form),
        Content::Request(form) => pretty(form),
        Content::Joining(form) => pretty(form),
        Content::Reply(form) => pretty(form),
        Content::Judgement(form) => pretty(form),
        Content::MeetingRequest(form) => pretty(form),
        Content::Convening(form) => pretty(form),
        Content::Meeting(form) => pretty(form),
        Content::MeetingReport(form) => pretty(form),
        Content::Observers(form) => pretty(form),
        Content::ObserverReport(form) => pretty(form),
        Content::SessionOpening(form) => pretty(form),
        Content::SessionAcceptance(form) => pretty(form),
        Content::SessionText(form) => pretty(form),
        Content::SessionAddition(form) => pretty(form),
        Content::SessionClose(form) => pretty(form),
        Content::SessionShown(form) => pretty(form),
        Content::Check(form) => pretty(form),
        Content::CheckAnswer(form) => pretty(form),
    }
}

/// An empty form, each field with what it is.
pub fn template(kind: Kind) -> String {
    write::commented(&Content::empty(kind))
}

/// Prints the one or the other.
pub fn print(kind: Kind, filled: bool) {
    out::text(&if filled { example(kind).to_owned() } else { template(kind) });
}

/// A form filled in, with invented Parties and places.
pub fn example(kind: Kind) -> &'static str {
    match kind {
        Kind::Calendar => include_str!("examples/calendar.toml"),
        Kind::Notification => include_str!("examples/notification.toml"),
        Kind::Amendment => include_str!("examples/amendment.toml"),
        Kind::Invitation => include_str!("examples/invitation.toml"),
        Kind::Conclusion => include_str!("examples/conclusion.toml"),
        Kind::Statement => include_str!("examples/statement.toml"),
        Kind::Cancellation => include_str!("examples/cancellation.toml"),
        Kind::SameActivity => include_str!("examples/same-activity.toml"),
        Kind::Adoption => include_str!("examples/adoption.toml"),
        Kind::Suspension => include_str!("examples/suspension.toml"),
        Kind::Resumption => include_str!("examples/resumption.toml"),
        Kind::Withdrawal => include_str!("examples/withdrawal.toml"),
        Kind::Formatted => include_str!("examples/formatted.toml"),
        Kind::Transcription => include_str!("examples/transcription.toml"),
        Kind::Translation => include_str!("examples/translation.toml"),
        Kind::Forwarded => include_str!("examples/forwarded.toml"),
        Kind::Report => include_str!("examples/report.toml"),
        Kind::Update => include_str!("examples/update.toml"),
        Kind::Finding => include_str!("examples/finding.toml"),
        Kind::Closing => include_str!("examples/closing.toml"),
        Kind::SameIncident => include_str!("examples/same-incident.toml"),
        Kind::Question => include_str!("examples/question.toml"),
        Kind::Answer => include_str!("examples/answer.toml"),
        Kind::Text => include_str!("examples/text.toml"),
        Kind::ServiceMessage => include_str!("examples/service.toml"),
        Kind::MessageWithdrawal => include_str!("examples/message-withdrawal.toml"),
        Kind::Request => include_str!("examples/request.toml"),
        Kind::Joining => include_str!("examples/joining.toml"),
        Kind::Reply => include_str!("examples/reply.toml"),
        Kind::Judgement => include_str!("examples/judgement.toml"),
        Kind::MeetingRequest => include_str!("examples/meeting-request.toml"),
        Kind::Convening => include_str!("examples/convening.toml"),
        Kind::Meeting => include_str!("examples/meeting.toml"),
        Kind::MeetingReport => include_str!("examples/meeting-report.toml"),
        Kind::Observers => include_str!("examples/observers.toml"),
        Kind::ObserverReport => include_str!("examples/observer-report.toml"),
        Kind::SessionOpening => include_str!("examples/session-opening.toml"),
        Kind::SessionAcceptance => include_str!("examples/session-acceptance.toml"),
        Kind::SessionText => include_str!("examples/session-text.toml"),
        Kind::SessionAddition => include_str!("examples/session-addition.toml"),
        Kind::SessionClose => include_str!("examples/session-close.toml"),
        Kind::SessionShown => include_str!("examples/session-shown.toml"),
        Kind::Check => include_str!("examples/check.toml"),
        Kind::CheckAnswer => include_str!("examples/check-answer.toml"),
    }
}

#[expect(clippy::expect_used, reason = "what a form may hold hangs on its type, not on an input")]
fn pretty(form: &impl Serialize) -> String {
    serde_json::to_string_pretty(form).expect("forms hold only texts, numbers, lists and named fields")
}

fn parse<T: DeserializeOwned>(syntax: Syntax, text: &str) -> Result<T, NotAForm> {
    match syntax {
        Syntax::Toml => fault::toml(text),
        Syntax::Json => fault::json(text),
    }
}
