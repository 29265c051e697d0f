//! The console's stream with its node: joined again after each cut, from the last position on.
//!
//! Never here: what is shown of it, or a thing said twice under two ids. What was on its way when the stream was cut is
//! said again by the state, once all is told.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use bytes::Bytes;
use tokio::sync::mpsc;
use tokio_stream::wrappers::UnboundedReceiverStream;
use tonic::{Code, Status};
use tonic_types::StatusExt as _;

use crate::cli::desk::{Desk, answer};
use crate::cli::fault::Fault;
use crate::cli::hotline::service;
use crate::clock::Clock;
use crate::codec::proto::detente::v1 as calls;
use crate::codec::proto::detente::v1::join_request::What as Said;
use crate::domain::time::Instant;
use crate::limits;

/// What is heard of the node.
pub enum Heard {
    Told(Box<calls::JoinResponse>),
    /// The stream ended, and why; and when the node was last heard, `None` for not yet.
    Lost(String, Option<Instant>),
    /// The node has no record as late as what it told before, or another one there: it was put back to another copy, and
    /// tells all anew.
    PutBack,
    /// Whose node the own node does not hear, as `State::not_heard` holds it.
    Links(BTreeMap<String, i64>),
}

/// How much that was heard may wait for the screen. What is said waits without a limit of its own: each key says one
/// thing at most, and each text on the screen one.
pub const AHEAD: usize = 64;

/// When the node was last heard, over the stream or beside it; before 1970 for not yet.
#[derive(Clone)]
struct LastHeard {
    clock: Clock,
    at_ms: Arc<AtomicI64>,
}

impl LastHeard {
    fn never(clock: Clock) -> LastHeard {
        LastHeard { clock, at_ms: Arc::new(AtomicI64::new(-1)) }
    }

    fn now(&self) {
        self.at_ms.store(self.clock.now().0, Ordering::Relaxed);
    }

    fn at(&self) -> Option<Instant> {
        Some(Instant(self.at_ms.load(Ordering::Relaxed))).filter(|at| at.0 >= 0)
    }
}

/// Runs until nobody listens.
async fn keep(
    desk: Desk,
    last: LastHeard,
    heard: mpsc::Sender<Heard>,
    mut said: mpsc::UnboundedReceiver<Said>,
) {
    let mut seen = Seen::default();
    let mut failures: u32 = 0;
    loop {
        let before = seen.position;
        let why = match joined(&desk, &last, &mut seen, &heard, &mut said).await {
            Ended::Lost(why) => why,
            Ended::PutBack => {
                seen = Seen::default();
                if heard.send(Heard::PutBack).await.is_err() {
                    return;
                }
                continue;
            }
            Ended::NobodyListens => return,
        };
        if heard.send(Heard::Lost(why, last.at())).await.is_err() {
            return;
        }
        failures = if seen.position == before { failures.saturating_add(1) } else { 1 };
        tokio::time::sleep(wait(failures)).await;
    }
}

/// Asks again and again whose node is not heard, which no record says, and tells what changed. While the own node does not
/// answer nothing new is known: that it is away is told of the stream.
async fn ask_for_links(desk: Desk, last: LastHeard, heard: mpsc::WeakSender<Heard>) {
    let mut before = BTreeMap::<String, i64>::new();
    loop {
        let asked = calls::ListChecksRequest::default();
        let answered = answer(service(&desk).list_checks(asked)).await.ok();
        if let Some(answered) = answered {
            last.now();
            let silent = answered.links.into_iter().filter(|link| !link.up);
            let now: BTreeMap<String, i64> = silent.map(|link| (link.party, link.heard_at_ms)).collect();
            if now != before {
                before = now.clone();
                let Some(heard) = heard.upgrade() else { return };
                if heard.send(Heard::Links(now)).await.is_err() {
                    return;
                }
            }
        }
        tokio::time::sleep(Duration::from_millis(limits::CONSOLE_LINKS_MS)).await;
    }
}

/// After so many failures in a row.
fn wait(failures: u32) -> Duration {
    let doubled = limits::BACK_OFF_MS_MIN.saturating_mul(1 << failures.min(16));
    let most = doubled.min(limits::CONSOLE_BACK_OFF_MS_MAX);
    let chance =
        getrandom::u64().map_or(0, |number| number.checked_rem(most.saturating_add(1)).unwrap_or(0) / 2);
    Duration::from_millis((most / 2).saturating_add(chance))
}

