//! `hotline checks`, `check`, `checked`, `ping` and `schedule`: checks of links, and links tried now.
//!
//! Never here: when a check is due, whether a link is up, or whether a schedule makes sense: the node says.

use std::path::PathBuf;

use bytes::Bytes;
use clap::Args;
use clap::builder::NonEmptyStringValueParser;
use serde_json::{Value, json};

use super::service;
use crate::cli::by_hand::moment::{Moment, moment};
use crate::cli::desk::{Again, As, AsCommand, answer, answer_command};
use crate::cli::fault::Fault;
use crate::cli::out::{self, say};
use crate::cli::proposal::{self, Proposed};
use crate::cli::{files, given, json};
use crate::codec::check_schedule;
use crate::codec::proto::detente::v1 as calls;
use crate::codec::proto::detente::v1::party_service_client::PartyServiceClient;
use crate::codec::proto::detente::v1::propose_request::Change;
use crate::domain::party::Party;
use crate::domain::text::{shown, shown_lines};
use crate::domain::time::Instant;
use crate::limits;

/// A schedule with every field and what it means.
const TEMPLATE: &str = include_str!("schedule.toml");

#[derive(Args, Debug)]
pub struct ChecksArgs {
    /// Only the link with this Party
    party: Option<Party>,
    #[command(flatten)]
    person: As,
    /// One JSON object a line
    #[arg(long)]
    json: bool,
}

#[derive(Args, Debug)]
pub struct PingArgs {
    /// The Parties whose links are tried
    #[arg(required_unless_present = "all", conflicts_with = "all")]
    parties: Vec<Party>,
    /// Try every link
    #[arg(long)]
    all: bool,
    #[command(flatten)]
    person: As,
    /// One JSON object a line
    #[arg(long)]
    json: bool,
}

