//! Dispatches and receipts from and to the bytes that are leaves of the two ledgers.
//!
//! Encoding is written field by field in the order of the proto, so the same dispatch always gives the
//! same bytes: it must be possible to make it again after a crash.

use bytes::Bytes;
use prost::Message as _;

use super::evidence_v1 as proto;
use super::fault::DecodeFault;
use super::message::{precedence_from_proto, precedence_to_proto};
use crate::domain::digest::{Digest, ThreadId};
use crate::domain::message::{Dispatch, Outcome, Receipt};
use crate::domain::party::{Incarnation, Party};
use crate::limits;

/// The payload that is signed, and the leaf: the same dispatch always gives the same bytes.
pub fn encode_dispatch(dispatch: &Dispatch) -> Bytes {
    dispatch_to_proto(dispatch).encode_to_vec().into()
}

/// A dispatch from the payload of its Signed.
pub fn decode_dispatch(payload: Bytes) -> Result<Dispatch, DecodeFault> {
    let wire = proto::Dispatch::decode(payload)
        .map_err(|_| DecodeFault::new("dispatch", "not a dispatch at all"))?;
    dispatch_from_proto(wire)
}

pub(super) fn dispatch_to_proto(dispatch: &Dispatch) -> proto::Dispatch {
    proto::Dispatch {
        from: dispatch.from.to_string(),
        from_incarnation: dispatch.from_incarnation.0,
        to: dispatch.to.to_string(),
        to_incarnation: dispatch.to_incarnation.0,
        lane: precedence_to_proto(dispatch.lane),
        serial: dispatch.serial,
        thread: Bytes::copy_from_slice(&dispatch.thread.0),
        place: dispatch.place,
        leaf_index: dispatch.leaf_index,
        message_digest: Bytes::copy_from_slice(&dispatch.message.0),
        key_list: dispatch.key_list,
        to_fingerprint: Bytes::copy_from_slice(&dispatch.to_fingerprint.0),
    }
}

pub(super) fn dispatch_from_proto(wire: proto::Dispatch) -> Result<Dispatch, DecodeFault> {
    Ok(Dispatch {
        from: party(&wire.from, "dispatch.from")?,
        from_incarnation: Incarnation(wire.from_incarnation),
        to: party(&wire.to, "dispatch.to")?,
        to_incarnation: Incarnation(wire.to_incarnation),
        lane: precedence_from_proto(wire.lane, "dispatch.lane")?,
        serial: from_one(wire.serial, "dispatch.serial")?,
        thread: thread(&wire.thread, "dispatch.thread")?,
        place: from_one(wire.place, "dispatch.place")?,
        leaf_index: wire.leaf_index,
        message: digest(&wire.message_digest, "dispatch.message_digest")?,
        key_list: wire.key_list,
        to_fingerprint: digest(&wire.to_fingerprint, "dispatch.to_fingerprint")?,
    })
}

/// The exact bytes of a receipt, which are the leaf.
pub fn encode_receipt(receipt: &Receipt) -> Bytes {
    let wire = proto::Receipt {
        from: receipt.from.to_string(),
        from_incarnation: receipt.from_incarnation.0,
        to: receipt.to.to_string(),
        to_incarnation: receipt.to_incarnation.0,
        lane: precedence_to_proto(receipt.lane),
        serial: receipt.serial,
        dispatch_digest: Bytes::copy_from_slice(&receipt.dispatch.0),
        message_digest: Bytes::copy_from_slice(&receipt.message.0),
        outcome: outcome_to_proto(receipt.outcome) as i32,
        received_at_ms: receipt.received_at.0,
        judged_by_key_list: receipt.judged_by_key_list,
        leaf_index: receipt.leaf_index,
    };
    wire.encode_to_vec().into()
}

/// A receipt from its exact bytes.
pub fn decode_receipt(bytes: Bytes) -> Result<Receipt, DecodeFault> {
    let wire =
        proto::Receipt::decode(bytes).map_err(|_| DecodeFault::new("receipt", "not a receipt at all"))?;
    Ok(Receipt {
        from: party(&wire.from, "receipt.from")?,
        from_incarnation: Incarnation(wire.from_incarnation),
        to: party(&wire.to, "receipt.to")?,
        to_incarnation: Incarnation(wire.to_incarnation),
        lane: precedence_from_proto(wire.lane, "receipt.lane")?,
        serial: from_one(wire.serial, "receipt.serial")?,
        dispatch: digest(&wire.dispatch_digest, "receipt.dispatch_digest")?,
        message: digest(&wire.message_digest, "receipt.message_digest")?,
        outcome: outcome_from_proto(wire.outcome)?,
        received_at: crate::domain::time::Instant(wire.received_at_ms),
        judged_by_key_list: wire.judged_by_key_list,
        leaf_index: wire.leaf_index,
    })
}

