//! Who holds which function of a regime, such as a chair or a depositary, and for which term: as two
//! custodians put it on record here, and no part of the regime's text.
//!
//! Never here: whether a regime has such a function (its text says), a term that another Party has on its
//! record.

use std::sync::Arc;

use imbl::OrdMap;

use super::party::Party;
use super::refusal::Refusal;
use super::text::is_unsafe_to_show;
use super::time::Instant;
use crate::limits;

/// A Party holds a function of a regime from an instant on.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Term {
    /// The name that stands in the regime's text, of whatever edition.
    pub regime: String,
    pub function: String,
    pub party: Party,
    pub from: Instant,
    /// `None`: until the next term begins.
    pub until: Option<Instant>,
    /// Where it was decided or made known.
    pub source: String,
}

/// A term, and when it was put on record.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct OnRecord {
    pub term: Term,
    pub at: Instant,
}

/// All terms, by regime and function, in the order of record.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Functions(OrdMap<(String, String), Arc<Vec<OnRecord>>>);

impl Term {
    /// # Errors
    /// A text that is missing, too long, or holds what can't be seen; an end that is not after the start.
    pub fn check(&self) -> Result<(), Refusal> {
        let is_line = |text: &str, most| text.len() <= most && !text.chars().any(is_unsafe_to_show);
        let texts = [
            ("function_term.regime", &self.regime, limits::REGIME_NAME_BYTES_MAX),
            ("function_term.function", &self.function, limits::REGIME_NAME_BYTES_MAX),
            ("function_term.source", &self.source, limits::LINE_BYTES_MAX),
        ];
        for (field, text, most) in texts {
            if text.trim().is_empty() || !is_line(text, most) {
                let rule =
                    format!("must be given: one line of at most {most} bytes, without control characters");
                return Err(Refusal::Field { field, rule });
            }
        }
        match self.until {
            Some(until) if until <= self.from => {
                Err(Refusal::Field { field: "function_term.until", rule: "must lie after the start".into() })
            }
            Some(_) | None => Ok(()),
        }
    }
}

impl Functions {
    /// How many terms there are, corrected ones included.
    pub fn len(&self) -> usize {
        self.0.values().map(|terms| terms.len()).sum()
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// By regime and function, each in the order of record.
    pub fn iter(&self) -> impl Iterator<Item = &OnRecord> {
        self.0.values().flat_map(|terms| terms.iter())
    }

    pub fn add(&mut self, term: &Term, at: Instant) {
        let terms = self.0.entry((term.regime.clone(), term.function.clone())).or_default();
        Arc::make_mut(terms).push(OnRecord { term: term.clone(), at });
    }

    /// The term that counts at an instant, by what was on record by `known`. One answer: the terms count
    /// one after the other, each from its start until its end or the start of the next. Of two with the
    /// same start the one that was put on record later counts, so a term is corrected by another.
    pub fn term_at(
        &self,
        regime: &str,
        function: &str,
        at: Instant,
        known: Option<Instant>,
    ) -> Option<&Term> {
        let terms = self.0.get(&(regime.to_owned(), function.to_owned()))?;
        let begun = |one: &&OnRecord| one.term.from <= at && known.is_none_or(|known| one.at <= known);
        // Of several that are equal, `max_by_key` gives the last.
        let last = terms.iter().filter(begun).max_by_key(|one| one.term.from)?;
        last.term.until.is_none_or(|until| at < until).then_some(&last.term)
    }

    /// Until when a term counts: its own end, or the start of the next if that comes first. `None`: it has neither.
    pub fn counts_until(&self, one: &OnRecord) -> Option<Instant> {
        let key = (one.term.regime.clone(), one.term.function.clone());
        let terms = self.0.get(&key).into_iter().flat_map(|terms| terms.iter());
        let next = terms.map(|other| other.term.from).filter(|from| *from > one.term.from).min();
        next.into_iter().chain(one.term.until).min()
    }

    /// Whether another term with the same start has taken the place of this one.
    pub fn is_corrected(&self, one: &OnRecord) -> bool {
        let key = (one.term.regime.clone(), one.term.function.clone());
        let same_start = |other: &&OnRecord| other.term.from == one.term.from;
        let last = self.0.get(&key).and_then(|terms| terms.iter().rfind(same_start));
        last.is_some_and(|last| last != one)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn term(party: &str, from: i64, until: Option<i64>) -> Term {
        Term {
            regime: "r".into(),
            function: "chair".into(),
            party: party.parse().unwrap(),
            from: Instant(from),
            until: until.map(Instant),
            source: "a note".into(),
        }
    }

    fn holder(functions: &Functions, at: i64) -> Option<&str> {
        functions.term_at("r", "chair", Instant(at), None).map(|term| term.party.as_str())
    }

    #[test]
    fn terms_count_one_after_the_other_whatever_the_order_of_record() {
        let mut functions = Functions::default();
        functions.add(&term("FI", 200, Some(300)), Instant(0));
        functions.add(&term("AT", 100, None), Instant(1));
        assert_eq!(
            [99, 100, 199, 200, 299, 300].map(|at| holder(&functions, at)),
            [None, Some("AT"), Some("AT"), Some("FI"), Some("FI"), None]
        );
        let ends: Vec<Option<Instant>> = functions.iter().map(|one| functions.counts_until(one)).collect();
        assert_eq!(ends, [Some(Instant(300)), Some(Instant(200))], "an open term ends where the next begins");
    }

    #[test]
    fn a_term_is_corrected_by_one_with_the_same_start() {
        let mut functions = Functions::default();
        functions.add(&term("FI", 100, None), Instant(0));
        functions.add(&term("AT", 100, Some(150)), Instant(7));
        assert_eq!((holder(&functions, 120), holder(&functions, 150)), (Some("AT"), None));
        let then = functions.term_at("r", "chair", Instant(120), Some(Instant(6)));
        assert_eq!(then.map(|term| term.party.as_str()), Some("FI"), "as it was on record then");
        let corrected: Vec<bool> = functions.iter().map(|one| functions.is_corrected(one)).collect();
        assert_eq!(corrected, [true, false]);
    }

    proptest! {
        /// Held against a plain reading of the rule.
        #[test]
        fn whoever_holds_it_is_whose_term_began_last(
            terms in prop::collection::vec((0..4usize, 0..20i64, prop::option::of(1..10i64)), 0..8),
            at in 0..30i64,
        ) {
            const CODES: [&str; 4] = ["AT", "FI", "BY", "PL"];
            let mut functions = Functions::default();
            let mut expected: Option<(i64, Option<i64>, &str)> = None;
            for (nth, (party, from, lasts)) in terms.iter().enumerate() {
                let until = lasts.map(|lasts| from + lasts);
                functions.add(&term(CODES[*party], *from, until), Instant(nth as i64));
                let begun = *from <= at;
                if begun && expected.is_none_or(|(last, ..)| *from >= last) {
                    expected = Some((*from, until, CODES[*party]));
                }
            }
            let expected = expected.filter(|(_, until, _)| until.is_none_or(|until| at < until));
            prop_assert_eq!(holder(&functions, at), expected.map(|(.., party)| party));
        }
    }
}
