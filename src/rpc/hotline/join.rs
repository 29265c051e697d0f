//! A console's stream: what it is told of every session, from a position on and then live; and what it says.
//!
//! Never here: a queue that a slow console could fill, or a wait that holds up another one. Each console reads the
//! journal for itself, at its own pace; what it says is done one after the other.

use std::collections::BTreeMap;
use std::sync::Arc;

use tokio::sync::{mpsc, watch};
use tonic::{Status, Streaming};
use tonic_types::StatusExt as _;

use super::told::Told;
use super::{Desk, lines, shown};
use crate::codec::proto::detente::v1 as calls;
use crate::codec::proto::detente::v1::join_answer::How;
use crate::codec::proto::detente::v1::join_request::What as Said;
use crate::codec::proto::detente::v1::join_response::What;
use crate::domain::content::Kind;
use crate::domain::digest::{Digest, ThreadId};
use crate::domain::event::{Event, Record};
use crate::domain::message::{Message, Relation, tells_of_another};
use crate::domain::thread::Entry;
use crate::journal::Journal;
use crate::limits;
use crate::registrar::Head;
use crate::rpc::command::digest_in;
use crate::rpc::status;

pub(super) type Answers = mpsc::Sender<Result<calls::JoinResponse, Status>>;

/// One console.
pub(super) struct Console {
    pub desk: Desk,
    pub heads: watch::Receiver<Arc<Head>>,
    pub answers: Answers,
    /// Threads looked at before: whether each is a session's.
    pub known: BTreeMap<ThreadId, bool>,
    /// The index of the next record to look at: a position is the index of the record after.
    pub next: u64,
}

/// Why a console's stream ends.
enum Stop {
    /// Nobody listens any more.
    Gone,
    Refused(Status),
}

impl From<Status> for Stop {
    fn from(status: Status) -> Stop {
        Stop::Refused(status)
    }
}

/// What a record does to a message of a session.
struct Touched {
    /// `None` where the message's own record says it.
    thread: Option<ThreadId>,
    message: Digest,
    is_new: bool,
}

impl Console {
    pub async fn run(mut self, said: Streaming<calls::JoinRequest>) {
        if let Err(Stop::Refused(status)) = self.serve(said).await {
            let _ = self.answers.send(Err(status)).await;
        }
    }

    async fn serve(&mut self, mut said: Streaming<calls::JoinRequest>) -> Result<(), Stop> {
        let first = said.message().await.map_err(|_| Stop::Gone)?.ok_or(Stop::Gone)?;
        let Some(Said::Begin(begin)) = first.what else {
            return Err(status::field("begin", "comes first, once").into());
        };
        self.next = begin.after;
        let mut is_live = false;
        loop {
            let head = self.heads.borrow_and_update().clone();
            self.catch_up(&head).await?;
            if !is_live {
                is_live = true;
                self.tell(self.next, None, What::Live(true)).await?;
            }
            tokio::select! {
                changed = self.heads.changed() => changed.map_err(|_| Stop::Gone)?,
                one = said.message() => match one {
                    Ok(Some(one)) => self.take(one).await?,
                    // It says no more, or has gone.
                    Ok(None) | Err(_) => return Err(Stop::Gone),
                },
                () = self.answers.closed() => return Err(Stop::Gone),
            }
        }
    }

    async fn tell(&self, position: u64, thread: Option<ThreadId>, what: What) -> Result<(), Stop> {
        let thread = thread.map(|thread| thread.0.to_vec().into()).unwrap_or_default();
        let told = calls::JoinResponse { position, thread, what: Some(what) };
        self.answers.send(Ok(told)).await.map_err(|_| Stop::Gone)
    }

    async fn catch_up(&mut self, head: &Head) -> Result<(), Stop> {
        let records = head.records(&self.desk.registrar.journal);
        let mut sessions: BTreeMap<ThreadId, Vec<calls::SessionLine>> = BTreeMap::new();
        while self.next < head.chain.size {
            let end = head.chain.size.min(self.next.saturating_add(limits::NOTICE_RECORDS_MAX as u64));
            for record in records.range(self.next, end).await.map_err(status::record)? {
                let position = record.index.saturating_add(1);
                for touched in record.events.iter().flat_map(|event| touched(head, &record, event)) {
                    self.told(head, position, &touched, &mut sessions).await?;
                }
                self.next = position;
            }
        }
        Ok(())
    }

    async fn told(
        &mut self,
        head: &Head,
        position: u64,
        touched: &Touched,
        sessions: &mut BTreeMap<ThreadId, Vec<calls::SessionLine>>,
    ) -> Result<(), Stop> {
        let Some(thread) = self.thread_of(head, touched).await? else { return Ok(()) };
        if !self.is_session(head, thread).await? {
            return Ok(());
        }
        if !sessions.contains_key(&thread) {
            let told = Told::read(head, &self.desk.registrar.journal, thread).await?;
            let read = told.session().map(|session| lines::lines(&told, &session)).unwrap_or_default();
            sessions.insert(thread, read);
        }
        let session = sessions.get(&thread).map(Vec::as_slice).unwrap_or_default();
        let Some(line) = session.iter().find(|line| line.digest == touched.message.0.as_slice()) else {
            return Ok(());
        };
        let line = line.clone();
        let what = if touched.is_new { What::Line(line) } else { What::Changed(line) };
        self.tell(position, Some(thread), what).await
    }

