//! What all that this node does with its peers works with: the exchange, one link of it, and the peer that is called.
//!
//! Never here: what is done with it (`tasks.rs`), or a decision. Everything goes to the Registrar, and what it denies is
//! passed on.

use std::sync::Arc;

use tokio::sync::{Mutex, watch};

use super::dial::Dialler;
use super::leaves::LeafIndex;
use super::links::{LinkState, Links};
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
    pub(super) broken: watch::Sender<Option<Broken>>,
}

/// One link of the exchange.
#[derive(Clone)]
pub(super) struct Link {
    pub exchange: Exchange,
    pub peer: Party,
    pub state: Arc<LinkState>,
}

/// The other end of a link, to be called.
pub(super) type Peer = ExchangeServiceClient<tonic::transport::Channel>;

impl Exchange {
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
