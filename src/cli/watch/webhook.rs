//! `detente watch webhook`: where alerts are told outside, as two custodians agree on it.
//!
//! Never here: whether it can be called (the node says), a call of one.

use std::path::PathBuf;

use bytes::Bytes;
use clap::Subcommand;
use serde_json::{Value, json};

use crate::cli::desk::{As, AsCommand, answer};
use crate::cli::fault::Fault;
use crate::cli::message::rows;
use crate::cli::out::say;
use crate::cli::proposal::{self, Proposed};
use crate::cli::{files, json};
use crate::codec::proto::detente::v1::party_service_client::PartyServiceClient;
use crate::codec::proto::detente::v1::{ListWebhooksRequest, Webhook, WebhookLine, propose_request::Change};
use crate::domain::text::shown;
use crate::domain::time::Instant;
use crate::limits;

#[derive(clap::Args, Debug)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand, Debug)]
enum Command {
    /// Propose a webhook; it replaces one with the same name
    Add(AddArgs),
    /// Propose removing a webhook, with everything queued for it
    Remove {
        /// As `watch webhook list` shows it
        name: String,
        #[command(flatten)]
        by: AsCommand,
        /// Print one JSON object
        #[arg(long)]
        json: bool,
    },
    /// List the webhooks: what waits for each, and since when one has been failing
    List {
        #[command(flatten)]
        by: As,
        /// Print one JSON object a line
        #[arg(long)]
        json: bool,
    },
}

#[derive(clap::Args, Debug)]
struct AddArgs {
    /// The name by which it is known: one word
    name: String,
    /// Where it listens, such as https://pager.example.pl/alerts; without credentials
    #[arg(long, value_name = "URL")]
    url: String,
    /// A file (PEM) with the authority to which its certificate must chain; no other is trusted
    #[arg(long, value_name = "FILE")]
    authority: PathBuf,
    /// Tell it only of alerts of this office; may be given several times; default: of all
    #[arg(long = "office", value_name = "OFFICE")]
    offices: Vec<String>,
    /// Calls an hour below FLASH, at most; further alerts wait for the next hour
    #[arg(long, value_name = "CALLS", default_value_t = 60)]
    calls_per_hour: u32,
    #[command(flatten)]
    by: AsCommand,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

pub async fn run(args: Args) -> Result<(), Fault> {
    match args.command {
        Command::Add(args) => add(args).await,
        Command::Remove { name, by, json } => {
            let change = Change::WebhookRemoved(name);
            proposal::propose(&by, change, Bytes::new(), Proposed::printed(json)).await
        }
        Command::List { by, json } => list(&by, json).await,
    }
}

async fn add(args: AddArgs) -> Result<(), Fault> {
    let bytes = files::read_up_to(&args.authority, limits::WEBHOOK_AUTHORITY_BYTES_MAX)?;
    let authority = String::from_utf8(bytes).map_err(|_| Fault::new("the authority's file is not PEM"))?;
    let change = Change::WebhookAdded(Webhook {
        name: args.name,
        url: args.url,
        authority,
        offices: args.offices,
        calls_per_hour: args.calls_per_hour,
    });
    proposal::propose(&args.by, change, Bytes::new(), Proposed::printed(args.json)).await
}

async fn list(by: &As, json: bool) -> Result<(), Fault> {
    let mut calls = PartyServiceClient::new(by.open()?.channel);
    let webhooks = answer(calls.list_webhooks(ListWebhooksRequest {})).await?.webhooks;
    for line in &webhooks {
        if json { say!("{}", json::line(&as_json(line))) } else { print(line) }
    }
    if webhooks.is_empty() && !json {
        say!("no webhook is known: alerts are told to whoever follows the watch");
    }
    Ok(())
}

fn print(line: &WebhookLine) {
    let webhook = line.webhook.clone().unwrap_or_default();
    say!("{}  {}", shown(&webhook.name), shown(&webhook.url));
    if !webhook.offices.is_empty() {
        rows::row(1, "Of offices", &shown(&webhook.offices.join(", ")));
    }
    rows::row(1, "Calls an hour", &webhook.calls_per_hour.to_string());
    let last = match line.delivered_at_ms {
        0 => String::new(),
        at => format!(", the last at {}", Instant(at)),
    };
    rows::row(1, "Told", &format!("{}{last}", line.delivered));
    rows::row(1, "Waiting", &line.waiting.to_string());
    if line.failing_since_ms != 0 {
        let since = Instant(line.failing_since_ms);
        rows::row(1, "Failing since", &format!("{since}: {}", shown(&line.failure)));
    }
    for (what, count) in [("Given up", line.given_up), ("Not told", line.passed_over)] {
        if count != 0 {
            rows::row(1, what, &count.to_string());
        }
    }
}

fn as_json(line: &WebhookLine) -> Value {
    let webhook = line.webhook.clone().unwrap_or_default();
    json!({
        "kind": "webhook",
        "name": webhook.name,
        "url": webhook.url,
        "authority": webhook.authority,
        "offices": webhook.offices,
        "calls_per_hour": webhook.calls_per_hour,
        "waiting": line.waiting,
        "failing_since_ms": (line.failing_since_ms != 0).then_some(line.failing_since_ms),
        "failure": line.failure,
        "given_up": line.given_up,
        "passed_over": line.passed_over,
        "delivered": line.delivered,
        "delivered_at_ms": (line.delivered_at_ms != 0).then_some(line.delivered_at_ms),
    })
}
