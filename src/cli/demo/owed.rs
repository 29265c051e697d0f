//! What each Party's duty list says, once all is on record that is to be said of what fell due.
//!
//! Never here: whether anything lapsed. The nodes have put that on record, or have not.

use std::collections::BTreeMap;
use std::time::Duration;

use super::say::Say;
use super::stage::{Actor, Stage};
use crate::cli::duty;
use crate::cli::fault::Fault;
use crate::codec::proto::detente::v1 as calls;
use crate::domain::board::Board;
use crate::domain::time::Instant;
use crate::limits;

/// A heartbeat is due each time that the clock goes on by so much (ms).
const GOES_ON_MS: i64 = limits::HEARTBEAT_MS + 1_000;

/// What the lists of these Parties say: each duty that a message brought about, and how many there are for a day of
/// the year.
pub async fn tell(stage: &Stage, codes: &[&str], say: &Say) -> Result<(), Fault> {
    told(stage).await?;
    for code in codes {
        list(stage, stage.actor(code)?, say).await?;
    }
    Ok(())
}

/// The same of all.
pub async fn tell_all(stage: &Stage, say: &Say) -> Result<(), Fault> {
    told(stage).await?;
    for actor in &stage.actors {
        list(stage, actor, say).await?;
    }
    Ok(())
}

async fn list(stage: &Stage, actor: &Actor, say: &Say) -> Result<(), Fault> {
    let desk = actor.desk("watch", &stage.clock)?;
    let asked = calls::ListDutiesRequest { that: calls::DutiesThat::AreAny as i32, ..Default::default() };
    let duties = duty::all(&desk, asked).await?.duties;
    let mut of_days: BTreeMap<(i64, String, String), u64> = BTreeMap::new();
    for one in &duties {
        if one.message_digest.is_empty() {
            let of_day = of_days.entry((one.due_ms, one.label.clone(), one.state.clone())).or_default();
            *of_day = of_day.saturating_add(1);
        } else {
            say.duty(stage.clock.now(), actor, one);
        }
    }
    for ((due, label, state), count) in &of_days {
        say.duties_of_a_day(stage.clock.now(), actor, *count, (label, Instant(*due), state));
    }
    if duties.is_empty() {
        say.no_duty(stage.clock.now(), actor);
    }
    Ok(())
}

/// Waits until each node has said all that is to be said by now. What fell due while the clock was set on is said once
/// the other end was heard since: so the clock goes on a little, and heartbeats with it.
async fn told(stage: &Stage) -> Result<(), Fault> {
    let patience = Duration::from_millis(limits::DEMO_STEP_MS_MAX);
    let waiting = async {
        loop {
            let now = stage.clock.now();
            let told = |actor: &Actor| is_told(&actor.node.registrar.head().board, now);
            if stage.actors.iter().all(told) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(limits::DUTY_LOOK_AGAIN_MS)).await;
            if stage.actors.iter().any(|actor| !is_heard(&actor.node.registrar.head().board, now)) {
                stage.clock.set(stage.clock.now().plus_ms(GOES_ON_MS));
            }
        }
    };
    let waited = tokio::time::timeout(patience, waiting).await;
    waited.map_err(|_| Fault::new("what fell due was not settled in time"))
}

fn is_told(board: &Board, now: Instant) -> bool {
    board.duties.is_idle() && is_heard(board, now)
}

/// Nothing waits for the other end.
fn is_heard(board: &Board, now: Instant) -> bool {
    board.duties.next_due().is_none_or(|due| due >= now) && board.duties.doubted().next().is_none()
}
