//! `detente message …`: drafts, release, threads and the official form, whatever a message is about.
//!
//! Never here: a form of another noun's (each has its own, such as `detente exercise`), a rule. What
//! is wrong with a draft and who may release it is the node's to say. What is printed is laid out in
//! `domain/official/`, the same at both ends.
//!
//! What stands where:
//!
//! - drafted: `compose.rs`, `heading.rs`, `form_file.rs`, `formatted.rs`, `named.rs`, `forward.rs`,
//!   `translations.rs`; released: `drafts.rs`
//! - read: `threads.rs`, `history/`, `versions.rs`, `clarification.rs`, `checked.rs`, `handed_on.rs`, `rows.rs`,
//!   `known.rs`
//! - printed: `print.rs`, `pdf.rs`, `setting.rs`, `fonts.rs`

pub mod checked;
pub mod clarification;
mod compose;
mod drafts;
mod fonts;
mod form_file;
mod formatted;
mod forward;
mod handed_on;
mod heading;
mod history;
pub mod known;
mod named;
mod pdf;
mod print;
pub mod rows;
mod setting;
pub mod threads;
mod translations;
pub mod versions;

use std::collections::BTreeSet;
use std::path::PathBuf;

use clap::Subcommand;

pub use compose::{DraftArgs, draft, put_draft};
use fonts::FontFiles;
pub use form_file::read_form;
pub use history::{Bodies, History};
pub use named::named;
pub use pdf::Pdf;
pub use print::keep_pdf;
pub use translations::print_original;

use crate::cli::fault::Fault;
use crate::cli::given;
use crate::cli::regime::labels::{self, Labelling};
use crate::codec::content::{self, Said};
use crate::domain::content::Kind;
use crate::domain::digest::Digest;
use crate::domain::form::lines_under;
use crate::domain::message::{Message, Outgoing};
use crate::domain::official::{self, Body, Document, Page, Paper};
use crate::domain::party::Party;
use crate::domain::translation::{Beside, beside};

const NOUN: &str = "message";

/// Messages of every kind: drafts, release, threads, the official form
#[derive(clap::Args, Debug)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand, Debug)]
enum Command {
    /// Print a commented empty form: question, answer, text, service or withdrawal
    Template {
        /// Which form
        #[arg(value_parser = written)]
        kind: Kind,
        /// Print a filled one instead
        #[arg(long)]
        filled: bool,
    },
    /// Put a draft on record: questions, answers, text, a service message or a withdrawal, with a heading
    Draft(compose::DraftArgs),
    /// Print the form of a translation, with every text of the message above the empty place
    TranslationTemplate(translations::TemplateArgs),
    /// Put the translation of a message on record as a draft
    Translate(compose::DraftArgs),
    /// Draft the forwarding of a message to a further Party: its exact bytes, and who forwards them
    Forward(forward::ForwardArgs),
    /// List the open drafts
    Drafts(drafts::ListArgs),
    /// Show a draft as it would be released, with its digest
    ShowDraft(drafts::ShowArgs),
    /// Replace a draft by another; what is not given stays as it was
    Revise(compose::ReviseArgs),
    /// Return a draft to its drafter, with the reason
    Return(drafts::ReturnArgs),
    /// Withdraw a draft
    Withdraw(drafts::WithdrawArgs),
    /// Release a draft: it is signed and sent, and can't be taken back
    Release(drafts::ReleaseArgs),
    /// List threads, newest first
    List(threads::ListArgs),
    /// Show a thread: each message with what it says and what became of it
    Show(threads::ShowArgs),
    /// Print the official form of a message, or of a draft as its releaser sees it: text or PDF
    Print(print::PrintArgs),
}

/// Those that are filled in by hand, with nothing looked up.
fn written(text: &str) -> Result<Kind, String> {
    let kind = given::kind_of(NOUN, text)?;
    if kind == Kind::Translation {
        return Err("printed for one message: `detente message translation-template`".into());
    }
    if kind == Kind::Forwarded {
        return Err("not filled in: `detente message forward`".into());
    }
    Ok(kind)
}

