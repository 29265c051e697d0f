//! `detente watch plan`: the watch plan in force, or another that is proposed.
//!
//! Never here: whether a plan makes sense (the node says).

use std::path::PathBuf;

use bytes::Bytes;
use serde_json::json;

use crate::cli::desk::{Again, AsCommand, answer};
use crate::cli::fault::Fault;
use crate::cli::out::{self, say};
use crate::cli::proposal::{self, Proposed};
use crate::cli::{files, json};
use crate::codec::proto::detente::v1::party_service_client::PartyServiceClient;
use crate::codec::proto::detente::v1::{ShowWatchPlanRequest, propose_request::Change};
use crate::codec::watch_plan;
use crate::domain::text::shown_lines;
use crate::domain::time::Instant;
use crate::limits;

/// A plan with every field and what it means.
const TEMPLATE: &str = include_str!("plan.toml");

#[derive(clap::Args, Debug)]
pub struct Args {
    /// Propose this plan (TOML) in place of the one in force; without it, show that one
    file: Option<PathBuf>,
    /// Print a commented plan to be filled in
    #[arg(long, conflicts_with = "file")]
    template: bool,
    /// The desk of the person who speaks, as `person issue` made it
    #[arg(long = "as", value_name = "PEOPLEDIR", required_unless_present = "template")]
    directory: Option<PathBuf>,
    #[command(flatten)]
    again: Again,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

pub async fn run(args: Args) -> Result<(), Fault> {
    let Some(directory) = args.directory.filter(|_| !args.template) else {
        out::text(TEMPLATE);
        return Ok(());
    };
    let by = AsCommand::at(directory, args.again);
    match args.file {
        Some(file) => {
            let bytes = files::read_up_to(&file, limits::WATCH_PLAN_BYTES_MAX)?;
            let text = String::from_utf8(bytes).map_err(|_| Fault::new("the plan is not a text (UTF-8)"))?;
            // The line of a mistake is told before anything is sent.
            watch_plan::read(&text).map_err(|wrong| Fault::new(format!("{}: {wrong}", file.display())))?;
            proposal::propose(&by, Change::WatchPlan(text), Bytes::new(), Proposed::printed(args.json)).await
        }
        None => show(&by, args.json).await,
    }
}

async fn show(by: &AsCommand, json: bool) -> Result<(), Fault> {
    let mut calls = PartyServiceClient::new(by.person.open()?.channel);
    let shown = answer(calls.show_watch_plan(ShowWatchPlanRequest {})).await?;
    if json {
        let object = json!({ "kind": "watch_plan", "plan": shown.plan,
            "since_ms": (shown.since_ms != 0).then_some(shown.since_ms) });
        say!("{}", json::line(&object));
    } else if shown.since_ms == 0 {
        say!("# no watch plan is in force: nobody is alerted; `detente watch plan --template` prints one");
    } else {
        say!("# in force since {}", Instant(shown.since_ms));
        for line in shown_lines(&shown.plan) {
            say!("{line}");
        }
    }
    Ok(())
}
