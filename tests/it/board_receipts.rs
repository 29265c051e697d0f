//! Serials, receipts and budgets on a Board: exactly the next of each lane is taken, a repeated one has its first
//! receipt, and what is beyond the budget of an hour waits.

use detente::domain::command::{Command, Delivery, Origin};
use detente::domain::digest::Digest;
use detente::domain::event::{Contradiction, Event};
use detente::domain::link::Budget;
use detente::domain::message::Outcome;
use detente::domain::precedence::Precedence;
use detente::domain::refusal::{NotNow, Refusal};
use detente::evidence::merkle::verify_inclusion;
use detente::limits;

use crate::board::{HOUR_MS, change_link, head_over, link, not_now, nth, only, refusal, take};
use crate::party::{Folded, at, delivery, peer, receive, theirs, thread};

#[test]
fn a_lane_takes_exactly_the_next_and_gives_a_repeated_one_its_first_receipt() {
    let mut folded = Folded::with_peer();
    assert_eq!(refusal(take(&mut folded, nth(2))), Refusal::SerialNotNext { expected: 1 });
    let Event::Received(first) = only(take(&mut folded, nth(1)).unwrap()) else { panic!() };
    assert_eq!(first.receipt.outcome, Outcome::Taken);
    let before = folded.board.clone();
    assert_eq!(refusal(take(&mut folded, nth(1))), Refusal::SerialNotNext { expected: 2 });
    assert_eq!(folded.board, before);
    let given = link(&folded).lane(Precedence::Routine).given.get(&1).unwrap();
    assert_eq!(given.dispatch, nth(1).dispatch_digest);
    let (leaves, path) = (given.edge.size(), given.edge.newest_leaf_path());
    assert_eq!(
        verify_inclusion(&first.receipt_leaf, leaves - 1, leaves, &path, &given.edge.root()),
        Ok(()),
        "the receipt is the newest leaf"
    );
    for ahead in [3, 4, u64::MAX - 1] {
        let message = theirs(Precedence::Routine, thread(1), "ahead", &[]);
        let ahead = delivery(&message, ahead, 9, 9);
        assert_eq!(refusal(take(&mut folded, ahead)), Refusal::SerialNotNext { expected: 2 });
    }
    // Each lane by itself.
    let flash = theirs(Precedence::Flash, thread(1), "flash", &[]);
    take(&mut folded, delivery(&flash, 1, 2, 1)).unwrap();
}

#[test]
fn a_message_refused_for_good_spends_its_serial_and_gets_a_receipt_that_says_so() {
    let mut folded = Folded::with_peer();
    let refused = Delivery { message: Err(Outcome::RefusedSignature), ..nth(1) };
    let Event::Received(received) = only(take(&mut folded, refused).unwrap()) else { panic!() };
    assert_eq!(received.receipt.outcome, Outcome::RefusedSignature);
    assert_eq!(folded.board.messages.iter().count(), 0);
    take(&mut folded, nth(2)).unwrap();
}

#[test]
fn only_the_newest_receipts_of_a_lane_are_kept() {
    let mut folded = Folded::with_peer();
    let many = limits::RECEIPTS_KEPT_PER_LANE as u64 + 10;
    for number in 1..=many {
        take(&mut folded, nth(number)).unwrap();
    }
    let given = &link(&folded).lane(Precedence::Routine).given;
    assert_eq!(given.len(), limits::RECEIPTS_KEPT_PER_LANE);
    assert!(!given.contains_key(&10) && given.contains_key(&11) && given.contains_key(&many));
}

#[test]
fn a_second_dispatch_under_one_serial_or_leaf_is_on_record_once_however_often_it_comes() {
    let mut folded = Folded::with_peer();
    take(&mut folded, nth(1)).unwrap();
    let other = theirs(Precedence::Routine, thread(1), "another", &[]);
    let same_serial = delivery(&other, 1, 1, 1);
    let same_leaf = delivery(&other, 2, 2, 0);
    for contradiction in [same_serial, same_leaf] {
        let Event::Equivocated { proof, .. } = only(take(&mut folded, contradiction.clone()).unwrap()) else {
            panic!()
        };
        assert!(
            matches!(proof, Contradiction::Dispatch { signed, .. } if signed == contradiction.dispatch_signed)
        );
        for _ in 0..3 {
            assert_eq!(refusal(take(&mut folded, contradiction.clone())), Refusal::Equivocation);
        }
    }
    assert_eq!(link(&folded).lane(Precedence::Routine).taken, 1);
    take(&mut folded, nth(2)).unwrap();
}

