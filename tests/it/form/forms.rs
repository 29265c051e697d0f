//! TOML and JSON: templates, examples, errors, and the way back.

use detente::cli::form::{self, Syntax};
use detente::codec::form as codec;
use detente::domain::content::{Content, Kind};
use detente::domain::form::faults;
use detente::domain::form::outline::{Field, Leaf, Shape, Value};
use proptest::prelude::*;

use super::{example, strategies};

#[test]
fn every_template_is_an_empty_form() {
    for kind in Kind::ALL {
        let text = form::template(kind);
        let read = form::read(kind, Syntax::Toml, &text).unwrap_or_else(|error| panic!("{kind:?}: {error}"));
        assert_eq!(read, Content::empty(kind), "{kind:?}");
    }
}

#[test]
fn every_template_is_a_form_with_its_lines_in_force() {
    for kind in Kind::ALL {
        let in_force: String = form::template(kind)
            .lines()
            .map(|line| match line.strip_prefix('#') {
                // A comment has a space behind the mark, or nothing.
                Some(rest) if !rest.is_empty() && !rest.starts_with(' ') => format!("{rest}\n"),
                _ => format!("{line}\n"),
            })
            // Empty digests, threads and signed bytes are to be filled in.
            .filter(|line| {
                let names = [
                    "message_digest",
                    "other_thread",
                    "regime_digest",
                    "original",
                    "translation",
                    "about = ",
                    "message = ",
                    "transcript",
                ];
                names.iter().all(|name| !line.starts_with(name))
            })
            .collect();
        form::read(kind, Syntax::Toml, &in_force).unwrap_or_else(|error| panic!("{kind:?}: {error}"));
    }
}

#[test]
fn every_template_names_every_field_with_its_meaning_and_every_word_of_a_choice() {
    fn walk(fields: &[Field], text: &str) {
        for field in fields {
            assert!(text.contains(field.meaning), "{}", field.name);
            match field.shape {
                Shape::Group(inner) | Shape::Groups(inner) => walk(inner, text),
                Shape::Leaf(leaf) => {
                    assert!(text.contains(&format!("{} = ", field.name)));
                    if let Leaf::Choice(words) = leaf {
                        let named = format!("#   one of: \"{}\"\n", words.join("\", \""));
                        assert!(text.contains(&named), "{}: {named}", field.name);
                    }
                }
                Shape::Leaves(_) => assert!(text.contains(&format!("{} = ", field.name))),
                Shape::OfFormat => {
                    let tables = [format!("[[{}]]", field.name), format!("[{}.", field.name)];
                    assert!(tables.iter().any(|table| text.contains(table)), "{}", field.name);
                }
            }
        }
    }
    for kind in Kind::ALL {
        walk(Content::empty(kind).form().fields(), &form::template(kind));
    }
}

#[test]
fn no_template_states_a_number_of_a_treaty() {
    for kind in Kind::ALL {
        let digits: Vec<String> = form::template(kind)
            .split(|c: char| !c.is_ascii_digit())
            .filter(|digits| digits.len() > 1 && *digits != "000000")
            .map(str::to_owned)
            .collect();
        // The length of digests and threads.
        assert!(digits.iter().all(|number| number == "64" || number == "32"), "{kind:?}: {digits:?}");
    }
}

#[test]
fn every_example_is_filled_in_without_a_fault() {
    for kind in Kind::ALL {
        assert_eq!(faults(&example(kind)), [], "{kind:?}");
    }
}

#[test]
fn the_filled_in_notification_leaves_out_only_what_need_not_be_there() {
    fn walk(at: &str, parts: &[detente::domain::form::outline::Part], empty: &mut Vec<String>) {
        for part in parts {
            let at = if at.is_empty() { part.name.to_string() } else { format!("{at}.{}", part.name) };
            match &part.value {
                Value::Absent => empty.push(at),
                Value::Leaf(_) => {}
                Value::Group(parts) => walk(&at, parts, empty),
                Value::List(items) => {
                    if let Some(Value::Group(parts)) = items.first().map(|item| &item.value) {
                        walk(&at, parts, empty);
                    }
                }
            }
        }
    }
    let mut empty = Vec::new();
    walk("", &example(Kind::Notification).form().parts(), &mut empty);
    assert_eq!(
        empty,
        [
            "land.figures.kind",
            "land.figures.party",
            "land.figures.territory",
            "land.formations.remarks",
            "land.level_of_command_naval",
            "landing.figures.party",
            "landing.figures.territory",
            "landing.formations",
            "transfer.figures.kind",
            "transfer.figures.territory",
            "transfer.formations.designation",
            "transfer.formations.subordination",
            "transfer.formations.remarks",
            "transfer.arrival_points.territory",
            "transfer.concentration_points.territory",
            "areas.centre",
            "areas.radius_metres",
            "phases.areas.features",
            "phases.areas.territory",
            "phases.areas.outline",
            "phases.figures",
            "references.message",
            "not_known"
        ]
    );
}

