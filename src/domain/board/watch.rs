//! The watch on the Board: what waits for an officer, which step of the plan is due for it and whom that names,
//! and who has the watch.
//!
//! An acknowledgement and a step that is due at the same time are told apart by their places in the journal
//! alone: what is acknowledged has no step to come. Never here: a clock of its own.

use super::Board;
use super::decide::{Decision, happened};
use crate::domain::alarm::Waiting;
use crate::domain::content::Kind;
use crate::domain::digest::Digest;
use crate::domain::duty::Duty;
use crate::domain::event::{Change, Event, Record};
use crate::domain::fact::Gist;
use crate::domain::message::Traffic;
use crate::domain::office::OfficeKey;
use crate::domain::people::{Person, Role};
use crate::domain::refusal::Refusal;
use crate::domain::thread::Thread;
use crate::domain::time::Instant;
use crate::domain::watch::open::{Part, Stage};
use crate::domain::watch::plan::{Asked, asked};
use crate::domain::watch::{
    AlertDue, Alerted, HandedDuty, Holder, InForce, Item, ON_WATCH, Offer, OfferedOnRecord, OwedAs, Reach,
    Rule, hand_over,
};
use crate::limits;

impl Board {
    // ---- what waits ----------------------------------------------------------------------------

    pub(super) fn waits_for_officer(&mut self, message: Digest, gist: &Gist, index: u64, at: Instant) {
        let item = Item {
            from: gist.author,
            precedence: gist.precedence,
            traffic: gist.traffic,
            index,
            since: at,
            alerted: 0,
            stage: Stage::Begins,
            due: None,
            thread: gist.thread,
            part: self.part_of_session(gist),
        };
        if self.watch.open.add(message, item) {
            self.watch.open.set_due(message, self.due(&message, &item));
        }
    }

    /// A translation that comes into a session says what a text of it says.
    fn part_of_session(&self, gist: &Gist) -> Part {
        match gist.kind {
            Some(Kind::SessionText) => Part::Text,
            // Only what does not count as a check comes here, or says more than that a text is shown; no page of a session
            // has a line for it, so it stands for itself.
            Some(Kind::Check | Kind::CheckAnswer | Kind::SessionShown) => Part::None,
            Some(kind) if kind.noun() == Kind::SessionText.noun() => Part::OfSession,
            Some(Kind::Translation) if self.thread(gist.thread).is_some_and(Thread::is_session) => {
                Part::OfSession
            }
            Some(_) | None => Part::None,
        }
    }

    /// The rules of the plan in force for a message; none where it lays nothing down.
    fn rules(&self, message: &Digest, item: &Item) -> Vec<&Rule> {
        let Some(plan) = &self.roster.watch_plan else { return Vec::new() };
        let offices = self.roster.offices.still_listed(self.offices_of(message));
        plan.plan.rules_for(item.precedence, offices)
    }

    /// When the next step is due. The first at once, or when the plan that has a rule for it took force.
    fn due(&self, message: &Digest, item: &Item) -> Option<Instant> {
        if self.rules(message, item).is_empty() {
            return None;
        }
        match item.stage {
            Stage::Begins => self.roster.watch_plan.as_ref().map(|plan| plan.since.max(item.since)),
            Stage::Next(at) => Some(at),
            Stage::Over => None,
        }
    }

    /// Another plan, or other offices: what is due is found anew.
    pub(super) fn plan_anew(&mut self, change: &Change) {
        if !matches!(change, Change::WatchPlan(_) | Change::OfficeAdded(_) | Change::OfficeRemoved(_)) {
            return;
        }
        let due: Vec<(Digest, Option<Instant>)> =
            self.watch.open.items().map(|(message, item)| (*message, self.due(message, item))).collect();
        for (message, due) in due {
            self.watch.open.set_due(message, due);
        }
    }

    // ---- the next step -------------------------------------------------------------------------

    pub(super) fn alert(&self, asked_for: &AlertDue, now: Instant) -> Decision {
        let message = asked_for.message;
        let item = self.watch.open.get(&message).ok_or(Refusal::NotOpen)?;
        let due = item.due.filter(|due| *due <= now && item.alerted == asked_for.step);
        let due = due.ok_or(Refusal::AlertNotDue)?;
        let (persons, reach, next) = match asked(&self.rules(&message, item), item.alerted) {
            Asked::Named { names, within_ms, .. } => {
                (self.named(&message, &names), Reach::Named, Some(now.plus_ms(within_ms)))
            }
            Asked::Everyone => (self.everyone(&message), Reach::Everyone, None),
        };
        happened(Event::Alerted(Alerted { message, step: item.alerted, due, persons, reach, next }))
    }

