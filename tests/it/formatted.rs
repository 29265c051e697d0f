//! Messages in formats that regimes lay down: Open Skies between two nodes, a request with its answer, and
//! a regime that was never seen before, with no code for any of them.

use std::collections::BTreeSet;

use bytes::Bytes;
use detente::cli::form::{self, Syntax};
use detente::cli::message::message_form;
use detente::cli::regime::labels::Labelling;
use detente::codec::content::{Said, marks, said};
use detente::codec::proto::detente::evidence::v1 as evidence;
use detente::codec::proto::detente::v1 as calls;
use detente::codec::regime::{built_in, read};
use detente::codec::{form as codec, message, signed};
use detente::domain::content::{Content, Kind};
use detente::domain::digest::Digest;
use detente::domain::form::{Following, MessageDigest, MessageReference, Prose, faults, lines_under};
use detente::domain::formatted::{Field, Fields, Formatted, Stated};
use detente::domain::official;
use detente::domain::party::Party;
use detente::domain::regime::{Asked, Recipients, Referred, Regime, check, format_faults, lines};
use detente::domain::time::Instant;
use detente::limits;
use proptest::prelude::*;

use crate::form::strategies;
use crate::officer::{addressee, heading, regimes, send, show};
use crate::officer_program::{object, printed, written};
use crate::talk::both_settled;
use crate::world::{Medium, World};

const OPEN_SKIES: &str = "open-skies";

/// A regime that no program was written for.
const BRIDGES: &str = r#"
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

fn bridges() -> Regime {
    read(BRIDGES.as_bytes(), &|_, _| None).expect("a regime")
}

fn open_skies() -> (Regime, &'static [u8]) {
    let text = built_in::file(OPEN_SKIES).unwrap();
    (read(text, &built_in::parent).unwrap(), text)
}

fn field(name: &str, stated: Stated) -> Field {
    Field { name: name.into(), stated }
}

fn text(text: &str) -> Stated {
    Stated::Text(Prose(text.into()))
}

fn date(text: &str) -> Stated {
    Stated::Date(text.parse().unwrap())
}

fn refers_to(digest: &Bytes) -> Stated {
    let message_digest = Digest::from_slice(digest).map(MessageDigest);
    Stated::Reference(MessageReference { message_digest, ..MessageReference::default() })
}

fn formatted(regime: &Regime, format: &str, fields: Vec<Field>) -> Formatted {
    Formatted {
        regime: regime.head.name.clone(),
        regime_digest: Some(MessageDigest(regime.head.digest)),
        format: format.into(),
        fields: Fields(fields),
        to_follow: Vec::new(),
        not_known: Vec::new(),
    }
}

