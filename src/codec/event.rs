//! Events from and to the form in which records hold them.
//!
//! Reading parses the signed bytes inside, so that the fold never does. It does not verify them again:
//! that was done before the record was written, and `replay` does it for an audit.

use bytes::Bytes;

use super::change::{change_from_proto, change_to_proto, key_list, member_from_proto, member_to_proto};
use super::dispatch::{self, digest, party};
use super::fault::DecodeFault;
use super::journal_v1 as proto;
use super::message::{precedence_from_proto, precedence_to_proto};
use super::{alarm, by_hand, carry_noted, check, duty, message, named, regime_held, signed, watch};
use crate::domain::digest::{CommandId, Digest, DraftId};
use crate::domain::event::{Contradiction, Event, Head, Leaf, Receipted, Received, Released, RevocationList};
use crate::domain::ledger::leaf_hash;
use crate::domain::message::Outcome;
use crate::domain::party::{Incarnation, Party};
use crate::evidence::checkpoint::Checkpoint;
use crate::evidence::note::Note;
use crate::evidence::{cosignature, names};
use crate::limits;
use proto::event::Event as Wire;

pub(super) fn to_proto(event: &Event) -> proto::Event {
    let wire = match event {
        Event::JournalOpened { party, incarnation, members, left_behind } => {
            Wire::JournalOpened(proto::JournalOpened {
                party: party.to_string(),
                incarnation: incarnation.0,
                members: members.iter().map(member_to_proto).collect(),
                left_behind: left_behind.clone(),
            })
        }
        Event::EpochOpened { number, fold_version } => {
            Wire::EpochOpened(proto::EpochOpened { number: *number, fold_version: *fold_version })
        }
        Event::KeyListAccepted(list) => {
            Wire::KeyListAccepted(proto::KeyListAccepted { key_list: list.signed.clone() })
        }
        Event::RevocationListAccepted(list) => Wire::RevocationListAccepted(proto::RevocationListAccepted {
            party: list.party.to_string(),
            revocation_list: list.der.clone(),
        }),
        Event::ChangeProposed(change) => {
            Wire::ChangeProposed(proto::ChangeProposed { change: Some(change_to_proto(change)) })
        }
        Event::ChangeConfirmed { proposal } => {
            Wire::ChangeConfirmed(proto::ChangeConfirmed { proposal: bytes(&proposal.0) })
        }
        Event::ChangeDropped { proposal } => {
            Wire::ChangeDropped(proto::ChangeDropped { proposal: bytes(&proposal.0) })
        }
        Event::Drafted { draft, bytes: message, .. } => {
            Wire::Drafted(proto::Drafted { draft: bytes(&draft.0), message: message.clone() })
        }
        Event::DraftReturned { draft, digest, reason } => Wire::DraftReturned(proto::DraftReturned {
            draft: bytes(&draft.0),
            digest: bytes(&digest.0),
            reason: reason.clone(),
        }),
        Event::DraftWithdrawn { draft } => {
            Wire::DraftWithdrawn(proto::DraftWithdrawn { draft: bytes(&draft.0) })
        }
        Event::Released(released) => Wire::Released(proto::Released {
            draft: released.draft.map(|draft| bytes(&draft.0)).unwrap_or_default(),
            message: released.signed.clone(),
            dispatches: released.dispatches.iter().map(|(one, _)| dispatch::dispatch_to_proto(one)).collect(),
        }),
        Event::Received(received) => Wire::Received(proto::Received {
            dispatch: received.dispatch_signed.clone(),
            message: received.message_signed.clone(),
            receipt: received.receipt_bytes.clone(),
            marks: received.marks.clone(),
        }),
        Event::Receipted(receipted) => Wire::Receipted(proto::Receipted {
            party: receipted.party.to_string(),
            receipt: receipted.proven.clone(),
        }),
        Event::ReceiptDisputed { party, lane, serial, receipt, reason } => {
            Wire::ReceiptDisputed(proto::ReceiptDisputed {
                party: party.to_string(),
                lane: precedence_to_proto(*lane),
                serial: *serial,
                receipt: receipt.clone(),
                reason: reason.clone(),
            })
        }
        Event::HeadFollowed(head, leaves) => Wire::HeadFollowed(proto::HeadFollowed {
            party: head.party.to_string(),
            checkpoint: head.note.clone(),
            leaves: leaves.iter().map(leaf_to_proto).collect(),
        }),
        Event::HeadCosigned(head) => {
            Wire::HeadCosigned(proto::HeadCosigned { party: head.party.to_string(), note: head.note.clone() })
        }
        Event::HeadRejected { head, reason } => Wire::HeadRejected(proto::HeadRejected {
            party: head.party.to_string(),
            checkpoint: head.note.clone(),
            reason: reason.clone(),
        }),
        Event::Equivocated { party, proof } => Wire::Equivocated(contradiction_to_proto(*party, proof)),
        Event::TurnedAway { party, hour } => {
            Wire::TurnedAway(proto::TurnedAway { party: party.to_string(), hour: *hour })
        }
        Event::ReferenceMissing { message, missing } => Wire::ReferenceMissing(proto::ReferenceMissing {
            message_digest: bytes(&message.0),
            missing_digest: bytes(&missing.0),
        }),
        Event::AuditRead { what } => Wire::AuditRead(proto::AuditRead { what: what.clone() }),
        Event::PartStored { salted_digest, bytes: size } => {
            Wire::PartStored(proto::PartStored { salted_digest: bytes(&salted_digest.0), bytes: *size })
        }
        Event::PartErased { salted_digest, reason } => Wire::PartErased(proto::PartErased {
            salted_digest: bytes(&salted_digest.0),
            reason: reason.clone(),
        }),
        Event::RegimeHeld(held) => Wire::RegimeHeld(regime_held::to_proto(held)),
        Event::DeliveredByHand(said) => Wire::DeliveredByHand(by_hand::account_to_proto(said)),
        Event::Alerted(alerted) => Wire::Alerted(watch::alerted_to_proto(alerted)),
        Event::WatchOffered(offered) => Wire::WatchOffered(watch::offered_to_proto(offered)),
        Event::WatchTaken { desk, digest } => Wire::WatchTaken(watch::taken_to_proto(desk, digest)),
        Event::DutiesNoted(noted) => Wire::DutiesNoted(duty::to_proto(noted)),
        Event::AlarmNoted(noted) => Wire::AlarmNoted(alarm::to_proto(noted)),
        Event::CheckNoted(noted) => Wire::CheckNoted(check::to_proto(noted)),
        Event::CarryNoted(noted) => Wire::CarryNoted(carry_noted::to_proto(noted)),
    };
    proto::Event { event: Some(wire) }
}

