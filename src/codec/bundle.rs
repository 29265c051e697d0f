//! Bundles of one thread, from and to the bytes of their file.
//!
//! Never here: whether anything in a bundle holds (`replay/verify/`). A bundle is read strictly: what
//! it would not write, it does not read, so that no part can be hidden in it.

use std::fmt;

use bytes::{Buf as _, Bytes};
use prost::Message as _;
use prost::encoding::{DecodeContext, WireType, decode_key, decode_varint, skip_field};

use super::by_hand::{self, AccountByHand};
use super::dispatch::{digest, party, thread};
use super::evidence_v1 as proto;
use super::fault::DecodeFault;
use super::message::{person_from_proto, person_to_proto};
use super::repeated::check_count;
use crate::domain::digest::{Digest, ThreadId};
use crate::domain::party::Party;
use crate::domain::taken_by::TakenBy;
use crate::domain::time::Instant;
use crate::limits;

const FIRST_LINE: &[u8] = b"detente bundle 1\n";

/// All the evidence of one thread, as `proto/detente/evidence/v1/bundle.proto` says.
#[derive(Clone, PartialEq, Eq)]
pub struct Bundle {
    pub thread: ThreadId,
    pub made_by: Party,
    pub made_at: Instant,
    pub parties: Vec<BundleParty>,
    pub messages: Vec<BundleMessage>,
    pub dispatches: Vec<BundleDispatch>,
    /// What the maker states that it handed over outside any link.
    pub by_hand: Vec<AccountByHand>,
}

/// A Party that the bundle speaks of, with its key lists.
#[derive(Clone, PartialEq, Eq)]
pub struct BundleParty {
    pub party: Party,
    /// Exact bytes of a Signed each, number 1 first.
    pub key_lists: Vec<Bytes>,
    /// Who introduced it to the maker, where that one had not compared its fingerprint.
    pub introduced_by: Option<Party>,
}

/// A message of the thread.
#[derive(Clone, PartialEq, Eq)]
pub struct BundleMessage {
    /// Exact bytes of a Signed.
    pub message: Bytes,
    pub recorded_at: Instant,
    /// Who took the carry file by which it came to the maker, where it came by one.
    pub taken_by: Option<TakenBy>,
}

/// A dispatch of one of the messages, with all that proves what became of it.
#[derive(Clone, PartialEq, Eq)]
pub struct BundleDispatch {
    pub dispatch: DispatchBytes,
    /// Exact bytes of a ProvenReceipt, with when the maker had it on record.
    pub receipt: Option<(Bytes, Instant)>,
    /// A C2SP tlog-proof.
    pub covered: Option<Bytes>,
    /// What came in place of a message that was refused.
    pub refused: Option<Bytes>,
    pub disputed: Vec<Disputed>,
    pub contradicted_by: Vec<Bytes>,
    pub other_leaves: Vec<OtherLeaf>,
}

/// A leaf in the place of another, in a ledger whose keeper signed a head over it.
#[derive(Clone, PartialEq, Eq)]
pub struct OtherLeaf {
    pub hash: Digest,
    /// A C2SP tlog-proof.
    pub proof: Bytes,
}

/// A dispatch with its sender's signature, or bare where the maker no longer has the key.
#[derive(Clone, PartialEq, Eq)]
pub enum DispatchBytes {
    /// Exact bytes of a Signed.
    Signed(Bytes),
    /// Exact bytes of a Dispatch.
    Bare(Bytes),
}

/// A receipt that did not verify.
#[derive(Clone, PartialEq, Eq)]
pub struct Disputed {
    pub receipt: Bytes,
    pub reason: String,
}

/// What a Party wrote stays out of diagnostics.
impl fmt::Debug for Bundle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (messages, dispatches) = (self.messages.len(), self.dispatches.len());
        write!(f, "Bundle({}, {messages} messages, {dispatches} dispatches)", self.thread)
    }
}

/// The bytes of the file.
pub fn encode(bundle: &Bundle) -> Bytes {
    let body = to_proto(bundle).encode_to_vec();
    [FIRST_LINE, &Digest::of(&body).0, &body].concat().into()
}

