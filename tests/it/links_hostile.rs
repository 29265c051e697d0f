//! What a changed node can do to the link with it: spend its own serials, and be found out.

use bytes::{BufMut as _, Bytes, BytesMut};
use detente::codec::dispatch::{decode_proven, decode_receipt};
use detente::codec::message;
use detente::codec::proto::detente::v1::Delivery;
use detente::codec::proto::detente::v1::delivery_answer::Answer;
use detente::domain::digest::{Digest, ThreadId};
use detente::domain::event::{Contradiction, Event};
use detente::domain::ledger::{Edge, leaf_hash};
use detente::domain::message::Outcome;
use detente::domain::precedence::Precedence;
use detente::domain::time::Instant;
use detente::limits;
use proptest::prelude::*;

use crate::hostile::{Hostile, count};
use crate::talk::{both_settled, fresh, outgoing, release, until};
use crate::world::World;

const ROUTINE: Precedence = Precedence::Routine;

fn outcome(answer: &Answer) -> Outcome {
    let Answer::Receipt(proven) = answer else { panic!("no receipt: {answer:?}") };
    decode_receipt(decode_proven(proven.clone()).unwrap().receipt).unwrap().outcome
}

fn reason(answer: &Answer) -> &str {
    match answer {
        Answer::NotTaken(reason) | Answer::NotNow(reason) => reason,
        Answer::Receipt(_) | Answer::ExpectedSerial(_) => panic!("{answer:?}"),
    }
}

#[tokio::test]
async fn what_was_not_validly_dispatched_to_us_is_only_counted_and_spends_no_serial() {
    let mut world = World::new(&["BY", "OSCE", "PL"]).await;
    let osce = world.state("OSCE").party;
    // A valid dispatch from another Party to another Party, as BY might have come by it.
    let foreign = {
        let mut other = Hostile::in_place_of(&mut world, "OSCE", "PL").await;
        let text = other.text(ROUTINE, "to PL");
        other.good(&text).1
    };
    let mut by = Hostile::in_place_of(&mut world, "BY", "PL").await;
    let before = world.node("PL").registrar.head().chain.size;
    let text = by.text(ROUTINE, "once");
    let payload = message::encode(&text);
    let right = by.next(ROUTINE, Digest::of(&payload));
    let signed = by.sign_message(payload.clone());

    let mut wrong = Vec::new();
    let mut to_other = right.clone();
    to_other.to = osce;
    wrong.push((by.sign_dispatch(&to_other), signed.clone(), "NOT_THIS_LINK"));
    let mut from_other = right.clone();
    from_other.from = osce;
    wrong.push((by.sign_dispatch(&from_other), signed.clone(), "NOT_THIS_LINK"));
    let mut old_life = right.clone();
    old_life.to_incarnation = detente::domain::party::Incarnation(2);
    wrong.push((by.sign_dispatch(&old_life), signed.clone(), "NOT_THIS_LINK"));
    let mut to_namesake = right.clone();
    to_namesake.to_fingerprint = Digest::of(b"the first key list of another Party that calls itself PL");
    wrong.push((by.sign_dispatch(&to_namesake), signed.clone(), "OTHER_FINGERPRINT"));
    wrong.push((foreign.dispatch.clone(), foreign.message.clone(), "NOT_THIS_LINK"));
    wrong.push((signed.clone(), signed.clone(), "UNREADABLE_DISPATCH"));
    wrong.push((Bytes::from_static(b"\xff\xff"), signed.clone(), "UNREADABLE_DISPATCH"));
    let other = by.text(ROUTINE, "another");
    wrong.push((by.sign_dispatch(&right), by.sign_message(message::encode(&other)), "OTHER_MESSAGE"));
    // Bytes that are not the message, large or unreadable: a receipt may say nothing about it.
    let large = Bytes::from(vec![0u8; limits::MESSAGE_SIGNED_BYTES_MAX + 1]);
    wrong.push((by.sign_dispatch(&right), by.sign_message(large), "OTHER_MESSAGE"));
    wrong.push((by.sign_dispatch(&right), Bytes::from_static(b"\xff\xff"), "OTHER_MESSAGE"));
    let mut flipped = BytesMut::from(&by.sign_dispatch(&right)[..]);
    let last = flipped.len() - 1;
    flipped[last] ^= 1;
    wrong.push((flipped.freeze(), signed.clone(), "DISPATCH_SIGNATURE"));

    for (turn, (dispatch, message, expected)) in wrong.into_iter().enumerate() {
        let answer = by.deliver_one(&Delivery { dispatch, message }).await;
        assert_eq!(reason(&answer), expected, "{turn}");
    }
    let mut unknown_list = right.clone();
    unknown_list.key_list = 7;
    let delivery = Delivery { dispatch: by.sign_dispatch(&unknown_list), message: signed.clone() };
    assert_eq!(reason(&by.deliver_one(&delivery).await), "KEY_LIST");
    let mut ahead = right.clone();
    ahead.serial = 9;
    let delivery = Delivery { dispatch: by.sign_dispatch(&ahead), message: signed.clone() };
    assert!(matches!(by.deliver_one(&delivery).await, Answer::ExpectedSerial(1)));
    assert_eq!(world.node("PL").registrar.head().chain.size, before, "no record");
    let seen = world.node("PL").exchange.links.of(by.me).seen();
    assert_eq!((seen.not_taken, seen.not_now), (11, 1));

    // The serial is still there for the right one.
    let (_, delivery) = by.good(&text);
    assert_eq!(outcome(&by.deliver_one(&delivery).await), Outcome::Taken);
}

