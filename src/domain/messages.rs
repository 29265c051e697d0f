//! Which messages are on record, and where. A Board holds one such entry for every message there ever was,
//! so they lie packed, in sorted runs of some dozens at the ends of a tree.
//!
//! Never here: what a message is or says, or its thread (`thread.rs`).

use std::sync::Arc;

use super::digest::Digest;
use super::thread::{Acknowledged, Whereabouts};

/// A run holds no more; then it becomes four.
const RUN_MAX: usize = 64;
/// A run grows by so many places at once: doubling would leave half of it empty.
const RUN_GROWS: usize = 4;

/// By digest. A clone is cheap.
#[derive(Clone, Default, Debug)]
pub struct Messages(Arc<Node>);

/// Two bits of the digest lead from one node to the next. Digests are spread evenly, so nothing has to be
/// balanced; who looks for some that begin alike works twice as long for each bit, and makes the tree deeper
/// by half a node.
#[derive(Clone, Debug)]
enum Node {
    /// Sorted.
    Run(Vec<Packed>),
    Branch([Arc<Node>; 4]),
}

impl Default for Node {
    fn default() -> Node {
        Node::Run(Vec::new())
    }
}

/// Where a digest goes on from a branch at this depth; the root is at 0.
fn way(digest: &Digest, depth: usize) -> usize {
    // Below a branch at 127 digests are all the same.
    let byte = digest.0.get(depth / 4).copied().unwrap_or_default();
    let ends_in_it = match depth % 4 {
        0 => byte >> 6,
        1 => byte >> 4,
        2 => byte >> 2,
        _ => byte,
    };
    usize::from(ends_in_it & 3)
}

#[derive(Clone, Copy, PartialEq, Debug)]
struct Packed {
    digest: Digest,
    index: u64,
    /// The record that acknowledges it, or one of the two numbers that no record has.
    acknowledged: u64,
}

const NOT_OWED: u64 = u64::MAX;
const NOT_YET: u64 = u64::MAX - 1;

impl Packed {
    fn of(digest: Digest, there: Whereabouts) -> Packed {
        let acknowledged = match there.acknowledged {
            Acknowledged::NotOwed => NOT_OWED,
            Acknowledged::NotYet => NOT_YET,
            Acknowledged::InRecord(index) => index,
        };
        Packed { digest, index: there.index, acknowledged }
    }

    fn whereabouts(&self) -> Whereabouts {
        let acknowledged = match self.acknowledged {
            NOT_OWED => Acknowledged::NotOwed,
            NOT_YET => Acknowledged::NotYet,
            index => Acknowledged::InRecord(index),
        };
        Whereabouts { index: self.index, acknowledged }
    }
}

impl Node {
    /// Of entries that are sorted, and at this depth.
    fn of(mut sorted: Vec<Packed>, depth: usize) -> Node {
        if sorted.len() <= RUN_MAX {
            return Node::Run(sorted);
        }
        Node::Branch([0, 1, 2, 3].map(|this| {
            let end = sorted.partition_point(|one| way(&one.digest, depth) <= this);
            Arc::new(Node::of(sorted.drain(..end).collect(), depth.saturating_add(1)))
        }))
    }
}

impl Messages {
    #[expect(clippy::indexing_slicing, reason = "a way is two bits, and a branch has four")]
    pub fn get(&self, digest: &Digest) -> Option<Whereabouts> {
        let (mut node, mut depth) = (&self.0, 0_usize);
        loop {
            match &**node {
                Node::Branch(ways) => node = &ways[way(digest, depth)],
                Node::Run(run) => return run.get(place_of(run, digest).ok()?).map(Packed::whereabouts),
            }
            depth = depth.saturating_add(1);
        }
    }

    pub fn contains_key(&self, digest: &Digest) -> bool {
        self.get(digest).is_some()
    }

    /// In the order of their digests.
    pub fn iter(&self) -> impl Iterator<Item = (&Digest, Whereabouts)> {
        self.not_below(Digest::ZERO)
    }

    /// In the order of their digests, from the first that is not below this one.
    #[expect(clippy::indexing_slicing, reason = "a way is two bits, and a branch has four")]
    pub fn not_below(&self, first: Digest) -> impl Iterator<Item = (&Digest, Whereabouts)> {
        let (mut node, mut depth) = (&self.0, 0_usize);
        // The next is the last.
        let mut left: Vec<&Arc<Node>> = Vec::new();
        while let Node::Branch(ways) = &**node {
            let this = way(&first, depth);
            left.extend(ways.iter().skip(this.saturating_add(1)).rev());
            (node, depth) = (&ways[this], depth.saturating_add(1));
        }
        left.push(node);
        let next_run = move || loop {
            match &**left.pop()? {
                Node::Run(run) => return Some(run),
                Node::Branch(ways) => left.extend(ways.iter().rev()),
            }
        };
        let from_its_run = std::iter::from_fn(next_run).flatten();
        from_its_run.skip_while(move |one| one.digest < first).map(|one| (&one.digest, one.whereabouts()))
    }

