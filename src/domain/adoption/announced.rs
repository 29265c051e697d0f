//! Words that were told and are not yet in force: an adoption from a later date, a suspension or a resumption to
//! come, a leaving that was announced.
//!
//! Counted by the same three instants as what is in force, so that both ends name the same words and dates. Never
//! here: what is in force (`standing.rs`), or what will follow once a word is.

use std::collections::BTreeMap;

use super::{Said, Word, Words};
use crate::domain::content::Kind;
use crate::domain::digest::Digest;
use crate::domain::party::Party;
use crate::domain::time::Instant;

/// A word on a regime that somebody was told, and that takes effect later.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Announced {
    pub message: Digest,
    pub kind: Kind,
    /// The adoption, or the suspension, that it is about; `None` for an adoption.
    pub about: Option<Digest>,
    /// Of the adoption that it is, or is about.
    pub edition: u64,
    pub regime: Digest,
    /// What an adoption reserves; what is suspended or resumed, empty for the regime as a whole.
    pub provisions: Vec<String>,
    pub from: Instant,
    pub until: Option<Instant>,
}

impl Words {
    /// What `told` was told by an instant, of this regime, and is not yet in force then. What is about an adoption
    /// that was left or replaced, or a suspension that was resumed, is not among it.
    pub fn announced(&self, regime: &str, told: Party, at: Instant) -> Vec<Announced> {
        let replaced = self.replaced(regime, told, at);
        let mut all: Vec<Announced> = self
            .said()
            .filter(|(_, said)| said.is_heard(told, at))
            .filter_map(|(message, said)| {
                let from = said.in_force_from(told).filter(|from| *from > at)?;
                self.to_come(regime, told, at, (*message, said, from), &replaced)
            })
            .collect();
        all.sort_by_key(|one| (one.from, one.message));
        all
    }

    fn to_come(
        &self,
        regime: &str,
        told: Party,
        at: Instant,
        (message, said, from): (Digest, &Said, Instant),
        replaced: &BTreeMap<Digest, Digest>,
    ) -> Option<Announced> {
        let (adoption, about, provisions, until) = match &said.word {
            Word::Adopts { reservations, .. } => (message, None, reservations, None),
            Word::Suspends { adoption, provisions, until, .. } => {
                (*adoption, Some(*adoption), provisions, *until)
            }
            Word::Resumes { suspension, .. } => {
                let Word::Suspends { adoption, provisions, .. } = &self.get(suspension)?.word else {
                    return None;
                };
                if self.resumed(suspension, told, at) {
                    return None;
                }
                (*adoption, Some(*suspension), provisions, None)
            }
            Word::Withdraws { adoption, .. } => (*adoption, Some(*adoption), &Vec::new(), None),
        };
        let Word::Adopts { regime: name, edition, digest, .. } = &self.get(&adoption)?.word else {
            return None;
        };
        let is_over = until.is_some_and(|until| until <= from)
            || replaced.contains_key(&adoption)
            || self.withdrawn(&adoption, told, at);
        (name == regime && !is_over).then(|| Announced {
            message,
            kind: said.word.kind(),
            about,
            edition: *edition,
            regime: *digest,
            provisions: provisions.clone(),
            from,
            until,
        })
    }
}

impl Said {
    /// Whether it was released, and a Party's receipt took it, by then.
    fn is_heard(&self, told: Party, at: Instant) -> bool {
        self.heard_at(told).is_some_and(|heard_at| heard_at <= at)
    }
}

impl Word {
    fn kind(&self) -> Kind {
        match self {
            Word::Adopts { .. } => Kind::Adoption,
            Word::Suspends { .. } => Kind::Suspension,
            Word::Resumes { .. } => Kind::Resumption,
            Word::Withdraws { .. } => Kind::Withdrawal,
        }
    }
}
