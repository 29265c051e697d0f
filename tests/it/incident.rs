//! The picture of an incident: accounts beside each other by author, questions with their answers, what was taken
//! back, the same in every order of arrival.

use detente::cli::form::{self, Syntax};
use detente::cli::message::message_form;
use detente::cli::regime::labels::Labelling;
use detente::codec::form as codec;
use detente::domain::content::{Content, Kind};
use detente::domain::correspondence::asked::Clarification;
use detente::domain::digest::Digest;
use detente::domain::incident::picture::Picture;
use detente::domain::message::Traffic;
use detente::domain::official::{self, pages};
use detente::domain::said::{Said, withdrawn};
use detente::domain::time::Instant;
use proptest::prelude::*;
use unicode_width::UnicodeWidthStr as _;

use crate::form::strategies;
use crate::print::full;

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

fn report(author: &str, place: u8, what: &str) -> Said {
    said(author, place, Kind::Report, &format!("what = \"{what}\""))
}

fn update(author: &str, place: u8, of: Digest, what: &str) -> Said {
    let text = format!("[updates]\nmessage_digest = \"{of}\"\n[report]\nwhat = \"{what}\"");
    said(author, place, Kind::Update, &text)
}

fn taken_back(author: &str, place: u8, of: Digest) -> Said {
    said(author, place, Kind::MessageWithdrawal, &format!("[withdraws]\nmessage_digest = \"{of}\""))
}

fn question(author: &str, place: u8, about: Digest) -> Said {
    let text = format!(
        "[about]\nmessage_digest = \"{about}\"\n[[questions]]\nnumber = 1\ntext = \"Why?\"\n[[questions]]\nnumber = 2\ntext = \"Whose?\""
    );
    said(author, place, Kind::Question, &text)
}

fn answer(author: &str, place: u8, to: Digest, answers: &[(u8, &str)]) -> Said {
    let mut text = format!("[to]\nmessage_digest = \"{to}\"\n");
    for (number, how) in answers {
        text += &format!("[[answers]]\nnumber = {number}\nhow = \"{how}\"\ntext = \"so\"\n");
    }
    said(author, place, Kind::Answer, &text)
}

fn what(account: &detente::domain::incident::picture::Account<'_>) -> Option<String> {
    account.stands().map(|report| report.what.0.clone())
}

#[test]
fn accounts_that_contradict_each_other_stand_side_by_side() {
    let all = [
        report("PK", 1, "It was armed."),
        report("IN", 1, "It was not armed."),
        update("IN", 2, digest("PK", 1), "It never was there."),
    ];
    let picture = Picture::of(&all);
    let [pakistan, india] = &picture.accounts[..] else { panic!("two accounts: {picture:?}") };
    assert_eq!(what(pakistan).as_deref(), Some("It was armed."));
    // What names another's report takes the place of neither: not of that one, and not of its own author's.
    assert_eq!(what(india).as_deref(), Some("It was not armed."));
    assert!(india.report.as_ref().unwrap().earlier().is_empty());
    assert_eq!(india.beside, [&all[2]]);
}

#[test]
fn an_update_that_names_anothers_report_by_its_number_stands_beside_as_by_its_digest() {
    let by_number = |place, author: &str, number: &str| {
        let updates = format!("[updates]\nnumber = \"{number}\"\nauthor = \"{author}\"\n");
        said("IN", place, Kind::Update, &format!("{updates}[report]\nwhat = \"It never was there.\""))
    };
    let all = [
        report("PK", 1, "It was armed."),
        report("IN", 1, "It was not armed."),
        by_number(2, "PK", "PK/31/0001"),
        // Nobody's: neither a number of that author, nor of any.
        by_number(3, "PK", "IN/31/0001"),
        by_number(4, "XX", "PK/31/0001"),
        // Its own, with its author named and without.
        by_number(5, "IN", "IN/31/0001"),
        by_number(6, "", "IN/31/0001"),
    ];
    let picture = Picture::of(&all);
    let [_, india] = &picture.accounts[..] else { panic!("two accounts: {picture:?}") };
    assert_eq!(india.beside, [&all[2]]);
    let versions = india.report.as_ref().unwrap();
    assert_eq!(versions.present(), &all[6]);
    assert_eq!(versions.earlier(), [&all[1], &all[3], &all[4], &all[5]]);
    // By whatever a reference names a message, it is the same as looked up one by one.
    for one in &all {
        let Content::Update(form) = &one.content else { continue };
        let names =
            all.iter().any(|other| other.author != one.author && other.is_meant(&form.updates, one.author));
        assert_eq!(names, india.beside.contains(&one), "{one:?}");
    }
}

