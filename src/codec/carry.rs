//! Carry files, from and to their bytes: what goes to another Party by any other path while the line is cut.
//!
//! Never here: whether anything in a file holds (`peers/carry_in.rs`). A file that was cut short or damaged is read up
//! to there, and what is wrong with it is told beside what was read: what stands in it is signed for itself.

use std::fmt;

use bytes::{Buf as _, Bytes};
use prost::Message as _;
use prost::encoding::{WireType, decode_key, decode_varint};

use super::dispatch::{digest, party};
use super::evidence_v1 as proto;
use super::fault::DecodeFault;
use super::repeated::check_count;
use crate::domain::carry::Holds;
use crate::domain::digest::Digest;
use crate::domain::party::{Incarnation, LedgerEnd};
use crate::domain::time::Instant;
use crate::limits;

const FIRST_LINE: &[u8] = b"detente carry 1\n";

/// As `proto/detente/evidence/v1/carry.proto` says.
#[derive(Clone, PartialEq, Eq)]
pub struct Carry {
    pub from: LedgerEnd,
    pub to: LedgerEnd,
    pub made_at: Instant,
    /// Exact bytes of a Signed each, number 2 first.
    pub key_lists: Vec<Bytes>,
    /// DER. Empty where there is none.
    pub revocation_list: Bytes,
    /// A note, exact bytes. Empty where there is none.
    pub cosigned: Bytes,
    pub leaves: Option<CarriedLeaves>,
    pub dispatches: Vec<CarriedDispatch>,
    /// Exact bytes of a ProvenReceipt each.
    pub receipts: Vec<Bytes>,
    /// Salt and content of each.
    pub parts: Vec<Bytes>,
}

impl Carry {
    pub fn holds(&self) -> Holds {
        Holds {
            dispatches: self.dispatches.len() as u64,
            receipts: self.receipts.len() as u64,
            parts: self.parts.len() as u64,
        }
    }
}

/// Leaves of the maker's ledger from one on, under a head that it signed.
#[derive(Clone, PartialEq, Eq)]
pub struct CarriedLeaves {
    pub from: u64,
    pub leaves: Vec<Bytes>,
    /// A note, exact bytes.
    pub checkpoint: Bytes,
}

/// One dispatch with its message, as it would go over the link.
#[derive(Clone, PartialEq, Eq)]
pub struct CarriedDispatch {
    /// Exact bytes of a Signed, both.
    pub dispatch: Bytes,
    pub message: Bytes,
}

/// What was read of a file, and what is wrong behind that.
#[derive(Debug)]
pub struct Read {
    pub carry: Carry,
    /// `None` where the file is whole.
    pub fault: Option<DecodeFault>,
}

/// What a Party wrote stays out of diagnostics.
impl fmt::Debug for Carry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Carry({} to {}, {:?})", self.from.party, self.to.party, self.holds())
    }
}

/// The bytes of the file.
pub fn encode(carry: &Carry) -> Bytes {
    let mut file = FIRST_LINE.to_vec();
    file.extend(to_proto(carry).encode_to_vec());
    let digest = Bytes::copy_from_slice(&Digest::of(&file).0);
    file.extend(proto::Carry { digest, ..proto::Carry::default() }.encode_to_vec());
    file.into()
}

/// Reads as much as is whole.
///
/// # Errors
/// Where not even who made it for whom can be read, or it is over a limit: nothing of it is of use.
pub fn decode(file: &Bytes) -> Result<Read, DecodeFault> {
    if file.len() > limits::CARRY_BYTES_MAX {
        return Err(DecodeFault::at_most("carry", limits::CARRY_BYTES_MAX, "bytes"));
    }
    let after = file.strip_prefix(FIRST_LINE);
    let after = after.ok_or(DecodeFault::new("carry", "it does not begin as a carry file of version 1"))?;
    let mut fields = Fields { rest: file.slice_ref(after), last: 0, entries: 0 };
    let mut carry = match fields.next()? {
        Some((HEADER, bytes)) => header(bytes)?,
        Some(_) | None => return Err(DecodeFault::new("carry.header", "must come first")),
    };
    let fault = fields.read(file, &mut carry).err();
    Ok(Read { carry, fault })
}

// Numbers of the fields of a Carry.
const HEADER: u32 = 1;
const KEY_LISTS: u32 = 2;
const REVOCATION_LIST: u32 = 3;
const COSIGNED: u32 = 4;
const LEAVES: u32 = 5;
const DISPATCHES: u32 = 6;
const RECEIPTS: u32 = 7;
const DIGEST: u32 = 8;
const PARTS: u32 = 9;

/// The fields of a Carry, one after the other.
struct Fields {
    rest: Bytes,
    last: u32,
    entries: usize,
}

