//! Threads on a Board: the same in whatever order their messages arrive, with a mark on what does not fit.

use detente::domain::command::{Command, Delivery, Origin};
use detente::domain::digest::Digest;
use detente::domain::event::{Event, Record};
use detente::domain::precedence::Precedence;
use detente::domain::thread::Acknowledged;
use detente::limits;
use proptest::prelude::*;

use crate::board::{only, refusal, take};
use crate::party::{self, Folded, anna, at, by, delivery, jan, receive, theirs, thread};

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
