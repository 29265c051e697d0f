//! `detente watch …`: what came in, read and acknowledged by name; what is open now, who is woken of it, and who
//! has the watch.
//!
//! Never here: a rule, or text from outside that was not made safe to show.
//!
//! What stands where:
//!
//! - what is open: `now.rs`, `keys.rs`, `page.rs`, `around.rs`, `item.rs`, `waiting_checks.rs`, `telephone.rs`
//! - what is done then: `card.rs`, `card_page.rs`, `holding.rs`; who has the watch: `hand_over.rs`, `sessions.rs`
//! - what custodians agree on: `plan.rs`, `webhook.rs`, `alarm.rs`

pub mod alarm;
mod around;
mod card;
mod card_page;
mod hand_over;
mod holding;
mod item;
mod keys;
mod now;
mod page;
mod plan;
mod sessions;
mod telephone;
mod waiting_checks;
mod webhook;

use clap::Subcommand;
use serde_json::json;
use tokio_stream::StreamExt as _;
use tonic::transport::Channel;

use crate::cli::desk::{As, AsCommand, Desk, answer};
use crate::cli::fault::Fault;
use crate::cli::given;
use crate::cli::json;
use crate::cli::message::known::{known_message, tag};
use crate::cli::message::{checked, print_original, rows};
use crate::cli::out::say;
use crate::cli::regime::labels::{self, Labelling};
use crate::codec::proto::detente::v1 as calls;
use crate::codec::proto::detente::v1::watch_service_client::WatchServiceClient;
use crate::codec::{content, message, signed};
use crate::domain::digest::Digest;
use crate::domain::language::Language;
use crate::domain::text::shown;
use crate::domain::time::Instant;
use crate::limits;

/// What comes in from other Parties, who is alerted of it, and who has the watch
#[derive(clap::Args, Debug)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand, Debug)]
enum Command {
    /// Show one page for an officer who is woken: what is open, what must be done first, whom to telephone
    Now(now::Args),
    /// Follow what comes in, live
    Follow(FollowArgs),
    /// Read one message
    Read(ReadArgs),
    /// Put on record, and tell the author, that you have read a message; this is not assent
    Acknowledge(AcknowledgeArgs),
    /// Hand over the watch to another officer; without a digest, show what is open, what this Party owes, what of that
    /// lapsed, however long ago, and the digest to name
    HandOver(hand_over::HandOverArgs),
    /// Take over the watch as it was offered: from then on the alerts of your office go to you
    TakeOver(hand_over::TakeOverArgs),
    /// Instruction cards: what the officer on watch does; with --for, the card of one message
    Card(card::Args),
    /// Draft the holding reply that the card of a message lays down, ready to be released
    Holding(holding::Args),
    /// The watch plan: who is alerted, within how many minutes, who is next; two custodians change it
    Plan(plan::Args),
    /// Webhooks: outside places that are told of alerts, never of what a message says; two custodians change them
    Webhook(webhook::Args),
    /// Alarms that this Party sets for itself, such as for "promptly": never a duty; two custodians change them
    Alarm(alarm::Args),
}

#[derive(clap::Args, Debug)]
struct FollowArgs {
    #[command(flatten)]
    person: As,
    /// The position of the last notice seen; default: everything from the beginning
    #[arg(long, value_name = "POSITION", default_value_t = 0)]
    after: u64,
    /// Stop at what is on record now
    #[arg(long)]
    once: bool,
    /// Also what goes to offices other than yours
    #[arg(long)]
    all_offices: bool,
    /// One JSON object a notice
    #[arg(long)]
    json: bool,
}

