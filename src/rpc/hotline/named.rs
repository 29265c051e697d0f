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
    /// all ends then hold the same, whatever its author sent to which of them first, or by way of whom it came. Whether
    /// anything was.
    pub(super) async fn read_named(&mut self, here: &Thread, records: &Records) -> Result<bool, Status> {
        if self.rooms.not_read(here).0 == 0 && self.not_counted().next().is_none() {
            return Ok(false);
        }
        let mut at: BTreeMap<Digest, usize> =
            (0..).zip(&self.spoken).map(|(at, one)| (one.said.message, at)).collect();
        let (mut next, handed_on): (Vec<Digest>, _) = (Vec::new(), self.authors_by_way());
        for one in self.spoken.iter().filter(|one| self.rooms.present.contains(&one.said.author)) {
            let is_others = |named: &Digest| {
                let author = here.entry(named).map(|entry| entry.author);
                author.or(handed_on.get(named).copied()).is_some_and(|author| author != one.said.author)
            };
            next.extend(one.names().seen.into_iter().filter(is_others));
        }
        let times = self.rooms.times_named();
        let (mut looked, mut is_more) = (BTreeSet::new(), false);
        while let Some(digest) = next.pop() {
            if !looked.insert(digest) {
                continue;
            }
            let many = self.spoken.len();
            match here.entry(&digest).copied() {
                Some(entry) if !self.rooms.holds(&digest) => {
                    if !self.rooms.takes_named(&entry, times) {
                        continue;
                    }
                    let stored = records.message(entry.index, &digest).await.map_err(status::record)?;
                    self.read(records, &entry, stored, times).await?;
                    is_more = is_more || self.rooms.holds(&digest);
                }
                None => is_more = self.count_by_way(&digest, times) || is_more,
                Some(_) => {}
            }
            if self.spoken.len() > many {
                at.insert(digest, many);
            }
            if let Some(one) = at.get(&digest).and_then(|at| self.spoken.get(*at)) {
                next.extend(one.names().seen);
            }
        }
        Ok(is_more)
    }
}
