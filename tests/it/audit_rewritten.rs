//! A history that its own keeper wrote anew, with signatures that verify: the audit names the record whose evidence does
//! not hold.

use bytes::Bytes;
use detente::codec::event;
use detente::codec::{dispatch, record};
use detente::domain::digest::Digest;
use detente::domain::event::{Change, Event, Received, Record, Released};
use detente::domain::keys::Purpose;
use detente::domain::ledger::leaf_hash;
use detente::domain::message::{Outcome, Receipt};
use detente::domain::time::Instant;
use detente::evidence::checkpoint::{Checkpoint, SignedCheckpoint};
use detente::evidence::keys::SigningKey;
use detente::evidence::note::NoteSignature;
use detente::peers::heads::{self, HeadFault};
use detente::registrar::own_key;

use crate::audit::{audit, small_pair};
use crate::pair::Side;

/// A history that its own keeper wrote again: every record signed, every link right, one event altered.
/// `None` if it holds no such event.
pub fn rewritten(
    side: &Side,
    entries: &[Bytes],
    alter: impl Fn(&mut Record) -> bool,
) -> Option<(u64, Vec<Bytes>)> {
    let board = side.board();
    let key = own_key(&board, &side.ring, 1, Purpose::Record).unwrap();
    let mut previous = Digest::ZERO;
    let mut altered = None;
    let mut out = Vec::new();
    for entry in entries {
        let opened = record::open(entry, record::Check::CoveredByCheckpoint).unwrap();
        let claim = opened.claim.clone();
        let mut record = opened.record().unwrap();
        if altered.is_none() && alter(&mut record) {
            altered = Some(claim.index);
        }
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
    Some((altered?, out))
}

/// Flips a bit in the last signature of a wrapping, or in the last hash of a proof.
pub fn spoilt(bytes: &Bytes) -> Bytes {
    let mut bytes = bytes.to_vec();
    let last = bytes.len() - 1;
    bytes[last] ^= 1;
    bytes.into()
}

pub fn in_first<T>(record: &mut Record, pick: impl Fn(&mut Event) -> Option<T>) -> bool {
    record.events.iter_mut().find_map(pick).is_some()
}

type Alteration = (&'static str, fn(&mut Event) -> Option<()>);

pub fn released(event: &mut Event) -> Option<&mut Released> {
    if let Event::Released(released) = event { Some(released) } else { None }
}

fn received(event: &mut Event) -> Option<&mut Received> {
    if let Event::Received(received) = event { Some(received) } else { None }
}

fn receipt(event: &mut Event, change: fn(&mut Receipt)) -> Option<()> {
    let received = received(event)?;
    change(&mut received.receipt);
    received.receipt_bytes = dispatch::encode_receipt(&received.receipt);
    Some(())
}

const ALTERATIONS: &[Alteration] = &[
    ("a message that is not signed", |event| {
        released(event).map(|released| released.signed = spoilt(&released.signed))
    }),
    ("a serial", |event| released(event).map(|released| released.dispatches[0].0.serial += 1)),
    ("a place", |event| released(event).map(|released| released.dispatches[0].0.place += 1)),
    ("a leaf index", |event| released(event).map(|released| released.dispatches[0].0.leaf_index += 1)),
    ("a key list", |event| released(event).map(|released| released.dispatches[0].0.key_list += 1)),
    ("a dispatch made out to another Party under the code", |event| {
        released(event).map(|released| released.dispatches[0].0.to_fingerprint.0[0] ^= 1)
    }),
    ("a dispatch left out", |event| released(event).map(|released| released.dispatches.clear())),
    ("a dispatch that is not signed", |event| {
        received(event).map(|received| received.dispatch_signed = spoilt(&received.dispatch_signed))
    }),
    ("a message taken that is not signed", |event| {
        received(event).map(|received| received.message_signed = spoilt(&received.message_signed))
    }),
    ("a refusal for a signature that verifies", |event| {
        receipt(event, |receipt| receipt.outcome = Outcome::RefusedSignature)
    }),
    ("a refusal for addressees that are right", |event| {
        receipt(event, |receipt| receipt.outcome = Outcome::RefusedAddressee)
    }),
    ("a time of receipt", |event| receipt(event, |receipt| receipt.received_at.0 += 1)),
    ("a receipt's leaf index", |event| receipt(event, |receipt| receipt.leaf_index += 1)),
    ("a receipt's list", |event| receipt(event, |receipt| receipt.judged_by_key_list += 1)),
    ("a receipt of theirs under a head that is not signed", |event| {
        let Event::Receipted(receipted) = event else { return None };
        let mut proven = dispatch::decode_proven(receipted.proven.clone()).unwrap();
        let note = String::from_utf8(proven.checkpoint.to_vec()).unwrap();
        proven.checkpoint = note.replacen("/ledger ", "/other ", 1).into();
        receipted.proven = dispatch::encode_proven(&proven);
        Some(())
    }),
    ("a receipt of theirs with another time", |event| {
        let Event::Receipted(receipted) = event else { return None };
        let mut proven = dispatch::decode_proven(receipted.proven.clone()).unwrap();
        receipted.receipt.received_at.0 -= 1;
        proven.receipt = dispatch::encode_receipt(&receipted.receipt);
        receipted.proven = dispatch::encode_proven(&proven);
        Some(())
    }),
    ("a followed head with leaves of another", |event| {
        let Event::HeadFollowed(_, leaves) = event else { return None };
        let leaf = leaves.first_mut()?;
        leaf.body = spoilt(&leaf.body);
        Some(())
    }),
    ("a cosignature left out", |event| {
        let Event::HeadCosigned(head) = event else { return None };
        let note = String::from_utf8(head.note.to_vec()).unwrap();
        let lines: Vec<&str> = note.lines().filter(|line| !line.contains("/witness ")).collect();
        head.note = (lines.join("\n") + "\n").into();
        Some(())
    }),
    ("the time of a cosignature beside the one that was signed", |event| {
        let Event::HeadCosigned(head) = event else { return None };
        head.note = with_another_time(&head.note);
        Some(())
    }),
    ("a Party's list that is not signed", |event| {
        let Event::ChangeProposed(Change::PartyAdded { key_lists, .. }) = event else { return None };
        key_lists[0].signed = spoilt(&key_lists[0].signed);
        Some(())
    }),
];

/// The cosigned note with one line more: under the witness's name, by a key that is none of its, as of 1970.
fn with_another_time(note: &Bytes) -> Bytes {
    let note = std::str::from_utf8(note).unwrap();
    let line =
        note.lines().find_map(|line| NoteSignature::from_line(line).filter(|_| line.contains("/witness ")));
    let (name, key) = (line.unwrap().name().to_owned(), SigningKey::from_seed(&[99; 32]));
    let checkpoint = Checkpoint::from_text(&note[..=note.find("\n\n").unwrap()]).unwrap();
    let signed = SignedCheckpoint::sign(checkpoint, "nobody", &key).unwrap();
    let early = signed.cosign(&name, &key, Instant::from_seconds(1)).unwrap();
    format!("{note}{early}\n").into()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cosignature_is_not_taken_with_a_time_beside_it_that_its_witness_did_not_sign() {
    let (by, pl) = small_pair().await;
    let board = by.board();
    let cosigned = board.link(pl.party).unwrap().ours.cosigned.clone().unwrap();
    assert_eq!(heads::verify_cosigned(&board, pl.party, &cosigned.note), Ok(cosigned.clone()));
    let early = with_another_time(&cosigned.note);
    assert_eq!(event::head("PL", early.clone()).unwrap().cosigned_at, Some(1));
    assert_eq!(heads::verify_cosigned(&board, pl.party, &early), Err(HeadFault::NotCosigned));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_history_rewritten_by_its_own_keeper_is_reported_where_its_evidence_does_not_hold() {
    let (by, pl) = small_pair().await;
    for (what, alter) in ALTERATIONS {
        let mut tried = 0;
        for side in [&by, &pl] {
            let entries = side.entries().await;
            let altered = rewritten(side, &entries, |record| in_first(record, alter));
            let Some((index, altered)) = altered else { continue };
            let report = audit(&altered, side.fingerprint, None);
            assert_eq!(report.first_failing, Some(index), "{what}: {:?}", report.faults);
            tried += 1;
        }
        assert!(tried > 0, "{what}: no such event");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_confirmed_by_who_proposed_it_and_a_release_by_the_drafter_are_reported() {
    let (by, _pl) = small_pair().await;
    let entries = by.entries().await;
    let (index, altered) = rewritten(&by, &entries, |record| {
        let confirms = in_first(record, |event| matches!(event, Event::ChangeConfirmed { .. }).then_some(()));
        if confirms && let Some(stamp) = &mut record.command {
            stamp.by = by.person("first custodian");
        }
        confirms
    })
    .unwrap();
    let report = audit(&altered, by.fingerprint, None);
    assert_eq!(report.first_failing, Some(index), "{:?}", report.faults);
    assert!(report.faults[0].sentence.contains("two custodians"), "{:?}", report.faults);

    let (index, altered) = rewritten(&by, &entries, |record| {
        let releases = in_first(record, |event| released(event).map(|_| ()));
        if releases && let Some(stamp) = &mut record.command {
            stamp.by = by.person("drafter");
        }
        releases
    })
    .unwrap();
    let report = audit(&altered, by.fingerprint, None);
    assert_eq!(report.first_failing, Some(index), "{:?}", report.faults);
}
