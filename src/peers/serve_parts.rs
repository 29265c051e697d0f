//! The answers to a Party that can't be dialled about the parts of its messages: which is wanted next, and
//! one that it hands in, by the same rules as one that is fetched.
//!
//! Never here: which part is next, or whether one is what its message says (`taking.rs`).

use std::time::Duration;

use bytes::Bytes;
use tokio_stream::Stream;
use tonic::Status;

use super::exchange::{Exchange, Link};
use super::serve::ServeFault;
use super::taking::{self, Try};
use crate::domain::digest::Digest;
use crate::domain::party::Party;
use crate::domain::refusal::NotNow;
use crate::limits;
use crate::registrar::Standing;

impl Exchange {
    /// The part of the caller's messages that is wanted next, and from which byte on, waiting until there is
    /// one. `None` when none came up.
    pub async fn part_wanted_of(&self, peer: Party) -> Result<Option<(Digest, u64)>, ServeFault> {
        let link = self.heard(peer);
        let Ok(_place) = link.state.asking_for_parts.try_acquire() else {
            return Err(ServeFault::Denied(NotNow::Inbox.into()));
        };
        link.state.until_compared().await;
        self.may_take()?;
        let patience = Duration::from_millis(limits::COLLECT_WAIT_MS);
        Ok(tokio::time::timeout(patience, wanted(&link)).await.unwrap_or(None))
    }

    /// A part that the caller hands in, from the byte on that it was asked for. Nothing is taken but the
    /// part that is wanted next.
    pub async fn take_part(
        &self,
        peer: Party,
        part: Digest,
        from: u64,
        chunks: impl Stream<Item = Result<Bytes, Status>> + Unpin,
    ) -> Result<(), ServeFault> {
        let link = self.heard(peer);
        self.may_take()?;
        if !link.state.is_compared() {
            return Err(ServeFault::Denied(NotNow::NotCompared.into()));
        }
        let Ok(mut wants) = link.state.wants.try_lock() else {
            return Err(ServeFault::Denied(NotNow::Inbox.into()));
        };
        let missed = self.parts.missed().borrow().clone();
        let bytes = match wants.next(&link, &link.head(), &missed) {
            Ok((next, bytes)) if next == part => bytes,
            Ok(_) | Err(_) => return Err(ServeFault::Unusable("part")),
        };
        let tried = match wants.begin(&link, part, bytes).await {
            // What lies between would be missing, or come twice.
            Ok(arriving) if arriving.length() != from => return Err(ServeFault::Unusable("part")),
            Ok(mut arriving) => {
                let received = taking::receive(chunks, &mut arriving).await;
                taking::end(&link, part, bytes, arriving, received).await
            }
            Err(tried) => tried,
        };
        wants.note(part, tried);
        match tried {
            Try::Done => Ok(()),
            Try::Later | Try::Cut => Err(ServeFault::Unusable("part")),
        }
    }

    fn may_take(&self) -> Result<(), ServeFault> {
        if self.is_broken() || self.registrar.head().standing != Standing::Writes {
            return Err(ServeFault::Denied(NotNow::StandsBy.into()));
        }
        Ok(())
    }
}

async fn wanted(link: &Link) -> Option<(Digest, u64)> {
    let mut heads = link.exchange.registrar.heads();
    let mut missed = link.exchange.parts.missed();
    loop {
        let head = heads.borrow_and_update().clone();
        let missing = missed.borrow_and_update().clone();
        // While one is being handed in, the next waits for its end.
        let mut wants = link.state.wants.lock().await;
        let soonest = match wants.next(link, &head, &missing) {
            Ok((part, bytes)) => match wants.begin(link, part, bytes).await {
                Ok(arriving) => return Some((part, arriving.length())),
                Err(tried) => {
                    wants.note(part, tried);
                    continue;
                }
            },
            Err(soonest) => soonest,
        };
        drop(wants);
        if !taking::until_news(&mut heads, &mut missed, soonest).await {
            return None;
        }
    }
}
