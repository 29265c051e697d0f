//! Signatures over exact bytes, and the keys that make them.

use bytes::Bytes;
use detente::codec;
use detente::evidence::keys::{KeyFault, PublicKey, SigningKey};
use detente::evidence::signed::{
    Algorithm, PayloadType, Signature, SignatureFault, Signed, pre_authentication_encoding,
};
use detente::limits;
use detente::rpc::status;
use proptest::prelude::*;
use tonic_types::StatusExt as _;

const GOLDEN: &str = include_str!("golden/signed.hex");

fn key(seed: u8) -> SigningKey {
    SigningKey::from_seed(&[seed; 32])
}

fn sample() -> Signed {
    let payload = Bytes::from_static(b"exactly these bytes");
    Signed::sign(PayloadType::Message, payload, &[&key(1), &key(2)])
}

#[test]
fn the_encoding_is_that_of_the_dsse_protocol() {
    let encoding = pre_authentication_encoding("http://example.com/HelloWorld", b"hello world");
    assert_eq!(encoding, b"DSSEv1 29 http://example.com/HelloWorld 11 hello world");
    assert_eq!(pre_authentication_encoding("", b""), b"DSSEv1 0  0 ");
}

#[test]
fn the_signature_is_that_of_rfc_8032() {
    // RFC 8032 section 7.1, test 2.
    let seed = hex::decode("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb").unwrap();
    let key = SigningKey::from_seed(&seed.try_into().unwrap());
    let public = "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c";
    assert_eq!(hex::encode(key.public_key().as_bytes()), public);
    let signature = "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da\
                     085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00";
    assert_eq!(hex::encode(key.sign(&[0x72])), signature);
}

#[test]
fn a_wrapping_has_golden_bytes_and_comes_back_the_same() {
    let bytes = codec::signed::encode(&sample());
    assert_eq!(hex::encode(&bytes), GOLDEN.trim());
    assert_eq!(codec::signed::decode(bytes), Ok(sample()));
}

#[test]
fn each_of_two_signatures_verifies_by_itself() {
    let signed = sample();
    for seed in [1, 2] {
        let payload = signed.verify(PayloadType::Message, &key(seed).public_key());
        assert_eq!(payload, Ok(&signed.payload));
    }
}

#[test]
fn another_type_a_missing_and_a_wrong_signature_are_told_apart() {
    let mut signed = sample();
    let (one, three) = (key(1).public_key(), key(3).public_key());
    assert_eq!(
        signed.verify(PayloadType::Dispatch, &one),
        Err(SignatureFault::OtherType { expected: PayloadType::Dispatch, found: PayloadType::Message })
    );
    let key_digest = three.key_digest();
    assert_eq!(signed.verify(PayloadType::Message, &three), Err(SignatureFault::Missing { key_digest }));
    signed.payload = Bytes::from_static(b"exactly those bytes");
    let key_digest = one.key_digest();
    assert_eq!(signed.verify(PayloadType::Message, &one), Err(SignatureFault::Wrong { key_digest }));
}

#[test]
fn the_type_is_inside_what_is_signed() {
    let mut signed = sample();
    signed.payload_type = PayloadType::KeyList;
    let key = key(1).public_key();
    let key_digest = key.key_digest();
    assert_eq!(signed.verify(PayloadType::KeyList, &key), Err(SignatureFault::Wrong { key_digest }));
}

#[test]
fn an_unknown_algorithm_is_carried_and_never_verifies() {
    let mut signed = sample();
    let one = key(1).public_key();
    let later = Signature {
        key_digest: one.key_digest(),
        algorithm: Algorithm::Unknown(7),
        value: Bytes::from_static(&[9; 4_627]),
    };
    signed.signatures.push(later);
    let read = codec::signed::decode(codec::signed::encode(&signed)).unwrap();
    assert_eq!(read, signed);
    assert!(read.verify(PayloadType::Message, &one).is_ok());
    signed.signatures.drain(..2);
    let key_digest = one.key_digest();
    assert_eq!(signed.verify(PayloadType::Message, &one), Err(SignatureFault::Missing { key_digest }));
}

#[test]
fn two_signatures_by_one_key_and_too_many_signatures_are_refused() {
    let mut signed = sample();
    let one = key(1).public_key();
    signed.signatures.push(signed.signatures[0].clone());
    let key_digest = one.key_digest();
    assert_eq!(signed.verify(PayloadType::Message, &one), Err(SignatureFault::Repeated { key_digest }));
    let keys: Vec<SigningKey> = (1..=9).map(key).collect();
    let keys: Vec<&SigningKey> = keys.iter().collect();
    let crowded = Signed::sign(PayloadType::Message, Bytes::new(), &keys);
    assert_eq!(crowded.verify(PayloadType::Message, &one), Err(SignatureFault::TooManySignatures));
    let fault = codec::signed::decode(codec::signed::encode(&crowded)).unwrap_err();
    assert_eq!(fault.field, "signed.signatures");
}

