//! Deciding and folding: every refusal, the serial rules, what a peer can make a Board keep, and threads
//! that are the same in whatever order they arrive.

use std::sync::Arc;

use bytes::Bytes;
use detente::domain::board::Denied;
use detente::domain::by_hand::{DeliveredByHand, Says};
use detente::domain::command::{AsIs, Command, Delivery, Origin};
use detente::domain::digest::{Digest, DraftId};
use detente::domain::event::{Change, Contradiction, Event, Head, Leaf, Member, Receipted, Record};
use detente::domain::ledger::{Edge, leaf_hash};
use detente::domain::link::{Announced, Budget, Link};
use detente::domain::message::{Outcome, Outgoing, Receipt};
use detente::domain::party::Incarnation;
use detente::domain::people::{Person, Role};
use detente::domain::precedence::Precedence;
use detente::domain::refusal::{FaultNamed, NotNow, Refusal};
use detente::domain::thread::Acknowledged;
use detente::domain::time::Instant;
use detente::limits;
use detente::rpc::access::{For, who_may_call};
use proptest::prelude::*;

use crate::party::{self, Folded, anna, at, by, delivery, jan, peer, receive, theirs, thread, us};

const HOUR_MS: i64 = 3_600_000;

fn refusal(done: Result<Record, Denied>) -> Refusal {
    match done {
        Err(Denied::Refused(refusal)) => refusal,
        other => panic!("{other:?}"),
    }
}

fn not_now(done: Result<Record, Denied>) -> NotNow {
    match done {
        Err(Denied::NotNow(not_now)) => not_now,
        other => panic!("{other:?}"),
    }
}

fn only(record: Record) -> Event {
    assert_eq!(record.events.len(), 1);
    record.events.into_iter().next().unwrap()
}

fn link(folded: &Folded) -> &Link {
    folded.board.link(peer()).unwrap()
}

fn change_link(folded: &mut Folded, change: impl FnOnce(&mut Link)) {
    change(Arc::make_mut(folded.board.links.get_mut(&peer()).unwrap()));
}

/// The message with this number, dispatched as the serial and leaf of that number.
fn nth(number: u64) -> Delivery {
    let message = theirs(Precedence::Routine, thread(1), &format!("message {number}"), &[]);
    delivery(&message, number, number, number - 1)
}

fn take(folded: &mut Folded, delivery: Delivery) -> Result<Record, Denied> {
    folded.node(receive(delivery))
}

/// A released message of ours, and their receipt for it at this leaf of their ledger.
fn receipt_for(folded: &mut Folded, number: u8, leaf_index: u64) -> Receipted {
    let outgoing = party::outgoing(Precedence::Routine, &format!("ours {number}"));
    receipt_at(folded, number, leaf_index, outgoing, at(0))
}

/// As `receipt_for`, of this message and with this time.
pub fn receipt_at(
    folded: &mut Folded,
    number: u8,
    leaf_index: u64,
    outgoing: Outgoing,
    received_at: Instant,
) -> Receipted {
    let id = 500 + u64::from(number) * 2;
    folded.given(party::draft(number, outgoing.clone()), by(&anna(), id, "", at(0)), at(0)).unwrap();
    let released =
        folded.given(party::release(number, outgoing), by(&jan(), id + 1, "", at(0)), at(0)).unwrap();
    let Event::Released(released) = only(released) else { panic!("it was released") };
    let (dispatch, _) = &released.dispatches[0];
    let receipt = Receipt {
        from: peer(),
        from_incarnation: party::LIFE,
        to: us(),
        to_incarnation: party::LIFE,
        lane: dispatch.lane,
        serial: dispatch.serial,
        dispatch: Digest::of(&detente::codec::dispatch::encode_dispatch(dispatch)),
        message: released.digest,
        outcome: Outcome::Taken,
        received_at,
        judged_by_key_list: 1,
        leaf_index,
    };
    let leaf = leaf_hash(&detente::codec::dispatch::encode_receipt(&receipt));
    Receipted { party: peer(), receipt, leaf, proven: Bytes::from_static(b"proven") }
}

fn head_over(leaves: &[Digest]) -> Head {
    let mut edge = Edge::new();
    for leaf in leaves {
        edge.push(*leaf);
    }
    let note = Bytes::from(edge.root().to_string());
    Head { party: peer(), size: edge.size(), root: edge.root(), note, cosigned_at: None }
}

