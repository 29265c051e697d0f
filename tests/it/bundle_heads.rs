//! What heads, receipts and cosignatures in a bundle prove where the ledger or witness key that made them was replaced;
//! and what is said of heads that contradict each other.

use bytes::Bytes;
use detente::codec::bundle::{self, Bundle, BundleDispatch, DispatchBytes};
use detente::codec::dispatch::{self, ProvenReceipt};
use detente::domain::digest::{Digest, ThreadId};
use detente::domain::keys::Purpose;
use detente::domain::ledger::leaf_hash;
use detente::domain::message::{Dispatch, Receipt};
use detente::evidence::checkpoint::{Checkpoint, SignedCheckpoint};
use detente::evidence::keys::SigningKey;
use detente::evidence::names;
use detente::evidence::note::{Note, NoteAlgorithm, NoteKey};
use detente::evidence::proof::Proof;
use detente::replay::verify::{Verification, Weight, verify};

use crate::bundle::{fingerprints, sentences};
use crate::bundle_keys::{THREAD, alone, first_key, forged, read, renew, signed_by};
use crate::pair::{Side, exchange, pair};

const OTHER: ThreadId = ThreadId([9; 16]);

async fn told() -> (Side, Side) {
    let (by, pl) = pair("BY", "PL").await;
    exchange(&by, &pl, THREAD, "Exercise").await;
    (by, pl)
}

fn found(bundle: &Bundle, sides: [&Side; 2]) -> Verification {
    let found = verify(bundle::encode(bundle), &fingerprints(&sides)).unwrap();
    assert!(found.holds(), "{}", sentences(&found, Weight::False));
    found
}

/// A head over this leaf alone, as whoever has the key makes it today, of the ledger of another head.
fn head_over(leaf: &[u8], like: &[u8], keeper: &Side, key: &SigningKey) -> SignedCheckpoint {
    let origin = Checkpoint::from_text(Note::parse(like).unwrap().text()).unwrap().origin;
    let checkpoint = Checkpoint::new(origin, 1, leaf_hash(leaf));
    SignedCheckpoint::sign(checkpoint, &names::ledger_key_name(&keeper.party), key).unwrap()
}

fn receipt_of(one: &BundleDispatch) -> (ProvenReceipt, Receipt) {
    let proven = dispatch::decode_proven(one.receipt.clone().unwrap().0).unwrap();
    let receipt = dispatch::decode_receipt(proven.receipt.clone()).unwrap();
    (proven, receipt)
}

/// A receipt that PL never gave, the first leaf of a ledger of whoever has the key.
fn invented(receipt: Receipt, like: &ProvenReceipt, pl: &Side, key: &SigningKey) -> Bytes {
    let receipt = dispatch::encode_receipt(&Receipt { leaf_index: 0, ..receipt });
    let checkpoint = head_over(&receipt, &like.checkpoint, pl, key).note().to_string().into();
    dispatch::encode_proven(&ProvenReceipt { receipt, inclusion_path: Vec::new(), checkpoint })
}