#[derive(Args, Debug)]
pub struct CheckArgs {
    /// The other Party
    party: Party,
    /// The name of the check, where several wait
    #[arg(long, value_parser = NonEmptyStringValueParser::new())]
    check: Option<String>,
    /// When it was due, where several wait: RFC 3339
    #[arg(long, value_parser = given::instant)]
    due: Option<Instant>,
    #[command(flatten)]
    by: AsCommand,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

#[derive(Args, Debug)]
pub struct CheckedArgs {
    /// The other Party
    party: Party,
    /// The name of the check in the schedule
    #[arg(long)]
    check: String,
    /// When it was due: `2025-08-01T10:00 Europe/Minsk`, or with Z
    #[arg(long, value_parser = moment)]
    due: Moment,
    /// When it was made by your account, written in the same way
    #[arg(long, value_parser = moment)]
    at: Moment,
    /// Nobody answered there
    #[arg(long)]
    not_answered: bool,
    /// Who spoke there, and anything else to be noted
    #[arg(long, default_value = "")]
    note: String,
    #[command(flatten)]
    by: AsCommand,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

#[derive(Args, Debug)]
pub struct ScheduleArgs {
    /// Propose this schedule (TOML) in place of the one in force; without it, show that one
    file: Option<PathBuf>,
    /// Print a commented schedule to be filled in
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

pub async fn checks(args: ChecksArgs) -> Result<(), Fault> {
    let desk = args.person.open()?;
    let party = args.party.map(|party| party.to_string()).unwrap_or_default();
    let listed = answer(service(&desk).list_checks(calls::ListChecksRequest { party })).await?;
    for link in &listed.links {
        if args.json {
            say!("{}", json::line(&link_json(link)));
        } else {
            show_link(link);
        }
    }
    Ok(())
}

fn show_link(link: &calls::CheckedLink) {
    let state = if link.up { "link up" } else { "LINK DOWN" };
    say!("{}  {state}, {}", shown(&link.party), heard(link.heard_at_ms));
    say!(
        "  a heartbeat every {} s; called down after {} s without a word",
        link.heartbeat_seconds,
        link.silent_after_seconds
    );
    if link.scheduled.is_empty() {
        say!("  no checks are scheduled");
    } else {
        let by = if link.officer.is_empty() { "the node by itself".into() } else { shown(&link.officer) };
        say!("  answered within {} min, made and answered here by {by}", link.within_minutes);
    }
    for check in &link.scheduled {
        say!("  {} by {}: {}", shown(&check.check), check.line, shown(&check.when));
        if check.next_due_ms != 0 {
            say!("    next {}, {} asks", Instant(check.next_due_ms), shown(&check.next_asks));
        }
    }
    for due in &link.due {
        let (check, asks, until) = (shown(&due.check), shown(&due.asks), Instant(due.until_ms));
        let known = if due.made_here { "made here, not receipted" } else { "nothing is on record of it yet" };
        say!("  {}  {check}  {asks}'s turn  DUE: {known}, in time until {until}", Instant(due.due_ms));
    }
    for noted in &link.last {
        let steps = noted.steps.iter().map(step).collect::<Vec<_>>().join("; ");
        let (check, asks) = (shown(&noted.check), shown(&noted.asks));
        say!("  {}  {check}  {asks}'s turn  {steps}", Instant(noted.due_ms));
    }
}

fn step(step: &calls::NotedStep) -> String {
    let at = if step.at_ms == 0 { String::new() } else { format!(" {}", Instant(step.at_ms)) };
    let words = if step.words.is_empty() { String::new() } else { format!(": {}", shown(&step.words)) };
    format!("{}{at}{words}", step.what)
}

fn heard(at_ms: i64) -> String {
    match at_ms {
        0 => "not heard since this node started".into(),
        at => format!("last heard {}", Instant(at)),
    }
}

fn at(ms: i64) -> Value {
    if ms == 0 { Value::Null } else { json!(Instant(ms).to_string()) }
}

fn link_json(link: &calls::CheckedLink) -> Value {
    let scheduled = link.scheduled.iter().map(|check| {
        json!({ "check": check.check, "line": check.line, "when": check.when, "next_due": at(check.next_due_ms),
            "next_asks": check.next_asks })
    });
    let last = link.last.iter().map(|noted| {
        let steps = noted
            .steps
            .iter()
            .map(|step| json!({ "what": step.what, "at": at(step.at_ms), "words": step.words }));
        json!({ "check": noted.check, "due": at(noted.due_ms), "asks": noted.asks,
            "steps": steps.collect::<Vec<Value>>() })
    });
    let due = link.due.iter().map(|due| {
        json!({ "check": due.check, "due": at(due.due_ms), "asks": due.asks, "until": at(due.until_ms),
            "made_here": due.made_here })
    });
    json!({
        "kind": "checked_link",
        "party": link.party,
        "up": link.up,
        "heard_at": at(link.heard_at_ms),
        "heartbeat_seconds": link.heartbeat_seconds,
        "silent_after_seconds": link.silent_after_seconds,
        "officer": link.officer,
        "within_minutes": link.within_minutes,
        "scheduled": scheduled.collect::<Vec<Value>>(),
        "due": due.collect::<Vec<Value>>(),
        "last": last.collect::<Vec<Value>>(),
    })
}

pub async fn ping(args: PingArgs) -> Result<(), Fault> {
    let desk = args.person.open()?;
    let parties = args.parties.iter().map(Party::to_string).collect();
    let pinged = answer(service(&desk).ping_links(calls::PingLinksRequest { parties })).await?;
    for link in &pinged.links {
        let heard_at = heard(link.heard_at_ms);
        if args.json {
            let object = json!({ "kind": "pinged_link", "party": link.party, "up": link.up,
                "round_trip_ms": link.up.then_some(link.round_trip_ms), "heard_at": at(link.heard_at_ms),
                "fault": (!link.up).then_some(&link.fault) });
            say!("{}", json::line(&object));
        } else if link.up {
            say!("{}  up, there and back in {} ms, {heard_at}", shown(&link.party), link.round_trip_ms);
        } else {
            say!("{}  DOWN, {heard_at}: {}", shown(&link.party), shown(&link.fault));
        }
    }
    Ok(())
}

pub async fn check(args: CheckArgs) -> Result<(), Fault> {
    let (desk, command, id) = args.by.open()?;
    let asked = calls::SendCheckRequest {
        command: Some(command),
        party: args.party.to_string(),
        check: args.check.unwrap_or_default(),
        due_ms: args.due.map_or(0, |due| due.0),
    };
    let sent = answer_command(id, service(&desk).send_check(asked)).await?;
    if args.json {
        let object = json!({ "kind": "check_sent", "message": hex::encode(&sent.message_digest),
            "number": sent.number, "is_answer": sent.is_answer, "check": sent.check, "due": at(sent.due_ms) });
        say!("{}", json::line(&object));
    } else {
        let what = if sent.is_answer { "answered" } else { "made" };
        let (check, due) = (shown(&sent.check), Instant(sent.due_ms));
        say!("{what}     check {check}, due {due}");
        say!("message  {}", hex::encode(&sent.message_digest));
        say!("number   {}", shown(&sent.number));
    }
    Ok(())
}

pub async fn checked(args: CheckedArgs) -> Result<(), Fault> {
    let (desk, command, id) = args.by.open()?;
    let asked = calls::RecordCheckRequest {
        command: Some(command),
        party: args.party.to_string(),
        check: args.check,
        due_ms: args.due.at.0,
        answered: !args.not_answered,
        at_ms: args.at.at.0,
        note: args.note,
    };
    answer_command(id, service(&desk).record_check(asked)).await?;
    if args.json {
        say!("{}", json::line(&json!({ "kind": "check_recorded", "due": at(args.due.at.0) })));
    } else {
        say!("on record: the check that was due {}, by your account", args.due.at);
    }
    Ok(())
}

pub async fn schedule(args: ScheduleArgs) -> Result<(), Fault> {
    let Some(directory) = args.directory.filter(|_| !args.template) else {
        out::text(TEMPLATE);
        return Ok(());
    };
    let by = AsCommand::at(directory, args.again);
    let Some(file) = args.file else { return show_schedule(&by, args.json).await };
    let bytes = files::read_up_to(&file, limits::CHECK_SCHEDULE_BYTES_MAX)?;
    let text = String::from_utf8(bytes).map_err(|_| Fault::new("the schedule is not a text (UTF-8)"))?;
    // The line of a mistake is told before anything is sent.
    check_schedule::read(&text).map_err(|wrong| Fault::new(format!("{}: {wrong}", file.display())))?;
    proposal::propose(&by, Change::CheckSchedule(text), Bytes::new(), Proposed::printed(args.json)).await
}

async fn show_schedule(by: &AsCommand, json: bool) -> Result<(), Fault> {
    let mut calls_of = PartyServiceClient::new(by.person.open()?.channel);
    let known = answer(calls_of.show_check_schedule(calls::ShowCheckScheduleRequest {})).await?;
    if json {
        let object =
            json!({ "kind": "check_schedule", "schedule": known.schedule, "since": at(known.since_ms) });
        say!("{}", json::line(&object));
    } else if known.since_ms == 0 {
        say!(
            "# no check schedule is in force: no link is checked; `detente hotline schedule --template` prints one"
        );
    } else {
        say!("# in force since {}", Instant(known.since_ms));
        for line in shown_lines(&known.schedule) {
            say!("{line}");
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_template_is_a_schedule() {
        let plan = check_schedule::read(TEMPLATE).unwrap();
        assert_eq!(plan.links.len(), 1);
        assert_eq!(plan.check_turns("PL".parse().unwrap()), Ok(()));
    }
}
