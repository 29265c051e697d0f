//! What either end of a link announced to be out of service, as far as it may still be asked for.
//!
//! Never here: what both ends announced in one store. What one end announces never makes room for itself at the cost
//! of the other's.

use imbl::OrdSet;

use super::words::Outage;
use crate::domain::digest::{Digest, ThreadId};
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
    pub thread: ThreadId,
    /// The digest of its official number.
    pub number: Digest,
    /// When it was put on record that its author takes it back.
    pub taken_back: Option<Instant>,
}

/// What a message withdrawal takes back: a message of the same author in the same thread.
#[derive(Clone, Copy, Debug)]
pub struct TakenBack {
    pub thread: ThreadId,
    /// The digest of the message, or that of its official number.
    pub named: Digest,
    /// When that was put on record.
    pub at: Instant,
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

    /// Its author takes one back, however often it was put on record. What is due before that stays planned as it was.
    pub(super) fn taken_back(&mut self, back: &TakenBack) {
        let is_it = |one: &&Announced| {
            let is_named = one.message == back.named || one.number == back.named;
            is_named && one.thread == back.thread && one.taken_back.is_none()
        };
        let all: Vec<Announced> = self.0.iter().filter(is_it).copied().collect();
        for one in all {
            self.0.remove(&one);
            self.0.insert(Announced { taken_back: Some(back.at), ..one });
        }
    }

    /// The newest that covers any of the time between the two, and was on record before and not taken back: what is
    /// announced afterwards was not planned.
    pub(super) fn planned(&self, due: Instant, deadline: Instant) -> Option<&Announced> {
        let stood = |one: &&Announced| one.at < due && one.taken_back.is_none_or(|at| due < at);
        self.0.iter().rev().filter(stood).find(|one| one.outage.until > due && one.outage.from <= deadline)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(index: u64, from: i64, until: i64) -> Announced {
        let outage = Outage { from: Instant(from), until: Instant(until) };
        let (message, number) = (Digest([index as u8; 32]), Digest::of(&index.to_be_bytes()));
        let (at, thread) = (Instant(index as i64), ThreadId([1; 16]));
        Announced { index, at, message, outage, thread, number, taken_back: None }
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

    #[test]
    fn what_is_taken_back_by_its_digest_or_number_excuses_nothing_that_is_due_from_then_on() {
        for named in [Digest([5; 32]), Digest::of(&5_u64.to_be_bytes())] {
            let mut known = Outages::default();
            known.announced(one(5, 100, 200));
            let found = |known: &Outages, due| known.planned(Instant(due), Instant(due + 5)).is_some();
            let elsewhere = TakenBack { thread: ThreadId([2; 16]), named, at: Instant(50) };
            known.taken_back(&elsewhere);
            assert!(found(&known, 120));
            known.taken_back(&TakenBack { thread: ThreadId([1; 16]), at: Instant(150), ..elsewhere });
            assert!(found(&known, 149) && !found(&known, 150) && !found(&known, 199));
            // The first withdrawal stands.
            known.taken_back(&TakenBack { thread: ThreadId([1; 16]), at: Instant(180), ..elsewhere });
            assert!(!found(&known, 150));
            assert_eq!(known.iter().count(), 1);
        }
    }

    #[test]
    fn what_came_under_a_second_serial_as_well_is_taken_back_as_a_whole() {
        let mut known = Outages::default();
        known.announced(one(5, 100, 200));
        known.announced(Announced { index: 6, at: Instant(6), ..one(5, 100, 200) });
        assert!(known.planned(Instant(120), Instant(125)).is_some());
        known.taken_back(&TakenBack { thread: ThreadId([1; 16]), named: Digest([5; 32]), at: Instant(50) });
        assert!(known.planned(Instant(120), Instant(125)).is_none(), "{known:?}");
    }
}
