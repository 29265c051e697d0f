//! The messages that make a check and answer one.
//!
//! Never here: whether it is the time for it (the Board).

use tonic::Status;

use crate::codec::{form, message};
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
    let (content, references) = match of.our_part() {
        Part::Check => {
            let (number, text) =
                of.link.text(&of.due).ok_or_else(|| status::field("check", "no text was agreed on"))?;
            let (number, text) = (Some(number), Prose(text.to_owned()));
            let form = Check { check, due, number, text, ..Check::default() };
            (Content::Check(form), Vec::new())
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
            (Content::CheckAnswer(form), vec![reference])
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
        subject: of.our_part().subject().into(),
        ..Outgoing::blank(kind, of.thread())
    };
    // What the Board holds against the agreed words is what is read from it.
    let outgoing = message::decode_draft(&message::encode_draft(&outgoing)).map_err(status::decode)?;
    Ok(CheckToSend { with: of.link.with, check: of.rule.name.clone(), due: of.due.at, outgoing })
}

/// To the second, as forms state dates.
fn when(at: Instant) -> When {
    When::new(at.to_the_second().trim_end_matches('Z'), "Z")
}
