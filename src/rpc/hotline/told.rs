//! All that a thread holds of a session, read from the journal: its messages, who read and who shows them, their
//! translations, and what became of each dispatch of ours.
//!
//! Never here: an order or a close (`domain/hotline/`), or how it is told to a caller (`lines.rs`).

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use bytes::Bytes;
use imbl::OrdMap;
use tonic::Status;

use super::about::LookedUp;
use super::awaited::Awaited;
use super::bare::{bare, weight};
use super::beside::Beside;
use super::by_way::ByWay;
use super::folded::Folds;
use super::handed_on::HandedOn;
use super::receipts::Receipted;
use super::rooms::{Part, Rooms};
use crate::codec::content::{self, Said as Read};
use crate::domain::content::{Content, Kind};
use crate::domain::digest::{Digest, ThreadId};
use crate::domain::hotline::beginning;
use crate::domain::hotline::phrases::LinkPhrases;
use crate::domain::hotline::session::{Session, Spoken, parties};
use crate::domain::message::{Acknowledgement, Message, Traffic};
use crate::domain::party::Party;
use crate::domain::refusal::NotNow;
use crate::domain::said::{Said, takes_back};
use crate::domain::thread::{Entry, Thread};
use crate::domain::time::Instant;
use crate::domain::transcription::Transcription;
use crate::journal::Journal;
use crate::limits;
use crate::registrar::Head;
use crate::replay::message_keys::MessageKeys;
use crate::replay::records::{Records, StoredMessage};
use crate::rpc::{came_by_file, status};

/// The messages of one thread, as far as they are a session's.
pub(super) struct Told {
    pub thread: ThreadId,
    pub own: Party,
    /// In the order of the thread: each author's own by their places.
    pub spoken: Vec<Arc<Spoken>>,
    /// What that adds up to.
    pub folds: Folds,
    /// The envelope of each, and when it was put on record here.
    pub envelopes: BTreeMap<Digest, (Message, Instant)>,
    /// Of each message of the thread that came by file: who took the file, and when.
    came_by_file: BTreeMap<Digest, String>,
    /// Who states in which message that an officer read which: as real, or in a drill.
    pub(super) reads: Vec<(Party, Traffic, Digest, Acknowledgement)>,
    /// Translations, each as its message says it.
    pub(super) translations: Vec<Said>,
    /// What is agreed here, by Party.
    pub phrases: OrdMap<Party, Arc<LinkPhrases>>,
    /// What this Party wrote down as heard by telephone, and in which message.
    pub heard: Vec<(Digest, Box<Transcription>)>,
    /// What was handed on of this session in it, each by each Party once.
    pub handed_on: Vec<HandedOn>,
    /// By which words authors took messages of the session back, as those were handed on in it: of each Party that hands
    /// them on the first, no more than are told of texts.
    pub(super) words_handed_on: Vec<HandedOn>,
    /// Of what came by way of another Party than its author, how.
    pub(super) by_way: BTreeMap<Digest, ByWay>,
    /// Under which key each Party signs.
    pub(super) keys: MessageKeys,
    /// By which words authors took messages of their own back.
    pub withdrawals: Vec<Said>,
    /// What other Parties say of it that is no line of it, as it came.
    pub beside: Vec<Beside>,
    /// Of our own messages: the receipt of each addressee that gave one.
    pub receipts: BTreeMap<(Digest, Party), Receipted>,
    /// Dispatches of ours without a receipt on record.
    pub(super) awaited: Vec<Awaited>,
    /// Which of all that is about which message.
    pub about: LookedUp,
    /// All messages of the thread that were read, in its order.
    pub order: Vec<Digest>,
    /// How much of each author was read.
    pub rooms: Rooms,
    /// The thread, and the size of the journal, when it was read last.
    pub here: Arc<Thread>,
    upto: u64,
    bytes: usize,
}

/// Kept of each message that is told, beside its own bytes, about.
pub(super) const REST_BYTES: usize = 1_024;
/// Kept of any message, about: also of one that an officer read, beside what that says.
const LEAST_BYTES: usize = 256;

