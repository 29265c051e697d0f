//! What is not opened: a journal that lacks, or does not begin with, what this node signed; each with the
//! first index that fails.

use bytes::Bytes;
use detente::codec::record::Check;
use detente::domain::board::FOLD_VERSION;
use detente::domain::digest::{Digest, WriterId};
use detente::domain::event::{Event, Record};
use detente::domain::keys::Purpose;
use detente::domain::precedence::Precedence;
use detente::evidence::checkpoint::{Checkpoint, SignedCheckpoint};
use detente::evidence::keys::{KeyRing, SigningKey};
use detente::evidence::names;
use detente::journal::{Journal, embedded, kafka};
use detente::registrar::{CheckpointFile, OpenFault, Opening, replay_checked, signed_checkpoint};
use detente::replay::{Broken, Fold, Look, Step, TrustRoot};

use crate::between::{Between, Passage};
use crate::broker::{self, Broker};
use crate::journal::Place;
use crate::party;
use crate::registrar::{begun, entries, open, opening, read};

/// Entries of a small journal, and the checkpoint kept beside it.
async fn small() -> (Vec<Bytes>, String) {
    let place = Place::embedded();
    let journal = begun(&place).await;
    let (registrar, _task) = open(&journal, 1).await;
    let by = |person, number| party::by(&person, number, "", party::at(100));
    let outgoing = party::outgoing(Precedence::Routine, "one");
    let propose = detente::domain::command::Command::Propose(party::peer_added());
    registrar.give(propose, by(party::anna(), 1)).await.unwrap();
    let confirm = detente::domain::command::Command::confirm(party::id(1));
    registrar.give(confirm, by(party::jan(), 2)).await.unwrap();
    registrar.give(party::draft(1, outgoing.clone()), by(party::anna(), 3)).await.unwrap();
    registrar.give(party::release(1, outgoing), by(party::jan(), 4)).await.unwrap();
    read(&registrar, 5).await.unwrap();
    let note = signed_checkpoint(&registrar.head(), &party::ring()).unwrap();
    (entries(&journal).await, note)
}

/// A journal with these entries, and the folder that holds it.
async fn journal_of(entries: &[Bytes]) -> (tempfile::TempDir, Journal) {
    let folder = tempfile::tempdir().unwrap();
    let journal = embedded::create(&folder.path().join("journal")).unwrap();
    if !entries.is_empty() {
        journal.append(entries.to_vec()).await.unwrap();
    }
    (folder, journal)
}

/// What comes of opening these entries, with this checkpoint beside them if there is one.
async fn opened(entries: &[Bytes], note: Option<&str>) -> Result<u64, OpenFault> {
    let (folder, journal) = journal_of(entries).await;
    let mut opening: Opening = opening(&journal, 2);
    if let Some(note) = note {
        let path = folder.path().join("checkpoint");
        std::fs::write(&path, note).unwrap();
        opening.checkpoint = Some(CheckpointFile::new(&path));
    }
    let (registrar, _task) = opening.open().await?;
    Ok(registrar.head().chain.size)
}

fn root() -> TrustRoot {
    TrustRoot::FirstKeyList(party::first_list(party::us()).digest)
}

fn fold_of(entries: &[Bytes]) -> Fold {
    let mut fold = Fold::new(root());
    for (position, entry) in entries.iter().enumerate() {
        assert!(matches!(fold.step(position as u64, entry, Look::AtSignature), Ok(Step::Counted(_))));
    }
    fold
}