#[tokio::test]
async fn a_dispatch_in_a_wrapping_that_no_record_has_room_for_is_called_so_and_contradicts_nothing() {
    let mut world = World::new(&["BY", "PL"]).await;
    let mut by = Hostile::in_place_of(&mut world, "BY", "PL").await;
    let text = by.text(ROUTINE, "once");
    let payload = message::encode(&text);
    let right = by.next(ROUTINE, Digest::of(&payload));
    let mut padded = BytesMut::from(&by.sign_dispatch(&right)[..]);
    // A field that nobody knows (number 15), as bytes.
    padded.put_u8(0x7a);
    prost::encoding::encode_varint(limits::RECORD_BYTES_MAX as u64, &mut padded);
    padded.put_bytes(0, limits::RECORD_BYTES_MAX);
    let delivery = Delivery { dispatch: padded.freeze(), message: by.sign_message(payload) };
    assert_eq!(reason(&by.deliver_one(&delivery).await), "NO_ROOM_IN_RECORD");
    let node = world.node("PL");
    assert_eq!(count(node, |event| matches!(event, Event::Equivocated { .. })).await, 0);
    assert_eq!(node.exchange.links.of(by.me).seen().not_taken, 1);

    // The serial is still there for the right one.
    let (_, delivery) = by.good(&text);
    assert_eq!(outcome(&by.deliver_one(&delivery).await), Outcome::Taken);
}

