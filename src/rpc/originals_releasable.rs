//! Messages that carry on what another one says, or refer to it, held against the list of Parties that its author
//! lets have it.
//!
//! Never here: a message's own list beside its own addressees (`domain/message.rs`); what an officer writes anew,
//! which no program can hold against anything.

use super::originals::Originals;
use crate::codec::forwarded::{self, Opened};
use crate::domain::content::Content;
use crate::domain::forwarded::{Forwarded, NOT_TO_BE_HANDED_ON};
use crate::domain::message::{Holds, Message, Outgoing};
use crate::domain::party::Party;
use crate::domain::refusal::FaultNamed;
use crate::limits;
use crate::replay::records::RecordFault;

/// Whether its author lets all of these Parties have a message.
fn lets(original: &Message, parties: &[Party]) -> bool {
    let has = |party: &Party| *party == original.author || original.draft.may_be_given_to(*party);
    parties.iter().all(has)
}

/// A translation says what its original says: it goes no further, and is marked as that is.
pub(super) fn of_translation(outgoing: &Outgoing, original: &Message) -> Vec<FaultNamed> {
    let mut found = Vec::new();
    if !lets(original, &outgoing.parties()) {
        let rule = "its author lets only Parties have it among which an addressee is not";
        found.push(FaultNamed::that_stops("of", rule));
    }
    let (list, asked) = (&outgoing.releasable_to, &original.draft.releasable_to);
    if !asked.is_empty() && (list.is_empty() || !lets(original, list)) {
        let rule = "the original names who alone may have it: its translation names these, or fewer";
        found.push(FaultNamed::that_stops("heading.releasable_to", rule));
    }
    found.extend(of_other_marking(outgoing, original));
    found
}

/// What carries another message is marked as that is.
fn of_other_marking(outgoing: &Outgoing, original: &Message) -> Option<FaultNamed> {
    let marking = original.draft.marking.trim();
    let differs = !marking.is_empty() && marking != outgoing.marking.trim();
    differs.then(|| FaultNamed::new("heading.marking", "is not the marking of the original"))
}

/// Parts about persons that the original's author gave to its own addressees, and that are given to others with this.
pub(super) fn persons_handed_on(outgoing: &Outgoing, form: &Forwarded) -> Vec<FaultNamed> {
    let Opened::Message(original) = forwarded::open(form) else { return Vec::new() };
    let named = &original.message.draft.parts;
    let handed_on = outgoing.parts.iter().enumerate().filter(|(_, part)| {
        part.holds == Holds::PersonalData && named.iter().any(|one| one.salted_digest == part.salted_digest)
    });
    let rule = "is about persons, and given to others than those to whom the original's author gave it";
    handed_on
        .map(|(index, _)| FaultNamed::new(format!("heading.parts[{}]", index.saturating_add(1)), rule))
        .collect()
}

impl Originals<'_> {
    /// Of the messages that the heading refers to, those that an addressee may not have.
    pub(super) async fn referred_beyond(&self, outgoing: &Outgoing) -> Result<Vec<FaultNamed>, RecordFault> {
        let (parties, mut found) = (outgoing.parties(), Vec::new());
        for (index, reference) in outgoing.references.iter().enumerate().take(limits::NAMED_LOOKED_FOR_MAX) {
            let Some(digest) = &reference.message else { continue };
            if self.original(digest).await?.is_some_and(|original| !lets(&original.message, &parties)) {
                let field = format!("heading.references[{}]", index.saturating_add(1));
                let rule = "its author lets only Parties have it among which an addressee is not: see that nothing \
                            of it is told here";
                found.push(FaultNamed::new(field, rule));
            }
        }
        Ok(found)
    }

    /// What is handed on keeps its marking. A translation that is handed on goes no further than its original, as far
    /// as that is held here.
    pub(super) async fn handed_on_beyond(
        &self,
        outgoing: &Outgoing,
        form: &Forwarded,
    ) -> Result<Vec<FaultNamed>, RecordFault> {
        let Opened::Message(opened) = forwarded::open(form) else { return Ok(Vec::new()) };
        let mut found: Vec<FaultNamed> = of_other_marking(outgoing, &opened.message).into_iter().collect();
        let Some(Content::Translation(translation)) = opened.said.content() else { return Ok(found) };
        let original = self.named(&translation.of).await?;
        let beyond = original.is_some_and(|original| !lets(&original.message, &outgoing.parties()));
        found.extend(beyond.then(|| FaultNamed::that_stops("original", NOT_TO_BE_HANDED_ON)));
        Ok(found)
    }
}