pub(super) fn from_proto(event: proto::Event) -> Result<Event, DecodeFault> {
    let wire =
        event.event.ok_or(DecodeFault::new("record.events", "an event that this program does not know"))?;
    Ok(match wire {
        Wire::JournalOpened(opened) => Event::JournalOpened {
            party: party(&opened.party, "journal_opened.party")?,
            incarnation: Incarnation(opened.incarnation),
            members: opened.members.into_iter().map(member_from_proto).collect::<Result<_, _>>()?,
            left_behind: opened.left_behind,
        },
        Wire::EpochOpened(opened) => {
            Event::EpochOpened { number: opened.number, fold_version: opened.fold_version }
        }
        Wire::KeyListAccepted(accepted) => Event::KeyListAccepted(key_list(accepted.key_list)?),
        Wire::RevocationListAccepted(accepted) => Event::RevocationListAccepted(RevocationList {
            party: party(&accepted.party, "revocation_list_accepted.party")?,
            der: accepted.revocation_list,
        }),
        Wire::ChangeProposed(proposed) => Event::ChangeProposed(change_from_proto(proposed.change)?),
        Wire::ChangeConfirmed(confirmed) => {
            Event::ChangeConfirmed { proposal: command_id(&confirmed.proposal, "change_confirmed.proposal")? }
        }
        Wire::ChangeDropped(dropped) => {
            Event::ChangeDropped { proposal: command_id(&dropped.proposal, "change_dropped.proposal")? }
        }
        Wire::Drafted(drafted) => Event::Drafted {
            draft: draft_id(&drafted.draft, "drafted.draft")?,
            outgoing: message::decode_draft(&drafted.message)?,
            bytes: drafted.message,
        },
        Wire::DraftReturned(returned) => Event::DraftReturned {
            draft: draft_id(&returned.draft, "draft_returned.draft")?,
            digest: digest(&returned.digest, "draft_returned.digest")?,
            reason: returned.reason,
        },
        Wire::DraftWithdrawn(withdrawn) => {
            Event::DraftWithdrawn { draft: draft_id(&withdrawn.draft, "draft_withdrawn.draft")? }
        }
        Wire::Released(wire) => Event::Released(released(wire)?),
        Wire::Received(wire) => Event::Received(Box::new(received(wire)?)),
        Wire::Receipted(wire) => Event::Receipted(receipted(wire)?),
        Wire::ReceiptDisputed(disputed) => Event::ReceiptDisputed {
            party: party(&disputed.party, "receipt_disputed.party")?,
            lane: precedence_from_proto(disputed.lane, "receipt_disputed.lane")?,
            serial: disputed.serial,
            receipt: disputed.receipt,
            reason: disputed.reason,
        },
        Wire::HeadFollowed(followed) => Event::HeadFollowed(
            head(&followed.party, followed.checkpoint)?,
            followed.leaves.into_iter().map(leaf_from_proto).collect(),
        ),
        Wire::HeadCosigned(cosigned) => Event::HeadCosigned(head(&cosigned.party, cosigned.note)?),
        Wire::HeadRejected(rejected) => {
            Event::HeadRejected { head: head(&rejected.party, rejected.checkpoint)?, reason: rejected.reason }
        }
        Wire::Equivocated(wire) => contradiction_from_proto(wire)?,
        Wire::TurnedAway(turned) => {
            Event::TurnedAway { party: party(&turned.party, "turned_away.party")?, hour: turned.hour }
        }
        Wire::ReferenceMissing(missing) => Event::ReferenceMissing {
            message: digest(&missing.message_digest, "reference_missing.message_digest")?,
            missing: digest(&missing.missing_digest, "reference_missing.missing_digest")?,
        },
        Wire::AuditRead(read) => Event::AuditRead { what: read.what },
        Wire::PartStored(stored) => Event::PartStored {
            salted_digest: digest(&stored.salted_digest, "part_stored.salted_digest")?,
            bytes: stored.bytes,
        },
        Wire::PartErased(erased) => Event::PartErased {
            salted_digest: digest(&erased.salted_digest, "part_erased.salted_digest")?,
            reason: erased.reason,
        },
        Wire::RegimeHeld(held) => Event::RegimeHeld(regime_held::from_proto(held)?),
        Wire::DeliveredByHand(said) => Event::DeliveredByHand(by_hand::account_from_proto(said)?),
        Wire::Alerted(alerted) => Event::Alerted(watch::alerted_from_proto(alerted)?),
        Wire::WatchOffered(offered) => Event::WatchOffered(watch::offered_from_proto(offered)?),
        Wire::WatchTaken(taken) => {
            Event::WatchTaken { desk: taken.desk, digest: digest(&taken.digest, "watch_taken.digest")? }
        }
        Wire::DutiesNoted(noted) => Event::DutiesNoted(Box::new(duty::from_proto(noted)?)),
        Wire::AlarmNoted(noted) => Event::AlarmNoted(alarm::from_proto(noted)?),
        Wire::CheckNoted(noted) => Event::CheckNoted(Box::new(check::from_proto(noted)?)),
        Wire::CarryNoted(noted) => Event::CarryNoted(Box::new(carry_noted::from_proto(noted)?)),
    })
}

