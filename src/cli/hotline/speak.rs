//! `hotline open`, `accept`, `say`, `add`, `read`, `translate`: what an officer says in a session.
//!
//! Never here: a text that was cut to fit. One that is too long is refused by the node, and stays with its writer.

use clap::Args;
use clap::builder::NonEmptyStringValueParser;
use serde_json::{Value, json};

use super::not_in::not_in;
use super::{service, way};
use crate::cli::desk::{AsCommand, Desk, answer, answer_command};
use crate::cli::fault::Fault;
use crate::cli::message::known::{known_message, known_thread};
use crate::cli::message::rows;
use crate::cli::out::say;
use crate::cli::{given, json};
use crate::codec::message::{precedence_to_proto, traffic_to_proto};
use crate::codec::proto::detente::evidence::v1 as evidence;
use crate::codec::proto::detente::v1 as calls;
use crate::domain::digest::{CommandId, ThreadId};
use crate::domain::language::Language;
use crate::domain::message::{Addressee, Traffic};
use crate::domain::precedence::Precedence;
use crate::domain::text::shown;
use crate::domain::time::Instant;

/// How a message of a session is given.
#[derive(Args, Debug)]
pub(super) struct How {
    #[command(flatten)]
    person: AsCommand,
    /// flash, immediate, priority or routine; default: that of the opening, and immediate for an opening
    #[arg(long, value_parser = given::precedence)]
    precedence: Option<Precedence>,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

#[derive(Args, Debug)]
pub struct OpenArgs {
    /// A Party that takes part, with or without an office: PL or PL:Watch; once for each
    #[arg(long, required = true, value_parser = given::addressee)]
    to: Vec<Addressee>,
    /// What it is about, in a few words
    #[arg(long)]
    subject: String,
    /// A language in which it is held, such as en; once for each, the one that texts are in first
    #[arg(long, required = true, value_parser = given::language)]
    language: Vec<Language>,
    /// The thread that it is about: its id, or its first digits
    #[arg(long, value_parser = given::beginning)]
    about: Option<String>,
    /// A drill, not real
    #[arg(long)]
    drill: bool,
    #[command(flatten)]
    how: How,
}

#[derive(Args, Debug)]
pub struct AcceptArgs {
    /// The session's thread, or its first digits
    #[arg(value_parser = given::beginning)]
    thread: String,
    /// Reopen a session that everybody has closed; otherwise refused
    #[arg(long)]
    reopen: bool,
    #[command(flatten)]
    how: How,
}

#[derive(Args, Debug)]
pub struct SayArgs {
    /// The session's thread, or its first digits
    #[arg(value_parser = given::beginning)]
    thread: String,
    /// What you say
    #[arg(required_unless_present = "phrase")]
    text: Option<String>,
    /// The number of an agreed phrase, instead of a text; `detente hotline phrases` shows them
    #[arg(long, value_name = "NUMBER", conflicts_with = "text", value_parser = clap::value_parser!(u64).range(1..))]
    phrase: Option<u64>,
    /// The language that it is in; default: the first of the session's
    #[arg(long, value_parser = given::language)]
    language: Option<Language>,
    /// The text that you answer: its digest, or its first digits
    #[arg(long, value_name = "DIGEST", value_parser = given::beginning)]
    answers: Option<String>,
    /// Reopen a session that everybody has closed; otherwise refused
    #[arg(long)]
    reopen: bool,
    #[command(flatten)]
    how: How,
}

#[derive(Args, Debug)]
pub struct AddArgs {
    /// The session's thread, or its first digits
    #[arg(value_parser = given::beginning)]
    thread: String,
    /// The code of the Party that comes in
    party: String,
    /// Give it what was said before as well: once it is in, `detente message forward DIGEST --to PARTY` for each
    /// message, which `detente hotline show` then shows there. Without it, only what is said from now on. All present
    /// must say the same
    #[arg(long)]
    all: bool,
    /// Reopen a session that everybody has closed; otherwise refused
    #[arg(long)]
    reopen: bool,
    #[command(flatten)]
    how: How,
}

#[derive(Args, Debug)]
pub struct ReadArgs {
    /// The digest of the text, or of what else waits, or its first digits
    #[arg(value_parser = given::beginning)]
    digest: String,
    #[command(flatten)]
    person: AsCommand,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

#[derive(Args, Debug)]
pub struct TranslateArgs {
    /// The text's digest, or its first digits
    #[arg(value_parser = given::beginning)]
    digest: String,
    /// What the text says in the other language
    translation: String,
    /// The language that it is translated into
    #[arg(long, value_parser = given::language)]
    language: Language,
    /// Who translated it; default: you
    #[arg(long, value_parser = NonEmptyStringValueParser::new())]
    translator: Option<String>,
    #[command(flatten)]
    how: How,
}

/// A desk that is open for one command.
pub(super) struct Open {
    pub(super) desk: Desk,
    pub(super) header: calls::CommandHeader,
    pub(super) id: CommandId,
    pub(super) precedence: i32,
    pub(super) json: bool,
}

impl How {
    pub(super) fn open(&self) -> Result<Open, Fault> {
        let (desk, header, id) = self.person.open()?;
        let unspecified = evidence::Precedence::Unspecified as i32;
        let precedence = self.precedence.map_or(unspecified, precedence_to_proto);
        Ok(Open { desk, header, id, precedence, json: self.json })
    }
}

impl Open {
    pub(super) async fn thread(&self, beginning: &str) -> Result<bytes::Bytes, Fault> {
        Ok(known_thread(&self.desk, beginning).await?.0.to_vec().into())
    }

