//! How many bytes are free where parts lie: as the file system says, or as a test set it.
//!
//! Never here: how many must stay free, and for what (`limits.rs`).

use std::io;
use std::path::Path;

use tokio::sync::watch;

/// Follows the file system until it is set.
#[derive(Debug)]
pub struct Free(watch::Sender<Reading>);

#[derive(Clone, Copy, Debug)]
enum Reading {
    Disk,
    Set(u64),
}

impl Free {
    pub(super) fn of_the_disk() -> Free {
        Free(watch::Sender::new(Reading::Disk))
    }

    /// From here on this is what is free, whatever the file system says.
    pub fn set(&self, bytes: u64) {
        self.0.send_replace(Reading::Set(bytes));
    }

    /// Bytes that this process may still write where `directory` lies.
    ///
    /// # Errors
    /// The file system does not say.
    pub(super) fn bytes(&self, directory: &Path) -> io::Result<u64> {
        let reading = *self.0.borrow();
        match reading {
            Reading::Set(bytes) => Ok(bytes),
            Reading::Disk => {
                let told = rustix::fs::statvfs(directory)?;
                Ok(told.f_bavail.saturating_mul(told.f_frsize))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_system_is_asked_until_a_number_is_set() {
        let folder = tempfile::tempdir().unwrap();
        let free = Free::of_the_disk();
        assert!(free.bytes(folder.path()).unwrap() > 0);
        assert!(free.bytes(&folder.path().join("absent")).is_err());
        free.set(7);
        assert_eq!(free.bytes(folder.path()).unwrap(), 7);
        assert_eq!(free.bytes(&folder.path().join("absent")).unwrap(), 7);
    }
}
