//! Messages of a session that came by way of another Party than their author: what one of them hands on counts as the
//! author's own where the author signed it, addressed to this Party, in a session that had begun here by then.
//!
//! Never here: a delivery. Its author has no receipt for it and no acknowledgement; what an officer reads, and says to have
//! read, is the message that hands it on. One that is not addressed to this Party stays with `handed_on.rs`.

use std::collections::BTreeMap;
use std::sync::Arc;

use bytes::Bytes;
use tonic::Status;

use super::handed_on::HandedOn;
use super::rooms::Part;
use super::told::Told;
use crate::codec::forwarded::Original;
use crate::domain::content::Content;
use crate::domain::digest::Digest;
use crate::domain::hotline::session::{Spoken, begins};
use crate::domain::party::Party;
use crate::domain::said::{Said, takes_back};
use crate::domain::thread::{Entry, Thread};
use crate::domain::time::Instant;
use crate::evidence::keys::PublicKey;
use crate::evidence::signed::PayloadType;
use crate::replay::records::Records;
use crate::rpc::status;

/// How one came.
pub(super) struct ByWay {
    by: Party,
    /// The message within which it came.
    in_message: Digest,
    at: Instant,
    /// What it takes in memory.
    bytes: usize,
}

impl Told {
    /// Whether what is handed on in this record counts as its author's own, if there is room for it: by the key that was in
    /// force here by then, as for what its author delivers itself.
    pub(super) fn may_count(&self, by: Party, original: &Original, recorded: u64) -> bool {
        let message = &original.message;
        let Some(content) = original.said.content() else { return false };
        let is_others = message.author != self.own && by != self.own;
        let may_be = match content {
            Content::MessageWithdrawal(_) => true,
            // It begins none: what came before is there for nobody.
            said => {
                said.kind().has_place_in_session()
                    && message.draft.parties().contains(&self.own)
                    && begins(&self.spoken, self.own).is_some_and(|first| first.recorded < recorded)
            }
        };
        if !is_others || !may_be {
            return false;
        }
        let key = self.keys.before(message.author, recorded).and_then(|key| PublicKey::from_bytes(key).ok());
        key.is_some_and(|key| original.wrapping.verify(PayloadType::Message, &key).is_ok())
    }

    /// Counts one that was handed on as its author's own, where its author has room for it, with so many times that room.
    /// Whether it did not count before and does now.
    pub(super) fn count_by_way(&mut self, message: &Digest, times: usize) -> bool {
        if self.rooms.holds(message) || self.by_way.contains_key(message) {
            return false;
        }
        let all = self.handed_on.iter().filter(|one| one.may_count && one.original.digest == *message);
        let Some(one) = all.min_by_key(|one| one.recorded) else { return false };
        let original = one.original.message.clone();
        let author = original.author;
        if !self.rooms.takes(author, Part::Said, times) {
            return false;
        }
        let (by, in_message, recorded, at) = (one.by, one.in_message, one.recorded, one.recorded_at);
        let envelope = one.original.wrapping.payload.len().saturating_sub(original.draft.content.len());
        let before = self.bytes();
        self.take((*message, at), recorded, original, envelope);
        if let Some(taken) = self.spoken.last_mut().filter(|one| one.said.message == *message) {
            Arc::make_mut(taken).came_by_way = true;
        }
        let bytes = self.bytes().saturating_sub(before);
        self.rooms.add_by_way((*message, author), bytes, times);
        self.by_way.insert(*message, ByWay { by, in_message, at, bytes });
        true
    }

    /// The same of all that may count, and for which there is room.
    pub(super) fn count_handed_on(&mut self) -> bool {
        let has_room = |one: &&HandedOn| self.rooms.takes(one.original.message.author, Part::Said, 1);
        let all: Vec<Digest> = self.not_counted().filter(has_room).map(|one| one.original.digest).collect();
        let mut is_more = false;
        for one in &all {
            is_more |= self.count_by_way(one, 1);
        }
        is_more
    }

    /// What its author brought as well has been on record since it was first handed on, in whichever order the two are
    /// read: a node that is started again reads both at once.
    pub(super) fn count_since_handed_on(&mut self) {
        let mut since: BTreeMap<Digest, u64> = BTreeMap::new();
        for one in self.handed_on.iter().filter(|one| one.may_count) {
            let first = since.entry(one.original.digest).or_insert(one.recorded);
            *first = one.recorded.min(*first);
        }
        for one in &mut self.spoken {
            let since = since.get(&one.said.message).copied();
            if let Some(recorded) = since.filter(|since| *since < one.recorded) {
                *one = Arc::new(Spoken { recorded, ..Spoken::clone(one) });
            }
        }
    }

    /// What may count and does not, as its author has no room for it.
    pub(super) fn not_counted(&self) -> impl Iterator<Item = &HandedOn> {
        self.handed_on_alone().filter(|one| one.may_count)
    }

