//! Where the record with an index stands in its medium. Indexes and positions run together but for
//! entries that do not count, so only the places where they part are kept.

/// Grows by one step for each run of entries that do not count.
#[derive(Clone, Default, Debug)]
pub struct Positions {
    /// From this index on, position = index + shift. Sorted by index.
    steps: Vec<(u64, u64)>,
    /// How many records count.
    size: u64,
    next: u64,
}

impl Positions {
    /// The record with this index stands at this position. Indexes come in order.
    pub fn add(&mut self, index: u64, position: u64) {
        let shift = position.saturating_sub(index);
        if self.steps.last().is_none_or(|(_, last)| *last != shift) {
            self.steps.push((index, shift));
        }
        self.size = index.saturating_add(1);
        self.next = position.saturating_add(1);
    }

    /// The entry at this position does not count.
    pub fn skip(&mut self, position: u64) {
        self.next = position.saturating_add(1);
    }

    /// Where the record with this index stands, if it was read.
    pub fn of(&self, index: u64) -> Option<u64> {
        if index >= self.size {
            return None;
        }
        let step = self.steps.partition_point(|(from, _)| *from <= index).checked_sub(1)?;
        Some(index.saturating_add(self.steps.get(step)?.1))
    }

    /// The first index that stands at this position or beyond: what is lost where the medium ends there.
    pub fn first_from(&self, position: u64) -> u64 {
        let step = self.steps.partition_point(|(from, shift)| from.saturating_add(*shift) <= position);
        let Some((from, shift)) = step.checked_sub(1).and_then(|step| self.steps.get(step)) else { return 0 };
        let end = self.steps.get(step).map_or(self.size, |(next, _)| *next);
        position.saturating_sub(*shift).max(*from).min(end)
    }

    /// The first position that was not read.
    pub fn next(&self) -> u64 {
        self.next
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_is_found_where_it_stands_though_void_entries_lie_between() {
        let mut positions = Positions::default();
        positions.add(0, 0);
        positions.add(1, 1);
        positions.skip(2);
        positions.skip(3);
        positions.add(2, 4);
        positions.add(3, 5);
        positions.skip(6);
        positions.add(4, 7);
        let found: Vec<_> = (0..6).map(|index| positions.of(index)).collect();
        assert_eq!(found, [Some(0), Some(1), Some(4), Some(5), Some(7), None]);
        assert_eq!(positions.next(), 8);
        positions.skip(8);
        assert_eq!(positions.of(5), None, "what stands behind the newest record does not count");
    }

    #[test]
    fn what_is_lost_from_a_position_on_begins_with_the_first_record_that_stood_there_or_later() {
        let mut positions = Positions::default();
        assert_eq!(positions.first_from(0), 0);
        positions.add(0, 1);
        positions.skip(2);
        positions.add(1, 3);
        positions.add(2, 4);
        positions.skip(5);
        let lost: Vec<_> = (0..7).map(|position| positions.first_from(position)).collect();
        assert_eq!(lost, [0, 0, 1, 1, 2, 3, 3]);
    }
}
