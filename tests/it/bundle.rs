//! Bundles of one thread: what they prove, what they betray, and that nothing in them can be changed
//! unnoticed.

use std::collections::{BTreeMap, BTreeSet};

use bytes::Bytes;
use detente::codec::bundle::{self, Bundle, DispatchBytes};
use detente::codec::party_file::Fingerprint;
use detente::codec::{dispatch, signed};
use detente::domain::command::{Command, Origin};
use detente::domain::digest::{Digest, ThreadId};
use detente::domain::ledger::leaf_hash;
use detente::domain::message::Dispatch;
use detente::domain::party::Party;
use detente::domain::time::Instant;
use detente::evidence::keys::KeyRing;
use detente::peers::receipts;
use detente::replay::bundle::{BundleFault, Source, make};
use detente::replay::verify::{Verification, VerifyFault, Weight, verify};

use crate::pair::{Side, exchange, pair};

const THREAD: ThreadId = ThreadId([7; 16]);
const OTHER: ThreadId = ThreadId([9; 16]);

/// Two threads, of which only one is to be shown.
async fn two_threads() -> (Side, Side) {
    let (by, pl) = pair("BY", "PL").await;
    exchange(&by, &pl, OTHER, "The secret of the other thread").await;
    exchange(&by, &pl, THREAD, "Exercise").await;
    exchange(&by, &pl, OTHER, "More of the other thread").await;
    (by, pl)
}

pub async fn bundle_of(side: &Side, thread: ThreadId) -> Result<Bytes, BundleFault> {
    bundle_by(side, thread, &side.ring).await
}

async fn bundle_by(side: &Side, thread: ThreadId, ring: &KeyRing) -> Result<Bytes, BundleFault> {
    let head = side.registrar.head();
    let records = head.records(&side.journal);
    make(&Source { records: &records, board: &head.board, ring }, thread, side.clock.now()).await
}

pub fn fingerprints(sides: &[&Side]) -> BTreeMap<Party, Digest> {
    sides.iter().map(|side| (side.party, side.fingerprint)).collect()
}

