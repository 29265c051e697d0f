//! `exercise draft`, `incident draft`, `activity draft`, `regime draft`, `transcription draft`, `message draft`,
//! `message translate` and `message revise`: a form and a heading, put on record as a draft.
//!
//! Never here: a check. The node tells all faults at once.

use std::path::PathBuf;

use serde_json::json;

use super::form_file::read_form;
use super::formatted::cite;
use super::heading::{HeadingArgs, derived};
use super::known::{open_draft, service};
use super::{checked, named, rows};
use crate::cli::desk::{AsCommand, Desk, answer};
use crate::cli::fault::Fault;
use crate::cli::given::Kinds;
use crate::cli::out::say;
use crate::cli::{given, json};
use crate::codec::content::{self, Said};
use crate::codec::form::Unreadable;
use crate::codec::heading::{self, Asked};
use crate::codec::message;
use crate::codec::proto::detente::v1 as calls;
use crate::codec::proto::detente::v1::activity_service_client::ActivityServiceClient;
use crate::codec::proto::detente::v1::by_hand_service_client::ByHandServiceClient;
use crate::codec::proto::detente::v1::exercise_service_client::ExerciseServiceClient;
use crate::codec::proto::detente::v1::hotline_service_client::HotlineServiceClient;
use crate::codec::proto::detente::v1::incident_service_client::IncidentServiceClient;
use crate::codec::proto::detente::v1::regime_service_client::RegimeServiceClient;
use crate::domain::content::{Content, Kind};
use crate::domain::digest::{CommandId, DraftId, ThreadId};
use crate::domain::form;
use crate::domain::message::Outgoing;
use crate::domain::precedence::Precedence;
use crate::domain::text::shown;
use crate::domain::translation::SUBJECT;

#[derive(clap::Args, Debug)]
pub struct DraftArgs {
    /// The form, TOML or JSON (by its ending)
    form: PathBuf,
    #[command(flatten)]
    person: AsCommand,
    #[command(flatten)]
    heading: HeadingArgs,
    /// What the form is, if neither its first line nor its file's name says so
    #[arg(long, value_parser = given::kinds)]
    kind: Option<Kinds>,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
    /// What the form is where nothing says so.
    #[arg(skip)]
    otherwise: Option<Kind>,
}

impl DraftArgs {
    /// The same, for a command that is for one kind.
    pub fn of(self, kind: Kind) -> DraftArgs {
        DraftArgs { otherwise: Some(kind), ..self }
    }
}

