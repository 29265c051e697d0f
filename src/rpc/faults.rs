//! Faults of drafts and of messages, as calls carry them.
//!
//! Never here: a rule. Those stand with the fields they are about, in `domain/`.

use crate::codec::content::Said;
use crate::codec::proto::detente::v1::Fault;
use crate::domain::board::Board;
use crate::domain::exercise::{self, Content};
use crate::domain::heading;
use crate::domain::message::Outgoing;
use crate::domain::refusal::FaultNamed;

/// All faults of a draft: of its heading by what is on record here, then of its content.
pub fn of_draft(board: &Board, outgoing: &Outgoing, content: &Content) -> Vec<FaultNamed> {
    let mut faults = heading::faults(board, outgoing, content);
    let named = |fault: exercise::Fault| FaultNamed { field: fault.field, rule: fault.rule };
    faults.extend(exercise::faults(content).into_iter().map(named));
    faults
}

/// The faults of what a message says.
pub fn of_content(said: &Said) -> Vec<Fault> {
    match said {
        Said::Exercise(content) => exercise::faults(content)
            .into_iter()
            .map(|fault| Fault { field: fault.field, rule: fault.rule })
            .collect(),
        Said::Acknowledgement(_) | Said::Unknown | Said::Unreadable(_) => Vec::new(),
    }
}

pub fn to_proto(faults: Vec<FaultNamed>) -> Vec<Fault> {
    faults.into_iter().map(|fault| Fault { field: fault.field, rule: fault.rule }).collect()
}