fn leaf(index: u64, body: &'static str) -> Leaf {
    Leaf { index, body: Bytes::from_static(body.as_bytes()), hash: leaf_hash(body.as_bytes()) }
}

#[test]
fn who_wrote_any_version_of_a_draft_does_not_release_it() {
    let mut folded = Folded::with_peer();
    let outgoing = party::outgoing(Precedence::Routine, "text");
    // The second person may send back what the first wrote, with nothing changed but the name on it.
    let again = Outgoing { drafter: jan(), ..outgoing.clone() };
    let mut give =
        |command: Command, who: &Person, number| folded.given(command, by(who, number, "", at(1)), at(1));
    give(party::draft(1, outgoing.clone()), &anna(), 1).unwrap();
    give(party::draft(1, again.clone()), &jan(), 2).unwrap();
    assert_eq!(refusal(give(party::release(1, again.clone()), &anna(), 3)).reason(), "SAME_PERSON");
    assert_eq!(refusal(give(party::release(1, again), &jan(), 4)).reason(), "SAME_PERSON");
    // Returned to the first, it stays what both wrote.
    give(party::draft(1, outgoing.clone()), &anna(), 5).unwrap();
    assert_eq!(refusal(give(party::release(1, outgoing), &jan(), 6)).reason(), "SAME_PERSON");
}

#[test]
fn a_person_is_the_same_whatever_the_capitals_and_spaces_of_the_name() {
    let named = |name: &str, key: &[u8]| Person {
        name: name.into(),
        office: String::new(),
        key_digest: Digest::of(key),
    };
    let one = named("Maj. Ola Drab", b"one");
    for same in ["maj. ola  DRAB", " Maj.\tOla Drab ", "Maj.\u{a0}Ola Drab"] {
        assert!(one.is_same_person(&named(same, b"other")), "{same:?}");
    }
    assert!(!one.is_same_person(&named("Maj. Ola Drabik", b"other")));
}

