//! Messages in formats that regimes lay down, between two nodes: Open Skies, and a request with its answer.

use bytes::Bytes;
use detente::cli::message::message_form;
use detente::cli::regime::labels::Labelling;
use detente::codec::proto::detente::evidence::v1 as evidence;
use detente::codec::proto::detente::v1 as calls;
use detente::codec::regime::{built_in, read};
use detente::codec::{message, signed};
use detente::domain::content::Content;
use detente::domain::digest::Digest;
use detente::domain::form::{MessageDigest, MessageReference, Prose, lines_under};
use detente::domain::formatted::{Field, Fields, Formatted, Stated};
use detente::domain::official;
use detente::domain::party::Party;
use detente::domain::regime::{Asked, Regime, check, lines};
use proptest::prelude::*;

use crate::form::strategies;
use crate::officer::{addressee, heading, regimes, send, show};
use crate::talk::both_settled;
use crate::world::World;

const OPEN_SKIES: &str = "open-skies";

/// A regime that no program was written for.
pub const BRIDGES: &str = r#"
regime = "bridges-2031"
edition = 1
title.en = "Bridges of the border river"
title.fr = "Ponts de la rivière frontière"
source = "Invented."
nature = "voluntary"

[[function]]
name = "chair"
label.en = "Chair of the bridge commission"
paragraph = "1"
checked = true

[[format]]
code = "B2"
title.en = "Closing of a bridge"
title.fr = "Fermeture d'un pont"
sent_by = ["function chair", "PL", "BY"]
to = ["PL", "BY"]
after = ["B1"]
reply = { format = "B3", within = 12, unit = "hours", anchor = "closes" }
paragraph = "2.1"
checked = true

    [[format.field]]
    name = "bridge"
    type = "area"
    label.en = "The bridge"
    label.fr = "Le pont"

    [[format.field]]
    name = "cause"
    type = "choice"
    label.en = "Cause"
    label.fr = "Motif"
    choices = [{ word = "works", label.en = "building works", label.fr = "travaux" }, { word = "flood", label.en = "high water" }]

    [[format.field]]
    name = "closes"
    type = "date"
    label.en = "Closes"

    [[format.field]]
    name = "vehicles"
    type = "figures"
    label.en = "Vehicles a day"
    owed = false

    [[format.field]]
    name = "detours"
    type = "texts"
    label.en = "Detours"
    owed = false

    [[format.field]]
    name = "crews"
    type = "list"
    label.en = "Crews"
    owed = false

        [[format.field.field]]
        name = "from"
        type = "Party"
        label.en = "From"

        [[format.field.field]]
        name = "persons"
        type = "number"
        label.en = "Persons"

    [[format.field]]
    name = "announced"
    type = "reference"
    label.en = "The announcement"
    owed = false

[[format]]
code = "B1"
title.en = "Announcement"
laid_down = false
paragraph = "2"
checked = true

[[format]]
code = "B3"
title.en = "Answer"
paragraph = "2.2"
checked = true

    [[format.field]]
    name = "agreed"
    type = "text"
    label.en = "Agreed"

[[lead]]
name = "closing"
label.en = "notice of a closing"
for = ["format B2"]
anchor = "closes"
at_least = 48
unit = "hours"
zone = "UTC"
paragraph = "2.3"
checked = true
"#;

pub fn bridges() -> Regime {
    read(BRIDGES.as_bytes(), &|_, _| None).expect("a regime")
}

pub fn open_skies() -> (Regime, &'static [u8]) {
    let text = built_in::file(OPEN_SKIES).unwrap();
    (read(text, &built_in::parent).unwrap(), text)
}

pub fn field(name: &str, stated: Stated) -> Field {
    Field { name: name.into(), stated }
}

pub fn text(text: &str) -> Stated {
    Stated::Text(Prose(text.into()))
}

pub fn date(text: &str) -> Stated {
    Stated::Date(text.parse().unwrap())
}

pub fn refers_to(digest: &Bytes) -> Stated {
    let message_digest = Digest::from_slice(digest).map(MessageDigest);
    Stated::Reference(MessageReference { message_digest, ..MessageReference::default() })
}

pub fn formatted(regime: &Regime, format: &str, fields: Vec<Field>) -> Formatted {
    Formatted {
        regime: regime.head.name.clone(),
        regime_digest: Some(MessageDigest(regime.head.digest)),
        format: format.into(),
        fields: Fields(fields),
        to_follow: Vec::new(),
        not_known: Vec::new(),
    }
}