/// The last position seen, and what the node named the record before it by.
#[derive(Default)]
struct Seen {
    position: u64,
    digest: Bytes,
}

enum Ended {
    Lost(String),
    PutBack,
    NobodyListens,
}

async fn joined(
    desk: &Desk,
    last: &LastHeard,
    seen: &mut Seen,
    heard: &mpsc::Sender<Heard>,
    said: &mut mpsc::UnboundedReceiver<Said>,
) -> Ended {
    let (out, stream) = mpsc::unbounded_channel();
    let after = seen.position;
    let begin = calls::JoinBegin { after, after_digest: seen.digest.clone() };
    // The channel is new, and its other end is here.
    let _ = out.send(calls::JoinRequest { what: Some(Said::Begin(begin)) });
    let mut calls = service(desk);
    let joining = calls.join(UnboundedReceiverStream::new(stream));
    let limit = Duration::from_millis(limits::DESK_CALL_MS_MAX);
    let mut told = match tokio::time::timeout(limit, joining).await {
        Ok(Ok(joined)) => joined.into_inner(),
        Ok(Err(status)) => return Ended::Lost(Fault::of_call(&status).to_string()),
        Err(_) => return Ended::Lost("the node did not answer in time".into()),
    };
    // What was meant for the stream before is said again by whoever waits for its answer.
    while said.try_recv().is_ok() {}
    loop {
        tokio::select! {
            one = told.message() => match one {
                Ok(Some(one)) => {
                    last.now();
                    if one.position > seen.position {
                        *seen = Seen { position: one.position, digest: one.position_digest.clone() };
                    }
                    if heard.send(Heard::Told(Box::new(one))).await.is_err() {
                        return Ended::NobodyListens;
                    }
                }
                Ok(None) => return Ended::Lost("the node ended the stream".into()),
                // From the beginning on there is nothing to go back to.
                Err(status) if after > 0 && is_put_back(&status) => return Ended::PutBack,
                Err(status) => return Ended::Lost(Fault::of_call(&status).to_string()),
            },
            one = said.recv() => match one {
                Some(what) => {
                    if out.send(calls::JoinRequest { what: Some(what) }).is_err() {
                        return Ended::Lost("the node ended the stream".into());
                    }
                }
                None => return Ended::NobodyListens,
            },
        }
    }
}

/// Whether the node refuses to go on from where it was: no record of it is as late, or it is another one.
fn is_put_back(status: &Status) -> bool {
    let details = status.get_error_details();
    let wrong = details.bad_request().map(|bad| bad.field_violations.as_slice()).unwrap_or_default();
    let is_it = |field: &str| matches!(field, "begin.after" | "begin.after_digest");
    status.code() == Code::InvalidArgument && wrong.iter().any(|one| is_it(&one.field))
}

/// Both ends of what is said and heard.
pub fn begin(desk: Desk, clock: Clock) -> (mpsc::UnboundedSender<Said>, mpsc::Receiver<Heard>) {
    let (said, to_say) = mpsc::unbounded_channel();
    let (hears, heard) = mpsc::channel(AHEAD);
    let last = LastHeard::never(clock);
    tokio::spawn(ask_for_links(desk.clone(), last.clone(), hears.downgrade()));
    tokio::spawn(keep(desk, last, hears, to_say));
    (said, heard)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rpc::status;

    #[test]
    fn only_a_position_that_no_record_has_or_another_one_says_that_the_node_was_put_back() {
        assert!(is_put_back(&status::field("begin.after", "at most 3")));
        assert!(is_put_back(&status::field("begin.after_digest", "another one")));
        assert!(!is_put_back(&status::field("begin", "comes first, once")));
        assert!(!is_put_back(&Status::unavailable("begin.after")));
    }

    #[test]
    fn the_node_was_last_heard_when_it_was_and_not_when_that_is_noticed() {
        let clock = Clock::standing_at(Instant(7));
        let last = LastHeard::never(clock.clone());
        assert_eq!(last.at(), None);
        last.clone().now();
        clock.set(Instant(9));
        assert_eq!(last.at(), Some(Instant(7)));
    }

    #[test]
    fn waits_grow_to_a_limit_and_are_never_all_the_same() {
        for failures in 0..40 {
            let wait = wait(failures).as_millis();
            assert!(wait <= u128::from(limits::CONSOLE_BACK_OFF_MS_MAX));
        }
        assert!(wait(9).as_millis() >= u128::from(limits::CONSOLE_BACK_OFF_MS_MAX / 2));
    }
}
