//! The facts that start-up reads from a record's bytes are those that the whole decoder draws from its events,
//! and whatever the decoder would refuse or read in another way is left to it.

use bytes::Bytes;
use detente::codec::facts::skim;
use detente::codec::record::{self, Check};
use detente::codec::{dispatch, message, signed};
use detente::domain::event::{Event, Record};
use detente::domain::fact::Fact;
use detente::domain::keys::Purpose;
use detente::domain::message::{ACKNOWLEDGEMENT, Holds};
use detente::domain::time::Instant;
use detente::evidence::signed::{PayloadType, Signed};
use proptest::prelude::*;
use proptest::sample::Index;

use crate::party::{self, at};
use crate::records::{KINDS, full, kind, sealed};
use crate::records_any::any_stamp;

/// Whether facts were read; if so, they are the whole decoder's.
fn is_plain(entry: &Bytes) -> bool {
    let Some(skimmed) = skim(entry) else { return false };
    let opened = record::open(entry, Check::CoveredByCheckpoint).expect("what is plain can be read");
    assert_eq!((&skimmed.claim, skimmed.leaf), (&opened.claim, opened.leaf));
    let record = opened.record().expect("what is plain can be read");
    let facts = skimmed.facts;
    assert_eq!((facts.index, facts.at), (record.index, record.at));
    let stamp = record.command.map(|stamp| (stamp.id, stamp.content, record.index, stamp.at));
    assert_eq!(facts.command.map(|(id, done)| (id, done.content, done.index, done.at)), stamp);
    let drawn: Vec<_> = record.events.iter().map(Fact::of).collect();
    assert_eq!(facts.facts.into_iter().map(Some).collect::<Vec<_>>(), drawn);
    true
}

fn entry_of(events: Vec<Event>) -> Bytes {
    sealed(&Record { index: 8, at: at(4), command: None, events })
}

/// What a hand or another encoder may make of bytes.
#[derive(Clone, Debug)]
enum Spoilt {
    Changed(Index, u8),
    Cut(Index),
    Inserted(Index, Vec<u8>),
    Repeated(Index, Index),
}

fn spoilt() -> impl Strategy<Value = Spoilt> {
    // Among them a field that nobody knows, an empty field, a group, and the same value in a longer form.
    let pieces = prop_oneof![
        prop::collection::vec(any::<u8>(), 1..4),
        Just(vec![0xf8, 0x07, 0x01]),
        Just(vec![0x0a, 0x00]),
        Just(vec![0x10, 0x00]),
        Just(vec![0xfb, 0x07, 0xfc, 0x07]),
    ];
    prop_oneof![
        (any::<Index>(), any::<u8>()).prop_map(|(place, byte)| Spoilt::Changed(place, byte)),
        any::<Index>().prop_map(Spoilt::Cut),
        (any::<Index>(), pieces).prop_map(|(place, bytes)| Spoilt::Inserted(place, bytes)),
        (any::<Index>(), any::<Index>()).prop_map(|(from, end)| Spoilt::Repeated(from, end)),
    ]
}

fn spoil(bytes: &Bytes, spoilt: &Spoilt) -> Bytes {
    let mut bytes = bytes.to_vec();
    if bytes.is_empty() {
        // Cut before, to nothing.
        return bytes.into();
    }
    match spoilt {
        Spoilt::Changed(place, byte) => {
            let place = place.index(bytes.len());
            bytes[place] = *byte;
        }
        Spoilt::Cut(place) => bytes.truncate(place.index(bytes.len())),
        Spoilt::Inserted(place, piece) => {
            let place = place.index(bytes.len() + 1);
            bytes.splice(place..place, piece.iter().copied());
        }
        Spoilt::Repeated(from, end) => {
            let (from, end) = (from.index(bytes.len()), end.index(bytes.len()));
            let again = bytes[from.min(end)..from.max(end)].to_vec();
            bytes.extend(again);
        }
    }
    bytes.into()
}

fn signed_by_peer(payload_type: PayloadType, payload: Bytes) -> Bytes {
    let key = party::key(party::PEERS, Purpose::Message);
    signed::encode(&Signed::sign(payload_type, payload, &[&key]))
}

/// The events of drafts, messages and receipts with these bytes in them, whatever they are.
fn events_with(message: &Bytes, draft: &Bytes, dispatch: &Bytes, receipt: &Bytes) -> Vec<Event> {
    let message = signed_by_peer(PayloadType::Message, message.clone());
    let dispatch = signed_by_peer(PayloadType::Dispatch, dispatch.clone());
    [11, 14, 15, 16, 17]
        .map(|one| match kind(one, 42, "a text").1 {
            Event::Drafted { draft: id, outgoing, .. } => {
                Event::Drafted { draft: id, outgoing, bytes: draft.clone() }
            }
            Event::Released(mut released) => {
                released.signed = message.clone();
                Event::Released(released)
            }
            Event::Received(mut received) => {
                received.message_signed = message.clone();
                received.dispatch_signed = dispatch.clone();
                received.receipt_bytes = receipt.clone();
                Event::Received(received)
            }
            Event::Receipted(mut receipted) => {
                let mut proven = dispatch::decode_proven(receipted.proven.clone()).unwrap();
                proven.receipt = receipt.clone();
                receipted.proven = dispatch::encode_proven(&proven);
                Event::Receipted(receipted)
            }
            other => other,
        })
        .into()
}

