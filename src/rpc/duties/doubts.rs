//! Whose turn it is among the duties whose end can't be known yet: so many with a Party at once, then the next ones,
//! so that none of them keeps another from being looked at.
//!
//! Never here: a step.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::domain::duty::{Duties, Duty, DutyNumber};
use crate::domain::link::Link;
use crate::domain::party::Party;
use crate::domain::time::Instant;
use crate::limits;

/// By when all that was sent had come, and the link then: as long as both are the same, nothing can have been settled.
pub(super) type Known = (Option<Instant>, Arc<Link>);

/// How far what is in doubt with each Party was looked at.
#[derive(Default)]
pub(super) struct Doubts(BTreeMap<Party, Looked>);

struct Looked {
    /// What was known when the first of them was.
    known: Known,
    /// `None` once all were.
    next: Option<DutyNumber>,
}

impl Doubts {
    /// Those to be looked at now; none where all were since anything changed.
    pub fn turn<'d>(&mut self, duties: &'d Duties, party: Party, now: Known) -> Vec<&'d Arc<Duty>> {
        let (began, from) = match self.0.remove(&party) {
            Some(Looked { known, next: Some(next) }) => (known, next),
            Some(looked) if is_same(&looked.known, &now) => {
                self.0.insert(party, looked);
                return Vec::new();
            }
            Some(_) | None => (now, DutyNumber(0)),
        };
        let some: Vec<_> = duties.doubted_of(party, from).take(limits::DUTIES_PER_RECORD_MAX).collect();
        let is_full = some.len() >= limits::DUTIES_PER_RECORD_MAX;
        let next = some.last().filter(|_| is_full).map(|duty| DutyNumber(duty.number.0.saturating_add(1)));
        self.0.insert(party, Looked { known: began, next });
        some
    }
}

fn is_same(one: &Known, other: &Known) -> bool {
    one.0 == other.0 && Arc::ptr_eq(&one.1, &other.1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::duty::{Cause, Doubt, DutiesNoted, Opened, Step};
    use crate::domain::party::Incarnation;

    fn code(code: &str) -> Party {
        code.parse().unwrap()
    }

    #[test]
    fn each_of_more_than_are_looked_at_at_once_has_its_turn() {
        let (mut duties, mut doubts) = (Duties::default(), Doubts::default());
        let doubted = Step::Doubted { since: Instant(0), doubt: Doubt::NotReached };
        for year in 0..2_500 {
            let steps = vec![(DutyNumber(year as u64), doubted.clone())];
            let opened = vec![Opened::made(code("PL"), code("BY"), Cause::Year(year))];
            let noted = DutiesNoted { opened, steps, ..DutiesNoted::default() };
            duties.note(&noted, (7, Instant(2)), code("BY"), None, |_| false);
        }
        let link = Arc::new(Link::new(Incarnation(1)));
        let mut turn = |came: i64| {
            let known = (Some(Instant(came)), link.clone());
            let some = doubts.turn(&duties, code("PL"), known).into_iter().map(|duty| duty.number.0);
            some.collect::<Vec<_>>()
        };
        assert_eq!(turn(5), (0..1_000).collect::<Vec<_>>());
        assert_eq!(turn(5), (1_000..2_000).collect::<Vec<_>>());
        // Something changed meanwhile: the first ones come again after the last ones.
        assert_eq!(turn(6), (2_000..2_500).collect::<Vec<_>>());
        assert_eq!(turn(6), (0..1_000).collect::<Vec<_>>());
        assert_eq!((turn(6).len(), turn(6).len(), turn(6).len()), (1_000, 500, 0));
    }
}
