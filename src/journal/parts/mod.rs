//! Parts beside the journal: one private file each, named by its salted digest, that holds salt (32
//! bytes) and content. Whole and verified, or not there; verified again whenever it is read.
//!
//! Never here: which parts are on record, who may read one. A part that was erased is removed, which is
//! all that a program can do: a journalling or copying file system, a worn flash cell, a snapshot or a
//! backup may hold the bytes for longer. Whoever must be sure keeps this directory on an encrypted
//! volume of its own, leaves it out of backups, and destroys the volume's key.

mod free;
mod under_way;

use std::collections::BTreeSet;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use sha2::{Digest as _, Sha256};
use tokio::fs::File;
use tokio::sync::watch;

pub use self::free::Free;
pub use self::under_way::{Arriving, Reading};
use self::under_way::{Giver, IfDropped};
use crate::domain::digest::Digest;
use crate::limits;

/// Bytes of the salt before the content (an input to SHA-256 as long as its output).
pub const SALT_BYTES: u64 = SALT_LENGTH as u64;

/// The same, as what is in memory is counted.
pub const SALT_LENGTH: usize = 32;

/// The directory of parts. Clones share it.
#[derive(Clone, Debug)]
pub struct Parts(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    directory: PathBuf,
    /// All files together.
    bytes: AtomicU64,
    free: Free,
    /// What was asked for since the process started and is not here as it was kept.
    missed: watch::Sender<BTreeSet<Digest>>,
}

/// Why a part is not kept or not given. Nothing half done is ever taken for a part.
#[derive(Debug, thiserror::Error)]
pub enum PartFault {
    #[error("there is no such part")]
    Absent,
    #[error("the part's file is not what was kept: its size or its digest differs")]
    Damaged,
    #[error("larger than a part may be ({} bytes)", limits::PART_BYTES_MAX)]
    TooLarge,
    /// The disk is full but for what is reserved to texts, or all that may be kept is. Safe to try again once there is
    /// room.
    #[error("there is no room for it")]
    NoRoom,
    #[error("the directory of parts can't be used: {0}")]
    Io(io::ErrorKind),
}

impl From<io::Error> for PartFault {
    fn from(fault: io::Error) -> PartFault {
        use io::ErrorKind::{FileTooLarge, NotFound, QuotaExceeded, StorageFull};
        match fault.kind() {
            NotFound => PartFault::Absent,
            StorageFull | QuotaExceeded | FileTooLarge => PartFault::NoRoom,
            other => PartFault::Io(other),
        }
    }
}

/// What a file in the directory is, by its name.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Lies {
    Part(Digest),
    /// As much of a part as has come from a peer.
    Beginning(Digest),
    /// An officer's, that was cut short.
    Unfinished,
}

fn lies(name: &str) -> Option<Lies> {
    match name.split_once('.') {
        None => Digest::from_hex(name).map(Lies::Part),
        Some((digest, "beginning")) => Digest::from_hex(digest).map(Lies::Beginning),
        Some((_, "new")) => Some(Lies::Unfinished),
        Some(_) => None,
    }
}

impl Parts {
    /// Opens the directory, and removes what is left over from before. Other files are left alone.
    ///
    /// # Errors
    /// It can't be read, or not written to.
    pub fn open(directory: &Path, is_left_over: impl Fn(Lies) -> bool) -> Result<Parts, PartFault> {
        let mut bytes = 0_u64;
        for entry in std::fs::read_dir(directory)? {
            let entry = entry?;
            let Some(lies) = entry.file_name().to_str().and_then(lies) else { continue };
            if is_left_over(lies) {
                std::fs::remove_file(entry.path())?;
            } else {
                bytes = bytes.saturating_add(entry.metadata()?.len());
            }
        }
        Ok(Parts(Arc::new(Inner {
            directory: directory.to_owned(),
            bytes: AtomicU64::new(bytes),
            free: Free::of_the_disk(),
            missed: watch::Sender::default(),
        })))
    }

