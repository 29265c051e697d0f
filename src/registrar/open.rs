//! Opening a journal to write: replay it, hold it against the last checkpoint, open an epoch, and
//! start the writer if that epoch is ours.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;

use super::checkpoint::{self, CheckpointFileFault, Signer};
use super::inbox::inbox;
use super::writer::Writer;
use super::{CheckpointFile, Head, KeptCheckpoint, KeyMissing, Registrar, Standing};
use crate::clock::Clock;
use crate::domain::board::Board;
use crate::domain::digest::{Digest, WriterId};
use crate::evidence::keys::KeyRing;
use crate::journal::untouched_readers::Readers;
use crate::journal::{End, Entry, Journal, ReadFault, Reader};
use crate::limits;
use crate::replay::records::Newest;
use crate::replay::{Ahead, Broken, Fold, Look, TrustRoot};

/// Why a journal is not opened. Nothing was written; or, where the medium only claims where its end is, no
/// more than the epoch by which that was found out.
#[derive(Debug, thiserror::Error)]
pub enum OpenFault {
    #[error("the journal is empty; `detente init` alone begins one")]
    Empty,
    #[error(transparent)]
    Broken(#[from] Broken),
    #[error(
        "the journal holds {found} record(s), but {expected} were signed before: record {found} is missing or \
         changed. This may be an older copy; do not go on with it"
    )]
    OlderThanCheckpoint { expected: u64, found: u64 },
    #[error(
        "the checkpoint kept beside the journal covers {expected} record(s), under a ledger key that no key list in \
         this journal names and that is not in this node's key directory; the journal holds {found}. Either it is \
         an older copy, from before that key list, or the checkpoint is another's; do not go on before it is known \
         which"
    )]
    UnderUnknownKey { expected: u64, found: u64 },
    #[error(
        "record {index} can't be read, or does not follow the one before it, and entries that were signed after it \
         are here: it was changed or taken out; {signed} record(s) were signed before. Do not go on with it"
    )]
    Changed { index: u64, signed: u64 },
    #[error(
        "the journal's first {size} records are not those that were signed before: its history was forked"
    )]
    Forked { size: u64 },
    #[error(transparent)]
    Checkpoint(#[from] CheckpointFileFault),
    #[error(transparent)]
    Journal(#[from] ReadFault),
    #[error("no epoch could be opened: {why}")]
    NoEpoch { why: String },
    #[error("no epoch could be opened: {0}")]
    KeyMissing(#[from] KeyMissing),
}

/// What it takes to open a journal.
pub struct Opening {
    pub journal: Journal,
    pub clock: Clock,
    pub ring: Arc<KeyRing>,
    /// `None` only where nothing is kept beside the journal, as in an audit.
    pub checkpoint: Option<CheckpointFile>,
    pub root: TrustRoot,
    /// Fresh for each process: 16 random bytes.
    pub writer: WriterId,
}

impl Opening {
    /// Replays, checks, opens an epoch, and starts the writer. The task ends when the journal is found
    /// broken, with the sentence why, or when all handles are gone.
    pub async fn open(self) -> Result<(Registrar, JoinHandle<Result<(), Broken>>), OpenFault> {
        let kept = match &self.checkpoint {
            Some(file) => file.read()?,
            None => None,
        };
        let held_to = HeldTo::kept(kept.as_ref(), &self.ring);
        let replayed = replay_as_told(&|| self.journal.reader(0), self.root, held_to).await?;
        let (fold, short) = match (replayed, self.journal.end()) {
            (Replayed::Whole(fold), _) => (fold, None),
            // More may stand behind the end that was told. The epoch, once it is read back, is the end.
            (Replayed::Short { fold, .. }, End::Claimed) if fold.chain.size > 0 => (fold.clone(), Some(fold)),
            (Replayed::Short { why, .. }, End::Claimed | End::Exact) => return Err(why),
        };
        if let (Some(kept), None) = (&kept, &short) {
            kept.verify(&fold.board)?;
        }
        // An older copy of the journal, with no checkpoint beside it, looks just the same.
        if self.checkpoint.is_some() && kept.is_none() && fold.chain.size > 1 {
            tracing::warn!(
                "no checkpoint lies beside the journal: an older copy can't be told from the newest, and a new \
                 checkpoint is made of what is here; compare with what the peers hold"
            );
        }
        let (inbox, commands) = inbox();
        let (renewals, from_renewals) = mpsc::channel(1);
        let (announce, head) = watch::channel(Arc::new(head_of(&fold, Standing::StandsBy, Newest::from([]))));
        let (at_work, keeping) = watch::channel(());
        let registrar = Registrar {
            inbox,
            renewals,
            head: head.clone(),
            keeping,
            journal: self.journal.clone(),
            clock: self.clock.clone(),
        };
        let mut writer = Writer::new(
            self.journal,
            self.clock,
            self.ring.clone(),
            self.writer,
            fold,
            announce,
            commands,
            from_renewals,
        )?;
        writer.open_epoch().await?;
        if let (Some(kept), Some(short)) = (&kept, short) {
            hold_to_checkpoint(&writer, short, kept, &self.ring).await?;
        }
        if let Some(file) = self.checkpoint {
            tokio::spawn(checkpoint::keep(file, self.ring, head, at_work));
        }
        Ok((registrar, tokio::spawn(writer.run())))
    }
}

pub(super) fn head_of(fold: &Fold, standing: Standing, newest: Newest) -> Head {
    Head {
        chain: fold.chain.clone(),
        board: Arc::new(fold.board.clone()),
        tree: fold.tree.clone(),
        positions: Arc::new(fold.positions.clone()),
        message_keys: fold.message_keys.clone(),
        void: fold.voids.count,
        standing,
        newest,
    }
}

/// Reads from a history that was shorter than the checkpoint up to the epoch just opened, which is where the
/// journal ended, and holds that against the checkpoint.
async fn hold_to_checkpoint(
    writer: &Writer,
    mut fold: Fold,
    kept: &KeptCheckpoint,
    ring: &KeyRing,
) -> Result<(), OpenFault> {
    let (expected, end) = (kept.size, &writer.durable);
    // The epoch itself stands in nobody's place.
    let found = end.chain.size.saturating_sub(1);
    if found < expected {
        return Err(too_short(kept.may_be_of(&end.board, ring)?, expected, found));
    }
    let mut reader = writer.journal.reader(fold.positions.next())?;
    let limit = Duration::from_millis(limits::READ_BACK_MS_MAX);
    while fold.chain.size < expected {
        let read = tokio::time::timeout(limit, reader.next()).await;
        let late = || OpenFault::NoEpoch { why: "what stands before it was not read in time".into() };
        for entry in read.map_err(|_| late())?? {
            if fold.chain.size < expected {
                fold.step(entry.position, &entry.bytes, Look::AtSignature)?;
            }
        }
    }
    kept.verify(&end.board)?;
    if fold.tree.root() != kept.root {
        return Err(OpenFault::Forked { size: expected });
    }
    Ok(())
}

/// Replays to the end that the medium tells, and holds the history against a checkpoint.
pub async fn replay_checked(
    journal: &Journal,
    root: TrustRoot,
    checkpoint: Option<(u64, Digest)>,
) -> Result<Fold, OpenFault> {
    let held_to = match checkpoint {
        None => HeldTo::Nothing,
        Some((size, root)) => HeldTo::Claimed(size, root),
    };
    replay_as_told(&|| journal.reader(0), root, held_to).await?.covered()
}

/// The same, of a medium that is only looked at.
pub async fn replay_untouched(
    journal: &Readers,
    root: TrustRoot,
    checkpoint: Option<&KeptCheckpoint>,
    ring: &KeyRing,
) -> Result<Fold, OpenFault> {
    replay_as_told(&|| journal.begin(), root, HeldTo::kept(checkpoint, ring)).await?.covered()
}

/// Fewer records than a checkpoint covers, by whose key it is signed.
fn too_short(signer: Signer, expected: u64, found: u64) -> OpenFault {
    match signer {
        Signer::Ours => OpenFault::OlderThanCheckpoint { expected, found },
        Signer::Unknown => OpenFault::UnderUnknownKey { expected, found },
    }
}

/// What a history is held against.
#[derive(Clone, Copy)]
enum HeldTo<'k> {
    Nothing,
    /// Size and root, by the word of whoever asks.
    Claimed(u64, Digest),
    /// A file, whose signature is judged before it is believed over the history, and the node's own keys.
    Kept(&'k KeptCheckpoint, &'k KeyRing),
}

impl<'k> HeldTo<'k> {
    fn kept(kept: Option<&'k KeptCheckpoint>, ring: &'k KeyRing) -> HeldTo<'k> {
        kept.map_or(HeldTo::Nothing, |kept| HeldTo::Kept(kept, ring))
    }

    fn size_and_root(self) -> Option<(u64, Digest)> {
        match self {
            HeldTo::Nothing => None,
            HeldTo::Claimed(size, root) => Some((size, root)),
            HeldTo::Kept(kept, _) => Some((kept.size, kept.root)),
        }
    }

    /// Before a history that has all its records is called another one.
    fn verify(self, board: &Board) -> Result<(), CheckpointFileFault> {
        match self {
            HeldTo::Nothing | HeldTo::Claimed(..) => Ok(()),
            HeldTo::Kept(kept, _) => kept.verify(board),
        }
    }

    /// Before a history is called too short, which may lack the key list that it was signed under.
    fn may_be_of(self, board: &Board) -> Result<Signer, CheckpointFileFault> {
        match self {
            HeldTo::Nothing | HeldTo::Claimed(..) => Ok(Signer::Ours),
            HeldTo::Kept(kept, ring) => kept.may_be_of(board, ring),
        }
    }
}