#[test]
fn every_refusal_has_its_reason() {
    let mut folded = Folded::with_peer();
    let mut number = 0;
    let mut give = |folded: &mut Folded, command: Command, who| {
        number += 1;
        folded.given(command, by(who, number, "", at(1)), at(1))
    };
    let outgoing = party::outgoing(Precedence::Routine, "text");
    let draft = DraftId([1; 16]);
    let digest = Digest::of(&detente::codec::message::encode_draft(&outgoing));
    let (one, other) = (&anna(), &jan());
    let mut seen = Vec::new();
    let mut expect = |done: Result<Record, Denied>, reason: &'static str| {
        assert_eq!(refusal(done).reason(), reason);
        seen.push(reason);
    };

    expect(give(&mut folded, party::release(1, outgoing.clone()), other), "NO_SUCH_DRAFT");
    expect(give(&mut folded, Command::WithdrawDraft { draft }, one), "NO_SUCH_DRAFT");
    expect(give(&mut folded, party::draft(1, outgoing.clone()), other), "FIELD");
    give(&mut folded, party::draft(1, outgoing.clone()), one).unwrap();
    expect(give(&mut folded, party::release(1, outgoing.clone()), one), "SAME_PERSON");
    // Whatever the command says of the drafter, the record says who it was.
    let pretends = Outgoing { drafter: jan(), ..outgoing.clone() };
    let release =
        Command::Release { draft, digest, outgoing: pretends, faults: Vec::new(), as_is: AsIs::AsItIs };
    expect(give(&mut folded, release, one), "SAME_PERSON");
    let faults = vec![FaultNamed::new("end", "before the start")];
    let faulty =
        |as_is| Command::Release { draft, digest, outgoing: outgoing.clone(), faults: faults.clone(), as_is };
    expect(give(&mut folded, faulty(AsIs::OnlyWithoutFaults), other), "FAULTS");
    let changed = Command::ReturnDraft { draft, digest: Digest::ZERO, reason: String::new() };
    expect(give(&mut folded, changed, other), "DRAFT_CHANGED");
    give(&mut folded, Command::ReturnDraft { draft, digest, reason: "why".into() }, other).unwrap();
    expect(give(&mut folded, faulty(AsIs::AsItIs), other), "DRAFT_RETURNED");
    give(&mut folded, party::draft(1, outgoing.clone()), one).unwrap();
    let released = give(&mut folded, faulty(AsIs::AsItIs), other).unwrap();
    let Event::Released(released) = only(released) else { panic!() };
    expect(give(&mut folded, party::acknowledge(Digest::ZERO), one), "NO_SUCH_MESSAGE");
    expect(give(&mut folded, party::acknowledge(released.digest), one), "OWN_MESSAGE");
    let mut to_nobody = outgoing.clone();
    to_nobody.action[0].party = "XX".parse().unwrap();
    expect(give(&mut folded, party::draft(2, to_nobody), one), "NO_SUCH_PARTY");
    let mut to_us = outgoing.clone();
    to_us.action[0].party = us();
    expect(give(&mut folded, party::draft(2, to_us), one), "FIELD");
    expect(
        give(&mut folded, party::draft(2, Outgoing { action: Vec::new(), ..outgoing.clone() }), one),
        "FIELD",
    );

    expect(give(&mut folded, Command::Confirm(party::id(1)), one), "NO_SUCH_PROPOSAL");
    expect(give(&mut folded, Command::Drop(party::id(1)), one), "NO_SUCH_PROPOSAL");
    expect(give(&mut folded, Command::Propose(party::peer_added()), one), "PARTY_KNOWN");
    let again = Change::OwnKeyList(party::first_list(us()));
    expect(give(&mut folded, Command::Propose(again), one), "KEY_LIST_DOES_NOT_FOLLOW");
    let mut not_ours = party::second_list();
    not_ours.list.party = peer();
    not_ours.list.previous = party::first_list(peer()).digest;
    expect(give(&mut folded, Command::Propose(Change::OwnKeyList(not_ours)), one), "FIELD");
    let removed = Change::MemberRemoved(anna().key_digest);
    expect(give(&mut folded, Command::Propose(removed), one), "TOO_FEW_CUSTODIANS");
    let unknown = Change::MemberRemoved(Digest::ZERO);
    expect(give(&mut folded, Command::Propose(unknown), one), "FIELD");
    let proposed =
        give(&mut folded, Command::Propose(Change::ReleaseRule { one_person: Vec::new() }), one).unwrap();
    let proposal = proposed.command.unwrap().id;
    expect(give(&mut folded, Command::Confirm(proposal), one), "SAME_CUSTODIAN");
    let lower_case = party::person("  ANNA kowalska ");
    expect(give(&mut folded, Command::Confirm(proposal), &lower_case), "NOT_PERMITTED");
    let under_two_keys = Member { person: lower_case.clone(), roles: [Role::Custodian].into() };
    folded.board.roster.members.insert(lower_case.key_digest, under_two_keys);
    expect(give(&mut folded, Command::Confirm(proposal), &lower_case), "SAME_CUSTODIAN");
    let proposer = folded.board.roster.members.remove(&anna().key_digest).unwrap();
    expect(give(&mut folded, Command::Confirm(proposal), other), "PROPOSER_NO_CUSTODIAN");
    folded.board.roster.members.insert(anna().key_digest, proposer);

    let mut stray = nth(1);
    stray.dispatch.to_incarnation = Incarnation(2);
    expect(take(&mut folded, stray), "NOT_THIS_LINK");
    let mut stray = nth(1);
    stray.dispatch.to_fingerprint = party::first_list(peer()).digest;
    expect(take(&mut folded, stray), "NOT_THIS_LINK");
    let mut stray = nth(1);
    stray.peer = "XX".parse().unwrap();
    expect(take(&mut folded, stray), "NO_SUCH_PARTY");
    expect(take(&mut folded, nth(2)), "SERIAL_NOT_NEXT");
    let receipted = receipt_for(&mut folded, 9, 0);
    let mut unowed = receipted.clone();
    unowed.receipt.serial = 77;
    expect(folded.node(Command::TakeReceipt(unowed)), "NOT_OWED");
    let mut foreign = receipted.clone();
    foreign.receipt.from_incarnation = Incarnation(9);
    expect(folded.node(Command::TakeReceipt(foreign)), "NOT_THIS_LINK");
    take(&mut folded, nth(1)).unwrap();
    let first = detente::codec::event::second_dispatch(nth(1).dispatch_signed).unwrap();
    expect(folded.node(Command::Contradict { party: peer(), proof: first }), "NO_CONTRADICTION");
    let as_sent = Contradiction::Leaf {
        leaf: Leaf { index: 0, body: Bytes::new(), hash: nth(1).dispatch_leaf },
        inclusion_path: Vec::new(),
        checkpoint: Bytes::new(),
    };
    expect(folded.node(Command::Contradict { party: peer(), proof: as_sent }), "NO_CONTRADICTION");
    expect(folded.node(Command::TakeReceipt(receipted)), "EQUIVOCATION");
    expect(folded.node(Command::FollowHead(head_over(&[]), Vec::new())), "HEAD_NOT_NEW");
    let beyond = head_over(&[nth(1).dispatch_leaf, Digest::ZERO]);
    expect(folded.node(Command::FollowHead(beyond, Vec::new())), "HEAD_DOES_NOT_ADD_UP");
    expect(folded.node(party::draft(3, outgoing.clone())), "FIELD");
    // Our own next list takes two custodians.
    expect(folded.node(Command::AcceptKeyList(party::second_list())), "FIELD");
    // With the ids and the bounds, offices and introductions, which have tests of their own, these are all.
    seen.sort_unstable();
    seen.dedup();
    assert_eq!(seen.len(), 31 - 4 - 4);
}

