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

    /// The hash of the newest leaf; `None` while there is none.
    pub fn newest_leaf(&self) -> Option<&Digest> {
        self.newest.as_ref()
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
