//! What is remembered of the entries that do not count: how many, and whether they show that history is
//! missing.
//!
//! Never here: the rule which records count (`domain/chain.rs`), or the entries.

use imbl::OrdMap;

use crate::domain::chain::{Chain, Claim, Opens, Void};
use crate::domain::digest::Digest;

/// Entries that do not count.
#[derive(Clone, Default, Debug)]
pub struct Voids {
    pub count: u64,
    /// Whether, since the last epoch was opened, something came that this node signed and that follows on
    /// an entry which is not here before it: then history is missing. What follows on an entry that was
    /// overtaken was overtaken with it. Who opened an epoch had read all that came before.
    unlinked: bool,
    /// Leaf hash and index of void entries that this node signed and that others may follow on.
    overtaken: OrdMap<Digest, u64>,
}

impl Voids {
    pub(super) fn note(&mut self, void: Void, claim: &Claim, leaf: Digest, chain: &Chain) {
        let size = chain.size;
        match void {
            // The rest of a batch whose front was lost may come after its epoch was closed: that is late.
            Void::DoesNotLink if claim.epoch < chain.epoch => return,
            Void::DoesNotLink if !self.overtaken.contains_key(&claim.previous) => {
                self.unlinked = true;
                return;
            }
            Void::DoesNotLink
            | Void::Overtaken
            | Void::EpochClosed
            | Void::NotTheWriter
            | Void::EpochNotNext
            | Void::Misplaced => {}
            Void::Unreadable | Void::NotSigned | Void::OtherIncarnation => return,
        }
        // Whatever follows on an older one is overtaken by its own index.
        if claim.index.saturating_add(1) >= size {
            self.overtaken.insert(leaf, claim.index);
        }
    }

    pub(super) fn unlinked(&self) -> bool {
        self.unlinked
    }

    /// A record counts, and the history now has this size.
    pub(super) fn linked(&mut self, opens: Opens, size: u64) {
        match opens {
            Opens::Epoch(_) => self.unlinked = false,
            Opens::Journal | Opens::Nothing | Opens::Misfit => {}
        }
        if !self.overtaken.is_empty() {
            let may_be_followed = |(_, index): &(&Digest, &u64)| index.saturating_add(1) >= size;
            self.overtaken =
                self.overtaken.iter().filter(may_be_followed).map(|(leaf, index)| (*leaf, *index)).collect();
        }
    }
}
