//! A transcript with another Party, and the very lines of which it is: the node's, held against what is signed.
//!
//! Never here: a line that the transcript does not name, or its digest on the node's word.

use bytes::Bytes;

use super::close::signed_by_close;
use super::service;
use super::show::pages;
use crate::cli::desk::{Desk, answer};
use crate::cli::fault::Fault;
use crate::codec::proto::detente::v1 as calls;
use crate::domain::digest::{Digest, ThreadId};
use crate::domain::hotline;
use crate::domain::party::Party;
use crate::limits;

/// The bytes that a close signs now, and with which Party.
pub(super) struct Signed {
    pub text: String,
    pub digest: Digest,
    /// Those of all that both have: also what is signed by nobody, as it waits for a message that is not here or is a
    /// third's from which neither went on.
    all: Bytes,
    pub with: String,
}

pub(super) async fn signed(desk: &Desk, thread: &Bytes, with: &str) -> Result<Signed, Fault> {
    let asked = calls::TranscriptRequest { thread: thread.clone(), with: with.to_owned() };
    let given = answer(service(desk).transcript(asked)).await.map_err(|fault| fault.of_argument("with"))?;
    let signed = signed_by_close(&given);
    let digest = Digest::of(signed);
    let text = String::from_utf8(signed.to_vec())
        .map_err(|_| Fault::new("the node gave a transcript that is not text"))?;
    Ok(Signed { text, digest, all: given.transcript, with: given.with })
}

/// The same with its lines, both of one reading.
///
/// # Errors
/// Also where the session goes on all the time.
pub(super) async fn read(
    desk: &Desk,
    thread: &Bytes,
    with: &str,
) -> Result<(Signed, calls::ShowSessionResponse), Fault> {
    for _ in 0..limits::HOTLINE_READINGS_MAX {
        let signed = signed(desk, thread, with).await?;
        let whole = pages(desk, thread.clone(), &signed.with).await?;
        let written = written(thread, (desk.party, signed.with.as_str()), &whole);
        if written.is_some_and(|written| written.as_bytes() == signed.all) {
            return Ok((signed, whole));
        }
    }
    Err(Fault::new("the session went on each time that it was read: ask again"))
}

/// The transcript of these lines.
fn written(thread: &Bytes, (own, with): (Party, &str), whole: &calls::ShowSessionResponse) -> Option<String> {
    let line = |line: &calls::SessionLine| {
        Some((line.author.parse::<Party>().ok()?, Digest::from_slice(&line.digest)?))
    };
    let lines: Option<Vec<(Party, Digest)>> = whole.lines.iter().map(line).collect();
    Some(hotline::transcript(ThreadId::from_slice(thread)?, (own, with.parse().ok()?), &lines?))
}
