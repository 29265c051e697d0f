//! Where this node can't be dialled, its own connection serves both ways: on it, it runs errands that peers
//! would otherwise come for, each again and again.
//!
//! Idle where our newest key list names an address: then peers dial us. Never here: what is fetched or
//! given (`collect.rs`, `hand_in_parts.rs`).

use std::time::Duration;

use super::errand::{Done, Errand};
use super::exchange::{Link, Peer};
use super::links::Patience;
use super::{collect, hand_in_parts};
use crate::domain::precedence::Precedence;
use crate::limits;
use crate::peers::trust::Reach;

/// Runs until the Registrar ends.
pub(super) async fn run(link: Link, errand: Errand) {
    let mut heads = link.exchange.registrar.heads();
    let (mut failures, mut turn) = (0, 0_usize);
    link.state.until_compared().await;
    loop {
        heads.borrow_and_update();
        let dialled = if link.exchange.can_be_dialled() { None } else { link.dial(turn, Reach::Everything) };
        let Some(mut peer) = dialled else {
            if heads.changed().await.is_err() {
                return;
            }
            continue;
        };
        let patience = match errand.run(&link, &mut peer).await {
            Done::Well => {
                failures = 0;
                continue;
            }
            Done::Rest => {
                failures = 0;
                tokio::time::sleep(Duration::from_millis(limits::BACK_OFF_MS_MIN)).await;
                continue;
            }
            Done::NotTaken => Patience::ToTheEnd,
            Done::NoAnswer => {
                turn = turn.wrapping_add(1);
                Patience::UntilHeard
            }
        };
        link.state.back_off(failures, patience).await;
        failures = failures.saturating_add(1);
    }
}

impl Errand {
    async fn run(self, link: &Link, peer: &mut Peer) -> Done {
        match self {
            Errand::CollectFlash => collect::collect(link, peer, &[Precedence::Flash]).await,
            Errand::Collect => {
                let lower = [Precedence::Immediate, Precedence::Priority, Precedence::Routine];
                collect::collect(link, peer, &lower).await
            }
            Errand::HandInParts => hand_in_parts::ask_and_give(link, peer).await,
        }
    }
}
