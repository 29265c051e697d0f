//! `detente watch hand-over` and `take-over`: the watch from one officer to the other, by the word of both on one
//! digest of what is open. Before the second word, what came in since the first.
//!
//! Never here: who may have the watch (the node's Board).

use clap::Args;
use serde_json::{Value, json};

use super::{item, now, page, service, sessions};
use crate::cli::desk::{AsCommand, Desk, answer_command};
use crate::cli::duty::{cause_mark, grounds, title};
use crate::cli::fault::Fault;
use crate::cli::out::{self, say};
use crate::cli::{given, json};
use crate::codec::message;
use crate::codec::proto::detente::v1 as calls;
use crate::domain::digest::Digest;
use crate::domain::official::{self, Line, Page};
use crate::domain::text::shown;
use crate::domain::time::Instant;
use crate::limits;

#[derive(Args, Debug)]
pub struct HandOverArgs {
    /// The officer who takes over, by name as on the roster
    #[arg(long, value_name = "NAME", requires = "digest")]
    to: Option<String>,
    /// The whole digest that was shown; what is open must still be the same
    #[arg(long, value_parser = given::digest, requires = "to")]
    digest: Option<Digest>,
    #[command(flatten)]
    person: AsCommand,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

#[derive(Args, Debug)]
pub struct TakeOverArgs {
    /// The whole digest under which the watch was offered to you; without it, show what came in since, and take nothing
    /// over
    #[arg(long, value_parser = given::digest)]
    digest: Option<Digest>,
    #[command(flatten)]
    person: AsCommand,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

pub async fn hand_over(args: HandOverArgs) -> Result<(), Fault> {
    let (desk, header, id) = args.person.open()?;
    let (Some(to), Some(digest)) = (args.to, args.digest) else {
        let shown_now = now::ask_to_hand_over(&desk).await?;
        // What was shown is shown, whatever comes of looking for sessions.
        let running = sessions::running(&desk).await;
        if args.json {
            say!("{}", json::line(&with_sessions(&shown_now, &running)));
            return running.map(drop);
        }
        out::text(&official::text(&[page::page(&shown_now, page::Keys::None, 0)]));
        let duties = (shown_now.duties.len() as u64).saturating_add(shown_now.duties_more);
        say!("names     {} messages that wait, and {duties} duties of your Party", shown_now.messages);
        print_duties(&shown_now.duties, shown_now.duties_more);
        running.iter().for_each(sessions::list);
        say!("digest    {}", hex::encode(&shown_now.hand_over_digest));
        say!("next      detente watch hand-over --to NAME --digest DIGEST --as PEOPLEDIR");
        return running.map(drop);
    };
    let asked =
        calls::HandOverRequest { command: Some(header), to: to.clone(), digest: digest.0.to_vec().into() };
    let answered = answer_command(id, service(&desk).hand_over(asked)).await?;
    if args.json {
        let object = json!({ "kind": "watch_offered", "command": id.to_string(), "to": to,
            "digest": digest.to_string(), "open": answered.open, "duties": answered.duties });
        say!("{}", json::line(&object));
    } else {
        say!(
            "offered   to {}, with {} messages that wait and {} duties; the watch is yours until it is taken over",
            shown(&to),
            answered.open,
            answered.duties
        );
        say!("next      detente watch take-over --as OTHER-OFFICER shows what came in since");
        say!("          detente watch take-over --digest {digest} --as OTHER-OFFICER");
    }
    Ok(())
}

pub async fn take_over(args: TakeOverArgs) -> Result<(), Fault> {
    let (desk, header, id) = args.person.open()?;
    let Some(digest) = args.digest else { return show_offer(&desk, args.json).await };
    if !args.json {
        // Before the word is given; what comes in after this is in the node's answer.
        let offered = now::ask(&desk, false, 0).await?;
        print_since(offered.since_offered.as_ref());
    }
    let asked = calls::TakeOverRequest { command: Some(header), digest: digest.0.to_vec().into() };
    let taken = answer_command(id, service(&desk).take_over(asked)).await?;
    // The watch is theirs by now, whatever comes of looking for sessions.
    let running = sessions::running(&desk).await;
    if args.json {
        let object = json!({ "kind": "watch_taken", "command": id.to_string(), "digest": digest.to_string(),
            "since_offered": taken.since_offered.as_ref().map(now::since_offered_json),
            "sessions": running.as_ref().ok().map(sessions::as_json),
            "older_not_looked_through": running.as_ref().ok().map(|running| running.are_older) });
        say!("{}", json::line(&object));
        return running.map(drop);
    }
    say!("taken     the watch of your desk is yours: detente watch now");
    sessions::print(&running?);
    Ok(())
}

/// What waits for the second officer.
async fn show_offer(desk: &Desk, as_json: bool) -> Result<(), Fault> {
    let now = now::ask_to_hand_over(desk).await?;
    let running = sessions::running(desk).await;
    if as_json {
        say!("{}", json::line(&with_sessions(&now, &running)));
        return running.map(drop);
    }
    let Some(offer) = &now.offered else {
        say!("no hand-over of the watch of your desk waits");
        return Ok(());
    };
    let (by, to, at) = (shown(&offer.by), shown(&offer.to), Instant(offer.at_ms));
    say!("offered   by {by} to {to} at {}", at.date_time_group());
    let duties = (offer.duties.len() as u64).saturating_add(offer.duties_more);
    say!("names     {} messages that waited, and {duties} duties of your Party", offer.messages);
    for named in &offer.duties {
        if let Some(duty) = &named.duty {
            print_duty(duty, Some(&named.stood));
        }
    }
    print_more(offer.duties_more);
    print_since(now.since_offered.as_ref());
    running.iter().for_each(sessions::list);
    say!("digest    {}", hex::encode(&offer.digest));
    say!("next      detente watch take-over --digest DIGEST --as PEOPLEDIR");
    running.map(drop)
}

/// What is handed over, with the sessions that go on.
fn with_sessions(now: &calls::NowResponse, running: &Result<sessions::Running, Fault>) -> Value {
    let running = running.as_ref().ok();
    let more = json!({
        "sessions": running.map(sessions::as_json),
        "older_not_looked_through": running.map(|running| running.are_older),
    });
    json::with(now::as_json(now), more)
}

/// Each message and each duty on a line of its own.
fn print_since(since: Option<&calls::SinceOffered>) {
    let Some(since) = since else { return };
    let items = (since.items.len() as u64).saturating_add(since.items_more);
    let duties = (since.duties.len() as u64).saturating_add(since.duties_more);
    say!("since     {items} came in and wait, {duties} duties opened");
    for item in &since.items {
        out::text(&official::text(&[Page(vec![in_one_line(item)])]));
    }
    if since.items_more > 0 {
        say!("          and {} more that came in", since.items_more);
    }
    print_duties(&since.duties, since.duties_more);
}

fn print_duties(duties: &[calls::DutyLine], more: u64) {
    duties.iter().for_each(|duty| print_duty(duty, None));
    print_more(more);
}

fn print_more(duties: u64) {
    if duties > 0 {
        say!("          and {duties} more duties");
    }
}

/// How it stands, unless it is simply open; and how it stood when the watch was offered, where a hand-over says so.
fn print_duty(duty: &calls::DutyLine, stood: Option<&str>) {
    let due = Instant(duty.due_ms).date_time_group();
    let stood = stood.map(|stood| format!(", {} when offered", shown(stood))).unwrap_or_default();
    let stands = if duty.state == "open" { String::new() } else { format!("; {}", shown(&duty.sentence)) };
    let gone = cause_mark(duty).map(|mark| format!("; what brought it about: {mark}")).unwrap_or_default();
    let (title, by) = (title(duty), grounds(duty));
    say!("{} duty, due {due}: {title}{stood}{stands}; by {by}{gone}", message::traffic_mark(duty.traffic));
}

/// What an item is, in one line.
fn in_one_line(item: &calls::NowItem) -> Line {
    let digest = hex::encode(&item.digest);
    let digest = digest.get(..limits::DIGEST_DIGITS_MIN).unwrap_or_default();
    let session = match item.session_waiting {
        0 => String::new(),
        _ => format!("hotline session, {}: ", item::waiting(item)),
    };
    let before = format!(
        "{digest}  {} from {} since {}: {session}",
        message::precedence_name(item.precedence),
        shown(&item.from),
        Instant(item.since_ms).date_time_group(),
    );
    page::marked(message::traffic_mark(item.traffic), &item::with_subject(&before, item))
}
