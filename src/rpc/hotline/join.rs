//! A console's stream: what it is told of every session, from a position on and then live; and what it says.
//!
//! Never here: a queue that a slow console could fill, or a wait that holds up another one. Each console reads the
//! records for itself, at its own pace; what it says is done one after the other. Only sessions are read together.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{mpsc, watch};
use tonic::{Code, Status, Streaming};
use tonic_types::StatusExt as _;

use super::known::{self, Heard, Known};
use super::told::Told;
use super::touched::{Touched, touched};
use super::{Desk, shown};
use crate::codec::proto::detente::v1 as calls;
use crate::codec::proto::detente::v1::join_answer::How;
use crate::codec::proto::detente::v1::join_request::What as Said;
use crate::codec::proto::detente::v1::join_response::What;
use crate::domain::digest::{Digest, ThreadId};
use crate::domain::thread::Thread;
use crate::limits;
use crate::registrar::Head;
use crate::rpc::command::{digest_in, goes_on_from, position_in};
use crate::rpc::status;

/// How long a console that takes nothing is waited for.
pub(super) const PATIENCE: Duration = Duration::from_millis(limits::CONSOLE_TAKES_MS_MAX);

pub(super) type Answers = mpsc::Sender<Result<calls::JoinResponse, Status>>;

/// One console.
pub(super) struct Console {
    desk: Desk,
    heads: watch::Receiver<Arc<Head>>,
    answers: Answers,
    /// The index of the next record to look at: a position is the index of the record after. What was told before, also
    /// over another stream, is not told again as new.
    next: u64,
    /// The leaf hash of the record before that one.
    before: Digest,
    /// Of the sessions that were touched last what it was told.
    told: BTreeMap<ThreadId, Known>,
}

/// Why a console's stream ends.
pub(super) enum Stop {
    /// Nobody listens any more, or nobody has for too long.
    Gone,
    Refused(Status),
}

impl From<Status> for Stop {
    fn from(status: Status) -> Stop {
        Stop::Refused(status)
    }
}

/// What is touched by the records before a position, each with its session.
type News = Vec<(u64, ThreadId, Touched)>;

impl Console {
    pub fn new(desk: Desk, heads: watch::Receiver<Arc<Head>>, answers: Answers) -> Console {
        Console { desk, heads, answers, next: 0, before: Digest::ZERO, told: BTreeMap::new() }
    }

    pub async fn run(mut self, said: Streaming<calls::JoinRequest>) {
        if let Err(Stop::Refused(status)) = self.serve(said).await {
            let _ = hand_over(&self.answers, Err(status), PATIENCE).await;
        }
    }

    async fn serve(&mut self, mut said: Streaming<calls::JoinRequest>) -> Result<(), Stop> {
        let first = said.message().await?.ok_or(Stop::Gone)?;
        let Some(Said::Begin(begin)) = first.what else {
            return Err(status::field("begin", "comes first, once").into());
        };
        let head = self.desk.registrar.head();
        self.next = position_in("begin.after", begin.after, &head)?;
        let records = head.records(&self.desk.registrar.journal);
        self.before = records.leaf_before(self.next).await.map_err(status::record)?;
        goes_on_from("begin.after_digest", &begin.after_digest, &self.before)?;
        let mut is_live = false;
        loop {
            let head = self.heads.borrow_and_update().clone();
            self.catch_up(&head).await?;
            let is_behind = self.next < head.chain.size;
            if !is_behind && !is_live {
                is_live = true;
                self.tell(named(told(self.next, None, What::Live(true)), Some(&self.before))).await?;
            }
            // Between two pieces of what it is told one thing that it says is taken, however much there is of either.
            tokio::select! {
                biased;
                one = said.message() => match one? {
                    Some(one) => self.take(one).await?,
                    // It says no more.
                    None => return Err(Stop::Gone),
                },
                () = self.answers.closed() => return Err(Stop::Gone),
                () = std::future::ready(()), if is_behind => {}
                changed = self.heads.changed(), if !is_behind => changed.map_err(|_| Stop::Gone)?,
            }
        }
    }

    async fn tell(&self, told: calls::JoinResponse) -> Result<(), Stop> {
        hand_over(&self.answers, Ok(told), PATIENCE).await
    }

