//! `detente exercise …`: forms, and threads with the picture of what stands.
//!
//! Never here: a rule; what is done with a draft or a thread whatever it is about (`detente message`).

mod check;
mod observation;
mod picture;
mod show;

pub use show::print as print_thread;

use clap::Subcommand;

use crate::cli::fault::Fault;
use crate::cli::form;
use crate::cli::given;
use crate::cli::message::threads::{ListArgs, ShowArgs};
use crate::cli::message::{self, DraftArgs};
use crate::domain::content::Kind;

const NOUN: &str = "exercise";

/// Exercises: calendar, notification, amendments, invitation, observation, conclusion
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
        /// Which form: such as notification, amendment, calendar, observers or observer-report
        #[arg(value_parser = kind)]
        kind: Kind,
        /// Print a filled one instead
        #[arg(long)]
        filled: bool,
    },
    /// Check a form against a regime: what the rules say of it, and why
    Check(check::Args),
    /// Put a draft on record: a form with a heading
    #[command(after_long_help = filled())]
    Draft(DraftArgs),
    /// List the threads about exercises, newest first
    List(ListArgs),
    /// Show a thread: the present picture, observation, its history, and what changed between versions
    Show(ShowArgs),
}

fn filled() -> String {
    format!("A filled form, exercise.notification:\n\n{}", form::example(Kind::Notification))
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
        Command::Check(args) => check::run(&args),
        Command::Draft(args) => message::draft(args, NOUN).await,
        Command::List(args) => show::list(args).await,
        Command::Show(args) => show::show(args).await,
    }
}