/// A receipt with the proof that its leaf is in the receiver's ledger.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ProvenReceipt {
    /// Exact bytes of the receipt.
    pub receipt: Bytes,
    pub inclusion_path: Vec<Digest>,
    /// Exact bytes of the signed checkpoint note.
    pub checkpoint: Bytes,
}

/// A receipt with its proof, as it goes back to who sent the dispatch.
pub fn encode_proven(proven: &ProvenReceipt) -> Bytes {
    let wire = proto::ProvenReceipt {
        receipt: proven.receipt.clone(),
        inclusion_path: proven.inclusion_path.iter().map(|hash| Bytes::copy_from_slice(&hash.0)).collect(),
        checkpoint: proven.checkpoint.clone(),
    };
    wire.encode_to_vec().into()
}

/// A receipt with its proof, which is not verified here.
pub fn decode_proven(bytes: Bytes) -> Result<ProvenReceipt, DecodeFault> {
    if bytes.len() > limits::PROVEN_RECEIPT_BYTES_MAX {
        return Err(DecodeFault::at_most("proven_receipt", limits::PROVEN_RECEIPT_BYTES_MAX, "bytes"));
    }
    let wire = proto::ProvenReceipt::decode(bytes)
        .map_err(|_| DecodeFault::new("proven_receipt", "not a proven receipt at all"))?;
    let path = wire.inclusion_path.iter().map(|hash| digest(hash, "proven_receipt.inclusion_path"));
    Ok(ProvenReceipt {
        inclusion_path: path.collect::<Result<_, _>>()?,
        receipt: wire.receipt,
        checkpoint: wire.checkpoint,
    })
}

fn outcome_to_proto(outcome: Outcome) -> proto::Outcome {
    match outcome {
        Outcome::Taken => proto::Outcome::Taken,
        Outcome::RefusedSignature => proto::Outcome::RefusedSignature,
        Outcome::RefusedUnreadable => proto::Outcome::RefusedUnreadable,
        Outcome::RefusedLimit => proto::Outcome::RefusedLimit,
        Outcome::RefusedAddressee => proto::Outcome::RefusedAddressee,
    }
}

pub(super) fn outcome_from_proto(outcome: i32) -> Result<Outcome, DecodeFault> {
    match proto::Outcome::try_from(outcome) {
        Ok(proto::Outcome::Taken) => Ok(Outcome::Taken),
        Ok(proto::Outcome::RefusedSignature) => Ok(Outcome::RefusedSignature),
        Ok(proto::Outcome::RefusedUnreadable) => Ok(Outcome::RefusedUnreadable),
        Ok(proto::Outcome::RefusedLimit) => Ok(Outcome::RefusedLimit),
        Ok(proto::Outcome::RefusedAddressee) => Ok(Outcome::RefusedAddressee),
        Ok(proto::Outcome::Unspecified) | Err(_) => {
            Err(DecodeFault::new("receipt.outcome", "one of the outcomes that this program knows"))
        }
    }
}

pub(super) fn party(code: &str, field: &'static str) -> Result<Party, DecodeFault> {
    code.parse().map_err(|_| DecodeFault::new(field, "a Party's code"))
}

pub(super) fn digest(bytes: &[u8], field: &'static str) -> Result<Digest, DecodeFault> {
    Digest::from_slice(bytes).ok_or(DecodeFault::new(field, "32 bytes"))
}

pub(super) fn thread(bytes: &[u8], field: &'static str) -> Result<ThreadId, DecodeFault> {
    ThreadId::from_slice(bytes).ok_or(DecodeFault::new(field, "16 bytes"))
}

fn from_one(number: u64, field: &'static str) -> Result<u64, DecodeFault> {
    if (1..u64::MAX).contains(&number) { Ok(number) } else { Err(DecodeFault::new(field, "1 or more")) }
}
