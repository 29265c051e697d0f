//! Keys made anew while a link is in use: what was owed under the old ones comes, all goes on under the new
//! ones, and everything still proves.

use std::collections::BTreeMap;
use std::path::Path;

use bytes::Bytes;
use detente::cli::custody::Custody;
use detente::cli::register::Entry;
use detente::cli::{key_list, keys};
use detente::codec::bundle;
use detente::codec::key_list as key_list_codec;
use detente::codec::proto::detente::v1::propose_request::Change;
use detente::codec::signed;
use detente::domain::board::Board;
use detente::domain::content::Kind;
use detente::domain::digest::{Digest, ThreadId};
use detente::domain::event::AcceptedKeyList;
use detente::domain::keys::{KeyList, Purpose};
use detente::domain::party::Party;
use detente::domain::precedence::Precedence;
use detente::evidence::signed::{PayloadType, Signed};
use detente::peers::certificate;
use detente::replay::bundle::{Source, make};
use detente::replay::verify::{Verification, Weight, verify};

use crate::auditor::detente;
use crate::by_hand::proven;
use crate::forwarded::{bundle as bundle_of, passed_on};
use crate::officer::{filled, form, heading, notify, send, violations};
use crate::talk::{both_settled, fresh, outgoing, release, until};
use crate::world::{Medium, World};

const BUT_TLS: [Purpose; 5] =
    [Purpose::List, Purpose::Message, Purpose::Record, Purpose::Ledger, Purpose::Witness];

/// Made in the custody, read by the node, put in force by two custodians.
async fn renew(world: &World, code: &str, renewed: &[Purpose]) -> AcceptedKeyList {
    renew_with(world, code, renewed, false).await
}

/// As `renew`, with the authority's own certificate or without.
async fn renew_with(
    world: &World,
    code: &str,
    renewed: &[Purpose],
    authority_certificate: bool,
) -> AcceptedKeyList {
    let (state, folder) = (world.state(code), tempfile::tempdir().unwrap());
    let next = key_list::Next {
        directory: state.directory.clone(),
        after: folder.path().join("party"),
        renewed: renewed.to_vec(),
        authority_certificate,
        addresses: Vec::new(),
        contacts: Vec::new(),
        out: folder.path().join("list"),
        json: false,
    };
    std::fs::write(&next.after, state.party_file().await).unwrap();
    let made = key_list::next(&next, world.clock.now()).unwrap();
    let proposed = Change::OwnKeyList(made.signed.clone());
    if renewed.iter().any(|purpose| *purpose != Purpose::Tls && *purpose != Purpose::List) {
        let refused = state.try_propose(proposed.clone()).await.unwrap_err();
        assert!(refused.message().contains("SIGHUP has the node read it again"), "{refused:?}");
    }
    state.node().reload().await.unwrap();
    state.change(proposed, Bytes::new()).await;
    made
}

async fn holds(world: &World, party: &str, list: &AcceptedKeyList) {
    let is_newest = |board: &Board| {
        let newest = board.roster.parties[&list.list.party].newest();
        newest.is_some_and(|newest| newest.digest == list.digest)
    };
    until(world.node(party), "the list is here", is_newest).await;
}

async fn answer_back(world: &World, subject: &str) {
    let to = [world.state("BY").party];
    let message = outgoing(ThreadId(fresh()), &to, Precedence::Routine, subject);
    release(&world.node("PL").registrar, message).await;
}

