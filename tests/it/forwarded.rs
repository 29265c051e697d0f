//! A message handed on to a further Party: its bytes, whose they are said to be and whether that verifies, and
//! that it counts as no message of its author's there.

use std::collections::BTreeMap;

use bytes::Bytes;
use detente::cli::message::message_form;
use detente::cli::regime::labels::Labelling;
use detente::codec::content::{self, Said};
use detente::codec::forwarded::{Opened, open};
use detente::codec::proto::detente::evidence::v1 as evidence;
use detente::codec::proto::detente::v1 as calls;
use detente::codec::{form, message, signed};
use detente::domain::content::{Content, Kind};
use detente::domain::digest::{Digest, ThreadId};
use detente::domain::form::{MessageDigest, MessageReference, Prose};
use detente::domain::forwarded::{Enclosed, Forwarded};
use detente::domain::translation::{TranslatedText, Translation};
use detente::evidence::signed::Signed;
use detente::limits;
use detente::replay::bundle::{Source, make};
use detente::replay::verify::{Verification, Weight, verify};

use crate::auditor::detente;
use crate::officer::{
    addressee, arrived, draft, filled, form as read_form, heading, reason, receipted, release, send, show,
    violations, watches,
};
use crate::world::{Medium, World};

fn to(party: &str, thread: u8) -> calls::Heading {
    calls::Heading { action: vec![addressee(party)], ..heading(thread) }
}

fn handed_on(original: Bytes) -> Content {
    Content::Forwarded(Forwarded {
        original: Some(Enclosed(original)),
        remarks: Prose("As you asked.".into()),
        ..Forwarded::default()
    })
}

/// The exact bytes of the first message of a thread, as a Party holds it.
async fn first(world: &World, party: &str, thread: u8) -> calls::ThreadMessage {
    show(world, party, &vec![thread; 16].into(), 0).await.messages.remove(0)
}

/// All three, of whom BY and OSCE do not know each other.
async fn chain() -> World {
    let world = World::apart(Medium::Embedded, &["BY", "PL", "OSCE"]).await;
    for (one, other) in [("BY", "PL"), ("PL", "OSCE")] {
        for (taker, known) in [(one, other), (other, one)] {
            let file = world.state(known).party_file().await;
            world.state(taker).take_party(&file).await;
        }
    }
    world
}

/// BY says something to PL, and PL hands it on to OSCE in a thread of its own.
pub async fn passed_on(world: &World, content: &Content) -> (calls::ReleaseResponse, calls::ReleaseResponse) {
    let said = send(world, "BY", 1, heading(1), content).await;
    arrived(world, "PL", &said.message_digest).await;
    let original = first(world, "PL", 1).await.message;
    let drafted = draft(world, "PL", 2, to("OSCE", 2), &handed_on(original)).await.unwrap();
    assert_eq!(drafted.faults, []);
    let forwarded = release(&world.desk("PL", "releaser"), 2, &drafted.digest, false).await.unwrap();
    arrived(world, "OSCE", &forwarded.message_digest).await;
    receipted(world, "PL", "OSCE").await;
    (said, forwarded)
}

fn opened(
    held: &calls::ThreadMessage,
) -> (detente::domain::message::Message, Box<detente::codec::forwarded::Original>) {
    let outer = message::decode(&signed::decode(held.message.clone()).unwrap().payload).unwrap();
    let Said::Form(Content::Forwarded(form)) = content::said(&outer.draft.kind, &outer.draft.content) else {
        panic!("no forwarding")
    };
    let Opened::Message(original) = open(&form) else { panic!("not opened") };
    (outer, original)
}

/// A bundle of a thread, verified by whoever knows these Parties.
pub async fn bundle(world: &World, party: &str, thread: u8, known: &[&str]) -> Verification {
    let node = world.node(party);
    let head = node.registrar.head();
    let records = head.records(&node.registrar.journal);
    let source = Source { records: &records, board: &head.board, ring: &node.ring };
    let file = make(&source, ThreadId([thread; 16]), world.clock.now()).await.unwrap();
    let trusted: BTreeMap<_, _> = known
        .iter()
        .map(|party| (party.parse().unwrap(), world.node(party).settings.fingerprint.0))
        .collect();
    verify(file, &trusted).unwrap()
}

