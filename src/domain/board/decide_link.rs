//! What may happen on a link: what a peer delivers, receipts and heads, against what it signed before.
//!
//! Never here: a judgement of what a message says. It is marked, and taken all the same.

use super::apply::head_bytes;
use super::decide::{Decision, happened};
use super::{Board, Own};
use crate::domain::check::NotAgreed;
use crate::domain::command::{Decided, Delivery, ReceivePlan};
use crate::domain::digest::Digest;
use crate::domain::event::{Contradiction, Event, Head, Leaf, Receipted};
use crate::domain::link::Link;
use crate::domain::message::{Dispatch, Message, Outcome, Receipt};
use crate::domain::party::Party;
use crate::domain::refusal::{NotNow, Refusal};
use crate::domain::time::Instant;
use crate::limits;

impl Board {
    pub(super) fn receive(&self, own: Own, delivery: &Delivery, now: Instant) -> Decision {
        let dispatch = &delivery.dispatch;
        let link = self.known_link(delivery.peer)?;
        let this_link = dispatch.from == delivery.peer
            && dispatch.to == own.party
            && self.roster.fingerprint_of(own.party) == Some(dispatch.to_fingerprint)
            && dispatch.from_incarnation == link.incarnation
            && dispatch.to_incarnation == own.incarnation;
        if !this_link {
            return Err(Refusal::NotThisLink.into());
        }
        let lane = link.lane(dispatch.lane);
        let expected = lane.taken.saturating_add(1);
        if is_second(link, dispatch, delivery.dispatch_digest, delivery.dispatch_leaf) {
            return self.contradicts(delivery.peer, contradiction(delivery), now);
        }
        if dispatch.serial != expected {
            return Err(Refusal::SerialNotNext { expected }.into());
        }
        if !link.has_room_for_leaf(dispatch.lane) {
            return Err(NotNow::Budget.into());
        }
        let hour = now.hour();
        let bytes = delivery.dispatch_signed.len().saturating_add(delivery.message_signed.len()) as u64;
        if !link.has_budget(hour, dispatch.lane, bytes) {
            return Err(NotNow::Budget.into());
        }
        let mut marks = Vec::new();
        let outcome = match &delivery.message {
            Ok(message) => {
                self.mark(delivery, message, now, &mut marks);
                Outcome::Taken
            }
            Err(outcome) => *outcome,
        };
        let receipt = Receipt {
            from: own.party,
            from_incarnation: own.incarnation,
            to: dispatch.from,
            to_incarnation: dispatch.from_incarnation,
            lane: dispatch.lane,
            serial: dispatch.serial,
            dispatch: delivery.dispatch_digest,
            message: dispatch.message,
            outcome,
            received_at: now,
            judged_by_key_list: delivery.judged_by_key_list,
            leaf_index: link.ours.edge.size(),
        };
        Ok(vec![Decided::Receive(Box::new(ReceivePlan { delivery: delivery.clone(), receipt, marks }))])
    }

    /// What everybody may check and the readers should see. Nothing of it refuses the message.
    fn mark(&self, delivery: &Delivery, message: &Message, now: Instant, marks: &mut Vec<String>) {
        let dispatch = &delivery.dispatch;
        if self
            .thread(dispatch.thread)
            .is_some_and(|thread| thread.holds_place(dispatch.from, dispatch.place))
        {
            marks.push("its place in the thread was used before".into());
        }
        if message.draft.thread != dispatch.thread {
            marks.push("message and dispatch name different threads".into());
        }
        if message.draft.precedence != dispatch.lane {
            marks.push("it came on the lane of another precedence".into());
        }
        let to_us = message.draft.offices_at(dispatch.to);
        if self.roster.offices.lacks_one_of(to_us) {
            marks.push("it names an office that is not known here, and goes to all watches".into());
        }
        let near = -limits::DATE_TIME_GROUP_OLD_MS..=limits::CLOCKS_MAY_DIFFER_MS;
        if !near.contains(&message.released_at.ms_since(now)) {
            marks.push(format!(
                "its date-time group is far from the clock here: {} by its author, {} here",
                message.released_at.date_time_group_on_record(),
                now.date_time_group_on_record()
            ));
        }
        if self.messages.contains_key(&dispatch.message) {
            marks.push("the same message came before".into());
        }
        if message.draft.parties().into_iter().any(|party| !message.draft.may_be_given_to(party)) {
            marks.push("it is addressed to a Party that it may not be given to by its own word".into());
        }
        if message.author == dispatch.from {
            let (ends, times) = ((dispatch.from, dispatch.to), (message.released_at, Some(now)));
            let why = self.why_no_check(&message.draft, ends, Some(&dispatch.message), times);
            marks.extend(why.map(NotAgreed::mark));
        }
    }

    pub(super) fn take_receipt(&self, own: Own, receipted: &Receipted) -> Decision {
        let link = self.known_link(receipted.party)?;
        let receipt = &receipted.receipt;
        let this_link = receipt.from == receipted.party
            && receipt.to == own.party
            && receipt.from_incarnation == link.incarnation
            && receipt.to_incarnation == own.incarnation;
        if !this_link {
            return Err(Refusal::NotThisLink.into());
        }
        if !link.lane(receipt.lane).owed.contains_key(&receipt.serial) {
            return Err(Refusal::NotOwed.into());
        }
        if !link.leaf_is_free(receipt.leaf_index, receipted.leaf) {
            return Err(Refusal::Equivocation.into());
        }
        happened(Event::Receipted(receipted.clone()))
    }