/// What was replayed up to the end that the medium tells.
enum Replayed {
    /// It holds what the checkpoint covers.
    Whole(Fold),
    /// It ends before what was signed, every signature checked; what is to be said if that is its end.
    Short { fold: Fold, why: OpenFault },
}

impl Replayed {
    fn covered(self) -> Result<Fold, OpenFault> {
        match self {
            Replayed::Whole(fold) => Ok(fold),
            Replayed::Short { why, .. } => Err(why),
        }
    }
}

/// Signatures up to the checkpoint are left to its signature at first. Where the tree then differs,
/// somebody may have slipped in a record that only looks like ours, so all are checked again: `begin` gives a
/// reader from the first entry on each time.
async fn replay_as_told(
    begin: &impl Fn() -> Result<Reader, ReadFault>,
    root: TrustRoot,
    checkpoint: HeldTo<'_>,
) -> Result<Replayed, OpenFault> {
    let Some((size, expected)) = checkpoint.size_and_root() else {
        return whole(replay(begin()?, root, Trusted::Nothing, 0).await?.0).map(Replayed::Whole);
    };
    match replay(begin()?, root, Trusted::UpTo(size), size).await {
        Ok((fold, found)) if found == Some(expected) && fold.missing_at_end().is_none() => {
            return whole(fold).map(Replayed::Whole);
        }
        // An unsigned record may have led astray: into another tree, into one that can't be read, or into
        // the belief that something is missing.
        Ok(_) | Err(OpenFault::Broken(_)) => {}
        Err(fault) => return Err(fault),
    }
    let (fold, found) = replay(begin()?, root, Trusted::Nothing, size).await?;
    match found {
        Some(root) if root == expected => whole(fold).map(Replayed::Whole),
        Some(_) => {
            checkpoint.verify(&fold.board)?;
            Err(OpenFault::Forked { size })
        }
        None if fold.chain.size == 0 && fold.voids.count == 0 => Err(OpenFault::Empty),
        None if fold.missing_at_end().is_some() => {
            Err(OpenFault::Changed { index: fold.chain.size, signed: size })
        }
        None => {
            // Without a first record there is no key by which anything could be judged.
            let signer = if fold.chain.size > 0 { checkpoint.may_be_of(&fold.board)? } else { Signer::Ours };
            let why = too_short(signer, size, fold.chain.size);
            Ok(Replayed::Short { fold, why })
        }
    }
}

