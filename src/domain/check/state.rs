//! What the Board keeps of the checks of each link: which messages came and went, and what is on record of each
//! check; and from these the next step of one.
//!
//! Never here: a clock of its own, or a step that hangs on anything but the journal, the schedule and the instant
//! that is given.

use std::sync::Arc;

use imbl::{OrdMap, OrdSet};

use super::noted::{CheckNoted, Known, What};
use super::outages::{Announced, Outages, TakenBack};
use super::plan::{Due, Line, LinkPlan, Rule};
use super::thread_of;
use super::words::earliest;
use crate::domain::digest::{Digest, ThreadId};
use crate::domain::party::Party;
use crate::domain::precedence::Precedence;
use crate::domain::time::Instant;
use crate::limits;

/// By the other Party.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Checks(pub OrdMap<Party, Arc<LinkChecks>>);

/// The checks of one link.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct LinkChecks {
    /// What is on record of the newest checks, by when they were due.
    pub states: OrdMap<(Instant, String), State>,
    /// Up to which check of each rule all came to an end.
    pub settled: OrdMap<String, Instant>,
    /// Checks and answers of our own.
    pub ours: Kept,
    /// And of the other end.
    pub theirs: Kept,
    /// What of ours waits for a receipt, by lane and serial.
    pub unreceipted: OrdMap<(Precedence, u64), (ThreadId, Part)>,
    /// What this end announced to be out of service, and what the other one did.
    pub our_outages: Outages,
    pub their_outages: Outages,
}

/// Messages of one end that count, one for each part of each check: of two that do, the first. Where there are more
/// than the limit, those of the checks that were due first make room: an end that says it made checks of long ago can't
/// push out the one of now.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Kept {
    pub by_thread: OrdMap<(ThreadId, Part), Said>,
    oldest: OrdSet<(Instant, (ThreadId, Part))>,
}

/// A check, or an answer, as a message.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Said {
    pub part: Part,
    /// When its check was due.
    pub due: Instant,
    pub message: Digest,
    /// That of its official number.
    pub number: Digest,
    /// The record that holds it.
    pub index: u64,
    /// Since when it is on record at the other end: for one of ours, by that end's receipt.
    pub there: Option<Instant>,
}

/// Which of the two messages of a check.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Part {
    Check,
    Answer,
}

/// What is on record of one check, in its order.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct State {
    pub asks: Party,
    pub noted: Vec<What>,
}

/// What comes next for a check.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Step {
    Note(What),
    /// It was missed; what is known of it is for whoever knows the link.
    Miss,
}

impl State {
    pub fn made(&self) -> bool {
        self.noted.iter().any(|what| matches!(what, What::Made { .. }))
    }

    /// It came to an end, and nothing more can be said of it.
    pub fn is_over(&self) -> bool {
        self.noted
            .iter()
            .any(|what| matches!(what, What::Answered { .. } | What::Late { .. } | What::ByHand(_)))
    }

    pub fn missed(&self) -> Option<Known> {
        self.noted.iter().find_map(|what| match what {
            What::Missed(known) => Some(*known),
            _ => None,
        })
    }

    /// It came to an end, though an answer may still come late.
    pub fn is_settled(&self) -> bool {
        self.is_over() || self.missed().is_some()
    }
}

impl Kept {
    pub fn get(&self, thread: ThreadId, part: Part) -> Option<&Said> {
        self.by_thread.get(&(thread, part))
    }

    /// Whether a message of a check that was due then, if there was one that counts, is kept still.
    pub fn reaches(&self, due: Instant) -> bool {
        self.oldest.len() < limits::CHECK_MESSAGES_KEPT_MAX
            || self.oldest.get_min().is_some_and(|(oldest, _)| *oldest < due)
    }

    /// Whether it is kept: an earlier one stays, and what is of long ago makes room.
    fn add(&mut self, thread: ThreadId, said: Said) -> bool {
        let key = (thread, said.part);
        if self.by_thread.contains_key(&key) {
            return false;
        }
        self.by_thread.insert(key, said);
        self.oldest.insert((said.due, key));
        while self.oldest.len() > limits::CHECK_MESSAGES_KEPT_MAX
            && let Some(oldest) = self.oldest.get_min().copied()
        {
            self.oldest.remove(&oldest);
            self.by_thread.remove(&oldest.1);
        }
        self.by_thread.contains_key(&key)
    }
}

impl Checks {
    pub fn of(&self, party: Party) -> Option<&LinkChecks> {
        self.0.get(&party).map(Arc::as_ref)
    }

    pub fn with(&mut self, party: Party) -> &mut LinkChecks {
        Arc::make_mut(self.0.entry(party).or_default())
    }

