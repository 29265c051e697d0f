//! Which messages their own authors take back, found by what is taken back: whatever else is said or taken back in a
//! thread, a withdrawal that came before its message is there when the message comes.
//!
//! A withdrawal has the one meaning of `message.withdrawal`: of a message of the same author in the same thread, a
//! drill's of a drill's. Never here: whether a message of its kind may be taken back, or when the withdrawal was given.

use std::sync::Arc;

use imbl::OrdMap;

use crate::domain::digest::{Digest, ThreadId};
use crate::domain::form::MessageReference;
use crate::domain::message::Traffic;
use crate::domain::party::Party;

/// What an author says in one thread, real or a drill: a withdrawal takes back what is among the same.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct OfAuthor {
    pub thread: ThreadId,
    pub author: Party,
    pub traffic: Traffic,
}

/// Withdrawals by their records, each with the Parties to whom it goes.
type Words = OrdMap<(u64, Digest), Arc<[Party]>>;

/// By what is taken back: a message's digest, or that of its number.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Withdrawals(OrdMap<(OfAuthor, Digest), Words>);

impl Withdrawals {
    /// A message to these Parties takes one back, in the record with this index. What names another author's takes
    /// nothing back.
    pub fn add(
        &mut self,
        of: OfAuthor,
        taken_back: &MessageReference,
        (index, message): (u64, Digest),
        to: &[Party],
    ) {
        let is_own = taken_back.author.is_empty() || taken_back.author == of.author.as_str();
        let named = match taken_back.message_digest {
            Some(digest) => digest.0,
            None if is_own && !taken_back.number.is_empty() => by_number(&taken_back.number),
            None => return,
        };
        self.0.entry((of, named)).or_default().insert((index, message), to.into());
    }

    /// Whether there is any: where there is none, nothing need be read.
    pub fn are_any(&self, of: OfAuthor) -> bool {
        self.0.range((of, Digest::ZERO)..=(of, Digest::HIGHEST)).next().is_some()
    }

    /// Which take this message back, the first on record here first: of those to a Party, or of all for `None`. What
    /// others are told takes nothing back from it.
    pub fn of(&self, of: OfAuthor, message: &Digest, number: &str, to: Option<Party>) -> Vec<(u64, Digest)> {
        let named = |named| self.0.get(&(of, named)).into_iter().flatten();
        let is_to = |parties: &[Party]| to.is_none_or(|to| parties.contains(&to));
        let both = named(*message).chain(named(by_number(number)));
        let mut all: Vec<(u64, Digest)> = both.filter(|(_, to)| is_to(to)).map(|(word, _)| *word).collect();
        all.sort_unstable();
        all
    }

    /// Whether any takes this message back from a Party. The number is given by its digest.
    pub fn is_any(&self, of: OfAuthor, message: &Digest, number: Option<Digest>, to: Party) -> bool {
        let named = [Some(*message), number].into_iter().flatten();
        let mut words = named.filter_map(|named| self.0.get(&(of, named))).flat_map(|words| words.values());
        words.any(|parties| parties.contains(&to))
    }
}

/// That of a message is taken over far more than its number.
fn by_number(number: &str) -> Digest {
    Digest::of(number.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::form::MessageDigest;

    fn of(author: &str, traffic: Traffic) -> OfAuthor {
        OfAuthor { thread: ThreadId([1; 16]), author: author.parse().unwrap(), traffic }
    }

    fn digest(number: u64) -> Digest {
        Digest::of(&number.to_be_bytes())
    }

    fn by_digest(number: u64) -> MessageReference {
        MessageReference { message_digest: Some(MessageDigest(digest(number))), ..Default::default() }
    }

    fn numbered(number: &str, author: &str) -> MessageReference {
        MessageReference { number: number.into(), author: author.into(), ..Default::default() }
    }

    #[test]
    fn a_withdrawal_is_found_by_what_it_takes_back_however_many_came_before_it() {
        let (at, mut all) = (of("PL", Traffic::Real), Withdrawals::default());
        let mut add = |named: &MessageReference, index| all.add(at, named, (index, digest(index)), &[]);
        for number in 0..10_000 {
            add(&by_digest(number), number);
        }
        add(&numbered("PL/31/7", ""), 10_000);
        // Of several the first on record, whichever way they name it.
        add(&numbered("PL/31/8", "PL"), 10_001);
        add(&by_digest(9_999), 10_002);
        let found = |number, official| -> Vec<u64> {
            let words = all.of(at, &digest(number), official, None);
            words.into_iter().map(|(index, _)| index).collect()
        };
        assert_eq!(found(20_000, "PL/31/7"), [10_000]);
        assert_eq!(found(9_999, "PL/31/8"), [9_999, 10_001, 10_002]);
        assert!(found(20_000, "").is_empty());
    }

    #[test]
    fn nobody_takes_back_what_another_said_nor_a_drill_what_is_real_nor_from_whom_it_was_not_told() {
        let mut all = Withdrawals::default();
        let [by, lt]: [Party; 2] = ["BY", "LT"].map(|code| code.parse().unwrap());
        let mut add = |of: OfAuthor, named: &MessageReference, index| {
            all.add(of, named, (index, digest(index)), &[by]);
        };
        add(of("PL", Traffic::Real), &numbered("BY/31/7", "BY"), 1);
        add(of("PL", Traffic::Real), &by_digest(7), 2);
        add(of("BY", Traffic::Drill), &by_digest(7), 3);
        add(of("BY", Traffic::Real), &MessageReference::default(), 4);
        let found = |author, to| all.of(of(author, Traffic::Real), &digest(7), "BY/31/7", to).len();
        assert_eq!((found("BY", None), found("PL", None)), (0, 1));
        assert_eq!((found("PL", Some(by)), found("PL", Some(lt))), (1, 0));
    }
}