/// Refuses what ends in records that follow on something which is not there.
fn whole(fold: Fold) -> Result<Fold, OpenFault> {
    match fold.missing_at_end() {
        _ if fold.chain.size == 0 && fold.voids.count == 0 => Err(OpenFault::Empty),
        _ if fold.chain.size == 0 => Err(Broken::NoBeginning.into()),
        Some(index) => Err(Broken::Missing { index }.into()),
        None => Ok(fold),
    }
}

/// Which signatures are left unchecked for now.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Trusted {
    Nothing,
    /// Those of the first so many records.
    UpTo(u64),
}

/// Folds everything there is, with the root over the first `size` records beside it, if so many count.
pub async fn replay_to_end(
    journal: &Journal,
    root: TrustRoot,
    trusted: Trusted,
    size: u64,
) -> Result<(Fold, Option<Digest>), OpenFault> {
    replay(journal.reader(0)?, root, trusted, size).await
}

async fn replay(
    mut reader: Reader,
    root: TrustRoot,
    trusted: Trusted,
    size: u64,
) -> Result<(Fold, Option<Digest>), OpenFault> {
    let look_at = move |index: u64| match trusted {
        Trusted::UpTo(size) if index < size => Look::AtChainOnly,
        Trusted::UpTo(_) | Trusted::Nothing => Look::AtSignature,
    };
    let mut fold = Fold::new(root);
    let mut at_size = None;
    let mut read = read_ahead(&mut reader, look_at, Vec::new()).await?;
    let mut folded = Vec::new();
    while let Some(ahead) = read {
        // One batch is folded while the next is taken apart, and those after it are read.
        let next = read_ahead(&mut reader, look_at, folded).await?;
        folded = ahead.await.map_err(|_| ReadFault::ended())?;
        for entry in &folded {
            let look = look_at(fold.chain.size);
            if fold.step_ahead(entry, look)?.is_none() && fold.chain.size == size {
                at_size = Some(fold.tree.root());
            }
        }
        read = next;
    }
    Ok((fold, at_size))
}

/// Takes the next entries apart on another thread; `None` at the end.
///
/// What was folded is let go there too: memory that one thread takes and another gives back ends up among
/// what is on the Board, and holds on to the gaps around it.
async fn read_ahead(
    reader: &mut Reader,
    look_at: impl Fn(u64) -> Look + Send + 'static,
    folded: Vec<Ahead>,
) -> Result<Option<JoinHandle<Vec<Ahead>>>, ReadFault> {
    // No position is lower than the index of what stands there.
    let of = move |entry: Entry| Ahead::of(entry.position, entry.bytes, look_at(entry.position));
    let entries = reader.next_or_end().await?;
    Ok(entries.map(|entries| {
        tokio::task::spawn_blocking(move || {
            drop(folded);
            entries.into_iter().map(of).collect()
        })
    }))
}
