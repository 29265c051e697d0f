//! Public cases as forms: C1, Zapad-2025, and C5, a notice between two Parties under other rules. Synthetic,
//! with figures from the press.

use detente::cli::form::{self, Syntax};
use detente::domain::content::{Content, Kind};
use detente::domain::digest::Digest;
use detente::domain::exercise::Basis;
use detente::domain::form::{Figure, MessageDigest, faults, lines};

fn read(kind: Kind, text: &str) -> Content {
    form::read(kind, Syntax::Toml, text).unwrap_or_else(|error| panic!("{kind:?}: {error}"))
}

fn calendar() -> Content {
    read(Kind::Calendar, include_str!("../../../src/cli/demo/c1/calendar.toml"))
}

fn notification() -> Content {
    read(Kind::Notification, include_str!("../../../src/cli/demo/c1/notification.toml"))
}

fn invitation() -> Content {
    read(Kind::Invitation, include_str!("../../../src/cli/demo/c1/invitation.toml"))
}

/// With the notification's digest written in, as whoever sends it does.
fn statement() -> Content {
    let mut content = read(Kind::Statement, include_str!("../../../src/cli/demo/c1/statement.toml"));
    if let Content::Statement(form) = &mut content {
        form.exercise.message_digest = Some(MessageDigest(Digest::of(b"the notification")));
    }
    content
}

fn conclusion() -> Content {
    let mut content = read(Kind::Conclusion, include_str!("../../../src/cli/demo/c1/conclusion.toml"));
    if let Content::Conclusion(form) = &mut content {
        form.exercise.message_digest = Some(MessageDigest(Digest::of(b"the notification")));
    }
    content
}

fn total(figures: &[Figure], party: &str) -> Option<u64> {
    let wanted = |figure: &&Figure| {
        figure.what == "troops"
            && figure.party == party
            && figure.kind.is_empty()
            && figure.territory.is_empty()
    };
    figures.iter().find(wanted).and_then(|figure| figure.number)
}

#[test]
fn the_whole_case_has_no_fault() {
    for content in [calendar(), notification(), invitation(), statement(), conclusion()] {
        assert_eq!(faults(&content), [], "{:?}", content.kind());
    }
}

#[test]
fn the_notification_says_itself_that_it_is_incomplete() {
    assert!(notification().is_incomplete());
    assert!(!calendar().is_incomplete());
    let shown = lines(&notification());
    let following: Vec<&str> = shown
        .iter()
        .filter(|line| line.value == "not available, to follow")
        .map(|line| line.label.as_str())
        .collect();
    assert_eq!(following, ["Designation", "Level of command, naval"]);
}

#[test]
fn the_statement_stands_beside_the_notified_figure() {
    let (Content::Notification(notified), Content::Statement(stated)) = (notification(), statement()) else {
        panic!("these kinds were read");
    };
    assert_eq!(total(&notified.land.figures, ""), Some(13_000));
    assert_eq!(total(&stated.figures, ""), Some(6_900));
    assert_eq!(total(&stated.figures, "Russian Federation"), Some(1_000));
    assert!(!stated.source.is_empty());
}

#[test]
fn the_invitation_is_voluntary_and_asks_for_an_answer_by_20_august() {
    let Content::Invitation(form) = invitation() else { panic!("this kind was read") };
    assert_eq!(form.basis, Some(Basis::Voluntary));
    assert_eq!(form.answer_by.to_string(), "2025-08-20 Europe/Minsk");
}

#[test]
fn each_file_says_that_it_is_synthetic() {
    for content in [calendar(), notification(), invitation(), statement(), conclusion()] {
        let remark = lines(&content).into_iter().find(|line| line.depth == 0 && line.label == "Remarks");
        assert!(remark.is_some_and(|line| line.value.starts_with("Synthetic")), "{:?}", content.kind());
    }
}

#[test]
fn a_notice_between_two_parties_fits_the_same_form() {
    let content = read(Kind::Notification, include_str!("../cases/c5-notification.toml"));
    assert_eq!(faults(&content), []);
    assert!(content.is_incomplete());
}
