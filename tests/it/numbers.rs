//! Official numbers by a regime's pattern, and to whom a message may be given: what the Board decides, and
//! what both ends see.

use std::collections::{BTreeMap, BTreeSet};

use bytes::Bytes;
use detente::codec::regime;
use detente::domain::board::Denied;
use detente::domain::command::{AsIs, Command};
use detente::domain::content::{Content, Kind};
use detente::domain::digest::Digest;
use detente::domain::event::{Event, RegimeHeld};
use detente::domain::heading;
use detente::domain::message::{ACKNOWLEDGEMENT, Addressee, Outgoing, RegimeCitation};
use detente::domain::party::{Incarnation, Party};
use detente::domain::precedence::Precedence;
use detente::domain::refusal::Refusal;
use detente::domain::regime::Document;
use detente::domain::regime::numbering::{Mark, Numbered, Numbering, Pattern};
use detente::domain::text::hides;
use detente::limits;
use proptest::prelude::*;

use crate::party::{self, Folded, anna, at, by, delivery, jan, peer, receive, theirs, thread, us};

fn party(code: &str) -> Party {
    code.parse().unwrap()
}

fn numbering(pattern: &str, marks: &[(Document, &str, &str)]) -> Numbering {
    let mark = |(document, format, kind): &(Document, &str, &str)| {
        (document.clone(), Mark { format: (*format).into(), kind: (*kind).into() })
    };
    Numbering { pattern: Pattern::read(pattern).unwrap(), marks: marks.iter().map(mark).collect() }
}

fn numbered<'a>(incarnation: u32, year: i16, audience: &'a str, document: &'a Document) -> Numbered<'a> {
    let (author, incarnation) = (party("BY"), Incarnation(incarnation));
    Numbered { author, incarnation, year, audience, serial: 3, document: Some(document) }
}

#[test]
fn numbers_by_pattern_as_a_table() {
    let notification = Document::Kind(Kind::Notification);
    let format = |code: &str| Document::Format(code.into());
    let cbm = "CBM/{party}/{yy}/{serial}/F{format}/{kind}";
    let marks = [(notification.clone(), "25", "O"), (format("long way"), "7", "")];
    // Pattern, incarnation, year, document, number; none where the built-in form is taken.
    let table = [
        (cbm, 1, 2025, notification.clone(), Some("CBM/BY/25/LT+PL-0003/F25/O")),
        (cbm, 2, 2025, notification.clone(), Some("CBM/BY/25/LT+PL-2.0003/F25/O")),
        (cbm, 1, 2125, notification.clone(), Some("CBM/BY/2125/LT+PL-0003/F25/O")),
        (cbm, 1, 2025, format("36"), Some("CBM/BY/25/LT+PL-0003/F36/formatted")),
        (cbm, 1, 2025, format("A-1, b"), Some("CBM/BY/25/LT+PL-0003/FA.1..b/formatted")),
        (cbm, 1, 2025, format("long way"), Some("CBM/BY/25/LT+PL-0003/F7/formatted")),
        (cbm, 1, 2025, Document::Kind(Kind::Amendment), None),
        (cbm, 1, 2025, format(&"9".repeat(25)), None),
        (
            "{serial}/{year}:{party}({kind})",
            1,
            2025,
            Document::Kind(Kind::SameActivity),
            Some("LT+PL-0003/2025:BY(same.activity)"),
        ),
        ("{party}-{year}-{audience}-{serial}", 1, 2025, notification.clone(), Some("BY-2025-LT+PL-0003")),
        ("МД.7/{party}/{audience}/{year}/{serial}", 1, 2025, notification, Some("МД.7/BY/LT+PL/2025/0003")),
    ];
    for (pattern, incarnation, year, document, number) in &table {
        let written = numbering(pattern, &marks).write(&numbered(*incarnation, *year, "LT+PL", document));
        assert_eq!(written.as_deref(), *number, "{pattern} {document}");
    }
}

