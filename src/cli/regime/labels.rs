//! The regime that a formatted message cites, for its labels and in which language they are shown, or an
//! invitation, for what silence counts as; of a message that hands one on, the one that this cites.
//!
//! Never here: trust in a name. A text counts if it has the digest that is cited; without one the message
//! is shown all the same, with the names of its fields as sent.

use std::cell::Cell;
use std::collections::BTreeMap;

use super::words::service;
use crate::cli::desk::{Desk, answer};
use crate::codec::content;
use crate::codec::forwarded::{self, Opened};
use crate::codec::proto::detente::v1 as calls;
use crate::codec::regime::{built_in, read};
use crate::domain::content::{Content, Kind};
use crate::domain::digest::Digest;
use crate::domain::language::Language;
use crate::domain::message::{Outgoing, RegimeCitation};
use crate::domain::regime::{Languages, Regime, asked_by};
use crate::domain::time::Instant;
use crate::limits;

/// By which regime labels are said, and in which language first.
#[derive(Clone, Copy, Default)]
pub struct Labelling<'a> {
    /// The one that the message cites, where it is at hand.
    pub regime: Option<&'a Regime>,
    /// The reader's; `None` for the message's.
    pub reader: Option<&'a Language>,
}

impl<'a> Labelling<'a> {
    pub fn of(regime: Option<&'a Regime>, reader: Option<&'a Language>) -> Labelling<'a> {
        Labelling { regime, reader }
    }

    pub fn languages(self, outgoing: &'a Outgoing) -> Languages<'a> {
        Languages::of(self.reader, &outgoing.language)
    }
}

/// The regime cited: built in, or as the node holds it. `None` for a message of any other kind.
pub async fn of(desk: &Desk, outgoing: &Outgoing) -> Option<Regime> {
    let cited = cited(outgoing)?;
    let text = text(desk, &cited).await?;
    parsed(desk, &text).await
}

/// A text, with what it inherits from as the node holds that. `None` where that is not at hand, or it is no regime.
pub(super) async fn parsed(desk: &Desk, text: &[u8]) -> Option<Regime> {
    let mut texts: BTreeMap<Digest, Vec<u8>> = BTreeMap::new();
    for _ in 0..=limits::REGIME_GENERATIONS_MAX {
        let missing = Cell::new(None);
        let find = |name: &str, digest: Digest| {
            let found = built_in::parent(name, digest).or_else(|| texts.get(&digest).cloned());
            if found.is_none() {
                missing.set(Some(digest));
            }
            found
        };
        let regime = read(text, &find);
        match (regime, missing.get()) {
            (Ok(regime), _) => return Some(regime),
            (Err(_), Some(digest)) => texts.insert(digest, held(desk, digest).await?),
            (Err(_), None) => return None,
        };
    }
    None
}

/// The regime cited, if it is built in.
pub fn built_in(outgoing: &Outgoing) -> Option<Regime> {
    let cited = cited(outgoing)?;
    read(&built_in::parent(&cited.name, cited.digest)?, &built_in::parent).ok()
}

/// What is said of a formatted message that is shown without labels, or with labels in another language than
/// its own.
pub fn mark(content: &Content, outgoing: &Outgoing, labelling: Labelling<'_>) -> Option<String> {
    let Content::Formatted(form) = content else { return None };
    match labelling.regime {
        None => Some("regime not held here: fields by their names as sent".into()),
        Some(regime) if regime.formats.contains_key(&form.format) => {
            let reader =
                labelling.reader.filter(|one| !one.as_str().eq_ignore_ascii_case(&outgoing.language))?;
            Some(format!(
                "labels of fields in {reader}, as far as the regime has them; without --language in that of the \
                 message"
            ))
        }
        Some(_) => Some("the regime has no such format: fields by their names as sent".into()),
    }
}

/// What is owed in reply to a formatted message, by the regime alone: nothing that was received is looked at.
pub fn reply_owed(
    content: &Content,
    released_at: Option<Instant>,
    outgoing: &Outgoing,
    labelling: Labelling<'_>,
) -> Option<String> {
    let (Content::Formatted(form), Some(regime)) = (content, labelling.regime) else { return None };
    asked_by(regime, form, released_at, labelling.languages(outgoing))
}

/// The one that labels are looked for in.
pub fn cited(outgoing: &Outgoing) -> Option<RegimeCitation> {
    match Kind::from_name(&outgoing.kind)? {
        Kind::Formatted | Kind::Invitation => outgoing.regime.clone(),
        Kind::Forwarded => {
            let said = content::said(&outgoing.kind, &outgoing.content);
            let Some(Content::Forwarded(form)) = said.content() else { return None };
            // Nothing is opened deeper than one.
            match forwarded::open(form) {
                Opened::Message(original) => cited(&original.message.draft),
                Opened::Forwarding | Opened::Unreadable => None,
            }
        }
        _ => None,
    }
}

async fn text(desk: &Desk, cited: &RegimeCitation) -> Option<Vec<u8>> {
    match built_in::parent(&cited.name, cited.digest) {
        Some(text) => Some(text),
        None => held(desk, cited.digest).await,
    }
}

/// A node that does not hold it says so, and then there are no labels.
pub(super) async fn held(desk: &Desk, digest: Digest) -> Option<Vec<u8>> {
    let asked = calls::ShowTextRequest { digest: digest.0.to_vec().into() };
    let text = answer(service(desk).show_text(asked)).await.ok()?.text;
    (Digest::of(&text) == digest).then(|| text.to_vec())
}
