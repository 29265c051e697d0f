//! What a Board decides of Parties without a node, and of accounts of what went outside any link: who may give one,
//! of what, and that it moves nothing of a link.

use bytes::Bytes;
use detente::domain::board::Denied;
use detente::domain::by_hand::{Carried, DeliveredByHand, HandedOver, Says};
use detente::domain::command::Command;
use detente::domain::content::Kind;
use detente::domain::digest::{CommandId, Digest, ThreadId};
use detente::domain::event::{Change, Event, PartyWithoutNode, Record, RevocationList};
use detente::domain::message::Outgoing;
use detente::domain::party::Party;
use detente::domain::people::{Person, Role};
use detente::domain::precedence::Precedence;
use detente::domain::refusal::Refusal;
use detente::limits;

use crate::by_hand::{handed, known, sm, to};
use crate::party::{self, Folded, anna, at, by, jan, peer, us};

/// Proposed by Anna, confirmed by Jan.
fn agreed(folded: &mut Folded, number: u64, change: Change) -> Result<Record, Denied> {
    folded.given(Command::Propose(change), by(&anna(), number, "", at(1)), at(1))?;
    folded.given(Command::confirm(party::id(number)), by(&jan(), number + 1, "", at(1)), at(1))
}

fn with_sm() -> Folded {
    let mut folded = Folded::with_peer();
    agreed(&mut folded, 7_000, known("San Marino")).unwrap();
    folded
}

/// Drafted by Anna, released by Jan: the message, and whom it was dispatched to.
fn released(folded: &mut Folded, number: u8, outgoing: Outgoing) -> (Digest, Vec<Party>) {
    let id = u64::from(number) * 10;
    folded.given(party::draft(number, outgoing.clone()), by(&anna(), id, "", at(2)), at(2)).unwrap();
    let record =
        folded.given(party::release(number, outgoing), by(&jan(), id + 1, "", at(2)), at(2)).unwrap();
    let Some(Event::Released(released)) = record.events.first() else { panic!("it was released") };
    (released.digest, released.dispatches.iter().map(|(dispatch, _)| dispatch.to).collect())
}

fn account(message: Digest) -> DeliveredByHand {
    DeliveredByHand {
        message,
        thread: party::thread(1),
        party: sm(),
        says: Says::HandedOver(handed()),
        corrects: None,
    }
}

fn record(folded: &mut Folded, number: u64, who: &Person, said: DeliveredByHand) -> Result<Record, Denied> {
    folded.given(Command::RecordByHand(said), by(who, number, "", at(9)), at(9))
}

fn refusal(done: Result<Record, Denied>) -> Refusal {
    match done {
        Err(Denied::Refused(refusal)) => refusal,
        other => panic!("{other:?}"),
    }
}

