//! The last checkpoint kept beside the journal: what a copy of an older state can't contain.
//!
//! Written behind the answers, at most `limits::CHECKPOINT_BEHIND_MS` late: it is a guard against a
//! restored copy, not what makes a record durable.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;

use super::Head;
use super::seal::own_key;
use crate::domain::board::Board;
use crate::domain::digest::Digest;
use crate::domain::keys::Purpose;
use crate::evidence::checkpoint::{Checkpoint, SignedCheckpoint};
use crate::evidence::keys::{KeyRing, PublicKey};
use crate::evidence::names;
use crate::evidence::note::{Note, NoteAlgorithm, NoteFault, NoteKey};
use crate::limits;

#[derive(Clone, Debug)]
pub struct CheckpointFile(PathBuf);

#[derive(Debug, thiserror::Error)]
pub enum CheckpointFileFault {
    #[error("{path} can't be used: {why}")]
    Unusable { path: PathBuf, why: String },
    #[error("{path} is not a checkpoint of this journal; find out who changed it before going on")]
    NotOurs { path: PathBuf },
}

impl CheckpointFile {
    pub fn new(path: &Path) -> CheckpointFile {
        CheckpointFile(path.to_owned())
    }

    /// What the file states, before any signature can be checked. `None` if there is no file yet.
    pub fn read(&self) -> Result<Option<KeptCheckpoint>, CheckpointFileFault> {
        let bytes = match fs::read(&self.0) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(self.unusable(error)),
        };
        let not_ours = || CheckpointFileFault::NotOurs { path: self.0.clone() };
        let note = Note::parse(&bytes).map_err(|_| not_ours())?;
        let checkpoint = Checkpoint::from_text(note.text()).map_err(|_| not_ours())?;
        Ok(Some(KeptCheckpoint { size: checkpoint.size, root: checkpoint.root, bytes, path: self.0.clone() }))
    }

    /// Size and root as the file states them, before any signature can be checked. `None` if there is
    /// no file yet.
    pub fn claimed(&self) -> Result<Option<(u64, Digest)>, CheckpointFileFault> {
        Ok(self.read()?.map(|kept| (kept.size, kept.root)))
    }

    /// Whether one of our own ledger keys signed the file.
    pub fn verify(&self, board: &Board) -> Result<(), CheckpointFileFault> {
        self.read()?.map_or(Ok(()), |kept| kept.verify(board))
    }

    fn write(&self, note: &str) -> Result<(), CheckpointFileFault> {
        let beside = self.0.with_extension("new");
        let write = || {
            let mut file = fs::File::create(&beside)?;
            file.write_all(note.as_bytes())?;
            file.sync_all()?;
            fs::rename(&beside, &self.0)
        };
        write().map_err(|error| self.unusable(error))
    }

    fn unusable(&self, error: std::io::Error) -> CheckpointFileFault {
        CheckpointFileFault::Unusable { path: self.0.clone(), why: error.to_string() }
    }
}

/// Whose key signed a checkpoint that goes beyond the history at hand.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Signer {
    Ours,
    /// Of a key list that is to come, or anybody's: nobody here can tell.
    Unknown,
}

/// What one reading of the file gave: what is compared is what is verified.
pub struct KeptCheckpoint {
    pub size: u64,
    pub root: Digest,
    bytes: Vec<u8>,
    path: PathBuf,
}

impl KeptCheckpoint {
    /// Whether one of our own ledger keys signed it.
    pub fn verify(&self, board: &Board) -> Result<(), CheckpointFileFault> {
        let not_ours = || CheckpointFileFault::NotOurs { path: self.path.clone() };
        let own = board.own.ok_or_else(not_ours)?;
        let known = board.roster.parties.get(&own.party).ok_or_else(not_ours)?;
        let origin = names::journal_origin((&own.party, own.incarnation));
        let verifies = known.key_lists.iter().any(|accepted| {
            let key = accepted.list.key_for(Purpose::Ledger).and_then(|key| PublicKey::from_bytes(key).ok());
            let key = key.and_then(|key| {
                NoteKey::new(&names::ledger_key_name(&own.party), NoteAlgorithm::Ed25519, key).ok()
            });
            key.is_some_and(|key| SignedCheckpoint::open(&self.bytes, &origin, &key).is_ok())
        });
        if verifies { Ok(()) } else { Err(not_ours()) }
    }

