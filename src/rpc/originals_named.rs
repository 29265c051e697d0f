//! What is said of a message beside its digest, its number and whose it is, held against that message where it is on
//! record here.
//!
//! Never here: a refusal. The digest alone binds; a number beside it that is another's would be read all the same.

use super::originals::Originals;
use crate::domain::content::Content;
use crate::domain::digest::Digest;
use crate::domain::heading::named;
use crate::domain::message::Outgoing;
use crate::domain::refusal::FaultNamed;
use crate::limits;
use crate::replay::records::RecordFault;

const OTHER_NUMBER: &str = "is not the number of the message with the digest beside it";
const OTHER_AUTHOR: &str = "is not the author of the message with the digest beside it";

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
