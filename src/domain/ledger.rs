//! The right edge of a ledger: all that a Board keeps of a Merkle tree in order to append to it, state
//! its root, and prove its newest leaf.
//!
//! Never here: older leaves and their proofs (`evidence/merkle.rs`), or signatures. The tree is that of
//! RFC 6962 section 2.1, with SHA-256.

use super::digest::Digest;

/// The hash of a leaf (RFC 6962 section 2.1: one zero byte comes first, so that no leaf can pass for a
/// node).
pub fn leaf_hash(leaf: &[u8]) -> Digest {
    Digest::of_all(&[&[0], leaf])
}

/// The hash of a node with two children (RFC 6962 section 2.1).
pub fn node_hash(left: &Digest, right: &Digest) -> Digest {
    Digest::of_all(&[&[1], &left.0, &right.0])
}

/// The root of the tree with no leaves (RFC 6962 section 2.1).
pub fn empty_root() -> Digest {
    Digest::of(&[])
}

/// A tree seen from its newest leaf. That leaf is the right child at every height, so the complete
/// subtrees to its left are its whole inclusion path, and with it give the root.
///
/// It holds at most 64 hashes, whatever the number of leaves.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Edge {
    size: u64,
    /// The roots of the complete subtrees over all leaves but the newest, largest first.
    left: Vec<Digest>,
    newest: Option<Digest>,
}

impl Edge {
    /// The edge of a tree with no leaves.
    pub fn new() -> Edge {
        Edge::default()
    }

    /// How many leaves the tree has. The next leaf gets this number as its index.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Appends a leaf, given by its `leaf_hash`.
    pub fn push(&mut self, leaf: Digest) {
        if let Some(mut subtree) = self.newest.replace(leaf) {
            // Each one bit at the end of the number of leaves before is a complete subtree of that
            // height, which the leaf that was newest until now completes to the next height.
            let mut leaves_before = self.size.saturating_sub(1);
            while leaves_before & 1 == 1
                && let Some(left) = self.left.pop()
            {
                subtree = node_hash(&left, &subtree);
                leaves_before >>= 1;
            }
            self.left.push(subtree);
        }
        // No machine appends 2^64 leaves one by one.
        self.size = self.size.saturating_add(1);
    }

    /// The inclusion path of a leaf that follows, in the tree of all leaves here and all of `later`, nearest
    /// sibling first. `None` if it is not among `later`.
    pub fn path_to(&self, later: &[Digest], leaf: u64) -> Option<Vec<Digest>> {
        let size = self.size.checked_add(u64::try_from(later.len()).ok()?)?;
        if leaf < self.size || leaf >= size {
            return None;
        }
        let known = Known { subtrees: self.complete_subtrees(), first_later: self.size, later };
        let mut path = Vec::new();
        let (mut low, mut high) = (0, size);
        while high.saturating_sub(low) > 1 {
            let middle = middle(low, high);
            if leaf < middle {
                path.push(known.root(middle, high)?);
                high = middle;
            } else {
                path.push(known.root(low, middle)?);
                low = middle;
            }
        }
        path.reverse();
        Some(path)
    }

    /// The roots of the complete subtrees over all leaves with their first leaf and the one after their
    /// last, from the left.
    fn complete_subtrees(&self) -> Vec<(u64, u64, Digest)> {
        let mut all = Edge::clone(self);
        // The next leaf joins what is complete before it; which leaf that is makes no difference.
        all.push(Digest::ZERO);
        let (mut low, mut subtrees) = (0u64, Vec::new());
        for root in all.left {
            let high = low.saturating_add(1 << self.size.saturating_sub(low).max(1).ilog2());
            subtrees.push((low, high, root));
            low = high;
        }
        subtrees
    }

    /// The root over all leaves.
    pub fn root(&self) -> Digest {
        match self.newest {
            Some(newest) => self.left.iter().rev().fold(newest, |right, left| node_hash(left, &right)),
            None => empty_root(),
        }
    }

    /// The inclusion path of the newest leaf in the tree of the present size, nearest sibling first
    /// (RFC 6962 section 2.1.1). Empty for one leaf, and for none.
    pub fn newest_leaf_path(&self) -> Vec<Digest> {
        self.left.iter().rev().copied().collect()
    }
}

/// All that is known of a tree whose first leaves are gone.
struct Known<'a> {
    subtrees: Vec<(u64, u64, Digest)>,
    first_later: u64,
    later: &'a [Digest],
}

impl Known<'_> {
    /// The root over the leaves from `low` up to `high`. `None` inside a subtree of which only the root is
    /// known; no path to a later leaf leads there.
    fn root(&self, low: u64, high: u64) -> Option<Digest> {
        if let Some((.., root)) = self.subtrees.iter().find(|(from, to, _)| (*from, *to) == (low, high)) {
            return Some(*root);
        }
        if high.saturating_sub(low) == 1 {
            let place = usize::try_from(low.checked_sub(self.first_later)?).ok()?;
            return self.later.get(place).copied();
        }
        let middle = middle(low, high);
        Some(node_hash(&self.root(low, middle)?, &self.root(middle, high)?))
    }
}

/// Where RFC 6962 splits the leaves from `low` up to `high`, two or more: behind as many as the largest power of two
/// below their number.
fn middle(low: u64, high: u64) -> u64 {
    let below = high.saturating_sub(low).saturating_sub(1);
    low.saturating_add(1 << below.max(1).ilog2())
}
