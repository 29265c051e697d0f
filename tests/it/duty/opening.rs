//! Which duties a message opens, between whom, and what keeps it from opening any.

use detente::codec::regime::{built_in, read};
use detente::domain::adoption::{Adopted, Bond, How, Nature, Restraint, Seen, Since, Suspended};
use detente::domain::content::Kind;
use detente::domain::digest::Digest;
use detente::domain::duty::{
    Force, Opening, Reached, Reserved, RunsFrom, opening, opening_of_year, reserved,
};
use detente::domain::regime::paragraphs::covers;

use super::{DUNES, at, code, dunes, notification, opened, question, rule, stated};
use crate::officer::filled;

#[test]
fn a_question_is_answered_by_those_addressed_for_action_from_their_receipt() {
    let (regime, asked) = (dunes(), question());
    let stated = stated("cause", &asked, at("2031-03-01T10:00:00Z"));
    let made = |party, reached| opening(&regime, rule(&regime, "answer"), &stated, code(party), reached);
    assert_eq!(made("PL", None), Opening::AwaitsReceipt);
    let reached = Reached { at: at("2031-03-01T12:00:00Z"), by: RunsFrom::Receipt };
    let Opening::Opens(owed) = made("PL", Some(reached)) else { panic!() };
    assert_eq!((owed.owed_by, owed.owed_to), (code("PL"), code("BY")));
    assert_eq!(owed.due, at("2031-03-03T12:00:00Z"));
    assert_eq!((owed.rule.force, owed.rule.paragraph.as_str()), (Force::Duty, "para 1, b"));
    assert_eq!(made("OSCE", Some(reached)), Opening::Nothing, "for information only");
}

#[test]
fn what_was_delivered_by_hand_runs_from_there() {
    let (regime, asked) = (dunes(), question());
    let stated = stated("cause", &asked, at("2031-03-01T10:00:00Z"));
    let reached = Reached { at: at("2031-03-02T09:00:00Z"), by: RunsFrom::ByHand };
    let Opening::Opens(owed) = opening(&regime, rule(&regime, "answer"), &stated, code("PL"), Some(reached))
    else {
        panic!()
    };
    assert_eq!((owed.runs_from, owed.due), (RunsFrom::ByHand, at("2031-03-04T09:00:00Z")));
}

#[test]
fn an_unchecked_number_and_a_word_without_a_number_are_alarms() {
    let asked = question();
    let of = |name| opened(name, &asked, at("2031-03-01T10:00:00Z")).rule.force;
    assert_eq!(of("unchecked answer"), Force::Unchecked);
    assert_eq!(of("prompt answer"), Force::Alarm);
}

#[test]
fn a_voluntary_notice_opens_nothing_and_one_that_leaves_it_open_an_alarm() {
    let regime = dunes();
    let of = |content| {
        let stated = stated("cause", content, at("2031-07-01T00:00:00Z"));
        opening(&regime, rule(&regime, "invitation"), &stated, code("PL"), None)
    };
    let owed = notification("2031-09-15 Z", "2031-09-20 Z", "owed");
    assert!(matches!(of(&owed), Opening::Opens(one) if one.rule.force == Force::Duty));
    let voluntary = notification("2031-09-15 Z", "2031-09-20 Z", "voluntary");
    assert_eq!(of(&voluntary), Opening::Nothing);
    let mut open = owed.clone();
    if let detente::domain::content::Content::Notification(form) = &mut open {
        form.basis = None;
    }
    assert!(matches!(of(&open), Opening::Opens(one) if one.rule.force == Force::Alarm));
}

#[test]
fn a_message_of_another_kind_opens_nothing() {
    let (regime, text) = (dunes(), filled(Kind::Text));
    let stated = stated("cause", &text, at("2031-03-01T10:00:00Z"));
    for (name, rule) in &regime.duties {
        assert_eq!(opening(&regime, (name, rule), &stated, code("PL"), None), Opening::Nothing, "{name}");
    }
}

