//! Under which key each Party signs its messages, and from which record on: by its key lists as they came on record here.
//!
//! Never here: the lists themselves, which are on the Board, or a signature. What is kept is made anew of the records, as
//! where each stands.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::domain::board::Board;
use crate::domain::event::{Event, Record};
use crate::domain::keys::Purpose;
use crate::domain::party::Party;

/// A clone is cheap.
#[derive(Clone, Default, Debug)]
pub struct MessageKeys(Arc<BTreeMap<Party, Vec<Since>>>);

/// A key, in force behind a record.
#[derive(Clone, Copy, Debug)]
struct Since {
    record: u64,
    key: [u8; 32],
}

impl MessageKeys {
    /// After a record was folded into this Board.
    pub fn note(&mut self, record: &Record, board: &Board) {
        let may_change =
            |event: &Event| matches!(event, Event::KeyListAccepted(_) | Event::ChangeConfirmed { .. });
        if !record.events.iter().any(may_change) {
            return;
        }
        for (party, known) in board.roster.parties.iter() {
            let Some(newest) = known.newest() else { continue };
            if let Some(key) = newest.list.key_for(Purpose::Message) {
                self.add(*party, record.index, *key);
            }
        }
    }

    /// By the list that was the Party's newest on record here before this record; `None` where it was not known.
    pub fn before(&self, party: Party, record: u64) -> Option<&[u8; 32]> {
        let all = self.0.get(&party)?;
        let last = all.partition_point(|since| since.record < record).checked_sub(1)?;
        all.get(last).map(|since| &since.key)
    }

    /// Most lists change other keys, and addresses.
    fn add(&mut self, party: Party, record: u64, key: [u8; 32]) {
        let last = self.0.get(&party).and_then(|all| all.last());
        if last.is_none_or(|last| last.key != key) {
            Arc::make_mut(&mut self.0).entry(party).or_default().push(Since { record, key });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_in_force_behind_the_record_of_its_list_and_up_to_that_of_the_next_other_one() {
        let (by, pl): (Party, Party) = ("BY".parse().unwrap(), "PL".parse().unwrap());
        let mut keys = MessageKeys::default();
        for (record, key) in [(3, 1), (5, 1), (9, 2), (12, 1)] {
            keys.add(by, record, [key; 32]);
        }
        let in_force = |record: u64| keys.before(by, record).map(|key| key[0]);
        let expected = [(3, None), (4, Some(1)), (9, Some(1)), (10, Some(2)), (12, Some(2)), (13, Some(1))];
        for (record, key) in expected {
            assert_eq!(in_force(record), key, "{record}");
        }
        assert_eq!(keys.before(pl, 13), None);
        assert_eq!(keys.0.get(&by).map(Vec::len), Some(3), "a list with the same key changes nothing");
    }
}
