//! Any records and persons come back the same from their bytes, and no bytes at all make a reader panic.

use bytes::Bytes;
use detente::codec::dispatch;
use detente::codec::record::{self, Check};
use detente::codec::{change, event, key_list, message, signed};
use detente::domain::chain::Opens;
use detente::domain::digest::Digest;
use detente::domain::event::{Event, Record, Stamp};
use detente::domain::keys::Purpose;
use detente::domain::ledger::leaf_hash;
use proptest::prelude::*;

use crate::party::{self, at};
use crate::records::{KINDS, kind, opened, sealed};

fn any_events() -> impl Strategy<Value = Vec<Event>> {
    let one = (0..KINDS, any::<u64>(), ".{0,24}").prop_map(|(one, number, text)| kind(one, number, &text).1);
    prop::collection::vec(one, 0..4)
}

pub fn any_stamp() -> impl Strategy<Value = Option<Stamp>> {
    let stamp = (any::<u64>(), any::<[u8; 32]>(), any::<i64>(), ".{0,40}");
    prop::option::of(stamp).prop_map(|stamp| {
        stamp.map(|(number, content, at, name)| Stamp {
            id: party::id(number),
            content: Digest(content),
            at: detente::domain::time::Instant(at),
            by: party::person(&name),
        })
    })
}

fn decode_all(bytes: &Bytes) {
    let key = party::key(party::OURS, Purpose::Record).public_key();
    for check in [Check::Signature(&key), Check::CoveredByCheckpoint] {
        if let Ok(opened) = record::open(bytes, check) {
            let _ = opened.record();
        }
    }
    let _ = message::decode(bytes);
    let _ = message::decode_draft(bytes);
    let _ = message::decode_acknowledgement(bytes);
    let _ = dispatch::decode_dispatch(bytes.clone());
    let _ = dispatch::decode_receipt(bytes.clone());
    let _ = dispatch::decode_proven(bytes.clone());
    let _ = event::head("BY", bytes.clone());
    let _ = change::key_list(bytes.clone());
    let _ = key_list::decode(bytes);
    let _ = signed::decode(bytes.clone());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn every_record_comes_back_as_it_was(
        index in any::<u64>(), at in any::<i64>(), command in any_stamp(), events in any_events(),
    ) {
        let record = Record { index, at: detente::domain::time::Instant(at), command, events };
        let entry = sealed(&record);
        prop_assert_eq!(&sealed(&record), &entry, "the same record, the same bytes");
        let opened = opened(&entry);
        let opening = |event: &Event| matches!(event, Event::JournalOpened { .. } | Event::EpochOpened { .. });
        let expected = match &record.events[..] {
            [] => Opens::Misfit,
            [_, rest @ ..] if rest.iter().any(opening) => Opens::Misfit,
            [Event::JournalOpened { .. }, ..] => Opens::Journal,
            [Event::EpochOpened { number, .. }] => Opens::Epoch(*number),
            [Event::EpochOpened { .. }, ..] => Opens::Misfit,
            [..] => Opens::Nothing,
        };
        prop_assert_eq!(opened.claim.opens, expected);
        prop_assert_eq!(opened.leaf, leaf_hash(&entry));
        prop_assert_eq!(opened.record().unwrap(), record);
    }

    #[test]
    fn no_bytes_make_a_reader_panic(bytes in prop::collection::vec(any::<u8>(), 0..600)) {
        decode_all(&bytes.into());
    }

    /// Bytes that are nearly right reach further.
    #[test]
    fn no_spoilt_record_makes_a_reader_panic(
        one in 0..KINDS, at_byte in any::<prop::sample::Index>(), value in any::<u8>(), cut in any::<prop::sample::Index>(), cuts in any::<bool>(),
    ) {
        let (_, event) = kind(one, 42, "a text");
        let record = Record { index: 8, at: at(4), command: None, events: vec![event] };
        let mut bytes = sealed(&record).to_vec();
        let place = at_byte.index(bytes.len());
        bytes[place] = value;
        if cuts {
            bytes.truncate(cut.index(bytes.len()));
        }
        decode_all(&bytes.clone().into());
        // Also behind the wrapping, where a signature would otherwise stop it.
        if let Ok(wrapping) = signed::decode(bytes.into()) {
            decode_all(&wrapping.payload);
        }
    }
}
