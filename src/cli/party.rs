//! `detente party`: party files out and in, and the own revocation list.
//!
//! Never here: trust in a file. A person types the fingerprint as heard over another channel; that of the
//! file is not shown before, since whoever sees it copies it.

use std::io::{BufRead as _, Write as _};
use std::path::PathBuf;

use bytes::Bytes;
use clap::Subcommand;

use crate::cli::custody::Custody;
use crate::cli::desk::{As, AsCommand, answer};
use crate::cli::fault::Fault;
use crate::cli::files::{self, Readers};
use crate::cli::introduced;
use crate::cli::json;
use crate::cli::limit;
use crate::cli::next_list::NextList;
use crate::cli::node_directory::NodeDirectory;
use crate::cli::out::{self, say};
use crate::cli::proposal::{self, Proposed};
use crate::clock::Clock;
use crate::codec::party_file::{Fingerprint, PartyFile, VerifiedList};
use crate::codec::proto::detente::v1::party_service_client::PartyServiceClient;
use crate::codec::proto::detente::v1::party_without_node::Act;
use crate::codec::proto::detente::v1::{
    self as calls, ExportPartyRequest, ListPartiesRequest, SubmitRevocationListRequest,
    propose_request::Change,
};
use crate::domain::digest::Digest;
use crate::domain::party::Party;
use crate::domain::text::shown;
use crate::domain::time::Instant;

/// Other Parties, and what this one gives them
#[derive(clap::Args, Debug)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand, Debug)]
enum Command {
    Export(Export),
    Import(Import),
    AddWithoutNode(AddWithoutNode),
    TakeBack(TakeBack),
    Confirm(introduced::Confirm),
    Limit(limit::Limit),
    List(List),
    SubmitRevocationList(Submit),
    PublishRevocationList(Publish),
}

/// Print this Party's own party file, to be given to another Party
#[derive(clap::Args, Debug)]
struct Export {
    #[command(flatten)]
    by: As,
    /// Write it to a new file
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Print one JSON object; it also holds the fingerprint, to be given over another channel than the file
    #[arg(long)]
    json: bool,
}

