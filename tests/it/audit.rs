//! The audit of a whole journal: what holds, and that damage of every kind is named by index.

use bytes::Bytes;
use detente::codec::event::{self, second_dispatch};
use detente::codec::export::ExportWriter;
use detente::codec::{dispatch, message, record, signed};
use detente::domain::board::{Board, Denied, Draft, FOLD_VERSION};
use detente::domain::by_hand::{DeliveredByHand, HandedOver, Says};
use detente::domain::command::{AsIs, Command, Origin};
use detente::domain::digest::{CommandId, Digest, ThreadId};
use detente::domain::event::{
    Change, Contradiction, Event, Leaf, Member, Received, Record, RegimeHeld, Released,
};
use detente::domain::keys::Purpose;
use detente::domain::ledger::{Edge, leaf_hash};
use detente::domain::message::{Dispatch, Outcome, Outgoing, Receipt};
use detente::domain::people::Role;
use detente::domain::precedence::Precedence;
use detente::domain::refusal::{NotNow, Refusal};
use detente::domain::regime::numbering::Pattern;
use detente::domain::time::Instant;
use detente::evidence::checkpoint::{Checkpoint, SignedCheckpoint};
use detente::evidence::keys::SigningKey;
use detente::evidence::note::NoteSignature;
use detente::evidence::signed::{PayloadType, Signed};
use detente::peers::heads::{self, HeadFault};
use detente::registrar::{own_key, seal};
use detente::replay::audit::{Audit, Covered, Report};
use detente::replay::{Fold, Look, TrustRoot};

use crate::pair::{Side, exchange, pair};

const THREAD: ThreadId = ThreadId([7; 16]);

async fn small_pair() -> (Side, Side) {
    let (by, pl) = pair("BY", "PL").await;
    exchange(&by, &pl, THREAD, "Exercise").await;
    (by, pl)
}

