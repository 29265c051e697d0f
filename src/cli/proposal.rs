//! `detente proposal`: what one custodian proposed, for another to confirm or anybody of them to drop.
//!
//! Never here: whether it may be confirmed (the Board says).

use std::io::{BufRead as _, IsTerminal as _, Write as _};

use bytes::Bytes;
use clap::Subcommand;
use tonic::transport::Channel;

use crate::cli::desk::{As, AsCommand, answer, answer_command};
use crate::cli::fault::Fault;
use crate::cli::given;
use crate::cli::json;
use crate::cli::out::say;
use crate::codec::message::precedence_to_proto;
use crate::codec::proto::detente::v1::party_service_client::PartyServiceClient;
use crate::codec::proto::detente::v1::{
    ConfirmRequest, DropProposalRequest, FlashDrafts, ListProposalsRequest, ProposalLine, ProposeRequest,
    ReleaseRule, propose_request::Change,
};
use crate::domain::digest::{CommandId, Digest};
use crate::domain::precedence::Precedence;
use crate::domain::text::shown;

/// What waits for a second custodian
#[derive(clap::Args, Debug)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand, Debug)]
enum Command {
    /// List what is open, each with all that would take force
    List {
        #[command(flatten)]
        by: As,
        /// Print one JSON object a line
        #[arg(long)]
        json: bool,
    },
    /// Propose the precedences for which one person may both draft and release
    ReleaseRule {
        #[command(flatten)]
        by: AsCommand,
        /// Separated by commas, such as flash,immediate; `none`: always two persons
        #[arg(long, value_parser = parse_one_person)]
        one_person: OnePerson,
        /// Print one JSON object
        #[arg(long)]
        json: bool,
    },
    /// Propose how many FLASH drafts of each officer may be released in an hour, acknowledgements not counted
    FlashLimit {
        #[command(flatten)]
        by: AsCommand,
        /// From 60, so that the first texts of an emergency always go, to 3,600, which is all that another node takes
        #[arg(long, value_name = "NUMBER", required_unless_present = "lift")]
        an_hour: Option<u64>,
        /// Restore the program's own number: 600
        #[arg(long, conflicts_with = "an_hour")]
        lift: bool,
        /// Print one JSON object
        #[arg(long)]
        json: bool,
    },
    /// Confirm a proposal that another custodian made: shows it, and at a terminal asks
    Confirm {
        #[command(flatten)]
        by: AsCommand,
        /// The proposal's id, as `proposal list` shows it
        #[arg(value_parser = parse_proposal)]
        proposal: CommandId,
        /// The digest of the change, as `proposal list --json` printed it: no other is confirmed, and nothing is asked
        #[arg(long, value_parser = given::digest)]
        digest: Option<Digest>,
        /// Print one JSON object
        #[arg(long)]
        json: bool,
    },
    /// Drop a proposal
    Drop {
        #[command(flatten)]
        by: AsCommand,
        /// The proposal's id, as `proposal list` shows it
        #[arg(value_parser = parse_proposal)]
        proposal: CommandId,
        /// Print one JSON object
        #[arg(long)]
        json: bool,
    },
}

pub async fn run(args: Args) -> Result<(), Fault> {
    match args.command {
        Command::List { by, json } => list(&by, json).await,
        Command::ReleaseRule { by, one_person, json } => {
            let one_person = one_person.0.into_iter().map(precedence_to_proto).collect();
            let change = Change::ReleaseRule(ReleaseRule { one_person });
            propose(&by, change, Bytes::new(), Proposed::printed(json)).await
        }
        Command::FlashLimit { by, an_hour, lift: _, json } => {
            let change = Change::FlashDrafts(FlashDrafts { per_officer_per_hour: an_hour });
            propose(&by, change, Bytes::new(), Proposed::printed(json)).await
        }
        Command::Confirm { by, proposal, digest, json } => confirm(&by, proposal, digest, json).await,
        Command::Drop { by, proposal, json } => {
            let (desk, header, id) = by.open()?;
            let call =
                DropProposalRequest { command: Some(header), proposal: Bytes::copy_from_slice(&proposal.0) };
            answer_command(id, PartyServiceClient::new(desk.channel).drop_proposal(call)).await?;
            settled("dropped", proposal, json);
            Ok(())
        }
    }
}