pub async fn run(args: Args) -> Result<(), Fault> {
    match args.command {
        Command::Template { kind, filled } => {
            crate::cli::form::print(kind, filled);
            Ok(())
        }
        Command::Draft(args) => compose::draft(args, NOUN).await,
        Command::TranslationTemplate(args) => translations::template(args).await,
        Command::Translate(args) => compose::draft(args.of(Kind::Translation), NOUN).await,
        Command::Forward(args) => forward::forward(args).await,
        Command::Drafts(args) => drafts::list(args).await,
        Command::ShowDraft(args) => drafts::show(args).await,
        Command::Revise(args) => compose::revise(args).await,
        Command::Return(args) => drafts::give_back(args).await,
        Command::Withdraw(args) => drafts::withdraw(args).await,
        Command::Release(args) => drafts::release(args).await,
        Command::List(args) => threads::list(args).await,
        Command::Show(args) => threads::show(args).await,
        Command::Print(args) => print::print(args).await,
    }
}

/// The official form of a message, with the labels of the regime that it cites, where that is at hand.
pub fn message_form(message: &Message, digest: Digest, labelling: Labelling<'_>) -> Document {
    message_form_beside(message, digest, labelling, &[])
}

/// The same with translations under the texts that they are of.
pub fn message_form_beside(
    message: &Message,
    digest: Digest,
    labelling: Labelling<'_>,
    translations: &[Beside],
) -> Document {
    form(Paper::Message(message), &message.draft, digest, labelling, translations)
}

/// The official form of a draft, held by `author`, `None` if that is not known.
pub fn draft_form(
    author: Option<Party>,
    outgoing: &Outgoing,
    digest: Digest,
    labelling: Labelling<'_>,
) -> Document {
    form(Paper::Draft { author, outgoing }, outgoing, digest, labelling, &[])
}

/// The official form as PDF, set in the usual fonts and those named.
///
/// # Errors
/// No font, or one that can't be used.
pub fn pdf(document: Document, named: &[PathBuf]) -> Result<Pdf, Fault> {
    pdf::of(document, &FontFiles::read(named)?)
}

/// Pages that are no message's form as PDF, with a title, the digest that they are known by, and their language. They
/// are laid out with the characters that no font has, which they write out.
///
/// # Errors
/// No font, or one that can't be used.
pub fn pdf_of_pages(
    laid_out: impl Fn(&BTreeSet<char>) -> Vec<Page>,
    known_by: (&str, Digest, &str),
    named: &[PathBuf],
) -> Result<Pdf, Fault> {
    pdf::of_pages(laid_out, known_by, &FontFiles::read(named)?)
}

fn form(
    paper: Paper<'_>,
    outgoing: &Outgoing,
    digest: Digest,
    labelling: Labelling<'_>,
    translations: &[Beside],
) -> Document {
    let said = content::said(&outgoing.kind, &outgoing.content);
    let mut marks = content::marks(&said, &outgoing.content);
    let released_at = match paper {
        Paper::Message(message) => Some(message.released_at),
        Paper::Draft { .. } => None,
    };
    let (lines, origin);
    let mut shown = Vec::new();
    let body = match &said {
        Said::Form(form) => {
            let by = match paper {
                Paper::Message(message) => Some(message.author),
                Paper::Draft { author, .. } => author,
            };
            let mut own = lines_under(form, labelling.regime, labelling.languages(outgoing));
            let (of_original, of_itself) = handed_on::parted(form, translations);
            own.extend(handed_on::lines(form, by, labelling, &of_original));
            lines = beside(own, &of_itself);
            shown = of_itself;
            marks.extend(labels::mark(form, outgoing, labelling));
            marks.extend(labels::reply_owed(form, released_at, outgoing, labelling));
            origin = content::origin(&outgoing.kind, &said);
            match &origin {
                Some(origin) => Body::Transcription { origin, lines: &lines },
                None => Body::Form(&lines),
            }
        }
        Said::Acknowledgement(read) => Body::Acknowledgement(read),
        Said::Unknown | Said::Unreadable(_) => Body::NotShown,
    };
    official::document_beside(paper, digest, body, &marks, &shown)
}
