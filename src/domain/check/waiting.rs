//! Checks that wait to be made or answered at this end, by the node or by an officer, and those on lines that no node
//! carries that wait for an officer's word.
//!
//! Never here: who may make one (the Board), or what is put on record by the clock (`state.rs`).

use super::plan::{ChecksInForce, Due, Line, LinkPlan, Rule};
use super::state::{Checks, LinkChecks, Of, Part, State};
use crate::domain::party::Party;
use crate::domain::time::Instant;
use crate::limits;

/// What an officer is to do of a check.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Act {
    Make,
    Answer,
    /// To put on record what came of it, by telephone or fax.
    Record,
}

/// A check that waits for an officer.
#[derive(Clone, Copy, Debug)]
pub struct Waiting<'p> {
    pub of: Of<'p>,
    pub act: Act,
    /// Since when it waits here.
    pub since: Instant,
    /// It is on record as missed: an answer still comes late.
    pub is_missed: bool,
}

/// The checks of a link that it is our turn to make or to answer at this instant, the oldest first. Beyond a day
/// nobody waits any more.
pub fn to_be_sent<'p>(
    own: Party,
    link: &'p LinkPlan,
    since: Instant,
    checks: Option<&LinkChecks>,
    now: Instant,
) -> Vec<Of<'p>> {
    let mut found = due_since(own, link, now.plus_ms(-limits::CHECK_ANSWERED_WITHIN_MS), now);
    // One that counted when it came is answered, though the schedule is another since.
    let is_ours = |of: &Of<'_>| of.due.at > since || of.our_part() == Part::Answer;
    found.retain(|of| is_ours(of) && of.is_to_be_sent(checks, now));
    found.sort_by_key(|of| of.due.at);
    found
}

/// All that wait for an officer at this instant, what is not missed yet before what is, the oldest first.
pub fn waiting_for_officer<'p>(
    own: Party,
    known: &'p ChecksInForce,
    all: &Checks,
    now: Instant,
) -> Vec<Waiting<'p>> {
    let mut found = Vec::new();
    for link in &known.plan.links {
        let (since, checks) = (known.since_with(link.with), all.of(link.with));
        if !link.officer.is_empty() {
            let to_be_sent = to_be_sent(own, link, since, checks, now);
            found.extend(to_be_sent.into_iter().map(|of| waits(of, checks)));
        }
        found.extend(to_be_recorded(own, link, since, checks, now));
    }
    found.sort_by_key(|one| (one.is_missed, one.of.due.at));
    found
}

/// Until each is on record as missed; what is known later is still taken.
fn to_be_recorded<'p>(
    own: Party,
    link: &'p LinkPlan,
    since: Instant,
    checks: Option<&LinkChecks>,
    now: Instant,
) -> Vec<Waiting<'p>> {
    if link.checks.iter().all(|rule| rule.line == Line::Link) {
        return Vec::new();
    }
    let waits_ms = link.deadline(now).plus_ms(limits::CHECK_GRACE_MS).ms_since(now);
    let mut found = due_since(own, link, since.max(now.plus_ms(waits_ms.saturating_neg())), now);
    found.retain(|of| {
        let state = checks.and_then(|checks| checks.state(&of.rule.name, of.due.at));
        of.rule.line != Line::Link && !state.is_some_and(State::is_settled)
    });
    let record = |of: Of<'p>| Waiting { of, act: Act::Record, since: of.due.at, is_missed: false };
    found.into_iter().map(record).collect()
}

/// The checks of a link that are due by now and of which nothing is on record, under a schedule in force since then:
/// of each rule no more than the limit, the oldest first.
pub fn not_on_record<'p>(
    link: &'p LinkPlan,
    since: Instant,
    checks: Option<&LinkChecks>,
    now: Instant,
) -> Vec<(&'p Rule, Due)> {
    let mut found = Vec::new();
    for rule in &link.checks {
        let mut after = checks.map_or(since, |checks| checks.after(&rule.name, since));
        for _ in 0..limits::CHECKS_AT_ONCE_MAX {
            let Some(due) = rule.due_after(after).filter(|due| due.at <= now) else { break };
            after = due.at;
            if checks.is_none_or(|checks| checks.state(&rule.name, due.at).is_none()) {
                found.push((rule, due));
            }
        }
    }
    found.sort_by_key(|(_, due)| due.at);
    found
}

fn waits<'p>(of: Of<'p>, checks: Option<&LinkChecks>) -> Waiting<'p> {
    let state = checks.and_then(|checks| checks.state(&of.rule.name, of.due.at));
    let is_missed = state.is_some_and(|state| state.missed().is_some());
    match of.our_part() {
        Part::Check => Waiting { of, act: Act::Make, since: of.due.at, is_missed },
        Part::Answer => {
            let came = of.said_by_them(checks).and_then(|said| said.there);
            Waiting { of, act: Act::Answer, since: came.unwrap_or(of.due.at), is_missed }
        }
    }
}

fn due_since<'p>(own: Party, link: &'p LinkPlan, since: Instant, now: Instant) -> Vec<Of<'p>> {
    let mut found = Vec::new();
    for rule in &link.checks {
        let mut after = since;
        while let Some(due) = rule.due_after(after).filter(|due| due.at <= now) {
            after = due.at;
            found.push(Of { own, link, rule, due });
        }
    }
    found
}