    fn path(&self, name: impl AsRef<Path>) -> PathBuf {
        self.0.directory.join(name)
    }

    fn beginning(&self, part: &Digest) -> PathBuf {
        self.path(format!("{part}.beginning"))
    }

    /// A new part with a fresh salt. What is dropped before `finish` leaves nothing behind.
    pub async fn begin(&self) -> Result<Arriving, PartFault> {
        let salt: [u8; SALT_LENGTH] = random()?;
        let most = SALT_BYTES.saturating_add(limits::PART_BYTES_MAX);
        let mut arriving = self.fresh(Giver::Officer, most).await?;
        arriving.append(&salt).await?;
        Ok(arriving)
    }

    async fn fresh(&self, giver: Giver, most: u64) -> Result<Arriving, PartFault> {
        let path = self.path(format!("{}.new", hex::encode(random::<16>()?)));
        let file = options().create_new(true).open(&path).await?;
        let (parts, if_dropped) = (self.clone(), IfDropped::Remove);
        Ok(Arriving { parts, path, file, length: 0, unsynced: 0, most, giver, if_dropped })
    }

    /// A part that comes from elsewhere, salt first, from where it was cut. What is dropped before
    /// `finish` stays as its beginning.
    pub async fn resume(&self, part: &Digest, bytes: u64) -> Result<Arriving, PartFault> {
        let path = self.beginning(part);
        let file = options().create(true).open(&path).await?;
        let length = file.metadata().await?.len();
        let most = SALT_BYTES.saturating_add(bytes);
        let mut arriving = Arriving {
            parts: self.clone(),
            path,
            file,
            length,
            // What was written before a cut may lie there unwritten too.
            unsynced: length,
            most,
            giver: Giver::Peer,
            if_dropped: IfDropped::Keep,
        };
        if length > most {
            arriving.if_dropped = IfDropped::Remove;
            return Err(PartFault::Damaged);
        }
        // Nobody is asked for what could not be kept.
        arriving.check_free(most.saturating_sub(length))?;
        Ok(arriving)
    }

    /// A part that came in one piece from elsewhere, salt first. A beginning of it is left alone: another may be writing
    /// on it.
    ///
    /// # Errors
    /// As of any part that comes: then nothing of it is left.
    pub async fn keep(&self, part: &Digest, whole: &[u8]) -> Result<(), PartFault> {
        let mut arriving = self.fresh(Giver::Peer, whole.len() as u64).await?;
        arriving.append(whole).await?;
        arriving.finish(Some(*part)).await.map(|_| ())
    }

    /// Parts that are on record as kept, and were found damaged or gone when somebody asked for them.
    pub fn missed(&self) -> watch::Receiver<BTreeSet<Digest>> {
        self.0.missed.subscribe()
    }

    /// A part on record as kept, to be read from its salt on. Its size and digest are verified first; if it
    /// is not what was kept, that is remembered.
    pub async fn read_kept(&self, part: &Digest, bytes: u64) -> Result<Reading, PartFault> {
        let reading = self.read(part, bytes).await;
        if let Err(PartFault::Absent | PartFault::Damaged) = reading {
            self.0.missed.send_if_modified(|missed| missed.insert(*part));
        }
        reading
    }

    /// How much is free where they lie.
    pub fn free(&self) -> &Free {
        &self.0.free
    }

    fn is_back(&self, part: &Digest) {
        self.0.missed.send_if_modified(|missed| missed.remove(part));
    }

    /// A part to be read from its salt on, whose size and digest were just verified.
    pub async fn read(&self, part: &Digest, bytes: u64) -> Result<Reading, PartFault> {
        let (path, named) = (self.path(part.to_string()), *part);
        let file = blocking(move || {
            let mut file = std::fs::File::open(&path)?;
            if !holds(&mut file, &named, SALT_BYTES.saturating_add(bytes))? {
                return Err(PartFault::Damaged);
            }
            io::Seek::rewind(&mut file)?;
            Ok(file)
        })
        .await?;
        self.is_back(part);
        Ok(Reading { file: File::from_std(file) })
    }

