//! `detente watch holding`: the holding reply to a message, drafted and ready to be released.
//!
//! Never here: its words (two custodians laid them down), or a release (`detente message release`).

use serde_json::json;

use super::card::{self, holding_json};
use super::card_page::holding_page;
use super::{meant, service};
use crate::cli::desk::{AsCommand, Desk, answer_command};
use crate::cli::fault::Fault;
use crate::cli::message::rows;
use crate::cli::out::{self, say};
use crate::cli::{given, json};
use crate::codec::proto::detente::v1 as calls;
use crate::domain::digest::{CommandId, Digest};
use crate::domain::official;

#[derive(clap::Args, Debug)]
pub struct Args {
    /// The message that came in, by its digest or its first digits
    #[arg(value_parser = given::beginning)]
    digest: String,
    /// Draft a further one although one was sent; otherwise refused, with who sent it and when
    #[arg(long)]
    again: bool,
    #[command(flatten)]
    person: AsCommand,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

pub async fn run(args: Args) -> Result<(), Fault> {
    let (desk, header, id) = args.person.open()?;
    let digest = meant(&desk, &args.digest).await?;
    if !args.json {
        say!("command  {id}");
    }
    let drafted = draft(&desk, header, id, (digest, args.again)).await?;
    if args.json {
        let object = json!({
            "kind": "holding_reply",
            "command": id.to_string(),
            "message": digest.to_string(),
            "draft": hex::encode(&drafted.draft),
            "digest": hex::encode(&drafted.draft_digest),
            "to": drafted.to,
            "holding_reply": drafted.holding.as_ref().map(holding_json),
            "faults": rows::faults_json(&drafted.faults),
            "may_release": drafted.may_release,
        });
        say!("{}", json::line(&object));
        return Ok(());
    }
    let item = card::ask(&desk, digest).await?;
    out::text(&official::text(&[holding_page(digest, &item, &drafted, &[])]));
    say!("digest   {}", hex::encode(&drafted.draft_digest));
    let [who, command] = next(&drafted);
    say!("next     {who}: {command}, then release");
    Ok(())
}

pub(super) async fn draft(
    desk: &Desk,
    header: calls::CommandHeader,
    id: CommandId,
    (digest, again): (Digest, bool),
) -> Result<calls::DraftHoldingReplyResponse, Fault> {
    let digest = digest.0.to_vec().into();
    let asked = calls::DraftHoldingReplyRequest { command: Some(header), digest, again };
    answer_command(id, service(desk).draft_holding_reply(asked)).await
}

/// Who releases it, and the command by which they find it: whole on a line of its own.
pub(super) fn next(drafted: &calls::DraftHoldingReplyResponse) -> [String; 2] {
    let draft = hex::encode(&drafted.draft);
    let who = if drafted.may_release { "your own desk" } else { "another officer, a releaser" };
    [who.to_owned(), format!("detente message show-draft {draft}")]
}