    pub(super) fn follow(&self, head: &Head, leaves: &[Leaf], now: Instant) -> Decision {
        let link = self.known_link(head.party)?;
        let followed = link.theirs.edge.size();
        if head.size <= followed {
            return Err(Refusal::HeadNotNew.into());
        }
        // All that costs little comes first: adding up may be work for nothing.
        if link.theirs.rejected == Some((head.size, head.root)) {
            return Err(Refusal::HeadDoesNotAddUp.into());
        }
        if head.size.saturating_sub(followed) > link.leaves_followed_at_once(now.hour()) {
            return Err(NotNow::Budget.into());
        }
        let mut next = followed;
        let mut is_of_use = |leaf: &&Leaf| {
            let asked_for =
                (next..head.size).contains(&leaf.index) && !link.theirs.held.contains_key(&leaf.index);
            if asked_for {
                next = leaf.index.saturating_add(1);
            }
            asked_for
        };
        let unknown: Vec<Leaf> = leaves.iter().filter(&mut is_of_use).cloned().collect();
        let announced = link.theirs.announced.len().saturating_add(unknown.len());
        let bytes = head_bytes(head, &unknown);
        if announced > limits::LEAVES_APART_MAX || !link.has_budget_for_head(now.hour(), bytes) {
            return Err(NotNow::Budget.into());
        }
        // What we hold comes before what was sent: it was signed for itself.
        let Ok(edge) = link.grown(head.size, leaves) else {
            return Err(Refusal::HeadDoesNotAddUp.into());
        };
        if edge.root() == head.root {
            return happened(Event::HeadFollowed(head.clone(), unknown));
        }
        // A signed head over other leaves than those signed for themselves is a contradiction; leaves that
        // add up to nothing are only somebody's bytes.
        let other = leaves
            .iter()
            .find(|leaf| link.theirs.held.get(&leaf.index).is_some_and(|held| *held != leaf.hash));
        if let Some(leaf) = other
            && let Ok((edge, as_sent)) = link.grown_as_sent(head.size, leaves)
            && edge.root() == head.root
            && let Some(inclusion_path) = link.theirs.edge.path_to(&as_sent, leaf.index)
        {
            let (leaf, checkpoint) = (leaf.clone(), head.note.clone());
            let proof = Contradiction::Leaf { leaf, inclusion_path, checkpoint };
            return self.contradicts(head.party, proof, now);
        }
        self.check_oddity(head.party, now)?;
        let reason = "the leaves that were sent do not add up to this root".into();
        happened(Event::HeadRejected { head: head.clone(), reason })
    }

    /// What is on record as a contradiction must be one, by what the peer had signed before. Its own
    /// signature, and a leaf's path, were verified at the door.
    pub(super) fn accuse(&self, own: Own, party: Party, proof: &Contradiction, now: Instant) -> Decision {
        let link = self.known_link(party)?;
        let contradicts = match proof {
            Contradiction::Dispatch { dispatch, digest, leaf, .. } => {
                let this_link = (dispatch.from, dispatch.from_incarnation) == (party, link.incarnation)
                    && (dispatch.to, dispatch.to_incarnation) == (own.party, own.incarnation)
                    && self.roster.fingerprint_of(own.party) == Some(dispatch.to_fingerprint);
                this_link && is_second(link, dispatch, *digest, *leaf)
            }
            Contradiction::Leaf { leaf, .. } => {
                link.known_leaf(leaf.index).is_some_and(|known| known != leaf.hash)
            }
        };
        if contradicts {
            self.contradicts(party, proof.clone(), now)
        } else {
            Err(Refusal::NoContradiction.into())
        }
    }

    /// On record once, however often it is shown.
    fn contradicts(&self, party: Party, proof: Contradiction, now: Instant) -> Decision {
        if self.known_link(party)?.contradictions.contains(&proof.digest()) {
            return Err(Refusal::Equivocation.into());
        }
        self.check_oddity(party, now)?;
        happened(Event::Equivocated { party, proof })
    }
}

/// Whether the sender signed another dispatch before under this one's serial, or under the leaf that the
/// next one claims.
fn is_second(link: &Link, dispatch: &Dispatch, digest: Digest, leaf: Digest) -> bool {
    let lane = link.lane(dispatch.lane);
    match lane.given.get(&dispatch.serial) {
        Some(given) => given.dispatch != digest,
        None => {
            dispatch.serial == lane.taken.saturating_add(1) && !link.leaf_is_free(dispatch.leaf_index, leaf)
        }
    }
}

fn contradiction(delivery: &Delivery) -> Contradiction {
    Contradiction::Dispatch {
        dispatch: delivery.dispatch.clone(),
        digest: delivery.dispatch_digest,
        leaf: delivery.dispatch_leaf,
        signed: delivery.dispatch_signed.clone(),
    }
}
