//! `exercise draft` and `exercise revise`: a form and a heading, put on record as a draft.
//!
//! Never here: a check. The node tells all faults at once.

use std::path::{Path, PathBuf};

use serde_json::json;

use super::formatted::{cite, filled};
use super::given::{self, service};
use super::named::named;
use super::print;
use crate::cli::desk::{AsCommand, Desk, answer};
use crate::cli::fault::Fault;
use crate::cli::form::{self, Syntax};
use crate::cli::out::say;
use crate::cli::{files, json, part};
use crate::codec::content::{self, Said};
use crate::codec::heading::{self, Asked};
use crate::codec::message;
use crate::codec::proto::detente::v1 as calls;
use crate::codec::proto::detente::v1::by_hand_service_client::ByHandServiceClient;
use crate::codec::proto::detente::v1::exercise_service_client::ExerciseServiceClient;
use crate::codec::proto::detente::v1::regime_service_client::RegimeServiceClient;
use crate::domain::content::{Content, Kind};
use crate::domain::digest::{CommandId, Digest, DraftId, ThreadId};
use crate::domain::message::{Addressee, Outgoing, Reference, RegimeCitation, Relation, Traffic};
use crate::domain::people::Person;
use crate::domain::precedence::Precedence;
use crate::limits;

#[derive(clap::Args, Debug)]
pub struct DraftArgs {
    /// The form, TOML or JSON (by its ending)
    form: PathBuf,
    #[command(flatten)]
    person: AsCommand,
    #[command(flatten)]
    heading: HeadingArgs,
    /// What the form is, if neither its first line nor its file's name says so
    #[arg(long, value_parser = given::kind)]
    kind: Option<Kind>,
    #[arg(long)]
    json: bool,
}

#[derive(clap::Args, Debug)]
pub struct ReviseArgs {
    /// The draft's id, or its first digits
    #[arg(value_parser = given::beginning)]
    draft: String,
    /// Another form in place of the one drafted
    #[arg(long)]
    form: Option<PathBuf>,
    #[command(flatten)]
    person: AsCommand,
    #[command(flatten)]
    heading: HeadingArgs,
    #[arg(long, value_parser = given::kind)]
    kind: Option<Kind>,
    #[arg(long)]
    json: bool,
}

#[derive(clap::Args, Debug)]
struct HeadingArgs {
    /// Who is asked to act: PARTY or PARTY:OFFICE; may be given several times
    #[arg(long, value_name = "PARTY", value_parser = given::addressee)]
    to: Vec<Addressee>,
    /// Who is told
    #[arg(long, value_name = "PARTY", value_parser = given::addressee)]
    info: Vec<Addressee>,
    /// The thread that it continues; left out, a calendar or notification opens a fresh one
    #[arg(long, value_parser = given::thread)]
    thread: Option<ThreadId>,
    /// flash, immediate, priority or routine
    #[arg(long, value_parser = given::precedence)]
    precedence: Option<Precedence>,
    #[arg(long)]
    subject: Option<String>,
    #[arg(long)]
    remarks: Option<String>,
    #[arg(long)]
    marking: Option<String>,
    /// BCP 47, such as en
    #[arg(long)]
    language: Option<String>,
    /// The zone of the date-time group: an IANA name or Z
    #[arg(long)]
    zone: Option<String>,
    /// Rules that you say you act under; the digest may be left out for a regime that is built in
    #[arg(long, value_name = "NAME[:DIGEST]:PROVISION", value_parser = given::regime)]
    regime: Option<RegimeCitation>,
    /// Another message that this one is about, by its whole digest; what the form itself amends,
    /// concludes or cancels is referred to in any case
    #[arg(long, value_name = "DIGEST", value_parser = given::digest)]
    refers_to: Vec<Digest>,
    /// Another message whose place this one takes
    #[arg(long, value_name = "DIGEST", value_parser = given::digest)]
    amends: Vec<Digest>,
    /// Another message that this one answers
    #[arg(long, value_name = "DIGEST", value_parser = given::digest)]
    answers: Vec<Digest>,
    /// A file to attach; may be given several times. What is attached here takes the place of what a
    /// revised draft had
    #[arg(long, value_name = "FILE")]
    attach: Vec<PathBuf>,
    /// The same, where the file is about persons
    #[arg(long, value_name = "FILE")]
    attach_personal: Vec<PathBuf>,
    /// For training: inside the signature, so that it is never taken for real
    #[arg(long, conflicts_with = "real")]
    drill: bool,
    #[arg(long)]
    real: bool,
}