    /// Tells of the next records, as many as are looked through at once.
    async fn catch_up(&mut self, head: &Head) -> Result<(), Stop> {
        if self.next >= head.chain.size {
            return Ok(());
        }
        let records = head.records(&self.desk.registrar.journal);
        let end = head.chain.size.min(self.next.saturating_add(limits::NOTICE_RECORDS_MAX as u64));
        let (mut news, mut next) = (News::new(), self.next);
        let mut threads: BTreeMap<Digest, ThreadId> = BTreeMap::new();
        // Of the record before each position, from the one that was reached on.
        let mut leaves = vec![self.before];
        for (record, leaf) in records.range_with_leaves(self.next, end).await.map_err(status::record)? {
            next = record.index.saturating_add(1);
            leaves.push(leaf);
            for one in record.events.iter().flat_map(|event| touched(head, &record, event)) {
                // For its receipt it need not be read again.
                threads.extend(one.thread.filter(|_| one.is_new).map(|thread| (one.message, thread)));
                if let Some((thread, one)) = self.of_session(head, one, &mut threads).await? {
                    news.push((next, thread, one));
                }
            }
        }
        let mut sessions: BTreeMap<ThreadId, Heard> = BTreeMap::new();
        let mut of_record = Vec::new();
        for (at, (position, thread, touched)) in news.iter().enumerate() {
            let session = match sessions.entry(*thread) {
                Entry::Occupied(known) => known.into_mut(),
                Entry::Vacant(new) => new.insert(self.hear(head, *thread, &news, next).await?),
            };
            self.tell_of(*position, *thread, touched, session, &mut of_record);
            if news.get(at.saturating_add(1)).is_none_or(|(next, ..)| next != position) {
                self.tell_record(std::mem::take(&mut of_record), &leaves).await?;
            }
        }
        (self.next, self.before) = (next, leaves.last().copied().unwrap_or(self.before));
        known::make_room(&mut self.told);
        Ok(())
    }

    /// A session, with what news of records before `next` may have to tell of it.
    async fn hear(&mut self, head: &Head, thread: ThreadId, news: &News, next: u64) -> Result<Heard, Status> {
        let of_it = news.iter().filter(|(_, of, _)| *of == thread);
        let touched: BTreeSet<Digest> = of_it.map(|(_, _, touched)| touched.message).collect();
        let (known, told_before) = (self.told.remove(&thread), self.next);
        let caller = self.desk.caller.person();
        let look = |told: &Told| {
            let mut known = known.unwrap_or_else(|| Known::before(told, told_before));
            let heard = known.hear(told, caller, &touched, next);
            (heard, known)
        };
        let (heard, known) = self.desk.kept.of(head, &self.desk.registrar.journal, thread, look).await?;
        self.told.insert(thread, known);
        Ok(heard)
    }

    fn tell_of(
        &mut self,
        position: u64,
        thread: ThreadId,
        touched: &Touched,
        session: &mut Heard,
        all: &mut Vec<calls::JoinResponse>,
    ) {
        let of = Some((thread, session.traffic));
        if let Some((stands, closed, closes)) = session.stands.take() {
            let stands = told(position, of, What::Session(stands));
            all.push(calls::JoinResponse { closed, closes, ..stands });
        }
        let news = self.told.entry(thread).or_default().news(session, position, touched);
        all.extend(news.into_iter().map(|what| told(position, of, what)));
    }

    /// All that is told of one record. Only with the last of it its position is reached: whoever is cut before that, and
    /// begins again, is told all of it again.
    async fn tell_record(&self, mut all: Vec<calls::JoinResponse>, leaves: &[Digest]) -> Result<(), Stop> {
        let before = |position: u64| leaves.get(usize::try_from(position.checked_sub(self.next)?).ok()?);
        let last = all.pop();
        for mut one in all {
            one.position = one.position.saturating_sub(1);
            let leaf = before(one.position);
            self.tell(named(one, leaf)).await?;
        }
        match last {
            Some(last) => {
                let leaf = before(last.position);
                self.tell(named(last, leaf)).await
            }
            None => Ok(()),
        }
    }

    /// Of what is touched by reading, showing or a receipt, which happen in every thread, only what is of a session. The
    /// Board says which messages a thread holds: whoever names others costs nobody a look at the journal.
    async fn of_session(
        &self,
        head: &Head,
        touched: Touched,
        threads: &mut BTreeMap<Digest, ThreadId>,
    ) -> Result<Option<(ThreadId, Touched)>, Stop> {
        if touched.is_new {
            return Ok(touched.thread.map(|thread| (thread, touched)));
        }
        if touched.is_word {
            return self.by_word(head, touched).await;
        }
        let thread = match touched.thread {
            Some(thread) => thread,
            None => match self.receipted(head, &touched.message, threads).await? {
                Some(thread) => thread,
                None => return Ok(None),
            },
        };
        let holds = |here: &Thread| here.is_session() && here.holds_message(&touched.message);
        let is_of_it = head.board.thread(thread).is_some_and(holds);
        Ok(is_of_it.then_some((thread, touched)))
    }

