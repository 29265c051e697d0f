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

use super::beside::is_beside;
use super::told::{Told, translates};
use super::touched::{Touched, is_ordered, touched};
use super::{Desk, lines, shown};
use crate::codec::message::traffic_to_proto;
use crate::codec::proto::detente::v1 as calls;
use crate::codec::proto::detente::v1::join_answer::How;
use crate::codec::proto::detente::v1::join_request::What as Said;
use crate::codec::proto::detente::v1::join_response::What;
use crate::domain::digest::{Digest, ThreadId};
use crate::domain::hotline::session::{Session, Spoken};
use crate::domain::people::Person;
use crate::domain::thread::Thread;
use crate::limits;
use crate::registrar::Head;
use crate::rpc::command::digest_in;
use crate::rpc::status;

/// How long a console that takes nothing is waited for.
const PATIENCE: Duration = Duration::from_millis(limits::CONSOLE_TAKES_MS_MAX);

pub(super) type Answers = mpsc::Sender<Result<calls::JoinResponse, Status>>;

/// One console.
pub(super) struct Console {
    desk: Desk,
    heads: watch::Receiver<Arc<Head>>,
    answers: Answers,
    /// Where it began: what was told before that is not told again as new.
    after: u64,
    /// The index of the next record to look at: a position is the index of the record after.
    next: u64,
    /// Of each session what it was told.
    told: BTreeMap<ThreadId, Known>,
}

/// Why a console's stream ends.
enum Stop {
    /// Nobody listens any more, or nobody has for too long.
    Gone,
    Refused(Status),
}

impl From<Status> for Stop {
    fn from(status: Status) -> Stop {
        Stop::Refused(status)
    }
}

/// How a session stands, and how it was closed.
type Stands = (calls::Session, Vec<calls::ClosedWith>);

/// What a console was told of a session.
#[derive(Default)]
struct Known {
    stands: Option<Stands>,
    /// The messages, and the place of each. What overtakes the message with which its author comes into the session is
    /// told with that.
    lines: BTreeMap<Digest, u32>,
}

/// What some records, to be told of, have to do with a session.
struct Heard {
    traffic: i32,
    /// `None` where the thread holds no session yet.
    stands: Option<Stands>,
    /// Its messages in their order, each with the record that holds it and its place.
    order: Vec<(Digest, u64, u32)>,
    /// Those that a console may have to be told, as they are now.
    lines: BTreeMap<Digest, calls::SessionLine>,
}

/// What is touched by the records before a position, each with its session.
type News = Vec<(u64, ThreadId, Touched)>;

impl Console {
    pub fn new(desk: Desk, heads: watch::Receiver<Arc<Head>>, answers: Answers) -> Console {
        Console { desk, heads, answers, after: 0, next: 0, told: BTreeMap::new() }
    }

