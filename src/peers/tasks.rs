//! The tasks of the exchange: on each link one a lane, one for heartbeats, one for parts, and those that run where
//! peers can't call us.
//!
//! Never here: what a task does.

use std::collections::BTreeSet;
use std::sync::Arc;

use tokio::sync::watch;
use tokio::task::JoinSet;

use super::dial::Dialler;
use super::errand::Errand;
use super::exchange::Exchange;
use super::links::Links;
use super::{beat, deliver, errands, parts};
use crate::domain::precedence::Precedence;
use crate::evidence::keys::KeyRing;
use crate::journal::parts::Parts;
use crate::registrar::Registrar;
use crate::replay::Broken;

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
}
