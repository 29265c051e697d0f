//! The duties of a Board: all of them, those that run by when they fall due, and the messages that are still
//! to be considered for them (`waiting.rs`).
//!
//! All parts are persistent maps. Where no regime with duties is held here, a message costs one look at an
//! empty map. Never here: what a message says, a clock.

use std::ops::Bound;
use std::sync::Arc;

use imbl::{OrdMap, OrdSet};

use super::{
    AllLeftOut, Awaited, Cause, DutiesNoted, Duty, DutyNumber, ListEntry, Opened, Pending, Rule, State, Step,
    Told, Unbound, Withdrawals,
};
use crate::domain::digest::{Digest, ThreadId};
use crate::domain::message::Traffic;
use crate::domain::party::Party;
use crate::domain::time::Instant;
use crate::limits;

/// A message: its author, the record that holds it, its digest.
pub type There = (Party, u64, Digest);

/// Messages of which one Party is not known to be bound, with their author.
type NotBound = OrdMap<(u64, Digest), (Party, Unbound)>;

/// All duties on record, and those that are looked up by what they wait for.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Duties {
    all: OrdMap<DutyNumber, Arc<Duty>>,
    next: u64,
    /// Open ones of which nothing was said since they fell due, by when they do.
    running: OrdSet<(Instant, DutyNumber)>,
    /// Those whose end can't be known yet, by the Party at the other end.
    doubted: OrdSet<(Party, DutyNumber)>,
    /// Those that lapsed, or are an alarm, and were not met since, by when they fell due.
    past_due: OrdSet<(Instant, DutyNumber)>,
    /// Those met by what was judged insufficient, with nothing given since, by when they fell due.
    insufficient: OrdSet<(Instant, DutyNumber)>,
    /// Those that are lifted as long as a suspension lasts.
    suspended: OrdSet<DutyNumber>,
    by_cause: OrdMap<Cause, Arc<[DutyNumber]>>,
    by_thread: OrdMap<ThreadId, OrdSet<DutyNumber>>,
    /// By the Party at the other end and the entry of a list that brought them about.
    by_entry: OrdMap<(Party, ListEntry), Arc<[DutyNumber]>>,
    /// The texts that lay these down.
    entry_regimes: OrdSet<Digest>,
    /// By the message that answered them.
    by_answer: OrdMap<Digest, Arc<[DutyNumber]>>,
    /// By any other message on which a step of theirs rests. Only for reading: no fold goes by it.
    by_word: OrdMap<Digest, Arc<[DutyNumber]>>,
    /// Each rule is kept once.
    rules: OrdSet<Arc<Rule>>,
    /// How many of the open ones there are with each Party, drills apart: they use up no room of real ones.
    open_with: OrdMap<(Party, Traffic), u64>,
    /// The names of regimes with duties whose text is held here.
    regimes: OrdSet<String>,
    /// Messages to be considered, by record.
    pub(super) pending: OrdMap<(u64, Digest), Pending>,
    /// The same by each Party with which they may be about a duty, in their turns.
    pub(super) queues: OrdSet<(Party, u64, (u64, Digest))>,
    /// Receipts on which more depends.
    pub(super) receipts: OrdMap<Awaited, There>,
    /// By the Party at the other end: messages between us of which one is not known to be bound.
    pub(super) unbound: OrdMap<Party, NotBound>,
    /// The record that last may have bound a Party, and the one that last may have bound anybody.
    pub(super) woken: OrdMap<Party, u64>,
    pub(super) all_woken: u64,
    /// Messages that refer to one outside their thread: what is in a thread is found by it.
    pub(super) referring: OrdMap<Digest, OrdSet<There>>,
    pub withdrawals: Withdrawals,
    pub left_out: AllLeftOut,
}

impl Duties {
    pub fn get(&self, number: DutyNumber) -> Option<&Arc<Duty>> {
        self.all.get(&number)
    }

    /// In the order in which they were put on record.
    pub fn all(&self) -> impl Iterator<Item = &Arc<Duty>> {
        self.all.values()
    }

    /// From this one on.
    pub fn all_from(&self, number: DutyNumber) -> impl Iterator<Item = &Arc<Duty>> {
        self.all.range(number..).map(|(_, duty)| duty)
    }

    /// Those put on record after the record with this index, the newest first.
    pub fn opened_after(&self, index: u64) -> impl Iterator<Item = &Arc<Duty>> {
        self.all.values().rev().take_while(move |duty| duty.index > index)
    }

