//! `detente serve`: start, say where and who, wait, stop.
//!
//! Never here: what starting means (`node.rs`).

use std::path::{Path, PathBuf};

use tokio::signal::unix::{SignalKind, signal};

use crate::cli::fault::Fault;
use crate::cli::node::{Node, StartFault, Stop};
use crate::cli::out::say;
use crate::clock::Clock;
use crate::registrar::Standing;

/// Run the node of a directory until it is interrupted
#[derive(clap::Args, Debug)]
pub struct Args {
    /// The node's directory, as `init` made it
    directory: PathBuf,
}

pub async fn run(args: Args) -> Result<(), Fault> {
    diagnostics();
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    let mut hang_up = signal(SignalKind::hangup())?;
    let node = Node::start(&args.directory, Clock::system(), None)
        .await
        .map_err(|fault| not_started(&fault, &args.directory))?;
    say(&node);
    let why = loop {
        tokio::select! {
            _ = interrupt.recv() => break Stop::Asked,
            _ = terminate.recv() => break Stop::Asked,
            why = node.ended() => break why,
            _ = hang_up.recv() => match node.reload().await {
                Ok(()) => tracing::info!("certificate and revocation list read again"),
                Err(fault) => tracing::error!(%fault, "nothing was reloaded; what was in force stays so"),
            },
        }
    };
    let marker = node.directory.broken_marker();
    node.shutdown().await;
    match why {
        Stop::Asked => Ok(()),
        Stop::Broken(broken) => Err(Fault::new(format!(
            "the journal was found broken and this node has stopped: {broken}; {} keeps it from starting \
             again, `detente doctor '{}'` says what to do",
            marker.display(),
            args.directory.display()
        ))),
    }
}

/// What is wrong with the journal itself is a matter for more than a sentence.
fn not_started(fault: &StartFault, directory: &Path) -> Fault {
    match fault {
        StartFault::Journal(_) | StartFault::Open(_) => {
            Fault::new(format!("{fault}; `detente doctor '{}'` says what to do", directory.display()))
        }
        StartFault::Settings(_)
        | StartFault::MarkedBroken { .. }
        | StartFault::File(_)
        | StartFault::Key(_)
        | StartFault::Parts { .. }
        | StartFault::PartsLeftOver(_)
        | StartFault::OtherParty { .. }
        | StartFault::KeyNotListed(_)
        | StartFault::NoTrust
        | StartFault::Listen { .. }
        | StartFault::NoRandomness => Fault::new(fault.to_string()),
    }
}

/// One line each, for whoever starts it and for whoever reads the diagnostics later.
fn say(node: &Node) {
    let head = node.registrar.head();
    let known = head.board.roster.parties.get(&node.settings.party).and_then(|known| known.newest());
    say!("party        {}, {}", node.settings.party, crate::domain::text::shown(&node.settings.name));
    say!("fingerprint  {}", node.settings.fingerprint);
    say!("listening    {}", node.address);
    for address in known.iter().flat_map(|known| &known.list.addresses) {
        say!("address      {}", crate::domain::text::shown(address));
    }
    say!("journal      {}", node.settings.journal.place(&node.directory));
    say!("records      {}, {} void", head.chain.size, head.void);
    say!("head         {}", head.chain.head);
    say!("root         {}", head.root());
    say!("peers        {}", head.board.links.len());
    match head.standing {
        Standing::Writes => say!("standing     writes, epoch {}", head.chain.epoch),
        Standing::StandsBy => say!(
            "standing     stands by: another process writes this journal; what is read here is safe, commands are refused"
        ),
    }
}

/// To stderr, nothing else. What a Party wrote is never in it.
fn diagnostics() {
    use tracing_subscriber::EnvFilter;
    let filter = EnvFilter::try_from_env("DETENTE_DIAGNOSTICS").unwrap_or_else(|_| EnvFilter::new("info"));
    // A second one in the same process changes nothing.
    let _ = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).try_init();
}