#[test]
fn ids_are_judged_before_anything_else() {
    let mut folded = Folded::with_peer();
    let read = || Command::ReadForAudit { what: String::new() };
    folded.given(read(), by(&anna(), 1, "one", at(0)), at(0)).unwrap();
    let mut give =
        |id, content, stamped| refusal(folded.given(read(), by(&anna(), id, content, stamped), at(0)));
    assert_eq!(give(1, "other", at(0)).reason(), "ID_REUSED");
    assert_eq!(give(2, "", Instant(i64::MIN)).reason(), "ID_TOO_OLD");
    assert_eq!(give(3, "", Instant(i64::MAX)).reason(), "ID_FROM_THE_FUTURE");
    let again = folded.given(read(), by(&anna(), 1, "one", at(0)), at(0));
    assert_eq!(again.unwrap_err(), Denied::AlreadyDone { index: 3 });
}

#[test]
fn no_more_drafts_and_proposals_are_open_than_the_limits_say() {
    let mut folded = Folded::with_peer();
    for number in 0..limits::PROPOSALS_OPEN_MAX as u64 {
        let change = Change::ReleaseRule { one_person: Vec::new() };
        folded.given(Command::Propose(change), by(&anna(), number, "", at(0)), at(0)).unwrap();
    }
    let member = Member { person: party::person("Ewa"), roles: Default::default() };
    let one_more = Command::Propose(Change::MemberAdded(member));
    assert_eq!(refusal(folded.given(one_more, by(&anna(), 200, "", at(0)), at(0))).reason(), "TOO_MANY");
    let draft = |number: u64| {
        let outgoing = party::outgoing(Precedence::Routine, "text");
        let mut id = [0; 16];
        id[..8].copy_from_slice(&number.to_be_bytes());
        let bytes = detente::codec::message::encode_draft(&outgoing);
        Command::Draft { draft: DraftId(id), outgoing, bytes }
    };
    let most = limits::DRAFTS_OPEN_MAX as u64;
    for number in 0..most {
        folded.given(draft(number), by(&anna(), 1_000 + number, "", at(0)), at(0)).unwrap();
    }
    assert_eq!(refusal(folded.given(draft(most), by(&anna(), 8_000, "", at(0)), at(0))).reason(), "TOO_MANY");
    // One that is open may be revised all the same.
    folded.given(draft(0), by(&anna(), 8_001, "", at(0)), at(0)).unwrap();
}

// ---- serials and receipts ----------------------------------------------------------------------

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
    assert_eq!(given.edge.newest_leaf(), Some(&first.receipt_leaf));
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