#[test]
fn a_day_of_the_year_is_owed_by_each_to_each() {
    let regime = dunes();
    let owed = opening_of_year(
        &regime,
        rule(&regime, "calendar"),
        (code("BY"), code("PL")),
        at("2031-03-01T00:00:00Z"),
    );
    let owed = owed.unwrap();
    assert_eq!(
        (owed.owed_by, owed.owed_to, owed.due),
        (code("BY"), code("PL"), at("2031-11-15T22:59:59.999Z"))
    );
}

fn adopted(nature: Nature, reservations: &[&str], suspended: &[&str]) -> Adopted {
    Adopted {
        message: Digest::ZERO,
        edition: 1,
        regime: Digest::ZERO,
        since: at("2031-01-01T00:00:00Z"),
        released_at: at("2031-01-01T00:00:00Z"),
        by_receipt: Since::Undisputed,
        nature,
        reservations: reservations.iter().map(|one| (*one).to_owned()).collect(),
        suspended: suspended
            .iter()
            .map(|one| Suspended {
                message: Digest::of(one.as_bytes()),
                provisions: if one.is_empty() { Vec::new() } else { vec![(*one).to_owned()] },
                since: at("2031-01-01T00:00:00Z"),
                until: None,
            })
            .collect(),
    }
}

fn bond(one: Adopted, other: Adopted) -> Bond {
    Bond { edition: 1, regime: Digest::ZERO, since: one.since, seen: Seen::AtBothEnds, one, other }
}

#[test]
fn a_reservation_frees_both_from_its_provision_and_all_below_it_and_from_nothing_else() {
    let plain = adopted(Nature::Political, &[], &[]);
    let reserves = adopted(Nature::Political, &["para 1"], &[]);
    for (one, other) in [(plain.clone(), reserves.clone()), (reserves, plain.clone())] {
        let bond = bond(one, other);
        assert_eq!(reserved(&bond, "para 1, b"), Some(Reserved::ByAdoption));
        assert_eq!(reserved(&bond, "para 1"), Some(Reserved::ByAdoption));
        assert_eq!(reserved(&bond, "para 10"), None);
        assert_eq!(reserved(&bond, "para 2"), None);
    }
    assert_eq!(reserved(&bond(plain.clone(), plain), "para 1"), None);
}

#[test]
fn a_reservation_and_the_mark_of_a_line_go_by_one_rule_of_which_paragraphs_a_provision_names() {
    let plain = adopted(Nature::Political, &[], &[]);
    let vienna = read(built_in::file("vienna-document-2011").unwrap(), &built_in::parent).unwrap();
    for (provision, of_40, of_43, names_none) in [
        ("chapter", false, false, true),
        ("chapter V", true, true, false),
        ("chapter V, para", false, false, true),
        ("chapter V, para 4", false, false, true),
        ("chapter V, para 40", true, false, false),
        ("Art", false, false, true),
        ("", false, false, true),
    ] {
        let bond = bond(plain.clone(), adopted(Nature::Political, &[provision], &[]));
        let restraint = Restraint {
            by: "PL".parse().unwrap(),
            provision: Some(provision.to_owned()),
            how: How::Reserved,
            spoken: None,
            names_none: false,
        };
        for (paragraph, frees) in
            [("chapter V, para 40", of_40), ("chapter V, paras 43 to 46", of_43), ("chapter VI", false)]
        {
            assert_eq!(reserved(&bond, paragraph).is_some(), frees, "{provision}: {paragraph}");
            assert_eq!(restraint.is_of(paragraph), frees, "{provision}: {paragraph}");
        }
        assert_eq!(restraint.held_against(&vienna).names_none, names_none, "{provision}");
    }
}

#[test]
fn a_provision_names_what_begins_below_it_and_no_other_number() {
    for below in ["para 16", "para 16.3", "para 16, b", "para 16(a)", "para 16 (a)"] {
        assert!(covers("para 16", below), "{below}");
    }
    for other in ["para 160", "para 1", "para 16 bis", "para 16.", "Para 16", "in para 16"] {
        assert!(!covers("para 16", other), "{other}");
    }
}

