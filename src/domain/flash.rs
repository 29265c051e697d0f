//! How many FLASH drafts of one officer are released in an hour: a desk gone wild does not spend what the other end
//! takes of this Party, and no emergency's first texts meet the bound.
//!
//! What leaves is counted, by who drafted it: whoever releases it, and whenever it was written.
//! Never here: what other Parties bring (`link.rs`); acknowledgements, showings and answers to checks, which follow
//! what came and need no draft.

use imbl::OrdMap;

use super::digest::Digest;
use super::refusal::Refusal;
use crate::limits;

/// What two custodians set, and what was spent of it.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct FlashDrafts {
    /// An hour, for each officer. `None`: the program's own bound.
    pub set: Option<u64>,
    /// The hour since 1970 that is counted.
    pub hour: i64,
    /// How many were released of each drafter, by the digest of the drafter's public key.
    pub spent: OrdMap<Digest, u64>,
}

impl FlashDrafts {
    /// For each officer, in an hour.
    pub fn most(&self) -> u64 {
        self.set.unwrap_or(limits::FLASH_DRAFTS_PER_HOUR)
    }

    /// Counts one that was released.
    pub fn count(&mut self, hour: i64, officer: Digest) {
        if self.hour != hour {
            (self.hour, self.spent) = (hour, OrdMap::new());
        }
        let spent = self.spent.entry(officer).or_default();
        *spent = spent.saturating_add(1);
    }

    /// Whether one more of this officer's may be released in this hour.
    pub fn check(&self, hour: i64, officer: &Digest) -> Result<(), Refusal> {
        let spent = if self.hour == hour { self.spent.get(officer).copied().unwrap_or(0) } else { 0 };
        if spent < self.most() { Ok(()) } else { Err(Refusal::FlashDrafts { most: self.most() }) }
    }
}

/// Whether two custodians may set this.
pub fn check_set(set: Option<u64>) -> Result<(), Refusal> {
    let (least, most) = (limits::FLASH_DRAFTS_PER_HOUR_MIN, limits::LINK_FLASH_RECORDS_PER_HOUR_MAX);
    match set {
        Some(set) if !(least..=most).contains(&set) => {
            let rule = format!(
                "{least} an hour at least, so that the first texts of an emergency always go, and at most {most}, \
                 which is all that the other end takes"
            );
            Err(Refusal::Field { field: "flash_drafts.per_officer_per_hour", rule })
        }
        Some(_) | None => Ok(()),
    }
}
