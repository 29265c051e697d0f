//! Key lists, their succession, and the party files that carry them.

use bytes::Bytes;
use detente::codec::key_list::{OpenFault, decode, encode, open_first, open_successor};
use detente::codec::party_file::{Fingerprint, PartyFile};
use detente::domain::digest::Digest;
use detente::domain::keys::{Key, KeyList, Purpose};
use detente::domain::party::Incarnation;
use detente::domain::time::Instant;
use detente::evidence::key_list::{KeyListFault, ListTime, check_form, verify_successor};
use detente::evidence::keys::{KeyFault, SigningKey};
use detente::evidence::signed::{PayloadType, SignatureFault, Signed};
use proptest::prelude::*;

const GOLDEN: &str = include_str!("golden/key_list.hex");

fn signing_key(seed: u8) -> SigningKey {
    SigningKey::from_seed(&[seed; 32])
}

/// Keys with seeds from `seed` on, the list key first.
fn keys(seed: u8) -> Vec<Key> {
    let key = |(purpose, seed)| Key { purpose, public_key: *signing_key(seed).public_key().as_bytes() };
    Purpose::ALL.into_iter().zip(seed..).map(key).collect()
}

fn first() -> KeyList {
    KeyList {
        party: "PL".parse().unwrap(),
        incarnation: Incarnation(1),
        number: 1,
        previous: Digest::ZERO,
        made_at: Instant::from_rfc3339("2024-11-01T08:00:00Z").unwrap(),
        name: "Republic of Poland".into(),
        keys: keys(10),
        ca_certificates: vec![Bytes::from_static(b"a certificate, DER")],
        addresses: vec!["detente.example.pl:7443".into()],
        contacts: vec!["Watch, +48 00 000 00 00".into()],
    }
}

fn sign(list: &KeyList, seed: u8) -> Signed {
    Signed::sign(PayloadType::KeyList, encode(list), &[&signing_key(seed)])
}

fn second() -> KeyList {
    KeyList {
        number: 2,
        previous: sign(&first(), 10).digest(),
        made_at: first().made_at.plus_ms(1),
        keys: keys(20),
        ..first()
    }
}

fn open_second(change: impl FnOnce(&mut KeyList)) -> Result<ListTime, OpenFault> {
    let mut list = second();
    change(&mut list);
    let digest = sign(&first(), 10).digest();
    open_successor(&first(), &digest, &sign(&list, 10)).map(|(_, time)| time)
}

fn open_changed(change: impl FnOnce(&mut KeyList)) -> OpenFault {
    let mut list = first();
    change(&mut list);
    open_first(&sign(&list, 10)).unwrap_err()
}

fn refused(fault: KeyListFault) -> OpenFault {
    OpenFault::Refused(fault)
}

#[test]
fn a_key_list_has_golden_bytes_and_comes_back_the_same() {
    assert_eq!(hex::encode(encode(&first())), GOLDEN.trim());
    assert_eq!(decode(&encode(&first())), Ok(first()));
    assert_eq!(open_first(&sign(&first(), 10)), Ok(first()));
}

#[test]
fn the_first_list_is_number_one_and_signed_by_its_own_list_key() {
    let key_digest = signing_key(10).public_key().key_digest();
    assert_eq!(
        open_first(&sign(&first(), 11)),
        Err(refused(KeyListFault::Signature(SignatureFault::Missing { key_digest })))
    );
    assert_eq!(open_changed(|l| l.number = 2), refused(KeyListFault::Number { expected: 1, found: 2 }));
    assert_eq!(open_changed(|l| l.previous = Digest::of(b"")), refused(KeyListFault::Previous));
    let dispatch = Signed::sign(PayloadType::Dispatch, encode(&first()), &[&signing_key(10)]);
    assert!(matches!(
        open_first(&dispatch),
        Err(OpenFault::Refused(KeyListFault::Signature(SignatureFault::OtherType { .. })))
    ));
}

#[test]
fn a_successor_follows_in_every_respect() {
    assert_eq!(open_second(|_| ()), Ok(ListTime::Onwards));
    assert_eq!(open_second(|l| l.number = 3), Err(refused(KeyListFault::Number { expected: 2, found: 3 })));
    assert_eq!(open_second(|l| l.previous = Digest::ZERO), Err(refused(KeyListFault::Previous)));
    assert_eq!(open_second(|l| l.party = "BY".parse().unwrap()), Err(refused(KeyListFault::OtherParty)));
    assert_eq!(open_second(|l| l.incarnation = Incarnation(2)), Err(refused(KeyListFault::OtherIncarnation)));
}

#[test]
fn a_successor_is_signed_by_the_list_key_of_the_one_before_not_its_own() {
    let digest = sign(&first(), 10).digest();
    let key_digest = signing_key(10).public_key().key_digest();
    assert_eq!(
        open_successor(&first(), &digest, &sign(&second(), 20)),
        Err(refused(KeyListFault::Signature(SignatureFault::Missing { key_digest })))
    );
}

