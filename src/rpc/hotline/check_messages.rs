//! The messages that make a check and answer one.
//!
//! Never here: whether it is the time for it (the Board).

use tonic::Status;

use crate::codec::{content, form};
use crate::domain::check::{Check, CheckAnswer, CheckToSend, Of, PRECEDENCE, Part};
use crate::domain::content::Content;
use crate::domain::form::{MessageDigest, MessageReference, Prose, When};
use crate::domain::message::{Addressee, Outgoing, Reference, Relation};
use crate::domain::people::Person;
use crate::domain::time::Instant;
use crate::registrar::{Head, Registrar};
use crate::rpc::status;

/// What it is our turn to send of a check: with the agreed text, or naming the check that it answers. `officer` is
/// who does so; `None` where the node does by itself.
///
/// # Errors
/// The check that is answered can't be read, or no text was agreed on.
pub(super) async fn part(
    registrar: &Registrar,
    head: &Head,
    of: &Of<'_>,
    by: &Person,
    officer: Option<&Person>,
) -> Result<CheckToSend, Status> {
    let (check, due) = (of.rule.name.clone(), when(of.due.at));
    let (content, subject, references) = match of.our_part() {
        Part::Check => {
            let (number, text) =
                of.link.text(&of.due).ok_or_else(|| status::field("check", "no text was agreed on"))?;
            let (number, text) = (Some(number), Prose(text.to_owned()));
            let form = Check { check, due, number, text, ..Check::default() };
            (Content::Check(form), "Check", Vec::new())
        }
        Part::Answer => {
            let checks = head.board.checks.of(of.link.with);
            let asked = of.said_by_them(checks).copied();
            let asked =
                asked.ok_or_else(|| status::field("check", "is not here: there is nothing to answer"))?;
            let records = head.records(&registrar.journal);
            let read = records.message(asked.index, &asked.message).await.map_err(status::record)?.message;
            let answers = MessageReference {
                message_digest: Some(MessageDigest(asked.message)),
                author: read.author.to_string(),
                ..MessageReference::default()
            };
            let officer = officer.map(|officer| officer.name.clone()).unwrap_or_default();
            let form = CheckAnswer { check, due, answers, officer, ..CheckAnswer::default() };
            let reference = Reference {
                message: Some(asked.message),
                number: read.number,
                author: read.author.to_string(),
                relation: Relation::Answers,
            };
            (Content::CheckAnswer(form), "Check answered", vec![reference])
        }
    };
    let kind = content.kind().name();
    let content = form::encode(&content).map_err(|over| status::field("check", over))?;
    let outgoing = Outgoing {
        content: content.into(),
        action: vec![Addressee { party: of.link.with, office: String::new() }],
        precedence: PRECEDENCE,
        drafter: by.clone(),
        references,
        subject: subject.into(),
        ..Outgoing::blank(kind, of.thread())
    };
    Ok(CheckToSend { with: of.link.with, check: of.rule.name.clone(), due: of.due.at, outgoing })
}

/// Whether the check that is here is, in its name, its time and its text, the one that the schedule has.
///
/// # Errors
/// It can't be read from the journal.
pub(super) async fn asks_what_was_agreed(
    registrar: &Registrar,
    head: &Head,
    of: &Of<'_>,
) -> Result<bool, Status> {
    let Some(asked) = of.said_by_them(head.board.checks.of(of.link.with)) else { return Ok(false) };
    let records = head.records(&registrar.journal);
    let read = records.message(asked.index, &asked.message).await.map_err(status::record)?.message;
    let said = content::said(&read.draft.kind, &read.draft.content);
    let Some(Content::Check(form)) = said.content() else { return Ok(false) };
    let text = of.link.text(&of.due).map(|(_, text)| text.trim());
    Ok(form.check == of.rule.name
        && form.due.instant() == Some(of.due.at)
        && text == Some(form.text.0.trim())
        && form.remarks.0.is_empty())
}

/// To the second, as forms state dates.
pub(super) fn when(at: Instant) -> When {
    When::new(at.to_the_second().trim_end_matches('Z'), "Z")
}
