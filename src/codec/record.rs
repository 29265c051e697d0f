//! Records from and to the entries of the journal.
//!
//! Reading goes in two steps, so that the rule which records count (`domain/chain.rs`) is asked before
//! any event is read: [`open`] gives the claim, [`Opened::record`] the events of a record that counts.

use bytes::Bytes;
use prost::Message as _;

use super::fault::DecodeFault;
use super::journal_v1 as proto;
use super::{event, message, signed};
use crate::domain::chain::{Claim, Opens, Signature};
use crate::domain::digest::{CommandId, Digest, WriterId};
use crate::domain::event::{Event, Record, Stamp};
use crate::domain::ledger::leaf_hash;
use crate::domain::party::Incarnation;
use crate::domain::time::Instant;
use crate::evidence::keys::{PublicKey, SigningKey};
use crate::evidence::signed::{PayloadType, Signed};

/// What a writer states beside the events themselves.
#[derive(Clone, PartialEq, Debug)]
pub struct Heading {
    pub index: u64,
    pub previous: Digest,
    pub incarnation: Incarnation,
    pub epoch: u64,
    pub writer: WriterId,
}

/// Encodes and signs a record: the exact bytes of one entry.
pub fn seal(heading: &Heading, record: &Record, key: &SigningKey) -> Bytes {
    let wire = proto::Record {
        index: heading.index,
        previous: Bytes::copy_from_slice(&heading.previous.0),
        incarnation: heading.incarnation.0,
        epoch: heading.epoch,
        writer: Bytes::copy_from_slice(&heading.writer.0),
        at_ms: record.at.0,
        command: record.command.as_ref().map(stamp_to_proto),
        events: record.events.iter().map(event::to_proto).collect(),
    };
    signed::encode(&Signed::sign(PayloadType::Record, wire.encode_to_vec().into(), &[key]))
}

/// Whether the signature is looked at. It may be left out only for records that a signed checkpoint
/// of our own covers, and only until the tree was compared with that checkpoint.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Check<'k> {
    Signature(&'k PublicKey),
    CoveredByCheckpoint,
}

/// An entry that is a record by its form.
#[derive(Debug)]
pub struct Opened {
    pub claim: Claim,
    /// Leaf hash of the entry's exact bytes: the next record's predecessor.
    pub leaf: Digest,
    wire: proto::Record,
}

/// Reads the claim of one entry.
pub fn open(entry: &Bytes, check: Check<'_>) -> Result<Opened, DecodeFault> {
    let signed = signed::decode(entry.clone())?;
    let signature = match check {
        Check::CoveredByCheckpoint if signed.payload_type == PayloadType::Record => Signature::Ours,
        Check::CoveredByCheckpoint => Signature::NotOurs,
        Check::Signature(key) => match signed.verify(PayloadType::Record, key) {
            Ok(_) => Signature::Ours,
            Err(_) => Signature::NotOurs,
        },
    };
    let wire = proto::Record::decode(signed.payload)
        .map_err(|_| DecodeFault::new("record", "not a record at all"))?;
    let claim = Claim {
        index: wire.index,
        previous: super::dispatch::digest(&wire.previous, "record.previous")?,
        incarnation: Incarnation(wire.incarnation),
        epoch: wire.epoch,
        writer: WriterId::from_slice(&wire.writer).ok_or(DecodeFault::new("record.writer", "16 bytes"))?,
        opens: opens(&wire),
        signature,
    };
    Ok(Opened { claim, leaf: leaf_hash(entry), wire })
}

fn opens(wire: &proto::Record) -> Opens {
    use proto::event::Event as Kind;
    let opening =
        |event: &proto::Event| matches!(event.event, Some(Kind::JournalOpened(_) | Kind::EpochOpened(_)));
    let Some((first, rest)) = wire.events.split_first() else { return Opens::Misfit };
    if rest.iter().any(opening) {
        return Opens::Misfit;
    }
    match &first.event {
        Some(Kind::JournalOpened(_)) => Opens::Journal,
        Some(Kind::EpochOpened(opened)) if rest.is_empty() => Opens::Epoch(opened.number),
        Some(Kind::EpochOpened(_)) => Opens::Misfit,
        Some(_) | None => Opens::Nothing,
    }
}

impl Opened {
    /// Reads the events. What this program does not know was written by a newer one, and a record that
    /// counts but can't be read must stop the reader, not be passed over.
    pub fn record(self) -> Result<Record, DecodeFault> {
        let events: Result<Vec<Event>, DecodeFault> =
            self.wire.events.into_iter().map(event::from_proto).collect();
        Ok(Record {
            index: self.wire.index,
            at: Instant(self.wire.at_ms),
            command: self.wire.command.map(stamp_from_proto).transpose()?,
            events: events?,
        })
    }
}

fn stamp_to_proto(stamp: &Stamp) -> proto::CommandStamp {
    proto::CommandStamp {
        id: Bytes::copy_from_slice(&stamp.id.0),
        content_digest: Bytes::copy_from_slice(&stamp.content.0),
        at_ms: stamp.at.0,
        by: Some(message::person_to_proto(&stamp.by)),
    }
}

fn stamp_from_proto(wire: proto::CommandStamp) -> Result<Stamp, DecodeFault> {
    Ok(Stamp {
        id: CommandId::from_slice(&wire.id).ok_or(DecodeFault::new("record.command.id", "16 bytes"))?,
        content: super::dispatch::digest(&wire.content_digest, "record.command.content_digest")?,
        at: Instant(wire.at_ms),
        by: message::person_from_proto(wire.by, "record.command.by")?,
    })
}
