//! Faults of drafts and of messages, as calls carry them.
//!
//! Never here: a rule. Those stand with the fields they are about, in `domain/`.

use super::held::HeldRegimes;
use super::originals::Originals;
use crate::codec::content::Said;
use crate::codec::proto::detente::v1::Fault;
use crate::domain::adoption;
use crate::domain::board::Board;
use crate::domain::content::Content;
use crate::domain::digest::Digest;
use crate::domain::form::{self, Following};
use crate::domain::heading;
use crate::domain::message::{Message, Outgoing};
use crate::domain::refusal::{FaultNamed, Stops};
use crate::domain::regime::format_faults;
use crate::domain::time::Instant;
use crate::replay::records::RecordFault;

/// All faults of a draft: of its heading by what is on record here, then of its content, by itself and by the texts of
/// rules that it names. One that another version of the program drafted may be of a kind that this one can't read.
pub async fn of_draft(
    regimes: &HeldRegimes<'_>,
    board: &Board,
    outgoing: &Outgoing,
    said: &Said,
) -> Result<Vec<FaultNamed>, RecordFault> {
    let content = match said {
        Said::Form(content) => content,
        Said::Acknowledgement(_) | Said::Unknown | Said::Unreadable(_) => {
            return Ok(vec![FaultNamed::that_stops("content", UNREADABLE)]);
        }
    };
    let mut faults = heading::faults(board, outgoing, content);
    faults.extend(board.misnamed(outgoing, Some(content), None));
    faults.extend(of_content(regimes, content).await?);
    faults.extend(regimes.no_such_paragraph(outgoing, content).await?);
    Ok(faults)
}

/// Of what it says, by itself, and under its format where a regime that is held here lays that down.
async fn of_content(regimes: &HeldRegimes<'_>, content: &Content) -> Result<Vec<FaultNamed>, RecordFault> {
    let named = |fault: form::Fault| FaultNamed::new(fault.field, fault.rule);
    let mut found: Vec<FaultNamed> = form::faults(content).into_iter().map(named).collect();
    if let Content::Formatted(form) = content
        && let Some(digest) = form.regime_digest
        && let Some(regime) = regimes.regime(digest.0).await?
    {
        found.extend(format_faults(&regime, form, &Following::of(content)));
    }
    Ok(found)
}

/// Of what it says, beside the instant at which it was released; of a draft, beside now.
pub fn beside_release(content: &Content, released_at: Instant) -> Vec<FaultNamed> {
    match content {
        Content::Meeting(form) => {
            let ahead = form.ahead(released_at).into_iter();
            ahead.map(|fault| FaultNamed::new(fault.field, fault.rule)).collect()
        }
        _ => adoption::beside_release(content, released_at).into_iter().collect(),
    }
}

/// Why a draft that says it is a check, or the answer to one, would not count as that if it were released now.
pub fn of_check(board: &Board, outgoing: &Outgoing, now: Instant) -> Vec<FaultNamed> {
    let parties = outgoing.parties().into_iter();
    let wrong = parties.filter_map(|to| board.why_draft_is_no_check(outgoing, to, now));
    wrong.map(|wrong| FaultNamed::new(wrong.field, wrong.rule)).collect()
}

pub const UNREADABLE: &str = "is of a kind that this program can't show, and so can't release";

/// The faults of a message on record: of its heading, of what it says, and of that beside the messages that it
/// names. The same at both ends, but for what only one of them holds.
///
/// # Errors
/// The journal does not answer, or is not what it was.
pub async fn of_message(
    originals: &Originals<'_>,
    regimes: &HeldRegimes<'_>,
    digest: &Digest,
    message: &Message,
    said: &Said,
) -> Result<Vec<Fault>, RecordFault> {
    let (outgoing, content) = (&message.draft, said.content());
    let mut found = heading::faults_of_message(outgoing, content);
    found.extend(originals.misnamed(outgoing, content));
    if let Some(content) = content {
        found.extend(originals.not_held(outgoing, content).await?);
        found.extend(of_content(regimes, content).await?);
        found.extend(beside_release(content, message.released_at));
        found.extend(regimes.no_such_paragraph(outgoing, content).await?);
        let author = Some(message.author);
        found.extend(originals.faults(author, outgoing, content, Some(digest)).await?);
    }
    let mut all = to_proto(found);
    // It is released.
    all.iter_mut().for_each(|fault| fault.stops_release = false);
    Ok(all)
}

/// The same, and what it waits for: the watch's notice counts what reading the message lists.
///
/// # Errors
/// As for `of_message`.
pub async fn of_received(
    originals: &Originals<'_>,
    regimes: &HeldRegimes<'_>,
    digest: &Digest,
    message: &Message,
    said: &Said,
) -> Result<Vec<Fault>, RecordFault> {
    let mut all = of_message(originals, regimes, digest, message, said).await?;
    all.extend(to_proto(originals.waits_for(&message.draft)));
    Ok(all)
}

pub fn to_proto(faults: Vec<FaultNamed>) -> Vec<Fault> {
    faults
        .into_iter()
        .map(|fault| Fault {
            field: fault.field,
            rule: fault.rule,
            stops_release: fault.stops == Stops::Always,
        })
        .collect()
}
