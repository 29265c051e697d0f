//! Transcriptions, looked at from the hostile side: BY writes down what PL never sent. Nowhere is it taken for
//! a word of PL's.

use bytes::Bytes;
use detente::cli::message::message_form;
use detente::cli::regime::labels::Labelling;
use detente::codec::content::{self, Said};
use detente::codec::form as codec;
use detente::codec::proto::detente::evidence::v1 as evidence;
use detente::codec::proto::detente::v1 as calls;
use detente::codec::{message, signed};
use detente::domain::content::{Content, Kind};
use detente::domain::digest::Digest;
use detente::domain::form::{faults, lines};
use detente::domain::official;
use detente::domain::party::Party;
use detente::domain::precedence::Precedence;
use detente::domain::transcription::{Filled, Transcription};
use detente::replay::verify::Weight;

use crate::by_hand::{audited, proven, sentences};
use crate::officer::{
    PATIENCE, addressee, arrived, draft, filled, form, heading, messages, reason, receipted, regimes,
    release, send, show, size, watches,
};
use crate::parts;
use crate::world::{Medium, World};

const MARK: &str = "FROM PL, TRANSCRIBED BY BY, ORIGIN NOT PROVEN";

/// What BY says that PL sent.
fn invented(within: Content) -> Content {
    let Content::Transcription(mut form) = form(Kind::Transcription, "text = \"As in the note.\"") else {
        panic!("it is one")
    };
    form.origin_party = "PL".into();
    form.came_at = "2024-10-30T10:00Z".parse().unwrap();
    form.came_by = "fax".into();
    form.form = Filled::Form(Box::new(within));
    Content::Transcription(Box::new(form.filled()))
}

fn adoption() -> Content {
    let text = detente::codec::regime::built_in::file("vienna-document-2011").unwrap();
    form(
        Kind::Adoption,
        &format!(
            "regime = \"vienna-document-2011\"\nedition = 1\nregime_digest = \"{}\"\n\
             from = \"2024-01-01T00:00Z\"\nnature = \"political\"\n",
            Digest::of(text)
        ),
    )
}

fn to(code: &str, thread: u8) -> calls::Heading {
    calls::Heading { action: vec![addressee(code)], ..heading(thread) }
}

fn party(code: &str) -> Party {
    code.parse().unwrap()
}

async fn adopters(world: &World, at: &str) -> Vec<calls::PartyToRegime> {
    let asked = calls::ListAdoptersRequest { regime: "vienna-document-2011".into(), ..Default::default() };
    regimes(&world.desk(at, "drafter")).list_adopters(asked).await.unwrap().into_inner().parties
}

