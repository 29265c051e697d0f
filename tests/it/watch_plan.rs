//! The watch plan on a Board: which step is due for what came in, whom it names, that an acknowledgement and a
//! step are told apart by their order alone, and the watch from one officer to the other.

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
use proptest::prelude::*;

use crate::party::{self, Folded, anna, at, by, delivery, jan, person, receive, theirs, thread, us};

const MINUTE: i64 = 60;

fn step(names: &[&str], within_minutes: u32) -> Step {
    let alert = names.iter().map(|name| (*name).to_owned()).collect();
    Step { alert, within_minutes, telephone: "+48 1".into() }
}

fn rule(precedence: Precedence, office: &str, steps: Vec<Step>) -> Rule {
    Rule { precedence, office: office.into(), steps }
}

fn plan(rules: Vec<Rule>) -> Change {
    Change::WatchPlan(Arc::new(WatchPlan { zone: "Europe/Warsaw".into(), rules }))
}

/// FLASH: whoever has the watch, 5 minutes; Jan, 3 minutes; everyone.
fn flash_plan() -> Change {
    let steps = vec![step(&["watch"], 5), step(&["Jan Nowak"], 3)];
    plan(vec![rule(Precedence::Flash, "", steps)])
}

/// Of what two custodians do, the numbers of their commands.
struct World {
    folded: Folded,
    commands: u64,
    serials: BTreeMap<Precedence, u64>,
    sent: u64,
}

impl World {
    fn new() -> World {
        World { folded: Folded::with_peer(), commands: 20_000, serials: BTreeMap::new(), sent: 0 }
    }

    fn with_flash_plan() -> World {
        let mut world = World::new();
        world.change(flash_plan(), at(0)).unwrap();
        world
    }

    fn person(&mut self, who: &Person, command: Command, now: Instant) -> Result<Event, Denied> {
        self.commands += 1;
        let origin = by(who, self.commands, &format!("{command:?}"), now);
        Ok(self.folded.given(command, origin, now)?.events.remove(0))
    }

    fn change(&mut self, change: Change, now: Instant) -> Result<(), Denied> {
        let proposed = self.person(&anna(), Command::Propose(change), now)?;
        assert!(matches!(proposed, Event::ChangeProposed(_)));
        let proposal = party::id(self.commands);
        self.person(&jan(), Command::Confirm(proposal), now).map(|_| ())
    }

    fn member(&mut self, who: &Person, roles: &[Role]) {
        let member = Member { person: who.clone(), roles: roles.iter().copied().collect() };
        self.folded.board.roster.members.insert(who.key_digest, member);
    }

    fn comes_in(&mut self, message: &Message, now: Instant) -> Digest {
        let serial = self.serials.entry(message.draft.precedence).or_default();
        *serial += 1;
        let delivery = delivery(message, *serial, *serial, self.sent);
        self.sent += 1;
        let digest = delivery.dispatch.message;
        self.folded.given(receive(delivery), Origin::Node, now).unwrap();
        digest
    }

    fn message(&mut self, precedence: Precedence, now: Instant) -> Digest {
        let text = format!("message {}", self.sent);
        let message = theirs(precedence, thread(self.sent as u8), &text, &[]);
        self.comes_in(&message, now)
    }

