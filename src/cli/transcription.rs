//! `detente transcription …`: what came outside any link, written down. Its origin is not proven.
//!
//! Never here: what is done with a draft or a thread whatever it is about (`detente message`).

use clap::Subcommand;

use crate::cli::fault::Fault;
use crate::cli::message::{self, DraftArgs};
use crate::cli::{form, out};
use crate::domain::content::Kind;

/// Transcriptions: what came by note, fax or word of mouth, with its scan
#[derive(clap::Args, Debug)]
#[command(after_help = "Drafts are shown, revised and released with `detente message`.")]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand, Debug)]
#[expect(clippy::large_enum_variant, reason = "one at a time, of a command line")]
enum Command {
    /// Print a commented empty form
    Template {
        /// Print a filled one instead
        #[arg(long)]
        filled: bool,
    },
    /// Put a draft on record: a form with a heading, and the scan with --attach; without --to and --info it is only for
    /// your own record
    Draft(DraftArgs),
}

pub async fn run(args: Args) -> Result<(), Fault> {
    match args.command {
        Command::Template { filled: true } => {
            out::text(form::example(Kind::Transcription));
            Ok(())
        }
        Command::Template { filled: false } => {
            out::text(&form::template(Kind::Transcription));
            Ok(())
        }
        Command::Draft(args) => message::draft(args, Kind::Transcription.noun()).await,
    }
}
