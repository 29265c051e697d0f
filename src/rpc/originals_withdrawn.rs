//! Messages that are about another one, held against whether its own author had taken that back before.
//!
//! Never here: a refusal, and what became of a message since. What a form only mentions says nothing of it; whoever
//! drafts is told also of what the heading refers to or answers.

use super::originals::Originals;
use crate::domain::became::withdrawn_by;
use crate::domain::content::{Content, Kind};
use crate::domain::digest::Digest;
use crate::domain::duty::OfAuthor;
use crate::domain::heading::{Is, named};
use crate::domain::message::{Message, Outgoing, Traffic};
use crate::domain::party::Party;
use crate::domain::refusal::FaultNamed;
use crate::domain::thread::Entry;
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
        let mut about = about(outgoing, content);
        // In a session it stands at the text that is answered, and nobody waits for a second key to answer it, or to
        // close over it.
        let kind = content.kind();
        let is_in_session = kind.has_place_in_session() || kind == Kind::SessionClose;
        if message.is_none() && !is_in_session {
            add_of_heading(&mut about, outgoing);
        }
        for (field, digest) in about.into_iter().take(limits::NAMED_LOOKED_FOR_MAX) {
            let Some(there) = self.original(&digest).await? else { continue };
            found.extend(self.taken_back((field, content), (&digest, &there.message), before).await?);
        }
        if message.is_none() {
            found.extend(self.taken_back_of_number(outgoing, content).await?);
        }
        Ok(found)
    }

    /// Of a message on record here, whether its author took it back in a record before this one.
    async fn taken_back(
        &self,
        (field, content): (String, &Content),
        (digest, message): (&Digest, &Message),
        before: u64,
    ) -> Result<Option<FaultNamed>, RecordFault> {
        let first = self.head.board.taken_back_by(digest, message);
        let Some((_, word)) = first.filter(|(index, _)| *index < before) else { return Ok(None) };
        let Some(word) = self.original(&word).await? else { return Ok(None) };
        let rule = rule(&field, content, &word.message.number);
        Ok(Some(FaultNamed::new(field, rule)))
    }

    /// The same of what a draft's envelope names by number alone. No index leads from a number to a message: it is looked
    /// for in the draft's thread, among what its author may have taken back there, the newest first.
    async fn taken_back_of_number(
        &self,
        outgoing: &Outgoing,
        content: &Content,
    ) -> Result<Vec<FaultNamed>, RecordFault> {
        let board = &self.head.board;
        let Some(thread) = board.thread(outgoing.thread) else { return Ok(Vec::new()) };
        let (mut found, mut left) = (Vec::new(), limits::LATER_WORDS_READ_MAX);
        for (index, one) in outgoing.references.iter().enumerate() {
            let Ok(author) = one.author.parse::<Party>() else { continue };
            if one.message.is_some() || one.number.is_empty() {
                continue;
            }
            let withdrawals = &board.duties.withdrawals;
            let mut said = [Traffic::Real, Traffic::Drill]
                .map(|traffic| OfAuthor { thread: outgoing.thread, author, traffic })
                .to_vec();
            said.retain(|of| withdrawals.are_any(*of));
            let may_be = |entry: &Entry| {
                let is_any =
                    |of: &OfAuthor| !withdrawals.of(*of, &entry.digest, &one.number, None).is_empty();
                entry.author == author && said.iter().any(is_any)
            };
            let newest_first = thread.in_order().into_iter().rev().filter(may_be);
            let there: Vec<Digest> = newest_first.map(|entry| entry.digest).take(left).collect();
            for digest in there {
                left = left.saturating_sub(1);
                let Some(there) = self.original(&digest).await? else { continue };
                if there.message.number == one.number {
                    let of = (in_heading(index), content);
                    found.extend(self.taken_back(of, (&digest, &there.message), u64::MAX).await?);
                    break;
                }
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
        add_of_heading(&mut all, outgoing);
    }
    all
}

/// Those that the envelope refers to, or answers, and that are not among these yet.
fn add_of_heading(all: &mut Vec<(String, Digest)>, outgoing: &Outgoing) {
    for (index, reference) in outgoing.references.iter().enumerate() {
        let digest = reference.message.filter(|digest| all.iter().all(|(_, named)| named != digest));
        all.extend(digest.map(|digest| (in_heading(index), digest)));
    }
}

fn in_heading(index: usize) -> String {
    format!("heading.references[{}]", index.saturating_add(1))
}

/// `number`: of the word that took it back, not safe to show.
fn rule(field: &str, content: &Content, number: &str) -> String {
    let what = match content {
        Content::Amendment(_) if field == "amends" => {
            "with this, notice is given again, in place of any that stands"
        }
        Content::MessageWithdrawal(_) if field == "withdraws" => "it is taken back already",
        _ => "its author took it back",
    };
    format!("{}: {what}", withdrawn_by(number))
}
