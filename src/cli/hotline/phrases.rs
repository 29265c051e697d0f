//! `hotline phrases`: what is agreed on a link, shown or proposed by a custodian.
//!
//! Never here: a rule. The node checks what is proposed.

use std::path::PathBuf;

use bytes::Bytes;
use serde_json::json;

use super::service;
use crate::cli::desk::{Again, AsCommand, answer};
use crate::cli::fault::Fault;
use crate::cli::out::{self, say};
use crate::cli::proposal::{self, Proposed};
use crate::cli::{files, json};
use crate::codec::link_phrases;
use crate::codec::proto::detente::v1 as calls;
use crate::codec::proto::detente::v1::propose_request::Change;
use crate::domain::text::shown;

/// A list with every field and what it means.
const TEMPLATE: &str = include_str!("phrases.toml");

#[derive(clap::Args, Debug)]
pub struct PhrasesArgs {
    /// Proposes these phrases (TOML) in the place of those agreed with the same Party; left out, all are shown
    file: Option<PathBuf>,
    /// Prints a commented list, to be filled in
    #[arg(long, conflicts_with = "file")]
    template: bool,
    /// The desk of the person who speaks, as `person issue` made it
    #[arg(long = "as", value_name = "PEOPLEDIR", required_unless_present = "template")]
    directory: Option<PathBuf>,
    #[command(flatten)]
    again: Again,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

pub async fn phrases(args: PhrasesArgs) -> Result<(), Fault> {
    let Some(directory) = args.directory.filter(|_| !args.template) else {
        out::text(TEMPLATE);
        return Ok(());
    };
    let by = AsCommand::at(directory, args.again);
    if let Some(file) = args.file {
        let text = String::from_utf8(files::read_public(&file)?)
            .map_err(|_| Fault::new("the phrases are not a text (UTF-8)"))?;
        // The line of a mistake is told before anything is sent.
        link_phrases::read(&text).map_err(|wrong| Fault::new(format!("{}: {wrong}", file.display())))?;
        return proposal::propose(&by, Change::LinkPhrases(text), Bytes::new(), Proposed::printed(args.json))
            .await;
    }
    let desk = by.person.open()?;
    let known = answer(service(&desk).phrases(calls::PhrasesRequest {})).await?;
    for one in &known.phrases {
        if args.json {
            let texts: serde_json::Map<String, serde_json::Value> =
                one.texts.iter().map(|text| (text.language.clone(), json!(text.text))).collect();
            let object =
                json!({ "kind": "phrase", "party": one.party, "number": one.number, "texts": texts });
            say!("{}", json::line(&object));
            continue;
        }
        say!("{} {}", shown(&one.party), one.number);
        for text in &one.texts {
            say!("    [{}] {}", shown(&text.language), shown(&text.text));
        }
    }
    Ok(())
}