    /// Who wrote each that may count.
    pub(super) fn authors_by_way(&self) -> BTreeMap<Digest, Party> {
        let may_count = self.handed_on.iter().filter(|one| one.may_count);
        may_count.map(|one| (one.original.digest, one.original.message.author)).collect()
    }

    /// What came by way of another Party and is on record from its author by now, read as that: whatever room there is.
    ///
    /// # Errors
    /// As `Told::read_on`.
    pub(super) async fn read_joining(&mut self, here: &Thread, records: &Records) -> Result<(), Status> {
        let joining: Vec<Entry> = self.by_way.keys().filter_map(|one| here.entry(one)).copied().collect();
        for entry in joining {
            let stored = records.message(entry.index, &entry.digest).await.map_err(status::record)?;
            self.read(records, &entry, stored, 1).await?;
        }
        Ok(())
    }

    /// Its author brought it as well: from now on it stands there as that. In which record it came first.
    pub(super) fn joins(&mut self, message: &Digest) -> Option<u64> {
        let came = self.by_way.remove(message)?;
        let at = self.spoken.iter().position(|one| one.said.message == *message)?;
        let one = self.spoken.remove(at);
        self.rooms.give_back(one.said.author, came.bytes);
        self.uncount(came.bytes);
        Some(one.recorded)
    }

    /// What was handed on and stands in no line of the session.
    pub(super) fn handed_on_alone(&self) -> impl Iterator<Item = &HandedOn> {
        self.handed_on.iter().filter(move |one| self.message(&one.original.digest).is_none())
    }

    /// The message within which this one came; itself, where its author brought it.
    pub(super) fn brought_in<'t>(&'t self, message: &'t Digest) -> &'t Digest {
        self.by_way.get(message).map_or(message, |came| &came.in_message)
    }

    /// The digest of the message whose reading is put on record for this one; empty where that is itself.
    pub(super) fn read_as(&self, message: &Digest) -> Bytes {
        self.by_way.get(message).map(|came| came.in_message.0.to_vec().into()).unwrap_or_default()
    }

    /// Which officer of ours read it as it was handed on, where its author brought it as well; empty for nobody, and
    /// as long as it stands here by that way.
    pub(super) fn read_as_handed_on(&self, message: &Digest) -> String {
        let Some(brought) = self.message(message).filter(|_| !self.by_way.contains_key(message)) else {
            return String::new();
        };
        let all = self.about.handed_on.places(message).filter_map(|at| self.handed_on.get(at));
        let mut reads =
            all.flat_map(|one| self.reads_within(&one.in_message).map(move |read| (one.by, read)));
        let Some((by, read)) = reads.next() else { return String::new() };
        let (officer, at, author) = (&read.officer.name, read.read_at, brought.author);
        format!("read by {officer} at {at} as {by} handed it on, not as {author} brought it")
    }

    /// The message that stands in the session for this one: which came within it, or itself.
    pub(super) fn stands_for(&self, message: &Digest) -> Digest {
        let mut all = self.by_way.iter();
        all.find(|(_, came)| came.in_message == *message).map_or(*message, |(one, _)| *one)
    }

    /// The same of each of these.
    pub(super) fn lines_of<'t>(
        &self,
        messages: impl IntoIterator<Item = &'t Digest>,
    ) -> BTreeMap<Digest, Digest> {
        messages.into_iter().map(|message| (*message, self.stands_for(message))).collect()
    }

    /// Whether this message of the thread was read, or came within one that was.
    pub(super) fn is_here(&self, message: &Digest) -> bool {
        self.rooms.holds(message) || self.by_way.contains_key(message)
    }

    /// By way of whom it came, and when; empty where its author brought it. On a sheet of two it is told of the Party with
    /// which that is by its code, of another one to its author alone and without.
    pub(super) fn came_by_way(&self, message: &Digest, with: Option<Party>) -> String {
        let author = self.message(message).map(|message| message.author);
        let (Some(came), Some(author)) = (self.by_way.get(message), author) else { return String::new() };
        let by = match with {
            Some(with) if with != came.by && with == author => "another Party".to_owned(),
            Some(with) if with != came.by => return String::new(),
            Some(_) | None => came.by.to_string(),
        };
        format!("came by way of {by} at {}, not from {author}", came.at)
    }

    /// The first word by which its own author took it back; of one that came by way of another Party also one that was
    /// handed on as well.
    pub(super) fn word_on(&self, one: &Said) -> Option<Said> {
        if let Some(word) = self.withdrawn_by(one) {
            return Some(word.clone());
        }
        self.by_way.get(&one.message)?;
        let words = self.words_handed_on.iter().filter(|word| word.may_count);
        words.filter_map(HandedOn::said).find(|word| takes_back(word, one))
    }
}
