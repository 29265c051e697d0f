//! The next own key list, as the sentence that a custodian reads before confirming, and what is other in it than in
//! the one in force.
//!
//! Never here: whether it may take force (the Board), signatures (`party_checks.rs`).

use crate::domain::digest::Digest;
use crate::domain::event::AcceptedKeyList;
use crate::domain::keys::KeyList;
use crate::peers::certificate::is_same_authority;

/// All that is in force with it: who confirms it may not have seen it being made.
pub(super) fn sentence(next: &AcceptedKeyList) -> String {
    let list = &next.list;
    format!(
        "put the own key list {} in force: digest {}, called {:?}, at {:?}, contacts {:?}, keys {}",
        list.number,
        next.digest,
        list.name,
        list.addresses,
        list.contacts,
        keys(list).join(", ")
    )
}

/// What is new in it and what is gone, entry by entry, each in one line; none where nothing is. Then which of the new
/// authorities are ones in force, made anew.
pub(super) fn marks(in_force: &KeyList, next: &KeyList) -> Vec<String> {
    let (before, after) = (entries(in_force), entries(next));
    let only_in = |one: &[String], other: &[String]| -> Vec<String> {
        one.iter().filter(|entry| !other.contains(entry)).cloned().collect()
    };
    [("NEW", only_in(&after, &before)), ("GONE", only_in(&before, &after))]
        .into_iter()
        .filter(|(_, found)| !found.is_empty())
        .map(|(how, found)| {
            format!("{how} against the key list {} in force: {}", in_force.number, found.join(", "))
        })
        .chain(made_anew(in_force, next))
        .collect()
}

fn made_anew(in_force: &KeyList, next: &KeyList) -> Vec<String> {
    let before = &in_force.ca_certificates;
    let fresh = next.ca_certificates.iter().filter(|one| !before.contains(one));
    let pairs = fresh.filter_map(|one| Some((one, before.iter().find(|old| is_same_authority(old, one))?)));
    pairs
        .map(|(one, old)| {
            format!(
                "THE SAME KEY: authority {} is authority {}, made anew under its key and name; what that one issued \
                 stays good",
                Digest::of(one),
                Digest::of(old)
            )
        })
        .collect()
}

fn keys(list: &KeyList) -> Vec<String> {
    let keys = list.keys.iter().map(|key| format!("{} {}", key.purpose.name(), hex::encode(key.public_key)));
    let authorities = list.ca_certificates.iter().map(|one| format!("authority {}", Digest::of(one)));
    keys.chain(authorities).collect()
}

/// Keys first: no name or contact can pass for one, as these stand in quotation marks.
fn entries(list: &KeyList) -> Vec<String> {
    let mut all = keys(list);
    all.push(format!("called {:?}", list.name));
    all.extend(list.addresses.iter().map(|address| format!("at {address:?}")));
    all.extend(list.contacts.iter().map(|contact| format!("contact {contact:?}")));
    all
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;
    use crate::domain::keys::{Key, Purpose};
    use crate::domain::party::Incarnation;
    use crate::domain::time::Instant;

    fn list() -> KeyList {
        KeyList {
            party: "PL".parse().unwrap(),
            incarnation: Incarnation(1),
            number: 2,
            previous: Digest::ZERO,
            made_at: Instant(0),
            name: "Poland".into(),
            keys: vec![Key { purpose: Purpose::Message, public_key: [0xab; 32] }],
            ca_certificates: vec![Bytes::from_static(b"authority")],
            addresses: vec!["node.example.pl:7443".into()],
            contacts: vec!["Watch, +48 000".into()],
        }
    }

    #[test]
    fn who_confirms_a_key_list_reads_its_keys_where_it_answers_and_whom_to_call() {
        let next = AcceptedKeyList { signed: Bytes::new(), digest: Digest::ZERO, list: list() };
        let said = sentence(&next);
        let authority = Digest::of(b"authority").to_string();
        for held in ["list 2", "Poland", "node.example.pl:7443", "+48 000", &"ab".repeat(32), &authority] {
            assert!(said.contains(held), "{held}: {said}");
        }
    }

    #[test]
    fn who_confirms_a_key_list_reads_which_keys_and_contacts_are_new_and_which_are_gone() {
        let mut next = KeyList { number: 3, ..list() };
        assert!(marks(&list(), &next).is_empty());
        next.keys[0].public_key = [0xcd; 32];
        next.contacts.push("Night, +48 111".into());
        let (new, gone) = ("cd".repeat(32), "ab".repeat(32));
        assert_eq!(
            marks(&list(), &next),
            [
                format!("NEW against the key list 2 in force: message {new}, contact \"Night, +48 111\""),
                format!("GONE against the key list 2 in force: message {gone}"),
            ]
        );
    }

    #[test]
    fn who_confirms_a_key_list_reads_that_an_authority_was_made_anew_under_the_same_key() {
        let made = |key: &rcgen::KeyPair, serial: u64| {
            let mut params = rcgen::CertificateParams::new(Vec::new()).unwrap();
            params.serial_number = Some(rcgen::SerialNumber::from(serial));
            Bytes::from(params.self_signed(key).unwrap().der().to_vec())
        };
        let key = rcgen::KeyPair::generate().unwrap();
        let (old, anew) = (made(&key, 1), made(&key, 2));
        let another = made(&rcgen::KeyPair::generate().unwrap(), 3);
        let with = |authority: &Bytes| KeyList { ca_certificates: vec![authority.clone()], ..list() };
        let said = marks(&with(&old), &with(&anew));
        assert_eq!(said.len(), 3, "{said:?}");
        let (old_digest, new_digest) = (Digest::of(&old), Digest::of(&anew));
        let same = format!("THE SAME KEY: authority {new_digest} is authority {old_digest}, made anew");
        assert!(said[2].starts_with(&same), "{said:?}");
        assert_eq!(marks(&with(&old), &with(&another)).len(), 2);
    }
}
