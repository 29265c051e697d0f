//! Which translations of a message lie in its thread: whoever reads it is told of them.
//!
//! Never here: a word of theirs. The original counts.

use crate::codec::content;
use crate::domain::became::withdrawn_by;
use crate::domain::content::{Content, Kind};
use crate::domain::digest::Digest;
use crate::domain::message::{Message, Traffic};
use crate::domain::text::shown;
use crate::domain::thread::Entry;
use crate::registrar::Head;
use crate::replay::records::{RecordFault, Records};

/// Lines of marks, safe to show, one for each translation among the newest messages of the thread, of which as many
/// are read as `most` says: one of another traffic says so. How many were not looked at is the last line.
///
/// # Errors
/// The journal does not answer, or is not what it was.
pub(super) async fn marks(
    head: &Head,
    records: &Records,
    (digest, message): (&Digest, &Message),
    most: usize,
) -> Result<Vec<String>, RecordFault> {
    let id = message.draft.thread;
    let Some(thread) = head.board.thread(id) else { return Ok(Vec::new()) };
    let order = thread.in_order().into_iter();
    let mut others: Vec<Entry> = order.filter(|entry| entry.digest != *digest).collect();
    let not_read = others.len().saturating_sub(most);
    let newest = others.split_off(not_read);
    let mut marks = Vec::new();
    for entry in newest {
        let stored = records.message(entry.index, &entry.digest).await?;
        let draft = &stored.message.draft;
        if draft.kind != Kind::Translation.name() {
            continue;
        }
        let said = content::said(&draft.kind, &draft.content);
        let Some(Content::Translation(form)) = said.content() else { continue };
        if form.of.message_digest.is_none_or(|of| of.0 != *digest) {
            continue;
        }
        let (language, by) = (shown(&form.language), stored.message.author);
        let traffic = match draft.traffic {
            traffic if traffic == message.draft.traffic => "",
            Traffic::Drill => ", a drill's",
            Traffic::Real => ", not a drill's",
        };
        let number = shown(&stored.message.number);
        let mut mark =
            format!("translated into {language} by {by}, in {number}{traffic}; the original counts");
        if let Some((index, word)) = head.board.taken_back_by(&entry.digest, &stored.message) {
            let word = records.message(index, &word).await?.message;
            mark = format!("{mark}; {}", withdrawn_by(&word.number));
        }
        marks.push(mark);
    }
    if not_read > 0 {
        marks.push(format!("{not_read} earlier messages of its thread were not looked at for translations"));
    }
    Ok(marks)
}
