//! Which roles a command takes, when it is decided: the same as the access table (`rpc/access.rs`) has for the
//! call that brings it.
//!
//! Never here: rules between persons (`decide.rs`).

use crate::domain::command::Command;
use crate::domain::people::Role;

/// The roles of which a person needs one to give a command. None: it is the node's own.
pub(super) fn may_give(command: &Command) -> &'static [Role] {
    match command {
        Command::Propose(_) | Command::Confirm { .. } | Command::Drop(_) | Command::ErasePart { .. } => {
            &[Role::Custodian]
        }
        // The watch drafts holding replies alone (`decide_release.rs`).
        Command::Draft { .. } => &[Role::Drafter, Role::Watch],
        Command::WithdrawDraft { .. } => &[Role::Drafter],
        // A scan is kept by whoever puts on record what it shows.
        Command::StorePart { .. } => &[Role::Drafter, Role::Releaser, Role::Watch],
        Command::HoldRegime(_) => &[Role::Drafter, Role::Custodian],
        Command::ReturnDraft { .. } | Command::Release { .. } => &[Role::Releaser],
        Command::Acknowledge { .. }
        | Command::Shown { .. }
        | Command::OfferWatch { .. }
        | Command::TakeWatch { .. } => &[Role::Watch],
        Command::RecordByHand(_) => &[Role::Releaser, Role::Watch],
        Command::ReadForAudit { .. } => &[Role::Auditor, Role::Operator],
        Command::AcceptRevocationList(_) => &[Role::Custodian, Role::Operator],
        Command::Receive(_)
        | Command::TakeReceipt(_)
        | Command::DisputeReceipt { .. }
        | Command::FollowHead(..)
        | Command::RejectHead { .. }
        | Command::TakeCosignature(_)
        | Command::Contradict { .. }
        | Command::AcceptKeyList(_)
        | Command::TurnAway { .. }
        | Command::NoteMissing { .. }
        | Command::NoteDuties(_)
        | Command::Alert(_)
        | Command::NoteAlarm(_) => &[],
        // A person does so of a line that no node carries; the node of all others.
        Command::SendCheck(_) | Command::NoteCheck(_) | Command::NoteCarry(_) => &[Role::Watch],
    }
}