#[derive(clap::Args, Debug)]
pub struct ReviseArgs {
    /// The draft's id, or its first digits
    #[arg(value_parser = given::beginning)]
    draft: String,
    /// Another form instead of the one drafted
    #[arg(long)]
    form: Option<PathBuf>,
    #[command(flatten)]
    person: AsCommand,
    #[command(flatten)]
    heading: HeadingArgs,
    /// What the form is, if neither its first line nor its file's name says so
    #[arg(long, value_parser = given::kinds)]
    kind: Option<Kinds>,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

/// Drafts a form of one noun's. What a noun has no form of is drafted under another one.
pub async fn draft(args: DraftArgs, noun: &str) -> Result<(), Fault> {
    let content = read_form(&args.form, args.kind.as_ref(), noun, args.otherwise)?;
    let kind = content.kind();
    if kind.noun() != noun {
        let (name, right) = (kind.name(), kind.noun());
        if kind.is_of_the_hotline() {
            return Err(Fault::new(format!(
                "the form is {name}: what is said on the hotline `detente {right}` says"
            )));
        }
        let word = if kind == Kind::Translation { "translate" } else { "draft" };
        return Err(Fault::new(format!("the form is {name}: draft it with `detente {right} {word}`")));
    }
    let (desk, header, id) = args.person.open()?;
    let mut thread = named::thread_of(&desk, &content, args.heading.thread).await?;
    if thread.is_none() {
        thread = named::answered_in(&desk, &args.heading.answered()).await?;
    }
    let thread = match thread {
        Some(thread) => thread,
        None if kind.opens_a_thread() => ThreadId(derived("thread", id)),
        None => {
            return Err(Fault::new(
                "give the thread that it belongs to, with --thread: the form names no message by its digest from \
                 which it would follow",
            ));
        }
    };
    let mut outgoing = blank(thread, &content);
    if let Some(about) = named::about(&desk, &content, &args.heading.answered()).await? {
        outgoing.traffic = about.draft.traffic;
        if kind == Kind::Translation {
            outgoing.marking = about.draft.marking;
        }
    }
    args.heading.put_into(&mut outgoing, &content);
    cite(&desk, &mut outgoing, &content).await;
    named::number_references(&desk, &mut outgoing).await?;
    args.heading.put_parts(&desk, id, &mut outgoing).await?;
    put(&desk, header, id, DraftId(derived("draft", id)), &outgoing, &content, args.json).await
}

pub async fn revise(args: ReviseArgs) -> Result<(), Fault> {
    let (desk, header, id) = args.person.open()?;
    let draft = open_draft(&desk, &args.draft).await?;
    let asked = calls::ShowDraftRequest { draft: draft.0.to_vec().into(), ..Default::default() };
    let present = answer(service(&desk).show_draft(asked)).await?;
    let mut outgoing = message::decode_draft(&present.message)?;
    let content = match &args.form {
        Some(form) => {
            let noun = outgoing.kind.split_once('.').map_or("", |(noun, _)| noun);
            read_form(form, args.kind.as_ref(), noun, Kind::from_name(&outgoing.kind))?
        }
        None => match content::said(&outgoing.kind, &outgoing.content) {
            Said::Form(content) => content,
            Said::Acknowledgement(_) | Said::Unknown | Said::Unreadable(_) => {
                return Err(Fault::new("the draft's form can't be read; give it with --form"));
            }
        },
    };
    args.heading.put_into(&mut outgoing, &content);
    named::thread_of(&desk, &content, Some(outgoing.thread)).await?;
    named::number_references(&desk, &mut outgoing).await?;
    args.heading.put_parts(&desk, id, &mut outgoing).await?;
    put(&desk, header, id, draft, &outgoing, &content, args.json).await
}

pub(super) async fn put(
    desk: &Desk,
    header: calls::CommandHeader,
    id: CommandId,
    draft: DraftId,
    outgoing: &Outgoing,
    content: &Content,
    as_json: bool,
) -> Result<(), Fault> {
    if !as_json {
        say!("command  {id}");
    }
    let answered = put_draft(desk, header, draft, outgoing, content).await?;
    let check = checked(desk, draft, outgoing).await;
    if as_json {
        let object = json!({
            "kind": "draft",
            "command": id.to_string(),
            "draft": draft.to_string(),
            "digest": hex::encode(&answered.digest),
            "thread": outgoing.thread.to_string(),
            "faults": rows::faults_json(&answered.faults),
            "check": checked::check_json(check.as_ref()),
        });
        say!("{}", json::line(&object));
        return Ok(());
    }
    say!("draft    {draft}");
    say!("digest   {}", hex::encode(&answered.digest));
    say!("thread   {}", outgoing.thread);
    rows::faults(&answered.faults);
    checked::check(0, check.as_ref());
    Ok(())
}

/// What the regime cited says of the draft. `None` where none is cited, and where the draft is open no more: the
/// same command may be given again after its release.
async fn checked(desk: &Desk, draft: DraftId, outgoing: &Outgoing) -> Option<calls::RegimeCheck> {
    outgoing.regime.as_ref()?;
    let asked = calls::ShowDraftRequest { draft: draft.0.to_vec().into(), ..Default::default() };
    answer(service(desk).show_draft(asked)).await.ok()?.check
}

/// Gives a draft to the node, by the call for its kind.
pub async fn put_draft(
    desk: &Desk,
    header: calls::CommandHeader,
    draft: DraftId,
    outgoing: &Outgoing,
    content: &Content,
) -> Result<calls::DraftResponse, Fault> {
    let draft = draft.0.to_vec().into();
    let (command, heading) = (Some(header), Some(heading::given_heading(outgoing)));
    match heading::given(content).map_err(|fault| not_to_be_sent(&fault, content))? {
        Asked::Exercise(form) => {
            let asked = calls::DraftRequest { command, draft, heading, content: Some(form) };
            answer(ExerciseServiceClient::new(desk.channel.clone()).draft(asked)).await
        }
        Asked::Incident(form) => {
            let asked = calls::IncidentServiceDraftRequest { command, draft, heading, content: Some(form) };
            let answered = answer(IncidentServiceClient::new(desk.channel.clone()).draft(asked)).await?;
            Ok(calls::DraftResponse { digest: answered.digest, faults: answered.faults })
        }
        Asked::Activity(form) => {
            let asked = calls::ActivityServiceDraftRequest { command, draft, heading, content: Some(form) };
            let answered = answer(ActivityServiceClient::new(desk.channel.clone()).draft(asked)).await?;
            Ok(calls::DraftResponse { digest: answered.digest, faults: answered.faults })
        }
        Asked::Formatted(content) => {
            let asked = calls::DraftFormattedRequest { command, draft, heading, content: Some(content) };
            let answered =
                answer(RegimeServiceClient::new(desk.channel.clone()).draft_formatted(asked)).await?;
            Ok(calls::DraftResponse { digest: answered.digest, faults: answered.faults })
        }
        Asked::Transcription(content) => {
            let asked = calls::DraftTranscriptionRequest { command, draft, heading, content: Some(content) };
            let answered =
                answer(ByHandServiceClient::new(desk.channel.clone()).draft_transcription(asked)).await?;
            Ok(calls::DraftResponse { digest: answered.digest, faults: answered.faults })
        }
        Asked::Message(content) => {
            let asked = calls::DraftMessageRequest { command, draft, heading, content: Some(content) };
            let answered = answer(service(desk).draft_message(asked)).await?;
            Ok(calls::DraftResponse { digest: answered.digest, faults: answered.faults })
        }
        Asked::Hotline(form) => {
            let asked = calls::HotlineServiceDraftRequest { command, draft, heading, content: Some(form) };
            let answered = answer(HotlineServiceClient::new(desk.channel.clone()).draft(asked)).await?;
            Ok(calls::DraftResponse { digest: answered.digest, faults: answered.faults })
        }
        Asked::Regime(form) => {
            let asked = calls::DraftWordRequest { command, draft, heading, content: Some(form) };
            let answered = answer(RegimeServiceClient::new(desk.channel.clone()).draft_word(asked)).await?;
            Ok(calls::DraftResponse { digest: answered.digest, faults: answered.faults })
        }
    }
}

/// Nothing can be put on record of a form that is over a limit: what else is wrong with it is told here.
fn not_to_be_sent(fault: &Unreadable, content: &Content) -> Fault {
    let told = fault.to_string();
    let others = form::faults(content).into_iter().map(|one| format!("{}: {}", one.field, one.rule));
    let others: String =
        others.filter(|one| !told.ends_with(one)).map(|one| format!("\n  {}", shown(&one))).collect();
    Fault::new(format!("{}{others}", shown(&told)))
}

/// What no flag says.
pub(super) fn blank(thread: ThreadId, content: &Content) -> Outgoing {
    let kind = content.kind();
    Outgoing {
        precedence: precedence(kind),
        language: language(content),
        subject: subject(content),
        ..Outgoing::blank(kind.name(), thread)
    }
}

/// That something happened is told at once; a flag says otherwise.
fn precedence(kind: Kind) -> Precedence {
    if matches!(kind, Kind::Report | Kind::Update) { Precedence::Immediate } else { Precedence::Routine }
}

/// A translation is in the language that it is into.
fn language(content: &Content) -> String {
    match content {
        Content::Translation(form) if !form.language.is_empty() => form.language.clone(),
        _ => "en".into(),
    }
}

fn subject(content: &Content) -> String {
    if let Content::Translation(form) = content {
        let translated = form.lines.iter().find(|line| line.path == SUBJECT);
        return translated.map_or_else(|| "Translation".into(), |line| line.text.0.clone());
    }
    let designation = content.designation().unwrap_or_default();
    // Who writes at night need not think of words.
    let words = match content.kind() {
        kind if kind.noun() == "incident" => "Hazardous incident",
        kind if kind.noun() == "activity" => "Unusual military activity",
        kind if kind.is_of_the_hotline() => "Hotline session",
        Kind::Observers => "Answer to the invitation",
        Kind::ObserverReport => "Report of observers",
        Kind::Question => "Questions",
        Kind::Answer => "Answers",
        Kind::ServiceMessage => "Planned outage",
        Kind::MessageWithdrawal => "Withdrawal of a message",
        _ => "",
    };
    if designation.is_empty() { words.into() } else { designation.into() }
}