    pub(super) fn alerted(&mut self, record: &Record, alerted: &Alerted) {
        self.watch.open.alerted(&alerted.message, alerted.step, alerted.next);
        if let Some(item) = self.watch.open.get(&alerted.message).copied() {
            self.watch.open.set_due(alerted.message, self.due(&alerted.message, &item));
            let offices = self.roster.offices.still_listed(self.offices_of(&alerted.message)).to_vec();
            let waiting = Waiting { at: record.at, precedence: item.precedence, author: Some(item.from) };
            self.for_webhooks(record.index, waiting, &offices);
        }
    }

    /// Whom the next step of an item names, and how to reach them. `None` where no step is to come.
    pub fn next_step(&self, message: &Digest) -> Option<(Vec<&str>, Vec<&str>)> {
        let item = self.watch.open.get(message)?;
        item.due?;
        Some(match asked(&self.rules(message, item), item.alerted) {
            Asked::Named { names, telephones, .. } => (names, telephones),
            Asked::Everyone => (vec!["everyone"], Vec::new()),
        })
    }

    /// How to reach whom the steps on record named: by the newest of them that names a telephone.
    pub fn alerted_telephones(&self, message: &Digest) -> Vec<&str> {
        let Some(item) = self.watch.open.get(message) else { return Vec::new() };
        let rules = self.rules(message, item);
        let of = |step: u32| match asked(&rules, step) {
            Asked::Named { telephones, .. } => telephones,
            Asked::Everyone => Vec::new(),
        };
        (0..item.alerted).rev().map(of).find(|telephones| !telephones.is_empty()).unwrap_or_default()
    }

    /// Those whom a step names. Who is on the roster no more is passed over; where that leaves nobody, all of
    /// the watch are alerted.
    fn named(&self, message: &Digest, names: &[&str]) -> Vec<Person> {
        let mut persons: Vec<Person> = Vec::new();
        for name in names {
            let found = match *name {
                ON_WATCH => self.on_watch(message),
                name => self.roster.on_watch_by_name(name).cloned().into_iter().collect(),
            };
            for person in found {
                if !persons.contains(&person) {
                    persons.push(person);
                }
            }
        }
        persons.truncate(limits::ALERTED_PERSONS_MAX);
        if persons.is_empty() { self.everyone(message) } else { persons }
    }

    /// All of the watch who are told of a message.
    fn everyone(&self, message: &Digest) -> Vec<Person> {
        let to = self.offices_of(message);
        let all = self.of_the_watch().filter(|person| self.roster.offices.is_told(person, to));
        all.take(limits::ALERTED_PERSONS_MAX).cloned().collect()
    }

    fn of_the_watch(&self) -> impl Iterator<Item = &Person> {
        let members = self.roster.members.values();
        members.filter(|member| member.roles.contains(&Role::Watch)).map(|member| &member.person)
    }

    /// Whoever has the watch at the desks that a message went to; at one that nobody took over, all of it.
    fn on_watch(&self, message: &Digest) -> Vec<Person> {
        let offices = self.roster.offices.still_listed(self.offices_of(message));
        let stands = |person: &Person, at: &[OfficeKey]| at.contains(&self.roster.offices.desk_of(person));
        let at_desks: Vec<&Person> = match offices {
            [] => self.of_the_watch().collect(),
            offices => self.of_the_watch().filter(|person| stands(person, offices)).collect(),
        };
        // Nobody of the watch stands at that office: the central desk is told of everything.
        let of_desk = if at_desks.is_empty() {
            self.of_the_watch().filter(|person| stands(person, &[OfficeKey::from("")])).collect()
        } else {
            at_desks
        };
        let has_it = |person: &&Person| {
            let holder = self.holder(&self.roster.offices.desk_of(person));
            holder.is_none_or(|holder| holder.person == **person)
        };
        of_desk.into_iter().filter(has_it).cloned().collect()
    }

    // ---- hand-over -----------------------------------------------------------------------------

    /// Who has the watch of a desk, while the roster lets them.
    pub fn holder(&self, desk: &OfficeKey) -> Option<&Holder> {
        let holder = self.watch.holders.holders.get(desk)?;
        Some(holder).filter(|holder| self.roster.permits(&holder.person, &[Role::Watch]).is_ok())
    }