#[test]
fn who_takes_part_of_its_own_will_owes_nothing_and_is_owed_nothing() {
    let (plain, voluntary) = (adopted(Nature::Legal, &[], &[]), adopted(Nature::Voluntary, &[], &[]));
    assert_eq!(reserved(&bond(plain, voluntary), "para 1"), Some(Reserved::ByAdoption));
}

#[test]
fn one_duty_is_suspended_while_others_go_on() {
    let plain = adopted(Nature::Legal, &[], &[]);
    let suspends = adopted(Nature::Legal, &[], &["para 1"]);
    let bond = bond(plain, suspends);
    assert_eq!(reserved(&bond, "para 1, b"), Some(Reserved::BySuspension(Digest::of(b"para 1"))));
    assert_eq!(reserved(&bond, "para 5"), None);
}

#[test]
fn a_regime_that_inherits_takes_over_its_duties_and_changes_one() {
    let parent = Digest::of(DUNES.as_bytes());
    let child = format!(
        "regime = \"dunes, north\"\nedition = 1\nsource = \"made up\"\nnature = \"political\"\n\
         inherits = {{ regime = \"dunes\", digest = \"{parent}\" }}\n\
         [[duty]]\nname = \"answer\"\nfor = [\"question\"]\nowed_by = \"action addressees\"\nowed_to = \"author\"\n\
         met_by = [\"answer\"]\nwithin = 2\nunit = \"working days\"\ncalendar = \"office\"\nzone = \"UTC\"\n\
         anchor = \"receipt\"\nparagraph = \"para 1 of the annex\"\nchecked = true\n"
    );
    let find =
        |name: &str, digest: Digest| (name == "dunes" && digest == parent).then(|| DUNES.as_bytes().to_vec());
    let child = read(child.as_bytes(), &find).unwrap();
    assert_eq!(child.duties.len(), dunes().duties.len());
    assert_eq!(child.duties["answer"].ground.paragraph, "para 1 of the annex");
    assert_eq!(child.duties["conclusion"], dunes().duties["conclusion"]);
}

#[test]
fn what_is_wrong_with_a_duty_is_named_with_its_line() {
    let head = "regime = \"dunes\"\nedition = 1\nsource = \"made up\"\nnature = \"political\"\n[[duty]]\nname = \"a\"\n\
                paragraph = \"1\"\nchecked = true\nmet_by = [\"answer\"]\n";
    let fault = |rest: &str| read(format!("{head}{rest}").as_bytes(), &|_, _| None).unwrap_err().to_string();
    let sides = "for = [\"question\"]\nowed_by = \"addressees\"\nowed_to = \"author\"\n";
    assert_eq!(fault(""), "line 5: a duty needs for, or by: a day of the year");
    assert_eq!(
        fault("for = [\"question\"]\nowed_by = \"author\"\nowed_to = \"author\"\n"),
        "line 12: the author owes those addressed, or they owe the author"
    );
    assert_eq!(fault(sides), "line 5: a duty needs within, before or by");
    let days = format!(
        "{sides}within = 3\nunit = \"calendar days\"\nanchor = \"issue\"\nzone = \"of the anchor\"\n"
    );
    assert_eq!(fault(&days), "line 5: days after an instant need a zone by name, or \"UTC\"");
    let hours = format!("{sides}within = 3\nunit = \"hours\"\nanchor = \"issue\"\nzone = \"UTC\"\n");
    assert_eq!(fault(&hours), "line 16: hours go by no zone");
    let anchor = format!("{sides}within = 3\nunit = \"hours\"\nanchor = \"about\"\n");
    assert_eq!(fault(&anchor), "line 15: about is not a date in question");
    assert_eq!(fault("by = \"13-01\"\nyear = \"year\"\n"), "line 11: answer has no field year");
}
