//! Translations: the form made out for one message, and those on record of one.
//!
//! Never here: a choice among several into one language. All are shown, each with whose it is.

use super::handed_on;
use super::history::History;
use super::known::{Known, all_threads, known_message};
use super::rows;
use crate::cli::desk::{As, Desk};
use crate::cli::fault::Fault;
use crate::cli::form::{self, Original as Translated};
use crate::cli::out::say;
use crate::cli::{given, out};
use crate::codec::content::{self, Said};
use crate::codec::forwarded::Original;
use crate::domain::content::{Content, Kind};
use crate::domain::digest::{Digest, ThreadId};
use crate::domain::message::Message;
use crate::domain::party::Party;
use crate::domain::text::{shown, shown_lines};
use crate::domain::translation::{Beside, texts};
use crate::limits;

#[derive(clap::Args, Debug)]
pub struct TemplateArgs {
    /// The message's digest, or its first digits; if it was forwarded to us, its original is translated
    #[arg(value_parser = given::beginning)]
    message: String,
    /// The language into which it is to be translated, BCP 47
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
    let original = Translated {
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

/// How far a line is indented, what it is called, and what it says, line by line. All of it is safe to show.
pub(super) type Beneath = (usize, String, Vec<String>);

/// The original of a translation, text by text, where it is on record at the node, or within a copy that was handed on:
/// it counts, and is shown beside. Nothing of what is no translation.
pub async fn print_original(desk: &Desk, said: &Said) {
    let lines = original_beside(desk, said).await;
    if !lines.is_empty() {
        say!("");
    }
    for (depth, label, text) in lines {
        if text.is_empty() {
            rows::row(depth, &label, "");
        }
        for (index, line) in text.iter().enumerate() {
            rows::row(depth, if index == 0 { label.as_str() } else { "" }, line);
        }
    }
}

/// The same as lines; empty for what is no translation.
pub(super) async fn original_beside(desk: &Desk, said: &Said) -> Vec<Beneath> {
    let Said::Form(Content::Translation(form)) = said else { return Vec::new() };
    let Some(of) = form.of.message_digest else { return Vec::new() };
    let one = |depth: usize, label: &str, text: String| (depth, label.to_owned(), vec![text]);
    let (message, marks, whose) = match known_message(desk, &of.to_string()).await {
        Ok(Known { message, marks, .. }) => (message, marks, "the original counts".to_owned()),
        Err(fault) => match within_copies(desk, &of.0).await {
            Some((_, by, original)) => (
                original.message,
                Vec::new(),
                format!("within a copy handed on by {by}; the original counts"),
            ),
            None => {
                let why = shown(&fault.to_string());
                return vec![one(0, "ORIGINAL", format!("it counts, and is not shown here: {why}"))];
            }
        },
    };
    let (author, number) = (message.author, shown(&message.number));
    let mut lines = vec![one(0, "ORIGINAL", format!("{author}, {number}; {whose}"))];
    lines.extend(marks.iter().map(|mark| one(1, "Mark", shown(mark))));
    let original = content::said(&message.draft.kind, &message.draft.content);
    let there = texts(&message.draft, original.content());
    for line in &form.lines {
        lines.push((1, shown(&line.path), Vec::new()));
        match there.iter().find(|text| text.path.as_str() == line.path) {
            Some(text) => {
                let label = format!("Original ({})", shown(&message.draft.language));
                lines.push((2, label, shown_lines(&text.text)));
            }
            None => lines.push((2, "no text of the original".to_owned(), Vec::new())),
        }
        if !line.text.0.is_empty() {
            let label = format!("Translation ({})", shown(&form.language));
            lines.push((2, label, shown_lines(&line.text.0)));
        }
    }
    lines
}

/// A message that lies here only within one that hands it on, in which thread that was handed on, and by whom. `None`
/// where the node does not answer as well.
pub(super) async fn within_copies(desk: &Desk, of: &Digest) -> Option<(ThreadId, Party, Box<Original>)> {
    for thread in threads_of_copies(desk).await.ok()? {
        let there = History::ask_if_any(desk, thread, None, None).await.ok()?;
        if let Some((by, original)) = there.and_then(|there| there.handed_on(of)) {
            return Some((thread, by, original));
        }
    }
    None
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
