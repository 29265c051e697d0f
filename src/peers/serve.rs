//! The answers to what peers call. Each is about the calling Party's link and no other.
//!
//! Never here: who calls (`rpc/`), and a decision.

use bytes::Bytes;

use super::call::{NoUse, said};
use super::exchange::{Exchange, Link};
use super::lists::Taken;
use super::outcome::{Outcome, Way, unfit_outcome};
use super::receive::{self, NotTaken, Unfit};
use super::spread::spread;
use super::{beat, follow, heads, lists, receipts};
use crate::codec::proto::detente::v1::{Beat, Delivery, DeliveryAnswer, LeavesResponse};
use crate::domain::board::{Board, Denied};
use crate::domain::command::{Command, Origin};
use crate::domain::digest::Digest;
use crate::domain::event::Event;
use crate::domain::party::Party;
use crate::domain::precedence::Precedence;
use crate::domain::refusal::{NotNow, Refusal};
use crate::limits;
use crate::registrar::Done;
use crate::replay::records::RecordFault;

/// Why a peer gets no answer that it could use. It tries again by itself.
#[derive(Debug, thiserror::Error)]
pub enum ServeFault {
    #[error(transparent)]
    Record(#[from] RecordFault),
    #[error(transparent)]
    Denied(#[from] Denied),
    #[error("this Party is not known here")]
    NoSuchParty,
    #[error("the {0} can't be used")]
    Unusable(&'static str),
    /// Only of what goes by hand: over the link it is not compared.
    #[error(
        "nothing was done: the other end says that it took more than this node gave, so that this node's directory \
         may be an older copy; nobody's word opens this link before the other end shows otherwise"
    )]
    Held,
}

impl Exchange {
    pub(super) fn heard(&self, peer: Party) -> Link {
        let link = self.link(peer);
        link.state.hear(self.registrar.clock.now());
        link
    }

    /// Takes deliveries on one lane in order. The first that gets no receipt ends the answers.
    pub async fn take_deliveries(&self, peer: Party, deliveries: Vec<Delivery>) -> Vec<DeliveryAnswer> {
        let link = self.heard(peer);
        let outcomes = self.take_on_lane(&link, Way::Link, deliveries).await;
        outcomes.into_iter().map(DeliveryAnswer::from).collect()
    }

    /// As `take_deliveries`, by either way: one rule for both, and one order between them.
    pub(super) async fn take_on_lane(
        &self,
        link: &Link,
        way: Way,
        deliveries: Vec<Delivery>,
    ) -> Vec<Outcome> {
        let peer = link.peer;
        let is_closed = || self.is_broken() || (way == Way::Link && !link.state.is_compared());
        if is_closed() {
            return vec![unfit_outcome(link, way, Unfit::NotNow(NotNow::NotCompared))];
        }
        let Some(first) = deliveries.first() else { return Vec::new() };
        let Some((lane, first)) = receive::claimed(&first.dispatch) else {
            return vec![unfit_outcome(link, way, NotTaken::UnreadableDispatch.into())];
        };
        let turns = link.state.turns(lane);
        let _place = turns.place().await;
        let board = self.registrar.head().board.clone();
        let lists = key_lists_of(&board, peer);
        if !self.has_room_for(&board, peer, lane, first) {
            self.note_turned_away(peer).await;
            return vec![unfit_outcome(link, way, Unfit::NotNow(NotNow::Budget))];
        }
        let deliveries = deliveries.into_iter().take(limits::DELIVERIES_PER_CALL_MAX).collect();
        let look = move |one: Delivery| receive::look(&board, peer, lane, one.dispatch, one.message);
        let looked = spread(deliveries, look).await;

        let turn = turns.take(|| self.is_just_ahead(peer, lane, first)).await;
        // What was looked at may have waited, and is judged by what is in force when it is put on record.
        if is_closed() {
            return vec![unfit_outcome(link, way, Unfit::NotNow(NotNow::NotCompared))];
        }
        if key_lists_of(&self.registrar.head().board, peer) != lists {
            return vec![unfit_outcome(link, way, Unfit::NotNow(NotNow::KeyList))];
        }
        let mut looked_at: Vec<(u64, Digest)> = Vec::new();
        let mut commands = Vec::new();
        let mut unfit = None;
        for looked in looked {
            match looked {
                Ok(checked) if way != Way::Link && receive::may_be_changed(&checked) => {
                    unfit = Some(NotTaken::ChangedMessage.into());
                    break;
                }
                Ok(mut checked) => {
                    checked.carried_by = way.carried_by();
                    looked_at.push((checked.dispatch.serial, checked.dispatch_digest));
                    commands.push(Command::Receive(Box::new(checked)));
                }
                Err(fault) => {
                    unfit = Some(fault);
                    break;
                }
            }
        }
        let answered = self.registrar.give_all(commands, Origin::Node).await;
        // The next call is put on record while receipts are made for this one.
        drop(turn);
        let mut outcomes = Vec::with_capacity(answered.len());
        for ((serial, digest), done) in looked_at.into_iter().zip(answered) {
            let outcome = self.outcome((link, way), lane, serial, digest, done).await;
            let ends = !matches!(outcome, Outcome::Receipt(_));
            outcomes.push(outcome);
            if ends {
                return outcomes;
            }
        }
        if let Some(fault) = unfit {
            outcomes.push(unfit_outcome(link, way, fault));
        }
        outcomes
    }

