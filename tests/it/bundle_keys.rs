//! What a bundle proves where a key was replaced: whoever got hold of it since can write what its Party never said. And
//! that a bundle accuses nobody by what its maker put into it twice.

use bytes::Bytes;
use detente::codec::bundle::{self, Bundle, BundleDispatch, BundleMessage, DispatchBytes};
use detente::codec::{dispatch, key_list, message, signed};
use detente::domain::command::{Command, Origin};
use detente::domain::digest::ThreadId;
use detente::domain::event::{AcceptedKeyList, Change};
use detente::domain::keys::{KeyList, Purpose};
use detente::domain::message::Dispatch;
use detente::evidence::keys::SigningKey;
use detente::evidence::signed::{PayloadType, Signed};
use detente::replay::verify::{Weight, verify};

use crate::bundle::{bundle_of, fingerprints, sentences};
use crate::pair::{Side, exchange, pair};

pub const THREAD: ThreadId = ThreadId([7; 16]);

/// One notification, read by the other side, and after that other keys of the sender's for these purposes.
async fn told_and_renewed(renewed: &[Purpose]) -> (Side, Side) {
    let (by, pl) = pair("BY", "PL").await;
    exchange(&by, &pl, THREAD, "Exercise").await;
    renew(&by, &pl, renewed, 201).await;
    (by, pl)
}

/// A next list with other keys for these purposes, on record at both ends. Their seeds are from `seed` on.
pub async fn renew(side: &Side, other: &Side, renewed: &[Purpose], seed: u8) {
    let newest = side.board().roster.parties[&side.party].newest().unwrap().clone();
    let mut list = KeyList { number: newest.list.number + 1, previous: newest.digest, ..newest.list.clone() };
    for (seed, key) in (seed..).zip(list.keys.iter_mut().filter(|key| renewed.contains(&key.purpose))) {
        let fresh = SigningKey::from_seed(&[seed; 32]);
        key.public_key = *fresh.public_key().as_bytes();
        side.ring.add(vec![fresh]);
    }
    let signer = side.ring.key(newest.list.key_for(Purpose::List).unwrap()).unwrap();
    let wrapping = Signed::sign(PayloadType::KeyList, key_list::encode(&list), &[signer]);
    let next = AcceptedKeyList { signed: signed::encode(&wrapping), digest: wrapping.digest(), list };
    side.change(Change::OwnKeyList(next.clone())).await;
    other.registrar.give(Command::AcceptKeyList(next), Origin::Node).await.unwrap();
}

pub async fn read(maker: &Side) -> Bundle {
    bundle::decode(bundle_of(maker, THREAD).await.unwrap()).unwrap()
}

/// The key of its first list for a purpose.
pub fn first_key(side: &Side, purpose: Purpose) -> &SigningKey {
    let first = side.board().roster.parties[&side.party].numbered(1).unwrap().list.clone();
    side.ring.key(first.key_for(purpose).unwrap()).unwrap()
}

pub fn dispatched(one: &BundleDispatch) -> Dispatch {
    let payload = match &one.dispatch {
        DispatchBytes::Signed(bytes) => signed::decode(bytes.clone()).unwrap().payload,
        DispatchBytes::Bare(bytes) => bytes.clone(),
    };
    dispatch::decode_dispatch(payload).unwrap()
}

pub fn signed_by(key: &SigningKey, dispatch: &Dispatch) -> Bytes {
    let payload = dispatch::encode_dispatch(dispatch);
    signed::encode(&Signed::sign(PayloadType::Dispatch, payload, &[key]))
}

/// A dispatch with nothing that proves it.
pub fn alone(dispatch: DispatchBytes) -> BundleDispatch {
    BundleDispatch {
        dispatch,
        receipt: None,
        covered: None,
        refused: None,
        disputed: Vec::new(),
        contradicted_by: Vec::new(),
        other_leaves: Vec::new(),
    }
}

