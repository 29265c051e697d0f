//! Differences between versions, field by field.

use detente::cli::form::{self, Syntax};
use detente::domain::content::{Content, Kind};
use detente::domain::form::{difference, instead, told_once};
use proptest::prelude::*;

use super::{example, notification, strategies};

fn told(old: &Content, new: &Content) -> Vec<String> {
    difference(old, new)
        .into_iter()
        .map(|change| {
            let side = |text: Option<String>| text.unwrap_or_else(|| "–".to_owned());
            format!("{}: {} → {}", change.field, side(change.old), side(change.new))
        })
        .collect()
}

#[test]
fn an_amendment_differs_from_the_notification_in_what_it_amends() {
    assert_eq!(
        told(&example(Kind::Notification), &example(Kind::Amendment)),
        [
            "land.figures[\"troops\"].number: 11500 → 10750",
            "land.figures[\"troops; Party Suthria\"].number: 1500 → 750",
            "land.figures[\"troops; kind ground\"].number: 11000 → 10250",
            "land.formations[\"airborne battalion of Suthria under land command\"].number: 2 → 1",
            "transfer.figures[\"troops; Party Suthria\"].number: 1500 → 750",
            "transfer.formations[\"airborne battalion of Suthria\"].number: 2 → 1",
        ]
    );
}

#[test]
fn an_entry_put_in_at_the_top_changes_nothing_below_it() {
    let old = notification("[[phases]]\nname = \"B\"\ndescription = \"b\"");
    let new = notification("[[phases]]\nname = \"A\"\n[[phases]]\nname = \"B\"\ndescription = \"c\"");
    assert_eq!(told(&old, &new), ["phases[\"B\"].description: b → c", "phases[\"A\"].name: – → A"]);
    assert_eq!(told(&new, &old), ["phases[\"A\"].name: A → –", "phases[\"B\"].description: c → b"]);
}

#[test]
fn a_corner_that_moves_is_seen_by_its_place() {
    let old = notification("[[areas]]\nname = \"A\"\noutline = [\"1 N 1 E\", \"2 N 2 E\"]");
    let new = notification("[[areas]]\nname = \"A\"\noutline = [\"2 N 2 E\", \"1 N 1 E\"]");
    let changes = told(&old, &new);
    assert_eq!(changes.len(), 2);
    assert!(
        changes[0].starts_with("areas[\"A\"].outline[1]: 1.000000 N 1.000000 E → 2.000000 N"),
        "{changes:?}"
    );
}

#[test]
fn entries_of_one_name_are_matched_in_their_order() {
    let old = notification("[[phases]]\nname = \"A\"\n[[phases]]\nname = \"A\"\ndescription = \"x\"");
    let new = notification("[[phases]]\nname = \"A\"\n[[phases]]\nname = \"A\"\ndescription = \"y\"");
    assert_eq!(told(&old, &new), ["phases[\"A\", 2].description: x → y"]);
}

#[test]
fn what_is_not_stated_and_what_is_zero_differ() {
    let old = notification("[[land.figures]]\nwhat = \"battle tanks\"");
    let new = notification("[[land.figures]]\nwhat = \"battle tanks\"\nnumber = 0");
    assert_eq!(told(&old, &new), ["land.figures[\"battle tanks\"].number: – → 0"]);
}

#[test]
fn a_difference_is_safe_to_show() {
    let old = notification("designation = \"a\\u202eb\"");
    let new = notification("[[phases]]\nname = \"\\u001b[2J\"");
    for line in told(&old, &new) {
        assert!(!line.contains(['\u{202e}', '\u{1b}']), "{line}");
    }
}

#[test]
fn the_order_of_fields_in_a_form_does_not_matter() {
    let one = "designation = \"x\"\nstart = \"2031-01-01 Z\"\n[land]\nnaval_gunfire = \"n\"\n[transfer]\n[[areas]]\nname = \"a\"";
    let other = "[[areas]]\nname = \"a\"\n[land]\nnaval_gunfire = \"n\"\n";
    let other = format!("start = \"2031-01-01 Z\"\ndesignation = \"x\"\n{other}");
    assert_eq!(notification(one), notification(&other));
    let json = "{\"areas\":[{\"name\":\"a\"}],\"land\":{\"naval_gunfire\":\"n\"},\"start\":\"2031-01-01 Z\",\"designation\":\"x\"}";
    assert_eq!(form::read(Kind::Notification, Syntax::Json, json).as_ref(), Ok(&notification(one)));
}

#[test]
fn a_field_that_was_not_known_is_told_as_that_and_once() {
    let old = notification("not_known = [\"phases\", \"designation\"]\nto_follow = [\"start\"]");
    let new = notification("designation = \"x\"\n[[phases]]\nname = \"A\"");
    let changes = difference(&old, &new);
    let once: Vec<&str> = told_once(&changes).map(|change| change.field.as_str()).collect();
    assert_eq!(once, ["designation", "phases[\"A\"].name", "to_follow[\"start\"]"]);
    let before = |field: &str| instead(&old, field);
    assert_eq!((before("designation"), before("phases[\"A\"].name")), (Some("not known"), Some("not known")));
    assert_eq!((before("start"), instead(&new, "start")), (Some("not available, to follow"), None));
}

proptest! {
    #[test]
    fn a_document_does_not_differ_from_itself(content in strategies::content()) {
        prop_assert_eq!(difference(&content, &content), []);
    }

    #[test]
    fn a_difference_read_backwards_names_the_same_fields(
        (old, new) in (strategies::content(), strategies::content())
    ) {
        let mut there: Vec<_> = difference(&old, &new).into_iter().map(|c| (c.field, c.old, c.new)).collect();
        let mut back: Vec<_> = difference(&new, &old).into_iter().map(|c| (c.field, c.new, c.old)).collect();
        there.sort();
        back.sort();
        prop_assert_eq!(there, back);
    }

    #[test]
    fn different_documents_differ_somewhere(content in strategies::content()) {
        let empty = Content::empty(content.kind());
        if content != empty && !matches!(content, Content::Amendment(_)) {
            prop_assert_ne!(difference(&content, &empty), []);
        }
    }
}
