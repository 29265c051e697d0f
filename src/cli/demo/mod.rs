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

use crate::cli::fault::Fault;
use crate::cli::node_directory::TransportSettings;
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
    /// Where the journals are kept
    #[arg(long, value_enum, default_value = "embedded")]
    journal: Kept,
    /// A broker without TLS, for trying out only; topics are made on it and left there
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

pub async fn run(args: Args) -> Result<(), Fault> {
    let say = Say::new(args.json);
    let medium = match (args.journal, args.kafka) {
        (Kept::Embedded, _) => Medium::Embedded,
        (Kept::Kafka, Some(brokers)) => Medium::Kafka { brokers, transport: TransportSettings::Plaintext },
        (Kept::Kafka, None) => return Err(Fault::new("--journal kafka needs --kafka HOST:PORT")),
    };
    say.head();
    let stage = Stage::set(args.directory, medium, &say).await?;
    let played = play::play(&stage, &say).await;
    let result = match played {
        Ok(played) => finish(&stage, &say, played, args.once).await,
        Err(fault) => Err(fault),
    };
    stage.strike().await;
    result
}

async fn finish(stage: &Stage, say: &Say, played: play::Played, once: bool) -> Result<(), Fault> {
    let checked = check::check(stage, &played, say).await;
    say.summary(&checked);
    if let Some(failed) = checked.failed {
        return Err(Fault::new(format!("a check failed: {failed}")));
    }
    if !once {
        stage.clock.follow_system();
        say.commands(stage, &played);
        tokio::signal::ctrl_c().await.map_err(|_| Fault::new("this system gives no signals; use --once"))?;
    }
    Ok(())
}
