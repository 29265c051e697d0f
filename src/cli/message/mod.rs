//! `detente message …`: one message, whatever it is about.
//!
//! Never here: a form of its own. What is printed is laid out in `domain/official/`, the same at both ends.

mod fonts;
mod pdf;
mod print;
mod setting;

use std::path::PathBuf;

use clap::Subcommand;

use fonts::FontFiles;
pub use pdf::Pdf;

use crate::cli::fault::Fault;
use crate::cli::regime::labels;
use crate::codec::content::{self, Said};
use crate::domain::digest::Digest;
use crate::domain::form::lines_under;
use crate::domain::message::{Message, Outgoing};
use crate::domain::official::{self, Body, Document, Paper};
use crate::domain::party::Party;
use crate::domain::regime::Regime;

/// One message in its official form
#[derive(clap::Args, Debug)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand, Debug)]
enum Command {
    /// Print the official form of a message, or of a draft as its releaser sees it: text or PDF
    Print(print::PrintArgs),
}

pub async fn run(args: Args) -> Result<(), Fault> {
    match args.command {
        Command::Print(args) => print::print(args).await,
    }
}

/// The official form of a message, with the labels of the regime that it cites, where that is at hand.
pub fn message_form(message: &Message, digest: Digest, regime: Option<&Regime>) -> Document {
    form(Paper::Message(message), &message.draft, digest, regime)
}

/// The official form of a draft, held by `author`, `None` if that is not known.
pub fn draft_form(
    author: Option<Party>,
    outgoing: &Outgoing,
    digest: Digest,
    regime: Option<&Regime>,
) -> Document {
    form(Paper::Draft { author, outgoing }, outgoing, digest, regime)
}

/// The official form as PDF, set in the usual fonts and those named.
///
/// # Errors
/// No font, or one that can't be used.
pub fn pdf(document: Document, named: &[PathBuf]) -> Result<Pdf, Fault> {
    pdf::of(document, &FontFiles::read(named)?)
}

fn form(paper: Paper<'_>, outgoing: &Outgoing, digest: Digest, regime: Option<&Regime>) -> Document {
    let said = content::said(&outgoing.kind, &outgoing.content);
    let mut marks = content::marks(&said, &outgoing.content);
    let lines;
    let body = match &said {
        Said::Form(form) => {
            lines = lines_under(form, regime, &outgoing.language);
            marks.extend(labels::mark(form, regime).map(str::to_owned));
            Body::Form(&lines)
        }
        Said::Acknowledgement(read) => Body::Acknowledgement(read),
        Said::Unknown | Said::Unreadable(_) => Body::NotShown,
    };
    official::document(paper, digest, body, &marks)
}