    /// Whether this message counts as a part of a check with one of these Parties.
    pub fn count(&self, with: &mut impl Iterator<Item = Party>, thread: ThreadId, message: Digest) -> bool {
        let is_it = |said: Option<&Said>| said.is_some_and(|said| said.message == message);
        with.any(|party| {
            let kept = self.of(party).into_iter().flat_map(|link| [&link.ours, &link.theirs]);
            let mut parts =
                kept.flat_map(|kept| [Part::Check, Part::Answer].map(|part| kept.get(thread, part)));
            parts.any(is_it)
        })
    }
}

impl LinkChecks {
    /// One of ours, that waits for its receipt.
    pub fn we_said(&mut self, thread: ThreadId, said: Said, on: (Precedence, u64)) {
        // The receipt of another one proves nothing of the one that is kept.
        if !self.ours.add(thread, said) {
            return;
        }
        self.unreceipted.insert(on, (thread, said.part));
        if self.unreceipted.len() > limits::CHECK_MESSAGES_KEPT_MAX
            && let Some((oldest, _)) = self.unreceipted.get_min().cloned()
        {
            self.unreceipted.remove(&oldest);
        }
    }

    pub fn they_said(&mut self, thread: ThreadId, said: Said) {
        self.theirs.add(thread, said);
    }

    /// The other end's receipt, which took it or did not.
    pub fn receipted(&mut self, on: (Precedence, u64), taken_at: Option<Instant>) {
        let Some(key) = self.unreceipted.remove(&on) else { return };
        if let Some(said) = self.ours.by_thread.get_mut(&key) {
            said.there = said.there.or(taken_at);
        }
    }

    pub fn we_announced(&mut self, one: Announced) {
        self.our_outages.announced(one);
    }

    pub fn they_announced(&mut self, one: Announced) {
        self.their_outages.announced(one);
    }

    pub fn we_took_back(&mut self, back: &TakenBack) {
        self.our_outages.taken_back(back);
    }

    pub fn they_took_back(&mut self, back: &TakenBack) {
        self.their_outages.taken_back(back);
    }

    /// The newest service message of either end that had announced that something would be out of service then.
    pub fn planned_outage(&self, due: Instant, deadline: Instant) -> Option<Digest> {
        let (ours, theirs) = (&self.our_outages, &self.their_outages);
        let both = [ours, theirs].into_iter().filter_map(|one| one.planned(due, deadline));
        both.max_by_key(|one| one.index).map(|one| one.message)
    }

    pub fn noted(&mut self, noted: &CheckNoted) {
        let key = (noted.due, noted.check.clone());
        let state = self.states.entry(key).or_insert_with(|| State { asks: noted.asks, noted: Vec::new() });
        state.noted.push(noted.what.clone());
        if state.is_settled() {
            let until = self.settled.entry(noted.check.clone()).or_insert(noted.due);
            *until = (*until).max(noted.due);
        }
        while self.states.len() > limits::CHECK_STATES_KEPT_MAX
            && let Some((oldest, _)) = self.states.get_min().cloned()
        {
            self.states.remove(&oldest);
        }
    }

    /// After which instant checks of a rule are still to come to an end, under a schedule in force since then.
    pub fn after(&self, rule: &str, since: Instant) -> Instant {
        self.settled.get(rule).map_or(since, |settled| since.max(*settled))
    }

    pub fn state(&self, rule: &str, due: Instant) -> Option<&State> {
        self.states.get(&(due, rule.to_owned()))
    }
}

/// A check of the schedule of a link of `own`.
#[derive(Clone, Copy, Debug)]
pub struct Of<'p> {
    pub own: Party,
    pub link: &'p LinkPlan,
    pub rule: &'p Rule,
    pub due: Due,
}