pub async fn draft(args: DraftArgs) -> Result<(), Fault> {
    let content = read_form(&args.form, args.kind)?;
    let (desk, header, id) = args.person.open()?;
    let mut outgoing = blank(id, &content, &args.heading)?;
    args.heading.put_into(&mut outgoing, &content);
    cite(&desk, &mut outgoing, &content).await;
    args.heading.put_parts(&desk, id, &mut outgoing).await?;
    put(&desk, header, id, DraftId(derived("draft", id)), &outgoing, &content, args.json).await
}

pub async fn revise(args: ReviseArgs) -> Result<(), Fault> {
    let (desk, header, id) = args.person.open()?;
    let draft = given::open_draft(&desk, &args.draft).await?;
    let asked = calls::ShowDraftRequest { draft: draft.0.to_vec().into() };
    let present = answer(service(&desk).show_draft(asked)).await?;
    let mut outgoing = message::decode_draft(&present.message)?;
    let content = match &args.form {
        Some(form) => read_form(form, args.kind)?,
        None => match content::said(&outgoing.kind, &outgoing.content) {
            Said::Form(content) => content,
            Said::Acknowledgement(_) | Said::Unknown | Said::Unreadable(_) => {
                return Err(Fault::new("the draft's form can't be read; give it with --form"));
            }
        },
    };
    args.heading.put_into(&mut outgoing, &content);
    args.heading.put_parts(&desk, id, &mut outgoing).await?;
    put(&desk, header, id, draft, &outgoing, &content, args.json).await
}