/// What whoever has this key writes today in the place of the author of the first message, and a dispatch of it.
pub fn forged(bundle: &Bundle, key: &SigningKey, number: &str) -> (BundleMessage, Dispatch) {
    let honest = signed::decode(bundle.messages[0].message.clone()).unwrap();
    let mut said = message::decode(&honest.payload).unwrap();
    said.number = number.into();
    said.draft.subject = "What was never said".into();
    let wrapping = Signed::sign(PayloadType::Message, message::encode(&said), &[key]);
    let first = dispatched(&bundle.dispatches[0]);
    let dispatch = Dispatch {
        message: wrapping.digest(),
        serial: first.serial + 7,
        place: first.place + 1,
        leaf_index: first.leaf_index + 70,
        ..first
    };
    let recorded_at = bundle.messages[0].recorded_at;
    (BundleMessage { message: signed::encode(&wrapping), recorded_at, taken_by: None }, dispatch)
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_thief_of_a_replaced_key_writes_is_proven_by_no_dispatch_of_its_own_making() {
    let (by, pl) = told_and_renewed(&[Purpose::Message]).await;
    let honest = read(&pl).await;
    let key = first_key(&by, Purpose::Message);
    let (message, dispatch) = forged(&honest, key, "BY/2025/PL/0077");
    let bare = DispatchBytes::Bare(dispatch::encode_dispatch(&dispatch));
    for made in [bare, DispatchBytes::Signed(signed_by(key, &dispatch))] {
        let mut lied = honest.clone();
        lied.messages.push(message.clone());
        lied.dispatches.push(alone(made));
        let found = verify(bundle::encode(&lied), &fingerprints(&[&by, &pl])).unwrap();
        assert!(found.holds(), "{}", sentences(&found, Weight::False));
        let proven = sentences(&found, Weight::Proven);
        assert!(!proven.contains("BY/2025/PL/0077"), "{proven}");
        let stated = sentences(&found, Weight::Stated);
        assert!(!stated.contains("BY/2025/PL/0077: by BY: "), "{stated}");
        let unproven = sentences(&found, Weight::NotProven);
        let why = "BY/2025/PL/0077: that BY wrote it while its key list 1 was in force: its message key was replaced \
                   since, and nothing in here dates it";
        assert!(unproven.contains(why), "{unproven}");
        // Beside it what BY did say stands as before: its ledger's key is the same, and its head covers that.
        for said in ["BY/2025/PL/0001: BY dispatched it to PL: ", "BY/2025/PL/0001: BY wrote it: "] {
            assert!(proven.contains(said), "{proven}");
        }
        let dated = "signed under BY's key list 1, dated by a head of BY's ledger under its newest key";
        assert!(proven.contains(dated), "{proven}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whose_word_dates_what_a_replaced_key_signed_is_said_and_proves_nothing_unless_vouched_for() {
    let (by, pl) = told_and_renewed(&[Purpose::Message, Purpose::Ledger]).await;
    let (both, only_by) = (fingerprints(&[&by, &pl]), fingerprints(&[&by]));
    let wrote = "signed under BY's key list 1, dated by PL's word";
    let handed = "signed under a key list whose message key was replaced since, dated by PL's word";
    let honest = read(&pl).await;
    let found = verify(bundle::encode(&honest), &both).unwrap();
    assert!(found.holds(), "{}", sentences(&found, Weight::False));
    let proven = sentences(&found, Weight::Proven);
    assert!(proven.contains(wrote) && proven.contains(handed), "{proven}");
    let covers = "that covers it (leaf 0 of 1); the key with which BY signed that was replaced since";
    assert!(proven.contains(covers), "{proven}");

    let found = verify(bundle::encode(&honest), &only_by).unwrap();
    let proven = sentences(&found, Weight::Proven);
    assert!(!proven.contains("BY wrote it") && !proven.contains("BY dispatched it"), "{proven}");
    let only_if = sentences(&found, Weight::OnlyIf);
    let list = format!("the key list {} is PL's: BY wrote it", pl.fingerprint.short());
    assert!(only_if.contains(&list) && only_if.contains(wrote), "{only_if}");

    type Left = (fn(&mut BundleDispatch), bool);
    let left: [Left; 3] = [
        (|one| one.covered = None, true),
        (|one| one.receipt = None, true),
        (|one| (one.covered, one.receipt) = (None, None), false),
    ];
    for (leave_out, is_dated) in left {
        let mut less = honest.clone();
        leave_out(&mut less.dispatches[0]);
        let found = verify(bundle::encode(&less), &both).unwrap();
        assert!(found.holds(), "{}", sentences(&found, Weight::False));
        let proven = sentences(&found, Weight::Proven);
        assert_eq!((proven.contains(wrote), proven.contains(handed)), (is_dated, is_dated), "{proven}");
        let unproven = sentences(&found, Weight::NotProven);
        assert_eq!(unproven.contains("that BY dispatched it to PL ("), !is_dated, "{unproven}");
    }

    // Its own bundle has its own word: the head that PL cosigned, signed again with the key in force.
    let found = verify(bundle::encode(&read(&by).await), &both).unwrap();
    let proven = sentences(&found, Weight::Proven);
    let own = "signed under BY's key list 1, dated by a head of BY's ledger under its newest key";
    let cosigned = "a head of BY's ledger that covers it (leaf 0 of 1)\n";
    assert!(proven.contains(own) && proven.contains(cosigned), "{proven}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_replaced_key_alone_accuses_its_party_of_nothing() {
    let (by, pl) = told_and_renewed(&[Purpose::Message]).await;
    let honest = read(&pl).await;
    let key = first_key(&by, Purpose::Message);
    let first = dispatched(&honest.dispatches[0]);
    // Under the number of the first, in its place, and another one under its serial.
    let (message, dispatch) = forged(&honest, key, "BY/2025/PL/0001");
    let in_its_place = signed_by(key, &Dispatch { place: first.place, ..dispatch });
    let under_its_serial = signed_by(key, &Dispatch { place: first.place + 5, ..first });
    let mut lied = honest.clone();
    lied.messages.push(message);
    lied.dispatches.push(alone(DispatchBytes::Signed(in_its_place)));
    lied.dispatches[0].contradicted_by.push(under_its_serial);
    let found = verify(bundle::encode(&lied), &fingerprints(&[&by, &pl])).unwrap();
    assert!(found.holds(), "{}", sentences(&found, Weight::False));
    let proven = sentences(&found, Weight::Proven);
    for accused in ["twice", "CONTRADICTED", "more than one message"] {
        assert!(!proven.contains(accused), "{proven}");
    }
    let unproven = sentences(&found, Weight::NotProven);
    for doubt in [
        "which of two messages with this number is BY's",
        "which of two dispatches is BY's in place 1 of this thread to PL",
        "whether BY CONTRADICTED itself: another dispatch to PL under the same serial or leaf is in here",
    ] {
        assert!(unproven.contains(doubt), "{unproven}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_stands_in_a_bundle_twice_is_said_to_and_accuses_nobody() {
    let (by, pl) = pair("BY", "PL").await;
    exchange(&by, &pl, THREAD, "Exercise").await;
    let honest = read(&pl).await;
    let bare = DispatchBytes::Bare(dispatch::encode_dispatch(&dispatched(&honest.dispatches[0])));
    for again in [honest.dispatches[0].clone(), alone(bare)] {
        let mut doubled = honest.clone();
        doubled.messages.push(honest.messages[0].clone());
        doubled.dispatches.push(again);
        let found = verify(bundle::encode(&doubled), &fingerprints(&[])).unwrap();
        let told = sentences(&found, Weight::False);
        // By nobody's signature: no condition comes before it.
        let expected =
            "dispatch 3: it stands in the bundle twice\nmessage 3: it stands in the bundle twice\n";
        assert_eq!(told, expected);
        for weight in [Weight::Proven, Weight::OnlyIf, Weight::NotProven] {
            let told = sentences(&found, weight);
            assert!(!told.contains("twice") && !told.contains("which of two"), "{told}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn that_the_newest_key_lists_are_in_a_bundle_is_said_to_be_the_files_word() {
    let (by, pl) = told_and_renewed(&[Purpose::Message]).await;
    let mut bundle = read(&pl).await;
    bundle.parties[0].key_lists.truncate(1);
    let found = verify(bundle::encode(&bundle), &fingerprints(&[&by, &pl])).unwrap();
    assert!(found.holds(), "nothing in here says that there is a second: {:?}", found.findings);
    let stated = sentences(&found, Weight::Stated);
    let said = "the keys: by the file, which is called PL's and signed by nobody: that the newest key list of each \
                Party is in here";
    assert_eq!(stated.matches(said).count(), 1, "{stated}");
}

/// BY renewed its keys, and went on. Its second list is not in the bundle: nothing that it signed under that is false.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_signed_under_a_key_list_that_is_left_out_is_not_proven_and_blames_nobody() {
    let (by, pl) = told_and_renewed(&[Purpose::Message, Purpose::Ledger, Purpose::Witness]).await;
    exchange(&by, &pl, THREAD, "Once more").await;
    let trusted = fingerprints(&[&by, &pl]);
    for maker in [&by, &pl] {
        let honest = read(maker).await;
        let found = verify(bundle::encode(&honest), &trusted).unwrap();
        assert!(found.holds(), "{}", sentences(&found, Weight::False));
        let proven = sentences(&found, Weight::Proven);
        assert!(proven.contains("signed under BY's key list 2"), "{proven}");
        let unproven = sentences(&found, Weight::NotProven);
        assert!(
            !unproven.contains("is not in here;") && !unproven.contains("is in no key list"),
            "{unproven}"
        );

        let mut less = honest.clone();
        let of_by = less.parties.iter_mut().find(|one| one.party == by.party).unwrap();
        of_by.key_lists.truncate(1);
        let found = verify(bundle::encode(&less), &trusted).unwrap();
        assert!(found.holds(), "{}", sentences(&found, Weight::False));
        let unproven = sentences(&found, Weight::NotProven);
        for said in [
            "the keys: what is signed under BY's key list 2: a dispatch or a receipt in here names it, and it is not in here",
            ": that BY wrote it: BY's key list 2, which its dispatch names, is not in here",
            " to PL: BY's key list 2, which it names, is not in here",
            "that the receipt's head is BY's: the ledger key that it names is in no key list of BY's in here",
            ": the witness key that it names is in no key list of BY's in here",
        ] {
            assert!(unproven.contains(said), "{said}\n\n{unproven}");
        }
        for untrue in
            ["that it was dispatched to PL, whom it addresses", "that this is all: place 2 of what BY"]
        {
            assert!(!unproven.contains(untrue), "{unproven}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_poorer_copy_of_a_dispatch_takes_nothing_from_what_another_copy_proves_wherever_it_stands() {
    let (by, pl) = pair("BY", "PL").await;
    exchange(&by, &pl, THREAD, "Exercise").await;
    let trusted = fingerprints(&[&by, &pl]);
    let honest = read(&pl).await;
    let proven =
        |bundle: &Bundle| sentences(&verify(bundle::encode(bundle), &trusted).unwrap(), Weight::Proven);
    let one = &honest.dispatches[0];
    let bare = DispatchBytes::Bare(dispatch::encode_dispatch(&dispatched(one)));
    let without_receipt = BundleDispatch { receipt: None, ..one.clone() };
    let without_cover = BundleDispatch { covered: None, ..one.clone() };
    for copies in [
        vec![alone(one.dispatch.clone()), one.clone()],
        vec![one.clone(), alone(one.dispatch.clone())],
        vec![alone(bare.clone()), one.clone()],
        vec![without_receipt, without_cover],
        vec![BundleDispatch { dispatch: bare, ..one.clone() }, alone(one.dispatch.clone())],
    ] {
        let mut doubled = honest.clone();
        doubled.dispatches.splice(0..1, copies);
        assert_eq!(proven(&doubled), proven(&honest));
        let found = verify(bundle::encode(&doubled), &trusted).unwrap();
        assert_eq!(sentences(&found, Weight::False), "dispatch 2: it stands in the bundle twice\n");
        let unproven = sentences(&found, Weight::NotProven);
        assert!(!unproven.contains("there is no receipt in here"), "{unproven}");
    }
}
