//! `detente hotline …`: sessions between watches, and their transcripts.
//!
//! Never here: the order of a session, its close, or who may release: all of it is the node's to say.
//!
//! What stands where:
//!
//! - said: `speak.rs`, `close.rs`, `heard.rs`, `phrases.rs`; at the console: `console/`
//! - shown: `show.rs`, `page.rs`, `paper.rs`, `between.rs`, `signed.rs`
//! - words on a page: `beside.rs`, `closed_by.rs`, `mixed.rs`, `not_in.rs`, `not_to.rs`, `officer.rs`,
//!   `open_drafts.rs`, `unseen.rs`, `way.rs`
//! - links: `links.rs`, `checks.rs`, `carry.rs`

mod beside;
mod between;
mod carry;
mod checks;
mod close;
mod closed_by;
mod console;
mod heard;
mod links;
mod mixed;
mod not_in;
mod not_to;
mod officer;
pub(in crate::cli) mod open_drafts;
mod page;
mod paper;
mod phrases;
mod show;
mod signed;
mod speak;
mod unseen;
mod way;

use clap::Subcommand;
use tonic::transport::Channel;

use crate::cli::desk::Desk;
use crate::cli::fault::Fault;
use crate::codec::proto::detente::v1 as calls;
use crate::codec::proto::detente::v1::hotline_service_client::HotlineServiceClient;
use crate::domain::digest::Digest;
use crate::limits;

/// Hotline sessions: two watches talk, now, and both hold the same transcript
#[derive(clap::Args, Debug)]
#[command(
    after_help = "What is said is released at once where your Party's release rule lets one person do so for \
                        its precedence; else it waits as a draft for `detente message release`."
)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand, Debug)]
enum Command {
    /// Open a session with one or more Parties
    Open(speak::OpenArgs),
    /// Take part in a session, as the officer on duty
    Accept(speak::AcceptArgs),
    /// Say something in a session
    Say(speak::SayArgs),
    /// Agree that a further Party comes in; once all present agree, in the same words, it is in
    Add(speak::AddArgs),
    /// Put on record, and tell its author, that you have read a text, or whatever else of a session waits; this is not
    /// assent
    Read(speak::ReadArgs),
    /// Give the translation of a text; the original is what counts
    Translate(speak::TranslateArgs),
    /// Show the agreed phrases, or propose a list; two custodians change it
    Phrases(phrases::PhrasesArgs),
    /// Regard a session as over, and sign the transcript of what was said
    Close(close::CloseArgs),
    /// List the sessions, newest first
    List(show::ListArgs),
    /// Show a session: its texts in their order, and what became of each
    Show(show::ShowArgs),
    /// Print a session's transcript, original and translation side by side, with the digest that both sign; also as
    /// PDF
    Transcript(show::TranscriptArgs),
    /// List the links with their checks: when the next is due, what came of the last ones, and whether the peer is
    /// heard
    Checks(checks::ChecksArgs),
    /// Make or answer a check that waits for an officer of this Party
    Check(checks::CheckArgs),
    /// Put on record what came of a check by telephone or fax
    Checked(checks::CheckedArgs),
    /// Try links now, all at once
    Ping(checks::PingArgs),
    /// Show the check schedule in force, or propose another one
    Schedule(checks::ScheduleArgs),
    /// Sit at the hotline: a console for a terminal, told of every session as it happens
    Join(console::JoinArgs),
    /// While the line is cut: make a file, for any other path, of what a Party has not receipted; or take such a file
    Carry(carry::CarryArgs),
    /// Enter a text that came by telephone, as it was heard; the signed original is what counts
    Heard(heard::HeardArgs),
    /// Print the six check words of a text, 48 bits of its digest, to be read out with it
    Words(heard::WordsArgs),
}

pub async fn run(args: Args) -> Result<(), Fault> {
    match args.command {
        Command::Open(args) => speak::open(args).await,
        Command::Accept(args) => speak::accept(args).await,
        Command::Say(args) => speak::say(args).await,
        Command::Add(args) => speak::add(args).await,
        Command::Read(args) => speak::read(args).await,
        Command::Translate(args) => speak::translate(args).await,
        Command::Phrases(args) => phrases::phrases(args).await,
        Command::Close(args) => close::close(args).await,
        Command::List(args) => show::list(args).await,
        Command::Show(args) => show::show(args).await,
        Command::Transcript(args) => show::transcript(args).await,
        Command::Checks(args) => checks::checks(args).await,
        Command::Check(args) => checks::check(args).await,
        Command::Checked(args) => checks::checked(args).await,
        Command::Ping(args) => checks::ping(args).await,
        Command::Schedule(args) => checks::schedule(args).await,
        Command::Join(args) => console::join(args).await,
        Command::Carry(args) => carry::carry(args).await,
        Command::Heard(args) => heard::heard(args).await,
        Command::Words(args) => heard::words(args).await,
    }
}

/// What was said, in plain text of 80 columns, and the digest that is signed of it, which is that of this transcript.
pub fn transcript_page(whole: &calls::ShowSessionResponse, signed: &str, digest: &Digest) -> String {
    page::transcript(whole, signed, digest)
}

fn service(desk: &Desk) -> HotlineServiceClient<Channel> {
    HotlineServiceClient::new(desk.channel.clone()).max_decoding_message_size(limits::ANSWER_BYTES_MAX)
}