#[test]
fn a_misspelt_field_is_named_with_its_line() {
    let text = "designation = \"x\"\ngeneral_porpoise = \"y\"\n";
    let error = form::read(Kind::Notification, Syntax::Toml, text).unwrap_err();
    assert_eq!(error.line, 2);
    assert!(error.to_string().contains("general_porpoise"), "{error}");

    let text = "{\n  \"designation\": \"x\",\n  \"general_porpoise\": \"y\"\n}";
    let error = form::read(Kind::Notification, Syntax::Json, text).unwrap_err();
    assert_eq!(error.line, 3);
    assert!(error.to_string().contains("general_porpoise"), "{error}");
}

#[test]
fn a_value_of_the_wrong_type_is_named_with_its_line() {
    let table = [
        ("start = 2025-09-12", 1, "a date in quotation marks"),
        ("\n[[areas]]\ncentre = 53.9", 3, "a point in quotation marks"),
        ("[[land.figures]]\nnumber = -5", 2, "-5"),
        ("[[land.figures]]\nnumber = 5.5", 2, "5.5"),
        ("basis = \"perhaps\"", 1, "voluntary"),
        ("[[references]]\n[references.message]\nmessage_digest = \"12\"", 3, "64 hexadecimal digits"),
        ("[[areas]]\ncentre = \"53.1234567 N 27 E\"", 2, "at most six decimals"),
        ("designation = ", 1, ""),
        ("designation = \"a\"\ndesignation = \"b\"", 2, "duplicate"),
    ];
    for (text, line, says) in table {
        let error = form::read(Kind::Notification, Syntax::Toml, text).unwrap_err();
        assert_eq!(error.line, line, "{text}: {error}");
        assert!(error.what.contains(says), "{text}: {error}");
    }
}

#[test]
fn values_are_read_by_name_and_never_by_position() {
    for text in ["[\"x\", \"y\"]", "{\"areas\": [[\"x\"]]}", "{\"land\": []}"] {
        assert!(form::read(Kind::Notification, Syntax::Json, text).is_err(), "{text}");
    }
    for text in ["areas = [[\"x\"]]", "land = []"] {
        assert!(form::read(Kind::Notification, Syntax::Toml, text).is_err(), "{text}");
    }
    let twice = form::read(Kind::Notification, Syntax::Json, "{\n\"remarks\": \"a\",\n\"remarks\": \"b\"}")
        .unwrap_err();
    assert_eq!((twice.line, twice.what.contains("duplicate")), (3, true), "{twice}");
}

#[test]
fn an_error_about_a_form_is_safe_to_show() {
    let error = form::read(Kind::Notification, Syntax::Json, "{\"\\u001b[2J\\u202e\": 1}").unwrap_err();
    assert!(!error.to_string().contains(['\u{1b}', '\u{202e}']), "{error:?}");
}

#[test]
fn a_form_file_over_the_limit_is_not_read() {
    let text = "#".repeat(detente::limits::FORM_FILE_BYTES_MAX + 1);
    assert!(form::read(Kind::Calendar, Syntax::Toml, &text).is_err());
    assert!(form::read(Kind::Calendar, Syntax::Toml, &text[1..]).is_ok());
}

#[test]
fn deep_nesting_is_an_error_and_not_the_end() {
    let deep = "[".repeat(100_000);
    for syntax in [Syntax::Toml, Syntax::Json] {
        assert!(form::read(Kind::Notification, syntax, &format!("{{\"phases\": {deep}")).is_err());
        assert!(form::read(Kind::Notification, syntax, &format!("phases = {deep}")).is_err());
    }
}

#[test]
fn a_long_chain_of_names_is_an_error_and_not_the_end() {
    let chain = vec!["a"; 100_000].join(".");
    for text in [
        format!("{chain} = 1"),
        format!("[{chain}]"),
        format!("land.{chain} = 1"),
        format!("land = {{ {chain} = 1 }}"),
    ] {
        assert!(form::read(Kind::Notification, Syntax::Toml, &text).is_err());
    }
}

#[test]
fn dates_and_points_are_read_as_people_write_them() {
    use detente::domain::form::{GeoPoint, When};
    let dates = [
        ("2025-09-12 Europe/Minsk", "2025-09-12", "Europe/Minsk"),
        ("2025-09-12T06:00Z", "2025-09-12T06:00", "Z"),
        ("2025-09-12T06:00:30+03:00", "2025-09-12T06:00:30", "+03:00"),
        ("2025-09-12 06:00 +03:00", "2025-09-12 06:00", "+03:00"),
        ("2025-09-12 06:00", "2025-09-12 06:00", ""),
        ("2025-09 Z", "2025-09", "Z"),
        ("  2025-09-12   Z ", "2025-09-12", "Z"),
        ("as soon as known", "as soon as known", ""),
        ("", "", ""),
    ];
    for (text, civil, zone) in dates {
        assert_eq!(text.parse::<When>(), Ok(When::new(civil, zone)), "{text}");
    }
    let points = [
        ("53.9023 N 27.5619 E", Some((53_902_300, 27_561_900))),
        ("53.9023, 27.5619", Some((53_902_300, 27_561_900))),
        ("-53.000001,-0.5", Some((-53_000_001, -500_000))),
        ("53.9 S, 27 W", Some((-53_900_000, -27_000_000))),
        ("2147.483648 S 2147.483647 E", Some((i32::MIN, i32::MAX))),
        ("2147.483648 N 0 E", None),
        ("53.9 N", None),
        ("-53.9 N 27 E", None),
        ("53.9 E 27 N", None),
        ("53. 27.", None),
        ("1e3 5", None),
        ("53 54 27 34 1", None),
    ];
    for (text, expected) in points {
        let read = text.parse::<GeoPoint>().ok();
        assert_eq!(read.map(|p| (p.latitude_microdegrees, p.longitude_microdegrees)), expected, "{text}");
    }
}

