//! That a message came by file: who took the carry file, and when, as it is on record here.
//!
//! Never here: a word of the message's author. How it came is this node's own account, and nothing rests on it.

use crate::domain::digest::Digest;
use crate::domain::event::{Event, Record};
use crate::domain::taken_by::TakenBy;
use crate::replay::records::{RecordFault, Records};

/// The mark of a message that came by file, of the record that holds it; `None` where it came over the link or is our
/// own.
///
/// # Errors
/// The journal does not answer, or is not what it was.
pub(super) async fn mark(
    records: &Records,
    record: &Record,
    message: &Digest,
) -> Result<Option<String>, RecordFault> {
    let received = record.events.iter().find_map(|event| match event {
        Event::Received(received) if received.dispatch.message == *message => Some(received),
        _ => None,
    });
    let Some(received) = received else { return Ok(None) };
    let Some(noted) = received.carried_by.filter(|noted| *noted < record.index) else { return Ok(None) };
    let taken = TakenBy::of(&records.record(noted).await?, received.dispatch.from);
    Ok(taken.map(|taken| {
        let office =
            if taken.by.office.is_empty() { String::new() } else { format!(" ({})", taken.by.office) };
        format!("came by file: {}{office} took the carry file here at {}", taken.by.name, taken.at)
    }))
}