    /// Whether the hour still lets anything new in on this lane: if not, no signature is looked at. What was taken
    /// before gets its first receipt all the same.
    fn has_room_for(&self, board: &Board, peer: Party, lane: Precedence, serial: u64) -> bool {
        let hour = self.registrar.clock.now().hour();
        board.link(peer).is_none_or(|link| serial <= link.lane(lane).taken || link.has_budget(hour, lane, 0))
    }

    /// Whether the serials before this one are still missing, and no more of them than may be under way.
    fn is_just_ahead(&self, peer: Party, lane: Precedence, serial: u64) -> bool {
        let head = self.registrar.head();
        let taken = head.board.link(peer).map_or(0, |link| link.lane(lane).taken);
        let missing = serial.saturating_sub(taken.saturating_add(1));
        (1..=limits::RECEIPTS_KEPT_PER_LANE as u64).contains(&missing)
    }

    async fn outcome(
        &self,
        (link, way): (&Link, Way),
        lane: Precedence,
        serial: u64,
        digest: Digest,
        done: Result<Done, Denied>,
    ) -> Outcome {
        match done {
            Ok(Done::Now(record))
                if record.events.iter().any(|event| matches!(event, Event::Equivocated { .. })) =>
            {
                unfit_outcome(link, way, NotTaken::Equivocation.into())
            }
            // Just taken, or taken before: either way the first receipt is the answer.
            Ok(_) | Err(Denied::Refused(Refusal::SerialNotNext { .. })) => {
                self.first_receipt((link, way), lane, serial, digest).await
            }
            Err(Denied::NotNow(not_now)) => {
                if not_now == NotNow::Budget {
                    self.note_turned_away(link.peer).await;
                }
                link.state.count_not_now();
                Outcome::NotNow(not_now)
            }
            Err(Denied::Refused(Refusal::NotThisLink)) => {
                unfit_outcome(link, way, NotTaken::NotThisLink.into())
            }
            // Of what was delivered the Registrar alone names a field: its record would be too large.
            Err(Denied::Refused(Refusal::Field { .. })) => {
                unfit_outcome(link, way, NotTaken::NoRoomInRecord.into())
            }
            Err(Denied::Refused(_) | Denied::AlreadyDone { .. }) => {
                unfit_outcome(link, way, NotTaken::Equivocation.into())
            }
        }
    }

    async fn first_receipt(
        &self,
        (link, way): (&Link, Way),
        lane: Precedence,
        serial: u64,
        digest: Digest,
    ) -> Outcome {
        let head = self.registrar.head();
        let Some(board_link) = head.board.link(link.peer) else {
            return unfit_outcome(link, way, NotTaken::NotThisLink.into());
        };
        let lane_state = board_link.lane(lane);
        let expected = lane_state.taken.saturating_add(1);
        match lane_state.given.get(&serial) {
            Some(given) if given.dispatch != digest => {
                unfit_outcome(link, way, NotTaken::Equivocation.into())
            }
            Some(_) => {
                let records = head.records(&self.registrar.journal);
                match receipts::given(&head.board, &records, &self.ring, link.peer, lane, serial).await {
                    Ok(Some(proven)) => Outcome::Receipt(proven),
                    Ok(None) | Err(_) => {
                        link.state.count_not_now();
                        Outcome::NotNow(NotNow::Journal)
                    }
                }
            }
            None => Outcome::ExpectedSerial(expected),
        }
    }

    async fn note_turned_away(&self, peer: Party) {
        let hour = self.registrar.clock.now().hour();
        let _ = self.registrar.give(Command::TurnAway { party: peer, hour }, Origin::Node).await;
    }

    /// Takes what a heartbeat shows without asking back, rings for our own heartbeat where more is
    /// needed, and answers with ours.
    pub async fn take_beat(&self, peer: Party, theirs: Beat) -> Result<Beat, ServeFault> {
        let link = self.heard(peer);
        let said = said(&theirs);
        // It may have been on the way for a while.
        let at = link.state.note_called(said.at, self.registrar.clock.now());
        link.state.note_said(said, link.last_taken(&self.registrar.head().board), at);
        follow::compare(&link, &theirs).await;
        if self.is_broken() {
            return Err(ServeFault::Unusable("journal"));
        }
        self.follow_if_held(&link, &theirs.checkpoint).await;
        let head = self.registrar.head();
        let ours = beat::make(&head.board, &self.ring, peer, self.registrar.clock.now())
            .ok_or(ServeFault::NoSuchParty)?;
        if theirs.key_list > ours.key_list_held || theirs.revocation_list != ours.revocation_list_held {
            link.state.ask_about(theirs.key_list, Digest::of(&theirs.revocation_list).0);
        }
        Ok(ours)
    }

