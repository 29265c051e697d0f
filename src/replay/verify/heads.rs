//! Whether the heads of one ledger that are in a bundle follow from one another. Each leaf's path to a head gives the
//! root of all leaves up to that one, which a smaller head, or another path, must have as well.
//!
//! Never here: which of two is right. Who signed both with keys that were not replaced contradicts itself; of whom a key
//! was replaced is blamed for nothing.

use std::collections::BTreeMap;

use super::Weight::{NotProven, Proven};
use super::keys::{Head, Keys};
use super::leaves::{payload, proof};
use super::thread::Checker;
use crate::codec::bundle::BundleDispatch;
use crate::codec::dispatch as codec;
use crate::domain::digest::Digest;
use crate::domain::ledger::leaf_hash;
use crate::domain::message::Dispatch;
use crate::domain::party::Party;
use crate::evidence::merkle;

/// For so many first leaves of a ledger the roots that its heads give, each with whether one of these is signed with a
/// key that was not replaced.
type Roots = BTreeMap<u64, BTreeMap<Digest, bool>>;

/// A leaf, and a head over it that verifies.
struct Leaf {
    keeper: Party,
    other: Party,
    head: Head,
    hash: Digest,
    index: u64,
    path: Vec<Digest>,
}

impl Leaf {
    /// Of the whole tree, and of its beginning up to this leaf.
    fn roots(&self) -> [(u64, Digest); 2] {
        let (size, root) = (self.head.signed.checkpoint().size, self.head.signed.checkpoint().root);
        let beginning = merkle::root_up_to(&self.hash, self.index, size, &self.path);
        [(size, root), (self.index.saturating_add(1), beginning)]
    }
}

impl Checker<'_> {
    /// In every copy of every dispatch.
    pub(super) fn heads(&mut self) {
        let mut ledgers: BTreeMap<(Party, Party, String), Roots> = BTreeMap::new();
        for one in &self.bundle.dispatches {
            let Ok(dispatch) = codec::decode_dispatch(payload(&one.dispatch)) else { continue };
            for leaf in self.keys.leaves(&dispatch, one) {
                let origin = leaf.head.signed.checkpoint().origin.clone();
                let ledger = ledgers.entry((leaf.keeper, leaf.other, origin)).or_default();
                for (size, root) in leaf.roots() {
                    let is_newest = ledger.entry(size).or_default().entry(root).or_default();
                    *is_newest |= leaf.head.is_newest;
                }
            }
        }
        for ((keeper, other, _), roots) in ledgers {
            self.at_odds(keeper, other, &roots);
        }
    }

    fn at_odds(&mut self, keeper: Party, other: Party, roots: &Roots) {
        let is_certain =
            |of: &BTreeMap<Digest, bool>| of.values().filter(|is_newest| **is_newest).count() > 1;
        let mut differ = roots.iter().filter(|(_, of)| of.len() > 1).peekable();
        let Some(first) = differ.peek().map(|(size, _)| **size) else { return };
        let about = format!("{keeper}'s ledger with {other}");
        match differ.find(|(_, of)| is_certain(of)) {
            Some((size, _)) => {
                let sentence = format!(
                    "{keeper} CONTRADICTED itself: heads that it signed are in here that differ in the first {size} of \
                     its leaves"
                );
                self.signed(&about, Proven, &[keeper], sentence);
            }
            None => {
                let sentence = format!(
                    "whether {keeper} CONTRADICTED itself: heads are in here that differ in the first {first} of its \
                     leaves; one of them is signed with a ledger key of {keeper}'s that was replaced since"
                );
                self.signed(&about, NotProven, &[keeper], sentence);
            }
        }
    }
}

impl Keys {
    fn leaves(&self, dispatch: &Dispatch, one: &BundleDispatch) -> impl Iterator<Item = Leaf> {
        let (from, to) = (dispatch.from, dispatch.to);
        let dispatched = one.covered.as_ref().and_then(|text| {
            let (head, index) = self.cover(dispatch, one, text).ok()?;
            let (hash, path) = (leaf_hash(&payload(&one.dispatch)), proof(text)?.path);
            Some(Leaf { keeper: from, other: to, head, hash, index, path })
        });
        let receipted = one.receipt.as_ref().and_then(|(proven, _)| {
            let (receipt, head) = self.receipt(dispatch, one, proven).ok()?;
            let (proven, index) = (codec::decode_proven(proven.clone()).ok()?, receipt.leaf_index);
            let hash = leaf_hash(&proven.receipt);
            Some(Leaf { keeper: to, other: from, head, hash, index, path: proven.inclusion_path })
        });
        dispatched.into_iter().chain(receipted)
    }
}
