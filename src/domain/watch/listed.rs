//! What stands as one on a page of what is open: a message, or all that waits of one hotline session.
//!
//! Never here: a decision. Steps of the plan, acknowledgements and the hand-over stay by message.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::open::{Item, Part, Stage};
use crate::domain::digest::{Digest, ThreadId};
use crate::domain::message::Traffic;

/// One entry of a page.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Listed<'o> {
    /// Of a session the oldest of those that wait at its highest precedence, a text before all else: how far the
    /// session is escalated is how far this one is.
    pub message: &'o Digest,
    pub item: &'o Item,
    /// How many messages of the session wait; 0 for a message that is of none.
    pub of_session: usize,
}

impl Item {
    /// Nobody acknowledged it within the minutes of its first step.
    pub fn is_escalated(&self) -> bool {
        self.alerted > 1 || self.stage == Stage::Over
    }

    /// FLASH before all; of one precedence what is real before what is drill, then what is escalated furthest, then
    /// what is due next, and what waits longest.
    fn first_to_do(&self, message: &Digest) -> impl Ord + use<> {
        let is_drill = self.traffic == Traffic::Drill;
        let due = self.due.map_or(i64::MAX, |due| due.0);
        let is_over = self.stage == Stage::Over;
        (Reverse(self.precedence), is_drill, !is_over, !self.is_escalated(), due, self.since, *message)
    }

    /// Which message of a session stands for it.
    fn stands_for_session(&self, message: &Digest) -> impl Ord + use<> {
        (Reverse(self.precedence), self.part != Part::Text, self.since, self.index, *message)
    }
}

/// What must be done first comes first. Of a session what is real and what is of a drill stand apart.
pub fn listed<'o>(open: impl Iterator<Item = (&'o Digest, &'o Item)>) -> Vec<Listed<'o>> {
    let mut all = Vec::new();
    let mut sessions: BTreeMap<(ThreadId, bool), Listed<'o>> = BTreeMap::new();
    for (message, item) in open {
        if item.part == Part::None {
            all.push(Listed { message, item, of_session: 0 });
            continue;
        }
        let one = Listed { message, item, of_session: 0 };
        let session = sessions.entry((item.thread, item.traffic == Traffic::Drill)).or_insert(one);
        let waiting = session.of_session.saturating_add(1);
        if item.stands_for_session(message) < session.item.stands_for_session(session.message) {
            *session = one;
        }
        session.of_session = waiting;
    }
    all.extend(sessions.into_values());
    all.sort_by_key(|one| one.item.first_to_do(one.message));
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::precedence::Precedence;
    use crate::domain::time::Instant;

    fn item(thread: u8, part: Part, since: i64) -> Item {
        Item {
            from: "BY".parse().unwrap(),
            precedence: Precedence::Immediate,
            traffic: Traffic::Real,
            index: since as u64,
            since: Instant(since),
            alerted: 1,
            stage: Stage::Next(Instant(since + 10)),
            due: Some(Instant(since + 10)),
            thread: ThreadId([thread; 16]),
            part,
        }
    }

    fn shown(all: &[Item]) -> Vec<(i64, usize)> {
        let named: Vec<(Digest, Item)> =
            all.iter().map(|item| (Digest::of(&item.since.0.to_be_bytes()), *item)).collect();
        let listed = listed(named.iter().map(|(message, item)| (message, item)));
        listed.iter().map(|one| (one.item.since.0, one.of_session)).collect()
    }

    #[test]
    fn all_that_waits_of_a_session_stands_as_one_by_its_oldest_text() {
        let acceptance = item(1, Part::OfSession, 1);
        let session = [item(1, Part::Text, 5), acceptance, item(1, Part::Text, 3)];
        let alone = [item(2, Part::None, 2), item(2, Part::None, 4)];
        let all: Vec<Item> = session.into_iter().chain(alone).collect();
        assert_eq!(shown(&all), [(2, 0), (3, 3), (4, 0)]);
        assert_eq!(shown(&[acceptance]), [(1, 1)], "no text of it waits");
    }

    #[test]
    fn another_session_what_is_of_a_drill_and_a_flash_are_not_hidden_behind_an_older_text() {
        let drill = Item { traffic: Traffic::Drill, ..item(1, Part::Text, 2) };
        let flash = Item { precedence: Precedence::Flash, ..item(1, Part::Text, 9) };
        let all = [item(1, Part::Text, 1), drill, item(3, Part::Text, 4), flash];
        assert_eq!(shown(&all), [(9, 2), (4, 1), (2, 1)]);
    }

    #[test]
    fn how_far_a_session_is_escalated_is_how_far_its_oldest_text_is() {
        let over = |since| Item { stage: Stage::Over, due: None, alerted: 3, ..item(1, Part::Text, since) };
        let all = [over(5), item(1, Part::Text, 3)];
        let named: Vec<(Digest, Item)> =
            all.iter().map(|item| (Digest::of(&item.since.0.to_be_bytes()), *item)).collect();
        let listed = listed(named.iter().map(|(message, item)| (message, item)));
        assert!(!listed[0].item.is_escalated());
    }
}
