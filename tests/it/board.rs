//! Deciding and folding: every refusal, what clocks do that jump, and which roles a command takes.

use std::sync::Arc;

use bytes::Bytes;
use detente::domain::board::Denied;
use detente::domain::by_hand::{DeliveredByHand, Says};
use detente::domain::command::{AsIs, Command, Delivery, Origin};
use detente::domain::digest::{Digest, DraftId};
use detente::domain::event::{Change, Contradiction, Event, Head, Leaf, Member, Receipted, Record};
use detente::domain::ledger::{Edge, leaf_hash};
use detente::domain::link::Link;
use detente::domain::message::{Outcome, Outgoing, Receipt};
use detente::domain::party::Incarnation;
use detente::domain::people::{Person, Role};
use detente::domain::precedence::Precedence;
use detente::domain::refusal::{FaultNamed, NotNow, Refusal};
use detente::domain::time::Instant;
use detente::limits;
use detente::rpc::access::{For, who_may_call};

use crate::office::change;
use crate::party::{self, Folded, anna, at, by, delivery, jan, peer, receive, theirs, thread, us};

pub const HOUR_MS: i64 = 3_600_000;

pub fn refusal(done: Result<Record, Denied>) -> Refusal {
    match done {
        Err(Denied::Refused(refusal)) => refusal,
        other => panic!("{other:?}"),
    }
}

pub fn not_now(done: Result<Record, Denied>) -> NotNow {
    match done {
        Err(Denied::NotNow(not_now)) => not_now,
        other => panic!("{other:?}"),
    }
}

pub fn only(record: Record) -> Event {
    assert_eq!(record.events.len(), 1);
    record.events.into_iter().next().unwrap()
}

pub fn link(folded: &Folded) -> &Link {
    folded.board.link(peer()).unwrap()
}

pub fn change_link(folded: &mut Folded, change: impl FnOnce(&mut Link)) {
    change(Arc::make_mut(folded.board.links.get_mut(&peer()).unwrap()));
}

/// The message with this number, dispatched as the serial and leaf of that number.
pub fn nth(number: u64) -> Delivery {
    let message = theirs(Precedence::Routine, thread(1), &format!("message {number}"), &[]);
    delivery(&message, number, number, number - 1)
}

pub fn take(folded: &mut Folded, delivery: Delivery) -> Result<Record, Denied> {
    folded.node(receive(delivery))
}

/// A released message of ours, and their receipt for it at this leaf of their ledger.
pub fn receipt_for(folded: &mut Folded, number: u8, leaf_index: u64) -> Receipted {
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

pub fn head_over(leaves: &[Digest]) -> Head {
    let mut edge = Edge::new();
    for leaf in leaves {
        edge.push(*leaf);
    }
    let note = Bytes::from(edge.root().to_string());
    Head { party: peer(), size: edge.size(), root: edge.root(), note, cosigned_at: None }
}

pub fn leaf(index: u64, body: &'static str) -> Leaf {
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

    expect(give(&mut folded, Command::confirm(party::id(1)), one), "NO_SUCH_PROPOSAL");
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
    expect(give(&mut folded, Command::confirm(proposal), one), "SAME_CUSTODIAN");
    let lower_case = party::person("  ANNA kowalska ");
    expect(give(&mut folded, Command::confirm(proposal), &lower_case), "NOT_PERMITTED");
    let under_two_keys = Member { person: lower_case.clone(), roles: [Role::Custodian].into() };
    folded.board.roster.members.insert(lower_case.key_digest, under_two_keys);
    expect(give(&mut folded, Command::confirm(proposal), &lower_case), "SAME_CUSTODIAN");
    let proposer = folded.board.roster.members.remove(&anna().key_digest).unwrap();
    expect(give(&mut folded, Command::confirm(proposal), other), "PROPOSER_NO_CUSTODIAN");
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
    // As many drafts as there are take five officers.
    let officer = |number: u64| party::person(&format!("Officer {}", number / 250));
    for one in 0..5 {
        let member = Member { person: officer(one * 250), roles: [Role::Drafter].into_iter().collect() };
        change(&mut folded, 5_000 + one, Change::MemberAdded(member)).unwrap();
    }
    for number in 0..limits::PROPOSALS_OPEN_MAX as u64 {
        let change = Change::ReleaseRule { one_person: Vec::new() };
        folded.given(Command::Propose(change), by(&anna(), number, "", at(0)), at(0)).unwrap();
    }
    let member = Member { person: party::person("Ewa"), roles: Default::default() };
    let one_more = Command::Propose(Change::MemberAdded(member));
    assert_eq!(refusal(folded.given(one_more, by(&anna(), 200, "", at(0)), at(0))).reason(), "TOO_MANY");
    let draft = |number: u64| {
        let outgoing = Outgoing { drafter: officer(number), ..party::outgoing(Precedence::Routine, "text") };
        let mut id = [0; 16];
        id[..8].copy_from_slice(&number.to_be_bytes());
        let bytes = detente::codec::message::encode_draft(&outgoing);
        Command::Draft { draft: DraftId(id), outgoing, bytes }
    };
    let most = limits::DRAFTS_OPEN_MAX as u64;
    for number in 0..most {
        folded.given(draft(number), by(&officer(number), 1_000 + number, "", at(0)), at(0)).unwrap();
    }
    let one_more = folded.given(draft(most), by(&officer(most), 8_000, "", at(0)), at(0));
    assert_eq!(refusal(one_more), Refusal::TooMany { what: "drafts", most: limits::DRAFTS_OPEN_MAX });
    // One that is open may be revised all the same.
    folded.given(draft(0), by(&officer(0), 8_001, "", at(0)), at(0)).unwrap();
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
        ("PartyService/Confirm", Command::confirm(party::id(1))),
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
