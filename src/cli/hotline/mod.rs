//! `detente hotline …`: sessions between watches, and their transcripts.
//!
//! Never here: the order of a session, its close, or who may release: all of it is the node's to say.

mod carry;
mod heard;
mod page;
mod show;
mod speak;

use clap::Subcommand;
use tonic::transport::Channel;

use crate::cli::desk::Desk;
use crate::cli::fault::Fault;
use crate::codec::proto::detente::v1::hotline_service_client::HotlineServiceClient;
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
    /// Take part in a session, as the officer who is on
    Accept(speak::AcceptArgs),
    /// Say something in a session
    Say(speak::SayArgs),
    /// Agree that a further Party comes in; once all present do, it is in
    Add(speak::AddArgs),
    /// Put on record, and tell its author, that you have read a text; not assent
    Read(speak::ReadArgs),
    /// Give the translation of a text; the original is what counts
    Translate(speak::TranslateArgs),
    /// Regard a session as over, and sign the transcript of what was said
    Close(speak::CloseArgs),
    /// List the sessions, newest first
    List(show::ListArgs),
    /// Show a session: its texts in their order, and what became of each
    Show(show::ShowArgs),
    /// Print a session's transcript, original and translation side by side, with the digest that both sign
    Transcript(show::TranscriptArgs),
    /// While the line is cut: a file for any other path, with what a Party has not receipted, or such a file taken
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
        Command::Close(args) => speak::close(args).await,
        Command::List(args) => show::list(args).await,
        Command::Show(args) => show::show(args).await,
        Command::Transcript(args) => show::transcript(args).await,
        Command::Carry(args) => carry::carry(args).await,
        Command::Heard(args) => heard::heard(args).await,
        Command::Words(args) => heard::words(args).await,
    }
}

fn service(desk: &Desk) -> HotlineServiceClient<Channel> {
    HotlineServiceClient::new(desk.channel.clone()).max_decoding_message_size(limits::ANSWER_BYTES_MAX)
}