pub fn citing(
    regime: &Regime,
    provision: &str,
    thread: u8,
    to: &str,
    about: &[(&Bytes, &str)],
) -> calls::Heading {
    let reference = |(digest, author): &(&Bytes, &str)| evidence::Reference {
        message_digest: (*digest).clone(),
        author: (*author).into(),
        relation: evidence::Relation::RefersTo as i32,
        ..Default::default()
    };
    calls::Heading {
        action: vec![addressee(to)],
        subject: "a formatted message".into(),
        references: about.iter().map(reference).collect(),
        regime: Some(evidence::RegimeCitation {
            name: regime.head.name.clone(),
            digest: regime.head.digest.0.to_vec().into(),
            provision: provision.into(),
        }),
        ..heading(thread)
    }
}

pub async fn hold(world: &World, code: &str, text: &'static [u8]) {
    let desk = world.desk(code, "drafter");
    let asked = calls::HoldRequest { command: Some(desk.command(None).unwrap()), text: text.into() };
    regimes(&desk).hold(asked).await.unwrap();
}

/// The lines of the check, as a Party sees them beside the one message of a thread, and its marks.
pub async fn told(world: &World, code: &str, thread: u8) -> (Vec<String>, Vec<String>) {
    let message = show(world, code, &vec![thread; 16].into(), 0).await.messages.remove(0);
    let lines = message.check.unwrap().lines.into_iter().map(|line| line.text).collect();
    (lines, message.marks)
}

#[track_caller]
pub fn assert_says(lines: &[String], wanted: &[&str]) {
    for wanted in wanted {
        assert!(lines.iter().any(|line| line.contains(wanted)), "{wanted:?} is not in {lines:#?}");
    }
}

