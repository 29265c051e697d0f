//! What a message says of a text of rules beside that text's digest, held against the text that is on record here.
//!
//! Never here: a refusal. The digest alone binds; a name beside it that is another's would be read all the same.

use super::{Board, Held};
use crate::domain::content::Content;
use crate::domain::form::leaf::MessageDigest;
use crate::domain::message::Outgoing;
use crate::domain::refusal::FaultNamed;
use crate::domain::time::Instant;

const OTHER_NAME: &str = "is not the name that stands in the text with the digest beside it";
const OTHER_EDITION: &str = "is not the edition that stands in the text with the digest beside it";

impl Board {
    /// Names and editions that the text with the digest beside them contradicts. Of a text that was not on record here
    /// at an instant (`None`: now) nothing is known.
    pub fn misnamed(
        &self,
        outgoing: &Outgoing,
        content: Option<&Content>,
        as_of: Option<Instant>,
    ) -> Vec<FaultNamed> {
        let text = |digest: MessageDigest| -> Option<&Held> {
            let held = self.regimes.get(&digest.0)?;
            self.holds_regime(&digest.0, as_of).then_some(held.as_ref())
        };
        let mut found = Vec::new();
        let mut name = |field: &str, said: &str, held: Option<&Held>| {
            if held.is_some_and(|held| !said.is_empty() && held.name != said) {
                found.push(FaultNamed::new(field, OTHER_NAME));
            }
        };
        if let Some(cited) = &outgoing.regime {
            name("heading.regime.name", &cited.name, text(MessageDigest(cited.digest)));
        }
        match content {
            Some(Content::Formatted(form)) => {
                name("regime", &form.regime, form.regime_digest.and_then(text));
            }
            Some(Content::Adoption(form)) => {
                let held = form.regime_digest.and_then(text);
                name("regime", &form.regime, held);
                let edition = held.zip(form.edition).is_some_and(|(held, said)| held.edition != said);
                found.extend(edition.then(|| FaultNamed::new("edition", OTHER_EDITION)));
            }
            Some(_) | None => {}
        }
        found
    }
}
