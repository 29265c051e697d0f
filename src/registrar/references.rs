//! The clock of references: a message that refers to one which does not come is put on record as such, once, by the
//! node itself.
//!
//! What waits follows from the journal alone: whatever ended the process, the next one finds the same. Never here: how
//! long is long (the Board).

use imbl::OrdMap;

use super::alerts::{give_due, head_or_due};
use super::{Registrar, Standing};
use crate::domain::board::{Board, Waiting};
use crate::domain::command::Command;
use crate::domain::digest::Digest;
use crate::domain::time::Instant;
use crate::limits;

/// Of a Board that was looked through: what waited, and when the first of it is overdue.
struct Looked {
    waiting: OrdMap<Digest, Vec<Waiting>>,
    times_run_backwards: u64,
    overdue: Option<Instant>,
}

impl Looked {
    fn through(board: &Board) -> Looked {
        Looked {
            waiting: board.waiting.clone(),
            times_run_backwards: board.times_run_backwards,
            overdue: board.next_overdue_reference(),
        }
    }

    /// Not all that waits is looked through at each head: what came later is overdue later, unless the clock was set
    /// back between.
    fn holds_for(&self, board: &Board, now: Instant) -> bool {
        match self.overdue {
            Some(overdue) => now < overdue && self.times_run_backwards == board.times_run_backwards,
            None => self.waiting.ptr_eq(&board.waiting),
        }
    }
}

/// Runs until the Registrar ends.
pub async fn keep_references(registrar: Registrar) {
    let mut heads = registrar.heads();
    let mut looked: Option<Looked> = None;
    loop {
        let head = heads.borrow_and_update().clone();
        let now = registrar.clock.now();
        let writes = head.standing == Standing::Writes;
        if writes && looked.as_ref().is_none_or(|looked| !looked.holds_for(&head.board, now)) {
            looked = Some(Looked::through(&head.board));
        }
        let overdue = looked.as_ref().and_then(|looked| looked.overdue).filter(|_| writes);
        let goes_on = if overdue.is_some_and(|overdue| overdue <= now) {
            let all = head.board.overdue_references(now).into_iter();
            let some = all.take(limits::REFERENCES_NOTED_AT_ONCE_MAX);
            let due = some.map(|(message, missing)| Command::NoteMissing { message, missing }).collect();
            give_due(&registrar, &mut heads, due).await
        } else {
            head_or_due(&registrar, &mut heads, overdue).await
        };
        if !goes_on {
            return;
        }
    }
}