    async fn follow_if_held(&self, link: &Link, note: &Bytes) {
        if !link.state.is_compared() {
            return;
        }
        let head = self.registrar.head();
        let Ok(theirs) = heads::verify_theirs(&head.board, link.peer, note) else {
            link.state.count_not_taken();
            return;
        };
        let Some(board_link) = head.board.link(link.peer) else { return };
        let followed = &board_link.theirs.edge;
        if theirs.size == followed.size() {
            if theirs.root != followed.root() {
                follow::reject(link, theirs, follow::DIFFERS).await;
            }
        } else if theirs.size > followed.size()
            && !follow::is_far(link, board_link, theirs.size)
            && board_link.first_leaf_missing(theirs.size).is_none()
        {
            let _ = self.registrar.give(Command::FollowHead(theirs, Vec::new()), Origin::Node).await;
        } else if link.can_be_dialled() {
            link.state.ask_for_beat();
        } else if theirs.size < followed.size() {
            // Its heartbeats come one after the other, over its own connection: this one was not overtaken.
            follow::reject(link, theirs, "it is smaller than one that was followed before").await;
        }
    }

    /// Leaves of the ledger that we keep for this link.
    pub async fn leaves(&self, peer: Party, from: u64) -> Result<LeavesResponse, ServeFault> {
        let link = self.heard(peer);
        let _turn = link.state.reading_leaves.lock().await;
        self.leaves_from(peer, from).await
    }

    /// Leaves of a ledger of ours, and our head over all up to the last of them.
    pub(super) async fn leaves_from(&self, peer: Party, from: u64) -> Result<LeavesResponse, ServeFault> {
        let head = self.registrar.head();
        let board_link = head.board.link(peer).ok_or(ServeFault::NoSuchParty)?;
        let bodies = self.our_leaves(peer, &head, from).await?;
        let size = board_link.ours.edge.size();
        let upto = from.saturating_add(bodies.len() as u64).min(size);
        let edge = if upto == size {
            board_link.ours.edge.clone()
        } else {
            self.our_edge_at(peer, &head, upto).await?
        };
        let checkpoint = heads::sign_own(&head.board, &self.ring, peer, &edge)
            .map_err(|_| ServeFault::Unusable("ledger key"))?;
        Ok(LeavesResponse { leaves: bodies, checkpoint })
    }

    /// Leaves of the caller's ledger, where nobody can ask it for them.
    pub async fn take_leaves(&self, peer: Party, from: u64, leaves: Vec<Bytes>, checkpoint: &Bytes) {
        let link = self.heard(peer);
        follow::take_leaves(&link, from, leaves, checkpoint).await;
    }

    /// Our own key lists from a number on.
    pub fn key_lists(&self, peer: Party, from: u32) -> Result<Vec<Bytes>, ServeFault> {
        self.heard(peer);
        self.own_key_lists(from).ok_or(ServeFault::NoSuchParty)
    }

    pub(super) fn own_key_lists(&self, from: u32) -> Option<Vec<Bytes>> {
        let board = self.registrar.head().board.clone();
        let known = board.roster.parties.get(&board.own?.party)?;
        let mut lists = Vec::new();
        let mut bytes: usize = 0;
        for accepted in known.key_lists.iter().filter(|accepted| accepted.list.number >= from) {
            if bytes >= limits::KEY_LISTS_BYTES_PER_CALL {
                break;
            }
            bytes = bytes.saturating_add(accepted.signed.len());
            lists.push(accepted.signed.clone());
        }
        Some(lists)
    }

    /// The caller's own later key lists. Who calls may have an unlisted key: that it calls is no sign of
    /// its Party's node, only a list that was taken is.
    pub async fn take_key_lists(&self, peer: Party, lists: Vec<Bytes>) -> Result<(), ServeFault> {
        let link = self.link(peer);
        let taken = lists::accept_key_lists(&link, lists).await;
        self.note_taken(&link, taken, "key list")
    }

    fn note_taken(
        &self,
        link: &Link,
        taken: Result<Taken, NoUse>,
        what: &'static str,
    ) -> Result<(), ServeFault> {
        match taken {
            Ok(Taken::Newer) => {
                link.state.hear(self.registrar.clock.now());
                link.state.ask_for_beat();
                Ok(())
            }
            Ok(Taken::HeldBefore) => Ok(()),
            Err(NoUse) => Err(ServeFault::Unusable(what)),
        }
    }

    /// The caller's fresh revocation list; the answer is ours. Who calls may have an unlisted key.
    pub async fn take_revocation_list(&self, peer: Party, der: Bytes) -> Result<Bytes, ServeFault> {
        let link = self.link(peer);
        let taken = lists::accept_revocation_list(&link, der).await;
        let taken = self.note_taken(&link, taken, "revocation list");
        let board = self.registrar.head().board.clone();
        let own = board.own.and_then(|own| board.roster.parties.get(&own.party)?.revocation_list.clone());
        taken?;
        Ok(own.ok_or(ServeFault::Unusable("revocation list"))?.der)
    }
}

/// How many key lists of a Party are on record: another number means that another is in force.
fn key_lists_of(board: &Board, party: Party) -> Option<Digest> {
    board.roster.parties.get(&party)?.newest().map(|newest| newest.digest)
}
