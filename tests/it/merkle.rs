//! Trees, edges and their proofs against known answers, and against the definition spelt out naively.

use detente::domain::digest::Digest;
use detente::domain::ledger::{Edge, empty_root, leaf_hash, node_hash};
use detente::evidence::merkle::{ProofFault, Tree, verify_inclusion};
use proptest::prelude::*;

/// The leaves of the test vectors that implementations of Certificate Transparency share.
const LEAVES: [&str; 8] =
    ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"];

/// The roots over the first 1, 2, … 8 of them.
const ROOTS: [&str; 8] = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
];

const A: &str = "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7";
const B: &str = "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e";
const C: &str = "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4";
const D: &str = "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b";
const E: &str = "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0";

fn digest(hex: &str) -> Digest {
    Digest::from_hex(hex).unwrap()
}

fn digests(hex: &[&str]) -> Vec<Digest> {
    hex.iter().map(|hex| digest(hex)).collect()
}

fn known_tree() -> Tree {
    LEAVES.iter().map(|leaf| leaf_hash(&hex::decode(leaf).unwrap())).collect()
}

fn tree_of(size: u64) -> Tree {
    (0..size).map(|leaf| leaf_hash(&leaf.to_be_bytes())).collect()
}

/// RFC 6962 section 2.1, word for word.
fn naive_root(leaves: &[Digest]) -> Digest {
    match leaves {
        [] => empty_root(),
        [leaf] => *leaf,
        _ => {
            let (left, right) = leaves.split_at(naive_split(leaves.len()));
            node_hash(&naive_root(left), &naive_root(right))
        }
    }
}

/// RFC 6962 section 2.1.1.
fn naive_path(leaf: usize, leaves: &[Digest]) -> Vec<Digest> {
    if leaves.len() == 1 {
        return Vec::new();
    }
    let k = naive_split(leaves.len());
    let (left, right) = leaves.split_at(k);
    let (mut path, sibling) = if leaf < k {
        (naive_path(leaf, left), naive_root(right))
    } else {
        (naive_path(leaf - k, right), naive_root(left))
    };
    path.push(sibling);
    path
}

fn naive_split(size: usize) -> usize {
    let mut k = 1;
    while k * 2 < size {
        k *= 2;
    }
    k
}

#[test]
fn the_empty_tree_and_all_known_roots_are_met() {
    let tree = known_tree();
    let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    assert_eq!(tree.root_at(0), Ok(digest(empty)));
    assert_eq!(Edge::new().root(), digest(empty));
    for (size, root) in (1..).zip(ROOTS) {
        assert_eq!(tree.root_at(size), Ok(digest(root)), "at size {size}");
    }
}

#[test]
fn the_known_inclusion_paths_are_met() {
    let tree = known_tree();
    assert_eq!(tree.inclusion_path(0, 1), Ok(vec![]));
    assert_eq!(tree.inclusion_path(0, 8), Ok(digests(&[A, B, C])));
    assert_eq!(tree.inclusion_path(5, 8), Ok(digests(&[D, E, ROOTS[3]])));
    assert_eq!(tree.inclusion_path(2, 3), Ok(digests(&[ROOTS[1]])));
    assert_eq!(tree.inclusion_path(1, 5), Ok(digests(&[ROOTS[0], B, D])));
}

#[test]
fn the_edge_agrees_with_the_tree_at_every_size() {
    let (mut edge, mut tree) = (Edge::new(), Tree::new());
    assert_eq!(edge.root(), tree.root());
    for size in 1..=1_030u64 {
        let leaf = leaf_hash(&size.to_be_bytes());
        edge.push(leaf);
        tree.push(leaf);
        assert_eq!(edge.size(), size);
        assert_eq!(edge.root(), tree.root(), "root at size {size}");
        let path = edge.newest_leaf_path();
        assert_eq!(tree.inclusion_path(size - 1, size).as_ref(), Ok(&path), "path at size {size}");
        assert_eq!(verify_inclusion(&leaf, size - 1, size, &path, &edge.root()), Ok(()));
    }
}

