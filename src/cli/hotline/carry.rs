//! `hotline carry`: files for a diskette, an e-mail or the bag, while the line is cut; and which there were.
//!
//! Never here: a look into a file that is taken. What is wrong with one the node says, and what was taken before that.

use std::path::{Path, PathBuf};
use std::time::Duration;

use bytes::Bytes;
use clap::Args;
use serde_json::json;

use super::service;
use crate::cli::desk::{AsCommand, answer_command};
use crate::cli::fault::Fault;
use crate::cli::files::{self, FileFault, Readers};
use crate::cli::given;
use crate::cli::json;
use crate::cli::out::say;
use crate::codec::carry::{Carry, decode};
use crate::codec::chunks::chunks;
use crate::codec::message::precedence_from_proto;
use crate::codec::proto::detente::v1 as calls;
use crate::codec::proto::detente::v1::carry_in_request::Piece as In;
use crate::codec::proto::detente::v1::carry_in_response::Piece as Answered;
use crate::codec::proto::detente::v1::carry_out_response::Piece as Out;
use crate::domain::digest::Digest;
use crate::domain::text::shown;
use crate::domain::time::Instant;
use crate::limits;

#[derive(Args, Debug)]
#[command(
    group = clap::ArgGroup::new("what").required(true).args(["out", "taken", "list"]),
    after_help = "Out: messages, lists and heads, all of them signed, and the parts that the messages name, as far as \
                  24 MiB go; all of it in the clear, personal parts too, and what is erased later stays in the file. \
                  Given again, it makes another file, which is on record for itself. In: proven by the signatures \
                  alone, put on record as if it had come over the link, and receipted in a second file, which the \
                  sender takes with --in. Safe to give again; what comes over the link later is found to be there. \
                  Who made and took which file is on record."
)]
pub struct CarryArgs {
    /// The code of the Party that it is for
    #[arg(long, requires = "out")]
    to: Option<String>,
    /// Write it to this file, which must not exist yet; only you may read it
    #[arg(long, value_name = "FILE", requires = "to", conflicts_with = "command_id")]
    out: Option<PathBuf>,
    /// Take what this file holds: dispatches of another Party, or its receipts for yours
    #[arg(long = "in", id = "taken", value_name = "FILE")]
    taken: Option<PathBuf>,
    /// The salted digest of a part of an earlier message that an earlier file left out; it comes before everything else
    #[arg(long = "part", value_name = "PART", requires = "out", value_parser = given::digest)]
    parts: Vec<Digest>,
    /// List carry files made or taken here, newest first, with by whom, when and which way; an auditor's look is itself
    /// recorded
    #[arg(long)]
    list: bool,
    /// By which way it goes or came, in your own words, one line; put on record here
    #[arg(
        long,
        value_name = "WORDS",
        conflicts_with = "list",
        default_value = "",
        hide_default_value = true
    )]
    way: String,
    /// Where to write the file for the way back; default: beside the one taken, with ".receipts" after its name. A file
    /// with the same receipts stays as it is; any other existing file is not overwritten
    #[arg(long, value_name = "FILE", requires = "taken")]
    receipts: Option<PathBuf>,
    /// Go on although the peer has not yet said, since this node's start, what it holds; only if you are sure that this
    /// node's directory is not an older copy
    #[arg(long, conflicts_with = "list")]
    not_compared: bool,
    #[command(flatten)]
    person: AsCommand,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

pub async fn carry(args: CarryArgs) -> Result<(), Fault> {
    match (&args.to, &args.out, &args.taken) {
        (Some(to), Some(path), None) => out(&args, to, path).await,
        (None, None, Some(path)) => take(&args, path).await,
        (None, None, None) if args.list => list(&args).await,
        // The command line is read so that nothing else comes here.
        _ => Err(Fault::new("either --to and --out, or --in, or --list")),
    }
}

const NOT_IN_TIME: &str = "the node did not answer in time, and nothing was written; whether it put a file on record, \
                           --list says. Given again, this makes another file";

