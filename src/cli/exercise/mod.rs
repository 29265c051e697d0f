//! `detente exercise …`: forms, drafts, release, threads.
//!
//! Never here: a rule. What is wrong with a form, who may release it and what stands in a thread is the
//! node's to say.

mod check;
mod compose;
mod drafts;
mod formatted;
pub mod given;
mod named;
mod picture;
pub mod print;
mod show;

pub use compose::{DraftArgs, draft, put_draft};
pub use show::History;

use clap::Subcommand;

use crate::cli::fault::Fault;
use crate::cli::form;
use crate::cli::out;
use crate::domain::content::Kind;

/// Exercises: calendar, notification, amendments, invitation, conclusion
#[derive(clap::Args, Debug)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand, Debug)]
enum Command {
    /// Print a commented empty form
    #[command(after_long_help = filled())]
    Template {
        /// Which form: such as notification, amendment or calendar
        #[arg(value_parser = given::kind)]
        kind: Kind,
        /// Print a filled one instead
        #[arg(long)]
        filled: bool,
    },
    /// Hold a form against a regime: what the rules say of it, and why
    Check(check::Args),
    /// Put a draft on record: a form with a heading
    #[command(after_long_help = filled())]
    Draft(compose::DraftArgs),
    /// Put another draft in the place of one; what is not given stays as it was
    Revise(compose::ReviseArgs),
    /// List the open drafts
    Drafts(drafts::ListArgs),
    /// Show a draft as it would be released, with its digest
    ShowDraft(drafts::ShowArgs),
    /// Return a draft to its drafter, with the reason
    Return(drafts::ReturnArgs),
    /// Withdraw a draft
    Withdraw(drafts::WithdrawArgs),
    /// Release a draft: it is signed and sent, and can't be taken back
    Release(drafts::ReleaseArgs),
    /// List threads, newest first
    List(show::ListArgs),
    /// Show a thread: the present picture, its history, and what changed between versions
    Show(show::ShowArgs),
}

fn filled() -> String {
    format!("A filled form, exercise.notification:\n\n{}", form::example(Kind::Notification))
}

pub async fn run(args: Args) -> Result<(), Fault> {
    match args.command {
        Command::Template { kind, filled } => {
            if filled {
                out::text(form::example(kind));
            } else {
                out::text(&form::template(kind));
            }
            Ok(())
        }
        Command::Check(args) => check::run(&args),
        Command::Draft(args) => compose::draft(args).await,
        Command::Revise(args) => compose::revise(args).await,
        Command::Drafts(args) => drafts::list(args).await,
        Command::ShowDraft(args) => drafts::show(args).await,
        Command::Return(args) => drafts::give_back(args).await,
        Command::Withdraw(args) => drafts::withdraw(args).await,
        Command::Release(args) => drafts::release(args).await,
        Command::List(args) => show::list(args).await,
        Command::Show(args) => show::show(args).await,
    }
}