#[tokio::test(flavor = "multi_thread")]
async fn an_adoption_that_another_wrote_down_binds_nobody() {
    let world = World::new(&["BY", "LT"]).await;
    // LT adopts by its own word, and BY says that PL did.
    let own = send(&world, "LT", 1, to("BY", 1), &adoption()).await;
    arrived(&world, "BY", &own.message_digest).await;
    let sent = send(&world, "BY", 2, to("LT", 2), &invented(adoption())).await;
    arrived(&world, "LT", &sent.message_digest).await;
    receipted(&world, "BY", "LT").await;
    for code in ["BY", "LT"] {
        let board = world.node(code).registrar.head().board.clone();
        let now = world.clock.now();
        assert!(!board.words.contains_key(&party("PL")) && board.words.len() == 1, "{code}");
        for (one, other) in [("PL", "BY"), ("PL", "LT"), ("BY", "LT")] {
            let bond = board.bond(party(one), party(other), "vienna-document-2011", now);
            assert_eq!(bond, None, "{one} and {other} at {code}");
        }
        let adopters = adopters(&world, code).await;
        assert!(adopters.iter().all(|one| one.party == "LT"), "{adopters:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_transcribed_is_marked_wherever_it_is_shown_and_the_thread_is_its_authors() {
    let world = World::new(&["BY", "LT"]).await;
    let sent = send(&world, "BY", 1, to("LT", 1), &invented(filled(Kind::Notification))).await;
    arrived(&world, "LT", &sent.message_digest).await;
    receipted(&world, "BY", "LT").await;
    let digest = Digest::from_slice(&sent.message_digest).unwrap();
    for code in ["BY", "LT"] {
        let page = show(&world, code, &sent.thread, 0).await;
        assert!(page.messages[0].marks.iter().any(|mark| mark == MARK), "{:?}", page.messages[0].marks);
        let asked = calls::ListThreadsRequest::default();
        let threads = messages(&world.desk(code, "drafter")).list_threads(asked).await.unwrap();
        let [line] = &threads.into_inner().threads[..] else { panic!("one thread") };
        assert_eq!((line.opened_by.as_str(), line.kind.as_str()), ("BY", "transcription"));

        let wrapping = signed::decode(page.messages[0].message.clone()).unwrap();
        let read = message::decode(&wrapping.payload).unwrap();
        let printed = official::text(&official::pages(&message_form(&read, digest, Labelling::default())));
        let from = printed.lines().find(|line| line.starts_with("FROM")).unwrap();
        assert!(from.ends_with(&MARK["FROM ".len()..]), "{from}");
        let within = |line: &&str| line.contains("Said to be") && line.ends_with("exercise.notification");
        assert_eq!(printed.lines().filter(within).count(), 1, "{printed}");
        let read = content::said(&read.draft.kind, &read.draft.content);
        let Said::Form(form) = &read else { panic!("{read:?}") };
        assert_eq!(form.designation(), None, "the name of no exercise");

        let found = proven(&world, code, &sent.thread).await;
        assert!(found.holds(), "{}", sentences(&found, Weight::False));
        let unproven = sentences(&found, Weight::NotProven);
        assert!(unproven.contains(&format!("that it is PL's word: {MARK}")), "{unproven}");
        let proven = sentences(&found, Weight::Proven);
        assert!(proven.contains("BY wrote it: transcription") && !proven.contains("PL"), "{proven}");
        assert_eq!(audited(&world, code).await.faults, []);
    }
    let asked =
        calls::ReadRequest { digest: sent.message_digest.clone(), all_offices: true, ..Default::default() };
    let read = watches(&world.desk("LT", "watch")).read(asked).await.unwrap().into_inner();
    assert!(read.marks.iter().any(|mark| mark == MARK), "{:?}", read.marks);
    let asked = calls::FollowRequest { after: 0, once: true, all_offices: true };
    let mut follow = watches(&world.desk("LT", "watch")).follow(asked).await.unwrap().into_inner();
    let notice = tokio::time::timeout(PATIENCE, follow.message()).await.unwrap().unwrap().unwrap();
    assert_eq!((notice.from.as_str(), notice.kind.as_str()), ("BY", "transcription"));
    assert!(notice.marks.iter().any(|mark| mark == MARK), "{:?}", notice.marks);
}

async fn for_our_own_record_on(medium: Medium) {
    let mut world = World::on(medium, &["BY", "LT"]).await;
    let scan = parts::store(&world, "BY", b"the note, scanned").await;
    let named = evidence::Part {
        salted_digest: scan.salted_digest.0.to_vec().into(),
        bytes: scan.bytes,
        media_type: scan.media_type.clone(),
        name: scan.name.clone(),
        personal: true,
    };
    let alone = calls::Heading { action: Vec::new(), parts: vec![named], ..heading(1) };
    let content = filled(Kind::Transcription);
    let drafted = draft(&world, "BY", 1, alone.clone(), &content).await.unwrap();
    assert_eq!(drafted.faults, []);
    // Two persons, as for any message.
    let by_drafter = release(&world.desk("BY", "drafter"), 1, &drafted.digest, false).await.unwrap_err();
    assert_eq!(reason(&by_drafter), "NOT_PERMITTED");
    let sent = release(&world.desk("BY", "releaser"), 1, &drafted.digest, false).await.unwrap();
    assert_eq!((sent.number.as_str(), sent.by_hand.len()), ("BY/2024/-/0001", 0));
    // Nothing else may be said to nobody.
    let refused = draft(&world, "BY", 2, alone, &filled(Kind::Notification)).await.unwrap_err();
    assert_eq!(reason(&refused), "FIELD");

    world.state_mut("BY").stop().await;
    world.state_mut("BY").start().await;
    let page = show(&world, "BY", &sent.thread, 0).await;
    let marks = &page.messages[0].marks;
    let mark = "FROM NL (\"Norland\"), TRANSCRIBED BY BY, ORIGIN NOT PROVEN";
    assert!(marks.iter().any(|one| one == mark), "{marks:?}");
    assert!(page.messages[0].delivered.is_empty() && page.messages[0].by_hand.is_empty());
    let board = world.node("BY").registrar.head().board.clone();
    let link = board.link(party("LT")).unwrap();
    let sent_on_lanes: u64 = Precedence::FASTEST_FIRST.iter().map(|lane| link.lane(*lane).sent).sum();
    assert_eq!((sent_on_lanes, link.parts.given.len(), board.by_hand.open().count()), (0, 0, 0));
    assert_eq!(audited(&world, "BY").await.faults, []);
    let found = proven(&world, "BY", &sent.thread).await;
    assert!(found.holds(), "{}", sentences(&found, Weight::False));

    // The next to somebody: LT never hears of the one before.
    let second = send(&world, "BY", 3, to("LT", 3), &content).await;
    arrived(&world, "LT", &second.message_digest).await;
    assert_eq!(second.number, "BY/2024/LT/0001");
    assert_eq!(world.node("LT").registrar.head().board.messages.iter().count(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_transcription_to_nobody_is_kept_and_told_to_nobody() {
    for_our_own_record_on(Medium::Embedded).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn on_kafka_a_transcription_to_nobody_is_kept_and_told_to_nobody() {
    for_our_own_record_on(Medium::Kafka).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_lacking_is_told_before_release_and_a_scan_with_it() {
    let world = World::new(&["BY", "LT"]).await;
    let before = size(&world, "BY");
    let empty = Content::empty(Kind::Transcription);
    let drafted = draft(&world, "BY", 1, to("LT", 1), &empty).await.unwrap();
    let fields: Vec<&str> = drafted.faults.iter().map(|fault| fault.field.as_str()).collect();
    assert_eq!(fields, ["heading.parts", "came_at", "came_by", "origin_party", "text"]);
    let mut of_ourselves = Transcription { origin_party: "BY".into(), ..Transcription::default() };
    of_ourselves.text = "text".into();
    let content = Content::Transcription(Box::new(of_ourselves));
    let drafted = draft(&world, "BY", 2, to("LT", 2), &content).await.unwrap();
    assert!(drafted.faults.iter().any(|fault| fault.field == "origin_party"), "{:?}", drafted.faults);
    // A kind that is not that of the form within would be read as another form.
    let other = Transcription {
        kind: "exercise.notification".into(),
        form: Filled::Form(Box::new(Content::empty(Kind::Cancellation))),
        ..Transcription::default()
    };
    let refused = codec::encode(&Content::Transcription(Box::new(other))).unwrap_err();
    assert_eq!(refused.field, "kind");
    assert_eq!(size(&world, "BY"), before + 2);
}

#[test]
fn content_that_can_t_be_read_is_marked_all_the_same() {
    let kind = Kind::Transcription.name();
    let junk = Bytes::from_static(&[0xff, 0xff]);
    let read = content::said(kind, &junk);
    assert!(matches!(read, Said::Unreadable(_)));
    assert_eq!(content::origin(kind, &read).as_deref(), Some("AN ORIGIN THAT CAN'T BE READ"));
    assert_eq!(
        content::origin("exercise.notification", &content::said("exercise.notification", &junk)),
        None
    );
}

#[test]
fn a_form_within_of_an_unknown_kind_is_kept_shown_as_such_and_marked() {
    // kind = 8, content = 9.
    let mut bytes = vec![0x42, 3];
    bytes.extend(b"new");
    bytes.extend([0x4a, 2, 7, 7]);
    let read = codec::decode(Kind::Transcription, &bytes).unwrap();
    let Content::Transcription(form) = &read else { panic!() };
    assert_eq!(form.form, Filled::Unknown(Bytes::from_static(&[7, 7])));
    assert_eq!(codec::encode(&read), Ok(bytes));
    assert!(faults(&read).iter().any(|fault| fault.field == "form"));
    assert!(
        lines(&read).iter().any(|line| line.value == "2 bytes of a kind that this program does not know")
    );
}

#[test]
fn a_transcription_in_a_transcription_is_refused_before_it_is_taken_apart() {
    let mut bytes = b"\x42\x0dtranscription".to_vec();
    bytes.extend([0x4a, 0]);
    for _ in 0..1_000 {
        let inner = std::mem::take(&mut bytes);
        bytes = b"\x42\x0dtranscription\x4a".to_vec();
        prost::encoding::encode_varint(inner.len() as u64, &mut bytes);
        bytes.extend(inner);
    }
    let refused = codec::decode(Kind::Transcription, &bytes).unwrap_err();
    assert!(matches!(refused, codec::Unreadable::Limit(_)), "{refused}");
}

#[test]
fn a_fault_within_names_its_place_and_what_the_form_within_lacks_may_follow_there() {
    let within = form(Kind::Cancellation, "to_follow = [\"reason\"]\n[cancels]\nnumber = \"one\"");
    let content = invented(within);
    assert_eq!(faults(&content), []);
    assert!(content.is_incomplete());
    let fields: Vec<String> =
        faults(&invented(Content::empty(Kind::Cancellation))).into_iter().map(|fault| fault.field).collect();
    assert_eq!(fields, ["form.cancels", "form.reason"]);
    // Content that can't be decoded, in a transcription that can.
    let mut bytes = b"\x42\x12exercise.statement\x4a\x05".to_vec();
    bytes.extend([0x0a, 3, 0x0a, 1, 9]);
    let refused = codec::decode(Kind::Transcription, &bytes).unwrap_err();
    assert!(refused.to_string().contains("form.exercise.message_digest"), "{refused}");
}
