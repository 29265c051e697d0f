//! `exercise list` and `exercise show`: threads, their history with all clocks.
//!
//! Never here: what stands now (`domain/exercise/picture.rs`), or how it is laid out (`picture.rs`).

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::given::{self, service};
use super::{picture, print};
use crate::cli::desk::{As, Desk, answer};
use crate::cli::fault::Fault;
use crate::cli::json;
use crate::cli::out::say;
use crate::cli::regime::labels;
use crate::codec::content::{self, Said};
use crate::codec::proto::detente::v1 as calls;
use crate::codec::{message, signed};
use crate::domain::content::Content;
use crate::domain::digest::{Digest, ThreadId};
use crate::domain::exercise::picture::{self as fold, Picture};
use crate::domain::message::{Acknowledgement, Message};
use crate::domain::party::Party;
use crate::domain::regime::Regime;
use crate::domain::text::shown;
use crate::domain::time::Instant;

#[derive(clap::Args, Debug)]
pub struct ListArgs {
    #[command(flatten)]
    person: As,
    /// One JSON object a line
    #[arg(long)]
    json: bool,
}

#[derive(clap::Args, Debug)]
pub struct ShowArgs {
    /// The thread's id, or its first digits
    #[arg(value_parser = given::beginning)]
    thread: String,
    #[command(flatten)]
    person: As,
    /// Only what was on record here by then, such as 2025-08-01T00:00:00Z
    #[arg(long, value_name = "INSTANT", value_parser = given::instant)]
    as_of: Option<Instant>,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

pub async fn list(args: ListArgs) -> Result<(), Fault> {
    let desk = args.person.open()?;
    let lines = given::all_threads(&desk).await?;
    for line in &lines {
        let newest = Instant(line.newest_at_ms);
        if args.json {
            let object = json!({
                "kind": "thread",
                "thread": hex::encode(&line.thread),
                "opened_by": line.opened_by,
                "subject": line.subject,
                "message_kind": line.kind,
                "messages": line.messages,
                "newest_at_ms": newest.0,
            });
            say!("{}", json::line(&object));
            continue;
        }
        say!(
            "{}  {}  {}  {} message(s), newest on record {newest}",
            hex::encode(&line.thread),
            shown(&line.opened_by),
            shown(&line.kind),
            line.messages
        );
        print::row(1, "Subject", &shown(&line.subject));
    }
    if lines.is_empty() && !args.json {
        say!("no threads are on record here");
    }
    Ok(())
}

pub async fn show(args: ShowArgs) -> Result<(), Fault> {
    let desk = args.person.open()?;
    let thread = given::known_thread(&desk, &args.thread).await?;
    let mut history = History::ask(&desk, thread, args.as_of).await?;
    history.label(Some(&desk)).await;
    if args.json {
        say!("{}", json::line(&history.to_json(thread, args.as_of)));
    } else {
        history.print(thread, args.as_of);
    }
    Ok(())
}

/// A thread as the node holds it, read.
pub struct History {
    messages: Vec<Line>,
    gaps: Vec<calls::ThreadGap>,
    acknowledged: BTreeMap<Digest, Vec<(Party, Acknowledgement)>>,
    /// Those that formatted messages cite, as far as they are at hand, by digest.
    regimes: BTreeMap<Digest, Regime>,
}

/// One message of it.
struct Line {
    digest: Digest,
    message: Message,
    said: Said,
    wire: calls::ThreadMessage,
}

impl History {
    /// All pages.
    async fn ask(desk: &Desk, thread: ThreadId, as_of: Option<Instant>) -> Result<History, Fault> {
        let mut pages = Vec::new();
        let mut from = 0;
        loop {
            let asked = calls::ShowThreadRequest {
                thread: thread.0.to_vec().into(),
                as_of_ms: as_of.map_or(0, |at| at.0),
                from,
            };
            let page = answer(service(desk).show_thread(asked)).await?;
            let next = page.next;
            pages.push(page);
            if next <= from {
                return History::of(pages);
            }
            from = next;
        }
    }

    /// Reads what came; the digests are computed here.
    pub fn of(pages: Vec<calls::ShowThreadResponse>) -> Result<History, Fault> {
        let gaps = pages.first().map(|page| page.gaps.clone()).unwrap_or_default();
        let mut messages = Vec::new();
        let mut acknowledged: BTreeMap<Digest, Vec<(Party, Acknowledgement)>> = BTreeMap::new();
        for wire in pages.into_iter().flat_map(|page| page.messages) {
            let wrapping = signed::decode(wire.message.clone())?;
            let read = message::decode(&wrapping.payload)?;
            let said = content::said(&read.draft.kind, &read.draft.content);
            if let Said::Acknowledgement(one) = &said {
                acknowledged.entry(one.message).or_default().push((read.author, one.clone()));
            }
            messages.push(Line { digest: wrapping.digest(), message: read, said, wire });
        }
        Ok(History { messages, gaps, acknowledged, regimes: BTreeMap::new() })
    }

    /// Takes the labels of formatted messages from regimes that are built in, or held at the node.
    pub async fn label(&mut self, desk: Option<&Desk>) {
        for line in &self.messages {
            let Some(cited) = &line.message.draft.regime else { continue };
            if self.regimes.contains_key(&cited.digest) {
                continue;
            }
            let found = match desk {
                Some(desk) => labels::of(desk, &line.message.draft).await,
                None => labels::built_in(&line.message.draft),
            };
            self.regimes.extend(found.map(|regime| (cited.digest, regime)));
        }
    }

