//! How what follows for duties is shared out among records: no more in one than its number and its size allow.
//!
//! Never here: what follows.

use crate::codec::duty::size;
use crate::domain::duty::{DutiesNoted, DutyNumber, Opened, Step};
use crate::limits;

/// First the steps that find no room beside the others, then what says that the message was considered: once more
/// if it brings about more than finds room. What undoes something stands with that, so that whatever is looked at once
/// more for its sake is.
pub(super) fn in_records(noted: DutiesNoted) -> Vec<DutiesNoted> {
    let (opened, mut steps) = (noted.opened, noted.steps);
    // Each is of another duty: which comes first changes nothing.
    steps.sort_by_key(|(_, step)| !step.leaves_more());
    let mut last = DutiesNoted { opened: Vec::new(), steps: Vec::new(), ..noted };
    last.receipts.sort_unstable();
    last.receipts.dedup();
    let not_awaited = last.receipts.len().saturating_sub(limits::DUTIES_PER_RECORD_MAX);
    last.receipts.truncate(limits::DUTIES_PER_RECORD_MAX);
    last.not_read = last.not_read.saturating_add(not_awaited as u64);
    // Whatever is left to be said of what finds no room has its own.
    let mut room = Room::beside(&DutiesNoted { once_more: true, left_out: u64::MAX, ..last.clone() });
    let many = opened.len();
    for one in opened {
        if !room.takes(last.opened.len(), opened_size(&one)) {
            last.once_more = true;
            break;
        }
        last.opened.push(one);
    }
    let fit = steps.iter().enumerate().take_while(|(at, step)| room.takes(*at, step_size(step))).count();
    let mut records = of_steps(steps.get(fit..).unwrap_or_default());
    last.steps = steps.into_iter().take(fit).collect();
    if last.once_more && !last.leaves_more() {
        // What finds no room in a record of its own is left out, and is told as that.
        last.once_more = false;
        last.left_out = last.left_out.saturating_add(many.saturating_sub(last.opened.len()) as u64);
    }
    records.push(last);
    records
}

/// Steps alone.
pub(super) fn of_steps(steps: &[(DutyNumber, Step)]) -> Vec<DutiesNoted> {
    shared(steps, step_size, |steps| DutiesNoted { steps, ..DutiesNoted::default() })
}

/// What no message brings about.
pub(super) fn of_opened(opened: &[Opened]) -> Vec<DutiesNoted> {
    shared(opened, opened_size, |opened| DutiesNoted { opened, ..DutiesNoted::default() })
}

fn shared<T: Clone>(
    all: &[T],
    size: impl Fn(&T) -> usize,
    made: impl Fn(Vec<T>) -> DutiesNoted,
) -> Vec<DutiesNoted> {
    let mut records = Vec::new();
    let mut some: Vec<T> = Vec::new();
    let mut room = Room::whole();
    for one in all {
        if !room.takes(some.len(), size(one)) && !some.is_empty() {
            records.push(made(std::mem::take(&mut some)));
            room = Room::whole();
            room.takes(0, size(one));
        }
        some.push(one.clone());
    }
    if !some.is_empty() {
        records.push(made(some));
    }
    records
}

fn opened_size(opened: &Opened) -> usize {
    size(&DutiesNoted { opened: vec![opened.clone()], ..DutiesNoted::default() })
}

fn step_size(step: &(DutyNumber, Step)) -> usize {
    size(&DutiesNoted { steps: vec![step.clone()], ..DutiesNoted::default() })
}

/// What one record still takes (bytes).
struct Room(usize);

impl Room {
    fn whole() -> Room {
        Room(limits::DUTIES_PER_RECORD_BYTES_MAX)
    }

    fn beside(noted: &DutiesNoted) -> Room {
        Room(limits::DUTIES_PER_RECORD_BYTES_MAX.saturating_sub(size(noted)))
    }

