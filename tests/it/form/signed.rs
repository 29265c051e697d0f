//! The signed bytes: golden, deterministic, and safe against whatever a peer sends.

use detente::codec::form::{self as codec, Unreadable};
use detente::domain::content::{Content, Kind};
use detente::domain::exercise::Statement;
use detente::domain::form::{Figure, faults, lines};
use detente::limits;
use proptest::prelude::*;

use super::{example, strategies};

fn golden(kind: Kind) -> String {
    format!("{}/tests/it/golden/{}.hex", env!("CARGO_MANIFEST_DIR"), kind.name().replace('.', "-"))
}

/// The signed bytes of the examples. They change only on purpose, in a commit of its own that says why.
#[test]
fn the_signed_bytes_of_the_examples_do_not_change() {
    for kind in Kind::ALL {
        let bytes = codec::encode(&example(kind)).expect("within the limits");
        let path = golden(kind);
        let golden = std::fs::read_to_string(&path).unwrap_or_default();
        let golden: String = golden.split_whitespace().collect();
        assert_eq!(hex::encode(bytes), golden, "{path}");
    }
}

#[test]
fn the_golden_bytes_say_what_the_examples_say() {
    for kind in Kind::ALL {
        let path = golden(kind);
        let golden: String = std::fs::read_to_string(&path).unwrap_or_default().split_whitespace().collect();
        let bytes = hex::decode(golden).expect("hexadecimal");
        assert_eq!(codec::decode(kind, &bytes), Ok(example(kind)), "{path}");
    }
}

#[test]
fn a_field_of_a_newer_program_is_passed_over_and_noticed() {
    for kind in Kind::ALL {
        let content = example(kind);
        let mut bytes = codec::encode(&content).expect("within the limits");
        assert!(!codec::may_hold_more(&content, &bytes));
        // Field 999, length-delimited, "new".
        bytes.extend([0xba, 0x3e, 3, b'n', b'e', b'w']);
        let read = codec::decode(kind, &bytes).expect("unknown fields are no fault");
        assert_eq!(read, content);
        assert!(codec::may_hold_more(&read, &bytes));
    }
}

#[test]
fn a_choice_of_a_newer_program_is_kept_and_marked() {
    // ExerciseInvitation.basis = 7.
    let read = codec::decode(Kind::Invitation, &[0x18, 7]).expect("an unknown choice is no fault");
    assert_eq!(codec::encode(&read), Ok(vec![0x18, 7]));
    assert!(faults(&read).iter().any(|fault| fault.field == "basis"));
    assert!(lines(&read).iter().any(|line| line.value == "unknown to this program (7)"));
}

#[test]
fn zero_and_not_stated_are_two_things() {
    let figure = |number| {
        let what = "troops".to_owned();
        Content::Statement(Statement {
            figures: vec![Figure { what, number, ..Figure::default() }],
            ..Statement::default()
        })
    };
    for content in [figure(None), figure(Some(0))] {
        let bytes = codec::encode(&content).expect("within the limits");
        assert_eq!(codec::decode(Kind::Statement, &bytes), Ok(content));
    }
    assert_ne!(codec::encode(&figure(None)), codec::encode(&figure(Some(0))));
}

#[test]
fn what_cannot_be_decoded_is_named() {
    let table: [(Kind, &[u8], &str); 6] = [
        // SameActivity.other_thread with two bytes.
        (Kind::SameActivity, &[0x1a, 2, 1, 2], "other_thread"),
        // ExerciseStatement.exercise.message_digest with one byte.
        (Kind::Statement, &[0x0a, 3, 0x0a, 1, 9], "exercise.message_digest"),
        // ExerciseNotification.designation that is not UTF-8.
        (Kind::Notification, &[0x0a, 1, 0xff], "designation"),
        // A length beyond the end.
        (Kind::Notification, &[0x0a, 9, b'x'], "ExerciseNotification"),
        (Kind::Amendment, &[0x1a, 9, b'x'], "notification"),
        // ExerciseNotification.start as a number.
        (Kind::Notification, &[0x48, 1], "start"),
    ];
    for (kind, bytes, names) in table {
        let error = codec::decode(kind, bytes).unwrap_err();
        let found = error.to_string();
        assert!(!matches!(error, Unreadable::Limit(_)), "{found}");
        assert!(found.contains(names) || found.contains(kind.name()), "{names}: {found}");
    }
}

fn statement(figures: usize, number: u64, text_bytes: usize) -> Content {
    let what = "x".repeat(text_bytes);
    let figure = Figure { what: "x".to_owned(), number: Some(number), ..Figure::default() };
    Content::Statement(Statement { figures: vec![figure; figures], source: what, ..Statement::default() })
}