#[derive(clap::Args, Debug)]
struct ReadArgs {
    /// The message's digest, or its first digits
    #[arg(value_parser = given::beginning)]
    digest: String,
    #[command(flatten)]
    person: As,
    /// Also if it went to offices other than yours
    #[arg(long)]
    all_offices: bool,
    /// Show a regime's labels in this language where it has them, such as fr; default: the message's own
    #[arg(long, value_parser = given::language)]
    language: Option<Language>,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

#[derive(clap::Args, Debug)]
struct AcknowledgeArgs {
    /// The message's digest, or its first digits
    #[arg(value_parser = given::beginning)]
    digest: String,
    #[command(flatten)]
    person: AsCommand,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

pub async fn run(args: Args) -> Result<(), Fault> {
    match args.command {
        Command::Follow(args) => follow(args).await,
        Command::Read(args) => read(args).await,
        Command::Acknowledge(args) => acknowledge(args).await,
        Command::Now(args) => now::run(args).await,
        Command::HandOver(args) => hand_over::hand_over(args).await,
        Command::TakeOver(args) => hand_over::take_over(args).await,
        Command::Card(args) => card::run(args).await,
        Command::Holding(args) => holding::run(args).await,
        Command::Plan(args) => plan::run(args).await,
        Command::Webhook(args) => webhook::run(args).await,
        Command::Alarm(args) => alarm::run(args).await,
    }
}

fn service(desk: &Desk) -> WatchServiceClient<Channel> {
    WatchServiceClient::new(desk.channel.clone()).max_decoding_message_size(limits::ANSWER_BYTES_MAX)
}

async fn follow(args: FollowArgs) -> Result<(), Fault> {
    let desk = args.person.open()?;
    let asked = calls::FollowRequest { after: args.after, once: args.once, all_offices: args.all_offices };
    let mut notices =
        answer(service(&desk).follow(asked)).await.map_err(|fault| fault.of_argument("after"))?;
    while let Some(notice) = notices.next().await {
        let notice = notice.map_err(|status| Fault::of_call(&status))?;
        if args.json { say!("{}", json::line(&notice_json(&notice))) } else { print_notice(&notice) }
    }
    if args.once {
        return Ok(());
    }
    Err(Fault::new("the node has ended the stream; follow again with --after and the last position seen"))
}

fn print_notice(notice: &calls::FollowResponse) {
    if !notice.news.is_empty() {
        say!("{}  {}", notice.position, shown(&notice.news));
        rows::row(1, "On record here", &Instant(notice.recorded_at_ms).to_string());
        for mark in &notice.marks {
            rows::row(1, "Mark", &shown(mark));
        }
        return;
    }
    if let Some(alert) = &notice.alert {
        return print_alert(notice, alert);
    }
    let kind = if notice.kind.is_empty() { "refused" } else { &notice.kind };
    say!(
        "{}  {}  {}  {}  {}  {}",
        notice.position,
        message::traffic_mark(notice.traffic),
        message::precedence_name(notice.precedence),
        shown(&notice.from),
        shown(&notice.number),
        shown(kind),
    );
    rows::row(1, "Subject", &shown(&notice.subject));
    if notice.released_at_ms != 0 {
        rows::row(1, "Released", &Instant(notice.released_at_ms).date_time_group().to_string());
    }
    rows::row(1, "On record here", &Instant(notice.recorded_at_ms).to_string());
    if !notice.offices.is_empty() {
        rows::row(1, "For office", &shown(&notice.offices.join(", ")));
    }
    if notice.acknowledgement_owed {
        rows::row(1, "Acknowledged", if notice.acknowledged { "yes" } else { "not yet" });
    }
    marks(notice);
    match notice.fault_count {
        0 => {}
        1 => rows::row(1, "Faults", "1 fault; reading the message lists it"),
        more => rows::row(1, "Faults", &format!("{more} faults; reading the message lists them")),
    }
    rows::row(1, "Digest", &hex::encode(&notice.digest));
}

fn print_alert(notice: &calls::FollowResponse, alert: &calls::Alert) {
    let to = if alert.everyone { "everyone".into() } else { names(&alert.persons) };
    say!(
        "{}  {}  {}  {}  {}  ALERT, step {}: {to}",
        notice.position,
        message::traffic_mark(notice.traffic),
        message::precedence_name(notice.precedence),
        shown(&notice.from),
        shown(&notice.number),
        // A person counts from one.
        alert.step.saturating_add(1),
    );
    rows::row(1, "Subject", &shown(&notice.subject));
    rows::row(1, "Due", &Instant(alert.due_ms).to_string());
    rows::row(1, "On record here", &Instant(notice.recorded_at_ms).to_string());
    if alert.everyone {
        rows::row(1, "Alerted", &names(&alert.persons));
    }
    if alert.next_due_ms != 0 {
        rows::row(1, "Next step", &Instant(alert.next_due_ms).to_string());
    }
    rows::row(1, "Acknowledged", if notice.acknowledged { "yes" } else { "not yet" });
    marks(notice);
    rows::row(1, "Digest", &hex::encode(&notice.digest));
}

/// What is to be known beside a message, and that it came by file.
fn marks(notice: &calls::FollowResponse) {
    let came = Some(&notice.came_by_file).filter(|came| !came.is_empty());
    for mark in notice.marks.iter().chain(came) {
        rows::row(1, "Mark", &shown(mark));
    }
}

fn names(persons: &[String]) -> String {
    persons.iter().map(|name| shown(name)).collect::<Vec<_>>().join(", ")
}

fn notice_json(notice: &calls::FollowResponse) -> serde_json::Value {
    if !notice.news.is_empty() {
        return json!({
            "kind": "news",
            "position": notice.position,
            "from": notice.from,
            "news": notice.news,
            "recorded_at_ms": notice.recorded_at_ms,
            "marks": notice.marks,
        });
    }
    let kind = if notice.alert.is_some() { "alert" } else { "notice" };
    json!({
        "kind": kind,
        "position": notice.position,
        "message": hex::encode(&notice.digest),
        "thread": hex::encode(&notice.thread),
        "from": notice.from,
        "number": notice.number,
        "message_kind": notice.kind,
        "subject": notice.subject,
        "precedence": message::precedence_name(notice.precedence),
        "traffic": message::traffic_name(notice.traffic),
        "released_at_ms": notice.released_at_ms,
        "recorded_at_ms": notice.recorded_at_ms,
        "acknowledged": notice.acknowledgement_owed.then_some(notice.acknowledged),
        "marks": notice.marks,
        "came_by_file": (!notice.came_by_file.is_empty()).then_some(&notice.came_by_file),
        "fault_count": notice.fault_count,
        "offices": notice.offices,
        "alert": notice.alert.as_ref().map(|alert| json!({
            "step": alert.step,
            "persons": alert.persons,
            "everyone": alert.everyone,
            "due_ms": alert.due_ms,
            "next_due_ms": (alert.next_due_ms != 0).then_some(alert.next_due_ms),
        })),
    })
}

async fn read(args: ReadArgs) -> Result<(), Fault> {
    let desk = args.person.open()?;
    let digest = meant(&desk, &args.digest).await?;
    let asked = calls::ReadRequest {
        digest: digest.0.to_vec().into(),
        all_offices: args.all_offices,
        language: tag(args.language.as_ref()),
    };
    let answered = answer(service(&desk).read(asked)).await?;
    let wrapping = signed::decode(answered.message)?;
    if wrapping.digest() != digest {
        return Err(Fault::new("the node gave another message than the one asked for"));
    }
    let read = message::decode(&wrapping.payload)?;
    let said = content::said(&read.draft.kind, &read.draft.content);
    if args.json {
        let more = json!({
            "kind": "message",
            "message": digest.to_string(),
            "recorded_at_ms": answered.recorded_at_ms,
            "marks": answered.marks,
            "faults": rows::faults_json(&answered.faults),
            "check": checked::check_json(answered.check.as_ref()),
            "parts_held": rows::parts_json(&answered.parts),
        });
        say!("{}", json::line(&json::with(rows::message_json(&read, &said), more)));
        return Ok(());
    }
    let regime = labels::of(&desk, &read.draft).await;
    rows::message(&read, &said, Labelling::of(regime.as_ref(), args.language.as_ref()));
    rows::row(0, "On record here", &Instant(answered.recorded_at_ms).to_string());
    for mark in &answered.marks {
        rows::row(0, "Mark", &shown(mark));
    }
    rows::parts(0, &answered.parts);
    for fault in &answered.faults {
        rows::row(0, "Fault", &format!("{}: {}", shown(&fault.field), shown(&fault.rule)));
    }
    checked::check(0, answered.check.as_ref());
    print_original(&desk, &said).await;
    say!("Digest of all this: {digest}");
    Ok(())
}

async fn acknowledge(args: AcknowledgeArgs) -> Result<(), Fault> {
    let (desk, header, id) = args.person.open()?;
    let digest = meant(&desk, &args.digest).await?;
    if !args.json {
        say!("command  {id}");
        say!("message  {digest}");
    }
    let asked = calls::AcknowledgeRequest { command: Some(header), digest: digest.0.to_vec().into() };
    let answered = answer(service(&desk).acknowledge(asked)).await?;
    if args.json {
        let object = json!({
            "kind": "acknowledged",
            "command": id.to_string(),
            "message": digest.to_string(),
            "acknowledgement": hex::encode(&answered.acknowledgement_digest),
            "number": answered.number,
        });
        say!("{}", json::line(&object));
    } else {
        say!("acknowledged as {}", shown(&answered.number));
    }
    Ok(())
}

/// The message that begins so, by what the node has of digests: its journal is not read for it.
async fn meant(desk: &Desk, beginning: &str) -> Result<Digest, Fault> {
    match Digest::from_hex(beginning) {
        Some(whole) => Ok(whole),
        None => Ok(known_message(desk, beginning).await?.digest),
    }
}
