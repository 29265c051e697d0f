//! Which words of a Party are in force towards whom, at a given instant.
//!
//! A word counts towards a Party from the latest of three instants: the one it states, the one at which its
//! author released it, and the one at which that Party's receipt took it. All three are signed and at both
//! ends, so that both give the same answer, whatever their clocks. That is why nothing else is asked here:
//! when a record was made is one end's own account, and of the heads that prove a message to have been there
//! before its receipt, either end may hold others.
//!
//! Who states a false time of receipt gains little. Before the release it has no effect, and a word is never
//! in force before the instant that its author chose. After it was heard it puts the word off, as no receipt at
//! all would: towards a Party that has not taken it no word counts. Either is shown as disputed.
//!
//! Never here: who is bound to whom by them (`bond.rs`), what a regime asks of those whom it binds.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use imbl::OrdMap;

use super::{Nature, Word};
use crate::domain::digest::Digest;
use crate::domain::message::Receipt;
use crate::domain::party::Party;
use crate::domain::time::Instant;
use crate::limits;

/// All that one Party said about rules and that takes effect, by the digest of the message.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Words {
    said: OrdMap<Digest, Arc<Said>>,
}

/// One word, and who took it when.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Said {
    pub word: Word,
    /// The author's own statement of when it was released.
    pub released_at: Instant,
    /// The record that holds the message.
    pub index: u64,
    /// By each addressee's receipt. Of another Party's words only the time of our own is known.
    pub told: OrdMap<Party, Told>,
}

/// That a Party's receipt took a word.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Told {
    /// By the receipt.
    pub at: Instant,
    pub heard: Heard,
}

/// Whether a receipt states a time that can be, by when it was heard.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Heard {
    /// Or it is our own.
    Later,
    /// It was on record here before the time that it states, in whole seconds.
    Before,
}

/// Whether the time from which something counts is disputed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Since {
    Undisputed,
    /// It rests on a receipt whose time is outside sending and hearing, as far as this end can tell.
    Disputed,
}

/// An adoption that is in force towards somebody.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Adopted {
    pub message: Digest,
    pub edition: u64,
    pub regime: Digest,
    pub since: Instant,
    /// The author's own statement of when the message was released.
    pub released_at: Instant,
    pub by_receipt: Since,
    pub nature: Nature,
    /// Provisions.
    pub reservations: Vec<String>,
    pub suspended: Vec<Suspended>,
}

/// What is in force at an instant, by the adoption that it is about.
#[derive(Default)]
struct Later {
    withdrawn: BTreeSet<Digest>,
    /// In the order of the digests of their messages.
    suspended: BTreeMap<Digest, Vec<Suspended>>,
}

/// Provisions that are not applied for a time.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Suspended {
    pub message: Digest,
    /// Empty for the regime as a whole.
    pub provisions: Vec<String>,
    pub since: Instant,
    pub until: Option<Instant>,
}

#[cfg(test)]
thread_local! {
    /// How often all words of a Party were gone through, by this thread.
    pub(crate) static GONE_THROUGH: std::cell::Cell<u64> = const { std::cell::Cell::new(0) };
}

impl Words {
    /// Puts a word beside the others. One over the limit has no effect.
    pub fn hear(&mut self, message: Digest, word: &Word, released_at: Instant, index: u64) {
        if self.said.len() < limits::REGIME_WORDS_PER_PARTY_MAX {
            let said = Said { word: word.clone(), released_at, index, told: OrdMap::new() };
            self.said.entry(message).or_insert_with(|| Arc::new(said));
        }
    }

    /// That a Party's receipt took it. Of several, under several serials, the earliest holds: the lanes bring
    /// them to each end in another order.
    pub fn taken(&mut self, message: &Digest, by: Party, told: Told) {
        if let Some(said) = self.said.get_mut(message) {
            let known = Arc::make_mut(said).told.entry(by).or_insert(told);
            *known = told.min(*known);
        }
    }

    pub fn holds(&self, message: &Digest) -> bool {
        self.said.contains_key(message)
    }

    pub(super) fn get(&self, message: &Digest) -> Option<&Said> {
        self.said.get(message).map(AsRef::as_ref)
    }

    pub fn said(&self) -> impl Iterator<Item = (&Digest, &Said)> {
        #[cfg(test)]
        GONE_THROUGH.set(GONE_THROUGH.get() + 1);
        self.said.iter().map(|(digest, said)| (digest, said.as_ref()))
    }

    /// Whether any of it suspends anything, at whatever time.
    pub fn suspends(&self) -> bool {
        self.said().any(|(_, said)| matches!(said.word, Word::Suspends { .. }))
    }

    /// When any of it next comes into force, or ends by itself, after this instant.
    pub fn next_after(&self, at: Instant) -> Option<Instant> {
        let of = |said: &Said| {
            let until = match &said.word {
                Word::Suspends { until, .. } => *until,
                Word::Adopts { .. } | Word::Resumes { .. } | Word::Withdraws { .. } => None,
            };
            let told = said.told.values().map(|told| told.at);
            let times = [said.word.from(), said.released_at].into_iter().chain(until).chain(told);
            times.filter(|time| *time > at).min()
        };
        self.said().filter_map(|(_, said)| of(said)).min()
    }

