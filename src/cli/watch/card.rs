//! `detente watch card`: the instruction cards in force, others that are proposed, and the card of one message.
//!
//! Never here: which card is for a message, or whether cards make sense (the node says).

use std::path::PathBuf;

use bytes::Bytes;
use clap::Subcommand;
use serde_json::{Value, json};

use super::card_page::{card_page, listed_page};
use super::{meant, service};
use crate::cli::desk::{As, AsCommand, Desk, answer};
use crate::cli::fault::Fault;
use crate::cli::out::{self, say};
use crate::cli::proposal::{self, Proposed};
use crate::cli::{files, given, json};
use crate::codec::proto::detente::v1 as calls;
use crate::codec::proto::detente::v1::party_service_client::PartyServiceClient;
use crate::codec::proto::detente::v1::propose_request::Change;
use crate::codec::{message, watch_cards};
use crate::domain::digest::Digest;
use crate::domain::official;
use crate::domain::text::{shown, shown_lines};
use crate::domain::time::Instant;
use crate::domain::watch::{Card, WatchCards};
use crate::limits;

/// Cards with every field and what it means.
const TEMPLATE: &str = include_str!("card.toml");

#[derive(clap::Args, Debug)]
#[command(args_conflicts_with_subcommands = true, arg_required_else_help = true)]
pub struct Args {
    #[command(subcommand)]
    command: Option<Command>,
    /// Show the card for this message that came in, given by its digest or its first digits
    #[arg(long = "for", value_name = "MESSAGE", value_parser = given::beginning, requires = "directory")]
    message: Option<String>,
    /// The desk of the person who speaks, as `person issue` made it
    #[arg(long = "as", value_name = "PEOPLEDIR", requires = "message")]
    directory: Option<PathBuf>,
    /// Print one JSON object
    #[arg(long, requires = "message")]
    json: bool,
}

#[derive(Subcommand, Debug)]
enum Command {
    /// Propose cards (TOML) in place of those in force; with --template, print commented ones, filled in
    #[command(after_long_help = filled())]
    Set {
        /// The cards, TOML
        #[arg(required_unless_present = "template")]
        file: Option<PathBuf>,
        /// Print commented cards, filled in, to be adapted
        #[arg(long, conflicts_with = "file")]
        template: bool,
        /// The desk of the custodian who proposes, as `person issue` made it
        #[arg(long = "as", value_name = "PEOPLEDIR", required_unless_present = "template")]
        directory: Option<PathBuf>,
        #[command(flatten)]
        again: crate::cli::desk::Again,
        /// Print one JSON object
        #[arg(long)]
        json: bool,
    },
    /// Show one card as an officer sees it, or all of them as they were put in force (TOML)
    Show {
        /// The card's name, as `watch card list` shows it; default: all cards
        name: Option<String>,
        #[command(flatten)]
        person: As,
        /// Print one JSON object
        #[arg(long)]
        json: bool,
    },
    /// List the cards in force: the first that fits a message is its card
    List {
        #[command(flatten)]
        person: As,
        /// Print one JSON object a line
        #[arg(long)]
        json: bool,
    },
}

fn filled() -> String {
    format!("Cards, filled in:\n\n{TEMPLATE}")
}

pub async fn run(args: Args) -> Result<(), Fault> {
    if let (Some(message), Some(directory)) = (args.message, args.directory) {
        let desk = As::at(directory).open()?;
        let digest = meant(&desk, &message).await?;
        let card = ask(&desk, digest).await?;
        if args.json {
            say!("{}", json::line(&as_json(digest, &card)));
        } else {
            out::text(&official::text(&[card_page(digest, &card, &[])]));
        }
        return Ok(());
    }
    match args.command {
        Some(Command::Set { file, template: false, directory: Some(directory), again, json }) => {
            let by = AsCommand::at(directory, again);
            let file = file.unwrap_or_default();
            let bytes = files::read_up_to(&file, limits::WATCH_CARDS_BYTES_MAX)?;
            let text = String::from_utf8(bytes).map_err(|_| Fault::new("the cards are no text (UTF-8)"))?;
            // The line of a mistake is told before anything is sent.
            watch_cards::read(&text).map_err(|wrong| Fault::new(format!("{}: {wrong}", file.display())))?;
            proposal::propose(&by, Change::WatchCards(text), Bytes::new(), Proposed::printed(json)).await
        }
        Some(Command::Show { name: Some(name), person, json }) => show_one(&name, &person, json).await,
        Some(Command::Show { name: None, person, json }) => show(&person, json).await,
        Some(Command::List { person, json }) => list(&person, json).await,
        Some(Command::Set { .. }) | None => {
            out::text(TEMPLATE);
            Ok(())
        }
    }
}

