//! One link as this Party sees it: four lanes each way, and the two ledgers that both ends keep.
//!
//! Never here: a connection. Whether the other end can be reached is for `peers/` to find out.

use imbl::OrdMap;

use super::allowance::Allowance;
use super::digest::Digest;
use super::event::{Head, Leaf};
use super::ledger::Edge;
use super::message::{Dispatch, Receipt};
use super::part::LinkParts;
use super::party::Incarnation;
use super::precedence::Precedence;
use super::runs::Runs;
use crate::limits;

/// One link. The other Party is the key under which the Board has it.
#[derive(Clone, PartialEq, Debug)]
pub struct Link {
    /// The other end's incarnation, as its newest key list states it.
    pub incarnation: Incarnation,
    lanes: [Lane; 4],
    pub ours: Ours,
    pub theirs: Theirs,
    pub budget: Budget,
    /// What two custodians leave it of the hour.
    pub allowance: Allowance,
    /// The newest contradictions that are on record, oldest first. No more than
    /// [`limits::CONTRADICTIONS_KEPT_PER_LINK`].
    pub contradictions: Vec<Digest>,
    /// The parts that messages of this link name.
    pub parts: LinkParts,
}

/// One precedence on one link, both directions.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Lane {
    /// The last serial given to a dispatch of ours; 0 before the first.
    pub sent: u64,
    /// The last serial taken from the other end.
    pub taken: u64,
    /// Dispatches without a receipt: serial to the index of the record that fixed them.
    pub owed: OrdMap<u64, u64>,
    /// Dispatches with a receipt: serial to the index of the record that holds it.
    pub receipted: Runs<u64, u64>,
    /// Dispatches of ours that a head covers which the other end cosigned before its receipt of them, as far as it
    /// is here: serial to the time of that cosignature, in seconds since 1970.
    pub covered: OrdMap<u64, i64>,
    /// Dispatches of theirs that a head covers which we cosigned before they came: serial to the time of that
    /// cosignature, in seconds since 1970.
    pub announced: OrdMap<u64, i64>,
    /// Dispatches for which a receipt came that does not verify: serial to the newest such record.
    pub disputed: OrdMap<u64, u64>,
    /// The newest receipts that we gave, so that a repeated dispatch gets its first one: serial to what
    /// is needed to make the same proof again. No more than [`limits::RECEIPTS_KEPT_PER_LANE`].
    pub given: OrdMap<u64, Given>,
}

/// What makes a receipt of ours provable again.
#[derive(Clone, PartialEq, Debug)]
pub struct Given {
    /// The record that holds the receipt's bytes.
    pub index: u64,
    pub dispatch: Digest,
    pub message: Digest,
    /// The ledger's edge just after the receipt's leaf, whose newest leaf it is.
    pub edge: Edge,
}

/// The ledger that we keep: our dispatches, and our receipts for theirs.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Ours {
    pub edge: Edge,
    /// The largest head that the other end cosigned.
    pub cosigned: Option<Head>,
    /// Leaves of dispatches beyond that head, with lane and serial.
    pub beyond: OrdMap<u64, (Precedence, u64)>,
}

/// The ledger that the other end keeps, as far as we have followed it.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Theirs {
    /// Over the leaves up to the newest head that we recomputed.
    pub edge: Edge,
    pub followed: Option<Followed>,
    /// Leaves beyond that head which we hold from dispatches and receipts.
    pub held: OrdMap<u64, Digest>,
    /// Leaves within it whose dispatch has not come yet.
    pub announced: OrdMap<u64, Announced>,
    /// Heads that could not be recomputed, so that each is put on record once.
    pub rejected: Option<(u64, Digest)>,
}

/// A leaf of theirs that we know before what it is of.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Announced {
    pub leaf: Digest,
    /// When we first cosigned a head over it, in seconds since 1970.
    pub at_seconds: i64,
}

/// A head of theirs that we cosign, as of the record that says so.
#[derive(Clone, PartialEq, Debug)]
pub struct Followed {
    pub head: Head,
    /// Seconds since 1970: the time stamp of the cosignature.
    pub at_seconds: i64,
}

