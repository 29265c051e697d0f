//! `detente office`: the desks of the own Party, as two custodians list them.
//!
//! Never here: which message goes to which (the Board), another Party's desks.

use bytes::Bytes;
use clap::Subcommand;

use crate::cli::desk::{As, AsCommand, answer};
use crate::cli::fault::Fault;
use crate::cli::json;
use crate::cli::out::say;
use crate::cli::proposal::{self, Proposed};
use crate::codec::proto::detente::v1::party_service_client::PartyServiceClient;
use crate::codec::proto::detente::v1::{ListOfficesRequest, Office, propose_request::Change};
use crate::domain::text::shown;

/// Offices of this Party: a ministry, a general staff, a verification agency
#[derive(clap::Args, Debug)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand, Debug)]
enum Command {
    /// Propose adding an office; once another custodian confirms, what is addressed to it goes to its watch
    Add {
        /// As certificates name it (`person issue --office`), and as messages address it
        code: String,
        /// What it is for, in one line
        #[arg(long = "for", value_name = "PURPOSE", default_value = "")]
        purpose: String,
        #[command(flatten)]
        by: AsCommand,
        /// Print one JSON object
        #[arg(long)]
        json: bool,
    },
    /// Propose removing an office; its messages then go to every watch
    Remove {
        /// As `office list` shows it
        code: String,
        #[command(flatten)]
        by: AsCommand,
        /// Print one JSON object
        #[arg(long)]
        json: bool,
    },
    /// List the offices; a Party without any is a single office
    List {
        #[command(flatten)]
        by: As,
        /// Print one JSON object a line
        #[arg(long)]
        json: bool,
    },
}

pub async fn run(args: Args) -> Result<(), Fault> {
    match args.command {
        Command::Add { code, purpose, by, json } => {
            let change = Change::OfficeAdded(Office { code, purpose });
            proposal::propose(&by, change, Bytes::new(), Proposed::printed(json)).await
        }
        Command::Remove { code, by, json } => {
            let change = Change::OfficeRemoved(code);
            proposal::propose(&by, change, Bytes::new(), Proposed::printed(json)).await
        }
        Command::List { by, json } => list(&by, json).await,
    }
}

async fn list(by: &As, json: bool) -> Result<(), Fault> {
    let mut calls = PartyServiceClient::new(by.open()?.channel);
    let offices = answer(calls.list_offices(ListOfficesRequest {})).await?.offices;
    for office in &offices {
        if json {
            let line =
                serde_json::json!({ "kind": "office", "code": office.code, "purpose": office.purpose });
            say!("{}", json::line(&line));
        } else {
            say!("{}  {}", shown(&office.code), shown(&office.purpose));
        }
    }
    if offices.is_empty() && !json {
        say!("no office is listed: the Party is one");
    }
    Ok(())
}
