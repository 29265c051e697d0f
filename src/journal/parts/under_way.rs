//! Parts under way: one that is being written, and one that is being read.
//!
//! Never here: a part's own name for bytes that were not synced and read back.

use std::io;
use std::path::{Path, PathBuf};

use bytes::Bytes;
use tokio::fs::File;
use tokio::io::{AsyncReadExt as _, AsyncSeekExt as _, AsyncWriteExt as _};

use super::{PartFault, Parts, SALT_BYTES, SALT_LENGTH, blocking, digest_of};
use crate::domain::digest::Digest;
use crate::limits;

/// Who gives a part.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Giver {
    Officer,
    Peer,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum IfDropped {
    Remove,
    Keep,
}

/// A part on its way in.
#[derive(Debug)]
pub struct Arriving {
    pub(super) parts: Parts,
    pub(super) path: PathBuf,
    pub(super) file: File,
    pub(super) length: u64,
    /// How many of them may not be on the disk yet.
    pub(super) unsynced: u64,
    pub(super) most: u64,
    pub(super) giver: Giver,
    pub(super) if_dropped: IfDropped,
}

impl Arriving {
    /// How many bytes have come, the salt among them.
    pub fn length(&self) -> u64 {
        self.length
    }

    /// All that was announced has come.
    pub fn is_whole(&self) -> bool {
        self.length >= self.most
    }

    pub async fn append(&mut self, bytes: &[u8]) -> Result<(), PartFault> {
        let more = u64::try_from(bytes.len()).map_err(|_| PartFault::TooLarge)?;
        if self.length.saturating_add(more) > self.most {
            return Err(PartFault::TooLarge);
        }
        let together = match self.giver {
            Giver::Officer => limits::PARTS_BYTES_MAX,
            Giver::Peer => limits::PARTS_BYTES_MAX.saturating_sub(limits::PARTS_BYTES_RESERVE),
        };
        self.check_free(more)?;
        self.parts.reserve(more, together)?;
        self.length = self.length.saturating_add(more);
        let written = async {
            self.file.write_all(bytes).await?;
            self.file.flush().await
        };
        let written = written.await.map_err(PartFault::from);
        if matches!(written, Err(PartFault::NoRoom)) {
            // What it took of a full disk is left to the journal: a part can come again, a text must not wait.
            self.if_dropped = IfDropped::Remove;
        }
        written?;
        self.unsynced = self.unsynced.saturating_add(more);
        if self.unsynced >= limits::PART_UNSYNCED_BYTES_MAX {
            self.sync().await?;
        }
        Ok(())
    }

    /// After a failed sync nothing that was written can be trusted: it goes.
    async fn sync(&mut self) -> Result<(), PartFault> {
        let synced = self.file.sync_all().await;
        if synced.is_err() {
            self.if_dropped = IfDropped::Remove;
        }
        self.unsynced = 0;
        Ok(synced?)
    }

    /// Whether so many bytes more leave what is reserved to texts. If not, what came of it makes room too.
    pub(super) fn check_free(&mut self, more: u64) -> Result<(), PartFault> {
        let free = self.parts.0.free.bytes(&self.parts.0.directory)?;
        if free.saturating_sub(more) < limits::PARTS_LEAVE_FREE_BYTES {
            self.if_dropped = IfDropped::Remove;
            return Err(PartFault::NoRoom);
        }
        Ok(())
    }

    /// Makes it durable, reads it back, and only then gives it the name of a part.
    ///
    /// # Errors
    /// `Damaged` where it is not the part that was announced: then nothing of it is left.
    pub async fn finish(mut self, announced: Option<Digest>) -> Result<(Digest, u64), PartFault> {
        let path = self.path.clone();
        self.sync().await?;
        self.if_dropped = IfDropped::Remove;
        let length = self.length;
        let digest = blocking(move || {
            let mut file = std::fs::File::open(&path)?;
            let digest = digest_of(&mut file)?;
            if file.metadata()?.len() != length || announced.is_some_and(|part| part != digest) {
                return Err(PartFault::Damaged);
            }
            Ok(digest)
        })
        .await?;
        let named = self.parts.path(digest.to_string());
        // One that was damaged, perhaps.
        let replaced = tokio::fs::metadata(&named).await.map_or(0, |file| file.len());
        tokio::fs::rename(&self.path, named).await?;
        self.if_dropped = IfDropped::Keep;
        self.parts.give_back(replaced);
        self.parts.is_back(&digest);
        self.parts.sync_directory().await?;
        Ok((digest, self.length.saturating_sub(SALT_BYTES)))
    }

    /// Whether a part that is kept holds the same content, under its own salt.
    pub async fn is_content_of(&self, part: &Digest) -> Result<bool, PartFault> {
        let paths = (self.path.clone(), self.parts.path(part.to_string()));
        blocking(move || {
            let content = |path: &Path| {
                let mut bytes = std::fs::read(path)?;
                bytes.drain(..bytes.len().min(SALT_LENGTH));
                Ok::<_, PartFault>(bytes)
            };
            Ok(content(&paths.0)? == content(&paths.1)?)
        })
        .await
    }

    /// Nothing of it is wanted any more.
    pub fn discard(mut self) {
        self.if_dropped = IfDropped::Remove;
    }
}

impl Drop for Arriving {
    fn drop(&mut self) {
        if self.if_dropped == IfDropped::Remove && std::fs::remove_file(&self.path).is_ok() {
            self.parts.give_back(self.length);
        }
    }
}

/// A part being read: it was verified when it was opened. Whoever takes it verifies it again.
#[derive(Debug)]
pub struct Reading {
    pub(super) file: File,
}

impl Reading {
    pub async fn skip(&mut self, bytes: u64) -> Result<(), PartFault> {
        self.file.seek(io::SeekFrom::Start(bytes)).await?;
        Ok(())
    }

    /// The next piece; `None` at the end.
    pub async fn next(&mut self) -> Result<Option<Bytes>, PartFault> {
        let mut chunk = vec![0; limits::PART_CHUNK_BYTES];
        let read = self.file.read(&mut chunk).await?;
        chunk.truncate(read);
        Ok(if chunk.is_empty() { None } else { Some(chunk.into()) })
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::Ordering;

    use super::*;

    #[tokio::test]
    async fn one_that_comes_whole_takes_nothing_from_who_is_fetching_it_and_is_counted_once() {
        let folder = tempfile::tempdir().unwrap();
        let parts = Parts::open(folder.path(), |_| false).unwrap();
        let whole = [[7; 32].as_slice(), b"content"].concat();
        let digest = Digest::of(&whole);
        let mut fetched = parts.resume(&digest, 7).await.unwrap();
        fetched.append(&whole[..33]).await.unwrap();
        parts.keep(&digest, &whole).await.unwrap();
        fetched.append(&whole[33..]).await.unwrap();
        assert_eq!(fetched.finish(Some(digest)).await.unwrap(), (digest, 7));
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
        assert_eq!(parts.0.bytes.load(Ordering::Acquire), 39);
    }
}
