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

/// Leaf hashes of a link's two ledgers.
#[derive(Default)]
pub(super) struct Ledgers {
    pub ours: Vec<Digest>,
    pub theirs: BTreeMap<u64, Digest>,
}

/// A dispatch of the thread, and what is on record about it.
pub(super) struct Item {
    pub dispatch: Dispatch,
    /// As it came; `None` for our own, which are signed when they leave.
    pub signed: Option<Bytes>,
    /// Theirs, as it came, or ours, still to be proven.
    pub receipt: Option<ReceiptFound>,
    /// The smallest head that covers the dispatch in its sender's ledger.
    pub covered: Option<Cover>,
    pub refused: Option<Bytes>,
    pub disputed: Vec<Disputed>,
    pub contradicted_by: Vec<Bytes>,
    pub other_leaves: Vec<OtherLeaf>,
}

pub(super) enum ReceiptFound {
    Theirs {
        proven: Bytes,
        at: Instant,
    },
    /// Our receipt, with the smallest head of our ledger that covers it and that they cosigned.
    Ours {
        body: Bytes,
        leaf_index: u64,
        at: Instant,
        covered: Option<Cover>,
    },
}

/// A head that the other end of its ledger vouched for, and when we put that on record.
#[derive(Clone)]
pub(super) struct Cover {
    pub note: Bytes,
    pub size: u64,
    pub at: Instant,
}

impl Ledgers {
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
