//! What is held here beside the form that is checked: messages that may count towards a quota, and the
//! threads that are stated to be about the same activity.
//!
//! Never here: a journal. Whoever reads one hands in what was read, and says where the reading ended.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::Document;
use crate::domain::content::{Content, Kind};
use crate::domain::digest::{Digest, ThreadId};
use crate::domain::exercise::picture::{Picture, Said};
use crate::domain::message::Traffic;
use crate::domain::party::Party;
use crate::domain::said::withdrawn;

/// A message that is on record.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Held {
    pub thread: ThreadId,
    pub action: BTreeSet<Party>,
    /// The name of the regime that it cites.
    pub cites: Option<String>,
    /// What it refers to by digest, in its envelope and in its fields; of a formatted message alone.
    pub references: BTreeSet<Digest>,
    pub said: Said,
}

/// Where the form that is checked stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Stands {
    pub thread: ThreadId,
    /// `None` for a draft.
    pub message: Option<Digest>,
    pub traffic: Traffic,
}

/// What was read beside it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Beside {
    pub stands: Stands,
    /// Messages that cite the regime, and what takes them back or their place, amends or cancels them; those of one thread
    /// one behind the other in the thread's order.
    pub cited: Arc<Vec<Held>>,
    pub looked: Looked,
    /// What is said of threads, whether they are the same activity; and the messages of all threads that may belong with
    /// this one, as above.
    pub said: Arc<Vec<Held>>,
    pub threads: Arc<Vec<Held>>,
    /// Whether that is all that is said of threads, and all of their messages.
    pub joined_looked: Looked,
}

/// Whether all was read.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Looked {
    AtAll,
    /// There is more than a check reads.
    AtSome,
}

/// The messages of one thread.
pub(super) struct Thread<'h> {
    pub id: ThreadId,
    said: Vec<Said>,
    held: Vec<&'h Held>,
}

/// What its own author took back of these, each within its thread.
pub fn taken_back<'h>(held: impl Iterator<Item = &'h Held>) -> BTreeSet<Digest> {
    let threads = threads(held);
    threads.iter().flat_map(|thread| withdrawn(&thread.said).into_keys().collect::<Vec<_>>()).collect()
}

/// Thread by thread, in the order in which they were read.
pub(super) fn threads<'h>(held: impl Iterator<Item = &'h Held>) -> Vec<Thread<'h>> {
    let mut all: BTreeMap<ThreadId, Vec<&Held>> = BTreeMap::new();
    for one in held {
        all.entry(one.thread).or_default().push(one);
    }
    all.into_iter()
        .map(|(id, held)| Thread { id, said: held.iter().map(|one| one.said.clone()).collect(), held })
        .collect()
}

impl Thread<'_> {
    pub(super) fn picture(&self) -> Picture<'_> {
        Picture::of(&self.said)
    }

    /// Notices that their authors took back, each with the word that does so, in the thread's order.
    pub(super) fn notices_taken_back(&self) -> Vec<(&Said, &Said)> {
        let words = withdrawn(&self.said);
        let is_notice =
            |said: &&Said| matches!(said.content, Content::Notification(_) | Content::Amendment(_));
        let notices = self.said.iter().filter(is_notice);
        notices.filter_map(|said| words.get(&said.message).map(|word| (said, *word))).collect()
    }

    /// What stands, and counts as one of these documents: no version whose place another took, nothing that was
    /// taken back, and no notice that was cancelled. A notice as amended is still one notice.
    pub(super) fn standing(&self, documents: &BTreeSet<Document>) -> Vec<&Held> {
        let picture = self.picture();
        let mut gone: BTreeSet<Digest> = picture.withdrawn.keys().copied().collect();
        let mut notices: BTreeSet<Digest> = BTreeSet::new();
        for account in &picture.accounts {
            let versions = account.calendars.iter().chain(&account.notice).chain(&account.conclusion);
            gone.extend(versions.flat_map(|versions| versions.earlier()).map(|said| said.message));
            if let Some(notice) = &account.notice {
                let present = notice.present().message;
                if account.cancellation.is_some() {
                    gone.insert(present)
                } else {
                    notices.insert(present)
                };
            }
        }
        let counts = |held: &&&Held| {
            let said = &held.said;
            let is_meant = documents.contains(&document(&said.content))
                || (notices.contains(&said.message)
                    && documents.contains(&Document::Kind(Kind::Notification)));
            is_meant && !gone.contains(&said.message)
        };
        self.held.iter().filter(counts).copied().collect()
    }
}

/// What a rule that is for it names.
pub(super) fn document(content: &Content) -> Document {
    match content {
        Content::Formatted(message) => Document::Format(message.format.clone()),
        _ => Document::Kind(content.kind()),
    }
}