    /// Those that run, the next to fall due first.
    pub fn running(&self) -> impl Iterator<Item = &Arc<Duty>> {
        self.running.iter().filter_map(|(_, number)| self.all.get(number))
    }

    /// Those that run and come after this one.
    pub fn running_after(&self, after: (Instant, DutyNumber)) -> impl Iterator<Item = &Arc<Duty>> {
        let beyond = (Bound::Excluded(after), Bound::Unbounded);
        self.running.range(beyond).filter_map(|(_, number)| self.all.get(number))
    }

    /// When the next one falls due.
    pub fn next_due(&self) -> Option<Instant> {
        self.running.get_min().map(|(due, _)| *due)
    }

    pub fn suspended(&self) -> impl Iterator<Item = &Arc<Duty>> {
        self.suspended.iter().filter_map(|number| self.all.get(number))
    }

    /// Those past due and not met since, the newest first.
    pub fn past_due(&self) -> impl Iterator<Item = &Arc<Duty>> {
        self.past_due.iter().rev().filter_map(|(_, number)| self.all.get(number))
    }

    /// Those met by what was judged insufficient, with nothing given since, the newest first.
    pub fn insufficient(&self) -> impl Iterator<Item = &Arc<Duty>> {
        self.insufficient.iter().rev().filter_map(|(_, number)| self.all.get(number))
    }

    /// How many were ever put on record: the number of the next one.
    pub fn count(&self) -> DutyNumber {
        DutyNumber(self.next)
    }

    /// Whose end can't be known yet, by the Party at the other end.
    pub fn doubted(&self) -> impl Iterator<Item = (Party, &Arc<Duty>)> {
        self.doubted.iter().filter_map(|(party, number)| Some((*party, self.all.get(number)?)))
    }

    /// The Parties with which any are in doubt.
    pub fn doubted_with(&self) -> Vec<Party> {
        let mut parties = Vec::new();
        let mut from = self.doubted.get_min().copied();
        while let Some((party, _)) = from {
            parties.push(party);
            let beyond = (Bound::Excluded((party, DutyNumber(u64::MAX))), Bound::Unbounded);
            from = self.doubted.range(beyond).next().copied();
        }
        parties
    }

    /// In doubt with one Party, from this one on.
    pub fn doubted_of(&self, party: Party, from: DutyNumber) -> impl Iterator<Item = &Arc<Duty>> {
        let these = (party, from)..=(party, DutyNumber(u64::MAX));
        self.doubted.range(these).filter_map(|(_, number)| self.all.get(number))
    }

    pub fn of_cause(&self, cause: Cause) -> impl Iterator<Item = &Arc<Duty>> {
        self.numbered(self.by_cause.get(&cause).map_or(&[], |numbers| numbers))
    }

    pub fn of_thread(&self, thread: ThreadId) -> impl Iterator<Item = &Arc<Duty>> {
        self.by_thread.get(&thread).into_iter().flatten().filter_map(|number| self.all.get(number))
    }

    /// Brought about by that entry of a list, with that Party.
    pub fn of_entry(&self, party: Party, entry: ListEntry) -> impl Iterator<Item = &Arc<Duty>> {
        self.numbered(self.by_entry.get(&(party, entry)).map_or(&[], |numbers| numbers))
    }