    /// Whether one more finds room beside so many of its kind; if so, it takes it.
    fn takes(&mut self, beside: usize, bytes: usize) -> bool {
        let left = self.0.checked_sub(bytes).filter(|_| beside < limits::DUTIES_PER_RECORD_MAX);
        self.0 = left.unwrap_or(self.0);
        left.is_some()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::domain::digest::{Digest, ThreadId};
    use crate::domain::duty::{Awaited, Cause, ListEntry, Rule, TakenBack};
    use crate::domain::precedence::Precedence;

    fn opened(number: u64, paragraph: usize) -> Opened {
        let [owed_by, owed_to] = ["BY", "PL"].map(|code| code.parse().unwrap());
        let cause = Cause::Message { digest: Digest::ZERO, thread: ThreadId([1; 16]) };
        let made = Opened::made(owed_by, owed_to, cause);
        let rule = Rule { paragraph: "p".repeat(paragraph), ..(*made.rule).clone() };
        Opened { rule: Arc::new(rule), entry: Some(ListEntry { of: 1, number }), ..made }
    }

    fn all_fit(records: &[DutiesNoted]) {
        for noted in records {
            assert!(size(noted) <= limits::DUTIES_PER_RECORD_BYTES_MAX, "{}", size(noted));
            assert!(noted.opened.len().max(noted.steps.len()) <= limits::DUTIES_PER_RECORD_MAX);
        }
    }

    #[test]
    fn receipts_that_no_record_holds_are_told_as_not_awaited() {
        let awaited = |serial| Awaited { party: "PL".parse().unwrap(), lane: Precedence::Flash, serial };
        let receipts = (0..1_200).chain(0..5).map(awaited).collect();
        let records = in_records(DutiesNoted { about: Some(Digest::ZERO), receipts, ..Default::default() });
        assert_eq!(
            records.iter().map(|noted| (noted.receipts.len(), noted.not_read)).collect::<Vec<_>>(),
            [(1_000, 200)]
        );
    }

    #[test]
    fn what_no_record_holds_at_once_stands_in_several_and_nothing_is_left_out() {
        let text = limits::REGIME_TEXT_BYTES_MAX;
        let many: Vec<Opened> = (0..900).map(|number| opened(number, text)).collect();
        let steps: Vec<_> = (0..2_500).map(|number| (DutyNumber(number), Step::Lapsed)).collect();
        let noted =
            DutiesNoted { about: Some(Digest::ZERO), opened: many.clone(), steps, ..DutiesNoted::default() };
        let records = in_records(noted);
        all_fit(&records);
        let last = records.last().unwrap();
        assert!(last.once_more && (200..900).contains(&last.opened.len()), "{}", last.opened.len());
        assert_eq!(records.iter().map(|noted| noted.steps.len()).sum::<usize>(), 2_500);
        assert!(records.iter().rev().skip(1).all(|noted| noted.about.is_none()));

        // However many steps there are, what undoes something has the message considered once more.
        let by = TakenBack::Withdrawn { by: Digest::ZERO };
        let undone = |number| (DutyNumber(number), Step::TakenBack { message: Digest::ZERO, why: by });
        let steps = (0..2_500).map(|number| (DutyNumber(number), Step::Lapsed));
        let steps = steps.chain((2_500..2_510).map(undone)).collect();
        let noted =
            DutiesNoted { about: Some(Digest::ZERO), once_more: true, steps, ..DutiesNoted::default() };
        let records = in_records(noted);
        all_fit(&records);
        let last = records.last().unwrap();
        assert!(last.once_more && last.leaves_more() && last.left_out == 0);
        assert_eq!(records.iter().map(|noted| noted.steps.len()).sum::<usize>(), 2_510);

        let of_years = of_opened(&many);
        all_fit(&of_years);
        assert!(of_years.len() > 3);
        assert_eq!(of_years.into_iter().flat_map(|noted| noted.opened).collect::<Vec<_>>(), many);
    }
}
