//! The watch plan on a Board: which step is due for what came in, whom it names, and what of a plan is refused.

use std::collections::BTreeMap;
use std::sync::Arc;

use detente::domain::board::Denied;
use detente::domain::command::{Command, Origin};
use detente::domain::digest::Digest;
use detente::domain::event::{Change, Event, Member};
use detente::domain::message::{Addressee, Message, Traffic};
use detente::domain::office::Office;
use detente::domain::people::{Person, Role};
use detente::domain::precedence::Precedence;
use detente::domain::refusal::Refusal;
use detente::domain::time::Instant;
use detente::domain::watch::{AlertDue, Alerted, Reach, Rule, Step, WatchPlan};
use detente::limits;

use crate::party::{self, Folded, anna, at, by, delivery, jan, person, receive, theirs, thread, us};
use crate::watch_hand_over::refused;

pub const MINUTE: i64 = 60;

fn step(names: &[&str], within_minutes: u32) -> Step {
    let alert = names.iter().map(|name| (*name).to_owned()).collect();
    Step { alert, within_minutes, telephone: "+48 1".into() }
}

fn rule(precedence: Precedence, office: &str, steps: Vec<Step>) -> Rule {
    Rule { precedence, office: office.into(), steps }
}

pub fn plan(rules: Vec<Rule>) -> Change {
    Change::WatchPlan(Arc::new(WatchPlan { zone: "Europe/Warsaw".into(), rules }))
}

/// FLASH: whoever has the watch, 5 minutes; Jan, 3 minutes; everyone.
pub fn flash_plan() -> Change {
    let steps = vec![step(&["watch"], 5), step(&["Jan Nowak"], 3)];
    plan(vec![rule(Precedence::Flash, "", steps)])
}

/// Of what two custodians do, the numbers of their commands.
pub struct World {
    pub folded: Folded,
    pub commands: u64,
    pub serials: BTreeMap<Precedence, u64>,
    pub sent: u64,
}

impl World {
    pub fn new() -> World {
        World { folded: Folded::with_peer(), commands: 20_000, serials: BTreeMap::new(), sent: 0 }
    }

    pub fn with_flash_plan() -> World {
        let mut world = World::new();
        world.change(flash_plan(), at(0)).unwrap();
        world
    }

    pub fn person(&mut self, who: &Person, command: Command, now: Instant) -> Result<Event, Denied> {
        self.commands += 1;
        let origin = by(who, self.commands, &format!("{command:?}"), now);
        Ok(self.folded.given(command, origin, now)?.events.remove(0))
    }

    pub fn change(&mut self, change: Change, now: Instant) -> Result<(), Denied> {
        let proposed = self.person(&anna(), Command::Propose(change), now)?;
        assert!(matches!(proposed, Event::ChangeProposed(_)));
        let proposal = party::id(self.commands);
        self.person(&jan(), Command::confirm(proposal), now).map(|_| ())
    }

    pub fn member(&mut self, who: &Person, roles: &[Role]) {
        let member = Member { person: who.clone(), roles: roles.iter().copied().collect() };
        self.folded.board.roster.members.insert(who.key_digest, member);
    }

    pub fn comes_in(&mut self, message: &Message, now: Instant) -> Digest {
        let serial = self.serials.entry(message.draft.precedence).or_default();
        *serial += 1;
        let delivery = delivery(message, *serial, *serial, self.sent);
        self.sent += 1;
        let digest = delivery.dispatch.message;
        self.folded.given(receive(delivery), Origin::Node, now).unwrap();
        digest
    }

    pub fn message(&mut self, precedence: Precedence, now: Instant) -> Digest {
        let text = format!("message {}", self.sent);
        let message = theirs(precedence, thread(self.sent as u8), &text, &[]);
        self.comes_in(&message, now)
    }

    pub fn alert(&mut self, message: Digest, step: u32, now: Instant) -> Result<Alerted, Refusal> {
        let due = AlertDue { message, step, precedence: Precedence::Flash };
        match self.folded.given(Command::Alert(due), Origin::Node, now) {
            Ok(record) => match &record.events[..] {
                [Event::Alerted(alerted)] => Ok(alerted.clone()),
                other => panic!("{other:?}"),
            },
            Err(Denied::Refused(refusal)) => Err(refusal),
            Err(other) => panic!("{other:?}"),
        }
    }

    /// All that is due by now, as the Registrar puts it on record.
    pub fn clock(&mut self, now: Instant) -> Vec<Alerted> {
        let mut all = Vec::new();
        loop {
            let due = self.folded.board.watch.open.due(now);
            if due.is_empty() {
                return all;
            }
            for one in due {
                all.push(self.alert(one.message, one.step, now).unwrap());
            }
        }
    }