/// Reads a file strictly. Whether anything in it holds is for `replay/verify/` to say.
pub fn decode(file: Bytes) -> Result<Bundle, DecodeFault> {
    if file.len() > limits::BUNDLE_BYTES_MAX {
        return Err(DecodeFault::at_most("bundle", limits::BUNDLE_BYTES_MAX, "bytes"));
    }
    let after = file.strip_prefix(FIRST_LINE);
    let after = after.ok_or(DecodeFault::new("bundle", "it does not begin as a bundle of version 1"))?;
    let (digest, body) = after.split_first_chunk::<32>().ok_or(DecodeFault::new("bundle", "cut short"))?;
    if Digest::of(body).0 != *digest {
        return Err(DecodeFault::new("bundle", "damaged: its digest is another"));
    }
    let body = file.slice_ref(body);
    let none = || DecodeFault::new("bundle", "not a bundle at all, or of a newer program");
    check_counts(&body)?;
    let wire = proto::Bundle::decode(body.clone()).map_err(|_| none())?;
    let bundle = from_proto(wire)?;
    if to_proto(&bundle).encode_to_vec() == body { Ok(bundle) } else { Err(none()) }
}

fn to_proto(bundle: &Bundle) -> proto::Bundle {
    proto::Bundle {
        thread: Bytes::copy_from_slice(&bundle.thread.0),
        made_by: bundle.made_by.to_string(),
        made_at_ms: bundle.made_at.0,
        parties: bundle.parties.iter().map(party_to_proto).collect(),
        messages: bundle.messages.iter().map(message_to_proto).collect(),
        dispatches: bundle.dispatches.iter().map(dispatch_to_proto).collect(),
        by_hand: bundle.by_hand.iter().map(by_hand::recorded_to_proto).collect(),
    }
}

/// Counts all that repeats before any of it is decoded: an empty entry takes two bytes to send and a
/// hundred to hold.
fn check_counts(body: &Bytes) -> Result<(), DecodeFault> {
    let check = |bytes: Bytes, tag, most, field| {
        check_count(bytes, tag, most, DecodeFault::at_most(field, most, "entries"))
    };
    check(body.clone(), PARTIES, limits::BUNDLE_PARTIES_MAX, "bundle.parties")?;
    check(body.clone(), MESSAGES, limits::BUNDLE_ITEMS_MAX, "bundle.messages")?;
    check(body.clone(), DISPATCHES, limits::BUNDLE_ITEMS_MAX, "bundle.dispatches")?;
    check(body.clone(), BY_HAND, limits::BUNDLE_ITEMS_MAX, "bundle.by_hand")?;
    let mut rest = body.clone();
    while rest.has_remaining() {
        let Ok((number, wire_type)) = decode_key(&mut rest) else { return Ok(()) };
        if wire_type != WireType::LengthDelimited {
            if skip_field(wire_type, number, &mut rest, DecodeContext::default()).is_err() {
                return Ok(());
            }
            continue;
        }
        let length = decode_varint(&mut rest).ok().and_then(|length| usize::try_from(length).ok());
        let Some(length) = length.filter(|length| *length <= rest.len()) else { return Ok(()) };
        let inner = rest.split_to(length);
        match number {
            PARTIES => {
                check(inner, 2, limits::PARTY_FILE_KEY_LISTS_MAX, "bundle.parties.key_lists")?;
            }
            DISPATCHES => {
                let most = limits::BUNDLE_ODDITIES_MAX;
                check(inner.clone(), 6, most, "bundle.dispatches.disputed")?;
                check(inner.clone(), 7, most, "bundle.dispatches.contradicted_by")?;
                check(inner, 9, most, "bundle.dispatches.other_leaves")?;
            }
            _ => {}
        }
    }
    Ok(())
}

// Numbers of the fields of a Bundle.
const PARTIES: u32 = 4;
const MESSAGES: u32 = 5;
const DISPATCHES: u32 = 6;
const BY_HAND: u32 = 7;

fn from_proto(wire: proto::Bundle) -> Result<Bundle, DecodeFault> {
    Ok(Bundle {
        thread: thread(&wire.thread, "bundle.thread")?,
        made_by: party(&wire.made_by, "bundle.made_by")?,
        made_at: Instant(wire.made_at_ms),
        parties: wire.parties.into_iter().map(party_from_proto).collect::<Result<_, _>>()?,
        messages: wire.messages.into_iter().map(message_from_proto).collect::<Result<_, _>>()?,
        dispatches: wire.dispatches.into_iter().map(dispatch_from_proto).collect::<Result<_, _>>()?,
        by_hand: wire.by_hand.into_iter().map(by_hand::recorded_from_proto).collect::<Result<_, _>>()?,
    })
}

