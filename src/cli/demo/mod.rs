//! `detente demo`: three nodes on this machine, a whole exercise between them, and then everything
//! checked from nothing.
//!
//! Synthetic, with figures from the press, and it says so. Nothing here is done otherwise than an
//! officer would do it: all goes through the nodes' services, over mutual TLS.

mod adopt;
mod check;
mod play;
mod say;
mod stage;

use std::path::PathBuf;

use tokio::signal::unix::{SignalKind, signal};

use crate::cli::fault::Fault;
use crate::cli::node_directory::TransportSettings;
use crate::cli::out;
use say::Say;
use stage::{Medium, Stage};

/// Plays an exercise between three nodes on this machine, and checks everything afterwards
#[derive(clap::Args, Debug)]
pub struct Args {
    /// End after the checks; not 0 if one of them fails
    #[arg(long)]
    once: bool,
    /// One JSON object a line; the last one is the summary
    #[arg(long)]
    json: bool,
    /// Where the journals are kept; without it, on Kafka if --kafka is given, in files if not
    #[arg(long, value_enum)]
    journal: Option<Kept>,
    /// A broker without TLS, for trying out only: the journals are kept there; topics are made on it and left there
    #[arg(long, value_name = "HOST:PORT", required_if_eq("journal", "kafka"))]
    kafka: Option<String>,
    /// Where the nodes' directories are made; otherwise a temporary directory, removed at the end
    #[arg(long, value_name = "DIR")]
    directory: Option<PathBuf>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, clap::ValueEnum)]
enum Kept {
    Embedded,
    Kafka,
}

const BY_SIGNAL: &str = "ended by a signal before the demonstration was over";

pub async fn run(args: Args) -> Result<(), Fault> {
    let say = Say::new(args.json);
    let medium = match (args.journal, args.kafka) {
        (Some(Kept::Embedded) | None, None) => Medium::Embedded,
        (Some(Kept::Kafka) | None, Some(brokers)) => {
            Medium::Kafka { brokers, transport: TransportSettings::Plaintext }
        }
        (Some(Kept::Embedded), Some(_)) => {
            return Err(Fault::new("--kafka goes with --journal kafka: embedded journals use no broker"));
        }
        (Some(Kept::Kafka), None) => return Err(Fault::new("--journal kafka needs --kafka HOST:PORT")),
    };
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    let mut ended = async || {
        tokio::select! {
            _ = interrupt.recv() => Fault::new(BY_SIGNAL),
            _ = terminate.recv() => Fault::new(BY_SIGNAL),
            () = say.nobody_reads() => Fault::new("nobody reads what it says any more; it was ended")
                .with_exit_code(out::READER_GONE),
        }
    };
    say.head();
    let mut stage = Stage::empty(args.directory)?;
    let performed = tokio::select! {
        performed = perform(&mut stage, &medium, &say) => performed,
        fault = ended() => Err(fault),
    };
    let result = match performed {
        Ok(played) if !args.once => {
            stage.clock.follow_system();
            say.commands(&stage, &played);
            _ = ended().await;
            Ok(())
        }
        Ok(_) => Ok(()),
        Err(fault) => Err(fault),
    };
    match (result, stage.strike().await) {
        (result, Ok(())) => result,
        (Ok(()), struck) => struck,
        (Err(fault), Err(left)) => Err(Fault::new(format!("{fault}; and {left}"))),
    }
}

/// The case and the checks; the last line is the summary, whatever came of it.
async fn perform(stage: &mut Stage, medium: &Medium, say: &Say) -> Result<play::Played, Fault> {
    let played = match stage.set(medium, say).await {
        Ok(()) => play::play(stage, say).await,
        Err(fault) => Err(fault),
    };
    let played = match played {
        Ok(played) => played,
        Err(fault) => {
            say.broken_off(&fault);
            return Err(fault);
        }
    };
    let checked = check::check(stage, &played, say).await;
    say.summary(&checked);
    match checked.failed {
        Some(failed) => Err(Fault::new(format!("a check failed: {failed}"))),
        None => Ok(played),
    }
}
