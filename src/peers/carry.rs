//! What goes by another path while the line is cut: a file of what the other end has not receipted, with the parts that
//! it names, and with all that proves it.
//!
//! Never here: such a file of the other end's (`carry_in.rs`); a decision. What is in a file stays owed.

use std::collections::BTreeSet;

use bytes::Bytes;

use super::carry_parts::PartLeft;
use super::exchange::{Exchange, Link};
use super::serve::ServeFault;
use super::{heads, owed};
use crate::codec::carry::{self, CarriedDispatch, CarriedLeaves, Carry};
use crate::codec::proto::detente::v1::Delivery;
use crate::codec::{message, signed};
use crate::domain::board::Denied;
pub use crate::domain::carry::NotCompared;
use crate::domain::carry::{CarryNoted, Done, Holds};
use crate::domain::digest::Digest;
use crate::domain::party::Party;
use crate::domain::precedence::Precedence;
use crate::domain::refusal::NotNow;
use crate::domain::time::Instant;
use crate::limits;
use crate::registrar::{Head, Standing};

/// A file for the other end.
pub struct Made {
    pub file: Bytes,
    /// SHA-256 of the file.
    pub digest: Digest,
    pub to: Party,
    pub made_at: Instant,
    pub holds: Holds,
    /// Dispatches that are owed and would not have fitted.
    pub left: usize,
    /// Parts that were to go, and do not.
    pub parts_left: Vec<PartLeft>,
}

impl Made {
    /// As it is put on record before the file leaves the node.
    pub fn noted(&self, not_compared: NotCompared, way: String) -> CarryNoted {
        let (with, made_at, holds) = (self.to, self.made_at, self.holds);
        CarryNoted { with, done: Done::Made, file: self.digest, made_at, holds, not_compared, way }
    }
}

impl Exchange {
    /// A file of what `peer` has not receipted, as much as one holds, with what it needs to check that and with the
    /// parts that are named in it; where there are any, with these `parts` of earlier messages before all else.
    pub async fn carry_out(
        &self,
        peer: Party,
        parts: &[Digest],
        not_compared: NotCompared,
    ) -> Result<Made, ServeFault> {
        let link = self.link(peer);
        let head = link.head();
        let lanes = head.board.link(peer).ok_or(ServeFault::NoSuchParty)?;
        self.may_carry(&link, &head, not_compared)?;
        let all: usize = Precedence::FASTEST_FIRST.iter().map(|lane| lanes.lane(*lane).owed.len()).sum();
        let mut carry = self.empty(&link, &head).await?;
        let mut room = limits::CARRY_DISPATCHES_BYTES_MAX;
        let mut parts_left = self.add_parts(&head, peer, parts.to_vec(), &mut room, &mut carry.parts).await;
        carry.dispatches = self.dispatches_owed(&head, peer, &mut room).await?;
        let mut named = named_in(&carry.dispatches);
        named.retain(|part| !parts.contains(part));
        parts_left.extend(self.add_parts(&head, peer, named, &mut room, &mut carry.parts).await);
        let (made_at, holds) = (carry.made_at, carry.holds());
        let left = all.saturating_sub(carry.dispatches.len());
        let encoded = tokio::task::spawn_blocking(move || {
            let file = carry::encode(&carry);
            let digest = Digest::of(&file);
            (file, digest)
        });
        let (file, digest) = encoded.await.map_err(|_| ServeFault::Unusable("carry file"))?;
        Ok(Made { file, digest, to: peer, made_at, holds, left, parts_left })
    }

    pub(super) fn may_carry(
        &self,
        link: &Link,
        head: &Head,
        not_compared: NotCompared,
    ) -> Result<(), ServeFault> {
        if self.is_broken() {
            return Err(ServeFault::Unusable("journal"));
        }
        if head.standing != Standing::Writes {
            return Err(Denied::from(NotNow::StandsBy).into());
        }
        // What the other end claims is no proof, but more than a person's word that this is no older copy.
        if link.state.is_held() {
            return Err(ServeFault::Held);
        }
        if !link.state.is_compared() && not_compared == NotCompared::Refused {
            return Err(Denied::from(NotNow::NotCompared).into());
        }
        Ok(())
    }

