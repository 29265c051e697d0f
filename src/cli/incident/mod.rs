//! `detente incident …`: forms, and threads with each Party's account side by side.
//!
//! Never here: a rule; what is done with a draft or a thread whatever it is about (`detente message`).

mod columns;
mod picture;
mod show;

pub use picture::side_by_side;
pub use show::{is_of_an_incident, print as print_thread};

use clap::Subcommand;

use crate::cli::fault::Fault;
use crate::cli::form;
use crate::cli::given;
use crate::cli::message::threads::{self, ListArgs, ShowArgs};
use crate::cli::message::{self, DraftArgs};
use crate::domain::content::Kind;

const NOUN: &str = "incident";

/// Hazardous incidents: report, update, finding, closing
#[derive(clap::Args, Debug)]
#[command(after_help = "Drafts are shown, revised and released with `detente message`; \
                        questions and answers are drafted there too.")]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand, Debug)]
#[expect(clippy::large_enum_variant, reason = "one at a time, of a command line")]
enum Command {
    /// Print a commented empty form
    #[command(after_long_help = filled())]
    Template {
        /// Which form: report, update, finding, closing or same-incident
        #[arg(value_parser = kind)]
        kind: Kind,
        /// Print a filled one instead
        #[arg(long)]
        filled: bool,
    },
    /// Put a draft on record: a form with a heading; reports are IMMEDIATE unless said otherwise
    #[command(after_long_help = filled())]
    Draft(DraftArgs),
    /// List the threads about incidents, newest first
    List(ListArgs),
    /// Show a thread: each Party's account beside the others, questions with their answers, its history
    Show(ShowArgs),
}

fn filled() -> String {
    format!("A filled form, incident.report:\n\n{}", form::example(Kind::Report))
}

fn kind(text: &str) -> Result<Kind, String> {
    given::kind_of(NOUN, text)
}

pub async fn run(args: Args) -> Result<(), Fault> {
    match args.command {
        Command::Template { kind, filled } => {
            form::print(kind, filled);
            Ok(())
        }
        Command::Draft(args) => message::draft(args, NOUN).await,
        Command::List(args) => threads::list_of(args, Some(NOUN)).await,
        Command::Show(args) => show::show(args).await,
    }
}