fn format_1(regime: &Regime, earlier: &Bytes) -> Formatted {
    let receiver = |code: &str, quota| {
        Fields(vec![field("party", Stated::Party(code.into())), field("quota", Stated::Number(quota))])
    };
    let fields = vec![
        field("overflown", Stated::Party("UA".into())),
        field("quota_distributed", Stated::Number(7)),
        field("quota_used", Stated::Number(2)),
        field("quota_transferred", Stated::Number(3)),
        field("receivers", Stated::Entries(vec![receiver("LT", 1), receiver("PL", 2)])),
        field("quota_remaining", Stated::Number(2)),
        field("effective", date("2025-01-01T00:00 Z")),
        field("earlier_messages", refers_to(earlier)),
    ];
    formatted(regime, "1", fields)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn open_skies_format_1_goes_out_after_36_and_37_and_is_printed_in_the_order_of_its_form() {
    let world = World::new(&["BY", "PL"]).await;
    let (regime, file) = open_skies();
    hold(&world, "BY", file).await;
    hold(&world, "PL", file).await;
    let mut before = Vec::new();
    for (number, code) in [(1, "36"), (2, "37")] {
        let content = Content::Formatted(formatted(&regime, code, vec![field("agreed", text("quotas"))]));
        let sent = send(&world, "BY", number, citing(&regime, "Annex A", number, "PL", &[]), &content).await;
        before.push(sent.message_digest);
    }
    let content = Content::Formatted(format_1(&regime, &before[0]));
    let about = [(&before[0], "BY"), (&before[1], "BY")];
    let mut heading = citing(&regime, "Art. III, section I, para 9", 3, "PL", &about);
    heading.remarks = "Agreed with both receivers.".into();
    let drafted = crate::officer::draft(&world, "BY", 3, heading, &content).await.unwrap();
    assert_eq!(drafted.faults, []);
    let released =
        crate::officer::release(&world.desk("BY", "releaser"), 3, &drafted.digest, false).await.unwrap();
    both_settled(&world, "BY", "PL").await;

    let ((here, _), (there, marks)) = (told(&world, "BY", 3).await, told(&world, "PL", 3).await);
    assert_eq!(here, there);
    assert!(marks.is_empty(), "{marks:?}");
    assert_says(
        &there,
        &[
            "Format 1, Transfer of active quotas",
            "Fields of the format: as the format asks",
            "Must come after a message of format 36: is here, and referred to",
            "Must come after a message of format 37: is here, and referred to",
            "Chairman of the Open Skies Consultative Commission",
        ],
    );

    // C7: the order of an Open Skies message, and every value under its label.
    let shown = show(&world, "PL", &vec![3; 16].into(), 0).await.messages.remove(0);
    let wrapping = signed::decode(shown.message).unwrap();
    let read = message::decode(&wrapping.payload).unwrap();
    assert_eq!(read.draft.kind, "regime.formatted");
    let document = message_form(&read, wrapping.digest(), Labelling::of(Some(&regime), None));
    let rows: Vec<(String, String)> = document
        .rows
        .iter()
        .map(|row| (format!("{} {}", row.mark, row.label).trim().to_owned(), row.text.join(" ")))
        .collect();
    let (number, earlier) = (&released.number, hex::encode(&before[0]));
    let wanted = [
        ("PRECEDENCE", "ROUTINE"),
        ("FROM", "BY"),
        ("TO", "PL"),
        ("INFO", "none"),
        ("SUBJECT", "a formatted message"),
        ("1. MESSAGE NUMBER", number),
        ("2. DATE-TIME GROUP", "010900Z NOV 2024"),
        ("3. LEGAL BASIS", OPEN_SKIES),
        ("Provision", "Art. III, section I, para 9"),
        ("4. REFERENCES", ""),
        ("Digest", &earlier),
        ("Digest", &hex::encode(&before[1])),
        ("5. CONTENT", ""),
        ("A. Format 1", "Transfer of active quotas"),
        ("B. State Party to be overflown", "UA"),
        ("C. Active quota distributed", "7"),
        ("D. Of this, used", "2"),
        ("E. Of this, transferred", "3"),
        ("F. State Parties that receive it 1", ""),
        ("(1) State Party", "LT"),
        ("(2) Quota received", "1"),
        ("G. State Parties that receive it 2", ""),
        ("(1) State Party", "PL"),
        ("(2) Quota received", "2"),
        ("H. Active quota remaining", "2"),
        ("I. Effective date", "2025-01-01T00:00 Z"),
        ("J. Message of Format 36 and message of Format 37", ""),
        ("(1) Digest", &earlier),
        ("6. REMARKS", "Agreed with both receivers."),
        ("7. END OF MESSAGE", &format!("{number} · 010900Z NOV 2024 · {}", wrapping.digest())),
    ];
    let mut from = rows.iter();
    for (label, text) in wanted {
        let found = from.any(|row| row.0 == label && row.1 == text);
        assert!(found, "{label} {text} does not come next in {rows:#?}");
    }
    // All of the content, and nothing else.
    let content: Vec<&(String, String)> = rows.iter().skip_while(|row| row.0 != "5. CONTENT").collect();
    assert_eq!(content.len(), 18, "{content:#?}");
    let printed = official::text(&official::pages(&document));
    assert!(printed.contains("3. LEGAL BASIS") && printed.matches(number.as_str()).count() >= 2, "{printed}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reference_that_is_not_here_is_said_and_stops_nothing() {
    let world = World::new(&["BY", "PL"]).await;
    let (regime, file) = open_skies();
    hold(&world, "PL", file).await;
    let elsewhere = Bytes::from(vec![0x36; 32]);
    let content = Content::Formatted(format_1(&regime, &elsewhere));
    send(&world, "BY", 1, citing(&regime, "Art. III", 1, "PL", &[]), &content).await;
    let mut other = citing(&regime, "Art. III", 2, "PL", &[]);
    other.regime.as_mut().unwrap().digest = vec![9; 32].into();
    send(&world, "BY", 2, other, &Content::Formatted(formatted(&regime, "1", Vec::new()))).await;
    both_settled(&world, "BY", "PL").await;
    let (there, _) = told(&world, "PL", 1).await;
    assert_says(&there, &["format 36: can't be judged: a reference is not held here"]);
    // The author holds no regime: shown raw, and said so.
    let (here, marks) = told(&world, "BY", 1).await;
    assert!(here.is_empty() && marks.iter().any(|mark| mark.contains("not held here")), "{marks:?}");
    let (_, marks) = told(&world, "PL", 2).await;
    assert_says(&marks, &["cites another regime than the one that the content names"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_message_that_breaks_its_format_is_released_only_as_it_is_and_is_marked_so_at_both_ends() {
    let world = World::new(&["BY", "PL"]).await;
    let (regime, file) = open_skies();
    hold(&world, "BY", file).await;
    hold(&world, "PL", file).await;
    let Content::Formatted(mut broken) = Content::Formatted(format_1(&regime, &Bytes::from(vec![0x36; 32])))
    else {
        panic!("another kind")
    };
    broken.fields.0.retain(|field| field.name != "quota_used");
    broken.fields.0.push(field("weather", Stated::Text("clear".into())));
    for one in broken.fields.0.iter_mut().filter(|one| one.name == "quota_distributed") {
        one.stated = Stated::Text("seven".into());
    }
    let content = Content::Formatted(broken);
    let heading = citing(&regime, "Art. III", 1, "PL", &[]);
    let drafted = crate::officer::draft(&world, "BY", 1, heading, &content).await.unwrap();
    let fields = |faults: &[calls::Fault]| -> Vec<String> {
        let of_format = faults.iter().filter(|fault| !fault.rule.contains("not held here"));
        of_format.map(|fault| fault.field.clone()).collect()
    };
    let wrong = ["fields.quota_distributed", "fields.quota_used", "fields.weather"];
    assert_eq!(fields(&drafted.faults), wrong, "{:?}", drafted.faults);
    let releaser = world.desk("BY", "releaser");
    let refused = crate::officer::release(&releaser, 1, &drafted.digest, false).await.unwrap_err();
    assert_eq!(crate::officer::reason(&refused), "FAULTS");
    crate::officer::release(&releaser, 1, &drafted.digest, true).await.unwrap();
    both_settled(&world, "BY", "PL").await;
    for party in ["BY", "PL"] {
        let message = show(&world, party, &vec![1; 16].into(), 0).await.messages.remove(0);
        assert_eq!(fields(&message.faults), wrong, "{party}: {:?}", message.faults);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_notice_of_a_flight_owes_an_answer_and_its_acknowledgement_is_one() {
    let world = World::new(&["BY", "PL"]).await;
    let (regime, file) = open_skies();
    hold(&world, "BY", file).await;
    hold(&world, "PL", file).await;
    let notice = formatted(
        &regime,
        "flight-notice",
        vec![
            field("observed", Stated::Party("PL".into())),
            field("point_of_entry", text("Terespol, EPWA")),
            field("estimated_arrival", date("2024-11-05T09:00 Z")),
            field("transport", text("the observation aircraft")),
            field("diplomatic_clearance", text("PL-2024-117")),
            field("aircraft", text("An-30B, EW-001")),
            field("distance_km", Stated::Number(1400)),
        ],
    );
    let content = Content::Formatted(notice);
    let asked = send(&world, "BY", 1, citing(&regime, "Art. VI", 1, "PL", &[]), &content).await;
    both_settled(&world, "BY", "PL").await;
    let (there, _) = told(&world, "PL", 1).await;
    assert_says(
        &there,
        &[
            "Fields of the format: as the format asks",
            "Asked for, and owed by nobody: a reply in format flight-acknowledgement within 24 hours from receipt",
            "Lead time, notice of an observation flight: on time by 24 hours",
        ],
    );
    let digest = asked.message_digest;
    let answer = formatted(&regime, "flight-acknowledgement", vec![field("notice", refers_to(&digest))]);
    let heading = citing(&regime, "Art. VI", 2, "BY", &[(&digest, "BY")]);
    send(&world, "PL", 1, heading, &Content::Formatted(answer)).await;
    both_settled(&world, "PL", "BY").await;
    for party in ["BY", "PL"] {
        let (lines, _) = told(&world, party, 2).await;
        assert_says(&lines, &["Must come after a message of format flight-notice: is here, and referred to"]);
    }
}

pub fn party(code: &str) -> Party {
    code.parse().unwrap()
}

proptest! {
    /// Whatever is sent in whatever format, it is judged, shown and printed, and nothing unsafe comes of it.
    #[test]
    fn no_content_makes_the_check_or_the_form_panic(
        fields in strategies::fields(),
        format in prop_oneof![Just("B2".to_owned()), any::<String>()],
        to_follow in proptest::collection::vec("fields\\.(cause|crews|[a-z]{1,2})(\\[1\\])?", 0..3),
        language in any::<String>(),
    ) {
        let regime = bridges();
        let form = Formatted { to_follow, ..formatted(&regime, &format, fields.0) };
        let content = Content::Formatted(form);
        let safe = |text: &str| !text.chars().any(detente::domain::text::is_unsafe_to_show);
        for finding in check(&regime, &content, &Asked::default()) {
            for line in lines(&regime, &finding, &language) {
                prop_assert!(safe(&line.text), "{:?}", line);
            }
        }
        for regime in [Some(&regime), None] {
            for line in lines_under(&content, regime, &language) {
                prop_assert!(safe(&line.label) && safe(&line.value), "{:?}", line);
            }
        }
    }
}