// ---- budgets -----------------------------------------------------------------------------------

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
fn turning_away_is_on_record_once_an_hour() {
    let mut folded = Folded::with_peer();
    let hour = at(60).seconds().div_euclid(3600);
    folded.node(Command::TurnAway { party: peer(), hour }).unwrap();
    assert_eq!(refusal(folded.node(Command::TurnAway { party: peer(), hour })), Refusal::HeadNotNew);
    let next = || Command::TurnAway { party: peer(), hour: hour + 1 };
    assert_eq!(refusal(folded.node(next())), Refusal::HeadNotNew, "that hour has not come");
    folded.given(next(), Origin::Node, at(60).plus_ms(HOUR_MS)).unwrap();
}

// ---- the peer's ledger -------------------------------------------------------------------------

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

// ---- what a hostile peer can make a Board keep -------------------------------------------------

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
    folded.node(note.clone()).unwrap();
    assert!(folded.node(note).is_err(), "it is on record");
    assert!(folded.board.overdue_references(later).is_empty());
    take(&mut folded, delivery(&first, 1, 1, 0)).unwrap();
    assert!(folded.board.waiting.is_empty());
}

// ---- clocks ------------------------------------------------------------------------------------

#[test]
fn ids_are_forgotten_after_their_days_and_not_before() {
    let mut folded = Folded::begun();
    let read = || Command::ReadForAudit { what: String::new() };
    folded.given(read(), by(&anna(), 1, "", at(0)), at(0)).unwrap();
    let last = at(0).plus_ms(limits::COMMAND_IDS_KEPT_MS);
    folded.given(read(), by(&anna(), 2, "", last), last).unwrap();
    assert!(folded.board.commands.contains_key(&party::id(1)));
    let later = last.plus_ms(1);
    folded.given(read(), by(&anna(), 3, "", later), later).unwrap();
    assert!(!folded.board.commands.contains_key(&party::id(1)));
    assert_eq!(refusal(folded.given(read(), by(&anna(), 1, "", at(0)), later)), Refusal::IdTooOld);
}

#[test]
fn a_clock_that_jumps_a_year_ahead_and_back_lets_nothing_be_done_twice_and_stops_nobody() {
    let mut folded = Folded::begun();
    let read = || Command::ReadForAudit { what: String::new() };
    for number in 0..5 {
        let now = at(number as i64);
        folded.given(read(), by(&anna(), number, "", now), now).unwrap();
    }
    let ahead = at(10).plus_ms(365 * 24 * HOUR_MS);
    folded.given(read(), by(&anna(), 50, "", ahead), ahead).unwrap();
    assert!(!folded.board.commands.contains_key(&party::id(4)), "they are forgotten");
    let back = at(20);
    for number in 0..5 {
        let again = folded.given(read(), by(&anna(), number, "", at(number as i64)), back);
        assert_eq!(refusal(again), Refusal::IdTooOld, "not known any more, so not done again");
    }
    folded.given(read(), by(&anna(), 60, "", at(19)), back).unwrap();
    assert_eq!(folded.board.times_run_backwards, 1);
    assert_eq!(
        folded.given(read(), by(&anna(), 60, "", at(19)), back).unwrap_err(),
        Denied::AlreadyDone { index: 7 }
    );
}

#[test]
fn clocks_at_either_end_of_time_do_no_harm() {
    for now in [Instant(i64::MIN), Instant(i64::MAX), Instant(0), Instant(-1)] {
        let mut folded = Folded::with_peer();
        take(&mut folded, nth(1)).unwrap();
        folded.given(receive(nth(2)), Origin::Node, now).unwrap();
        let outgoing = party::outgoing(Precedence::Routine, "text");
        folded.given(party::draft(1, outgoing.clone()), by(&anna(), 1, "", now), now).unwrap();
        folded.given(party::release(1, outgoing), by(&jan(), 2, "", now), now).unwrap();
        let _ = (folded.board.digest(), folded.board.overdue_references(now));
    }
}

// ---- threads -----------------------------------------------------------------------------------