    /// The thread of a message of our own for which a receipt came: read once, however many came.
    async fn receipted(
        &self,
        head: &Head,
        message: &Digest,
        threads: &mut BTreeMap<Digest, ThreadId>,
    ) -> Result<Option<ThreadId>, Stop> {
        if let Some(thread) = threads.get(message) {
            return Ok(Some(*thread));
        }
        let Some(there) = head.board.messages.get(message) else { return Ok(None) };
        let records = head.records(&self.desk.registrar.journal);
        let stored = records.message(there.index, message).await.map_err(status::record)?;
        let thread = stored.message.draft.thread;
        threads.insert(*message, thread);
        Ok(Some(thread))
    }

    /// What is taken back, was written down as heard or is handed on is looked for where the word stands, if that is a
    /// session.
    async fn by_word(&self, head: &Head, touched: Touched) -> Result<Option<(ThreadId, Touched)>, Stop> {
        let Some(thread) = touched.thread else { return Ok(None) };
        if !head.board.thread(thread).is_some_and(Thread::is_session) {
            return Ok(None);
        }
        let look = |told: &Told| told.touched_by(&touched.message);
        let message = self.desk.kept.of(head, &self.desk.registrar.journal, thread, look).await?;
        Ok(message.map(|message| (thread, Touched { message, is_word: false, ..touched })))
    }

    async fn take(&self, said: calls::JoinRequest) -> Result<(), Stop> {
        let desk = &self.desk;
        let (command, how) = match said.what {
            Some(Said::Shown(digest)) => {
                let done = match digest_in(&digest) {
                    Ok(digest) => shown::put(&desk.registrar, &desk.kept, &desk.caller, digest).await,
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
            Some(Said::Open(asked)) => (id(asked.command.as_ref()), how(desk.open(asked).await, How::Spoken)),
            Some(Said::Add(asked)) => (id(asked.command.as_ref()), how(desk.add(asked).await, How::Spoken)),
            Some(Said::Translate(asked)) => {
                (id(asked.command.as_ref()), how(desk.translate(asked).await, How::Spoken))
            }
            Some(Said::Close(asked)) => {
                (id(asked.command.as_ref()), how(desk.close(asked).await, How::Spoken))
            }
            Some(Said::Begin(_)) | None => {
                return Err(status::field("begin", "comes first, once").into());
            }
        };
        self.tell(told(0, None, What::Answer(calls::JoinAnswer { command, how: Some(how) }))).await
    }
}

fn told(position: u64, of: Option<(ThreadId, i32)>, what: What) -> calls::JoinResponse {
    let thread = of.map(|(thread, _)| thread.0.to_vec().into()).unwrap_or_default();
    let traffic = of.map_or(0, |(_, traffic)| traffic);
    calls::JoinResponse { position, thread, what: Some(what), traffic, ..Default::default() }
}

/// With the leaf hash of the record before its position.
fn named(told: calls::JoinResponse, leaf: Option<&Digest>) -> calls::JoinResponse {
    let leaf = leaf.filter(|_| told.position > 0);
    let position_digest = leaf.map(|leaf| leaf.0.to_vec().into()).unwrap_or_default();
    calls::JoinResponse { position_digest, ..told }
}

/// Gives one answer to the console, which takes it in time or is let go.
pub(super) async fn hand_over(
    answers: &Answers,
    told: Result<calls::JoinResponse, Status>,
    patience: Duration,
) -> Result<(), Stop> {
    answers.send_timeout(told, patience).await.map_err(|_| Stop::Gone)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_console_that_takes_nothing_is_let_go_and_one_that_takes_slowly_is_not() {
        let patience = Duration::from_millis(200);
        let live = || Ok(calls::JoinResponse { what: Some(What::Live(true)), ..Default::default() });
        let (answers, mut console) = mpsc::channel(1);
        assert!(hand_over(&answers, live(), patience).await.is_ok());
        assert!(matches!(hand_over(&answers, live(), patience).await, Err(Stop::Gone)));
        let taking = async {
            let mut taken = 0;
            while taken < 5 && console.recv().await.is_some() {
                taken += 1;
            }
        };
        let telling = async {
            for _ in 0..4 {
                assert!(hand_over(&answers, live(), patience).await.is_ok());
            }
        };
        tokio::join!(taking, telling);
    }
}
