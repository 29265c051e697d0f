//! What is said of a message beside its digest, its number and whose it is, held against that message where it is on
//! record here; what is not held here and waited for; and numbers that stand alone.
//!
//! Never here: a refusal. The digest alone binds; a number beside it that is another's would be read all the same.

use super::originals::Originals;
use crate::domain::board::Board;
use crate::domain::content::Content;
use crate::domain::digest::Digest;
use crate::domain::heading::named;
use crate::domain::message::Outgoing;
use crate::domain::refusal::FaultNamed;
use crate::limits;
use crate::replay::records::RecordFault;

const OTHER_NUMBER: &str = "is not the number of the message with the digest beside it";
const OTHER_AUTHOR: &str = "is not the author of the message with the digest beside it";
const NEVER_GIVEN: &str =
    "no message of this Party's has this number: write it as it was released, or the digest";

impl Originals<'_> {
    /// Numbers and authors that the message with the digest beside them contradicts, in the envelope and in the form.
    ///
    /// # Errors
    /// As for `faults`.
    pub(super) async fn misnumbered(
        &self,
        outgoing: &Outgoing,
        content: &Content,
    ) -> Result<Vec<FaultNamed>, RecordFault> {
        let most = limits::NAMED_LOOKED_FOR_MAX;
        let mut found = Vec::new();
        for (index, one) in outgoing.references.iter().enumerate().take(most) {
            let Some(digest) = &one.message else { continue };
            let at = format!("heading.references[{}]", index.saturating_add(1));
            found.extend(self.otherwise(&at, digest, (&one.number, &one.author)).await?);
        }
        let mut inside: Vec<_> =
            named(content).into_iter().map(|named| (named.field, named.reference)).collect();
        if let Content::Formatted(form) = content {
            inside.extend(form.references().into_iter().map(|(at, reference)| (at.to_string(), reference)));
        }
        for (at, one) in inside.into_iter().take(most) {
            let Some(digest) = one.message_digest else { continue };
            found.extend(self.otherwise(&at, &digest.0, (&one.number, &one.author)).await?);
        }
        Ok(found)
    }

    /// What the envelope refers to and is not held here: it waits for that. A thread shows it apart.
    pub(super) fn waits_for(&self, outgoing: &Outgoing) -> Vec<FaultNamed> {
        let references = outgoing.references.iter().enumerate();
        let waited_for = references.filter_map(|(index, one)| {
            let digest = one.message.filter(|digest| !self.head.board.messages.contains_key(digest))?;
            let field = format!("heading.references[{}]", index.saturating_add(1));
            Some(FaultNamed::new(field, format!("waits for the message {digest}, which is not held here")))
        });
        waited_for.collect()
    }

    async fn otherwise(
        &self,
        at: &str,
        digest: &Digest,
        (number, author): (&str, &str),
    ) -> Result<Vec<FaultNamed>, RecordFault> {
        if number.is_empty() && author.is_empty() {
            return Ok(Vec::new());
        }
        let Some(there) = self.original(digest).await? else { return Ok(Vec::new()) };
        let is_other = |said: &str, is: &str| !said.is_empty() && said != is;
        let mut found = Vec::new();
        if is_other(number, &there.message.number) {
            found.push(FaultNamed::new(format!("{at}.number"), OTHER_NUMBER));
        }
        if is_other(author, there.message.author.as_str()) {
            found.push(FaultNamed::new(format!("{at}.author"), OTHER_AUTHOR));
        }
        Ok(found)
    }
}

/// Where a draft refers to a message of this Party's own by its number alone, and none was ever released under it. What
/// others number, only they know.
pub(super) fn never_given(board: &Board, outgoing: &Outgoing) -> Vec<FaultNamed> {
    let references = outgoing.references.iter().enumerate().filter(|(_, one)| one.message.is_none());
    let never = references.filter(|(_, one)| is_never_given(board, &one.author, &one.number));
    let field = |index: usize| format!("heading.references[{}].number", index.saturating_add(1));
    never.map(|(index, _)| FaultNamed::new(field(index), NEVER_GIVEN)).collect()
}

/// By the built-in form alone: a regime's pattern may leave out what its series is.
fn is_never_given(board: &Board, author: &str, number: &str) -> bool {
    let Some(own) = board.own else { return false };
    let mut places = number.split('/');
    let (Some(by), Some(year), Some(audience), Some(serial), None) =
        (places.next(), places.next(), places.next(), places.next(), places.next())
    else {
        return false;
    };
    let is_ours = by == own.party.as_str() && author == by;
    // Of an earlier incarnation nothing is known here.
    let life = if own.incarnation.0 > 1 { format!("{}.", own.incarnation) } else { String::new() };
    let serial = serial.strip_prefix(life.as_str()).and_then(|digits| digits.parse::<u64>().ok());
    let (Ok(year), Some(serial), true) = (year.parse::<i16>(), serial, is_ours) else { return false };
    board.numbers.get(&(year, audience.to_owned())).is_none_or(|last| serial > *last)
}
