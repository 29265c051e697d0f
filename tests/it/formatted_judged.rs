//! What is judged of a message in a format: its fields, who may send it to whom and after what, by what is known.

use std::collections::BTreeSet;

use detente::domain::content::Content;
use detente::domain::form::{Following, Prose};
use detente::domain::formatted::{Fields, Formatted, Stated};
use detente::domain::regime::{Asked, Recipients, Referred, check, format_faults, lines};
use detente::domain::time::Instant;

use crate::formatted::{assert_says, bridges, date, field, formatted, party, text};

/// The closing of a bridge, as its format asks.
pub fn closing() -> Formatted {
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
        ("fields.crews[1].from is not a Party's code", |form| {
            let Stated::Entries(entries) = &mut form.fields.0[3].stated else { panic!() };
            entries[0].0[0].stated = Stated::Party("Poland".into());
        }),
        ("Fields of the format: 1 not as the format asks", |form| {
            let Stated::Entries(entries) = &mut form.fields.0[3].stated else { panic!() };
            entries[0].0[0].stated = Stated::Party("Poland".into());
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
        (
            after(vec![Referred::ByNumber]),
            "format B1: can't be judged: a reference is named by its number alone",
        ),
        (after(vec![Referred::ByNumber, referred("B1")]), "format B1: is here, and referred to"),
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
