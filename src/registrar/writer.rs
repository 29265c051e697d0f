//! The writing loop: one batch at a time, decided on a copy of the Board, appended, read back, and only
//! then applied, answered and announced.
//!
//! Three states are told apart. What is *durable* was read back and acknowledged; the writer decides on
//! nothing else. What is *under way* may have happened. What came out otherwise sends the writer back to
//! the durable state, to open a new epoch there.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use tokio::sync::{mpsc, watch};

use super::open::{OpenFault, head_of};
use super::seal::{own_key, seal};
use super::{Ask, Done, Head, Standing};
use crate::clock::Clock;
use crate::codec::record::{self, Heading};
use crate::domain::board::{Board, Denied, FOLD_VERSION};
use crate::domain::chain::{Chain, Claim, Opens, Signature};
use crate::domain::command::Origin;
use crate::domain::digest::WriterId;
use crate::domain::event::{Event, Record};
use crate::domain::keys::Purpose;
use crate::domain::ledger::leaf_hash;
use crate::domain::refusal::{NotNow, Refusal};
use crate::evidence::keys::{KeyRing, SigningKey};
use crate::journal::{Entry, Journal, ReadFault, Reader};
use crate::limits;
use crate::replay::records::Newest;
use crate::replay::{Broken, Fold, Look, Step};

pub(super) struct Writer {
    journal: Journal,
    clock: Clock,
    ring: Arc<KeyRing>,
    id: WriterId,
    /// Read back and acknowledged.
    durable: Fold,
    /// Stands just behind what was folded.
    reader: Reader,
    standing: Standing,
    announce: watch::Sender<Arc<Head>>,
    persons: mpsc::Receiver<Ask>,
    peers: mpsc::Receiver<Ask>,
}

/// A batch that was decided and sealed, but is not on record yet.
struct Batch {
    entries: Vec<Bytes>,
    answers: Vec<(Ask, Answer)>,
}

enum Answer {
    /// The record with this place in the batch.
    Written(usize),
    Denied(Denied),
}