fn released(wire: proto::Released) -> Result<Released, DecodeFault> {
    let payload = signed::decode(wire.message.clone())?.payload;
    let with_leaf = |one| {
        let dispatch = dispatch::dispatch_from_proto(one)?;
        let leaf = leaf_hash(&dispatch::encode_dispatch(&dispatch));
        Ok((dispatch, leaf))
    };
    let message = message::decode(&payload)?;
    Ok(Released {
        named: Box::new(named::of(&message)),
        draft: if wire.draft.is_empty() { None } else { Some(draft_id(&wire.draft, "released.draft")?) },
        message,
        digest: Digest::of(&payload),
        signed: wire.message,
        dispatches: wire.dispatches.into_iter().map(with_leaf).collect::<Result<_, _>>()?,
    })
}

fn received(wire: proto::Received) -> Result<Received, DecodeFault> {
    let dispatch_payload = signed::decode(wire.dispatch.clone())?.payload;
    let receipt = dispatch::decode_receipt(wire.receipt.clone())?;
    let message = match receipt.outcome {
        Outcome::Taken => Some(message::decode(&signed::decode(wire.message.clone())?.payload)?),
        Outcome::RefusedSignature
        | Outcome::RefusedUnreadable
        | Outcome::RefusedLimit
        | Outcome::RefusedAddressee => None,
    };
    Ok(Received {
        named: message.as_ref().map(named::of).unwrap_or_default(),
        dispatch_leaf: leaf_hash(&dispatch_payload),
        dispatch: dispatch::decode_dispatch(dispatch_payload)?,
        dispatch_signed: wire.dispatch,
        message,
        message_signed: wire.message,
        receipt,
        receipt_leaf: leaf_hash(&wire.receipt),
        receipt_bytes: wire.receipt,
        marks: wire.marks,
    })
}

