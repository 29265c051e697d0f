//! The answers to a Party that can't be dialled: what is owed to it, and its receipts taken.
//!
//! Never here: how a receipt is judged (`deliver.rs`), and a Party that can be dialled needs none of it.

use std::time::Duration;

use super::deliver::Round;
use super::exchange::Exchange;
use super::serve::ServeFault;
use super::{deliver, owed};
use crate::codec::proto::detente::v1::{Delivery, DeliveryAnswer};
use crate::domain::party::Party;
use crate::domain::precedence::Precedence;
use crate::domain::refusal::NotNow;
use crate::limits;
use crate::registrar::Standing;

impl Exchange {
    /// For a Party that can't be dialled: what is owed to it, waiting until there is something.
    pub async fn owed_to(&self, peer: Party, lanes: &[Precedence]) -> Result<Vec<Delivery>, ServeFault> {
        let link = self.heard(peer);
        let Ok(_place) = link.state.collecting.try_acquire() else {
            return Err(ServeFault::Denied(NotNow::Inbox.into()));
        };
        link.state.until_compared().await;
        if self.is_broken() || self.registrar.head().standing != Standing::Writes {
            return Err(ServeFault::Denied(NotNow::StandsBy.into()));
        }
        let mut heads = self.registrar.heads();
        let wait = async {
            loop {
                let head = heads.borrow_and_update().clone();
                let records = head.records(&self.registrar.journal);
                for lane in Precedence::FASTEST_FIRST {
                    if !lanes.is_empty() && !lanes.contains(&lane) {
                        continue;
                    }
                    let made = owed::make(&head, &records, &self.ring, peer, lane, 0).await;
                    let made = made.map_err(|_| ServeFault::Unusable("journal"))?;
                    if !made.is_empty() {
                        return Ok(made.into_iter().map(|(_, delivery)| delivery).collect());
                    }
                }
                if heads.changed().await.is_err() {
                    return Ok(Vec::new());
                }
            }
        };
        let patience = Duration::from_millis(limits::COLLECT_WAIT_MS);
        tokio::time::timeout(patience, wait).await.unwrap_or_else(|_| Ok(Vec::new()))
    }

    /// For a Party that can't be dialled: its answers for what it collected on a lane.
    pub async fn take_handed_in(
        &self,
        peer: Party,
        lane: Precedence,
        first: u64,
        answers: Vec<DeliveryAnswer>,
    ) -> Result<(), ServeFault> {
        let link = self.heard(peer);
        if answers.is_empty() {
            return Ok(());
        }
        let _turn = link.state.taking_receipts.lock().await;
        let head = self.registrar.head();
        let records = head.records(&self.registrar.journal);
        let made = owed::make(&head, &records, &self.ring, peer, lane, 0).await;
        let owed = made.map_err(|_| ServeFault::Unusable("journal"))?;
        let answers = answers.into_iter().map(|one| one.answer);
        let from = owed.iter().position(|(dispatch, _)| dispatch.serial == first).unwrap_or(owed.len());
        match deliver::take_answers(&link, lane, owed.get(from..).unwrap_or(&[]), answers).await {
            Round::Went => {}
            // Who hands in nothing of use is not heard all the time, and each time is a line of diagnostics.
            Round::Idle | Round::Held | Round::Unheard => {
                tokio::time::sleep(Duration::from_millis(limits::BACK_OFF_MS_MIN)).await;
            }
        }
        Ok(())
    }
}
