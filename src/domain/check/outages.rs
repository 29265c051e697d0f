//! What either end of a link announced to be out of service, as far as it may still be asked for.
//!
//! Never here: what both ends announced in one store. What one end announces never makes room for itself at the cost
//! of the other's.

use imbl::OrdSet;

use super::words::Outage;
use crate::domain::digest::Digest;
use crate::domain::time::Instant;
use crate::limits;

/// One service message.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Announced {
    /// The record that holds it, and when that was.
    pub index: u64,
    pub at: Instant,
    pub message: Digest,
    pub outage: Outage,
}

/// Those of one end that are not over, by the records that hold them.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Outages(OrdSet<Announced>);

impl Outages {
    pub fn iter(&self) -> impl Iterator<Item = &Announced> {
        self.0.iter()
    }

    /// Those that nobody can ask for any more make room, then the oldest.
    pub(super) fn announced(&mut self, one: Announced) {
        let over = one.at.plus_ms(-limits::OUTAGE_REMEMBERED_MS);
        if self.0.len() >= limits::OUTAGES_KEPT_MAX {
            self.0 = self.0.iter().filter(|known| known.outage.until > over).copied().collect();
        }
        self.0.insert(one);
        while self.0.len() > limits::OUTAGES_KEPT_MAX
            && let Some(oldest) = self.0.get_min().copied()
        {
            self.0.remove(&oldest);
        }
    }

    /// The newest that covers any of the time between the two, and was on record before: what is announced afterwards
    /// was not planned.
    pub(super) fn planned(&self, due: Instant, deadline: Instant) -> Option<&Announced> {
        self.0.iter().rev().find(|one| one.at < due && one.outage.until > due && one.outage.from <= deadline)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(index: u64, from: i64, until: i64) -> Announced {
        let outage = Outage { from: Instant(from), until: Instant(until) };
        Announced { index, at: Instant(index as i64), message: Digest([index as u8; 32]), outage }
    }

    #[test]
    fn what_is_over_makes_room_before_what_is_still_to_come() {
        let mut known = Outages::default();
        let later = limits::OUTAGE_REMEMBERED_MS * 2;
        known.announced(one(1, later * 2, later * 3));
        for index in 2..=limits::OUTAGES_KEPT_MAX as u64 {
            known.announced(one(index, 0, 10));
        }
        known.announced(Announced { at: Instant(later), ..one(9_000, later, later + 1) });
        assert_eq!(known.iter().map(|one| one.index).collect::<Vec<_>>(), [1, 9_000]);
        assert_eq!(known.planned(Instant(later * 2 + 5), Instant(later * 3)).map(|one| one.index), Some(1));
    }

    #[test]
    fn an_outage_is_found_where_it_covers_any_of_the_time_and_was_announced_before() {
        let mut known = Outages::default();
        known.announced(one(5, 100, 200));
        let found = |due, deadline| known.planned(Instant(due), Instant(deadline)).is_some();
        assert!(found(100, 110) && found(90, 100) && found(199, 300));
        assert!(!found(80, 99) && !found(200, 300) && !found(5, 150), "{known:?}");
    }
}