#[test]
fn an_update_takes_the_place_of_its_authors_report_which_stays() {
    let all = [report("PK", 1, "thin"), update("PK", 2, digest("PK", 1), "full")];
    let picture = Picture::of(&all);
    let report = picture.accounts[0].report.as_ref().unwrap();
    assert_eq!((report.present(), report.earlier()), (&all[1], &[&all[0]][..]));
    let [step] = &report.steps()[..] else { panic!("one step") };
    let [change] = &step.changes[..] else { panic!("one change: {:?}", step.changes) };
    assert_eq!((change.old.as_deref(), change.new.as_deref()), (Some("thin"), Some("full")));
}

#[test]
fn each_closes_for_itself_and_opens_it_again_by_reporting_again() {
    let closing = |author, place| said(author, place, Kind::Closing, "grounds = \"settled\"");
    let mut all = vec![report("PK", 1, "a"), report("IN", 1, "b"), closing("PK", 2)];
    let closed = |all: &[Said]| -> Vec<bool> {
        Picture::of(all).accounts.iter().map(|account| account.closing.is_some()).collect()
    };
    assert_eq!(closed(&all), [true, false]);
    all.push(closing("IN", 2));
    assert_eq!(closed(&all), [true, true]);
    all.push(update("PK", 3, digest("PK", 1), "more"));
    assert_eq!(closed(&all), [false, true]);
}

#[test]
fn a_closing_that_is_over_and_a_word_on_another_thread_that_stands_no_more_stay_readable() {
    let closing = |place| said("IN", place, Kind::Closing, "");
    let same = |place, position: &str| {
        let text = format!("position = \"{position}\"\nother_party = \"RU\"");
        said("IN", place, Kind::SameIncident, &text)
    };
    let all = [
        report("IN", 1, "It was not armed."),
        closing(2),
        // Whoever reports again has not closed it.
        update("IN", 3, digest("IN", 1), "It never was there."),
        closing(4),
        same(5, "stated"),
        same(6, "contested"),
        said("IN", 7, Kind::SameIncident, "position = \"stated\"\nother_party = \"PL\""),
        taken_back("IN", 8, digest("IN", 7)),
    ];
    let picture = Picture::of(&all);
    assert_eq!(picture.accounts[0].closing, Some(&all[3]));
    assert_eq!(picture.same_incident, [&all[5]]);
    assert_eq!(picture.over, [&all[1], &all[4], &all[6]]);
    assert_eq!(picture.withdrawn[&all[6].message], &all[7]);
}

#[test]
fn what_its_own_author_took_back_stands_no_more_and_stays_readable() {
    let all = [
        report("PK", 1, "first"),
        update("PK", 2, digest("PK", 1), "wrong"),
        taken_back("PK", 3, digest("PK", 2)),
    ];
    let picture = Picture::of(&all);
    assert_eq!(what(&picture.accounts[0]).as_deref(), Some("first"));
    assert_eq!(picture.accounts[0].taken_back, [&all[1]]);
    assert_eq!(picture.withdrawn[&all[1].message], &all[2]);
}

