//! Files that must be whole or not there, and private ones that nobody else may read.
//!
//! Never here: what is in them. No error quotes a file's content.

use std::fs::{self, DirBuilder, File, OpenOptions, TryLockError};
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use crate::limits;

/// Why a file was not read or written. The file that was there before is untouched.
#[derive(Debug, thiserror::Error)]
pub enum FileFault {
    #[error("{}: {fault}", path.display())]
    Io { path: PathBuf, fault: io::Error },
    #[error("{} can be read or entered by others than its owner; mend it with: chmod {chmod} '{}'",
        path.display(), path.display())]
    OpenToOthers { path: PathBuf, chmod: &'static str },
    #[error("{} is larger than {} bytes and was not read", .0.display(), limits::KEY_FILE_BYTES_MAX)]
    TooLarge(PathBuf),
    #[error("{} is there already and is not overwritten", .0.display())]
    Exists(PathBuf),
}

/// Who may read a file that is written here.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Readers {
    /// Mode 0600.
    OwnerOnly,
    /// Mode 0644.
    Anyone,
}

impl Readers {
    fn mode(self) -> u32 {
        match self {
            Readers::OwnerOnly => 0o600,
            Readers::Anyone => 0o644,
        }
    }
}

fn io_fault(path: &Path) -> impl FnOnce(io::Error) -> FileFault {
    let path = path.to_owned();
    move |fault| FileFault::Io { path, fault }
}

/// Makes a directory that only its owner may enter (0700), with those above it. One that is there
/// already must be closed to others.
pub fn private_directory(path: &Path) -> Result<(), FileFault> {
    DirBuilder::new().recursive(true).mode(0o700).create(path).map_err(io_fault(path))?;
    closed_to_others(path, &fs::metadata(path).map_err(io_fault(path))?, "700")
}

fn closed_to_others(path: &Path, found: &fs::Metadata, chmod: &'static str) -> Result<(), FileFault> {
    if found.permissions().mode() & 0o077 == 0 {
        Ok(())
    } else {
        Err(FileFault::OpenToOthers { path: path.to_owned(), chmod })
    }
}

fn directory_of(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        Some(_) | None => Path::new("."),
    }
}

/// Reads a private file, if neither it nor its directory is open to others. The file that is looked
/// at is the one that was opened, not whatever has its name by then.
pub fn read_private(path: &Path) -> Result<Vec<u8>, FileFault> {
    let directory = directory_of(path);
    closed_to_others(directory, &fs::metadata(directory).map_err(io_fault(directory))?, "700")?;
    let file = File::open(path).map_err(io_fault(path))?;
    closed_to_others(path, &file.metadata().map_err(io_fault(path))?, "600")?;
    read_bounded(path, file)
}

/// Reads a file that anyone may read.
pub fn read_public(path: &Path) -> Result<Vec<u8>, FileFault> {
    read_bounded(path, File::open(path).map_err(io_fault(path))?)
}

/// Reads no more than `bytes_max` and one byte beyond, by which whoever judges the length sees that it is
/// over.
pub fn read_up_to(path: &Path, bytes_max: usize) -> Result<Vec<u8>, FileFault> {
    let most = u64::try_from(bytes_max).unwrap_or(u64::MAX).saturating_add(1);
    let mut bytes = Vec::new();
    File::open(path).and_then(|file| file.take(most).read_to_end(&mut bytes)).map_err(io_fault(path))?;
    Ok(bytes)
}

fn read_bounded(path: &Path, file: File) -> Result<Vec<u8>, FileFault> {
    let mut bytes = Vec::new();
    file.take(limits::KEY_FILE_BYTES_MAX.saturating_add(1))
        .read_to_end(&mut bytes)
        .map_err(io_fault(path))?;
    match u64::try_from(bytes.len()) {
        Ok(length) if length <= limits::KEY_FILE_BYTES_MAX => Ok(bytes),
        Ok(_) | Err(_) => Err(FileFault::TooLarge(path.to_owned())),
    }
}

/// Writes a file that is not there yet, durably, whole or not at all.
pub fn write_new(path: &Path, bytes: &[u8], readers: Readers) -> Result<(), FileFault> {
    let mut new = NewFile::begin(path, readers)?;
    new.file.write_all(bytes).map_err(io_fault(&new.aside))?;
    new.finish()
}

/// A file that is written piece by piece, and is there only when it is whole.
pub struct NewFile {
    pub file: File,
    aside: PathBuf,
    path: PathBuf,
}

impl NewFile {
    pub fn begin(path: &Path, readers: Readers) -> Result<NewFile, FileFault> {
        let (file, aside) = open_aside(path, readers)?;
        Ok(NewFile { file, aside, path: path.to_owned() })
    }

    /// Makes it durable, and puts it in its place, where nothing may be.
    pub fn finish(self) -> Result<(), FileFault> {
        let (aside, path) = (&self.aside, &self.path);
        self.file.sync_all().map_err(io_fault(aside))?;
        // A hard link, unlike a rename, fails where a file is.
        let linked = fs::hard_link(aside, path);
        let removed = fs::remove_file(aside);
        match linked {
            Err(fault) if fault.kind() == io::ErrorKind::AlreadyExists => {
                return Err(FileFault::Exists(path.to_owned()));
            }
            linked => linked.and(removed).map_err(io_fault(path))?,
        }
        sync_directory(path)
    }
}

/// Puts new content in a file's place, durably, whole or not at all.
pub fn replace(path: &Path, bytes: &[u8], readers: Readers) -> Result<(), FileFault> {
    let aside = write_aside(path, bytes, readers)?;
    fs::rename(&aside, path).map_err(io_fault(path))?;
    sync_directory(path)
}

/// Waits until no other process holds this lock, and holds it until the file is dropped.
pub fn lock(path: &Path) -> Result<File, FileFault> {
    let file = lock_file(path)?;
    file.lock().map_err(io_fault(path))?;
    Ok(file)
}

/// Holds this lock until the file is dropped, or `None` where somebody else holds it now.
pub fn try_lock(path: &Path) -> Result<Option<File>, FileFault> {
    let file = lock_file(path)?;
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(fault)) => Err(io_fault(path)(fault)),
    }
}

fn lock_file(path: &Path) -> Result<File, FileFault> {
    File::options().create(true).append(true).mode(0o600).open(path).map_err(io_fault(path))
}

fn write_aside(path: &Path, bytes: &[u8], readers: Readers) -> Result<PathBuf, FileFault> {
    let (mut file, aside) = open_aside(path, readers)?;
    file.write_all(bytes).and_then(|()| file.sync_all()).map_err(io_fault(&aside))?;
    Ok(aside)
}

fn open_aside(path: &Path, readers: Readers) -> Result<(File, PathBuf), FileFault> {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".new");
    let aside = path.with_file_name(name);
    // Left over from a run that was cut short: never in force.
    match fs::remove_file(&aside) {
        Ok(()) => {}
        Err(fault) if fault.kind() == io::ErrorKind::NotFound => {}
        Err(fault) => return Err(io_fault(&aside)(fault)),
    }
    let opened = OpenOptions::new().write(true).create_new(true).mode(readers.mode()).open(&aside);
    Ok((opened.map_err(io_fault(&aside))?, aside))
}

fn sync_directory(path: &Path) -> Result<(), FileFault> {
    let directory = directory_of(path);
    File::open(directory).and_then(|directory| directory.sync_all()).map_err(io_fault(directory))
}
