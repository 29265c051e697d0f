//! What stands as one on a page of what is open: a message, or all that waits of what one Party said in a hotline
//! session.
//!
//! Never here: a decision. Steps of the plan, acknowledgements and the hand-over stay by message.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use super::open::{Item, Part, Stage};
use crate::domain::digest::{Digest, ThreadId};
use crate::domain::message::Traffic;
use crate::domain::party::Party;
use crate::domain::time::Instant;

/// One entry of a page.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Listed<'o> {
    /// Of a session, of those that wait and that its author did not take back: the oldest at the highest precedence, a
    /// text before all else. Where all are taken back, the same of all.
    pub message: &'o Digest,
    pub item: &'o Item,
    /// How many messages of the session wait; 0 for a message that is of none.
    pub of_session: usize,
    /// Its author took it back.
    pub is_taken_back: bool,
    /// How many of the session that wait their author took back; 0 for a message that is of none.
    pub session_taken_back: usize,
    /// Since when the first of them waits.
    pub since: Instant,
    /// When the first step of any of them is due.
    pub due: Option<Instant>,
    /// Whose step that is.
    pub due_of: &'o Digest,
    /// Nobody acknowledged it, or any of the session that wait, within the minutes of its first step.
    pub is_escalated: bool,
    /// The plan is at its end with it, of a session with all that wait: everyone was alerted.
    pub is_over: bool,
    /// The same with any of the session that wait.
    is_any_over: bool,
}

impl<'o> Listed<'o> {
    fn alone(message: &'o Digest, item: &'o Item, is_taken_back: bool) -> Listed<'o> {
        let (is_escalated, is_over) = (item.is_escalated(), item.stage == Stage::Over);
        Listed {
            message,
            item,
            of_session: 0,
            is_taken_back,
            session_taken_back: 0,
            since: item.since,
            due: item.due,
            due_of: message,
            is_escalated,
            is_over,
            is_any_over: is_over,
        }
    }

    /// Which message of a session stands for it.
    fn stands_for_session(&self) -> impl Ord + use<> {
        let item = self.item;
        let is_no_text = item.part != Part::Text;
        let standing = (self.is_taken_back, Reverse(item.precedence), is_no_text);
        (standing, item.since, item.index, *self.message)
    }

    fn next_due(&self) -> i64 {
        self.due.map_or(i64::MAX, |due| due.0)
    }

    /// FLASH before all; of one precedence what is real before what is drill, of each what its author took back last,
    /// then what is escalated furthest, then what is due next, and what waits longest: of one instant, what is first
    /// on record.
    fn first_to_do(&self) -> impl Ord + use<> {
        let item = self.item;
        let is_drill = item.traffic == Traffic::Drill;
        (
            Reverse(item.precedence),
            is_drill,
            self.is_taken_back,
            !self.is_any_over,
            !self.is_escalated,
            self.next_due(),
            self.since,
            item.index,
            *self.message,
        )
    }
}

impl Item {
    /// Nobody acknowledged it within the minutes of its first step.
    pub fn is_escalated(&self) -> bool {
        self.alerted > 1 || self.stage == Stage::Over
    }
}