    pub fn acknowledge(&mut self, message: Digest, now: Instant) {
        self.acknowledge_by(&anna(), message, now).unwrap();
    }

    pub fn acknowledge_by(&mut self, who: &Person, message: Digest, now: Instant) -> Result<Event, Denied> {
        let mut command = party::acknowledge(message);
        if let Command::Acknowledge { outgoing, .. } = &mut command {
            outgoing.drafter = who.clone();
        }
        self.person(who, command, now)
    }

    pub fn next_due(&self) -> Option<Instant> {
        self.folded.board.watch.open.next_due()
    }
}

pub fn names(alerted: &Alerted) -> Vec<&str> {
    let mut names: Vec<&str> = alerted.persons.iter().map(|person| person.name.as_str()).collect();
    names.sort_unstable();
    names
}

#[test]
fn each_step_is_due_when_the_one_before_had_its_minutes_and_the_last_reaches_everyone() {
    let mut world = World::with_flash_plan();
    let message = world.message(Precedence::Flash, at(60));
    assert_eq!(world.next_due(), Some(at(60)));
    let first = world.clock(at(60));
    assert_eq!(first.len(), 1);
    assert_eq!(names(&first[0]), ["Anna Kowalska", "Jan Nowak"], "nobody took the watch over");
    assert_eq!((first[0].step, first[0].due, first[0].reach), (0, at(60), Reach::Named));
    assert_eq!(first[0].next, Some(at(60 + 5 * MINUTE)));
    assert_eq!(world.folded.board.next_step(&message), Some((vec!["Jan Nowak"], vec!["+48 1"])));

    assert!(world.clock(at(60 + 5 * MINUTE).plus_ms(-1)).is_empty());
    let second = world.clock(at(60 + 6 * MINUTE));
    assert_eq!(names(&second[0]), ["Jan Nowak"]);
    assert_eq!(second[0].due, at(60 + 5 * MINUTE), "when it was due, not when it came on record");
    assert_eq!(second[0].next, Some(at(60 + 9 * MINUTE)), "the minutes run from the alert");

    let third = world.clock(at(60 + 9 * MINUTE));
    assert_eq!((third[0].reach, third[0].next), (Reach::Everyone, None));
    assert_eq!(names(&third[0]), ["Anna Kowalska", "Jan Nowak"]);
    assert_eq!(world.next_due(), None);
    assert!(world.clock(at(10_000 * MINUTE)).is_empty());
    assert_eq!(world.folded.board.next_step(&message), None);
}

#[test]
fn nobody_is_alerted_of_what_no_rule_is_for_or_what_was_acknowledged() {
    let mut world = World::with_flash_plan();
    let routine = world.message(Precedence::Routine, at(60));
    assert_eq!(world.alert(routine, 0, at(61)), Err(Refusal::AlertNotDue));
    let flash = world.message(Precedence::Flash, at(60));
    world.clock(at(60));
    world.acknowledge(flash, at(61));
    assert_eq!(world.next_due(), None);
    assert_eq!(world.alert(flash, 1, at(6_000)), Err(Refusal::NotOpen));
    assert!(world.folded.board.watch.open.get(&routine).is_some(), "it waits all the same");
    world.acknowledge(routine, at(62));
    assert!(world.folded.board.watch.open.is_empty());
}

#[test]
fn no_step_is_on_record_twice_or_before_its_time_whatever_the_clock_does() {
    let mut world = World::with_flash_plan();
    let message = world.message(Precedence::Flash, at(60));
    assert_eq!(world.alert(message, 0, at(59)), Err(Refusal::AlertNotDue), "a clock set back");
    world.alert(message, 0, at(60)).unwrap();
    for (step, now) in [(0, 60), (0, 100_000), (2, 100_000), (1, -100_000), (1, 61)] {
        assert_eq!(world.alert(message, step, at(now)), Err(Refusal::AlertNotDue));
    }
    // A day ahead: one step at a time, each with its minutes.
    let day = at(24 * 60 * MINUTE);
    assert_eq!(world.clock(day).len(), 1);
    assert_eq!(world.next_due(), Some(day.plus_ms(3 * 60_000)));
}

#[test]
fn a_person_gives_no_alert() {
    let mut world = World::with_flash_plan();
    let message = world.message(Precedence::Flash, at(60));
    let due = AlertDue { message, step: 0, precedence: Precedence::Flash };
    let given = world.person(&anna(), Command::Alert(due), at(61));
    assert_eq!(given.unwrap_err(), Denied::Refused(Refusal::NotPermitted));
}