impl Told {
    /// Before anything was read.
    pub fn nothing(head: &Head, thread: ThreadId) -> Result<Told, Status> {
        let own = head.board.own.ok_or_else(|| status::denied(NotNow::Journal.into()))?.party;
        Ok(Told {
            thread,
            own,
            spoken: Vec::new(),
            folds: Folds::default(),
            envelopes: BTreeMap::new(),
            came_by_file: BTreeMap::new(),
            reads: Vec::new(),
            translations: Vec::new(),
            phrases: head.board.roster.phrases.clone(),
            heard: Vec::new(),
            handed_on: Vec::new(),
            words_handed_on: Vec::new(),
            by_way: BTreeMap::new(),
            keys: MessageKeys::default(),
            withdrawals: Vec::new(),
            beside: Vec::new(),
            receipts: BTreeMap::new(),
            awaited: Vec::new(),
            about: LookedUp::default(),
            order: Vec::new(),
            rooms: Rooms::of(own),
            here: Arc::default(),
            upto: 0,
            bytes: 0,
        })
    }

    /// Reads what has come since it was read last, of each author as far as that has room; whether anything of its thread
    /// is new, and so to be folded before anybody looks. After an error nothing half read may be used.
    ///
    /// # Errors
    /// The thread is not here; the journal does not answer, or is not what it was.
    pub async fn read_on(&mut self, head: &Head, journal: &Journal) -> Result<bool, Status> {
        if self.is_read_to(head) {
            return Ok(false);
        }
        self.phrases = head.board.roster.phrases.clone();
        self.keys = head.message_keys.clone();
        let here = head.board.threads.get(&self.thread).ok_or_else(|| status::not_found("session"))?;
        let records = head.records(journal);
        // Whoever has come in by what was read is read further.
        while here.messages() != self.here.messages() {
            let is_new = self.read_new(here, &records).await?;
            self.read_joining(here, &records).await?;
            self.count_since_handed_on();
            let is_more = self.count_handed_on() || is_new;
            if !is_more && !self.read_named(here, &records).await? {
                break;
            }
            self.rooms.present = parties(&self.spoken, self.own);
        }
        self.take_receipts(head, &records).await.map_err(status::record)?;
        self.upto = head.chain.size;
        // A thread in which nothing changed stands as it stood.
        if self.here == *here {
            return Ok(false);
        }
        self.put_in(self.rooms.in_order(here));
        self.here = here.clone();
        Ok(true)
    }

    /// Takes one that was read, where its author has room for it, with so many times that room.
    pub(super) async fn read(
        &mut self,
        records: &Records,
        entry: &Entry,
        stored: StoredMessage,
        times: usize,
    ) -> Result<(), Status> {
        let part = Part::of(&stored.message.draft.kind);
        let joins = self.joins(&entry.digest);
        if joins.is_none() && !self.rooms.takes(entry.author, part, times) {
            self.rooms.pass(entry, part, stored.signed.len());
            return Ok(());
        }
        self.await_receipts(&stored.record, entry.digest);
        let came = came_by_file::mark(records, &stored.record, &entry.digest).await;
        self.came_by_file.extend(came.map_err(status::record)?.map(|mark| (entry.digest, mark)));
        let before = self.bytes;
        let envelope = stored.signed.len().saturating_sub(stored.message.draft.content.len());
        self.count(LEAST_BYTES);
        let index = joins.unwrap_or(entry.index);
        self.take((entry.digest, entry.recorded_at), index, stored.message, envelope);
        self.rooms.add(entry, part, self.bytes.saturating_sub(before));
        if self.rooms.present.is_empty() {
            self.rooms.present = parties(&self.spoken, self.own);
        }
        Ok(())
    }

    /// Whether it is as this head has it, or a later one: most records hold nothing of this thread.
    pub fn stands_at(&self, head: &Head) -> bool {
        let is_same = || {
            // A thread in which nothing changed is shared by all heads: to compare two of them is to look at one place.
            head.board.threads.get(&self.thread) == Some(&self.here)
                && self.phrases == head.board.roster.phrases
                && !self.has_receipts_to_take(head)
        };
        self.is_read_to(head) || is_same()
    }