/// Payloads of a message, a draft, a dispatch and a receipt, with something in every field.
fn payloads(text: &str) -> [Bytes; 4] {
    let mut message = full(text);
    message.draft.parts[0].holds = Holds::NoPersonalData;
    let Event::Received(received) = kind(15, 42, text).1 else { unreachable!("kind 15 is received") };
    [
        message::encode(&message),
        message::encode_draft(&message.draft),
        dispatch::encode_dispatch(&received.dispatch),
        received.receipt_bytes,
    ]
}

#[test]
fn drafts_messages_and_receipts_are_read_by_their_facts_and_other_events_are_left_whole() {
    for one in 0..KINDS {
        let (name, event) = kind(one, 42, "a text, naïve and ” quoted");
        let expected = Fact::of(&event).is_some();
        assert_eq!(is_plain(&entry_of(vec![event.clone()])), expected, "{name}");
        let (_, other) = kind(19, 42, "a head");
        assert!(!is_plain(&entry_of(vec![event, other])), "{name} beside what is taken as it is");
    }
    assert!(!is_plain(&entry_of(Vec::new())), "a record without events is for the rule to judge");
    let all = [11, 14, 15, 16, 17].map(|one| kind(one, 42, "many").1);
    assert!(is_plain(&entry_of(all.into())));
}

#[test]
fn an_acknowledgement_and_a_reference_by_number_alone_are_read_the_same() {
    let mut message = full("a text");
    message.draft.kind = ACKNOWLEDGEMENT.into();
    message.draft.references[0].message = None;
    message.draft.regime = None;
    let [_, draft, dispatch, receipt] = payloads("a text");
    let events = events_with(&message::encode(&message), &draft, &dispatch, &receipt);
    assert!(is_plain(&entry_of(events)));
}

#[test]
fn what_is_over_a_limit_is_left_to_the_decoder_that_refuses_it() {
    let [_, draft, dispatch, receipt] = payloads("a text");
    let long = "x".repeat(detente::limits::LINE_BYTES_MAX + 1);
    let many = detente::limits::ADDRESSEES_MAX + 1;
    let changes: [fn(&mut detente::domain::message::Message, &str, usize); 9] = [
        |message, long, _| message.number = long.into(),
        |message, long, _| message.releaser.name = long.into(),
        |message, long, _| message.draft.subject = long.into(),
        |message, long, _| message.draft.action[0].office = long.into(),
        |message, long, _| message.draft.references[0].number = long.into(),
        |message, long, _| message.draft.parts[0].name = long.into(),
        |message, _, _| message.draft.kind = "Not A Kind".into(),
        |message, _, many| message.draft.releasable_to = vec![message.draft.releasable_to[0]; many],
        |message, _, many| message.draft.action = vec![message.draft.action[0].clone(); many],
    ];
    for change in changes {
        let mut message = full("a text");
        change(&mut message, &long, many);
        let entry = entry_of(events_with(&message::encode(&message), &draft, &dispatch, &receipt));
        assert!(!is_plain(&entry));
        let opened = record::open(&entry, Check::CoveredByCheckpoint).unwrap();
        assert!(opened.record().is_err(), "the decoder refuses it too");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn facts_are_those_of_the_whole_decoder(
        index in any::<u64>(), at in any::<i64>(), command in any_stamp(),
        kinds in prop::collection::vec((11..18usize, any::<u64>(), ".{0,24}"), 1..3),
    ) {
        let events: Vec<Event> = kinds.iter().map(|(one, number, text)| kind(*one, *number, text).1).collect();
        let expected = events.iter().all(|event| Fact::of(event).is_some());
        let entry = sealed(&Record { index, at: Instant(at), command, events });
        prop_assert_eq!(is_plain(&entry), expected);
    }

    #[test]
    fn a_spoilt_record_is_read_as_the_whole_decoder_reads_it_or_left_to_it(
        one in 11..18usize, command in any_stamp(), spoilt in prop::collection::vec(spoilt(), 1..3),
    ) {
        let (_, event) = kind(one, 42, "a text");
        let entry = sealed(&Record { index: 8, at: at(4), command, events: vec![event] });
        is_plain(&spoilt.iter().fold(entry.clone(), |bytes, one| spoil(&bytes, one)));
        // Also behind the wrapping, whose length would otherwise hide it.
        let mut wrapping = signed::decode(entry).unwrap();
        wrapping.payload = spoilt.iter().fold(wrapping.payload, |bytes, one| spoil(&bytes, one));
        is_plain(&signed::encode(&wrapping));
    }

    /// What a peer signed may be written by any encoder.
    #[test]
    fn spoilt_content_is_read_as_the_whole_decoder_reads_it_or_left_to_it(
        text in ".{0,24}", which in 0..4usize, spoilt in prop::collection::vec(spoilt(), 1..3),
    ) {
        let mut payloads = payloads(&text);
        let before = payloads[which].clone();
        payloads[which] = spoilt.iter().fold(before, |bytes, one| spoil(&bytes, one));
        let [message, draft, dispatch, receipt] = &payloads;
        for event in events_with(message, draft, dispatch, receipt) {
            is_plain(&entry_of(vec![event]));
        }
    }
}