#[test]
fn a_pattern_without_what_makes_its_numbers_unique_is_refused() {
    let table = [
        ("{party}/{serial}", "{yy} or {year}"),
        ("{yy}/{serial}", "needs its {party}"),
        ("{party}/{yy}", "its {serial}"),
        ("{party}/{yy}/{year}/{serial}", "{yy} or {year}"),
        ("{party}/{yy}/{serial}/{serial}", "its {serial} once"),
        ("{party}{yy}/{serial}", "between two places stands one of the signs"),
        ("{party}.{yy}/{serial}", "between two places stands one of the signs"),
        ("{party}/{yy}/{serial}/{day}", "what stands in braces is one of"),
        ("{party}/{yy}/{serial", "what stands in braces is one of"),
        ("{party}/{yy}/{serial}}", "a pattern holds letters and digits"),
        ("{party}/{yy}/{serial} F", "a pattern holds letters and digits"),
        ("{party}/{yy}/{serial}/\u{202e}", "a pattern holds letters and digits"),
        ("{party}/{yy}/{serial}/\u{3164}", "a pattern holds letters and digits"),
        // From right to left: year and serial would change places before the reader's eyes.
        ("عدد/{party}/{yy}/{serial}", "written from left to right"),
    ];
    for (pattern, words) in table {
        let fault = Pattern::read(pattern).unwrap_err();
        assert!(fault.contains(words), "{pattern}: {fault}");
    }
    let long = format!("{}/{{party}}/{{yy}}/{{serial}}", "a".repeat(limits::NUMBER_PATTERN_BYTES_MAX));
    assert!(Pattern::read(&long).unwrap_err().contains("at most"));
}

#[test]
fn two_patterns_clash_where_a_number_of_one_may_be_another_message_s_by_the_other() {
    let table = [
        ("CBM/{party}/{yy}/{serial}", "N/{party}/{yy}/{serial}", false),
        ("CBM/{party}/{yy}/{serial}", "CBM/{party}/{year}/{audience}-{serial}", false),
        ("CBM/{party}/{yy}/{serial}", "CBM/{party}/{yy}/{serial}/F{format}", false),
        ("CBM/{party}/{yy}/{serial}/F{format}", "CBM/{party}/{yy}/{serial}/{kind}", false),
        ("{party}/{format}/{year}/{serial}", "{party}/{year}/{format}/{serial}", true),
        ("{party}/{yy}/{serial}/PL-0001", "{party}/{yy}/PL-0003/{serial}", true),
        ("PL/{audience}/{party}/{yy}/{serial}", "{audience}/DE/{party}/{yy}/{serial}", true),
        ("{party}/{yy}/{audience}/{serial}", "{party}/{serial}/{audience}/{year}", true),
        ("{party}/{yy}/{serial}1", "{party}/{yy}/{serial}", true),
    ];
    for (one, other, expected) in table {
        let (first, second) = (Pattern::read(one).unwrap(), Pattern::read(other).unwrap());
        assert_eq!(first.may_clash(&second), expected, "{one} {other}");
        assert_eq!(second.may_clash(&first), expected, "{other} {one}");
        assert!(!first.may_clash(&first));
    }
    assert!(Pattern::read("{party}/{audience}/{year}/{serial}").unwrap().may_clash_with_built_in());
    assert!(!Pattern::read("{party}/{yy}/{audience}/{serial}").unwrap().may_clash_with_built_in());
}

#[test]
fn a_pattern_is_read_again_as_it_is_written() {
    let pattern = Pattern::read("CBM/{party}/{yy}/{serial}/F{format}/{kind}").unwrap();
    assert_eq!(pattern.written(), "CBM/{party}/{yy}/{audience}-{serial}/F{format}/{kind}");
    assert_eq!(Pattern::read(&pattern.written()).unwrap(), pattern);
}

/// Patterns of one shape, in which a number of one is easily taken for a number of another.
fn alike() -> impl Strategy<Value = String> {
    let fifth = prop::sample::select(vec!["{format}", "{kind}", "PL", "25", "0025", "2025"]);
    (fifth, any::<bool>(), Just(["{party}", "{yy}", "{audience}", "{serial}", ""]).prop_shuffle()).prop_map(
        |(fifth, whole_year, steps)| {
            let step = |step: &str| match step {
                "" => fifth.to_owned(),
                "{yy}" if whole_year => "{year}".to_owned(),
                other => other.to_owned(),
            };
            steps.map(step).join("/")
        },
    )
}

