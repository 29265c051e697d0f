//! All that a thread holds of a session, read from the journal: its messages, who read and who shows them, their
//! translations, and what became of each dispatch of ours.
//!
//! Never here: an order or a close (`domain/hotline/`), or how it is told to a caller (`lines.rs`).

use std::collections::BTreeMap;

use bytes::Bytes;
use tonic::Status;

use crate::codec::content::{self, Said as Read};
use crate::domain::content::Content;
use crate::domain::digest::{Digest, ThreadId};
use crate::domain::event::{Event, Record, Released};
use crate::domain::hotline::session::{Session, Spoken};
use crate::domain::message::{Acknowledgement, Message, Outcome, Traffic};
use crate::domain::party::Party;
use crate::domain::refusal::NotNow;
use crate::domain::said::Said;
use crate::domain::time::Instant;
use crate::domain::transcription::Transcription;
use crate::domain::translation::Translation;
use crate::journal::Journal;
use crate::limits;
use crate::registrar::Head;
use crate::replay::records::{RecordFault, Records};
use crate::rpc::status;

/// The messages of one thread, as far as they are a session's.
pub(super) struct Told {
    pub thread: ThreadId,
    pub own: Party,
    /// In the order of the thread: each author's own by their places.
    pub spoken: Vec<Spoken>,
    /// The envelope of each, and when it was put on record here.
    pub envelopes: BTreeMap<Digest, (Message, Instant)>,
    /// Who states that an officer read which: as real, or in a drill.
    reads: Vec<(Party, Traffic, Acknowledgement)>,
    /// Who gave which translation in which message: as real, or in a drill.
    translations: Vec<(Party, Traffic, Digest, Translation)>,
    /// What this Party wrote down as heard by telephone, and in which message.
    pub heard: Vec<(Digest, Box<Transcription>)>,
    /// Of our own messages: the receipt of each addressee that gave one.
    pub receipts: BTreeMap<(Digest, Party), (Instant, Outcome)>,
}

impl Told {
    /// # Errors
    /// The thread is not here, or longer than a session may be; the journal does not answer, or is not what it was.
    pub async fn read(head: &Head, journal: &Journal, thread: ThreadId) -> Result<Told, Status> {
        let own = head.board.own.ok_or_else(|| status::denied(NotNow::Journal.into()))?.party;
        let here = head.board.thread(thread).ok_or_else(|| status::not_found("session"))?;
        if here.messages() > limits::HOTLINE_THREAD_MAX {
            let rule = format!(
                "the thread has more than {} messages, and is not read as a session: `detente message show` has all",
                limits::HOTLINE_THREAD_MAX
            );
            return Err(status::field("thread", rule));
        }
        let mut told = Told {
            thread,
            own,
            spoken: Vec::new(),
            envelopes: BTreeMap::new(),
            reads: Vec::new(),
            translations: Vec::new(),
            heard: Vec::new(),
            receipts: BTreeMap::new(),
        };
        let records = head.records(journal);
        for entry in here.in_order() {
            let stored = records.message(entry.index, &entry.digest).await.map_err(status::record)?;
            told.receipts_of(head, &records, &stored.record, entry.digest).await.map_err(status::record)?;
            told.take(entry.digest, entry.index, entry.recorded_at, stored.message);
        }
        Ok(told)
    }

