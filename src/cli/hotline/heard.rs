//! `hotline heard` and `words`: a text read out by telephone, written down, and the words by which two officers
//! compare it; and how a program is told of what was written down.
//!
//! Never here: what differs from the signed original: that is the node's to say (`hotline show`).

use std::path::PathBuf;

use clap::Args;
use clap::builder::NonEmptyStringValueParser;
use serde_json::{Value, json};

use super::service;
use super::speak::How;
use crate::cli::desk::{As, answer_command};
use crate::cli::fault::Fault;
use crate::cli::message::known::known_message;
use crate::cli::out::say;
use crate::cli::{given, json};
use crate::codec::proto::detente::v1 as calls;
use crate::domain::digest::Digest;
use crate::domain::hotline::check_words;
use crate::domain::mixed::mixed_letters;

#[derive(Args, Debug)]
pub struct HeardArgs {
    /// The session's thread, or its first digits
    #[arg(long, value_parser = given::beginning)]
    thread: String,
    /// The code of the Party whose text it is said to be
    #[arg(long, value_name = "PARTY")]
    from: String,
    /// What you wrote down
    #[arg(long)]
    text: String,
    /// Who read it out there
    #[arg(long, value_name = "NAME")]
    read_by: String,
    /// Who wrote it down here
    #[arg(long, value_name = "NAME")]
    written_by: String,
    /// When, with its zone: 2025-09-12T06:00Z, or "2025-09-12T06:00 Europe/Minsk"
    #[arg(long, value_name = "TIME")]
    at: String,
    /// The six check words that were read out with it; by them the signed original is found once it is here
    #[arg(long, value_parser = NonEmptyStringValueParser::new())]
    words: Option<String>,
    #[command(flatten)]
    how: How,
}

#[derive(Args, Debug)]
pub struct WordsArgs {
    /// The text's digest; its first digits are enough with --as
    #[arg(value_parser = given::beginning)]
    digest: String,
    /// The desk of the person who asks, where the digest is not given whole
    #[arg(long = "as", value_name = "PEOPLEDIR")]
    person: Option<PathBuf>,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

pub async fn heard(args: HeardArgs) -> Result<(), Fault> {
    let open = args.how.open()?;
    let session = open.session(open.thread(&args.thread).await?).await?;
    let asked = calls::EnterHeardRequest {
        command: Some(open.header.clone()),
        thread: session.thread,
        opening: session.opening,
        precedence: open.precedence,
        from: args.from,
        text: args.text,
        read_by: args.read_by,
        written_by: args.written_by,
        at: args.at,
        check_words: args.words.unwrap_or_default(),
    };
    let said = answer_command(open.id, service(&open.desk).enter_heard(asked)).await?;
    open.told(said.spoken)
}

pub async fn words(args: WordsArgs) -> Result<(), Fault> {
    let digest = match (given::digest(&args.digest), args.person) {
        (Ok(digest), _) => digest,
        (Err(_), Some(person)) => known_message(&As::at(person).open()?, &args.digest).await?.digest,
        (Err(rule), None) => {
            return Err(Fault::new(format!("{rule}; the first digits are enough with --as")));
        }
    };
    told(&digest, args.json);
    Ok(())
}

fn told(digest: &Digest, as_json: bool) {
    let words = check_words(digest).join(" ");
    if as_json {
        say!("{}", json::line(&json!({"kind": "words", "message": digest.to_string(), "words": words})));
    } else {
        say!("{words}");
    }
}

pub(super) fn heard_json(heard: &calls::HeardText) -> Value {
    let differences = heard
        .differences
        .iter()
        .map(|one| json!({ "word": one.word, "original": one.original, "heard": one.heard }));
    json!({
        "message": hex::encode(&heard.digest),
        "from": heard.from,
        "read_by": heard.read_by,
        "written_by": heard.written_by,
        "at": heard.at,
        "check_words": heard.check_words,
        "text": heard.text,
        "mixed_letters": mixed_letters(&heard.text),
        "differences": differences.collect::<Vec<Value>>(),
        "more_differences": heard.more_differences,
        "not_compared": heard.not_compared,
    })
}
