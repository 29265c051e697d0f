//! Which officer of ours acknowledged which message, so that each does once: two calls at the same moment are
//! told apart by their places in the journal.
//!
//! Never here: an officer's name (the message that told the author has it), or whether anybody owes one.

use imbl::OrdMap;

use crate::domain::digest::Digest;
use crate::domain::runs::Runs;

/// One entry for every message that an officer ever acknowledged: so they are small.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct AcknowledgedBy {
    /// Officers by the digest of their key, each with a number: 0, 1, 2 … by who acknowledged anything first.
    officers: OrdMap<Digest, u32>,
    /// By the record that holds the message, and the officer's number: the record that acknowledges it.
    records: Runs<(u64, u32), u64>,
}

impl AcknowledgedBy {
    /// `of` is the record that holds the message, `index` the one that acknowledges it. The first counts.
    pub(in crate::domain) fn add(&mut self, of: u64, officer: Digest, index: u64) {
        let next = u32::try_from(self.officers.len()).unwrap_or(u32::MAX);
        let number = *self.officers.entry(officer).or_insert(next);
        if !self.records.contains_key(&(of, number)) {
            self.records.insert((of, number), index);
        }
    }

    /// The record by which the officer with this key acknowledged the message that record `of` holds.
    pub fn record(&self, of: u64, officer: &Digest) -> Option<u64> {
        self.records.get(&(of, *self.officers.get(officer)?)).copied()
    }

    /// Each officer's key with their number, by key.
    pub fn officers(&self) -> impl Iterator<Item = (&Digest, u32)> {
        self.officers.iter().map(|(officer, number)| (officer, *number))
    }

    /// By the record that holds the message, and the officer's number.
    pub fn records(&self) -> impl Iterator<Item = ((u64, u32), u64)> {
        self.records.iter().map(|(of, index)| (*of, *index))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_officer_is_known_by_their_first_acknowledgement_of_each_message() {
        let (anna, jan) = (Digest::of(b"anna"), Digest::of(b"jan"));
        let mut all = AcknowledgedBy::default();
        for (of, officer, index) in [(3, jan, 4), (3, anna, 5), (3, jan, 9), (7, anna, 8)] {
            all.add(of, officer, index);
        }
        assert_eq!((all.record(3, &jan), all.record(3, &anna)), (Some(4), Some(5)));
        assert_eq!((all.record(7, &anna), all.record(7, &jan)), (Some(8), None));
        assert_eq!(all.record(3, &Digest::of(b"ewa")), None);
        assert_eq!((all.officers().count(), all.records().count()), (2, 3));
    }
}