/// What one hour may bring over this link.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Budget {
    /// Hours since 1970-01-01T00:00Z.
    pub hour: i64,
    /// FLASH has a budget of its own, so that nothing lower can spend it.
    pub records: u64,
    pub flash_records: u64,
    pub bytes: u64,
    /// Those of `bytes` that were FLASH.
    pub flash_bytes: u64,
    /// What is put on record though nothing was taken: contradictions, disputed receipts, heads that do
    /// not add up, new lists.
    pub oddities: u64,
    /// Whether "turned away" is on record for this hour.
    pub turned_away: bool,
}

impl Link {
    pub fn new(incarnation: Incarnation) -> Link {
        Link {
            incarnation,
            lanes: Default::default(),
            ours: Ours::default(),
            theirs: Theirs::default(),
            budget: Budget::default(),
            allowance: Allowance::default(),
            parts: LinkParts::default(),
            contradictions: Vec::new(),
        }
    }

    /// Whether either end has signed anything for the other: a dispatch, a receipt, a head with a leaf.
    pub fn is_spoken_on(&self) -> bool {
        let heard = self.theirs.edge.size() > 0 || !self.theirs.held.is_empty();
        self.ours.edge.size() > 0 || heard || !self.contradictions.is_empty()
    }

    pub fn lane(&self, precedence: Precedence) -> &Lane {
        precedence.of(&self.lanes)
    }

    fn lane_mut(&mut self, precedence: Precedence) -> &mut Lane {
        precedence.of_mut(&mut self.lanes)
    }

    /// A dispatch of ours was fixed by the record with this index.
    pub fn dispatched(&mut self, dispatch: &Dispatch, leaf: Digest, index: u64) {
        self.ours.edge.push(leaf);
        self.ours.beyond.insert(dispatch.leaf_index, (dispatch.lane, dispatch.serial));
        let lane = self.lane_mut(dispatch.lane);
        lane.sent = dispatch.serial;
        lane.owed.insert(dispatch.serial, index);
    }

    /// A dispatch of theirs was taken or refused for good: either way its serial is spent.
    pub fn received(
        &mut self,
        dispatch_leaf: Digest,
        leaf_index: u64,
        receipt: &Receipt,
        leaf: Digest,
        index: u64,
    ) {
        let announced = self.hold(leaf_index, dispatch_leaf);
        self.ours.edge.push(leaf);
        let edge = self.ours.edge.clone();
        let lane = self.lane_mut(receipt.lane);
        lane.taken = receipt.serial;
        lane.announced.extend(announced.map(|announced| (receipt.serial, announced.at_seconds)));
        let given = Given { index, dispatch: receipt.dispatch, message: receipt.message, edge };
        lane.given.insert(receipt.serial, given);
        while lane.given.len() > limits::RECEIPTS_KEPT_PER_LANE {
            let Some((oldest, _)) = lane.given.get_min().cloned() else { break };
            lane.given.remove(&oldest);
        }
    }

    /// Their receipt for a dispatch of ours is on record, at this index.
    pub fn receipted(&mut self, receipt: &Receipt, leaf: Digest, index: u64) {
        self.hold(receipt.leaf_index, leaf);
        let lane = self.lane_mut(receipt.lane);
        lane.owed.remove(&receipt.serial);
        // Where it came in the same second or before, the receipt says all.
        if lane.covered.get(&receipt.serial).is_some_and(|at| *at >= receipt.received_at.seconds()) {
            lane.covered.remove(&receipt.serial);
        }
        lane.receipted.insert(receipt.serial, index);
    }

    /// A receipt of theirs that does not verify is on record, at this index.
    pub fn disputed(&mut self, precedence: Precedence, serial: u64, index: u64) {
        self.lane_mut(precedence).disputed.insert(serial, index);
    }

    /// What was known of the leaf before, if we cosigned a head over it.
    fn hold(&mut self, leaf_index: u64, leaf: Digest) -> Option<Announced> {
        if leaf_index >= self.theirs.edge.size() {
            self.theirs.held.insert(leaf_index, leaf);
            return None;
        }
        self.theirs.announced.remove(&leaf_index)
    }