#[test]
fn a_list_made_earlier_than_the_one_before_holds_and_is_marked() {
    assert_eq!(open_second(|l| l.made_at = first().made_at.plus_ms(-1)), Ok(ListTime::Backwards));
    assert_eq!(open_second(|l| l.made_at = first().made_at), Ok(ListTime::Onwards));
}

#[test]
fn no_list_follows_the_highest_number() {
    let last = KeyList { number: u32::MAX, ..second() };
    let digest = Digest::of(&encode(&last));
    let after = KeyList { number: 0, previous: digest, ..second() };
    assert!(verify_successor(&last, &digest, &sign(&after, 20), &after).is_err());
    let again = KeyList { number: u32::MAX, previous: digest, ..second() };
    assert!(verify_successor(&last, &digest, &sign(&again, 20), &again).is_err());
}

#[test]
fn each_purpose_has_exactly_one_key_but_tls() {
    for purpose in Purpose::ALL.into_iter().filter(|purpose| *purpose != Purpose::Tls) {
        let missing = open_changed(|l| l.keys.retain(|key| key.purpose != purpose));
        assert_eq!(missing, refused(KeyListFault::KeysOfPurpose { purpose, has: 0 }));
        let public_key = *signing_key(99).public_key().as_bytes();
        let doubled = open_changed(|l| l.keys.push(Key { purpose, public_key }));
        assert_eq!(doubled, refused(KeyListFault::KeysOfPurpose { purpose, has: 2 }));
    }
    let without = open_changed(|l| l.keys.retain(|key| key.purpose != Purpose::Tls));
    assert_eq!(without, refused(KeyListFault::TlsKeys { has: 0 }));
    let mut several = first();
    several.keys.extend((1..8).map(|n| Key { purpose: Purpose::Tls, public_key: [n; 32] }));
    assert_eq!(check_form(&several), Ok(()));
    several.keys.push(Key { purpose: Purpose::Tls, public_key: [9; 32] });
    assert_eq!(check_form(&several), Err(KeyListFault::TlsKeys { has: 9 }));
}

#[test]
fn one_key_for_two_purposes_and_weak_keys_are_refused() {
    assert_eq!(
        open_changed(|l| l.keys[3].public_key = l.keys[2].public_key),
        refused(KeyListFault::KeyTwice)
    );
    let mut weak = [0; 32];
    weak[0] = 1;
    assert_eq!(
        open_changed(|l| l.keys[4].public_key = weak),
        refused(KeyListFault::Key { purpose: Purpose::Ledger, fault: KeyFault::SmallOrder })
    );
}

#[test]
fn fields_over_a_limit_are_named() {
    let field = |change: fn(&mut KeyList)| match open_changed(change) {
        OpenFault::Refused(KeyListFault::Field { field, .. } | KeyListFault::AtMost { field, .. }) => field,
        other => panic!("{other}"),
    };
    let told = open_changed(|l| l.addresses = vec!["a:1".into(); 9]).to_string();
    assert_eq!(told, "key list: addresses: at most 8 addresses");
    assert_eq!(field(|l| l.incarnation = Incarnation(0)), "incarnation");
    assert_eq!(field(|l| l.name.clear()), "name");
    assert_eq!(field(|l| l.name = "x".repeat(257)), "name");
    assert_eq!(field(|l| l.name = "clear \u{1b}[2J".into()), "name");
    assert_eq!(field(|l| l.name = "turned \u{202e}".into()), "name");
    assert_eq!(field(|l| l.ca_certificates.clear()), "ca_certificates");
    assert_eq!(field(|l| l.ca_certificates = vec![Bytes::new()]), "ca_certificates");
    assert_eq!(field(|l| l.ca_certificates = vec![vec![1; 8_193].into()]), "ca_certificates");
    assert_eq!(field(|l| l.ca_certificates = vec![Bytes::from_static(b"x"); 5]), "ca_certificates");
    assert_eq!(field(|l| l.addresses = vec!["a:1".into(); 9]), "addresses");
    assert_eq!(field(|l| l.addresses = vec!["a\n:1".into()]), "addresses");
    assert_eq!(field(|l| l.contacts = vec!["x".into(); 17]), "contacts");
    assert_eq!(field(|l| l.contacts = vec![String::new()]), "contacts");
    let unreadable = open_changed(|l| l.ca_certificates = vec![vec![1; 65 * 1024].into()]);
    assert!(matches!(unreadable, OpenFault::Unreadable(fault) if fault.field == "key_list"));
}

#[test]
fn keys_of_a_newer_program_are_left_out_and_unstated_ones_refused() {
    // `keys` is field 7: purpose (1), algorithm (2), public key (3).
    let with = |purpose: u8, algorithm: u8| {
        let key = [&[8, purpose, 16, algorithm, 26, 33][..], &[5; 33]].concat();
        [&encode(&first())[..], &[0x3a, key.len() as u8], &key].concat().into()
    };
    assert_eq!(decode(&with(77, 1)), Ok(first()));
    assert_eq!(decode(&with(3, 77)), Ok(first()));
    assert_eq!(decode(&with(0, 1)).unwrap_err().field, "key_list.keys.purpose");
    assert_eq!(decode(&with(3, 0)).unwrap_err().field, "key_list.keys.algorithm");
    assert_eq!(decode(&with(3, 1)).unwrap_err().field, "key_list.keys.public_key");
}

