//! The audit of a whole journal: what holds, and that damage of every kind is named by index.

use bytes::Bytes;
use detente::codec::event::second_dispatch;
use detente::codec::export::ExportWriter;
use detente::codec::{dispatch, record};
use detente::domain::board::{Board, FOLD_VERSION};
use detente::domain::command::{Command, Origin};
use detente::domain::digest::{Digest, ThreadId};
use detente::domain::event::{Event, Leaf, Record};
use detente::domain::keys::Purpose;
use detente::domain::ledger::{Edge, leaf_hash};
use detente::domain::message::Dispatch;
use detente::peers::heads;
use detente::registrar::{own_key, seal};
use detente::replay::audit::{Audit, Covered, Report};
use detente::replay::{Fold, Look, TrustRoot};

use crate::pair::{Side, exchange, pair};

pub const THREAD: ThreadId = ThreadId([7; 16]);

pub async fn small_pair() -> (Side, Side) {
    let (by, pl) = pair("BY", "PL").await;
    exchange(&by, &pl, THREAD, "Exercise").await;
    (by, pl)
}

pub fn audit(entries: &[Bytes], fingerprint: Digest, checkpoint: Option<&str>) -> Report {
    let mut audit = Audit::new(TrustRoot::FirstKeyList(fingerprint));
    audit.take((0..).zip(entries.iter().cloned()));
    audit.finish(checkpoint.map(str::as_bytes))
}

