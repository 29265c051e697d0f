//! `message list` and `message show`: threads of every kind.
//!
//! Never here: what a thread comes to. A noun that has a picture of its own shows it (`cli/exercise/show.rs`).

use serde_json::json;
use tonic::Code;

use super::history::{Bodies, History};
use super::known::{all_threads, known_thread, service};
use super::rows;
use crate::cli::desk::As;
use crate::cli::fault::Fault;
use crate::cli::out::say;
use crate::cli::{given, json};
use crate::codec::message;
use crate::codec::proto::detente::v1 as calls;
use crate::domain::digest::ThreadId;
use crate::domain::language::Language;
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
    pub as_of: Option<Instant>,
    /// Show a regime's labels in this language where it has them, such as fr; default: each message's own
    #[arg(long, value_parser = given::language)]
    language: Option<Language>,
    /// Show translations into this language under their texts; the original counts
    #[arg(long, value_name = "LANGUAGE")]
    with_translation: Option<String>,
    /// Print one JSON object
    #[arg(long)]
    pub json: bool,
}

pub async fn list(args: ListArgs) -> Result<(), Fault> {
    list_of(args, None).await
}

/// Lists the threads that a message of this noun's opened, also one of a kind that only a newer program knows;
/// without a noun, all.
pub async fn list_of(args: ListArgs, noun: Option<&str>) -> Result<(), Fault> {
    let desk = args.person.open()?;
    let mut lines = all_threads(&desk).await?;
    let of = |kind: &str, noun: &str| kind.split_once('.').is_some_and(|(first, _)| first == noun);
    lines.retain(|line| noun.is_none_or(|noun| of(&line.kind, noun)));
    for line in &lines {
        print_line(line, args.json);
    }
    if lines.is_empty() && !args.json {
        say!("no {}threads are on record here", noun.map_or(String::new(), |noun| format!("{noun} ")));
    }
    Ok(())
}

/// One thread of a list.
pub fn print_line(line: &calls::ThreadLine, as_json: bool) {
    let newest = Instant(line.newest_at_ms);
    if as_json {
        let object = json!({
            "kind": "thread",
            "thread": hex::encode(&line.thread),
            "opened_by": line.opened_by,
            "number": line.number,
            "parties": line.parties,
            "subject": line.subject,
            "message_kind": line.kind,
            "traffic": message::traffic_name(line.traffic),
            "messages": line.messages,
            "first_at_ms": line.first_at_ms,
            "newest_at_ms": newest.0,
        });
        say!("{}", json::line(&object));
        return;
    }
    say!(
        "{}  {}  {}  {}  {} message(s), newest on record {newest}",
        hex::encode(&line.thread),
        shown(&line.opened_by),
        shown(&line.kind),
        message::traffic_mark(line.traffic),
        line.messages
    );
    rows::row(1, "Subject", &shown(&line.subject));
}

/// What an auditor looks a thread up by.
pub fn print_line_for_audit(line: &calls::ThreadLine) {
    print_line(line, false);
    rows::row(1, "Number", &shown(&line.number));
    rows::row(1, "Addressed to", &shown(&line.parties.join(", ")));
    rows::row(1, "On record since", &Instant(line.first_at_ms).to_string());
}

pub async fn show(args: ShowArgs) -> Result<(), Fault> {
    let asked = args.ask().await?;
    if args.json {
        say!("{}", json::line(&asked.history.to_json(asked.thread, args.as_of)));
    } else if asked.history.print_head(asked.thread, args.as_of) {
        asked.history.print(Bodies::All);
    }
    Ok(())
}

/// A thread that was asked for.
pub struct Asked {
    pub thread: ThreadId,
    pub history: History,
}

impl ShowArgs {
    /// Finds the thread that is meant, and reads it.
    pub async fn ask(&self) -> Result<Asked, Fault> {
        let desk = self.person.open()?;
        let thread = known_thread(&desk, &self.thread).await?;
        let history = History::ask(&desk, thread, self.as_of, self.language.clone()).await?;
        let mut history = history.with_translation(self.with_translation.clone());
        history.look_elsewhere(&desk, thread, self.as_of).await?;
        history.label(Some(&desk)).await;
        Ok(Asked { thread, history })
    }

    /// Another thread, as of the same instant. `None` where it is not held here.
    pub async fn another(&self, thread: ThreadId) -> Result<Option<History>, Fault> {
        let desk = self.person.open()?;
        // Past its end, so that it is only asked whether it is there.
        let there = calls::ShowThreadRequest {
            thread: thread.0.to_vec().into(),
            from: u32::MAX,
            ..Default::default()
        };
        match service(&desk).show_thread(there).await {
            Ok(_) => History::ask(&desk, thread, self.as_of, self.language.clone()).await.map(Some),
            Err(status) if status.code() == Code::NotFound => Ok(None),
            Err(status) => Err(Fault::of_call(&status)),
        }
    }
}
