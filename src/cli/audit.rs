//! `detente audit`: verify a journal, export it or the evidence of one thread, list threads.
//!
//! Never here: a check (`replay/audit/`), or the replay of a thread (`audit_replay.rs`).

use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};

use clap::Subcommand;
use prost::Message as _;
use tokio_stream::StreamExt as _;
use tonic::transport::Channel;

use crate::cli::audit_offline;
use crate::cli::desk::{Again, Desk, DeskDirectory, answer_command};
use crate::cli::fault::Fault;
use crate::cli::files::{NewFile, Readers};
use crate::cli::message::threads as listed;
use crate::cli::out::say;
use crate::cli::{audit_directory, audit_replay, audit_report, given};
use crate::clock::Clock;
use crate::codec::export::ExportWriter;
use crate::codec::party_file::Fingerprint;
use crate::codec::proto::detente::v1::audit_service_client::AuditServiceClient;
use crate::codec::proto::detente::v1::{self as calls, CommandHeader};
use crate::domain::digest::{CommandId, ThreadId};
use crate::limits;
use crate::replay::TrustRoot;
use crate::replay::audit::{Audit, Report};
use crate::rpc::thread_list::threads_from;

/// Verify, export and replay what is on record
///
/// What is read through the node is itself put on record, once for each command: given again under its --command-id
/// within an hour, a command is the same reading.
#[derive(clap::Args, Debug)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand, Debug)]
enum Command {
    Verify(Verify),
    Export(Export),
    Threads(Threads),
    Replay(audit_replay::Replay),
}

/// Where the journal is.
#[derive(clap::Args, Debug)]
#[group(required = true, multiple = false)]
pub(super) struct Where {
    /// The desk of an auditor, to ask the node
    #[arg(long = "as", value_name = "PEOPLEDIR")]
    pub(super) desk: Option<PathBuf>,
    /// An exported journal; no node is asked
    #[arg(long, value_name = "FILE")]
    pub(super) file: Option<PathBuf>,
}

/// Where the entries are taken from.
#[derive(clap::Args, Debug)]
#[group(required = true, multiple = false)]
struct Source {
    /// The desk of an auditor, to ask the node
    #[arg(long = "as", value_name = "PEOPLEDIR")]
    desk: Option<PathBuf>,
    /// A node's directory: the journal as it stands, with no node running, even one that the node refuses
    #[arg(long, value_name = "DIRECTORY")]
    from: Option<PathBuf>,
}

