//! The Merkle tree of RFC 6962 section 2.1 over leaf hashes: roots and inclusion paths at any size, and the
//! verification of paths made elsewhere (RFC 9162 section 2.1.3.2).
//!
//! Never here: what a leaf holds, or where leaves are kept. A tree holds about 64 bytes a leaf; who
//! only appends keeps an `Edge` instead (`domain/ledger.rs`).

use crate::domain::digest::Digest;
use crate::domain::ledger::{empty_root, node_hash};
use crate::limits;

/// Why a proof can't be made or does not hold.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProofFault {
    #[error("leaf {leaf} is not among the {size} leaves of the tree")]
    LeafBeyondTree { leaf: u64, size: u64 },
    #[error("the tree has {has} leaves, not the {asked} asked for")]
    SizeBeyondTree { asked: u64, has: u64 },
    #[error("the path has more than {} hashes", limits::PROOF_HASHES_MAX)]
    PathTooLong,
    #[error("the path has {has} hashes, which are not as many as these sizes need")]
    PathLength { has: usize },
    #[error("the path does not lead from the leaf to the root")]
    OtherRoot,
}

/// A tree with all that proofs need: the hash of each complete subtree, by height.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Tree {
    /// `levels[h][i]` is the root over the leaves from `i << h` up to `(i + 1) << h`.
    levels: Vec<Vec<Digest>>,
}

impl Tree {
    /// A tree with no leaves.
    pub fn new() -> Tree {
        Tree::default()
    }

    /// How many leaves it has.
    pub fn size(&self) -> u64 {
        self.levels.first().map_or(0, |leaves| leaves.len() as u64)
    }

    /// Appends a leaf, given by its `leaf_hash`.
    pub fn push(&mut self, leaf: Digest) {
        let mut hash = leaf;
        for height in 0.. {
            if self.levels.len() <= height {
                self.levels.push(Vec::new());
            }
            let Some(level) = self.levels.get_mut(height) else { return };
            level.push(hash);
            // An even number means that a pair has just been completed.
            match level.as_slice() {
                [.., left, right] if level.len() % 2 == 0 => hash = node_hash(left, right),
                _ => return,
            }
        }
    }

    /// The hash of a leaf; `None` if there is no such leaf.
    pub fn leaf(&self, leaf: u64) -> Option<&Digest> {
        self.levels.first()?.get(usize::try_from(leaf).ok()?)
    }

    /// The root over all leaves.
    pub fn root(&self) -> Digest {
        self.range_root(0, self.size())
    }

    /// The root when the tree had `size` leaves.
    pub fn root_at(&self, size: u64) -> Result<Digest, ProofFault> {
        self.check_size(size)?;
        Ok(self.range_root(0, size))
    }

    /// The inclusion path of a leaf in the tree of `size` leaves, nearest sibling first (RFC 6962
    /// section 2.1.1).
    pub fn inclusion_path(&self, leaf: u64, size: u64) -> Result<Vec<Digest>, ProofFault> {
        self.check_size(size)?;
        if leaf >= size {
            return Err(ProofFault::LeafBeyondTree { leaf, size });
        }
        let mut path = Vec::new();
        let (mut low, mut high) = (0, size);
        while high.saturating_sub(low) > 1 {
            let middle = middle(low, high);
            if leaf < middle {
                path.push(self.range_root(middle, high));
                high = middle;
            } else {
                path.push(self.range_root(low, middle));
                low = middle;
            }
        }
        path.reverse();
        Ok(path)
    }

    fn check_size(&self, asked: u64) -> Result<(), ProofFault> {
        let has = self.size();
        if asked > has { Err(ProofFault::SizeBeyondTree { asked, has }) } else { Ok(()) }
    }

    /// The root over the leaves from `low` up to `high`, where `low` is where such a range can start in
    /// a tree: the complete subtrees in it, joined from the right.
    fn range_root(&self, low: u64, high: u64) -> Digest {
        let mut subtrees = Vec::new();
        let mut start = low;
        while let Some(height) = high.saturating_sub(start).checked_ilog2() {
            match self.subtree(start, height) {
                Some(hash) => subtrees.push(*hash),
                // Not reached for a range inside the tree; the root would be wrong, never a panic.
                None => break,
            }
            start = start.saturating_add(1 << height);
        }
        let mut from_the_right = subtrees.into_iter().rev();
        match from_the_right.next() {
            Some(last) => from_the_right.fold(last, |right, left| node_hash(&left, &right)),
            None => empty_root(),
        }
    }

    fn subtree(&self, start: u64, height: u32) -> Option<&Digest> {
        let level = self.levels.get(usize::try_from(height).ok()?)?;
        level.get(usize::try_from(start >> height).ok()?)
    }
}

impl FromIterator<Digest> for Tree {
    fn from_iter<I: IntoIterator<Item = Digest>>(leaves: I) -> Tree {
        let mut tree = Tree::new();
        leaves.into_iter().for_each(|leaf| tree.push(leaf));
        tree
    }
}

/// Where RFC 6962 splits the leaves from `low` up to `high`, two or more: behind as many as the largest power of two
/// below their number.
fn middle(low: u64, high: u64) -> u64 {
    let below = high.saturating_sub(low).saturating_sub(1);
    low.saturating_add(1 << below.max(1).ilog2())
}

/// Whether the leaf with this hash stands at index `leaf` of the tree with `size` leaves and this root
/// (RFC 9162 section 2.1.3.2).
pub fn verify_inclusion(
    leaf_hash: &Digest,
    leaf: u64,
    size: u64,
    path: &[Digest],
    root: &Digest,
) -> Result<(), ProofFault> {
    if leaf >= size {
        return Err(ProofFault::LeafBeyondTree { leaf, size });
    }
    if path.len() > limits::PROOF_HASHES_MAX {
        return Err(ProofFault::PathTooLong);
    }
    let wrong_length = ProofFault::PathLength { has: path.len() };
    let (mut node, mut last) = (leaf, size.saturating_sub(1));
    let mut hash = *leaf_hash;
    for sibling in path {
        if last == 0 {
            return Err(wrong_length);
        }
        if is_right_child(node, last) {
            hash = node_hash(sibling, &hash);
            (node, last) = skip_levels_without_sibling(node, last);
        } else {
            hash = node_hash(&hash, sibling);
        }
        (node, last) = (node >> 1, last >> 1);
    }
    if last != 0 {
        return Err(wrong_length);
    }
    if hash == *root { Ok(()) } else { Err(ProofFault::OtherRoot) }
}

/// Whether the sibling is to the left: an odd position, or the last of its level.
fn is_right_child(node: u64, last: u64) -> bool {
    node & 1 == 1 || node == last
}

/// A last node at an even position has no sibling, and moves up as it is until it has one.
fn skip_levels_without_sibling(mut node: u64, mut last: u64) -> (u64, u64) {
    while node & 1 == 0 && node != 0 {
        (node, last) = (node >> 1, last >> 1);
    }
    (node, last)
}
