//! The writing loop: one batch at a time, decided on a copy of the Board, appended, read back, and only
//! then applied, answered and announced.
//!
//! Three states are told apart. What is *durable* was read back and acknowledged; the writer decides on
//! nothing else. What is *under way* may have happened. What came out otherwise sends the writer back to
//! the durable state, to open a new epoch there.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use tokio::sync::{mpsc, oneshot, watch};

use super::inbox::{Ask, Commands};
use super::open::head_of;
use super::seal::{own_key, seal};
use super::{Done, Head, Standing};
use crate::clock::Clock;
use crate::codec::record::{self, Heading};
use crate::domain::board::{Board, Denied};
use crate::domain::chain::{Chain, Claim, Opens, Signature};
use crate::domain::command::Origin;
use crate::domain::digest::WriterId;
use crate::domain::event::Record;
use crate::domain::keys::Purpose;
use crate::domain::ledger::leaf_hash;
use crate::domain::refusal::{NotNow, Refusal};
use crate::domain::time::Instant;
use crate::evidence::keys::{KeyRing, SigningKey};
use crate::journal::{Entry, Journal, ReadFault, Reader};
use crate::limits;
use crate::replay::records::{Newest, kept_newest};
use crate::replay::{Broken, Fold, Look, Step};

pub(super) struct Writer {
    pub(super) journal: Journal,
    pub(super) clock: Clock,
    pub(super) ring: Arc<KeyRing>,
    pub(super) id: WriterId,
    /// Read back and acknowledged.
    pub(super) durable: Fold,
    /// Stands just behind what was folded.
    pub(super) reader: Reader,
    /// The lowest position that any reader of this journal found gone.
    lost: watch::Receiver<Option<u64>>,
    /// Whether the journal answered when it was last asked: that it stopped, and that it answers again, is said
    /// once each.
    answers: bool,
    pub(super) standing: Standing,
    pub(super) announce: watch::Sender<Arc<Head>>,
    pub(super) commands: Commands,
    pub(super) renewals: mpsc::Receiver<oneshot::Sender<Arc<Head>>>,
}

/// A batch that was decided and sealed, but is not on record yet.
struct Batch {
    entries: Vec<Bytes>,
    answers: Vec<(Ask, Answer)>,
    /// What would not have fitted.
    left: Vec<Ask>,
}

enum Answer {
    /// The record with this place in the batch.
    Written(usize),
    Denied(Denied),
}

/// How the entries of a batch came back.
enum ReadBack {
    /// All count, in order.
    Counted(Box<Fold>, Vec<Record>),
    /// At least one does not, or something of another writer came between.
    Otherwise,
}

