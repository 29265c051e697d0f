//! `detente duty …`: what is owed by when, and what became of it.
//!
//! Never here: whether something lapsed. The node has put it on record, or has not.

mod calendar;
mod export;
mod left_out;

use bytes::Bytes;
use clap::Subcommand;
use serde_json::{Value, json};
use tonic::transport::Channel;

pub use calendar::{Calendar, Entry, Span, Standing};
pub use export::{exercises_of, uid};

use crate::cli::desk::{As, Desk, answer};
use crate::cli::fault::Fault;
use crate::cli::message::rows;
use crate::cli::out::say;
use crate::cli::watch::alarm;
use crate::cli::{given, json};
use crate::codec::message;
use crate::codec::proto::detente::evidence::v1 as evidence;
use crate::codec::proto::detente::v1 as calls;
use crate::codec::proto::detente::v1::duty_service_client::DutyServiceClient;
use crate::domain::digest::Digest;
use crate::domain::party::Party;
use crate::domain::text::shown;
use crate::domain::time::Instant;
use crate::limits;

/// Duties that regimes lay down: what is owed, by whom, to whom, by when
#[derive(clap::Args, Debug)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand, Debug)]
enum Command {
    /// List duties, the next to fall due first: those that are open, unless others are asked for
    List(ListArgs),
    /// Show each duty that is put on record, and each again with every step that is
    Follow(FollowArgs),
    /// Write open duties and exercises as an iCalendar file (RFC 5545)
    Export(export::Args),
}

#[derive(clap::Args, Debug)]
struct ListArgs {
    /// Only those between this Party and that one
    #[arg(long, value_name = "PARTY")]
    party: Option<Party>,
    /// Only those that fall due at that instant or before, such as 2025-08-01T00:00:00Z
    #[arg(long, value_name = "INSTANT", value_parser = given::instant)]
    due: Option<Instant>,
    /// Those that are neither met, lapsed nor lifted
    #[arg(long, conflicts_with_all = ["lapsed", "all"])]
    open: bool,
    /// Those that lapsed
    #[arg(long, conflicts_with = "all")]
    lapsed: bool,
    /// All of them
    #[arg(long)]
    all: bool,
    /// As they stood on record here at that instant, which has come by the node's clock
    #[arg(long, value_name = "INSTANT", value_parser = given::instant)]
    as_of: Option<Instant>,
    #[command(flatten)]
    shown: Shown,
}

#[derive(clap::Args, Debug)]
struct FollowArgs {
    /// The position of the last one that was seen
    #[arg(long, default_value_t = 0)]
    after: u64,
    /// End once all that is on record now was shown
    #[arg(long)]
    once: bool,
    #[command(flatten)]
    shown: Shown,
}

#[derive(clap::Args, Debug)]
struct Shown {
    /// The language of labels, such as fr
    #[arg(long, default_value = "en")]
    language: String,
    #[command(flatten)]
    person: As,
    /// Print one JSON object a line
    #[arg(long)]
    json: bool,
}

pub async fn run(args: Args) -> Result<(), Fault> {
    match args.command {
        Command::List(args) => list(args).await,
        Command::Follow(args) => follow(args).await,
        Command::Export(args) => export::run(args).await,
    }
}

fn service(desk: &Desk) -> DutyServiceClient<Channel> {
    DutyServiceClient::new(desk.channel.clone()).max_decoding_message_size(limits::ANSWER_BYTES_MAX)
}

/// All pages in one.
pub(in crate::cli) async fn all(
    desk: &Desk,
    asked: calls::ListDutiesRequest,
) -> Result<calls::ListDutiesResponse, Fault> {
    let mut whole = answer(service(desk).list_duties(asked.clone())).await?;
    let mut from = Bytes::new();
    while !whole.next.is_empty() && whole.next != from {
        from = std::mem::take(&mut whole.next);
        let page = calls::ListDutiesRequest { from: from.clone(), ..asked.clone() };
        let answered = answer(service(desk).list_duties(page)).await?;
        whole.duties.extend(answered.duties);
        whole.next = answered.next;
    }
    Ok(whole)
}

