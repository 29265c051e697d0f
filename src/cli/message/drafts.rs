//! `message drafts`, `show-draft`, `return`, `withdraw`, `release`. A releaser reads the official form, as
//! `message print` prints it.
//!
//! Never here: a release on part of a digest. Who releases names all of what they were shown.

use serde_json::json;

use super::known::{open_draft, service, tag};
use super::{checked, draft_form, print_original, rows};
use crate::cli::desk::{As, AsCommand, answer};
use crate::cli::fault::Fault;
use crate::cli::out::{self, say};
use crate::cli::regime::labels::{self, Labelling};
use crate::cli::{form, given, json};
use crate::codec::content::{self, Said};
use crate::codec::message;
use crate::codec::proto::detente::v1 as calls;
use crate::domain::digest::{Digest, DraftId};
use crate::domain::language::Language;
use crate::domain::official;
use crate::domain::text::shown;
use crate::domain::time::Instant;

#[derive(clap::Args, Debug)]
pub struct ListArgs {
    #[command(flatten)]
    person: As,
    /// One JSON object a line
    #[arg(long)]
    json: bool,
}

#[derive(clap::Args, Debug)]
pub struct ShowArgs {
    /// The draft's id, or its first digits
    #[arg(value_parser = given::beginning)]
    draft: String,
    #[command(flatten)]
    person: As,
    /// Show a regime's labels in this language where it has them, such as fr; default: the message's own
    #[arg(long, value_parser = given::language)]
    language: Option<Language>,
    /// Print the form alone, to be revised
    #[arg(long, conflicts_with = "json")]
    toml: bool,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

#[derive(clap::Args, Debug)]
pub struct ReturnArgs {
    /// The draft's id, or its first digits
    #[arg(value_parser = given::beginning)]
    draft: String,
    /// The whole digest that was shown
    #[arg(long, value_parser = given::digest)]
    digest: Digest,
    /// Why; the drafter reads it, and it is on record
    #[arg(long)]
    reason: String,
    #[command(flatten)]
    person: AsCommand,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

#[derive(clap::Args, Debug)]
pub struct WithdrawArgs {
    /// The draft's id, or its first digits
    #[arg(value_parser = given::beginning)]
    draft: String,
    #[command(flatten)]
    person: AsCommand,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

#[derive(clap::Args, Debug)]
pub struct ReleaseArgs {
    /// The draft's whole id
    #[arg(value_parser = draft_id)]
    draft: DraftId,
    /// The whole digest that was shown
    #[arg(long, value_parser = given::digest)]
    digest: Digest,
    /// Release it with its faults
    #[arg(long)]
    as_is: bool,
    #[command(flatten)]
    person: AsCommand,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

fn draft_id(text: &str) -> Result<DraftId, String> {
    DraftId::from_hex(text).ok_or_else(|| "a draft's id is 32 hexadecimal digits".into())
}

pub async fn list(args: ListArgs) -> Result<(), Fault> {
    let desk = args.person.open()?;
    let drafts = answer(service(&desk).list_drafts(calls::ListDraftsRequest {})).await?.drafts;
    for line in &drafts {
        let drafter = line.drafter.clone().unwrap_or_default();
        let precedence = message::precedence_name(line.precedence);
        let (traffic, mark) = (message::traffic_name(line.traffic), message::traffic_mark(line.traffic));
        if args.json {
            let object = json!({
                "kind": "draft",
                "draft": hex::encode(&line.draft),
                "digest": hex::encode(&line.digest),
                "message_kind": line.kind,
                "subject": line.subject,
                "drafter": {"name": drafter.name, "office": drafter.office},
                "precedence": precedence,
                "traffic": traffic,
                "returned": line.returned,
                "office": line.office,
            });
            say!("{}", json::line(&object));
            continue;
        }
        say!("{}  {}  {precedence}  {mark}", hex::encode(&line.draft), shown(&line.kind));
        rows::row(1, "Subject", &shown(&line.subject));
        rows::row(1, "Drafted by", &shown(&drafter.name));
        if !line.office.is_empty() {
            rows::row(
                1,
                "Of office",
                &format!("{}, released by it or by one of no office", shown(&line.office)),
            );
        }
        rows::row(1, "Digest", &hex::encode(&line.digest));
        if !line.returned.is_empty() {
            rows::row(1, "Returned", &shown(&line.returned));
        }
    }
    if drafts.is_empty() && !args.json {
        say!("no drafts are open");
    }
    Ok(())
}

pub async fn show(args: ShowArgs) -> Result<(), Fault> {
    let desk = args.person.open()?;
    let draft = open_draft(&desk, &args.draft).await?;
    let language = tag(args.language.as_ref());
    let asked = calls::ShowDraftRequest { draft: draft.0.to_vec().into(), language };
    let answered = answer(service(&desk).show_draft(asked)).await?;
    // What is shown is what has this digest: computed here, not taken on the node's word.
    let digest = Digest::of(&answered.message);
    let outgoing = message::decode_draft(&answered.message)?;
    let said = content::said(&outgoing.kind, &outgoing.content);
    if args.toml {
        let Said::Form(content) = &said else {
            return Err(Fault::new("the draft's form can't be read"));
        };
        out::text(&form::to_toml(content));
        return Ok(());
    }
    if args.json {
        let more = json!({
            "kind": "draft",
            "draft": draft.to_string(),
            "digest": digest.to_string(),
            "faults": rows::faults_json(&answered.faults),
            "check": checked::check_json(answered.check.as_ref()),
            "returned": answered.returned,
            "parts_held": rows::parts_json(&answered.parts),
            "transcribed": rows::transcribed_json(&outgoing, &said, desk.party.as_str()),
            "by_hand": answered.by_hand,
            "marks": answered.marks,
        });
        say!("{}", json::line(&json::with(rows::outgoing_json(&outgoing, &said), more)));
        return Ok(());
    }
    let regime = labels::of(&desk, &outgoing).await;
    let labelling = Labelling::of(regime.as_ref(), args.language.as_ref());
    let form = draft_form(Some(desk.party), &outgoing, digest, labelling);
    let form = form.with_note(desk.party, &answered.marks);
    out::text(&official::text(&official::pages(&form)));
    say!("");
    say!(
        "Draft {draft}: what stands above is all that is released; number, date-time group and releaser are added"
    );
    if !answered.returned.is_empty() {
        rows::row(0, "Returned", &shown(&answered.returned));
    }
    rows::parts(0, &answered.parts);
    for party in &answered.by_hand {
        rows::row(0, "By hand", &format!("{}: it has no node", shown(party)));
    }
    rows::faults(&answered.faults);
    checked::check(0, answered.check.as_ref());
    print_original(&desk, &said).await;
    say!("Digest of all this: {digest}");
    Ok(())
}

pub async fn give_back(args: ReturnArgs) -> Result<(), Fault> {
    let (desk, header, id) = args.person.open()?;
    let draft = open_draft(&desk, &args.draft).await?;
    say_command(id, args.json);
    let asked = calls::ReturnDraftRequest {
        command: Some(header),
        draft: draft.0.to_vec().into(),
        digest: args.digest.0.to_vec().into(),
        reason: args.reason,
    };
    answer(service(&desk).return_draft(asked)).await?;
    say_done("returned", draft, id, args.json);
    Ok(())
}

pub async fn withdraw(args: WithdrawArgs) -> Result<(), Fault> {
    let (desk, header, id) = args.person.open()?;
    let draft = open_draft(&desk, &args.draft).await?;
    say_command(id, args.json);
    let asked = calls::WithdrawDraftRequest { command: Some(header), draft: draft.0.to_vec().into() };
    answer(service(&desk).withdraw_draft(asked)).await?;
    say_done("withdrawn", draft, id, args.json);
    Ok(())
}

pub async fn release(args: ReleaseArgs) -> Result<(), Fault> {
    let (desk, header, id) = args.person.open()?;
    say_command(id, args.json);
    let asked = calls::ReleaseRequest {
        command: Some(header),
        draft: args.draft.0.to_vec().into(),
        digest: args.digest.0.to_vec().into(),
        as_is: args.as_is,
    };
    let released = answer(service(&desk).release(asked)).await?;
    let at = Instant(released.released_at_ms);
    if args.json {
        let object = json!({
            "kind": "released",
            "command": id.to_string(),
            "message": hex::encode(&released.message_digest),
            "number": released.number,
            "thread": hex::encode(&released.thread),
            "released_at_ms": at.0,
            "by_hand": released.by_hand,
        });
        say!("{}", json::line(&object));
        return Ok(());
    }
    say!("released {} of {}", shown(&released.number), at.date_time_group());
    say!("message  {}", hex::encode(&released.message_digest));
    say!("thread   {}", hex::encode(&released.thread));
    for party in &released.by_hand {
        say!("by hand  {}: it has no node; `detente by-hand record` when it was handed over", shown(party));
    }
    Ok(())
}

fn say_command(id: crate::domain::digest::CommandId, as_json: bool) {
    if !as_json {
        say!("command  {id}");
    }
}

fn say_done(what: &str, draft: DraftId, id: crate::domain::digest::CommandId, as_json: bool) {
    if as_json {
        let object = json!({"kind": what, "command": id.to_string(), "draft": draft.to_string()});
        say!("{}", json::line(&object));
    } else {
        say!("{what} draft {draft}");
    }
}