#[test]
fn a_plan_that_takes_force_later_begins_then_and_a_step_that_is_fixed_stays() {
    let mut world = World::new();
    let before = world.message(Precedence::Flash, at(60));
    assert_eq!(world.next_due(), None);
    world.change(flash_plan(), at(500)).unwrap();
    assert_eq!(world.clock(at(500)).len(), 1);
    let other = plan(vec![rule(Precedence::Flash, "", vec![step(&["watch"], 60), step(&["watch"], 60)])]);
    world.change(other, at(501)).unwrap();
    assert_eq!(world.next_due(), Some(at(500 + 5 * MINUTE)), "as the step on record says");
    let second = world.clock(at(500 + 5 * MINUTE));
    assert_eq!(second[0].next, Some(at(500 + 65 * MINUTE)), "from here on by the new plan");
    world.change(plan(Vec::new()), at(900)).unwrap();
    assert_eq!(world.next_due(), None);
    assert!(world.folded.board.watch.open.get(&before).is_some());
}

#[test]
fn a_plan_with_something_amiss_is_refused_with_its_field() {
    let mut world = World::new();
    let flash = |steps| rule(Precedence::Flash, "", steps);
    let most = limits::WATCH_STEP_MINUTES_MAX + 1;
    let table = [
        (vec![flash(vec![])], "watch_plan.rule.step"),
        (vec![flash(vec![step(&[], 1)])], "watch_plan.rule.step.alert"),
        (vec![flash(vec![step(&["Nobody"], 1)])], "watch_plan.rule.step.alert"),
        (vec![flash(vec![step(&["watch"], 0)])], "watch_plan.rule.step.acknowledge_within_minutes"),
        (vec![flash(vec![step(&["watch"], most)])], "watch_plan.rule.step.acknowledge_within_minutes"),
        (vec![flash(vec![step(&["watch"], 1)]); 2], "watch_plan.rule"),
        (vec![rule(Precedence::Flash, "GS", vec![step(&["watch"], 1)])], "watch_plan.rule.office"),
    ];
    for (rules, expected) in table {
        match world.change(plan(rules), at(0)) {
            Err(Denied::Refused(Refusal::Field { field, .. })) => assert_eq!(field, expected),
            other => panic!("{expected}: {other:?}"),
        }
    }
    world.change(flash_plan(), at(0)).unwrap();
}

#[test]
fn a_plan_names_a_person_whatever_the_capitals_and_spaces_of_the_name() {
    let mut world = World::new();
    let steps = vec![step(&[" jan\u{a0} NOWAK"], 1)];
    world.change(plan(vec![rule(Precedence::Flash, "", steps)]), at(0)).unwrap();
    world.message(Precedence::Flash, at(1));
    assert_eq!(names(&world.clock(at(1))[0]), ["Jan Nowak"]);
}

#[test]
fn who_left_the_roster_is_passed_over_and_a_step_that_names_nobody_reaches_all() {
    let mut world = World::new();
    world.member(&person("Ewa"), &[Role::Watch]);
    let steps = vec![step(&["Ewa"], 1)];
    world.change(plan(vec![rule(Precedence::Flash, "", steps)]), at(0)).unwrap();
    world.message(Precedence::Flash, at(1));
    assert_eq!(names(&world.clock(at(1))[0]), ["Ewa"]);
    world.folded.board.roster.members.remove(&person("Ewa").key_digest);
    world.message(Precedence::Flash, at(2));
    let alerted = world.clock(at(2));
    assert_eq!(names(&alerted[0]), ["Anna Kowalska", "Jan Nowak"]);
    assert_eq!(alerted[0].reach, Reach::Named, "more steps may come");
}

// ---- offices -----------------------------------------------------------------------------------

pub fn at_office(name: &str, office: &str) -> Person {
    Person { office: office.into(), ..person(name) }
}

