//! A number as far as it is declared: at least so many, and at most so many if that can be told.
//!
//! Never here: a guess. What is not declared has no upper bound.

/// Between `low` and `high`, both included.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Quantity {
    pub low: u64,
    /// `None`: there may be any number more.
    pub high: Option<u64>,
}

impl Quantity {
    /// Nothing is known of it.
    pub const UNKNOWN: Quantity = Quantity { low: 0, high: None };
    pub const NONE: Quantity = Quantity { low: 0, high: Some(0) };

    pub fn exactly(number: u64) -> Quantity {
        Quantity { low: number, high: Some(number) }
    }

    pub fn at_least(number: u64) -> Quantity {
        Quantity { low: number, high: None }
    }

    pub fn plus(self, other: Quantity) -> Quantity {
        let high = self.high.zip(other.high).map(|(one, two)| one.saturating_add(two));
        Quantity { low: self.low.saturating_add(other.low), high }
    }

    /// The greater of the two, whichever that is.
    pub fn greater(self, other: Quantity) -> Quantity {
        let high = self.high.zip(other.high).map(|(one, two)| one.max(two));
        Quantity { low: self.low.max(other.low), high }
    }

    /// The same, where it can't be more than something of which `most` is the upper bound. Where it is
    /// declared to be more all the same, the two contradict each other.
    pub fn within(self, most: Option<u64>) -> Quantity {
        let high = match (self.high, most) {
            (Some(one), Some(two)) => Some(one.min(two)),
            (one, two) => one.or(two),
        };
        match high {
            Some(high) if high < self.low => Quantity { low: high, high: Some(self.low) },
            high => Quantity { low: self.low, high },
        }
    }

    /// The greatest number that is stated of it.
    pub fn most_stated(self) -> u64 {
        self.high.unwrap_or(self.low)
    }

    pub fn unbounded(self) -> Quantity {
        Quantity { low: self.low, high: None }
    }

    /// Whether both can be true of one thing.
    pub fn may_equal(self, other: Quantity) -> bool {
        let reaches = |high: Option<u64>, low: u64| high.is_none_or(|high| low <= high);
        reaches(self.high, other.low) && reaches(other.high, self.low)
    }

    /// Declared twice over, differently.
    pub fn contradicts(self) -> bool {
        self.high.is_some_and(|high| high != self.low)
    }

    /// What several accounts of one thing come to. Those with an upper bound are whole, and are each
    /// taken for true; those without only say what there is at the least.
    pub fn accounts(all: &[Quantity]) -> Quantity {
        let whole = || all.iter().filter_map(|one| one.high.map(|high| (one.low, high)));
        let most_at_least = all.iter().map(|one| one.low).max().unwrap_or(0);
        match (whole().map(|(low, _)| low).min(), whole().map(|(_, high)| high).max()) {
            (Some(low), Some(high)) => Quantity { low, high: Some(high.max(most_at_least)) },
            (_, _) => Quantity::at_least(most_at_least),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_accounts_that_differ_span_what_they_say() {
        let table = [
            (vec![], Quantity::UNKNOWN),
            (vec![Quantity::exactly(9), Quantity::at_least(4)], Quantity::exactly(9)),
            (vec![Quantity::exactly(9), Quantity::at_least(12)], Quantity { low: 9, high: Some(12) }),
            (vec![Quantity::exactly(9), Quantity::exactly(7)], Quantity { low: 7, high: Some(9) }),
            (vec![Quantity::at_least(4), Quantity::at_least(5)], Quantity::at_least(5)),
        ];
        for (accounts, expected) in table {
            assert_eq!(Quantity::accounts(&accounts), expected, "{accounts:?}");
        }
    }

    #[test]
    fn a_sum_of_some_parts_is_at_odds_with_the_whole_only_where_it_is_more() {
        let whole = Quantity::exactly(9);
        for (parts, agree) in [
            (Quantity::at_least(9), true),
            (Quantity::at_least(4), true),
            (Quantity::at_least(10), false),
            (Quantity::exactly(8), false),
            (Quantity::UNKNOWN, true),
        ] {
            assert_eq!(whole.may_equal(parts), agree, "{parts:?}");
            assert_eq!(parts.may_equal(whole), agree, "{parts:?}");
        }
    }

    #[test]
    fn a_part_declared_to_be_more_than_the_whole_contradicts_it() {
        assert_eq!(Quantity::exactly(12).within(Some(9)), Quantity { low: 9, high: Some(12) });
        assert_eq!(Quantity::at_least(3).within(Some(9)), Quantity { low: 3, high: Some(9) });
        assert_eq!(Quantity::at_least(3).within(None), Quantity::at_least(3));
    }
}