async fn put(
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
    if as_json {
        let object = json!({
            "kind": "draft",
            "command": id.to_string(),
            "draft": draft.to_string(),
            "digest": hex::encode(&answered.digest),
            "thread": outgoing.thread.to_string(),
            "faults": print::faults_json(&answered.faults),
        });
        say!("{}", json::line(&object));
        return Ok(());
    }
    say!("draft    {draft}");
    say!("digest   {}", hex::encode(&answered.digest));
    say!("thread   {}", outgoing.thread);
    print::faults(&answered.faults);
    Ok(())
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
    match heading::given(content)? {
        Asked::Exercise(form) => {
            let asked = calls::DraftRequest { command, draft, heading, content: Some(form) };
            answer(ExerciseServiceClient::new(desk.channel.clone()).draft(asked)).await
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
        Asked::Regime(form) => {
            let asked = calls::DraftWordRequest { command, draft, heading, content: Some(form) };
            let answered = answer(RegimeServiceClient::new(desk.channel.clone()).draft_word(asked)).await?;
            Ok(calls::DraftResponse { digest: answered.digest, faults: answered.faults })
        }
    }
}

/// What no flag says. A thread that is opened is chosen from the command's id, so that the same command
/// given again asks for the same.
fn blank(id: CommandId, content: &Content, heading: &HeadingArgs) -> Result<Outgoing, Fault> {
    let thread = match (heading.thread, content) {
        (Some(thread), _) => thread,
        (
            None,
            Content::Calendar(_)
            | Content::Notification(_)
            | Content::Adoption(_)
            | Content::Formatted(_)
            | Content::Transcription(_),
        ) => ThreadId(derived("thread", id)),
        (
            None,
            Content::Amendment(_)
            | Content::Invitation(_)
            | Content::Conclusion(_)
            | Content::Statement(_)
            | Content::Cancellation(_)
            | Content::SameActivity(_)
            | Content::Suspension(_)
            | Content::Resumption(_)
            | Content::Withdrawal(_),
        ) => return Err(Fault::new("give the thread that it belongs to, with --thread")),
    };
    Ok(Outgoing {
        word: None,
        thread,
        kind: content.kind().name().into(),
        content: bytes::Bytes::new(),
        action: Vec::new(),
        information: Vec::new(),
        precedence: Precedence::Routine,
        zone: "Z".into(),
        // The node puts in who calls.
        drafter: Person { name: String::new(), office: String::new(), key_digest: Digest::ZERO },
        regime: None,
        marking: String::new(),
        language: "en".into(),
        references: Vec::new(),
        traffic: Traffic::Real,
        parts: Vec::new(),
        subject: content.designation().unwrap_or_default().into(),
        remarks: String::new(),
    })
}

impl HeadingArgs {
    fn put_into(&self, outgoing: &mut Outgoing, content: &Content) {
        fn set<T: Clone>(place: &mut T, given: &Option<T>) {
            if let Some(given) = given {
                place.clone_from(given);
            }
        }
        outgoing.kind = content.kind().name().into();
        if !self.to.is_empty() {
            outgoing.action.clone_from(&self.to);
        }
        if !self.info.is_empty() {
            outgoing.information.clone_from(&self.info);
        }
        set(&mut outgoing.thread, &self.thread);
        set(&mut outgoing.precedence, &self.precedence);
        set(&mut outgoing.subject, &self.subject);
        set(&mut outgoing.remarks, &self.remarks);
        set(&mut outgoing.marking, &self.marking);
        set(&mut outgoing.language, &self.language);
        set(&mut outgoing.zone, &self.zone);
        if self.regime.is_some() {
            outgoing.regime.clone_from(&self.regime);
        }
        if self.drill {
            outgoing.traffic = Traffic::Drill;
        }
        if self.real {
            outgoing.traffic = Traffic::Real;
        }
        self.put_references(outgoing, content);
    }

    /// Gives the files to the node first. Each has an id of its own, made of the draft's, so that the same
    /// command given again attaches the same parts.
    async fn put_parts(&self, desk: &Desk, id: CommandId, outgoing: &mut Outgoing) -> Result<(), Fault> {
        let files = self.attach.iter().map(|file| (file, false));
        let files: Vec<_> = files.chain(self.attach_personal.iter().map(|file| (file, true))).collect();
        if !files.is_empty() {
            outgoing.parts.clear();
        }
        for (number, (file, personal)) in files.into_iter().enumerate() {
            let name = file.file_name().unwrap_or_default().to_string_lossy();
            let most = usize::try_from(limits::PART_BYTES_MAX).unwrap_or(usize::MAX);
            let content = files::read_up_to(file, most)?;
            let id = CommandId(derived(&format!("part {number}"), id));
            outgoing.parts.push(part::store(desk, id, &name, personal, content).await?);
        }
        Ok(())
    }

    fn put_references(&self, outgoing: &mut Outgoing, content: &Content) {
        let given = [
            (&self.refers_to, Relation::RefersTo),
            (&self.amends, Relation::Amends),
            (&self.answers, Relation::Answers),
        ];
        if given.iter().any(|(digests, _)| !digests.is_empty()) {
            outgoing.references.clear();
        }
        let mut add = |message: Option<Digest>, number: &str, author: &str, relation: Relation| {
            let known = outgoing.references.iter().any(|other| match (other.message, message) {
                (Some(there), Some(here)) => there == here,
                (Some(_), None) | (None, Some(_)) | (None, None) => {
                    other.message == message && other.number == number
                }
            });
            if !known {
                outgoing.references.push(Reference {
                    message,
                    number: number.into(),
                    author: author.into(),
                    relation,
                });
            }
        };
        for (digests, relation) in given {
            for digest in digests {
                add(Some(*digest), "", "", relation);
            }
        }
        for (reference, relation) in named(content) {
            if reference.message_digest.is_none() && reference.number.is_empty() {
                continue;
            }
            let digest = reference.message_digest.map(|digest| digest.0);
            add(digest, &reference.number, &reference.author, relation);
        }
    }
}

fn derived(what: &str, id: CommandId) -> [u8; 16] {
    let whole = Digest::of_all(&[what.as_bytes(), &id.0]);
    let mut first = [0; 16];
    for (to, from) in first.iter_mut().zip(whole.0) {
        *to = from;
    }
    first
}

pub(super) fn read_form(path: &Path, kind: Option<Kind>) -> Result<Content, Fault> {
    let bytes = files::read_public(path)?;
    let name = path.display();
    let text = String::from_utf8(bytes).map_err(|_| Fault::new(format!("{name}: not a text (UTF-8)")))?;
    let syntax = match path.extension().and_then(|extension| extension.to_str()) {
        Some("toml") => Syntax::Toml,
        Some("json") => Syntax::Json,
        Some(_) | None => return Err(Fault::new(format!("{name}: a form's name ends in .toml or .json"))),
    };
    let kind = match kind.or_else(|| kind_said(path, &text)) {
        Some(kind) => kind,
        None => return Err(Fault::new(format!("{name}: what kind of form is it? Say so with --kind"))),
    };
    let content = form::read(kind, syntax, &text).map_err(|fault| Fault::new(format!("{name}: {fault}")))?;
    Ok(filled(content))
}

/// By the comment in the first line, as templates have it, else by the file's name.
fn kind_said(path: &Path, text: &str) -> Option<Kind> {
    let first = text.lines().next().filter(|line| line.starts_with('#')).unwrap_or_default();
    let word = |name: &str| {
        first
            .split(|c: char| !(c.is_ascii_alphanumeric() || c == '.' || c == '-'))
            .any(|word| word.trim_end_matches('.') == name)
    };
    let stem = path.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
    Kind::ALL.into_iter().find(|kind| word(kind.name())).or_else(|| given::kind(stem).ok())
}