fn receipted(wire: proto::Receipted) -> Result<Receipted, DecodeFault> {
    let proven = dispatch::decode_proven(wire.receipt.clone())?;
    Ok(Receipted {
        party: party(&wire.party, "receipted.party")?,
        leaf: leaf_hash(&proven.receipt),
        receipt: dispatch::decode_receipt(proven.receipt)?,
        proven: wire.receipt,
    })
}

/// Reads a head from a checkpoint note. Its signatures are not looked at here.
pub fn head(other_end: &str, note: Bytes) -> Result<Head, DecodeFault> {
    let unreadable = DecodeFault::new("checkpoint", "not a signed checkpoint note");
    if note.len() > limits::HEAD_NOTE_BYTES_MAX {
        return Err(DecodeFault::at_most("checkpoint", limits::HEAD_NOTE_BYTES_MAX, "bytes"));
    }
    let parsed = Note::parse(&note).map_err(|_| unreadable)?;
    let checkpoint = Checkpoint::from_text(parsed.text()).map_err(|_| unreadable)?;
    let party = party(other_end, "head.party")?;
    let name = names::witness_key_name(&party);
    let lines = parsed.signatures().iter().filter(|line| line.name() == name);
    let cosigned_at = lines.filter_map(cosignature::time_of).min();
    Ok(Head { party, size: checkpoint.size, root: checkpoint.root, note, cosigned_at })
}

fn contradiction_to_proto(party: Party, proof: &Contradiction) -> proto::Equivocated {
    let party = party.to_string();
    match proof {
        Contradiction::Dispatch { signed, .. } => {
            proto::Equivocated { party, dispatch: signed.clone(), ..proto::Equivocated::default() }
        }
        Contradiction::Leaf { leaf, inclusion_path, checkpoint } => proto::Equivocated {
            party,
            dispatch: Bytes::new(),
            leaf: Some(leaf_to_proto(leaf)),
            checkpoint: checkpoint.clone(),
            inclusion_path: inclusion_path.iter().map(|hash| bytes(&hash.0)).collect(),
        },
    }
}

fn contradiction_from_proto(wire: proto::Equivocated) -> Result<Event, DecodeFault> {
    let party = party(&wire.party, "equivocated.party")?;
    let proof = match wire.leaf {
        Some(leaf) => Contradiction::Leaf {
            leaf: leaf_from_proto(leaf),
            inclusion_path: wire
                .inclusion_path
                .iter()
                .map(|hash| digest(hash, "equivocated.inclusion_path"))
                .collect::<Result<_, _>>()?,
            checkpoint: wire.checkpoint,
        },
        None => second_dispatch(wire.dispatch)?,
    };
    Ok(Event::Equivocated { party, proof })
}

/// Reads a dispatch that contradicts another. Its signature is not looked at here.
pub fn second_dispatch(bytes: Bytes) -> Result<Contradiction, DecodeFault> {
    let payload = signed::decode(bytes.clone())?.payload;
    Ok(Contradiction::Dispatch {
        digest: Digest::of(&payload),
        leaf: leaf_hash(&payload),
        dispatch: dispatch::decode_dispatch(payload)?,
        signed: bytes,
    })
}

fn leaf_to_proto(leaf: &Leaf) -> proto::Leaf {
    proto::Leaf { index: leaf.index, body: leaf.body.clone() }
}

fn leaf_from_proto(wire: proto::Leaf) -> Leaf {
    Leaf { index: wire.index, hash: leaf_hash(&wire.body), body: wire.body }
}

fn bytes(slice: &[u8]) -> Bytes {
    Bytes::copy_from_slice(slice)
}

fn command_id(bytes: &[u8], field: &'static str) -> Result<CommandId, DecodeFault> {
    CommandId::from_slice(bytes).ok_or(DecodeFault::new(field, "16 bytes"))
}

fn draft_id(bytes: &[u8], field: &'static str) -> Result<DraftId, DecodeFault> {
    DraftId::from_slice(bytes).ok_or(DecodeFault::new(field, "16 bytes"))
}