/// How the entries of a batch came back.
enum ReadBack {
    /// All count, in order.
    Counted(Fold, Vec<Record>),
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
        persons: mpsc::Receiver<Ask>,
        peers: mpsc::Receiver<Ask>,
    ) -> Result<Writer, ReadFault> {
        let reader = journal.reader(durable.positions.next())?;
        Ok(Writer {
            journal,
            clock,
            ring,
            id,
            durable,
            reader,
            standing: Standing::StandsBy,
            announce,
            persons,
            peers,
        })
    }

    /// Runs until all handles are gone, or the journal is found broken.
    pub(super) async fn run(mut self) -> Result<(), Broken> {
        loop {
            tokio::select! {
                biased;
                first = self.persons.recv() => match first {
                    Some(first) => self.take(first).await?,
                    None => return Ok(()),
                },
                Some(first) = self.peers.recv() => self.take(first).await?,
                read = self.reader.next() => self.overhear(read).await?,
            }
        }
    }

    async fn take(&mut self, first: Ask) -> Result<(), Broken> {
        let mut asks = vec![first];
        while asks.len() < limits::BATCH_COMMANDS_MAX {
            match self.persons.try_recv().or_else(|_| self.peers.try_recv()) {
                Ok(ask) => asks.push(ask),
                Err(_) => break,
            }
        }
        match self.standing {
            Standing::StandsBy => {
                for ask in asks {
                    let _ = ask.reply.send(Err(NotNow::StandsBy.into()));
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
                    self.standing = Standing::StandsBy;
                }
                self.announce(Newest::from([]));
                Ok(())
            }
            Err(ReadFault::Gone { .. }) => Err(Broken::Missing { index: self.durable.chain.size }),
            Err(fault) => {
                tracing::warn!(%fault, "reading the journal anew");
                self.back_to_durable().await
            }
        }
    }

    async fn write(&mut self, asks: Vec<Ask>) -> Result<(), Broken> {
        let Some(batch) = self.decide(asks) else { return Ok(()) };
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
        match outcome {
            Ok(Some(Ok(ReadBack::Counted(fold, records)))) => {
                self.durable = fold;
                let records: Newest = records.into_iter().map(Arc::new).collect();
                self.announce(records.clone());
                answer(batch.answers, &records);
                Ok(())
            }
            Ok(Some(Err(ReadFault::Gone { .. }))) => Err(Broken::Missing { index: self.durable.chain.size }),
            Ok(Some(Ok(ReadBack::Otherwise) | Err(_)) | None) | Err(_) => {
                for (ask, _) in batch.answers {
                    let _ = ask.reply.send(Err(NotNow::Journal.into()));
                }
                self.back_to_durable().await
            }
        }
    }

    /// Decides each command on top of those before it. Denials are answered with the rest, since they
    /// may rest on what is not on record yet.
    fn decide(&self, asks: Vec<Ask>) -> Option<Batch> {
        let Some(key) = self.record_key() else {
            for ask in asks {
                let _ = ask.reply.send(Err(NotNow::KeyMissing.into()));
            }
            return None;
        };
        let now = self.clock.now();
        let mut board = self.durable.board.clone();
        let mut chain = self.durable.chain.clone();
        let mut batch = Batch { entries: Vec::new(), answers: Vec::new() };
        let mut bytes = 0;
        for ask in asks {
            if bytes > limits::BATCH_BYTES_MAX - limits::RECORD_BYTES_MAX {
                let _ = ask.reply.send(Err(NotNow::Inbox.into()));
                continue;
            }
            let answer = match self.decide_one(&ask, &mut board, &mut chain, now, key) {
                Ok(entry) => {
                    bytes += entry.len();
                    batch.entries.push(entry);
                    Answer::Written(batch.entries.len() - 1)
                }
                Err(denied) => Answer::Denied(denied),
            };
            batch.answers.push((ask, answer));
        }
        Some(batch)
    }

    fn decide_one(
        &self,
        ask: &Ask,
        board: &mut Board,
        chain: &mut Chain,
        now: crate::domain::time::Instant,
        key: &SigningKey,
    ) -> Result<Bytes, Denied> {
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
            let rule = "all that this command puts on record is over the limit".into();
            return Err(Refusal::Field { field: "content", rule }.into());
        }
        board.apply(&record);
        chain.take(&self.claim(chain, chain.epoch, Opens::Nothing), leaf_hash(&entry));
        Ok(entry)
    }

    fn seal_record(&self, chain: &Chain, record: &Record, epoch: u64, key: &SigningKey) -> Bytes {
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

    fn record_key(&self) -> Option<&SigningKey> {
        let board = &self.durable.board;
        let newest = board.roster.parties.get(&board.own?.party)?.newest()?.list.number;
        own_key(board, &self.ring, newest, Purpose::Record).ok()
    }

    /// Forgets what was not durable, finds it in the journal again if it happened, and opens an epoch.
    async fn back_to_durable(&mut self) -> Result<(), Broken> {
        loop {
            match self.open_epoch().await {
                Ok(()) => return Ok(()),
                Err(OpenFault::Broken(broken)) => return Err(broken),
                Err(OpenFault::Journal(ReadFault::Gone { .. })) => {
                    return Err(Broken::Missing { index: self.durable.chain.size });
                }
                Err(fault) => tracing::warn!(%fault, "the journal does not take an epoch; trying again"),
            }
            if self.persons.is_closed() {
                return Ok(());
            }
            tokio::time::sleep(Duration::from_millis(limits::REOPEN_REST_MS)).await;
        }
    }

    /// Appends "epoch n+1 opened by this writer" and reads until a record that counts has that number.
    /// Ours: this process writes. Another's: it stands by.
    pub(super) async fn open_epoch(&mut self) -> Result<(), OpenFault> {
        let whole = self.try_open_epoch();
        match tokio::time::timeout(Duration::from_millis(limits::READ_BACK_MS_MAX), whole).await {
            Ok(result) => result,
            Err(_) => Err(OpenFault::NoEpoch { why: "not read back in time".into() }),
        }
    }

    async fn try_open_epoch(&mut self) -> Result<(), OpenFault> {
        self.check_durable_head().await?;
        let mut fold = self.durable.clone();
        self.reader = self.journal.reader(fold.positions.next())?;
        loop {
            let Some(key) = self.record_key() else {
                return Err(OpenFault::NoEpoch { why: NotNow::KeyMissing.to_string() });
            };
            let number = fold.chain.epoch.saturating_add(1);
            let events = vec![Event::EpochOpened { number, fold_version: FOLD_VERSION }];
            let record = Record { index: fold.chain.size, at: self.clock.now(), command: None, events };
            let entry = self.seal_record(&fold.chain, &record, number, key);
            let appended = self.journal.append(vec![entry.clone()]).await;
            let mut seen = false;
            while !seen && fold.chain.epoch < number {
                for one in self.reader.next().await? {
                    fold.step(one.position, &one.bytes, Look::AtSignature)?;
                    seen |= one.bytes == entry;
                }
            }
            if fold.chain.epoch < number {
                // Ours came too late: another record took its place at the head. Once more, from there.
                continue;
            }
            self.standing =
                if fold.chain.writer == Some(self.id) { Standing::Writes } else { Standing::StandsBy };
            match (self.standing, appended) {
                (Standing::Writes, Err(fault)) => {
                    // It is there, but nobody said that it stays. Only a later one that is acknowledged can.
                    tracing::warn!(%fault, "the epoch was read back without being acknowledged");
                    continue;
                }
                (Standing::Writes, Ok(())) | (Standing::StandsBy, _) => {}
            }
            self.durable = fold;
            self.announce(Newest::from([]));
            return Ok(());
        }
    }

    /// All that this process applied must still be there, where it was.
    async fn check_durable_head(&self) -> Result<(), OpenFault> {
        let Some(newest) = self.durable.chain.size.checked_sub(1) else { return Ok(()) };
        let missing = OpenFault::Broken(Broken::Missing { index: newest });
        let Some(position) = self.durable.positions.of(newest) else { return Err(missing) };
        match self.journal.read_at(position).await {
            Ok(Some(entry)) if leaf_hash(&entry.bytes) == self.durable.chain.head => Ok(()),
            Ok(_) => Err(missing),
            Err(fault) => Err(OpenFault::Journal(fault)),
        }
    }

    fn announce(&self, newest: Newest) {
        self.announce.send_replace(Arc::new(head_of(&self.durable, self.standing, newest)));
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
    Ok(ReadBack::Counted(fold, records))
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
        // Who asked may have gone; then nobody is told, and the record stands all the same.
        let _ = ask.reply.send(answer);
    }
}
