//! `detente audit`: verify a journal, export it or the evidence of one thread, replay a thread.
//!
//! Never here: a check (`replay/audit.rs`), or what a thread looks like (`message/history.rs`).

use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};

use clap::Subcommand;
use prost::Message as _;
use serde_json::json;
use tokio_stream::StreamExt as _;
use tonic::transport::Channel;

use crate::cli::audit_offline::{self, Scratch};
use crate::cli::desk::{As, Desk, DeskDirectory, answer};
use crate::cli::exercise;
use crate::cli::fault::Fault;
use crate::cli::files::{NewFile, Readers};
use crate::cli::message::History;
use crate::cli::out::say;
use crate::cli::{given, json};
use crate::clock::Clock;
use crate::codec::export::ExportWriter;
use crate::codec::party_file::Fingerprint;
use crate::codec::proto::detente::v1 as calls;
use crate::codec::proto::detente::v1::audit_service_client::AuditServiceClient;
use crate::domain::digest::ThreadId;
use crate::domain::time::Instant;
use crate::limits;
use crate::replay::TrustRoot;
use crate::replay::audit::{Audit, Covered, Report};
use crate::rpc::thread::thread_as_of;

/// Verifies, exports and replays what is on record
///
/// What is read through the node is itself put on record, once a command.
#[derive(clap::Args, Debug)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand, Debug)]
enum Command {
    Verify(Verify),
    Export(Export),
    Replay(Replay),
}

/// Where the journal is.
#[derive(clap::Args, Debug)]
#[group(required = true, multiple = false)]
struct Where {
    /// The desk of an auditor, to ask the node
    #[arg(long = "as", value_name = "PEOPLEDIR")]
    desk: Option<PathBuf>,
    /// An exported journal; no node is asked
    #[arg(long, value_name = "FILE")]
    file: Option<PathBuf>,
}

/// Replays a journal with every link, signature and proof checked
#[derive(clap::Args, Debug)]
struct Verify {
    #[command(flatten)]
    journal: Where,
    /// The Party's fingerprint, from elsewhere than the journal; without it, it is shown for comparing
    #[arg(long)]
    fingerprint: Option<Fingerprint>,
    #[arg(long)]
    json: bool,
}

/// Writes the exact records to a file; or, of one thread, a bundle from which no other can be learnt
#[derive(clap::Args, Debug)]
struct Export {
    #[command(flatten)]
    person: As,
    /// A file that is not there yet
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// Only the evidence of this thread, for `detente verify`
    #[arg(long, value_parser = given::thread)]
    thread: Option<ThreadId>,
}

/// Shows a thread as a history with all clocks, now or as it was known at an instant
#[derive(clap::Args, Debug)]
struct Replay {
    #[command(flatten)]
    journal: Where,
    /// The thread's id
    #[arg(long, value_parser = given::thread)]
    thread: ThreadId,
    /// Only what was on record by then, such as 2025-08-01T00:00:00Z
    #[arg(long, value_name = "INSTANT", value_parser = given::instant)]
    as_of: Option<Instant>,
    /// With --file: the Party's fingerprint, from elsewhere than the journal
    #[arg(long, requires = "file")]
    fingerprint: Option<Fingerprint>,
    #[arg(long)]
    json: bool,
}

pub async fn run(args: Args) -> Result<(), Fault> {
    match args.command {
        Command::Verify(args) => verify(args).await,
        Command::Export(args) => export(args).await,
        Command::Replay(args) => replay(args).await,
    }
}

fn service(desk: &Desk) -> AuditServiceClient<Channel> {
    AuditServiceClient::new(desk.channel.clone()).max_decoding_message_size(limits::ANSWER_BYTES_MAX)
}

fn open(directory: &Path) -> Result<Desk, Fault> {
    Ok(DeskDirectory::at(directory).open(Clock::system())?)
}

fn root(fingerprint: Option<Fingerprint>) -> TrustRoot {
    fingerprint.map_or(TrustRoot::AsItSays, |fingerprint| TrustRoot::FirstKeyList(fingerprint.0))
}

