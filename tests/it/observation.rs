//! Observation of an exercise: answers to invitations, silence, and figures told apart by how they are known; the same
//! in every order of arrival.

use detente::cli::form::{self, Syntax};
use detente::domain::content::Kind;
use detente::domain::digest::Digest;
use detente::domain::exercise::observed::{Observation, figures_told};
use detente::domain::exercise::picture::Picture;
use detente::domain::message::Traffic;
use detente::domain::party::Party;
use detente::domain::said::Said;
use detente::domain::time::Instant;
use proptest::prelude::*;

use crate::form::strategies;

fn digest(author: &str, place: u8) -> Digest {
    Digest::of(format!("{author} {place}").as_bytes())
}

fn said(author: &str, place: u8, kind: Kind, toml: &str) -> Said {
    Said {
        message: digest(author, place),
        number: format!("{author}/31/{place:04}"),
        author: author.parse().unwrap(),
        traffic: Traffic::Real,
        released_at: Instant(i64::from(place)),
        content: form::read(kind, Syntax::Toml, toml).unwrap(),
    }
}

fn naming(field: &str, digest: Digest) -> String {
    format!("[{field}]\nmessage_digest = \"{digest}\"\n")
}

fn answer(author: &str, place: u8, to: Digest, words: &str) -> Said {
    said(author, place, Kind::Observers, &format!("{words}\n{}", naming("invitation", to)))
}

fn report(author: &str, place: u8, bases: &[&str]) -> Said {
    let mut text = String::new();
    for basis in bases {
        text += &format!(
            "[[figure_accounts]]\nbasis = \"{basis}\"\nsource = \"s\"\n[[figure_accounts.figures]]\nwhat = \"troops\"\nnumber = 1\n"
        );
    }
    said(author, place, Kind::ObserverReport, &text)
}

fn parties(codes: &[&str]) -> Vec<Party> {
    codes.iter().map(|code| code.parse().unwrap()).collect()
}

#[test]
fn no_observers_is_said_and_silence_is_no_answer() {
    let invited = said("BY", 1, Kind::Invitation, "");
    let no = answer("PL", 1, invited.message, "reply = \"no observers\"");
    let all = [no, invited];
    let observation = Observation::of(&all);
    let [one] = &observation.invitations[..] else { panic!("one: {observation:?}") };
    assert_eq!(one.answers.len(), 1);
    // The host invites nobody of its own.
    assert_eq!(one.silent(&parties(&["BY", "PL", "LT"])), parties(&["LT"]));
}

#[test]
fn an_answer_that_was_taken_back_is_none_and_a_drills_answers_no_invitation_that_is_real() {
    let invited = said("BY", 1, Kind::Invitation, "");
    let yes = answer("PL", 1, invited.message, "reply = \"observers\"\nobservers = 2");
    let back = said("PL", 2, Kind::MessageWithdrawal, &naming("withdraws", yes.message));
    let drill =
        Said { traffic: Traffic::Drill, ..answer("LT", 1, invited.message, "reply = \"no observers\"") };
    let all = [invited, yes, back, drill];
    let observation = Observation::of(&all);
    assert_eq!(observation.invitations[0].silent(&parties(&["PL", "LT"])), parties(&["PL", "LT"]));
    assert_eq!(observation.elsewhere, [&all[3]]);
}

#[test]
fn declared_observed_and_estimated_figures_stand_apart_and_a_corrected_report_counts_once() {
    let first = report("PL", 1, &["estimated", "declared", "observed"]);
    let text = form::to_toml(&first.content);
    let (before, after) = text.split_once("[in_place_of]\n").unwrap();
    let text = format!("{before}[in_place_of]\nmessage_digest = \"{}\"\n{after}", first.message);
    let second = said("PL", 2, Kind::ObserverReport, &text);
    let statement = |place, basis: &str| {
        let text = format!("{basis}\n[[figures]]\nwhat = \"troops\"\nnumber = 2");
        said("LT", place, Kind::Statement, &text)
    };
    let notice = said("BY", 1, Kind::Notification, "[[land.figures]]\nwhat = \"troops\"\nnumber = 3");
    let all = [statement(1, ""), first, second, statement(2, "basis = \"estimated\""), notice];
    let (picture, observation) = (Picture::of(&all), Observation::of(&all));
    let told: Vec<(String, String)> = figures_told(&picture, &observation)
        .iter()
        .map(|one| (one.basis.map_or("-".into(), |basis| basis.to_string()), one.said.number.clone()))
        .collect();
    let told: Vec<(&str, &str)> = told.iter().map(|(basis, by)| (basis.as_str(), by.as_str())).collect();
    assert_eq!(
        told,
        [
            ("declared", "BY/31/0001"),
            ("declared", "PL/31/0002"),
            ("observed", "PL/31/0002"),
            ("estimated", "LT/31/0002"),
            ("estimated", "PL/31/0002"),
            ("-", "LT/31/0001"),
        ]
    );
    assert_eq!(observation.reports.len(), 2);
}

proptest! {
    #[test]
    fn no_content_makes_observation_panic_and_none_of_it_is_left_out(
        all in prop::collection::vec(strategies::content(), 0..8),
    ) {
        let said: Vec<Said> = all
            .into_iter()
            .enumerate()
            .map(|(at, content)| Said { content, ..report(["PL", "BY"][at % 2], at as u8, &[]) })
            .collect();
        let observation = Observation::of(&said);
        let answers = observation.invitations.iter().map(|one| 1 + one.answers.len()).sum::<usize>();
        let shown = answers + observation.elsewhere.len() + observation.reports.len();
        let withdrawn = detente::domain::said::withdrawn(&said);
        let of_it = |one: &&Said| {
            matches!(one.content.kind(), Kind::Invitation | Kind::Observers | Kind::ObserverReport)
                && !withdrawn.contains_key(&one.message)
        };
        prop_assert_eq!(shown, said.iter().filter(of_it).count());
        let _ = figures_told(&Picture::of(&said), &observation);
    }
}