fn audit(entries: &[Bytes], fingerprint: Digest, checkpoint: Option<&str>) -> Report {
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

/// A history that its own keeper wrote again: every record signed, every link right, one event altered.
/// `None` if it holds no such event.
fn rewritten(
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
fn spoilt(bytes: &Bytes) -> Bytes {
    let mut bytes = bytes.to_vec();
    let last = bytes.len() - 1;
    bytes[last] ^= 1;
    bytes.into()
}

fn in_first<T>(record: &mut Record, pick: impl Fn(&mut Event) -> Option<T>) -> bool {
    record.events.iter_mut().find_map(pick).is_some()
}

type Alteration = (&'static str, fn(&mut Event) -> Option<()>);

fn released(event: &mut Event) -> Option<&mut Released> {
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

const NOT_ON_ROSTER: &str = "the roster on record does not have this person in a role that includes this";

#[tokio::test(flavor = "multi_thread")]
async fn a_record_behind_which_stands_a_person_without_the_role_is_reported() {
    let (by, pl) = small_pair().await;
    type Deed = (&'static str, fn(&Event) -> bool);
    let deeds: &[Deed] = &[
        ("drafter", |event| matches!(event, Event::ChangeProposed(_))),
        ("drafter", |event| matches!(event, Event::ChangeConfirmed { .. })),
        ("releaser", |event| matches!(event, Event::Drafted { .. })),
        ("drafter", |event| matches!(event, Event::Released(_))),
        ("first custodian", |event| matches!(event, Event::Released(_))),
        ("somebody", |event| matches!(event, Event::Released(_))),
    ];
    for side in [&by, &pl] {
        let entries = side.entries().await;
        for (person, is_it) in deeds {
            let altered = rewritten(side, &entries, |record| {
                let found = record.events.iter().any(is_it);
                if found && let Some(stamp) = &mut record.command {
                    stamp.by = side.person(person);
                }
                found
            });
            if let Some((index, altered)) = altered {
                reports(side, &altered, index, NOT_ON_ROSTER);
            }
        }
        // By nobody at all.
        for (_, is_it) in deeds {
            let altered = rewritten(side, &entries, |record| {
                let found = record.events.iter().any(is_it);
                record.command = record.command.take().filter(|_| !found);
                found
            });
            if let Some((index, altered)) = altered {
                reports(side, &altered, index, "only a person may give it");
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_release_by_who_was_taken_off_the_roster_before_is_reported() {
    let (by, pl) = small_pair().await;
    let (draft, digest, outgoing) = by.draft(by.outgoing(THREAD, &[&pl], "Exercise")).await;
    let releaser = by.person("releaser");
    by.change(Change::MemberRemoved(releaser.key_digest)).await;
    let release =
        Command::Release { draft, digest, outgoing, faults: Vec::new(), as_is: AsIs::OnlyWithoutFaults };
    let refused = by.registrar.give(release.clone(), Origin::Person(by.stamp("releaser"))).await;
    assert_eq!(refused.unwrap_err(), Denied::Refused(Refusal::NotPermitted));
    let on_roster = |board: &mut Board| {
        let member = Member { person: releaser.clone(), roles: [Role::Releaser].into() };
        board.roster.members.insert(releaser.key_digest, member);
    };
    let (index, entries) = with_forged(&by, release, "releaser", on_roster, |_| {}).await;
    reports(&by, &entries, index, NOT_ON_ROSTER);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_whose_proposer_is_no_custodian_any_more_takes_no_force() {
    let (by, _pl) = small_pair().await;
    let third = Member { person: by.person("third custodian"), roles: [Role::Custodian].into() };
    by.change(Change::MemberAdded(third)).await;
    let proposal = by.stamp("first custodian");
    let id = proposal.id;
    let change = Change::ReleaseRule { one_person: vec![Precedence::Flash] };
    by.registrar.give(Command::Propose(change), Origin::Person(proposal)).await.unwrap();
    let removal = by.stamp("second custodian");
    let removal_id = removal.id;
    let first = by.person("first custodian");
    let change = Change::MemberRemoved(first.key_digest);
    by.registrar.give(Command::Propose(change), Origin::Person(removal)).await.unwrap();
    let confirm = Origin::Person(by.stamp("third custodian"));
    by.registrar.give(Command::Confirm(removal_id), confirm).await.unwrap();
    let confirm = Origin::Person(by.stamp("second custodian"));
    let refused = by.registrar.give(Command::Confirm(id), confirm).await;
    assert_eq!(refused.unwrap_err(), Denied::Refused(Refusal::ProposerNoCustodian));
    let on_roster = |board: &mut Board| {
        let member = Member { person: first.clone(), roles: [Role::Custodian].into() };
        board.roster.members.insert(first.key_digest, member);
    };
    let (index, entries) =
        with_forged(&by, Command::Confirm(id), "second custodian", on_roster, |_| {}).await;
    reports(&by, &entries, index, "who proposed it is none any more");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_journal_opened_by_one_custodian_under_two_names_is_reported() {
    let (by, _pl) = small_pair().await;
    let entries = by.entries().await;
    let (_, altered) = rewritten(&by, &entries, |record| {
        in_first(record, |event| {
            let Event::JournalOpened { members, .. } = event else { return None };
            members[1].person.key_digest = members[0].person.key_digest;
            Some(())
        })
    })
    .unwrap();
    reports(&by, &altered, 0, "without two different custodians");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_released_that_is_not_its_draft_or_whose_draft_was_not_open_is_reported() {
    let (by, pl) = small_pair().await;
    let (draft, digest, outgoing) = by.draft(by.outgoing(THREAD, &[&pl], "Exercise")).await;
    let release = |digest, outgoing: &Outgoing| Command::Release {
        draft,
        digest,
        outgoing: outgoing.clone(),
        faults: Vec::new(),
        as_is: AsIs::OnlyWithoutFaults,
    };
    let as_drafted = release(digest, &outgoing);
    let (_, entries) = with_forged(&by, as_drafted.clone(), "releaser", |_| {}, |_| {}).await;
    assert!(audit(&entries, by.fingerprint, None).holds(), "the helper forges nothing by itself");

    // Another text than what was shown and released.
    let other = Outgoing { remarks: "never shown".into(), ..outgoing.clone() };
    let other_digest = Digest::of(&message::encode_draft(&other));
    let shown_otherwise = |board: &mut Board| {
        let open = Draft { digest: other_digest, ..board.draft(draft).unwrap().clone() };
        board.drafts.insert(draft, open.into());
    };
    let forged = release(other_digest, &other);
    let (index, entries) = with_forged(&by, forged, "releaser", shown_otherwise, |_| {}).await;
    reports(&by, &entries, index, "not what its draft on record says");

    // A field behind what this program reads, signed along.
    let board = by.board();
    let key = own_key(&board, &by.ring, 1, Purpose::Message).unwrap();
    let longer = |event: &mut Event| {
        let released = released(event).unwrap();
        let mut payload = message::encode(&released.message).to_vec();
        // Field 999, one byte.
        payload.extend([0xba, 0x3e, 1, 7]);
        released.digest = Digest::of(&payload);
        released.signed = signed::encode(&Signed::sign(PayloadType::Message, payload.into(), &[key]));
        released.dispatches[0].0.message = released.digest;
    };
    let (index, entries) = with_forged(&by, as_drafted.clone(), "releaser", |_| {}, longer).await;
    reports(&by, &entries, index, "holds more than was drafted");

    // A number out of its series.
    let number = |event: &mut Event| {
        let released = released(event).unwrap();
        released.message.number = "BY/2025/PL/0009".into();
        let payload = message::encode(&released.message);
        released.digest = Digest::of(&payload);
        released.signed = signed::encode(&Signed::sign(PayloadType::Message, payload, &[key]));
        released.dispatches[0].0.message = released.digest;
    };
    let (index, entries) = with_forged(&by, as_drafted.clone(), "releaser", |_| {}, number).await;
    reports(&by, &entries, index, "number is not the next");

    // Returned to its drafter.
    let open = board.draft(draft).unwrap().clone();
    let as_it_was = |board: &mut Board| {
        board.drafts.insert(draft, open.clone().into());
    };
    let give_back = Command::ReturnDraft { draft, digest, reason: "Exercise name".into() };
    by.registrar.give(give_back, Origin::Person(by.stamp("releaser"))).await.unwrap();
    let (index, entries) = with_forged(&by, as_drafted.clone(), "releaser", as_it_was, |_| {}).await;
    reports(&by, &entries, index, "returned to its drafter");

    // Drafted again, released, and once more.
    let again = Command::Draft { draft, outgoing: outgoing.clone(), bytes: message::encode_draft(&outgoing) };
    by.registrar.give(again, Origin::Person(by.stamp("drafter"))).await.unwrap();
    by.registrar.give(as_drafted.clone(), Origin::Person(by.stamp("releaser"))).await.unwrap();
    let (index, entries) = with_forged(&by, as_drafted, "releaser", as_it_was, |_| {}).await;
    reports(&by, &entries, index, "no draft with this id is open");
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

fn accusation(event: &mut Event) -> Option<&mut Contradiction> {
    if let Event::Equivocated { proof, .. } = event { Some(proof) } else { None }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_accusation_on_record_that_proves_nothing_is_reported() {
    let (by, pl, first) = accuser().await;
    let entries = pl.entries().await;
    let report = audit(&entries, pl.fingerprint, Some(&pl.checkpoint()));
    assert_eq!(report.faults, [], "both accusations are proven");

    let told = |sentence, alter: &dyn Fn(&mut Contradiction) -> Option<()>| {
        let altered = rewritten(&pl, &entries, |record| {
            record.events.iter_mut().find_map(|event| alter(accusation(event)?)).is_some()
        });
        let (index, altered) = altered.expect(sentence);
        reports(&pl, &altered, index, sentence);
    };
    // The dispatch that was taken accuses nobody, nor one that its sender did not sign.
    told("contradicts nothing", &|proof| {
        let Contradiction::Dispatch { signed, .. } = proof else { return None };
        *signed = first.clone();
        Some(())
    });
    told("the dispatch that contradicts an earlier one", &|proof| {
        let Contradiction::Dispatch { signed, .. } = proof else { return None };
        *signed = spoilt(signed);
        Some(())
    });
    // Another Party's dispatch, or one to somebody else, contradicts nothing of this link.
    let elsewhere = |proof: &mut Contradiction| {
        let Contradiction::Dispatch { dispatch, signed, .. } = proof else { return None };
        *signed = by.sign(&Dispatch { to: "OSCE".parse().unwrap(), ..dispatch.clone() });
        Some(())
    };
    told("contradicts nothing", &elsewhere);
    let to_namesake = |proof: &mut Contradiction| {
        let Contradiction::Dispatch { dispatch, signed, .. } = proof else { return None };
        *signed = by.sign(&Dispatch { to_fingerprint: by.fingerprint, ..dispatch.clone() });
        Some(())
    };
    told("contradicts nothing", &to_namesake);

    told("the leaf that contradicts an earlier one", &|proof| {
        let Contradiction::Leaf { inclusion_path, .. } = proof else { return None };
        inclusion_path[0].0[0] ^= 1;
        Some(())
    });
    told("the leaf that contradicts an earlier one", &|proof| {
        let Contradiction::Leaf { inclusion_path, .. } = proof else { return None };
        inclusion_path.clear();
        Some(())
    });
    told("the leaf that contradicts an earlier one", &|proof| {
        let Contradiction::Leaf { checkpoint, .. } = proof else { return None };
        let note = String::from_utf8(checkpoint.to_vec()).unwrap();
        *checkpoint = note.replacen("/ledger/", "/other/", 1).into();
        Some(())
    });
    told("contradicts nothing", &|proof| {
        let Contradiction::Leaf { leaf, .. } = proof else { return None };
        leaf.index = 1;
        Some(())
    });
}

#[tokio::test(flavor = "multi_thread")]
async fn a_receipt_put_on_record_as_not_verifying_must_not_verify() {
    let (by, pl) = pair("BY", "PL").await;
    by.send(by.outgoing(THREAD, &[&pl], "Exercise")).await;
    let (first, first_signed, message_signed) = by.owed(&pl).await.remove(0);
    let proven = pl.receive(&by, first_signed, message_signed).await;
    let dispute = |receipt: Bytes, judged_by_key_list| Command::DisputeReceipt {
        party: pl.party,
        lane: first.lane,
        serial: first.serial,
        receipt,
        reason: "it does not verify".into(),
        judged_by_key_list,
    };
    // By another list than the newest it may verify: not now.
    let refused = by.registrar.give(dispute(spoilt(&proven), 2), Origin::Node).await;
    assert_eq!(refused.unwrap_err(), Denied::NotNow(NotNow::KeyList));
    by.registrar.give(dispute(spoilt(&proven), 1), Origin::Node).await.unwrap();
    let entries = by.entries().await;
    assert_eq!(audit(&entries, by.fingerprint, Some(&by.checkpoint())).faults, []);
    for receipt in [Bytes::new(), Bytes::from_static(b"anything")] {
        let (_, altered) = rewritten(&by, &entries, |record| disputed_as(record, &receipt)).unwrap();
        assert_eq!(audit(&altered, by.fingerprint, None).faults, []);
    }
    let (index, altered) = rewritten(&by, &entries, |record| disputed_as(record, &proven)).unwrap();
    reports(&by, &altered, index, "and it verifies");
}

fn disputed_as(record: &mut Record, bytes: &Bytes) -> bool {
    in_first(record, |event| {
        let Event::ReceiptDisputed { receipt, .. } = event else { return None };
        *receipt = bytes.clone();
        Some(())
    })
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

fn duties(text: &[u8]) -> detente::domain::event::LaysDown {
    detente::codec::regime::duties(text, &|_, _| None).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_regime_put_on_record_under_another_name_or_other_numbers_than_its_own_is_reported() {
    let (by, _pl) = small_pair().await;
    let text = detente::codec::regime::built_in::file("vienna-document-2011").unwrap();
    let numbering = detente::codec::regime::numbering(text, &|_, _| None).unwrap().unwrap();
    let held = RegimeHeld {
        name: "vienna-document-2011".into(),
        edition: 1,
        digest: Digest::of(text),
        text: Bytes::from_static(text),
        numbering: Some(numbering.clone()),
        duties: duties(text),
    };
    let hold = Command::HoldRegime(held);
    let (_, entries) = with_forged(&by, hold.clone(), "drafter", |_| {}, |_| {}).await;
    assert_eq!(audit(&entries, by.fingerprint, None).first_failing, None);
    let renamed = |event: &mut Event| {
        let Event::RegimeHeld(held) = event else { panic!("a regime is held") };
        held.name = "another".into();
    };
    let (index, entries) = with_forged(&by, hold.clone(), "drafter", |_| {}, renamed).await;
    reports(&by, &entries, index, "another name or edition than its text states");

    // What is inherited is compared as well: from what came with the program, and from what is held.
    let of_parent = |name: &str, parent: &[u8]| {
        let head = "edition = 1\nsource = \"-\"\nnature = \"political\"\n";
        let digest = Digest::of(parent);
        format!(
            "regime = \"child-{name}\"\n{head}inherits = {{ regime = \"{name}\", digest = \"{digest}\" }}\n"
        )
    };
    let first = of_parent("vienna-document-2011", text);
    let second = of_parent("child-vienna-document-2011", first.as_bytes());
    for (name, text) in [("child-vienna-document-2011", first), ("child-child-vienna-document-2011", second)]
    {
        let text = Bytes::from(text);
        let held = RegimeHeld {
            name: name.into(),
            edition: 1,
            digest: Digest::of(&text),
            text,
            numbering: Some(numbering.clone()),
            duties: duties(detente::codec::regime::built_in::file("vienna-document-2011").unwrap()),
        };
        let origin = Origin::Person(by.stamp("drafter"));
        let hold = Command::HoldRegime(held.clone());
        let (index, entries) = with_forged(
            &by,
            Command::HoldRegime(RegimeHeld { numbering: None, ..held }),
            "drafter",
            |_| {},
            |_| {},
        )
        .await;
        reports(&by, &entries, index, "other official numbers than its text lays down");
        by.registrar.give(hold, origin).await.unwrap();
        assert_eq!(audit(&by.entries().await, by.fingerprint, None).first_failing, None);
    }

    let forgeries: [fn(&mut RegimeHeld); 3] = [
        |held| held.numbering = None,
        |held| held.numbering.as_mut().unwrap().pattern = Pattern::read("X/{party}/{yy}/{serial}").unwrap(),
        |held| held.numbering.as_mut().unwrap().marks.clear(),
    ];
    for forge in forgeries {
        let renumbered = |event: &mut Event| {
            let Event::RegimeHeld(held) = event else { panic!("a regime is held") };
            forge(held);
        };
        let (index, entries) = with_forged(&by, hold.clone(), "drafter", |_| {}, renumbered).await;
        reports(&by, &entries, index, "other official numbers than its text lays down");
    }
    let other = |event: &mut Event| {
        use detente::domain::event::LaysDown;
        let Event::RegimeHeld(held) = event else { panic!("a regime is held") };
        held.duties = match held.duties {
            LaysDown::Duties => LaysDown::NoDuties,
            LaysDown::NoDuties => LaysDown::Duties,
        };
    };
    let (index, entries) = with_forged(&by, hold, "drafter", |_| {}, other).await;
    reports(&by, &entries, index, "laying down duties");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_of_a_delivery_by_hand_that_stands_against_a_rule_is_reported() {
    let (by, pl) = small_pair().await;
    let board = by.board();
    let ours = board.thread(THREAD).unwrap().entries().find(|entry| entry.author == by.party).unwrap().digest;
    let handed = HandedOver {
        means: "note verbale".into(),
        channel: String::new(),
        note_number: String::new(),
        by: "the embassy".into(),
        to: "the duty officer".into(),
        at: by.clock.now(),
        zone: "Z".into(),
        scan: None,
    };
    let says = Says::HandedOver(handed);
    let said = DeliveredByHand { message: ours, thread: THREAD, party: pl.party, says, corrects: None };
    let record = Command::RecordByHand(said);
    let (_, entries) = with_forged(&by, record.clone(), "releaser", |_| {}, |_| {}).await;
    assert_eq!(audit(&entries, by.fingerprint, None).faults, []);
    type Edit = fn(&mut DeliveredByHand);
    let edits: [(Edit, &str); 4] = [
        (|said| said.party = "SM".parse().unwrap(), "is no addressee of this message"),
        (|said| said.message = Digest::ZERO, "no message with this digest is on record here"),
        (|said| said.says = Says::TakenBack { reason: "why".into() }, "names the account that is taken back"),
        (|said| said.corrects = Some(CommandId([9; 16])), "no account of this message and addressee"),
    ];
    for (edit, sentence) in edits {
        let edited = |event: &mut Event| {
            let Event::DeliveredByHand(said) = event else { panic!("an account") };
            edit(said);
        };
        let (index, entries) = with_forged(&by, record.clone(), "releaser", |_| {}, edited).await;
        reports(&by, &entries, index, sentence);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_kept_from_an_addressee_that_has_a_node_is_reported() {
    let (by, pl) = small_pair().await;
    let (draft, digest, outgoing) = by.draft(by.outgoing(THREAD, &[&pl], "Exercise")).await;
    let release =
        Command::Release { draft, digest, outgoing, faults: Vec::new(), as_is: AsIs::OnlyWithoutFaults };
    let kept_back = |event: &mut Event| {
        let Event::Released(released) = event else { panic!("it is released") };
        released.dispatches.clear();
    };
    let (index, entries) = with_forged(&by, release, "releaser", |_| {}, kept_back).await;
    reports(&by, &entries, index, "the dispatches are not one for each addressee that has a node");
}
