//! `detente activity …`: forms, and threads question by question.
//!
//! Never here: a rule; what is done with a draft or a thread whatever it is about (`detente message`).

mod meetings;
mod picture;
mod show;

pub use picture::to_json as picture_json;
pub use show::{is_of_an_activity, print as print_thread};

use clap::Subcommand;

use crate::cli::fault::Fault;
use crate::cli::form;
use crate::cli::given;
use crate::cli::message::threads::{self, ListArgs, ShowArgs};
use crate::cli::message::{self, DraftArgs};
use crate::domain::content::Kind;

const NOUN: &str = "activity";

/// Unusual military activities: requests, replies, what is thought of these, and meetings
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
    #[command(after_long_help = filled())]
    Template {
        /// Which form: request, joining, reply, judgement, meeting-request, convening, meeting or meeting-report
        #[arg(value_parser = kind)]
        kind: Kind,
        /// Print a filled one instead
        #[arg(long)]
        filled: bool,
    },
    /// Put a draft on record: a form with a heading
    #[command(after_long_help = filled())]
    Draft(DraftArgs),
    /// List the threads about unusual activities, newest first
    List(ListArgs),
    /// Show a thread: each question with its answers and what each requester thinks of them, meetings, its history
    Show(ShowArgs),
}

fn filled() -> String {
    format!("A filled form, activity.request:\n\n{}", form::example(Kind::Request))
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
