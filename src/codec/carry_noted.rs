//! That a carry file was made or taken, from and to the form in which records hold it.
//!
//! Never here: the file (`carry.rs`).

use bytes::Bytes;

use super::dispatch::{digest, party};
use super::fault::DecodeFault;
use super::journal_v1 as proto;
use crate::domain::carry::{CarryNoted, Done, Holds, NotCompared};
use crate::domain::time::Instant;

pub(super) fn to_proto(noted: &CarryNoted) -> proto::CarryNoted {
    let done = match noted.done {
        Done::Made => proto::CarryDone::Made,
        Done::Taken => proto::CarryDone::Taken,
    };
    proto::CarryNoted {
        with: noted.with.to_string(),
        done: done as i32,
        file: Bytes::copy_from_slice(&noted.file.0),
        made_at_ms: noted.made_at.0,
        dispatches: noted.holds.dispatches,
        receipts: noted.holds.receipts,
        parts: noted.holds.parts,
        although_not_compared: noted.not_compared == NotCompared::Accepted,
        way: noted.way.clone(),
    }
}

pub(super) fn from_proto(wire: proto::CarryNoted) -> Result<CarryNoted, DecodeFault> {
    let done = match wire.done() {
        proto::CarryDone::Made => Done::Made,
        proto::CarryDone::Taken => Done::Taken,
        proto::CarryDone::Unspecified => {
            return Err(DecodeFault::new("carry_noted.done", "what this program knows"));
        }
    };
    Ok(CarryNoted {
        with: party(&wire.with, "carry_noted.with")?,
        done,
        file: digest(&wire.file, "carry_noted.file")?,
        made_at: Instant(wire.made_at_ms),
        holds: Holds { dispatches: wire.dispatches, receipts: wire.receipts, parts: wire.parts },
        not_compared: NotCompared::said(wire.although_not_compared),
        way: wire.way,
    })
}
