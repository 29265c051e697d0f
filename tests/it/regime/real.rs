//! Real cases under the regimes that are built in: C1 and C5, with figures from the press.

use detente::cli::form::{self, Syntax};
use detente::domain::content::{Content, Kind};
use detente::domain::regime::{Asked, Recipients};
use detente::domain::time::Instant;

use super::{regime, said};

fn read(kind: Kind, text: &str) -> Content {
    form::read(kind, Syntax::Toml, text).expect("a form")
}

fn released(at: &str) -> Asked {
    Asked { released_at: Some(Instant::from_rfc3339(at).expect("an instant")), ..Asked::default() }
}

#[track_caller]
fn holds(lines: &[String], wanted: &str) {
    assert!(lines.iter().any(|line| line.starts_with(wanted)), "{wanted}\nin\n{}", lines.join("\n"));
}

#[test]
fn a_notice_43_days_before_is_on_time_by_a_day_and_13_000_troops_reach_both_thresholds() {
    let notice = read(Kind::Notification, include_str!("../../../src/cli/demo/c1/notification.toml"));
    let lines = said(&regime("vienna-document-2011"), &notice, &released("2025-07-31T09:00:00Z"), "en");
    holds(&lines, "Lead time, prior notification: on time by 1 day;");
    holds(&lines, "Threshold, prior notification, land forces: reached");
    holds(&lines, "Threshold, observation: reached [chapter VI]");
    holds(&lines, "troops: 13000 declared, against at least 9000: reached [chapter V]");
    holds(&lines, "troops: 13000 declared, against at least 13000: reached [chapter VI]");
}

#[test]
fn the_figure_of_a_later_statement_is_below_observation_and_changes_no_notice() {
    let statement = read(
        Kind::Statement,
        &format!(
            "{}\n[exercise]\nnumber = \"BY-2025-0001\"\n",
            include_str!("../../../src/cli/demo/c1/statement.toml")
        ),
    );
    let lines = said(&regime("vienna-document-2011"), &statement, &released("2025-09-17T12:00:00Z"), "en");
    holds(&lines, "troops: 6900 declared, against at least 13000: not reached [chapter VI]");
    holds(&lines, "troops: 6900 declared, against at least 9000: not reached [chapter V]");
    // Tanks and others are not stated: the whole threshold can't be judged from this.
    holds(&lines, "Threshold, observation: can't be judged");
    holds(&lines, "Lead time: the regime has none for: statement");
}

#[test]
fn the_invitation_to_it_is_late_under_the_rule_for_invitations_that_nobody_checked() {
    let invitation = read(Kind::Invitation, include_str!("../../../src/cli/demo/c1/invitation.toml"));
    let lines = said(&regime("vienna-document-2011"), &invitation, &released("2025-08-13T09:00:00Z"), "en");
    holds(&lines, "Lead time, invitation, with the notification: late by 12 days;");
    assert!(lines.iter().any(|line| line.ends_with("[chapter VI]; rests on an unchecked number")));
}

#[test]
fn silence_about_an_invitation_counts_as_no_observers_only_where_the_regime_says_so() {
    let invitation = read(Kind::Invitation, include_str!("../../../src/cli/demo/c1/invitation.toml"));
    let lines = |name: &str| said(&regime(name), &invitation, &released("2025-08-13T09:00:00Z"), "en");
    holds(
        &lines("vienna-document-2011"),
        "Silence, no answer to an invitation: after answer_by it counts as no observers [chapter VI]; rests on an \
         unchecked number",
    );
    for name in ["neighbours", "india-pakistan-1991"] {
        assert!(!lines(name).iter().any(|line| line.starts_with("Silence")), "{name}");
    }
}

#[test]
fn a_meeting_of_all_is_convened_by_whoever_holds_the_function_that_the_regime_names() {
    let regime = regime("vienna-document-2011");
    let sent_by = |scope: &str, holder: Option<&str>, author: Option<&str>| -> Option<String> {
        let text = format!("scope = \"{scope}\"");
        let party = |code: &str| code.parse().expect("a Party");
        let asked = Asked {
            held: holder.map(|holder| ("chair".to_owned(), party(holder))).into_iter().collect(),
            author: author.map(party),
            ..released("2022-02-13T09:00:00Z")
        };
        let lines = said(&regime, &read(Kind::Convening, &text), &asked, "en");
        lines.into_iter().find(|line| line.starts_with("Sent by"))
    };
    let says = |line: Option<String>, words: &str| {
        let line = line.unwrap_or_default();
        assert!(line.contains(words), "{words}: {line}");
    };
    says(
        sent_by("all Parties", Some("PL"), Some("PL")),
        "Sent by Chairmanship: the author may send it [chapter III",
    );
    says(sent_by("all Parties", Some("PL"), Some("LT")), "the author is none of those who may send it");
    // Nobody is known here to hold it.
    says(sent_by("all Parties", None, Some("LT")), "can't be judged");
    // A bilateral one is for nobody in particular to convene.
    assert_eq!(sent_by("bilateral", Some("PL"), Some("LT")), None);
}