impl Fields {
    /// The next field with its bytes; `None` at the end.
    fn next(&mut self) -> Result<Option<(u32, Bytes)>, DecodeFault> {
        if !self.rest.has_remaining() {
            return Ok(None);
        }
        let cut = || DecodeFault::new("carry", "cut short");
        let (number, wire_type) = decode_key(&mut self.rest).map_err(|_| cut())?;
        let repeats = matches!(number, KEY_LISTS | DISPATCHES | RECEIPTS | PARTS);
        // Behind the digest nothing is read.
        let in_order = number > self.last || (number == self.last && repeats) || number == DIGEST;
        if wire_type != WireType::LengthDelimited || !in_order || number > PARTS {
            return Err(DecodeFault::new("carry", "damaged, or of a newer program: a field is out of place"));
        }
        self.last = number;
        self.entries = self.entries.saturating_add(1);
        if self.entries > limits::CARRY_ENTRIES_MAX {
            return Err(DecodeFault::at_most("carry", limits::CARRY_ENTRIES_MAX, "entries"));
        }
        let length = decode_varint(&mut self.rest).map_err(|_| cut())?;
        let length = usize::try_from(length).ok().filter(|length| *length <= self.rest.len());
        Ok(Some((number, self.rest.split_to(length.ok_or_else(cut)?))))
    }

    /// All behind the header.
    fn read(&mut self, file: &Bytes, carry: &mut Carry) -> Result<(), DecodeFault> {
        loop {
            let before = file.len().saturating_sub(self.rest.len());
            let Some((number, bytes)) = self.next()? else {
                return Err(DecodeFault::new("carry", "cut short: its end is missing"));
            };
            match number {
                KEY_LISTS => carry.key_lists.push(bytes),
                REVOCATION_LIST => carry.revocation_list = bytes,
                COSIGNED => carry.cosigned = bytes,
                LEAVES => carry.leaves = Some(leaves(bytes)?),
                DISPATCHES => carry.dispatches.push(dispatch(bytes)?),
                RECEIPTS => carry.receipts.push(bytes),
                PARTS => carry.parts.push(bytes),
                _ if self.rest.has_remaining() => {
                    return Err(DecodeFault::new("carry", "it goes on after its end"));
                }
                _ if bytes[..] != Digest::of(file.get(..before).unwrap_or_default()).0 => {
                    return Err(DecodeFault::new("carry.digest", "damaged: its digest is another"));
                }
                _ => return Ok(()),
            }
        }
    }
}

fn header(bytes: Bytes) -> Result<Carry, DecodeFault> {
    let wire = proto::CarryHeader::decode(bytes)
        .map_err(|_| DecodeFault::new("carry.header", "can't be decoded"))?;
    let end = |end: Option<proto::CarryEnd>, field: &'static str| {
        let end = end.ok_or(DecodeFault::new(field, "must be given"))?;
        Ok(LedgerEnd {
            party: party(&end.party, field)?,
            incarnation: Incarnation(end.incarnation),
            fingerprint: digest(&end.fingerprint, field)?,
        })
    };
    Ok(Carry {
        from: end(wire.from, "carry.header.from")?,
        to: end(wire.to, "carry.header.to")?,
        made_at: Instant(wire.made_at_ms),
        key_lists: Vec::new(),
        revocation_list: Bytes::new(),
        cosigned: Bytes::new(),
        leaves: None,
        dispatches: Vec::new(),
        receipts: Vec::new(),
        parts: Vec::new(),
    })
}

fn leaves(bytes: Bytes) -> Result<CarriedLeaves, DecodeFault> {
    let most = limits::LEAVES_PER_CALL_MAX;
    check_count(bytes.clone(), 2, most, DecodeFault::at_most("carry.leaves.leaves", most, "leaves"))?;
    let wire = proto::CarriedLeaves::decode(bytes)
        .map_err(|_| DecodeFault::new("carry.leaves", "can't be decoded"))?;
    Ok(CarriedLeaves { from: wire.from, leaves: wire.leaves, checkpoint: wire.checkpoint })
}

fn dispatch(bytes: Bytes) -> Result<CarriedDispatch, DecodeFault> {
    let wire = proto::CarriedDispatch::decode(bytes)
        .map_err(|_| DecodeFault::new("carry.dispatches", "can't be decoded"))?;
    Ok(CarriedDispatch { dispatch: wire.dispatch, message: wire.message })
}

fn to_proto(carry: &Carry) -> proto::Carry {
    let end = |end: &LedgerEnd| proto::CarryEnd {
        party: end.party.to_string(),
        incarnation: end.incarnation.0,
        fingerprint: Bytes::copy_from_slice(&end.fingerprint.0),
    };
    let leaves = carry.leaves.as_ref().map(|leaves| proto::CarriedLeaves {
        from: leaves.from,
        leaves: leaves.leaves.clone(),
        checkpoint: leaves.checkpoint.clone(),
    });
    let dispatches = carry
        .dispatches
        .iter()
        .map(|one| proto::CarriedDispatch { dispatch: one.dispatch.clone(), message: one.message.clone() });
    proto::Carry {
        header: Some(proto::CarryHeader {
            from: Some(end(&carry.from)),
            to: Some(end(&carry.to)),
            made_at_ms: carry.made_at.0,
        }),
        key_lists: carry.key_lists.clone(),
        revocation_list: carry.revocation_list.clone(),
        cosigned: carry.cosigned.clone(),
        leaves,
        dispatches: dispatches.collect(),
        receipts: carry.receipts.clone(),
        digest: Bytes::new(),
        parts: carry.parts.clone(),
    }
}