/// Replay a journal, checking every link, signature and proof
#[derive(clap::Args, Debug)]
struct Verify {
    #[command(flatten)]
    journal: Where,
    #[command(flatten)]
    again: Again,
    /// The Party's fingerprint, obtained elsewhere than from the journal; without it, the fingerprint is shown for
    /// comparison
    #[arg(long)]
    fingerprint: Option<Fingerprint>,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

/// Write the exact records to a file; or, for one thread, a bundle from which nothing of another thread can be learnt
#[derive(clap::Args, Debug)]
struct Export {
    #[command(flatten)]
    journal: Source,
    #[command(flatten)]
    again: Again,
    /// A file that does not exist yet
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// Only the evidence of this thread, for `detente verify`: its id, 32 hexadecimal digits, as `audit threads`
    /// lists it
    #[arg(long, value_parser = given::thread, conflicts_with = "from")]
    thread: Option<ThreadId>,
}

/// List the threads on record, with the ids by which they are exported and replayed
#[derive(clap::Args, Debug)]
struct Threads {
    #[command(flatten)]
    journal: Where,
    #[command(flatten)]
    again: Again,
    /// With --file: the Party's fingerprint, obtained elsewhere than from the journal
    #[arg(long, requires = "file")]
    fingerprint: Option<Fingerprint>,
    /// One JSON object a line
    #[arg(long)]
    json: bool,
}

pub async fn run(args: Args) -> Result<(), Fault> {
    match args.command {
        Command::Verify(args) => verify(args).await,
        Command::Export(args) => export(args).await,
        Command::Threads(args) => threads(args).await,
        Command::Replay(args) => audit_replay::replay(args).await,
    }
}

pub(super) fn service(desk: &Desk) -> AuditServiceClient<Channel> {
    AuditServiceClient::new(desk.channel.clone()).max_decoding_message_size(limits::ANSWER_BYTES_MAX)
}

pub(super) fn open(directory: &Path) -> Result<Desk, Fault> {
    Ok(DeskDirectory::at(directory).open(Clock::system())?)
}

/// The id is said at once, so that what breaks off can be asked again as the same reading.
pub(super) fn heading(
    again: &Again,
    desk: &Desk,
    as_json: bool,
) -> Result<(CommandHeader, CommandId), Fault> {
    let (header, id) = again.heading(desk)?;
    if !as_json {
        say!("command      {id}");
    }
    Ok((header, id))
}

/// No node is asked, so nothing is put on record.
pub(super) fn no_command(again: &Again) -> Result<(), Fault> {
    if again.is_given() {
        return Err(Fault::new(
            "--command-id goes with --as: with --file or --from nothing is put on record",
        ));
    }
    Ok(())
}

/// What breaks off an answer, with the id to ask again under.
pub(super) fn broken_off(id: CommandId, status: &tonic::Status) -> Fault {
    Fault::new(format!("{} (command id {id})", Fault::of_call(status)))
}

pub(super) fn root(fingerprint: Option<Fingerprint>) -> TrustRoot {
    fingerprint.map_or(TrustRoot::AsItSays, |fingerprint| TrustRoot::FirstKeyList(fingerprint.0))
}

async fn verify(args: Verify) -> Result<(), Fault> {
    let root = root(args.fingerprint);
    let report = match (args.journal.desk, args.journal.file) {
        (Some(desk), _) => {
            let desk = open(&desk)?;
            let command = heading(&args.again, &desk, args.json)?;
            verify_over_the_network(&desk, command, root).await?
        }
        (None, Some(file)) => {
            no_command(&args.again)?;
            tokio::task::spawn_blocking(move || audit_offline::audit(&file, root)).await??
        }
        (None, None) => return Err(Fault::new("--as or --file must be given")),
    };
    if args.json {
        audit_report::print_json(&report)
    } else {
        audit_report::print(&report, args.fingerprint)
    }
    match report.first_failing {
        None => Ok(()),
        Some(index) => Err(Fault::new(format!("record {index} is the first that fails"))),
    }
}

/// The node gives the bytes; everything about them is judged here.
async fn verify_over_the_network(
    desk: &Desk,
    (header, id): (CommandHeader, CommandId),
    root: TrustRoot,
) -> Result<Report, Fault> {
    let asked = calls::ExportRequest { command: Some(header) };
    let mut pieces = answer_command(id, service(desk).export(asked)).await?;
    let mut audit = Audit::new(root);
    let (mut position, mut checkpoint) = (0_u64, None);
    while let Some(piece) = pieces.next().await {
        let piece = piece.map_err(|status| broken_off(id, &status))?;
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

async fn export(args: Export) -> Result<(), Fault> {
    let desk = match (args.journal.desk, args.journal.from) {
        (Some(desk), _) => open(&desk)?,
        (None, Some(from)) => {
            no_command(&args.again)?;
            return audit_directory::export(&from, &args.out).await;
        }
        (None, None) => return Err(Fault::new("--as or --from must be given")),
    };
    let (header, id) = heading(&args.again, &desk, false)?;
    let mut new = NewFile::begin(&args.out, Readers::OwnerOnly)?;
    match args.thread {
        Some(thread) => export_thread(&desk, (header, id), thread, &mut new).await?,
        None => export_journal(&desk, (header, id), &mut new).await?,
    }
    new.finish()?;
    say!("written to {}", args.out.display());
    Ok(())
}

async fn export_journal(
    desk: &Desk,
    (header, id): (CommandHeader, CommandId),
    new: &mut NewFile,
) -> Result<(), Fault> {
    let asked = calls::ExportRequest { command: Some(header) };
    let mut pieces = answer_command(id, service(desk).export(asked)).await?;
    let mut writer = ExportWriter::begin(BufWriter::new(&mut new.file))?;
    let mut checkpoint = None;
    while let Some(piece) = pieces.next().await {
        let piece = piece.map_err(|status| broken_off(id, &status))?;
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

async fn export_thread(
    desk: &Desk,
    (header, id): (CommandHeader, CommandId),
    thread: ThreadId,
    new: &mut NewFile,
) -> Result<(), Fault> {
    let asked = calls::ExportThreadRequest { command: Some(header), thread: thread.0.to_vec().into() };
    let mut pieces = answer_command(id, service(desk).export_thread(asked)).await?;
    while let Some(piece) = pieces.next().await {
        new.file.write_all(&piece.map_err(|status| broken_off(id, &status))?.piece)?;
    }
    Ok(())
}

async fn threads(args: Threads) -> Result<(), Fault> {
    let lines = match (&args.journal.desk, &args.journal.file) {
        (Some(desk), _) => {
            let desk = open(desk)?;
            let (header, id) = heading(&args.again, &desk, args.json)?;
            let asked = calls::ThreadsRequest { command: Some(header) };
            let mut answered = answer_command(id, service(&desk).threads(asked)).await?;
            let mut lines = Vec::new();
            while let Some(page) = answered.next().await {
                let page = page.map_err(|status| broken_off(id, &status))?.page;
                lines.extend(calls::ListThreadsResponse::decode(page)?.threads);
            }
            lines
        }
        (None, Some(file)) => {
            no_command(&args.again)?;
            let scratch = audit_offline::laid_out(file, root(args.fingerprint), args.json).await?;
            let (mut lines, mut from) = (Vec::new(), bytes::Bytes::new());
            loop {
                let page = threads_from(&scratch.head, &scratch.journal, &from).await;
                let page = page.map_err(|status| Fault::of_call(&status))?;
                lines.extend(page.threads);
                from = page.next;
                if from.is_empty() {
                    break lines;
                }
            }
        }
        (None, None) => return Err(Fault::new("--as or --file must be given")),
    };
    for line in &lines {
        if args.json {
            listed::print_line(line, true);
        } else {
            listed::print_line_for_audit(line);
        }
    }
    if lines.is_empty() && !args.json {
        say!("no threads are on record here");
    }
    Ok(())
}
