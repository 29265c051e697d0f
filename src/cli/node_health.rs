//! What the node answers to whoever asks after its health (`grpc.health.v1`): whether commands can be put on
//! record here and now.
//!
//! Never here: an end to anything. A node whose brokers are away waits for them, and says that it does.

use std::sync::Arc;

use tokio::sync::watch;
use tonic_health::ServingStatus;
use tonic_health::server::HealthReporter;

use crate::journal::Medium;
use crate::registrar::{Head, Standing};

/// Runs until the Registrar ends. The log is told of the medium, `place` in it; of the standing others tell.
pub(super) async fn report(
    mut heads: watch::Receiver<Arc<Head>>,
    mut medium: watch::Receiver<Medium>,
    health: HealthReporter,
    place: String,
) {
    let mut told = None;
    let mut known = Medium::Answers;
    loop {
        let standing = heads.borrow_and_update().standing;
        let found = *medium.borrow_and_update();
        if found != known {
            known = found;
            match found {
                Medium::Silent => tracing::error!(
                    place,
                    "no broker answers: nothing is put on record until one does; then all goes on by itself"
                ),
                Medium::Answers => tracing::info!(place, "the brokers answer again"),
            }
        }
        let status = match (standing, found) {
            (Standing::Writes, Medium::Answers) => ServingStatus::Serving,
            (Standing::StandsBy, _) | (Standing::Writes, Medium::Silent) => ServingStatus::NotServing,
        };
        if told != Some((standing, found)) {
            told = Some((standing, found));
            health.set_service_status("", status).await;
        }
        let changed = tokio::select! {
            changed = heads.changed() => changed,
            changed = medium.changed() => changed,
        };
        if changed.is_err() {
            return;
        }
    }
}
