//! What whoever runs the node is to do about what `detente doctor` found wrong with journal, marker or keys:
//! sentences whose commands work in that very state.
//!
//! Never here: a check, or a mend that does away with history.

use std::path::Path;

use crate::cli::files::FileFault;
use crate::cli::keys::KeyFault;
use crate::cli::node_directory::{NodeDirectory, SettingsFault};
use crate::journal::{OpenFault as MediumFault, ReadFault};
use crate::registrar::{CheckpointFileFault, OpenFault};
use crate::replay::Broken;

/// The commands that name the record, with no node.
fn audit(directory: &NodeDirectory) -> String {
    format!(
        "`detente audit export --from '{}' --out FILE`, then `detente audit verify --file FILE`",
        directory.root().display()
    )
}

/// History is missing or changed.
fn lacking(directory: &NodeDirectory) -> String {
    format!(
        "do not serve; keep a copy of all; {} names the first record that fails; compare with what the peers hold; \
         put back a journal that holds all that was signed: this version has no other way back",
        audit(directory)
    )
}

/// What was there is not: no medium loses it by itself.
fn taken_out(directory: &NodeDirectory) -> String {
    format!(
        "history lacks what stood there: somebody took it out, or the disk or a broker is failing; {}",
        lacking(directory)
    )
}

pub(super) fn of_marker(directory: &NodeDirectory) -> String {
    format!(
        "keep a copy of the whole directory; {} names the first record that fails; where a peer showed the loss \
         and all holds here, records are missing at the end, which no audit of this copy can see: compare with \
         what the peers hold; put back a journal that holds all that was signed; only then remove '{}'",
        audit(directory),
        directory.broken_marker().display()
    )
}

/// Of what that user may not read or write.
pub(super) const AS_ITS_USER: &str = "run this as the user who runs the node; if it says so then too, give that user \
                                      the directory with all in it: chown -R USER DIRECTORY";

pub(super) fn of_settings(fault: &SettingsFault) -> &'static str {
    match fault {
        SettingsFault::File(FileFault::Io { fault, .. })
            if fault.kind() == std::io::ErrorKind::PermissionDenied =>
        {
            AS_ITS_USER
        }
        SettingsFault::File(_) | SettingsFault::Absent(_) | SettingsFault::Wrong { .. } => {
            "compare it with its copy, or with one that `detente init` wrote; a key that is not known is an error"
        }
    }
}

pub(super) fn of_checkpoint(fault: &CheckpointFileFault) -> &'static str {
    match fault {
        CheckpointFileFault::Unusable { .. } => AS_ITS_USER,
        CheckpointFileFault::NotOurs { .. } => "find out who changed it; put it back from its copy",
    }
}

pub(super) const KEYS_PUT_BACK: &str = "put back the keys that the newest own key list names";

/// The medium does not open.
pub(super) fn of_medium(fault: &MediumFault, directory: &NodeDirectory) -> String {
    match fault {
        MediumFault::Absent { .. } | MediumFault::AlreadyThere { .. } | MediumFault::NotAJournal { .. } => {
            "put back the journal from its newest copy; never begin a new one".into()
        }
        MediumFault::Beheaded { .. } => taken_out(directory),
        MediumFault::NotPermitted { .. } => AS_ITS_USER.into(),
        MediumFault::WrongSettings { .. } => "set each of them to its right value".into(),
        MediumFault::Unusable { .. } => {
            "see whether the disk or the brokers answer, and whether the user who runs the node may read and write"
                .into()
        }
    }
}