    /// The texts by which entries of lists brought any about.
    pub fn entry_regimes(&self) -> impl Iterator<Item = Digest> + '_ {
        self.entry_regimes.iter().copied()
    }

    pub fn of_answer(&self, answer: &Digest) -> impl Iterator<Item = &Arc<Duty>> {
        self.numbered(self.by_answer.get(answer).map_or(&[], |numbers| numbers))
    }

    /// Those of which a step rests on this message, or did.
    pub fn resting_on(&self, message: &Digest) -> impl Iterator<Item = &Arc<Duty>> {
        self.of_answer(message).chain(self.numbered(self.by_word.get(message).map_or(&[], |numbers| numbers)))
    }

    /// Of a day of a year.
    pub fn of_years(&self) -> impl Iterator<Item = &Arc<Duty>> {
        let years = Cause::Year(i16::MIN)..=Cause::Year(i16::MAX);
        self.by_cause.range(years).flat_map(|(_, numbers)| self.numbered(numbers))
    }

    fn numbered<'d>(&'d self, numbers: &'d [DutyNumber]) -> impl Iterator<Item = &'d Arc<Duty>> {
        numbers.iter().filter_map(|number| self.all.get(number))
    }

    /// Whether it is on record. What one message brings about is owed once, by whichever text of the regime a rule of
    /// that name was found first: an older program may have gone by another text than the one that is cited.
    pub fn has(&self, opened: &Opened) -> bool {
        let rule = &opened.rule;
        let by_any_text = opened.cause.message().is_some();
        let is_of = |known: &Rule| known.digest == rule.digest || by_any_text && known.regime == rule.regime;
        self.of_cause(opened.cause).any(|duty| is_of(&duty.opened.rule) && is_the_same(duty, opened))
    }

    /// The one on record by the same rule, between the same Parties, with the same cause and entry, but one whose
    /// ground was taken back.
    pub fn find(&self, opened: &Opened) -> Option<&Arc<Duty>> {
        self.of_cause(opened.cause)
            .find(|duty| duty.opened.rule.digest == opened.rule.digest && is_the_same(duty, opened))
    }

    pub fn open_with(&self, party: Party, traffic: Traffic) -> u64 {
        self.open_with.get(&(party, traffic)).copied().unwrap_or_default()
    }

    /// Parties with which as many duties are open as may be.
    pub fn full_with(&self) -> impl Iterator<Item = (Party, Traffic)> {
        let full = |(_, open): &(&(Party, Traffic), &u64)| **open >= limits::DUTIES_OPEN_PER_PARTY_MAX;
        self.open_with.iter().filter(full).map(|(with, _)| *with)
    }

    // ---- the fold ------------------------------------------------------------------------------

    /// The text of a regime with duties is held from this record on: what waited for it is to be considered.
    pub fn hold(&mut self, regime: &str, record: u64) {
        self.regimes.insert(regime.to_owned());
        self.all_woken = record;
        for party in self.unbound.keys().copied().collect::<Vec<_>>() {
            self.wake(party, record, |waits| waits.regime == regime);
        }
    }

    pub fn is_held(&self, regime: &str) -> bool {
        !self.regimes.is_empty() && self.regimes.contains(regime)
    }

    /// Whether a message has to do with any duty: by the regime that it cites, its thread, or what it refers to.
    pub fn concerns(
        &self,
        cites: Option<&str>,
        thread: ThreadId,
        mut refers_to: impl Iterator<Item = Digest>,
    ) -> bool {
        if self.regimes.is_empty() {
            return false;
        }
        cites.is_some_and(|name| self.regimes.contains(name))
            || self.by_thread.contains_key(&thread)
            || refers_to.any(|digest| self.of_message(&digest) || self.is_answer(&digest))
    }

    /// Whether a message answered any duty.
    pub(super) fn is_answer(&self, digest: &Digest) -> bool {
        self.by_answer.contains_key(digest)
    }

    /// Whether a message brought any duty about.
    pub(super) fn of_message(&self, digest: &Digest) -> bool {
        self.of_causing(digest).next().is_some()
    }

    /// The duties that a message brought about.
    pub fn of_causing(&self, digest: &Digest) -> impl Iterator<Item = &Arc<Duty>> {
        let of = |thread| Cause::Message { digest: *digest, thread };
        let these = of(ThreadId([0; 16]))..=of(ThreadId([u8::MAX; 16]));
        self.by_cause.range(these).flat_map(|(_, numbers)| self.numbered(numbers))
    }

    /// What was put on record about duties, in a record with this index and time. `there` is the record of the
    /// message that was considered; `is_owed` says whether a receipt is still out.
    pub fn note(
        &mut self,
        noted: &DutiesNoted,
        (index, at): (u64, Instant),
        own: Party,
        there: Option<u64>,
        is_owed: impl Fn(&Awaited) -> bool,
    ) {
        if let Some(key) = there.zip(noted.about) {
            self.considered(noted, key, (index, at), is_owed);
        }
        for opened in &noted.opened {
            self.open(opened, index, at, own);
        }
        for (number, step) in &noted.steps {
            self.step(*number, step, (index, at), own);
        }
    }

    fn open(&mut self, opened: &Opened, index: u64, at: Instant, own: Party) {
        let number = DutyNumber(self.next);
        self.next = self.next.saturating_add(1);
        let rule = match self.rules.range(opened.rule.clone()..=opened.rule.clone()).next() {
            Some(known) => known.clone(),
            None => {
                self.rules.insert(opened.rule.clone());
                opened.rule.clone()
            }
        };
        let opened = Opened { rule, ..opened.clone() };
        self.running.insert((opened.due, number));
        insert(&mut self.by_cause, opened.cause, number);
        if let Some(thread) = opened.cause.thread() {
            self.by_thread.entry(thread).or_default().insert(number);
        }
        let duty = Duty { number, opened, index, at, story: Vec::new() };
        if let Some(entry) = duty.opened.entry {
            insert(&mut self.by_entry, (duty.other_than(own), entry), number);
            self.entry_regimes.insert(duty.opened.rule.digest);
        }
        let open = self.open_with.entry((duty.other_than(own), duty.opened.traffic)).or_default();
        *open = open.saturating_add(1);
        self.all.insert(number, Arc::new(duty));
    }

    fn step(&mut self, number: DutyNumber, step: &Step, (index, at): (u64, Instant), own: Party) {
        let Some(duty) = self.all.get_mut(&number) else { return };
        let before = duty.state();
        let duty = Arc::make_mut(duty);
        duty.story.push(Told { index, at, step: step.clone() });
        let (after, due, other) = (duty.state(), duty.opened.due, duty.other_than(own));
        let traffic = duty.opened.traffic;
        if duty.is_suspended() {
            self.suspended.insert(number);
        } else {
            self.suspended.remove(&number);
        }
        if matches!(after, State::Lapsed | State::Alarmed) {
            self.past_due.insert((due, number));
        } else {
            self.past_due.remove(&(due, number));
        }
        if after == State::Insufficient {
            self.insufficient.insert((due, number));
        } else {
            self.insufficient.remove(&(due, number));
        }
        if *step == Step::Resumed {
            self.running.insert((due, number));
        }
        let is_answer = matches!(step, Step::Answered { .. } | Step::Met { .. });
        let index = if is_answer { &mut self.by_answer } else { &mut self.by_word };
        // Nothing rests on what takes a ground back.
        let ground = step.message().filter(|_| !matches!(step, Step::TakenBack { .. }));
        if let Some(message) = ground {
            let known = index.get(&message).is_some_and(|numbers| numbers.contains(&number));
            if !known {
                insert(index, message, number);
            }
        }
        match after {
            State::Open | State::Answered if matches!(step, Step::TakenBack { .. }) => {
                self.running.insert((due, number));
                self.doubted.remove(&(other, number));
            }
            // An answer without a receipt does not stop the time; nor does it end a doubt.
            State::Open | State::Answered => {}
            State::Unknown => {
                self.running.remove(&(due, number));
                self.doubted.insert((other, number));
            }
            State::Met(_) | State::Insufficient | State::Lapsed | State::Alarmed | State::Lifted => {
                self.running.remove(&(due, number));
                self.doubted.remove(&(other, number));
            }
        }
        let open = self.open_with.entry((other, traffic)).or_default();
        match (before.is_open(), after.is_open()) {
            (true, false) => *open = open.saturating_sub(1),
            (false, true) => *open = open.saturating_add(1),
            (true, true) | (false, false) => {}
        }
    }

    // ---- the digest ----------------------------------------------------------------------------

    pub(crate) fn regimes(&self) -> impl Iterator<Item = &String> {
        self.regimes.iter()
    }

    pub(crate) fn receipts(&self) -> impl Iterator<Item = (&Awaited, &There)> {
        self.receipts.iter()
    }

    pub(crate) fn unbound(&self) -> impl Iterator<Item = ((Party, u64, Digest), &Unbound)> {
        self.unbound.iter().flat_map(|(party, waiting)| {
            waiting.iter().map(|((index, message), (_, waits))| ((*party, *index, *message), waits))
        })
    }
}

/// By rules of one name, between the same Parties, of the same entry; what lost its ground is none.
fn is_the_same(duty: &Duty, opened: &Opened) -> bool {
    let known = &duty.opened;
    (known.owed_by, known.owed_to) == (opened.owed_by, opened.owed_to)
        && known.rule.name == opened.rule.name
        && known.entry == opened.entry
        && !duty.is_void()
}

fn insert<K: Ord + Clone>(map: &mut OrdMap<K, Arc<[DutyNumber]>>, key: K, number: DutyNumber) {
    let numbers = map.entry(key).or_default();
    *numbers = numbers.iter().copied().chain([number]).collect();
}