    /// Whether all was read that this head has, or more.
    fn is_read_to(&self, head: &Head) -> bool {
        self.upto >= head.chain.size
    }

    /// Folds what was read, and looks up what is about what.
    pub fn fold(&mut self) {
        self.folds.fold(self.thread, self.own, &self.spoken);
        self.look_up();
    }

    /// Whether it takes long to fold or to look at.
    pub fn is_long(&self) -> bool {
        self.here.messages() > limits::HOTLINE_IN_PASSING_MAX
    }

    /// About what it takes in memory.
    pub fn bytes(&self) -> usize {
        self.bytes.saturating_add(self.folds.bytes()).saturating_add(self.about.bytes())
    }

    pub(super) fn count(&mut self, bytes: usize) {
        self.bytes = self.bytes.saturating_add(bytes);
    }

    pub(super) fn uncount(&mut self, bytes: usize) {
        self.bytes = self.bytes.saturating_sub(bytes);
    }

    /// What came later may stand before what was there, and what was there may be given another place.
    fn put_in(&mut self, order: Vec<Digest>) {
        if self.order == order {
            return;
        }
        let places: BTreeMap<Digest, usize> = (0..).zip(&order).map(|(at, digest)| (*digest, at)).collect();
        // What came by way of another Party has no place among its author's other messages, and stands behind them.
        self.spoken.sort_by_key(|one| places.get(&one.said.message).map_or(usize::MAX, |at| *at));
        self.reads.sort_by_key(|(_, _, in_message, _)| places.get(in_message));
        self.translations.sort_by_key(|one| places.get(&one.message));
        self.heard.sort_by_key(|(in_message, _)| places.get(in_message));
        self.withdrawals.sort_by_key(|word| places.get(&word.message));
        self.order = order;
    }

    /// The session in it.
    pub fn session(&self) -> Option<&Session> {
        self.folds.now.session.as_ref()
    }

    /// The same, or that there is none.
    pub fn some_session(&self) -> Result<&Session, Status> {
        self.session().ok_or_else(|| status::not_found("session"))
    }

    pub fn message(&self, digest: &Digest) -> Option<&Message> {
        self.envelopes.get(digest).map(|(message, _)| message)
    }

    /// That this message of the thread came by file, as this node knows it; empty where it did not.
    pub fn came_by_file(&self, message: &Digest) -> String {
        self.came_by_file.get(self.brought_in(message)).cloned().unwrap_or_default()
    }

    /// All that an officer of ours states to have read, and what came within that.
    pub fn read_here(&self) -> BTreeSet<Digest> {
        let ours = self.reads.iter().filter(|(by, ..)| *by == self.own);
        let read: BTreeSet<Digest> = ours.map(|(_, _, _, read)| read.message).collect();
        let came = self.by_way.keys().filter(|one| read.contains(self.brought_in(one)));
        came.chain(&read).copied().collect()
    }

    /// That this word came by file; empty where it did not, or no word takes this one back.
    pub fn withdrawal_came_by_file(&self, one: &Said) -> String {
        self.withdrawn_by(one).map(|word| self.came_by_file(&word.message)).unwrap_or_default()
    }

    /// The first word of its author in the thread that takes back a message that was handed on.
    pub fn handed_on_withdrawn_by(&self, one: &HandedOn) -> Option<&Said> {
        self.withdrawn_by(&one.said()?)
    }