    /// Removes the beginning of a part that has not wholly come.
    pub fn forget(&self, part: &Digest) -> Result<(), PartFault> {
        self.remove(&self.beginning(part))
    }

    /// Removes a part, and the beginning of one that has not wholly come.
    pub async fn erase(&self, part: &Digest) -> Result<(), PartFault> {
        for path in [self.path(part.to_string()), self.beginning(part)] {
            self.remove(&path)?;
        }
        self.is_back(part);
        self.sync_directory().await
    }

    fn remove(&self, path: &Path) -> Result<(), PartFault> {
        let length = std::fs::metadata(path).map_or(0, |file| file.len());
        match std::fs::remove_file(path) {
            Ok(()) => self.give_back(length),
            Err(fault) if fault.kind() == io::ErrorKind::NotFound => {}
            Err(fault) => return Err(fault.into()),
        }
        Ok(())
    }

    async fn sync_directory(&self) -> Result<(), PartFault> {
        Ok(File::open(&self.0.directory).await?.sync_all().await?)
    }

    fn reserve(&self, bytes: u64, most: u64) -> Result<(), PartFault> {
        let more = |held: u64| held.checked_add(bytes).filter(|together| *together <= most);
        let done = self.0.bytes.fetch_update(Ordering::AcqRel, Ordering::Acquire, more);
        done.map(|_| ()).map_err(|_| PartFault::NoRoom)
    }

    fn give_back(&self, bytes: u64) {
        let less = |held: u64| Some(held.saturating_sub(bytes));
        // It can't fail: the new value is always given.
        let _ = self.0.bytes.fetch_update(Ordering::AcqRel, Ordering::Acquire, less);
    }
}

fn options() -> tokio::fs::OpenOptions {
    let mut options = tokio::fs::OpenOptions::new();
    options.read(true).append(true).mode(0o600);
    options
}

fn random<const BYTES: usize>() -> Result<[u8; BYTES], PartFault> {
    let mut random = [0; BYTES];
    getrandom::fill(&mut random).map_err(|_| PartFault::Io(io::ErrorKind::Other))?;
    Ok(random)
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, PartFault> + Send + 'static,
) -> Result<T, PartFault> {
    tokio::task::spawn_blocking(work).await.unwrap_or(Err(PartFault::Io(io::ErrorKind::Interrupted)))
}

/// Whether the file has this length and, all of it, this digest.
fn holds(file: &mut std::fs::File, part: &Digest, length: u64) -> Result<bool, PartFault> {
    Ok(file.metadata()?.len() == length && digest_of(file)? == *part)
}