/// The medium opens, and what stands in it is not taken.
pub(super) fn of_history(fault: &OpenFault, directory: &NodeDirectory) -> String {
    match fault {
        OpenFault::Empty => "put back the journal from its newest copy; `init` alone begins one".into(),
        OpenFault::Broken(Broken::Foreign { .. }) => {
            "see whether `fingerprint` in node.toml is this Party's; if it is, this is another's journal: put back \
             our own"
                .into()
        }
        OpenFault::Broken(Broken::NewerFold { .. }) => {
            "run the newer version of this program that wrote it".into()
        }
        OpenFault::Broken(
            Broken::Unreadable { .. }
            | Broken::NoBeginning
            | Broken::HeldByPeer { .. }
            | Broken::Missing { .. },
        ) => lacking(directory),
        OpenFault::Journal(ReadFault::Gone { .. }) => taken_out(directory),
        OpenFault::Changed { .. } => lacking(directory),
        OpenFault::OlderThanCheckpoint { .. } => format!(
            "put back the newest copy, if there is a newer one: this one lacks what was signed since; if there is \
             none, {}",
            lacking(directory)
        ),
        OpenFault::UnderUnknownKey { .. } => format!(
            "find out whose key signed the checkpoint: if it is of a later key list of this Party, put back the newest \
             copy of the journal, and with none {}; if it is another's, find out who changed the checkpoint, and put \
             that back from its copy",
            lacking(directory)
        ),
        OpenFault::Forked { .. } => format!(
            "do not serve; keep a copy of both; find out who signed twice before going on: {} shows how far this \
             one holds",
            audit(directory)
        ),
        OpenFault::Checkpoint(fault) => of_checkpoint(fault).into(),
        OpenFault::Journal(ReadFault::Unreadable { .. }) => {
            format!("see whether the disk or the brokers answer; if they do, {}", lacking(directory))
        }
        OpenFault::KeyMissing(_) => KEYS_PUT_BACK.into(),
        OpenFault::Journal(ReadFault::Unanswered { .. }) | OpenFault::NoEpoch { .. } => {
            "see whether the disk or the brokers answer".into()
        }
    }
}

pub(super) fn of_keys(fault: &KeyFault) -> String {
    match fault {
        KeyFault::File(FileFault::OpenToOthers { path, chmod }) if *chmod == "600" => format!(
            "chmod 600 '{}'; others could read it: unless you know that nobody did, take it for stolen and, once the \
             node runs, renew it: `detente party export --as DESK --out FILE`, then `detente key-list next CUSTODY \
             --after FILE --keys {} --out LIST`; tell the peers since when",
            path.display(),
            purpose_of(path)
        ),
        KeyFault::File(FileFault::OpenToOthers { path, chmod }) => {
            format!(
                "chmod {chmod} '{}'; then run this again: what lies in it was not looked at",
                path.display()
            )
        }
        KeyFault::File(FileFault::Io { fault, .. })
            if fault.kind() == std::io::ErrorKind::PermissionDenied =>
        {
            AS_ITS_USER.into()
        }
        KeyFault::File(
            FileFault::Io { .. }
            | FileFault::TooLarge(_)
            | FileFault::Exists(_)
            | FileFault::NotPut { .. }
            | FileFault::NoName,
        )
        | KeyFault::NotThatKey { .. }
        | KeyFault::Pair { .. }
        | KeyFault::NoRandomness => "put back from its copy what is named".into(),
    }
}

/// A key's file is called after its purpose.
fn purpose_of(path: &Path) -> String {
    path.file_stem().map_or_else(String::new, |stem| stem.to_string_lossy().into_owned())
}

#[cfg(test)]
mod tests {
    use std::io::{Error, ErrorKind};

    use super::*;

    #[test]
    fn what_may_not_be_read_is_mended_by_who_reads_and_not_by_its_copy() {
        let denied = || FileFault::Io { path: "node.toml".into(), fault: ErrorKind::PermissionDenied.into() };
        assert_eq!(of_settings(&SettingsFault::File(denied())), AS_ITS_USER);
        assert_eq!(of_keys(&KeyFault::File(denied())), AS_ITS_USER);
        let why = Error::from(ErrorKind::PermissionDenied).to_string();
        let unusable = CheckpointFileFault::Unusable { path: "checkpoint".into(), why };
        assert_eq!(of_checkpoint(&unusable), AS_ITS_USER);
        let changed = CheckpointFileFault::NotOurs { path: "checkpoint".into() };
        assert!(of_checkpoint(&changed).contains("put it back from its copy"));
    }
}
