//! The official form as plain text: every field on it, 80 columns, pages, and nothing that a Party wrote
//! that could drive a terminal or pass for the form itself.

use detente::cli::message::{draft_form, message_form};
use detente::cli::regime::labels::Labelling;
use detente::codec::message::{decode_draft, encode_acknowledgement, encode_draft};
use detente::domain::content::{Content, Kind};
use detente::domain::digest::{Digest, ThreadId};
use detente::domain::form::outline::{Part as Stated, Value};
use detente::domain::message::{
    ACKNOWLEDGEMENT, Acknowledgement, Addressee, Holds, Message, Outgoing, Part, Reference, RegimeCitation,
    Relation, Traffic,
};
use detente::domain::official::{self, Document, addressed, pages};
use detente::domain::party::{Incarnation, Party};
use detente::domain::people::Person;
use detente::domain::precedence::Precedence;
use detente::domain::text::{is_unsafe_to_show, shown};
use detente::domain::time::Instant;
use detente::limits;
use proptest::prelude::*;
use unicode_width::UnicodeWidthStr as _;

use crate::form::strategies;
use crate::officer::filled;

const COLUMNS: usize = limits::OFFICIAL_FORM_COLUMNS;

fn party(code: &str) -> Party {
    code.parse().unwrap()
}

fn person(name: &str, office: &str, key: u8) -> Person {
    Person { name: name.into(), office: office.into(), key_digest: Digest([key; 32]) }
}

fn to(code: &str, office: &str) -> Addressee {
    Addressee { party: party(code), office: office.into() }
}

/// With every field of the heading.
pub fn full(content: &Content) -> Message {
    let draft = Outgoing {
        word: None,
        format: String::new(),
        forwards: None,
        of_link: None,
        says_more: false,
        releasable_to: ["PL", "LT", "OSCE"].map(party).into(),
        thread: ThreadId([0x17; 16]),
        kind: content.kind().name().into(),
        content: detente::codec::form::encode(content).unwrap().into(),
        action: vec![to("PL", "General Staff"), to("LT", "")],
        information: vec![to("OSCE", "Communications Group")],
        precedence: Precedence::Priority,
        zone: "Europe/Minsk".into(),
        drafter: person("Maj. Nina Sokol", "Arms Control", 0xd1),
        regime: Some(RegimeCitation {
            name: "vienna-document-2011".into(),
            digest: Digest([0x5e; 32]),
            provision: "paragraph 38.3".into(),
        }),
        marking: "RESTRICTED TO ADDRESSEES".into(),
        language: "en-GB".into(),
        references: vec![
            Reference {
                message: Some(Digest([0xa1; 32])),
                number: "CBM/BY/31/0007/F24/O".into(),
                author: "BY".into(),
                relation: Relation::Amends,
            },
            Reference {
                message: None,
                number: "note verbale 12/31".into(),
                author: "LV".into(),
                relation: Relation::Answers,
            },
        ],
        traffic: Traffic::Drill,
        parts: vec![Part {
            salted_digest: Digest([0xb7; 32]),
            bytes: 123_456,
            media_type: "application/pdf".into(),
            name: "map of the area.pdf".into(),
            holds: Holds::PersonalData,
        }],
        subject: "Exercise Autumn Harvest 2031".into(),
        remarks: "First remark.\nSecond remark.".into(),
    };
    Message {
        author: party("BY"),
        incarnation: Incarnation(3),
        number: "BY/2031/LT+OSCE+PL/0042".into(),
        released_at: Instant::from_rfc3339("2031-07-31T21:30:15.250Z").unwrap(),
        releaser: person("Col. Ivan Moroz", "General Staff of BY", 0xe2),
        draft,
    }
}

pub fn form(message: &Message) -> Document {
    message_form(message, Digest([0xfe; 32]), Labelling::default())
}

pub fn text(document: &Document) -> String {
    official::text(&pages(document))
}