impl Writer {
    #[expect(
        clippy::too_many_arguments,
        reason = "each part has its own type; a struct would only repeat them"
    )]
    pub(super) fn new(
        journal: Journal,
        clock: Clock,
        ring: Arc<KeyRing>,
        id: WriterId,
        durable: Fold,
        announce: watch::Sender<Arc<Head>>,
        commands: Commands,
        renewals: mpsc::Receiver<oneshot::Sender<Arc<Head>>>,
    ) -> Result<Writer, ReadFault> {
        let reader = journal.reader(durable.positions.next())?;
        let lost = journal.lost();
        Ok(Writer {
            journal,
            clock,
            ring,
            id,
            durable,
            reader,
            lost,
            answers: true,
            standing: Standing::StandsBy,
            announce,
            commands,
            renewals,
        })
    }

    /// Runs until all handles are gone, or the journal is found broken.
    pub(super) async fn run(mut self) -> Result<(), Broken> {
        loop {
            tokio::select! {
                biased;
                // Also what only an auditor's reading, or a peer's, came upon.
                position = first_lost(&mut self.lost) => return Err(self.missing_from(position)),
                first = self.commands.next() => match first {
                    Some(first) => self.take(first).await?,
                    None => return Ok(()),
                },
                Some(reply) = self.renewals.recv() => {
                    self.back_to_durable().await?;
                    let _ = reply.send(Arc::new(head_of(&self.durable, self.standing, Newest::from([]))));
                }
                read = self.reader.next() => self.overhear(read).await?,
            }
        }
    }

    async fn take(&mut self, first: Ask) -> Result<(), Broken> {
        // Whoever waited too long is not among them: nothing is done behind their back.
        let asks = self.commands.batch(first);
        match self.standing {
            Standing::StandsBy => {
                for ask in asks {
                    ask.answer(Err(NotNow::StandsBy.into()));
                }
                Ok(())
            }
            Standing::Writes => self.write(asks).await,
        }
    }

    /// Something came that this writer did not append: another process is at work on the journal.
    async fn overhear(&mut self, read: Result<Vec<Entry>, ReadFault>) -> Result<(), Broken> {
        match read {
            Ok(entries) => {
                for entry in entries {
                    self.durable.step(entry.position, &entry.bytes, Look::AtSignature)?;
                }
                if self.durable.chain.writer != Some(self.id) {
                    self.stand(Standing::StandsBy);
                }
                self.announce(Newest::from([]));
                Ok(())
            }
            Err(ReadFault::Gone { position, .. }) => Err(self.missing_from(position)),
            Err(fault) => {
                tracing::warn!(%fault, "reading the journal anew");
                self.back_to_durable().await
            }
        }
    }

    async fn write(&mut self, asks: Vec<Ask>) -> Result<(), Broken> {
        let mut batch = self.decide(asks);
        self.commands.put_back(std::mem::take(&mut batch.left));
        if batch.entries.is_empty() {
            answer(batch.answers, &[]);
            return Ok(());
        }
        let append = self.journal.append(batch.entries.clone());
        let read_back = read_back(&mut self.reader, self.durable.clone(), &batch.entries);
        let whole = async {
            tokio::pin!(append, read_back);
            // An append that failed ends the wait at once: read-back alone is not "done".
            tokio::select! {
                appended = &mut append => match appended {
                    Ok(()) => Some(read_back.await),
                    Err(_) => None,
                },
                read = &mut read_back => append.await.ok().map(|()| read),
            }
        };
        let outcome = tokio::time::timeout(Duration::from_millis(limits::READ_BACK_MS_MAX), whole).await;
        if matches!(outcome, Ok(None) | Err(_)) {
            self.unanswered("an append failed, or was not on record in time");
        }
        match outcome {
            Ok(Some(Ok(ReadBack::Counted(fold, records)))) => {
                self.answered();
                self.durable = *fold;
                let records: Newest = records.into_iter().map(Arc::new).collect();
                let before = self.announce.borrow().clone();
                self.announce(kept_newest(&before.newest, &records));
                answer(batch.answers, &records);
                Ok(())
            }
            Ok(Some(Err(ReadFault::Gone { position, .. }))) => Err(self.missing_from(position)),
            Ok(Some(Ok(ReadBack::Otherwise) | Err(_)) | None) | Err(_) => {
                for (ask, _) in batch.answers {
                    ask.answer(Err(NotNow::Journal.into()));
                }
                self.back_to_durable().await
            }
        }
    }

    /// Decides each command on top of those before it. Denials are answered with the rest, since they
    /// may rest on what is not on record yet.
    fn decide(&self, asks: Vec<Ask>) -> Batch {
        let now = self.clock.now();
        let mut board = self.durable.board.clone();
        let mut chain = self.durable.chain.clone();
        let mut batch = Batch { entries: Vec::new(), answers: Vec::new(), left: Vec::new() };
        let mut bytes = 0_usize;
        for ask in asks {
            if bytes > limits::BATCH_BYTES_MAX - limits::RECORD_BYTES_MAX {
                batch.left.push(ask);
                continue;
            }
            let answer = match self.decide_one(&ask, &mut board, &mut chain, now) {
                Ok(entry) => {
                    bytes = bytes.saturating_add(entry.len());
                    let place = batch.entries.len();
                    batch.entries.push(entry);
                    Answer::Written(place)
                }
                Err(denied) => Answer::Denied(denied),
            };
            batch.answers.push((ask, answer));
        }
        batch
    }

    fn decide_one(
        &self,
        ask: &Ask,
        board: &mut Board,
        chain: &mut Chain,
        now: Instant,
    ) -> Result<Bytes, Denied> {
        // By the overlay: a new list of our own takes force with the record after the one that confirms it.
        let key = self.record_key(board).ok_or(NotNow::KeyMissing)?;
        let decided = board.decide(&ask.command, &ask.origin, now)?;
        let mut events = Vec::with_capacity(decided.len());
        for one in decided {
            events.push(seal(one, board, &self.ring).map_err(|_| NotNow::KeyMissing)?);
        }
        let command = match &ask.origin {
            Origin::Person(stamp) => Some(stamp.clone()),
            Origin::Node => None,
        };
        let record = Record { index: chain.size, at: now, command, events };
        let entry = self.seal_record(chain, &record, chain.epoch, key);
        if entry.len() > limits::RECORD_BYTES_MAX {
            let most = limits::RECORD_BYTES_MAX;
            let rule = format!("all that this command puts on record takes at most {most} bytes");
            return Err(Refusal::Field { field: "content", rule }.into());
        }
        board.apply(&record);
        chain.take(&self.claim(chain, chain.epoch, Opens::Nothing), leaf_hash(&entry));
        Ok(entry)
    }

    pub(super) fn seal_record(&self, chain: &Chain, record: &Record, epoch: u64, key: &SigningKey) -> Bytes {
        let heading = Heading {
            index: chain.size,
            previous: chain.head,
            incarnation: chain.incarnation,
            epoch,
            writer: self.id,
        };
        record::seal(&heading, record, key)
    }

    fn claim(&self, chain: &Chain, epoch: u64, opens: Opens) -> Claim {
        Claim {
            index: chain.size,
            previous: chain.head,
            incarnation: chain.incarnation,
            epoch,
            writer: self.id,
            opens,
            signature: Signature::Ours,
        }
    }

    pub(super) fn record_key(&self, board: &Board) -> Option<&SigningKey> {
        let newest = board.roster.parties.get(&board.own?.party)?.newest()?.list.number;
        own_key(board, &self.ring, newest, Purpose::Record).ok()
    }

    /// A node that comes to stand by does not do what it is asked to any more: the diagnostics say so.
    pub(super) fn stand(&mut self, standing: Standing) {
        match (self.standing, standing) {
            (Standing::Writes, Standing::StandsBy) => tracing::warn!(
                "another process has opened a later epoch of this journal: this one stands by and writes \
                 nothing until it is started again; let only one `serve` run on a journal"
            ),
            // Also at every start.
            (Standing::StandsBy, Standing::Writes)
            | (Standing::Writes, Standing::Writes)
            | (Standing::StandsBy, Standing::StandsBy) => {}
        }
        self.standing = standing;
    }

    /// Said once until it answers again.
    pub(super) fn unanswered(&mut self, why: impl std::fmt::Display) {
        if std::mem::take(&mut self.answers) {
            tracing::warn!(%why, "the journal does not answer: nothing is put on record until it does; trying again");
        }
    }

    pub(super) fn answered(&mut self) {
        if !std::mem::replace(&mut self.answers, true) {
            tracing::warn!("the journal answers again");
        }
    }

    pub(super) fn announce(&self, newest: Newest) {
        self.announce.send_replace(Arc::new(head_of(&self.durable, self.standing, newest)));
    }
}