/// Pieces from which patterns are made that look like each other's numbers.
fn patterns() -> impl Strategy<Value = String> {
    let words = prop::sample::select(vec!["", "", "", "", "PL", "BY", "0025", "2025", "25", "F", "2."]);
    let signs = prop::sample::select(vec!["/", "/", "/", "-"]);
    let places = Just(vec!["{party}", "{yy}", "{serial}", "{audience}", "{format}", "{kind}"]).prop_shuffle();
    let years = any::<bool>();
    let kept = (any::<bool>(), any::<bool>(), any::<bool>());
    (places, years, kept, prop::collection::vec((words.clone(), signs, words), 8)).prop_map(
        |(places, whole_year, (audience, format, kind), between)| {
            let mut pattern = String::new();
            let kept = places.into_iter().filter(|place| match *place {
                "{audience}" => audience,
                "{format}" => format,
                "{kind}" => kind,
                _ => true,
            });
            for (place, (before, sign, after)) in kept.zip(between) {
                let place = if place == "{yy}" && whole_year { "{year}" } else { place };
                pattern.push_str(&format!("{before}{place}{after}{sign}"));
            }
            pattern.trim_end_matches(['/', '-']).to_owned()
        },
    )
}

proptest! {
    /// Of patterns as the Board lets them stand beside each other, no two numbers are the same, whatever
    /// year, audience, serial, incarnation and document.
    #[test]
    fn no_two_messages_get_the_same_number(
        all in prop::collection::vec(prop_oneof![patterns(), alike()], 1..8),
    ) {
        let words = ["25", "2025", "PL", "0025"];
        let documents: Vec<Document> = words.iter().map(|word| Document::Format((*word).into())).collect();
        let mut in_use: Vec<Numbering> = vec![numbering("{party}/{year}/{audience}/{serial}", &[])];
        for text in all {
            let Ok(pattern) = Pattern::read(&text) else { continue };
            prop_assert_eq!(&Pattern::read(&pattern.written()).unwrap(), &pattern);
            if !in_use.iter().any(|used| used.pattern.may_clash(&pattern)) {
                in_use.push(Numbering { pattern, marks: BTreeMap::new() });
            }
        }
        let mut given: BTreeMap<String, (u32, i16, &str, u64)> = BTreeMap::new();
        for life in [1, 2, 25] {
            for year in [25, 2024, 2025, 2125] {
                for audience in ["PL", "DE", "DE+PL", "25"] {
                    for serial in [1, 2, 24, 25, 2025, 20_250] {
                        let tuple = (life, year, audience, serial);
                        for (used, document) in in_use.iter().flat_map(|used| documents.iter().map(move |d| (used, d))) {
                            let of = Numbered { serial, ..numbered(life, year, audience, document) };
                            let number = used.write(&of).unwrap();
                            prop_assert!(number.len() <= limits::LINE_BYTES_MAX && !hides(&number), "{}", number);
                            let before = given.entry(number.clone()).or_insert(tuple);
                            prop_assert_eq!(*before, tuple, "{} by {}", number, used.pattern.written());
                        }
                    }
                }
            }
        }
    }

    /// Whatever stands in a file, what comes of it is within its bounds and safe to show.
    #[test]
    fn a_number_is_bounded_and_safe_to_show(
        text in "[A-Zа-яא-ת0-9/{}. \u{202e}-]{0,40}",
        code in "\\PC{0,30}",
        audience in "[A-Z]{2,12}(\\+[A-Z]{2,12}){0,2}",
        serial: u64,
    ) {
        let pattern = Pattern::read(&format!("{text}{{party}}/{{yy}}/{{serial}}/{{format}}"));
        if let Ok(pattern) = pattern {
            let document = Document::Format(code);
            let of = Numbered { serial, ..numbered(u32::MAX, 9999, &audience, &document) };
            let by_pattern = Numbering { pattern, marks: BTreeMap::new() }.write(&of);
            for number in by_pattern.into_iter().chain([of.built_in()]) {
                prop_assert!(number.len() <= limits::LINE_BYTES_MAX && !hides(&number), "{}", number);
            }
        }
    }
}

const TEXT: &[u8] = b"the text is not read here";

fn hold(name: &str, numbering: Option<Numbering>) -> RegimeHeld {
    let text = Bytes::from([TEXT, name.as_bytes()].concat());
    RegimeHeld {
        name: name.into(),
        edition: 1,
        digest: Digest::of(&text),
        text,
        numbering,
        duties: detente::domain::event::LaysDown::NoDuties,
    }
}

