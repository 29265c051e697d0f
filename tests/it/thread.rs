//! Threads: the same in every order of arrival, and as they were on record at an instant.

use bytes::Bytes;
use detente::codec::message::encode_draft;
use detente::codec::proto::detente::evidence::v1 as evidence;
use detente::codec::proto::detente::v1 as calls;
use detente::domain::board::Board;
use detente::domain::command::{AsIs, Command, Origin};
use detente::domain::content::{Content, Kind};
use detente::domain::digest::{CommandId, Digest, DraftId, ThreadId};
use detente::domain::event::{Event, Received, Record, Stamp};
use detente::domain::message::{Addressee, Dispatch, Message, Outcome, Outgoing, Receipt, Traffic};
use detente::domain::named::NamedInForm;
use detente::domain::party::{Incarnation, Party};
use detente::domain::people::Person;
use detente::domain::precedence::Precedence;
use detente::domain::time::Instant;
use detente::rpc::thread::thread_as_of;
use proptest::prelude::*;

use crate::officer::{
    arrived, filled, heading, messages, notify, receipted, release, send, show, violations,
};
use crate::pair::{Side, pair};
use crate::world::World;

/// What one Party dispatched to us in the thread.
#[derive(Clone, Debug)]
struct Sent {
    author: Party,
    place: u64,
    released_at: Instant,
    precedence: Precedence,
}

impl Sent {
    fn digest(&self) -> Digest {
        Digest::of(format!("{} {}", self.author, self.place).as_bytes())
    }

    /// As a record at this index puts it on the Board.
    fn record(&self, index: u64) -> Record {
        let dispatch = Dispatch {
            from: self.author,
            from_incarnation: Incarnation(1),
            to: "PL".parse().unwrap(),
            to_incarnation: Incarnation(1),
            lane: self.precedence,
            serial: 1,
            thread: THREAD,
            place: self.place,
            leaf_index: 0,
            message: self.digest(),
            key_list: 1,
            to_fingerprint: Digest::ZERO,
        };
        let receipt = Receipt {
            from: dispatch.to,
            from_incarnation: Incarnation(1),
            to: self.author,
            to_incarnation: Incarnation(1),
            lane: self.precedence,
            serial: 1,
            dispatch: Digest::ZERO,
            message: self.digest(),
            outcome: Outcome::Taken,
            received_at: Instant(0),
            judged_by_key_list: 1,
            leaf_index: 0,
        };
        let message = Message {
            author: self.author,
            incarnation: Incarnation(1),
            number: String::new(),
            released_at: self.released_at,
            releaser: somebody(),
            draft: outgoing(self.precedence),
        };
        let received = Received {
            dispatch,
            dispatch_signed: Bytes::new(),
            dispatch_leaf: Digest::ZERO,
            message: Some(message),
            named: NamedInForm::default(),
            message_signed: Bytes::new(),
            receipt,
            receipt_bytes: Bytes::new(),
            receipt_leaf: Digest::ZERO,
            marks: Vec::new(),
            carried_by: None,
        };
        let events = vec![Event::Received(Box::new(received))];
        Record { index, at: Instant(1_000), command: None, events }
    }
}

fn somebody() -> Person {
    Person { name: "A".into(), office: String::new(), key_digest: Digest::ZERO }
}

fn outgoing(precedence: Precedence) -> Outgoing {
    Outgoing {
        word: None,
        format: String::new(),
        forwards: None,
        of_link: None,
        says_more: false,
        releasable_to: Vec::new(),
        thread: THREAD,
        kind: "exercise.notification".into(),
        content: Bytes::new(),
        action: Vec::new(),
        information: Vec::new(),
        precedence,
        zone: "Z".into(),
        drafter: somebody(),
        regime: None,
        marking: String::new(),
        language: String::new(),
        references: Vec::new(),
        traffic: Traffic::Real,
        parts: Vec::new(),
        subject: String::new(),
        remarks: String::new(),
    }
}

const THREAD: ThreadId = ThreadId([1; 16]);

fn sent_by(author: &'static str) -> impl Strategy<Value = Vec<Sent>> {
    // Some places are missing, and authors state what times they like.
    let one = (0..4_i64, 0..4_usize, any::<bool>());
    prop::collection::vec(one, 0..5).prop_map(move |all| {
        all.into_iter()
            .enumerate()
            .filter(|(_, (_, _, comes))| *comes)
            .map(|(at, (released_at, lane, _))| Sent {
                author: author.parse().unwrap(),
                place: at as u64 + 1,
                released_at: Instant(released_at),
                precedence: Precedence::FASTEST_FIRST[lane],
            })
            .collect()
    })
}

fn in_two_orders() -> impl Strategy<Value = (Vec<Sent>, Vec<Sent>)> {
    (sent_by("BY"), sent_by("DE"), sent_by("OSCE")).prop_flat_map(|(a, b, c)| {
        let all: Vec<Sent> = a.into_iter().chain(b).chain(c).collect();
        (Just(all.clone()).prop_shuffle(), Just(all).prop_shuffle())
    })
}