#[test]
fn nothing_else_is_taken_back() {
    let own = report("PK", 1, "a");
    let drill = Said { traffic: Traffic::Drill, ..taken_back("PK", 2, own.message) };
    let again = taken_back("PK", 3, own.message);
    let withdrawal_of_withdrawal = taken_back("PK", 4, again.message);
    let by_another = taken_back("IN", 1, own.message);
    assert!(withdrawn(&[own.clone(), by_another, drill]).is_empty());
    let all = [own, again, withdrawal_of_withdrawal];
    assert_eq!(withdrawn(&all).into_keys().collect::<Vec<_>>(), [all[0].message]);
    // By number as well, where it is its author's own.
    let by_number = said("PK", 5, Kind::MessageWithdrawal, "[withdraws]\nnumber = \"PK/31/0001\"");
    let of_another = said("IN", 5, Kind::MessageWithdrawal, "[withdraws]\nnumber = \"PK/31/0001\"");
    assert_eq!(withdrawn(&[all[0].clone(), by_number]).len(), 1);
    assert!(withdrawn(&[all[0].clone(), of_another]).is_empty());
}

#[test]
fn a_drill_stands_apart_from_what_is_real() {
    let all = [
        report("PK", 1, "real"),
        Said { traffic: Traffic::Drill, ..report("PK", 2, "exercise of the line") },
    ];
    let picture = Picture::of(&all);
    assert_eq!(
        picture.accounts.iter().map(|one| one.traffic).collect::<Vec<_>>(),
        [Traffic::Real, Traffic::Drill]
    );
    assert_eq!(what(&picture.accounts[0]).as_deref(), Some("real"));
}

#[test]
fn questions_are_answered_by_number_and_one_without_an_answer_has_none() {
    let asked = question("PK", 2, digest("PK", 1));
    let all = [
        // Before the question, by the clock of who answers.
        answer("IN", 1, asked.message, &[(1, "partly"), (7, "answered")]),
        report("PK", 1, "a"),
        asked,
        answer("IN", 2, digest("PK", 2), &[(1, "declined")]),
        answer("IN", 3, digest("XX", 9), &[(1, "answered")]),
    ];
    let clarification = Clarification::of(&all);
    let [asked] = &clarification.asked[..] else { panic!("one: {clarification:?}") };
    let how = |at: usize| -> Vec<String> {
        asked.questions[at].answers.iter().map(|given| given.answer.how.unwrap().to_string()).collect()
    };
    assert_eq!((how(0), how(1)), (vec!["partly".to_owned(), "declined".to_owned()], vec![]));
    assert_eq!(asked.beside.iter().map(|given| given.answer.number).collect::<Vec<_>>(), [Some(7)]);
    assert_eq!(clarification.elsewhere, [&all[4]]);
}

#[test]
fn the_same_incident_is_shown_as_said_by_whom_never_decided() {
    let same = |author, place, position: &str| {
        let text = format!(
            "position = \"{position}\"\nother_party = \"IN\"\nother_thread = \"{}\"",
            "01".repeat(16)
        );
        said(author, place, Kind::SameIncident, &text)
    };
    let all = [same("PK", 1, "stated"), same("IN", 1, "contested"), same("PK", 2, "contested")];
    assert_eq!(Picture::of(&all).same_incident, [&all[1], &all[2]]);
}

#[test]
fn the_official_form_of_each_kind_says_all_of_its_example_in_80_columns() {
    let others = [Kind::Translation, Kind::Forwarded];
    let kinds = Kind::ALL.into_iter().filter(|kind| !others.contains(kind));
    for kind in kinds.filter(|kind| matches!(kind.noun(), "incident" | "message")) {
        let content = form::read(kind, Syntax::Toml, form::example(kind)).unwrap();
        let message = full(&content);
        let text = official::text(&pages(&message_form(&message, Digest([7; 32]), Labelling::default())));
        let pages = text.replace('\u{c}', "");
        assert!(pages.lines().all(|line| line.width() <= 80), "{kind:?}\n{text}");
        for line in detente::domain::form::lines(&content).iter().filter(|line| line.value.len() < 30) {
            assert!(text.contains(&line.value), "{text}\n{kind:?}: {line:?}");
        }
    }
}

