//! Parties without a node, and what goes outside any link: never a dispatch, never a receipt, and never lost
//! from sight until an officer's account of it stands.

use std::collections::BTreeMap;

use bytes::Bytes;
use detente::cli::desk::fresh_id;
use detente::cli::part;
use detente::codec::bundle;
use detente::codec::by_hand::account_to_proto;
use detente::codec::proto::detente::v1 as calls;
use detente::codec::proto::detente::v1::audit_service_client::AuditServiceClient;
use detente::codec::proto::detente::v1::party_service_client::PartyServiceClient;
use detente::codec::proto::detente::v1::propose_request::Change as Asked;
use detente::domain::board::{Board, Denied};
use detente::domain::by_hand::{Carried, DeliveredByHand, HandedOver, Says};
use detente::domain::command::Command;
use detente::domain::content::Kind;
use detente::domain::digest::{CommandId, Digest, ThreadId};
use detente::domain::event::{Change, Event, PartyWithoutNode, Record, RevocationList};
use detente::domain::message::{Addressee, Outgoing};
use detente::domain::party::Party;
use detente::domain::people::{Person, Role};
use detente::domain::precedence::Precedence;
use detente::domain::refusal::Refusal;
use detente::domain::time::Instant;
use detente::limits;
use detente::replay::TrustRoot;
use detente::replay::audit::{Audit, Report};
use detente::replay::bundle::{Source, make};
use detente::replay::verify::{Verification, Weight, verify};
use tonic::Status;

use crate::officer::{
    addressee, arrived, by_hand, filled, heading, messages, notify, reason, receipted, send, show, violations,
};
use crate::party::{self, Folded, anna, at, by, jan, peer, us};
use crate::world::{Medium, World};

fn sm() -> Party {
    "SM".parse().unwrap()
}

// ---- deciding ------------------------------------------------------------------------------------

fn known(name: &str) -> Change {
    let contacts = vec!["The embassy".into()];
    Change::PartyWithoutNode(PartyWithoutNode { party: sm(), name: name.into(), contacts })
}

/// Proposed by Anna, confirmed by Jan.
fn agreed(folded: &mut Folded, number: u64, change: Change) -> Result<Record, Denied> {
    folded.given(Command::Propose(change), by(&anna(), number, "", at(1)), at(1))?;
    folded.given(Command::Confirm(party::id(number)), by(&jan(), number + 1, "", at(1)), at(1))
}

fn with_sm() -> Folded {
    let mut folded = Folded::with_peer();
    agreed(&mut folded, 7_000, known("San Marino")).unwrap();
    folded
}