fn says(found: &Verification, weight: Weight, words: &str) -> bool {
    found.findings.iter().any(|finding| finding.weight == weight && finding.sentence.contains(words))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_handed_on_keeps_its_bytes_and_is_no_message_of_its_authors_there() {
    let world = World::on_real_time(Medium::Embedded, &["BY", "PL", "OSCE"]).await;
    let (said, forwarded) = passed_on(&world, &filled(Kind::Notification)).await;
    let original = first(&world, "BY", 1).await.message;

    let held = first(&world, "OSCE", 2).await;
    let (outer, inner) = opened(&held);
    assert_eq!(outer.author.as_str(), "PL");
    assert_eq!(signed::encode(&inner.wrapping), original);
    assert_eq!(inner.digest.0.as_slice(), &said.message_digest[..]);
    let mark = "original by BY, its signature verified under BY's key list 1 of 1 on record here";
    assert!(held.marks.iter().any(|told| told == mark), "{:?}", held.marks);
    assert!(held.waits_for.is_empty() && held.faults.is_empty() && held.check.is_none());

    // OSCE has nothing of BY's: no message, no thread, no leaf in either ledger. And BY hears nothing of it.
    let board = world.node("OSCE").registrar.head().board.clone();
    assert!(!board.messages.contains_key(&inner.digest));
    assert!(board.thread(ThreadId([1; 16])).is_none());
    let link = board.link("BY".parse().unwrap()).unwrap();
    assert_eq!((link.ours.edge.size(), link.theirs.edge.size()), (0, 0));
    let there = world.node("BY").registrar.head().board.clone();
    assert!(!there.messages.contains_key(&Digest::from_slice(&forwarded.message_digest).unwrap()));

    // Both say who wrote it and who hands it on, and print it whole.
    let document =
        message_form(&outer, signed::decode(held.message.clone()).unwrap().digest(), Labelling::default());
    let row = |label: &str| {
        let rows = document.rows.iter().filter(|row| row.field == "handed_on" && row.label == label);
        rows.map(|row| row.text.join(" ")).collect::<Vec<_>>()
    };
    assert_eq!(row("FROM"), ["BY", "BY"]);
    assert_eq!(row("FORWARDED BY"), ["PL"]);
    assert_eq!(row("1. MESSAGE NUMBER"), [said.number]);
    for inside in message_form(&inner.message, inner.digest, Labelling::default()).rows {
        let text = inside.text.join(" ");
        assert!(
            document.rows.iter().any(|row| row.label.ends_with(&inside.label) && row.text.join(" ") == text)
        );
    }

    for party in ["PL", "OSCE"] {
        let found = bundle(&world, party, 2, &["BY", "PL", "OSCE"]).await;
        assert!(found.holds());
        assert!(
            says(&found, Weight::Proven, "BY wrote the message that it hands on"),
            "{:?}",
            found.findings
        );
        let auditor = world.state(party).desk_directory("auditor").display().to_string();
        detente(&["audit", "verify", "--as", &auditor]).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_original_of_a_party_that_is_not_known_here_is_carried_and_said_not_to_be_verified() {
    let world = chain().await;
    passed_on(&world, &filled(Kind::Notification)).await;
    let held = first(&world, "OSCE", 2).await;
    let mark = held.marks.iter().find(|mark| mark.contains("can't be verified here"));
    assert!(mark.is_some_and(|mark| mark.contains("no key list of BY")), "{:?}", held.marks);
    let here = bundle(&world, "OSCE", 2, &["PL", "OSCE"]).await;
    assert!(here.holds() && says(&here, Weight::NotProven, "no key list of BY is in here"));
    // By the lists that PL hands over it verifies, which is said to rest on PL's word.
    let introduction =
        calls::PartyIntroduction { by: "PL".into(), party_file: world.state("BY").party_file().await };
    let change = calls::propose_request::Change::PartyIntroduced(introduction);
    world.state("OSCE").change(change, Bytes::new()).await;
    let held = first(&world, "OSCE", 2).await;
    let mark = held.marks.iter().find(|mark| mark.contains("its signature verified")).unwrap();
    assert!(mark.contains("BY is unconfirmed: introduced by PL"), "{mark}");
    // Who knows BY can prove it to others.
    let there = bundle(&world, "PL", 2, &["BY", "PL", "OSCE"]).await;
    assert!(there.holds() && says(&there, Weight::Proven, "BY wrote the message that it hands on"));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_original_whose_signature_does_not_verify_is_marked_at_both_ends_and_never_refused() {
    let world = World::new(&["BY", "PL", "OSCE"]).await;
    let said = send(&world, "BY", 1, heading(1), &filled(Kind::Notification)).await;
    arrived(&world, "PL", &said.message_digest).await;
    let mut forged = signed::decode(first(&world, "PL", 1).await.message).unwrap();
    forged.signatures[0].value = vec![7; 64].into();
    let drafted = draft(&world, "PL", 2, to("OSCE", 2), &handed_on(signed::encode(&forged))).await.unwrap();
    assert_eq!(drafted.faults.len(), 1, "{:?}", drafted.faults);
    assert!(drafted.faults[0].rule.contains("not byte for byte"));
    let sent = release(&world.desk("PL", "releaser"), 2, &drafted.digest, true).await.unwrap();
    arrived(&world, "OSCE", &sent.message_digest).await;
    for party in ["PL", "OSCE"] {
        let held = first(&world, party, 2).await;
        assert!(held.marks.iter().any(|mark| mark.contains("does not verify")), "{:?}", held.marks);
        let found = bundle(&world, party, 2, &["BY", "PL", "OSCE"]).await;
        assert!(
            found.holds() && says(&found, Weight::NotProven, "that BY wrote the message that it hands on")
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_became_of_a_message_is_told_to_whoever_hands_it_on_and_marked_where_its_authors_word_is_held() {
    let world = World::on_real_time(Medium::Embedded, &["BY", "PL", "OSCE"]).await;
    let said = send(&world, "BY", 1, heading(1), &filled(Kind::Notification)).await;
    arrived(&world, "PL", &said.message_digest).await;
    let watch = world.desk("PL", "watch");
    let command = Some(watch.command(None).unwrap());
    let read = calls::AcknowledgeRequest { command, digest: said.message_digest.clone() };
    let read = watches(&watch).acknowledge(read).await.unwrap().into_inner();
    // The notice went to PL alone, and OSCE is told that it is off.
    let off = format!("[cancels]\nmessage_digest = \"{}\"\n", hex::encode(&said.message_digest));
    let both = calls::Heading { action: vec![addressee("PL"), addressee("OSCE")], ..heading(1) };
    let off = send(&world, "BY", 2, both, &read_form(Kind::Cancellation, &off)).await;
    for party in ["PL", "OSCE"] {
        arrived(&world, party, &off.message_digest).await;
    }
    let back = format!("[withdraws]\nnumber = \"{}\"\n", read.number);
    let back = read_form(Kind::MessageWithdrawal, &back);
    let back = send(&world, "PL", 3, to("BY", 1), &back).await;

    let thread = show(&world, "PL", &vec![1; 16].into(), 0).await.messages;
    let bytes = |number: &str| {
        let of = |one: &&calls::ThreadMessage| {
            let wrapping = signed::decode(one.message.clone()).unwrap();
            message::decode(&wrapping.payload).unwrap().number == number
        };
        thread.iter().find(of).unwrap().message.clone()
    };
    let cancelled = format!("CANCELLED by {}", off.number);
    let withdrawn = format!("WITHDRAWN by {}", back.number);
    for (place, number, mark) in [(4, &said.number, &cancelled), (5, &read.number, &withdrawn)] {
        let content = handed_on(bytes(number));
        let drafted = draft(&world, "PL", place, to("OSCE", place), &content).await.unwrap();
        let told: Vec<(&str, bool, bool)> = drafted
            .faults
            .iter()
            .map(|fault| (fault.field.as_str(), fault.rule.ends_with(mark), fault.stops_release))
            .collect();
        assert_eq!(told, [("original", true, false)], "{:?}", drafted.faults);
        let sent = release(&world.desk("PL", "releaser"), place, &drafted.digest, true).await.unwrap();
        arrived(&world, "OSCE", &sent.message_digest).await;
        let mark = format!("the message that it hands on: {mark}");
        assert!(first(&world, "PL", place).await.marks.contains(&mark));
        if number == &said.number {
            assert!(first(&world, "OSCE", place).await.marks.contains(&mark));
            let call = calls::ReadRequest { digest: sent.message_digest, ..Default::default() };
            let read = watches(&world.desk("OSCE", "watch")).read(call).await.unwrap().into_inner();
            assert!(read.marks.contains(&mark), "{:?}", read.marks);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_is_marked_by_its_authors_withdrawal_that_was_handed_on_beside_it() {
    let world = World::new(&["BY", "PL", "OSCE"]).await;
    let (said, forwarded) = passed_on(&world, &filled(Kind::Notification)).await;
    let back = format!("[withdraws]\nmessage_digest = \"{}\"\n", hex::encode(&said.message_digest));
    let back = send(&world, "BY", 2, heading(1), &read_form(Kind::MessageWithdrawal, &back)).await;
    arrived(&world, "PL", &back.message_digest).await;
    let word = show(&world, "PL", &vec![1; 16].into(), 0).await.messages.pop().unwrap().message;
    let copy = send(&world, "PL", 3, to("OSCE", 2), &handed_on(word)).await;
    arrived(&world, "OSCE", &copy.message_digest).await;
    let mark = format!("the message that it hands on: WITHDRAWN by {}, handed on by PL", back.number);
    assert!(first(&world, "OSCE", 2).await.marks.contains(&mark));
    let call = calls::ReadRequest { digest: forwarded.message_digest, ..Default::default() };
    let read = watches(&world.desk("OSCE", "watch")).read(call).await.unwrap().into_inner();
    assert!(read.marks.contains(&mark), "{:?}", read.marks);
}

#[tokio::test(flavor = "multi_thread")]
async fn words_on_regimes_that_are_handed_on_bind_nobody_towards_the_receiver() {
    let world = World::new(&["BY", "PL", "OSCE"]).await;
    passed_on(&world, &filled(Kind::Adoption)).await;
    let by: detente::domain::party::Party = "BY".parse().unwrap();
    let words = |party: &str| world.node(party).registrar.head().board.words.get(&by).is_some();
    assert!(words("BY") && words("PL") && !words("OSCE"));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_hands_on_what_is_about_persons_is_told_so_part_by_part() {
    let world = World::on_real_time(Medium::Embedded, &["BY", "PL", "OSCE"]).await;
    let part = |number: u8, personal: bool| evidence::Part {
        salted_digest: vec![number; 32].into(),
        bytes: 9,
        media_type: "text/plain".into(),
        name: format!("{number}.txt"),
        personal,
    };
    let parts = vec![part(1, false), part(2, true)];
    let heading = calls::Heading { parts: parts.clone(), ..heading(1) };
    let said = send(&world, "BY", 1, heading, &filled(Kind::Notification)).await;
    arrived(&world, "PL", &said.message_digest).await;
    let original = first(&world, "PL", 1).await.message;
    // What PL itself gives along is its own to give.
    let parts = parts.into_iter().chain([part(3, true)]).collect();
    let heading = calls::Heading { parts, ..to("OSCE", 2) };
    let drafted = draft(&world, "PL", 2, heading, &handed_on(original)).await.unwrap();
    let told = drafted.faults.iter().filter(|fault| fault.rule.contains("is about persons"));
    assert_eq!(told.map(|fault| fault.field.as_str()).collect::<Vec<_>>(), ["heading.parts[2]"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_its_author_gives_to_some_only_is_not_handed_on_to_others_also_not_as_it_is() {
    let world = World::new(&["BY", "PL", "OSCE"]).await;
    let restricted = calls::Heading { releasable_to: vec!["PL".into()], ..heading(1) };
    let said = send(&world, "BY", 1, restricted, &filled(Kind::Notification)).await;
    arrived(&world, "PL", &said.message_digest).await;
    let original = first(&world, "PL", 1).await.message;
    for (number, party, addressee) in [(2, "PL", "OSCE"), (3, "BY", "OSCE")] {
        let content = handed_on(original.clone());
        let drafted = draft(&world, party, number, to(addressee, number), &content).await.unwrap();
        assert!(drafted.faults.iter().any(|fault| fault.field == "original"), "{:?}", drafted.faults);
        let releaser = world.desk(party, "releaser");
        let refused = release(&releaser, number, &drafted.digest, true).await.unwrap_err();
        assert!(violations(&refused).iter().any(|(field, _)| field == "original"), "{}", reason(&refused));
    }
    // In other words it is the same, and goes no further.
    let translated = Content::Translation(Translation {
        of: MessageReference {
            message_digest: Digest::from_slice(&said.message_digest).map(MessageDigest),
            ..MessageReference::default()
        },
        language: "pl".into(),
        translator: "Ewa Tlumacz".into(),
        lines: vec![TranslatedText { path: "heading.subject".into(), text: "Zniwa".into() }],
        ..Translation::default()
    });
    let releaser = world.desk("PL", "releaser");
    for (addressee, list, number, stops) in [
        ("OSCE", vec!["OSCE", "PL"], 5, vec!["of", "heading.releasable_to"]),
        ("BY", vec![], 6, vec!["heading.releasable_to"]),
        ("BY", vec!["BY", "OSCE"], 7, vec!["heading.releasable_to"]),
        ("BY", vec!["BY"], 8, vec![]),
    ] {
        let heading = calls::Heading {
            thread: vec![1; 16].into(),
            releasable_to: list.into_iter().map(String::from).collect(),
            ..to(addressee, 1)
        };
        let drafted = draft(&world, "PL", number, heading, &translated).await.unwrap();
        let fields: Vec<&str> = drafted.faults.iter().map(|fault| fault.field.as_str()).collect();
        assert_eq!(fields, stops);
        assert!(drafted.faults.iter().all(|fault| fault.stops_release));
        let released = release(&releaser, number, &drafted.digest, true).await;
        assert_eq!(released.is_ok(), stops.is_empty(), "{released:?}");
    }
    // What refers to it and goes to others may be meant so: that is said, and can be released as it is.
    let reference = detente::codec::proto::detente::evidence::v1::Reference {
        message_digest: said.message_digest.clone(),
        ..Default::default()
    };
    let about = calls::Heading { references: vec![reference], ..to("OSCE", 9) };
    let drafted = draft(&world, "PL", 9, about, &filled(Kind::Text)).await.unwrap();
    let told: Vec<(&str, bool)> =
        drafted.faults.iter().map(|fault| (fault.field.as_str(), fault.stops_release)).collect();
    assert_eq!(told, [("heading.references[1]", false)]);

    // Back to its author, it is given to nobody new.
    let back = draft(&world, "PL", 4, to("BY", 4), &handed_on(original)).await.unwrap();
    assert_eq!(back.faults, []);
    release(&world.desk("PL", "releaser"), 4, &back.digest, false).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_translation_that_forgot_the_list_of_its_original_is_not_handed_on_further_than_that() {
    let world = World::new(&["BY", "PL", "OSCE"]).await;
    let said = send(&world, "BY", 1, heading(1), &filled(Kind::Notification)).await;
    arrived(&world, "PL", &said.message_digest).await;
    let restricted = calls::Heading { releasable_to: vec!["PL".into()], ..heading(2) };
    let secret = send(&world, "BY", 2, restricted, &filled(Kind::Notification)).await;
    arrived(&world, "PL", &secret.message_digest).await;
    // Of a program that does not ask for the list: it is not the author of the original who translates.
    for (number, original, stops) in [(3, &said, false), (4, &secret, true)] {
        let content = Content::Translation(Translation {
            of: MessageReference {
                message_digest: Digest::from_slice(&original.message_digest).map(MessageDigest),
                ..MessageReference::default()
            },
            language: "pl".into(),
            translator: "Ewa Tlumacz".into(),
            lines: vec![TranslatedText { path: "heading.subject".into(), text: "Zniwa".into() }],
            ..Translation::default()
        });
        let translated = signed_by_another(&content);
        // The example is a drill, and handed on as that.
        let traffic = evidence::Traffic::Drill as i32;
        let heading = calls::Heading { traffic, ..to("OSCE", number) };
        let drafted = draft(&world, "PL", number, heading, &handed_on(translated)).await.unwrap();
        let told = drafted.faults.iter().any(|fault| fault.field == "original" && fault.stops_release);
        assert_eq!(told, stops, "{:?}", drafted.faults);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn only_a_signed_message_that_is_no_forwarding_is_drafted_and_only_within_its_bound() {
    let world = World::new(&["BY", "PL", "OSCE"]).await;
    passed_on(&world, &filled(Kind::Notification)).await;
    let forwarding = first(&world, "OSCE", 2).await.message;
    let mut other = signed::decode(forwarding.clone()).unwrap();
    other.payload_type = detente::evidence::signed::PayloadType::Dispatch;
    let junk = Bytes::from_static(&[0xff; 9]);
    let long = vec![1; limits::FORWARDED_BYTES_MAX + 1].into();
    for (original, words) in [
        (forwarding, "is a forwarding itself"),
        (signed::encode(&other), "exact bytes of a signed message"),
        (junk, "exact bytes of a signed message"),
    ] {
        let refused = draft(&world, "OSCE", 3, to("PL", 3), &handed_on(original)).await.unwrap_err();
        let told = violations(&refused);
        assert!(told.iter().any(|(field, rule)| field == "original" && rule.contains(words)), "{told:?}");
    }
    let refused = form::encode(&handed_on(long)).unwrap_err();
    assert!(refused.rule.contains(&limits::FORWARDED_BYTES_MAX.to_string()), "{refused}");
}

/// The example's own message, saying something else and with nobody named who alone may have it.
fn signed_by_another(content: &Content) -> Bytes {
    let Content::Forwarded(form) = filled(Kind::Forwarded) else { panic!("another kind") };
    let mut wrapping = signed::decode(form.original.unwrap().0).unwrap();
    let mut outer = message::decode(&wrapping.payload).unwrap();
    outer.draft.kind = content.kind().name().into();
    outer.draft.content = form::encode(content).unwrap().into();
    outer.draft.releasable_to.clear();
    wrapping.payload = message::encode(&outer);
    signed::encode(&wrapping)
}

/// The example's own message within a signed message that hands it on.
fn nested() -> Signed {
    let Content::Forwarded(form) = filled(Kind::Forwarded) else { panic!("another kind") };
    let mut wrapping = signed::decode(form.original.clone().unwrap().0).unwrap();
    let mut outer = message::decode(&wrapping.payload).unwrap();
    outer.draft.kind = Kind::Forwarded.name().into();
    outer.draft.content = form::encode(&Content::Forwarded(form)).unwrap().into();
    wrapping.payload = message::encode(&outer);
    wrapping
}

#[test]
fn nothing_is_opened_deeper_than_one() {
    let Content::Forwarded(within) = handed_on(signed::encode(&nested())) else { panic!("another kind") };
    assert_eq!(open(&within), Opened::Forwarding);
    let content = form::encode(&Content::Forwarded(within)).unwrap().into();
    let said = content::said("message.forwarded", &content);
    let marks = content::marks(&said, &content);
    assert!(marks.iter().any(|mark| mark.contains("is a forwarding itself")), "{marks:?}");

    for bytes in [Bytes::new(), Bytes::from_static(b"no wrapping")] {
        let content =
            Content::Forwarded(Forwarded { original: Some(Enclosed(bytes)), ..Forwarded::default() });
        let Content::Forwarded(read) = &content else { panic!("another kind") };
        assert_eq!(open(read), Opened::Unreadable);
        assert!(open(read).mark().is_some());
    }
}

#[test]
fn a_cut_or_changed_original_never_panics_and_never_becomes_another_ones_word() {
    let Content::Forwarded(form) = filled(Kind::Forwarded) else { panic!("another kind") };
    let whole = form.original.unwrap().0;
    let Opened::Message(there) =
        open(&Forwarded { original: Some(Enclosed(whole.clone())), ..Forwarded::default() })
    else {
        panic!("the example is one")
    };
    let digest: Digest = there.digest;
    for at in 0..whole.len() {
        let mut changed = whole.to_vec();
        changed[at] ^= 0x55;
        for bytes in [changed.into(), whole.slice(..at)] {
            let form = Forwarded { original: Some(Enclosed(bytes)), ..Forwarded::default() };
            if let Opened::Message(read) = open(&form) {
                let verifies = read.wrapping.signatures == there.wrapping.signatures;
                assert!(
                    read.digest != digest || !verifies || read.wrapping.payload == there.wrapping.payload
                );
            }
        }
    }
}

#[test]
fn a_form_of_a_forwarding_that_says_it_in_other_digits_is_refused_with_the_rule() {
    use detente::cli::form::{self as forms, Syntax};
    for digits in ["", "0", "zz"] {
        let text = format!("original = \"{digits}\"\n");
        let why = forms::read(Kind::Forwarded, Syntax::Toml, &text).unwrap_err();
        assert!(why.what.contains("hexadecimal"), "{why}");
    }
    assert_eq!(read_form(Kind::Forwarded, forms::example(Kind::Forwarded)).kind(), Kind::Forwarded);
}
