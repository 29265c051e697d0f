//! A console's stream: what it is told of every session, from a position on and then live; and what it says.
//!
//! Never here: a queue that a slow console could fill, or a wait that holds up another one. Each console goes through
//! the journal at its own pace, and those that are at the same head share what is read of a session; what a console
//! says is done one after the other.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use tokio::sync::{mpsc, watch};
use tonic::{Code, Status, Streaming};
use tonic_types::StatusExt as _;

use super::heard::{Heard, Reads};
use super::{Desk, lines, shown};
use crate::codec::proto::detente::v1 as calls;
use crate::codec::proto::detente::v1::join_answer::How;
use crate::codec::proto::detente::v1::join_request::What as Said;
use crate::codec::proto::detente::v1::join_response::What;
use crate::domain::content::Kind;
use crate::domain::digest::{Digest, ThreadId};
use crate::domain::event::{Event, Record};
use crate::domain::hotline::session::{Session, Spoken};
use crate::domain::message::{Message, Relation, tells_of_another};
use crate::limits;
use crate::registrar::Head;
use crate::rpc::command::digest_in;
use crate::rpc::status;

pub(super) type Answers = mpsc::Sender<Result<calls::JoinResponse, Status>>;

/// One console.
pub(super) struct Console {
    desk: Desk,
    heads: watch::Receiver<Arc<Head>>,
    /// What another console at the same head has read already.
    reads: Reads,
    answers: Answers,
    /// Where it began: what was told before that is not told again as new.
    after: u64,
    /// The index of the next record to look at: a position is the index of the record after.
    next: u64,
    /// Of each session what it was told.
    told: BTreeMap<ThreadId, Known>,
    /// Threads of which it was told that they are too long.
    too_long: BTreeSet<ThreadId>,
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

/// What a console was told of a session.
#[derive(Default)]
struct Known {
    stands: Option<calls::Session>,
    /// The messages, and the place of each. What overtakes the message with which its author comes into the session is
    /// told with that.
    lines: BTreeMap<Digest, u32>,
}

impl Console {
    pub fn new(desk: Desk, heads: watch::Receiver<Arc<Head>>, reads: Reads, answers: Answers) -> Console {
        let (told, too_long) = (BTreeMap::new(), BTreeSet::new());
        Console { desk, heads, reads, answers, after: 0, next: 0, told, too_long }
    }

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
        (self.after, self.next) = (begin.after, begin.after);
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

    async fn tell(&self, position: u64, of: Option<(ThreadId, i32)>, what: What) -> Result<(), Stop> {
        let thread = of.map(|(thread, _)| thread.0.to_vec().into()).unwrap_or_default();
        let traffic = of.map_or(0, |(_, traffic)| traffic);
        let told = calls::JoinResponse { position, thread, what: Some(what), traffic };
        self.answers.send(Ok(told)).await.map_err(|_| Stop::Gone)
    }

    async fn catch_up(&mut self, head: &Head) -> Result<(), Stop> {
        let records = head.records(&self.desk.registrar.journal);
        let mut sessions: BTreeMap<ThreadId, Arc<Heard>> = BTreeMap::new();
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
        sessions: &mut BTreeMap<ThreadId, Arc<Heard>>,
    ) -> Result<(), Stop> {
        let Some(thread) = self.thread_of(head, touched).await? else { return Ok(()) };
        if head.board.thread(thread).is_some_and(|here| here.messages() > limits::HOTLINE_THREAD_MAX) {
            if self.too_long.insert(thread) {
                self.tell(position, Some((thread, 0)), What::TooLong(true)).await?;
            }
            return Ok(());
        }
        let session = match sessions.entry(thread) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(new) => {
                let heard = self.reads.heard(head, &self.desk.registrar.journal, thread).await?;
                self.told.entry(thread).or_insert_with(|| Known::of(&heard, self.after));
                new.insert(heard)
            }
        };
        let of = Some((thread, session.traffic));
        let (news, is_new) = self.told.entry(thread).or_default().news(session, position, touched);
        for what in news {
            self.tell(position, of, what).await?;
        }
        let line = session.lines.iter().find(|line| line.message == touched.message);
        match line {
            Some(line) if !is_new && !touched.is_new => {
                self.tell(position, of, What::Changed(line.told.clone())).await
            }
            _ => Ok(()),
        }
    }

    /// Of what is touched by reading, showing or a receipt, which happen in every thread, only what is of a session.
    async fn thread_of(&self, head: &Head, touched: &Touched) -> Result<Option<ThreadId>, Stop> {
        if touched.is_new {
            return Ok(touched.thread);
        }
        let Some(there) = head.board.messages.get(&touched.message) else { return Ok(None) };
        let records = head.records(&self.desk.registrar.journal);
        let stored = records.message(there.index, &touched.message).await.map_err(status::record)?;
        Ok(is_ordered(&stored.message).then_some(stored.message.draft.thread))
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

impl Known {
    /// What a console that goes on after a position was told before it.
    fn of(heard: &Heard, after: u64) -> Known {
        let then: Vec<Spoken> = heard.spoken.iter().filter(|one| one.recorded < after).cloned().collect();
        let session = Session::of(heard.thread, &then, heard.own);
        let places = session.iter().flat_map(lines::places);
        let lines = places.map(|place| (place.spoken.said.message, place.position())).collect();
        Known { stands: None, lines }
    }

    /// What is to be told of a session now, of what came up to a position, and whether the message that is touched is
    /// told for the first time.
    fn news(&mut self, session: &Heard, position: u64, touched: &Touched) -> (Vec<What>, bool) {
        let (mut news, mut is_new) = (Vec::new(), false);
        if let Some(stands) = &session.stands
            && self.stands.as_ref() != Some(stands)
        {
            self.stands = Some(stands.clone());
            news.push(What::Session(stands.clone()));
        }
        // What comes with a later record is told with that.
        for line in session.lines.iter().filter(|line| line.recorded < position) {
            match self.lines.insert(line.message, line.told.position) {
                None => {
                    is_new = is_new || line.message == touched.message;
                    news.push(What::Line(line.told.clone()));
                }
                // What came in before it moved it.
                Some(before) if before != line.told.position && line.message != touched.message => {
                    news.push(What::Changed(line.told.clone()));
                }
                Some(_) => {}
            }
        }
        (news, is_new)
    }
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
    let again = matches!(
        status.code(),
        Code::Unavailable | Code::ResourceExhausted | Code::DeadlineExceeded | Code::Aborted
    );
    calls::JoinRefused { reason, sentence: status.message().to_owned(), again }
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
    // A close has no line: it is told as how the session stands.
    if is_ordered(message) || kind == Kind::SessionClose.name() {
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
