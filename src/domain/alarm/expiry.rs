//! What ends unless somebody renews it: certificates and revocation lists, our own and those of Parties that we know.
//! Each step towards the end is put on record once, as the clock comes to it.
//!
//! A key list has no end of its own; the certificates of the authority that stand in it have. Never here: a
//! certificate.

use imbl::OrdMap;

use crate::domain::digest::Digest;
use crate::domain::party::Party;
use crate::domain::precedence::Precedence;
use crate::domain::time::Instant;
use crate::limits;

/// Something that ends.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Thing {
    /// Of our own node, with the TLS key that is in use.
    NodeCertificate,
    /// A certificate of a Party's authority, by the digest of its bytes (DER), as its newest key list has it.
    Authority(Party, Digest),
    RevocationList(Party),
}

impl Thing {
    /// For a person to read.
    pub fn words(&self) -> String {
        match self {
            Thing::NodeCertificate => "the certificate of this node".into(),
            Thing::Authority(party, digest) => {
                format!("the certificate {} of the authority of {party}", digest.short())
            }
            Thing::RevocationList(party) => format!("the revocation list of {party}"),
        }
    }
}

/// That something is so near its end.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Near {
    pub thing: Thing,
    pub ends: Instant,
    /// The place in `EXPIRY_ALARMS_MS`.
    pub step: u32,
}

impl Near {
    /// `None` while it is further from its end than the first step.
    pub fn at(thing: Thing, ends: Instant, now: Instant) -> Option<Near> {
        let left = ends.ms_since(now);
        let reached = limits::EXPIRY_ALARMS_MS.iter().rposition(|before| left <= *before)?;
        Some(Near { thing, ends, step: u32::try_from(reached).ok()? })
    }

    /// It has ended.
    pub fn is_over(&self) -> bool {
        usize::try_from(self.step).is_ok_and(|step| step.saturating_add(1) == limits::EXPIRY_ALARMS_MS.len())
    }

    /// With which it is told: nobody calls it a message.
    pub fn precedence(&self) -> Precedence {
        if self.is_over() { Precedence::Immediate } else { Precedence::Priority }
    }

    /// For a person to read.
    pub fn words(&self) -> String {
        let how = if self.is_over() { "has ended at" } else { "ends at" };
        format!("{} {how} {}", self.thing.words(), self.ends)
    }
}

/// When the clock comes to the next step.
pub fn next_step(ends: Instant, now: Instant) -> Option<Instant> {
    limits::EXPIRY_ALARMS_MS.iter().map(|before| ends.plus_ms(before.saturating_neg())).find(|at| *at > now)
}

/// The newest step on record for each thing, with the end that it was said of.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Expiries(OrdMap<Thing, (Instant, u32)>);

impl Expiries {
    /// Whether this step, or one behind it, is not on record yet.
    pub fn is_news(&self, near: &Near) -> bool {
        self.0.get(&near.thing).is_none_or(|(ends, step)| *ends != near.ends || *step < near.step)
    }

    pub fn iter(&self) -> impl Iterator<Item = (&Thing, &(Instant, u32))> {
        self.0.iter()
    }

    pub(in crate::domain) fn noted(&mut self, near: &Near) {
        self.0.insert(near.thing, (near.ends, near.step));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY_MS: i64 = 24 * 3_600_000;

    #[test]
    fn each_step_towards_an_end_is_news_once_and_a_renewed_thing_begins_again() {
        let ends = Instant(100 * DAY_MS);
        let near = |now: i64| Near::at(Thing::NodeCertificate, ends, Instant(now));
        assert_eq!(near(ends.0 - limits::EXPIRY_ALARMS_MS[0] - 1), None);
        let steps: Vec<u32> =
            limits::EXPIRY_ALARMS_MS.iter().map(|before| near(ends.0 - before).unwrap().step).collect();
        assert_eq!(steps, [0, 1, 2, 3]);
        let last = near(ends.0 + DAY_MS).unwrap();
        assert!(last.is_over() && !near(ends.0 - 1).unwrap().is_over());

        let mut on_record = Expiries::default();
        let first = near(ends.0 - limits::EXPIRY_ALARMS_MS[0]).unwrap();
        assert!(on_record.is_news(&first));
        on_record.noted(&first);
        assert!(!on_record.is_news(&first) && on_record.is_news(&last));
        on_record.noted(&last);
        assert!(!on_record.is_news(&first) && !on_record.is_news(&last));
        assert!(on_record.is_news(&Near { ends: Instant(ends.0 + 1), ..first }));
    }

    #[test]
    fn the_clock_comes_to_each_step_in_turn() {
        let ends = Instant(100 * DAY_MS);
        let mut now = Instant(0);
        let mut steps = Vec::new();
        while let Some(next) = next_step(ends, now) {
            steps.push(ends.ms_since(next));
            now = next;
        }
        assert_eq!(steps, limits::EXPIRY_ALARMS_MS);
    }
}