    /// The adoptions of a regime that are in force at an instant, by the receipts of `told`.
    pub fn adopted(&self, regime: &str, told: Party, at: Instant) -> Vec<Adopted> {
        let mut later = self.later_words(told, at);
        let replaced = self.replaced(regime, told, at);
        let mut adopted: Vec<Adopted> = self
            .in_effect(told, at)
            .filter_map(|(message, said, since)| match &said.word {
                Word::Adopts { regime: name, edition, digest, nature, reservations, .. }
                    if name == regime
                        && !later.withdrawn.contains(message)
                        && !replaced.contains_key(message) =>
                {
                    Some(Adopted {
                        message: *message,
                        edition: *edition,
                        regime: *digest,
                        since,
                        released_at: said.released_at,
                        by_receipt: said.by_receipt(told),
                        nature: *nature,
                        reservations: reservations.clone(),
                        suspended: later.suspended.remove(message).unwrap_or_default(),
                    })
                }
                Word::Adopts { .. }
                | Word::Suspends { .. }
                | Word::Resumes { .. }
                | Word::Withdraws { .. } => None,
            })
            .collect();
        adopted.sort_by_key(|one| (one.edition, one.since, one.message));
        adopted
    }

    /// Whether an adoption of a text was in force towards `told` and is withdrawn by an instant.
    pub fn left(&self, (regime, text): (&str, &Digest), told: Party, at: Instant) -> bool {
        let withdrawn = self.later_words(told, at).withdrawn;
        self.in_effect(told, at).any(|(message, said, _)| match &said.word {
            Word::Adopts { regime: name, digest, .. } => {
                name == regime && digest == text && withdrawn.contains(message)
            }
            Word::Suspends { .. } | Word::Resumes { .. } | Word::Withdraws { .. } => false,
        })
    }

    fn in_effect(&self, told: Party, at: Instant) -> impl Iterator<Item = (&Digest, &Said, Instant)> {
        self.said().filter_map(move |(message, said)| {
            let since = said.in_force_from(told)?;
            (since <= at).then_some((message, said, since))
        })
    }

    pub(super) fn withdrawn(&self, adoption: &Digest, told: Party, at: Instant) -> bool {
        self.in_effect(told, at).any(|(_, said, _)| match &said.word {
            Word::Withdraws { adoption: of, .. } => of == adoption,
            Word::Adopts { .. } | Word::Suspends { .. } | Word::Resumes { .. } => false,
        })
    }

    /// All that takes something from an adoption, by the adoption. In two passes, however many words there are: the
    /// writer waits for it.
    fn later_words(&self, told: Party, at: Instant) -> Later {
        let mut later = Later::default();
        let mut resumed = BTreeSet::new();
        for (_, said, _) in self.in_effect(told, at) {
            match &said.word {
                Word::Withdraws { adoption, .. } => {
                    later.withdrawn.insert(*adoption);
                }
                Word::Resumes { suspension, .. } => {
                    resumed.insert(*suspension);
                }
                Word::Adopts { .. } | Word::Suspends { .. } => {}
            }
        }
        for (message, said, since) in self.in_effect(told, at) {
            match &said.word {
                Word::Suspends { adoption, provisions, until, .. }
                    if until.is_none_or(|until| at < until) && !resumed.contains(message) =>
                {
                    later.suspended.entry(*adoption).or_default().push(Suspended {
                        message: *message,
                        provisions: provisions.clone(),
                        since,
                        until: *until,
                    });
                }
                Word::Adopts { .. }
                | Word::Suspends { .. }
                | Word::Resumes { .. }
                | Word::Withdraws { .. } => {}
            }
        }
        later
    }

    pub(super) fn resumed(&self, suspension: &Digest, told: Party, at: Instant) -> bool {
        self.in_effect(told, at).any(|(_, said, _)| match &said.word {
            Word::Resumes { suspension: of, .. } => of == suspension,
            Word::Adopts { .. } | Word::Suspends { .. } | Word::Withdraws { .. } => false,
        })
    }
}

impl Said {
    /// From when it counts towards a Party. `None` where that Party's receipt did not take it.
    pub(super) fn in_force_from(&self, told: Party) -> Option<Instant> {
        Some(self.word.from().max(self.heard_at(told)?))
    }

    /// When a Party's receipt took it, and never before its release.
    pub(super) fn heard_at(&self, told: Party) -> Option<Instant> {
        Some(self.told.get(&told)?.at.max(self.released_at))
    }

    fn by_receipt(&self, told: Party) -> Since {
        match self.told.get(&told) {
            Some(told) if told.at < self.released_at || told.heard == Heard::Before => Since::Disputed,
            Some(_) | None => Since::Undisputed,
        }
    }
}

impl Told {
    /// By a receipt of a peer's, on record here at `heard`; `None` for one of our own.
    pub fn by(receipt: &Receipt, heard: Option<Instant>) -> Told {
        let at = receipt.received_at;
        let before = heard.is_some_and(|heard| at.seconds() > heard.seconds());
        Told { at, heard: if before { Heard::Before } else { Heard::Later } }
    }
}

impl Word {
    fn from(&self) -> Instant {
        match self {
            Word::Adopts { from, .. }
            | Word::Suspends { from, .. }
            | Word::Resumes { from, .. }
            | Word::Withdraws { from, .. } => *from,
        }
    }
}