fn citing(held: &RegimeHeld, to: &[&str]) -> Outgoing {
    let cited =
        RegimeCitation { name: held.name.clone(), digest: held.digest, provision: "paragraph 4".into() };
    let action = to.iter().map(|code| Addressee { party: party(code), office: String::new() }).collect();
    Outgoing { regime: Some(cited), action, ..party::outgoing(Precedence::Routine, "Exercise") }
}

/// Drafts, releases, and the number that was given.
fn number(folded: &mut Folded, nth: u64, outgoing: Outgoing) -> String {
    let minute = i64::try_from(nth).unwrap() * 60;
    let draft = u8::try_from(nth).unwrap();
    let drafted = by(&anna(), nth * 2, "draft", at(minute));
    folded.given(party::draft(draft, outgoing.clone()), drafted, at(minute)).unwrap();
    let released = by(&jan(), nth * 2 + 1, "release", at(minute));
    let record = folded.given(party::release(draft, outgoing), released, at(minute)).unwrap();
    let Event::Released(released) = &record.events[0] else { panic!("released") };
    released.message.number.clone()
}

fn holding(folded: &mut Folded, nth: u64, held: RegimeHeld) {
    folded.given(Command::HoldRegime(held), by(&anna(), nth, "hold", at(0)), at(0)).unwrap();
}

#[test]
fn one_count_for_all_patterns_and_for_each_audience_its_own() {
    let mut folded = Folded::with_peer();
    let (ours, year) = (us(), at(0).year());
    let cbm = hold("one", Some(numbering("CBM/{party}/{year}/{serial}", &[])));
    let other = hold("two", Some(numbering("N/{party}/{year}/{serial}/{kind}", &[])));
    let none = hold("three", None);
    for (nth, held) in [&cbm, &other, &none].into_iter().enumerate() {
        holding(&mut folded, 100 + nth as u64, held.clone());
    }
    let to = peer();
    let code = to.as_str();
    assert_eq!(number(&mut folded, 1, citing(&cbm, &[code])), format!("CBM/{ours}/{year}/{code}-0001"));
    assert_eq!(
        number(&mut folded, 2, citing(&other, &[code])),
        format!("N/{ours}/{year}/{code}-0002/notification")
    );
    assert_eq!(number(&mut folded, 3, citing(&none, &[code])), format!("{ours}/{year}/{code}/0003"));
    let unknown = RegimeHeld { digest: Digest::ZERO, ..cbm.clone() };
    assert_eq!(number(&mut folded, 4, citing(&unknown, &[code])), format!("{ours}/{year}/{code}/0004"));
    assert_eq!(number(&mut folded, 5, citing(&cbm, &[code])), format!("CBM/{ours}/{year}/{code}-0005"));
}

#[test]
fn of_two_patterns_that_could_give_one_number_the_first_that_is_held_counts() {
    let mut folded = Folded::with_peer();
    let (ours, year, to) = (us(), at(0).year(), peer());
    let first = hold("one", Some(numbering("{party}/{format}/{year}/{serial}", &[])));
    let second = hold("two", Some(numbering("{party}/{year}/{format}/{serial}", &[])));
    let formatted = |held: &RegimeHeld| Outgoing {
        kind: Kind::Formatted.name().into(),
        format: "2025".into(),
        ..citing(held, &[to.as_str()])
    };
    holding(&mut folded, 100, first.clone());
    holding(&mut folded, 101, second.clone());
    assert_eq!(number(&mut folded, 1, formatted(&first)), format!("{ours}/2025/{year}/{to}-0001"));
    assert_eq!(number(&mut folded, 2, formatted(&second)), format!("{ours}/{year}/{to}/0002"));
}

/// A message of the peer's under a number of its own.
fn theirs_numbered(number: &str, held: &RegimeHeld) -> detente::domain::message::Message {
    let mut message = theirs(Precedence::Routine, thread(1), number, &[]);
    message.number = number.into();
    message.draft.regime = citing(held, &[]).regime;
    message
}