#[test]
fn an_acknowledgement_stops_the_second_clock_and_opens_none() {
    let mut folded = Folded::with_peer();
    let message = theirs(Precedence::Routine, thread(1), "message", &[]);
    let digest = Digest::of(&detente::codec::message::encode(&message));
    take(&mut folded, delivery(&message, 1, 1, 0)).unwrap();
    assert_eq!(folded.board.messages.get(&digest).unwrap().acknowledged, Acknowledged::NotYet);
    let mut not_one = party::acknowledge(digest);
    if let Command::Acknowledge { outgoing, .. } = &mut not_one {
        outgoing.kind = "exercise.notification".into();
    }
    let origin = |number| by(&anna(), number, "", at(60));
    assert_eq!(refusal(folded.given(not_one, origin(1), at(60))).reason(), "FIELD");
    let mut of_another = party::acknowledge(digest);
    if let Command::Acknowledge { outgoing, .. } = &mut of_another {
        outgoing.references.clear();
    }
    assert_eq!(refusal(folded.given(of_another, origin(2), at(60))).reason(), "FIELD");
    let first = folded.given(party::acknowledge(digest), origin(3), at(60)).unwrap();
    let again = folded.given(party::acknowledge(digest), origin(4), at(60));
    assert_eq!(refusal(again).reason(), "ACKNOWLEDGED_BEFORE");
    let mut of_another_officer = party::acknowledge(digest);
    if let Command::Acknowledge { outgoing, .. } = &mut of_another_officer {
        outgoing.drafter = jan();
    }
    folded.given(of_another_officer, by(&jan(), 5, "", at(60)), at(60)).unwrap();
    assert_eq!(folded.board.messages.get(&digest).unwrap().acknowledged, Acknowledged::InRecord(first.index));
}

#[test]
fn a_place_used_twice_and_a_message_sent_twice_are_marked() {
    let mut folded = Folded::with_peer();
    let marks = |record: Record| match only(record) {
        Event::Received(received) => received.marks,
        other => panic!("{other:?}"),
    };
    let message = |text| theirs(Precedence::Routine, thread(1), text, &[]);
    assert!(marks(take(&mut folded, delivery(&message("one"), 1, 1, 0)).unwrap()).is_empty());
    assert_eq!(marks(take(&mut folded, delivery(&message("two"), 2, 1, 1)).unwrap()).len(), 1);
    assert_eq!(marks(take(&mut folded, delivery(&message("one"), 3, 3, 2)).unwrap()).len(), 1);
    let mut wrong_lane = delivery(&message("three"), 1, 4, 3);
    wrong_lane.dispatch.lane = Precedence::Flash;
    let wrong_lane = party::delivered(wrong_lane.dispatch, &message("three"));
    assert_eq!(marks(take(&mut folded, wrong_lane).unwrap()).len(), 1);
    let mut other_thread = delivery(&message("four"), 4, 5, 4);
    other_thread.dispatch.thread = thread(2);
    let other_thread = party::delivered(other_thread.dispatch, &message("four"));
    assert_eq!(marks(take(&mut folded, other_thread).unwrap()).len(), 1);
    assert_eq!(folded.board.thread(thread(1)).unwrap().messages(), 4);
}

