//! A link tried now: one heartbeat over a fresh connection, and another one over the same to measure the way there and
//! back.
//!
//! Nothing is put on record. Never here: a wait without an end, whatever the other end does.

use std::time::{Duration, Instant as Reading};

use tonic::{Request, Status};

use super::beat;
use super::dial::fault_under;
use super::exchange::{Exchange, Link, Peer};
use crate::codec::proto::detente::v1::BeatRequest;
use crate::domain::party::Party;
use crate::limits;
use crate::peers::trust::Reach;

/// What came of it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Pinged {
    Answered {
        round_trip_ms: u32,
    },
    /// Why, as far as this end knows: for a person to read.
    Silent(String),
}

impl Exchange {
    /// Tries the link with a Party, at each of its addresses in turn.
    pub async fn ping(&self, party: Party) -> Pinged {
        let limit = Duration::from_millis(limits::PING_MS_MAX);
        let tried = tokio::time::timeout(limit, self.link(party).ping()).await;
        tried.unwrap_or_else(|_| Pinged::Silent(format!("no answer within {} ms", limits::PING_MS_MAX)))
    }
}

impl Link {
    async fn ping(&self) -> Pinged {
        let addresses = self.addresses();
        if addresses == 0 {
            return Pinged::Silent("it names no address: it calls us, and can't be called".into());
        }
        let mut why = String::new();
        for turn in 0..addresses {
            let Some(mut peer) = self.dial(turn, Reach::Everything) else { continue };
            match self.there_and_back(&mut peer).await {
                Ok(round_trip_ms) => return Pinged::Answered { round_trip_ms },
                Err(fault) => why = fault,
            }
        }
        Pinged::Silent(why)
    }

    fn addresses(&self) -> usize {
        let head = self.head();
        let newest = head.board.roster.parties.get(&self.peer).and_then(|known| known.newest());
        newest.map_or(0, |newest| newest.list.addresses.len())
    }

    async fn there_and_back(&self, peer: &mut Peer) -> Result<u32, String> {
        // The first connects; the second says how long the way is.
        self.beat_once(peer).await?;
        let since = Reading::now();
        self.beat_once(peer).await?;
        Ok(u32::try_from(since.elapsed().as_millis()).unwrap_or(u32::MAX))
    }

    async fn beat_once(&self, peer: &mut Peer) -> Result<(), String> {
        let (head, clock) = (self.head(), &self.exchange.registrar.clock);
        let ours = beat::make(&head.board, &self.exchange.ring, self.peer, clock.now());
        let ours = ours.ok_or("this node can't sign a heartbeat now")?;
        peer.beat(Request::new(BeatRequest { beat: Some(ours) })).await.map_err(|status| why(&status))?;
        self.state.hear(clock.now());
        Ok(())
    }
}

/// Nothing that the other end wrote is in it.
fn why(status: &Status) -> String {
    match fault_under(status) {
        Some(fault) => fault.to_string(),
        None => format!("it answers, and refuses: {:?}", status.code()),
    }
}
