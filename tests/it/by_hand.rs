//! Parties without a node, and what goes outside any link, between real nodes: never a dispatch, never a receipt,
//! and never lost from sight until an officer's account of it stands.

use std::collections::BTreeMap;

use bytes::Bytes;
use detente::cli::desk::fresh_id;
use detente::cli::part;
use detente::codec::bundle::{self, Bundle};
use detente::codec::by_hand::account_to_proto;
use detente::codec::proto::detente::v1 as calls;
use detente::codec::proto::detente::v1::audit_service_client::AuditServiceClient;
use detente::codec::proto::detente::v1::party_service_client::PartyServiceClient;
use detente::codec::proto::detente::v1::propose_request::Change as Asked;
use detente::domain::board::Board;
use detente::domain::by_hand::{DeliveredByHand, HandedOver, Says};
use detente::domain::content::Kind;
use detente::domain::digest::{CommandId, Digest, ThreadId};
use detente::domain::event::{Change, PartyWithoutNode};
use detente::domain::message::{Addressee, Outgoing};
use detente::domain::party::Party;
use detente::domain::precedence::Precedence;
use detente::domain::time::Instant;
use detente::limits;
use detente::replay::TrustRoot;
use detente::replay::audit::{Audit, Report};
use detente::replay::bundle::{Source, make};
use detente::replay::verify::{Verification, Weight, verify};
use tonic::Status;

use crate::officer::{addressee, arrived, by_hand, filled, heading, notify, reason, receipted, send, show};
use crate::party::{self, at};
use crate::world::{Medium, World};

pub fn sm() -> Party {
    "SM".parse().unwrap()
}

pub fn handed() -> HandedOver {
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

pub fn known(name: &str) -> Change {
    let contacts = vec!["The embassy".into()];
    Change::PartyWithoutNode(PartyWithoutNode { party: sm(), name: name.into(), contacts })
}

pub fn to(parties: &[Party], text: &str) -> Outgoing {
    let action = parties.iter().map(|party| Addressee { party: *party, office: String::new() }).collect();
    Outgoing { action, ..party::outgoing(Precedence::Routine, text) }
}

pub fn without_node(code: &str) -> Asked {
    use calls::party_without_node::Act;
    let known = calls::Unlinked {
        party: code.into(),
        name: format!("State of {code}"),
        contacts: vec!["The embassy, +00 000".into()],
    };
    Asked::PartyWithoutNode(calls::PartyWithoutNode { act: Some(Act::Known(known)) })
}

/// A notification of BY, numbered as its draft and thread, to these.
pub async fn tell(world: &World, number: u8, codes: &[&str]) -> calls::ReleaseResponse {
    let heading = calls::Heading {
        action: codes.iter().map(|code| addressee(code)).collect(),
        regime: Some(cited()),
        ..heading(number)
    };
    send(world, "BY", number, heading, &filled(Kind::Notification)).await
}

const REGIME: &str = "vienna-document-2011";

pub fn cited() -> detente::codec::proto::detente::evidence::v1::RegimeCitation {
    let text = detente::codec::regime::built_in::file(REGIME).unwrap();
    detente::codec::proto::detente::evidence::v1::RegimeCitation {
        name: REGIME.into(),
        digest: Digest::of(text).0.to_vec().into(),
        provision: "38".into(),
    }
}

/// Holds the regime cited at BY, so that it is known what it says of channels.
pub async fn hold(world: &World) {
    let desk = world.desk("BY", "drafter");
    let text = detente::codec::regime::built_in::file(REGIME).unwrap();
    let asked = calls::HoldRequest { command: Some(desk.command(None).unwrap()), text: text.into() };
    crate::officer::regimes(&desk).hold(asked).await.unwrap();
}

pub async fn open(world: &World) -> Vec<(String, Bytes)> {
    let asked = calls::ListOpenRequest::default();
    let answered = by_hand(&world.desk("BY", "drafter")).list_open(asked).await.unwrap().into_inner();
    assert!(answered.next.is_empty());
    answered.open.into_iter().map(|one| (one.party, one.message_digest)).collect()
}

/// By the watch of BY; the id of the account.
pub async fn put(world: &World, said: &DeliveredByHand) -> Result<CommandId, Status> {
    let desk = world.desk("BY", "watch");
    let command = desk.command(None).unwrap();
    let id = CommandId::from_slice(&command.id).unwrap();
    let asked = calls::RecordRequest { command: Some(command), account: Some(account_to_proto(said)) };
    by_hand(&desk).record(asked).await.map(|_| id)
}

pub fn of(sent: &calls::ReleaseResponse, party: &str) -> DeliveredByHand {
    DeliveredByHand {
        message: Digest::from_slice(&sent.message_digest).unwrap(),
        thread: ThreadId::from_slice(&sent.thread).unwrap(),
        party: party.parse().unwrap(),
        says: Says::HandedOver(HandedOver { at: Instant(sent.released_at_ms), ..handed() }),
        corrects: None,
    }
}

/// What BY's thread shows of the deliveries by hand of its first message.
pub async fn shown(world: &World, sent: &calls::ReleaseResponse, as_of_ms: i64) -> Vec<calls::ByHand> {
    show(world, "BY", &sent.thread, as_of_ms).await.messages.remove(0).by_hand
}

pub async fn restart(world: &mut World) {
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
    proven_after(world, maker, thread, |_| {}).await
}

/// The same after something in it was changed.
pub async fn proven_after(
    world: &World,
    maker: &str,
    thread: &Bytes,
    change: impl FnOnce(&mut Bundle),
) -> Verification {
    let node = world.node(maker);
    let head = node.registrar.head();
    let records = head.records(&node.registrar.journal);
    let source = Source { records: &records, board: &head.board, ring: &node.exchange.ring };
    let file = make(&source, ThreadId::from_slice(thread).unwrap(), world.clock.now()).await.unwrap();
    let mut bundle = bundle::decode(file).unwrap();
    change(&mut bundle);
    let first = |party: Party| Some((party, head.board.roster.parties.get(&party)?.numbered(1)?.digest));
    let trusted: BTreeMap<Party, Digest> = bundle.parties.iter().filter_map(|one| first(one.party)).collect();
    verify(bundle::encode(&bundle), &trusted).unwrap()
}

pub fn sentences(found: &Verification, weight: Weight) -> String {
    let of_weight = found.findings.iter().filter(|finding| finding.weight == weight);
    of_weight.map(|finding| format!("{}: {}\n", finding.about, finding.sentence)).collect()
}

pub fn board(world: &World) -> std::sync::Arc<Board> {
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
