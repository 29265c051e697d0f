//! Messages that are considered for duties once more, because what they may be about was put on record after them.
//!
//! A reply, a judgement or a cancellation may be considered before the duty is there: in one burst, or where the
//! receipt, the bond or the text by which it is owed comes later. Each duty does this once as it is opened, once more
//! with each message that meets it, and once more when that is taken back: so it ends. What one message sets off is
//! bounded (`limits::DUTY_MESSAGES_AGAIN_MAX`). Never here: what a message says.

use std::collections::{BTreeMap, BTreeSet};

use super::Board;
use crate::domain::digest::{Digest, ThreadId};
use crate::domain::duty::{Cause, Duties, DutiesNoted, Opened, Step, There};
use crate::domain::party::Party;
use crate::domain::thread::Entry;
use crate::domain::time::Instant;
use crate::limits;

/// Messages in the order of their records, each with the Parties with which it may be about a duty.
type Again = BTreeMap<(u64, Digest), (Party, BTreeSet<Party>)>;

/// What was said between this Party and another.
#[derive(Clone, Copy)]
struct Pair {
    own: Party,
    other: Party,
}

impl Pair {
    /// What others say is nothing between us.
    fn add(self, again: &mut Again, found: impl IntoIterator<Item = There>) {
        for (author, index, digest) in found {
            if author == self.own || author == self.other {
                again.entry((index, digest)).or_insert((author, BTreeSet::new())).1.insert(self.other);
            }
        }
    }
}

impl Board {
    /// `duties` after what was noted, in a record with this index and time.
    pub(super) fn consider_again(
        &self,
        duties: &mut Duties,
        own: Party,
        noted: &DutiesNoted,
        on_record: (u64, Instant),
    ) {
        let mut again = Again::new();
        let freed = noted.steps.iter().filter_map(|(number, step)| match step {
            Step::TakenBack { .. } => duties.get(*number),
            _ => None,
        });
        let opened: Vec<&Opened> = noted.opened.iter().chain(freed.map(|duty| &duty.opened)).collect();
        self.after_opened(duties, own, &opened, &mut again);
        let mut caused_by = noted.about;
        for (number, step) in &noted.steps {
            let (Step::Met { message, .. }, Some(duty)) = (step, duties.get(*number)) else { continue };
            let (pair, judges) = (Pair { own, other: duty.other_than(own) }, duty.opened.owed_to);
            if let Some(thread) = duty.opened.cause.thread() {
                pair.add(&mut again, self.after(message, thread, judges));
            }
            pair.add(&mut again, duties.referring_to(message));
            caused_by = caused_by.or(Some(*message));
        }
        // What brings a duty about was considered with it.
        if let Some(about) = noted.about {
            again.retain(|(_, digest), _| *digest != about);
        }
        let (record, _) = on_record;
        let mut not_again = 0_u64;
        // Each author has room of its own: whoever says much hides nothing of what another says.
        let mut taken: BTreeMap<Party, usize> = BTreeMap::new();
        for ((index, digest), (author, with)) in again {
            let waits = duties.pending_at(index, &digest);
            let taken = taken.entry(author).or_default();
            // A day of the year brings about one duty a year.
            if !waits && *taken >= limits::DUTY_MESSAGES_AGAIN_MAX && caused_by.is_some() {
                not_again = not_again.saturating_add(1);
                continue;
            }
            *taken = taken.saturating_add(usize::from(!waits));
            duties.consider((author, index, digest), with, record);
        }
        if let Some(about) = caused_by.filter(|_| not_again > 0) {
            duties.left_out.not_again(about, not_again, on_record);
        }
    }

    /// What may be about duties that were opened, or are owed again.
    fn after_opened(&self, duties: &Duties, own: Party, all: &[&Opened], again: &mut Again) {
        let mut causes: BTreeSet<(Cause, Party, Party)> = BTreeSet::new();
        let mut lists: BTreeSet<(&str, Party, Party, Instant)> = BTreeSet::new();
        for opened in all {
            let other = if opened.owed_by == own { opened.owed_to } else { opened.owed_by };
            causes.extend([own, other].map(|party| (opened.cause, party, other)));
            // What names an entry or a year stands in threads of its own.
            if let Some(since) = self.named_since(opened) {
                lists.extend([own, other].map(|party| (&*opened.rule.regime, party, other, since)));
            }
        }
        for (cause, party, other) in &causes {
            let Cause::Message { digest, thread } = *cause else { continue };
            let pair = Pair { own, other: *other };
            pair.add(again, self.after(&digest, thread, *party));
            pair.add(again, duties.referring_to(&digest));
        }
        for (regime, party, other, since) in lists {
            for (_, thread) in self.cited_in(regime, Some(party)) {
                let entries = self.threads.get(&thread).into_iter().flat_map(|thread| thread.entries());
                let since = entries.filter(|entry| entry.author == party && entry.released_at >= since);
                Pair { own, other }.add(again, since.map(there));
            }
        }
    }

