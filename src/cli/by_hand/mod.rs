//! `detente by-hand …`: messages that go to Parties without a node, or went by hand for once.
//!
//! Never here: whether a channel counts, or who is owed what. The node says both.

mod accounts;
pub(in crate::cli) mod moment;

use std::path::PathBuf;

pub use accounts::{accounts_json, print_accounts};
use bytes::Bytes;
use clap::Subcommand;
use moment::{Moment, moment};
use serde_json::{Value, json};
use tonic::transport::Channel;

use crate::cli::desk::{As, AsCommand, Desk, answer, answer_command};
use crate::cli::fault::Fault;
use crate::cli::message::known::service as messages;
use crate::cli::message::rows;
use crate::cli::out::say;
use crate::cli::{given, json, part};
use crate::codec::by_hand::account_to_proto;
use crate::codec::proto::detente::v1 as calls;
use crate::codec::proto::detente::v1::by_hand_service_client::ByHandServiceClient;
use crate::codec::{message, signed};
use crate::domain::by_hand::{DeliveredByHand, HandedOver, Says};
use crate::domain::digest::{CommandId, Digest};
use crate::domain::message::Message;
use crate::domain::party::Party;
use crate::domain::text::shown;
use crate::domain::time::Instant;
use crate::limits;

/// Delivery outside any link: what is open, and accounts of what was handed over
#[derive(clap::Args, Debug)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand, Debug)]
enum Command {
    /// List what still has to be delivered by hand, in the order of release
    List {
        #[command(flatten)]
        person: As,
        /// Also what offices other than yours drafted
        #[arg(long)]
        all_offices: bool,
        /// Print one JSON object a line
        #[arg(long)]
        json: bool,
    },
    /// Put on record that a message was handed over to an addressee
    Record(RecordArgs),
    /// Put on record that an earlier account was a mistake: nothing was handed over as it says
    TakeBack(TakeBackArgs),
}