    /// The words that take it back and were handed on themselves, whoever signed them.
    pub fn words_handed_on<'t>(&'t self, one: &HandedOn) -> impl Iterator<Item = &'t HandedOn> + use<'t> {
        let text = one.said();
        self.words_handed_on.iter().filter(move |word| {
            let text = text.as_ref().filter(|text| text.author == word.original.message.author);
            text.is_some_and(|text| word.said().is_some_and(|word| takes_back(&word, text)))
        })
    }

    /// The message that the word in this one takes back; of a translation the text that it is of.
    pub fn taken_back_by(&self, word: &Digest) -> Option<Digest> {
        let word = self.withdrawals.iter().find(|one| one.message == *word)?;
        let spoken = self.spoken.iter().find(|one| takes_back(word, &one.said));
        let translation = self.translations.iter().find(|one| takes_back(word, one));
        spoken.map(|one| one.said.message).or_else(|| original(&translation?.content))
    }

    /// The signed original, by author and check words, of what was written down as heard.
    pub fn original_of(&self, heard: &Transcription) -> Option<&Spoken> {
        let words = beginning(&heard.check_words).ok()?;
        let found = self.spoken.iter().find(|one| {
            matches!(one.said.content, Content::SessionText(_))
                && one.said.author.as_str() == heard.origin_party
                && one.said.message.0.starts_with(&words)
        });
        found.map(Arc::as_ref)
    }

    /// Of which message this one changes what is told: it takes that back, or is what was written down of it as heard.
    /// Itself, where what was written down has no original here, or where it hands one on.
    pub fn touched_by(&self, word: &Digest) -> Option<Digest> {
        let as_heard = || {
            let (_, form) = self.heard.iter().find(|(in_message, _)| in_message == word)?;
            Some(self.original_of(form).map_or(*word, |original| original.said.message))
        };
        let mut all = self.handed_on.iter().chain(&self.words_handed_on);
        let handed_on = || all.any(|one| one.in_message == *word).then(|| self.stands_for(word));
        self.taken_back_by(word).or_else(as_heard).or_else(handed_on)
    }

    /// Counts what it keeps of it, and of its envelope, which is so long as it came.
    pub(super) fn take(
        &mut self,
        (digest, recorded_at): (Digest, Instant),
        index: u64,
        message: Message,
        envelope: usize,
    ) {
        let read = content::said(&message.draft.kind, &message.draft.content);
        let whole = REST_BYTES.saturating_add(message.draft.content.len());
        if let Some(content) = read.content() {
            self.beside.extend(Beside::of(self.own, digest, recorded_at, &message, content));
        }
        match read {
            Read::Form(content @ Content::Translation(_)) => {
                self.count(whole);
                self.translations.push(said(digest, &message, content));
            }
            // Whoever else writes down what was heard does so in a thread like any other: it is held against nothing.
            Read::Form(Content::Transcription(form)) if message.author == self.own => {
                self.count(whole);
                self.heard.push((digest, form));
            }
            Read::Form(Content::Forwarded(form)) => {
                self.hand_on((digest, index, recorded_at), message.author, form);
            }
            Read::Form(content) if content.kind() == Kind::MessageWithdrawal => {
                self.count(whole);
                self.withdrawals.push(said(digest, &message, content));
            }
            Read::Form(content) if content.kind().is_of_the_hotline() => {
                let to = message.draft.parties();
                let had_by: Vec<Party> = to.iter().copied().chain([message.author, self.own]).collect();
                let said = said(digest, &message, bare(content, &had_by));
                self.count(REST_BYTES.saturating_add(envelope).saturating_add(weight(&said.content)));
                self.spoken.push(Arc::new(Spoken { said, to, recorded: index, came_by_way: false }));
                // What it says was taken out of it.
                let mut envelope = message;
                envelope.draft.content = Bytes::new();
                self.envelopes.insert(digest, (envelope, recorded_at));
            }
            Read::Acknowledgement(read) => {
                self.count(message.draft.content.len());
                self.reads.push((message.author, message.draft.traffic, digest, read));
            }
            Read::Form(_) | Read::Unknown | Read::Unreadable(_) => {}
        }
    }
}

pub(super) fn original(content: &Content) -> Option<Digest> {
    let Content::Translation(form) = content else { return None };
    form.of.message_digest.map(|digest| digest.0)
}

pub(super) fn said(digest: Digest, message: &Message, content: Content) -> Said {
    Said {
        message: digest,
        number: message.number.clone(),
        author: message.author,
        traffic: message.draft.traffic,
        released_at: message.released_at,
        content,
    }
}
