//! Faults of drafts and of messages, as calls carry them.
//!
//! Never here: a rule. Those stand with the fields they are about, in `domain/`.

use crate::codec::content::Said;
use crate::codec::proto::detente::v1::Fault;
use crate::domain::board::Board;
use crate::domain::form;
use crate::domain::heading;
use crate::domain::message::Outgoing;
use crate::domain::refusal::{FaultNamed, Stops};

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

/// The faults of what a message says.
pub fn of_content(said: &Said) -> Vec<Fault> {
    match said {
        Said::Form(content) => form::faults(content)
            .into_iter()
            .map(|fault| Fault { field: fault.field, rule: fault.rule, stops_release: false })
            .collect(),
        Said::Acknowledgement(_) | Said::Unknown | Said::Unreadable(_) => Vec::new(),
    }
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