    /// What is open for a person's desk, by digest.
    pub fn open_for<'b>(&'b self, person: &'b Person) -> impl Iterator<Item = (&'b Digest, &'b Item)> {
        let is_told = |message: &Digest| self.roster.offices.is_told(person, self.offices_of(message));
        self.watch.open.items().filter(move |(message, _)| is_told(message))
    }

    /// What this Party owes and has not given, as a hand-over names it: what is real before drills; of each, what is
    /// past due and what was judged insufficient, the newest first, what runs by when it falls due, that of which nobody
    /// knows, and what is suspended.
    pub fn duties_to_hand_over(&self) -> impl Iterator<Item = &Duty> {
        [Traffic::Real, Traffic::Drill].into_iter().flat_map(move |traffic| self.owed_in(traffic))
    }

    fn owed_in(&self, traffic: Traffic) -> impl Iterator<Item = &Duty> {
        let (own, duties) = (self.own.map(|own| own.party), &self.duties);
        let awaited = duties.running().chain(duties.doubted().map(|(_, duty)| duty));
        let given = duties.past_due().chain(duties.insufficient());
        let all = given.chain(awaited).chain(duties.suspended());
        let is_ours = move |duty: &&Duty| {
            let is_it = Some(duty.opened.owed_by) == own && duty.opened.traffic == traffic;
            is_it && OwedAs::of(duty).is_some()
        };
        all.map(|duty| &**duty).filter(is_ours)
    }

    /// Duties that were put on record after this record and before that one, owed by or to this Party, and not given: what
    /// lapsed meanwhile too. What is real comes before drills; of each the first to fall due.
    pub fn duties_opened_between(&self, after: u64, before: u64) -> Vec<&Duty> {
        let opened = self.duties.opened_after(after).map(|duty| &**duty);
        let mut all: Vec<&Duty> =
            opened.filter(|duty| duty.index < before && OwedAs::of(duty).is_some()).collect();
        all.sort_by_key(|duty| (duty.opened.traffic == Traffic::Drill, duty.opened.due, duty.number));
        all
    }

    fn handed_duties(&self) -> impl Iterator<Item = HandedDuty> {
        self.duties_to_hand_over().filter_map(HandedDuty::of)
    }

    /// What both officers name.
    pub fn hand_over_digest(&self, person: &Person) -> Digest {
        let open = self.open_for(person).map(|(message, item)| (*message, item.alerted));
        hand_over::digest_of(&self.roster.offices.desk_of(person), open, self.handed_duties())
    }

    pub(super) fn offer_watch(&self, to: &Person, digest: Digest, by: &Person) -> Decision {
        let field = |rule: &str| Refusal::Field { field: "to", rule: rule.into() };
        let offices = &self.roster.offices;
        let desk = offices.desk_of(by);
        if self.holder(&desk).is_some_and(|holder| holder.person != *by) {
            return Err(Refusal::NotOnWatch.into());
        }
        if to.is_same_person(by) {
            return Err(field("another officer than the one who leaves").into());
        }
        if self.roster.permits(to, &[Role::Watch]).is_err() || offices.desk_of(to) != desk {
            return Err(field("an officer of the watch of the same desk").into());
        }
        if digest != self.hand_over_digest(by) {
            return Err(Refusal::WatchChanged.into());
        }
        let named = self.open_for(by).map(|(message, item)| (*message, item.alerted));
        let (open, steps): (Vec<Digest>, Vec<u32>) = named.take(limits::HAND_OVER_ITEMS_MAX).unzip();
        let open_more = self.open_for(by).count().saturating_sub(open.len()) as u64;
        let duties: Vec<HandedDuty> = self.handed_duties().take(limits::HAND_OVER_DUTIES_MAX).collect();
        let duties_more = self.handed_duties().count().saturating_sub(duties.len()) as u64;
        happened(Event::WatchOffered(OfferedOnRecord {
            desk: desk.to_string(),
            to: to.clone(),
            digest,
            open,
            open_more,
            steps,
            duties,
            duties_more,
        }))
    }

    pub(super) fn offered(&mut self, offered: &OfferedOnRecord, by: &Person, (index, at): (u64, Instant)) {
        let (to, digest) = (offered.to.clone(), offered.digest);
        let offer = Offer { by: by.clone(), to, digest, at, index };
        self.watch.holders.offers.insert(offered.desk.as_str().into(), offer);
    }

    pub(super) fn take_watch(&self, digest: Digest, by: &Person) -> Decision {
        let desk = self.roster.offices.desk_of(by);
        let offer = self.watch.holders.offers.get(&desk);
        let offer =
            offer.filter(|offer| offer.digest == digest && offer.to == *by).ok_or(Refusal::NoSuchOffer)?;
        // Who offered it may have lost it since.
        if self.holder(&desk).is_some_and(|holder| holder.person != offer.by) {
            return Err(Refusal::NotOnWatch.into());
        }
        happened(Event::WatchTaken { desk: desk.to_string(), digest })
    }

    pub(super) fn taken(&mut self, desk: &str, by: &Person, at: Instant) {
        let desk: OfficeKey = desk.into();
        let offered = self.watch.holders.offers.remove(&desk).map_or(0, |offer| offer.index);
        self.watch.holders.holders.insert(desk, Holder { person: by.clone(), since: at, offered });
    }

    // ---- the plan ------------------------------------------------------------------------------

    /// The plan in force.
    pub fn watch_plan(&self) -> Option<&InForce> {
        self.roster.watch_plan.as_ref()
    }
}