/// What is between head and foot of every page: whole lines; what stands from the column on where values
/// of the heading begin; and the same for the content. No spaces, no isolates.
fn read(text: &str) -> [String; 3] {
    let rule = "=".repeat(COLUMNS);
    let body = text.split('\u{c}').flat_map(|page| page.split(&rule).nth(1).unwrap().lines());
    let mut found: [String; 3] = Default::default();
    for line in body {
        for (from, found) in [0, 22, 34].into_iter().zip(&mut found) {
            let mut column = 0;
            for c in line.chars() {
                let mut bytes = [0; 4];
                let width = c.encode_utf8(&mut bytes).width();
                if column >= from && !c.is_whitespace() && !matches!(c, '\u{2066}' | '\u{2067}' | '\u{2069}')
                {
                    found.push(c);
                }
                column += width;
            }
        }
    }
    found
}

pub fn assert_stands_in(text: &str, needles: &[String]) {
    let found = read(text);
    for needle in needles {
        let squeezed: String = needle.chars().filter(|c| !c.is_whitespace()).collect();
        assert!(found.iter().any(|found| found.contains(&squeezed)), "{needle:?} is not in\n{text}");
    }
}

/// Every single value that a form states, as it is shown.
fn stated(parts: &[Stated]) -> Vec<String> {
    let mut all = Vec::new();
    for part in parts.iter().filter(|part| part.name != "to_follow" && part.name != "not_known") {
        value(&part.value, &mut all);
    }
    all
}

fn value(value_: &Value, all: &mut Vec<String>) {
    match value_ {
        Value::Absent => {}
        Value::Leaf(text) => {
            all.extend(text.split('\n').map(|line| shown(line.strip_suffix('\r').unwrap_or(line))))
        }
        Value::Group(parts) => all.extend(stated(parts)),
        Value::List(items) => {
            for item in items {
                match &item.line {
                    Some(line) => all.push(shown(line)),
                    None => value(&item.value, all),
                }
            }
        }
    }
}

/// All that stands on the form of `full`, with the filled notification.
pub fn needles_of_notification(message: &Message, content: &Content) -> Vec<String> {
    let mut needles: Vec<String> = [
        "PRECEDENCE PRIORITY",
        "REAL OR DRILL DRILL",
        "FROM BY",
        "TO PL (office General Staff)",
        "LT",
        "INFO OSCE (office Communications Group)",
        "SUBJECT Exercise Autumn Harvest 2031",
        "MARKING RESTRICTED TO ADDRESSEES",
        "RELEASABLE TO PL, LT, OSCE",
        "LANGUAGE en-GB",
        "KIND exercise.notification",
        "DRAFTER Maj. Nina Sokol",
        "Office Arms Control",
        "RELEASER Col. Ivan Moroz",
        "Office General Staff of BY",
        "PARTS 1",
        "A. Name map of the area.pdf",
        "Media type application/pdf",
        "Size 123456 bytes",
        "Holds personal data",
        "1. MESSAGE NUMBER BY/2031/LT+OSCE+PL/0042",
        "Incarnation 3",
        "2. DATE-TIME GROUP 312130Z JUL 2031",
        "As written 010030 AUG 2031, Europe/Minsk (+03:00)",
        "2031-07-31T21:30:15.250Z",
        "3. LEGAL BASIS vienna-document-2011",
        "Provision paragraph 38.3",
        "4. REFERENCES A. Amends Number CBM/BY/31/0007/F24/O Author BY",
        "B. Answers Number note verbale 12/31 Author LV Digest none stated",
        "5. CONTENT A. Designation Autumn Harvest 2031",
        "6. REMARKS First remark. Second remark.",
        "7. END OF MESSAGE BY/2031/LT+OSCE+PL/0042 · 312130Z JUL 2031 ·",
    ]
    .map(str::to_owned)
    .into();
    needles.push(message.draft.thread.to_string());
    needles.extend(stated(&content.form().parts()));
    needles
}

#[test]
fn every_field_of_heading_and_content_stands_on_the_form() {
    let content = filled(Kind::Notification);
    let message = full(&content);
    let text = text(&form(&message));
    for digest in [0xd1, 0xe2, 0x5e, 0xa1, 0xb7, 0xfe] {
        let whole = Digest([digest; 32]).to_string();
        // A digest is never broken.
        assert!(text.lines().any(|line| line.trim() == whole), "{whole}");
    }
    assert_stands_in(&text, &needles_of_notification(&message, &content));
    let ending: Vec<&str> = text.lines().filter(|line| line.contains("END OF MESSAGE")).collect();
    assert_eq!(ending.len(), 1, "{text}");
}

