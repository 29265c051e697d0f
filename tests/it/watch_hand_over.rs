//! The watch from one officer to the other on a Board: two officers of one desk, one digest, and alerts to the new one.

use detente::domain::board::Denied;
use detente::domain::command::Command;
use detente::domain::content::Content;
use detente::domain::correspondence::MessageWithdrawal;
use detente::domain::digest::Digest;
use detente::domain::duty::{
    Cause, Doubt, DutiesNoted, DutyNumber, Force, GivenBy, InTime, Lifting, Opened, RunsFrom, Step,
};
use detente::domain::event::{Change, Event};
use detente::domain::form::{MessageDigest, MessageReference};
use detente::domain::message::{Message, Traffic};
use detente::domain::office::Office;
use detente::domain::people::Role;
use detente::domain::precedence::Precedence;
use detente::domain::refusal::Refusal;
use detente::domain::watch::{OfferedOnRecord, OwedAs};
use detente::limits;

use crate::check_words::holding;
use crate::party::{anna, at, jan, person, theirs, thread, us};
use crate::records_made::owed;
use crate::watch_plan::{World, at_office, names};

pub fn refused(denied: Denied) -> Refusal {
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
            assert_eq!(offered.digest_of_named(), Some(digest), "whoever has the record can work it out");
            assert_eq!((offered.open, offered.open_more, offered.to), (expected, 0, jan()));
            assert_eq!((offered.steps, offered.duties), (vec![0, 0], vec![]));
        }
        other => panic!("{other:?}"),
    }
}

/// Puts duties that this Party owes on the Board, of one year after the other, each with its story.
fn owes(world: &mut World, all: &[(Traffic, Vec<Step>)]) {
    for (year, (traffic, steps)) in (0_i16..).zip(all) {
        let number = world.folded.board.duties.count();
        // Each falls due after the one before.
        let due = number.0 * 2;
        let opened = owed(Cause::Year(year), RunsFrom::Year, Force::Duty, due, "rule");
        let opened = vec![Opened { traffic: *traffic, ..opened }];
        let steps = steps.iter().map(|step| (number, step.clone())).collect();
        let noted = DutiesNoted { opened, steps, ..DutiesNoted::default() };
        world.folded.board.duties.note(&noted, (7, at(1)), us(), None, |_| false);
    }
}

fn offered(world: &mut World) -> OfferedOnRecord {
    let digest = world.folded.board.hand_over_digest(&anna());
    match world.person(&anna(), Command::OfferWatch { to: jan(), digest }, at(62)).unwrap() {
        Event::WatchOffered(offered) => offered,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_hand_over_lists_what_is_owed_and_was_not_given_what_is_past_due_first_and_how_each_stands() {
    let mut world = World::new();
    let late = Step::Met { message: Digest::ZERO, given: at(2), by: GivenBy::Receipt, in_time: InTime::Late };
    let further = Step::Met {
        message: Digest::of(b"further"),
        given: at(3),
        by: GivenBy::Receipt,
        in_time: InTime::Late,
    };
    let all = [
        (Traffic::Drill, vec![]),
        (Traffic::Real, vec![Step::Lapsed]),
        (Traffic::Real, vec![]),
        (Traffic::Real, vec![Step::Lapsed]),
        (Traffic::Real, vec![Step::Lifted(Lifting::Suspended { by: Digest::ZERO })]),
        (Traffic::Real, vec![Step::Lapsed, late.clone()]),
        (Traffic::Real, vec![Step::Lifted(Lifting::NotBound)]),
        (Traffic::Real, vec![Step::Doubted { since: at(0), doubt: Doubt::NotReached }]),
        (Traffic::Real, vec![Step::Alarmed]),
        (Traffic::Real, vec![late.clone(), Step::JudgedInsufficient { by: Digest::of(b"judged") }]),
        (Traffic::Real, vec![late.clone(), Step::JudgedInsufficient { by: Digest::of(b"judged") }, further]),
    ];
    owes(&mut world, &all);
    let named = offered(&mut world);
    let listed: Vec<(u64, OwedAs)> = named.duties.iter().map(|duty| (duty.number.0, duty.owed_as)).collect();
    let expected = [
        (8, OwedAs::PastDue),
        (3, OwedAs::Lapsed),
        (1, OwedAs::Lapsed),
        (9, OwedAs::JudgedInsufficient),
        (2, OwedAs::Awaited),
        (7, OwedAs::Unknown),
        (4, OwedAs::Suspended),
        (0, OwedAs::Awaited),
    ];
    assert_eq!(listed, expected);
    assert_eq!((named.duties_more, named.digest_of_named()), (0, Some(named.digest)));

    // A duty that lapses meanwhile is another thing to sign for.
    let lapsed = DutiesNoted { steps: vec![(DutyNumber(2), Step::Lapsed)], ..DutiesNoted::default() };
    world.folded.board.duties.note(&lapsed, (8, at(63)), us(), None, |_| false);
    assert_eq!(world.offer_of(&anna(), &jan(), named.digest), Err(Refusal::WatchChanged));
}

#[test]
fn who_takes_over_is_told_of_what_opened_since_also_where_it_lapsed_meanwhile() {
    let mut world = World::new();
    owes(
        &mut world,
        &[(Traffic::Drill, vec![]), (Traffic::Real, vec![Step::Lapsed]), (Traffic::Real, vec![])],
    );
    let between = |after, before| -> Vec<u64> {
        let board = &world.folded.board;
        board.duties_opened_between(after, before).iter().map(|duty| duty.number.0).collect()
    };
    assert_eq!(between(6, 8), [1, 2, 0], "the first to fall due first, what is real before a drill");
    // All of them are in record 7.
    assert_eq!((between(7, 9), between(6, 7)), (vec![], vec![]));
}

#[test]
fn a_hand_over_names_so_many_duties_counts_the_rest_and_its_digest_covers_all() {
    let mut world = World::new();
    owes(&mut world, &vec![(Traffic::Real, vec![]); limits::HAND_OVER_DUTIES_MAX + 2]);
    let named = offered(&mut world);
    assert_eq!((named.duties.len(), named.duties_more), (limits::HAND_OVER_DUTIES_MAX, 2));
    assert_eq!(named.digest_of_named(), None, "not all of it is named");
    owes(&mut world, &[(Traffic::Drill, vec![])]);
    assert_eq!(world.offer_of(&anna(), &jan(), named.digest), Err(Refusal::WatchChanged));
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

#[test]
fn a_step_says_that_its_message_was_taken_back_before_it_and_the_message_still_waits() {
    let mut world = World::with_flash_plan();
    let mistaken = theirs(Precedence::Flash, thread(1), "mistaken", &[]);
    let digest = world.comes_in(&mistaken, at(60));
    let before = world.folded.board.size;
    let withdraws =
        MessageReference { message_digest: Some(MessageDigest(digest)), ..MessageReference::default() };
    let word = MessageWithdrawal { withdraws, ..MessageWithdrawal::default() };
    let sent = theirs(Precedence::Flash, thread(1), "taken back", &[]);
    let draft = holding(sent.draft.clone(), &Content::MessageWithdrawal(word));
    world.comes_in(&Message { draft, ..sent }, at(61));
    let board = &world.folded.board;
    assert!(!board.is_taken_back_before(before, &digest, &mistaken));
    assert!(board.is_taken_back_before(board.size, &digest, &mistaken));
    assert!(board.watch.open.get(&digest).is_some());
}
