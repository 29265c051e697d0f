//! What a node's directory must be for the node to start, each check by itself: `serve` makes them, and so does
//! `detente doctor`.
//!
//! Never here: a change to anything.

use std::path::Path;

use rustix::fs::Access;

use crate::cli::files::{self, FileFault};
use crate::cli::keys::SERVING;
use crate::cli::node::{StartFault, newest_own_list};
use crate::cli::node_directory::{NodeDirectory, NodeSettings};
use crate::domain::board::Board;
use crate::evidence::keys::KeyRing;
use crate::registrar::own_key;

/// Whether this node was stopped for a broken journal before.
pub(super) fn check_marker(directory: &NodeDirectory) -> Result<(), StartFault> {
    let marker = directory.broken_marker();
    match files::read_public(&marker) {
        Ok(why) => {
            let why = crate::domain::text::shown(String::from_utf8_lossy(&why).trim());
            Err(StartFault::MarkedBroken { directory: directory.root().to_owned(), marker, why })
        }
        Err(FileFault::Io { fault, .. }) if fault.kind() == std::io::ErrorKind::NotFound => Ok(()),
        Err(fault) => Err(fault.into()),
    }
}

/// What the operator calls the node must be what its journal is.
pub(super) fn check_party(
    board: &Board,
    settings: &NodeSettings,
    directory: &NodeDirectory,
) -> Result<(), StartFault> {
    let own = board.own.ok_or(StartFault::NoTrust)?.party;
    if own == settings.party {
        Ok(())
    } else {
        Err(StartFault::OtherParty { named: settings.party, own, path: directory.settings_file() })
    }
}

/// The directory of parts is made by `init` alone: one that is gone held what was given to this Party.
pub(super) fn check_parts(directory: &NodeDirectory) -> Result<(), StartFault> {
    let directory = directory.parts();
    match std::fs::read_dir(&directory) {
        Ok(_) => Ok(()),
        Err(fault) => Err(StartFault::Parts { directory, fault }),
    }
}

/// Whether files can be made in a directory. Nothing is made to find out.
pub(super) fn may_write_in(directory: &Path) -> Result<(), std::io::Error> {
    Ok(rustix::fs::access(directory, Access::WRITE_OK | Access::EXEC_OK)?)
}

/// What is in the key directory must be what the newest own key list on record says.
pub(super) fn check_signing_keys(board: &Board, ring: &KeyRing) -> Result<(), StartFault> {
    let newest = newest_own_list(board)?.number;
    for purpose in SERVING {
        own_key(board, ring, newest, purpose).map_err(|_| StartFault::KeyNotListed(purpose.name()))?;
    }
    Ok(())
}