async fn verify(args: Verify) -> Result<(), Fault> {
    let root = root(args.fingerprint);
    let report = match (args.journal.desk, args.journal.file) {
        (Some(desk), _) => verify_over_the_network(&open(&desk)?, root).await?,
        (None, Some(file)) => {
            tokio::task::spawn_blocking(move || audit_offline::audit(&file, root)).await??
        }
        (None, None) => return Err(Fault::new("--as or --file must be given")),
    };
    if args.json {
        print_json(&report)
    } else {
        print(&report, args.fingerprint)
    }
    match report.first_failing {
        None => Ok(()),
        Some(index) => Err(Fault::new(format!("record {index} is the first that fails"))),
    }
}

/// The node gives the bytes; everything about them is judged here.
async fn verify_over_the_network(desk: &Desk, root: TrustRoot) -> Result<Report, Fault> {
    let mut pieces = answer(service(desk).export(calls::ExportRequest {})).await?;
    let mut audit = Audit::new(root);
    let (mut position, mut checkpoint) = (0_u64, None);
    while let Some(piece) = pieces.next().await {
        let piece = piece.map_err(|status| Fault::of_call(&status))?;
        let first = position;
        position = position.saturating_add(piece.entries.len() as u64);
        audit = tokio::task::spawn_blocking(move || {
            audit.take((first..).zip(piece.entries));
            audit
        })
        .await?;
        checkpoint = Some(piece.checkpoint).filter(|note| !note.is_empty());
    }
    if checkpoint.is_none() {
        audit.broken_off("the node's answer ended before the checkpoint that should end it");
    }
    Ok(tokio::task::spawn_blocking(move || audit.finish(checkpoint.as_deref())).await?)
}

fn print(report: &Report, given: Option<Fingerprint>) {
    if let Some((party, incarnation)) = report.own {
        say!("party        {party}, incarnation {incarnation}");
    }
    if let Some(found) = report.fingerprint {
        let compare = if given.is_some() { "as given" } else { "compare it with the Party's own" };
        say!("fingerprint  {} ({compare})", Fingerprint(found));
    }
    say!("records      {} count, {} entries are void", report.size, report.void);
    say!("epoch        {}", report.epoch);
    say!("head         {}", report.head);
    say!("root         {}", report.root);
    say!("board        {}, by fold version {}", report.board, report.fold_version);
    say!("checked      {} signatures and proofs", report.checked);
    match report.covered {
        Covered::ByCheckpoint { size } => {
            say!("covered      by the node's checkpoint over {size} records")
        }
        Covered::ByNothing => say!("covered      by no checkpoint: records may be missing at the end"),
    }
    if report.times_run_backwards > 0 {
        say!("marked       {} times of records run backwards", report.times_run_backwards);
    }
    for void in &report.voids {
        let claims = void.claims.map_or_else(String::new, |index| format!(", claims to be record {index}"));
        say!("void         position {}{claims}: {}", void.position, void.reason);
    }
    for fault in &report.faults {
        say!("FAULT        record {}: {}", fault.index, fault.sentence);
    }
    let more = report.fault_count.saturating_sub(report.faults.len() as u64);
    if more > 0 {
        say!("FAULT        and {more} more");
    }
    say!("result       {}", if report.holds() { "everything holds" } else { "it does not hold" });
}

fn print_json(report: &Report) {
    let voids = report.voids.iter().map(
        |void| json!({"position": void.position, "claims": void.claims, "reason": void.reason.to_string()}),
    );
    let faults = report.faults.iter().map(|fault| json!({"index": fault.index, "sentence": fault.sentence}));
    let object = json!({
        "kind": "audit",
        "ok": report.holds(),
        "party": report.own.map(|(party, _)| party.to_string()),
        "incarnation": report.own.map(|(_, incarnation)| incarnation.0),
        "fingerprint": report.fingerprint.map(|digest| digest.to_string()),
        "size": report.size,
        "void": report.void,
        "epoch": report.epoch,
        "head": report.head.to_string(),
        "root": report.root.to_string(),
        "board": report.board.to_string(),
        "fold_version": report.fold_version,
        "checked": report.checked,
        "times_run_backwards": report.times_run_backwards,
        "covered": matches!(report.covered, Covered::ByCheckpoint { .. }),
        "first_failing": report.first_failing,
        "fault_count": report.fault_count,
        "faults": faults.collect::<Vec<_>>(),
        "voids": voids.collect::<Vec<_>>(),
    });
    say!("{}", json::line(&object));
}

