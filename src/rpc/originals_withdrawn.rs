//! Messages that are about another one, held against whether its own author had taken that back before.
//!
//! Never here: a refusal, and what became of a message since. What a form only mentions says nothing of it.

use super::originals::Originals;
use crate::domain::became::withdrawn_by;
use crate::domain::content::Content;
use crate::domain::digest::Digest;
use crate::domain::heading::{Is, named};
use crate::domain::message::Outgoing;
use crate::domain::refusal::FaultNamed;
use crate::limits;
use crate::replay::records::RecordFault;

impl Originals<'_> {
    /// Which of the messages that this one is about were taken back, by what is on record here before it; `None` for a
    /// draft, which comes after all of it.
    ///
    /// # Errors
    /// As for `faults`.
    pub(super) async fn withdrawn(
        &self,
        outgoing: &Outgoing,
        content: &Content,
        message: Option<&Digest>,
    ) -> Result<Vec<FaultNamed>, RecordFault> {
        let board = &self.head.board;
        let own = message.and_then(|digest| board.messages.get(digest));
        let before = own.map_or(u64::MAX, |own| own.index);
        let mut found = Vec::new();
        for (field, digest) in about(outgoing, content).into_iter().take(limits::NAMED_LOOKED_FOR_MAX) {
            let Some(there) = self.original(&digest).await? else { continue };
            let first = board.taken_back_by(&digest, &there.message);
            let Some((_, word)) = first.filter(|(index, _)| *index < before) else { continue };
            if let Some(word) = self.original(&word).await? {
                found.push(FaultNamed::new(field, rule(content, &word.message.number)));
            }
        }
        Ok(found)
    }
}

/// The messages that a content is about, and where it names them: of one in a format also those of its envelope, by
/// which a reply is found.
fn about(outgoing: &Outgoing, content: &Content) -> Vec<(String, Digest)> {
    let inside = named(content).into_iter().filter(|named| named.is != Is::Mentioned);
    let mut all: Vec<(String, Digest)> = inside
        .filter_map(|named| named.reference.message_digest.map(|digest| (named.field, digest.0)))
        .collect();
    if let Content::Formatted(form) = content {
        for (at, reference) in form.references() {
            all.extend(reference.message_digest.map(|digest| (at.to_string(), digest.0)));
        }
        for (index, reference) in outgoing.references.iter().enumerate() {
            let at = format!("heading.references[{}]", index.saturating_add(1));
            let digest = reference.message.filter(|digest| all.iter().all(|(_, named)| named != digest));
            all.extend(digest.map(|digest| (at, digest)));
        }
    }
    all
}

/// `number`: of the word that took it back, not safe to show.
fn rule(content: &Content, number: &str) -> String {
    let what = match content {
        Content::Amendment(_) => "with this, notice is given again, in place of any that stands",
        Content::MessageWithdrawal(_) => "it is taken back already",
        _ => "its author took it back",
    };
    format!("{}: {what}", withdrawn_by(number))
}
