//! `detente …`: thin.
//!
//! Never here: a rule. A new subcommand is a file with its `Args` and `run`, and one line in each half
//! of `Cli`.

pub mod custody;
pub mod demo;
pub mod desk;
pub mod exercise;
pub mod fault;
pub mod files;
pub mod form;
pub mod init;
pub mod json;
pub mod keys;
pub mod node;
pub mod node_directory;
pub mod party;
pub mod person;
pub mod proposal;
pub mod register;
pub mod serve;
pub mod watch;

use clap::{Parser, Subcommand};

use fault::Fault;

/// Messages between States that must not be lost, misread or denied.
#[derive(Parser, Debug)]
#[command(name = "detente", version, arg_required_else_help = true)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand, Debug)]
enum Command {
    Demo(demo::Args),
    Init(init::Args),
    Serve(serve::Args),
    Person(person::Args),
    Party(party::Args),
    Proposal(proposal::Args),
    Exercise(exercise::Args),
    Watch(watch::Args),
}

impl Cli {
    pub async fn run(self) -> Result<(), Fault> {
        match self.command {
            Command::Demo(args) => demo::run(args).await,
            Command::Init(args) => init::run(args).await,
            Command::Serve(args) => serve::run(args).await,
            Command::Person(args) => person::run(args).await,
            Command::Party(args) => party::run(args).await,
            Command::Proposal(args) => proposal::run(args).await,
            Command::Exercise(args) => exercise::run(args).await,
            Command::Watch(args) => watch::run(args).await,
        }
    }
}
