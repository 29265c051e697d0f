//! What is delivered by hand, and the Parties to which nothing else goes, from and to the form in which
//! records hold them.
//!
//! Never here: whether the message is one of ours, or who may say so (the Board decides).

use bytes::Bytes;

use super::dispatch::{digest, party, thread};
use super::evidence_v1 as proto;
use super::fault::DecodeFault;
use super::journal_v1 as journal;
use super::message::{person_from_proto, person_to_proto};
use crate::domain::by_hand::{DeliveredByHand, HandedOver, Says};
use crate::domain::digest::CommandId;
use crate::domain::event::{Change, PartyWithoutNode};
use crate::domain::people::Person;
use crate::domain::time::Instant;
use crate::limits;

/// An account with who put it on record, and when.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AccountByHand {
    pub id: CommandId,
    pub account: DeliveredByHand,
    pub recorded_at: Instant,
    pub recorded_by: Person,
}

/// An account as the journal stores it.
pub fn account_to_proto(account: &DeliveredByHand) -> proto::DeliveredByHand {
    use proto::delivered_by_hand::Says as Wire;
    let says = match &account.says {
        Says::HandedOver(handed) => Wire::HandedOver(proto::HandedOver {
            means: handed.means.clone(),
            channel: handed.channel.clone(),
            note_number: handed.note_number.clone(),
            by: handed.by.clone(),
            to: handed.to.clone(),
            at: Some(proto::DateTimeGroup { instant_ms: handed.at.0, zone: handed.zone.clone() }),
            scan: handed.scan.map(|scan| Bytes::copy_from_slice(&scan.0)).unwrap_or_default(),
        }),
        Says::TakenBack { reason } => Wire::TakenBack(proto::TakenBack { reason: reason.clone() }),
    };
    proto::DeliveredByHand {
        message_digest: Bytes::copy_from_slice(&account.message.0),
        thread: Bytes::copy_from_slice(&account.thread.0),
        party: account.party.to_string(),
        says: Some(says),
        corrects: account.corrects.map(|id| Bytes::copy_from_slice(&id.0)).unwrap_or_default(),
    }
}

/// An account as a record or a call holds it.
///
/// # Errors
/// A field that is lacking, is none, or is over its limit.
pub fn account_from_proto(wire: proto::DeliveredByHand) -> Result<DeliveredByHand, DecodeFault> {
    use proto::delivered_by_hand::Says as Wire;
    let says = wire.says.ok_or(DecodeFault::new("account.says", "handed over, or taken back"))?;
    Ok(DeliveredByHand {
        message: digest(&wire.message_digest, "account.message_digest")?,
        thread: thread(&wire.thread, "account.thread")?,
        party: party(&wire.party, "account.party")?,
        says: match says {
            Wire::HandedOver(handed) => Says::HandedOver(handed_over(handed)?),
            Wire::TakenBack(taken) => {
                Says::TakenBack { reason: line(taken.reason, "account.taken_back.reason")? }
            }
        },
        corrects: match &wire.corrects[..] {
            [] => None,
            id => Some(CommandId::from_slice(id).ok_or(DecodeFault::new("account.corrects", "16 bytes"))?),
        },
    })
}

fn handed_over(wire: proto::HandedOver) -> Result<HandedOver, DecodeFault> {
    let at = wire.at.ok_or(DecodeFault::new("account.handed_over.at", "must be given"))?;
    Ok(HandedOver {
        means: line(wire.means, "account.handed_over.means")?,
        channel: line(wire.channel, "account.handed_over.channel")?,
        note_number: line(wire.note_number, "account.handed_over.note_number")?,
        by: line(wire.by, "account.handed_over.by")?,
        to: line(wire.to, "account.handed_over.to")?,
        at: Instant(at.instant_ms),
        zone: line(at.zone, "account.handed_over.at.zone")?,
        scan: match &wire.scan[..] {
            [] => None,
            scan => Some(digest(scan, "account.handed_over.scan")?),
        },
    })
}

/// An account with who put it on record and when, as a bundle holds it.
pub fn recorded_to_proto(one: &AccountByHand) -> proto::AccountByHand {
    proto::AccountByHand {
        id: Bytes::copy_from_slice(&one.id.0),
        account: Some(account_to_proto(&one.account)),
        recorded_at_ms: one.recorded_at.0,
        recorded_by: Some(person_to_proto(&one.recorded_by)),
    }
}

/// An account as a bundle or an answer holds it.
///
/// # Errors
/// A field that is lacking, is none, or is over its limit.
pub fn recorded_from_proto(wire: proto::AccountByHand) -> Result<AccountByHand, DecodeFault> {
    let account = wire.account.ok_or(DecodeFault::new("by_hand.account", "must be given"))?;
    Ok(AccountByHand {
        id: CommandId::from_slice(&wire.id).ok_or(DecodeFault::new("by_hand.id", "16 bytes"))?,
        account: account_from_proto(account)?,
        recorded_at: Instant(wire.recorded_at_ms),
        recorded_by: person_from_proto(wire.recorded_by, "by_hand.recorded_by")?,
    })
}

pub(super) fn known(new: &PartyWithoutNode) -> journal::PartyWithoutNode {
    let known = journal::Unlinked {
        party: new.party.to_string(),
        name: new.name.clone(),
        contacts: new.contacts.clone(),
    };
    journal::PartyWithoutNode { act: Some(journal::party_without_node::Act::Known(known)) }
}

pub(super) fn taken_back(party: &crate::domain::party::Party) -> journal::PartyWithoutNode {
    journal::PartyWithoutNode { act: Some(journal::party_without_node::Act::TakenBack(party.to_string())) }
}

pub(super) fn change(wire: journal::PartyWithoutNode) -> Result<Change, DecodeFault> {
    use journal::party_without_node::Act;
    let lacking = DecodeFault::new("change.party_without_node", "known, or taken back");
    Ok(match wire.act.ok_or(lacking)? {
        Act::Known(new) => Change::PartyWithoutNode(PartyWithoutNode {
            party: party(&new.party, "change.party_without_node.party")?,
            name: new.name,
            contacts: new.contacts,
        }),
        Act::TakenBack(code) => Change::PartyTakenBack(party(&code, "change.party_without_node.taken_back")?),
    })
}

fn line(text: String, field: &'static str) -> Result<String, DecodeFault> {
    if text.len() <= limits::LINE_BYTES_MAX {
        Ok(text)
    } else {
        Err(DecodeFault::at_most(field, limits::LINE_BYTES_MAX, "bytes"))
    }
}
