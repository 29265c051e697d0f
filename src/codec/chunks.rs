//! A file in the chunks in which calls that come in pieces hand it on.
//!
//! Never here: what is in it.

use bytes::Bytes;

use crate::limits;

/// From its beginning on; none of an empty one.
pub fn chunks(whole: Bytes) -> impl Iterator<Item = Bytes> + Send {
    (0..whole.len()).step_by(limits::PART_CHUNK_BYTES).map(move |from| {
        let to = from.saturating_add(limits::PART_CHUNK_BYTES).min(whole.len());
        whole.slice(from..to)
    })
}