/// What must be done first comes first. Of a session what is real and what is of a drill stand apart, and what each
/// Party said: nobody's words are hidden behind another Party's. Which messages their authors took back is told.
pub fn listed<'o>(
    open: impl Iterator<Item = (&'o Digest, &'o Item)>,
    taken_back: &BTreeSet<Digest>,
) -> Vec<Listed<'o>> {
    let mut all = Vec::new();
    let mut sessions: BTreeMap<(ThreadId, Party, bool), Listed<'o>> = BTreeMap::new();
    for (message, item) in open {
        let one = Listed::alone(message, item, taken_back.contains(message));
        if item.part == Part::None {
            all.push(one);
            continue;
        }
        let of = (item.thread, item.from, item.traffic == Traffic::Drill);
        let session = sessions.entry(of).or_insert(one);
        let of_session = session.of_session.saturating_add(1);
        let is_escalated = session.is_escalated || one.is_escalated;
        let is_over = session.is_over && one.is_over;
        let is_any_over = session.is_any_over || one.is_any_over;
        let session_taken_back = session.session_taken_back.saturating_add(usize::from(one.is_taken_back));
        let since = session.since.min(one.since);
        let soonest = if one.next_due() < session.next_due() { one } else { *session };
        let (due, due_of) = (soonest.due, soonest.due_of);
        let is_first = one.stands_for_session() < session.stands_for_session();
        let first = if is_first { one } else { *session };
        *session = Listed {
            of_session,
            session_taken_back,
            since,
            due,
            due_of,
            is_escalated,
            is_over,
            is_any_over,
            ..first
        };
    }
    all.extend(sessions.into_values());
    all.sort_by_key(|one| one.first_to_do());
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::precedence::Precedence;

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
        let listed = listed(named.iter().map(|(message, item)| (message, item)), &BTreeSet::new());
        listed.iter().map(|one| (one.item.since.0, one.of_session)).collect()
    }

    #[test]
    fn all_that_waits_of_a_session_stands_as_one_by_its_oldest_text() {
        let acceptance = item(1, Part::OfSession, 1);
        let session = [item(1, Part::Text, 5), acceptance, item(1, Part::Text, 3)];
        let alone = [item(2, Part::None, 2), item(2, Part::None, 4)];
        let all: Vec<Item> = session.into_iter().chain(alone).collect();
        assert_eq!(shown(&all), [(3, 3), (2, 0), (4, 0)], "it waits since its acceptance does");
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
    fn a_session_is_escalated_as_far_as_any_of_it_that_waits() {
        let over = |since| Item { stage: Stage::Over, due: None, alerted: 3, ..item(1, Part::Text, since) };
        let all = [over(5), item(1, Part::Text, 3)];
        let named: Vec<(Digest, Item)> =
            all.iter().map(|item| (Digest::of(&item.since.0.to_be_bytes()), *item)).collect();
        let listed = listed(named.iter().map(|(message, item)| (message, item)), &BTreeSet::new());
        assert!(!listed[0].item.is_escalated() && listed[0].is_escalated);
    }

    #[test]
    fn a_session_waits_since_its_first_and_is_due_when_the_first_of_it_is() {
        let opening = Item { part: Part::OfSession, ..item(1, Part::Text, 1) };
        let text = item(1, Part::Text, 3);
        let seen = |all: [Item; 2]| {
            let named: Vec<(Digest, Item)> =
                all.iter().map(|item| (Digest::of(&item.since.0.to_be_bytes()), *item)).collect();
            let listed = listed(named.iter().map(|(message, item)| (message, item)), &BTreeSet::new());
            let one = listed[0];
            assert_eq!((listed.len(), one.item.since), (1, Instant(3)), "the text stands for it");
            let of_opening = *one.due_of == named[0].0;
            (one.since, one.due, of_opening, one.is_over)
        };
        assert_eq!(seen([opening, text]), (Instant(1), Some(Instant(11)), true, false));
        let over = Item { stage: Stage::Over, due: None, alerted: 3, ..opening };
        assert_eq!(seen([over, text]), (Instant(1), Some(Instant(13)), false, false));
    }

    #[test]
    fn a_session_is_at_the_end_of_the_plan_once_all_of_it_that_waits_is() {
        let over = |since| Item { stage: Stage::Over, due: None, alerted: 3, ..item(1, Part::Text, since) };
        let is_over = |all: &[Item]| {
            let named: Vec<(Digest, Item)> =
                all.iter().map(|item| (Digest::of(&item.since.0.to_be_bytes()), *item)).collect();
            let listed = listed(named.iter().map(|(message, item)| (message, item)), &BTreeSet::new());
            (listed[0].is_over, listed[0].due)
        };
        assert_eq!(is_over(&[over(3), item(1, Part::Text, 5)]), (false, Some(Instant(15))));
        assert_eq!(is_over(&[over(3), over(5)]), (true, None));
    }

    #[test]
    fn what_its_author_took_back_stands_behind_what_stands_in_a_session_and_on_the_page() {
        let flash = |thread, part, since| Item { precedence: Precedence::Flash, ..item(thread, part, since) };
        let all = [
            flash(1, Part::Text, 1),
            flash(1, Part::Text, 3),
            Item { stage: Stage::Over, due: None, alerted: 3, ..flash(2, Part::None, 2) },
            flash(3, Part::None, 4),
            item(4, Part::None, 5),
        ];
        let named: Vec<(Digest, Item)> =
            all.iter().map(|item| (Digest::of(&item.since.0.to_be_bytes()), *item)).collect();
        let of = |since: i64| Digest::of(&since.to_be_bytes());
        let seen = |taken_back: &[i64]| {
            let taken_back: BTreeSet<Digest> = taken_back.iter().map(|since| of(*since)).collect();
            let listed = listed(named.iter().map(|(message, item)| (message, item)), &taken_back);
            let one = |one: &Listed<'_>| (one.item.since.0, one.is_taken_back, one.session_taken_back);
            listed.iter().map(one).collect::<Vec<_>>()
        };
        let stand = |since| (since, false, 0);
        assert_eq!(seen(&[]), [stand(2), stand(1), stand(4), stand(5)]);
        assert_eq!(seen(&[1, 2]), [(3, false, 1), stand(4), (2, true, 0), stand(5)]);
        assert_eq!(seen(&[1, 3]), [stand(2), stand(4), (1, true, 2), stand(5)]);
    }

    #[test]
    fn what_one_party_said_in_a_session_is_not_hidden_behind_what_another_did() {
        let other = Item { from: "OSCE".parse().unwrap(), ..item(1, Part::Text, 2) };
        let all = [item(1, Part::Text, 1), other, item(1, Part::Text, 3)];
        assert_eq!(shown(&all), [(1, 2), (2, 1)]);
    }
}
