//! All that this node does with its peers: on each link one task a lane, one for heartbeats and one for
//! parts; and the answers to what peers call.
//!
//! Never here: a decision. Everything goes to the Registrar, and what it denies is passed on.

use std::collections::BTreeSet;
use std::sync::Arc;

use tokio::sync::{Mutex, mpsc};

use super::dial::Dialler;
use super::leaves::LeafIndex;
use super::links::{LinkState, Links};
use super::{beat, collect, deliver, parts};
use crate::codec::proto::detente::v1::exchange_service_client::ExchangeServiceClient;
use crate::domain::party::Party;
use crate::domain::precedence::Precedence;
use crate::evidence::keys::KeyRing;
use crate::journal::parts::Parts;
use crate::limits;
use crate::peers::trust::Reach;
use crate::registrar::{Head, Registrar};
use crate::replay::Broken;

/// What every part of the exchange works with. Cheap to clone.
#[derive(Clone)]
pub struct Exchange {
    pub registrar: Registrar,
    pub ring: Arc<KeyRing>,
    pub dialler: Dialler,
    pub links: Links,
    pub parts: Parts,
    pub(super) leaves: Arc<Mutex<LeafIndex>>,
    broken: mpsc::Sender<Broken>,
}

/// One link of the exchange.
#[derive(Clone)]
pub(super) struct Link {
    pub exchange: Exchange,
    pub peer: Party,
    pub state: Arc<LinkState>,
}

pub(super) type Peer = ExchangeServiceClient<tonic::transport::Channel>;

impl Exchange {
    /// Starts the tasks of all links, those that come later too. They end with the Registrar. What
    /// shows that our own history is broken comes out of the receiver: the node must stop then.
    pub fn start(
        registrar: Registrar,
        ring: Arc<KeyRing>,
        dialler: Dialler,
        parts: Parts,
    ) -> (Exchange, mpsc::Receiver<Broken>) {
        let (broken, found) = mpsc::channel(1);
        let (links, leaves) = (Links::default(), Arc::default());
        let exchange = Exchange { registrar, ring, dialler, links, parts, leaves, broken };
        tokio::spawn(exchange.clone().supervise());
        (exchange, found)
    }

    async fn supervise(self) {
        let mut heads = self.registrar.heads();
        let mut started = BTreeSet::new();
        loop {
            let head = heads.borrow_and_update().clone();
            for party in
                head.board.links.keys().filter(|party| !started.contains(*party)).copied().collect::<Vec<_>>()
            {
                started.insert(party);
                let link = Link { exchange: self.clone(), peer: party, state: self.links.of(party) };
                for lane in Precedence::FASTEST_FIRST {
                    tokio::spawn(deliver::run(link.clone(), lane));
                }
                tokio::spawn(collect::run(link.clone()));
                tokio::spawn(parts::run(link.clone()));
                tokio::spawn(beat::run(link));
            }
            if heads.changed().await.is_err() {
                return;
            }
        }
    }

    /// Says that our own history is broken. The first to say so is heard.
    pub(super) fn report_broken(&self, broken: Broken) {
        let _ = self.broken.try_send(broken);
    }
}

impl Link {
    pub fn head(&self) -> Arc<Head> {
        self.exchange.registrar.head()
    }

    /// A way to call the peer, at the address whose turn it is. `None` if its newest key list names no
    /// address: then it calls us.
    pub fn dial(&self, turn: usize, reach: Reach) -> Option<Peer> {
        let head = self.head();
        let addresses = &head.board.roster.parties.get(&self.peer)?.newest()?.list.addresses;
        let address = addresses.get(turn.checked_rem(addresses.len())?)?.clone();
        let channel = self.exchange.dialler.dial(self.peer, address, reach);
        Some(
            ExchangeServiceClient::new(channel)
                .max_decoding_message_size(limits::EXCHANGE_BYTES_MAX)
                .max_encoding_message_size(limits::EXCHANGE_BYTES_MAX),
        )
    }
}