#[test]
fn a_number_from_elsewhere_that_does_not_follow_the_pattern_of_the_regime_cited_is_told_and_the_message_taken()
 {
    let mut folded = Folded::with_peer();
    let cbm = hold("one", Some(numbering("CBM/{party}/{yy}/{serial}/{kind}", &[])));
    let none = hold("two", None);
    let wordless = hold("three", Some(numbering("N/{party}/{yy}/{serial}/F{format}", &[])));
    for (nth, held) in [&cbm, &none, &wordless].into_iter().enumerate() {
        holding(&mut folded, 100 + nth as u64, held.clone());
    }
    let yy = at(0).year() % 100;
    let right = format!("CBM/BY/{yy}/PL-0001/notification");
    let longer = format!("CBM/BY/{yy}/PL-12345/notification");
    let table = [
        (right.clone(), &cbm, false),
        (longer, &cbm, false),
        (format!("BY/20{yy}/PL/0001"), &cbm, true),
        (format!("CBM/LT/{yy}/PL-0001/notification"), &cbm, true),
        (format!("CBM/BY/{yy}/PL-0000/notification"), &cbm, true),
        (format!("CBM/BY/{yy}/PL-1/notification"), &cbm, true),
        (format!("CBM/BY/{yy}/PL-+001/notification"), &cbm, true),
        (format!("CBM/BY/{yy}/OSCE-0001/notification"), &cbm, true),
        (format!("CBM/BY/{yy}/PL-0001/calendar"), &cbm, true),
        (format!("CBM/BY/{yy}/PL-2.0001/notification"), &cbm, true),
        (String::new(), &cbm, true),
        ("17".into(), &none, false),
        // Nothing is laid down for a place of it: no number could follow.
        ("17".into(), &wordless, false),
    ];
    for (nth, (number, held, off)) in (1..).zip(&table) {
        let message = theirs_numbered(number, held);
        folded.node(receive(delivery(&message, nth, nth, 2 * (nth - 1)))).unwrap();
        let found = folded.board.number_off_pattern(&message, None);
        assert_eq!(found.map(|held| held.name.as_str()), off.then_some(held.name.as_str()), "{number}");
        assert!(folded.board.number_off_pattern(&message, Some(at(-1))).is_none(), "it was not held then");
    }
    let unknown = RegimeHeld { digest: Digest::ZERO, ..cbm.clone() };
    assert!(folded.board.number_off_pattern(&theirs_numbered("17", &unknown), None).is_none());
    let mut own = theirs_numbered("17", &cbm);
    own.author = us();
    assert!(folded.board.number_off_pattern(&own, None).is_none());
    let mut second_life = theirs_numbered(&format!("CBM/BY/{yy}/PL-2.0001/notification"), &cbm);
    second_life.incarnation = Incarnation(2);
    assert!(folded.board.number_off_pattern(&second_life, None).is_none());
}

#[test]
fn an_acknowledgement_has_no_word_in_a_number_and_keeps_the_built_in_form() {
    let outgoing = Outgoing { kind: ACKNOWLEDGEMENT.into(), ..party::outgoing(Precedence::Routine, "read") };
    assert_eq!(outgoing.document(), None);
    let numbering = numbering("{party}/{yy}/{serial}/{kind}", &[]);
    let document = Document::Format("1".into());
    let of = Numbered { document: None, ..numbered(1, 2025, "PL", &document) };
    assert_eq!(numbering.write(&of), None);
}

fn nobody(_: &str, _: Digest) -> Option<Vec<u8>> {
    None
}

#[test]
fn the_numbering_of_a_text_is_its_own_or_that_of_one_it_inherits_from() {
    let head =
        |name: &str| format!("regime = \"{name}\"\nedition = 1\nsource = \"-\"\nnature = \"political\"\n");
    let rule = "[number]\npattern = \"CBM/{party}/{yy}/{serial}/F{format}\"\nparagraph = \"1\"\nchecked = true\n\
                [[number.mark]]\nfor = [\"notification\", \"amendment\"]\nformat = \"25\"\n";
    let parent = format!("{}{rule}", head("old"));
    let read = regime::read(parent.as_bytes(), &nobody).unwrap();
    let whole = read.number.unwrap().numbering;
    assert_eq!(whole.marks.keys().count(), 2);
    assert_eq!(regime::numbering(parent.as_bytes(), &nobody), Some(Some(whole.clone())));
    let inherits =
        format!("inherits = {{ regime = \"old\", digest = \"{}\" }}\n", Digest::of(parent.as_bytes()));
    let child = format!("{}{inherits}", head("new"));
    let find =
        |_: &str, digest: Digest| (digest == Digest::of(parent.as_bytes())).then(|| parent.clone().into());
    assert_eq!(regime::numbering(child.as_bytes(), &find), Some(Some(whole)));
    assert_eq!(regime::numbering(child.as_bytes(), &nobody), None, "nobody can tell");
    assert_eq!(regime::numbering(head("plain").as_bytes(), &nobody), Some(None));
    assert_eq!(regime::numbering(b"[[[", &nobody), Some(None));
}