    /// Whether it may be ours, of a history that goes on beyond this one and the key lists in it: it names our
    /// ledger key as its signer, and where that is a key of a list in it, or of this node's ring, its signature
    /// verifies.
    pub fn may_be_of(&self, board: &Board, ring: &KeyRing) -> Result<Signer, CheckpointFileFault> {
        let not_ours = || CheckpointFileFault::NotOurs { path: self.path.clone() };
        let own = board.own.ok_or_else(not_ours)?;
        let name = names::ledger_key_name(&own.party);
        let note = Note::parse(&self.bytes).map_err(|_| not_ours())?;
        let known = board.roster.parties.get(&own.party).ok_or_else(not_ours)?;
        let keys = known.key_lists.iter().filter_map(|accepted| accepted.list.key_for(Purpose::Ledger));
        let keys: Vec<NoteKey> = keys
            .filter_map(|key| PublicKey::from_bytes(key).ok())
            .chain(ring.public_keys())
            .filter_map(|key| NoteKey::new(&name, NoteAlgorithm::Ed25519, key).ok())
            .collect();
        let is_named = note.signatures().iter().any(|signature| signature.name() == name);
        match note.verify(&keys.iter().collect::<Vec<_>>()) {
            Ok(_) => Ok(Signer::Ours),
            Err(NoteFault::Unsigned) if is_named => Ok(Signer::Unknown),
            Err(_) => Err(not_ours()),
        }
    }
}

/// The signed checkpoint of the journal's own tree at this head: a C2SP note.
pub fn signed_checkpoint(head: &Head, ring: &KeyRing) -> Option<String> {
    let own = head.board.own?;
    let newest = head.board.roster.parties.get(&own.party)?.newest()?.list.number;
    let key = own_key(&head.board, ring, newest, Purpose::Ledger).ok()?;
    let origin = names::journal_origin((&own.party, own.incarnation));
    let checkpoint = Checkpoint::new(origin, head.chain.size, head.root());
    let signed = SignedCheckpoint::sign(checkpoint, &names::ledger_key_name(&own.party), key).ok()?;
    Some(signed.note().to_string())
}

/// Keeps the file behind the heads until the Registrar ends, then writes the last one. `at_work` is held as
/// long as anything may still be written.
pub(super) async fn keep(
    file: CheckpointFile,
    ring: Arc<KeyRing>,
    mut heads: watch::Receiver<Arc<Head>>,
    at_work: watch::Sender<()>,
) {
    let mut written = 0;
    loop {
        let ended = heads.changed().await.is_err();
        let head = heads.borrow_and_update().clone();
        if head.chain.size > written
            && let Some(note) = signed_checkpoint(&head, &ring)
        {
            let file = file.clone();
            match tokio::task::spawn_blocking(move || file.write(&note)).await {
                Ok(Ok(())) => written = head.chain.size,
                Ok(Err(fault)) => tracing::warn!(%fault, "the checkpoint beside the journal was not written"),
                Err(_) => return,
            }
        }
        if ended {
            drop(at_work);
            return;
        }
        // Heads that come meanwhile are for the next turn; that none will come any more is not waited out.
        let mut no_more = heads.clone();
        tokio::select! {
            () = tokio::time::sleep(Duration::from_millis(limits::CHECKPOINT_BEHIND_MS)) => {}
            _ = no_more.wait_for(|_| false) => {}
        }
    }
}
