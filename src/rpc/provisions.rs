//! Provisions that a message names, held against the text of rules that is on record here: the one that its envelope
//! cites, and those that a word on rules reserves or suspends.
//!
//! Never here: a refusal. Of a text that is not here nothing is known.

use std::sync::Arc;

use super::held::HeldRegimes;
use crate::codec::content;
use crate::domain::content::Content;
use crate::domain::digest::Digest;
use crate::domain::message::Outgoing;
use crate::domain::refusal::FaultNamed;
use crate::domain::regime::Regime;
use crate::limits;
use crate::replay::records::RecordFault;

const TAKES_NOTHING_OUT: &str = "names no paragraph in which a rule of that text stands, letter by letter: it would \
                                 take nothing out";
const NO_PARAGRAPH: &str = "names no paragraph of the text that is cited, nor one beside those that it has";

impl HeldRegimes<'_> {
    /// Those of which the text has no such paragraph.
    ///
    /// # Errors
    /// The journal does not answer, or is not what it was.
    pub async fn no_such_paragraph(
        &self,
        outgoing: &Outgoing,
        content: &Content,
    ) -> Result<Vec<FaultNamed>, RecordFault> {
        let mut found = Vec::new();
        if let Some(cited) = outgoing.regime.as_ref().filter(|cited| !cited.provision.is_empty())
            && let Some(regime) = self.regime(cited.digest).await?
            && !regime.may_have(&cited.provision)
        {
            found.push(FaultNamed::new("heading.regime.provision", NO_PARAGRAPH));
        }
        let (regime, named): (_, Vec<(String, &str)>) = match content {
            Content::Adoption(form) => {
                let digest = form.regime_digest.map(|digest| digest.0);
                let field = |index: usize| format!("reservations[{}].provision", index.saturating_add(1));
                let all = form.reservations.iter().enumerate();
                (digest, all.map(|(index, one)| (field(index), one.provision.as_str())).collect())
            }
            Content::Suspension(form) => {
                let digest = match form.adoption.message_digest {
                    Some(adoption) => self.adopted_by(&adoption.0).await?,
                    None => None,
                };
                let field = |index: usize| format!("provisions[{}]", index.saturating_add(1));
                let all = form.provisions.iter().enumerate();
                (digest, all.map(|(index, one)| (field(index), one.as_str())).collect())
            }
            _ => return Ok(found),
        };
        let Some(digest) = regime else { return Ok(found) };
        let Some(regime): Option<Arc<Regime>> = self.regime(digest).await? else { return Ok(found) };
        let none = named.into_iter().filter(|(_, one)| !one.is_empty() && !regime.has_below(one));
        let told = none.map(|(field, _)| FaultNamed::new(field, TAKES_NOTHING_OUT));
        found.extend(told.take(limits::FAULTS_MAX));
        Ok(found)
    }

    /// The text that a message adopts; `None` where that is not here.
    async fn adopted_by(&self, adoption: &Digest) -> Result<Option<Digest>, RecordFault> {
        let Some(there) = self.head.board.messages.get(adoption) else { return Ok(None) };
        let stored = self.head.records(self.journal).message(there.index, adoption).await?;
        if self.as_of.is_some_and(|as_of| stored.record.at > as_of) {
            return Ok(None);
        }
        let draft = &stored.message.draft;
        Ok(match content::said(&draft.kind, &draft.content).content() {
            Some(Content::Adoption(form)) => form.regime_digest.map(|digest| digest.0),
            Some(_) | None => None,
        })
    }
}