async fn out(args: &CarryArgs, to: &str, path: &Path) -> Result<(), Fault> {
    check_free(path)?;
    let desk = args.person.person.open()?;
    let asked = calls::CarryOutRequest {
        to: to.into(),
        although_not_compared: args.not_compared,
        command: Some(desk.command(None)?),
        way: args.way.clone(),
        parts: args.parts.iter().map(|part| part.0.to_vec().into()).collect(),
    };
    let within = Duration::from_millis(limits::DESK_CALL_MS_MAX);
    let mut service = service(&desk);
    let answered = tokio::time::timeout(within, service.carry_out(asked)).await;
    let answered = answered.map_err(|_| Fault::new(NOT_IN_TIME))?;
    let mut pieces = answered.map_err(|status| Fault::of_call(&status))?.into_inner();
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
        let left =
            |left: &calls::CarryPartLeft| json!({"part": hex::encode(&left.salted_digest), "why": left.why});
        let object = json!({
            "kind": "carry", "to": to, "dispatches": made.dispatches, "left": made.left, "bytes": file.len(),
            "parts": made.parts, "parts_left": made.parts_left.iter().map(left).collect::<Vec<_>>(),
            "more_parts_left": made.more_parts_left,
        });
        say!("{}", json::line(&object));
        return Ok(());
    }
    say!("to          {}", shown(to));
    say!("dispatches  {}", made.dispatches);
    if made.left > 0 {
        say!("left        {}, which did not fit: make the next file once the receipts are here", made.left);
    }
    say!("parts       {}", made.parts);
    for left in &made.parts_left {
        say!("left out    {}: {}", hex::encode(&left.salted_digest), shown(&left.why));
    }
    if made.more_parts_left > 0 {
        say!("left out    and {} parts more", made.more_parts_left);
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
    let stands = standing(&back_path)?;
    let file = Bytes::from(files::read_up_to(path, limits::CARRY_BYTES_MAX)?);
    let (desk, header, id) = args.person.open()?;
    let header = In::Header(calls::CarryInHeader {
        although_not_compared: args.not_compared,
        command: Some(header),
        way: args.way.clone(),
    });
    let pieces = std::iter::once(header).chain(chunks(file).map(In::Chunk));
    let pieces = pieces.map(|piece| calls::CarryInRequest { piece: Some(piece) });
    let sent = tokio_stream::iter(pieces.collect::<Vec<_>>());
    let mut pieces = answer_command(id, service(&desk).carry_in(sent)).await?;
    let (mut taken, mut back) = (None, Vec::new());
    while let Some(piece) = pieces.message().await.map_err(|status| Fault::of_call(&status))? {
        match piece.piece {
            Some(Answered::Taken(told)) => taken = Some(told),
            Some(Answered::Chunk(chunk)) => append(&mut back, &chunk)?,
            None => {}
        }
    }
    let taken = taken.ok_or_else(|| Fault::new("the node did not say what became of it; give it again"))?;
    let back = Bytes::from(back);
    let way_back = match &stands {
        _ if back.is_empty() => WayBack::None,
        None => match files::write_new(&back_path, &back, Readers::OwnerOnly) {
            Ok(()) => WayBack::Written(&back_path),
            Err(fault) => WayBack::NotWritten(not_written(&fault)),
        },
        Some(stands) if decode(&back).is_ok_and(|new| is_same(stands, &new.carry)) => {
            WayBack::ThereBefore(&back_path)
        }
        Some(_) => WayBack::NotWritten(not_overwritten(&back_path)),
    };
    if args.json {
        say!("{}", json::line(&taken_json(&taken, &way_back)));
    } else {
        told(&taken, &way_back);
    }
    let mut what: Vec<String> = taken.stopped.iter().map(sentence).collect();
    if taken.more_stopped > 0 {
        what.push(format!("and {} faults more", taken.more_stopped));
    }
    match way_back {
        WayBack::NotWritten(rule) if what.is_empty() => return Err(Fault::new(rule)),
        WayBack::NotWritten(rule) => what.push(rule),
        WayBack::None | WayBack::Written(_) | WayBack::ThereBefore(_) => {}
    }
    if what.is_empty() {
        return Ok(());
    }
    Err(Fault::new(format!("not all of the file was taken:\n  {}", what.join("\n  "))))
}

/// What became of the file for the way back.
enum WayBack<'p> {
    None,
    Written(&'p Path),
    /// With the same receipts; it stays as it is.
    ThereBefore(&'p Path),
    /// Why not, and how to go on.
    NotWritten(String),
}

impl WayBack<'_> {
    fn path(&self) -> Option<&Path> {
        match self {
            WayBack::Written(path) | WayBack::ThereBefore(path) => Some(path),
            WayBack::None | WayBack::NotWritten(_) => None,
        }
    }

    fn was_there(&self) -> bool {
        matches!(self, WayBack::ThereBefore(_))
    }
}

/// What stands where the receipts are to be written.
///
/// # Errors
/// It is no whole file of this kind, so it stays, and nothing is asked of the node.
fn standing(path: &Path) -> Result<Option<Carry>, Fault> {
    if !path.exists() {
        return Ok(None);
    }
    let file = Bytes::from(files::read_up_to(path, limits::CARRY_BYTES_MAX)?);
    match decode(&file) {
        Ok(read) if read.fault.is_none() => Ok(Some(read.carry)),
        Ok(_) | Err(_) => Err(Fault::new(not_overwritten(path))),
    }
}

