//! The rule which records count. One pure function, [`Chain::judge`]: it sees what a record names and
//! whether its signature is the node's, and says whether it counts or why it is void.
//!
//! Never here: what a record means (`board.rs`), where it is kept, how it is signed. A void record
//! changes nothing, not even the epoch.

use super::digest::{Digest, WriterId};
use super::party::Incarnation;

/// How far a journal's counting history goes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Chain {
    /// How many records count.
    pub size: u64,
    /// The leaf hash of the newest record that counts; zero before the first.
    pub head: Digest,
    pub incarnation: Incarnation,
    /// The open epoch; number 0 belongs to the first record alone.
    pub epoch: u64,
    /// Who may write in the open epoch. `None` before the first epoch is opened.
    pub writer: Option<WriterId>,
}

/// What the rule looks at in one entry of the journal.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Claim {
    pub index: u64,
    pub previous: Digest,
    pub incarnation: Incarnation,
    pub epoch: u64,
    pub writer: WriterId,
    pub opens: Opens,
    pub signature: Signature,
}

/// What else the record opens than itself.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Opens {
    Nothing,
    /// The journal: the first event is "journal opened".
    Journal,
    /// An epoch: the only event is "epoch opened", with this number.
    Epoch(u64),
    /// What no writer writes: an epoch beside other events, a journal that is opened twice or not by the
    /// first event, or no event at all.
    Misfit,
}

/// Whether the node's record key signed it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Signature {
    Ours,
    /// Signed by another key, or not at all.
    NotOurs,
}

/// Why a record does not count.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, thiserror::Error)]
pub enum Void {
    #[error("it cannot be decoded as a record")]
    Unreadable,
    #[error("it is not signed by this node's record key")]
    NotSigned,
    #[error("it belongs to another incarnation of the journal")]
    OtherIncarnation,
    #[error("it names a predecessor that is no longer the head: another record came first")]
    Overtaken,
    #[error("it names a predecessor that never counted here")]
    DoesNotLink,
    #[error("its epoch is not the open one")]
    EpochClosed,
    #[error("its writer did not open this epoch")]
    NotTheWriter,
    #[error("it opens an epoch whose number is not the next")]
    EpochNotNext,
    #[error("only the first record opens a journal, an epoch is opened alone, and no record is empty")]
    Misplaced,
}

impl Chain {
    /// A journal in which nothing counts yet.
    pub fn empty(incarnation: Incarnation) -> Chain {
        Chain { size: 0, head: Digest::ZERO, incarnation, epoch: 0, writer: None }
    }

    /// Whether a record that makes this claim counts as the next one.
    ///
    /// The order of the questions decides only which reason a void record gets, never whether it is
    /// void: every one of them must be answered well.
    pub fn judge(&self, claim: &Claim) -> Result<(), Void> {
        match claim.signature {
            Signature::Ours => {}
            Signature::NotOurs => return Err(Void::NotSigned),
        }
        if claim.incarnation != self.incarnation {
            return Err(Void::OtherIncarnation);
        }
        if claim.index != self.size || claim.previous != self.head {
            return Err(if claim.index < self.size { Void::Overtaken } else { Void::DoesNotLink });
        }
        match claim.opens {
            Opens::Journal if self.size == 0 && claim.epoch == 0 => Ok(()),
            Opens::Journal | Opens::Misfit => Err(Void::Misplaced),
            Opens::Epoch(_) | Opens::Nothing if self.size == 0 => Err(Void::Misplaced),
            Opens::Epoch(number) if claim.epoch == number && self.epoch.checked_add(1) == Some(number) => {
                Ok(())
            }
            Opens::Epoch(_) => Err(Void::EpochNotNext),
            Opens::Nothing if claim.epoch != self.epoch => Err(Void::EpochClosed),
            Opens::Nothing if self.writer != Some(claim.writer) => Err(Void::NotTheWriter),
            Opens::Nothing => Ok(()),
        }
    }

    /// Takes a record that counts. `leaf` is the leaf hash of its exact bytes.
    pub fn take(&mut self, claim: &Claim, leaf: Digest) {
        self.size = self.size.saturating_add(1);
        self.head = leaf;
        match claim.opens {
            Opens::Epoch(number) => {
                self.epoch = number;
                self.writer = Some(claim.writer);
            }
            Opens::Journal | Opens::Nothing | Opens::Misfit => {}
        }
    }
}