/// The first index that is named when these entries are folded on top of `fold`; the size if none is.
fn first_that_fails(mut fold: Fold, from: usize, entries: &[Bytes]) -> u64 {
    for (position, entry) in entries.iter().enumerate() {
        match fold.step((from + position) as u64, entry, Look::AtSignature) {
            Ok(_) => {}
            Err(Broken::NoBeginning | Broken::Foreign { .. }) => return 0,
            Err(
                Broken::Unreadable { index, .. }
                | Broken::NewerFold { index, .. }
                | Broken::Missing { index },
            ) => return index,
            Err(Broken::HeldByPeer { .. }) => unreachable!("no peer speaks here"),
        }
    }
    fold.missing_at_end().unwrap_or(fold.chain.size)
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_whole_opens_with_its_checkpoint_and_without() {
    let (entries, note) = small().await;
    assert_eq!(opened(&entries, Some(&note)).await.unwrap(), entries.len() as u64 + 1);
    assert_eq!(opened(&entries, None).await.unwrap(), entries.len() as u64 + 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_that_is_older_than_its_checkpoint_is_refused_by_the_first_index_it_lacks() {
    let (entries, note) = small().await;
    for size in 1..entries.len() {
        match opened(&entries[..size], Some(&note)).await {
            Err(OpenFault::OlderThanCheckpoint { expected, found }) => {
                assert_eq!((expected, found), (entries.len() as u64, size as u64));
            }
            other => panic!("{other:?}"),
        }
    }
    // Its end is certain, so that nothing is written to find it.
    let (folder, journal) = journal_of(&entries[..3]).await;
    let mut opening = opening(&journal, 2);
    let path = folder.path().join("checkpoint");
    std::fs::write(&path, &note).unwrap();
    opening.checkpoint = Some(CheckpointFile::new(&path));
    assert!(opening.open().await.is_err());
    assert_eq!(crate::registrar::entries(&journal).await, entries[..3]);
    assert!(matches!(opened(&[], Some(&note)).await, Err(OpenFault::Empty)));
}

/// A Kafka topic with these entries, somebody in between, and who opens it with this checkpoint beside it.
async fn behind_somebody(
    entries: &[Bytes],
    note: &str,
) -> (Between, Broker, Journal, Opening, tempfile::TempDir) {
    let mut between = Between::new().await;
    let broker = Broker::start_behind(|port| {
        between.serve(port);
        between.port()
    });
    let config = broker::config(&format!("127.0.0.1:{}", between.port()), broker.config().transport);
    let topic = broker::fresh_topic();
    let journal = kafka::create(&config, &topic).await.unwrap();
    journal.append(entries.to_vec()).await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("checkpoint");
    std::fs::write(&path, note).unwrap();
    let mut opening = opening(&kafka::open(&config, &topic).await.unwrap(), 2);
    opening.checkpoint = Some(CheckpointFile::new(&path));
    (between, broker, journal, opening, folder)
}

/// As after a change of leader: what stands behind the end that the leader claims shows only once the
/// epoch was appended behind it.
#[tokio::test(flavor = "multi_thread")]
async fn on_kafka_an_end_that_was_claimed_too_early_is_no_older_copy() {
    let (entries, note) = small().await;
    let (shown, behind) = entries.split_at(4);
    let (between, _broker, journal, opening, _folder) = behind_somebody(shown, &note).await;
    between.set(Passage::WritesHeld);
    let opened = tokio::spawn(opening.open());
    between.until_held().await;
    between.set(Passage::Free);
    journal.append(behind.to_vec()).await.unwrap();
    between.release();
    let (registrar, _task) = opened.await.unwrap().unwrap();
    assert_eq!(registrar.head().chain.size, entries.len() as u64 + 1);
    assert_eq!(registrar.head().void, 1, "the first epoch record came too late");
}

#[tokio::test(flavor = "multi_thread")]
async fn on_kafka_an_older_copy_is_refused_with_no_more_written_than_an_epoch() {
    let (entries, note) = small().await;
    for size in [1, entries.len() - 1] {
        let (_between, _broker, journal, opening, _folder) = behind_somebody(&entries[..size], &note).await;
        match opening.open().await.err() {
            Some(OpenFault::OlderThanCheckpoint { expected, found }) => {
                assert_eq!((expected, found), (entries.len() as u64, size as u64));
            }
            other => panic!("{other:?}"),
        }
        assert_eq!(crate::registrar::entries(&journal).await.len(), size + 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_history_that_was_signed_but_is_not_the_one_of_the_checkpoint_is_a_fork() {
    let (entries, note) = small().await;
    let size = entries.len();
    let mut fork = entries[..size - 1].to_vec();
    let chain = fold_of(&fork).chain;
    let events = vec![Event::AuditRead { what: "another".into() }];
    let record = Record { index: chain.size, at: party::at(100), command: None, events };
    fork.push(party::sealed(&chain, WriterId([1; 16]), 1, &record));
    let fault = opened(&fork, Some(&note)).await;
    assert!(matches!(fault, Err(OpenFault::Forked { size: named }) if named == size as u64), "{fault:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flipped_bit_in_any_byte_is_named_by_index() {
    let (entries, _) = small().await;
    for (index, entry) in entries.iter().enumerate() {
        let before = if index == 0 { Fold::new(root()) } else { fold_of(&entries[..index]) };
        for byte in 0..entry.len() {
            let mut flipped = entry.to_vec();
            flipped[byte] ^= 1 << (byte % 8);
            let mut rest = entries[index..].to_vec();
            rest[0] = flipped.into();
            assert_eq!(first_that_fails(before.clone(), index, &rest), index as u64, "byte {byte}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flipped_bit_is_named_when_the_journal_is_opened() {
    let (entries, note) = small().await;
    for index in 0..entries.len() {
        for byte in [3, entries[index].len() / 2, entries[index].len() - 1] {
            let mut flipped = entries.clone();
            let mut bytes = flipped[index].to_vec();
            bytes[byte] ^= 0x10;
            flipped[index] = bytes.into();
            let named = |fault: OpenFault| match fault {
                // Only where nothing follows it.
                OpenFault::OlderThanCheckpoint { found, .. } if index + 1 == entries.len() => found,
                OpenFault::Changed { index, .. } | OpenFault::Broken(Broken::Missing { index }) => index,
                OpenFault::Broken(Broken::NoBeginning) => 0,
                other => panic!("{other}"),
            };
            assert_eq!(named(opened(&flipped, Some(&note)).await.unwrap_err()), index as u64);
            // Without a checkpoint nothing tells of the newest record; the others are followed by one.
            if index + 1 < entries.len() {
                assert_eq!(named(opened(&flipped, None).await.unwrap_err()), index as u64);
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn removed_and_swapped_entries_are_named_and_doubled_ones_are_void() {
    let (entries, note) = small().await;
    let last = entries.len() - 1;
    for index in 0..last {
        let mut removed = entries.clone();
        removed.remove(index);
        assert_eq!(first_that_fails(Fold::new(root()), 0, &removed), index as u64);
        let mut swapped = entries.clone();
        swapped.swap(index, index + 1);
        let expected = if index == 0 { 0 } else { index as u64 + 1 };
        if index > 1 || index == 0 {
            assert_eq!(first_that_fails(Fold::new(root()), 0, &swapped), expected, "swapped {index}");
        }
        assert!(opened(&swapped, Some(&note)).await.is_err());
        let mut doubled = entries.clone();
        doubled.insert(last, entries[index].clone());
        doubled.insert(index, entries[index].clone());
        assert_eq!(opened(&doubled, Some(&note)).await.unwrap(), entries.len() as u64 + 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_overtaken_together_is_no_sign_of_loss() {
    let (entries, note) = small().await;
    let base = entries.len() - 2;
    // Two records of another writer that came too late: the second follows on the first.
    let mut chain = fold_of(&entries[..base]).chain;
    let events = vec![Event::AuditRead { what: "overtaken".into() }];
    let record = |index| Record { index, at: party::at(100), command: None, events: events.clone() };
    let first = party::sealed(&chain, WriterId([1; 16]), 1, &record(chain.size));
    let opened_first = detente::codec::record::open(
        &first,
        Check::Signature(&party::key(party::OURS, Purpose::Record).public_key()),
    )
    .unwrap();
    chain.take(&opened_first.claim, opened_first.leaf);
    let second = party::sealed(&chain, WriterId([1; 16]), 1, &record(chain.size));
    let mut all = entries.clone();
    all.push(first);
    all.push(second.clone());
    assert_eq!(opened(&all, Some(&note)).await.unwrap(), entries.len() as u64 + 1);
    assert_eq!(opened(&all, None).await.unwrap(), entries.len() as u64 + 1);
    // The same alone, right behind the record before: what it follows on is nowhere.
    let mut torn = entries[..base].to_vec();
    torn.push(second);
    let fault = opened(&torn, None).await;
    assert!(
        matches!(fault, Err(OpenFault::Broken(Broken::Missing { index })) if index == base as u64),
        "{fault:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_newer_fold_is_refused_before_anything_of_it_is_read() {
    let (mut entries, _) = small().await;
    let fold = fold_of(&entries);
    let events = vec![Event::EpochOpened { number: 2, fold_version: FOLD_VERSION + 1 }];
    let record = Record { index: fold.chain.size, at: party::at(100), command: None, events };
    entries.push(party::sealed(&fold.chain, WriterId([3; 16]), 2, &record));
    let fault = opened(&entries, None).await;
    assert!(
        matches!(
            fault,
            Err(OpenFault::Broken(Broken::NewerFold { index, written }))
                if index == fold.chain.size && written == FOLD_VERSION + 1
        ),
        "{fault:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unsigned_record_under_the_checkpoint_leads_nobody_astray() {
    let (entries, note) = small().await;
    let at = entries.len() - 2;
    let fold = fold_of(&entries[..at]);
    let forger = party::key(party::PEERS, Purpose::Record);
    let events = vec![Event::AuditRead { what: "forged".into() }];
    let record = Record { index: fold.chain.size, at: party::at(100), command: None, events };
    let forged = party::sealed_by(&forger, &fold.chain, WriterId([1; 16]), 1, &record);
    // One that links, but whose event nobody can read.
    let unreadable = vec![Event::ChangeDropped { proposal: party::id(77) }];
    let whole = party::sealed_by(
        &forger,
        &fold.chain,
        WriterId([1; 16]),
        1,
        &Record { events: unreadable, ..record.clone() },
    );
    let id = party::id(77).0;
    let from = whole.windows(16).position(|window| window == id).unwrap();
    let mut spoilt = whole.to_vec();
    spoilt[from - 1] = 15;
    spoilt.remove(from);
    for stray in [forged, Bytes::from(spoilt)] {
        let mut all = entries.clone();
        all.insert(at, stray);
        assert_eq!(opened(&all, Some(&note)).await.unwrap(), entries.len() as u64 + 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unsigned_record_that_claims_to_come_later_makes_nobody_believe_in_a_loss() {
    let (entries, note) = small().await;
    let at = entries.len() - 2;
    let mut chain = fold_of(&entries[..at]).chain;
    (chain.size, chain.head) = (chain.size + 3, detente::domain::digest::Digest::of(b"nowhere"));
    let forger = party::key(party::PEERS, Purpose::Record);
    let events = vec![Event::AuditRead { what: "forged".into() }];
    let record = Record { index: chain.size, at: party::at(100), command: None, events };
    let mut all = entries.clone();
    all.insert(at, party::sealed_by(&forger, &chain, WriterId([1; 16]), 1, &record));
    assert_eq!(opened(&all, Some(&note)).await.unwrap(), entries.len() as u64 + 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_holds_only_rubbish_is_damaged_not_empty() {
    let rubbish = [Bytes::from_static(b"rubbish")];
    let fault = opened(&rubbish, None).await;
    assert!(matches!(fault, Err(OpenFault::Broken(Broken::NoBeginning))), "{fault:?}");
    let (entries, _) = small().await;
    let fault = opened(&entries[1..], None).await;
    assert!(matches!(fault, Err(OpenFault::Broken(Broken::NoBeginning))), "{fault:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_checkpoint_that_this_node_did_not_sign_is_refused() {
    let (entries, note) = small().await;
    for bad in ["", "no note", &note.replace("PL", "PX"), &note.replacen('+', "A", 1)] {
        let fault = opened(&entries, Some(bad)).await;
        assert!(matches!(fault, Err(OpenFault::Checkpoint(_))), "{fault:?}");
    }
    // Whichever bit of it is another, it is not called a fork, nor a longer history that was lost; also where the
    // history is shorter. Only which key signed it is not known before the list that names the key.
    for byte in 0..note.len() {
        let mut flipped = note.clone().into_bytes();
        flipped[byte] ^= 1;
        let Ok(flipped) = String::from_utf8(flipped) else { continue };
        for size in [entries.len(), entries.len() - 1] {
            let fault = opened(&entries[..size], Some(&flipped)).await;
            let is_of_an_unknown_key = flipped.split(' ').next_back() != note.split(' ').next_back();
            let is_short = size < entries.len() && is_of_an_unknown_key;
            let known = matches!(fault, Err(OpenFault::Checkpoint(_)))
                || (is_short && matches!(fault, Err(OpenFault::UnderUnknownKey { .. })));
            assert!(known, "byte {byte}: {fault:?}");
        }
    }
    // The right size and root, in a stranger's hand.
    let (_folder, journal) = journal_of(&entries).await;
    let (registrar, _task) = open(&journal, 5).await;
    let strangers = KeyRing::new(vec![party::key(party::PEERS, Purpose::Ledger)]);
    assert_eq!(signed_checkpoint(&registrar.head(), &strangers), None);
    let fold = replay_checked(&journal, root(), None).await.unwrap();
    assert_eq!(fold.board, *registrar.head().board);
}

/// Whoever forges a checkpoint beside a whole journal must not have it taken for an older copy of itself.
#[tokio::test(flavor = "multi_thread")]
async fn a_short_history_is_called_an_older_copy_only_under_a_key_that_is_this_party_s() {
    let (entries, _) = small().await;
    let chain = fold_of(&entries).chain;
    let signed = |key: &SigningKey| {
        let origin = names::journal_origin((&party::us(), party::LIFE));
        let checkpoint = Checkpoint::new(origin, chain.size + 1, Digest::of(b"a root"));
        let name = names::ledger_key_name(&party::us());
        SignedCheckpoint::sign(checkpoint, &name, key).unwrap().note().to_string()
    };
    // The second is of a key list that this copy lacks, and in this node's key directory.
    for seed in [party::OURS, party::OURS_NEXT] {
        let fault = opened(&entries, Some(&signed(&party::key(seed, Purpose::Ledger)))).await;
        assert!(matches!(fault, Err(OpenFault::OlderThanCheckpoint { .. })), "{fault:?}");
    }
    let fault =
        opened(&entries, Some(&signed(&party::key(party::PEERS, Purpose::Ledger)))).await.unwrap_err();
    assert!(matches!(fault, OpenFault::UnderUnknownKey { .. }), "{fault:?}");
    assert!(fault.to_string().contains("no key list in this journal names"), "{fault}");
}