    /// What we hold of their ledger at this leaf: `None` if nothing yet, or if it was matched before.
    pub fn known_leaf(&self, leaf_index: u64) -> Option<Digest> {
        let announced = || self.theirs.announced.get(&leaf_index).map(|announced| announced.leaf);
        self.theirs.held.get(&leaf_index).copied().or_else(announced)
    }

    /// Whether a newly received thing may stand at this leaf of their ledger.
    pub fn leaf_is_free(&self, leaf_index: u64, leaf: Digest) -> bool {
        match self.theirs.announced.get(&leaf_index) {
            Some(announced) => announced.leaf == leaf,
            None => leaf_index >= self.theirs.edge.size() && !self.theirs.held.contains_key(&leaf_index),
        }
    }

    /// Whether a leaf more may be kept that no followed head covers.
    pub fn has_room_for_leaf(&self, lane: Precedence) -> bool {
        let most = match lane {
            Precedence::Flash => limits::LEAVES_APART_WITH_FLASH_MAX,
            Precedence::Immediate | Precedence::Priority | Precedence::Routine => limits::LEAVES_APART_MAX,
        };
        self.theirs.held.len() < most
    }

    /// Their ledger grown to `size`, from what we hold and, where we hold nothing, the leaves asked for.
    ///
    /// `Err` names the first leaf that is missing.
    pub fn grown(&self, size: u64, asked: &[Leaf]) -> Result<Edge, u64> {
        self.grow(size, asked, |held, asked| held.or(asked))
    }

    /// As `grown`, but what was asked for comes first, and what we hold only where it is silent. With the
    /// leaves that it grew by.
    pub fn grown_as_sent(&self, size: u64, asked: &[Leaf]) -> Result<(Edge, Vec<Digest>), u64> {
        let leaves = self.leaves_to(size, asked, |held, asked| asked.or(held))?;
        let mut edge = self.theirs.edge.clone();
        leaves.iter().for_each(|leaf| edge.push(*leaf));
        Ok((edge, leaves))
    }

    fn grow(
        &self,
        size: u64,
        asked: &[Leaf],
        choose: impl Fn(Option<Digest>, Option<Digest>) -> Option<Digest>,
    ) -> Result<Edge, u64> {
        let mut edge = self.theirs.edge.clone();
        self.leaves_to(size, asked, choose)?.into_iter().for_each(|leaf| edge.push(leaf));
        Ok(edge)
    }

    /// The leaves from what was followed up to `size`.
    fn leaves_to(
        &self,
        size: u64,
        asked: &[Leaf],
        choose: impl Fn(Option<Digest>, Option<Digest>) -> Option<Digest>,
    ) -> Result<Vec<Digest>, u64> {
        let mut asked = asked.iter().peekable();
        let mut leaves = Vec::new();
        for index in self.theirs.edge.size()..size {
            while asked.next_if(|leaf| leaf.index < index).is_some() {}
            let asked_here = asked.next_if(|leaf| leaf.index == index).map(|leaf| leaf.hash);
            let held = self.theirs.held.get(&index).copied();
            leaves.push(choose(held, asked_here).ok_or(index)?);
        }
        Ok(leaves)
    }

    /// The first leaf of theirs below `size` that we hold from nowhere.
    pub fn first_leaf_missing(&self, size: u64) -> Option<u64> {
        (self.theirs.edge.size()..size).find(|index| !self.theirs.held.contains_key(index))
    }

    pub fn followed(&mut self, head: &Head, asked: &[Leaf], at_seconds: i64) {
        if let Ok(edge) = self.grown(head.size, asked) {
            for leaf in asked {
                if !self.theirs.held.contains_key(&leaf.index) {
                    self.theirs.announced.insert(leaf.index, Announced { leaf: leaf.hash, at_seconds });
                }
            }
            let (_, beyond) = self.theirs.held.clone().split(&head.size);
            let at_size = self.theirs.held.get(&head.size).copied();
            self.theirs.held = beyond;
            if let Some(hash) = at_size {
                self.theirs.held.insert(head.size, hash);
            }
            self.theirs.edge = edge;
            self.theirs.followed = Some(Followed { head: head.clone(), at_seconds });
        }
    }

