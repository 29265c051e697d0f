//! A carry file of the other end's, taken as if what it holds had come over the link.
//!
//! Nothing rests on who brings a file. Each dispatch in it goes through the very function that takes those of a call,
//! one lane after the other, FLASH first and in the order of the serials: so a file that is taken in part, twice, late
//! or while the link comes back puts nothing on record a second time and leaves no gap. Never here: a decision.

use bytes::Bytes;

use super::call::give;
use super::exchange::{Exchange, Link};
use super::outcome::{Outcome, Way};
use super::serve::ServeFault;
use super::{carry_parts, carry_receipts, follow, lists, receive};
use crate::codec::carry::{self, CarriedDispatch, Carry};
use crate::codec::fault::DecodeFault;
use crate::codec::proto::detente::v1::Delivery;
use crate::domain::board::Board;
use crate::domain::carry::{CarryNoted, Done, NotCompared};
use crate::domain::command::Command;
use crate::domain::digest::Digest;
use crate::domain::party::Party;
use crate::domain::precedence::Precedence;
use crate::limits;

/// A file that is for this node, and may be taken; nothing of it was yet.
pub struct Opened {
    carry: Carry,
    fault: Option<DecodeFault>,
    /// SHA-256 of the file.
    pub digest: Digest,
}

impl Opened {
    /// As it is put on record before anything in it is.
    pub fn noted(&self, not_compared: NotCompared, way: String) -> CarryNoted {
        let (with, made_at, holds) = (self.carry.from.party, self.carry.made_at, self.carry.holds());
        CarryNoted { with, done: Done::Taken, file: self.digest, made_at, holds, not_compared, way }
    }
}

/// What came of a file.
#[derive(Debug)]
pub struct Taken {
    pub from: Party,
    /// Dispatches, receipts for ours, and parts: put on record by this, or there before. A part that was on record and
    /// whose file was damaged or gone counts with those put on record: it is here again.
    pub dispatches: Count,
    pub receipts: Count,
    pub parts: Count,
    /// Parts that messages of that Party name and that are not here afterwards.
    pub parts_missing: usize,
    /// What is wrong. On a lane nothing behind it was taken.
    pub stopped: Vec<Stopped>,
    /// A file for the way back, where this one held dispatches.
    pub back: Option<Bytes>,
}

/// How much of one kind was put on record by this file, and was on record before.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Count {
    pub put_on_record: usize,
    pub before: usize,
}

/// What is wrong with one thing in a file, or with the file behind what was read of it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Stopped {
    /// Lane and serial as the dispatch or receipt claims them.
    pub at: Option<(Precedence, u64)>,
    pub field: &'static str,
    pub rule: String,
}

