//! The next revocation list of a Party's custody, as `person revoke` and `party publish-revocation-list` make it.
//!
//! Never here: what stands in a list (`custody.rs`), or whether a node takes it (`fresh_list.rs`).

use std::path::PathBuf;

use crate::cli::custody::Custody;
use crate::cli::fault::Fault;
use crate::cli::files::{self, Readers};
use crate::cli::node_directory::NodeDirectory;
use crate::codec::party_file::PartyFile;
use crate::domain::time::Instant;
use crate::peers::certificate::ListRead;

const DAY_MS: i64 = 24 * 3_600_000;

/// How the next list is made.
#[derive(clap::Args, Debug)]
pub struct NextList {
    /// Days for which the list is valid
    #[arg(long, value_name = "DAYS", default_value_t = 35, value_parser = clap::value_parser!(i64).range(1..=3_650))]
    revocation_list_days: i64,
    /// This Party's own party file, as `party export` makes it now: the list is numbered after the one in it, and revokes
    /// what that one does; needed where the custody was put back from an older copy
    #[arg(long, value_name = "FILE")]
    after: Option<PathBuf>,
}

impl NextList {
    /// Revokes these certificates, and puts the list into the node's directory. Until when it is good.
    pub fn publish(
        &self,
        custody: &mut Custody,
        directory: &NodeDirectory,
        serials: &[String],
        now: Instant,
    ) -> Result<Instant, Fault> {
        let before = self.before(custody, directory)?;
        for serial in serials {
            custody.revoke(serial, now)?;
        }
        for list in &before {
            custody.take_over(list)?;
        }
        let until = now.plus_ms(self.revocation_list_days.saturating_mul(DAY_MS));
        let list = custody.publish_list(now, until)?;
        files::replace(&directory.revocation_list(), &list, Readers::Anyone)?;
        Ok(until)
    }

    /// The lists that this custody signed before, wherever they are known from: it may be an older copy of itself.
    fn before(&self, custody: &Custody, directory: &NodeDirectory) -> Result<Vec<ListRead>, Fault> {
        let mut before = Vec::new();
        if let Some(path) = &self.after {
            let wrong = |what: &dyn std::fmt::Display| {
                Fault::new(format!("--after {}: {what}; nothing was revoked or published", path.display()))
            };
            let text = String::from_utf8(files::read_public(path)?).map_err(|_| wrong(&"it is not text"))?;
            let file = PartyFile::from_text(&text).map_err(|fault| wrong(&fault))?;
            let list = custody.read_list(file.revocation_list());
            before
                .push(list.ok_or_else(|| wrong(&"its revocation list is not of this custody's authority"))?);
        }
        // One that can't be read, or is another authority's, gives way to the next as it always did.
        if let Ok(der) = files::read_public(&directory.revocation_list()) {
            before.extend(custody.read_list(&der));
        }
        Ok(before)
    }
}
