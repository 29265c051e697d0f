//! The facts of a record, read from its bytes with nothing copied out: what the fold takes at start from
//! the records that make up nearly all of a journal.
//!
//! Never here: a refusal. `None` says only that the whole decoder (`record.rs`) is to be asked: for other
//! events, for bytes that are not plain, for all that is over a limit or wrong.

use super::evidence_v1 as proto;
use super::gist::{gist, heading, party, person, precedence};
use super::plain::Plain;
use crate::domain::chain::{Claim, Opens, Signature};
use crate::domain::command::Answered;
use crate::domain::digest::{CommandId, Digest, DraftId, ThreadId, WriterId};
use crate::domain::fact::{Fact, Facts, Taken};
use crate::domain::ledger::leaf_hash;
use crate::domain::message::{Dispatch, Outcome, Receipt};
use crate::domain::party::Incarnation;
use crate::domain::people::Person;
use crate::domain::time::Instant;
use crate::evidence::signed::PayloadType;
use crate::limits;

/// A record whose facts were read. Its signature was not looked at.
#[derive(Debug)]
pub struct Skimmed {
    /// As it counts if a signed checkpoint of our own covers it.
    pub claim: Claim,
    pub leaf: Digest,
    pub facts: Facts,
}

/// Reads one entry of a journal.
pub fn skim(entry: &[u8]) -> Option<Skimmed> {
    let mut record = Plain::of(signed(entry, PayloadType::Record)?);
    let index = record.number(1)?;
    let previous = Digest::from_slice(record.bytes(2)?)?;
    let incarnation = Incarnation(record.u32(3)?);
    let epoch = record.number(4)?;
    let writer = WriterId::from_slice(record.bytes(5)?)?;
    let at = Instant(record.i64(6)?);
    let command = match record.message(7)? {
        Some(stamp) => Some(answered(stamp, index)?),
        None => None,
    };
    let facts = record.each(8, fact)?;
    record.end()?;
    if facts.is_empty() {
        return None;
    }
    let (opens, signature) = (Opens::Nothing, Signature::Ours);
    Some(Skimmed {
        claim: Claim { index, previous, incarnation, epoch, writer, opens, signature },
        leaf: leaf_hash(entry),
        facts: Facts { index, at, command, facts },
    })
}

fn answered(stamp: &[u8], index: u64) -> Option<(CommandId, Answered)> {
    let mut stamp = Plain::of(stamp);
    let id = CommandId::from_slice(stamp.bytes(1)?)?;
    let content = Digest::from_slice(stamp.bytes(2)?)?;
    let at = Instant(stamp.i64(3)?);
    person(stamp.message(4)??)?;
    stamp.end()?;
    Some((id, Answered { content, index, at }))
}

fn fact(event: &[u8]) -> Option<Fact> {
    let mut event = Plain::of(event);
    let (kind, body) = event.one_of()?;
    event.end()?;
    match kind {
        8 => drafted(body),
        11 => released(body),
        12 => received(body).map(Fact::Received),
        13 => receipted(body),
        _ => None,
    }
}

fn drafted(body: &[u8]) -> Option<Fact> {
    let mut body = Plain::of(body);
    let draft = DraftId::from_slice(body.bytes(1)?)?;
    let bytes = body.bytes(2)?;
    body.end()?;
    let heading = heading(bytes)?;
    let (name, office, key_digest) = heading.drafter;
    let drafter = Person { name: name.into(), office: office.into(), key_digest };
    Some(Fact::Drafted { draft, digest: Digest::of(bytes), drafter, thread: heading.thread })
}

fn released(body: &[u8]) -> Option<Fact> {
    let mut body = Plain::of(body);
    let draft = match body.bytes(1)? {
        [] => None,
        id => Some(DraftId::from_slice(id)?),
    };
    let message = signed(body.bytes(2)?, PayloadType::Message)?;
    // Plain bytes are those that encoding would make again.
    let dispatches = body.each(3, |one| Some((dispatch(one)?, leaf_hash(one))))?;
    body.end()?;
    Some(Fact::Released { draft, message: gist(message)?, digest: Digest::of(message), dispatches })
}

