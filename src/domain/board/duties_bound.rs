//! Messages that wait until two Parties are bound by what they cite, when a word of one was taken by the other.
//!
//! Many may wait, for words that may be many as well: these are gone through once for all that wait. Never here: who
//! is bound (`adoption/`), what a message brings about.

use std::cell::LazyCell;

use super::Board;
use crate::domain::duty::Duties;
use crate::domain::party::Party;

impl Board {
    /// A word of one Party was taken by another, by what is in this record.
    pub(super) fn now_bound(&mut self, author: Party, by: Party, record: u64) {
        let Some(own) = self.own else { return };
        let other = if author == own.party { by } else { author };
        let mut duties = std::mem::take(&mut self.duties);
        self.wake_bound(&mut duties, own.party, other, record);
        self.duties = duties;
    }

    fn wake_bound(&self, duties: &mut Duties, own: Party, other: Party, record: u64) {
        let spans = |author: Party, told: Party| {
            self.words.get(&author).map(|words| words.spans(told)).unwrap_or_default()
        };
        let ours = LazyCell::new(|| spans(own, other));
        let theirs = LazyCell::new(|| spans(other, own));
        duties.bound(other, record, |waits| {
            let (name, at) = (waits.regime.as_str(), waits.at);
            match &waits.text {
                Some(text) => {
                    self.regimes.contains_key(text)
                        && ours.in_force((name, text), at)
                        && theirs.in_force((name, text), at)
                }
                // None is noted so any more.
                None => {
                    let bond = self.bond(own, other, name, at);
                    bond.is_some_and(|bond| self.regimes.contains_key(&bond.regime))
                }
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::domain::adoption::{GONE_THROUGH, Heard, Nature, Told, Word};
    use crate::domain::board::{Held, Own};
    use crate::domain::digest::Digest;
    use crate::domain::duty::{DutiesNoted, Unbound};
    use crate::domain::party::Incarnation;
    use crate::domain::time::Instant;

    #[test]
    fn words_are_gone_through_no_more_often_for_many_messages_that_wait_for_a_bond_than_for_one() {
        let [own, other]: [Party; 2] = ["PL", "BY"].map(|code| code.parse().unwrap());
        let (text, said, now) = (Digest([1; 32]), Digest([2; 32]), Instant(0));
        let gone_through = |many: u64| {
            let ours = Own { party: own, incarnation: Incarnation(1) };
            let mut board = Board { own: Some(ours), ..Board::default() };
            let held = Held { index: 0, at: now, name: "dunes".into(), edition: 1, numbering: None };
            board.regimes.insert(text, Arc::new(held));
            let word = Word::Adopts {
                regime: "dunes".into(),
                edition: 1,
                digest: text,
                from: Instant(2),
                nature: Nature::Political,
                reservations: Vec::new(),
            };
            for (author, by) in [(own, other), (other, own)] {
                let words = Arc::make_mut(board.words.entry(author).or_default());
                words.hear(said, &word, now, 1);
                words.taken(&said, by, Told { at: now, heard: Heard::Later });
            }
            for number in 0..many {
                let (about, at) = (Digest::of(&number.to_be_bytes()), Instant(number as i64));
                board.duties.consider((other, number, about), [other], number);
                let waits = Unbound { party: other, regime: "dunes".into(), text: Some(text), at };
                let unbound = vec![waits];
                let noted = DutiesNoted { about: Some(about), unbound, ..DutiesNoted::default() };
                board.duties.note(&noted, (number, now), own, Some(number), |_| false);
            }
            assert!(board.duties.is_idle());
            let before = GONE_THROUGH.get();
            board.now_bound(other, own, 9_999);
            let after = GONE_THROUGH.get();
            // The first two were released before it was in force.
            assert_eq!(board.duties.pending().count() as u64, many - 2);
            after - before
        };
        assert_eq!(gone_through(1_000), gone_through(3));
    }
}