/// Waits until something is lost.
async fn first_lost(lost: &mut watch::Receiver<Option<u64>>) -> u64 {
    let first = lost.wait_for(Option::is_some).await.ok().and_then(|first| *first);
    match first {
        Some(position) => position,
        // The journal is gone, and with it all that could be lost of it.
        None => std::future::pending().await,
    }
}

/// Reads until every entry of the batch was seen, each folded as anybody would fold it.
async fn read_back(reader: &mut Reader, mut fold: Fold, entries: &[Bytes]) -> Result<ReadBack, ReadFault> {
    let mut records = Vec::with_capacity(entries.len());
    while records.len() < entries.len() {
        for entry in reader.next().await? {
            // What this process has just signed itself need not be verified again.
            let ours = entries.get(records.len()).is_some_and(|expected| *expected == entry.bytes);
            let look = if ours { Look::AtChainOnly } else { Look::AtSignature };
            match fold.step(entry.position, &entry.bytes, look) {
                Ok(Step::Counted(record)) if ours => records.push(record),
                // Foreign bytes that do not count change nothing.
                Ok(Step::Void(_)) if !ours => {}
                Ok(Step::Counted(_) | Step::Void(_)) | Err(_) => return Ok(ReadBack::Otherwise),
            }
        }
    }
    Ok(ReadBack::Counted(Box::new(fold), records))
}

fn answer(answers: Vec<(Ask, Answer)>, records: &[Arc<Record>]) {
    for (ask, answer) in answers {
        let answer = match answer {
            Answer::Written(place) => match records.get(place) {
                Some(record) => Ok(Done::Now(record.clone())),
                None => Err(NotNow::Journal.into()),
            },
            Answer::Denied(Denied::AlreadyDone { index }) => Ok(Done::Before { index }),
            Answer::Denied(denied) => Err(denied),
        };
        ask.answer(answer);
    }
}