fn citing(
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

async fn hold(world: &World, code: &str, text: &'static [u8]) {
    let desk = world.desk(code, "drafter");
    let asked = calls::HoldRequest { command: Some(desk.command(None).unwrap()), text: text.into() };
    regimes(&desk).hold(asked).await.unwrap();
}

/// The lines of the check, as a Party sees them beside the one message of a thread, and its marks.
async fn told(world: &World, code: &str, thread: u8) -> (Vec<String>, Vec<String>) {
    let message = show(world, code, &vec![thread; 16].into(), 0).await.messages.remove(0);
    let lines = message.check.unwrap().lines.into_iter().map(|line| line.text).collect();
    (lines, message.marks)
}

#[track_caller]
fn assert_says(lines: &[String], wanted: &[&str]) {
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
        ("A. Transfer of active quotas", "1"),
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

/// The closing of a bridge, as its format asks.
fn closing() -> Formatted {
    let crew = Fields(vec![field("from", Stated::Party("PL".into())), field("persons", Stated::Number(4))]);
    let area = detente::domain::form::Area {
        name: "Old mill".into(),
        features: Prose("at the mill".into()),
        ..Default::default()
    };
    let fields = vec![
        field("bridge", Stated::Area(area)),
        field("cause", Stated::Choice("works".into())),
        field("closes", date("2031-07-10T06:00 Z")),
        field("crews", Stated::Entries(vec![crew])),
    ];
    formatted(&bridges(), "B2", fields)
}

fn party(code: &str) -> Party {
    code.parse().unwrap()
}

fn judged(message: Formatted, asked: &Asked) -> Vec<String> {
    let regime = bridges();
    let found = check(&regime, &Content::Formatted(message), asked);
    found.iter().flat_map(|finding| lines(&regime, finding, "en")).map(|line| line.text).collect()
}

#[test]
fn a_code_that_the_regime_lacks_is_a_fault_and_what_is_said_to_follow_or_not_to_be_known_is_none() {
    let faults = |form: &Formatted| {
        let following = Following::of(&Content::Formatted(form.clone()));
        let found = format_faults(&bridges(), form, &following);
        found.into_iter().map(|fault| (fault.field, fault.rule)).collect::<Vec<_>>()
    };
    let told = |field: &str, rule: &str| (field.to_owned(), rule.to_owned());
    let mut form = closing();
    assert_eq!(faults(&form), []);
    form.fields.0.remove(1);
    assert_eq!(faults(&form), [told("fields.cause", "is owed, and missing")]);
    form.not_known = vec!["fields.cause".into()];
    assert_eq!(faults(&form), []);
    form.format = "B9".into();
    assert_eq!(faults(&form), [told("format", "the regime has no format of that code")]);
}

#[test]
fn every_fault_under_the_format_is_named_with_its_field() {
    type Change = fn(&mut Formatted);
    let table: &[(&str, Change)] = &[
        ("as the format asks", |_| {}),
        ("fields.cause is owed, and missing", |form| {
            form.fields.0.remove(1);
        }),
        ("fields.cause is said to follow", |form| {
            form.fields.0.remove(1);
            form.to_follow = vec!["fields.cause".into()];
        }),
        ("fields.cause is said not to be known", |form| {
            form.fields.0.remove(1);
            form.not_known = vec!["fields.cause".into()];
        }),
        ("fields.colour is no field of the format", |form| form.fields.0.push(field("colour", text("red")))),
        ("fields.cause holds text, and not choice", |form| form.fields.0[1].stated = text("works")),
        ("fields.closes holds number, and not date", |form| form.fields.0[2].stated = Stated::Number(7)),
        ("fields.cause is none of: works, flood", |form| {
            form.fields.0[1].stated = Stated::Choice("war".into());
        }),
        ("fields.cause stands behind a field that comes after it", |form| form.fields.0.swap(1, 2)),
        ("fields.crews[1].persons is owed, and missing", |form| {
            let Stated::Entries(entries) = &mut form.fields.0[3].stated else { panic!() };
            entries[0].0.remove(1);
        }),
        ("fields.crews[1].from holds number, and not Party", |form| {
            let Stated::Entries(entries) = &mut form.fields.0[3].stated else { panic!() };
            entries[0].0[0].stated = Stated::Number(1);
        }),
        ("fields.cause holds nothing that this program knows", |form| {
            form.fields.0[1].stated = Stated::Nothing;
        }),
        ("Format B9: the regime has none of that code", |form| form.format = "B9".into()),
        ("Lead time, notice of a closing: on time by", |_| {}),
        ("a reply in format B3 within 12 hours from closes, by 2031-07-10T18:00:00", |_| {}),
    ];
    for (wanted, change) in table {
        let mut form = closing();
        change(&mut form);
        let asked = Asked { released_at: Instant::from_rfc3339("2031-07-01T06:00:00Z"), ..Asked::default() };
        assert_says(&judged(form, &asked), &[wanted]);
    }
}

#[test]
fn who_may_send_it_to_whom_and_after_what_is_judged_by_what_is_known() {
    let referred =
        |format: &str| Referred::Formatted { regime: "bridges-2031".into(), format: format.into() };
    let elsewhere = Referred::Formatted { regime: "bridges-1931".into(), format: "B1".into() };
    let none = Asked::default();
    let by = |code: &str| Asked { author: Some(party(code)), ..Asked::default() };
    let held = [("chair".to_owned(), party("LT"))].into();
    let to = |code: &str| Recipients { action: BTreeSet::from([party(code)]), ..Recipients::default() };
    let after = |all: Vec<Referred>| Asked { referred: Some(all), ..Asked::default() };
    let table = [
        (none.clone(), "whether the author may send it can't be judged"),
        (by("PL"), "the author may send it"),
        (by("LT"), "whether the author may send it can't be judged"),
        (Asked { held, ..by("LT") }, "the author may send it"),
        (Asked { held: [("chair".to_owned(), party("FI"))].into(), ..by("LT") }, "is none of those"),
        (Asked { addressed: Some(to("PL")), ..Asked::default() }, "BY, for action: lacking BY"),
        (none, "was not looked up"),
        (after(vec![referred("B1")]), "format B1: is here, and referred to"),
        (after(vec![referred("B3"), Referred::Other, elsewhere]), "format B1: none is referred to"),
        (after(vec![Referred::NotHere]), "format B1: can't be judged: a reference is not held here"),
        (after(Vec::new()), "format B1: none is referred to"),
    ];
    for (asked, wanted) in table {
        assert_says(&judged(closing(), &asked), &[wanted]);
    }
}

#[test]
fn an_author_that_is_bound_to_nobody_is_told_that_and_not_only_that_others_may_send_it() {
    let regime = crate::checks::parsed(include_str!("cases/regime/neighbours.toml").as_bytes());
    let question = formatted(&regime, "A", vec![field("question", text("Why?"))]);
    let asked = Asked { author: Some(party("LT")), bound: Some(BTreeSet::new()), ..Asked::default() };
    let found = check(&regime, &Content::Formatted(question), &asked);
    let told = found.iter().flat_map(|finding| lines(&regime, finding, "en")).map(|line| line.text);
    let wanted = "the author is bound to nobody known here, and so none of those who may send it";
    assert_says(&told.collect::<Vec<_>>(), &[wanted]);
}

#[test]
fn labels_are_those_of_the_regime_in_the_readers_language_and_names_stand_without_it() {
    let content = Content::Formatted(closing());
    let regime = bridges();
    let shown = |regime: Option<&Regime>, language: &str| -> Vec<String> {
        let line = |line: detente::domain::form::Line| format!("{}: {}", line.label, line.value);
        lines_under(&content, regime, language).into_iter().map(line).collect()
    };
    assert_says(
        &shown(Some(&regime), "fr-CH"),
        &["Fermeture d'un pont: B2", "Motif: works (travaux)", "Le pont: "],
    );
    assert_says(&shown(Some(&regime), "en"), &["Cause: works (building works)", "Crews 1: ", "Persons: 4"]);
    assert_says(
        &shown(None, "en"),
        &["cause: works", "crews 1: ", "persons: 4", "closes: 2031-07-10T06:00 Z"],
    );
}

#[test]
fn the_template_of_every_format_is_an_empty_form_that_sends_nothing() {
    for regime in [bridges(), open_skies().0] {
        for (code, format) in &regime.formats {
            let template = form::format_template(&regime, code, format, "en");
            let Content::Formatted(read) = form::read(Kind::Formatted, Syntax::Toml, &template)
                .unwrap_or_else(|fault| panic!("{code}: {fault}\n{template}"))
            else {
                panic!()
            };
            let names: Vec<&str> = read.fields.0.iter().map(|field| field.name.as_str()).collect();
            let asked: Vec<&str> = format.fields.iter().map(|field| field.name.as_str()).collect();
            assert_eq!(names, asked, "{template}");
            assert_eq!(read.regime_digest, Some(MessageDigest(regime.head.digest)));
            assert_eq!((read.filled().fields, Fields::default()), (Fields::default(), Fields::default()));
        }
    }
}

#[tokio::test]
async fn a_regime_that_was_never_seen_is_drafted_released_read_and_printed_by_the_program() {
    let world = World::on_real_time(Medium::Embedded, &["BY", "PL"]).await;
    let folder = tempfile::tempdir().unwrap();
    let at = |party: &str, role: &str| world.state(party).desk_directory(role).display().to_string();
    let (drafter, releaser, watch) = (at("BY", "drafter"), at("BY", "releaser"), at("PL", "watch"));
    let regime = written(folder.path(), "bridges.toml", BRIDGES);
    printed(&["regime", "hold", &regime, "--as", &drafter]).await;
    printed(&["regime", "hold", &regime, "--as", &at("PL", "drafter")]).await;

    let template = printed(&["regime", "template", "B2", "--regime", &regime]).await;
    assert!(
        template.contains("# Cause *: choice") && template.contains("\"flood\": high water"),
        "{template}"
    );
    let filled = template
        .replace("name = \"bridge\"\n[fields.area]", "name = \"bridge\"\n[fields.area]\n#")
        .replacen("#choice = \"works\"", "choice = \"flood\"", 1)
        .replacen("date = \"\"", "date = \"2031-07-10T06:00 Z\"", 1);
    let filled = filled.replacen("features = \"\"", "features = \"both ends of the old bridge\"", 1);
    // What the format asks for is missing like what any form asks for, and the regime's paragraph is told with it.
    let lacking = written(folder.path(), "lacking.toml", &filled.replacen("choice = \"flood\"", "", 1));
    let told = printed(&["regime", "draft", &lacking, "--as", &drafter, "--to", "PL"]).await;
    assert!(
        told.contains("1 fault(s); it can be released as it is:\n")
            && told.contains("not as the format asks [2.1]\n"),
        "{told}"
    );
    assert!(told.contains("cause is owed, and missing\n"), "{told}");
    let file = written(folder.path(), "closing.toml", &filled);
    let drafted = object(&["regime", "draft", &file, "--as", &drafter, "--to", "PL"]).await;
    let (draft, digest) = (drafted["draft"].as_str().unwrap(), drafted["digest"].as_str().unwrap());

    let review = printed(&["message", "show-draft", draft, "--as", &releaser]).await;
    for wanted in ["Closing of a bridge", "Cause", "flood (high water)", "2.1", "both ends of the old bridge"]
    {
        assert!(review.contains(wanted), "{wanted}: {review}");
    }
    assert!(
        review.contains("Asked for, and owed by nobody: a reply in format B3 within 12 hours from closes"),
        "{review}"
    );
    let release = ["message", "release", draft, "--digest", digest, "--as", &releaser, "--as-is"];
    let released = object(&release).await;
    let (message, thread) = (released["message"].as_str().unwrap(), released["thread"].as_str().unwrap());
    crate::officer::arrived(&world, "PL", &hex::decode(message).unwrap().into()).await;

    let read = printed(&["watch", "read", message, "--as", &watch]).await;
    assert!(read.contains("flood (high water)") && read.contains("format B1: none is referred to"), "{read}");
    let shown = printed(&["message", "show", thread, "--as", &watch]).await;
    assert!(shown.contains("flood (high water)"), "{shown}");
    let ours = printed(&["message", "print", message, "--as", &drafter]).await;
    assert_eq!(ours, printed(&["message", "print", message, "--as", &watch]).await);
    assert!(ours.contains("Closing of a bridge") && ours.contains("LEGAL BASIS"), "{ours}");
}

/// As a newer program would send it: a field with a value of a type 99.
fn from_a_newer_program() -> Vec<u8> {
    let mut bytes = codec::encode(&Content::Formatted(closing())).unwrap();
    // RegimeFormatted.fields: name "depth", field 99 "new".
    let field = [&[0x0a, 5][..], b"depth", &[0x9a, 0x06, 3], b"new"].concat();
    bytes.extend([&[0x22, field.len() as u8][..], &field].concat());
    bytes
}

#[test]
fn a_value_of_a_newer_program_is_kept_and_marked() {
    let bytes = from_a_newer_program();
    let read = codec::decode(Kind::Formatted, &bytes).expect("no fault");
    let Content::Formatted(form) = &read else { panic!() };
    assert_eq!(form.fields.get("depth").unwrap().stated, Stated::Nothing);
    assert!(codec::may_hold_more(&read, &bytes));
    assert!(
        faults(&read)
            .iter()
            .any(|fault| fault.field == "fields.depth" && fault.rule.contains("does not know"))
    );
    let bytes = Bytes::from(bytes);
    let read = said("regime.formatted", &bytes);
    assert!(matches!(read, Said::Form(_)));
    assert!(marks(&read, &bytes).iter().any(|mark| mark.contains("more than this program can show")));
}

#[test]
fn what_is_no_name_or_nested_too_deep_or_too_much_is_not_read() {
    let with = |fields: Vec<Field>| Content::Formatted(formatted(&bridges(), "B2", fields));
    let mut deep = Stated::Number(1);
    for _ in 0..limits::FORMAT_DEPTH_MAX {
        deep = Stated::Entries(vec![Fields(vec![field("a", deep)])]);
    }
    let long = "a".repeat(limits::REGIME_NAME_BYTES_MAX + 1);
    for content in [
        with(vec![field("", text("x"))]),
        with(vec![field("A", text("x"))]),
        with(vec![field("5. CONTENT", text("x"))]),
        with(vec![field("a\u{202e}", text("x"))]),
        with(vec![field(&long, text("x"))]),
        with(vec![field("a", deep)]),
        with(vec![field("a", Stated::Entries(vec![Fields::default(); limits::FORM_LIST_ENTRIES_MAX + 1]))]),
        with(vec![field("a", Stated::Number(u64::MAX))]),
        with(vec![field("a", Stated::Number(1)); limits::FORM_LIST_ENTRIES_MAX + 1]),
    ] {
        assert!(codec::encode(&content).is_err());
    }
    // RegimeFormatted.fields[1].entries with many empty ones, two bytes each, and the same in depth.
    let lengths = |inner: &[u8], tag: u8| {
        let mut out = vec![tag];
        prost::encoding::encode_varint(inner.len() as u64, &mut out);
        out.extend(inner);
        out
    };
    let many = lengths(&lengths(&[0x0a, 0].repeat(limits::CONTENT_FIELDS_MAX), 0x5a), 0x22);
    let refused = codec::decode(Kind::Formatted, &many).unwrap_err();
    assert!(matches!(refused, codec::Unreadable::Limit(_)), "{refused}");
    let mut deep = Vec::new();
    for _ in 0..2_000 {
        deep = lengths(&lengths(&lengths(&deep, 0x0a), 0x0a), 0x5a);
    }
    codec::decode(Kind::Formatted, &lengths(&deep, 0x22)).unwrap_err();
}

/// What is over the bound on look-ups counts as not here; nothing is refused for it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_message_with_very_many_references_is_taken_judged_and_shown() {
    let world = World::new(&["BY", "PL"]).await;
    let (regime, file) = open_skies();
    hold(&world, "PL", file).await;
    let many = |count: u16| -> Vec<Field> {
        let one = |nth: u16| {
            let digest = Digest::of(&nth.to_be_bytes());
            field(&format!("r{nth}"), refers_to(&digest.0.to_vec().into()))
        };
        (0..count).map(one).collect()
    };
    let count = u16::try_from(limits::FORM_LIST_ENTRIES_MAX).unwrap();
    let content = Content::Formatted(formatted(&regime, "1", many(count)));
    send(&world, "BY", 1, citing(&regime, "", 1, "PL", &[]), &content).await;
    both_settled(&world, "BY", "PL").await;
    let (lines, _) = told(&world, "PL", 1).await;
    assert_says(
        &lines,
        &[
            "fields.r0 is no field of the format",
            "508 not as the format asks",
            "a reference is not held here",
        ],
    );
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
