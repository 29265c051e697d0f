//! `hotline carry`: files for a diskette, an e-mail or the bag, while the line is cut.
//!
//! Never here: a look into a file. What is wrong with one the node says, and what was taken before that.

use std::path::{Path, PathBuf};

use bytes::Bytes;
use clap::Args;
use serde_json::json;

use super::service;
use crate::cli::desk::{As, answer};
use crate::cli::fault::Fault;
use crate::cli::files::{self, FileFault, Readers};
use crate::cli::json;
use crate::cli::out::say;
use crate::codec::message::precedence_from_proto;
use crate::codec::proto::detente::v1 as calls;
use crate::codec::proto::detente::v1::carry_in_request::Piece as In;
use crate::codec::proto::detente::v1::carry_in_response::Piece as Answered;
use crate::codec::proto::detente::v1::carry_out_response::Piece as Out;
use crate::domain::text::shown;
use crate::limits;

#[derive(Args, Debug)]
#[command(
    group = clap::ArgGroup::new("way").required(true).args(["out", "taken"]),
    after_help = "Out: messages, lists and heads, all of them signed. In: proven by the signatures alone, put on record \
                  as if it had come over the link, and receipted in a second file, which the sender takes with \
                  --in. Safe to give again; what comes over the link later is found to be there."
)]
pub struct CarryArgs {
    /// The Party that it is for, by its code
    #[arg(long, requires = "out")]
    to: Option<String>,
    /// Write it to this file, which is not there yet; only you may read it
    #[arg(long, value_name = "FILE", requires = "to")]
    out: Option<PathBuf>,
    /// Take what this file holds: dispatches of another Party, or its receipts for yours
    #[arg(long = "in", id = "taken", value_name = "FILE")]
    taken: Option<PathBuf>,
    /// Where the file for the way back is written; without it beside the one taken, with ".receipts" behind its name
    #[arg(long, value_name = "FILE", requires = "taken")]
    receipts: Option<PathBuf>,
    /// Also though the other end has not shown since this node's start what it holds: you know that the node's
    /// directory is no older copy
    #[arg(long)]
    not_compared: bool,
    #[command(flatten)]
    person: As,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

pub async fn carry(args: CarryArgs) -> Result<(), Fault> {
    match (&args.to, &args.out, &args.taken) {
        (Some(to), Some(path), None) => out(&args, to, path).await,
        (None, None, Some(path)) => take(&args, path).await,
        // The command line is read so that nothing else comes here.
        _ => Err(Fault::new("either --to and --out, or --in")),
    }
}

async fn out(args: &CarryArgs, to: &str, path: &Path) -> Result<(), Fault> {
    check_free(path)?;
    let desk = args.person.open()?;
    let asked = calls::CarryOutRequest { to: to.into(), although_not_compared: args.not_compared };
    let mut pieces = answer(service(&desk).carry_out(asked)).await?;
    let (mut made, mut file) = (None, Vec::new());
    while let Some(piece) = pieces.message().await.map_err(|status| Fault::of_call(&status))? {
        match piece.piece {
            Some(Out::Made(told)) => made = Some(told),
            Some(Out::Chunk(chunk)) => append(&mut file, &chunk)?,
            None => {}
        }
    }
    let made = made.ok_or_else(|| Fault::new("the node did not say what it made; nothing was written"))?;
    files::write_new(path, &file, Readers::OwnerOnly)?;
    if args.json {
        let object = json!({
            "kind": "carry", "to": to, "dispatches": made.dispatches, "left": made.left, "bytes": file.len(),
        });
        say!("{}", json::line(&object));
        return Ok(());
    }
    say!("to          {}", shown(to));
    say!("dispatches  {}", made.dispatches);
    if made.left > 0 {
        say!("left        {}, which did not fit: make the next file once the receipts are here", made.left);
    }
    say!("written     {} bytes to {}", file.len(), shown(&path.display().to_string()));
    Ok(())
}

async fn take(args: &CarryArgs, path: &Path) -> Result<(), Fault> {
    let back_path = args.receipts.clone().unwrap_or_else(|| {
        let mut name = path.file_name().unwrap_or_default().to_owned();
        name.push(".receipts");
        path.with_file_name(name)
    });
    check_free(&back_path)?;
    let file = Bytes::from(files::read_up_to(path, limits::CARRY_BYTES_MAX)?);
    let desk = args.person.open()?;
    let header = In::Header(calls::CarryInHeader { although_not_compared: args.not_compared });
    let chunks = (0..file.len()).step_by(limits::PART_CHUNK_BYTES).map(move |from| {
        let to = from.saturating_add(limits::PART_CHUNK_BYTES).min(file.len());
        In::Chunk(file.slice(from..to))
    });
    let pieces = std::iter::once(header).chain(chunks);
    let pieces = pieces.map(|piece| calls::CarryInRequest { piece: Some(piece) });
    let sent = tokio_stream::iter(pieces.collect::<Vec<_>>());
    let mut pieces = answer(service(&desk).carry_in(sent)).await?;
    let (mut taken, mut back) = (None, Vec::new());
    while let Some(piece) = pieces.message().await.map_err(|status| Fault::of_call(&status))? {
        match piece.piece {
            Some(Answered::Taken(told)) => taken = Some(told),
            Some(Answered::Chunk(chunk)) => append(&mut back, &chunk)?,
            None => {}
        }
    }
    let taken = taken.ok_or_else(|| Fault::new("the node did not say what became of it; give it again"))?;
    if !back.is_empty() {
        files::write_new(&back_path, &back, Readers::OwnerOnly)?;
    }
    if args.json {
        say!("{}", json::line(&taken_json(&taken, (!back.is_empty()).then_some(back_path.as_path()))));
    } else {
        told(&taken, (!back.is_empty()).then_some(back_path.as_path()));
    }
    if taken.stopped.is_empty() {
        return Ok(());
    }
    let what: Vec<String> = taken.stopped.iter().map(sentence).collect();
    Err(Fault::new(format!("not all of the file was taken:\n  {}", what.join("\n  "))))
}

fn told(taken: &calls::CarryTaken, back: Option<&Path>) {
    say!("from        {}", shown(&taken.from));
    say!("dispatches  {} put on record, {} there before", taken.put_on_record, taken.on_record_before);
    say!(
        "receipts    {} put on record, {} there before",
        taken.receipts_put_on_record,
        taken.receipts_before
    );
    if let Some(back) = back {
        say!("way back    {}", shown(&back.display().to_string()));
    }
}

fn taken_json(taken: &calls::CarryTaken, back: Option<&Path>) -> serde_json::Value {
    let stopped: Vec<_> = taken
        .stopped
        .iter()
        .map(|one| json!({"lane": lane(one), "serial": one.serial, "field": one.field, "rule": one.rule}))
        .collect();
    json!({
        "kind": "carried",
        "from": taken.from,
        "put_on_record": taken.put_on_record,
        "on_record_before": taken.on_record_before,
        "receipts_put_on_record": taken.receipts_put_on_record,
        "receipts_before": taken.receipts_before,
        "receipts": back.map(|back| back.display().to_string()),
        "stopped": stopped,
    })
}

fn lane(one: &calls::CarryStopped) -> Option<String> {
    precedence_from_proto(one.lane, "lane").ok().map(|lane| lane.to_string())
}

fn sentence(one: &calls::CarryStopped) -> String {
    let at = lane(one).map(|lane| format!(" (lane {lane}, serial {})", one.serial)).unwrap_or_default();
    format!("{}{at}: {}", shown(&one.field), shown(&one.rule))
}

/// Found out before anything is asked of the node.
fn check_free(path: &Path) -> Result<(), FileFault> {
    if path.exists() { Err(FileFault::Exists(path.to_owned())) } else { Ok(()) }
}

fn append(file: &mut Vec<u8>, chunk: &[u8]) -> Result<(), Fault> {
    if file.len().saturating_add(chunk.len()) > limits::CARRY_BYTES_MAX {
        return Err(Fault::new("the node gave more than a carry file may hold; nothing was written"));
    }
    file.extend_from_slice(chunk);
    Ok(())
}
