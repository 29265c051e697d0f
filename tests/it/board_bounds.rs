//! What a hostile peer can make a Board keep, and no more.

use bytes::Bytes;
use detente::domain::command::{Command, Origin};
use detente::domain::digest::Digest;
use detente::domain::event::{Event, Head, Leaf};
use detente::domain::ledger::leaf_hash;
use detente::domain::link::Announced;
use detente::domain::precedence::Precedence;
use detente::domain::refusal::{NotNow, Refusal};
use detente::limits;

use crate::board::{change_link, head_over, leaf, link, not_now, only, refusal, take};
use crate::party::{self, Folded, at, delivery, peer, theirs, thread};

#[test]
fn leaves_far_ahead_are_taken_until_there_are_too_many_and_never_called_a_contradiction() {
    let mut folded = Folded::with_peer();
    let message = |number: u64, precedence| theirs(precedence, thread(1), &number.to_string(), &[]);
    take(&mut folded, delivery(&message(1, Precedence::Routine), 1, 1, u64::MAX)).unwrap();
    take(&mut folded, delivery(&message(2, Precedence::Routine), 2, 2, u64::MAX / 2)).unwrap();
    change_link(&mut folded, |link| {
        for index in 0..limits::LEAVES_APART_MAX as u64 - 2 {
            link.theirs.held.insert(1_000 + index, Digest::ZERO);
        }
    });
    let next = delivery(&message(3, Precedence::Routine), 3, 3, 7);
    assert_eq!(not_now(take(&mut folded, next)), NotNow::Budget);
    // What is lower does not hold up FLASH.
    take(&mut folded, delivery(&message(4, Precedence::Flash), 1, 4, 7)).unwrap();
}

#[test]
fn leaves_that_are_announced_and_never_come_are_bounded() {
    let mut folded = Folded::with_peer();
    change_link(&mut folded, |link| {
        for index in 0..limits::LEAVES_APART_MAX as u64 {
            let announced = Announced { leaf: Digest::ZERO, at_seconds: 0 };
            link.theirs.announced.insert(1_000 + index, announced);
        }
    });
    let one = leaf(0, "one more");
    let follow = Command::FollowHead(head_over(&[one.hash]), vec![one]);
    assert_eq!(not_now(folded.node(follow)), NotNow::Budget);
}

#[test]
fn followed_heads_are_spent_from_the_budget_of_the_hour() {
    let mut folded = Folded::with_peer();
    let mut leaves = Vec::new();
    for number in 0..3 {
        leaves.push(leaf_hash(b"x"));
        let one = Leaf { index: number, body: Bytes::from_static(b"x"), hash: leaf_hash(b"x") };
        folded.node(Command::FollowHead(head_over(&leaves), vec![one])).unwrap();
    }
    assert_eq!(link(&folded).budget.records, 3);
    assert!(link(&folded).budget.bytes > 3);
}

#[test]
fn where_the_oddities_of_an_hour_are_spent_only_few_leaves_are_added_up() {
    let mut folded = Folded::with_peer();
    let few = limits::LEAVES_PER_CALL_MAX as u64;
    change_link(&mut folded, |link| {
        for index in 0..=few {
            link.theirs.held.insert(index, Digest::ZERO);
        }
    });
    let over = |size: u64| head_over(&vec![Digest::ZERO; size as usize]);
    let give = |folded: &mut Folded, head: Head, at_hour: i64| {
        folded.given(Command::FollowHead(head, Vec::new()), Origin::Node, at(at_hour * 3_600))
    };
    for number in 0..limits::LINK_ODDITIES_PER_HOUR_MAX {
        let wrong = Head { root: Digest::of(&number.to_be_bytes()), ..over(few + 1) };
        assert!(matches!(only(give(&mut folded, wrong.clone(), 0).unwrap()), Event::HeadRejected { .. }));
        assert_eq!(refusal(give(&mut folded, wrong, 0)), Refusal::HeadDoesNotAddUp);
    }
    let wrong = Head { root: Digest::ZERO, ..over(few) };
    assert_eq!(not_now(give(&mut folded, wrong, 0)), NotNow::Budget);
    // It would add up, and is not tried; a smaller step is.
    assert_eq!(not_now(give(&mut folded, over(few + 1), 0)), NotNow::Budget);
    give(&mut folded, over(few), 0).unwrap();
    give(&mut folded, over(few + 1), 0).unwrap();
}

