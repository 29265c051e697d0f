//! Reads what is held here beside a form that is checked: messages that cite the same regime, and threads
//! that are said to be about the same activity.
//!
//! Never here: what counts, or what belongs together (`domain/regime/`). It reads no more than the limits
//! say, and says where it ended.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::replies;
use crate::codec::content;
use crate::domain::content::{Content, Kind};
use crate::domain::digest::{Digest, ThreadId};
use crate::domain::exercise::picture::Said;
use crate::domain::message::Traffic;
use crate::domain::party::Party;
use crate::domain::regime::group::spoken_of;
use crate::domain::regime::rules::CountedFor;
use crate::domain::regime::{Beside, Document, Held, Looked, Regime, Stands};
use crate::domain::thread::Entry;
use crate::domain::time::Instant;
use crate::journal::Journal;
use crate::limits;
use crate::registrar::Head;
use crate::replay::records::{RecordFault, Records};

/// What was read, and whether that is all.
pub(super) type Read = (Arc<Vec<Held>>, Looked);

/// Reads at one head, each thing once.
pub struct Shelf<'h> {
    head: &'h Head,
    records: Records,
    as_of: Option<Instant>,
    cited: BTreeMap<(String, Option<Party>), Read>,
    said_of_threads: Option<Read>,
    /// The messages of a group, by the threads in it.
    group: Option<(BTreeSet<ThreadId>, Read)>,
}

