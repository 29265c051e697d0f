//! The audit of what older folds put on record about duties: told, and never held against today's rules.

use bytes::Bytes;
use detente::codec::record;
use detente::domain::board::FOLD_VERSION;
use detente::domain::digest::{Digest, ThreadId};
use detente::domain::duty::DutiesNoted;
use detente::domain::event::{Event, Record};
use detente::domain::keys::Purpose;
use detente::domain::ledger::leaf_hash;
use detente::registrar::own_key;
use detente::replay::TrustRoot;
use detente::replay::audit::{Audit, Report};

use crate::pair::{Side, exchange, pair};

const THREAD: ThreadId = ThreadId([7; 16]);

/// As `rewritten`, with every epoch opened under this fold version.
async fn written_under(side: &Side, fold_version: u32, more: Vec<Event>) -> Vec<Bytes> {
    let under = |event: &mut Event| {
        if let Event::EpochOpened { fold_version: version, .. } = event {
            *version = fold_version;
        }
    };
    rewritten(side, under, more).await
}

/// The journal as its own keeper can write it: with other events, and with these records behind it.
pub async fn rewritten(side: &Side, rewrite: impl Fn(&mut Event), more: Vec<Event>) -> Vec<Bytes> {
    let head = side.registrar.head();
    let key = own_key(&head.board, &side.ring, 1, Purpose::Record).unwrap();
    let mut previous = Digest::ZERO;
    let mut out = Vec::new();
    for entry in &side.entries().await {
        let opened = record::open(entry, record::Check::CoveredByCheckpoint).unwrap();
        let claim = opened.claim.clone();
        let mut record = opened.record().unwrap();
        record.events.iter_mut().for_each(&rewrite);
        let heading = record::Heading {
            index: claim.index,
            previous,
            incarnation: claim.incarnation,
            epoch: claim.epoch,
            writer: claim.writer,
        };
        let sealed = record::seal(&heading, &record, key);
        previous = leaf_hash(&sealed);
        out.push(sealed);
    }
    let (mut index, mut epoch) = (head.chain.size, head.chain.epoch);
    for event in more {
        if let Event::EpochOpened { number, .. } = &event {
            epoch = *number;
        }
        let (incarnation, writer) = (head.chain.incarnation, head.chain.writer.unwrap());
        let heading = record::Heading { index, previous, incarnation, epoch, writer };
        let record = Record { index, at: side.clock.now(), command: None, events: vec![event] };
        let sealed = record::seal(&heading, &record, key);
        previous = leaf_hash(&sealed);
        out.push(sealed);
        index += 1;
    }
    out
}

pub fn audit(side: &Side, entries: Vec<Bytes>) -> Report {
    let mut audit = Audit::new(TrustRoot::FirstKeyList(side.fingerprint));
    audit.take((0..).zip(entries));
    audit.finish(None)
}

#[tokio::test(flavor = "multi_thread")]
async fn what_an_older_fold_had_considered_for_duties_is_told_and_is_no_fault() {
    let (by, pl) = pair("BY", "PL").await;
    exchange(&by, &pl, THREAD, "Exercise").await;
    let ours = by.board().thread(THREAD).unwrap().entries().next().unwrap().digest;
    // Today no regime with duties is held, and nothing is to be considered.
    let noted = || Event::DutiesNoted(Box::new(DutiesNoted { about: Some(ours), ..Default::default() }));
    let older = audit(&by, written_under(&by, 1, vec![noted()]).await);
    assert_eq!((older.faults, older.by_older_rules), (Vec::new(), 1));
    // Folds since the second have the rules of today.
    for fold_version in 2..=FOLD_VERSION {
        let todays = audit(&by, written_under(&by, fold_version, vec![noted()]).await);
        assert_eq!(todays.by_older_rules, 0);
        assert!(todays.faults[0].sentence.contains("is not to be considered, or was"), "{:?}", todays.faults);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_goes_back_to_an_older_fold_so_that_todays_rules_are_held_against_nothing() {
    let (by, _) = pair("BY", "PL").await;
    let epoch = |number, fold_version| Event::EpochOpened { number, fold_version };
    let next = by.registrar.head().chain.epoch + 1;
    let up = vec![epoch(next, FOLD_VERSION)];
    assert_eq!(audit(&by, written_under(&by, FOLD_VERSION - 1, up).await).faults, []);
    let down = vec![epoch(next, FOLD_VERSION - 1)];
    let report = audit(&by, written_under(&by, FOLD_VERSION, down).await);
    let sentence = "an epoch was opened under an older fold version than one before it";
    assert!(report.faults.iter().any(|fault| fault.sentence == sentence), "{:?}", report.faults);
}