    /// The session in it.
    pub fn session(&self) -> Option<Session<'_>> {
        Session::of(self.thread, &self.spoken, self.own)
    }

    /// The same, or that there is none.
    pub fn some_session(&self) -> Result<Session<'_>, Status> {
        self.session().ok_or_else(|| status::not_found("session"))
    }

    pub fn message(&self, digest: &Digest) -> Option<&Message> {
        self.envelopes.get(digest).map(|(message, _)| message)
    }

    /// Who states that an officer read this one, in traffic like its own.
    pub fn reads_of<'t>(&'t self, of: &'t Digest) -> impl Iterator<Item = (Party, &'t Acknowledgement)> {
        let traffic = self.traffic_of(of);
        let is_of = move |(_, as_what, read): &&(Party, Traffic, Acknowledgement)| {
            read.message == *of && Some(*as_what) == traffic
        };
        self.reads.iter().filter(is_of).map(|(by, _, read)| (*by, read))
    }

    /// The translations of this one, in traffic like its own: by whom, and in which message.
    pub fn translations_of<'t>(
        &'t self,
        of: &'t Digest,
    ) -> impl Iterator<Item = (Party, Digest, &'t Translation)> {
        let traffic = self.traffic_of(of);
        let is_of = move |(_, as_what, _, form): &&(Party, Traffic, Digest, Translation)| {
            form.of.message_digest.is_some_and(|digest| digest.0 == *of) && Some(*as_what) == traffic
        };
        self.translations.iter().filter(is_of).map(|(by, _, digest, form)| (*by, *digest, form))
    }

    fn traffic_of(&self, message: &Digest) -> Option<Traffic> {
        self.message(message).map(|message| message.draft.traffic)
    }

    /// The message by which a Party said first that a console of its own shows this one, in traffic like its own.
    pub fn shown(&self, digest: &Digest, by: Party) -> Option<(&str, Instant)> {
        self.spoken.iter().find_map(|one| match &one.said.content {
            Content::SessionShown(form)
                if one.said.author == by
                    && Some(one.said.traffic) == self.traffic_of(digest)
                    && form.shown.message_digest.is_some_and(|shown| shown.0 == *digest) =>
            {
                Some((form.console.as_str(), one.said.released_at))
            }
            _ => None,
        })
    }

    fn take(&mut self, digest: Digest, index: u64, recorded_at: Instant, message: Message) {
        match content::said(&message.draft.kind, &message.draft.content) {
            Read::Form(Content::Translation(form)) => {
                self.translations.push((message.author, message.draft.traffic, digest, form));
            }
            // Whoever else writes down what was heard does so in a thread like any other: it is held against nothing.
            Read::Form(Content::Transcription(form)) if message.author == self.own => {
                self.heard.push((digest, form));
            }
            Read::Form(content) if content.kind().noun() == super::NOUN => {
                let said = Said {
                    message: digest,
                    number: message.number.clone(),
                    author: message.author,
                    traffic: message.draft.traffic,
                    released_at: message.released_at,
                    content,
                };
                self.spoken.push(Spoken { said, to: message.draft.parties(), recorded: index });
                // What it says was taken out of it.
                let mut envelope = message;
                envelope.draft.content = Bytes::new();
                self.envelopes.insert(digest, (envelope, recorded_at));
            }
            Read::Acknowledgement(read) => {
                self.reads.push((message.author, message.draft.traffic, read));
            }
            Read::Form(_) | Read::Unknown | Read::Unreadable(_) => {}
        }
    }

    async fn receipts_of(
        &mut self,
        head: &Head,
        records: &Records,
        record: &Record,
        message: Digest,
    ) -> Result<(), RecordFault> {
        let Some(released) = released_in(record, &message) else { return Ok(()) };
        for (dispatch, _) in &released.dispatches {
            let lane = head.board.link(dispatch.to).map(|link| link.lane(dispatch.lane));
            let Some(index) = lane.and_then(|lane| lane.receipted.get(&dispatch.serial)).copied() else {
                continue;
            };
            for event in records.record(index).await?.events {
                if let Event::Receipted(receipted) = event
                    && receipted.receipt.message == message
                {
                    let receipt = receipted.receipt;
                    self.receipts.insert((message, dispatch.to), (receipt.received_at, receipt.outcome));
                }
            }
        }
        Ok(())
    }
}

fn released_in<'r>(record: &'r Record, message: &Digest) -> Option<&'r Released> {
    record.events.iter().find_map(|event| match event {
        Event::Released(released) if released.digest == *message => Some(released),
        _ => None,
    })
}