#[test]
fn each_limit_holds_at_its_edge_on_the_way_out() {
    assert!(codec::encode(&statement(limits::FORM_LIST_ENTRIES_MAX, 1, 1)).is_ok());
    let refused = codec::encode(&statement(limits::FORM_LIST_ENTRIES_MAX + 1, 1, 1)).unwrap_err();
    assert_eq!(refused.field, "figures");

    assert!(codec::encode(&statement(1, limits::FORM_NUMBER_MAX, 1)).is_ok());
    let refused = codec::encode(&statement(1, limits::FORM_NUMBER_MAX + 1, 1)).unwrap_err();
    assert_eq!(refused.field, "figures[1].number");

    assert!(codec::encode(&statement(1, 1, limits::FORM_TEXT_BYTES_MAX)).is_ok());
    let refused = codec::encode(&statement(1, 1, limits::FORM_TEXT_BYTES_MAX + 1)).unwrap_err();
    assert_eq!(refused.field, "source");

    let long = Content::Statement(Statement {
        to_follow: vec!["x".repeat(limits::FORM_TEXT_BYTES_MAX); 17],
        ..Statement::default()
    });
    assert_eq!(codec::encode(&long).unwrap_err().field, "content");
}

#[test]
fn each_limit_holds_on_the_way_in() {
    let many = |entry: &[u8], count: usize| entry.repeat(count);
    // Empty figures of a statement (field 2), two bytes each.
    assert!(codec::decode(Kind::Statement, &many(&[0x12, 0], limits::FORM_LIST_ENTRIES_MAX)).is_ok());
    for (kind, bytes) in [
        (Kind::Statement, many(&[0x12, 0], limits::FORM_LIST_ENTRIES_MAX + 1)),
        (Kind::Calendar, many(&[0x1a, 0], limits::CONTENT_FIELDS_MAX + 1)),
        (Kind::Calendar, vec![0; limits::CONTENT_BYTES_MAX + 1]),
        // Phases (field 31) of the form in an amendment (field 3), in many pieces.
        (Kind::Amendment, many(&[0x1a, 3, 0xfa, 1, 0], limits::CONTENT_FIELDS_MAX / 2 + 1)),
        // Empty areas (field 5) in the phases (field 31) of a notification: many entries in many lists.
        (Kind::Notification, many(&[&[0xfa, 1, 100][..], &[0x2a, 0].repeat(50)].concat(), 100)),
        // ExerciseCalendar.year beyond the greatest number.
        (Kind::Calendar, vec![0x08, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1]),
    ] {
        assert!(matches!(codec::decode(kind, &bytes), Err(Unreadable::Limit(_))), "{kind:?}");
    }
}

proptest! {
    #[test]
    fn content_to_bytes_and_back_is_the_same(content in strategies::content()) {
        let bytes = codec::encode(&content).expect("the strategy stays within the limits");
        prop_assert_eq!(codec::encode(&content), Ok(bytes.clone()));
        let read = codec::decode(content.kind(), &bytes);
        prop_assert_eq!(read.as_ref(), Ok(&content));
        prop_assert!(!codec::may_hold_more(&content, &bytes));
    }

    #[test]
    fn no_bytes_make_the_decoder_panic(
        bytes in proptest::collection::vec(any::<u8>(), 0..300),
        kind in proptest::sample::select(&Kind::ALL[..]),
    ) {
        if let Ok(content) = codec::decode(kind, &bytes) {
            let _ = (faults(&content), lines(&content));
            prop_assert!(codec::encode(&content).is_ok());
        }
    }

    #[test]
    fn no_changed_byte_makes_the_decoder_panic(
        content in strategies::content(),
        changes in proptest::collection::vec((any::<proptest::sample::Index>(), any::<u8>()), 1..4),
    ) {
        let mut bytes = codec::encode(&content).expect("the strategy stays within the limits");
        prop_assume!(!bytes.is_empty());
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        if let Ok(read) = codec::decode(content.kind(), &bytes) {
            let _ = (faults(&read), lines(&read), detente::cli::form::to_toml(&read));
            let _ = detente::domain::form::difference(&content, &read);
        }
    }

    #[test]
    fn all_that_is_shown_is_safe_to_show(content in strategies::content()) {
        let safe = |text: &str| !text.chars().any(detente::domain::text::is_unsafe_to_show);
        for line in lines(&content) {
            prop_assert!(safe(&line.label) && safe(&line.value), "{:?}", line);
        }
        for fault in faults(&content) {
            prop_assert!(safe(&fault.field) && safe(&fault.rule), "{:?}", fault);
        }
    }
}
