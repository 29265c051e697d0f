//! Who agrees that a further Party comes in: of each that is present the last word before the addition.
//!
//! Never here: a clock, or a word that the author of an addition had not seen when it let a Party in. By one that is
//! given an earlier place whoever is present could put that Party out again.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::forms::{Sees, SessionAddition};
use super::session::Spoken;
use crate::domain::content::Content;
use crate::domain::digest::Digest;
use crate::domain::party::Party;

/// The messages of a session in their order, and what was looked up of them.
pub(super) struct Consent<'s> {
    order: &'s [&'s Arc<Spoken>],
    places: BTreeMap<Digest, usize>,
    /// The places of all words of a Party on a further one, by its code.
    words: BTreeMap<(Party, &'s str), Vec<usize>>,
    /// The place of the first of these by which it is to see so much.
    first: BTreeMap<(Party, &'s str, Option<i32>), usize>,
    /// Of the words of a Party on a further one, by its code: the place of the last on which each message builds.
    built_on: BTreeMap<(Party, String), Vec<Option<usize>>>,
}

impl<'s> Consent<'s> {
    pub fn new(order: &'s [&'s Arc<Spoken>]) -> Consent<'s> {
        let places = (0..).zip(order).map(|(at, one)| (one.said.message, at)).collect();
        let mut words: BTreeMap<(Party, &'s str), Vec<usize>> = BTreeMap::new();
        let mut first = BTreeMap::new();
        for (at, one) in order.iter().enumerate() {
            if let Content::SessionAddition(form) = &one.said.content {
                let (author, party) = (one.said.author, form.party.as_str());
                words.entry((author, party)).or_default().push(at);
                first.entry((author, party, form.sees.map(Sees::number))).or_insert(at);
            }
        }
        Consent { order, places, words, first, built_on: BTreeMap::new() }
    }

    /// Whether each of these agrees to the addition in this place.
    pub fn is_given(&mut self, at: usize, addition: &SessionAddition, by: &BTreeSet<Party>) -> bool {
        // Who never said so spares the look at what builds on what.
        by.iter().all(|party| self.has_said_so(at, *party, addition))
            && by.iter().all(|party| {
                self.last_word(at, *party, addition).is_some_and(|said| said.sees == addition.sees)
            })
    }

    /// Whether a Party said the same of that one, in this place or before.
    fn has_said_so<'w>(&'w self, at: usize, party: Party, addition: &'w SessionAddition) -> bool {
        let first = self.first.get(&(party, addition.party.as_str(), addition.sees.map(Sees::number)));
        first.is_some_and(|place| *place <= at)
    }

    /// The last word of a Party on which the addition in this place builds, itself among them; where it builds on none,
    /// the last that stands before it.
    fn last_word(
        &mut self,
        at: usize,
        party: Party,
        addition: &SessionAddition,
    ) -> Option<&'s SessionAddition> {
        let (order, places) = (self.order, &self.places);
        if let Some(own) = order.get(at).and_then(|one| word(one, party, addition)) {
            return Some(own);
        }
        let key = (party, addition.party.clone());
        let all = self.built_on.entry(key).or_insert_with(|| built_on(order, places, party, addition));
        match all.get(at).copied().flatten() {
            Some(place) => order.get(place).and_then(|one| word(one, party, addition)),
            None => {
                let words = self.words_of(party, addition);
                let before = words.get(..words.partition_point(|place| *place < at))?;
                before.last().and_then(|place| word(order.get(*place)?, party, addition))
            }
        }
    }

    fn words_of<'w>(&'w self, party: Party, addition: &'w SessionAddition) -> &'w [usize] {
        self.words.get(&(party, addition.party.as_str())).map(Vec::as_slice).unwrap_or_default()
    }
}

/// What a message says of the Party that the addition is of, if it is this Party's word on that.
pub(super) fn word<'s>(
    one: &'s Spoken,
    by: Party,
    addition: &SessionAddition,
) -> Option<&'s SessionAddition> {
    match &one.said.content {
        Content::SessionAddition(form) if one.said.author == by && form.party == addition.party => Some(form),
        _ => None,
    }
}

fn built_on(
    order: &[&Arc<Spoken>],
    places: &BTreeMap<Digest, usize>,
    party: Party,
    addition: &SessionAddition,
) -> Vec<Option<usize>> {
    let mut found: Vec<Option<usize>> = Vec::with_capacity(order.len());
    for (at, one) in order.iter().enumerate() {
        let names = one.names();
        let named = names.seen.iter().filter_map(|seen| places.get(seen).copied());
        // An opening builds on nothing, whatever it names.
        let before = named.filter(|named| *named < at && !names.is_opening);
        let words = before.filter_map(|named| match word(order.get(named)?, party, addition) {
            Some(_) => Some(named),
            None => found.get(named).copied().flatten(),
        });
        let last = words.max();
        found.push(last);
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::hotline::made::{party, spoken};

    #[test]
    fn a_word_counts_from_its_place_on_and_of_those_without_sight_of_each_other_the_last_before_it() {
        let addition = |sees| {
            let (party, sees) = ("LT".into(), Some(sees));
            SessionAddition { party, sees, ..SessionAddition::default() }
        };
        let said = [
            ("BY", Sees::All),
            ("PL", Sees::FromNowOn),
            ("BY", Sees::FromNowOn),
            ("PL", Sees::All),
            ("BY", Sees::All),
        ];
        let one = |(at, (by, sees)): (u64, (&str, Sees))| {
            Arc::new(spoken(at, by, &["LT"], Content::SessionAddition(addition(sees))))
        };
        let all: Vec<Arc<Spoken>> = (0..).zip(said).map(one).collect();
        let order: Vec<&Arc<Spoken>> = all.iter().collect();
        let mut consent = Consent::new(&order);
        let both = BTreeSet::from(["BY", "PL"].map(party));
        let given = (0..).zip(said).map(|(at, (_, sees))| consent.is_given(at, &addition(sees), &both));
        assert_eq!(given.collect::<Vec<_>>(), [false, false, true, false, true]);
    }
}