    /// What the messages say about exercises, for the picture.
    fn said(&self) -> Vec<fold::Said> {
        self.messages
            .iter()
            .filter_map(|line| match &line.said {
                Said::Form(content) => Some(fold::Said {
                    message: line.digest,
                    number: line.message.number.clone(),
                    author: line.message.author,
                    traffic: line.message.draft.traffic,
                    released_at: line.message.released_at,
                    content: content.clone(),
                }),
                Said::Acknowledgement(_) | Said::Unknown | Said::Unreadable(_) => None,
            })
            .collect()
    }

    pub fn print(&self, thread: ThreadId, as_of: Option<Instant>) {
        say!("Thread {thread}");
        if let Some(at) = as_of {
            say!("as it was on record here at {at}");
        }
        if self.messages.is_empty() {
            say!("nothing of it was on record");
            return;
        }
        let said = self.said();
        let picture = Picture::of(&said);
        say!("\nWHAT STANDS");
        picture::print(&picture);
        say!("\nHISTORY");
        for line in &self.messages {
            self.print_line(line);
        }
        for gap in &self.gaps {
            say!("  missing: message {} of {} has not come", gap.place, shown(&gap.author));
        }
        say!("\nWHAT CHANGED");
        picture::print_differences(&picture);
    }

    fn print_line(&self, line: &Line) {
        let message = &line.message;
        say!(
            "{}  {}  {}  {}",
            shown(&message.number),
            shown(&message.draft.kind),
            message.draft.precedence,
            print::traffic(message.draft.traffic)
        );
        print::row(1, "Subject", &shown(&message.draft.subject));
        print::row(1, "Drafted by", &print::person(&message.draft.drafter));
        let releaser = print::person(&message.releaser);
        print::row(1, "Released", &format!("{} by {releaser}", message.released_at.date_time_group()));
        print::row(1, "On record here", &Instant(line.wire.recorded_at_ms).to_string());
        for delivered in &line.wire.delivered {
            let to = shown(&delivered.to);
            if delivered.outcome.is_empty() {
                print::row(1, &format!("To {to}"), "no receipt yet");
            } else {
                let at = Instant(delivered.received_at_ms);
                print::row(1, &format!("To {to}"), &format!("{at} {}", shown(&delivered.outcome)));
            }
        }
        for (party, read) in self.acknowledged.get(&line.digest).into_iter().flatten() {
            let officer = print::person(&read.officer);
            print::row(1, &format!("Acknowledged by {party}"), &format!("{} by {officer}", read.read_at));
        }
        for mark in &line.wire.marks {
            print::row(1, "Mark", &shown(mark));
        }
        for fault in &line.wire.faults {
            print::row(1, "Fault", &format!("{}: {}", shown(&fault.field), shown(&fault.rule)));
        }
        print::check(1, line.wire.check.as_ref());
        print::parts(1, &line.wire.parts);
        for missing in &line.wire.waits_for {
            print::row(1, "Waits for", &hex::encode(missing));
        }
        print::row(1, "Digest", &line.digest.to_string());
        // All else stands in the picture.
        let is_formatted = matches!(line.said, Said::Form(Content::Formatted(_)));
        if is_formatted || matches!(line.said, Said::Unknown | Said::Unreadable(_)) {
            let regime = message.draft.regime.as_ref().and_then(|cited| self.regimes.get(&cited.digest));
            print::body(1, &line.said, &message.draft, regime);
        }
    }

    pub fn to_json(&self, thread: ThreadId, as_of: Option<Instant>) -> Value {
        let said = self.said();
        let picture = Picture::of(&said);
        json!({
            "kind": "thread",
            "thread": thread.to_string(),
            "as_of_ms": as_of.map(|at| at.0),
            "picture": picture::to_json(&picture),
            "messages": self.messages.iter().map(|line| self.line_json(line)).collect::<Vec<_>>(),
            "gaps": self.gaps.iter().map(|gap| json!({"author": gap.author, "place": gap.place}))
                .collect::<Vec<_>>(),
        })
    }

    fn line_json(&self, line: &Line) -> Value {
        let mut object = print::message_json(&line.message, &line.said);
        let delivered: Vec<Value> = line
            .wire
            .delivered
            .iter()
            .map(|one| {
                let received = !one.outcome.is_empty();
                json!({
                    "to": one.to,
                    "serial": one.serial,
                    "lane": message::precedence_name(one.lane),
                    "received_at_ms": received.then_some(one.received_at_ms),
                    "outcome": received.then_some(&one.outcome),
                })
            })
            .collect();
        let acknowledged: Vec<Value> = self
            .acknowledged
            .get(&line.digest)
            .into_iter()
            .flatten()
            .map(|(party, read)| {
                json!({
                    "party": party.as_str(),
                    "officer": print::person_json(&read.officer),
                    "read_at_ms": read.read_at.0,
                })
            })
            .collect();
        object["message"] = line.digest.to_string().into();
        object["place"] = line.wire.place.into();
        object["recorded_at_ms"] = line.wire.recorded_at_ms.into();
        object["delivered"] = delivered.into();
        object["acknowledged"] = acknowledged.into();
        object["marks"] = line.wire.marks.clone().into();
        object["faults"] = print::faults_json(&line.wire.faults);
        object["check"] = print::check_json(line.wire.check.as_ref());
        object["parts_held"] = print::parts_json(&line.wire.parts);
        object["waits_for"] = line.wire.waits_for.iter().map(hex::encode).collect::<Vec<_>>().into();
        object
    }
}