#[test]
fn a_head_too_far_beyond_the_one_followed_waits_for_those_between() {
    let mut folded = Folded::with_peer();
    let many = limits::LEAVES_FOLLOWED_AT_ONCE_MAX;
    change_link(&mut folded, |link| {
        for index in 0..=many {
            link.theirs.held.insert(index, Digest::ZERO);
        }
    });
    let over = |size: u64| head_over(&vec![Digest::ZERO; size as usize]);
    assert_eq!(not_now(folded.node(Command::FollowHead(over(many + 1), Vec::new()))), NotNow::Budget);
    folded.node(Command::FollowHead(over(many), Vec::new())).unwrap();
    folded.node(Command::FollowHead(over(many + 1), Vec::new())).unwrap();
}

#[test]
fn a_party_has_no_more_key_lists_than_a_party_file_holds() {
    let mut folded = Folded::with_peer();
    let mut previous = party::first_list(peer());
    for number in 2..=limits::PARTY_FILE_KEY_LISTS_MAX as u32 {
        previous = party::next_list(&previous, number);
        // As an hour has room for so many.
        let hours = i64::from(number / 32);
        folded.given(Command::AcceptKeyList(previous.clone()), Origin::Node, at(hours * 3_600)).unwrap();
    }
    let more = party::next_list(&previous, limits::PARTY_FILE_KEY_LISTS_MAX as u32 + 1);
    let refused = refusal(folded.node(Command::AcceptKeyList(more)));
    assert!(matches!(refused, Refusal::TooMany { most: limits::PARTY_FILE_KEY_LISTS_MAX, .. }), "{refused}");
    assert_eq!(folded.board.roster.parties[&peer()].key_lists.len(), limits::PARTY_FILE_KEY_LISTS_MAX);
}

#[test]
fn references_to_what_never_comes_are_bounded_for_each_author() {
    let mut folded = Folded::with_peer();
    let mut missing = 0u64;
    let messages = limits::REFERENCES_WAITING_PER_PARTY_MAX / limits::REFERENCES_MAX + 3;
    for number in 1..=messages as u64 {
        let references: Vec<Digest> = (0..limits::REFERENCES_MAX)
            .map(|_| {
                missing += 1;
                Digest::of(&missing.to_be_bytes())
            })
            .collect();
        let message = theirs(Precedence::Routine, thread(1), &number.to_string(), &references);
        take(&mut folded, delivery(&message, number, number, number - 1)).unwrap();
    }
    let waiting: usize = folded.board.waiting.values().map(Vec::len).sum();
    assert_eq!(waiting, limits::REFERENCES_WAITING_PER_PARTY_MAX);
    assert_eq!(
        folded.board.waiting.len(),
        limits::REFERENCES_WAITING_PER_PARTY_MAX,
        "no empty places are left"
    );
    let overdue = folded.board.overdue_references(at(60).plus_ms(limits::REFERENCE_PATIENCE_MS + 1));
    assert_eq!(overdue.len(), limits::BATCH_RECORDS_MAX);
}

#[test]
fn a_missing_reference_is_on_record_once_and_forgotten_when_it_comes() {
    let mut folded = Folded::with_peer();
    let first = theirs(Precedence::Routine, thread(1), "first", &[]);
    let missing = Digest::of(&detente::codec::message::encode(&first));
    let second = theirs(Precedence::Flash, thread(1), "second", &[missing, missing]);
    let digest = Digest::of(&detente::codec::message::encode(&second));
    let note = Command::NoteMissing { message: digest, missing };
    assert!(folded.node(note.clone()).is_err(), "nothing waits yet");
    take(&mut folded, delivery(&second, 1, 2, 1)).unwrap();
    assert_eq!(folded.board.waiting[&missing].len(), 1);
    assert!(folded.board.overdue_references(at(60)).is_empty());
    let later = at(60).plus_ms(limits::REFERENCE_PATIENCE_MS + 1);
    assert_eq!(folded.board.overdue_references(later), [(digest, missing)]);
    assert!(folded.board.next_overdue_reference().is_some_and(|next| at(60) < next && next <= later));
    folded.node(note.clone()).unwrap();
    assert!(folded.node(note).is_err(), "it is on record");
    assert!(folded.board.overdue_references(later).is_empty());
    assert_eq!(folded.board.next_overdue_reference(), None);
    take(&mut folded, delivery(&first, 1, 1, 0)).unwrap();
    assert!(folded.board.waiting.is_empty());
}
