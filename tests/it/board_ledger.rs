//! The peer's ledger on a Board: heads that are followed, leaves that come before or after them, and what is put on
//! record of those that do not add up.

use detente::domain::command::Command;
use detente::domain::digest::Digest;
use detente::domain::event::{Contradiction, Event, Head, Leaf};
use detente::domain::ledger::leaf_hash;
use detente::domain::precedence::Precedence;
use detente::domain::refusal::Refusal;

use crate::board::{head_over, leaf, link, nth, only, receipt_for, refusal, take};
use crate::party::{Folded, delivery, theirs, thread};

#[test]
fn a_head_is_followed_over_leaves_that_are_held_and_leaves_that_were_asked_for() {
    let mut folded = Folded::with_peer();
    // Serials in order, leaves not: another lane came between.
    let message = |text| theirs(Precedence::Routine, thread(1), text, &[]);
    let (early, late) = (delivery(&message("early"), 1, 1, 3), delivery(&message("late"), 2, 2, 1));
    take(&mut folded, early.clone()).unwrap();
    take(&mut folded, late.clone()).unwrap();
    let asked = [leaf(0, "zero"), leaf(2, "two")];
    let leaves = [asked[0].hash, late.dispatch_leaf, asked[1].hash, early.dispatch_leaf];
    let head = head_over(&leaves);
    assert_eq!(
        refusal(folded.node(Command::FollowHead(head.clone(), vec![asked[0].clone()]))),
        Refusal::HeadDoesNotAddUp
    );
    // What lies outside, comes twice or is held already is not kept.
    let sent =
        vec![asked[0].clone(), leaf(0, "again"), leaf(1, "not this"), asked[1].clone(), leaf(9, "beyond")];
    let Event::HeadFollowed(_, kept) = only(folded.node(Command::FollowHead(head.clone(), sent)).unwrap())
    else {
        panic!()
    };
    assert_eq!(kept, asked);
    let theirs_now = &link(&folded).theirs;
    assert_eq!(theirs_now.edge.root(), head.root);
    assert!(theirs_now.held.is_empty());
    assert_eq!(theirs_now.announced.len(), 2);
    assert_eq!(refusal(folded.node(Command::FollowHead(head, Vec::new()))), Refusal::HeadNotNew);
    // What was announced may still come, once, and nothing else in its place.
    let stray = delivery(&message("stray"), 3, 3, 2);
    assert!(matches!(only(take(&mut folded, stray).unwrap()), Event::Equivocated { .. }));
    let matched = delivery(&message("matched"), 3, 3, 3);
    assert!(matches!(only(take(&mut folded, matched).unwrap()), Event::Equivocated { .. }));
}

#[test]
fn a_dispatch_that_a_head_announced_is_taken_when_it_comes_and_its_leaf_is_free_no_more() {
    let mut folded = Folded::with_peer();
    let coming = nth(1);
    let body = detente::codec::dispatch::encode_dispatch(&coming.dispatch);
    let announced = Leaf { index: 0, hash: leaf_hash(&body), body };
    let head = head_over(&[coming.dispatch_leaf]);
    folded.node(Command::FollowHead(head, vec![announced])).unwrap();
    take(&mut folded, coming).unwrap();
    assert!(link(&folded).theirs.announced.is_empty());
    let again = delivery(&theirs(Precedence::Routine, thread(1), "again", &[]), 2, 2, 0);
    assert!(matches!(only(take(&mut folded, again).unwrap()), Event::Equivocated { .. }));
}

#[test]
fn a_receipt_settles_what_was_owed_and_its_leaf_is_held() {
    let mut folded = Folded::with_peer();
    let receipted = receipt_for(&mut folded, 1, 0);
    assert_eq!(link(&folded).lane(Precedence::Routine).owed.len(), 1);
    folded.node(Command::TakeReceipt(receipted.clone())).unwrap();
    assert!(link(&folded).lane(Precedence::Routine).owed.is_empty());
    assert_eq!(link(&folded).theirs.held.get(&0), Some(&receipted.leaf));
    assert_eq!(refusal(folded.node(Command::TakeReceipt(receipted))), Refusal::NotOwed);
}

#[test]
fn a_head_that_does_not_add_up_is_rejected_on_record_once() {
    let mut folded = Folded::with_peer();
    take(&mut folded, nth(1)).unwrap();
    let wrong = Head { root: Digest::of(b"wrong"), ..head_over(&[nth(1).dispatch_leaf]) };
    let follow = Command::FollowHead(wrong, Vec::new());
    assert!(matches!(only(folded.node(follow.clone()).unwrap()), Event::HeadRejected { .. }));
    assert_eq!(refusal(folded.node(follow)), Refusal::HeadDoesNotAddUp);
    folded.node(Command::FollowHead(head_over(&[nth(1).dispatch_leaf]), Vec::new())).unwrap();
}

#[test]
fn leaves_that_differ_accuse_only_where_a_signed_head_stands_over_them() {
    let mut folded = Folded::with_peer();
    take(&mut folded, nth(1)).unwrap();
    let other = leaf(0, "another leaf than the dispatch");
    // Somebody's bytes, and a head that does not even cover them: no contradiction of the peer's.
    let nonsense = Head { root: Digest::of(b"nonsense"), ..head_over(&[other.hash]) };
    let Event::HeadRejected { .. } =
        only(folded.node(Command::FollowHead(nonsense, vec![other.clone()])).unwrap())
    else {
        panic!()
    };
    // The peer's own head over another first leaf than the one it dispatched.
    let follow = Command::FollowHead(head_over(&[other.hash]), vec![other.clone()]);
    let Event::Equivocated { proof, .. } = only(folded.node(follow.clone()).unwrap()) else { panic!() };
    let Contradiction::Leaf { leaf, inclusion_path, .. } = proof else { panic!() };
    assert_eq!((leaf, inclusion_path), (other.clone(), Vec::new()));
    assert_eq!(refusal(folded.node(follow)), Refusal::Equivocation);
    // A wrong leaf beside a head that agrees with what we hold changes nothing.
    let head = head_over(&[nth(1).dispatch_leaf]);
    let Event::HeadFollowed(_, kept) = only(folded.node(Command::FollowHead(head, vec![other])).unwrap())
    else {
        panic!()
    };
    assert!(kept.is_empty());
}

#[test]
fn a_cosignature_is_on_record_only_for_a_head_that_grew() {
    let mut folded = Folded::with_peer();
    let (small, large) = (head_over(&[Digest::ZERO]), head_over(&[Digest::ZERO; 2]));
    folded.node(Command::TakeCosignature(large.clone())).unwrap();
    for head in [small, large] {
        assert_eq!(refusal(folded.node(Command::TakeCosignature(head))), Refusal::HeadNotNew);
    }
}