    pub async fn run(mut self, said: Streaming<calls::JoinRequest>) {
        if let Err(Stop::Refused(status)) = self.serve(said).await {
            let _ = hand_over(&self.answers, Err(status), PATIENCE).await;
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
                self.tell(told(self.next, None, What::Live(true))).await?;
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

    async fn tell(&self, told: calls::JoinResponse) -> Result<(), Stop> {
        hand_over(&self.answers, Ok(told), PATIENCE).await
    }

    async fn catch_up(&mut self, head: &Head) -> Result<(), Stop> {
        let records = head.records(&self.desk.registrar.journal);
        while self.next < head.chain.size {
            let end = head.chain.size.min(self.next.saturating_add(limits::NOTICE_RECORDS_MAX as u64));
            let (mut news, mut next) = (News::new(), self.next);
            for record in records.range(self.next, end).await.map_err(status::record)? {
                next = record.index.saturating_add(1);
                for one in record.events.iter().flat_map(|event| touched(head, &record, event)) {
                    if let Some((thread, one)) = self.of_session(head, one).await? {
                        news.push((next, thread, one));
                    }
                }
            }
            let mut sessions: BTreeMap<ThreadId, Heard> = BTreeMap::new();
            for (position, thread, touched) in &news {
                let session = match sessions.entry(*thread) {
                    Entry::Occupied(known) => known.into_mut(),
                    Entry::Vacant(new) => new.insert(self.hear(head, *thread, &news, next).await?),
                };
                self.tell_of(*position, *thread, touched, session).await?;
            }
            self.next = next;
        }
        Ok(())
    }

    /// A session, with the lines that news of records before `next` may have to tell.
    async fn hear(&mut self, head: &Head, thread: ThreadId, news: &News, next: u64) -> Result<Heard, Status> {
        let touched: BTreeSet<Digest> = news.iter().map(|(_, _, touched)| touched.message).collect();
        let (before, after) = (self.told.get(&thread), self.after);
        let caller = self.desk.caller.person();
        let look = |told: &Told| {
            let first = before.is_none().then(|| Known::before(told, after));
            let known = before.or(first.as_ref());
            let told_at = |message: &Digest| known.and_then(|known| known.lines.get(message));
            let is_wanted = |message: &Digest, recorded: u64, place: u32| {
                touched.contains(message) || recorded < next && told_at(message) != Some(&place)
            };
            (heard(told, caller, is_wanted), first)
        };
        let (heard, first) = self.desk.kept.of(head, &self.desk.registrar.journal, thread, look).await?;
        if let Some(first) = first {
            self.told.insert(thread, first);
        }
        Ok(heard)
    }

    async fn tell_of(
        &mut self,
        position: u64,
        thread: ThreadId,
        touched: &Touched,
        session: &Heard,
    ) -> Result<(), Stop> {
        let of = Some((thread, session.traffic));
        let known = self.told.entry(thread).or_default();
        if let Some((stands, closed)) = known.stands_otherwise(session) {
            let stands = told(position, of, What::Session(stands));
            self.tell(calls::JoinResponse { closed, ..stands }).await?;
        }
        let (news, is_new) = self.told.entry(thread).or_default().news(session, position, touched);
        for what in news {
            self.tell(told(position, of, what)).await?;
        }
        match session.lines.get(&touched.message) {
            Some(line) if !is_new && !touched.is_new => {
                self.tell(told(position, of, What::Changed(line.clone()))).await
            }
            _ => Ok(()),
        }
    }

    /// Of what is touched by reading, showing or a receipt, which happen in every thread, only what is of a session.
    async fn of_session(&self, head: &Head, touched: Touched) -> Result<Option<(ThreadId, Touched)>, Stop> {
        if touched.is_new {
            return Ok(touched.thread.map(|thread| (thread, touched)));
        }
        if touched.by_number {
            return self.by_number(head, touched).await;
        }
        let Some(there) = head.board.messages.get(&touched.message) else { return Ok(None) };
        let records = head.records(&self.desk.registrar.journal);
        let stored = records.message(there.index, &touched.message).await.map_err(status::record)?;
        let (message, own) = (&stored.message, head.board.own.map(|own| own.party));
        let thread = message.draft.thread;
        if touched.is_taken_back
            && let Some(of) = translates(message)
        {
            return Ok(Some((thread, Touched { message: of, ..touched })));
        }
        let waits = || is_beside(message) && Some(message.author) != own;
        let is_session = || head.board.thread(thread).is_some_and(Thread::is_session);
        Ok((is_ordered(message) || waits() && is_session()).then_some((thread, touched)))
    }

    /// What is taken back by its number alone, was written down as heard or is handed on, is looked for where the word
    /// stands, if that is a session.
    async fn by_number(&self, head: &Head, touched: Touched) -> Result<Option<(ThreadId, Touched)>, Stop> {
        let Some(thread) = touched.thread else { return Ok(None) };
        if !head.board.thread(thread).is_some_and(Thread::is_session) {
            return Ok(None);
        }
        let look = |told: &Told| told.touched_by(&touched.message);
        let message = self.desk.kept.of(head, &self.desk.registrar.journal, thread, look).await?;
        Ok(message.map(|message| (thread, Touched { message, by_number: false, ..touched })))
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

impl Known {
    /// What a console that goes on after a position was told before it.
    fn before(told: &Told, after: u64) -> Known {
        let then: Vec<Spoken> = told.spoken.iter().filter(|one| one.recorded < after).cloned().collect();
        let session = Session::of(told.thread, &then, told.own);
        let places = session.iter().flat_map(lines::places);
        let lines = places.map(|place| (place.spoken.said.message, place.position())).collect();
        Known { stands: None, lines }
    }

    /// How a session stands now, where that was not told yet.
    fn stands_otherwise(&mut self, session: &Heard) -> Option<Stands> {
        let now = session.stands.as_ref().filter(|stands| self.stands.as_ref() != Some(stands))?;
        self.stands = Some(now.clone());
        Some(now.clone())
    }

    /// What is to be told of the messages of a session now, of what came up to a position, and whether the message that
    /// is touched is told for the first time.
    fn news(&mut self, session: &Heard, position: u64, touched: &Touched) -> (Vec<What>, bool) {
        let (mut news, mut is_new) = (Vec::new(), false);
        // What comes with a later record is told with that.
        for (message, _, place) in session.order.iter().filter(|(_, recorded, _)| *recorded < position) {
            let before = self.lines.insert(*message, *place);
            let Some(line) = session.lines.get(message) else { continue };
            match before {
                None => {
                    is_new = is_new || *message == touched.message;
                    news.push(What::Line(line.clone()));
                }
                // What came in before it moved it.
                Some(before) if before != *place && *message != touched.message => {
                    news.push(What::Changed(line.clone()));
                }
                Some(_) => {}
            }
        }
        (news, is_new)
    }
}

fn told(position: u64, of: Option<(ThreadId, i32)>, what: What) -> calls::JoinResponse {
    let thread = of.map(|(thread, _)| thread.0.to_vec().into()).unwrap_or_default();
    let traffic = of.map_or(0, |(_, traffic)| traffic);
    calls::JoinResponse { position, thread, what: Some(what), traffic, closed: Vec::new() }
}

fn heard(told: &Told, caller: &Person, is_wanted: impl Fn(&Digest, u64, u32) -> bool) -> Heard {
    let Some(session) = told.session() else {
        return Heard { traffic: 0, stands: None, order: Vec::new(), lines: BTreeMap::new() };
    };
    let (mut order, mut lines) = (Vec::new(), BTreeMap::new());
    for place in lines::places(&session) {
        let (message, recorded, at) = (place.spoken.said.message, place.spoken.recorded, place.position());
        order.push((message, recorded, at));
        if is_wanted(&message, recorded, at) {
            lines.insert(message, lines::line(told, &session, &place, caller));
        }
    }
    let stands = Some((lines::head(told, &session, caller), lines::closed(told, &session)));
    Heard { traffic: traffic_to_proto(session.begins.said.traffic), stands, order, lines }
}

/// Gives one answer to the console, which takes it in time or is let go.
async fn hand_over(
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