fn digest_of(file: &mut std::fs::File) -> Result<Digest, PartFault> {
    io::Seek::rewind(file)?;
    let mut sum = Sha256::new();
    let mut chunk = vec![0; limits::PART_CHUNK_BYTES];
    loop {
        let read = io::Read::read(file, &mut chunk)?;
        match chunk.get(..read) {
            None | Some([]) => return Ok(Digest(sum.finalize().into())),
            Some(bytes) => sum.update(bytes),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn open(directory: &Path) -> Parts {
        Parts::open(directory, |_| false).unwrap()
    }

    fn files(directory: &Path) -> Vec<String> {
        let names = std::fs::read_dir(directory).unwrap();
        names.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
    }

    async fn all(mut reading: Reading) -> Vec<u8> {
        let mut all = Vec::new();
        while let Some(chunk) = reading.next().await.unwrap() {
            all.extend_from_slice(&chunk);
        }
        all
    }

    #[tokio::test]
    async fn a_part_is_kept_under_the_digest_of_salt_and_content_and_read_back() {
        let folder = tempfile::tempdir().unwrap();
        let parts = open(folder.path());
        let mut arriving = parts.begin().await.unwrap();
        arriving.append(b"a list of names").await.unwrap();
        let (digest, bytes) = arriving.finish(None).await.unwrap();
        let read = all(parts.read(&digest, bytes).await.unwrap()).await;
        assert_eq!((Digest::of(&read), &read[32..]), (digest, b"a list of names".as_slice()));
        let mode = std::os::unix::fs::PermissionsExt::mode(
            &std::fs::metadata(folder.path().join(digest.to_string())).unwrap().permissions(),
        );
        assert_eq!(mode & 0o777, 0o600);
        parts.erase(&digest).await.unwrap();
        assert!(matches!(parts.read(&digest, bytes).await, Err(PartFault::Absent)));
        assert_eq!((files(folder.path()), parts.0.bytes.load(Ordering::Acquire)), (Vec::new(), 0));
    }

    #[tokio::test]
    async fn what_was_announced_otherwise_is_discarded_and_a_cut_one_goes_on_where_it_was() {
        let folder = tempfile::tempdir().unwrap();
        let parts = open(folder.path());
        let whole = [[7; 32].as_slice(), b"content"].concat();
        let digest = Digest::of(&whole);
        let mut wrong = parts.resume(&digest, 7).await.unwrap();
        wrong.append(&[8; 39]).await.unwrap();
        assert!(matches!(wrong.append(b"x").await, Err(PartFault::TooLarge)));
        assert!(matches!(wrong.finish(Some(digest)).await, Err(PartFault::Damaged)));
        assert!(files(folder.path()).is_empty());

        let mut first = parts.resume(&digest, 7).await.unwrap();
        first.append(&whole[..35]).await.unwrap();
        drop(first);
        let parts = open(folder.path());
        let mut second = parts.resume(&digest, 7).await.unwrap();
        assert_eq!(second.length(), 35);
        second.append(&whole[35..]).await.unwrap();
        assert!(second.is_whole());
        assert_eq!(second.finish(Some(digest)).await.unwrap(), (digest, 7));
        assert_eq!(files(folder.path()), [digest.to_string()]);
    }

    #[tokio::test]
    async fn parts_leave_the_stated_room_free_and_keep_nothing_of_what_does_not_fit_beside_it() {
        let folder = tempfile::tempdir().unwrap();
        let parts = open(folder.path());
        let whole = [[7; 32].as_slice(), b"content"].concat();
        let digest = Digest::of(&whole);
        let mut beginning = parts.resume(&digest, 7).await.unwrap();
        beginning.append(&whole[..33]).await.unwrap();
        drop(beginning);
        parts.free().set(limits::PARTS_LEAVE_FREE_BYTES + 5);
        assert!(matches!(parts.begin().await, Err(PartFault::NoRoom)));
        assert!(matches!(parts.resume(&digest, 7).await, Err(PartFault::NoRoom)));
        assert_eq!((files(folder.path()), parts.0.bytes.load(Ordering::Acquire)), (Vec::new(), 0));
        parts.free().set(limits::PARTS_LEAVE_FREE_BYTES + 39);
        let mut again = parts.resume(&digest, 7).await.unwrap();
        again.append(&whole).await.unwrap();
        assert_eq!(again.finish(Some(digest)).await.unwrap(), (digest, 7));
    }

    #[tokio::test]
    async fn what_is_dropped_or_left_over_leaves_nothing_behind() {
        let folder = tempfile::tempdir().unwrap();
        let parts = open(folder.path());
        let mut arriving = parts.begin().await.unwrap();
        arriving.append(b"half").await.unwrap();
        drop(arriving);
        assert_eq!((files(folder.path()), parts.0.bytes.load(Ordering::Acquire)), (Vec::new(), 0));
        for name in ["0".repeat(64), format!("{}.beginning", "1".repeat(64)), "2.new".into(), "else".into()] {
            std::fs::write(folder.path().join(name), b"x").unwrap();
        }
        let parts = Parts::open(folder.path(), |lies| !matches!(lies, Lies::Beginning(_))).unwrap();
        let mut left = files(folder.path());
        left.sort();
        assert_eq!(left, [format!("{}.beginning", "1".repeat(64)), "else".into()]);
        assert_eq!(parts.0.bytes.load(Ordering::Acquire), 1);
    }
}
