//! The revocation list of this Party that lies in its node's directory: taken without a call, since with an expired one
//! on record nobody of the own Party could call.
//!
//! Never here: which lists are good (`peers/trust.rs`).

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use bytes::Bytes;

use crate::cli::files::{self, FileFault};
use crate::domain::board::Denied;
use crate::domain::command::{Command, Origin};
use crate::domain::event::RevocationList;
use crate::domain::refusal::Refusal;
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
    #[error("{}: {why}; the revocation list on record stays in force; send SIGHUP again", path.display())]
    Denied { path: PathBuf, why: Denied },
}

/// Puts the list on record if it is newer than the one there. None in the directory, or an older one, is no fault.
pub(super) async fn take(path: &Path, trust: &Trust, registrar: &Registrar) -> Result<(), ListNotTaken> {
    let der = match files::read_public(path) {
        Ok(der) => der,
        Err(FileFault::Io { fault, .. }) if fault.kind() == ErrorKind::NotFound => return Ok(()),
        Err(fault) => return Err(ListNotTaken::File(fault)),
    };
    let party = *trust.own();
    match trust.check_list(&party, &der, registrar.clock.now()) {
        Ok(()) => {}
        Err(BadList::NotNewer) => return Ok(()),
        Err(why @ (BadList::NotTheirs | BadList::Expired)) => {
            return Err(ListNotTaken::Bad { path: path.to_owned(), why });
        }
    }
    let list = RevocationList { party, der: Bytes::from(der) };
    match registrar.give(Command::AcceptRevocationList(list), Origin::Node).await {
        // Somebody handed in the same one meanwhile.
        Ok(_) | Err(Denied::Refused(Refusal::NothingToNote)) => Ok(()),
        Err(why) => Err(ListNotTaken::Denied { path: path.to_owned(), why }),
    }
}