async fn export(args: Export) -> Result<(), Fault> {
    let desk = args.person.open()?;
    let mut new = NewFile::begin(&args.out, Readers::OwnerOnly)?;
    match args.thread {
        Some(thread) => export_thread(&desk, thread, &mut new).await?,
        None => export_journal(&desk, &mut new).await?,
    }
    new.finish()?;
    say!("written to {}", args.out.display());
    Ok(())
}

async fn export_journal(desk: &Desk, new: &mut NewFile) -> Result<(), Fault> {
    let mut pieces = answer(service(desk).export(calls::ExportRequest {})).await?;
    let mut writer = ExportWriter::begin(BufWriter::new(&mut new.file))?;
    let mut checkpoint = None;
    while let Some(piece) = pieces.next().await {
        let piece = piece.map_err(|status| Fault::of_call(&status))?;
        for entry in &piece.entries {
            writer.entry(entry)?;
        }
        checkpoint = Some(piece.checkpoint).filter(|note| !note.is_empty());
    }
    let checkpoint = checkpoint.ok_or_else(|| {
        Fault::new("the node's answer ended before its checkpoint; nothing was written, try again")
    })?;
    writer.end(&checkpoint)?;
    Ok(())
}

async fn export_thread(desk: &Desk, thread: ThreadId, new: &mut NewFile) -> Result<(), Fault> {
    let asked = calls::ExportThreadRequest { thread: thread.0.to_vec().into() };
    let mut pieces = answer(service(desk).export_thread(asked)).await?;
    while let Some(piece) = pieces.next().await {
        new.file.write_all(&piece.map_err(|status| Fault::of_call(&status))?.piece)?;
    }
    Ok(())
}

async fn replay(args: Replay) -> Result<(), Fault> {
    let desk = args.journal.desk.as_deref().map(open).transpose()?;
    let pages = match (&desk, &args.journal.file) {
        (Some(desk), _) => pages_of_node(desk, args.thread, args.as_of).await?,
        (None, Some(file)) => pages_of_file(file, &args).await?,
        (None, None) => return Err(Fault::new("--as or --file must be given")),
    };
    let mut history = History::of(pages)?;
    history.label(desk.as_ref()).await;
    exercise::print_thread(&history, args.thread, args.as_of, args.json);
    Ok(())
}

async fn pages_of_node(
    desk: &Desk,
    thread: ThreadId,
    as_of: Option<Instant>,
) -> Result<Vec<calls::ShowThreadResponse>, Fault> {
    let asked =
        calls::ReplayThreadRequest { thread: thread.0.to_vec().into(), as_of_ms: as_of.map_or(0, |at| at.0) };
    let mut answered = answer(service(desk).replay_thread(asked)).await?;
    let mut pages = Vec::new();
    while let Some(page) = answered.next().await {
        let page = page.map_err(|status| Fault::of_call(&status))?.page;
        pages.push(calls::ShowThreadResponse::decode(page)?);
    }
    Ok(pages)
}

async fn pages_of_file(file: &Path, args: &Replay) -> Result<Vec<calls::ShowThreadResponse>, Fault> {
    let scratch = Scratch::of(file, root(args.fingerprint)).await?;
    let mut pages = Vec::new();
    let mut from = 0;
    loop {
        let page = thread_as_of(&scratch.head, &scratch.journal, args.thread, args.as_of, from).await?;
        let next = usize::try_from(page.next).unwrap_or(0);
        pages.push(page);
        if next <= from {
            return Ok(pages);
        }
        from = next;
    }
}