    async fn thread_of(&self, head: &Head, touched: &Touched) -> Result<Option<ThreadId>, Stop> {
        if touched.thread.is_some() {
            return Ok(touched.thread);
        }
        let Some(there) = head.board.messages.get(&touched.message) else { return Ok(None) };
        let records = head.records(&self.desk.registrar.journal);
        let stored = records.message(there.index, &touched.message).await.map_err(status::record)?;
        Ok(Some(stored.message.draft.thread))
    }

    /// Reading, showing and receipts happen in every thread.
    async fn is_session(&mut self, head: &Head, id: ThreadId) -> Result<bool, Stop> {
        if let Some(known) = self.known.get(&id) {
            return Ok(*known);
        }
        let is_session = is_session(head, &self.desk.registrar.journal, id).await?;
        // A thread that is none yet may become one.
        if is_session {
            self.known.insert(id, true);
        }
        Ok(is_session)
    }

    async fn take(&self, said: calls::JoinRequest) -> Result<(), Stop> {
        let desk = &self.desk;
        let (command, how) = match said.what {
            Some(Said::Shown(digest)) => {
                let done = match digest_in(&digest) {
                    Ok(digest) => shown::put(&desk.registrar, &desk.caller, digest).await,
                    Err(status) => Err(status),
                };
                // Only what goes wrong is answered; that it is told to the author is seen in the line.
                match done {
                    Ok(()) => return Ok(()),
                    Err(status) => (digest, How::Refused(refused(&status))),
                }
            }
            Some(Said::Say(asked)) => (id(asked.command.as_ref()), how(desk.say(asked).await, How::Spoken)),
            Some(Said::Accept(asked)) => {
                (id(asked.command.as_ref()), how(desk.accept(asked).await, How::Spoken))
            }
            Some(Said::Read(asked)) => (id(asked.command.as_ref()), how(desk.read(asked).await, How::Read)),
            Some(Said::Begin(_)) | None => {
                return Err(status::field("begin", "comes first, once").into());
            }
        };
        self.tell(0, None, What::Answer(calls::JoinAnswer { command, how: Some(how) })).await
    }
}

/// Whether a thread is a session's, by the first message of each author in it.
pub(super) async fn is_session(head: &Head, journal: &Journal, id: ThreadId) -> Result<bool, Status> {
    let Some(thread) = head.board.thread(id) else { return Ok(false) };
    let records = head.records(journal);
    // The first of each author's, so that none of them can hide what another opened.
    let mut before = None;
    let is_first = |entry: &&Entry| before.replace(entry.author) != Some(entry.author);
    let firsts: Vec<Entry> =
        thread.entries().filter(is_first).take(limits::HOTLINE_LOOKED_AT_MAX).copied().collect();
    for entry in firsts {
        let stored = records.message(entry.index, &entry.digest).await.map_err(status::record)?;
        if is_ordered(&stored.message) {
            return Ok(true);
        }
    }
    Ok(false)
}

fn id(command: Option<&calls::CommandHeader>) -> bytes::Bytes {
    command.map(|command| command.id.clone()).unwrap_or_default()
}

fn how<T>(done: Result<T, Status>, good: impl FnOnce(T) -> How) -> How {
    match done {
        Ok(done) => good(done),
        Err(status) => How::Refused(refused(&status)),
    }
}

fn refused(status: &Status) -> calls::JoinRefused {
    let details = status.get_error_details();
    let reason = details.error_info().map(|info| info.reason.clone()).unwrap_or_default();
    calls::JoinRefused { reason, sentence: status.message().to_owned() }
}

fn is_ordered(message: &Message) -> bool {
    let kind = Kind::from_name(&message.draft.kind);
    matches!(
        kind,
        Some(Kind::SessionOpening | Kind::SessionText | Kind::SessionAddition | Kind::SessionAcceptance)
    )
}

/// What an event says of messages: itself, if it stands in a session; else those that it is about.
fn touched(head: &Head, record: &Record, event: &Event) -> Vec<Touched> {
    let (message, digest) = match event {
        Event::Released(released) => (&released.message, released.digest),
        Event::Received(received) => match &received.message {
            // Only the record that brought it first is news.
            Some(message) if is_where(head, &received.dispatch.message, record.index) => {
                (message, received.dispatch.message)
            }
            Some(_) | None => return Vec::new(),
        },
        Event::Receipted(receipted) => {
            return vec![Touched { thread: None, message: receipted.receipt.message, is_new: false }];
        }
        _ => return Vec::new(),
    };
    let thread = Some(message.draft.thread);
    let kind = message.draft.kind.as_str();
    let mut touched = Vec::new();
    if is_ordered(message) {
        touched.push(Touched { thread, message: digest, is_new: true });
    }
    if is_ordered(message) || tells_of_another(kind) || kind == Kind::Translation.name() {
        let about = message.draft.references.iter().filter_map(|reference| match reference.relation {
            Relation::RefersTo if is_ordered(message) => None,
            _ => reference.message,
        });
        touched.extend(about.map(|message| Touched { thread, message, is_new: false }));
    }
    touched
}

fn is_where(head: &Head, message: &Digest, index: u64) -> bool {
    head.board.messages.get(message).is_some_and(|there| there.index == index)
}