#[test]
fn a_thin_report_lacks_nothing_and_one_that_knows_less_says_so() {
    let fields = |toml: &str| -> Vec<String> {
        let content = form::read(Kind::Report, Syntax::Toml, toml).unwrap();
        detente::domain::form::faults(&content).into_iter().map(|fault| fault.field).collect()
    };
    let thin = "what = \"a\"\nwhen = \"2022-03-09T18:43 +05:00\"\n[place]\nname = \"Mian Channu\"";
    assert_eq!(fields(thin), [""; 0]);
    assert_eq!(fields("what = \"a\"\nnot_known = [\"when\", \"place\"]"), [""; 0]);
    assert_eq!(fields("what = \"a\""), ["when", "place"]);
}

/// All authors' messages in each author's own order, woven together in any way.
fn woven() -> impl Strategy<Value = (Vec<Said>, Vec<Said>)> {
    let one = (0..8_u8, 1..5_u8, 0..3_usize, any::<bool>());
    let of = |author: &'static str| {
        prop::collection::vec(one.clone(), 0..6).prop_map(move |all| {
            let authors = ["PK", "IN", "LK"];
            let message = |(at, (what, place, other, drill)): (usize, (u8, u8, usize, bool))| {
                let (here, of) = (at as u8 + 1, digest(authors[other], place));
                let mut said = match what {
                    0 => report(author, here, &format!("{here}")),
                    1 => update(author, here, of, &format!("{here}")),
                    2 => said(author, here, Kind::Closing, "grounds = \"x\""),
                    3 => said(author, here, Kind::Finding, "cause = \"x\""),
                    4 => question(author, here, of),
                    5 => answer(author, here, of, &[(1, "answered"), (2, "declined")]),
                    6 => taken_back(author, here, of),
                    _ => said(author, here, Kind::Text, "text = \"x\""),
                };
                if drill && here.is_multiple_of(4) {
                    said.traffic = Traffic::Drill;
                }
                said
            };
            all.into_iter().enumerate().map(message).collect::<Vec<_>>()
        })
    };
    (of("PK"), of("IN"), of("LK")).prop_flat_map(|(a, b, c)| {
        let turns: Vec<usize> =
            [vec![0; a.len()], vec![1; b.len()], vec![2; c.len()]].into_iter().flatten().collect();
        let weave = move |turns: Vec<usize>| {
            let mut left = [a.clone().into_iter(), b.clone().into_iter(), c.clone().into_iter()];
            turns.into_iter().filter_map(|turn| left[turn].next()).collect::<Vec<Said>>()
        };
        (Just(turns.clone()).prop_shuffle(), Just(turns).prop_shuffle())
            .prop_map(move |(one, other)| (weave(one), weave(other)))
    })
}

/// What the picture says, without the order in which authors first spoke.
fn sorted(said: &[Said]) -> Vec<String> {
    let picture = Picture::of(said);
    let mut all: Vec<String> = picture.accounts.iter().map(|account| format!("{account:?}")).collect();
    for asked in &picture.clarification.asked {
        let mut answers: Vec<String> = asked
            .questions
            .iter()
            .flat_map(|one| one.answers.iter().map(|given| format!("{:?} {given:?}", one.question.number)))
            .collect();
        answers.sort();
        all.push(format!("{:?} {answers:?}", asked.said));
    }
    all.extend(picture.clarification.elsewhere.iter().map(|said| format!("elsewhere {said:?}")));
    all.extend(picture.withdrawn.keys().map(|digest| format!("withdrawn {digest}")));
    all.sort();
    all
}

proptest! {
    #[test]
    fn in_every_order_of_arrival_the_picture_says_the_same((one, other) in woven()) {
        prop_assert_eq!(sorted(&one), sorted(&other));
    }

    #[test]
    fn no_content_makes_a_picture_panic(all in prop::collection::vec(strategies::content(), 0..8)) {
        let said: Vec<Said> = all
            .into_iter()
            .enumerate()
            .map(|(at, content)| Said { content, ..report(["PK", "IN"][at % 2], at as u8, "x") })
            .collect();
        let picture = Picture::of(&said);
        prop_assert!(picture.accounts.len() <= said.len());
        for one in &said {
            prop_assert!(codec::encode(&one.content).is_ok());
        }
    }
}