fn holds_leaf(fields: &[Field], wanted: Leaf) -> bool {
    fields.iter().any(|field| match field.shape {
        Shape::Leaf(leaf) | Shape::Leaves(leaf) => leaf == wanted,
        Shape::Group(inner) | Shape::Groups(inner) => holds_leaf(inner, wanted),
        Shape::OfFormat => false,
    })
}

#[test]
fn the_layout_knows_dates_and_coordinates() {
    let fields = Content::empty(Kind::Notification);
    assert!(
        holds_leaf(fields.form().fields(), Leaf::When) && holds_leaf(fields.form().fields(), Leaf::Point)
    );
}

/// The same object with its fields in another order, at every depth; lists stay as they are.
fn in_another_order(value: &serde_json::Value, turns: &mut impl Iterator<Item = usize>) -> String {
    use serde_json::Value;
    match value {
        Value::Object(fields) => {
            let mut written: Vec<String> = Vec::new();
            for (name, value) in fields {
                let field = format!("{}: {}", Value::from(name.as_str()), in_another_order(value, turns));
                let at = turns.next().unwrap_or(0) % (written.len() + 1);
                written.insert(at, field);
            }
            format!("{{{}}}", written.join(", "))
        }
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(|item| in_another_order(item, turns)).collect();
            format!("[{}]", items.join(", "))
        }
        single => single.to_string(),
    }
}

proptest! {
    #[test]
    fn toml_json_and_content_are_the_same(content in strategies::content()) {
        let kind = content.kind();
        let toml = form::to_toml(&content);
        let json = form::to_json(&content);
        let from_toml = form::read(kind, Syntax::Toml, &toml).map_err(|e| TestCaseError::fail(format!("{e}\n{toml}")))?;
        let from_json = form::read(kind, Syntax::Json, &json).map_err(|e| TestCaseError::fail(format!("{e}\n{json}")))?;
        prop_assert_eq!(&from_toml, &content);
        prop_assert_eq!(&from_json, &content);
        prop_assert_eq!(codec::encode(&from_toml), codec::encode(&from_json));
    }

    #[test]
    fn the_order_in_which_fields_are_written_has_no_effect(
        content in strategies::content(),
        turns in proptest::collection::vec(any::<usize>(), 1..40),
    ) {
        let whole: serde_json::Value = serde_json::from_str(&form::to_json(&content)).unwrap();
        let mut turns = turns.into_iter().cycle();
        let text = in_another_order(&whole, &mut turns);
        let read = form::read(content.kind(), Syntax::Json, &text).map_err(|e| TestCaseError::fail(format!("{e}\n{text}")))?;
        prop_assert_eq!(&read, &content);
        prop_assert_eq!(codec::encode(&read), codec::encode(&content));
    }

    #[test]
    fn a_form_made_from_content_is_safe_to_print(content in strategies::content()) {
        let toml = form::to_toml(&content);
        let unsafe_one = toml.chars().find(|c| *c != '\n' && detente::domain::text::is_unsafe_to_show(*c));
        prop_assert_eq!(unsafe_one, None);
    }

    #[test]
    fn no_text_makes_the_reader_panic(text in any::<String>(), kind in proptest::sample::select(&Kind::ALL[..])) {
        for syntax in [Syntax::Toml, Syntax::Json] {
            let _ = form::read(kind, syntax, &text);
        }
    }

    #[test]
    fn no_broken_form_makes_the_reader_panic(
        kind in proptest::sample::select(&Kind::ALL[..]),
        at in any::<proptest::sample::Index>(),
        put_in in "[\\[\\]{}\"'=#.\\\\0-9a-z\u{202e}\n ]{0,6}",
        cut in 0_usize..4,
    ) {
        for (syntax, text) in [
            (Syntax::Toml, form::example(kind).to_owned()),
            (Syntax::Json, form::to_json(&example(kind))),
        ] {
            let mut characters: Vec<char> = text.chars().collect();
            let at = at.index(characters.len());
            let end = (at + cut).min(characters.len());
            characters.splice(at..end, put_in.chars());
            if let Ok(content) = form::read(kind, syntax, &characters.into_iter().collect::<String>()) {
                let _ = faults(&content);
                let _ = codec::encode(&content);
            }
        }
    }
}
