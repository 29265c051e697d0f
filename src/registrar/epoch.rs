//! Opening an epoch, and going back to what is durable after anything else: the writer's way to the head.
//!
//! Never here: a command. Nothing is decided before an epoch of this writer was read back.

use std::time::Duration;

use super::open::{OpenFault, Trusted, replay_to_end};
use super::writer::Writer;
use super::{KeyMissing, Standing};
use crate::domain::board::FOLD_VERSION;
use crate::domain::event::{Event, Record};
use crate::domain::keys::Purpose;
use crate::domain::ledger::leaf_hash;
use crate::journal::ReadFault;
use crate::limits;
use crate::replay::records::Newest;
use crate::replay::{Broken, Look, TrustRoot};

impl Writer {
    /// Forgets what was not durable, finds it in the journal again if it happened, and, if this process
    /// writes, opens an epoch.
    pub(super) async fn back_to_durable(&mut self) -> Result<(), Broken> {
        loop {
            let back = match self.standing {
                Standing::Writes => self.open_epoch().await,
                Standing::StandsBy => self.read_anew().await,
            };
            match back {
                Ok(()) => {
                    self.answered();
                    return Ok(());
                }
                Err(OpenFault::Broken(Broken::Missing { index })) => {
                    return Err(self.first_missing(index).await);
                }
                Err(OpenFault::Broken(broken)) => return Err(broken),
                Err(OpenFault::Journal(ReadFault::Gone { position, .. })) => {
                    return Err(self.missing_from(position));
                }
                Err(fault) => self.unanswered(fault),
            }
            if self.commands.is_closed() {
                return Ok(());
            }
            tokio::time::sleep(Duration::from_millis(limits::REOPEN_REST_MS)).await;
        }
    }

    /// Who stands by takes nothing from who writes because of a fault of its own reading.
    async fn read_anew(&mut self) -> Result<(), OpenFault> {
        self.check_durable_head().await?;
        self.reader = self.journal.reader(self.durable.positions.next())?;
        Ok(())
    }

    /// Something is missing, at the latest at this index: looks from the beginning where it starts.
    async fn first_missing(&self, at_latest: u64) -> Broken {
        let replayed = replay_to_end(&self.journal, TrustRoot::AsItSays, Trusted::UpTo(u64::MAX), 0).await;
        let index = match replayed {
            Ok((fold, _)) => fold.chain.size,
            Err(OpenFault::Broken(Broken::NoBeginning)) => 0,
            Err(OpenFault::Journal(ReadFault::Gone { position, .. })) => {
                self.durable.positions.first_from(position)
            }
            Err(_) => at_latest,
        };
        Broken::Missing { index: index.min(at_latest) }
    }

    pub(super) fn missing_from(&self, position: u64) -> Broken {
        Broken::Missing { index: self.durable.positions.first_from(position) }
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
            let Some(key) = self.record_key(&fold.board) else {
                return Err(KeyMissing(Purpose::Record.name()).into());
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
            let standing =
                if fold.chain.writer == Some(self.id) { Standing::Writes } else { Standing::StandsBy };
            self.stand(standing);
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
        // A Kafka leader that has just taken over may not know yet how far its log is acknowledged, so
        // that nothing there is asked about a few times before it is believed.
        for _ in 0..limits::HEAD_LOOKS {
            match self.journal.read_at(position).await {
                Ok(Some(entry)) if leaf_hash(&entry.bytes) == self.durable.chain.head => return Ok(()),
                Ok(Some(_)) => return Err(missing),
                Ok(None) => tokio::time::sleep(Duration::from_millis(limits::REOPEN_REST_MS)).await,
                Err(fault) => return Err(OpenFault::Journal(fault)),
            }
        }
        Err(missing)
    }
}