#[derive(clap::Args, Debug)]
struct About {
    /// The message's digest, or its first digits
    #[arg(value_name = "MESSAGE", value_parser = given::beginning)]
    message: String,
    /// The addressee
    #[arg(long = "to-party", value_name = "PARTY")]
    party: Party,
    #[command(flatten)]
    person: AsCommand,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

#[derive(clap::Args, Debug)]
struct RecordArgs {
    #[command(flatten)]
    about: About,
    /// How, such as "note verbale handed over at the ministry"
    #[arg(long)]
    means: String,
    /// When, with its zone: 2025-08-01T10:00 Europe/Minsk, or 2025-08-01T07:00Z
    #[arg(long, value_name = "WHEN", value_parser = moment)]
    at: Moment,
    /// Who handed it over
    #[arg(long, value_name = "NAME")]
    by: String,
    /// To whom it was handed
    #[arg(long, value_name = "NAME")]
    handed_to: String,
    /// The number of the note
    #[arg(long, default_value = "")]
    note_number: String,
    /// The channel, by the name that the cited regime gives it
    #[arg(long, default_value = "")]
    channel: String,
    /// A scan of the proof; the node keeps it, and the account names its salted digest
    #[arg(long, value_name = "FILE")]
    scan: Option<PathBuf>,
    /// The id of the account that this one replaces; that one stays readable
    #[arg(long, value_name = "ID", value_parser = account_id)]
    corrects: Option<CommandId>,
}

#[derive(clap::Args, Debug)]
struct TakeBackArgs {
    /// The id of the account, as the thread shows it
    #[arg(value_name = "ACCOUNT", value_parser = account_id)]
    account: CommandId,
    #[command(flatten)]
    about: About,
    /// Why
    #[arg(long)]
    reason: String,
}

pub async fn run(args: Args) -> Result<(), Fault> {
    match args.command {
        Command::List { person, all_offices, json } => list(&person, all_offices, json).await,
        Command::Record(args) => record(args).await,
        Command::TakeBack(args) => take_back(args).await,
    }
}

fn service(desk: &Desk) -> ByHandServiceClient<Channel> {
    ByHandServiceClient::new(desk.channel.clone()).max_decoding_message_size(limits::ANSWER_BYTES_MAX)
}

async fn list(person: &As, all_offices: bool, as_json: bool) -> Result<(), Fault> {
    let desk = person.open()?;
    let (mut from, mut any, mut others) = (Bytes::new(), false, false);
    loop {
        let answered =
            answer(service(&desk).list_open(calls::ListOpenRequest { from: from.clone(), all_offices }))
                .await?;
        others |= answered.others;
        for one in &answered.open {
            any = true;
            if as_json { say!("{}", json::line(&open_json(one))) } else { open(one) }
        }
        if answered.next.is_empty() || answered.next == from {
            break;
        }
        from = answered.next;
    }
    match (any, others) {
        _ if as_json => {}
        (true, false) => {}
        (false, false) => say!("nothing has to be delivered by hand"),
        (true, true) => say!("and what other offices drafted: --all-offices lists it too"),
        (false, true) => say!(
            "nothing of your office has to be delivered by hand; --all-offices lists what others drafted"
        ),
    }
    Ok(())
}

fn open(one: &calls::OpenByHand) {
    let traffic = message::traffic_mark(one.traffic);
    let (party, name) = (shown(&one.party), shown(&one.name));
    say!("{}  {traffic}  to {party}, {name}", hex::encode(&one.message_digest));
    rows::row(1, "Number", &shown(&one.number));
    rows::row(1, "Kind", &shown(&one.kind));
    rows::row(1, "Subject", &shown(&one.subject));
    if !one.office.is_empty() {
        rows::row(1, "Of office", &shown(&one.office));
    }
    rows::row(1, "Precedence", &message::precedence_name(one.precedence));
    rows::row(1, "Released", &Instant(one.released_at_ms).date_time_group().to_string());
    for mark in &one.became {
        rows::row(1, "Mark", &shown(mark));
    }
    for mark in &one.marks {
        rows::row(1, "STILL OPEN", &shown(mark));
    }
    for contact in &one.contacts {
        rows::row(1, "Contact", &shown(contact));
    }
}

fn open_json(one: &calls::OpenByHand) -> Value {
    json!({
        "kind": "open_by_hand",
        "message": hex::encode(&one.message_digest),
        "thread": hex::encode(&one.thread),
        "party": one.party,
        "name": one.name,
        "contacts": one.contacts,
        "number": one.number,
        "message_kind": one.kind,
        "subject": one.subject,
        "precedence": message::precedence_name(one.precedence),
        "traffic": message::traffic_name(one.traffic),
        "released_at_ms": one.released_at_ms,
        "marks": one.marks,
        "became": one.became,
        "office": one.office,
    })
}

async fn record(args: RecordArgs) -> Result<(), Fault> {
    let (desk, header, id) = args.about.person.open()?;
    let (digest, message) = ask(&desk, &args.about.message).await?;
    let scan = match &args.scan {
        None => None,
        Some(file) => {
            let name = file.file_name().unwrap_or_default().to_string_lossy();
            let content = part::content_of(file)?;
            // An id of its own, made of the account's, so that the same command keeps the same part.
            let id = CommandId(first_half(Digest::of_all(&[b"scan", &id.0])));
            Some(part::store(&desk, id, &name, true, content).await?.salted_digest)
        }
    };
    let handed = HandedOver {
        means: args.means,
        channel: args.channel,
        note_number: args.note_number,
        by: args.by,
        to: args.handed_to,
        at: args.at.at,
        zone: args.at.zone,
        scan,
    };
    let says = Says::HandedOver(handed);
    put(&desk, (header, id), &args.about, (digest, &message), says, args.corrects).await
}

async fn take_back(args: TakeBackArgs) -> Result<(), Fault> {
    let (desk, header, id) = args.about.person.open()?;
    let (digest, message) = ask(&desk, &args.about.message).await?;
    let says = Says::TakenBack { reason: args.reason };
    put(&desk, (header, id), &args.about, (digest, &message), says, Some(args.account)).await
}

/// The message that is meant; its digest is computed here.
async fn ask(desk: &Desk, beginning: &str) -> Result<(Digest, Message), Fault> {
    let asked = calls::ShowMessageRequest { beginning: beginning.to_owned() };
    let wrapping = signed::decode(answer(messages(desk).show_message(asked)).await?.message)?;
    let digest = wrapping.digest();
    if !digest.to_string().starts_with(beginning) {
        return Err(Fault::new("the node gave another message than the one asked for"));
    }
    Ok((digest, message::decode(&wrapping.payload)?))
}

async fn put(
    desk: &Desk,
    (header, id): (calls::CommandHeader, CommandId),
    about: &About,
    (digest, message): (Digest, &Message),
    says: Says,
    corrects: Option<CommandId>,
) -> Result<(), Fault> {
    let account =
        DeliveredByHand { message: digest, thread: message.draft.thread, party: about.party, says, corrects };
    let asked = calls::RecordRequest { command: Some(header), account: Some(account_to_proto(&account)) };
    let answered = answer_command(id, service(desk).record(asked)).await?;
    if about.json {
        let object = json!({
            "kind": "by_hand", "account": id.to_string(), "message": digest.to_string(),
            "number": message.number, "party": about.party.as_str(), "marks": answered.marks,
        });
        say!("{}", json::line(&object));
        return Ok(());
    }
    say!("account  {id}");
    say!("message  {digest}");
    say!("number   {}", shown(&message.number));
    say!("to       {}: {}", about.party, shown(&message.draft.subject));
    for mark in &answered.marks {
        say!("open     it stays on the list: {}", shown(mark));
    }
    Ok(())
}

fn first_half(digest: Digest) -> [u8; 16] {
    let mut first = [0; 16];
    for (to, from) in first.iter_mut().zip(digest.0) {
        *to = from;
    }
    first
}

fn account_id(text: &str) -> Result<CommandId, String> {
    CommandId::from_hex(text).ok_or_else(|| "an account's id is 32 hexadecimal digits".into())
}