fn received(body: &[u8]) -> Option<Taken> {
    let mut body = Plain::of(body);
    let dispatch_signed = body.bytes(1)?;
    let message_signed = body.bytes(2)?;
    let receipt_bytes = body.bytes(3)?;
    body.each(4, |mark| std::str::from_utf8(mark).ok().map(|_| ()))?;
    body.end()?;
    let dispatch_bytes = signed(dispatch_signed, PayloadType::Dispatch)?;
    let receipt = receipt(receipt_bytes)?;
    let message = match receipt.outcome {
        Outcome::Taken => Some(gist(signed(message_signed, PayloadType::Message)?)?),
        Outcome::RefusedSignature
        | Outcome::RefusedUnreadable
        | Outcome::RefusedLimit
        | Outcome::RefusedAddressee => None,
    };
    Some(Taken {
        dispatch: dispatch(dispatch_bytes)?,
        dispatch_leaf: leaf_hash(dispatch_bytes),
        receipt,
        receipt_leaf: leaf_hash(receipt_bytes),
        bytes: dispatch_signed.len().saturating_add(message_signed.len()) as u64,
        message,
    })
}

fn receipted(body: &[u8]) -> Option<Fact> {
    let mut body = Plain::of(body);
    let party = party(body.text(1)?)?;
    let proven = body.bytes(2)?;
    body.end()?;
    if proven.len() > limits::PROVEN_RECEIPT_BYTES_MAX {
        return None;
    }
    let mut proven = Plain::of(proven);
    let bytes = proven.bytes(1)?;
    proven.each(2, |hash| Digest::from_slice(hash).map(|_| ()))?;
    proven.bytes(3)?;
    proven.end()?;
    Some(Fact::Receipted { party, receipt: receipt(bytes)?, leaf: leaf_hash(bytes) })
}

// ---- what is signed --------------------------------------------------------------------------------

/// The payload, if the wrapping holds one of this type, with Ed25519 signatures only.
fn signed(bytes: &[u8], expected: PayloadType) -> Option<&[u8]> {
    let mut wrapping = Plain::of(bytes);
    let payload = wrapping.bytes(1)?;
    let payload_type = wrapping.text(2)?;
    let mut signatures = 0usize;
    while let Some(one) = wrapping.message(3)? {
        signatures = signatures.saturating_add(1);
        let mut one = Plain::of(one);
        Digest::from_slice(one.bytes(1)?)?;
        let algorithm = one.choice(2)?;
        let value = one.bytes(3)?;
        one.end()?;
        if algorithm != proto::Algorithm::Ed25519 as i32 || value.len() != 64 {
            return None;
        }
    }
    wrapping.end()?;
    let within = bytes.len() <= limits::SIGNED_BYTES_MAX
        && payload.len() <= limits::SIGNED_PAYLOAD_BYTES_MAX
        && (1..=limits::SIGNATURES_MAX).contains(&signatures);
    (within && payload_type == expected.as_str()).then_some(payload)
}

fn dispatch(bytes: &[u8]) -> Option<Dispatch> {
    let mut fields = Plain::of(bytes);
    let dispatch = Dispatch {
        from: party(fields.text(1)?)?,
        from_incarnation: Incarnation(fields.u32(2)?),
        to: party(fields.text(3)?)?,
        to_incarnation: Incarnation(fields.u32(4)?),
        lane: precedence(fields.choice(5)?)?,
        serial: from_one(fields.number(6)?)?,
        thread: ThreadId::from_slice(fields.bytes(7)?)?,
        place: from_one(fields.number(8)?)?,
        leaf_index: fields.number(9)?,
        message: Digest::from_slice(fields.bytes(10)?)?,
        key_list: fields.u32(11)?,
        to_fingerprint: Digest::from_slice(fields.bytes(12)?)?,
    };
    fields.end()?;
    Some(dispatch)
}

fn receipt(bytes: &[u8]) -> Option<Receipt> {
    let mut fields = Plain::of(bytes);
    let receipt = Receipt {
        from: party(fields.text(1)?)?,
        from_incarnation: Incarnation(fields.u32(2)?),
        to: party(fields.text(3)?)?,
        to_incarnation: Incarnation(fields.u32(4)?),
        lane: precedence(fields.choice(5)?)?,
        serial: from_one(fields.number(6)?)?,
        dispatch: Digest::from_slice(fields.bytes(7)?)?,
        message: Digest::from_slice(fields.bytes(8)?)?,
        outcome: super::dispatch::outcome_from_proto(fields.choice(9)?).ok()?,
        received_at: Instant(fields.i64(10)?),
        judged_by_key_list: fields.u32(11)?,
        leaf_index: fields.number(12)?,
    };
    fields.end()?;
    Some(receipt)
}

fn from_one(number: u64) -> Option<u64> {
    (1..u64::MAX).contains(&number).then_some(number)
}
