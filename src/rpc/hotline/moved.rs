//! Lines of a session that stand otherwise than a console was told, in as few answers as have room for them.
//!
//! Never here: which ones do (`known.rs`).

use prost::Message as _;

use crate::codec::proto::detente::v1 as calls;
use crate::limits;

/// As many as one answer takes.
pub(super) fn pieces(moved: Vec<calls::MovedLine>) -> Vec<calls::MovedLines> {
    let mut pieces: Vec<calls::MovedLines> = Vec::new();
    let mut taken = 0_usize;
    for one in moved {
        taken = taken.saturating_add(one.encoded_len());
        match pieces.last_mut() {
            Some(last) if taken <= limits::THREAD_PAGE_BYTES => last.lines.push(one),
            Some(_) | None => {
                taken = one.encoded_len();
                pieces.push(calls::MovedLines { lines: vec![one] });
            }
        }
    }
    pieces
}
