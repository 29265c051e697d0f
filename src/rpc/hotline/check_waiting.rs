//! Checks that wait for an officer, as `WatchService.Now` lists them.
//!
//! Never here: which of them wait (`domain/check/waiting.rs`).

use crate::codec::proto::detente::v1 as calls;
use crate::domain::board::Board;
use crate::domain::check::{Act, Waiting, waiting_for_officer};
use crate::domain::time::Instant;
use crate::domain::watch::ON_WATCH;
use crate::limits;

/// As many as one answer lists, and how many more there are.
pub(in crate::rpc) fn waiting(board: &Board, now: Instant) -> (Vec<calls::CheckWaiting>, u64) {
    let Some((own, known)) = board.own.zip(board.check_schedule()) else { return (Vec::new(), 0) };
    let all = waiting_for_officer(own.party, known, &board.checks, now);
    let listed: Vec<_> =
        all.iter().take(limits::CHECKS_WAITING_LISTED_MAX).map(|one| line(board, one)).collect();
    let more = all.len().saturating_sub(listed.len()) as u64;
    (listed, more)
}

fn line(board: &Board, waiting: &Waiting<'_>) -> calls::CheckWaiting {
    let of = &waiting.of;
    let known = board.roster.parties.get(&of.link.with);
    let newest = known.and_then(|known| known.newest());
    let contacts = match (board.roster.without_node.get(&of.link.with), newest) {
        (Some(known), _) => known.contacts.clone(),
        (None, Some(newest)) => newest.list.contacts.clone(),
        (None, None) => Vec::new(),
    };
    let introducer = known.and_then(|known| known.unconfirmed(None));
    let act = match waiting.act {
        Act::Make => "make",
        Act::Answer => "answer",
        Act::Record => "record",
    };
    let officer = if of.link.officer.is_empty() { ON_WATCH } else { &of.link.officer };
    calls::CheckWaiting {
        party: of.link.with.to_string(),
        check: of.rule.name.clone(),
        due_ms: of.due.at.0,
        act: act.into(),
        line: of.rule.line.name().into(),
        since_ms: waiting.since.0,
        until_ms: of.link.deadline(of.due.at).0,
        missed: waiting.is_missed,
        officer: officer.into(),
        contacts,
        unconfirmed_by: introducer.map(|by| by.to_string()).unwrap_or_default(),
    }
}
