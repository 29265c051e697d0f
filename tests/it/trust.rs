//! Who a certificate is, by the picture that a node has: judged without any network.

use detente::domain::people::Role;
use detente::limits;
use detente::peers::identity::Identity;
use detente::peers::stranger::{BadList, Stranger};
use detente::peers::trust::{PartyKeys, Roster, Trust};

use crate::authority::{Realm, at, beginning, chain, end, on_roster, present};

const WATCH: &[Role] = &[Role::Watch];

#[test]
fn a_caller_is_judged_by_its_authority_its_time_its_use_its_list_and_its_key() {
    let (mut pl, mut by, mut xx) = (Realm::new("PL"), Realm::new("BY"), Realm::new("XX"));
    let anna = pl.person("Anna Kowalska");
    let revoked = pl.person("Anna Kowalska");
    pl.revoke(&revoked.serial);
    let stray = by.custody.issue_node(beginning(), end()).unwrap();
    let officer = by.person("Anna Kowalska");
    let unknown = xx.person("Anna Kowalska");
    let mut roster = on_roster("Anna Kowalska", anna.key_digest, WATCH);
    roster.extend(on_roster("Anna Kowalska", revoked.key_digest, WATCH));
    let trust = Trust::new(pl.keys(), vec![by.keys()], roster.clone());
    assert_eq!(trust.faults(), []);
    let who = |issued, now| trust.identify(&chain(issued), now);

    let identity = who(&anna, present()).unwrap();
    assert!(matches!(&identity, Identity::Person { person, .. } if person.name == "Anna Kowalska"));
    assert_eq!(who(&by.node, present()), Ok(Identity::Peer { party: by.party }));
    assert_eq!(who(&unknown, present()), Err(Stranger::UnknownAuthority));
    assert_eq!(who(&anna, beginning().plus_ms(-1)), Err(Stranger::NotYetValid));
    assert_eq!(who(&anna, end().plus_ms(1_000)), Err(Stranger::Expired));
    assert_eq!(who(&revoked, present()), Err(Stranger::Revoked));
    // Another Party's officer is nobody here. A node of theirs that is not in their key list is marked, and
    // nobody either once it is revoked.
    assert_eq!(who(&officer, present()), Err(Stranger::NotInKeyList));
    assert_eq!(who(&stray, present()), Ok(Identity::PeerWithUnlistedKey { party: by.party }));
    let stale = Trust::new(pl.keys(), vec![by.without_list()], Roster::new());
    let unlisted = stale.identify(&chain(&stray), present());
    assert_eq!(unlisted, Ok(Identity::PeerWithUnlistedKey { party: by.party }));
    // Our own node's key is on no roster, and so is no person.
    assert_eq!(who(&pl.node, present()), Err(Stranger::NotOnRoster));
    assert_eq!(trust.identify::<Vec<u8>>(&[], present()), Err(Stranger::NoCertificate));
    assert_eq!(trust.identify(&[b"not a certificate"], present()), Err(Stranger::Unreadable));
    // The authority itself is no caller.
    assert_eq!(trust.identify(&[by.custody.authority_der()], present()), Err(Stranger::WrongPurpose));

    let renamed = on_roster("Maria Nowak", anna.key_digest, WATCH);
    let trust = Trust::new(pl.keys(), vec![], renamed);
    assert_eq!(trust.identify(&chain(&anna), present()), Err(Stranger::OtherName));

    by.revoke(&stray.serial);
    let trust = Trust::new(pl.keys(), vec![by.keys()], Roster::new());
    assert_eq!(trust.identify(&chain(&stray), present()), Err(Stranger::Revoked));
}

#[test]
fn who_has_a_list_that_is_absent_or_expired_is_known_and_marked() {
    let (mut pl, mut by) = (Realm::new("PL"), Realm::new("BY"));
    let anna = pl.person("Anna Kowalska");
    let roster = on_roster("Anna Kowalska", anna.key_digest, WATCH);
    let stale = Ok(Identity::PeerWithStaleList { party: by.party });

    let trust = Trust::new(pl.without_list(), vec![by.without_list()], roster.clone());
    assert_eq!(trust.identify(&chain(&by.node), present()), stale);
    let identity = trust.identify(&chain(&anna), present()).unwrap();
    assert!(matches!(&identity, Identity::PersonWithStaleList { .. }), "{identity:?}");
    assert_eq!(trust.list_until(&by.party), None);

    by.custody.publish_list(beginning(), at("2025-07-31T09:00:00Z")).unwrap();
    let trust = Trust::new(pl.keys(), vec![by.keys()], roster.clone());
    assert_eq!(trust.list_until(&by.party), Some(present()));
    let fresh = Ok(Identity::Peer { party: by.party });
    assert_eq!(trust.identify(&chain(&by.node), present().plus_ms(-1)), fresh);
    assert_eq!(trust.identify(&chain(&by.node), present()), stale);

    // An older list does not come back into force beside the newer one, in whatever order.
    let old = by.custody.revocation_list().unwrap();
    by.revoke(&by.node.serial.clone());
    let new = by.custody.revocation_list().unwrap();
    for lists in [vec![old.clone(), new.clone()], vec![new.clone(), old.clone()]] {
        let keys = PartyKeys { revocation_lists: lists, ..by.keys() };
        let trust = Trust::new(pl.keys(), vec![keys], roster.clone());
        assert_eq!(trust.identify(&chain(&by.node), present()), Err(Stranger::Revoked));
        // An expired list still revokes.
        assert_eq!(trust.identify(&chain(&by.node), end()), Err(Stranger::Revoked));
    }
}