#[test]
fn copies_of_a_request_and_a_reply_go_to_all_where_the_regime_says_so() {
    let regime = regime("vienna-document-2011");
    let codes = |all: &[&str]| all.iter().map(|code| code.parse().expect("a Party")).collect();
    let lines = |kind: Kind, information: &[&str]| {
        let asked = Asked {
            addressed: Some(Recipients { action: codes(&["BY"]), information: codes(information) }),
            bound: Some(codes(&["BY", "LV", "PL"])),
            ..released("2022-02-09T09:00:00Z")
        };
        said(&regime, &read(kind, form::example(kind)), &asked, "en")
    };
    for kind in [Kind::Request, Kind::Joining, Kind::Reply, Kind::Judgement, Kind::MeetingReport] {
        let label = "Addressees, request and reply, copied to all participating States";
        holds(&lines(kind, &["LV", "PL"]), &format!("{label}: all are there [chapter III"));
        let lacking = lines(kind, &["LV"]);
        holds(&lacking, &format!("{label}: some are lacking"));
        holds(&lacking, "every bound Party, for information: lacking PL");
    }
}

#[test]
fn a_corps_of_which_the_number_will_follow_is_a_corps_and_the_day_of_its_start_is_asked_for() {
    let notice = read(Kind::Notification, include_str!("../cases/c5-notification.toml"));
    let asked = Asked {
        addressed: Some(Recipients { action: ["PK".parse().unwrap()].into(), information: [].into() }),
        bound: Some(["PK".parse().unwrap()].into()),
        ..released("2015-09-01T06:00:00Z")
    };
    let lines = said(&regime("india-pakistan-1991"), &notice, &asked, "en");
    holds(&lines, "Threshold, exercise of a corps: reached [article on land exercises]");
    holds(&lines, "corps: at least 1 declared");
    holds(&lines, "Threshold, exercise above the level of a corps: can't be judged");
    holds(&lines, "lacking: corps: said to follow (land.formations[1].number)");
    holds(
        &lines,
        "Lead time, exercise of a corps: can't be judged, lacking: the day; only the month is stated (start)",
    );
    holds(&lines, "Addressees, the other side: all are there");
    // No number of another regime is asked about.
    assert!(!lines.iter().any(|line| line.contains("9000") || line.contains("42")), "{lines:?}");
}

#[test]
fn the_format_of_a_quota_transfer_comes_only_after_the_two_that_it_refers_to() {
    let regime = regime("open-skies");
    let format = regime.formats.get("1").expect("format 1");
    assert_eq!(format.after.iter().map(String::as_str).collect::<Vec<_>>(), ["36", "37"]);
    let names: Vec<&str> = format.fields.iter().map(|field| field.name.as_str()).collect();
    assert_eq!(
        names,
        [
            "overflown",
            "quota_distributed",
            "quota_used",
            "quota_transferred",
            "receivers",
            "quota_remaining",
            "effective",
            "earlier_messages"
        ]
    );
    let notice = regime.formats.get("flight-notice").expect("the notice of a flight");
    let reply = notice.reply.as_ref().expect("it is acknowledged");
    assert_eq!((reply.format.as_str(), reply.within), ("flight-acknowledgement", 24));
}

/// Kept by a machine: what a built-in regime says stands in its file, and nowhere in the program.
#[test]
fn no_class_threshold_or_number_of_a_built_in_regime_stands_in_the_code_that_judges() {
    use detente::codec::regime::built_in;
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/src");
    let mut sources = Vec::new();
    let mut open = vec![std::path::PathBuf::from(root)];
    while let Some(directory) = open.pop() {
        for entry in std::fs::read_dir(directory).expect("the sources").map(|entry| entry.unwrap().path()) {
            if entry.is_dir() {
                open.push(entry);
            } else if entry.extension().is_some_and(|extension| extension == "rs") {
                let text = std::fs::read_to_string(&entry).expect("a source");
                sources.push((entry.display().to_string(), text));
            }
        }
    }
    let judges = |path: &str| path.contains("/regime/") || path.ends_with("/exercise/check.rs");
    // What a clock or a calendar has of its own.
    let everyday = ["1", "2", "3", "4", "6", "7", "10", "24", "60"];
    for (name, text) in built_in::FILES {
        let regime = regime(name);
        for word in regime.classes.keys().chain(regime.thresholds.keys()) {
            let quoted = format!("\"{word}\"");
            let found: Vec<_> = sources.iter().filter(|(_, text)| text.contains(&quoted)).collect();
            assert!(found.is_empty(), "{quoted} in {}", found[0].0);
        }
        let rules = text.lines().filter(|line| {
            ["at_least", "more_than", "more_than_hours", "at_most", "within"]
                .iter()
                .any(|key| line.contains(key))
        });
        let numbers = rules.flat_map(|line| {
            let parts = line.split('=').skip(1);
            parts.filter_map(|part| part.split_whitespace().next()).filter(|word| word.parse::<u64>().is_ok())
        });
        for number in numbers.filter(|number| !everyday.contains(number)) {
            for (path, text) in sources.iter().filter(|(path, _)| judges(path)) {
                let plain = text.replace('_', "");
                let mut words = plain.split(|c: char| !c.is_ascii_alphanumeric());
                assert!(!words.any(|word| word == number), "{number} of {name} stands in {path}");
            }
        }
    }
}