/// The whole journal by its own auditor, and one thread by anybody with the two fingerprints.
async fn all_proves(world: &World, party: &str, threads: &[Bytes]) {
    let text = |path: &Path| path.to_str().unwrap().to_owned();
    let folder = tempfile::tempdir().unwrap();
    let auditor = text(world.state(party).desk_directory("auditor"));
    let fingerprint = |of: &str| world.node(of).settings.fingerprint.to_string();
    let own = fingerprint(party);
    detente(&["audit", "verify", "--as", &auditor, "--fingerprint", &own]).await.unwrap();
    let trust = ["BY", "PL"].map(|party| format!("{party}={}", fingerprint(party)));
    for thread in threads.iter().map(hex::encode) {
        let file = text(&folder.path().join(&thread));
        detente(&["audit", "export", "--as", &auditor, "--out", &file, "--thread", &thread]).await.unwrap();
        detente(&["verify", &file, "--trust", &trust[0], "--trust", &trust[1]]).await.unwrap();
        let found = proven(world, party, &hex::decode(&thread).unwrap().into()).await;
        let written = found.findings.iter().filter(|one| one.sentence.contains(" wrote it"));
        let weights: Vec<Weight> = written.map(|one| one.weight).collect();
        assert_eq!(weights, [Weight::Proven], "{:?}", found.findings);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_renews_its_message_and_ledger_keys_and_then_all_and_goes_on_and_everything_proves() {
    let mut world = World::on_real_time(Medium::Embedded, &["BY", "PL"]).await;
    let mut threads = vec![notify(&world, 1).await.thread];
    both_settled(&world, "BY", "PL").await;
    world.state_mut("PL").stop().await;
    threads.push(notify(&world, 2).await.thread);
    let second = renew(&world, "BY", &[Purpose::Message, Purpose::Ledger]).await;
    threads.push(notify(&world, 3).await.thread);
    // What is owed under two lists goes out after a third one took force, and after a restart.
    let third = renew(&world, "BY", &BUT_TLS).await;
    threads.push(notify(&world, 4).await.thread);
    world.state_mut("BY").stop().await;
    world.state_mut("BY").start().await;
    world.state_mut("PL").start().await;
    both_settled(&world, "BY", "PL").await;
    answer_back(&world, "under the third list").await;
    both_settled(&world, "BY", "PL").await;
    // Signed by the list key that the third list brought. Its TLS key is used whether the peer has heard of
    // it or not.
    let fourth = renew(&world, "BY", &[Purpose::Tls]).await;
    world.node("BY").reload().await.unwrap();
    threads.push(notify(&world, 5).await.thread);
    both_settled(&world, "BY", "PL").await;

    let key = |list: &AcceptedKeyList, purpose| *list.list.key_for(purpose).unwrap();
    for purpose in BUT_TLS {
        assert_ne!(key(&second, purpose), key(&third, purpose));
        assert_eq!(key(&third, purpose), key(&fourth, purpose));
    }
    let tls = |list: &AcceptedKeyList| list.list.keys_for(Purpose::Tls).copied().collect::<Vec<_>>();
    assert_eq!((tls(&second), tls(&fourth).len(), tls(&fourth)[0]), (tls(&third), 2, tls(&third)[0]));
    let in_use = world.node("BY").dialler.certificate.borrow().key_digest();
    assert_eq!(in_use.0, tls(&fourth)[1]);
    for party in ["BY", "PL"] {
        holds(&world, party, &fourth).await;
        all_proves(&world, party, &threads).await;
    }
}

/// As it would be made by hand, without the tool: the next list, signed as it must be, with these authorities.
async fn list_with(world: &World, code: &str, authorities: Vec<Bytes>) -> Bytes {
    let state = world.state(code);
    let known = &world.node(code).registrar.head().board.roster.parties[&state.party];
    let newest = known.newest().unwrap().clone();
    let list = KeyList {
        number: newest.list.number + 1,
        previous: newest.digest,
        ca_certificates: authorities,
        ..newest.list
    };
    let key = keys::read_signing_key(&state.directory.join("custody"), Purpose::List).unwrap();
    signed::encode(&Signed::sign(PayloadType::KeyList, key_list_codec::encode(&list), &[&key]))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_with_another_authority_would_lock_everybody_out_and_is_refused_on_its_own_and_beside_the_old()
{
    let world = World::new(&["BY", "PL"]).await;
    let state = world.state("BY");
    let folder = tempfile::tempdir().unwrap();
    let (now, until) = (world.clock.now(), world.clock.now().plus_ms(86_400_000));
    let make = |name: &str| Custody::make(&folder.path().join(name), &state.party, now, until).unwrap();
    let new = Bytes::copy_from_slice(make("new").authority_der());
    let old = Custody::open(&state.directory.join("custody"), &state.party).unwrap().authority_der().to_vec();
    for authorities in [vec![new.clone()], vec![old.clone().into(), new.clone()]] {
        let list = list_with(&world, "BY", authorities).await;
        let refused = state.try_propose(Change::OwnKeyList(list)).await.unwrap_err();
        let [(field, rule)] = &violations(&refused)[..] else { panic!("{refused:?}") };
        assert_eq!(field, "own_key_list.ca_certificates");
        assert!(rule.contains("stays as in the list before"), "{rule}");
    }
    let same = list_with(&world, "BY", vec![old.into()]).await;
    state.change(Change::OwnKeyList(same), Bytes::new()).await;
    notify(&world, 1).await;
    both_settled(&world, "BY", "PL").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_brings_the_authoritys_certificate_anew_and_a_peer_lets_in_by_the_old_list_and_by_the_new() {
    let mut world = World::new(&["BY", "PL"]).await;
    let of_newest = |world: &World| -> Vec<Bytes> {
        let state = world.state("BY");
        let board = state.node().registrar.head().board.clone();
        board.roster.parties[&state.party].newest().unwrap().list.ca_certificates.clone()
    };
    let before = of_newest(&world);
    world.clock.set(world.clock.now().plus_ms(86_400_000));
    world.state_mut("PL").stop().await;
    let made = renew_with(&world, "BY", &[Purpose::Tls], true).await;
    world.node("BY").reload().await.unwrap();
    // Desks know the certificate of before, and so does the peer when it is back.
    notify(&world, 1).await;
    world.state_mut("PL").start().await;
    both_settled(&world, "BY", "PL").await;
    holds(&world, "PL", &made).await;
    answer_back(&world, "under the certificate made anew").await;
    both_settled(&world, "BY", "PL").await;

    let after = of_newest(&world);
    let ([old], [new]) = (&before[..], &after[..]) else {
        panic!("one each: {}, {}", before.len(), after.len())
    };
    assert!(certificate::is_same_authority(old, new));
    assert!(certificate::valid_until(new) > certificate::valid_until(old));
    assert_eq!(certificate::valid_from(new), certificate::valid_from(old));
    let state = world.state("BY");
    let custody = Custody::open(&state.directory.join("custody"), &state.party).unwrap();
    assert_eq!(custody.authority_der(), new);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_custody_with_another_authority_than_the_list_names_issues_nothing_for_a_node() {
    let world = World::new(&["BY"]).await;
    let state = world.state("BY");
    let folder = tempfile::tempdir().unwrap();
    let copy = folder.path().join("copy");
    let (now, until) = (world.clock.now(), world.clock.now().plus_ms(86_400_000));
    Custody::make(&copy.join("custody"), &state.party, now, until).unwrap();
    for file in ["node.toml", "custody/list.key"] {
        std::fs::copy(state.directory.join(file), copy.join(file)).unwrap();
    }
    let next = key_list::Next {
        directory: copy.clone(),
        after: folder.path().join("party"),
        renewed: vec![Purpose::Tls],
        authority_certificate: false,
        addresses: Vec::new(),
        contacts: Vec::new(),
        out: folder.path().join("list"),
        json: false,
    };
    std::fs::write(&next.after, state.party_file().await).unwrap();
    let refused = key_list::next(&next, now).unwrap_err().to_string();
    assert!(refused.contains("names another authority"), "{refused}");
    assert!(!next.out.exists() && !copy.join("keys/list-2").exists());
    let issued = Custody::open(&copy.join("custody"), &state.party).unwrap();
    assert!(!issued.register().iter().any(|entry| matches!(entry, Entry::Issued { .. })));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_nothing_dates_under_the_list_of_before_takes_nothing_back_for_certain() {
    let world = World::on_real_time(Medium::Embedded, &["BY", "PL"]).await;
    let text = send(&world, "BY", 1, heading(1), &filled(Kind::Text)).await;
    let named = format!("[withdraws]\nmessage_digest = \"{}\"\n", hex::encode(&text.message_digest));
    send(&world, "BY", 2, heading(1), &form(Kind::MessageWithdrawal, &named)).await;
    both_settled(&world, "BY", "PL").await;
    renew(&world, "BY", &[Purpose::Message]).await;
    let node = world.node("BY");
    let head = node.registrar.head();
    let records = head.records(&node.registrar.journal);
    let source = Source { records: &records, board: &head.board, ring: &node.ring };
    let file = make(&source, ThreadId([1; 16]), world.clock.now()).await.unwrap();
    // As whoever holds a key of long ago could make it: with no dispatch.
    let mut bundle = bundle::decode(file.clone()).unwrap();
    bundle.dispatches.clear();
    let trusted =
        |code: &str| -> (Party, Digest) { (code.parse().unwrap(), world.node(code).settings.fingerprint.0) };
    let trusted: BTreeMap<Party, Digest> = ["BY", "PL"].map(trusted).into_iter().collect();
    for (file, wanted) in [(file, Weight::Proven), (bundle::encode(&bundle), Weight::NotProven)] {
        let found = verify(file, &trusted).unwrap();
        let of = found.findings.iter().filter(|one| one.sentence.starts_with("WITHDRAWN by "));
        let weights: Vec<Weight> = of.map(|one| one.weight).collect();
        assert_eq!(weights, [wanted], "{:?}", found.findings);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_original_that_was_handed_on_is_not_proven_once_its_key_was_replaced_and_nothing_dates_it() {
    let all = ["BY", "PL", "OSCE"];
    let world = World::on_real_time(Medium::Embedded, &all).await;
    passed_on(&world, &filled(Kind::Notification)).await;
    let found = bundle_of(&world, "OSCE", 2, &all).await;
    let of = |found: &Verification| {
        let said =
            found.findings.iter().find(|one| one.sentence.contains("BY wrote the message that it hands on"));
        said.map(|one| (one.weight, one.sentence.clone())).unwrap()
    };
    let (weight, sentence) = of(&found);
    assert!(weight == Weight::Proven && sentence.ends_with("signed under BY's key list 1"), "{sentence}");
    let next = renew(&world, "BY", &[Purpose::Message]).await;
    for maker in ["PL", "OSCE"] {
        holds(&world, maker, &next).await;
        let found = bundle_of(&world, maker, 2, &all).await;
        assert!(found.holds());
        let (weight, sentence) = of(&found);
        let why = "whose message key was replaced since, and nothing in here dates it";
        assert!(weight == Weight::NotProven && sentence.ends_with(why), "{sentence}");
        // Who hands it on did so under a key that is in force.
        let own = found.findings.iter().find(|one| one.sentence.starts_with("PL wrote it"));
        assert_eq!(own.map(|one| one.weight), Some(Weight::Proven));
    }
    // Between those who had it from its author, their thread dates it.
    let found = bundle_of(&world, "PL", 1, &["BY", "PL"]).await;
    let own = found.findings.iter().find(|one| one.sentence.starts_with("BY wrote it")).unwrap();
    assert!(
        own.weight == Weight::Proven && own.sentence.contains("key list 1, dated by"),
        "{}",
        own.sentence
    );
}