    fn alert(&mut self, message: Digest, step: u32, now: Instant) -> Result<Alerted, Refusal> {
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
    fn clock(&mut self, now: Instant) -> Vec<Alerted> {
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

    fn acknowledge(&mut self, message: Digest, now: Instant) {
        self.acknowledge_by(&anna(), message, now).unwrap();
    }

    fn acknowledge_by(&mut self, who: &Person, message: Digest, now: Instant) -> Result<Event, Denied> {
        let mut command = party::acknowledge(message);
        if let Command::Acknowledge { outgoing, .. } = &mut command {
            outgoing.drafter = who.clone();
        }
        self.person(who, command, now)
    }

    fn next_due(&self) -> Option<Instant> {
        self.folded.board.watch.open.next_due()
    }
}

fn names(alerted: &Alerted) -> Vec<&str> {
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

fn at_office(name: &str, office: &str) -> Person {
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

// ---- hand-over ---------------------------------------------------------------------------------

impl World {
    fn offer(&mut self, by: &Person, to: &Person) -> Result<Digest, Refusal> {
        let digest = self.folded.board.hand_over_digest(by);
        self.offer_of(by, to, digest).map(|()| digest)
    }

    fn offer_of(&mut self, by: &Person, to: &Person, digest: Digest) -> Result<(), Refusal> {
        let command = Command::OfferWatch { to: to.clone(), digest };
        self.person(by, command, at(70)).map(|_| ()).map_err(refused)
    }

    fn take(&mut self, by: &Person, digest: Digest) -> Result<(), Refusal> {
        self.person(by, Command::TakeWatch { digest }, at(71)).map(|_| ()).map_err(refused)
    }
}

fn refused(denied: Denied) -> Refusal {
    match denied {
        Denied::Refused(refusal) => refusal,
        other => panic!("{other:?}"),
    }
}

#[test]
fn from_a_hand_over_on_alerts_go_to_the_new_watch() {
    let mut world = World::with_flash_plan();
    let (ewa, ola) = (person("Ewa"), person("Ola"));
    world.member(&ewa, &[Role::Watch]);
    world.member(&ola, &[Role::Watch]);
    let open = world.message(Precedence::Routine, at(60));
    let digest = world.offer(&ewa, &ola).unwrap();
    world.message(Precedence::Flash, at(70));
    assert_eq!(world.clock(at(70))[0].persons.len(), 4, "not before the second word");
    // What came between does not void it: it is open for the new watch.
    world.take(&ola, digest).unwrap();
    world.message(Precedence::Flash, at(72));
    assert_eq!(names(&world.clock(at(72))[0]), ["Ola"]);
    assert!(world.folded.board.watch.open.get(&open).is_some());
    assert_eq!(world.take(&ola, digest), Err(Refusal::NoSuchOffer));

    assert_eq!(world.offer(&ewa, &jan()), Err(Refusal::NotOnWatch), "who has it hands it over");
    let digest = world.offer(&ola, &ewa).unwrap();
    world.take(&ewa, digest).unwrap();
    world.message(Precedence::Flash, at(80));
    assert_eq!(names(&world.clock(at(80))[0]), ["Ewa"]);
    // Who lost the role has the watch no more: it is all of it again, and anybody hands it over.
    world.folded.board.roster.members.remove(&ewa.key_digest);
    world.message(Precedence::Flash, at(90));
    assert_eq!(world.clock(at(90))[0].persons.len(), 3);
    world.offer(&ola, &jan()).unwrap();
}

#[test]
fn a_hand_over_takes_two_officers_of_one_desk_and_one_digest() {
    let mut world = World::with_flash_plan();
    let (ewa, ola) = (person("Ewa"), at_office("Ola", "GS"));
    world.member(&ewa, &[Role::Watch]);
    world.member(&ola, &[Role::Watch]);
    let office = Office { code: "GS".into(), purpose: String::new() };
    world.change(Change::OfficeAdded(office), at(0)).unwrap();
    let field = |done: Result<Digest, Refusal>| match done {
        Err(Refusal::Field { field, .. }) => assert_eq!(field, "to"),
        other => panic!("{other:?}"),
    };
    field(world.offer(&ewa, &ewa));
    field(world.offer(&ewa, &ola));
    field(world.offer(&ewa, &person("Nobody")));
    let stale = world.folded.board.hand_over_digest(&ewa);
    world.message(Precedence::Flash, at(60));
    assert_eq!(world.offer_of(&ewa, &jan(), stale), Err(Refusal::WatchChanged));
    let other = world.folded.board.hand_over_digest(&ewa);
    world.clock(at(60));
    assert_eq!(world.offer_of(&ewa, &jan(), other), Err(Refusal::WatchChanged), "a step came on record");
    let digest = world.offer(&ewa, &jan()).unwrap();
    assert_eq!(world.take(&anna(), digest), Err(Refusal::NoSuchOffer), "it was offered to another");
    assert_eq!(world.take(&jan(), stale), Err(Refusal::NoSuchOffer));
    // A second offer takes the place of the first.
    world.message(Precedence::Routine, at(61));
    let second = world.offer(&ewa, &jan()).unwrap();
    assert_eq!(world.take(&jan(), digest), Err(Refusal::NoSuchOffer));
    world.take(&jan(), second).unwrap();
}

#[test]
fn a_hand_over_names_what_is_open() {
    let mut world = World::new();
    let one = world.message(Precedence::Routine, at(60));
    let two = world.message(Precedence::Flash, at(61));
    let digest = world.folded.board.hand_over_digest(&anna());
    let offer = Command::OfferWatch { to: jan(), digest };
    match world.person(&anna(), offer, at(62)).unwrap() {
        Event::WatchOffered(offered) => {
            let mut expected = vec![one, two];
            expected.sort_unstable();
            assert_eq!((offered.open, offered.open_more, offered.to), (expected, 0, jan()));
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_drill_waits_as_what_is_real_does() {
    let mut world = World::with_flash_plan();
    let mut drill = theirs(Precedence::Flash, thread(1), "drill", &[]);
    drill.draft.traffic = Traffic::Drill;
    let digest = world.comes_in(&drill, at(60));
    assert_eq!(world.folded.board.watch.open.get(&digest).unwrap().traffic, Traffic::Drill);
    assert_eq!(world.clock(at(60)).len(), 1);
}

// ---- acknowledgement against escalation ----------------------------------------------------------

#[derive(Clone, Copy, Debug)]
enum Act {
    ComesIn,
    /// By either of two officers.
    Acknowledge(usize, bool),
    /// Its author takes it back: a message of its own.
    Cancel(usize),
    /// Two custodians put a plan without rules, or the plan again, in force.
    Plan(bool),
    /// The Registrar's clock, perhaps late, perhaps for a step of an older head.
    Alert(usize, u32),
    Minutes(i64),
    /// All that the clock says.
    Clock,
}

fn acts() -> impl Strategy<Value = Vec<Act>> {
    let act = prop_oneof![
        2 => Just(Act::ComesIn),
        3 => (0..6usize, any::<bool>()).prop_map(|(which, second)| Act::Acknowledge(which, second)),
        1 => (0..6usize).prop_map(Act::Cancel),
        1 => any::<bool>().prop_map(Act::Plan),
        6 => (0..6usize, 0..4u32).prop_map(|(which, step)| Act::Alert(which, step)),
        3 => (-3..8i64).prop_map(Act::Minutes),
        2 => Just(Act::Clock),
    ];
    prop::collection::vec(act, 0..40)
}

/// A message as anybody would keep it on paper.
#[derive(Clone, Debug)]
struct Paper {
    message: Digest,
    thread: u8,
    since: i64,
    /// By the first officer, by the second.
    acknowledged: [bool; 2],
    steps: u32,
    /// When the step after the one on record is due; before the first, what the plan says.
    fixed: Option<i64>,
}

impl Paper {
    /// Minutes to the step after this one; none after everyone.
    fn minutes_after(step: u32) -> Option<i64> {
        [5, 3].get(step as usize).copied()
    }

    /// `plan`: since when the plan that has a rule is in force, if it is.
    fn due(&self, plan: Option<i64>) -> Option<i64> {
        let plan = plan.filter(|_| self.is_open())?;
        if self.steps == 0 { Some(self.since.max(plan)) } else { self.fixed }
    }

    fn is_open(&self) -> bool {
        self.acknowledged == [false; 2]
    }

    fn alert(&mut self, step: u32, now: i64, plan: Option<i64>) -> bool {
        let may = self.steps == step && self.due(plan).is_some_and(|due| due <= now);
        if may {
            self.steps += 1;
            self.fixed = Paper::minutes_after(step).map(|minutes| now + minutes * MINUTE);
        }
        may
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    /// In whatever order they come, and however the clock runs: what is acknowledged is alerted no more, what is
    /// cancelled goes on until an officer has read that, and each step comes on record once, in order, not before
    /// its time. Each officer acknowledges a message once.
    #[test]
    fn an_acknowledgement_against_escalation_is_decided_by_the_order_on_record(acts in acts()) {
        let mut world = World::with_flash_plan();
        let mut papers: Vec<Paper> = Vec::new();
        let (mut now, mut in_force) = (100, Some(0));
        for act in acts {
            match act {
                Act::ComesIn => {
                    let thread = world.sent as u8;
                    let message = world.message(Precedence::Flash, at(now));
                    papers.push(Paper { message, thread, since: now, acknowledged: [false; 2], steps: 0, fixed: None });
                }
                Act::Acknowledge(which, second) => if let Some(paper) = papers.get_mut(which) {
                    let who = if second { jan() } else { anna() };
                    let done = world.acknowledge_by(&who, paper.message, at(now));
                    let before = &mut paper.acknowledged[usize::from(second)];
                    let refused = matches!(done, Err(Denied::Refused(Refusal::AcknowledgedBefore { .. })));
                    prop_assert_eq!((done.is_ok(), refused), (!*before, *before), "{:?}", done);
                    *before = true;
                },
                Act::Cancel(which) => if let Some(paper) = papers.get(which).cloned() {
                    let thread = thread(paper.thread);
                    let mut message = theirs(Precedence::Flash, thread, &format!("cancel {now} {}", papers.len()), &[paper.message]);
                    message.draft.kind = "message.withdrawal".into();
                    let message = world.comes_in(&message, at(now));
                    // It waits for an officer itself.
                    papers.push(Paper { message, since: now, acknowledged: [false; 2], steps: 0, fixed: None, ..paper });
                },
                Act::Plan(rules) => {
                    let change = if rules { flash_plan() } else { plan(Vec::new()) };
                    world.change(change, at(now)).unwrap();
                    in_force = rules.then_some(now);
                }
                Act::Alert(which, step) => if let Some(paper) = papers.get_mut(which) {
                    let alerted = world.alert(paper.message, step, at(now));
                    prop_assert_eq!(alerted.is_ok(), paper.alert(step, now, in_force), "{:?}", alerted);
                },
                Act::Minutes(minutes) => now += minutes * MINUTE,
                Act::Clock => {
                    let mut expected = 0;
                    for paper in &mut papers {
                        while paper.alert(paper.steps, now, in_force) {
                            expected += 1;
                        }
                    }
                    prop_assert_eq!(world.clock(at(now)).len(), expected);
                }
            }
            let open = papers.iter().filter(|paper| paper.is_open());
            prop_assert_eq!(world.folded.board.watch.open.len(), open.clone().count());
            let next = open.filter_map(|paper| paper.due(in_force)).min();
            prop_assert_eq!(world.next_due(), next.map(at));
        }
    }
}