fn party_to_proto(party: &BundleParty) -> proto::BundleParty {
    proto::BundleParty {
        party: party.party.to_string(),
        key_lists: party.key_lists.clone(),
        introduced_by: party.introduced_by.map(|by| by.to_string()).unwrap_or_default(),
    }
}

fn party_from_proto(wire: proto::BundleParty) -> Result<BundleParty, DecodeFault> {
    let introduced_by = match wire.introduced_by.as_str() {
        "" => None,
        by => Some(party(by, "bundle.parties.introduced_by")?),
    };
    let party = party(&wire.party, "bundle.parties.party")?;
    Ok(BundleParty { party, key_lists: wire.key_lists, introduced_by })
}

fn message_to_proto(message: &BundleMessage) -> proto::BundleMessage {
    proto::BundleMessage {
        message: message.message.clone(),
        recorded_at_ms: message.recorded_at.0,
        carry_taken_by: message.taken_by.as_ref().map(|taken| proto::CarryTakenBy {
            by: Some(person_to_proto(&taken.by)),
            recorded_at_ms: taken.at.0,
        }),
    }
}

fn message_from_proto(wire: proto::BundleMessage) -> Result<BundleMessage, DecodeFault> {
    let taken_by = |wire: proto::CarryTakenBy| {
        let by = person_from_proto(wire.by, "bundle.messages.carry_taken_by.by")?;
        Ok(TakenBy { by, at: Instant(wire.recorded_at_ms) })
    };
    Ok(BundleMessage {
        message: wire.message,
        recorded_at: Instant(wire.recorded_at_ms),
        taken_by: wire.carry_taken_by.map(taken_by).transpose()?,
    })
}

fn dispatch_to_proto(one: &BundleDispatch) -> proto::BundleDispatch {
    let disputed =
        |one: &Disputed| proto::DisputedReceipt { receipt: one.receipt.clone(), reason: one.reason.clone() };
    let (dispatch, unsigned_dispatch) = match &one.dispatch {
        DispatchBytes::Signed(signed) => (signed.clone(), Bytes::new()),
        DispatchBytes::Bare(bare) => (Bytes::new(), bare.clone()),
    };
    proto::BundleDispatch {
        dispatch,
        unsigned_dispatch,
        receipt: one.receipt.as_ref().map(|(receipt, _)| receipt.clone()).unwrap_or_default(),
        receipt_recorded_at_ms: one.receipt.as_ref().map_or(0, |(_, at)| at.0),
        covered: one.covered.clone().unwrap_or_default(),
        refused: one.refused.clone().unwrap_or_default(),
        disputed: one.disputed.iter().map(disputed).collect(),
        contradicted_by: one.contradicted_by.clone(),
        other_leaves: one.other_leaves.iter().map(other_leaf_to_proto).collect(),
    }
}

fn other_leaf_to_proto(one: &OtherLeaf) -> proto::OtherLeaf {
    proto::OtherLeaf { leaf_hash: Bytes::copy_from_slice(&one.hash.0), proof: one.proof.clone() }
}

fn other_leaf_from_proto(wire: proto::OtherLeaf) -> Result<OtherLeaf, DecodeFault> {
    let hash = digest(&wire.leaf_hash, "bundle.dispatches.other_leaves.leaf_hash")?;
    Ok(OtherLeaf { hash, proof: wire.proof })
}

fn dispatch_from_proto(wire: proto::BundleDispatch) -> Result<BundleDispatch, DecodeFault> {
    let given = |bytes: Bytes| if bytes.is_empty() { None } else { Some(bytes) };
    let disputed = |one: proto::DisputedReceipt| Disputed { receipt: one.receipt, reason: one.reason };
    let dispatch = match given(wire.unsigned_dispatch) {
        Some(bare) => DispatchBytes::Bare(bare),
        None => DispatchBytes::Signed(wire.dispatch),
    };
    Ok(BundleDispatch {
        dispatch,
        receipt: given(wire.receipt).map(|receipt| (receipt, Instant(wire.receipt_recorded_at_ms))),
        covered: given(wire.covered),
        refused: given(wire.refused),
        disputed: wire.disputed.into_iter().map(disputed).collect(),
        contradicted_by: wire.contradicted_by,
        other_leaves: wire.other_leaves.into_iter().map(other_leaf_from_proto).collect::<Result<_, _>>()?,
    })
}