#[test]
fn a_date_time_group_far_from_the_clock_here_is_marked_with_both_times_and_taken() {
    let marks = |ms: i64| {
        let mut folded = Folded::with_peer();
        let message = theirs(Precedence::Routine, thread(1), "one", &[]);
        let now = message.released_at.plus_ms(ms);
        let delivered = receive(delivery(&message, 1, 1, 0));
        match only(folded.given(delivered, Origin::Node, now).unwrap()) {
            Event::Received(received) => received.marks,
            other => panic!("{other:?}"),
        }
    };
    let (ahead, behind) = (-limits::CLOCKS_MAY_DIFFER_MS, limits::DATE_TIME_GROUP_OLD_MS);
    assert!(marks(ahead).is_empty() && marks(behind).is_empty());
    for ms in [ahead - 1, behind + 1] {
        let [mark] = &marks(ms)[..] else { panic!("one mark") };
        assert!(mark.starts_with("its date-time group is far from the clock here: "), "{mark}");
        assert_eq!(mark.matches("Z JUL 2025").count() + mark.matches("Z AUG 2025").count(), 2, "{mark}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Lanes keep their own order; how they weave is chance. Some messages come under two serials, some
    /// places are used twice.
    #[test]
    fn every_order_of_arrival_over_the_lanes_gives_the_same_thread(
        sent in prop::collection::vec((0..4usize, 0..10u64, 1..8u64), 1..24),
        weave in prop::collection::vec(0..4usize, 0..96),
    ) {
        let mut serials = [0u64; 4];
        let mut lanes: [Vec<Delivery>; 4] = Default::default();
        for (leaf_index, (lane, text, place)) in sent.iter().enumerate() {
            serials[*lane] += 1;
            // The precedence is the message's own; on which lane it comes is the dispatch's.
            let message = theirs(Precedence::Routine, thread(1), &text.to_string(), &[]);
            let mut one = delivery(&message, serials[*lane], *place, leaf_index as u64);
            one.dispatch.lane = Precedence::FASTEST_FIRST[*lane];
            lanes[*lane].push(party::delivered(one.dispatch, &message));
        }
        let straight: Vec<Delivery> = lanes.iter().flatten().cloned().collect();
        let mut woven = Vec::new();
        let mut left = lanes.map(std::collections::VecDeque::from);
        for lane in weave.into_iter().chain((0..24).flat_map(|_| 0..4)) {
            woven.extend(left[lane].pop_front());
        }
        prop_assert_eq!(woven.len(), sent.len());
        let thread_after = |deliveries: Vec<Delivery>| {
            let mut folded = Folded::with_peer();
            for one in deliveries {
                folded.node(receive(one)).unwrap();
            }
            let thread = folded.board.thread(thread(1)).unwrap().clone();
            let order: Vec<_> = thread.in_order().iter().map(|e| (e.author, e.place, e.digest)).collect();
            let entries: Vec<_> = thread.entries().map(|e| (e.author, e.place, e.digest)).collect();
            (entries, order, thread.gaps())
        };
        prop_assert_eq!(thread_after(straight), thread_after(woven));
    }
}

// ---- roles -------------------------------------------------------------------------------------

#[test]
fn the_board_and_the_access_table_agree_which_roles_a_command_takes() {
    let draft = DraftId([9; 16]);
    let outgoing = party::outgoing(Precedence::Routine, "text");
    let list = detente::domain::event::RevocationList { party: us(), der: Bytes::new() };
    let part = Digest::of(b"part");
    let says = Says::TakenBack { reason: String::new() };
    let by_hand = DeliveredByHand { message: part, thread: thread(1), party: peer(), says, corrects: None };
    let commands = [
        ("ExerciseService/Draft", party::draft(1, outgoing.clone())),
        ("MessageService/ReturnDraft", Command::ReturnDraft { draft, digest: part, reason: String::new() }),
        ("MessageService/WithdrawDraft", Command::WithdrawDraft { draft }),
        ("MessageService/Release", party::release(9, outgoing)),
        ("PartService/Store", Command::StorePart { salted_digest: part, bytes: 1 }),
        ("PartService/Erase", Command::ErasePart { salted_digest: part, reason: String::new() }),
        ("WatchService/Acknowledge", party::acknowledge(part)),
        ("ByHandService/Record", Command::RecordByHand(by_hand)),
        ("WatchService/HandOver", Command::OfferWatch { to: anna(), digest: part }),
        ("WatchService/TakeOver", Command::TakeWatch { digest: part }),
        ("AuditService/Head", Command::ReadForAudit { what: String::new() }),
        ("PartyService/Propose", Command::Propose(party::peer_added())),
        ("PartyService/Confirm", Command::Confirm(party::id(1))),
        ("PartyService/DropProposal", Command::Drop(party::id(1))),
        ("PartyService/SubmitRevocationList", Command::AcceptRevocationList(list)),
    ];
    for role in Role::ALL {
        let mut folded = Folded::with_peer();
        let member = Member { person: jan(), roles: [role].into() };
        folded.board.roster.members.insert(jan().key_digest, member);
        for (path, command) in &commands {
            let listed = match who_may_call(&format!("/detente.v1.{path}")) {
                For::Roles(roles) | For::RolesEvenWithStaleList(roles) => roles.contains(&role),
                other => panic!("{path}: {other:?}"),
            };
            let origin = by(&jan(), 77, "", at(1));
            let decided = folded.board.decide(command, &origin, at(1));
            let refused = matches!(decided, Err(Denied::Refused(Refusal::NotPermitted)));
            assert_eq!(!refused, listed, "{path} by {}", role.name());
        }
        // What the node alone puts on record, nobody gives.
        let given = folded.board.decide(&receive(nth(1)), &by(&jan(), 78, "", at(1)), at(1));
        assert_eq!(given.unwrap_err(), Denied::Refused(Refusal::NotPermitted));
    }
}
