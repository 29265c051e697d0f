//! A full audit of a big journal over the bare verification of the signatures in it, on the same cores.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use bytes::Bytes;
use detente::codec::{record, signed};
use detente::domain::event::{Event, Record};
use detente::evidence::keys::{PublicKey, SigningKey};
use detente::evidence::signed::pre_authentication_encoding;
use detente::replay::TrustRoot;
use detente::replay::audit::{Audit, Report};

use crate::Asked;
use crate::figures::{Aim, Ratio, per_second, print};
use crate::made::{Made, made};

const RUNS: usize = 5;
/// About 50,000 messages: each notice goes one way and is acknowledged the other.
const RECORDS: u64 = 90_000;

/// A signature, bare.
struct Bare {
    bytes: Vec<u8>,
    signature: [u8; 64],
}

pub async fn run(asked: &Asked) {
    let made = made(asked.sized(RECORDS)).await;
    // The same bytes under one key of the bench: a signature's cost does not depend on whose it is.
    let key = SigningKey::from_seed(&[5; 32]);
    let (bare, messages) = collect(&made, &key).await;
    let public = key.public_key();
    let mut ratios = Vec::new();
    let mut fastest = 0;
    for _ in 0..RUNS {
        let floor = verify(&public, &bare);
        let (report, took) = audit(&made).await;
        assert!(report.holds(), "{:?}", report.faults);
        ratios.push(Ratio::of(floor.as_nanos(), took.as_nanos()));
        fastest = fastest.max(per_second(bare.len() as u64, took));
    }
    let what = "signatures a second in an audit over bare ones";
    print(what, ratios, &Aim::AtLeast("0.80"));
    println!(
        "  {} records, {messages} messages, {} signatures; best run {fastest} signatures/s",
        made.checkpoint.0,
        bare.len()
    );
}

async fn audit(made: &Made) -> (Report, Duration) {
    let start = Instant::now();
    let mut audit = Audit::new(TrustRoot::FirstKeyList(made.fingerprint));
    let mut reader = made.journal.reader(0).expect("a reader");
    while let Some(entries) = reader.next_or_end().await.expect("read") {
        audit.take(entries.into_iter().map(|entry| (entry.position, entry.bytes)));
    }
    let report = audit.finish(None);
    (report, start.elapsed())
}

/// On all cores, nothing but the verifications.
fn verify(key: &PublicKey, bare: &[Bare]) -> Duration {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let next = AtomicUsize::new(0);
    let start = Instant::now();
    std::thread::scope(|scope| {
        for _ in 0..cores {
            scope.spawn(|| {
                while let Some(one) = bare.get(next.fetch_add(1, Ordering::Relaxed)) {
                    assert!(key.verify(&one.bytes, &one.signature).is_ok());
                }
            });
        }
    });
    start.elapsed()
}

/// All that is signed in the journal, and how many messages it holds.
async fn collect(made: &Made, key: &SigningKey) -> (Vec<Bare>, u64) {
    let (mut bare, mut messages) = (Vec::new(), 0);
    let mut reader = made.journal.reader(0).expect("a reader");
    while let Some(entries) = reader.next_or_end().await.expect("read") {
        for entry in entries {
            let opened = record::open(&entry.bytes, record::Check::CoveredByCheckpoint).expect("a record");
            let record = opened.record().expect("a record");
            let mut add = |bytes: Vec<u8>| bare.push(Bare { signature: key.sign(&bytes), bytes });
            add(encoding(&entry.bytes));
            messages += signatures(&record, &mut add);
        }
    }
    (bare, messages)
}

/// Those that an audit verifies in one record; gives how many messages it holds.
fn signatures(record: &Record, add: &mut impl FnMut(Vec<u8>)) -> u64 {
    let mut messages = 0;
    for event in &record.events {
        match event {
            Event::Released(released) => {
                messages += 1;
                add(encoding(&released.signed));
            }
            Event::Received(received) => {
                messages += 1;
                add(encoding(&received.dispatch_signed));
                add(encoding(&received.message_signed));
            }
            // What a note's keys sign is its text, of about this length.
            Event::Receipted(_) | Event::HeadFollowed(..) => add(vec![b'n'; 90]),
            Event::HeadCosigned(_) => {
                add(vec![b'n'; 90]);
                add(vec![b'c'; 130]);
            }
            _ => {}
        }
    }
    messages
}

fn encoding(wrapping: &Bytes) -> Vec<u8> {
    let wrapping = signed::decode(wrapping.clone()).expect("a wrapping");
    pre_authentication_encoding(wrapping.payload_type.as_str(), &wrapping.payload)
}
