//! Who is bound to whom, by which edition, at a given instant.
//!
//! Of a text that a Party adopted more than once only the adoption counts that is in force longest: what a later
//! one reserves, and what is suspended of it, changes nothing. To leave, each is withdrawn. One that was told before the
//! other was in force is none beside it: it replaced it (`replaced.rs`).
//!
//! To adopt another text of a regime, such as its next edition, leaves none: two that adopted both are bound by both,
//! each with its own reservations, until one of them leaves one. What cites one goes by that one, and so does what it
//! brings about. What cites none and counts once, such as a day of the year, goes by the text that came to bind the two
//! last.
//!
//! Between two other Parties no receipt is known here. What is known is to whom their adoptions went: each names
//! its addressees. Where neither was for the other, each adopted, and no more can be said. Never here: what a
//! regime asks of those whom it binds.

use std::collections::{BTreeMap, BTreeSet};

use super::{Adopted, Words};
use crate::domain::digest::Digest;
use crate::domain::party::Party;
use crate::domain::time::Instant;

/// Two Parties that are bound to each other by the same text, as far as it is known here.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Bond {
    pub edition: u64,
    pub regime: Digest,
    /// From when both were.
    pub since: Instant,
    pub seen: Seen,
    pub one: Adopted,
    pub other: Adopted,
}

/// What the answer rests on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Seen {
    /// Signed words and receipts that both hold.
    AtBothEnds,
    /// Two other Parties told us, each in a message that names the other as an addressee as well. Their
    /// receipts for each other are not known here: since when, is by ours.
    ToldEachOther,
    /// What each of two other Parties told us; whether they told each other is not known here.
    AsToldHere,
}

/// To whom adoptions of other Parties went, and what suspends them, by the digest of the message, as far as they were
/// read. The fold keeps it of none.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Addressees(BTreeMap<Digest, BTreeSet<Party>>);

impl Addressees {
    pub fn put(&mut self, message: Digest, to: impl IntoIterator<Item = Party>) {
        self.0.insert(message, to.into_iter().collect());
    }

    pub fn knows(&self, message: &Digest) -> bool {
        self.0.contains_key(message)
    }

    pub(super) fn name(&self, message: &Digest, party: Party) -> bool {
        self.0.get(message).is_some_and(|to| to.contains(&party))
    }
}

impl Bond {
    /// The texts of a regime by which two Parties are bound to each other, as `own` can know it, each once: in the
    /// order in which they came to bind the two, at one instant in that of the words by which they do, so that the
    /// last is the one that counts where only one can.
    pub fn all_between(
        own: Party,
        (one, ones): (Party, &Words),
        (other, others): (Party, &Words),
        regime: &str,
        at: Instant,
        addressees: &Addressees,
    ) -> Vec<Bond> {
        // Of our own words each addressee's receipt is known; of another's only what we took.
        let told = |author: Party, reader: Party| if author == own { reader } else { own };
        let ones = ones.adopted(regime, told(one, other), at);
        // Those of the other may be many, and the writer waits.
        if ones.is_empty() {
            return Vec::new();
        }
        let others = others.adopted(regime, told(other, one), at);
        let texts: BTreeSet<Digest> = ones.iter().map(|adopted| adopted.regime).collect();
        let mut all: Vec<Bond> = texts
            .into_iter()
            .filter_map(|text| {
                let named = |adopted: &Adopted, reader| addressees.name(&adopted.message, reader);
                let to_each_other = first(&ones, text, |adopted| named(adopted, other)).zip(first(
                    &others,
                    text,
                    |adopted| named(adopted, one),
                ));
                let any = || first(&ones, text, |_| true).zip(first(&others, text, |_| true));
                let (seen, (one, other)) = match to_each_other {
                    _ if one == own || other == own => (Seen::AtBothEnds, any()?),
                    Some(pair) => (Seen::ToldEachOther, pair),
                    None => (Seen::AsToldHere, any()?),
                };
                let edition = one.edition.min(other.edition);
                Some(Bond { edition, regime: text, since: one.since.max(other.since), seen, one, other })
            })
            .collect();
        all.sort_by_key(|bond| {
            let released_at = bond.one.released_at.max(bond.other.released_at);
            (bond.since, released_at, bond.edition, bond.regime)
        });
        all
    }
}

/// Of several adoptions of one text the one that is in force longest.
fn first(all: &[Adopted], text: Digest, counts: impl Fn(&Adopted) -> bool) -> Option<Adopted> {
    let of_text = all.iter().filter(|adopted| adopted.regime == text && counts(adopted));
    of_text.min_by_key(|adopted| (adopted.since, adopted.message)).cloned()
}