#[tokio::test]
async fn a_fault_in_a_message_is_on_record_and_receipted_as_refused_and_the_lane_goes_on() {
    let mut world = World::new(&["BY", "PL"]).await;
    let mut by = Hostile::in_place_of(&mut world, "BY", "PL").await;
    let pl = world.state("PL").party;
    let good = by.text(ROUTINE, "good");
    let payload = message::encode(&good);

    let mut flipped = BytesMut::from(&by.sign_message(payload.clone())[..]);
    let last = flipped.len() - 1;
    flipped[last] ^= 1;
    let to_itself = by.message(outgoing(ThreadId(fresh()), &[by.me], ROUTINE, "to itself"));
    let mut of_another = by.text(ROUTINE, "of another");
    of_another.author = pl;
    let garbage = Bytes::from_static(b"\xff\xfe no message at all");
    let large = Bytes::from(vec![0u8; limits::MESSAGE_SIGNED_BYTES_MAX + 1]);
    let bad = [
        (Digest::of(&payload), flipped.freeze(), Outcome::RefusedSignature),
        (Digest::of(&garbage), by.sign_message(garbage.clone()), Outcome::RefusedUnreadable),
        (
            Digest::of(&message::encode(&to_itself)),
            by.sign_message(message::encode(&to_itself)),
            Outcome::RefusedAddressee,
        ),
        (
            Digest::of(&message::encode(&of_another)),
            by.sign_message(message::encode(&of_another)),
            Outcome::RefusedAddressee,
        ),
        (Digest::of(&large), by.sign_message(large.clone()), Outcome::RefusedLimit),
    ];
    for (digest, message, expected) in bad {
        let dispatch = by.next(ROUTINE, digest);
        let delivery = Delivery { dispatch: by.sign_dispatch(&dispatch), message };
        by.spend(&dispatch);
        let first = by.deliver_one(&delivery).await;
        assert_eq!(outcome(&first), expected);
        assert_eq!(by.deliver_one(&delivery).await, first, "the same bytes again");
    }
    let (_, delivery) = by.good(&good);
    assert_eq!(outcome(&by.deliver_one(&delivery).await), Outcome::Taken);
    let node = world.node("PL");
    assert_eq!(count(node, |event| matches!(event, Event::Received(_))).await, 6);
    assert_eq!(node.registrar.head().board.messages.iter().count(), 1);
    // Its ledger adds up, refusals and all, and is cosigned.
    by.beat(&by.edge.clone()).await;
    until(node, "followed", |board| board.link(by.me).unwrap().theirs.edge.size() == 6).await;
    assert!(!by.beat(&by.edge.clone()).await.cosigned.is_empty());
}

#[tokio::test]
async fn unknown_kinds_and_unknown_fields_are_kept_to_the_byte() {
    let mut world = World::new(&["BY", "PL"]).await;
    let mut by = Hostile::in_place_of(&mut world, "BY", "PL").await;
    let mut text = by.text(ROUTINE, "from a newer program");
    text.draft.kind = "a.kind.of.tomorrow".into();
    let mut payload = BytesMut::from(&message::encode(&text)[..]);
    // Field 9000, length-delimited.
    payload.put_slice(&[0xc2, 0xb2, 0x04, 0x03]);
    payload.put_slice(b"new");
    let payload = payload.freeze();
    let dispatch = by.next(ROUTINE, Digest::of(&payload));
    let signed = by.sign_message(payload);
    let delivery = Delivery { dispatch: by.sign_dispatch(&dispatch), message: signed.clone() };
    by.spend(&dispatch);
    assert_eq!(outcome(&by.deliver_one(&delivery).await), Outcome::Taken);
    let node = world.node("PL");
    let head = node.registrar.head();
    let index = head.board.messages.get(&dispatch.message).unwrap().index;
    let stored = head.records(&node.registrar.journal).message(index, &dispatch.message).await.unwrap();
    assert_eq!(stored.message.draft.kind, "a.kind.of.tomorrow");
    assert!(stored.record.events.iter().any(|event| matches!(event,
        Event::Received(received) if received.message_signed == signed)));
}

#[tokio::test]
async fn a_second_word_under_one_serial_or_one_leaf_is_on_record_once_and_bounded() {
    let mut world = World::new(&["BY", "PL"]).await;
    let mut by = Hostile::in_place_of(&mut world, "BY", "PL").await;
    let first = by.text(ROUTINE, "first");
    let (dispatch, delivery) = by.good(&first);
    assert_eq!(outcome(&by.deliver_one(&delivery).await), Outcome::Taken);
    let node = world.node("PL");
    let equivocations = || count(node, |event| matches!(event, Event::Equivocated { .. }));

    // The same serial for another message, shown again and again.
    let second = by.text(ROUTINE, "second");
    let payload = message::encode(&second);
    let mut other = dispatch.clone();
    other.message = Digest::of(&payload);
    let other = Delivery { dispatch: by.sign_dispatch(&other), message: by.sign_message(payload.clone()) };
    for _ in 0..5 {
        assert_eq!(reason(&by.deliver_one(&other).await), "EQUIVOCATION");
    }
    assert_eq!(equivocations().await, 1);

    // The next serial at the leaf that was used.
    let mut reused = by.next(ROUTINE, Digest::of(&payload));
    reused.leaf_index = 0;
    let reused = Delivery { dispatch: by.sign_dispatch(&reused), message: by.sign_message(payload) };
    assert_eq!(reason(&by.deliver_one(&reused).await), "EQUIVOCATION");
    assert_eq!(equivocations().await, 2);
    let proofs = count(node, |event| {
        matches!(event, Event::Equivocated { proof: Contradiction::Dispatch { signed, .. }, .. }
            if *signed == other.dispatch || *signed == reused.dispatch)
    });
    assert_eq!(proofs.await, 2, "each with the bytes that prove it");

    // Ever new ones come to an end.
    for turn in 0..2 * limits::LINK_ODDITIES_PER_HOUR_MAX {
        let mut another = dispatch.clone();
        another.message = Digest::of(&turn.to_be_bytes());
        let delivery = Delivery { dispatch: by.sign_dispatch(&another), message: Bytes::new() };
        by.deliver_one(&delivery).await;
    }
    assert!(equivocations().await as u64 <= limits::LINK_ODDITIES_PER_HOUR_MAX);
    assert_eq!(count(node, |event| matches!(event, Event::TurnedAway { .. })).await, 1);
    // What is good still comes through.
    let (_, delivery) = by.good(&second);
    assert_eq!(outcome(&by.deliver_one(&delivery).await), Outcome::Taken);
}

