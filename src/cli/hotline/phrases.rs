//! `hotline phrases`: what is agreed on each link, shown or proposed by a custodian.
//!
//! Never here: a rule. The node checks what is proposed.

use std::path::{Path, PathBuf};

use bytes::Bytes;
use serde_json::json;

use super::service;
use crate::cli::desk::{Again, As, AsCommand, answer};
use crate::cli::fault::Fault;
use crate::cli::out::{self, say};
use crate::cli::proposal::{self, Proposed};
use crate::cli::{files, json};
use crate::codec::link_phrases;
use crate::codec::proto::detente::v1 as calls;
use crate::codec::proto::detente::v1::propose_request::Change;
use crate::domain::party::Party;
use crate::domain::text::{shown, shown_lines};
use crate::limits;

/// A list with every field and what it means.
const TEMPLATE: &str = include_str!("phrases.toml");

#[derive(clap::Args, Debug)]
pub struct PhrasesArgs {
    /// Propose these phrases (TOML) in place of those agreed with the same Party; without it, show all
    file: Option<PathBuf>,
    /// Print a commented list to be filled in
    #[arg(long, conflicts_with = "file")]
    template: bool,
    /// Only those agreed with this Party
    #[arg(long, value_name = "PARTY", conflicts_with_all = ["file", "template"])]
    with: Option<Party>,
    /// The desk of the person who speaks, as `person issue` made it
    #[arg(long = "as", value_name = "PEOPLEDIR", required_unless_present = "template")]
    directory: Option<PathBuf>,
    #[command(flatten)]
    again: Again,
    /// Print one JSON object a line
    #[arg(long)]
    json: bool,
}

pub async fn phrases(args: PhrasesArgs) -> Result<(), Fault> {
    let Some(directory) = args.directory.filter(|_| !args.template) else {
        out::text(TEMPLATE);
        return Ok(());
    };
    let by = AsCommand::at(directory, args.again);
    match args.file {
        Some(file) => propose(&by, &file, args.json).await,
        None => show(&by.person, args.with, args.json).await,
    }
}

async fn propose(by: &AsCommand, file: &Path, as_json: bool) -> Result<(), Fault> {
    let bytes = files::read_up_to(file, limits::LINK_PHRASES_BYTES_MAX)?;
    let text = String::from_utf8(bytes).map_err(|_| Fault::new("the phrases are not a text (UTF-8)"))?;
    // The line of a mistake is told before anything is sent.
    let read = link_phrases::read(&text);
    let new = read.map_err(|wrong| Fault::new(format!("{}: {wrong}", file.display())))?;
    proposal::propose(by, Change::LinkPhrases(text), Bytes::new(), Proposed::printed(as_json)).await?;
    if !as_json {
        say!("list       {}", new.digest());
        say!("           compare it with what {} is shown for its list", new.party);
    }
    Ok(())
}

async fn show(by: &As, with: Option<Party>, as_json: bool) -> Result<(), Fault> {
    let desk = by.open()?;
    let asked = |party: String| calls::ListPhrasesRequest { party };
    let parties: Vec<String> = match with {
        Some(party) => vec![party.to_string()],
        None => {
            let known = answer(service(&desk).list_phrases(asked(String::new()))).await?;
            known.lists.into_iter().map(|list| list.party).collect()
        }
    };
    if parties.is_empty() && !as_json {
        say!("no phrases are agreed with any Party");
    }
    for party in parties {
        let known = answer(service(&desk).list_phrases(asked(party))).await?;
        known.lists.iter().for_each(|list| shown_list(list, as_json));
    }
    Ok(())
}

fn shown_list(list: &calls::AgreedPhrases, as_json: bool) {
    let digest = hex::encode(&list.digest);
    if !as_json {
        say!("{}  {} phrase(s), list {digest}", shown(&list.party), list.count);
    }
    for one in &list.phrases {
        if as_json {
            let texts = one.texts.iter().map(|text| (text.language.clone(), json!(text.text)));
            let texts: serde_json::Map<String, serde_json::Value> = texts.collect();
            let object = json!({ "kind": "phrase", "party": list.party, "list": digest, "number": one.number, "texts": texts });
            say!("{}", json::line(&object));
            continue;
        }
        say!("{:>5}", one.number);
        for text in &one.texts {
            for line in shown_lines(&text.text) {
                say!("       [{}] {line}", shown(&text.language));
            }
        }
    }
}