async fn list(args: ListArgs) -> Result<(), Fault> {
    let that = match (args.lapsed, args.all) {
        (true, _) => calls::DutiesThat::Lapsed,
        (false, true) => calls::DutiesThat::AreAny,
        (false, false) => calls::DutiesThat::Unspecified,
    };
    let desk = args.shown.person.open()?;
    let asked = calls::ListDutiesRequest {
        party: args.party.map(|party| party.to_string()).unwrap_or_default(),
        that: that as i32,
        due_until_ms: args.due.map(|due| due.0),
        as_of_ms: args.as_of.map(|as_of| as_of.0),
        from: Bytes::new(),
        language: args.shown.language,
    };
    let listed = all(&desk, asked).await?;
    for duty in &listed.duties {
        show(duty, args.shown.json);
    }
    for one in &listed.alarms {
        if args.shown.json {
            say!("{}", json::line(&alarm::as_json(one)))
        } else {
            say!("{}", alarm::words(one))
        }
    }
    if listed.alarms_more > 0 && args.shown.json {
        say!("{}", json::line(&json!({ "kind": "alarms more", "alarms": listed.alarms_more })));
    } else if listed.alarms_more > 0 {
        say!("ALARM: {} more, drills or due later", listed.alarms_more);
    }
    if listed.duties.is_empty() && !args.shown.json {
        say!("no such duty is on record here");
    }
    left_out::show(&listed, args.shown.json);
    Ok(())
}

async fn follow(args: FollowArgs) -> Result<(), Fault> {
    let desk = args.shown.person.open()?;
    let asked =
        calls::FollowDutiesRequest { after: args.after, once: args.once, language: args.shown.language };
    let stream = answer(service(&desk).follow_duties(asked)).await;
    let mut stream = stream.map_err(|fault| fault.of_argument("after"))?;
    while let Some(told) = stream.message().await.map_err(|status| Fault::of_call(&status))? {
        if let Some(duty) = &told.duty {
            if !args.shown.json {
                say!("position {}", told.position);
            }
            show(duty, args.shown.json);
        }
    }
    Ok(())
}

fn show(duty: &calls::DutyLine, as_json: bool) {
    if as_json { say!("{}", json::line(&duty_json(duty))) } else { print(duty) }
}

/// What it is about, in a few words. Safe to show.
pub fn title(duty: &calls::DutyLine) -> String {
    let name = if duty.label.is_empty() { &duty.rule } else { &duty.label };
    let entry = match (duty.entry, duty.entry_of) {
        (Some(entry), Some(of)) => format!(", entry {entry} of {of}"),
        (_, _) => String::new(),
    };
    format!("{} owes {}: {}{entry}", shown(&duty.owed_by), shown(&duty.owed_to), shown(name))
}

/// The text by which it is owed, of which the regime may have several: its name, its edition where it is held, its
/// digest. Safe to show.
fn text(duty: &calls::DutyLine) -> String {
    let edition = match duty.regime_edition {
        0 => String::new(),
        edition => format!(", edition {edition}"),
    };
    let digest = Digest::from_slice(&duty.regime_digest);
    let digest = digest.map(|digest| format!(", digest {}", digest.short())).unwrap_or_default();
    format!("{}{edition}{digest}", shown(&duty.regime))
}

/// By which text it is owed, and which message or year brought it about, by the beginnings of their digests. Safe to
/// show.
pub fn grounds(duty: &calls::DutyLine) -> String {
    let cause = match Digest::from_slice(&duty.message_digest) {
        Some(digest) => format!("message {}", digest.short()),
        None => format!("the year {}", duty.year),
    };
    format!("{}; brought about by {cause}", text(duty))
}

/// That its author took back what brought it about, if so. Safe to show.
pub fn cause_mark(duty: &calls::DutyLine) -> Option<String> {
    (!duty.withdrawn_by.is_empty()).then(|| format!("WITHDRAWN by {}", shown(&duty.withdrawn_by)))
}