#[tokio::test]
async fn ten_thousand_bad_deliveries_leave_no_record() {
    let mut world = World::new(&["BY", "PL"]).await;
    let mut by = Hostile::in_place_of(&mut world, "BY", "PL").await;
    let text = by.text(ROUTINE, "good");
    let (mut dispatch, good) = by.good(&text);
    let receipt = by.deliver_one(&good).await;
    let before = world.node("PL").registrar.head().chain.size;
    let mut forged = BytesMut::from(&good.dispatch[..]);
    let last = forged.len() - 1;
    forged[last] ^= 1;
    // Further ahead than what is under way can be: it is not waited with.
    dispatch.serial = 1_000;
    let bad = [
        Delivery { dispatch: forged.freeze(), message: good.message.clone() },
        Delivery { dispatch: by.sign_dispatch(&dispatch), message: good.message.clone() },
        Delivery { dispatch: Bytes::new(), message: Bytes::new() },
        good.clone(),
    ];
    for turn in 0..10_000 {
        by.deliver(vec![bad[turn % bad.len()].clone()]).await;
    }
    assert_eq!(world.node("PL").registrar.head().chain.size, before);
    assert_eq!(by.deliver_one(&good).await, receipt, "and the first receipt is still given");
}

#[tokio::test]
async fn a_receipt_that_does_not_verify_is_on_record_once_and_the_lane_goes_on_with_a_good_one() {
    let mut world = World::new(&["BY", "PL"]).await;
    let mut by = Hostile::in_place_of(&mut world, "BY", "PL").await;
    let node = world.node("PL");
    for subject in ["one", "two"] {
        release(&node.registrar, outgoing(ThreadId(fresh()), &[by.me], ROUTINE, subject)).await;
    }
    let owed = by.collect().await;
    assert_eq!(owed.len(), 2);
    let disputes = || count(node, |event| matches!(event, Event::ReceiptDisputed { .. }));

    // It says that another message came. The second receipt is good, and is not held up by it.
    let mut forged = by.receipt(&owed[0]);
    forged.message = Digest::of(b"another");
    let forged = by.prove(&forged);
    let good = by.receipt(&owed[1]);
    let good = by.prove(&good);
    by.hand_in(ROUTINE, 1, vec![forged.clone(), good]).await;
    let me = by.me;
    let owed_here = || {
        let lane = node.registrar.head().board.link(me).unwrap().lane(ROUTINE).clone();
        lane.owed.keys().copied().collect::<Vec<_>>()
    };
    assert_eq!(owed_here(), [1]);
    assert_eq!(disputes().await, 0, "it might be a list that is still under way");
    for _ in 0..6 {
        by.hand_in(ROUTINE, 1, vec![forged.clone()]).await;
    }
    assert_eq!(disputes().await, 1);
    let disputed = node.registrar.head().board.link(by.me).unwrap().lane(ROUTINE).disputed.clone();
    assert_eq!(disputed.keys().copied().collect::<Vec<_>>(), [1]);

    // No better: bytes, a path that leads nowhere, a checkpoint of nobody, a leaf that is another's.
    let again = by.collect().await;
    assert_eq!(again.len(), 1, "it is offered again");
    let mut reused = by.receipt(&again[0]);
    reused.leaf_index = 1;
    let reused = {
        let bytes = detente::codec::dispatch::encode_receipt(&reused);
        let mut other_tree = Edge::new();
        other_tree.push(leaf_hash(b"first"));
        other_tree.push(leaf_hash(&bytes));
        let checkpoint = detente::peers::heads::sign_own(&by.board, &by.ring, by.you, &other_tree).unwrap();
        let inclusion_path = other_tree.newest_leaf_path();
        detente::codec::dispatch::encode_proven(&detente::codec::dispatch::ProvenReceipt {
            receipt: bytes,
            inclusion_path,
            checkpoint,
        })
    };
    for bad in [Bytes::from_static(b"\xff"), Bytes::new(), reused] {
        by.hand_in(ROUTINE, 1, vec![bad]).await;
        assert_eq!(owed_here(), [1]);
    }
    let good = by.receipt(&again[0]);
    let good = by.prove(&good);
    by.hand_in(ROUTINE, 1, vec![good]).await;
    assert!(owed_here().is_empty());
}