    /// The session of a thread, as the node tells it: what is said in it names the message with which it begins.
    pub(super) async fn session(&self, thread: bytes::Bytes) -> Result<calls::Session, Fault> {
        // Of the lines none is asked for.
        let asked = calls::ShowSessionRequest { thread, from: u32::MAX, ..Default::default() };
        let shown = answer(service(&self.desk).show_session(asked)).await?;
        shown.session.ok_or_else(|| Fault::new("the node told of no session"))
    }

    pub(super) fn as_json(&self, spoken: &calls::Spoken) -> Value {
        json!({
            "kind": "spoken",
            "command": self.id.to_string(),
            "thread": thread_of(spoken),
            "released": spoken.released,
            "draft": hex::encode(&spoken.draft),
            "digest": hex::encode(&spoken.draft_digest),
            "faults": rows::faults_json(&spoken.faults),
            "message": hex::encode(&spoken.message_digest),
            "number": spoken.number,
            "not_addressed": spoken.not_addressed,
            "answered_not_to": spoken.answered_not_to,
            "may_release_as_is": spoken.may_release_as_is,
        })
    }

    /// What became of it, and what is to be done next.
    pub(super) fn told(&self, spoken: Option<calls::Spoken>) -> Result<(), Fault> {
        let spoken = spoken.ok_or_else(|| Fault::new("the node did not tell what became of it"))?;
        if self.json {
            say!("{}", json::line(&self.as_json(&spoken)));
            return Ok(());
        }
        let (draft, digest) = (hex::encode(&spoken.draft), hex::encode(&spoken.draft_digest));
        say!("thread    {}", thread_of(&spoken));
        for party in &spoken.not_addressed {
            say!("not to    {}, with which this node has no link", shown(party));
        }
        if let Some(rule) = answered_not_to(&spoken) {
            say!("answers   {rule}");
        }
        if spoken.released {
            say!("released  {} at {}", shown(&spoken.number), Instant(spoken.released_at_ms));
            say!("message   {}", hex::encode(&spoken.message_digest));
            return Ok(());
        }
        say!("draft     {draft}");
        say!("digest    {digest}");
        if !spoken.faults.is_empty() {
            rows::faults(&spoken.faults);
        }
        say!("waits     {}", waits(&spoken, &draft, &digest));
        Ok(())
    }
}

/// That a Party which came in later was not sent the text that is answered, safe to show.
pub(super) fn answered_not_to(spoken: &calls::Spoken) -> Option<String> {
    let parties: Vec<String> = spoken.answered_not_to.iter().map(|party| shown(party)).collect();
    let rule = "was said before it came in: `detente message forward` hands it on, where that is agreed";
    (!parties.is_empty()).then(|| format!("a text that {} has not, which {rule}", parties.join(", ")))
}

fn thread_of(spoken: &calls::Spoken) -> String {
    ThreadId::from_slice(&spoken.thread).map(|id| id.to_string()).unwrap_or_default()
}

/// For whom a draft waits, and the line that they give.
fn waits(spoken: &calls::Spoken, draft: &str, digest: &str) -> String {
    let release = format!("detente message release {draft} --digest {digest}");
    if spoken.faults.iter().any(|fault| fault.stops_release) {
        return "and goes out in no way as it is: say it anew".into();
    }
    if spoken.may_release_as_is {
        return format!("for your own word that it is meant so: {release} --as-is --as PEOPLEDIR");
    }
    let as_is = if spoken.faults.is_empty() { "" } else { " --as-is" };
    format!("for a second person: {release}{as_is} --as RELEASER")
}

pub async fn open(args: OpenArgs) -> Result<(), Fault> {
    let open = args.how.open()?;
    let about = match &args.about {
        Some(beginning) => open.thread(beginning).await?,
        None => bytes::Bytes::new(),
    };
    let to = args
        .to
        .iter()
        .map(|one| evidence::Addressee { party: one.party.to_string(), office: one.office.clone() });
    let asked = calls::OpenSessionRequest {
        command: Some(open.header.clone()),
        to: to.collect(),
        subject: args.subject,
        languages: args.language.iter().map(Language::to_string).collect(),
        about,
        precedence: open.precedence,
        traffic: traffic_to_proto(if args.drill { Traffic::Drill } else { Traffic::Real }),
        remarks: String::new(),
    };
    let said = answer_command(open.id, service(&open.desk).open_session(asked)).await?;
    open.told(said.spoken)
}

pub async fn accept(args: AcceptArgs) -> Result<(), Fault> {
    let open = args.how.open()?;
    let session = open.session(open.thread(&args.thread).await?).await?;
    let asked = calls::AcceptSessionRequest {
        command: Some(open.header.clone()),
        thread: session.thread,
        opening: session.opening,
        precedence: open.precedence,
        reopen: args.reopen,
        seen_before: 0,
    };
    let said = answer_command(open.id, service(&open.desk).accept_session(asked)).await?;
    open.told(said.spoken)
}

pub async fn say(args: SayArgs) -> Result<(), Fault> {
    let open = args.how.open()?;
    let answers = match &args.answers {
        Some(beginning) => way::text(&open, &args.thread, beginning).await?,
        None => bytes::Bytes::new(),
    };
    let session = open.session(open.thread(&args.thread).await?).await?;
    let asked = calls::SayRequest {
        command: Some(open.header.clone()),
        thread: session.thread,
        opening: session.opening,
        text: args.text.unwrap_or_default(),
        language: args.language.as_ref().map(Language::to_string).unwrap_or_default(),
        answers,
        precedence: open.precedence,
        reopen: args.reopen,
        phrase: args.phrase.unwrap_or_default(),
        ..Default::default()
    };
    open.told(answer_command(open.id, service(&open.desk).say(asked)).await?.spoken)
}

pub async fn add(args: AddArgs) -> Result<(), Fault> {
    let open = args.how.open()?;
    let sees = if args.all { evidence::HotlineSees::All } else { evidence::HotlineSees::FromNowOn };
    let session = open.session(open.thread(&args.thread).await?).await?;
    let asked = calls::AddPartyRequest {
        command: Some(open.header.clone()),
        thread: session.thread,
        opening: session.opening,
        party: args.party,
        sees: sees as i32,
        precedence: open.precedence,
        reopen: args.reopen,
        seen_before: 0,
    };
    let thread = asked.thread.clone();
    let said = answer_command(open.id, service(&open.desk).add_party(asked)).await?;
    open.told(said.spoken)?;
    if !open.json {
        let session = open.session(thread).await?;
        not_in(&session).iter().for_each(|text| say!("stands    {text}"));
    }
    Ok(())
}

pub async fn read(args: ReadArgs) -> Result<(), Fault> {
    let (desk, header, id) = args.person.open()?;
    let digest = known_message(&desk, &args.digest).await?.digest;
    let asked = calls::ReadTextRequest { command: Some(header), digest: digest.0.to_vec().into() };
    let read = answer_command(id, service(&desk).read_text(asked)).await?;
    if args.json {
        let object = json!({
            "kind": "read",
            "command": id.to_string(),
            "text": digest.to_string(),
            "acknowledgement": hex::encode(&read.acknowledgement_digest),
            "number": read.number,
        });
        say!("{}", json::line(&object));
    } else {
        say!("read      {digest}");
        say!("number    {}", shown(&read.number));
    }
    Ok(())
}

pub async fn translate(args: TranslateArgs) -> Result<(), Fault> {
    let open = args.how.open()?;
    let original = known_message(&open.desk, &args.digest).await?;
    let session = open.session(original.message.draft.thread.0.to_vec().into()).await?;
    let asked = calls::TranslateTextRequest {
        command: Some(open.header.clone()),
        text: original.digest.0.to_vec().into(),
        opening: session.opening,
        language: args.language.to_string(),
        translation: args.translation,
        translator: args.translator.unwrap_or_default(),
        precedence: open.precedence,
        ..Default::default()
    };
    open.told(answer_command(open.id, service(&open.desk).translate_text(asked)).await?.spoken)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_that_is_printed_for_a_draft_is_one_that_the_node_takes() {
        let fault = |stops_release| calls::Fault { stops_release, ..Default::default() };
        let line = |faults: Vec<calls::Fault>, may_release_as_is| {
            waits(&calls::Spoken { faults, may_release_as_is, ..Default::default() }, "aa", "bb")
        };
        let release = "detente message release aa --digest bb";
        assert_eq!(line(Vec::new(), false), format!("for a second person: {release} --as RELEASER"));
        let second = format!("for a second person: {release} --as-is --as RELEASER");
        assert_eq!(line(vec![fault(false)], false), second);
        let own = format!("for your own word that it is meant so: {release} --as-is --as PEOPLEDIR");
        assert_eq!(line(vec![fault(false)], true), own);
        assert!(!line(vec![fault(false), fault(true)], true).contains("release aa"));
    }
}
