//! The bytes of a transcript: what both sides sign the digest of when a session is closed.
//!
//! Laid down in `proto/detente/evidence/v1/hotline.proto`; anybody can make them again with a text editor.
//! Never here: what a message says. Its digest stands for all of it.

use std::fmt::Write as _;

use crate::domain::digest::{Digest, ThreadId};
use crate::domain::party::Party;

/// The transcript of two Parties, of messages in their order.
pub fn transcript(thread: ThreadId, between: (Party, Party), messages: &[(Party, Digest)]) -> String {
    let (one, other) = between;
    let (first, second) = if one.as_str() <= other.as_str() { (one, other) } else { (other, one) };
    let mut text = format!("detente hotline transcript 1\nthread {thread}\nbetween {first} {second}\n");
    for (index, (author, digest)) in messages.iter().enumerate() {
        // Writing to a String does not fail.
        let _ = writeln!(text, "{} {author} {digest}", index.saturating_add(1));
    }
    text
}