#[test]
fn what_brings_nothing_is_put_on_record_no_more_often_than_the_limit_says() {
    let mut folded = Folded::with_peer();
    take(&mut folded, nth(1)).unwrap();
    let contradiction = |number: u64| {
        let message = theirs(Precedence::Routine, thread(1), &format!("another {number}"), &[]);
        delivery(&message, 1, 1, number)
    };
    for number in 0..limits::LINK_ODDITIES_PER_HOUR_MAX {
        take(&mut folded, contradiction(number)).unwrap();
    }
    assert_eq!(not_now(take(&mut folded, contradiction(1_000))), NotNow::Budget);
    let rejected = Command::RejectHead { head: head_over(&[Digest::ZERO]), reason: String::new() };
    assert_eq!(not_now(folded.node(rejected)), NotNow::Budget);
    // What is in order goes on.
    take(&mut folded, nth(2)).unwrap();
    let leaves = [nth(1).dispatch_leaf, nth(2).dispatch_leaf];
    folded.node(Command::FollowHead(head_over(&leaves), Vec::new())).unwrap();
    // And the next hour has room again, also if the clock was set back to it.
    for hours in [1, -5] {
        let later = at(60).plus_ms(hours * HOUR_MS);
        folded.given(receive(contradiction(hours.unsigned_abs() + 2_000)), Origin::Node, later).unwrap();
    }
}

#[test]
fn a_budget_is_spent_at_its_edge_and_flash_has_its_own() {
    let hour = at(60).seconds().div_euclid(3600);
    let flash = || {
        let message = theirs(Precedence::Flash, thread(1), "flash", &[]);
        receive(delivery(&message, 1, 1, 500))
    };
    let with = |budget: Budget| {
        let mut folded = Folded::with_peer();
        change_link(&mut folded, |link| link.budget = Budget { hour, ..budget });
        folded
    };
    let records = limits::LINK_RECORDS_PER_HOUR_MAX;
    let size = (nth(1).dispatch_signed.len() + nth(1).message_signed.len()) as u64;
    let bytes = limits::LINK_BYTES_PER_HOUR_MAX;
    for (budget, taken) in [
        (Budget { records: records - 1, ..Budget::default() }, true),
        (Budget { records, ..Budget::default() }, false),
        (Budget { records: u64::MAX, ..Budget::default() }, false),
        (Budget { bytes: bytes - size, ..Budget::default() }, true),
        (Budget { bytes: bytes - size + 1, ..Budget::default() }, false),
        (Budget { bytes: u64::MAX, ..Budget::default() }, false),
        (Budget { flash_records: u64::MAX, ..Budget::default() }, true),
    ] {
        let mut folded = with(budget.clone());
        match take(&mut folded, nth(1)) {
            Ok(_) => assert!(taken, "{budget:?}"),
            Err(denied) => {
                assert_eq!(denied, NotNow::Budget.into());
                assert!(!taken, "{budget:?}");
                assert_eq!(link(&folded).lane(Precedence::Routine).taken, 0, "the serial waits");
                if budget.flash_records == 0 {
                    folded.node(flash()).unwrap();
                }
                // The next hour.
                let next = at(60).plus_ms(HOUR_MS);
                folded.given(receive(nth(1)), Origin::Node, next).unwrap();
            }
        }
    }
    let mut folded =
        with(Budget { flash_records: limits::LINK_FLASH_RECORDS_PER_HOUR_MAX, ..Budget::default() });
    assert_eq!(not_now(folded.node(flash())), NotNow::Budget);
    take(&mut folded, nth(1)).unwrap();
}

#[test]
fn flash_has_a_bound_in_bytes_of_its_own_that_nothing_lower_spends() {
    let flash = delivery(&theirs(Precedence::Flash, thread(1), "flash", &[]), 1, 1, 500);
    let size = (flash.dispatch_signed.len() + flash.message_signed.len()) as u64;
    let most = limits::LINK_FLASH_BYTES_PER_HOUR_MAX;
    for (flash_bytes, taken) in [(most - size, true), (most - size + 1, false), (u64::MAX, false)] {
        let mut folded = Folded::with_peer();
        let spent = Budget { hour: at(60).hour(), bytes: u64::MAX, flash_bytes, ..Budget::default() };
        change_link(&mut folded, |link| link.budget = spent);
        let answer = folded.node(receive(flash.clone()));
        if taken {
            answer.unwrap();
            assert_eq!(link(&folded).budget.flash_bytes, most);
        } else {
            assert_eq!(not_now(answer), NotNow::Budget);
            assert_eq!(link(&folded).lane(Precedence::Flash).taken, 0, "the serial waits");
            folded.given(receive(flash.clone()), Origin::Node, at(60).plus_ms(HOUR_MS)).unwrap();
        }
    }
    let mut folded = Folded::with_peer();
    take(&mut folded, nth(1)).unwrap();
    assert_eq!(link(&folded).budget.flash_bytes, 0);
}

#[test]
fn turning_away_is_on_record_once_an_hour() {
    let mut folded = Folded::with_peer();
    let hour = at(60).seconds().div_euclid(3600);
    folded.node(Command::TurnAway { party: peer(), hour }).unwrap();
    assert_eq!(refusal(folded.node(Command::TurnAway { party: peer(), hour })), Refusal::NothingToNote);
    let next = || Command::TurnAway { party: peer(), hour: hour + 1 };
    assert_eq!(refusal(folded.node(next())), Refusal::NothingToNote, "that hour has not come");
    folded.given(next(), Origin::Node, at(60).plus_ms(HOUR_MS)).unwrap();
}
