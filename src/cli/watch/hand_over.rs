//! `detente watch hand-over` and `take-over`: the watch from one officer to the other, by the word of both on one
//! digest of what is open.
//!
//! Never here: who may have the watch (the node's Board).

use clap::Args;
use serde_json::json;

use super::{now, page, service};
use crate::cli::desk::{AsCommand, answer_command};
use crate::cli::fault::Fault;
use crate::cli::out::{self, say};
use crate::cli::{given, json};
use crate::codec::proto::detente::v1 as calls;
use crate::domain::digest::Digest;
use crate::domain::official;
use crate::domain::text::shown;

#[derive(Args, Debug)]
pub struct HandOverArgs {
    /// The officer who takes over, by the name that the roster has
    #[arg(long, value_name = "NAME", requires = "digest")]
    to: Option<String>,
    /// All of the digest that was shown; what is open must still be the same
    #[arg(long, value_parser = given::digest, requires = "to")]
    digest: Option<Digest>,
    #[command(flatten)]
    person: AsCommand,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

#[derive(Args, Debug)]
pub struct TakeOverArgs {
    /// All of the digest under which the watch was offered to you
    #[arg(long, value_parser = given::digest)]
    digest: Digest,
    #[command(flatten)]
    person: AsCommand,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

pub async fn hand_over(args: HandOverArgs) -> Result<(), Fault> {
    let (desk, header, id) = args.person.open()?;
    let (Some(to), Some(digest)) = (args.to, args.digest) else {
        let shown_now = now::ask(&desk, false).await?;
        if args.json {
            say!("{}", json::line(&now::as_json(&shown_now)));
            return Ok(());
        }
        out::text(&official::text(&[page::page(&shown_now, page::Keys::None)]));
        say!("digest    {}", hex::encode(&shown_now.hand_over_digest));
        say!("next      detente watch hand-over --to NAME --digest DIGEST --as PEOPLEDIR");
        return Ok(());
    };
    let asked =
        calls::HandOverRequest { command: Some(header), to: to.clone(), digest: digest.0.to_vec().into() };
    let answered = answer_command(id, service(&desk).hand_over(asked)).await?;
    if args.json {
        let object = json!({ "kind": "watch_offered", "command": id.to_string(), "to": to,
            "digest": digest.to_string(), "open": answered.open });
        say!("{}", json::line(&object));
    } else {
        say!(
            "offered   to {}, with {} open; the watch is yours until it is taken over",
            shown(&to),
            answered.open
        );
        say!("next      detente watch take-over --digest {digest} --as OTHER-OFFICER");
    }
    Ok(())
}

pub async fn take_over(args: TakeOverArgs) -> Result<(), Fault> {
    let (desk, header, id) = args.person.open()?;
    let asked = calls::TakeOverRequest { command: Some(header), digest: args.digest.0.to_vec().into() };
    answer_command(id, service(&desk).take_over(asked)).await?;
    if args.json {
        let object =
            json!({ "kind": "watch_taken", "command": id.to_string(), "digest": args.digest.to_string() });
        say!("{}", json::line(&object));
    } else {
        say!("taken     the watch of your desk is yours: detente watch now");
    }
    Ok(())
}
