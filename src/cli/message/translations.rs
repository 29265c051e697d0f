//! Translations: the form made out for one message, and those on record of one.
//!
//! Never here: a choice among several into one language. All are shown, each with whose it is.

use super::history::History;
use super::known::{Known, known_message};
use crate::cli::desk::{As, Desk};
use crate::cli::fault::Fault;
use crate::cli::form::{self, Original};
use crate::cli::{given, out};
use crate::codec::content;
use crate::domain::digest::Digest;
use crate::domain::message::Message;
use crate::domain::text::shown;
use crate::domain::translation::{Beside, texts};

#[derive(clap::Args, Debug)]
pub struct TemplateArgs {
    /// The message's digest, or its first digits
    #[arg(value_parser = given::beginning)]
    message: String,
    /// What it is to be translated into, BCP 47
    #[arg(long)]
    language: String,
    #[command(flatten)]
    person: As,
}

pub async fn template(args: TemplateArgs) -> Result<(), Fault> {
    let desk = args.person.open()?;
    let Known { digest, message, .. } = known_message(&desk, &args.message).await?;
    let said = content::said(&message.draft.kind, &message.draft.content);
    let texts = texts(&message.draft, said.content());
    let original = Original {
        digest,
        number: &message.number,
        author: message.author.as_str(),
        language: &message.draft.language,
        texts: &texts,
        parts: &message.draft.parts,
    };
    out::text(&form::translation_template(&original, &args.language));
    Ok(())
}

/// Those into a language that are on record at the node.
///
/// # Errors
/// There is none.
pub(super) async fn of(
    desk: &Desk,
    message: &Message,
    digest: Digest,
    language: &str,
) -> Result<Vec<Beside>, Fault> {
    let history = History::ask(desk, message.draft.thread, None, None).await?;
    let found: Vec<Beside> =
        history.translations_of(&digest).into_iter().filter(|one| is_into(one, language)).collect();
    if found.is_empty() {
        let language = shown(language);
        return Err(Fault::new(format!("no translation of this message into {language} is on record here")));
    }
    Ok(found)
}

/// Whether it is into the language asked for, or a variety of it.
pub(super) fn is_into(one: &Beside, language: &str) -> bool {
    let (tag, asked) = (one.form.language.to_ascii_lowercase(), language.to_ascii_lowercase());
    tag.strip_prefix(&asked).is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
}
