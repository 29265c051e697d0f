//! What goes by another path while the line is cut: a file of what the other end has not receipted, and such a file
//! of the other end's taken as if it had come over the link.
//!
//! Nothing rests on who brings a file. Each dispatch in it goes through the very function that takes those of a call,
//! one lane after the other, FLASH first and in the order of the serials: so a file that is taken in part, twice, late
//! or while the link comes back puts nothing on record a second time and leaves no gap. Never here: a decision.

use bytes::Bytes;

use super::beat::give;
use super::exchange::{Exchange, Link};
use super::outcome::{Outcome, Way};
use super::serve::ServeFault;
use super::{carry_receipts, follow, heads, lists, owed, receive};
use crate::codec::carry::{self, CarriedDispatch, CarriedLeaves, Carry};
use crate::codec::fault::DecodeFault;
use crate::codec::proto::detente::v1::Delivery;
use crate::domain::board::{Board, Denied};
use crate::domain::command::Command;
use crate::domain::party::Party;
use crate::domain::precedence::Precedence;
use crate::domain::refusal::NotNow;
use crate::limits;
use crate::registrar::{Head, Standing};

/// Whether a file is made or taken though the other end has not shown since this process started what it holds of
/// our ledger. An older copy of our journal could then contradict what was signed before: over the link nothing is
/// given or taken, and by hand only where somebody says so.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum NotCompared {
    Refused,
    Accepted,
}

/// A file for the other end.
pub struct Made {
    pub file: Bytes,
    pub dispatches: usize,
    /// Dispatches that are owed and would not have fitted.
    pub left: usize,
}

/// What came of a file.
#[derive(Debug)]
pub struct Taken {
    pub from: Party,
    /// Dispatches, and receipts for ours: put on record by this, or there before.
    pub dispatches: Count,
    pub receipts: Count,
    /// What is wrong. On a lane nothing behind it was taken.
    pub stopped: Vec<Stopped>,
    /// A file for the way back, where this one held dispatches.
    pub back: Option<Bytes>,
}

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

impl From<Denied> for CarryFault {
    fn from(denied: Denied) -> CarryFault {
        CarryFault::Serve(denied.into())
    }
}

impl Exchange {
    /// A file of what `peer` has not receipted, as much as one holds, with what it needs to check that.
    pub async fn carry_out(&self, peer: Party, not_compared: NotCompared) -> Result<Made, ServeFault> {
        let link = self.link(peer);
        let head = link.head();
        let lanes = head.board.link(peer).ok_or(ServeFault::NoSuchParty)?;
        self.may_carry(&link, &head, not_compared)?;
        let all: usize = Precedence::FASTEST_FIRST.iter().map(|lane| lanes.lane(*lane).owed.len()).sum();
        let mut carry = self.empty(&link, &head).await?;
        carry.dispatches = self.dispatches_owed(&head, peer).await?;
        let dispatches = carry.dispatches.len();
        Ok(Made { file: carry::encode(&carry), dispatches, left: all.saturating_sub(dispatches) })
    }

    /// Takes what a file holds, up to what is wrong with it.
    pub async fn carry_in(&self, file: &Bytes, not_compared: NotCompared) -> Result<Taken, CarryFault> {
        let carry::Read { carry, fault } = carry::decode(file)?;
        let head = self.registrar.head();
        check_ends(&head.board, &carry)?;
        let peer = carry.from.party;
        let link = self.link(peer);
        self.may_carry(&link, &head, not_compared)?;
        let mut taken = Taken {
            from: peer,
            dispatches: Count::default(),
            receipts: Count::default(),
            stopped: Vec::new(),
            back: None,
        };
        self.take_what_proves(&link, &carry, &mut taken).await;
        if self.is_broken() {
            return Err(ServeFault::Unusable("journal").into());
        }
        let mut given = Vec::new();
        let has_dispatches = !carry.dispatches.is_empty();
        self.take_dispatches(&link, carry.dispatches, &mut taken, &mut given).await;
        carry_receipts::take(&link, carry.receipts, &mut taken).await?;
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

    fn may_carry(&self, link: &Link, head: &Head, not_compared: NotCompared) -> Result<(), ServeFault> {
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
    async fn empty(&self, link: &Link, head: &Head) -> Result<Carry, ServeFault> {
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
        })
    }

    async fn dispatches_owed(&self, head: &Head, peer: Party) -> Result<Vec<CarriedDispatch>, ServeFault> {
        let records = head.records(&self.registrar.journal);
        let mut dispatches = Vec::new();
        let mut bytes: usize = 0;
        for lane in Precedence::FASTEST_FIRST {
            let mut last = 0;
            loop {
                let made = owed::make(head, &records, &self.ring, peer, lane, last).await;
                let made = made.map_err(|_| ServeFault::Unusable("journal"))?;
                let Some((newest, _)) = made.last() else { break };
                last = newest.serial;
                for (_, Delivery { dispatch, message }) in made {
                    bytes = bytes.saturating_add(dispatch.len()).saturating_add(message.len());
                    if bytes > limits::CARRY_DISPATCHES_BYTES_MAX
                        || dispatches.len() >= limits::CARRY_DISPATCHES_MAX
                    {
                        return Ok(dispatches);
                    }
                    dispatches.push(CarriedDispatch { dispatch, message });
                }
            }
        }
        Ok(dispatches)
    }

    /// Lists first, then heads: by them the rest is judged.
    async fn take_what_proves(&self, link: &Link, carry: &Carry, taken: &mut Taken) {
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
            && let Some(cosigned) = follow::held_by_peer(link, Way::Carried, &carry.cosigned).await
        {
            // An older one than is on record here is refused, and nothing is lost.
            let _ = give(link, Command::TakeCosignature(cosigned)).await;
        }
        if let Some(CarriedLeaves { from, leaves, checkpoint }) = carry.leaves.clone()
            && !self.is_broken()
            && !follow::take_leaves_carried(link, from, leaves, &checkpoint).await
        {
            stop("carry.leaves", "must add up to a head that its maker signed");
        }
    }

    async fn take_dispatches(
        &self,
        link: &Link,
        dispatches: Vec<CarriedDispatch>,
        taken: &mut Taken,
        given: &mut Vec<Bytes>,
    ) {
        let mut lanes: [Vec<(u64, Delivery)>; 4] = Default::default();
        for CarriedDispatch { dispatch, message } in dispatches {
            match receive::claimed(&dispatch) {
                Some((lane, serial)) => {
                    lanes[lane as usize].push((serial, Delivery { dispatch, message }));
                }
                None => taken.stopped.push(Stopped {
                    at: None,
                    field: DISPATCHES,
                    rule: receive::NotTaken::UnreadableDispatch.to_string(),
                }),
            }
        }
        for lane in Precedence::FASTEST_FIRST {
            let of_lane = std::mem::take(&mut lanes[lane as usize]);
            if let Err(stopped) = self.take_lane(link, lane, of_lane, &mut taken.dispatches, given).await {
                taken.stopped.push(stopped);
            }
        }
    }

    async fn take_lane(
        &self,
        link: &Link,
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
            let outcomes = self.take_on_lane(link, Way::Carried, delivered).await;
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
/// The first that can be news to a Party that knows us at all.
const SECOND_LIST: u32 = 2;
/// Each brings `limits::KEY_LISTS_BYTES_PER_CALL` and one list more.
const KEY_LIST_STEPS: usize = 8;

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
