//! From decisions to events: here messages are signed, and leaves get their hashes.
//!
//! Nothing signed here has left the node, nor may it before the record was read back. Dispatches are
//! not signed at all yet: `peers/` makes them from the record, with the same bytes each time.

use crate::codec::{dispatch, message, named, signed};
use crate::domain::board::Board;
use crate::domain::command::{Decided, ReceivePlan, ReleasePlan, Slot};
use crate::domain::digest::Digest;
use crate::domain::event::{Event, Received, Released};
use crate::domain::keys::Purpose;
use crate::domain::ledger::leaf_hash;
use crate::domain::message::Dispatch;
use crate::domain::party::Party;
use crate::evidence::keys::{KeyRing, SigningKey};
use crate::evidence::signed::{PayloadType, Signed};

/// The key lists on record call for a key which this node does not have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the {0} key of the key list in force is not in this node's key directory")]
pub struct KeyMissing(pub &'static str);

/// The private key for a purpose under one of our own key lists.
pub fn own_key<'r>(
    board: &Board,
    ring: &'r KeyRing,
    list_number: u32,
    purpose: Purpose,
) -> Result<&'r SigningKey, KeyMissing> {
    let own: Option<Party> = board.own.map(|own| own.party);
    own.and_then(|party| board.roster.parties.get(&party)?.numbered(list_number))
        .and_then(|accepted| ring.key(accepted.list.key_for(purpose)?))
        .ok_or(KeyMissing(purpose.name()))
}

pub fn seal(decided: Decided, board: &Board, ring: &KeyRing) -> Result<Event, KeyMissing> {
    match decided {
        Decided::Event(event) => Ok(event),
        Decided::Release(plan) => release(plan, board, ring),
        Decided::Receive(plan) => Ok(receive(*plan)),
    }
}

fn release(plan: ReleasePlan, board: &Board, ring: &KeyRing) -> Result<Event, KeyMissing> {
    let payload = message::encode(&plan.message);
    let key = own_key(board, ring, plan.key_list, Purpose::Message)?;
    let digest = Digest::of(&payload);
    let dispatches = plan.slots.iter().map(|slot| {
        let dispatch = dispatch_of(&plan, digest, slot);
        let leaf = leaf_hash(&dispatch::encode_dispatch(&dispatch));
        (dispatch, leaf)
    });
    Ok(Event::Released(Released {
        draft: plan.draft,
        digest,
        signed: signed::encode(&Signed::sign(PayloadType::Message, payload, &[key])),
        dispatches: dispatches.collect(),
        named: Box::new(named::of(&plan.message)),
        message: plan.message,
    }))
}

fn dispatch_of(plan: &ReleasePlan, digest: Digest, slot: &Slot) -> Dispatch {
    let message = &plan.message;
    Dispatch {
        from: message.author,
        from_incarnation: message.incarnation,
        to: slot.to,
        to_incarnation: slot.to_incarnation,
        lane: message.draft.precedence,
        serial: slot.serial,
        thread: message.draft.thread,
        place: slot.place,
        leaf_index: slot.leaf_index,
        message: digest,
        key_list: plan.key_list,
        to_fingerprint: slot.to_fingerprint,
    }
}

fn receive(plan: ReceivePlan) -> Event {
    let receipt_bytes = dispatch::encode_receipt(&plan.receipt);
    let delivery = plan.delivery;
    Event::Received(Box::new(Received {
        dispatch: delivery.dispatch,
        dispatch_signed: delivery.dispatch_signed,
        dispatch_leaf: delivery.dispatch_leaf,
        named: delivery.message.as_ref().map(named::of).unwrap_or_default(),
        message: delivery.message.ok(),
        message_signed: delivery.message_signed,
        receipt: plan.receipt,
        receipt_leaf: leaf_hash(&receipt_bytes),
        receipt_bytes,
        marks: plan.marks,
    }))
}
