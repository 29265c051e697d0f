//! What an audit finds: faults by record, void entries, and the report of the whole.
//!
//! Never here: what a Party wrote, in any sentence.

use std::collections::{BTreeSet, VecDeque};

use bytes::Bytes;

use crate::codec::record;
use crate::domain::chain::Void;
use crate::domain::digest::Digest;
use crate::domain::party::{Incarnation, Party};
use crate::domain::watch::OfferedOnRecord;
use crate::limits;

/// What an audit under way has found so far.
#[derive(Default)]
pub(super) struct Found {
    pub checked: u64,
    pub faults: BTreeSet<Fault>,
    pub fault_count: u64,
    pub first_failing: Option<u64>,
    pub voids: VecDeque<VoidEntry>,
    pub by_older_rules: u64,
    pub hand_overs: VecDeque<(u64, OfferedOnRecord)>,
    /// What stands where the next record that counts should be.
    pub suspect: Option<Suspect>,
    /// What was read ends before the end that it should have.
    pub ends_early: bool,
}

/// An entry that is void and may be a record that was changed.
#[derive(Clone, Copy)]
pub(super) enum Suspect {
    /// It is not readable or not signed, where the record with this index should stand.
    Spoilt { index: u64, position: u64 },
    /// It is signed and claims this index, and names another predecessor than stands here.
    NamesAnother { index: u64 },
}

impl Suspect {
    /// Where something stands that may be the next record, spoilt.
    pub fn position(self) -> Option<u64> {
        match self {
            Suspect::Spoilt { position, .. } => Some(position),
            Suspect::NamesAnother { .. } => None,
        }
    }
}

/// Something in counting history that does not hold.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Fault {
    /// The record.
    pub index: u64,
    /// Never what a Party wrote.
    pub sentence: String,
}

/// An entry that does not count.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct VoidEntry {
    pub position: u64,
    /// The index that it claims; `None` if it is no record by its form.
    pub claims: Option<u64>,
    pub reason: Void,
}

/// What an audit came to.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Report {
    /// Whose journal it is; `None` if it has no beginning that holds.
    pub own: Option<(Party, Incarnation)>,
    /// Of the first key list: for comparing, unless it was given.
    pub fingerprint: Option<Digest>,
    /// How many records count, and how many entries are void.
    pub size: u64,
    pub void: u64,
    pub epoch: u64,
    /// Leaf hash of the newest record that counts.
    pub head: Digest,
    /// RFC 6962 root over all that count.
    pub root: Digest,
    /// The Board's digest, by this fold version.
    pub board: Digest,
    pub fold_version: u32,
    /// Records whose time lies before that of the record before: marked, no fault.
    pub times_run_backwards: u64,
    /// Records on duties, checks, alarms, the watch or FLASH that an older fold decided and this one would have decided
    /// otherwise: told, no fault. Their signatures and their place are checked as those of any.
    pub by_older_rules: u64,
    /// The newest [`limits::AUDIT_HAND_OVERS_SHOWN_MAX`] hand-overs of the watch, by record: what both officers signed for.
    pub hand_overs: Vec<(u64, OfferedOnRecord)>,
    /// Signatures and proofs checked, those of the records among them.
    pub checked: u64,
    /// The first index at which history fails; `None` if all holds.
    pub first_failing: Option<u64>,
    /// From which index on records are missing, where all that are here hold: then none of them fails.
    pub missing_from: Option<u64>,
    /// The first [`limits::AUDIT_FAULTS_SHOWN_MAX`] faults, by index.
    pub faults: Vec<Fault>,
    pub fault_count: u64,
    /// The newest [`limits::AUDIT_VOIDS_SHOWN_MAX`] void entries.
    pub voids: Vec<VoidEntry>,
    /// Whether a signed checkpoint of the whole was given and held.
    pub covered: Covered,
    /// Behind all that counts: a position that holds nothing this node signed as it is, where the next record
    /// would stand. A stranger's entry, or that record changed; a checkpoint of the whole rules it out.
    pub doubtful: Option<u64>,
}

/// What vouches that nothing is missing at the end.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Covered {
    /// A checkpoint signed by the node's own ledger key over all that counts, so many records, as a running
    /// node gives it.
    ByCheckpoint { size: u64 },
    /// Copied with no node: the signed checkpoint that was kept beside the journal covers the first `size`
    /// records. Those behind it stand on the chain and their own signatures; how many were signed, nobody says.
    ByKept { size: u64 },
    /// Copied with no node, and no checkpoint was kept beside the journal.
    ByNothingKept,
    /// Copied with no node, and the checkpoint that was kept does not fit what is here, or can't be judged.
    ByKeptNot,
    /// Nothing: the end of what was read is believed.
    ByNothing,
}

impl Report {
    /// Whether everything holds. Void entries are none of history's faults.
    pub fn holds(&self) -> bool {
        self.first_failing.is_none() && self.fault_count == 0
    }
}

impl Found {
    pub fn fault(&mut self, index: u64, sentence: String) {
        self.fault_count = self.fault_count.saturating_add(1);
        self.first_failing = Some(self.first_failing.map_or(index, |first| first.min(index)));
        self.faults.insert(Fault { index, sentence });
        if self.faults.len() > limits::AUDIT_FAULTS_SHOWN_MAX {
            self.faults.pop_last();
        }
    }

    pub fn hand_over(&mut self, index: u64, offered: &OfferedOnRecord) {
        if self.hand_overs.len() >= limits::AUDIT_HAND_OVERS_SHOWN_MAX {
            self.hand_overs.pop_front();
        }
        self.hand_overs.push_back((index, offered.clone()));
    }

    /// `size` is how many records counted before.
    pub fn void(&mut self, position: u64, entry: &Bytes, reason: Void, size: u64) {
        let opened = record::open(entry, record::Check::CoveredByCheckpoint).ok();
        let claims = opened.map(|opened| opened.claim.index);
        match reason {
            Void::Unreadable | Void::NotSigned => {
                let spoilt = Suspect::Spoilt { index: size, position };
                self.suspect.get_or_insert(spoilt);
            }
            Void::DoesNotLink if claims == Some(size) && size > 0 => {
                self.suspect.get_or_insert(Suspect::NamesAnother { index: size });
            }
            Void::DoesNotLink
            | Void::OtherIncarnation
            | Void::Overtaken
            | Void::EpochClosed
            | Void::NotTheWriter
            | Void::EpochNotNext
            | Void::Misplaced => {}
        }
        if self.voids.len() >= limits::AUDIT_VOIDS_SHOWN_MAX {
            self.voids.pop_front();
        }
        self.voids.push_back(VoidEntry { position, claims, reason });
    }
}
