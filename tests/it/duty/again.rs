//! A message that was considered before the duty was there meets it all the same.

use detente::domain::content::Kind;
use detente::domain::digest::Digest;
use detente::domain::duty::{Duties, DutiesNoted, InTime, State, Unbound};
use detente::domain::time::Instant;
use detente::limits;

use super::nodes::{adopts, answer, both_until, citing, hold, is, same_at_both_ends, to};
use super::{DUNES, code};
use crate::officer::{filled, send};
use crate::talk::both_settled;
use crate::world::World;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_that_came_before_the_text_was_held_here_meets_what_is_owed_once_it_is() {
    let world = World::new(&["BY", "PL"]).await;
    let digest = hold(&world, "BY", DUNES).await;
    send(&world, "BY", 201, to("PL", 201), &adopts("dunes", digest, "political", "")).await;
    send(&world, "PL", 202, to("BY", 202), &adopts("dunes", digest, "political", "")).await;
    both_settled(&world, "BY", "PL").await;
    let heading = citing("dunes", digest, to("PL", 1));
    let question = send(&world, "BY", 1, heading, &filled(Kind::Question)).await.message_digest;
    both_settled(&world, "BY", "PL").await;
    answer(&world, &question, 2, 1).await;
    both_settled(&world, "BY", "PL").await;
    // Both are considered at once here.
    hold(&world, "PL", DUNES).await;
    both_until(&world, is("answer", State::Met(InTime::InTime))).await;
    same_at_both_ends(&world, "BY", "PL");
}

fn digest(number: u64) -> Digest {
    Digest::of(&number.to_be_bytes())
}

#[test]
fn a_party_that_sends_much_keeps_no_other_waiting() {
    let mut duties = Duties::default();
    for number in 0..100_u64 {
        duties.consider((code("BY"), number, digest(number)), [code("BY")], number);
    }
    duties.consider((code("PL"), 100, digest(100)), [code("PL")], 100);
    let turns = duties.pending_by_turns(64);
    assert_eq!(turns.len(), 33);
    assert!(turns.iter().any(|((author, ..), _)| *author == code("PL")));
}

/// Of BY's own messages those to LT wait behind none that are to be considered for PL's sake.
#[test]
fn what_one_party_has_considered_again_keeps_no_message_of_ours_to_another_waiting() {
    let mut duties = Duties::default();
    for number in 0..100_u64 {
        duties.consider((code("BY"), number, digest(number)), [code("PL")], 200);
    }
    duties.consider((code("BY"), 150, digest(150)), [code("LT"), code("PL")], 201);
    assert_eq!(duties.waiting_since(code("LT")), Some(201));
    assert_eq!(duties.waiting_since(code("PL")), Some(200));
    assert_eq!(duties.waiting_since(code("BY")), None);
    let turns = duties.pending_by_turns(64);
    assert!(turns.iter().any(|((_, index, _), _)| *index == 150));
    assert_eq!(turns.len(), 33, "each once");
}

fn noted(duties: &mut Duties, number: u64, noted: DutiesNoted, record: u64) {
    let noted = DutiesNoted { about: Some(digest(number)), ..noted };
    duties.note(&noted, (record, Instant(0)), code("PL"), Some(number), |_| false);
}

#[test]
fn what_comes_between_a_look_at_a_message_and_its_record_has_it_looked_at_again() {
    let mut duties = Duties::default();
    duties.consider((code("BY"), 5, digest(5)), [code("BY")], 5);
    // Seen without the tenth record, by which it is to be considered once more.
    duties.consider((code("BY"), 5, digest(5)), [code("BY")], 10);
    noted(&mut duties, 5, DutiesNoted { seen: 10, ..DutiesNoted::default() }, 11);
    assert!(duties.pending_at(5, &digest(5)));
    noted(&mut duties, 5, DutiesNoted { seen: 12, ..DutiesNoted::default() }, 12);
    assert!(duties.is_idle());
}

fn unbound(party: &str) -> Vec<Unbound> {
    vec![Unbound { party: code(party), regime: "dunes".into(), text: None, at: Instant(0) }]
}

#[test]
fn a_bond_that_comes_between_a_look_at_a_message_and_its_record_is_not_missed() {
    for by_text in [false, true] {
        let mut duties = Duties::default();
        duties.consider((code("BY"), 5, digest(5)), [code("BY")], 5);
        // Nothing waits for it yet.
        if by_text {
            duties.hold("dunes", 9);
        } else {
            duties.bound(code("BY"), 9, |_| true);
        }
        noted(&mut duties, 5, DutiesNoted { unbound: unbound("BY"), seen: 9, ..DutiesNoted::default() }, 10);
        assert!(duties.pending_at(5, &digest(5)));
        noted(&mut duties, 5, DutiesNoted { unbound: unbound("BY"), seen: 11, ..DutiesNoted::default() }, 11);
        assert!(duties.is_idle(), "it waits for the next one");
        duties.bound(code("BY"), 12, |_| true);
        assert!(duties.pending_at(5, &digest(5)));
    }
}

#[test]
fn a_party_that_is_not_bound_and_asks_much_takes_no_room_of_another_and_what_is_not_kept_is_said() {
    let mut duties = Duties::default();
    let most = limits::DUTY_MESSAGES_UNBOUND_PER_PARTY_MAX as u64;
    let ask = |duties: &mut Duties, number: u64, party: &str| {
        duties.consider((code(party), number, digest(number)), [code(party)], number);
        let waits = DutiesNoted { unbound: unbound(party), seen: number + 1, ..DutiesNoted::default() };
        noted(duties, number, waits, number + 1);
    };
    for number in 0..=most {
        ask(&mut duties, number, "BY");
    }
    ask(&mut duties, most + 1, "LT");
    let left = |number| duties.left_out.of(&digest(number)).map(|left| left.says());
    assert_eq!((left(0), left(most + 1)), (None, None));
    assert!(left(most).unwrap().contains("should its Parties come to be bound"));
    duties.bound(code("LT"), most + 3, |_| true);
    assert!(duties.pending_at(most + 1, &digest(most + 1)));
}