#[test]
fn an_edge_proves_each_leaf_that_follows_it() {
    let leaves: Vec<Digest> = (0..40u64).map(|leaf| leaf_hash(&leaf.to_be_bytes())).collect();
    let tree: Tree = leaves.iter().copied().collect();
    for size in 0..=leaves.len() {
        let mut edge = Edge::new();
        leaves[..size].iter().for_each(|leaf| edge.push(*leaf));
        for all in size..=leaves.len() {
            for leaf in 0..=all as u64 {
                let path = edge.path_to(&leaves[size..all], leaf);
                let follows = (size..all).contains(&(leaf as usize));
                let right = tree.inclusion_path(leaf, all as u64).ok().filter(|_| follows);
                assert_eq!(path, right, "leaf {leaf} of {all}, {size} of them gone");
            }
        }
    }
}

#[test]
fn every_proof_in_a_small_tree_verifies_and_each_lie_about_it_is_refused() {
    let tree = tree_of(33);
    for size in 1..=33 {
        let root = tree.root_at(size).unwrap();
        for leaf in 0..size {
            let hash = *tree.leaf(leaf).unwrap();
            let path = tree.inclusion_path(leaf, size).unwrap();
            assert_eq!(verify_inclusion(&hash, leaf, size, &path, &root), Ok(()));
            for other in (0..40).filter(|other| *other != leaf) {
                assert!(verify_inclusion(&hash, other, size, &path, &root).is_err());
            }
            each_changed_path(&path, |path| {
                assert!(verify_inclusion(&hash, leaf, size, path, &root).is_err())
            });
        }
    }
}

fn each_changed_path(path: &[Digest], refused: impl Fn(&[Digest])) {
    for place in 0..path.len() {
        let mut changed = path.to_vec();
        changed[place].0[31] ^= 1;
        refused(&changed);
        let mut shorter = path.to_vec();
        shorter.remove(place);
        refused(&shorter);
    }
    refused(&[path, &[Digest::ZERO]].concat());
}

#[test]
fn faults_of_a_proof_are_told_apart() {
    let tree = known_tree();
    let (root, leaf) = (tree.root(), *tree.leaf(0).unwrap());
    let path = tree.inclusion_path(0, 8).unwrap();
    assert_eq!(
        verify_inclusion(&leaf, 8, 8, &path, &root),
        Err(ProofFault::LeafBeyondTree { leaf: 8, size: 8 })
    );
    assert_eq!(
        verify_inclusion(&leaf, 0, 0, &[], &empty_root()),
        Err(ProofFault::LeafBeyondTree { leaf: 0, size: 0 })
    );
    assert_eq!(verify_inclusion(&leaf, 0, 8, &path[..2], &root), Err(ProofFault::PathLength { has: 2 }));
    assert_eq!(verify_inclusion(&leaf, 0, 8, &[leaf; 64], &root), Err(ProofFault::PathTooLong));
    assert_eq!(verify_inclusion(&leaf, 0, 8, &path, &leaf), Err(ProofFault::OtherRoot));
    assert_eq!(tree.root_at(9), Err(ProofFault::SizeBeyondTree { asked: 9, has: 8 }));
    assert_eq!(tree.inclusion_path(8, 8), Err(ProofFault::LeafBeyondTree { leaf: 8, size: 8 }));
}

#[test]
fn a_leaf_that_looks_like_a_node_gives_another_root() {
    let (left, right) = (leaf_hash(b"left"), leaf_hash(b"right"));
    let two: Tree = [left, right].into_iter().collect();
    let one: Tree = [leaf_hash(&[left.0, right.0].concat())].into_iter().collect();
    assert_ne!(two.root(), one.root());
}

proptest! {
    #[test]
    fn roots_and_paths_are_those_of_the_definition(size in 1usize..300, a in any::<prop::sample::Index>(), b in any::<prop::sample::Index>()) {
        let leaves: Vec<Digest> = (0..size).map(|leaf| leaf_hash(&leaf.to_be_bytes())).collect();
        let tree: Tree = leaves.iter().copied().collect();
        let at = a.index(size) + 1;
        let leaf = b.index(at);
        prop_assert_eq!(tree.root_at(at as u64), Ok(naive_root(&leaves[..at])));
        prop_assert_eq!(tree.inclusion_path(leaf as u64, at as u64), Ok(naive_path(leaf, &leaves[..at])));
    }

    #[test]
    fn no_numbers_and_no_path_make_verification_panic(
        (a, b) in (any::<u64>(), any::<u64>()),
        path in prop::collection::vec(any::<[u8; 32]>().prop_map(Digest), 0..70),
    ) {
        let root = leaf_hash(b"");
        prop_assert!(verify_inclusion(&root, a, b, &path, &Digest::ZERO).is_err());
    }
}
