//! What a draft in a format of a regime has beside other drafts: what it cites, and what was not filled in.
//!
//! Never here: a check against the format, which is the node's.

use crate::cli::desk::Desk;
use crate::cli::regime::labels;
use crate::domain::content::Content;
use crate::domain::message::{Outgoing, RegimeCitation};

/// Of the form of a format or a translation only what was filled in.
pub(super) fn filled(content: Content) -> Content {
    match content {
        Content::Formatted(form) => Content::Formatted(form.filled()),
        Content::Transcription(form) => Content::Transcription(Box::new(form.filled())),
        Content::Translation(form) => Content::Translation(form.filled()),
        other => other,
    }
}

/// A formatted message cites the regime that its form names, by the paragraph that lays the format down,
/// unless a flag says otherwise; and is about what its format is for.
pub(super) async fn cite(desk: &Desk, outgoing: &mut Outgoing, content: &Content) {
    let Content::Formatted(form) = content else { return };
    if let (None, Some(digest)) = (&outgoing.regime, form.regime_digest) {
        let (name, provision) = (form.regime.clone(), String::new());
        outgoing.regime = Some(RegimeCitation { name, digest: digest.0, provision });
    }
    let regime = labels::of(desk, outgoing).await;
    let Some(format) = regime.as_ref().and_then(|regime| regime.formats.get(&form.format)) else { return };
    if let Some(cited) = outgoing.regime.as_mut().filter(|cited| cited.provision.is_empty()) {
        cited.provision.clone_from(&format.ground.paragraph);
    }
    if outgoing.subject.is_empty() {
        outgoing.subject = format.title.say(&outgoing.language, &form.format);
    }
}
