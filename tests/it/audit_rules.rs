//! What the audit reports of regimes put on record, of accounts of deliveries by hand, and of messages kept from an
//! addressee.

use bytes::Bytes;
use detente::domain::by_hand::{DeliveredByHand, HandedOver, Says};
use detente::domain::command::{AsIs, Command, Origin};
use detente::domain::digest::{CommandId, Digest};
use detente::domain::event::{Event, RegimeHeld};
use detente::domain::regime::numbering::Pattern;

use crate::audit::{THREAD, audit, reports, small_pair, with_forged};

fn duties(text: &[u8]) -> detente::domain::event::LaysDown {
    detente::codec::regime::duties(text, &|_, _| None).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_regime_put_on_record_under_another_name_or_other_numbers_than_its_own_is_reported() {
    let (by, _pl) = small_pair().await;
    let text = detente::codec::regime::built_in::file("vienna-document-2011").unwrap();
    let numbering = detente::codec::regime::numbering(text, &|_, _| None).unwrap().unwrap();
    let held = RegimeHeld {
        name: "vienna-document-2011".into(),
        edition: 1,
        digest: Digest::of(text),
        text: Bytes::from_static(text),
        numbering: Some(numbering.clone()),
        duties: duties(text),
    };
    let hold = Command::HoldRegime(held);
    let (_, entries) = with_forged(&by, hold.clone(), "drafter", |_| {}, |_| {}).await;
    assert_eq!(audit(&entries, by.fingerprint, None).first_failing, None);
    let renamed = |event: &mut Event| {
        let Event::RegimeHeld(held) = event else { panic!("a regime is held") };
        held.name = "another".into();
    };
    let (index, entries) = with_forged(&by, hold.clone(), "drafter", |_| {}, renamed).await;
    reports(&by, &entries, index, "another name or edition than its text states");

    // What is inherited is compared as well: from what came with the program, and from what is held.
    let of_parent = |name: &str, parent: &[u8]| {
        let head = "edition = 1\nsource = \"-\"\nnature = \"political\"\n";
        let digest = Digest::of(parent);
        format!(
            "regime = \"child-{name}\"\n{head}inherits = {{ regime = \"{name}\", digest = \"{digest}\" }}\n"
        )
    };
    let first = of_parent("vienna-document-2011", text);
    let second = of_parent("child-vienna-document-2011", first.as_bytes());
    for (name, text) in [("child-vienna-document-2011", first), ("child-child-vienna-document-2011", second)]
    {
        let text = Bytes::from(text);
        let held = RegimeHeld {
            name: name.into(),
            edition: 1,
            digest: Digest::of(&text),
            text,
            numbering: Some(numbering.clone()),
            duties: duties(detente::codec::regime::built_in::file("vienna-document-2011").unwrap()),
        };
        let origin = Origin::Person(by.stamp("drafter"));
        let hold = Command::HoldRegime(held.clone());
        let (index, entries) = with_forged(
            &by,
            Command::HoldRegime(RegimeHeld { numbering: None, ..held }),
            "drafter",
            |_| {},
            |_| {},
        )
        .await;
        reports(&by, &entries, index, "other official numbers than its text lays down");
        by.registrar.give(hold, origin).await.unwrap();
        assert_eq!(audit(&by.entries().await, by.fingerprint, None).first_failing, None);
    }

    let forgeries: [fn(&mut RegimeHeld); 3] = [
        |held| held.numbering = None,
        |held| held.numbering.as_mut().unwrap().pattern = Pattern::read("X/{party}/{yy}/{serial}").unwrap(),
        |held| held.numbering.as_mut().unwrap().marks.clear(),
    ];
    for forge in forgeries {
        let renumbered = |event: &mut Event| {
            let Event::RegimeHeld(held) = event else { panic!("a regime is held") };
            forge(held);
        };
        let (index, entries) = with_forged(&by, hold.clone(), "drafter", |_| {}, renumbered).await;
        reports(&by, &entries, index, "other official numbers than its text lays down");
    }
    let other = |event: &mut Event| {
        use detente::domain::event::LaysDown;
        let Event::RegimeHeld(held) = event else { panic!("a regime is held") };
        held.duties = match held.duties {
            LaysDown::Duties => LaysDown::NoDuties,
            LaysDown::NoDuties => LaysDown::Duties,
        };
    };
    let (index, entries) = with_forged(&by, hold, "drafter", |_| {}, other).await;
    reports(&by, &entries, index, "laying down duties");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_of_a_delivery_by_hand_that_stands_against_a_rule_is_reported() {
    let (by, pl) = small_pair().await;
    let board = by.board();
    let ours = board.thread(THREAD).unwrap().entries().find(|entry| entry.author == by.party).unwrap().digest;
    let handed = HandedOver {
        means: "note verbale".into(),
        channel: String::new(),
        note_number: String::new(),
        by: "the embassy".into(),
        to: "the duty officer".into(),
        at: by.clock.now(),
        zone: "Z".into(),
        scan: None,
    };
    let says = Says::HandedOver(handed);
    let said = DeliveredByHand { message: ours, thread: THREAD, party: pl.party, says, corrects: None };
    let record = Command::RecordByHand(said);
    let (_, entries) = with_forged(&by, record.clone(), "releaser", |_| {}, |_| {}).await;
    assert_eq!(audit(&entries, by.fingerprint, None).faults, []);
    type Edit = fn(&mut DeliveredByHand);
    let edits: [(Edit, &str); 4] = [
        (|said| said.party = "SM".parse().unwrap(), "is no addressee of this message"),
        (|said| said.message = Digest::ZERO, "no message with this digest is on record here"),
        (|said| said.says = Says::TakenBack { reason: "why".into() }, "names the account that is taken back"),
        (|said| said.corrects = Some(CommandId([9; 16])), "no account of this message and addressee"),
    ];
    for (edit, sentence) in edits {
        let edited = |event: &mut Event| {
            let Event::DeliveredByHand(said) = event else { panic!("an account") };
            edit(said);
        };
        let (index, entries) = with_forged(&by, record.clone(), "releaser", |_| {}, edited).await;
        reports(&by, &entries, index, sentence);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_kept_from_an_addressee_that_has_a_node_is_reported() {
    let (by, pl) = small_pair().await;
    let (draft, digest, outgoing) = by.draft(by.outgoing(THREAD, &[&pl], "Exercise")).await;
    let release =
        Command::Release { draft, digest, outgoing, faults: Vec::new(), as_is: AsIs::OnlyWithoutFaults };
    let kept_back = |event: &mut Event| {
        let Event::Released(released) = event else { panic!("it is released") };
        released.dispatches.clear();
    };
    let (index, entries) = with_forged(&by, release, "releaser", |_| {}, kept_back).await;
    reports(&by, &entries, index, "the dispatches are not one for each addressee that has a node");
}