/// Why nothing of a file was taken.
#[derive(Debug, thiserror::Error)]
pub enum CarryFault {
    #[error(transparent)]
    Field(#[from] DecodeFault),
    #[error(transparent)]
    Serve(#[from] ServeFault),
}

impl Exchange {
    /// Reads a file, and whether it may be taken.
    ///
    /// # Errors
    /// It may not; nothing was changed.
    pub async fn open_carried(&self, file: Bytes, not_compared: NotCompared) -> Result<Opened, CarryFault> {
        // A large one takes too long for where calls are answered.
        let read = tokio::task::spawn_blocking(move || (carry::decode(&file), Digest::of(&file))).await;
        let (read, digest) = read.map_err(|_| ServeFault::Unusable("carry file"))?;
        let carry::Read { carry, fault } = read?;
        let head = self.registrar.head();
        check_ends(&head.board, &carry)?;
        self.may_carry(&self.link(carry.from.party), &head, not_compared)?;
        Ok(Opened { carry, fault, digest })
    }

    /// Takes what it holds, up to what is wrong with it. That it is taken is on record in the record `noted`.
    pub async fn take_carried(&self, opened: Opened, noted: u64) -> Result<Taken, CarryFault> {
        let Opened { mut carry, fault, .. } = opened;
        let peer = carry.from.party;
        let (link, way) = (self.link(peer), Way::Carried(noted));
        let mut taken = Taken {
            from: peer,
            dispatches: Count::default(),
            receipts: Count::default(),
            parts: Count::default(),
            parts_missing: 0,
            stopped: Vec::new(),
            back: None,
        };
        self.take_what_proves(&link, way, &carry, &mut taken).await;
        if self.is_broken() {
            return Err(ServeFault::Unusable("journal").into());
        }
        let mut given = Vec::new();
        let has_dispatches = !carry.dispatches.is_empty();
        let dispatches = std::mem::take(&mut carry.dispatches);
        self.take_dispatches((&link, way), dispatches, &mut taken, &mut given).await;
        carry_receipts::take(&link, carry.receipts, &mut taken).await?;
        // The messages that name them are on record by now.
        carry_parts::take(&link, carry.parts, &mut taken).await;
        taken.stopped.extend(fault.map(|fault| Stopped {
            at: None,
            field: fault.field,
            rule: fault.rule.to_string(),
        }));
        if has_dispatches {
            let mut back = self.empty(&link, &link.head()).await?;
            back.receipts = given;
            taken.back = Some(carry::encode(&back));
        }
        Ok(taken)
    }

    /// Lists first, then heads: by them the rest is judged.
    async fn take_what_proves(&self, link: &Link, way: Way, carry: &Carry, taken: &mut Taken) {
        let mut stop = |field, rule: &str| {
            taken.stopped.push(Stopped { at: None, field, rule: rule.to_owned() });
        };
        if lists::accept_key_lists(link, carry.key_lists.clone()).await.is_err() {
            stop("carry.key_lists", "each must be signed under the one before");
        }
        if !carry.revocation_list.is_empty()
            && lists::accept_revocation_list(link, carry.revocation_list.clone()).await.is_err()
        {
            stop("carry.revocation_list", "must be signed by its maker's authority, and not have expired");
        }
        if !carry.cosigned.is_empty()
            && let Some(cosigned) = follow::held_by_peer(link, way, &carry.cosigned).await
        {
            // An older one than is on record here is refused, and nothing is lost.
            let _ = give(link, Command::TakeCosignature(cosigned)).await;
        }
        if let Some(leaves) = carry.leaves.clone()
            && !self.is_broken()
            && !follow::take_leaves_carried(link, way, leaves).await
        {
            stop("carry.leaves", "must add up to a head that its maker signed");
        }
    }

    async fn take_dispatches(
        &self,
        to: (&Link, Way),
        dispatches: Vec<CarriedDispatch>,
        taken: &mut Taken,
        given: &mut Vec<Bytes>,
    ) {
        let mut lanes: [Vec<(u64, Delivery)>; 4] = Default::default();
        for CarriedDispatch { dispatch, message } in dispatches {
            match receive::claimed(&dispatch) {
                Some((lane, serial)) => {
                    lane.of_mut(&mut lanes).push((serial, Delivery { dispatch, message }));
                }
                None => taken.stopped.push(Stopped {
                    at: None,
                    field: DISPATCHES,
                    rule: receive::NotTaken::UnreadableDispatch.to_string(),
                }),
            }
        }
        for lane in Precedence::FASTEST_FIRST {
            let of_lane = std::mem::take(lane.of_mut(&mut lanes));
            if let Err(stopped) = self.take_lane(to, lane, of_lane, &mut taken.dispatches, given).await {
                taken.stopped.push(stopped);
            }
        }
    }

    async fn take_lane(
        &self,
        (link, way): (&Link, Way),
        lane: Precedence,
        mut deliveries: Vec<(u64, Delivery)>,
        count: &mut Count,
        given: &mut Vec<Bytes>,
    ) -> Result<(), Stopped> {
        let board = link.head().board.clone();
        let Some(here) = board.link(link.peer).map(|one| one.lane(lane)) else { return Ok(()) };
        // Those whose receipts are not given again: the other end has them, or gets them over the link.
        let all = deliveries.len();
        deliveries.retain(|(serial, _)| *serial > here.taken || here.given.contains_key(serial));
        count.before = count.before.saturating_add(all.saturating_sub(deliveries.len()));
        for call in deliveries.chunks(limits::DELIVERIES_PER_CALL_MAX) {
            let delivered = call.iter().map(|(_, delivery)| delivery.clone()).collect();
            let outcomes = self.take_on_lane(link, way, delivered).await;
            for ((serial, _), outcome) in call.iter().zip(outcomes) {
                let rule = match outcome {
                    Outcome::Receipt(proven) => {
                        given.push(proven);
                        if *serial > here.taken {
                            count.put_on_record = count.put_on_record.saturating_add(1);
                        } else {
                            count.before = count.before.saturating_add(1);
                        }
                        continue;
                    }
                    Outcome::NotNow(not_now) => format!("{not_now}; give the file again later"),
                    Outcome::ExpectedSerial(expected) => {
                        format!("serial {expected} comes next on this lane: an earlier file is missing")
                    }
                    Outcome::NotTaken(fault) => fault.to_string(),
                };
                return Err(Stopped { at: Some((lane, *serial)), field: DISPATCHES, rule });
            }
        }
        Ok(())
    }
}

const DISPATCHES: &str = "carry.dispatches";

/// A file is of one link in one life of both its ends.
fn check_ends(board: &Board, carry: &Carry) -> Result<(), DecodeFault> {
    let own = board.own.map(|own| own.party);
    if Some(carry.to.party) != own {
        return Err(DecodeFault::new("carry.header.to", "another Party than this node's: it is not for us"));
    }
    let from = board.ledger_end(carry.from.party).filter(|from| Some(from.party) != own);
    let from = from.ok_or(DecodeFault::new("carry.header.from", "a Party that is not known here"))?;
    for (field, said, ours) in [
        ("carry.header.to", carry.to, own.and_then(|own| board.ledger_end(own))),
        ("carry.header.from", carry.from, Some(from)),
    ] {
        let Some(ours) = ours else { continue };
        if said.fingerprint != ours.fingerprint {
            return Err(DecodeFault::new(field, "another Party under this code: the fingerprint differs"));
        }
        if said.incarnation != ours.incarnation {
            return Err(DecodeFault::new(field, "another incarnation than the one that is on record here"));
        }
    }
    Ok(())
}