#[test]
fn the_fields_stand_in_the_order_of_an_open_skies_message() {
    let text = text(&form(&full(&filled(Kind::Notification))));
    let order = [
        "PRECEDENCE",
        "FROM",
        "TO",
        "INFO",
        "SUBJECT",
        "1. MESSAGE NUMBER",
        "2. DATE-TIME GROUP",
        "3. LEGAL BASIS",
        "4. REFERENCES",
        "5. CONTENT",
        "6. REMARKS",
        "7. END OF MESSAGE",
    ];
    let places = order.map(|label| text.lines().position(|line| line.starts_with(label)).expect(label));
    assert!(places.is_sorted(), "{places:?}");
}

#[test]
fn every_page_says_which_it_is_and_bears_marking_and_drill_at_head_and_foot() {
    let text = text(&form(&full(&filled(Kind::Notification))));
    let pages: Vec<Vec<&str>> = text.split('\u{c}').map(|page| page.lines().collect()).collect();
    assert!(pages.len() > 2, "{}", pages.len());
    let digest = Digest([0xfe; 32]).to_string();
    for (index, page) in pages.iter().enumerate() {
        assert_eq!(page.len(), limits::OFFICIAL_FORM_PAGE_LINES);
        let (first, last) = (page[0], page[page.len() - 1]);
        assert!(first.starts_with("DRILL  "), "{first}");
        assert!(first.ends_with(&format!("Page {} of {}", index + 1, pages.len())), "{first}");
        for line in [page[1], page[page.len() - 2]] {
            assert!(line.starts_with("MARKING") && line.ends_with("RESTRICTED TO ADDRESSEES"), "{line}");
        }
        assert!(last.starts_with("DRILL  ") && last.ends_with(&digest), "{last}");
    }
    let mut real = full(&filled(Kind::Cancellation));
    real.draft.traffic = Traffic::Real;
    real.draft.marking.clear();
    let text = self::text(&form(&real));
    assert!(text.starts_with("REAL  ") && !text.lines().any(|line| line.starts_with("DRILL")), "{text}");
    assert_stands_in(&text, &["MARKING none stated".into()]);
}

#[test]
fn a_draft_is_printed_as_the_message_will_be_but_for_number_group_releaser_and_digest() {
    let message = full(&filled(Kind::Notification));
    let bytes = encode_draft(&message.draft);
    let draft = draft_form(
        Some(message.author),
        &decode_draft(&bytes).unwrap(),
        Digest::of(&bytes),
        Labelling::default(),
    );
    let released = form(&message);
    let of_both = |document: &Document| -> Vec<official::Row> {
        let mut releaser = false;
        let rows = document.rows.iter().filter(|row| {
            releaser = row.field == "releaser" || (releaser && row.depth == 1 && row.mark.is_empty());
            let only_released = ["number", "incarnation", "date_time_group", "as_written", "instant", "end"];
            !releaser && !only_released.contains(&row.field)
        });
        rows.cloned().collect()
    };
    assert_eq!(of_both(&draft), of_both(&released));
    assert_eq!((draft.traffic, &draft.marking), (released.traffic, &released.marking));
    let text = text(&draft);
    assert_stands_in(
        &text,
        &[
            "1. MESSAGE NUMBER DRAFT, not released".into(),
            "2. DATE-TIME GROUP DRAFT, not released As written Europe/Minsk".into(),
            "RELEASER DRAFT, not released".into(),
            format!("7. END OF MESSAGE DRAFT, not released · {}", Digest::of(&bytes)),
        ],
    );
    for page in text.split('\u{c}') {
        assert!(page.lines().next().unwrap().contains("DRAFT, not released"));
    }
    assert!(!self::text(&released).contains("DRAFT,"));
}

#[test]
fn content_that_is_not_known_is_said_so_with_its_size_and_digest() {
    let mut message = full(&filled(Kind::Notification));
    message.draft.kind = "hotline.call".into();
    message.draft.content = bytes::Bytes::from_static(b"from a newer program");
    let digest = Digest::of(&message.draft.content).to_string();
    let needles =
        ["KIND hotline.call", "A. Not shown unknown kind: kept as it is, 20 bytes", "B. Its digest"];
    assert_stands_in(&text(&form(&message)), &needles.map(str::to_owned));
    assert_stands_in(&text(&form(&message)), &[digest]);
}

