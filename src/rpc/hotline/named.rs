//! What others name of an author who said more in a session than is read of it.
//!
//! Never here: what nobody else names, or more than `rooms.rs` has room for.

use std::collections::{BTreeMap, BTreeSet};

use tonic::Status;

use super::told::Told;
use crate::domain::digest::Digest;
use crate::domain::thread::Thread;
use crate::replay::records::Records;
use crate::rpc::status;

impl Told {
    /// What those present name as seen is read beyond the room of its author, as far as that room goes for each of them:
    /// all ends then hold the same, whatever its author sent to which of them first. Whether anything was.
    pub(super) async fn read_named(&mut self, here: &Thread, records: &Records) -> Result<bool, Status> {
        if self.rooms.not_read(here).0 == 0 {
            return Ok(false);
        }
        let mut at: BTreeMap<Digest, usize> =
            (0..).zip(&self.spoken).map(|(at, one)| (one.said.message, at)).collect();
        let mut next: Vec<Digest> = Vec::new();
        for one in self.spoken.iter().filter(|one| self.rooms.present.contains(&one.said.author)) {
            let is_others =
                |named: &Digest| here.entry(named).is_some_and(|entry| entry.author != one.said.author);
            next.extend(one.names().seen.into_iter().filter(is_others));
        }
        let times = self.rooms.times_named();
        let (mut looked, mut is_more) = (BTreeSet::new(), false);
        while let Some(digest) = next.pop() {
            let Some(entry) = here.entry(&digest).copied().filter(|_| looked.insert(digest)) else {
                continue;
            };
            if !self.rooms.holds(&digest) {
                if !self.rooms.takes_named(&entry, times) {
                    continue;
                }
                let many = self.spoken.len();
                let stored = records.message(entry.index, &digest).await.map_err(status::record)?;
                self.read(records, &entry, stored, times).await?;
                is_more = is_more || self.rooms.holds(&digest);
                if self.spoken.len() > many {
                    at.insert(digest, many);
                }
            }
            if let Some(one) = at.get(&digest).and_then(|at| self.spoken.get(*at)) {
                next.extend(one.names().seen);
            }
        }
        Ok(is_more)
    }
}