/// The card for a message, with its holding reply.
pub(super) async fn ask(desk: &Desk, digest: Digest) -> Result<calls::CardResponse, Fault> {
    answer(service(desk).card(calls::CardRequest { digest: digest.0.to_vec().into() })).await
}

async fn in_force(by: &As) -> Result<calls::ShowWatchCardsResponse, Fault> {
    let mut calls_of = PartyServiceClient::new(by.open()?.channel);
    answer(calls_of.show_watch_cards(calls::ShowWatchCardsRequest {})).await
}

async fn cards_in_force(by: &As) -> Result<WatchCards, Fault> {
    let shown = in_force(by).await?;
    watch_cards::read(&shown.cards)
        .map_err(|wrong| Fault::new(format!("the node's cards can't be read: {wrong}")))
}

async fn show(by: &As, json: bool) -> Result<(), Fault> {
    let cards = in_force(by).await?;
    if json {
        let object = json!({ "kind": "watch_cards", "cards": cards.cards,
            "since_ms": (cards.since_ms != 0).then_some(cards.since_ms) });
        say!("{}", json::line(&object));
    } else if cards.since_ms == 0 {
        say!("# no instruction cards are in force; `detente watch card set --template` prints some");
    } else {
        say!("# in force since {}", Instant(cards.since_ms));
        for line in shown_lines(&cards.cards) {
            say!("{line}");
        }
    }
    Ok(())
}

async fn show_one(name: &str, by: &As, json: bool) -> Result<(), Fault> {
    let cards = cards_in_force(by).await?;
    let card = cards.cards.iter().find(|card| card.name == name);
    let card = card.ok_or_else(|| Fault::new("no card in force has this name: `detente watch card list`"))?;
    if json {
        say!("{}", json::line(&card_json(card)));
    } else {
        out::text(&official::text(&[listed_page(card)]));
    }
    Ok(())
}

async fn list(by: &As, json: bool) -> Result<(), Fault> {
    let cards = cards_in_force(by).await?.cards;
    for card in &cards {
        if json {
            say!("{}", json::line(&card_json(card)));
            continue;
        }
        let all = |texts: Vec<&str>| if texts.is_empty() { "any".to_owned() } else { texts.join(", ") };
        let kinds = all(card.kinds.iter().map(String::as_str).collect());
        let precedences = all(card.precedences.iter().map(|one| one.name()).collect());
        let office =
            if card.office.is_empty() { String::new() } else { format!("  office {}", shown(&card.office)) };
        say!("{}  for {}  at {precedences}{office}", shown(&card.name), shown(&kinds));
    }
    if cards.is_empty() && !json {
        say!("no instruction cards are in force");
    }
    Ok(())
}

fn card_json(card: &Card) -> Value {
    json!({
        "kind": "watch_card",
        "name": card.name,
        "for": card.kinds,
        "precedence": card.precedences.iter().map(|one| one.name()).collect::<Vec<_>>(),
        "office": card.office,
        "steps": card.steps,
        "telephone": card.telephones,
        "languages": card.languages,
        "holding_reply": card.holding.iter().map(|reply| json!({
            "language": reply.language,
            "subject": reply.subject,
            "lines": reply.lines,
        })).collect::<Vec<_>>(),
    })
}

fn as_json(digest: Digest, answered: &calls::CardResponse) -> Value {
    json!({
        "kind": "card_of_message",
        "message": digest.to_string(),
        "from": answered.from,
        "number": answered.number,
        "subject": answered.subject,
        "precedence": message::precedence_name(answered.precedence),
        "traffic": message::traffic_name(answered.traffic),
        "card": answered.card.as_ref().map(|card| json!({
            "name": card.name,
            "steps": card.steps,
            "telephone": card.telephones,
            "languages": card.languages,
        })),
        "holding_reply": answered.holding.as_ref().map(holding_json),
        "holding_draft": (!answered.holding_draft.is_empty()).then(|| hex::encode(&answered.holding_draft)),
        "holding_sent": answered.holding_sent.as_ref().map(|sent| json!({
            "message": hex::encode(&sent.digest),
            "number": sent.number,
            "drafter": sent.drafter,
            "releaser": sent.releaser,
            "released_at_ms": sent.released_at_ms,
        })),
    })
}

pub(super) fn holding_json(reply: &calls::FilledHoldingReply) -> Value {
    json!({ "language": reply.language, "subject": reply.subject, "text": reply.text })
}