#[test]
fn a_flipped_bit_in_any_byte_of_a_wrapping_is_noticed() {
    let signed = Signed::sign(PayloadType::Record, Bytes::from_static(b"payload"), &[&key(1)]);
    let bytes = codec::signed::encode(&signed);
    for place in 0..bytes.len() {
        for bit in 0..8 {
            let mut flipped = bytes.to_vec();
            flipped[place] ^= 1 << bit;
            let verified = codec::signed::decode(flipped.into())
                .is_ok_and(|read| read.verify(PayloadType::Record, &key(1).public_key()).is_ok());
            assert!(!verified, "bit {bit} of byte {place}");
        }
    }
}

#[test]
fn a_wrapping_of_many_empty_signatures_is_refused_before_they_are_held() {
    let crowded = [&codec::signed::encode(&sample())[..], &[0x1a, 0].repeat(100_000)].concat();
    let fault = codec::signed::decode(crowded.into()).unwrap_err();
    let rule = format!("at most {} signatures", limits::SIGNATURES_MAX);
    assert_eq!(fault.to_string(), format!("signed.signatures: {rule}"));
    // Over a call the number stands in the sentence, at the field, and for programs by itself.
    let details = status::decode(fault).get_error_details();
    let told = details.error_info().unwrap();
    assert_eq!(told.metadata["at_most"], limits::SIGNATURES_MAX.to_string());
    assert_eq!(told.metadata["of"], "signatures");
    assert_eq!(details.bad_request().unwrap().field_violations[0].description, rule);
}

#[test]
fn faults_in_a_wrapping_name_the_field() {
    let field = |change: fn(&mut Signed)| {
        let mut signed = sample();
        change(&mut signed);
        codec::signed::decode(codec::signed::encode(&signed)).unwrap_err().field
    };
    assert_eq!(field(|s| s.signatures.clear()), "signed.signatures");
    assert_eq!(field(|s| s.signatures[0].value = Bytes::from_static(&[1; 63])), "signed.signatures.value");
    assert_eq!(field(|s| s.signatures[1].algorithm = Algorithm::Unknown(0)), "signed.signatures.algorithm");
    assert_eq!(field(|s| s.payload = vec![0; 900 * 1024 + 1].into()), "signed.payload");
    assert_eq!(codec::signed::decode(Bytes::new()).unwrap_err().field, "signed.payload_type");
}

#[test]
fn keys_that_would_prove_nothing_are_refused() {
    let encode = |hex: &str| PublicKey::from_bytes(&hex::decode(hex).unwrap());
    // Points of order 1, 2, 4, 8 (both signs of x where there are two).
    for weak in [
        "0100000000000000000000000000000000000000000000000000000000000000",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0000000000000000000000000000000000000000000000000000000000000080",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
        // The point of order 1 again, and of order 2, with the sign of a zero.
        "0100000000000000000000000000000000000000000000000000000000000080",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    ] {
        assert_eq!(encode(weak), Err(KeyFault::SmallOrder), "{weak}");
    }
    // y written as itself plus 2^255 - 19.
    for twice in 0xed..=0xffu8 {
        for sign in [0x7f, 0xff] {
            let mut bytes = [0xff; 32];
            (bytes[0], bytes[31]) = (twice, sign);
            assert_eq!(PublicKey::from_bytes(&bytes), Err(KeyFault::NotCanonical));
        }
    }
    let off = "0200000000000000000000000000000000000000000000000000000000000000";
    assert_eq!(encode(off), Err(KeyFault::NotOnCurve));
    assert_eq!(PublicKey::from_bytes(&[1; 31]), Err(KeyFault::Length));
}

#[test]
fn a_second_encoding_of_a_signature_does_not_verify() {
    let key = key(1);
    let mut signature = key.sign(b"text");
    assert!(key.public_key().verify(b"text", &signature).is_ok());
    // S plus the order of the group (RFC 8032 section 5.1): the same equation holds.
    let order = hex::decode("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010").unwrap();
    let mut carry = 0u16;
    for (byte, add) in signature[32..].iter_mut().zip(order) {
        carry += u16::from(*byte) + u16::from(add);
        *byte = carry as u8;
        carry >>= 8;
    }
    assert!(key.public_key().verify(b"text", &signature).is_err());
    assert!(key.public_key().verify(b"text", &signature[..63]).is_err());
}

proptest! {
    #[test]
    fn random_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let _ = codec::signed::decode(bytes.clone().into());
        let _ = PublicKey::from_bytes(&bytes);
        prop_assert!(key(1).public_key().verify(b"", &bytes).is_err());
    }

    #[test]
    fn a_wrapping_of_any_payload_comes_back_the_same(payload in prop::collection::vec(any::<u8>(), 0..2_000)) {
        let signed = Signed::sign(PayloadType::Dispatch, payload.into(), &[&key(4)]);
        let read = codec::signed::decode(codec::signed::encode(&signed)).unwrap();
        prop_assert_eq!(&read, &signed);
        prop_assert!(read.verify(PayloadType::Dispatch, &key(4).public_key()).is_ok());
    }
}