/// Whether both hold the same receipts, between the same two: when they were made, and by which heads, may differ.
fn is_same(one: &Carry, other: &Carry) -> bool {
    (&one.from, &one.to, &one.receipts) == (&other.from, &other.to, &other.receipts)
}

fn not_overwritten(path: &Path) -> String {
    format!(
        "{} is there already, with something else than these receipts, and is not overwritten: name another file for \
         them with --receipts FILE, and give this one again",
        shown(&path.display().to_string())
    )
}

fn not_written(fault: &FileFault) -> String {
    format!(
        "the receipts were not written; what was taken stays on record: name another file for them with --receipts FILE, \
         and give this one again: {}",
        shown(&fault.to_string())
    )
}

fn told(taken: &calls::CarryTaken, way_back: &WayBack<'_>) {
    say!("from        {}", shown(&taken.from));
    say!("dispatches  {} put on record, {} there before", taken.put_on_record, taken.on_record_before);
    say!(
        "receipts    {} put on record, {} there before",
        taken.receipts_put_on_record,
        taken.receipts_before
    );
    say!("parts       {} kept, {} there before", taken.parts_put_on_record, taken.parts_before);
    if taken.parts_missing > 0 {
        say!("            {} not here: they come over the link, or with another file", taken.parts_missing);
    }
    if let Some(path) = way_back.path() {
        let before = if way_back.was_there() { ", there before with the same receipts" } else { "" };
        say!("way back    {}{before}", shown(&path.display().to_string()));
    }
}

fn taken_json(taken: &calls::CarryTaken, way_back: &WayBack<'_>) -> serde_json::Value {
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
        "parts_put_on_record": taken.parts_put_on_record,
        "parts_before": taken.parts_before,
        "parts_missing": taken.parts_missing,
        "receipts": way_back.path().map(|path| path.display().to_string()),
        "receipts_were_there": way_back.was_there(),
        "stopped": stopped,
        "more_stopped": taken.more_stopped,
    })
}

fn lane(one: &calls::CarryStopped) -> Option<String> {
    precedence_from_proto(one.lane, "lane").ok().map(|lane| lane.to_string())
}

fn sentence(one: &calls::CarryStopped) -> String {
    let at = lane(one).map(|lane| format!(" (lane {lane}, serial {})", one.serial)).unwrap_or_default();
    format!("{}{at}: {}", shown(&one.field), shown(&one.rule))
}

async fn list(args: &CarryArgs) -> Result<(), Fault> {
    let (desk, header, id) = args.person.open()?;
    let asked = calls::ListCarriedRequest { command: Some(header) };
    for one in answer_command(id, service(&desk).list_carried(asked)).await?.files {
        if args.json {
            say!("{}", json::line(&listed_json(&one)));
        } else {
            listed(&one);
        }
    }
    Ok(())
}

fn listed(one: &calls::CarriedFile) {
    let by = one.by.as_ref().map(|by| shown(&by.name)).unwrap_or_default();
    let done = if one.made { "made for" } else { "taken, said to be of" };
    say!("{}  {done} {} by {by}", Instant(one.recorded_at_ms), shown(&one.with));
    say!("  {} dispatches, {} receipts, {} parts", one.dispatches, one.receipts, one.parts);
    let says = if one.made { "" } else { ", as its header says: nobody signed that" };
    say!("  file {}, made at {}{says}", hex::encode(&one.file), Instant(one.made_at_ms));
    if !one.way.is_empty() {
        say!("  way  {}", shown(&one.way));
    }
    if one.although_not_compared {
        say!("  ALTHOUGH NOT COMPARED: its officer said that this node's directory is no older copy");
    }
}

fn listed_json(one: &calls::CarriedFile) -> serde_json::Value {
    json!({
        "kind": "carried file",
        "with": one.with,
        "made": one.made,
        "by": one.by.as_ref().map(|by| &by.name),
        "recorded_at": Instant(one.recorded_at_ms).to_string(),
        "file": hex::encode(&one.file),
        "made_at": Instant(one.made_at_ms).to_string(),
        "dispatches": one.dispatches,
        "receipts": one.receipts,
        "parts": one.parts,
        "although_not_compared": one.although_not_compared,
        "way": one.way,
    })
}

/// Found out before anything is asked of the node.
fn check_free(path: &Path) -> Result<(), FileFault> {
    files::named(path)?;
    if path.exists() { Err(FileFault::Exists(path.to_owned())) } else { Ok(()) }
}

fn append(file: &mut Vec<u8>, chunk: &[u8]) -> Result<(), Fault> {
    if file.len().saturating_add(chunk.len()) > limits::CARRY_BYTES_MAX {
        return Err(Fault::new("the node gave more than a carry file may hold; nothing was written"));
    }
    file.extend_from_slice(chunk);
    Ok(())
}
