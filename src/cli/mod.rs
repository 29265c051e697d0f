//! `detente …`: what is typed, and what is printed; how a node is put together, and the custody of a Party.
//!
//! Never here: a rule. A new subcommand is a file with its `Args` and `run`, and one line in each half
//! of `Cli`.
//!
//! What stands where:
//!
//! - a node: `init.rs` with `init_args.rs`, `serve.rs`, `doctor.rs` with `doctor_mends.rs`; what it is made of:
//!   `node.rs`, `node_checks.rs`, `node_directory.rs`, `node_health.rs`, `keys.rs`, `fresh_list.rs`
//! - custodians: `custody.rs`, `register.rs`, `key_list.rs`, `person.rs`, `party.rs`, `introduced.rs`, `office.rs`,
//!   `limit.rs`, `proposal.rs`
//! - officers: `desk.rs`, `message/`, `exercise/`, `incident/`, `activity/`, `transcription.rs`, `by_hand/`,
//!   `part.rs`, `regime/`, `duty/`, `watch/`, `hotline/`
//! - auditors: `audit.rs`, `audit_directory.rs`, `audit_offline.rs`, `audit_replay.rs`, `audit_report.rs`,
//!   `verify.rs`
//! - the demonstration: `demo/`
//! - in all: `form/`, `given.rs`, `files.rs`, `fault.rs`, `json.rs`, `out.rs`

pub mod activity;
pub mod audit;
mod audit_directory;
mod audit_offline;
mod audit_replay;
mod audit_report;
pub mod by_hand;
pub mod custody;
pub mod demo;
pub mod desk;
pub mod doctor;
mod doctor_mends;
pub mod duty;
pub mod exercise;
pub mod fault;
pub mod files;
pub mod form;
pub mod fresh_list;
pub mod given;
pub mod hotline;
pub mod incident;
pub mod init;
pub mod init_args;
mod introduced;
pub mod json;
pub mod key_list;
pub mod keys;
mod limit;
pub mod message;
pub mod node;
mod node_checks;
pub mod node_directory;
mod node_health;
pub mod office;
pub mod out;
pub mod part;
pub mod party;
pub mod person;
pub mod proposal;
pub mod regime;
pub mod register;
pub mod serve;
pub mod transcription;
pub mod verify;
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
    Init(init_args::Args),
    Serve(serve::Args),
    Doctor(doctor::Args),
    Person(person::Args),
    Party(party::Args),
    Proposal(proposal::Args),
    Office(office::Args),
    KeyList(key_list::Args),
    Exercise(exercise::Args),
    Incident(incident::Args),
    Activity(activity::Args),
    Hotline(hotline::Args),
    Message(message::Args),
    ByHand(by_hand::Args),
    Transcription(transcription::Args),
    Duty(duty::Args),
    Part(part::Args),
    Watch(watch::Args),
    Audit(audit::Args),
    Verify(verify::Args),
    Regime(regime::Args),
}

impl Cli {
    pub async fn run(self) -> Result<(), Fault> {
        match self.command {
            Command::Demo(args) => demo::run(args).await,
            Command::Init(args) => init_args::run(args).await,
            Command::Serve(args) => serve::run(args).await,
            Command::Doctor(args) => doctor::run(args).await,
            Command::Person(args) => person::run(args).await,
            Command::Party(args) => party::run(args).await,
            Command::Proposal(args) => proposal::run(args).await,
            Command::Office(args) => office::run(args).await,
            Command::KeyList(args) => key_list::run(args).await,
            Command::Exercise(args) => exercise::run(args).await,
            Command::Incident(args) => incident::run(args).await,
            Command::Activity(args) => activity::run(args).await,
            Command::Hotline(args) => hotline::run(args).await,
            Command::Message(args) => message::run(args).await,
            Command::ByHand(args) => by_hand::run(args).await,
            Command::Transcription(args) => transcription::run(args).await,
            Command::Duty(args) => duty::run(args).await,
            Command::Part(args) => part::run(args).await,
            Command::Watch(args) => watch::run(args).await,
            Command::Audit(args) => audit::run(args).await,
            Command::Verify(args) => verify::run(&args),
            Command::Regime(args) => regime::run(args).await,
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    /// What has no sentence of help, by its whole path.
    fn bare(command: &clap::Command, path: &str, found: &mut Vec<String>) {
        let path = format!("{path} {}", command.get_name());
        if command.get_about().is_none() {
            found.push(path.clone());
        }
        let arguments = command.get_arguments().filter(|one| one.get_help().is_none() && !one.is_hide_set());
        found.extend(arguments.map(|one| format!("{path}: {}", one.get_id())));
        for below in command.get_subcommands() {
            bare(below, &path, found);
        }
    }

    #[test]
    fn every_command_and_every_argument_has_a_sentence_of_help() {
        let mut found = Vec::new();
        bare(&Cli::command(), "", &mut found);
        assert!(found.is_empty(), "without help:\n{}", found.join("\n"));
    }

    /// Verbs that tell of a command what it does; help tells its reader what to do.
    const NOT_IMPERATIVE: &str = "Checks Confirms Drops Gives Issues Lists Makes Plays Prints Proposes Publishes \
                                  Replays Revokes Runs Says Shows Takes Verifies Writes";

    /// Help that is not imperative, by the path of its command.
    fn told(command: &clap::Command, path: &str, found: &mut Vec<String>) {
        let path = format!("{path} {}", command.get_name());
        let helps =
            command.get_about().into_iter().chain(command.get_arguments().filter_map(clap::Arg::get_help));
        let is_told = |help: &String| {
            let first = help.split_whitespace().next();
            NOT_IMPERATIVE.split_whitespace().any(|verb| first == Some(verb))
        };
        found.extend(helps.map(ToString::to_string).filter(is_told).map(|help| format!("{path}: {help}")));
        for below in command.get_subcommands() {
            told(below, &path, found);
        }
    }

    #[test]
    fn help_is_imperative() {
        let mut found = Vec::new();
        told(&Cli::command(), "", &mut found);
        assert!(found.is_empty(), "not imperative:\n{}", found.join("\n"));
    }

    #[test]
    fn the_command_line_contradicts_itself_nowhere() {
        Cli::command().debug_assert();
    }
}
