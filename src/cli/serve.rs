//! `detente serve`: start, say where and who, wait, stop.
//!
//! Never here: what starting means (`node.rs`).

use std::io;
use std::path::{Path, PathBuf};

use tokio::signal::unix::{SignalKind, signal};

use crate::cli::fault::Fault;
use crate::cli::files::FileFault;
use crate::cli::keys::KeyFault;
use crate::cli::node::{Node, StartFault, Stop};
use crate::cli::out::say;
use crate::clock::Clock;
use crate::journal::{self, ReadFault};
use crate::registrar::{OpenFault, Standing};

/// What `serve` ends with where a start helps nothing before somebody has acted. Whoever starts it by itself after a
/// fault, such as `deploy/detente.service`, leaves it stopped then.
pub const OPERATOR_MUST_ACT: u8 = 4;

/// Where to set what is told on standard error.
const DIAGNOSTICS: &str = "DETENTE_DIAGNOSTICS";

/// Run the node of a directory until it is interrupted
#[derive(clap::Args, Debug)]
#[command(after_help = after_help())]
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
                Ok(None) => tracing::info!("certificate and revocation list read again"),
                Ok(Some(fault)) => {
                    tracing::warn!(%fault, "certificate read again, and the revocation list in the directory not taken");
                }
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
        ))
        .with_exit_code(OPERATOR_MUST_ACT)),
    }
}

/// What lies in the directory, or in the journal, is a matter for more than a sentence.
fn not_started(fault: &StartFault, directory: &Path) -> Fault {
    let said = match fault {
        StartFault::Journal(_) | StartFault::Open(_) | StartFault::KeyNotListed(_) => {
            Fault::new(format!("{fault}; `detente doctor '{}'` says what to do", directory.display()))
        }
        StartFault::Settings(_)
        | StartFault::MarkedBroken { .. }
        | StartFault::File(_)
        | StartFault::Key(_)
        | StartFault::Parts { .. }
        | StartFault::PartsLeftOver(_)
        | StartFault::OtherParty { .. }
        | StartFault::NoTrust
        | StartFault::Listen { .. }
        | StartFault::NoRandomness => Fault::new(fault.to_string()),
    };
    if may_pass(fault) { said } else { said.with_exit_code(OPERATOR_MUST_ACT) }
}

/// Whether the next start may find it otherwise, with nothing changed by anybody in the directory or the journal.
fn may_pass(fault: &StartFault) -> bool {
    match fault {
        StartFault::Listen { .. } | StartFault::PartsLeftOver(_) | StartFault::NoRandomness => true,
        StartFault::Journal(fault) => matches!(fault, journal::OpenFault::Unusable { .. }),
        StartFault::Open(fault) => matches!(
            fault,
            OpenFault::NoEpoch { .. }
                | OpenFault::Journal(ReadFault::Unreadable { .. } | ReadFault::Unanswered { .. })
        ),
        StartFault::File(FileFault::Io { fault, .. })
        | StartFault::Key(KeyFault::File(FileFault::Io { fault, .. }))
        | StartFault::Parts { fault, .. } => !is_lasting(fault.kind()),
        StartFault::Settings(_)
        | StartFault::MarkedBroken { .. }
        | StartFault::File(_)
        | StartFault::Key(_)
        | StartFault::OtherParty { .. }
        | StartFault::KeyNotListed(_)
        | StartFault::NoTrust => false,
    }
}

/// Whether a file answers so until somebody has changed something: a volume that is away for a moment does not.
fn is_lasting(kind: io::ErrorKind) -> bool {
    matches!(
        kind,
        io::ErrorKind::NotFound
            | io::ErrorKind::PermissionDenied
            | io::ErrorKind::NotADirectory
            | io::ErrorKind::IsADirectory
            | io::ErrorKind::ReadOnlyFilesystem
            | io::ErrorKind::InvalidData
            | io::ErrorKind::InvalidInput
    )
}

/// What an operator, or a service manager, has to know beside the arguments.
fn after_help() -> String {
    format!(
        "Signals: SIGTERM and SIGINT stop it; SIGHUP has it read its keys again, and take the revocation list that lies in \
         its directory.\n\nIt ends with 0 where it was asked to stop; with 1 where starting it again may help, such as \
         where the journal does not answer or the address is in use; with {OPERATOR_MUST_ACT} where that helps nothing \
         before somebody has acted: the journal was found broken or is refused, or a setting or a key is wrong. \
         `detente doctor DIRECTORY` says what to do.\n\n{DIAGNOSTICS} sets what is told on standard error: error, warn, \
         info (the default) or debug, also by room, such as warn,detente::peers=debug. Nothing that a Party wrote is \
         in it."
    )
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
    let filter = EnvFilter::try_from_env(DIAGNOSTICS).unwrap_or_else(|_| EnvFilter::new("info"));
    // A second one in the same process changes nothing.
    let _ = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).try_init();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_user_of_the_service_may_not_read_is_no_matter_of_starting_again_and_a_disk_that_fails_is() {
        let (place, why) = ("journal".to_owned(), "Permission denied".to_owned());
        let denied = journal::OpenFault::NotPermitted { place: place.clone(), why: why.clone() };
        assert!(!may_pass(&StartFault::Journal(denied)));
        assert!(may_pass(&StartFault::Journal(journal::OpenFault::Unusable { place, why })));
    }

    #[test]
    fn a_volume_that_fails_for_a_moment_keeps_no_node_down_and_a_file_that_is_not_there_does() {
        for (kind, passes) in [
            (io::ErrorKind::StaleNetworkFileHandle, true),
            (io::ErrorKind::OutOfMemory, true),
            (io::ErrorKind::NotFound, false),
            (io::ErrorKind::PermissionDenied, false),
        ] {
            let fault = || FileFault::Io { path: "keys/record.key".into(), fault: kind.into() };
            assert_eq!(may_pass(&StartFault::File(fault())), passes, "{kind:?}");
            assert_eq!(may_pass(&StartFault::Key(KeyFault::File(fault()))), passes, "{kind:?}");
        }
    }
}
