//! What two custodians leave a link of the hour's bounds, where a peer fills it: less below FLASH, or nothing.
//!
//! Never here: FLASH, which has a bound of its own and always comes through; a refusal. What is beyond it waits at
//! the other end, and what came before stays on record and readable.

use super::party::Party;
use crate::limits;

/// Below FLASH, in each hour. `None`: the program's own bound.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Allowance {
    pub records: Option<u64>,
    pub bytes: Option<u64>,
}

/// An allowance, and whose link it is for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct LinkAllowance {
    pub party: Party,
    pub allowance: Allowance,
}

impl Allowance {
    /// At most so many; never more than the program's own bound.
    pub fn records_max(&self) -> u64 {
        self.records
            .map_or(limits::LINK_RECORDS_PER_HOUR_MAX, |most| most.min(limits::LINK_RECORDS_PER_HOUR_MAX))
    }

    pub fn bytes_max(&self) -> u64 {
        self.bytes.map_or(limits::LINK_BYTES_PER_HOUR_MAX, |most| most.min(limits::LINK_BYTES_PER_HOUR_MAX))
    }

    /// As a custodian reads it.
    pub fn words(&self) -> String {
        let most = |set: Option<u64>, most: u64, what: &str| match set {
            None => format!("as many {what} as any link"),
            Some(_) => format!("{most} {what}"),
        };
        format!(
            "below FLASH at most {} and {} an hour",
            most(self.records, self.records_max(), "records"),
            most(self.bytes, self.bytes_max(), "bytes")
        )
    }
}