#[test]
fn an_acknowledgement_is_printed_like_any_message() {
    let read = Acknowledgement {
        message: Digest([0x77; 32]),
        officer: person("Lt. Piotr Wilk", "Watch", 0x78),
        read_at: Instant::from_rfc3339("2031-08-01T00:00:00Z").unwrap(),
    };
    let mut message = full(&filled(Kind::Notification));
    message.draft.kind = ACKNOWLEDGEMENT.into();
    message.draft.content = encode_acknowledgement(&read);
    let needles = [
        "A. Message that was read",
        "B. Read by Lt. Piotr Wilk",
        "(1) Office Watch",
        "C. Read at 2031-08-01",
    ];
    let text = text(&form(&message));
    assert_stands_in(&text, &needles.map(str::to_owned));
    assert_stands_in(&text, &[Digest([0x77; 32]).to_string(), Digest([0x78; 32]).to_string()]);
}

#[test]
fn no_text_of_a_party_can_pass_for_the_form_or_for_another_value() {
    let mut message = full(&filled(Kind::Cancellation));
    message.draft.traffic = Traffic::Drill;
    let forged =
        "7. END OF MESSAGE BY/2031/PL/0001\nREAL                 Page 1 of 1\n\u{c}\n1. MESSAGE NUMBER X";
    message.draft.remarks = forged.into();
    message.draft.action = vec![to("PL", &format!("Staff{}LT, Ministry", " ".repeat(60)))];
    let text = text(&form(&message));
    // Left of the values, and thus where labels stand, is nothing of it.
    for label in ["7. END OF MESSAGE", "1. MESSAGE NUMBER"] {
        assert_eq!(text.lines().filter(|line| line.starts_with(label)).count(), 1, "{label}");
    }
    assert!(!text.lines().any(|line| line.starts_with("REAL  ")));
    assert_eq!(text.matches('\u{c}').count() + 1, pages(&form(&message)).len());
    // A line that was broken goes on indented: it is not another addressee.
    let broken = text.lines().find(|line| line.contains("LT, Ministry")).unwrap();
    assert!(broken.find("LT").unwrap() > 22, "{broken}");
}

#[test]
fn an_office_is_never_taken_for_another_party_whatever_it_is_called() {
    for (office, printed) in [
        ("", "BY"),
        ("General Staff", "BY (office General Staff)"),
        ("A, LT", "BY (office \"A, LT\")"),
        ("A), LT (office B", "BY (office \"A), LT (office B\")"),
        ("A\"), LT (office \"B", "BY (office \"A\\\"), LT (office \\\"B\")"),
    ] {
        assert_eq!(addressed(&to("BY", office)), printed);
        let content = filled(Kind::Notification);
        let mut message = full(&content);
        message.draft.action = vec![to("BY", office)];
        let document = message_form(&message, Digest([0x11; 32]), Labelling::default());
        assert!(document.rows.iter().any(|row| row.text == [printed]), "{printed}");
    }
}

#[test]
fn text_from_right_to_left_keeps_its_order_and_turns_nothing_beside_it() {
    let mut message = full(&filled(Kind::Cancellation));
    message.draft.subject = "تمرين الخريف 2031".into();
    message.draft.remarks = "Названо «Осенний урожай» и תרגיל сегодня".into();
    let text = text(&form(&message));
    let subject = text.lines().find(|line| line.starts_with("SUBJECT")).unwrap();
    assert!(subject.ends_with("\u{2067}تمرين الخريف 2031\u{2069}"), "{subject:?}");
    let remarks = text.lines().find(|line| line.starts_with("6. REMARKS")).unwrap();
    assert!(remarks.ends_with("\u{2066}Названо «Осенний урожай» и תרגיל сегодня\u{2069}"), "{remarks:?}");
}

#[test]
fn a_marking_of_many_lines_leaves_room_for_the_message() {
    let mut message = full(&filled(Kind::Notification));
    message.draft.marking = "\u{1}".repeat(limits::LINE_BYTES_MAX);
    let text = text(&form(&message));
    assert!(text.split('\u{c}').count() < 20);
    assert_stands_in(&text, &["5. CONTENT".into(), shown(&message.draft.marking)]);
}