#[tokio::test]
async fn a_peer_that_says_it_took_more_than_we_gave_is_held_and_nobody_is_stopped_by_it() {
    let mut world = World::new(&["BY", "PL"]).await;
    let mut by = Hostile::in_place_of(&mut world, "BY", "PL").await;
    let (first, second) = (by.text(ROUTINE, "first"), by.text(ROUTINE, "second"));
    let (_, delivery) = by.good(&first);
    by.beat_that_took(1).await;
    assert_eq!(reason(&by.deliver_one(&delivery).await), "NOT_COMPARED");
    // It takes it back, and all goes on: what is unsigned stopped nobody.
    by.beat_that_took(0).await;
    assert_eq!(outcome(&by.deliver_one(&delivery).await), Outcome::Taken);
    let (_, delivery) = by.good(&second);
    assert_eq!(outcome(&by.deliver_one(&delivery).await), Outcome::Taken);
}

#[tokio::test]
async fn heads_that_shrink_differ_or_cover_nothing_are_not_cosigned_and_on_record_once() {
    let mut world = World::new(&["BY", "PL"]).await;
    let mut by = Hostile::in_place_of(&mut world, "BY", "PL").await;
    for turn in 0..3 {
        let text = by.text(ROUTINE, &format!("{turn}"));
        let (_, delivery) = by.good(&text);
        assert_eq!(outcome(&by.deliver_one(&delivery).await), Outcome::Taken);
    }
    let whole = by.edge.clone();
    let cosigned = |beat: &detente::codec::proto::detente::v1::Beat| {
        String::from_utf8(beat.cosigned.to_vec()).unwrap().lines().nth(1).map(str::to_owned)
    };
    by.beat(&whole).await;
    assert_eq!(cosigned(&by.beat(&whole).await).as_deref(), Some("3"));
    let node = world.node("PL");
    let before = node.registrar.head().chain.size;
    let rejected = || count(node, |event| matches!(event, Event::HeadRejected { .. }));

    // The same size over other leaves: a fork, on record once however often it is shown.
    let mut fork = Edge::new();
    for leaf in [b"a", b"b", b"c"] {
        fork.push(leaf_hash(leaf));
    }
    for _ in 0..20 {
        assert_eq!(cosigned(&by.beat(&fork).await).as_deref(), Some("3"));
    }
    assert_eq!(rejected().await, 1);
    // Larger, over leaves that nobody has seen; and one that claims more than there can be.
    let mut grown = whole.clone();
    grown.push(leaf_hash(b"never sent"));
    for _ in 0..20 {
        assert_eq!(cosigned(&by.beat(&grown).await).as_deref(), Some("3"));
    }
    // Forged altogether.
    let good = detente::peers::heads::sign_own(&by.board, &by.ring, by.you, &whole).unwrap();
    let text = String::from_utf8(good.to_vec()).unwrap();
    for forged in [text.replacen("\n3\n", "\n4\n", 1), String::new(), "x\n\n".into(), text.repeat(2)] {
        by.beat_with(forged.into(), Bytes::from_static(b"no note either")).await;
    }
    // Our own heads without our signature, or without theirs, count nothing.
    let ours = by.beat(&whole).await.checkpoint;
    by.beat_with(good.clone(), ours).await;
    assert_eq!(node.registrar.head().chain.size, before + 1);
    assert!(node.registrar.head().board.link(by.me).unwrap().ours.cosigned.is_none());
    assert_eq!(rejected().await, 1);
}