fn print(duty: &calls::DutyLine) {
    let mark = message::traffic_mark(duty.traffic);
    say!("{mark} due {}  {}", Instant(duty.due_ms), title(duty));
    // Each line of a drill says so: lines are read, copied and cut out one by one.
    let drill = if duty.traffic == evidence::Traffic::Drill as i32 { "DRILL " } else { "" };
    let row = |depth, label: &str, text: &str| rows::row(depth, &format!("{drill}{label}"), text);
    row(1, "State", &shown(&duty.sentence));
    if !duty.alarm.is_empty() {
        row(1, "Weight", &shown(&duty.alarm));
    }
    row(1, "Rule", &format!("{}, {}", text(duty), shown(&duty.paragraph)));
    row(1, "Met by", &shown(&duty.met_by));
    row(1, "Runs from", &format!("{}, {}", Instant(duty.runs_from_ms), shown(&duty.runs_from)));
    if !duty.follows.is_empty() {
        row(1, "If it lapses", &shown(&duty.follows));
    }
    if duty.message_digest.is_empty() {
        row(1, "Year", &duty.year.to_string());
    } else {
        row(1, "Brought about by", &hex::encode(&duty.message_digest));
        if let Some(mark) = cause_mark(duty) {
            row(2, "", &mark);
        }
        row(1, "Thread", &hex::encode(&duty.thread));
    }
    for line in &duty.beside {
        row(1, "Known beside", &shown(line));
    }
    row(1, "On record", &format!("record {}, {}", duty.record, Instant(duty.recorded_at_ms)));
    if duty.story_before > 0 {
        row(2, "before", &format!("{} earlier steps, on record", duty.story_before));
    }
    for one in &duty.story {
        let when = Instant(one.recorded_at_ms);
        row(2, &format!("record {}, {when}", one.record), &shown(&one.says));
    }
}

/// All of a duty.
pub fn duty_json(duty: &calls::DutyLine) -> Value {
    let story: Vec<Value> = duty
        .story
        .iter()
        .map(|one| {
            json!({
                "record": one.record,
                "recorded_at_ms": one.recorded_at_ms,
                "says": one.says,
                "message_digest": hex::encode(&one.message_digest),
            })
        })
        .collect();
    json!({
        "kind": "duty",
        "traffic": message::traffic_name(duty.traffic),
        "number": duty.number,
        "rule": duty.rule,
        "label": duty.label,
        "regime": duty.regime,
        "regime_digest": hex::encode(&duty.regime_digest),
        "regime_edition": (duty.regime_edition != 0).then_some(duty.regime_edition),
        "paragraph": duty.paragraph,
        "alarm": duty.alarm,
        "owed_by": duty.owed_by,
        "owed_to": duty.owed_to,
        "message_digest": hex::encode(&duty.message_digest),
        "thread": hex::encode(&duty.thread),
        "year": duty.year,
        "met_by": duty.met_by,
        "runs_from": duty.runs_from,
        "runs_from_ms": duty.runs_from_ms,
        "follows": duty.follows,
        "due_ms": duty.due_ms,
        "state": duty.state,
        "sentence": duty.sentence,
        "story": story,
        "story_before": duty.story_before,
        "record": duty.record,
        "recorded_at_ms": duty.recorded_at_ms,
        "beside": duty.beside,
        "entry": duty.entry,
        "entry_of": duty.entry_of,
        "withdrawn_by": (!duty.withdrawn_by.is_empty()).then_some(&duty.withdrawn_by),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_duty_is_shown_with_the_edition_and_the_digest_of_the_text_by_which_it_is_owed() {
        let digest = Digest::of(b"the second edition");
        let line = |regime_edition| calls::DutyLine {
            regime: "dunes".into(),
            regime_digest: digest.0.to_vec().into(),
            regime_edition,
            ..calls::DutyLine::default()
        };
        let short = digest.short();
        assert_eq!(text(&line(2)), format!("dunes, edition 2, digest {short}"));
        assert_eq!(text(&line(0)), format!("dunes, digest {short}"), "what is not held has no edition known");
    }

    #[test]
    fn what_a_duty_is_by_names_the_edition_and_the_message_or_the_year_that_brought_it_about() {
        let (rules, message) = (Digest::of(b"the second edition"), Digest::of(b"a notice"));
        let of_message = calls::DutyLine {
            regime: "dunes".into(),
            regime_digest: rules.0.to_vec().into(),
            regime_edition: 2,
            message_digest: message.0.to_vec().into(),
            ..calls::DutyLine::default()
        };
        let by = format!("dunes, edition 2, digest {}; brought about by ", rules.short());
        assert_eq!(grounds(&of_message), format!("{by}message {}", message.short()));
        let of_year =
            calls::DutyLine { message_digest: Default::default(), year: 2031, ..of_message.clone() };
        assert_eq!(grounds(&of_year), format!("{by}the year 2031"));
        for line in [of_message, of_year] {
            let description = export::duty(&line).description;
            assert!(description.contains(&grounds(&line)), "{description}");
        }
    }
}