fn any_text() -> impl Strategy<Value = String> {
    prop_oneof![
        Just(String::new()),
        "[ -~]{0,60}",
        any::<String>(),
        "[大演習ａ\u{301}\u{5d0}-\u{5ea}\u{627}-\u{64a}а-я \u{1f600}e]{0,120}",
        "[\u{0}-\u{1f}\u{80}-\u{9f}\u{200b}-\u{200f}\u{2066}-\u{2069}a]{0,40}",
        "[میخر\u{650}\u{200c}\u{200d}क\u{94d} ]{0,90}",
        "[a-f0-9]{64}",
        "[大]{0,100}",
    ]
}

pub fn any_message() -> impl Strategy<Value = (Message, Content)> {
    let texts = proptest::collection::vec(any_text(), 10);
    (strategies::content(), texts, any::<[bool; 4]>(), any::<i64>()).prop_map(|(content, texts, drop, at)| {
        let mut message = full(&content);
        let mut texts = texts.into_iter();
        let mut next = || texts.next().unwrap();
        let draft = &mut message.draft;
        draft.subject = next();
        draft.remarks = next();
        draft.marking = next();
        draft.language = next();
        draft.zone = next();
        draft.drafter.name = next();
        draft.parts[0].name = next();
        draft.references[0].number = next();
        draft.action[0].office = next();
        message.number = next();
        let draft = &mut message.draft;
        if drop[0] {
            draft.regime = None;
        }
        if drop[1] {
            draft.references.clear();
        }
        if drop[2] {
            draft.parts.clear();
        }
        if drop[3] {
            draft.information.clear();
        }
        message.released_at = Instant(at);
        (message, content)
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    #[test]
    fn no_line_is_wider_than_the_page_and_nothing_drives_a_terminal((message, content) in any_message()) {
        let document = form(&message);
        let text = text(&document);
        prop_assert_eq!(&text, &self::text(&form(&message)));
        for line in text.split(['\n', '\u{c}']) {
            let isolates = line.matches(['\u{2066}', '\u{2067}']).count();
            prop_assert_eq!(isolates, line.matches('\u{2069}').count());
            prop_assert!(isolates <= 1, "{:?}", line);
            let own = |c: char| matches!(c, '\u{2066}' | '\u{2067}' | '\u{2069}');
            let joiner = |c: char| matches!(c, '\u{200c}' | '\u{200d}');
            let unsafe_one = |c: char| is_unsafe_to_show(c) && !own(c) && !joiner(c);
            prop_assert!(!line.chars().any(unsafe_one), "{:?}", line);
            prop_assert!(line.width() <= COLUMNS, "{} columns: {:?}", line.width(), line);
        }
        let mut parts = content.form().parts();
        // Bytes for a program, not a text.
        parts.retain(|part| content.kind() != Kind::Forwarded || part.name != "original");
        let mut needles = stated(&parts);
        let heading = [&message.draft.subject, &message.draft.marking, &message.number, &message.draft.language];
        needles.extend(heading.map(|text| shown(text)));
        let found = read(&text);
        for needle in needles {
            let squeezed: String = needle.chars().filter(|c| !c.is_whitespace()).collect();
            prop_assert!(found.iter().any(|found| found.contains(&squeezed)), "{:?} is not in\n{}", needle, text);
        }
    }
}

#[test]
fn what_the_printing_party_notes_stands_behind_the_trailer_and_changes_nothing_before_it() {
    let message = full(&filled(Kind::Notification));
    let form = || message_form(&message, Digest([7; 32]), Labelling::default());
    assert_eq!(form().with_note(party("PL"), &[]), form());
    let noted = form().with_note(party("PL"), &["unconfirmed: introduced by LT".into(), "a\u{202e}b".into()]);
    let (before, after) = noted.rows.split_at(form().rows.len());
    assert_eq!(before, form().rows);
    let lines: Vec<&str> = after.iter().flat_map(|row| row.text.iter().map(String::as_str)).collect();
    let expected = ["Not of the message, but noted by PL:", "unconfirmed: introduced by LT", "a\\u{202e}b"];
    assert_eq!(lines, expected);
    let text = official::text(&pages(&noted));
    assert!(text.contains("unconfirmed: introduced by LT"), "{text}");
}