#[tokio::test]
async fn a_spent_budget_is_not_now_with_one_record_until_the_next_hour_and_other_lanes_go_on() {
    let mut world = World::new(&["BY", "PL"]).await;
    let mut by = Hostile::in_place_of(&mut world, "BY", "PL").await;
    let node = world.node("PL");
    // FLASH has the smaller budget, so it is the one that a test can spend.
    let flash = Precedence::Flash;
    let mut sent = 0;
    let refused = 'spent: loop {
        let deliveries: Vec<_> = (0..limits::DELIVERIES_PER_CALL_MAX)
            .map(|_| {
                let text = by.text(flash, "flood");
                by.good(&text).1
            })
            .collect();
        for (answer, delivery) in by.deliver(deliveries.clone()).await.into_iter().zip(deliveries) {
            match answer {
                Answer::Receipt(_) => sent += 1,
                other => {
                    assert_eq!(reason(&other), "BUDGET");
                    break 'spent delivery;
                }
            }
        }
    };
    assert_eq!(sent, limits::LINK_FLASH_RECORDS_PER_HOUR_MAX);
    // Below FLASH there is another budget.
    let text = by.text(ROUTINE, "another lane");
    let (_, delivery) = by.good(&text);
    assert_eq!(outcome(&by.deliver_one(&delivery).await), Outcome::Taken);
    assert_eq!(count(node, |event| matches!(event, Event::TurnedAway { .. })).await, 1);
    // The next hour has a budget of its own.
    world.clock.set(Instant(by.now.0 + 3_600_000));
    assert_eq!(outcome(&by.deliver_one(&refused).await), Outcome::Taken);
}

#[tokio::test]
async fn many_leaves_in_any_order_of_lanes_are_followed_to_the_same_root() {
    let world = World::new(&["BY", "PL"]).await;
    let (by_code, pl_code) = (world.state("BY").party, world.state("PL").party);
    let mut lanes = Precedence::FASTEST_FIRST.into_iter().cycle();
    for turn in 0..40 {
        let (from, to) = if turn % 3 == 0 { ("PL", by_code) } else { ("BY", pl_code) };
        let message = outgoing(ThreadId(fresh()), &[to], lanes.next().unwrap(), &format!("{turn}"));
        release(&world.node(from).registrar, message).await;
    }
    both_settled(&world, "BY", "PL").await;
    let (at_by, at_pl) =
        (world.node("BY").registrar.head().board.clone(), world.node("PL").registrar.head().board.clone());
    let (by, pl) = (at_by.link(pl_code).unwrap(), at_pl.link(by_code).unwrap());
    assert_eq!(by.ours.edge, pl.theirs.edge);
    assert_eq!(pl.ours.edge, by.theirs.edge);
    assert_eq!(by.ours.edge.size(), 40, "each message is a leaf at its sender, each receipt at its receiver");
    assert_eq!(pl.ours.edge.size(), 40);
}

proptest! {
    #[test]
    fn no_bytes_of_a_delivery_or_a_receipt_make_the_judgement_panic(
        dispatch in proptest::collection::vec(any::<u8>(), 0..200),
        message in proptest::collection::vec(any::<u8>(), 0..200),
    ) {
        let board = detente::domain::board::Board::default();
        let peer = "BY".parse().unwrap();
        let looked = detente::peers::receive::look(&board, peer, ROUTINE, dispatch.clone().into(), message.into());
        prop_assert!(looked.is_err());
        detente::peers::receive::claimed(&dispatch.clone().into());
        prop_assert!(detente::peers::heads::verify_theirs(&board, peer, &dispatch.into()).is_err());
    }
}
