//! Gathers the evidence of one thread from a journal: what a third person needs, and nothing of any
//! other thread.
//!
//! Never here: a record's bytes, or a leaf's body that is not of the thread. What a bundle betrays all
//! the same is said in `proto/detente/evidence/v1/bundle.proto`.

mod gathered;
mod item;
mod maker;

use bytes::Bytes;

use super::ledgers::each_record;
use super::records::{RecordFault, Records};
use crate::codec::bundle;
use crate::domain::board::Board;
use crate::domain::digest::ThreadId;
use crate::domain::time::Instant;
use crate::evidence::keys::KeyRing;
use crate::limits;
use gathered::Gathered;

/// A journal up to a head, and the keys with which our own dispatches and receipts are made again.
pub struct Source<'a> {
    pub records: &'a Records,
    pub board: &'a Board,
    pub ring: &'a KeyRing,
}

/// Why there is no bundle.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BundleFault {
    #[error("there is no such thread on record here")]
    NoSuchThread,
    #[error(
        "the thread's evidence is over the limit for one bundle: at most {} bytes",
        limits::BUNDLE_BYTES_MAX
    )]
    TooLarge,
    #[error(transparent)]
    Record(#[from] RecordFault),
}

/// The bytes of a bundle file. `now` is stated in it.
pub async fn make(source: &Source<'_>, thread: ThreadId, now: Instant) -> Result<Bytes, BundleFault> {
    let own = source.board.own.ok_or(BundleFault::NoSuchThread)?;
    let mut gathered = Gathered::new(thread, own);
    let size = source.board.size;
    each_record(source.records, size, |record| gathered.take(&record)).await?;
    if gathered.is_empty() {
        return Err(BundleFault::NoSuchThread);
    }
    // Once more: a head may have covered a dispatch before that came here.
    gathered.follow_ledgers();
    each_record(source.records, size, |record| gathered.cover(&record)).await?;
    let bytes = bundle::encode(&gathered.bundle(source.board, source.ring, now));
    if bytes.len() > limits::BUNDLE_BYTES_MAX { Err(BundleFault::TooLarge) } else { Ok(bytes) }
}