#[test]
fn a_message_is_not_released_to_whom_its_author_does_not_let_have_it() {
    let mut folded = Folded::with_peer();
    let to = |parties: &[&str]| Outgoing {
        releasable_to: parties.iter().map(|code| party(code)).collect(),
        ..party::outgoing(Precedence::Routine, "Exercise")
    };
    let against = to(&["OSCE"]);
    let faults = heading::faults(&folded.board, &against, &Content::empty(Kind::Notification));
    let named: Vec<&str> = faults.iter().map(|fault| fault.field.as_str()).collect();
    assert!(named.contains(&"heading.releasable_to"), "{named:?}");

    folded.given(party::draft(1, against.clone()), by(&anna(), 1, "draft", at(0)), at(0)).unwrap();
    let Command::Release { draft, digest, outgoing, faults, .. } = party::release(1, against) else {
        panic!()
    };
    for as_is in [AsIs::OnlyWithoutFaults, AsIs::AsItIs] {
        let (outgoing, faults) = (outgoing.clone(), faults.clone());
        let insisting = Command::Release { draft, digest, outgoing, faults, as_is };
        let denied = folded.given(insisting, by(&jan(), 2, "release", at(0)), at(0)).unwrap_err();
        let Denied::Refused(Refusal::Field { field, rule }) = denied else { panic!("{denied:?}") };
        assert_eq!(field, "releasable_to");
        assert_eq!(rule, format!("{}: addressed, and not among the Parties that it may be given to", peer()));
    }

    let twice = to(&[peer().as_str(), peer().as_str()]);
    let faults = heading::faults(&folded.board, &twice, &Content::empty(Kind::Notification));
    assert!(faults.iter().any(|fault| fault.field == "heading.releasable_to[2]"), "{faults:?}");
    number(&mut folded, 5, to(&[peer().as_str(), "OSCE"]));
}

#[test]
fn a_message_to_a_party_that_it_may_not_be_given_to_is_taken_and_marked() {
    let mut folded = Folded::with_peer();
    let mut message = theirs(Precedence::Routine, thread(1), "to us", &[]);
    message.draft.releasable_to = vec![party("OSCE")];
    let record = folded.node(receive(delivery(&message, 1, 1, 0))).unwrap();
    let Event::Received(received) = &record.events[0] else { panic!("received") };
    assert_eq!(received.marks, ["it is addressed to a Party that it may not be given to by its own word"]);
    message.draft.releasable_to.push(us());
    message.draft.subject = "to us too".into();
    let record = folded.node(receive(delivery(&message, 2, 2, 2))).unwrap();
    let Event::Received(received) = &record.events[0] else { panic!("received") };
    assert!(received.marks.is_empty());
}

#[test]
fn without_a_list_a_message_may_be_given_to_anybody_with_one_to_those_alone() {
    let plain = party::outgoing(Precedence::Routine, "Exercise");
    let codes: BTreeSet<Party> = ["OSCE", "PL", "XX"].map(party).into();
    assert!(codes.iter().all(|code| plain.may_be_given_to(*code)));
    let to = Outgoing { releasable_to: vec![party("OSCE")], ..plain };
    let given: Vec<&Party> = codes.iter().filter(|code| to.may_be_given_to(**code)).collect();
    assert_eq!(given, [&party("OSCE")]);
}

#[test]
fn whoever_addresses_itself_for_information_is_told_in_that_field() {
    let mut folded = Folded::with_peer();
    let to_us = vec![Addressee { party: us(), office: String::new() }];
    let outgoing = Outgoing { information: to_us, ..party::outgoing(Precedence::Routine, "Exercise") };
    let denied = folded.given(party::draft(1, outgoing), by(&anna(), 1, "draft", at(0)), at(0)).unwrap_err();
    let Denied::Refused(Refusal::Field { field, .. }) = denied else { panic!("{denied:?}") };
    assert_eq!(field, "information");
}
