//! A dispatch of the thread with what is on record about it, and the leaves of the ledgers that it stands in.
//!
//! Never here: how it is found (`gathered.rs`).

use std::collections::BTreeMap;

use bytes::Bytes;

use crate::codec::bundle::{Disputed, OtherLeaf};
use crate::domain::digest::Digest;
use crate::domain::message::Dispatch;
use crate::domain::party::Party;
use crate::domain::time::Instant;
use crate::evidence::merkle::Tree;
use crate::evidence::note::{Note, NoteKey};

/// Leaf hashes of a link's two ledgers.
pub(super) struct Ledgers {
    pub ours: Vec<Digest>,
    pub theirs: BTreeMap<u64, Digest>,
    /// The other end's, of its newest key list.
    pub ledger_key: Option<NoteKey>,
    pub witness_key: Option<NoteKey>,
}

/// A dispatch of the thread, and what is on record about it.
pub(super) struct Item {
    pub dispatch: Dispatch,
    /// As it came; `None` for our own, which are signed when they leave.
    pub signed: Option<Bytes>,
    /// Theirs, as it came, or ours, still to be proven.
    pub receipt: Option<ReceiptFound>,
    /// The head that covers the dispatch in its sender's ledger.
    pub covered: Option<Cover>,
    pub refused: Option<Bytes>,
    pub disputed: Vec<Disputed>,
    pub contradicted_by: Vec<Bytes>,
    pub other_leaves: Vec<OtherLeaf>,
}

pub(super) enum ReceiptFound {
    /// Their receipt as it came, with a head of their ledger that covers it and that we cosigned.
    Theirs { proven: Bytes, leaf_index: u64, at: Instant, covered: Option<Cover> },
    /// Our receipt, with the head of our ledger that covers it and that they cosigned.
    Ours { body: Bytes, leaf_index: u64, at: Instant, covered: Option<Cover> },
}

/// A head that the other end of its ledger vouched for, and when we put that on record.
#[derive(Clone)]
pub(super) struct Cover {
    pub note: Bytes,
    pub size: u64,
    pub at: Instant,
    /// Whether by a key of the other end's that it did not replace since: what it signed with another one proves little.
    pub in_force: bool,
}

impl Cover {
    /// The smallest head in force, or else the smallest: heads come in the order of their sizes.
    pub fn take_for(&self, covered: &mut Option<Cover>) {
        if covered.as_ref().is_none_or(|had| self.in_force && !had.in_force) {
            *covered = Some(self.clone());
        }
    }
}

/// Whether a note bears a line by this key. Heads on record were verified before.
pub(super) fn bears(note: &Bytes, key: Option<&NoteKey>) -> bool {
    let (Ok(note), Some(key)) = (Note::parse(note), key) else { return false };
    note.signatures().iter().any(|line| key.is_named_by(line))
}

impl Ledgers {
    pub fn new(ledger_key: Option<NoteKey>, witness_key: Option<NoteKey>) -> Ledgers {
        Ledgers { ours: Vec::new(), theirs: BTreeMap::new(), ledger_key, witness_key }
    }

    /// Ours, and theirs up to the first leaf that is not here.
    pub fn trees(&self) -> (Tree, Tree) {
        let unbroken = (0u64..).zip(&self.theirs).take_while(|(expected, (index, _))| expected == *index);
        (self.ours.iter().copied().collect(), unbroken.map(|(_, (_, leaf))| *leaf).collect())
    }
}

impl Item {
    pub fn new(dispatch: Dispatch, signed: Option<Bytes>) -> Item {
        Item {
            dispatch,
            signed,
            receipt: None,
            covered: None,
            refused: None,
            disputed: Vec::new(),
            contradicted_by: Vec::new(),
            other_leaves: Vec::new(),
        }
    }

    pub fn other_end(&self) -> Party {
        if self.signed.is_none() { self.dispatch.to } else { self.dispatch.from }
    }
}
