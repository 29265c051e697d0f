//! Translations: the form made out for one message, and those on record of one.
//!
//! Never here: a choice among several into one language. All are shown, each with whose it is.

use super::handed_on;
use super::history::History;
use super::known::{Known, all_threads, known_message};
use super::rows;
use crate::cli::desk::{As, Desk};
use crate::cli::fault::Fault;
use crate::cli::form::{self, Original};
use crate::cli::out::say;
use crate::cli::{given, out};
use crate::codec::content::{self, Said};
use crate::domain::content::{Content, Kind};
use crate::domain::digest::{Digest, ThreadId};
use crate::domain::message::Message;
use crate::domain::text::shown;
use crate::domain::translation::{Beside, texts};
use crate::limits;

#[derive(clap::Args, Debug)]
pub struct TemplateArgs {
    /// The message's digest, or its first digits; of one that was handed on to us the original is translated
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
    let (digest, message, said) = match handed_on::original(&said) {
        Some(original) => (original.digest, original.message, original.said),
        None => (digest, message, said),
    };
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

/// Those into a language that are on record at the node: of the message, in its thread and in those that a copy of
/// it opened; of one that it hands on, there and in the thread of that one.
///
/// # Errors
/// There is none.
pub(super) async fn of(
    desk: &Desk,
    message: &Message,
    digest: Digest,
    language: &str,
) -> Result<Vec<Beside>, Fault> {
    let here = message.draft.thread;
    let history = History::ask(desk, here, None, None).await?;
    let mut found = history.translations_of(&digest);
    let said = content::said(&message.draft.kind, &message.draft.content);
    if let Some(original) = handed_on::original(&said) {
        found.extend(history.translations_of(&original.digest));
        let there = original.message.draft.thread;
        if there != here {
            let there = History::ask_if_any(desk, there, None, None).await?;
            found.extend(there.iter().flat_map(|there| there.translations_of(&original.digest)));
        }
    }
    for there in threads_of_copies(desk).await?.into_iter().filter(|there| *there != here) {
        let there = History::ask_if_any(desk, there, None, None).await?;
        found.extend(there.iter().flat_map(|there| there.translations_of(&digest)));
    }
    found.retain(|one| is_into(one, language));
    if found.is_empty() {
        let language = shown(language);
        return Err(Fault::new(format!("no translation of this message into {language} is on record here")));
    }
    Ok(found)
}

/// The original of a translation, text by text, where it is on record at the node: it counts, and is shown beside.
/// Nothing of what is no translation.
pub async fn print_original(desk: &Desk, said: &Said) {
    let Said::Form(Content::Translation(form)) = said else { return };
    let Some(of) = form.of.message_digest else { return };
    say!("");
    let Known { message, marks, .. } = match known_message(desk, &of.to_string()).await {
        Ok(known) => known,
        Err(fault) => {
            let why = shown(&fault.to_string());
            return rows::row(0, "ORIGINAL", &format!("it counts, and is not shown here: {why}"));
        }
    };
    let (author, number) = (message.author, shown(&message.number));
    rows::row(0, "ORIGINAL", &format!("{author}, {number}; the original counts"));
    for mark in &marks {
        rows::row(1, "Mark", &shown(mark));
    }
    let original = content::said(&message.draft.kind, &message.draft.content);
    let there = texts(&message.draft, original.content());
    for line in &form.lines {
        rows::row(1, &shown(&line.path), "");
        match there.iter().find(|text| text.path.as_str() == line.path) {
            Some(text) => {
                let label = format!("Original ({})", shown(&message.draft.language));
                rows::text(2, &label, &text.text);
            }
            None => rows::row(2, "no text of the original", ""),
        }
        rows::text(2, &format!("Translation ({})", shown(&form.language)), &line.text.0);
    }
}

/// The threads that a message which hands on another one opened, the newest first, as many as are read.
pub(super) async fn threads_of_copies(desk: &Desk) -> Result<Vec<ThreadId>, Fault> {
    let mut lines = all_threads(desk).await?;
    lines.retain(|line| line.kind == Kind::Forwarded.name());
    lines.sort_by_key(|line| std::cmp::Reverse(line.newest_at_ms));
    let threads = lines.iter().filter_map(|line| ThreadId::from_slice(&line.thread));
    Ok(threads.take(limits::THREADS_OF_COPIES_READ_MAX).collect())
}

/// Whether it is into the language asked for, or a variety of it.
pub(super) fn is_into(one: &Beside, language: &str) -> bool {
    let (tag, asked) = (one.form.language.to_ascii_lowercase(), language.to_ascii_lowercase());
    tag.strip_prefix(&asked).is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
}