    /// A file with what proves, and neither dispatches nor receipts.
    pub(super) async fn empty(&self, link: &Link, head: &Head) -> Result<Carry, ServeFault> {
        let (board, peer) = (&head.board, link.peer);
        let own = board.own.ok_or(ServeFault::NoSuchParty)?.party;
        let known = board.roster.parties.get(&own).ok_or(ServeFault::NoSuchParty)?;
        let ends = board.ledger_end(own).zip(board.ledger_end(peer)).ok_or(ServeFault::NoSuchParty)?;
        let mut key_lists = Vec::new();
        // In as many steps as it takes over the link, up to what a file holds beside dispatches.
        for _ in 0..KEY_LIST_STEPS {
            let from = u32::try_from(key_lists.len()).unwrap_or(u32::MAX).saturating_add(SECOND_LIST);
            let next = self.own_key_lists(from).ok_or(ServeFault::NoSuchParty)?;
            if next.is_empty() {
                break;
            }
            key_lists.extend(next);
        }
        // Those before, the other end has shown to hold.
        let from = board.link(peer).and_then(|one| Some(one.ours.cosigned.as_ref()?.size)).unwrap_or(0);
        let answer = {
            let _turn = link.state.reading_leaves.lock().await;
            self.leaves_from(peer, from).await?
        };
        Ok(Carry {
            from: ends.0,
            to: ends.1,
            made_at: self.registrar.clock.now(),
            key_lists,
            revocation_list: known.revocation_list.as_ref().map(|list| list.der.clone()).unwrap_or_default(),
            cosigned: heads::cosign_theirs(board, &self.ring, peer).unwrap_or_default(),
            leaves: Some(CarriedLeaves { from, leaves: answer.leaves, checkpoint: answer.checkpoint }),
            dispatches: Vec::new(),
            receipts: Vec::new(),
            parts: Vec::new(),
        })
    }

    async fn dispatches_owed(
        &self,
        head: &Head,
        peer: Party,
        room: &mut usize,
    ) -> Result<Vec<CarriedDispatch>, ServeFault> {
        let records = head.records(&self.registrar.journal);
        let mut dispatches = Vec::new();
        for lane in Precedence::FASTEST_FIRST {
            let mut last = 0;
            loop {
                let made = owed::make(head, &records, &self.ring, peer, lane, last).await;
                let made = made.map_err(|_| ServeFault::Unusable("journal"))?;
                let Some((newest, _)) = made.last() else { break };
                last = newest.serial;
                for (_, Delivery { dispatch, message }) in made {
                    let left = room.checked_sub(dispatch.len().saturating_add(message.len()));
                    let Some(left) = left.filter(|_| dispatches.len() < limits::CARRY_DISPATCHES_MAX) else {
                        return Ok(dispatches);
                    };
                    *room = left;
                    dispatches.push(CarriedDispatch { dispatch, message });
                }
            }
        }
        Ok(dispatches)
    }
}

/// The parts that these messages name, each once, in their order.
fn named_in(dispatches: &[CarriedDispatch]) -> Vec<Digest> {
    let mut seen = BTreeSet::new();
    let messages = dispatches.iter().filter_map(|one| {
        let payload = signed::decode(one.message.clone()).ok()?.payload;
        message::decode(&payload).ok()
    });
    let parts = messages.flat_map(|message| message.draft.parts);
    parts.map(|part| part.salted_digest).filter(|part| seen.insert(*part)).collect()
}

/// The first that can be news to a Party that knows us at all.
const SECOND_LIST: u32 = 2;
/// Each brings `limits::KEY_LISTS_BYTES_PER_CALL` and one list more.
const KEY_LIST_STEPS: usize = 8;
