//! The one writer of a journal: takes commands, lets the Board decide, appends, reads back, applies,
//! answers, announces the new head.
//!
//! Never here: a call to a peer, a lent Board (a head holds a copy that nobody changes), an answer
//! before the record was read back as the next link.

mod alerts;
mod checkpoint;
mod epoch;
mod inbox;
mod open;
mod references;
mod seal;
mod writer;

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{mpsc, oneshot, watch};

use self::inbox::Inbox;
use crate::clock::{Clock, moment_after};
use crate::domain::board::{Board, Denied};
use crate::domain::chain::Chain;
use crate::domain::command::{Command, Origin};
use crate::domain::digest::Digest;
use crate::domain::event::Record;
use crate::domain::ledger::Edge;
use crate::domain::refusal::NotNow;
use crate::journal::Journal;
use crate::limits;
use crate::replay::message_keys::MessageKeys;
use crate::replay::positions::Positions;
use crate::replay::records::{Newest, Records};

pub use alerts::keep_watch;
pub use checkpoint::{CheckpointFile, CheckpointFileFault, KeptCheckpoint, signed_checkpoint};
pub use open::{OpenFault, Opening, Trusted, replay_checked, replay_to_end, replay_untouched};
pub use references::keep_references;
pub use seal::{KeyMissing, own_key, seal};

/// What is announced after each batch: how far the journal goes, and what is true there.
#[derive(Clone)]
pub struct Head {
    pub chain: Chain,
    pub board: Arc<Board>,
    pub tree: Edge,
    pub positions: Arc<Positions>,
    pub message_keys: MessageKeys,
    pub void: u64,
    pub standing: Standing,
    pub newest: Newest,
}

impl Head {
    /// Whoever reads bodies up to this head.
    pub fn records(&self, journal: &Journal) -> Records {
        Records::new(journal.clone(), self.positions.clone()).with_newest(self.newest.clone())
    }

    pub fn root(&self) -> Digest {
        self.tree.root()
    }
}

/// Whether this process may write.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Standing {
    Writes,
    /// Another process opened a later epoch. This one goes on reading.
    StandsBy,
}

/// A command that is on record, and the record that holds what came of it.
#[derive(Clone, Debug)]
pub enum Done {
    Now(Arc<Record>),
    /// The same command was on record before; the answer is the same.
    Before {
        index: u64,
    },
}

/// How to reach the Registrar. Cheap to clone.
#[derive(Clone)]
pub struct Registrar {
    inbox: Inbox,
    renewals: mpsc::Sender<oneshot::Sender<Arc<Head>>>,
    head: watch::Receiver<Arc<Head>>,
    /// Closed once nothing writes the checkpoint beside the journal any more.
    keeping: watch::Receiver<()>,
    pub journal: Journal,
    pub clock: Clock,
}

/// What came of two commands.
pub type Both = (Result<Done, Denied>, Result<Done, Denied>);

type Answer = oneshot::Receiver<Result<Done, Denied>>;

async fn heard(answer: Answer, until: tokio::time::Instant) -> Result<Done, Denied> {
    match tokio::time::timeout_at(until, answer).await {
        Ok(Ok(answer)) => answer,
        Ok(Err(_)) | Err(_) => Err(NotNow::Journal.into()),
    }
}

fn command_deadline() -> tokio::time::Instant {
    moment_after(Duration::from_millis(limits::COMMAND_MS_MAX))
}

impl Registrar {
    /// Gives a command and waits until it is on record, denied, or not known in time.
    pub async fn give(&self, command: Command, origin: Origin) -> Result<Done, Denied> {
        heard(self.inbox.put(command, origin)?, command_deadline()).await
    }

    /// Gives several commands of the node in order, so that they may share a batch, and waits for all.
    pub async fn give_all(&self, commands: Vec<Command>, origin: Origin) -> Vec<Result<Done, Denied>> {
        // One deadline for all of them.
        let until = command_deadline();
        let sent: Vec<_> =
            commands.into_iter().map(|command| self.inbox.put(command, origin.clone())).collect();
        let mut answers = Vec::with_capacity(sent.len());
        for one in sent {
            answers.push(match one {
                Ok(answer) => heard(answer, until).await,
                Err(not_now) => Err(not_now.into()),
            });
        }
        answers
    }

    /// Gives two commands in order, so that they may share a batch, and waits for both: the second is decided on top of
    /// the first.
    pub async fn give_both(&self, first: (Command, Origin), second: (Command, Origin)) -> Both {
        let until = command_deadline();
        let sent = [first, second].map(|(command, origin)| self.inbox.put(command, origin));
        let heard = sent.map(|one| async move { heard(one?, until).await });
        let [first, second] = heard;
        (first.await, second.await)
    }

    /// Opens a new epoch, and with it finds out all that is on record by now, whoever wrote it. `None` if
    /// that was not done in time.
    pub async fn renew(&self) -> Option<Arc<Head>> {
        let (reply, renewed) = oneshot::channel();
        self.renewals.try_send(reply).ok()?;
        tokio::time::timeout_at(command_deadline(), renewed).await.ok()?.ok()
    }

    /// The newest head.
    pub fn head(&self) -> Arc<Head> {
        self.head.borrow().clone()
    }

    /// To be told of new heads. What the receiver lends is to be cloned and let go at once: as long as it is held the
    /// writer can announce nothing, and [`Registrar::head`] asked meanwhile may wait for the writer, both for ever. So
    /// is what `wait_for` shows to its closure.
    pub fn heads(&self) -> watch::Receiver<Arc<Head>> {
        self.head.clone()
    }

    /// Waits until the last checkpoint lies beside the journal and nothing writes there any more. For whoever
    /// has seen the writer end; before that it does not come back.
    pub async fn checkpoint_kept(&self) {
        let mut keeping = self.keeping.clone();
        while keeping.changed().await.is_ok() {}
    }

    /// The record that answers a command: the one just written, or the one that was there before.
    pub async fn record_of(&self, done: Done) -> Result<Arc<Record>, crate::replay::records::RecordFault> {
        match done {
            Done::Now(record) => Ok(record),
            Done::Before { index } => Ok(Arc::new(self.head().records(&self.journal).record(index).await?)),
        }
    }
}
