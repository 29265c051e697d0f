//! Receipts of what this Party said in a session, of each addressee.
//!
//! Never here: what a receipt proves, or a word on who read what.

use super::receipts::Receipted;
use super::told::Told;
use crate::domain::digest::Digest;
use crate::domain::event::{Event, Record};
use crate::domain::party::Party;
use crate::domain::precedence::Precedence;
use crate::registrar::Head;
use crate::replay::records::{RecordFault, Records};

/// A dispatch of ours without a receipt on record.
pub(super) struct Awaited {
    message: Digest,
    to: Party,
    lane: Precedence,
    serial: u64,
}

impl Awaited {
    /// The record that holds its receipt, if this head has one.
    fn receipted_in(&self, head: &Head) -> Option<u64> {
        head.board.link(self.to)?.lane(self.lane).receipted.get(&self.serial).copied()
    }
}

impl Told {
    /// Its own record says to whom it went, if it is ours.
    pub(super) fn await_receipts(&mut self, record: &Record, message: Digest) {
        for event in &record.events {
            if let Event::Released(released) = event
                && released.digest == message
            {
                self.awaited.extend(released.dispatches.iter().map(|(dispatch, _)| Awaited {
                    message,
                    to: dispatch.to,
                    lane: dispatch.lane,
                    serial: dispatch.serial,
                }));
            }
        }
    }

    /// Whether a message of ours went to this Party.
    pub(super) fn went_to(&self, message: &Digest, party: Party) -> bool {
        let is_awaited = |one: &Awaited| one.message == *message && one.to == party;
        self.receipts.contains_key(&(*message, party)) || self.awaited.iter().any(is_awaited)
    }

    /// Whether any has come since.
    pub(super) fn has_receipts_to_take(&self, head: &Head) -> bool {
        self.awaited.iter().any(|one| one.receipted_in(head).is_some())
    }

    /// Those that have come since.
    ///
    /// # Errors
    /// The journal does not answer, or is not what it was.
    pub(super) async fn take_receipts(&mut self, head: &Head, records: &Records) -> Result<(), RecordFault> {
        let mut still = Vec::new();
        for one in std::mem::take(&mut self.awaited) {
            let Some(index) = one.receipted_in(head) else {
                still.push(one);
                continue;
            };
            let sent = self.message(&one.message).map(|message| message.released_at);
            let record = records.record(index).await?;
            for event in record.events {
                if let Event::Receipted(receipted) = event
                    && receipted.receipt.message == one.message
                {
                    let said = Receipted::of(&receipted.receipt, sent, record.at);
                    self.receipts.insert((one.message, one.to), said);
                }
            }
        }
        self.awaited = still;
        Ok(())
    }
}