/// Propose adding another Party, after its fingerprint was compared; another custodian must confirm
#[derive(clap::Args, Debug)]
struct Import {
    /// The other Party's file; with --introduced-by, as many files as were handed over
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,
    /// The Party that handed over the files: the Parties in them count as unconfirmed until `party confirm`
    #[arg(long, value_name = "PARTY", conflicts_with = "fingerprint")]
    introduced_by: Option<Party>,
    #[command(flatten)]
    by: AsCommand,
    /// The fingerprint, as the other Party gave it over another channel, never one computed from the file; without it,
    /// you are asked for it
    #[arg(long)]
    fingerprint: Option<Fingerprint>,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

/// Propose adding a Party that runs no node, or changing its name and contacts; another custodian must confirm
#[derive(clap::Args, Debug)]
struct AddWithoutNode {
    /// Its code, such as SM
    party: Party,
    #[command(flatten)]
    by: AsCommand,
    /// As people write it, such as "Republic of Poland"
    #[arg(long)]
    name: String,
    /// How to reach it, in words; may be given several times
    #[arg(long)]
    contact: Vec<String>,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

/// Propose removing a Party without a node that was added by mistake; another custodian must confirm
#[derive(clap::Args, Debug)]
struct TakeBack {
    /// Its code
    party: Party,
    #[command(flatten)]
    by: AsCommand,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

/// List the Parties on record, this one included
#[derive(clap::Args, Debug)]
struct List {
    #[command(flatten)]
    by: As,
    /// Print one JSON object a line
    #[arg(long)]
    json: bool,
}

/// Give the node a fresh revocation list of its own authority
#[derive(clap::Args, Debug)]
struct Submit {
    #[command(flatten)]
    by: As,
    /// The list: DER, as `person revoke` or `party publish-revocation-list` wrote it
    file: PathBuf,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

/// Publish the next revocation list, from the custody, before the one in force ends
#[derive(clap::Args, Debug)]
struct Publish {
    /// The node's directory, with its custody
    directory: PathBuf,
    #[command(flatten)]
    next: NextList,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

pub async fn run(args: Args) -> Result<(), Fault> {
    match args.command {
        Command::Export(args) => export(args).await,
        Command::Import(args) => import(args).await,
        Command::AddWithoutNode(args) => add_without_node(args).await,
        Command::TakeBack(args) => take_back(args).await,
        Command::Confirm(args) => introduced::confirm(args).await,
        Command::Limit(args) => limit::limit(args).await,
        Command::List(args) => list(args).await,
        Command::SubmitRevocationList(args) => submit(args).await,
        Command::PublishRevocationList(args) => publish(args),
    }
}

async fn export(args: Export) -> Result<(), Fault> {
    let mut calls = PartyServiceClient::new(args.by.open()?.channel);
    let text = answer(calls.export_party(ExportPartyRequest {})).await?.party_file;
    let file = PartyFile::from_text(&text)?;
    if let Some(path) = &args.out {
        files::write_new(path, text.as_bytes(), Readers::Anyone)?;
    }
    if args.json {
        let file_written = args.out.map(|path| path.display().to_string());
        let line = serde_json::json!({ "kind": "party_file", "file": file_written, "party_file": file.to_string(),
            "fingerprint": file.fingerprint().0.to_string() });
        say!("{}", json::line(&line));
        return Ok(());
    }
    if args.out.is_none() {
        out::text(&file.to_string());
    }
    // Beside the file and not in it: it is told over another channel.
    eprintln!("fingerprint, to be read out over another channel: {}", file.fingerprint());
    Ok(())
}

async fn import(args: Import) -> Result<(), Fault> {
    if let Some(introducer) = args.introduced_by {
        return introduced::introduce(introducer, &args.files, &args.by, args.json).await;
    }
    let [file] = args.files.as_slice() else {
        return Err(Fault::new("each Party's fingerprint is compared for itself: import one file at a time"));
    };
    let bytes = files::read_public(file)?;
    let text = String::from_utf8(bytes).map_err(|_| Fault::new("the party file is not text"))?;
    let file = PartyFile::from_text(&text)?;
    let lists = file.verified_lists()?;
    let newest = lists.last().ok_or_else(|| Fault::new("the party file holds no key list"))?;
    let own = args.by.open()?.0.party;
    if newest.list.party == own {
        return Err(Fault::new(format!(
            "this is the party file of {own}, your own Party: it is for the others; nothing was proposed"
        )));
    }
    let compared = match args.fingerprint {
        Some(fingerprint) => fingerprint,
        None => ask(newest)?,
    };
    if let Some(groups) = different(compared, file.fingerprint()) {
        return Err(Fault::new(format!(
            "the fingerprint is not that of this file ({groups}): either it was misheard, or the file is not the \
             one that the other Party made; nothing was proposed"
        )));
    }
    let fingerprint = Bytes::copy_from_slice(&compared.0.0);
    proposal::propose(&args.by, Change::PartyFile(text), fingerprint, Proposed::printed(args.json)).await
}

/// Which groups of a fingerprint were not typed as they are; never what they are. `None` if all were.
fn different(typed: Fingerprint, of_file: Fingerprint) -> Option<String> {
    let (typed, of_file) = (typed.to_string(), of_file.to_string());
    let groups = || typed.split(' ').zip(of_file.split(' '));
    let wrong: Vec<String> = (1..)
        .zip(groups())
        .filter(|(_, (a, b))| a != b)
        .map(|(place, _): (u32, _)| place.to_string())
        .collect();
    match (wrong.len(), groups().count()) {
        (0, _) => None,
        (few, all) if few <= FEW_GROUPS => Some(format!("group {} of {all} differs", wrong.join(" and "))),
        (many, all) => Some(format!("{many} of {all} groups differ")),
    }
}

/// So many groups may be misheard; where more differ, it is another fingerprint.
const FEW_GROUPS: usize = 2;

/// Shows who it would be, and has the person type what they heard. Not shown: what they are to hear.
fn ask(newest: &VerifiedList) -> Result<Fingerprint, Fault> {
    let mut out = std::io::stderr().lock();
    writeln!(out, "party        {}, {}", newest.list.party, shown(&newest.list.name))?;
    for address in &newest.list.addresses {
        writeln!(out, "address      {}", shown(address))?;
    }
    for contact in &newest.list.contacts {
        writeln!(out, "contact      {}", shown(contact))?;
    }
    writeln!(
        out,
        "All of this is only what the file says. Ring {} by a number that you had before, have its",
        newest.list.party
    )?;
    writeln!(
        out,
        "fingerprint read out to you (its custodian sees it with `detente party export`), and type it:"
    )?;
    let mut line = String::new();
    std::io::stdin().lock().read_line(&mut line)?;
    Ok(line.parse::<Fingerprint>()?)
}

async fn add_without_node(args: AddWithoutNode) -> Result<(), Fault> {
    let known = calls::Unlinked { party: args.party.to_string(), name: args.name, contacts: args.contact };
    propose_act(&args.by, Act::Known(known), args.json).await
}

async fn take_back(args: TakeBack) -> Result<(), Fault> {
    propose_act(&args.by, Act::TakenBack(args.party.to_string()), args.json).await
}

async fn propose_act(by: &AsCommand, act: Act, as_json: bool) -> Result<(), Fault> {
    let change = Change::PartyWithoutNode(calls::PartyWithoutNode { act: Some(act) });
    proposal::propose(by, change, Bytes::new(), Proposed::printed(as_json)).await
}

async fn list(args: List) -> Result<(), Fault> {
    let desk = args.by.open()?;
    let own = desk.party.to_string();
    let mut calls = PartyServiceClient::new(desk.channel);
    for line in answer(calls.list_parties(ListPartiesRequest {})).await?.parties {
        let until = Instant(line.revocation_list_until_ms);
        if args.json {
            let object = serde_json::json!({ "kind": "party", "party": line.party, "name": line.name,
                "key_list": line.key_list, "fingerprint": (!line.fingerprint.is_empty()).then(|| hex::encode(&line.fingerprint)),
                "addresses": line.addresses, "contacts": line.contacts, "owed": line.owed,
                "heard_at_ms": line.heard_at_ms, "up": line.up,
                "silent_after_seconds": line.silent_after_seconds, "revocation_list_until": (!line.without_node).then(|| until.to_string()),
                "unconfirmed_by": (!line.unconfirmed_by.is_empty()).then_some(&line.unconfirmed_by),
                "list_since_ms": line.list_since_ms, "list_changed": line.list_changed,
                "without_node": line.without_node, "open_by_hand": line.open_by_hand,
                "allowance": line.allowance.as_ref().map(limit::to_json), "over_bounds": line.over_bounds,
                "told_not_now_since_ms": (line.told_not_now_since_ms != 0).then_some(line.told_not_now_since_ms),
                "flash_drafts_per_hour": (line.party == own).then_some(line.flash_drafts_per_hour) });
            say!("{}", json::line(&object));
            continue;
        }
        say!("{}  {}", shown(&line.party), shown(&line.name));
        let open_by_hand = format!("{} message(s) to be delivered by hand", line.open_by_hand);
        if line.without_node {
            say!("  runs no node; {open_by_hand}");
            say!("  contacts {}", shown(&line.contacts.join("; ")));
            continue;
        }
        if !line.unconfirmed_by.is_empty() {
            say!("  unconfirmed: introduced by {}", shown(&line.unconfirmed_by));
        }
        match Digest::from_slice(&line.fingerprint) {
            Some(digest) => say!("  key list {}, fingerprint {}", line.key_list, Fingerprint(digest)),
            None => {
                let party = shown(&line.party);
                say!(
                    "  key list {}, fingerprint not compared and not shown: ask {party} for it over",
                    line.key_list
                );
                say!("  another path, then `detente party confirm {party} --as CUSTODIAN`, and type it");
            }
        }
        if !line.list_changed.is_empty() {
            let changed = shown(&line.list_changed.join(", "));
            say!(
                "  put in force {}, signed under the list before; changed: {changed}",
                Instant(line.list_since_ms)
            );
        }
        say!("  addresses {}", shown(&line.addresses.join(", ")));
        say!("  contacts {}", shown(&line.contacts.join("; ")));
        if line.party == own {
            say!("  this Party itself, revocation list good until {until}");
            say!("  of each officer at most {} FLASH drafts released an hour", line.flash_drafts_per_hour);
            continue;
        }
        let heard = match line.heard_at_ms {
            0 => "not heard since this node started".into(),
            at => format!("heard {}", Instant(at)),
        };
        let state = if line.up { "link up" } else { "LINK DOWN" };
        say!("  {state}, called down after {} s without a word", line.silent_after_seconds);
        say!("  owed {}, {heard}, revocation list good until {until}", line.owed);
        limit::say_waits(&line);
        if line.open_by_hand > 0 {
            say!("  {open_by_hand}, from when it had no node");
        }
    }
    Ok(())
}

async fn submit(args: Submit) -> Result<(), Fault> {
    let revocation_list = Bytes::from(files::read_public(&args.file)?);
    let mut calls = PartyServiceClient::new(args.by.open()?.channel);
    answer(calls.submit_revocation_list(SubmitRevocationListRequest { revocation_list })).await?;
    if args.json {
        let line = serde_json::json!({ "kind": "submitted", "list": args.file.display().to_string() });
        say!("{}", json::line(&line));
    } else {
        say!("on record");
    }
    Ok(())
}

fn publish(args: Publish) -> Result<(), Fault> {
    let directory = NodeDirectory::at(&args.directory);
    let party = directory.read_settings()?.party;
    let now = Clock::system().now();
    let mut custody = Custody::open(&directory.custody(), &party)?;
    let until = args.next.publish(&mut custody, &directory, &[], now)?;
    if args.json {
        let line = serde_json::json!({ "kind": "published", "list": directory.revocation_list().display().to_string(),
            "list_until": until.to_string() });
        say!("{}", json::line(&line));
        return Ok(());
    }
    say!("list  {}, good until {until}", directory.revocation_list().display());
    say!("next  the node takes it when it starts or is sent SIGHUP; or from anywhere:");
    say!(
        "      detente party submit-revocation-list --as CUSTODIAN {}",
        directory.revocation_list().display()
    );
    Ok(())
}