impl Of<'_> {
    pub fn thread(&self) -> ThreadId {
        thread_of(self.own, self.link.with, &self.rule.name, self.due.at)
    }

    /// Which message it is our turn to send.
    pub fn our_part(&self) -> Part {
        if self.due.asks == self.own { Part::Check } else { Part::Answer }
    }

    /// Until when this end waits for what is on its way, beyond the time in which an answer counts.
    pub fn over_at(&self) -> Instant {
        self.link.deadline(self.due.at).plus_ms(limits::CHECK_GRACE_MS)
    }

    pub fn said_by_us<'c>(&self, checks: Option<&'c LinkChecks>) -> Option<&'c Said> {
        checks?.ours.get(self.thread(), self.our_part())
    }

    pub fn said_by_them<'c>(&self, checks: Option<&'c LinkChecks>) -> Option<&'c Said> {
        let part = match self.our_part() {
            Part::Check => Part::Answer,
            Part::Answer => Part::Check,
        };
        checks?.theirs.get(self.thread(), part)
    }

    /// Whether it was answered by us, and no receipt is here by which the other end took the answer.
    pub fn answer_is_not_proven(&self, checks: Option<&LinkChecks>) -> bool {
        let answer = self.said_by_us(checks).filter(|said| said.part == Part::Answer);
        answer.is_some_and(|said| said.there.is_none())
    }

    /// Whether it was the other end's turn to ask, and it made none that counts. What made room for later ones since
    /// may have come.
    pub fn no_check_came(&self, checks: Option<&LinkChecks>) -> bool {
        let may_have_come = || checks.is_some_and(|checks| !checks.theirs.reaches(self.due.at));
        self.our_part() == Part::Answer && self.said_by_them(checks).is_none() && !may_have_come()
    }

    /// The service message by which this time was to be out of service.
    pub fn planned_outage(&self, checks: Option<&LinkChecks>) -> Option<Digest> {
        checks?.planned_outage(self.due.at, self.link.deadline(self.due.at))
    }

    /// What is to be put on record of it next.
    pub fn step(&self, checks: Option<&LinkChecks>, now: Instant) -> Option<Step> {
        let state = checks.and_then(|checks| checks.state(&self.rule.name, self.due.at));
        if state.is_some_and(State::is_over) {
            return None;
        }
        if self.rule.line == Line::Link {
            let (ours, theirs) = (self.said_by_us(checks), self.said_by_them(checks));
            let (check, answer) = match self.our_part() {
                Part::Check => (ours, theirs),
                Part::Answer => (theirs, ours),
            };
            if !state.is_some_and(State::made) {
                // One of ours that came too early, by the other end's clock, was marked there, and counts nowhere.
                let counts = |at: &Instant| *at >= earliest(self.due.at);
                if let Some(at) = check.and_then(|said| said.there).filter(counts) {
                    return Some(Step::Note(What::Made { at }));
                }
            } else if let Some(at) = answer.and_then(|said| said.there) {
                let in_time = at <= self.link.deadline(self.due.at);
                let what = if in_time { What::Answered { at } } else { What::Late { at } };
                return Some(Step::Note(what));
            }
        }
        let is_missed = now > self.over_at() && !state.is_some_and(State::is_settled);
        is_missed.then_some(Step::Miss)
    }

    /// Whether it is time to send our part of it: the check from when it is due, until an answer would be late; the
    /// answer whenever the check is here.
    pub fn is_to_be_sent(&self, checks: Option<&LinkChecks>, now: Instant) -> bool {
        if self.rule.line != Line::Link || now < self.due.at || self.said_by_us(checks).is_some() {
            return false;
        }
        match self.our_part() {
            Part::Check => now <= self.link.deadline(self.due.at),
            Part::Answer => self.said_by_them(checks).is_some(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_one_check_both_messages_are_kept_and_each_is_receipted_by_itself() {
        let thread = ThreadId([1; 16]);
        let said = |part, index| {
            let (due, message) = (Instant(4), Digest([index as u8; 32]));
            Said { part, due, message, number: Digest::ZERO, index, there: None }
        };
        let mut checks = LinkChecks::default();
        checks.we_said(thread, said(Part::Answer, 1), (Precedence::Priority, 1));
        checks.we_said(thread, said(Part::Check, 2), (Precedence::Priority, 2));
        checks.receipted((Precedence::Priority, 2), Some(Instant(5)));
        let kept = |part| checks.ours.get(thread, part).map(|said| (said.index, said.there));
        assert_eq!(kept(Part::Answer), Some((1, None)));
        assert_eq!(kept(Part::Check), Some((2, Some(Instant(5)))));
    }

    #[test]
    fn of_checks_that_were_due_before_all_that_are_kept_it_is_known_that_they_may_have_made_room() {
        let mut checks = LinkChecks::default();
        assert!(checks.theirs.reaches(Instant(0)));
        let many = limits::CHECK_MESSAGES_KEPT_MAX as u64;
        for index in 0..=many {
            let mut thread = [0; 16];
            thread[..8].copy_from_slice(&index.to_be_bytes());
            let (due, message) = (Instant(index as i64), Digest([1; 32]));
            let said =
                Said { part: Part::Check, due, message, number: Digest::ZERO, index, there: Some(due) };
            checks.they_said(ThreadId(thread), said);
        }
        assert!(!checks.theirs.reaches(Instant(0)) && checks.theirs.reaches(Instant(2)));
    }

    #[test]
    fn the_receipt_of_a_second_answer_proves_nothing_of_the_first_which_is_the_one_that_counts() {
        let thread = ThreadId([1; 16]);
        let said = |index| {
            let (due, message) = (Instant(4), Digest([index as u8; 32]));
            Said { part: Part::Answer, due, message, number: Digest::ZERO, index, there: None }
        };
        let mut checks = LinkChecks::default();
        checks.we_said(thread, said(1), (Precedence::Priority, 1));
        checks.we_said(thread, said(2), (Precedence::Priority, 2));
        checks.receipted((Precedence::Priority, 2), Some(Instant(5)));
        let kept = checks.ours.get(thread, Part::Answer).map(|said| (said.index, said.there));
        assert_eq!(kept, Some((1, None)));
        assert_eq!(checks.unreceipted.len(), 1);
    }
}