#[test]
fn a_flipped_bit_in_any_byte_of_a_key_list_is_noticed() {
    let bytes = detente::codec::signed::encode(&sign(&first(), 10));
    for place in 0..bytes.len() {
        let mut flipped = bytes.to_vec();
        flipped[place] ^= 1;
        let taken = detente::codec::signed::decode(flipped.into()).map(|signed| open_first(&signed));
        assert!(!matches!(taken, Ok(Ok(_))), "byte {place}");
    }
}

fn file() -> PartyFile {
    let revocation_list = Bytes::from_static(b"a revocation list, DER");
    PartyFile::new(sign(&first(), 10), vec![sign(&second(), 10)], revocation_list)
}

#[test]
fn a_party_file_comes_back_from_a_mail() {
    let text = file().to_string();
    assert!(text.lines().all(|line| line.len() <= 64));
    assert_eq!(PartyFile::from_text(&text), Ok(file()));
    let mail =
        format!("Dear colleague,\r\nhere it is.\r\n\r\n{}\r\n-- \r\nWatch", text.replace('\n', " \r\n"));
    assert_eq!(PartyFile::from_text(&mail), Ok(file()));
}

#[test]
fn a_party_file_proves_that_its_lists_follow_from_the_first() {
    let lists = file().verified_lists().unwrap();
    assert_eq!(lists.iter().map(|verified| &verified.list).collect::<Vec<_>>(), [&first(), &second()]);
    assert_eq!(lists[1].list.previous, lists[0].digest);
    let doubled = PartyFile::new(sign(&first(), 10), vec![sign(&second(), 10); 2], Bytes::new());
    assert_eq!(doubled.verified_lists().unwrap_err().place, 3);
    let forged = PartyFile::new(sign(&first(), 11), vec![], Bytes::new());
    assert_eq!(forged.verified_lists().unwrap_err().place, 1);
}

#[test]
fn a_party_file_that_was_cut_or_changed_is_refused() {
    let text = file().to_string();
    let lines: Vec<&str> = text.lines().collect();
    for missing in 0..lines.len() {
        let mut rest = lines.clone();
        rest.remove(missing);
        let taken = PartyFile::from_text(&rest.join("\n")).map(|file| file.verified_lists());
        let same = taken == Ok(file().verified_lists());
        // The revocation list is signed by itself; a cut in it is found where it is read.
        assert!(!same || missing == lines.len() - 2, "line {missing}");
    }
    assert_eq!(PartyFile::from_text("").unwrap_err().field, "party_file");
    assert_eq!(PartyFile::decode(Bytes::new()).unwrap_err().field, "party_file.key_lists");
    assert_eq!(
        PartyFile::from_text(&"x".repeat(2 * 1024 * 1024 + 1)).unwrap_err().to_string(),
        "party_file: at most 2097152 bytes"
    );
    let long = PartyFile::new(sign(&first(), 10), vec![], vec![0; 256 * 1024 + 1].into());
    assert_eq!(PartyFile::decode(long.encode()).unwrap_err().field, "party_file.revocation_list");
    let many = PartyFile::new(sign(&first(), 10), vec![sign(&second(), 10); 256], Bytes::new());
    assert_eq!(PartyFile::decode(many.encode()).unwrap_err().field, "party_file.key_lists");
}

#[test]
fn a_fingerprint_is_read_out_in_groups_of_four_and_typed_in_any_way() {
    let fingerprint = file().fingerprint();
    assert_eq!(fingerprint.0, Digest::of(&encode(&first())));
    let text = fingerprint.to_string();
    assert_eq!(text.split(' ').map(str::len).collect::<Vec<_>>(), [4; 16]);
    assert_eq!(text.parse(), Ok(fingerprint));
    assert_eq!(text.to_uppercase().replace(' ', "").parse(), Ok(fingerprint));
    assert_eq!(text.replace(' ', "\n").parse(), Ok(fingerprint));
    assert!(text[..74].parse::<Fingerprint>().is_err());
    assert!("".parse::<Fingerprint>().is_err());
}

proptest! {
    #[test]
    fn random_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..300), text in "(-----BEGIN DETENTE PARTY FILE-----\n)?[A-Za-z0-9=\n]{0,100}(-----END DETENTE PARTY FILE-----\n)?") {
        let bytes = Bytes::from(bytes);
        let _ = decode(&bytes);
        let _ = PartyFile::decode(bytes.clone());
        let _ = PartyFile::from_text(&text);
        let _ = text.parse::<Fingerprint>();
        let signed = Signed::sign(PayloadType::KeyList, bytes, &[&signing_key(10)]);
        let _ = open_first(&signed);
    }

    #[test]
    fn changed_bytes_of_a_list_never_panic(place in any::<prop::sample::Index>(), byte in any::<u8>()) {
        let mut bytes = encode(&first()).to_vec();
        let place = place.index(bytes.len());
        bytes[place] = byte;
        if let Ok(list) = decode(&bytes.into()) {
            let _ = check_form(&list);
        }
    }
}