pub fn sentences(found: &Verification, weight: Weight) -> String {
    let of_weight = found.findings.iter().filter(|finding| finding.weight == weight);
    of_weight.map(|finding| format!("{}: {}\n", finding.about, finding.sentence)).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bundle_of_either_side_proves_offline_who_said_what_when() {
    let (by, pl) = two_threads().await;
    for maker in [&by, &pl] {
        let file = bundle_of(maker, THREAD).await.unwrap();
        let found = verify(file, &fingerprints(&[&by, &pl])).unwrap();
        assert!(found.holds(), "{}", sentences(&found, Weight::False));
        let proven = sentences(&found, Weight::Proven);
        for expected in [
            "BY/2025/PL/0002: BY wrote it: exercise.notification, PRIORITY, DRILL, \"Exercise\"; date-time group",
            &format!(
                "BY/2025/PL/0002: BY dispatched it to PL: lane PRIORITY, serial 2, place 1, made out to fingerprint {}",
                Fingerprint(pl.fingerprint)
            ),
            "BY/2025/PL/0002: PL cosigned at 2025-07-31T09:01:04Z, to the second, a head of BY's ledger that covers it",
            "that it received it at 2025-07-31T09:01:04.000Z, and: taken",
            "BY/2025/PL/0002: it counts as given at 2025-07-31T09:01:04.000Z, by PL's own statement",
            "BY/2025/PL/0002: PL states, in PL/2025/BY/0002, that watch of PL (Arms Control) read it at",
        ] {
            assert!(proven.contains(expected), "{expected}\n\n{proven}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_rests_on_keys_that_nobody_vouched_for_is_proven_only_if_they_are_whose_they_are_called() {
    let (by, pl) = two_threads().await;
    let file = bundle_of(&by, THREAD).await.unwrap();
    for vouched in [&[][..], &[&by], &[&pl]] {
        let found = verify(file.clone(), &fingerprints(vouched)).unwrap();
        assert!(found.holds());
        let unvouched: Vec<&Side> =
            [&by, &pl].into_iter().filter(|side| vouched.iter().all(|one| one.party != side.party)).collect();
        let codes: Vec<Party> = unvouched.iter().map(|side| side.party).collect();
        assert_eq!(found.unvouched(), codes);
        let proven = sentences(&found, Weight::Proven);
        let only_if = sentences(&found, Weight::OnlyIf);
        for side in &unvouched {
            let (party, list) = (side.party, side.fingerprint.short());
            // Nothing that this Party said or did is proven, and all of it bears the condition.
            for said in ["wrote it", "dispatched it", "cosigned", "states"] {
                assert!(!proven.contains(&format!("{party} {said}")), "{proven}");
            }
            assert!(!proven.contains(&format!("{party}'s own")), "{proven}");
            assert!(only_if.contains(&format!("the key list {list} is {party}'s")), "{only_if}");
            let drafted = sentences(&found, Weight::Stated);
            let condition = format!("if the key list {list} is {party}'s: by {party}: ");
            assert!(drafted.contains(&condition), "{drafted}");
        }
        for side in vouched {
            assert!(proven.contains(&format!("{} wrote it", side.party)), "{proven}");
        }
        let conditional = |weight| found.findings.iter().filter(move |one| one.weight == weight);
        assert!(conditional(Weight::OnlyIf).all(|one| !one.only_if.is_empty()));
        assert!(conditional(Weight::Proven).all(|one| one.only_if.is_empty()));
    }
    let both = format!(
        "the key list {} is PL's, and the key list {} is BY's",
        pl.fingerprint.short(),
        by.fingerprint.short()
    );
    let found = verify(file, &BTreeMap::new()).unwrap();
    let cosigned = sentences(&found, Weight::OnlyIf);
    assert!(cosigned.contains(&format!("{both}: PL cosigned at")), "{cosigned}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fingerprint_of_no_key_list_in_the_bundle_is_an_error_and_nothing_is_said() {
    let (by, pl) = two_threads().await;
    let file = bundle_of(&by, THREAD).await.unwrap();
    let swapped = [(by.party, pl.fingerprint)].into();
    let none = VerifyFault::NoSuchKeyList { party: by.party, found: Some(by.fingerprint) };
    assert_eq!(verify(file.clone(), &swapped), Err(none));
    let lt = "LT".parse().unwrap();
    let mut absent = fingerprints(&[&by, &pl]);
    absent.insert(lt, by.fingerprint);
    assert_eq!(verify(file, &absent), Err(VerifyFault::NoSuchKeyList { party: lt, found: None }));
}

/// BY was handed a made-up PL by somebody else, and told that one something: it did not tell PL.
#[tokio::test(flavor = "multi_thread")]
async fn what_was_dispatched_to_another_party_under_the_same_code_proves_nothing_to_this_one() {
    let (by, pl) = two_threads().await;
    let mut bundle = bundle::decode(bundle_of(&by, THREAD).await.unwrap()).unwrap();
    let DispatchBytes::Signed(bytes) = &bundle.dispatches[0].dispatch else { panic!() };
    let payload = signed::decode(bytes.clone()).unwrap().payload;
    let to_fingerprint = Digest::of(b"a made-up list");
    let dispatch = Dispatch { to_fingerprint, ..dispatch::decode_dispatch(payload).unwrap() };
    assert_eq!((dispatch.from, dispatch.to), (by.party, pl.party));
    bundle.dispatches[0].dispatch = DispatchBytes::Signed(by.sign(&dispatch));
    let found = verify(bundle::encode(&bundle), &fingerprints(&[&by, &pl])).unwrap();
    let told = sentences(&found, Weight::False);
    let expected = format!(
        "BY/2025/PL/0002: it is made out to another PL than the one whose key lists are in here: to fingerprint \
         {}, not {}",
        Fingerprint(to_fingerprint),
        Fingerprint(pl.fingerprint)
    );
    assert!(told.contains(&expected), "{told}");
    let proven = sentences(&found, Weight::Proven);
    assert!(!proven.contains("BY dispatched it to PL"), "{proven}");
    assert!(!proven.contains("BY/2025/PL/0002: it counts as given"), "{proven}");
}

/// Whoever makes a bundle can write bare dispatches of another Party's into it.
#[tokio::test(flavor = "multi_thread")]
async fn a_bare_dispatch_never_proves_that_its_sender_gave_a_place_twice() {
    let (by, pl) = two_threads().await;
    let mut bundle = bundle::decode(bundle_of(&pl, THREAD).await.unwrap()).unwrap();
    let DispatchBytes::Signed(bytes) = &bundle.dispatches[0].dispatch else { panic!() };
    let payload = signed::decode(bytes.clone()).unwrap().payload;
    let honest = dispatch::decode_dispatch(payload).unwrap();
    let bare = dispatch::encode_dispatch(&Dispatch { serial: honest.serial + 1, ..honest });
    let mut forged = bundle.dispatches[0].clone();
    forged.dispatch = DispatchBytes::Bare(bare);
    bundle.dispatches.push(forged);
    let found = verify(bundle::encode(&bundle), &fingerprints(&[&by, &pl])).unwrap();
    assert!(!sentences(&found, Weight::Proven).contains("twice"));
    assert!(sentences(&found, Weight::NotProven).contains("which of two dispatches is BY's in place 1"));
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_of_another_thread_is_in_a_bundle() {
    let (by, pl) = two_threads().await;
    for maker in [&by, &pl] {
        let file = bundle_of(maker, THREAD).await.unwrap();
        let board = maker.board();
        let foreign = board.thread(OTHER).unwrap().entries().map(|entry| entry.digest.0.to_vec());
        let mut needles: Vec<Vec<u8>> = foreign.collect();
        assert_eq!(needles.len(), 4);
        needles.push(OTHER.0.to_vec());
        needles.push(b"other thread".to_vec());
        for entry in board.thread(OTHER).unwrap().entries() {
            let records = maker.registrar.head().records(&maker.journal);
            let stored = records.message(entry.index, &entry.digest).await.unwrap();
            needles.push(stored.message.number.clone().into_bytes());
        }
        for needle in needles {
            let found = file.windows(needle.len()).any(|window| window == needle);
            assert!(!found, "{}", String::from_utf8_lossy(&needle));
        }
        let own = THREAD.0;
        assert!(file.windows(16).any(|window| window == own), "the search finds what is there");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_thread_that_is_not_here_has_no_bundle() {
    let (by, _pl) = two_threads().await;
    assert_eq!(bundle_of(&by, ThreadId([1; 16])).await, Err(BundleFault::NoSuchThread));
}

/// Damage: the digest at the head of the file notices every one.
#[tokio::test(flavor = "multi_thread")]
async fn every_byte_flipped_is_noticed() {
    let (by, _pl) = two_threads().await;
    let file = bundle_of(&by, THREAD).await.unwrap();
    for at in 0..file.len() {
        let mut bytes = file.to_vec();
        bytes[at] ^= 1 << (at % 8);
        assert!(verify(bytes.into(), &BTreeMap::new()).is_err(), "byte {at}");
        assert!(verify(file.slice(..at), &BTreeMap::new()).is_err(), "cut at {at}");
    }
}

/// Intent: with the digest made right again, whatever is signed is noticed, and whatever is not is shown
/// as stated only. Harmless by construction are the times that the maker alone states, and its code, which
/// is shown with each of its statements. A cosignature or a receipt can be made unrecognisable, as it could be left
/// out: then less is proven, never more.
#[tokio::test(flavor = "multi_thread")]
async fn every_byte_flipped_with_the_digest_made_right_is_noticed_or_proves_no_more() {
    let (by, pl) = two_threads().await;
    let trusted = fingerprints(&[&by, &pl]);
    let file = bundle_of(&by, THREAD).await.unwrap();
    let untouched = bundle::decode(file.clone()).unwrap();
    let proven_untouched = proven(&verify(file.clone(), &trusted).unwrap());
    // A receipt that is made unrecognisable could have been left out: by when a message counts as given, the cosignature
    // says then.
    let mut without_receipts = untouched.clone();
    without_receipts.dispatches.iter_mut().for_each(|one| one.receipt = None);
    let mut may_be_proven = proven(&verify(bundle::encode(&without_receipts), &trusted).unwrap());
    may_be_proven.extend(proven_untouched.iter().cloned());
    let start = b"detente bundle 1\n".len();
    let (mut noticed, mut less, mut harmless) = (0, 0, 0);
    for at in start + 32..file.len() {
        let mut bytes = file.to_vec();
        bytes[at] ^= 1 << (at % 8);
        let digest = Digest::of(&bytes[start + 32..]);
        bytes[start..start + 32].copy_from_slice(&digest.0);
        let bytes = Bytes::from(bytes);
        match verify(bytes.clone(), &trusted) {
            Ok(found) if found.holds() => {
                let proven = proven(&found);
                let more: Vec<&String> = proven.difference(&may_be_proven).collect();
                assert!(more.is_empty(), "byte {at} proves more: {more:?}");
                let changed = bundle::decode(bytes).unwrap();
                if without_statements(changed) == without_statements(untouched.clone()) {
                    harmless += 1;
                } else {
                    assert!(proven.len() < proven_untouched.len(), "byte {at} was not noticed");
                    less += 1;
                }
            }
            Ok(_) | Err(_) => noticed += 1,
        }
    }
    eprintln!("{noticed} noticed, {less} with less proven, {harmless} of statements");
    assert!(harmless < 60 && less < 400, "{harmless} {less}");
}

fn proven(found: &Verification) -> BTreeSet<String> {
    let of_weight = found.findings.iter().filter(|finding| finding.weight == Weight::Proven);
    of_weight.map(|finding| format!("{}: {}", finding.about, finding.sentence)).collect()
}

/// A bundle without what only its maker states.
fn without_statements(mut bundle: Bundle) -> Bundle {
    bundle.made_by = "XX".parse().unwrap();
    bundle.made_at = Default::default();
    for message in &mut bundle.messages {
        message.recorded_at = Default::default();
    }
    for dispatch in &mut bundle.dispatches {
        if let Some((_, at)) = &mut dispatch.receipt {
            *at = Default::default();
        }
    }
    bundle
}

#[tokio::test(flavor = "multi_thread")]
async fn a_part_put_into_another_place_is_false() {
    let (by, pl) = two_threads().await;
    let trusted = fingerprints(&[&by, &pl]);
    let ours = bundle::decode(bundle_of(&by, THREAD).await.unwrap()).unwrap();
    let others = bundle::decode(bundle_of(&by, OTHER).await.unwrap()).unwrap();
    type Tampered = (&'static str, fn(&mut Bundle, &Bundle));
    let tampered: [Tampered; 6] = [
        ("a receipt of another dispatch", |ours, others| {
            ours.dispatches[0].receipt = others.dispatches[0].receipt.clone();
        }),
        ("a proof of another leaf", |ours, others| {
            ours.dispatches[0].covered = others.dispatches[0].covered.clone();
        }),
        ("a message of another thread", |ours, others| ours.messages.push(others.messages[0].clone())),
        ("a dispatch of another thread", |ours, others| ours.dispatches.push(others.dispatches[0].clone())),
        ("the other Party's keys", |ours, _| {
            ours.parties[0].key_lists = ours.parties[1].key_lists.clone();
        }),
        ("a contradiction that is none", |ours, others| {
            let DispatchBytes::Signed(other) = &others.dispatches[0].dispatch else { panic!() };
            ours.dispatches[0].contradicted_by.push(other.clone());
        }),
    ];
    for (what, tamper) in tampered {
        let mut bundle = ours.clone();
        tamper(&mut bundle, &others);
        let found = verify(bundle::encode(&bundle), &trusted);
        assert!(found.is_err() || !found.unwrap().holds(), "{what}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn parts_that_are_left_out_are_said_to_be_absent_and_nothing_is_false() {
    let (by, pl) = two_threads().await;
    let ours = bundle::decode(bundle_of(&by, THREAD).await.unwrap()).unwrap();
    type Absent = (&'static str, fn(&mut Bundle));
    let absent: [Absent; 4] = [
        ("that PL received it", |bundle| bundle.dispatches[0].receipt = None),
        ("that anybody at PL read it", |bundle| {
            bundle.messages.pop();
        }),
        ("that it was dispatched to PL", |bundle| {
            bundle.dispatches.remove(0);
        }),
        ("what it says: its text is not in here", |bundle| {
            bundle.messages.remove(0);
        }),
    ];
    for (sentence, leave_out) in absent {
        let mut bundle = ours.clone();
        leave_out(&mut bundle);
        let found = verify(bundle::encode(&bundle), &fingerprints(&[&by, &pl])).unwrap();
        assert!(found.holds(), "{}", sentences(&found, Weight::False));
        let unproven = sentences(&found, Weight::NotProven);
        assert!(unproven.contains(sentence), "{sentence}\n\n{unproven}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dispatch_whose_key_is_gone_is_still_proven_by_ledger_and_receipt() {
    let (by, pl) = two_threads().await;
    let file = bundle_by(&by, THREAD, &KeyRing::new(Vec::new())).await.unwrap();
    let found = verify(file, &fingerprints(&[&by, &pl])).unwrap();
    assert!(found.holds(), "{}", sentences(&found, Weight::False));
    let unproven = sentences(&found, Weight::NotProven);
    assert!(unproven.contains("the dispatch in here is bare"), "{unproven}");
    let proven = sentences(&found, Weight::Proven);
    assert!(proven.contains("PL cosigned at"), "{proven}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_time_of_receipt_outside_sending_and_hearing_is_disputed() {
    let (by, pl) = pair("BY", "PL").await;
    by.send(by.outgoing(THREAD, &[&pl], "Exercise")).await;
    // Both share a clock: the receiver's is put back for the receipt.
    let sent = by.clock.now();
    by.clock.set(sent.plus_ms(-3_600_000));
    by.deliver(&pl).await;
    let file = bundle_of(&by, THREAD).await.unwrap();
    let found = verify(file, &fingerprints(&[&by, &pl])).unwrap();
    assert!(found.holds());
    let unproven = sentences(&found, Weight::NotProven);
    assert!(
        unproven.contains("the time is DISPUTED. PL states 2025-07-31T08:00:00.000Z, before BY released")
    );
}

/// When the maker had the receipt is in no signature: whoever has the file may set it to anything.
#[tokio::test(flavor = "multi_thread")]
async fn a_time_that_nobody_signed_disputes_nothing_and_is_said_to_be_the_files() {
    let (by, pl) = pair("BY", "PL").await;
    by.send(by.outgoing(THREAD, &[&pl], "Exercise")).await;
    by.deliver(&pl).await;
    let trusted = fingerprints(&[&by, &pl]);
    let mut bundle = bundle::decode(bundle_of(&by, THREAD).await.unwrap()).unwrap();
    let before = verify(bundle::encode(&bundle), &trusted).unwrap();
    assert!(!sentences(&before, Weight::Stated).contains("the receipt was on record there"));
    bundle.dispatches[0].receipt.as_mut().unwrap().1 = Instant::from_seconds(1);
    let found = verify(bundle::encode(&bundle), &trusted).unwrap();
    assert!(found.holds());
    for weight in [Weight::Proven, Weight::NotProven] {
        assert_eq!(sentences(&found, weight), sentences(&before, weight));
    }
    let stated = sentences(&found, Weight::Stated);
    let said = "by the file, which is called BY's and signed by nobody: the receipt was on record there at \
                1970-01-01T00:00:01.000Z, before the time that PL signed";
    assert!(stated.contains(said), "{stated}");
}

/// A message whose signature is spoilt on the way, a receipt that is not about it, and a second dispatch
/// under the same serial: each is in the bundle of whoever has it on record, and said for what it is.
#[tokio::test(flavor = "multi_thread")]
async fn what_was_refused_disputed_or_contradicted_is_shown_for_what_it_is() {
    let (by, pl) = pair("BY", "PL").await;
    let trusted = fingerprints(&[&by, &pl]);
    by.send(by.outgoing(THREAD, &[&pl], "Exercise")).await;
    let (dispatch, dispatch_signed, message_signed) = by.owed(&pl).await.remove(0);
    let mut spoilt = message_signed.to_vec();
    *spoilt.last_mut().unwrap() ^= 1;
    let proven = pl.receive(&by, dispatch_signed, spoilt.into()).await;

    let dispute = Command::DisputeReceipt {
        party: pl.party,
        lane: dispatch.lane,
        serial: dispatch.serial,
        receipt: Bytes::from_static(b"anything"),
        reason: "it can't be decoded".into(),
        judged_by_key_list: 1,
    };
    by.registrar.give(dispute, Origin::Node).await.unwrap();
    let receipted = receipts::verify(&by.board(), &dispatch, &proven).unwrap();
    by.registrar.give(Command::TakeReceipt(receipted), Origin::Node).await.unwrap();
    let other = Dispatch { place: 2, ..dispatch.clone() };
    let proof = detente::codec::event::second_dispatch(by.sign(&other)).unwrap();
    pl.registrar.give(Command::Contradict { party: by.party, proof }, Origin::Node).await.unwrap();

    let file = bundle_of(&by, THREAD).await.unwrap();
    assert!(!file.windows(8).any(|window| window == b"anything"), "who knows what it is about");
    let found = verify(file, &trusted).unwrap();
    assert!(found.holds(), "{}", sentences(&found, Weight::False));
    assert!(sentences(&found, Weight::Proven).contains("refused: the message's signature does not verify"));
    assert!(sentences(&found, Weight::NotProven).contains("that PL was right to refuse"));
    assert!(sentences(&found, Weight::Stated).contains("PL sent a receipt that does not hold"));

    let file = bundle_of(&pl, THREAD).await.unwrap();
    let found = verify(file.clone(), &trusted).unwrap();
    assert!(found.holds(), "{}", sentences(&found, Weight::False));
    assert!(sentences(&found, Weight::Stated).contains("what came is in here, and is not what BY signed"));
    assert!(sentences(&found, Weight::Proven).contains("BY CONTRADICTED itself"));
    assert!(sentences(&found, Weight::NotProven).contains("its text is not in here"));

    // With the message as it was signed in its place nothing fits, and whose doing that is nobody signed.
    let mut lied = bundle::decode(file).unwrap();
    lied.dispatches[0].refused = Some(message_signed);
    let found = verify(bundle::encode(&lied), &trusted).unwrap();
    let told = sentences(&found, Weight::False);
    assert!(told.contains("bears one that verifies; that it is what came nobody signed"), "{told}");
}

/// Both halves were signed by BY: the dispatch, and a head over another leaf in its place. What that leaf
/// says is not in the bundle.
#[tokio::test(flavor = "multi_thread")]
async fn another_leaf_in_the_place_of_a_dispatch_is_proven_to_whoever_holds_the_bundle() {
    let (by, pl, _) = crate::audit::accuser().await;
    let trusted = fingerprints(&[&by, &pl]);
    let file = bundle_of(&pl, THREAD).await.unwrap();
    let found = verify(file.clone(), &trusted).unwrap();
    assert!(found.holds(), "{}", sentences(&found, Weight::False));
    let proven = sentences(&found, Weight::Proven);
    assert!(proven.contains("BY CONTRADICTED itself: a head of its ledger"), "{proven}");

    let read = bundle::decode(file).unwrap();
    let [other] = &read.dispatches[0].other_leaves[..] else { panic!("one leaf") };
    let dispatched = match &read.dispatches[0].dispatch {
        DispatchBytes::Signed(bytes) => leaf_hash(&signed::decode(bytes.clone()).unwrap().payload),
        DispatchBytes::Bare(_) => panic!("it came signed"),
    };
    let mut elsewhere = other.clone();
    elsewhere.proof =
        String::from_utf8(other.proof.to_vec()).unwrap().replacen("index 0", "index 1", 1).into();
    let mut same = other.clone();
    same.hash = dispatched;
    for lie in [elsewhere, same] {
        let mut lied = read.clone();
        lied.dispatches[0].other_leaves = vec![lie];
        let found = verify(bundle::encode(&lied), &trusted).unwrap();
        assert!(sentences(&found, Weight::False).contains("no signed head has, or that contradicts nothing"));
    }
}
