//! Up to where the messages between this Party and each other one were considered: what is past due between them
//! waits for those that were on record then, and for nobody else's.
//!
//! A Party that goes on sending puts off what it owes no longer than until what it had sent is considered: what
//! comes later has a later turn. Never here: a step.

use std::collections::BTreeMap;

use super::Heard;
use crate::domain::duty::{Duties, Duty, DutyNumber};
use crate::domain::party::Party;
use crate::domain::time::Instant;

/// What was known at a head: of all that falls due before it, and was on record by then.
#[derive(Clone, Copy, Debug)]
pub(super) struct Seen {
    /// How many records there were.
    pub records: u64,
    /// The next duty's number.
    pub duties: DutyNumber,
    pub at: Instant,
    /// What had been heard of the other end.
    pub heard: Heard,
}

impl Seen {
    /// Whether all that could have met it in time was on record here by then.
    pub fn covers(&self, duty: &Duty) -> bool {
        duty.number < self.duties && duty.opened.due < self.at
    }
}

/// For each Party whose messages wait, what is waited for.
#[derive(Default)]
pub(super) struct Queues(BTreeMap<Party, Seen>);

impl Queues {
    /// What was known here when the messages were on record that have been considered since; `None` while they
    /// have not been. `now` is what is known at this head.
    pub fn considered(&mut self, duties: &Duties, party: Party, now: Seen) -> Option<Seen> {
        let Some(since) = duties.waiting_since(party) else {
            self.0.remove(&party);
            return Some(now);
        };
        match self.0.get(&party).copied() {
            Some(seen) if since < seen.records => None,
            before => {
                self.0.insert(party, now);
                before
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::digest::Digest;
    use crate::domain::duty::DutiesNoted;

    fn code(code: &str) -> Party {
        code.parse().unwrap()
    }

    fn seen(records: u64) -> Seen {
        let heard = Heard { last: None, all_came: None };
        Seen { records, duties: DutyNumber(0), at: Instant(0), heard }
    }

    fn sends(duties: &mut Duties, party: &str, record: u64) {
        let digest = Digest::of(&record.to_be_bytes());
        duties.consider((code(party), record, digest), [code(party)], record);
    }

    fn is_considered(duties: &mut Duties, record: u64) {
        let about = Some(Digest::of(&record.to_be_bytes()));
        let noted = DutiesNoted { about, ..DutiesNoted::default() };
        duties.note(&noted, (99, Instant(0)), code("BY"), Some(record), |_| false);
    }

    #[test]
    fn what_one_party_sends_keeps_nothing_of_another_waiting_and_its_own_no_longer_than_what_it_had_sent() {
        let (mut duties, mut queues) = (Duties::default(), Queues::default());
        for record in 0..3 {
            sends(&mut duties, "PL", record);
        }
        let mut considered =
            |duties: &Duties, party, records| queues.considered(duties, code(party), seen(records));
        assert!(considered(&duties, "LT", 3).is_some_and(|seen| seen.records == 3));
        assert!(considered(&duties, "PL", 3).is_none());
        // It goes on sending.
        for record in 3..6 {
            sends(&mut duties, "PL", record);
            is_considered(&mut duties, record - 3);
            let known = considered(&duties, "PL", record + 1);
            assert_eq!(known.map(|seen| seen.records), (record == 5).then_some(3));
        }
        assert!(considered(&duties, "PL", 7).is_none(), "what came since is waited for next");
    }
}