#[tokio::test(flavor = "multi_thread")]
async fn an_untouched_journal_holds_at_both_ends() {
    let (by, pl) = small_pair().await;
    for side in [&by, &pl] {
        let entries = side.entries().await;
        let head = side.registrar.head();
        let report = audit(&entries, side.fingerprint, Some(&side.checkpoint()));
        assert_eq!(report.faults, []);
        assert!(report.holds());
        assert_eq!(report.covered, Covered::ByCheckpoint { size: head.chain.size });
        assert_eq!((report.size, report.void), (entries.len() as u64, 0));
        assert_eq!((report.root, report.board), (head.root(), head.board.digest()));
        assert_eq!(report.own.unwrap().0, side.party);
        assert_eq!(report.fold_version, FOLD_VERSION);
        // More than the records' own: messages, dispatches, receipts, heads.
        assert!(report.checked > report.size + 5, "{}", report.checked);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_audit_and_the_fold_come_to_the_same_board_in_any_batches() {
    let (by, _pl) = small_pair().await;
    let entries = by.entries().await;
    let whole = audit(&entries, by.fingerprint, None);
    let mut fold = Fold::new(TrustRoot::AsItSays);
    for (position, entry) in (0..).zip(&entries) {
        fold.step(position, entry, Look::AtSignature).unwrap();
    }
    assert_eq!(whole.board, fold.board.digest());
    for size in 1..entries.len() {
        let mut audit = Audit::new(TrustRoot::AsItSays);
        for (batch, part) in entries.chunks(size).enumerate() {
            let first = (batch * size) as u64;
            audit.take((first..).zip(part.iter().cloned()));
        }
        assert_eq!(audit.finish(None), whole);
    }
}

/// F5: the exact record is named, whichever byte of it was changed.
#[tokio::test(flavor = "multi_thread")]
async fn a_flipped_bit_anywhere_is_reported_by_index() {
    let (by, _pl) = small_pair().await;
    let entries = by.entries().await;
    let checkpoint = by.checkpoint();
    for (index, entry) in entries.iter().enumerate() {
        for at in 0..entry.len() {
            let mut bytes = entry.to_vec();
            bytes[at] ^= 1 << (at % 8);
            let mut damaged = entries.clone();
            damaged[index] = bytes.into();
            let report = audit(&damaged, by.fingerprint, Some(&checkpoint));
            assert_eq!(report.first_failing, Some(index as u64), "byte {at}: {:?}", report.faults);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_record_removed_is_reported_by_its_index() {
    let (by, _pl) = small_pair().await;
    let entries = by.entries().await;
    for index in 0..entries.len() {
        let mut damaged = entries.clone();
        damaged.remove(index);
        let report = audit(&damaged, by.fingerprint, Some(&by.checkpoint()));
        assert_eq!(report.first_failing, Some(index as u64), "{:?}", report.faults);
        // Even where nothing vouches for the end, all but the last is missed.
        let report = audit(&damaged, by.fingerprint, None);
        let missed = (index + 1 < entries.len()).then_some(index as u64);
        assert_eq!(report.first_failing, missed, "{:?}", report.faults);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_journal_cut_short_anywhere_is_reported_by_the_first_record_missing() {
    let (by, _pl) = small_pair().await;
    let entries = by.entries().await;
    for length in 0..entries.len() {
        let report = audit(&entries[..length], by.fingerprint, Some(&by.checkpoint()));
        if length == 0 {
            assert!(report.own.is_none());
            continue;
        }
        assert_eq!(report.first_failing, Some(length as u64), "{:?}", report.faults);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn records_swapped_are_reported_and_a_doubled_one_is_void_with_its_index() {
    let (by, _pl) = small_pair().await;
    let entries = by.entries().await;
    for index in 1..entries.len() - 1 {
        let mut swapped = entries.clone();
        swapped.swap(index, index + 1);
        let report = audit(&swapped, by.fingerprint, Some(&by.checkpoint()));
        assert_eq!(report.first_failing, Some(index as u64 + 1), "{:?}", report.faults);
    }
    for index in 0..entries.len() {
        let mut doubled = entries.clone();
        doubled.insert(index, entries[index].clone());
        let report = audit(&doubled, by.fingerprint, Some(&by.checkpoint()));
        assert!(report.holds(), "{:?}", report.faults);
        assert_eq!(report.void, 1);
        assert_eq!(report.voids[0].claims, Some(index as u64));
        assert_eq!(report.voids[0].position, index as u64 + 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_foreign_journal_is_refused_by_its_fingerprint() {
    let (by, pl) = small_pair().await;
    let report = audit(&by.entries().await, pl.fingerprint, Some(&by.checkpoint()));
    assert_eq!(report.first_failing, Some(0));
    let report = audit(&by.entries().await, by.fingerprint, Some(&pl.checkpoint()));
    assert!(!report.holds(), "the checkpoint of another Party covers nothing");
}

/// The journal with one record more, signed and linked as its keeper can: what the Board would decide
/// if it were as `lenient` makes a copy of it, and then as `edit` leaves it.
pub async fn with_forged(
    side: &Side,
    command: Command,
    by: &str,
    lenient: impl FnOnce(&mut Board),
    edit: impl FnOnce(&mut Event),
) -> (u64, Vec<Bytes>) {
    let head = side.registrar.head();
    let mut board = (*head.board).clone();
    lenient(&mut board);
    let stamp = side.stamp(by);
    let origin = Origin::Person(stamp.clone());
    let decided = board.decide(&command, &origin, stamp.at).unwrap().remove(0);
    let mut event = seal(decided, &board, &side.ring).unwrap();
    edit(&mut event);
    let heading = record::Heading {
        index: head.chain.size,
        previous: head.chain.head,
        incarnation: head.chain.incarnation,
        epoch: head.chain.epoch,
        writer: head.chain.writer.unwrap(),
    };
    let record = Record { index: heading.index, at: stamp.at, command: Some(stamp), events: vec![event] };
    let key = own_key(&board, &side.ring, 1, Purpose::Record).unwrap();
    let mut entries = side.entries().await;
    entries.push(record::seal(&heading, &record, key));
    (heading.index, entries)
}

pub fn reports(side: &Side, entries: &[Bytes], index: u64, sentence: &str) {
    let report = audit(entries, side.fingerprint, None);
    assert_eq!(report.first_failing, Some(index), "{sentence}: {:?}", report.faults);
    let told = report.faults.iter().any(|fault| fault.sentence.contains(sentence));
    assert!(told, "{sentence}: {:?}", report.faults);
    // Never what a Party wrote.
    assert!(report.faults.iter().all(|fault| !fault.sentence.contains("Exercise")), "{:?}", report.faults);
}

/// Two sides, and the first dispatch of the one. The other's journal accuses it of a second under its serial,
/// and of another leaf.
pub async fn accuser() -> (Side, Side, Bytes) {
    let (by, pl) = pair("BY", "PL").await;
    by.send(by.outgoing(THREAD, &[&pl], "Exercise")).await;
    let (first, first_signed, message_signed) = by.owed(&pl).await.remove(0);
    pl.receive(&by, first_signed.clone(), message_signed).await;
    let second = Dispatch { place: 2, ..first.clone() };
    let proof = second_dispatch(by.sign(&second)).unwrap();
    pl.registrar.give(Command::Contradict { party: by.party, proof }, Origin::Node).await.unwrap();
    let bodies =
        [second, Dispatch { serial: 2, leaf_index: 1, ..first }].map(|one| dispatch::encode_dispatch(&one));
    let mut edge = Edge::new();
    let leaves: Vec<Leaf> = (0..)
        .zip(bodies)
        .map(|(index, body)| Leaf { index, hash: leaf_hash(&body), body })
        .inspect(|leaf| edge.push(leaf.hash))
        .collect();
    let note = heads::sign_own(&by.board(), &by.ring, pl.party, &edge).unwrap();
    let head = heads::verify_theirs(&pl.board(), by.party, &note).unwrap();
    pl.registrar.give(Command::FollowHead(head, leaves), Origin::Node).await.unwrap();
    (by, pl, first_signed)
}

/// F21: in another process, in another zone, the Board has the same digest.
#[tokio::test(flavor = "multi_thread")]
async fn the_same_export_has_the_same_board_in_another_process_and_time_zone() {
    let (by, _pl) = small_pair().await;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("by.journal");
    let mut writer = ExportWriter::begin(std::fs::File::create(&path).unwrap()).unwrap();
    for entry in by.entries().await {
        writer.entry(&entry).unwrap();
    }
    writer.end(by.checkpoint().as_bytes()).unwrap();
    let mut boards = Vec::new();
    for (zone, language) in [("Pacific/Kiritimati", "C"), ("America/St_Johns", "tr_TR.UTF-8")] {
        let ran = std::process::Command::new(env!("CARGO_BIN_EXE_detente"))
            .args(["audit", "verify", "--json", "--file"])
            .arg(&path)
            .env("TZ", zone)
            .env("LANG", language)
            .env("LC_ALL", language)
            .output()
            .unwrap();
        assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
        let object: serde_json::Value = serde_json::from_slice(&ran.stdout).unwrap();
        boards.push(object["board"].as_str().unwrap().to_owned());
    }
    assert_eq!(boards, [by.board().digest().to_string(), by.board().digest().to_string()]);
}