/// What was shown, and nothing that stands under its id since: the node compares the digest.
async fn confirm(
    by: &AsCommand,
    proposal: CommandId,
    digest: Option<Digest>,
    json: bool,
) -> Result<(), Fault> {
    let (desk, header, id) = by.open()?;
    let mut calls = PartyServiceClient::new(desk.channel);
    let open = match digest {
        Some(_) => None,
        None => Some(open_under(&mut calls, proposal).await?),
    };
    // What is printed may be for a program, and somebody sits there all the same.
    let asks = std::io::stdin().is_terminal();
    if let Some(line) = open.as_ref().filter(|_| asks) {
        ask(line)?;
    }
    let of_open = open.as_ref().map(|line| line.change_digest.clone()).unwrap_or_default();
    let change_digest = digest.map_or(of_open, |digest| Bytes::copy_from_slice(&digest.0));
    let named = hex::encode(&change_digest);
    let proposed = Bytes::copy_from_slice(&proposal.0);
    let call = ConfirmRequest { command: Some(header), proposal: proposed, change_digest };
    answer(calls.confirm(call))
        .await
        .map_err(|fault| Fault::new(format!("{fault} (command id {id}, digest {named})")))?;
    if json {
        // Of what `--digest` names nothing more is looked up.
        let change = open.as_ref().map(|line| &line.change);
        let by = open.as_ref().and_then(|line| line.by.as_ref()).map(|by| &by.name);
        let object = serde_json::json!({ "kind": "confirmed", "proposal": proposal.to_string(), "change": change,
            "by": by, "digest": named });
        say!("{}", json::line(&object));
        return Ok(());
    }
    settled("confirmed", proposal, json);
    if let Some(line) = open.filter(|_| !asks) {
        for told in lines(&line) {
            say!("{told}");
        }
    }
    Ok(())
}

async fn open_under(
    calls: &mut PartyServiceClient<Channel>,
    proposal: CommandId,
) -> Result<ProposalLine, Fault> {
    let all = answer(calls.list_proposals(ListProposalsRequest {})).await?.proposals;
    all.into_iter().find(|line| line.proposal[..] == proposal.0).ok_or_else(|| {
        Fault::new(
            "no proposal with this id is open; a confirmation whose answer did not come is given again with --digest \
             and --command-id, as it was told then",
        )
    })
}

/// Who proposed what, made safe to show.
fn lines(line: &ProposalLine) -> [String; 2] {
    let by = line.by.as_ref().map_or("", |by| by.name.as_str());
    [format!("by         {}", shown(by)), format!("change     {}", shown(&line.change))]
}

/// Shows the change, and has the person say that it is the one.
fn ask(line: &ProposalLine) -> Result<(), Fault> {
    let mut out = std::io::stderr().lock();
    for told in lines(line) {
        writeln!(out, "{told}")?;
    }
    write!(out, "Type \"yes\" to confirm this and nothing else: ")?;
    out.flush()?;
    let mut typed = String::new();
    std::io::stdin().lock().read_line(&mut typed)?;
    if typed.trim() == "yes" {
        Ok(())
    } else {
        Err(Fault::new("nothing was confirmed, and the proposal stays open"))
    }
}

fn settled(how: &str, proposal: CommandId, json: bool) {
    if json {
        let object = serde_json::json!({ "kind": how, "proposal": proposal.to_string() });
        say!("{}", json::line(&object));
    } else {
        say!("{how:<10} {proposal}");
    }
}

async fn list(by: &As, json: bool) -> Result<(), Fault> {
    let mut calls = PartyServiceClient::new(by.open()?.channel);
    let proposals = answer(calls.list_proposals(ListProposalsRequest {})).await?.proposals;
    if proposals.is_empty() && !json {
        say!("no proposal waits for a second custodian");
    }
    for line in proposals {
        let (id, by) = (hex::encode(&line.proposal), line.by.unwrap_or_default().name);
        if json {
            let digest = hex::encode(&line.change_digest);
            let object = serde_json::json!({ "kind": "proposal", "proposal": id, "change": line.change, "by": by,
                "digest": digest });
            say!("{}", json::line(&object));
        } else {
            // The node made the sentence safe to show; the name goes through it here.
            say!("{id}  by {}: {}", shown(&by), shown(&line.change));
        }
    }
    Ok(())
}

/// How a proposal is told once it is on record.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Proposed {
    ForPeople,
    AsJson,
}

impl Proposed {
    pub fn printed(json: bool) -> Proposed {
        if json { Proposed::AsJson } else { Proposed::ForPeople }
    }
}

/// Proposes a change. Its id is printed: the other custodian confirms it by that.
pub async fn propose(
    by: &AsCommand,
    change: Change,
    fingerprint: Bytes,
    told: Proposed,
) -> Result<(), Fault> {
    let (desk, header, id) = by.open()?;
    let call = ProposeRequest { command: Some(header), change: Some(change), fingerprint };
    let marks = answer_command(id, PartyServiceClient::new(desk.channel).propose(call)).await?.marks;
    match told {
        Proposed::AsJson => {
            let object =
                serde_json::json!({ "kind": "proposed", "proposal": id.to_string(), "marks": marks });
            say!("{}", json::line(&object));
        }
        Proposed::ForPeople => {
            say!("proposed  {id}");
            for mark in &marks {
                say!("MARK      {}", shown(mark));
            }
            say!("next      detente proposal confirm --as OTHER-CUSTODIAN {id}");
        }
    }
    Ok(())
}

/// The precedences at which one person may both draft and release.
#[derive(Clone, Debug)]
struct OnePerson(Vec<Precedence>);

fn parse_one_person(text: &str) -> Result<OnePerson, String> {
    if text == "none" {
        return Ok(OnePerson(Vec::new()));
    }
    text.split(',').map(given::precedence).collect::<Result<_, _>>().map(OnePerson)
}

fn parse_proposal(text: &str) -> Result<CommandId, String> {
    CommandId::from_hex(text).ok_or_else(|| "a proposal's id is 32 hexadecimal digits".into())
}
