//! The messages of a thread as they are read from the journal: several at once where they stand close to each other.
//!
//! Never here: more at once than one read of the journal gives, or a message for which there is no room (`rooms.rs`).

use std::collections::VecDeque;
use std::sync::Arc;

use tonic::Status;

use super::told::Told;
use crate::domain::event::Record;
use crate::domain::thread::{Entry, Thread};
use crate::limits;
use crate::replay::records::{RecordFault, Records, StoredMessage};
use crate::rpc::status;

/// So many records are read for each that is wanted, and no more: one after the other costs about as much.
const RECORDS_FOR_ONE: u64 = 4;

/// Records that were read before they were wanted, in their order.
#[derive(Default)]
struct Ahead(VecDeque<Arc<Record>>);

impl Told {
    /// What was not read yet, of each author as far as that has room. Whether anything was.
    pub(super) async fn read_new(&mut self, here: &Thread, records: &Records) -> Result<bool, Status> {
        let (unread, mut ahead, mut is_more) = (self.rooms.unread(here), Ahead::default(), false);
        for (at, entry) in unread.iter().enumerate() {
            if self.rooms.has_room(entry.author, 1) {
                let rest = unread.get(at.saturating_add(1)..).unwrap_or_default();
                let stored = ahead.message(records, entry, rest).await.map_err(status::record)?;
                self.read(records, entry, stored, 1).await?;
                is_more = true;
            }
        }
        Ok(is_more)
    }
}

impl Ahead {
    /// The message of this entry, before those of the rest, all in the order of their records.
    async fn message(
        &mut self,
        records: &Records,
        entry: &Entry,
        rest: &[Entry],
    ) -> Result<StoredMessage, RecordFault> {
        while self.0.front().is_some_and(|record| record.index < entry.index) {
            self.0.pop_front();
        }
        if let Some(record) = self.0.front().filter(|record| record.index == entry.index) {
            return StoredMessage::of(record.clone(), &entry.digest);
        }
        let end = end(entry, rest);
        let are_more = end > entry.index.saturating_add(1) && !records.is_newest(entry.index);
        // What lies between and can't be read keeps nothing back that is wanted.
        if are_more && let Ok(read) = records.range(entry.index, end).await {
            self.0 = read.into_iter().map(Arc::new).collect();
            if let Some(first) = self.0.front() {
                return StoredMessage::of(first.clone(), &entry.digest);
            }
        }
        records.message(entry.index, &entry.digest).await
    }
}

/// Before which record what is read at once ends: enough of it is wanted.
fn end(entry: &Entry, rest: &[Entry]) -> u64 {
    let mut end = entry.index.saturating_add(1);
    for (many, next) in (2_u64..).zip(rest.iter().take(limits::READ_ENTRIES_MAX)) {
        let next = next.index.saturating_add(1);
        if next.saturating_sub(entry.index) > many.saturating_mul(RECORDS_FOR_ONE) {
            break;
        }
        end = next;
    }
    end
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::digest::Digest;
    use crate::domain::precedence::Precedence;
    use crate::domain::time::Instant;

    fn at(index: u64) -> Entry {
        Entry {
            author: "BY".parse().unwrap(),
            place: index,
            digest: Digest::of(&index.to_be_bytes()),
            index,
            precedence: Precedence::Flash,
            released_at: Instant(0),
            recorded_at: Instant(0),
        }
    }

    #[test]
    fn what_stands_close_together_is_read_at_once_and_nothing_for_what_stands_far_off() {
        let reads_before = |rest: &[u64]| {
            let rest: Vec<Entry> = rest.iter().map(|index| at(*index)).collect();
            end(&at(10), &rest)
        };
        assert_eq!(reads_before(&[]), 11);
        assert_eq!(reads_before(&[10, 11, 12]), 13);
        assert_eq!(reads_before(&[17, 20, 21]), 22);
        assert_eq!(reads_before(&[18, 19]), 11);
        assert_eq!(reads_before(&[11, 400, 401]), 12);
        // The further off, the more of them are wanted.
        let all: Vec<u64> = (11..5_000).collect();
        assert_eq!(reads_before(&all), 11 + limits::READ_ENTRIES_MAX as u64);
    }
}
