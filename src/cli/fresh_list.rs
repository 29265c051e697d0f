//! The revocation list of this Party that lies in its node's directory: taken without a call, since with an expired one
//! on record nobody of the own Party could call.
//!
//! Never here: which lists are good (`peers/trust.rs`).

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use bytes::Bytes;

use crate::cli::files::{self, FileFault};
use crate::domain::board::{Board, Denied};
use crate::domain::command::{Command, Origin};
use crate::domain::event::RevocationList;
use crate::domain::refusal::Refusal;
use crate::domain::time::Instant;
use crate::peers::stranger::BadList;
use crate::peers::trust::Trust;
use crate::registrar::Registrar;

/// Why it was not put on record. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum ListNotTaken {
    #[error(
        "{0}; the revocation list on record stays in force; see that the node may read the file, then send SIGHUP"
    )]
    File(FileFault),
    #[error(
        "{}: {why}; the revocation list on record stays in force; put there what `detente party \
         publish-revocation-list` makes of this Party's custody now, then send SIGHUP",
        path.display()
    )]
    Bad { path: PathBuf, why: BadList },
    #[error("{}: {why}; until the node is sent SIGHUP with that, the one on record stays in force", path.display())]
    NotNewer { path: PathBuf, why: BadList },
    #[error("{}: {why}; the revocation list on record stays in force; send SIGHUP again", path.display())]
    Denied { path: PathBuf, why: Denied },
}

/// Puts the list on record if it is newer than the one there.
pub(super) async fn take(path: &Path, trust: &Trust, registrar: &Registrar) -> Result<(), ListNotTaken> {
    let now = registrar.clock.now();
    let Some(der) = to_take(path, trust, &registrar.head().board, now)? else { return Ok(()) };
    let list = RevocationList { party: *trust.own(), der: Bytes::from(der) };
    match registrar.give(Command::AcceptRevocationList(list), Origin::Node).await {
        // Somebody handed in the same one meanwhile.
        Ok(_) | Err(Denied::Refused(Refusal::NothingToNote)) => Ok(()),
        Err(why) => Err(ListNotTaken::Denied { path: path.to_owned(), why }),
    }
}

/// The list in the directory, where it is to be put on record. None there, or the one on record, is no fault.
pub(super) fn to_take(
    path: &Path,
    trust: &Trust,
    board: &Board,
    now: Instant,
) -> Result<Option<Vec<u8>>, ListNotTaken> {
    let der = match files::read_public(path) {
        Ok(der) => der,
        Err(FileFault::Io { fault, .. }) if fault.kind() == ErrorKind::NotFound => return Ok(None),
        Err(fault) => return Err(ListNotTaken::File(fault)),
    };
    let held = board.roster.parties.get(trust.own()).and_then(|known| known.revocation_list.as_ref());
    match trust.check_list(trust.own(), &der, now) {
        Ok(()) => Ok(Some(der)),
        Err(BadList::NotNewer { .. }) if held.is_some_and(|held| held.der[..] == der[..]) => Ok(None),
        Err(why @ BadList::NotNewer { .. }) => Err(ListNotTaken::NotNewer { path: path.to_owned(), why }),
        Err(why @ (BadList::NotTheirs | BadList::Expired | BadList::FromTheFuture)) => {
            Err(ListNotTaken::Bad { path: path.to_owned(), why })
        }
    }
}