    pub fn cosigned(&mut self, head: &Head) {
        let (within, at_size, beyond) = std::mem::take(&mut self.ours.beyond).split_lookup(&head.size);
        self.ours.beyond = beyond;
        self.ours.beyond.extend(at_size.map(|dispatch| (head.size, dispatch)));
        for (_, (precedence, serial)) in within {
            let lane = self.lane_mut(precedence);
            if let Some(at) = head.cosigned_at.filter(|_| lane.owed.contains_key(&serial)) {
                lane.covered.insert(serial, at);
            }
        }
        self.ours.cosigned = Some(head.clone());
    }

    pub fn contradicted(&mut self, digest: Digest) {
        self.contradictions.push(digest);
        if self.contradictions.len() > limits::CONTRADICTIONS_KEPT_PER_LINK {
            self.contradictions.remove(0);
        }
    }

    pub fn rejected(&mut self, head: &Head) {
        self.theirs.rejected = Some((head.size, head.root));
    }

    /// Counts what one record brought over this link.
    pub fn spend(&mut self, hour: i64, lane: Precedence, bytes: u64) {
        if self.budget.hour != hour {
            self.budget = Budget { hour, ..Budget::default() };
        }
        self.budget.bytes = self.budget.bytes.saturating_add(bytes);
        let records = match lane {
            Precedence::Flash => {
                self.budget.flash_bytes = self.budget.flash_bytes.saturating_add(bytes);
                &mut self.budget.flash_records
            }
            Precedence::Immediate | Precedence::Priority | Precedence::Routine => &mut self.budget.records,
        };
        *records = records.saturating_add(1);
    }

    /// Counts something odd that was put on record.
    pub fn note_oddity(&mut self, hour: i64) {
        if self.budget.hour != hour {
            self.budget = Budget { hour, ..Budget::default() };
        }
        self.budget.oddities = self.budget.oddities.saturating_add(1);
    }

    /// Whether one more oddity may be put on record in this hour.
    pub fn has_room_for_oddity(&self, hour: i64) -> bool {
        self.budget.hour != hour || self.budget.oddities < limits::LINK_ODDITIES_PER_HOUR_MAX
    }

    /// How far beyond the head followed before the next may be. A head that does not add up is an oddity, and
    /// where an hour has no room for more of them, only a few leaves are added up to find out.
    pub fn leaves_followed_at_once(&self, hour: i64) -> u64 {
        if self.has_room_for_oddity(hour) {
            limits::LEAVES_FOLLOWED_AT_ONCE_MAX
        } else {
            limits::LEAVES_PER_CALL_MAX as u64
        }
    }

    pub fn turned_away(&mut self, hour: i64) {
        if self.budget.hour != hour {
            self.budget = Budget { hour, ..Budget::default() };
        }
        self.budget.turned_away = true;
    }

    /// Whether the hour still has room for one more of this size on this lane.
    pub fn has_budget(&self, hour: i64, lane: Precedence, bytes: u64) -> bool {
        if lane != Precedence::Flash {
            return self.has_budget_of(&self.allowance, hour, bytes);
        }
        let spent = self.spent(hour);
        spent.flash_records < limits::LINK_FLASH_RECORDS_PER_HOUR_MAX
            && spent.flash_bytes.saturating_add(bytes) <= limits::LINK_FLASH_BYTES_PER_HOUR_MAX
    }

    /// Whether it has room for a head of theirs that takes this much, whatever two custodians leave the link: by heads
    /// both ends prove FLASH and receipts, which come all the same.
    pub fn has_budget_for_head(&self, hour: i64, bytes: u64) -> bool {
        self.has_budget_of(&Allowance::default(), hour, bytes)
    }

    fn has_budget_of(&self, allowance: &Allowance, hour: i64, bytes: u64) -> bool {
        let spent = self.spent(hour);
        spent.records < allowance.records_max() && spent.bytes.saturating_add(bytes) <= allowance.bytes_max()
    }

    fn spent(&self, hour: i64) -> Budget {
        if self.budget.hour == hour { self.budget.clone() } else { Budget::default() }
    }
}
