//! `detente audit replay`: one thread as a history, from a node or from an exported journal.
//!
//! Never here: what a thread looks like (`message/history/`).

use std::path::Path;

use prost::Message as _;
use tokio_stream::StreamExt as _;

use crate::cli::audit::{Where, broken_off, heading, no_command, open, root, service};
use crate::cli::desk::{Again, Desk, answer_command};
use crate::cli::fault::Fault;
use crate::cli::message::History;
use crate::cli::{activity, audit_offline, exercise, given, incident};
use crate::clock::Clock;
use crate::codec::party_file::Fingerprint;
use crate::codec::proto::detente::v1::{self as calls, CommandHeader};
use crate::domain::digest::{CommandId, ThreadId};
use crate::domain::language::Language;
use crate::domain::party::Party;
use crate::domain::time::Instant;
use crate::rpc::command::NOT_YET;
use crate::rpc::thread::thread_as_of;

/// Show a thread as a history with all clocks, now or as it was known at an instant
#[derive(clap::Args, Debug)]
pub(super) struct Replay {
    #[command(flatten)]
    journal: Where,
    #[command(flatten)]
    again: Again,
    /// The thread's id, 32 hexadecimal digits, as `audit threads` lists it
    #[arg(long, value_parser = given::thread)]
    thread: ThreadId,
    /// Only what was on record by then, such as 2025-08-01T00:00:00Z
    #[arg(long, value_name = "INSTANT", value_parser = given::instant)]
    as_of: Option<Instant>,
    /// Show a regime's labels in this language where it has them, such as fr; default: each message's own
    #[arg(long, value_parser = given::language)]
    language: Option<Language>,
    /// With --file: the Party's fingerprint, obtained elsewhere than from the journal
    #[arg(long, requires = "file")]
    fingerprint: Option<Fingerprint>,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

pub(super) async fn replay(args: Replay) -> Result<(), Fault> {
    let desk = args.journal.desk.as_deref().map(open).transpose()?;
    let (pages, own) = match (&desk, &args.journal.file) {
        (Some(desk), _) => {
            let command = heading(&args.again, desk, args.json)?;
            (pages_of_node(desk, command, &args).await?, Some(desk.party))
        }
        (None, Some(file)) => {
            no_command(&args.again)?;
            pages_of_file(file, &args).await?
        }
        (None, None) => return Err(Fault::new("--as or --file must be given")),
    };
    let mut history = History::of(pages)?.read_in(args.language).of_party(own);
    history.label(desk.as_ref()).await;
    if activity::is_of_an_activity(&history) {
        activity::print_thread(&history, args.thread, args.as_of, args.json);
    } else if incident::is_of_an_incident(&history) {
        incident::print_thread(&history, args.thread, args.as_of, args.json);
    } else {
        exercise::print_thread(&history, args.thread, args.as_of, args.json);
    }
    Ok(())
}

async fn pages_of_node(
    desk: &Desk,
    (header, id): (CommandHeader, CommandId),
    args: &Replay,
) -> Result<Vec<calls::ShowThreadResponse>, Fault> {
    let asked = calls::ReplayThreadRequest {
        command: Some(header),
        thread: args.thread.0.to_vec().into(),
        as_of_ms: args.as_of.map(|at| at.0),
        language: args.language.as_ref().map(|one| one.as_str().to_owned()).unwrap_or_default(),
    };
    let mut answered = answer_command(id, service(desk).replay_thread(asked)).await?;
    let mut pages = Vec::new();
    while let Some(page) = answered.next().await {
        let page = page.map_err(|status| broken_off(id, &status))?.page;
        pages.push(calls::ShowThreadResponse::decode(page)?);
    }
    Ok(pages)
}

/// And whose journal it is.
async fn pages_of_file(
    file: &Path,
    args: &Replay,
) -> Result<(Vec<calls::ShowThreadResponse>, Option<Party>), Fault> {
    let scratch = audit_offline::laid_out(file, root(args.fingerprint), args.json).await?;
    let mut pages = Vec::new();
    let mut from = 0;
    let now = Clock::system().now();
    if args.as_of.is_some_and(|at| at > now) {
        return Err(Fault::new(format!("--as-of: {NOT_YET}")));
    }
    let at = (args.as_of, now);
    loop {
        let reader = args.language.clone();
        let page = thread_as_of(&scratch.head, &scratch.journal, args.thread, at, from, reader).await?;
        let next = usize::try_from(page.next).unwrap_or(0);
        pages.push(page);
        if next <= from {
            return Ok((pages, scratch.head.board.own.map(|own| own.party)));
        }
        from = next;
    }
}