/// The honest bundle with a receipt for BY's dispatch that says that it came later.
fn received_later(honest: &Bundle, pl: &Side, key: &SigningKey) -> BundleDispatch {
    let (came, receipt) = receipt_of(&honest.dispatches[0]);
    let later = Receipt { received_at: receipt.received_at.plus_ms(3_000), ..receipt };
    let at = honest.dispatches[0].receipt.as_ref().unwrap().1;
    let receipt = Some((invented(later, &came, pl, key), at));
    BundleDispatch { receipt, covered: None, ..honest.dispatches[0].clone() }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_receipt_in_a_ledger_of_whoever_has_a_replaced_ledger_key_is_not_proven() {
    let (by, pl) = told().await;
    renew(&pl, &by, &[Purpose::Message, Purpose::Ledger], 201).await;
    let mut lied = read(&by).await;
    lied.dispatches[0] = received_later(&lied, &pl, first_key(&pl, Purpose::Ledger));
    let found = found(&lied, [&by, &pl]);
    let proven = sentences(&found, Weight::Proven);
    for said in ["BY/2025/PL/0001: PL states in its ledger", "BY/2025/PL/0001: it counts as given"] {
        assert!(!proven.contains(said), "{proven}");
    }
    let unproven = sentences(&found, Weight::NotProven);
    for said in [
        "BY/2025/PL/0001: that PL states in its ledger (leaf 0 of 1) that it received it at",
        "and: taken; the key with which PL signed that was replaced since, and nothing in here dates it",
        "BY/2025/PL/0001: when it was given to PL: what says so in here is signed with keys of PL's that were replaced",
    ] {
        assert!(unproven.contains(said), "{said}\n\n{unproven}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_replaced_ledger_key_dates_nothing_that_another_replaced_key_signed() {
    let (by, pl) = told().await;
    renew(&by, &pl, &[Purpose::Message], 201).await;
    renew(&pl, &by, &[Purpose::Ledger], 211).await;
    let mut lied = read(&by).await;
    let key = first_key(&by, Purpose::Message);
    let (message, dispatch) = forged(&lied, key, "BY/2025/PL/0077");
    let (came, receipt) = receipt_of(&lied.dispatches[0]);
    let receipt = Receipt {
        serial: dispatch.serial,
        message: dispatch.message,
        dispatch: Digest::of(&dispatch::encode_dispatch(&dispatch)),
        ..receipt
    };
    let receipt = invented(receipt, &came, &pl, first_key(&pl, Purpose::Ledger));
    let mut made = alone(DispatchBytes::Signed(signed_by(key, &dispatch)));
    made.receipt = Some((receipt, message.recorded_at));
    lied.messages.push(message);
    lied.dispatches.push(made);
    let found = found(&lied, [&by, &pl]);
    let proven = sentences(&found, Weight::Proven);
    assert!(!proven.contains("BY/2025/PL/0077"), "{proven}");
    assert!(proven.contains("BY/2025/PL/0001: BY wrote it"), "{proven}");
    let unproven = sentences(&found, Weight::NotProven);
    for said in [
        "BY/2025/PL/0077: that BY wrote it while its key list 1 was in force",
        "BY/2025/PL/0077: that BY dispatched it to PL (",
        "PL's ledger with BY: whether PL CONTRADICTED itself: heads are in here that differ in the first 1 of its leaves; \
         one of them is signed with a ledger key of PL's that was replaced since",
    ] {
        assert!(unproven.contains(said), "{said}\n\n{unproven}");
    }
}

/// BY, with its own keys in force, and the witness key that PL replaced: what it writes now, PL would have known long ago.
#[tokio::test(flavor = "multi_thread")]
async fn a_cosignature_by_a_replaced_witness_key_dates_nothing_back() {
    let (by, pl) = told().await;
    renew(&pl, &by, &[Purpose::Witness], 201).await;
    let mut lied = read(&by).await;
    let key = first_key(&by, Purpose::Message);
    let (message, dispatch) = forged(&lied, key, "BY/2025/PL/0077");
    let dispatch = Dispatch { leaf_index: 0, ..dispatch };
    let honest = Proof::from_text(std::str::from_utf8(lied.dispatches[0].covered.as_ref().unwrap()).unwrap());
    let (leaf, like) = (dispatch::encode_dispatch(&dispatch), honest.unwrap().checkpoint);
    let mut head = head_over(&leaf, like.as_bytes(), &by, first_key(&by, Purpose::Ledger));
    let (name, witness) = (names::witness_key_name(&pl.party), first_key(&pl, Purpose::Witness));
    let line = head.cosign(&name, witness, message.recorded_at).unwrap();
    let witness = NoteKey::new(&name, NoteAlgorithm::Cosignature, witness.public_key()).unwrap();
    head.add_cosignature(&witness, line).unwrap();
    let proof = Proof { index: 0, path: Vec::new(), extra: None, checkpoint: head.note().to_string() };
    let mut made = alone(DispatchBytes::Signed(signed_by(key, &dispatch)));
    made.covered = Some(proof.to_text().into());
    lied.messages.push(message);
    lied.dispatches.push(made);
    let found = found(&lied, [&by, &pl]);
    let proven = sentences(&found, Weight::Proven);
    for said in ["BY/2025/PL/0077: PL cosigned", "BY/2025/PL/0077: it counts as given"] {
        assert!(!proven.contains(said), "{proven}");
    }
    let contradicted = "BY's ledger with PL: BY CONTRADICTED itself: heads that it signed are in here that differ in the \
                        first 1 of its leaves";
    assert!(proven.contains(contradicted), "{proven}");
    let unproven = sentences(&found, Weight::NotProven);
    for said in [
        "BY/2025/PL/0077: that PL cosigned at",
        "that covers it (leaf 0 of 1); the key with which PL signed that was replaced since, and nothing in here dates it",
        "BY/2025/PL/0077: when it was given to PL: what says so in here is signed with keys of PL's that were replaced",
    ] {
        assert!(unproven.contains(said), "{said}\n\n{unproven}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_heads_of_one_ledger_that_do_not_follow_from_one_another_accuse_whoever_signed_both_in_force() {
    for renewed in [false, true] {
        let (by, pl) = told().await;
        if renewed {
            renew(&pl, &by, &[Purpose::Ledger], 201).await;
        }
        let honest = read(&by).await;
        let mut lied = honest.clone();
        lied.dispatches.push(received_later(&honest, &pl, first_key(&pl, Purpose::Ledger)));
        let told = |bundle: &Bundle, weight| {
            sentences(&verify(bundle::encode(bundle), &fingerprints(&[&by, &pl])).unwrap(), weight)
        };
        let accused = "PL's ledger with BY: PL CONTRADICTED itself";
        let doubt = "PL's ledger with BY: whether PL CONTRADICTED itself";
        let proven = told(&lied, Weight::Proven);
        assert_eq!(proven.contains(accused), !renewed, "{proven}");
        let unproven = told(&lied, Weight::NotProven);
        assert_eq!(unproven.contains(doubt), renewed, "{unproven}");
        for weight in [Weight::Proven, Weight::NotProven] {
            assert!(!told(&honest, weight).contains("CONTRADICTED"));
        }
    }
}

/// What came under the keys of before is proven by the other end's cosignature, and by heads under the new keys as soon as
/// there are any.
#[tokio::test(flavor = "multi_thread")]
async fn after_a_renewal_the_receivers_receipts_and_cosignatures_prove_what_they_did() {
    let (by, pl) = told().await;
    renew(&pl, &by, &[Purpose::Ledger, Purpose::Witness], 201).await;
    let found_before = found(&read(&by).await, [&by, &pl]);
    let before = sentences(&found_before, Weight::Proven);
    let dated = "and: taken; the key with which PL signed that was replaced since, dated by BY's cosignature";
    let given = "by PL's own statement, dated by BY's cosignature";
    assert!(before.contains(dated) && before.contains(given), "{before}");
    let unproven = sentences(&found_before, Weight::NotProven);
    assert!(unproven.contains("BY/2025/PL/0001: that PL cosigned at"), "{unproven}");

    exchange(&by, &pl, OTHER, "Another").await;
    for maker in [&by, &pl] {
        let found = found(&read(maker).await, [&by, &pl]);
        let proven = sentences(&found, Weight::Proven);
        for said in [
            "BY/2025/PL/0001: PL states in its ledger (leaf 0 of ",
            "BY/2025/PL/0001: PL cosigned at ",
            "BY/2025/PL/0001: it counts as given at 2025-07-31T09:00:02.000Z, by PL's own statement\n",
            "PL/2025/BY/0001: PL wrote it: ",
        ] {
            assert!(proven.contains(said), "{said}\n\n{proven}");
        }
        for weight in [Weight::Proven, Weight::NotProven] {
            let told = sentences(&found, weight);
            assert!(!told.contains("replaced since"), "{told}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn three_renewals_of_every_key_at_both_ends_leave_what_was_written_and_received_proven() {
    let (by, pl) = told().await;
    let all = [Purpose::Message, Purpose::Ledger, Purpose::Witness];
    for seed in [201, 211, 221] {
        renew(&by, &pl, &all, seed).await;
        renew(&pl, &by, &all, seed + 5).await;
        exchange(&by, &pl, OTHER, "Another").await;
    }
    for maker in [&by, &pl] {
        let found = found(&read(maker).await, [&by, &pl]);
        let proven = sentences(&found, Weight::Proven);
        for said in [
            "BY/2025/PL/0001: BY wrote it: ",
            "BY/2025/PL/0001: BY dispatched it to PL: ",
            "BY/2025/PL/0001: PL states in its ledger",
            "BY/2025/PL/0001: it counts as given at 2025-07-31T09:00:02.000Z",
            "PL/2025/BY/0001: PL wrote it: ",
        ] {
            assert!(proven.contains(said), "{said}\n\n{proven}");
        }
    }
}