#[test]
fn a_party_can_not_list_another_partys_authority_as_its_own() {
    let (pl, by, mut thief) = (Realm::new("PL"), Realm::new("BY"), Realm::new("ZZ"));
    let stolen = PartyKeys {
        authorities: vec![by.custody.authority_der().to_vec(), thief.custody.authority_der().to_vec()],
        tls_keys: [by.node.key_digest, thief.node.key_digest].into(),
        ..thief.keys()
    };
    let trust = Trust::new(pl.keys(), vec![stolen, by.keys()], Roster::new());
    assert_eq!(trust.faults().len(), 1);
    assert_eq!(trust.identify(&chain(&by.node), present()), Ok(Identity::Peer { party: by.party }));
    // Nor does naming itself so in a certificate help: the authority decides.
    let posing = thief.person("Anna Kowalska");
    assert_eq!(trust.identify(&chain(&posing), present()), Err(Stranger::NotInKeyList));
}

#[test]
fn a_list_signed_by_another_authority_of_the_same_name_counts_for_nothing() {
    let (pl, by, mut impostor) = (Realm::new("PL"), Realm::new("BY"), Realm::new("BY"));
    impostor.custody.publish_list(beginning(), end()).unwrap();
    let keys = PartyKeys {
        revocation_lists: vec![impostor.custody.revocation_list().unwrap(), b"no list".to_vec()],
        ..by.keys()
    };
    let trust = Trust::new(pl.keys(), vec![keys], Roster::new());
    let stale = Identity::PeerWithStaleList { party: by.party };
    assert_eq!(trust.identify(&chain(&by.node), present()), Ok(stale));
}

#[test]
fn a_list_is_taken_from_its_own_party_while_in_force_and_only_if_newer() {
    let (pl, mut by) = (Realm::new("PL"), Realm::new("BY"));
    let held = by.custody.revocation_list().unwrap();
    let trust = Trust::new(pl.keys(), vec![by.keys()], Roster::new());
    let next = by.custody.publish_list(present(), end()).unwrap();
    let unknown = "LT".parse().unwrap();
    let check = |party, der: &[u8], now| trust.check_list(party, der, now);
    assert_eq!(check(&by.party, &next, present()), Ok(()));
    assert_eq!(check(&by.party, &next, end()), Err(BadList::Expired));
    assert_eq!(check(&by.party, &held, present()), Err(BadList::NotNewer { number: 1, held: 1 }));
    // Clocks may differ, and no further.
    let early = present().plus_ms(-limits::CLOCKS_MAY_DIFFER_MS);
    assert_eq!(check(&by.party, &next, early), Ok(()));
    assert_eq!(check(&by.party, &next, early.plus_ms(-1)), Err(BadList::FromTheFuture));
    assert_eq!(check(&pl.party, &next, present()), Err(BadList::NotTheirs));
    assert_eq!(check(&unknown, &next, present()), Err(BadList::NotTheirs));
    for at in 0..next.len() {
        let mut flipped = next.clone();
        flipped[at] ^= 0x01;
        assert_eq!(check(&by.party, &flipped, present()), Err(BadList::NotTheirs), "byte {at}");
        assert_eq!(check(&by.party, &next[..at], present()), Err(BadList::NotTheirs), "cut at {at}");
    }
}

#[test]
fn a_certificate_with_any_byte_changed_is_nobodys() {
    let (pl, by) = (Realm::new("PL"), Realm::new("BY"));
    let trust = Trust::new(pl.keys(), vec![by.keys()], Roster::new());
    let leaf = chain(&by.node).remove(0);
    for at in 0..leaf.len() {
        let mut flipped = leaf.clone();
        flipped[at] ^= 0x01;
        assert!(trust.identify(&[flipped], present()).is_err(), "byte {at}");
        assert!(trust.identify(&[&leaf[..at]], present()).is_err(), "cut at {at}");
    }
}

#[test]
fn what_an_authority_issued_stands_where_its_old_certificate_is_known_and_where_one_made_anew_is() {
    const DAY_MS: i64 = 24 * 3_600_000;
    let (pl, mut by) = (Realm::new("PL"), Realm::new("BY"));
    let ends = beginning().plus_ms(limits::AUTHORITY_LIFE_MS);
    let (before, after) = (ends.plus_ms(-DAY_MS), ends.plus_ms(DAY_MS));
    let first = by.custody.issue_node(beginning(), after.plus_ms(DAY_MS)).unwrap();
    let old = by.custody.authority_der().to_vec();
    by.custody.renew_authority(before).unwrap();
    let new = by.custody.authority_der().to_vec();
    assert_ne!(old, new);
    let second = by.custody.issue_node(before, after.plus_ms(DAY_MS)).unwrap();
    let list = by.custody.publish_list(before, after.plus_ms(DAY_MS)).unwrap();
    let knowing = |authority: Vec<u8>| {
        let keys = PartyKeys {
            party: by.party,
            authorities: vec![authority],
            tls_keys: [first.key_digest, second.key_digest].into(),
            revocation_lists: vec![list.clone()],
        };
        Trust::new(pl.keys(), vec![keys], Roster::new())
    };
    let (knows_old, knows_new) = (knowing(old), knowing(new));
    for issued in [&first, &second] {
        for trust in [&knows_old, &knows_new] {
            assert_eq!(trust.identify(&chain(issued), before), Ok(Identity::Peer { party: by.party }));
        }
        assert_eq!(knows_old.identify(&chain(issued), after), Err(Stranger::Expired));
        assert_eq!(knows_new.identify(&chain(issued), after), Ok(Identity::Peer { party: by.party }));
    }
    // From when the first was good: a clock that is a little behind finds no gap.
    let earlier = knows_new.identify(&chain(&first), beginning());
    assert_eq!(earlier, Ok(Identity::Peer { party: by.party }));
}