type Read = (Vec<(Party, u64, Digest)>, Vec<(Party, u64)>);

fn read(order: &[Sent]) -> Read {
    let mut board = Board::default();
    for (index, sent) in order.iter().enumerate() {
        board.apply(&sent.record(index as u64));
    }
    let thread = board.thread(THREAD).cloned().unwrap_or_default();
    let entries = thread.in_order().iter().map(|entry| (entry.author, entry.place, entry.digest)).collect();
    (entries, thread.gaps())
}

proptest! {
    #[test]
    fn every_order_of_arrival_over_the_lanes_gives_the_same_thread((one, other) in in_two_orders()) {
        prop_assert_eq!(read(&one), read(&other));
    }

    #[test]
    fn no_message_is_shown_before_an_earlier_one_of_its_author((order, _) in in_two_orders()) {
        let (entries, _) = read(&order);
        prop_assert_eq!(entries.len(), order.len());
        for (at, (author, place, _)) in entries.iter().enumerate() {
            prop_assert!(entries[at..].iter().filter(|later| later.0 == *author).all(|later| later.1 >= *place));
        }
    }
}

#[tokio::test]
async fn a_thread_is_the_same_at_both_ends_and_shows_what_became_of_each_dispatch() {
    let world = World::new(&["BY", "PL"]).await;
    let sent = notify(&world, 1).await;
    receipted(&world, "BY", "PL").await;
    let here = show(&world, "BY", &sent.thread, 0).await;
    let there = show(&world, "PL", &sent.thread, 0).await;
    assert_eq!(here.messages[0].message, there.messages[0].message);
    let [delivered] = &here.messages[0].delivered[..] else { panic!("{here:?}") };
    assert_eq!((delivered.to.as_str(), delivered.outcome.as_str()), ("PL", "taken"));
    assert_eq!(delivered.received_at_ms, world.clock.now().0);
    assert!(there.messages[0].delivered.is_empty());
}

#[tokio::test]
async fn as_of_an_instant_a_thread_shows_what_was_on_record_by_then_and_no_later_receipt() {
    let mut world = World::new(&["BY", "PL"]).await;
    world.state_mut("PL").stop().await;
    let first = world.clock.now();
    let sent = notify(&world, 1).await;
    let second = first.plus_ms(60_000);
    world.clock.set(second);
    world.state_mut("PL").start().await;
    receipted(&world, "BY", "PL").await;
    let third = second.plus_ms(60_000);
    world.clock.set(third);
    let mut amendment = filled(Kind::Amendment);
    if let Content::Amendment(form) = &mut amendment {
        let digest = Digest::from_slice(&sent.message_digest).unwrap();
        form.amends.message_digest = Some(detente::domain::form::MessageDigest(digest));
    }
    let amends = evidence::Reference {
        message_digest: sent.message_digest.clone(),
        relation: evidence::Relation::Amends as i32,
        ..Default::default()
    };
    let amends = calls::Heading { references: vec![amends], ..heading(1) };
    let amended = send(&world, "BY", 2, amends, &amendment).await;
    arrived(&world, "PL", &amended.message_digest).await;

    let known = |shown: &calls::ShowThreadResponse| {
        let receipts = shown.messages.iter().flat_map(|message| &message.delivered);
        (shown.messages.len(), receipts.filter(|one| !one.outcome.is_empty()).count())
    };
    assert_eq!(known(&show(&world, "BY", &sent.thread, first.0 - 1).await), (0, 0));
    assert_eq!(known(&show(&world, "BY", &sent.thread, first.0).await), (1, 0));
    assert_eq!(known(&show(&world, "BY", &sent.thread, second.0).await), (1, 1));
    receipted(&world, "BY", "PL").await;
    assert_eq!(known(&show(&world, "BY", &sent.thread, 0).await), (2, 2));
    assert_eq!(known(&show(&world, "PL", &sent.thread, second.0).await), (1, 0));
}

#[tokio::test]
async fn what_refers_to_a_message_that_has_not_come_is_shown_as_waiting() {
    let world = World::new(&["BY", "PL"]).await;
    let missing = Bytes::copy_from_slice(&Digest::of(b"never sent").0);
    let reference = evidence::Reference {
        message_digest: missing.clone(),
        relation: evidence::Relation::RefersTo as i32,
        ..Default::default()
    };
    let refers = calls::Heading { references: vec![reference], ..heading(1) };
    let sent = send(&world, "BY", 1, refers, &filled(Kind::Notification)).await;
    arrived(&world, "PL", &sent.message_digest).await;
    let there = show(&world, "PL", &sent.thread, 0).await;
    assert_eq!(there.messages[0].waits_for, [missing]);
}

