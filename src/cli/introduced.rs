//! `detente party import --introduced-by` and `party confirm`: Parties whose files another one handed over,
//! and the fingerprint that their own people read out.
//!
//! Never here: trust in a file that was handed over. Until its fingerprint is compared, the Party counts as
//! unconfirmed, and the node says so wherever its word is shown.

use std::io::{BufRead as _, Write as _};
use std::path::PathBuf;

use bytes::Bytes;

use crate::cli::desk::{As, AsCommand, answer};
use crate::cli::fault::Fault;
use crate::cli::files;
use crate::cli::proposal::{self, Proposed};
use crate::codec::party_file::{Fingerprint, PartyFile};
use crate::codec::proto::detente::v1::party_service_client::PartyServiceClient;
use crate::codec::proto::detente::v1::{
    ListPartiesRequest, PartyIntroduction, PartyLine, propose_request::Change,
};
use crate::domain::party::Party;
use crate::domain::text::shown;

/// Propose confirming a Party that another one introduced, after its fingerprint was compared; another custodian must
/// confirm
#[derive(clap::Args, Debug)]
pub struct Confirm {
    /// Its code
    party: Party,
    #[command(flatten)]
    by: AsCommand,
    /// The fingerprint, as the Party itself gave it over another channel; without it, you are asked for it
    #[arg(long)]
    fingerprint: Option<Fingerprint>,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

/// Each file is a proposal of its own.
pub async fn introduce(
    introducer: Party,
    given: &[PathBuf],
    by: &AsCommand,
    json: bool,
) -> Result<(), Fault> {
    // All are read before the first is proposed.
    let mut texts = Vec::with_capacity(given.len());
    for path in given {
        let wrong = |what: &dyn std::fmt::Display| Fault::new(format!("{}: {what}", path.display()));
        let text = String::from_utf8(files::read_public(path)?).map_err(|_| wrong(&"it is not text"))?;
        let file = PartyFile::from_text(&text).map_err(|fault| wrong(&fault))?;
        file.verified_lists().map_err(|fault| wrong(&fault))?;
        texts.push(text);
    }
    for party_file in texts {
        let change = Change::PartyIntroduced(PartyIntroduction { by: introducer.to_string(), party_file });
        proposal::propose(by, change, Bytes::new(), Proposed::printed(json)).await?;
    }
    Ok(())
}

pub async fn confirm(args: Confirm) -> Result<(), Fault> {
    let heard = match args.fingerprint {
        Some(fingerprint) => fingerprint,
        None => ask(&known(&args.by.person, args.party).await?)?,
    };
    let fingerprint = Bytes::copy_from_slice(&heard.0.0);
    let change = Change::PartyConfirmed(args.party.to_string());
    proposal::propose(&args.by, change, fingerprint, Proposed::printed(args.json)).await
}

async fn known(by: &As, party: Party) -> Result<PartyLine, Fault> {
    let mut calls = PartyServiceClient::new(by.open()?.channel);
    let parties = answer(calls.list_parties(ListPartiesRequest {})).await?.parties;
    let found = parties.into_iter().find(|line| line.party == party.as_str());
    found.ok_or_else(|| Fault::new(format!("no Party {party} is known at your node")))
}

/// Says who it would be, and has the person type what they heard. Not shown: what they are to hear.
fn ask(line: &PartyLine) -> Result<Fingerprint, Fault> {
    let mut out = std::io::stderr().lock();
    writeln!(out, "party        {}, {}", shown(&line.party), shown(&line.name))?;
    if !line.unconfirmed_by.is_empty() {
        writeln!(out, "introduced   by {}", shown(&line.unconfirmed_by))?;
    }
    for address in &line.addresses {
        writeln!(out, "address      {}", shown(address))?;
    }
    for contact in &line.contacts {
        writeln!(out, "contact      {}", shown(contact))?;
    }
    writeln!(out, "All of this is only what was handed over. Ring {} by a number", shown(&line.party))?;
    writeln!(out, "that did not come with it, have its fingerprint read out, and type what you hear:")?;
    let mut heard = String::new();
    std::io::stdin().lock().read_line(&mut heard)?;
    Ok(heard.parse::<Fingerprint>()?)
}
