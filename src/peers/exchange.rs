//! All that this node does with its peers: on each link one task a lane, one for heartbeats and one for
//! parts; and the answers to what peers call.
//!
//! Never here: a decision. Everything goes to the Registrar, and what it denies is passed on.

use std::collections::BTreeSet;
use std::sync::Arc;

use tokio::sync::{Mutex, watch};
use tokio::task::JoinSet;

use super::dial::Dialler;
use super::errands::{self, Errand};
use super::leaves::LeafIndex;
use super::links::{LinkState, Links};
use super::{beat, deliver, parts};
use crate::codec::proto::detente::v1::exchange_service_client::ExchangeServiceClient;
use crate::domain::board::Board;
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
    /// Once it says something, nothing more is said to any peer.
    broken: watch::Sender<Option<Broken>>,
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
    /// Starts the tasks of all links, those that come later too. They end when `stopped` does, with the
    /// Registrar, or when a peer shows that our own history is broken: that comes out of the receiver, and
    /// the node must stop then.
    pub fn start(
        registrar: Registrar,
        ring: Arc<KeyRing>,
        dialler: Dialler,
        parts: Parts,
        stopped: impl Future<Output = ()> + Send + 'static,
    ) -> (Exchange, watch::Receiver<Option<Broken>>) {
        let (broken, found) = watch::channel(None);
        let (links, leaves) = (Links::default(), Arc::default());
        let exchange = Exchange { registrar, ring, dialler, links, parts, leaves, broken };
        let (supervised, mut seen) = (exchange.clone().supervise(), found.clone());
        tokio::spawn(async move {
            tokio::select! {
                () = supervised => {}
                () = stopped => {}
                // An error means that the exchange is gone, which is an end too.
                _ = seen.wait_for(Option::is_some) => {}
            }
        });
        (exchange, found)
    }

    /// The tasks of the links end with this one.
    async fn supervise(self) {
        let mut heads = self.registrar.heads();
        let mut started = BTreeSet::new();
        let mut tasks = JoinSet::new();
        loop {
            let head = heads.borrow_and_update().clone();
            let fresh = head.board.links.keys().filter(|party| !started.contains(*party)).copied();
            for party in fresh.collect::<Vec<_>>() {
                started.insert(party);
                let link = self.link(party);
                for lane in Precedence::FASTEST_FIRST {
                    tasks.spawn(deliver::run(link.clone(), lane));
                }
                tasks.spawn(errands::run(link.clone(), Errand::CollectFlash));
                tasks.spawn(errands::run(link.clone(), Errand::Collect));
                tasks.spawn(parts::run(link.clone()));
                tasks.spawn(errands::run(link.clone(), Errand::HandInParts));
                tasks.spawn(beat::run(link));
            }
            if heads.changed().await.is_err() {
                return;
            }
        }
    }

    /// Whether our newest key list says where to reach us.
    pub(super) fn can_be_dialled(&self) -> bool {
        let board = &self.registrar.head().board;
        let own = board.own.and_then(|own| board.roster.parties.get(&own.party)?.newest());
        own.is_none_or(|newest| !newest.list.addresses.is_empty())
    }

    pub(super) fn link(&self, peer: Party) -> Link {
        Link { exchange: self.clone(), peer, state: self.links.of(peer) }
    }

    /// Says that our own history is broken. The first to say so is heard.
    pub(super) fn report_broken(&self, broken: Broken) {
        self.broken.send_if_modified(|said| {
            let first = said.is_none();
            if first {
                *said = Some(broken);
            }
            first
        });
    }

    /// A broken node says nothing more.
    pub(super) fn is_broken(&self) -> bool {
        self.broken.borrow().is_some()
    }
}

impl Link {
    pub fn head(&self) -> Arc<Head> {
        self.exchange.registrar.head()
    }

    /// The last serials taken from the peer, by lane, ROUTINE first.
    pub fn last_taken(&self, board: &Board) -> [u64; 4] {
        let mut taken = [0; 4];
        for lane in Precedence::FASTEST_FIRST {
            *lane.of_mut(&mut taken) = board.link(self.peer).map_or(0, |one| one.lane(lane).taken);
        }
        taken
    }

    /// Whether the peer's newest key list says where to reach it.
    pub fn can_be_dialled(&self) -> bool {
        let head = self.head();
        let newest = head.board.roster.parties.get(&self.peer).and_then(|known| known.newest());
        newest.is_some_and(|newest| !newest.list.addresses.is_empty())
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