#[tokio::test]
async fn a_long_thread_comes_in_pages_that_join() {
    let world = World::new(&["BY", "PL"]).await;
    let sent = notify(&world, 1).await;
    let statement = filled(Kind::Statement);
    for number in 2..=105 {
        send(&world, "BY", number, heading(1), &statement).await;
    }
    let mut calls_of = messages(&world.desk("BY", "drafter"));
    let mut places = Vec::new();
    let mut from = 0;
    loop {
        let call = calls::ShowThreadRequest {
            thread: sent.thread.clone(),
            as_of_ms: None,
            from,
            ..Default::default()
        };
        let page = calls_of.show_thread(call).await.unwrap().into_inner();
        places.extend(page.messages.iter().map(|message| message.place));
        if page.next == 0 {
            break;
        }
        from = page.next;
    }
    assert_eq!(places, (1..=105).collect::<Vec<u64>>());
}

#[tokio::test]
async fn content_of_an_unknown_kind_is_kept_shown_as_such_and_still_verifies() {
    let world = World::new(&["BY", "PL"]).await;
    let content = Bytes::from_static(b"from a newer program");
    let node = world.node("BY");
    let members = &node.registrar.head().board.roster.members;
    let person = |name: &str| {
        let name = format!("{name} of BY");
        members.values().find(|member| member.person.name == name).unwrap().person.clone()
    };
    let given = |id: u8, by: Person| {
        let stamp = Stamp { id: CommandId([id; 16]), content: Digest::ZERO, at: world.clock.now(), by };
        Origin::Person(stamp)
    };
    let outgoing = Outgoing {
        word: None,
        format: String::new(),
        forwards: None,
        of_link: None,
        says_more: false,
        releasable_to: Vec::new(),
        kind: "hotline.call".into(),
        content: content.clone(),
        action: vec![Addressee { party: "PL".parse().unwrap(), office: String::new() }],
        drafter: person("drafter"),
        ..outgoing(Precedence::Flash)
    };
    let bytes = encode_draft(&outgoing);
    let (draft, digest) = (DraftId([1; 16]), Digest::of(&bytes));
    let drafted = Command::Draft { draft, outgoing: outgoing.clone(), bytes };
    node.registrar.give(drafted, given(1, person("drafter"))).await.unwrap();

    // Our own officers are not given what they can't read to release.
    let desk = world.desk("BY", "releaser");
    let listed = messages(&desk).list_drafts(calls::ListDraftsRequest {}).await.unwrap().into_inner();
    assert_eq!(listed.drafts[0].kind, "hotline.call");
    let refused = release(&desk, 1, &Bytes::copy_from_slice(&digest.0), true).await.unwrap_err();
    assert_eq!(violations(&refused)[0].0, "content");

    let released = Command::Release { draft, digest, outgoing, faults: Vec::new(), as_is: AsIs::AsItIs };
    node.registrar.give(released, given(2, person("releaser"))).await.unwrap();
    receipted(&world, "BY", "PL").await;
    let there = show(&world, "PL", &Bytes::copy_from_slice(&THREAD.0), 0).await;
    let [message] = &there.messages[..] else { panic!("{there:?}") };
    assert_eq!(message.marks, ["unknown kind: kept as it is, 20 bytes"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_time_of_receipt_outside_sending_and_hearing_is_marked_at_both_ends() {
    let (by, pl) = pair("BY", "PL").await;
    let marks = async |side: &Side| {
        let head = side.registrar.head();
        let at = (None, side.clock.now());
        let page = thread_as_of(&head, &side.journal, THREAD, at, 0, None).await.unwrap();
        page.messages.into_iter().map(|message| message.marks).collect::<Vec<_>>()
    };
    // Both share a clock: it is put back, and then ahead, while the receiver makes the receipt.
    let sent = by.clock.now();
    for away_ms in [0, -3_600_000, 3_600_000] {
        by.send(by.outgoing(THREAD, &[&pl], "Exercise")).await;
        let [(dispatch, signed, message)] = &by.owed(&pl).await[..] else { panic!("one is owed") };
        by.clock.set(sent.plus_ms(away_ms));
        let receipt = pl.receive(&by, signed.clone(), message.clone()).await;
        by.clock.set(sent);
        by.take_receipt(dispatch, &receipt).await;
    }
    let before = "when it was received is disputed: PL states 2025-07-31T08:00:00.000Z, before BY released it by \
                  its own clock (2025-07-31T09:00:00.000Z)";
    let after = "when it was received is disputed: PL states 2025-07-31T10:00:00.000Z, and BY had the receipt at \
                 2025-07-31T09:00:00.000Z";
    let none = Vec::<String>::new();
    assert_eq!(marks(&by).await, [none.clone(), vec![before.to_owned()], vec![after.to_owned()]]);
    let far = "its date-time group is far from the clock here: 310900Z JUL 2025 by its author, 310800Z JUL 2025 \
               here";
    assert_eq!(marks(&pl).await, [none.clone(), vec![far.to_owned(), before.to_owned()], none]);
}