fn to(parties: &[Party], text: &str) -> Outgoing {
    let action = parties.iter().map(|party| Addressee { party: *party, office: String::new() }).collect();
    Outgoing { action, ..party::outgoing(Precedence::Routine, text) }
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

fn handed() -> HandedOver {
    HandedOver {
        means: "note verbale handed over at the ministry".into(),
        channel: "diplomatic channels".into(),
        note_number: "12/25".into(),
        by: "the embassy's first secretary".into(),
        to: "the duty officer".into(),
        at: at(3),
        zone: "Europe/Rome".into(),
        scan: None,
    }
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
    let alone = folded.given(Command::Confirm(party::id(1)), by(&anna(), 2, "", at(1)), at(1));
    assert_eq!(refusal(alone), Refusal::SameCustodian);
    assert!(folded.board.roster.without_node.is_empty());
    folded.given(Command::Confirm(party::id(1)), by(&jan(), 3, "", at(1)), at(1)).unwrap();
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
    let late = folded.given(Command::Confirm(party::id(50)), by(&jan(), 51, "", at(1)), at(1));
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
    assert_eq!(folded.board.by_hand.open_count(), 0);
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
    assert_eq!(folded.board.by_hand.open_count(), 0, "the link delivers it");
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
    assert_eq!(folded.board.by_hand.open_count(), 0);
}

// ---- between real nodes --------------------------------------------------------------------------

fn without_node(code: &str) -> Asked {
    use calls::party_without_node::Act;
    let known = calls::Unlinked {
        party: code.into(),
        name: format!("State of {code}"),
        contacts: vec!["The embassy, +00 000".into()],
    };
    Asked::PartyWithoutNode(calls::PartyWithoutNode { act: Some(Act::Known(known)) })
}

/// A notification of BY, numbered as its draft and thread, to these.
async fn tell(world: &World, number: u8, codes: &[&str]) -> calls::ReleaseResponse {
    let heading = calls::Heading {
        action: codes.iter().map(|code| addressee(code)).collect(),
        regime: Some(cited()),
        ..heading(number)
    };
    send(world, "BY", number, heading, &filled(Kind::Notification)).await
}

const REGIME: &str = "vienna-document-2011";

fn cited() -> detente::codec::proto::detente::evidence::v1::RegimeCitation {
    let text = detente::codec::regime::built_in::file(REGIME).unwrap();
    detente::codec::proto::detente::evidence::v1::RegimeCitation {
        name: REGIME.into(),
        digest: Digest::of(text).0.to_vec().into(),
        provision: "38".into(),
    }
}

/// Holds the regime cited at BY, so that it is known what it says of channels.
async fn hold(world: &World) {
    let desk = world.desk("BY", "drafter");
    let text = detente::codec::regime::built_in::file(REGIME).unwrap();
    let asked = calls::HoldRequest { command: Some(desk.command(None).unwrap()), text: text.into() };
    crate::officer::regimes(&desk).hold(asked).await.unwrap();
}

async fn open(world: &World) -> Vec<(String, Bytes)> {
    let asked = calls::ListOpenRequest::default();
    let answered = by_hand(&world.desk("BY", "drafter")).list_open(asked).await.unwrap().into_inner();
    assert!(answered.next.is_empty());
    answered.open.into_iter().map(|one| (one.party, one.message_digest)).collect()
}

/// By the watch of BY; the id of the account.
async fn put(world: &World, said: &DeliveredByHand) -> Result<CommandId, Status> {
    let desk = world.desk("BY", "watch");
    let command = desk.command(None).unwrap();
    let id = CommandId::from_slice(&command.id).unwrap();
    let asked = calls::RecordRequest { command: Some(command), account: Some(account_to_proto(said)) };
    by_hand(&desk).record(asked).await.map(|_| id)
}

fn of(sent: &calls::ReleaseResponse, party: &str) -> DeliveredByHand {
    DeliveredByHand {
        message: Digest::from_slice(&sent.message_digest).unwrap(),
        thread: ThreadId::from_slice(&sent.thread).unwrap(),
        party: party.parse().unwrap(),
        says: Says::HandedOver(HandedOver { at: Instant(sent.released_at_ms), ..handed() }),
        corrects: None,
    }
}

/// What BY's thread shows of the deliveries by hand of its first message.
async fn shown(world: &World, sent: &calls::ReleaseResponse, as_of_ms: i64) -> Vec<calls::ByHand> {
    show(world, "BY", &sent.thread, as_of_ms).await.messages.remove(0).by_hand
}

async fn restart(world: &mut World) {
    world.state_mut("BY").stop().await;
    world.state_mut("BY").start().await;
}

/// The whole journal of a Party, with each record decided again.
pub async fn audited(world: &World, party: &str) -> Report {
    let desk = world.desk(party, "auditor");
    let asked = calls::ExportRequest { command: Some(desk.command(None).unwrap()) };
    let mut pieces = AuditServiceClient::new(desk.channel).export(asked).await.unwrap().into_inner();
    let fingerprint = world.node(party).settings.fingerprint.0;
    let mut audit = Audit::new(TrustRoot::FirstKeyList(fingerprint));
    let (mut position, mut checkpoint) = (0, Bytes::new());
    while let Some(piece) = pieces.message().await.unwrap() {
        let entries = (position..).zip(piece.entries.clone());
        position += piece.entries.len() as u64;
        audit.take(entries);
        checkpoint = piece.checkpoint;
    }
    audit.finish(Some(&checkpoint))
}

pub async fn proven(world: &World, maker: &str, thread: &Bytes) -> Verification {
    let node = world.node(maker);
    let head = node.registrar.head();
    let records = head.records(&node.registrar.journal);
    let source = Source { records: &records, board: &head.board, ring: &node.exchange.ring };
    let file = make(&source, ThreadId::from_slice(thread).unwrap(), world.clock.now()).await.unwrap();
    let named = bundle::decode(file.clone()).unwrap().parties;
    let first = |party: Party| Some((party, head.board.roster.parties.get(&party)?.numbered(1)?.digest));
    let trusted: BTreeMap<Party, Digest> = named.into_iter().filter_map(|one| first(one.party)).collect();
    verify(file, &trusted).unwrap()
}

pub fn sentences(found: &Verification, weight: Weight) -> String {
    let of_weight = found.findings.iter().filter(|finding| finding.weight == weight);
    of_weight.map(|finding| format!("{}: {}\n", finding.about, finding.sentence)).collect()
}

fn board(world: &World) -> std::sync::Arc<Board> {
    world.node("BY").registrar.head().board.clone()
}

async fn delivered_by_hand_on(medium: Medium) {
    let mut world = World::on(medium, &["BY", "PL"]).await;
    hold(&world).await;
    world.state("BY").change(without_node("SM"), Bytes::new()).await;
    let sent = tell(&world, 1, &["PL", "SM"]).await;
    assert_eq!(sent.by_hand, ["SM"]);
    arrived(&world, "PL", &sent.message_digest).await;
    receipted(&world, "BY", "PL").await;
    let ours = [("SM".to_owned(), sent.message_digest.clone())];
    assert_eq!(open(&world).await, ours);
    restart(&mut world).await;
    assert_eq!(open(&world).await, ours);
    let before = world.clock.now();
    world.clock.set(before.plus_ms(3_600_000));

    // The watch keeps the scan and says what it shows.
    let desk = world.desk("BY", "watch");
    let scan = part::store(&desk, fresh_id().unwrap(), "note.pdf", true, b"%PDF".to_vec()).await.unwrap();
    let mut first = of(&sent, "SM");
    first.says = Says::HandedOver(HandedOver {
        scan: Some(scan.salted_digest),
        at: Instant(sent.released_at_ms).plus_ms(60_000),
        ..handed()
    });
    let first_id = put(&world, &first).await.unwrap();
    assert_eq!(open(&world).await, []);
    let digest = board(&world).digest();
    restart(&mut world).await;
    assert_eq!(open(&world).await, []);
    assert_eq!(board(&world).by_hand.items().count(), 1);
    assert_ne!(board(&world).digest(), digest, "an epoch more, and nothing else");

    let [one] = &shown(&world, &sent, 0).await[..] else { panic!("one addressee") };
    assert_eq!((one.party.as_str(), one.owed, one.accounts.len()), ("SM", true, 1));
    let told = &one.accounts[0].lines;
    assert!(told[0].starts_with("Channel diplomatic channels: counts by vienna-document-2011"), "{told:?}");
    assert!(told[0].ends_with("[chapter XII]; rests on an unchecked number"), "{told:?}");
    let [then] = &shown(&world, &sent, before.0).await[..] else { panic!("one addressee") };
    assert_eq!((then.owed, then.accounts.len()), (true, 0), "as of before the account");

    // A correction stands in its place, and what it corrects stays readable.
    let corrected = DeliveredByHand {
        says: Says::HandedOver(HandedOver {
            channel: "pigeon".into(),
            at: Instant(sent.released_at_ms).plus_ms(-1),
            ..handed()
        }),
        corrects: Some(first_id),
        ..first.clone()
    };
    let second_id = put(&world, &corrected).await.unwrap();
    assert_eq!(reason(&put(&world, &corrected).await.unwrap_err()), "FIELD", "it stands no more");
    let [one] = &shown(&world, &sent, 0).await[..] else { panic!("one addressee") };
    assert_eq!(one.accounts[0].corrected_by, second_id.0.to_vec());
    assert_eq!(one.accounts[0].account.as_ref().unwrap().id, first_id.0.to_vec());
    assert_eq!(
        one.accounts[1].lines,
        [
            "Channel pigeon: vienna-document-2011 names no such channel",
            "It was handed over, by this account, before the message was released here"
        ]
    );
    // Two clocks may differ: what is put on record a little early stands, and says so.
    let early = DeliveredByHand {
        says: Says::HandedOver(HandedOver { at: world.clock.now().plus_ms(300_000), ..handed() }),
        corrects: Some(second_id),
        ..first.clone()
    };
    let early_id = put(&world, &early).await.unwrap();
    let [one] = &shown(&world, &sent, 0).await[..] else { panic!("one addressee") };
    let told = "It was put on record, by this node's clock, before it was handed over by this account";
    assert_eq!(one.accounts[2].lines.last().unwrap(), told);
    let taken_back = DeliveredByHand {
        says: Says::TakenBack { reason: "it was another note".into() },
        corrects: Some(early_id),
        ..first
    };
    put(&world, &taken_back).await.unwrap();
    assert_eq!(open(&world).await, ours, "open again");

    let report = audited(&world, "BY").await;
    assert_eq!(report.faults, []);
    let found = proven(&world, "BY", &sent.thread).await;
    assert!(found.holds(), "{}", sentences(&found, Weight::False));
    let stated = sentences(&found, Weight::Stated);
    for expected in [
        "by BY, and no receipt: that it was handed over to SM, to \"the duty officer\" by \"the embassy's first",
        "note verbale handed over at the ministry, note 12/25, channel diplomatic channels",
        "by BY: that by an earlier account nothing was handed over to SM: it was another note",
        &format!("in place of account {}", hex::encode(first_id.0)),
    ] {
        assert!(stated.contains(expected), "{expected}\n\n{stated}");
    }
    let proven_ones = sentences(&found, Weight::Proven);
    assert!(!proven_ones.contains("to SM") && !proven_ones.contains("handed over"), "{proven_ones}");
    assert!(sentences(&found, Weight::NotProven).contains("that it was dispatched to SM"));

    // The other addressee holds what it was sent, and nothing of our account.
    let page = show(&world, "PL", &sent.thread, 0).await;
    assert!(page.messages[0].by_hand.is_empty());
    assert!(!sentences(&proven(&world, "PL", &sent.thread).await, Weight::Stated).contains("handed over"));
}

/// A regime with a channel that counts and one that does not.
const CHANNELS: &str = "regime = \"ferry\"\nedition = 1\ntitle.en = \"Ferry\"\nsource = \"signed\"\n\
                        nature = \"political\"\n\
                        [[channel]]\nname = \"note\"\ncounts = true\nparagraph = \"4\"\nchecked = true\n\
                        [[channel]]\nname = \"mail\"\nlabel.en = \"electronic mail\"\ncounts = false\n\
                        paragraph = \"5\"\nchecked = true\n";

/// What the list says of the only message on it; `None` where it is empty.
async fn marked(world: &World) -> Option<Vec<String>> {
    let asked = calls::ListOpenRequest::default();
    let answered = by_hand(&world.desk("BY", "drafter")).list_open(asked).await.unwrap().into_inner();
    assert!(answered.open.len() <= 1 && answered.next.is_empty());
    answered.open.into_iter().next().map(|one| one.marks)
}

#[tokio::test(flavor = "multi_thread")]
async fn what_went_by_a_channel_that_does_not_count_stays_on_the_list_with_the_reason() {
    let mut world = World::new(&["BY"]).await;
    world.state("BY").change(without_node("SM"), Bytes::new()).await;
    let heading = calls::Heading {
        action: vec![addressee("SM")],
        regime: Some(detente::codec::proto::detente::evidence::v1::RegimeCitation {
            name: "ferry".into(),
            digest: Digest::of(CHANNELS.as_bytes()).0.to_vec().into(),
            provision: "4".into(),
        }),
        ..heading(1)
    };
    let sent = send(&world, "BY", 1, heading, &filled(Kind::Notification)).await;
    assert_eq!(marked(&world).await, Some(Vec::new()));
    let mut before = None;
    let mut by_channel = async |world: &World, channel: &str| {
        let Says::HandedOver(said) = of(&sent, "SM").says else { unreachable!() };
        let says = Says::HandedOver(HandedOver { channel: channel.into(), ..said });
        let desk = world.desk("BY", "watch");
        let command = desk.command(None).unwrap();
        let id = CommandId::from_slice(&command.id).unwrap();
        let said = DeliveredByHand { says, corrects: before.replace(id), ..of(&sent, "SM") };
        let asked = calls::RecordRequest { command: Some(command), account: Some(account_to_proto(&said)) };
        by_hand(&desk).record(asked).await.unwrap().into_inner().marks
    };
    // As long as the regime's text is not here, nothing can be said against any channel.
    assert!(by_channel(&world, "mail").await.is_empty());
    assert_eq!(marked(&world).await, None);
    let desk = world.desk("BY", "drafter");
    let asked = calls::HoldRequest { command: Some(desk.command(None).unwrap()), text: CHANNELS.into() };
    crate::officer::regimes(&desk).hold(asked).await.unwrap();
    for (channel, mark) in [
        ("mail", "delivered by a channel that does not count under ferry: electronic mail [5]"),
        ("pigeon", "delivered by a channel that does not count under ferry, which names no such: pigeon"),
        ("", "delivered, and no channel named: whether it counts under ferry is not judged"),
    ] {
        assert_eq!(by_channel(&world, channel).await, [mark]);
        assert_eq!(marked(&world).await, Some(vec![mark.to_owned()]));
        restart(&mut world).await;
        assert_eq!(marked(&world).await, Some(vec![mark.to_owned()]), "after a restart");
        let parties = PartyServiceClient::new(world.desk("BY", "watch").channel);
        let listed = { parties }.list_parties(calls::ListPartiesRequest {}).await.unwrap().into_inner();
        assert!(listed.parties.iter().any(|line| line.party == "SM" && line.open_by_hand == 1));
    }
    assert!(by_channel(&world, "note").await.is_empty());
    assert_eq!(marked(&world).await, None);
    // One that counts is enough, whatever else was tried.
    let says = Says::HandedOver(HandedOver { channel: "mail".into(), at: world.clock.now(), ..handed() });
    put(&world, &DeliveredByHand { says, ..of(&sent, "SM") }).await.unwrap();
    assert_eq!(marked(&world).await, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_to_a_party_without_a_node_is_open_until_it_is_handed_over() {
    delivered_by_hand_on(Medium::Embedded).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn on_kafka_a_message_to_a_party_without_a_node_is_open_until_it_is_handed_over() {
    delivered_by_hand_on(Medium::Kafka).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_handed_over_while_a_link_was_down_the_link_delivers_all_the_same_and_once() {
    let mut world = World::new(&["BY", "PL"]).await;
    world.state_mut("PL").stop().await;
    let sent = notify(&world, 1).await;
    assert_eq!(sent.by_hand, [""; 0]);
    assert_eq!(open(&world).await, [], "the link will deliver it");
    put(&world, &of(&sent, "PL")).await.unwrap();
    restart(&mut world).await;
    let [one] = &shown(&world, &sent, 0).await[..] else { panic!("one addressee") };
    assert_eq!((one.party.as_str(), one.owed, one.accounts.len()), ("PL", false, 1));
    let before = show(&world, "BY", &sent.thread, 0).await.messages.remove(0);
    assert_eq!(before.delivered[0].outcome, "", "an account is no receipt");

    world.state_mut("PL").start().await;
    arrived(&world, "PL", &sent.message_digest).await;
    receipted(&world, "BY", "PL").await;
    let both = show(&world, "BY", &sent.thread, 0).await.messages.remove(0);
    assert_eq!((both.delivered.len(), both.delivered[0].outcome.as_str()), (1, "taken"));
    assert_eq!(both.by_hand, before.by_hand);
    assert_eq!(show(&world, "PL", &sent.thread, 0).await.messages.len(), 1);
    // Nor is it refused afterwards: what was done before the link came back may be put on record later.
    put(&world, &of(&sent, "PL")).await.unwrap();
    assert_eq!(audited(&world, "BY").await.faults, []);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_party_that_gets_a_node_is_taken_as_any_other_and_its_link_carries_from_then_on() {
    let mut world = World::apart(Medium::Embedded, &["BY", "SM"]).await;
    world.state("BY").change(without_node("SM"), Bytes::new()).await;
    let line = |world: &World| {
        let desk = world.desk("BY", "operator");
        async move {
            let asked = calls::ListPartiesRequest {};
            let parties = PartyServiceClient::new(desk.channel).list_parties(asked).await.unwrap();
            let parties = parties.into_inner().parties;
            assert_eq!(parties.len(), 2);
            let found = parties.into_iter().find(|line| line.party == "SM").unwrap();
            (found.without_node, found.name, found.key_list, found.open_by_hand)
        }
    };
    let first = tell(&world, 1, &["SM"]).await;
    assert_eq!(first.by_hand, ["SM"]);
    assert_eq!(line(&world).await, (true, "State of SM".into(), 0, 1));

    let (ours, theirs) = (world.state("BY").party_file().await, world.state("SM").party_file().await);
    world.state_mut("BY").take_party(&theirs).await;
    world.state_mut("SM").take_party(&ours).await;
    assert_eq!(line(&world).await, (false, "State of SM".into(), 1, 1));
    let second = tell(&world, 2, &["SM"]).await;
    assert_eq!(second.by_hand, [""; 0]);
    arrived(&world, "SM", &second.message_digest).await;
    receipted(&world, "BY", "SM").await;
    restart(&mut world).await;
    assert_eq!(open(&world).await, [("SM".to_owned(), first.message_digest.clone())]);
    let sm = world.node("SM").registrar.head().board.clone();
    assert_eq!(sm.messages.iter().count(), 1, "what went by hand did not go again");
    put(&world, &of(&first, "SM")).await.unwrap();
    assert_eq!(open(&world).await, []);
    assert_eq!(audited(&world, "BY").await.faults, []);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_open_comes_in_pages_and_what_is_handed_over_meanwhile_moves_none_of_the_rest() {
    let world = World::new(&["BY"]).await;
    for code in ["SM", "SL"] {
        world.state("BY").change(without_node(code), Bytes::new()).await;
    }
    let codes: Vec<Party> = vec!["SL".parse().unwrap(), "SM".parse().unwrap()];
    let thread = ThreadId([9; 16]);
    let mut sent = Vec::new();
    for number in 0..=limits::BY_HAND_PER_PAGE / 2 {
        let text = format!("number {number}");
        let outgoing = crate::talk::outgoing(thread, &codes, Precedence::Routine, &text);
        sent.push(crate::talk::release(&world.node("BY").registrar, outgoing).await);
    }
    let desk = world.desk("BY", "watch");
    let page = async |from: Bytes| {
        let asked = calls::ListOpenRequest { from, all_offices: false };
        by_hand(&desk).list_open(asked).await.map(tonic::Response::into_inner)
    };
    let first = page(Bytes::new()).await.unwrap();
    assert_eq!(first.open.len(), limits::BY_HAND_PER_PAGE);
    // The very one that the next page begins with, and one of the first page.
    for (message, party) in [(sent.last().unwrap(), codes[0]), (&sent[0], codes[1])] {
        let says = Says::HandedOver(HandedOver { at: world.clock.now(), ..handed() });
        let said = DeliveredByHand { message: *message, thread, party, says, corrects: None };
        put(&world, &said).await.unwrap();
    }
    let second = page(first.next.clone()).await.unwrap();
    let left: Vec<(&str, &[u8])> =
        second.open.iter().map(|one| (one.party.as_str(), &one.message_digest[..])).collect();
    assert_eq!(left, [("SM", &sent.last().unwrap().0[..])]);
    assert!(second.next.is_empty());
    for wrong in [&b"x"[..], &[0; 40], &first.next[..41]] {
        assert_eq!(reason(&page(Bytes::copy_from_slice(wrong)).await.unwrap_err()), "FIELD");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_account_is_refused_at_the_door_with_its_field() {
    let world = World::new(&["BY", "PL"]).await;
    world.state("BY").change(without_node("SM"), Bytes::new()).await;
    let sent = tell(&world, 1, &["SM"]).await;
    let other = tell(&world, 2, &["PL"]).await;
    let with = |change: fn(&mut HandedOver)| {
        let Says::HandedOver(mut handed) = of(&sent, "SM").says else { unreachable!() };
        change(&mut handed);
        DeliveredByHand { says: Says::HandedOver(handed), ..of(&sent, "SM") }
    };
    let table = [
        (with(|one| one.means = "note\u{202e}verbale".into()), "account.handed_over.means"),
        (with(|one| one.zone = "Europe/Nowhere".into()), "account.handed_over.at.zone"),
        (with(|one| one.by = "x".repeat(limits::LINE_BYTES_MAX + 1)), "account.handed_over.by"),
        (of(&other, "SM"), "account.party"),
        (of(&sent, "PL"), "account.party"),
    ];
    for (wrong, field) in table {
        let refused = put(&world, &wrong).await.unwrap_err();
        let violations = violations(&refused);
        assert_eq!(violations.first().map(|(at, _)| at.as_str()), Some(field), "{refused:?}");
    }
    let refused = put(&world, &with(|one| one.by.clear())).await.unwrap_err();
    assert_eq!(refused.message(), "field by: must be given");
    let unknown = DeliveredByHand { message: Digest([7; 32]), ..of(&sent, "SM") };
    assert_eq!(reason(&put(&world, &unknown).await.unwrap_err()), "NO_SUCH_MESSAGE");
    assert_eq!(board(&world).by_hand.open_count(), 1);

    // The same command again is the same account.
    let desk = world.desk("BY", "releaser");
    let account = Some(account_to_proto(&of(&sent, "SM")));
    let asked = calls::RecordRequest { command: Some(desk.command(None).unwrap()), account };
    for _ in 0..2 {
        by_hand(&desk).record(asked.clone()).await.unwrap();
    }
    let [one] = &shown(&world, &sent, 0).await[..] else { panic!("one addressee") };
    assert_eq!(one.accounts.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_party_without_a_node_has_a_name_that_can_be_shown() {
    let world = World::new(&["BY"]).await;
    use calls::party_without_node::Act;
    let known = |name: &str, contacts: usize| {
        let contacts = vec!["The embassy".to_owned(); contacts];
        let known = calls::Unlinked { party: "SM".into(), name: name.into(), contacts };
        Asked::PartyWithoutNode(calls::PartyWithoutNode { act: Some(Act::Known(known)) })
    };
    let lower = calls::Unlinked { party: "sm".into(), name: "San Marino".into(), contacts: Vec::new() };
    let lower = Asked::PartyWithoutNode(calls::PartyWithoutNode { act: Some(Act::Known(lower)) });
    for wrong in [
        known("", 1),
        known("a\u{1b}[2J", 1),
        known(&"x".repeat(limits::KEY_LIST_LINE_BYTES_MAX + 1), 1),
        known("San Marino", limits::KEY_LIST_CONTACTS_MAX + 1),
        lower,
        Asked::PartyWithoutNode(calls::PartyWithoutNode { act: None }),
    ] {
        assert_eq!(reason(&world.state("BY").try_propose(wrong).await.unwrap_err()), "FIELD");
    }
    let taken_back = calls::PartyWithoutNode { act: Some(Act::TakenBack("SM".into())) };
    world.state("BY").change(known("San Marino", 1), Bytes::new()).await;
    world.state("BY").change(Asked::PartyWithoutNode(taken_back), Bytes::new()).await;
    assert!(board(&world).roster.without_node.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_to_release_sees_what_will_have_to_be_delivered_by_hand_and_how_it_counts() {
    let world = World::new(&["BY", "PL"]).await;
    hold(&world).await;
    world.state("BY").change(without_node("SM"), Bytes::new()).await;
    let heading = calls::Heading { information: vec![addressee("SM")], regime: Some(cited()), ..heading(1) };
    crate::officer::draft(&world, "BY", 1, heading, &filled(Kind::Notification)).await.unwrap();
    let asked = calls::ShowDraftRequest { draft: vec![1; 16].into(), ..Default::default() };
    let shown = messages(&world.desk("BY", "releaser")).show_draft(asked).await.unwrap().into_inner();
    assert_eq!(shown.by_hand, ["SM"]);
    let lines: Vec<String> = shown.check.unwrap().lines.into_iter().map(|line| line.text).collect();
    let at = lines.iter().position(|line| line == "Delivered by hand, for want of a node: SM").unwrap();
    assert!(lines[at + 1].starts_with("Channel diplomatic channels: counts by"), "{lines:?}");
}
