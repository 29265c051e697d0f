//! Files that must be whole or not there, and private ones that nobody else may read.
//!
//! Never here: what is in them. No error quotes a file's content.

use std::fs::{self, DirBuilder, File, OpenOptions, TryLockError};
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use rustix::fs::{CWD, RenameFlags, renameat_with};

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
    #[error(
        "{}: {fault}; what was to stand there is whole in {}: this file system may know no name that never writes over \
         another file, so rename it by hand: mv -n '{}' '{}'",
        path.display(), aside.display(), aside.display(), path.display()
    )]
    NotPut { path: PathBuf, aside: PathBuf, fault: io::Error },
    #[error("- is not taken for standard output: name a file")]
    NoName,
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
    new.file.write_all(bytes).map_err(io_fault(path))?;
    new.finish()
}

/// A file that is written piece by piece, and is there only when it is whole.
pub struct NewFile {
    pub file: File,
    aside: Aside,
    path: PathBuf,
}

impl NewFile {
    pub fn begin(path: &Path, readers: Readers) -> Result<NewFile, FileFault> {
        let (file, aside) = Aside::open(path, readers)?;
        Ok(NewFile { file, aside, path: path.to_owned() })
    }

    /// Makes it durable, and puts it in its place, where nothing may be.
    pub fn finish(self) -> Result<(), FileFault> {
        let NewFile { file, aside, path } = self;
        file.sync_all().map_err(io_fault(&path))?;
        // A hard link, unlike a rename, fails where a file is.
        let linked = fs::hard_link(&aside.0, &path);
        put(aside, &path, linked)
    }
}

/// Puts what stands aside in its place, where nothing may be; a hard link to there came to this.
fn put(aside: Aside, path: &Path, linked: io::Result<()>) -> Result<(), FileFault> {
    let put = match linked {
        // Sticks and diskettes, on which files are carried, mostly have a file system without links.
        Err(fault) if fault.kind() != io::ErrorKind::AlreadyExists => rename_new(&aside.0, path),
        linked => linked,
    };
    match put {
        Ok(()) => {
            drop(aside);
            sync_directory(path)
        }
        Err(fault) if fault.kind() == io::ErrorKind::AlreadyExists => Err(FileFault::Exists(path.to_owned())),
        Err(fault) if fault.kind() == io::ErrorKind::NotFound => Err(io_fault(path)(fault)),
        Err(fault) => Err(FileFault::NotPut { path: path.to_owned(), aside: aside.keep(), fault }),
    }
}

/// Renames a file to a name that no other has.
fn rename_new(from: &Path, to: &Path) -> io::Result<()> {
    Ok(renameat_with(CWD, from, CWD, to, RenameFlags::NOREPLACE)?)
}

/// Puts new content in a file's place, durably, whole or not at all.
pub fn replace(path: &Path, bytes: &[u8], readers: Readers) -> Result<(), FileFault> {
    let (mut file, aside) = Aside::open(path, readers)?;
    file.write_all(bytes).and_then(|()| file.sync_all()).map_err(io_fault(path))?;
    fs::rename(&aside.0, path).map_err(io_fault(path))?;
    sync_directory(path)
}

/// A file that is being written beside the one that it becomes, under a name that nobody else gave. It goes with this.
struct Aside(PathBuf);

impl Aside {
    fn open(path: &Path, readers: Readers) -> Result<(File, Aside), FileFault> {
        named(path)?;
        let no_number = |_| io_fault(path)(io::Error::other("the system gave no random number"));
        let name = format!("detente-{:016x}.new", getrandom::u64().map_err(no_number)?);
        let aside = path.with_file_name(name);
        let opened = OpenOptions::new().write(true).create_new(true).mode(readers.mode()).open(&aside);
        Ok((opened.map_err(io_fault(path))?, Aside(aside)))
    }

    /// Leaves it where it is.
    fn keep(mut self) -> PathBuf {
        std::mem::take(&mut self.0)
    }
}

impl Drop for Aside {
    fn drop(&mut self) {
        // What was renamed, or is kept, is not there under this name.
        let _ = fs::remove_file(&self.0);
    }
}

/// What other programs take for standard output is the name of no file here.
pub fn named(path: &Path) -> Result<(), FileFault> {
    if path == Path::new("-") { Err(FileFault::NoName) } else { Ok(()) }
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

fn sync_directory(path: &Path) -> Result<(), FileFault> {
    let directory = directory_of(path);
    File::open(directory).and_then(|directory| directory.sync_all()).map_err(io_fault(directory))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).unwrap();
        let mut names: Vec<String> =
            entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[test]
    fn where_there_are_no_links_a_new_file_is_put_in_its_place_all_the_same_and_never_over_another() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("carried");
        let no_links = || Err(io::Error::from(io::ErrorKind::PermissionDenied));
        let aside = |bytes: &[u8]| {
            let (mut file, aside) = Aside::open(&path, Readers::OwnerOnly).unwrap();
            file.write_all(bytes).unwrap();
            aside
        };
        put(aside(b"first"), &path, no_links()).unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"first");
        let fault = put(aside(b"second"), &path, no_links()).unwrap_err();
        assert!(matches!(fault, FileFault::Exists(_)), "{fault}");
        assert_eq!(fs::read(&path).unwrap(), b"first");
        assert_eq!(names(folder.path()), ["carried"]);
    }

    #[test]
    fn what_can_not_be_put_in_its_place_is_kept_and_the_fault_says_where() {
        let folder = tempfile::tempdir().unwrap();
        let (mut file, aside) = Aside::open(&folder.path().join("carried"), Readers::OwnerOnly).unwrap();
        file.write_all(b"whole").unwrap();
        // A file is no directory in which another one could be.
        fs::write(folder.path().join("file"), b"").unwrap();
        let no_links = Err(io::Error::from(io::ErrorKind::PermissionDenied));
        let fault = put(aside, &folder.path().join("file/carried"), no_links).unwrap_err();
        let said = fault.to_string();
        let FileFault::NotPut { aside, .. } = fault else { panic!("{said}") };
        assert!(said.contains(&format!("is whole in {}", aside.display())), "{said}");
        assert!(said.contains(&format!("rename it by hand: mv -n '{}'", aside.display())), "{said}");
        assert_eq!(fs::read(&aside).unwrap(), b"whole");
    }

    #[test]
    fn no_file_is_called_as_standard_output_is() {
        for fault in [
            write_new(Path::new("-"), b"", Readers::Anyone).unwrap_err(),
            replace(Path::new("-"), b"", Readers::Anyone).unwrap_err(),
        ] {
            assert!(matches!(fault, FileFault::NoName), "{fault}");
        }
        assert!(!Path::new("-").exists());
    }

    #[test]
    fn what_stands_beside_a_file_stays_and_what_was_broken_off_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let in_it = |name: &str| folder.path().join(name);
        fs::write(in_it("plan.new"), b"the officer's own").unwrap();
        write_new(&in_it("plan"), b"1", Readers::OwnerOnly).unwrap();
        replace(&in_it("plan"), b"2", Readers::OwnerOnly).unwrap();
        write_new(&in_it("plan"), b"3", Readers::OwnerOnly).unwrap_err();
        drop(NewFile::begin(&in_it("other"), Readers::Anyone).unwrap());
        assert_eq!(names(folder.path()), ["plan", "plan.new"]);
        assert_eq!(fs::read(in_it("plan.new")).unwrap(), b"the officer's own");
        assert_eq!(fs::read(in_it("plan")).unwrap(), b"2");
    }
}
