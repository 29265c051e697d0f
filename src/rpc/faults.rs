//! Faults of drafts and of messages, as calls carry them.
//!
//! Never here: a rule. Those stand with the fields they are about, in `domain/`.

use super::originals::Originals;
use crate::codec::content::Said;
use crate::codec::proto::detente::v1::Fault;
use crate::domain::board::Board;
use crate::domain::digest::Digest;
use crate::domain::form;
use crate::domain::heading;
use crate::domain::message::{Message, Outgoing};
use crate::domain::refusal::{FaultNamed, Stops};
use crate::replay::records::RecordFault;

/// All faults of a draft: of its heading by what is on record here, then of its content. One that another
/// version of the program drafted may be of a kind that this one can't read.
pub fn of_draft(board: &Board, outgoing: &Outgoing, said: &Said) -> Vec<FaultNamed> {
    let content = match said {
        Said::Form(content) => content,
        Said::Acknowledgement(_) | Said::Unknown | Said::Unreadable(_) => {
            return vec![FaultNamed::that_stops("content", UNREADABLE)];
        }
    };
    let mut faults = heading::faults(board, outgoing, content);
    let named = |fault: form::Fault| FaultNamed::new(fault.field, fault.rule);
    faults.extend(form::faults(content).into_iter().map(named));
    faults
}

pub const UNREADABLE: &str = "is of a kind that this program can't show, and so can't release";

/// The faults of a message on record: of its heading, of what it says, and of that beside the messages that it
/// names. The same at both ends, but for what only one of them holds.
///
/// # Errors
/// The journal does not answer, or is not what it was.
pub async fn of_message(
    originals: &Originals<'_>,
    digest: &Digest,
    message: &Message,
    said: &Said,
) -> Result<Vec<Fault>, RecordFault> {
    let (outgoing, content) = (&message.draft, said.content());
    let mut found = heading::faults_of_message(outgoing, content);
    if let Some(content) = content {
        found.extend(originals.not_held(outgoing, content).await?);
        found.extend(form::faults(content).into_iter().map(|fault| FaultNamed::new(fault.field, fault.rule)));
        let author = Some(message.author);
        found.extend(originals.faults(author, outgoing, content, Some(digest)).await?);
    }
    let mut all = to_proto(found);
    // It is released.
    all.iter_mut().for_each(|fault| fault.stops_release = false);
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