    /// From when on what names its entry, or its year, may have been said.
    fn named_since(&self, opened: &Opened) -> Option<Instant> {
        match (opened.cause, opened.entry) {
            (Cause::Message { digest, thread }, Some(_)) => {
                Some(self.thread(thread)?.entry(&digest)?.released_at)
            }
            (Cause::Message { .. }, None) => None,
            (Cause::Year(_), _) => Some(opened.from),
        }
    }

    /// What one Party says in a thread after a message: by our records, or by when it was released, where another
    /// lane overtook.
    fn after(&self, message: &Digest, thread: ThreadId, author: Party) -> Vec<There> {
        let Some(thread) = self.threads.get(&thread) else { return Vec::new() };
        let first = self.messages.get(message).map_or(0, |there| there.index);
        let released_at = thread.entry(message).map(|entry| entry.released_at);
        let is_after = |entry: &&Entry| {
            entry.author == author
                && (entry.index > first || released_at.is_some_and(|at| entry.released_at > at))
        };
        thread.entries().filter(is_after).map(there).collect()
    }
}

fn there(entry: &Entry) -> There {
    (entry.author, entry.index, entry.digest)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::domain::board::Own;
    use crate::domain::board::threads::Listed;
    use crate::domain::link::Link;
    use crate::domain::party::Incarnation;
    use crate::domain::precedence::Precedence;

    const THREAD: ThreadId = ThreadId([1; 16]);

    fn code(code: &str) -> Party {
        code.parse().unwrap()
    }

    fn digest(number: u64) -> Digest {
        Digest::of(&number.to_be_bytes())
    }

    /// So many messages of BY in one thread, the first of which brings a duty about, and after them one of PL.
    fn board(messages: u64) -> Board {
        let own = Own { party: code("PL"), incarnation: Incarnation(1) };
        let mut board = Board { own: Some(own), ..Board::default() };
        board.links.insert(code("BY"), Arc::new(Link::new(Incarnation(1))));
        for number in 0..=messages {
            let entry = Entry {
                author: code(if number < messages { "BY" } else { "PL" }),
                place: number + 1,
                digest: digest(number),
                index: number,
                precedence: Precedence::Routine,
                released_at: Instant(1),
                recorded_at: Instant(1),
            };
            board.add_entry(THREAD, entry, Listed::Yes);
        }
        board
    }

    fn noted() -> DutiesNoted {
        let cause = Cause::Message { digest: digest(0), thread: THREAD };
        let opened = Opened::made(code("PL"), code("BY"), cause);
        DutiesNoted { about: Some(digest(0)), opened: vec![opened], ..DutiesNoted::default() }
    }

    #[test]
    fn of_each_author_no_more_are_considered_again_than_the_limit_and_how_many_are_not_is_told() {
        let most = limits::DUTY_MESSAGES_AGAIN_MAX as u64;
        for (messages, not_again) in [(most + 1, None), (most + 8, Some(7))] {
            let (board, mut duties) = (board(messages), Duties::default());
            board.consider_again(&mut duties, code("PL"), &noted(), (99_999, Instant(3)));
            // The answer of PL is found behind whatever BY says.
            assert!(duties.pending_at(messages, &digest(messages)));
            assert_eq!(duties.pending().count() as u64, most + 1);
            assert!(duties.pending_at(1, &digest(1)) && duties.pending_at(most, &digest(most)));
            let left = duties.left_out.of(&digest(0));
            assert_eq!(left.map(|left| left.not_again), not_again);
            // What waits already takes no room, and is about this duty too.
            duties.consider((code("BY"), messages - 1, digest(messages - 1)), [code("BY")], 5);
            board.consider_again(&mut duties, code("PL"), &noted(), (100_000, Instant(3)));
            let last = duties.pending().find(|(key, _)| key.0 == messages - 1).unwrap().1;
            assert_eq!(last.again, 100_000);
        }
    }
}