#[test]
fn what_went_to_an_office_follows_its_rule_and_alerts_its_watch() {
    let mut world = World::new();
    for code in ["GS", "MFA"] {
        let office = Office { code: code.into(), purpose: String::new() };
        world.change(Change::OfficeAdded(office), at(0)).unwrap();
    }
    let (ewa, ola) = (at_office("Ewa", "gs"), at_office("Ola", "MFA"));
    world.member(&ewa, &[Role::Watch]);
    world.member(&ola, &[Role::Watch]);
    let rules = vec![
        rule(Precedence::Flash, "GS", vec![step(&["watch"], 2)]),
        rule(Precedence::Flash, "", vec![step(&["watch"], 9)]),
    ];
    world.change(plan(rules), at(0)).unwrap();
    let to = |office: &str, text: &str| {
        let mut message = theirs(Precedence::Flash, thread(1), text, &[]);
        message.draft.action = vec![Addressee { party: us(), office: office.into() }];
        message
    };
    world.comes_in(&to("GS", "one"), at(60));
    let alerted = world.clock(at(60));
    assert_eq!((names(&alerted[0]), alerted[0].next), (vec!["Ewa"], Some(at(60 + 2 * MINUTE))));
    let everyone = world.clock(at(60 + 2 * MINUTE));
    assert_eq!(names(&everyone[0]), ["Anna Kowalska", "Ewa", "Jan Nowak"], "all who are told of it");
    let mfa = world.comes_in(&to("MFA", "two"), at(1_000));
    let alerted = world.clock(at(1_000));
    assert_eq!((names(&alerted[0]), alerted[0].next), (vec!["Ola"], Some(at(1_000 + 9 * MINUTE))));
    // An office that is listed no more is all: so is what went to it.
    world.acknowledge(mfa, at(1_001));
    let gs = world.comes_in(&to("GS", "three"), at(2_000));
    world.change(Change::OfficeRemoved("GS".into()), at(2_000)).unwrap();
    let alerted = world.clock(at(2_000));
    assert_eq!((alerted[0].message, names(&alerted[0]).len()), (gs, 4));
    assert_eq!(alerted[0].next, Some(at(2_000 + 9 * MINUTE)));
}

// ---- bounds ------------------------------------------------------------------------------------

#[test]
fn one_party_fills_its_share_and_flash_has_a_share_of_its_own() {
    let mut world = World::with_flash_plan();
    let mut all = Vec::new();
    for _ in 0..limits::WATCHED_PER_PARTY_MAX + 2 {
        all.push(world.message(Precedence::Routine, at(60)));
    }
    let open = |world: &World| (world.folded.board.watch.open.len(), world.folded.board.watch.open.unwatched);
    assert_eq!(open(&world), (limits::WATCHED_PER_PARTY_MAX, 2));
    world.message(Precedence::Flash, at(60));
    assert_eq!(world.clock(at(60)).len(), 1);
    world.acknowledge(*all.last().unwrap(), at(61));
    assert_eq!(open(&world), (limits::WATCHED_PER_PARTY_MAX + 1, 1));
    world.acknowledge(all[0], at(61));
    world.message(Precedence::Priority, at(62));
    assert_eq!(open(&world), (limits::WATCHED_PER_PARTY_MAX + 1, 1));
}

#[test]
fn drills_of_a_party_as_many_as_it_likes_leave_what_is_real_its_share() {
    let mut world = World::with_flash_plan();
    for number in 0..limits::WATCHED_PER_PARTY_MAX + 1 {
        let text = format!("drill {number}");
        let mut drill = theirs(Precedence::Routine, thread(number as u8), &text, &[]);
        drill.draft.traffic = Traffic::Drill;
        world.comes_in(&drill, at(60));
    }
    assert_eq!(world.folded.board.watch.open.unwatched, 1);
    let real = world.message(Precedence::Routine, at(61));
    assert!(world.folded.board.watch.open.get(&real).is_some(), "it waits for an officer");
    assert_eq!(world.folded.board.watch.open.unwatched, 1);
}

// ---- hand-over ---------------------------------------------------------------------------------

impl World {
    pub fn offer(&mut self, by: &Person, to: &Person) -> Result<Digest, Refusal> {
        let digest = self.folded.board.hand_over_digest(by);
        self.offer_of(by, to, digest).map(|()| digest)
    }

    pub fn offer_of(&mut self, by: &Person, to: &Person, digest: Digest) -> Result<(), Refusal> {
        let command = Command::OfferWatch { to: to.clone(), digest };
        self.person(by, command, at(70)).map(|_| ()).map_err(refused)
    }

    pub fn take(&mut self, by: &Person, digest: Digest) -> Result<(), Refusal> {
        self.person(by, Command::TakeWatch { digest }, at(71)).map(|_| ()).map_err(refused)
    }
}

#[test]
fn the_telephone_of_a_step_stays_known_once_the_step_is_on_record() {
    let mut world = World::with_flash_plan();
    let message = world.message(Precedence::Flash, at(100));
    let telephones = |world: &World| {
        let known = world.folded.board.alerted_telephones(&message);
        known.into_iter().map(str::to_owned).collect::<Vec<_>>()
    };
    assert!(telephones(&world).is_empty());
    for minutes in [2, 20, 40] {
        assert_eq!(world.clock(at(minutes * MINUTE)).len(), 1);
        assert_eq!(telephones(&world), ["+48 1"], "also once everyone was alerted");
    }
}
