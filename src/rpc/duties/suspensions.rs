//! What suspends a rule lifts its duties once it is in force, and they are owed again once it is not, if they have
//! not fallen due by then.
//!
//! When a word is in force both ends hold in signed form. Never here: what is past due.

use std::sync::Arc;

use imbl::OrdMap;

use crate::domain::adoption::Words;
use crate::domain::board::Board;
use crate::domain::duty::{Applies, Duty, DutyNumber, Lifting, Step};
use crate::domain::party::Party;
use crate::domain::time::Instant;

/// What there was to look at, and up to which duty it was looked.
#[derive(Default)]
pub(super) struct Suspensions {
    seen: Option<OrdMap<Party, Arc<Words>>>,
    next: Option<Instant>,
    looked_to: DutyNumber,
    /// Whether any Party ever suspended anything.
    any: bool,
}

impl Suspensions {
    /// When a word next comes into force or ends.
    pub fn next(&self) -> Option<Instant> {
        self.next
    }

    /// What follows now. While no word is new and none turns, only new duties are looked at.
    pub fn look(&mut self, board: &Board, own: Party, now: Instant) -> Vec<(DutyNumber, Step)> {
        let same = self.seen.as_ref().is_some_and(|words| words.ptr_eq(&board.words))
            && self.next.is_none_or(|next| now < next);
        if !same {
            self.any = board.words.values().any(|words| words.suspends());
        }
        let duties = &board.duties;
        let step = |duty: &Arc<Duty>| Some((duty.number, step(board, own, duty, now)?));
        let steps: Vec<_> = if !self.any {
            Vec::new()
        } else if same {
            duties.all_from(self.looked_to).filter_map(step).collect()
        } else {
            let doubted = duties.doubted().map(|(_, duty)| duty);
            duties.running().chain(doubted).chain(duties.suspended()).filter_map(step).collect()
        };
        // Once nothing follows any more.
        if steps.is_empty() {
            if !same {
                self.seen = Some(board.words.clone());
                self.next = board.words.values().filter_map(|words| words.next_after(now)).min();
            }
            self.looked_to = duties.count();
        }
        steps
    }
}

fn step(board: &Board, own: Party, duty: &Duty, now: Instant) -> Option<Step> {
    let step = match board.applies(own, duty, now) {
        Applies::SuspendedBy(by) => Step::Lifted(Lifting::Suspended { by }),
        Applies::Yes => Step::Resumed,
        Applies::No => return None,
    };
    duty.may(&step).then_some(step)
}