fn field(done: Result<Record, Denied>) -> &'static str {
    match refusal(done) {
        Refusal::Field { field, .. } => field,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_party_without_a_node_is_known_by_two_custodians_and_taken_back_until_something_went_to_it() {
    let mut folded = Folded::with_peer();
    let propose = Command::Propose(known("San Marino"));
    folded.given(propose, by(&anna(), 1, "", at(1)), at(1)).unwrap();
    let alone = folded.given(Command::confirm(party::id(1)), by(&anna(), 2, "", at(1)), at(1));
    assert_eq!(refusal(alone), Refusal::SameCustodian);
    assert!(folded.board.roster.without_node.is_empty());
    folded.given(Command::confirm(party::id(1)), by(&jan(), 3, "", at(1)), at(1)).unwrap();
    assert_eq!(folded.board.roster.without_node[&sm()].name, "San Marino");
    assert!(folded.board.link(sm()).is_none());

    // Another name, then known no more, then known again.
    agreed(&mut folded, 10, known("Republic of San Marino")).unwrap();
    assert_eq!(folded.board.roster.without_node[&sm()].name, "Republic of San Marino");
    agreed(&mut folded, 20, Change::PartyTakenBack(sm())).unwrap();
    assert_eq!(refusal(agreed(&mut folded, 30, Change::PartyTakenBack(sm()))), Refusal::NoSuchParty(sm()));
    agreed(&mut folded, 40, known("San Marino")).unwrap();

    // Proposed while it may be, and confirmed when something has gone to it.
    let propose = Command::Propose(Change::PartyTakenBack(sm()));
    folded.given(propose, by(&anna(), 50, "", at(1)), at(1)).unwrap();
    released(&mut folded, 7, to(&[sm()], "text"));
    let late = folded.given(Command::confirm(party::id(50)), by(&jan(), 51, "", at(1)), at(1));
    assert_eq!(field(late), "taken_back");
    assert_eq!(field(agreed(&mut folded, 60, Change::PartyTakenBack(sm()))), "taken_back");

    // Who has a node is no such Party, and we are none either.
    for party in [peer(), us()] {
        let new = PartyWithoutNode { party, name: "another".into(), contacts: Vec::new() };
        let done = agreed(&mut folded, 100, Change::PartyWithoutNode(new));
        assert_eq!(refusal(done), Refusal::PartyKnown);
    }
}

#[test]
fn no_more_parties_without_a_node_are_known_than_the_limit_says() {
    let mut folded = Folded::with_peer();
    let code = |number: usize| -> Party { format!("X{number}").parse().unwrap() };
    let new = |party: Party| {
        Change::PartyWithoutNode(PartyWithoutNode { party, name: "X".into(), contacts: Vec::new() })
    };
    for number in 0..limits::PARTIES_WITHOUT_NODE_MAX {
        agreed(&mut folded, 10_000 + 2 * number as u64, new(code(number))).unwrap();
    }
    let most = limits::PARTIES_WITHOUT_NODE_MAX;
    assert_eq!(refusal(agreed(&mut folded, 1, new(code(most)))).reason(), "TOO_MANY");
    agreed(&mut folded, 3, new(code(0))).unwrap();
}

#[test]
fn what_goes_to_a_party_without_a_node_spends_no_serial_no_place_and_no_leaf() {
    let mut folded = with_sm();
    let mut without = Folded::with_peer();
    let (digest, dispatched) = released(&mut folded, 1, to(&[peer(), sm()], "to both"));
    assert_eq!(dispatched, [peer()]);
    released(&mut without, 1, to(&[peer()], "to one"));
    let (ours, alone) = (folded.board.link(peer()).unwrap(), without.board.link(peer()).unwrap());
    assert_eq!(
        (ours.lane(Precedence::Routine).sent, ours.ours.edge.size()),
        (alone.lane(Precedence::Routine).sent, alone.ours.edge.size())
    );
    let thread = folded.board.thread(party::thread(1)).unwrap();
    assert_eq!((thread.last_place_for(sm()), thread.last_place_for(peer())), (0, 1));
    let item = folded.board.by_hand.item(sm(), &digest).unwrap();
    assert_eq!((item.carried, item.accounts.len()), (Carried::ByHand, 0));
    assert!(folded.board.by_hand.item(peer(), &digest).is_none());

    // To nobody else at all: a message all the same.
    let (only, dispatched) = released(&mut folded, 2, to(&[sm()], "to one alone"));
    assert_eq!(dispatched, []);
    let open: Vec<_> = folded.board.by_hand.open().map(|(_, party, message)| (party, message)).collect();
    assert_eq!(open, [(sm(), digest), (sm(), only)]);
}

#[test]
fn nobody_who_is_not_known_is_addressed_and_a_notice_is_addressed_to_somebody() {
    let mut folded = with_sm();
    let draft = |folded: &mut Folded, outgoing| {
        folded.given(party::draft(1, outgoing), by(&anna(), 1, "", at(1)), at(1))
    };
    let nobody = "SL".parse().unwrap();
    assert_eq!(refusal(draft(&mut folded, to(&[sm(), nobody], "text"))), Refusal::NoSuchParty(nobody));
    assert_eq!(field(draft(&mut folded, to(&[], "text"))), "action");
    let transcription = Outgoing { kind: Kind::Transcription.name().into(), ..to(&[], "text") };
    draft(&mut folded, transcription).unwrap();
}

#[test]
fn an_account_is_of_a_message_of_ours_and_of_an_addressee_and_by_whoever_may() {
    let mut folded = with_sm();
    let (digest, _) = released(&mut folded, 1, to(&[peer(), sm()], "text"));
    let theirs = party::theirs(Precedence::Routine, party::thread(1), "theirs", &[]);
    let theirs = party::delivery(&theirs, 1, 1, 0);
    let their_digest = theirs.dispatch.message;
    folded.node(party::receive(theirs)).unwrap();
    let said = |change: fn(&mut DeliveredByHand)| {
        let mut said = account(digest);
        change(&mut said);
        said
    };
    let with = |change: fn(&mut HandedOver)| {
        let mut handed = handed();
        change(&mut handed);
        DeliveredByHand { says: Says::HandedOver(handed), ..account(digest) }
    };
    let before = folded.board.clone();
    let mut number = 100;
    let mut give = |said: DeliveredByHand| {
        number += 1;
        record(&mut folded, number, &anna(), said)
    };
    for wrong in [account(Digest::ZERO), account(their_digest), said(|one| one.thread = ThreadId([9; 16]))] {
        assert_eq!(refusal(give(wrong)), Refusal::NoSuchMessage);
    }
    let table: [(DeliveredByHand, &str); 9] = [
        (said(|one| one.party = "SL".parse().unwrap()), "party"),
        (said(|one| one.party = us()), "party"),
        (said(|one| one.corrects = Some(CommandId([1; 16]))), "corrects"),
        (said(|one| one.says = Says::TakenBack { reason: "a mistake".into() }), "corrects"),
        (with(|one| one.means.clear()), "means"),
        (with(|one| one.to = " ".into()), "to"),
        (with(|one| one.at = at(9).plus_ms(limits::CLOCKS_MAY_DIFFER_MS + 1)), "at"),
        // A clock would have run before there was anything to answer.
        (with(|one| one.at = at(2).plus_ms(-limits::CLOCKS_MAY_DIFFER_MS - 1)), "at"),
        (with(|one| one.scan = Some(Digest::ZERO)), "scan"),
    ];
    for (wrong, at_fault) in table {
        assert_eq!(field(give(wrong)), at_fault);
    }
    assert_eq!(folded.board, before);
    let node = folded.node(Command::RecordByHand(account(digest)));
    assert_eq!(field(node), "command");

    // Clocks may differ.
    record(&mut folded, 200, &jan(), with(|one| one.at = at(2).plus_ms(-limits::CLOCKS_MAY_DIFFER_MS)))
        .unwrap();
    assert_eq!(folded.board.by_hand.open().count(), 0);
}

#[test]
fn releasers_and_the_watch_put_accounts_on_record_and_nobody_else() {
    for role in Role::ALL {
        let mut folded = with_sm();
        let (digest, _) = released(&mut folded, 1, to(&[sm()], "text"));
        let mut member = folded.board.roster.members[&anna().key_digest].clone();
        member.roles = [role].into();
        folded.board.roster.members.insert(member.person.key_digest, member);
        let done = record(&mut folded, 100, &anna(), account(digest));
        match role {
            Role::Releaser | Role::Watch => {
                done.unwrap();
            }
            Role::Drafter | Role::Auditor | Role::Operator | Role::Custodian => {
                assert_eq!(refusal(done), Refusal::NotPermitted, "{role:?}");
            }
        }
    }
}

#[test]
fn accounts_of_one_delivery_have_a_limit() {
    let mut folded = with_sm();
    let (digest, _) = released(&mut folded, 1, to(&[sm()], "text"));
    for number in 0..limits::BY_HAND_ACCOUNTS_MAX as u64 {
        record(&mut folded, 100 + number, &anna(), account(digest)).unwrap();
    }
    assert_eq!(refusal(record(&mut folded, 99, &anna(), account(digest))).reason(), "TOO_MANY");
}

#[test]
fn the_id_of_an_account_is_never_given_to_another_however_old_it_is() {
    let mut folded = with_sm();
    let (digest, _) = released(&mut folded, 1, to(&[sm()], "text"));
    record(&mut folded, 100, &anna(), account(digest)).unwrap();
    let later = at(9).plus_ms(limits::COMMAND_IDS_KEPT_MS + 3_600_000);
    let read = Command::ReadForAudit { what: "the head".into() };
    folded.given(read, by(&anna(), 101, "", later), later).unwrap();
    assert!(!folded.board.commands.contains_key(&party::id(100)), "the command is forgotten");
    let other = Command::RecordByHand(account(digest));
    let done = folded.given(other, by(&anna(), 100, "another", later), later);
    assert_eq!(refusal(done), Refusal::IdReused);
}

#[test]
fn an_account_moves_nothing_of_a_link_and_a_link_waits_for_no_account() {
    let mut folded = Folded::with_peer();
    let (digest, _) = released(&mut folded, 1, to(&[peer()], "text"));
    let before = folded.board.link(peer()).unwrap().clone();
    let said = DeliveredByHand { party: peer(), ..account(digest) };
    record(&mut folded, 100, &anna(), said.clone()).unwrap();
    assert_eq!(*folded.board.link(peer()).unwrap(), before);
    assert_eq!(folded.board.link(peer()).unwrap().lane(Precedence::Routine).owed.len(), 1);
    assert_eq!(folded.board.by_hand.item(peer(), &digest).unwrap().carried, Carried::ByLink);
    let taken_back = Says::TakenBack { reason: "the wrong note".into() };
    let corrects = Some(party::id(100));
    record(&mut folded, 101, &anna(), DeliveredByHand { says: taken_back, corrects, ..said }).unwrap();
    assert_eq!(folded.board.by_hand.open().count(), 0, "the link delivers it");
}

#[test]
fn once_it_has_a_node_its_link_carries_and_what_went_before_stays_open() {
    let mut folded = Folded::begun();
    let new = PartyWithoutNode { party: peer(), name: "Belarus".into(), contacts: Vec::new() };
    agreed(&mut folded, 1, Change::PartyWithoutNode(new)).unwrap();
    let (first, dispatched) = released(&mut folded, 1, to(&[peer()], "by hand"));
    assert_eq!(dispatched, []);
    let key_lists = vec![party::first_list(peer())];
    let revocation_list = RevocationList { party: peer(), der: Bytes::from_static(b"their list") };
    agreed(&mut folded, 5, Change::PartyAdded { key_lists, revocation_list }).unwrap();
    assert!(folded.board.roster.without_node.is_empty());
    let (second, dispatched) = released(&mut folded, 2, to(&[peer()], "by link"));
    assert_eq!(dispatched, [peer()]);
    let link = folded.board.link(peer()).unwrap();
    assert_eq!((link.lane(Precedence::Routine).sent, link.ours.edge.size()), (1, 1));
    let open: Vec<Digest> = folded.board.by_hand.open().map(|(.., message)| message).collect();
    assert_eq!(open, [first]);
    assert!(folded.board.by_hand.item(peer(), &second).is_none());
    record(&mut folded, 100, &anna(), DeliveredByHand { party: peer(), ..account(first) }).unwrap();
    assert_eq!(folded.board.by_hand.open().count(), 0);
}
