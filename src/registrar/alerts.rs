//! The clock of the watch plan: each step that is due is put on record, once, by the node itself.
//!
//! Which steps are due follows from the journal alone: whatever ended the process between two of them, the next
//! one finds the same. Never here: whom a step names (the Board).

use std::time::Duration;

use super::{Registrar, Standing};
use crate::domain::board::Denied;
use crate::domain::command::{Command, Origin};
use crate::domain::refusal::NotNow;
use crate::limits;

/// Runs until the Registrar ends.
pub async fn keep_watch(registrar: Registrar) {
    let mut heads = registrar.heads();
    loop {
        let head = heads.borrow_and_update().clone();
        let due = match head.standing {
            Standing::Writes => head.board.watch.open.due(registrar.clock.now()),
            Standing::StandsBy => Vec::new(),
        };
        if !due.is_empty() {
            let commands = due.into_iter().map(Command::Alert).collect();
            let answers = registrar.give_all(commands, Origin::Node).await;
            if answers.iter().any(|answer| matches!(answer, Err(Denied::NotNow(NotNow::Stopped)))) {
                return;
            }
            // What was refused was acknowledged meanwhile: the new head says so.
            if !answers.iter().any(Result::is_ok) {
                let rest = Duration::from_millis(limits::ALERT_REST_MS);
                if let Ok(Err(_)) = tokio::time::timeout(rest, heads.changed()).await {
                    return;
                }
            }
            continue;
        }
        let changed = match head.board.watch.open.next_due().filter(|_| head.standing == Standing::Writes) {
            Some(due) => tokio::select! {
                changed = heads.changed() => changed,
                () = registrar.clock.wait_until(due) => Ok(()),
            },
            None => heads.changed().await,
        };
        if changed.is_err() {
            return;
        }
    }
}
