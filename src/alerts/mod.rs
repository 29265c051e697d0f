//! Tells webhooks of alerts, beside the watch: a task for each webhook, which reads heads and gives the Registrar
//! what came of each call; and puts on record what comes to its end and what the Party's own alarms wait for.
//!
//! A room of its own, between `rpc` and `peers`: no person and no peer calls it, it calls others than peers, and
//! with the cryptography that `peers` has. Never here: whom a step of the watch names, or what a message says.

mod call;
mod cloud_event;
mod due;
mod teller;

use std::collections::BTreeMap;
use std::sync::Arc;

use tokio::sync::watch;
use tokio::task::JoinSet;

pub use self::call::{Authorities, BadAuthorities, check};
pub use self::due::near;
use self::teller::Teller;
use crate::domain::alarm::Webhook;
use crate::peers::tls::OwnCertificate;
use crate::registrar::{Head, Registrar, Standing};

/// What runs beside a node.
pub struct Alerts {
    registrar: Registrar,
    /// By name; a task ends with what is dropped here.
    tellers: BTreeMap<String, (Webhook, JoinSet<()>)>,
}

impl Alerts {
    /// Until somebody stops, or the Registrar ends.
    pub fn start<S: Send + Sync + 'static>(
        registrar: Registrar,
        certificate: watch::Receiver<Arc<OwnCertificate>>,
        mut stopped: watch::Receiver<Option<S>>,
    ) {
        let alerts = Alerts { registrar: registrar.clone(), tellers: BTreeMap::new() };
        tokio::spawn(async move {
            tokio::select! {
                () = alerts.run() => {}
                () = due::keep(registrar, certificate) => {}
                // An error means that the node is gone, which is a stop too.
                _ = stopped.wait_for(Option::is_some) => {}
            }
        });
    }

    async fn run(mut self) {
        let mut heads = self.registrar.heads();
        loop {
            let head = heads.borrow_and_update().clone();
            self.agree_with(&head);
            let is_other = |now: &Arc<Head>| {
                now.standing != head.standing
                    || !now.board.roster.webhooks.ptr_eq(&head.board.roster.webhooks)
            };
            if heads.wait_for(is_other).await.is_err() {
                return;
            }
        }
    }

    /// One task for each webhook as it is agreed on now, while this process writes.
    fn agree_with(&mut self, head: &Head) {
        let wanted = &head.board.roster.webhooks;
        let writes = head.standing == Standing::Writes;
        self.tellers.retain(|name, (webhook, _)| writes && wanted.get(name) == Some(webhook));
        if !writes {
            return;
        }
        for (name, webhook) in wanted {
            if !self.tellers.contains_key(name) {
                let mut task = JoinSet::new();
                task.spawn(Teller::new(self.registrar.clone(), webhook.clone()).run());
                self.tellers.insert(name.clone(), (webhook.clone(), task));
            }
        }
    }
}
