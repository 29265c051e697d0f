//! The clock of the watch plan: each step that is due is put on record, once, by the node itself.
//!
//! Which steps are due follows from the journal alone: whatever ended the process between two of them, the next
//! one finds the same. Never here: whom a step names (the Board).

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;

use super::{Head, Registrar, Standing};
use crate::domain::board::Denied;
use crate::domain::command::{Command, Origin};
use crate::domain::refusal::NotNow;
use crate::domain::time::Instant;
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
        let goes_on = if due.is_empty() {
            let next = head.board.watch.open.next_due().filter(|_| head.standing == Standing::Writes);
            head_or_due(&registrar, &mut heads, next).await
        } else {
            let due = due.into_iter().map(Command::Alert).collect();
            give_due(&registrar, &mut heads, due).await
        };
        if !goes_on {
            return;
        }
    }
}

/// Gives what is due. Where all of it was refused it rests: that it was settled meanwhile, the new head says. `false`
/// once the Registrar has ended.
pub(super) async fn give_due(
    registrar: &Registrar,
    heads: &mut watch::Receiver<Arc<Head>>,
    due: Vec<Command>,
) -> bool {
    let answers = registrar.give_all(due, Origin::Node).await;
    if answers.iter().any(|answer| matches!(answer, Err(Denied::NotNow(NotNow::Stopped)))) {
        return false;
    }
    if answers.iter().any(Result::is_ok) {
        return true;
    }
    let rest = Duration::from_millis(limits::ALERT_REST_MS);
    !matches!(tokio::time::timeout(rest, heads.changed()).await, Ok(Err(_)))
}

/// Until there is a new head, or the clock shows `next`. `false` once the Registrar has ended.
pub(super) async fn head_or_due(
    registrar: &Registrar,
    heads: &mut watch::Receiver<Arc<Head>>,
    next: Option<Instant>,
) -> bool {
    let changed = match next {
        Some(due) => tokio::select! {
            changed = heads.changed() => changed,
            () = registrar.clock.wait_until(due) => Ok(()),
        },
        None => heads.changed().await,
    };
    changed.is_ok()
}
