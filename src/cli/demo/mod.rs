//! `detente demo`: three cases between nodes on this machine, each on a stage of its own at its real dates, the last
//! one with a hotline session about it, and then everything checked from nothing.
//!
//! Synthetic, with figures from the press, and it says so. Nothing here is done otherwise than an
//! officer would do it: all goes through the nodes' services, over mutual TLS.
//!
//! What stands where:
//!
//! - the cases: `cast.rs`, `adopt.rs`, `c1.rs`, `c2.rs`, `c4.rs`, `hotline.rs`
//! - how they are played: `stage.rs`, `speak.rs`, `say.rs`
//! - afterwards: `check.rs`, `owed.rs`, `commands.rs`

mod adopt;
mod c1;
mod c2;
mod c4;
mod cast;
mod check;
mod commands;
mod hotline;
mod owed;
mod say;
mod speak;
mod stage;

use std::path::PathBuf;

use tokio::signal::unix::{SignalKind, signal};

use crate::cli::fault::Fault;
use crate::cli::node_directory::TransportSettings;
use crate::cli::out;
use cast::Which;
use check::Checked;
use say::Say;
use speak::Played;
use stage::{Medium, Stage};

/// Play three cases between nodes on this machine, and check everything afterwards
#[derive(clap::Args, Debug)]
pub struct Args {
    /// End after the checks; the exit code is not 0 if one of them fails
    #[arg(long)]
    once: bool,
    /// One JSON object a line; the last one is the summary
    #[arg(long)]
    json: bool,
    /// Where the journals are kept; default: on Kafka if --kafka is given, otherwise in files
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
    let mut stages = Vec::new();
    for case in [&cast::C1, &cast::C2, &cast::C4] {
        stages.push(Stage::empty(case, args.directory.as_deref())?);
    }
    let performed = tokio::select! {
        performed = perform(&mut stages, &medium, &say) => performed,
        fault = ended() => Err(fault),
    };
    let mut result = match performed {
        Ok(played) if !args.once => {
            stages.iter().for_each(|stage| stage.clock.follow_system());
            let acts: Vec<(&Stage, &Played)> = stages.iter().zip(&played).collect();
            let told = commands::tell(&acts, &say);
            if told.is_ok() {
                _ = ended().await;
            }
            told
        }
        Ok(_) => Ok(()),
        Err(fault) => Err(fault),
    };
    for stage in stages {
        result = match (result, stage.strike().await) {
            (result, Ok(())) => result,
            (Ok(()), struck) => struck,
            (Err(fault), Err(left)) => Err(Fault::new(format!("{fault}; and {left}"))),
        };
    }
    result
}

/// The cases and the checks; the last line is the summary, whatever came of it.
async fn perform(stages: &mut [Stage], medium: &Medium, say: &Say) -> Result<Vec<Played>, Fault> {
    let played = match play(stages, medium, say).await {
        Ok(played) => played,
        Err(fault) => {
            say.broken_off(&fault);
            return Err(fault);
        }
    };
    say.text("");
    let mut checked = Checked::default();
    for (stage, played) in stages.iter().zip(&played) {
        check::check(stage, played, &mut checked, say).await;
    }
    say.summary(&checked);
    match checked.failed {
        Some(failed) => Err(Fault::new(format!("a check failed: {failed}"))),
        None => Ok(played),
    }
}

/// One case after the other. Each ends with what the duty lists of its Parties say.
async fn play(stages: &mut [Stage], medium: &Medium, say: &Say) -> Result<Vec<Played>, Fault> {
    let mut all = Vec::new();
    for stage in stages {
        say.case(stage.case);
        stage.set(medium, say).await?;
        let played = match stage.case.which {
            Which::C1 => c1::play(stage, say).await?,
            Which::C2 => c2::play(stage, say).await?,
            Which::C4 => c4::play(stage, say).await?,
        };
        owed::tell_all(stage, say).await?;
        all.push(played);
    }
    Ok(all)
}