    /// In the place of what was known of it, if anything.
    #[expect(clippy::indexing_slicing, reason = "a way is two bits, and a branch has four")]
    pub(super) fn insert(&mut self, digest: Digest, there: Whereabouts) {
        let (mut node, mut depth) = (Arc::make_mut(&mut self.0), 0_usize);
        while let Node::Branch(ways) = node {
            (node, depth) = (Arc::make_mut(&mut ways[way(&digest, depth)]), depth.saturating_add(1));
        }
        let Node::Run(run) = node else { return };
        let packed = Packed::of(digest, there);
        match place_of(run, &digest) {
            Ok(at) => {
                if let Some(known) = run.get_mut(at) {
                    *known = packed;
                }
            }
            Err(at) => {
                if run.len() == run.capacity() {
                    run.reserve_exact(RUN_GROWS);
                }
                run.insert(at, packed);
                if run.len() > RUN_MAX {
                    *node = Node::of(std::mem::take(run), depth);
                }
            }
        }
    }
}

fn place_of(run: &[Packed], digest: &Digest) -> Result<usize, usize> {
    run.binary_search_by(|one| one.digest.cmp(digest))
}

/// The same messages, however they came into their runs.
impl PartialEq for Messages {
    fn eq(&self, other: &Messages) -> bool {
        self.iter().eq(other.iter())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn there(index: u64) -> Whereabouts {
        let acknowledged = match index % 3 {
            0 => Acknowledged::NotOwed,
            1 => Acknowledged::NotYet,
            _ => Acknowledged::InRecord(index + 1),
        };
        Whereabouts { index, acknowledged }
    }

    #[test]
    fn every_message_is_found_again_in_order_whatever_order_they_came_in() {
        let digests: Vec<Digest> = (0..2_000u64).map(|number| Digest::of(&number.to_be_bytes())).collect();
        let mut sorted = BTreeMap::from([(Digest::ZERO, there(7)), (Digest([0xff; 32]), there(8))]);
        sorted.extend(digests.iter().zip(0..).map(|(digest, index)| (*digest, there(index))));
        let (mut up, mut down) = (Messages::default(), Messages::default());
        for (digest, there) in &sorted {
            up.insert(*digest, *there);
        }
        for (digest, there) in sorted.iter().rev() {
            down.insert(*digest, *there);
        }
        let mut mixed = Messages::default();
        for (place, digest) in digests.iter().enumerate() {
            mixed.insert(*digest, there(0));
            assert_eq!(mixed.iter().count(), place + 1);
        }
        for (digest, there) in &sorted {
            mixed.insert(*digest, *there);
            assert_eq!(mixed.get(digest), Some(*there));
        }
        assert!(up.iter().eq(sorted.iter().map(|(digest, there)| (digest, *there))));
        for first in
            digests.iter().step_by(50).chain([&Digest::ZERO, &Digest([0x80; 32]), &Digest([0xff; 32])])
        {
            let expected = sorted.range(first..).map(|(digest, there)| (digest, *there));
            assert!(mixed.not_below(*first).eq(expected));
        }
        assert_eq!(Messages::default().not_below(Digest::ZERO).count(), 0);
        assert_eq!((&up, &up), (&down, &mixed));
        let mut nodes = vec![&up.0];
        while let Some(node) = nodes.pop() {
            match &**node {
                Node::Run(run) => assert!(run.len() <= RUN_MAX && run.capacity() <= RUN_MAX + RUN_GROWS),
                Node::Branch(ways) => nodes.extend(ways),
            }
        }
        assert!(!up.contains_key(&Digest::of(b"none of them")));
        assert!(!Messages::default().contains_key(&Digest::ZERO));
    }

    #[test]
    fn messages_whose_digests_differ_in_their_last_bits_alone_are_kept_apart() {
        let digest = |number: u8| {
            let mut bytes = [0x5a; 32];
            bytes[31] = number;
            Digest(bytes)
        };
        let mut messages = Messages::default();
        for number in (0..=u8::MAX).rev() {
            messages.insert(digest(number), there(number.into()));
        }
        let all = || (0..=u8::MAX).map(|number| (digest(number), there(number.into())));
        assert!(messages.iter().map(|(digest, there)| (*digest, there)).eq(all()));
        assert!(all().all(|(digest, there)| messages.get(&digest) == Some(there)));
        let above = messages.not_below(digest(200)).map(|(digest, _)| *digest);
        assert!(above.eq((200..=u8::MAX).map(digest)));
        assert_eq!(messages.not_below(Digest([0x5b; 32])).count(), 0);
    }

    #[test]
    fn a_clone_keeps_what_it_was() {
        let mut messages = Messages::default();
        messages.insert(Digest::of(b"one"), there(1));
        let before = messages.clone();
        messages.insert(Digest::of(b"one"), there(2));
        messages.insert(Digest::of(b"two"), there(3));
        assert_eq!(before.get(&Digest::of(b"one")), Some(there(1)));
        assert_eq!(before.get(&Digest::of(b"two")), None);
        assert_ne!(before, messages);
    }
}
