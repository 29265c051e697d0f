//! `detente watch alarm`: alarms that the Party sets for itself, as two custodians agree on them.
//!
//! Never here: a duty, or whether an alarm is past due (the node says).

use bytes::Bytes;
use clap::Subcommand;
use serde_json::json;

use crate::cli::desk::{As, AsCommand, answer};
use crate::cli::fault::Fault;
use crate::cli::json;
use crate::cli::out::say;
use crate::cli::proposal::{self, Proposed};
use crate::codec::message;
use crate::codec::proto::detente::v1 as calls;
use crate::codec::proto::detente::v1::party_service_client::PartyServiceClient;
use crate::codec::proto::detente::v1::{ListOwnAlarmsRequest, OwnAlarm, propose_request::Change};
use crate::domain::text::shown;
use crate::domain::time::Instant;

#[derive(clap::Args, Debug)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand, Debug)]
enum Command {
    /// Propose an alarm; it replaces one with the same name
    Add {
        /// The name by which it is known: one word
        name: String,
        /// For messages of this kind, such as message.question, whether they come in or go out
        #[arg(long, value_name = "KIND")]
        kind: String,
        /// Hours of silence from the other side in the thread after which the alarm is raised
        #[arg(long, value_name = "HOURS")]
        hours: u32,
        /// What it is for, in one line, such as the words of an agreement
        #[arg(long, value_name = "TEXT")]
        label: String,
        #[command(flatten)]
        by: AsCommand,
        /// Print one JSON object
        #[arg(long)]
        json: bool,
    },
    /// Propose removing an alarm, and ending those that run
    Remove {
        /// As `watch alarm list` shows it
        name: String,
        #[command(flatten)]
        by: AsCommand,
        /// Print one JSON object
        #[arg(long)]
        json: bool,
    },
    /// List the alarms that are set; `duty list` shows for which messages they run
    List {
        #[command(flatten)]
        by: As,
        /// Print one JSON object a line
        #[arg(long)]
        json: bool,
    },
}

pub async fn run(args: Args) -> Result<(), Fault> {
    let (by, change, json) = match args.command {
        Command::Add { name, kind, hours, label, by, json } => {
            (by, Change::OwnAlarmSet(OwnAlarm { name, kind, hours, label }), json)
        }
        Command::Remove { name, by, json } => (by, Change::OwnAlarmRemoved(name), json),
        Command::List { by, json } => return list(&by, json).await,
    };
    proposal::propose(&by, change, Bytes::new(), Proposed::printed(json)).await
}

async fn list(by: &As, json: bool) -> Result<(), Fault> {
    let mut calls = PartyServiceClient::new(by.open()?.channel);
    let answered = answer(calls.list_own_alarms(ListOwnAlarmsRequest {})).await?;
    for alarm in &answered.alarms {
        if json {
            let object = json!({ "kind": "own_alarm", "name": alarm.name, "message_kind": alarm.kind,
                "hours": alarm.hours, "label": alarm.label });
            say!("{}", json::line(&object));
        } else {
            let (name, label) = (shown(&alarm.name), shown(&alarm.label));
            say!("{name}  {} h after {}  {label}", alarm.hours, shown(&alarm.kind));
        }
    }
    if answered.not_begun != 0 && !json {
        say!(
            "{} more did not begin: as many run for messages of one Party as are allowed",
            answered.not_begun
        );
    }
    if answered.alarms.is_empty() && !json {
        say!("no alarm is set");
    }
    Ok(())
}

/// An alarm that runs or is past due, in one line.
pub fn words(line: &calls::AlarmLine) -> String {
    let state = if line.past_due { "past due since" } else { "runs until" };
    format!(
        "{} ALARM {} {state} {}: {}; nothing said after {} of {}",
        message::traffic_mark(line.traffic),
        shown(&line.alarm),
        Instant(line.due_ms).date_time_group(),
        shown(&line.label),
        shown(&line.number),
        shown(&line.from),
    )
}

pub fn as_json(line: &calls::AlarmLine) -> serde_json::Value {
    json!({
        "kind": "alarm",
        "alarm": line.alarm,
        "label": line.label,
        "message": hex::encode(&line.message_digest),
        "thread": hex::encode(&line.thread),
        "from": line.from,
        "number": line.number,
        "message_kind": line.kind,
        "traffic": message::traffic_name(line.traffic),
        "since_ms": line.since_ms,
        "due_ms": line.due_ms,
        "past_due": line.past_due,
    })
}