impl<'h> Shelf<'h> {
    pub fn at(head: &'h Head, journal: &Journal, as_of: Option<Instant>) -> Shelf<'h> {
        let records = head.records(journal);
        Shelf { head, records, as_of, cited: BTreeMap::new(), said_of_threads: None, group: None }
    }

    /// What there is beside a form of this author. `None` where no rule would look at it.
    ///
    /// # Errors
    /// The journal does not answer, or is not what it was.
    pub async fn beside(
        &mut self,
        regime: &Regime,
        content: &Content,
        author: Party,
        stands: Stands,
    ) -> Result<Option<Beside>, RecordFault> {
        let document = match content {
            Content::Formatted(message) => Document::Format(message.format.clone()),
            content => Document::Kind(content.kind()),
        };
        let quotas = regime.quotas.values().filter(|quota| quota.documents.contains(&document));
        let mut counted_for: Vec<CountedFor> = quotas.map(|quota| quota.counted_for).collect();
        counted_for.dedup();
        let is_notice = matches!(content.kind(), Kind::Notification | Kind::Amendment);
        if counted_for.is_empty() && !is_notice {
            return Ok(None);
        }
        let (cited, looked) = match counted_for.contains(&CountedFor::Receiver) {
            _ if counted_for.is_empty() => (Arc::default(), Looked::AtAll),
            // What a receiver is asked for, anybody may ask.
            true => self.cited(&regime.head.name, None).await?,
            false => self.cited(&regime.head.name, Some(author)).await?,
        };
        let nothing = || -> Read { (Arc::default(), Looked::AtAll) };
        let (said, mut joined_looked) =
            if is_notice { self.said_of_threads(stands.thread).await? } else { nothing() };
        let is_on_record = |thread: ThreadId| self.head.board.thread(thread).is_some();
        let (may_belong, reached) = match said.is_empty() {
            true => (BTreeSet::new(), Looked::AtAll),
            false => spoken_of(stands.thread, stands.traffic, &said, is_on_record),
        };
        let (threads, looked_at) =
            if may_belong.is_empty() { nothing() } else { self.group(may_belong).await? };
        if looked_at == Looked::AtSome || reached == Looked::AtSome {
            joined_looked = Looked::AtSome;
        }
        Ok(Some(Beside { stands, cited, looked, said, threads, joined_looked }))
    }

    /// Where a regime is cited: of more than a check reads, the newest threads count.
    fn newest_first(&self, regime: &str, author: Option<Party>) -> Vec<(Party, ThreadId)> {
        let board = &self.head.board;
        let newest = |by: Party, thread: ThreadId| {
            let entries = board.thread(thread).map(|thread| thread.entries()).into_iter().flatten();
            entries.filter(|entry| entry.author == by).map(|entry| entry.released_at).max()
        };
        let mut threads = board.cited_in(regime, author);
        threads.sort_by_cached_key(|(by, thread)| std::cmp::Reverse(newest(*by, *thread)));
        threads
    }

    async fn group(&mut self, threads: BTreeSet<ThreadId>) -> Result<Read, RecordFault> {
        if let Some((known, read)) = &self.group
            && *known == threads
        {
            return Ok(read.clone());
        }
        let (mut held, mut looked) = (Vec::new(), Looked::AtAll);
        for thread in &threads {
            // Each thread has its share: whoever fills one hides none of the others.
            let all = limits::GROUP_MESSAGES_MAX;
            let share = all.checked_div(threads.len()).unwrap_or(all);
            let most = held.len().saturating_add(share);
            if self.thread(*thread, |_| true, most, &mut held).await? == Looked::AtSome {
                looked = Looked::AtSome;
            }
        }
        let read = (Arc::new(held), looked);
        self.group = Some((threads, read.clone()));
        Ok(read)
    }

    /// Messages that cite a regime by its name, of one author or of all, and what their authors said of them after.
    pub(super) async fn cited(&mut self, regime: &str, author: Option<Party>) -> Result<Read, RecordFault> {
        let key = (regime.to_owned(), author);
        if let Some(known) = self.cited.get(&key) {
            return Ok(known.clone());
        }
        let most = limits::TALLY_MESSAGES_MAX;
        let (mut held, mut looked) = (Vec::new(), Looked::AtAll);
        for (by, thread) in self.newest_first(regime, author) {
            let of_author = |entry: &Entry| entry.author == by;
            if self.thread(thread, of_author, most, &mut held).await? == Looked::AtSome {
                looked = Looked::AtSome;
                break;
            }
        }
        // An author may say other things in the same thread; what it takes back counts no more, and of what cites the
        // regime what became of it counts, whatever the word that says so cites.
        let mut accounts: BTreeSet<(ThreadId, Party, Traffic, Account)> = BTreeSet::new();
        held.retain(|one: &Held| {
            let is_cited = one.cites.as_deref() == Some(regime);
            if matches!(one.said.content, Content::MessageWithdrawal(_)) {
                return true;
            }
            let Some(account) = Account::of(&one.said.content) else { return is_cited };
            let account = (one.thread, one.said.author, one.said.traffic, account);
            if is_cited && !matches!(one.said.content, Content::Cancellation(_)) {
                accounts.insert(account);
            }
            is_cited || accounts.contains(&account)
        });
        let read = (Arc::new(held), looked);
        self.cited.insert(key, read.clone());
        Ok(read)
    }

    /// What is said of any two threads; what stands in this one is read first.
    async fn said_of_threads(&mut self, thread: ThreadId) -> Result<Read, RecordFault> {
        if let Some(known) = &self.said_of_threads {
            return Ok(known.clone());
        }
        let board = &self.head.board;
        let entries = board.thread(thread).map(|thread| thread.in_order()).unwrap_or_default();
        let here = entries.iter().map(|entry| entry.digest).filter(|one| board.same_activity.contains(one));
        let here: BTreeSet<Digest> = here.collect();
        let elsewhere = board.same_activity.iter().filter(|one| !here.contains(one)).copied();
        let most = limits::SAME_ACTIVITY_MESSAGES_MAX;
        let looked = if board.same_activity.len() > most { Looked::AtSome } else { Looked::AtAll };
        let mut held = Vec::new();
        for digest in here.iter().copied().chain(elsewhere).take(most).collect::<Vec<Digest>>() {
            let Some(there) = board.messages.get(&digest) else { continue };
            held.extend(self.read(there.index, &digest).await?);
        }
        let read = (Arc::new(held), looked);
        self.said_of_threads = Some(read.clone());
        Ok(read)
    }

    /// The messages of a thread in its order, as long as there is room.
    async fn thread(
        &self,
        thread: ThreadId,
        wanted: impl Fn(&Entry) -> bool,
        most: usize,
        held: &mut Vec<Held>,
    ) -> Result<Looked, RecordFault> {
        let entries = self.head.board.thread(thread).map(|thread| thread.in_order()).unwrap_or_default();
        for entry in entries.iter().filter(|entry| wanted(entry)) {
            if held.len() >= most {
                return Ok(Looked::AtSome);
            }
            held.extend(self.read(entry.index, &entry.digest).await?);
        }
        Ok(Looked::AtAll)
    }

    /// `None` for what was not on record yet, or is no form that this program can read.
    async fn read(&self, index: u64, digest: &Digest) -> Result<Option<Held>, RecordFault> {
        let stored = self.records.message(index, digest).await?;
        if self.as_of.is_some_and(|as_of| stored.record.at > as_of) {
            return Ok(None);
        }
        let message = &stored.message;
        let said = content::said(&message.draft.kind, &message.draft.content);
        let Some(content) = said.content() else { return Ok(None) };
        let action: BTreeSet<Party> = message.draft.action.iter().map(|one| one.party).collect();
        let references = match content {
            Content::Formatted(form) => replies::references(&message.draft, form),
            _ => BTreeSet::new(),
        };
        let (board, cited) = (&self.head.board, message.draft.regime.as_ref());
        Ok(Some(Held {
            references,
            thread: message.draft.thread,
            action,
            cites: cited.map(|cited| board.name_of_cited(&cited.name, &cited.digest).to_owned()),
            said: Said {
                message: *digest,
                number: message.number.clone(),
                author: message.author,
                traffic: message.draft.traffic,
                released_at: message.released_at,
                content: content.clone(),
            },
        }))
    }
}

/// Of what one Party says in a thread, what takes the place of each other.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Account {
    Notice,
    /// Of this year.
    Calendar(Option<u64>),
    Conclusion,
}

impl Account {
    fn of(content: &Content) -> Option<Account> {
        match content {
            Content::Notification(_) | Content::Amendment(_) | Content::Cancellation(_) => {
                Some(Account::Notice)
            }
            Content::Calendar(form) => Some(Account::Calendar(form.year)),
            Content::Conclusion(_) => Some(Account::Conclusion),
            _ => None,
        }
    }
}
